//! ItemOperations: one item or attachment whole, or a folder emptied.

mod conversation;
mod delivery;

use engine::{Attachment, EmptyOutcome, FolderId, ItemView, Part, Subfolders, Target, Uid};
use items::Kind;
use wbxml::page::item_operations::{
    DELETE_SUB_FOLDERS, EMPTY_FOLDER_CONTENTS, FETCH, ITEM_OPERATIONS, MOVE, OPTIONS, PROPERTIES, RANGE,
    RESPONSE, SCHEMA, STATUS, STORE, TOTAL,
};
use wbxml::page::{air_sync, air_sync_base, document_library, search};
use wbxml::{Element, Tag};

use self::delivery::{Content, Delivery};
use super::sync::{View, class, owner};
use super::{Session, body};
use crate::file_reference::FileReference;
use crate::item;
use crate::reply::{Reply, number};
use crate::server::Failure;
use crate::wire_id;

const DONE: u8 = 1;
const PROTOCOL_ERROR: u8 = 2;
const SERVER_ERROR: u8 = 3;
const NOT_FOUND: u8 = 6;
const BAD_RANGE: u8 = 8;
const STORE_UNKNOWN: u8 = 9;
const TOO_LARGE: u8 = 11;
const BAD_ATTACHMENT: u8 = 15;
const DENIED: u8 = 16;
const IN_PART: u8 = 17;

/// What a Fetch found.
struct Found {
    class: Option<Kind>,
    properties: Element,
}

/// Answers an ItemOperations request, one operation after the other.
pub(crate) fn handle(
    session: &Session<'_>,
    root: Option<&Element>,
    wanted: Wanted,
) -> Result<Reply, Failure> {
    let root = body(root, ITEM_OPERATIONS)?;
    if root.elements().count() > session.limits().operations {
        return Ok(Reply::failed(ITEM_OPERATIONS, (STATUS, TOO_LARGE)));
    }
    let mut delivery = Delivery::new(wanted);
    let mut response = Element::new(RESPONSE);
    for asked in root.elements() {
        match asked.tag {
            FETCH => response.push(fetch(session, asked, &mut delivery)),
            EMPTY_FOLDER_CONTENTS => response.push(empty(session, asked)),
            MOVE => response.push(conversation::relocate(session, asked)),
            _ => return Ok(Reply::failed(ITEM_OPERATIONS, (STATUS, PROTOCOL_ERROR))),
        }
    }
    let document = Element::new(ITEM_OPERATIONS).with(number(STATUS, DONE)).with(response);
    let reply = delivery.finish(&document);
    Ok(reply.unwrap_or_else(|_| Reply::failed(ITEM_OPERATIONS, (STATUS, TOO_LARGE))))
}

/// How a phone wants contents delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    Inline,
    Parts,
}

fn fetch(session: &Session<'_>, asked: &Element, delivery: &mut Delivery) -> Element {
    let (status, found) = match found(session, asked, delivery) {
        Ok(found) => (DONE, Some(found)),
        Err(status) => (status, None),
    };
    let mut answer = Element::new(FETCH).with(number(STATUS, status));
    let names = [
        air_sync::COLLECTION_ID,
        air_sync::SERVER_ID,
        search::LONG_ID,
        document_library::LINK_ID,
        air_sync_base::FILE_REFERENCE,
    ];
    for tag in names {
        answer = echo(answer, asked, tag);
    }
    if let Some(Found { class: kind, properties }) = found {
        answer.content.extend(kind.map(|kind| Element::text(air_sync::CLASS, class(kind)).into()));
        answer.push(properties);
    }
    answer
}

fn echo(answer: Element, asked: &Element, tag: Tag) -> Element {
    match asked.child(tag) {
        Some(name) => answer.with(name.clone()),
        None => answer,
    }
}

fn found(session: &Session<'_>, asked: &Element, delivery: &mut Delivery) -> Result<Found, u8> {
    let store = asked.child_text(STORE).unwrap_or_default();
    if !store.eq_ignore_ascii_case("Mailbox") {
        return Err(STORE_UNKNOWN);
    }
    if let Some(reference) = asked.child_text(air_sync_base::FILE_REFERENCE) {
        return attachment(session, asked, &reference, delivery);
    }
    let (folder, uid) = named(session, asked)?;
    let item = load(session, folder, uid)?.ok_or(NOT_FOUND)?;
    let kind = item.kind;
    let mut properties = whole(session, folder, item, asked.child(OPTIONS))?;
    delivery.bodies(&mut properties).map_err(|_| TOO_LARGE)?;
    Ok(Found { class: Some(kind), properties })
}

/// Returns which item is meant: one of a folder, or one that a search found.
fn named(session: &Session<'_>, asked: &Element) -> Result<(FolderId, Uid), u8> {
    if let Some(name) = asked.child_text(search::LONG_ID) {
        return wire_id::from_long(&name).ok_or(NOT_FOUND);
    }
    let (Some(folder), Some(item)) =
        (asked.child_text(air_sync::COLLECTION_ID), asked.child_text(air_sync::SERVER_ID))
    else {
        return Err(PROTOCOL_ERROR);
    };
    match session.place(wire_id::folder(&folder), &item) {
        Ok((folder, Target::Item(uid))) => Ok((folder, uid)),
        Ok((_, Target::Phantom(_) | Target::Unknown(_))) => Err(NOT_FOUND),
        Err(error) => {
            tracing::warn!(error = %crate::server::chain(&error), "a fetch failed");
            Err(SERVER_ERROR)
        }
    }
}

fn load(session: &Session<'_>, folder: FolderId, uid: Uid) -> Result<Option<ItemView>, u8> {
    session.engine().fetch_outlined(session.caller, folder, uid, session.now).map_err(|error| failed(&error))
}

fn failed(error: &engine::Error) -> u8 {
    tracing::warn!(error = %crate::server::chain(error), "a fetch failed");
    SERVER_ERROR
}

/// Writes a whole item, as the phone wants it here and now.
fn whole(
    session: &Session<'_>,
    folder: FolderId,
    found: ItemView,
    options: Option<&Element>,
) -> Result<Element, u8> {
    let mut view = View::default();
    view.replace(options).map_err(|_| PROTOCOL_ERROR)?;
    let owner = owner(session, folder, Some(found.kind)).map_err(|_| SERVER_ERROR)?;
    let wish = view.options(session, owner);
    let found =
        item::as_wanted(session, folder, found, &wish).map_err(|error| failed(&error))?.ok_or(NOT_FOUND)?;
    let mut elements = item::render(folder, &found, &Part::Everything, &wish);
    if let Some(schema) = options.and_then(|options| options.child(SCHEMA)) {
        elements.retain(|element| schema.child(element.tag).is_some());
    }
    Ok(elements.into_iter().fold(Element::new(PROPERTIES), Element::with))
}

fn attachment(
    session: &Session<'_>,
    asked: &Element,
    reference: &str,
    delivery: &mut Delivery,
) -> Result<Found, u8> {
    let reference: FileReference = reference.parse().map_err(|_| BAD_ATTACHMENT)?;
    let found = session
        .engine()
        .attachment(session.caller, reference.folder, reference.uid, reference.index, session.now)
        .map_err(|error| failed(&error))?;
    let Attachment { media_type, bytes, .. } = found.ok_or(BAD_ATTACHMENT)?;
    let size = bytes.len();
    let mut properties = Element::new(PROPERTIES);
    // An old iOS fails on a range that it did not ask for.
    let wanted = match asked.child(OPTIONS).and_then(|options| options.child_text(RANGE)) {
        Some(range) => {
            let (first, last) = range_of(&range, size).ok_or(BAD_RANGE)?;
            properties.push(Element::text(RANGE, format!("{first}-{last}")));
            properties.push(number(TOTAL, size));
            first..last + 1
        }
        None => 0..size,
    };
    properties.push(Element::text(air_sync_base::CONTENT_TYPE, media_type));
    properties.push(delivery.content(Content::of(bytes, wanted)).map_err(|_| TOO_LARGE)?);
    Ok(Found { class: None, properties })
}

/// Returns the first and the last byte of a range, from 0, both included; `None` where it lies outside.
fn range_of(text: &str, size: usize) -> Option<(usize, usize)> {
    let (first, last) = text.trim().split_once('-')?;
    let (first, last): (usize, usize) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
    let end = size.checked_sub(1)?;
    (first <= last && first <= end).then_some((first, last.min(end)))
}

fn empty(session: &Session<'_>, asked: &Element) -> Element {
    let folder = wire_id::folder(&asked.child_text(air_sync::COLLECTION_ID).unwrap_or_default());
    let subfolders = match asked.child(OPTIONS).and_then(|options| options.flag(DELETE_SUB_FOLDERS)) {
        Some(true) => Subfolders::Go,
        Some(false) | None => Subfolders::Stay,
    };
    let emptied =
        session.engine().empty_folder(session.caller, &session.device, (folder, subfolders), session.now);
    let status = match emptied {
        Ok(EmptyOutcome::All) => DONE,
        Ok(EmptyOutcome::Some) => IN_PART,
        Ok(EmptyOutcome::None) => DENIED,
        Ok(EmptyOutcome::NotFound) => NOT_FOUND,
        Err(error) => {
            tracing::warn!(error = %crate::server::chain(&error), %folder, "emptying a folder failed");
            SERVER_ERROR
        }
    };
    echo(Element::new(EMPTY_FOLDER_CONTENTS).with(number(STATUS, status)), asked, air_sync::COLLECTION_ID)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_counts_from_0_and_includes_both_ends() {
        for (text, expected) in [
            ("0-9", Some((0, 9))),
            ("0-0", Some((0, 0))),
            ("5-99", Some((5, 9))),
            (" 9 - 9 ", Some((9, 9))),
            ("10-11", None),
            ("5-4", None),
            ("5", None),
            ("-5", None),
            ("0-99999999999999999999", None),
        ] {
            assert_eq!(range_of(text, 10), expected, "{text:?}");
        }
        assert_eq!(range_of("0-0", 0), None);
    }
}
