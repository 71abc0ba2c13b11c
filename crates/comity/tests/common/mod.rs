//! Runs the real program on a data directory of its own.

#![allow(dead_code, unreachable_pub, reason = "each test file uses a part of it")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot start has failed")]

pub mod browser;
pub mod line;
pub mod server;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// A data directory, and the program called on it.
pub struct Place {
    folder: tempfile::TempDir,
}

/// What a call gave.
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Place {
    /// An empty one.
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// One with the users anna and bo, the space office, and its contacts, which everyone may read and anna may
    /// change.
    pub fn with_office() -> Self {
        let place = Self::new();
        for name in ["anna", "bo"] {
            let email = format!("{name}@example.org");
            let args = ["user", "add", name, "--email", &email, "--display-name", name, "--password-stdin"];
            place.run_with(&args, "secret of all\n").ok();
        }
        place.run(&["space", "add", "office"]).ok();
        place.run(&["folder", "add", "office", "Public Contacts", "--kind", "contacts"]).ok();
        place
            .run(&["share", "set", "office", "Public Contacts", "everyone", "--preset", "viewer", "--quiet"])
            .ok();
        place
            .run(&["share", "set", "office", "Public Contacts", "user:anna", "--preset", "editor", "--quiet"])
            .ok();
        place
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file into the data directory and returns its path.
    pub fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// The program with these arguments, not yet started; no variable of the caller names another database.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_comity"));
        command.env_remove("COMITY_DATA").env_remove("COMITY_DATABASE").env_remove("RUST_LOG");
        command.arg("--data").arg(self.path()).args(args).current_dir(self.path());
        command
    }

    pub fn run(&self, args: &[&str]) -> Said {
        self.run_with(args, "")
    }

    pub fn run_with(&self, args: &[&str], input: &str) -> Said {
        let mut command = self.command(args);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        Said::from(child.wait_with_output().unwrap())
    }

    /// Runs with `--json` and returns the document.
    pub fn json(&self, args: &[&str]) -> Value {
        let args = [&["--json"], args].concat();
        let said = self.run(&args);
        assert_eq!(said.code, 0, "{args:?}: {}", said.err);
        serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{args:?}: {error}: {}", said.out))
    }
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Said {
    /// It was done.
    pub fn ok(self) -> Self {
        assert_eq!(self.code, 0, "{}{}", self.out, self.err);
        self
    }

    /// It failed with this code and one line on standard error that contains `what`.
    pub fn fails(&self, code: i32, what: &str) {
        assert_eq!(self.code, code, "{}{}", self.out, self.err);
        assert!(self.err.contains(what), "{what}: {}", self.err);
        assert_eq!(self.out, "");
        assert!(code == 2 || self.err.trim_end().lines().count() == 1, "one line: {}", self.err);
    }
}

/// Returns the keys of an object.
pub fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

/// The object has these keys, whatever else it has.
pub fn has(value: &Value, wanted: &[&str]) {
    let there = keys(value);
    assert!(wanted.iter().all(|key| there.contains(key)), "{wanted:?} in {value}");
}
