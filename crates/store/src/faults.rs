//! Fault points: how tests make a store fail where real disks and networks fail.

use crate::error::Error;

/// What goes wrong at a fault point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The connection dies: [`Error::Lost`].
    Lost,
    /// The disk is full: [`Error::Full`].
    Full,
    /// Another transaction is in the way: [`Error::Busy`]. At a statement of a write the store runs the closure
    /// again, as it does when PostgreSQL reports a serialization failure.
    Busy,
}

impl Fault {
    pub(crate) const fn error(self) -> Error {
        match self {
            Self::Lost => Error::Lost,
            Self::Full => Error::Full,
            Self::Busy => Error::Busy,
        }
    }
}

/// Decides at each fault point whether to fail. The store asks in the order in which things happen.
pub trait Faults: Send + Sync {
    /// Asked before each statement; a fault fails the statement, and with it the transaction.
    fn before_statement(&self) -> Option<Fault>;
    /// Asked before each commit; a fault rolls back all that would have been committed.
    fn before_commit(&self) -> Option<Fault>;
    /// Asked after each commit; at a fault the data is stored and the caller is told that it failed.
    fn after_commit(&self) -> Option<Fault>;
}

/// The fault points of one store, if a test has set any.
pub(crate) type Points<'a> = Option<&'a dyn Faults>;

/// Where the store asks for faults.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Point {
    BeforeStatement,
    BeforeCommit,
    AfterCommit,
}

/// Returns the error of the fault that is to happen at `point`, if any.
pub(crate) fn check(points: Points<'_>, point: Point) -> Result<(), Error> {
    let Some(faults) = points else { return Ok(()) };
    let fault = match point {
        Point::BeforeStatement => faults.before_statement(),
        Point::BeforeCommit => faults.before_commit(),
        Point::AfterCommit => faults.after_commit(),
    };
    fault.map_or(Ok(()), |fault| Err(fault.error()))
}
