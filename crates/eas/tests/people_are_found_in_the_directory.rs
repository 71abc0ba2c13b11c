//! A phone looks people up in the organisation's directory.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what is not there where it should be is a failed test"
)]

mod common;

use access::Preset;
use common::{Club, Phone, text};
use eas::request::Command;
use engine::NewUser;
use wbxml::page::gal::{ALIAS, DISPLAY_NAME, EMAIL_ADDRESS, FIRST_NAME, PICTURE, STATUS as PICTURE_STATUS};
use wbxml::page::search::{
    MAX_SIZE, NAME, OPTIONS, PICTURE as WANTED, PROPERTIES, QUERY, RANGE, RESPONSE, RESULT, SEARCH, STATUS,
    STORE, TOTAL,
};
use wbxml::{Element, Tag};

fn store(phone: &Phone<'_>, query: &str, options: Vec<Element>) -> Element {
    let mut asked = Element::new(STORE).with(Element::text(NAME, "GAL")).with(Element::text(QUERY, query));
    if !options.is_empty() {
        asked.push(options.into_iter().fold(Element::new(OPTIONS), Element::with));
    }
    let answer = phone.ask(Command::Search, &Element::new(SEARCH).with(asked));
    assert_eq!(text(&answer, STATUS), "1");
    answer.child(RESPONSE).unwrap().child(STORE).unwrap().clone()
}

fn found(phone: &Phone<'_>, query: &str) -> Vec<String> {
    let store = store(phone, query, vec![]);
    let shown = store.children(RESULT).filter_map(|result| result.child(PROPERTIES));
    shown.map(|properties| text(properties, DISPLAY_NAME)).collect()
}

fn with_users(club: &Club, count: usize) {
    for number in 0..count {
        let name = format!("player{number:03}");
        let (email, display_name) = (format!("{name}@club.example"), format!("Player {number:03}"));
        let user =
            NewUser { name: &name, email: &email, display_name: &display_name, admin: false, password: None };
        club.engine().add_user(&user, club.now).unwrap();
    }
}

#[test]
fn whoever_has_a_word_that_begins_so_is_found() {
    let club = Club::new(Preset::Viewer);
    let phone = club.phone("bo");
    for query in ["anna", "ANN", "ber", "Berg, Anna", "anna@club.example", "anna@"] {
        assert_eq!(found(&phone, query), ["Anna Berg"], "{query}");
    }
    let store = store(&phone, "anna", vec![]);
    assert_eq!(
        (text(&store, STATUS), text(&store, RANGE), text(&store, TOTAL)),
        ("1".into(), "0-0".into(), "1".into())
    );
    let properties = store.child(RESULT).unwrap().child(PROPERTIES).unwrap();
    let shown = [
        (DISPLAY_NAME, "Anna Berg"),
        (ALIAS, "anna"),
        (FIRST_NAME, ""),
        (EMAIL_ADDRESS, "anna@club.example"),
    ];
    let tags: Vec<Tag> = properties.elements().map(|one| one.tag).collect();
    assert_eq!(tags, shown.map(|(tag, _)| tag));
    for (tag, expected) in shown {
        assert_eq!(text(properties, tag), expected);
    }
}

#[test]
fn nobody_found_is_one_empty_result() {
    let club = Club::new(Preset::Viewer);
    let phone = club.phone("bo");
    for query in ["nna", "club", "%", "", "public", "*"] {
        let store = store(&phone, query, vec![]);
        let results: Vec<_> = store.children(RESULT).collect();
        assert!(matches!(results.as_slice(), [one] if one.is_empty()), "{query:?}");
        let told = (text(&store, STATUS), text(&store, RANGE), text(&store, TOTAL));
        assert_eq!(told, ("1".into(), "0-0".into(), "0".into()), "{query:?}");
    }
}

#[test]
fn whoever_may_not_log_in_any_more_is_not_found() {
    let club = Club::new(Preset::Viewer);
    club.engine().disable_user("anna", club.now).unwrap();
    assert_eq!(found(&club.phone("bo"), "anna"), Vec::<String>::new());
}

#[test]
fn results_come_by_name_in_ranges_of_at_most_100() {
    let club = Club::new(Preset::Viewer);
    with_users(&club, 101);
    let phone = club.phone("bo");
    let page = |range: &str| {
        let store = store(&phone, "player", vec![Element::text(RANGE, range)]);
        let first = store.children(RESULT).next().and_then(|one| one.child(PROPERTIES).cloned());
        let first = first.map(|properties| text(&properties, DISPLAY_NAME)).unwrap_or_default();
        (
            text(&store, STATUS),
            store.children(RESULT).count(),
            first,
            text(&store, RANGE),
            text(&store, TOTAL),
        )
    };
    let expected = |status: &str, count, first: &str, range: &str| {
        (status.to_owned(), count, first.to_owned(), range.to_owned(), "101".to_owned())
    };
    assert_eq!(page("0-99"), expected("1", 100, "Player 000", "0-99"));
    assert_eq!(page("0-1"), expected("1", 2, "Player 000", "0-1"));
    assert_eq!(page("98-99"), expected("1", 2, "Player 098", "98-99"));
    assert_eq!(page("0-100"), expected("12", 100, "Player 000", "0-99"));
    assert_eq!(page("100-100"), expected("12", 1, "", "0-0"));
    for range in ["x", "5-4", "-1"] {
        let store = store(&phone, "player", vec![Element::text(RANGE, range)]);
        assert_eq!(text(&store, STATUS), "2", "{range}");
    }
}

#[test]
fn of_a_picture_it_is_said_that_there_is_none() {
    let club = Club::new(Preset::Viewer);
    let picture = || vec![Element::new(WANTED).with(Element::text(MAX_SIZE, "9000"))];
    let status = |version: &'static str| {
        let phone = Phone { version, ..club.phone("bo") };
        let store = store(&phone, "anna", picture());
        let properties = store.child(RESULT).unwrap().child(PROPERTIES).unwrap();
        properties.child(PICTURE).map(|picture| text(picture, PICTURE_STATUS))
    };
    assert_eq!(status("14.1").as_deref(), Some("173"));
    assert_eq!(status("14.0"), None);
}

#[test]
fn a_place_that_cannot_be_searched_is_refused() {
    let club = Club::new(Preset::Viewer);
    let phone = club.phone("bo");
    for name in ["DocumentLibrary", "", "x"] {
        let asked = Element::new(STORE).with(Element::text(NAME, name)).with(Element::text(QUERY, "anna"));
        let answer = phone.ask(Command::Search, &Element::new(SEARCH).with(asked));
        let store = answer.child(RESPONSE).unwrap().child(STORE).unwrap();
        assert_eq!(text(store, STATUS), "2", "{name:?}");
    }
    let answer = phone.ask(Command::Search, &Element::new(SEARCH));
    assert_eq!(text(&answer, STATUS), "103");
}
