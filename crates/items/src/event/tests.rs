mod corpus;
mod fields;
mod occurrences;
mod times;
mod view;

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::{date, datetime};
use proptest::prelude::*;

use super::*;
use crate::recurrence::{Cycle, Days, End, Until};
use crate::zone::Blob;
use crate::{Body, Change, EditError, Sensitivity, Stamp};

/// A weekly series with a deleted and a moved occurrence, and lines nobody here knows.
const SERIES: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\nBEGIN:VTIMEZONE\r\nTZID:Berlin time\r\n\
BEGIN:STANDARD\r\nDTSTART:19701025T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\n\
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\nEND:STANDARD\r\nBEGIN:DAYLIGHT\r\nDTSTART:19700329T020000\r\n\
TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\nEND:DAYLIGHT\r\n\
END:VTIMEZONE\r\nBEGIN:VEVENT\r\nUID:u1\r\nDTSTAMP:20260101T000000Z\r\nSEQUENCE:3\r\nSUMMARY;LANGUAGE=en:Team \r\n \
meeting\r\nLOCATION:Room 1\r\nDTSTART;TZID=Berlin time:20260304T090000\r\nDTEND;TZID=Berlin time:20260304T100000\r\n\
RRULE:FREQ=WEEKLY;BYDAY=WE\r\nEXDATE;TZID=Berlin time:20260318T090000\r\nX-COLOR:red\r\nCATEGORIES:a,b\r\n\
BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT1H\r\nEND:VALARM\r\n\
BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT10M\r\nX-ODD:1\r\nEND:VALARM\r\nEND:VEVENT\r\n\
BEGIN:VEVENT\r\nUID:u1\r\nRECURRENCE-ID;TZID=Berlin time:20260325T090000\r\nDTSTAMP:20260101T000000Z\r\n\
SUMMARY:Team meeting\r\nLOCATION:Room 2\r\nDTSTART;TZID=Berlin time:20260325T110000\r\n\
DTEND;TZID=Berlin time:20260325T120000\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

const SINGLE: &str = "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:u2\nDTSTAMP:20260101T000000Z\nSUMMARY:One\n\
DTSTART:20260304T080000Z\nDURATION:PT1H\nEND:VEVENT\nEND:VCALENDAR\n";

const DAYS: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:u3\r\nDTSTAMP:20260101T000000Z\r\n\
SUMMARY:Holiday\r\nDTSTART;VALUE=DATE:20260304\r\nDTEND;VALUE=DATE:20260306\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

fn stamp() -> Stamp {
    Stamp { uid: "new-uid".to_owned(), now: at("2026-02-01T10:10:00Z") }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn berlin() -> TimeZone {
    TimeZone::get("Europe/Berlin").unwrap()
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

fn applied(stored: &str, edit: &Edit) -> String {
    text(apply(stored.as_bytes(), edit, &stamp()).unwrap())
}

fn parsed(text: &str) -> Event {
    Event::parse(text.as_bytes())
}

fn with(fields: Fields) -> Edit {
    Edit { fields, home: Some(berlin()), ..Edit::default() }
}

/// Returns the lines that only one of the texts has, the time of writing left out.
fn difference(old: &str, new: &str) -> (Vec<String>, Vec<String>) {
    let is_time = |line: &&str| !line.starts_with("DTSTAMP:") && !line.starts_with("LAST-MODIFIED:");
    let count = |text: &str| {
        let mut lines: BTreeMap<String, i32> = BTreeMap::new();
        text.lines().filter(is_time).for_each(|line| *lines.entry(line.to_owned()).or_default() += 1);
        lines
    };
    let (old, new) = (count(old), count(new));
    let only = |these: &BTreeMap<String, i32>, those: &BTreeMap<String, i32>| {
        these.iter().filter(|(line, n)| those.get(*line) != Some(n)).map(|(line, _)| line.clone()).collect()
    };
    (only(&old, &new), only(&new, &old))
}

fn exception(original: &str, change: ExceptionChange) -> Edit {
    Edit {
        exceptions: vec![ExceptionEdit { original: at(original), change }],
        home: Some(berlin()),
        ..Edit::default()
    }
}

fn changed(fields: Fields) -> ExceptionChange {
    ExceptionChange::Change(Box::new(fields), Missing::Keep)
}
