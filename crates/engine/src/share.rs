//! Grants, and what a user may do.

use crate::access_change::{AccessListChange, ShareError, Telling};
use crate::by::By;
use crate::decide::Rights;
use crate::folder::FolderPath;
use crate::{Engine, Error};
use access::{Access, Axis, Bits, Class, Entry, Grant};
use jiff::Timestamp;
use std::fmt;
use std::str::FromStr;
use store::id::{PrincipalId, Uid};
use store::row::grant::GrantRow;
use store::{Query, row};

const USER: i64 = 1;
const GROUP: i64 = 2;

/// To whom a grant is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrincipalRef {
    /// A user, by name.
    User(String),
    /// A group, by name.
    Group(String),
    /// Every user who can log in.
    Everyone,
}

impl fmt::Display for PrincipalRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(name) => write!(f, "user:{name}"),
            Self::Group(name) => write!(f, "group:{name}"),
            Self::Everyone => f.write_str("everyone"),
        }
    }
}

impl FromStr for PrincipalRef {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text.split_once(':') {
            Some(("user", name)) if !name.is_empty() => Ok(Self::User(name.to_owned())),
            Some(("group", name)) if !name.is_empty() => Ok(Self::Group(name.to_owned())),
            None if text == "everyone" => Ok(Self::Everyone),
            Some(_) | None => {
                Err(Error::invalid(format!("'{text}' is none of user:NAME, group:NAME and everyone")))
            }
        }
    }
}

/// A grant as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantInfo {
    /// To whom.
    pub principal: PrincipalRef,
    /// What.
    pub entry: Entry,
}

/// Something about a new grant that its giver should know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShareWarning {
    /// A level has no effect: nobody changes or deletes what he cannot read, nor anything in a folder he cannot see.
    NoEffect {
        /// Whose level.
        axis: Axis,
    },
}

impl fmt::Display for ShareWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoEffect { axis } => write!(
                f,
                "the level on '{axis}' has no effect: the folder must be visible, and write and delete reach no further than read"
            ),
        }
    }
}

/// What a user may do in a folder, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessReport {
    /// The levels that count.
    pub levels: Grant,
    /// The words.
    pub access: Access,
    /// The item's class, where one was asked for.
    pub class: Option<Class>,
    /// What he may do with that item.
    pub bits: Option<Bits>,
    /// The grants it comes from.
    pub grants: Vec<GrantInfo>,
    /// Whether the folder is his own.
    pub owner: bool,
}

impl Engine {
    /// Sets a principal's grant on a folder as the operator, without telling anybody: for setting up.
    ///
    /// # Errors
    /// When the folder or principal is not there, or the database fails.
    pub fn set_grant(
        &self,
        account: &str,
        path: &FolderPath,
        (principal, entry): (&PrincipalRef, Entry),
        now: Timestamp,
    ) -> Result<Vec<ShareWarning>, Error> {
        let folder = self.store.read(|q| crate::folder::find(q, account, path))?;
        let change = AccessListChange {
            set: vec![(principal.clone(), entry)],
            telling: Telling::Nobody,
            ..AccessListChange::default()
        };
        let changed = self.change_access_list(&By::COMMAND_LINE, folder.id, &change, now);
        let warnings = changed.map_err(Error::from)?.warnings;
        Ok(warnings.into_iter().map(|(_, warning)| warning).collect())
    }

    /// Removes a principal's grant as the operator, without telling anybody, and returns whether there was one.
    ///
    /// # Errors
    /// When the folder or principal is not there, or the database fails.
    pub fn remove_grant(
        &self,
        account: &str,
        path: &FolderPath,
        principal: &PrincipalRef,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let folder = self.store.read(|q| {
            resolve(q, principal)?;
            crate::folder::find(q, account, path)
        })?;
        let change = AccessListChange {
            remove: vec![principal.clone()],
            telling: Telling::Nobody,
            ..AccessListChange::default()
        };
        let changed = self.change_access_list(&By::COMMAND_LINE, folder.id, &change, now);
        Ok(changed.map_err(Error::from)?.folders > 0)
    }

    /// Lists a folder's grants.
    ///
    /// # Errors
    /// When the folder is not there, or the database fails.
    pub fn grants(&self, account: &str, path: &FolderPath) -> Result<Vec<GrantInfo>, Error> {
        self.store.read(|q| {
            let folder = crate::folder::find(q, account, path)?;
            Ok(row::grant::of(q, folder.id)?.iter().map(info).collect())
        })
    }

    /// Tells what a user may do in a folder, and with one item of it, and which grants that comes from.
    ///
    /// # Errors
    /// When the user, folder or item is not there, or the database fails.
    pub fn access(
        &self,
        user: &str,
        (account, path): (&str, &FolderPath),
        item: Option<Uid>,
        now: Timestamp,
    ) -> Result<AccessReport, Error> {
        self.store.read(|q| {
            let id = resolve(q, &PrincipalRef::User(user.to_owned()))?;
            let folder = crate::folder::find(q, account, path)?;
            let rights = Rights::load(q, &folder, id, now.as_millisecond())?;
            let head = match item {
                Some(uid) => Some(
                    row::item::head(q, folder.id, uid)?
                        .ok_or_else(|| Error::not_found(format!("item {uid} of '{path}'")))?,
                ),
                None => None,
            };
            Ok(AccessReport {
                levels: rights.access.levels(),
                access: rights.access,
                class: head.map(|head| rights.class(&head)),
                bits: head.map(|head| rights.item(&head)),
                grants: rights.grants.iter().map(info).collect(),
                owner: rights.owns_folder(),
            })
        })
    }
}

/// Returns the number of a principal of the named kind.
pub(crate) fn resolve(q: &mut Query<'_>, principal: &PrincipalRef) -> Result<PrincipalId, Error> {
    let (name, kind) = match principal {
        PrincipalRef::Everyone => return Ok(PrincipalId::EVERYONE),
        PrincipalRef::User(name) => (name, USER),
        PrincipalRef::Group(name) => (name, GROUP),
    };
    let found = row::principal::by_name(q, name)?.filter(|row| row.kind == kind);
    found
        .map(|row| row.id)
        .ok_or_else(|| Error::not_found(format!("{} '{name}'", if kind == USER { "user" } else { "group" })))
}

/// Returns a grant's principal.
pub(crate) fn principal_ref(row: &GrantRow) -> PrincipalRef {
    match row.principal_kind {
        GROUP => PrincipalRef::Group(row.principal_name.clone()),
        0 => PrincipalRef::Everyone,
        _ => PrincipalRef::User(row.principal_name.clone()),
    }
}

fn info(row: &GrantRow) -> GrantInfo {
    GrantInfo { principal: principal_ref(row), entry: row.entry }
}

/// Returns a grant's principal as people name it.
pub(crate) fn principal_words(row: &GrantRow) -> String {
    principal_ref(row).to_string()
}

impl From<ShareError> for Error {
    fn from(error: ShareError) -> Self {
        let what = error.to_string();
        match error {
            ShareError::Failed(error) => error,
            ShareError::Unknown { principal } => Self::not_found(match principal {
                PrincipalRef::User(name) => format!("user '{name}'"),
                PrincipalRef::Group(name) => format!("group '{name}'"),
                PrincipalRef::Everyone => principal.to_string(),
            }),
            ShareError::Twice { .. } | ShareError::Ended { .. } | ShareError::TooMany => Self::invalid(what),
            ShareError::NotAdmin
            | ShareError::Conflict(_)
            | ShareError::Beyond { .. }
            | ShareError::RaisesUser { .. }
            | ShareError::LockOut
            | ShareError::OwnAdmin => Self::refused(what),
        }
    }
}
