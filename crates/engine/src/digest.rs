//! Which denied changes stand in which notice: a device that is denied much makes one notice per interval, and what
//! comes meanwhile stands together in the next.

use crate::notice::{self, Told};
use crate::work::Work;
use crate::{Engine, Error};
use jiff::Timestamp;
use store::id::{DeniedId, PrincipalId};
use store::row;
use store::row::denied::DeniedRow;

/// Denied changes in one notice at most; the rest stand in the next.
const MAX_CHANGES: usize = 500;
/// Bytes of content after which a notice takes no further change.
const MAX_BYTES: usize = 16 * 1024 * 1024;
/// Devices whose notices are written at once.
const MAX_DEVICES: i64 = 100;

impl Engine {
    /// Writes the notices that were put off and are due, and returns how many. It costs one look where none is.
    ///
    /// # Errors
    /// When the database fails; those that were written stay written.
    pub fn write_due_notices(&self, now: Timestamp) -> Result<usize, Error> {
        let now_ms = now.as_millisecond();
        let until = now_ms.saturating_add(self.settings.notice.interval_ms());
        let due = self.store.read(|q| row::notice::due(q, (now_ms, until), MAX_DEVICES))?;
        let mut written = 0;
        for (user, device) in due {
            written += usize::from(self.write(now, |work| write(work, (user, &device)))?);
        }
        Ok(written)
    }
}

/// Has these denied changes of a user's device stand in a notice: in one written now, or in the next.
pub(crate) fn tell(
    work: &mut Work<'_, '_>,
    (user, device): (PrincipalId, &str),
    denied: &[DeniedId],
) -> Result<(), Error> {
    if denied.is_empty() {
        return Ok(());
    }
    let now_ms = work.now_ms();
    let interval_ms = work.settings.notice.interval_ms();
    let last = row::notice::last(work, user, device)?;
    // A clock that went back puts nothing off.
    let wait = last.filter(|last| (*last..last.saturating_add(interval_ms)).contains(&now_ms));
    let due = wait.map_or(now_ms, |last| last.saturating_add(interval_ms));
    for id in denied {
        row::notice::wait(work, *id, (user, device), due)?;
    }
    if wait.is_none() {
        write(work, (user, device))?;
    }
    Ok(())
}

/// Writes one notice of what waits for a user's device, and returns whether there was anything.
fn write(work: &mut Work<'_, '_>, (user, device): (PrincipalId, &str)) -> Result<bool, Error> {
    let limit = i64::try_from(MAX_CHANGES).unwrap_or(i64::MAX);
    let mut changes: Vec<DeniedRow> = Vec::new();
    let mut bytes = 0_usize;
    for id in row::notice::waiting(work, (user, device), limit)? {
        if bytes >= MAX_BYTES {
            break;
        }
        // Another process may have been quicker.
        if !row::notice::take(work, id)? {
            continue;
        }
        if let Some(row) = row::denied::load(work, id)? {
            let contents = [&row.tried, &row.stands].into_iter().flatten();
            bytes = contents.fold(bytes, |bytes, content| bytes.saturating_add(content.len()));
            changes.push(row);
        }
    }
    let Some(to) = row::principal::load(work, user)?.filter(|_| !changes.is_empty()) else {
        return Ok(false);
    };
    if let Some(uid) = notice::deliver(work, &Told { to: &to, changes: &changes })? {
        for row in &changes {
            row::denied::set_notice(work, row.id, uid)?;
        }
    }
    let now_ms = work.now_ms();
    row::notice::set_last(work, user, device, now_ms)?;
    let next = now_ms.saturating_add(work.settings.notice.interval_ms());
    row::notice::put_off(work, (user, device), next)?;
    Ok(true)
}
