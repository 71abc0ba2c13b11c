//! The scales of the four axes. Each level includes the ones before it.

use std::fmt;
use std::str::FromStr;

use crate::class::Whose;
use crate::error::UnknownName;

/// What a grant gives on the folder itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[repr(u8)]
pub enum FolderLevel {
    /// The folder does not exist for the user.
    #[default]
    None = 0,
    /// The folder is seen; nothing is said of its items.
    Visible = 1,
    /// Items may be created.
    Create = 2,
    /// Subfolders may be created.
    Subfolders = 3,
    /// The folder may be renamed and its grants seen and changed. Gives no right to any item.
    Admin = 4,
}

impl FolderLevel {
    /// Every level, lowest first.
    pub const EVERY: [Self; 5] = [Self::None, Self::Visible, Self::Create, Self::Subfolders, Self::Admin];

    /// Returns the name, as in `--folder create`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Visible => "visible",
            Self::Create => "create",
            Self::Subfolders => "subfolders",
            Self::Admin => "admin",
        }
    }

    /// Returns the code under which the level is stored: its place on the scale, from 0.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// Returns the level of a code, or `None` if there is none.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::EVERY.into_iter().find(|level| level.code() == code)
    }

    /// Returns whether this level includes `other`, as [`PartialOrd`] does, but in const contexts too.
    #[must_use]
    pub const fn includes(self, other: Self) -> bool {
        self.code() >= other.code()
    }

    /// Returns the higher of the two.
    #[must_use]
    pub const fn higher(self, other: Self) -> Self {
        if self.includes(other) { self } else { other }
    }

    /// Returns the lower of the two.
    #[must_use]
    pub const fn lower(self, other: Self) -> Self {
        if self.includes(other) { other } else { self }
    }
}

impl fmt::Display for FolderLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for FolderLevel {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        Self::EVERY
            .into_iter()
            .find(|level| level.as_str() == name)
            .ok_or(UnknownName { what: "folder level", expected: "none, visible, create, subfolders, admin" })
    }
}

/// What a grant gives on items: for reading, for writing or for deleting them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[repr(u8)]
pub enum Level {
    /// No item.
    #[default]
    None = 0,
    /// Items the user owns.
    Own = 1,
    /// Every item.
    All = 2,
    /// The same as [`Level::All`] in every decision; kept apart so that what a person chose is shown again.
    Admin = 3,
}

impl Level {
    /// Every level, lowest first.
    pub const EVERY: [Self; 4] = [Self::None, Self::Own, Self::All, Self::Admin];

    /// Returns the name, as in `--read own`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Own => "own",
            Self::All => "all",
            Self::Admin => "admin",
        }
    }

    /// Returns the code under which the level is stored: its place on the scale, from 0.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// Returns the level of a code, or `None` if there is none.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::EVERY.into_iter().find(|level| level.code() == code)
    }

    /// Returns whether this level includes `other`, as [`PartialOrd`] does, but in const contexts too.
    #[must_use]
    pub const fn includes(self, other: Self) -> bool {
        self.code() >= other.code()
    }

    /// Returns whether this level covers an item that is the user's own, or somebody else's.
    #[must_use]
    pub const fn covers(self, whose: Whose) -> bool {
        match (self, whose) {
            (Self::None, Whose::Mine | Whose::Others) | (Self::Own, Whose::Others) => false,
            (Self::Own, Whose::Mine) | (Self::All | Self::Admin, Whose::Mine | Whose::Others) => true,
        }
    }

    /// Returns the higher of the two.
    #[must_use]
    pub const fn higher(self, other: Self) -> Self {
        if self.includes(other) { self } else { other }
    }

    /// Returns the lower of the two.
    #[must_use]
    pub const fn lower(self, other: Self) -> Self {
        if self.includes(other) { other } else { self }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Level {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        let found = Self::EVERY.into_iter().find(|level| level.as_str() == name);
        found.ok_or(UnknownName { what: "level", expected: "none, own, all, admin" })
    }
}

/// One of the four things a grant speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Axis {
    /// The folder itself.
    Folder,
    /// Reading items.
    Read,
    /// Changing items.
    Write,
    /// Deleting items.
    Delete,
}

impl Axis {
    /// Every axis, in the order in which grants are written.
    pub const EVERY: [Self; 4] = [Self::Folder, Self::Read, Self::Write, Self::Delete];

    /// Returns the name, as in `--delete`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Folder => "folder",
            Self::Read => "read",
            Self::Write => "write",
            Self::Delete => "delete",
        }
    }
}

impl fmt::Display for Axis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A level together with its axis. Shown as in `write 'all'`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AxisLevel {
    /// A level of the folder axis.
    Folder(FolderLevel),
    /// A level of the read axis.
    Read(Level),
    /// A level of the write axis.
    Write(Level),
    /// A level of the delete axis.
    Delete(Level),
}

impl AxisLevel {
    /// Returns the axis.
    #[must_use]
    pub const fn axis(self) -> Axis {
        match self {
            Self::Folder(_) => Axis::Folder,
            Self::Read(_) => Axis::Read,
            Self::Write(_) => Axis::Write,
            Self::Delete(_) => Axis::Delete,
        }
    }

    /// Returns the name of the level, without its axis.
    #[must_use]
    pub const fn level_str(self) -> &'static str {
        match self {
            Self::Folder(level) => level.as_str(),
            Self::Read(level) | Self::Write(level) | Self::Delete(level) => level.as_str(),
        }
    }

    /// Returns the level's code: its place on the scale of its axis, from 0.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Folder(level) => level.code(),
            Self::Read(level) | Self::Write(level) | Self::Delete(level) => level.code(),
        }
    }
}

impl fmt::Display for AxisLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} '{}'", self.axis(), self.level_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_codes_come_back() {
        for level in FolderLevel::EVERY {
            assert_eq!(level.as_str().parse(), Ok(level));
            assert_eq!(FolderLevel::from_code(level.code()), Some(level));
        }
        for level in Level::EVERY {
            assert_eq!(level.as_str().parse(), Ok(level));
            assert_eq!(Level::from_code(level.code()), Some(level));
        }
    }

    #[test]
    fn what_is_no_level_is_refused_and_says_what_would_be() {
        for name in ["", "own", "Visible", "visible ", "4"] {
            assert!(name.parse::<FolderLevel>().is_err(), "{name:?}");
        }
        for name in ["", "visible", "ALL", "subfolders"] {
            assert!(name.parse::<Level>().is_err(), "{name:?}");
        }
        assert!((5..=u8::MAX).all(|code| FolderLevel::from_code(code).is_none()));
        assert!((4..=u8::MAX).all(|code| Level::from_code(code).is_none()));
        let error = "write".parse::<Level>().unwrap_err();
        assert_eq!(error.to_string(), "level must be one of: none, own, all, admin");
    }

    #[test]
    #[rustfmt::skip] // a table reads as a table
    fn level_covers_item() {
        let table = [ // level   mine   another's
            (Level::None,  false, false),
            (Level::Own,   true,  false),
            (Level::All,   true,  true),
            (Level::Admin, true,  true),
        ];
        for (level, mine, others) in table {
            assert_eq!(level.covers(Whose::Mine), mine, "{level}, my item");
            assert_eq!(level.covers(Whose::Others), others, "{level}, another's item");
        }
    }

    #[test]
    fn const_comparisons_agree_with_the_derived_order() {
        for a in FolderLevel::EVERY {
            for b in FolderLevel::EVERY {
                assert_eq!(a.includes(b), a >= b);
                assert_eq!((a.higher(b), a.lower(b)), (a.max(b), a.min(b)));
            }
        }
        for a in Level::EVERY {
            for b in Level::EVERY {
                assert_eq!(a.includes(b), a >= b);
                assert_eq!((a.higher(b), a.lower(b)), (a.max(b), a.min(b)));
            }
        }
    }

    #[test]
    fn a_level_with_its_axis_reads_as_on_the_share_page() {
        assert_eq!(AxisLevel::Write(Level::All).to_string(), "write 'all'");
        assert_eq!(AxisLevel::Folder(FolderLevel::Create).to_string(), "folder 'create'");
    }
}
