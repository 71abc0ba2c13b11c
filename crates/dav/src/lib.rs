//! WebDAV, `CalDAV` and `CardDAV`: the same folders as the phones see, with what each user may do told on every one.
//!
//! Handlers are parse, calls of the engine, reply. This crate never names a table or compares a level, and what a user
//! may not see it answers like what is not there.

mod auth;
mod condition;
mod context;
mod denied;
pub mod http;
mod method;
mod path;
mod property;
mod reply;
mod report;
mod request;
mod target;
pub mod xml;

pub use path::{MAX_SEGMENT, MAX_SEGMENTS, Path, PathError, ROOT};
pub use reply::Reply;
pub use request::{MAX_PUT_BYTES, MAX_XML_BYTES};
