//! What can go wrong on the phone's side.

use std::io;

use thiserror::Error;
use wbxml::DecodeError;

use crate::request::Command;

/// Why the user's edit could not be made on the phone.
#[derive(Debug, Error)]
pub enum EditError {
    /// The phone has no such folder.
    #[error("the phone has no folder {id}")]
    NoFolder {
        /// Which folder was meant.
        id: String,
    },
    /// The folder has no such item, or the user deleted it.
    #[error("the folder has no such item")]
    NoItem,
    /// Items of the folder's class have no such field.
    #[error("{class} has no field {name}")]
    NoField {
        /// What the folder holds.
        class: &'static str,
        /// Which field was meant.
        name: String,
    },
    /// A move of the item waits for its answer, or an edit does and the item is to be moved.
    #[error("the item is underway")]
    Underway,
    /// This client, or a folder of this class, cannot do that.
    #[error("this client cannot {what}")]
    Unable {
        /// What it cannot do.
        what: &'static str,
    },
}

/// Why an answer could not be applied. What the phone shows is as before, and it will ask again.
#[derive(Debug, Error)]
pub enum AnswerError {
    /// The HTTP status says no.
    #[error("{command} was answered with HTTP status {status}")]
    Http {
        /// What was asked.
        command: Command,
        /// What the status line said.
        status: u16,
    },
    /// The body is not binary XML.
    #[error("decoding the answer to {command}")]
    Decode {
        /// What was asked.
        command: Command,
        /// What is wrong with the body.
        #[source]
        source: DecodeError,
    },
    /// The body is not what the protocol has for an answer to this command.
    #[error("the answer to {command} makes no sense: {what}")]
    Shape {
        /// What was asked.
        command: Command,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The status says no, and asking again will not help.
    #[error("{command} was answered with status {status}")]
    Refused {
        /// What was asked.
        command: Command,
        /// What the `Status` element said.
        status: u16,
    },
}

/// Why a synchronisation did not come to its end.
#[derive(Debug, Error)]
pub enum SyncError {
    /// A request or its answer did not get through.
    #[error("carrying {command}")]
    Transport {
        /// What was asked.
        command: Command,
        /// Why it did not get through.
        #[source]
        source: io::Error,
    },
    /// An answer could not be applied.
    #[error("applying an answer")]
    Answer(#[from] AnswerError),
    /// There was always more to do.
    #[error("there was still something to do after {rounds} rounds")]
    NoEnd {
        /// How many requests were answered.
        rounds: usize,
    },
}
