//! Opening SQLite connections, and what SQLite's errors mean.

use std::fs::{DirBuilder, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, ffi};

use super::session::Mode;
use crate::error::{Error, OpenError};
use crate::migrate::{Applied, Dialect, Migration, Target};

/// How long a connection waits for another process, such as a command beside the server, to end its transaction.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);

/// Prepared statements kept per connection; the program has fewer.
const STATEMENTS: usize = 512;

/// The write-ahead log is cut back to this size when it was larger.
const JOURNAL_SIZE_LIMIT: i64 = 64 << 20;

/// Where a database is.
#[derive(Debug)]
pub(super) enum Place {
    Memory,
    File(PathBuf),
}

impl Place {
    /// Creates the directory and the file, readable by their owner only, where they are missing.
    pub(super) fn create(&self) -> Result<(), OpenError> {
        let Self::File(path) = self else { return Ok(()) };
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source: io::Error| OpenError::Create { path, source }
        };
        if let Some(directory) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            DirBuilder::new().recursive(true).mode(0o700).create(directory).map_err(failed(directory))?;
        }
        // SQLite gives -wal and -shm the mode of the file itself.
        OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path)
            .map_err(failed(path))?;
        Ok(())
    }

    /// Opens a connection and sets it up.
    pub(super) fn connect(&self, mode: Mode) -> Result<Connection, Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = match self {
            Self::Memory => Connection::open_in_memory_with_flags(flags),
            Self::File(path) => Connection::open_with_flags(path, flags),
        }
        .map_err(error)?;
        self.set_up(&connection, mode).map_err(error)?;
        Ok(connection)
    }

    fn set_up(&self, connection: &Connection, mode: Mode) -> Result<(), rusqlite::Error> {
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        // PostgreSQL takes "x" for a column and never for a text, so SQLite may not either.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
        if matches!(self, Self::File(_)) {
            connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
            connection.pragma_update(None, "synchronous", "FULL")?;
            connection.pragma_update_and_check(None, "journal_size_limit", JOURNAL_SIZE_LIMIT, |_| Ok(()))?;
        }
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.pragma_update(None, "trusted_schema", false)?;
        connection.pragma_update(None, "temp_store", "MEMORY")?;
        if matches!(mode, Mode::Read) {
            connection.pragma_update(None, "query_only", true)?;
        }
        Ok(())
    }
}

/// Runs a statement that begins or ends something.
pub(super) fn control(connection: &Connection, sql: &'static str) -> Result<(), Error> {
    connection.prepare_cached(sql).and_then(|mut statement| statement.execute([])).map(drop).map_err(error)
}

/// Returns what a SQLite error means for the caller.
pub(super) fn error(source: rusqlite::Error) -> Error {
    match source.sqlite_error() {
        Some(failure) if refuses_writes(failure.extended_code) => Error::Full,
        Some(failure) => by_code(failure.code, source),
        None => Error::other(source),
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "SQLite's list of codes is open, and the rest are all alike"
)]
fn by_code(code: ErrorCode, source: rusqlite::Error) -> Error {
    match code {
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Error::Busy,
        ErrorCode::DiskFull => Error::Full,
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Error::Corrupt,
        ErrorCode::ConstraintViolation => Error::Constraint { source: Arc::new(source) },
        _ => Error::other(source),
    }
}

/// Returns whether the operating system refused to write; over quota, for one, is not "disk full" to SQLite.
const fn refuses_writes(extended_code: i32) -> bool {
    matches!(
        extended_code,
        ffi::SQLITE_IOERR_WRITE
            | ffi::SQLITE_IOERR_FSYNC
            | ffi::SQLITE_IOERR_DIR_FSYNC
            | ffi::SQLITE_IOERR_TRUNCATE
            | ffi::SQLITE_IOERR_SHMSIZE
    )
}

impl Target for Connection {
    const DIALECT: Dialect = Dialect { int: "INTEGER", text: "TEXT", blob: "BLOB", table_end: " STRICT" };

    fn applied(&mut self) -> Result<Vec<Applied>, Error> {
        let exists = self.table_exists(None, "migrations").map_err(error)?;
        if !exists {
            return Ok(Vec::new());
        }
        let mut statement =
            self.prepare("SELECT number, checksum FROM migrations ORDER BY number").map_err(error)?;
        let rows = statement
            .query_map([], |row| Ok(Applied { number: row.get(0)?, checksum: row.get(1)? }))
            .map_err(error)?;
        rows.collect::<Result<_, _>>().map_err(error)
    }

    fn begin(&mut self) -> Result<(), Error> {
        control(self, "BEGIN IMMEDIATE")
    }

    fn run(&mut self, sql: &str) -> Result<(), Error> {
        self.execute(sql, []).map(drop).map_err(error)
    }

    fn record(&mut self, migration: &Migration, checksum: &str) -> Result<(), Error> {
        let sql = "INSERT INTO migrations (number, name, checksum) VALUES (?1, ?2, ?3)";
        self.execute(sql, (migration.number, migration.name, checksum)).map(drop).map_err(error)
    }

    fn commit(&mut self) -> Result<(), Error> {
        control(self, "COMMIT")
    }

    fn rollback(&mut self) -> Result<(), Error> {
        control(self, "ROLLBACK")
    }
}
