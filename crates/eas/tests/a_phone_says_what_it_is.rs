//! A phone says what it is, asks who its user is, and provisions.

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
use eas::{Provisioning, Settings};
use wbxml::page::get_item_estimate::{self, COLLECTION, COLLECTIONS, ESTIMATE, GET_ITEM_ESTIMATE};
use wbxml::page::provision::{
    DATA, EAS_PROVISION_DOC, POLICIES, POLICY, POLICY_KEY, POLICY_TYPE, PROVISION, REMOTE_WIPE, STATUS,
};
use wbxml::page::settings::{
    ACCOUNT, ACCOUNTS, DEVICE_INFORMATION, DEVICE_PASSWORD, EMAIL_ADDRESSES, GET, MODEL, OOF, SET, SETTINGS,
    SMTP_ADDRESS, USER_DISPLAY_NAME, USER_INFORMATION,
};
use wbxml::page::{air_sync, folder_hierarchy, settings};
use wbxml::{Element, Tag};

fn information() -> Element {
    Element::new(DEVICE_INFORMATION).with(Element::new(SET).with(Element::text(MODEL, "iPhone15C2")))
}

fn info(club: &Club) -> String {
    club.engine().devices(Some("bo")).unwrap()[0].info.clone()
}

#[test]
fn settings_are_answered_block_by_block() {
    let club = Club::new(Preset::Viewer);
    let phone = club.phone("bo");
    let asked = Element::new(SETTINGS)
        .with(Element::new(USER_INFORMATION).with(Element::new(GET)))
        .with(Element::new(OOF).with(Element::new(GET)))
        .with(information())
        .with(password("1234"));
    let answer = phone.ask(Command::Settings, &asked);
    assert_eq!(text(&answer, settings::STATUS), "1");
    let blocks: Vec<(Tag, String)> =
        answer.elements().skip(1).map(|block| (block.tag, text(block, settings::STATUS))).collect();
    let expected = [(USER_INFORMATION, "1"), (OOF, "1"), (DEVICE_INFORMATION, "1"), (DEVICE_PASSWORD, "7")];
    assert_eq!(blocks, expected.map(|(tag, status)| (tag, status.to_owned())));
    let account = answer
        .child(USER_INFORMATION)
        .unwrap()
        .child(GET)
        .unwrap()
        .child(ACCOUNTS)
        .unwrap()
        .child(ACCOUNT)
        .unwrap();
    assert_eq!(text(account, USER_DISPLAY_NAME), "Bo Lind");
    assert_eq!(text(account.child(EMAIL_ADDRESSES).unwrap(), SMTP_ADDRESS), "bo@club.example");
    assert_eq!(info(&club), "Model: iPhone15C2\n");

    let old = Phone { version: "14.0", ..club.phone("bo") };
    let asked = Element::new(SETTINGS).with(Element::new(USER_INFORMATION).with(Element::new(GET)));
    let answer = old.ask(Command::Settings, &asked);
    let addresses =
        answer.child(USER_INFORMATION).unwrap().child(GET).unwrap().child(EMAIL_ADDRESSES).unwrap();
    assert_eq!(text(addresses, SMTP_ADDRESS), "bo@club.example");
    let twice = Element::new(SETTINGS).with(information()).with(information());
    assert_eq!(text(&old.ask(Command::Settings, &twice), settings::STATUS), "2");
}

fn password(text: &str) -> Element {
    Element::new(DEVICE_PASSWORD).with(Element::new(SET).with(Element::text(settings::PASSWORD, text)))
}

#[test]
fn a_password_for_recovery_is_not_taken_and_that_is_said() {
    let club = Club::new(Preset::Viewer);
    let phone = club.phone("bo");
    let status = |block: Element| {
        let answer = phone.ask(Command::Settings, &Element::new(SETTINGS).with(block));
        text(answer.child(DEVICE_PASSWORD).unwrap(), settings::STATUS)
    };
    assert_eq!(status(password("1234")), "7");
    assert_eq!(status(password(&"1".repeat(255))), "7");
    assert_eq!(status(password(&"1".repeat(256))), "5");
    assert_eq!(status(password("")), "1", "there is none to take back");
    assert_eq!(status(Element::new(DEVICE_PASSWORD)), "2");
}

fn provision(policy: Vec<Element>) -> Element {
    let head = Element::new(POLICY).with(Element::text(POLICY_TYPE, "MS-EAS-Provisioning-WBXML"));
    let policy = policy.into_iter().fold(head, Element::with);
    Element::new(PROVISION).with(Element::new(POLICIES).with(policy))
}

/// Runs one step and returns the policy of its answer.
fn step(phone: &Phone<'_>, policy: Vec<Element>) -> Element {
    let answer = phone.ask(Command::Provision, &provision(policy));
    assert_eq!(text(&answer, STATUS), "1");
    answer.child(POLICIES).unwrap().child(POLICY).unwrap().clone()
}

fn acknowledged(key: &str, status: &str) -> Vec<Element> {
    vec![Element::text(POLICY_KEY, key), Element::text(STATUS, status)]
}

#[test]
fn a_phone_that_asks_gets_a_permissive_policy_and_a_key() {
    let club = Club::new(Preset::Viewer);
    let phone = club.phone("bo");
    let offered = step(&phone, vec![]);
    assert_eq!(text(&offered, STATUS), "1");
    assert!(offered.child(DATA).unwrap().child(EAS_PROVISION_DOC).unwrap().elements().count() > 40);
    let temporary = text(&offered, POLICY_KEY);
    for status in ["1", "2"] {
        let done = step(&phone, acknowledged(&temporary, status));
        assert_eq!((text(&done, STATUS), done.child(DATA)), ("1".to_owned(), None));
        assert_ne!(text(&done, POLICY_KEY), temporary);
    }
    assert_eq!(text(&step(&phone, acknowledged("1", "1")), STATUS), "5");
    let with_information = Element {
        content: [vec![information().into()], provision(vec![]).content].concat(),
        ..Element::new(PROVISION)
    };
    let answer = phone.ask(Command::Provision, &with_information);
    assert_eq!(answer.elements().next().map(|first| first.tag), Some(DEVICE_INFORMATION));
    assert_eq!(info(&club), "Model: iPhone15C2\n");
    let wiped = Element::new(PROVISION).with(Element::new(REMOTE_WIPE).with(Element::text(STATUS, "1")));
    assert_eq!(text(&phone.ask(Command::Provision, &wiped), STATUS), "2", "nobody asked for a wipe");
}

#[test]
fn where_it_is_required_nothing_else_is_answered_before() {
    let settings = Settings { provision: Provisioning::Required, ..Settings::default() };
    let club = Club::with(Preset::Viewer, settings);
    let phone = club.phone("bo");
    assert_eq!(text(&phone.folder_sync("0"), folder_hierarchy::STATUS), "142");
    let old = Phone { version: "12.1", ..club.phone("bo") };
    let root =
        Element::new(folder_hierarchy::FOLDER_SYNC).with(Element::text(folder_hierarchy::SYNC_KEY, "0"));
    assert_eq!(old.reply(Command::FolderSync, Some(&root)).status, 449);
    assert_eq!(phone.reply(Command::Ping, None).status, 200, "Ping is exempt");

    let temporary = text(&step(&phone, vec![]), POLICY_KEY);
    let refused = phone.ask(Command::Provision, &provision(acknowledged(&temporary, "3")));
    assert_eq!(text(&refused, STATUS), "139");
    let key = text(&step(&phone, acknowledged(&temporary, "1")), POLICY_KEY).parse().unwrap();
    assert_eq!(text(&phone.folder_sync("0"), folder_hierarchy::STATUS), "142", "it does not send the key");
    let ready = Phone { policy_key: key, ..club.phone("bo") };
    assert_eq!(text(&ready.folder_sync("0"), folder_hierarchy::STATUS), "1");
}

#[test]
fn an_account_check_registers_no_device() {
    let club = Club::new(Preset::Viewer);
    let phone = club.phone("bo");
    let root =
        Element::new(folder_hierarchy::FOLDER_SYNC).with(Element::text(folder_hierarchy::SYNC_KEY, "0"));
    let mut request = phone.request(Command::FolderSync);
    request.device = eas::request::DeviceAddress::new("validate", "Android").unwrap();
    let eas::Answer::Reply(reply) =
        club.server.handle(&phone.caller, &request, &wbxml::encode(&root), club.now)
    else {
        panic!("waits")
    };
    assert_eq!(text(&common::document(&reply), folder_hierarchy::STATUS), "1");
    assert!(club.engine().devices(Some("bo")).unwrap().is_empty());
}

#[test]
fn commands_that_are_not_answered_say_so() {
    let club = Club::new(Preset::Viewer);
    let phone = club.phone("bo");
    assert_eq!(phone.reply(Command::CreateCollection, None).status, 501);
}

#[test]
fn an_estimate_counts_what_a_sync_would_bring() {
    let club = Club::new(Preset::Viewer);
    club.import(common::NEUER);
    let phone = club.phone("bo");
    let folder = phone.folder("Public Contacts");
    let estimate = |folder: &str, key: &str| {
        let collection = Element::new(COLLECTION)
            .with(Element::text(air_sync::SYNC_KEY, key))
            .with(Element::text(get_item_estimate::COLLECTION_ID, folder));
        let asked = Element::new(GET_ITEM_ESTIMATE).with(Element::new(COLLECTIONS).with(collection));
        let answer = phone.ask(Command::GetItemEstimate, &asked);
        let response = answer.child(get_item_estimate::RESPONSE).unwrap();
        let count = response.child(COLLECTION).map(|collection| text(collection, ESTIMATE));
        (text(response, get_item_estimate::STATUS), count)
    };
    assert_eq!(estimate(&folder, "0"), ("3".to_owned(), None));
    assert_eq!(estimate(&folder, "77"), ("4".to_owned(), None));
    assert_eq!(estimate("9999", "77"), ("2".to_owned(), None));
    let key = phone.start(&folder);
    assert_eq!(estimate(&folder, &key), ("1".to_owned(), Some("1".to_owned())));
    assert_eq!(estimate(&folder, &phone.take_all(&folder)), ("1".to_owned(), Some("0".to_owned())));
}
