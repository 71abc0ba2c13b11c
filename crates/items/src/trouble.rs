//! What was not understood.

/// A line of an item's text that was not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// The line's number, from 1.
    pub line: usize,
    /// What is the matter with it, in a few words.
    pub what: String,
}
