//! Reading: physical lines to logical lines to components.

use std::borrow::Cow;
use std::ops::Range;

use mail_parser::decoders::charsets::map::charset_decoder;

use super::{Component, Document, Line, MAX_DEPTH, MAX_TROUBLES, QUOTED_PRINTABLE, Transfer};
use crate::Trouble;

/// Reads a whole text.
pub(super) fn document(source: &[u8]) -> Document<'_> {
    let mut reader = Reader::new(source);
    let start = if source.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let mut scanner = Scanner { source, at: start, number: 1 };
    while let Some(raw) = scanner.next_line() {
        reader.take(&raw);
    }
    reader.finish()
}

/// A logical line before it is taken apart.
struct Raw<'a> {
    number: usize,
    range: Range<usize>,
    bytes: Cow<'a, [u8]>,
}

/// Walks over the bytes and puts folded lines together.
struct Scanner<'a> {
    source: &'a [u8],
    at: usize,
    number: usize,
}

impl<'a> Scanner<'a> {
    fn next_line(&mut self) -> Option<Raw<'a>> {
        if self.at >= self.source.len() {
            return None;
        }
        let (start, number) = (self.at, self.number);
        let mut bytes = Cow::Borrowed(self.physical());
        loop {
            if matches!(self.source.get(self.at), Some(b' ' | b'\t')) {
                let more = self.physical();
                bytes.to_mut().extend_from_slice(more.get(1..).unwrap_or_default());
            } else if self.at < self.source.len() && ends_softly(&bytes) {
                let more = self.physical();
                let joined = bytes.to_mut();
                joined.pop();
                joined.extend_from_slice(more);
            } else {
                return Some(Raw { number, range: start..self.at, bytes });
            }
        }
    }

    /// Takes one line as it stands in the file, without its line end.
    fn physical(&mut self) -> &'a [u8] {
        let rest = self.source.get(self.at..).unwrap_or_default();
        let (line, taken) = match rest.iter().position(|&byte| byte == b'\n') {
            Some(end) => (rest.get(..end).unwrap_or_default(), end + 1),
            None => (rest, rest.len()),
        };
        self.at += taken;
        self.number += 1;
        // Line ends that were converted twice have more than one.
        let end = line.iter().rposition(|&byte| byte != b'\r').map_or(0, |last| last + 1);
        line.get(..end).unwrap_or_default()
    }
}

/// Longest head of a line that is searched for the name of its encoding.
const MAX_SOFT_HEAD: usize = 1_024;

/// Returns whether a quoted-printable line goes on in the next one.
fn ends_softly(line: &[u8]) -> bool {
    line.ends_with(b"=") && is_quoted_printable(line)
}

fn is_quoted_printable(line: &[u8]) -> bool {
    let head = line.get(..MAX_SOFT_HEAD).unwrap_or(line);
    let head = head.split(|&byte| byte == b':').next().unwrap_or_default();
    head.windows(QUOTED_PRINTABLE.len()).any(|word| word.eq_ignore_ascii_case(QUOTED_PRINTABLE.as_bytes()))
}

/// Puts lines into components.
struct Reader<'a> {
    document: Document<'a>,
    open: Vec<usize>,
    too_deep: usize,
}

impl<'a> Reader<'a> {
    const fn new(source: &'a [u8]) -> Self {
        let document = Document {
            source,
            lines: Vec::new(),
            components: Vec::new(),
            troubles: Vec::new(),
            is_too_deep: false,
        };
        Self { document, open: Vec::new(), too_deep: 0 }
    }

    fn take(&mut self, raw: &Raw<'a>) {
        if raw.bytes.iter().all(u8::is_ascii_whitespace) {
            return;
        }
        let Some(line) = parse_line(raw) else {
            self.trouble(raw.number, "not of the form NAME:value");
            return;
        };
        if line.is("BEGIN") {
            self.begin(&line);
        } else if line.is("END") {
            self.end(&line);
        } else if self.too_deep == 0 {
            match self.open.last().and_then(|&index| self.document.components.get_mut(index)) {
                Some(component) => component.lines.push(self.document.lines.len()),
                None => self.trouble(raw.number, "outside of any component"),
            }
        }
        self.document.lines.push(line);
    }

    fn begin(&mut self, line: &Line<'_>) {
        if self.open.len() >= MAX_DEPTH {
            if self.too_deep == 0 {
                self.trouble(line.number, "components lie too deep in each other");
            }
            self.document.is_too_deep = true;
            self.too_deep += 1;
            return;
        }
        let parent = self.open.last().copied();
        let index = self.document.components.len();
        if let Some(outer) = parent.and_then(|parent| self.document.components.get_mut(parent)) {
            outer.children.push(index);
            outer.properties_end.get_or_insert(line.range.start);
        }
        self.document.components.push(Component {
            name: line.value().trim().to_ascii_uppercase(),
            parent,
            lines: Vec::new(),
            children: Vec::new(),
            range: line.range(),
            properties_end: None,
        });
        self.open.push(index);
    }

    /// Closes the component of this name, and with it those inside it whose `END` is missing.
    fn end(&mut self, line: &Line<'_>) {
        if self.too_deep > 0 {
            self.too_deep -= 1;
            return;
        }
        let name = line.value().trim();
        let is_it = |&index: &usize| {
            self.document.components.get(index).is_some_and(|open| open.name.eq_ignore_ascii_case(name))
        };
        let Some(depth) = self.open.iter().rposition(is_it) else {
            self.trouble(line.number, "END without its BEGIN");
            return;
        };
        for inner in self.open.split_off(depth + 1) {
            self.close(inner, line.range.start, line.range.start);
            self.trouble(line.number, "END of an inner component is missing");
        }
        if let Some(index) = self.open.pop() {
            self.close(index, line.range.start, line.range.end);
        }
    }

    fn close(&mut self, index: usize, properties_end: usize, end: usize) {
        if let Some(component) = self.document.components.get_mut(index) {
            component.properties_end.get_or_insert(properties_end);
            component.range.end = end;
        }
    }

    fn finish(mut self) -> Document<'a> {
        let end = self.document.source.len();
        let last = self.document.lines.last().map_or(1, Line::number);
        for index in std::mem::take(&mut self.open) {
            self.close(index, end, end);
            self.trouble(last, "END is missing");
        }
        self.document
    }

    fn trouble(&mut self, line: usize, what: &str) {
        match self.document.troubles.len() {
            count if count + 1 < MAX_TROUBLES => {
                self.document.troubles.push(Trouble { line, what: what.to_owned() });
            }
            count if count < MAX_TROUBLES => {
                self.document.troubles.push(Trouble { line, what: "and further lines".to_owned() });
            }
            _ => {}
        }
    }
}

fn parse_line<'a>(raw: &Raw<'a>) -> Option<Line<'a>> {
    let (text, transfer) = decode(&raw.bytes);
    let (name, params) = head_of(text.as_bytes())?;
    Some(Line { number: raw.number, range: raw.range.clone(), text, name, params, transfer })
}

/// Returns where the name and the parameters stand, or `None` where there is no well-formed head.
fn head_of(text: &[u8]) -> Option<(Range<usize>, Range<usize>)> {
    let name_end = text.iter().position(|byte| matches!(byte, b';' | b':'))?;
    let head = text.get(..name_end)?;
    let group_end = head.iter().position(|&byte| byte == b'.').map_or(0, |dot| dot + 1);
    let name = group_end..name_end;
    let well_formed = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'/');
    let written = text.get(name.clone())?;
    if written.is_empty() || !written.iter().all(well_formed) {
        return None;
    }
    let rest = text.get(name_end..)?;
    let mut quoted = false;
    let colon = rest.iter().position(|&byte| {
        quoted ^= byte == b'"';
        byte == b':' && !quoted
    });
    // A quote that is never closed is taken for an ordinary character.
    let colon = colon.or_else(|| rest.iter().position(|&byte| byte == b':'))?;
    Some((name, name_end..name_end + colon))
}

/// Turns the bytes of a line into text, with the encodings of vCard 2.1 taken off.
fn decode<'a>(bytes: &Cow<'a, [u8]>) -> (Cow<'a, str>, Transfer) {
    if is_quoted_printable(bytes) {
        return (Cow::Owned(decode_quoted_printable(bytes)), Transfer::Decoded);
    }
    let borrowed = match bytes {
        Cow::Borrowed(bytes) => std::str::from_utf8(bytes).map(Cow::Borrowed),
        Cow::Owned(bytes) => std::str::from_utf8(bytes).map(|text| Cow::Owned(text.to_owned())),
    };
    match borrowed {
        Ok(text) => (text, Transfer::Plain),
        Err(_) => (Cow::Owned(decode_charset(bytes, bytes)), Transfer::Decoded),
    }
}

fn decode_quoted_printable(bytes: &[u8]) -> String {
    let colon = bytes.iter().position(|&byte| byte == b':').unwrap_or(bytes.len());
    let (head, value) = bytes.split_at_checked(colon).unwrap_or((bytes, &[]));
    let mut plain = Vec::with_capacity(value.len());
    let mut rest = value;
    while let Some((&byte, after)) = rest.split_first() {
        let pair = after.split_at_checked(2).filter(|_| byte == b'=');
        let (byte, after) =
            pair.and_then(|(digits, after)| Some((hex(digits)?, after))).unwrap_or((byte, after));
        plain.push(byte);
        rest = after;
    }
    let mut text = String::from_utf8_lossy(head).into_owned();
    text.push_str(&decode_charset(bytes, &plain));
    text
}

fn hex(digits: &[u8]) -> Option<u8> {
    u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

/// Returns the text in UTF-8 where it is that, else in the charset that the line's head names.
fn decode_charset(line: &[u8], value: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(value) {
        return text.to_owned();
    }
    let head = line.split(|&byte| byte == b':').next().unwrap_or_default();
    let named = head.split(|&byte| byte == b';').find_map(|param| {
        let (name, charset) = param.split_at_checked(8)?;
        name.eq_ignore_ascii_case(b"CHARSET=").then_some(charset)
    });
    match named.and_then(charset_decoder) {
        Some(decoder) => decoder(value),
        None => String::from_utf8_lossy(value).into_owned(),
    }
}
