//! Search in mail folders.

use engine::{Below, FolderId, ItemRef, Part, Scope, Timestamp, Uid};
use items::Kind;
use items::message::Message;
use items::query::Query;
use jiff::tz::TimeZone;
use wbxml::Element;
use wbxml::page::search::{
    AND, CONVERSATION_ID, DEEP_TRAVERSAL, FREE_TEXT, GREATER_THAN, LESS_THAN, LONG_ID, OPTIONS, PROPERTIES,
    QUERY, RANGE, RESULT, STATUS, STORE, TOTAL, VALUE,
};
use wbxml::page::{air_sync, email};

use super::{DONE, FOLDERS_CHANGED, INVALID, PAST_END, TOO_COMPLEX};
use crate::command::Session;
use crate::command::range::Range;
use crate::command::sync::{View, class};
use crate::reply::number;
use crate::server::Failure;
use crate::{item, payload, wire_id};

/// The most results that a phone may page through.
const MAX_RESULTS: usize = 100;

/// What a phone looks for.
#[derive(Debug)]
struct Asked {
    scope: Scope,
    text: Query,
    conversation: Option<Vec<u8>>,
    range: Range,
    view: View,
    /// Whether messages are among the kinds it asks for: nothing else is searched.
    mail: bool,
}

/// Returns the store of the answer, or its status where there is nothing but that to say.
pub(super) fn search(session: &Session<'_>, asked: &Element) -> Result<Result<Element, u8>, Failure> {
    let asked = match parse(session, asked) {
        Ok(asked) => asked,
        Err(status) => return Ok(Err(status)),
    };
    let matches = |message: &Message, received: Timestamp| {
        asked.mail
            && asked.text.matches(message, received)
            && asked
                .conversation
                .as_ref()
                .is_none_or(|id| payload::message::conversation_id(message).is_some_and(|own| own == *id))
    };
    let device = (session.caller, &session.device);
    let found = session.engine().search_mail(device, &asked.scope, &matches, session.now)?;
    let Some(found) = found else { return Ok(Err(FOLDERS_CHANGED)) };
    let total = found.hits.len();
    let mut page = asked.range.page(total, MAX_RESULTS);
    let status = if page.past_end { PAST_END } else { DONE };
    let mut store = Element::new(STORE).with(number(STATUS, status));
    let (mut sent, mut bytes) = (0, 0);
    for (folder, uid) in found.hits.into_iter().skip(page.first).take(page.len) {
        if bytes >= session.limits().answer_bytes {
            break;
        }
        sent += 1;
        if let Some((result, size)) = result(session, &asked.view, (folder, uid))? {
            store.push(result);
            bytes = bytes.saturating_add(size);
        }
    }
    page.len = sent;
    if sent == 0 {
        store.push(Element::new(RESULT));
    }
    Ok(Ok(store.with(Element::text(RANGE, page.text())).with(number(TOTAL, total))))
}

/// Returns a message as a result and how many bytes it has; `None` for one that was there a moment ago.
fn result(
    session: &Session<'_>,
    view: &View,
    (folder, uid): (FolderId, Uid),
) -> Result<Option<(Element, usize)>, Failure> {
    let found = session.engine().fetch_outlined(session.caller, folder, uid, session.now)?;
    let options = view.options(session, Vec::new());
    let found = match found {
        Some(found) => item::as_wanted(session, folder, found, &options)?,
        None => None,
    };
    let Some(found) = found else { return Ok(None) };
    let elements = item::render(folder, &found, &Part::Everything, &options);
    let properties = elements.into_iter().fold(Element::new(PROPERTIES), Element::with);
    let result = Element::new(RESULT)
        .with(Element::text(air_sync::CLASS, class(found.kind)))
        .with(Element::text(LONG_ID, wire_id::render(folder, ItemRef::Item(uid))))
        .with(number(air_sync::COLLECTION_ID, folder))
        .with(properties);
    let size = wbxml::encode(&result).len();
    Ok(Some((result, size)))
}

fn parse(session: &Session<'_>, asked: &Element) -> Result<Asked, u8> {
    let query = asked.child(QUERY).ok_or(INVALID)?;
    let Some(all) = query.child(AND) else {
        return Err(if query.elements().next().is_some() { TOO_COMPLEX } else { INVALID });
    };
    if query.elements().count() > 1 {
        return Err(TOO_COMPLEX);
    }
    let options = asked.child(OPTIONS);
    let range = options.and_then(|options| options.child_text(RANGE));
    let range = Range::parse(range.as_deref(), MAX_RESULTS).map_err(|_| INVALID)?;
    let mut view = View::default();
    view.replace(options).map_err(|_| INVALID)?;
    let below = match options.and_then(|options| options.flag(DEEP_TRAVERSAL)) {
        Some(true) => Below::Searched,
        Some(false) | None => Below::Left,
    };
    let scope = Scope { folders: folders(session, all)?, below, after: None, before: None };
    let mut asked =
        Asked { scope, text: Query::default(), conversation: None, range, view, mail: is_for_mail(all) };
    criteria(session, all, &mut asked)?;
    Ok(asked)
}

/// Reads what the messages must be. Something must be said of them.
fn criteria(session: &Session<'_>, all: &Element, asked: &mut Asked) -> Result<(), u8> {
    let now = session.now.to_zoned(TimeZone::UTC);
    for one in all.elements() {
        match one.tag {
            air_sync::CLASS | air_sync::COLLECTION_ID => {}
            FREE_TEXT => asked.text = Query::parse(&one.value(), &now),
            CONVERSATION_ID => asked.conversation = Some(one.bytes().into_owned()),
            GREATER_THAN => asked.scope.after = Some(received(one)?),
            LESS_THAN => asked.scope.before = Some(received(one)?),
            _ => return Err(INVALID),
        }
    }
    let scope = &asked.scope;
    let says = !asked.text.is_empty()
        || asked.conversation.is_some()
        || scope.after.is_some()
        || scope.before.is_some();
    if says { Ok(()) } else { Err(INVALID) }
}

/// Reads the time that messages are compared with: when they were received is all that can be compared.
fn received(one: &Element) -> Result<Timestamp, u8> {
    if one.child(email::DATE_RECEIVED).is_none() {
        return Err(INVALID);
    }
    one.child_text(VALUE).and_then(|text| payload::instant(&text)).ok_or(INVALID)
}

fn is_for_mail(all: &Element) -> bool {
    let mut classes = all.children(air_sync::CLASS).peekable();
    classes.peek().is_none() || classes.any(|named| named.value() == class(Kind::Mail))
}

/// Returns the folders that are named; none where it is all of them, which some phones call `0`.
fn folders(session: &Session<'_>, all: &Element) -> Result<Vec<FolderId>, u8> {
    let named: Vec<_> = all.children(air_sync::COLLECTION_ID).map(Element::value).collect();
    if named.len() > session.limits().folders {
        return Err(TOO_COMPLEX);
    }
    if named.iter().any(|id| id == "0") {
        return Ok(Vec::new());
    }
    Ok(named.iter().map(|id| wire_id::folder(id)).collect())
}
