//! What devices and the server said to each other, while an admin looks.

use crate::id::DeviceId;
use crate::{Error, Query, Tx, params};

/// One row of `device_traces`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceRow {
    /// Its number; a later one is larger.
    pub id: i64,
    /// Milliseconds since 1970.
    pub at: i64,
    /// What was asked and how it ended, in a line.
    pub head: String,
    /// What came, as text.
    pub request: String,
    /// What went back, as text.
    pub answer: String,
}

/// Adds an entry.
///
/// # Errors
/// When the database fails.
pub fn insert(tx: &mut Tx<'_>, device: DeviceId, row: &TraceRow) -> Result<(), Error> {
    let sql =
        "INSERT INTO device_traces (device, id, at, head, request, answer) VALUES ($1, $2, $3, $4, $5, $6)";
    tx.execute(sql, &params![device, row.id, row.at, &row.head, &row.request, &row.answer]).map(drop)
}

/// Returns a device's entries, oldest first.
///
/// # Errors
/// When the database fails.
pub fn of(q: &mut Query<'_>, device: DeviceId) -> Result<Vec<TraceRow>, Error> {
    let sql = "SELECT id, at, head, request, answer FROM device_traces WHERE device = $1 ORDER BY id";
    q.all(sql, &params![device], |row| {
        Ok(TraceRow {
            id: row.int(0)?,
            at: row.int(1)?,
            head: row.text(2)?,
            request: row.text(3)?,
            answer: row.text(4)?,
        })
    })
}

/// Removes a device's entries from before `at`, and all but its last `keep`.
///
/// # Errors
/// When the database fails.
pub fn trim(tx: &mut Tx<'_>, device: DeviceId, at: i64, keep: i64) -> Result<(), Error> {
    let sql = "DELETE FROM device_traces WHERE device = $1 AND (at < $2 OR id NOT IN \
                 (SELECT id FROM device_traces WHERE device = $1 ORDER BY id DESC LIMIT $3))";
    tx.execute(sql, &params![device, at, keep]).map(drop)
}

/// Removes a device's entries.
///
/// # Errors
/// When the database fails.
pub fn clear(tx: &mut Tx<'_>, device: DeviceId) -> Result<(), Error> {
    tx.execute("DELETE FROM device_traces WHERE device = $1", &params![device]).map(drop)
}
