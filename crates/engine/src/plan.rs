//! What a change of an access list would do, and whether it may be: worked out before anything is written.

use crate::access_change::{AccessListChange, Depth, MAX_ENTRIES, ShareError, conflict};
use crate::access_list::{Person, Revision, list};
use crate::affected::{Reached, reach_anybody, reached};
use crate::folder::path_of;
use crate::seat::Seat;
use crate::share::{principal_ref, resolve};
use crate::{Actor, Error, PrincipalRef, ShareWarning};
use access::{Caps, Entry, Right, Standing};
use store::id::PrincipalId;
use store::row::folder::FolderRow;
use store::row::grant::GrantRow;
use store::{Query, row};

const USER: i64 = 1;
const GROUP: i64 = 2;

/// What a change does to all the folders it is for.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The folders whose lists are different afterwards, the one that was named first.
    pub(crate) folders: Vec<FolderPlan>,
    /// Levels without effect.
    pub(crate) warnings: Vec<(PrincipalRef, ShareWarning)>,
    /// Paths of folders below that who asks sees and does not administer.
    pub(crate) skipped: Vec<String>,
    /// Whether who asks does not administer the named folder afterwards.
    pub(crate) loses_own_admin: bool,
}

/// What a change does to one folder.
#[derive(Debug)]
pub(crate) struct FolderPlan {
    /// The folder.
    pub(crate) folder: FolderRow,
    /// The rows that are different afterwards.
    pub(crate) changed: Vec<ChangedRow>,
    /// The users whom those rows stand for.
    pub(crate) reached: Vec<Reached>,
}

/// One row that is different afterwards.
#[derive(Debug)]
pub(crate) struct ChangedRow {
    /// Whose.
    pub(crate) principal: PrincipalId,
    /// The same in words.
    pub(crate) name: PrincipalRef,
    /// What was there.
    pub(crate) old: Option<Entry>,
    /// What is there afterwards.
    pub(crate) new: Option<Entry>,
}

/// A change with its principals found.
struct Wanted {
    set: Vec<GrantRow>,
    remove: Vec<PrincipalId>,
}

/// Works out what `change` does when it is asked for from `seat`, and refuses it where it may not be.
pub(crate) fn make(
    q: &mut Query<'_>,
    (actor, seat): (Actor<'_>, &Seat),
    folder: &FolderRow,
    change: &AccessListChange,
    now_ms: i64,
) -> Result<Plan, ShareError> {
    let current = Revision(row::folder::revision(q, folder.id)?);
    if let Some(revision) = change.revision.filter(|&revision| revision != current) {
        let list = list(q, folder, seat, now_ms)?;
        return Err(ShareError::Conflict(Box::new(conflict(q, list, revision)?)));
    }
    let wanted = find(q, change, now_ms)?;
    let mut plan =
        Plan { folders: Vec::new(), warnings: warnings(change), skipped: Vec::new(), loses_own_admin: false };
    let first = for_folder(q, seat, folder, &wanted, now_ms)?;
    plan.loses_own_admin = loses_admin(seat, folder, first.as_ref());
    plan.folders.extend(first);
    if change.depth == Depth::Subtree {
        below(q, (actor, folder), &wanted, &mut plan, now_ms)?;
    }
    Ok(plan)
}

/// Adds what the change does to the folders below.
fn below(
    q: &mut Query<'_>,
    (actor, folder): (Actor<'_>, &FolderRow),
    wanted: &Wanted,
    plan: &mut Plan,
    now_ms: i64,
) -> Result<(), ShareError> {
    let mut tree = crate::apply::subtree(q, folder)?;
    tree.reverse();
    for row in tree.into_iter().skip(1) {
        // What does not exist for him is not named either.
        let Some(seat) = Seat::take(q, actor, &row, now_ms)? else { continue };
        if seat.leave.is_none() {
            plan.skipped.push(path_of(q, &row)?);
            continue;
        }
        plan.folders.extend(for_folder(q, &seat, &row, wanted, now_ms)?);
    }
    Ok(())
}

fn find(q: &mut Query<'_>, change: &AccessListChange, now_ms: i64) -> Result<Wanted, ShareError> {
    if change.set.len() + change.remove.len() > 2 * MAX_ENTRIES {
        return Err(ShareError::TooMany);
    }
    let mut wanted = Wanted { set: Vec::new(), remove: Vec::new() };
    let mut known: Vec<PrincipalId> = Vec::new();
    let names = change.set.iter().map(|(principal, entry)| (principal, Some(entry)));
    for (principal, entry) in names.chain(change.remove.iter().map(|principal| (principal, None))) {
        let id = match resolve(q, principal) {
            Err(Error::NotFound { .. }) => {
                return Err(ShareError::Unknown { principal: principal.clone() });
            }
            other => other?,
        };
        if known.contains(&id) {
            return Err(ShareError::Twice { principal: principal.clone() });
        }
        known.push(id);
        match entry {
            Some(entry) if !entry.is_live(now_ms) => {
                return Err(ShareError::Ended { principal: principal.clone() });
            }
            Some(entry) => wanted.set.push(row_of(id, principal, *entry)),
            None => wanted.remove.push(id),
        }
    }
    Ok(wanted)
}

fn row_of(principal: PrincipalId, name: &PrincipalRef, entry: Entry) -> GrantRow {
    let (principal_kind, principal_name) = match name {
        PrincipalRef::User(name) => (USER, name.clone()),
        PrincipalRef::Group(name) => (GROUP, name.clone()),
        PrincipalRef::Everyone => (0, String::new()),
    };
    GrantRow { principal, principal_kind, principal_name, entry }
}

fn warnings(change: &AccessListChange) -> Vec<(PrincipalRef, ShareWarning)> {
    let wasted = |(principal, entry): &(PrincipalRef, Entry)| {
        let principal = principal.clone();
        let axes = entry.grant.wasted_axes().into_iter();
        axes.map(move |axis| (principal.clone(), ShareWarning::NoEffect { axis })).collect::<Vec<_>>()
    };
    change.set.iter().flat_map(wasted).collect()
}

/// Works out what a change does to one folder; `None` for nothing.
fn for_folder(
    q: &mut Query<'_>,
    seat: &Seat,
    folder: &FolderRow,
    wanted: &Wanted,
    now_ms: i64,
) -> Result<Option<FolderPlan>, ShareError> {
    let before = row::grant::of(q, folder.id)?;
    let mut after = before.clone();
    after.retain(|row| {
        let replaced = wanted.set.iter().any(|wanted| wanted.principal == row.principal);
        !replaced && !wanted.remove.contains(&row.principal)
    });
    after.extend(wanted.set.iter().cloned());
    if after.len() > MAX_ENTRIES && after.len() > before.len() {
        return Err(ShareError::TooMany);
    }
    let changed = differences(&before, &after);
    if changed.is_empty() {
        return Ok(None);
    }
    let principals: Vec<PrincipalId> = changed.iter().map(|row| row.principal).collect();
    let reached = reached(q, folder, &principals, (&before, &after), now_ms)?;
    if !seat.unlimited {
        check_limits(seat, &changed, &reached, now_ms)?;
    }
    // The operator can put anything right at any time.
    if seat.user().is_some() {
        check_administered(q, folder, (&before, &after), now_ms)?;
    }
    Ok(Some(FolderPlan { folder: folder.clone(), changed, reached }))
}

fn differences(before: &[GrantRow], after: &[GrantRow]) -> Vec<ChangedRow> {
    let entry_in = |list: &[GrantRow], of: &GrantRow| {
        list.iter().find(|row| row.principal == of.principal).map(|row| row.entry)
    };
    let there = before.iter().map(|row| (row, Some(row.entry), entry_in(after, row)));
    let new = after.iter().filter(|row| entry_in(before, row).is_none());
    let rows = there.chain(new.map(|row| (row, None, Some(row.entry))));
    let changed = rows.filter(|(_, old, new)| old != new);
    changed
        .map(|(row, old, new)| ChangedRow { principal: row.principal, name: principal_ref(row), old, new })
        .collect()
}

/// Refuses what raises an entry, or a user through all his entries, above who asks for it.
fn check_limits(
    seat: &Seat,
    changed: &[ChangedRow],
    reached: &[Reached],
    now_ms: i64,
) -> Result<(), ShareError> {
    for row in changed {
        let Some(new) = &row.new else { continue };
        if let Some(beyond) = access::beyond(row.old.as_ref(), new, &seat.effect, now_ms) {
            return Err(ShareError::Beyond { principal: row.name.clone(), beyond });
        }
    }
    for one in reached {
        if !one.after.is_within(&one.before, &seat.effect) {
            let mut rights = one.after.gained_since(&one.before);
            rights.retain(|&right| !seat.effect.has(right));
            return Err(ShareError::RaisesUser { user: Person::from(&one.user), rights });
        }
    }
    Ok(())
}

/// Refuses what leaves nobody who administers the folder, now or once the grants that end have ended. The owner always
/// administers it; a space is nobody.
fn check_administered(
    q: &mut Query<'_>,
    folder: &FolderRow,
    (before, after): (&[GrantRow], &[GrantRow]),
    now_ms: i64,
) -> Result<(), ShareError> {
    let owner = row::principal::load(q, folder.account)?;
    if owner.is_some_and(|owner| owner.kind == USER) {
        return Ok(());
    }
    for lasting in [now_ms, i64::MAX] {
        if !administered(q, after, lasting)? && administered(q, before, lasting)? {
            return Err(ShareError::LockOut);
        }
    }
    Ok(())
}

/// Returns whether somebody who may log in administers a folder with this list at a time.
fn administered(q: &mut Query<'_>, list: &[GrantRow], at_ms: i64) -> Result<bool, Error> {
    let manages = |row: &&GrantRow| {
        access::effect([row.entry], Standing::Other, Caps::default(), at_ms).has(Right::Manage)
    };
    let admins: Vec<PrincipalId> = list.iter().filter(manages).map(|row| row.principal).collect();
    reach_anybody(q, &admins)
}

/// Returns whether who sits there administers the folder by its grants now, and not after the change.
fn loses_admin(seat: &Seat, folder: &FolderRow, plan: Option<&FolderPlan>) -> bool {
    let (Some(user), Some(plan)) = (seat.user(), plan) else { return false };
    if user == folder.account || !seat.effect.has(Right::Manage) {
        return false;
    }
    let own = plan.reached.iter().find(|one| one.user.id == user);
    own.is_some_and(|own| !own.after.has(Right::Manage))
}
