//! Users, groups and spaces.

use crate::work::Work;
use crate::{Caller, Engine, Error};
use items::Kind;
use jiff::Timestamp;
use std::sync::PoisonError;
use store::id::PrincipalId;
use store::row::principal::PrincipalRow;
use store::{Query, row};

/// Bytes of a name, address or display name at most.
const MAX_NAME: usize = 255;
/// The default folders of a new user, with ActiveSync's folder types.
pub(crate) const DEFAULT_FOLDERS: [(&str, Kind, i64); 8] = [
    ("Inbox", Kind::Mail, 2),
    ("Drafts", Kind::Mail, 3),
    ("Sent", Kind::Mail, 5),
    ("Trash", Kind::Mail, 4),
    ("Calendar", Kind::Calendar, 8),
    ("Contacts", Kind::Contacts, 9),
    ("Tasks", Kind::Tasks, 7),
    ("Notes", Kind::Notes, 10),
];

/// What a principal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrincipalKind {
    /// Somebody who logs in.
    User,
    /// Users and groups under one name.
    Group,
    /// An account nobody logs in as, for shared folders.
    Space,
}

impl PrincipalKind {
    pub(crate) const fn code(self) -> i64 {
        match self {
            Self::User => 1,
            Self::Group => 2,
            Self::Space => 3,
        }
    }

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "group",
            Self::Space => "space",
        }
    }
}

/// A user to be added.
#[derive(Debug, Clone, Copy)]
pub struct NewUser<'a> {
    /// Unique among users, groups and spaces.
    pub name: &'a str,
    /// His address, unique too.
    pub email: &'a str,
    /// What people call him.
    pub display_name: &'a str,
    /// Whether he may see and change any folder's grants and every account.
    pub admin: bool,
    /// His password; without one he logs in with app passwords only.
    pub password: Option<&'a str>,
}

/// A user, group or space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// Its number.
    pub id: PrincipalId,
    /// What it is.
    pub kind: PrincipalKind,
    /// Its name.
    pub name: String,
    /// A user's address.
    pub email: Option<String>,
    /// What people call it.
    pub display_name: String,
    /// Whether it is a system admin.
    pub admin: bool,
    /// Whether it may not log in.
    pub disabled: bool,
    /// When it was added.
    pub created_at: Timestamp,
}

impl Engine {
    /// Adds a user with the default folders.
    ///
    /// # Errors
    /// When the name, address or password is not a good one, the name or address is taken, or the database fails.
    pub fn add_user(&self, user: &NewUser<'_>, now: Timestamp) -> Result<PrincipalId, Error> {
        self.operator().add_user(user, now)
    }

    /// Adds a group without members.
    ///
    /// # Errors
    /// When the name is taken or not a good one, or the database fails.
    pub fn add_group(&self, name: &str, now: Timestamp) -> Result<PrincipalId, Error> {
        self.operator().add_group(name, now)
    }

    /// Adds a space without folders.
    ///
    /// # Errors
    /// When the name is taken or not a good one, or the database fails.
    pub fn add_space(&self, name: &str, now: Timestamp) -> Result<PrincipalId, Error> {
        self.operator().add_space(name, now)
    }

    /// Removes a user, group or space with all it owns. Items it made in others' folders stay, without an owner.
    ///
    /// # Errors
    /// When there is none of this name and kind, or the database fails.
    pub fn remove_principal(&self, kind: PrincipalKind, name: &str, now: Timestamp) -> Result<(), Error> {
        self.operator().remove_principal(kind, name, now)
    }

    /// Lists principals of a kind by name.
    ///
    /// # Errors
    /// When the database fails.
    pub fn principals(&self, kind: PrincipalKind) -> Result<Vec<Principal>, Error> {
        self.store.read(|q| row::principal::of_kind(q, kind.code())?.into_iter().map(view).collect())
    }

    /// Returns the user, group or space of this name.
    ///
    /// # Errors
    /// When there is none, or the database fails.
    pub fn principal(&self, name: &str) -> Result<Principal, Error> {
        let row = self.store.read(|q| row::principal::by_name(q, name))?;
        view(row.ok_or_else(|| Error::not_found(format!("'{name}'")))?)
    }

    /// Lists the names of a group's own members.
    ///
    /// # Errors
    /// When there is no such group, or the database fails.
    pub fn members(&self, group: &str) -> Result<Vec<String>, Error> {
        self.store.read(|q| {
            let group = load(q, PrincipalKind::Group, group)?;
            Ok(row::member::names(q, group.id)?)
        })
    }

    /// Adds a user or group to a group.
    ///
    /// # Errors
    /// When one of them is not there, a group would contain itself, or the database fails.
    pub fn join(&self, group: &str, member: &str, now: Timestamp) -> Result<(), Error> {
        self.operator().join(group, member, now)
    }

    /// Takes a member out of a group.
    ///
    /// # Errors
    /// When it is not in it, or the database fails.
    pub fn leave(&self, group: &str, member: &str, now: Timestamp) -> Result<(), Error> {
        self.operator().leave(group, member, now)
    }

    /// Bars a user from logging in; what he owns stays.
    ///
    /// # Errors
    /// When there is no such user, or the database fails.
    pub fn disable_user(&self, name: &str, now: Timestamp) -> Result<(), Error> {
        self.operator().disable_user(name, now)
    }

    /// Returns the names of the groups that a user is in, directly or through other groups.
    ///
    /// # Errors
    /// When the database fails.
    pub fn groups_of(&self, caller: &Caller) -> Result<Vec<String>, Error> {
        self.store.read(|q| {
            let mut names = Vec::new();
            for group in row::member::groups_of(q, caller.user)? {
                names.extend(row::principal::load(q, group)?.map(|group| group.name));
            }
            Ok(names)
        })
    }

    /// Lets a user log in again.
    ///
    /// # Errors
    /// When there is no such user, or the database fails.
    pub fn enable_user(&self, name: &str, now: Timestamp) -> Result<(), Error> {
        self.operator().enable_user(name, now)
    }

    /// Sets a user's password.
    ///
    /// # Errors
    /// When there is no such user, the password is empty or too long, or the database fails.
    pub fn set_password(&self, name: &str, password: &str, now: Timestamp) -> Result<(), Error> {
        self.operator().set_password(name, password, now)
    }

    /// Makes a password for one program of a user and returns it, this once.
    ///
    /// # Errors
    /// When there is no such user, or the database fails.
    pub fn add_app_password(&self, name: &str, label: &str, now: Timestamp) -> Result<String, Error> {
        self.operator().add_app_password(name, label, now)
    }

    /// Returns a user as a caller, without a log-in: for the server's operator.
    ///
    /// # Errors
    /// When there is no such user, or the database fails.
    pub fn act_as(&self, name: &str) -> Result<Caller, Error> {
        self.store.read(|q| load(q, PrincipalKind::User, name).map(caller))
    }

    pub(crate) fn salt(&self) -> [u8; 16] {
        self.random.lock().unwrap_or_else(PoisonError::into_inner).bytes()
    }
}

/// Returns a user as a caller.
pub(crate) fn caller(row: PrincipalRow) -> Caller {
    let PrincipalRow { id, name, display_name, email, admin, .. } = row;
    Caller { user: id, name, display_name, email, admin }
}

pub(crate) fn add(
    work: &mut Work<'_, '_>,
    kind: PrincipalKind,
    name: &str,
    (display_name, email, admin): (&str, Option<&str>, bool),
) -> Result<PrincipalId, Error> {
    check_name(name)?;
    check_text(display_name, "a display name")?;
    if row::principal::by_name(work, name)?.is_some() {
        return Err(Error::Exists { what: format!("a user, group or space '{name}'") });
    }
    let id = PrincipalId(row::counter::next_id(work)?);
    let row = PrincipalRow {
        id,
        kind: kind.code(),
        name: name.to_owned(),
        email: email.map(str::to_owned),
        display_name: display_name.to_owned(),
        admin,
        disabled: false,
        generation: 0,
        created_at: work.now_ms(),
    };
    row::principal::insert(work, &row)?;
    touch(work)?;
    Ok(id)
}

pub(crate) fn touch(work: &mut Work<'_, '_>) -> Result<(), Error> {
    row::counter::touch_directory(work)?;
    work.changed.directory = true;
    Ok(())
}

pub(crate) fn load(q: &mut Query<'_>, kind: PrincipalKind, name: &str) -> Result<PrincipalRow, Error> {
    let found = row::principal::by_name(q, name)?.filter(|row| row.kind == kind.code());
    found.ok_or_else(|| Error::not_found(format!("{} '{name}'", kind.word())))
}

pub(crate) fn load_member(q: &mut Query<'_>, name: &str) -> Result<PrincipalRow, Error> {
    let found = row::principal::by_name(q, name)?.filter(|row| row.kind != PrincipalKind::Space.code());
    found.ok_or_else(|| Error::not_found(format!("user or group '{name}'")))
}

pub(crate) fn next_credential(q: &mut Query<'_>, user: PrincipalId) -> Result<i64, Error> {
    Ok(row::credential::of(q, user)?.iter().map(|row| row.id).max().unwrap_or(0) + 1)
}

fn view(row: PrincipalRow) -> Result<Principal, Error> {
    let kinds = [PrincipalKind::User, PrincipalKind::Group, PrincipalKind::Space];
    let kind = kinds.into_iter().find(|kind| kind.code() == row.kind);
    Ok(Principal {
        id: row.id,
        kind: kind.ok_or(Error::Store(store::Error::Corrupt))?,
        name: row.name,
        email: row.email,
        display_name: row.display_name,
        admin: row.admin,
        disabled: row.disabled,
        created_at: Timestamp::from_millisecond(row.created_at)
            .map_err(|_| Error::Store(store::Error::Corrupt))?,
    })
}

/// Checks a name that stands in addresses and paths.
fn check_name(name: &str) -> Result<(), Error> {
    check_text(name, "a name")?;
    let odd = |c: char| c.is_whitespace() || "/\\:@%?#\"<>|*".contains(c);
    if name.contains(odd) || name.starts_with('.') {
        return Err(Error::invalid(format!(
            "a name has no spaces, no leading dot and none of / \\ : @ % ? # \" < > | *: '{name}'"
        )));
    }
    // `/dav/principals/` and `everyone` mean something else.
    if name == "principals" || name == "everyone" {
        return Err(Error::invalid(format!("'{name}' is reserved")));
    }
    Ok(())
}

pub(crate) fn check_email(email: &str) -> Result<(), Error> {
    check_text(email, "an address")?;
    let good = email.split_once('@').is_some_and(|(user, host)| {
        !user.is_empty() && !host.is_empty() && !host.contains('@') && !email.contains(char::is_whitespace)
    });
    if good { Ok(()) } else { Err(Error::invalid(format!("'{email}' is no e-mail address"))) }
}

fn check_text(text: &str, what: &str) -> Result<(), Error> {
    if text.is_empty() || text.len() > MAX_NAME || text.chars().any(char::is_control) {
        return Err(Error::invalid(format!("{what} has 1 to {MAX_NAME} bytes and no control characters")));
    }
    Ok(())
}
