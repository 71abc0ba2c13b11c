//! WebDAV's privileges (RFC 3744): what access looks like there, and which privilege a need is called.
//!
//! The standard's privileges know no level `own`, so privileges of our own stand beside them, and nothing is lost.

use crate::bits::Bits;
use crate::class::Access;
use crate::why::Need;

/// A privilege, of the standard or of our own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Privilege {
    /// See the folder and read items; on an item, read it.
    Read,
    /// Change items, create and delete them, set properties: all of it.
    Write,
    /// Change items.
    WriteContent,
    /// Set properties.
    WriteProperties,
    /// Create items.
    Bind,
    /// Delete items.
    Unbind,
    /// Take away locks of others.
    Unlock,
    /// Read the grants.
    ReadAcl,
    /// Read one's own privileges.
    ReadCurrentUserPrivilegeSet,
    /// Change the grants.
    WriteAcl,
    /// Ours: read one's own items.
    ReadOwn,
    /// Ours: change one's own items.
    WriteOwn,
    /// Ours: delete one's own items.
    DeleteOwn,
    /// Ours, on an item: delete it.
    DeleteItem,
    /// Ours: create subfolders.
    MakeCollection,
    /// Ours: remove the folder.
    RemoveCollection,
}

impl Privilege {
    /// Every privilege.
    pub const EVERY: [Self; 16] = [
        Self::Read,
        Self::Write,
        Self::WriteContent,
        Self::WriteProperties,
        Self::Bind,
        Self::Unbind,
        Self::Unlock,
        Self::ReadAcl,
        Self::ReadCurrentUserPrivilegeSet,
        Self::WriteAcl,
        Self::ReadOwn,
        Self::WriteOwn,
        Self::DeleteOwn,
        Self::DeleteItem,
        Self::MakeCollection,
        Self::RemoveCollection,
    ];

    /// Returns the privilege's name in its namespace.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::WriteContent => "write-content",
            Self::WriteProperties => "write-properties",
            Self::Bind => "bind",
            Self::Unbind => "unbind",
            Self::Unlock => "unlock",
            Self::ReadAcl => "read-acl",
            Self::ReadCurrentUserPrivilegeSet => "read-current-user-privilege-set",
            Self::WriteAcl => "write-acl",
            Self::ReadOwn => "read-own",
            Self::WriteOwn => "write-own",
            Self::DeleteOwn => "delete-own",
            Self::DeleteItem => "delete-item",
            Self::MakeCollection => "make-collection",
            Self::RemoveCollection => "remove-collection",
        }
    }

    /// Returns whether the privilege is one of our own.
    #[must_use]
    pub const fn is_ours(self) -> bool {
        match self {
            Self::ReadOwn
            | Self::WriteOwn
            | Self::DeleteOwn
            | Self::DeleteItem
            | Self::MakeCollection
            | Self::RemoveCollection => true,
            Self::Read
            | Self::Write
            | Self::WriteContent
            | Self::WriteProperties
            | Self::Bind
            | Self::Unbind
            | Self::Unlock
            | Self::ReadAcl
            | Self::ReadCurrentUserPrivilegeSet
            | Self::WriteAcl => false,
        }
    }
}

/// Returns the privileges on a folder.
#[must_use]
pub fn of_folder(access: &Access) -> Vec<Privilege> {
    use Privilege as P;
    if !access.may_see_folder() {
        return Vec::new();
    }
    // What holds for every item that the user can see holds for all that his client knows of.
    let every = |bit: Bits| {
        let seen = [access.mine, access.others].into_iter().filter(|word| word.may_read());
        access.may_read_any() && seen.into_iter().all(|word| word.contains(bit))
    };
    let admin = access.may_change_folder();
    let table = [
        (P::Read, true),
        (P::ReadCurrentUserPrivilegeSet, true),
        (P::WriteProperties, true),
        (P::Bind, access.may_create()),
        (P::Unbind, every(Bits::DELETE)),
        (P::WriteContent, every(Bits::MODIFY)),
        (P::Write, access.may_create() && every(Bits::DELETE) && every(Bits::MODIFY)),
        (P::ReadAcl, access.may_read_acl()),
        (P::WriteAcl, access.may_change_acl()),
        (P::Unlock, admin),
        (P::ReadOwn, access.mine.may_read()),
        (P::WriteOwn, access.mine.may_modify()),
        (P::DeleteOwn, access.mine.may_delete()),
        (P::MakeCollection, access.may_create_folder()),
        (P::RemoveCollection, access.may_delete_folder()),
    ];
    table.into_iter().filter_map(|(privilege, has)| has.then_some(privilege)).collect()
}

/// Returns the privileges on an item.
#[must_use]
pub fn of_item(bits: Bits) -> Vec<Privilege> {
    use Privilege as P;
    let table = [
        (P::Read, bits.may_read()),
        (P::ReadCurrentUserPrivilegeSet, bits.may_read()),
        (P::WriteContent, bits.may_modify()),
        (P::WriteProperties, bits.may_modify()),
        (P::DeleteItem, bits.may_delete()),
    ];
    table.into_iter().filter_map(|(privilege, has)| has.then_some(privilege)).collect()
}

/// Where a privilege is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    /// On the item or folder itself.
    Itself,
    /// On the folder it stands in.
    Parent,
}

/// Returns what a need is called, and where it is looked for.
#[must_use]
pub const fn needed(need: Need) -> (Privilege, On) {
    match need {
        Need::CreateItem => (Privilege::Bind, On::Parent),
        Need::CreateFolder => (Privilege::MakeCollection, On::Parent),
        Need::ChangeFolder => (Privilege::WriteProperties, On::Itself),
        Need::DeleteFolder => (Privilege::RemoveCollection, On::Itself),
        Need::Share => (Privilege::WriteAcl, On::Itself),
        Need::Read(_) => (Privilege::Read, On::Itself),
        Need::Write(_) => (Privilege::WriteContent, On::Itself),
        Need::Delete(_) | Need::MoveAway(_) => (Privilege::Unbind, On::Parent),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{Caps, Entry, FolderLevel, Grant, Level, Standing, effective};

    const FOLDER: [FolderLevel; 5] = [
        FolderLevel::None,
        FolderLevel::Visible,
        FolderLevel::Create,
        FolderLevel::Subfolders,
        FolderLevel::Admin,
    ];
    const LEVELS: [Level; 4] = [Level::None, Level::Own, Level::All, Level::Admin];

    fn states() -> Vec<Access> {
        let mut words = BTreeSet::new();
        let mut states = Vec::new();
        for folder in FOLDER {
            for [read, write, delete] in
                LEVELS.iter().flat_map(|&r| LEVELS.iter().flat_map(move |&w| LEVELS.map(|d| [r, w, d])))
            {
                let entry = Entry::new(Grant::new(folder, read, write, delete));
                let access = effective([entry], Standing::Other, Caps::default(), 0);
                if words.insert(access.words()) {
                    states.push(access);
                }
            }
        }
        states
    }

    #[test]
    fn our_privileges_tell_every_state_apart_and_the_standards_do_not() {
        let states = states();
        assert_eq!(states.len(), 57);
        let all: BTreeSet<_> =
            states.iter().map(|access| (of_folder(access), access.others.value())).collect();
        assert_eq!(all.len(), 57, "with what is told on the items of others");
        let standard = |access: &Access| -> Vec<Privilege> {
            of_folder(access).into_iter().filter(|privilege| !privilege.is_ours()).collect()
        };
        assert!(states.iter().map(standard).collect::<BTreeSet<_>>().len() < 57);
    }

    #[test]
    fn write_is_told_with_all_of_its_parts_and_never_without_one() {
        for access in states() {
            let told = of_folder(&access);
            let has = |privilege| told.contains(&privilege);
            let parts =
                [Privilege::Bind, Privilege::Unbind, Privilege::WriteContent, Privilege::WriteProperties];
            assert_eq!(has(Privilege::Write), parts.into_iter().all(has), "{access:?}");
        }
    }

    #[test]
    fn an_item_tells_what_may_be_done_with_it() {
        use Privilege as P;
        assert_eq!(of_item(Bits::EMPTY), []);
        assert_eq!(of_item(Bits::READ), [P::Read, P::ReadCurrentUserPrivilegeSet]);
        assert!(of_item(Bits::READ | Bits::MODIFY).contains(&P::WriteContent));
        assert!(of_item(Bits::READ | Bits::DELETE).contains(&P::DeleteItem));
        assert_eq!(of_folder(&Access::default()), []);
    }
}
