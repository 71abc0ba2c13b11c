//! What a device must be told of a folder: the one place that decides between Add, Change and Delete.

use crate::cursor::{Again, Correction, Cursor, Cut, Shape};
use crate::decide::Rights;
use crate::item::ItemView;
use crate::stretch::{Stretch, Way};
use crate::sync::{ItemRef, Part, Step};
use crate::{Error, kind};
use items::Kind;
use std::collections::{BTreeMap, BTreeSet};
use store::id::{Modseq, Uid};
use store::row::folder::FolderRow;
use store::row::item::ItemHead;
use store::{Query, row};

/// Rows looked at per query.
const CHUNK: i64 = 256;

/// How much an answer still has room for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Room {
    /// Steps.
    pub(crate) items: usize,
    /// Bytes of content; the item that passes it still goes.
    pub(crate) bytes: usize,
}

/// What a pull found.
#[derive(Debug, Default)]
pub(crate) struct Pulled {
    /// What the device must do, in order.
    pub(crate) steps: Vec<Step>,
    /// Whether more waits.
    pub(crate) more: bool,
}

/// Whether the user sees an item and the device wants it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sight {
    Seen,
    Unseen,
}

/// Whether the device holds an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Copy {
    Held,
    Missing,
}

/// Which version of an item a device has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Version {
    This,
    Older,
}

/// What a device must do about one item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verb {
    Add,
    Change,
    Drop,
}

/// Returns what to send for one changed item, or `None` where the device already agrees.
const fn verb(sight: Sight, copy: Copy) -> Option<Verb> {
    match (sight, copy) {
        (Sight::Seen, Copy::Missing) => Some(Verb::Add),
        (Sight::Seen, Copy::Held) => Some(Verb::Change),
        (Sight::Unseen, Copy::Held) => Some(Verb::Drop),
        (Sight::Unseen, Copy::Missing) => None,
    }
}

/// What a device wants of a pull.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    /// Which items.
    pub(crate) cut: Cut,
    /// How they go out.
    pub(crate) shape: Shape,
    /// How much at once.
    pub(crate) room: Room,
    /// Items left alone in this round: the device binds or drops their ids while it reads the answer.
    pub(crate) spared: &'a BTreeSet<i64>,
    /// Items that the device never took, up to which change of them they are held back.
    pub(crate) held_back: &'a BTreeMap<i64, i64>,
}

/// Takes the next steps for the device and moves its cursor past them.
pub(crate) fn pull(
    q: &mut Query<'_>,
    folder: &FolderRow,
    rights: &Rights,
    wanted: Wanted<'_>,
    cursor: &mut Cursor,
) -> Result<Pulled, Error> {
    let mut puller = Puller::new(folder, rights, wanted.room, Contents::Loaded, cursor)?;
    puller.spared.clone_from(wanted.spared);
    puller.held_back.clone_from(wanted.held_back);
    puller.run(q, (wanted.cut, wanted.shape))
}

/// Counts the steps of all pulls to come; `held_back` is as in [`Wanted`].
pub(crate) fn count(
    q: &mut Query<'_>,
    (folder, rights): (&FolderRow, &Rights),
    (view, held_back): ((Cut, Shape), BTreeMap<i64, i64>),
    cursor: &mut Cursor,
) -> Result<u64, Error> {
    let room = Room { items: usize::MAX, bytes: usize::MAX };
    let mut puller = Puller::new(folder, rights, room, Contents::LeftOut, cursor)?;
    puller.held_back = held_back;
    Ok(puller.run(q, view)?.steps.len() as u64)
}

/// Whether steps carry the items' contents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Contents {
    Loaded,
    LeftOut,
}

/// One pull under way.
struct Puller<'a> {
    folder: &'a FolderRow,
    rights: &'a Rights,
    cursor: &'a mut Cursor,
    kind: Kind,
    contents: Contents,
    room: Room,
    /// Items that a correction of the next round is about.
    spared: BTreeSet<i64>,
    /// Items that the device never took, up to which change of them they are held back.
    held_back: BTreeMap<i64, i64>,
    pulled: Pulled,
}

impl<'a> Puller<'a> {
    fn new(
        folder: &'a FolderRow,
        rights: &'a Rights,
        room: Room,
        contents: Contents,
        cursor: &'a mut Cursor,
    ) -> Result<Self, Error> {
        let kind = kind::from_code(folder.kind)?;
        let (spared, held_back, pulled) = (BTreeSet::new(), BTreeMap::new(), Pulled::default());
        Ok(Self { folder, rights, cursor, kind, contents, room, spared, held_back, pulled })
    }

    fn run(mut self, q: &mut Query<'_>, view: (Cut, Shape)) -> Result<Pulled, Error> {
        self.look(q, view)?;
        self.corrections(q)?;
        if !self.pulled.more {
            self.sweep(q)?;
        }
        if !self.pulled.more {
            self.changes(q)?;
        }
        if !self.pulled.more && self.has_overlay() {
            self.overlay(q)?;
        }
        self.cursor.prune();
        Ok(self.pulled)
    }

    /// Compares what the device is meant to see with what its cursor was built under.
    fn look(&mut self, q: &mut Query<'_>, (cut, shape): (Cut, Shape)) -> Result<(), Error> {
        let words = self.rights.words();
        let before = std::mem::replace(&mut self.cursor.shape, shape);
        if before.no_reminders != shape.no_reminders && self.kind == Kind::Calendar {
            self.cursor.begin_sweep(self.folder.modseq.0, Again::All);
        }
        if words == self.cursor.words && cut == self.cursor.cut {
            return Ok(());
        }
        let moved_on = match (self.cursor.cut, cut) {
            (Cut::Ends(from), Cut::Ends(to)) if words == self.cursor.words && from < to => Some((from, to)),
            _ => None,
        };
        if let Some((from, to)) = moved_on.filter(|_| self.cursor.sweep.is_none()) {
            return self.fall_out(q, from, to);
        }
        self.cursor.words = words;
        self.cursor.cut = cut;
        self.cursor.begin_sweep(self.folder.modseq.0, Again::Changed);
        if self.cursor.held.len() == 0 {
            // Each item comes with what the user has said of it, so what he said before now is no news.
            self.cursor.overlay = row::overlay::counter(q, self.folder.id, self.rights.user())?.0;
        }
        Ok(())
    }

    /// Drops what fell out of a window that moved from `from` to `to`.
    fn fall_out(&mut self, q: &mut Query<'_>, mut from: i64, to: i64) -> Result<(), Error> {
        loop {
            let heads = row::item::ended(q, self.folder.id, from, to, CHUNK)?;
            let Some(last) = heads.last().and_then(|head| head.ends) else {
                self.cursor.cut = Cut::Ends(to);
                return Ok(());
            };
            for head in &heads {
                if self.cursor.held.has(head.uid) {
                    if self.closed(head.uid) {
                        return Ok(());
                    }
                    self.drop_item(head.uid, Drop::Soft);
                }
            }
            if heads.len() < usize::try_from(CHUNK).unwrap_or(usize::MAX) {
                self.cursor.cut = Cut::Ends(to);
                return Ok(());
            }
            // All of `last`'s equals may not have been in this chunk: what is dropped already is not held any more.
            from = if from == last { last + 1 } else { last };
            self.cursor.cut = Cut::Ends(from);
        }
    }

    /// Sends what must be put right.
    fn corrections(&mut self, q: &mut Query<'_>) -> Result<(), Error> {
        let mut waiting = std::mem::take(&mut self.cursor.corrections).into_iter();
        while let Some(correction) = waiting.next() {
            if self.full() {
                self.cursor.corrections.push(correction);
                self.cursor.corrections.extend(waiting);
                return Ok(());
            }
            if correction.uid().is_some_and(|uid| self.spared.contains(&uid)) {
                self.cursor.corrections.push(correction);
                self.pulled.more = true;
                continue;
            }
            match correction {
                Correction::Restore { uid, hint } => self.restore(q, Uid(uid), Part::Correction { hint })?,
                Correction::Settle { uid } => self.settle(q, Uid(uid))?,
                Correction::Anew { uid } => self.anew(Uid(uid)),
                Correction::DropPhantom { phantom, times } => {
                    self.push(Step::Delete(ItemRef::Phantom(phantom)), 0);
                    if times > 1 {
                        self.cursor.corrections.push(Correction::DropPhantom { phantom, times: times - 1 });
                    }
                }
            }
        }
        Ok(())
    }

    /// Makes the device show an item as it stands, or drop it, whether it shows it now or not.
    fn settle(&mut self, q: &mut Query<'_>, uid: Uid) -> Result<(), Error> {
        match row::item::head(q, self.folder.id, uid)? {
            Some(head) if self.sight(&head) == Sight::Seen => {
                let current = self.copy(uid) == Copy::Held && self.has(&head) == Version::This;
                if current { Ok(()) } else { self.step(q, &head, Part::Everything) }
            }
            Some(_) => {
                self.drop_item(uid, Drop::Soft);
                Ok(())
            }
            None => {
                self.drop_item(uid, Drop::Gone);
                Ok(())
            }
        }
    }

    /// Makes the device drop an item, and show it as it stands in the next round.
    fn anew(&mut self, uid: Uid) {
        self.drop_item(uid, Drop::Gone);
        self.spared.insert(uid.0);
        self.cursor.corrections.push(Correction::Settle { uid: uid.0 });
        self.pulled.more = true;
    }

    /// Makes the device show one item as it stands.
    fn restore(&mut self, q: &mut Query<'_>, uid: Uid, part: Part) -> Result<(), Error> {
        match row::item::head(q, self.folder.id, uid)? {
            Some(head) => self.step(q, &head, part),
            None if self.cursor.held.has(uid) => {
                self.drop_item(uid, Drop::Gone);
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Goes on with the sweep: what should be seen against what is held, newest first.
    fn sweep(&mut self, q: &mut Query<'_>) -> Result<(), Error> {
        if self.cursor.sweep.is_none() {
            return Ok(());
        }
        let way = Way::of(q, self.folder.id, self.cursor.cut)?;
        while let Some(sweep) = self.cursor.sweep {
            let Stretch { heads, lowest } = way.stretch(q, self.folder.id, Uid(sweep.below))?;
            let there: BTreeSet<i64> = heads.iter().map(|head| head.uid.0).collect();
            let held = self.cursor.held.between(lowest, sweep.below);
            let mut others = held.into_iter().rev().filter(|uid| !there.contains(uid)).peekable();
            for head in &heads {
                while let Some(uid) = others.next_if(|uid| *uid > head.uid.0) {
                    if self.sweep_held(q, Uid(uid))?.is_none() {
                        return Ok(());
                    }
                }
                if self.sweep_item(q, head)?.is_none() {
                    return Ok(());
                }
            }
            for uid in others {
                if self.sweep_held(q, Uid(uid))?.is_none() {
                    return Ok(());
                }
            }
            if lowest == 0 {
                self.cursor.sweep = None;
                self.cursor.modseq = sweep.start;
            } else if let Some(sweep) = &mut self.cursor.sweep {
                sweep.below = lowest;
            }
        }
        Ok(())
    }

    /// Compares one held item that the sweep did not come upon: it is gone, or outside of the window.
    fn sweep_held(&mut self, q: &mut Query<'_>, uid: Uid) -> Result<Option<()>, Error> {
        match row::item::head(q, self.folder.id, uid)? {
            Some(head) => self.sweep_item(q, &head),
            None => Ok(self.sweep_gone(uid.0).then_some(())),
        }
    }

    /// Drops one held item that is gone; false when there was no room.
    fn sweep_gone(&mut self, uid: i64) -> bool {
        if self.closed(Uid(uid)) {
            return false;
        }
        self.drop_item(Uid(uid), Drop::Gone);
        true
    }

    /// Compares one item with what is held and moves the sweep past it; `None` when there was no room.
    fn sweep_item(&mut self, q: &mut Query<'_>, head: &ItemHead) -> Result<Option<()>, Error> {
        let all = self.cursor.sweep.is_some_and(|sweep| sweep.again == Again::All);
        let version = if all { Version::Older } else { self.has(head) };
        let needed = self.needed(head, version);
        if needed {
            if self.closed(head.uid) {
                return Ok(None);
            }
            self.step(q, head, Part::Everything)?;
        }
        self.cursor.swept(head.uid);
        Ok(Some(()))
    }

    /// Sends items and tombstones past the cursor, in the order of the changes.
    fn changes(&mut self, q: &mut Query<'_>) -> Result<(), Error> {
        let until = self.folder.modseq;
        while self.cursor.modseq < until.0 {
            let after = Modseq(self.cursor.modseq);
            let heads = row::item::changes(q, self.folder.id, after, until, CHUNK)?;
            let tombs = row::tombstone::changes(q, self.folder.id, after, until, CHUNK)?;
            let chunk = usize::try_from(CHUNK).unwrap_or(usize::MAX);
            let heads_to = if heads.len() < chunk { until.0 } else { heads.last().map_or(0, |h| h.modseq.0) };
            let tombs_to = if tombs.len() < chunk { until.0 } else { tombs.last().map_or(0, |t| t.modseq.0) };
            let bound = heads_to.min(tombs_to);
            let mut tombs = tombs.iter().take_while(|tomb| tomb.modseq.0 <= bound).peekable();
            for head in heads.iter().take_while(|head| head.modseq.0 <= bound) {
                while let Some(tomb) = tombs.next_if(|tomb| tomb.modseq < head.modseq) {
                    if !self.change_gone(tomb.uid, tomb.modseq) {
                        return Ok(());
                    }
                }
                if !self.change_item(q, head)? {
                    return Ok(());
                }
            }
            for tomb in tombs {
                if !self.change_gone(tomb.uid, tomb.modseq) {
                    return Ok(());
                }
            }
            self.cursor.modseq = bound;
        }
        Ok(())
    }

    /// Sends one tombstone; false when there was no room.
    fn change_gone(&mut self, uid: Uid, modseq: Modseq) -> bool {
        if self.cursor.held.has(uid) {
            if self.closed(uid) {
                return false;
            }
            self.drop_item(uid, Drop::Gone);
        }
        self.cursor.modseq = modseq.0;
        true
    }

    /// Sends one changed item; false when there was no room.
    fn change_item(&mut self, q: &mut Query<'_>, head: &ItemHead) -> Result<bool, Error> {
        let needed = self.needed(head, self.has(head));
        if needed {
            if self.closed(head.uid) {
                return Ok(false);
            }
            let marks_only = self.kind == Kind::Mail && head.content_modseq.0 <= self.cursor.base(head.uid);
            self.step(q, head, if marks_only { Part::Marks } else { Part::Everything })?;
        }
        self.cursor.modseq = head.modseq.0;
        Ok(true)
    }

    /// Returns whether users have something of their own about these items: seen, or when they ring.
    const fn has_overlay(&self) -> bool {
        matches!(self.kind, Kind::Mail) || items::rings(self.kind)
    }

    /// Sends what the user himself said elsewhere: that he saw a message, when an event is to ring.
    fn overlay(&mut self, q: &mut Query<'_>) -> Result<(), Error> {
        // What was said of items that are gone is gone too, but has been counted.
        let counted = row::overlay::counter(q, self.folder.id, self.rights.user())?;
        let part = if self.kind == Kind::Mail { Part::Read } else { Part::Everything };
        loop {
            let after = Modseq(self.cursor.overlay);
            let rows = row::overlay::changes(q, self.folder.id, self.rights.user(), after, CHUNK)?;
            for change in &rows {
                let known = self.cursor.known_overlay.get(&change.uid.0).copied().unwrap_or(0);
                if self.cursor.held.has(change.uid) && known < change.modseq.0 {
                    if self.full() {
                        return Ok(());
                    }
                    if let Some(head) = row::item::head(q, self.folder.id, change.uid)? {
                        self.step(q, &head, part.clone())?;
                    }
                }
                self.cursor.overlay = change.modseq.0;
            }
            if rows.len() < usize::try_from(CHUNK).unwrap_or(usize::MAX) {
                self.cursor.overlay = counted.0;
                return Ok(());
            }
        }
    }

    /// Returns which version of a held item the device has.
    fn has(&self, head: &ItemHead) -> Version {
        if head.modseq.0 <= self.cursor.base(head.uid) { Version::This } else { Version::Older }
    }

    /// Returns whether the device must hear of an item.
    fn needed(&self, head: &ItemHead, current: Version) -> bool {
        match verb(self.sight(head), self.copy(head.uid)) {
            Some(Verb::Change) => current == Version::Older,
            Some(Verb::Add | Verb::Drop) => true,
            None => false,
        }
    }

    fn sight(&self, head: &ItemHead) -> Sight {
        let held_back = self.held_back.get(&head.uid.0).is_some_and(|until| head.modseq.0 <= *until);
        let seen = self.rights.sees(head) && self.cursor.cut.wants(head) && !held_back;
        if seen { Sight::Seen } else { Sight::Unseen }
    }

    fn copy(&self, uid: Uid) -> Copy {
        if self.cursor.held.has(uid) { Copy::Held } else { Copy::Missing }
    }

    /// Returns whether no step for this item may be taken in this round, and notes that one waits. The cursor does
    /// not pass it, so that it says still which version the device has.
    fn closed(&mut self, uid: Uid) -> bool {
        let spared = self.spared.contains(&uid.0);
        self.pulled.more |= spared;
        spared || self.full()
    }

    /// Returns whether there is no room for a step, and notes that one waits.
    fn full(&mut self) -> bool {
        let full = self.room.items == 0 || (self.room.bytes == 0 && !self.pulled.steps.is_empty());
        self.pulled.more |= full;
        full
    }

    fn push(&mut self, step: Step, bytes: usize) {
        self.room.items = self.room.items.saturating_sub(1);
        self.room.bytes = self.room.bytes.saturating_sub(bytes);
        self.pulled.steps.push(step);
    }

    fn drop_item(&mut self, uid: Uid, how: Drop) {
        self.cursor.drops(uid);
        let item = ItemRef::Item(uid);
        self.push(if how == Drop::Gone { Step::Delete(item) } else { Step::SoftDelete(item) }, 0);
    }

    /// Makes the device show one item, or drop it, and notes what it has then.
    fn step(&mut self, q: &mut Query<'_>, head: &ItemHead, part: Part) -> Result<(), Error> {
        let Some(verb) = verb(self.sight(head), self.copy(head.uid)) else { return Ok(()) };
        if verb == Verb::Drop {
            self.drop_item(head.uid, Drop::Soft);
            return Ok(());
        }
        let Some(item) = self.view(q, head)? else { return Ok(()) };
        self.cursor.holds_from(head.uid, head.modseq.0);
        let bytes = item.content.len();
        let step = if verb == Verb::Add { Step::Add(item) } else { Step::Change { item, part } };
        self.push(step, bytes);
        Ok(())
    }

    fn view(&mut self, q: &mut Query<'_>, head: &ItemHead) -> Result<Option<ItemView>, Error> {
        let mut overlay = None;
        if self.has_overlay() {
            overlay = row::overlay::load(q, self.folder.id, self.rights.user(), head.uid)?;
            if let Some(overlay) = overlay.as_ref().filter(|row| row.modseq.0 > self.cursor.overlay) {
                self.cursor.known_overlay.insert(head.uid.0, overlay.modseq.0);
            }
        }
        if self.contents == Contents::LeftOut {
            return Ok(Some(ItemView::without_content(head.uid, self.kind)));
        }
        let Some(row) = row::item::outlined(q, self.folder.id, head.uid)? else { return Ok(None) };
        let without = self.cursor.shape.no_reminders && self.kind == Kind::Calendar;
        let mut view = ItemView::of(row, self.kind, overlay)?;
        if let Some(content) = items::without_alarms(&view.content).filter(|_| without) {
            view.content = content;
        }
        Ok(Some(view))
    }
}

/// Why a device drops an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Drop {
    /// It is gone.
    Gone,
    /// It is there, but not for this device.
    Soft,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[rustfmt::skip] // a table reads as a table
    fn one_table_decides_between_add_change_and_delete() {
        let table = [
            (Sight::Seen,   Copy::Missing, Some(Verb::Add)),
            (Sight::Seen,   Copy::Held,    Some(Verb::Change)),
            (Sight::Unseen, Copy::Held,    Some(Verb::Drop)),
            (Sight::Unseen, Copy::Missing, None),
        ];
        for (sight, copy, wanted) in table {
            assert_eq!(verb(sight, copy), wanted, "{sight:?}, {copy:?}");
        }
    }
}
