//! The benchmark. It is a program of its own, so that the gates build without it.

use std::env;
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// Builds the benchmark as the product is built, and runs it.
pub(crate) fn run(names: &[&str]) -> Result<()> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let arguments = ["run", "--quiet", "--locked", "--release", "--package", "bench", "--"];
    let status = Command::new(cargo).args(arguments).args(names).status().context("starting cargo")?;
    ensure!(status.success(), "the benchmark ended with {status}");
    Ok(())
}
