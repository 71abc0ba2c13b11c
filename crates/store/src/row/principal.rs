//! Users, groups and spaces.

use crate::id::PrincipalId;
use crate::{Error, Query, Row, Tx, params};

/// One row of `principals`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrincipalRow {
    /// Its number.
    pub id: PrincipalId,
    /// 1 user, 2 group, 3 space.
    pub kind: i64,
    /// Unique among all principals.
    pub name: String,
    /// A user's address.
    pub email: Option<String>,
    /// What people read.
    pub display_name: String,
    /// Whether the user is a system admin.
    pub admin: bool,
    /// Whether the user may not log in.
    pub disabled: bool,
    /// Moves with every change of a credential.
    pub generation: i64,
    /// Milliseconds since 1970.
    pub created_at: i64,
}

pub(super) fn read(row: &Row<'_>) -> Result<PrincipalRow, Error> {
    Ok(PrincipalRow {
        id: PrincipalId(row.int(0)?),
        kind: row.int(1)?,
        name: row.text(2)?,
        email: row.text_opt(3)?,
        display_name: row.text(4)?,
        admin: row.int(5)? != 0,
        disabled: row.int(6)? != 0,
        generation: row.int(7)?,
        created_at: row.int(8)?,
    })
}

/// Returns the principal with this number.
///
/// # Errors
/// When the database fails.
pub fn load(q: &mut Query<'_>, id: PrincipalId) -> Result<Option<PrincipalRow>, Error> {
    let sql = "SELECT id, kind, name, email, display_name, admin, disabled, generation, created_at \
               FROM principals WHERE id = $1";
    q.first(sql, &params![id], read)
}

/// Returns the principal with this name.
///
/// # Errors
/// When the database fails.
pub fn by_name(q: &mut Query<'_>, name: &str) -> Result<Option<PrincipalRow>, Error> {
    let sql = "SELECT id, kind, name, email, display_name, admin, disabled, generation, created_at \
               FROM principals WHERE name = $1";
    q.first(sql, &params![name], read)
}

/// Returns the user with this name or, if none has it, this address.
///
/// # Errors
/// When the database fails.
pub fn by_login(q: &mut Query<'_>, login: &str) -> Result<Option<PrincipalRow>, Error> {
    let sql = "SELECT id, kind, name, email, display_name, admin, disabled, generation, created_at \
               FROM principals WHERE kind = 1 AND (name = $1 OR email = $1) \
               ORDER BY CASE WHEN name = $1 THEN 0 ELSE 1 END LIMIT 1";
    q.first(sql, &params![login], read)
}

/// Returns the user with this address, whatever the case of its letters. `address` is in lower case.
///
/// # Errors
/// When the database fails.
pub fn by_address(q: &mut Query<'_>, address: &str) -> Result<Option<PrincipalRow>, Error> {
    let sql = "SELECT id, kind, name, email, display_name, admin, disabled, generation, created_at \
               FROM principals WHERE kind = 1 AND lower(email) = $1 ORDER BY id LIMIT 1";
    q.first(sql, &params![address], read)
}

/// Returns every principal of a kind (1 user, 2 group, 3 space) by name.
///
/// # Errors
/// When the database fails.
pub fn of_kind(q: &mut Query<'_>, kind: i64) -> Result<Vec<PrincipalRow>, Error> {
    let sql = "SELECT id, kind, name, email, display_name, admin, disabled, generation, created_at \
               FROM principals WHERE kind = $1 ORDER BY name";
    q.all(sql, &params![kind], read)
}

/// Adds a principal.
///
/// # Errors
/// When the name or the address is taken, or the database fails.
pub fn insert(tx: &mut Tx<'_>, row: &PrincipalRow) -> Result<(), Error> {
    let sql = "INSERT INTO principals (id, kind, name, email, display_name, admin, disabled, generation, created_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let params = params![
        row.id,
        row.kind,
        &row.name,
        row.email.as_deref(),
        &row.display_name,
        row.admin,
        row.disabled,
        row.generation,
        row.created_at
    ];
    tx.execute(sql, &params).map(drop)
}

/// Bars a user from logging in; a cached log-in ends with it.
///
/// # Errors
/// When the database fails.
pub fn disable(tx: &mut Tx<'_>, id: PrincipalId) -> Result<(), Error> {
    let sql = "UPDATE principals SET disabled = 1, generation = generation + 1 WHERE id = $1";
    tx.execute(sql, &params![id]).map(drop)
}

/// Lets a user log in again.
///
/// # Errors
/// When the database fails.
pub fn enable(tx: &mut Tx<'_>, id: PrincipalId) -> Result<(), Error> {
    let sql = "UPDATE principals SET disabled = 0, generation = generation + 1 WHERE id = $1";
    tx.execute(sql, &params![id]).map(drop)
}

/// Ends every cached log-in of a user.
///
/// # Errors
/// When the database fails.
pub fn next_generation(tx: &mut Tx<'_>, id: PrincipalId) -> Result<(), Error> {
    tx.execute("UPDATE principals SET generation = generation + 1 WHERE id = $1", &params![id]).map(drop)
}

/// Removes a principal with all it owns.
///
/// # Errors
/// When the database fails.
pub fn remove(tx: &mut Tx<'_>, id: PrincipalId) -> Result<(), Error> {
    tx.execute("DELETE FROM grants WHERE principal = $1", &params![id])?;
    tx.execute("UPDATE items SET owner = NULL WHERE owner = $1", &params![id])?;
    tx.execute("DELETE FROM principals WHERE id = $1", &params![id]).map(drop)
}
