//! What users set for themselves: words under a name.

use crate::id::PrincipalId;
use crate::{Error, Query, Tx, params};

/// Returns the value of a user's setting.
///
/// # Errors
/// When the database fails.
pub fn load(q: &mut Query<'_>, user: PrincipalId, name: &str) -> Result<Option<String>, Error> {
    let sql = "SELECT value FROM user_settings WHERE principal = $1 AND name = $2";
    q.first(sql, &params![user, name], |row| row.text(0))
}

/// Sets a setting of a user's.
///
/// # Errors
/// When the database fails.
pub fn store(tx: &mut Tx<'_>, user: PrincipalId, name: &str, value: &str) -> Result<(), Error> {
    let sql = "INSERT INTO user_settings (principal, name, value) VALUES ($1, $2, $3) \
               ON CONFLICT (principal, name) DO UPDATE SET value = excluded.value";
    tx.execute(sql, &params![user, name, value]).map(drop)
}
