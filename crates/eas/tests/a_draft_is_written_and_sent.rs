//! Since 16.0 a phone writes drafts by Sync, and sends them by it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what is not there where it should be is a failed test"
)]

mod common;

use access::Preset;
use common::{Club, Phone, Round, commands, data, text};
use engine::{Actor, FolderPath};
use items::message::{Message, attachment_bytes};
use wbxml::page::air_sync::{ADD, APPLICATION_DATA, CHANGE, CLIENT_ID, DELETE, SERVER_ID, STATUS};
use wbxml::page::{air_sync_base, email, email2};
use wbxml::{Element, Tag};

fn texts(club: &Club, user: &str, folder: &str) -> Vec<Vec<u8>> {
    let path = FolderPath::try_from(folder).unwrap();
    let mut list = Vec::new();
    let mut take = |_: &str, content: &[u8]| {
        list.push(content.to_vec());
        Ok(())
    };
    club.engine().export(user, &path, (Actor::Operator, club.now), &mut take).unwrap();
    list
}

fn bo<'a>(club: &'a Club, version: &'static str) -> (Phone<'a>, String, String) {
    let phone = Phone { version, ..club.phone("bo") };
    let folder = phone.folder("Drafts");
    let key = phone.start(&folder);
    (phone, folder, key)
}

fn body(text: &str) -> Element {
    Element::new(air_sync_base::BODY)
        .with(Element::text(air_sync_base::TYPE, "1"))
        .with(Element::text(air_sync_base::DATA, text))
}

fn draft(fields: &[(Tag, &str)]) -> Element {
    data(fields).with(body("Hi Anna"))
}

fn add(client_id: &str, data: Element) -> Element {
    Element::new(ADD).with(Element::text(CLIENT_ID, client_id)).with(data)
}

fn change(id: &str, data: Element) -> Element {
    Element::new(CHANGE).with(Element::text(SERVER_ID, id)).with(data)
}

fn send(phone: &Phone<'_>, folder: &str, key: &str, command: Element) -> Round {
    phone.round(folder, key, vec![commands(vec![command])])
}

const TO: [(Tag, &str); 2] = [(email::TO, "\"Anna\" <anna@club.example>"), (email::SUBJECT, "Plan")];

#[test]
fn a_draft_is_written_changed_and_sent() {
    let club = Club::new(Preset::Viewer);
    let (phone, folder, key) = bo(&club, "16.0");
    let file = Element::new(air_sync_base::ADD)
        .with(Element::text(air_sync_base::CLIENT_ID, "f1"))
        .with(Element::text(air_sync_base::DISPLAY_NAME, "a.txt"))
        .with(Element::opaque(air_sync_base::CONTENT, b"A".to_vec()));
    let first = draft(&TO).with(Element::new(air_sync_base::ATTACHMENTS).with(file));
    let round = send(&phone, &folder, &key, add("c1", first));
    let id = text(round.responses()[0], SERVER_ID);
    let stored = texts(&club, "bo", "Drafts");
    assert_eq!(attachment_bytes(&stored[0], 0).unwrap(), b"A");
    // The phone learns what its file is called from now on.
    let round = phone.round(&folder, &round.key(), vec![]);
    let shown = round.commands()[0].child(APPLICATION_DATA).unwrap();
    assert_eq!(
        (text(shown, email2::IS_DRAFT), text(shown, email::SUBJECT)),
        ("1".to_owned(), "Plan".to_owned())
    );
    let file = shown.child(air_sync_base::ATTACHMENTS).unwrap().child(air_sync_base::ATTACHMENT).unwrap();
    let gone = Element::new(air_sync_base::DELETE)
        .with(Element::text(air_sync_base::FILE_REFERENCE, text(file, air_sync_base::FILE_REFERENCE)));
    let changed = data(&[(email2::BCC, "boss@outside.example")])
        .with(Element::new(air_sync_base::ATTACHMENTS).with(gone));
    let round = send(&phone, &folder, &round.key(), change(&id, changed));
    assert!(round.responses().is_empty());
    let message = Message::parse(&texts(&club, "bo", "Drafts")[0]);
    assert!(message.attachments.is_empty() && message.body_text().starts_with("Hi Anna"));
    let sent = change(&id, Element::new(APPLICATION_DATA)).with(Element::new(email2::SEND));
    let round = send(&phone, &folder, &round.key(), sent);
    assert!(round.responses().is_empty());
    assert_eq!(round.steps(), [(DELETE, id)], "it leaves Drafts");
    assert!(texts(&club, "bo", "Drafts").is_empty());
    let arrived = texts(&club, "anna", "Inbox");
    let message = Message::parse(&arrived[0]);
    assert_eq!(message.from.display(), "\"Bo Lind\" <bo@club.example>");
    assert!(!message.draft && message.bcc.is_empty());
    assert_eq!(Message::parse(&texts(&club, "bo", "Sent")[0]).bcc.display(), "boss@outside.example");
    assert_eq!(club.engine().outbox().unwrap()[0].recipients, ["boss@outside.example"]);
}

#[test]
fn a_draft_sent_as_it_is_written_is_never_in_drafts() {
    let club = Club::new(Preset::Viewer);
    let (phone, folder, key) = bo(&club, "16.1");
    let whole = add("c1", draft(&TO)).with(Element::new(email2::SEND));
    let round = send(&phone, &folder, &key, whole.clone());
    let id = text(round.responses()[0], SERVER_ID);
    assert_eq!(text(round.responses()[0], STATUS), "1");
    // The answer was lost: it is not sent again.
    let round = send(&phone, &folder, &key, whole);
    assert_eq!(text(round.responses()[0], SERVER_ID), id);
    assert_eq!(phone.round(&folder, &round.key(), vec![]).steps(), [(DELETE, id)]);
    assert_eq!(texts(&club, "anna", "Inbox").len(), 1);
    assert!(texts(&club, "bo", "Drafts").is_empty());
    assert_eq!(texts(&club, "bo", "Sent").len(), 1);
}

#[test]
fn a_draft_that_cannot_be_sent_stays_a_draft() {
    let club = Club::new(Preset::Viewer);
    let (phone, folder, key) = bo(&club, "16.0");
    let round = send(&phone, &folder, &key, add("c1", draft(&[(email::SUBJECT, "Plan")])));
    let id = text(round.responses()[0], SERVER_ID);
    let sent = change(&id, data(&[(email::SUBJECT, "Plans")])).with(Element::new(email2::SEND));
    let round = send(&phone, &folder, &round.key(), sent);
    assert_eq!(text(round.responses()[0], STATUS), "183");
    let drafts = texts(&club, "bo", "Drafts");
    assert_eq!(Message::parse(&drafts[0]).subject, "Plans", "what was written is kept");
    assert!(texts(&club, "bo", "Sent").is_empty());
    let add = add("c2", draft(&[(email::TO, "Anna")])).with(Element::new(email2::SEND));
    let round = send(&phone, &folder, &round.key(), add);
    assert_eq!(text(round.responses()[0], STATUS), "183");
}

#[test]
fn below_16_and_outside_of_drafts_no_phone_writes_messages() {
    let club = Club::new(Preset::Viewer);
    let (phone, folder, key) = bo(&club, "14.1");
    let round = send(&phone, &folder, &key, add("c1", draft(&TO)));
    assert_eq!(text(round.responses()[0], STATUS), "6");
    let phone = Phone { version: "16.0", ..club.phone("bo") };
    let inbox = phone.folder("Inbox");
    let round = send(&phone, &inbox, &phone.start(&inbox), add("c1", draft(&TO)));
    assert_eq!(text(round.responses()[0], STATUS), "6");
    assert!(texts(&club, "bo", "Drafts").is_empty());
}

#[test]
fn who_is_away_answers_a_draft_that_is_sent() {
    let club = Club::new(Preset::Viewer);
    let said = engine::AwayText { enabled: true, text: "On the lake.".to_owned(), html: false };
    let away = engine::Away { state: engine::AwayState::On, internal: said, ..engine::Away::default() };
    club.engine().set_away(&club.engine().act_as("anna").unwrap(), &away, club.now).unwrap();
    let (phone, folder, key) = bo(&club, "16.1");
    send(&phone, &folder, &key, add("c1", draft(&TO)).with(Element::new(email2::SEND)));
    let told = texts(&club, "bo", "Inbox");
    let told: Vec<_> = told.iter().map(|text| Message::parse(text).subject).collect();
    assert_eq!(told, ["Automatic reply: Plan"]);
}

#[test]
fn a_draft_names_the_owner_it_is_sent_for() {
    let club = Club::new(Preset::Viewer);
    speaks_for_anna(&club);
    let (phone, folder, key) = bo(&club, "16.1");
    let mime = "From: anna@club.example\nTo: anna@club.example\nSubject: Plan\n\nHi\n";
    let whole = Element::new(air_sync_base::BODY)
        .with(Element::text(air_sync_base::TYPE, "4"))
        .with(Element::opaque(air_sync_base::DATA, mime.as_bytes().to_vec()));
    let data = Element::new(APPLICATION_DATA).with(whole);
    send(&phone, &folder, &key, add("c1", data).with(Element::new(email2::SEND)));
    let message = Message::parse(&texts(&club, "anna", "Inbox")[0]);
    assert_eq!(message.from.display(), "\"Anna Berg\" <anna@club.example>");
    assert_eq!(message.sender.display(), "\"Bo Lind\" <bo@club.example>");
}

/// Bo writes in Anna's folder, and his phone sends in her name from there.
fn speaks_for_anna(club: &Club) {
    let path = FolderPath::try_from("Post").unwrap();
    club.engine().add_folder("anna", &path, items::Kind::Mail, club.now).unwrap();
    let entry = (&engine::PrincipalRef::User("bo".to_owned()), access::Entry::new(Preset::Editor.grant()));
    club.engine().set_grant("anna", &path, entry, club.now).unwrap();
    let change = engine::FolderFlagsChange { send_as_owner: Some(engine::Switch::On), ..Default::default() };
    club.engine().set_device_folder(("bo", "phone1"), ("anna", &path), &change, club.now).unwrap();
}
