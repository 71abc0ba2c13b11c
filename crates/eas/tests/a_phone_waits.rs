//! A phone waits, by Ping or by Sync, and hears at once of what changes.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what is not there where it should be is a failed test"
)]

mod common;

use access::Preset;
use common::{Club, NEUER, Phone, Round, collection, document, sync, text};
use eas::request::Command;
use eas::{Answer, Reply, Woken};
use jiff::SignedDuration;
use wbxml::Element;
use wbxml::page::air_sync;
use wbxml::page::ping::{FOLDER, FOLDERS, HEARTBEAT_INTERVAL, ID, PING, STATUS};

fn ping(heartbeat: &str, folders: &[&str]) -> Element {
    let entry = |id: &&str| Element::new(FOLDER).with(Element::text(ID, *id));
    let list = folders.iter().map(entry).fold(Element::new(FOLDERS), Element::with);
    Element::new(PING).with(Element::text(HEARTBEAT_INTERVAL, heartbeat)).with(list)
}

fn reply(answer: Answer) -> Reply {
    match answer {
        Answer::Reply(reply) => reply,
        Answer::Wait(wait) => panic!("still waits: {wait:?}"),
    }
}

fn ready(club: &Club) -> (Phone<'_>, String, String) {
    let phone = club.phone("bo");
    let folder = phone.folder("Public Contacts");
    // The phone holds its hierarchy: it uses the key it was given.
    let key = text(&phone.folder_sync("0"), wbxml::page::folder_hierarchy::SYNC_KEY);
    phone.folder_sync(&key);
    let key = phone.take_all(&folder);
    (phone, folder, key)
}

#[test]
fn a_ping_waits_and_names_the_folder_that_changed() {
    let club = Club::new(Preset::Viewer);
    let (phone, folder, key) = ready(&club);
    let wait = phone.wait(Command::Ping, Some(&ping("480", &[&folder, "Outbox"])));
    assert_eq!(wait.folders.len(), 1, "what was never a folder is passed over");
    assert!(wait.until > club.now && wait.until < club.now + SignedDuration::from_secs(480));
    let Answer::Wait(wait) = phone.resume(wait, Woken::Changed) else { panic!("nothing changed") };
    club.import(NEUER);
    let answer = document(&reply(phone.resume(wait, Woken::Changed)));
    assert_eq!(text(&answer, STATUS), "2");
    assert_eq!(text(answer.child(FOLDERS).unwrap(), FOLDER), folder);
    // The same Ping again, without a body, is answered at once.
    let again = phone.reply(Command::Ping, None);
    assert_eq!(text(&document(&again), STATUS), "2");
    phone.round(&folder, &key, vec![]);
    phone.wait(Command::Ping, None);
}

#[test]
fn a_ping_ends_with_its_time_or_for_a_newer_one() {
    let club = Club::new(Preset::Viewer);
    let (phone, folder, _) = ready(&club);
    for why in [Woken::TimeUp, Woken::GivenUp] {
        let wait = phone.wait(Command::Ping, Some(&ping("60", &[&folder])));
        assert_eq!(text(&document(&reply(phone.resume(wait, why))), STATUS), "1");
    }
}

#[test]
fn a_folder_that_was_never_synced_is_passed_over() {
    let club = Club::new(Preset::Viewer);
    let (phone, folder, _) = ready(&club);
    let inbox = phone.folder("Inbox");
    club.import_into("bo", "Inbox", "Subject: x\r\n\r\nx\r\n");
    phone.wait(Command::Ping, Some(&ping("60", &[&folder, &inbox])));
}

#[test]
fn a_ping_hears_of_a_folder_that_goes() {
    let club = Club::new(Preset::Viewer);
    let (phone, folder, _) = ready(&club);
    let wait = phone.wait(Command::Ping, Some(&ping("60", &[&folder])));
    club.engine().remove_folder("public", &common::public(), club.now).unwrap();
    assert_eq!(text(&document(&reply(phone.resume(wait, Woken::Changed))), STATUS), "7");
    let unknown = phone.reply(Command::Ping, Some(&ping("60", &["9999"])));
    assert_eq!(text(&document(&unknown), STATUS), "7");
}

#[test]
fn a_folder_that_the_phone_was_told_is_gone_is_passed_over() {
    let club = Club::new(Preset::Viewer);
    let (phone, folder, _) = ready(&club);
    let before = text(&phone.folder_sync("0"), wbxml::page::folder_hierarchy::SYNC_KEY);
    club.engine().remove_folder("public", &common::public(), club.now).unwrap();
    let status = |answer: Reply| text(&document(&answer), STATUS);
    assert_eq!(status(phone.reply(Command::Ping, Some(&ping("60", &[&folder])))), "7", "told once");
    let key = text(&phone.folder_sync(&before), wbxml::page::folder_hierarchy::SYNC_KEY);
    phone.folder_sync(&key);
    // It goes on watching it: no loop of Ping and FolderSync comes of that.
    phone.wait(Command::Ping, Some(&ping("60", &[&folder])));
}

#[test]
fn a_ping_that_makes_no_sense_is_told_what_would() {
    let club = Club::new(Preset::Viewer);
    let phone = club.phone("bo");
    let status = |root: Option<&Element>| text(&document(&phone.reply(Command::Ping, root)), STATUS);
    assert_eq!(status(None), "3");
    let short = document(&phone.reply(Command::Ping, Some(&ping("10", &["1"]))));
    assert_eq!((text(&short, STATUS), text(&short, HEARTBEAT_INTERVAL)), ("5".to_owned(), "60".to_owned()));
    assert_eq!(status(Some(&ping("x", &["1"]))), "4");
    assert_eq!(status(None), "3", "what was refused is not remembered");
}

fn waiting(folder: &str, key: &str, seconds: &str) -> Element {
    sync(vec![collection(folder, key, vec![])]).with(Element::text(air_sync::HEARTBEAT_INTERVAL, seconds))
}

#[test]
fn a_sync_waits_and_brings_what_changed() {
    let club = Club::new(Preset::Viewer);
    let (phone, folder, key) = ready(&club);
    let wait = phone.wait(Command::Sync, Some(&waiting(&folder, &key, "600")));
    let Answer::Wait(wait) = phone.resume(wait, Woken::Changed) else { panic!("nothing changed") };
    club.import(NEUER);
    let round = Round(document(&reply(phone.resume(wait, Woken::Changed))));
    assert_eq!(round.commands().len(), 1);
    assert!(phone.is_quiet(&folder, &round.key()));
}

#[test]
fn a_sync_that_waited_in_vain_is_answered_without_a_body() {
    let club = Club::new(Preset::Viewer);
    let (phone, folder, key) = ready(&club);
    for why in [Woken::TimeUp, Woken::GivenUp] {
        let wait = phone.wait(Command::Sync, Some(&waiting(&folder, &key, "600")));
        let reply = reply(phone.resume(wait, why));
        assert_eq!((reply.status, reply.body.len()), (200, 0));
    }
    phone.wait(Command::Sync, None);
}

#[test]
fn a_sync_waits_no_longer_than_allowed() {
    let club = Club::new(Preset::Viewer);
    let (phone, folder, key) = ready(&club);
    let asked =
        |tag, value: &str| sync(vec![collection(&folder, &key, vec![])]).with(Element::text(tag, value));
    for (tag, value, nearest) in [
        (air_sync::HEARTBEAT_INTERVAL, "59", "60"),
        (air_sync::HEARTBEAT_INTERVAL, "3541", "3540"),
        (air_sync::WAIT, "0", "1"),
        (air_sync::WAIT, "60", "59"),
    ] {
        let answer = phone.ask(Command::Sync, &asked(tag, value));
        assert_eq!(
            (text(&answer, air_sync::STATUS), text(&answer, air_sync::LIMIT)),
            ("14".to_owned(), nearest.to_owned())
        );
    }
    let both = asked(air_sync::WAIT, "5").with(Element::text(air_sync::HEARTBEAT_INTERVAL, "60"));
    assert_eq!(text(&phone.ask(Command::Sync, &both), air_sync::STATUS), "4");
    let wait = phone.wait(Command::Sync, Some(&asked(air_sync::WAIT, "59")));
    assert!(wait.until > club.now + SignedDuration::from_mins(58));
}

#[test]
fn a_sync_that_waits_hears_of_its_folders() {
    let club = Club::new(Preset::Viewer);
    let (phone, folder, key) = ready(&club);
    let wait = phone.wait(Command::Sync, Some(&waiting(&folder, &key, "600")));
    club.engine().remove_folder("public", &common::public(), club.now).unwrap();
    let answer = document(&reply(phone.resume(wait, Woken::Changed)));
    assert_eq!(text(&answer, air_sync::STATUS), "12");
}
