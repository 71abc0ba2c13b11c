//! The one door for writes: folders' items change here and nowhere else.
//!
//! Every function demands leave, which only a ruling gives, and takes the folder's next modseq, which locks the
//! folder's row until the transaction ends.

use crate::decide::Allowed;
use crate::work::Work;
use crate::{Error, kind};
use items::{Alarm, Kind, message};
use jiff::Timestamp;
use store::Query;
use store::id::{FolderId, Modseq, PrincipalId, Uid};
use store::row;
use store::row::folder::FolderRow;
use store::row::item::{ItemHead, ItemRow, Outline};
use store::row::overlay::Seen;
use store::row::tombstone::TombstoneRow;

/// An item to be stored.
#[derive(Debug)]
pub(crate) struct New {
    /// Who owns it from now on.
    pub(crate) owner: Option<PrincipalId>,
    /// Its name in addresses; `None` for a random one.
    pub(crate) name: Option<String>,
    /// Its text.
    pub(crate) content: Vec<u8>,
    /// Its marks.
    pub(crate) marks: String,
}

/// Stores an item and returns its uid.
pub(crate) fn insert(
    work: &mut Work<'_, '_>,
    _: &Allowed,
    folder: &FolderRow,
    new: New,
) -> Result<Uid, Error> {
    let modseq = next(work, folder.id)?;
    let name = new.name.unwrap_or_else(|| name_for(work, folder));
    let now_ms = work.now_ms();
    let mut row = ItemRow {
        uid: Uid(modseq.0),
        modseq,
        content_modseq: modseq,
        owner: new.owner,
        created_by: new.owner,
        created_at: now_ms,
        changed_at: now_ms,
        name,
        content: new.content,
        outline: None,
        marks: new.marks,
        identity: None,
        summary: String::new(),
        sensitivity: 0,
        starts: None,
        ends: None,
        open: true,
        size: 0,
    };
    index(&mut row, kind::from_code(folder.kind)?);
    row::item::insert(work, folder.id, &row)?;
    Ok(row.uid)
}

/// Writes new content over an item's and returns the change's modseq.
pub(crate) fn rewrite(
    work: &mut Work<'_, '_>,
    _: &Allowed,
    folder: &FolderRow,
    mut row: ItemRow,
    content: Vec<u8>,
) -> Result<Modseq, Error> {
    row.modseq = next(work, folder.id)?;
    row.content_modseq = row.modseq;
    row.changed_at = work.now_ms();
    row.content = content;
    if row.outline.is_some() {
        row::chunk::remove(work, folder.id, row.uid)?;
    }
    index(&mut row, kind::from_code(folder.kind)?);
    row::item::update(work, folder.id, &row)?;
    Ok(row.modseq)
}

/// Writes new marks over an item's and returns the change's modseq.
pub(crate) fn mark(
    work: &mut Work<'_, '_>,
    _: &Allowed,
    folder: &FolderRow,
    mut row: ItemRow,
    marks: String,
) -> Result<Modseq, Error> {
    row.modseq = next(work, folder.id)?;
    row.changed_at = work.now_ms();
    row.marks = marks;
    row::item::mark(work, folder.id, &row)?;
    Ok(row.modseq)
}

/// Deletes an item; a tombstone remains.
pub(crate) fn delete(
    work: &mut Work<'_, '_>,
    _: &Allowed,
    folder: FolderId,
    head: &ItemHead,
) -> Result<Modseq, Error> {
    let modseq = next(work, folder)?;
    let (name, sensitivity) = row::item::remove(work, folder, head.uid)?;
    let tombstone = TombstoneRow { uid: head.uid, modseq, owner: head.owner, name, sensitivity };
    row::tombstone::insert(work, folder, &tombstone)?;
    Ok(modseq)
}

/// Moves an item to another folder, with its owner and marks, and returns its uid there.
pub(crate) fn relocate(
    work: &mut Work<'_, '_>,
    leave: &Allowed,
    from: &FolderRow,
    to: &FolderRow,
    row: ItemRow,
) -> Result<Uid, Error> {
    let head = row.head();
    // Its name moves along unless the other folder has one of that name.
    let taken = row::item::by_name(work, to.id, &row.name)?.is_some();
    let name = if taken { None } else { Some(row.name) };
    let said = row::overlay::of_item(work, from.id, row.uid)?;
    delete(work, leave, from.id, &head)?;
    let uid =
        insert(work, leave, to, New { owner: row.owner, name, content: row.content, marks: row.marks })?;
    for said in said {
        row::overlay::store(work, to.id, said.user, uid, said.seen)?;
        if said.alarm.is_some() {
            row::overlay::store_alarm(work, to.id, said.user, uid, said.alarm.as_deref())?;
        }
    }
    Ok(uid)
}

/// Notes whether a user has seen an item. Everybody who may read it may say so of himself.
pub(crate) fn see(
    work: &mut Work<'_, '_>,
    folder: FolderId,
    user: PrincipalId,
    uid: Uid,
    seen: Seen,
) -> Result<Modseq, Error> {
    let modseq = row::overlay::store(work, folder, user, uid, seen)?;
    if !work.changed.overlays.contains(&user) {
        work.changed.overlays.push(user);
    }
    Ok(modseq)
}

/// Notes when a user wants an item to ring, `None` for as it says itself. Everybody who may read it may say so of
/// himself.
pub(crate) fn ring(
    work: &mut Work<'_, '_>,
    folder: FolderId,
    user: PrincipalId,
    uid: Uid,
    alarm: Option<Alarm>,
) -> Result<Modseq, Error> {
    let alarm = alarm.map(Alarm::render);
    let modseq = row::overlay::store_alarm(work, folder, user, uid, alarm.as_deref())?;
    if !work.changed.overlays.contains(&user) {
        work.changed.overlays.push(user);
    }
    Ok(modseq)
}

/// Notes that the folder itself changed: its grants, name or place.
pub(crate) fn touch(work: &mut Work<'_, '_>, folder: FolderId) -> Result<(), Error> {
    next(work, folder)?;
    row::counter::touch_directory(work)?;
    work.changed.directory = true;
    Ok(())
}

/// Takes the folder's next modseq, which locks its row.
fn next(work: &mut Work<'_, '_>, folder: FolderId) -> Result<Modseq, Error> {
    let modseq = row::folder::next_modseq(work, folder)?;
    work.changed.folder(folder);
    Ok(modseq)
}

fn name_for(work: &Work<'_, '_>, folder: &FolderRow) -> String {
    let random = work.random_name();
    let extension = kind::from_code(folder.kind).map_or("", extension);
    format!("{random}{extension}")
}

/// Returns what the names of a kind's items end in.
pub(crate) const fn extension(kind: Kind) -> &'static str {
    match kind {
        Kind::Mail => ".eml",
        Kind::Calendar | Kind::Tasks | Kind::Notes => ".ics",
        Kind::Contacts => ".vcf",
        Kind::Files => "",
    }
}

/// A text column holds no U+0000: PostgreSQL cannot store it.
pub(crate) fn without_nul(text: String) -> String {
    if text.contains('\0') { text.replace('\0', "") } else { text }
}

/// Fills the columns that can be made again from the content.
pub(crate) fn index(row: &mut ItemRow, kind: Kind) {
    let index = items::index(kind, &row.content);
    row.identity = index.uid.map(without_nul);
    row.summary = without_nul(index.summary);
    row.sensitivity = i64::from(index.sensitivity.number());
    row.starts = index.starts.map(Timestamp::as_millisecond);
    row.ends = index.ends.map(Timestamp::as_millisecond);
    row.open = index.open;
    row.size = i64::try_from(row.content.len()).unwrap_or(i64::MAX);
    row.outline = outline(kind, &row.content);
}

fn outline(kind: Kind, content: &[u8]) -> Option<Outline> {
    match kind {
        Kind::Mail => message::Outline::of(content)
            .map(|outline| Outline { text: outline.text, cuts: outline.cuts.to_string() }),
        Kind::Calendar | Kind::Contacts | Kind::Tasks | Kind::Notes | Kind::Files => None,
    }
}

/// A folder to be made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewFolder<'a> {
    /// In whose tree.
    pub(crate) account: PrincipalId,
    /// In which folder; [`FolderId::TOP`] at the top.
    pub(crate) parent: FolderId,
    /// Its name.
    pub(crate) name: &'a str,
    /// What it holds.
    pub(crate) kind: Kind,
    /// ActiveSync's default folder type, 0 for any other folder.
    pub(crate) role: i64,
    /// Who makes it; `None` for the operator.
    pub(crate) by: Option<PrincipalId>,
}

/// Makes a folder, with a copy of its parent's grants.
pub(crate) fn add_folder(work: &mut Work<'_, '_>, new: &NewFolder<'_>) -> Result<FolderId, Error> {
    crate::folder::check_name(new.name)?;
    if row::folder::child(work, new.account, new.parent, new.name)?.is_some() {
        return Err(Error::Exists { what: format!("a folder '{}'", new.name) });
    }
    let id = FolderId(row::counter::next_id(work)?);
    let row = FolderRow {
        id,
        account: new.account,
        parent: new.parent,
        name: new.name.to_owned(),
        kind: kind::code(new.kind),
        role: new.role,
        modseq: Modseq(0),
        created_by: new.by,
        created_at: work.now_ms(),
    };
    row::folder::insert(work, &row)?;
    if new.parent != FolderId::TOP {
        for grant in row::grant::of(work, new.parent)? {
            row::grant::store(work, id, grant.principal, &grant.entry)?;
        }
    }
    touch(work, id)?;
    Ok(id)
}

/// Gives a folder another name or place in its account.
pub(crate) fn rename_folder(
    work: &mut Work<'_, '_>,
    folder: &FolderRow,
    parent: FolderId,
    name: &str,
) -> Result<(), Error> {
    crate::folder::check_name(name)?;
    refuse_default(folder)?;
    if row::folder::child(work, folder.account, parent, name)?.is_some_and(|other| other.id != folder.id) {
        return Err(Error::Exists { what: format!("a folder '{name}'") });
    }
    if is_inside(work, parent, folder.id)? {
        return Err(Error::invalid(format!("'{}' cannot be moved into itself", folder.name)));
    }
    row::folder::rename(work, folder.id, parent, name)?;
    touch(work, folder.id)
}

/// Removes a folder with everything in it.
pub(crate) fn remove_folder(work: &mut Work<'_, '_>, folder: &FolderRow) -> Result<(), Error> {
    refuse_default(folder)?;
    for below in subtree(work, folder)? {
        work.changed.folder(below.id);
        row::folder::remove(work, below.id)?;
    }
    row::counter::touch_directory(work)?;
    work.changed.directory = true;
    Ok(())
}

/// Returns a folder and everything below it, the lowest first.
pub(crate) fn subtree(q: &mut Query<'_>, folder: &FolderRow) -> Result<Vec<FolderRow>, Error> {
    let all = row::folder::of_account(q, folder.account)?;
    let mut tree = vec![folder.clone()];
    let mut next = 0;
    while let Some(parent) = tree.get(next).map(|row| row.id) {
        tree.extend(all.iter().filter(|row| row.parent == parent).cloned());
        next += 1;
    }
    tree.reverse();
    Ok(tree)
}

fn refuse_default(folder: &FolderRow) -> Result<(), Error> {
    if folder.role == 0 {
        return Ok(());
    }
    Err(Error::invalid(format!("'{}' is a default folder: it stays as it is", folder.name)))
}

fn is_inside(work: &mut Work<'_, '_>, mut folder: FolderId, of: FolderId) -> Result<bool, Error> {
    for _ in 0..=crate::folder::MAX_DEPTH {
        if folder == of {
            return Ok(true);
        }
        match row::folder::load(work, folder)? {
            Some(row) => folder = row.parent,
            None => return Ok(false),
        }
    }
    Ok(true)
}

/// Sets (`Some`) and removes (`None`) principals' grants on a folder, and returns the revision this makes.
pub(crate) fn change_grants(
    work: &mut Work<'_, '_>,
    _: &Allowed,
    folder: FolderId,
    changes: &[(PrincipalId, Option<access::Entry>)],
) -> Result<i64, Error> {
    for (principal, entry) in changes {
        match entry {
            Some(entry) => row::grant::store(work, folder, *principal, entry)?,
            None => row::grant::remove(work, folder, *principal).map(drop)?,
        }
    }
    touch(work, folder)?;
    Ok(row::folder::next_revision(work, folder)?)
}
