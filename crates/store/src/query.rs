//! Transactions as the caller sees them: [`Query`] reads, [`Tx`] also writes.

use std::ops::{Deref, DerefMut};
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::error::{Error, Misuse};
use crate::faults::{self, Point, Points};
use crate::fetched::Row;
use crate::value::Value;
use crate::{postgresql, sqlite};

/// A transaction that reads one consistent snapshot.
///
/// Once a statement has failed, every later one fails with the same error and the transaction is rolled back,
/// whatever its closure returns: PostgreSQL can do nothing else, so SQLite does the same.
pub struct Query<'a> {
    session: Session<'a>,
    faults: Points<'a>,
    failure: Option<Failure>,
}

/// The connection a transaction runs on.
pub(crate) enum Session<'a> {
    Sqlite(sqlite::Session<'a>),
    Postgres(&'a mut postgresql::Session),
}

impl Session<'_> {
    /// Returns whether the last statement failed because of another transaction.
    const fn gave_way(&self) -> bool {
        match self {
            // The one writer has no other in its way.
            Self::Sqlite(_) => false,
            Self::Postgres(session) => session.gave_way(),
        }
    }
}

/// Why a transaction can only be rolled back.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    /// The error of the statement that failed.
    pub(crate) error: Error,
    /// Whether the transaction gave way to another one and may simply run again.
    pub(crate) yielded: bool,
}

impl std::fmt::Debug for Query<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Query").field("failure", &self.failure).finish_non_exhaustive()
    }
}

impl<'a> Query<'a> {
    pub(crate) const fn new(session: Session<'a>, faults: Points<'a>) -> Self {
        Self { session, faults, failure: None }
    }

    /// Returns what `map` makes of each row.
    ///
    /// # Errors
    /// When the statement or `map` fails.
    pub fn all<T>(
        &mut self,
        sql: &'static str,
        params: &[Value<'_>],
        map: impl FnMut(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        self.statement(params, |session| match session {
            Session::Sqlite(session) => session.all(sql, params, map),
            Session::Postgres(session) => session.all(sql, params, map),
        })
    }

    /// Returns what `map` makes of the first row, or `None` without one. A statement that reads should say
    /// `LIMIT 1`, unless it can find no more.
    ///
    /// # Errors
    /// When the statement or `map` fails.
    pub fn first<T>(
        &mut self,
        sql: &'static str,
        params: &[Value<'_>],
        map: impl FnOnce(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        self.statement(params, |session| match session {
            Session::Sqlite(session) => session.first(sql, params, map),
            Session::Postgres(session) => session.first(sql, params, map),
        })
    }

    /// Runs one statement, unless one has failed before, and remembers its failure.
    fn statement<T>(
        &mut self,
        params: &[Value<'_>],
        run: impl FnOnce(&mut Session<'a>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        if let Some(failure) = &self.failure {
            return Err(failure.error.clone());
        }
        let injected = faults::check(self.faults, Point::BeforeStatement);
        let yielded = matches!(injected, Err(Error::Busy));
        let done = injected.and_then(|()| without_nul(params)).and_then(|()| run(&mut self.session));
        if let Err(error) = &done {
            let yielded = yielded || self.session.gave_way();
            self.failure = Some(Failure { error: error.clone(), yielded });
        }
        done
    }
}

/// A transaction that reads and writes.
#[derive(Debug)]
pub struct Tx<'a> {
    query: Query<'a>,
}

impl Tx<'_> {
    /// Runs a statement that returns no rows and returns how many it changed. One with `RETURNING` goes through
    /// [`Query::first`] or [`Query::all`].
    ///
    /// # Errors
    /// When the statement fails.
    pub fn execute(&mut self, sql: &'static str, params: &[Value<'_>]) -> Result<u64, Error> {
        self.query.statement(params, |session| match session {
            Session::Sqlite(session) => session.execute(sql, params),
            Session::Postgres(session) => session.execute(sql, params),
        })
    }
}

impl<'a> Deref for Tx<'a> {
    type Target = Query<'a>;

    fn deref(&self) -> &Self::Target {
        &self.query
    }
}

impl DerefMut for Tx<'_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.query
    }
}

/// How a transaction's closure ended.
pub(crate) enum Outcome<T, E> {
    /// Well: what it did is to be committed.
    Done(T),
    /// With an error of its own, or of a statement.
    Failed(E),
    /// With a panic, to be taken up again once the transaction is cleared away.
    Panicked(Box<dyn std::any::Any + Send>),
}

/// An ended closure, and why its transaction can only be rolled back, if so.
pub(crate) struct Ran<T, E> {
    pub(crate) outcome: Outcome<T, E>,
    pub(crate) failure: Option<Failure>,
}

/// Runs a closure that reads. It may end well although it passed over a failed statement: that is a failure too.
pub(crate) fn run_read<T, E: From<Error>>(
    mut query: Query<'_>,
    f: &mut impl FnMut(&mut Query<'_>) -> Result<T, E>,
) -> Ran<T, E> {
    let ended = catch_unwind(AssertUnwindSafe(|| f(&mut query)));
    ran(ended, query.failure)
}

/// Runs a closure that writes; see [`run_read`].
pub(crate) fn run_write<T, E: From<Error>>(
    query: Query<'_>,
    f: &mut impl FnMut(&mut Tx<'_>) -> Result<T, E>,
) -> Ran<T, E> {
    let mut tx = Tx { query };
    let ended = catch_unwind(AssertUnwindSafe(|| f(&mut tx)));
    ran(ended, tx.query.failure)
}

fn ran<T, E: From<Error>>(ended: std::thread::Result<Result<T, E>>, failure: Option<Failure>) -> Ran<T, E> {
    let outcome = match (ended, &failure) {
        (Err(payload), _) => Outcome::Panicked(payload),
        (Ok(Err(error)), _) => Outcome::Failed(error),
        (Ok(Ok(_)), Some(failure)) => Outcome::Failed(E::from(failure.error.clone())),
        (Ok(Ok(value)), None) => Outcome::Done(value),
    };
    Ran { outcome, failure }
}

fn without_nul(params: &[Value<'_>]) -> Result<(), Error> {
    let nul = params.iter().any(|value| matches!(value, Value::Text(text) if text.contains('\0')));
    if nul { Err(Error::other(Misuse::Nul)) } else { Ok(()) }
}
