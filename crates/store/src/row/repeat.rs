//! How often a device has come back with one key though it was answered.

use crate::id::{DeviceId, FolderId, Modseq, SyncKey};
use crate::{Error, Query, Tx, params};

/// One row of `repeats`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepeatRow {
    /// The key.
    pub key: SyncKey,
    /// How often it was used and answered with something to do.
    pub uses: i64,
    /// What stood alone in the last answer; empty for none.
    pub item: String,
    /// Which change of it that was; 0 where it has none.
    pub modseq: Modseq,
    /// How often in a row it stood alone.
    pub alone: i64,
}

/// Returns what is known of a device and folder.
///
/// # Errors
/// When the database fails.
pub fn load(q: &mut Query<'_>, device: DeviceId, folder: FolderId) -> Result<Option<RepeatRow>, Error> {
    let sql = "SELECT sync_key, uses, item, modseq, alone FROM repeats WHERE folder = $1 AND device = $2";
    q.first(sql, &params![folder, device], |row| {
        Ok(RepeatRow {
            key: SyncKey(row.int(0)?),
            uses: row.int(1)?,
            item: row.text(2)?,
            modseq: Modseq(row.int(3)?),
            alone: row.int(4)?,
        })
    })
}

/// Writes it over what was known.
///
/// # Errors
/// When the database fails.
pub fn store(tx: &mut Tx<'_>, device: DeviceId, folder: FolderId, row: &RepeatRow) -> Result<(), Error> {
    let sql = "INSERT INTO repeats (folder, device, sync_key, uses, item, modseq, alone) \
               VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (folder, device) DO UPDATE SET \
                 sync_key = excluded.sync_key, uses = excluded.uses, item = excluded.item, \
                 modseq = excluded.modseq, alone = excluded.alone";
    let params = params![folder, device, row.key, row.uses, &row.item, row.modseq, row.alone];
    tx.execute(sql, &params).map(drop)
}

/// Forgets what is known.
///
/// # Errors
/// When the database fails.
pub fn remove(tx: &mut Tx<'_>, device: DeviceId, folder: FolderId) -> Result<(), Error> {
    tx.execute("DELETE FROM repeats WHERE folder = $1 AND device = $2", &params![folder, device]).map(drop)
}
