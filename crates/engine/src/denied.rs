//! Reading denied changes.

use crate::apply::extension;
use crate::folder::path_of;
use crate::request::{self, Request};
use crate::{Caller, Engine, Error, kind, notice};
use items::Kind;
use jiff::Timestamp;
use store::id::{DeniedId, FolderId, Uid};
use store::row::denied::DeniedRow;
use store::{Query, row};

/// Denied changes of one page at most.
pub const MAX_DENIED_PAGE: usize = 200;
/// Denied changes listed at once.
const MAX_LISTED: i64 = 10_000;

/// What became of a denied change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nothing yet.
    Open,
    /// Its author asked an admin of the folder for it.
    Asked,
    /// An admin made it.
    Applied,
    /// An admin declined.
    Declined,
    /// Its author let go of it.
    Dismissed,
}

impl State {
    /// Returns the word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Asked => "asked",
            Self::Applied => "applied",
            Self::Declined => "declined",
            Self::Dismissed => "dismissed",
        }
    }

    pub(crate) fn from_word(word: &str) -> Result<Self, Error> {
        [Self::Open, Self::Asked, Self::Applied, Self::Declined, Self::Dismissed]
            .into_iter()
            .find(|state| state.as_str() == word)
            .ok_or(Error::Store(store::Error::Corrupt))
    }
}

/// A write that was not made, kept whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeniedChange {
    /// Its number.
    pub id: DeniedId,
    /// When it was tried first.
    pub at: Timestamp,
    /// When it was tried last.
    pub last_at: Timestamp,
    /// How often it was tried.
    pub count: i64,
    /// Who tried, by name.
    pub user: String,
    /// What people call who tried.
    pub author: String,
    /// With which device, by the id it calls itself by.
    pub device: String,
    /// The type the device says it is of.
    pub device_kind: String,
    /// The folder's account, by name.
    pub account: String,
    /// The folder's path.
    pub path: String,
    /// What the folder holds.
    pub kind: Kind,
    /// Which item; `None` for a create.
    pub uid: Option<Uid>,
    /// create, change, delete or move.
    pub operation: String,
    /// Where it was to be moved, as account and path.
    pub destination: Option<(String, String)>,
    /// access, conflict, gone, stale or unreadable.
    pub reason: String,
    /// What became of it.
    pub state: State,
    /// Whether it holds nothing a person did, so that no notice was due.
    pub silent: bool,
    /// One line for people.
    pub summary: String,
    /// One sentence: why.
    pub why: String,
    /// The item as its author wanted it.
    pub tried: Option<Vec<u8>>,
    /// The item as it stood.
    pub stands: Option<Vec<u8>>,
    /// The notice, by its number in the author's Inbox.
    pub notice: Option<Uid>,
    /// What was asked, if its author did.
    pub request: Option<Request>,
}

/// A denied change's item as a file, as its author wanted it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TriedFile<'a> {
    /// A name that every system takes.
    pub name: String,
    /// The media type.
    pub media: &'static str,
    /// What is in it.
    pub content: &'a [u8],
}

impl DeniedChange {
    /// Returns the item as its author wanted it, as a file; `None` where nothing is kept.
    #[must_use]
    pub fn file(&self) -> Option<TriedFile<'_>> {
        let content = self.tried.as_deref()?;
        if self.reason == request::UNREADABLE {
            return Some(TriedFile {
                name: "item.txt".to_owned(),
                media: "text/plain; charset=utf-8",
                content,
            });
        }
        let name = format!("{}{}", notice::stem(&self.summary), extension(self.kind));
        Some(TriedFile { name, media: notice::media(self.kind), content })
    }

    /// Returns every property of the item, as it stood and as it was tried; none where it could not be read.
    #[must_use]
    pub fn lines(&self) -> Vec<items::Line> {
        if self.reason == request::UNREADABLE {
            return Vec::new();
        }
        items::compare(self.kind, self.stands.as_deref(), self.tried.as_deref())
    }
}

impl Engine {
    /// Lists denied changes, the latest first: one user's, or everybody's.
    ///
    /// # Errors
    /// When there is no such user, or the database fails.
    pub fn denied(&self, user: Option<&str>) -> Result<Vec<DeniedChange>, Error> {
        self.store.read(|q| {
            let rows = match user {
                Some(name) => {
                    let user = crate::share::resolve(q, &crate::PrincipalRef::User(name.to_owned()))?;
                    row::denied::of(q, user, MAX_LISTED)?
                }
                None => row::denied::all(q, MAX_LISTED)?,
            };
            rows.into_iter().map(|row| view(q, row)).collect()
        })
    }

    /// Lists some of the caller's denied changes, those recorded last first, from below number `before` on.
    ///
    /// # Errors
    /// When the database fails.
    pub fn denied_of(
        &self,
        caller: &Caller,
        before: Option<DeniedId>,
        limit: usize,
    ) -> Result<Vec<DeniedChange>, Error> {
        self.store.read(|q| {
            let before = before.unwrap_or(DeniedId(i64::MAX));
            let limit = i64::try_from(limit.min(MAX_DENIED_PAGE)).unwrap_or(0);
            let rows = row::denied::page(q, caller.user, before, limit)?;
            rows.into_iter().map(|row| view(q, row)).collect()
        })
    }

    /// Returns one of the caller's own denied changes.
    ///
    /// # Errors
    /// When he has no such record, or the database fails.
    pub fn own_denied(&self, caller: &Caller, id: DeniedId) -> Result<DeniedChange, Error> {
        self.store.read(|q| {
            let row = request::own(q, caller, id)?;
            view(q, row)
        })
    }

    /// Lets go of a denied change; its record stays.
    ///
    /// # Errors
    /// When there is no such record, something became of it already, or the database fails.
    pub fn dismiss_denied(&self, id: DeniedId, now: Timestamp) -> Result<(), Error> {
        self.write(now, |work| {
            let row = row::denied::load(work, id)?
                .ok_or_else(|| Error::not_found(format!("denied change {id}")))?;
            match State::from_word(&row.state)? {
                State::Open | State::Asked | State::Dismissed => {
                    Ok(row::denied::set_state(work, id, State::Dismissed.as_str())?)
                }
                State::Applied | State::Declined => {
                    Err(Error::invalid(format!("denied change {id} is {} already", row.state)))
                }
            }
        })
    }

    /// Returns one denied change.
    ///
    /// # Errors
    /// When there is no such record, or the database fails.
    pub fn denied_change(&self, id: DeniedId) -> Result<DeniedChange, Error> {
        self.store.read(|q| {
            let row = row::denied::load(q, id)?;
            view(q, row.ok_or_else(|| Error::not_found(format!("denied change {id}")))?)
        })
    }
}

/// Returns a record as its author and its readers are shown it.
pub(crate) fn view(q: &mut Query<'_>, row: DeniedRow) -> Result<DeniedChange, Error> {
    let at = |ms| Timestamp::from_millisecond(ms).map_err(|_| Error::Store(store::Error::Corrupt));
    let user = row::principal::load(q, row.principal)?;
    let (user, author) = user.map(|user| (user.name, user.display_name)).unwrap_or_default();
    let destination = row.destination.map(|folder| place(q, folder)).transpose()?.flatten();
    Ok(DeniedChange {
        id: row.id,
        at: at(row.at)?,
        last_at: at(row.last_at)?,
        count: row.count,
        user,
        author,
        device: row.device,
        device_kind: row.device_kind,
        account: row.account,
        path: row.path,
        kind: kind::from_code(row.kind)?,
        uid: row.uid,
        operation: row.operation,
        destination,
        reason: row.reason,
        state: State::from_word(&row.state)?,
        silent: row.silent,
        summary: row.summary,
        why: row.why,
        tried: row.tried,
        stands: row.stands,
        notice: row.notice,
        request: request::of(q, row.id)?,
    })
}

/// Returns a folder's account and path.
fn place(q: &mut Query<'_>, folder: FolderId) -> Result<Option<(String, String)>, Error> {
    let Some(folder) = row::folder::load(q, folder)? else { return Ok(None) };
    let account = row::principal::load(q, folder.account)?.map(|account| account.name);
    Ok(Some((account.unwrap_or_default(), path_of(q, &folder)?)))
}
