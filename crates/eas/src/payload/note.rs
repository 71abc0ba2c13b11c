//! Notes. [MS-ASNOTE]

use items::Change;
use items::note::{Edit, Note};
use jiff::Timestamp;
use wbxml::Element;
use wbxml::page::notes;

use super::{Options, Unreadable, body, date, read};

/// What a note is on the wire.
const MESSAGE_CLASS: &str = "IPM.StickyNote";

/// Returns the elements of the note; `created` stands for the time of its last change where it says none.
#[must_use]
pub fn render(note: &Note, created: Timestamp, options: &Options) -> Vec<Element> {
    let modified = note.modified.unwrap_or(created);
    let mut elements = vec![
        Element::text(notes::SUBJECT, note.subject.as_deref().unwrap_or_default()),
        Element::text(notes::MESSAGE_CLASS, MESSAGE_CLASS),
        Element::text(notes::LAST_MODIFIED_DATE, date::compact(modified)),
    ];
    if !note.categories.is_empty() {
        let entries = note.categories.iter().map(|entry| Element::text(notes::CATEGORY, entry));
        elements.push(entries.fold(Element::new(notes::CATEGORIES), Element::with));
    }
    elements.push(match &note.body {
        Some(text) => body::render(&text.text, text.html.as_deref(), options),
        None => body::empty(),
    });
    elements
}

/// Returns what the phone asks to become of the note: a title and a text that it leaves out stay, categories go.
///
/// # Errors
///
/// [`Unreadable`], where an element has no valid value, and for what is no note.
pub fn parse(data: &Element) -> Result<items::Edit, Unreadable> {
    if let Some(class) = read::only(data, notes::MESSAGE_CLASS)? {
        let class = class.value();
        let further = class.strip_prefix(MESSAGE_CLASS);
        if !further.is_some_and(|further| further.is_empty() || further.starts_with('.')) {
            return Err(Unreadable::new("the MessageClass is not that of a note"));
        }
    }
    let subject = match read::only(data, notes::SUBJECT)? {
        None => Change::Keep,
        Some(element) if element.is_empty() => Change::Remove,
        Some(element) => Change::Set(read::text(element)?),
    };
    let categories = match read::only(data, notes::CATEGORIES)? {
        None => Change::Remove,
        Some(element) => Change::Set(read::list(element, notes::CATEGORY)?),
    };
    Ok(items::Edit::Note(Box::new(Edit { subject, body: body::parse(data)?, categories })))
}

#[cfg(test)]
mod tests;
