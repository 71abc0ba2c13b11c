//! Find, since 16.1: messages and users, as a list to choose from.

use engine::{Below, FolderId, ItemRef, ItemView, Scope, Timestamp, Uid};
use items::Kind;
use items::message::AddressList;
use items::query::Query;
use jiff::tz::TimeZone;
use wbxml::Element;
use wbxml::page::find::{
    DEEP_TRAVERSAL, DISPLAY_BCC, DISPLAY_CC, EXECUTE_SEARCH, FIND, FREE_TEXT, GAL_SEARCH_CRITERION,
    HAS_ATTACHMENTS, MAIL_BOX_SEARCH_CRITERION, OPTIONS, PICTURE, PREVIEW, PROPERTIES, QUERY, RANGE,
    RESPONSE, RESULT, SEARCH_ID, STATUS, TOTAL,
};
use wbxml::page::{air_sync, email, email2, item_operations};

use super::gal::{self, Pictures};
use super::range::{Page, Range};
use super::sync::class;
use super::{Session, body};
use crate::payload::{dashed, message};
use crate::reply::{Reply, number};
use crate::server::Failure;
use crate::wire_id;

/// The most results that a phone may ask for.
const MAX_RESULTS: usize = 1000;
/// Characters of a message's text in a result.
const MAX_PREVIEW: usize = 255;
/// Characters of a list of names in a result.
const MAX_NAMES: usize = 32_768;
/// The type of the folder whose messages are still being written.
const DRAFTS: i64 = 3;

const DONE: u8 = 1;
const INVALID: u8 = 2;
const FOLDERS_CHANGED: u8 = 3;
const NOT_FROM_START: u8 = 4;

/// Answers a Find.
pub(crate) fn handle(session: &Session<'_>, root: Option<&Element>) -> Result<Reply, Failure> {
    let root = body(root, FIND)?;
    let named = root.child_text(SEARCH_ID).is_some_and(|id| !id.is_empty());
    let asked = root.child(EXECUTE_SEARCH).filter(|_| named);
    let found = match asked.and_then(|asked| asked.elements().next()) {
        Some(asked) if asked.tag == MAIL_BOX_SEARCH_CRITERION => messages(session, asked)?,
        Some(asked) if asked.tag == GAL_SEARCH_CRITERION => users(session, asked)?,
        Some(_) | None => Err(INVALID),
    };
    Ok(match found {
        Ok(response) => Reply::wbxml(&Element::new(FIND).with(number(STATUS, DONE)).with(response)),
        Err(status) => Reply::failed(FIND, (STATUS, status)),
    })
}

/// Reads the range that a phone asks for.
fn range(asked: &Element) -> Result<Range, u8> {
    let text = asked.child(OPTIONS).and_then(|options| options.child_text(RANGE));
    let range = Range::parse(text.as_deref(), MAX_RESULTS).map_err(|_| INVALID)?;
    if range.is_first() { Ok(range) } else { Err(NOT_FROM_START) }
}

fn response(store: &str, results: Vec<Element>, (page, total): (Page, usize)) -> Element {
    let head =
        Element::new(RESPONSE).with(Element::text(item_operations::STORE, store)).with(number(STATUS, DONE));
    let list = if results.is_empty() { vec![Element::new(RESULT)] } else { results };
    let whole = list.into_iter().fold(head, Element::with);
    whole.with(Element::text(RANGE, page.text())).with(number(TOTAL, total))
}

fn users(session: &Session<'_>, asked: &Element) -> Result<Result<Element, u8>, Failure> {
    let Some(query) = asked.child_text(QUERY) else { return Ok(Err(INVALID)) };
    let range = match range(asked) {
        Ok(range) => range,
        Err(status) => return Ok(Err(status)),
    };
    let wanted = asked.child(OPTIONS).is_some_and(|options| options.child(PICTURE).is_some());
    let pictures = if wanted { Pictures::Wanted } else { Pictures::Unwanted };
    let found = session.engine().directory_search(&query)?;
    let page = range.page(found.entries.len(), MAX_RESULTS);
    let shown = found.entries.iter().take(page.len);
    let results = shown.map(|entry| gal::result((RESULT, PROPERTIES), entry, pictures)).collect();
    Ok(Ok(response("GAL", results, (page, found.total))))
}

fn messages(session: &Session<'_>, asked: &Element) -> Result<Result<Element, u8>, Failure> {
    let query = asked.child(QUERY);
    let text = query.and_then(|query| query.child_text(FREE_TEXT)).unwrap_or_default();
    let text = Query::parse(&text, &session.now.to_zoned(TimeZone::UTC));
    let kind = query.and_then(|query| query.child_text(air_sync::CLASS));
    let is_mail = kind.is_none_or(|kind| kind == class(Kind::Mail));
    if text.is_empty() || !is_mail {
        return Ok(Err(INVALID));
    }
    let range = match range(asked) {
        Ok(range) => range,
        Err(status) => return Ok(Err(status)),
    };
    let folder = query.and_then(|query| query.child_text(air_sync::COLLECTION_ID)).filter(|id| id != "0");
    let deep = asked.child(OPTIONS).and_then(|options| options.flag(DEEP_TRAVERSAL)) == Some(true);
    let scope = Scope {
        folders: folder.iter().map(|id| wire_id::folder(id)).collect(),
        below: if deep { Below::Searched } else { Below::Left },
        after: None,
        before: None,
    };
    let device = (session.caller, &session.device);
    let found = session.engine().search_mail(
        device,
        &scope,
        &|message, at| text.matches(message, at),
        session.now,
    )?;
    let Some(found) = found else { return Ok(Err(FOLDERS_CHANGED)) };
    let drafts = drafts(session)?;
    let page = range.page(found.hits.len(), MAX_RESULTS);
    let mut results = Vec::new();
    for (folder, uid) in found.hits.iter().copied().take(page.len) {
        let item = session.engine().fetch_outlined(session.caller, folder, uid, session.now)?;
        results.extend(item.map(|item| result((folder, uid), &item, drafts)));
    }
    Ok(Ok(response("Mailbox", results, (page, found.hits.len()))))
}

/// Returns the folder of messages that are still being written.
fn drafts(session: &Session<'_>) -> Result<Option<FolderId>, Failure> {
    let shown = session.engine().shown_folders(session.caller, &session.device, session.now)?;
    Ok(shown.iter().find(|entry| entry.role == DRAFTS).map(|entry| entry.id))
}

/// Returns a message as a line of the list; those in `drafts` are still being written.
fn result((folder, uid): (FolderId, Uid), item: &ItemView, drafts: Option<FolderId>) -> Element {
    let message = message::read(&item.content, item.cuts.as_ref());
    let yes = |said: bool| if said { "1" } else { "0" };
    let names = |list: &AddressList| list.labels(";", MAX_NAMES);
    let received = message.date_received();
    let created = Timestamp::from_millisecond(item.created_at).unwrap_or(Timestamp::UNIX_EPOCH);
    let text = message.body_text();
    let preview: String =
        text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(MAX_PREVIEW).collect();
    let properties = [
        (email::SUBJECT, message.subject.clone()),
        (email::DATE_RECEIVED, dashed(received.unwrap_or(created))),
        (email::DISPLAY_TO, names(&message.to)),
        (DISPLAY_CC, names(&message.cc)),
        (DISPLAY_BCC, names(&message.bcc)),
        (email::IMPORTANCE, message.importance.number().to_string()),
        (email::READ, yes(item.seen).to_owned()),
        (email2::IS_DRAFT, yes(drafts == Some(folder)).to_owned()),
        (PREVIEW, preview),
        (HAS_ATTACHMENTS, yes(!message.attachments.is_empty()).to_owned()),
        (email::FROM, message.from.joined(", ", MAX_NAMES)),
    ];
    let properties = properties.into_iter().filter(|(_, text)| !text.is_empty());
    let shown =
        properties.fold(Element::new(PROPERTIES), |shown, (tag, text)| shown.with(Element::text(tag, text)));
    Element::new(RESULT)
        .with(Element::text(air_sync::CLASS, class(Kind::Mail)))
        .with(Element::text(air_sync::SERVER_ID, wire_id::render(folder, ItemRef::Item(uid))))
        .with(number(air_sync::COLLECTION_ID, folder))
        .with(shown)
}
