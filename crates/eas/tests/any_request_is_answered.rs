//! Whatever a phone sends, well formed or not, it is answered, and nothing panics.

mod common;

use std::sync::LazyLock;

use access::Preset;
use common::{Club, NEUER};
use eas::request::{Command, Request};
use eas::{Answer, Woken};
use proptest::prelude::*;
use wbxml::page::{
    air_sync, air_sync_base, calendar, contacts, email, find, folder_hierarchy, get_item_estimate,
    item_operations, move_, notes, ping, provision, resolve_recipients, search, settings, tasks,
    validate_cert,
};
use wbxml::{Element, Node, Tag};

static CLUB: LazyLock<Club> = LazyLock::new(|| {
    let club = Club::new(Preset::Author);
    club.import(NEUER);
    club.import_into("bo", "Inbox", "From: a@b.example\r\nSubject: Hello\r\n\r\nText\r\n");
    club
});

/// Folders of every kind with a key that works.
static LIVE: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let phone = CLUB.phone("bo");
    let names = ["Inbox", "Calendar", "Contacts", "Tasks", "Notes", "Public Contacts"];
    names.map(|name| phone.folder(name)).map(|folder| (folder.clone(), phone.start(&folder))).to_vec()
});

const COMMANDS: [(Command, Tag); 15] = [
    (Command::Sync, air_sync::SYNC),
    (Command::Ping, ping::PING),
    (Command::FolderSync, folder_hierarchy::FOLDER_SYNC),
    (Command::FolderCreate, folder_hierarchy::FOLDER_CREATE),
    (Command::FolderUpdate, folder_hierarchy::FOLDER_UPDATE),
    (Command::FolderDelete, folder_hierarchy::FOLDER_DELETE),
    (Command::MoveItems, move_::MOVE_ITEMS),
    (Command::GetItemEstimate, get_item_estimate::GET_ITEM_ESTIMATE),
    (Command::ItemOperations, item_operations::ITEM_OPERATIONS),
    (Command::Settings, settings::SETTINGS),
    (Command::Provision, provision::PROVISION),
    (Command::Search, search::SEARCH),
    (Command::Find, find::FIND),
    (Command::ResolveRecipients, resolve_recipients::RESOLVE_RECIPIENTS),
    (Command::ValidateCert, validate_cert::VALIDATE_CERT),
];

/// Tags that are read anywhere, by page; those of a page stand inside each other.
fn tag() -> impl Strategy<Value = Tag> {
    let pages: Vec<(u8, &'static [(u8, &'static str)])> = vec![
        (air_sync::SYNC.page(), air_sync::TABLE),
        (air_sync_base::BODY.page(), air_sync_base::TABLE),
        (calendar::TIMEZONE.page(), calendar::TABLE),
        (contacts::FILE_AS.page(), contacts::TABLE),
        (email::SUBJECT.page(), email::TABLE),
        (find::FIND.page(), find::TABLE),
        (folder_hierarchy::FOLDER_SYNC.page(), folder_hierarchy::TABLE),
        (get_item_estimate::GET_ITEM_ESTIMATE.page(), get_item_estimate::TABLE),
        (item_operations::ITEM_OPERATIONS.page(), item_operations::TABLE),
        (move_::MOVE_ITEMS.page(), move_::TABLE),
        (notes::SUBJECT.page(), notes::TABLE),
        (ping::PING.page(), ping::TABLE),
        (provision::PROVISION.page(), provision::TABLE),
        (resolve_recipients::RESOLVE_RECIPIENTS.page(), resolve_recipients::TABLE),
        (search::SEARCH.page(), search::TABLE),
        (settings::SETTINGS.page(), settings::TABLE),
        (tasks::SUBJECT.page(), tasks::TABLE),
        (validate_cert::VALIDATE_CERT.page(), validate_cert::TABLE),
    ];
    let tags: Vec<Tag> =
        pages.iter().flat_map(|(page, table)| table.iter().map(|(code, _)| Tag::new(*page, *code))).collect();
    proptest::sample::select(tags)
}

fn node() -> impl Strategy<Value = Node> {
    let text = prop_oneof![
        "[0-9]{1,3}",
        "[0-9]{1,2}:x?[0-9]{1,2}",
        "[0-9]{1,20}",
        "\\PC{0,8}",
        Just("2026-03-02T09:00:00.000Z".to_owned()),
        Just("20260302T090000Z".to_owned()),
        Just("MS-EAS-Provisioning-WBXML".to_owned()),
        Just("Mailbox".to_owned()),
    ];
    let leaf = prop_oneof![
        4 => text.prop_map(Node::Text),
        1 => proptest::collection::vec(any::<u8>(), 0..8).prop_map(Node::Opaque),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        (tag(), proptest::collection::vec(inner, 0..6))
            .prop_map(|(tag, content)| Node::Element(Element { tag, content }))
    })
}

fn request() -> impl Strategy<Value = Request> {
    (
        proptest::sample::select(COMMANDS.to_vec()),
        proptest::sample::select(vec!["12.1", "14.0", "14.1", "16.0", "16.1"]),
    )
        .prop_map(|((command, _), version)| common::Phone { version, ..CLUB.phone("bo") }.request(command))
}

fn root(request: &Request, content: Vec<Node>) -> Element {
    let tag = COMMANDS.iter().find(|(command, _)| *command == request.command).map(|(_, tag)| *tag);
    Element { tag: tag.unwrap_or(air_sync::SYNC), content }
}

/// Sends it, ends any wait, and checks that the answer is one.
fn check(request: &Request, body: &[u8]) -> Result<(), TestCaseError> {
    let caller = CLUB.phone("bo").caller;
    let answer = match CLUB.server.handle(&caller, request, body, CLUB.now) {
        Answer::Wait(wait) => CLUB.server.resume(&caller, wait, Woken::TimeUp, CLUB.now),
        answered @ Answer::Reply(_) => answered,
    };
    let Answer::Reply(reply) = answer else { return Err(TestCaseError::fail("waits beyond its time")) };
    prop_assert!([200, 400, 501].contains(&reply.status), "{:?}", reply);
    prop_assert_eq!(reply.content_type.is_some(), !reply.body.is_empty());
    if reply.content_type == Some(eas::WBXML) {
        prop_assert!(wbxml::decode(&reply.body, &wbxml::Limits::default()).is_ok());
    }
    Ok(())
}

/// A collection as a phone names it, with anything inside.
fn collection() -> impl Strategy<Value = Node> {
    let content = proptest::collection::vec(node(), 0..5);
    let command = (
        proptest::sample::select(vec![air_sync::ADD, air_sync::CHANGE, air_sync::DELETE, air_sync::FETCH]),
        "[0-9]{1,2}:[0-9]",
        proptest::collection::vec(node(), 0..6),
    );
    let command = command.prop_map(|(verb, id, data)| {
        Element::new(verb)
            .with(Element::text(air_sync::CLIENT_ID, id.clone()))
            .with(Element::text(air_sync::SERVER_ID, id))
            .with(Element { tag: air_sync::APPLICATION_DATA, content: data })
    });
    let place = prop_oneof![
        3 => proptest::sample::select(LIVE.clone()),
        1 => ("[0-9]{1,2}", prop_oneof![Just("0"), Just("1"), Just("x")].prop_map(str::to_owned)),
    ];
    (place, content, proptest::collection::vec(command, 0..3)).prop_map(
        |((folder, key), content, commands)| {
            let head = common::collection(&folder, &key, vec![common::commands(commands)]);
            Node::Element(Element { content: [head.content, content].concat(), ..head })
        },
    )
}

proptest! {
    #[test]
    fn any_document_is_answered(request in request(), content in proptest::collection::vec(node(), 0..6)) {
        let root = root(&request, content);
        check(&request, &wbxml::encode(&root))?;
    }

    #[test]
    fn any_sync_is_answered(
        request in request(),
        collections in proptest::collection::vec(collection(), 0..4),
        content in proptest::collection::vec(node(), 0..3),
    ) {
        let list = Element { tag: air_sync::COLLECTIONS, content: collections };
        let content = [vec![Node::Element(list)], content].concat();
        let request = Request { command: Command::Sync, ..request };
        check(&request, &wbxml::encode(&root(&request, content)))?;
    }

    #[test]
    fn any_bytes_are_answered(request in request(), bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
        check(&request, &bytes)?;
        check(&request, &[b"\x03\x01\x6a\x00".as_slice(), &bytes].concat())?;
    }
}
