//! The tree itself: what a device shows, what it should show, and what leads from one to the other.

use super::{FolderEntry, FolderStep};
use crate::decide::Rights;
use crate::deny::Place;
use crate::sync::{Body, Command, Target};
use crate::{Caller, Device, Error, Settings, device_folder, kind, merge};
use items::Kind;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use store::id::{FolderId, Modseq, PrincipalId, SyncKey};
use store::row::cursor::{CursorRow, Standing};
use store::row::folder::FolderRow;
use store::{Query, row};

/// What a device shows, as its cursor of the hierarchy keeps it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tree {
    pub(super) folders: BTreeMap<i64, Shown>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) told: Vec<String>,
}

/// One folder of it. An empty name stands for a folder whose name on the device must be put right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Shown {
    pub(super) parent: i64,
    pub(super) name: String,
    pub(super) kind: i64,
    pub(super) role: i64,
    pub(super) shared: bool,
}

/// Returns the state of a cursor of the hierarchy whose device shows nothing.
pub(crate) fn nothing_shown() -> String {
    Tree::default().row(Standing::Offered, 0, None).state
}

/// Returns whether a device whose cursor of the hierarchy has this state shows the folder.
pub(crate) fn shows(state: &str, folder: FolderId) -> Result<bool, Error> {
    Ok(Tree::decode(state)?.folders.contains_key(&folder.0))
}

impl Tree {
    pub(super) fn decode(state: &str) -> Result<Self, Error> {
        serde_json::from_str(state).map_err(|_| Error::Store(store::Error::Corrupt))
    }

    pub(super) fn row(&self, standing: Standing, directory: i64, expires: Option<i64>) -> CursorRow {
        CursorRow {
            key: SyncKey::START,
            serial: 0,
            standing,
            modseq: Modseq(0),
            overlay: Modseq(0),
            directory,
            pending: false,
            expires,
            memo: String::new(),
            parts: String::new(),
            state: serde_json::to_string(self).expect("maps of numbers and texts always become JSON"),
        }
    }

    /// Returns a folder and every one below it that the device shows.
    pub(super) fn below(&self, folder: FolderId) -> BTreeSet<i64> {
        let mut found = BTreeSet::from([folder.0]);
        let mut waiting = vec![folder.0];
        while let Some(parent) = waiting.pop() {
            let children = self.folders.iter().filter(|(_, shown)| shown.parent == parent).map(|(id, _)| *id);
            waiting.extend(children.filter(|child| found.insert(*child)));
        }
        found
    }

    /// Takes out the shared folders of a kind that are shown inside the user's default folder of that kind.
    fn merge(&mut self, kind: i64) {
        let role = merge::role_of(kind);
        if !self.folders.values().any(|shown| !shown.shared && Some(shown.role) == role) {
            return;
        }
        let of_kind = self.folders.iter().filter(|(_, shown)| shown.shared && shown.kind == kind);
        let merged: Vec<i64> = of_kind.map(|(id, _)| *id).take(merge::MAX_MERGED).collect();
        for id in merged {
            self.folders.remove(&id);
        }
    }

    /// Returns what leads from this tree to `goal`, parents first.
    pub(super) fn steps_to(&self, goal: &Self) -> Result<Vec<FolderStep>, Error> {
        let gone = self.folders.keys().filter(|id| !goal.folders.contains_key(id));
        let mut steps: Vec<FolderStep> = gone.map(|id| FolderStep::Delete(FolderId(*id))).collect();
        let mut placed: BTreeSet<i64> = self.folders.keys().copied().collect();
        let mut rest: Vec<(&i64, &Shown)> = goal.folders.iter().collect();
        while !rest.is_empty() {
            let (ready, waiting): (Vec<_>, Vec<_>) = rest.into_iter().partition(|(_, shown)| {
                placed.contains(&shown.parent) || !goal.folders.contains_key(&shown.parent)
            });
            if ready.is_empty() {
                break;
            }
            for (id, shown) in ready {
                placed.insert(*id);
                let entry = shown.entry(FolderId(*id))?;
                match self.folders.get(id) {
                    None => steps.push(FolderStep::Add(entry)),
                    Some(before) if before != shown => steps.push(FolderStep::Update(entry)),
                    Some(_) => {}
                }
            }
            rest = waiting;
        }
        Ok(steps)
    }
}

impl Shown {
    pub(super) fn entry(&self, id: FolderId) -> Result<FolderEntry, Error> {
        Ok(FolderEntry {
            id,
            parent: FolderId(self.parent),
            name: self.name.clone(),
            kind: kind::from_code(self.kind)?,
            role: self.role,
            shared: self.shared,
        })
    }
}

/// Returns the tree the device should show, and when it changes by itself.
pub(crate) fn tree(
    q: &mut Query<'_>,
    settings: &Settings,
    caller: &Caller,
    device: &Device,
    now_ms: i64,
) -> Result<(Tree, Option<i64>), Error> {
    let mut folders = row::folder::of_account(q, caller.user)?;
    let shared = device_folder::chosen(q, settings, (caller.user, &device.address))?;
    folders.extend(shared.into_iter().filter(|chosen| !chosen.flags.hidden).map(|chosen| chosen.folder));
    let mut expires = None;
    let mut tree = Tree::default();
    for folder in folders {
        if kind::from_code(folder.kind)? == Kind::Files || tree.folders.contains_key(&folder.id.0) {
            continue;
        }
        let rights = Rights::load(q, &folder, caller.user, now_ms)?;
        expires = expires.into_iter().chain(rights.expires).min();
        if rights.on_device() {
            let shown = shown(q, &folder, caller.user)?;
            tree.folders.insert(folder.id.0, shown);
        }
    }
    for kind in row::device_folder::merges(q, caller.user, &device.address)? {
        tree.merge(kind);
    }
    tidy(&mut tree);
    Ok((tree, expires))
}

/// Returns a folder as the user's devices show it: another user's carries that user's name.
fn shown(q: &mut Query<'_>, folder: &FolderRow, user: PrincipalId) -> Result<Shown, Error> {
    const SPACE: i64 = 3;
    let shared = folder.account != user;
    let mut name = folder.name.clone();
    let owner = if shared { row::principal::load(q, folder.account)? } else { None };
    if let Some(owner) = owner.filter(|owner| owner.kind != SPACE) {
        name = format!("{name} ({})", owner.display_name);
    }
    let role = if shared { 0 } else { folder.role };
    Ok(Shown { parent: folder.parent.0, name, kind: folder.kind, role, shared })
}

/// Moves folders whose parent the device does not have to the top, and tells equal names apart: default folders keep
/// theirs, then the user's own.
fn tidy(tree: &mut Tree) {
    let there: BTreeSet<i64> = tree.folders.keys().copied().collect();
    for shown in tree.folders.values_mut().filter(|shown| !there.contains(&shown.parent)) {
        shown.parent = FolderId::TOP.0;
    }
    let mut taken: BTreeSet<(i64, String)> = BTreeSet::new();
    let mut order: Vec<&mut Shown> = tree.folders.values_mut().collect();
    order.sort_by_key(|shown| (shown.shared, shown.role == 0));
    for shown in order {
        let wanted = shown.name.clone();
        let mut number = 1;
        while !taken.insert((shown.parent, shown.name.clone())) {
            number += 1;
            shown.name = format!("{wanted} {number}");
        }
    }
}

/// Returns what the device itself remembers of a folder that is gone.
pub(crate) fn remembered_place(
    q: &mut Query<'_>,
    device: &Device,
    folder: FolderId,
    commands: &[Command],
) -> Result<Place, Error> {
    // The cursors of a merged folder stand under its number with a minus.
    let folder = FolderId(folder.0.abs());
    for row in row::cursor::of(q, device.id, FolderId::TOP)? {
        if let Some(shown) = Tree::decode(&row.state)?.folders.get(&folder.0) {
            let kind = kind::from_code(shown.kind)?;
            return Ok(Place { folder, account: String::new(), path: shown.name.clone(), kind });
        }
    }
    Ok(Place { folder, account: String::new(), path: format!("folder {folder}"), kind: guess(commands) })
}

/// Returns what a folder held, judging by what was sent for it.
fn guess(commands: &[Command]) -> Kind {
    let body = commands.iter().find_map(|command| match command {
        Command::Add { asked, .. } | Command::Change { asked, .. } => Some(&asked.body),
        Command::Delete { target: Target::Item(_) | Target::Phantom(_) | Target::Unknown(_) } => None,
    });
    match body {
        Some(Body::Item(items::Edit::Contact(_))) => Kind::Contacts,
        Some(Body::Item(items::Edit::Task(_))) => Kind::Tasks,
        Some(Body::Item(items::Edit::Note(_))) => Kind::Notes,
        Some(Body::Item(items::Edit::Event(_))) => Kind::Calendar,
        Some(Body::Item(items::Edit::Message(_)) | Body::Marks(_) | Body::Unreadable { .. }) | None => {
            Kind::Mail
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    /// A tree of up to 40 folders with few names, own and shared, some below others or below what is not there.
    fn any_tree(random: &mut Random) -> Tree {
        let names = ["Inbox", "Team", "Team 2", "Team 2 2", "Calendar (Anna)", "Calendar"];
        let mut pick = |of: i64| random.number().rem_euclid(of);
        let mut tree = Tree::default();
        for id in 1..=pick(40) + 1 {
            let name = names.get(usize::try_from(pick(6)).unwrap()).unwrap();
            let (shared, role) = (pick(2) == 0, if pick(4) == 0 { id } else { 0 });
            let role = if shared { 0 } else { role };
            let shown = Shown { parent: pick(45), name: (*name).to_owned(), kind: 3, role, shared };
            tree.folders.insert(id, shown);
        }
        tree
    }

    #[test]
    fn names_are_never_the_same_in_one_place_and_default_folders_keep_theirs() {
        let mut random = Random::new([7; 32]);
        for _ in 0..500 {
            let before = any_tree(&mut random);
            let mut after = before.clone();
            tidy(&mut after);
            let mut taken = BTreeSet::new();
            for (id, shown) in &after.folders {
                assert!(taken.insert((shown.parent, &shown.name)), "two of {shown:?} in {before:?}");
                assert!(shown.parent == 0 || after.folders.contains_key(&shown.parent), "{shown:?}");
                let was = &before.folders[id];
                assert_eq!((shown.role, shown.shared), (was.role, was.shared));
                assert!(shown.name.starts_with(&was.name));
                let twin = |other: &&Shown| other.role != 0 && was.name.starts_with(&other.name);
                if was.role != 0 && before.folders.values().filter(twin).count() == 1 {
                    assert_eq!(shown.name, was.name, "a default folder keeps its name");
                }
            }
        }
    }
}
