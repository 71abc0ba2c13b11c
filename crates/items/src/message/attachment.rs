//! Attachments of a message.

use super::body;
use super::choice::Attached;
use super::header::Header;
use super::structure::{Disposition, Part};

/// Characters of an attachment's name that are kept.
const MAX_NAME_CHARS: usize = 255;

/// One attachment, without its bytes (see [`super::attachment_bytes`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its place among the attachments, from 0; the same for as long as the message is.
    pub index: usize,
    /// A name to show and to save under, never empty; that of a message ends in `.eml`.
    pub name: String,
    /// `type/subtype` in lower case.
    pub media_type: String,
    /// The size of its bytes, decoded.
    pub size_bytes: usize,
    /// Content-ID without angle brackets, "" for none.
    pub content_id: String,
    /// Content-Location, "" for none.
    pub content_location: String,
    /// Whether it is shown inside the text.
    pub inline: bool,
    /// Whether it is a message itself.
    pub is_message: bool,
}

impl Attachment {
    pub(super) fn of(message: &[u8], index: usize, attached: &Attached<'_>) -> Self {
        let part = attached.part;
        let content_id = part.header.ids("Content-ID").into_iter().next().unwrap_or_default();
        let is_message = matches!(part.media_type.as_str(), "message/rfc822" | "message/global");
        let shown = attached.related || part.disposition == Disposition::Inline;
        Self {
            index,
            name: name(message, index, part),
            media_type: part.media_type.clone(),
            size_bytes: body::decoded_size(message, part),
            inline: shown && part.disposition != Disposition::Attachment && !content_id.is_empty(),
            content_id,
            content_location: part.header.text("Content-Location").unwrap_or_default(),
            is_message,
        }
    }
}

/// Returns the sender's name for a part, made safe as a file name, or one made from its type.
fn name(message: &[u8], index: usize, part: &Part) -> String {
    let given = safe(&part.file_name);
    if matches!(part.media_type.as_str(), "message/rfc822" | "message/global") {
        return message_name(message, part, &given);
    }
    match (given.is_empty(), part.media_type.as_str()) {
        (false, _) => given,
        (true, "text/calendar") => "meeting.ics".to_owned(),
        (true, media_type) => format!("attachment {}.{}", index + 1, extension(media_type)),
    }
}

/// Phones open an attached message only if its name ends in `.eml`.
fn message_name(message: &[u8], part: &Part, given: &str) -> String {
    if given.to_ascii_lowercase().ends_with(".eml") {
        return given.to_owned();
    }
    let subject = if given.is_empty() {
        let inner = body::decode(message, part);
        safe(&Header::split(&inner).text("Subject").unwrap_or_default())
    } else {
        given.to_owned()
    };
    if subject.is_empty() { "message.eml".to_owned() } else { format!("{subject}.eml") }
}

/// Returns a name without folders, line breaks and other control characters.
fn safe(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).find(|part| !part.trim().is_empty()).unwrap_or_default();
    let clean = last.chars().filter(|one| !one.is_control()).take(MAX_NAME_CHARS).collect::<String>();
    let clean = clean.trim();
    if clean.chars().all(|one| one == '.') { String::new() } else { clean.to_owned() }
}

fn extension(media_type: &str) -> &'static str {
    match media_type {
        "image/jpeg" => "jpg",
        "image/png" => "png",
        "image/gif" => "gif",
        "application/pdf" => "pdf",
        "application/pgp-signature" => "asc",
        "application/pkcs7-signature" | "application/x-pkcs7-signature" => "p7s",
        "application/pkcs7-mime" | "application/x-pkcs7-mime" => "p7m",
        "text/vcard" | "text/x-vcard" => "vcf",
        "text/plain" => "txt",
        "text/html" => "html",
        _ => "bin",
    }
}
