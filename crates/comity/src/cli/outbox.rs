//! `comity outbox`

use anyhow::Result;
use clap::Subcommand;
use engine::OutboxMessage;
use serde::Serialize;

use crate::output::{Row, print};
use crate::session::Session;

/// Messages for people outside, which wait to leave.
#[derive(Debug, Subcommand)]
pub(crate) enum Outbox {
    /// List them, the oldest first
    List,
    /// Print one as it travels
    Show {
        /// Its number
        id: i64,
    },
    /// Remove one: it will never leave
    Remove {
        /// Its number
        id: i64,
    },
}

/// A message that waits, as printed.
#[derive(Debug, Serialize)]
struct OutboxRow {
    id: i64,
    at: String,
    user: String,
    from: String,
    to: Vec<String>,
    subject: String,
    size: i64,
    tries: i64,
    last_error: String,
}

impl From<OutboxMessage> for OutboxRow {
    fn from(message: OutboxMessage) -> Self {
        Self {
            id: message.id,
            at: message.created_at.to_string(),
            user: message.user,
            from: message.sender,
            to: message.recipients,
            subject: message.subject,
            size: message.size,
            tries: message.tries,
            last_error: message.last_error,
        }
    }
}

impl Row for OutboxRow {
    const HEADS: &'static [&'static str] =
        &["id", "at", "from", "to", "subject", "bytes", "tries", "last error"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.to_string(),
            self.at.clone(),
            self.from.clone(),
            self.to.join(", "),
            self.subject.clone(),
            self.size.to_string(),
            self.tries.to_string(),
            self.last_error.clone(),
        ]
    }
}

impl Outbox {
    /// Runs the command.
    pub(crate) fn run(&self, session: &Session) -> Result<()> {
        let Session { engine, out, now } = session;
        match self {
            Self::List => out.list(&engine.outbox()?.into_iter().map(OutboxRow::from).collect::<Vec<_>>()),
            Self::Show { id } => print(&String::from_utf8_lossy(&engine.outbox_message(*id)?)),
            Self::Remove { id } => {
                engine.remove_outbox(*id, *now)?;
                out.done(&format!("removed message {id}: it will not leave"));
                Ok(())
            }
        }
    }
}
