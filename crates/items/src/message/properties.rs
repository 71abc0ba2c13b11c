//! A message as named properties, for notices.

use std::collections::BTreeMap;

use super::structure::Structure;
use super::{Importance, Message};
use crate::{Property, Sensitivity, label, size};

/// Characters of the text that a notice shows; the message itself is attached to it.
const MAX_SHOWN_CHARS: usize = 2_000;
/// Header fields that the view shows in its own words, or that only describe how the text is encoded.
const READ: [&str; 19] = [
    "From",
    "Sender",
    "Reply-To",
    "To",
    "Cc",
    "Bcc",
    "Subject",
    "Date",
    "Received",
    "Message-ID",
    "Importance",
    "X-Priority",
    "Priority",
    "X-MSMail-Priority",
    "Sensitivity",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
    "Content-Disposition",
];

/// Returns a message's properties, sorted; header fields that the view does not read stand under their own
/// name.
#[must_use]
pub fn properties(stored: &[u8]) -> Vec<Property> {
    let message = Message::parse(stored);
    let mut found = known(&message);
    found.retain(|property| !property.value.is_empty());
    found.extend(unknown(stored));
    found.sort();
    found
}

fn known(message: &Message) -> Vec<Property> {
    let time = message.date_received().map(|time| time.to_string()).unwrap_or_default();
    let attached = message.attachments.iter().map(|one| {
        let size = size(one.size_bytes);
        format!("{} ({}, {size})", one.name, one.media_type)
    });
    vec![
        Property::of("From", message.from.display()),
        Property::of("Sender", message.sender.display()),
        Property::of("ReplyTo", message.reply_to.display()),
        Property::of("To", message.to.display()),
        Property::of("Cc", message.cc.display()),
        Property::of("Bcc", message.bcc.display()),
        Property::of("Subject", message.subject.as_str()),
        Property::of("DateReceived", time),
        Property::of("InternetMessageId", message.message_id.clone().unwrap_or_default()),
        Property::of("Importance", importance(message.importance)),
        Property::of("Sensitivity", sensitivity(message.sensitivity)),
        Property::of("Body", shown(&message.body_text())),
        Property::of("Attachments", attached.collect::<Vec<_>>().join(", ")),
    ]
}

/// Returns the header fields that the view does not read; one property per name.
fn unknown(stored: &[u8]) -> Vec<Property> {
    let structure = Structure::parse(stored);
    let mut named: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for field in structure.root.header.fields() {
        if !READ.iter().any(|name| field.name.eq_ignore_ascii_case(name)) {
            named.entry(label(&field.name)).or_default().push(super::header::decode_text(&field.value));
        }
    }
    named.into_iter().map(|(name, values)| Property { name, value: values.join("\n") }).collect()
}

fn importance(importance: Importance) -> &'static str {
    match importance {
        Importance::Low => "low",
        Importance::Normal => "",
        Importance::High => "high",
    }
}

fn sensitivity(sensitivity: Sensitivity) -> &'static str {
    match sensitivity {
        Sensitivity::Normal => "",
        Sensitivity::Personal => "personal",
        Sensitivity::Private => "private",
        Sensitivity::Confidential => "confidential",
    }
}

/// Returns the text, or its beginning and its size.
fn shown(text: &str) -> String {
    let text = text.trim_end();
    match text.char_indices().nth(MAX_SHOWN_CHARS) {
        None => text.to_owned(),
        Some((at, _)) => format!("{} … ({})", text.get(..at).unwrap_or_default(), size(text.len())),
    }
}
