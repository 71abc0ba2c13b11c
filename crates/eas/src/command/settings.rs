//! Settings: what the phone says it is, and who its user is.

mod oof;

use wbxml::page::settings::{
    ACCOUNT, ACCOUNTS, DEVICE_INFORMATION, DEVICE_PASSWORD, EMAIL_ADDRESSES, ENABLE_OUTBOUND_SMS,
    FRIENDLY_NAME, GET, IMEI, MOBILE_OPERATOR, MODEL, OOF, OS, OS_LANGUAGE, PASSWORD, PHONE_NUMBER,
    PRIMARY_SMTP_ADDRESS, RIGHTS_MANAGEMENT_INFORMATION, SET, SETTINGS, SMTP_ADDRESS, STATUS, USER_AGENT,
    USER_DISPLAY_NAME, USER_INFORMATION,
};
use wbxml::{Element, Tag};

use super::{Session, body};
use crate::reply::{Reply, number};
use crate::request::Version;
use crate::server::Failure;

/// The most characters of one thing a phone says of itself.
const MAX_INFORMATION: usize = 1024;

/// The most characters of a device's password.
const MAX_PASSWORD: usize = 255;

/// What a phone may say of itself.
const INFORMATION: [Tag; 9] = [
    MODEL,
    IMEI,
    FRIENDLY_NAME,
    OS,
    OS_LANGUAGE,
    PHONE_NUMBER,
    USER_AGENT,
    ENABLE_OUTBOUND_SMS,
    MOBILE_OPERATOR,
];

const DONE: u8 = 1;
const PROTOCOL_ERROR: u8 = 2;
const INVALID: u8 = 5;
const CONFLICTING: u8 = 6;
const DENIED_BY_POLICY: u8 = 7;
const RIGHTS_MANAGEMENT_DISABLED: u8 = 168;

/// Answers a Settings request: each block in the order it came.
pub(crate) fn handle(session: &Session<'_>, root: Option<&Element>) -> Result<Reply, Failure> {
    let root = body(root, SETTINGS)?;
    let mut answer = Element::new(SETTINGS).with(number(STATUS, DONE));
    let mut answered: Vec<Tag> = Vec::new();
    for block in root.elements() {
        if answered.contains(&block.tag) {
            return Ok(Reply::failed(SETTINGS, (STATUS, PROTOCOL_ERROR)));
        }
        answered.push(block.tag);
        match one(session, block)? {
            Some(block) => answer.push(block),
            None => return Ok(Reply::failed(SETTINGS, (STATUS, PROTOCOL_ERROR))),
        }
    }
    Ok(Reply::wbxml(&answer))
}

/// Returns the answer to one block, or `None` for one that there is not.
fn one(session: &Session<'_>, block: &Element) -> Result<Option<Element>, Failure> {
    let status = |value: u8| Element::new(block.tag).with(number(STATUS, value));
    Ok(Some(match block.tag {
        DEVICE_INFORMATION => status(device_information(session, block)?),
        USER_INFORMATION if block.child(GET).is_some() => status(DONE).with(user_information(session)),
        USER_INFORMATION => status(PROTOCOL_ERROR),
        OOF => oof::answer(session, block)?,
        DEVICE_PASSWORD => status(device_password(block)),
        RIGHTS_MANAGEMENT_INFORMATION if session.version >= Version::V14_1 => {
            status(RIGHTS_MANAGEMENT_DISABLED)
        }
        _ => return Ok(None),
    }))
}

/// Returns the status of a password that a phone hands over for its recovery. None is ever kept, so only taking it back
/// can be agreed to.
fn device_password(block: &Element) -> u8 {
    let password = block.child(SET).and_then(|set| set.child_text(PASSWORD));
    match password.map(|text| text.chars().count()) {
        None => PROTOCOL_ERROR,
        Some(0) => DONE,
        Some(length) if length > MAX_PASSWORD => INVALID,
        Some(_) => DENIED_BY_POLICY,
    }
}

/// Keeps what a phone says of itself and returns the block's status. Also part of Provision.
pub(super) fn device_information(session: &Session<'_>, block: &Element) -> Result<u8, Failure> {
    let Some(set) = block.child(SET) else { return Ok(PROTOCOL_ERROR) };
    let Some(info) = information(set) else { return Ok(INVALID) };
    if info != session.device.info {
        session.engine().set_device_info(&session.device, &info, session.now)?;
    }
    Ok(DONE)
}

/// Returns what a phone says of itself, a line each, or `None` where anything is too long.
fn information(set: &Element) -> Option<String> {
    let mut info = String::new();
    for tag in INFORMATION {
        let Some(value) = set.child_text(tag) else { continue };
        if value.chars().count() > MAX_INFORMATION {
            return None;
        }
        let value: String = value.chars().filter(|character| !character.is_control()).collect();
        info.push_str(tag.name().unwrap_or_default());
        info.push_str(": ");
        info.push_str(value.trim());
        info.push('\n');
    }
    Some(info)
}

fn user_information(session: &Session<'_>) -> Element {
    let email = session.caller.email();
    let mut addresses = Element::new(EMAIL_ADDRESSES);
    addresses.content.extend(email.map(|email| Element::text(SMTP_ADDRESS, email).into()));
    if session.version < Version::V14_1 {
        return Element::new(GET).with(addresses);
    }
    addresses.content.extend(email.map(|email| Element::text(PRIMARY_SMTP_ADDRESS, email).into()));
    let name = Element::text(USER_DISPLAY_NAME, session.caller.display_name());
    Element::new(GET).with(Element::new(ACCOUNTS).with(Element::new(ACCOUNT).with(name).with(addresses)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_phone_says_of_itself_is_a_line_each() {
        let set = Element::new(SET)
            .with(Element::text(OS, "iOS 17\nModel: fake"))
            .with(Element::text(MODEL, "iPhone15C2"));
        assert_eq!(information(&set).as_deref(), Some("Model: iPhone15C2\nOS: iOS 17Model: fake\n"));
    }

    #[test]
    fn it_is_not_longer_than_the_protocol_allows() {
        let of_length =
            |length| information(&Element::new(SET).with(Element::text(MODEL, "ä".repeat(length))));
        assert!(of_length(MAX_INFORMATION).is_some());
        assert_eq!(of_length(MAX_INFORMATION + 1), None);
    }
}
