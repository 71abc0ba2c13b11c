//! `comity folder`

use anyhow::Result;
use clap::Subcommand;
use engine::{FolderInfo, FolderPath};
use items::Kind;
use serde::Serialize;

use crate::cli::access::{BitsShown, LevelsShown};
use crate::output::Row;
use crate::session::{Session, actor, folder_path};

/// Folders of an account.
#[derive(Debug, Subcommand)]
pub(crate) enum Folder {
    /// Add a folder
    Add {
        /// A user or a space
        account: String,
        /// The folder's path, with / between names
        #[arg(value_parser = folder_path)]
        path: FolderPath,
        /// What it holds: mail, calendar, contacts, tasks, notes or files
        #[arg(long)]
        kind: Kind,
    },
    /// List the folders of an account
    List {
        /// A user or a space
        account: String,
        /// Only those that this user sees, with what he may do
        #[arg(long = "as", value_name = "USER")]
        viewer: Option<String>,
    },
    /// Remove a folder with all that is in it
    Remove {
        /// A user or a space
        account: String,
        /// The folder's path
        #[arg(value_parser = folder_path)]
        path: FolderPath,
    },
    /// Rename or move a folder inside its account
    Rename {
        /// A user or a space
        account: String,
        /// The folder's path
        #[arg(value_parser = folder_path)]
        path: FolderPath,
        /// Its new path
        #[arg(value_parser = folder_path, value_name = "NEWPATH")]
        new_path: FolderPath,
    },
}

/// A folder, as printed.
#[derive(Debug, Serialize)]
struct FolderRow {
    path: String,
    kind: &'static str,
    /// `PR_ACCESS` of the folder.
    access: u16,
    levels: LevelsShown,
    bits: BitsShown,
    items: i64,
    modseq: i64,
}

impl From<FolderInfo> for FolderRow {
    fn from(folder: FolderInfo) -> Self {
        Self {
            path: folder.path,
            kind: folder.kind.as_str(),
            access: folder.access.folder.pr_access(),
            levels: LevelsShown::from(folder.levels),
            bits: BitsShown::from(folder.access),
            items: folder.items,
            modseq: folder.modseq.0,
        }
    }
}

impl Row for FolderRow {
    const HEADS: &'static [&'static str] = &["folder", "kind", "items", "folder/read/write/delete"];

    fn cells(&self) -> Vec<String> {
        vec![self.path.clone(), self.kind.to_owned(), self.items.to_string(), self.levels.to_string()]
    }
}

impl Folder {
    /// Runs the command.
    pub(crate) fn run(&self, session: &Session) -> Result<()> {
        let Session { engine, now, out } = session;
        match self {
            Self::Add { account, path, kind } => {
                engine.add_folder(account, path, *kind, *now)?;
                out.done(&format!("added {account} '{path}'"));
            }
            Self::List { account, viewer } => {
                let caller = session.caller(viewer.as_deref())?;
                let folders = engine.folders(account, actor(caller.as_ref()), *now)?;
                return out.list(&folders.into_iter().map(FolderRow::from).collect::<Vec<_>>());
            }
            Self::Remove { account, path } => {
                engine.remove_folder(account, path, *now)?;
                out.done(&format!("removed {account} '{path}'"));
            }
            Self::Rename { account, path, new_path } => {
                engine.rename_folder(account, path, new_path, *now)?;
                out.done(&format!("{account} '{path}' is now '{new_path}'"));
            }
        }
        Ok(())
    }
}
