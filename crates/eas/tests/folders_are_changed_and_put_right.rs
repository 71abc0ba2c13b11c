//! A phone makes, renames and removes folders, moves items, and empties folders, as far as its user may.

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
use wbxml::page::air_sync::{self, ADD, DELETE};
use wbxml::page::folder_hierarchy::{
    CHANGES, DISPLAY_NAME, FOLDER_CREATE, FOLDER_DELETE, FOLDER_UPDATE, PARENT_ID, SERVER_ID, STATUS,
    SYNC_KEY, TYPE, UPDATE,
};
use wbxml::page::item_operations::{self, EMPTY_FOLDER_CONTENTS, ITEM_OPERATIONS};
use wbxml::page::move_::{self, DST_FLD_ID, DST_MSG_ID, MOVE, MOVE_ITEMS, RESPONSE, SRC_FLD_ID, SRC_MSG_ID};
use wbxml::{Element, Tag};

const MESSAGE: &str = "From: a@b.example\r\nSubject: Hello\r\n\r\nText\r\n";

fn root(command: Tag, fields: &[(Tag, &str)]) -> Element {
    fields.iter().fold(Element::new(command), |root, (tag, text)| root.with(Element::text(*tag, *text)))
}

fn key(answer: &Element) -> String {
    text(answer, SYNC_KEY)
}

#[test]
fn a_folder_is_made_renamed_and_removed() {
    let club = Club::new(Preset::Viewer);
    let phone = club.phone("bo");
    let start = key(&phone.folder_sync("0"));
    let made = phone.ask(
        Command::FolderCreate,
        &root(FOLDER_CREATE, &[(SYNC_KEY, &start), (PARENT_ID, "0"), (DISPLAY_NAME, "Team"), (TYPE, "12")]),
    );
    assert_eq!(text(&made, STATUS), "1");
    let folder = text(&made, SERVER_ID);
    let named = |key: &str, name: &str| {
        root(FOLDER_UPDATE, &[(SYNC_KEY, key), (SERVER_ID, &folder), (PARENT_ID, "0"), (DISPLAY_NAME, name)])
    };
    let renamed = phone.ask(Command::FolderUpdate, &named(&key(&made), "Team 2"));
    assert_eq!((text(&renamed, STATUS), renamed.child(SERVER_ID)), ("1".to_owned(), None));
    let taken = phone.ask(Command::FolderUpdate, &named(&key(&renamed), "Inbox"));
    assert_eq!((text(&taken, STATUS), key(&taken)), ("2".to_owned(), key(&renamed)));
    let gone = phone.ask(
        Command::FolderDelete,
        &root(FOLDER_DELETE, &[(SYNC_KEY, &key(&renamed)), (SERVER_ID, &folder)]),
    );
    assert_eq!(text(&gone, STATUS), "1");
    let quiet = phone.folder_sync(&key(&gone));
    assert_eq!(quiet.child(CHANGES).unwrap().elements().count(), 1, "what it did itself it knows");
}

#[test]
fn a_rename_that_is_not_allowed_keeps_the_key_and_is_put_right() {
    let club = Club::new(Preset::Viewer);
    let phone = club.phone("bo");
    let folder = phone.folder("Public Contacts");
    let start = key(&phone.folder_sync("0"));
    let fields = [(SYNC_KEY, start.as_str()), (SERVER_ID, &folder), (PARENT_ID, "0"), (DISPLAY_NAME, "Mine")];
    let denied = phone.ask(Command::FolderUpdate, &root(FOLDER_UPDATE, &fields));
    assert_eq!((text(&denied, STATUS), key(&denied)), ("3".to_owned(), start.clone()));
    let next = phone.folder_sync(&start);
    let update = next.child(CHANGES).unwrap().child(UPDATE).unwrap();
    assert_eq!((text(update, SERVER_ID), text(update, DISPLAY_NAME)), (folder, "Public Contacts".to_owned()));
}

#[test]
fn default_folders_stay() {
    let club = Club::new(Preset::Viewer);
    let phone = club.phone("bo");
    let inbox = phone.folder("Inbox");
    let start = key(&phone.folder_sync("0"));
    let delete = root(FOLDER_DELETE, &[(SYNC_KEY, &start), (SERVER_ID, &inbox)]);
    assert_eq!(text(&phone.ask(Command::FolderDelete, &delete), STATUS), "3");
    let create =
        root(FOLDER_CREATE, &[(SYNC_KEY, &start), (PARENT_ID, "0"), (DISPLAY_NAME, "Inbox 2"), (TYPE, "2")]);
    assert_eq!(text(&phone.ask(Command::FolderCreate, &create), STATUS), "10");
    let stale = root(FOLDER_DELETE, &[(SYNC_KEY, "77"), (SERVER_ID, "9999")]);
    assert_eq!(text(&phone.ask(Command::FolderDelete, &stale), STATUS), "9");
}

/// Moves items and returns status and new id of each.
fn moved(phone: &Phone<'_>, moves: &[(&str, &str, &str)]) -> Vec<(String, Option<String>)> {
    let entry = |(item, from, to): &(&str, &str, &str)| {
        root(MOVE, &[(SRC_MSG_ID, item), (SRC_FLD_ID, from), (DST_FLD_ID, to)])
    };
    let asked = moves.iter().map(entry).fold(Element::new(MOVE_ITEMS), Element::with);
    let answer = phone.ask(Command::MoveItems, &asked);
    let one = |response: &Element| {
        (text(response, move_::STATUS), response.child_text(DST_MSG_ID).map(std::borrow::Cow::into_owned))
    };
    answer.children(RESPONSE).map(one).collect()
}

#[test]
fn messages_are_moved_each_for_itself() {
    let club = Club::new(Preset::Viewer);
    let uid = club.import_into("bo", "Inbox", MESSAGE);
    let phone = club.phone("bo");
    let (inbox, sent) = (phone.folder("Inbox"), phone.folder("Sent"));
    phone.take_all(&inbox);
    let item = format!("{inbox}:{uid}");
    let answers = moved(
        &phone,
        &[
            (&item, &inbox, &sent),
            (&item, &inbox, "9999"),
            ("nothing", &inbox, &sent),
            (&item, &inbox, &inbox),
            (&item, &sent, &inbox),
        ],
    );
    let statuses: Vec<_> = answers.iter().map(|(status, _)| status.as_str()).collect();
    assert_eq!(statuses, ["3", "2", "1", "4", "1"]);
    assert!(answers[0].1.as_ref().unwrap().starts_with(&format!("{sent}:")));
    let held = phone.round(&sent, &phone.start(&sent), vec![]);
    assert_eq!(held.steps(), [(ADD, answers[0].1.clone().unwrap())]);
}

#[test]
fn a_move_out_of_a_folder_one_may_only_read_is_undone_at_both_ends() {
    let club = Club::new(Preset::Viewer);
    let uid = club.import(NEUER);
    let phone = club.phone("bo");
    let (shared, own) = (phone.folder("Public Contacts"), phone.folder("Contacts"));
    let (shared_key, own_key) = (phone.take_all(&shared), phone.take_all(&own));
    let item = format!("{shared}:{uid}");
    let answers = moved(&phone, &[(&item, &shared, &own)]);
    let (status, Some(phantom)) = &answers[0] else { panic!("{answers:?}") };
    assert_eq!(status, "3");
    assert_eq!(phone.round(&shared, &shared_key, vec![]).steps(), [(ADD, item)]);
    assert_eq!(phone.round(&own, &own_key, vec![]).steps(), [(DELETE, phantom.clone())]);
}

#[test]
fn moves_in_one_request_have_a_limit() {
    let settings =
        eas::Settings { limits: eas::Limits { moves: 2, ..Default::default() }, ..Default::default() };
    let club = Club::with(Preset::Viewer, settings);
    let phone = club.phone("bo");
    let inbox = phone.folder("Inbox");
    let one = ("nothing", inbox.as_str(), inbox.as_str());
    assert_eq!(moved(&phone, &[one, one]).len(), 2);
    let asked = [one; 3].iter().fold(Element::new(MOVE_ITEMS), |asked, _| asked.with(Element::new(MOVE)));
    assert_eq!(text(&phone.ask(Command::MoveItems, &asked), move_::STATUS), "103");
}

/// Empties a folder and returns the status.
fn emptied(phone: &Phone<'_>, folder: &str) -> String {
    let operation = root(EMPTY_FOLDER_CONTENTS, &[(air_sync::COLLECTION_ID, folder)]);
    let answer = phone.ask(Command::ItemOperations, &Element::new(ITEM_OPERATIONS).with(operation));
    let response = answer.child(item_operations::RESPONSE).unwrap().child(EMPTY_FOLDER_CONTENTS).unwrap();
    text(response, item_operations::STATUS)
}

#[test]
fn a_folder_is_emptied_as_far_as_its_user_may() {
    let club = Club::new(Preset::Viewer);
    let uid = club.import(NEUER);
    club.import_into("bo", "Inbox", MESSAGE);
    let phone = club.phone("bo");
    let (inbox, shared) = (phone.folder("Inbox"), phone.folder("Public Contacts"));
    let (inbox_key, shared_key) = (phone.take_all(&inbox), phone.take_all(&shared));
    assert_eq!(emptied(&phone, &inbox), "1");
    assert_eq!(phone.round(&inbox, &inbox_key, vec![]).steps().first().map(|step| step.0), Some(DELETE));
    assert_eq!(emptied(&phone, &shared), "16");
    let back = phone.round(&shared, &shared_key, vec![]);
    assert_eq!(back.steps(), [(ADD, format!("{shared}:{uid}"))]);
    assert_eq!(emptied(&phone, "9999"), "6");
}
