//! What is set for shared folders on single devices, by the device's address.

use crate::id::{FolderId, PrincipalId};
use crate::{Error, Query, Row, Tx, params};

/// What is set for one shared folder on one device; the default is what holds without a row.
#[expect(clippy::struct_excessive_bools, reason = "one column each, and each is set by itself")]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FlagsRow {
    /// Denied changes make no notice.
    pub quiet: bool,
    /// Mail from there goes out in the owner's name.
    pub as_owner: bool,
    /// Events go out without reminders.
    pub no_reminders: bool,
    /// The oldest item's age in days.
    pub days: Option<u32>,
    /// The device does not show it.
    pub hidden: bool,
}

fn read(row: &Row<'_>, from: usize) -> Result<FlagsRow, Error> {
    let days = row.int_opt(from + 3)?.map(u32::try_from).transpose().map_err(|_| Error::Corrupt)?;
    Ok(FlagsRow {
        quiet: row.int(from)? != 0,
        as_owner: row.int(from + 1)? != 0,
        no_reminders: row.int(from + 2)? != 0,
        days,
        hidden: row.int(from + 4)? != 0,
    })
}

/// Returns what is set for a folder on the device of this address.
///
/// # Errors
/// When the database fails.
pub fn flags(
    q: &mut Query<'_>,
    principal: PrincipalId,
    address: &str,
    folder: FolderId,
) -> Result<FlagsRow, Error> {
    let sql = "SELECT quiet, as_owner, no_reminders, days, hidden FROM device_folder_flags \
               WHERE principal = $1 AND address = $2 AND folder = $3";
    let found = q.first(sql, &params![principal, address, folder], |row| read(row, 0))?;
    Ok(found.unwrap_or_default())
}

/// Returns every folder for which something is set on the device of this address, and what.
///
/// # Errors
/// When the database fails.
pub fn all_flags(
    q: &mut Query<'_>,
    principal: PrincipalId,
    address: &str,
) -> Result<Vec<(FolderId, FlagsRow)>, Error> {
    let sql = "SELECT folder, quiet, as_owner, no_reminders, days, hidden FROM device_folder_flags \
               WHERE principal = $1 AND address = $2 ORDER BY folder";
    q.all(sql, &params![principal, address], |row| Ok((FolderId(row.int(0)?), read(row, 1)?)))
}

/// Sets this for a folder on the device of this address, in place of what was set.
///
/// # Errors
/// When the database fails.
pub fn set_flags(
    tx: &mut Tx<'_>,
    principal: PrincipalId,
    address: &str,
    (folder, flags): (FolderId, &FlagsRow),
) -> Result<(), Error> {
    if *flags == FlagsRow::default() {
        let sql = "DELETE FROM device_folder_flags WHERE principal = $1 AND address = $2 AND folder = $3";
        return tx.execute(sql, &params![principal, address, folder]).map(drop);
    }
    let sql = "INSERT INTO device_folder_flags (principal, address, folder, quiet, as_owner, no_reminders, days, hidden) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
               ON CONFLICT (principal, address, folder) DO UPDATE SET quiet = excluded.quiet, \
                 as_owner = excluded.as_owner, no_reminders = excluded.no_reminders, days = excluded.days, \
                 hidden = excluded.hidden";
    let FlagsRow { quiet, as_owner, no_reminders, days, hidden } = *flags;
    let days = days.map(i64::from);
    let params = params![principal, address, folder, quiet, as_owner, no_reminders, days, hidden];
    tx.execute(sql, &params).map(drop)
}

/// Returns the accounts whose folders the device of this address gets.
///
/// # Errors
/// When the database fails.
pub fn accounts(q: &mut Query<'_>, principal: PrincipalId, address: &str) -> Result<Vec<PrincipalId>, Error> {
    let sql = "SELECT account FROM device_accounts WHERE principal = $1 AND address = $2 ORDER BY account";
    q.all(sql, &params![principal, address], |row| Ok(PrincipalId(row.int(0)?)))
}

/// Gives the device of this address all folders of an account; doing it twice changes nothing.
///
/// # Errors
/// When the database fails.
pub fn add_account(
    tx: &mut Tx<'_>,
    principal: PrincipalId,
    address: &str,
    account: PrincipalId,
) -> Result<(), Error> {
    let sql = "INSERT INTO device_accounts (principal, address, account) VALUES ($1, $2, $3) \
               ON CONFLICT (principal, address, account) DO NOTHING";
    tx.execute(sql, &params![principal, address, account]).map(drop)
}

/// Takes an account off the device of this address and returns whether it was on it.
///
/// # Errors
/// When the database fails.
pub fn remove_account(
    tx: &mut Tx<'_>,
    principal: PrincipalId,
    address: &str,
    account: PrincipalId,
) -> Result<bool, Error> {
    let sql = "DELETE FROM device_accounts WHERE principal = $1 AND address = $2 AND account = $3";
    Ok(tx.execute(sql, &params![principal, address, account])? > 0)
}

/// Returns the kinds whose shared folders the device of this address shows inside its user's default folders.
///
/// # Errors
/// When the database fails.
pub fn merges(q: &mut Query<'_>, principal: PrincipalId, address: &str) -> Result<Vec<i64>, Error> {
    let sql = "SELECT kind FROM device_merges WHERE principal = $1 AND address = $2 ORDER BY kind";
    q.all(sql, &params![principal, address], |row| row.int(0))
}

/// Has the device of this address show shared folders of a kind inside its user's default folder.
///
/// # Errors
/// When the database fails.
pub fn merge(tx: &mut Tx<'_>, principal: PrincipalId, address: &str, kind: i64) -> Result<(), Error> {
    let sql = "INSERT INTO device_merges (principal, address, kind) VALUES ($1, $2, $3) \
               ON CONFLICT (principal, address, kind) DO NOTHING";
    tx.execute(sql, &params![principal, address, kind]).map(drop)
}

/// Has the device of this address show shared folders of a kind by themselves again.
///
/// # Errors
/// When the database fails.
pub fn part(tx: &mut Tx<'_>, principal: PrincipalId, address: &str, kind: i64) -> Result<(), Error> {
    let sql = "DELETE FROM device_merges WHERE principal = $1 AND address = $2 AND kind = $3";
    tx.execute(sql, &params![principal, address, kind]).map(drop)
}

/// Returns every device that something is set for or that made itself known, as user and address.
///
/// # Errors
/// When the database fails.
pub fn devices(q: &mut Query<'_>) -> Result<Vec<(PrincipalId, String)>, Error> {
    let sql = "SELECT principal, address FROM devices \
               UNION SELECT principal, address FROM device_folders \
               UNION SELECT principal, address FROM device_folder_flags \
               UNION SELECT principal, address FROM device_accounts \
               ORDER BY 1, 2";
    q.all(sql, &[], |row| Ok((PrincipalId(row.int(0)?), row.text(1)?)))
}
