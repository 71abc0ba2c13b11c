//! Users' devices and the folders an admin set for them.

use crate::id::{DeviceId, FolderId, PrincipalId};
use crate::{Error, Query, Row, Tx, params};

/// Whether a device may be used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Standing {
    /// It may.
    #[default]
    Allowed,
    /// Not before an admin allowed it.
    Quarantined,
    /// An admin said no.
    Blocked,
}

/// What is to be wiped off a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WipeKind {
    /// The account alone.
    Account,
    /// Everything on the device.
    Whole,
}

/// How far a wipe has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WipeState {
    /// The device has not heard of it.
    Asked,
    /// The device was told.
    Told,
    /// The device says that it did it.
    Done,
    /// The device says that it could not; it is told again when it comes.
    Failed,
}

/// An order to wipe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wipe {
    /// What.
    pub kind: WipeKind,
    /// How far it has come.
    pub state: WipeState,
    /// When it came there, in milliseconds since 1970.
    pub at: i64,
}

/// What an admin decided about a device.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Orders {
    /// Whether it may be used.
    pub standing: Standing,
    /// Whether it is to be wiped.
    pub wipe: Option<Wipe>,
    /// Until when what it says is written down, in milliseconds since 1970; 0 for not at all.
    pub traced_until: i64,
}

impl Standing {
    const fn code(self) -> i64 {
        match self {
            Self::Allowed => 0,
            Self::Quarantined => 1,
            Self::Blocked => 2,
        }
    }
}

impl Wipe {
    const fn codes(self) -> (i64, i64) {
        let kind = match self.kind {
            WipeKind::Account => 1,
            WipeKind::Whole => 2,
        };
        let state = match self.state {
            WipeState::Asked => 1,
            WipeState::Told => 2,
            WipeState::Done => 3,
            WipeState::Failed => 4,
        };
        (kind, state)
    }
}

/// Reads the five columns of orders from this one on.
fn read_orders(row: &Row<'_>, first: usize) -> Result<Orders, Error> {
    let standing = match row.int(first)? {
        0 => Standing::Allowed,
        1 => Standing::Quarantined,
        2 => Standing::Blocked,
        _ => return Err(Error::Corrupt),
    };
    let kind = match row.int(first + 1)? {
        0 => None,
        1 => Some(WipeKind::Account),
        2 => Some(WipeKind::Whole),
        _ => return Err(Error::Corrupt),
    };
    let state = match row.int(first + 2)? {
        0 => None,
        1 => Some(WipeState::Asked),
        2 => Some(WipeState::Told),
        3 => Some(WipeState::Done),
        4 => Some(WipeState::Failed),
        _ => return Err(Error::Corrupt),
    };
    let at = row.int(first + 3)?;
    let wipe = kind.zip(state).map(|(kind, state)| Wipe { kind, state, at });
    Ok(Orders { standing, wipe, traced_until: row.int(first + 4)? })
}

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
    /// What an admin decided about it.
    pub orders: Orders,
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
        orders: read_orders(row, 11)?,
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
    /// Whether an admin decided anything about it.
    pub ordered: bool,
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
        ordered: row.int(9)? != 0,
    })
}

/// Returns what a request of a user's device is checked against, in one statement.
///
/// # Errors
/// When the database fails.
pub fn contact(q: &mut Query<'_>, principal: PrincipalId, address: &str) -> Result<Option<Contact>, Error> {
    let sql = "SELECT d.id, d.kind, d.version, d.agent, d.policy_key, d.memo, d.last_seen, p.generation, p.disabled, \
                 d.standing + d.wipe + d.traced_until \
               FROM devices d JOIN principals p ON p.id = d.principal \
               WHERE d.principal = $1 AND d.address = $2";
    q.first(sql, &params![principal, address], read_contact)
}

/// Returns the device with this number.
///
/// # Errors
/// When the database fails.
pub fn load(q: &mut Query<'_>, id: DeviceId) -> Result<Option<DeviceRow>, Error> {
    let sql = "SELECT id, principal, address, kind, version, agent, policy_key, info, memo, first_seen, last_seen, \
                 standing, wipe, wipe_state, wipe_at, traced_until FROM devices WHERE id = $1";
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
    let sql = "SELECT id, principal, address, kind, version, agent, policy_key, info, memo, first_seen, last_seen, \
                 standing, wipe, wipe_state, wipe_at, traced_until FROM devices WHERE principal = $1 AND address = $2";
    q.first(sql, &params![principal, address], read)
}

/// Returns a user's devices, the one seen last first.
///
/// # Errors
/// When the database fails.
pub fn of(q: &mut Query<'_>, principal: PrincipalId) -> Result<Vec<DeviceRow>, Error> {
    let sql = "SELECT id, principal, address, kind, version, agent, policy_key, info, memo, first_seen, last_seen, \
                 standing, wipe, wipe_state, wipe_at, traced_until FROM devices WHERE principal = $1 ORDER BY last_seen DESC, id";
    q.all(sql, &params![principal], read)
}

/// Returns how many devices there are, of one user or of everybody.
///
/// # Errors
/// When the database fails.
pub fn count(q: &mut Query<'_>, principal: Option<PrincipalId>) -> Result<i64, Error> {
    let sql = "SELECT COUNT(*) FROM devices WHERE ($1 < 0 OR principal = $1)";
    let whose = principal.map_or(-1, |id| id.0);
    Ok(q.first(sql, &params![whose], |row| row.int(0))?.unwrap_or(0))
}

/// Returns some devices, the one seen last first: how many are left out, and how many are wanted. Of one user, or of
/// everybody.
///
/// # Errors
/// When the database fails.
pub fn page(
    q: &mut Query<'_>,
    principal: Option<PrincipalId>,
    (start, limit): (i64, i64),
) -> Result<Vec<DeviceRow>, Error> {
    let sql = "SELECT id, principal, address, kind, version, agent, policy_key, info, memo, first_seen, last_seen, \
                 standing, wipe, wipe_state, wipe_at, traced_until FROM devices \
               WHERE ($1 < 0 OR principal = $1) ORDER BY last_seen DESC, id LIMIT $2 OFFSET $3";
    let whose = principal.map_or(-1, |id| id.0);
    q.all(sql, &params![whose, limit, start], read)
}

/// Returns the devices not seen since `before` about which an admin ordered nothing, the one seen first first.
///
/// # Errors
/// When the database fails.
pub fn unseen_since(q: &mut Query<'_>, before: i64, most: i64) -> Result<Vec<DeviceRow>, Error> {
    let sql = "SELECT id, principal, address, kind, version, agent, policy_key, info, memo, first_seen, last_seen, \
                 standing, wipe, wipe_state, wipe_at, traced_until FROM devices \
               WHERE last_seen < $1 AND standing = 0 AND wipe = 0 ORDER BY last_seen, id LIMIT $2";
    q.all(sql, &params![before, most], read)
}

/// Adds a device; of its orders, only its standing.
///
/// # Errors
/// When the user has it already, or the database fails.
pub fn insert(tx: &mut Tx<'_>, row: &DeviceRow) -> Result<(), Error> {
    let sql = "INSERT INTO devices (id, principal, address, kind, version, agent, policy_key, info, memo, first_seen, last_seen, standing) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
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
        row.last_seen,
        row.orders.standing.code()
    ];
    tx.execute(sql, &params).map(drop)
}

/// Writes what changed of a device: everything but its number, owner, address, first contact and
/// orders.
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

/// Returns what an admin decided about a device; `None` where there is no such device.
///
/// # Errors
/// When the database fails.
pub fn orders(q: &mut Query<'_>, id: DeviceId) -> Result<Option<Orders>, Error> {
    let sql = "SELECT standing, wipe, wipe_state, wipe_at, traced_until FROM devices WHERE id = $1";
    q.first(sql, &params![id], |row| read_orders(row, 0))
}

/// Writes down what an admin decided about a device.
///
/// # Errors
/// When the database fails.
pub fn set_orders(tx: &mut Tx<'_>, id: DeviceId, orders: &Orders) -> Result<(), Error> {
    let (wipe, state) = orders.wipe.map_or((0, 0), Wipe::codes);
    let at = orders.wipe.map_or(0, |wipe| wipe.at);
    let sql = "UPDATE devices SET standing = $2, wipe = $3, wipe_state = $4, wipe_at = $5, traced_until = $6 \
               WHERE id = $1";
    let params = params![id, orders.standing.code(), wipe, state, at, orders.traced_until];
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
    let sql =
        "SELECT folder FROM device_folders WHERE principal = $1 AND address = $2 AND own = 0 ORDER BY folder";
    q.all(sql, &params![principal, address], |row| Ok(FolderId(row.int(0)?)))
}

/// Returns the folders that the user chose himself for his device of this address.
///
/// # Errors
/// When the database fails.
pub fn own_folders(q: &mut Query<'_>, principal: PrincipalId, address: &str) -> Result<Vec<FolderId>, Error> {
    let sql =
        "SELECT folder FROM device_folders WHERE principal = $1 AND address = $2 AND own = 1 ORDER BY folder";
    q.all(sql, &params![principal, address], |row| Ok(FolderId(row.int(0)?)))
}

/// Sets a folder for the device of this address, whoever chose it before; setting it twice changes nothing.
///
/// # Errors
/// When the database fails.
pub fn add_folder(
    tx: &mut Tx<'_>,
    principal: PrincipalId,
    address: &str,
    folder: FolderId,
) -> Result<(), Error> {
    let sql = "INSERT INTO device_folders (principal, address, folder, own) VALUES ($1, $2, $3, 0) \
               ON CONFLICT (principal, address, folder) DO UPDATE SET own = 0";
    tx.execute(sql, &params![principal, address, folder]).map(drop)
}

/// Sets a folder for the device of this address by its user's own choice. One that an admin set stays the admin's.
///
/// # Errors
/// When the database fails.
pub fn choose_folder(
    tx: &mut Tx<'_>,
    principal: PrincipalId,
    address: &str,
    folder: FolderId,
) -> Result<(), Error> {
    let sql = "INSERT INTO device_folders (principal, address, folder, own) VALUES ($1, $2, $3, 1) \
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
