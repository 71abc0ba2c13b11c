//! `comity denied`

use anyhow::{Result, anyhow};
use clap::Subcommand;
use engine::{Approval, Approved, By, DeniedChange, DeniedId, Modseq};
use serde::Serialize;

use crate::output::{Row, pairs};
use crate::session::Session;

/// Changes that were not allowed.
#[derive(Debug, Subcommand)]
pub(crate) enum Denied {
    /// List them, of all users or of one
    List {
        /// The user
        user: Option<String>,
    },
    /// Show one: what was tried, what stands, and why
    Show {
        /// Its number
        id: i64,
    },
    /// Make one in its author's name
    Approve {
        /// Its number
        id: i64,
        /// Make it over this version of the item, by its modseq, though it changed meanwhile
        #[arg(long, value_name = "MODSEQ")]
        over: Option<i64>,
    },
    /// Decline one that was asked for
    Decline {
        /// Its number
        id: i64,
        /// A line for its author
        #[arg(long, default_value = "")]
        line: String,
    },
    /// Let go of one; its record stays
    Dismiss {
        /// Its number
        id: i64,
    },
}

/// A denied change, as printed in a list.
#[derive(Debug, Serialize)]
struct DeniedRow {
    id: i64,
    at: String,
    user: String,
    device: String,
    account: String,
    folder: String,
    uid: Option<i64>,
    operation: String,
    summary: String,
    state: &'static str,
    count: i64,
    reason: String,
    kind: &'static str,
    device_type: String,
    last_at: String,
    silent: bool,
}

impl From<&DeniedChange> for DeniedRow {
    fn from(denied: &DeniedChange) -> Self {
        Self {
            id: denied.id.0,
            at: denied.at.to_string(),
            user: denied.user.clone(),
            device: denied.device.clone(),
            account: denied.account.clone(),
            folder: denied.path.clone(),
            uid: denied.uid.map(|uid| uid.0),
            operation: denied.operation.clone(),
            summary: denied.summary.clone(),
            state: denied.state.as_str(),
            count: denied.count,
            reason: denied.reason.clone(),
            kind: denied.kind.as_str(),
            device_type: denied.device_kind.clone(),
            last_at: denied.last_at.to_string(),
            silent: denied.silent,
        }
    }
}

impl Row for DeniedRow {
    const HEADS: &'static [&'static str] =
        &["id", "at", "user", "device", "folder", "operation", "item", "state"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.to_string(),
            self.at.clone(),
            self.user.clone(),
            self.device.clone(),
            format!("{}/{}", self.account, self.folder),
            self.operation.clone(),
            self.summary.clone(),
            self.state.to_owned(),
        ]
    }
}

/// One property of the item, as printed.
#[derive(Debug, Serialize)]
struct LineRow {
    name: String,
    stands: Option<String>,
    tried: Option<String>,
}

/// A denied change with all that is kept of it, as printed.
#[derive(Debug, Serialize)]
struct Whole {
    #[serde(flatten)]
    row: DeniedRow,
    why: String,
    notice: Option<i64>,
    lines: Vec<LineRow>,
    tried: Option<String>,
    stands: Option<String>,
}

impl From<&DeniedChange> for Whole {
    fn from(denied: &DeniedChange) -> Self {
        let text = |content: &Option<Vec<u8>>| {
            content.as_deref().map(|text| String::from_utf8_lossy(text).into_owned())
        };
        let lines = denied.lines().into_iter();
        let lines = lines.map(|line| LineRow { name: line.name, stands: line.stands, tried: line.tried });
        Self {
            row: DeniedRow::from(denied),
            why: denied.why.clone(),
            notice: denied.notice.map(|uid| uid.0),
            lines: lines.collect(),
            tried: text(&denied.tried),
            stands: text(&denied.stands),
        }
    }
}

impl Whole {
    fn text(&self) -> String {
        let DeniedRow { at, user, device, device_type, account, folder, operation, summary, .. } = &self.row;
        let times = if self.row.count == 1 { String::new() } else { format!(" ({} times)", self.row.count) };
        let head = [
            ("denied change", self.row.id.to_string()),
            ("at", format!("{at}{times}")),
            ("user", user.clone()),
            ("device", format!("{device} ({device_type})")),
            ("folder", format!("{account} '{folder}'")),
            ("tried", format!("{operation} '{summary}'")),
            ("why", self.why.clone()),
            ("state", self.row.state.to_owned()),
        ];
        let head = head.into_iter().map(|(name, value)| vec![name.to_owned(), value]);
        let lines = self.lines.iter().map(|line| vec![format!("{}:", line.name), line.value()]);
        format!("{}\n\n{}", pairs(head), pairs(lines))
    }
}

impl LineRow {
    /// Returns the value that stands, and the one that was tried where it differs.
    fn value(&self) -> String {
        match (&self.stands, &self.tried) {
            (Some(stands), Some(tried)) if stands == tried => stands.clone(),
            (Some(stands), Some(tried)) => format!("{stands} - tried: {tried}"),
            (Some(stands), None) => format!("{stands} - tried: removed"),
            (None, Some(tried)) => format!("not set - tried: {tried}"),
            (None, None) => String::new(),
        }
    }
}

impl Denied {
    /// Runs the command.
    pub(crate) fn run(&self, session: &Session) -> Result<()> {
        let Session { engine, out, now, .. } = session;
        match self {
            Self::List { user } => {
                let denied = engine.denied(user.as_deref())?;
                out.list(&denied.iter().map(DeniedRow::from).collect::<Vec<_>>())
            }
            Self::Show { id } => {
                let denied = engine.denied_change(DeniedId(*id))?;
                out.show(&Whole::from(&denied), Whole::text)
            }
            Self::Approve { id, over } => {
                let approval = over.map_or(Approval::AsItWas, |modseq| Approval::Over(Modseq(modseq)));
                match engine.approve(&By::COMMAND_LINE, DeniedId(*id), approval, *now)? {
                    Approved::Applied => Ok(()),
                    Approved::Conflict(clash) => Err(anyhow!(
                        "the item changed since; look at it ('comity denied show {id}'), and to write over it use \
                         --over {}",
                        clash.modseq
                    )),
                }
            }
            Self::Decline { id, line } => Ok(engine.decline(&By::COMMAND_LINE, DeniedId(*id), line, *now)?),
            Self::Dismiss { id } => Ok(engine.dismiss_denied(DeniedId(*id), *now)?),
        }
    }
}
