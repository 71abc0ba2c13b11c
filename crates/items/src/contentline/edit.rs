//! Writing: new texts, and changes to stored ones.

use std::collections::BTreeMap;
use std::ops::Range;

use super::{Component, Document, Line, MAX_FOLDED};

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
