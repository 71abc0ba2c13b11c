//! REPORT: one file per report.

mod busy;
mod filter;
mod multiget;
mod query;
mod span;
mod sync;

use crate::context::Context;
use crate::reply::Reply;
use crate::request::Request;
use crate::target::Target;
use crate::xml::{CALDAV, CARDDAV, DAV, Element, Xml};

/// What a sync token is as an address.
const TOKEN: &str = "urn:comity:sync:";

/// Returns a token as an address.
pub(crate) fn token_uri(token: &str) -> String {
    format!("{TOKEN}{token}")
}

/// Returns the token of an address that [`token_uri`] made.
pub(crate) fn token_of(uri: &str) -> Option<&str> {
    uri.strip_prefix(TOKEN)
}

/// Answers a report.
pub(crate) fn report(context: &Context<'_>, request: &Request, target: &Target) -> Result<Reply, Reply> {
    let root = request.document()?.ok_or_else(|| Reply::empty(400))?;
    if expands(&root) {
        return Err(Reply::failed(403, CALDAV, "supported-calendar-data"));
    }
    match (root.name.space.as_ref(), root.name.local.as_ref()) {
        (DAV, "sync-collection") => sync::sync_collection(context, request, (target, &root)),
        (CALDAV, "calendar-multiget") | (CARDDAV, "addressbook-multiget") => {
            multiget::multiget(context, request, (target, &root))
        }
        (CALDAV, "calendar-query") | (CARDDAV, "addressbook-query") => {
            query::query(context, request, (target, &root))
        }
        (CALDAV, "free-busy-query") => busy::free_busy(context, (target, &root)),
        _ => Err(Reply::failed(403, DAV, "supported-report")),
    }
}

/// Returns whether items are asked for otherwise than as they are stored: single occurrences of a series.
fn expands(root: &Element) -> bool {
    let data = root.child(DAV, "prop").and_then(|prop| prop.child(CALDAV, "calendar-data"));
    data.is_some_and(|data| data.child(CALDAV, "expand").is_some())
}

/// Says that there is more than this answer holds.
fn cut(xml: &mut Xml, href: &str) {
    xml.open(DAV, "response").href(href);
    xml.leaf(DAV, "status", "HTTP/1.1 507 Insufficient Storage");
    xml.open(DAV, "error").empty(DAV, "number-of-matches-within-limits").close().close();
}
