//! The order to wipe, and the device's word that it did.

use engine::{WipeKind, WipeState};
use wbxml::Element;
use wbxml::page::provision::{ACCOUNT_ONLY_REMOTE_WIPE, PROVISION, REMOTE_WIPE, STATUS};

use super::{DONE, PROTOCOL_ERROR};
use crate::command::Session;
use crate::reply::{Reply, number};
use crate::server::Failure;

/// Answers a device that is to be wiped, or says that it was; `None` where neither is so.
pub(super) fn handle(session: &Session<'_>, root: &Element) -> Result<Option<Reply>, Failure> {
    for (tag, kind) in [(REMOTE_WIPE, WipeKind::Whole), (ACCOUNT_ONLY_REMOTE_WIPE, WipeKind::Account)] {
        if let Some(word) = root.child(tag) {
            return answered(session, kind, word.child_text(STATUS).as_deref()).map(Some);
        }
    }
    if session.device.orders.wipe.is_none_or(|wipe| wipe.state == WipeState::Done) {
        return Ok(None);
    }
    let tag = match session.engine().tell_wipe(session.device.id, session.now)? {
        Some(WipeKind::Account) => ACCOUNT_ONLY_REMOTE_WIPE,
        Some(WipeKind::Whole) => REMOTE_WIPE,
        None => return Ok(None),
    };
    let (user, device) = (session.caller.name(), &session.device.address);
    tracing::warn!(user, device, order = tag.name(), "a device was told to wipe");
    Ok(Some(Reply::wbxml(&Element::new(PROVISION).with(number(STATUS, DONE)).with(Element::new(tag)))))
}

/// Takes the device's word, if it was told to do just that: nobody else can say it for it.
fn answered(session: &Session<'_>, kind: WipeKind, status: Option<&str>) -> Result<Reply, Failure> {
    let state = match status.map(str::trim) {
        Some("1") => WipeState::Done,
        Some(_) => WipeState::Failed,
        None => return Ok(Reply::failed(PROVISION, (STATUS, PROTOCOL_ERROR))),
    };
    if !session.engine().wipe_answered(session.device.id, (kind, state), session.now)? {
        return Ok(Reply::failed(PROVISION, (STATUS, PROTOCOL_ERROR)));
    }
    let (user, device) = (session.caller.name(), &session.device.address);
    match state {
        WipeState::Failed => tracing::error!(user, device, "a device could not wipe itself"),
        WipeState::Asked | WipeState::Told | WipeState::Done => {
            tracing::warn!(user, device, "a device has wiped itself");
        }
    }
    Ok(Reply::failed(PROVISION, (STATUS, DONE)))
}
