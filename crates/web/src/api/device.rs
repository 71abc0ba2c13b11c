//! Devices, and which shared folders go on them.

use engine::{Age, DeviceChoice, DeviceSummary, Origin, OwnDeviceFolder, Showing, Switch, WipeKind};
use items::Kind;

use super::call::{Call, path};
use super::problem::Problem;
use super::route::{Route, Verb};
use super::shape::{Nothing, Time, Word, asked, shown};
use super::words::WipeOf;

shown! {
    /// A device.
    DeviceShown {
        /// Whose it is.
        user: String,
        /// The id it calls itself by.
        id: String,
        /// The type it says it is of.
        r#type: String,
        /// The protocol version it spoke last.
        version: String,
        /// Its last contact.
        last_seen: Time,
        /// The folders it syncs.
        folders: Vec<SyncedFolder>,
    }

    /// A folder that a device syncs.
    SyncedFolder {
        /// The owning account.
        account: String,
        /// The folder's path.
        path: String,
        /// How many items the device holds.
        items_held: i64,
        /// How many of the folder's changes it has not come to yet.
        behind: i64,
    }

    /// A shared folder that a device gets, or could get.
    ChoiceShown {
        /// The owning account.
        account: String,
        /// What people call the owner.
        owner: String,
        /// The folder's path.
        path: String,
        /// What it holds.
        kind: Word<Kind>,
        /// Why the device gets it; null where it does not.
        origin: Option<Word<Origin>>,
        /// Whether the device shows it; null where it does not get it.
        showing: Option<Word<Showing>>,
        /// Whether changes that were not allowed make a notice.
        notice: bool,
        /// Whether events go out with their reminders.
        reminders: bool,
        /// How many days its items go back; null for all.
        days: Option<u32>,
    }

    /// A device that gets a folder of one's own.
    HolderShown {
        /// Whose it is.
        user: String,
        /// The id it calls itself by.
        device: String,
        /// Why it gets the folder.
        origin: Word<Origin>,
        /// Whether it shows it.
        showing: Word<Showing>,
    }
}

asked! {
    /// Whose devices.
    Owner {
        /// A user, for system admins; who asks where it is left out.
        user: Option<String>,
    }

    /// How one wants a shared folder on a device; what is left out stays.
    ChoiceAsked {
        /// The owning account.
        account: String,
        /// The folder's path.
        path: String,
        /// Whether the device is to show it.
        shown: Option<bool>,
        /// Whether changes that were not allowed make a notice.
        notice: Option<bool>,
        /// Whether events go out with their reminders.
        reminders: Option<bool>,
        /// How many days its items go back; 0 for all.
        days: Option<u32>,
    }

    /// What is to be wiped.
    WipeAsked {
        /// What came from this account, or everything on the device.
        what: Word<WipeOf>,
    }
}

pub(crate) fn routes() -> Vec<Route> {
    use Verb::{Delete, Get, Post, Put};
    vec![
        Route::new((Get, "/devices"), "List devices, for system admins those of any user", list),
        Route::new((Delete, "/devices/{device}"), "Forget one of one's devices", remove),
        Route::new((Post, "/devices/{device}/wipe"), "Have one of one's devices wiped", wipe),
        Route::new((Get, "/devices/{device}/folders"), "List the shared folders a device could get", choices),
        Route::new((Put, "/devices/{device}/folders"), "Choose how a device gets a shared folder", choose),
        Route::new((Get, "/folders/{folder}/devices"), "List the devices that get a folder", holders),
    ]
}

fn list(call: &Call<'_>, query: &Owner, _: &Nothing) -> Result<Vec<DeviceShown>, Problem> {
    let user = query.user.clone().unwrap_or_else(|| call.caller.name().to_owned());
    let devices = call.as_admin_or(&user)?.engine.devices(Some(&user))?;
    Ok(devices.into_iter().map(DeviceShown::from).collect())
}

impl From<DeviceSummary> for DeviceShown {
    fn from(device: DeviceSummary) -> Self {
        let folders = device.folders.into_iter().map(|folder| SyncedFolder {
            account: folder.account,
            path: folder.path,
            items_held: i64::try_from(folder.items_held).unwrap_or(i64::MAX),
            behind: folder.behind,
        });
        Self {
            user: device.user,
            id: device.address,
            r#type: device.kind,
            version: device.version,
            last_seen: Time(device.last_seen),
            folders: folders.collect(),
        }
    }
}

fn remove(call: &Call<'_>, _: &Nothing, _: &Nothing) -> Result<Nothing, Problem> {
    call.admin().remove_device(call.caller.name(), call.text("device"), call.now)?;
    Ok(Nothing {})
}

fn wipe(call: &Call<'_>, _: &Nothing, body: &WipeAsked) -> Result<Nothing, Problem> {
    let kind = match body.what.0 {
        WipeOf::Account => WipeKind::Account,
        WipeOf::Device => WipeKind::Whole,
    };
    call.admin().wipe_device((call.caller.name(), call.text("device")), kind, call.now)?;
    Ok(Nothing {})
}

fn choices(call: &Call<'_>, _: &Nothing, _: &Nothing) -> Result<Vec<ChoiceShown>, Problem> {
    let list = call.engine.device_choices(&call.caller, call.text("device"), call.now)?;
    Ok(list.into_iter().map(ChoiceShown::from).collect())
}

impl From<DeviceChoice> for ChoiceShown {
    fn from(choice: DeviceChoice) -> Self {
        Self {
            account: choice.account,
            owner: choice.owner,
            path: choice.path,
            kind: Word(choice.kind),
            origin: choice.origin.map(Word),
            showing: choice.showing.map(Word),
            notice: choice.flags.notice == Switch::On,
            reminders: choice.flags.reminders == Switch::On,
            days: match choice.flags.age {
                Age::All => None,
                Age::Days(days) => Some(days),
            },
        }
    }
}

fn choose(call: &Call<'_>, _: &Nothing, body: &ChoiceAsked) -> Result<ChoiceShown, Problem> {
    let wish = OwnDeviceFolder {
        shown: body.shown.map(Switch::from),
        notice: body.notice.map(Switch::from),
        reminders: body.reminders.map(Switch::from),
        age: body.days.map(|days| if days == 0 { Age::All } else { Age::Days(days) }),
    };
    let device = (&call.caller, call.text("device"));
    let folder = (body.account.as_str(), &path(&body.path)?);
    Ok(call.engine.choose_device_folder(device, folder, &wish, call.now)?.into())
}

fn holders(call: &Call<'_>, _: &Nothing, _: &Nothing) -> Result<Vec<HolderShown>, Problem> {
    let (account, path) = call.place()?;
    let list = call.engine.devices_with(call.actor(), (&account, &path), call.now)?.into_iter();
    let list = list.map(|one| HolderShown {
        user: one.user,
        device: one.address,
        origin: Word(one.origin),
        showing: Word(one.showing),
    });
    Ok(list.collect())
}
