//! Counters that every process on the database shares.

use crate::{Error, Query, Tx, params};

/// Returns a number that was never given before: the id of a principal, folder, device or denied change.
///
/// # Errors
/// When the database fails.
pub fn next_id(tx: &mut Tx<'_>) -> Result<i64, Error> {
    bump(tx, "id")
}

/// Returns the next number of the audit log.
///
/// # Errors
/// When the database fails.
pub fn next_audit(tx: &mut Tx<'_>) -> Result<i64, Error> {
    bump(tx, "audit")
}

/// Moves the directory's counter, which tells that principals, members, grants, folders or shared folders changed.
///
/// # Errors
/// When the database fails.
pub fn touch_directory(tx: &mut Tx<'_>) -> Result<i64, Error> {
    bump(tx, "directory")
}

/// Returns the directory's counter.
///
/// # Errors
/// When the database fails.
pub fn directory(q: &mut Query<'_>) -> Result<i64, Error> {
    let value = q.first("SELECT value FROM counters WHERE name = 'directory'", &[], |row| row.int(0))?;
    Ok(value.unwrap_or(0))
}

fn bump(tx: &mut Tx<'_>, name: &str) -> Result<i64, Error> {
    let sql = "UPDATE counters SET value = value + 1 WHERE name = $1 RETURNING value";
    tx.first(sql, &params![name], |row| row.int(0))?.ok_or(Error::Corrupt)
}
