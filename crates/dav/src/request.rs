//! A request, read from HTTP.

use axum::body::Bytes;
use hyper::HeaderMap;

use crate::path::Path;
use crate::reply::Reply;
use crate::xml::{self, Element};

/// Bytes of an XML body at most.
pub const MAX_XML_BYTES: usize = 1024 * 1024;
/// Bytes of what is PUT at most; each kind of item has a limit of its own below this.
pub const MAX_PUT_BYTES: usize = 25 * 1024 * 1024;
/// Characters of a program's name that a record keeps.
const MAX_AGENT: usize = 120;

/// How deep a request goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Depth {
    Zero,
    One,
    Infinity,
}

/// A request, before anything is known of what it speaks of.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: Path,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Request {
    /// Returns a header field that is text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok().map(str::trim)
    }

    /// Returns the Depth header; `None` where there is none.
    pub(crate) fn depth(&self) -> Result<Option<Depth>, Reply> {
        match self.header("depth") {
            None => Ok(None),
            Some("0") => Ok(Some(Depth::Zero)),
            Some("1") => Ok(Some(Depth::One)),
            Some(word) if word.eq_ignore_ascii_case("infinity") => Ok(Some(Depth::Infinity)),
            Some(_) => Err(Reply::empty(400)),
        }
    }

    /// Returns the program's name as it tells it.
    pub(crate) fn agent(&self) -> String {
        let agent = self.header("user-agent").filter(|agent| !agent.is_empty()).unwrap_or("unknown");
        agent.chars().take(MAX_AGENT).collect()
    }

    /// Returns whether the client would rather have less in the answer.
    pub(crate) fn prefers_minimal(&self) -> bool {
        let wants = |value: &str| value.split([',', ';']).any(|word| word.trim() == "return=minimal");
        self.header("prefer").is_some_and(wants) || self.header("brief").is_some_and(|word| word == "t")
    }

    /// Returns the body's document, `None` for an empty body.
    pub(crate) fn document(&self) -> Result<Option<Element>, Reply> {
        if self.body.is_empty() {
            return Ok(None);
        }
        if self.body.len() > MAX_XML_BYTES {
            return Err(Reply::empty(413));
        }
        xml::parse(&self.body).map(Some).map_err(|error| {
            tracing::debug!(%error, "a document is not taken");
            Reply::empty(400)
        })
    }
}
