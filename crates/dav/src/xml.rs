//! XML as WebDAV uses it: a small tree that is read within limits, and a writer.

mod name;
mod read;
mod write;

pub use name::{APPLE, CALDAV, CALENDARSERVER, CARDDAV, COMITY, DAV, MAPI, Name};
pub use read::{
    Element, MAX_ATTRIBUTES, MAX_DEPTH, MAX_ELEMENTS, MAX_NAME_BYTES, MAX_NAMESPACES, Node, XmlError, parse,
};
pub use write::Xml;
