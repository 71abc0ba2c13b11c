//! Single occurrences, and the rule of the series.

use super::*;

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
fn an_occurrence_that_is_deleted_and_changed_is_changed() {
    let stored = SERIES.replace("T090000\r\nX-COLOR", "T090000,20260325T090000\r\nX-COLOR");
    let event = parsed(&stored);
    assert_eq!(event.exceptions.len(), 2);
    assert_eq!(event.exceptions[1].details.as_ref().unwrap().location.as_deref(), Some("Room 2"));
    let same = Fields { location: Change::Set("Room 2".to_owned()), ..Fields::default() };
    assert_eq!(applied(&stored, &exception("2026-03-25T08:00Z", changed(same))), stored);
    let gone = applied(&stored, &exception("2026-03-25T08:00Z", ExceptionChange::Delete));
    assert_eq!(gone.matches("20260325T090000").count(), 1, "{gone}");
    assert!(parsed(&gone).exceptions.iter().all(|exception| exception.details.is_none()));
}
