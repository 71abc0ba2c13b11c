//! Large attachments are read out of the store while they are sent: the phone gets the same bytes as ever.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what is not there where it should be is a failed test"
)]

mod common;

use std::sync::Arc;

use access::Preset;
use axum::body::{Body, HttpBody as _};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::{Club, text};
use eas::Hub;
use eas::request::Command;
use engine::{Actor, FolderPath, Timestamp, Uid};
use hyper::{Request, Response};
use tower::Service as _;
use wbxml::page::air_sync::{COLLECTION_ID, COMMANDS, SERVER_ID};
use wbxml::page::air_sync_base::{
    ATTACHMENT, ATTACHMENTS, BODY, BODY_PREFERENCE, DATA as BODY_DATA, ESTIMATED_DATA_SIZE, FILE_REFERENCE,
    TYPE,
};
use wbxml::page::item_operations::{
    DATA, FETCH, ITEM_OPERATIONS, OPTIONS, PART, PROPERTIES, RANGE, RESPONSE, STATUS, STORE, TOTAL,
};
use wbxml::{Element, Tag};

const PATH: &str = "/Microsoft-Server-ActiveSync";

fn clock() -> Timestamp {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

fn film() -> Vec<u8> {
    (0..700_001_u32).map(|at| u8::try_from(at * 7 % 251).unwrap()).collect()
}

fn message() -> String {
    let encoded = STANDARD.encode(film());
    let lines: Vec<_> =
        encoded.as_bytes().chunks(76).map(|line| String::from_utf8(line.to_vec()).unwrap()).collect();
    format!(
        "From: a@club.example\r\nSubject: The film\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nSee the film.\r\n--b\r\n\
         Content-Type: video/mp4; name=film.mp4\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n--b--\r\n",
        lines.join("\r\n")
    )
}

/// Bo's Inbox with one large message.
struct Site {
    club: Club,
    uid: Uid,
    reference: String,
}

impl Site {
    fn new() -> Self {
        let club = Club::new(Preset::Viewer);
        let uid = club.import_into("bo", "Inbox", &message());
        let reference = format!("{}-{uid}-0", club.folder("bo", "Inbox"));
        Self { club, uid, reference }
    }

    async fn respond(&self, query: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Response<Body> {
        let hub = Arc::new(Hub::default());
        let mut router = eas::http::router(Arc::clone(&self.club.server), hub, clock);
        let uri = format!("{PATH}?User=bo&DeviceId=phone1&DeviceType=iPhone&{query}");
        let request = Request::builder()
            .method("POST")
            .uri(uri)
            .header("authorization", format!("Basic {}", STANDARD.encode("bo:secret")))
            .header("content-length", body.len());
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        router.call(request.body(Body::from(body)).unwrap()).await.unwrap()
    }

    async fn fetch(&self, version: &str, parts: &str, range: Option<&str>) -> Vec<u8> {
        let options = range.map(|range| Element::new(OPTIONS).with(Element::text(RANGE, range)));
        let fetch = |fetch: Element| Element::new(ITEM_OPERATIONS).with(fetch);
        let wanted = Element::new(FETCH)
            .with(Element::text(STORE, "Mailbox"))
            .with(Element::text(FILE_REFERENCE, &self.reference));
        let root = fetch(options.into_iter().fold(wanted, Element::with));
        let headers = [("ms-asprotocolversion", version), ("ms-asacceptmultipart", parts)];
        let response = self.respond("Cmd=ItemOperations", &headers, wbxml::encode(&root)).await;
        assert_eq!(response.status(), 200);
        let length: usize = response.headers()["content-length"].to_str().unwrap().parse().unwrap();
        assert_eq!(response.body().size_hint().exact(), Some(length as u64), "its length is known ahead");
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        assert_eq!(body.len(), length);
        body.to_vec()
    }
}

fn document(body: &[u8]) -> Element {
    wbxml::decode(body, &wbxml::Limits::default()).unwrap()
}

fn properties(root: &Element) -> Element {
    let fetched = root.child(RESPONSE).unwrap().child(FETCH).unwrap();
    assert_eq!(text(fetched, STATUS), "1");
    fetched.child(PROPERTIES).unwrap().clone()
}

fn number(bytes: &[u8], at: usize) -> usize {
    u32::from_le_bytes(bytes[at * 4..at * 4 + 4].try_into().unwrap()) as usize
}

#[tokio::test]
async fn it_comes_as_base64_inside_the_document() {
    let site = Site::new();
    for version in ["12.1", "14.1", "16.1"] {
        let properties = properties(&document(&site.fetch(version, "F", None).await));
        assert!(text(&properties, DATA) == STANDARD.encode(film()), "{version}");
        assert_eq!(properties.child(RANGE), None);
    }
}

#[tokio::test]
async fn it_comes_as_raw_bytes_behind_the_document() {
    let site = Site::new();
    let body = site.fetch("14.1", "T", None).await;
    assert_eq!(number(&body, 0), 2);
    let part = |nth: usize| &body[number(&body, 1 + 2 * nth)..][..number(&body, 2 + 2 * nth)];
    let properties = properties(&document(part(0)));
    assert_eq!((text(&properties, PART).as_str(), properties.child(DATA)), ("1", None));
    assert!(part(1) == film());
}

#[tokio::test]
async fn a_range_of_it_comes_alone() {
    let site = Site::new();
    for (range, told, from, to) in [
        ("0-9", "0-9", 0, 10),
        ("399990-400009", "399990-400009", 399_990, 400_010),
        ("700000-999999", "700000-700000", 700_000, 700_001),
    ] {
        let properties = properties(&document(&site.fetch("14.1", "F", Some(range)).await));
        assert_eq!((text(&properties, RANGE).as_str(), text(&properties, TOTAL).as_str()), (told, "700001"));
        assert_eq!(text(&properties, DATA), STANDARD.encode(&film()[from..to]));
    }
}

#[tokio::test]
async fn the_oldest_command_sends_it_as_it_is() {
    let site = Site::new();
    let query = format!("Cmd=GetAttachment&AttachmentName={}", site.reference);
    let response = site.respond(&query, &[("ms-asprotocolversion", "12.1")], Vec::new()).await;
    assert_eq!(
        (response.status().as_u16(), &response.headers()["content-type"]),
        (200, &"video/mp4".parse().unwrap())
    );
    assert!(axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap() == film());
}

#[tokio::test]
async fn the_connection_is_cut_when_the_message_goes_while_it_is_sent() {
    let site = Site::new();
    let query = format!("Cmd=GetAttachment&AttachmentName={}", site.reference);
    let response = site.respond(&query, &[("ms-asprotocolversion", "12.1")], Vec::new()).await;
    let inbox = FolderPath::try_from("Inbox").unwrap();
    let club = &site.club;
    club.engine().delete_item(Actor::Operator, ("bo", &inbox, site.uid), club.now).unwrap();
    assert!(axum::body::to_bytes(response.into_body(), usize::MAX).await.is_err());
}

/// Syncs the Inbox with one body preference and returns the message as the phone is shown it.
fn synced(site: &Site, wish: &[(Tag, &str)]) -> Element {
    let phone = site.club.phone("bo");
    let inbox = site.club.folder("bo", "Inbox").to_string();
    let wish = wish
        .iter()
        .fold(Element::new(BODY_PREFERENCE), |wish, (tag, text)| wish.with(Element::text(*tag, *text)));
    let options = Element::new(wbxml::page::air_sync::OPTIONS)
        .with(Element::text(wbxml::page::air_sync::MIME_SUPPORT, "2"))
        .with(wish);
    let start = common::sync(vec![common::collection(&inbox, "0", vec![])]);
    let key = common::Round(phone.ask(Command::Sync, &start)).key();
    let asked = common::sync(vec![common::collection(&inbox, &key, vec![options])]);
    let answer = phone.ask(Command::Sync, &asked);
    let collection =
        answer.child(wbxml::page::air_sync::COLLECTIONS).unwrap().elements().next().unwrap().clone();
    let added = collection.child(COMMANDS).unwrap().elements().next().unwrap().clone();
    assert!(text(&added, SERVER_ID).ends_with(&site.uid.to_string()));
    assert_eq!(text(&collection, COLLECTION_ID), inbox);
    added.child(wbxml::page::air_sync::APPLICATION_DATA).unwrap().clone()
}

#[test]
fn a_sync_shows_its_text_and_the_size_of_what_is_attached() {
    let shown = synced(&Site::new(), &[(TYPE, "1")]);
    assert_eq!(text(shown.child(BODY).unwrap(), BODY_DATA), "See the film.");
    let attachment = shown.child(ATTACHMENTS).unwrap().child(ATTACHMENT).unwrap();
    assert_eq!(text(attachment, ESTIMATED_DATA_SIZE), "700001");
}

#[test]
fn a_phone_that_wants_messages_as_they_came_gets_all_of_it() {
    let shown = synced(&Site::new(), &[(TYPE, "4")]);
    let body = shown.child(BODY).unwrap().child(BODY_DATA).unwrap();
    assert!(body.bytes().as_ref() == message().as_bytes());
}
