//! ActiveSync's binary XML: bytes to a tree of elements and back.
//!
//! Knows tokens and code pages, knows nothing of commands. It never does I/O, never recurses over what a peer
//! sent, and never allocates from a length a peer claims.
//!
//! ```
//! use wbxml::page::folder_hierarchy::{FOLDER_SYNC, SYNC_KEY};
//! use wbxml::{Element, Limits};
//!
//! let asked = Element::new(FOLDER_SYNC).with(Element::text(SYNC_KEY, "0"));
//! let bytes = wbxml::encode(&asked);
//! assert_eq!(bytes, b"\x03\x01\x6a\x00\x00\x07\x56\x52\x030\x00\x01\x01");
//! assert_eq!(wbxml::decode(&bytes, &Limits::default())?, asked);
//! # Ok::<(), wbxml::DecodeError>(())
//! ```

mod decode;
mod element;
mod encode;
pub mod page;
mod tag;
mod token;
mod xml;

pub use decode::{DecodeError, Limits, MAX_DEPTH, MAX_ELEMENTS, decode};
pub use element::{Element, Node};
pub use encode::{encode, encode_around};
pub use tag::Tag;
pub use xml::to_xml;
