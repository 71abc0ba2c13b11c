//! Values of elements that a phone sent.

use jiff::Timestamp;
use wbxml::{Element, Tag};

use super::{Unreadable, date};

/// Bytes of one text other than a body.
pub(crate) const MAX_TEXT_BYTES: usize = 32 * 1024;
/// Entries of a list: categories, children.
pub(crate) const MAX_ENTRIES: usize = 300;

fn wrong(element: &Element, what: &str) -> Unreadable {
    Unreadable::new(format!("{:?} {what}", element.tag))
}

/// Returns the element's text, lines ended by `\n`.
pub(crate) fn long_text(element: &Element) -> Result<String, Unreadable> {
    let text = element.exact_value().ok_or_else(|| wrong(element, "is not UTF-8"))?;
    if text.contains('\0') {
        return Err(wrong(element, "holds a zero byte"));
    }
    Ok(if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.into_owned() })
}

/// Returns the element's text, of ordinary length.
pub(crate) fn text(element: &Element) -> Result<String, Unreadable> {
    if element.bytes().len() > MAX_TEXT_BYTES {
        return Err(wrong(element, "is too long"));
    }
    long_text(element)
}

/// Returns the texts of the element's children with this tag.
pub(crate) fn list(element: &Element, entry: Tag) -> Result<Vec<String>, Unreadable> {
    if element.children(entry).nth(MAX_ENTRIES).is_some() {
        return Err(wrong(element, "has too many entries"));
    }
    let mut list = Vec::new();
    for child in element.children(entry) {
        let text = text(child)?.trim().to_owned();
        if !text.is_empty() && !list.contains(&text) {
            list.push(text);
        }
    }
    Ok(list)
}

/// Returns the element's number.
pub(crate) fn number<T: std::str::FromStr>(element: &Element) -> Result<T, Unreadable> {
    element.value().trim().parse().map_err(|_| wrong(element, "is no valid number"))
}

/// Returns the element's yes or no.
pub(crate) fn flag(element: &Element) -> Result<bool, Unreadable> {
    match element.value().trim() {
        "1" => Ok(true),
        "0" => Ok(false),
        _ => Err(wrong(element, "is neither 0 nor 1")),
    }
}

/// Returns the element's time, its digits as they are.
pub(crate) fn local(element: &Element) -> Result<jiff::civil::DateTime, Unreadable> {
    date::parse(&element.value()).ok_or_else(|| wrong(element, "is no date"))
}

/// Returns the element's instant.
pub(crate) fn instant(element: &Element) -> Result<Timestamp, Unreadable> {
    date::instant(&element.value()).ok_or_else(|| wrong(element, "is no date"))
}

/// Returns the child with this tag.
///
/// Two of them make the item unreadable: which one the user meant, nobody knows.
pub(crate) fn only(data: &Element, tag: Tag) -> Result<Option<&Element>, Unreadable> {
    let mut children = data.children(tag);
    let first = children.next();
    match children.next() {
        None => Ok(first),
        Some(second) => Err(wrong(second, "is there twice")),
    }
}

#[cfg(test)]
mod tests {
    use wbxml::page::contacts::{CATEGORIES, CATEGORY, FIRST_NAME};

    use super::*;

    #[test]
    fn a_text_has_a_longest_length() {
        let of = |bytes: usize| text(&Element::text(FIRST_NAME, "x".repeat(bytes)));
        assert!(of(MAX_TEXT_BYTES).is_ok());
        assert!(of(MAX_TEXT_BYTES + 1).is_err());
    }

    #[test]
    fn a_list_has_a_longest_length() {
        let of = |count: usize| {
            let entries = (0..count).map(|number| Element::text(CATEGORY, number.to_string()));
            list(&entries.fold(Element::new(CATEGORIES), Element::with), CATEGORY)
        };
        assert_eq!(of(MAX_ENTRIES).unwrap().len(), MAX_ENTRIES);
        assert!(of(MAX_ENTRIES + 1).is_err());
    }

    #[test]
    fn broken_text_is_refused() {
        assert!(text(&Element::text(FIRST_NAME, "a\0b")).is_err());
        assert!(text(&Element::opaque(FIRST_NAME, b"\xff".to_vec())).is_err());
        assert_eq!(text(&Element::text(FIRST_NAME, "a\r\nb\rc")).unwrap(), "a\nb\nc");
    }
}
