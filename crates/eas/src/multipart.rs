//! The answer of ItemOperations in parts: the document first, then contents as raw bytes. [MS-ASCMD, Delivery
//! of Content Requested by Fetch]

use thiserror::Error;
use wbxml::page::air_sync_base;
use wbxml::page::item_operations::PART;
use wbxml::{Element, Node};

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
    parts: Vec<Vec<u8>>,
    size_bytes: usize,
}

impl Multipart {
    /// Takes `content` up, and returns the `Part` element that stands for it in the document (the first is
    /// 1).
    ///
    /// # Errors
    ///
    /// When the answer would pass [`MAX_BYTES`] or [`MAX_PARTS`]; the content is then not taken up.
    pub fn add(&mut self, content: Vec<u8>) -> Result<Element, TooLarge> {
        let size_bytes = self.size_bytes.saturating_add(content.len());
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
                *data = self.add(data.bytes().into_owned())?;
            }
        }
        Ok(())
    }

    /// Returns the body of the answer: count, place and size of each part, then the parts. `document` is
    /// WBXML.
    ///
    /// # Errors
    ///
    /// When document and parts together pass [`MAX_BYTES`].
    pub fn finish(self, document: &[u8]) -> Result<Vec<u8>, TooLarge> {
        let count = self.parts.len() + 1;
        let head = NUMBER + count * 2 * NUMBER;
        let size = head.saturating_add(document.len()).saturating_add(self.size_bytes);
        if size > MAX_BYTES + head {
            return Err(TooLarge);
        }
        let mut out = Vec::with_capacity(size);
        out.extend_from_slice(&number(count));
        let parts = || std::iter::once(document).chain(self.parts.iter().map(Vec::as_slice));
        let mut at = head;
        for part in parts() {
            out.extend_from_slice(&number(at));
            out.extend_from_slice(&number(part.len()));
            at += part.len();
        }
        parts().for_each(|part| out.extend_from_slice(part));
        Ok(out)
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

    #[test]
    fn parts_follow_their_table() {
        let mut multipart = Multipart::default();
        assert_eq!(multipart.add(b"first".to_vec()).unwrap().value(), "1");
        assert_eq!(multipart.add(Vec::new()).unwrap().value(), "2");
        let body = multipart.finish(b"doc").unwrap();
        let numbers: Vec<u32> =
            body[..28].chunks(4).map(|four| u32::from_le_bytes(four.try_into().unwrap())).collect();
        assert_eq!(numbers, [3, 28, 3, 31, 5, 36, 0]);
        assert_eq!(&body[28..], b"docfirst");
    }

    #[test]
    fn the_document_alone_is_one_part() {
        let body = Multipart::default().finish(b"doc").unwrap();
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
        assert!(multipart.finish(b"").unwrap().ends_with(b"Hello"));
    }

    #[test]
    fn an_answer_past_the_limits_is_refused() {
        let mut multipart = Multipart::default();
        assert_eq!(multipart.add(vec![0; MAX_BYTES + 1]), Err(TooLarge));
        multipart.add(vec![0; MAX_BYTES]).unwrap();
        assert_eq!(multipart.add(vec![0]), Err(TooLarge));
        assert_eq!(multipart.finish(&[0]), Err(TooLarge));
        let mut many = Multipart::default();
        for _ in 0..MAX_PARTS {
            many.add(Vec::new()).unwrap();
        }
        assert_eq!(many.add(Vec::new()), Err(TooLarge));
        assert!(many.finish(b"").is_ok());
    }
}
