//! Versions of the protocol.

use std::fmt;

/// A version of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// 12.1, which names the class in each collection and knows no notes.
    V12_1,
    /// 14.0.
    V14_0,
    /// 14.1.
    V14_1,
    /// 16.0, where occurrences are changed by themselves and events leave out what did not change.
    V16_0,
    /// 16.1.
    V16_1,
}

impl Version {
    /// Every version, oldest first.
    pub const ALL: [Self; 5] = [Self::V12_1, Self::V14_0, Self::V14_1, Self::V16_0, Self::V16_1];

    /// Returns the version as the `MS-ASProtocolVersion` header has it.
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
