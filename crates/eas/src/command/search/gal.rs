//! Search in the directory.

use engine::MAX_DIRECTORY_MATCHES;
use wbxml::Element;
use wbxml::page::search::{OPTIONS, PICTURE, PROPERTIES, QUERY, RANGE, RESULT, STATUS, STORE, TOTAL};

use super::{DONE, INVALID, PAST_END};
use crate::command::Session;
use crate::command::gal::{Pictures, result};
use crate::command::range::Range;
use crate::reply::number;
use crate::request::Version;
use crate::server::Failure;

/// Returns the store of the answer, or its status where there is nothing but that to say.
pub(super) fn search(session: &Session<'_>, asked: &Element) -> Result<Result<Element, u8>, Failure> {
    let options = asked.child(OPTIONS);
    let range = options.and_then(|options| options.child_text(RANGE));
    let (Some(query), Ok(range)) =
        (asked.child_text(QUERY), Range::parse(range.as_deref(), MAX_DIRECTORY_MATCHES))
    else {
        return Ok(Err(INVALID));
    };
    let wanted =
        session.version >= Version::V14_1 && options.is_some_and(|list| list.child(PICTURE).is_some());
    let pictures = if wanted { Pictures::Wanted } else { Pictures::Unwanted };
    let found = session.engine().directory_search(&query)?;
    let page = range.page(found.total, MAX_DIRECTORY_MATCHES);
    let status = if page.past_end { PAST_END } else { DONE };
    let mut store = Element::new(STORE).with(number(STATUS, status));
    for entry in found.entries.iter().skip(page.first).take(page.len) {
        store.push(result((RESULT, PROPERTIES), entry, pictures));
    }
    if page.len == 0 {
        store.push(Element::new(RESULT));
    }
    // Android 4 takes no answer without these two.
    Ok(Ok(store.with(Element::text(RANGE, page.text())).with(number(TOTAL, found.total))))
}
