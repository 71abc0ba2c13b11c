//! Content lines: the text form that vCard (RFC 6350) and iCalendar (RFC 5545) share.
//!
//! Reading is total and loses nothing: a [`Document`] knows the byte range of each line, so that an [`Editor`]
//! replaces the lines it was told to and copies every other byte as it stands.

mod edit;
mod read;
mod text;

use std::borrow::Cow;
use std::ops::Range;

pub use edit::{Editor, Writer, boundary, fold};
pub use text::{entries, escape, parts, quote, unescape};

use crate::Trouble;
use text::{Guard, Splits, unquote};

/// How vCard 2.1 wrote what was not ASCII.
const QUOTED_PRINTABLE: &str = "QUOTED-PRINTABLE";

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
    is_too_deep: bool,
}

impl<'a> Document<'a> {
    /// Reads the text. Total: what is no content line is reported by [`Document::troubles`] and kept by an edit.
    #[must_use]
    pub fn parse(source: &'a [u8]) -> Self {
        read::document(source)
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

    /// Returns whether components lie deeper in each other than [`MAX_DEPTH`].
    #[must_use]
    pub const fn is_too_deep(&self) -> bool {
        self.is_too_deep
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

#[cfg(test)]
mod tests;
