//! The PostgreSQL driver: a bounded pool of connections.

mod connection;
mod session;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::{Error, OpenError};
use crate::faults::{self, Faults, Point};
use crate::migrate::{self, MIGRATIONS};
use crate::pool::{Lease, Pool};
use crate::query::{Outcome, Query, Ran, Session as Either, Tx, run_read, run_write};
use crate::store::Options;

pub(crate) use session::{Session, cell};

/// How often a closure runs when it keeps giving way to other transactions.
const MAX_RUNS: u32 = 10;

/// How often a transaction starts over because its connection turns out to be dead.
const MAX_RECONNECTS: u32 = 1;

/// A PostgreSQL database.
pub(crate) struct Database {
    config: postgres::Config,
    version: u32,
    pool: Pool<Session>,
    faults: Option<Arc<dyn Faults>>,
    commits: AtomicU64,
}

/// The two kinds of transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Read,
    Write,
}

impl Kind {
    const fn begin(self) -> &'static str {
        match self {
            Self::Read => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            Self::Write => "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
        }
    }
}

/// How one run of a transaction ended.
enum Attempt<T, E> {
    Ended(Result<T, E>),
    /// It gave way to another transaction and may run again.
    Yielded(E),
    /// The connection was dead before a commit was sent, so nothing was made and it may run again.
    Dropped(E),
}

impl Database {
    /// Connects to the database at `url` and migrates it.
    pub(crate) fn open(url: &str, options: &Options) -> Result<Self, OpenError> {
        let config = connection::configure(url)?;
        let pool = Pool::new(options.connections);
        let mut lease = pool.take(|| connection::connect(&config))?;
        if !options.allow_unsafe {
            connection::check_safe(&mut lease.connection)?;
        }
        let version = migrate::migrate(&mut lease.connection, MIGRATIONS)?;
        lease.give_back();
        Ok(Self { config, version, pool, faults: options.faults.clone(), commits: AtomicU64::new(0) })
    }

    pub(crate) const fn version(&self) -> u32 {
        self.version
    }

    pub(crate) fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    pub(crate) fn read<T, E: From<Error>>(
        &self,
        f: &mut impl FnMut(&mut Query<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.repeat(Kind::Read, &mut |query| run_read(query, f))
    }

    pub(crate) fn write<T, E: From<Error>>(
        &self,
        f: &mut impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.repeat(Kind::Write, &mut |query| run_write(query, f))
    }

    /// Returns what the server itself knows to be wrong with the database, one line each.
    pub(crate) fn integrity(&self) -> Result<Vec<String>, Error> {
        self.read(&mut |q: &mut Query<'_>| {
            let indexes =
                "SELECT CAST(indexrelid::regclass AS TEXT) FROM pg_index WHERE NOT indisvalid ORDER BY 1";
            let constraints =
                "SELECT CAST(conname AS TEXT) FROM pg_constraint WHERE NOT convalidated ORDER BY 1";
            let checksums = "SELECT COALESCE(checksum_failures, 0) FROM pg_stat_database \
                             WHERE datname = current_database()";
            let mut found = q.all(indexes, &[], |row| Ok(format!("index {} is not valid", row.text(0)?)))?;
            found.extend(
                q.all(constraints, &[], |row| Ok(format!("constraint {} was never checked", row.text(0)?)))?,
            );
            let failures = q.first(checksums, &[], |row| row.int(0))?.unwrap_or(0);
            if failures > 0 {
                found.push(format!("{failures} pages did not match their checksum"));
            }
            Ok(found)
        })
    }

    fn repeat<T, E: From<Error>>(
        &self,
        kind: Kind,
        run: &mut impl FnMut(Query<'_>) -> Ran<T, E>,
    ) -> Result<T, E> {
        let (mut runs, mut reconnects) = (1, 0);
        loop {
            match self.attempt(kind, run) {
                Attempt::Yielded(_) if runs < MAX_RUNS => runs += 1,
                Attempt::Dropped(_) if reconnects < MAX_RECONNECTS => {
                    self.pool.forget_idle();
                    reconnects += 1;
                }
                Attempt::Ended(result) => return result,
                Attempt::Yielded(error) | Attempt::Dropped(error) => return Err(error),
            }
        }
    }

    fn attempt<T, E: From<Error>>(
        &self,
        kind: Kind,
        run: &mut impl FnMut(Query<'_>) -> Ran<T, E>,
    ) -> Attempt<T, E> {
        let mut lease = match self.pool.take(|| connection::connect(&self.config)) {
            Ok(lease) => lease,
            Err(failed) => return Attempt::Ended(Err(E::from(Error::from(failed)))),
        };
        if let Err(error) = lease.connection.begin(kind.begin()) {
            // Dead, or its server has become a standby; a new connection may find the one that took over.
            return Attempt::Dropped(E::from(error));
        }
        let ran = run(Query::new(Either::Postgres(&mut lease.connection), self.faults.as_deref()));
        match (ran.outcome, kind) {
            // Dropping the lease closes the connection, which rolls back.
            (Outcome::Panicked(payload), _) => {
                drop(lease);
                std::panic::resume_unwind(payload)
            }
            (Outcome::Done(value), Kind::Read) => {
                end(lease, "COMMIT");
                Attempt::Ended(Ok(value))
            }
            (Outcome::Done(value), Kind::Write) => self.commit(lease, value),
            (Outcome::Failed(error), _) => {
                let failed = ran.failure.is_some();
                let yielded = ran.failure.is_some_and(|failure| failure.yielded);
                match end(lease, "ROLLBACK") {
                    Ended::Kept if yielded => Attempt::Yielded(error),
                    Ended::Closed if failed => Attempt::Dropped(error),
                    Ended::Kept | Ended::Closed => Attempt::Ended(Err(error)),
                }
            }
        }
    }

    /// Commits. If the connection dies meanwhile nobody knows whether the data is stored, and so it must be told.
    fn commit<T, E: From<Error>>(&self, mut lease: Lease<'_, Session>, value: T) -> Attempt<T, E> {
        let points = self.faults.as_deref();
        if let Err(error) = faults::check(points, Point::BeforeCommit) {
            end(lease, "ROLLBACK");
            return Attempt::Ended(Err(E::from(error)));
        }
        if let Err(error) = lease.connection.end("COMMIT") {
            let yielded = lease.connection.gave_way();
            let error = E::from(error);
            return if yielded { Attempt::Yielded(error) } else { Attempt::Ended(Err(error)) };
        }
        lease.give_back();
        self.commits.fetch_add(1, Ordering::Relaxed);
        Attempt::Ended(faults::check(points, Point::AfterCommit).map(|()| value).map_err(E::from))
    }
}

/// What became of a connection when its transaction ended.
enum Ended {
    Kept,
    Closed,
}

/// Ends a transaction of which nothing must be kept, and the connection with it if that fails.
fn end(mut lease: Lease<'_, Session>, sql: &'static str) -> Ended {
    match lease.connection.end(sql) {
        Ok(()) => {
            lease.give_back();
            Ended::Kept
        }
        Err(_) => Ended::Closed,
    }
}
