//! Users' devices.

use crate::cursor::Cursor;
use crate::folder::path_of;
use crate::work::Work;
use crate::{Caller, Engine, Error, FolderPath};
use jiff::Timestamp;
use store::id::{DeviceId, FolderId, PrincipalId};
use store::row::cursor::Standing;
use store::row::device::{DeviceRow, Orders};
use store::{Query, row};

/// How often a device's last contact is written down, in milliseconds.
const SEEN_EVERY_MS: i64 = 60 * 1000;

/// How a device says what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceAddress<'a> {
    /// The id it calls itself by.
    pub id: &'a str,
    /// The type it says it is of.
    pub kind: &'a str,
    /// The program it says it is.
    pub agent: &'a str,
    /// The protocol version it speaks.
    pub version: &'a str,
}

/// A device that has made itself known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Its number.
    pub id: DeviceId,
    /// Whose it is.
    pub user: PrincipalId,
    /// The id it calls itself by.
    pub address: String,
    /// The type it says it is of.
    pub kind: String,
    /// Key of the policy it acknowledged; 0 for none.
    pub policy_key: i64,
    /// What it told about itself, as the protocol keeps it.
    pub info: String,
    /// What the protocol remembers between its requests.
    pub memo: String,
    /// What an admin decided about it.
    pub orders: Orders,
    /// What it does otherwise than most; the protocol tells.
    pub habits: Habits,
}

/// What a device does otherwise than most.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Habits {
    /// An item that it moved and is told to add it shows twice; and it does not heed the first delete of it.
    pub shows_moved_twice: bool,
    /// It puts an item back itself where it is told that the move was refused.
    pub puts_refused_back: bool,
    /// What its user added to an item it keeps, although it is told that the item has no such property.
    pub keeps_what_was_added: bool,
}

/// Why a device cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DeviceError {
    /// The user has as many devices as he may.
    #[error("the user has {limit} devices already")]
    TooMany {
        /// How many he may have.
        limit: u32,
    },
    /// The database failed.
    #[error(transparent)]
    Engine(#[from] Error),
}

impl From<store::Error> for DeviceError {
    fn from(error: store::Error) -> Self {
        Self::Engine(error.into())
    }
}

/// A device as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceSummary {
    /// Whose it is, by name.
    pub user: String,
    /// Its number.
    pub id: DeviceId,
    /// The id it calls itself by.
    pub address: String,
    /// The type it says it is of.
    pub kind: String,
    /// The protocol version it spoke last.
    pub version: String,
    /// The program it said it is, last.
    pub agent: String,
    /// What it told about itself.
    pub info: String,
    /// Its first contact.
    pub first_seen: Timestamp,
    /// Its last contact.
    pub last_seen: Timestamp,
    /// The folders it syncs.
    pub folders: Vec<DeviceFolder>,
    /// The shared folders an admin set for it, as account and path.
    pub set_folders: Vec<(String, String)>,
    /// What an admin decided about it.
    pub orders: Orders,
    /// Key of the policy it acknowledged; 0 for none.
    pub policy_key: i64,
    /// Its last trouble with the folder hierarchy.
    pub trouble: Option<DeviceTrouble>,
}

/// The last time that a device was not answered as it wished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceTrouble {
    /// When.
    pub at: Timestamp,
    /// What it was answered, as the protocol says it.
    pub what: String,
}

/// One folder of a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceFolder {
    /// The owning account, by name.
    pub account: String,
    /// The folder's path.
    pub path: String,
    /// How many items the device holds.
    pub items_held: u64,
    /// How many of the folder's changes it has not come to yet.
    pub behind: i64,
    /// Corrections still to be sent.
    pub corrections: usize,
    /// Keys given out that it has not used yet.
    pub offers: usize,
    /// The last trouble in it.
    pub trouble: Option<DeviceTrouble>,
}

impl Engine {
    /// Returns the caller's device of this address; its first contact registers it.
    ///
    /// # Errors
    /// When the user has too many devices, or the database fails.
    pub fn device(
        &self,
        caller: &Caller,
        address: &DeviceAddress<'_>,
        now: Timestamp,
    ) -> Result<Device, DeviceError> {
        let now_ms = now.as_millisecond();
        let known = self.store.read(|q| row::device::by_address(q, caller.user, address.id))?;
        if let Some(row) = &known {
            let seen = (row.kind.as_str(), row.agent.as_str(), row.version.as_str());
            if needs_no_note(seen, row.last_seen, address, now_ms) {
                return Ok(view(row.clone()));
            }
        }
        let limit = self.settings.limits.devices_per_user;
        let row = self.write(now, |work| {
            let seen = |row: DeviceRow| DeviceRow {
                kind: address.kind.to_owned(),
                version: address.version.to_owned(),
                agent: address.agent.to_owned(),
                last_seen: now_ms,
                ..row
            };
            if let Some(row) = row::device::by_address(work, caller.user, address.id)? {
                let row = seen(row);
                row::device::update(work, &row)?;
                return Ok(Some(row));
            }
            let count = row::device::of(work, caller.user)?.len();
            if limit != 0 && count >= usize::try_from(limit).unwrap_or(usize::MAX) {
                return Ok(None);
            }
            let standing = work.settings.new_devices;
            let row = seen(unseen(work, (caller.user, address.id), standing)?);
            row::device::insert(work, &row)?;
            Ok(Some(row))
        })?;
        row.map(view).ok_or(DeviceError::TooMany { limit })
    }

    /// Notes the key of the policy a device acknowledged.
    ///
    /// # Errors
    /// When the database fails.
    pub fn set_device_policy_key(&self, device: &Device, key: i64, now: Timestamp) -> Result<(), Error> {
        self.change_device(device, now, |row| row.policy_key = key)
    }

    /// Notes that a device was not answered as it wished: in a folder, or with [`FolderId::TOP`] in the hierarchy.
    ///
    /// # Errors
    /// When the database fails.
    pub fn note_trouble(
        &self,
        device: DeviceId,
        folder: FolderId,
        what: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        self.write(now, |work| {
            if row::device::orders(work, device)?.is_none() {
                return Ok(());
            }
            let now_ms = work.now_ms();
            Ok(row::device_trouble::store(work, device, folder, (now_ms, what))?)
        })
    }

    /// Notes what a device told about itself.
    ///
    /// # Errors
    /// When the database fails.
    pub fn set_device_info(&self, device: &Device, info: &str, now: Timestamp) -> Result<(), Error> {
        self.change_device(device, now, |row| info.clone_into(&mut row.info))
    }

    /// Changes what the protocol remembers between a device's requests, from what it is now: two requests at once undo
    /// nothing of each other.
    ///
    /// # Errors
    /// When the database fails.
    pub fn update_device_memo(
        &self,
        device: &Device,
        now: Timestamp,
        change: impl Fn(&str) -> String,
    ) -> Result<(), Error> {
        self.change_device(device, now, |row| row.memo = change(&row.memo))
    }

    fn change_device(
        &self,
        device: &Device,
        now: Timestamp,
        change: impl Fn(&mut DeviceRow),
    ) -> Result<(), Error> {
        self.write(now, |work| {
            let Some(mut row) = row::device::load(work, device.id)? else { return Ok(()) };
            change(&mut row);
            Ok(row::device::update(work, &row)?)
        })
    }

    /// Lists devices with what each holds: one user's, or everybody's.
    ///
    /// # Errors
    /// When there is no such user, or the database fails.
    pub fn devices(&self, user: Option<&str>) -> Result<Vec<DeviceSummary>, Error> {
        const USER: i64 = 1;
        self.store.read(|q| {
            let users = match user {
                Some(name) => vec![user_row(q, name)?],
                None => row::principal::of_kind(q, USER)?,
            };
            let mut list = Vec::new();
            for user in users {
                for row in row::device::of(q, user.id)? {
                    list.push(summary(q, &user.name, row)?);
                }
            }
            Ok(list)
        })
    }

    /// Forgets a device; at its next contact it starts over.
    ///
    /// # Errors
    /// When there is no such device, or the database fails.
    pub fn remove_device(&self, user: &str, address: &str, now: Timestamp) -> Result<(), Error> {
        self.operator().remove_device(user, address, now)
    }

    /// Sets a shared folder for one device, known already or not.
    ///
    /// # Errors
    /// When the user or folder is not there, the folder is the user's own, or the database fails.
    pub fn add_device_folder(
        &self,
        (user, address): (&str, &str),
        account: &str,
        path: &FolderPath,
        now: Timestamp,
    ) -> Result<(), Error> {
        self.write(now, |work| {
            let user = user_row(work, user)?;
            let folder = crate::folder::find(work, account, path)?;
            if folder.account == user.id {
                return Err(Error::invalid(format!(
                    "'{path}' is {}'s own: the device has it already",
                    user.name
                )));
            }
            row::device::add_folder(work, user.id, address, folder.id)?;
            row::counter::touch_directory(work)?;
            work.changed.directory = true;
            Ok(())
        })
    }

    /// Takes a shared folder off one device and returns whether it was set for it.
    ///
    /// # Errors
    /// When the user or folder is not there, or the database fails.
    pub fn remove_device_folder(
        &self,
        (user, address): (&str, &str),
        account: &str,
        path: &FolderPath,
        now: Timestamp,
    ) -> Result<bool, Error> {
        self.write(now, |work| {
            let user = user_row(work, user)?;
            let folder = crate::folder::find(work, account, path)?;
            let was = row::device::remove_folder(work, user.id, address, folder.id)?;
            row::counter::touch_directory(work)?;
            work.changed.directory = true;
            Ok(was)
        })
    }
}

/// Returns a device that has said nothing of itself yet.
pub(crate) fn unseen(
    work: &mut Work<'_, '_>,
    (principal, address): (PrincipalId, &str),
    standing: row::device::Standing,
) -> Result<DeviceRow, Error> {
    let now_ms = work.now_ms();
    Ok(DeviceRow {
        id: DeviceId(row::counter::next_id(work)?),
        principal,
        address: address.to_owned(),
        kind: String::new(),
        version: String::new(),
        agent: String::new(),
        policy_key: 0,
        info: String::new(),
        memo: String::new(),
        first_seen: now_ms,
        last_seen: now_ms,
        orders: Orders { standing, ..Orders::default() },
    })
}

/// Returns a user's device by the id it calls itself by.
pub(crate) fn named(q: &mut Query<'_>, user: &str, address: &str) -> Result<DeviceRow, Error> {
    let user = user_row(q, user)?;
    row::device::by_address(q, user.id, address)?
        .ok_or_else(|| Error::not_found(format!("device '{address}' of '{}'", user.name)))
}

pub(crate) fn user_row(q: &mut Query<'_>, name: &str) -> Result<row::principal::PrincipalRow, Error> {
    let id = crate::share::resolve(q, &crate::PrincipalRef::User(name.to_owned()))?;
    row::principal::load(q, id)?.ok_or_else(|| Error::not_found(format!("user '{name}'")))
}

/// Returns whether a contact of a device, last seen so and then, need not be written down. The words are kind, agent
/// and version.
pub(crate) fn needs_no_note(
    seen: (&str, &str, &str),
    last_seen: i64,
    address: &DeviceAddress<'_>,
    now_ms: i64,
) -> bool {
    seen == (address.kind, address.agent, address.version)
        && now_ms - last_seen < SEEN_EVERY_MS
        && now_ms >= last_seen
}

fn view(row: DeviceRow) -> Device {
    let DeviceRow { id, principal, address, kind, policy_key, info, memo, orders, .. } = row;
    let habits = Habits::default();
    Device { id, user: principal, address, kind, policy_key, info, memo, orders, habits }
}

fn summary(q: &mut Query<'_>, user: &str, row: DeviceRow) -> Result<DeviceSummary, Error> {
    let mut folders = Vec::new();
    for folder in row::cursor::folders(q, row.id)? {
        folders.extend(folder_summary(q, row.id, folder)?);
    }
    let trouble = trouble(q, row.id, FolderId::TOP)?;
    let mut set_folders = Vec::new();
    for id in row::device::folders(q, row.principal, &row.address)? {
        if let Some(folder) = row::folder::load(q, id)? {
            let account = row::principal::load(q, folder.account)?.map(|account| account.name);
            set_folders.push((account.unwrap_or_default(), path_of(q, &folder)?));
        }
    }
    Ok(DeviceSummary {
        user: user.to_owned(),
        id: row.id,
        address: row.address,
        kind: row.kind,
        version: row.version,
        agent: row.agent,
        info: row.info,
        first_seen: crate::device_order::time(row.first_seen)?,
        last_seen: crate::device_order::time(row.last_seen)?,
        folders,
        set_folders,
        orders: row.orders,
        policy_key: row.policy_key,
        trouble,
    })
}

fn folder_summary(q: &mut Query<'_>, device: DeviceId, id: FolderId) -> Result<Option<DeviceFolder>, Error> {
    // The cursors of a merged folder stand under its number with a minus.
    let Some(folder) = row::folder::load(q, FolderId(id.0.abs()))? else { return Ok(None) };
    let rows = row::cursor::of(q, device, id)?;
    let Some(newest) = rows.last() else { return Ok(None) };
    let cursor = Cursor::decode(&newest.state)?;
    let account = row::principal::load(q, folder.account)?.map(|account| account.name).unwrap_or_default();
    Ok(Some(DeviceFolder {
        account,
        path: path_of(q, &folder)?,
        items_held: cursor.held.len(),
        behind: folder.modseq.0 - cursor.modseq,
        corrections: cursor.corrections.len(),
        offers: rows.iter().filter(|row| row.standing != Standing::Confirmed).count(),
        trouble: trouble(q, device, id)?,
    }))
}

fn trouble(q: &mut Query<'_>, device: DeviceId, folder: FolderId) -> Result<Option<DeviceTrouble>, Error> {
    let Some((at, what)) = row::device_trouble::load(q, device, folder)? else { return Ok(None) };
    Ok(Some(DeviceTrouble { at: crate::device_order::time(at)?, what }))
}
