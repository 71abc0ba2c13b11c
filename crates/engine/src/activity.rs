//! What the serving processes are doing, told to whoever watches, and written down only while somebody does.

use crate::{Engine, Error, FolderId};
use jiff::Timestamp;
use store::row;

/// The setting that says until when somebody watches, in milliseconds since 1970.
const WATCHED_UNTIL: &str = "watched_until";

/// Milliseconds for which a watcher's word holds; it is given again before that.
const WATCHED_MS: i64 = 10_000;

/// Milliseconds after which a process's word counts no more: it stopped, or hangs.
const STALE_MS: i64 = 5_000;

impl Engine {
    /// Says that somebody watches, for the next ten seconds.
    ///
    /// # Errors
    /// When the database fails.
    pub fn watch_activity(&self, now: Timestamp) -> Result<(), Error> {
        let until = now.as_millisecond().saturating_add(WATCHED_MS).to_string();
        self.write(now, |work| Ok(row::setting::store(work, WATCHED_UNTIL, &until)?))
    }

    /// Returns whether somebody watches.
    ///
    /// # Errors
    /// When the database fails.
    pub fn is_activity_watched(&self, now: Timestamp) -> Result<bool, Error> {
        let until = self.store.read(|q| row::setting::load(q, WATCHED_UNTIL))?;
        Ok(until
            .and_then(|until| until.parse::<i64>().ok())
            .is_some_and(|until| now.as_millisecond() < until))
    }

    /// Writes down what a process is doing, as it says itself, in the place of what it said before.
    ///
    /// # Errors
    /// When the database fails.
    pub fn tell_activity(&self, process: &str, what: &str, now: Timestamp) -> Result<(), Error> {
        self.write(now, |work| {
            let now_ms = work.now_ms();
            row::activity::forget(work, now_ms - 10 * STALE_MS)?;
            Ok(row::activity::store(work, process, now_ms, what)?)
        })
    }

    /// Returns what the processes said in the last seconds.
    ///
    /// # Errors
    /// When the database fails.
    pub fn activity(&self, now: Timestamp) -> Result<Vec<String>, Error> {
        Ok(self.store.read(|q| row::activity::since(q, now.as_millisecond() - STALE_MS))?)
    }

    /// Returns a folder's account and path, for people to read; `None` where it is gone.
    ///
    /// # Errors
    /// When the database fails.
    pub fn folder_name(&self, folder: FolderId) -> Result<Option<(String, String)>, Error> {
        self.store.read(|q| {
            let Some(row) = row::folder::load(q, folder)? else { return Ok(None) };
            let account = row::principal::load(q, row.account)?.map(|account| account.name);
            Ok(Some((account.unwrap_or_default(), crate::folder::path_of(q, &row)?)))
        })
    }
}
