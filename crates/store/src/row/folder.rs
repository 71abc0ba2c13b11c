//! Folders.

use crate::id::{FolderId, Modseq, PrincipalId};
use crate::{Error, Query, Row, Tx, params};

/// One row of `folders`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderRow {
    /// Its number.
    pub id: FolderId,
    /// Whose tree it stands in.
    pub account: PrincipalId,
    /// The folder it stands in; [`FolderId::TOP`] at the top.
    pub parent: FolderId,
    /// Unique beside its siblings.
    pub name: String,
    /// What it holds: 1 mail, 2 calendar, 3 contacts, 4 tasks, 5 notes, 6 files.
    pub kind: i64,
    /// ActiveSync's default folder type (2 to 10), 0 for any other folder.
    pub role: i64,
    /// The last change.
    pub modseq: Modseq,
    /// Who made it.
    pub created_by: Option<PrincipalId>,
    /// Milliseconds since 1970.
    pub created_at: i64,
}

fn read(row: &Row<'_>) -> Result<FolderRow, Error> {
    Ok(FolderRow {
        id: FolderId(row.int(0)?),
        account: PrincipalId(row.int(1)?),
        parent: FolderId(row.int(2)?),
        name: row.text(3)?,
        kind: row.int(4)?,
        role: row.int(5)?,
        modseq: Modseq(row.int(6)?),
        created_by: row.int_opt(7)?.map(PrincipalId),
        created_at: row.int(8)?,
    })
}

/// Returns the folder with this number.
///
/// # Errors
/// When the database fails.
pub fn load(q: &mut Query<'_>, id: FolderId) -> Result<Option<FolderRow>, Error> {
    let sql = "SELECT id, account, parent, name, kind, role, modseq, created_by, created_at \
               FROM folders WHERE id = $1";
    q.first(sql, &params![id], read)
}

/// Returns the folder of this name in `parent` (the top of `account` for [`FolderId::TOP`]).
///
/// # Errors
/// When the database fails.
pub fn child(
    q: &mut Query<'_>,
    account: PrincipalId,
    parent: FolderId,
    name: &str,
) -> Result<Option<FolderRow>, Error> {
    let sql = "SELECT id, account, parent, name, kind, role, modseq, created_by, created_at \
               FROM folders WHERE account = $1 AND parent = $2 AND name = $3";
    q.first(sql, &params![account, parent, name], read)
}

/// Returns every folder of an account, oldest first, so a parent before what was made in it.
///
/// # Errors
/// When the database fails.
pub fn of_account(q: &mut Query<'_>, account: PrincipalId) -> Result<Vec<FolderRow>, Error> {
    let sql = "SELECT id, account, parent, name, kind, role, modseq, created_by, created_at \
               FROM folders WHERE account = $1 ORDER BY id";
    q.all(sql, &params![account], read)
}

/// Returns every folder with a grant to this principal, oldest first.
///
/// # Errors
/// When the database fails.
pub fn granted(q: &mut Query<'_>, principal: PrincipalId) -> Result<Vec<FolderRow>, Error> {
    let sql = "SELECT id, account, parent, name, kind, role, modseq, created_by, created_at \
               FROM folders WHERE id IN (SELECT folder FROM grants WHERE principal = $1) ORDER BY id";
    q.all(sql, &params![principal], read)
}

/// Returns the account's default folder with this role.
///
/// # Errors
/// When the database fails.
pub fn by_role(q: &mut Query<'_>, account: PrincipalId, role: i64) -> Result<Option<FolderRow>, Error> {
    let sql = "SELECT id, account, parent, name, kind, role, modseq, created_by, created_at \
               FROM folders WHERE account = $1 AND role = $2 ORDER BY id LIMIT 1";
    q.first(sql, &params![account, role], read)
}

/// Adds a folder.
///
/// # Errors
/// When a sibling has the name, or the database fails.
pub fn insert(tx: &mut Tx<'_>, row: &FolderRow) -> Result<(), Error> {
    let sql = "INSERT INTO folders (id, account, parent, name, kind, role, modseq, created_by, created_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let params = params![
        row.id,
        row.account,
        row.parent,
        &row.name,
        row.kind,
        row.role,
        row.modseq,
        row.created_by.map(|id| id.0),
        row.created_at
    ];
    tx.execute(sql, &params).map(drop)
}

/// Gives a folder another place or name.
///
/// # Errors
/// When a sibling has the name, or the database fails.
pub fn rename(tx: &mut Tx<'_>, id: FolderId, parent: FolderId, name: &str) -> Result<(), Error> {
    tx.execute("UPDATE folders SET parent = $2, name = $3 WHERE id = $1", &params![id, parent, name])
        .map(drop)
}

/// Removes a folder with its grants and items.
///
/// # Errors
/// When the database fails.
pub fn remove(tx: &mut Tx<'_>, id: FolderId) -> Result<(), Error> {
    tx.execute("DELETE FROM folders WHERE id = $1", &params![id]).map(drop)
}

/// Locks a folder's row until the transaction ends and returns the folder as it stands now. Every change of a
/// folder comes after this, so the folder's changes commit in the order of their modseqs.
///
/// # Errors
/// When the database fails.
pub fn lock(tx: &mut Tx<'_>, id: FolderId) -> Result<Option<FolderRow>, Error> {
    let sql = "UPDATE folders SET modseq = modseq WHERE id = $1 \
               RETURNING id, account, parent, name, kind, role, modseq, created_by, created_at";
    tx.first(sql, &params![id], read)
}

/// Takes the folder's next modseq.
///
/// # Errors
/// When the folder is gone, or the database fails.
pub fn next_modseq(tx: &mut Tx<'_>, id: FolderId) -> Result<Modseq, Error> {
    let sql = "UPDATE folders SET modseq = modseq + 1 WHERE id = $1 RETURNING modseq";
    tx.first(sql, &params![id], |row| Ok(Modseq(row.int(0)?)))?.ok_or(Error::Corrupt)
}

/// Returns every folder's last change, for those who watch for changes made by other processes.
///
/// # Errors
/// When the database fails.
pub fn modseqs(q: &mut Query<'_>) -> Result<Vec<(FolderId, Modseq)>, Error> {
    q.all("SELECT id, modseq FROM folders", &[], |row| Ok((FolderId(row.int(0)?), Modseq(row.int(1)?))))
}

/// Returns the revision of a folder's grants: it moves with each change of them.
///
/// # Errors
/// When the folder is gone, or the database fails.
pub fn revision(q: &mut Query<'_>, id: FolderId) -> Result<i64, Error> {
    let revision = q.first("SELECT revision FROM folders WHERE id = $1", &params![id], |row| row.int(0))?;
    revision.ok_or(Error::Corrupt)
}

/// Moves the revision of every folder on which a principal has a grant: it is about to lose them all.
///
/// # Errors
/// When the database fails.
pub fn revise_granted_to(tx: &mut Tx<'_>, principal: PrincipalId) -> Result<(), Error> {
    let sql = "UPDATE folders SET revision = revision + 1 \
               WHERE id IN (SELECT folder FROM grants WHERE principal = $1)";
    tx.execute(sql, &params![principal]).map(drop)
}

/// Takes the next revision of a folder's grants.
///
/// # Errors
/// When the folder is gone, or the database fails.
pub fn next_revision(tx: &mut Tx<'_>, id: FolderId) -> Result<i64, Error> {
    let sql = "UPDATE folders SET revision = revision + 1 WHERE id = $1 RETURNING revision";
    tx.first(sql, &params![id], |row| row.int(0))?.ok_or(Error::Corrupt)
}
