//! The tree of accounts and folders as a user walks it: what he may not see is not there.

use crate::decide::Rights;
use crate::{Caller, Engine, Error, kind};
use access::Access;
use items::Kind;
use jiff::Timestamp;
use std::collections::BTreeSet;
use store::id::{FolderId, Modseq, PrincipalId};
use store::row::folder::FolderRow;
use store::row::principal::PrincipalRow;
use store::{Query, row};

/// Kind of a group in the tables; all others own folders.
const GROUP: i64 = 2;
/// Kind of a shared space.
const SPACE: i64 = 3;

/// An account of which the user sees something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountView {
    /// Its name.
    pub name: String,
    /// What people call it.
    pub display_name: String,
    /// Whether it is the user's own.
    pub own: bool,
}

/// A folder as its user walks to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderView {
    /// Its number.
    pub id: FolderId,
    /// Its account, by name.
    pub account: String,
    /// What people call the account.
    pub account_title: String,
    /// Whether the account is a shared space, which nobody logs in as.
    pub in_space: bool,
    /// The folder it stands in; [`FolderId::TOP`] at the top.
    pub parent: FolderId,
    /// The names from the top, its own last.
    pub names: Vec<String>,
    /// What it holds.
    pub kind: Kind,
    /// Its default role, 0 for any other folder.
    pub role: i64,
    /// Its last change.
    pub modseq: Modseq,
    /// Moves with each change of its grants.
    pub revision: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// What the user may do there.
    pub access: Access,
    /// Whether it is in the user's own account.
    pub own: bool,
}

impl FolderView {
    /// Returns the folder's own name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.names.last().map_or("", String::as_str)
    }

    pub(crate) fn of(
        q: &mut Query<'_>,
        account: &PrincipalRow,
        row: &FolderRow,
        rights: &Rights,
    ) -> Result<Self, Error> {
        Ok(Self {
            id: row.id,
            account: account.name.clone(),
            account_title: account.display_name.clone(),
            in_space: account.kind == SPACE,
            parent: row.parent,
            names: crate::folder::path_of(q, row)?.split('/').map(str::to_owned).collect(),
            kind: kind::from_code(row.kind)?,
            role: row.role,
            modseq: row.modseq,
            revision: row::folder::revision(q, row.id)?,
            created_at: Timestamp::from_millisecond(row.created_at).unwrap_or_default(),
            access: rights.access,
            own: rights.owns_folder(),
        })
    }
}

/// What stands at an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Located {
    /// The top of an account.
    Account(AccountView),
    /// A folder.
    Folder(FolderView),
    /// A name in a folder that is no folder: an item's, or nothing's yet.
    Inside(FolderView, String),
    /// A name at the top of an account that is no folder.
    Top(AccountView, String),
}

impl Engine {
    /// Lists the accounts of which the caller sees something, his own first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn accounts_seen(&self, caller: &Caller, now: Timestamp) -> Result<Vec<AccountView>, Error> {
        self.store.read(|q| {
            let mut accounts = vec![caller.user];
            for folder in shared(q, caller)? {
                if !accounts.contains(&folder.account)
                    && Rights::load(q, &folder, caller.user, now.as_millisecond())?.sees_folder()
                {
                    accounts.push(folder.account);
                }
            }
            let rows = accounts.into_iter().map(|id| row::principal::load(q, id));
            let rows: Vec<_> = rows.collect::<Result<_, _>>()?;
            Ok(rows.into_iter().flatten().map(|row| account_view(&row, caller)).collect())
        })
    }

    /// Returns what stands below an account at these names; `None` where there is nothing for the caller.
    ///
    /// # Errors
    /// When the database fails.
    pub fn locate(
        &self,
        caller: &Caller,
        account: &str,
        names: &[String],
        now: Timestamp,
    ) -> Result<Option<Located>, Error> {
        self.store.read(|q| {
            let Some(owner) = seen_account(q, caller, account, now)? else { return Ok(None) };
            descend(q, caller, (&owner, None), names, now)
        })
    }

    /// The same from a folder on, which the caller must see.
    ///
    /// # Errors
    /// When the database fails.
    pub fn locate_in(
        &self,
        caller: &Caller,
        folder: FolderId,
        names: &[String],
        now: Timestamp,
    ) -> Result<Option<Located>, Error> {
        self.store.read(|q| {
            let Some(row) = row::folder::load(q, folder)? else { return Ok(None) };
            let Some(owner) = row::principal::load(q, row.account)? else { return Ok(None) };
            descend(q, caller, (&owner, Some(row)), names, now)
        })
    }

    /// Lists what the caller sees of an account, each folder after the one it stands in; of his own, what others share
    /// with him too.
    ///
    /// # Errors
    /// When the database fails.
    pub fn folders_seen(
        &self,
        caller: &Caller,
        account: &str,
        now: Timestamp,
    ) -> Result<Vec<FolderView>, Error> {
        self.store.read(|q| {
            let Some(owner) = seen_account(q, caller, account, now)? else { return Ok(Vec::new()) };
            let mut rows = row::folder::of_account(q, owner.id)?;
            if owner.id == caller.user {
                rows.extend(shared(q, caller)?);
            }
            views(q, caller, rows, now)
        })
    }

    /// Lists the folders that stand in a folder, as far as the caller sees them.
    ///
    /// # Errors
    /// When the database fails.
    pub fn subfolders_seen(
        &self,
        caller: &Caller,
        folder: FolderId,
        now: Timestamp,
    ) -> Result<Vec<FolderView>, Error> {
        self.store.read(|q| {
            let Some(row) = row::folder::load(q, folder)? else { return Ok(Vec::new()) };
            let mut rows = row::folder::of_account(q, row.account)?;
            rows.retain(|below| below.parent == row.id);
            views(q, caller, rows, now)
        })
    }
}

fn account_view(row: &PrincipalRow, caller: &Caller) -> AccountView {
    AccountView { name: row.name.clone(), display_name: row.display_name.clone(), own: row.id == caller.user }
}

/// Returns the folders of others that a grant speaks of to the caller; whether it still counts is not looked at.
fn shared(q: &mut Query<'_>, caller: &Caller) -> Result<Vec<FolderRow>, Error> {
    let mut principals = row::member::groups_of(q, caller.user)?;
    principals.extend([caller.user, PrincipalId::EVERYONE]);
    let mut known = BTreeSet::new();
    let mut list = Vec::new();
    for principal in principals {
        let granted = row::folder::granted(q, principal)?;
        list.extend(granted.into_iter().filter(|row| row.account != caller.user && known.insert(row.id)));
    }
    list.sort_by_key(|row| row.id);
    Ok(list)
}

fn seen_account(
    q: &mut Query<'_>,
    caller: &Caller,
    name: &str,
    now: Timestamp,
) -> Result<Option<PrincipalRow>, Error> {
    let Some(owner) = row::principal::by_name(q, name)?.filter(|row| row.kind != GROUP) else {
        return Ok(None);
    };
    if owner.id == caller.user {
        return Ok(Some(owner));
    }
    for folder in row::folder::of_account(q, owner.id)? {
        if Rights::load(q, &folder, caller.user, now.as_millisecond())?.sees_folder() {
            return Ok(Some(owner));
        }
    }
    Ok(None)
}

fn descend(
    q: &mut Query<'_>,
    caller: &Caller,
    (owner, start): (&PrincipalRow, Option<FolderRow>),
    names: &[String],
    now: Timestamp,
) -> Result<Option<Located>, Error> {
    let mut at = start;
    for (depth, name) in names.iter().enumerate() {
        let parent = at.as_ref().map_or(FolderId::TOP, |row| row.id);
        let child = row::folder::child(q, owner.id, parent, name)?;
        let last = depth + 1 == names.len();
        match child {
            // What the user may not see is as if it were not there, but leads to what he may see below.
            Some(row) if !last || sees(q, caller, &row, now)? => at = Some(row),
            Some(_) | None if last => return inside(q, caller, (owner, at), name, now),
            Some(_) | None => return Ok(None),
        }
    }
    match at {
        None => Ok(Some(Located::Account(account_view(owner, caller)))),
        Some(row) => Ok(view(q, caller, owner, &row, now)?.map(Located::Folder)),
    }
}

fn inside(
    q: &mut Query<'_>,
    caller: &Caller,
    (owner, at): (&PrincipalRow, Option<FolderRow>),
    name: &str,
    now: Timestamp,
) -> Result<Option<Located>, Error> {
    let Some(row) = at else {
        return Ok(Some(Located::Top(account_view(owner, caller), name.to_owned())));
    };
    Ok(view(q, caller, owner, &row, now)?.map(|folder| Located::Inside(folder, name.to_owned())))
}

fn sees(q: &mut Query<'_>, caller: &Caller, row: &FolderRow, now: Timestamp) -> Result<bool, Error> {
    Ok(Rights::load(q, row, caller.user, now.as_millisecond())?.sees_folder())
}

fn view(
    q: &mut Query<'_>,
    caller: &Caller,
    owner: &PrincipalRow,
    row: &FolderRow,
    now: Timestamp,
) -> Result<Option<FolderView>, Error> {
    let rights = Rights::load(q, row, caller.user, now.as_millisecond())?;
    if rights.sees_folder() { FolderView::of(q, owner, row, &rights).map(Some) } else { Ok(None) }
}

fn views(
    q: &mut Query<'_>,
    caller: &Caller,
    rows: Vec<FolderRow>,
    now: Timestamp,
) -> Result<Vec<FolderView>, Error> {
    let mut list = Vec::new();
    for row in rows {
        let Some(owner) = row::principal::load(q, row.account)? else { continue };
        list.extend(view(q, caller, &owner, &row, now)?);
    }
    Ok(list)
}
