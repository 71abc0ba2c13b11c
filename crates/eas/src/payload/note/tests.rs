use items::{Body, Stamp, note};
use wbxml::page::air_sync::APPLICATION_DATA;
use wbxml::page::air_sync_base;

use super::super::tests::options;
use super::*;

fn data(children: impl IntoIterator<Item = Element>) -> Element {
    children.into_iter().fold(Element::new(APPLICATION_DATA), Element::with)
}

fn edit(children: impl IntoIterator<Item = Element>) -> note::Edit {
    let items::Edit::Note(edit) = parse(&data(children)).unwrap() else { panic!("another kind") };
    *edit
}

#[test]
fn what_is_shown_comes_back_unchanged() {
    let full = note::Edit {
        subject: Change::Set("Milk".to_owned()),
        body: Change::Set(Body::plain("one\ntwo")),
        categories: Change::Set(vec!["a".to_owned()]),
    };
    let stamp = Stamp { uid: "u".to_owned(), now: "2026-03-01T08:00:00Z".parse().unwrap() };
    let text = items::create(&items::Edit::Note(Box::new(full.clone())), &stamp).unwrap();
    let shown = data(render(&Note::parse(&text), Timestamp::UNIX_EPOCH, &options()));
    assert_eq!(shown.child_text(notes::LAST_MODIFIED_DATE).as_deref(), Some("20260301T080000Z"));
    assert_eq!(parse(&shown).unwrap(), items::Edit::Note(Box::new(full)));
}

#[test]
fn a_note_that_says_nothing_has_what_is_demanded() {
    let shown = data(render(&Note::default(), "2026-03-02T00:00:00Z".parse().unwrap(), &options()));
    assert_eq!(shown.child_text(notes::LAST_MODIFIED_DATE).as_deref(), Some("20260302T000000Z"));
    assert_eq!(shown.child_text(notes::MESSAGE_CLASS).as_deref(), Some("IPM.StickyNote"));
    assert!(shown.child(air_sync_base::BODY).is_some_and(|body| body.child(air_sync_base::DATA).is_some()));
}

#[test]
fn title_and_text_stay_where_they_are_left_out() {
    let kept = edit([Element::text(notes::MESSAGE_CLASS, "IPM.StickyNote.Blue")]);
    assert_eq!(kept, note::Edit { categories: Change::Remove, ..note::Edit::default() });
    assert_eq!(edit([Element::new(notes::SUBJECT)]).subject, Change::Remove);
}

#[test]
fn what_is_no_note_is_unreadable() {
    for class in ["IPM.Note", "IPM.StickyNotes", ""] {
        assert!(parse(&data([Element::text(notes::MESSAGE_CLASS, class)])).is_err(), "{class}");
    }
}
