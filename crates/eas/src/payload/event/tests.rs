use items::event::{Edit, ExceptionChange, Missing};
use items::recurrence::{Cycle, Days, End, Until};
use items::{Change, Kind, Stamp};
use wbxml::page::air_sync_base::{BODY, DATA};
use wbxml::page::calendar::*;

use super::*;
use crate::payload::tests::{options, reading};
use crate::payload::{Ghosting, Unreadable, application_data};
use crate::request::Version;

const SERIES: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:u1\r\nDTSTAMP:20260101T000000Z\r\n\
SUMMARY:Team\r\nLOCATION:Room 1\r\nDESCRIPTION:a\\nb\r\nDTSTART;TZID=Europe/Berlin:20260304T090000\r\n\
DTEND;TZID=Europe/Berlin:20260304T100000\r\nRRULE:FREQ=WEEKLY;BYDAY=WE;UNTIL=20261230T080000Z\r\n\
EXDATE;TZID=Europe/Berlin:20260318T090000\r\nCATEGORIES:x,y\r\nORGANIZER;CN=Ann:mailto:ann@example.org\r\n\
ATTENDEE;CN=Bo;PARTSTAT=ACCEPTED:mailto:bo@example.org\r\nATTENDEE;ROLE=OPT-PARTICIPANT:mailto:cy@example.org\r\n\
BEGIN:VALARM\r\nTRIGGER:-PT10M\r\nEND:VALARM\r\nEND:VEVENT\r\n\
BEGIN:VEVENT\r\nUID:u1\r\nRECURRENCE-ID;TZID=Europe/Berlin:20260401T090000\r\nDTSTAMP:20260101T000000Z\r\n\
SUMMARY:Team special\r\nDESCRIPTION:a\\nb\r\nDTSTART;TZID=Europe/Berlin:20260401T110000\r\n\
DTEND;TZID=Europe/Berlin:20260401T120000\r\nCATEGORIES:x,y\r\nORGANIZER;CN=Ann:mailto:ann@example.org\r\n\
ATTENDEE;CN=Bo;PARTSTAT=ACCEPTED:mailto:bo@example.org\r\nATTENDEE;ROLE=OPT-PARTICIPANT:mailto:cy@example.org\r\n\
END:VEVENT\r\nEND:VCALENDAR\r\n";

const DAYS: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:u3\r\nSUMMARY:Holiday\r\n\
DTSTART;VALUE=DATE:20260704\r\nDTEND;VALUE=DATE:20260706\r\nRRULE:FREQ=YEARLY;UNTIL=20300704\r\n\
EXDATE;VALUE=DATE:20270704\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

fn rendered(text: &str, options: &Options) -> Element {
    application_data(render(&Event::parse(text.as_bytes()), options))
}

fn value(element: &Element, tag: Tag) -> Option<String> {
    element.child_text(tag).map(std::borrow::Cow::into_owned)
}

fn data(children: Vec<Element>) -> Element {
    application_data(children)
}

fn edit(children: Vec<Element>) -> Edit {
    edit_with(children, &Ghosting::Nothing).unwrap()
}

fn edit_with(children: Vec<Element>, ghosting: &Ghosting) -> Result<Edit, Unreadable> {
    let items::Edit::Event(edit) = parse(&data(children), &reading(ghosting))? else {
        panic!("an edit of an event")
    };
    Ok(*edit)
}

fn applied(stored: &str, data: &Element) -> String {
    let edit = crate::payload::parse(Kind::Calendar, data, &reading(&Ghosting::Nothing)).unwrap();
    let stamp = Stamp { uid: "new".to_owned(), now: "2026-02-01T10:00:00Z".parse().unwrap() };
    String::from_utf8(items::apply(stored.as_bytes(), &edit, &stamp).unwrap()).unwrap()
}

#[test]
fn a_series_has_all_elements() {
    let sent = rendered(SERIES, &options());
    let text = |tag: Tag| value(&sent, tag);
    let zone = Blob::parse(&text(TIMEZONE).unwrap()).unwrap();
    assert_eq!(zone.to_zone(&[], 2026).zone.iana_name(), Some("Europe/Berlin"));
    let table = [
        (ALL_DAY_EVENT, "0"),
        (BUSY_STATUS, "2"),
        (ORGANIZER_NAME, "Ann"),
        (ORGANIZER_EMAIL, "ann@example.org"),
        (DT_STAMP, "20260101T000000Z"),
        (START_TIME, "20260304T080000Z"),
        (END_TIME, "20260304T090000Z"),
        (LOCATION, "Room 1"),
        (REMINDER, "10"),
        (SENSITIVITY, "0"),
        (SUBJECT, "Team"),
        (UID, "u1"),
        (MEETING_STATUS, "1"),
        (RESPONSE_TYPE, "1"),
        (RESPONSE_REQUESTED, "0"),
        (DISALLOW_NEW_TIME_PROPOSAL, "0"),
    ];
    for (tag, wanted) in table {
        assert_eq!(text(tag).as_deref(), Some(wanted), "{tag:?}");
    }
    let rule = sent.child(RECURRENCE).unwrap();
    let names: Vec<_> = rule.elements().map(|child| (child.tag, child.value().into_owned())).collect();
    let wanted = [
        (TYPE, "1"),
        (INTERVAL, "1"),
        (UNTIL, "20261230T080000Z"),
        (DAY_OF_WEEK, "8"),
        (FIRST_DAY_OF_WEEK, "1"),
    ];
    assert_eq!(names, wanted.map(|(tag, text)| (tag, text.to_owned())));
    let body = sent.child(BODY).unwrap();
    assert_eq!(value(body, DATA).as_deref(), Some("a\r\nb"));
}

#[test]
fn exceptions_say_what_is_different() {
    let sent = rendered(SERIES, &options());
    let exceptions: Vec<&Element> = sent.child(EXCEPTIONS).unwrap().elements().collect();
    let [deleted, changed] = exceptions.as_slice() else { panic!("{exceptions:?}") };
    assert_eq!(value(deleted, EXCEPTION_START_TIME).as_deref(), Some("20260318T080000Z"));
    assert_eq!(deleted.flag(DELETED), Some(true));
    assert_eq!(value(changed, EXCEPTION_START_TIME).as_deref(), Some("20260401T070000Z"));
    assert_eq!(value(changed, START_TIME).as_deref(), Some("20260401T090000Z"));
    assert_eq!(value(changed, SUBJECT).as_deref(), Some("Team special"));
    assert!(changed.child(LOCATION).is_some_and(Element::is_empty), "it has none");
    assert!(changed.child(REMINDER).is_some_and(Element::is_empty));
    for same in [CATEGORIES, ATTENDEES, BUSY_STATUS, SENSITIVITY, MEETING_STATUS, BODY, DELETED] {
        assert_eq!(changed.child(same), None, "{same:?}");
    }
    let old = rendered(SERIES, &Options { version: Version::V12_1, ..options() });
    assert!(old.child(EXCEPTIONS).unwrap().elements().all(|exception| exception.child(REMINDER).is_none()));
}

#[test]
fn each_version_has_its_elements() {
    let monthly = SERIES.replace("FREQ=WEEKLY;BYDAY=WE", "FREQ=MONTHLY");
    for version in Version::ALL {
        let options = Options { version, ..options() };
        let (weekly, monthly) = (rendered(SERIES, &options), rendered(&monthly, &options));
        assert_eq!(weekly.child(RESPONSE_TYPE).is_some(), version >= Version::V14_0);
        assert_eq!(
            weekly.child(RECURRENCE).unwrap().child(FIRST_DAY_OF_WEEK).is_some(),
            version >= Version::V14_1
        );
        assert_eq!(
            monthly.child(RECURRENCE).unwrap().child(CALENDAR_TYPE).is_some(),
            version >= Version::V14_0
        );
    }
}

#[test]
#[rustfmt::skip] // a table reads as a table
fn a_meeting_is_seen_from_the_folders_owner() {
    let single = SERIES.replace("SUMMARY:Team\r\n", "SUMMARY:Team\r\nSTATUS:CANCELLED\r\n");
    let lonely = DAYS;
    let table = [ // text, owner, MeetingStatus, ResponseType
        (SERIES,          "ann@example.org", "1", "1"),
        (SERIES,          "Bo@example.org",  "3", "3"),
        (SERIES,          "cy@example.org",  "3", "5"),
        (SERIES,          "di@example.org",  "3", "0"),
        (single.as_str(), "ann@example.org", "5", "1"),
        (single.as_str(), "bo@example.org",  "7", "3"),
        (lonely,          "ann@example.org", "0", "0"),
    ];
    for (text, owner, status, response) in table {
        let sent = rendered(text, &Options { owner: vec![owner.to_owned()], ..options() });
        assert_eq!(value(&sent, MEETING_STATUS).as_deref(), Some(status), "{owner}");
        assert_eq!(value(&sent, RESPONSE_TYPE).as_deref(), Some(response), "{owner}");
    }
}

#[test]
fn days_begin_at_midnight_of_the_user() {
    let sent = rendered(DAYS, &options());
    let text = |tag: Tag| value(&sent, tag);
    assert_eq!(text(ALL_DAY_EVENT).as_deref(), Some("1"));
    assert_eq!(text(START_TIME).as_deref(), Some("20260703T220000Z"));
    assert_eq!(text(END_TIME).as_deref(), Some("20260705T220000Z"));
    let zone = Blob::parse(&text(TIMEZONE).unwrap()).unwrap();
    assert_eq!(zone.to_zone(&[], 2026).zone.iana_name(), Some("Europe/Berlin"));
    assert_eq!(value(sent.child(RECURRENCE).unwrap(), UNTIL).as_deref(), Some("20300704T000000Z"));
    let exception = sent.child(EXCEPTIONS).unwrap().child(EXCEPTION).unwrap();
    assert_eq!(value(exception, EXCEPTION_START_TIME).as_deref(), Some("20270703T220000Z"));
    let utc = rendered(DAYS, &Options { zone: TimeZone::UTC, ..options() });
    assert_eq!(value(&utc, START_TIME).as_deref(), Some("20260704T000000Z"));
    assert_eq!(value(&utc, TIMEZONE), Some(format!("{}==", "A".repeat(230))));
}

#[test]
fn what_was_sent_comes_back_without_a_change() {
    for text in [SERIES, DAYS] {
        for zone in ["Europe/Berlin", "America/New_York", "Pacific/Auckland"] {
            let options = Options { zone: TimeZone::get(zone).unwrap(), ..options() };
            assert_eq!(applied(text, &rendered(text, &options)), text, "{zone}");
        }
    }
}

#[test]
fn a_rule_without_a_form_is_a_single_event_and_stays() {
    let text = SERIES.replace("FREQ=WEEKLY;BYDAY=WE", "FREQ=MONTHLY;BYMONTHDAY=4,18");
    let sent = rendered(&text, &options());
    assert_eq!((sent.child(RECURRENCE), sent.child(EXCEPTIONS)), (None, None));
    assert_eq!(value(&sent, START_TIME).as_deref(), Some("20260304T080000Z"));
    let manages = Ghosting::Listed([RECURRENCE, SUBJECT].into_iter().collect());
    let edit = crate::payload::parse(Kind::Calendar, &sent, &reading(&manages)).unwrap();
    let stamp = Stamp { uid: String::new(), now: Timestamp::UNIX_EPOCH };
    assert_eq!(items::apply(text.as_bytes(), &edit, &stamp).unwrap(), text.as_bytes());
}

#[test]
fn an_event_that_is_none_still_has_what_phones_demand() {
    let sent = rendered("nothing", &options());
    for tag in [TIMEZONE, START_TIME, END_TIME, DT_STAMP, SUBJECT, ALL_DAY_EVENT, BUSY_STATUS, MEETING_STATUS]
    {
        assert!(sent.child(tag).is_some(), "{tag:?}");
    }
}

#[test]
fn a_long_uid_is_cut() {
    let text = SERIES.replace("UID:u1", &format!("UID:{}", "u".repeat(400)));
    assert_eq!(value(&rendered(&text, &options()), UID).unwrap().len(), MAX_UID_BYTES);
}

#[test]
fn what_a_phone_leaves_out_stays_unless_it_manages_it() {
    let kept = edit(vec![Element::text(SUBJECT, "x")]);
    assert_eq!(kept.fields.subject, Change::Set("x".to_owned()));
    assert_eq!((kept.fields.location, kept.fields.reminder), (Change::Keep, Change::Keep));
    assert_eq!((kept.recurrence, kept.fields.attendees), (Change::Keep, Change::Keep));
    let manages =
        Ghosting::Listed([REMINDER, LOCATION, RECURRENCE, ATTENDEES, START_TIME].into_iter().collect());
    let gone = edit_with(vec![Element::text(SUBJECT, "x")], &manages).unwrap();
    assert_eq!((gone.fields.location, gone.fields.reminder), (Change::Remove, Change::Remove));
    assert_eq!((gone.recurrence, gone.fields.attendees), (Change::Remove, Change::Remove));
    assert_eq!((gone.fields.start, gone.fields.body, gone.fields.busy), (None, Change::Keep, Change::Keep));
    let ghosted = edit_with(vec![Element::text(SUBJECT, "x")], &Ghosting::Everything).unwrap();
    assert_eq!(ghosted.fields.location, Change::Keep);
    let emptied = edit(vec![Element::new(LOCATION), Element::new(REMINDER), Element::new(RECURRENCE)]);
    assert_eq!((emptied.fields.location, emptied.fields.reminder), (Change::Remove, Change::Remove));
    assert_eq!(emptied.recurrence, Change::Remove);
}

#[test]
fn a_whole_event_is_read() {
    let rule = Element::new(RECURRENCE)
        .with(Element::text(TYPE, "1"))
        .with(Element::text(INTERVAL, "2"))
        .with(Element::text(DAY_OF_WEEK, "10"))
        .with(Element::text(UNTIL, "20261231T090000Z"));
    let attendee = Element::new(ATTENDEE)
        .with(Element::text(EMAIL, "bo@example.org"))
        .with(Element::text(NAME, "bo@example.org"))
        .with(Element::text(ATTENDEE_TYPE, "3"));
    let deleted = Element::new(EXCEPTION)
        .with(Element::text(DELETED, "1"))
        .with(Element::text(EXCEPTION_START_TIME, "20260316T080000Z"));
    let changed = Element::new(EXCEPTION)
        .with(Element::text(EXCEPTION_START_TIME, "20260330T070000Z"))
        .with(Element::text(SUBJECT, "y"));
    let read = edit(vec![
        Element::text(START_TIME, "20260302T080000Z"),
        Element::text(ALL_DAY_EVENT, "0"),
        Element::text(MEETING_STATUS, "5"),
        Element::text(UID, "u9"),
        rule,
        Element::new(ATTENDEES).with(attendee),
        Element::new(EXCEPTIONS).with(deleted).with(changed),
    ]);
    assert_eq!(read.uid.as_deref(), Some("u9"));
    assert_eq!((read.fields.all_day, read.fields.cancelled), (Some(false), Some(true)));
    let Change::Set(pattern) = read.recurrence else { panic!("{:?}", read.recurrence) };
    assert_eq!(pattern.cycle, Cycle::Weekly { days: Days::from_mask(10).unwrap() });
    assert_eq!(pattern.end, End::On(Until::Utc("2026-12-31T09:00Z".parse().unwrap())));
    let Change::Set(attendees) = read.fields.attendees else { panic!() };
    assert_eq!(
        (attendees[0].person.name.as_deref(), attendees[0].role),
        (None, items::event::Role::Resource)
    );
    assert_eq!(read.exceptions[0].change, ExceptionChange::Delete);
    let ExceptionChange::Change(fields, missing) = &read.exceptions[1].change else { panic!() };
    assert_eq!((&fields.subject, *missing), (&Change::Set("y".to_owned()), Missing::Keep));
}

#[test]
fn what_cannot_be_read_is_refused() {
    let kind = |number: &str| Element::new(RECURRENCE).with(Element::text(TYPE, number));
    let bad = [
        Element::text(START_TIME, "tomorrow"),
        Element::text(BUSY_STATUS, "5"),
        Element::text(SENSITIVITY, "4"),
        Element::text(REMINDER, "-1"),
        Element::text(ALL_DAY_EVENT, "yes"),
        Element::text(TIMEZONE, "AAAA"),
        Element::new(RECURRENCE).with(Element::text(INTERVAL, "1")),
        kind("4"),
        kind("1"),
        kind("0").with(Element::text(DAY_OF_MONTH, "1")),
        kind("0").with(Element::text(CALENDAR_TYPE, "6")),
        Element::new(EXCEPTIONS).with(Element::new(EXCEPTION).with(Element::text(DELETED, "1"))),
        Element::new(ATTENDEES).with(Element::new(ATTENDEE).with(Element::text(NAME, "x"))),
    ];
    for element in bad {
        assert!(edit_with(vec![element.clone()], &Ghosting::Nothing).is_err(), "{element:?}");
    }
}

#[test]
fn lists_have_a_longest_length() {
    let exceptions = |count: usize| {
        let one = Element::new(EXCEPTION)
            .with(Element::text(DELETED, "1"))
            .with(Element::text(EXCEPTION_START_TIME, "20260316T080000Z"));
        edit_with(
            vec![vec![one; count].into_iter().fold(Element::new(EXCEPTIONS), Element::with)],
            &Ghosting::Nothing,
        )
    };
    assert!(exceptions(items::event::MAX_EXCEPTIONS).is_ok());
    assert!(exceptions(items::event::MAX_EXCEPTIONS + 1).is_err());
    let attendees = |count: usize| {
        let one = Element::new(ATTENDEE).with(Element::text(EMAIL, "a@x.org"));
        edit_with(
            vec![vec![one; count].into_iter().fold(Element::new(ATTENDEES), Element::with)],
            &Ghosting::Nothing,
        )
    };
    assert!(attendees(items::event::MAX_ATTENDEES).is_ok());
    assert!(attendees(items::event::MAX_ATTENDEES + 1).is_err());
}

/// Returns the bytes of Berlin's rules with a name that no zone has, as some phones write them.
fn odd_zone() -> String {
    use base64::Engine as _;
    let mut bytes = Blob::from_zone(&TimeZone::get("Europe/Berlin").unwrap(), 2026).to_bytes();
    bytes[4] = b'x';
    bytes[88] = b'y';
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

#[test]
fn a_zone_is_told_as_the_phone_gave_it_until_the_start_has_another() {
    let stamp = Stamp { uid: "new".to_owned(), now: "2026-02-01T10:00:00Z".parse().unwrap() };
    let told = odd_zone();
    let sent = data(vec![
        Element::text(TIMEZONE, &told),
        Element::text(START_TIME, "20260304T080000Z"),
        Element::text(END_TIME, "20260304T090000Z"),
        Element::text(SUBJECT, "x"),
    ]);
    let edit = crate::payload::parse(Kind::Calendar, &sent, &reading(&Ghosting::Nothing)).unwrap();
    let stored = String::from_utf8(items::create(&edit, &stamp).unwrap()).unwrap();
    let shown = rendered(&stored, &options());
    assert_eq!(value(&shown, TIMEZONE), Some(told.clone()));
    assert_eq!(applied(&stored, &shown), stored);
    let elsewhere = stored.replace("DTSTART;TZID=Europe/Berlin", "DTSTART;TZID=Asia/Tokyo");
    assert_ne!(elsewhere, stored);
    let tokyo = Blob::parse(&value(&rendered(&elsewhere, &options()), TIMEZONE).unwrap()).unwrap();
    assert_eq!(tokyo.to_zone(&[], 2026).zone.iana_name(), Some("Asia/Tokyo"));
    // A phone that moves it tells a zone of its own.
    let berlin = Blob::from_zone(&TimeZone::get("Europe/Berlin").unwrap(), 2026).to_base64();
    let moved = data(vec![
        Element::text(TIMEZONE, &berlin),
        Element::text(START_TIME, "20260304T083000Z"),
        Element::text(END_TIME, "20260304T093000Z"),
    ]);
    assert!(!applied(&stored, &moved).contains("X-EAS-TIMEZONE"));
}

#[test]
fn series_that_phones_have_no_words_for_are_shown_once_and_lose_nothing() {
    let stamp = Stamp { uid: String::new(), now: Timestamp::UNIX_EPOCH };
    let rules = [
        "FREQ=HOURLY;INTERVAL=6",
        "FREQ=YEARLY;BYYEARDAY=100",
        "FREQ=WEEKLY;BYDAY=WE\r\nRRULE:FREQ=MONTHLY;BYMONTHDAY=4",
        "FREQ=WEEKLY;BYDAY=WE\r\nEXRULE:FREQ=MONTHLY;BYMONTHDAY=4",
        "FREQ=WEEKLY;BYDAY=WE\r\nRDATE:20260305T080000Z",
    ];
    for version in [Version::V14_1, Version::V16_1] {
        for rule in rules {
            let text = SERIES.replace("FREQ=WEEKLY;BYDAY=WE;UNTIL=20261230T080000Z", rule);
            let shown = rendered(&text, &Options { version, ..options() });
            assert_eq!((shown.child(RECURRENCE), shown.child(EXCEPTIONS)), (None, None), "{rule}");
            let reading = crate::payload::Reading { version, ..reading(&Ghosting::Nothing) };
            let apply = |data: &Element| {
                let edit = crate::payload::parse(Kind::Calendar, data, &reading).unwrap();
                String::from_utf8(items::apply(text.as_bytes(), &edit, &stamp).unwrap()).unwrap()
            };
            assert_eq!(apply(&shown), text, "{rule}");
            let becomes = apply(&data(vec![Element::text(SUBJECT, "y"), Element::new(RECURRENCE)]));
            let is_kept = |line: &str| {
                let may_change = ["SUMMARY:Team", "DTSTAMP"].iter().any(|name| line.starts_with(name));
                may_change || becomes.contains(line)
            };
            assert!(text.lines().all(is_kept), "{rule}: {becomes}");
        }
    }
}
