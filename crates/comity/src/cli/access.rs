//! `comity access`, and how levels and access bits are printed.

use std::fmt;

use ::access::{Access as Rights, Grant, Preset};
use anyhow::Result;
use clap::Args;
use engine::{FolderPath, Uid};
use serde::Serialize;

use crate::cli::share::GrantRow;
use crate::output::Row as _;
use crate::output::{pairs, table};
use crate::session::{Session, folder_path};

/// What a user may do.
#[derive(Debug, Args)]
pub(crate) struct Access {
    /// The user
    user: String,
    /// The user or space that owns the folder
    account: String,
    /// The folder's path
    #[arg(value_parser = folder_path)]
    path: FolderPath,
    /// One item of the folder
    #[arg(long, value_name = "UID")]
    item: Option<i64>,
}

/// The four levels, as printed.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct LevelsShown {
    pub(crate) folder: &'static str,
    pub(crate) read: &'static str,
    pub(crate) write: &'static str,
    pub(crate) delete: &'static str,
}

impl From<Grant> for LevelsShown {
    fn from(grant: Grant) -> Self {
        Self {
            folder: grant.folder.as_str(),
            read: grant.read.as_str(),
            write: grant.write.as_str(),
            delete: grant.delete.as_str(),
        }
    }
}

impl fmt::Display for LevelsShown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}/{}", self.folder, self.read, self.write, self.delete)
    }
}

/// The access bits of a folder and of the classes of its items, as printed: whole words.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct BitsShown {
    folder: u16,
    mine: u16,
    others: u16,
    others_private: u16,
}

impl From<Rights> for BitsShown {
    fn from(access: Rights) -> Self {
        Self {
            folder: access.folder.value(),
            mine: access.mine.value(),
            others: access.others.value(),
            others_private: access.others_private.value(),
        }
    }
}

/// What a user may do with one item, as printed.
#[derive(Debug, Serialize)]
struct ItemShown {
    uid: i64,
    class: Option<&'static str>,
    bits: u16,
}

/// What a user may do, as printed.
#[derive(Debug, Serialize)]
struct Report {
    #[serde(flatten)]
    levels: LevelsShown,
    bits: BitsShown,
    owner: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    item: Option<ItemShown>,
    grants: Vec<GrantRow>,
}

impl Access {
    /// Runs the command.
    pub(crate) fn run(&self, session: &Session) -> Result<()> {
        let item = self.item.map(Uid);
        let found = session.engine.access(&self.user, (&self.account, &self.path), item, session.now)?;
        let item = found.bits.zip(item).map(|(bits, uid)| ItemShown {
            uid: uid.0,
            class: found.class.map(::access::Class::as_str),
            bits: bits.value(),
        });
        let preset = Preset::of(found.levels);
        let report = Report {
            levels: LevelsShown::from(found.levels),
            bits: BitsShown::from(found.access),
            owner: found.owner,
            item,
            grants: found.grants.into_iter().map(GrantRow::from).collect(),
        };
        session.out.show(&report, |report| report.text(preset))
    }
}

impl Report {
    fn text(&self, preset: Option<Preset>) -> String {
        let levels = preset.map_or_else(|| self.levels.to_string(), |preset| preset.to_string());
        let BitsShown { folder, mine, others, others_private } = self.bits;
        let mut lines = vec![
            vec!["levels".to_owned(), levels],
            vec![
                "access bits".to_owned(),
                format!(
                    "folder {folder}, own items {mine}, others' {others}, others' private {others_private}"
                ),
            ],
        ];
        if let Some(item) = &self.item {
            let class = item.class.unwrap_or("hidden");
            lines.push(vec![format!("item {}", item.uid), format!("{} ({class})", item.bits)]);
        }
        let from = match (self.owner, self.grants.is_empty()) {
            (true, _) => "from owning the account".to_owned(),
            (false, true) => "no grant matches".to_owned(),
            (false, false) => {
                format!(
                    "from these grants\n{}",
                    table(GrantRow::HEADS, self.grants.iter().map(GrantRow::cells))
                )
            }
        };
        format!("{}\n{from}", pairs(lines))
    }
}
