//! Sessions of people who logged in on a page: kept hashed in the store, so that every process knows them, a restart
//! loses none, and reading the database gives nobody one.

use crate::work::hex;
use crate::{Caller, Engine, Error, Language, directory};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use sha2::{Digest as _, Sha256};
use std::sync::PoisonError;
use store::row;
use store::row::session::SessionRow;

/// A session ends when it was not used for this long, in milliseconds.
const MAX_IDLE_MS: i64 = 12 * 60 * 60 * 1000;
/// It ends this long after it began in any case.
const MAX_AGE_MS: i64 = 7 * 24 * 60 * 60 * 1000;
/// Its use is noted no more often than this.
const NOTED_EVERY_MS: i64 = 5 * 60 * 1000;
/// Sessions that one user can have; a further one ends the oldest.
pub const MAX_SESSIONS: i64 = 50;
/// Bytes of what a browser holds, in hexadecimal.
const SECRET_BYTES: usize = 64;

/// Somebody who logged in on a page.
#[derive(Debug, Clone)]
pub struct Session {
    /// Who.
    pub caller: Caller,
    /// What every form of this session must carry, so that no other site can send one in its name.
    pub csrf: String,
    /// The language he chose; `None` where he chose none.
    pub language: Option<Language>,
    /// His time zone: his own, else the server's; `None` where neither is set.
    pub zone: Option<TimeZone>,
}

impl Engine {
    /// Begins a session of somebody who has just logged in, and returns what his browser is to hold: 256 random bits,
    /// of which only a hash is kept.
    ///
    /// # Errors
    /// When the user is gone, or the database fails.
    pub fn open_session(&self, caller: &Caller, now: Timestamp) -> Result<String, Error> {
        let (secret, csrf) = (self.secret(), self.secret());
        let now_ms = now.as_millisecond();
        self.write(now, |work| {
            let user = row::principal::load(work, caller.user)?;
            let user = user.ok_or_else(|| Error::not_found(format!("user '{}'", caller.name)))?;
            let id = hashed(&secret);
            let (created_at, seen_at) = (now_ms, now_ms);
            let row = SessionRow {
                id,
                principal: user.id,
                generation: user.generation,
                csrf: csrf.clone(),
                created_at,
                seen_at,
            };
            row::session::remove_old(work, now_ms - MAX_AGE_MS, now_ms - MAX_IDLE_MS)?;
            row::session::insert(work, &row)?;
            Ok(row::session::keep_newest(work, user.id, MAX_SESSIONS)?)
        })?;
        Ok(secret)
    }

    /// Returns the session of a browser; `None` where there is none, it has ended, the user is disabled, or his
    /// password was changed since.
    ///
    /// # Errors
    /// When the database fails.
    pub fn session(&self, secret: &str, now: Timestamp) -> Result<Option<Session>, Error> {
        if secret.len() != SECRET_BYTES {
            return Ok(None);
        }
        let (id, now_ms) = (hashed(secret), now.as_millisecond());
        let found = self.store.read(|q| -> Result<_, Error> {
            let Some(session) = row::session::load(q, &id)? else { return Ok(None) };
            let Some(user) = row::principal::load(q, session.principal)? else { return Ok(None) };
            let language = crate::language::chosen(q, user.id)?;
            let zone = row::user_setting::load(q, user.id, crate::zone::ZONE)?;
            Ok(Some((session, user, language, zone)))
        })?;
        let Some((session, user, language, zone)) = found else { return Ok(None) };
        let is_good = user.generation == session.generation && !user.disabled;
        if !is_good || now_ms - session.created_at >= MAX_AGE_MS || now_ms - session.seen_at >= MAX_IDLE_MS {
            return Ok(None);
        }
        if now_ms - session.seen_at >= NOTED_EVERY_MS {
            self.write(now, |work| Ok(row::session::seen(work, &id, now_ms)?))?;
        }
        let zone = zone.and_then(|name| TimeZone::get(&name).ok()).or_else(|| self.settings().zone.clone());
        Ok(Some(Session { caller: directory::caller(user), csrf: session.csrf, language, zone }))
    }

    /// Ends the session of a browser, for every process.
    ///
    /// # Errors
    /// When the database fails.
    pub fn close_session(&self, secret: &str, now: Timestamp) -> Result<(), Error> {
        let id = hashed(secret);
        self.write(now, |work| Ok(row::session::remove(work, &id)?))
    }

    fn secret(&self) -> String {
        let bytes: [u8; 32] = self.random.lock().unwrap_or_else(PoisonError::into_inner).bytes();
        hex(&bytes)
    }
}

fn hashed(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}
