//! A phone fetches whole items and attachments.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what is not there where it should be is a failed test"
)]

mod common;

use access::Preset;
use common::{Club, NEUER, Phone, text};
use eas::request::Command;
use eas::{Answer, MULTIPART};
use wbxml::page::air_sync::{CLASS, COLLECTION_ID, SERVER_ID};
use wbxml::page::air_sync_base::{
    ATTACHMENT, ATTACHMENTS, BODY, BODY_PREFERENCE, CONTENT_TYPE, DATA as BODY_DATA, FILE_REFERENCE, TYPE,
};
use wbxml::page::contacts::{FILE_AS, FIRST_NAME};
use wbxml::page::item_operations::{
    DATA, FETCH, ITEM_OPERATIONS, OPTIONS, PART, PROPERTIES, RANGE, RESPONSE, SCHEMA, STATUS, STORE, TOTAL,
};
use wbxml::page::search::LONG_ID;
use wbxml::{Element, Tag};

const MESSAGE: &str = "From: a@b.example\r\nSubject: Hello\r\nMIME-Version: 1.0\r\n\
    Content-Type: multipart/mixed; boundary=x\r\n\r\n\
    --x\r\nContent-Type: text/plain\r\n\r\nText\r\n\
    --x\r\nContent-Type: text/csv; name=t.csv\r\nContent-Disposition: attachment; filename=t.csv\r\n\r\n\
    a,b,c\r\n--x--\r\n";

fn fetch(fields: &[(Tag, &str)], options: Vec<Element>) -> Element {
    let fetch = fields
        .iter()
        .fold(Element::new(FETCH).with(Element::text(STORE, "Mailbox")), |fetch, (tag, text)| {
            fetch.with(Element::text(*tag, *text))
        });
    if options.is_empty() {
        return fetch;
    }
    fetch.with(options.into_iter().fold(Element::new(OPTIONS), Element::with))
}

fn ask(phone: &Phone<'_>, operations: Vec<Element>) -> Vec<Element> {
    let root = operations.into_iter().fold(Element::new(ITEM_OPERATIONS), Element::with);
    let answer = phone.ask(Command::ItemOperations, &root);
    assert_eq!(text(&answer, STATUS), "1");
    answer.child(RESPONSE).unwrap().elements().cloned().collect()
}

fn one(phone: &Phone<'_>, operation: Element) -> Element {
    ask(phone, vec![operation]).remove(0)
}

#[test]
fn an_item_comes_whole_or_as_far_as_the_phone_wants() {
    let club = Club::new(Preset::Viewer);
    let uid = club.import(NEUER);
    let phone = club.phone("bo");
    let folder = phone.folder("Public Contacts");
    let id = format!("{folder}:{uid}");
    let ids = [(COLLECTION_ID, folder.as_str()), (SERVER_ID, id.as_str())];
    let whole = one(&phone, fetch(&ids, vec![]));
    assert_eq!(
        (text(&whole, STATUS), text(&whole, SERVER_ID), text(&whole, CLASS)),
        ("1".into(), id.clone(), "Contacts".into())
    );
    let properties = whole.child(PROPERTIES).unwrap();
    assert_eq!(text(properties, FIRST_NAME), "Manoel");
    let found = one(&phone, fetch(&[(LONG_ID, &id)], vec![]));
    assert_eq!((text(&found, STATUS), text(&found, LONG_ID)), ("1".into(), id.clone()));
    assert_eq!(found.child(PROPERTIES), Some(properties), "a search's name leads to the same item");
    let schema = Element::new(SCHEMA).with(Element::new(FILE_AS));
    let part = one(&phone, fetch(&ids, vec![schema]));
    let tags: Vec<_> = part.child(PROPERTIES).unwrap().elements().map(|one| one.tag).collect();
    assert_eq!(tags, [FILE_AS]);
}

#[test]
fn what_is_not_there_or_not_to_be_seen_is_the_same() {
    let club = Club::new(Preset::Viewer);
    let hidden = club.import_into("anna", "Contacts", NEUER);
    let annas = club.folder("anna", "Contacts").to_string();
    let phone = club.phone("bo");
    let id = format!("{annas}:{hidden}");
    let fetched = |folder: &str, item: &str| {
        let answer = one(&phone, fetch(&[(COLLECTION_ID, folder), (SERVER_ID, item)], vec![]));
        (text(&answer, STATUS), answer.child(PROPERTIES).cloned())
    };
    let nothing = ("6".to_owned(), None);
    assert_eq!(fetched(&annas, &id), nothing);
    assert_eq!(fetched("9999", "9999:1"), nothing);
    assert_eq!(fetched(&annas, "x"), nothing);
    assert_eq!(text(&one(&phone, fetch(&[(LONG_ID, "x")], vec![])), STATUS), "6");
    assert_eq!(text(&one(&phone, fetch(&[], vec![])), STATUS), "2");
    assert_eq!(text(&one(&phone, Element::new(FETCH)), STATUS), "9");
}

/// Bo's phone and the id and the attachment's name of the message in his Inbox.
fn with_attachment(club: &Club) -> (Phone<'_>, String, String, String) {
    let uid = club.import_into("bo", "Inbox", MESSAGE);
    let phone = club.phone("bo");
    let folder = phone.folder("Inbox");
    let id = format!("{folder}:{uid}");
    let whole = one(&phone, fetch(&[(COLLECTION_ID, &folder), (SERVER_ID, &id)], vec![]));
    let list = whole.child(PROPERTIES).unwrap().child(ATTACHMENTS).unwrap();
    let name = text(list.child(ATTACHMENT).unwrap(), FILE_REFERENCE);
    (phone, folder, id, name)
}

#[test]
fn an_attachment_comes_as_base64_whole_or_in_ranges() {
    let club = Club::new(Preset::Viewer);
    let (phone, _, _, name) = with_attachment(&club);
    let whole = one(&phone, fetch(&[(FILE_REFERENCE, &name)], vec![]));
    assert_eq!((text(&whole, STATUS), text(&whole, FILE_REFERENCE)), ("1".to_owned(), name.clone()));
    let properties = whole.child(PROPERTIES).unwrap();
    assert_eq!(
        (text(properties, DATA), text(properties, CONTENT_TYPE)),
        ("YSxiLGM=".into(), "text/csv".into())
    );
    assert!(properties.child(RANGE).is_none() && properties.child(TOTAL).is_none());

    let range =
        |range: &str| one(&phone, fetch(&[(FILE_REFERENCE, &name)], vec![Element::text(RANGE, range)]));
    let part = range("2-99");
    let properties = part.child(PROPERTIES).unwrap();
    assert_eq!(
        (text(properties, DATA), text(properties, RANGE), text(properties, TOTAL)),
        ("Yixj".into(), "2-4".into(), "5".into())
    );
    assert_eq!(text(&range("5-9"), STATUS), "8");
    assert_eq!(text(&range("x"), STATUS), "8");
    for unknown in ["", "1-1-1", "x", "99999999999999999999-1-1"] {
        let answer = one(&phone, fetch(&[(FILE_REFERENCE, unknown)], vec![]));
        assert_eq!(text(&answer, STATUS), "15", "{unknown:?}");
    }
    let anna = club.phone("anna");
    assert_eq!(text(&one(&anna, fetch(&[(FILE_REFERENCE, &name)], vec![])), STATUS), "15");
}

#[test]
fn contents_come_in_parts_where_the_phone_wants_them_so() {
    let club = Club::new(Preset::Viewer);
    let (phone, folder, id, name) = with_attachment(&club);
    let plain = Element::new(BODY_PREFERENCE).with(Element::text(TYPE, "1"));
    let root = Element::new(ITEM_OPERATIONS)
        .with(fetch(&[(FILE_REFERENCE, &name)], vec![]))
        .with(fetch(&[(COLLECTION_ID, &folder), (SERVER_ID, &id)], vec![plain]));
    let mut request = phone.request(Command::ItemOperations);
    request.multipart = true;
    let answer = club.server.handle(&phone.caller, &request, &wbxml::encode(&root), club.now);
    let Answer::Reply(reply) = answer else { panic!("waits") };
    assert_eq!(reply.content_type, Some(MULTIPART));
    let number = |at: usize| u32::from_le_bytes(reply.body[at..at + 4].try_into().unwrap()) as usize;
    let part = |index: usize| &reply.body[number(4 + 8 * index)..][..number(8 + 8 * index)];
    assert_eq!(number(0), 3);
    assert_eq!((part(1), part(2)), (&b"a,b,c"[..], &b"Text"[..]));
    let document = wbxml::decode(part(0), &wbxml::Limits::default()).unwrap();
    let fetches: Vec<_> = document.child(RESPONSE).unwrap().children(FETCH).collect();
    assert_eq!(text(fetches[0].child(PROPERTIES).unwrap(), PART), "1");
    let body = fetches[1].child(PROPERTIES).unwrap().child(BODY).unwrap();
    assert_eq!((text(body, PART), body.child(BODY_DATA)), ("2".to_owned(), None));
}

#[test]
fn operations_in_one_request_have_a_limit() {
    let limits = eas::Limits { operations: 2, ..Default::default() };
    let club = Club::with(Preset::Viewer, eas::Settings { limits, ..Default::default() });
    let phone = club.phone("bo");
    assert_eq!(ask(&phone, vec![Element::new(FETCH), Element::new(FETCH)]).len(), 2);
    let three = (0..3).fold(Element::new(ITEM_OPERATIONS), |root, _| root.with(Element::new(FETCH)));
    assert_eq!(text(&phone.ask(Command::ItemOperations, &three), STATUS), "11");
}
