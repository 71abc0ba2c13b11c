//! One round of one folder: what a device asks and is answered, in one transaction.

use crate::advance::{advance, columns};
use crate::cursor::{Cursor, Cut, DAY_MS, Shape};
use crate::decide::Rights;
use crate::deny::Reason;
use crate::item::ItemView;
use crate::key::{self, Chain, Opened};
use crate::pull::Room;
use crate::work::Work;
use crate::{Caller, Device, Engine, Error, Settings, merge};
use items::Kind;
use items::marks::MarksEdit;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::id::{DeviceId, FolderId, PrincipalId, SyncKey, Uid};
use store::row::cursor::Standing;
use store::row::folder::FolderRow;
use store::{Query, row};

/// Which items a device wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// All.
    All,
    /// Those whose time ends within the last `days`, or later, or never.
    Since {
        /// Whole days back from today.
        days: u32,
    },
    /// Tasks still to be done.
    OpenOnly,
}

impl Window {
    /// Returns what the window cuts off at `now_ms`; a day's cut holds all day, so that it moves once a day.
    pub(crate) fn cut(self, now_ms: i64) -> Cut {
        match self {
            Self::All => Cut::All,
            Self::Since { days } => {
                Cut::Ends(now_ms - now_ms.rem_euclid(DAY_MS) - i64::from(days).saturating_mul(DAY_MS))
            }
            Self::OpenOnly => Cut::Open,
        }
    }

    /// Returns the window with nothing older than `days`, where they are given.
    pub(crate) const fn narrowed(self, days: Option<u32>) -> Self {
        match (self, days) {
            (Self::All, Some(days)) => Self::Since { days },
            (Self::Since { days: asked }, Some(days)) if days < asked => Self::Since { days },
            (Self::All | Self::Since { .. } | Self::OpenOnly, _) => self,
        }
    }

    /// Returns when the cut moves by itself, in milliseconds since 1970.
    pub(crate) fn expires(self, now_ms: i64) -> Option<i64> {
        match self {
            Self::Since { .. } => Some(now_ms - now_ms.rem_euclid(DAY_MS) + DAY_MS),
            Self::All | Self::OpenOnly => None,
        }
    }
}

/// Who wins where the server's item changed since the device got it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conflict {
    /// The server's version; the device's is a denied change.
    ServerWins,
    /// The device's version.
    ClientWins,
}

/// What deleting a message means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deletes {
    /// It goes to the trash of the account it is in, if that has one.
    ToTrash,
    /// It is gone.
    ForGood,
}

/// Who mails invitations and cancellations of meetings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheduling {
    /// The device does, with messages of its own.
    Device,
    /// The server does, as it takes the change.
    Server,
}

/// What a device asks of one folder.
#[derive(Debug, Clone)]
pub struct SyncRequest {
    /// The key it holds; [`SyncKey::START`] starts over.
    pub key: SyncKey,
    /// What it did.
    pub commands: Vec<Command>,
    /// How much it wants to hear, if anything.
    pub pull: Option<Pull>,
    /// Which items it wants.
    pub window: Window,
    /// Who wins a conflict.
    pub conflict: Conflict,
    /// What deleting a message means.
    pub deletes: Deletes,
    /// Who mails what becomes of a meeting.
    pub scheduling: Scheduling,
    /// What the protocol wants kept with the key; [`Engine::peek`] gives it back.
    pub memo: String,
}

/// How much a device wants to hear in one round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pull {
    /// Items at most, at least 1.
    pub limit: usize,
    /// Bytes of content after which no further item is begun.
    pub bytes: usize,
}

/// What a device names an item by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// An item of the folder.
    Item(Uid),
    /// What it once added without being allowed to.
    Phantom(i64),
    /// Nothing the server ever gave out.
    Unknown(String),
}

/// What a device did to one item.
#[derive(Debug, Clone)]
pub enum Command {
    /// Made it.
    Add {
        /// The device's own name for it.
        client_id: String,
        /// What it is.
        asked: Asked,
        /// Names the content: equal for equal content.
        digest: String,
    },
    /// Changed it.
    Change {
        /// Which.
        target: Target,
        /// How.
        asked: Asked,
        /// Names the change: equal for an equal change.
        digest: String,
    },
    /// Deleted it.
    Delete {
        /// Which.
        target: Target,
    },
}

/// What a device wants to become of an item.
#[derive(Debug, Clone)]
pub struct Asked {
    /// What.
    pub body: Body,
    /// The protocol's own note; comes back with the correction if the change is denied.
    pub hint: String,
    /// All that came, as text, for the record where it cannot become an item.
    pub raw: String,
}

/// What a device wants to become of an item, as far as it could be read.
#[derive(Debug, Clone)]
pub enum Body {
    /// Its properties.
    Item(items::Edit),
    /// A message's marks.
    Marks(MarksEdit),
    /// It could not be read; the rest of the request goes on.
    Unreadable {
        /// What is wrong with it.
        why: String,
    },
}

/// What came of one command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// The item has this uid.
    Added(Uid),
    /// Not allowed; the device binds this number and is told to delete it in the next round.
    Phantom(i64),
    /// Done, or undone by a correction: the device need not hear of it.
    Done,
    /// The server's version stays.
    Kept,
    /// There is no such item.
    Gone,
    /// It could not be read.
    Unreadable,
    /// It is a message that was to be sent, and cannot be.
    Unsendable,
}

/// One thing a device must do to show what the server holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Show this item too.
    Add(ItemView),
    /// Show this version of the item.
    Change {
        /// The item.
        item: ItemView,
        /// What of it changed.
        part: Part,
    },
    /// Drop the item: it is gone.
    Delete(ItemRef),
    /// Drop the item: it is outside of what the device wants or its user may see.
    SoftDelete(ItemRef),
}

/// What of an item changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Anything.
    Everything,
    /// The device's own version is replaced; the protocol's note of what it had sent.
    Correction {
        /// As it came in [`Asked`].
        hint: String,
    },
    /// A message's marks: read, flag, categories.
    Marks,
    /// Only whether it was read.
    Read,
}

/// An item or a phantom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemRef {
    /// An item.
    Item(Uid),
    /// What the device added without being allowed to.
    Phantom(i64),
}

/// What a device is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncAnswer {
    /// Its next key.
    pub key: SyncKey,
    /// One per command, in their order.
    pub answers: Vec<Outcome>,
    /// What it must do, in order.
    pub steps: Vec<Step>,
    /// Whether more waits.
    pub more: bool,
}

/// What came of a round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SyncOutcome {
    /// It was answered.
    Answered(SyncAnswer),
    /// There is nothing to say; the key stays.
    Unchanged {
        /// The key the device holds.
        key: SyncKey,
    },
    /// The key is unknown: the device starts over. What it sent is kept as denied changes.
    KeyUnknown,
    /// The folder is gone, for this user. What the device sent is kept as denied changes.
    FolderGone,
}

/// What is known of a key without working anything out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Peek {
    /// The key is known.
    Known {
        /// What the folder holds.
        kind: Kind,
        /// What the protocol kept with the key.
        memo: String,
        /// Whether a pull may find something; without it there is nothing to say.
        changed: bool,
    },
    /// The key is unknown, or 0.
    KeyUnknown {
        /// What the folder holds.
        kind: Kind,
    },
    /// The folder is gone.
    FolderGone,
}

/// How many steps a pull would find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Estimate {
    /// So many.
    Count(u64),
    /// The key is unknown, or 0.
    KeyUnknown,
    /// The folder is gone, for this user.
    FolderGone,
}

/// What waits for a device.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pending {
    /// Folders that a sync would find something in.
    pub folders: Vec<FolderId>,
    /// Whether the hierarchy changed.
    pub hierarchy: bool,
}

impl Engine {
    /// Tells, in one read, what a key is and whether a pull may find something.
    ///
    /// # Errors
    /// When the database fails.
    #[expect(
        clippy::too_many_arguments,
        reason = "who, with what, where, what and when: five names read better than tuples"
    )]
    pub fn peek(
        &self,
        caller: &Caller,
        device: &Device,
        folder: FolderId,
        key: SyncKey,
        now: Timestamp,
    ) -> Result<Peek, Error> {
        self.store.read(|q| peek(q, (caller.user, device.id), folder, key, now))
    }

    /// Runs one round of one folder: applies what the device did, or denies it, and tells it what changed.
    ///
    /// # Errors
    /// When the database fails; then nothing was done and the device can send the same again.
    #[expect(
        clippy::too_many_arguments,
        reason = "who, with what, where, what and when: five names read better than tuples"
    )]
    pub fn sync(
        &self,
        caller: &Caller,
        device: &Device,
        folder: FolderId,
        request: &SyncRequest,
        now: Timestamp,
    ) -> Result<SyncOutcome, Error> {
        self.write(now, |work| round(work, caller, device, folder, request))
    }

    /// Counts the steps that pulls from this key would find, without consuming it.
    ///
    /// # Errors
    /// When the database fails.
    #[expect(
        clippy::too_many_arguments,
        reason = "who, with what, where, what and when: five names read better than tuples"
    )]
    pub fn estimate(
        &self,
        caller: &Caller,
        device: &Device,
        folder: FolderId,
        key: SyncKey,
        window: Window,
        now: Timestamp,
    ) -> Result<Estimate, Error> {
        self.store.read(|q| {
            let now_ms = now.as_millisecond();
            let Some((folder, rights)) = visible(q, folder, caller, now_ms)? else {
                return Ok(Estimate::FolderGone);
            };
            let Some(row) = row::cursor::load(q, device.id, folder.id, key)? else {
                return Ok(Estimate::KeyUnknown);
            };
            let mut cursor = Cursor::decode(&row.state)?;
            let shape = shape(q, (caller, device), folder.id)?;
            let cut = window.narrowed(shape.days).cut(now_ms);
            let held_back = crate::held_back::of(q, device.id, folder.id)?;
            let count = crate::pull::count(q, (&folder, &rights), ((cut, shape), held_back), &mut cursor)?;
            let who = (caller, device);
            let others = merge::count(q, &self.settings, who, (&folder, &row), (window, now_ms))?;
            Ok(Estimate::Count(count + others))
        })
    }

    /// Tells which of these folders a sync would find something in, against the newest key given out for each, and
    /// whether the hierarchy changed. A folder the device never synced is left out.
    ///
    /// # Errors
    /// When the database fails.
    pub fn pending(
        &self,
        caller: &Caller,
        device: &Device,
        folders: &[FolderId],
        now: Timestamp,
    ) -> Result<Pending, Error> {
        let now_ms = now.as_millisecond();
        self.store.read(|q| {
            let mut pending = Pending { folders: Vec::new(), hierarchy: false };
            for folder in folders {
                // Of one that is gone the list of folders tells, once: a device that goes on watching it would be sent
                // to fetch that list for ever.
                let found = pending_with_parts(q, &self.settings, (caller, device), (*folder, now_ms))?;
                if found == Some(true) {
                    pending.folders.push(*folder);
                }
            }
            pending.hierarchy = crate::hierarchy::pending(q, &self.settings, caller, device, now_ms)?;
            Ok(pending)
        })
    }
}

/// Tells what a key is and whether a pull may find something.
pub(crate) fn peek(
    q: &mut Query<'_>,
    (user, device): (PrincipalId, DeviceId),
    folder: FolderId,
    key: SyncKey,
    now: Timestamp,
) -> Result<Peek, Error> {
    let glance = row::cursor::glance(q, device, user, folder, key)?;
    if let Some(glance) = glance {
        let Some(kind) = glance.kind else { return Ok(Peek::FolderGone) };
        let expired = glance.expires.is_some_and(|at| at <= now.as_millisecond());
        let mut changed = glance.pending || glance.moved || glance.directory_moved || expired;
        if !changed && !glance.parts.is_empty() {
            changed = merge::glance(q, (user, device), &glance.parts, now.as_millisecond())?;
        }
        return Ok(Peek::Known { kind: crate::kind::from_code(kind)?, memo: glance.memo, changed });
    }
    match row::folder::load(q, folder)? {
        Some(found) => Ok(Peek::KeyUnknown { kind: crate::kind::from_code(found.kind)? }),
        None => Ok(Peek::FolderGone),
    }
}

/// Returns whether a sync of the folder, and of those merged into it, would find something; `None` when the folder is
/// gone for the user.
fn pending_with_parts(
    q: &mut Query<'_>,
    settings: &Settings,
    (caller, device): (&Caller, &Device),
    (folder, now_ms): (FolderId, i64),
) -> Result<Option<bool>, Error> {
    let own = folder_pending(q, caller, device, folder, now_ms)?;
    let newest = row::cursor::newest(q, device.id, folder)?;
    let (Some(false), Some(row)) = (own, newest) else { return Ok(own) };
    if row.parts.is_empty() && row.directory == row::counter::directory(q)? {
        return Ok(own);
    }
    let Some(found) = row::folder::load(q, folder)? else { return Ok(own) };
    merge::pending(q, settings, (caller, device), (&found, &row), now_ms).map(Some)
}

/// Returns whether a sync of the folder would find something; `None` when the folder is gone for the user.
fn folder_pending(
    q: &mut Query<'_>,
    caller: &Caller,
    device: &Device,
    folder: FolderId,
    now_ms: i64,
) -> Result<Option<bool>, Error> {
    let Some(row) = row::cursor::newest(q, device.id, folder)? else {
        return Ok(row::folder::load(q, folder)?.map(|_| false));
    };
    let Some(glance) = row::cursor::glance(q, device.id, caller.user, folder, row.key)? else {
        return Ok(Some(false));
    };
    if glance.kind.is_none() {
        return Ok(None);
    }
    if glance.pending || glance.moved || glance.expires.is_some_and(|at| at <= now_ms) {
        return Ok(visible(q, folder, caller, now_ms)?.map(|_| true));
    }
    if !glance.directory_moved {
        return Ok(Some(false));
    }
    let Some((_, rights)) = visible(q, folder, caller, now_ms)? else { return Ok(None) };
    let cursor = Cursor::decode(&row.state)?;
    Ok(Some(rights.words() != cursor.words || shape(q, (caller, device), folder)? != cursor.shape))
}

/// Returns how a folder's items go out to a device.
pub(crate) fn shape(
    q: &mut Query<'_>,
    (caller, device): (&Caller, &Device),
    folder: FolderId,
) -> Result<Shape, Error> {
    let flags = row::device_folder::flags(q, caller.user, &device.address, folder)?;
    Ok(Shape::of(&flags))
}

/// Returns the folder and what the user may do there, if a device of his gets it.
pub(crate) fn visible(
    q: &mut Query<'_>,
    folder: FolderId,
    caller: &Caller,
    now_ms: i64,
) -> Result<Option<(FolderRow, Rights)>, Error> {
    let Some(folder) = row::folder::load(q, folder)? else { return Ok(None) };
    let rights = Rights::load(q, &folder, caller.user, now_ms)?;
    Ok(rights.on_device().then_some((folder, rights)))
}

/// Runs one round of one folder.
pub(crate) fn round(
    work: &mut Work<'_, '_>,
    caller: &Caller,
    device: &Device,
    folder: FolderId,
    request: &SyncRequest,
) -> Result<SyncOutcome, Error> {
    if !request.commands.is_empty() {
        // The row lock puts the folder's changes in commit order, and rights are read after it.
        row::folder::lock(work, folder)?;
    }
    let now_ms = work.now_ms();
    let found = row::folder::load(work, folder)?;
    let rights = found.as_ref().map(|found| Rights::load(work, found, caller.user, now_ms)).transpose()?;
    let chain = Chain { device: device.id, folder };
    let (Some(found), Some(rights)) = (found.as_ref(), rights.filter(Rights::on_device)) else {
        let reason = if found.is_some() { Reason::Access } else { Reason::Gone };
        crate::push::rescue(work, (caller, device), (chain, found.as_ref()), request, reason)?;
        crate::restart::asked_for_gone(work, chain)?;
        return Ok(SyncOutcome::FolderGone);
    };
    let opened = key::open(work, chain, request.key, |state| Ok(Cursor::decode(state)?.told))?;
    match opened {
        Opened::Unknown => {
            crate::push::rescue(work, (caller, device), (chain, Some(found)), request, Reason::Stale)?;
            Ok(SyncOutcome::KeyUnknown)
        }
        Opened::Start => {
            crate::push::rescue(work, (caller, device), (chain, Some(found)), request, Reason::Stale)?;
            let row = columns(&Cursor::fresh(), Standing::Fresh, &request.memo);
            let key = key::offer(work, chain, row)?;
            Ok(SyncOutcome::Answered(SyncAnswer { key, answers: Vec::new(), steps: Vec::new(), more: false }))
        }
        Opened::Known(row) => {
            let room = request.pull.map(|pull| Room { items: pull.limit.max(1), bytes: pull.bytes });
            let at = (chain, found, &rights);
            let mut done = advance(work, (caller, device), at, (request, room), Some(*row))?;
            if done.is_silent() {
                return done.keep(work).map(|key| SyncOutcome::Unchanged { key });
            }
            let (answers, steps) = (std::mem::take(&mut done.answers), std::mem::take(&mut done.steps));
            let (more, key) = (done.more, done.offer(work)?);
            Ok(SyncOutcome::Answered(SyncAnswer { key, answers, steps, more }))
        }
    }
}
