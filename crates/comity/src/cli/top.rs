//! `comity top`: what devices are doing, live.

use std::collections::HashMap;
use std::io::IsTerminal as _;
use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::Args;
use comfy_table::{Cell, Color, ContentArrangement, Table, presets};
use engine::{FolderId, Timestamp};
use serde::Serialize;

use crate::activity::Told;
use crate::clock::clock;
use crate::output::{Output, print, shown, wants_no_colour};
use crate::session::Session;
use crate::shutdown::Signals;

/// Milliseconds between two pictures.
const EVERY_MS: u64 = 1000;

/// Milliseconds between looks for the first words of the serving processes, with `--once`.
const LOOK_MS: u64 = 100;

/// Milliseconds that all serving processes have for their first word: each looks every second whether it is watched.
const PATIENCE_MS: i64 = 2500;

/// Takes the cursor to the corner and wipes the screen.
const CLEAR: &str = "\u{1b}[H\u{1b}[2J";

/// Shows what devices are doing.
#[derive(Debug, Args)]
pub(crate) struct Top {
    /// Print one picture and end, as with --json
    #[arg(long)]
    once: bool,
    /// Only this user's devices
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// Only devices whose id contains this
    #[arg(long, value_name = "TEXT")]
    device: Option<String>,
    /// Only this command
    #[arg(long, value_name = "NAME")]
    command: Option<String>,
}

/// What one device is doing, as printed.
#[derive(Debug, Serialize)]
struct Line {
    user: String,
    device: String,
    r#type: String,
    version: String,
    command: String,
    folders: Vec<String>,
    state: String,
    age_s: i64,
    status: String,
}

impl Top {
    /// Runs until it is told to stop, or once.
    pub(crate) fn run(&self, session: &Session) -> Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.context("starting the runtime")?;
        if self.once || session.out == Output::Json {
            return runtime.block_on(self.one(session));
        }
        runtime.block_on(async {
            let signals = Signals::hear()?;
            tokio::select! {
                () = signals.asked() => Ok(()),
                ended = self.live(session) => ended,
            }
        })
    }

    /// Prints one picture, once every serving process had the time to say something.
    async fn one(&self, session: &Session) -> Result<()> {
        let start = clock();
        session.engine.watch_activity(start)?;
        let mut looks = tokio::time::interval(Duration::from_millis(LOOK_MS));
        while clock().as_millisecond() - start.as_millisecond() < PATIENCE_MS {
            looks.tick().await;
        }
        let lines = self.lines(session, &mut Names::default())?;
        session.out.show(&lines, |lines| table(lines, Colours::None))
    }

    /// Draws a picture a second.
    async fn live(&self, session: &Session) -> Result<()> {
        let terminal = std::io::stdout().is_terminal();
        let colours = if terminal && !wants_no_colour() { Colours::Some } else { Colours::None };
        let mut names = Names::default();
        let mut ticks = tokio::time::interval(Duration::from_millis(EVERY_MS));
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            session.engine.watch_activity(clock())?;
            let lines = self.lines(session, &mut names)?;
            let clear = if terminal { CLEAR } else { "" };
            let working = lines.iter().filter(|line| line.state == "working").count();
            let waiting = lines.iter().filter(|line| line.state == "waiting").count();
            print(&format!(
                "{clear}{} of {} devices work, {waiting} wait; ctrl-c ends\n\n{}\n",
                working,
                lines.len(),
                table(&lines, colours)
            ))?;
        }
    }

    /// Returns what the serving processes say now, as far as it is asked for; who works first, then who waits.
    fn lines(&self, session: &Session, names: &mut Names) -> Result<Vec<Line>> {
        let now = clock();
        let mut lines = Vec::new();
        for text in session.engine.activity(now)? {
            let told: Vec<Told> = serde_json::from_str(&text).context("reading what is going on")?;
            for told in told.into_iter().filter(|told| self.asks_for(told)) {
                lines.push(Line::of(told, session, names, now)?);
            }
        }
        let rank =
            |line: &Line| ["working", "waiting"].iter().position(|state| *state == line.state).unwrap_or(2);
        lines.sort_by(|a, b| (rank(a), a.age_s, &a.user).cmp(&(rank(b), b.age_s, &b.user)));
        Ok(lines)
    }

    fn asks_for(&self, told: &Told) -> bool {
        self.user.as_ref().is_none_or(|user| *user == told.user)
            && self.device.as_ref().is_none_or(|device| told.device.contains(device.as_str()))
            && self.command.as_ref().is_none_or(|command| told.command.eq_ignore_ascii_case(command))
    }
}

/// Names of folders that were looked up already.
#[derive(Debug, Default)]
struct Names(HashMap<i64, String>);

impl Names {
    fn of(&mut self, session: &Session, folder: i64) -> Result<String> {
        if let Some(name) = self.0.get(&folder) {
            return Ok(name.clone());
        }
        let name = session.engine.folder_name(FolderId(folder))?;
        let name = name.map_or_else(|| folder.to_string(), |(account, path)| format!("{account} '{path}'"));
        self.0.insert(folder, name.clone());
        Ok(name)
    }
}

impl Line {
    fn of(told: Told, session: &Session, names: &mut Names, now: Timestamp) -> Result<Self> {
        let folders = told.folders.iter().map(|folder| names.of(session, *folder)).collect::<Result<_>>()?;
        Ok(Self {
            user: told.user,
            device: told.device,
            r#type: told.r#type,
            version: told.version,
            command: told.command,
            folders,
            state: told.state,
            age_s: ((now.as_millisecond() - told.since_ms) / 1000).max(0),
            status: told.status,
        })
    }

    /// Returns the first folder and how many more there are.
    fn folder(&self) -> String {
        match self.folders.as_slice() {
            [] => String::new(),
            [one] => one.clone(),
            [first, more @ ..] => format!("{first} and {} more", more.len()),
        }
    }

    fn colour(&self) -> Option<Color> {
        match self.state.as_str() {
            "working" => Some(Color::Yellow),
            "waiting" => Some(Color::Green),
            _ if matches!(self.status.as_str(), "1" | "HTTP 200") => None,
            _ => Some(Color::Red),
        }
    }
}

/// Whether a table has colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Colours {
    None,
    Some,
}

fn age(seconds: i64) -> String {
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds}s"),
        (0, minutes, seconds) => format!("{minutes}m{seconds:02}s"),
        (hours, minutes, _) => format!("{hours}h{minutes:02}m"),
    }
}

fn table(lines: &[Line], colours: Colours) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["user", "device", "type", "version", "command", "folder", "age", "state", "status"]);
    for line in lines {
        let cells = [
            line.user.clone(),
            line.device.clone(),
            line.r#type.clone(),
            line.version.clone(),
            line.command.clone(),
            line.folder(),
            age(line.age_s),
            line.state.clone(),
            line.status.clone(),
        ];
        let colour = line.colour().filter(|_| colours == Colours::Some);
        table.add_row(cells.iter().map(|cell| match colour {
            Some(colour) => Cell::new(shown(cell)).fg(colour),
            None => Cell::new(shown(cell)),
        }));
    }
    if colours == Colours::Some {
        table.enforce_styling();
    }
    table.trim_fmt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_reads_easily() {
        let ages = [0, 59, 60, 61, 3599, 3600, 7260].map(age);
        assert_eq!(ages, ["0s", "59s", "1m00s", "1m01s", "59m59s", "1h00m", "2h01m"]);
    }
}
