//! From 16.0 a phone names whom an item is passed on to, and the server writes the message.

use items::message::Address;
use items::{Body, compose};
use wbxml::Element;
use wbxml::page::air_sync_base::{DATA, TYPE};
use wbxml::page::compose_mail::{EMAIL, FORWARDEE, NAME};

use crate::status::CommonStatus;

/// The `Type` of a body that is HTML.
const HTML: &str = "2";
/// The `Type` of a body that is text.
const PLAIN: &str = "1";

/// Returns the message to those named, with what the user wrote to them.
pub(super) fn message(list: &Element, body: Option<&Element>) -> Result<Vec<u8>, CommonStatus> {
    let invalid = CommonStatus::InvalidSmartForward;
    let to: Vec<Address> = list.children(FORWARDEE).map(address).collect::<Option<_>>().ok_or(invalid)?;
    if to.is_empty() || to.len() > compose::MAX_RECIPIENTS {
        return Err(invalid);
    }
    let body = match body {
        None => Body::default(),
        Some(body) => words(body).ok_or(invalid)?,
    };
    Ok(compose::letter(&to, &body))
}

fn address(forwardee: &Element) -> Option<Address> {
    let address = forwardee.child_text(EMAIL)?.trim().to_owned();
    let name = forwardee.child_text(NAME).unwrap_or_default().trim().to_owned();
    compose::is_usable(&address).then_some(Address { name, address })
}

fn words(body: &Element) -> Option<Body> {
    let data = body.child_text(DATA).unwrap_or_default();
    match body.child_text(TYPE).as_deref() {
        Some(PLAIN) => Some(Body::plain(data)),
        Some(HTML) => Some(Body::html(data)),
        Some(_) | None => None,
    }
}
