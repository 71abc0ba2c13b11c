//! The header of a message as raw fields, so that what is not changed stays as it came.

use mail_builder::headers::Header as _;
use mail_builder::headers::address::Address as Mailbox;
use mail_builder::headers::text::Text;

use super::one_line;
use crate::message::{Address, body_start};

/// One field with its continuation lines and line ends.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Field {
    name: String,
    raw: Vec<u8>,
}

/// A header that can be written again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Head {
    fields: Vec<Field>,
}

/// Splits a message whose lines end with CRLF into its header and its body.
pub(super) fn split(message: &[u8]) -> (Head, &[u8]) {
    let (header, body) = message.split_at_checked(body_start(message)).unwrap_or((message, &[]));
    let mut head = Head::default();
    for line in header.split_inclusive(|byte| *byte == b'\n') {
        let text = line.trim_ascii_end();
        match (line.first(), text.iter().position(|byte| *byte == b':')) {
            (_, _) if text.is_empty() => {}
            (Some(b' ' | b'\t'), _) => {
                if let Some(field) = head.fields.last_mut() {
                    field.raw.extend_from_slice(line);
                }
            }
            (_, Some(colon)) => {
                let name = text.get(..colon).unwrap_or_default().trim_ascii_end();
                let name = String::from_utf8_lossy(name).into_owned();
                if name.bytes().all(|byte| byte.is_ascii_graphic()) {
                    head.fields.push(Field { name, raw: with_end(line) });
                }
            }
            (_, None) => {}
        }
    }
    (head, body)
}

/// A header that ends with the message may lack its last line end.
fn with_end(line: &[u8]) -> Vec<u8> {
    let mut line = line.to_vec();
    if !line.ends_with(b"\n") {
        line.extend_from_slice(b"\r\n");
    }
    line
}

impl Head {
    pub(super) fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|field| field.name.eq_ignore_ascii_case(name))
    }

    /// Takes every field of one of these names away.
    pub(super) fn remove(&mut self, names: &[&str]) {
        self.fields.retain(|field| !names.iter().any(|name| field.name.eq_ignore_ascii_case(name)));
    }

    /// Takes every field away whose name begins so.
    pub(super) fn remove_starting(&mut self, start: &str) {
        let begins = |name: &str| name.get(..start.len()).is_some_and(|own| own.eq_ignore_ascii_case(start));
        self.fields.retain(|field| !begins(&field.name));
    }

    /// Sets a field to addresses; none at all take it away.
    pub(super) fn set_addresses(&mut self, name: &str, addresses: &[Address]) {
        self.remove(&[name]);
        if addresses.is_empty() {
            return;
        }
        let mailbox = |one: &Address| {
            let label = Some(one_line(&one.name)).filter(|label| !label.trim().is_empty());
            Mailbox::new_address(label, one_line(&one.address))
        };
        let mut value = Vec::new();
        Mailbox::new_list(addresses.iter().map(mailbox).collect()).write_header(&mut value, name.len() + 2);
        self.push(name, value);
    }

    /// Sets a field to text, encoded where it is not ASCII.
    pub(super) fn set_text(&mut self, name: &str, text: &str) {
        self.remove(&[name]);
        let mut value = Vec::new();
        Text::new(one_line(text)).write_header(&mut value, name.len() + 2);
        self.push(name, value);
    }

    /// Sets a field to words that need no encoding: dates, ids, numbers.
    pub(super) fn set_plain(&mut self, name: &str, value: &str) {
        self.remove(&[name]);
        let plain: String = one_line(value).chars().filter(char::is_ascii).collect();
        self.push(name, format!("{plain}\r\n").into_bytes());
    }

    fn push(&mut self, name: &str, value: Vec<u8>) {
        let raw = [format!("{name}: ").into_bytes(), value].concat();
        self.fields.push(Field { name: name.to_owned(), raw });
    }

    /// Writes all fields, without the empty line that ends them.
    pub(super) fn write(&self) -> Vec<u8> {
        self.fields.iter().flat_map(|field| field.raw.iter().copied()).collect()
    }

    /// Writes all fields but those of one name.
    pub(super) fn write_without(&self, name: &str) -> Vec<u8> {
        let kept = self.fields.iter().filter(|field| !field.name.eq_ignore_ascii_case(name));
        kept.flat_map(|field| field.raw.iter().copied()).collect()
    }
}
