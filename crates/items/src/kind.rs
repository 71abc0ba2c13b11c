//! The kinds of folders and of the items in them.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// What a folder holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Messages (RFC 5322).
    Mail,
    /// Events (iCalendar).
    Calendar,
    /// Contacts (vCard).
    Contacts,
    /// Tasks (iCalendar).
    Tasks,
    /// Notes (iCalendar `VJOURNAL`).
    Notes,
    /// Opaque bytes with a content type; never on phones.
    Files,
}

impl Kind {
    /// Every kind, in the order in which they are listed.
    pub const ALL: [Self; 6] =
        [Self::Mail, Self::Calendar, Self::Contacts, Self::Tasks, Self::Notes, Self::Files];

    /// Returns the kind's name as the command line and the tables spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Calendar => "calendar",
            Self::Contacts => "contacts",
            Self::Tasks => "tasks",
            Self::Notes => "notes",
            Self::Files => "files",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that names no kind.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("no kind of folder: {0:?} (mail, calendar, contacts, tasks, notes or files)")]
pub struct UnknownKind(String);

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(word: &str) -> Result<Self, UnknownKind> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word).ok_or_else(|| UnknownKind(word.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for kind in Kind::ALL {
            assert_eq!(kind.to_string().parse(), Ok(kind));
        }
        assert!("Mail".parse::<Kind>().is_err());
    }
}
