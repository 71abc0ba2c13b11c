//! Everybody's devices, a page at a time.

use crate::device_order::time;
use crate::{Engine, Error};
use jiff::Timestamp;
use store::row;
use store::row::device::{DeviceRow, Orders};

/// Devices of one page at most.
pub const MAX_DEVICE_PAGE: usize = 500;

/// A device as the list of all shows it: without its folders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedDevice {
    /// Whose it is, by name.
    pub user: String,
    /// The id it calls itself by.
    pub address: String,
    /// The type it says it is of.
    pub kind: String,
    /// The program it said it is, last.
    pub agent: String,
    /// The protocol version it spoke last.
    pub version: String,
    /// Its last contact.
    pub last_seen: Timestamp,
    /// What an admin decided about it.
    pub orders: Orders,
}

/// A part of the list of devices.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DevicePage {
    /// The devices, the one seen last first.
    pub devices: Vec<ListedDevice>,
    /// How many there are in all.
    pub total: usize,
}

impl Engine {
    /// Lists devices, the one seen last first: `limit` of them, [`MAX_DEVICE_PAGE`] at most, leaving out the first
    /// `start`; of one user, or of everybody.
    ///
    /// # Errors
    /// When there is no such user, or the database fails.
    pub fn device_page(&self, user: Option<&str>, start: usize, limit: usize) -> Result<DevicePage, Error> {
        let start = i64::try_from(start).unwrap_or(i64::MAX);
        let limit = i64::try_from(limit.min(MAX_DEVICE_PAGE)).unwrap_or(0);
        self.store.read(|q| {
            let user = user.map(|name| crate::device::user_row(q, name)).transpose()?.map(|user| user.id);
            let total = usize::try_from(row::device::count(q, user)?).unwrap_or(0);
            let mut devices = Vec::new();
            for device in row::device::page(q, user, (start, limit))? {
                let user = row::principal::load(q, device.principal)?.map(|user| user.name);
                devices.push(listed(device, user.unwrap_or_default())?);
            }
            Ok(DevicePage { devices, total })
        })
    }
}

fn listed(row: DeviceRow, user: String) -> Result<ListedDevice, Error> {
    let last_seen = time(row.last_seen)?;
    let DeviceRow { address, kind, agent, version, orders, .. } = row;
    Ok(ListedDevice { user, address, kind, agent, version, last_seen, orders })
}
