//! The times of new and of changed events.

use super::*;

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
