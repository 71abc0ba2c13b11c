//! Notes: `VJOURNAL`.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::contentline::Document;
use crate::ical::{self, Entry, Patch};
use crate::{Body, Change, EditError, Index, Moment, Property, Sensitivity, Stamp};

const COMPONENT: &str = "VJOURNAL";
const KNOWN: [&str; 4] = ["SUMMARY", "DESCRIPTION", "CATEGORIES", "CLASS"];

/// What is understood of a note.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Note {
    /// Its identity.
    pub uid: Option<String>,
    /// Its title.
    pub subject: Option<String>,
    /// Its text.
    pub body: Option<Body>,
    /// Its categories.
    pub categories: Vec<String>,
    /// How confidential it is.
    pub sensitivity: Sensitivity,
    /// When it was last changed, or else created.
    pub modified: Option<Timestamp>,
}

impl Note {
    /// Reads the first note of the text. Total: what is not understood is not in the view.
    #[must_use]
    pub fn parse(content: &[u8]) -> Self {
        let document = Document::parse(content);
        let Some(entry) = Entry::of(&document, COMPONENT) else { return Self::default() };
        let modified =
            ["LAST-MODIFIED", "CREATED", "DTSTAMP"].into_iter().find_map(|name| entry.moment(name));
        Self {
            uid: entry.text("UID"),
            subject: entry.text("SUMMARY"),
            body: entry.body(),
            categories: entry.categories(),
            sensitivity: entry.sensitivity(),
            modified: modified.map(|moment: Moment| moment.instant(&TimeZone::UTC)),
        }
    }

    pub(crate) fn index(self) -> Index {
        Index {
            summary: self.subject.unwrap_or_default(),
            uid: self.uid,
            sensitivity: self.sensitivity,
            ..Index::default()
        }
    }
}

/// What is to become of a note.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edit {
    /// The title.
    pub subject: Change<String>,
    /// The text.
    pub body: Change<Body>,
    /// The categories.
    pub categories: Change<Vec<String>>,
}

pub(crate) fn create(edit: &Edit, stamp: &Stamp) -> Result<Vec<u8>, EditError> {
    apply(&ical::blank(COMPONENT, stamp), edit, stamp)
}

pub(crate) fn apply(stored: &[u8], edit: &Edit, stamp: &Stamp) -> Result<Vec<u8>, EditError> {
    let document = Document::parse(stored);
    let mut patch = Patch::new(&document, COMPONENT)?;
    patch.text("SUMMARY", &edit.subject);
    patch.body(&edit.body);
    patch.categories(&edit.categories);
    if !patch.editor.is_empty() {
        // Phones sort notes by this.
        patch.value("LAST-MODIFIED", Some(&ical::utc(stamp.now)));
    }
    patch.finish()
}

/// Returns every property of the note, also those the view does not know.
pub(crate) fn properties(content: &[u8]) -> Vec<Property> {
    let document = Document::parse(content);
    let Some(entry) = Entry::of(&document, COMPONENT) else { return Vec::new() };
    let note = Note::parse(content);
    let mut properties = entry.others(&KNOWN);
    properties.extend(note.subject.map(|subject| Property::of("Subject", subject)));
    properties.extend(note.body.map(|body| Property::of("Body", body.text)));
    properties.extend(ical::listed(&note.categories));
    properties.extend(ical::confidential(note.sensitivity));
    properties
}

/// Returns how many of the note's lines the view or the edit knows, and how many there are.
#[must_use]
pub fn coverage(content: &[u8]) -> (usize, usize) {
    let document = Document::parse(content);
    Entry::of(&document, COMPONENT).map_or((0, 0), |entry| entry.coverage(&KNOWN))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp(now: &str) -> Stamp {
        Stamp { uid: "n1".to_owned(), now: now.parse().unwrap() }
    }

    fn edit() -> Edit {
        Edit {
            subject: Change::Set("Milk, eggs".to_owned()),
            body: Change::Set(Body::html("<p>one</p><p>two</p>")),
            categories: Change::Set(vec!["a;b".to_owned(), "c".to_owned()]),
        }
    }

    #[test]
    fn a_new_note_reads_back() {
        let text = create(&edit(), &stamp("2026-03-04T08:00:00Z")).unwrap();
        let note = Note::parse(&text);
        assert_eq!(note.subject.as_deref(), Some("Milk, eggs"));
        assert_eq!(note.body, Some(Body::html("<p>one</p><p>two</p>")));
        assert_eq!(note.categories, ["a;b", "c"]);
        assert_eq!(note.modified, Some("2026-03-04T08:00:00Z".parse().unwrap()));
        assert_eq!(note.uid.as_deref(), Some("n1"));
    }

    #[test]
    fn an_edit_that_changes_nothing_writes_nothing() {
        let text = create(&edit(), &stamp("2026-03-04T08:00:00Z")).unwrap();
        assert_eq!(apply(&text, &edit(), &stamp("2026-03-05T08:00:00Z")).unwrap(), text);
    }

    #[test]
    fn a_plain_text_takes_the_place_of_the_html() {
        let text = create(&edit(), &stamp("2026-03-04T08:00:00Z")).unwrap();
        let plain = Edit { body: Change::Set(Body::plain("p")), ..Edit::default() };
        let text = apply(&text, &plain, &stamp("2026-03-05T08:00:00Z")).unwrap();
        let note = Note::parse(&text);
        assert_eq!(note.body, Some(Body::plain("p")));
        assert_eq!(note.modified, Some("2026-03-05T08:00:00Z".parse().unwrap()));
        assert_eq!(note.categories, ["a;b", "c"]);
    }

    #[test]
    fn other_text_holds_no_note() {
        let card = b"BEGIN:VCARD\r\nEND:VCARD\r\n";
        let missing = apply(card, &edit(), &stamp("2026-03-05T08:00:00Z"));
        assert_eq!(missing, Err(EditError::Missing { component: "VJOURNAL" }));
        assert_eq!(Note::parse(card), Note::default());
    }
}
