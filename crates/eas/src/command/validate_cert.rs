//! ValidateCert: certificates of signed mail. None is checked here, and the answer says so.

use wbxml::Element;
use wbxml::page::validate_cert::{CERTIFICATE, CERTIFICATES, STATUS, VALIDATE_CERT};

use super::body;
use crate::reply::{Reply, number};
use crate::server::Failure;

/// The most certificates in one request.
const MAX_CERTIFICATES: usize = 100;

const DONE: u8 = 1;
const PROTOCOL_ERROR: u8 = 2;
const NOT_CHECKED: u8 = 17;

/// Answers a ValidateCert: of each certificate, that nothing is known of it.
pub(crate) fn handle(root: Option<&Element>) -> Result<Reply, Failure> {
    let root = body(root, VALIDATE_CERT)?;
    let asked = root.child(CERTIFICATES).map_or(0, |list| list.children(CERTIFICATE).count());
    if asked == 0 || asked > MAX_CERTIFICATES {
        return Ok(Reply::failed(VALIDATE_CERT, (STATUS, PROTOCOL_ERROR)));
    }
    let one = || Element::new(CERTIFICATE).with(number(STATUS, NOT_CHECKED));
    let answer = Element::new(VALIDATE_CERT).with(number(STATUS, DONE));
    Ok(Reply::wbxml(&(0..asked).fold(answer, |answer, _| answer.with(one()))))
}
