//! Writes the golden transcripts anew.

use std::process::Command;

use anyhow::{Context, Result, ensure};

/// Plays every day once more and writes what it finds; the difference is for people to read.
pub(crate) fn bless() -> Result<()> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let arguments = ["test", "--locked", "--quiet", "--package", "testkit", "--test", "golden_days"];
    let status = Command::new(cargo).args(arguments).env("COMITY_BLESS", "1").status();
    ensure!(status.context("starting cargo")?.success(), "a day could not be played to its end");
    eprintln!("bless: written; read the difference before you commit it");
    Ok(())
}
