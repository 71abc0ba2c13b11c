//! Users' time zones, for times that name none.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use store::row;

use crate::{Caller, Engine, Error, PrincipalKind, directory};

/// The name of the setting.
pub(crate) const ZONE: &str = "zone";

impl Engine {
    /// Returns the user's time zone: his own, else the server's; `None` where neither is set.
    ///
    /// # Errors
    /// When the database fails.
    pub fn user_zone(&self, caller: &Caller) -> Result<Option<TimeZone>, Error> {
        let name = self.store.read(|q| row::user_setting::load(q, caller.user, ZONE))?;
        let own = name.and_then(|name| TimeZone::get(&name).ok());
        Ok(own.or_else(|| self.settings.zone.clone()))
    }

    /// Returns the name of the time zone that is set for a user himself.
    ///
    /// # Errors
    /// When there is no such user, or the database fails.
    pub fn zone_of(&self, name: &str) -> Result<Option<String>, Error> {
        self.store.read(|q| {
            let user = directory::load(q, PrincipalKind::User, name)?;
            Ok(row::user_setting::load(q, user.id, ZONE)?)
        })
    }

    /// Sets a user's time zone by its IANA name, and returns the name as it is spelt.
    ///
    /// # Errors
    /// When there is no such user or zone, or the database fails.
    pub fn set_zone(&self, name: &str, zone: &str, now: Timestamp) -> Result<String, Error> {
        let known = TimeZone::get(zone).ok();
        let spelt = known.as_ref().and_then(TimeZone::iana_name).map(str::to_owned);
        let spelt = spelt
            .ok_or_else(|| Error::invalid(format!("'{zone}' is no time zone; a name is Europe/Berlin")))?;
        self.write(now, |work| {
            let user = directory::load(work, PrincipalKind::User, name)?;
            row::user_setting::store(work, user.id, ZONE, &spelt)?;
            Ok(())
        })?;
        Ok(spelt)
    }
}
