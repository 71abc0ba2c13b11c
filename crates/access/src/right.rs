//! What a user's levels come to, one right at a time: for sentences, and for telling what a change gives or takes.

use crate::class::Whose;
use crate::grant::{Busy, Grant};
use crate::level::FolderLevel;

/// What counts for one user in one folder: the levels, and what stands beside them. Made by
/// [`effect`](crate::effect).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Effect {
    /// The levels that count, [gated](Grant::gated).
    pub levels: Grant,
    /// Whether others' private items are like their other items; only where those are read.
    pub private: bool,
    /// What is known of a calendar's busy times.
    pub busy: Busy,
}

impl Effect {
    /// No right at all.
    pub const NOTHING: Self = Self { levels: Grant::NOTHING, private: false, busy: Busy::None };

    /// Returns whether the user has this right.
    #[must_use]
    pub fn has(&self, right: Right) -> bool {
        let Grant { folder, read, write, delete } = self.levels;
        match right {
            Right::SeeFolder => folder.includes(FolderLevel::Visible),
            Right::ReadOwn => read.covers(Whose::Mine),
            Right::ReadAll => read.covers(Whose::Others),
            Right::ReadPrivate => self.private,
            Right::Add => folder.includes(FolderLevel::Create),
            Right::ChangeOwn => write.covers(Whose::Mine),
            Right::ChangeAll => write.covers(Whose::Others),
            Right::DeleteOwn => delete.covers(Whose::Mine),
            Right::DeleteAll => delete.covers(Whose::Others),
            Right::AddFolders => folder.includes(FolderLevel::Subfolders),
            Right::Manage => folder.includes(FolderLevel::Admin),
            Right::KnowTimes => self.busy >= Busy::Time,
            Right::KnowDetails => self.busy >= Busy::Details,
        }
    }

    /// Returns the rights, without those that another of them says already.
    #[must_use]
    pub fn rights(&self) -> Vec<Right> {
        shortest(&Right::EVERY.into_iter().filter(|&right| self.has(right)).collect::<Vec<_>>())
    }

    /// Returns the rights that are here and not in `before`, without those that another of them says already.
    #[must_use]
    pub fn gained_since(&self, before: &Self) -> Vec<Right> {
        let gained = Right::EVERY.into_iter().filter(|&right| self.has(right) && !before.has(right));
        shortest(&gained.collect::<Vec<_>>())
    }

    /// Returns whether every right that is here is in one of the two. This is how far an administrator may raise
    /// somebody: to what that one had and to what he has himself.
    #[must_use]
    pub fn is_within(&self, before: &Self, own: &Self) -> bool {
        Right::EVERY.into_iter().all(|right| !self.has(right) || before.has(right) || own.has(right))
    }
}

/// One thing that a user may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Right {
    /// See that the folder is there.
    SeeFolder,
    /// Read items of his own.
    ReadOwn,
    /// Read every item.
    ReadAll,
    /// Read others' private items as far as their other items.
    ReadPrivate,
    /// Add items.
    Add,
    /// Change items of his own.
    ChangeOwn,
    /// Change every item.
    ChangeAll,
    /// Delete items of his own.
    DeleteOwn,
    /// Delete every item.
    DeleteAll,
    /// Make subfolders.
    AddFolders,
    /// Rename the folder and decide who may do what in it.
    Manage,
    /// Know when a calendar's time is taken.
    KnowTimes,
    /// Know also by what.
    KnowDetails,
}

impl Right {
    /// Every right, in the order in which sentences name them.
    pub const EVERY: [Self; 13] = [
        Self::SeeFolder,
        Self::ReadOwn,
        Self::ReadAll,
        Self::ReadPrivate,
        Self::Add,
        Self::ChangeOwn,
        Self::ChangeAll,
        Self::DeleteOwn,
        Self::DeleteAll,
        Self::AddFolders,
        Self::Manage,
        Self::KnowTimes,
        Self::KnowDetails,
    ];

    /// Returns the name under which catalogues of texts keep it.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::SeeFolder => "see-folder",
            Self::ReadOwn => "read-own",
            Self::ReadAll => "read-all",
            Self::ReadPrivate => "read-private",
            Self::Add => "add",
            Self::ChangeOwn => "change-own",
            Self::ChangeAll => "change-all",
            Self::DeleteOwn => "delete-own",
            Self::DeleteAll => "delete-all",
            Self::AddFolders => "add-folders",
            Self::Manage => "manage",
            Self::KnowTimes => "know-times",
            Self::KnowDetails => "know-details",
        }
    }

    /// Returns whether naming this right says `other` as well.
    const fn says(self, other: Self) -> bool {
        match other {
            // To know busy times is not to see the folder.
            Self::SeeFolder => !matches!(self, Self::SeeFolder | Self::KnowTimes | Self::KnowDetails),
            Self::ReadOwn => matches!(self, Self::ReadAll),
            Self::ChangeOwn => matches!(self, Self::ChangeAll),
            Self::DeleteOwn => matches!(self, Self::DeleteAll),
            Self::KnowTimes => matches!(self, Self::ReadAll | Self::KnowDetails),
            Self::KnowDetails
            | Self::ReadAll
            | Self::ReadPrivate
            | Self::Add
            | Self::ChangeAll
            | Self::DeleteAll
            | Self::AddFolders
            | Self::Manage => false,
        }
    }
}

fn shortest(rights: &[Right]) -> Vec<Right> {
    let said = |right: Right| rights.iter().any(|other| other.says(right));
    rights.iter().copied().filter(|&right| !said(right)).collect()
}

#[cfg(test)]
mod tests;
