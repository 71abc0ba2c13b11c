//! The loop guard: a device that comes back again and again with the same key cannot take what it is sent.
//!
//! A lost answer looks the same, so it is done in steps: first the answers get narrow, until one step stands alone;
//! then a changed item is dropped and added anew; then that one item is held back from that one device, and its user
//! is told. The folder goes on.

use crate::cursor::{Correction, Cursor};
use crate::decide::Rights;
use crate::deny::Place;
use crate::key::Chain;
use crate::sync::{ItemRef, Step};
use crate::work::Work;
use crate::{Caller, Device, Engine, Error};
use jiff::Timestamp;
use std::collections::BTreeMap;
use store::id::{DeviceId, FolderId, Modseq, SyncKey, Uid};
use store::row::folder::FolderRow;
use store::row::held_back::HeldBackRow;
use store::row::item::ItemHead;
use store::row::repeat::RepeatRow;
use store::{Query, row};

/// Uses of one key from which on an answer holds one step: three answers were in vain.
const NARROW_AT: i64 = 4;
/// Times that a change was sent alone in vain, after which the item is dropped and added anew.
const ANEW_AT: i64 = 5;
/// Times that a step was sent alone in vain, after which its item is held back. Answers get lost, too: it must be
/// beyond doubt.
const HOLD_AT: i64 = 10;
/// Items held back from one device in one folder at most. A device that takes nothing at all is not to be told of each.
const MAX_HELD_BACK: usize = 20;

/// An item held back from a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldBack {
    /// The owning account of its folder, by name.
    pub account: String,
    /// The folder's path.
    pub path: String,
    /// The item.
    pub uid: Uid,
    /// One line for people.
    pub summary: String,
    /// One sentence: why.
    pub why: String,
    /// Since when.
    pub at: Timestamp,
}

impl Engine {
    /// Lists what is held back from a device.
    ///
    /// # Errors
    /// When there is no such user or device, or the database fails.
    pub fn held_back(&self, user: &str, address: &str) -> Result<Vec<HeldBack>, Error> {
        self.store.read(|q| {
            let device = crate::device::named(q, user, address)?;
            let mut list = Vec::new();
            for held in row::held_back::of_device(q, device.id)? {
                let Some(folder) = row::folder::load(q, held.folder)? else { continue };
                let item = row::item::outlined(q, held.folder, held.uid)?;
                let account = row::principal::load(q, folder.account)?.map(|account| account.name);
                list.push(HeldBack {
                    account: account.unwrap_or_default(),
                    path: crate::folder::path_of(q, &folder)?,
                    uid: held.uid,
                    summary: item.map(|item| item.summary).unwrap_or_default(),
                    why: held.why,
                    at: Timestamp::from_millisecond(held.at)
                        .map_err(|_| Error::Store(store::Error::Corrupt))?,
                });
            }
            Ok(list)
        })
    }

    /// Sends a device again what was held back from it, one item or all, and returns how many.
    ///
    /// # Errors
    /// When there is no such user or device, or the database fails.
    pub fn release_withheld(
        &self,
        (user, address): (&str, &str),
        item: Option<Uid>,
        now: Timestamp,
    ) -> Result<usize, Error> {
        self.write(now, |work| {
            let device = crate::device::named(work, user, address)?;
            let mut list = row::held_back::of_device(work, device.id)?;
            list.retain(|held| item.is_none_or(|uid| uid == held.uid));
            for held in &list {
                let chain = Chain { device: device.id, folder: held.folder };
                release(work, chain, held.uid)?;
                crate::moves::correct(work, chain, |cursor| {
                    cursor.corrections.push(Correction::Settle { uid: held.uid.0 });
                })?;
            }
            Ok(list.len())
        })
    }
}

/// Returns what is held back from a device in a folder, up to which change of it.
pub(crate) fn of(q: &mut Query<'_>, device: DeviceId, folder: FolderId) -> Result<BTreeMap<i64, i64>, Error> {
    let held_back = row::held_back::of_folder(q, device, folder)?;
    Ok(held_back.into_iter().map(|(uid, modseq)| (uid.0, modseq.0)).collect())
}

/// Holds an item back no longer.
pub(crate) fn release(work: &mut Work<'_, '_>, chain: Chain, uid: Uid) -> Result<(), Error> {
    row::held_back::remove(work, chain.device, chain.folder, uid)?;
    Ok(row::repeat::remove(work, chain.device, chain.folder)?)
}

/// Holds nothing of a folder back any longer.
pub(crate) fn release_folder(work: &mut Work<'_, '_>, chain: Chain) -> Result<(), Error> {
    for (uid, _) in row::held_back::of_folder(work, chain.device, chain.folder)? {
        release(work, chain, uid)?;
    }
    Ok(())
}

/// What the guard knows of one round.
#[derive(Debug)]
pub(crate) struct Guard {
    chain: Chain,
    /// What is held back, up to which change of it.
    held_back: BTreeMap<i64, i64>,
    /// The key's earlier uses, if it was answered before.
    repeat: Option<RepeatRow>,
}

impl Guard {
    /// Looks what the device made of the answers to this key, and draws the consequence.
    pub(crate) fn begin(
        work: &mut Work<'_, '_>,
        (caller, device): (&Caller, &Device),
        (folder, rights): (&FolderRow, &Rights),
        (at, key, serial): (Chain, SyncKey, i64),
        cursor: &mut Cursor,
    ) -> Result<Self, Error> {
        let chain = Chain { device: device.id, folder: folder.id };
        let mut held_back = BTreeMap::new();
        for (uid, modseq) in row::held_back::of_folder(work, chain.device, chain.folder)? {
            // It came after all: an answer that was thought lost was only late.
            if cursor.held.has(uid) && cursor.base(uid) >= modseq.0 {
                row::held_back::remove(work, chain.device, chain.folder, uid)?;
            } else {
                held_back.insert(uid.0, modseq.0);
            }
        }
        let mut guard = Self { chain, held_back, repeat: None };
        // The cursors of a merged folder stand elsewhere.
        if row::cursor::offered_since(work, at.device, at.folder, serial)? {
            let known = row::repeat::load(work, chain.device, chain.folder)?.filter(|known| known.key == key);
            let mut repeat =
                known.unwrap_or(RepeatRow { key, uses: 1, item: String::new(), modseq: Modseq(0), alone: 0 });
            repeat.uses += 1;
            guard.draw(work, (caller, device), (folder, rights), (&mut repeat, cursor))?;
            guard.repeat = Some(repeat);
        }
        Ok(guard)
    }

    /// Returns what is held back, up to which change of it.
    pub(crate) const fn held_back(&self) -> &BTreeMap<i64, i64> {
        &self.held_back
    }

    /// Returns how many steps the answer may hold.
    pub(crate) fn limit(&self, asked: usize, cursor: &Cursor) -> usize {
        let uses = self.repeat.as_ref().map_or(1, |repeat| repeat.uses);
        if uses >= NARROW_AT || (cursor.narrow > 0 && uses > 1) {
            1
        } else if cursor.narrow > 0 {
            cursor.narrow.saturating_mul(2).min(asked)
        } else {
            asked
        }
    }

    /// Notes what is sent, so that the next use of the same key is known for what it is.
    pub(crate) fn finish(
        self,
        work: &mut Work<'_, '_>,
        steps: &[Step],
        (asked, limit): (usize, usize),
        cursor: &mut Cursor,
    ) -> Result<(), Error> {
        if steps.is_empty() {
            return Ok(());
        }
        cursor.narrow = if limit < asked { limit } else { 0 };
        let Some(mut repeat) = self.repeat else { return Ok(()) };
        let (item, modseq) = match steps {
            [step] => named(work, self.chain.folder, step)?,
            _ => (String::new(), Modseq(0)),
        };
        if !item.is_empty() && repeat.item == item && repeat.modseq == modseq {
            repeat.alone += 1;
        } else {
            repeat.alone = i64::from(!item.is_empty());
        }
        repeat.item = item;
        repeat.modseq = modseq;
        Ok(row::repeat::store(work, self.chain.device, self.chain.folder, &repeat)?)
    }

    /// Draws the consequence of a step that was sent alone in vain.
    fn draw(
        &mut self,
        work: &mut Work<'_, '_>,
        (caller, device): (&Caller, &Device),
        (folder, rights): (&FolderRow, &Rights),
        (repeat, cursor): (&mut RepeatRow, &mut Cursor),
    ) -> Result<(), Error> {
        if repeat.alone < ANEW_AT {
            return Ok(());
        }
        let Ok(uid) = repeat.item.parse().map(Uid) else {
            if repeat.alone >= HOLD_AT {
                forget_dropped(cursor, &repeat.item);
            }
            return Ok(());
        };
        let head = row::item::head(work, folder.id, uid)?;
        // What changed since may do; what is gone or hidden by now is dropped as ever.
        let same = |head: &ItemHead| head.modseq == repeat.modseq && rights.sees(head);
        let Some(head) = head.filter(same) else { return Ok(()) };
        if repeat.alone >= HOLD_AT {
            if self.held_back.len() >= MAX_HELD_BACK {
                return Ok(());
            }
            cursor.corrections.retain(|fix| fix.uid() != Some(uid.0));
            cursor.drops(uid);
            self.held_back.insert(uid.0, head.modseq.0);
            let why =
                format!("The device was sent it alone {HOLD_AT} times and came back as if it had not been.");
            let entry = HeldBackRow { folder: folder.id, uid, modseq: head.modseq, why, at: work.now_ms() };
            row::held_back::store(work, device.id, &entry)?;
            repeat.item = String::new();
            repeat.alone = 0;
            return tell(work, (caller, device), folder, uid);
        }
        if cursor.held.has(uid) {
            cursor.corrections.retain(|fix| fix.uid() != Some(uid.0));
            cursor.corrections.insert(0, Correction::Anew { uid: uid.0 });
        }
        Ok(())
    }
}

/// Forgets what a device never drops: nothing is missed.
fn forget_dropped(cursor: &mut Cursor, item: &str) {
    if let Some(phantom) = item.strip_prefix('x') {
        let gone = |fix: &Correction| matches!(fix, Correction::DropPhantom { phantom: other, .. } if other.to_string() == phantom);
        cursor.corrections.retain(|fix| !gone(fix));
    } else if let Some(uid) = item.strip_prefix('-').and_then(|uid| uid.parse().ok()) {
        cursor.corrections.retain(|fix| fix.uid() != Some(uid));
        cursor.drops(Uid(uid));
    }
}

/// Names what a step is about, and which change of it. What is dropped to be added anew keeps its name.
fn named(work: &mut Work<'_, '_>, folder: FolderId, step: &Step) -> Result<(String, Modseq), Error> {
    let (uid, dropped) = match step {
        Step::Add(item) | Step::Change { item, .. } => (item.uid, false),
        Step::SoftDelete(ItemRef::Item(uid)) => return Ok((format!("-{uid}"), Modseq(0))),
        Step::Delete(ItemRef::Item(uid)) => (*uid, true),
        Step::Delete(ItemRef::Phantom(phantom)) | Step::SoftDelete(ItemRef::Phantom(phantom)) => {
            return Ok((format!("x{phantom}"), Modseq(0)));
        }
    };
    Ok(match row::item::head(work, folder, uid)? {
        Some(head) => (uid.to_string(), head.modseq),
        None if dropped => (format!("-{uid}"), Modseq(0)),
        None => (String::new(), Modseq(0)),
    })
}

/// Tells the user which item his device does not show.
fn tell(
    work: &mut Work<'_, '_>,
    (caller, device): (&Caller, &Device),
    folder: &FolderRow,
    uid: Uid,
) -> Result<(), Error> {
    let summary = row::item::outlined(work, folder.id, uid)?.map(|row| row.summary).unwrap_or_default();
    let place = Place::of(work, folder)?;
    crate::notice::explain_held_back(work, (caller, device), &place, &summary)
}
