//! Bodies that a phone was shown cut and sends back as it was shown them: they say nothing about the rest.

use engine::{Error, FolderId, Part, Target};
use items::Kind;
use wbxml::Element;
use wbxml::page::air_sync_base::{BODY, DATA, TRUNCATED, TYPE};

use crate::command::Session;
use crate::item;
use crate::payload::Options;
use crate::wire_id;

/// Returns the change without its body, where that is the beginning which the phone is shown of a longer one. Many
/// phones send the whole item back, whatever their user changed of it.
pub(super) fn left_out(
    session: &Session<'_>,
    (folder, options): (FolderId, &Options),
    (server_id, data): (&str, &Element),
) -> Result<Option<Element>, Error> {
    let Some(sent) = data.child(BODY).filter(|sent| may_be_cut(sent, options)) else { return Ok(None) };
    let Target::Item(uid) = wire_id::target(folder, server_id) else { return Ok(None) };
    let Some(item) = session.engine().fetch_outlined(session.caller, folder, uid, session.now)? else {
        return Ok(None);
    };
    if item.kind == Kind::Files {
        return Ok(None);
    }
    let shown = item::render(folder, &item, &Part::Everything, options);
    let shown = shown.iter().find(|element| element.tag == BODY && element.child(TRUNCATED).is_some());
    if !shown.is_some_and(|shown| says_the_same(shown, sent)) {
        return Ok(None);
    }
    let mut rest = Element::new(data.tag);
    rest.content.extend(data.content.iter().filter(|node| !is_body(node)).cloned());
    Ok(Some(rest))
}

/// Returns whether a body is as long as some form of it that the phone takes, so that it may have been cut there. Line
/// ends may have become shorter on the way, and a character is never cut in two.
fn may_be_cut(sent: &Element, options: &Options) -> bool {
    let length = sent.child(DATA).map_or(0, |data| data.bytes().len());
    let limits = options.bodies.iter().filter_map(|form| form.truncation);
    limits.filter_map(|limit| usize::try_from(limit).ok()).any(|limit| {
        length > 0 && length <= limit.saturating_add(1) && length.saturating_mul(2).saturating_add(4) >= limit
    })
}

fn says_the_same(shown: &Element, sent: &Element) -> bool {
    let form =
        |body: &Element| body.child_text(TYPE).map_or_else(|| "1".to_owned(), std::borrow::Cow::into_owned);
    let words =
        |body: &Element| body.child(DATA).map(|data| data.value().replace('\r', "").trim_end().to_owned());
    form(shown) == form(sent) && words(shown) == words(sent)
}

fn is_body(node: &wbxml::Node) -> bool {
    matches!(node, wbxml::Node::Element(element) if element.tag == BODY)
}
