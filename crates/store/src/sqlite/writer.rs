//! The one SQLite connection that writes, and the groups in which it commits.
//!
//! A commit costs a flush of the disk however much it holds, so the transactions of callers that come while one is
//! being flushed share the next. There is no writer thread: callers take the [`Seat`] in turn, each runs its
//! closure on the open transaction (behind a savepoint, unless it is the first), and then either commits for all or,
//! if somebody is already waiting for the seat, leaves the transaction open to that one. All wait until their group's
//! commit is decided.
//!
//! Why nobody waits for ever: a caller counts as waiting from before it asks for the seat until it holds it. So
//! whoever leaves a transaction open has seen, while holding the seat, a caller that will take the seat after it,
//! and that one decides again when it leaves. The last of them finds nobody waiting, and commits. Panics are
//! caught before that decision, not after.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, TryLockError};

use rusqlite::Connection;

use super::connection::control;
use super::session::{Mode, Session};
use crate::error::Error;
use crate::faults::{self, Faults, Point, Points};
use crate::query::{Outcome, Query, Ran, Session as Either, Tx, run_write};

/// How often a closure runs when it keeps giving way to other transactions.
const MAX_RUNS: u32 = 10;

/// The writer's connection and those who want it.
pub(super) struct Writer {
    seat: Mutex<Seat>,
    faults: Option<Arc<dyn Faults>>,
    commits: AtomicU64,
    /// Callers between asking for the seat and holding it.
    waiting: AtomicUsize,
    /// Most transactions in one group.
    limit: usize,
}

/// What the caller whose turn it is holds.
struct Seat {
    connection: Connection,
    /// The open transaction's group; without one no transaction is open.
    group: Option<Open>,
    /// Transactions in the group.
    members: usize,
}

/// Callers whose work is committed together.
#[derive(Default)]
struct Group {
    verdict: Mutex<Option<Result<(), Error>>>,
    decided: Condvar,
}

impl Group {
    /// Tells the verdict to all members. The first one stands.
    fn decide(&self, verdict: Result<(), Error>) {
        self.verdict.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(verdict);
        self.decided.notify_all();
    }

    fn wait(&self) -> Result<(), Error> {
        let mut verdict = self.verdict.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(verdict) = &*verdict {
                return verdict.clone();
            }
            verdict = self.decided.wait(verdict).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// A group whose transaction is open. Should it be dropped undecided, its members learn that it is lost.
struct Open(Arc<Group>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.decide(Err(Error::Lost));
    }
}

impl Writer {
    /// Returns a writer that commits at most `limit` transactions (at least one) together.
    pub(super) const fn new(connection: Connection, limit: usize, faults: Option<Arc<dyn Faults>>) -> Self {
        let seat = Mutex::new(Seat { connection, group: None, members: 0 });
        Self { seat, faults, commits: AtomicU64::new(0), waiting: AtomicUsize::new(0), limit }
    }

    /// Returns how many commits there have been.
    pub(super) fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    /// Runs `f` and returns once what it did is on disk, or undone.
    pub(super) fn write<T, E: From<Error>>(
        &self,
        f: &mut impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut runs = 0;
        loop {
            runs += 1;
            let (ran, group) = self.turn(f);
            // A failure, too, may rest on what the group wrote before it.
            let verdict = group.map_or(Ok(()), |group| group.wait());
            let yielded = ran.failure.is_some_and(|failure| failure.yielded);
            match (ran.outcome, verdict) {
                (Outcome::Panicked(payload), _) => std::panic::resume_unwind(payload),
                (_, Err(error)) => return Err(E::from(error)),
                (Outcome::Done(value), Ok(())) => return Ok(value),
                (Outcome::Failed(_), Ok(())) if yielded && runs < MAX_RUNS => {}
                (Outcome::Failed(error), Ok(())) => return Err(error),
            }
        }
    }

    /// Runs `f` on the connection once it is this caller's turn, and returns the group whose commit decides.
    fn turn<T, E: From<Error>>(
        &self,
        f: &mut impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> (Ran<T, E>, Option<Arc<Group>>) {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        let mut seat = self.lock();
        self.waiting.fetch_sub(1, Ordering::SeqCst);
        let ran = seat.run(self.faults.as_deref(), f);
        let group = seat.group.as_ref().map(|open| Arc::clone(&open.0));
        self.settle(&mut seat);
        (ran, group)
    }

    /// Lends the connection for something that needs no transaction. Only for a limit of 1: then none is open.
    pub(super) fn with_connection<T>(&self, f: impl FnOnce(&Connection) -> T) -> T {
        f(&self.lock().connection)
    }

    /// The same, if nobody has the connection.
    pub(super) fn try_with_connection<T>(&self, f: impl FnOnce(&Connection) -> T) -> Option<T> {
        match self.seat.try_lock() {
            Ok(seat) => Some(f(&seat.connection)),
            Err(TryLockError::Poisoned(seat)) => Some(f(&seat.into_inner().connection)),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    /// Commits the open group, unless somebody is waiting who will do so.
    fn settle(&self, seat: &mut Seat) {
        if seat.members < self.limit && self.waiting.load(Ordering::SeqCst) > 0 {
            return;
        }
        let Some(open) = seat.group.take() else { return };
        open.0.decide(self.commit(seat));
    }

    /// Commits what the group did. If that fails, nothing of it is kept.
    fn commit(&self, seat: &Seat) -> Result<(), Error> {
        let points = self.faults.as_deref();
        let done =
            faults::check(points, Point::BeforeCommit).and_then(|()| control(&seat.connection, "COMMIT"));
        match done {
            Ok(()) => {
                self.commits.fetch_add(1, Ordering::Relaxed);
                faults::check(points, Point::AfterCommit)
            }
            Err(error) => {
                seat.roll_back();
                Err(error)
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Seat> {
        self.seat.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat {
    /// Runs `f` on the open transaction, or on a new one.
    fn run<T, E: From<Error>>(
        &mut self,
        points: Points<'_>,
        f: &mut impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Ran<T, E> {
        if let Err(error) = self.enter() {
            return Ran { outcome: Outcome::Failed(E::from(error)), failure: None };
        }
        let session = Either::Sqlite(Session::new(&self.connection, Mode::Write));
        let mut ran = run_write(Query::new(session, points), f);
        if let Err(error) = self.leave(&ran) {
            let failure = ran.failure.as_ref().map_or(error, |failure| failure.error.clone());
            if matches!(ran.outcome, Outcome::Done(_)) {
                ran.outcome = Outcome::Failed(E::from(failure.clone()));
            }
            self.abandon(failure);
        }
        ran
    }

    /// Opens a transaction, or a savepoint in the one that is open.
    fn enter(&self) -> Result<(), Error> {
        if self.group.is_some() {
            return control(&self.connection, "SAVEPOINT member");
        }
        if !self.connection.is_autocommit() {
            control(&self.connection, "ROLLBACK")?;
        }
        control(&self.connection, "BEGIN IMMEDIATE")
    }

    /// Keeps or undoes what a closure did. An error means that the whole transaction is lost.
    fn leave<T, E>(&mut self, ran: &Ran<T, E>) -> Result<(), Error> {
        // On some errors, such as a full disk, SQLite rolls back everything by itself.
        if self.connection.is_autocommit() {
            return Err(Error::Lost);
        }
        match (matches!(ran.outcome, Outcome::Done(_)), &self.group) {
            (true, None) => {
                self.group = Some(Open(Arc::default()));
                self.members = 1;
            }
            (true, Some(_)) => {
                control(&self.connection, "RELEASE member")?;
                self.members += 1;
            }
            (false, None) => control(&self.connection, "ROLLBACK")?,
            (false, Some(_)) => {
                control(&self.connection, "ROLLBACK TO member")?;
                control(&self.connection, "RELEASE member")?;
            }
        }
        Ok(())
    }

    /// Gives up the transaction and tells its members.
    fn abandon(&mut self, error: Error) {
        self.roll_back();
        if let Some(open) = self.group.take() {
            open.0.decide(Err(error));
        }
    }

    /// Ends what is left of a failed transaction. Should that fail too, [`Seat::enter`] tries again.
    fn roll_back(&self) {
        if !self.connection.is_autocommit() {
            drop(control(&self.connection, "ROLLBACK"));
        }
    }
}

#[cfg(test)]
mod tests;
