//! A folder's access list, as those see it who may.

use crate::directory::PrincipalKind;
use crate::folder::{self, FolderInfo, FolderPath};
use crate::seat::{self, Seat};
use crate::share::principal_ref;
use crate::{Actor, Engine, Error, PrincipalRef};
use access::{Axis, Caps, Effect, Entry, Right, Standing};
use jiff::Timestamp;
use std::collections::BTreeMap;
use store::id::{FolderId, PrincipalId};
use store::row::folder::FolderRow;
use store::row::grant::GrantRow;
use store::row::principal::PrincipalRow;
use store::{Query, row};

/// A state of a folder's access list. It moves with every change of the list, and never goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Revision(pub i64);

/// A user or space by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Its number.
    pub id: PrincipalId,
    /// Its name.
    pub name: String,
    /// What people call it.
    pub display_name: String,
}

impl From<&PrincipalRow> for Person {
    fn from(row: &PrincipalRow) -> Self {
        Self { id: row.id, name: row.name.clone(), display_name: row.display_name.clone() }
    }
}

/// One row of an access list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedGrant {
    /// To whom.
    pub principal: PrincipalRef,
    /// What people call him; empty for everyone.
    pub display_name: String,
    /// What is granted.
    pub entry: Entry,
    /// Whether it counts: it has not ended.
    pub live: bool,
    /// Levels without effect, unless another grant adds to them.
    pub wasted: Vec<Axis>,
    /// What it gives by itself.
    pub effect: Effect,
}

/// A folder's access list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessList {
    /// The folder, and what the viewer may do there.
    pub folder: FolderInfo,
    /// Whose it is.
    pub owner: Person,
    /// Whether the owner is a user, and not a space.
    pub owned_by_user: bool,
    /// The state of the list.
    pub revision: Revision,
    /// All grants for those who may change the list; for anybody else those that reach him.
    pub grants: Vec<ListedGrant>,
    /// Whether the viewer may change the list, and so sees all of it.
    pub may_change: bool,
    /// What counts for the viewer.
    pub effect: Effect,
    /// Who else administers the folder, for those who want to ask.
    pub admins: Vec<PrincipalRef>,
}

impl Engine {
    /// Returns a folder's access list as far as the viewer may know it: whole for those who may change it, else his
    /// own grants and whom he may ask.
    ///
    /// # Errors
    /// When the folder does not exist for the viewer, or the database fails.
    pub fn access_list(
        &self,
        viewer: Actor<'_>,
        folder: FolderId,
        now: Timestamp,
    ) -> Result<AccessList, Error> {
        self.store.read(|q| {
            let (folder, seat) = seat::at(q, viewer, folder, now.as_millisecond())?;
            list(q, &folder, &seat, now.as_millisecond())
        })
    }

    /// Returns the number of the folder at a path.
    ///
    /// # Errors
    /// When it does not exist for the viewer, or the database fails.
    pub fn folder_at(
        &self,
        viewer: Actor<'_>,
        account: &str,
        path: &FolderPath,
        now: Timestamp,
    ) -> Result<FolderId, Error> {
        self.store.read(|q| {
            // An account, a folder and a folder that is not seen are missing in the same words.
            let missing = || Error::not_found(format!("folder '{path}' of '{account}'"));
            let found = match folder::find(q, account, path) {
                Err(Error::NotFound { .. } | Error::Invalid { .. }) => return Err(missing()),
                other => other?,
            };
            let seat = Seat::take(q, viewer, &found, now.as_millisecond())?;
            seat.map(|_| found.id).ok_or_else(missing)
        })
    }
}

/// Returns a folder's list for who sits before it.
pub(crate) fn list(
    q: &mut Query<'_>,
    folder: &FolderRow,
    seat: &Seat,
    now_ms: i64,
) -> Result<AccessList, Error> {
    let all = row::grant::of(q, folder.id)?;
    let admins = all.iter().filter(|row| {
        access::effect([row.entry], Standing::Other, Caps::default(), now_ms).has(Right::Manage)
    });
    let admins = admins.map(principal_ref).collect();
    let shown = match &seat.rights {
        Some(rights) if seat.leave.is_none() => rights.grants.clone(),
        Some(_) | None => all,
    };
    let names = display_names(q, folder.id)?;
    let grants = shown.iter().map(|row| listed(&names, row, now_ms)).collect();
    let owner = row::principal::load(q, folder.account)?.ok_or(store::Error::Corrupt)?;
    let access = match &seat.rights {
        Some(rights) => rights.access,
        None => access::effective(std::iter::empty::<Entry>(), Standing::Owner, Caps::default(), now_ms),
    };
    Ok(AccessList {
        folder: folder::info(q, folder, access)?,
        owned_by_user: owner.kind == PrincipalKind::User.code(),
        owner: Person::from(&owner),
        revision: Revision(row::folder::revision(q, folder.id)?),
        grants,
        may_change: seat.leave.is_some(),
        effect: seat.effect,
        admins,
    })
}

/// Returns what people call the principals of a folder's grants.
pub(crate) fn display_names(
    q: &mut Query<'_>,
    folder: FolderId,
) -> Result<BTreeMap<PrincipalId, String>, Error> {
    Ok(row::grant::display_names(q, folder)?.into_iter().collect())
}

/// Returns a row as lists show it.
pub(crate) fn listed(names: &BTreeMap<PrincipalId, String>, row: &GrantRow, now_ms: i64) -> ListedGrant {
    ListedGrant {
        principal: principal_ref(row),
        display_name: names.get(&row.principal).cloned().unwrap_or_default(),
        entry: row.entry,
        live: row.entry.is_live(now_ms),
        wasted: row.entry.grant.wasted_axes(),
        effect: access::effect([row.entry], Standing::Other, Caps::default(), now_ms),
    }
}
