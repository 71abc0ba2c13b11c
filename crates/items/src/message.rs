//! Mail: a view over an RFC 5322 message. The stored bytes are the truth and are never rewritten.
//!
//! Reading is total and bounded: broken MIME gives what can be had, what lies beyond a limit is one text.
//!
//! ```
//! let message = items::message::Message::parse(b"From: Bo <bo@example.org>\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\r\nHi\r\n");
//! assert_eq!(message.subject, "Grüße");
//! assert_eq!(message.from.display(), "\"Bo\" <bo@example.org>");
//! assert_eq!(message.body_text(), "Hi\n");
//! ```

mod address;
mod attachment;
mod automatic;
mod body;
mod choice;
mod class;
mod decoder;
mod header;
mod outline;
mod properties;
mod structure;
#[cfg(test)]
mod tests;
mod topic;

use std::borrow::Cow;

use jiff::Timestamp;

pub use address::{Address, AddressList};
pub use attachment::Attachment;
pub use automatic::is_automatic;
pub use class::Class;
pub use header::{MAX_HEADER_BYTES, MAX_HEADER_LINES};
pub use outline::{Cuts, LARGE_BYTES, Located, NotCuts, Outline, Place, Reading};
pub use properties::properties;
pub use structure::{MAX_DEPTH, MAX_PARTS};
pub use topic::thread_topic;

use crate::{Index, Sensitivity, Trouble, html};
use choice::Choice;
use header::Header;
use structure::{Part, Structure};

/// Addresses of a message that are read, all its fields together.
pub const MAX_ADDRESSES: usize = 2_000;
/// Bytes of one message: larger ones are not taken in.
pub const MAX_MESSAGE_BYTES: usize = 50 * 1024 * 1024;

/// How much the sender wants a message to be noticed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Importance {
    /// Less than others.
    Low,
    /// No wish.
    #[default]
    Normal,
    /// More than others.
    High,
}

impl Importance {
    /// Returns the number on the wire: 0 low, 1 normal, 2 high.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Low => 0,
            Self::Normal => 1,
            Self::High => 2,
        }
    }
}

/// The form the sender wrote the text in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum BodyKind {
    /// Plain text (also when there is no text at all).
    #[default]
    Plain,
    /// HTML, alone or beside plain text.
    Html,
}

/// A message as it is read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Message {
    /// Who wrote it.
    pub from: AddressList,
    /// Who sent it, where somebody sent it for the author.
    pub sender: AddressList,
    /// Where answers should go.
    pub reply_to: AddressList,
    /// To whom it went.
    pub to: AddressList,
    /// Who got a copy.
    pub cc: AddressList,
    /// Who got a copy that the others do not see.
    pub bcc: AddressList,
    /// The subject.
    pub subject: String,
    /// When it was written.
    pub date: Option<Timestamp>,
    /// When the last server on its way took it in.
    pub received: Option<Timestamp>,
    /// Message-ID, without angle brackets.
    pub message_id: Option<String>,
    /// The Message-ID of the message that the conversation began with; its own if it begins one.
    pub thread_root: Option<String>,
    /// How much the sender wants it to be noticed.
    pub importance: Importance,
    /// How confidential the sender calls it.
    pub sensitivity: Sensitivity,
    /// Whether it is not sent yet.
    pub draft: bool,
    /// What it is beyond text.
    pub class: Class,
    /// The form the text was written in.
    pub body_kind: BodyKind,
    /// What is attached, in order.
    pub attachments: Vec<Attachment>,
    /// The calendar part of a message about a meeting (iCalendar, UTF-8).
    pub calendar: Option<String>,
    plain: Vec<Text>,
    html: Vec<Text>,
}

/// A part of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Text {
    Plain(String),
    Html(String),
}

impl Message {
    /// Reads a message. Total: whatever the bytes are, what can be understood is in the view.
    #[must_use]
    pub fn parse(stored: &[u8]) -> Self {
        let structure = Structure::parse(stored);
        let choice = Choice::of(&structure);
        let mut message = Self::with_header(&structure.root.header);
        let texts = |parts: &[&Part]| parts.iter().map(|part| Text::of(stored, part)).collect::<Vec<_>>();
        message.plain = texts(&choice.plain);
        message.html = texts(&choice.html);
        let has_html = message.html.iter().any(|text| matches!(text, Text::Html(_)));
        message.body_kind = if has_html { BodyKind::Html } else { BodyKind::Plain };
        message.calendar = choice.calendar.map(|part| body::text(stored, part));
        message.class = Class::of(stored, &structure.root, message.calendar.as_deref());
        let attached = choice.attachments.iter().enumerate();
        message.attachments = attached.map(|(index, one)| Attachment::of(stored, index, one)).collect();
        message
    }

    fn with_header(header: &Header) -> Self {
        let mut left = MAX_ADDRESSES;
        let mut addresses = |name: &str| {
            let list = header.addresses(name, left);
            left -= list.len();
            AddressList(list)
        };
        let message_id = header.ids("Message-ID").into_iter().next();
        Self {
            from: addresses("From"),
            sender: addresses("Sender"),
            reply_to: addresses("Reply-To"),
            to: addresses("To"),
            cc: addresses("Cc"),
            bcc: addresses("Bcc"),
            subject: header.text("Subject").unwrap_or_default(),
            date: header.date("Date"),
            received: header.date("Received"),
            thread_root: thread_root(header).or_else(|| message_id.clone()),
            message_id,
            importance: importance(header),
            sensitivity: sensitivity(header),
            draft: header.first("X-Unsent").is_some_and(|said| said.trim() == "1"),
            ..Self::default()
        }
    }

    /// Returns when the message came in; when it was written, if no server noted that.
    #[must_use]
    pub fn date_received(&self) -> Option<Timestamp> {
        self.received.or(self.date)
    }

    /// Returns the subject without the marks of replies and forwards.
    #[must_use]
    pub fn thread_topic(&self) -> &str {
        thread_topic(&self.subject)
    }

    /// Returns the text as plain text, lines ended by LF; what is only there as HTML is converted. "" if
    /// there is no text.
    #[must_use]
    pub fn body_text(&self) -> String {
        join(&self.plain, |text| match text {
            Text::Plain(plain) => Cow::Borrowed(plain),
            Text::Html(source) => Cow::Owned(html::to_text(source)),
        })
    }

    /// Returns the text as HTML, or `None` if the sender wrote none. Plain parts beside the HTML are
    /// converted.
    #[must_use]
    pub fn body_html(&self) -> Option<String> {
        let joined = || {
            join(&self.html, |text| match text {
                Text::Plain(plain) => Cow::Owned(html::from_text(plain)),
                Text::Html(source) => Cow::Borrowed(source),
            })
        };
        (self.body_kind == BodyKind::Html).then(joined)
    }

    /// Returns the text as HTML, converted from plain text where the sender wrote none.
    #[must_use]
    pub fn body_as_html(&self) -> String {
        self.body_html().unwrap_or_else(|| html::from_text(&self.body_text()))
    }

    /// Returns what is indexed beside the message.
    #[must_use]
    pub fn index(&self) -> Index {
        Index {
            summary: self.subject.clone(),
            uid: self.message_id.clone(),
            sensitivity: self.sensitivity,
            starts: self.date_received(),
            ends: self.date_received(),
            open: true,
        }
    }
}

impl Text {
    fn of(stored: &[u8], part: &Part) -> Self {
        let text = body::text(stored, part);
        if part.media_type == "text/html" { Self::Html(text) } else { Self::Plain(text) }
    }
}

/// Returns the decoded bytes of one attachment, or `None` if there is none of this index.
#[must_use]
pub fn attachment_bytes(stored: &[u8], index: usize) -> Option<Vec<u8>> {
    let structure = Structure::parse(stored);
    let choice = Choice::of(&structure);
    let attached = choice.attachments.get(index)?;
    Some(body::decode(stored, attached.part).into_owned())
}

/// Returns the decoded bytes of every attachment, in the order of their indexes.
pub(crate) fn attachments_bytes(stored: &[u8]) -> Vec<Vec<u8>> {
    let structure = Structure::parse(stored);
    let choice = Choice::of(&structure);
    choice.attachments.iter().map(|one| body::decode(stored, one.part).into_owned()).collect()
}

/// Returns the message with every line ended by CRLF, as mail travels and phones want it.
#[must_use]
pub fn with_crlf(stored: &[u8]) -> Cow<'_, [u8]> {
    let bare = stored
        .split_inclusive(|byte| *byte == b'\n')
        .any(|line| line.ends_with(b"\n") && !line.ends_with(b"\r\n"));
    if !bare {
        return Cow::Borrowed(stored);
    }
    let mut out = Vec::with_capacity(stored.len() + stored.len() / 32);
    for line in stored.split_inclusive(|byte| *byte == b'\n') {
        let content = header::trim_line_end(line);
        out.extend_from_slice(content);
        if content.len() < line.len() {
            out.extend_from_slice(b"\r\n");
        }
    }
    Cow::Owned(out)
}

/// Returns where the body of a message starts, in bytes.
pub(crate) fn body_start(stored: &[u8]) -> usize {
    let header = Header::split(stored);
    header.broken_at.unwrap_or(header.body_at)
}

/// Returns what was not understood of a message, by line.
#[must_use]
pub fn report(stored: &[u8]) -> Vec<Trouble> {
    let structure = Structure::parse(stored);
    let mut found = structure.troubles;
    labels(&structure.root, &mut found);
    if structure.root.header.fields().is_empty() {
        found.push((0, "no header".to_owned()));
    }
    found.sort_by_key(|(at, _)| *at);
    let (mut line, mut counted) = (1, 0);
    let numbered = found.into_iter().map(|(at, what)| {
        let between = stored.get(counted..at).unwrap_or_default();
        line += between.split(|byte| *byte == b'\n').count() - 1;
        counted = counted.max(at);
        Trouble { line, what }
    });
    numbered.collect()
}

/// Adds the character sets that nobody knows.
fn labels(part: &Part, found: &mut Vec<(usize, String)>) {
    let charset = part.content_type.as_ref().and_then(|parameters| parameters.get("charset"));
    if part.media_type.starts_with("text/") && !body::knows_charset(charset) {
        found.push((part.body.start, "character set is not known, read as UTF-8 or Windows-1252".to_owned()));
    }
    for child in &part.children {
        labels(child, found);
    }
}

fn join<'a>(texts: &'a [Text], render: impl Fn(&'a Text) -> Cow<'a, str>) -> String {
    let mut out = String::new();
    for text in texts {
        if !out.is_empty() && !out.ends_with('\n') {
            out.push('\n');
        }
        out.push_str(&render(text));
    }
    out
}

/// Returns the first message of the conversation: References names it, In-Reply-To where that is missing.
fn thread_root(header: &Header) -> Option<String> {
    let first = |name: &str| header.ids(name).into_iter().find(|id| !id.is_empty());
    first("References").or_else(|| first("In-Reply-To"))
}

fn importance(header: &Header) -> Importance {
    let said = ["Importance", "X-MSMail-Priority", "Priority", "X-Priority"];
    let word = |name: &&str| header.first(name).and_then(|value| level(&value.to_ascii_lowercase()));
    said.iter().find_map(word).unwrap_or_default()
}

/// Reads a word (`high`, `urgent`) or a number from 1 (highest) to 5, with or without a remark after it.
fn level(value: &str) -> Option<Importance> {
    match value.split([' ', '(', ';']).find(|word| !word.is_empty())? {
        "high" | "urgent" | "1" | "2" => Some(Importance::High),
        "low" | "non-urgent" | "4" | "5" => Some(Importance::Low),
        "normal" | "3" => Some(Importance::Normal),
        _ => None,
    }
}

fn sensitivity(header: &Header) -> Sensitivity {
    match header.first("Sensitivity").map(str::to_ascii_lowercase).as_deref() {
        Some("personal") => Sensitivity::Personal,
        Some("private") => Sensitivity::Private,
        Some("company-confidential" | "confidential") => Sensitivity::Confidential,
        Some(_) | None => Sensitivity::Normal,
    }
}
