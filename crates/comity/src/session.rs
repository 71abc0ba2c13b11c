//! What a command works with.

use std::io::Read as _;

use anyhow::{Context as _, Result, bail};
use engine::{Caller, Engine, FolderPath, Timestamp};

use crate::clock::clock;
use crate::output::Output;
use crate::place::Place;

/// The most bytes of a password on standard input.
const MAX_PASSWORD_INPUT: u64 = 64 * 1024;

/// What a command works with: the engine, the time it was called, and where its data is printed.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) engine: Engine,
    pub(crate) now: Timestamp,
    pub(crate) out: Output,
}

impl Session {
    /// Opens the database of a place.
    pub(crate) fn open(place: &Place, out: Output) -> Result<Self> {
        let engine = place.open(&place.config()?)?;
        Ok(Self { engine, now: clock(), out })
    }

    /// Returns the user on whose behalf the command runs, if one is named.
    pub(crate) fn caller(&self, name: Option<&str>) -> Result<Option<Caller>> {
        Ok(name.map(|name| self.engine.act_as(name)).transpose()?)
    }
}

/// Returns who asks: the named user, or the operator.
pub(crate) fn actor(caller: Option<&Caller>) -> engine::Actor<'_> {
    caller.map_or(engine::Actor::Operator, engine::Actor::User)
}

/// Reads a folder's path from the command line.
pub(crate) fn folder_path(text: &str) -> Result<FolderPath, String> {
    FolderPath::try_from(text).map_err(|error| error.to_string())
}

/// Returns the first line of standard input: the password.
pub(crate) fn password() -> Result<String> {
    let mut input = Vec::new();
    std::io::stdin()
        .take(MAX_PASSWORD_INPUT)
        .read_to_end(&mut input)
        .context("reading the password from standard input")?;
    let line = input.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let password = std::str::from_utf8(line).context("reading the password, which must be UTF-8")?;
    if password.is_empty() {
        bail!("no password on standard input; give it as the first line");
    }
    Ok(password.to_owned())
}
