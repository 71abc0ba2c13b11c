//! A phone that speaks to the server without a network, and takes the time of each request.

use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use eas::request::{Command, Received, Request};
use eas::{Answer, Server};
use engine::{Caller, FolderId};
use hyper::header::USER_AGENT;
use hyper::{HeaderMap, Method};
use wbxml::Element;

use crate::clock;
use crate::site::Site;
use crate::wire::{self, AGENT, Name, VERSION};

/// One phone.
#[derive(Debug)]
pub(crate) struct Phone<'a> {
    server: &'a Server,
    caller: Caller,
    name: Name,
}

/// What came of a Sync.
#[derive(Debug, Clone)]
pub(crate) struct Round {
    /// The key that goes on, if the answer had one.
    pub(crate) key: Option<String>,
    /// Items that the phone is to add.
    pub(crate) adds: usize,
    /// Items that the phone is to change.
    pub(crate) changes: usize,
    /// The time inside the server.
    pub(crate) took: Duration,
}

impl<'a> Phone<'a> {
    /// Returns a phone of a user.
    pub(crate) fn new(site: &'a Site, user: &str, device: &str) -> Result<Self> {
        let name = Name { user: user.to_owned(), device: device.to_owned() };
        Ok(Self { server: &site.server, caller: site.engine().act_as(user)?, name })
    }

    /// Takes the list of folders.
    pub(crate) fn take_folders(&self) -> Result<()> {
        let (answer, _) = self.send(Command::FolderSync, &wire::folder_sync("0"))?;
        let key = wire::hierarchy_key(&answer).context("a FolderSync without a key")?;
        self.send(Command::FolderSync, &wire::folder_sync(&key)).map(drop)
    }

    /// Starts a folder and takes all that is in it. Returns the key the phone ends with.
    pub(crate) fn take_all(&self, folder: FolderId) -> Result<String> {
        let mut key = "0".to_owned();
        loop {
            match self.sync(folder, &key, None)?.key {
                Some(next) => key = next,
                None => return Ok(key),
            }
        }
    }

    /// Syncs one folder.
    pub(crate) fn sync(&self, folder: FolderId, key: &str, changes: Option<Element>) -> Result<Round> {
        let (answer, took) = self.send(Command::Sync, &wire::sync(folder, key, changes))?;
        let key = wire::sync_key(&answer);
        ensure!(key.is_some() || answer.is_empty(), "a Sync was refused");
        Ok(Round { key, adds: wire::adds(&answer), changes: wire::changes(&answer), took })
    }

    /// Sends a request and returns the answer with the time inside the server.
    fn send(&self, command: Command, body: &[u8]) -> Result<(Vec<u8>, Duration)> {
        let request = self.request(command)?;
        let now = clock::time();
        let began = clock::instant();
        let answer = self.server.handle(&self.caller, &request, body, now);
        let took = began.elapsed();
        match answer {
            Answer::Reply(reply) if reply.status == 200 => Ok((reply.body, took)),
            Answer::Reply(reply) => bail!("{command} was answered {}", reply.status),
            Answer::Wait(_) => bail!("{command} waits"),
        }
    }

    fn request(&self, command: Command) -> Result<Request> {
        let mut headers = HeaderMap::new();
        headers.insert("ms-asprotocolversion", VERSION.parse()?);
        headers.insert("x-ms-policykey", 0.into());
        headers.insert(USER_AGENT, AGENT.parse()?);
        match Received::parse(&Method::POST, &self.name.query(&command.to_string()), &headers)? {
            Received::Command(request) => Ok(*request),
            Received::Options => bail!("a POST is not OPTIONS"),
        }
    }
}
