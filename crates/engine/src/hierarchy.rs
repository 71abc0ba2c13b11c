//! The tree of folders one device shows: its user's own, and the shared ones chosen for it.

mod tree;

use crate::decide::Rights;
use crate::key::{self, Chain, Opened};
use crate::work::Work;
use crate::{Caller, Device, Engine, Error, Settings, apply, device_folder, kind};
use access::why::Need;
use items::Kind;
use jiff::Timestamp;
use std::collections::BTreeSet;
use store::id::{FolderId, SyncKey};
use store::row::answer::AnswerId;
use store::row::cursor::{CursorRow, Standing};
use store::row::folder::FolderRow;
use store::{Query, row};
use tree::{Shown, Tree, tree};

pub(crate) use tree::{nothing_shown, remembered_place, shows};

/// A folder as a device shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderEntry {
    /// Its number.
    pub id: FolderId,
    /// The folder it stands in on this device; [`FolderId::TOP`] at the top.
    pub parent: FolderId,
    /// Its name on this device, unambiguous.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
    /// ActiveSync's default folder type; 0 for any other folder, and for every shared one.
    pub role: i64,
    /// Whether it is somebody else's.
    pub shared: bool,
}

/// One difference between the tree a device shows and the one it should show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FolderStep {
    /// Show this folder too.
    Add(FolderEntry),
    /// The folder's name or place changed.
    Update(FolderEntry),
    /// The folder is gone, for this device.
    Delete(FolderId),
}

/// What came of asking for the hierarchy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HierarchyOutcome {
    /// The differences, a parent before what is in it, and the next key; the same key where there are none.
    Answered {
        /// The device's next key.
        key: SyncKey,
        /// What it must do.
        steps: Vec<FolderStep>,
    },
    /// The key is unknown: the device starts over.
    KeyUnknown,
}

/// What came of a device's change of the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FolderOutcome {
    /// Done; the next key knows of it.
    Done {
        /// The device's next key.
        key: SyncKey,
        /// The folder.
        folder: FolderId,
    },
    /// Not allowed; the key stays, and the next [`Engine::folder_sync`] puts the device right.
    Denied,
    /// A default folder, which stays as it is.
    Special,
    /// A sibling has the name.
    Exists,
    /// There is no such folder.
    NotFound,
    /// There is no such parent.
    ParentNotFound,
    /// The key is unknown: the device starts over.
    KeyUnknown,
}

impl Engine {
    /// Tells a device what changed in its tree of folders.
    ///
    /// # Errors
    /// When the database fails.
    pub fn folder_sync(
        &self,
        caller: &Caller,
        device: &Device,
        key: SyncKey,
        now: Timestamp,
    ) -> Result<HierarchyOutcome, Error> {
        self.write(now, |work| {
            // His folders are there for him again later: his phone must not drop them, with what it has not sent.
            if row::member::stands_for(work, caller.user)?.is_empty() {
                return Err(Error::refused("This user may not use the server at present."));
            }
            let chain = Chain { device: device.id, folder: FolderId::TOP };
            let (before, standing, old) = match open(work, chain, key)? {
                Opened::Unknown => return Ok(HierarchyOutcome::KeyUnknown),
                Opened::Start => (Tree::default(), Standing::Fresh, None),
                Opened::Known(row) => (Tree::decode(&row.state)?, Standing::Offered, Some(row)),
            };
            let settings = work.settings;
            let (goal, expires) = tree(work, settings, caller, device, now.as_millisecond())?;
            if old.is_some() {
                forget_gone(work, chain, &goal)?;
            }
            let steps = before.steps_to(&goal)?;
            let directory = row::counter::directory(work)?;
            if let Some(old) = old.filter(|_| steps.is_empty()) {
                let newest = row::cursor::newest(work, chain.device, chain.folder)?;
                let newest = newest.map_or(0, |newest| newest.serial);
                let stamps = (old.directory, old.expires) == (directory, expires);
                if !stamps || old.pending || newest > old.serial {
                    let fresh = before.row(Standing::Confirmed, directory, expires);
                    // It is the newest key given out again.
                    let serial = if newest > old.serial { newest + 1 } else { old.serial };
                    let row = CursorRow { key: old.key, serial, ..fresh };
                    row::cursor::store(work, chain.device, chain.folder, &row)?;
                }
                return Ok(HierarchyOutcome::Answered { key, steps });
            }
            let key = key::offer(work, chain, goal.row(standing, directory, expires))?;
            Ok(HierarchyOutcome::Answered { key, steps })
        })
    }

    /// Returns the folders a device is to show now, whatever it was told before.
    ///
    /// # Errors
    /// When the database fails.
    pub fn shown_folders(
        &self,
        caller: &Caller,
        device: &Device,
        now: Timestamp,
    ) -> Result<Vec<FolderEntry>, Error> {
        self.store.read(|q| shown_folders(q, &self.settings, (caller, device), now.as_millisecond()))
    }

    /// Makes a folder for a device: in its user's own tree, or below a shared folder where he may.
    ///
    /// # Errors
    /// When the database fails.
    pub fn folder_create(
        &self,
        caller: &Caller,
        device: &Device,
        (key, parent, name, kind): (SyncKey, FolderId, &str, Kind),
        now: Timestamp,
    ) -> Result<FolderOutcome, Error> {
        self.write(now, |work| {
            let chain = Chain { device: device.id, folder: FolderId::TOP };
            let Opened::Known(row) = open(work, chain, key)? else { return Ok(FolderOutcome::KeyUnknown) };
            let identity = format!("create/{parent}/{name}/{}", kind::code(kind));
            let answered = row::answer::live(work, chain.device, chain.folder)?;
            let known = answered.iter().find(|(known, _)| *known == identity);
            let folder = match known.and_then(|(_, id)| id.parse().ok()) {
                Some(id) => FolderId(id),
                None => match create(work, caller, (parent, name, kind))? {
                    Ok(folder) => folder,
                    Err(outcome) => return Ok(outcome),
                },
            };
            let made = row::folder::load(work, folder)?;
            if made.as_ref().is_some_and(|row| row.account != caller.user) {
                row::device::choose_folder(work, caller.user, &device.address, folder)?;
            }
            let now_ms = work.now_ms();
            let id = AnswerId { key, identity: &identity };
            row::answer::store(work, (chain.device, chain.folder), id, &folder.to_string(), now_ms)?;
            let shown = Shown {
                parent: parent.0,
                name: name.to_owned(),
                kind: kind::code(kind),
                role: 0,
                shared: false,
            };
            done(work, (caller, device), chain, (&row, folder), (Some(identity), Some(shown)))
        })
    }

    /// Gives a folder another name or place, for a device.
    ///
    /// # Errors
    /// When the database fails.
    pub fn folder_update(
        &self,
        caller: &Caller,
        device: &Device,
        (key, folder, parent, name): (SyncKey, FolderId, FolderId, &str),
        now: Timestamp,
    ) -> Result<FolderOutcome, Error> {
        self.write(now, |work| {
            let chain = Chain { device: device.id, folder: FolderId::TOP };
            let Opened::Known(row) = open(work, chain, key)? else { return Ok(FolderOutcome::KeyUnknown) };
            let before = Tree::decode(&row.state)?;
            let found = row::folder::load(work, folder)?;
            let (Some(found), Some(shown)) = (found, before.folders.get(&folder.0)) else {
                return Ok(FolderOutcome::NotFound);
            };
            match update(work, caller, (&found, shown), (parent, name))? {
                Some(FolderOutcome::Denied) => {
                    repair(work, chain, |tree| {
                        if let Some(shown) = tree.folders.get_mut(&folder.0) {
                            shown.name.clear();
                        }
                    })?;
                    Ok(FolderOutcome::Denied)
                }
                Some(outcome) => Ok(outcome),
                None => {
                    let shown = Shown { parent: parent.0, name: name.to_owned(), ..shown.clone() };
                    done(work, (caller, device), chain, (&row, folder), (None, Some(shown)))
                }
            }
        })
    }

    /// Removes a folder of the user's own with everything in it, for a device. A shared folder stays as it is and is
    /// only not shown on this device any more.
    ///
    /// # Errors
    /// When the database fails.
    pub fn folder_delete(
        &self,
        caller: &Caller,
        device: &Device,
        (key, folder): (SyncKey, FolderId),
        now: Timestamp,
    ) -> Result<FolderOutcome, Error> {
        self.write(now, |work| {
            let chain = Chain { device: device.id, folder: FolderId::TOP };
            let Opened::Known(row) = open(work, chain, key)? else { return Ok(FolderOutcome::KeyUnknown) };
            let before = Tree::decode(&row.state)?;
            let found = row::folder::load(work, folder)?;
            let shown = before.folders.contains_key(&folder.0);
            match found {
                Some(found) if found.account != caller.user => {
                    // Asked again because the answer was lost, it is not shown already.
                    let now_ms = work.now_ms();
                    if !shown && crate::sync::visible(work, folder, caller, now_ms)?.is_none() {
                        return Ok(FolderOutcome::NotFound);
                    }
                    for below in before.below(folder) {
                        device_folder::hide(work, (caller.user, &device.address), FolderId(below))?;
                    }
                }
                _ if !shown => return Ok(FolderOutcome::NotFound),
                Some(found) if found.role != 0 => return Ok(FolderOutcome::Special),
                Some(found) => apply::remove_folder(work, &found)?,
                None => {}
            }
            done(work, (caller, device), chain, (&row, folder), (None, None))
        })
    }
}

fn open(work: &mut Work<'_, '_>, chain: Chain, key: SyncKey) -> Result<Opened, Error> {
    key::open(work, chain, key, |state| Ok(Tree::decode(state)?.told))
}

/// Makes a folder where the user may; the outcome where he may not.
fn create(
    work: &mut Work<'_, '_>,
    caller: &Caller,
    (parent, name, kind): (FolderId, &str, Kind),
) -> Result<Result<FolderId, FolderOutcome>, Error> {
    let mut account = caller.user;
    if parent != FolderId::TOP {
        let now_ms = work.now_ms();
        let Some(above) = row::folder::load(work, parent)? else {
            return Ok(Err(FolderOutcome::ParentNotFound));
        };
        let rights = Rights::load(work, &above, caller.user, now_ms)?;
        if !rights.sees_folder() {
            return Ok(Err(FolderOutcome::ParentNotFound));
        }
        if rights.rule(Need::CreateFolder, now_ms).is_err() {
            return Ok(Err(FolderOutcome::Denied));
        }
        account = above.account;
    }
    let new = apply::NewFolder { account, parent, name, kind, role: 0, by: Some(caller.user) };
    match apply::add_folder(work, &new) {
        Ok(folder) => Ok(Ok(folder)),
        Err(Error::Exists { .. }) => Ok(Err(FolderOutcome::Exists)),
        Err(Error::Invalid { .. }) => Ok(Err(FolderOutcome::Denied)),
        Err(error) => Err(error),
    }
}

/// Gives a folder another name or place where the user may; the outcome where he may not.
fn update(
    work: &mut Work<'_, '_>,
    caller: &Caller,
    (folder, shown): (&FolderRow, &Shown),
    (parent, name): (FolderId, &str),
) -> Result<Option<FolderOutcome>, Error> {
    if folder.role != 0 {
        return Ok(Some(FolderOutcome::Special));
    }
    // On the device it may stand elsewhere and carry its owner's name: what the device did not touch stays.
    let parent = if parent.0 == shown.parent { folder.parent } else { parent };
    let name = if name == shown.name { folder.name.as_str() } else { name };
    let now_ms = work.now_ms();
    let rights = Rights::load(work, folder, caller.user, now_ms)?;
    let mut allowed = rights.rule(Need::ChangeFolder, now_ms).is_ok();
    if parent != folder.parent {
        let above = row::folder::load(work, parent)?;
        allowed &= match (&above, parent) {
            (_, FolderId::TOP) => rights.owns_folder(),
            (None, _) => return Ok(Some(FolderOutcome::ParentNotFound)),
            (Some(above), _) => {
                let above_rights = Rights::load(work, above, caller.user, now_ms)?;
                if !above_rights.sees_folder() {
                    return Ok(Some(FolderOutcome::ParentNotFound));
                }
                above.account == folder.account
                    && may_move(work, caller, folder)?
                    && above_rights.rule(Need::CreateFolder, now_ms).is_ok()
            }
        };
    }
    if !allowed {
        return Ok(Some(FolderOutcome::Denied));
    }
    match apply::rename_folder(work, folder, parent, name) {
        Ok(()) => Ok(None),
        Err(Error::Exists { .. }) => Ok(Some(FolderOutcome::Exists)),
        Err(Error::Invalid { .. }) => Ok(Some(FolderOutcome::Denied)),
        Err(error) => Err(error),
    }
}

/// Returns whether a user may take a folder away with everything below it, also with what he does not see there.
fn may_move(work: &mut Work<'_, '_>, caller: &Caller, folder: &FolderRow) -> Result<bool, Error> {
    let now_ms = work.now_ms();
    for row in apply::subtree(work, folder)? {
        if !Rights::load(work, &row, caller.user, now_ms)?.access.may_move_folder() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Offers the key that knows of the device's own change of `folder`; other changes wait for the next round.
fn done(
    work: &mut Work<'_, '_>,
    (caller, device): (&Caller, &Device),
    chain: Chain,
    (row, folder): (&CursorRow, FolderId),
    (identity, shown): (Option<String>, Option<Shown>),
) -> Result<FolderOutcome, Error> {
    let now_ms = work.now_ms();
    let settings = work.settings;
    let (goal, _) = tree(work, settings, caller, device, now_ms)?;
    let mut next = Tree::decode(&row.state)?;
    let wanted = goal.folders.get(&folder.0).cloned();
    // What it shows otherwise than it should, or should not show at all, is put right in the next round.
    let shown = shown.map(|shown| match &wanted {
        Some(Shown { kind, role, shared, .. }) => {
            Shown { kind: *kind, role: *role, shared: *shared, ..shown }
        }
        None => shown,
    });
    let pending = shown.is_some() && shown != wanted;
    match shown {
        Some(shown) => drop(next.folders.insert(folder.0, shown)),
        None => drop(next.folders.remove(&folder.0)),
    }
    next.told = identity.into_iter().collect();
    // The old stamp stays: the device has not heard of anything else that changed.
    let next = CursorRow { pending, ..next.row(Standing::Offered, row.directory, row.expires) };
    let key = key::offer(work, chain, next)?;
    Ok(FolderOutcome::Done { key, folder })
}

/// Makes every live tree of the device differ from the true one, so that the next round puts it right.
fn repair(work: &mut Work<'_, '_>, chain: Chain, change: impl Fn(&mut Tree)) -> Result<(), Error> {
    for row in row::cursor::of(work, chain.device, chain.folder)? {
        let mut tree = Tree::decode(&row.state)?;
        change(&mut tree);
        let changed = tree.row(row.standing, row.directory, row.expires);
        let row = CursorRow { key: row.key, serial: row.serial, pending: true, ..changed };
        row::cursor::store(work, chain.device, chain.folder, &row)?;
    }
    work.changed.directory = true;
    Ok(())
}

/// Forgets the cursors of folders the device does not show any more, whichever of its live trees it holds: a late
/// request with the confirmed key may come when it knows an offered one already.
fn forget_gone(work: &mut Work<'_, '_>, chain: Chain, goal: &Tree) -> Result<(), Error> {
    let mut shown: BTreeSet<i64> = goal.folders.keys().copied().collect();
    for row in row::cursor::of(work, chain.device, chain.folder)? {
        shown.extend(Tree::decode(&row.state)?.folders.into_keys());
    }
    // A folder that is merged into another is not shown by itself, and needed all the same.
    let merged = crate::merge::in_use(work, chain.device)?;
    shown.extend(merged.iter().map(|folder| Chain::part(chain.device, *folder).folder.0));
    for folder in row::cursor::folders(work, chain.device)? {
        if !shown.contains(&folder.0) {
            row::cursor::clear(work, chain.device, folder)?;
            // What was answered is kept for a while: it tells a late duplicate from a write that came too late.
            row::answer::settle_all(work, chain.device, folder)?;
        }
    }
    let day_ago = work.now_ms() - crate::cursor::DAY_MS;
    Ok(row::answer::forget_known(work, chain.device, day_ago)?)
}

/// Returns whether a device's tree differs from what it should show.
pub(crate) fn pending(
    q: &mut Query<'_>,
    settings: &Settings,
    caller: &Caller,
    device: &Device,
    now_ms: i64,
) -> Result<bool, Error> {
    let Some(row) = row::cursor::newest(q, device.id, FolderId::TOP)? else { return Ok(false) };
    let expired = row.expires.is_some_and(|at| at <= now_ms);
    if !row.pending && !expired && row.directory == row::counter::directory(q)? {
        return Ok(false);
    }
    let (goal, _) = tree(q, settings, caller, device, now_ms)?;
    Ok(Tree::decode(&row.state)?.folders != goal.folders)
}

/// Returns the folders a device is to show.
pub(crate) fn shown_folders(
    q: &mut Query<'_>,
    settings: &Settings,
    (caller, device): (&Caller, &Device),
    now_ms: i64,
) -> Result<Vec<FolderEntry>, Error> {
    let (tree, _) = tree(q, settings, caller, device, now_ms)?;
    tree.folders.iter().map(|(id, shown)| shown.entry(FolderId(*id))).collect()
}
