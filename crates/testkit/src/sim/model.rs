//! What the server should hold: plain maps, kept by watching what requests do to it.

use std::collections::{BTreeMap, BTreeSet};

use phone::Class;

use super::content::Fields;
use super::rights::{May, Row, Whose};

/// A user, by place in the list.
pub(super) type User = usize;

/// A folder's number.
pub(super) type Folder = i64;

/// An item's number in its folder.
pub(super) type Uid = i64;

/// To whom a row of a folder's list is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Principal {
    User(User),
    Group(usize),
    Everyone,
}

/// A member of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Member {
    User(User),
    Group(usize),
}

/// A folder and what is in it.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) id: Folder,
    /// Name of the owning account, and the user it belongs to; nobody where it is a space.
    pub(super) account: String,
    pub(super) owner: Option<User>,
    pub(super) path: String,
    pub(super) class: Class,
    /// Whether all users' phones get it.
    pub(super) shared: bool,
    /// Where deleted mail goes.
    pub(super) trash: Option<Folder>,
    pub(super) rows: BTreeMap<Principal, Row>,
    pub(super) items: BTreeMap<Uid, Item>,
}

/// An item as it should be.
#[derive(Debug, Clone, Default)]
pub(super) struct Item {
    pub(super) owner: Option<User>,
    pub(super) fields: Fields,
    /// Every text that a field ever had by leave.
    pub(super) past: BTreeSet<(String, String)>,
    pub(super) private: bool,
    pub(super) day: i64,
    pub(super) done: bool,
    /// The UID that a phone gave it.
    pub(super) identity: Option<String>,
    /// The folder's change that the server says it was changed by last.
    pub(super) modseq: i64,
    /// Every write of its content: its number in the run, and which phone made it.
    pub(super) writes: Vec<(u64, Option<usize>)>,
}

impl Item {
    /// Returns the number of the last write.
    pub(super) fn revision(&self) -> u64 {
        self.writes.last().map_or(0, |(revision, _)| *revision)
    }

    /// Returns whether somebody else than `phone` wrote it after `revision`.
    pub(super) fn changed_by_others(&self, phone: usize, revision: u64) -> bool {
        self.writes.iter().any(|(number, by)| *number > revision && *by != Some(phone))
    }
}

/// What the server should hold.
#[derive(Debug, Default)]
pub(super) struct Model {
    pub(super) groups: Vec<BTreeSet<Member>>,
    /// Who may not log in for now.
    pub(super) suspended: BTreeSet<User>,
    pub(super) places: BTreeMap<Folder, Place>,
    /// Who was told that a folder is a drop box.
    pub(super) told_of_drop_box: BTreeSet<(User, Folder)>,
    /// When users who may not change an event wanted it to ring for themselves, in minutes before it; nothing for
    /// never.
    pub(super) rings: BTreeMap<(User, Folder, Uid), BTreeSet<Option<String>>>,
    revision: u64,
}

/// Groups in one another are followed this deep; there are fewer.
const MAX_NESTING: usize = 8;

impl Model {
    /// Returns the number of the next write.
    pub(super) fn next_revision(&mut self) -> u64 {
        self.revision += 1;
        self.revision
    }

    /// Returns what a user may do in a folder now.
    pub(super) fn may(&self, user: User, folder: Folder, now_ms: i64) -> May {
        let Some(place) = self.places.get(&folder) else { return May::default() };
        if self.suspended.contains(&user) {
            return May::default();
        }
        if place.owner == Some(user) {
            return May::owner();
        }
        let rows = place.rows.iter().filter(|(principal, _)| self.matches(user, **principal));
        May::of(rows.map(|(_, row)| *row), now_ms)
    }

    fn matches(&self, user: User, principal: Principal) -> bool {
        match principal {
            Principal::Everyone => true,
            Principal::User(other) => other == user,
            Principal::Group(group) => self.contains(group, Member::User(user), MAX_NESTING),
        }
    }

    /// Returns whether a group contains a member, itself or through other groups.
    pub(super) fn contains(&self, group: usize, member: Member, depth: usize) -> bool {
        let Some(members) = self.groups.get(group) else { return false };
        members.contains(&member)
            || (depth > 0
                && members.iter().any(|inner| match inner {
                    Member::Group(inner) => self.contains(*inner, member, depth - 1),
                    Member::User(_) => false,
                }))
    }

    /// Takes over what users wanted of an event that was moved.
    pub(super) fn move_rings(&mut self, (from, uid): (Folder, Uid), to: (Folder, Uid)) {
        let moved: Vec<_> =
            self.rings.iter().filter(|((_, folder, item), _)| (*folder, *item) == (from, uid)).collect();
        let moved: Vec<_> =
            moved.into_iter().map(|((user, ..), wanted)| ((*user, to.0, to.1), wanted.clone())).collect();
        self.rings.extend(moved);
    }

    /// Returns whose an item is for a user. In his own account nothing is hidden from him.
    pub(super) fn whose(&self, user: User, folder: Folder, item: &Item) -> Whose {
        let owns_folder = self.places.get(&folder).is_some_and(|place| place.owner == Some(user));
        if item.owner == Some(user) {
            Whose::Mine
        } else if item.private && !owns_folder {
            Whose::OthersPrivate
        } else {
            Whose::Others
        }
    }

    /// Returns the folder with that path.
    pub(super) fn folder_at(&self, account: &str, path: &str) -> Option<Folder> {
        let mut places = self.places.values();
        places.find(|place| place.account == account && place.path == path).map(|place| place.id)
    }

    pub(super) fn item(&self, folder: Folder, uid: Uid) -> Option<&Item> {
        self.places.get(&folder)?.items.get(&uid)
    }
}
