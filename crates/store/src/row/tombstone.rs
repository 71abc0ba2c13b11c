//! What remains of deleted items.

use crate::id::{FolderId, Modseq, PrincipalId, Uid};
use crate::{Error, Query, Tx, params};

/// One row of `tombstones`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TombstoneRow {
    /// The deleted item.
    pub uid: Uid,
    /// When it was deleted, in the folder's changes.
    pub modseq: Modseq,
    /// Who owned it.
    pub owner: Option<PrincipalId>,
    /// Its name in addresses; empty where it was deleted before names were kept.
    pub name: String,
    /// 0 normal, 1 personal, 2 private, 3 confidential.
    pub sensitivity: i64,
}

/// Adds a tombstone.
///
/// # Errors
/// When the database fails.
pub fn insert(tx: &mut Tx<'_>, folder: FolderId, row: &TombstoneRow) -> Result<(), Error> {
    let sql = "INSERT INTO tombstones (folder, uid, modseq, owner, name, sensitivity) VALUES ($1, $2, $3, $4, $5, $6)";
    let owner = row.owner.map(|id| id.0);
    tx.execute(sql, &params![folder, row.uid, row.modseq, owner, &row.name, row.sensitivity]).map(drop)
}

/// Returns at most `limit` tombstones after `after` and up to `until`, in the order of deletion.
///
/// # Errors
/// When the database fails.
pub fn changes(
    q: &mut Query<'_>,
    folder: FolderId,
    after: Modseq,
    until: Modseq,
    limit: i64,
) -> Result<Vec<TombstoneRow>, Error> {
    let sql = "SELECT uid, modseq, owner, name, sensitivity FROM tombstones WHERE folder = $1 AND modseq > $2 AND modseq <= $3 \
               ORDER BY modseq LIMIT $4";
    q.all(sql, &params![folder, after, until, limit], |row| {
        Ok(TombstoneRow {
            uid: Uid(row.int(0)?),
            modseq: Modseq(row.int(1)?),
            owner: row.int_opt(2)?.map(PrincipalId),
            name: row.text(3)?,
            sensitivity: row.int(4)?,
        })
    })
}
