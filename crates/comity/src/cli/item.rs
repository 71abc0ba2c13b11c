//! `comity item`

use anyhow::Result;
use clap::Subcommand;
use engine::{FolderPath, ItemInfo};
use serde::Serialize;

use crate::output::Row;
use crate::session::{Session, actor, folder_path};

/// Items of a folder.
#[derive(Debug, Subcommand)]
pub(crate) enum Item {
    /// List the items of a folder
    List {
        /// A user or a space
        account: String,
        /// The folder's path
        #[arg(value_parser = folder_path)]
        path: FolderPath,
        /// Only those that this user sees
        #[arg(long = "as", value_name = "USER")]
        viewer: Option<String>,
    },
}

/// An item, as printed.
#[derive(Debug, Serialize)]
struct ItemRow {
    uid: i64,
    owner: Option<String>,
    modseq: i64,
    name: String,
    summary: String,
}

impl From<ItemInfo> for ItemRow {
    fn from(item: ItemInfo) -> Self {
        let ItemInfo { uid, owner, modseq, name, summary, marks: _ } = item;
        Self { uid: uid.0, owner, modseq: modseq.0, name, summary }
    }
}

impl Row for ItemRow {
    const HEADS: &'static [&'static str] = &["uid", "owner", "modseq", "name", "summary"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.uid.to_string(),
            self.owner.clone().unwrap_or_default(),
            self.modseq.to_string(),
            self.name.clone(),
            self.summary.clone(),
        ]
    }
}

impl Item {
    /// Runs the command.
    pub(crate) fn run(&self, session: &Session) -> Result<()> {
        let Self::List { account, path, viewer } = self;
        let caller = session.caller(viewer.as_deref())?;
        let items = session.engine.items(account, path, actor(caller.as_ref()), session.now)?;
        session.out.list(&items.into_iter().map(ItemRow::from).collect::<Vec<_>>())
    }
}
