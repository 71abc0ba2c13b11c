//! Secrets a user can log in with, hashed, failed log-ins, and where good ones came from.

use crate::id::PrincipalId;
use crate::{Error, Query, Tx, params};

/// One row of `credentials`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialRow {
    /// Its number among the user's.
    pub id: i64,
    /// 1 password, 2 app password.
    pub kind: i64,
    /// What the user calls it; empty for the password.
    pub label: String,
    /// argon2id in PHC form, or SHA-256 in hexadecimal.
    pub hash: String,
}

/// Returns the user's credentials.
///
/// # Errors
/// When the database fails.
pub fn of(q: &mut Query<'_>, principal: PrincipalId) -> Result<Vec<CredentialRow>, Error> {
    let sql = "SELECT id, kind, label, hash FROM credentials WHERE principal = $1 ORDER BY id";
    q.all(sql, &params![principal], |row| {
        Ok(CredentialRow { id: row.int(0)?, kind: row.int(1)?, label: row.text(2)?, hash: row.text(3)? })
    })
}

/// Adds a credential.
///
/// # Errors
/// When the database fails.
pub fn insert(tx: &mut Tx<'_>, principal: PrincipalId, row: &CredentialRow, at: i64) -> Result<(), Error> {
    let sql = "INSERT INTO credentials (principal, id, kind, label, hash, created_at) \
               VALUES ($1, $2, $3, $4, $5, $6)";
    tx.execute(sql, &params![principal, row.id, row.kind, &row.label, &row.hash, at]).map(drop)
}

/// Removes the user's password.
///
/// # Errors
/// When the database fails.
pub fn remove_password(tx: &mut Tx<'_>, principal: PrincipalId) -> Result<(), Error> {
    tx.execute("DELETE FROM credentials WHERE principal = $1 AND kind = 1", &params![principal]).map(drop)
}

/// Failed log-ins of one name from one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Failures {
    /// How many since the last good one.
    pub count: i64,
    /// When the last was, in milliseconds since 1970.
    pub last_at: i64,
}

/// Returns the failed log-ins of this name from this address.
///
/// # Errors
/// When the database fails.
pub fn failures(q: &mut Query<'_>, name: &str, address: &str) -> Result<Failures, Error> {
    let sql = "SELECT count, last_at FROM login_failures WHERE name = $1 AND address = $2";
    let found = q.first(sql, &params![name, address], |row| {
        Ok(Failures { count: row.int(0)?, last_at: row.int(1)? })
    })?;
    Ok(found.unwrap_or_default())
}

/// Returns under how many names log-ins from this address have failed since `since`, and when one did last.
///
/// # Errors
/// When the database fails.
pub fn names_failed(q: &mut Query<'_>, address: &str, since: i64) -> Result<Failures, Error> {
    let sql = "SELECT COUNT(*), COALESCE(MAX(last_at), 0) FROM login_failures \
               WHERE address = $1 AND last_at > $2";
    let found = q.first(sql, &params![address, since], |row| {
        Ok(Failures { count: row.int(0)?, last_at: row.int(1)? })
    })?;
    Ok(found.unwrap_or_default())
}

/// Returns how often log-ins under either name have failed, from addresses where one has since `since`, and when the
/// first of these addresses failed last.
///
/// # Errors
/// When the database fails.
pub fn failed_anywhere(q: &mut Query<'_>, names: (&str, &str), since: i64) -> Result<Failures, Error> {
    let sql = "SELECT CAST(COALESCE(SUM(count), 0) AS BIGINT), COALESCE(MIN(last_at), 0) FROM login_failures \
               WHERE (name = $1 OR name = $2) AND last_at > $3";
    let found = q.first(sql, &params![names.0, names.1, since], |row| {
        Ok(Failures { count: row.int(0)?, last_at: row.int(1)? })
    })?;
    Ok(found.unwrap_or_default())
}

/// Counts one more failed log-in; those before it count no more where the last was before `before`.
///
/// # Errors
/// When the database fails.
pub fn count_failure(
    tx: &mut Tx<'_>,
    (name, address): (&str, &str),
    at: i64,
    before: i64,
) -> Result<(), Error> {
    let sql = "INSERT INTO login_failures (name, address, count, last_at) VALUES ($1, $2, 1, $3) \
               ON CONFLICT (name, address) DO UPDATE SET \
                 count = CASE WHEN login_failures.last_at < $4 THEN 1 ELSE login_failures.count + 1 END, \
                 last_at = excluded.last_at";
    tx.execute(sql, &params![name, address, at, before]).map(drop)
}

/// Forgets failed log-ins after a good one, and those older than `before`.
///
/// # Errors
/// When the database fails.
pub fn forget_failures(tx: &mut Tx<'_>, name: &str, address: &str, before: i64) -> Result<(), Error> {
    let sql = "DELETE FROM login_failures WHERE (name = $1 AND address = $2) OR last_at < $3";
    tx.execute(sql, &params![name, address, before]).map(drop)
}

/// Returns when a user last logged in from an address.
///
/// # Errors
/// When the database fails.
pub fn logged_in_from(
    q: &mut Query<'_>,
    principal: PrincipalId,
    address: &str,
) -> Result<Option<i64>, Error> {
    let sql = "SELECT last_at FROM login_addresses WHERE principal = $1 AND address = $2";
    q.first(sql, &params![principal, address], |row| row.int(0))
}

/// Notes that a user logged in from an address. Of the addresses before it, those since `since` are kept, and of these
/// the last `most`.
///
/// # Errors
/// When the database fails.
pub fn note_address(
    tx: &mut Tx<'_>,
    (principal, address): (PrincipalId, &str),
    at: i64,
    (since, most): (i64, i64),
) -> Result<(), Error> {
    let sql = "INSERT INTO login_addresses (principal, address, last_at) VALUES ($1, $2, $3) \
               ON CONFLICT (principal, address) DO UPDATE SET last_at = excluded.last_at";
    tx.execute(sql, &params![principal, address, at])?;
    let sql = "DELETE FROM login_addresses WHERE principal = $1 AND (last_at < $2 OR address NOT IN \
                 (SELECT address FROM login_addresses WHERE principal = $1 ORDER BY last_at DESC, address LIMIT $3))";
    tx.execute(sql, &params![principal, since, most]).map(drop)
}
