//! What a phone is told of an event that it sent, from 16.0 on: the UID it got, and the names of its files.

use engine::{ItemView, Outcome, Target, Uid};
use items::Kind;
use items::event::Event;
use wbxml::Element;
use wbxml::page::{air_sync_base, calendar};

use super::round::Known;
use crate::command::Session;
use crate::payload::{self, event};
use crate::request::Version;
use crate::wire_id;

/// Returns what is told of an event that was added.
pub(super) fn of_add(
    session: &Session<'_>,
    known: &Known,
    outcome: Outcome,
    data: &Element,
) -> Option<Element> {
    if !is_told(session, known) {
        return None;
    }
    let added = match outcome {
        Outcome::Added(uid) => Some(stored(session, known, uid)?),
        // The phone shows it until it is taken back.
        Outcome::Phantom(_) => None,
        Outcome::Done | Outcome::Kept | Outcome::Gone | Outcome::Unreadable | Outcome::Unsendable => {
            return None;
        }
    };
    let event = added.as_ref().map(|item| Event::parse(&item.content)).unwrap_or_default();
    let own = || data.child_text(calendar::CLIENT_UID).map(std::borrow::Cow::into_owned);
    let uid = event.uid.clone().or_else(own).map(|uid| Element::text(calendar::UID, uid));
    let files = added.and_then(|item| event::added_files(data, &event, known.folder, item.uid));
    let told: Vec<Element> = uid.into_iter().chain(files).collect();
    (!told.is_empty()).then(|| payload::application_data(told))
}

/// Returns what is told of a change that added files; of those that were not allowed, nothing.
pub(super) fn of_change(
    session: &Session<'_>,
    known: &Known,
    (server_id, outcome): (&str, Outcome),
    data: &Element,
) -> Option<Element> {
    let adds = data.child(air_sync_base::ATTACHMENTS)?.child(air_sync_base::ADD).is_some();
    if !adds || outcome != Outcome::Done || !is_told(session, known) {
        return None;
    }
    let Target::Item(uid) = wire_id::target(known.folder, server_id) else { return None };
    let item = stored(session, known, uid)?;
    let files = event::added_files(data, &Event::parse(&item.content), known.folder, uid)?;
    Some(payload::application_data(vec![files]))
}

fn is_told(session: &Session<'_>, known: &Known) -> bool {
    session.version >= Version::V16_0 && known.kind == Some(Kind::Calendar)
}

/// Returns the item as it is now. What cannot be read now is not told: the phone learns it with the item itself.
fn stored(session: &Session<'_>, known: &Known, uid: Uid) -> Option<ItemView> {
    let found = session.engine().fetch(session.caller, known.folder, uid, session.now);
    found.inspect_err(|error| tracing::warn!(%error, "an event that was added cannot be read")).ok().flatten()
}
