//! `comity device folder`

use anyhow::Result;
use clap::{ArgGroup, Args, Subcommand, ValueEnum};
use engine::{Age, FolderFlags, FolderFlagsChange, FolderPath, Origin, SharedOnDevice, Showing, Switch};
use serde::Serialize;

use crate::output::Row;
use crate::session::{Session, folder_path};

/// Shared folders of one device; also before it comes for the first time.
#[derive(Debug, Subcommand)]
pub(crate) enum DeviceFolders {
    /// Give the device a shared folder, or all folders of an account
    Add(FolderArgs),
    /// Take a shared folder from the device, or all folders of an account
    Remove(FolderArgs),
    /// Set how the device gets a shared folder
    Set(SetArgs),
    /// The shared folders that the device gets, and how
    List {
        /// The user
        user: String,
        /// The device's id
        device: String,
    },
    /// The devices that get a shared folder, and how
    Who {
        /// The user or space that owns the folder
        account: String,
        /// The folder's path
        #[arg(value_parser = folder_path)]
        path: FolderPath,
    },
}

/// A device and a folder, or all folders of an account.
#[derive(Debug, Args)]
pub(crate) struct FolderArgs {
    /// The user
    user: String,
    /// The device's id
    device: String,
    /// The user or space that owns the folder
    account: String,
    /// The folder's path; without it all folders of the account that the user may use, those to come too
    #[arg(value_parser = folder_path)]
    path: Option<FolderPath>,
}

/// A device, a folder and what is to be set.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("what").required(true).multiple(true))]
pub(crate) struct SetArgs {
    /// The user
    user: String,
    /// The device's id
    device: String,
    /// The user or space that owns the folder
    account: String,
    /// The folder's path
    #[arg(value_parser = folder_path)]
    path: FolderPath,
    /// Whether a message hands back changes that were not allowed
    #[arg(long, group = "what", value_name = "on|off")]
    notice: Option<OnOff>,
    /// Whether mail written from there goes out in the owner's name, where the owner allows it
    #[arg(long, group = "what", value_name = "on|off")]
    send_as_owner: Option<OnOff>,
    /// Whether events come with their reminders
    #[arg(long, group = "what", value_name = "on|off")]
    reminders: Option<OnOff>,
    /// How far back items go at most
    #[arg(long, group = "what", value_name = "N|all", value_parser = age)]
    days: Option<Age>,
    /// Whether the device leaves it out
    #[arg(long, group = "what", value_name = "on|off")]
    hidden: Option<OnOff>,
}

/// Whether something is done.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum OnOff {
    /// It is
    On,
    /// It is not
    Off,
}

impl From<OnOff> for Switch {
    fn from(word: OnOff) -> Self {
        match word {
            OnOff::On => Self::On,
            OnOff::Off => Self::Off,
        }
    }
}

fn age(text: &str) -> Result<Age, String> {
    if text == "all" {
        return Ok(Age::All);
    }
    text.parse().map(Age::Days).map_err(|_| format!("'{text}' is neither a number of days nor 'all'"))
}

/// A shared folder of a device, as printed.
#[derive(Debug, Serialize)]
struct SharedRow {
    user: String,
    device: String,
    account: String,
    path: String,
    from: &'static str,
    state: &'static str,
    notice: bool,
    send_as_owner: bool,
    reminders: bool,
    days: Option<u32>,
}

impl From<SharedOnDevice> for SharedRow {
    fn from(folder: SharedOnDevice) -> Self {
        let SharedOnDevice { user, address: device, account, path, origin, showing, flags } = folder;
        let FolderFlags { notice, send_as_owner, reminders, age, hidden: _ } = flags;
        Self {
            user,
            device,
            account,
            path,
            from: match origin {
                Origin::Configured => "configuration",
                Origin::Set => "device",
                Origin::Own => "own choice",
                Origin::Account => "account",
            },
            state: match showing {
                Showing::Shown => "shown",
                Showing::Hidden => "hidden",
                Showing::NoAccess => "no access",
            },
            notice: notice == Switch::On,
            send_as_owner: send_as_owner == Switch::On,
            reminders: reminders == Switch::On,
            days: match age {
                Age::All => None,
                Age::Days(days) => Some(days),
            },
        }
    }
}

impl Row for SharedRow {
    const HEADS: &'static [&'static str] = &["user", "device", "account", "folder", "from", "state", "set"];

    fn cells(&self) -> Vec<String> {
        let mut set = Vec::new();
        if !self.notice {
            set.push("no notice".to_owned());
        }
        if self.send_as_owner {
            set.push("sends as owner".to_owned());
        }
        if !self.reminders {
            set.push("no reminders".to_owned());
        }
        set.extend(self.days.map(|days| format!("{days} days")));
        let Self { user, device, account, path, from, state, .. } = self;
        let words = [user.as_str(), device, account, path, from, state, &set.join(", ")];
        words.map(str::to_owned).to_vec()
    }
}

impl DeviceFolders {
    /// Runs the command.
    pub(super) fn run(&self, session: &Session) -> Result<()> {
        let Session { engine, now, out } = session;
        match self {
            Self::Add(FolderArgs { user, device, account, path: Some(path) }) => {
                engine.add_device_folder((user, device), account, path, *now)?;
                out.done(&format!(
                    "{user}'s device {device} gets {account} '{path}', if its user may use it"
                ));
            }
            Self::Add(FolderArgs { user, device, account, path: None }) => {
                engine.add_device_account((user, device), account, *now)?;
                out.done(&format!(
                    "{user}'s device {device} gets all folders of {account} that its user may use"
                ));
            }
            Self::Remove(FolderArgs { user, device, account, path: Some(path) }) => {
                let there = engine.remove_device_folder((user, device), account, path, *now)?;
                there
                    .then_some(())
                    .ok_or_else(|| missing(format!("{account} '{path}' on device '{device}'")))?;
                out.done(&format!("{user}'s device {device} no longer gets {account} '{path}'"));
            }
            Self::Remove(FolderArgs { user, device, account, path: None }) => {
                let there = engine.remove_device_account((user, device), account, *now)?;
                there
                    .then_some(())
                    .ok_or_else(|| missing(format!("{account} as a whole on device '{device}'")))?;
                out.done(&format!("{user}'s device {device} no longer gets all folders of {account}"));
            }
            Self::Set(set) => {
                engine.set_device_folder(
                    (&set.user, &set.device),
                    (&set.account, &set.path),
                    &set.change(),
                    *now,
                )?;
                out.done(&format!(
                    "{}'s device {}: {} '{}' is set",
                    set.user, set.device, set.account, set.path
                ));
            }
            Self::List { user, device } => {
                let folders = engine.device_folders((user, device), *now)?;
                return out.list(&folders.into_iter().map(SharedRow::from).collect::<Vec<_>>());
            }
            Self::Who { account, path } => {
                let devices = engine.folder_devices(account, path, *now)?;
                return out.list(&devices.into_iter().map(SharedRow::from).collect::<Vec<_>>());
            }
        }
        Ok(())
    }
}

impl SetArgs {
    fn change(&self) -> FolderFlagsChange {
        FolderFlagsChange {
            notice: self.notice.map(Switch::from),
            send_as_owner: self.send_as_owner.map(Switch::from),
            reminders: self.reminders.map(Switch::from),
            age: self.days,
            hidden: self.hidden.map(Switch::from),
        }
    }
}

/// Returns the error where what was to be taken away was not there.
const fn missing(what: String) -> engine::Error {
    engine::Error::NotFound { what }
}
