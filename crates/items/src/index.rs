//! What is indexed beside the stored text.

use jiff::Timestamp;

use crate::Sensitivity;

/// What the tables keep beside an item's text, so that it can be found without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index {
    /// One line that names the item: subject, or a contact's name.
    pub summary: String,
    /// The UID in the text; for mail the Message-ID.
    pub uid: Option<String>,
    /// How confidential it is.
    pub sensitivity: Sensitivity,
    /// When it begins; for mail when it was received. `None` for what has no time.
    pub starts: Option<Timestamp>,
    /// When it ends, a series with its last occurrence. `None` beside `starts`: it never ends.
    pub ends: Option<Timestamp>,
    /// Whether it is still to be done: false for a completed task, true for all else.
    pub open: bool,
}

impl Default for Index {
    fn default() -> Self {
        Self {
            summary: String::new(),
            uid: None,
            sensitivity: Sensitivity::Normal,
            starts: None,
            ends: None,
            open: true,
        }
    }
}
