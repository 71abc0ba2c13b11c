//! One occurrence of a series, as an item of its own.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::calendar::Calendar;
use super::read::when;
use super::write::apply;
use super::{Dialect, Edit, Event, ExceptionChange, ExceptionEdit, Missing};
use crate::contentline::{Document, Editor};
use crate::{EditError, Stamp};

/// Returns the item without all but one occurrence; `None` where the series does not have it, or no more.
#[must_use]
pub fn once(stored: &[u8], original: Timestamp, stamp: &Stamp) -> Option<Vec<u8>> {
    let utc = TimeZone::UTC;
    let event = Event::parse(stored);
    let mut deleted = event.exceptions.iter().filter(|exception| exception.details.is_none());
    if deleted.any(|exception| exception.original.instant(&utc) == original) {
        return None;
    }
    let text = with_its_own(stored, original, stamp).ok()?;
    let document = Document::parse(&text);
    let calendar = Calendar::of(&document)?;
    let is_it = |part: &&_| {
        let line = calendar.line(part, "RECURRENCE-ID");
        line.and_then(|line| when(&calendar, line)).is_some_and(|when| when.instant(&utc) == original)
    };
    let kept = calendar.overrides.iter().copied().find(is_it)?;
    let mut editor = Editor::new(&document);
    for part in calendar.parts().filter(|part| part.range() != kept.range()) {
        editor.remove_component(part);
    }
    Some(editor.finish())
}

/// Returns the text in which the occurrence has a component of its own.
fn with_its_own(stored: &[u8], original: Timestamp, stamp: &Stamp) -> Result<Vec<u8>, EditError> {
    let change = ExceptionChange::Change(Box::default(), Missing::Keep);
    let exceptions = vec![ExceptionEdit { original, change }];
    apply(stored, &Edit { exceptions, dialect: Dialect::Parts, ..Edit::default() }, stamp)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::meeting::{Method, Told, told};

    const SERIES: &[u8] = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:s\r\nDTSTAMP:20260301T080000Z\r\n\
        DTSTART:20260305T090000Z\r\nDTEND:20260305T100000Z\r\nRRULE:FREQ=DAILY;COUNT=4\r\nEXDATE:20260307T090000Z\r\n\
        SUMMARY:Plan\r\nORGANIZER:mailto:anna@x\r\nATTENDEE:mailto:bo@x\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:s\r\n\
        RECURRENCE-ID:20260306T090000Z\r\nDTSTART:20260306T110000Z\r\nDTEND:20260306T120000Z\r\nSUMMARY:Later\r\n\
        ORGANIZER:mailto:anna@x\r\nATTENDEE:mailto:bo@x\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

    fn of(day: &str) -> Option<Event> {
        let stamp = Stamp { uid: "u".to_owned(), now: "2026-03-02T09:00:00Z".parse().unwrap() };
        let text = once(SERIES, format!("2026-03-{day}T09:00:00Z").parse().unwrap(), &stamp)?;
        let told = Told::parse(told(&text, Method::Request, stamp.now).as_bytes()).unwrap();
        assert!(told.occurrence.is_some() && told.event.rule.is_none());
        Some(told.event)
    }

    #[test]
    fn an_occurrence_stands_alone() {
        let as_ever = of("08").unwrap();
        assert_eq!(
            as_ever.details.start.unwrap().instant(&TimeZone::UTC),
            "2026-03-08T09:00:00Z".parse().unwrap()
        );
        assert_eq!((as_ever.details.subject.as_deref(), as_ever.details.attendees.len()), (Some("Plan"), 1));
        let moved = of("06").unwrap();
        assert_eq!(
            moved.details.start.unwrap().instant(&TimeZone::UTC),
            "2026-03-06T11:00:00Z".parse().unwrap()
        );
        assert_eq!(moved.details.subject.as_deref(), Some("Later"));
    }

    #[test]
    fn what_does_not_take_place_is_none() {
        assert!(of("07").is_none(), "it was deleted");
        assert!(of("09").is_none(), "it is after the last");
    }
}
