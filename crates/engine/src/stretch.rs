//! How a sweep finds the items it has to look at, a stretch at a time, newest first.
//!
//! A window of days that holds little of its folder is read through the index of its items' times: what is older
//! costs nothing. One that holds much is read in the order of uids, past what is outside of it.

use crate::Error;
use crate::cursor::Cut;
use store::id::{FolderId, Uid};
use store::row::item::ItemHead;
use store::{Query, row};

/// Items in a stretch at most.
const CHUNK: i64 = 256;

/// The most items in a window that are gone through for each stretch.
const MAX_GONE_THROUGH: i64 = 4096;

/// Where a sweep looks for items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// In the whole folder.
    Whole,
    /// Among those that end at or after this time, in milliseconds since 1970, or never.
    Window(i64),
}

/// Some items of a folder, newest first.
#[derive(Debug)]
pub(crate) struct Stretch {
    /// The items. On [`Way::Window`], those outside of the window are left out.
    pub(crate) heads: Vec<ItemHead>,
    /// Down to which uid it goes; 0 for the last one.
    pub(crate) lowest: i64,
}

impl Way {
    /// Returns the way that costs less.
    pub(crate) fn of(q: &mut Query<'_>, folder: FolderId, cut: Cut) -> Result<Self, Error> {
        match cut {
            Cut::All | Cut::Open => Ok(Self::Whole),
            Cut::Ends(from) => {
                let many = row::item::more_end_from(q, folder, from, MAX_GONE_THROUGH)?;
                Ok(if many { Self::Whole } else { Self::Window(from) })
            }
        }
    }

    /// Returns the next stretch under `below`.
    pub(crate) fn stretch(self, q: &mut Query<'_>, folder: FolderId, below: Uid) -> Result<Stretch, Error> {
        let heads = match self {
            Self::Whole => row::item::below(q, folder, below, CHUNK)?,
            Self::Window(from) => {
                let mut heads = row::item::below_ending_from(q, folder, (below, from), CHUNK)?;
                heads.extend(row::item::without_end(q, folder, below, CHUNK)?);
                heads.sort_unstable_by_key(|head| std::cmp::Reverse(head.uid));
                heads.truncate(usize::try_from(CHUNK).unwrap_or(usize::MAX));
                heads
            }
        };
        let last = heads.len() < usize::try_from(CHUNK).unwrap_or(usize::MAX);
        let lowest = if last { 0 } else { heads.last().map_or(0, |head| head.uid.0) };
        Ok(Stretch { heads, lowest })
    }
}
