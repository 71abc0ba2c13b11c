//! Comity: shared calendars, address books, task lists, notes and mail folders on phones.
//!
//! This crate wires the others: command line, configuration, listeners, start and stop. It holds no rules of its own.

mod activity;
mod cli;
mod clock;
mod config;
mod demo;
mod listen;
mod output;
mod place;
mod sample;
mod serve;
mod session;
mod shutdown;
mod tour;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    let advice = cli.command.advice();
    match cli::run(cli) {
        Ok(code) => code,
        Err(error) => {
            output::error(&error, advice);
            ExitCode::FAILURE
        }
    }
}
