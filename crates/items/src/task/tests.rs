use jiff::civil::date;

use super::*;
use crate::recurrence::{Cycle, Days, End};

fn stamp() -> Stamp {
    Stamp { uid: "t1".to_owned(), now: at("2026-03-04T08:00:00Z") }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn full() -> Edit {
    Edit {
        home: None,
        subject: Change::Set("Mow".to_owned()),
        body: Change::Set(Body::plain("front\nand back")),
        importance: Change::Set(Importance::High),
        start: Change::Set(Moment::Day(date(2026, 3, 4))),
        due: Change::Set(Moment::At {
            instant: at("2026-03-05T08:00:00Z"),
            local: Some(date(2026, 3, 5).at(9, 0, 0, 0)),
        }),
        done: Change::Keep,
        sensitivity: Change::Set(Sensitivity::Personal),
        reminder: Change::Set(at("2026-03-04T07:00:00Z")),
        categories: Change::Set(vec!["garden".to_owned()]),
        recurrence: Change::Set(Pattern {
            cycle: Cycle::Weekly { days: Days::from_mask(8).unwrap() },
            interval: 2,
            end: End::Never,
            first_day: None,
            regenerate: true,
            dead: false,
        }),
    }
}

#[test]
fn a_new_task_reads_back() {
    let text = create(&full(), &stamp()).unwrap();
    let task = Task::parse(&text);
    assert_eq!(task.subject.as_deref(), Some("Mow"));
    assert_eq!(task.body, Some(Body::plain("front\nand back")));
    assert_eq!(task.importance, Importance::High);
    assert_eq!(Change::Set(task.start.unwrap()), full().start);
    assert_eq!(Change::Set(task.due.unwrap()), full().due);
    assert_eq!(task.sensitivity, Sensitivity::Personal);
    assert_eq!(task.reminder, Some(at("2026-03-04T07:00:00Z")));
    assert_eq!(task.categories, ["garden"]);
    assert_eq!(Change::Set(task.pattern().unwrap()), full().recurrence);
    assert!(!task.done);
}

#[test]
fn the_same_edit_again_writes_nothing() {
    let text = create(&full(), &stamp()).unwrap();
    assert_eq!(apply(&text, &full(), &stamp()).unwrap(), text);
    assert_eq!(apply(&text, &Edit::default(), &stamp()).unwrap(), text);
}

#[test]
fn everything_can_be_removed() {
    let text = create(&full(), &stamp()).unwrap();
    let bare = Edit {
        home: None,
        subject: Change::Remove,
        body: Change::Remove,
        importance: Change::Remove,
        start: Change::Remove,
        due: Change::Remove,
        done: Change::Remove,
        sensitivity: Change::Remove,
        reminder: Change::Remove,
        categories: Change::Remove,
        recurrence: Change::Remove,
    };
    let task = Task::parse(&apply(&text, &bare, &stamp()).unwrap());
    assert_eq!(task, Task { uid: Some("t1".to_owned()), ..Task::default() });
}

#[test]
fn a_task_is_done_and_opened_again() {
    let text = create(&full(), &stamp()).unwrap();
    let done = Edit { done: Change::Set(Some(at("2026-03-06T10:00:00Z"))), ..Edit::default() };
    let text = apply(&text, &done, &stamp()).unwrap();
    let task = Task::parse(&text);
    assert_eq!((task.done, task.completed), (true, Some(at("2026-03-06T10:00:00Z"))));
    assert!(!task.index().open);
    let again = Edit { done: Change::Set(None), ..Edit::default() };
    assert_eq!(apply(&text, &again, &stamp()).unwrap(), text);
    let open = Edit { done: Change::Remove, ..Edit::default() };
    let task = Task::parse(&apply(&text, &open, &stamp()).unwrap());
    assert_eq!((task.done, task.completed), (false, None));
}

const STORED: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\nEND:VTIMEZONE\r\n\
    BEGIN:VTODO\r\nUID:x\r\nSUMMARY;LANGUAGE=de:Alt\r\nDTSTART;TZID=Europe/Berlin:20260304T090000\r\nPRIORITY:3\r\n\
    RRULE:FREQ=HOURLY\r\nX-OWN;A=1:kept\r\nBEGIN:VALARM\r\nACTION:AUDIO\r\nTRIGGER:-PT15M\r\nEND:VALARM\r\n\
    END:VTODO\r\nEND:VCALENDAR\r\n";

#[test]
fn stored_text_is_read() {
    let task = Task::parse(STORED.as_bytes());
    let start =
        Moment::At { instant: at("2026-03-04T08:00:00Z"), local: Some(date(2026, 3, 4).at(9, 0, 0, 0)) };
    assert_eq!(task.start, Some(start));
    assert_eq!(task.importance, Importance::High);
    assert_eq!(task.reminder, Some(at("2026-03-04T07:45:00Z")));
    assert!(task.rule.is_some() && task.pattern().is_none());
}

#[test]
fn only_edited_lines_change_and_hidden_rules_stay() {
    let edit = Edit {
        subject: Change::Set("Neu".to_owned()),
        importance: Change::Set(Importance::High),
        reminder: Change::Set(at("2026-03-04T07:00:00Z")),
        recurrence: Change::Remove,
        ..Edit::default()
    };
    let text = apply(STORED.as_bytes(), &edit, &stamp()).unwrap();
    let expected = STORED.replace(":Alt", ":Neu").replace(":-PT15M", ";VALUE=DATE-TIME:20260304T070000Z");
    assert_eq!(String::from_utf8(text).unwrap(), expected);
}

#[test]
fn properties_are_complete() {
    let names: Vec<_> = properties(STORED.as_bytes())
        .into_iter()
        .map(|property| format!("{}={}", property.name, property.value))
        .collect();
    assert_eq!(
        names,
        [
            "X-own=kept",
            "Importance=high",
            "Complete=no",
            "Startdate=2026-03-04 09:00",
            "Remindertime=2026-03-04 07:45Z",
            "Recurrence=by the rule FREQ=HOURLY",
            "Subject=Alt",
        ]
    );
}

#[test]
fn an_item_has_a_largest_size() {
    let long = |bytes: usize| Edit { body: Change::Set(Body::plain("x".repeat(bytes))), ..Edit::default() };
    let limit_bytes = crate::MAX_ITEM_BYTES;
    assert!(create(&long(limit_bytes * 9 / 10), &stamp()).is_ok());
    assert!(matches!(create(&long(limit_bytes), &stamp()), Err(EditError::TooLarge { .. })));
}

#[test]
fn a_time_that_names_no_clock_stays_as_it_was_shown() {
    let home = TimeZone::get("Europe/Berlin").unwrap();
    let table = [
        ("DUE:20260304T080000Z", Moment::At { instant: at("2026-03-04T08:00:00Z"), local: Some(nine()) }),
        ("DUE:20260304T090000", Moment::At { instant: at("2026-03-04T08:00:00Z"), local: Some(nine()) }),
        ("DUE:20260304T000000", Moment::Day(date(2026, 3, 4))),
        ("DUE:20260303T230000Z", Moment::Day(date(2026, 3, 4))),
    ];
    for (line, sent) in table {
        let stored = format!("BEGIN:VCALENDAR\nBEGIN:VTODO\nUID:t\n{line}\nEND:VTODO\nEND:VCALENDAR\n");
        let due = |due| Edit { due: Change::Set(due), home: Some(home.clone()), ..Edit::default() };
        assert_eq!(apply(stored.as_bytes(), &due(sent), &stamp()).unwrap(), stored.as_bytes(), "{line}");
        let other = apply(stored.as_bytes(), &due(Moment::Day(date(2026, 3, 5))), &stamp()).unwrap();
        assert_eq!(Task::parse(&other).due, Some(Moment::Day(date(2026, 3, 5))), "{line}");
    }
}

fn nine() -> jiff::civil::DateTime {
    date(2026, 3, 4).at(9, 0, 0, 0)
}
