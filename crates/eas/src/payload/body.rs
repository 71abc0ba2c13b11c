//! The long text of contacts, events, tasks and notes ([MS-ASAIRS] Body).

use std::borrow::Cow;

use items::{Body, Change, html};
use wbxml::Element;
use wbxml::page::air_sync_base::{BODY, DATA, ESTIMATED_DATA_SIZE, TRUNCATED, TYPE};

use super::{BodyPreference, BodyType, Options, Unreadable, read};

/// Returns the body in the form that the phone takes: the one it was written in, if it takes that.
///
/// A form that would have to be cut is passed over where the phone wants all or nothing of it and takes another.
#[must_use]
pub fn render(text: &str, written: Option<&str>, options: &Options) -> Element {
    let native = if written.is_some() { BodyType::Html } else { BodyType::Plain };
    let other = if written.is_some() { BodyType::Plain } else { BodyType::Html };
    let wish = |kind: BodyType| options.bodies.iter().find(|wish| wish.kind == kind);
    let mut last = None;
    for wish in [native, other].into_iter().filter_map(wish) {
        let data = data(text, written, wish.kind);
        let end = cut(&data, wish);
        if end == data.len() || !wish.all_or_none {
            return element(wish.kind, data, Some(end));
        }
        last = Some((wish.kind, data));
    }
    if let Some((kind, data)) = last {
        return element(kind, data, None);
    }
    let data = data(text, written, BodyType::Plain);
    let end = data.len();
    element(BodyType::Plain, data, Some(end))
}

/// Returns a body that says nothing.
#[must_use]
pub fn empty() -> Element {
    Element::new(BODY)
        .with(Element::text(TYPE, "1"))
        .with(Element::text(ESTIMATED_DATA_SIZE, "0"))
        .with(Element::new(DATA))
}

fn data<'t>(text: &'t str, written: Option<&'t str>, kind: BodyType) -> Cow<'t, str> {
    match (kind, written) {
        (BodyType::Html, Some(html)) => Cow::Borrowed(html),
        (BodyType::Html, None) => Cow::Owned(html::from_text(text)),
        (BodyType::Plain | BodyType::Rtf | BodyType::Mime, _) if text.contains('\n') => {
            Cow::Owned(text.replace('\n', "\r\n"))
        }
        (BodyType::Plain | BodyType::Rtf | BodyType::Mime, _) => Cow::Borrowed(text),
    }
}

fn cut(data: &str, wish: &BodyPreference) -> usize {
    let limit = wish.truncation.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX);
    items::contentline::boundary(data, limit)
}

/// Returns the element with the data up to `end`, or without any.
fn element(kind: BodyType, data: Cow<'_, str>, end: Option<usize>) -> Element {
    let number = if kind == BodyType::Html { "2" } else { "1" };
    let mut body = Element::new(BODY)
        .with(Element::text(TYPE, number))
        .with(Element::text(ESTIMATED_DATA_SIZE, data.len().to_string()));
    if end != Some(data.len()) {
        // Windows Phone 8 does not understand a 0 here.
        body.push(Element::text(TRUNCATED, "1"));
    }
    if let Some(end) = end {
        let mut data = data.into_owned();
        data.truncate(end);
        body.push(Element::text(DATA, data));
    }
    body
}

/// Returns what is to become of the body. One that is not there, or comes without data, stays; an empty one goes.
///
/// # Errors
///
/// [`Unreadable`] for a form that cannot be read.
pub fn parse(data: &Element) -> Result<Change<Body>, Unreadable> {
    let Some(body) = read::only(data, BODY)? else { return Ok(Change::Keep) };
    if body.is_empty() {
        return Ok(Change::Remove);
    }
    let Some(element) = read::only(body, DATA)? else { return Ok(Change::Keep) };
    let text = read::long_text(element)?;
    if text.is_empty() {
        return Ok(Change::Remove);
    }
    let kind = match body.child(TYPE) {
        Some(kind) => BodyType::from_number(read::number(kind)?),
        None => Some(BodyType::Plain),
    };
    match kind {
        Some(BodyType::Plain) => Ok(Change::Set(Body::plain(text))),
        Some(BodyType::Html) => Ok(Change::Set(Body::html(text))),
        Some(BodyType::Rtf | BodyType::Mime) | None => {
            Err(Unreadable::new("a body of this type cannot be read"))
        }
    }
}
