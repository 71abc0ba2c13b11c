//! What a phone meets on the wire: addresses, log-in, limits, headers, and waits that end at once.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what is not there where it should be is a failed test"
)]

mod common;

use std::io::Read as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};

use access::Preset;
use axum::Router;
use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::{Club, NEUER, text};
use eas::Hub;
use engine::Timestamp;
use flate2::read::GzDecoder;
use hyper::{HeaderMap, Request, Response};
use tower::Service as _;
use wbxml::Element;
use wbxml::page::contacts::LAST_NAME;
use wbxml::page::ping::{FOLDER, FOLDERS, HEARTBEAT_INTERVAL, ID, PING, STATUS};
use wbxml::page::{air_sync, folder_hierarchy};

const PATH: &str = "/Microsoft-Server-ActiveSync";

struct Site {
    club: Club,
    hub: Arc<Hub>,
    router: Router,
}

fn clock() -> Timestamp {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

impl Site {
    fn new() -> Self {
        Self::with(eas::Limits { body_bytes: 100_000, ..eas::Limits::default() })
    }

    fn with(limits: eas::Limits) -> Self {
        let club = Club::with(Preset::Editor, eas::Settings { limits, ..eas::Settings::default() });
        let hub = Arc::new(Hub::default());
        club.engine().watch(hub.clone());
        let router = eas::http::router(Arc::clone(&club.server), Arc::clone(&hub), clock);
        Self { club, hub, router }
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().call(request).await.unwrap();
        Answer::of(response).await
    }

    async fn post(&self, command: &str, root: &Element) -> Answer {
        self.send(post(command, wbxml::encode(root))).await
    }

    async fn folder_and_key(&self) -> (String, String) {
        let root = |key: &str| {
            Element::new(folder_hierarchy::FOLDER_SYNC).with(Element::text(folder_hierarchy::SYNC_KEY, key))
        };
        let answer = self.post("FolderSync", &root("0")).await.document();
        let adds = answer.child(folder_hierarchy::CHANGES).unwrap().children(folder_hierarchy::ADD);
        let mut shared = adds.filter(|add| text(add, folder_hierarchy::DISPLAY_NAME) == "Public Contacts");
        let folder = text(shared.next().unwrap(), folder_hierarchy::SERVER_ID);
        self.post("FolderSync", &root(&text(&answer, folder_hierarchy::SYNC_KEY))).await;
        let mut key = "0".to_owned();
        loop {
            let asked = common::sync(vec![common::collection(&folder, &key, vec![])]);
            let answer = self.post("Sync", &asked).await;
            if answer.body.is_empty() {
                return (folder, key);
            }
            key = common::Round(answer.document()).key();
        }
    }

    /// Returns once so many phones wait.
    async fn until_waiting(&self, phones: usize) {
        while self.hub.waiting() != phones {
            tokio::task::yield_now().await;
        }
    }

    /// Starts a request that may wait.
    fn start(&self, request: Request<Body>) -> tokio::task::JoinHandle<Answer> {
        let mut router = self.router.clone();
        tokio::spawn(async move { Answer::of(router.call(request).await.unwrap()).await })
    }
}

struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    async fn of(response: Response<Body>) -> Self {
        let (head, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec();
        let length = head.headers.get("content-length").map(|length| length.to_str().unwrap().to_owned());
        assert_eq!(length, Some(body.len().to_string()), "every answer tells its length");
        assert!(!head.headers.contains_key("transfer-encoding"));
        Self { status: head.status.as_u16(), headers: head.headers, body }
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    fn document(&self) -> Element {
        assert_eq!((self.status, self.header("content-type")), (200, Some("application/vnd.ms-sync.wbxml")));
        wbxml::decode(&self.body, &wbxml::Limits::default()).unwrap()
    }
}

fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

fn request(method: &str, path: &str) -> hyper::http::request::Builder {
    Request::builder().method(method).uri(path)
}

fn post(command: &str, body: Vec<u8>) -> Request<Body> {
    request("POST", &format!("{PATH}?Cmd={command}&User=bo&DeviceId=phone1&DeviceType=iPhone"))
        .header("authorization", basic("bo", "secret"))
        .header("ms-asprotocolversion", "14.1")
        .header("content-length", body.len())
        .body(Body::from(body))
        .unwrap()
}

/// The same from another phone of the user.
fn from_another(mut request: Request<Body>) -> Request<Body> {
    *request.uri_mut() = request.uri().to_string().replace("phone1", "phone2").parse().unwrap();
    request
}

fn folder_list() -> Vec<u8> {
    let root = Element::new(folder_hierarchy::FOLDER_SYNC);
    wbxml::encode(&root.with(Element::text(folder_hierarchy::SYNC_KEY, "0")))
}

/// Holds up whoever changes a folder, until it is let go.
#[derive(Default)]
struct Hold {
    held: Mutex<bool>,
    let_go: Condvar,
    entered: AtomicBool,
}

impl Hold {
    async fn until_entered(&self) {
        while !self.entered.load(Ordering::Acquire) {
            tokio::task::yield_now().await;
        }
    }

    fn begin(&self) {
        *self.held.lock().unwrap() = true;
    }

    fn end(&self) {
        *self.held.lock().unwrap() = false;
        self.let_go.notify_all();
    }
}

impl engine::Watcher for Hold {
    fn changed(&self, _: &engine::Changed) {
        let held = self.held.lock().unwrap();
        self.entered.store(*held, Ordering::Release);
        drop(self.let_go.wait_while(held, |held| *held).unwrap());
    }
}

fn ping(heartbeat: &str, folder: &str) -> Vec<u8> {
    let list = Element::new(FOLDERS).with(Element::new(FOLDER).with(Element::text(ID, folder)));
    wbxml::encode(&Element::new(PING).with(Element::text(HEARTBEAT_INTERVAL, heartbeat)).with(list))
}

#[tokio::test]
async fn only_its_own_address_is_served_in_any_case() {
    let site = Site::new();
    for path in [PATH, "/microsoft-server-activesync", "/Microsoft-Server-ActiveSync/default.eas?x=y"] {
        let answer = site.send(request("GET", path).body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, 200, "{path}");
        assert!(String::from_utf8(answer.body).unwrap().contains("phones"));
    }
    for path in ["/", "/Microsoft-Server-ActiveSyncs", "/x/Microsoft-Server-ActiveSync", "/Microsoft"] {
        let answer = site.send(request("GET", path).body(Body::empty()).unwrap()).await;
        assert_eq!((answer.status, answer.body.len()), (404, 0), "{path}");
    }
    let answer = site.send(request("PROPFIND", PATH).body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, 501);
}

#[tokio::test]
async fn options_tell_versions_and_commands_to_who_logs_in() {
    let site = Site::new();
    let asked = request("OPTIONS", &format!("{PATH}?Cmd=Options&DeviceType=Outlook"))
        .header("authorization", basic("bo@club.example", "secret"));
    let answer = site.send(asked.body(Body::empty()).unwrap()).await;
    assert_eq!((answer.status, answer.body.len()), (200, 0));
    assert_eq!(answer.header("ms-asprotocolversions"), Some("12.1,14.0,14.1,16.0,16.1"));
    assert!(answer.header("ms-asprotocolcommands").unwrap().starts_with("Sync,FolderSync,"));
    let anonymous = site.send(request("OPTIONS", PATH).body(Body::empty()).unwrap()).await;
    assert_eq!(anonymous.status, 401);
    assert!(anonymous.header("www-authenticate").unwrap().starts_with("Basic realm=\"Comity\""));
}

#[tokio::test]
async fn a_wrong_password_is_asked_for_again_and_guessing_is_slowed() {
    let site = Site::new();
    let guess = |password: &str| {
        let mut guess = post("FolderSync", Vec::new());
        guess.headers_mut().insert("authorization", basic("bo", password).parse().unwrap());
        guess
    };
    let mut statuses = Vec::new();
    let slowed = loop {
        let answer = site.send(guess("wrong")).await;
        statuses.push(answer.status);
        if answer.status != 401 {
            break answer;
        }
        assert!(answer.header("www-authenticate").is_some());
    };
    assert_eq!(slowed.status, 429, "after {statuses:?}");
    assert!(slowed.header("retry-after").is_some());
    assert_eq!(site.send(guess("secret")).await.status, 429, "the right one has to wait as well");
}

#[tokio::test]
async fn what_cannot_be_read_is_refused() {
    let site = Site::new();
    let with = |path: &str| {
        let asked = request("POST", path).header("authorization", basic("bo", "secret"));
        asked
            .header("ms-asprotocolversion", "14.1")
            .header("content-length", "0")
            .body(Body::empty())
            .unwrap()
    };
    for (path, status) in [
        (format!("{PATH}?Cmd=Sync&DeviceId=phone1&DeviceType=iPhone"), 200),
        (format!("{PATH}?Cmd=Synch&DeviceId=phone1&DeviceType=iPhone"), 501),
        (format!("{PATH}?Cmd=Sync&DeviceId=..%2F&DeviceType=iPhone"), 400),
        (PATH.to_owned(), 400),
    ] {
        assert_eq!(site.send(with(&path)).await.status, status, "{path}");
    }
    let mut compressed = post("Sync", Vec::new());
    compressed.headers_mut().insert("content-encoding", "gzip".parse().unwrap());
    assert_eq!(site.send(compressed).await.status, 415);
    assert_eq!(site.send(post("Sync", b"\x03\x01\x6a\x00\x45".to_vec())).await.status, 400);
}

#[tokio::test]
async fn a_body_has_a_limit_and_a_large_one_is_taken_only_after_log_in() {
    let site = Site::new();
    // Not WBXML: the status tells whether it was read.
    let sized = |bytes: usize| post("Sync", vec![0; bytes]);
    for (bytes, status) in [(65_536, 400), (65_537, 400), (100_000, 400), (100_001, 413)] {
        assert_eq!(site.send(sized(bytes)).await.status, status, "{bytes}");
    }
    let mut unknown_size = sized(100_001);
    unknown_size.headers_mut().remove("content-length");
    assert_eq!(site.send(unknown_size).await.status, 413);
    let mut lying = sized(100_001);
    lying.headers_mut().insert("content-length", 5.into());
    assert_eq!(site.send(lying).await.status, 413);
    let mut stranger = sized(100_000);
    stranger.headers_mut().insert("authorization", basic("bo", "wrong").parse().unwrap());
    assert_eq!(site.send(stranger).await.status, 401);
}

#[tokio::test]
async fn a_ping_is_woken_by_the_commit() {
    let site = Site::new();
    let (folder, key) = site.folder_and_key().await;
    let waiting = site.start(post("Ping", ping("480", &folder)));
    site.until_waiting(1).await;
    site.club.import_into("anna", "Contacts", NEUER);
    assert_eq!(site.hub.waiting(), 1, "a folder the phone does not watch");
    site.club.import(NEUER);
    let answer = waiting.await.unwrap().document();
    assert_eq!(
        (text(&answer, STATUS), text(answer.child(FOLDERS).unwrap(), FOLDER)),
        ("2".to_owned(), folder.clone())
    );
    assert_eq!(site.hub.waiting(), 0);

    let asked = common::sync(vec![common::collection(&folder, &key, vec![])]);
    let round = common::Round(site.post("Sync", &asked).await.document());
    let asked = common::sync(vec![common::collection(&folder, &round.key(), vec![])])
        .with(Element::text(air_sync::HEARTBEAT_INTERVAL, "600"));
    let waiting = site.start(post("Sync", wbxml::encode(&asked)));
    site.until_waiting(1).await;
    site.club.import(&NEUER.replace("neuer", "another"));
    assert_eq!(common::Round(waiting.await.unwrap().document()).commands().len(), 1);
}

#[tokio::test]
async fn a_newer_request_of_the_phone_ends_its_wait() {
    let site = Site::new();
    let (folder, _) = site.folder_and_key().await;
    let older = site.start(post("Ping", ping("480", &folder)));
    site.until_waiting(1).await;
    let newer = site.start(post("Ping", ping("900", &folder)));
    assert_eq!(text(&older.await.unwrap().document(), STATUS), "1");
    site.until_waiting(1).await;
    newer.abort();
    assert!(newer.await.is_err());
    site.until_waiting(0).await;
}

/// A site, a request of a phone that is held up in the middle, and what holds it.
async fn held_up(turn_s: u32) -> (Site, Arc<Hold>, tokio::task::JoinHandle<Answer>) {
    let site = Site::with(eas::Limits { turn_s, ..eas::Limits::default() });
    let (folder, key) = site.folder_and_key().await;
    site.send(from_another(post("FolderSync", folder_list()))).await;
    let hold = Arc::new(Hold::default());
    hold.begin();
    site.club.engine().watch(Arc::clone(&hold) as Arc<dyn engine::Watcher>);
    let edit = common::commands(vec![common::add("c1", &[(LAST_NAME, "Kahn")])]);
    let first = site.start(post(
        "Sync",
        wbxml::encode(&common::sync(vec![common::collection(&folder, &key, vec![edit])])),
    ));
    hold.until_entered().await;
    (site, hold, first)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_phones_second_request_waits_for_its_first_and_not_for_ever() {
    let (site, hold, first) = held_up(0).await;
    let second = site.send(post("FolderSync", folder_list())).await;
    assert_eq!((second.status, second.header("retry-after")), (503, Some("30")), "the first is not done");
    let other = site.send(from_another(post("FolderSync", folder_list()))).await;
    assert_eq!(other.status, 200, "another phone of the user goes on");
    hold.end();
    assert_eq!(first.await.unwrap().status, 200);
    assert_eq!(site.send(post("FolderSync", folder_list())).await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_phones_second_request_is_answered_once_its_first_is() {
    let (site, hold, first) = held_up(3600).await;
    let second = site.start(post("FolderSync", folder_list()));
    let third = site.start(post("Ping", ping("480", "1")));
    assert!(!second.is_finished() && !first.is_finished());
    hold.end();
    assert_eq!(first.await.unwrap().status, 200);
    assert_eq!(second.await.unwrap().status, 200);
    third.abort();
}

#[tokio::test]
async fn a_phone_that_waits_for_news_may_ask_for_other_things() {
    let site = Site::with(eas::Limits { turn_s: 0, ..eas::Limits::default() });
    let (folder, _) = site.folder_and_key().await;
    let waiting = site.start(post("Ping", ping("480", &folder)));
    site.until_waiting(1).await;
    let settings = wbxml::encode(&Element::new(wbxml::page::settings::SETTINGS));
    assert_eq!(site.send(post("Settings", settings)).await.status, 200);
    assert_eq!(site.hub.waiting(), 1, "it goes on waiting");
    site.club.import(NEUER);
    assert_eq!(text(&waiting.await.unwrap().document(), STATUS), "2");
}

#[tokio::test]
async fn a_large_answer_is_compressed_for_who_asks_for_it() {
    let site = Site::new();
    let asked = |coding: Option<&'static str>| {
        let mut request = post("FolderSync", folder_list());
        if let Some(coding) = coding {
            request.headers_mut().insert("accept-encoding", coding.parse().unwrap());
        }
        request
    };
    for number in 0..40 {
        let path = engine::FolderPath::try_from(format!("Addresses {number}").as_str()).unwrap();
        site.club.engine().add_folder("bo", &path, items::Kind::Contacts, site.club.now).unwrap();
    }
    let plain = site.send(asked(None)).await;
    assert_eq!(plain.header("content-encoding"), None);
    let small = site.send(asked(Some("gzip, deflate"))).await;
    assert_eq!((small.status, small.header("content-encoding")), (200, Some("gzip")));
    assert!(small.body.len() < plain.body.len(), "{} < {}", small.body.len(), plain.body.len());
    let mut body = Vec::new();
    GzDecoder::new(small.body.as_slice()).read_to_end(&mut body).unwrap();
    let told = wbxml::decode(&body, &wbxml::Limits::default()).unwrap();
    let folders = |root: &Element| root.child(folder_hierarchy::CHANGES).unwrap().elements().count();
    assert_eq!(folders(&told), folders(&plain.document()));
}

#[tokio::test]
async fn fifty_mebibytes_are_taken_and_no_byte_more() {
    let site = Site::with(eas::Limits::default());
    let most = 50 * 1024 * 1024;
    // Not WBXML: the status tells whether it was read.
    for (bytes, status) in [(most - 1, 400), (most, 400), (most + 1, 413)] {
        assert_eq!(site.send(post("Sync", vec![0; bytes])).await.status, status, "{bytes}");
    }
    let mut unknown_size = post("Sync", vec![0; most + 1]);
    unknown_size.headers_mut().remove("content-length");
    assert_eq!(site.send(unknown_size).await.status, 413);
    let mut announced = post("Sync", Vec::new());
    announced.headers_mut().insert("content-length", (most + 1).into());
    assert_eq!(site.send(announced).await.status, 413, "before a byte of it is read");
}
