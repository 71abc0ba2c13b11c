//! The versions of ActiveSync.

use std::fmt;

/// A version of the protocol that is spoken here, oldest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// 12.1: failures of a whole request are HTTP codes.
    V12_1,
    /// 14.0: failures of a whole request are statuses in the body.
    V14_0,
    /// 14.1
    V14_1,
    /// 16.0: drafts, and a calendar with a dialect of its own.
    V16_0,
    /// 16.1
    V16_1,
}

impl Version {
    /// Every version, oldest first.
    pub const ALL: [Self; 5] = [Self::V12_1, Self::V14_0, Self::V14_1, Self::V16_0, Self::V16_1];

    /// Returns the version a header names, or `None` for one that is not spoken here. Versions are compared as
    /// text: `14.10` is not 14.1.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|version| version.name() == name)
    }

    /// Returns the version a base64 query names as ten times its number.
    pub(super) fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            121 => Some(Self::V12_1),
            140 => Some(Self::V14_0),
            141 => Some(Self::V14_1),
            160 => Some(Self::V16_0),
            161 => Some(Self::V16_1),
            _ => None,
        }
    }

    /// Returns the version as headers write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::V12_1 => "12.1",
            Self::V14_0 => "14.0",
            Self::V14_1 => "14.1",
            Self::V16_0 => "16.0",
            Self::V16_1 => "16.1",
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_spoken_has_a_name() {
        for version in Version::ALL {
            assert_eq!(Version::from_name(version.name()), Some(version));
        }
        for other in ["", "2.5", "12.0", "14.10", "14.1 ", "16", "16.2", "014.1"] {
            assert_eq!(Version::from_name(other), None, "{other}");
        }
        assert!(Version::ALL.is_sorted());
    }

    #[test]
    fn a_byte_is_ten_times_the_number() {
        for version in Version::ALL {
            let byte = version.name().replace('.', "").parse().unwrap();
            assert_eq!(Version::from_byte(byte), Some(version));
        }
        for other in [0, 25, 120, 122, 159, 162, 255] {
            assert_eq!(Version::from_byte(other), None, "{other}");
        }
    }
}
