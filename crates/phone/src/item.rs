//! A row of the phone's table.

use std::collections::BTreeSet;

use crate::data::{Data, Place};
use crate::file::FileEdit;
use crate::folder::Wanted;
use crate::occurrence::OccurrenceEdit;

/// Names a row on this phone. It never changes and is never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemId(pub(crate) u64);

/// What the user did with an item that the server was not told yet, or did not confirm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edit {
    /// Nothing.
    None,
    /// Made it.
    Added,
    /// Changed it.
    Changed,
    /// Deleted it.
    Deleted,
}

/// An item as the phone has it.
#[derive(Debug, Clone)]
pub struct Item {
    pub(crate) id: ItemId,
    pub(crate) server_id: Option<String>,
    pub(crate) data: Data,
    pub(crate) edit: Edit,
    /// The fields that the user changed since the server last confirmed them.
    pub(crate) touched: BTreeSet<Place>,
    /// Counts the user's edits on this phone: an answer clears only the edit that it answers.
    pub(crate) stamp: u64,
    /// What an `Add` of it is named, once it has been sent.
    pub(crate) client_id: Option<String>,
    pub(crate) place: Whereabouts,
    /// Whether a delete by the server is ignored: it was moved here, and no round has come since.
    pub(crate) deaf: Deaf,
    pub(crate) ignored_deletes: u32,
    /// Set aside after a refusal, until the user synchronises again.
    pub(crate) parked: Parked,
    /// What the user did with single occurrences that the server was not told.
    pub(crate) occurrences: Vec<OccurrenceEdit>,
    pub(crate) occurrence_stamps: u64,
    /// What the user did with its files that the server was not told.
    pub(crate) files: Vec<FileEdit>,
    /// Whether its body is to be fetched as it is.
    pub(crate) body: Wanted,
}

/// Where an item is while it is being moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whereabouts {
    /// In its folder.
    Here,
    /// Shown elsewhere; this row is kept in case the move is refused.
    Leaving,
    /// Shown here though the server has not said so.
    Arriving,
}

/// Whether a delete by the server is ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deaf {
    No,
    Yes,
}

/// Whether an edit waits for the user to synchronise again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parked {
    No,
    Yes,
}

impl Item {
    pub(crate) fn new(id: ItemId, data: Data) -> Self {
        Self {
            id,
            server_id: None,
            data,
            edit: Edit::None,
            touched: BTreeSet::new(),
            stamp: 0,
            client_id: None,
            place: Whereabouts::Here,
            deaf: Deaf::No,
            ignored_deletes: 0,
            parked: Parked::No,
            occurrences: Vec::new(),
            occurrence_stamps: 0,
            files: Vec::new(),
            body: Wanted::No,
        }
    }

    /// Returns the row's name on this phone.
    #[must_use]
    pub const fn id(&self) -> ItemId {
        self.id
    }

    /// Returns the server's id of it, once there is one.
    #[must_use]
    pub fn server_id(&self) -> Option<&str> {
        self.server_id.as_deref()
    }

    /// Returns its fields.
    #[must_use]
    pub const fn data(&self) -> &Data {
        &self.data
    }

    /// Returns the text of a field, as [`Data::text`] does.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<String> {
        self.data.text(name)
    }

    /// Returns what the server has not confirmed yet.
    #[must_use]
    pub const fn edit(&self) -> Edit {
        self.edit
    }

    /// Returns whether an `Add` of it was sent and not answered, so that the server may or may not have it.
    #[must_use]
    pub fn may_be_on_the_server(&self) -> bool {
        self.edit == Edit::Added && self.client_id.is_some()
    }

    /// Returns whether a move of it waits for its answer.
    #[must_use]
    pub fn is_underway(&self) -> bool {
        self.place != Whereabouts::Here
    }

    /// Returns how often the client ignored that the server deleted it.
    #[must_use]
    pub const fn ignored_deletes(&self) -> u32 {
        self.ignored_deletes
    }

    /// Returns whether the user sees it.
    pub(crate) fn is_shown(&self) -> bool {
        self.edit != Edit::Deleted && self.place != Whereabouts::Leaving
    }

    /// Returns whether there is an edit to send.
    pub(crate) fn is_pending(&self) -> bool {
        let is_edited = self.edit != Edit::None || !self.occurrences.is_empty();
        is_edited && self.place == Whereabouts::Here && self.parked == Parked::No
    }

    /// Takes the user's edit as told, unless there was a later one.
    pub(crate) fn settle(&mut self, stamp: u64) {
        if self.stamp == stamp {
            self.edit = Edit::None;
            self.touched.clear();
            self.files.clear();
        }
    }
}
