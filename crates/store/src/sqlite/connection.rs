//! Opening SQLite connections, and what SQLite's errors mean.

use std::fs::{DirBuilder, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
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
    /// Makes the directory and the file, readable by their owner only, where they are missing.
    pub(super) fn create(&self) -> Result<(), OpenError> {
        let Self::File(path) = self else { return Ok(()) };
        if path.exists() {
            return Ok(());
        }
        if let Some(directory) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            let made = DirBuilder::new().recursive(true).mode(0o700).create(directory);
            made.map_err(|source| OpenError::Create { path: directory.to_owned(), source })?;
        }
        let fresh = fresh_name(path);
        let made = make_file(&fresh, path);
        drop(std::fs::remove_file(&fresh));
        made
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
        // A plan made for all values: otherwise some statements are compiled again each time they get new ones.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
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

/// Makes an empty database in WAL mode at `fresh` and lets it appear at `path`, unless another process was quicker.
///
/// It is finished before it has its name: two processes that switch one file to WAL mode at once fail, and closing a
/// file takes away the locks that SQLite has on it anywhere else in the process.
fn make_file(fresh: &Path, path: &Path) -> Result<(), OpenError> {
    let failed = |source: io::Error| OpenError::Create { path: path.to_owned(), source };
    // SQLite gives -wal and -shm the mode of the file itself.
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(fresh).map_err(failed)?;
    let connection = Place::File(fresh.to_owned()).connect(Mode::Write)?;
    connection.close().map_err(|(_, source)| error(source))?;
    match std::fs::hard_link(fresh, path) {
        Err(source) if source.kind() != io::ErrorKind::AlreadyExists => Err(failed(source)),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Returns a name beside `path` that nobody else uses.
fn fresh_name(path: &Path) -> PathBuf {
    static MADE: AtomicU32 = AtomicU32::new(0);
    let mut name = path.as_os_str().to_owned();
    name.push(format!("-new-{}-{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed)));
    name.into()
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
        // Not table_exists(): it may answer from a cache that does not know yet what another process just made.
        let sql = "SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name = 'migrations'";
        let tables: i64 = self.query_row(sql, [], |row| row.get(0)).map_err(error)?;
        if tables == 0 {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn pragma<T: rusqlite::types::FromSql>(connection: &Connection, name: &str) -> T {
        connection.pragma_query_value(None, name, |row| row.get(0)).unwrap()
    }

    #[test]
    fn every_connection_is_durable_and_strict() {
        let directory = tempfile::tempdir().unwrap();
        let place = Place::File(directory.path().join("test.db"));
        place.create().unwrap();
        for (mode, query_only) in [(Mode::Write, 0), (Mode::Read, 1)] {
            let connection = place.connect(mode).unwrap();
            assert_eq!(pragma::<String>(&connection, "journal_mode"), "wal");
            assert_eq!(pragma::<i64>(&connection, "synchronous"), 2, "FULL: each commit is flushed");
            assert_eq!(pragma::<i64>(&connection, "foreign_keys"), 1);
            assert_eq!(pragma::<i64>(&connection, "trusted_schema"), 0);
            assert_eq!(pragma::<i64>(&connection, "query_only"), query_only);
            assert_eq!(pragma::<i64>(&connection, "busy_timeout"), 30_000);
        }
    }

    #[test]
    fn a_statement_with_new_values_is_not_compiled_again() {
        let connection = Place::Memory.connect(Mode::Write).unwrap();
        connection
            .execute_batch("CREATE TABLE t (name TEXT, x INTEGER); CREATE INDEX i ON t (name, x)")
            .unwrap();
        let sql = "SELECT x FROM t WHERE name = 'a' AND x > ?1 AND ?2 <> 'a' ORDER BY x LIMIT ?3";
        let mut statement = connection.prepare(sql).unwrap();
        for (x, limit) in [(1, 1), (2, 300), (3, 0)] {
            statement.query((x, x.to_string(), limit)).unwrap().next().unwrap();
        }
        assert_eq!(statement.get_status(rusqlite::StatementStatus::RePrepare), 0);
    }

    #[test]
    fn a_new_file_is_made_once_and_leaves_nothing_beside_it() {
        let directory = tempfile::tempdir().unwrap();
        let place = Place::File(directory.path().join("test.db"));
        place.create().unwrap();
        place.connect(Mode::Write).unwrap().execute("CREATE TABLE kept (x INTEGER)", []).unwrap();
        place.create().unwrap();
        make_file(&directory.path().join("other"), &directory.path().join("test.db")).unwrap();
        std::fs::remove_file(directory.path().join("other")).unwrap();
        assert!(place.connect(Mode::Write).unwrap().table_exists(None, "kept").unwrap());
        let names: Vec<_> =
            std::fs::read_dir(directory.path()).unwrap().map(|it| it.unwrap().file_name()).collect();
        assert_eq!(names, ["test.db"]);
    }
}
