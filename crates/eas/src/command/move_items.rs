//! MoveItems: messages from one folder to another.

use engine::{ItemRef, MoveOutcome};
use wbxml::Element;
use wbxml::page::move_::{
    DST_FLD_ID, DST_MSG_ID, MOVE, MOVE_ITEMS, RESPONSE, SRC_FLD_ID, SRC_MSG_ID, STATUS,
};

use super::{Session, body};
use crate::reply::{Reply, number};
use crate::server::Failure;
use crate::status::CommonStatus;
use crate::wire_id;

const SOURCE_GONE: u8 = 1;
const DESTINATION_GONE: u8 = 2;
/// Success, unlike everywhere else.
const DONE: u8 = 3;
const SAME: u8 = 4;
/// Locked: the phone tries again.
const RETRY: u8 = 7;

/// Answers a MoveItems. Each move stands for itself.
pub(crate) fn handle(session: &Session<'_>, root: Option<&Element>) -> Result<Reply, Failure> {
    let root = body(root, MOVE_ITEMS)?;
    let moves = root.children(MOVE).count();
    if moves == 0 || moves > session.limits().moves {
        return Err(CommonStatus::InvalidXml.into());
    }
    let mut answer = Element::new(MOVE_ITEMS);
    root.children(MOVE).for_each(|asked| answer.push(one(session, asked)));
    Ok(Reply::wbxml(&answer))
}

fn one(session: &Session<'_>, asked: &Element) -> Element {
    let text = |tag| asked.child_text(tag).unwrap_or_default();
    let (source, from, to) =
        (text(SRC_MSG_ID), wire_id::folder(&text(SRC_FLD_ID)), wire_id::folder(&text(DST_FLD_ID)));
    let mut response = Element::new(RESPONSE).with(Element::text(SRC_MSG_ID, source.as_ref()));
    if session.server.quota.writes(session.caller.user(), 1, session.now).is_err() {
        return response.with(number(STATUS, RETRY));
    }
    if from == to {
        return response.with(number(STATUS, SAME));
    }
    let moved = session.place(from, &source).and_then(|(from, target)| {
        session.engine().move_item(session.caller, &session.device, (from, &target, to), session.now)
    });
    let (status, item) = match moved {
        Ok(MoveOutcome::Moved(uid)) => (DONE, Some(ItemRef::Item(uid))),
        // Undone at both ends in the rounds that follow.
        Ok(MoveOutcome::Phantom(phantom)) => (DONE, Some(ItemRef::Phantom(phantom))),
        Ok(MoveOutcome::SourceGone) => (SOURCE_GONE, None),
        Ok(MoveOutcome::DestinationGone | MoveOutcome::Refused) => (DESTINATION_GONE, None),
        Ok(MoveOutcome::Same) => (SAME, None),
        Err(error) => {
            tracing::warn!(error = %crate::server::chain(&error), "a move failed");
            (RETRY, None)
        }
    };
    response.push(number(STATUS, status));
    if let Some(item) = item {
        response.push(Element::text(DST_MSG_ID, wire_id::render(to, item)));
    }
    response
}
