//! calendar-multiget and addressbook-multiget: the texts of named items.

use engine::Entry;

use crate::context::{Context, OrReply as _};
use crate::path::Path;
use crate::property::{Missing, Subject, Wanted, response, status};
use crate::reply::Reply;
use crate::request::Request;
use crate::target::{self, Place, Target};
use crate::xml::{CALDAV, CARDDAV, DAV, Element, Name, Xml};

/// Items that one request names at most.
pub(crate) const MAX_HREFS: usize = 1_000;

/// Tells the texts of the items that are named.
pub(super) fn multiget(
    context: &Context<'_>,
    request: &Request,
    (target, root): (&Target, &Element),
) -> Result<Reply, Reply> {
    let wanted = Wanted::of(root)?;
    let hrefs: Vec<String> =
        root.children().filter(|child| child.name.is(DAV, "href")).map(Element::text).collect();
    if hrefs.len() > MAX_HREFS {
        return Err(Reply::empty(413));
    }
    let missing = if request.prefers_minimal() { Missing::LeftOut } else { Missing::Told };
    let mut xml = Xml::document(DAV, "multistatus");
    for href in &hrefs {
        match named(context, target, href)? {
            Some((place, entry)) => {
                let extra = data(context, &place, &entry);
                let subject = Subject::Item(&place, &entry);
                response(&mut xml, context, &subject, (&wanted, missing), &extra);
            }
            None => status(&mut xml, href, "404 Not Found"),
        }
    }
    Ok(Reply::xml(207, xml))
}

/// Returns the item of an address, if it is in what the request speaks of.
fn named(context: &Context<'_>, target: &Target, href: &str) -> Result<Option<(Place, Entry)>, Reply> {
    let Ok(path) = Path::parse(path_of(href)) else { return Ok(None) };
    let (place, name) = match target {
        // The usual case: an item of the folder itself, which was looked up already.
        Target::Folder(place) => {
            let Some((name, parent)) = path.segments.split_last() else { return Ok(None) };
            let base = Path::parse(&place.href).map(|base| base.segments).unwrap_or_default();
            if parent != base || path.slash {
                return Ok(None);
            }
            (place.clone(), name.clone())
        }
        Target::Home(_) | Target::Root => match target::resolve(context, &path) {
            Ok(Target::Item(place, name)) => (place, name),
            Ok(_) | Err(_) => return Ok(None),
        },
        Target::Item(place, name) => (place.clone(), name.clone()),
        Target::Principals | Target::Principal(_) | Target::Top(..) => return Ok(None),
    };
    let entry = context.engine.entry(context.caller, place.folder.id, &name, context.now).or_reply()?;
    Ok(entry.map(|entry| (place, entry)))
}

/// Returns the path of an address that may be written with its host.
fn path_of(href: &str) -> &str {
    match href.split_once("://") {
        Some((_, rest)) => rest.find('/').and_then(|at| rest.get(at..)).unwrap_or(""),
        None => href,
    }
}

/// Returns what writes an item's text where it is asked for.
pub(super) fn data<'a>(
    context: &'a Context<'_>,
    place: &'a Place,
    entry: &'a Entry,
) -> impl Fn(&mut Xml, &Name) -> bool + 'a {
    move |xml, name| {
        if !is_data(name) {
            return false;
        }
        let item = context.engine.named_item(context.caller, place.folder.id, &entry.name, context.now);
        let Ok(Some(item)) = item else { return false };
        text(xml, name, &item.content);
        true
    }
}

/// Returns whether a property is an item's text.
pub(super) fn is_data(name: &Name) -> bool {
    name.is(CALDAV, "calendar-data") || name.is(CARDDAV, "address-data")
}

/// Writes an item's text.
pub(super) fn text(xml: &mut Xml, name: &Name, content: &[u8]) {
    xml.leaf(&name.space, &name.local, &String::from_utf8_lossy(content));
}
