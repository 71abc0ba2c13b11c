//! Who was told of a user's absence.

use crate::id::PrincipalId;
use crate::{Error, Query, Tx, params};

/// Notes that a sender is told, and returns whether he was not told before.
///
/// # Errors
/// When the database fails.
pub fn insert(tx: &mut Tx<'_>, user: PrincipalId, sender: &str) -> Result<bool, Error> {
    let sql = "INSERT INTO away_answers (principal, sender) VALUES ($1, $2) ON CONFLICT (principal, sender) DO NOTHING";
    Ok(tx.execute(sql, &params![user, sender])? > 0)
}

/// Returns how many were told.
///
/// # Errors
/// When the database fails.
pub fn count(q: &mut Query<'_>, user: PrincipalId) -> Result<i64, Error> {
    let sql = "SELECT COUNT(*) FROM away_answers WHERE principal = $1";
    Ok(q.first(sql, &params![user], |row| row.int(0))?.unwrap_or(0))
}

/// Forgets who was told: a new absence begins.
///
/// # Errors
/// When the database fails.
pub fn forget(tx: &mut Tx<'_>, user: PrincipalId) -> Result<(), Error> {
    tx.execute("DELETE FROM away_answers WHERE principal = $1", &params![user]).map(drop)
}
