//! Forgetting devices that nobody uses any more.

use crate::{Engine, Error};
use jiff::Timestamp;
use store::row;
use store::row::device::DeviceRow;

/// Milliseconds in a day.
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// Devices that are forgotten in one transaction; the others wait for the next time.
const MAX_AT_ONCE: i64 = 100;

/// A device that was forgotten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForgottenDevice {
    /// Whose it was, by name.
    pub user: String,
    /// The id it called itself by.
    pub address: String,
    /// The type it said it was of.
    pub kind: String,
}

impl Engine {
    /// Forgets the devices that were not seen for as many days as the settings say, with what they are taken to hold,
    /// and returns them. One that an admin keeps out or had wiped is kept: forgotten, it would be let in again. What is
    /// set for shared folders stays too, for the device may come back: then it starts over.
    ///
    /// # Errors
    /// When the database fails.
    pub fn forget_unseen_devices(&self, now: Timestamp) -> Result<Vec<ForgottenDevice>, Error> {
        let days = i64::from(self.settings.device_expiry_days);
        let before = now.as_millisecond().saturating_sub(days * DAY_MS);
        if days == 0 || self.store.read(|q| row::device::unseen_since(q, before, 1))?.is_empty() {
            return Ok(Vec::new());
        }
        self.write(now, |work| {
            let mut forgotten = Vec::new();
            for DeviceRow { id, principal, address, kind, .. } in
                row::device::unseen_since(work, before, MAX_AT_ONCE)?
            {
                row::device::remove(work, id)?;
                let user = row::principal::load(work, principal)?.map(|user| user.name).unwrap_or_default();
                forgotten.push(ForgottenDevice { user, address, kind });
            }
            Ok(forgotten)
        })
    }
}
