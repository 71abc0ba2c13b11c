//! Folders: their paths, making, renaming and removing them.

use crate::decide::Rights;
use crate::{Actor, Engine, Error, apply, kind};
use access::{Access, Grant};
use items::Kind;
use jiff::Timestamp;
use std::fmt;
use store::id::{FolderId, Modseq, PrincipalId};
use store::row::folder::FolderRow;
use store::{Query, row};

/// Folders in one another at most.
pub(crate) const MAX_DEPTH: usize = 16;
/// Bytes of a folder's name at most.
pub(crate) const MAX_NAME: usize = 255;

/// A folder's path in its account: names with `/` between them, checked once.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FolderPath(Vec<String>);

impl FolderPath {
    /// Returns the names, from the top.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.0
    }

    fn split(&self) -> (&[String], &str) {
        let (last, parents) = self.0.split_last().expect("a path has at least one name");
        (parents, last)
    }
}

impl fmt::Display for FolderPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("/"))
    }
}

impl TryFrom<&str> for FolderPath {
    type Error = Error;

    fn try_from(path: &str) -> Result<Self, Error> {
        let names: Vec<String> = path.split('/').map(str::to_owned).collect();
        if names.len() > MAX_DEPTH {
            return Err(Error::invalid(format!("a path has at most {MAX_DEPTH} names: '{path}'")));
        }
        for name in &names {
            check_name(name)?;
        }
        Ok(Self(names))
    }
}

impl std::str::FromStr for FolderPath {
    type Err = Error;

    fn from_str(path: &str) -> Result<Self, Error> {
        Self::try_from(path)
    }
}

/// Checks one name of a folder.
pub(crate) fn check_name(name: &str) -> Result<(), Error> {
    if name.is_empty() || name.len() > MAX_NAME {
        return Err(Error::invalid(format!("a folder's name has 1 to {MAX_NAME} bytes: '{name}'")));
    }
    if name.contains('/') || name.chars().any(char::is_control) || name.trim() != name {
        return Err(Error::invalid(format!(
            "a folder's name has no '/', no control characters and no spaces around it: '{name}'"
        )));
    }
    Ok(())
}

/// A folder as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderInfo {
    /// Its number.
    pub id: FolderId,
    /// Its path in its account.
    pub path: String,
    /// What it holds.
    pub kind: Kind,
    /// ActiveSync's default folder type, 0 for any other folder.
    pub role: i64,
    /// Its last change.
    pub modseq: Modseq,
    /// How many items it holds.
    pub items: i64,
    /// What the viewer may do there.
    pub access: Access,
    /// The same as levels.
    pub levels: Grant,
}

impl Engine {
    /// Makes a folder. One made in another gets a copy of that one's grants.
    ///
    /// # Errors
    /// When the account or parent is not there, the name is taken, or the database fails.
    pub fn add_folder(
        &self,
        account: &str,
        path: &FolderPath,
        kind: Kind,
        now: Timestamp,
    ) -> Result<FolderId, Error> {
        self.write(now, |work| {
            let owner = account_of(work, account)?;
            let (parents, name) = path.split();
            let parent = parent_of(work, owner, account, parents)?;
            apply::add_folder(
                work,
                &apply::NewFolder { account: owner, parent, name, kind, role: 0, by: None },
            )
        })
    }

    /// Gives a folder another name, or another place in its account.
    ///
    /// # Errors
    /// When it is not there, is a default folder, the new name is taken, or the database fails.
    pub fn rename_folder(
        &self,
        account: &str,
        path: &FolderPath,
        new_path: &FolderPath,
        now: Timestamp,
    ) -> Result<(), Error> {
        self.write(now, |work| {
            let folder = find(work, account, path)?;
            let (parents, name) = new_path.split();
            let parent = parent_of(work, folder.account, account, parents)?;
            apply::rename_folder(work, &folder, parent, name)
        })
    }

    /// Removes a folder with everything in it.
    ///
    /// # Errors
    /// When it is not there or a default folder, or the database fails.
    pub fn remove_folder(&self, account: &str, path: &FolderPath, now: Timestamp) -> Result<(), Error> {
        self.write(now, |work| {
            let folder = find(work, account, path)?;
            apply::remove_folder(work, &folder)
        })
    }

    /// Returns the addresses of a folder's owner: a meeting is seen from there, whoever looks into the calendar.
    /// A space has none.
    ///
    /// # Errors
    /// When the database fails.
    pub fn owner_addresses(&self, folder: FolderId) -> Result<Vec<String>, Error> {
        self.store.read(|q| {
            let Some(folder) = row::folder::load(q, folder)? else { return Ok(Vec::new()) };
            let owner = row::principal::load(q, folder.account)?;
            Ok(owner.and_then(|owner| owner.email).into_iter().collect())
        })
    }

    /// Lists an account's folders, a parent before what is in it; for a user, those he sees.
    ///
    /// # Errors
    /// When there is no such account, or the database fails.
    pub fn folders(
        &self,
        account: &str,
        viewer: Actor<'_>,
        now: Timestamp,
    ) -> Result<Vec<FolderInfo>, Error> {
        self.store.read(|q| {
            let owner = account_of(q, account)?;
            let mut list = Vec::new();
            for folder in row::folder::of_account(q, owner)? {
                let access = match viewer {
                    Actor::Operator => access::effective(
                        std::iter::empty::<access::Entry>(),
                        access::Standing::Owner,
                        access::Caps::default(),
                        now.as_millisecond(),
                    ),
                    Actor::User(caller) => {
                        Rights::load(q, &folder, caller.user, now.as_millisecond())?.access
                    }
                };
                if access.may_see_folder() {
                    list.push(info(q, &folder, access)?);
                }
            }
            list.sort_by(|a, b| a.path.cmp(&b.path));
            Ok(list)
        })
    }
}

/// Returns a folder as lists show it.
pub(crate) fn info(q: &mut Query<'_>, folder: &FolderRow, access: Access) -> Result<FolderInfo, Error> {
    Ok(FolderInfo {
        id: folder.id,
        path: path_of(q, folder)?,
        kind: kind::from_code(folder.kind)?,
        role: folder.role,
        modseq: folder.modseq,
        items: row::item::count(q, folder.id)?,
        access,
        levels: access.levels(),
    })
}

/// Returns the number of the user or space of this name.
pub(crate) fn account_of(q: &mut Query<'_>, name: &str) -> Result<PrincipalId, Error> {
    const GROUP: i64 = 2;
    match row::principal::by_name(q, name)? {
        Some(row) if row.kind != GROUP => Ok(row.id),
        Some(_) => Err(Error::invalid(format!("'{name}' is a group and has no folders"))),
        None => Err(Error::not_found(format!("user or space '{name}'"))),
    }
}

/// Returns the folder at this path.
pub(crate) fn find(q: &mut Query<'_>, account: &str, path: &FolderPath) -> Result<FolderRow, Error> {
    let owner = account_of(q, account)?;
    look_up(q, owner, path)?.ok_or_else(|| Error::not_found(format!("folder '{path}' of '{account}'")))
}

/// Returns the folder at this path, if there is one.
pub(crate) fn look_up(
    q: &mut Query<'_>,
    account: PrincipalId,
    path: &FolderPath,
) -> Result<Option<FolderRow>, Error> {
    let mut found = None;
    let mut parent = FolderId::TOP;
    for name in path.names() {
        let Some(folder) = row::folder::child(q, account, parent, name)? else { return Ok(None) };
        parent = folder.id;
        found = Some(folder);
    }
    Ok(found)
}

fn parent_of(
    q: &mut Query<'_>,
    owner: PrincipalId,
    account: &str,
    parents: &[String],
) -> Result<FolderId, Error> {
    if parents.is_empty() {
        return Ok(FolderId::TOP);
    }
    let path = FolderPath(parents.to_vec());
    let found = look_up(q, owner, &path)?;
    found.map(|folder| folder.id).ok_or_else(|| Error::not_found(format!("folder '{path}' of '{account}'")))
}

/// Returns the folder's path in its account.
pub(crate) fn path_of(q: &mut Query<'_>, folder: &FolderRow) -> Result<String, Error> {
    let mut names = vec![folder.name.clone()];
    let mut parent = folder.parent;
    while parent != FolderId::TOP && names.len() < MAX_DEPTH {
        let Some(row) = row::folder::load(q, parent)? else { break };
        names.push(row.name);
        parent = row.parent;
    }
    names.reverse();
    Ok(names.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_checked_once() {
        assert_eq!(
            FolderPath::try_from("Team/2026").map(|path| path.to_string()).ok().as_deref(),
            Some("Team/2026")
        );
        let long = "x".repeat(MAX_NAME + 1);
        let deep = vec!["a"; MAX_DEPTH + 1].join("/");
        for bad in ["", "/", "a//b", " a", "a\nb", &long, &deep] {
            assert!(FolderPath::try_from(bad).is_err(), "{bad:?}");
        }
        assert!(FolderPath::try_from("x".repeat(MAX_NAME).as_str()).is_ok());
        assert!(FolderPath::try_from(vec!["a"; MAX_DEPTH].join("/").as_str()).is_ok());
    }
}
