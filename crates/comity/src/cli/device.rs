//! `comity device`

mod folder;
mod merge;
mod orders;
mod resync;
mod show;
mod trace;

use anyhow::Result;
use clap::{Args, Subcommand};
use engine::{DeviceFolder, DeviceSummary, DeviceTrouble, Standing, Timestamp, Wipe, WipeKind, WipeState};
use serde::Serialize;

use crate::output::{Row, pairs, table};
use crate::session::Session;

/// Devices.
#[derive(Debug, Subcommand)]
pub(crate) enum Device {
    /// List the devices, of all users or of one
    List {
        /// The user
        user: Option<String>,
    },
    /// Show a device and how far it has come
    Show(Which),
    /// Forget a device; if it comes again it starts from the beginning
    Remove(Which),
    /// Let a device be used: after quarantine, block or wipe
    Allow(Which),
    /// Give a device nothing until it is allowed
    Quarantine(Which),
    /// Give a device nothing any more
    Block(Which),
    /// Erase the account on a device, or everything
    Wipe(orders::Wipe),
    /// Have a device fetch something anew: everything, the list of folders, a folder or an item
    Resync(resync::Resync),
    /// Write down what a device and the server say to each other, without the items' content
    Trace(trace::Trace),
    /// Shared folders of one device
    #[command(subcommand)]
    Folder(folder::DeviceFolders),
    /// Show shared folders of a kind inside the user's own: for phones that show only one of a kind
    Merge(merge::Merge),
}

/// A device.
#[derive(Debug, Args)]
pub(crate) struct Which {
    /// The user
    user: String,
    /// The device's id
    device: String,
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
    standing: &'static str,
    wipe: Option<WipeRow>,
    traced_until: Option<String>,
    provisioned: bool,
    information: Vec<String>,
    last_error: Option<TroubleRow>,
}

/// An order to wipe, as printed.
#[derive(Debug, Serialize)]
struct WipeRow {
    what: &'static str,
    state: &'static str,
    since: String,
}

/// The last time a device was not answered as it wished, as printed.
#[derive(Debug, Serialize)]
struct TroubleRow {
    at: String,
    what: String,
}

impl From<DeviceTrouble> for TroubleRow {
    fn from(trouble: DeviceTrouble) -> Self {
        Self { at: trouble.at.to_string(), what: trouble.what }
    }
}

const fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Allowed => "allowed",
        Standing::Quarantined => "quarantined",
        Standing::Blocked => "blocked",
    }
}

impl From<Wipe> for WipeRow {
    fn from(wipe: Wipe) -> Self {
        let what = match wipe.kind {
            WipeKind::Account => "account",
            WipeKind::Whole => "everything",
        };
        let state = match wipe.state {
            WipeState::Asked => "asked",
            WipeState::Told => "told",
            WipeState::Done => "done",
            WipeState::Failed => "failed",
        };
        Self { what, state, since: time(wipe.at) }
    }
}

/// Returns a time in milliseconds since 1970 for people.
fn time(ms: i64) -> String {
    Timestamp::from_millisecond(ms).map_or_else(|_| ms.to_string(), |at| at.to_string())
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
    last_error: Option<TroubleRow>,
}

/// A folder that was set for a device, as printed.
#[derive(Debug, Serialize)]
struct SetFolder {
    account: String,
    path: String,
}

impl From<DeviceFolder> for FolderRow {
    fn from(folder: DeviceFolder) -> Self {
        let DeviceFolder { account, path, items_held, behind, corrections, offers, trouble } = folder;
        let last_error = trouble.map(TroubleRow::from);
        Self { account, path, items_held, behind, corrections, offers, last_error }
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
            standing: standing(device.orders.standing),
            wipe: device.orders.wipe.map(WipeRow::from),
            traced_until: (device.orders.traced_until != 0).then(|| time(device.orders.traced_until)),
            provisioned: device.policy_key != 0,
            information: device.info.lines().map(str::to_owned).collect(),
            last_error: device.trouble.map(TroubleRow::from),
        }
    }
}

impl Row for DeviceRow {
    const HEADS: &'static [&'static str] =
        &["user", "device", "type", "version", "last seen", "folders", "standing"];

    fn cells(&self) -> Vec<String> {
        let folders = self.folders.len().to_string();
        let Self { user, id, r#type, version, last_seen, .. } = self;
        let standing = self.wipe.as_ref().map_or(self.standing.to_owned(), |wipe| {
            format!("{}, wipe of {} {}", self.standing, wipe.what, wipe.state)
        });
        vec![user.clone(), id.clone(), r#type.clone(), version.clone(), last_seen.clone(), folders, standing]
    }
}

impl FolderRow {
    fn cells(&self) -> Vec<String> {
        let state = match (self.behind, self.corrections) {
            (0, 0) => "in step".to_owned(),
            (behind, 0) => format!("{behind} changes behind"),
            (0, corrections) => format!("{corrections} corrections to come"),
            (behind, corrections) => format!("{behind} changes behind, {corrections} corrections to come"),
        };
        let error = self.last_error.as_ref().map(|error| format!("{} ({})", error.what, error.at));
        let held = self.items_held.to_string();
        vec![self.account.clone(), self.path.clone(), held, state, error.unwrap_or_default()]
    }
}

impl DeviceRow {
    fn text(&self) -> String {
        let wipe =
            self.wipe.as_ref().map(|wipe| format!("of {}: {} since {}", wipe.what, wipe.state, wipe.since));
        let error = self.last_error.as_ref().map(|error| format!("{} ({})", error.what, error.at));
        let provisioned = if self.provisioned { "acknowledged" } else { "not acknowledged" };
        let own = [
            ("user", Some(self.user.clone())),
            ("device", Some(self.id.clone())),
            ("type", Some(self.r#type.clone())),
            ("version", Some(self.version.clone())),
            ("program", Some(self.agent.clone())),
            ("first seen", Some(self.first_seen.clone())),
            ("last seen", Some(self.last_seen.clone())),
            ("standing", Some(self.standing.to_owned())),
            ("wipe", wipe),
            ("policy", Some(provisioned.to_owned())),
            ("traced until", self.traced_until.clone()),
            ("last error", error),
        ];
        let own = own.into_iter().filter_map(|(name, value)| Some(vec![name.to_owned(), value?]));
        let says = self.information.iter().map(|line| vec!["says".to_owned(), line.clone()]);
        let set = self
            .set_folders
            .iter()
            .map(|set| vec!["set for it".to_owned(), format!("{} '{}'", set.account, set.path)]);
        let rows = self.folders.iter().map(FolderRow::cells);
        let folders = table(&["account", "folder", "items held", "state", "last error"], rows);
        format!("{}\n\n{folders}", pairs(own.chain(says).chain(set)))
    }
}

/// Returns a user's device.
fn find(session: &Session, which: &Which) -> Result<DeviceSummary> {
    let Which { user, device } = which;
    let found = session.engine.devices(Some(user))?.into_iter().find(|found| found.address == *device);
    let missing = || engine::Error::NotFound { what: format!("device '{device}' of {user}") };
    Ok(found.ok_or_else(missing)?)
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
            Self::Show(which) => return show::run(session, which),
            Self::Allow(which) => return orders::set_standing(session, which, Standing::Allowed),
            Self::Quarantine(which) => return orders::set_standing(session, which, Standing::Quarantined),
            Self::Block(which) => return orders::set_standing(session, which, Standing::Blocked),
            Self::Wipe(wipe) => return wipe.run(session),
            Self::Resync(resync) => return resync.run(session),
            Self::Trace(trace) => return trace.run(session),
            Self::Remove(Which { user, device }) => {
                engine.remove_device(user, device, *now)?;
                out.done(&format!("{user}'s device {device} is forgotten"));
            }
            Self::Folder(command) => return command.run(session),
            Self::Merge(command) => return command.run(session),
        }
        Ok(())
    }
}
