//! Sync keys: the confirmed cursor of a device and folder, and every cursor offered from it.
//!
//! A key is confirmed by being used; then what it replaced goes. Answers get lost and come late, so every offer
//! stays until one of them is used.

use crate::plant::Plant;
use crate::work::Work;
use crate::{Bug, Error};
use store::id::{DeviceId, FolderId, SyncKey};
use store::row;
use store::row::cursor::{CursorRow, Standing};

/// Cursors kept per device and folder; past it the oldest offer goes.
pub(crate) const MAX_OFFERS: usize = 16;

/// One cursor chain: a device and a folder ([`FolderId::TOP`] for the hierarchy).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Chain {
    pub(crate) device: DeviceId,
    pub(crate) folder: FolderId,
}

impl Chain {
    /// Returns the cursors of a folder that is merged into another. They stand apart from those of the same folder
    /// shown by itself, so that a device can change from one to the other without either disturbing the other.
    pub(crate) const fn part(device: DeviceId, folder: FolderId) -> Self {
        Self { device, folder: FolderId(-folder.0) }
    }

    /// Returns the folder's cursors shown by itself and merged.
    pub(crate) const fn both(self) -> [Self; 2] {
        [self, Self::part(self.device, self.folder)]
    }
}

/// What a key leads to.
#[derive(Debug)]
pub(crate) enum Opened {
    /// Key 0: the device starts over.
    Start,
    /// The cursor the device holds, confirmed by this use.
    Known(Box<CursorRow>),
    /// No cursor has this key.
    Unknown,
}

/// Looks a key up and, where it was only offered so far, confirms it: what it replaced goes. `told` reads from the
/// cursor's state which answers stood beside it; the device knows them now.
pub(crate) fn open(
    work: &mut Work<'_, '_>,
    chain: Chain,
    key: SyncKey,
    told: impl Fn(&str) -> Result<Vec<String>, Error>,
) -> Result<Opened, Error> {
    if key == SyncKey::START {
        return Ok(Opened::Start);
    }
    let rows = row::cursor::of(work, chain.device, chain.folder)?;
    let Some(mut found) = rows.iter().find(|row| row.key == key).cloned() else {
        return Ok(Opened::Unknown);
    };
    if found.standing == Standing::Confirmed {
        return Ok(Opened::Known(Box::new(found)));
    }
    for other in rows.iter().filter(|other| other.key != key && !outlives(other, &found)) {
        row::cursor::remove(work, chain.device, chain.folder, other.key)?;
    }
    if found.standing == Standing::Fresh {
        row::answer::settle_all(work, chain.device, chain.folder)?;
    } else {
        for identity in told(&found.state)? {
            row::answer::settle(work, chain.device, chain.folder, &identity)?;
        }
    }
    let day_ago = work.now_ms() - crate::cursor::DAY_MS;
    row::answer::forget(work, chain.device, chain.folder, day_ago)?;
    found.standing = Standing::Confirmed;
    row::cursor::store(work, chain.device, chain.folder, &found)?;
    Ok(Opened::Known(Box::new(found)))
}

/// Returns whether `other` stays when `used` is confirmed: only a start made after it was offered does, since that
/// start's answer may still reach the device.
fn outlives(other: &CursorRow, used: &CursorRow) -> bool {
    other.standing == Standing::Fresh && other.serial > used.serial
}

/// Offers a cursor under a new key and returns the key.
pub(crate) fn offer(work: &mut Work<'_, '_>, chain: Chain, mut row: CursorRow) -> Result<SyncKey, Error> {
    let rows = row::cursor::of(work, chain.device, chain.folder)?;
    row.key = SyncKey(work.random_number());
    row.serial = rows.last().map_or(1, |last| last.serial + 1);
    for gone in evicted(&rows, row.standing, work.plant) {
        row::cursor::remove(work, chain.device, chain.folder, gone)?;
    }
    row::cursor::store(work, chain.device, chain.folder, &row)?;
    Ok(row.key)
}

/// Returns the keys that go when one more cursor is offered: the oldest offer, once there are too many.
fn evicted(rows: &[CursorRow], standing: Standing, plant: &Plant) -> Vec<SyncKey> {
    if plant.has(Bug::ConfirmedDroppedAtOnce) {
        return rows.iter().map(|row| row.key).collect();
    }
    if plant.has(Bug::StartDropsAll) && standing == Standing::Fresh {
        return rows.iter().map(|row| row.key).collect();
    }
    let offers = rows.iter().filter(|row| row.standing != Standing::Confirmed);
    if plant.has(Bug::OneOfferOnly) {
        return offers.map(|row| row.key).collect();
    }
    let too_many = (rows.len() + 1).saturating_sub(MAX_OFFERS);
    offers.take(too_many).map(|row| row.key).collect()
}
