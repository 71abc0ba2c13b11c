//! A phone looks for messages by what they say.

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
use engine::{FolderPath, PrincipalRef};
use items::Kind;
use wbxml::Element;
use wbxml::page::air_sync::{CLASS, COLLECTION_ID, SERVER_ID};
use wbxml::page::air_sync_base::{BODY, BODY_PREFERENCE, DATA, TRUNCATION_SIZE, TYPE};
use wbxml::page::email::{DATE_RECEIVED, FROM, READ, SUBJECT};
use wbxml::page::email2::{CONVERSATION_ID, IS_DRAFT};
use wbxml::page::search::{
    AND, CONVERSATION_ID as CONVERSATION, DEEP_TRAVERSAL, FREE_TEXT, GREATER_THAN, LESS_THAN, LONG_ID, NAME,
    OPTIONS, PROPERTIES, QUERY, RANGE, RESPONSE, RESULT, SEARCH, STATUS, STORE, TOTAL, VALUE,
};
use wbxml::page::{find, item_operations};

fn message(id: u8, subject: &str, more: &str) -> String {
    format!(
        "From: Anna Berg <anna@club.example>\r\nTo: bo@club.example\r\nMessage-ID: <{id}@x>\r\n\
         Date: Sun, {id} Mar 2026 09:00:00 +0000\r\nSubject: {subject}\r\n{more}\r\nText of {subject}\r\n"
    )
}

fn store_of(phone: &Phone<'_>, query: Element, options: Vec<Element>) -> Element {
    let asked = Element::new(STORE).with(Element::text(NAME, "Mailbox")).with(query);
    let options = options.into_iter().fold(Element::new(OPTIONS), Element::with);
    let answer = phone.ask(Command::Search, &Element::new(SEARCH).with(asked.with(options)));
    assert_eq!(text(&answer, STATUS), "1");
    answer.child(RESPONSE).unwrap().child(STORE).unwrap().clone()
}

fn all(criteria: Vec<Element>) -> Element {
    Element::new(QUERY).with(criteria.into_iter().fold(Element::new(AND), Element::with))
}

fn says(words: &str) -> Element {
    Element::text(FREE_TEXT, words)
}

fn subjects(store: &Element) -> Vec<String> {
    assert_eq!(text(store, STATUS), "1", "{}", wbxml::to_xml(store));
    let shown = store.children(RESULT).filter_map(|result| result.child(PROPERTIES));
    shown.map(|properties| text(properties, SUBJECT)).collect()
}

fn found(phone: &Phone<'_>, criteria: Vec<Element>) -> Vec<String> {
    subjects(&store_of(phone, all(criteria), vec![]))
}

#[test]
fn messages_of_all_mail_folders_come_the_latest_first() {
    let club = Club::new(Preset::Viewer);
    club.import_into("bo", "Inbox", &message(1, "Training one", ""));
    club.import_into("bo", "Trash", &message(3, "Training three", ""));
    club.import_into("bo", "Inbox", &message(2, "Training two", ""));
    club.import_into("bo", "Inbox", &message(4, "Match", ""));
    let phone = club.phone("bo");
    let expected = ["Training three", "Training two", "Training one"];
    assert_eq!(found(&phone, vec![says("training")]), expected);
    assert_eq!(found(&phone, vec![Element::text(COLLECTION_ID, "0"), says("training")]), expected);
    let inbox = phone.folder("Inbox");
    let in_inbox = |words| vec![Element::text(COLLECTION_ID, inbox.as_str()), says(words)];
    assert_eq!(found(&phone, in_inbox("training")), ["Training two", "Training one"]);
    assert_eq!(found(&phone, in_inbox("from:anna subject:training -two")), ["Training one"]);
    assert_eq!(found(&phone, vec![Element::text(CLASS, "Email"), says("match")]), ["Match"]);
    assert_eq!(found(&phone, vec![Element::text(CLASS, "Tasks"), says("match")]), Vec::<String>::new());
}

#[test]
fn a_result_is_opened_by_its_name() {
    let club = Club::new(Preset::Viewer);
    club.import_into("bo", "Inbox", &message(1, "Training", ""));
    let phone = club.phone("bo");
    let wish = Element::new(BODY_PREFERENCE)
        .with(Element::text(TYPE, "1"))
        .with(Element::text(TRUNCATION_SIZE, "4"));
    let store = store_of(&phone, all(vec![says("training")]), vec![wish]);
    assert_eq!((text(&store, RANGE), text(&store, TOTAL)), ("0-0".into(), "1".into()));
    let result = store.child(RESULT).unwrap();
    assert_eq!((text(result, CLASS), text(result, COLLECTION_ID)), ("Email".into(), phone.folder("Inbox")));
    let body = result.child(PROPERTIES).unwrap().child(BODY).unwrap();
    assert_eq!(text(body, DATA), "Text", "as long as the phone wants it");

    let fetch = Element::new(item_operations::FETCH)
        .with(Element::text(item_operations::STORE, "Mailbox"))
        .with(Element::text(LONG_ID, text(result, LONG_ID)));
    let root = Element::new(item_operations::ITEM_OPERATIONS).with(fetch);
    let answer = phone.ask(Command::ItemOperations, &root);
    let fetched = answer.child(item_operations::RESPONSE).unwrap().child(item_operations::FETCH).unwrap();
    let properties = fetched.child(item_operations::PROPERTIES).unwrap();
    assert_eq!(text(properties, SUBJECT), "Training");
    assert_eq!(text(properties.child(BODY).unwrap(), DATA), "Text of Training\r\n");
}

#[test]
fn messages_are_found_by_when_they_came() {
    let club = Club::new(Preset::Viewer);
    for day in 1..=4 {
        club.import_into("bo", "Inbox", &message(day, &format!("Day {day}"), ""));
    }
    let phone = club.phone("bo");
    let than = |tag, day: u8| {
        let at = format!("2026-03-{day:02}T09:00:00.000Z");
        Element::new(tag).with(Element::new(DATE_RECEIVED)).with(Element::text(VALUE, at))
    };
    assert_eq!(found(&phone, vec![than(GREATER_THAN, 2)]), ["Day 4", "Day 3"]);
    assert_eq!(found(&phone, vec![than(LESS_THAN, 2)]), ["Day 1"]);
    assert_eq!(found(&phone, vec![says("day"), than(GREATER_THAN, 1), than(LESS_THAN, 3)]), ["Day 2"]);
}

#[test]
fn messages_of_one_conversation_are_found() {
    let club = Club::new(Preset::Viewer);
    club.import_into("bo", "Inbox", &message(1, "Training", ""));
    club.import_into("bo", "Sent", &message(2, "Re: Training", "References: <1@x>\r\n"));
    club.import_into("bo", "Inbox", &message(3, "Match", ""));
    let phone = club.phone("bo");
    let first = store_of(&phone, all(vec![says("match")]), vec![]);
    assert_eq!(subjects(&first).len(), 1);
    let reply = store_of(&phone, all(vec![says("subject:re:")]), vec![]);
    let id = reply
        .child(RESULT)
        .unwrap()
        .child(PROPERTIES)
        .unwrap()
        .child(CONVERSATION_ID)
        .unwrap()
        .bytes()
        .into_owned();
    assert_eq!(found(&phone, vec![Element::opaque(CONVERSATION, id)]), ["Re: Training", "Training"]);
}

#[test]
fn what_the_user_may_not_see_is_not_found() {
    let club = Club::new(Preset::Viewer);
    let path = FolderPath::try_from("Board").unwrap();
    club.engine().add_folder("anna", &path, Kind::Mail, club.now).unwrap();
    club.import_into("anna", "Board", &message(1, "Training", ""));
    club.import_into("anna", "Inbox", &message(2, "Training", ""));
    let phone = club.phone("bo");
    let board = club.folder("anna", "Board").to_string();
    assert_eq!(found(&phone, vec![says("training")]), Vec::<String>::new());
    let named = all(vec![Element::text(COLLECTION_ID, board.as_str()), says("training")]);
    assert_eq!(text(&store_of(&phone, named.clone(), vec![]), STATUS), "11");

    let grant = (&PrincipalRef::User("bo".to_owned()), Entry::new(Preset::Viewer.grant()));
    club.engine().set_grant("anna", &path, grant, club.now).unwrap();
    let before = store_of(&phone, named.clone(), vec![]);
    assert_eq!(text(&before, STATUS), "11", "readable, but not on this phone");
    club.engine().add_device_folder(("bo", "phone1"), "anna", &path, club.now).unwrap();
    assert_eq!(subjects(&store_of(&phone, named, vec![])), ["Training"]);
    assert_eq!(found(&phone, vec![says("training")]), ["Training"]);
}

#[test]
fn folders_below_are_searched_if_the_phone_says_so() {
    let club = Club::new(Preset::Viewer);
    for path in ["Inbox/Club", "Inbox/Club/Board"] {
        let path = FolderPath::try_from(path).unwrap();
        club.engine().add_folder("bo", &path, Kind::Mail, club.now).unwrap();
    }
    club.import_into("bo", "Inbox/Club/Board", &message(1, "Training", ""));
    let phone = club.phone("bo");
    let query = || all(vec![Element::text(COLLECTION_ID, phone.folder("Inbox")), says("training")]);
    assert_eq!(subjects(&store_of(&phone, query(), vec![])), Vec::<String>::new());
    assert_eq!(subjects(&store_of(&phone, query(), vec![Element::new(DEEP_TRAVERSAL)])), ["Training"]);
}

#[test]
fn results_are_paged_up_to_100() {
    let club = Club::new(Preset::Viewer);
    for number in 0..102 {
        let more = format!("X-Number: {number}\r\n");
        club.import_into(
            "bo",
            "Inbox",
            &message(1, "Training", &more).replace("<1@x>", &format!("<{number}@x>")),
        );
    }
    let phone = club.phone("bo");
    let page = |range: &str| {
        let store = store_of(&phone, all(vec![says("training")]), vec![Element::text(RANGE, range)]);
        (text(&store, STATUS), store.children(RESULT).count(), text(&store, RANGE), text(&store, TOTAL))
    };
    let expected =
        |status: &str, count, range: &str| (status.to_owned(), count, range.to_owned(), "102".to_owned());
    assert_eq!(page("0-9"), expected("1", 10, "0-9"));
    assert_eq!(page("95-99"), expected("1", 5, "95-99"));
    assert_eq!(page("95-104"), expected("12", 5, "95-99"));
    assert_eq!(page("100-109"), expected("12", 1, "0-0"));
    let nothing = store_of(&phone, all(vec![says("ball")]), vec![]);
    let told = (text(&nothing, STATUS), text(&nothing, RANGE), text(&nothing, TOTAL));
    assert_eq!(told, ("1".into(), "0-0".into(), "0".into()));
    assert!(nothing.child(RESULT).unwrap().is_empty());
}

#[test]
fn a_query_that_makes_no_sense_has_a_status() {
    let club = Club::new(Preset::Viewer);
    let phone = club.phone("bo");
    let status = |query: Element| text(&store_of(&phone, query, vec![]), STATUS);
    assert_eq!(status(Element::new(QUERY)), "2");
    assert_eq!(status(Element::new(QUERY).with(says("x"))), "8");
    assert_eq!(status(all(vec![])), "2");
    assert_eq!(status(all(vec![says("")])), "2");
    assert_eq!(status(all(vec![says("x"), Element::text(SUBJECT, "x")])), "2");
    assert_eq!(status(all(vec![says("x"), Element::new(GREATER_THAN).with(Element::text(VALUE, "x"))])), "2");
    let when =
        Element::new(GREATER_THAN).with(Element::new(DATE_RECEIVED)).with(Element::text(VALUE, "soon"));
    assert_eq!(status(all(vec![when])), "2");
    let named = |count: i64| {
        let folders = (0..count).map(|_| Element::text(COLLECTION_ID, phone.folder("Inbox")));
        all(folders.chain([says("x")]).collect())
    };
    let limit = i64::try_from(club.server.settings().limits.folders).unwrap();
    assert_eq!(status(named(limit)), "1");
    assert_eq!(status(named(limit + 1)), "8");
}

fn ask_find(phone: &Phone<'_>, criterion: Element) -> Element {
    let root = Element::new(find::FIND)
        .with(Element::text(find::SEARCH_ID, "s1"))
        .with(Element::new(find::EXECUTE_SEARCH).with(criterion));
    phone.ask(Command::Find, &root)
}

fn mail_criterion(words: &str, folder: Option<&str>, range: &str) -> Element {
    let mut query = Element::new(find::QUERY)
        .with(Element::text(find::FREE_TEXT, words))
        .with(Element::text(CLASS, "Email"));
    query.content.extend(folder.map(|folder| Element::text(COLLECTION_ID, folder).into()));
    let options = Element::new(find::OPTIONS).with(Element::text(find::RANGE, range));
    Element::new(find::MAIL_BOX_SEARCH_CRITERION).with(query).with(options)
}

#[test]
fn since_16_1_messages_are_listed_to_choose_from() {
    let club = Club::new(Preset::Viewer);
    let uid = club.import_into("bo", "Inbox", &message(1, "Training", ""));
    club.import_into("bo", "Drafts", &message(2, "Re: Training", ""));
    let phone = Phone { version: "16.1", ..club.phone("bo") };
    let answer = ask_find(&phone, mail_criterion("subject:training from:anna", None, "0-9"));
    assert_eq!(text(&answer, find::STATUS), "1");
    let response = answer.child(find::RESPONSE).unwrap();
    let told = (text(response, find::STATUS), text(response, find::RANGE), text(response, find::TOTAL));
    assert_eq!(told, ("1".into(), "0-1".into(), "2".into()));
    let results: Vec<_> = response.children(find::RESULT).collect();
    let inbox = phone.folder("Inbox");
    assert_eq!(
        (text(results[1], SERVER_ID), text(results[1], COLLECTION_ID)),
        (format!("{inbox}:{uid}"), inbox.clone())
    );
    let shown = results[1].child(find::PROPERTIES).unwrap();
    for (tag, expected) in [
        (SUBJECT, "Training"),
        (DATE_RECEIVED, "2026-03-01T09:00:00.000Z"),
        (FROM, "\"Anna Berg\" <anna@club.example>"),
        (READ, "0"),
        (IS_DRAFT, "0"),
        (find::PREVIEW, "Text of Training"),
        (find::HAS_ATTACHMENTS, "0"),
    ] {
        assert_eq!(text(shown, tag), expected);
    }
    assert_eq!(text(results[0].child(find::PROPERTIES).unwrap(), IS_DRAFT), "1");

    let status = |criterion| text(&ask_find(&phone, criterion), find::STATUS);
    assert_eq!(status(mail_criterion("training", Some(&inbox), "0-999")), "1");
    assert_eq!(status(mail_criterion("training", Some("9999"), "0-9")), "3");
    assert_eq!(status(mail_criterion("training", None, "1-9")), "4");
    assert_eq!(status(mail_criterion("training", None, "x")), "2");
    assert_eq!(status(mail_criterion("", None, "0-9")), "2");
    let old = club.phone("bo");
    assert_eq!(text(&ask_find(&old, mail_criterion("training", None, "0-9")), find::STATUS), "137");
}

#[test]
fn since_16_1_users_are_listed_to_choose_from() {
    let club = Club::new(Preset::Viewer);
    let phone = Phone { version: "16.1", ..club.phone("bo") };
    let users = |words: &str| {
        let query = Element::text(find::QUERY, words);
        let answer = ask_find(&phone, Element::new(find::GAL_SEARCH_CRITERION).with(query));
        let response = answer.child(find::RESPONSE).unwrap();
        let shown = response.children(find::RESULT).filter_map(|result| result.child(find::PROPERTIES));
        let names: Vec<_> = shown.map(|one| text(one, wbxml::page::gal::DISPLAY_NAME)).collect();
        (names, text(response, find::TOTAL))
    };
    assert_eq!(users("ber"), (vec!["Anna Berg".to_owned()], "1".to_owned()));
    assert_eq!(users("ball"), (vec![], "0".to_owned()));
}

#[test]
fn a_large_message_is_found_and_opened_without_its_attachment() {
    let club = Club::new(Preset::Viewer);
    let large = format!(
        "From: a@b.example\r\nMessage-ID: <1@x>\r\nSubject: Plan\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nRead this\r\n\
         --x\r\nContent-Type: text/csv; name=places.csv\r\nContent-Disposition: attachment\r\n\r\n{}\r\n--x--\r\n",
        "a,b,c\r\n".repeat(100_000)
    );
    club.import_into("bo", "Inbox", &large);
    let phone = Phone { version: "16.1", ..club.phone("bo") };
    for words in ["\"read this\"", "attachment:places", "hasattachment:yes"] {
        assert_eq!(found(&phone, vec![says(words)]), ["Plan"], "{words}");
        let answer = ask_find(&phone, mail_criterion(words, None, "0-9"));
        let result = answer.child(find::RESPONSE).unwrap().child(find::RESULT).unwrap().clone();
        let shown = result.child(find::PROPERTIES).unwrap();
        assert_eq!(
            (text(shown, find::PREVIEW), text(shown, find::HAS_ATTACHMENTS)),
            ("Read this".into(), "1".into())
        );
    }
}
