//! The benchmark: `cargo xtask bench [NAME...]`.
//!
//! Every figure is measured in this run, and most are ratios of two things measured in turns, so that a slow machine
//! or a busy neighbour touches both alike. It prints a table and writes nothing: its databases are in a temporary
//! folder beside the program, which is on the disk that the build is on.
//!
//! What needs a process of its own (memory, ten thousand connections) is done by this program started again with
//! `--child`.

mod card;
mod child;
mod client;
mod clock;
mod figure;
mod letter;
mod measure;
mod memory;
mod phone;
mod serve;
mod site;
mod wire;

use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use measure::Measure;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.split_first() {
        Some((&child::FLAG, [name, arguments @ ..])) => child(name, arguments),
        Some(_) | None => run(&arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Measures what is named, or everything.
fn run(names: &[&str]) -> Result<()> {
    for name in names {
        if !measure::ALL.iter().any(|measure| measure.name == *name) {
            let known: Vec<&str> = measure::ALL.iter().map(|measure| measure.name).collect();
            bail!("nothing is called '{name}'; there are: {}", known.join(", "));
        }
    }
    if cfg!(debug_assertions) {
        eprintln!("bench: this is a debug build, its figures say nothing");
    }
    let chosen = measure::ALL.iter().filter(|measure| names.is_empty() || names.contains(&measure.name));
    let mut figures = Vec::new();
    for Measure { name, run } in chosen {
        eprintln!("bench: {name}");
        let folder = tempfile::Builder::new()
            .prefix("bench-")
            .tempdir_in(child::program()?.parent().context("the program is in no folder")?)
            .context("making a temporary folder")?;
        figures.extend(run(folder.path()).with_context(|| format!("measuring {name}"))?);
    }
    figure::print(&figures);
    let missed = figures.iter().filter(|figure| figure.is_missed()).count();
    eprintln!(
        "bench: {missed} of {} goals missed",
        figures.iter().filter(|figure| figure.has_goal()).count()
    );
    Ok(())
}

/// Does one part of a measurement, in a process of its own.
fn child(name: &str, arguments: &[&str]) -> Result<()> {
    match (name, arguments) {
        (measure::first_sync::PHONE, [folder, device]) => measure::first_sync::phone(folder.as_ref(), device),
        (measure::attachment::SERVER, [folder]) => measure::attachment::server(folder.as_ref()),
        (measure::pings::PHONES, [folder, wait]) => measure::pings::phones(folder.as_ref(), wait),
        (measure::pings::SERVER, [folder]) => measure::pings::server(folder.as_ref()),
        (_, _) => bail!("no part of a measurement is called '{name}'"),
    }
}
