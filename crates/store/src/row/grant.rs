//! Folders' access control lists.

use crate::id::{FolderId, PrincipalId};
use crate::{Error, Query, Row, Tx, params};
use access::{Busy, Entry, FolderLevel, Grant, Level};

/// One row of `grants`, with its principal's name (empty for everyone).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantRow {
    /// To whom; [`PrincipalId::EVERYONE`] for everyone who can log in.
    pub principal: PrincipalId,
    /// 1 user, 2 group, 3 space; 0 for everyone.
    pub principal_kind: i64,
    /// The principal's name; empty for everyone.
    pub principal_name: String,
    /// What is granted.
    pub entry: Entry,
}

fn level(code: i64) -> Result<Level, Error> {
    u8::try_from(code).ok().and_then(Level::from_code).ok_or(Error::Corrupt)
}

fn read(row: &Row<'_>) -> Result<GrantRow, Error> {
    let folder = u8::try_from(row.int(3)?).ok().and_then(FolderLevel::from_code).ok_or(Error::Corrupt)?;
    let grant =
        Grant { folder, read: level(row.int(4)?)?, write: level(row.int(5)?)?, delete: level(row.int(6)?)? };
    let busy = u8::try_from(row.int(8)?).ok().and_then(Busy::from_code).ok_or(Error::Corrupt)?;
    Ok(GrantRow {
        principal: PrincipalId(row.int(0)?),
        principal_kind: row.int(1)?,
        principal_name: row.text(2)?,
        entry: Entry { grant, private: row.int(7)? != 0, busy, until: row.int_opt(9)? },
    })
}

/// Returns a folder's grants.
///
/// # Errors
/// When the database fails.
pub fn of(q: &mut Query<'_>, folder: FolderId) -> Result<Vec<GrantRow>, Error> {
    let sql = "SELECT g.principal, COALESCE(p.kind, 0), COALESCE(p.name, ''), g.folder_level, g.read_level, \
                 g.write_level, g.delete_level, g.private, g.busy, g.until \
               FROM grants g LEFT JOIN principals p ON p.id = g.principal \
               WHERE g.folder = $1 ORDER BY g.principal";
    q.all(sql, &params![folder], read)
}

/// Returns the folders of which something is given to a user: to him, to a group he is in, or to everyone.
///
/// # Errors
/// When the database fails.
pub fn folders_given(q: &mut Query<'_>, user: PrincipalId) -> Result<Vec<FolderId>, Error> {
    let sql = "WITH RECURSIVE closure (id) AS ( \
                 SELECT group_id FROM members WHERE member = $1 \
                 UNION \
                 SELECT m.group_id FROM members m JOIN closure c ON m.member = c.id) \
               SELECT DISTINCT folder FROM grants \
               WHERE principal = $1 OR principal = $2 OR principal IN (SELECT id FROM closure) ORDER BY folder";
    q.all(sql, &params![user, PrincipalId::EVERYONE], |row| Ok(FolderId(row.int(0)?)))
}

/// Sets a principal's grant on a folder.
///
/// # Errors
/// When the database fails.
pub fn store(tx: &mut Tx<'_>, folder: FolderId, principal: PrincipalId, entry: &Entry) -> Result<(), Error> {
    let sql = "INSERT INTO grants (folder, principal, folder_level, read_level, write_level, delete_level, \
                 private, busy, until) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
               ON CONFLICT (folder, principal) DO UPDATE SET folder_level = excluded.folder_level, \
                 read_level = excluded.read_level, write_level = excluded.write_level, \
                 delete_level = excluded.delete_level, private = excluded.private, busy = excluded.busy, \
                 until = excluded.until";
    let grant = entry.grant;
    let params = params![
        folder,
        principal,
        i64::from(grant.folder.code()),
        i64::from(grant.read.code()),
        i64::from(grant.write.code()),
        i64::from(grant.delete.code()),
        entry.private,
        i64::from(entry.busy.code()),
        entry.until
    ];
    tx.execute(sql, &params).map(drop)
}

/// Removes a principal's grant and returns whether there was one.
///
/// # Errors
/// When the database fails.
pub fn remove(tx: &mut Tx<'_>, folder: FolderId, principal: PrincipalId) -> Result<bool, Error> {
    let sql = "DELETE FROM grants WHERE folder = $1 AND principal = $2";
    Ok(tx.execute(sql, &params![folder, principal])? > 0)
}

/// Returns what people call the principals of a folder's grants.
///
/// # Errors
/// When the database fails.
pub fn display_names(q: &mut Query<'_>, folder: FolderId) -> Result<Vec<(PrincipalId, String)>, Error> {
    let sql = "SELECT p.id, p.display_name FROM grants g JOIN principals p ON p.id = g.principal \
               WHERE g.folder = $1";
    q.all(sql, &params![folder], |row| Ok((PrincipalId(row.int(0)?), row.text(1)?)))
}
