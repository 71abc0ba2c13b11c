//! When users were told of denied changes, and which they still have to be told of.

use crate::id::{DeniedId, PrincipalId};
use crate::{Error, Query, Tx, params};

/// Returns when the user was last told of this device's denied changes, in milliseconds since 1970.
///
/// # Errors
/// When the database fails.
pub fn last(q: &mut Query<'_>, user: PrincipalId, device: &str) -> Result<Option<i64>, Error> {
    let sql = "SELECT at FROM notice_times WHERE principal = $1 AND device = $2";
    q.first(sql, &params![user, device], |row| row.int(0))
}

/// Notes when the user was told.
///
/// # Errors
/// When the database fails.
pub fn set_last(tx: &mut Tx<'_>, user: PrincipalId, device: &str, at: i64) -> Result<(), Error> {
    let sql = "INSERT INTO notice_times (principal, device, at) VALUES ($1, $2, $3) \
               ON CONFLICT (principal, device) DO UPDATE SET at = excluded.at";
    tx.execute(sql, &params![user, device, at]).map(drop)
}

/// Notes that a denied change of the user's device has to stand in a notice, due then.
///
/// # Errors
/// When the database fails.
pub fn wait(
    tx: &mut Tx<'_>,
    denied: DeniedId,
    (user, device): (PrincipalId, &str),
    due: i64,
) -> Result<(), Error> {
    let sql = "INSERT INTO notices_due (denied, principal, device, due) VALUES ($1, $2, $3, $4)";
    tx.execute(sql, &params![denied, user, device, due]).map(drop)
}

/// Returns at most `limit` denied changes of the user's device that stand in no notice yet, oldest first.
///
/// # Errors
/// When the database fails.
pub fn waiting(
    q: &mut Query<'_>,
    (user, device): (PrincipalId, &str),
    limit: i64,
) -> Result<Vec<DeniedId>, Error> {
    let sql = "SELECT denied FROM notices_due WHERE principal = $1 AND device = $2 ORDER BY denied LIMIT $3";
    q.all(sql, &params![user, device, limit], |row| Ok(DeniedId(row.int(0)?)))
}

/// Returns at most `limit` devices, as (user, device), with a notice that is due at `now`, or due after `until`, which
/// only a clock that went back explains.
///
/// # Errors
/// When the database fails.
pub fn due(
    q: &mut Query<'_>,
    (now, until): (i64, i64),
    limit: i64,
) -> Result<Vec<(PrincipalId, String)>, Error> {
    let sql = "SELECT DISTINCT principal, device FROM notices_due WHERE due <= $1 OR due > $2 \
               ORDER BY principal, device LIMIT $3";
    q.all(sql, &params![now, until, limit], |row| Ok((PrincipalId(row.int(0)?), row.text(1)?)))
}

/// Notes that a denied change stands in a notice, and returns whether it had to.
///
/// # Errors
/// When the database fails.
pub fn take(tx: &mut Tx<'_>, denied: DeniedId) -> Result<bool, Error> {
    Ok(tx.execute("DELETE FROM notices_due WHERE denied = $1", &params![denied])? > 0)
}

/// Puts off what else waits for the user's device.
///
/// # Errors
/// When the database fails.
pub fn put_off(tx: &mut Tx<'_>, (user, device): (PrincipalId, &str), due: i64) -> Result<(), Error> {
    let sql = "UPDATE notices_due SET due = $3 WHERE principal = $1 AND device = $2";
    tx.execute(sql, &params![user, device, due]).map(drop)
}
