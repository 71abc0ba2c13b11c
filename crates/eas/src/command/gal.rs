//! Users of the directory as search results show them.

use engine::DirectoryEntry;
use wbxml::page::gal::{ALIAS, DISPLAY_NAME, EMAIL_ADDRESS, FIRST_NAME, PICTURE, STATUS};
use wbxml::{Element, Tag};

use crate::reply::number;
use crate::status::CommonStatus;

/// Whether a phone asks for pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pictures {
    Wanted,
    Unwanted,
}

/// Returns a user as a result.
pub(super) fn result(
    (result, properties): (Tag, Tag),
    entry: &DirectoryEntry,
    pictures: Pictures,
) -> Element {
    let mut shown = Element::new(properties);
    let named = [(DISPLAY_NAME, &entry.display_name), (ALIAS, &entry.name)];
    for (tag, text) in named.into_iter().filter(|(_, text)| !text.is_empty()) {
        shown.push(Element::text(tag, text));
    }
    // Nobody's name is taken apart here, but a Nokia needs the element.
    shown.push(Element::new(FIRST_NAME));
    if !entry.email.is_empty() {
        shown.push(Element::text(EMAIL_ADDRESS, &entry.email));
    }
    if pictures == Pictures::Wanted {
        shown.push(Element::new(PICTURE).with(number(STATUS, CommonStatus::NoPicture.value())));
    }
    Element::new(result).with(shown)
}
