//! Telling those who wait what a commit changed.

use crate::{Engine, Error, FolderId, PrincipalId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use store::row;

/// What one commit changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changed {
    /// Folders whose items, grants or name changed.
    pub folders: Vec<FolderId>,
    /// Whether principals, groups, grants or the tree of folders changed.
    pub directory: bool,
    /// Users whose own overlay (seen) changed.
    pub overlays: Vec<PrincipalId>,
}

impl Changed {
    pub(crate) fn is_empty(&self) -> bool {
        self.folders.is_empty() && !self.directory && self.overlays.is_empty()
    }

    pub(crate) fn folder(&mut self, folder: FolderId) {
        if !self.folders.contains(&folder) {
            self.folders.push(folder);
        }
    }
}

/// Somebody who wants to hear of every commit, right after it.
pub trait Watcher: Send + Sync {
    /// Is told what changed. Runs on the thread that committed: it only passes the word on.
    fn changed(&self, changed: &Changed);
}

/// The watchers, and the last changes they know of.
#[derive(Default)]
pub(crate) struct Watchers {
    list: Mutex<Vec<Arc<dyn Watcher>>>,
    known: Mutex<Option<Known>>,
}

#[derive(Debug)]
struct Known {
    directory: i64,
    folders: HashMap<FolderId, i64>,
}

impl std::fmt::Debug for Watchers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Watchers")
    }
}

impl Watchers {
    pub(crate) fn tell(&self, changed: &Changed) {
        if changed.is_empty() {
            return;
        }
        let list = self.list.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for watcher in list {
            watcher.changed(changed);
        }
    }
}

impl Engine {
    /// Adds somebody who hears of every commit.
    pub fn watch(&self, watcher: Arc<dyn Watcher>) {
        self.watchers.list.lock().unwrap_or_else(PoisonError::into_inner).push(watcher);
    }

    /// Finds what other processes on the database changed since the last call, and tells the watchers. What this
    /// process changed itself is told a second time, which only costs those who wait a look.
    ///
    /// # Errors
    /// When the database fails.
    pub fn poll_changes(&self) -> Result<(), Error> {
        let (directory, folders) = self
            .store
            .read(|q| -> Result<_, Error> { Ok((row::counter::directory(q)?, row::folder::modseqs(q)?)) })?;
        let now = Known { directory, folders: folders.iter().map(|(id, modseq)| (*id, modseq.0)).collect() };
        let mut known = self.watchers.known.lock().unwrap_or_else(PoisonError::into_inner);
        let mut changed = Changed::default();
        if let Some(before) = &*known {
            changed.directory = before.directory != now.directory;
            changed.folders = folders
                .iter()
                .filter(|(id, modseq)| before.folders.get(id) != Some(&modseq.0))
                .map(|f| f.0)
                .collect();
        }
        *known = Some(now);
        drop(known);
        self.watchers.tell(&changed);
        Ok(())
    }
}
