//! Chores of the project that are longer than a line of shell: one file each, named as its subcommand.
//!
//! `cargo xtask CHORE` runs one. A gate (`floors`, `licences`, `names`) prints one line per finding and
//! exits 1 when there is any; it never mends anything.

mod bench;
mod bless;
mod floors;
mod licences;
mod metadata;
mod names;
mod sim;

use std::env;
use std::process::ExitCode;

use anyhow::{Result, ensure};
use metadata::Metadata;

const USAGE: &str = "\
usage: cargo xtask CHORE

  bench      measures everything, or what is NAMEd, and prints a table with goals (bench [NAME...])
  bless      writes the golden transcripts of crates/testkit anew
  floors     fails on a dependency that the floors do not allow
  licences   fails on a package whose licence is not on the list
  names      fails on a name in ARCHITECTURE.md that nothing bears
  sim        replays one seed in full (sim SEED), or runs many (sim --seeds N [--from S])";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.as_slice() {
        ["bench", names @ ..] => bench::run(names),
        ["bless"] => bless::bless(),
        ["floors"] => floors(),
        ["licences"] => licences(),
        ["names"] => names(),
        ["sim", arguments @ ..] => sim::sim(arguments),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn floors() -> Result<()> {
    let metadata = Metadata::load()?;
    verdict("floors", &floors::breaches(&metadata))
}

fn licences() -> Result<()> {
    let metadata = Metadata::load()?;
    verdict("licences", &licences::breaches(&metadata))
}

fn names() -> Result<()> {
    let metadata = Metadata::load()?;
    verdict("names", &names::breaches(&metadata)?)
}

/// Prints what a gate found, and fails when that is anything.
fn verdict(gate: &str, findings: &[String]) -> Result<()> {
    for finding in findings {
        eprintln!("{gate}: {finding}");
    }
    ensure!(findings.is_empty(), "{gate} found {}", findings.len());
    eprintln!("{gate}: nothing found");
    Ok(())
}
