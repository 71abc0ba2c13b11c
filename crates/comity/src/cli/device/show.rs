//! `comity device show`

use anyhow::Result;
use engine::{Age, HeldBack, Origin, SharedOnDevice, Showing, Switch};
use serde::Serialize;

use super::{DeviceRow, Which, find};
use crate::output::table;
use crate::session::Session;

/// A device with all that is known of it, as printed.
#[derive(Debug, Serialize)]
struct Shown {
    #[serde(flatten)]
    device: DeviceRow,
    shared_folders: Vec<SharedRow>,
    withheld: Vec<HeldRow>,
}

/// A shared folder that the device gets, as printed.
#[derive(Debug, Serialize)]
struct SharedRow {
    account: String,
    path: String,
    because: &'static str,
    showing: &'static str,
    notice: bool,
    send_as_owner: bool,
    reminders: bool,
    days: Option<u32>,
}

/// An item held back from the device, as printed.
#[derive(Debug, Serialize)]
struct HeldRow {
    account: String,
    path: String,
    uid: i64,
    summary: String,
    why: String,
    since: String,
}

impl From<SharedOnDevice> for SharedRow {
    fn from(shared: SharedOnDevice) -> Self {
        let because = match shared.origin {
            Origin::Configured => "for everybody",
            Origin::Set => "set for it",
            Origin::Own => "chosen by its user",
            Origin::Account => "all of its owner's",
        };
        let showing = match shared.showing {
            Showing::Shown => "shown",
            Showing::Hidden => "hidden there",
            Showing::NoAccess => "no access",
        };
        let days = match shared.flags.age {
            Age::All => None,
            Age::Days(days) => Some(days),
        };
        Self {
            account: shared.account,
            path: shared.path,
            because,
            showing,
            notice: shared.flags.notice == Switch::On,
            send_as_owner: shared.flags.send_as_owner == Switch::On,
            reminders: shared.flags.reminders == Switch::On,
            days,
        }
    }
}

impl From<HeldBack> for HeldRow {
    fn from(held: HeldBack) -> Self {
        let HeldBack { account, path, uid, summary, why, at } = held;
        Self { account, path, uid: uid.0, summary, why, since: at.to_string() }
    }
}

impl SharedRow {
    fn cells(&self) -> Vec<String> {
        let flags = [
            (!self.notice).then(|| "no notices".to_owned()),
            self.send_as_owner.then(|| "sends as owner".to_owned()),
            (!self.reminders).then(|| "no reminders".to_owned()),
            self.days.map(|days| format!("{days} days")),
        ];
        let flags: Vec<String> = flags.into_iter().flatten().collect();
        let Self { account, path, because, showing, .. } = self;
        vec![account.clone(), path.clone(), (*because).to_owned(), (*showing).to_owned(), flags.join(", ")]
    }
}

impl HeldRow {
    fn cells(&self) -> Vec<String> {
        let Self { account, path, uid, summary, why, since } = self;
        vec![account.clone(), path.clone(), uid.to_string(), summary.clone(), since.clone(), why.clone()]
    }
}

impl Shown {
    fn text(&self) -> String {
        let mut text = self.device.text();
        if !self.shared_folders.is_empty() {
            let heads = ["shared folder of", "folder", "because", "showing", "flags"];
            text = format!("{text}\n\n{}", table(&heads, self.shared_folders.iter().map(SharedRow::cells)));
        }
        if !self.withheld.is_empty() {
            let heads = ["held back from it", "folder", "item", "summary", "since", "why"];
            text = format!("{text}\n\n{}", table(&heads, self.withheld.iter().map(HeldRow::cells)));
        }
        text
    }
}

/// Runs the command.
pub(super) fn run(session: &Session, which: &Which) -> Result<()> {
    let Which { user, device } = which;
    let found = find(session, which)?;
    let shared = session.engine.device_folders((user, device), session.now)?;
    let withheld = session.engine.held_back(user, device)?;
    let shown = Shown {
        device: DeviceRow::from(found),
        shared_folders: shared.into_iter().map(SharedRow::from).collect(),
        withheld: withheld.into_iter().map(HeldRow::from).collect(),
    };
    session.out.show(&shown, Shown::text)
}
