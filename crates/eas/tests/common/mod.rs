//! A small organisation in memory and a phone that speaks to its server, one request at a time.
#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed set-up is a failed test")]

use std::sync::Arc;

use access::{Entry, Preset};
use eas::request::{Command, Received, Request};
use eas::{Answer, Reply, Server, Settings, Wait, Woken};
use engine::{Actor, Caller, Engine, FolderId, FolderPath, NewItem, NewUser, PrincipalRef, Timestamp, Uid};
use hyper::{HeaderMap, Method};
use items::Kind;
use wbxml::page::air_sync::{
    ADD, APPLICATION_DATA, CHANGE, CLIENT_ID, COLLECTION, COLLECTION_ID, COLLECTIONS, COMMANDS, DELETE,
    MORE_AVAILABLE, RESPONSES, SERVER_ID, STATUS, SYNC, SYNC_KEY,
};
use wbxml::page::folder_hierarchy;
use wbxml::{Element, Tag};

pub(crate) const NEUER: &str = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:neuer\r\nFN:Manoel Neuer\r\nN:Neuer;Manoel;;;\r\n\
    ORG:FCB\r\nTITLE:Keeper\r\nEND:VCARD\r\n";

/// Anna and Bo, and a space `public` with the folder `Public Contacts`, which every phone gets.
pub(crate) struct Club {
    pub(crate) server: Arc<Server>,
    behind: Arc<Engine>,
    pub(crate) now: Timestamp,
}

impl Club {
    pub(crate) fn new(preset: Preset) -> Self {
        Self::with(preset, Settings::default())
    }

    pub(crate) fn with(preset: Preset, settings: Settings) -> Self {
        // Tests ask for the list of folders as often as they like.
        let limits = engine::Limits { restarts_per_hour: 0, ..Default::default() };
        Self::configured(preset, engine::Settings { limits, ..Default::default() }, settings)
    }

    pub(crate) fn configured(preset: Preset, wanted: engine::Settings, settings: Settings) -> Self {
        let now: Timestamp = "2026-03-02T09:00:00Z".parse().unwrap();
        let shared = engine::SharedFolder {
            account: "public".to_owned(),
            path: "Public Contacts".to_owned(),
            notice: true,
        };
        let engine = testkit::engine(engine::Settings { shared_folders: vec![shared], ..wanted });
        for (name, display_name) in [("anna", "Anna Berg"), ("bo", "Bo Lind")] {
            let email = format!("{name}@club.example");
            let user = NewUser { name, email: &email, display_name, admin: false, password: Some("secret") };
            engine.add_user(&user, now).unwrap();
        }
        engine.add_space("public", now).unwrap();
        engine.add_folder("public", &public(), Kind::Contacts, now).unwrap();
        let behind = Arc::new(engine);
        let club = Self { server: Arc::new(Server::new(Arc::clone(&behind), settings)), behind, now };
        club.grant(preset);
        club
    }

    /// The same people and phones, and a server that was started with other settings.
    pub(crate) fn restarted(self, settings: Settings) -> Self {
        Self { server: Arc::new(Server::new(Arc::clone(&self.behind), settings)), ..self }
    }

    pub(crate) fn engine(&self) -> &Engine {
        self.server.engine()
    }

    pub(crate) fn grant(&self, preset: Preset) {
        let grant = (&PrincipalRef::Everyone, Entry::new(preset.grant()));
        self.engine().set_grant("public", &public(), grant, self.now).unwrap();
    }

    pub(crate) fn import(&self, content: &str) -> Uid {
        self.import_into("public", "Public Contacts", content)
    }

    pub(crate) fn import_into(&self, account: &str, path: &str, content: &str) -> Uid {
        let item = NewItem { content: content.as_bytes(), name: None };
        let path = FolderPath::try_from(path).unwrap();
        self.engine().import(Actor::Operator, (account, &path), &item, self.now).unwrap().uid
    }

    pub(crate) fn phone(&self, user: &str) -> Phone<'_> {
        Phone { club: self, caller: self.engine().act_as(user).unwrap(), version: "14.1", policy_key: 0 }
    }

    /// The number of an account's folder.
    pub(crate) fn folder(&self, account: &str, name: &str) -> FolderId {
        let list = self.engine().folders(account, Actor::Operator, self.now).unwrap();
        list.iter().find(|folder| folder.path == name).unwrap().id
    }
}

pub(crate) fn public() -> FolderPath {
    FolderPath::try_from("Public Contacts").unwrap()
}

/// One phone of one user. It keeps nothing: each test says what it holds.
pub(crate) struct Phone<'a> {
    pub(crate) club: &'a Club,
    pub(crate) caller: Caller,
    pub(crate) version: &'static str,
    pub(crate) policy_key: u32,
}

impl Phone<'_> {
    pub(crate) fn request(&self, command: Command) -> Request {
        let mut headers = HeaderMap::new();
        headers.insert("ms-asprotocolversion", self.version.parse().unwrap());
        headers.insert("x-ms-policykey", self.policy_key.into());
        let query = format!("Cmd={command}&User=x&DeviceId=phone1&DeviceType=iPhone");
        match Received::parse(&Method::POST, &query, &headers) {
            Ok(Received::Command(request)) => *request,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn send(&self, command: Command, body: &[u8]) -> Answer {
        self.club.server.handle(&self.caller, &self.request(command), body, self.club.now)
    }

    pub(crate) fn reply(&self, command: Command, root: Option<&Element>) -> Reply {
        match self.send(command, &root.map(wbxml::encode).unwrap_or_default()) {
            Answer::Reply(reply) => reply,
            Answer::Wait(wait) => panic!("waits: {wait:?}"),
        }
    }

    /// Asks for what is answered at once, with a document.
    pub(crate) fn ask(&self, command: Command, root: &Element) -> Element {
        document(&self.reply(command, Some(root)))
    }

    pub(crate) fn wait(&self, command: Command, root: Option<&Element>) -> Wait {
        match self.send(command, &root.map(wbxml::encode).unwrap_or_default()) {
            Answer::Wait(wait) => wait,
            Answer::Reply(reply) => panic!("does not wait: {}", shown(&reply)),
        }
    }

    pub(crate) fn resume(&self, wait: Wait, why: Woken) -> Answer {
        self.club.server.resume(&self.caller, wait, why, self.club.now)
    }

    pub(crate) fn folder_sync(&self, key: &str) -> Element {
        let root =
            Element::new(folder_hierarchy::FOLDER_SYNC).with(Element::text(folder_hierarchy::SYNC_KEY, key));
        self.ask(Command::FolderSync, &root)
    }

    /// The id of the folder that the phone shows under this name.
    pub(crate) fn folder(&self, name: &str) -> String {
        let answer = self.folder_sync("0");
        let changes = answer.child(folder_hierarchy::CHANGES).unwrap();
        let named = |add: &&Element| text(add, folder_hierarchy::DISPLAY_NAME) == name;
        text(changes.children(folder_hierarchy::ADD).find(named).unwrap(), folder_hierarchy::SERVER_ID)
    }

    /// One round of one folder; the answer's part of it.
    pub(crate) fn round(&self, folder: &str, key: &str, more: Vec<Element>) -> Round {
        Round(self.ask(Command::Sync, &sync(vec![collection(folder, key, more)])))
    }

    /// A key of the folder, primed.
    pub(crate) fn start(&self, folder: &str) -> String {
        self.round(folder, "0", vec![]).key()
    }

    /// Takes all there is and returns the key after it.
    pub(crate) fn take_all(&self, folder: &str) -> String {
        let mut key = self.start(folder);
        loop {
            let reply = self.reply(Command::Sync, Some(&sync(vec![collection(folder, &key, vec![])])));
            if reply.body.is_empty() {
                return key;
            }
            key = Round(document(&reply)).key();
        }
    }

    /// Whether a round has nothing to say: an answer without a body.
    pub(crate) fn is_quiet(&self, folder: &str, key: &str) -> bool {
        let reply = self.reply(Command::Sync, Some(&sync(vec![collection(folder, key, vec![])])));
        reply.status == 200 && reply.body.is_empty() && reply.content_type.is_none()
    }
}

/// A Sync's answer about one folder.
pub(crate) struct Round(pub(crate) Element);

impl Round {
    pub(crate) fn collection(&self) -> &Element {
        let mut all = self.0.child(COLLECTIONS).unwrap().children(COLLECTION);
        let collection = all.next().unwrap();
        assert_eq!(all.count(), 0, "one folder was asked for");
        collection
    }

    pub(crate) fn key(&self) -> String {
        text(self.collection(), SYNC_KEY)
    }

    pub(crate) fn status(&self) -> String {
        text(self.collection(), STATUS)
    }

    pub(crate) fn more(&self) -> bool {
        self.collection().child(MORE_AVAILABLE).is_some()
    }

    pub(crate) fn commands(&self) -> Vec<&Element> {
        self.collection().child(COMMANDS).map(|list| list.elements().collect()).unwrap_or_default()
    }

    pub(crate) fn responses(&self) -> Vec<&Element> {
        self.collection().child(RESPONSES).map(|list| list.elements().collect()).unwrap_or_default()
    }

    /// Verb and id of each command.
    pub(crate) fn steps(&self) -> Vec<(Tag, String)> {
        self.commands().into_iter().map(|command| (command.tag, text(command, SERVER_ID))).collect()
    }
}

pub(crate) fn document(reply: &Reply) -> Element {
    assert_eq!(reply.status, 200, "{reply:?}");
    wbxml::decode(&reply.body, &wbxml::Limits::default()).unwrap()
}

pub(crate) fn shown(reply: &Reply) -> String {
    match wbxml::decode(&reply.body, &wbxml::Limits::default()) {
        Ok(root) => wbxml::to_xml(&root),
        Err(_) => format!("{reply:?}"),
    }
}

pub(crate) fn text(element: &Element, tag: Tag) -> String {
    let Some(text) = element.child_text(tag) else { panic!("no {tag:?} in {}", wbxml::to_xml(element)) };
    text.into_owned()
}

pub(crate) fn collection(folder: &str, key: &str, more: Vec<Element>) -> Element {
    let head = Element::new(COLLECTION)
        .with(Element::text(SYNC_KEY, key))
        .with(Element::text(COLLECTION_ID, folder));
    more.into_iter().fold(head, Element::with)
}

pub(crate) fn sync(collections: Vec<Element>) -> Element {
    Element::new(SYNC).with(collections.into_iter().fold(Element::new(COLLECTIONS), Element::with))
}

pub(crate) fn commands(list: Vec<Element>) -> Element {
    list.into_iter().fold(Element::new(COMMANDS), Element::with)
}

pub(crate) fn data(fields: &[(Tag, &str)]) -> Element {
    fields
        .iter()
        .fold(Element::new(APPLICATION_DATA), |data, (tag, text)| data.with(Element::text(*tag, *text)))
}

pub(crate) fn add(client_id: &str, fields: &[(Tag, &str)]) -> Element {
    Element::new(ADD).with(Element::text(CLIENT_ID, client_id)).with(data(fields))
}

pub(crate) fn change(server_id: &str, fields: &[(Tag, &str)]) -> Element {
    Element::new(CHANGE).with(Element::text(SERVER_ID, server_id)).with(data(fields))
}

pub(crate) fn delete(server_id: &str) -> Element {
    Element::new(DELETE).with(Element::text(SERVER_ID, server_id))
}
