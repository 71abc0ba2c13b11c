//! Header fields of a message or of a part: splitting them off, and reading their values.
//!
//! Splitting is done here because it must be bounded and must never lose the body; values are read by
//! `mail-parser`.

use jiff::Timestamp;
use mail_parser::parsers::MessageStream;
use mail_parser::{DateTime, HeaderValue};

use super::address::Address;
use crate::contentline::boundary;

/// Header lines that are read, continuation lines included; later ones are skipped, the body is kept.
pub const MAX_HEADER_LINES: usize = 1_000;
/// Bytes of header that are read; later fields are skipped, the body is kept.
pub const MAX_HEADER_BYTES: usize = 256 * 1024;
/// Bytes of one structured value (`Content-Type` and the like) that are read.
const MAX_PARAMETER_BYTES: usize = 16 * 1024;

/// One header field, unfolded and as UTF-8.
#[derive(Debug, Clone)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) value: String,
}

/// The header of a message or of a part.
#[derive(Debug, Default)]
pub(super) struct Header {
    fields: Vec<Field>,
    /// Where the body starts, in bytes from the start of the header.
    pub(super) body_at: usize,
    /// Whether a limit cut the header short.
    pub(super) cut: bool,
    /// Where the header ended without an empty line, if it did.
    pub(super) broken_at: Option<usize>,
}

/// What one line of a header is.
enum Line<'a> {
    End,
    Continuation,
    Field(&'a [u8], &'a [u8]),
    Separator,
    Text,
}

impl Header {
    /// Splits the header off `bytes`. A line that is no field ends it, and belongs to the body.
    pub(super) fn split(bytes: &[u8]) -> Self {
        let mut header = Self::default();
        let mut raw: Vec<(String, Vec<u8>)> = Vec::new();
        let (mut at, mut lines) = (0, 0);
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            let content = trim_line_end(line);
            lines += 1;
            let over = lines > MAX_HEADER_LINES || at + line.len() > MAX_HEADER_BYTES;
            match classify(content, at) {
                Line::End => {
                    at += line.len();
                    break;
                }
                Line::Text => {
                    header.broken_at = Some(at);
                    break;
                }
                Line::Separator => {}
                Line::Continuation | Line::Field(..) if over => header.cut = true,
                Line::Continuation => {
                    if let Some((_, value)) = raw.last_mut() {
                        value.extend_from_slice(content);
                    }
                }
                Line::Field(name, value) => {
                    raw.push((String::from_utf8_lossy(name).into_owned(), value.to_vec()));
                }
            }
            at += line.len();
        }
        header.body_at = at;
        header.fields = raw.into_iter().map(|(name, value)| Field { name, value: utf8(&value) }).collect();
        header
    }

    /// Returns all fields in the order they came.
    pub(super) fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// Returns the unfolded value of the first field called `name`.
    pub(super) fn first(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|field| field.name.eq_ignore_ascii_case(name))
            .map(|field| field.value.as_str())
    }

    /// Returns the first field called `name` as text, encoded words decoded.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.first(name).map(decode_text).filter(|text| !text.is_empty())
    }

    /// Returns the addresses of every field called `name`, at most `limit`.
    pub(super) fn addresses(&self, name: &str, limit: usize) -> Vec<Address> {
        let named = self.fields.iter().filter(|field| field.name.eq_ignore_ascii_case(name));
        named.flat_map(|field| decode_addresses(&field.value, limit)).take(limit).collect()
    }

    /// Returns the message ids of the first field called `name`, without their angle brackets.
    pub(super) fn ids(&self, name: &str) -> Vec<String> {
        match self.first(name).map(|value| read(value, Form::Ids)) {
            Some(HeaderValue::Text(id)) => vec![id.into_owned()],
            Some(HeaderValue::TextList(ids)) => ids.into_iter().map(std::borrow::Cow::into_owned).collect(),
            Some(
                HeaderValue::Address(_)
                | HeaderValue::DateTime(_)
                | HeaderValue::ContentType(_)
                | HeaderValue::Received(_)
                | HeaderValue::Empty,
            )
            | None => Vec::new(),
        }
    }

    /// Returns the first field called `name` as an instant; of a trace field, the one after its last
    /// semicolon.
    pub(super) fn date(&self, name: &str) -> Option<Timestamp> {
        let value = self.first(name)?;
        let text = value.rsplit_once(';').map_or(value, |(_, date)| date);
        let date = DateTime::parse_rfc822(&format!("{text}\n")).filter(DateTime::is_valid)?;
        Timestamp::from_second(date.to_timestamp()).ok()
    }

    /// Returns the first field called `name` as a value with parameters.
    pub(super) fn parameters(&self, name: &str) -> Option<Parameters> {
        let value = self.first(name)?;
        let value = value.get(..boundary(value, MAX_PARAMETER_BYTES)).unwrap_or_default();
        let HeaderValue::ContentType(parsed) = read(value, Form::Parameters) else {
            return None;
        };
        let main = match parsed.subtype() {
            Some(subtype) => format!("{}/{subtype}", parsed.ctype()),
            None => parsed.ctype().to_owned(),
        };
        let named = parsed.attributes().unwrap_or_default().iter();
        let named = named.map(|one| (one.name.to_ascii_lowercase(), one.value.to_string())).collect();
        Some(Parameters { main: main.to_ascii_lowercase(), named })
    }
}

/// A value with parameters: `text/plain; charset=utf-8`.
#[derive(Debug)]
pub(super) struct Parameters {
    /// The part before the first semicolon, in lower case.
    pub(super) main: String,
    named: Vec<(String, String)>,
}

impl Parameters {
    /// Returns the parameter called `name` (lower case).
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.named.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

/// Returns `bytes` without the line end they end with.
pub(super) fn trim_line_end(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}

/// Returns `value` with its encoded words decoded and its outer space gone.
pub(super) fn decode_text(value: &str) -> String {
    match read(value, Form::Text) {
        HeaderValue::Text(text) => text.replace('\0', "\u{FFFD}").trim().to_owned(),
        HeaderValue::TextList(_)
        | HeaderValue::Address(_)
        | HeaderValue::DateTime(_)
        | HeaderValue::ContentType(_)
        | HeaderValue::Received(_)
        | HeaderValue::Empty => String::new(),
    }
}

fn decode_addresses(value: &str, limit: usize) -> Vec<Address> {
    let HeaderValue::Address(parsed) = read(value, Form::Addresses) else {
        return Vec::new();
    };
    let clean = |text: Option<&str>| text.unwrap_or_default().replace('\0', "\u{FFFD}").trim().to_owned();
    let listed = parsed.iter().take(limit);
    listed.map(|one| Address { name: clean(one.name()), address: clean(one.address()) }).collect()
}

/// What a value is made of.
#[derive(Clone, Copy)]
enum Form {
    Text,
    Addresses,
    Ids,
    Parameters,
}

/// Reads an unfolded value with the parser of its form, which wants a line end.
fn read(value: &str, form: Form) -> HeaderValue<'static> {
    let line = format!("{value}\n");
    let mut stream = MessageStream::new(line.as_bytes());
    let read = match form {
        Form::Text => stream.parse_unstructured(),
        Form::Addresses => stream.parse_address(),
        Form::Ids => stream.parse_id(),
        Form::Parameters => stream.parse_content_type(),
    };
    read.into_owned()
}

fn classify(content: &[u8], at: usize) -> Line<'_> {
    match content.first() {
        None => Line::End,
        Some(b' ' | b'\t') if at > 0 => Line::Continuation,
        Some(_) if at == 0 && (content.starts_with(b"From ") || content.starts_with(b">From ")) => {
            Line::Separator
        }
        Some(_) => field(content).map_or(Line::Text, |(name, value)| Line::Field(name, value)),
    }
}

/// Splits `Name: value`; a name is printable ASCII without spaces (some senders put one before the colon).
fn field(content: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = content.iter().position(|byte| *byte == b':')?;
    let name = content.get(..colon)?.trim_ascii_end();
    let value = content.get(colon + 1..)?;
    (!name.is_empty() && name.iter().all(u8::is_ascii_graphic)).then_some((name, value))
}

/// Returns a raw value as text: UTF-8 where it is, else Windows-1252, which is what old senders mean.
fn utf8(value: &[u8]) -> String {
    let text = match std::str::from_utf8(value) {
        Ok(text) => text.to_owned(),
        Err(_) => super::body::decode_charset(value, Some("windows-1252")),
    };
    text.trim().to_owned()
}
