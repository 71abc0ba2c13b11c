//! What client commands of a device and folder were answered.

use crate::id::{DeviceId, FolderId, SyncKey};
use crate::{Error, Query, Tx, params};

/// Returns, as (identity, outcome), the answers that the device may not know yet.
///
/// # Errors
/// When the database fails.
pub fn live(q: &mut Query<'_>, device: DeviceId, folder: FolderId) -> Result<Vec<(String, String)>, Error> {
    let sql = "SELECT identity, outcome FROM answers WHERE device = $1 AND folder = $2 AND live = 1 \
               ORDER BY at, identity";
    q.all(sql, &params![device, folder], |row| Ok((row.text(0)?, row.text(1)?)))
}

/// Names one answer: which command, and the key it came with.
#[derive(Debug, Clone, Copy)]
pub struct AnswerId<'a> {
    /// The key the command came with.
    pub key: SyncKey,
    /// The command and its content.
    pub identity: &'a str,
}

/// Returns what this command was answered, if it came with this key before.
///
/// # Errors
/// When the database fails.
pub fn outcome(
    q: &mut Query<'_>,
    device: DeviceId,
    folder: FolderId,
    id: AnswerId<'_>,
) -> Result<Option<String>, Error> {
    let sql = "SELECT outcome FROM answers \
               WHERE device = $1 AND folder = $2 AND request_key = $3 AND identity = $4";
    q.first(sql, &params![device, folder, id.key, id.identity], |row| row.text(0))
}

/// Returns which commands came with this key and were answered.
///
/// # Errors
/// When the database fails.
pub fn answered(
    q: &mut Query<'_>,
    device: DeviceId,
    folder: FolderId,
    key: SyncKey,
) -> Result<Vec<String>, Error> {
    let sql = "SELECT identity FROM answers WHERE device = $1 AND folder = $2 AND request_key = $3";
    q.all(sql, &params![device, folder, key], |row| row.text(0))
}

/// Records an answer the device may not know yet.
///
/// # Errors
/// When the database fails.
pub fn store(
    tx: &mut Tx<'_>,
    (device, folder): (DeviceId, FolderId),
    id: AnswerId<'_>,
    outcome: &str,
    at: i64,
) -> Result<(), Error> {
    let sql = "INSERT INTO answers (device, folder, request_key, identity, outcome, live, at) \
               VALUES ($1, $2, $3, $4, $5, 1, $6) ON CONFLICT (device, folder, request_key, identity) \
               DO UPDATE SET outcome = excluded.outcome, live = 1, at = excluded.at";
    tx.execute(sql, &params![device, folder, id.key, id.identity, outcome, at]).map(drop)
}

/// Notes that the device knows the answer to this command.
///
/// # Errors
/// When the database fails.
pub fn settle(tx: &mut Tx<'_>, device: DeviceId, folder: FolderId, identity: &str) -> Result<(), Error> {
    let sql = "UPDATE answers SET live = 0 WHERE device = $1 AND folder = $2 AND live = 1 AND identity = $3";
    tx.execute(sql, &params![device, folder, identity]).map(drop)
}

/// Notes that no answer of a device and folder is awaited any more.
///
/// # Errors
/// When the database fails.
pub fn settle_all(tx: &mut Tx<'_>, device: DeviceId, folder: FolderId) -> Result<(), Error> {
    let sql = "UPDATE answers SET live = 0 WHERE device = $1 AND folder = $2 AND live = 1";
    tx.execute(sql, &params![device, folder]).map(drop)
}

/// Forgets the answers of a device that it knows, of whatever folder, given before `before`.
///
/// # Errors
/// When the database fails.
pub fn forget_known(tx: &mut Tx<'_>, device: DeviceId, before: i64) -> Result<(), Error> {
    let sql = "DELETE FROM answers WHERE device = $1 AND live = 0 AND at < $2";
    tx.execute(sql, &params![device, before]).map(drop)
}

/// Forgets the answers of a device and folder given before `before`.
///
/// # Errors
/// When the database fails.
pub fn forget(tx: &mut Tx<'_>, device: DeviceId, folder: FolderId, before: i64) -> Result<(), Error> {
    let sql = "DELETE FROM answers WHERE device = $1 AND folder = $2 AND at < $3";
    tx.execute(sql, &params![device, folder, before]).map(drop)
}
