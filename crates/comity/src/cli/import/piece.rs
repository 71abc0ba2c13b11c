//! A piece of a file: one item's text, with the lines of the file it came from.

/// What was found in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    /// An item.
    Item(Piece),
    /// A line that was not understood and belongs to no item.
    Trouble {
        /// The line in the file, from 1.
        line: usize,
        /// What is the matter with it.
        what: String,
    },
    /// An item that cannot be brought in.
    LeftOut {
        /// The line of the file where it starts, from 1.
        line: usize,
        /// What is the matter with it.
        what: String,
    },
}

/// The text of one item.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Piece {
    content: Vec<u8>,
    /// Of each of its lines the number in the file, from 1.
    lines: Vec<usize>,
}

impl Piece {
    /// Returns a piece that is one stretch of the file, from this line (from 1) on.
    pub(super) fn stretch(content: Vec<u8>, first_line: usize) -> Self {
        Self { content, lines: vec![first_line] }
    }

    /// Adds a line of the file, with its line end.
    pub(super) fn push(&mut self, line: &Line<'_>) {
        self.content.extend_from_slice(line.text);
        if !line.text.ends_with(b"\n") {
            self.content.extend_from_slice(b"\r\n");
        }
        self.lines.push(line.number);
    }

    /// Adds the lines of another piece.
    pub(super) fn append(&mut self, other: &Self) {
        self.content.extend_from_slice(&other.content);
        self.lines.extend_from_slice(&other.lines);
    }

    /// Returns the text.
    pub(super) fn content(&self) -> &[u8] {
        &self.content
    }

    /// Returns the line of the file that a line of the text came from; both count from 1.
    pub(super) fn line_in_file(&self, line: usize) -> usize {
        let known = line.clamp(1, self.lines.len().max(1));
        self.lines.get(known - 1).map_or(line, |first| first + (line.max(1) - known))
    }
}

/// A line of a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    /// Its number, from 1.
    pub(super) number: usize,
    /// Its bytes, with the line end.
    pub(super) text: &'a [u8],
}

impl<'a> Line<'a> {
    /// Returns the lines of a file; a byte order mark before the first is dropped.
    pub(super) fn all(file: &'a [u8]) -> impl Iterator<Item = Self> {
        let text = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
        text.split_inclusive(|byte| *byte == b'\n').zip(1..).map(|(text, number)| Self { number, text })
    }

    /// Returns what comes after `name:`, in upper case and without white space around it, if the line is of that
    /// name.
    pub(super) fn value_of(&self, name: &str) -> Option<String> {
        let (head, value) = self.text.split_at_checked(name.len())?;
        let value = value.strip_prefix(b":").filter(|_| head.eq_ignore_ascii_case(name.as_bytes()))?;
        Some(String::from_utf8_lossy(value).trim().to_ascii_uppercase())
    }

    /// Returns whether there is nothing on it.
    pub(super) fn is_blank(&self) -> bool {
        self.text.trim_ascii().is_empty()
    }

    /// Returns whether it goes on with the line before it.
    pub(super) fn is_continuation(&self) -> bool {
        matches!(self.text.first(), Some(b' ' | b'\t'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_found_again_in_the_file() {
        let mut composed = Piece::default();
        for line in Line::all(b"a\nb\nc\nd") {
            if line.number != 2 {
                composed.push(&line);
            }
        }
        assert_eq!(composed.content(), b"a\nc\nd\r\n");
        assert_eq!([1, 2, 3].map(|line| composed.line_in_file(line)), [1, 3, 4]);
        assert_eq!(composed.line_in_file(5), 6);
        let stretch = Piece::stretch(b"a\nb\n".to_vec(), 7);
        assert_eq!([0, 1, 2].map(|line| stretch.line_in_file(line)), [7, 7, 8]);
    }

    #[test]
    fn a_line_has_a_name_and_a_value() {
        let line = Line { number: 1, text: b"begin:vCard \r\n" };
        assert_eq!(line.value_of("BEGIN").as_deref(), Some("VCARD"));
        assert_eq!(line.value_of("END"), None);
        assert_eq!(Line { number: 1, text: b"BE" }.value_of("BEGIN"), None);
    }
}
