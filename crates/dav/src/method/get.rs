//! GET and HEAD.

use crate::condition::conditions;
use crate::context::{Context, OrReply as _};
use crate::property::{content_type, etag, http_date};
use crate::reply::Reply;
use crate::request::Request;
use crate::target::Target;

/// Hands an item out as it is stored; of what holds others, a line for whoever looks with a browser.
pub(crate) fn get(context: &Context<'_>, request: &Request, target: &Target) -> Result<Reply, Reply> {
    let Target::Item(place, name) = target else {
        if matches!(target, Target::Top(..)) {
            return Err(Reply::absent());
        }
        let text =
            "This address is for calendar and contact programs: add a CalDAV or CardDAV account there.\n";
        let content_type = Some("text/plain; charset=utf-8".to_owned());
        return Ok(Reply { content_type, body: text.into(), ..Reply::empty(200) });
    };
    let found = context.engine.named_item(context.caller, place.folder.id, name, context.now).or_reply()?;
    let item = found.filter(|_| !request.path.slash).ok_or_else(Reply::absent)?;
    let tag = etag(item.entry.version);
    let conditions = conditions(request);
    if conditions.unless.is_some() && !conditions.hold(Some(item.entry.version)) {
        return Ok(Reply::empty(304).with_header("etag", tag));
    }
    if !conditions.hold(Some(item.entry.version)) {
        return Err(Reply::empty(412));
    }
    let reply = Reply {
        content_type: Some(content_type(item.kind).to_owned()),
        body: item.content,
        ..Reply::empty(200)
    };
    Ok(reply.with_header("etag", tag).with_header("last-modified", http_date(item.entry.changed_at)))
}
