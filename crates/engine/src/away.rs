//! A user's out-of-office answer: what he set, and what a sender is told.

mod reply;

pub(crate) use reply::Replies;

use crate::{Caller, Engine, Error};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::id::PrincipalId;
use store::{Query, row};

/// The name it is kept under among a user's settings.
const NAME: &str = "away";

/// Characters of one answer.
pub const MAX_AWAY_CHARS: usize = 32_768;

/// A user's out-of-office answer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Away {
    /// Whether it is given.
    pub state: AwayState,
    /// What users of this server are told.
    pub internal: AwayText,
    /// What other senders are told who are among the user's contacts.
    pub known: AwayText,
    /// What all others are told.
    pub unknown: AwayText,
}

/// Whether an answer is given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum AwayState {
    /// Never.
    #[default]
    Off,
    /// Always.
    On,
    /// In this time, in milliseconds since 1970; at the end no more.
    Timed {
        /// The beginning.
        from_ms: i64,
        /// The end.
        until_ms: i64,
    },
}

/// What one kind of sender is told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AwayText {
    /// Whether such a sender is told anything.
    pub enabled: bool,
    /// The answer.
    pub text: String,
    /// Whether the answer is HTML; else it is plain text.
    pub html: bool,
}

impl AwayState {
    /// Returns whether an answer is given at this time.
    #[must_use]
    pub const fn is_on(&self, now_ms: i64) -> bool {
        match self {
            Self::Off => false,
            Self::On => true,
            Self::Timed { from_ms, until_ms } => *from_ms <= now_ms && now_ms < *until_ms,
        }
    }
}

impl Engine {
    /// Returns the caller's out-of-office answer.
    ///
    /// # Errors
    /// When the database fails.
    pub fn away(&self, caller: &Caller) -> Result<Away, Error> {
        self.store.read(|q| load(q, caller.user))
    }

    /// Sets the caller's out-of-office answer. A change begins a new absence: senders who had an answer get another.
    ///
    /// # Errors
    /// When a text is longer than [`MAX_AWAY_CHARS`], the time ends before it begins, or the database fails.
    pub fn set_away(&self, caller: &Caller, away: &Away, now: Timestamp) -> Result<(), Error> {
        check(away)?;
        self.write(now, |work| {
            if load(work, caller.user)? == *away {
                return Ok(());
            }
            row::away_answer::forget(work, caller.user)?;
            Ok(row::user_setting::store(work, caller.user, NAME, &encode(away))?)
        })
    }
}

fn encode(away: &Away) -> String {
    serde_json::to_string(away).expect("texts and numbers always become JSON")
}

fn check(away: &Away) -> Result<(), Error> {
    if let AwayState::Timed { from_ms, until_ms } = away.state
        && from_ms >= until_ms
    {
        return Err(Error::invalid("the absence ends before it begins"));
    }
    let texts = [&away.internal, &away.known, &away.unknown];
    if texts.iter().any(|one| one.text.chars().count() > MAX_AWAY_CHARS) {
        return Err(Error::invalid(format!("an answer has more than {MAX_AWAY_CHARS} characters")));
    }
    Ok(())
}

/// Returns a user's out-of-office answer.
pub(crate) fn load(q: &mut Query<'_>, user: PrincipalId) -> Result<Away, Error> {
    match row::user_setting::load(q, user, NAME)? {
        None => Ok(Away::default()),
        Some(value) => serde_json::from_str(&value).map_err(|_| Error::Store(store::Error::Corrupt)),
    }
}
