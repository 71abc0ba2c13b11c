//! Randomness, all of it from one seed.

use rand_chacha::ChaCha12Rng;
use rand_core::{Rng, SeedableRng};

/// A generator whose seed fixes every number it gives.
#[derive(Debug)]
pub(crate) struct Random(ChaCha12Rng);

impl Random {
    pub(crate) fn new(seed: [u8; 32]) -> Self {
        Self(ChaCha12Rng::from_seed(seed))
    }

    /// Returns a positive number that is hard to guess and fits every protocol's number.
    pub(crate) fn number(&mut self) -> i64 {
        // 53 bits: a number that JSON and every client's arithmetic keep exact.
        i64::try_from(self.0.next_u64() >> 11).map_or(1, |number| number.max(1))
    }

    /// Returns `N` random bytes.
    pub(crate) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.fill_bytes(&mut bytes);
        bytes
    }
}
