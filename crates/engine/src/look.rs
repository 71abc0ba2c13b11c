//! A look at what a device would hear: one short read that waits for nobody.
//!
//! Most of what phones ask is whether something changed, and mostly nothing did. That can be told where the question
//! came in. A look finds nothing out that the ordinary way would not, and writes nothing down: where it is not
//! enough, the ordinary way is taken.

use crate::device::{DeviceAddress, needs_no_note};
use crate::sync::{self, Peek};
use crate::{Engine, Error};
use jiff::Timestamp;
use store::id::{DeviceId, FolderId, PrincipalId, SyncKey};
use store::row::device::Contact;
use store::{Query, row};

/// One look, under way.
#[derive(Debug)]
pub struct Look<'l, 'q> {
    q: &'l mut Query<'q>,
    user: PrincipalId,
    contact: Contact,
    now: Timestamp,
}

impl Look<'_, '_> {
    /// Returns who asks.
    #[must_use]
    pub const fn user(&self) -> PrincipalId {
        self.user
    }

    /// Returns the number of the device he asks with.
    #[must_use]
    pub const fn device(&self) -> DeviceId {
        self.contact.id
    }

    /// Returns the key of the policy that the device acknowledged; 0 for none.
    #[must_use]
    pub const fn policy_key(&self) -> i64 {
        self.contact.policy_key
    }

    /// Returns what the protocol remembers of the device between its requests.
    #[must_use]
    pub fn memo(&self) -> &str {
        &self.contact.memo
    }

    /// Tells what a key is and whether a pull may find something, as [`Engine::peek`] does.
    ///
    /// # Errors
    /// When the database fails.
    pub fn peek(&mut self, folder: FolderId, key: SyncKey) -> Result<Peek, Error> {
        sync::peek(self.q, (self.user, self.contact.id), folder, key, self.now)
    }
}

impl Engine {
    /// Looks on behalf of who logged in a short while ago, with a device whose contact need not be written down.
    /// Returns `None` without having looked where that is not so, or where the database would have to be waited for.
    ///
    /// # Errors
    /// Those of `look`, and when the database fails.
    pub fn look<T>(
        &self,
        (login, secret): (&str, &str),
        address: &DeviceAddress<'_>,
        now: Timestamp,
        mut look: impl FnMut(&mut Look<'_, '_>) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        let Some(known) = self.remembered(login, secret, now) else { return Ok(None) };
        let looked = self.store.try_read(|q| -> Result<Option<T>, Error> {
            let Some(contact) = row::device::contact(q, known.user, address.id)? else { return Ok(None) };
            let good = contact.generation == known.generation && !contact.disabled;
            let seen = (contact.kind.as_str(), contact.agent.as_str(), contact.version.as_str());
            // What an admin decided about a device is looked after in the ordinary way.
            if !good
                || contact.ordered
                || !needs_no_note(seen, contact.last_seen, address, now.as_millisecond())
            {
                return Ok(None);
            }
            look(&mut Look { q, user: known.user, contact, now }).map(Some)
        })?;
        Ok(looked.flatten())
    }
}
