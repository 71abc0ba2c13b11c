//! What a row of a folder's access control list gives, apart from whom it gives it to.

use std::fmt;
use std::str::FromStr;

use crate::error::UnknownName;
use crate::level::{Axis, AxisLevel, FolderLevel, Level};

/// The four levels of a row. Shown as in `create/all/own/own`.
///
/// Nothing outside this crate decides by a grant: a level may have no effect, or only together with another
/// row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Grant {
    /// Rights on the folder itself.
    pub folder: FolderLevel,
    /// Which items may be read.
    pub read: Level,
    /// Which items may be changed.
    pub write: Level,
    /// Which items may be deleted.
    pub delete: Level,
}

impl Grant {
    /// The grant that gives nothing.
    pub const NOTHING: Self = Self::new(FolderLevel::None, Level::None, Level::None, Level::None);

    /// The highest level on every axis: what the folder's owner has, whatever the entries say.
    pub const FULL: Self = Self::new(FolderLevel::Admin, Level::Admin, Level::Admin, Level::Admin);

    /// Returns the grant of these four levels.
    #[must_use]
    pub const fn new(folder: FolderLevel, read: Level, write: Level, delete: Level) -> Self {
        Self { folder, read, write, delete }
    }

    /// Returns the level on one axis.
    #[must_use]
    pub const fn level(self, axis: Axis) -> AxisLevel {
        match axis {
            Axis::Folder => AxisLevel::Folder(self.folder),
            Axis::Read => AxisLevel::Read(self.read),
            Axis::Write => AxisLevel::Write(self.write),
            Axis::Delete => AxisLevel::Delete(self.delete),
        }
    }

    /// Returns the higher level on each axis: how entries add up.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self {
            folder: self.folder.higher(other.folder),
            read: self.read.higher(other.read),
            write: self.write.higher(other.write),
            delete: self.delete.higher(other.delete),
        }
    }

    /// Returns the lower level on each axis: how a ceiling cuts.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self {
            folder: self.folder.lower(other.folder),
            read: self.read.lower(other.read),
            write: self.write.lower(other.write),
            delete: self.delete.lower(other.delete),
        }
    }

    /// Returns what the levels come to: nothing in an unseen folder, and neither write nor delete beyond read,
    /// for what a client was never sent it can only change by guessing. Item level admin becomes all.
    ///
    /// Entries are added up *before* this: two that come to nothing alone may come to something together.
    #[must_use]
    pub const fn gated(self) -> Self {
        if matches!(self.folder, FolderLevel::None) {
            return Self::NOTHING;
        }
        let read = self.read.lower(Level::All);
        Self { folder: self.folder, read, write: self.write.lower(read), delete: self.delete.lower(read) }
    }

    /// Returns the first axis whose level has no effect if no other entry adds to this one, for a warning to
    /// whoever sets it; `None` if every level counts.
    #[must_use]
    pub fn wasted(self) -> Option<Axis> {
        self.wasted_axes().first().copied()
    }

    /// Returns every axis whose level has no effect if no other entry adds to this one.
    #[must_use]
    pub fn wasted_axes(self) -> Vec<Axis> {
        let gated = self.gated();
        let wasted = |&axis: &Axis| {
            // Item level admin is all under another name, not a level without effect.
            let useful = self.level(axis).code().min(match axis {
                Axis::Folder => FolderLevel::Admin.code(),
                Axis::Read | Axis::Write | Axis::Delete => Level::All.code(),
            });
            gated.level(axis).code() < useful
        };
        Axis::EVERY.into_iter().filter(wasted).collect()
    }
}

impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}/{}", self.folder, self.read, self.write, self.delete)
    }
}

/// How much of a calendar's busy times is given beside the four axes. Gives access to no item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[repr(u8)]
pub enum Busy {
    /// Nothing.
    #[default]
    None = 0,
    /// When, and nothing else.
    Time = 1,
    /// When, what and where.
    Details = 2,
}

impl Busy {
    /// Every value, lowest first.
    pub const EVERY: [Self; 3] = [Self::None, Self::Time, Self::Details];

    /// Returns the name, as in `--busy time`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Time => "time",
            Self::Details => "details",
        }
    }

    /// Returns the code under which the value is stored, from 0.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// Returns the value of a code, or `None` if there is none.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::EVERY.into_iter().find(|value| value.code() == code)
    }
}

impl fmt::Display for Busy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Busy {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        let found = Self::EVERY.into_iter().find(|busy| busy.as_str() == name);
        found.ok_or(UnknownName { what: "busy", expected: "none, time, details" })
    }
}

/// One row of a folder's access control list, without its principal: the caller knows which rows match whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Entry {
    /// The four levels.
    pub grant: Grant,
    /// Whether other people's private items are treated like their other items.
    pub private: bool,
    /// What is given of a calendar's busy times.
    pub busy: Busy,
    /// End of the entry in milliseconds since 1970 (UTC); the entry gives nothing from then on. `None`: no end.
    pub until: Option<i64>,
}

impl Entry {
    /// Returns an entry of these levels and nothing else: no private items, no busy times, no end.
    #[must_use]
    pub const fn new(grant: Grant) -> Self {
        Self { grant, private: false, busy: Busy::None, until: None }
    }

    /// Returns whether the entry still counts at `now_ms`, in milliseconds since 1970 (UTC).
    #[must_use]
    pub const fn is_live(&self, now_ms: i64) -> bool {
        match self.until {
            Some(until) => now_ms < until,
            None => true,
        }
    }
}

impl AsRef<Self> for Entry {
    fn as_ref(&self) -> &Self {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_ends_at_its_end() {
        let entry = Entry { until: Some(1_000), ..Entry::new(Grant::FULL) };
        assert!(entry.is_live(i64::MIN));
        assert!(entry.is_live(999));
        assert!(!entry.is_live(1_000));
        assert!(!entry.is_live(i64::MAX));
        assert!(Entry::new(Grant::FULL).is_live(i64::MAX));
    }

    #[test]
    fn busy_comes_back() {
        for busy in Busy::EVERY {
            assert_eq!(busy.as_str().parse(), Ok(busy));
            assert_eq!(Busy::from_code(busy.code()), Some(busy));
        }
        assert!("Time".parse::<Busy>().is_err());
        assert!((3..=u8::MAX).all(|code| Busy::from_code(code).is_none()));
    }

    #[test]
    #[rustfmt::skip] // a table reads as a table
    fn levels_without_effect_are_named() {
        use FolderLevel as F;
        use Level as L;
        let table = [
            (Grant::NOTHING, None),
            (Grant::FULL, None),
            (Grant::new(F::None,    L::All,   L::None, L::None),  Some(Axis::Read)),
            (Grant::new(F::Visible, L::None,  L::All,  L::All),   Some(Axis::Write)),
            (Grant::new(F::Visible, L::Own,   L::Own,  L::Admin), Some(Axis::Delete)),
            (Grant::new(F::Visible, L::Admin, L::All,  L::Own),   None),
        ];
        for (grant, wasted) in table {
            assert_eq!(grant.wasted(), wasted, "{grant}");
        }
    }

    #[test]
    fn a_grant_shows_its_four_levels() {
        let grant = Grant::new(FolderLevel::Create, Level::All, Level::Own, Level::None);
        assert_eq!(grant.to_string(), "create/all/own/none");
    }
}
