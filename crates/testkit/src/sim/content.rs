//! What items say in a run: every text that somebody writes holds a token that is never used again, so that each
//! write can be found wherever it went.

use std::collections::{BTreeMap, BTreeSet};

use phone::Class;

/// Texts of an item by field name.
pub(super) type Fields = BTreeMap<String, String>;

/// The fields that a run writes and compares, by class. Of mail, what a phone may change.
pub(super) const fn names(class: Class) -> &'static [&'static str] {
    match class {
        Class::Mail => &["Flag", "Categories"],
        Class::Contacts => &["FirstName", "LastName", "JobTitle", "Body"],
        Class::Calendar => &["Subject", "Location", "Body"],
        Class::Tasks | Class::Notes => &["Subject", "Body"],
    }
}

/// Fields without a token that a run follows too: what phones change by themselves.
pub(super) const fn numbers(class: Class) -> &'static [&'static str] {
    match class {
        Class::Calendar => &["Reminder"],
        Class::Mail | Class::Contacts | Class::Tasks | Class::Notes => &[],
    }
}

/// Returns a token as it stands in texts.
pub(super) fn token(number: u64) -> String {
    format!("tk{number}z")
}

/// Returns every token that stands in a text.
pub(super) fn tokens(text: &str) -> BTreeSet<u64> {
    let numbers = text.split("tk").skip(1).filter_map(|rest| {
        let (digits, _) = rest.split_once('z')?;
        digits.parse().ok()
    });
    numbers.collect()
}

/// Returns every token in these fields.
pub(super) fn tokens_of(fields: &Fields) -> BTreeSet<u64> {
    fields.values().flat_map(|text| tokens(text)).collect()
}

/// Returns stored text as one string in which no token is broken by folded lines.
pub(super) fn unfolded(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    text.replace("\r\n ", "").replace("\r\n\t", "").replace("\n ", "").replace("=\r\n", "")
}

/// Returns whether a text holds every token of these fields.
pub(super) fn holds(text: &str, fields: &Fields) -> bool {
    let there = tokens(text);
    tokens_of(fields).is_subset(&there)
}

/// What an item is beside its texts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape<'a> {
    pub(super) class: Class,
    pub(super) uid: &'a str,
    pub(super) private: bool,
    /// Whole days since 2026-01-01 on which an event takes place.
    pub(super) day: i64,
    pub(super) done: bool,
}

/// Writes an item as a server would store it.
pub(super) fn render(shape: &Shape<'_>, fields: &Fields) -> Vec<u8> {
    let text = |name: &str| fields.get(name).map(|text| escaped(text));
    let mut lines: Vec<String> = Vec::new();
    let mut push = |name: &str, value: Option<String>| {
        lines.extend(value.map(|value| format!("{name}:{value}")));
    };
    match shape.class {
        Class::Mail => return mail(shape, fields),
        Class::Contacts => {
            push("VERSION", Some("3.0".into()));
            push("UID", Some(shape.uid.into()));
            let (last, first) = (text("LastName").unwrap_or_default(), text("FirstName").unwrap_or_default());
            push("N", Some(format!("{last};{first};;;")));
            push("FN", Some(format!("{first} {last}")));
            push("TITLE", text("JobTitle"));
            push("NOTE", text("Body"));
        }
        Class::Calendar => {
            push("UID", Some(shape.uid.into()));
            push("DTSTAMP", Some("20260101T000000Z".into()));
            push("DTSTART", Some(instant(shape.day, "090000")));
            push("DTEND", Some(instant(shape.day, "093000")));
            push("SUMMARY", text("Subject"));
            push("LOCATION", text("Location"));
            push("DESCRIPTION", text("Body"));
            if let Some(minutes) = text("Reminder") {
                push("BEGIN", Some("VALARM".into()));
                push("ACTION", Some("DISPLAY".into()));
                push("DESCRIPTION", Some("Reminder".into()));
                push("TRIGGER", Some(format!("-PT{minutes}M")));
                push("END", Some("VALARM".into()));
            }
        }
        Class::Tasks => {
            push("UID", Some(shape.uid.into()));
            push("DTSTAMP", Some("20260101T000000Z".into()));
            push("SUMMARY", text("Subject"));
            push("DESCRIPTION", text("Body"));
            push("STATUS", Some(if shape.done { "COMPLETED" } else { "NEEDS-ACTION" }.into()));
        }
        Class::Notes => {
            push("UID", Some(shape.uid.into()));
            push("DTSTAMP", Some("20260101T000000Z".into()));
            push("SUMMARY", text("Subject"));
            push("DESCRIPTION", text("Body"));
        }
    }
    push("CLASS", shape.private.then(|| "PRIVATE".into()));
    wrapped(shape.class, &lines).into_bytes()
}

fn wrapped(class: Class, lines: &[String]) -> String {
    let component = match class {
        Class::Contacts => "VCARD",
        Class::Calendar => "VEVENT",
        Class::Tasks => "VTODO",
        Class::Notes | Class::Mail => "VJOURNAL",
    };
    let body = lines.join("\r\n");
    let inner = format!("BEGIN:{component}\r\n{body}\r\nEND:{component}\r\n");
    if class == Class::Contacts {
        return inner;
    }
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//sim//EN\r\n{inner}END:VCALENDAR\r\n")
}

fn mail(shape: &Shape<'_>, fields: &Fields) -> Vec<u8> {
    let subject = fields.get("Subject").cloned().unwrap_or_default();
    let uid = shape.uid;
    format!(
        "From: Somebody <somebody@example.org>\r\nTo: all@example.org\r\nSubject: {subject}\r\n\
         Date: Mon, 05 Jan 2026 09:00:00 +0000\r\nMessage-ID: <{uid}@example.org>\r\n\r\nHello.\r\n"
    )
    .into_bytes()
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace(',', "\\,").replace(';', "\\;").replace('\n', "\\n")
}

/// Returns a time of day on a day of 2026, counted from 0 and from there into its neighbours, as it is written.
pub(super) fn instant(day: i64, time: &str) -> String {
    let date = jiff::civil::date(2026, 1, 1).checked_add(jiff::SignedDuration::from_hours(24 * day));
    let date = date.expect("days stay within a few years");
    format!("{:04}{:02}{:02}T{time}Z", date.year(), date.month(), date.day())
}

/// Returns the text of a field as phones and servers may write it differently: line ends, space at the end.
pub(super) fn plain(text: &str) -> String {
    text.replace("\r\n", "\n").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_told_apart() {
        let text = format!("x {} y {}", token(1), token(12));
        assert_eq!(tokens(&text), BTreeSet::from([1, 12]));
        assert!(tokens("tk tkz tk1").is_empty());
    }

    #[test]
    fn a_token_is_found_across_a_fold() {
        let fields = Fields::from([("Subject".to_owned(), token(1234))]);
        assert!(holds(&unfolded(b"SUMMARY:long tk1\r\n 234z"), &fields));
        assert!(!holds("SUMMARY:tk123z", &fields));
    }

    #[test]
    fn a_day_before_the_year_is_in_the_year_before() {
        assert_eq!(instant(-1, "090000"), "20251231T090000Z");
        assert_eq!(instant(31, "090000"), "20260201T090000Z");
    }
}
