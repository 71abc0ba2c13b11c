//! One folder's part of a round: what a device did is done or denied, what changed is found, and its next cursor is
//! worked out. Nothing of the cursor is written before it is known what the whole round says.

use crate::cursor::{Correction, Cursor, Shape};
use crate::decide::Rights;
use crate::held_back::Guard;
use crate::key::{self, Chain};
use crate::pull::{Pulled, Room, Wanted};
use crate::push::Round;
use crate::sync::{Outcome, Step, SyncRequest, shape};
use crate::work::Work;
use crate::{Bug, Caller, Device, Error};
use std::collections::BTreeSet;
use store::id::{Modseq, SyncKey};
use store::row;
use store::row::cursor::{CursorRow, Standing};
use store::row::folder::FolderRow;

/// One folder's part of a round, worked out.
#[derive(Debug)]
pub(crate) struct Advanced {
    chain: Chain,
    /// The cursor it began from; `None` for a folder that comes in with this round.
    from: Option<CursorRow>,
    /// The cursor it leads to.
    pub(crate) next: CursorRow,
    /// Whether the cursor says anything else than before.
    changed: bool,
    /// One per command, in their order.
    pub(crate) answers: Vec<Outcome>,
    /// What the device must do.
    pub(crate) steps: Vec<Step>,
    /// Whether more waits.
    pub(crate) more: bool,
    /// Whether less is said than there is room for: the device may not be able to take it.
    pub(crate) is_narrow: bool,
}

/// The folder of a part of a round, and who looks at it.
struct At<'a> {
    who: (&'a Caller, &'a Device),
    chain: Chain,
    folder: &'a FolderRow,
    rights: &'a Rights,
    /// Where the cursor it began from stands among those offered.
    serial: i64,
}

/// Works out one folder's part of a round, from the cursor that the device holds. `room` is how much may be said.
pub(crate) fn advance(
    work: &mut Work<'_, '_>,
    (caller, device): (&Caller, &Device),
    (chain, folder, rights): (Chain, &FolderRow, &Rights),
    (request, room): (&SyncRequest, Option<Room>),
    from: Option<CursorRow>,
) -> Result<Advanced, Error> {
    let mut cursor = match &from {
        Some(row) => Cursor::decode(&row.state)?,
        None => Cursor::fresh(),
    };
    let mut rights = rights.clone();
    if work.plant.has(Bug::AccessFromCursor) && cursor.words != [u16::MAX; 4] {
        rights.access = access::Access::from_words(cursor.words);
    }
    cursor.told.clear();
    let before = cursor.clone();
    let (mut late, mut answers) = (Vec::new(), Vec::new());
    if !request.commands.is_empty() {
        let mut round = Round::begin(work, (caller, device), (chain, folder, &rights), request, &mut cursor)?;
        answers = round.run(&request.commands)?;
        late = round.finish()?;
    }
    let shape = shape(work, (caller, device), folder.id)?;
    // The commands moved it.
    let folder = row::folder::load(work, folder.id)?.ok_or(Error::Store(store::Error::Corrupt))?;
    let serial = from.as_ref().map_or(0, |row| row.serial);
    let at = At { who: (caller, device), chain, folder: &folder, rights: &rights, serial };
    let (pulled, is_narrow) = match room {
        Some(room) => pull(work, &at, (request, room, shape), &mut cursor, (&answers, &late))?,
        None => (Pulled::default(), false),
    };
    if work.plant.has(Bug::PositionFromHighestUid) && cursor.sweep.is_none() {
        cursor.modseq = cursor.held.max();
    }
    let more = pulled.more || (room.is_some() && !late.is_empty());
    cursor.corrections.extend(late);
    let expires = request.window.narrowed(shape.days).expires(work.now_ms());
    let next = CursorRow {
        directory: row::counter::directory(work)?,
        expires: rights.expires.into_iter().chain(expires).min(),
        pending: cursor.pending() || pulled.more,
        parts: from.as_ref().map(|row| row.parts.clone()).unwrap_or_default(),
        ..columns(&cursor, Standing::Offered, &request.memo)
    };
    let (changed, steps) = (cursor != before, pulled.steps);
    Ok(Advanced { chain, from, next, changed, answers, steps, more, is_narrow })
}

/// Finds what changed, as far as there is room to say it, and whether less than that is said, for a device that comes
/// back again and again.
fn pull(
    work: &mut Work<'_, '_>,
    at: &At<'_>,
    (request, room, shape): (&SyncRequest, Room, Shape),
    cursor: &mut Cursor,
    (answers, late): (&[Outcome], &[Correction]),
) -> Result<(Pulled, bool), Error> {
    // What waits for the next round puts these right.
    cursor
        .corrections
        .retain(|fix| !late.iter().any(|other| fix.uid().is_some() && fix.uid() == other.uid()));
    let place = (at.folder, at.rights);
    let guard = Guard::begin(work, at.who, place, (at.chain, request.key, at.serial), cursor)?;
    let limit = guard.limit(room.items, cursor).min(room.items);
    let wanted = Wanted {
        cut: request.window.narrowed(shape.days).cut(work.now_ms()),
        shape,
        room: Room { items: limit, bytes: room.bytes },
        spared: &spared(answers, late),
        held_back: guard.held_back(),
    };
    let pulled = crate::pull::pull(work, at.folder, at.rights, wanted, cursor)?;
    guard.finish(work, &pulled.steps, (room.items, limit), cursor)?;
    Ok((pulled, limit < room.items))
}

impl Advanced {
    /// Returns the part of a folder that leaves the device.
    pub(crate) fn leaving(
        (chain, from, next): (Chain, CursorRow, CursorRow),
        (answers, steps, more): (Vec<Outcome>, Vec<Step>, bool),
    ) -> Self {
        Self { chain, from: Some(from), next, changed: true, answers, steps, more, is_narrow: false }
    }

    /// Returns whether the device would notice nothing of it.
    pub(crate) fn is_silent(&self) -> bool {
        let same = self.from.as_ref().is_some_and(|from| from.memo == self.next.memo);
        same && self.answers.is_empty() && self.steps.is_empty()
    }

    /// Lets the device's key go on. Its position is moved only when that saves work.
    pub(crate) fn keep(self, work: &mut Work<'_, '_>) -> Result<SyncKey, Error> {
        let Self { chain, from, mut next, changed, .. } = self;
        let Some(from) = from else { return key::offer(work, chain, next) };
        let newest = row::cursor::newest(work, chain.device, chain.folder)?.map_or(0, |newest| newest.serial);
        let stamps = (next.expires, next.directory) == (from.expires, from.directory);
        if changed || !stamps || newest > from.serial {
            next.key = from.key;
            // It is the newest key given out again: whoever waits, waits for what is new to this one.
            next.serial = if newest > from.serial { newest + 1 } else { from.serial };
            next.standing = Standing::Confirmed;
            row::cursor::store(work, chain.device, chain.folder, &next)?;
        }
        Ok(from.key)
    }

    /// Offers the next key.
    pub(crate) fn offer(self, work: &mut Work<'_, '_>) -> Result<SyncKey, Error> {
        key::offer(work, self.chain, self.next)
    }
}

/// Returns the items whose ids the device binds or drops while it reads the answer.
fn spared(answers: &[Outcome], late: &[Correction]) -> BTreeSet<i64> {
    let bound = answers.iter().filter_map(|outcome| match outcome {
        Outcome::Added(uid) => Some(uid.0),
        Outcome::Phantom(_)
        | Outcome::Done
        | Outcome::Kept
        | Outcome::Gone
        | Outcome::Unreadable
        | Outcome::Unsendable => None,
    });
    bound.chain(late.iter().filter_map(Correction::uid)).collect()
}

/// Returns the row of a cursor, its key, place and view's stamps still to be filled in.
pub(crate) fn columns(cursor: &Cursor, standing: Standing, memo: &str) -> CursorRow {
    CursorRow {
        key: SyncKey::START,
        serial: 0,
        standing,
        modseq: Modseq(cursor.modseq),
        overlay: Modseq(cursor.overlay),
        directory: 0,
        pending: cursor.pending(),
        expires: None,
        memo: memo.to_owned(),
        parts: String::new(),
        state: cursor.encode(),
    }
}
