//! Sessions of people who logged in on a page.

use crate::id::PrincipalId;
use crate::{Error, Query, Tx, params};

/// One row of `sessions`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// SHA-256 of what the browser holds, in hexadecimal.
    pub id: String,
    /// Whose it is.
    pub principal: PrincipalId,
    /// The user's credential generation when it began.
    pub generation: i64,
    /// What every form of it must carry.
    pub csrf: String,
    /// When it began, in milliseconds since 1970.
    pub created_at: i64,
    /// When it was last used, in milliseconds since 1970; not noted each time.
    pub seen_at: i64,
}

/// Returns a session.
///
/// # Errors
/// When the database fails.
pub fn load(q: &mut Query<'_>, id: &str) -> Result<Option<SessionRow>, Error> {
    let sql = "SELECT id, principal, generation, csrf, created_at, seen_at FROM sessions WHERE id = $1";
    q.first(sql, &params![id], |row| {
        Ok(SessionRow {
            id: row.text(0)?,
            principal: PrincipalId(row.int(1)?),
            generation: row.int(2)?,
            csrf: row.text(3)?,
            created_at: row.int(4)?,
            seen_at: row.int(5)?,
        })
    })
}

/// Adds a session.
///
/// # Errors
/// When the database fails.
pub fn insert(tx: &mut Tx<'_>, row: &SessionRow) -> Result<(), Error> {
    let sql = "INSERT INTO sessions (id, principal, generation, csrf, created_at, seen_at) \
               VALUES ($1, $2, $3, $4, $5, $6)";
    let params = params![&row.id, row.principal, row.generation, &row.csrf, row.created_at, row.seen_at];
    tx.execute(sql, &params).map(drop)
}

/// Notes that a session was used.
///
/// # Errors
/// When the database fails.
pub fn seen(tx: &mut Tx<'_>, id: &str, at: i64) -> Result<(), Error> {
    tx.execute("UPDATE sessions SET seen_at = $2 WHERE id = $1", &params![id, at]).map(drop)
}

/// Ends a session.
///
/// # Errors
/// When the database fails.
pub fn remove(tx: &mut Tx<'_>, id: &str) -> Result<(), Error> {
    tx.execute("DELETE FROM sessions WHERE id = $1", &params![id]).map(drop)
}

/// Removes sessions that began before one time or were last used before another.
///
/// # Errors
/// When the database fails.
pub fn remove_old(tx: &mut Tx<'_>, created_before: i64, seen_before: i64) -> Result<(), Error> {
    let sql = "DELETE FROM sessions WHERE created_at < $1 OR seen_at < $2";
    tx.execute(sql, &params![created_before, seen_before]).map(drop)
}

/// Removes all of a user's sessions but the newest `keep`.
///
/// # Errors
/// When the database fails.
pub fn keep_newest(tx: &mut Tx<'_>, principal: PrincipalId, keep: i64) -> Result<(), Error> {
    let sql = "DELETE FROM sessions WHERE principal = $1 AND id NOT IN \
                 (SELECT id FROM sessions WHERE principal = $1 ORDER BY created_at DESC, id LIMIT $2)";
    tx.execute(sql, &params![principal, keep]).map(drop)
}
