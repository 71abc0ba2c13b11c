//! The answer of ItemOperations in parts: the document first, then contents as raw bytes. [MS-ASCMD, Delivery
//! of Content Requested by Fetch]

use thiserror::Error;
use wbxml::page::air_sync_base;
use wbxml::page::item_operations::PART;
use wbxml::{Element, Node};

use crate::piece::Piece;

/// The most bytes of an answer in parts, all parts together.
pub const MAX_BYTES: usize = 64 * 1024 * 1024;
/// The most parts of an answer beside the document.
pub const MAX_PARTS: usize = 1_000;

/// Bytes of one number in the head of the answer.
const NUMBER: usize = 4;

/// The contents asked for are more than one answer may hold: the phone asks for less.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("answer in parts is too large")]
pub struct TooLarge;

/// An answer in parts that is being put together.
#[derive(Debug, Default)]
pub struct Multipart {
    parts: Vec<Piece>,
    size_bytes: usize,
}

impl Multipart {
    /// Takes `content` up, and returns the `Part` element that stands for it in the document (the first is
    /// 1).
    ///
    /// # Errors
    ///
    /// When the answer would pass [`MAX_BYTES`] or [`MAX_PARTS`]; the content is then not taken up.
    pub fn add(&mut self, content: Piece) -> Result<Element, TooLarge> {
        let size_bytes = self.size_bytes.saturating_add(content.size_bytes());
        if size_bytes > MAX_BYTES || self.parts.len() >= MAX_PARTS {
            return Err(TooLarge);
        }
        self.size_bytes = size_bytes;
        self.parts.push(content);
        Ok(Element::text(PART, self.parts.len().to_string()))
    }

    /// Moves the data of every body in `properties` out of the document, and leaves `Part` in its place.
    ///
    /// # Errors
    ///
    /// When the answer would pass a limit; the bodies not reached yet still hold their data.
    pub fn take_bodies(&mut self, properties: &mut Element) -> Result<(), TooLarge> {
        for node in &mut properties.content {
            if let Node::Element(body) = node
                && body.tag == air_sync_base::BODY
            {
                self.take_data(body)?;
            }
        }
        Ok(())
    }

    fn take_data(&mut self, body: &mut Element) -> Result<(), TooLarge> {
        for node in &mut body.content {
            if let Node::Element(data) = node
                && data.tag == air_sync_base::DATA
            {
                *data = self.add(Piece::Bytes(data.bytes().into_owned()))?;
            }
        }
        Ok(())
    }

    /// Returns the body of the answer: count, place and size of each part, then the parts; as far as it is here, and
    /// what follows. `document` is WBXML.
    ///
    /// # Errors
    ///
    /// When document and parts together pass [`MAX_BYTES`].
    pub fn finish(self, document: &[u8]) -> Result<(Vec<u8>, Vec<Piece>), TooLarge> {
        let count = self.parts.len() + 1;
        let head = NUMBER + count * 2 * NUMBER;
        if document.len().saturating_add(self.size_bytes) > MAX_BYTES {
            return Err(TooLarge);
        }
        let mut out = Vec::with_capacity(head + document.len());
        out.extend_from_slice(&number(count));
        let mut at = head;
        for size in std::iter::once(document.len()).chain(self.parts.iter().map(Piece::size_bytes)) {
            out.extend_from_slice(&number(at));
            out.extend_from_slice(&number(size));
            at += size;
        }
        out.extend_from_slice(document);
        let mut rest = Vec::new();
        for part in self.parts {
            match part {
                Piece::Bytes(bytes) if rest.is_empty() => out.extend(bytes),
                Piece::Bytes(_) | Piece::Raw(_) | Piece::Base64(_) => rest.push(part),
            }
        }
        Ok((out, rest))
    }
}

fn number(value: usize) -> [u8; NUMBER] {
    u32::try_from(value).expect("an answer's size is bounded by MAX_BYTES and MAX_PARTS").to_le_bytes()
}

#[cfg(test)]
mod tests {
    use wbxml::page::air_sync_base::{BODY, DATA, TYPE};
    use wbxml::page::email::SUBJECT;
    use wbxml::page::item_operations::PROPERTIES;

    use super::*;

    fn bytes(content: &[u8]) -> Piece {
        Piece::Bytes(content.to_vec())
    }

    fn body(multipart: Multipart, document: &[u8]) -> Vec<u8> {
        let (body, rest) = multipart.finish(document).unwrap();
        assert_eq!(rest, []);
        body
    }

    #[test]
    fn parts_follow_their_table() {
        let mut multipart = Multipart::default();
        assert_eq!(multipart.add(bytes(b"first")).unwrap().value(), "1");
        assert_eq!(multipart.add(bytes(b"")).unwrap().value(), "2");
        let body = body(multipart, b"doc");
        let numbers: Vec<u32> =
            body[..28].chunks(4).map(|four| u32::from_le_bytes(four.try_into().unwrap())).collect();
        assert_eq!(numbers, [3, 28, 3, 31, 5, 36, 0]);
        assert_eq!(&body[28..], b"docfirst");
    }

    #[test]
    fn the_document_alone_is_one_part() {
        let body = body(Multipart::default(), b"doc");
        assert_eq!(body, b"\x01\0\0\0\x0C\0\0\0\x03\0\0\0doc");
    }

    #[test]
    fn bodies_become_parts() {
        let body = Element::new(BODY).with(Element::text(TYPE, "1")).with(Element::text(DATA, "Hello"));
        let mut properties = Element::new(PROPERTIES).with(Element::text(SUBJECT, "x")).with(body);
        let mut multipart = Multipart::default();
        multipart.take_bodies(&mut properties).unwrap();
        let body = properties.child(BODY).unwrap();
        assert_eq!(body.child(DATA), None);
        assert_eq!(body.child_text(PART).as_deref(), Some("1"));
        assert!(self::body(multipart, b"").ends_with(b"Hello"));
    }

    #[test]
    fn an_answer_past_the_limits_is_refused() {
        let mut multipart = Multipart::default();
        assert_eq!(multipart.add(bytes(&vec![0; MAX_BYTES + 1])), Err(TooLarge));
        multipart.add(bytes(&vec![0; MAX_BYTES])).unwrap();
        assert_eq!(multipart.add(bytes(&[0])), Err(TooLarge));
        assert_eq!(multipart.finish(&[0]), Err(TooLarge));
        let mut many = Multipart::default();
        for _ in 0..MAX_PARTS {
            many.add(bytes(b"")).unwrap();
        }
        assert_eq!(many.add(bytes(b"")), Err(TooLarge));
        assert!(many.finish(b"").is_ok());
    }
}
