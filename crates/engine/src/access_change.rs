//! Changing a folder's access list: one door for people and for the command line.

use crate::access_list::{AccessList, Person, Revision};
use crate::affected::AccessChange;
use crate::by::By;
use crate::plan::{self, FolderPlan, Plan};
use crate::work::Work;
use crate::{Actor, Engine, Error, PrincipalRef, ShareWarning, apply, audit, seat, telling};
use access::{Beyond, Effect, Entry, Right};
use jiff::Timestamp;
use std::collections::BTreeSet;
use store::id::FolderId;
use store::{Query, row};

/// Entries of one access list at most.
pub const MAX_ENTRIES: usize = 500;
/// Users that a preview names of those whom a change does the same to.
pub const MAX_ALIKE: usize = 50;
/// Earlier changes that a conflict shows.
const MAX_MISSED: i64 = 100;

/// Which folders a change is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Depth {
    /// The folder alone.
    #[default]
    Folder,
    /// The folders below it too, as far as who asks administers them.
    Subtree,
}

/// Whether somebody may give up his own right to administer a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OwnAdmin {
    /// That would be a mistake.
    #[default]
    Keep,
    /// He said that he wants to.
    GiveUp,
}

/// Whether those are told who gain or lose by a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Telling {
    /// Everyone concerned gets a message.
    #[default]
    Everyone,
    /// Nobody does. For the operator alone, who sets up what nobody used before.
    Nobody,
}

/// A change of an access list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AccessListChange {
    /// The state of the list that the change was made from; `None` where any will do.
    pub revision: Option<Revision>,
    /// Grants to be set, in place of those there are.
    pub set: Vec<(PrincipalRef, Entry)>,
    /// Grants to be removed. One that is not there is no mistake.
    pub remove: Vec<PrincipalRef>,
    /// Whether who asks may give up his own right to administer the folder.
    pub own_admin: OwnAdmin,
    /// Whether the folders below are changed too.
    pub depth: Depth,
    /// Who is told.
    pub telling: Telling,
}

/// What somebody else did to a list meanwhile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissedChange {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// Whose grant.
    pub principal: String,
    /// The grant before, in words; empty for none.
    pub old: String,
    /// The grant after, in words; empty for none.
    pub new: String,
}

/// A list that is not any more what a change was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListConflict {
    /// The list as it is now.
    pub now: AccessList,
    /// What was done to it since, oldest first.
    pub missed: Vec<MissedChange>,
}

/// Why an access list was not changed. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum ShareError {
    /// The user does not administer the folder.
    #[error("only those who administer the folder may change who may do what in it")]
    NotAdmin,
    /// The list changed since it was looked at.
    #[error("somebody else changed the access list meanwhile; look at it again")]
    Conflict(Box<ListConflict>),
    /// An entry would give more than who gives it has.
    #[error("{principal} cannot be given this: {beyond}")]
    Beyond {
        /// Whose entry.
        principal: PrincipalRef,
        /// What is too much.
        beyond: Beyond,
    },
    /// Together with another grant the change would raise a user above who changes it.
    #[error("with his other grants, this would give '{}' more than who gives it has", user.name)]
    RaisesUser {
        /// Who would be raised.
        user: Person,
        /// What he would get that who gives it has not.
        rights: Vec<Right>,
    },
    /// Nobody would be left who administers the folder.
    #[error("nobody would be left who administers the folder")]
    LockOut,
    /// The user would lose his own right to administer the folder, and did not say that he wants to.
    #[error("you would not administer the folder any more; say so if you want that")]
    OwnAdmin,
    /// There is no such principal.
    #[error("{principal} does not exist")]
    Unknown {
        /// Who is not there.
        principal: PrincipalRef,
    },
    /// One principal stands in the change more than once.
    #[error("{principal} is named more than once")]
    Twice {
        /// Who.
        principal: PrincipalRef,
    },
    /// An entry ends before it begins.
    #[error("the grant of {principal} would have ended already")]
    Ended {
        /// Whose entry.
        principal: PrincipalRef,
    },
    /// The list would be longer than [`MAX_ENTRIES`].
    #[error("an access list has at most {MAX_ENTRIES} entries; put users into a group")]
    TooMany,
    /// The folder does not exist for the user, or the database failed.
    #[error(transparent)]
    Failed(#[from] Error),
}

impl From<store::Error> for ShareError {
    fn from(error: store::Error) -> Self {
        Self::Failed(Error::from(error))
    }
}

/// What a change of an access list came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessListChanged {
    /// The state of the list now.
    pub revision: Revision,
    /// Levels without effect, with whose they are.
    pub warnings: Vec<(PrincipalRef, ShareWarning)>,
    /// Folders whose lists are different now.
    pub folders: usize,
    /// Folders below that were left as they are, since who asked does not administer them.
    pub skipped: Vec<String>,
    /// Users who gained or lost something.
    pub users: usize,
}

/// Users whom a change does the same to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedAlike {
    /// What counts for them before.
    pub before: Effect,
    /// What counts after.
    pub after: Effect,
    /// What they may do after and not before.
    pub gains: Vec<Right>,
    /// What they may do before and not after.
    pub losses: Vec<Right>,
    /// How many they are.
    pub count: usize,
    /// The first [`MAX_ALIKE`] of them, by name.
    pub users: Vec<Person>,
}

/// What a change would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// The state of the list that this was worked out from.
    pub revision: Revision,
    /// Who gains and who loses in the folder itself, all groups taken together.
    pub changes: Vec<ChangedAlike>,
    /// Levels without effect, with whose they are.
    pub warnings: Vec<(PrincipalRef, ShareWarning)>,
    /// Whether who asks would not administer the folder any more.
    pub loses_own_admin: bool,
    /// Folders whose lists would change.
    pub folders: usize,
    /// Folders below that would be left as they are, since who asks does not administer them.
    pub skipped: Vec<String>,
}

impl Engine {
    /// Changes a folder's access list.
    ///
    /// # Errors
    /// When the folder does not exist for who asks, the change is refused, or the database fails.
    pub fn change_access_list(
        &self,
        by: &By<'_>,
        folder: FolderId,
        change: &AccessListChange,
        now: Timestamp,
    ) -> Result<AccessListChanged, ShareError> {
        self.write_or(now, |work| {
            lock(work, folder, change)?;
            let now_ms = now.as_millisecond();
            let (folder, seat) = seat::at(work, by.actor, folder, now_ms)?;
            let leave = seat.leave.as_ref().ok_or(ShareError::NotAdmin)?;
            let plan = plan::make(work, (by.actor, &seat), &folder, change, now_ms)?;
            if plan.loses_own_admin && change.own_admin == OwnAdmin::Keep {
                return Err(ShareError::OwnAdmin);
            }
            for one in &plan.folders {
                let changes: Vec<_> = one.changed.iter().map(|row| (row.principal, row.new)).collect();
                let revision = apply::change_grants(work, leave, one.folder.id, &changes)?;
                audit::grants(work, by, one, revision)?;
            }
            let users = plan.users_changed();
            if change.telling == Telling::Everyone || matches!(by.actor, Actor::User(_)) {
                telling::tell(work, by, &plan)?;
            }
            Ok(AccessListChanged {
                revision: Revision(row::folder::revision(work, folder.id)?),
                warnings: plan.warnings,
                folders: plan.folders.len(),
                skipped: plan.skipped,
                users,
            })
        })
    }

    /// Tells what a change would do, by the same rules that would carry it out. What would be refused is refused
    /// here, save giving up one's own right, which is told.
    ///
    /// # Errors
    /// As [`Engine::change_access_list`].
    pub fn preview_access_list(
        &self,
        actor: Actor<'_>,
        folder: FolderId,
        change: &AccessListChange,
        now: Timestamp,
    ) -> Result<Preview, ShareError> {
        self.store.read(|q| {
            let now_ms = now.as_millisecond();
            let (folder, seat) = seat::at(q, actor, folder, now_ms)?;
            if seat.leave.is_none() {
                return Err(ShareError::NotAdmin);
            }
            let plan = plan::make(q, (actor, &seat), &folder, change, now_ms)?;
            let here = plan.folders.iter().find(|one| one.folder.id == folder.id);
            Ok(Preview {
                revision: Revision(row::folder::revision(q, folder.id)?),
                changes: here.map(alike).unwrap_or_default(),
                loses_own_admin: plan.loses_own_admin,
                folders: plan.folders.len(),
                warnings: plan.warnings,
                skipped: plan.skipped,
            })
        })
    }
}

/// Locks every folder that a change could be for, in the order of their numbers, and then the directory: nobody is
/// changed, moved or made a member until this is through.
fn lock(work: &mut Work<'_, '_>, folder: FolderId, change: &AccessListChange) -> Result<(), Error> {
    let missing = || Error::not_found(format!("folder {folder}"));
    let mut ids = vec![folder];
    if change.depth == Depth::Subtree {
        let row = row::folder::load(work, folder)?.ok_or_else(missing)?;
        ids = apply::subtree(work, &row)?.into_iter().map(|row| row.id).collect();
        ids.sort_unstable();
    }
    for id in ids {
        row::folder::lock(work, id)?;
    }
    row::counter::touch_directory(work)?;
    Ok(())
}

/// Puts users together whom a change does the same to, those who gain most users first.
fn alike(one: &FolderPlan) -> Vec<ChangedAlike> {
    let mut groups: Vec<ChangedAlike> = Vec::new();
    for change in one.reached.iter().filter(|user| user.is_changed()).map(crate::affected::Reached::change) {
        let (gains, losses) = (change.gains(), change.losses());
        let AccessChange { user, before, after } = change;
        match groups.iter_mut().find(|group| (group.before, group.after) == (before, after)) {
            Some(group) => {
                group.count += 1;
                if group.users.len() < MAX_ALIKE {
                    group.users.push(user);
                }
            }
            None => {
                groups.push(ChangedAlike { before, after, gains, losses, count: 1, users: vec![user] });
            }
        }
    }
    groups.sort_by_key(|group| std::cmp::Reverse(group.count));
    groups
}

/// Returns the list as it is now, with what was done to it since `revision`.
pub(crate) fn conflict(
    q: &mut Query<'_>,
    now: AccessList,
    revision: Revision,
) -> Result<ListConflict, Error> {
    let rows = row::audit::since(q, now.folder.id, revision.0, MAX_MISSED)?;
    let missed = rows.into_iter().map(|row| {
        Ok(MissedChange {
            at: Timestamp::from_millisecond(row.at).map_err(|_| store::Error::Corrupt)?,
            by: row.actor_name,
            principal: row.subject_name,
            old: row.old,
            new: row.new,
        })
    });
    Ok(ListConflict { missed: missed.collect::<Result<_, store::Error>>()?, now })
}

impl Plan {
    /// Returns how many users gain or lose something.
    fn users_changed(&self) -> usize {
        let reached = self.folders.iter().flat_map(|one| &one.reached);
        reached.filter(|one| one.is_changed()).map(|one| one.user.id).collect::<BTreeSet<_>>().len()
    }
}
