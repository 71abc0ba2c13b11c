//! The body of a message in the form a phone prefers: plain text, HTML or the whole message.

use items::message::{BodyKind, Message, with_crlf};
use wbxml::Element;
use wbxml::page::air_sync_base::{BODY, DATA, ESTIMATED_DATA_SIZE, PREVIEW, TRUNCATED, TYPE};

use crate::payload::{BodyPreference, BodyType, MimeSupport, Options};
use crate::request::Version;

/// A phone's wish where it names none: plain text, whole.
const PLAIN: BodyPreference =
    BodyPreference { kind: BodyType::Plain, truncation: None, all_or_none: false, preview: None };

/// Returns the body in the form that fits best; a form that would have to be cut is passed over where the
/// phone wants all of it or nothing, as long as another one is left.
pub(super) fn render(message: &Message, stored: &[u8], options: &Options) -> Element {
    let wishes = wishes(message, options);
    let mut last = None;
    for wish in wishes {
        let body = Data::of(message, stored, wish);
        if !(wish.all_or_none && body.is_cut()) {
            return body.element(message, options.version);
        }
        last = Some(body);
    }
    let body = last.unwrap_or_else(|| Data::of(message, stored, &PLAIN));
    body.element(message, options.version)
}

/// Returns the phone's preferences, the one that fits best first.
fn wishes<'a>(message: &Message, options: &'a Options) -> Vec<&'a BodyPreference> {
    let native = match message.body_kind {
        BodyKind::Plain => BodyType::Plain,
        BodyKind::Html => BodyType::Html,
    };
    let other = match message.body_kind {
        BodyKind::Plain => BodyType::Html,
        BodyKind::Html => BodyType::Plain,
    };
    let mime = wants_mime(message, options).then_some(BodyType::Mime);
    let order = mime.into_iter().chain([native, other]);
    order.filter_map(|kind| options.bodies.iter().find(|wish| wish.kind == kind)).collect()
}

/// Returns whether the body may be the message as it came.
pub(super) fn may_be_mime(message: &Message, options: &Options) -> bool {
    wishes(message, options).iter().any(|wish| wish.kind == BodyType::Mime)
}

/// Whether the phone wants the whole message. One that prefers it without saying for which messages, or that
/// takes nothing else, wants it of all: it would get no body otherwise.
fn wants_mime(message: &Message, options: &Options) -> bool {
    let readable = |wish: &BodyPreference| matches!(wish.kind, BodyType::Plain | BodyType::Html);
    match options.mime {
        MimeSupport::All | MimeSupport::Unsaid => true,
        MimeSupport::Smime => message.class.is_smime(),
        MimeSupport::Never => !options.bodies.iter().any(readable),
    }
}

/// A body, cut to what the phone wants.
struct Data<'a> {
    wish: &'a BodyPreference,
    /// Bytes of the whole body in this form.
    size_bytes: usize,
    bytes: Vec<u8>,
}

impl<'a> Data<'a> {
    fn of(message: &Message, stored: &[u8], wish: &'a BodyPreference) -> Self {
        let mut bytes = match wish.kind {
            BodyType::Plain | BodyType::Rtf => message.body_text().replace('\n', "\r\n").into_bytes(),
            BodyType::Html => message.body_as_html().into_bytes(),
            BodyType::Mime => with_crlf(stored).into_owned(),
        };
        let size_bytes = bytes.len();
        let limit = wish.truncation.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX);
        bytes.truncate(boundary(&bytes, limit));
        Self { wish, size_bytes, bytes }
    }

    fn is_cut(&self) -> bool {
        self.bytes.len() < self.size_bytes
    }

    fn element(self, message: &Message, version: Version) -> Element {
        let number = match self.wish.kind {
            BodyType::Plain | BodyType::Rtf => "1",
            BodyType::Html => "2",
            BodyType::Mime => "4",
        };
        let is_cut = self.is_cut();
        let mut body = Element::new(BODY)
            .with(Element::text(TYPE, number))
            .with(Element::text(ESTIMATED_DATA_SIZE, self.size_bytes.to_string()));
        if is_cut {
            // Windows Phone 8 does not understand a 0 here.
            body.push(Element::text(TRUNCATED, "1"));
        }
        let nothing = self.bytes.is_empty() || (is_cut && self.wish.all_or_none);
        if !nothing {
            body.push(match String::from_utf8(self.bytes) {
                Ok(text) if self.wish.kind != BodyType::Mime => Element::text(DATA, text),
                Ok(text) => Element::opaque(DATA, text),
                Err(error) => Element::opaque(DATA, error.into_bytes()),
            });
        }
        if let Some(chars) = self.wish.preview
            && version >= Version::V14_0
            && number != "1"
        {
            body.push(Element::text(PREVIEW, preview(message, chars)));
        }
        body
    }
}

/// Returns the last place at or before `limit` that is not inside a UTF-8 character.
fn boundary(bytes: &[u8], limit: usize) -> usize {
    let inside = |at: &usize| bytes.get(*at).is_some_and(|byte| byte & 0b1100_0000 == 0b1000_0000);
    let limit = limit.min(bytes.len());
    // A character has at most four bytes; bytes that are no UTF-8 are cut where they are.
    (limit.saturating_sub(3)..=limit).rev().find(|at| !inside(at)).unwrap_or(limit)
}

/// Returns the beginning of the text on one line.
fn preview(message: &Message, chars: usize) -> String {
    let text = message.body_text();
    let words = text.split_whitespace().flat_map(|word| [" ", word]).skip(1);
    words.flat_map(str::chars).take(chars).collect()
}
