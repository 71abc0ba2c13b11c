//! Denied changes that their author asked for.

use crate::id::{DeniedId, FolderId, PrincipalId};
use crate::{Error, Query, Row, Tx, params};

/// One row of `denied_requests`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestRow {
    /// The denied change.
    pub denied: DeniedId,
    /// Who asked.
    pub principal: PrincipalId,
    /// In which folder.
    pub folder: FolderId,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// What he wrote to the folder's admins.
    pub line: String,
    /// When somebody decided, in milliseconds since 1970; `None` while nobody did.
    pub decided_at: Option<i64>,
    /// Who decided, by name; empty for the server's operator.
    pub decided_by: String,
    /// What was written back.
    pub answer: String,
}

fn read(row: &Row<'_>) -> Result<RequestRow, Error> {
    Ok(RequestRow {
        denied: DeniedId(row.int(0)?),
        principal: PrincipalId(row.int(1)?),
        folder: FolderId(row.int(2)?),
        at: row.int(3)?,
        line: row.text(4)?,
        decided_at: row.int_opt(5)?,
        decided_by: row.text(6)?,
        answer: row.text(7)?,
    })
}

/// Returns what was asked about a denied change.
///
/// # Errors
/// When the database fails.
pub fn load(q: &mut Query<'_>, denied: DeniedId) -> Result<Option<RequestRow>, Error> {
    let sql = "SELECT denied, principal, folder, at, line, decided_at, decided_by, answer \
               FROM denied_requests WHERE denied = $1";
    q.first(sql, &params![denied], read)
}

/// Returns at most `limit` requests that wait for a decision, of denied changes with numbers below `before`, the latest
/// first.
///
/// # Errors
/// When the database fails.
pub fn waiting(q: &mut Query<'_>, before: DeniedId, limit: i64) -> Result<Vec<RequestRow>, Error> {
    let sql = "SELECT denied, principal, folder, at, line, decided_at, decided_by, answer \
               FROM denied_requests WHERE decided_at IS NULL AND denied < $1 ORDER BY denied DESC LIMIT $2";
    q.all(sql, &params![before, limit], read)
}

/// Returns how many requests of a user in a folder wait for a decision.
///
/// # Errors
/// When the database fails.
pub fn count(q: &mut Query<'_>, principal: PrincipalId, folder: FolderId) -> Result<i64, Error> {
    let sql = "SELECT COUNT(*) FROM denied_requests \
               WHERE principal = $1 AND folder = $2 AND decided_at IS NULL";
    Ok(q.first(sql, &params![principal, folder], |row| row.int(0))?.unwrap_or(0))
}

/// Adds a request.
///
/// # Errors
/// When the database fails.
pub fn insert(tx: &mut Tx<'_>, row: &RequestRow) -> Result<(), Error> {
    let sql = "INSERT INTO denied_requests (denied, principal, folder, at, line, decided_at, decided_by, answer) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let params = params![
        row.denied,
        row.principal,
        row.folder,
        row.at,
        &row.line,
        row.decided_at,
        &row.decided_by,
        &row.answer
    ];
    tx.execute(sql, &params).map(drop)
}

/// Notes a decision: when, by whom, and what he wrote back.
///
/// # Errors
/// When the database fails.
pub fn decide(tx: &mut Tx<'_>, denied: DeniedId, at: i64, by: &str, answer: &str) -> Result<(), Error> {
    let sql = "UPDATE denied_requests SET decided_at = $2, decided_by = $3, answer = $4 WHERE denied = $1";
    tx.execute(sql, &params![denied, at, by, answer]).map(drop)
}
