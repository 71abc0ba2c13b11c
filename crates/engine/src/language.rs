//! The language a user is written to in.

use crate::say::Language;
use crate::{Caller, Engine, Error, PrincipalKind, directory};
use jiff::Timestamp;
use store::id::PrincipalId;
use store::{Query, row};

/// The name of the setting.
const LANGUAGE: &str = "language";

impl Engine {
    /// Returns the language that is set for a user himself.
    ///
    /// # Errors
    /// When there is no such user, or the database fails.
    pub fn language_of(&self, name: &str) -> Result<Option<Language>, Error> {
        self.store.read(|q| {
            let user = directory::load(q, PrincipalKind::User, name)?;
            chosen(q, user.id)
        })
    }

    /// Returns the language the caller chose; `None` where he chose none.
    ///
    /// # Errors
    /// When the database fails.
    pub fn language(&self, caller: &Caller) -> Result<Option<Language>, Error> {
        self.store.read(|q| chosen(q, caller.user))
    }

    /// Sets the language a user is written to in.
    ///
    /// # Errors
    /// When there is no such user, or the database fails.
    pub fn set_language(&self, name: &str, language: Language, now: Timestamp) -> Result<(), Error> {
        self.write(now, |work| {
            let user = directory::load(work, PrincipalKind::User, name)?;
            Ok(row::user_setting::store(work, user.id, LANGUAGE, language.as_str())?)
        })
    }
}

/// Returns the language a user chose.
pub(crate) fn chosen(q: &mut Query<'_>, user: PrincipalId) -> Result<Option<Language>, Error> {
    let tag = row::user_setting::load(q, user, LANGUAGE)?;
    Ok(tag.and_then(|tag| tag.parse().ok()))
}

/// Returns the language a user is written to in.
pub(crate) fn of(q: &mut Query<'_>, user: PrincipalId) -> Result<Language, Error> {
    Ok(chosen(q, user)?.unwrap_or_default())
}
