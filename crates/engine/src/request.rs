//! Asking for a change that was not allowed: its author asks, those who administer the folder decide.

use crate::audit::{self, Note};
use crate::by::By;
use crate::decide::Rights;
use crate::denied::{self, DeniedChange, MAX_DENIED_PAGE, State};
use crate::device_order::time;
use crate::seat::Seat;
use crate::work::Work;
use crate::{Actor, Caller, Engine, Error, request_message};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use store::id::{DeniedId, FolderId};
use store::row::denied::DeniedRow;
use store::row::denied_request::RequestRow;
use store::row::folder::FolderRow;
use store::{Query, row};

/// Characters of a line to or from an admin at most.
pub const MAX_LINE_CHARS: usize = 500;
/// Requests of one user in one folder that may wait at once.
pub const MAX_WAITING: i64 = 50;
/// Requests looked at for one page.
const MAX_LOOKED_AT: i64 = 2000;
/// The reason whose records hold no item.
pub(crate) const UNREADABLE: &str = "unreadable";

/// What was asked about a denied change, and what was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// When it was asked.
    pub at: Timestamp,
    /// What its author wrote.
    pub line: String,
    /// When somebody decided; `None` while nobody did.
    pub decided_at: Option<Timestamp>,
    /// Who decided, by name; empty for the server's operator.
    pub decided_by: String,
    /// What people call who decided; empty for the server's operator.
    pub decider: String,
    /// What he wrote back.
    pub answer: String,
}

/// A denied change that its author asked for, as those see it who may decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedChange {
    /// The change. What stands now, as far as who decides may read it, is in `stands`.
    pub change: DeniedChange,
    /// Why who looks could not make the change himself; `None` where he could.
    pub hindrance: Option<String>,
}

impl Engine {
    /// Asks the admins of a folder for a change that was not allowed there, with a line for them. Each gets a message.
    /// Asking again changes nothing.
    ///
    /// # Errors
    /// When the caller has no such record, it is decided or cannot be asked for, he asked for too much there, nobody
    /// looks after the folder, or the database fails.
    pub fn ask(&self, caller: &Caller, id: DeniedId, line: &str, now: Timestamp) -> Result<(), Error> {
        let line = checked(line)?;
        self.write(now, |work| {
            let row = own(work, caller, id)?;
            match State::from_word(&row.state)? {
                State::Open => {}
                State::Asked => return Ok(()),
                State::Applied | State::Declined | State::Dismissed => return Err(decided_already(&row)),
            }
            if row.reason == UNREADABLE {
                return Err(Error::invalid("what your device sent could not be read: nobody can make it so"));
            }
            let folder = folder_of(work, &row)?;
            if row::denied_request::count(work, caller.user, folder.id)? >= MAX_WAITING {
                return Err(Error::refused(format!(
                    "{MAX_WAITING} of your requests wait for an answer in this folder already"
                )));
            }
            let admins = request_message::admins(work, &folder)?;
            if admins.is_empty() {
                return Err(Error::refused("nobody looks after this folder"));
            }
            request_message::ask(work, caller, (&folder, &admins), (&row, &line))?;
            let now_ms = work.now_ms();
            let request = RequestRow {
                denied: id,
                principal: caller.user,
                folder: folder.id,
                at: now_ms,
                line: line.clone(),
                decided_at: None,
                decided_by: String::new(),
                answer: String::new(),
            };
            row::denied_request::insert(work, &request)?;
            Ok(row::denied::set_state(work, id, State::Asked.as_str())?)
        })
    }

    /// Lets go of a denied change of the caller's own, asked for or not; its record stays.
    ///
    /// # Errors
    /// When the caller has no such record, it is decided already, or the database fails.
    pub fn dismiss(&self, caller: &Caller, id: DeniedId, now: Timestamp) -> Result<(), Error> {
        self.store.read(|q| own(q, caller, id).map(drop))?;
        self.dismiss_denied(id, now)
    }

    /// Lists the requests that the caller may decide, of changes below number `before`, the latest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn asked_of(
        &self,
        caller: &Caller,
        before: Option<DeniedId>,
        (limit, now): (usize, Timestamp),
    ) -> Result<Vec<AskedChange>, Error> {
        self.store.read(|q| {
            let before = before.unwrap_or(DeniedId(i64::MAX));
            let mut seats: BTreeMap<FolderId, Option<FolderRow>> = BTreeMap::new();
            let mut list = Vec::new();
            for request in row::denied_request::waiting(q, before, MAX_LOOKED_AT)? {
                if list.len() >= limit.min(MAX_DENIED_PAGE) {
                    break;
                }
                let folder = match seats.entry(request.folder) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(new) => new.insert(administered(q, caller, request.folder, now)?),
                };
                let Some(folder) = folder else { continue };
                let waiting = row::denied::load(q, request.denied)?;
                if let Some(row) = waiting.filter(|row| row.state == State::Asked.as_str()) {
                    list.push(asked(q, caller, (folder, row), now)?);
                }
            }
            Ok(list)
        })
    }

    /// Returns a request that the caller may decide.
    ///
    /// # Errors
    /// When there is none, or the database fails.
    pub fn asked_change(&self, caller: &Caller, id: DeniedId, now: Timestamp) -> Result<AskedChange, Error> {
        self.store.read(|q| {
            let (row, folder) = decidable(q, Actor::User(caller), id, now)?;
            asked(q, caller, (&folder, row), now)
        })
    }

    /// Declines a request, with a line for its author. He gets a message.
    ///
    /// # Errors
    /// When there is no such request for the actor, it is decided already, or the database fails.
    pub fn decline(&self, by: &By<'_>, id: DeniedId, line: &str, now: Timestamp) -> Result<(), Error> {
        let line = checked(line)?;
        self.write(now, |work| {
            let (row, folder) = decidable(work, by.actor, id, now)?;
            match State::from_word(&row.state)? {
                State::Open | State::Asked => {}
                State::Applied | State::Declined | State::Dismissed => return Err(decided_already(&row)),
            }
            decide(work, by, (&row, &folder), (State::Declined, &line))
        })
    }
}

/// Notes what was decided about a denied change, and tells its author.
pub(crate) fn decide(
    work: &mut Work<'_, '_>,
    by: &By<'_>,
    (row, folder): (&DeniedRow, &FolderRow),
    (state, line): (State, &str),
) -> Result<(), Error> {
    let (name, display_name, own) = match by.actor {
        Actor::Operator => ("", None, false),
        Actor::User(caller) => (caller.name(), Some(caller.display_name()), caller.user == row.principal),
    };
    row::denied::set_state(work, row.id, state.as_str())?;
    let now_ms = work.now_ms();
    row::denied_request::decide(work, row.id, now_ms, name, line)?;
    let author = row::principal::load(work, row.principal)?;
    let note = Note {
        action: if state == State::Applied { "denied change applied" } else { "denied change declined" },
        object: format!("{} '{}'", row.account, row.path),
        folder: Some((folder.id, 0)),
        subject: author.as_ref().map(|author| (author.id, author.name.clone())),
        old: String::new(),
        new: format!("{} {}", row.operation, row.id),
    };
    audit::note(work, by, note)?;
    match author {
        Some(author) if !own => request_message::decided(work, &author, row, (state, display_name, line)),
        Some(_) | None => Ok(()),
    }
}

/// Returns a denied change of the caller's own.
pub(crate) fn own(q: &mut Query<'_>, caller: &Caller, id: DeniedId) -> Result<DeniedRow, Error> {
    let found = row::denied::load(q, id)?.filter(|row| row.principal == caller.user);
    found.ok_or_else(|| missing(id))
}

/// Returns a denied change and its folder, where the actor may decide what becomes of it: the operator always, who
/// administers the folder once he was asked, and its author himself, who may have got the right meanwhile.
pub(crate) fn decidable(
    q: &mut Query<'_>,
    actor: Actor<'_>,
    id: DeniedId,
    now: Timestamp,
) -> Result<(DeniedRow, FolderRow), Error> {
    let row = row::denied::load(q, id)?.ok_or_else(|| missing(id))?;
    let folder = match actor {
        Actor::Operator => Some(folder_of(q, &row)?),
        Actor::User(caller) if caller.user == row.principal => Some(folder_of(q, &row)?),
        Actor::User(_) if row::denied_request::load(q, id)?.is_none() => None,
        Actor::User(caller) => administered(q, caller, row.folder, now)?,
    };
    folder.map(|folder| (row, folder)).ok_or_else(|| missing(id))
}

/// Returns the request about a denied change.
pub(crate) fn of(q: &mut Query<'_>, id: DeniedId) -> Result<Option<Request>, Error> {
    let Some(row) = row::denied_request::load(q, id)? else { return Ok(None) };
    let RequestRow { at, line, decided_at, decided_by, answer, .. } = row;
    let decided_at = decided_at.map(time).transpose()?;
    let decider = row::principal::by_name(q, &decided_by)?;
    let decider = decider.map_or_else(|| decided_by.clone(), |user| user.display_name);
    Ok(Some(Request { at: time(at)?, line, decided_at, decided_by, decider, answer }))
}

/// Returns why something cannot be decided any more.
pub(crate) fn decided_already(row: &DeniedRow) -> Error {
    Error::invalid(format!("denied change {} is {} already", row.id, row.state))
}

fn missing(id: DeniedId) -> Error {
    Error::not_found(format!("denied change {id}"))
}

fn folder_of(q: &mut Query<'_>, row: &DeniedRow) -> Result<FolderRow, Error> {
    row::folder::load(q, row.folder)?.ok_or_else(|| Error::not_found(format!("folder '{}'", row.path)))
}

/// Returns a folder, if the caller administers it.
fn administered(
    q: &mut Query<'_>,
    caller: &Caller,
    folder: FolderId,
    now: Timestamp,
) -> Result<Option<FolderRow>, Error> {
    let Some(folder) = row::folder::load(q, folder)? else { return Ok(None) };
    let seat = Seat::take(q, Actor::User(caller), &folder, now.as_millisecond())?;
    Ok(seat.filter(|seat| seat.leave.is_some()).map(|_| folder))
}

fn asked(
    q: &mut Query<'_>,
    caller: &Caller,
    (folder, row): (&FolderRow, DeniedRow),
    now: Timestamp,
) -> Result<AskedChange, Error> {
    let now_ms = now.as_millisecond();
    let rights = Rights::load(q, folder, caller.user, now_ms)?;
    let hindrance = crate::approve::hindrance(q, &rights, &row, now_ms)?;
    let row = readable(q, &rights, row)?;
    Ok(AskedChange { change: denied::view(q, row)?, hindrance })
}

/// Returns a record with the item as it stands now in it, if it is there and these rights show it. What the author
/// tried he showed himself, by asking.
pub(crate) fn readable(q: &mut Query<'_>, rights: &Rights, row: DeniedRow) -> Result<DeniedRow, Error> {
    let found = match row.uid {
        Some(uid) => row::item::load(q, row.folder, uid)?.filter(|item| rights.sees(&item.head())),
        None => None,
    };
    let stands = found.map(|item| crate::approve::as_recorded(&row, item));
    Ok(DeniedRow { stands, ..row })
}

/// Checks a line that somebody wrote to somebody.
fn checked(line: &str) -> Result<String, Error> {
    if line.chars().count() > MAX_LINE_CHARS {
        return Err(Error::invalid(format!("a line has at most {MAX_LINE_CHARS} characters")));
    }
    // It stands in one line of a message, whatever was typed.
    let words: Vec<&str> = line.split(|c: char| c.is_whitespace() || c.is_control()).collect();
    Ok(words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" "))
}
