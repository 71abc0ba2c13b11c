//! A phone of 12.1 gets attachments and folders by the commands that later versions dropped.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what is not there where it should be is a failed test"
)]

mod common;

use access::Preset;
use common::{Club, Phone, document, text};
use eas::request::{Command, Request};
use eas::{Answer, Reply};
use wbxml::Element;
use wbxml::page::folder_hierarchy::{DISPLAY_NAME, FOLDER, FOLDERS, PARENT_ID, SERVER_ID, TYPE};
use wbxml::page::validate_cert::{CERTIFICATE, CERTIFICATES, STATUS, VALIDATE_CERT};

const MESSAGE: &str = "From: a@b.example\r\nSubject: Hello\r\nMIME-Version: 1.0\r\n\
    Content-Type: multipart/mixed; boundary=x\r\n\r\n\
    --x\r\nContent-Type: text/plain\r\n\r\nText\r\n\
    --x\r\nContent-Type: text/csv; name=t.csv\r\nContent-Disposition: attachment; filename=t.csv\r\n\r\n\
    a,b,c\r\n--x--\r\n";

fn attachment(phone: &Phone<'_>, name: &str) -> Reply {
    let mut request: Request = phone.request(Command::GetAttachment);
    request.parameters.attachment_name = Some(name.to_owned());
    match phone.club.server.handle(&phone.caller, &request, b"", phone.club.now) {
        Answer::Reply(reply) => reply,
        Answer::Wait(wait) => panic!("{wait:?}"),
    }
}

#[test]
fn an_attachment_comes_as_its_bytes() {
    let club = Club::new(Preset::Viewer);
    let uid = club.import_into("bo", "Inbox", MESSAGE);
    let phone = Phone { version: "12.1", ..club.phone("bo") };
    let name = format!("{}-{uid}-0", phone.folder("Inbox"));
    let reply = attachment(&phone, &name);
    assert_eq!((reply.status, reply.body.as_slice()), (200, b"a,b,c".as_slice()));
    assert_eq!(reply.headers, [("content-type", "text/csv".to_owned())]);
    for missing in ["", "x", "1-1-1", &format!("{name}0")] {
        assert_eq!(attachment(&phone, missing), Reply::empty(500), "{missing:?}");
    }
    let anna = Phone { version: "12.1", ..club.phone("anna") };
    assert_eq!(attachment(&anna, &name), Reply::empty(500), "not to be seen is not there");
    assert_eq!(attachment(&club.phone("bo"), &name), Reply::empty(501), "14.1 has other means");
}

#[test]
fn the_mail_folders_come_all_at_once() {
    let club = Club::new(Preset::Viewer);
    let phone = Phone { version: "12.1", ..club.phone("bo") };
    let answer = document(&phone.reply(Command::GetHierarchy, None));
    assert_eq!(answer.tag, FOLDERS);
    let folders: Vec<_> =
        answer.children(FOLDER).map(|one| (text(one, DISPLAY_NAME), text(one, TYPE))).collect();
    let expected = [("Inbox", "2"), ("Drafts", "3"), ("Sent", "5"), ("Trash", "4")];
    assert_eq!(folders.len(), expected.len());
    for (name, kind) in expected {
        assert!(folders.contains(&(name.to_owned(), kind.to_owned())), "{folders:?}");
    }
    let first = answer.children(FOLDER).next().unwrap();
    assert_eq!(
        (text(first, SERVER_ID), text(first, PARENT_ID)),
        (phone.folder(&text(first, DISPLAY_NAME)), "0".into())
    );
    assert_eq!(club.phone("bo").reply(Command::GetHierarchy, None), Reply::empty(501));
    assert_eq!(phone.reply(Command::CreateCollection, None), Reply::empty(501));
}

#[test]
fn of_certificates_it_is_said_that_they_were_not_checked() {
    let club = Club::new(Preset::Viewer);
    let phone = club.phone("bo");
    let ask = |count: usize| {
        let list = (0..count)
            .fold(Element::new(CERTIFICATES), |list, _| list.with(Element::text(CERTIFICATE, "AAAA")));
        phone.ask(Command::ValidateCert, &Element::new(VALIDATE_CERT).with(list))
    };
    let answer = ask(2);
    let each: Vec<_> = answer.children(CERTIFICATE).map(|one| text(one, STATUS)).collect();
    assert_eq!((text(&answer, STATUS).as_str(), each), ("1", vec!["17".to_owned(), "17".to_owned()]));
    assert_eq!(text(&ask(0), STATUS), "2");
    assert_eq!(ask(100).children(CERTIFICATE).count(), 100);
    assert_eq!(text(&ask(101), STATUS), "2");
}
