//! Exchange folder rights (`PR_MEMBER_RIGHTS`, `PR_RIGHTS`) and the roles made of them. [MS-OXCPERM] 2.2.7

use std::fmt;

use crate::grant::{Busy, Grant};
use crate::level::{FolderLevel, Level};

/// A mask of Exchange's folder rights.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(transparent)]
pub struct Rights(u32);

impl Rights {
    /// Read everything. Own items are readable without it.
    pub const READ_ANY: Self = Self(0x0001);
    /// Create items.
    pub const CREATE: Self = Self(0x0002);
    /// Change own items.
    pub const EDIT_OWNED: Self = Self(0x0008);
    /// Delete own items.
    pub const DELETE_OWNED: Self = Self(0x0010);
    /// Change every item.
    pub const EDIT_ANY: Self = Self(0x0020);
    /// Delete every item.
    pub const DELETE_ANY: Self = Self(0x0040);
    /// Create subfolders.
    pub const CREATE_SUBFOLDER: Self = Self(0x0080);
    /// Change the folder and its permissions.
    pub const FOLDER_OWNER: Self = Self(0x0100);
    /// Whom to ask about the folder: not a right.
    pub const FOLDER_CONTACT: Self = Self(0x0200);
    /// See the folder.
    pub const VISIBLE: Self = Self(0x0400);
    /// Know the busy times. Only in a calendar's list, never among one's own rights.
    pub const BUSY_SIMPLE: Self = Self(0x0800);
    /// Know the busy times with subject and place. As [`Rights::BUSY_SIMPLE`].
    pub const BUSY_DETAILED: Self = Self(0x1000);

    /// Returns the rights of a mask as it is stored or sent. Nothing is dropped before [`import`](Self::import).
    #[must_use]
    pub const fn from_mask(mask: u32) -> Self {
        Self(mask)
    }

    /// Returns the mask.
    #[must_use]
    pub const fn mask(self) -> u32 {
        self.0
    }

    /// Returns what a grant comes to in Exchange's terms. Loses that own items are hidden (read none).
    #[must_use]
    pub const fn of(grant: Grant, busy: Busy) -> Self {
        let grant = grant.gated();
        Self(folder_mask(grant.folder) | item_mask(grant) | busy_mask(busy))
    }

    /// Returns whether every right of `other` is here.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Returns the rights with those that they imply, as Exchange does when it saves them.
    #[must_use]
    pub const fn normalized(self) -> Self {
        let mut mask = self.0;
        if self.contains(Self::READ_ANY) {
            mask |= Self::VISIBLE.0;
        }
        if self.contains(Self::EDIT_ANY) {
            mask |= Self::EDIT_OWNED.0;
        }
        if self.contains(Self::DELETE_ANY) {
            mask |= Self::DELETE_OWNED.0;
        }
        if self.contains(Self::FOLDER_OWNER) {
            mask |= Self::VISIBLE.0 | Self::FOLDER_CONTACT.0;
        }
        Self(mask)
    }

    /// Returns the entry these rights become here, and what could not be kept.
    #[must_use]
    pub const fn import(self) -> Imported {
        let rights = self.normalized();
        let grant = rights.grant().gated();
        let busy = rights.busy();
        let kept = Self::of(grant, busy).0 | Self::FOLDER_CONTACT.0;
        Imported { grant, busy, dropped: Self(rights.0 & !kept) }
    }

    const fn grant(self) -> Grant {
        if !self.contains(Self::VISIBLE) {
            // A folder that may be filled but not seen does not exist here.
            return Grant::NOTHING;
        }
        let folder = if self.contains(Self::FOLDER_OWNER) {
            FolderLevel::Admin
        } else if self.contains(Self::CREATE) && self.contains(Self::CREATE_SUBFOLDER) {
            FolderLevel::Subfolders
        } else if self.contains(Self::CREATE) {
            FolderLevel::Create
        } else {
            FolderLevel::Visible
        };
        let read = if self.contains(Self::READ_ANY) { Level::All } else { Level::Own };
        let write = self.item_level(Self::EDIT_OWNED, Self::EDIT_ANY);
        let delete = self.item_level(Self::DELETE_OWNED, Self::DELETE_ANY);
        Grant { folder, read, write, delete }
    }

    const fn item_level(self, owned: Self, any: Self) -> Level {
        if self.contains(any) {
            Level::All
        } else if self.contains(owned) {
            Level::Own
        } else {
            Level::None
        }
    }

    const fn busy(self) -> Busy {
        if self.contains(Self::BUSY_DETAILED) {
            Busy::Details
        } else if self.contains(Self::BUSY_SIMPLE) {
            Busy::Time
        } else {
            Busy::None
        }
    }
}

impl fmt::Debug for Rights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rights({:#x})", self.0)
    }
}

const fn folder_mask(level: FolderLevel) -> u32 {
    let visible = Rights::VISIBLE.0;
    let create = visible | Rights::CREATE.0;
    let subfolders = create | Rights::CREATE_SUBFOLDER.0;
    match level {
        FolderLevel::None => 0,
        FolderLevel::Visible => visible,
        FolderLevel::Create => create,
        FolderLevel::Subfolders => subfolders,
        FolderLevel::Admin => subfolders | Rights::FOLDER_OWNER.0 | Rights::FOLDER_CONTACT.0,
    }
}

const fn item_mask(grant: Grant) -> u32 {
    let read = match grant.read {
        Level::None | Level::Own => 0,
        Level::All | Level::Admin => Rights::READ_ANY.0,
    };
    let write = match grant.write {
        Level::None => 0,
        Level::Own => Rights::EDIT_OWNED.0,
        Level::All | Level::Admin => Rights::EDIT_OWNED.0 | Rights::EDIT_ANY.0,
    };
    let delete = match grant.delete {
        Level::None => 0,
        Level::Own => Rights::DELETE_OWNED.0,
        Level::All | Level::Admin => Rights::DELETE_OWNED.0 | Rights::DELETE_ANY.0,
    };
    read | write | delete
}

const fn busy_mask(busy: Busy) -> u32 {
    match busy {
        Busy::None => 0,
        Busy::Time => Rights::BUSY_SIMPLE.0,
        Busy::Details => Rights::BUSY_SIMPLE.0 | Rights::BUSY_DETAILED.0,
    }
}

/// What Exchange rights become here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Imported {
    /// The levels.
    pub grant: Grant,
    /// The busy times.
    pub busy: Busy,
    /// Rights that found no place, to warn of; empty if nothing was lost.
    pub dropped: Rights,
}

/// A role of Exchange's permission dialog. Never shown without its levels: the names mean other things elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Role {
    /// Nothing.
    None,
    /// A calendar's busy times.
    FreeBusyTimeOnly,
    /// A calendar's busy times with subject and place.
    FreeBusyTimeAndSubjectAndLocation,
    /// Creates, and sees only own items.
    Contributor,
    /// Reads everything.
    Reviewer,
    /// Reads everything, creates, deletes own items.
    NonEditingAuthor,
    /// A non-editing author who also changes own items.
    Author,
    /// An author who also creates subfolders.
    PublishingAuthor,
    /// Reads, creates, changes and deletes everything.
    Editor,
    /// An editor who also creates subfolders.
    PublishingEditor,
    /// Everything.
    Owner,
}

impl Role {
    /// Every role, from the least to the most.
    pub const EVERY: [Self; 11] = [
        Self::None,
        Self::FreeBusyTimeOnly,
        Self::FreeBusyTimeAndSubjectAndLocation,
        Self::Contributor,
        Self::Reviewer,
        Self::NonEditingAuthor,
        Self::Author,
        Self::PublishingAuthor,
        Self::Editor,
        Self::PublishingEditor,
        Self::Owner,
    ];

    /// Returns the rights the role is made of.
    #[must_use]
    pub const fn rights(self) -> Rights {
        Rights(match self {
            Self::None => 0,
            Self::FreeBusyTimeOnly => 0x800,
            Self::FreeBusyTimeAndSubjectAndLocation => 0x1800,
            Self::Contributor => 0x402,
            Self::Reviewer => 0x401,
            Self::NonEditingAuthor => 0x413,
            Self::Author => 0x41B,
            Self::PublishingAuthor => 0x49B,
            Self::Editor => 0x47B,
            Self::PublishingEditor => 0x4FB,
            Self::Owner => 0x7FB,
        })
    }

    /// Returns the role made of exactly these rights, or `None`, which Exchange shows as "Custom".
    #[must_use]
    pub fn of(rights: Rights) -> Option<Self> {
        Self::EVERY.into_iter().find(|role| role.rights() == rights)
    }

    /// Returns the name as the web services spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "None",
            Self::FreeBusyTimeOnly => "FreeBusyTimeOnly",
            Self::FreeBusyTimeAndSubjectAndLocation => "FreeBusyTimeAndSubjectAndLocation",
            Self::Contributor => "Contributor",
            Self::Reviewer => "Reviewer",
            Self::NonEditingAuthor => "NonEditingAuthor",
            Self::Author => "Author",
            Self::PublishingAuthor => "PublishingAuthor",
            Self::Editor => "Editor",
            Self::PublishingEditor => "PublishingEditor",
            Self::Owner => "Owner",
        }
    }
}

#[cfg(test)]
mod tests;
