//! Opening PostgreSQL connections, and what PostgreSQL's errors mean.

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use postgres::error::SqlState;
use postgres::{Config, NoTls};

use super::Session;
use crate::error::{Error, OpenError};
use crate::migrate::{Applied, Dialect, Migration, Target};

/// How long connecting may take, and how long sent data may go without an answer from the server's machine.
const NETWORK_TIMEOUT: Duration = Duration::from_secs(10);

/// A row lock is waited for as long as SQLite waits for its lock; a node that hangs inside a transaction loses it.
const SET_UP: &str = "SET lock_timeout = '30s'; SET idle_in_transaction_session_timeout = '60s'; \
                      SET client_min_messages = warning";

/// The advisory lock that a migrating process holds: any number, but the same in each version of the program.
const MIGRATION_LOCK: &str = "SET LOCAL lock_timeout = 0; SELECT pg_advisory_xact_lock(7235014459831)";

/// What the server must be set to so that a commit it acknowledges survives a crash: setting, and what it must not be.
const UNSAFE: [(&str, &str); 3] =
    [("fsync", "off"), ("full_page_writes", "off"), ("synchronous_commit", "off")];

/// Reads an address.
pub(super) fn configure(url: &str) -> Result<Config, OpenError> {
    let mut config: Config =
        url.parse().map_err(|source| OpenError::Address { source: Some(Arc::new(Told::new(&source))) })?;
    if config.get_application_name().is_none() {
        config.application_name("comity");
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(NETWORK_TIMEOUT);
    }
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(NETWORK_TIMEOUT);
    }
    Ok(config)
}

/// Opens a connection and sets it up.
pub(super) fn connect(config: &Config) -> Result<Session, Failed> {
    let mut client = config.connect(NoTls).map_err(Failed)?;
    client.batch_execute(SET_UP).map_err(Failed)?;
    Ok(Session::new(client))
}

/// An error of PostgreSQL's client: why nothing could be opened, or why a statement failed.
pub(super) struct Failed(postgres::Error);

impl From<Failed> for Error {
    fn from(failed: Failed) -> Self {
        error(&failed.0)
    }
}

impl From<Failed> for OpenError {
    fn from(failed: Failed) -> Self {
        Self::Connect { source: Arc::new(Told::new(&failed.0)) }
    }
}

/// Refuses a server that acknowledges what a crash can take back.
pub(super) fn check_safe(session: &mut Session) -> Result<(), OpenError> {
    let sql = "SELECT name, setting FROM pg_settings \
               WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit')";
    for (setting, value) in session.all(sql, &[], |row| Ok((row.text(0)?, row.text(1)?)))? {
        if UNSAFE.contains(&(setting.as_str(), value.as_str())) {
            return Err(OpenError::Unsafe { setting, value });
        }
    }
    Ok(())
}

/// What the server or the client said, without the rows that PostgreSQL quotes in its details.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Told(String);

impl Told {
    fn new(error: &postgres::Error) -> Self {
        match (error.as_db_error(), error.source()) {
            (Some(refusal), _) => Self(format!("{} ({})", refusal.message(), refusal.code().code())),
            (None, Some(source)) => Self(format!("{error}: {source}")),
            (None, None) => Self(error.to_string()),
        }
    }
}

/// Returns what a PostgreSQL error means for the caller.
pub(super) fn error(source: &postgres::Error) -> Error {
    if let Some(code) = source.code() {
        return by_code(code, source);
    }
    let broken = source.source().is_some_and(<dyn std::error::Error>::is::<std::io::Error>);
    if broken || source.is_closed() { Error::Lost } else { Error::other(Told::new(source)) }
}

fn by_code(code: &SqlState, source: &postgres::Error) -> Error {
    let class = code.code().get(..2).unwrap_or_default();
    match (class, code.code()) {
        ("08", _) | (_, "57P01" | "57P02" | "57P03" | "57P05" | "25P03") => Error::Lost,
        ("40", _) | (_, "55P03" | "53300") => Error::Busy,
        ("23", _) => Error::Constraint { source: Arc::new(Told::new(source)) },
        (_, "53100") => Error::Full,
        (_, "XX001" | "XX002") => Error::Corrupt,
        _ => Error::other(Told::new(source)),
    }
}

/// Returns whether a transaction failed only because another one was in its way.
pub(super) fn gave_way(source: &postgres::Error) -> bool {
    source.code().is_some_and(|code| {
        *code == SqlState::T_R_SERIALIZATION_FAILURE || *code == SqlState::T_R_DEADLOCK_DETECTED
    })
}

impl Target for Session {
    // Collation "C" compares bytes, as SQLite does.
    const DIALECT: Dialect =
        Dialect { int: "BIGINT", text: "TEXT COLLATE \"C\"", blob: "BYTEA", table_end: "" };

    fn applied(&mut self) -> Result<Vec<Applied>, Error> {
        // Not to_regclass: it may answer from a cache that does not know yet what another process just made.
        let sql = "SELECT 1 FROM information_schema.tables \
                   WHERE table_schema = current_schema() AND table_name = 'migrations'";
        if self.first(sql, &[], |row| row.int(0))?.is_none() {
            return Ok(Vec::new());
        }
        self.all("SELECT number, checksum FROM migrations ORDER BY number", &[], |row| {
            let number = u32::try_from(row.int(0)?).map_err(|_| Error::Corrupt)?;
            Ok(Applied { number, checksum: row.text(1)? })
        })
    }

    fn begin(&mut self) -> Result<(), Error> {
        self.batch("BEGIN")?;
        self.batch(MIGRATION_LOCK)
    }

    fn run(&mut self, sql: &str) -> Result<(), Error> {
        self.batch(sql)
    }

    fn record(&mut self, migration: &Migration, checksum: &str) -> Result<(), Error> {
        let sql = "INSERT INTO migrations (number, name, checksum) VALUES ($1, $2, $3)";
        self.execute(sql, &crate::params![migration.number, migration.name, checksum]).map(drop)
    }

    fn commit(&mut self) -> Result<(), Error> {
        self.batch("COMMIT")
    }

    fn rollback(&mut self) -> Result<(), Error> {
        self.batch("ROLLBACK")
    }
}
