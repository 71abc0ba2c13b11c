//! One write transaction of the engine: the store's, the time, random numbers and what is to be announced.

use crate::plant::Plant;
use crate::random::Random;
use crate::watch::Changed;
use crate::{Engine, Error, Settings};
use jiff::Timestamp;
use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, PoisonError};
use store::Tx;

/// One write transaction. Dereferences to the store's.
pub(crate) struct Work<'w, 'tx> {
    tx: &'w mut Tx<'tx>,
    /// When the request came.
    pub(crate) now: Timestamp,
    /// The server's settings.
    pub(crate) settings: &'w Settings,
    /// Test-only fault points.
    pub(crate) plant: &'w Plant,
    /// What to announce once it is committed.
    pub(crate) changed: Changed,
    random: &'w Mutex<Random>,
}

impl<'tx> Deref for Work<'_, 'tx> {
    type Target = Tx<'tx>;

    fn deref(&self) -> &Tx<'tx> {
        self.tx
    }
}

impl<'tx> DerefMut for Work<'_, 'tx> {
    fn deref_mut(&mut self) -> &mut Tx<'tx> {
        self.tx
    }
}

impl Work<'_, '_> {
    /// Returns the time in milliseconds since 1970.
    pub(crate) fn now_ms(&self) -> i64 {
        self.now.as_millisecond()
    }

    /// Returns a positive number that is hard to guess.
    pub(crate) fn random_number(&self) -> i64 {
        self.random.lock().unwrap_or_else(PoisonError::into_inner).number()
    }

    /// Returns a new name that no item has: random, in hexadecimal.
    pub(crate) fn random_name(&self) -> String {
        let bytes: [u8; 16] = self.random.lock().unwrap_or_else(PoisonError::into_inner).bytes();
        hex(&bytes)
    }
}

/// Writes bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl Engine {
    /// Runs one use case in one transaction and, once it is on disk, tells those who wait.
    pub(crate) fn write<T>(
        &self,
        now: Timestamp,
        run: impl FnMut(&mut Work<'_, '_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.write_or(now, run)
    }

    /// Does as [`Engine::write`] for a use case with an error of its own.
    pub(crate) fn write_or<T, E: From<store::Error>>(
        &self,
        now: Timestamp,
        mut run: impl FnMut(&mut Work<'_, '_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let (value, changed) = self.store.write(|tx| {
            let mut work = Work {
                tx,
                now,
                settings: &self.settings,
                plant: &self.plant,
                changed: Changed::default(),
                random: &self.random,
            };
            let value = run(&mut work)?;
            Ok::<_, E>((value, work.changed))
        })?;
        self.watchers.tell(&changed);
        Ok(value)
    }
}
