//! Why a use case could not be carried out.

/// Why a use case could not be carried out, by what the caller can do about it. A write that access does not allow
/// is none of these: it is an outcome.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is not there, or the user may not see it.
    #[error("{what} does not exist")]
    NotFound {
        /// What was looked for.
        what: String,
    },
    /// The user may not do this.
    #[error("{what}")]
    Refused {
        /// What is not allowed, and why.
        what: String,
    },
    /// The name is taken.
    #[error("{what} exists already")]
    Exists {
        /// What is there already.
        what: String,
    },
    /// What was asked makes no sense.
    #[error("{what}")]
    Invalid {
        /// What is wrong, and what to do.
        what: String,
    },
    /// The database is busy; the same request can work in a moment.
    #[error("the database is busy")]
    Busy(#[source] store::Error),
    /// The disk is full; nothing was written.
    #[error("no room to write")]
    Full(#[source] store::Error),
    /// The database failed.
    #[error("using the database")]
    Store(#[source] store::Error),
}

impl Error {
    pub(crate) fn not_found(what: impl Into<String>) -> Self {
        Self::NotFound { what: what.into() }
    }

    pub(crate) fn invalid(what: impl Into<String>) -> Self {
        Self::Invalid { what: what.into() }
    }

    pub(crate) fn refused(what: impl Into<String>) -> Self {
        Self::Refused { what: what.into() }
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Busy => Self::Busy(error),
            store::Error::Full => Self::Full(error),
            store::Error::Constraint { .. }
            | store::Error::Corrupt
            | store::Error::Lost
            | store::Error::Row { .. }
            | store::Error::Other { .. } => Self::Store(error),
        }
    }
}
