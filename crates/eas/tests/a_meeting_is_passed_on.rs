//! A phone passes a meeting on: as a whole or one occurrence of it, and from 16.0 by naming to whom.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what is not there where it should be is a failed test"
)]

mod common;

use access::{Entry, Preset};
use common::{Club, Phone, document, text};
use eas::request::Command;
use engine::{Actor, FolderPath, PrincipalRef, Switch, Uid};
use items::Kind;
use items::event::meeting::Told;
use items::message::{Class, Message};
use wbxml::Element;
use wbxml::page::compose_mail::{
    CLIENT_ID, EMAIL, FOLDER_ID, FORWARDEE, FORWARDEES, INSTANCE_ID, ITEM_ID, MIME, NAME, REPLACE_MIME,
    SMART_FORWARD, SMART_REPLY, SOURCE, STATUS,
};
use wbxml::page::{air_sync, air_sync_base, meeting_response};

const SERIES: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:m1\r\nDTSTAMP:20260301T080000Z\r\n\
    DTSTART:20260305T090000Z\r\nDTEND:20260305T100000Z\r\nRRULE:FREQ=DAILY;COUNT=4\r\nSUMMARY:Plan\r\n\
    ORGANIZER:mailto:carl@outside.example\r\nATTENDEE:mailto:bo@club.example\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

fn mails(club: &Club, user: &str) -> Vec<Message> {
    let path = FolderPath::try_from("Inbox").unwrap();
    let mut list = Vec::new();
    let mut take = |_: &str, content: &[u8]| {
        list.push(Message::parse(content));
        Ok(())
    };
    club.engine().export(user, &path, (Actor::Operator, club.now), &mut take).unwrap();
    list
}

/// A club, and the folder and id of the series in bo's calendar.
fn club() -> (Club, String, String) {
    let club = Club::new(Preset::Viewer);
    let uid = club.import_into("bo", "Calendar", SERIES);
    let folder = club.folder("bo", "Calendar").to_string();
    let id = format!("{folder}:{uid}");
    (club, folder, id)
}

fn bo<'a>(club: &'a Club, version: &'static str) -> Phone<'a> {
    Phone { version, ..club.phone("bo") }
}

fn forward(client_id: &str, folder: &str, id: &str) -> Element {
    let source = Element::new(SOURCE).with(Element::text(FOLDER_ID, folder)).with(Element::text(ITEM_ID, id));
    Element::new(SMART_FORWARD).with(Element::text(CLIENT_ID, client_id)).with(source)
}

fn once(client_id: &str, folder: &str, (id, instance): (&str, &str)) -> Element {
    let source = Element::new(SOURCE)
        .with(Element::text(FOLDER_ID, folder))
        .with(Element::text(ITEM_ID, id))
        .with(Element::text(INSTANCE_ID, instance));
    Element::new(SMART_FORWARD).with(Element::text(CLIENT_ID, client_id)).with(source)
}

fn to(people: &[(&str, &str)]) -> Element {
    let one = |(email, name): &(&str, &str)| {
        Element::new(FORWARDEE).with(Element::text(EMAIL, *email)).with(Element::text(NAME, *name))
    };
    people.iter().map(one).fold(Element::new(FORWARDEES), Element::with)
}

fn body(kind: &str, words: &str) -> Element {
    Element::new(air_sync_base::BODY)
        .with(Element::text(air_sync_base::TYPE, kind))
        .with(Element::text(air_sync_base::DATA, words))
}

fn mime(message: &str) -> Element {
    Element::opaque(MIME, message.as_bytes().to_vec())
}

/// The status of a message that was not sent; `None` of one that was.
fn status(phone: &Phone<'_>, root: &Element) -> Option<String> {
    let command = if root.tag == SMART_REPLY { Command::SmartReply } else { Command::SmartForward };
    let reply = phone.reply(command, Some(root));
    assert_eq!(reply.status, 200);
    (!reply.body.is_empty()).then(|| text(&document(&reply), STATUS))
}

#[test]
fn the_server_writes_the_message_to_those_a_phone_names() {
    for version in ["16.0", "16.1"] {
        let (club, folder, id) = club();
        let phone = bo(&club, version);
        let people = [("anna@club.example", "Anna"), ("fan@outside.example", "")];
        let root = forward("f1", &folder, &id).with(to(&people)).with(body("1", "Join us"));
        assert_eq!(status(&phone, &root), None);
        assert_eq!(status(&phone, &root), None, "the same again is sent once");
        let arrived = mails(&club, "anna");
        let [message] = arrived.as_slice() else { panic!("{}", arrived.len()) };
        assert_eq!((message.class, message.subject.as_str()), (Class::MeetingRequest, "Fwd: Plan"));
        assert_eq!(message.from.display(), "\"Bo Lind\" <bo@club.example>");
        assert_eq!(message.to.display(), "\"Anna\" <anna@club.example>, fan@outside.example");
        assert!(message.body_text().starts_with("Join us\n"), "{}", message.body_text());
        let told = Told::parse(message.calendar.as_ref().unwrap().as_bytes()).unwrap();
        assert_eq!(told.event.details.organizer.unwrap().email, "carl@outside.example");
        assert!(told.event.rule.is_some() && told.occurrence.is_none());
        assert_eq!(club.engine().outbox().unwrap()[0].recipients, ["fan@outside.example"]);
    }
}

#[test]
fn what_is_written_to_them_may_be_html_or_nothing() {
    let (club, folder, id) = club();
    let phone = bo(&club, "16.1");
    let anna = [("anna@club.example", "Anna")];
    let html = body("2", "<p>Join <b>us</b></p>");
    assert_eq!(status(&phone, &forward("f1", &folder, &id).with(to(&anna)).with(html)), None);
    assert_eq!(status(&phone, &forward("f2", &folder, &id).with(to(&anna))), None);
    let arrived = mails(&club, "anna");
    assert!(arrived[0].body_html().unwrap().contains("<p>Join <b>us</b></p>"));
    assert_eq!((arrived.len(), arrived[1].class), (2, Class::MeetingRequest));
}

#[test]
fn what_contradicts_itself_is_told_so_and_sends_nothing() {
    let (club, folder, id) = club();
    let phone = bo(&club, "16.1");
    let anna = [("anna@club.example", "Anna")];
    let start = |number: usize| forward(&format!("f{number}"), &folder, &id);
    let whole = "To: anna@club.example\n\nHi\n";
    assert_eq!(status(&phone, &start(1).with(to(&anna)).with(mime(whole))).unwrap(), "178");
    assert_eq!(status(&phone, &start(2).with(body("1", "x")).with(mime(whole))).unwrap(), "178");
    assert_eq!(status(&phone, &start(3).with(Element::new(REPLACE_MIME)).with(to(&anna))).unwrap(), "178");
    assert_eq!(status(&phone, &start(4).with(to(&[]))).unwrap(), "179");
    for email in ["", "anna", "a@b\r\nBcc: c@d"] {
        assert_eq!(status(&phone, &start(5).with(to(&[(email, "")]))).unwrap(), "179", "{email:?}");
    }
    assert_eq!(status(&phone, &start(6).with(to(&anna)).with(body("4", "x"))).unwrap(), "179");
    assert_eq!(status(&phone, &start(7).with(body("1", "x"))).unwrap(), "103");
    let reply = Element::new(SMART_REPLY).with(Element::text(CLIENT_ID, "r")).with(to(&anna));
    assert_eq!(status(&phone, &reply).unwrap(), "103");
    assert_eq!(status(&bo(&club, "14.1"), &start(8).with(to(&anna))).unwrap(), "103");
    let many = |count: usize| {
        let list: Vec<_> = (0..count).map(|number| format!("u{number}@outside.example")).collect();
        to(&list.iter().map(|email| (email.as_str(), "")).collect::<Vec<_>>())
    };
    let most = items::compose::MAX_RECIPIENTS;
    assert_eq!(status(&phone, &start(9).with(many(most + 1))).unwrap(), "179");
    assert!(mails(&club, "anna").is_empty() && club.engine().outbox().unwrap().is_empty());
    assert_eq!(status(&phone, &start(10).with(many(most))), None);
}

#[test]
fn one_occurrence_is_passed_on_alone() {
    let (club, folder, id) = club();
    for (version, instance) in [("14.1", "2026-03-06T09:00:00.000Z"), ("16.1", "2026-03-07T09:00:00.000Z")] {
        let phone = bo(&club, version);
        let message = format!("To: anna@club.example\nSubject: {version}\n\nJust this\n");
        let root = once(version, &folder, (&id, instance)).with(mime(&message));
        assert_eq!(status(&phone, &root), None, "{version}");
        let arrived = mails(&club, "anna");
        let message = arrived.last().unwrap();
        assert_eq!((message.class, message.subject.as_str()), (Class::MeetingRequest, version));
        let told = Told::parse(message.calendar.as_ref().unwrap().as_bytes()).unwrap();
        let start = told.event.details.start.unwrap().instant(&jiff::tz::TimeZone::UTC);
        assert_eq!(start, instance.parse().unwrap());
        assert!(told.event.rule.is_none() && told.occurrence.is_some());
    }
    let phone = bo(&club, "16.1");
    let said = |at: &str, id: &str| {
        let root = once(at, &folder, (id, at)).with(to(&[("anna@club.example", "")]));
        status(&phone, &root).unwrap()
    };
    for malformed in
        ["tomorrow", "2026-03-06", "2026-03-06T09:00:00.000Z and more", "2026-13-06T09:00:00.000Z"]
    {
        assert_eq!(said(malformed, &id), "104", "{malformed}");
    }
    assert_eq!(said("2026-03-06T17:00:00.000Z", &id), "150", "nothing happens then");
    assert_eq!(said("2026-05-06T09:00:00.000Z", &id), "150");
    let single = SERIES.replace("RRULE:FREQ=DAILY;COUNT=4\r\n", "").replace("m1", "m2");
    let single = club.import_into("bo", "Calendar", &single);
    assert_eq!(said("2026-03-05T09:00:00.000Z", &format!("{folder}:{single}")), "146");
}

/// Bo's phone shows carl's calendar inside bo's own; returns that one's id and the event's.
fn merged(club: &Club, preset: Preset) -> (String, String, Uid) {
    let carl = engine::NewUser {
        name: "carl",
        email: "carl@club.example",
        display_name: "Carl",
        admin: false,
        password: None,
    };
    club.engine().add_user(&carl, club.now).unwrap();
    let path = FolderPath::try_from("Calendar").unwrap();
    let grant = (&PrincipalRef::User("bo".to_owned()), Entry::new(preset.grant()));
    club.engine().set_grant("carl", &path, grant, club.now).unwrap();
    club.engine().add_device_folder(("bo", "phone1"), "carl", &path, club.now).unwrap();
    club.engine().merge_device(("bo", "phone1"), Kind::Calendar, Switch::On, club.now).unwrap();
    let theirs = SERIES.replace("carl@outside", "dora@outside").replace("bo@", "carl@");
    let uid = club.import_into("carl", "Calendar", &theirs);
    let own = club.folder("bo", "Calendar").to_string();
    let id = format!("{}:{uid}", club.folder("carl", "Calendar"));
    (own, id, uid)
}

#[test]
fn what_is_shown_inside_the_own_calendar_is_passed_on_and_answered_too() {
    let club = Club::new(Preset::Viewer);
    let (own, id, uid) = merged(&club, Preset::Editor);
    let phone = bo(&club, "16.1");
    phone.take_all(&own);
    assert_eq!(status(&phone, &forward("f1", &own, &id).with(to(&[("anna@club.example", "")]))), None);
    assert_eq!(mails(&club, "anna")[0].subject, "Fwd: Plan");
    assert_eq!(answer(&phone, &own, &id), "1");
    let item = club.engine().fetch(&phone.caller, club.folder("carl", "Calendar"), uid, club.now);
    let shown = String::from_utf8(item.unwrap().unwrap().content).unwrap();
    assert!(shown.contains("PARTSTAT=ACCEPTED"), "{shown}");
}

#[test]
fn an_answer_there_that_is_not_allowed_is_put_right_in_the_own_calendar() {
    let club = Club::new(Preset::Viewer);
    let (own, id, _) = merged(&club, Preset::Viewer);
    let phone = bo(&club, "14.1");
    let key = phone.take_all(&own);
    assert_eq!(answer(&phone, &own, &id), "2");
    let round = phone.round(&own, &key, vec![]);
    assert_eq!(round.steps(), [(air_sync::CHANGE, id)]);
    assert_eq!(mails(&club, "bo")[0].subject, "Not allowed: change of 'Plan' in 'Calendar'");
}

fn answer(phone: &Phone<'_>, folder: &str, id: &str) -> String {
    use meeting_response::{COLLECTION_ID, MEETING_RESPONSE, REQUEST, REQUEST_ID, RESULT, USER_RESPONSE};
    let request = Element::new(REQUEST)
        .with(Element::text(USER_RESPONSE, "1"))
        .with(Element::text(COLLECTION_ID, folder))
        .with(Element::text(REQUEST_ID, id));
    let answer = phone.ask(Command::MeetingResponse, &Element::new(MEETING_RESPONSE).with(request));
    text(answer.child(RESULT).unwrap(), meeting_response::STATUS)
}
