//! The command line: one file per command.

mod access;
mod audit;
mod check;
mod config;
mod denied;
mod device;
mod export;
mod folder;
mod group;
pub(crate) mod import;
mod item;
mod outbox;
mod share;
mod space;
mod top;
mod user;
mod why;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Parser, Subcommand};

use crate::output::Output;
use crate::place::Place;
use crate::session::Session;
use crate::{demo, serve, tour};

/// Shared folders on phones, with access lists that phones obey although they have never heard of them.
#[derive(Debug, Parser)]
#[command(name = "comity", version, propagate_version = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    global: Global,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The heading of the options that every command takes.
const GLOBAL: &str = "Options of every command";

const DATABASE_HELP: &str =
    "Database, postgres://... [env: COMITY_DATABASE] [default: SQLite in the data directory]";

/// What every command takes.
#[derive(Debug, Args)]
struct Global {
    /// Configuration file [default: comity.toml in the data directory, if there is one]
    #[arg(long, global = true, help_heading = GLOBAL, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The data directory; demo has one of its own.
    #[arg(
        long,
        global = true, help_heading = GLOBAL,
        value_name = "DIR",
        help = "Data directory [env: COMITY_DATA] [default: ./comity-data]"
    )]
    data: Option<PathBuf>,
    /// The database.
    #[arg(long, global = true, help_heading = GLOBAL, value_name = "URL", help = DATABASE_HELP)]
    database: Option<String>,
    /// Print one JSON document on standard output
    #[arg(long, global = true, help_heading = GLOBAL)]
    json: bool,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve a sample organisation from a directory of its own
    Demo(demo::Demo),
    /// Show how a phone meets a read-only folder, start to end
    Tour,
    /// Serve phones
    Serve(serve::Serve),
    /// Users: add, list, show, disable, enable, remove, passwords
    #[command(subcommand)]
    User(user::User),
    /// Groups and their members
    #[command(subcommand)]
    Group(group::Group),
    /// Shared spaces: accounts nobody logs in as
    #[command(subcommand)]
    Space(space::Space),
    /// Folders of an account
    #[command(subcommand)]
    Folder(folder::Folder),
    /// Who may do what with a folder
    #[command(subcommand)]
    Share(share::Share),
    /// What a user may do with a folder or item, and the grants it came from
    Access(access::Access),
    /// Bring in items from .vcf, .ics, .eml and .mbox files
    Import(import::Import),
    /// The items of a folder as they are stored
    Export(export::Export),
    /// Items of a folder
    #[command(subcommand)]
    Item(item::Item),
    /// Phones and the shared folders they get
    #[command(subcommand)]
    Device(device::Device),
    /// What devices are doing, live
    Top(top::Top),
    /// Changes that were not allowed
    #[command(subcommand)]
    Denied(denied::Denied),
    /// Messages for people outside, which wait to leave
    #[command(subcommand)]
    Outbox(outbox::Outbox),
    /// One sentence: why a change was denied
    Why(why::Why),
    /// Who changed what about rights, members, users and passwords
    Audit(audit::Audit),
    /// Verify the database: every index against its content
    Check,
    /// Every configuration key with its default and a sentence
    Config,
}

impl Command {
    /// Returns where to look for a name that does not exist.
    pub(crate) const fn advice(&self) -> &'static str {
        match self {
            Self::User(_) => "`comity user list` shows who there is",
            Self::Group(_) => "`comity group list` and `comity user list` show who there is",
            Self::Folder(_)
            | Self::Share(_)
            | Self::Access(_)
            | Self::Audit(_)
            | Self::Import(_)
            | Self::Export(_) => {
                "`comity user list` shows the accounts, `comity folder list ACCOUNT` the folders"
            }
            Self::Item(_) => "`comity folder list ACCOUNT` shows the folders",
            Self::Device(_) => {
                "`comity device list` shows the devices, `comity folder list ACCOUNT` the folders"
            }
            Self::Denied(_) | Self::Why(_) => "`comity denied list` shows what there is",
            Self::Outbox(_) => "`comity outbox list` shows what waits",
            Self::Space(_)
            | Self::Demo(_)
            | Self::Tour
            | Self::Serve(_)
            | Self::Top(_)
            | Self::Check
            | Self::Config => "",
        }
    }
}

/// Runs the command; returns the exit code.
pub(crate) fn run(cli: Cli) -> Result<ExitCode> {
    let Cli { global, command } = cli;
    let out = if global.json { Output::Json } else { Output::Text };
    let place = || Place::new(global.data.clone(), global.database.clone(), global.config.clone());
    let session = || Session::open(&place(), out);
    match command {
        Command::Demo(demo) => {
            let data = global.data.clone().unwrap_or_else(|| PathBuf::from(demo::DEFAULT_DATA));
            demo.run(&Place::of_sample(data, global.database.clone(), global.config.clone()))
        }
        Command::Tour => return tour::run(),
        Command::Serve(serve) => serve.run(&place()),
        Command::User(user) => user.run(&session()?),
        Command::Group(group) => group.run(&session()?),
        Command::Space(space) => space.run(&session()?),
        Command::Folder(folder) => folder.run(&session()?),
        Command::Share(share) => share.run(&session()?),
        Command::Access(access) => access.run(&session()?),
        Command::Import(import) => import.run(&session()?),
        Command::Export(export) => export.run(&session()?),
        Command::Item(item) => item.run(&session()?),
        Command::Device(device) => device.run(&session()?),
        Command::Top(top) => top.run(&session()?),
        Command::Denied(denied) => denied.run(&session()?),
        Command::Outbox(outbox) => outbox.run(&session()?),
        Command::Why(why) => why.run(&session()?),
        Command::Audit(audit) => audit.run(&session()?),
        Command::Check => return check::run(&session()?),
        Command::Config => config::run(&place(), out),
    }
    .map(|()| ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }
}
