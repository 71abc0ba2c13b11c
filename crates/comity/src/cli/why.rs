//! `comity why`

use anyhow::Result;
use clap::Args;
use engine::DeniedId;
use serde::Serialize;

use crate::output::shown;
use crate::session::Session;

/// Why a change was denied.
#[derive(Debug, Args)]
pub(crate) struct Why {
    /// The number of the denied change
    id: i64,
}

/// The sentence, as printed.
#[derive(Debug, Serialize)]
struct Sentence {
    id: i64,
    why: String,
}

impl Why {
    /// Runs the command.
    pub(crate) fn run(&self, session: &Session) -> Result<()> {
        let denied = session.engine.denied_change(DeniedId(self.id))?;
        session.out.show(&Sentence { id: self.id, why: denied.why }, |sentence| shown(&sentence.why))
    }
}
