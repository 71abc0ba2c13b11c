//! The body of a message from its pieces: texts, what is shown inside them, what is attached.

use mail_builder::headers::content_type::ContentType;
use mail_builder::mime::MimePart;

use super::one_line;
use super::outgoing::crlf_only;
use crate::Body;
use crate::message::Attachment;

/// What a message says and carries.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    pub(super) plain: String,
    pub(super) html: Option<String>,
    /// iCalendar and its METHOD.
    pub(super) calendar: Option<(String, &'static str)>,
    pub(super) files: Vec<File>,
}

/// A file in a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct File {
    pub(super) name: String,
    pub(super) media_type: String,
    /// Content-ID without angle brackets, "" for none.
    pub(super) content_id: String,
    /// Whether it is shown inside the text.
    pub(super) inline: bool,
    pub(super) bytes: Vec<u8>,
}

impl File {
    pub(super) fn of(attachment: &Attachment, bytes: Vec<u8>) -> Self {
        Self {
            name: attachment.name.clone(),
            media_type: attachment.media_type.clone(),
            content_id: attachment.content_id.clone(),
            inline: attachment.inline,
            bytes,
        }
    }

    fn is_message(&self) -> bool {
        matches!(self.media_type.as_str(), "message/rfc822" | "message/global")
    }

    fn part(self) -> MimePart<'static> {
        let (is_message, inline, content_id) = (self.is_message(), self.inline, one_line(&self.content_id));
        let bytes = if is_message { crlf_only(&self.bytes) } else { self.bytes };
        let part = MimePart::new(ContentType::new(one_line(&self.media_type)), bytes);
        let part = if content_id.is_empty() { part } else { part.cid(content_id) };
        // A message in a message is never encoded. [RFC 2046 5.2.1]
        let part = if is_message { part.transfer_encoding("8bit") } else { part };
        let disposition = if inline { "inline" } else { "attachment" };
        part.header(
            "Content-Disposition",
            ContentType::new(disposition).attribute("filename", one_line(&self.name)),
        )
    }
}

/// Writes MIME-Version apart, all that belongs to the body: its header fields, an empty line, itself. `boundary` is
/// a word that stands nowhere in the pieces.
pub(super) fn write(pieces: Pieces, boundary: &str) -> Vec<u8> {
    let Pieces { plain, html, calendar, files } = pieces;
    let (inline, attached): (Vec<File>, Vec<File>) =
        files.into_iter().partition(|file| file.inline && html.is_some());
    let mut texts = vec![text("plain", &plain)];
    texts.extend(html.map(|html| {
        let mut related = vec![text("html", &html)];
        related.extend(inline.into_iter().map(File::part));
        multipart("related", &format!("{boundary}-2"), related)
    }));
    texts.extend(calendar.map(|(calendar, method)| {
        let kind =
            ContentType::new("text/calendar").attribute("charset", "utf-8").attribute("method", method);
        MimePart::new(kind, calendar)
    }));
    let body = multipart("alternative", &format!("{boundary}-1"), texts);
    let mut parts = vec![body];
    parts.extend(attached.into_iter().map(File::part));
    let mut out = Vec::new();
    multipart("mixed", &format!("{boundary}-0"), parts).write_part(&mut out);
    out
}

/// Writes one text alone, as [`write`] does all that belongs to a body.
pub(super) fn alone(body: &Body) -> Vec<u8> {
    let part = match &body.html {
        Some(html) => text("html", html),
        None => text("plain", &body.text),
    };
    let mut out = Vec::new();
    part.write_part(&mut out);
    out
}

fn text(kind: &str, text: &str) -> MimePart<'static> {
    let kind = ContentType::new(format!("text/{kind}")).attribute("charset", "utf-8");
    MimePart::new(kind, text.replace("\r\n", "\n").replace('\n', "\r\n"))
}

/// Joins parts; one alone stands for itself.
fn multipart(kind: &str, boundary: &str, mut parts: Vec<MimePart<'static>>) -> MimePart<'static> {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        last => {
            parts.extend(last);
            let kind = ContentType::new(format!("multipart/{kind}"));
            MimePart::new(kind.attribute("boundary", boundary.to_owned()), parts)
        }
    }
}
