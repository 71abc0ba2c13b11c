//! What a handler works with.

use engine::{Caller, Engine, Timestamp};

use crate::reply::Reply;

/// Seconds after which a client is asked to come again where the database is busy.
const RETRY_AFTER_S: u32 = 2;

/// Who asks, when, and the engine that answers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) caller: &'a Caller,
    pub(crate) now: Timestamp,
}

/// Returns the answer to an engine's error.
pub(crate) fn failed(error: &engine::Error) -> Reply {
    match error {
        engine::Error::NotFound { .. } => Reply::absent(),
        engine::Error::Refused { .. } => Reply::empty(403),
        engine::Error::Exists { .. } => Reply::empty(405),
        engine::Error::Invalid { .. } => Reply::empty(400),
        engine::Error::Busy(_) => Reply::empty(503).with_header("retry-after", RETRY_AFTER_S.to_string()),
        engine::Error::Full(_) => Reply::empty(507),
        engine::Error::Store(_) => {
            tracing::warn!(%error, "a request failed");
            Reply::empty(503).with_header("retry-after", RETRY_AFTER_S.to_string())
        }
    }
}

/// Turns an engine's error into its answer.
pub(crate) trait OrReply<T> {
    fn or_reply(self) -> Result<T, Reply>;
}

impl<T> OrReply<T> for Result<T, engine::Error> {
    fn or_reply(self) -> Result<T, Reply> {
        self.map_err(|error| failed(&error))
    }
}
