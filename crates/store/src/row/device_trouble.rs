//! The last trouble of each device in each folder.

use crate::id::{DeviceId, FolderId};
use crate::{Error, Query, Tx, params};

/// Notes a trouble; it takes the place of the one before.
///
/// # Errors
/// When the database fails.
pub fn store(
    tx: &mut Tx<'_>,
    device: DeviceId,
    folder: FolderId,
    (at, what): (i64, &str),
) -> Result<(), Error> {
    let sql = "INSERT INTO device_troubles (device, folder, at, what) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (device, folder) DO UPDATE SET at = excluded.at, what = excluded.what";
    tx.execute(sql, &params![device, folder, at, what]).map(drop)
}

/// Returns the last trouble in a folder and when it was, in milliseconds since 1970.
///
/// # Errors
/// When the database fails.
pub fn load(q: &mut Query<'_>, device: DeviceId, folder: FolderId) -> Result<Option<(i64, String)>, Error> {
    let sql = "SELECT at, what FROM device_troubles WHERE device = $1 AND folder = $2";
    q.first(sql, &params![device, folder], |row| Ok((row.int(0)?, row.text(1)?)))
}
