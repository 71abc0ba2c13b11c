//! Settings kept in the database: words under a name.

use crate::{Error, Query, Tx, params};

/// Returns the setting's value.
///
/// # Errors
/// When the database fails.
pub fn load(q: &mut Query<'_>, name: &str) -> Result<Option<String>, Error> {
    q.first("SELECT value FROM settings WHERE name = $1", &params![name], |row| row.text(0))
}

/// Sets a setting.
///
/// # Errors
/// When the database fails.
pub fn store(tx: &mut Tx<'_>, name: &str, value: &str) -> Result<(), Error> {
    let sql = "INSERT INTO settings (name, value) VALUES ($1, $2) \
               ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    tx.execute(sql, &params![name, value]).map(drop)
}
