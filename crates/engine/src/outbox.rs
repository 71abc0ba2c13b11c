//! What waits to leave the server, for its operator.

use crate::{Engine, Error};
use jiff::Timestamp;
use store::row;
use store::row::outbox::OutboxRow;

/// Messages listed at most, the oldest.
const MAX_LISTED: i64 = 10_000;

/// A message that waits to leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxMessage {
    /// Its number.
    pub id: i64,
    /// Who sent it, by name; empty where that user is gone.
    pub user: String,
    /// The address that failures go back to.
    pub sender: String,
    /// Who is to get it.
    pub recipients: Vec<String>,
    /// Its subject.
    pub subject: String,
    /// Its length in bytes.
    pub size: i64,
    /// When it was sent.
    pub created_at: Timestamp,
    /// How often it was tried.
    pub tries: i64,
    /// What went wrong last; empty for nothing.
    pub last_error: String,
}

impl Engine {
    /// Lists the messages that wait to leave, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn outbox(&self) -> Result<Vec<OutboxMessage>, Error> {
        self.store.read(|q| {
            let rows = row::outbox::all(q, MAX_LISTED)?;
            rows.into_iter()
                .map(|row| {
                    let user = match row.principal {
                        Some(user) => row::principal::load(q, user)?.map(|user| user.name),
                        None => None,
                    };
                    view(row, user.unwrap_or_default())
                })
                .collect()
        })
    }

    /// Returns how many messages wait to leave.
    ///
    /// # Errors
    /// When the database fails.
    pub fn outbox_count(&self) -> Result<i64, Error> {
        Ok(self.store.read(row::outbox::count)?)
    }

    /// Returns a message that waits, as it travels.
    ///
    /// # Errors
    /// When there is none of this number, or the database fails.
    pub fn outbox_message(&self, id: i64) -> Result<Vec<u8>, Error> {
        self.store
            .read(|q| row::outbox::content(q, id))?
            .ok_or_else(|| Error::not_found(format!("outbox message {id}")))
    }

    /// Removes a message that waits: it will never leave.
    ///
    /// # Errors
    /// When there is none of this number, or the database fails.
    pub fn remove_outbox(&self, id: i64, now: Timestamp) -> Result<(), Error> {
        self.write(now, |work| {
            if row::outbox::remove(work, id)? {
                Ok(())
            } else {
                Err(Error::not_found(format!("outbox message {id}")))
            }
        })
    }
}

fn view(row: OutboxRow, user: String) -> Result<OutboxMessage, Error> {
    let created_at =
        Timestamp::from_millisecond(row.created_at).map_err(|_| Error::Store(store::Error::Corrupt))?;
    Ok(OutboxMessage {
        id: row.id,
        user,
        sender: row.sender,
        recipients: row.recipients.lines().map(str::to_owned).collect(),
        subject: row.summary,
        size: row.size,
        created_at,
        tries: row.tries,
        last_error: row.last_error,
    })
}
