//! A large message without the bytes of its attachments: all that is needed to show and list it.
//!
//! Everything here can be made again from the message, and reading the outline gives the same [`Message`].

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use thiserror::Error;

use super::Message;
use super::body;
use super::choice::Choice;
use super::decoder::{Decoder, sextet};
use super::header::trim_line_end;
use super::structure::{Encoding, Part, Structure};

/// Messages of more bytes than these have an outline, where that saves something.
pub const LARGE_BYTES: usize = 64 * 1024;
/// The least that is left out of a message at one place.
const MIN_CUT_BYTES: usize = 16 * 1024;
/// What stays of an attached message: its header gives the attachment its name.
const KEPT_BYTES: usize = 16 * 1024;
/// The longest line of quoted-printable in what is left out: a decoder has to hold a line.
const MAX_LINE_BYTES: usize = 8 * 1024;

/// A message without the bytes of its larger attachments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    /// What is left of the message.
    pub text: Vec<u8>,
    /// What is missing.
    pub cuts: Cuts,
}

/// What is missing in an outline, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cuts(Vec<Cut>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cut {
    /// The attachment it belongs to.
    index: usize,
    /// Its place in the outline.
    at: usize,
    /// Its length in the message.
    length: usize,
    /// The size of the attachment, decoded.
    size_bytes: usize,
    /// How lines of base64 repeat; `None` where they do not, and for other encodings.
    lines: Option<Lines>,
}

/// Lines of base64 that are all alike, the last aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Lines {
    /// Characters of base64, a multiple of 4.
    characters: usize,
    /// Bytes that end the line.
    end: usize,
}

/// The text does not tell what is missing in an outline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("text does not tell what an outline lacks")]
pub struct NotCuts;

/// Where the bytes of an attachment are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Located {
    /// Here, decoded: the outline has them.
    Here(Vec<u8>),
    /// In the message.
    InMessage(Place),
}

/// An attachment's place in its message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    range: Range<usize>,
    size_bytes: usize,
    encoding: Encoding,
    lines: Option<Lines>,
}

impl Outline {
    /// Returns the outline of a message, or `None` where it is small or little could be left out.
    #[must_use]
    pub fn of(stored: &[u8]) -> Option<Self> {
        if stored.len() <= LARGE_BYTES {
            return None;
        }
        let structure = Structure::parse(stored);
        let choice = Choice::of(&structure);
        let attached = choice.attachments.iter().enumerate();
        let mut parts: Vec<_> = attached.map(|(index, attached)| (index, attached.part)).collect();
        parts.sort_unstable_by_key(|(_, part)| part.body.start);
        let (mut text, mut cuts, mut copied) = (Vec::new(), Vec::new(), 0);
        for (index, part) in parts {
            let Some(missing) = missing(stored, part).filter(|missing| missing.start >= copied) else {
                continue;
            };
            text.extend_from_slice(stored.get(copied..missing.start)?);
            cuts.push(Cut {
                index,
                at: text.len(),
                length: missing.len(),
                size_bytes: body::decoded_size(stored, part),
                lines: lines(stored, part),
            });
            copied = missing.end;
        }
        text.extend_from_slice(stored.get(copied..)?);
        let outline = Self { text, cuts: Cuts(cuts) };
        // The structure of a message follows its text alone, and might be another without some of it.
        let same = || Message::outlined(&outline.text, &outline.cuts) == Message::parse(stored);
        (!outline.cuts.0.is_empty() && same()).then_some(outline)
    }
}

/// Returns which bytes of the message an outline lacks for this part, if any.
fn missing(stored: &[u8], part: &Part) -> Option<Range<usize>> {
    let kept = if part.media_type.starts_with("message/") { KEPT_BYTES } else { 0 };
    let missing = part.body.start.saturating_add(kept)..part.body.end;
    let raw = stored.get(part.body.clone())?;
    let long = || raw.split(|byte| *byte == b'\n').any(|line| line.len() > MAX_LINE_BYTES);
    let held_up = part.encoding == Encoding::QuotedPrintable && long();
    (missing.len() >= MIN_CUT_BYTES && !held_up).then_some(missing)
}

/// Returns how the lines of a part's base64 repeat.
fn lines(stored: &[u8], part: &Part) -> Option<Lines> {
    let raw = stored.get(part.body.clone()).filter(|_| part.encoding == Encoding::Base64)?;
    let mut all = raw.split_inclusive(|byte| *byte == b'\n').peekable();
    let first = all.peek()?;
    let characters = trim_line_end(first).len();
    let repeated = Lines { characters, end: first.len() - characters };
    if characters == 0 || !characters.is_multiple_of(4) {
        return None;
    }
    while let Some(line) = all.next() {
        let content = trim_line_end(line);
        let whole = line.len() == first_len(repeated) && content.len() == characters;
        let last = all.peek().is_none() && content.len() <= characters;
        if !(last || (whole && content.iter().all(|byte| sextet(*byte).is_some()))) {
            return None;
        }
    }
    Some(repeated)
}

const fn first_len(lines: Lines) -> usize {
    lines.characters + lines.end
}

impl Message {
    /// Reads a message by its outline: the same as [`Message::parse`] gives for the message itself.
    #[must_use]
    pub fn outlined(text: &[u8], cuts: &Cuts) -> Self {
        let mut message = Self::parse(text);
        for cut in &cuts.0 {
            if let Some(attachment) = message.attachments.get_mut(cut.index) {
                attachment.size_bytes = cut.size_bytes;
            }
        }
        message
    }
}

impl Cuts {
    /// Returns the size of the message whose outline has `outline_bytes`.
    #[must_use]
    pub fn message_bytes(&self, outline_bytes: usize) -> usize {
        self.0.iter().fold(outline_bytes, |sum, cut| sum.saturating_add(cut.length))
    }

    /// Returns where the bytes of one attachment are, or `None` if there is none of this index.
    #[must_use]
    pub fn locate(&self, outline: &[u8], index: usize) -> Option<Located> {
        let structure = Structure::parse(outline);
        let choice = Choice::of(&structure);
        let part = choice.attachments.get(index)?.part;
        let Some(cut) = self.0.iter().find(|cut| cut.index == index) else {
            return Some(Located::Here(body::decode(outline, part).into_owned()));
        };
        let before: usize = self.0.iter().filter(|other| other.at < cut.at).map(|other| other.length).sum();
        let range = part.body.start + before..part.body.end + before + cut.length;
        let Cut { size_bytes, lines, .. } = *cut;
        Some(Located::InMessage(Place { range, size_bytes, encoding: part.encoding, lines }))
    }
}

impl Place {
    /// Returns the size of the attachment, decoded.
    #[must_use]
    pub const fn size_bytes(&self) -> usize {
        self.size_bytes
    }

    /// Returns how to read `bytes` of the attachment, which are in it.
    #[must_use]
    pub fn read(&self, bytes: Range<usize>) -> Reading {
        let (skipped, decoded) = match (self.encoding, self.lines) {
            (Encoding::Identity, _) => (bytes.start, bytes.start),
            (Encoding::Base64, Some(lines)) => {
                let line = lines.characters / 4 * 3;
                let before = bytes.start / line;
                (before * first_len(lines), before * line)
            }
            (Encoding::Base64 | Encoding::QuotedPrintable, _) => (0, 0),
        };
        Reading {
            at: self.range.start.saturating_add(skipped).min(self.range.end),
            end: self.range.end,
            decoder: Decoder::of(self.encoding),
            skip: bytes.start - decoded,
            left: bytes.len(),
        }
    }
}

/// Reads an attachment out of its message, piece by piece.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    at: usize,
    end: usize,
    decoder: Decoder,
    skip: usize,
    left: usize,
}

impl Reading {
    /// Returns which bytes of the message are wanted next: a piece from the start of them, of any length. `None` at
    /// the end.
    #[must_use]
    pub fn wanted(&self) -> Option<Range<usize>> {
        (self.left > 0 && self.at < self.end).then_some(self.at..self.end)
    }

    /// Returns how many bytes of the attachment are still to come.
    #[must_use]
    pub const fn left(&self) -> usize {
        self.left
    }

    /// Takes the piece of the message that was wanted, and returns what it says of the attachment.
    #[must_use]
    pub fn take(&mut self, piece: &[u8]) -> Vec<u8> {
        let piece = piece.get(..piece.len().min(self.end - self.at)).unwrap_or_default();
        let mut out = Vec::with_capacity(piece.len());
        self.decoder.push(piece, &mut out);
        self.at += piece.len();
        if self.at == self.end {
            self.decoder.finish(&mut out);
        }
        let skipped = self.skip.min(out.len());
        self.skip -= skipped;
        out.drain(..skipped);
        out.truncate(self.left);
        self.left -= out.len();
        out
    }
}

impl fmt::Display for Cuts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, cut) in self.0.iter().enumerate() {
            let space = if nth == 0 { "" } else { " " };
            let lines = cut.lines.unwrap_or(Lines { characters: 0, end: 0 });
            let Cut { index, at, length, size_bytes, .. } = cut;
            write!(f, "{space}{index},{at},{length},{size_bytes},{},{}", lines.characters, lines.end)?;
        }
        Ok(())
    }
}

impl FromStr for Cuts {
    type Err = NotCuts;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.split_ascii_whitespace().map(cut).collect::<Result<_, _>>().map(Self)
    }
}

fn cut(text: &str) -> Result<Cut, NotCuts> {
    let numbers: Vec<usize> =
        text.split(',').map(str::parse).collect::<Result<_, _>>().map_err(|_| NotCuts)?;
    let [index, at, length, size_bytes, characters, end] = numbers[..] else { return Err(NotCuts) };
    let lines = (characters > 0).then_some(Lines { characters, end });
    Ok(Cut { index, at, length, size_bytes, lines })
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use proptest::prelude::*;

    use super::*;
    use crate::message::attachment_bytes;

    fn bytes(count: usize) -> Vec<u8> {
        (0..count).map(|at| u8::try_from(at * 7 % 251).unwrap()).collect()
    }

    fn base64_in_lines(data: &[u8], characters: usize) -> String {
        let text = STANDARD.encode(data);
        let lines = text.as_bytes().chunks(characters).map(|line| std::str::from_utf8(line).unwrap());
        lines.collect::<Vec<_>>().join("\r\n")
    }

    fn part(head: &str, body: &str) -> String {
        format!("--b\r\n{head}\r\n\r\n{body}\r\n")
    }

    fn mail(parts: &[String]) -> Vec<u8> {
        let head =
            "From: a@example.org\r\nSubject: Files\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n";
        format!("{head}{}--b--\r\n", parts.concat()).into_bytes()
    }

    fn many_forms() -> Vec<u8> {
        let base64 = "Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64";
        let quoted = "Content-Type: application/x-a; name=b\r\nContent-Transfer-Encoding: quoted-printable";
        let plain = "Content-Type: application/x-c; name=c";
        let inner = "Content-Type: message/rfc822";
        let lines = |count: usize| "Some words that go on =3D and on\r\n".repeat(count);
        mail(&[
            part("Content-Type: text/plain", "See the files."),
            part(base64, &base64_in_lines(&bytes(100_000), 76)),
            part(base64, &base64_in_lines(&bytes(50_001), 57)),
            part(quoted, &lines(3_000)),
            part(plain, &lines(2_000)),
            part(base64, &base64_in_lines(&bytes(100), 76)),
            part(inner, &format!("Subject: Within\r\n\r\n{}", lines(4_000))),
        ])
    }

    /// Reads a range of an attachment by the outline, `piece` bytes of the message at a time.
    fn read(stored: &[u8], outline: &Outline, index: usize, range: Range<usize>, piece: usize) -> Vec<u8> {
        match outline.cuts.locate(&outline.text, index).unwrap() {
            Located::Here(whole) => whole[range].to_vec(),
            Located::InMessage(place) => {
                let (mut reading, mut out) = (place.read(range), Vec::new());
                while let Some(wanted) = reading.wanted() {
                    let end = wanted.end.min(wanted.start + piece);
                    out.extend(reading.take(&stored[wanted.start..end]));
                }
                assert_eq!(reading.left(), 0);
                out
            }
        }
    }

    #[test]
    fn an_outline_is_small_and_shows_the_same_message() {
        let stored = many_forms();
        let outline = Outline::of(&stored).unwrap();
        assert!(outline.text.len() < 20_000, "{}", outline.text.len());
        assert_eq!(outline.cuts.0.len(), 5, "the small one stays");
        let message = Message::outlined(&outline.text, &outline.cuts);
        assert_eq!(message, Message::parse(&stored));
        assert_eq!(message.attachments[0].size_bytes, 100_000);
        assert_eq!(message.attachments[5].name, "Within.eml");
        assert_eq!(outline.cuts.message_bytes(outline.text.len()), stored.len());
    }

    #[test]
    fn every_attachment_is_read_by_the_outline_whole_and_in_part() {
        let stored = many_forms();
        let outline = Outline::of(&stored).unwrap();
        for index in 0..6 {
            let whole = attachment_bytes(&stored, index).unwrap();
            let size = whole.len();
            for range in [0..size, 0..1, size - 1..size, size / 3..size / 2] {
                for piece in [1 << 20, 1_000] {
                    let got = read(&stored, &outline, index, range.clone(), piece);
                    assert!(got == whole[range.clone()], "{index} {range:?} in pieces of {piece}");
                }
            }
        }
        assert_eq!(outline.cuts.locate(&outline.text, 6), None);
    }

    #[test]
    fn a_range_far_into_regular_base64_reads_only_what_it_needs() {
        let stored = many_forms();
        let outline = Outline::of(&stored).unwrap();
        let Located::InMessage(place) = outline.cuts.locate(&outline.text, 0).unwrap() else { panic!() };
        let (whole, late) = (place.read(0..100_000).wanted().unwrap(), place.read(90_000..90_010));
        assert!(late.wanted().unwrap().start > whole.start + 120_000);
    }

    #[test]
    fn a_small_message_and_one_that_is_all_text_have_no_outline() {
        let base64 = "Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64";
        assert_eq!(Outline::of(&mail(&[part(base64, &base64_in_lines(&bytes(30_000), 76))])), None);
        let text = format!("Subject: Long\r\n\r\n{}", "word ".repeat(100_000));
        assert_eq!(Outline::of(text.as_bytes()), None);
        let one_line = part(
            "Content-Type: application/x-b\r\nContent-Transfer-Encoding: quoted-printable",
            &"=20".repeat(100_000),
        );
        assert_eq!(Outline::of(&mail(&[one_line])), None, "a line has to be held to decode it");
    }

    #[test]
    fn cuts_are_kept_as_text() {
        let outline = Outline::of(&many_forms()).unwrap();
        assert_eq!(outline.cuts.to_string().parse(), Ok(outline.cuts));
        assert_eq!("".parse(), Ok(Cuts::default()));
        for text in ["1", "1,2,3,4,5", "1,2,3,4,5,6,7", "1,2,3,4,5,x", "-1,2,3,4,5,6"] {
            assert_eq!(text.parse::<Cuts>(), Err(NotCuts), "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Lines of all lengths, boundaries in odd places, encodings that do not fit: whatever is left out, what is
        /// read is the same.
        #[test]
        fn what_an_outline_shows_and_finds_is_what_the_message_holds(
            lines in proptest::collection::vec(
                prop_oneof![
                    4 => "[A-Za-z0-9+/]{76}",
                    1 => "[A-Za-z0-9+/=]{0,90}",
                    1 => Just("--b".to_owned()),
                    1 => Just("--b--".to_owned()),
                    1 => Just("Content-Type: application/x-a; name=x\r\nContent-Transfer-Encoding: base64\r\n".to_owned()),
                    1 => Just("Content-Type: application/x-b; name=y\r\nContent-Transfer-Encoding: quoted-printable\r\n".to_owned()),
                    1 => Just("Content-Type: message/rfc822\r\n".to_owned()),
                ],
                1..12,
            ),
            repeats in proptest::collection::vec(1_usize..600, 12),
        ) {
            let body: String = lines.iter().zip(&repeats).map(|(line, count)| {
                let count = if line.starts_with(['-', 'C']) { 1 } else { *count };
                format!("{line}\r\n").repeat(count)
            }).collect();
            let stored = format!("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n{body}").into_bytes();
            if let Some(outline) = Outline::of(&stored) {
                let message = Message::parse(&stored);
                prop_assert_eq!(&Message::outlined(&outline.text, &outline.cuts), &message);
                for attachment in &message.attachments {
                    let whole = attachment_bytes(&stored, attachment.index).unwrap();
                    for range in [0..whole.len(), whole.len() / 2..whole.len()] {
                        let got = read(&stored, &outline, attachment.index, range.clone(), 10_000);
                        prop_assert!(got == whole[range]);
                    }
                }
            }
        }
    }
}
