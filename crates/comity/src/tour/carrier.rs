//! Carries a phone's requests to a server in the same process, and moves the clock on.

use std::io;
use std::sync::Arc;

use eas::request::{Received, Request};
use eas::{Answer, Server, Woken};
use engine::{Caller, Timestamp};
use hyper::{HeaderMap, Method};
use jiff::SignedDuration;
use phone::Transport;

/// A line to a server that loses nothing; each request takes a second.
#[derive(Debug, Clone)]
pub(super) struct Carrier {
    server: Arc<Server>,
    caller: Caller,
    device: String,
    now: Timestamp,
}

impl Carrier {
    /// Returns a line for one device of a user.
    pub(super) fn new(server: Arc<Server>, caller: Caller, device: &str, now: Timestamp) -> Self {
        Self { server, caller, device: device.to_owned(), now }
    }

    /// Returns a line for another device of the same user.
    pub(super) fn of_device(&self, device: &str) -> Self {
        Self { device: device.to_owned(), ..self.clone() }
    }

    /// Returns the user.
    pub(super) const fn caller(&self) -> &Caller {
        &self.caller
    }

    /// Returns the time.
    pub(super) const fn now(&self) -> Timestamp {
        self.now
    }

    fn read(&self, request: &phone::Request) -> io::Result<Box<Request>> {
        let query = format!(
            "Cmd={}&User={}&DeviceId={}&DeviceType=Android",
            request.command,
            self.caller.name(),
            self.device
        );
        let mut headers = HeaderMap::new();
        let version = request.version.name().parse().map_err(io::Error::other)?;
        headers.insert("ms-asprotocolversion", version);
        headers.insert("x-ms-policykey", request.policy_key.into());
        match Received::parse(&Method::POST, &query, &headers).map_err(io::Error::other)? {
            Received::Command(request) => Ok(request),
            Received::Options => Err(io::Error::other("a command was read as a question for options")),
        }
    }
}

impl Transport for Carrier {
    fn send(&mut self, request: &phone::Request) -> io::Result<phone::Answer> {
        self.now = self.now.checked_add(SignedDuration::from_secs(1)).map_err(io::Error::other)?;
        let asked = self.read(request)?;
        let mut answer = self.server.handle(&self.caller, &asked, &request.body, self.now);
        loop {
            match answer {
                Answer::Reply(reply) => return Ok(phone::Answer { status: reply.status, body: reply.body }),
                Answer::Wait(wait) => {
                    self.now = wait.until;
                    answer = self.server.resume(&self.caller, wait, Woken::TimeUp, self.now);
                }
            }
        }
    }
}
