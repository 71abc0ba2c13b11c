//! `comity device allow|quarantine|block|wipe`

use anyhow::{Result, bail};
use clap::Args;
use engine::{Standing, WipeKind};

use super::{Which, find};
use crate::session::Session;

/// Wipes a device.
#[derive(Debug, Args)]
pub(crate) struct Wipe {
    #[command(flatten)]
    which: Which,
    /// Erase everything on the device, private data too, instead of the account alone
    #[arg(long)]
    full: bool,
    /// Yes: everything on the device, private data too
    #[arg(long, requires = "full")]
    yes_erase_everything: bool,
}

/// Allows, quarantines or blocks a device.
pub(super) fn set_standing(session: &Session, which: &Which, standing: Standing) -> Result<()> {
    let Which { user, device } = which;
    let has_come = session.engine.set_device_standing((user, device), standing, session.now)?;
    let said = match standing {
        Standing::Allowed => format!("{user}'s device {device} is allowed"),
        Standing::Quarantined => {
            format!("{user}'s device {device} gets nothing until `comity device allow {user} {device}`")
        }
        Standing::Blocked => format!("{user}'s device {device} is blocked; what it holds stays on it"),
    };
    let unseen = if has_come { "" } else { "; it has not come yet (`comity device list` shows who has)" };
    session.out.done(&format!("{said}{unseen}"));
    Ok(())
}

impl Wipe {
    /// Runs the command.
    pub(super) fn run(&self, session: &Session) -> Result<()> {
        let Which { user, device } = &self.which;
        let found = find(session, &self.which)?;
        let (kind, what) = match (self.full, self.yes_erase_everything) {
            (false, _) if eas::wipes_account(&found.version) => {
                (WipeKind::Account, "this account, and nothing else,")
            }
            (false, _) => bail!(
                "the device speaks ActiveSync {} and can only be erased as a whole, private data too: \
                 `comity device block` keeps it out and erases nothing, --full --yes-erase-everything erases it",
                found.version
            ),
            (true, false) => bail!(
                "this erases everything on {user}'s device {device} ({}), private data too; \
                 if that is meant, add --yes-erase-everything",
                found.kind
            ),
            (true, true) => (WipeKind::Whole, "everything, private data too,"),
        };
        session.engine.wipe_device((user, device), kind, session.now)?;
        session.out.done(&format!(
            "{what} will be erased on {user}'s device {device} when it connects next, and it is blocked when that is \
             done; until then it gets nothing else; `comity device show` tells how far it is, `comity device allow` \
             takes the order back"
        ));
        Ok(())
    }
}
