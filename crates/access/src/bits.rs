//! The 16-bit access word: `PR_ACCESS` in its low six bits, marks of our own above.

use std::fmt;
use std::ops::{BitAnd, BitOr};

/// What may be done with a folder, or with the items of one class.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(transparent)]
pub struct Bits(u16);

impl Bits {
    /// No right at all.
    pub const EMPTY: Self = Self(0);
    /// The folder or item may be changed.
    pub const MODIFY: Self = Self(0x01);
    /// The folder is seen; the item may be read.
    pub const READ: Self = Self(0x02);
    /// The folder or item may be deleted.
    pub const DELETE: Self = Self(0x04);
    /// Subfolders may be created in the folder.
    pub const CREATE_FOLDER: Self = Self(0x08);
    /// Items may be created in the folder.
    pub const CREATE_ITEM: Self = Self(0x10);
    /// Hidden items may be created in the folder.
    pub const CREATE_ASSOCIATED: Self = Self(0x20);
    /// The folder's grants may be read.
    pub const READ_ACL: Self = Self(0x40);
    /// The folder's grants may be changed.
    pub const CHANGE_ACL: Self = Self(0x80);
    /// The item is shown as a block of time and nothing else.
    pub const REDACTED: Self = Self(0x100);
    /// Items may be created in the folder, and not even one's own may be read.
    pub const DROP_BOX: Self = Self(0x200);
    /// The folder is shown by name, because something below it is seen.
    pub const TRAVERSE: Self = Self(0x400);

    /// The six bits of `PR_ACCESS`.
    pub const PR_ACCESS: Self = Self(0x3F);
    /// The bits that give a right. The others are marks that say what a client should show; a mark may go when
    /// a right comes.
    pub const RIGHTS: Self = Self(0xFF);
    /// Every bit that has a meaning.
    pub const KNOWN: Self = Self(0x7FF);

    /// Returns the bits of a word that was stored or sent. Bits without a meaning are ignored.
    #[must_use]
    pub const fn from_value(word: u16) -> Self {
        Self(word & Self::KNOWN.0)
    }

    /// Returns the whole word.
    #[must_use]
    pub const fn value(self) -> u16 {
        self.0
    }

    /// Returns the value of `PR_ACCESS`: the low six bits.
    #[must_use]
    pub const fn pr_access(self) -> u16 {
        self.0 & Self::PR_ACCESS.0
    }

    /// Returns the bits in either.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Returns the bits in both.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Returns these bits without those of `other`.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Returns whether every bit of `other` is set here.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Returns whether no bit is set.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Returns whether the item may be read, or the folder is seen. What may be read can still be
    /// [redacted](Self::is_redacted).
    #[must_use]
    pub const fn may_read(self) -> bool {
        self.contains(Self::READ)
    }

    /// Returns whether the folder or item may be changed.
    #[must_use]
    pub const fn may_modify(self) -> bool {
        self.contains(Self::MODIFY)
    }

    /// Returns whether the folder or item may be deleted.
    #[must_use]
    pub const fn may_delete(self) -> bool {
        self.contains(Self::DELETE)
    }

    /// Returns whether only a block of time may be shown of the item.
    #[must_use]
    pub const fn is_redacted(self) -> bool {
        self.contains(Self::REDACTED)
    }

    /// Returns whether the item exists for the user at all, be it only as a block of time.
    #[must_use]
    pub const fn is_seen(self) -> bool {
        self.may_read() || self.is_redacted()
    }
}

impl BitOr for Bits {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.union(other)
    }
}

impl BitAnd for Bits {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        self.intersection(other)
    }
}

impl fmt::Debug for Bits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bits({:#06x})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_those_that_clients_know() {
        let low = Bits::MODIFY | Bits::READ | Bits::DELETE | Bits::CREATE_FOLDER | Bits::CREATE_ITEM;
        assert_eq!(low.value(), 0x1F);
        assert_eq!(low | Bits::CREATE_ASSOCIATED, Bits::PR_ACCESS);
        assert_eq!(Bits::PR_ACCESS | Bits::READ_ACL | Bits::CHANGE_ACL, Bits::RIGHTS);
        assert_eq!(Bits::RIGHTS | Bits::REDACTED | Bits::DROP_BOX | Bits::TRAVERSE, Bits::KNOWN);
    }

    #[test]
    fn marks_stay_out_of_pr_access_and_unknown_bits_are_ignored() {
        assert_eq!(Bits::KNOWN.pr_access(), 0x3F);
        assert_eq!(Bits::from_value(0xFFFF), Bits::KNOWN);
        assert!((0..=u16::MAX).all(|word| Bits::from_value(word).value() == word & 0x07FF));
    }

    #[test]
    fn a_redacted_item_is_seen_and_not_read() {
        assert!(Bits::REDACTED.is_seen());
        assert!(!Bits::REDACTED.may_read());
        assert!(!Bits::EMPTY.is_seen());
        assert!((Bits::READ | Bits::DELETE).contains(Bits::DELETE));
        assert!(!Bits::READ.contains(Bits::READ | Bits::DELETE));
        assert_eq!(Bits::KNOWN.without(Bits::PR_ACCESS) & Bits::RIGHTS, Bits::READ_ACL | Bits::CHANGE_ACL);
    }

    #[test]
    fn debug_shows_the_word() {
        assert_eq!(format!("{:?}", Bits::RIGHTS), "Bits(0x00ff)");
    }
}
