//! Search: who is in the directory, which messages say something.

mod gal;
mod mailbox;

use wbxml::Element;
use wbxml::page::search::{NAME, RESPONSE, SEARCH, STATUS, STORE};

use super::{Session, body};
use crate::reply::{Reply, number};
use crate::server::Failure;
use crate::status::CommonStatus;

const DONE: u8 = 1;
const INVALID: u8 = 2;
const TOO_COMPLEX: u8 = 8;
const FOLDERS_CHANGED: u8 = 11;
const PAST_END: u8 = 12;

/// Answers a Search.
pub(crate) fn handle(session: &Session<'_>, root: Option<&Element>) -> Result<Reply, Failure> {
    let root = body(root, SEARCH)?;
    let asked = root.child(STORE).ok_or(CommonStatus::InvalidXml)?;
    let name = asked.child_text(NAME).unwrap_or_default();
    let found = if name.eq_ignore_ascii_case("GAL") {
        gal::search(session, asked)?
    } else if name.eq_ignore_ascii_case("Mailbox") {
        mailbox::search(session, asked)?
    } else {
        // Libraries of documents are not offered.
        Err(INVALID)
    };
    let store = found.unwrap_or_else(|status| Element::new(STORE).with(number(STATUS, status)));
    let response = Element::new(RESPONSE).with(store);
    Ok(Reply::wbxml(&Element::new(SEARCH).with(number(STATUS, DONE)).with(response)))
}
