//! Why access says no, for the person who was told so.

use std::fmt;

use crate::bits::Bits;
use crate::class::{Access, Class, Whose};
use crate::combine::Standing;
use crate::grant::{Entry, Grant};
use crate::level::{Axis, AxisLevel, FolderLevel, Level};

/// How many grants a sentence names before it only counts the rest.
const MAX_NAMED: usize = 3;

/// What somebody wants to do in a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Need {
    /// Create an item, or copy or move one here.
    CreateItem,
    /// Create a subfolder, or move one here.
    CreateFolder,
    /// Rename the folder or change its shared properties.
    ChangeFolder,
    /// Delete the folder.
    DeleteFolder,
    /// Change the folder's grants.
    Share,
    /// Read an item of this class.
    Read(Class),
    /// Change an item of this class.
    Write(Class),
    /// Delete an item of this class.
    Delete(Class),
    /// Move an item of this class out of the folder, which takes the right to delete it.
    MoveAway(Class),
}

impl Need {
    /// Returns whether access allows it.
    #[must_use]
    pub const fn is_met(self, access: &Access) -> bool {
        match self {
            Self::CreateItem => access.may_create(),
            Self::CreateFolder => access.may_create_folder(),
            Self::ChangeFolder => access.may_change_folder(),
            Self::DeleteFolder => access.may_delete_folder(),
            Self::Share => access.may_change_acl(),
            Self::Read(class) => access.item(class).contains(Bits::READ),
            Self::Write(class) => access.item(class).contains(Bits::MODIFY),
            Self::Delete(class) | Self::MoveAway(class) => access.item(class).contains(Bits::DELETE),
        }
    }

    /// Returns the axis a person would look at first.
    #[must_use]
    pub const fn axis(self) -> Axis {
        match self {
            Self::CreateItem | Self::CreateFolder | Self::ChangeFolder | Self::DeleteFolder | Self::Share => {
                Axis::Folder
            }
            Self::Read(_) => Axis::Read,
            Self::Write(_) => Axis::Write,
            Self::Delete(_) | Self::MoveAway(_) => Axis::Delete,
        }
    }

    /// Returns the lowest levels that would do. None of them is without effect.
    #[must_use]
    pub const fn lowest(self) -> Grant {
        const NONE: Level = Level::None;
        match self {
            Self::CreateItem => Grant::new(FolderLevel::Create, NONE, NONE, NONE),
            Self::CreateFolder => Grant::new(FolderLevel::Subfolders, NONE, NONE, NONE),
            Self::ChangeFolder | Self::Share => Grant::new(FolderLevel::Admin, NONE, NONE, NONE),
            Self::DeleteFolder => Grant::new(FolderLevel::Admin, Level::All, NONE, Level::All),
            Self::Read(class) => Grant::new(FolderLevel::Visible, lowest_level(class), NONE, NONE),
            Self::Write(class) => {
                Grant::new(FolderLevel::Visible, lowest_level(class), lowest_level(class), NONE)
            }
            Self::Delete(class) | Self::MoveAway(class) => {
                Grant::new(FolderLevel::Visible, lowest_level(class), NONE, lowest_level(class))
            }
        }
    }

    const fn class(self) -> Option<Class> {
        match self {
            Self::CreateItem | Self::CreateFolder | Self::ChangeFolder | Self::DeleteFolder | Self::Share => {
                None
            }
            Self::Read(class) | Self::Write(class) | Self::Delete(class) | Self::MoveAway(class) => {
                Some(class)
            }
        }
    }

    const fn phrase(self) -> &'static str {
        match self {
            Self::CreateItem => "create an item in this folder",
            Self::CreateFolder => "create a subfolder in this folder",
            Self::ChangeFolder => "change this folder",
            Self::DeleteFolder => "delete this folder",
            Self::Share => "change who may do what in this folder",
            Self::Read(_) => "read this item",
            Self::Write(_) => "change this item",
            Self::Delete(_) => "delete this item",
            Self::MoveAway(_) => "move this item out of this folder",
        }
    }
}

const fn lowest_level(class: Class) -> Level {
    match class.whose() {
        Whose::Mine => Level::Own,
        Whose::Others => Level::All,
    }
}

/// An entry that matches the user, with the name of its principal as people write it, such as `group:staff`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Named<'a> {
    /// The principal's name.
    pub name: &'a str,
    /// What it gives.
    pub entry: Entry,
}

impl AsRef<Entry> for Named<'_> {
    fn as_ref(&self) -> &Entry {
        &self.entry
    }
}

/// What is missing, what is there instead, and where that comes from. Shown as one sentence.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Why {
    /// What was wanted.
    pub need: Need,
    /// The level it takes, on the axis that falls short.
    pub needed: AxisLevel,
    /// The level that counts for the user on that axis.
    pub held: AxisLevel,
    /// Where the held level comes from, or what else is in the way.
    pub cause: Cause,
}

impl Why {
    /// Returns the axis that falls short.
    #[must_use]
    pub const fn axis(&self) -> Axis {
        self.needed.axis()
    }
}

/// Where a level comes from. Names are those of [`Named`], in the order given.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Cause {
    /// No entry that has not ended matches the user.
    NoGrant,
    /// From these grants; no other gives more on that axis.
    Grants(Vec<String>),
    /// The user is the folder's owner.
    Owner,
    /// The grants would do, and a limit of the account or the device stands above them.
    Limited,
    /// The levels would do, and the item is somebody else's private one. These grants all lack the private
    /// permission.
    Private(Vec<String>),
}

/// Returns why `need` is not met.
///
/// `access` is what [`effective`](crate::effective) returned for the same entries, standing and time; `entries`
/// are those that match the user. Of several axes that fall short it names the one that the need is about,
/// unless the entries give enough there. For a need that *is* met it returns the levels that meet it.
#[must_use]
pub fn why(need: Need, access: &Access, standing: Standing, entries: &[Named<'_>], now_ms: i64) -> Why {
    let live: Vec<_> = entries.iter().filter(|named| named.entry.is_live(now_ms)).collect();
    let given = match standing {
        Standing::Owner => Grant::FULL,
        Standing::Other => live.iter().fold(Grant::NOTHING, |sum, named| sum.union(named.entry.grant)),
    };
    let (lowest, levels) = (need.lowest(), access.levels());
    let (axis, cause) = if let Some(axis) = shortfall(need, given) {
        (axis, source(axis, &live, given))
    } else if let Some(axis) = shortfall(need, levels) {
        (axis, Cause::Limited)
    } else if need.class() == Some(Class::OthersPrivate) && !need.is_met(access) {
        (need.axis(), Cause::Private(names(&live)))
    } else {
        let cause = match standing {
            Standing::Owner => Cause::Owner,
            Standing::Other => source(need.axis(), &live, given),
        };
        (need.axis(), cause)
    };
    Why { need, needed: lowest.level(axis), held: levels.level(axis), cause }
}

/// Returns the first axis on which `held` is too low, that of the need before the others.
fn shortfall(need: Need, held: Grant) -> Option<Axis> {
    let lowest = need.lowest();
    let axes = std::iter::once(need.axis()).chain(Axis::EVERY);
    axes.into_iter().find(|&axis| held.level(axis).code() < lowest.level(axis).code())
}

fn source(axis: Axis, live: &[&Named<'_>], given: Grant) -> Cause {
    if live.is_empty() {
        return Cause::NoGrant;
    }
    let highest = live.iter().filter(|named| named.entry.grant.level(axis) == given.level(axis));
    Cause::Grants(highest.map(|named| named.name.to_owned()).collect())
}

fn names(live: &[&Named<'_>]) -> Vec<String> {
    live.iter().map(|named| named.name.to_owned()).collect()
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "To {} you need ", self.need.phrase())?;
        match &self.cause {
            Cause::Private(_) => f.write_str("the 'private' permission")?,
            Cause::NoGrant | Cause::Grants(_) | Cause::Owner | Cause::Limited => self.needed.fmt(f)?,
        }
        f.write_str(match self.need.class() {
            None => "",
            Some(Class::Mine | Class::MinePrivate) => " (it is yours)",
            Some(Class::Others) => " (it belongs to somebody else)",
            Some(Class::OthersPrivate) => " (it is somebody else's private item)",
        })?;
        let held = self.held;
        match &self.cause {
            Cause::NoGrant => f.write_str("; no grant gives you any right here."),
            Cause::Grants(names) => write!(f, "; you hold {held} in this folder, from {}.", Grants(names)),
            Cause::Owner => write!(f, "; you hold {held} in this folder, as its owner."),
            Cause::Limited => {
                write!(f, "; your account or device is limited to {held} here, whatever the grants say.")
            }
            Cause::Private(names) => write!(f, "; you do not get it from {}.", Grants(names)),
        }
    }
}

/// Some grants by name, in a sentence. A user can be in any number of groups, so a long list is cut.
struct Grants<'a>(&'a [String]);

impl fmt::Display for Grants<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.len() == 1 { "the grant to " } else { "the grants to " })?;
        let rest = self.0.len().saturating_sub(MAX_NAMED);
        let named = self.0.len() - rest;
        for (index, name) in self.0.iter().take(MAX_NAMED).enumerate() {
            let before = if index == 0 {
                ""
            } else if index + 1 == named && rest == 0 {
                " and "
            } else {
                ", "
            };
            write!(f, "{before}{name}")?;
        }
        if rest > 0 { write!(f, " and {rest} more") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests;
