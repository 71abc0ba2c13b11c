//! What an admin orders about a device: whether it may be used, and whether it is to be wiped.

use crate::work::Work;
use crate::{Engine, Error};
use jiff::Timestamp;
use store::id::{DeviceId, FolderId};
use store::row;
use store::row::device::{DeviceRow, Orders, Standing, Wipe, WipeKind, WipeState};

/// Characters of the id that a device calls itself by.
pub(crate) const MAX_ADDRESS: usize = 64;

impl Engine {
    /// Allows, quarantines or blocks a device, and returns whether it has come already: one that has not finds the order
    /// when it does. Allowing a device forgets an order to wipe, done or not.
    ///
    /// # Errors
    /// When there is no such user, the address is empty or too long, or the database fails.
    pub fn set_device_standing(
        &self,
        (user, address): (&str, &str),
        standing: Standing,
        now: Timestamp,
    ) -> Result<bool, Error> {
        self.operator().set_device_standing((user, address), standing, now)
    }

    /// Orders a device to be wiped; from now on it gets nothing but this order.
    ///
    /// # Errors
    /// When there is no such device, or the database fails.
    pub fn wipe_device(
        &self,
        (user, address): (&str, &str),
        kind: WipeKind,
        now: Timestamp,
    ) -> Result<(), Error> {
        self.operator().wipe_device((user, address), kind, now)
    }

    /// Notes that a device is told to wipe, and returns what; `None` where nobody ordered it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn tell_wipe(&self, device: DeviceId, now: Timestamp) -> Result<Option<WipeKind>, Error> {
        self.write(now, |work| {
            let Some(orders) = row::device::orders(work, device)? else { return Ok(None) };
            let Some(wipe) = orders.wipe.filter(|wipe| wipe.state != WipeState::Done) else {
                return Ok(None);
            };
            let wipe = Wipe { state: WipeState::Told, at: work.now_ms(), ..wipe };
            row::device::set_orders(work, device, &Orders { wipe: Some(wipe), ..orders })?;
            Ok(Some(wipe.kind))
        })
    }

    /// Takes a device's word that it wiped itself or could not, and returns whether it had been told to wipe just
    /// that: an answer that nobody asked for changes nothing. A device that is wiped is blocked from then on, and
    /// what the server knew of its state is forgotten.
    ///
    /// # Errors
    /// When the database fails.
    pub fn wipe_answered(
        &self,
        device: DeviceId,
        (kind, state): (WipeKind, WipeState),
        now: Timestamp,
    ) -> Result<bool, Error> {
        self.write(now, |work| {
            let Some(orders) = row::device::orders(work, device)? else { return Ok(false) };
            let told = orders.wipe.filter(|wipe| wipe.kind == kind && wipe.state == WipeState::Told);
            let Some(told) = told else { return Ok(false) };
            let wipe = Some(Wipe { state, at: work.now_ms(), ..told });
            let standing = if state == WipeState::Done { Standing::Blocked } else { orders.standing };
            row::device::set_orders(work, device, &Orders { standing, wipe, ..orders })?;
            if state == WipeState::Done {
                forget_state(work, device)?;
            }
            Ok(true)
        })
    }

    /// Returns what an admin decided about a device meanwhile; `None` where it is not known any more.
    ///
    /// # Errors
    /// When the database fails.
    pub fn device_orders(&self, device: DeviceId) -> Result<Option<Orders>, Error> {
        Ok(self.store.read(|q| row::device::orders(q, device))?)
    }
}

/// Writes orders down and wakes the device if it waits.
pub(crate) fn order(work: &mut Work<'_, '_>, device: DeviceId, orders: &Orders) -> Result<(), Error> {
    row::device::set_orders(work, device, orders)?;
    wake(work)
}

/// Wakes whoever waits, in this process and in others.
pub(crate) fn wake(work: &mut Work<'_, '_>) -> Result<(), Error> {
    row::counter::touch_directory(work)?;
    work.changed.directory = true;
    Ok(())
}

/// Forgets every cursor of a device and the policy it acknowledged.
fn forget_state(work: &mut Work<'_, '_>, device: DeviceId) -> Result<(), Error> {
    for folder in row::cursor::folders(work, device)? {
        row::cursor::clear(work, device, folder)?;
    }
    row::cursor::clear(work, device, FolderId::TOP)?;
    let Some(row) = row::device::load(work, device)? else { return Ok(()) };
    Ok(row::device::update(work, &DeviceRow { policy_key: 0, memo: String::new(), ..row })?)
}

/// Returns a stored time.
pub(crate) fn time(ms: i64) -> Result<Timestamp, Error> {
    Timestamp::from_millisecond(ms).map_err(|_| Error::Store(store::Error::Corrupt))
}
