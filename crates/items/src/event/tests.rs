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

#[test]
fn the_view_reads_a_series() {
    let event = parsed(SERIES);
    assert_eq!(event.uid.as_deref(), Some("u1"));
    let details = &event.details;
    assert_eq!(details.subject.as_deref(), Some("Team meeting"));
    assert_eq!((details.reminder, details.busy), (Some(10), Busy::Busy));
    assert_eq!(details.categories, ["a", "b"]);
    let start = details.start.as_ref().unwrap();
    assert_eq!(start.instant(&TimeZone::UTC), at("2026-03-04T08:00Z"));
    assert_eq!(start.zone().and_then(TimeZone::iana_name), Some("Europe/Berlin"));
    assert_eq!(event.pattern.unwrap().cycle, Cycle::Weekly { days: Days::from_mask(8).unwrap() });
    assert_eq!(event.exceptions.len(), 2);
    assert!(event.exceptions[0].details.is_none());
    let moved = event.exceptions[1].details.as_ref().unwrap();
    assert_eq!(moved.location.as_deref(), Some("Room 2"));
    assert_eq!(event.ends(&berlin()), None);
}

#[test]
fn a_series_ends_with_what_ends_last() {
    let ends = |rule: &str| {
        let text = SERIES.replace("FREQ=WEEKLY;BYDAY=WE", rule);
        crate::event::index(text.as_bytes()).ends
    };
    assert_eq!(ends("FREQ=WEEKLY;COUNT=2"), Some(at("2026-03-25T11:00Z")), "the moved one");
    assert_eq!(ends("FREQ=WEEKLY;COUNT=6"), Some(at("2026-04-08T08:00Z")));
    assert_eq!(ends("FREQ=WEEKLY"), None);
    assert_eq!(crate::event::index(SINGLE.as_bytes()).ends, Some(at("2026-03-04T09:00Z")));
    let days = crate::event::index(DAYS.as_bytes());
    assert_eq!((days.starts, days.ends), (Some(at("2026-03-04T00:00Z")), Some(at("2026-03-06T00:00Z"))));
}

#[test]
fn the_strictest_part_counts() {
    let text = SERIES.replace("LOCATION:Room 2", "CLASS:CONFIDENTIAL");
    assert_eq!(crate::event::index(text.as_bytes()).sensitivity, Sensitivity::Confidential);
}

#[test]
fn an_occurrence_is_found_in_a_window() {
    let event = parsed(SERIES);
    let occurs = |from: &str, to: &str| event.occurs_in(at(from), at(to), &berlin());
    assert!(occurs("2026-03-11T08:59Z", "2026-03-12T00:00Z"));
    assert!(!occurs("2026-03-18T00:00Z", "2026-03-19T00:00Z"), "deleted");
    assert!(occurs("2026-03-25T10:30Z", "2026-03-25T10:31Z"), "moved there");
    assert!(occurs("2036-03-05T08:00Z", "2036-03-05T08:01Z"));
}

#[test]
fn one_property_changes_one_line() {
    let edit = with(Fields { subject: Change::Set("New, name".to_owned()), ..Fields::default() });
    let new = applied(SERIES, &edit);
    let (old, new) = difference(SERIES, &new);
    assert_eq!(old, [" meeting", "SUMMARY;LANGUAGE=en:Team "]);
    assert_eq!(new, ["SUMMARY;LANGUAGE=en:New\\, name"]);
}

#[test]
fn what_stays_the_same_changes_no_byte() {
    let event = parsed(SERIES);
    let fields = Fields {
        subject: Change::Set("Team meeting".to_owned()),
        location: Change::Set("Room 1".to_owned()),
        place: Change::Keep,
        body: Change::Remove,
        start: Some(at("2026-03-04T08:00Z")),
        end: Some(at("2026-03-04T09:00Z")),
        all_day: Some(false),
        busy: Change::Set(Busy::Busy),
        sensitivity: Change::Set(Sensitivity::Normal),
        reminder: Change::Set(10),
        categories: Change::Set(vec!["b".to_owned(), "a".to_owned()]),
        organizer: Change::Remove,
        attendees: Change::Remove,
        cancelled: Some(false),
        disallow_counter: Some(false),
    };
    let edit = Edit {
        uid: Some("other".to_owned()),
        zone: Some(Blob::from_zone(&berlin(), 2026)),
        recurrence: Change::Set(event.pattern.unwrap()),
        exceptions: vec![ExceptionEdit {
            original: at("2026-03-18T08:00Z"),
            change: ExceptionChange::Delete,
        }],
        ..with(fields)
    };
    assert_eq!(applied(SERIES, &edit), SERIES);
}

#[test]
fn a_new_event_is_complete() {
    let fields = Fields {
        subject: Change::Set("Lunch\nwith; all".to_owned()),
        location: Change::Set("Café".to_owned()),
        body: Change::Set(Body::html("<p>Hello</p>")),
        start: Some(at("2026-07-01T10:00Z")),
        end: Some(at("2026-07-01T11:00Z")),
        busy: Change::Set(Busy::Away),
        sensitivity: Change::Set(Sensitivity::Personal),
        reminder: Change::Set(15),
        categories: Change::Set(vec!["x,y".to_owned(), "z".to_owned()]),
        organizer: Change::Set(Person {
            email: "bo@example.org".to_owned(),
            name: Some("Bo \"B\"".to_owned()),
        }),
        attendees: Change::Set(vec![Attendee {
            person: Person { email: "cy@example.org".to_owned(), name: None },
            answer: Answer::None,
            role: Role::Optional,
            rsvp: true,
        }]),
        ..Fields::default()
    };
    let pattern = Pattern {
        cycle: Cycle::Daily,
        interval: 1,
        end: End::On(Until::Utc(at("2026-07-10T10:00Z"))),
        first_day: None,
        regenerate: false,
        dead: false,
    };
    let zone = Some(Blob::from_zone(&TimeZone::get("America/New_York").unwrap(), 2026));
    let edit = Edit {
        uid: Some("phone-uid".to_owned()),
        zone,
        recurrence: Change::Set(pattern),
        ..with(fields.clone())
    };
    let text = text(create(&edit, &stamp()).unwrap());
    assert!(text.contains("DTSTART;TZID=America/New_York:20260701T060000\r\n"), "{text}");
    assert!(text.contains("RRULE:FREQ=DAILY;UNTIL=20260710T100000Z\r\n"), "{text}");
    assert!(text.contains("BEGIN:VTIMEZONE\r\nTZID:America/New_York\r\n"), "{text}");
    assert!(text.ends_with("END:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"), "{text}");
    assert!(crate::event::report(text.as_bytes()).is_empty());
    let event = parsed(&text);
    assert_eq!(event.uid.as_deref(), Some("phone-uid"));
    assert_eq!(event.pattern, Some(pattern));
    let details = event.details;
    assert_eq!(details.subject.as_deref(), Some("Lunch\nwith; all"));
    assert_eq!(details.location.as_deref(), Some("Café"));
    assert_eq!((details.body.as_deref(), details.html.as_deref()), (Some("Hello"), Some("<p>Hello</p>")));
    assert_eq!((details.busy, details.sensitivity), (Busy::Away, Sensitivity::Personal));
    assert_eq!((details.reminder, details.categories), (Some(15), vec!["x,y".to_owned(), "z".to_owned()]));
    assert_eq!(Change::Set(details.organizer.unwrap()), fields.organizer);
    assert_eq!(Change::Set(details.attendees), fields.attendees);
}

#[test]
fn a_new_event_without_a_uid_gets_one() {
    let edit = with(Fields { subject: Change::Set("x".to_owned()), ..Fields::default() });
    assert_eq!(parsed(&text(create(&edit, &stamp()).unwrap())).uid.as_deref(), Some("new-uid"));
}

#[test]
fn missing_times_of_a_new_event_are_filled_in() {
    let times = |start: Option<&str>, end: Option<&str>| {
        let edit = with(Fields { start: start.map(at), end: end.map(at), ..Fields::default() });
        let event = parsed(&text(create(&edit, &stamp()).ok()?));
        let instant = |when: Option<When>| when.unwrap().instant(&TimeZone::UTC);
        Some((instant(event.details.start), instant(event.details.end)))
    };
    let pair = |start: &str, end: &str| Some((at(start), at(end)));
    let half = "2026-02-01T10:30Z";
    assert_eq!(times(None, None), pair(half, "2026-02-01T11:00Z"));
    assert_eq!(times(None, Some("2026-02-01T12:00Z")), pair(half, "2026-02-01T12:00Z"));
    assert_eq!(times(Some("2026-02-01T09:00Z"), None), pair("2026-02-01T09:00Z", "2026-02-01T11:00Z"));
    assert_eq!(times(None, Some("2026-02-01T09:00Z")), None);
    assert_eq!(times(Some("2026-02-02T09:00Z"), None), None);
    assert_eq!(times(Some("2026-02-02T09:00Z"), Some("2026-02-02T08:00Z")), None);
}

#[test]
#[rustfmt::skip] // a table reads as a table
fn days_are_taken_from_what_phones_send() {
    let new_york = TimeZone::get("America/New_York").unwrap();
    let auckland = TimeZone::get("Pacific/Auckland").unwrap();
    let blank = Blob::from_zone(&TimeZone::UTC, 2026);
    let table = [ // start, zone told, the user's zone
        ("2026-03-04T00:00Z", None, None),
        ("2026-03-04T00:00Z", Some(&berlin()), Some(&berlin())),
        ("2026-03-03T23:00Z", Some(&berlin()), None),
        ("2026-03-03T23:00Z", None, Some(&berlin())),
        ("2026-03-03T23:00Z", None, None),
        ("2026-03-04T05:00Z", Some(&new_york), Some(&berlin())),
        ("2026-03-04T05:00Z", None, None),
        ("2026-03-03T11:00Z", Some(&auckland), None),
    ];
    for (start, zone, home) in table {
        let start = at(start);
        let zone = zone.map(|zone| Blob::from_zone(zone, 2026));
        for zone in [zone.clone(), zone.or_else(|| Some(blank.clone()))] {
            let fields = Fields {
                start: Some(start), end: Some(start + jiff::SignedDuration::from_hours(24)), all_day: Some(true),
                ..Fields::default()
            };
            let edit = Edit { zone, home: home.cloned(), fields, ..Edit::default() };
            let text = text(create(&edit, &stamp()).unwrap());
            assert!(text.contains("DTSTART;VALUE=DATE:20260304\r\nDTEND;VALUE=DATE:20260305\r\n"), "{text} {edit:?}");
            assert!(!text.contains("VTIMEZONE"));
        }
    }
}

#[test]
fn a_moved_event_keeps_its_length_and_zone() {
    let start = Some(at("2026-03-04T10:00Z"));
    let new = applied(SERIES, &with(Fields { start, ..Fields::default() }));
    assert!(
        new.contains(
            "DTSTART;TZID=Berlin time:20260304T110000\r\nDTEND;TZID=Berlin time:20260304T120000\r\n"
        ),
        "{new}"
    );
    assert!(new.contains("SEQUENCE:4\r\n"));
    let single =
        applied(SINGLE, &with(Fields { start, end: Some(at("2026-03-04T10:45Z")), ..Fields::default() }));
    assert!(
        single.contains("DTSTART:20260304T100000Z\n") && single.contains("DTEND:20260304T104500Z\n"),
        "{single}"
    );
    assert!(!single.contains("DURATION"));
}

#[test]
fn exceptions_move_with_their_series() {
    let fields = Fields {
        start: Some(at("2026-03-04T09:30Z")),
        end: Some(at("2026-03-04T10:30Z")),
        ..Fields::default()
    };
    let new = applied(SERIES, &with(fields));
    assert!(new.contains("EXDATE;TZID=Berlin time:20260318T103000\r\n"), "{new}");
    assert!(new.contains("RECURRENCE-ID;TZID=Berlin time:20260325T103000\r\n"), "{new}");
    assert!(new.contains("DTSTART;TZID=Berlin time:20260325T110000\r\n"), "it has a time of its own");
    let with_own_subject =
        SERIES.replace("20260325T110000", "20260325T090000").replace("20260325T120000", "20260325T100000");
    let fields = Fields {
        start: Some(at("2026-03-04T09:30Z")),
        end: Some(at("2026-03-04T10:30Z")),
        ..Fields::default()
    };
    let new = applied(&with_own_subject, &with(fields));
    assert!(
        new.contains("DTSTART;TZID=Berlin time:20260325T103000\r\n"),
        "it had the time of the series: {new}"
    );
}

#[test]
fn a_single_event_on_a_journey_stays_where_it_is() {
    let fields = Fields {
        start: Some(at("2026-03-04T08:00Z")),
        end: Some(at("2026-03-04T09:00Z")),
        ..Fields::default()
    };
    let zone = Some(Blob::from_zone(&TimeZone::get("Asia/Tokyo").unwrap(), 2026));
    assert_eq!(applied(SINGLE, &Edit { zone, ..with(fields) }), SINGLE);
}

#[test]
fn an_event_becomes_a_day_and_a_day_an_event() {
    let day = Fields {
        start: Some(at("2026-03-03T23:00Z")),
        end: Some(at("2026-03-04T23:00Z")),
        all_day: Some(true),
        ..Fields::default()
    };
    let new = applied(SINGLE, &Edit { zone: Some(Blob::from_zone(&berlin(), 2026)), ..with(day) });
    assert!(
        new.contains("DTSTART;VALUE=DATE:20260304\n") && new.contains("DTEND;VALUE=DATE:20260305\n"),
        "{new}"
    );
    let time = Fields {
        start: Some(at("2026-03-04T08:00Z")),
        end: Some(at("2026-03-04T09:00Z")),
        all_day: Some(false),
        ..Fields::default()
    };
    let new = applied(DAYS, &Edit { zone: Some(Blob::from_zone(&berlin(), 2026)), ..with(time) });
    assert!(new.contains("DTSTART;TZID=Europe/Berlin:20260304T090000\r\n"), "{new}");
    assert!(new.contains("BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\n"), "{new}");
    assert!(crate::event::report(new.as_bytes()).is_empty());
}

#[test]
fn the_reminder_is_the_closest_alarm() {
    let new = applied(SERIES, &with(Fields { reminder: Change::Set(30), ..Fields::default() }));
    assert_eq!(difference(SERIES, &new), (vec!["TRIGGER:-PT10M".into()], vec!["TRIGGER:-PT30M".into()]));
    let none = applied(SERIES, &with(Fields { reminder: Change::Remove, ..Fields::default() }));
    assert!(none.contains("TRIGGER:-PT1H") && !none.contains("TRIGGER:-PT10M") && !none.contains("X-ODD"));
    let new = applied(SINGLE, &with(Fields { reminder: Change::Set(0), ..Fields::default() }));
    assert_eq!(parsed(&new).details.reminder, Some(0));
}

#[test]
fn attendees_are_matched_by_address() {
    let stored = SINGLE.replace(
        "DURATION",
        "ORGANIZER:mailto:a@x.org\nATTENDEE;CN=Bo;PARTSTAT=ACCEPTED;X-SEAT=4:MAILTO:Bo@x.org\nATTENDEE:mailto:cy@x.org\nDURATION",
    );
    let person = |email: &str| Person { email: email.to_owned(), name: None };
    let attendee =
        |email: &str, answer| Attendee { person: person(email), answer, role: Role::Required, rsvp: false };
    let set = |attendees| with(Fields { attendees: Change::Set(attendees), ..Fields::default() });
    let same = set(vec![attendee("bo@x.org", Answer::None), attendee("cy@x.org", Answer::None)]);
    assert_eq!(applied(&stored, &same), stored, "a phone that knows no answer takes none back");
    let edit = set(vec![attendee("bo@x.org", Answer::Declined), attendee("di@x.org", Answer::None)]);
    let (old, new) = difference(&stored, &applied(&stored, &edit));
    assert_eq!(
        old,
        ["ATTENDEE:mailto:cy@x.org", "ATTENDEE;CN=Bo;PARTSTAT=ACCEPTED;X-SEAT=4:MAILTO:Bo@x.org"]
    );
    assert_eq!(
        new,
        [
            "ATTENDEE;CN=Bo;PARTSTAT=DECLINED;X-SEAT=4:MAILTO:Bo@x.org",
            "ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION:mailto:di@x.org",
        ]
    );
    let many = (0..=MAX_ATTENDEES).map(|n| attendee(&format!("{n}@x.org"), Answer::None)).collect();
    assert!(matches!(apply(stored.as_bytes(), &set(many), &stamp()), Err(EditError::Invalid { .. })));
}

#[test]
fn nothing_a_phone_sends_ends_a_line() {
    let evil = "a\r\nATTENDEE:mailto:x@x.org";
    let person = Person { email: evil.to_owned(), name: Some(evil.to_owned()) };
    let fields = Fields {
        subject: Change::Set(evil.to_owned()),
        organizer: Change::Set(person.clone()),
        attendees: Change::Set(vec![Attendee {
            person,
            answer: Answer::None,
            role: Role::Required,
            rsvp: false,
        }]),
        categories: Change::Set(vec![evil.to_owned()]),
        ..Fields::default()
    };
    let text = text(create(&Edit { uid: Some(evil.to_owned()), ..with(fields) }, &stamp()).unwrap());
    assert_eq!(text.lines().filter(|line| line.starts_with("ATTENDEE")).count(), 1, "{text}");
}

#[test]
fn a_formatted_body_goes_only_with_its_words() {
    let stored =
        SINGLE.replace("DURATION", "DESCRIPTION:Hello\nX-ALT-DESC;FMTTYPE=text/html:<b>Hello</b>\nDURATION");
    let set = |body| with(Fields { body: Change::Set(body), ..Fields::default() });
    assert_eq!(applied(&stored, &set(Body::plain("Hello\r\n"))), stored);
    assert_eq!(applied(&stored, &set(Body::html("<b>Hello</b>"))), stored);
    let new = applied(&stored, &set(Body::plain("Bye")));
    assert!(new.contains("DESCRIPTION:Bye\n") && !new.contains("X-ALT-DESC"));
    let laid_out = SINGLE.replace("DURATION", "DESCRIPTION;ALTREP=\"data:text/html,old\":Old\nDURATION");
    assert!(applied(&laid_out, &set(Body::plain("New"))).contains("DESCRIPTION:New\n"));
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

#[test]
fn an_occurrence_is_deleted() {
    let new = applied(SERIES, &exception("2026-03-11T08:00Z", ExceptionChange::Delete));
    let (old, added) = difference(SERIES, &new);
    assert_eq!(old, ["SEQUENCE:3"]);
    assert_eq!(added, ["EXDATE;TZID=Berlin time:20260311T090000", "SEQUENCE:4"]);
    let gone = applied(SERIES, &exception("2026-03-25T08:00Z", ExceptionChange::Delete));
    assert!(!gone.contains("Room 2") && gone.contains("EXDATE;TZID=Berlin time:20260325T090000"));
}

#[test]
fn an_occurrence_is_changed_and_the_others_stay() {
    let fields = Fields { subject: Change::Set("Special".to_owned()), ..Fields::default() };
    let new = applied(SERIES, &exception("2026-03-11T08:00Z", changed(fields.clone())));
    let (old, _) = difference(SERIES, &new);
    assert!(old.iter().all(|line| new.contains(line.as_str())), "nothing is gone: {old:?}");
    let event = parsed(&new);
    let special =
        event.exceptions.iter().find(|e| e.original.local() == datetime(2026, 3, 11, 9, 0, 0, 0)).unwrap();
    let details = special.details.as_ref().unwrap();
    assert_eq!(details.subject.as_deref(), Some("Special"));
    assert_eq!(details.location.as_deref(), Some("Room 1"));
    assert_eq!(details.end.as_ref().unwrap().local(), datetime(2026, 3, 11, 10, 0, 0, 0));
    assert_eq!(details.reminder, Some(10));
    assert_eq!(event.exceptions.len(), 3);
    // The one that was there keeps what is not mentioned.
    let again = applied(SERIES, &exception("2026-03-25T08:00Z", changed(fields)));
    let (old, new) = difference(SERIES, &again);
    assert_eq!((old, new), (vec!["SUMMARY:Team meeting".into()], vec!["SUMMARY:Special".into()]));
}

#[test]
fn an_occurrence_may_fall_back_to_the_series() {
    let fields = Box::new(Fields { subject: Change::Set("Special".to_owned()), ..Fields::default() });
    let edit = exception("2026-03-25T08:00Z", ExceptionChange::Change(fields, Missing::Inherit));
    let event = parsed(&applied(SERIES, &edit));
    let details = event.exceptions[1].details.as_ref().unwrap();
    assert_eq!(details.location.as_deref(), Some("Room 1"));
    assert_eq!(details.start.as_ref().unwrap().local().hour(), 11, "times stay");
}

#[test]
fn a_deleted_occurrence_comes_back_changed() {
    let fields = Fields { subject: Change::Set("Back".to_owned()), ..Fields::default() };
    let new = applied(SERIES, &exception("2026-03-18T08:00Z", changed(fields)));
    assert!(!new.contains("EXDATE"));
    assert_eq!(parsed(&new).exceptions.len(), 2);
}

#[test]
fn an_occurrence_is_found_by_its_day() {
    for time in ["2026-03-11T06:00Z", "2026-03-10T23:00Z"] {
        let new = applied(SERIES, &exception(time, ExceptionChange::Delete));
        assert!(new.contains("EXDATE;TZID=Berlin time:20260311T090000\r\n"), "{new}");
    }
    let moved = applied(SERIES, &exception("2026-03-25T10:00Z", ExceptionChange::Delete));
    assert!(!moved.contains("Room 2"));
}

#[test]
fn a_day_of_a_series_is_deleted() {
    let days = DAYS.replace("DTEND", "RRULE:FREQ=WEEKLY;BYDAY=WE\r\nDTEND");
    for (time, zone) in
        [("2026-03-11T00:00Z", None), ("2026-03-10T23:00Z", Some(Blob::from_zone(&berlin(), 2026)))]
    {
        let edit = Edit { zone, ..exception(time, ExceptionChange::Delete) };
        assert!(applied(&days, &edit).contains("EXDATE;VALUE=DATE:20260311\r\n"));
    }
}

#[test]
fn more_exceptions_than_the_limit_are_refused() {
    let one = ExceptionEdit { original: at("2026-03-11T08:00Z"), change: ExceptionChange::Delete };
    let edit = Edit { exceptions: vec![one; MAX_EXCEPTIONS + 1], ..Edit::default() };
    assert!(matches!(apply(SERIES.as_bytes(), &edit, &stamp()), Err(EditError::Invalid { .. })));
    let days = (0..=MAX_OVERRIDES).map(|n| {
        let original =
            at("2026-03-11T08:00Z") + jiff::SignedDuration::from_hours(24 * i64::try_from(n).unwrap());
        ExceptionEdit { original, change: changed(Fields::default()) }
    });
    let edit = Edit { exceptions: days.collect(), ..Edit::default() };
    let daily = SERIES.replace("FREQ=WEEKLY;BYDAY=WE", "FREQ=DAILY");
    assert!(matches!(apply(daily.as_bytes(), &edit, &stamp()), Err(EditError::Invalid { .. })));
}

#[test]
fn a_new_rule_takes_its_lost_exceptions_away() {
    let pattern = |days| Pattern {
        cycle: Cycle::Weekly { days: Days::from_mask(days).unwrap() },
        interval: 1,
        end: End::After(20),
        first_day: None,
        regenerate: false,
        dead: false,
    };
    let set = |days| Edit { recurrence: Change::Set(pattern(days)), ..with(Fields::default()) };
    let kept = applied(SERIES, &set(8 + 2));
    assert!(kept.contains("RRULE:FREQ=WEEKLY;COUNT=20;BYDAY=MO,WE\r\n"), "{kept}");
    assert!(kept.contains("EXDATE;TZID=Berlin time:20260318T090000\r\n") && kept.contains("Room 2"));
    let lost = applied(SERIES, &set(2));
    assert!(!lost.contains("EXDATE") && !lost.contains("Room 2"), "{lost}");
    let single = applied(SERIES, &Edit { recurrence: Change::Remove, ..with(Fields::default()) });
    assert!(
        !single.contains("RRULE:FREQ=WEEKLY") && !single.contains("EXDATE") && !single.contains("Room 2")
    );
    assert!(single.contains("X-COLOR:red"));
}

#[test]
fn a_rule_that_phones_cannot_say_stays() {
    let text = SERIES.replace("FREQ=WEEKLY;BYDAY=WE", "FREQ=MONTHLY;BYMONTHDAY=4,18");
    let event = parsed(&text);
    assert!(event.rule.is_some() && event.pattern.is_none());
    let new = applied(&text, &with(Fields { subject: Change::Set("x".to_owned()), ..Fields::default() }));
    assert!(new.contains("RRULE:FREQ=MONTHLY;BYMONTHDAY=4,18\r\n"));
    let removed = Edit { recurrence: Change::Remove, ..with(Fields::default()) };
    assert_eq!(applied(&text, &removed), text, "phones were never shown the rule");
}

#[test]
fn until_of_days_is_a_day() {
    let pattern = Pattern {
        cycle: Cycle::Daily,
        interval: 1,
        end: End::On(Until::Utc(at("2026-03-09T23:00Z"))),
        first_day: None,
        regenerate: false,
        dead: false,
    };
    let zone = Some(Blob::from_zone(&berlin(), 2026));
    let edit = Edit { zone, recurrence: Change::Set(pattern), ..with(Fields::default()) };
    assert!(applied(DAYS, &edit).contains("RRULE:FREQ=DAILY;UNTIL=20260310\r\n"));
}

#[test]
fn all_properties_have_a_name() {
    let list = crate::event::properties(SERIES.as_bytes());
    let lines: Vec<String> =
        list.iter().map(|property| format!("{}: {}", property.name, property.value)).collect();
    let wanted = [
        "Alarm: 60 minutes before",
        "Alldayevent: No",
        "Busystatus: Busy",
        "Categories: a, b",
        "Endtime: 2026-03-04 10:00",
        "Exception 2026-03-18 09:00: deleted",
        "Exception 2026-03-25 09:00: Alarm: removed",
        "Exception 2026-03-25 09:00: Categories: removed",
        "Exception 2026-03-25 09:00: Endtime: 2026-03-25 12:00",
        "Exception 2026-03-25 09:00: Location: Room 2",
        "Exception 2026-03-25 09:00: Reminder: removed",
        "Exception 2026-03-25 09:00: Starttime: 2026-03-25 11:00",
        "Exception 2026-03-25 09:00: X-color: removed",
        "Location: Room 1",
        "Recurrence: every week on Wednesday",
        "Reminder: 10 minutes before",
        "Sensitivity: Normal",
        "Starttime: 2026-03-04 09:00",
        "Subject: Team meeting",
        "Timezone: Europe/Berlin",
        "Uid: u1",
        "X-color: red",
    ];
    assert_eq!(lines, wanted);
}

#[test]
fn attachments_are_named_with_their_size() {
    let data = "QUJD".repeat(1024);
    let text = SINGLE.replace(
        "DURATION",
        &format!("ATTACH;FMTTYPE=image/png;ENCODING=BASE64;VALUE=BINARY;FILENAME=a.png:{data}\nDURATION"),
    );
    let list = crate::event::properties(text.as_bytes());
    let attachment = list.iter().find(|property| property.name == "Attachment a.png").unwrap();
    assert_eq!(attachment.value, "image/png, 3 KiB");
}

#[test]
fn what_phones_change_by_themselves_is_no_intent() {
    let reminded = applied(SERIES, &with(Fields { reminder: Change::Set(30), ..Fields::default() }));
    assert!(crate::event::without_intent(SERIES.as_bytes(), reminded.as_bytes()));
    let attended = SINGLE.replace("DURATION", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@x.org\nDURATION");
    let declined = attended.replace("ACCEPTED", "DECLINED");
    assert!(crate::event::without_intent(attended.as_bytes(), declined.as_bytes()));
    let renamed =
        applied(SERIES, &with(Fields { subject: Change::Set("x".to_owned()), ..Fields::default() }));
    assert!(!crate::event::without_intent(SERIES.as_bytes(), renamed.as_bytes()));
    let deleted = applied(SERIES, &exception("2026-03-11T08:00Z", ExceptionChange::Delete));
    assert!(!crate::event::without_intent(SERIES.as_bytes(), deleted.as_bytes()));
}

#[test]
fn lines_that_are_not_understood_are_reported() {
    let text = SINGLE
        .replace("DTSTART:20260304T080000Z", "DTSTART;TZID=Nowhere:20260304T080000")
        .replace("DURATION:PT1H", "DURATION:1 hour\nRRULE:FREQ=NEVER\nEXDATE:never");
    let troubles = crate::event::report(text.as_bytes());
    let lines: Vec<usize> = troubles.iter().map(|trouble| trouble.line).collect();
    assert_eq!(lines, [7, 8, 9, 10], "{troubles:?}");
    assert_eq!(troubles[0].what, "time zone Nowhere is not known");
    assert!(crate::event::report(SERIES.as_bytes()).is_empty());
    assert_eq!(crate::event::report(b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n").len(), 1);
}

#[test]
fn durations_are_read() {
    let table = [
        ("PT1H30M", "PT1H30M"),
        ("-PT15M", "-PT15M"),
        ("P2W", "P2W"),
        ("P1DT2H", "P1DT2H"),
        ("+PT0S", "PT0S"),
    ];
    for (text, span) in table {
        assert_eq!(read::duration(text).unwrap().fieldwise(), span.parse::<jiff::Span>().unwrap(), "{text}");
    }
    for text in ["", "P", "1H", "PT", "P1H", "PT1D", "PT-1H", "PT99999999999H", "é"] {
        assert!(read::duration(text).is_none_or(jiff::Span::is_zero), "{text}");
    }
}

#[test]
fn more_than_the_limits_is_not_looked_at() {
    let attendees: Vec<String> =
        (0..=MAX_ATTENDEES).map(|n| format!("ATTENDEE:mailto:{n}@x.org\n")).collect();
    let attendees = attendees.concat();
    let alarms = "BEGIN:VALARM\nTRIGGER:-PT9M\nEND:VALARM\n".repeat(MAX_ALARMS);
    let text = SINGLE.replace(
        "END:VEVENT\n",
        &format!("{attendees}{alarms}BEGIN:VALARM\nTRIGGER:-PT5M\nEND:VALARM\nEND:VEVENT\n"),
    );
    let event = parsed(&text);
    assert_eq!(event.details.attendees.len(), MAX_ATTENDEES);
    assert_eq!(event.details.reminder, Some(9));
    let dates: String = (0..=crate::recurrence::MAX_DATES).map(|_| "EXDATE:20260304T080000Z\n").collect();
    let text = SINGLE.replace("DURATION", &format!("{dates}DURATION"));
    assert_eq!(parsed(&text).exceptions.len(), crate::recurrence::MAX_DATES);
}

fn corpus() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/corpus/ics");
    let Ok(files) = std::fs::read_dir(&folder) else {
        println!("no corpus at {}: nothing was tried", folder.display());
        return Vec::new();
    };
    let paths = files.filter_map(Result::ok).map(|file| file.path());
    paths.map(|path| (path.display().to_string(), std::fs::read(&path).unwrap())).collect()
}

#[test]
fn every_event_of_the_corpus_is_read_and_patched() {
    let (mut events, mut troubled, mut started) = (0, 0, 0);
    for (name, stored) in corpus() {
        let _ = crate::event::properties(&stored);
        troubled += usize::from(!crate::event::report(&stored).is_empty());
        let event = Event::parse(&stored);
        if event == Event::default() {
            continue;
        }
        events += 1;
        started += usize::from(event.details.start.is_some());
        let index = crate::event::index(&stored);
        assert!(
            index.ends.is_none() || index.starts <= index.ends || event.rule.is_some(),
            "{name}: {index:?}"
        );
        let subject = Fields { subject: Change::Set("A new subject".to_owned()), ..Fields::default() };
        let new = apply(&stored, &with(subject), &stamp()).unwrap();
        assert_eq!(Event::parse(&new).details.subject.as_deref(), Some("A new subject"), "{name}");
        assert_eq!(other_lines(&stored), other_lines(&new), "{name}");
        let same = apply(&stored, &unchanged(&event), &stamp()).unwrap();
        assert!(
            same == stored,
            "{name}: {:?}",
            difference(&String::from_utf8_lossy(&stored), &String::from_utf8_lossy(&same))
        );
    }
    println!("{events} events, {started} with a start, {troubled} files with lines that were not understood");
}

/// Returns an edit that says what is there.
fn unchanged(event: &Event) -> Edit {
    let details = &event.details;
    let text = |text: &Option<String>| text.clone().map_or(Change::Remove, Change::Set);
    let home = TimeZone::UTC;
    let ordered = details
        .start
        .as_ref()
        .zip(details.end.as_ref())
        .filter(|(start, end)| start.instant(&home) <= end.instant(&home));
    let fields = Fields {
        subject: text(&details.subject),
        location: text(&details.location),
        body: details
            .body
            .as_ref()
            .map_or(Change::Keep, |body| Change::Set(Body::plain(body.replace('\n', "\r\n")))),
        start: ordered.map(|(start, _)| start.instant(&home)),
        end: ordered.map(|(_, end)| end.instant(&home)),
        all_day: Some(details.all_day()),
        busy: Change::Set(details.busy),
        sensitivity: Change::Set(details.sensitivity),
        reminder: details.reminder.map_or(Change::Remove, Change::Set),
        categories: Change::Set(details.categories.clone()),
        organizer: details.organizer.clone().map_or(Change::Keep, Change::Set),
        cancelled: Some(details.cancelled),
        ..Fields::default()
    };
    Edit { fields, recurrence: event.pattern.map_or(Change::Keep, Change::Set), ..Edit::default() }
}

/// Returns the raw lines, in order, that a new subject must not touch: all but SUMMARY and the time of writing of the
/// first event.
fn other_lines(text: &[u8]) -> Vec<Vec<u8>> {
    let document = Document::parse(text);
    let calendar = calendar::Calendar::of(&document).unwrap();
    let touched: Vec<_> = document
        .lines(calendar.master)
        .filter(|line| ["SUMMARY", "DTSTAMP", "LAST-MODIFIED"].iter().any(|name| line.is(name)))
        .map(crate::contentline::Line::range)
        .collect();
    let mut at = 0;
    let mut rest = Vec::new();
    for range in touched {
        rest.extend_from_slice(&text[at..range.start]);
        at = range.end;
    }
    rest.extend_from_slice(&text[at..]);
    rest.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect()
}

#[test]
fn dates_alone_make_no_zone() {
    let event = parsed(DAYS);
    assert!(event.details.all_day());
    assert_eq!(event.details.end, Some(When::Date(date(2026, 3, 6))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Lines of a series taken out, doubled and exchanged, with bytes put in.
    #[test]
    fn no_text_is_too_broken(order in prop::collection::vec((0_usize..60, ".{0,4}"), 0..80)) {
        let lines: Vec<&str> = SERIES.lines().collect();
        let text: String = order.iter().filter_map(|(at, junk)| lines.get(*at).map(|line| format!("{line}{junk}\r\n"))).collect();
        let fields = Fields { start: Some(at("2026-03-04T09:30Z")), reminder: Change::Set(5), ..Fields::default() };
        let edit = Edit { fields, ..exception("2026-03-11T08:00Z", ExceptionChange::Delete) };
        let _ = (Event::parse(text.as_bytes()).ends(&berlin()), crate::event::properties(text.as_bytes()));
        let _ = crate::event::report(text.as_bytes());
        if let Ok(new) = apply(text.as_bytes(), &edit, &stamp()) {
            let again = Event::parse(&new);
            prop_assert_eq!(again.uid, Event::parse(text.as_bytes()).uid);
        }
    }
}
