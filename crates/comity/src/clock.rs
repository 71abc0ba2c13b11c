//! The two things that the rest of the program is given and never takes: the time and random numbers.

use std::fs::File;
use std::io::Read as _;

use anyhow::{Context as _, Result};
use engine::Timestamp;

/// Returns the time. The only place of the product that reads the clock.
#[expect(
    clippy::disallowed_methods,
    reason = "somebody must read the clock; everybody else is told the time"
)]
pub(crate) fn clock() -> Timestamp {
    Timestamp::now()
}

/// Returns 32 random bytes of the operating system.
pub(crate) fn seed() -> Result<[u8; 32]> {
    let mut seed = [0; 32];
    File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(&mut seed))
        .context("taking random numbers from /dev/urandom")?;
    Ok(seed)
}
