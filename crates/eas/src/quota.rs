//! How often one phone may ask, and how much one user may write: what is past it is asked to come again later.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

use engine::{DeviceId, PrincipalId, Timestamp};

/// Requests a phone may make at once after a rest.
const REQUEST_BURST: u32 = 1000;
/// Writes a user may make at once after a rest.
const WRITE_BURST: u32 = 300;
/// Phones or users that are counted at most; past it everybody starts afresh, which forgives and never bars.
const MAX_COUNTED: usize = 100_000;

/// How often phones may ask. 0 stands for as often as they like.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rates {
    /// Requests per minute and device, with a burst of 1,000.
    pub device_requests_per_minute: u32,
    /// Creates, changes, deletes and moves per second and user, with a burst of 300.
    pub account_writes_per_second: u32,
}

/// What is left of each phone's and user's share.
#[derive(Debug)]
pub(crate) struct Quota {
    requests: Buckets<DeviceId>,
    writes: Buckets<PrincipalId>,
}

impl Quota {
    pub(crate) fn new(rates: Rates) -> Self {
        const MINUTE_MS: i64 = 60_000;
        const SECOND_MS: i64 = 1000;
        Self {
            requests: Buckets::new(rates.device_requests_per_minute, MINUTE_MS, REQUEST_BURST),
            writes: Buckets::new(rates.account_writes_per_second, SECOND_MS, WRITE_BURST),
        }
    }

    /// Takes one request of a phone, or returns after how many seconds to ask again.
    pub(crate) fn request(&self, device: DeviceId, now: Timestamp) -> Result<(), u32> {
        self.requests.take(device, 1, now.as_millisecond())
    }

    /// Takes so many writes of a user, or returns after how many seconds to send them again.
    pub(crate) fn writes(&self, user: PrincipalId, count: usize, now: Timestamp) -> Result<(), u32> {
        self.writes.take(user, i64::try_from(count).unwrap_or(i64::MAX), now.as_millisecond())
    }
}

/// A bucket per key, refilled at a steady rate. Counted in units of one take times the milliseconds of a period, so
/// that nothing is lost to rounding.
#[derive(Debug)]
struct Buckets<K> {
    /// Units gained per millisecond; 0 for no limit.
    rate: i64,
    /// Units of one take.
    unit: i64,
    /// Units of a full bucket.
    full: i64,
    left: Mutex<HashMap<K, Bucket>>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    units: i64,
    at_ms: i64,
}

impl<K: Eq + Hash> Buckets<K> {
    fn new(per_period: u32, period_ms: i64, burst: u32) -> Self {
        let full = i64::from(burst) * period_ms;
        Self { rate: i64::from(per_period), unit: period_ms, full, left: Mutex::default() }
    }

    /// Takes `count`, or returns after how many seconds there is enough. More than a full bucket is let through
    /// from a full one: else it could never be taken.
    fn take(&self, key: K, count: i64, now_ms: i64) -> Result<(), u32> {
        if self.rate == 0 || count == 0 {
            return Ok(());
        }
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        if left.len() >= MAX_COUNTED && !left.contains_key(&key) {
            left.clear();
        }
        let bucket = left.entry(key).or_insert(Bucket { units: self.full, at_ms: now_ms });
        // A clock that goes back refills nothing.
        let rested_ms = (now_ms - bucket.at_ms).max(0);
        bucket.units = bucket.units.saturating_add(rested_ms.saturating_mul(self.rate)).min(self.full);
        bucket.at_ms = now_ms;
        let wanted = count.saturating_mul(self.unit).min(self.full);
        if bucket.units >= wanted {
            bucket.units -= wanted;
            return Ok(());
        }
        let wait_ms = (wanted - bucket.units) / self.rate;
        Err(u32::try_from(wait_ms / 1000 + 1).unwrap_or(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_free_and_then_the_rate_counts() {
        let buckets = Buckets::new(600, 60_000, 1000);
        assert!((0..1000).all(|_| buckets.take("phone", 1, 0).is_ok()));
        assert_eq!(buckets.take("phone", 1, 0), Err(1), "one past the burst");
        assert_eq!(buckets.take("other", 1, 0), Ok(()), "each has its own");
        assert_eq!(buckets.take("phone", 1, 100), Ok(()), "ten a second");
        assert_eq!(buckets.take("phone", 1, 150), Err(1));
        assert_eq!(buckets.take("phone", 1, 60), Err(1), "a clock that goes back gives nothing");
    }

    #[test]
    fn a_request_larger_than_the_burst_passes_from_a_full_bucket() {
        let buckets = Buckets::new(30, 1000, 300);
        assert_eq!(buckets.take("user", 1000, 0), Ok(()));
        assert_eq!(buckets.take("user", 30, 0), Err(2));
        assert_eq!(buckets.take("user", 30, 1000), Ok(()));
    }

    #[test]
    fn zero_is_no_limit() {
        let buckets = Buckets::new(0, 1000, 300);
        assert!((0..10_000).all(|_| buckets.take("user", 1000, 0).is_ok()));
    }
}
