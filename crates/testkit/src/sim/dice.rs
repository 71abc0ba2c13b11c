//! Chance, all of it from one seed.

use rand_chacha::ChaCha12Rng;
use rand_core::{Rng, SeedableRng};

/// A generator that gives the same choices for the same seed.
#[derive(Debug)]
pub(super) struct Dice(ChaCha12Rng);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(ChaCha12Rng::seed_from_u64(seed))
    }

    /// Returns a number below `limit`; 0 where that is 0.
    pub(super) fn below(&mut self, limit: usize) -> usize {
        let wide = u128::from(self.0.next_u64()) * (limit as u128);
        usize::try_from(wide >> 64).unwrap_or(0)
    }

    /// Returns a number from `low` to `high`.
    pub(super) fn between(&mut self, low: usize, high: usize) -> usize {
        low + self.below(high.saturating_sub(low) + 1)
    }

    /// Returns yes in `percent` of a hundred cases.
    pub(super) fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// Returns one of them, if there is any.
    pub(super) fn pick<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        let at = self.below(list.len());
        list.get(at)
    }

    /// Returns the place of one of the weights, each as likely as it is heavy.
    pub(super) fn weighted(&mut self, weights: &[usize]) -> usize {
        let mut left = self.below(weights.iter().sum());
        for (at, weight) in weights.iter().enumerate() {
            match left.checked_sub(*weight) {
                Some(rest) => left = rest,
                None => return at,
            }
        }
        0
    }

    /// Returns a seed for another generator.
    pub(super) fn seed(&mut self) -> [u8; 32] {
        let mut seed = [0; 32];
        self.0.fill_bytes(&mut seed);
        seed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_choices() {
        let draw = |seed| {
            let mut dice = Dice::new(seed);
            (0..50).map(|_| dice.below(1_000)).collect::<Vec<_>>()
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
    }

    #[test]
    fn choices_stay_within_their_limits() {
        let mut dice = Dice::new(1);
        for _ in 0..1_000 {
            assert!(dice.below(3) < 3);
            assert!((2..=4).contains(&dice.between(2, 4)));
            assert_eq!(dice.weighted(&[0, 5, 0]), 1);
        }
        assert_eq!(dice.below(0), 0);
        assert!(!dice.percent(0));
        assert!(dice.percent(100));
        assert_eq!(dice.pick::<u8>(&[]), None);
    }
}
