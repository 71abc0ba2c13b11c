//! What slows down who guesses passwords: by the name he tries, by the address he comes from, and by the account.
//!
//! Failures are counted in the store, so that a restart forgives nothing and several processes agree.

use crate::work::Work;
use crate::{Engine, Error};
use jiff::Timestamp;
use std::net::{IpAddr, Ipv6Addr};
use store::id::PrincipalId;
use store::row::credential::Failures;
use store::row::principal::PrincipalRow;
use store::{Query, row};

/// Names that may fail from one address within [`NAMES_COUNT_MS`]. Who tries more tries names and not passwords; one
/// phone with an old password does not count as more than one, so that it bars nobody behind the same address.
const MAX_NAMES_FAILED: i64 = 20;
/// Milliseconds in which they count.
const NAMES_COUNT_MS: i64 = 15 * 60 * 1000;
/// Failures of one name from one address that are answered at once.
const FREE_FAILURES: i64 = 5;
/// The longest delay after a failure, in seconds.
const MAX_DELAY_S: u32 = 30;
/// Failures of one account from everywhere, after which it is let in only from where its user has been before.
const MAX_FAILED_ANYWHERE: i64 = 100;
/// How long failures count, in milliseconds.
const FAILURES_COUNT_MS: i64 = 60 * 60 * 1000;
/// How long it is known that a user has been somewhere, in milliseconds.
const KNOWN_MS: i64 = 90 * DAY_MS;
/// How long that need not be written down again, in milliseconds.
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// Addresses of one user that are known.
const MAX_KNOWN: i64 = 100;

/// Where a log-in comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source<'a> {
    /// The network address.
    pub address: &'a str,
    /// What the device calls itself, where it says so.
    pub device: Option<&'a str>,
}

impl<'a> From<&'a str> for Source<'a> {
    fn from(address: &'a str) -> Self {
        Self { address, device: None }
    }
}

/// What is known of a log-in before its password is looked at.
#[derive(Debug)]
pub(crate) struct Record {
    /// The address failures are counted under.
    address: String,
    failures: Failures,
    /// How long it has to wait, in seconds.
    pub(crate) wait_s: u32,
    /// Whether it is well known that the user logs in from there.
    is_usual: bool,
}

impl Record {
    /// Returns what is known of a log-in under this name, which is a user's or nobody's.
    pub(crate) fn of(
        q: &mut Query<'_>,
        (login, found): (&str, Option<&PrincipalRow>),
        source: Source<'_>,
        now_ms: i64,
    ) -> Result<Self, store::Error> {
        let address = network(source.address);
        let names = row::credential::names_failed(q, &address, now_ms.saturating_sub(NAMES_COUNT_MS))?;
        let failures = row::credential::failures(q, login, &address)?;
        let was_here = match found {
            Some(user) => row::credential::logged_in_from(q, user.id, &address)?,
            None => None,
        };
        let account = account_to_wait(q, (login, found), (source.device, was_here), now_ms)?;
        let wait_s = still_to_wait(failures, now_ms).max(names_to_wait(names, now_ms)).max(account);
        let is_usual = was_here.is_some_and(|at| now_ms.saturating_sub(at) < DAY_MS);
        Ok(Self { address, failures, wait_s, is_usual })
    }

    /// Counts a failure and returns how long the next attempt has to wait, in seconds.
    pub(crate) fn failed(self, engine: &Engine, login: &str, now: Timestamp) -> Result<u32, Error> {
        let now_ms = now.as_millisecond();
        let (name, before) = ((login, self.address.as_str()), now_ms - FAILURES_COUNT_MS);
        engine.write(now, |work| Ok(row::credential::count_failure(work, name, now_ms, before)?))?;
        Ok(delay_s(self.failures.count + 1))
    }

    /// Forgets the failures before a good log-in, and notes where it came from.
    pub(crate) fn succeeded(
        self,
        engine: &Engine,
        (login, user): (&str, PrincipalId),
        now: Timestamp,
    ) -> Result<(), Error> {
        if self.failures.count == 0 && self.is_usual {
            return Ok(());
        }
        let now_ms = now.as_millisecond();
        let (address, before) = (self.address.as_str(), now_ms - FAILURES_COUNT_MS);
        engine.write(now, |work: &mut Work<'_, '_>| {
            row::credential::forget_failures(work, login, address, before)?;
            let kept = (now_ms - KNOWN_MS, MAX_KNOWN);
            Ok(row::credential::note_address(work, (user, address), now_ms, kept)?)
        })
    }
}

/// Returns how long a log-in has to wait because the account is being guessed from everywhere, in seconds: for ever
/// while that goes on, but where the user's device or his address is known. So nobody locks him out.
fn account_to_wait(
    q: &mut Query<'_>,
    (login, found): (&str, Option<&PrincipalRow>),
    (device, was_here): (Option<&str>, Option<i64>),
    now_ms: i64,
) -> Result<u32, store::Error> {
    let names =
        found.map_or((login, login), |user| (user.name.as_str(), user.email.as_deref().unwrap_or(login)));
    let failed = row::credential::failed_anywhere(q, names, now_ms.saturating_sub(FAILURES_COUNT_MS))?;
    if failed.count < MAX_FAILED_ANYWHERE || was_here.is_some_and(|at| now_ms.saturating_sub(at) < KNOWN_MS) {
        return Ok(0);
    }
    if let (Some(user), Some(device)) = (found, device)
        && row::device::by_address(q, user.id, device)?.is_some()
    {
        return Ok(0);
    }
    let left_ms = failed.last_at.saturating_add(FAILURES_COUNT_MS).saturating_sub(now_ms);
    Ok(u32::try_from(left_ms.clamp(0, FAILURES_COUNT_MS) / 1000 + 1).unwrap_or(0))
}

/// Returns what of an address is counted. Who has one address of the new kind has a whole network of them.
fn network(address: &str) -> String {
    match address.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        Ok(IpAddr::V4(address)) => address.to_string(),
        Err(_) => address.to_owned(),
    }
}

/// Returns how long to wait after so many failures, in seconds: doubling from 1 to 30.
fn delay_s(count: i64) -> u32 {
    let past = u32::try_from(count - FREE_FAILURES).unwrap_or(0);
    if past == 0 { 0 } else { 2_u32.saturating_pow(past - 1).min(MAX_DELAY_S) }
}

/// Returns how long an address has to wait from which so many names have failed, in seconds.
fn names_to_wait(names: Failures, now_ms: i64) -> u32 {
    if names.count < MAX_NAMES_FAILED {
        return 0;
    }
    let left_ms = names.last_at.saturating_add(NAMES_COUNT_MS).saturating_sub(now_ms);
    u32::try_from(left_ms.clamp(0, NAMES_COUNT_MS) / 1000 + 1).unwrap_or(0)
}

fn still_to_wait(failures: Failures, now_ms: i64) -> u32 {
    let waited_ms = now_ms - failures.last_at;
    if !(0..FAILURES_COUNT_MS).contains(&waited_ms) {
        return 0;
    }
    let left_ms = i64::from(delay_s(failures.count)) * 1000 - waited_ms;
    u32::try_from((left_ms + 999) / 1000).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_past_the_fifth_waits_longer() {
        let delays: Vec<u32> = (0..=12).map(delay_s).collect();
        assert_eq!(delays, [0, 0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 30, 30]);
        assert_eq!(still_to_wait(Failures { count: 8, last_at: 1000 }, 1500), 4);
        assert_eq!(still_to_wait(Failures { count: 8, last_at: 1000 }, 5000), 0);
    }

    #[test]
    fn a_network_of_addresses_counts_as_one() {
        assert_eq!(network("2001:db8:1:2:3::4"), network("2001:db8:1:2:ffff::"));
        assert_ne!(network("2001:db8:1:2::4"), network("2001:db8:1:3::4"));
        assert_eq!(network("::ffff:192.0.2.1"), "192.0.2.1");
        assert_eq!(network("a socket"), "a socket");
    }
}
