//! Makes of clients that do otherwise than others get what they can use.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what is not there where it should be is a failed test"
)]

mod common;

use access::Preset;
use common::{Club, NEUER, Round, change, collection, commands, document, sync, text};
use eas::Answer;
use eas::request::{Command, Received, Request};
use hyper::{HeaderMap, Method};
use wbxml::Element;
use wbxml::page::air_sync::{ADD, CHANGE, DELETE};
use wbxml::page::contacts::{FIRST_NAME, LAST_NAME, MIDDLE_NAME};
use wbxml::page::move_;

/// A client as it names itself.
struct Client<'a> {
    club: &'a Club,
    kind: &'a str,
    agent: &'a str,
}

impl Client<'_> {
    fn ask(&self, command: Command, root: &Element) -> Element {
        let mut headers = HeaderMap::new();
        headers.insert("ms-asprotocolversion", "14.1".parse().unwrap());
        headers.insert("user-agent", self.agent.parse().unwrap());
        let query = format!("Cmd={command}&User=x&DeviceId=phone1&DeviceType={}", self.kind);
        let received = Received::parse(&Method::POST, &query, &headers).unwrap();
        let Received::Command(request) = received else { panic!("{received:?}") };
        let request: Request = *request;
        let caller = self.club.engine().act_as("bo").unwrap();
        match self.club.server.handle(&caller, &request, &wbxml::encode(root), self.club.now) {
            Answer::Reply(reply) => document(&reply),
            Answer::Wait(wait) => panic!("waits: {wait:?}"),
        }
    }

    fn round(&self, folder: &str, key: &str, more: Vec<Element>) -> Round {
        Round(self.ask(Command::Sync, &sync(vec![collection(folder, key, more)])))
    }
}

/// The status of a move that is not allowed, and whether the item came back with a sync.
fn moved(kind: &str, agent: &str) -> (String, bool) {
    let club = Club::new(Preset::Viewer);
    let uid = club.import(NEUER);
    let client = Client { club: &club, kind, agent };
    let (shared, own) = (club.phone("bo").folder("Public Contacts"), club.phone("bo").folder("Contacts"));
    let key = client.round(&shared, "0", vec![]).key();
    let key = client.round(&shared, &key, vec![]).key();
    let root = Element::new(move_::MOVE_ITEMS).with(
        Element::new(move_::MOVE)
            .with(Element::text(move_::SRC_MSG_ID, format!("{shared}:{uid}")))
            .with(Element::text(move_::SRC_FLD_ID, shared.as_str()))
            .with(Element::text(move_::DST_FLD_ID, own)),
    );
    let answer = client.ask(Command::MoveItems, &root);
    let estimate = club.engine().denied(Some("bo")).unwrap();
    assert_eq!(estimate.len(), 1, "it is on record in any case");
    let status = text(answer.child(move_::RESPONSE).unwrap(), move_::STATUS);
    let quiet = club.phone("bo").is_quiet(&shared, &key);
    (status, !quiet)
}

#[test]
fn an_old_android_puts_a_refused_move_back_itself() {
    assert_eq!(moved("Android", "Android/4.4.2-EAS-2.0"), ("2".to_owned(), false));
    assert_eq!(moved("Android", "Android-Mail/7.5"), ("3".to_owned(), true));
    assert_eq!(moved("iPhone", "Apple-iPhone8C4/1504.100"), ("3".to_owned(), true));
}

/// What a client is told that added a name which its user may not add.
fn put_right(kind: &str, agent: &str) -> Vec<wbxml::Tag> {
    let club = Club::new(Preset::Viewer);
    let uid = club.import(NEUER);
    let client = Client { club: &club, kind, agent };
    let shared = club.phone("bo").folder("Public Contacts");
    let mut key = client.round(&shared, "0", vec![]).key();
    key = client.round(&shared, &key, vec![]).key();
    let fields = [(FIRST_NAME, "Manoel"), (MIDDLE_NAME, "Peter"), (LAST_NAME, "Neuer")];
    let edit = commands(vec![change(&format!("{shared}:{uid}"), &fields)]);
    let round = client.round(&shared, &key, vec![edit]);
    let mut verbs: Vec<_> = round.steps().into_iter().map(|(verb, _)| verb).collect();
    if round.more() {
        let next = client.round(&shared, &round.key(), vec![]);
        verbs.extend(next.steps().into_iter().map(|(verb, _)| verb));
    }
    verbs
}

#[test]
fn tbsync_gets_an_item_anew_where_it_would_keep_what_was_added() {
    assert_eq!(put_right("TbSync", "Thunderbird ActiveSync"), [DELETE, ADD]);
    assert_eq!(put_right("mine", "Thunderbird ActiveSync"), [DELETE, ADD]);
    assert_eq!(put_right("iPhone", "Apple-iPhone8C4/1504.100"), [CHANGE]);
}
