//! Mail on its way: into the Inboxes of users here at once, into the outbox for everybody else, in the transaction of
//! what made it.

use crate::apply::{self, New};
use crate::decide::Allowed;
use crate::work::Work;
use crate::{Caller, Error};
use items::message::Address;
use store::id::{FolderId, PrincipalId};
use store::row;
use store::row::folder::FolderRow;
use store::row::outbox::OutboxRow;

/// Role of a user's Inbox.
const INBOX: i64 = 2;
/// Role of a user's calendar.
pub(crate) const CALENDAR: i64 = 8;

/// A message and who is to get it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parcel<'a> {
    /// Who sends it.
    pub(crate) by: PrincipalId,
    /// The address that failures go back to.
    pub(crate) sender: &'a str,
    /// The message as it travels.
    pub(crate) content: &'a [u8],
}

/// Where a message goes.
#[derive(Debug, Default)]
pub(crate) struct Route {
    /// Users here.
    pub(crate) inboxes: Vec<FolderRow>,
    /// Their calendars.
    calendars: Vec<FolderRow>,
    /// Everybody else, by address.
    pub(crate) outside: Vec<String>,
}

impl Route {
    /// Finds out who of these is here.
    pub(crate) fn find(work: &mut Work<'_, '_>, recipients: &[Address]) -> Result<Self, Error> {
        let mut route = Self::default();
        for one in recipients {
            let user = row::principal::by_address(work, &one.address.to_ascii_lowercase())?;
            let inbox = match user {
                Some(user) => row::folder::by_role(work, user.id, INBOX)?,
                None => None,
            };
            match inbox {
                Some(inbox) => {
                    route.calendars.extend(row::folder::by_role(work, inbox.account, CALENDAR)?);
                    route.inboxes.push(inbox);
                }
                None => route.outside.push(one.address.clone()),
            }
        }
        Ok(route)
    }

    /// Returns the folders that may be written to: Inboxes, and calendars that note what it says.
    pub(crate) fn folders(&self) -> impl Iterator<Item = FolderId> {
        self.inboxes.iter().chain(&self.calendars).map(|folder| folder.id)
    }

    /// Sends a message there. The folders are locked by now. What it tells of a meeting is noted in their
    /// calendars.
    pub(crate) fn take(&self, work: &mut Work<'_, '_>, parcel: &Parcel<'_>) -> Result<(), Error> {
        for inbox in &self.inboxes {
            let stamped = [received(work).as_bytes(), parcel.content].concat();
            let new = New { owner: Some(inbox.account), name: None, content: stamped, marks: String::new() };
            apply::insert(work, &Allowed::delivery(), inbox, new)?;
            crate::meeting::hear(work, inbox.account, parcel)?;
        }
        if !self.outside.is_empty() {
            queue(work, parcel, &self.outside)?;
        }
        Ok(())
    }
}

/// Locks folders in the one order in which everybody does, so that two who send to each other never wait for each
/// other.
pub(crate) fn lock(work: &mut Work<'_, '_>, folders: impl Iterator<Item = FolderId>) -> Result<(), Error> {
    let mut all: Vec<FolderId> = folders.collect();
    all.sort_unstable();
    all.dedup();
    for folder in all {
        row::folder::lock(work, folder)?;
    }
    Ok(())
}

/// Returns the line that says when the message came in.
fn received(work: &Work<'_, '_>) -> String {
    let at = work.now.strftime("%a, %d %b %Y %H:%M:%S +0000");
    format!("Received: by {}; {at}\r\n", host(work))
}

/// Returns the name this server goes by in mail.
pub(crate) fn host<'w>(work: &Work<'w, '_>) -> &'w str {
    crate::notice::host(&work.settings.notice)
}

/// Returns a user's address as a message names it.
pub(crate) fn address_of(caller: &Caller, host: &str) -> Address {
    let address = caller.email.clone().unwrap_or_else(|| format!("{}@{host}", caller.name));
    Address { name: caller.display_name.clone(), address }
}

fn queue(work: &mut Work<'_, '_>, parcel: &Parcel<'_>, outside: &[String]) -> Result<(), Error> {
    let now_ms = work.now_ms();
    let summary = apply::without_nul(items::index(items::Kind::Mail, parcel.content).summary);
    let row = OutboxRow {
        id: row::counter::next_id(work)?,
        principal: Some(parcel.by),
        sender: parcel.sender.to_owned(),
        recipients: outside.join("\n"),
        summary,
        size: i64::try_from(parcel.content.len()).unwrap_or(i64::MAX),
        created_at: now_ms,
        next_at: now_ms,
        tries: 0,
        last_error: String::new(),
    };
    Ok(row::outbox::insert(work, &row, parcel.content)?)
}
