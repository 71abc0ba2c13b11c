//! A phone starts, takes what there is in windows, and hears of what changes.

#![allow(clippy::unwrap_used, reason = "what is not there fails the test")]

mod common;

use access::Preset;
use common::{Club, NEUER, add, change, collection, commands, document, sync, text};
use eas::request::Command;
use wbxml::page::air_sync::{
    ADD, APPLICATION_DATA, CHANGE, CLASS, COLLECTION, COLLECTIONS, DELETE, FETCH, FILTER_TYPE, GET_CHANGES,
    LIMIT, MORE_AVAILABLE, OPTIONS, RESPONSES, SERVER_ID, STATUS, WINDOW_SIZE,
};
use wbxml::page::air_sync_base::{BODY, BODY_PREFERENCE, DATA, TRUNCATED, TRUNCATION_SIZE, TYPE};
use wbxml::page::contacts::{FIRST_NAME, LAST_NAME};
use wbxml::page::folder_hierarchy;
use wbxml::{Element, Tag};

fn contact(number: u32) -> String {
    format!(
        "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:c{number}\r\nFN:C {number}\r\nN:{number};C;;;\r\nEND:VCARD\r\n"
    )
}

fn tags(element: &Element) -> Vec<Tag> {
    element.elements().map(|child| child.tag).collect()
}

#[test]
fn its_first_folder_sync_brings_the_default_folders_and_the_shared_one() {
    let club = Club::new(Preset::Viewer);
    let answer = club.phone("bo").folder_sync("0");
    assert_eq!(text(&answer, folder_hierarchy::STATUS), "1");
    let changes = answer.child(folder_hierarchy::CHANGES).unwrap();
    let adds: Vec<_> = changes.children(folder_hierarchy::ADD).collect();
    assert_eq!(text(changes, folder_hierarchy::COUNT), adds.len().to_string());
    let mut types: Vec<_> = adds.iter().map(|add| text(add, folder_hierarchy::TYPE)).collect();
    types.sort();
    assert_eq!(types, ["10", "14", "2", "3", "4", "5", "7", "8", "9"]);
    let key = text(&answer, folder_hierarchy::SYNC_KEY);
    let next = club.phone("bo").folder_sync(&key);
    assert_eq!(text(&next, folder_hierarchy::SYNC_KEY), key, "nothing changed");
    assert_eq!(text(&club.phone("bo").folder_sync("77"), folder_hierarchy::STATUS), "9");
}

#[test]
fn a_first_round_gives_a_key_and_nothing_else() {
    let club = Club::new(Preset::Viewer);
    club.import(NEUER);
    let phone = club.phone("bo");
    let folder = phone.folder("Public Contacts");
    let round = phone.round(&folder, "0", vec![]);
    assert_eq!(round.status(), "1");
    assert!(round.commands().is_empty() && !round.more());
    assert_ne!(round.key(), "0");
    let wanting = phone.round(&folder, "0", vec![Element::new(GET_CHANGES)]);
    assert_eq!(wanting.status(), "4", "changes cannot be had with key 0");
}

#[test]
fn items_come_in_windows_with_more_available_right_behind_the_status() {
    let club = Club::new(Preset::Viewer);
    for number in 0..5 {
        club.import(&contact(number));
    }
    let phone = club.phone("bo");
    let folder = phone.folder("Public Contacts");
    let mut key = phone.start(&folder);
    let mut windows = Vec::new();
    for _ in 0..3 {
        let round = phone.round(&folder, &key, vec![Element::text(WINDOW_SIZE, "2")]);
        let status = tags(round.collection()).iter().position(|tag| *tag == STATUS).unwrap();
        assert_eq!(tags(round.collection()).get(status + 1) == Some(&MORE_AVAILABLE), round.more());
        windows.push((round.commands().len(), round.more()));
        key = round.key();
    }
    assert_eq!(windows, [(2, true), (2, true), (1, false)]);
    assert!(phone.is_quiet(&folder, &key));
}

#[test]
fn a_window_over_all_folders_leaves_out_those_not_reached() {
    let club = Club::new(Preset::Viewer);
    for number in 0..3 {
        club.import(&contact(number));
    }
    for number in 0..3 {
        club.import_into("bo", "Contacts", &contact(number));
    }
    let phone = club.phone("bo");
    let (shared, own) = (phone.folder("Public Contacts"), phone.folder("Contacts"));
    let list = vec![
        collection(&shared, &phone.start(&shared), vec![]),
        collection(&own, &phone.start(&own), vec![]),
    ];
    let answer = phone.ask(Command::Sync, &sync(list).with(Element::text(WINDOW_SIZE, "3")));
    let collections: Vec<_> = answer.child(COLLECTIONS).unwrap().children(COLLECTION).collect();
    assert_eq!(collections.len(), 1);
    assert_eq!(common::Round(answer.clone()).commands().len(), 3);
}

#[test]
fn what_others_change_arrives_and_what_it_changed_itself_does_not() {
    let club = Club::new(Preset::Editor);
    let uid = club.import(NEUER);
    let (anna, bo) = (club.phone("anna"), club.phone("bo"));
    let folder = anna.folder("Public Contacts");
    assert_eq!(bo.folder("Public Contacts"), folder);
    let (anna_key, bo_key) = (anna.take_all(&folder), bo.take_all(&folder));
    let id = format!("{folder}:{uid}");
    let edit = change(&id, &[(FIRST_NAME, "Manuel"), (LAST_NAME, "Neuer")]);
    let done = anna.round(&folder, &anna_key, vec![commands(vec![edit])]);
    assert!(done.responses().is_empty() && done.commands().is_empty());
    let heard = bo.round(&folder, &bo_key, vec![]);
    assert_eq!(heard.steps(), [(CHANGE, id.clone())]);
    assert_eq!(text(heard.commands()[0].child(APPLICATION_DATA).unwrap(), FIRST_NAME), "Manuel");
    let gone = bo.round(&folder, &heard.key(), vec![commands(vec![common::delete(&id)])]);
    assert!(gone.responses().is_empty());
    assert_eq!(anna.round(&folder, &done.key(), vec![]).steps(), [(DELETE, id)]);
}

#[test]
fn a_phone_that_wants_no_changes_is_only_answered() {
    let club = Club::new(Preset::Editor);
    let phone = club.phone("bo");
    let folder = phone.folder("Public Contacts");
    let key = phone.take_all(&folder);
    club.import(NEUER);
    let sent = vec![Element::text(GET_CHANGES, "0"), commands(vec![add("c1", &[(LAST_NAME, "Kahn")])])];
    let round = phone.round(&folder, &key, sent);
    assert_eq!((round.responses().len(), round.commands().len()), (1, 0));
    let next = phone.round(&folder, &round.key(), vec![]);
    assert_eq!(next.commands().len(), 1);
}

#[test]
fn what_makes_no_sense_is_a_protocol_error_of_that_folder_alone() {
    let club = Club::new(Preset::Viewer);
    club.import(NEUER);
    let phone = club.phone("bo");
    let (shared, own) = (phone.folder("Public Contacts"), phone.folder("Contacts"));
    let bad = Element::new(OPTIONS).with(Element::text(FILTER_TYPE, "9"));
    let list = vec![
        collection(&own, &phone.start(&own), vec![bad]),
        collection(&shared, &phone.start(&shared), vec![]),
        collection("Outbox", "0", vec![]),
    ];
    let answer = phone.ask(Command::Sync, &sync(list));
    let statuses: Vec<_> =
        answer.child(COLLECTIONS).unwrap().children(COLLECTION).map(|one| text(one, STATUS)).collect();
    assert_eq!(statuses, ["4", "1", "12"]);
    assert_eq!(answer.child(STATUS), None, "one folder is well");
}

#[test]
fn folders_in_one_request_have_a_limit() {
    let settings =
        eas::Settings { limits: eas::Limits { folders: 2, ..Default::default() }, ..Default::default() };
    let club = Club::with(Preset::Viewer, settings);
    let phone = club.phone("bo");
    let list = |count: usize| sync((0..count).map(|_| collection("9999", "0", vec![])).collect());
    assert_eq!(text(&phone.ask(Command::Sync, &list(2)), STATUS), "12");
    let answer = phone.ask(Command::Sync, &list(3));
    assert_eq!((text(&answer, STATUS), text(&answer, LIMIT)), ("15".to_owned(), "2".to_owned()));
}

#[test]
fn what_is_beyond_the_number_of_changes_is_to_be_sent_again() {
    let settings =
        eas::Settings { limits: eas::Limits { commands: 2, ..Default::default() }, ..Default::default() };
    let club = Club::with(Preset::Editor, settings);
    let phone = club.phone("bo");
    let folder = phone.folder("Public Contacts");
    let three = ["c1", "c2", "c3"].map(|id| add(id, &[(LAST_NAME, id)])).to_vec();
    let round = phone.round(&folder, &phone.take_all(&folder), vec![commands(three)]);
    let answers: Vec<_> =
        round.responses().iter().map(|add| (text(add, STATUS), add.child(SERVER_ID).is_some())).collect();
    assert_eq!(answers, [("1".to_owned(), true), ("1".to_owned(), true), ("16".to_owned(), false)]);
}

#[test]
fn up_to_12_1_the_class_stands_first() {
    let club = Club::new(Preset::Viewer);
    club.import(NEUER);
    let old = common::Phone { version: "12.1", ..club.phone("bo") };
    let folder = old.folder("Public Contacts");
    let round = old.round(&folder, &old.start(&folder), vec![]);
    assert_eq!(tags(round.collection()).first(), Some(&CLASS));
    assert_eq!(text(round.collection(), CLASS), "Contacts");
    let round = club.phone("bo").round(&folder, &club.phone("bo").start(&folder), vec![]);
    assert_eq!(round.collection().child(CLASS), None);
}

#[test]
fn a_whole_message_is_fetched_and_a_contact_is_not() {
    let club = Club::new(Preset::Viewer);
    let contact = club.import(NEUER);
    let mail = club.import_into("bo", "Inbox", "From: a@b.example\r\nSubject: Hello\r\n\r\nText\r\n");
    let phone = club.phone("bo");
    let (inbox, shared) = (phone.folder("Inbox"), phone.folder("Public Contacts"));
    let fetch = |id: String| commands(vec![Element::new(FETCH).with(Element::text(SERVER_ID, id))]);
    let key = phone.take_all(&inbox);
    let round = phone.round(&inbox, &key, vec![fetch(format!("{inbox}:{mail}"))]);
    assert_eq!(text(round.responses()[0], STATUS), "1");
    assert_eq!(round.key(), key, "a fetch changes nothing");
    assert!(round.responses()[0].child(APPLICATION_DATA).is_some());
    let gone = phone.round(&inbox, &key, vec![fetch(format!("{inbox}:999"))]);
    assert_eq!(text(gone.responses()[0], STATUS), "8");
    let no_mail = phone.round(&shared, &phone.take_all(&shared), vec![fetch(format!("{shared}:{contact}"))]);
    assert_eq!(text(no_mail.responses()[0], STATUS), "4");
}

#[test]
fn a_body_that_is_not_wbxml_is_http_400_at_every_version() {
    let club = Club::new(Preset::Viewer);
    for version in ["12.1", "14.0", "14.1", "16.0", "16.1"] {
        let phone = common::Phone { version, ..club.phone("bo") };
        let eas::Answer::Reply(reply) = phone.send(Command::Sync, b"\x03\x01\x6a\x00\x45") else {
            panic!("waits")
        };
        assert_eq!((reply.status, reply.body.len()), (400, 0), "{version}");
    }
}

#[test]
fn a_document_of_another_command_is_refused_as_the_version_says_it() {
    let club = Club::new(Preset::Viewer);
    let old = common::Phone { version: "12.1", ..club.phone("bo") };
    let root = sync(vec![]);
    assert_eq!(old.reply(Command::FolderSync, Some(&root)).status, 400);
    let answer = document(&club.phone("bo").reply(Command::FolderSync, Some(&root)));
    assert_eq!(text(&answer, folder_hierarchy::STATUS), "103");
    assert_eq!(answer.child(RESPONSES), None);
    assert_eq!(answer.child(ADD), None);
}

/// What bo's phone is shown of a contact with a long note, of which it takes the first hundred bytes, and what is
/// stored once it has sent that back with this note and another first name.
fn stored_after(version: &'static str, note: impl Fn(&str) -> String) -> String {
    let club = Club::new(Preset::Viewer);
    let long = "All there is to know of him. ".repeat(10);
    let card = format!(
        "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:c1\r\nFN:Bo\r\nN:Lind;Bo;;;\r\nNOTE:{long}\r\nEND:VCARD\r\n"
    );
    club.import_into("bo", "Contacts", &card);
    let phone = common::Phone { version, ..club.phone("bo") };
    let folder = phone.folder("Contacts");
    let wish = Element::new(BODY_PREFERENCE)
        .with(Element::text(TYPE, "1"))
        .with(Element::text(TRUNCATION_SIZE, "100"));
    let round = phone.round(&folder, &phone.start(&folder), vec![Element::new(OPTIONS).with(wish)]);
    let add = *round.commands().first().unwrap();
    let body = add.child(APPLICATION_DATA).unwrap().child(BODY).unwrap();
    assert_eq!(text(body, TRUNCATED), "1");
    let sent =
        Element::new(BODY).with(Element::text(TYPE, "1")).with(Element::text(DATA, note(&text(body, DATA))));
    let mut changed = common::change(&text(add, SERVER_ID), &[(FIRST_NAME, "Bob"), (LAST_NAME, "Lind")]);
    let data = Element::new(APPLICATION_DATA).with(sent);
    changed.content.iter_mut().for_each(|node| {
        if let wbxml::Node::Element(element) = node
            && element.tag == APPLICATION_DATA
        {
            element.content.extend(data.content.clone());
        }
    });
    phone.round(&folder, &round.key(), vec![commands(vec![changed])]);
    let (path, mut stored) = (engine::FolderPath::try_from("Contacts").unwrap(), Vec::new());
    let take = &mut |_: &str, content: &[u8]| {
        stored.extend_from_slice(content);
        Ok(())
    };
    club.engine().export("bo", &path, (engine::Actor::Operator, club.now), take).unwrap();
    let stored = String::from_utf8(stored).unwrap().replace("\r\n ", "");
    assert!(stored.contains("N:Lind;Bob"), "{stored}");
    stored.lines().find(|line| line.starts_with("NOTE")).unwrap_or_default().to_owned()
}

#[test]
fn a_note_that_was_shown_cut_and_comes_back_so_stays_whole() {
    for version in ["14.1", "16.1"] {
        let note = stored_after(version, str::to_owned);
        assert_eq!(note.len(), "NOTE:".len() + 290, "{version}: {note}");
    }
}

#[test]
fn a_note_that_its_user_made_shorter_is_shorter() {
    for version in ["14.1", "16.1"] {
        let note = stored_after(version, |shown| format!("Gone. {shown}"));
        assert!(note.starts_with("NOTE:Gone. All there") && note.len() < 120, "{version}: {note}");
    }
}
