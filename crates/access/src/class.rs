//! Access classes: for one user and one folder, four words say what may be done with any number of items.

use std::fmt;

use crate::bits::Bits;
use crate::grant::Grant;
use crate::level::{FolderLevel, Level};

/// Whose an item is, seen by one user. An item without an owner is everybody's `Others`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Whose {
    /// The user owns the item.
    Mine,
    /// Somebody else does, or nobody.
    Others,
}

/// How an item is marked. The codes are those of `PR_SENSITIVITY` and ActiveSync.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(u8)]
pub enum Sensitivity {
    /// Not marked.
    #[default]
    Normal = 0,
    /// Marked as personal, which hides nothing.
    Personal = 1,
    /// Hidden from others, unless their grant has the private permission.
    Private = 2,
    /// Shown to others by its times only, unless their grant has the private permission.
    Confidential = 3,
}

impl Sensitivity {
    /// Every value, by code.
    pub const EVERY: [Self; 4] = [Self::Normal, Self::Personal, Self::Private, Self::Confidential];

    /// Returns the code, from 0.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// Returns the sensitivity of a code, or `None` if there is none.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::EVERY.into_iter().find(|sensitivity| sensitivity.code() == code)
    }
}

/// The class of an item for one user. All items of a class have the same word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Class {
    /// Somebody else's.
    Others = 0,
    /// The user's own.
    Mine = 1,
    /// Somebody else's, private or confidential.
    OthersPrivate = 2,
    /// The user's own, private or confidential.
    MinePrivate = 3,
}

impl Class {
    /// Every class, by id.
    pub const EVERY: [Self; 4] = [Self::Others, Self::Mine, Self::OthersPrivate, Self::MinePrivate];

    /// Returns the class of an item.
    ///
    /// The owner of the *folder* needs no case here: for that user both words for others' items are the same.
    #[must_use]
    pub const fn of(whose: Whose, sensitivity: Sensitivity) -> Self {
        match (whose, sensitivity) {
            (Whose::Others, Sensitivity::Normal | Sensitivity::Personal) => Self::Others,
            (Whose::Others, Sensitivity::Private | Sensitivity::Confidential) => Self::OthersPrivate,
            (Whose::Mine, Sensitivity::Normal | Sensitivity::Personal) => Self::Mine,
            (Whose::Mine, Sensitivity::Private | Sensitivity::Confidential) => Self::MinePrivate,
        }
    }

    /// Returns the id, from 0: bit 0 says mine, bit 1 says private.
    #[must_use]
    pub const fn id(self) -> u8 {
        self as u8
    }

    /// Returns the class of an id, or `None` if there is none.
    #[must_use]
    pub fn from_id(id: u8) -> Option<Self> {
        Self::EVERY.into_iter().find(|class| class.id() == id)
    }

    /// Returns whose the items of the class are.
    #[must_use]
    pub const fn whose(self) -> Whose {
        match self {
            Self::Mine | Self::MinePrivate => Whose::Mine,
            Self::Others | Self::OthersPrivate => Whose::Others,
        }
    }

    /// Returns the name under which clients are told of the class. Items of one's own have one name, since they
    /// have one word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mine | Self::MinePrivate => "mine",
            Self::Others => "others",
            Self::OthersPrivate => "others-private",
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What one user may do with one folder and its items. Made by [`effective`](crate::effective).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Access {
    /// The folder itself.
    pub folder: Bits,
    /// Items of the user's own, private or not.
    pub mine: Bits,
    /// Items of others.
    pub others: Bits,
    /// Items of others that are private or confidential: never more rights than `others`.
    pub others_private: Bits,
}

impl Access {
    /// The folder does not exist for the user.
    pub const NOTHING: Self =
        Self { folder: Bits::EMPTY, mine: Bits::EMPTY, others: Bits::EMPTY, others_private: Bits::EMPTY };

    /// The folder is shown by name only, because something below it is seen.
    pub const TRAVERSE: Self = Self { folder: Bits::TRAVERSE, ..Self::NOTHING };

    /// Returns the word for the items of a class.
    #[must_use]
    pub const fn item(&self, class: Class) -> Bits {
        match class {
            Class::Mine | Class::MinePrivate => self.mine,
            Class::Others => self.others,
            Class::OthersPrivate => self.others_private,
        }
    }

    /// Returns the word for one item: that of its class, except that somebody else's *confidential* item may be
    /// read by its times wherever others' items may be read.
    ///
    /// Confidential items share the private class, so a client that goes by class words alone is told less than
    /// this, never more.
    #[must_use]
    pub const fn item_of(&self, whose: Whose, sensitivity: Sensitivity) -> Bits {
        let word = self.item(Class::of(whose, sensitivity));
        let confidential = matches!((whose, sensitivity), (Whose::Others, Sensitivity::Confidential));
        if confidential && self.others.may_read() && !word.may_read() {
            return Bits::READ.union(Bits::REDACTED);
        }
        word
    }

    /// Returns whether the folder exists for the user. A folder shown only by name does not.
    #[must_use]
    pub const fn may_see_folder(&self) -> bool {
        self.folder.may_read()
    }

    /// Returns whether the folder is shown by name only.
    #[must_use]
    pub const fn is_traverse_only(&self) -> bool {
        self.folder.contains(Bits::TRAVERSE) && !self.may_see_folder()
    }

    /// Returns whether items may be created, copied or moved into the folder.
    #[must_use]
    pub const fn may_create(&self) -> bool {
        self.folder.contains(Bits::CREATE_ITEM)
    }

    /// Returns whether what the user creates here is out of their sight at once.
    #[must_use]
    pub const fn is_drop_box(&self) -> bool {
        self.folder.contains(Bits::DROP_BOX)
    }

    /// Returns whether folders may be created in, or moved into, this one.
    #[must_use]
    pub const fn may_create_folder(&self) -> bool {
        self.folder.contains(Bits::CREATE_FOLDER)
    }

    /// Returns whether the folder may be renamed and its shared properties changed.
    #[must_use]
    pub const fn may_change_folder(&self) -> bool {
        self.folder.may_modify()
    }

    /// Returns whether this folder may be moved elsewhere. Every folder below it must say so too, and the new
    /// parent must allow [new folders](Self::may_create_folder).
    #[must_use]
    pub const fn may_move_folder(&self) -> bool {
        self.folder.may_modify() && self.folder.may_delete()
    }

    /// Returns whether this folder may be deleted. Every folder below it must say so too.
    #[must_use]
    pub const fn may_delete_folder(&self) -> bool {
        self.folder.may_delete()
    }

    /// Returns whether the folder's grants may be read.
    #[must_use]
    pub const fn may_read_acl(&self) -> bool {
        self.folder.contains(Bits::READ_ACL)
    }

    /// Returns whether the folder's grants may be changed.
    #[must_use]
    pub const fn may_change_acl(&self) -> bool {
        self.folder.contains(Bits::CHANGE_ACL)
    }

    /// Returns whether the user may read any item that could be here: their own at least.
    #[must_use]
    pub const fn may_read_any(&self) -> bool {
        self.mine.may_read() || self.others.may_read()
    }

    /// Returns the four levels these words stand for, to show to people: those that count, not those stored.
    #[must_use]
    pub const fn levels(&self) -> Grant {
        let folder = if self.folder.contains(Bits::MODIFY) {
            FolderLevel::Admin
        } else if self.folder.contains(Bits::CREATE_FOLDER) {
            FolderLevel::Subfolders
        } else if self.folder.contains(Bits::CREATE_ITEM) {
            FolderLevel::Create
        } else if self.folder.contains(Bits::READ) {
            FolderLevel::Visible
        } else {
            FolderLevel::None
        };
        Grant {
            folder,
            read: self.item_level(Bits::READ),
            write: self.item_level(Bits::MODIFY),
            delete: self.item_level(Bits::DELETE),
        }
    }

    const fn item_level(self, bit: Bits) -> Level {
        if self.others.contains(bit) {
            Level::All
        } else if self.mine.contains(bit) {
            Level::Own
        } else {
            Level::None
        }
    }

    /// Returns the words to store or send: folder, mine, others, others' private.
    #[must_use]
    pub const fn words(&self) -> [u16; 4] {
        [self.folder.value(), self.mine.value(), self.others.value(), self.others_private.value()]
    }

    /// Returns the access of words that were stored or sent, in the order of [`words`](Self::words).
    #[must_use]
    pub const fn from_words([folder, mine, others, others_private]: [u16; 4]) -> Self {
        Self {
            folder: Bits::from_value(folder),
            mine: Bits::from_value(mine),
            others: Bits::from_value(others),
            others_private: Bits::from_value(others_private),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn class_ids_say_mine_and_private() {
        for class in Class::EVERY {
            assert_eq!(Class::from_id(class.id()), Some(class));
            assert_eq!(class.id() & 1 == 1, class.whose() == Whose::Mine);
        }
        assert!((4..=u8::MAX).all(|id| Class::from_id(id).is_none()));
        assert_eq!(Class::of(Whose::Others, Sensitivity::Personal).id(), 0);
        assert_eq!(Class::of(Whose::Mine, Sensitivity::Normal).id(), 1);
        assert_eq!(Class::of(Whose::Others, Sensitivity::Confidential).id(), 2);
        assert_eq!(Class::of(Whose::Mine, Sensitivity::Private).id(), 3);
    }

    #[test]
    fn sensitivity_codes_are_those_of_the_wire() {
        for sensitivity in Sensitivity::EVERY {
            assert_eq!(Sensitivity::from_code(sensitivity.code()), Some(sensitivity));
        }
        assert_eq!(Sensitivity::Confidential.code(), 3);
        assert!((4..=u8::MAX).all(|code| Sensitivity::from_code(code).is_none()));
    }

    #[test]
    fn words_come_back_in_order() {
        let access = Access::from_words([0x3B, 7, 2, 0x100]);
        assert_eq!(access.words(), [0x3B, 7, 2, 0x100]);
        assert_eq!(access.item(Class::Mine).value(), 7);
        assert_eq!(access.item(Class::MinePrivate).value(), 7);
        assert_eq!(access.item(Class::Others).value(), 2);
        assert_eq!(access.item(Class::OthersPrivate).value(), 0x100);
    }

    #[test]
    fn a_confidential_item_shows_its_times_where_others_items_are_read() {
        let times_only = Bits::READ | Bits::REDACTED;
        let confidential = |access: Access| access.item_of(Whose::Others, Sensitivity::Confidential);
        assert_eq!(confidential(Access::from_words([2, 7, 7, 0])), times_only);
        assert_eq!(confidential(Access::from_words([2, 7, 7, 0x100])), times_only);
        assert_eq!(confidential(Access::from_words([2, 7, 7, 7])).value(), 7, "private permission");
        assert_eq!(confidential(Access::from_words([2, 7, 0, 0])), Bits::EMPTY, "reads only their own");
    }

    #[test]
    fn other_items_have_the_word_of_their_class() {
        let access = Access::from_words([2, 7, 3, 0]);
        for whose in [Whose::Mine, Whose::Others] {
            for sensitivity in [Sensitivity::Normal, Sensitivity::Personal, Sensitivity::Private] {
                let class = Class::of(whose, sensitivity);
                assert_eq!(access.item_of(whose, sensitivity), access.item(class), "{class:?}");
            }
        }
        assert_eq!(access.item_of(Whose::Mine, Sensitivity::Confidential), access.mine);
    }

    #[test]
    fn a_folder_shown_by_name_is_not_seen() {
        assert!(Access::TRAVERSE.is_traverse_only());
        assert!(!Access::TRAVERSE.may_see_folder());
        assert_eq!(Access::TRAVERSE.folder.pr_access(), 0);
        assert_eq!(Access::TRAVERSE.levels(), Grant::NOTHING);
        assert!(!Access::NOTHING.is_traverse_only());
    }
}
