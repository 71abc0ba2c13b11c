//! The clocks. Elsewhere in the workspace time is an input; here it is what is measured.

use std::time::{Duration, Instant};

use engine::Timestamp;

/// Returns a moment to measure from.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
pub(crate) fn instant() -> Instant {
    Instant::now()
}

/// Lets time pass on this thread.
#[expect(clippy::disallowed_methods, reason = "a slow disk is made by waiting")]
pub(crate) fn pass(duration: Duration) {
    std::thread::sleep(duration);
}

/// Returns the time of day: what the server is told, and what two processes of this machine agree on.
#[expect(clippy::disallowed_methods, reason = "somebody must read the clock; the server is told the time")]
pub(crate) fn time() -> Timestamp {
    Timestamp::now()
}
