//! What a hostile or broken phone sends: at each limit and one past it there is a definite answer, never an HTTP 500.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what is not there where it should be is a failed test"
)]

mod common;

use access::Preset;
use common::{Club, NEUER, Phone, add, change, collection, commands, delete, document, sync, text};
use eas::Answer;
use eas::request::{Command, Request};
use wbxml::page::air_sync::{
    CLASS, CONFLICT, CONVERSATION_MODE, FILTER_TYPE, GET_CHANGES, HEARTBEAT_INTERVAL, MIME_SUPPORT, OPTIONS,
    PARTIAL, SERVER_ID, STATUS, SUPPORTED, SYNC, SYNC_KEY, WAIT, WINDOW_SIZE,
};
use wbxml::page::contacts::{FIRST_NAME, LAST_NAME};
use wbxml::page::{folder_hierarchy, move_, notes};
use wbxml::{Element, Node, Tag};

fn http(phone: &Phone<'_>, body: &[u8]) -> u16 {
    match phone.send(Command::FolderSync, body) {
        Answer::Reply(reply) => reply.status,
        Answer::Wait(wait) => panic!("waits: {wait:?}"),
    }
}

/// A FolderSync with `more` inside, as bytes.
fn folder_sync(more: &[u8]) -> Vec<u8> {
    // Page 7: FolderSync, SyncKey "0".
    let head: &[u8] = &[0x03, 0x01, 0x6A, 0x00, 0x00, 0x07, 0x56, 0x52, 0x03, b'0', 0x00, 0x01];
    [head, more, &[0x01]].concat()
}

#[test]
fn a_body_that_is_no_document_is_refused_whole() {
    let club = Club::new(Preset::Viewer);
    let good = folder_sync(&[]);
    for version in ["12.1", "14.1", "16.1"] {
        let phone = Phone { version, ..club.phone("bo") };
        assert_eq!(http(&phone, &good), 200, "{version}");
        for end in 1..good.len() {
            assert_eq!(http(&phone, &good[..end]), 400, "{version}: cut at {end}");
        }
        assert_eq!(http(&phone, &[&good[..], &[0x00]].concat()), 400, "{version}: more behind the end");
        let cases: [(&str, &[u8]); 12] = [
            ("a length of six bytes", &[0x52, 0xC3, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00, 0x01]),
            ("a length of more than 32 bits", &[0x52, 0xC3, 0x9F, 0xFF, 0xFF, 0xFF, 0x7F, 0x01]),
            ("a length past the end", &[0x52, 0xC3, 0x8F, 0xFF, 0xFF, 0xFF, 0x7F, 0x01]),
            ("a text without an end", &[0x52, 0x03, b'x']),
            ("a reference into the string table", &[0x52, 0x83, 0x00, 0x01]),
            ("an entity", &[0x52, 0x02, 0x20, 0x01]),
            ("a literal tag", &[0x04, 0x00]),
            ("an extension", &[0x40, b'x', 0x00]),
            ("attributes", &[0xD2, 0x05, 0x01, 0x01]),
            ("a processing instruction", &[0x43, 0x05, 0x01]),
            ("an end too many", &[0x01, 0x01]),
            ("a page change at the very end", &[0x00]),
        ];
        for (what, more) in cases {
            assert_eq!(http(&phone, &folder_sync(more)), 400, "{version}: {what}");
        }
        let header = |at: usize, byte: u8| {
            let mut body = good.clone();
            body[at] = byte;
            body
        };
        for (what, at, byte) in [("version", 0, 0x09), ("character set", 2, 0x04), ("string table", 3, 0x01)]
        {
            assert_eq!(http(&phone, &header(at, byte)), 400, "{version}: {what}");
        }
    }
}

#[test]
fn depth_and_number_of_elements_have_limits() {
    let club = Club::new(Preset::Viewer);
    let phone = club.phone("bo");
    // A tag that FolderSync does not know is passed over with all it holds.
    let nested = |depth: usize| folder_sync(&[vec![0x48; depth], vec![0x01; depth]].concat());
    let deepest = wbxml::MAX_DEPTH - 1;
    for (depth, status) in [(deepest - 1, 200), (deepest, 200), (deepest + 1, 400), (100_000, 400)] {
        assert_eq!(http(&phone, &nested(depth)), status, "{depth} deep");
    }
    let most = wbxml::MAX_ELEMENTS - 2;
    for (count, status) in [(most - 1, 200), (most, 200), (most + 1, 400)] {
        assert_eq!(http(&phone, &folder_sync(&vec![0x08; count])), status, "{count} elements");
    }
}

#[test]
fn a_field_that_is_no_text_costs_its_item_and_no_other() {
    let club = Club::new(Preset::Editor);
    let phone = club.phone("bo");
    let folder = phone.folder("Public Contacts");
    let key = phone.take_all(&folder);
    let hostile: [&[u8]; 4] = [b"a\0b", b"\xC3\x28", b"\xED\xA0\x80", b"\xFF"];
    let mut list: Vec<Element> = hostile
        .iter()
        .enumerate()
        .map(|(at, bytes)| {
            let name = Element { tag: LAST_NAME, content: vec![Node::Opaque(bytes.to_vec())] };
            let data = Element::new(wbxml::page::air_sync::APPLICATION_DATA).with(name);
            Element::new(wbxml::page::air_sync::ADD)
                .with(Element::text(wbxml::page::air_sync::CLIENT_ID, format!("bad{at}")))
                .with(data)
        })
        .collect();
    list.push(add("good", &[(LAST_NAME, "Kahn")]));
    let round = phone.round(&folder, &key, vec![commands(list)]);
    let statuses: Vec<String> = round.responses().iter().map(|add| text(add, STATUS)).collect();
    assert_eq!(statuses, ["6", "6", "6", "6", "1"]);
}

#[test]
fn a_key_that_is_not_this_folders_and_this_phones_changes_nothing() {
    let club = Club::new(Preset::Editor);
    club.import(NEUER);
    let (bo, anna) = (club.phone("bo"), club.phone("anna"));
    let (shared, own) = (bo.folder("Public Contacts"), bo.folder("Contacts"));
    anna.folder("Public Contacts");
    let start = bo.start(&shared);
    let second = bo.round(&shared, &start, vec![]).key();
    let edit = commands(vec![add("c0", &[(LAST_NAME, "Maier")])]);
    let key = bo.round(&shared, &second, vec![edit]).key();
    let foreign = [anna.start(&shared), bo.start(&own), start];
    let forged = ["1", "-1", "99999999999999999999", "x", " ", &"9".repeat(65), "0x1"];
    let edit = || commands(vec![add("c1", &[(LAST_NAME, "Kahn")])]);
    for bad in foreign.iter().map(String::as_str).chain(forged) {
        let round = bo.round(&shared, bad, vec![edit()]);
        assert_eq!(round.status(), "3", "{bad:?}");
        assert!(round.commands().is_empty() && round.responses().is_empty(), "{bad:?}");
    }
    assert_eq!(club.engine().denied(Some("bo")).unwrap().len(), 1, "what was typed is kept, once");
    assert!(bo.is_quiet(&shared, &key), "the phone's own key goes on");
    for bad in ["1", "x", "-5"] {
        assert_eq!(text(&bo.folder_sync(bad), folder_hierarchy::STATUS), "9", "{bad:?}");
    }
}

/// What one folder is told at each end of what it may say.
#[test]
fn what_contradicts_itself_has_a_definite_status() {
    let club = Club::new(Preset::Editor);
    club.import(NEUER);
    let phone = club.phone("bo");
    let number = |tag: Tag, value: &str| Element::text(tag, value);
    let option = |inside: Element| Element::new(OPTIONS).with(inside);
    let two = |class: &str| {
        vec![option(number(CLASS, class)), option(number(CLASS, class)).with(number(FILTER_TYPE, "0"))]
    };
    let cases: Vec<(&str, &str, &str, Vec<Element>, &str)> = vec![
        ("changes with key 0", "Contacts", "0", vec![Element::new(GET_CHANGES)], "4"),
        ("no changes with key 0", "Contacts", "0", vec![number(GET_CHANGES, "0")], "1"),
        (
            "properties of notes",
            "Notes",
            "0",
            vec![Element::new(SUPPORTED).with(Element::new(notes::SUBJECT))],
            "1",
        ),
        ("properties later on", "Contacts", "", vec![Element::new(SUPPORTED)], "1"),
        ("window 0", "Contacts", "", vec![number(WINDOW_SIZE, "0")], "1"),
        ("window 512", "Contacts", "", vec![number(WINDOW_SIZE, "512")], "1"),
        ("window 513", "Contacts", "", vec![number(WINDOW_SIZE, "513")], "1"),
        ("window -1", "Contacts", "", vec![number(WINDOW_SIZE, "-1")], "4"),
        ("window many", "Contacts", "", vec![number(WINDOW_SIZE, "many")], "4"),
        ("window 10^30", "Contacts", "", vec![number(WINDOW_SIZE, &"9".repeat(30))], "4"),
        ("filter 5 of mail", "Inbox", "", vec![option(number(FILTER_TYPE, "5"))], "1"),
        ("filter 6 of mail: all", "Inbox", "", vec![option(number(FILTER_TYPE, "6"))], "1"),
        ("filter 8 of mail", "Inbox", "", vec![option(number(FILTER_TYPE, "8"))], "4"),
        ("filter 7 of events", "Calendar", "", vec![option(number(FILTER_TYPE, "7"))], "1"),
        ("filter 8 of events: all", "Calendar", "", vec![option(number(FILTER_TYPE, "8"))], "1"),
        ("filter 8 of tasks", "Tasks", "", vec![option(number(FILTER_TYPE, "8"))], "1"),
        ("filter 9", "Tasks", "", vec![option(number(FILTER_TYPE, "9"))], "4"),
        ("conflict 2", "Contacts", "", vec![option(number(CONFLICT, "2"))], "4"),
        ("MIME 3", "Inbox", "", vec![option(number(MIME_SUPPORT, "3"))], "4"),
        ("two blocks of one class", "Contacts", "", two("Contacts"), "4"),
        ("conversations of contacts", "Contacts", "", vec![number(CONVERSATION_MODE, "1")], "4"),
    ];
    let names = ["Contacts", "Notes", "Inbox", "Calendar", "Tasks"];
    let ids: std::collections::BTreeMap<&str, String> =
        names.iter().map(|name| (*name, phone.folder(name))).collect();
    let mut wrong = Vec::new();
    for (what, name, key, inside, due) in cases {
        let folder = ids[name].clone();
        let key = if key.is_empty() { phone.start(&folder) } else { key.to_owned() };
        let reply = phone.reply(Command::Sync, Some(&sync(vec![collection(&folder, &key, inside)])));
        assert_eq!(reply.status, 200, "{what}");
        let status =
            if reply.body.is_empty() { "1".to_owned() } else { common::Round(document(&reply)).status() };
        if status != due {
            wrong.push(format!("{what}: {status}, due {due}"));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn a_request_that_contradicts_itself_as_a_whole_has_one_too() {
    let club = Club::new(Preset::Viewer);
    let phone = club.phone("bo");
    let folder = phone.folder("Contacts");
    let key = phone.take_all(&folder);
    let one = || sync(vec![collection(&folder, &key, vec![])]);
    let cases = [
        (
            "both ways to wait",
            one().with(Element::text(WAIT, "5")).with(Element::text(HEARTBEAT_INTERVAL, "300")),
            "4",
        ),
        ("59 seconds", one().with(Element::text(HEARTBEAT_INTERVAL, "59")), "14"),
        ("3541 seconds", one().with(Element::text(HEARTBEAT_INTERVAL, "3541")), "14"),
        ("no minute", one().with(Element::text(WAIT, "0")), "14"),
        ("60 minutes", one().with(Element::text(WAIT, "60")), "14"),
        ("10^30 minutes", one().with(Element::text(WAIT, "9".repeat(30))), "4"),
        ("a while", one().with(Element::text(WAIT, "a while")), "4"),
        ("part of nothing", Element::new(SYNC).with(Element::new(PARTIAL)), "4"),
        ("no folder's key", Element::new(SYNC).with(Element::text(SYNC_KEY, "1")), "4"),
        ("window many", one().with(Element::text(WINDOW_SIZE, "many")), "4"),
    ];
    for (what, root, due) in cases {
        assert_eq!(text(&phone.ask(Command::Sync, &root), STATUS), due, "{what}");
    }
    let most = eas::Limits::default().folders;
    for (count, due) in [(most - 1, "12"), (most, "12"), (most + 1, "15")] {
        let list = (0..count).map(|at| collection(&format!("{}", 1_000_000 + at), "1", vec![])).collect();
        assert_eq!(text(&phone.ask(Command::Sync, &sync(list)), STATUS), due, "{count} folders");
    }
}

#[test]
fn one_name_for_two_new_items_means_the_first() {
    let club = Club::new(Preset::Editor);
    let phone = club.phone("bo");
    let folder = phone.folder("Public Contacts");
    let key = phone.take_all(&folder);
    let twice = vec![add("c1", &[(LAST_NAME, "Kahn")]), add("c1", &[(LAST_NAME, "Kahn")])];
    let round = phone.round(&folder, &key, vec![commands(twice)]);
    let ids: Vec<String> = round.responses().iter().map(|add| text(add, SERVER_ID)).collect();
    assert_eq!(ids.len(), 2);
    assert_eq!(ids[0], ids[1]);
    let there = club.engine().items("public", &common::public(), engine::Actor::Operator, club.now).unwrap();
    assert_eq!(there.len(), 1);
}

#[test]
fn a_thousand_changes_are_taken_and_what_is_beyond_is_sent_again() {
    let club = Club::new(Preset::Editor);
    let phone = club.phone("bo");
    let folder = phone.folder("Public Contacts");
    let key = phone.take_all(&folder);
    let most = eas::Limits::default().commands;
    let gone =
        |count: usize| commands((0..count).map(|at| delete(&format!("{folder}:{}", 100_000 + at))).collect());
    let at_limit = phone.round(&folder, &key, vec![gone(most)]);
    assert_eq!(at_limit.status(), "1");
    assert!(at_limit.responses().is_empty(), "a delete of what is not there is done");
    let past = phone.round(&folder, &at_limit.key(), vec![gone(most + 1)]);
    let again: Vec<String> = past.responses().iter().map(|delete| text(delete, STATUS)).collect();
    assert_eq!((past.status().as_str(), again), ("1", vec!["16".to_owned()]));
}

fn moves(list: &[(&str, &str, &str)]) -> Element {
    list.iter().fold(Element::new(move_::MOVE_ITEMS), |root, (item, from, to)| {
        root.with(
            Element::new(move_::MOVE)
                .with(Element::text(move_::SRC_MSG_ID, *item))
                .with(Element::text(move_::SRC_FLD_ID, *from))
                .with(Element::text(move_::DST_FLD_ID, *to)),
        )
    })
}

#[test]
fn each_move_has_its_own_status() {
    let club = Club::new(Preset::Viewer);
    let uid = club.import(NEUER);
    let hidden = club.folder("anna", "Contacts").to_string();
    let phone = club.phone("bo");
    let (shared, own, inbox) =
        (phone.folder("Public Contacts"), phone.folder("Contacts"), phone.folder("Inbox"));
    let item = format!("{shared}:{uid}");
    let table = [
        ("to itself", item.as_str(), shared.as_str(), shared.as_str(), "4"),
        ("not there", &format!("{shared}:99999"), &shared, &own, "1"),
        ("no id at all", "", &shared, &own, "1"),
        ("into what is not there", &item, &shared, "999999", "2"),
        ("into a folder of another kind", &item, &shared, &inbox, "2"),
        ("into what its user may not see", &item, &shared, &hidden, "2"),
        ("from what its user may not see", &format!("{hidden}:1"), &hidden, &own, "1"),
        ("out of what he may only read", &item, &shared, &own, "3"),
    ];
    for (what, item, from, to, due) in table {
        let answer = phone.ask(Command::MoveItems, &moves(&[(item, from, to)]));
        assert_eq!(text(answer.child(move_::RESPONSE).unwrap(), STATUS_OF_MOVE), due, "{what}");
    }
    let most = eas::Limits::default().moves;
    let many = |count: usize| moves(&vec![("1:1", "1", "1"); count]);
    for (count, due) in [(most - 1, most - 1), (most, most)] {
        let answer = phone.ask(Command::MoveItems, &many(count));
        assert_eq!(answer.children(move_::RESPONSE).count(), due);
    }
    let reply = phone.reply(Command::MoveItems, Some(&many(most + 1)));
    assert_eq!(text(&document(&reply), STATUS_OF_MOVE), "103");
}

const STATUS_OF_MOVE: Tag = move_::STATUS;

#[test]
fn a_user_has_no_more_devices_than_he_may() {
    let club = Club::new(Preset::Viewer);
    let phone = club.phone("bo");
    let most = 20;
    for number in 0..=most {
        let query = format!("Cmd=FolderSync&User=x&DeviceId=device{number}&DeviceType=iPhone");
        let mut headers = hyper::HeaderMap::new();
        headers.insert("ms-asprotocolversion", "14.1".parse().unwrap());
        let received = eas::request::Received::parse(&hyper::Method::POST, &query, &headers).unwrap();
        let eas::request::Received::Command(request) = received else { panic!("{received:?}") };
        let request: Request = *request;
        let Answer::Reply(reply) = club.server.handle(&phone.caller, &request, &folder_sync(&[]), club.now)
        else {
            panic!("waits")
        };
        let due = if number < most { "1" } else { "177" };
        assert_eq!(text(&document(&reply), folder_hierarchy::STATUS), due, "device {number}");
    }
}

/// A club whose phones may start over no more often than a server lets them.
fn strict() -> Club {
    Club::configured(Preset::Viewer, engine::Settings::default(), eas::Settings::default())
}

#[test]
fn an_answer_holds_five_hundred_and_twelve_items_and_the_rest_comes_with_the_next() {
    let most = eas::Limits::default().window;
    let club = Club::new(Preset::Viewer);
    let phone = club.phone("bo");
    let folder = phone.folder("Public Contacts");
    let window = |asked: usize| vec![Element::text(WINDOW_SIZE, asked.to_string())];
    for number in 0..most - 1 {
        club.import(&NEUER.replace("neuer", &format!("neuer{number}")));
    }
    for (there, more) in [(most - 1, false), (most, false), (most + 1, true)] {
        for asked in [most, 5000] {
            let round = phone.round(&folder, &phone.start(&folder), window(asked));
            assert_eq!(
                (round.commands().len(), round.more()),
                (there.min(most), more),
                "{there} of which {asked} are asked for"
            );
            if more {
                let rest = phone.round(&folder, &round.key(), window(asked));
                assert_eq!((rest.commands().len(), rest.more()), (1, false));
            }
        }
        club.import(&NEUER.replace("neuer", &format!("another{there}")));
    }
}

#[test]
fn a_phone_that_starts_over_and_over_is_made_to_wait() {
    let mut club = strict();
    let most = 20;
    let seconds =
        |club: &Club, seconds: i64| engine::Timestamp::from_second(club.now.as_second() + seconds).unwrap();
    let folder = club.phone("bo").folder("Public Contacts");
    let other = club.phone("bo").folder("Contacts");
    let start = |club: &Club, folder: &str| {
        let reply = club.phone("bo").reply(Command::Sync, Some(&sync(vec![collection(folder, "0", vec![])])));
        (reply.status, reply.headers.iter().any(|(name, _)| *name == "retry-after"))
    };
    let first = club.now;
    for number in 1..=most {
        assert_eq!(start(&club, &folder), (200, false), "start {number}");
        club.now = seconds(&club, 1);
    }
    assert_eq!(start(&club, &folder), (503, true), "one past it");
    assert_eq!(start(&club, &other), (200, false), "each folder is counted by itself");
    let key = club.phone("bo").start(&other);
    let edit = commands(vec![add("c1", &[(LAST_NAME, "Kahn")])]);
    assert_eq!(club.phone("bo").round(&other, &key, vec![edit]).status(), "1", "and all else goes on");
    let root =
        Element::new(folder_hierarchy::FOLDER_SYNC).with(Element::text(folder_hierarchy::SYNC_KEY, "0"));
    for number in 3..=most {
        assert_eq!(club.phone("bo").reply(Command::FolderSync, Some(&root)).status, 200, "{number}");
    }
    assert_eq!(club.phone("bo").reply(Command::FolderSync, Some(&root)).status, 503);
    club.now = engine::Timestamp::from_second(first.as_second() + 3600).unwrap();
    assert_eq!(start(&club, &folder), (200, false), "an hour later");
}

#[test]
fn a_phone_that_keeps_a_folder_it_was_told_is_gone_is_told_all_anew() {
    let club = strict();
    let phone = club.phone("bo");
    let folder = phone.folder("Public Contacts");
    let key = phone.take_all(&folder);
    let before = text(&phone.folder_sync("0"), folder_hierarchy::SYNC_KEY);
    club.engine().remove_folder("public", &common::public(), club.now).unwrap();
    let told = text(&phone.folder_sync(&before), folder_hierarchy::SYNC_KEY);
    phone.folder_sync(&told);
    let root = sync(vec![collection(&folder, &key, vec![])]);
    for number in 1..=10 {
        assert_eq!(text(&phone.ask(Command::Sync, &root), STATUS), "12", "{number}");
        assert_eq!(
            text(&phone.folder_sync(&told), folder_hierarchy::STATUS),
            "1",
            "{number}: nothing is new"
        );
    }
    assert_eq!(text(&phone.ask(Command::Sync, &root), STATUS), "12", "one past it");
    assert_eq!(text(&phone.folder_sync(&told), folder_hierarchy::STATUS), "9", "it fetches the list anew");
}

#[test]
fn what_was_never_given_out_is_neither_changed_nor_missed() {
    let club = Club::new(Preset::Editor);
    let phone = club.phone("bo");
    let folder = phone.folder("Public Contacts");
    let key = phone.take_all(&folder);
    let strange = ["FAIL-6", "", "1:2:3", ":", "999999999999999999999:1", &"9".repeat(300)];
    let list: Vec<Element> = strange.iter().map(|id| delete(id)).collect();
    let round = phone.round(&folder, &key, vec![commands(list)]);
    assert_eq!((round.status().as_str(), round.responses().len()), ("1", 0));
    let list: Vec<Element> = strange.iter().map(|id| change(id, &[(FIRST_NAME, "Olli")])).collect();
    let round = phone.round(&folder, &round.key(), vec![commands(list)]);
    let statuses: Vec<String> = round.responses().iter().map(|change| text(change, STATUS)).collect();
    assert_eq!(statuses, ["8"; 6]);
    assert_eq!(club.engine().denied(Some("bo")).unwrap().len(), 6, "what was typed is kept");
}
