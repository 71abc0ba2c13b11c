//! Answers, before they become HTTP.

use crate::xml::{DAV, Xml};

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// Header fields.
    pub headers: Vec<(&'static str, String)>,
    /// What the body is.
    pub content_type: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

impl Reply {
    /// Returns an answer without a body.
    #[must_use]
    pub const fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), content_type: None, body: Vec::new() }
    }

    /// Returns an answer that is an XML document.
    #[must_use]
    pub fn xml(status: u16, xml: Xml) -> Self {
        let content_type = Some("application/xml; charset=utf-8".to_owned());
        Self { content_type, body: xml.finish().into_bytes(), ..Self::empty(status) }
    }

    /// Returns an answer whose body names the precondition that failed.
    #[must_use]
    pub fn failed(status: u16, space: &str, precondition: &str) -> Self {
        let mut xml = Xml::document(DAV, "error");
        xml.empty(space, precondition);
        Self::xml(status, xml)
    }

    /// Returns the answer for what is not there or must not be seen. It is the same, byte for byte, for both.
    #[must_use]
    pub const fn absent() -> Self {
        Self::empty(404)
    }

    /// Adds a header field.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}
