//! A Sync request as values.

use wbxml::Element;
use wbxml::page::air_sync::{
    COLLECTION, COLLECTION_ID, COLLECTIONS, COMMANDS, CONVERSATION_MODE, DELETES_AS_MOVES, GET_CHANGES,
    HEARTBEAT_INTERVAL, OPTIONS, PARTIAL, SUPPORTED, SYNC_KEY, WAIT, WINDOW_SIZE,
};

use super::change::{self, ClientCommand};
use crate::memo::{FolderMemo, SyncMemo};
use crate::server::Limits;

/// The most items of one folder where the phone names no number.
const DEFAULT_WINDOW: usize = 100;

/// What a phone asks.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asked {
    /// The folders, in order.
    pub(super) folders: Vec<Folder>,
    /// The most items over all folders.
    pub(super) window: Option<usize>,
    /// Seconds to wait where there is nothing to say.
    pub(super) wait_s: Option<u32>,
}

/// What a phone asks of one folder.
#[derive(Debug, Clone)]
pub(super) struct Folder {
    pub(super) id: String,
    pub(super) key: String,
    /// The list of properties the phone knows, where it sent one.
    pub(super) supported: Option<Element>,
    /// Whether deleted messages go to the trash.
    pub(super) to_trash: bool,
    /// Whether it wants to hear of changes, where it said so.
    pub(super) get_changes: Option<bool>,
    /// Whether it wants whole conversations.
    pub(super) conversations: bool,
    /// The most items.
    pub(super) window: usize,
    /// How it wants items; these replace what it said before.
    pub(super) options: Vec<Element>,
    /// What it did.
    pub(super) changes: Vec<ClientCommand>,
    /// What it did beyond the number that one request may hold: it has to be sent again.
    pub(super) too_many: Vec<ClientCommand>,
    /// Whether the request of this folder is malformed.
    pub(super) fault: Option<Fault>,
}

/// Why a request, or the part of one folder, cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    Protocol,
    /// It leaves out what was never said.
    NoCache,
    Wait {
        nearest: u32,
    },
    TooManyFolders {
        limit: usize,
    },
}

impl Asked {
    /// Returns the request as it goes on while it waits: what the phone did is done.
    pub(super) fn without_changes(mut self) -> Self {
        for folder in &mut self.folders {
            folder.changes.clear();
            folder.too_many.clear();
        }
        self
    }
}

/// Reads a request; what it leaves out is what `last` said.
pub(super) fn request(
    root: Option<&Element>,
    last: Option<&SyncMemo>,
    limits: &Limits,
) -> Result<Asked, Fault> {
    let Some(root) = root.filter(|root| !root.is_empty()) else {
        return repeated(last.ok_or(Fault::NoCache)?);
    };
    let wait_s = wait(root, limits)?;
    let window = match root.child_text(WINDOW_SIZE) {
        Some(text) => Some(window(&text, limits)?),
        None => None,
    };
    let mut left = limits.commands;
    let mut folders = Vec::new();
    if let Some(list) = root.child(COLLECTIONS) {
        let count = list.children(COLLECTION).count();
        if count > limits.folders {
            return Err(Fault::TooManyFolders { limit: limits.folders });
        }
        for entry in list.children(COLLECTION) {
            folders.push(folder(entry, limits, &mut left)?);
        }
    }
    let asked = Asked { folders, window, wait_s };
    if root.child(PARTIAL).is_some() {
        let named = !asked.folders.is_empty() || asked.window.is_some() || asked.wait_s.is_some();
        return if named { merged(asked, last.ok_or(Fault::NoCache)?, limits) } else { Err(Fault::Protocol) };
    }
    if asked.folders.is_empty() { Err(Fault::Protocol) } else { Ok(asked) }
}

/// Returns what the last complete request asked, without what the phone did.
fn repeated(last: &SyncMemo) -> Result<Asked, Fault> {
    if last.folders.is_empty() {
        return Err(Fault::NoCache);
    }
    let folders = last.folders.iter().map(kept).collect::<Result<_, _>>()?;
    Ok(Asked { folders, window: last.window, wait_s: last.wait_s })
}

fn kept(last: &FolderMemo) -> Result<Folder, Fault> {
    Ok(Folder {
        id: last.folder.to_string(),
        key: last.key.ok_or(Fault::NoCache)?.to_string(),
        supported: None,
        to_trash: last.to_trash,
        get_changes: last.get_changes,
        conversations: false,
        window: last.window,
        options: Vec::new(),
        changes: Vec::new(),
        too_many: Vec::new(),
        fault: None,
    })
}

/// Returns the last complete request with what this one names in its place.
fn merged(mut asked: Asked, last: &SyncMemo, limits: &Limits) -> Result<Asked, Fault> {
    let mut folders = Vec::new();
    for before in &last.folders {
        let id = before.folder.to_string();
        match asked.folders.iter().position(|folder| folder.id == id) {
            Some(at) => folders.push(asked.folders.remove(at)),
            None => folders.push(kept(before)?),
        }
    }
    folders.append(&mut asked.folders);
    if folders.is_empty() {
        return Err(Fault::NoCache);
    }
    if folders.len() > limits.folders {
        return Err(Fault::TooManyFolders { limit: limits.folders });
    }
    Ok(Asked { folders, window: asked.window.or(last.window), wait_s: asked.wait_s.or(last.wait_s) })
}

/// Returns the seconds to wait, where the phone wants to.
fn wait(root: &Element, limits: &Limits) -> Result<Option<u32>, Fault> {
    let (minutes, seconds) = (root.child_text(WAIT), root.child_text(HEARTBEAT_INTERVAL));
    let (lowest, highest) = (*limits.heartbeat_s.start(), *limits.heartbeat_s.end());
    match (minutes, seconds) {
        (None, None) => Ok(None),
        (Some(_), Some(_)) => Err(Fault::Protocol),
        (Some(minutes), None) => {
            Ok(Some(within(&minutes, (lowest.div_ceil(60), highest / 60))?.saturating_mul(60)))
        }
        (None, Some(seconds)) => within(&seconds, (lowest, highest)).map(Some),
    }
}

fn within(text: &str, (lowest, highest): (u32, u32)) -> Result<u32, Fault> {
    let asked: i64 = text.trim().parse().map_err(|_| Fault::Protocol)?;
    let nearest = if asked < i64::from(lowest) { lowest } else { highest };
    match u32::try_from(asked) {
        Ok(asked) if (lowest..=highest).contains(&asked) => Ok(asked),
        Ok(_) | Err(_) => Err(Fault::Wait { nearest }),
    }
}

/// Reads a number of items: 0, and what is more than allowed, stand for the most.
fn window(text: &str, limits: &Limits) -> Result<usize, Fault> {
    let asked: usize = text.trim().parse().map_err(|_| Fault::Protocol)?;
    Ok(if asked == 0 { limits.window } else { asked.min(limits.window) })
}

/// Reads the part of one folder, its elements in any order. `left` is how many changes the request may still hold.
fn folder(entry: &Element, limits: &Limits, left: &mut usize) -> Result<Folder, Fault> {
    let (Some(id), Some(key)) = (entry.child_text(COLLECTION_ID), entry.child_text(SYNC_KEY)) else {
        return Err(Fault::Protocol);
    };
    let mut fault = None;
    let mut changes = match entry.child(COMMANDS).map(change::list) {
        Some(Ok(changes)) => changes,
        Some(Err(found)) => {
            fault = Some(found);
            Vec::new()
        }
        None => Vec::new(),
    };
    let too_many = changes.split_off(changes.len().min(*left));
    *left -= changes.len();
    let window = match entry.child_text(WINDOW_SIZE).map(|text| window(&text, limits)) {
        Some(Ok(window)) => window,
        Some(Err(found)) => {
            fault = Some(found);
            DEFAULT_WINDOW
        }
        None => DEFAULT_WINDOW,
    };
    Ok(Folder {
        id: id.into_owned(),
        key: key.into_owned(),
        supported: entry.child(SUPPORTED).cloned(),
        to_trash: entry.flag(DELETES_AS_MOVES).unwrap_or(true),
        get_changes: entry.flag(GET_CHANGES),
        conversations: entry.flag(CONVERSATION_MODE) == Some(true),
        window: window.min(limits.window),
        options: entry.children(OPTIONS).cloned().collect(),
        changes,
        too_many,
        fault,
    })
}
