//! Users, groups and spaces.

use crate::login;
use crate::work::{Work, hex};
use crate::{Caller, Engine, Error, apply};
use items::Kind;
use jiff::Timestamp;
use std::sync::PoisonError;
use store::id::{FolderId, PrincipalId};
use store::row::credential::CredentialRow;
use store::row::principal::PrincipalRow;
use store::{Query, row};

/// Bytes of a name, address or display name at most.
const MAX_NAME: usize = 255;
/// The default folders of a new user, with ActiveSync's folder types.
const DEFAULT_FOLDERS: [(&str, Kind, i64); 8] = [
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

    const fn word(self) -> &'static str {
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
        check_email(user.email)?;
        let hash = user.password.map(|password| login::hash(password, self.salt())).transpose()?;
        self.write(now, |work| {
            if row::principal::by_login(work, user.email)?.is_some() {
                return Err(Error::Exists { what: format!("a user with the address '{}'", user.email) });
            }
            let details = (user.display_name, Some(user.email), user.admin);
            let id = add(work, PrincipalKind::User, user.name, details)?;
            if let Some(hash) = &hash {
                let label = String::new();
                let row = CredentialRow { id: 1, kind: login::PASSWORD, label, hash: hash.clone() };
                row::credential::insert(work, id, &row, now.as_millisecond())?;
            }
            for (name, kind, role) in DEFAULT_FOLDERS {
                let new =
                    apply::NewFolder { account: id, parent: FolderId::TOP, name, kind, role, by: Some(id) };
                apply::add_folder(work, &new)?;
            }
            Ok(id)
        })
    }

    /// Adds a group without members.
    ///
    /// # Errors
    /// When the name is taken or not a good one, or the database fails.
    pub fn add_group(&self, name: &str, now: Timestamp) -> Result<PrincipalId, Error> {
        self.write(now, |work| add(work, PrincipalKind::Group, name, (name, None, false)))
    }

    /// Adds a space without folders.
    ///
    /// # Errors
    /// When the name is taken or not a good one, or the database fails.
    pub fn add_space(&self, name: &str, now: Timestamp) -> Result<PrincipalId, Error> {
        self.write(now, |work| add(work, PrincipalKind::Space, name, (name, None, false)))
    }

    /// Removes a user, group or space with all it owns. Items it made in others' folders stay, without an owner.
    ///
    /// # Errors
    /// When there is none of this name and kind, or the database fails.
    pub fn remove_principal(&self, kind: PrincipalKind, name: &str, now: Timestamp) -> Result<(), Error> {
        self.write(now, |work| {
            let row = load(work, kind, name)?;
            row::principal::remove(work, row.id)?;
            touch(work)
        })
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
        self.write(now, |work| {
            let (group, member) = (load(work, PrincipalKind::Group, group)?, load_member(work, member)?);
            if group.id == member.id || row::member::groups_of(work, group.id)?.contains(&member.id) {
                return Err(Error::invalid(format!("'{}' would contain itself", group.name)));
            }
            row::member::insert(work, group.id, member.id)?;
            touch(work)
        })
    }

    /// Takes a member out of a group.
    ///
    /// # Errors
    /// When it is not in it, or the database fails.
    pub fn leave(&self, group: &str, member: &str, now: Timestamp) -> Result<(), Error> {
        self.write(now, |work| {
            let (group, member) = (load(work, PrincipalKind::Group, group)?, load_member(work, member)?);
            if !row::member::remove(work, group.id, member.id)? {
                return Err(Error::not_found(format!("member '{}' of '{}'", member.name, group.name)));
            }
            touch(work)
        })
    }

    /// Bars a user from logging in; what he owns stays.
    ///
    /// # Errors
    /// When there is no such user, or the database fails.
    pub fn disable_user(&self, name: &str, now: Timestamp) -> Result<(), Error> {
        self.write(now, |work| {
            let user = load(work, PrincipalKind::User, name)?;
            row::principal::disable(work, user.id)?;
            touch(work)
        })
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
        self.write(now, |work| {
            let user = load(work, PrincipalKind::User, name)?;
            row::principal::enable(work, user.id)?;
            touch(work)
        })
    }

    /// Sets a user's password.
    ///
    /// # Errors
    /// When there is no such user, the password is empty or too long, or the database fails.
    pub fn set_password(&self, name: &str, password: &str, now: Timestamp) -> Result<(), Error> {
        let hash = login::hash(password, self.salt())?;
        self.write(now, |work| {
            let user = load(work, PrincipalKind::User, name)?;
            row::credential::remove_password(work, user.id)?;
            let id = next_credential(work, user.id)?;
            let row = CredentialRow { id, kind: login::PASSWORD, label: String::new(), hash: hash.clone() };
            row::credential::insert(work, user.id, &row, now.as_millisecond())?;
            Ok(row::principal::next_generation(work, user.id)?)
        })
    }

    /// Makes a password for one program of a user and returns it, this once.
    ///
    /// # Errors
    /// When there is no such user, or the database fails.
    pub fn add_app_password(&self, name: &str, label: &str, now: Timestamp) -> Result<String, Error> {
        let secret: [u8; 16] = self.random.lock().unwrap_or_else(PoisonError::into_inner).bytes();
        let secret = hex(&secret);
        self.write(now, |work| {
            let user = load(work, PrincipalKind::User, name)?;
            let id = next_credential(work, user.id)?;
            let hash = login::app_hash(&secret);
            let row = CredentialRow { id, kind: login::APP_PASSWORD, label: label.to_owned(), hash };
            row::credential::insert(work, user.id, &row, now.as_millisecond())?;
            Ok(row::principal::next_generation(work, user.id)?)
        })?;
        Ok(secret)
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

fn add(
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

fn touch(work: &mut Work<'_, '_>) -> Result<(), Error> {
    row::counter::touch_directory(work)?;
    work.changed.directory = true;
    Ok(())
}

pub(crate) fn load(q: &mut Query<'_>, kind: PrincipalKind, name: &str) -> Result<PrincipalRow, Error> {
    let found = row::principal::by_name(q, name)?.filter(|row| row.kind == kind.code());
    found.ok_or_else(|| Error::not_found(format!("{} '{name}'", kind.word())))
}

fn load_member(q: &mut Query<'_>, name: &str) -> Result<PrincipalRow, Error> {
    let found = row::principal::by_name(q, name)?.filter(|row| row.kind != PrincipalKind::Space.code());
    found.ok_or_else(|| Error::not_found(format!("user or group '{name}'")))
}

fn next_credential(q: &mut Query<'_>, user: PrincipalId) -> Result<i64, Error> {
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

fn check_email(email: &str) -> Result<(), Error> {
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
