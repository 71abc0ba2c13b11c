//! Emptying a folder: what may be deleted goes, the rest comes back to the device.

use crate::apply;
use crate::cursor::Correction;
use crate::decide::Rights;
use crate::deny::{Denial, Denials, Operation, Place, Reason};
use crate::key::Chain;
use crate::work::Work;
use crate::{Caller, Device, Engine, Error};
use access::why::Need;
use jiff::Timestamp;
use std::collections::BTreeSet;
use store::id::{FolderId, Modseq, Uid};
use store::row;
use store::row::folder::FolderRow;

/// Items looked at per query.
const CHUNK: i64 = 256;

/// Whether the folders below go too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subfolders {
    /// They stay.
    Stay,
    /// They go too, where the user may delete them.
    Go,
}

/// What came of emptying a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmptyOutcome {
    /// Everything the user sees is gone.
    All,
    /// Some of it stays: it may not be deleted.
    Some,
    /// All of it stays.
    None,
    /// There is no such folder.
    NotFound,
}

impl Engine {
    /// Empties a folder for a device.
    ///
    /// # Errors
    /// When the database fails; then nothing was done.
    pub fn empty_folder(
        &self,
        caller: &Caller,
        device: &Device,
        (folder, subfolders): (FolderId, Subfolders),
        now: Timestamp,
    ) -> Result<EmptyOutcome, Error> {
        self.write(now, |work| {
            let Some(folder) = row::folder::lock(work, folder)? else { return Ok(EmptyOutcome::NotFound) };
            let rights = Rights::load(work, &folder, caller.user, now.as_millisecond())?;
            if !rights.sees_folder() {
                return Ok(EmptyOutcome::NotFound);
            }
            let (gone, stays) = empty(work, (caller, device), &folder, &rights)?;
            let below = match subfolders {
                Subfolders::Stay => true,
                Subfolders::Go => remove_below(work, caller, &folder)?,
            };
            Ok(match (gone, stays.is_empty() && below) {
                (_, true) => EmptyOutcome::All,
                (0, false) => EmptyOutcome::None,
                (_, false) => EmptyOutcome::Some,
            })
        })
    }
}

/// Deletes what may be deleted and returns how many went, and which stay.
fn empty(
    work: &mut Work<'_, '_>,
    (caller, device): (&Caller, &Device),
    folder: &FolderRow,
    rights: &Rights,
) -> Result<(u64, BTreeSet<Uid>), Error> {
    let mut denials = Denials::new(caller, device, Place::of(work, folder)?);
    let (mut gone, mut stays) = (0, BTreeSet::new());
    let mut below = Uid(Modseq(i64::MAX).0);
    loop {
        let heads = row::item::below(work, folder.id, below, CHUNK)?;
        let Some(last) = heads.last() else { break };
        below = last.uid;
        for head in heads.iter().filter(|head| rights.sees(head)) {
            let now_ms = work.now_ms();
            match rights.delete(head, now_ms) {
                Ok(leave) => {
                    apply::delete(work, &leave, folder.id, head)?;
                    gone += 1;
                }
                Err(why) => {
                    stays.insert(head.uid);
                    let stands = row::item::load(work, folder.id, head.uid)?.map(|row| row.content);
                    let denial = Denial {
                        operation: Operation::Delete,
                        reason: Reason::Access,
                        uid: Some(head.uid),
                        digest: String::new(),
                        why: why.to_string(),
                        tried: None,
                        stands,
                    };
                    denials.record(work, denial)?;
                }
            }
        }
    }
    denials.finish(work)?;
    crate::moves::correct(work, Chain { device: device.id, folder: folder.id }, |cursor| {
        for uid in &stays {
            if cursor.held.has(*uid) {
                cursor.drops(*uid);
                cursor.corrections.push(Correction::Settle { uid: uid.0 });
            }
        }
    })?;
    Ok((gone, stays))
}

/// Removes the folders below, where the user may delete them; false where one stays.
fn remove_below(work: &mut Work<'_, '_>, caller: &Caller, folder: &FolderRow) -> Result<bool, Error> {
    let mut all = true;
    let now_ms = work.now_ms();
    let below: Vec<FolderRow> =
        apply::subtree(work, folder)?.into_iter().filter(|row| row.id != folder.id).collect();
    for row in below {
        let rights = Rights::load(work, &row, caller.user, now_ms)?;
        let empty = apply::subtree(work, &row)?.len() == 1;
        if empty && rights.rule(Need::DeleteFolder, now_ms).is_ok() && row.role == 0 {
            apply::remove_folder(work, &row)?;
        } else {
            all &= !rights.sees_folder();
        }
    }
    Ok(all)
}
