//! `comity device resync`

use anyhow::{Context as _, Result};
use clap::Args;
use engine::{FolderPath, Resync as What, Uid};

use super::Which;
use crate::session::{Session, folder_path};

/// Has a device start over.
#[derive(Debug, Args)]
pub(crate) struct Resync {
    #[command(flatten)]
    which: Which,
    /// One folder
    #[arg(long, num_args = 2, value_names = ["ACCOUNT", "PATH"])]
    folder: Vec<String>,
    /// The list of folders
    #[arg(long, conflicts_with = "folder")]
    hierarchy: bool,
    /// One item of that folder
    #[arg(long, value_name = "UID", requires = "folder")]
    item: Option<i64>,
}

impl Resync {
    /// Runs the command.
    pub(super) fn run(&self, session: &Session) -> Result<()> {
        let Which { user, device } = &self.which;
        let place = self.place()?;
        let (what, said) = match (&place, self.item) {
            (Some((account, path)), Some(uid)) => (
                What::Item { account, path, uid: Uid(uid) },
                format!("item {uid} of {account} '{path}' is sent again with the next sync"),
            ),
            (Some((account, path)), None) => {
                (What::Folder { account, path }, format!("{account} '{path}' starts over with the next sync"))
            }
            (None, _) if self.hierarchy => {
                (What::Hierarchy, "the list of folders is fetched anew with the next sync".to_owned())
            }
            (None, _) => (What::All, "everything is fetched anew with the next sync".to_owned()),
        };
        session.engine.resync_device((user, device), what, session.now)?;
        if let What::All | What::Item { .. } = what {
            // What was held back is tried again.
            session.engine.release_withheld((user, device), self.item.map(Uid), session.now)?;
        }
        session.out.done(&format!("{user}'s device {device}: {said}"));
        Ok(())
    }

    /// Returns the folder that was named.
    fn place(&self) -> Result<Option<(&str, FolderPath)>> {
        let [account, path] = self.folder.as_slice() else { return Ok(None) };
        let path = folder_path(path).map_err(anyhow::Error::msg).context("--folder")?;
        Ok(Some((account, path)))
    }
}
