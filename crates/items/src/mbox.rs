//! Taking an mbox file apart into its messages, one at a time.

use std::io::{self, BufRead, Read};

use thiserror::Error;

use crate::message::MAX_MESSAGE_BYTES;

/// Bytes that are read at once; a longer line is read in pieces.
const MAX_PIECE_BYTES: usize = 64 * 1024;

/// Why a message of an mbox file is not there.
#[derive(Debug, Error)]
pub enum Error {
    /// The message is larger than a message may be; the next one can be read.
    #[error("message at line {line} is larger than {MAX_MESSAGE_BYTES} bytes")]
    TooLarge {
        /// The line of the file where the message starts, from 1.
        line: usize,
    },
    /// The file does not start as an mbox file does; nothing of it can be read.
    #[error("file is no mbox file: it does not start with \"From \"")]
    NotMbox,
    /// The file cannot be read; nothing after this can be.
    #[error("reading the mbox file")]
    Read(#[source] io::Error),
}

/// One message of an mbox file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The line of the file where the message starts (the one after `From `), from 1.
    pub line: usize,
    /// The message, unquoted.
    pub message: Vec<u8>,
}

/// Reads the messages of an mbox file in order; never holds more than one.
///
/// ```
/// let file = b"From bo Wed Mar  4 09:00:00 2026\nSubject: a\n\n>From here\n\nFrom bo Wed Mar  4 09:01:00 2026\nSubject: b\n\n";
/// let entries: Vec<_> = items::mbox::Reader::new(&file[..]).map(Result::unwrap).collect();
/// assert_eq!(entries[0].message, b"Subject: a\n\nFrom here\n");
/// assert_eq!(entries[1].line, 7);
/// ```
#[derive(Debug)]
pub struct Reader<R> {
    input: R,
    /// Lines read so far.
    line: usize,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing is read yet.
    Start,
    /// The line before was a separator.
    InMessage,
    Done,
}

/// Where in a line reading goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Position {
    Start,
    Inside,
}

/// A piece of a line.
struct Piece {
    bytes: Vec<u8>,
    /// Whether it starts the line.
    first: bool,
}

impl<R: BufRead> Reader<R> {
    /// Returns a reader of an mbox file (`mboxrd`: `>From ` at the start of a line loses one `>`).
    pub const fn new(input: R) -> Self {
        Self { input, line: 0, state: State::Start }
    }

    /// Reads the separator that starts the file; blank lines before it are passed over.
    fn start(&mut self) -> Result<State, Error> {
        loop {
            match self.piece(Position::Start).map_err(Error::Read)? {
                None => return Ok(State::Done),
                Some(piece) if is_separator(&piece.bytes) => return Ok(State::InMessage),
                Some(piece) if piece.bytes.trim_ascii().is_empty() => {}
                Some(_) => return Err(Error::NotMbox),
            }
        }
    }

    /// Reads one message up to the next separator or the end.
    fn message(&mut self) -> Result<Entry, Error> {
        let line = self.line + 1;
        let mut message = Vec::new();
        let (mut size, mut ended) = (0_usize, true);
        self.state = State::Done;
        loop {
            let position = if ended { Position::Start } else { Position::Inside };
            let Some(piece) = self.piece(position).map_err(Error::Read)? else { break };
            ended = piece.bytes.ends_with(b"\n");
            if piece.first && is_separator(&piece.bytes) {
                self.state = State::InMessage;
                break;
            }
            let kept = if piece.first { unquote(&piece.bytes) } else { &piece.bytes };
            size += kept.len();
            if size <= MAX_MESSAGE_BYTES {
                message.extend_from_slice(kept);
            } else {
                message = Vec::new();
            }
        }
        if size > MAX_MESSAGE_BYTES {
            return Err(Error::TooLarge { line });
        }
        if let Some(shorter) = without_blank_line(&message) {
            message.truncate(shorter);
        }
        Ok(Entry { line, message })
    }

    /// Reads a line, or the next piece of one.
    fn piece(&mut self, position: Position) -> io::Result<Option<Piece>> {
        let mut bytes = Vec::new();
        let limit = u64::try_from(MAX_PIECE_BYTES).unwrap_or(u64::MAX);
        let read = self.input.by_ref().take(limit).read_until(b'\n', &mut bytes)?;
        let first = position == Position::Start;
        self.line += usize::from(first && read > 0);
        Ok((read > 0).then_some(Piece { bytes, first }))
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<Entry, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.state == State::Start {
            match self.start() {
                Ok(state) => self.state = state,
                Err(error) => {
                    self.state = State::Done;
                    return Some(Err(error));
                }
            }
        }
        match self.state {
            State::Start | State::Done => None,
            State::InMessage => Some(self.message()),
        }
    }
}

/// Whether a line separates messages: `From `, a sender, a date. A sentence that begins with "From" has no
/// month and clock.
fn is_separator(line: &[u8]) -> bool {
    const MONTHS: [&[u8]; 12] =
        [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];
    let Some(rest) = line.strip_prefix(b"From ") else { return false };
    let mut words = rest.split(u8::is_ascii_whitespace);
    let is_clock = |word: &[u8]| {
        word.windows(4).any(|four| matches!(four, [b'0'..=b'9', b':', b'0'..=b'9', b'0'..=b'9']))
    };
    words.clone().any(|word| MONTHS.contains(&word)) && words.any(is_clock)
}

/// Returns a line without one of the `>` before `From `.
fn unquote(line: &[u8]) -> &[u8] {
    let quotes = line.iter().take_while(|byte| **byte == b'>').count();
    let loses_one = quotes > 0 && line.get(quotes..).is_some_and(|rest| rest.starts_with(b"From "));
    if loses_one { line.get(1..).unwrap_or_default() } else { line }
}

/// Returns the length of a message without the blank line that the format puts after it.
fn without_blank_line(message: &[u8]) -> Option<usize> {
    let text = message.strip_suffix(b"\n")?;
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    text.ends_with(b"\n").then_some(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(file: &[u8]) -> Vec<Result<Entry, String>> {
        Reader::new(file).map(|entry| entry.map_err(|error| error.to_string())).collect()
    }

    #[test]
    fn messages_come_apart() {
        let file = b"\nFrom - Sat Jan  3 01:05:34 1996\r\nSubject: a\r\n\r\nFrom what I see\r\n>From me\r\n>>From you\r\n\r\n\
            From MAILER-DAEMON Fri Jul  8 12:08:34 2011\r\nSubject: b\r\n\r\nlast";
        let found = all(file);
        assert_eq!(found.len(), 2);
        let first = found[0].as_ref().unwrap();
        assert_eq!(first.line, 3);
        assert_eq!(first.message, b"Subject: a\r\n\r\nFrom what I see\r\nFrom me\r\n>From you\r\n");
        let last = found[1].as_ref().unwrap();
        assert_eq!((last.line, last.message.as_slice()), (10, &b"Subject: b\r\n\r\nlast"[..]));
    }

    #[test]
    fn an_empty_message_keeps_its_empty_header() {
        let found = all(b"From x Wed Mar  4 09:00:00 2026\nSubject: only\n\n");
        assert_eq!(found, [Ok(Entry { line: 2, message: b"Subject: only\n".to_vec() })]);
    }

    #[test]
    fn what_is_no_mbox_is_said_so() {
        assert!(all(b"").is_empty());
        assert_eq!(all(b"Subject: a\n\nb").len(), 1);
        assert!(all(b"Subject: a\n\nb")[0].is_err());
    }

    #[test]
    fn a_message_past_the_limit_is_skipped_alone() {
        let separator = b"From x Wed Mar  4 09:00:00 2026\n";
        let mut file = separator.to_vec();
        file.resize(file.len() + MAX_MESSAGE_BYTES, b'x');
        let fits = all(&file);
        assert_eq!(fits[0].as_ref().unwrap().message.len(), MAX_MESSAGE_BYTES);
        file.extend_from_slice(b"\n");
        file.extend_from_slice(separator);
        file.extend_from_slice(b"Subject: next\n");
        let found = all(&file);
        assert_eq!(found[0], Err(format!("message at line 2 is larger than {MAX_MESSAGE_BYTES} bytes")));
        assert_eq!(found[1], Ok(Entry { line: 4, message: b"Subject: next\n".to_vec() }));
    }
}
