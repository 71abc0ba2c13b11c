//! What can go wrong with a store, split by what the caller can do about it.

use std::path::PathBuf;
use std::sync::Arc;

/// The error of the database library or operating system below one of ours.
pub type Cause = Arc<dyn std::error::Error + Send + Sync>;

/// Why a transaction or statement failed. Whatever failed was rolled back, but for [`Error::Lost`].
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// Others hold the database for too long. The caller may try again.
    #[error("the database is busy")]
    Busy,
    /// The disk is full or refuses writes. Reads go on; writes go on when there is room again.
    #[error("the disk is full")]
    Full,
    /// The rows would break a rule of the schema.
    #[error("a rule of the database schema would be broken")]
    Constraint {
        /// Which rule.
        #[source]
        source: Cause,
    },
    /// What is stored is not what was written, or means nothing to this program.
    #[error("stored data is damaged")]
    Corrupt,
    /// The connection died. Of a write it is unknown whether it was made: ask before answering for it.
    #[error("the connection to the database was lost")]
    Lost,
    /// A column does not hold what the program reads from it.
    #[error("column {column} of a row is not {wanted}")]
    Row {
        /// Which column, from 0.
        column: usize,
        /// What it should have been.
        wanted: &'static str,
    },
    /// Anything else: the program and its database do not fit.
    #[error("a database statement failed")]
    Other {
        /// What the database said.
        #[source]
        source: Cause,
    },
}

impl Error {
    /// Wraps an error that no caller can do anything about.
    pub(crate) fn other(source: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Other { source: Arc::new(source) }
    }
}

/// A use of the store that its rules forbid: a mistake in the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Misuse {
    /// See [`crate::Store::read`].
    #[error("a transaction was opened inside another one of the same store")]
    Nested,
    /// A statement that writes came through [`crate::Query`].
    #[error("a statement that writes was run in a transaction that only reads")]
    ReadOnly,
    /// The statement's placeholders are not exactly `$1` to `$n` for n values.
    #[error("a statement's placeholders do not match its {0} values")]
    Placeholders(usize),
    /// PostgreSQL cannot store U+0000 in text, so SQLite may not either.
    #[error("a text value holds the character U+0000")]
    Nul,
}

/// Why a store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The database's address is neither a `postgresql:` nor a `sqlite:` address.
    #[error("the database address is not understood")]
    Address {
        /// What is wrong with it, where that is known.
        #[source]
        source: Option<Cause>,
    },
    /// The file or its directory could not be made.
    #[error("creating {}", path.display())]
    Create {
        /// Which one.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The database could not be opened or reached.
    #[error("connecting to the database")]
    Connect {
        /// Why.
        #[source]
        source: Cause,
    },
    /// The database was written by a newer program; this one would damage it.
    #[error("the database has schema {found}, this program knows schemas up to {known}")]
    Newer {
        /// The database's newest migration.
        found: u32,
        /// The program's newest migration.
        known: u32,
    },
    /// A migration the database has is not the one the program has under this number.
    #[error("migration {number} of the database is not this program's")]
    Changed {
        /// Which one.
        number: u32,
    },
    /// A migration failed; nothing of it was kept.
    #[error("migration {number} failed")]
    Migration {
        /// Which one.
        number: u32,
        /// Why.
        #[source]
        source: Error,
    },
    /// The database server is set so that it can lose what it has acknowledged.
    #[error("the database server has {setting} = {value}, which can lose acknowledged writes")]
    Unsafe {
        /// The server's setting.
        setting: String,
        /// Its value.
        value: String,
    },
    /// A statement needed for opening failed.
    #[error("preparing the database")]
    Prepare {
        /// Why.
        #[source]
        source: Error,
    },
}

impl From<Error> for OpenError {
    fn from(source: Error) -> Self {
        Self::Prepare { source }
    }
}
