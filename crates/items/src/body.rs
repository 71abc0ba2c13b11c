//! The long text of an event, a task or a note.

use std::borrow::Cow;

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

    /// Returns whether a phone that was shown the stored text and layout means them when it sends this: many take the
    /// words only, and the layout stays as long as those do.
    pub(crate) fn is_as_shown(&self, text: Option<&str>, html: Option<&str>) -> bool {
        let words = match (text, html) {
            (Some(text), _) => Cow::Borrowed(text),
            // Some programs write the layout only.
            (None, Some(html)) => Cow::Owned(html::to_text(html)),
            (None, None) => Cow::Borrowed(""),
        };
        match (&self.html, html) {
            (None, _) => !self.is_empty() && same_text(&self.text, &words),
            (Some(sent), Some(stored)) => same_text(sent, stored),
            (Some(sent), None) => same_text(&html::to_text(sent), &words),
        }
    }
}

/// Whether two texts are the same to a reader: line ends, and blanks at the end, do not count.
pub(crate) fn same_text(one: &str, other: &str) -> bool {
    plain(one) == plain(other)
}

fn plain(text: &str) -> Cow<'_, str> {
    let text = text.trim_end();
    if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    }
}
