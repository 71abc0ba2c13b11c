//! How often each thing happened that a full run must have seen.

use std::collections::BTreeMap;

/// Counts by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage(BTreeMap<String, u64>);

/// What must happen at least once in a full run.
const REQUIRED: &[&str] = &[
    "channel answer lost",
    "channel delayed",
    "channel doubled",
    "channel request lost",
    "clock jump back",
    "clock jump forward",
    "denied access",
    "denied conflict",
    "denied gone",
    "denied silently",
    "denied stale",
    "denied unreadable",
    "drop box",
    "letter not sent",
    "letter repeated",
    "letter sent",
    "move denied",
    "move done",
    "move repeated",
    "notice for one",
    "notice for several",
    "notice later",
    "phone AndroidClassic",
    "phone Ios",
    "phone Outlook",
    "phone TbSync",
    "repeated add",
    "repeated change",
    "restart",
    "shared folder edited",
    "shared folder hidden",
    "shared folder shown again",
    "move put back by the phone",
    "store Busy before statement",
    "store Full before statement",
    "store Lost before statement",
    "store Full before commit",
    "store Lost before commit",
    "store Lost after commit",
    "suspended shut out",
    "suspended under way",
];

impl Coverage {
    /// Counts one more of `what`.
    pub(super) fn count(&mut self, what: impl Into<String>) {
        *self.0.entry(what.into()).or_default() += 1;
    }

    /// Adds what another run saw.
    pub fn merge(&mut self, other: &Self) {
        for (what, count) in &other.0 {
            *self.0.entry(what.clone()).or_default() += count;
        }
    }

    /// Returns everything counted, by name.
    pub fn counts(&self) -> impl Iterator<Item = (&str, u64)> {
        self.0.iter().map(|(what, count)| (what.as_str(), *count))
    }

    /// Returns what a full run must see and this one did not.
    #[must_use]
    pub fn missing(&self) -> Vec<&'static str> {
        REQUIRED.iter().copied().filter(|what| !self.0.contains_key(*what)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_never_happened_is_missing() {
        let mut coverage = Coverage::default();
        REQUIRED.iter().skip(1).for_each(|what| coverage.count(*what));
        assert_eq!(coverage.missing(), [REQUIRED[0]]);
        let mut other = Coverage::default();
        other.count(REQUIRED[0]);
        coverage.merge(&other);
        assert!(coverage.missing().is_empty());
    }
}
