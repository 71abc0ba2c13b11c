//! A phone moves a whole conversation at once.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what is not there where it should be is a failed test"
)]

mod common;

use access::{Entry, Preset};
use common::{Club, Phone, text};
use eas::request::Command;
use engine::{Actor, FolderPath, PrincipalRef, Uid};
use items::Kind;
use wbxml::Element;
use wbxml::page::air_sync::{ADD, COLLECTION_ID, DELETE, SERVER_ID};
use wbxml::page::compose_mail::{CLIENT_ID, MIME, SEND_MAIL};
use wbxml::page::email2;
use wbxml::page::item_operations::{
    CONVERSATION_ID, DST_FLD_ID, FETCH, ITEM_OPERATIONS, MOVE, MOVE_ALWAYS, OPTIONS, PROPERTIES, RESPONSE,
    STATUS, STORE,
};

fn message(id: u8, more: &str) -> String {
    format!("From: a@b.example\r\nMessage-ID: <{id}@x>\r\nSubject: {id}\r\n{more}\r\nText\r\n")
}

fn ask(phone: &Phone<'_>, operation: Element) -> Element {
    let answer = phone.ask(Command::ItemOperations, &Element::new(ITEM_OPERATIONS).with(operation));
    assert_eq!(text(&answer, STATUS), "1");
    answer.child(RESPONSE).unwrap().elements().next().unwrap().clone()
}

fn conversation(phone: &Phone<'_>, folder: &str, uid: Uid) -> Vec<u8> {
    let fetch = Element::new(FETCH)
        .with(Element::text(STORE, "Mailbox"))
        .with(Element::text(COLLECTION_ID, folder))
        .with(Element::text(SERVER_ID, format!("{folder}:{uid}")));
    let fetched = ask(phone, fetch);
    fetched.child(PROPERTIES).unwrap().child(email2::CONVERSATION_ID).unwrap().bytes().into_owned()
}

fn relocate(id: &[u8], to: &str) -> Element {
    Element::new(MOVE)
        .with(Element::opaque(CONVERSATION_ID, id))
        .with(Element::text(DST_FLD_ID, to))
        .with(Element::new(OPTIONS).with(Element::new(MOVE_ALWAYS)))
}

fn subjects(club: &Club, account: &str, path: &str) -> Vec<String> {
    let path = FolderPath::try_from(path).unwrap();
    let items = club.engine().items(account, &path, Actor::Operator, club.now).unwrap();
    items.into_iter().map(|item| item.summary).collect()
}

#[test]
fn every_message_of_it_goes_and_the_phone_hears_of_it() {
    let club = Club::new(Preset::Viewer);
    club.engine().add_folder("bo", &FolderPath::try_from("Done").unwrap(), Kind::Mail, club.now).unwrap();
    let first = club.import_into("bo", "Inbox", &message(1, ""));
    club.import_into("bo", "Inbox", &message(2, ""));
    club.import_into("bo", "Sent", &message(3, "References: <1@x>\r\n"));
    let phone = club.phone("bo");
    let (inbox, done) = (phone.folder("Inbox"), phone.folder("Done"));
    let (in_inbox, in_done) = (phone.take_all(&inbox), phone.take_all(&done));
    let id = conversation(&phone, &inbox, first);
    let answer = ask(&phone, relocate(&id, &done));
    assert_eq!(
        (text(&answer, STATUS).as_str(), answer.child(CONVERSATION_ID).unwrap().bytes().into_owned()),
        ("1", id.clone())
    );
    assert_eq!(subjects(&club, "bo", "Inbox"), ["2"]);
    let mut moved = subjects(&club, "bo", "Done");
    moved.sort();
    assert_eq!(moved, ["1", "3"]);
    assert_eq!(phone.round(&inbox, &in_inbox, vec![]).steps(), [(DELETE, format!("{inbox}:{first}"))]);
    let added = phone.round(&done, &in_done, vec![]).steps();
    assert_eq!(added.iter().filter(|(verb, _)| *verb == ADD).count(), 2);
    assert_eq!(text(&ask(&phone, relocate(&id, &done)), STATUS), "1", "again changes nothing");
}

#[test]
fn what_comes_later_goes_there_too_until_it_is_moved_back() {
    let club = Club::new(Preset::Viewer);
    let uid = club.import_into("bo", "Inbox", &message(1, ""));
    let (phone, anna) = (club.phone("bo"), club.phone("anna"));
    let (inbox, trash) = (phone.folder("Inbox"), phone.folder("Trash"));
    let id = conversation(&phone, &inbox, uid);
    let send = |number: u8| {
        let mail = format!("To: bo@club.example\r\nSubject: {number}\r\nReferences: <1@x>\r\n\r\nHi\r\n");
        let root = Element::new(SEND_MAIL)
            .with(Element::text(CLIENT_ID, number.to_string()))
            .with(Element::opaque(MIME, mail.into_bytes()));
        let reply = anna.reply(Command::SendMail, Some(&root));
        assert_eq!((reply.status, reply.body.len()), (200, 0), "{}", common::shown(&reply));
    };
    send(2);
    assert_eq!(subjects(&club, "bo", "Inbox"), ["1", "2"]);
    assert_eq!(text(&ask(&phone, relocate(&id, &trash)), STATUS), "1");
    send(3);
    assert_eq!((subjects(&club, "bo", "Inbox"), subjects(&club, "bo", "Trash").len()), (vec![], 3));
    assert_eq!(text(&ask(&phone, relocate(&id, &inbox)), STATUS), "1");
    send(4);
    assert_eq!((subjects(&club, "bo", "Inbox").len(), subjects(&club, "bo", "Trash").len()), (4, 0));
}

#[test]
fn what_may_not_leave_its_folder_stays_and_is_put_right() {
    let club = Club::new(Preset::Viewer);
    let board = FolderPath::try_from("Board").unwrap();
    club.engine().add_folder("anna", &board, Kind::Mail, club.now).unwrap();
    let grant = (&PrincipalRef::User("bo".to_owned()), Entry::new(Preset::Viewer.grant()));
    club.engine().set_grant("anna", &board, grant, club.now).unwrap();
    club.engine().add_device_folder(("bo", "phone1"), "anna", &board, club.now).unwrap();
    let uid = club.import_into("anna", "Board", &message(1, ""));
    let phone = club.phone("bo");
    let (shared, trash) = (club.folder("anna", "Board").to_string(), phone.folder("Trash"));
    let id = conversation(&phone, &shared, uid);
    assert_eq!(text(&ask(&phone, relocate(&id, &trash)), STATUS), "16");
    assert_eq!(club.engine().denied(Some("bo")).unwrap()[0].operation, "move");
    club.import_into("bo", "Inbox", &message(2, "References: <1@x>\r\n"));
    assert_eq!(text(&ask(&phone, relocate(&id, &trash)), STATUS), "17");
    assert_eq!(
        (subjects(&club, "anna", "Board"), subjects(&club, "bo", "Trash")),
        (vec!["1".into()], vec!["2".into()])
    );
}

#[test]
fn a_move_that_makes_no_sense_has_a_status() {
    let club = Club::new(Preset::Viewer);
    let uid = club.import_into("bo", "Inbox", &message(1, ""));
    let phone = club.phone("bo");
    let (inbox, trash, tasks) = (phone.folder("Inbox"), phone.folder("Trash"), phone.folder("Tasks"));
    let id = conversation(&phone, &inbox, uid);
    let status = |operation: Element| text(&ask(&phone, operation), STATUS);
    let once = Element::new(MOVE)
        .with(Element::opaque(CONVERSATION_ID, id.clone()))
        .with(Element::text(DST_FLD_ID, trash.as_str()));
    assert_eq!(status(once), "155");
    assert_eq!(status(relocate(&id, &tasks)), "156");
    assert_eq!(status(relocate(&id, "9999")), "156");
    assert_eq!(status(relocate(b"nothing", &trash)), "6");
    assert_eq!(status(relocate(b"", &trash)), "2");
    assert_eq!(status(Element::new(MOVE)), "2");
    let old = Phone { version: "12.1", ..club.phone("bo") };
    assert_eq!(text(&ask(&old, relocate(&id, &trash)), STATUS), "2");
    assert_eq!(subjects(&club, "bo", "Inbox"), ["1"]);
}
