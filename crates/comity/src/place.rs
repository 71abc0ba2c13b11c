//! Where the data and the configuration are, and how they are opened.

use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use engine::Engine;
use store::{Location, Store};

use crate::clock;
use crate::config::Config;
use crate::output;

/// The data directory if neither `--data` nor `COMITY_DATA` names one.
const DEFAULT_DATA: &str = "comity-data";

/// The configuration's file name in the data directory.
const CONFIG_FILE: &str = "comity.toml";

/// Where the data and the configuration are.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// The data directory.
    pub(crate) data: PathBuf,
    /// The database's address; without one, SQLite in the data directory.
    database: Option<String>,
    /// The configuration file that was named.
    config: Option<PathBuf>,
}

impl Place {
    /// Returns the place that the command line and the environment name, in this order.
    pub(crate) fn new(data: Option<PathBuf>, database: Option<String>, config: Option<PathBuf>) -> Self {
        let data = data.or_else(|| set("COMITY_DATA").map(PathBuf::from));
        Self {
            data: data.unwrap_or_else(|| PathBuf::from(DEFAULT_DATA)),
            database: database.or_else(|| set("COMITY_DATABASE")),
            config,
        }
    }

    /// Returns the place of a sample: only what the command line names, so that no environment makes it somebody's
    /// real data.
    pub(crate) fn of_sample(data: PathBuf, database: Option<String>, config: Option<PathBuf>) -> Self {
        Self { data, database, config }
    }

    /// Reads the configuration: the file that was named, or the one in the data directory, or none.
    pub(crate) fn config(&self) -> Result<Config> {
        let beside = self.data.join(CONFIG_FILE);
        match &self.config {
            Some(named) => Config::read(named),
            None if beside.exists() => Config::read(&beside),
            None => Ok(Config::default()),
        }
    }

    /// Puts a configuration into the data directory, unless there is one or another one is named.
    pub(crate) fn write_config(&self, text: &str) -> Result<()> {
        let beside = self.data.join(CONFIG_FILE);
        if self.config.is_some() || beside.exists() {
            return Ok(());
        }
        make_folder(&self.data)?;
        std::fs::write(&beside, text).with_context(|| format!("writing {}", beside.display()))
    }

    /// Opens the engine over the database, which is made if there is none.
    pub(crate) fn open(&self, config: &Config) -> Result<Engine> {
        let settings = config.settings()?;
        let location = Location::parse(self.database.as_deref(), &self.data)
            .context("reading --database (postgres://USER@HOST/NAME, or leave it out)")?;
        if let Location::File(file) = &location {
            make_folder(file.parent().unwrap_or(&self.data))?;
            if !file.exists() {
                output::note(&format!("made a new database: {}", file.display()));
            }
        }
        let store =
            Store::open(&location).context("opening the database; is it running, may it be written?")?;
        Ok(Engine::new(store, settings, clock::seed()?))
    }
}

/// Makes the data directory, for its owner alone: it holds everybody's mail.
fn make_folder(folder: &Path) -> Result<()> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .with_context(|| format!("making the data directory {}", folder.display()))
}

/// Returns an environment variable that says something.
fn set(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
