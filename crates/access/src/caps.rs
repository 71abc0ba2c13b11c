//! Limits that an account or a device puts on everything its user may do.

use crate::grant::Grant;
use crate::level::{FolderLevel, Level};

/// The highest level that any grant can reach, per axis. Applies to everyone, folder owners included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Caps {
    /// The ceiling. With folder none, busy times are gone as well.
    pub ceiling: Grant,
}

impl Caps {
    /// No limit.
    pub const UNLIMITED: Self = Self { ceiling: Grant::FULL };

    /// A user or device that may look and nothing else.
    pub const READ_ONLY: Self =
        Self { ceiling: Grant::new(FolderLevel::Visible, Level::Admin, Level::None, Level::None) };

    /// A user who is disabled, or for whom sharing is switched off: nothing.
    pub const SUSPENDED: Self = Self { ceiling: Grant::NOTHING };

    /// Returns the limits of both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self { ceiling: self.ceiling.intersection(other.ceiling) }
    }
}

impl Default for Caps {
    fn default() -> Self {
        Self::UNLIMITED
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stricter_limit_wins() {
        assert_eq!(Caps::UNLIMITED.and(Caps::READ_ONLY), Caps::READ_ONLY);
        assert_eq!(Caps::READ_ONLY.and(Caps::SUSPENDED), Caps::SUSPENDED);
    }
}
