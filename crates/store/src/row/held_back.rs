//! Items held back from devices that never took them.

use crate::id::{DeviceId, FolderId, Modseq, Uid};
use crate::{Error, Query, Tx, params};

/// One row of `held_back`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldBackRow {
    /// The item's folder.
    pub folder: FolderId,
    /// The item.
    pub uid: Uid,
    /// Up to which change of it it is held back.
    pub modseq: Modseq,
    /// One sentence: why.
    pub why: String,
    /// Since when, in milliseconds since 1970.
    pub at: i64,
}

/// Returns, as (item, change), what is held back from a device in one folder.
///
/// # Errors
/// When the database fails.
pub fn of_folder(q: &mut Query<'_>, device: DeviceId, folder: FolderId) -> Result<Vec<(Uid, Modseq)>, Error> {
    let sql = "SELECT uid, modseq FROM held_back WHERE device = $1 AND folder = $2 ORDER BY uid";
    q.all(sql, &params![device, folder], |row| Ok((Uid(row.int(0)?), Modseq(row.int(1)?))))
}

/// Returns what is held back from a device; an item that changed since is not.
///
/// # Errors
/// When the database fails.
pub fn of_device(q: &mut Query<'_>, device: DeviceId) -> Result<Vec<HeldBackRow>, Error> {
    let sql = "SELECT h.folder, h.uid, h.modseq, h.why, h.at FROM held_back h \
                 JOIN items i ON i.folder = h.folder AND i.uid = h.uid AND i.modseq <= h.modseq \
               WHERE h.device = $1 ORDER BY h.folder, h.uid";
    q.all(sql, &params![device], |row| {
        Ok(HeldBackRow {
            folder: FolderId(row.int(0)?),
            uid: Uid(row.int(1)?),
            modseq: Modseq(row.int(2)?),
            why: row.text(3)?,
            at: row.int(4)?,
        })
    })
}

/// Holds an item back.
///
/// # Errors
/// When the database fails.
pub fn store(tx: &mut Tx<'_>, device: DeviceId, row: &HeldBackRow) -> Result<(), Error> {
    let sql = "INSERT INTO held_back (folder, uid, device, modseq, why, at) VALUES ($1, $2, $3, $4, $5, $6) \
               ON CONFLICT (folder, uid, device) DO UPDATE SET modseq = excluded.modseq, \
                 why = excluded.why, at = excluded.at";
    tx.execute(sql, &params![row.folder, row.uid, device, row.modseq, &row.why, row.at]).map(drop)
}

/// Holds an item back no longer.
///
/// # Errors
/// When the database fails.
pub fn remove(tx: &mut Tx<'_>, device: DeviceId, folder: FolderId, uid: Uid) -> Result<(), Error> {
    let sql = "DELETE FROM held_back WHERE device = $1 AND folder = $2 AND uid = $3";
    tx.execute(sql, &params![device, folder, uid]).map(drop)
}
