//! What devices sent in the last days.

use crate::id::DeviceId;
use crate::{Error, Query, Tx, params};

/// Returns whether the device sent this message already.
///
/// # Errors
/// When the database fails.
pub fn is_known(q: &mut Query<'_>, device: DeviceId, identity: &str) -> Result<bool, Error> {
    let sql = "SELECT at FROM sent_messages WHERE device = $1 AND identity = $2";
    Ok(q.first(sql, &params![device, identity], |row| row.int(0))?.is_some())
}

/// Returns how many messages of the device are remembered.
///
/// # Errors
/// When the database fails.
pub fn count(q: &mut Query<'_>, device: DeviceId) -> Result<i64, Error> {
    let sql = "SELECT count(*) FROM sent_messages WHERE device = $1";
    Ok(q.first(sql, &params![device], |row| row.int(0))?.unwrap_or(0))
}

/// Remembers a message.
///
/// # Errors
/// When it is remembered already, or the database fails.
pub fn insert(tx: &mut Tx<'_>, device: DeviceId, identity: &str, at: i64) -> Result<(), Error> {
    let sql = "INSERT INTO sent_messages (device, identity, at) VALUES ($1, $2, $3)";
    tx.execute(sql, &params![device, identity, at]).map(drop)
}

/// Forgets what the device sent before `before`.
///
/// # Errors
/// When the database fails.
pub fn forget(tx: &mut Tx<'_>, device: DeviceId, before: i64) -> Result<(), Error> {
    let sql = "DELETE FROM sent_messages WHERE device = $1 AND at < $2";
    tx.execute(sql, &params![device, before]).map(drop)
}
