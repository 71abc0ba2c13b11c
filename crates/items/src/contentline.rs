//! Content lines: the text form that vCard (RFC 6350) and iCalendar (RFC 5545) share.
//!
//! Reading is total and loses nothing: a [`Document`] knows the byte range of each line, so that an [`Editor`]
//! replaces the lines it was told to and copies every other byte as it stands.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use mail_parser::decoders::charsets::map::charset_decoder;

use crate::Trouble;

/// How deep components may lie in each other. What lies deeper is kept and not looked into.
pub const MAX_DEPTH: usize = 4;
/// How many lines that were not understood one document reports; the last one says that there are more.
pub const MAX_TROUBLES: usize = 1_000;
/// How many bytes a line that is written has at most, its line end not counted.
pub const MAX_FOLDED: usize = 75;

/// One content line: `group.NAME;PARAM=value:value`, unfolded.
#[derive(Debug, Clone)]
pub struct Line<'a> {
    number: usize,
    range: Range<usize>,
    text: Cow<'a, str>,
    name: Range<usize>,
    params: Range<usize>,
    transfer: Transfer,
}

/// Whether the text of a line is what stands there, or had to be decoded first (vCard 2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Transfer {
    Plain,
    Decoded,
}

impl Line<'_> {
    /// Returns the line's number in the document, from 1; a folded line has that of its first part.
    #[must_use]
    pub const fn number(&self) -> usize {
        self.number
    }

    /// Returns the bytes of the document that the line takes, its line end included.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        self.range.clone()
    }

    /// Returns the group before the name (`item1` in `item1.EMAIL`), or nothing.
    #[must_use]
    pub fn group(&self) -> Option<&str> {
        self.name.start.checked_sub(1).and_then(|end| self.text.get(..end))
    }

    /// Returns the name as it is written; compare with [`Line::is`].
    #[must_use]
    pub fn name(&self) -> &str {
        self.text.get(self.name.clone()).unwrap_or_default()
    }

    /// Returns whether the line has this name, in whatever case.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.name().eq_ignore_ascii_case(name)
    }

    /// Returns the value: unfolded, still escaped.
    #[must_use]
    pub fn value(&self) -> &str {
        self.text.get(self.params.end + 1..).unwrap_or_default()
    }

    /// Returns the value as plain text: unescaped.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        unescape(self.value())
    }

    /// Returns all parameters in order.
    pub fn params(&self) -> impl Iterator<Item = Param<'_>> {
        Splits::new(self.text.get(self.params.clone()).unwrap_or_default(), b';', Guard::Quotes)
            .filter(|raw| !raw.is_empty())
            .map(|raw| match raw.split_once('=') {
                Some((name, raw)) => Param { name, raw },
                None => Param { name: "", raw },
            })
    }

    /// Returns the first value of the parameter, quotes removed.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<Cow<'_, str>> {
        let raw = self.params().find(|param| param.is(name))?.raw;
        Splits::new(raw, b',', Guard::Quotes).next().map(unquote)
    }

    /// Returns whether `TYPE` holds this word, also in the bare form of vCard 2.1 (`TEL;HOME:`).
    #[must_use]
    pub fn has_type(&self, word: &str) -> bool {
        self.params().filter(|param| param.name.is_empty() || param.is("TYPE")).any(|param| {
            param.raw.split(',').any(|value| value.trim_matches(['"', ' ']).eq_ignore_ascii_case(word))
        })
    }

    /// Returns what stands before the value, the colon included, without what described its encoding.
    #[must_use]
    pub fn head(&self) -> String {
        self.head_without(&[])
    }

    /// Returns the same without the parameters of these names.
    #[must_use]
    pub fn head_without(&self, names: &[&str]) -> String {
        let mut head = self.text.get(..self.name.end).unwrap_or_default().to_owned();
        for param in self.params() {
            let described = self.transfer == Transfer::Decoded && param.describes_transfer();
            if described || names.iter().any(|name| param.is(name)) {
                continue;
            }
            head.push(';');
            if !param.name.is_empty() {
                head.push_str(param.name);
                head.push('=');
            }
            head.push_str(param.raw);
        }
        head.push(':');
        head
    }
}

/// One parameter of a line.
#[derive(Debug, Clone, Copy)]
pub struct Param<'l> {
    name: &'l str,
    raw: &'l str,
}

impl<'l> Param<'l> {
    /// Returns the name as written; empty in the bare form of vCard 2.1 (`TEL;HOME:`).
    #[must_use]
    pub const fn name(&self) -> &'l str {
        self.name
    }

    /// Returns everything after the `=`, quotes included.
    #[must_use]
    pub const fn raw(&self) -> &'l str {
        self.raw
    }

    /// Returns whether the parameter has this name, in whatever case.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// Returns the values between the commas, quotes removed.
    pub fn values(&self) -> impl Iterator<Item = Cow<'l, str>> {
        Splits::new(self.raw, b',', Guard::Quotes).map(unquote)
    }

    fn describes_transfer(&self) -> bool {
        self.is("CHARSET") || self.raw.eq_ignore_ascii_case(QUOTED_PRINTABLE)
    }
}

/// What stands between a `BEGIN` and its `END`.
#[derive(Debug, Clone)]
pub struct Component {
    name: String,
    parent: Option<usize>,
    lines: Vec<usize>,
    children: Vec<usize>,
    range: Range<usize>,
    properties_end: Option<usize>,
}

impl Component {
    /// Returns the name in upper case, `VEVENT`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the bytes it takes, from the start of `BEGIN` to the end of `END`.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        self.range.clone()
    }

    fn insert_at(&self) -> usize {
        self.properties_end.unwrap_or(self.range.end)
    }
}

/// A parsed text: its lines and the components they lie in.
#[derive(Debug, Clone)]
pub struct Document<'a> {
    source: &'a [u8],
    lines: Vec<Line<'a>>,
    components: Vec<Component>,
    troubles: Vec<Trouble>,
}

impl<'a> Document<'a> {
    /// Reads the text. Total: what is no content line is reported by [`Document::troubles`] and kept by an edit.
    #[must_use]
    pub fn parse(source: &'a [u8]) -> Self {
        let mut reader = Reader::new(source);
        let start = if source.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        let mut scanner = Scanner { source, at: start, number: 1 };
        while let Some(raw) = scanner.next_line() {
            reader.take(&raw);
        }
        reader.finish()
    }

    /// Returns the text the document was read from.
    #[must_use]
    pub const fn source(&self) -> &'a [u8] {
        self.source
    }

    /// Returns the components that lie in no other, in order.
    pub fn roots(&self) -> impl Iterator<Item = &Component> {
        self.components.iter().filter(|component| component.parent.is_none())
    }

    /// Returns the first component of this name that lies in no other.
    #[must_use]
    pub fn root(&self, name: &str) -> Option<&Component> {
        self.roots().find(|component| component.name.eq_ignore_ascii_case(name))
    }

    /// Returns every component, the outer before the inner, in order.
    pub fn components(&self) -> impl Iterator<Item = &Component> {
        self.components.iter()
    }

    /// Returns the components that lie directly in this one.
    pub fn children<'d>(&'d self, of: &'d Component) -> impl Iterator<Item = &'d Component> + use<'d, 'a> {
        of.children.iter().filter_map(|&index| self.components.get(index))
    }

    /// Returns the lines that lie directly in this component, without its `BEGIN` and `END`.
    pub fn lines<'d>(&'d self, of: &'d Component) -> impl Iterator<Item = &'d Line<'a>> + use<'d, 'a> {
        of.lines.iter().filter_map(|&index| self.lines.get(index))
    }

    /// Returns the component's lines of this name.
    pub fn named<'d>(
        &'d self,
        of: &'d Component,
        name: &'d str,
    ) -> impl Iterator<Item = &'d Line<'a>> + use<'d, 'a> {
        self.lines(of).filter(move |line| line.is(name))
    }

    /// Returns every line of the document, `BEGIN` and `END` included.
    #[must_use]
    pub fn all_lines(&self) -> &[Line<'a>] {
        &self.lines
    }

    /// Returns what was not understood, in order.
    #[must_use]
    pub fn troubles(&self) -> &[Trouble] {
        &self.troubles
    }

    /// Returns the line end that the document uses: that of its first line, CRLF when it has none.
    #[must_use]
    pub fn line_end(&self) -> &'static str {
        match self.source.iter().position(|&byte| byte == b'\n') {
            Some(at) if at == 0 || self.source.get(at - 1) != Some(&b'\r') => "\n",
            Some(_) | None => "\r\n",
        }
    }
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
        line.strip_suffix(b"\r").unwrap_or(line)
    }
}

/// Longest head of a line that is searched for the name of its encoding.
const MAX_SOFT_HEAD: usize = 1_024;
const QUOTED_PRINTABLE: &str = "QUOTED-PRINTABLE";

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
        let document = Document { source, lines: Vec::new(), components: Vec::new(), troubles: Vec::new() };
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

/// What keeps a separator from separating.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Guard {
    Backslash,
    Quotes,
}

/// The parts of a value between separators.
struct Splits<'a> {
    rest: Option<&'a str>,
    separator: u8,
    guard: Guard,
}

impl<'a> Splits<'a> {
    const fn new(text: &'a str, separator: u8, guard: Guard) -> Self {
        Self { rest: Some(text), separator, guard }
    }
}

impl<'a> Iterator for Splits<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let text = self.rest.take()?;
        let mut guarded = false;
        let end = text.bytes().position(|byte| match self.guard {
            Guard::Quotes => {
                guarded ^= byte == b'"';
                byte == self.separator && !guarded
            }
            Guard::Backslash => {
                let escaped = guarded;
                guarded = byte == b'\\' && !escaped;
                byte == self.separator && !escaped
            }
        });
        let Some(end) = end else { return Some(text) };
        self.rest = text.get(end + 1..);
        text.get(..end)
    }
}

/// Returns the parts of a structured value (`N`, `ADR`, `ORG`), still escaped.
pub fn parts(value: &str) -> impl Iterator<Item = &str> {
    Splits::new(value, b';', Guard::Backslash)
}

/// Returns the entries of a list value (`CATEGORIES`), still escaped.
pub fn entries(value: &str) -> impl Iterator<Item = &str> {
    Splits::new(value, b',', Guard::Backslash)
}

/// Returns a value with its escapes resolved; an escape that means nothing stays as it is.
#[must_use]
pub fn unescape(value: &str) -> Cow<'_, str> {
    if !value.contains('\\') {
        return Cow::Borrowed(value);
    }
    let mut text = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(char) = chars.next() {
        if char != '\\' {
            text.push(char);
            continue;
        }
        match chars.next() {
            Some('n' | 'N') => text.push('\n'),
            Some(plain @ ('\\' | ',' | ';' | ':' | '"')) => text.push(plain),
            Some(other) => text.extend(['\\', other]),
            None => text.push('\\'),
        }
    }
    Cow::Owned(text)
}

/// Returns a text as a value: escaped, line ends as `\n`, other control characters as spaces.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut value = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '\\' | ',' | ';' => value.extend(['\\', char]),
            '\r' | '\n' => {
                if char == '\r' && chars.peek() == Some(&'\n') {
                    chars.next();
                }
                value.push_str("\\n");
            }
            '\t' => value.push('\t'),
            control if control.is_control() => value.push(' '),
            plain => value.push(plain),
        }
    }
    value
}

/// Returns a parameter's value as it is written, in quotes where it needs them (RFC 6868).
#[must_use]
pub fn quote(value: &str) -> String {
    let mut written = String::with_capacity(value.len() + 2);
    for char in value.chars() {
        match char {
            '^' => written.push_str("^^"),
            '"' => written.push_str("^'"),
            '\n' => written.push_str("^n"),
            '\r' => {}
            control if control.is_control() => written.push(' '),
            plain => written.push(plain),
        }
    }
    if written.contains([':', ';', ',']) { format!("\"{written}\"") } else { written }
}

fn unquote(raw: &str) -> Cow<'_, str> {
    let bare = raw.strip_prefix('"').map_or(raw, |rest| rest.strip_suffix('"').unwrap_or(rest));
    if !bare.contains('^') {
        return Cow::Borrowed(bare);
    }
    let mut value = String::with_capacity(bare.len());
    let mut chars = bare.chars();
    while let Some(char) = chars.next() {
        if char != '^' {
            value.push(char);
            continue;
        }
        match chars.next() {
            Some('\'') => value.push('"'),
            Some('n') => value.push('\n'),
            Some('^') | None => value.push('^'),
            Some(other) => value.extend(['^', other]),
        }
    }
    Cow::Owned(value)
}

/// Writes a line in parts of at most [`MAX_FOLDED`] bytes, never inside a character.
pub fn fold(line: &str, line_end: &str, out: &mut Vec<u8>) {
    let mut rest = line;
    let mut room = MAX_FOLDED;
    while rest.len() > room {
        let (part, after) = rest.split_at(boundary(rest, room));
        out.extend_from_slice(part.as_bytes());
        out.extend_from_slice(line_end.as_bytes());
        out.push(b' ');
        rest = after;
        room = MAX_FOLDED - 1;
    }
    out.extend_from_slice(rest.as_bytes());
    out.extend_from_slice(line_end.as_bytes());
}

/// Returns the last place at or before `at` that is not inside a character.
#[must_use]
pub fn boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or_default()
}

/// Writes a new text, line by line.
#[derive(Debug, Clone, Default)]
pub struct Writer {
    out: Vec<u8>,
}

impl Writer {
    /// Returns a writer that has written nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self { out: Vec::new() }
    }

    /// Writes one line, folded; whoever calls has escaped its value.
    pub fn line(&mut self, line: &str) -> &mut Self {
        fold(line, "\r\n", &mut self.out);
        self
    }

    /// Returns what was written.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        self.out
    }
}

/// Collects changes to a document and writes it with them; every line they do not name stays byte for byte.
#[derive(Debug)]
pub struct Editor<'d> {
    source: &'d [u8],
    line_end: &'static str,
    replaced: BTreeMap<usize, (usize, Vec<u8>)>,
    inserted: BTreeMap<usize, Vec<u8>>,
}

impl<'d> Editor<'d> {
    /// Returns an editor that has changed nothing.
    #[must_use]
    pub fn new(document: &Document<'d>) -> Self {
        Self {
            source: document.source,
            line_end: document.line_end(),
            replaced: BTreeMap::new(),
            inserted: BTreeMap::new(),
        }
    }

    /// Puts a whole new line (unfolded, escaped) in the place of this one.
    pub fn replace(&mut self, line: &Line<'_>, with: &str) {
        let mut bytes = Vec::with_capacity(with.len() + 8);
        fold(with, self.line_end, &mut bytes);
        self.replaced.insert(line.range.start, (line.range.end, bytes));
    }

    /// Gives the line another value (escaped); its group, name and parameters stay.
    pub fn replace_value(&mut self, line: &Line<'_>, value: &str) {
        let mut with = line.head();
        with.push_str(value);
        self.replace(line, &with);
    }

    /// Takes the line out.
    pub fn remove(&mut self, line: &Line<'_>) {
        self.replaced.insert(line.range.start, (line.range.end, Vec::new()));
    }

    /// Takes a component out with all that is in it.
    pub fn remove_component(&mut self, component: &Component) {
        self.replaced.insert(component.range.start, (component.range.end, Vec::new()));
    }

    /// Adds a line (unfolded, escaped) behind this one.
    pub fn insert_after(&mut self, line: &Line<'_>, new: &str) {
        self.insert_at(line.range.end, new);
    }

    /// Adds a line (unfolded, escaped) behind the last line of the component and before the components in it.
    pub fn append(&mut self, to: &Component, new: &str) {
        self.insert_at(to.insert_at(), new);
    }

    /// Adds lines (unfolded, escaped) before a component, for one more of its kind.
    pub fn insert_before_component<'l>(
        &mut self,
        component: &Component,
        new: impl IntoIterator<Item = &'l str>,
    ) {
        for line in new {
            self.insert_at(component.range.start, line);
        }
    }

    /// Adds lines (unfolded, escaped) behind a component, for one more of its kind.
    pub fn insert_after_component<'l>(
        &mut self,
        component: &Component,
        new: impl IntoIterator<Item = &'l str>,
    ) {
        for line in new {
            self.insert_at(component.range.end, line);
        }
    }

    fn insert_at(&mut self, at: usize, new: &str) {
        fold(new, self.line_end, self.inserted.entry(at).or_default());
    }

    /// Returns whether no change was asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.replaced.is_empty() && self.inserted.is_empty()
    }

    /// Returns the text with the changes.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.source.len() + 256);
        let mut copied = 0;
        let mut inserted = self.inserted.into_iter().peekable();
        for (start, (end, bytes)) in self.replaced {
            // A line inside a component that was taken out is gone with it.
            if start < copied {
                continue;
            }
            while let Some((at, new)) = inserted.next_if(|(at, _)| *at <= start) {
                if at >= copied {
                    copy(self.source, copied..at, &mut out);
                    start_line(&mut out, self.line_end);
                    out.extend_from_slice(&new);
                    copied = at;
                }
            }
            copy(self.source, copied..start, &mut out);
            out.extend_from_slice(&bytes);
            copied = end;
        }
        for (at, new) in inserted.filter(|(at, _)| *at >= copied).collect::<Vec<_>>() {
            copy(self.source, copied..at, &mut out);
            start_line(&mut out, self.line_end);
            out.extend_from_slice(&new);
            copied = at;
        }
        copy(self.source, copied..self.source.len(), &mut out);
        out
    }
}

fn copy(source: &[u8], range: Range<usize>, out: &mut Vec<u8>) {
    out.extend_from_slice(source.get(range).unwrap_or_default());
}

/// Ends the last line where the text stops in the middle of one.
fn start_line(out: &mut Vec<u8>, line_end: &str) {
    if !matches!(out.last(), None | Some(b'\n')) {
        out.extend_from_slice(line_end.as_bytes());
    }
}

#[cfg(test)]
mod tests;
