//! What a user chooses for his own devices: which shared folders go on each, and how.

use crate::decide::Rights;
use crate::device_folder::{Origin, SharedOnDevice, Showing, Switch, chosen, on_device, touch};
use crate::folder::{FolderPath, find, path_of};
use crate::seat::Seat;
use crate::work::Work;
use crate::{Actor, Age, Caller, Engine, Error, FolderFlags, FolderFlagsChange, Settings, kind};
use items::Kind;
use jiff::Timestamp;
use store::id::PrincipalId;
use store::row::device_folder::FlagsRow;
use store::row::folder::FolderRow;
use store::{Query, row};

/// A shared folder that a device of its user gets, or could get.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceChoice {
    /// The owning account, by name.
    pub account: String,
    /// What people call the owner.
    pub owner: String,
    /// The folder's path.
    pub path: String,
    /// What it holds.
    pub kind: Kind,
    /// Why the device gets it; `None` where it does not.
    pub origin: Option<Origin>,
    /// Whether the device shows it; `None` where it does not get it.
    pub showing: Option<Showing>,
    /// What is set for it there.
    pub flags: FolderFlags,
}

/// How a user wants a shared folder on his device; the rest stays.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OwnDeviceFolder {
    /// Whether the device shows it.
    pub shown: Option<Switch>,
    /// Whether changes that were not allowed make a notice.
    pub notice: Option<Switch>,
    /// Whether events go out with their reminders.
    pub reminders: Option<Switch>,
    /// How far back its items go.
    pub age: Option<Age>,
}

impl Engine {
    /// Lists the shared folders that the caller's device gets or could get, by account and path.
    ///
    /// # Errors
    /// When he has no such device, or the database fails.
    pub fn device_choices(
        &self,
        caller: &Caller,
        address: &str,
        now: Timestamp,
    ) -> Result<Vec<DeviceChoice>, Error> {
        self.store.read(|q| {
            known(q, caller, address)?;
            choices(q, &self.settings, (caller.user, address), now)
        })
    }

    /// Puts a shared folder on the caller's device, takes it off, or sets how he gets it there. What an admin set or
    /// the configuration names he can hide on it, and show again.
    ///
    /// # Errors
    /// When he has no such device, there is no such folder for him, it cannot be on a device, or the database fails.
    pub fn choose_device_folder(
        &self,
        (caller, address): (&Caller, &str),
        (account, path): (&str, &FolderPath),
        wish: &OwnDeviceFolder,
        now: Timestamp,
    ) -> Result<DeviceChoice, Error> {
        self.write(now, |work| {
            known(work, caller, address)?;
            let missing = || Error::not_found(format!("folder '{path}' of '{account}'"));
            let folder = match find(work, account, path) {
                Err(Error::NotFound { .. } | Error::Invalid { .. }) => return Err(missing()),
                found => found?,
            };
            let settings = work.settings;
            let here = chosen(work, settings, (caller.user, address))?;
            let origin = here.iter().find(|chosen| chosen.folder.id == folder.id).map(|chosen| chosen.origin);
            let rights = Rights::load(work, &folder, caller.user, now.as_millisecond())?;
            if origin.is_none() && !rights.sees_folder() {
                return Err(missing());
            }
            if folder.account == caller.user {
                return Err(Error::invalid(format!("'{path}' is your own: your devices have it already")));
            }
            if let Some(shown) = wish.shown {
                show(work, (caller.user, address), (&folder, origin, &rights), shown)?;
            }
            set_flags(work, (caller.user, address), &folder, wish)?;
            touch(work)?;
            let list = choices(work, settings, (caller.user, address), now)?;
            let path = path.to_string();
            let found = list.into_iter().find(|choice| choice.account == account && choice.path == path);
            found.ok_or_else(missing)
        })
    }

    /// Lists the devices that get a folder, for those who administer it.
    ///
    /// # Errors
    /// When there is no such folder for the viewer, he does not administer it, or the database fails.
    pub fn devices_with(
        &self,
        viewer: Actor<'_>,
        (account, path): (&str, &FolderPath),
        now: Timestamp,
    ) -> Result<Vec<SharedOnDevice>, Error> {
        let folder = self.folder_at(viewer, account, path, now)?;
        let leave = self.store.read(|q| -> Result<bool, Error> {
            let Some(folder) = row::folder::load(q, folder)? else { return Ok(false) };
            let seat = Seat::take(q, viewer, &folder, now.as_millisecond())?;
            Ok(seat.is_some_and(|seat| seat.leave.is_some()))
        })?;
        if !leave {
            return Err(Error::refused("only those who administer a folder see on which devices it is"));
        }
        self.folder_devices(account, path, now)
    }
}

fn known(q: &mut Query<'_>, caller: &Caller, address: &str) -> Result<(), Error> {
    match row::device::by_address(q, caller.user, address)? {
        Some(_) => Ok(()),
        None => Err(Error::not_found(format!("device '{address}'"))),
    }
}

fn show(
    work: &mut Work<'_, '_>,
    (user, address): (PrincipalId, &str),
    (folder, origin, rights): (&FolderRow, Option<Origin>, &Rights),
    shown: Switch,
) -> Result<(), Error> {
    let before = row::device_folder::flags(work, user, address, folder.id)?;
    let mut hidden = false;
    match (shown, origin) {
        (Switch::On, None) => {
            if kind::from_code(folder.kind)? == Kind::Files || !rights.on_device() {
                return Err(Error::refused("a device gets a folder where you may read or add items"));
            }
            row::device::choose_folder(work, user, address, folder.id)?;
        }
        (Switch::On, Some(_)) | (Switch::Off, None) => {}
        (Switch::Off, Some(Origin::Own)) => {
            row::device::remove_folder(work, user, address, folder.id)?;
        }
        (Switch::Off, Some(Origin::Configured | Origin::Set | Origin::Account)) => hidden = true,
    }
    let after = FlagsRow { hidden, ..before };
    Ok(row::device_folder::set_flags(work, user, address, (folder.id, &after))?)
}

fn set_flags(
    work: &mut Work<'_, '_>,
    (user, address): (PrincipalId, &str),
    folder: &FolderRow,
    wish: &OwnDeviceFolder,
) -> Result<(), Error> {
    let OwnDeviceFolder { notice, reminders, age, .. } = *wish;
    let change = FolderFlagsChange { notice, reminders, age, ..FolderFlagsChange::default() };
    change.check()?;
    let before = row::device_folder::flags(work, user, address, folder.id)?;
    let after = change.apply(before);
    Ok(row::device_folder::set_flags(work, user, address, (folder.id, &after))?)
}

fn choices(
    q: &mut Query<'_>,
    settings: &Settings,
    (user, address): (PrincipalId, &str),
    now: Timestamp,
) -> Result<Vec<DeviceChoice>, Error> {
    let now_ms = now.as_millisecond();
    let Some(row) = row::principal::load(q, user)? else { return Ok(Vec::new()) };
    let mut list = Vec::new();
    let mut seen = Vec::new();
    for chosen in chosen(q, settings, (user, address))? {
        let shown = on_device(q, (&row, address), &chosen, now_ms)?;
        // What he may not know of is not told, even if an admin set it.
        if shown.showing == Showing::NoAccess && !Rights::load(q, &chosen.folder, user, now_ms)?.sees_folder()
        {
            continue;
        }
        let (origin, showing) = (Some(shown.origin), Some(shown.showing));
        seen.push(chosen.folder.id);
        list.push(choice(q, &chosen.folder, (origin, showing), shown.flags)?);
    }
    for id in row::grant::folders_given(q, user)? {
        let found = row::folder::load(q, id)?.filter(|folder| folder.account != user && !seen.contains(&id));
        let Some(folder) = found else { continue };
        let fits = kind::from_code(folder.kind)? != Kind::Files;
        if fits && Rights::load(q, &folder, user, now_ms)?.on_device() {
            let flags = row::device_folder::flags(q, user, address, id)?;
            list.push(choice(q, &folder, (None, None), flags.into())?);
        }
    }
    list.sort_by(|a, b| (&a.account, &a.path).cmp(&(&b.account, &b.path)));
    Ok(list)
}

fn choice(
    q: &mut Query<'_>,
    folder: &FolderRow,
    (origin, showing): (Option<Origin>, Option<Showing>),
    flags: FolderFlags,
) -> Result<DeviceChoice, Error> {
    let owner = row::principal::load(q, folder.account)?.ok_or(store::Error::Corrupt)?;
    Ok(DeviceChoice {
        account: owner.name,
        owner: owner.display_name,
        path: path_of(q, folder)?,
        kind: kind::from_code(folder.kind)?,
        origin,
        showing,
        flags,
    })
}
