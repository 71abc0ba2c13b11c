//! Moving items between folders. A move has no sync key: what must be put right goes into every live cursor of the
//! device and folder, so that it is there whichever key is used next.

use crate::apply;
use crate::cursor::{Correction, Cursor};
use crate::decide::Rights;
use crate::deny::{Denial, Denials, Operation, Place, Reason};
use crate::key::Chain;
use crate::sync::Target;
use crate::work::Work;
use crate::{Caller, Device, Engine, Error};
use jiff::Timestamp;
use store::id::{FolderId, SyncKey, Uid};
use store::row;
use store::row::answer::AnswerId;
use store::row::cursor::CursorRow;
use store::row::folder::FolderRow;
use store::row::item::ItemRow;

/// What came of a move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoveOutcome {
    /// Done; the item has this number in the other folder.
    Moved(Uid),
    /// Not allowed. The device takes this number for the moved item; both folders are put right with their next sync.
    Phantom(i64),
    /// Not allowed. The device puts the item back itself.
    Refused,
    /// There is no such item or folder to move from.
    SourceGone,
    /// There is no such folder to move to, or it holds items of another kind.
    DestinationGone,
    /// From and to are the same folder.
    Same,
}

impl Engine {
    /// Moves an item for a device, or undoes the move on it.
    ///
    /// # Errors
    /// When the database fails; then nothing was done.
    pub fn move_item(
        &self,
        caller: &Caller,
        device: &Device,
        (from, target, to): (FolderId, &Target, FolderId),
        now: Timestamp,
    ) -> Result<MoveOutcome, Error> {
        self.write(now, |work| move_item(work, (caller, device), (from, target, to)))
    }

    /// Moves an item for a device that is not told what it is called afterwards: whatever the device is, it is sent the
    /// item in its new folder.
    ///
    /// # Errors
    /// When the database fails; then nothing was done.
    pub fn move_untold(
        &self,
        (caller, device): (&Caller, &Device),
        (from, target, to): (FolderId, &Target, FolderId),
        now: Timestamp,
    ) -> Result<MoveOutcome, Error> {
        let mut device = device.clone();
        device.habits.shows_moved_twice = false;
        self.write(now, |work| move_item(work, (caller, &device), (from, target, to)))
    }
}

fn move_item(
    work: &mut Work<'_, '_>,
    (caller, device): (&Caller, &Device),
    (from, target, to): (FolderId, &Target, FolderId),
) -> Result<MoveOutcome, Error> {
    if from == to {
        return Ok(MoveOutcome::Same);
    }
    // Always in the same order, so that two moves never wait for each other.
    row::folder::lock(work, from.min(to))?;
    row::folder::lock(work, from.max(to))?;
    let Target::Item(uid) = target else { return Ok(MoveOutcome::SourceGone) };
    let Some((source, source_rights)) = visible(work, caller, from)? else {
        return lost(work, (caller, device), (from, *uid, to));
    };
    let Some((destination, destination_rights)) = visible(work, caller, to)? else {
        return Ok(MoveOutcome::DestinationGone);
    };
    if source.kind != destination.kind {
        return Ok(MoveOutcome::DestinationGone);
    }
    let identity = format!("m/{uid}/{to}");
    let id = AnswerId { key: SyncKey::START, identity: &identity };
    let found = row::item::load(work, from, *uid)?.filter(|row| source_rights.sees(&row.head()));
    let Some(row) = found else {
        // The answer to this very move may have been lost.
        let before = row::answer::outcome(work, device.id, from, id)?;
        let moved = before.and_then(|text| text.parse().ok()).map(|uid| MoveOutcome::Moved(Uid(uid)));
        return Ok(moved.unwrap_or(MoveOutcome::SourceGone));
    };
    let now_ms = work.now_ms();
    let head = row.head();
    let leave = source_rights
        .move_away(&head, now_ms)
        .and_then(|leave| destination_rights.create(now_ms).map(|_| leave));
    match leave {
        Err(why) => deny(work, (caller, device), (&source, to), &row, why.to_string()),
        Ok(leave) => {
            let copy = copy_of(work, Chain { device: device.id, folder: from }, &row)?;
            let uid = apply::relocate(work, &leave, &source, &destination, row)?;
            row::answer::store(work, (device.id, from), id, &uid.to_string(), now_ms)?;
            row::answer::settle(work, device.id, from, &identity)?;
            arrive(work, (caller, device), (&destination, &destination_rights), (uid, copy))?;
            Ok(MoveOutcome::Moved(uid))
        }
    }
}

/// Records a move out of a folder that the user lost, and has it undone where the item was moved to. Of a folder that
/// the device never had there is nothing to say.
fn lost(
    work: &mut Work<'_, '_>,
    (caller, device): (&Caller, &Device),
    (from, uid, to): (FolderId, Uid, FolderId),
) -> Result<MoveOutcome, Error> {
    let mut held = false;
    for Chain { device, folder } in (Chain { device: device.id, folder: from }).both() {
        for row in row::cursor::of(work, device, folder)? {
            held |= Cursor::decode(&row.state)?.held.has(uid);
        }
    }
    if !held {
        return Ok(MoveOutcome::SourceGone);
    }
    let found = row::folder::load(work, from)?;
    let (place, reason, why) = if let Some(found) = &found {
        (Place::of(work, found)?, Reason::Access, "You may not use this folder any more.")
    } else {
        let place = crate::hierarchy::remembered_place(work, device, from, &[])?;
        (place, Reason::Gone, "The folder was deleted before it arrived.")
    };
    let mut denials = Denials::new(caller, device, place);
    let denial = Denial {
        operation: Operation::Move,
        reason,
        uid: Some(uid),
        digest: to.to_string(),
        why: why.to_owned(),
        tried: None,
        stands: None,
    };
    denials.record(work, denial)?;
    denials.was_to_go(work, to)?;
    denials.finish(work)?;
    if visible(work, caller, to)?.is_none() {
        return Ok(MoveOutcome::SourceGone);
    }
    let phantom = row::counter::next_id(work)?;
    // The folder may come back to the user before his device heard that it went.
    bring_back(work, device, from, uid)?;
    drop_phantom(work, device, to, phantom)?;
    Ok(MoveOutcome::Phantom(phantom))
}

/// Has an item that the device moved away brought back to it.
fn bring_back(work: &mut Work<'_, '_>, device: &Device, from: FolderId, uid: Uid) -> Result<(), Error> {
    correct(work, Chain { device: device.id, folder: from }, |cursor| {
        cursor.drops(uid);
        push(cursor, Correction::Settle { uid: uid.0 });
    })
}

/// Has what the device shows in the folder it moved an item to taken off it again.
fn drop_phantom(work: &mut Work<'_, '_>, device: &Device, to: FolderId, phantom: i64) -> Result<(), Error> {
    // Outlook ignores the first delete in the folder it moved an item to.
    let times = if device.habits.shows_moved_twice { 3 } else { 1 };
    correct(work, Chain { device: device.id, folder: to }, |cursor| {
        push(cursor, Correction::DropPhantom { phantom, times });
    })
}

/// Which version of an item the device has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Copy {
    /// As it stands, whichever of the live keys that come with the item it holds.
    Current,
    /// Perhaps an older one.
    Old,
}

fn copy_of(work: &mut Work<'_, '_>, chain: Chain, row: &ItemRow) -> Result<Copy, Error> {
    let mut copy = Copy::Old;
    for chain in chain.both() {
        let own = crate::push::own_write(work, chain, row.uid)?;
        for live in row::cursor::of(work, chain.device, chain.folder)? {
            let cursor = Cursor::decode(&live.state)?;
            if !cursor.held.has(row.uid) {
                continue;
            }
            // What waits to be put right, the device shows otherwise.
            let wrong = cursor.corrections.iter().any(|fix| fix.uid() == Some(row.uid.0));
            if wrong || cursor.base(row.uid).max(own) < row.modseq.0 {
                return Ok(Copy::Old);
            }
            copy = Copy::Current;
        }
    }
    Ok(copy)
}

/// Notes that the device shows the item in its new folder already: what its user does there next is no conflict, and
/// if he cannot see it there, a drop box, it leaves the device again.
fn arrive(
    work: &mut Work<'_, '_>,
    (caller, device): (&Caller, &Device),
    (folder, rights): (&FolderRow, &Rights),
    (uid, copy): (Uid, Copy),
) -> Result<(), Error> {
    let head = row::item::head(work, folder.id, uid)?;
    let seen = head.is_some_and(|head| rights.sees(&head));
    let twice = device.habits.shows_moved_twice;
    correct(work, Chain { device: device.id, folder: folder.id }, |cursor| {
        if copy == Copy::Current {
            cursor.known.insert(uid.0, uid.0);
        }
        if twice {
            cursor.held.insert(uid);
        }
        push(cursor, Correction::Settle { uid: uid.0 });
    })?;
    if seen {
        return Ok(());
    }
    let place = Place::of(work, folder)?;
    crate::notice::explain_drop_box(work, caller, &place)
}

fn visible(
    work: &mut Work<'_, '_>,
    caller: &Caller,
    folder: FolderId,
) -> Result<Option<(FolderRow, Rights)>, Error> {
    let Some(folder) = row::folder::load(work, folder)? else { return Ok(None) };
    let now_ms = work.now_ms();
    let rights = Rights::load(work, &folder, caller.user, now_ms)?;
    Ok(rights.sees_folder().then_some((folder, rights)))
}

/// Records the move and has it undone at both ends.
fn deny(
    work: &mut Work<'_, '_>,
    (caller, device): (&Caller, &Device),
    (source, to): (&FolderRow, FolderId),
    row: &ItemRow,
    why: String,
) -> Result<MoveOutcome, Error> {
    let mut denials = Denials::new(caller, device, Place::of(work, source)?);
    let denial = Denial {
        operation: Operation::Move,
        reason: Reason::Access,
        uid: Some(row.uid),
        digest: to.to_string(),
        why,
        tried: None,
        stands: Some(row.content.clone()),
    };
    denials.record(work, denial)?;
    denials.was_to_go(work, to)?;
    denials.finish(work)?;
    if device.habits.puts_refused_back {
        return Ok(MoveOutcome::Refused);
    }
    let phantom = row::counter::next_id(work)?;
    bring_back(work, device, source.id, row.uid)?;
    drop_phantom(work, device, to, phantom)?;
    Ok(MoveOutcome::Phantom(phantom))
}

fn push(cursor: &mut Cursor, correction: Correction) {
    if !cursor.corrections.contains(&correction) {
        cursor.corrections.push(correction);
    }
}

/// Changes every live cursor of a device and folder, shown by itself or merged.
pub(crate) fn correct(
    work: &mut Work<'_, '_>,
    chain: Chain,
    change: impl Fn(&mut Cursor),
) -> Result<(), Error> {
    for Chain { device, folder } in chain.both() {
        for row in row::cursor::of(work, device, folder)? {
            let mut cursor = Cursor::decode(&row.state)?;
            change(&mut cursor);
            let row = CursorRow { pending: cursor.pending(), state: cursor.encode(), ..row };
            row::cursor::store(work, device, folder, &row)?;
        }
    }
    work.changed.folder(chain.folder);
    Ok(())
}
