//! Messages: what a phone is shown of them, and what it may change. [MS-ASEMAIL]
//!
//! A message that invites to a meeting says so, and phones offer to accept it; its calendar part is no file then.

mod body;
mod draft;
mod marks;
mod meeting;
#[cfg(test)]
mod tests;

use engine::{FolderId, Uid};
use items::Marks;
use items::message::{Address, AddressList, Attachment, BodyKind, Class, Cuts, Message};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use wbxml::page::{air_sync_base, email, email2};
use wbxml::{Element, Tag};

pub use draft::{is_draft, parse as parse_draft};
pub use marks::{Seen, parse, render_read};

use crate::file_reference::FileReference;
use crate::payload::Options;
use crate::payload::date::dashed;
use crate::request::Version;

/// Characters of a list of addresses, or of one name, that are sent. [MS-ASEMAIL 2.2.2.79]
const MAX_CHARS: usize = 32_768;
/// The code page of every text that is sent: UTF-8.
const UTF8_CODE_PAGE: &str = "65001";
/// Bytes of a conversation's id.
const CONVERSATION_ID_BYTES: usize = 16;

/// A message and all that is known of it beside its text.
#[derive(Debug, Clone, Copy)]
pub struct Mail<'a> {
    /// Its folder.
    pub folder: FolderId,
    /// Itself.
    pub uid: Uid,
    /// Its text, or its outline.
    pub stored: &'a [u8],
    /// What is missing in the outline.
    pub cuts: Option<&'a Cuts>,
    /// What everybody sees on it.
    pub marks: &'a Marks,
    /// Whether this user has seen it.
    pub seen: Seen,
    /// When it came here; shown where the text does not say when it was received.
    pub created_at: Timestamp,
}

/// Returns everything a phone is shown of a message.
#[must_use]
pub fn render(mail: &Mail<'_>, options: &Options) -> Vec<Element> {
    let message = read(mail.stored, mail.cuts);
    let version = options.version;
    let mut elements = addresses(&message, version);
    elements.extend(header(&message, mail));
    if message.draft && version >= Version::V16_0 {
        elements.extend(not_empty(email2::BCC, message.bcc.joined(", ", MAX_CHARS)));
        elements.push(Element::text(email2::IS_DRAFT, "1"));
    }
    elements.extend(attachments(&message, mail));
    elements.push(body::render(&message, mail.stored, options));
    let told = meeting::told(&message);
    let class =
        if message.class.is_meeting() && told.is_none() { answer_class(&message) } else { message.class };
    elements.push(Element::text(email::MESSAGE_CLASS, class.as_str()));
    elements.extend(told.as_ref().map(|told| meeting::render(told, options)));
    elements.push(Element::text(email::INTERNET_CPID, UTF8_CODE_PAGE));
    elements.push(marks::flag(&mail.marks.flag));
    let content = if class.is_meeting() { "calendarmessage" } else { "message" };
    elements.push(Element::text(email::CONTENT_CLASS, format!("urn:content-classes:{content}")));
    elements.push(Element::text(
        air_sync_base::NATIVE_BODY_TYPE,
        match message.body_kind {
            BodyKind::Plain => "1",
            BodyKind::Html => "2",
        },
    ));
    elements.extend(marks::categories(mail.marks, version));
    if version >= Version::V14_0 {
        elements.extend(conversation(&message, mail));
        elements.extend(last_verb(mail.marks));
    }
    elements
}

/// Reads a message, of a large one its outline.
pub(crate) fn read(stored: &[u8], cuts: Option<&Cuts>) -> Message {
    cuts.map_or_else(|| Message::parse(stored), |cuts| Message::outlined(stored, cuts))
}

/// Returns whether a phone with these options is sent a message as it came, for which its outline is not enough.
#[must_use]
pub fn goes_whole(outline: &[u8], cuts: &Cuts, options: &Options) -> bool {
    body::may_be_mime(&read(outline, Some(cuts)), options)
}

/// Returns what is sent of a message whose marks changed: `Read`, `Flag` and, since 14.0, `Categories`.
#[must_use]
pub fn render_marks(mail: &Mail<'_>, options: &Options) -> Vec<Element> {
    let mut elements = vec![render_read(mail.seen), marks::flag(&mail.marks.flag)];
    elements.extend(marks::categories(mail.marks, options.version));
    elements
}

fn addresses(message: &Message, version: Version) -> Vec<Element> {
    let joined = |list: &AddressList, separator| list.joined(separator, MAX_CHARS);
    // Whoever sent it for the author: said only where it is somebody else.
    let other =
        |one: &Address| !message.from.0.iter().any(|from| from.address.eq_ignore_ascii_case(&one.address));
    let sender = message.sender.0.first().filter(|one| version >= Version::V14_0 && other(one));
    let named = [
        (email::TO, joined(&message.to, ", ")),
        (email::CC, joined(&message.cc, ", ")),
        (email::FROM, joined(&message.from, ", ")),
        (email2::SENDER, sender.map(Address::to_string).unwrap_or_default()),
        (email::REPLY_TO, joined(&message.reply_to, ";")),
        (email::SUBJECT, message.subject.clone()),
        (email::DISPLAY_TO, message.to.labels(";", MAX_CHARS)),
        (email::THREAD_TOPIC, message.thread_topic().to_owned()),
    ];
    named.into_iter().filter_map(|(tag, text)| not_empty(tag, text)).collect()
}

fn header(message: &Message, mail: &Mail<'_>) -> Vec<Element> {
    vec![
        Element::text(email::DATE_RECEIVED, dashed(received(message, mail))),
        Element::text(email::IMPORTANCE, message.importance.number().to_string()),
        render_read(mail.seen),
    ]
}

fn attachments(message: &Message, mail: &Mail<'_>) -> Option<Element> {
    // What a meeting says of itself is told apart.
    let told = |one: &&Attachment| message.class.is_meeting() && one.media_type == "text/calendar";
    let all = message.attachments.iter().filter(|one| !told(one)).map(|one| attachment(one, mail));
    let element = all.fold(Element::new(air_sync_base::ATTACHMENTS), Element::with);
    (!element.is_empty()).then_some(element)
}

fn attachment(one: &Attachment, mail: &Mail<'_>) -> Element {
    let reference = FileReference { folder: mail.folder, uid: mail.uid, index: one.index };
    let mut element = Element::new(air_sync_base::ATTACHMENT)
        .with(Element::text(air_sync_base::DISPLAY_NAME, &one.name))
        .with(Element::text(air_sync_base::FILE_REFERENCE, reference.to_string()))
        .with(Element::text(air_sync_base::METHOD, if one.is_message { "5" } else { "1" }))
        .with(Element::text(air_sync_base::ESTIMATED_DATA_SIZE, one.size_bytes.to_string()));
    let named = [
        (air_sync_base::CONTENT_ID, &one.content_id),
        (air_sync_base::CONTENT_LOCATION, &one.content_location),
    ];
    for child in named.into_iter().filter_map(|(tag, text)| not_empty(tag, text.clone())) {
        element.push(child);
    }
    if one.inline {
        element.push(Element::text(air_sync_base::IS_INLINE, "1"));
    }
    element
}

/// Returns the class of a message about a meeting that tells nothing of it: what somebody answered, or an ordinary
/// message.
const fn answer_class(message: &Message) -> Class {
    match message.class {
        Class::MeetingAccepted | Class::MeetingTentative | Class::MeetingDeclined => message.class,
        Class::Note
        | Class::Smime
        | Class::SmimeMultipartSigned
        | Class::MeetingRequest
        | Class::MeetingCanceled
        | Class::NotDelivered
        | Class::Delivered
        | Class::Read
        | Class::NotRead => Class::Note,
    }
}

/// Returns the name of the conversation a message belongs to; without a Message-ID there is none.
#[must_use]
pub fn conversation_id(message: &Message) -> Option<Vec<u8>> {
    let root = message.thread_root.as_ref()?;
    Some(Sha256::digest(root.as_bytes()).iter().copied().take(CONVERSATION_ID_BYTES).collect())
}

/// Returns what puts messages into conversations; without a Message-ID there is nothing to say.
fn conversation(message: &Message, mail: &Mail<'_>) -> Vec<Element> {
    let Some(id) = conversation_id(message) else { return Vec::new() };
    let mut elements = vec![Element::opaque(email2::CONVERSATION_ID, id)];
    if let Some(index) = conversation_index(received(message, mail)) {
        elements.push(Element::opaque(email2::CONVERSATION_INDEX, index));
    }
    elements
}

/// Returns bytes 1 to 5 of the time as FILETIME (100 ns since 1601, 8 bytes, highest first); `None` before
/// 1601.
fn conversation_index(time: Timestamp) -> Option<[u8; 5]> {
    const SECONDS_FROM_1601_TO_1970: i64 = 11_644_473_600;
    let seconds = u64::try_from(time.as_second().checked_add(SECONDS_FROM_1601_TO_1970)?).ok()?;
    let [_, one, two, three, four, five, ..] = seconds.checked_mul(10_000_000)?.to_be_bytes();
    Some([one, two, three, four, five])
}

fn last_verb(marks: &Marks) -> Vec<Element> {
    let both = |(verb, at): (items::marks::Verb, Timestamp)| {
        [
            Element::text(email2::LAST_VERB_EXECUTED, verb.number().to_string()),
            Element::text(email2::LAST_VERB_EXECUTION_TIME, dashed(at)),
        ]
    };
    marks.last_verb.map(both).into_iter().flatten().collect()
}

fn received(message: &Message, mail: &Mail<'_>) -> Timestamp {
    message.date_received().unwrap_or(mail.created_at)
}

fn not_empty(tag: Tag, text: String) -> Option<Element> {
    (!text.is_empty()).then(|| Element::text(tag, text))
}
