//! `comity check`

use std::process::ExitCode;

use anyhow::Result;
use serde::Serialize;

use crate::output::{note, shown};
use crate::session::Session;

/// What the check found, as printed.
#[derive(Debug, Serialize)]
struct Report {
    faults: Vec<String>,
    /// What is set without any effect. No fault.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
}

/// Verifies the database; any fault is exit code 1.
pub(crate) fn run(session: &Session) -> Result<ExitCode> {
    let (faults, warnings) = (session.engine.check()?, session.engine.dead_entries(session.now)?);
    for warning in &warnings {
        note(&shown(&format!("comity: warning: {warning}")));
    }
    let report = Report { faults, warnings };
    session.out.show(&report, |report| match report.faults.as_slice() {
        [] => "no faults".to_owned(),
        faults => faults.iter().map(|fault| shown(fault)).collect::<Vec<_>>().join("\n"),
    })?;
    if report.faults.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    note(&format!(
        "comity: {} faults in the database; keep a copy of it before anything else",
        report.faults.len()
    ));
    Ok(ExitCode::FAILURE)
}
