//! How contents reach the phone: inside the document, or as raw bytes behind it.

use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use engine::{Bytes, Download};
use wbxml::Element;
use wbxml::page::item_operations::DATA;

use super::Wanted;
use crate::multipart::{MAX_BYTES, Multipart, TooLarge};
use crate::piece::Piece;
use crate::reply::{MULTIPART, Reply, WBXML};

/// How the phone takes contents.
pub(super) enum Delivery {
    /// Inside the document.
    Inline(Inline),
    /// As raw bytes behind it.
    Parts(Multipart),
}

/// Contents that are put into the document while it is sent.
#[derive(Default)]
pub(super) struct Inline {
    later: Vec<Download>,
    size_bytes: usize,
}

/// The bytes of an attachment that the phone asked for.
pub(super) enum Content {
    Here(Vec<u8>),
    Stored(Download),
}

impl Content {
    /// Returns these of an attachment's bytes.
    pub(super) fn of(bytes: Bytes, range: Range<usize>) -> Self {
        match bytes {
            Bytes::Here(mut bytes) => {
                bytes.truncate(range.end);
                bytes.drain(..range.start.min(bytes.len()));
                Self::Here(bytes)
            }
            Bytes::Stored(stored) => Self::Stored(stored.read(range)),
        }
    }
}

impl Delivery {
    pub(super) fn new(wanted: Wanted) -> Self {
        match wanted {
            Wanted::Inline => Self::Inline(Inline::default()),
            Wanted::Parts => Self::Parts(Multipart::default()),
        }
    }

    /// Takes a content up, and returns the element that stands for it in the document.
    pub(super) fn content(&mut self, content: Content) -> Result<Element, TooLarge> {
        match (self, content) {
            (Self::Parts(parts), Content::Here(bytes)) => parts.add(Piece::Bytes(bytes)),
            (Self::Parts(parts), Content::Stored(download)) => parts.add(Piece::Raw(download)),
            (Self::Inline(_), Content::Here(bytes)) => Ok(Element::text(DATA, STANDARD.encode(&bytes))),
            (Self::Inline(inline), Content::Stored(download)) => {
                let size_bytes = inline.size_bytes.saturating_add(download.left());
                if size_bytes > MAX_BYTES {
                    return Err(TooLarge);
                }
                inline.size_bytes = size_bytes;
                inline.later.push(download);
                Ok(Element::new(DATA))
            }
        }
    }

    /// Moves the bodies of an item out of the document, if they belong behind it.
    pub(super) fn bodies(&mut self, properties: &mut Element) -> Result<(), TooLarge> {
        match self {
            Self::Parts(parts) => parts.take_bodies(properties),
            Self::Inline(_) => Ok(()),
        }
    }

    /// Returns the answer.
    pub(super) fn finish(self, document: &Element) -> Result<Reply, TooLarge> {
        match self {
            Self::Parts(parts) => {
                let (body, rest) = parts.finish(&wbxml::encode(document))?;
                Ok(Reply { content_type: Some(MULTIPART), body, rest, ..Reply::empty(200) })
            }
            Self::Inline(inline) => {
                let mut around = wbxml::encode_around(document, DATA).into_iter();
                let body = around.next().unwrap_or_default();
                let later = inline.later.into_iter().map(Piece::Base64);
                let rest = later.zip(around.map(Piece::Bytes)).flat_map(|(later, after)| [later, after]);
                Ok(Reply { content_type: Some(WBXML), body, rest: rest.collect(), ..Reply::empty(200) })
            }
        }
    }
}
