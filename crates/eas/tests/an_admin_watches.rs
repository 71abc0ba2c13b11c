//! What an admin sees of devices: a trace of one, and what all are doing.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what is not there where it should be is a failed test"
)]

mod common;

use access::Preset;
use common::{Club, NEUER, add, collection, commands, sync};
use eas::activity::State;
use eas::request::Command;
use eas::{Answer, Woken};
use engine::{MAX_TRACE_ENTRIES, TRACE_DAYS, Timestamp};
use jiff::SignedDuration;
use wbxml::Element;
use wbxml::page::contacts::{JOB_TITLE, LAST_NAME};
use wbxml::page::ping::{FOLDER, FOLDERS, HEARTBEAT_INTERVAL, ID, PING};

const BO: (&str, &str) = ("bo", "phone1");

fn ping(folder: &str) -> Element {
    let list = Element::new(FOLDERS).with(Element::new(FOLDER).with(Element::text(ID, folder)));
    Element::new(PING).with(Element::text(HEARTBEAT_INTERVAL, "480")).with(list)
}

fn later(club: &Club, days: i64) -> Timestamp {
    club.now + SignedDuration::from_hours(24 * days)
}

#[test]
fn a_trace_tells_the_protocol_and_nothing_of_the_items() {
    let club = Club::new(Preset::Viewer);
    club.import(NEUER);
    let phone = club.phone("bo");
    let folder = phone.folder("Public Contacts");
    assert!(club.engine().trace(BO).unwrap().is_empty(), "nobody asked for it yet");
    club.engine().start_trace(BO, club.now).unwrap();
    let key = phone.start(&folder);
    let changed = add("c1", &[(LAST_NAME, "Lahm"), (JOB_TITLE, "Captain")]);
    phone.round(&folder, &key, vec![commands(vec![changed])]);
    club.engine().stop_trace(BO, club.now).unwrap();
    phone.start(&folder);
    let trace = club.engine().trace(BO).unwrap();
    assert_eq!(trace.iter().map(|entry| entry.head.as_str()).collect::<Vec<_>>(), ["Sync 14.1 200"; 2]);
    let all: String = trace.iter().map(|entry| entry.request.clone() + &entry.answer).collect();
    for told in
        ["<AirSync:Sync>", "<ClientId>c1</ClientId>", "<Contacts:LastName>[4 characters]<", "<SyncKey>"]
    {
        assert!(all.contains(told), "{told}: {all}");
    }
    for hidden in ["Lahm", "Captain", "Neuer", "Manoel", "Keeper", "FCB"] {
        assert!(!all.contains(hidden), "{hidden}: {all}");
    }
}

#[test]
fn a_trace_goes_on_over_a_wait() {
    let club = Club::new(Preset::Viewer);
    let phone = club.phone("bo");
    let folder = phone.folder("Public Contacts");
    phone.take_all(&folder);
    club.engine().start_trace(BO, club.now).unwrap();
    let wait = phone.wait(Command::Ping, Some(&ping(&folder)));
    club.import(NEUER);
    let Answer::Reply(_) = phone.resume(wait, Woken::Changed) else { panic!("it goes on waiting") };
    let trace = club.engine().trace(BO).unwrap();
    let heads: Vec<&str> = trace.iter().map(|entry| entry.head.as_str()).collect();
    assert_eq!(heads, ["Ping 14.1 waits", "Ping 14.1 200"]);
}

#[test]
fn a_trace_ends_by_itself_and_keeps_so_many_entries() {
    let mut club = Club::new(Preset::Viewer);
    let folder = club.phone("bo").folder("Public Contacts");
    club.engine().start_trace(BO, club.now).unwrap();
    for _ in 0..=MAX_TRACE_ENTRIES {
        club.phone("bo").start(&folder);
    }
    let kept = |club: &Club| i64::try_from(club.engine().trace(BO).unwrap().len()).unwrap();
    assert_eq!(kept(&club), MAX_TRACE_ENTRIES);
    club.now = later(&club, TRACE_DAYS);
    club.phone("bo").start(&folder);
    assert_eq!(kept(&club), MAX_TRACE_ENTRIES, "it is over");
    assert_eq!(club.engine().devices(Some("bo")).unwrap()[0].orders.traced_until, 0);
    club.engine().start_trace(BO, club.now).unwrap();
    assert_eq!(kept(&club), 0, "the next one begins afresh");
}

#[test]
fn who_watches_sees_what_devices_do() {
    let club = Club::new(Preset::Viewer);
    let (bo, anna) = (club.phone("bo"), club.phone("anna"));
    let folder = bo.folder("Public Contacts");
    bo.take_all(&folder);
    anna.folder_sync("0");
    let wait = bo.wait(Command::Ping, Some(&ping(&folder)));
    let seen = |at| {
        let list = club.server.activities().list(at);
        list.into_iter().map(|a| (a.user, a.command, a.state)).collect::<Vec<_>>()
    };
    let expected = [
        ("anna".into(), Command::FolderSync, State::Done),
        ("bo".into(), Command::FolderSync, State::Done),
        ("bo".into(), Command::Ping, State::Waiting),
    ];
    assert_eq!(seen(club.now), expected);
    let waits = &club.server.activities().list(club.now)[2];
    assert_eq!(waits.folders, [club.folder("public", "Public Contacts")]);
    assert_eq!(seen(later(&club, 1)), expected[2..], "what was answered long ago is no news");
    club.server.activities().watch();
    club.import(NEUER);
    let Answer::Reply(_) = bo.resume(wait, Woken::Changed) else { panic!("it goes on waiting") };
    let done = &club.server.activities().list(club.now)[2];
    assert_eq!((done.state, done.status.as_ref()), (State::Done, "2"), "the protocol's own status");
}

#[test]
fn the_last_error_of_a_folder_is_kept() {
    let club = Club::new(Preset::Viewer);
    let phone = club.phone("bo");
    let folder = phone.folder("Public Contacts");
    let key = phone.take_all(&folder);
    assert_eq!(club.engine().devices(Some("bo")).unwrap()[0].folders[0].trouble, None);
    phone.ask(Command::Sync, &sync(vec![collection(&folder, "77", vec![])]));
    let device = &club.engine().devices(Some("bo")).unwrap()[0];
    let trouble = device.folders[0].trouble.as_ref().unwrap();
    assert_eq!((trouble.what.as_str(), trouble.at), ("Sync: 3", club.now));
    assert!(phone.is_quiet(&folder, &key), "the key it holds stays good");
}
