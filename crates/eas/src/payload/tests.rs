use items::{Body, Change};
use wbxml::page::air_sync::{APPLICATION_DATA, SUPPORTED};
use wbxml::page::air_sync_base::{BODY, DATA, ESTIMATED_DATA_SIZE, TRUNCATED, TYPE};
use wbxml::page::contacts::{ALIAS, BIRTHDAY, CATEGORIES, FIRST_NAME, LAST_NAME};

use super::*;

/// Returns what most phones want: plain text, whole.
pub(super) fn options() -> Options {
    Options {
        version: Version::V14_1,
        bodies: vec![preference(BodyType::Plain, None)],
        mime: MimeSupport::Unsaid,
        zone: TimeZone::get("Europe/Berlin").unwrap(),
        owner: vec!["ann@example.org".to_owned()],
        dates: Dates::default(),
    }
}

/// Returns how the same phone is read.
pub(super) fn reading(ghosting: &Ghosting) -> Reading {
    Reading {
        version: Version::V14_1,
        ghosting: ghosting.clone(),
        home: None,
        owner: Vec::new(),
        device_type: "iPhone".to_owned(),
        device: 7,
    }
}

fn preference(kind: BodyType, truncation: Option<u32>) -> BodyPreference {
    BodyPreference { kind, truncation, all_or_none: false, preview: None }
}

fn wanting(bodies: Vec<BodyPreference>) -> Options {
    Options { bodies, ..options() }
}

/// Returns type, size, whether it is cut, and data.
fn shown(element: &Element) -> String {
    let text =
        |tag: Tag| element.child_text(tag).map_or_else(|| "-".to_owned(), std::borrow::Cow::into_owned);
    let cut = if element.child(TRUNCATED).is_some() { "cut" } else { "whole" };
    format!("{} {} {cut} {:?}", text(TYPE), text(ESTIMATED_DATA_SIZE), text(DATA))
}

#[test]
fn a_body_comes_in_the_form_it_was_written_in() {
    let both = wanting(vec![preference(BodyType::Html, None), preference(BodyType::Plain, None)]);
    assert_eq!(shown(&body::render("a\nb", None, &both)), r#"1 4 whole "a\r\nb""#);
    assert_eq!(shown(&body::render("a", Some("<b>a</b>"), &both)), r#"2 8 whole "<b>a</b>""#);
    assert_eq!(shown(&body::render("a", Some("<b>a</b>"), &options())), r#"1 1 whole "a""#);
    assert_eq!(shown(&body::render("a", None, &wanting(Vec::new()))), r#"1 1 whole "a""#);
    let html = body::render("a", None, &wanting(vec![preference(BodyType::Html, None)]));
    assert_eq!(html.child_text(TYPE).as_deref(), Some("2"));
}

#[test]
fn a_body_is_cut_between_characters() {
    let cut = |limit: u32| {
        shown(&body::render("aüb", None, &wanting(vec![preference(BodyType::Plain, Some(limit))])))
    };
    assert_eq!(cut(0), r#"1 4 cut """#);
    assert_eq!(cut(2), r#"1 4 cut "a""#);
    assert_eq!(cut(3), r#"1 4 cut "aü""#);
    assert_eq!(cut(4), r#"1 4 whole "aüb""#);
}

#[test]
fn all_or_nothing_prefers_another_form() {
    let whole = |kind, truncation| BodyPreference { all_or_none: true, ..preference(kind, truncation) };
    let other = wanting(vec![whole(BodyType::Html, Some(3)), preference(BodyType::Plain, Some(3))]);
    assert_eq!(shown(&body::render("abcd", Some("<p>abcd</p>"), &other)), r#"1 4 cut "abc""#);
    let none = wanting(vec![whole(BodyType::Plain, Some(3))]);
    assert_eq!(shown(&body::render("abcd", None, &none)), r#"1 4 cut "-""#);
}

#[test]
fn a_body_stays_where_it_has_no_data() {
    let of = |element: Element| body::parse(&Element::new(APPLICATION_DATA).with(element));
    let typed = |kind: &str, data: &str| {
        Element::new(BODY).with(Element::text(TYPE, kind)).with(Element::text(DATA, data))
    };
    assert_eq!(body::parse(&Element::new(APPLICATION_DATA)), Ok(Change::Keep));
    assert_eq!(of(Element::new(BODY).with(Element::text(TYPE, "1"))), Ok(Change::Keep));
    assert_eq!(of(Element::new(BODY)), Ok(Change::Remove));
    assert_eq!(of(typed("1", "")), Ok(Change::Remove));
    assert_eq!(of(typed("1", "a\r\nb")), Ok(Change::Set(Body::plain("a\nb"))));
    assert_eq!(of(typed("2", "<b>a</b>")), Ok(Change::Set(Body::html("<b>a</b>"))));
    for kind in ["3", "4", "0", "x"] {
        assert!(of(typed(kind, "a")).is_err(), "{kind}");
    }
}

#[test]
fn what_supported_says() {
    assert_eq!(Ghosting::of(&Element::new(SUPPORTED)), Ghosting::Everything);
    let listed = Ghosting::of(&Element::new(SUPPORTED).with(Element::new(FIRST_NAME)));
    assert!(listed.manages(FIRST_NAME) && !listed.manages(LAST_NAME));
    assert!(!Ghosting::Nothing.manages(FIRST_NAME) && !Ghosting::Everything.manages(FIRST_NAME));
}

#[test]
fn a_correction_clears_what_the_server_does_not_have() {
    let sent = Element::new(APPLICATION_DATA)
        .with(Element::text(FIRST_NAME, "Manuel"))
        .with(Element::text(BIRTHDAY, "1986-03-27T00:00:00.000Z"))
        .with(Element::new(CATEGORIES))
        .with(Element::new(ALIAS))
        .with(Element::new(BODY).with(Element::text(DATA, "n")));
    let also = tags(&hint(&sent));
    assert_eq!(also, [BIRTHDAY, CATEGORIES, FIRST_NAME, ALIAS, BODY], "by page and code");
    let stands = vec![Element::text(FIRST_NAME, "Manoel")];
    let corrected = cleared(Kind::Contacts, stands, &also);
    let empty: Vec<_> = corrected.iter().map(|element| (element.tag, element.is_empty())).collect();
    assert_eq!(empty, [(FIRST_NAME, false), (BIRTHDAY, true), (CATEGORIES, true), (BODY, false)]);
    assert_eq!(shown(corrected.last().unwrap()), r#"1 0 whole """#);
}

#[test]
fn a_hint_that_is_none_names_nothing() {
    for hint in ["", "x", "1", "1.4", "1.64", "256.5", "1.5.6"] {
        assert_eq!(tags(hint), [], "{hint}");
    }
}

#[test]
fn phones_do_not_write_messages_whole() {
    let data = Element::new(APPLICATION_DATA);
    for kind in [Kind::Mail, Kind::Files] {
        assert!(parse(kind, &data, &reading(&Ghosting::Nothing)).is_err());
    }
    for kind in [Kind::Contacts, Kind::Tasks, Kind::Notes] {
        assert!(parse(kind, &data, &reading(&Ghosting::Nothing)).is_ok());
    }
}
