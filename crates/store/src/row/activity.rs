//! What each serving process is doing, as it says itself.

use crate::{Error, Query, Tx, params};

/// Notes what a process is doing.
///
/// # Errors
/// When the database fails.
pub fn store(tx: &mut Tx<'_>, process: &str, at: i64, what: &str) -> Result<(), Error> {
    let sql = "INSERT INTO activities (process, at, what) VALUES ($1, $2, $3) \
               ON CONFLICT (process) DO UPDATE SET at = excluded.at, what = excluded.what";
    tx.execute(sql, &params![process, at, what]).map(drop)
}

/// Returns what processes said since `at`, in the order of their names.
///
/// # Errors
/// When the database fails.
pub fn since(q: &mut Query<'_>, at: i64) -> Result<Vec<String>, Error> {
    let sql = "SELECT what FROM activities WHERE at >= $1 ORDER BY process";
    q.all(sql, &params![at], |row| row.text(0))
}

/// Removes what was said before `at`.
///
/// # Errors
/// When the database fails.
pub fn forget(tx: &mut Tx<'_>, at: i64) -> Result<(), Error> {
    tx.execute("DELETE FROM activities WHERE at < $1", &params![at]).map(drop)
}
