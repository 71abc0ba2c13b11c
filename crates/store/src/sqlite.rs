//! The SQLite driver: one writer that commits in groups, and a pool of readers.

mod connection;
mod session;
mod writer;

use std::path::Path;
use std::sync::Arc;

use rusqlite::Connection;

pub(crate) use session::{Session, cell};

use crate::error::{Error, OpenError};
use crate::faults::Faults;
use crate::migrate::{self, MIGRATIONS};
use crate::pool::{Lease, Pool};
use crate::query::{Outcome, Query, Session as Either, Tx, run_read};
use crate::store::Options;
use connection::Place;
use session::Mode;
use writer::Writer;

/// A SQLite database.
pub(crate) struct Database {
    place: Place,
    version: u32,
    writer: Writer,
    /// Empty for [`Place::Memory`], where the writer's connection is the only one.
    readers: Pool<Connection>,
    faults: Option<Arc<dyn Faults>>,
}

impl Database {
    /// Opens (and first creates) the database file, or a database in memory without one.
    pub(crate) fn open(path: Option<&Path>, options: &Options) -> Result<Self, OpenError> {
        let place = path.map_or(Place::Memory, |path| Place::File(path.to_owned()));
        place.create()?;
        let mut connection = place.connect(Mode::Write)?;
        let version = migrate::migrate(&mut connection, MIGRATIONS)?;
        // In memory a commit costs nothing, and readers share the writer's connection.
        let limit = if path.is_some() { options.group_limit } else { 1 };
        Ok(Self {
            place,
            version,
            writer: Writer::new(connection, limit, options.faults.clone()),
            readers: Pool::new(options.readers),
            faults: options.faults.clone(),
        })
    }

    pub(crate) const fn version(&self) -> u32 {
        self.version
    }

    pub(crate) fn commits(&self) -> u64 {
        self.writer.commits()
    }

    pub(crate) fn read<T, E: From<Error>>(
        &self,
        f: &mut impl FnMut(&mut Query<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let outcome = match self.place {
            Place::Memory => self.writer.with_connection(|connection| self.run_read(connection, f)),
            Place::File(_) => {
                let lease = self.readers.take(|| self.place.connect(Mode::Read))?;
                self.read_snapshot(lease, f)?
            }
        };
        ended(outcome)
    }

    /// Reads if that takes no waiting.
    pub(crate) fn try_read<T, E: From<Error>>(
        &self,
        f: &mut impl FnMut(&mut Query<'_>) -> Result<T, E>,
    ) -> Result<Option<T>, E> {
        let outcome = match self.place {
            Place::Memory => self.writer.try_with_connection(|connection| self.run_read(connection, f)),
            Place::File(_) => match self.readers.take_idle() {
                Some(lease) => Some(self.read_snapshot(lease, f)?),
                None => None,
            },
        };
        outcome.map(ended).transpose()
    }

    pub(crate) fn write<T, E: From<Error>>(
        &self,
        f: &mut impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.writer.write(f)
    }

    /// Returns what SQLite finds wrong with the file, one line each.
    pub(crate) fn integrity(&self) -> Result<Vec<String>, Error> {
        self.read(&mut |q: &mut Query<'_>| {
            let mut found = q.all("PRAGMA integrity_check", &[], |row| row.text(0))?;
            found.retain(|line| line != "ok");
            let orphans = q.all("PRAGMA foreign_key_check", &[], |row| Ok((row.text(0)?, row.text(2)?)))?;
            found.extend(orphans.into_iter().map(|(child, parent)| {
                format!("a row of {child} refers to a row of {parent} that is not there")
            }));
            Ok(found)
        })
    }

    fn read_snapshot<T, E: From<Error>>(
        &self,
        lease: Lease<'_, Connection>,
        f: &mut impl FnMut(&mut Query<'_>) -> Result<T, E>,
    ) -> Result<Outcome<T, E>, Error> {
        connection::control(&lease.connection, "BEGIN")?;
        let outcome = self.run_read(&lease.connection, f);
        connection::control(&lease.connection, "ROLLBACK")?;
        lease.give_back();
        Ok(outcome)
    }

    fn run_read<T, E: From<Error>>(
        &self,
        connection: &Connection,
        f: &mut impl FnMut(&mut Query<'_>) -> Result<T, E>,
    ) -> Outcome<T, E> {
        let session = Either::Sqlite(Session::new(connection, Mode::Read));
        run_read(Query::new(session, self.faults.as_deref()), f).outcome
    }
}

/// Passes on how a closure that read ended.
fn ended<T, E>(outcome: Outcome<T, E>) -> Result<T, E> {
    match outcome {
        Outcome::Done(value) => Ok(value),
        Outcome::Failed(error) => Err(error),
        Outcome::Panicked(payload) => std::panic::resume_unwind(payload),
    }
}
