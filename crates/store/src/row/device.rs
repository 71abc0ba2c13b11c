//! Users' devices and the folders an admin set for them.

use crate::id::{DeviceId, FolderId, PrincipalId};
use crate::{Error, Query, Row, Tx, params};

/// One row of `devices`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceRow {
    /// Its number.
    pub id: DeviceId,
    /// Whose it is.
    pub principal: PrincipalId,
    /// The id it calls itself by.
    pub address: String,
    /// The type it says it is of.
    pub kind: String,
    /// The protocol version it spoke last.
    pub version: String,
    /// The program it said it is, last.
    pub agent: String,
    /// Key of the policy it acknowledged; 0 for none.
    pub policy_key: i64,
    /// What it told about itself, as the protocol keeps it.
    pub info: String,
    /// What the protocol remembers between its requests.
    pub memo: String,
    /// Milliseconds since 1970.
    pub first_seen: i64,
    /// Milliseconds since 1970.
    pub last_seen: i64,
}

fn read(row: &Row<'_>) -> Result<DeviceRow, Error> {
    Ok(DeviceRow {
        id: DeviceId(row.int(0)?),
        principal: PrincipalId(row.int(1)?),
        address: row.text(2)?,
        kind: row.text(3)?,
        version: row.text(4)?,
        agent: row.text(5)?,
        policy_key: row.int(6)?,
        info: row.text(7)?,
        memo: row.text(8)?,
        first_seen: row.int(9)?,
        last_seen: row.int(10)?,
    })
}

/// What a request of a device is checked against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// The device's number.
    pub id: DeviceId,
    /// The type it says it is of.
    pub kind: String,
    /// The protocol version it spoke last.
    pub version: String,
    /// The program it said it is, last.
    pub agent: String,
    /// Key of the policy it acknowledged; 0 for none.
    pub policy_key: i64,
    /// What the protocol remembers between its requests.
    pub memo: String,
    /// Milliseconds since 1970.
    pub last_seen: i64,
    /// Moves with every change of its user's credentials.
    pub generation: i64,
    /// Whether its user may not log in.
    pub disabled: bool,
}

fn read_contact(row: &Row<'_>) -> Result<Contact, Error> {
    Ok(Contact {
        id: DeviceId(row.int(0)?),
        kind: row.text(1)?,
        version: row.text(2)?,
        agent: row.text(3)?,
        policy_key: row.int(4)?,
        memo: row.text(5)?,
        last_seen: row.int(6)?,
        generation: row.int(7)?,
        disabled: row.int(8)? != 0,
    })
}

/// Returns what a request of a user's device is checked against, in one statement.
///
/// # Errors
/// When the database fails.
pub fn contact(q: &mut Query<'_>, principal: PrincipalId, address: &str) -> Result<Option<Contact>, Error> {
    let sql = "SELECT d.id, d.kind, d.version, d.agent, d.policy_key, d.memo, d.last_seen, p.generation, p.disabled \
               FROM devices d JOIN principals p ON p.id = d.principal \
               WHERE d.principal = $1 AND d.address = $2";
    q.first(sql, &params![principal, address], read_contact)
}

/// Returns the device with this number.
///
/// # Errors
/// When the database fails.
pub fn load(q: &mut Query<'_>, id: DeviceId) -> Result<Option<DeviceRow>, Error> {
    let sql = "SELECT id, principal, address, kind, version, agent, policy_key, info, memo, first_seen, last_seen \
               FROM devices WHERE id = $1";
    q.first(sql, &params![id], read)
}

/// Returns a user's device by the id it calls itself by.
///
/// # Errors
/// When the database fails.
pub fn by_address(
    q: &mut Query<'_>,
    principal: PrincipalId,
    address: &str,
) -> Result<Option<DeviceRow>, Error> {
    let sql = "SELECT id, principal, address, kind, version, agent, policy_key, info, memo, first_seen, last_seen \
               FROM devices WHERE principal = $1 AND address = $2";
    q.first(sql, &params![principal, address], read)
}

/// Returns a user's devices, the one seen last first.
///
/// # Errors
/// When the database fails.
pub fn of(q: &mut Query<'_>, principal: PrincipalId) -> Result<Vec<DeviceRow>, Error> {
    let sql = "SELECT id, principal, address, kind, version, agent, policy_key, info, memo, first_seen, last_seen \
               FROM devices WHERE principal = $1 ORDER BY last_seen DESC, id";
    q.all(sql, &params![principal], read)
}

/// Adds a device.
///
/// # Errors
/// When the user has it already, or the database fails.
pub fn insert(tx: &mut Tx<'_>, row: &DeviceRow) -> Result<(), Error> {
    let sql = "INSERT INTO devices (id, principal, address, kind, version, agent, policy_key, info, memo, first_seen, last_seen) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let params = params![
        row.id,
        row.principal,
        &row.address,
        &row.kind,
        &row.version,
        &row.agent,
        row.policy_key,
        &row.info,
        &row.memo,
        row.first_seen,
        row.last_seen
    ];
    tx.execute(sql, &params).map(drop)
}

/// Writes what changed of a device: everything but its number, owner, address and first contact.
///
/// # Errors
/// When the database fails.
pub fn update(tx: &mut Tx<'_>, row: &DeviceRow) -> Result<(), Error> {
    let sql = "UPDATE devices SET kind = $2, version = $3, agent = $4, policy_key = $5, info = $6, memo = $7, \
                 last_seen = $8 WHERE id = $1";
    let params = params![
        row.id,
        &row.kind,
        &row.version,
        &row.agent,
        row.policy_key,
        &row.info,
        &row.memo,
        row.last_seen
    ];
    tx.execute(sql, &params).map(drop)
}

/// Forgets a device with its cursors.
///
/// # Errors
/// When the database fails.
pub fn remove(tx: &mut Tx<'_>, id: DeviceId) -> Result<(), Error> {
    tx.execute("DELETE FROM devices WHERE id = $1", &params![id]).map(drop)
}

/// Returns the folders an admin set for the device of this address.
///
/// # Errors
/// When the database fails.
pub fn folders(q: &mut Query<'_>, principal: PrincipalId, address: &str) -> Result<Vec<FolderId>, Error> {
    let sql = "SELECT folder FROM device_folders WHERE principal = $1 AND address = $2 ORDER BY folder";
    q.all(sql, &params![principal, address], |row| Ok(FolderId(row.int(0)?)))
}

/// Sets a folder for the device of this address; setting it twice changes nothing.
///
/// # Errors
/// When the database fails.
pub fn add_folder(
    tx: &mut Tx<'_>,
    principal: PrincipalId,
    address: &str,
    folder: FolderId,
) -> Result<(), Error> {
    let sql = "INSERT INTO device_folders (principal, address, folder) VALUES ($1, $2, $3) \
               ON CONFLICT (principal, address, folder) DO NOTHING";
    tx.execute(sql, &params![principal, address, folder]).map(drop)
}

/// Takes a folder off the device of this address and returns whether it was on it.
///
/// # Errors
/// When the database fails.
pub fn remove_folder(
    tx: &mut Tx<'_>,
    principal: PrincipalId,
    address: &str,
    folder: FolderId,
) -> Result<bool, Error> {
    let sql = "DELETE FROM device_folders WHERE principal = $1 AND address = $2 AND folder = $3";
    Ok(tx.execute(sql, &params![principal, address, folder])? > 0)
}
