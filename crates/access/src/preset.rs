//! Shortcuts for common grants.

use std::fmt;
use std::str::FromStr;

use crate::error::UnknownName;
use crate::grant::Grant;
use crate::level::{FolderLevel, Level};

/// A named grant. Other systems give other meanings to these names, so it is always shown with its levels, as in
/// `author (create/all/own/own)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Preset {
    /// Reads everything.
    Viewer,
    /// Adds items and sees only those.
    Contributor,
    /// Reads everything, adds items, changes and deletes only those.
    Author,
    /// Reads, adds, changes and deletes everything.
    Editor,
    /// An editor who also decides on the folder and who may do what.
    Admin,
}

impl Preset {
    /// Every preset, from the least to the most.
    pub const EVERY: [Self; 5] = [Self::Viewer, Self::Contributor, Self::Author, Self::Editor, Self::Admin];

    /// Returns the levels it stands for.
    #[must_use]
    pub const fn grant(self) -> Grant {
        match self {
            Self::Viewer => Grant::new(FolderLevel::Visible, Level::All, Level::None, Level::None),
            Self::Contributor => Grant::new(FolderLevel::Create, Level::Own, Level::None, Level::None),
            Self::Author => Grant::new(FolderLevel::Create, Level::All, Level::Own, Level::Own),
            Self::Editor => Grant::new(FolderLevel::Create, Level::All, Level::All, Level::All),
            Self::Admin => Grant::new(FolderLevel::Admin, Level::All, Level::All, Level::All),
        }
    }

    /// Returns the preset that stands for exactly these levels, if there is one.
    #[must_use]
    pub fn of(grant: Grant) -> Option<Self> {
        Self::EVERY.into_iter().find(|preset| preset.grant() == grant)
    }

    /// Returns the name, as in `--preset author`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Contributor => "contributor",
            Self::Author => "author",
            Self::Editor => "editor",
            Self::Admin => "admin",
        }
    }
}

impl fmt::Display for Preset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.as_str(), self.grant())
    }
}

impl FromStr for Preset {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        let found = Self::EVERY.into_iter().find(|preset| preset.as_str() == name);
        found.ok_or(UnknownName { what: "preset", expected: "viewer, contributor, author, editor, admin" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Caps, Entry, Standing, effective};

    #[test]
    #[rustfmt::skip] // a table reads as a table
    fn presets_are_those_promised() {
        let table = [ // shown                                           folder mine others
            (Preset::Viewer,      "viewer (visible/all/none/none)",      0x02, 2, 2),
            (Preset::Contributor, "contributor (create/own/none/none)",  0x12, 2, 0),
            (Preset::Author,      "author (create/all/own/own)",         0x12, 7, 2),
            (Preset::Editor,      "editor (create/all/all/all)",         0x12, 7, 7),
            (Preset::Admin,       "admin (admin/all/all/all)",           0x3F, 7, 7),
        ];
        for (preset, shown, folder, mine, others) in table {
            assert_eq!(preset.to_string(), shown);
            let access = effective([Entry::new(preset.grant())], Standing::Other, Caps::UNLIMITED, 0);
            let words = (access.folder.pr_access(), access.mine.value(), access.others.value());
            assert_eq!(words, (folder, mine, others), "{preset}");
            assert_eq!(preset.grant().wasted(), None, "{preset}");
        }
    }

    #[test]
    fn names_and_grants_come_back() {
        for preset in Preset::EVERY {
            assert_eq!(preset.as_str().parse(), Ok(preset));
            assert_eq!(Preset::of(preset.grant()), Some(preset));
        }
        assert!("Author".parse::<Preset>().is_err());
        assert_eq!(Preset::of(Grant::FULL), None, "item level admin was chosen by somebody: show it");
    }
}
