//! A small organisation over a database in memory, and lines on which virtual phones reach its server.
#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed set-up is a failed test")]

use std::io;
use std::sync::Arc;

use access::{Entry, Grant};
use eas::request::Received;
use eas::{Server, Woken};
use engine::{
    Actor, Caller, Engine, FolderPath, NewItem, NewUser, PrincipalRef, Settings, SharedFolder, Timestamp, Uid,
};
use hyper::{HeaderMap, Method};
use items::Kind;
use phone::{Answer, Phone, Request, Transport};
use store::{Location, Options, Store};
use wbxml::{Element, Limits};

/// The shared folder's account and name.
pub(crate) const SPACE: &str = "public";
pub(crate) const SHARED: &str = "Shared";

/// Anna and Bo, and a space with a folder of one kind that every phone gets.
pub(crate) struct Club {
    pub(crate) server: Server,
    pub(crate) now: Timestamp,
    pub(crate) anna: Caller,
    pub(crate) bo: Caller,
}

impl Club {
    pub(crate) fn new(kind: Kind, options: &Options) -> Self {
        let now: Timestamp = "2026-03-02T09:00:00Z".parse().unwrap();
        let shared = SharedFolder { account: SPACE.to_owned(), path: SHARED.to_owned(), notice: true };
        let settings = Settings {
            shared_folders: vec![shared],
            limits: engine::Limits { devices_per_user: 0, restarts_per_hour: 0 },
            // Each request has its own notice.
            notice: engine::NoticeSettings { interval_s: 0, ..Default::default() },
            ..Settings::default()
        };
        let store = Store::open_with(&Location::Memory, options).unwrap();
        let engine = Engine::new(store, settings, [7; 32]);
        for (name, display_name) in [("anna", "Anna Berg"), ("bo", "Bo Lind")] {
            let email = format!("{name}@club.example");
            let user = NewUser { name, email: &email, display_name, admin: false, password: None };
            engine.add_user(&user, now).unwrap();
        }
        engine.add_space(SPACE, now).unwrap();
        engine.add_folder(SPACE, &path(SHARED), kind, now).unwrap();
        let (anna, bo) = (engine.act_as("anna").unwrap(), engine.act_as("bo").unwrap());
        Self { server: Server::new(Arc::new(engine), eas::Settings::default()), now, anna, bo }
    }

    pub(crate) fn engine(&self) -> &Engine {
        self.server.engine()
    }

    /// Sets what a user may do in the shared folder.
    pub(crate) fn grant(&self, user: &str, grant: Grant) {
        let principal = PrincipalRef::User(user.to_owned());
        self.engine().set_grant(SPACE, &path(SHARED), (&principal, Entry::new(grant)), self.now).unwrap();
    }

    /// Puts an item into the shared folder.
    pub(crate) fn import(&self, actor: Actor<'_>, content: &str) -> Uid {
        self.import_into(actor, (SPACE, SHARED), content)
    }

    pub(crate) fn import_into(
        &self,
        actor: Actor<'_>,
        (account, folder): (&str, &str),
        content: &str,
    ) -> Uid {
        let item = NewItem { content: content.as_bytes(), name: None };
        self.engine().import(actor, (account, &path(folder)), &item, self.now).unwrap().uid
    }

    /// A line for one phone of a user.
    pub(crate) fn line<'a>(&'a self, user: &'a Caller, phone: &Phone) -> Line<'a> {
        let (device, kind) = (phone.device_id().to_owned(), phone.kind().device_type());
        Line { server: &self.server, now: self.now, user, device, kind }
    }
}

pub(crate) fn path(text: &str) -> FolderPath {
    FolderPath::try_from(text).unwrap()
}

/// Carries one phone's requests to the server.
pub(crate) struct Line<'a> {
    server: &'a Server,
    now: Timestamp,
    user: &'a Caller,
    device: String,
    kind: &'static str,
}

impl Line<'_> {
    /// Carries a request of the phone; what would wait is answered as if its time were up.
    pub(crate) fn carry(&self, request: &Request) -> Answer {
        let mut headers = HeaderMap::new();
        headers.insert("ms-asprotocolversion", request.version.name().parse().unwrap());
        headers.insert("x-ms-policykey", request.policy_key.into());
        self.carry_as(request.command.name(), &headers, &request.body)
    }

    /// Carries a request that phones do not make themselves.
    pub(crate) fn carry_as(&self, command: &str, headers: &HeaderMap, body: &[u8]) -> Answer {
        let Self { server, now, user, device, kind } = self;
        let query = format!("Cmd={command}&User={}&DeviceId={device}&DeviceType={kind}", user.name());
        let request = match Received::parse(&Method::POST, &query, headers) {
            Ok(Received::Command(request)) => request,
            other => panic!("{other:?}"),
        };
        let reply = match server.handle(user, &request, body, *now) {
            eas::Answer::Reply(reply) => reply,
            eas::Answer::Wait(wait) => match server.resume(user, wait, Woken::TimeUp, *now) {
                eas::Answer::Reply(reply) => reply,
                eas::Answer::Wait(_) => panic!("a wait whose time is up goes on"),
            },
        };
        Answer { status: reply.status, body: reply.body }
    }
}

impl Transport for Line<'_> {
    fn send(&mut self, request: &Request) -> io::Result<Answer> {
        Ok(self.carry(request))
    }
}

/// An answer's document; `None` for an empty one.
pub(crate) fn document(answer: &Answer) -> Option<Element> {
    if answer.body.is_empty() {
        return None;
    }
    Some(wbxml::decode(&answer.body, &Limits::default()).unwrap())
}

/// An answer's own status.
pub(crate) fn status(answer: &Answer) -> Option<u16> {
    let root = document(answer)?;
    number(&root)
}

/// An element's own status.
pub(crate) fn number(element: &Element) -> Option<u16> {
    element.elements().find(|child| child.tag.name() == Some("Status"))?.value().parse().ok()
}
