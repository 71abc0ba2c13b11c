//! What commands print: tables for people, one JSON document for programs, errors in one line.

use std::io::{self, Write as _};

use anyhow::{Context as _, Result};
use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;

/// Where the data that a command prints goes, and in which form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Output {
    /// Tables and sentences.
    Text,
    /// One JSON document.
    Json,
}

/// A line of a table for people, and an object for programs.
pub(crate) trait Row: Serialize {
    /// The heads of the columns.
    const HEADS: &'static [&'static str];

    /// Returns the cells, one per head.
    fn cells(&self) -> Vec<String>;
}

impl Output {
    /// Prints a list: a table, or an array of objects.
    pub(crate) fn list<R: Row>(self, rows: &[R]) -> Result<()> {
        match self {
            Self::Json => json(rows),
            Self::Text if rows.is_empty() => {
                note("nothing there");
                Ok(())
            }
            Self::Text => print(&table(R::HEADS, rows.iter().map(Row::cells))),
        }
    }

    /// Prints one thing: text made by `text`, or an object.
    pub(crate) fn show<T: Serialize>(self, value: &T, text: impl FnOnce(&T) -> String) -> Result<()> {
        match self {
            Self::Json => json(value),
            Self::Text => print(&text(value)),
        }
    }

    /// Prints that something is done, to people only: a program has the exit code.
    pub(crate) fn done(self, message: &str) {
        match self {
            Self::Json => {}
            Self::Text => note(message),
        }
    }
}

fn json<T: Serialize + ?Sized>(value: &T) -> Result<()> {
    let text = serde_json::to_string_pretty(value).context("writing JSON")?;
    print(&text)
}

/// Prints to standard output, with a line end.
pub(crate) fn print(text: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}").and_then(|()| out.flush()).context("writing to standard output")
}

/// Says something beside the data, on standard error. A standard error that is gone is nothing to fail for.
pub(crate) fn note(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Says in one line what went wrong and what to do. Who stopped reading our output is told nothing.
pub(crate) fn error(error: &anyhow::Error, advice: &str) {
    if is_broken_pipe(error) {
        return;
    }
    let hint = match error.downcast_ref::<engine::Error>() {
        Some(engine::Error::NotFound { .. }) => advice,
        Some(engine::Error::Exists { .. }) => "choose another name",
        Some(engine::Error::Busy(_)) => "try again in a moment",
        Some(engine::Error::Full(_)) => "make room on the disk and try again",
        Some(engine::Error::Store(_)) => "`comity check` verifies the database",
        Some(engine::Error::Refused { .. } | engine::Error::Invalid { .. }) | None => "",
    };
    let what = format!("{error:#}");
    let line = what.split(['\r', '\n']).map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>();
    let end = if hint.is_empty() { String::new() } else { format!("; {hint}") };
    note(&shown(&format!("comity: {}{end}", line.join(" "))));
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<io::Error>()
        .or_else(|| error.root_cause().downcast_ref())
        .is_some_and(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}

/// Returns a table without lines, as wide as the terminal if there is one.
pub(crate) fn table<S: AsRef<str>>(heads: &[S], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(heads.iter().map(AsRef::as_ref));
    for row in rows {
        table.add_row(row.iter().map(|cell| shown(cell)));
    }
    table.trim_fmt()
}

/// Returns names and values, one pair per line.
pub(crate) fn pairs(rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    for row in rows {
        table.add_row(row.iter().map(|cell| shown(cell)));
    }
    table.trim_fmt()
}

/// Returns whether the user asked for no colours, as `NO_COLOR` does in all programs that know it.
pub(crate) fn wants_no_colour() -> bool {
    std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
}

/// Returns text from outside as it may be shown on a terminal: without characters that steer it or turn it around.
pub(crate) fn shown(text: &str) -> String {
    let steers = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if steers(c) { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_outside_cannot_steer_the_terminal() {
        assert_eq!(shown("Anna Berg"), "Anna Berg");
        assert_eq!(shown("a\u{1b}[2Jb\nc\u{202e}d"), "a\u{fffd}[2Jb\u{fffd}c\u{fffd}d");
    }

    #[test]
    fn a_table_has_its_heads_and_rows() {
        let text = table(&["user", "what"], [vec!["anna".to_owned(), "a\tb".to_owned()]]);
        let lines: Vec<_> = text.lines().map(str::trim_end).collect();
        assert_eq!(lines, [" user  what", " anna  a\u{fffd}b"]);
    }
}
