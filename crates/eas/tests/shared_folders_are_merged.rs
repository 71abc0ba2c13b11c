//! A phone that shows one folder of a kind only finds shared ones inside its user's own.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what is not there where it should be is a failed test"
)]

mod common;

use access::Preset;
use common::{Club, NEUER, Phone, add, change, commands, delete, text};
use eas::request::Command;
use engine::{FolderId, Switch};
use items::Kind;
use wbxml::Element;
use wbxml::page::air_sync::{ADD, CHANGE, COLLECTION_ID, DELETE, SERVER_ID, STATUS};
use wbxml::page::contacts::{FIRST_NAME, LAST_NAME};
use wbxml::page::folder_hierarchy::{CHANGES, DISPLAY_NAME, FOLDER_DELETE, SYNC_KEY};
use wbxml::page::item_operations::{FETCH, ITEM_OPERATIONS, RESPONSE, STORE};
use wbxml::page::move_::{self, DST_FLD_ID, MOVE, MOVE_ITEMS, SRC_FLD_ID, SRC_MSG_ID};
use wbxml::page::{folder_hierarchy, item_operations, ping};

/// A phone with merged address books: its own folder, its key there, and the shared contact's id.
fn merged(club: &Club) -> (Phone<'_>, String, String, String) {
    let uid = club.import(NEUER);
    club.engine().merge_device(("bo", "phone1"), Kind::Contacts, Switch::On, club.now).unwrap();
    let phone = club.phone("bo");
    let own = phone.folder("Contacts");
    let key = phone.take_all(&own);
    let id = format!("{}:{uid}", club.folder("public", "Public Contacts"));
    (phone, own, key, id)
}

#[test]
fn the_shared_folder_is_not_one_more_folder() {
    let club = Club::new(Preset::Viewer);
    let (phone, own, _, id) = merged(&club);
    let answer = phone.folder_sync("0");
    let adds = answer.child(CHANGES).unwrap().children(folder_hierarchy::ADD);
    let names: Vec<_> = adds.map(|add| text(add, DISPLAY_NAME)).collect();
    assert!(!names.contains(&"Public Contacts".to_owned()), "{names:?}");
    let start = phone.start(&own);
    assert_eq!(phone.round(&own, &start, vec![]).steps(), [(ADD, id)]);
}

#[test]
fn a_change_that_is_not_allowed_there_is_undone_in_the_own_folder() {
    let club = Club::new(Preset::Viewer);
    let (phone, own, key, id) = merged(&club);
    let edit = change(&id, &[(FIRST_NAME, "Manuel"), (LAST_NAME, "Neuer")]);
    let round = phone.round(&own, &key, vec![commands(vec![edit, add("c1", &[(LAST_NAME, "Kahn")])])]);
    let statuses: Vec<_> = round.responses().iter().map(|one| (one.tag, text(one, STATUS))).collect();
    assert_eq!(statuses, [(ADD, "1".to_owned()), (CHANGE, "7".to_owned())]);
    assert!(text(round.responses()[0], SERVER_ID).starts_with(&format!("{own}:")), "new ones are his own");
    assert_eq!(round.steps(), [(CHANGE, id.clone())]);
    let round = phone.round(&own, &round.key(), vec![commands(vec![delete(&id)])]);
    assert!(round.commands().is_empty() && round.more());
    let round = phone.round(&own, &round.key(), vec![]);
    assert_eq!(round.steps(), [(ADD, id)]);
    assert!(phone.is_quiet(&own, &round.key()));
    assert_eq!(club.engine().denied(Some("bo")).unwrap().len(), 2);
}

#[test]
fn a_phone_that_waits_hears_of_the_shared_folder_under_the_name_of_its_own() {
    let club = Club::new(Preset::Editor);
    let (phone, own, _, _) = merged(&club);
    phone.folder_sync("0");
    let folder = Element::new(ping::FOLDER).with(Element::text(ping::ID, own.as_str()));
    let root = Element::new(ping::PING)
        .with(Element::text(ping::HEARTBEAT_INTERVAL, "600"))
        .with(Element::new(ping::FOLDERS).with(folder));
    let wait = phone.wait(Command::Ping, Some(&root));
    let shared: FolderId = club.folder("public", "Public Contacts");
    assert_eq!(wait.merged, [shared], "a change there wakes it");
    club.import(&NEUER.replace("neuer", "other"));
    let answer = phone.ask(Command::Ping, &root);
    assert_eq!(text(&answer, ping::STATUS), "2");
    let named: Vec<_> = answer.child(ping::FOLDERS).unwrap().elements().map(Element::value).collect();
    assert_eq!(named, [own]);
}

#[test]
fn its_items_are_fetched_and_moved_by_their_names() {
    let club = Club::new(Preset::Editor);
    let (phone, own, key, id) = merged(&club);
    let fetch = Element::new(FETCH)
        .with(Element::text(STORE, "Mailbox"))
        .with(Element::text(COLLECTION_ID, own.as_str()))
        .with(Element::text(SERVER_ID, id.as_str()));
    let answer = phone.ask(Command::ItemOperations, &Element::new(ITEM_OPERATIONS).with(fetch));
    let fetched = answer.child(RESPONSE).unwrap().child(FETCH).unwrap();
    assert_eq!(text(fetched, item_operations::STATUS), "1");

    let team = engine::FolderPath::try_from("Team").unwrap();
    let team = club.engine().add_folder("bo", &team, Kind::Contacts, club.now).unwrap().to_string();
    let move_to = |to: &str| {
        let asked = Element::new(MOVE)
            .with(Element::text(SRC_MSG_ID, id.as_str()))
            .with(Element::text(SRC_FLD_ID, own.as_str()))
            .with(Element::text(DST_FLD_ID, to));
        let answer = phone.ask(Command::MoveItems, &Element::new(MOVE_ITEMS).with(asked));
        text(answer.child(move_::RESPONSE).unwrap(), move_::STATUS)
    };
    assert_eq!(move_to(&own), "4", "it is shown there already");
    assert_eq!(move_to(&team), "3");
    assert_eq!(phone.round(&own, &key, vec![]).steps(), [(DELETE, id)]);
}

#[test]
fn a_shared_folder_deleted_on_the_phone_is_hidden_and_the_phone_told_that_it_is_done() {
    let club = Club::new(Preset::Admin);
    club.import(NEUER);
    let phone = club.phone("bo");
    let (folder, start) =
        (phone.folder("Public Contacts"), text(&phone.folder_sync("0"), folder_hierarchy::SYNC_KEY));
    let delete = Element::new(FOLDER_DELETE)
        .with(Element::text(SYNC_KEY, start.as_str()))
        .with(Element::text(folder_hierarchy::SERVER_ID, folder));
    let done = phone.ask(Command::FolderDelete, &delete);
    assert_eq!(text(&done, folder_hierarchy::STATUS), "1");
    let next = phone.folder_sync(&text(&done, SYNC_KEY));
    assert_eq!(next.child(CHANGES).unwrap().elements().count(), 1, "nothing comes back");
    let items = club.engine().items("public", &common::public(), engine::Actor::Operator, club.now).unwrap();
    assert_eq!((items.len(), club.engine().denied(None).unwrap().len()), (1, 0));
}
