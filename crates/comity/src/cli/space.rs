//! `comity space`

use anyhow::Result;
use clap::Subcommand;
use engine::PrincipalKind;
use serde::Serialize;

use crate::output::Row;
use crate::session::Session;

/// Shared spaces.
#[derive(Debug, Subcommand)]
pub(crate) enum Space {
    /// Add a space: an account nobody logs in as, for public folders
    Add {
        /// The space's name
        name: String,
    },
    /// List the spaces
    List,
}

/// A space, as printed.
#[derive(Debug, Serialize)]
struct SpaceRow {
    name: String,
    created_at: String,
}

impl Row for SpaceRow {
    const HEADS: &'static [&'static str] = &["space", "since"];

    fn cells(&self) -> Vec<String> {
        vec![self.name.clone(), self.created_at.clone()]
    }
}

impl Space {
    /// Runs the command.
    pub(crate) fn run(&self, session: &Session) -> Result<()> {
        let Session { engine, now, out } = session;
        match self {
            Self::Add { name } => {
                engine.add_space(name, *now)?;
                out.done(&format!("added the space {name}"));
                Ok(())
            }
            Self::List => {
                let spaces = engine.principals(PrincipalKind::Space)?.into_iter();
                let rows = spaces
                    .map(|space| SpaceRow { name: space.name, created_at: space.created_at.to_string() });
                out.list(&rows.collect::<Vec<_>>())
            }
        }
    }
}
