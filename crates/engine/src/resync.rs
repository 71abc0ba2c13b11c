//! Having a device start over: all of it, its hierarchy, one folder or one item.
//!
//! What is forgotten is only what the device is taken to hold. It finds its key unknown, sends what it still had to
//! send, which is kept as with any unknown key, and fetches everything again.

use crate::cursor::{Correction, Cursor};
use crate::device::named;
use crate::device_order::wake;
use crate::key::Chain;
use crate::work::Work;
use crate::{Engine, Error, FolderPath};
use jiff::Timestamp;
use std::collections::BTreeSet;
use store::id::{DeviceId, FolderId, SyncKey, Uid};
use store::row;
use store::row::cursor::{CursorRow, Standing};

/// What of a device starts over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resync<'a> {
    /// Everything.
    All,
    /// The list of folders.
    Hierarchy,
    /// One folder.
    Folder {
        /// The owning account.
        account: &'a str,
        /// The folder's path.
        path: &'a FolderPath,
    },
    /// One item of a folder: it is sent again with the next sync.
    Item {
        /// The owning account.
        account: &'a str,
        /// The folder's path.
        path: &'a FolderPath,
        /// The item.
        uid: Uid,
    },
}

impl Engine {
    /// Has a device start over.
    ///
    /// # Errors
    /// When the device, the folder or the item is not there, the device does not sync the folder, or the database
    /// fails.
    pub fn resync_device(
        &self,
        (user, address): (&str, &str),
        what: Resync<'_>,
        now: Timestamp,
    ) -> Result<(), Error> {
        self.write(now, |work| {
            let device = named(work, user, address)?.id;
            match what {
                Resync::All => {
                    // Those that are merged start over with the folders they are shown in.
                    for folder in row::cursor::folders(work, device)?.into_iter().filter(|id| id.0 > 0) {
                        start_over(work, Chain { device, folder })?;
                    }
                    start_over(work, Chain { device, folder: FolderId::TOP })?;
                }
                Resync::Hierarchy => start_over(work, Chain { device, folder: FolderId::TOP })?,
                Resync::Folder { account, path } => {
                    let (chain, host) = held(work, device, (account, path))?;
                    start_over(work, chain)?;
                    if let Some(folder) = host {
                        start_over(work, Chain { device, folder })?;
                    }
                }
                Resync::Item { account, path, uid } => {
                    let (chain, _) = held(work, device, (account, path))?;
                    item(work, chain, uid)?;
                }
            }
            wake(work)
        })
    }
}

/// Makes every key that the device may hold unknown. In their place stands a cursor that holds nothing, under a key
/// that nobody was given: it has a waiting device told that there is something to fetch.
fn start_over(work: &mut Work<'_, '_>, chain: Chain) -> Result<(), Error> {
    let Some(newest) = row::cursor::newest(work, chain.device, chain.folder)? else { return Ok(()) };
    for part in shown_inside(work, chain)? {
        row::cursor::clear(work, chain.device, Chain::part(chain.device, part).folder)?;
        crate::held_back::release_folder(work, Chain { folder: part, ..chain })?;
    }
    row::cursor::clear(work, chain.device, chain.folder)?;
    crate::held_back::release_folder(work, chain)?;
    let state = match chain.folder {
        FolderId::TOP => crate::hierarchy::nothing_shown(),
        _ => Cursor::fresh().encode(),
    };
    let (key, memo) = (SyncKey(work.random_number()), String::new());
    let parts = String::new();
    let row = CursorRow { key, standing: Standing::Offered, pending: true, memo, parts, state, ..newest };
    row::cursor::store(work, chain.device, chain.folder, &row)?;
    work.changed.folder(chain.folder);
    Ok(())
}

/// Returns the folders that a device shows inside this one.
fn shown_inside(work: &mut Work<'_, '_>, chain: Chain) -> Result<BTreeSet<FolderId>, Error> {
    let mut inside = BTreeSet::new();
    if chain.folder != FolderId::TOP {
        for row in row::cursor::of(work, chain.device, chain.folder)? {
            inside.extend(crate::merge::read_keys(&row.parts)?.into_keys());
        }
    }
    Ok(inside)
}

/// Returns a folder that the device syncs, and the one that it is shown inside of.
fn held(
    work: &mut Work<'_, '_>,
    device: DeviceId,
    (account, path): (&str, &FolderPath),
) -> Result<(Chain, Option<FolderId>), Error> {
    let folder = crate::folder::find(work, account, path)?.id;
    let mut host = None;
    for other in row::cursor::folders(work, device)? {
        if shown_inside(work, Chain { device, folder: other })?.contains(&folder) {
            host = Some(other);
        }
    }
    if host.is_none() && row::cursor::newest(work, device, folder)?.is_none() {
        return Err(Error::invalid(format!("the device does not sync {account} '{path}'")));
    }
    Ok((Chain { device, folder }, host))
}

/// Has one item sent again: to whom it may be shown as it stands, and taken off the device otherwise.
fn item(work: &mut Work<'_, '_>, chain: Chain, uid: Uid) -> Result<(), Error> {
    if row::item::head(work, chain.folder, uid)?.is_none() {
        return Err(Error::not_found(format!("item {uid}")));
    }
    crate::held_back::release(work, chain, uid)?;
    crate::moves::correct(work, chain, |cursor| {
        let correction = if cursor.held.has(uid) {
            Correction::Restore { uid: uid.0, hint: String::new() }
        } else {
            Correction::Settle { uid: uid.0 }
        };
        if !cursor.corrections.contains(&correction) {
            cursor.corrections.push(correction);
        }
    })
}
