//! The tree of MIME parts, as byte ranges of the message. Bounded: what lies beyond a limit is one part of
//! opaque text.

use std::ops::Range;

use super::header::{Header, Parameters, trim_line_end};

/// Multiparts inside multiparts; deeper ones are opaque text.
pub const MAX_DEPTH: usize = 32;
/// Parts of a message; the rest is opaque text.
pub const MAX_PARTS: usize = 1_000;

/// How the bytes of a part are encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// As they are (7bit, 8bit, binary and whatever is not known).
    Identity,
    QuotedPrintable,
    Base64,
}

/// What the sender wants to become of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Disposition {
    Inline,
    Attachment,
    /// Nothing is said.
    Unsaid,
}

/// One part: a leaf with a body, or a multipart with children.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) header: Header,
    /// `type/subtype` in lower case.
    pub(super) media_type: String,
    pub(super) content_type: Option<Parameters>,
    pub(super) disposition: Disposition,
    /// The name the sender gave, "" for none.
    pub(super) file_name: String,
    pub(super) encoding: Encoding,
    /// The body's place in the message.
    pub(super) body: Range<usize>,
    /// The parts of a multipart, empty for a leaf.
    pub(super) children: Vec<Self>,
}

/// A message's parts and what was not understood of them.
#[derive(Debug)]
pub(super) struct Structure {
    pub(super) root: Part,
    /// Where something was not understood (in bytes), and what.
    pub(super) troubles: Vec<(usize, String)>,
}

/// Whether a multipart's parts are messages unless they say otherwise.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Parent {
    Digest,
    Other,
}

struct Walk<'a> {
    message: &'a [u8],
    parts: usize,
    troubles: Vec<(usize, String)>,
}

impl Structure {
    /// Reads the parts of a message. Total.
    pub(super) fn parse(message: &[u8]) -> Self {
        let mut walk = Walk { message, parts: 1, troubles: Vec::new() };
        let root = walk.part(0..message.len(), Parent::Other, 0);
        Self { root, troubles: walk.troubles }
    }
}

impl Walk<'_> {
    fn part(&mut self, range: Range<usize>, parent: Parent, depth: usize) -> Part {
        let header = Header::split(self.message.get(range.clone()).unwrap_or_default());
        if header.cut {
            self.trouble(range.start, "header is too long, the rest of it is not read");
        }
        if let Some(at) = header.broken_at {
            self.trouble(range.start + at, "line is no header field, the text starts here");
        }
        let body = range.start + header.body_at..range.end;
        let mut part = leaf(header, body, parent);
        if part.media_type.starts_with("multipart/") {
            part.children = self.children(&part, depth);
            if part.children.is_empty() {
                "text/plain".clone_into(&mut part.media_type);
            }
        }
        part
    }

    /// Returns the parts of a multipart; none if it cannot be taken apart.
    fn children(&mut self, part: &Part, depth: usize) -> Vec<Part> {
        let at = part.body.start;
        if depth >= MAX_DEPTH {
            self.trouble(at, "parts are nested too deep, the rest is one text");
            return Vec::new();
        }
        let boundary = part.content_type.as_ref().and_then(|parameters| parameters.get("boundary"));
        let Some(boundary) = boundary.map(str::trim_end).filter(|boundary| !boundary.is_empty()) else {
            self.trouble(at, "multipart names no boundary, it is one text");
            return Vec::new();
        };
        let body = self.message.get(part.body.clone()).unwrap_or_default();
        let split = split(body, boundary.as_bytes(), MAX_PARTS.saturating_sub(self.parts));
        match split.end {
            End::Closed => {}
            End::Open => self.trouble(at, "multipart has no closing boundary"),
            End::Limit => self.trouble(at, "too many parts, the rest is one text"),
        }
        self.parts += split.ranges.len();
        let parent = if part.media_type == "multipart/digest" { Parent::Digest } else { Parent::Other };
        let last = split.ranges.len().saturating_sub(1);
        let ranges = split.ranges.into_iter().map(|range| at + range.start..at + range.end).enumerate();
        ranges
            .map(|(nth, range)| match split.end {
                End::Limit if nth == last => leaf(Header::default(), range, Parent::Other),
                End::Limit | End::Open | End::Closed => self.part(range, parent, depth + 1),
            })
            .collect()
    }

    fn trouble(&mut self, at: usize, what: &str) {
        self.troubles.push((at, what.to_owned()));
    }
}

fn leaf(header: Header, body: Range<usize>, parent: Parent) -> Part {
    let content_type = header.parameters("Content-Type");
    let default = if parent == Parent::Digest { "message/rfc822" } else { "text/plain" };
    let media_type = match content_type.as_ref().map(|parameters| parameters.main.as_str()) {
        Some("text") | None => default,
        Some(said) => said,
    };
    let disposition = header.parameters("Content-Disposition");
    let named = disposition.as_ref().and_then(|parameters| parameters.get("filename"));
    let named = named.or_else(|| content_type.as_ref().and_then(|parameters| parameters.get("name")));
    let encoding = header.first("Content-Transfer-Encoding").map(|said| said.trim().to_ascii_lowercase());
    Part {
        media_type: media_type.to_owned(),
        disposition: match disposition.as_ref().map(|parameters| parameters.main.as_str()) {
            None => Disposition::Unsaid,
            Some("inline") => Disposition::Inline,
            Some(_) => Disposition::Attachment,
        },
        file_name: named.unwrap_or_default().to_owned(),
        encoding: match encoding.as_deref() {
            Some("base64") => Encoding::Base64,
            Some("quoted-printable") => Encoding::QuotedPrintable,
            Some(_) | None => Encoding::Identity,
        },
        header,
        content_type,
        body,
        children: Vec::new(),
    }
}

/// How a multipart's parts ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// With the closing boundary.
    Closed,
    /// With the text, no closing boundary was there.
    Open,
    /// At the limit: the last range is all the rest.
    Limit,
}

struct Split {
    ranges: Vec<Range<usize>>,
    end: End,
}

/// Finds the parts of a multipart body, at most `limit` (the last one is then all the rest).
fn split(body: &[u8], boundary: &[u8], limit: usize) -> Split {
    let mut ranges = Vec::new();
    let (mut open, mut at) = (None, 0);
    for line in body.split_inclusive(|byte| *byte == b'\n') {
        let next = at + line.len();
        if let Some(closing) = delimiter(line, boundary) {
            if let Some(start) = open.take() {
                let before = trim_line_end(body.get(..at).unwrap_or_default()).len();
                ranges.push(start..before.max(start));
            }
            if closing == Delimiter::Closing {
                return Split { ranges, end: End::Closed };
            }
            if ranges.len() + 1 >= limit {
                ranges.push(next..body.len());
                return Split { ranges, end: End::Limit };
            }
            open = Some(next);
        }
        at = next;
    }
    ranges.extend(open.map(|start| start..body.len()));
    Split { ranges, end: End::Open }
}

#[derive(PartialEq, Eq)]
enum Delimiter {
    Opening,
    Closing,
}

/// Returns what delimiter of `boundary` a line is. A longer boundary that starts the same is none.
fn delimiter(line: &[u8], boundary: &[u8]) -> Option<Delimiter> {
    let rest = line.strip_prefix(b"--")?.strip_prefix(boundary)?.trim_ascii_end();
    match rest {
        b"" => Some(Delimiter::Opening),
        b"--" => Some(Delimiter::Closing),
        _ => None,
    }
}
