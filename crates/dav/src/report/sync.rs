//! sync-collection (RFC 6578).

use engine::{Changes, ItemChange, LostClasses};

use super::{token_of, token_uri};
use crate::context::{Context, OrReply as _};
use crate::property::{Missing, Subject, Wanted, response, status};
use crate::reply::Reply;
use crate::request::{Depth, Request};
use crate::target::Target;
use crate::xml::{COMITY, DAV, Element, Xml};

/// Changes in one answer at most.
pub(crate) const MAX_CHANGES: u32 = 2_000;

/// Tells what changed in a folder since a token.
pub(super) fn sync_collection(
    context: &Context<'_>,
    request: &Request,
    (target, root): (&Target, &Element),
) -> Result<Reply, Reply> {
    let Target::Folder(place) = target else { return Err(Reply::failed(403, DAV, "supported-report")) };
    if !matches!(request.depth()?, None | Some(Depth::Zero)) {
        return Err(Reply::empty(400));
    }
    let level = root.child(DAV, "sync-level").map(Element::text);
    if !matches!(level.as_deref(), None | Some("1")) {
        return Err(Reply::failed(403, DAV, "sync-traversal-supported"));
    }
    let wanted = Wanted::of(root)?;
    let said = root.child(DAV, "sync-token").map(Element::text).unwrap_or_default();
    let since = match said.as_str() {
        "" => None,
        uri => Some(token_of(uri).ok_or_else(|| Reply::failed(403, DAV, "valid-sync-token"))?),
    };
    let limit = limit(root)?;
    let knows = request.header("comity-classes") == Some("1");
    let lost = if knows { LostClasses::Named } else { LostClasses::Listed };
    let changes = context.engine.changes(context.caller, place.folder.id, (since, limit, lost), context.now);
    let page = match changes.or_reply()? {
        Changes::Absent => return Err(Reply::absent()),
        Changes::UnknownToken => return Err(Reply::failed(403, DAV, "valid-sync-token")),
        Changes::Page(page) => page,
    };
    let mut xml = Xml::document(DAV, "multistatus");
    let missing = if request.prefers_minimal() { Missing::LeftOut } else { Missing::Told };
    for change in &page.changes {
        match change {
            ItemChange::Changed(entry) => {
                let subject = Subject::Item(place, entry);
                let extra = super::multiget::data(context, place, entry);
                response(&mut xml, context, &subject, (&wanted, missing), &extra);
            }
            ItemChange::Removed(name) => status(&mut xml, &place.item(name), "404 Not Found"),
        }
    }
    if page.more {
        super::cut(&mut xml, &place.href);
    }
    if !page.lost.is_empty() {
        xml.open(COMITY, "purge-class");
        for class in &page.lost {
            xml.empty(COMITY, class.as_str());
        }
        xml.close();
    }
    xml.leaf(DAV, "sync-token", &token_uri(&page.token));
    Ok(Reply::xml(207, xml))
}

fn limit(root: &Element) -> Result<u32, Reply> {
    let Some(limit) = root.child(DAV, "limit").and_then(|limit| limit.child(DAV, "nresults")) else {
        return Ok(MAX_CHANGES);
    };
    let wanted: u32 = limit.text().parse().map_err(|_| Reply::empty(400))?;
    Ok(wanted.clamp(1, MAX_CHANGES))
}
