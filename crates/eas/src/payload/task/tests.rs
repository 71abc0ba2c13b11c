use items::Body;
use items::recurrence::{Cycle, Days, End};
use items::{Stamp, task};
use jiff::civil::date;
use wbxml::page::air_sync::APPLICATION_DATA;

use super::super::tests::options;
use super::*;
use crate::payload::Ghosting;

fn data(children: impl IntoIterator<Item = Element>) -> Element {
    children.into_iter().fold(Element::new(APPLICATION_DATA), Element::with)
}

fn edit(children: impl IntoIterator<Item = Element>) -> task::Edit {
    let items::Edit::Task(edit) = parse(&data(children), &reading(Version::V14_1)).unwrap() else {
        panic!("another kind")
    };
    *edit
}

fn reading(version: Version) -> Reading {
    Reading { version, ..super::super::tests::reading(&Ghosting::Nothing) }
}

fn stored(edit: task::Edit) -> Vec<u8> {
    let stamp = Stamp { uid: "u".to_owned(), now: at("2026-03-01T00:00:00Z") };
    items::create(&items::Edit::Task(Box::new(edit)), &stamp).unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn full() -> task::Edit {
    task::Edit {
        home: None,
        subject: Change::Set("Mow".to_owned()),
        body: Change::Set(Body::plain("front\nand back")),
        importance: Change::Set(Importance::High),
        start: Change::Set(Moment::Day(date(2026, 3, 4))),
        due: Change::Set(Moment::At {
            instant: at("2026-03-05T08:00:00Z"),
            local: Some(date(2026, 3, 5).at(9, 0, 0, 0)),
        }),
        done: Change::Set(Some(at("2026-03-06T10:00:00Z"))),
        sensitivity: Change::Set(Sensitivity::Private),
        reminder: Change::Set(at("2026-03-04T07:00:00Z")),
        categories: Change::Set(vec!["garden".to_owned()]),
        recurrence: Change::Set(Pattern {
            cycle: Cycle::Weekly { days: Days::from_mask(8).unwrap() },
            interval: 2,
            end: End::On(Until::Utc(at("2026-12-31T00:00:00Z"))),
            first_day: Some(jiff::civil::Weekday::Monday),
            regenerate: true,
            dead: false,
        }),
    }
}

#[test]
fn what_is_shown_comes_back_unchanged() {
    let text = stored(full());
    let shown = data(render(&Task::parse(&text), &options()));
    assert_eq!(parse(&shown, &reading(Version::V14_1)).unwrap(), items::Edit::Task(Box::new(full())));
    let stamp = Stamp { uid: "u".to_owned(), now: at("2026-03-07T00:00:00Z") };
    assert_eq!(items::apply(&text, &parse(&shown, &reading(Version::V14_1)).unwrap(), &stamp).unwrap(), text);
}

#[test]
fn a_task_is_shown() {
    let xml = wbxml::to_xml(&data(render(&Task::parse(&stored(full())), &options())));
    for part in [
        "<UtcStartDate>2026-03-04T00:00:00.000Z</UtcStartDate>",
        "<StartDate>2026-03-04T00:00:00.000Z</StartDate>",
        "<UtcDueDate>2026-03-05T08:00:00.000Z</UtcDueDate>",
        "<DueDate>2026-03-05T09:00:00.000Z</DueDate>",
        "<Complete>1</Complete>",
        "<DateCompleted>2026-03-06T10:00:00.000Z</DateCompleted>",
        "<Importance>2</Importance>",
        "<Sensitivity>2</Sensitivity>",
        "<ReminderSet>1</ReminderSet>",
        "<Type>1</Type>",
        "<FirstDayOfWeek>1</FirstDayOfWeek>",
    ] {
        assert!(xml.contains(part), "{part} in {xml}");
    }
}

#[test]
fn a_task_that_says_nothing_has_what_is_demanded() {
    let tags: Vec<_> = render(&Task::default(), &options()).into_iter().map(|element| element.tag).collect();
    assert_eq!(tags, [tasks::IMPORTANCE, tasks::COMPLETE, tasks::SENSITIVITY, tasks::REMINDER_SET]);
    let done = Task { done: true, ..Task::default() };
    assert!(render(&done, &options()).iter().any(|element| element.tag == tasks::DATE_COMPLETED));
}

#[test]
fn an_instant_without_a_clock_is_shown_by_the_users() {
    let task = Task {
        due: Some(Moment::At { instant: at("2026-07-05T08:00:00Z"), local: None }),
        ..Task::default()
    };
    let xml = wbxml::to_xml(&data(render(&task, &options())));
    assert!(xml.contains("<DueDate>2026-07-05T10:00:00.000Z</DueDate>"), "{xml}");
}

#[test]
fn old_versions_get_no_new_elements() {
    let old = Options { version: Version::V12_1, ..options() };
    let xml = wbxml::to_xml(&data(render(&Task::parse(&stored(full())), &old)));
    assert!(!xml.contains("FirstDayOfWeek") && !xml.contains("CalendarType"), "{xml}");
}

#[test]
fn what_is_left_out_goes_but_for_body_and_completion() {
    let edit = edit([]);
    assert_eq!((edit.body, edit.done), (Change::Keep, Change::Keep));
    assert_eq!(edit.subject, Change::Remove);
    assert_eq!((edit.start, edit.due), (Change::Remove, Change::Remove));
    assert_eq!((edit.reminder, edit.recurrence), (Change::Remove, Change::Remove));
}

#[test]
fn midnight_means_the_day() {
    let due = |local: Option<&str>, utc: Option<&str>| {
        let local = local.map(|text| Element::text(tasks::DUE_DATE, text));
        edit(local.into_iter().chain(utc.map(|text| Element::text(tasks::UTC_DUE_DATE, text)))).due
    };
    let day = Change::Set(Moment::Day(date(2026, 3, 5)));
    assert_eq!(due(Some("2026-03-05T00:00:00.000Z"), Some("2026-03-04T23:00:00.000Z")), day);
    assert_eq!(due(None, Some("2026-03-05T00:00:00.000Z")), day);
    let instant = at("2026-03-05T08:00:00Z");
    assert_eq!(due(None, Some("2026-03-05T08:00:00Z")), Change::Set(Moment::At { instant, local: None }));
    let floating = Change::Set(Moment::Floating(date(2026, 3, 5).at(8, 0, 0, 0)));
    assert_eq!(due(Some("2026-03-05T08:00:00Z"), None), floating);
    assert_eq!(due(Some(""), Some("")), Change::Remove);
}

#[test]
fn a_series_begins_with_its_recurrence_where_it_has_no_dates() {
    let edit = edit([Element::new(tasks::RECURRENCE)
        .with(Element::text(tasks::TYPE, "0"))
        .with(Element::text(tasks::START, "2026-03-05T00:00:00.000Z"))]);
    assert_eq!(edit.start, Change::Set(Moment::Day(date(2026, 3, 5))));
}

#[test]
fn invalid_values_are_unreadable() {
    let recurrence = |tag: Tag, value: &str| Element::new(tasks::RECURRENCE).with(Element::text(tag, value));
    for element in [
        Element::text(tasks::COMPLETE, "2"),
        Element::text(tasks::REMINDER_SET, "yes"),
        Element::text(tasks::SENSITIVITY, "4"),
        Element::text(tasks::IMPORTANCE, "high"),
        Element::text(tasks::DUE_DATE, "tomorrow"),
        recurrence(tasks::INTERVAL, "1"),
        recurrence(tasks::TYPE, "4"),
        recurrence(tasks::TYPE, "1"),
        recurrence(tasks::TYPE, "0").with(Element::text(tasks::CALENDAR_TYPE, "8")),
    ] {
        assert!(parse(&data([element.clone()]), &reading(Version::V14_1)).is_err(), "{element:?}");
    }
}

proptest::proptest! {
    #[test]
    fn nothing_panics(codes in proptest::collection::vec(0x05..0x27_u8, 0..6), text in "[0-9TZ:-]{0,20}|.{0,9}") {
        let inside = |code: u8| Element::text(Tag::new(tasks::SUBJECT.page(), code), text.clone());
        let recurrence = codes.iter().map(|&code| inside(code)).fold(Element::new(tasks::RECURRENCE), Element::with);
        if let Ok(edit) = parse(&data(codes.iter().map(|&code| inside(code)).chain([recurrence])), &reading(Version::V14_1)) {
            let stamp = Stamp { uid: "u".to_owned(), now: at("2026-03-01T00:00:00Z") };
            let stored = items::create(&edit, &stamp).unwrap();
            proptest::prop_assert!(!render(&Task::parse(&stored), &options()).is_empty());
        }
    }
}

#[test]
fn from_16_on_the_start_of_a_series_is_what_a_clock_shows() {
    let start = |version: Version| {
        let shown = data(render(&Task::parse(&stored(full())), &Options { version, ..options() }));
        let rule = shown.child(tasks::RECURRENCE).unwrap();
        (
            rule.child_text(tasks::START).unwrap().into_owned(),
            shown.child_text(tasks::START_DATE).map(String::from),
        )
    };
    let (old, _) = start(Version::V14_1);
    let (new, local) = start(Version::V16_1);
    assert_eq!(Some(new.clone()), local);
    assert_ne!(old, new, "the user is in Berlin");
    let rule = Element::new(tasks::RECURRENCE)
        .with(Element::text(tasks::TYPE, "0"))
        .with(Element::text(tasks::START, "2026-03-04T08:00:00.000Z"));
    let begins = |version| {
        let items::Edit::Task(edit) = parse(&data([rule.clone()]), &reading(version)).unwrap() else {
            panic!("another kind")
        };
        edit.start
    };
    assert_eq!(begins(Version::V16_1), Change::Set(Moment::Floating(date(2026, 3, 4).at(8, 0, 0, 0))));
    assert_ne!(begins(Version::V14_1), begins(Version::V16_1));
}
