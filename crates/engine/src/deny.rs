//! Denied changes: a write that was not made gets a record, and its author a notice.

use crate::work::{Work, hex};
use crate::{Bug, Caller, Device, Error, kind};
use items::Kind;
use sha2::{Digest, Sha256};
use store::id::{DeniedId, FolderId, Uid};
use store::row::denied::DeniedRow;
use store::row::folder::FolderRow;
use store::{Query, row};

/// Why a write was not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    /// Access did not allow it.
    Access,
    /// The server's version wins.
    Conflict,
    /// The item or folder is gone.
    Gone,
    /// It came with a sync key nobody knows.
    Stale,
    /// It could not be read.
    Unreadable,
}

impl Reason {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Conflict => "conflict",
            Self::Gone => "gone",
            Self::Stale => "stale",
            Self::Unreadable => "unreadable",
        }
    }
}

/// What was tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    Create,
    Change,
    Delete,
    Move,
}

impl Operation {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Change => "change",
            Self::Delete => "delete",
            Self::Move => "move",
        }
    }
}

/// One write that was not made.
#[derive(Debug)]
pub(crate) struct Denial {
    pub(crate) operation: Operation,
    pub(crate) reason: Reason,
    /// The item; `None` for a create.
    pub(crate) uid: Option<Uid>,
    /// Tells this write from every other on the same item.
    pub(crate) digest: String,
    /// One sentence.
    pub(crate) why: String,
    /// The item as its author wanted it.
    pub(crate) tried: Option<Vec<u8>>,
    /// The item as it stands, if its author may read it.
    pub(crate) stands: Option<Vec<u8>>,
}

/// Where writes were denied: what records and notices say of the folder.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) folder: FolderId,
    pub(crate) account: String,
    pub(crate) path: String,
    pub(crate) kind: Kind,
}

impl Place {
    /// Returns what there is to say of a folder.
    pub(crate) fn of(q: &mut Query<'_>, folder: &FolderRow) -> Result<Self, Error> {
        let account = row::principal::load(q, folder.account)?.map(|row| row.name).unwrap_or_default();
        let path = crate::folder::path_of(q, folder)?;
        Ok(Self { folder: folder.id, account, path, kind: kind::from_code(folder.kind)? })
    }
}

/// The denials of one request in one folder. [`Denials::finish`] makes their notice.
#[derive(Debug)]
pub(crate) struct Denials<'a> {
    caller: &'a Caller,
    /// The id and the type of what wrote.
    writer: (&'a str, &'a str),
    place: Place,
    intent: Intent,
    fresh: Vec<DeniedRow>,
    last: Option<DeniedId>,
}

/// Whether a device's user meant what it wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Intent {
    /// What was written tells.
    AsWritten,
    /// He did.
    Sure,
}

impl<'a> Denials<'a> {
    pub(crate) fn new(caller: &'a Caller, device: &'a Device, place: Place) -> Self {
        let writer = (device.address.as_str(), device.kind.as_str());
        Self { caller, writer, place, intent: Intent::AsWritten, fresh: Vec::new(), last: None }
    }

    /// The same, of what a user did on purpose: even an answer to an invitation, which devices write by themselves too.
    pub(crate) fn on_purpose(self) -> Self {
        Self { intent: Intent::Sure, ..self }
    }

    /// The denials of a program that is told by its answer, and is no device.
    pub(crate) fn told(caller: &'a Caller, writer: (&'a str, &'a str), place: Place) -> Self {
        Self { caller, writer, place, intent: Intent::AsWritten, fresh: Vec::new(), last: None }
    }

    /// Returns where they were denied.
    pub(crate) const fn place(&self) -> &Place {
        &self.place
    }

    /// Records one denied write. The same write tried again is counted on its record.
    pub(crate) fn record(&mut self, work: &mut Work<'_, '_>, denial: Denial) -> Result<DeniedId, Error> {
        let digest = self.digest(&denial);
        let now_ms = work.now_ms();
        if let Some(known) = row::denied::by_digest(work, self.caller.user, &digest)? {
            row::denied::count_again(work, known.id, now_ms)?;
            self.last = Some(known.id);
            return Ok(known.id);
        }
        let shown = denial.tried.as_deref().or(denial.stands.as_deref());
        let summary = shown.map(|content| items::index(self.place.kind, content).summary).unwrap_or_default();
        let summary = crate::apply::without_nul(summary);
        let silent = denial.reason != Reason::Unreadable && self.without_intent(&denial);
        let row = DeniedRow {
            id: DeniedId(row::counter::next_id(work)?),
            at: now_ms,
            last_at: now_ms,
            count: 1,
            principal: self.caller.user,
            device: self.writer.0.to_owned(),
            device_kind: self.writer.1.to_owned(),
            folder: self.place.folder,
            account: self.place.account.clone(),
            path: self.place.path.clone(),
            kind: kind::code(self.place.kind),
            uid: denial.uid,
            operation: denial.operation.as_str().to_owned(),
            reason: denial.reason.as_str().to_owned(),
            state: "open".to_owned(),
            silent,
            summary,
            why: denial.why,
            tried: denial.tried,
            stands: denial.stands,
            notice: None,
            digest,
            destination: None,
            marks: None,
        };
        row::denied::insert(work, &row)?;
        let id = row.id;
        self.last = Some(id);
        self.fresh.push(row);
        Ok(id)
    }

    /// Notes where the item of the move recorded last was to go, so that an admin can still move it there.
    pub(crate) fn was_to_go(&self, work: &mut Work<'_, '_>, to: FolderId) -> Result<(), Error> {
        self.last.map_or(Ok(()), |id| Ok(row::denied::set_destination(work, id, to)?))
    }

    /// Notes which marks the change recorded last was to leave, so that an admin can still set them.
    pub(crate) fn was_to_mark(&self, work: &mut Work<'_, '_>, marks: &str) -> Result<(), Error> {
        self.last.map_or(Ok(()), |id| Ok(row::denied::set_marks(work, id, marks)?))
    }

    /// Has each new denied create or change stand in a notice, the rest in none.
    pub(crate) fn finish(self, work: &mut Work<'_, '_>) -> Result<(), Error> {
        if work.plant.has(Bug::NoticeAfterAnswer) || !self.wants_notice(work)? {
            return Ok(());
        }
        let told = self.fresh.iter().filter(|row| !row.silent && has_data(&row.operation));
        let told: Vec<DeniedId> = told.map(|row| row.id).collect();
        crate::digest::tell(work, (self.caller.user, self.writer.0), &told)
    }

    fn wants_notice(&self, work: &mut Work<'_, '_>) -> Result<bool, Error> {
        let settings = work.settings;
        let quiet = settings.shared_folders.iter().any(|folder| {
            !folder.notice && folder.account == self.place.account && folder.path == self.place.path
        });
        if quiet || !settings.notice.enabled || self.fresh.is_empty() {
            return Ok(false);
        }
        let here = (self.caller.user, self.writer.0, self.place.folder);
        Ok(!row::device_folder::flags(work, here.0, here.1, here.2)?.quiet)
    }

    fn without_intent(&self, denial: &Denial) -> bool {
        if self.intent == Intent::Sure {
            return false;
        }
        match (denial.operation, &denial.stands, &denial.tried) {
            (Operation::Change, Some(stands), Some(tried)) => {
                items::without_intent(self.place.kind, stands, tried)
            }
            _ => false,
        }
    }

    fn digest(&self, denial: &Denial) -> String {
        let mut sha = Sha256::new();
        let parts = [
            self.writer.0.to_owned(),
            self.place.folder.to_string(),
            denial.operation.as_str().to_owned(),
            denial.uid.map(|uid| uid.to_string()).unwrap_or_default(),
            denial.digest.clone(),
        ];
        for part in parts {
            sha.update((part.len() as u64).to_be_bytes());
            sha.update(part.as_bytes());
        }
        hex(&sha.finalize())
    }
}

/// Returns whether an operation carries data that would be lost without a notice.
fn has_data(operation: &str) -> bool {
    operation == Operation::Create.as_str() || operation == Operation::Change.as_str()
}
