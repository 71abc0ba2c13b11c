//! Edits of single properties.

use super::*;

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
fn a_body_that_is_only_laid_out_stays_where_its_words_come_back() {
    let stored = SINGLE.replace("DURATION", "X-ALT-DESC;FMTTYPE=text/html:<b>Hello</b>\nDURATION");
    let set = |body| with(Fields { body: Change::Set(body), ..Fields::default() });
    assert_eq!(applied(&stored, &set(Body::plain("Hello"))), stored);
    let new = applied(&stored, &set(Body::plain("Bye")));
    assert!(new.contains("DESCRIPTION:Bye\n") && !new.contains("X-ALT-DESC"));
}

#[test]
fn only_who_invites_somebody_becomes_the_organizer() {
    let stored = SINGLE.replace("DURATION", "ATTENDEE:mailto:cy@x.org\nDURATION");
    let invite = |email: &str| {
        let person = Person { email: email.to_owned(), name: None };
        let attendee = Attendee { person, answer: Answer::None, role: Role::Required, rsvp: false };
        let fields = Fields { attendees: Change::Set(vec![attendee]), ..Fields::default() };
        Edit { owner: vec!["ann@x.org".to_owned()], ..with(fields) }
    };
    assert_eq!(applied(&stored, &invite("CY@x.org")), stored);
    assert!(applied(&stored, &invite("di@x.org")).contains("ORGANIZER:mailto:ann@x.org\n"));
}
