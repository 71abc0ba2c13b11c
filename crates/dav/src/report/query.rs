//! calendar-query and addressbook-query.

use items::Kind;
use items::contentline::Document;
use jiff::tz::TimeZone;

use super::filter::{ComponentFilter, Looked, Reader};
use super::multiget::{is_data, text};
use crate::context::{Context, OrReply as _};
use crate::property::{Missing, Subject, Wanted, response};
use crate::reply::Reply;
use crate::request::Request;
use crate::target::{Place, Target};
use crate::xml::{CALDAV, CARDDAV, DAV, Element, Xml};

/// Items in one answer at most.
pub(crate) const MAX_MATCHES: usize = 10_000;
/// Bytes of an answer at most; with the item that passes it the answer ends.
pub(crate) const MAX_ANSWER_BYTES: usize = 10 * 1024 * 1024;

/// Tells the items of a folder that have what is asked for.
pub(super) fn query(
    context: &Context<'_>,
    request: &Request,
    (target, root): (&Target, &Element),
) -> Result<Reply, Reply> {
    let space = if root.name.space == CALDAV { CALDAV } else { CARDDAV };
    let Target::Folder(place) = target else { return Err(Reply::failed(403, DAV, "supported-report")) };
    let fits = match place.folder.kind {
        Kind::Calendar | Kind::Tasks | Kind::Notes => space == CALDAV,
        Kind::Contacts => space == CARDDAV,
        Kind::Mail | Kind::Files => false,
    };
    if !fits {
        return Err(Reply::failed(403, DAV, "supported-report"));
    }
    let wanted = Wanted::of(root)?;
    let limit = limit(root)?;
    let filter = root.child(space, "filter").ok_or_else(|| Reply::failed(403, space, "valid-filter"))?;
    let mut reader = Reader::new(space);
    let filter = if space == CALDAV { reader.calendar(filter)? } else { reader.card(filter)? };
    let missing = if request.prefers_minimal() { Missing::LeftOut } else { Missing::Told };
    Ok(Reply::xml(207, matches(context, place, (&filter, limit), (&wanted, missing))?))
}

fn matches(
    context: &Context<'_>,
    place: &Place,
    (filter, limit): (&ComponentFilter, usize),
    told: (&Wanted, Missing),
) -> Result<Xml, Reply> {
    let home = context.engine.user_zone(context.caller).or_reply()?.unwrap_or(TimeZone::UTC);
    let span = filter.span().map(super::span::Span::widened);
    let items = context.engine.items_during(context.caller, place.folder.id, span, context.now);
    let items = items.or_reply()?.ok_or_else(Reply::absent)?;
    let mut xml = Xml::document(DAV, "multistatus");
    let mut count = 0;
    for item in &items {
        let document = Document::parse(&item.content);
        let looked = Looked { kind: item.kind, content: &item.content, document, home: &home };
        if !filter.matches(&looked) {
            continue;
        }
        if count >= limit || xml.len() > MAX_ANSWER_BYTES {
            super::cut(&mut xml, &place.href);
            break;
        }
        count += 1;
        let extra = |xml: &mut Xml, name: &crate::xml::Name| {
            let is_data = is_data(name);
            if is_data {
                text(xml, name, &item.content);
            }
            is_data
        };
        response(&mut xml, context, &Subject::Item(place, &item.entry), told, &extra);
    }
    Ok(xml)
}

fn limit(root: &Element) -> Result<usize, Reply> {
    let Some(limit) = root.child(CARDDAV, "limit").and_then(|limit| limit.child(CARDDAV, "nresults")) else {
        return Ok(MAX_MATCHES);
    };
    let wanted: usize = limit.text().parse().map_err(|_| Reply::empty(400))?;
    Ok(wanted.min(MAX_MATCHES))
}
