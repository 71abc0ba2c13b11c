//! The text of values: what is escaped, quoted and separated how.

use std::borrow::Cow;

/// What keeps a separator from separating.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Guard {
    Backslash,
    Quotes,
}

/// The parts of a value between separators.
pub(super) struct Splits<'a> {
    rest: Option<&'a str>,
    separator: u8,
    guard: Guard,
}

impl<'a> Splits<'a> {
    pub(super) const fn new(text: &'a str, separator: u8, guard: Guard) -> Self {
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

pub(super) fn unquote(raw: &str) -> Cow<'_, str> {
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
