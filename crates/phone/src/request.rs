//! What a phone sends.

use std::fmt;

use wbxml::Element;

use crate::folder::FolderId;
use crate::hierarchy::FolderEdit;
use crate::item::ItemId;
use crate::sync::SentCollection;
use crate::version::Version;

/// A command of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Command {
    /// Lists folders.
    FolderSync,
    /// Makes a folder.
    FolderCreate,
    /// Renames or moves a folder.
    FolderUpdate,
    /// Deletes a folder.
    FolderDelete,
    /// Sends and fetches changes of items.
    Sync,
    /// Moves items between folders.
    MoveItems,
    /// Waits for changes.
    Ping,
    /// Fetches and acknowledges policies.
    Provision,
    /// Tells what device it is.
    Settings,
    /// Fetches bodies.
    ItemOperations,
    /// Sends a message.
    SendMail,
}

impl Command {
    /// Returns the name, as the `Cmd` parameter has it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::FolderSync => "FolderSync",
            Self::FolderCreate => "FolderCreate",
            Self::FolderUpdate => "FolderUpdate",
            Self::FolderDelete => "FolderDelete",
            Self::Sync => "Sync",
            Self::MoveItems => "MoveItems",
            Self::Ping => "Ping",
            Self::Provision => "Provision",
            Self::Settings => "Settings",
            Self::ItemOperations => "ItemOperations",
            Self::SendMail => "SendMail",
        }
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A request as it goes to the server, and what the phone must remember to apply the answer.
#[derive(Debug, Clone)]
pub struct Request {
    /// What is asked.
    pub command: Command,
    /// The version it is asked in.
    pub version: Version,
    /// The policy key, 0 while there is none.
    pub policy_key: u32,
    /// The body as a tree, or `None` for an empty one.
    pub root: Option<Element>,
    /// The body as it goes over the wire.
    pub body: Vec<u8>,
    /// Which of the phone's requests it is, from 1.
    pub number: u64,
    pub(crate) sent: Sent,
}

/// What a request carried, as far as its answer needs to know.
#[derive(Debug, Clone)]
pub(crate) enum Sent {
    /// Nothing to remember.
    Nothing,
    /// The folder edit at the head of the queue.
    FolderEdit(FolderEdit),
    /// The collections of a `Sync`.
    Collections(Vec<SentCollection>),
    /// The first message of the outbox.
    Mail,
    /// The moves of a `MoveItems`: source folder and row of each.
    Moves(Vec<(FolderId, ItemId)>),
    /// The items whose bodies are fetched: folder and row of each.
    Bodies(Vec<(FolderId, ItemId)>),
}
