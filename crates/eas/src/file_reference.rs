//! The name of an attachment on the wire: folder, message, place among its attachments (`12-345-0`).
//!
//! Opaque to the phone, and stable: a message's text never changes. It grants nothing, whoever asks by it is
//! checked like for the message.

use std::fmt;
use std::str::FromStr;

use engine::{FolderId, Uid};
use thiserror::Error;

/// Names one attachment of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileReference {
    /// The message's folder.
    pub folder: FolderId,
    /// The message.
    pub uid: Uid,
    /// The attachment's place in its message, from 0; of a file of an event, its id.
    pub index: usize,
}

/// The text is no name that was given to an attachment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("text names no attachment")]
pub struct NotAnAttachment;

impl fmt::Display for FileReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}", self.folder, self.uid, self.index)
    }
}

impl FromStr for FileReference {
    type Err = NotAnAttachment;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut words = text.split('-');
        let (folder, uid, index) = (words.next(), words.next(), words.next());
        let (Some(folder), Some(uid), Some(index), None) = (folder, uid, index, words.next()) else {
            return Err(NotAnAttachment);
        };
        let read = Self {
            folder: FolderId(folder.parse().map_err(|_| NotAnAttachment)?),
            uid: Uid(uid.parse().map_err(|_| NotAnAttachment)?),
            index: index.parse().map_err(|_| NotAnAttachment)?,
        };
        // Only the one way of writing it was ever given out.
        if read.to_string() == text { Ok(read) } else { Err(NotAnAttachment) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_read_back() {
        let reference = FileReference { folder: FolderId(12), uid: Uid(345), index: 0 };
        assert_eq!(reference.to_string(), "12-345-0");
        assert_eq!("12-345-0".parse(), Ok(reference));
    }

    #[test]
    fn what_was_never_given_out_is_refused() {
        for text in
            ["", "12-345", "12-345-0-1", "12-345-x", "+12-345-0", "012-345-0", "12--345-0", "12-345-0 "]
        {
            assert_eq!(text.parse::<FileReference>(), Err(NotAnAttachment), "{text:?}");
        }
    }
}
