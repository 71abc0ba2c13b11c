//! A cursor: what one device holds of one folder, and how far it has come.

use crate::Error;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use roaring::RoaringTreemap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;
use store::id::Uid;
use store::row::device_folder::FlagsRow;
use store::row::item::ItemHead;

/// Milliseconds in a day.
pub(crate) const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// What one device holds of one folder, and how far it has come.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Cursor {
    /// The last change of the folder the device has seen.
    pub(crate) modseq: i64,
    /// The last change of the user's overlay the device has seen.
    pub(crate) overlay: i64,
    /// The items it holds.
    pub(crate) held: Held,
    /// Of single items, up to which change the device has them where that is past `modseq`: what it wrote itself and
    /// what a sweep sent.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) known: BTreeMap<i64, i64>,
    /// The same for the overlay.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) known_overlay: BTreeMap<i64, i64>,
    /// What must be sent so that the device shows again what the server holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) corrections: Vec<Correction>,
    /// The words it was built under: folder, mine, others', others' private ones.
    pub(crate) words: [u16; 4],
    /// Which items the device wants.
    pub(crate) cut: Cut,
    /// How its items go out.
    #[serde(default, skip_serializing_if = "Shape::is_plain")]
    pub(crate) shape: Shape,
    /// How far a sweep has come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sweep: Option<Sweep>,
    /// Steps in the answer it was offered with, where that was narrower than asked for: the device had come back too
    /// often with the key before. 0 for none.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) narrow: usize,
    /// The commands whose answers stood beside it when it was offered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) told: Vec<String>,
}

/// One thing to be sent so that the device shows again what the server holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Correction {
    /// The item as it stands, over what the device changed. `hint` is the protocol's.
    Restore { uid: i64, hint: String },
    /// An item that the device may show or not whatever the cursor holds: it made it in a drop box, moved it or
    /// dropped it. It comes if its user sees it, and goes if not.
    Settle { uid: i64 },
    /// An item that the device holds but does not take as a change: it goes now and comes in the next round.
    Anew { uid: i64 },
    /// Takes what the device added without being allowed to off it, `times` times.
    DropPhantom { phantom: i64, times: u8 },
}

impl Correction {
    /// Returns the item it is about; `None` for a phantom.
    pub(crate) const fn uid(&self) -> Option<i64> {
        match self {
            Self::Restore { uid, .. } | Self::Settle { uid } | Self::Anew { uid } => Some(*uid),
            Self::DropPhantom { .. } => None,
        }
    }
}

/// Which items a device wants. Items without an end are always wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Cut {
    /// All.
    #[default]
    All,
    /// Those that end at or after this time, in milliseconds since 1970.
    Ends(i64),
    /// Tasks still to be done.
    Open,
}

impl Cut {
    /// Returns whether the item is wanted.
    pub(crate) fn wants(self, head: &ItemHead) -> bool {
        match self {
            Self::All => true,
            Self::Ends(cut) => head.ends.is_none_or(|ends| ends >= cut),
            Self::Open => head.open,
        }
    }
}

/// How a folder's items go out to one device, by what is set for the folder there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Shape {
    /// The oldest item's age in days.
    pub(crate) days: Option<u32>,
    /// Whether reminders are left out.
    pub(crate) no_reminders: bool,
}

impl Shape {
    /// Returns how items go out to a device for which this is set.
    pub(crate) const fn of(flags: &FlagsRow) -> Self {
        Self { days: flags.days, no_reminders: flags.no_reminders }
    }

    /// Returns whether they go out as they do where nothing is set.
    fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}

/// What a sweep sends of the items that the device holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Again {
    /// Those that changed.
    #[default]
    Changed,
    /// All: they go out otherwise than before.
    All,
}

impl Again {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
    fn is_changed(&self) -> bool {
        *self == Self::Changed
    }
}

/// A sweep: what should be seen against what is held, newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sweep {
    /// Items from this uid on are done.
    pub(crate) below: i64,
    /// The folder's last change when it began; the cursor goes on from there.
    pub(crate) start: i64,
    /// What it sends of the items that the device holds.
    #[serde(default, skip_serializing_if = "Again::is_changed")]
    pub(crate) again: Again,
}

impl Cursor {
    /// Returns a cursor that holds nothing; its first pull is a sweep.
    pub(crate) fn fresh() -> Self {
        // No user has these words, so the first pull finds its view changed.
        Self { words: [u16::MAX; 4], ..Self::default() }
    }

    /// Reads a stored cursor.
    pub(crate) fn decode(state: &str) -> Result<Self, Error> {
        serde_json::from_str(state).map_err(|_| Error::Store(store::Error::Corrupt))
    }

    /// Writes the cursor for the store.
    pub(crate) fn encode(&self) -> String {
        serde_json::to_string(self).expect("maps of numbers and texts always become JSON")
    }

    /// Returns up to which change the device has this item.
    pub(crate) fn base(&self, uid: Uid) -> i64 {
        let swept = match self.sweep {
            Some(sweep) if uid.0 >= sweep.below => sweep.start,
            Some(_) | None => self.modseq,
        };
        swept.max(self.known.get(&uid.0).copied().unwrap_or(0))
    }

    /// Notes that the device has the item as of this change.
    pub(crate) fn holds_from(&mut self, uid: Uid, modseq: i64) {
        self.held.insert(uid);
        if modseq > self.modseq {
            self.known.insert(uid.0, modseq);
        }
    }

    /// Notes that the device does not have the item any more.
    pub(crate) fn drops(&mut self, uid: Uid) {
        self.held.remove(uid);
        self.known.remove(&uid.0);
        self.known_overlay.remove(&uid.0);
    }

    /// Begins a sweep at the folder's last change `start`. What an unfinished one has sent stays known.
    pub(crate) fn begin_sweep(&mut self, start: i64, mut again: Again) {
        if let Some(sweep) = self.sweep.take() {
            if sweep.again == Again::All {
                again = Again::All;
            }
            for uid in self.held.from(sweep.below) {
                let known = self.known.entry(uid).or_insert(sweep.start);
                *known = (*known).max(sweep.start);
            }
        }
        self.sweep = Some(Sweep { below: i64::MAX, start, again });
    }

    /// Moves the sweep past an item. What it sent of it is not noted singly: the sweep's place says as much, and a
    /// full folder's first sync would otherwise carry every item along.
    pub(crate) fn swept(&mut self, uid: Uid) {
        let Some(sweep) = &mut self.sweep else { return };
        sweep.below = uid.0;
        if self.known.get(&uid.0).is_some_and(|known| *known <= sweep.start) {
            self.known.remove(&uid.0);
        }
    }

    /// Forgets what is known of single items where the cursor itself has passed it.
    pub(crate) fn prune(&mut self) {
        if self.sweep.is_none() {
            let modseq = self.modseq;
            self.known.retain(|_, known| *known > modseq);
        }
        let overlay = self.overlay;
        self.known_overlay.retain(|_, known| *known > overlay);
    }

    /// Returns whether something must be sent whatever changes.
    pub(crate) fn pending(&self) -> bool {
        self.sweep.is_some() || !self.corrections.is_empty() || self.words == [u16::MAX; 4]
    }
}

/// The uids a device holds: a compressed bitmap, a few bytes for a full folder.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Held(RoaringTreemap);

impl Held {
    pub(crate) fn insert(&mut self, uid: Uid) {
        self.0.insert(number(uid.0));
    }

    pub(crate) fn remove(&mut self, uid: Uid) {
        self.0.remove(number(uid.0));
    }

    pub(crate) fn has(&self, uid: Uid) -> bool {
        self.0.contains(number(uid.0))
    }

    pub(crate) fn len(&self) -> u64 {
        self.0.len()
    }

    /// Returns the highest uid, 0 for none.
    pub(crate) fn max(&self) -> i64 {
        self.0.max().and_then(|uid| i64::try_from(uid).ok()).unwrap_or(0)
    }

    /// Returns the uids from `low` on, ascending.
    pub(crate) fn from(&self, low: i64) -> Vec<i64> {
        let mut iter = self.0.iter();
        iter.advance_to(number(low));
        iter.filter_map(|uid| i64::try_from(uid).ok()).collect()
    }

    /// Returns the uids in `low..high`, ascending.
    pub(crate) fn between(&self, low: i64, high: i64) -> Vec<i64> {
        let mut iter = self.0.iter();
        iter.advance_to(number(low));
        iter.filter_map(|uid| i64::try_from(uid).ok()).take_while(|uid| *uid < high).collect()
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
const fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// Uids count from 1, so nothing is lost here.
fn number(uid: i64) -> u64 {
    u64::try_from(uid).unwrap_or(0)
}

impl Serialize for Held {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let runs = RoaringTreemap::from_bitmaps(self.0.bitmaps().map(|(high, low)| {
            let mut low = low.clone();
            low.optimize();
            (high, low)
        }));
        let mut bytes = Vec::with_capacity(runs.serialized_size());
        runs.serialize_into(&mut bytes).map_err(serde::ser::Error::custom)?;
        serializer.serialize_str(&STANDARD_NO_PAD.encode(bytes))
    }
}

impl<'de> Deserialize<'de> for Held {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = STANDARD_NO_PAD.decode(text).map_err(serde::de::Error::custom)?;
        RoaringTreemap::deserialize_from(bytes.as_slice()).map(Self).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sweep_under_way_stays_small_and_knows_what_it_sent() {
        let mut cursor = Cursor::fresh();
        cursor.begin_sweep(10_000, Again::Changed);
        for uid in (5_001..=10_000).rev() {
            cursor.holds_from(Uid(uid), uid);
            cursor.swept(Uid(uid));
        }
        assert!(cursor.encode().len() < 300, "{}", cursor.encode().len());
        assert_eq!(cursor.base(Uid(5_001)), 10_000, "sent as of the sweep's start");
        assert_eq!(cursor.base(Uid(5_000)), 0, "still to come");
    }

    #[test]
    fn what_changed_after_a_sweep_began_is_known_singly() {
        let mut cursor = Cursor::fresh();
        cursor.begin_sweep(10, Again::Changed);
        cursor.holds_from(Uid(3), 12);
        cursor.swept(Uid(3));
        cursor.holds_from(Uid(1), 9);
        assert_eq!((cursor.base(Uid(3)), cursor.base(Uid(1))), (12, 9));
        cursor.swept(Uid(1));
        assert_eq!(cursor.base(Uid(1)), 10);
        assert_eq!(Cursor::decode(&cursor.encode()).unwrap(), cursor);
    }
}
