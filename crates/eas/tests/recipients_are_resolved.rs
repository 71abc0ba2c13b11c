//! A phone asks who is meant by what was typed, and when they have time.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what is not there where it should be is a failed test"
)]

mod common;

use access::{Busy, Entry, Grant, Preset};
use common::{Club, Phone, text};
use eas::request::Command;
use engine::{FolderPath, NewUser, PrincipalRef};
use wbxml::page::resolve_recipients::{
    AVAILABILITY, CERTIFICATE_RETRIEVAL, CERTIFICATES, DISPLAY_NAME, EMAIL_ADDRESS, END_TIME,
    MAX_AMBIGUOUS_RECIPIENTS, MERGED_FREE_BUSY, OPTIONS, PICTURE, RECIPIENT, RECIPIENT_COUNT,
    RESOLVE_RECIPIENTS, RESPONSE, START_TIME, STATUS, TO, TYPE,
};
use wbxml::{Element, Tag};

fn ask(phone: &Phone<'_>, texts: &[&str], options: Vec<Element>) -> Element {
    let root =
        texts.iter().fold(Element::new(RESOLVE_RECIPIENTS), |root, one| root.with(Element::text(TO, *one)));
    phone.ask(
        Command::ResolveRecipients,
        &root.with(options.into_iter().fold(Element::new(OPTIONS), Element::with)),
    )
}

fn one(phone: &Phone<'_>, asked: &str, options: Vec<Element>) -> Element {
    let answer = ask(phone, &[asked], options);
    assert_eq!(text(&answer, STATUS), "1");
    let response = answer.child(RESPONSE).unwrap();
    assert_eq!(text(response, TO), asked);
    response.clone()
}

/// The status of the answer, and who may be meant: `1` of the directory, `2` a contact.
fn meant(response: &Element) -> (String, Vec<(String, String)>) {
    let all: Vec<_> =
        response.children(RECIPIENT).map(|one| (text(one, TYPE), text(one, EMAIL_ADDRESS))).collect();
    assert_eq!(text(response, RECIPIENT_COUNT), all.len().to_string());
    (text(response, STATUS), all)
}

fn club() -> Club {
    let club = Club::new(Preset::Viewer);
    let user = NewUser {
        name: "annika",
        email: "annika@club.example",
        display_name: "Annika Ek",
        admin: false,
        password: None,
    };
    club.engine().add_user(&user, club.now).unwrap();
    let card = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:c1\r\nFN:Annabel Else\r\nN:Else;Annabel;;;\r\n\
        EMAIL:annabel@else.example\r\nEND:VCARD\r\n";
    club.import_into("bo", "Contacts", card);
    club
}

#[test]
fn users_and_own_contacts_are_meant_by_their_names() {
    let club = club();
    let phone = club.phone("bo");
    let user = |email: &str| ("1".to_owned(), email.to_owned());
    assert_eq!(meant(&one(&phone, "annik", vec![])), ("1".into(), vec![user("annika@club.example")]));
    assert_eq!(text(one(&phone, "berg", vec![]).child(RECIPIENT).unwrap(), DISPLAY_NAME), "Anna Berg");
    let contact = ("2".to_owned(), "annabel@else.example".to_owned());
    assert_eq!(meant(&one(&phone, "else", vec![])), ("1".into(), vec![contact.clone()]));
    let all = vec![user("anna@club.example"), user("annika@club.example"), contact];
    assert_eq!(meant(&one(&phone, "ann", vec![])), ("2".into(), all.clone()));
    assert_eq!(
        meant(&one(&phone, "Anna@Club.example", vec![])),
        ("1".into(), vec![user("anna@club.example")])
    );
    assert_eq!(meant(&one(&phone, "nobody", vec![])), ("4".into(), vec![]));
    let two = vec![Element::text(MAX_AMBIGUOUS_RECIPIENTS, "2")];
    assert_eq!(meant(&one(&phone, "ann", two)), ("3".into(), all[..2].to_vec()));
    assert_eq!(meant(&one(&club.phone("anna"), "else", vec![])).0, "4", "contacts are each user's own");
}

fn event(start: &str, end: &str, more: &str) -> String {
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:{start}{more}\r\nDTSTAMP:20260301T000000Z\r\n\
         DTSTART:{start}\r\nDTEND:{end}\r\nSUMMARY:Busy\r\n{more}END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
}

fn times(from: &str, until: &str) -> Vec<Element> {
    let range =
        Element::new(AVAILABILITY).with(Element::text(START_TIME, from)).with(Element::text(END_TIME, until));
    vec![range]
}

fn digits(phone: &Phone<'_>, who: &str, from: &str, until: &str) -> String {
    let response = one(phone, who, times(from, until));
    let availability = response.child(RECIPIENT).unwrap().child(AVAILABILITY).unwrap();
    assert_eq!(text(availability, STATUS), "1");
    text(availability, MERGED_FREE_BUSY)
}

const FROM: &str = "2026-03-04T08:00:00.000Z";
const UNTIL: &str = "2026-03-04T12:00:00.000Z";

#[test]
fn busy_times_have_a_digit_per_half_hour() {
    let club = club();
    for event in [
        event("20260304T083000Z", "20260304T093000Z", ""),
        event(
            "20260304T090000Z",
            "20260304T091500Z",
            "STATUS:TENTATIVE\r\nX-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE\r\n",
        ),
        event("20260304T100000Z", "20260304T101000Z", "X-MICROSOFT-CDO-BUSYSTATUS:OOF\r\n"),
        event("20260304T110000Z", "20260304T120000Z", "TRANSP:TRANSPARENT\r\n"),
        event("20260225T113000Z", "20260225T120000Z", "RRULE:FREQ=WEEKLY\r\n"),
        event("20260305T080000Z", "20260305T090000Z", ""),
    ] {
        club.import_into("bo", "Calendar", &event);
    }
    let bo = club.phone("bo");
    assert_eq!(digits(&bo, "bo@club.example", FROM, UNTIL), "02203002");
    assert_eq!(
        digits(&bo, "bo@club.example", FROM, "2026-03-04T08:31:00.000Z"),
        "02",
        "one that began counts whole"
    );
    let week = one(&bo, "bo", vec![Element::new(AVAILABILITY).with(Element::text(START_TIME, FROM))]);
    let week = week.child(RECIPIENT).unwrap().child(AVAILABILITY).unwrap().clone();
    assert_eq!(text(&week, MERGED_FREE_BUSY).len(), 7 * 48);
}

#[test]
fn a_moved_or_deleted_occurrence_is_busy_where_it_is_now() {
    let club = club();
    let series = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:s\r\nDTSTAMP:20260301T000000Z\r\n\
        DTSTART:20260302T080000Z\r\nDTEND:20260302T083000Z\r\nRRULE:FREQ=DAILY\r\nEXDATE:20260305T080000Z\r\n\
        END:VEVENT\r\nBEGIN:VEVENT\r\nUID:s\r\nDTSTAMP:20260301T000000Z\r\nRECURRENCE-ID:20260304T080000Z\r\n\
        DTSTART:20260304T090000Z\r\nDTEND:20260304T093000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    club.import_into("bo", "Calendar", series);
    let bo = club.phone("bo");
    let day = |day: u8| {
        let at = |hour: u8| format!("2026-03-{day:02}T{hour:02}:00:00.000Z");
        digits(&bo, "bo@club.example", &at(8), &at(10))
    };
    assert_eq!([day(3), day(4), day(5), day(6)], ["2000", "0020", "0000", "2000"]);
}

#[test]
fn whose_times_one_may_not_know_are_unknown() {
    let club = club();
    club.import_into("bo", "Calendar", &event("20260304T083000Z", "20260304T090000Z", ""));
    club.import_into("bo", "Calendar", &event("20260304T100000Z", "20260304T103000Z", "CLASS:PRIVATE\r\n"));
    let anna = club.phone("anna");
    let shown = || digits(&anna, "bo@club.example", FROM, UNTIL);
    assert_eq!(shown(), "44444444");
    let calendar = FolderPath::try_from("Calendar").unwrap();
    let give = |entry: Entry| {
        let grant = (&PrincipalRef::User("anna".to_owned()), entry);
        club.engine().set_grant("bo", &calendar, grant, club.now).unwrap();
    };
    give(Entry { busy: Busy::Time, ..Entry::new(Grant::NOTHING) });
    assert_eq!(shown(), "02002000", "the times alone");
    give(Entry::new(Preset::Viewer.grant()));
    assert_eq!(shown(), "02000000", "who reads the calendar knows what he can read");
    assert_eq!(digits(&club.phone("bo"), "bo@club.example", FROM, UNTIL), "02002000");
    let contact = one(&club.phone("bo"), "annabel@else.example", times(FROM, UNTIL));
    let availability = contact.child(RECIPIENT).unwrap().child(AVAILABILITY).unwrap();
    assert_eq!(text(availability, STATUS), "163");
}

#[test]
fn of_certificates_and_pictures_it_is_said_that_there_are_none() {
    let club = club();
    let options = || vec![Element::text(CERTIFICATE_RETRIEVAL, "2"), Element::new(PICTURE)];
    let recipient = |version: &'static str| {
        let phone = Phone { version, ..club.phone("bo") };
        one(&phone, "berg", options()).child(RECIPIENT).unwrap().clone()
    };
    let status = |recipient: &Element, tag: Tag| recipient.child(tag).map(|one| text(one, STATUS));
    assert_eq!(status(&recipient("14.1"), CERTIFICATES).as_deref(), Some("7"));
    assert_eq!(status(&recipient("14.1"), PICTURE).as_deref(), Some("173"));
    assert_eq!(status(&recipient("14.0"), PICTURE), None);
}

#[test]
fn a_request_has_limits() {
    let club = club();
    let phone = club.phone("bo");
    let status = |texts: &[&str], options| text(&ask(&phone, texts, options), STATUS);
    assert_eq!(status(&[], vec![]), "5");
    assert_eq!(status(&["x"; 1000], vec![]), "1");
    assert_eq!(status(&["x"; 1001], vec![]), "5");
    assert_eq!(status(&[&"ä".repeat(256)], vec![]), "1");
    assert_eq!(status(&[&"ä".repeat(257)], vec![]), "5");
    for (from, until, expected) in [
        (FROM, "2026-03-04T08:30:00.000Z", "1"),
        (FROM, "2026-03-04T08:29:59.000Z", "5"),
        (FROM, FROM, "5"),
        (UNTIL, FROM, "5"),
        (FROM, "2026-04-15T08:00:00.000Z", "1"),
        (FROM, "2026-04-15T08:00:01.000Z", "5"),
        ("soon", UNTIL, "5"),
    ] {
        assert_eq!(status(&["x"], times(from, until)), expected, "{from} {until}");
    }
    for (tag, value, expected) in [
        (CERTIFICATE_RETRIEVAL, "4", "5"),
        (CERTIFICATE_RETRIEVAL, "x", "5"),
        (MAX_AMBIGUOUS_RECIPIENTS, "9999", "1"),
        (MAX_AMBIGUOUS_RECIPIENTS, "10000", "5"),
    ] {
        assert_eq!(status(&["x"], vec![Element::text(tag, value)]), expected, "{tag:?} {value}");
    }
    let availability = |count: usize| {
        let answer = ask(&phone, &vec!["bo@club.example"; count], times(FROM, UNTIL));
        let response = answer.children(RESPONSE).next().unwrap();
        text(response.child(RECIPIENT).unwrap().child(AVAILABILITY).unwrap(), STATUS)
    };
    assert_eq!(availability(100), "1");
    assert_eq!(availability(101), "160");
}
