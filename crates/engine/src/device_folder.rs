//! Shared folders on single devices: which ones a device gets, and what is set for them there.

use crate::decide::Rights;
use crate::folder::{account_of, find, look_up, path_of};
use crate::work::Work;
use crate::{Caller, Device, Engine, Error, FolderPath, Settings, kind};
use items::Kind;
use items::message::Address;
use jiff::Timestamp;
use std::collections::BTreeMap;
use store::id::{FolderId, PrincipalId};
use store::row::device_folder::FlagsRow;
use store::row::folder::FolderRow;
use store::row::principal::PrincipalRow;
use store::{Query, row};

/// The most days that items can be asked to go back: more stand for all of them.
const MAX_DAYS: u32 = 36_500;

/// Whether something is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Switch {
    /// It is.
    On,
    /// It is not.
    Off,
}

impl Switch {
    const fn is_on(self) -> bool {
        matches!(self, Self::On)
    }
}

impl From<bool> for Switch {
    fn from(on: bool) -> Self {
        if on { Self::On } else { Self::Off }
    }
}

/// How far back a folder's items go on a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Age {
    /// As far as the device asks.
    All,
    /// No further than so many days.
    Days(u32),
}

/// What is set for a shared folder on one device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FolderFlags {
    /// Whether changes that were not allowed make a notice.
    pub notice: Switch,
    /// Whether mail written from there goes out in the folder owner's name.
    pub send_as_owner: Switch,
    /// Whether events go out with their reminders.
    pub reminders: Switch,
    /// How far back its items go.
    pub age: Age,
    /// Whether the device does not show it.
    pub hidden: Switch,
}

impl From<FlagsRow> for FolderFlags {
    fn from(row: FlagsRow) -> Self {
        Self {
            notice: (!row.quiet).into(),
            send_as_owner: row.as_owner.into(),
            reminders: (!row.no_reminders).into(),
            age: row.days.map_or(Age::All, Age::Days),
            hidden: row.hidden.into(),
        }
    }
}

/// What is to be set for a shared folder on one device; the rest stays.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FolderFlagsChange {
    /// Whether changes that were not allowed make a notice.
    pub notice: Option<Switch>,
    /// Whether mail written from there goes out in the folder owner's name.
    pub send_as_owner: Option<Switch>,
    /// Whether events go out with their reminders.
    pub reminders: Option<Switch>,
    /// How far back its items go.
    pub age: Option<Age>,
    /// Whether the device does not show it.
    pub hidden: Option<Switch>,
}

impl FolderFlagsChange {
    /// Refuses what makes no sense.
    pub(crate) fn check(&self) -> Result<(), Error> {
        match self.age {
            Some(Age::Days(days)) if !(1..=MAX_DAYS).contains(&days) => {
                Err(Error::invalid(format!("items go back 1 to {MAX_DAYS} days, or all of them")))
            }
            Some(Age::Days(_) | Age::All) | None => Ok(()),
        }
    }

    pub(crate) fn apply(&self, before: FlagsRow) -> FlagsRow {
        let off = |switch: Option<Switch>, before: bool| switch.map_or(before, |switch| !switch.is_on());
        let on = |switch: Option<Switch>, before: bool| switch.map_or(before, Switch::is_on);
        FlagsRow {
            quiet: off(self.notice, before.quiet),
            as_owner: on(self.send_as_owner, before.as_owner),
            no_reminders: off(self.reminders, before.no_reminders),
            days: match self.age {
                None => before.days,
                Some(Age::All) => None,
                Some(Age::Days(days)) => Some(days),
            },
            hidden: on(self.hidden, before.hidden),
        }
    }
}

/// Why a device gets a shared folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The configuration names it for everybody.
    Configured,
    /// An admin set it for this device.
    Set,
    /// The user chose it for this device.
    Own,
    /// The device gets all of its owner's folders.
    Account,
}

/// Whether a device shows a shared folder that it gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Showing {
    /// It does.
    Shown,
    /// It was deleted on the device, or hidden there.
    Hidden,
    /// Its user may neither read nor create there.
    NoAccess,
}

/// A shared folder of a device, as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedOnDevice {
    /// Whose device it is, by name.
    pub user: String,
    /// The id the device calls itself by.
    pub address: String,
    /// The owning account, by name.
    pub account: String,
    /// The folder's path.
    pub path: String,
    /// Why the device gets it.
    pub origin: Origin,
    /// Whether the device shows it.
    pub showing: Showing,
    /// What is set for it there.
    pub flags: FolderFlags,
}

/// A shared folder that a device gets, if its user may use it.
#[derive(Debug)]
pub(crate) struct Chosen {
    pub(crate) folder: FolderRow,
    pub(crate) origin: Origin,
    pub(crate) flags: FlagsRow,
}

impl Engine {
    /// Gives one device, known already or not, all folders of an account that its user may use, those to come too.
    ///
    /// # Errors
    /// When the user or account is not there, the account is the user's own, or the database fails.
    pub fn add_device_account(
        &self,
        (user, address): (&str, &str),
        account: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        self.write(now, |work| {
            let user = user_row(work, user)?;
            let account = account_of(work, account)?;
            if account == user.id {
                return Err(Error::invalid(format!(
                    "the device has all of {}'s own folders already",
                    user.name
                )));
            }
            row::device_folder::add_account(work, user.id, address, account)?;
            touch(work)
        })
    }

    /// Takes an account's folders off one device, those set for it singly aside, and returns whether it had them.
    ///
    /// # Errors
    /// When the user or account is not there, or the database fails.
    pub fn remove_device_account(
        &self,
        (user, address): (&str, &str),
        account: &str,
        now: Timestamp,
    ) -> Result<bool, Error> {
        self.write(now, |work| {
            let user = user_row(work, user)?;
            let account = account_of(work, account)?;
            let was = row::device_folder::remove_account(work, user.id, address, account)?;
            touch(work)?;
            Ok(was)
        })
    }

    /// Sets how one device, known already or not, gets a shared folder.
    ///
    /// # Errors
    /// When the user or folder is not there, the folder is the user's own, or the database fails.
    pub fn set_device_folder(
        &self,
        (user, address): (&str, &str),
        (account, path): (&str, &FolderPath),
        change: &FolderFlagsChange,
        now: Timestamp,
    ) -> Result<FolderFlags, Error> {
        change.check()?;
        self.write(now, |work| {
            let user = user_row(work, user)?;
            let folder = find(work, account, path)?;
            if folder.account == user.id {
                return Err(Error::invalid(format!("'{path}' is {}'s own, not shared", user.name)));
            }
            let before = row::device_folder::flags(work, user.id, address, folder.id)?;
            let after = change.apply(before);
            row::device_folder::set_flags(work, user.id, address, (folder.id, &after))?;
            touch(work)?;
            Ok(after.into())
        })
    }

    /// Lists the shared folders of one device, known already or not.
    ///
    /// # Errors
    /// When the user is not there, or the database fails.
    pub fn device_folders(
        &self,
        (user, address): (&str, &str),
        now: Timestamp,
    ) -> Result<Vec<SharedOnDevice>, Error> {
        self.store.read(|q| {
            let user = user_row(q, user)?;
            let chosen = chosen(q, &self.settings, (user.id, address))?;
            let now_ms = now.as_millisecond();
            chosen.iter().map(|chosen| on_device(q, (&user, address), chosen, now_ms)).collect()
        })
    }

    /// Lists the devices that get a shared folder.
    ///
    /// # Errors
    /// When the folder is not there, or the database fails.
    pub fn folder_devices(
        &self,
        account: &str,
        path: &FolderPath,
        now: Timestamp,
    ) -> Result<Vec<SharedOnDevice>, Error> {
        self.store.read(|q| {
            let folder = find(q, account, path)?;
            let now_ms = now.as_millisecond();
            let mut list = Vec::new();
            for (user, address) in row::device_folder::devices(q)? {
                let Some(user) = row::principal::load(q, user)? else { continue };
                let chosen = chosen(q, &self.settings, (user.id, &address))?;
                let here = chosen.iter().find(|chosen| chosen.folder.id == folder.id);
                if let Some(here) = here {
                    list.push(on_device(q, (&user, &address), here, now_ms)?);
                }
            }
            Ok(list)
        })
    }
}

pub(crate) fn on_device(
    q: &mut Query<'_>,
    (user, address): (&PrincipalRow, &str),
    chosen: &Chosen,
    now_ms: i64,
) -> Result<SharedOnDevice, Error> {
    let Chosen { folder, origin, flags } = chosen;
    let account = row::principal::load(q, folder.account)?.map(|account| account.name).unwrap_or_default();
    let showing = if flags.hidden {
        Showing::Hidden
    } else if Rights::load(q, folder, user.id, now_ms)?.on_device() {
        Showing::Shown
    } else {
        Showing::NoAccess
    };
    Ok(SharedOnDevice {
        user: user.name.clone(),
        address: address.to_owned(),
        account,
        path: path_of(q, folder)?,
        origin: *origin,
        showing,
        flags: (*flags).into(),
    })
}

/// Returns the shared folders chosen for a device: those of the configuration, those set for it, and those of
/// accounts it gets whole. Each stands there once, whether its user may use it or not; his own never do, since
/// nobody gets a second copy of a folder of his own.
pub(crate) fn chosen(
    q: &mut Query<'_>,
    settings: &Settings,
    (user, address): (PrincipalId, &str),
) -> Result<Vec<Chosen>, Error> {
    let mut found: Vec<(FolderRow, Origin)> = Vec::new();
    for named in &settings.shared_folders {
        let Ok(path) = FolderPath::try_from(named.path.as_str()) else { continue };
        let Some(account) = row::principal::by_name(q, &named.account)? else { continue };
        found.extend(look_up(q, account.id, &path)?.map(|folder| (folder, Origin::Configured)));
    }
    for id in row::device::folders(q, user, address)? {
        found.extend(row::folder::load(q, id)?.map(|folder| (folder, Origin::Set)));
    }
    for id in row::device::own_folders(q, user, address)? {
        found.extend(row::folder::load(q, id)?.map(|folder| (folder, Origin::Own)));
    }
    for account in row::device_folder::accounts(q, user, address)? {
        let folders = row::folder::of_account(q, account)?;
        found.extend(folders.into_iter().map(|folder| (folder, Origin::Account)));
    }
    let mut flags: BTreeMap<FolderId, FlagsRow> =
        row::device_folder::all_flags(q, user, address)?.into_iter().collect();
    let mut list: Vec<Chosen> = Vec::new();
    for (folder, origin) in found {
        let known = list.iter().any(|chosen| chosen.folder.id == folder.id);
        if known || folder.account == user || kind::from_code(folder.kind)? == Kind::Files {
            continue;
        }
        let flags = flags.remove(&folder.id).unwrap_or_default();
        list.push(Chosen { folder, origin, flags });
    }
    Ok(list)
}

/// Returns in whose name a device sends a message, where that is set for a shared folder there: the owner of the folder
/// that the message it answers is in, or the owner whom it names. Who may not write there does not speak for its owner.
pub(crate) fn speaks_for(
    q: &mut Query<'_>,
    (caller, device): (&Caller, &Device),
    (answered, named): (Option<FolderId>, Option<&str>),
    now_ms: i64,
) -> Result<Option<Address>, Error> {
    for (id, flags) in row::device_folder::all_flags(q, caller.user, &device.address)? {
        if !flags.as_owner {
            continue;
        }
        let Some(folder) = row::folder::load(q, id)? else { continue };
        let Some(owner) = row::principal::load(q, folder.account)? else { continue };
        let Some(address) = owner.email else { continue };
        let meant = answered == Some(id) || named.is_some_and(|named| named.eq_ignore_ascii_case(&address));
        if meant && Rights::load(q, &folder, caller.user, now_ms)?.creates() {
            return Ok(Some(Address { name: owner.display_name, address }));
        }
    }
    Ok(None)
}

/// Takes a shared folder from what a device shows. Nothing of the folder changes.
pub(crate) fn hide(
    work: &mut Work<'_, '_>,
    (user, address): (PrincipalId, &str),
    folder: FolderId,
) -> Result<(), Error> {
    let before = row::device_folder::flags(work, user, address, folder)?;
    let after = FlagsRow { hidden: true, ..before };
    if after == before || row::folder::load(work, folder)?.is_none() {
        return Ok(());
    }
    row::device_folder::set_flags(work, user, address, (folder, &after))?;
    touch(work)
}

/// Lets every device work its folders out anew.
pub(crate) fn touch(work: &mut Work<'_, '_>) -> Result<(), Error> {
    row::counter::touch_directory(work)?;
    work.changed.directory = true;
    Ok(())
}

/// Returns the user of this name.
pub(crate) fn user_row(q: &mut Query<'_>, name: &str) -> Result<PrincipalRow, Error> {
    let id = crate::share::resolve(q, &crate::PrincipalRef::User(name.to_owned()))?;
    row::principal::load(q, id)?.ok_or_else(|| Error::not_found(format!("user '{name}'")))
}
