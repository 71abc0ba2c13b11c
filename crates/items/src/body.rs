//! The long text of an event, a task or a note.

use crate::html;

/// A long text, and how it is laid out where its author said so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Body {
    /// The text; lines end with `\n`.
    pub text: String,
    /// The same as HTML, if it was written as that.
    pub html: Option<String>,
}

impl Body {
    /// Returns a body that is text only.
    #[must_use]
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), html: None }
    }

    /// Returns a body that was written as HTML.
    #[must_use]
    pub fn html(source: impl Into<String>) -> Self {
        let source = source.into();
        Self { text: html::to_text(&source), html: Some(source) }
    }

    /// Returns whether it says nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.is_empty() && self.html.is_none()
    }
}
