//! What system admins do: who did it stands in the audit log, written with what was done.

use crate::audit::{Note, note};
use crate::by::By;
use crate::device::{named, unseen};
use crate::device_order::{MAX_ADDRESS, order};
use crate::directory::{
    DEFAULT_FOLDERS, NewUser, PrincipalKind, add, check_email, load, load_member, next_credential, touch,
};
use crate::work::{Work, hex};
use crate::{Actor, Engine, Error, apply, login};
use jiff::Timestamp;
use std::sync::PoisonError;
use store::id::{FolderId, PrincipalId};
use store::row;
use store::row::credential::CredentialRow;
use store::row::device::{DeviceRow, Orders, Standing, Wipe, WipeKind, WipeState};
use store::row::principal::PrincipalRow;

/// Groups in one another at most.
pub const MAX_GROUP_DEPTH: i64 = 8;

/// What system admins may do, on behalf of one of them or of the operator.
#[derive(Debug, Clone, Copy)]
pub struct Admin<'e> {
    engine: &'e Engine,
    by: By<'e>,
}

impl Engine {
    /// Returns what system admins may do, as done by `by`. That he is one is looked up with each thing he does.
    #[must_use]
    pub const fn admin<'e>(&'e self, by: By<'e>) -> Admin<'e> {
        Admin { engine: self, by }
    }

    pub(crate) const fn operator(&self) -> Admin<'_> {
        self.admin(By::COMMAND_LINE)
    }
}

impl Admin<'_> {
    /// Adds a user with the default folders.
    ///
    /// # Errors
    /// When the name, address or password is not a good one, the name or address is taken, who asks is no admin, or
    /// the database fails.
    pub fn add_user(&self, user: &NewUser<'_>, now: Timestamp) -> Result<PrincipalId, Error> {
        check_email(user.email)?;
        let salt = self.engine.salt();
        let hash = user.password.map(|password| login::hash(password, salt)).transpose()?;
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
            let new = if user.admin { "system admin" } else { "" };
            self.note(work, "add user", (id, format!("user:{}", user.name)), Change { new, ..NO_CHANGE })?;
            Ok(id)
        })
    }

    /// Adds a group without members.
    ///
    /// # Errors
    /// When the name is taken or not a good one, who asks is no admin, or the database fails.
    pub fn add_group(&self, name: &str, now: Timestamp) -> Result<PrincipalId, Error> {
        self.add(PrincipalKind::Group, name, now)
    }

    /// Adds a space without folders.
    ///
    /// # Errors
    /// When the name is taken or not a good one, who asks is no admin, or the database fails.
    pub fn add_space(&self, name: &str, now: Timestamp) -> Result<PrincipalId, Error> {
        self.add(PrincipalKind::Space, name, now)
    }

    fn add(&self, kind: PrincipalKind, name: &str, now: Timestamp) -> Result<PrincipalId, Error> {
        self.write(now, |work| {
            let id = add(work, kind, name, (name, None, false))?;
            let action = match kind {
                PrincipalKind::User => "add user",
                PrincipalKind::Group => "add group",
                PrincipalKind::Space => "add space",
            };
            self.note(work, action, (id, format!("{}:{name}", kind.word())), NO_CHANGE)?;
            Ok(id)
        })
    }

    /// Removes a user, group or space with all it owns. Items it made in others' folders stay, without an owner.
    ///
    /// # Errors
    /// When there is none of this name and kind, who asks is no admin, or the database fails.
    pub fn remove_principal(&self, kind: PrincipalKind, name: &str, now: Timestamp) -> Result<(), Error> {
        self.write(now, |work| {
            let row = load(work, kind, name)?;
            row::folder::revise_granted_to(work, row.id)?;
            row::principal::remove(work, row.id)?;
            touch(work)?;
            let action = match kind {
                PrincipalKind::User => "remove user",
                PrincipalKind::Group => "remove group",
                PrincipalKind::Space => "remove space",
            };
            self.note(work, action, (row.id, words(&row)), NO_CHANGE)
        })
    }

    /// Adds a user or group to a group.
    ///
    /// # Errors
    /// When one of them is not there, a group would contain itself, more than [`MAX_GROUP_DEPTH`] groups would lie in one
    /// another, who asks is no admin, or the database fails.
    pub fn join(&self, group: &str, member: &str, now: Timestamp) -> Result<(), Error> {
        self.write(now, |work| {
            // Two groups that are put into each other at the same moment wait for one another here.
            touch(work)?;
            let (group, member) = (load(work, PrincipalKind::Group, group)?, load_member(work, member)?);
            if group.id == member.id || row::member::groups_of(work, group.id)?.contains(&member.id) {
                return Err(Error::invalid(format!("'{}' would contain itself", group.name)));
            }
            if member.kind == PrincipalKind::Group.code() {
                let above = row::member::height_above(work, group.id, MAX_GROUP_DEPTH)?;
                let below = row::member::depth_below(work, member.id, MAX_GROUP_DEPTH)?;
                if above + below + 2 > MAX_GROUP_DEPTH {
                    return Err(Error::invalid(format!(
                        "at most {MAX_GROUP_DEPTH} groups lie in one another; '{}' is too deep",
                        member.name
                    )));
                }
            }
            row::member::insert(work, group.id, member.id)?;
            let change = Change { object: words(&group), ..NO_CHANGE };
            self.note(work, "join", (member.id, words(&member)), change)
        })
    }

    /// Takes a member out of a group.
    ///
    /// # Errors
    /// When it is not in it, who asks is no admin, or the database fails.
    pub fn leave(&self, group: &str, member: &str, now: Timestamp) -> Result<(), Error> {
        self.write(now, |work| {
            let (group, member) = (load(work, PrincipalKind::Group, group)?, load_member(work, member)?);
            if !row::member::remove(work, group.id, member.id)? {
                return Err(Error::not_found(format!("member '{}' of '{}'", member.name, group.name)));
            }
            touch(work)?;
            let change = Change { object: words(&group), ..NO_CHANGE };
            self.note(work, "leave", (member.id, words(&member)), change)
        })
    }

    /// Bars a user from logging in; what he owns stays.
    ///
    /// # Errors
    /// When there is no such user, who asks is no admin, or the database fails.
    pub fn disable_user(&self, name: &str, now: Timestamp) -> Result<(), Error> {
        self.write(now, |work| {
            let user = load(work, PrincipalKind::User, name)?;
            row::principal::disable(work, user.id)?;
            touch(work)?;
            self.note(work, "disable", (user.id, words(&user)), NO_CHANGE)
        })
    }

    /// Lets a user log in again.
    ///
    /// # Errors
    /// When there is no such user, who asks is no admin, or the database fails.
    pub fn enable_user(&self, name: &str, now: Timestamp) -> Result<(), Error> {
        self.write(now, |work| {
            let user = load(work, PrincipalKind::User, name)?;
            row::principal::enable(work, user.id)?;
            touch(work)?;
            self.note(work, "enable", (user.id, words(&user)), NO_CHANGE)
        })
    }

    /// Sets a user's password. A user may set his own.
    ///
    /// # Errors
    /// When there is no such user, the password is empty or too long, who asks may not, or the database fails.
    pub fn set_password(&self, name: &str, password: &str, now: Timestamp) -> Result<(), Error> {
        let hash = login::hash(password, self.engine.salt())?;
        self.write_for(name, now, |work, user| {
            row::credential::remove_password(work, user.id)?;
            let id = next_credential(work, user.id)?;
            let row = CredentialRow { id, kind: login::PASSWORD, label: String::new(), hash: hash.clone() };
            row::credential::insert(work, user.id, &row, now.as_millisecond())?;
            row::principal::next_generation(work, user.id)?;
            self.note(work, "password", (user.id, words(user)), NO_CHANGE)
        })
    }

    /// Makes a password for one program of a user and returns it, this once. A user may make his own.
    ///
    /// # Errors
    /// When there is no such user, who asks may not, or the database fails.
    pub fn add_app_password(&self, name: &str, label: &str, now: Timestamp) -> Result<String, Error> {
        let secret: [u8; 16] = self.engine.random.lock().unwrap_or_else(PoisonError::into_inner).bytes();
        let secret = hex(&secret);
        self.write_for(name, now, |work, user| {
            let id = next_credential(work, user.id)?;
            let hash = login::app_hash(&secret);
            let row = CredentialRow { id, kind: login::APP_PASSWORD, label: label.to_owned(), hash };
            row::credential::insert(work, user.id, &row, now.as_millisecond())?;
            row::principal::next_generation(work, user.id)?;
            self.note(work, "app password", (user.id, words(user)), Change { new: label, ..NO_CHANGE })
        })?;
        Ok(secret)
    }

    /// Allows, quarantines or blocks a device, known already or not, and returns whether it has come before. Allowing it
    /// forgets an order to wipe, done or not.
    ///
    /// # Errors
    /// When there is no such user, the address is none, who asks is no admin, or the database fails.
    pub fn set_device_standing(
        &self,
        (user, address): (&str, &str),
        standing: Standing,
        now: Timestamp,
    ) -> Result<bool, Error> {
        if address.is_empty() || address.len() > MAX_ADDRESS {
            return Err(Error::invalid(format!("a device's id has 1 to {MAX_ADDRESS} characters")));
        }
        self.write(now, |work| {
            let user = load(work, PrincipalKind::User, user)?;
            let known = row::device::by_address(work, user.id, address)?;
            let old = known.as_ref().map_or("", |row| standing_word(row.orders.standing));
            let came = match &known {
                None => {
                    let row = unseen(work, (user.id, address), standing)?;
                    row::device::insert(work, &row)?;
                    false
                }
                Some(row) => {
                    let wipe = row.orders.wipe.filter(|_| standing != Standing::Allowed);
                    order(work, row.id, &Orders { standing, wipe, ..row.orders })?;
                    !row.kind.is_empty()
                }
            };
            let change = Change { object: format!("device {address}"), old, new: standing_word(standing) };
            self.note(work, "device standing", (user.id, words(&user)), change)?;
            Ok(came)
        })
    }

    /// Orders a device to be wiped; from now on it gets nothing but this order. A user may order it for his own.
    ///
    /// # Errors
    /// When there is no such device, who asks may not, or the database fails.
    pub fn wipe_device(
        &self,
        (user, address): (&str, &str),
        kind: WipeKind,
        now: Timestamp,
    ) -> Result<(), Error> {
        self.write_for(user, now, |work, user| {
            let DeviceRow { id, orders, .. } = named(work, &user.name, address)?;
            let wipe = Some(Wipe { kind, state: WipeState::Asked, at: work.now_ms() });
            order(work, id, &Orders { wipe, ..orders })?;
            let new = match kind {
                WipeKind::Account => "the account",
                WipeKind::Whole => "the whole device",
            };
            let change = Change { object: format!("device {address}"), new, ..NO_CHANGE };
            self.note(work, "wipe", (user.id, words(user)), change)
        })
    }

    /// Forgets a device; at its next contact it starts over. A user may forget his own, unless it is blocked,
    /// quarantined or to be wiped: those orders would be forgotten with it.
    ///
    /// # Errors
    /// When there is no such device, who asks may not, or the database fails.
    pub fn remove_device(&self, user: &str, address: &str, now: Timestamp) -> Result<(), Error> {
        self.write_for(user, now, |work, user| {
            let device = named(work, &user.name, address)?;
            let has_orders = device.orders.standing != Standing::Allowed || device.orders.wipe.is_some();
            if has_orders && !self.is_admin(work)? {
                return Err(Error::refused("only an admin removes a device that is blocked or to be wiped"));
            }
            row::device::remove(work, device.id)?;
            let change = Change { object: format!("device {address}"), ..NO_CHANGE };
            self.note(work, "remove device", (user.id, words(user)), change)
        })
    }

    fn write<T>(
        &self,
        now: Timestamp,
        mut run: impl FnMut(&mut Work<'_, '_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.engine.write(now, |work| {
            if self.is_admin(work)? {
                return run(work);
            }
            Err(Error::refused("only system admins may do this"))
        })
    }

    /// Runs what a user may do for himself, and an admin for anybody.
    fn write_for<T>(
        &self,
        user: &str,
        now: Timestamp,
        mut run: impl FnMut(&mut Work<'_, '_>, &PrincipalRow) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.engine.write(now, |work| {
            let himself = matches!(self.by.actor, Actor::User(caller) if caller.name() == user);
            if !himself && !self.is_admin(work)? {
                return Err(Error::refused("only the user himself and system admins may do this"));
            }
            let user = load(work, PrincipalKind::User, user)?;
            run(work, &user)
        })
    }

    /// Returns whether who asks is the operator or a system admin now, whatever he was when he logged in.
    fn is_admin(&self, work: &mut Work<'_, '_>) -> Result<bool, Error> {
        match self.by.actor {
            Actor::Operator => Ok(true),
            Actor::User(caller) => {
                let user = row::principal::load(work, caller.user())?;
                Ok(user.is_some_and(|user| user.admin && !user.disabled))
            }
        }
    }

    fn note(
        &self,
        work: &mut Work<'_, '_>,
        action: &'static str,
        subject: (PrincipalId, String),
        change: Change<'_>,
    ) -> Result<(), Error> {
        let Change { object, old, new } = change;
        let (old, new) = (old.to_owned(), new.to_owned());
        note(work, &self.by, Note { action, object, folder: None, subject: Some(subject), old, new })
    }
}

/// What the log says beside who and to whom.
struct Change<'a> {
    object: String,
    old: &'a str,
    new: &'a str,
}

const NO_CHANGE: Change<'static> = Change { object: String::new(), old: "", new: "" };

fn words(row: &PrincipalRow) -> String {
    let kinds = [PrincipalKind::User, PrincipalKind::Group, PrincipalKind::Space];
    let kind = kinds.into_iter().find(|kind| kind.code() == row.kind);
    format!("{}:{}", kind.map_or("", PrincipalKind::word), row.name)
}

const fn standing_word(standing: Standing) -> &'static str {
    match standing {
        Standing::Allowed => "allowed",
        Standing::Quarantined => "quarantined",
        Standing::Blocked => "blocked",
    }
}
