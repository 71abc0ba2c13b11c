//! Whom a change of an access list reaches, and what counts for each before and after.

use crate::Error;
use crate::access_list::Person;
use access::{Busy, Caps, Effect, Right, Standing};
use std::collections::{BTreeMap, BTreeSet};
use store::id::PrincipalId;
use store::row::folder::FolderRow;
use store::row::grant::GrantRow;
use store::row::principal::PrincipalRow;
use store::{Query, row};

const USER: i64 = 1;
const GROUP: i64 = 2;
/// The kind of folder that holds events.
const CALENDAR: i64 = 2;
/// Users up to which each one's groups are asked for; for more, all memberships are read at once.
const MAX_ASKED: usize = 16;

/// What a change does to one user, all his groups taken together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessChange {
    /// Who.
    pub user: Person,
    /// What counts before.
    pub before: Effect,
    /// What counts after.
    pub after: Effect,
}

impl AccessChange {
    /// Returns what the user may do after and not before.
    #[must_use]
    pub fn gains(&self) -> Vec<Right> {
        self.after.gained_since(&self.before)
    }

    /// Returns what the user may do before and not after.
    #[must_use]
    pub fn losses(&self) -> Vec<Right> {
        self.before.gained_since(&self.after)
    }
}

/// A user whom a change reaches.
#[derive(Debug)]
pub(crate) struct Reached {
    /// Who.
    pub(crate) user: PrincipalRow,
    /// What counts before.
    pub(crate) before: Effect,
    /// What counts after.
    pub(crate) after: Effect,
}

impl Reached {
    /// Returns whether something is different for him now.
    pub(crate) fn is_changed(&self) -> bool {
        !self.user.disabled && self.before != self.after
    }

    /// Returns what others are shown of it.
    pub(crate) fn change(&self) -> AccessChange {
        AccessChange { user: Person::from(&self.user), before: self.before, after: self.after }
    }
}

/// Returns every user whom one of the principals stands for, with what counts for him under either list. The folder's
/// owner is left out: nothing changes for him.
pub(crate) fn reached(
    q: &mut Query<'_>,
    folder: &FolderRow,
    principals: &[PrincipalId],
    (before, after): (&[GrantRow], &[GrantRow]),
    now_ms: i64,
) -> Result<Vec<Reached>, Error> {
    let mut users = users(q, principals)?;
    users.remove(&folder.account);
    let all = if users.len() > MAX_ASKED { Some(Memberships::load(q)?) } else { None };
    let mut reached = Vec::with_capacity(users.len());
    for user in users.into_values() {
        let mut matching = match &all {
            Some(all) => all.groups_of(user.id),
            None => row::member::groups_of(q, user.id)?.into_iter().collect(),
        };
        matching.extend([user.id, PrincipalId::EVERYONE]);
        let effect = |list: &[GrantRow]| {
            let entries = list.iter().filter(|row| matching.contains(&row.principal)).map(|row| row.entry);
            let effect = access::effect(entries, Standing::Other, Caps::default(), now_ms);
            // Only a calendar has busy times.
            let busy = if folder.kind == CALENDAR { effect.busy } else { Busy::None };
            Effect { busy, ..effect }
        };
        reached.push(Reached { before: effect(before), after: effect(after), user });
    }
    reached.sort_by(|a, b| a.user.name.cmp(&b.user.name));
    Ok(reached)
}

/// Returns whether one of the principals stands for a user who may log in.
pub(crate) fn reach_anybody(q: &mut Query<'_>, principals: &[PrincipalId]) -> Result<bool, Error> {
    Ok(users(q, principals)?.values().any(|user| !user.disabled))
}

/// Returns every user whom one of the principals stands for.
pub(crate) fn users(
    q: &mut Query<'_>,
    principals: &[PrincipalId],
) -> Result<BTreeMap<PrincipalId, PrincipalRow>, Error> {
    let mut users = BTreeMap::new();
    for &principal in principals {
        let rows = if principal == PrincipalId::EVERYONE {
            row::principal::of_kind(q, USER)?
        } else {
            match row::principal::load(q, principal)? {
                Some(row) if row.kind == GROUP => row::member::users_below(q, row.id)?,
                Some(row) if row.kind == USER => vec![row],
                Some(_) | None => Vec::new(),
            }
        };
        users.extend(rows.into_iter().map(|row| (row.id, row)));
    }
    Ok(users)
}

/// Every membership, by member.
struct Memberships(BTreeMap<PrincipalId, Vec<PrincipalId>>);

impl Memberships {
    fn load(q: &mut Query<'_>) -> Result<Self, Error> {
        let mut groups: BTreeMap<PrincipalId, Vec<PrincipalId>> = BTreeMap::new();
        for (group, member) in row::member::all(q)? {
            groups.entry(member).or_default().push(group);
        }
        Ok(Self(groups))
    }

    /// Returns every group that contains the user; circles end by themselves.
    fn groups_of(&self, user: PrincipalId) -> BTreeSet<PrincipalId> {
        let (mut found, mut waiting) = (BTreeSet::new(), vec![user]);
        while let Some(member) = waiting.pop() {
            let groups = self.0.get(&member).into_iter().flatten();
            waiting.extend(groups.filter(|&&group| found.insert(group)));
        }
        found
    }
}
