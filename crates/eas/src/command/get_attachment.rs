//! GetAttachment, up to 12.1: an attachment as raw bytes.

use engine::{Attachment, Bytes};

use super::Session;
use crate::file_reference::FileReference;
use crate::piece::Piece;
use crate::reply::Reply;
use crate::request::Request;
use crate::server::Failure;

/// The type of an attachment whose own cannot stand in a header.
const UNKNOWN_TYPE: &str = "application/octet-stream";

/// Answers a GetAttachment; 500 is how this command says that there is none.
pub(crate) fn handle(session: &Session<'_>, request: &Request) -> Result<Reply, Failure> {
    let name = request.parameters.attachment_name.as_deref().unwrap_or_default();
    let Ok(reference) = name.parse::<FileReference>() else { return Ok(Reply::empty(500)) };
    let found = session.engine().attachment(
        session.caller,
        reference.folder,
        reference.uid,
        reference.index,
        session.now,
    )?;
    let Some(Attachment { media_type, bytes, .. }) = found else { return Ok(Reply::empty(500)) };
    let size = bytes.len();
    let (body, rest) = match bytes {
        Bytes::Here(bytes) => (bytes, Vec::new()),
        Bytes::Stored(stored) => (Vec::new(), vec![Piece::Raw(stored.read(0..size))]),
    };
    let reply = Reply { body, rest, ..Reply::empty(200) };
    Ok(reply.with_header("content-type", known_type(&media_type)))
}

/// Returns the type if it can stand in a header: the sender of a message wrote it.
fn known_type(said: &str) -> &str {
    let is_plain = |one: u8| one.is_ascii_alphanumeric() || b"!#$&-^_.+/".contains(&one);
    if said.len() <= 127 && said.bytes().all(is_plain) { said } else { UNKNOWN_TYPE }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_that_would_break_the_header_is_not_sent() {
        assert_eq!(known_type("image/svg+xml"), "image/svg+xml");
        for said in ["text/html\r\nx: y", "text/ümlaut", "a b/c"] {
            assert_eq!(known_type(said), UNKNOWN_TYPE, "{said:?}");
        }
        assert_eq!(known_type(&"x".repeat(128)), UNKNOWN_TYPE);
        assert_eq!(known_type(&"x".repeat(127)), "x".repeat(127));
    }
}
