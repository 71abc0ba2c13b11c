//! A user tells a phone that he is away; what he set is shown on every phone of his.

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
use engine::{AwayState, MAX_AWAY_CHARS};
use wbxml::page::settings::{
    APPLIES_TO_EXTERNAL_KNOWN, APPLIES_TO_EXTERNAL_UNKNOWN, APPLIES_TO_INTERNAL, BODY_TYPE, ENABLED,
    END_TIME, GET, OOF, OOF_MESSAGE, OOF_STATE, REPLY_MESSAGE, SET, SETTINGS, START_TIME, STATUS,
};
use wbxml::{Element, Tag};

const FROM: &str = "2026-03-02T09:00:00.000Z";
const UNTIL: &str = "2026-03-09T09:00:00.000Z";

fn ask(phone: &Phone<'_>, block: Element) -> Element {
    let answer = phone.ask(Command::Settings, &Element::new(SETTINGS).with(Element::new(OOF).with(block)));
    assert_eq!(text(&answer, STATUS), "1");
    answer.child(OOF).unwrap().clone()
}

fn set(phone: &Phone<'_>, content: Vec<Element>) -> String {
    text(&ask(phone, content.into_iter().fold(Element::new(SET), Element::with)), STATUS)
}

fn get(phone: &Phone<'_>, form: &str) -> Element {
    let answer = ask(phone, Element::new(GET).with(Element::text(BODY_TYPE, form)));
    assert_eq!(text(&answer, STATUS), "1");
    answer.child(GET).unwrap().clone()
}

fn message(audiences: &[Tag], reply: &str, form: &str) -> Element {
    let head =
        audiences.iter().fold(Element::new(OOF_MESSAGE), |message, tag| message.with(Element::new(*tag)));
    head.with(Element::text(ENABLED, "1"))
        .with(Element::text(REPLY_MESSAGE, reply))
        .with(Element::text(BODY_TYPE, form))
}

fn state(value: &str) -> Element {
    Element::text(OOF_STATE, value)
}

fn times(from: &str, until: &str) -> Vec<Element> {
    vec![state("2"), Element::text(START_TIME, from), Element::text(END_TIME, until)]
}

/// What each audience is told: whether, and the text.
fn told(get: &Element) -> Vec<(String, String)> {
    let audiences = [APPLIES_TO_INTERNAL, APPLIES_TO_EXTERNAL_KNOWN, APPLIES_TO_EXTERNAL_UNKNOWN];
    let messages: Vec<_> = get.children(OOF_MESSAGE).collect();
    assert_eq!(messages.len(), 3);
    audiences
        .iter()
        .zip(messages)
        .map(|(audience, message)| {
            assert!(message.child(*audience).is_some());
            let reply = message.child_text(REPLY_MESSAGE).unwrap_or_default().into_owned();
            (text(message, ENABLED), reply)
        })
        .collect()
}

#[test]
fn what_one_phone_sets_another_shows() {
    let club = Club::new(Preset::Viewer);
    let phone = club.phone("bo");
    assert_eq!(
        (text(&get(&phone, "Text"), OOF_STATE), told(&get(&phone, "Text"))[0].clone()),
        ("0".into(), ("0".into(), String::new()))
    );

    let mut absence = times(FROM, UNTIL);
    absence.push(message(&[APPLIES_TO_INTERNAL], "Ask Anna.\nBack soon", "Text"));
    absence.push(message(
        &[APPLIES_TO_EXTERNAL_KNOWN, APPLIES_TO_EXTERNAL_UNKNOWN],
        "<p>Away &amp; out</p>",
        "HTML",
    ));
    assert_eq!(set(&phone, absence), "1");
    let other = Phone { version: "12.1", ..club.phone("bo") };
    let shown = get(&other, "Text");
    assert_eq!(
        (text(&shown, OOF_STATE), text(&shown, START_TIME), text(&shown, END_TIME)),
        ("2".into(), FROM.into(), UNTIL.into())
    );
    let texts: Vec<String> = told(&shown).into_iter().map(|(_, text)| text.trim().to_owned()).collect();
    assert_eq!(texts, ["Ask Anna.\nBack soon", "Away & out", "Away & out"]);
    assert_eq!(told(&get(&other, "HTML"))[2].1, "<p>Away &amp; out</p>");
    assert_eq!(text(&get(&club.phone("anna"), "Text"), OOF_STATE), "0", "it is each user's own");

    assert_eq!(set(&phone, vec![state("0")]), "1");
    let off = get(&phone, "Text");
    assert_eq!((text(&off, OOF_STATE), off.child(START_TIME)), ("0".into(), None));
    assert_eq!(
        told(&off)[0],
        ("1".into(), "Ask Anna.\nBack soon".into()),
        "the texts stay for the next time"
    );
    assert_eq!(club.engine().away(&phone.caller).unwrap().state, AwayState::Off);
}

#[test]
fn what_contradicts_itself_is_refused_and_changes_nothing() {
    let club = Club::new(Preset::Viewer);
    let phone = club.phone("bo");
    let internal = || message(&[APPLIES_TO_INTERNAL], "x", "Text");
    let before = club.engine().away(&phone.caller).unwrap();
    for (content, status) in [
        (vec![state("2"), Element::text(START_TIME, FROM)], "2"),
        (vec![state("2"), Element::text(END_TIME, FROM)], "2"),
        (vec![state("2")], "5"),
        (vec![state("3")], "5"),
        (times(FROM, "soon"), "5"),
        (times(UNTIL, FROM), "6"),
        (times(FROM, FROM), "6"),
        (vec![state("1"), message(&[], "x", "Text")], "2"),
        (vec![state("1"), internal(), internal()], "6"),
        (vec![state("1"), internal(), internal(), internal(), internal()], "2"),
        (vec![state("1"), message(&[APPLIES_TO_INTERNAL], "x", "RTF")], "5"),
        (vec![message(&[APPLIES_TO_INTERNAL], &"ä".repeat(MAX_AWAY_CHARS + 1), "Text")], "5"),
    ] {
        assert_eq!(set(&phone, content.clone()), status, "{content:?}");
    }
    assert_eq!(club.engine().away(&phone.caller).unwrap(), before);
    assert_eq!(set(&phone, vec![message(&[APPLIES_TO_INTERNAL], &"ä".repeat(MAX_AWAY_CHARS), "Text")]), "1");
    let neither = phone.ask(Command::Settings, &Element::new(SETTINGS).with(Element::new(OOF)));
    assert_eq!(text(neither.child(OOF).unwrap(), STATUS), "2");
}
