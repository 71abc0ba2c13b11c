//! How often devices started over.

use crate::id::{DeviceId, FolderId};
use crate::{Error, Query, Tx, params};

/// One row of `restarts`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RestartRow {
    /// When the hour that is counted began, in milliseconds since 1970.
    pub since: i64,
    /// How often the device has started over since.
    pub count: i64,
}

/// Returns how often a device started a folder over.
///
/// # Errors
/// When the database fails.
pub fn load(q: &mut Query<'_>, device: DeviceId, folder: FolderId) -> Result<Option<RestartRow>, Error> {
    let sql = "SELECT since, count FROM restarts WHERE device = $1 AND folder = $2";
    q.first(sql, &params![device, folder], |row| Ok(RestartRow { since: row.int(0)?, count: row.int(1)? }))
}

/// Writes it over what was known.
///
/// # Errors
/// When the database fails.
pub fn store(tx: &mut Tx<'_>, device: DeviceId, folder: FolderId, row: RestartRow) -> Result<(), Error> {
    let sql = "INSERT INTO restarts (device, folder, since, count) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (device, folder) DO UPDATE SET since = excluded.since, count = excluded.count";
    tx.execute(sql, &params![device, folder, row.since, row.count]).map(drop)
}
