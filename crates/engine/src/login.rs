//! Logging in. A good log-in is remembered for a while, so that a phone that sends its password with each request
//! does not cost a hash each; a bad one is counted in the store and answered later and later.

use crate::caller::Caller;
use crate::guessing::{Record, Source};
use crate::work::hex;
use crate::{Engine, Error, directory};
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordVerifier, Version};
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Condvar, Mutex, PoisonError};
use store::id::PrincipalId;
use store::row;
use store::row::credential::CredentialRow;

/// Credential kinds in the database.
pub(crate) const PASSWORD: i64 = 1;
pub(crate) const APP_PASSWORD: i64 = 2;

/// Bytes of a password at most.
const MAX_PASSWORD: usize = 256;
/// How long a good log-in is remembered, in milliseconds.
const REMEMBERED_MS: i64 = 10 * 60 * 1000;
/// Log-ins remembered at most; past it all are forgotten, which costs a hash each.
const MAX_REMEMBERED: usize = 50_000;
/// argon2id: 46 MiB, one pass, one lane.
const MEMORY_KIB: u32 = 46 * 1024;
const PASSES: u32 = 1;
const LANES: u32 = 1;
/// Passwords hashed at a time, each in 46 MiB, and log-ins that wait for their turn.
const MAX_HASHING: usize = 2;
const MAX_WAITING: usize = 64;
/// A well-formed hash of nobody's password: an unknown name costs what a known one costs.
const NOBODY: &str =
    "$argon2id$v=19$m=47104,t=1,p=1$bm9ib2R5bm9ib2R5$Y29taXR5Y29taXR5Y29taXR5Y29taXR5Y29taXR5Y28";

/// Why a log-in was refused.
#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    /// Name or password is wrong, or the user is disabled: nobody is told which.
    #[error("wrong name or password")]
    Wrong {
        /// How long the client is to wait before the next attempt, in seconds; 0 for not at all.
        retry_after_s: u32,
    },
    /// Too many log-ins are being checked; the same one can work in a moment.
    #[error("too many log-ins at once")]
    Busy,
    /// The database failed.
    #[error(transparent)]
    Engine(#[from] Error),
}

impl From<store::Error> for LoginError {
    fn from(error: store::Error) -> Self {
        Self::Engine(error.into())
    }
}

/// Good log-ins of the last minutes.
#[derive(Default)]
pub(crate) struct Cache(Mutex<HashMap<[u8; 32], Remembered>>);

#[derive(Debug, Clone, Copy)]
pub(crate) struct Remembered {
    pub(crate) user: PrincipalId,
    pub(crate) generation: i64,
    until_ms: i64,
}

impl std::fmt::Debug for Cache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cache")
    }
}

impl Cache {
    fn find(&self, key: &[u8; 32], now_ms: i64) -> Option<Remembered> {
        let cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        cache.get(key).copied().filter(|known| now_ms < known.until_ms)
    }

    fn remember(&self, key: [u8; 32], user: PrincipalId, generation: i64, now_ms: i64) {
        let mut cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if cache.len() >= MAX_REMEMBERED {
            cache.clear();
        }
        cache.insert(key, Remembered { user, generation, until_ms: now_ms + REMEMBERED_MS });
    }
}

/// Lets a few hash at a time: hashing is made to be expensive, and must not take the whole machine.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    inside: Mutex<Crowd>,
    left: Condvar,
}

#[derive(Debug, Default)]
struct Crowd {
    hashing: usize,
    waiting: usize,
}

/// A turn to hash; dropping it lets the next one in.
struct Turn<'a>(&'a Gate);

impl Gate {
    /// Waits for a turn; `None` when too many wait already.
    fn enter(&self) -> Option<Turn<'_>> {
        let mut crowd = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        if crowd.waiting >= MAX_WAITING {
            return None;
        }
        crowd.waiting += 1;
        while crowd.hashing >= MAX_HASHING {
            crowd = self.left.wait(crowd).unwrap_or_else(PoisonError::into_inner);
        }
        crowd.waiting -= 1;
        crowd.hashing += 1;
        Some(Turn(self))
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.inside.lock().unwrap_or_else(PoisonError::into_inner).hashing -= 1;
        self.0.left.notify_one();
    }
}

impl Engine {
    /// Checks a user's name or e-mail address and password or app password. `source` is where it comes from: an
    /// address, or a [`Source`]. Blocks for the time of a hash, unless the
    /// same log-in was good a few minutes ago.
    ///
    /// # Errors
    /// When it is wrong, or the database fails.
    pub fn login<'s>(
        &self,
        login: &str,
        secret: &str,
        source: impl Into<Source<'s>>,
        now: Timestamp,
    ) -> Result<Caller, LoginError> {
        let now_ms = now.as_millisecond();
        let key = self.cache_key(login, secret);
        if let Some(known) = self.logins.find(&key, now_ms) {
            let row = self.store.read(|q| row::principal::load(q, known.user))?;
            if let Some(row) = row.filter(|row| row.generation == known.generation && !row.disabled) {
                return Ok(directory::caller(row));
            }
        }
        let source = source.into();
        let (found, credentials, record) = self.store.read(|q| -> Result<_, store::Error> {
            let found = row::principal::by_login(q, login)?.filter(|row| !row.disabled);
            let credentials = match &found {
                Some(row) => row::credential::of(q, row.id)?,
                None => Vec::new(),
            };
            let record = Record::of(q, (login, found.as_ref()), source, now_ms)?;
            Ok((found, credentials, record))
        })?;
        if record.wait_s > 0 {
            return Err(LoginError::Wrong { retry_after_s: record.wait_s });
        }
        let good = {
            let _turn = self.hashing.enter().ok_or(LoginError::Busy)?;
            is_good(&credentials, secret)
        };
        let Some(row) = found.filter(|_| good) else {
            return Err(LoginError::Wrong { retry_after_s: record.failed(self, login, now)? });
        };
        record.succeeded(self, (login, row.id), now)?;
        self.logins.remember(key, row.id, row.generation, now_ms);
        Ok(directory::caller(row))
    }

    /// Returns the same log-in where it was good a few minutes ago.
    pub(crate) fn remembered(&self, login: &str, secret: &str, now: Timestamp) -> Option<Remembered> {
        self.logins.find(&self.cache_key(login, secret), now.as_millisecond())
    }

    /// Names a log-in without keeping its secret: keyed with what only this process knows.
    fn cache_key(&self, login: &str, secret: &str) -> [u8; 32] {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.login_key).expect("HMAC takes a key of any length");
        mac.update(&(login.len() as u64).to_be_bytes());
        mac.update(login.as_bytes());
        mac.update(secret.as_bytes());
        mac.finalize().into_bytes().into()
    }
}

/// Returns whether one of the credentials is this secret. Takes the time of a hash even where there is none.
fn is_good(credentials: &[CredentialRow], secret: &str) -> bool {
    if secret.len() > MAX_PASSWORD {
        return false;
    }
    let app = app_hash(secret);
    if credentials.iter().any(|row| row.kind == APP_PASSWORD && row.hash == app) {
        return true;
    }
    let hash = credentials.iter().find(|row| row.kind == PASSWORD).map_or(NOBODY, |row| row.hash.as_str());
    let Ok(parsed) = PasswordHash::new(hash) else { return false };
    argon2().verify_password(secret.as_bytes(), &parsed).is_ok()
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).expect("these parameters are in range");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Returns the hash of a password, in PHC form.
pub(crate) fn hash(password: &str, salt: [u8; 16]) -> Result<String, Error> {
    use argon2::CustomizedPasswordHasher as _;
    if password.is_empty() || password.len() > MAX_PASSWORD {
        return Err(Error::invalid(format!("a password has 1 to {MAX_PASSWORD} bytes")));
    }
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).expect("these parameters are in range");
    let hash: argon2::password_hash::phc::PasswordHash = argon2()
        .hash_password_customized(password.as_bytes(), &salt, None, None, params)
        .expect("parameters and salt are in range");
    Ok(hash.to_string())
}

/// Returns the hash of an app password: it is 128 random bits, so a fast hash is the right one.
pub(crate) fn app_hash(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crowd_at_the_gate_is_turned_away() {
        let gate = Gate::default();
        let turns: Vec<_> = (0..MAX_HASHING).map(|_| gate.enter()).collect();
        assert!(turns.iter().all(Option::is_some));
        gate.inside.lock().unwrap().waiting = MAX_WAITING;
        assert!(gate.enter().is_none(), "one past the limit");
        gate.inside.lock().unwrap().waiting = MAX_WAITING - 1;
        drop(turns);
        assert!(gate.enter().is_some());
    }

    #[test]
    fn the_hash_of_nobody_is_a_hash() {
        assert!(PasswordHash::new(NOBODY).is_ok());
        assert!(!is_good(&[], "anything"));
    }
}
