//! How often a device may start over: one that loops would fetch whole folders for ever.

use crate::key::Chain;
use crate::work::Work;
use crate::{Device, Engine, Error, hierarchy};
use jiff::Timestamp;
use store::id::FolderId;
use store::row;
use store::row::cursor::Standing;
use store::row::restart::RestartRow;

/// Milliseconds in an hour.
const HOUR_MS: i64 = 60 * 60 * 1000;

impl Engine {
    /// Counts that a device starts a folder over, [`FolderId::TOP`] for its list of folders; or returns after how many
    /// seconds it may.
    ///
    /// # Errors
    /// When the database fails.
    pub fn count_start(
        &self,
        device: &Device,
        folder: FolderId,
        now: Timestamp,
    ) -> Result<Option<u32>, Error> {
        let limit = i64::from(self.settings.limits.restarts_per_hour);
        if limit == 0 {
            return Ok(None);
        }
        self.write(now, |work| {
            // Of what is no folder nothing is kept: a device may name whatever it likes.
            if folder != FolderId::TOP && row::folder::load(work, folder)?.is_none() {
                return Ok(None);
            }
            count(work, Chain { device: device.id, folder }, limit)
        })
    }
}

/// Where requests for folders that are gone are counted.
const GONE: FolderId = FolderId(-1);
/// Times per hour that a device may ask for folders it was told are gone, before it is told all its folders anew.
const MAX_ASKED_FOR_GONE: i64 = 10;

/// Notes that a device asks for a folder that is gone. One that goes on although it has taken a list without the folder
/// does not heed that list: it is made to start it over.
pub(crate) fn asked_for_gone(work: &mut Work<'_, '_>, chain: Chain) -> Result<(), Error> {
    if work.settings.limits.restarts_per_hour == 0 {
        return Ok(());
    }
    let Some(newest) = row::cursor::newest(work, chain.device, FolderId::TOP)? else { return Ok(()) };
    if newest.standing != Standing::Confirmed || hierarchy::shows(&newest.state, chain.folder)? {
        return Ok(());
    }
    if count(work, Chain { device: chain.device, folder: GONE }, MAX_ASKED_FOR_GONE)?.is_some() {
        row::cursor::clear(work, chain.device, FolderId::TOP)?;
    }
    Ok(())
}

fn count(work: &mut Work<'_, '_>, chain: Chain, limit: i64) -> Result<Option<u32>, Error> {
    let now_ms = work.now_ms();
    // A clock that went back begins a new hour.
    let known = row::restart::load(work, chain.device, chain.folder)?
        .filter(|known| (known.since..known.since.saturating_add(HOUR_MS)).contains(&now_ms));
    let RestartRow { since, count } = known.unwrap_or(RestartRow { since: now_ms, count: 0 });
    if count >= limit {
        let wait_s = (since.saturating_add(HOUR_MS) - now_ms) / 1000 + 1;
        return Ok(Some(u32::try_from(wait_s).unwrap_or(u32::MAX)));
    }
    row::restart::store(work, chain.device, chain.folder, RestartRow { since, count: count + 1 })?;
    Ok(None)
}
