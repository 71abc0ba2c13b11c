//! A tree of elements to bytes.

use crate::token::{END, HAS_CONTENT, HEADER, OPAQUE, STR_I, SWITCH_PAGE};
use crate::{Element, Node, Tag};

/// The most bytes in one opaque run; more are sent as several runs, which mean the same. As much as fits a
/// length of four bytes.
const MAX_RUN: usize = (1 << 28) - 1;

/// Returns `root` as a body.
///
/// NUL and the other characters XML cannot hold are left out of text: a NUL would end it, and phones that read
/// through an XML parser refuse the whole body for one of the others. An element that then holds nothing is
/// sent as an empty one.
#[must_use]
pub fn encode(root: &Element) -> Vec<u8> {
    let mut out = Out::new();
    out.document(root, |_, _| Hole::No);
    out.bytes
}

/// Returns `root` as a body in pieces, around texts that are put in later: one between each two pieces, in the place
/// of each element of tag `hole` that holds nothing at all. Such a text must hold neither NUL nor another character
/// that XML cannot hold.
#[must_use]
pub fn encode_around(root: &Element, hole: Tag) -> Vec<Vec<u8>> {
    let (mut out, mut pieces) = (Out::new(), Vec::new());
    out.document(root, |out, element| {
        if element.tag != hole || !element.content.is_empty() {
            return Hole::No;
        }
        out.tag(element.tag, HAS_CONTENT);
        out.bytes.push(STR_I);
        pieces.push(std::mem::replace(&mut out.bytes, vec![0, END]));
        Hole::Yes
    });
    pieces.push(out.bytes);
    pieces
}

/// Whether an element was left to be filled later.
#[derive(PartialEq, Eq)]
enum Hole {
    Yes,
    No,
}

/// Returns whether XML can hold `character`.
pub(crate) fn is_legal(character: char) -> bool {
    !matches!(character, '\0'..='\x08' | '\x0B' | '\x0C' | '\x0E'..='\x1F' | '\u{FFFE}' | '\u{FFFF}')
}

/// What is written so far, and the code page it ends on.
struct Out {
    bytes: Vec<u8>,
    page: u8,
}

impl Out {
    fn new() -> Self {
        Self { bytes: HEADER.to_vec(), page: 0 }
    }

    /// Writes a tree; of what `leave` leaves to be filled, nothing more.
    fn document(&mut self, root: &Element, mut leave: impl FnMut(&mut Self, &Element) -> Hole) {
        let mut open = Vec::new();
        open.extend(self.start(root, &mut leave));
        while let Some(content) = open.last_mut() {
            match content.next() {
                Some(Node::Element(child)) => open.extend(self.start(child, &mut leave)),
                Some(Node::Text(text)) => self.text(text),
                Some(Node::Opaque(bytes)) => bytes.chunks(MAX_RUN).for_each(|run| self.opaque(run)),
                None => {
                    self.bytes.push(END);
                    open.pop();
                }
            }
        }
    }

    /// Writes an element's tag and returns its content, or `None` if that was the whole element.
    fn start<'a>(
        &mut self,
        element: &'a Element,
        leave: &mut impl FnMut(&mut Self, &Element) -> Hole,
    ) -> Option<std::slice::Iter<'a, Node>> {
        if leave(self, element) == Hole::Yes {
            return None;
        }
        let filled = element.content.iter().any(is_sent);
        self.tag(element.tag, if filled { HAS_CONTENT } else { 0 });
        filled.then(|| element.content.iter())
    }

    /// Writes a tag, on its page.
    fn tag(&mut self, tag: Tag, has_content: u8) {
        if tag.page() != self.page {
            self.page = tag.page();
            self.bytes.extend([SWITCH_PAGE, self.page]);
        }
        self.bytes.push(tag.code() | has_content);
    }

    fn text(&mut self, text: &str) {
        if !text.contains(is_legal) {
            return;
        }
        self.bytes.push(STR_I);
        text.split(|character| !is_legal(character))
            .for_each(|run| self.bytes.extend_from_slice(run.as_bytes()));
        self.bytes.push(0);
    }

    /// Writes a run of at most [`MAX_RUN`] bytes.
    fn opaque(&mut self, run: &[u8]) {
        self.bytes.push(OPAQUE);
        let length = run.len();
        for shift in [21, 14, 7] {
            if length >> shift > 0 {
                self.bytes.push(low_seven(length >> shift) | 0x80);
            }
        }
        self.bytes.push(low_seven(length));
        self.bytes.extend_from_slice(run);
    }
}

/// Returns whether `node` writes anything.
fn is_sent(node: &Node) -> bool {
    match node {
        Node::Element(_) => true,
        Node::Text(text) => text.contains(is_legal),
        Node::Opaque(bytes) => !bytes.is_empty(),
    }
}

fn low_seven(length: usize) -> u8 {
    let [low, ..] = length.to_le_bytes();
    low & 0x7F
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::{air_sync, air_sync_base, compose_mail, contacts};

    fn body(root: &Element) -> Vec<u8> {
        encode(root).split_off(HEADER.len())
    }

    #[test]
    fn the_page_is_switched_only_where_it_changes() {
        let sent = Element::new(air_sync::APPLICATION_DATA)
            .with(Element::text(contacts::FIRST_NAME, "M"))
            .with(Element::text(contacts::LAST_NAME, "N"))
            .with(Element::new(air_sync_base::BODY).with(Element::text(air_sync_base::TYPE, "1")))
            .with(Element::new(air_sync::STATUS));
        let expected = b"\x5D\x00\x01\x5F\x03M\x00\x01\x69\x03N\x00\x01\
            \x00\x11\x4A\x46\x031\x00\x01\x01\x00\x00\x0E\x01";
        assert_eq!(body(&sent), expected);
    }

    #[test]
    fn an_element_without_content_is_one_byte() {
        assert_eq!(body(&Element::new(air_sync::SYNC)), [0x05]);
        assert_eq!(body(&Element::text(air_sync::SYNC, "")), [0x05]);
        assert_eq!(body(&Element::opaque(air_sync::SYNC, [])), [0x05]);
        assert_eq!(body(&Element::text(air_sync::SYNC, "\0\x01")), [0x05]);
    }

    #[test]
    fn text_is_sent_without_what_xml_cannot_hold() {
        let sent = Element::text(air_sync::SYNC, "a\0b\x0Bc\td\r\né\u{FFFE}\u{1F600}");
        assert_eq!(body(&sent), "\x45\x03abc\td\r\né\u{1F600}\0\x01".as_bytes());
    }

    #[test]
    fn a_length_takes_as_many_bytes_as_it_needs() {
        let known: [(usize, &[u8]); 7] = [
            (1, b"\x01"),
            (127, b"\x7F"),
            (128, b"\x81\x00"),
            (300, b"\x82\x2C"),
            (16_383, b"\xFF\x7F"),
            (16_384, b"\x81\x80\x00"),
            (2_097_152, b"\x81\x80\x80\x00"),
        ];
        for (length, expected) in known {
            let sent = body(&Element::opaque(compose_mail::MIME, vec![7; length]));
            let start = [&[0x00, 21, 0x50, OPAQUE][..], expected, &[7]].concat();
            assert!(sent.starts_with(&start), "{length}: {:?}", &sent[..10]);
            assert_eq!(sent.len(), start.len() + length, "{length}");
        }
    }

    #[test]
    fn what_is_put_in_later_stands_where_it_would_have_stood() {
        let document = |first: Element, second: Element| {
            Element::new(air_sync::SYNC)
                .with(Element::new(contacts::FIRST_NAME).with(first))
                .with(Element::text(contacts::PICTURE, ""))
                .with(second)
                .with(Element::text(air_sync::STATUS, "1"))
        };
        let hole = || Element::new(contacts::PICTURE);
        let pieces = encode_around(&document(hole(), hole()), contacts::PICTURE);
        let [start, middle, end] = &pieces[..] else { panic!("{pieces:?}") };
        let filled = [&start[..], b"ABCD", middle, b"E", end].concat();
        let text = |text: &str| Element::text(contacts::PICTURE, text);
        assert_eq!(filled, encode(&document(text("ABCD"), text("E"))));
        assert_eq!(encode_around(&document(text("x"), text("y")), contacts::PICTURE).len(), 1);
    }

    #[test]
    fn depth_costs_no_stack() {
        let mut deep = Element::new(air_sync::SYNC);
        for _ in 0..1000 {
            deep = Element::new(air_sync::ADD).with(deep);
        }
        assert_eq!(body(&deep).len(), 2001);
        assert_eq!(body(&Element::new(Tag::new(0, 0x3F))), [0x3F], "a tag that does not exist");
    }
}
