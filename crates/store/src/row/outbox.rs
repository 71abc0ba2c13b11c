//! Messages that wait to leave.

use crate::id::PrincipalId;
use crate::{Error, Query, Row, Tx, params};

/// One row of `outbox`, without the message itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxRow {
    /// Its number.
    pub id: i64,
    /// Who sent it; `None` where that user is gone.
    pub principal: Option<PrincipalId>,
    /// The address that failures go back to.
    pub sender: String,
    /// Who is to get it, one address per line.
    pub recipients: String,
    /// One line for people: the subject.
    pub summary: String,
    /// Length of the message in bytes.
    pub size: i64,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// When it is to be tried next, in milliseconds since 1970.
    pub next_at: i64,
    /// How often it was tried.
    pub tries: i64,
    /// What went wrong last; empty for nothing.
    pub last_error: String,
}

fn read(row: &Row<'_>) -> Result<OutboxRow, Error> {
    Ok(OutboxRow {
        id: row.int(0)?,
        principal: row.int_opt(1)?.map(PrincipalId),
        sender: row.text(2)?,
        recipients: row.text(3)?,
        summary: row.text(4)?,
        size: row.int(5)?,
        created_at: row.int(6)?,
        next_at: row.int(7)?,
        tries: row.int(8)?,
        last_error: row.text(9)?,
    })
}

/// Adds a message.
///
/// # Errors
/// When the database fails.
pub fn insert(tx: &mut Tx<'_>, row: &OutboxRow, content: &[u8]) -> Result<(), Error> {
    let sql = "INSERT INTO outbox (id, principal, sender, recipients, summary, size, created_at, next_at, tries, \
                 last_error, content) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let params = params![
        row.id,
        row.principal.map(|id| id.0),
        &row.sender,
        &row.recipients,
        &row.summary,
        row.size,
        row.created_at,
        row.next_at,
        row.tries,
        &row.last_error,
        content
    ];
    tx.execute(sql, &params).map(drop)
}

/// Returns at most `limit` waiting messages, the oldest first.
///
/// # Errors
/// When the database fails.
pub fn all(q: &mut Query<'_>, limit: i64) -> Result<Vec<OutboxRow>, Error> {
    let sql = "SELECT id, principal, sender, recipients, summary, size, created_at, next_at, tries, last_error \
               FROM outbox ORDER BY id LIMIT $1";
    q.all(sql, &params![limit], read)
}

/// Returns how many messages wait.
///
/// # Errors
/// When the database fails.
pub fn count(q: &mut Query<'_>) -> Result<i64, Error> {
    Ok(q.first("SELECT count(*) FROM outbox", &[], |row| row.int(0))?.unwrap_or(0))
}

/// Returns a waiting message itself.
///
/// # Errors
/// When the database fails.
pub fn content(q: &mut Query<'_>, id: i64) -> Result<Option<Vec<u8>>, Error> {
    q.first("SELECT content FROM outbox WHERE id = $1", &params![id], |row| row.blob(0))
}

/// Removes a message and returns whether it was there.
///
/// # Errors
/// When the database fails.
pub fn remove(tx: &mut Tx<'_>, id: i64) -> Result<bool, Error> {
    Ok(tx.execute("DELETE FROM outbox WHERE id = $1", &params![id])? > 0)
}
