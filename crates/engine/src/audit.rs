//! The audit log: who changed what, written where the change is, and read by those who may.

use crate::by::By;
use crate::plan::FolderPlan;
use crate::seat;
use crate::work::Work;
use crate::{Actor, Engine, Error, folder};
use access::{Busy, Entry};
use jiff::Timestamp;
use store::id::{FolderId, PrincipalId};
use store::row;
use store::row::audit::{AuditFilter, AuditRow};

/// Entries of one page of the log at most.
pub const MAX_AUDIT_PAGE: usize = 500;

/// One thing that was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its number. Later entries have higher ones.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// Who did it.
    pub actor: String,
    /// In whose name; empty for his own.
    pub on_behalf: String,
    /// Over which protocol.
    pub protocol: String,
    /// With which device or program.
    pub device: String,
    /// From which network address.
    pub address: String,
    /// What was done, such as `grant`.
    pub action: String,
    /// To what.
    pub object: String,
    /// Whom it is about; empty where it is about nobody.
    pub subject: String,
    /// What was there before; empty for nothing.
    pub old: String,
    /// What is there now; empty for nothing.
    pub new: String,
}

/// Which entries are looked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct AuditQuery<'a> {
    /// About this folder.
    pub folder: Option<FolderId>,
    /// By this user, group or space, or about it.
    pub user: Option<&'a str>,
    /// Of this time on.
    pub since: Option<Timestamp>,
    /// Before the entry of this number: the next page.
    pub before: Option<i64>,
    /// How many; [`MAX_AUDIT_PAGE`] at most.
    pub limit: usize,
}

impl Engine {
    /// Returns what was changed, the newest first: of a folder to those who administer it, of everything to system
    /// admins and the operator.
    ///
    /// # Errors
    /// When the folder or user does not exist, who asks may not know, or the database fails.
    pub fn audit(
        &self,
        viewer: Actor<'_>,
        query: &AuditQuery<'_>,
        now: Timestamp,
    ) -> Result<Vec<AuditEntry>, Error> {
        self.store.read(|q| {
            match (query.folder, viewer) {
                // The record of a folder that is gone is for those who may see everything.
                (_, Actor::Operator) => {}
                (_, Actor::User(caller))
                    if row::principal::load(q, caller.user)?
                        .is_some_and(|row| row.admin && !row.disabled) => {}
                (Some(folder), Actor::User(_)) => {
                    let (_, seat) = seat::at(q, viewer, folder, now.as_millisecond())?;
                    if seat.leave.is_none() {
                        return Err(Error::refused("only those who administer a folder see its log"));
                    }
                }
                (None, Actor::User(_)) => return Err(Error::refused("only system admins see the whole log")),
            }
            let user = match query.user {
                Some(name) => Some(
                    row::principal::by_name(q, name)?
                        .ok_or_else(|| Error::not_found(format!("user, group or space '{name}'")))?
                        .id,
                ),
                None => None,
            };
            let filter = AuditFilter {
                folder: query.folder,
                user,
                since: query.since.map(Timestamp::as_millisecond),
                before: query.before,
            };
            let limit = i64::try_from(query.limit.min(MAX_AUDIT_PAGE)).unwrap_or(0);
            row::audit::find(q, &filter, limit)?.into_iter().map(view).collect()
        })
    }
}

fn view(row: AuditRow) -> Result<AuditEntry, Error> {
    let AuditRow { id, at, actor_name: actor, on_behalf, protocol, device, address, .. } = row;
    let AuditRow { action, object, subject_name: subject, old, new, .. } = row;
    let at = Timestamp::from_millisecond(at).map_err(|_| store::Error::Corrupt)?;
    Ok(AuditEntry { id, at, actor, on_behalf, protocol, device, address, action, object, subject, old, new })
}

/// One change to be noted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Note {
    /// What was done.
    pub(crate) action: &'static str,
    /// To what, in words.
    pub(crate) object: String,
    /// The folder, and the revision of its grants that this made.
    pub(crate) folder: Option<(FolderId, i64)>,
    /// Whom it is about, and how people name him.
    pub(crate) subject: Option<(PrincipalId, String)>,
    /// What was there before.
    pub(crate) old: String,
    /// What is there now.
    pub(crate) new: String,
}

/// Notes a change, in the transaction that makes it.
pub(crate) fn note(work: &mut Work<'_, '_>, by: &By<'_>, note: Note) -> Result<(), Error> {
    let (actor, actor_name) = match by.actor {
        Actor::Operator => (None, String::new()),
        Actor::User(caller) => (Some(caller.user), caller.name.clone()),
    };
    let (subject, subject_name) = note.subject.unzip();
    let row = AuditRow {
        id: row::counter::next_audit(work)?,
        at: work.now_ms(),
        actor,
        actor_name,
        on_behalf: String::new(),
        protocol: clean(by.via.protocol),
        device: clean(by.via.device),
        address: clean(by.via.address),
        action: note.action.to_owned(),
        object: note.object,
        folder: note.folder.map(|(folder, _)| folder),
        revision: note.folder.map_or(0, |(_, revision)| revision),
        subject,
        subject_name: subject_name.unwrap_or_default(),
        old: note.old,
        new: note.new,
    };
    Ok(row::audit::insert(work, &row)?)
}

/// Devices name themselves: what they say is cut and cleaned before it is kept for ever.
fn clean(text: &str) -> String {
    const MAX: usize = 200;
    text.chars().filter(|c| !c.is_control()).take(MAX).collect()
}

/// Notes what became of a folder's grants.
pub(crate) fn grants(
    work: &mut Work<'_, '_>,
    by: &By<'_>,
    plan: &FolderPlan,
    revision: i64,
) -> Result<(), Error> {
    let owner = row::principal::load(work, plan.folder.account)?.map(|owner| owner.name);
    let path = folder::path_of(work, &plan.folder)?;
    let object = format!("{} '{path}'", owner.unwrap_or_default());
    for row in &plan.changed {
        let entry = Note {
            action: "grant",
            object: object.clone(),
            folder: Some((plan.folder.id, revision)),
            subject: Some((row.principal, row.name.to_string())),
            old: row.old.as_ref().map(entry_words).unwrap_or_default(),
            new: row.new.as_ref().map(entry_words).unwrap_or_default(),
        };
        note(work, by, entry)?;
    }
    Ok(())
}

/// Writes an entry in words: its levels and what stands beside them.
pub(crate) fn entry_words(entry: &Entry) -> String {
    let mut words = entry.grant.to_string();
    if entry.private {
        words.push_str(", private");
    }
    if entry.busy != Busy::None {
        words.push_str(", busy ");
        words.push_str(entry.busy.as_str());
    }
    if let Some(until) = entry.until.and_then(|until| Timestamp::from_millisecond(until).ok()) {
        words.push_str(", until ");
        words.push_str(&until.to_string());
    }
    words
}
