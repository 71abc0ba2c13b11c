//! What is read of an event.

use super::*;

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

#[test]
fn dates_alone_make_no_zone() {
    let event = parsed(DAYS);
    assert!(event.details.all_day());
    assert_eq!(event.details.end, Some(When::Date(date(2026, 3, 6))));
}
