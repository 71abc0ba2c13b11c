//! `comity share`

use ::access::{Busy, Entry, FolderLevel, Grant, Level, Preset};
use anyhow::{Result, anyhow};
use clap::{Args, Subcommand};
use engine::{
    AccessListChange, AccessListChanged, Actor, By, Depth, FolderPath, GrantInfo, PrincipalRef, Telling,
    Timestamp,
};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::cli::access::LevelsShown;
use crate::output::{Row, note};
use crate::session::{Session, folder_path};

/// Who may do what with a folder.
#[derive(Debug, Subcommand)]
pub(crate) enum Share {
    /// Give a user, a group or everyone these levels, in place of those it had
    Set(Set),
    /// Take a grant away
    Remove {
        /// A user or a space
        account: String,
        /// The folder's path
        #[arg(value_parser = folder_path)]
        path: FolderPath,
        /// user:NAME, group:NAME or everyone
        principal: PrincipalRef,
        #[command(flatten)]
        quiet: Quiet,
    },
    /// List the grants of a folder
    List {
        /// A user or a space
        account: String,
        /// The folder's path
        #[arg(value_parser = folder_path)]
        path: FolderPath,
    },
}

/// Sets a grant: the four levels, or a preset.
#[derive(Debug, Args)]
pub(crate) struct Set {
    /// A user or a space
    account: String,
    /// The folder's path
    #[arg(value_parser = folder_path)]
    path: FolderPath,
    /// user:NAME, group:NAME or everyone
    principal: PrincipalRef,
    /// none, visible, create, subfolders or admin; each includes the ones before it
    #[arg(long, value_name = "L", required_unless_present = "preset", conflicts_with = "preset")]
    folder: Option<FolderLevel>,
    /// none, own, all or admin
    #[arg(long, value_name = "L", required_unless_present = "preset", conflicts_with = "preset")]
    read: Option<Level>,
    /// none, own, all or admin
    #[arg(long, value_name = "L", required_unless_present = "preset", conflicts_with = "preset")]
    write: Option<Level>,
    /// none, own, all or admin
    #[arg(long, value_name = "L", required_unless_present = "preset", conflicts_with = "preset")]
    delete: Option<Level>,
    /// viewer (visible/all/none/none), contributor (create/own/none/none), author (create/all/own/own),
    /// editor (create/all/all/all) or admin (admin/all/all/all)
    #[arg(long)]
    preset: Option<Preset>,
    /// The last day of the grant (UTC), or a moment as in 2026-12-31T18:00:00Z
    #[arg(long, value_name = "DATE", value_parser = until)]
    until: Option<Timestamp>,
    /// Treat other people's private items like their other items
    #[arg(long)]
    private: bool,
    /// Do the same with all folders below
    #[arg(long)]
    subfolders: bool,
    #[command(flatten)]
    quiet: Quiet,
    /// Give a calendar's busy times: time or details
    #[arg(long, value_name = "time|details", value_parser = busy)]
    busy: Option<Busy>,
}

/// Reads the end of a grant. A day ends with its last millisecond.
fn until(text: &str) -> Result<Timestamp, String> {
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Ok(moment);
    }
    let day: Date =
        text.parse().map_err(|_| "neither a day (2026-12-31) nor a moment (2026-12-31T18:00:00Z)")?;
    let end = day.at(23, 59, 59, 999_000_000).to_zoned(TimeZone::UTC).map_err(|error| error.to_string())?;
    Ok(end.timestamp())
}

/// Reads what is given of busy times.
fn busy(text: &str) -> Result<Busy, String> {
    match text.parse() {
        Ok(busy @ (Busy::Time | Busy::Details)) => Ok(busy),
        Ok(Busy::None) | Err(_) => Err("neither time nor details".to_owned()),
    }
}

impl Set {
    /// Returns the grant that was asked for.
    fn entry(&self) -> Result<Entry> {
        let grant = match (self.preset, self.folder, self.read, self.write, self.delete) {
            (Some(preset), ..) => preset.grant(),
            (None, Some(folder), Some(read), Some(write), Some(delete)) => {
                Grant::new(folder, read, write, delete)
            }
            (None, ..) => return Err(anyhow!("give --preset, or --folder, --read, --write and --delete")),
        };
        Ok(Entry {
            private: self.private,
            busy: self.busy.unwrap_or_default(),
            until: self.until.map(Timestamp::as_millisecond),
            ..Entry::new(grant)
        })
    }

    fn run(&self, session: &Session) -> Result<()> {
        let Self { account, path, principal, .. } = self;
        let entry = self.entry()?;
        let change = AccessListChange {
            set: vec![(principal.clone(), entry)],
            depth: if self.subfolders { Depth::Subtree } else { Depth::Folder },
            telling: self.quiet.telling(),
            ..AccessListChange::default()
        };
        let changed = change_list(session, (account, path), &change)?;
        for (_, warning) in changed.warnings {
            note(&format!("warning: {warning}"));
        }
        let levels =
            Preset::of(entry.grant).map_or_else(|| entry.grant.to_string(), |preset| preset.to_string());
        session.out.done(&format!("{principal} has {levels} on {account} '{path}'"));
        Ok(())
    }
}

/// Changes a folder's access list as the operator.
fn change_list(
    session: &Session,
    (account, path): (&str, &FolderPath),
    change: &AccessListChange,
) -> Result<AccessListChanged> {
    let Session { engine, now, .. } = session;
    let folder = engine.folder_at(Actor::Operator, account, path, *now)?;
    Ok(engine.change_access_list(&By::COMMAND_LINE, folder, change, *now).map_err(engine::Error::from)?)
}

/// Whether those are told who gain or lose something.
#[derive(Debug, Args)]
pub(crate) struct Quiet {
    /// Tell nobody: for setting up what nobody used before
    #[arg(long)]
    quiet: bool,
}

impl Quiet {
    const fn telling(&self) -> Telling {
        if self.quiet { Telling::Nobody } else { Telling::Everyone }
    }
}

/// A grant, as printed.
#[derive(Debug, Serialize)]
pub(crate) struct GrantRow {
    principal: String,
    #[serde(flatten)]
    levels: LevelsShown,
    until: Option<String>,
    private: bool,
    busy: &'static str,
    preset: Option<&'static str>,
}

impl From<GrantInfo> for GrantRow {
    fn from(grant: GrantInfo) -> Self {
        let Entry { grant: levels, private, busy, until } = grant.entry;
        let until = until.and_then(|until| Timestamp::from_millisecond(until).ok());
        Self {
            principal: grant.principal.to_string(),
            levels: LevelsShown::from(levels),
            until: until.map(|until| until.to_string()),
            private,
            busy: busy.as_str(),
            preset: Preset::of(levels).map(Preset::as_str),
        }
    }
}

impl Row for GrantRow {
    const HEADS: &'static [&'static str] =
        &["principal", "folder", "read", "write", "delete", "preset", "until", "private", "busy"];

    fn cells(&self) -> Vec<String> {
        let LevelsShown { folder, read, write, delete } = self.levels;
        let mut cells = vec![self.principal.clone()];
        cells.extend([folder, read, write, delete, self.preset.unwrap_or_default()].map(str::to_owned));
        cells.push(self.until.clone().unwrap_or_default());
        let busy = if self.busy == Busy::None.as_str() { "" } else { self.busy };
        cells.extend([if self.private { "yes" } else { "" }, busy].map(str::to_owned));
        cells
    }
}

impl Share {
    /// Runs the command.
    pub(crate) fn run(&self, session: &Session) -> Result<()> {
        match self {
            Self::Set(set) => set.run(session),
            Self::Remove { account, path, principal, quiet } => {
                let change = AccessListChange {
                    remove: vec![principal.clone()],
                    telling: quiet.telling(),
                    ..AccessListChange::default()
                };
                let changed = change_list(session, (account, path), &change)?;
                let missing = || engine::Error::NotFound { what: format!("a grant of {principal}") };
                (changed.folders > 0).then_some(()).ok_or_else(missing)?;
                session.out.done(&format!("{principal} has no grant on {account} '{path}'"));
                Ok(())
            }
            Self::List { account, path } => {
                let grants = session.engine.grants(account, path)?;
                session.out.list(&grants.into_iter().map(GrantRow::from).collect::<Vec<_>>())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_counts_to_its_end() {
        assert_eq!(until("2026-12-31").unwrap().to_string(), "2026-12-31T23:59:59.999Z");
        assert_eq!(until("2026-12-31T18:00:00+01:00").unwrap().to_string(), "2026-12-31T17:00:00Z");
        for wrong in ["", "tomorrow", "2026-02-30", "31.12.2026"] {
            assert!(until(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn busy_times_are_given_by_name() {
        assert_eq!(busy("details"), Ok(Busy::Details));
        assert!(busy("none").is_err(), "leave --busy out");
    }
}
