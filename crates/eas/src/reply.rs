//! What goes back to the phone.

use std::fmt::Display;

use wbxml::{Element, Tag};

use crate::piece::Piece;
use crate::request::Request;
use crate::status::{self, CommonStatus};

/// The content type of an ordinary body.
pub const WBXML: &str = "application/vnd.ms-sync.wbxml";

/// The content type of a body in parts.
pub const MULTIPART: &str = "application/vnd.ms-sync.multipart";

/// Seconds after which a phone may try again what could not be done for now.
pub const RETRY_AFTER_S: u32 = 30;

/// An answer, whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP code.
    pub status: u16,
    /// Header lines beside the length and the type of the body, names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// The type of the body; `None` where there is none.
    pub content_type: Option<&'static str>,
    /// The body, or the beginning of it.
    pub body: Vec<u8>,
    /// What follows the beginning, read while it is sent.
    pub rest: Vec<Piece>,
}

impl Reply {
    /// Returns an answer without a body.
    #[must_use]
    pub const fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), content_type: None, body: Vec::new(), rest: Vec::new() }
    }

    /// Returns an answer with `root` as its body.
    #[must_use]
    pub fn wbxml(root: &Element) -> Self {
        Self { content_type: Some(WBXML), body: wbxml::encode(root), ..Self::empty(200) }
    }

    /// Returns the answer that a command failed as a whole with one of its own statuses.
    pub(crate) fn failed(root: Tag, status: (Tag, u8)) -> Self {
        let (tag, value) = status;
        Self::wbxml(&Element::new(root).with(number(tag, value)))
    }

    /// Returns the answer to a request that failed as a whole, as its version says it.
    #[must_use]
    pub fn common(request: &Request, failed: CommonStatus) -> Self {
        match failed.answer(request) {
            status::Answer::Body(root) => Self::wbxml(&root),
            status::Answer::Http(503) => Self::empty(503).with_header("retry-after", RETRY_AFTER_S),
            status::Answer::Http(code) => Self::empty(code),
        }
    }

    /// Returns how many bytes the body has, what follows its beginning included.
    #[must_use]
    pub fn size_bytes(&self) -> usize {
        self.body.len() + self.rest.iter().map(Piece::size_bytes).sum::<usize>()
    }

    /// Returns the answer with one more header line.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: impl Copy + Display) -> Self {
        self.headers.push((name, value.to_string()));
        self
    }
}

/// Returns an element that holds a number.
pub(crate) fn number(tag: Tag, value: impl Copy + Display) -> Element {
    Element::text(tag, value.to_string())
}
