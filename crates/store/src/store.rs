//! The store: one database, whichever engine holds it.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::{Error, Misuse, OpenError};
use crate::faults::Faults;
use crate::location::Location;
use crate::query::{Query, Tx};
use crate::{postgresql, sqlite};

/// How a store is opened.
#[derive(Clone)]
pub struct Options {
    /// Most connections that read from SQLite at once. Not for [`Location::Memory`], which has one connection.
    pub readers: usize,
    /// Most connections to PostgreSQL.
    pub connections: usize,
    /// Most transactions that SQLite commits together. With 1 each write flushes the disk for itself.
    pub group_limit: usize,
    /// What tests make fail.
    pub faults: Option<Arc<dyn Faults>>,
    /// Whether to use a PostgreSQL server whose settings can lose acknowledged writes. For tests.
    pub allow_unsafe: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { readers: 8, connections: 8, group_limit: 64, faults: None, allow_unsafe: false }
    }
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options")
            .field("readers", &self.readers)
            .field("connections", &self.connections)
            .field("group_limit", &self.group_limit)
            .field("faults", &self.faults.is_some())
            .field("allow_unsafe", &self.allow_unsafe)
            .finish()
    }
}

/// A database, shared by all threads of the program.
pub struct Store {
    engine: Engine,
    /// Tells stores of one process apart.
    number: u64,
}

enum Engine {
    Sqlite(sqlite::Database),
    Postgres(postgresql::Database),
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("engine", &self.engine_name()).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the database with the default [`Options`], creating and migrating it as needed.
    ///
    /// # Errors
    /// When it cannot be opened, or must not be: see [`OpenError`].
    pub fn open(location: &Location) -> Result<Self, OpenError> {
        Self::open_with(location, &Options::default())
    }

    /// Opens the database, creating and migrating it as needed.
    ///
    /// # Errors
    /// When it cannot be opened, or must not be: see [`OpenError`].
    pub fn open_with(location: &Location, options: &Options) -> Result<Self, OpenError> {
        static OPENED: AtomicU64 = AtomicU64::new(0);
        let engine = match location {
            Location::Memory => Engine::Sqlite(sqlite::Database::open(None, options)?),
            Location::File(path) => Engine::Sqlite(sqlite::Database::open(Some(path), options)?),
            Location::Postgres(url) => Engine::Postgres(postgresql::Database::open(url, options)?),
        };
        Ok(Self { engine, number: OPENED.fetch_add(1, Ordering::Relaxed) })
    }

    /// Runs `f` on one consistent snapshot of what is committed.
    ///
    /// `f` may run again, after the connection to PostgreSQL was lost. It must not use the store itself: that is an
    /// error, for a transaction inside a transaction could wait for itself.
    ///
    /// # Errors
    /// Those of `f`, and those of the database.
    pub fn read<T, E: From<Error>>(&self, mut f: impl FnMut(&mut Query<'_>) -> Result<T, E>) -> Result<T, E> {
        let _inside = Inside::enter(self.number)?;
        match &self.engine {
            Engine::Sqlite(database) => database.read(&mut f),
            Engine::Postgres(database) => database.read(&mut f),
        }
    }

    /// Runs `f` like [`Store::read`] where that takes no waiting: on SQLite, on a connection that is idle. Otherwise,
    /// and always on PostgreSQL, it returns `None` and `f` did not run.
    ///
    /// # Errors
    /// Those of `f`, and those of the database.
    pub fn try_read<T, E: From<Error>>(
        &self,
        mut f: impl FnMut(&mut Query<'_>) -> Result<T, E>,
    ) -> Result<Option<T>, E> {
        let _inside = Inside::enter(self.number)?;
        match &self.engine {
            Engine::Sqlite(database) => database.try_read(&mut f),
            Engine::Postgres(_) => Ok(None),
        }
    }

    /// Runs `f` and returns once all it wrote is on disk. If `f` fails or panics, nothing of what it wrote is kept.
    ///
    /// `f` may run again, from the start and with nothing kept of the run before, when PostgreSQL had to end the
    /// transaction in favour of another; so it should change nothing but the database. Like [`Store::read`], it
    /// must not use the store itself.
    ///
    /// # Errors
    /// Those of `f`, and those of the database. After [`Error::Lost`] it is unknown whether the data is stored.
    pub fn write<T, E: From<Error>>(&self, mut f: impl FnMut(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        let _inside = Inside::enter(self.number)?;
        match &self.engine {
            Engine::Sqlite(database) => database.write(&mut f),
            Engine::Postgres(database) => database.write(&mut f),
        }
    }

    /// Returns the number of the newest migration the database has had.
    #[must_use]
    pub const fn version(&self) -> u32 {
        match &self.engine {
            Engine::Sqlite(database) => database.version(),
            Engine::Postgres(database) => database.version(),
        }
    }

    /// Returns what holds the data, for people: "SQLite" or "PostgreSQL".
    #[must_use]
    pub const fn engine_name(&self) -> &'static str {
        match &self.engine {
            Engine::Sqlite(_) => "SQLite",
            Engine::Postgres(_) => "PostgreSQL",
        }
    }

    /// Returns how many commits this store has made since it was opened. A group counts once.
    #[must_use]
    pub fn commits(&self) -> u64 {
        match &self.engine {
            Engine::Sqlite(database) => database.commits(),
            Engine::Postgres(database) => database.commits(),
        }
    }

    /// Returns what is wrong with the database's own structure, one line each. Reads all of it.
    ///
    /// # Errors
    /// When the database cannot be read at all.
    pub fn integrity(&self) -> Result<Vec<String>, Error> {
        match &self.engine {
            Engine::Sqlite(database) => database.integrity(),
            Engine::Postgres(database) => database.integrity(),
        }
    }
}

thread_local! {
    /// Stores that this thread has a transaction open on.
    static OPEN: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

/// Marks this thread as inside a transaction of a store.
struct Inside {
    number: u64,
}

impl Inside {
    fn enter(number: u64) -> Result<Self, Error> {
        OPEN.with_borrow_mut(|open| {
            if open.contains(&number) {
                return Err(Error::other(Misuse::Nested));
            }
            open.push(number);
            Ok(Self { number })
        })
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        OPEN.with_borrow_mut(|open| open.retain(|number| *number != self.number));
    }
}
