//! Events and tasks without their alarms, for who is not to be reminded.

use crate::contentline::{Document, Editor};

/// Returns an event or task without its alarms; `None` where it has none. Every other byte stays.
///
/// ```
/// let event = b"BEGIN:VEVENT\r\nUID:1\r\nBEGIN:VALARM\r\nTRIGGER:-PT5M\r\nEND:VALARM\r\nEND:VEVENT\r\n";
/// assert_eq!(items::without_alarms(event).unwrap(), b"BEGIN:VEVENT\r\nUID:1\r\nEND:VEVENT\r\n");
/// assert_eq!(items::without_alarms(b"BEGIN:VEVENT\r\nUID:1\r\nEND:VEVENT\r\n"), None);
/// ```
#[must_use]
pub fn without_alarms(content: &[u8]) -> Option<Vec<u8>> {
    let document = Document::parse(content);
    let mut editor = Editor::new(&document);
    for alarm in document.components().filter(|component| component.name() == "VALARM") {
        editor.remove_component(alarm);
    }
    (!editor.is_empty()).then(|| editor.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alarms_go_and_the_rest_stays_as_it_was_written() {
        let text = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nSUMMARY:a \n folded\nBEGIN:VALARM\nTRIGGER:-PT5M\nEND:VALARM\n\
            BEGIN:VALARM\nTRIGGER:-PT9M\nX-ODD:1\nEND:VALARM\nEND:VEVENT\nBEGIN:VEVENT\nUID:1\nRECURRENCE-ID:20260101\n\
            BEGIN:valarm\nTRIGGER:-PT1M\nEND:valarm\nEND:VEVENT\nEND:VCALENDAR\n";
        let left = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nSUMMARY:a \n folded\nEND:VEVENT\nBEGIN:VEVENT\nUID:1\n\
            RECURRENCE-ID:20260101\nEND:VEVENT\nEND:VCALENDAR\n";
        assert_eq!(
            without_alarms(text.as_bytes()).map(|text| String::from_utf8(text).unwrap()),
            Some(left.to_owned())
        );
    }

    #[test]
    fn what_is_no_calendar_has_no_alarms() {
        for text in [&b""[..], b"BEGIN:VALARM", b"\xFF\xFE", b"BEGIN:VCARD\nNOTE:VALARM\nEND:VCARD\n"] {
            if let Some(left) = without_alarms(text) {
                assert!(left.len() < text.len(), "{text:?}");
            }
        }
    }
}
