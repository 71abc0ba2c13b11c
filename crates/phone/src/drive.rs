//! Driving a phone until it has nothing left to do.

use std::io;

use crate::error::SyncError;
use crate::phone::Phone;
use crate::request::Request;

/// Carries requests to a server and brings its answers.
pub trait Transport {
    /// Sends a request and waits for the answer.
    ///
    /// # Errors
    ///
    /// Fails where the request or the answer did not get through; the phone will ask again.
    fn send(&mut self, request: &Request) -> io::Result<Answer>;
}

/// What a server answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

/// How many rounds one [`Phone::sync_all`] makes at most; a first synchronisation of 25 000 items needs them.
const MAX_ROUNDS: usize = 1_000;

impl Phone {
    /// Asks for the folders and everything in them, sends what the user did, and goes on until nothing is left.
    ///
    /// Returns how many rounds it took.
    ///
    /// # Errors
    ///
    /// Fails at the first request that does not get through or whose answer cannot be applied; what was applied
    /// stays, and the next call goes on from there.
    pub fn sync_all(&mut self, transport: &mut impl Transport) -> Result<usize, SyncError> {
        self.want_all();
        self.finish(transport)
    }

    /// Sends what is to be sent and asks what is to be asked, until nothing is left. Returns the number of rounds.
    ///
    /// # Errors
    ///
    /// As [`Phone::sync_all`].
    pub fn finish(&mut self, transport: &mut impl Transport) -> Result<usize, SyncError> {
        for round in 0..MAX_ROUNDS {
            let Some(request) = self.next_request() else { return Ok(round) };
            let command = request.command;
            let answer =
                transport.send(&request).map_err(|source| SyncError::Transport { command, source })?;
            self.apply(&request, answer.status, &answer.body)?;
        }
        Err(SyncError::NoEnd { rounds: MAX_ROUNDS })
    }
}
