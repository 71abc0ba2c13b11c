//! Whether a phone has to provision first, and with which policy.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use engine::{Caller, Device, DeviceId, Timestamp};
use sha2::{Digest as _, Sha256};

use crate::policy::Policy;
use crate::request::{Command, Request};
use crate::server::{Failure, Provisioning, Server};
use crate::status::CommonStatus;

/// Rounds of provisioning after which a phone that still has no good key is sent away.
const MAX_ROUNDS: u32 = 3;

/// Milliseconds in which these rounds count.
const ROUNDS_MS: i64 = 10 * 60 * 1000;

/// Phones whose rounds are counted at most; past it everybody starts afresh, which forgives and never bars.
const MAX_COUNTED: usize = 100_000;

/// How many rounds of provisioning each phone has made lately.
#[derive(Debug, Default)]
pub(crate) struct Rounds(Mutex<HashMap<DeviceId, (i64, u32)>>);

impl Rounds {
    /// Counts a round.
    pub(crate) fn count(&self, device: DeviceId, now: Timestamp) {
        let now_ms = now.as_millisecond();
        let mut rounds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if rounds.len() >= MAX_COUNTED && !rounds.contains_key(&device) {
            rounds.clear();
        }
        let round = rounds.entry(device).or_insert((now_ms, 0));
        if now_ms - round.0 >= ROUNDS_MS {
            *round = (now_ms, 0);
        }
        round.1 = round.1.saturating_add(1);
    }

    /// Returns whether the phone has made too many.
    fn are_too_many(&self, device: DeviceId, now: Timestamp) -> bool {
        let rounds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let counted = rounds.get(&device);
        counted.is_some_and(|(since, count)| *count >= MAX_ROUNDS && now.as_millisecond() - since < ROUNDS_MS)
    }
}

/// The step a key belongs to.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step {
    Offered,
    Acknowledged,
}

/// Returns the key of one step: from 1 to 2^32 - 1, since an early phone fails on 0. It follows from user, device and
/// policy: another policy makes another key.
pub(crate) fn policy_key(caller: &Caller, device: &Device, policy: Option<&Policy>, step: Step) -> u32 {
    let word = match step {
        Step::Offered => "offered",
        Step::Acknowledged => "acknowledged",
    };
    let mut hash = Sha256::new();
    hash.update(format!("{word} {} {}", caller.user(), device.address));
    hash.update(policy.map(Policy::digest).unwrap_or_default());
    hash.finalize().iter().take(4).fold(0_u32, |key, byte| key << 8 | u32::from(*byte)).max(1)
}

/// Returns whether a phone of this kind never provisions: a policy that is required would keep it out for ever.
fn never_provisions(kind: &str) -> bool {
    kind.starts_with("WindowsOutlook") || kind == "TestActiveSyncConnectivity"
}

impl Server {
    /// Returns the policy of a user: the first that is for him.
    pub(crate) fn policy_of(&self, caller: &Caller) -> Result<Option<&Policy>, engine::Error> {
        let policies = &self.settings.policies;
        let groups = if policies.iter().any(Policy::asks_for_groups) {
            self.engine.groups_of(caller)?
        } else {
            Vec::new()
        };
        Ok(policies.iter().find(|policy| policy.is_for(caller.name(), &groups)))
    }

    /// Returns whether a request needs no more than a look to see that its phone has provisioned, or need not.
    pub(crate) fn is_provisioned_at_a_glance(&self, request: &Request, policy_key: i64) -> bool {
        match self.settings.provision {
            Provisioning::Offered => true,
            // Whose policy it is takes more than a look.
            Provisioning::Required => {
                self.settings.policies.is_empty()
                    && policy_key != 0
                    && request.policy_key.map(i64::from) == Some(policy_key)
            }
        }
    }

    /// Refuses a request whose phone has to provision first.
    pub(crate) fn check_policy(
        &self,
        caller: &Caller,
        request: &Request,
        device: &Device,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let exempt = matches!(request.command, Command::Provision | Command::Ping);
        if self.settings.provision == Provisioning::Offered || exempt || never_provisions(&device.kind) {
            return Ok(());
        }
        let good = i64::from(policy_key(caller, device, self.policy_of(caller)?, Step::Acknowledged));
        let sent = request.policy_key.map_or(0, i64::from);
        if (device.policy_key, sent) == (good, good) {
            return Ok(());
        }
        if self.rounds.are_too_many(device.id, now) {
            let (user, device) = (caller.name(), &device.address);
            tracing::warn!(user, device, "a phone provisions again and again, and is sent away for a while");
            return Err(CommonStatus::AccessDenied.into());
        }
        let outdated = sent != 0 && sent == device.policy_key;
        Err(if outdated { CommonStatus::InvalidPolicyKey } else { CommonStatus::NotProvisioned }.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_rounds_count_for_so_long() {
        let rounds = Rounds::default();
        let at = |ms| Timestamp::from_millisecond(ms).unwrap();
        for _ in 1..MAX_ROUNDS {
            rounds.count(DeviceId(1), at(0));
        }
        assert!(!rounds.are_too_many(DeviceId(1), at(0)));
        rounds.count(DeviceId(1), at(0));
        assert!(rounds.are_too_many(DeviceId(1), at(ROUNDS_MS - 1)));
        assert!(!rounds.are_too_many(DeviceId(2), at(0)), "another phone");
        assert!(!rounds.are_too_many(DeviceId(1), at(ROUNDS_MS)), "it may try again");
        rounds.count(DeviceId(1), at(ROUNDS_MS));
        assert!(!rounds.are_too_many(DeviceId(1), at(ROUNDS_MS)), "counted afresh");
    }
}
