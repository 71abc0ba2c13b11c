//! `comity device trace`

use std::fmt::Write as _;

use anyhow::Result;
use clap::{Args, ValueEnum};
use engine::TraceEntry;
use serde::Serialize;

use super::Which;
use crate::output::{Output, note, print, shown};
use crate::session::Session;

/// Writes down what a device and the server say to each other.
#[derive(Debug, Args)]
pub(crate) struct Trace {
    #[command(flatten)]
    which: Which,
    /// What to do
    what: Switch,
}

/// What to do with a trace.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Switch {
    /// Begin, afresh; it ends by itself after a week
    On,
    /// End; what is written down stays
    Off,
    /// Print what is written down
    Show,
}

/// An entry, as printed.
#[derive(Debug, Serialize)]
struct Entry {
    at: String,
    what: String,
    request: String,
    answer: String,
}

impl From<TraceEntry> for Entry {
    fn from(entry: TraceEntry) -> Self {
        let TraceEntry { at, head, request, answer } = entry;
        Self { at: at.to_string(), what: head, request, answer }
    }
}

impl Trace {
    /// Runs the command.
    pub(super) fn run(&self, session: &Session) -> Result<()> {
        let Session { engine, now, out } = session;
        let Which { user, device } = &self.which;
        match self.what {
            Switch::On => {
                let until = engine.start_trace((user, device), *now)?;
                out.done(&format!(
                    "{user}'s device {device} is traced until {until}; `comity device trace {user} {device} show` \
                     prints it"
                ));
            }
            Switch::Off => {
                engine.stop_trace((user, device), *now)?;
                out.done(&format!("{user}'s device {device} is not traced any more"));
            }
            Switch::Show => {
                let entries: Vec<Entry> =
                    engine.trace((user, device))?.into_iter().map(Entry::from).collect();
                match out {
                    Output::Text if entries.is_empty() => note("nothing there"),
                    Output::Text => print(text(&entries).trim_end())?,
                    Output::Json => out.show(&entries, |_| String::new())?,
                }
            }
        }
        Ok(())
    }
}

/// Returns the entries as a transcript: what came behind `>`, what went back behind `<`.
fn text(entries: &[Entry]) -> String {
    let mut text = String::new();
    for Entry { at, what, request, answer } in entries {
        let _ = writeln!(text, "{at} {}", shown(what));
        for (mark, part) in [('>', request), ('<', answer)] {
            for line in part.lines() {
                let _ = writeln!(text, "{mark} {}", shown(line));
            }
        }
        text.push('\n');
    }
    text
}
