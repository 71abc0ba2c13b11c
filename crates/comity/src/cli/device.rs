//! `comity device`

use anyhow::Result;
use clap::{Args, Subcommand};
use engine::{DeviceFolder, DeviceSummary, FolderPath};
use serde::Serialize;

use crate::output::{Row, pairs, table};
use crate::session::{Session, folder_path};

/// Devices.
#[derive(Debug, Subcommand)]
pub(crate) enum Device {
    /// List the devices, of all users or of one
    List {
        /// The user
        user: Option<String>,
    },
    /// Show a device and how far it has come
    Show {
        /// The user
        user: String,
        /// The device's id
        device: String,
    },
    /// Forget a device; if it comes again it starts from the beginning
    Remove {
        /// The user
        user: String,
        /// The device's id
        device: String,
    },
    /// Shared folders of one device
    #[command(subcommand)]
    Folder(DeviceFolders),
}

/// Shared folders of one device; also before it comes for the first time.
#[derive(Debug, Subcommand)]
pub(crate) enum DeviceFolders {
    /// Give the device a shared folder
    Add(FolderArgs),
    /// Take a shared folder from the device
    Remove(FolderArgs),
}

/// A device and a folder.
#[derive(Debug, Args)]
pub(crate) struct FolderArgs {
    /// The user
    user: String,
    /// The device's id
    device: String,
    /// The user or space that owns the folder
    account: String,
    /// The folder's path
    #[arg(value_parser = folder_path)]
    path: FolderPath,
}

/// A device, as printed.
#[derive(Debug, Serialize)]
struct DeviceRow {
    user: String,
    id: String,
    r#type: String,
    version: String,
    last_seen: String,
    folders: Vec<FolderRow>,
    first_seen: String,
    agent: String,
    set_folders: Vec<SetFolder>,
}

/// A folder that a device holds, as printed.
#[derive(Debug, Serialize)]
struct FolderRow {
    account: String,
    path: String,
    items_held: u64,
    behind: i64,
    corrections: usize,
    offers: usize,
}

/// A folder that was set for a device, as printed.
#[derive(Debug, Serialize)]
struct SetFolder {
    account: String,
    path: String,
}

impl From<DeviceFolder> for FolderRow {
    fn from(folder: DeviceFolder) -> Self {
        let DeviceFolder { account, path, items_held, behind, corrections, offers } = folder;
        Self { account, path, items_held, behind, corrections, offers }
    }
}

impl From<DeviceSummary> for DeviceRow {
    fn from(device: DeviceSummary) -> Self {
        let set = device.set_folders.into_iter().map(|(account, path)| SetFolder { account, path });
        Self {
            user: device.user,
            id: device.address,
            r#type: device.kind,
            version: device.version,
            last_seen: device.last_seen.to_string(),
            folders: device.folders.into_iter().map(FolderRow::from).collect(),
            first_seen: device.first_seen.to_string(),
            agent: device.agent,
            set_folders: set.collect(),
        }
    }
}

impl Row for DeviceRow {
    const HEADS: &'static [&'static str] = &["user", "device", "type", "version", "last seen", "folders"];

    fn cells(&self) -> Vec<String> {
        let folders = self.folders.len().to_string();
        let Self { user, id, r#type, version, last_seen, .. } = self;
        vec![user.clone(), id.clone(), r#type.clone(), version.clone(), last_seen.clone(), folders]
    }
}

impl DeviceRow {
    fn text(&self) -> String {
        let own = [
            ("user", &self.user),
            ("device", &self.id),
            ("type", &self.r#type),
            ("version", &self.version),
            ("program", &self.agent),
            ("first seen", &self.first_seen),
            ("last seen", &self.last_seen),
        ];
        let own = own.into_iter().map(|(name, value)| vec![name.to_owned(), value.clone()]);
        let set = self
            .set_folders
            .iter()
            .map(|set| vec!["set for it".to_owned(), format!("{} '{}'", set.account, set.path)]);
        let rows = self.folders.iter().map(|folder| {
            let numbers =
                [folder.items_held.to_string(), folder.behind.to_string(), folder.corrections.to_string()];
            [vec![folder.account.clone(), folder.path.clone()], numbers.to_vec()].concat()
        });
        let folders =
            table(&["account", "folder", "items held", "changes behind", "corrections to come"], rows);
        format!("{}\n\n{folders}", pairs(own.chain(set)))
    }
}

impl Device {
    /// Runs the command.
    pub(crate) fn run(&self, session: &Session) -> Result<()> {
        let Session { engine, now, out } = session;
        match self {
            Self::List { user } => {
                let devices = engine.devices(user.as_deref())?;
                return out.list(&devices.into_iter().map(DeviceRow::from).collect::<Vec<_>>());
            }
            Self::Show { user, device } => {
                let found = engine.devices(Some(user))?.into_iter().find(|found| found.address == *device);
                let missing = || engine::Error::NotFound { what: format!("device '{device}' of {user}") };
                return out.show(&DeviceRow::from(found.ok_or_else(missing)?), DeviceRow::text);
            }
            Self::Remove { user, device } => {
                engine.remove_device(user, device, *now)?;
                out.done(&format!("{user}'s device {device} is forgotten"));
            }
            Self::Folder(DeviceFolders::Add(FolderArgs { user, device, account, path })) => {
                engine.add_device_folder((user, device), account, path, *now)?;
                out.done(&format!(
                    "{user}'s device {device} gets {account} '{path}', if its user may use it"
                ));
            }
            Self::Folder(DeviceFolders::Remove(FolderArgs { user, device, account, path })) => {
                let there = engine.remove_device_folder((user, device), account, path, *now)?;
                let missing =
                    || engine::Error::NotFound { what: format!("{account} '{path}' on device '{device}'") };
                there.then_some(()).ok_or_else(missing)?;
                out.done(&format!("{user}'s device {device} no longer gets {account} '{path}'"));
            }
        }
        Ok(())
    }
}
