//! `comity audit`

use anyhow::Result;
use clap::Args;
use engine::{Actor, AuditEntry, AuditQuery, FolderPath, Timestamp};
use serde::Serialize;

use crate::output::Row;
use crate::session::{Session, folder_path};

/// Who changed what about rights, members, users, devices and passwords.
#[derive(Debug, Args)]
pub(crate) struct Audit {
    /// What was done to one folder's grants
    #[arg(long, num_args = 2, value_names = ["ACCOUNT", "PATH"])]
    folder: Option<Vec<String>>,
    /// What one user, group or space did, or was done to it
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// From this moment on, as in 2026-12-31T18:00:00Z
    #[arg(long, value_name = "TIME")]
    since: Option<Timestamp>,
    /// How many entries, the newest first
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=500))]
    limit: u16,
    /// Only entries before the one of this number
    #[arg(long, value_name = "ID")]
    before: Option<i64>,
}

/// An entry, as printed.
#[derive(Debug, Serialize)]
struct AuditRow {
    id: i64,
    at: String,
    /// `None`: the operator at the command line.
    actor: Option<String>,
    on_behalf: String,
    protocol: String,
    device: String,
    address: String,
    action: String,
    object: String,
    subject: String,
    old: String,
    new: String,
}

impl From<AuditEntry> for AuditRow {
    fn from(entry: AuditEntry) -> Self {
        let AuditEntry { id, at, actor, on_behalf, protocol, device, address, .. } = entry;
        let AuditEntry { action, object, subject, old, new, .. } = entry;
        let (at, actor) = (at.to_string(), Some(actor).filter(|actor| !actor.is_empty()));
        Self { id, at, actor, on_behalf, protocol, device, address, action, object, subject, old, new }
    }
}

impl Row for AuditRow {
    const HEADS: &'static [&'static str] =
        &["id", "at", "who", "over", "did", "to", "for", "before", "after"];

    fn cells(&self) -> Vec<String> {
        let over = [self.protocol.as_str(), &self.device, &self.address];
        let over: Vec<&str> = over.into_iter().filter(|part| !part.is_empty()).collect();
        vec![
            self.id.to_string(),
            self.at.clone(),
            self.actor.clone().unwrap_or_else(|| "operator".to_owned()),
            over.join(", "),
            self.action.clone(),
            self.object.clone(),
            self.subject.clone(),
            self.old.clone(),
            self.new.clone(),
        ]
    }
}

impl Audit {
    /// Runs the command.
    pub(crate) fn run(&self, session: &Session) -> Result<()> {
        let folder = match self.folder.as_deref() {
            Some([account, path]) => {
                let path: FolderPath = folder_path(path).map_err(anyhow::Error::msg)?;
                Some(session.engine.folder_at(Actor::Operator, account, &path, session.now)?)
            }
            Some(_) | None => None,
        };
        let query = AuditQuery {
            folder,
            user: self.user.as_deref(),
            since: self.since,
            before: self.before,
            limit: usize::from(self.limit),
        };
        let entries = session.engine.audit(Actor::Operator, &query, session.now)?;
        session.out.list(&entries.into_iter().map(AuditRow::from).collect::<Vec<_>>())
    }
}
