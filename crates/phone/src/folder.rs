//! A folder as the phone has it.

use std::fmt;

use crate::class::Class;
use crate::item::{Edit, Item};
use crate::sync::MAX_BATCH;
use crate::table::Table;
use crate::version::Version;

/// Names a folder: the server's id, which is opaque to a phone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FolderId(pub(crate) String);

impl FolderId {
    /// Returns the id as it stands on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FolderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A sync key for a folder of which nothing is known.
pub(crate) const NO_KEY: &str = "0";

/// A folder and what the phone has of it.
#[derive(Debug, Clone)]
pub struct Folder {
    pub(crate) id: FolderId,
    pub(crate) parent: String,
    pub(crate) name: String,
    pub(crate) number: u8,
    pub(crate) key: String,
    pub(crate) table: Table,
    pub(crate) wanted: Wanted,
    pub(crate) chosen: Chosen,
    pub(crate) filter: Option<u8>,
    pub(crate) restarts: u32,
    /// How many of the server's commands it takes in a round, where that has grown.
    pub(crate) window: Option<u16>,
    /// How many edits go into one round.
    pub(crate) batch: usize,
}

/// Whether the server is to be asked for changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    No,
    Yes,
}

/// Whether the user wants the folder synchronised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Chosen {
    No,
    Yes,
}

impl Folder {
    pub(crate) fn new(id: FolderId, number: u8) -> Self {
        Self {
            id,
            parent: String::new(),
            name: String::new(),
            number,
            key: NO_KEY.to_owned(),
            table: Table::default(),
            wanted: Wanted::Yes,
            chosen: Chosen::Yes,
            filter: None,
            restarts: 0,
            window: None,
            batch: MAX_BATCH,
        }
    }

    /// Returns the folder's id.
    #[must_use]
    pub const fn id(&self) -> &FolderId {
        &self.id
    }

    /// Returns the id of the folder it is in; `0` is the top.
    #[must_use]
    pub fn parent(&self) -> &str {
        &self.parent
    }

    /// Returns the name shown.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the type number: 2 to 10 for default folders, 12 to 17 for others.
    #[must_use]
    pub const fn number(&self) -> u8 {
        self.number
    }

    /// Returns what it holds, or `None` where the phone does not synchronise it.
    #[must_use]
    pub const fn class(&self) -> Option<Class> {
        Class::of_type(self.number)
    }

    /// Returns how far back its items go, as a `FilterType`; `None` leaves it to the server.
    #[must_use]
    pub const fn filter(&self) -> Option<u8> {
        self.filter
    }

    /// Returns the sync key of the last answer that was applied.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Returns how often the server made the phone start over (status 3).
    #[must_use]
    pub const fn restarts(&self) -> u32 {
        self.restarts
    }

    /// Returns the class where a client of `version` synchronises this folder.
    pub(crate) fn synced_class(&self, version: Version) -> Option<Class> {
        let class = self.class().filter(|_| self.chosen == Chosen::Yes)?;
        (class != Class::Notes || version >= Version::V14_0).then_some(class)
    }

    /// Returns whether there is something to tell or to ask.
    pub(crate) fn has_work(&self) -> bool {
        self.wanted == Wanted::Yes || self.table.iter().any(Item::is_pending)
    }

    /// Returns whether a body of an item here is to be fetched.
    pub(crate) fn wants_bodies(&self) -> bool {
        self.table.iter().any(|item| item.body == Wanted::Yes && item.server_id.is_some())
    }

    /// Forgets what came from the server; what it was never told stays and is sent again.
    pub(crate) fn start_over(&mut self) {
        NO_KEY.clone_into(&mut self.key);
        self.wanted = Wanted::Yes;
        self.table.retain(|item| item.edit == Edit::Added);
    }
}
