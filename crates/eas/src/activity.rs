//! What each device is doing: kept in memory, for whoever watches.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use engine::{Caller, Device, DeviceId, FolderId, Timestamp};
use wbxml::Element;

use crate::request::{Command, Request, Version};
use crate::server::Answer;
use crate::{trace, wire_id};

/// Devices that are kept in mind; past it, those that do nothing now are forgotten.
const MAX_KNOWN: usize = 50_000;

/// Folders that are named of one request.
const MAX_NAMED: usize = 8;

/// Milliseconds for which a request that is answered is still told of.
const TOLD_MS: i64 = 60_000;

/// What a device is doing, or did last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    /// Whose it is, by name.
    pub user: Box<str>,
    /// The id it calls itself by.
    pub device: Box<str>,
    /// The type it says it is of.
    pub kind: Box<str>,
    /// The version it speaks.
    pub version: Version,
    /// What it asked.
    pub command: Command,
    /// In which folders, the first few.
    pub folders: Vec<FolderId>,
    /// How far it is.
    pub state: State,
    /// Since when.
    pub since: Timestamp,
    /// What it was answered last; empty where it was not yet.
    pub status: Cow<'static, str>,
}

/// How far a request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It is worked on.
    Working,
    /// It waits for something to happen.
    Waiting,
    /// It is answered.
    Done,
    /// Its phone hung up while it waited.
    Gone,
}

impl State {
    /// Returns the word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Working => "working",
            Self::Waiting => "waiting",
            Self::Done => "done",
            Self::Gone => "gone",
        }
    }
}

/// Names a request of a device: a device may have one that waits and another one beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    device: DeviceId,
    waits: bool,
}

impl Place {
    pub(crate) const fn of(device: DeviceId, command: Command) -> Self {
        Self { device, waits: matches!(command, Command::Sync | Command::Ping) }
    }
}

/// What all devices are doing.
#[derive(Debug, Default)]
pub struct Activities {
    known: Mutex<HashMap<Place, Entry>>,
    watched: AtomicBool,
}

#[derive(Debug)]
struct Entry {
    activity: Activity,
    /// Counts the device's requests.
    number: u64,
}

impl Activities {
    /// Takes note that somebody watches: now the statuses of answers are read, which takes time.
    pub fn watch(&self) {
        self.watched.store(true, Ordering::Relaxed);
    }

    /// Takes note that nobody watches.
    pub fn rest(&self) {
        self.watched.store(false, Ordering::Relaxed);
    }

    /// Returns what devices are doing or did a short while ago, in the order of users and devices.
    #[must_use]
    pub fn list(&self, now: Timestamp) -> Vec<Activity> {
        let since_ms = now.as_millisecond() - TOLD_MS;
        let known = self.lock();
        let told = known.values().map(|entry| &entry.activity).filter(|activity| match activity.state {
            State::Working | State::Waiting => true,
            State::Done | State::Gone => activity.since.as_millisecond() >= since_ms,
        });
        let mut list: Vec<Activity> = told.cloned().collect();
        drop(known);
        let order = |a: &Activity| (a.user.clone(), a.device.clone(), a.since, a.command.name());
        list.sort_by_cached_key(order);
        list
    }

    /// Takes note that a request begins.
    pub(crate) fn begin(
        &self,
        (caller, device): (&Caller, &Device),
        (request, root): (&Request, Option<&Element>),
        now: Timestamp,
    ) {
        let place = Place::of(device.id, request.command);
        let folders = named(root);
        let mut known = self.lock();
        if known.len() >= MAX_KNOWN && !known.contains_key(&place) {
            known.retain(|_, entry| matches!(entry.activity.state, State::Working | State::Waiting));
            if known.len() >= MAX_KNOWN {
                return;
            }
        }
        let entry = known.entry(place).or_insert_with(|| Entry {
            activity: Activity {
                user: caller.name().into(),
                device: device.address.as_str().into(),
                kind: device.kind.as_str().into(),
                version: request.version,
                command: request.command,
                folders: Vec::new(),
                state: State::Working,
                since: now,
                status: Cow::Borrowed(""),
            },
            number: 0,
        });
        entry.number += 1;
        let (version, command, state) = (request.version, request.command, State::Working);
        let before = &entry.activity;
        let (user, device, kind) = (before.user.clone(), before.device.clone(), before.kind.clone());
        let status = before.status.clone();
        entry.activity =
            Activity { user, device, kind, version, command, folders, state, since: now, status };
    }

    /// Takes note that a request is answered, or waits.
    pub(crate) fn end(&self, place: Place, answer: &Answer, now: Timestamp) {
        let (state, folders, status) = match answer {
            Answer::Reply(reply) if self.watched.load(Ordering::Relaxed) => {
                (State::Done, None, Some(Cow::Owned(trace::status(reply))))
            }
            Answer::Reply(reply) if reply.status == 200 => {
                (State::Done, None, Some(Cow::Borrowed("HTTP 200")))
            }
            Answer::Reply(reply) => (State::Done, None, Some(Cow::Owned(format!("HTTP {}", reply.status)))),
            Answer::Wait(wait) => {
                (State::Waiting, Some(wait.folders.iter().take(MAX_NAMED).copied().collect()), None)
            }
        };
        let mut known = self.lock();
        let Some(Entry { activity, .. }) = known.get_mut(&place) else { return };
        // One that goes on waiting has been waiting all the time.
        if activity.state != state {
            (activity.state, activity.since) = (state, now);
        }
        activity.folders = folders.unwrap_or_else(|| std::mem::take(&mut activity.folders));
        activity.status = status.unwrap_or_else(|| std::mem::take(&mut activity.status));
    }

    /// Takes note of a Sync that was answered at a glance.
    pub(crate) fn glanced(&self, device: DeviceId, now: Timestamp) {
        let mut known = self.lock();
        let Some(entry) = known.get_mut(&Place::of(device, Command::Sync)) else { return };
        entry.number += 1;
        let activity = &mut entry.activity;
        (activity.command, activity.state, activity.since) = (Command::Sync, State::Done, now);
        activity.status = Cow::Borrowed("HTTP 200");
    }

    /// Returns the number of the device's newest request of those that wait.
    pub(crate) fn number(&self, device: DeviceId) -> u64 {
        self.lock().get(&Place::of(device, Command::Ping)).map_or(0, |entry| entry.number)
    }

    /// Takes note that a phone hung up while this request of it waited.
    pub(crate) fn hung_up(&self, device: DeviceId, number: u64) {
        let mut known = self.lock();
        let entry = known.get_mut(&Place::of(device, Command::Ping));
        if let Some(entry) = entry.filter(|entry| entry.number == number)
            && entry.activity.state == State::Waiting
        {
            entry.activity.state = State::Gone;
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Place, Entry>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the folders that a request names, the first few.
fn named(root: Option<&Element>) -> Vec<FolderId> {
    let mut found = Vec::new();
    if let Some(root) = root {
        collect(root, &mut found);
    }
    found
}

fn collect(element: &Element, found: &mut Vec<FolderId>) {
    for child in element.elements() {
        if found.len() >= MAX_NAMED {
            return;
        }
        if child.tag.name() == Some("CollectionId") {
            let folder = wire_id::folder(&child.value());
            if wire_id::is_folder(folder) && !found.contains(&folder) {
                found.push(folder);
            }
        } else if matches!(child.tag.name(), Some("Collections" | "Collection" | "Fetch")) {
            collect(child, found);
        }
    }
}
