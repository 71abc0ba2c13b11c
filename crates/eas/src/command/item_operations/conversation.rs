//! The Move of ItemOperations, since 14.0: a whole conversation into one folder.

use std::cell::RefCell;

use engine::{Below, FolderId, MoveOutcome, Scope, Target, Timestamp};
use items::Kind;
use items::message::Message;
use wbxml::Element;
use wbxml::page::item_operations::{CONVERSATION_ID, DST_FLD_ID, MOVE, MOVE_ALWAYS, OPTIONS, STATUS};

use super::{DENIED, DONE, IN_PART, NOT_FOUND, PROTOCOL_ERROR, SERVER_ERROR, TOO_LARGE, echo};
use crate::command::Session;
use crate::payload::message::conversation_id;
use crate::reply::number;
use crate::request::Version;
use crate::status::CommonStatus;
use crate::wire_id;

/// Answers one Move. The phone is not told what the messages are called in their new folder; it hears of them there.
pub(super) fn relocate(session: &Session<'_>, asked: &Element) -> Element {
    let status = match moved(session, asked) {
        Ok(()) => DONE,
        Err(status) => status,
    };
    echo(Element::new(MOVE).with(number(STATUS, status)), asked, CONVERSATION_ID)
}

fn moved(session: &Session<'_>, asked: &Element) -> Result<(), u8> {
    let id = asked.child(CONVERSATION_ID).map(Element::bytes).filter(|id| !id.is_empty());
    let (Some(id), Some(to)) = (id, asked.child_text(DST_FLD_ID)) else { return Err(PROTOCOL_ERROR) };
    if session.version < Version::V14_0 {
        return Err(PROTOCOL_ERROR);
    }
    if asked.child(OPTIONS).and_then(|options| options.flag(MOVE_ALWAYS)) != Some(true) {
        return Err(CommonStatus::MoveNotPersistent.value());
    }
    let to = wire_id::folder(&to);
    if !is_mail(session, to)? {
        return Err(CommonStatus::MoveDestinationInvalid.value());
    }
    let scope = Scope { folders: Vec::new(), below: Below::Left, after: None, before: None };
    let device = (session.caller, &session.device);
    let root = RefCell::new(None);
    let belongs = |message: &Message, _: Timestamp| {
        let belongs = conversation_id(message).is_some_and(|own| own == *id);
        if belongs {
            root.borrow_mut().clone_from(&message.thread_root);
        }
        belongs
    };
    let found = session.engine().search_mail(device, &scope, &belongs, session.now);
    let found = found.map_err(|error| failed(&error))?.unwrap_or_default();
    if found.hits.is_empty() {
        return Err(NOT_FOUND);
    }
    if found.hits.len() > session.limits().moves {
        return Err(TOO_LARGE);
    }
    let (mut done, mut denied) = (0_usize, 0_usize);
    for (from, uid) in found.hits.into_iter().filter(|(from, _)| *from != to) {
        let one = (from, &Target::Item(uid), to);
        match session.engine().move_untold(device, one, session.now).map_err(|error| failed(&error))? {
            MoveOutcome::Phantom(_) | MoveOutcome::Refused => denied += 1,
            MoveOutcome::Moved(_)
            | MoveOutcome::Same
            | MoveOutcome::SourceGone
            | MoveOutcome::DestinationGone => done += 1,
        }
    }
    if let Some(root) = root.into_inner() {
        let kept = session.engine().keep_conversation(session.caller, (&root, to), session.now);
        kept.map_err(|error| failed(&error))?;
    }
    match (done, denied) {
        (_, 0) => Ok(()),
        (0, _) => Err(DENIED),
        (_, _) => Err(IN_PART),
    }
}

/// Returns whether a folder is a mail folder that the phone shows.
fn is_mail(session: &Session<'_>, folder: FolderId) -> Result<bool, u8> {
    let shown = session.engine().shown_folders(session.caller, &session.device, session.now);
    let shown = shown.map_err(|error| failed(&error))?;
    Ok(shown.iter().any(|entry| entry.id == folder && entry.kind == Kind::Mail))
}

fn failed(error: &engine::Error) -> u8 {
    tracing::warn!(error = %crate::server::chain(error), "moving a conversation failed");
    SERVER_ERROR
}
