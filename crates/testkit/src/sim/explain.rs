//! Explaining what a request did: every difference in the store must come from a command that was allowed, once; every
//! command that made none must have a reason, a record and, where it held data, one notice.

mod commands;
mod folders;
mod letters;
mod moves;
mod notices;
mod observe;

use std::collections::BTreeMap;

use super::model::{Folder, Uid};
use super::wire::Op;

pub(super) use commands::UNREADABLE;
pub(super) use letters::Letter;

/// One thing a user did on one phone. Sent again, it is the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Intent {
    pub(super) phone: usize,
    pub(super) op: Op,
    pub(super) folder: Folder,
    /// The server's id of the item; empty for a new one.
    pub(super) id: String,
    /// The newest token it writes; 0 where it writes none.
    pub(super) token: u64,
    /// Everything it writes.
    pub(super) content: String,
    /// Where a move goes.
    pub(super) to: Folder,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fate {
    /// It took effect: under this id, as this write.
    Applied { id: String, revision: u64 },
    /// It was denied.
    Denied(Denial),
}

/// A write that was denied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Denial {
    /// It was for one of these.
    pub(super) reasons: Vec<Reason>,
    /// The texts that were submitted.
    pub(super) fields: BTreeMap<String, String>,
    /// What the record calls it, and of which item.
    pub(super) recorded: (Op, Option<Uid>),
    /// The folder's path on that day, if it was there.
    pub(super) path: Option<String>,
    /// The key it came with.
    pub(super) key: String,
    /// There need not be a record: nothing was lost.
    pub(super) optional: bool,
    /// The folder as a whole took nothing: the phone has it still, and may send it again.
    pub(super) whole_folder: bool,
}

/// Why a write may be denied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reason {
    Access,
    Conflict,
    Gone,
    Stale,
    Unreadable,
}

impl Reason {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Conflict => "conflict",
            Self::Gone => "gone",
            Self::Stale => "stale",
            Self::Unreadable => "unreadable",
        }
    }
}
