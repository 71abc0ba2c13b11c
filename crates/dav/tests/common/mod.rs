//! A small organisation behind a real socket, and a client that writes requests byte by byte.
#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed set-up is a failed test")]

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;

use access::{Entry, Grant, Preset};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dav::xml::{DAV, Element, parse};
use engine::{Actor, Engine, FolderPath, NewItem, NewUser, PrincipalRef, Timestamp, Uid};
use items::Kind;

pub(crate) fn clock() -> Timestamp {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

pub(crate) fn event(uid: &str, summary: &str) -> String {
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\nBEGIN:VEVENT\r\nUID:{uid}\r\n\
         DTSTAMP:20260301T000000Z\r\nDTSTART:20260304T100000Z\r\nDTEND:20260304T110000Z\r\nSUMMARY:{summary}\r\n\
         X-ODD;A=b:kept\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
}

pub(crate) fn card(uid: &str, name: &str) -> String {
    format!("BEGIN:VCARD\r\nVERSION:3.0\r\nUID:{uid}\r\nFN:{name}\r\nN:{name};;;;\r\nEND:VCARD\r\n")
}

/// Anna and Bo, each with a calendar of their own, and a space `public` with the calendar `Team`.
pub(crate) struct Site {
    pub(crate) engine: Arc<Engine>,
    address: SocketAddr,
    _runtime: tokio::runtime::Runtime,
}

pub(crate) fn team() -> FolderPath {
    FolderPath::try_from("Team").unwrap()
}

impl Site {
    pub(crate) fn new() -> Self {
        let engine = testkit::engine(engine::Settings::default());
        for (name, display_name) in [("anna", "Anna Berg"), ("bo", "Bo Lind")] {
            let email = format!("{name}@club.example");
            let user = NewUser { name, email: &email, display_name, admin: false, password: Some("secret") };
            engine.add_user(&user, clock()).unwrap();
        }
        engine.add_space("public", clock()).unwrap();
        engine.add_folder("public", &team(), Kind::Calendar, clock()).unwrap();
        let engine = Arc::new(engine);
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let router = dav::http::router(Arc::clone(&engine), clock);
        runtime.spawn(async move { axum::serve(listener, router).await });
        Self { engine, address, _runtime: runtime }
    }

    pub(crate) fn grant(&self, to: &str, preset: Preset) {
        self.grant_levels(to, preset.grant());
    }

    pub(crate) fn grant_levels(&self, to: &str, grant: Grant) {
        let principal: PrincipalRef = to.parse().unwrap();
        self.engine.set_grant("public", &team(), (&principal, Entry::new(grant)), clock()).unwrap();
    }

    pub(crate) fn import(&self, account: &str, path: &str, name: &str, content: &str) -> Uid {
        let item = NewItem { content: content.as_bytes(), name: Some(name) };
        let path = FolderPath::try_from(path).unwrap();
        self.engine.import(Actor::Operator, (account, &path), &item, clock()).unwrap().uid
    }

    pub(crate) fn as_user<'a>(&'a self, user: &'a str) -> Client<'a> {
        Client { site: self, user }
    }

    /// Writes a request as it stands and reads the answer to its end.
    pub(crate) fn raw(&self, request: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.write_all(request).unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        Answer::of(&bytes)
    }
}

/// One user's program.
pub(crate) struct Client<'a> {
    site: &'a Site,
    user: &'a str,
}

impl Client<'_> {
    pub(crate) fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let token = STANDARD.encode(format!("{}:secret", self.user));
        let mut head = format!(
            "{method} {path} HTTP/1.1\r\nHost: dav.example\r\nConnection: close\r\nUser-Agent: Tester/1\r\n\
             Authorization: Basic {token}\r\nContent-Length: {}\r\n",
            body.len()
        );
        for (name, value) in headers {
            head.extend([*name, ": ", *value, "\r\n"]);
        }
        head.push_str("\r\n");
        self.site.raw(&[head.as_bytes(), body].concat())
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], b"")
    }

    pub(crate) fn put(&self, path: &str, body: &str) -> Answer {
        self.send("PUT", path, &[], body.as_bytes())
    }

    pub(crate) fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, &[], b"")
    }

    /// Asks for these properties, written as elements with the prefixes d, c, a, s, k and m.
    pub(crate) fn propfind(&self, path: &str, depth: &str, properties: &str) -> Answer {
        let body = format!("<d:propfind {SPACES}><d:prop>{properties}</d:prop></d:propfind>");
        self.send("PROPFIND", path, &[("Depth", depth)], body.as_bytes())
    }

    pub(crate) fn report(&self, path: &str, body: &str) -> Answer {
        self.send("REPORT", path, &[], body.as_bytes())
    }
}

/// Prefixes for bodies of requests.
pub(crate) const SPACES: &str = "xmlns:d=\"DAV:\" xmlns:c=\"urn:ietf:params:xml:ns:caldav\" \
    xmlns:a=\"urn:ietf:params:xml:ns:carddav\" xmlns:s=\"http://calendarserver.org/ns/\" xmlns:k=\"urn:comity\" \
    xmlns:m=\"http://schemas.microsoft.com/mapi/proptag/\"";

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    fn of(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let head = std::str::from_utf8(&bytes[..end]).unwrap();
        let mut lines = head.split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let fields = lines.map(|line| line.split_once(':').unwrap());
        let headers: Vec<(String, String)> =
            fields.map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned())).collect();
        Self { status, headers, body: bytes[end + 4..].to_vec() }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub(crate) fn root(&self) -> Element {
        parse(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The properties of each address, those that are there.
    pub(crate) fn found(&self) -> Vec<(String, Element)> {
        assert_eq!(self.status, 207, "{}", self.text());
        let mut list = Vec::new();
        for response in self.root().children().filter(|child| child.name.is(DAV, "response")) {
            let href = response.child(DAV, "href").unwrap().text();
            for propstat in response.children().filter(|child| child.name.is(DAV, "propstat")) {
                if propstat.child(DAV, "status").unwrap().text() == "HTTP/1.1 200 OK" {
                    list.push((href.clone(), propstat.child(DAV, "prop").unwrap().clone()));
                }
            }
        }
        list
    }

    pub(crate) fn hrefs(&self) -> Vec<String> {
        assert_eq!(self.status, 207, "{}", self.text());
        let responses = self.root();
        let responses = responses.children().filter(|child| child.name.is(DAV, "response"));
        responses.map(|response| response.child(DAV, "href").unwrap().text()).collect()
    }

    /// The properties of the only address.
    pub(crate) fn only(&self) -> Element {
        let mut found = self.found();
        assert_eq!(found.len(), 1, "{}", self.text());
        found.remove(0).1
    }

    /// The addresses that are no longer there.
    pub(crate) fn gone(&self) -> Vec<String> {
        let root = self.root();
        let gone = root.children().filter(|response| {
            response.child(DAV, "status").is_some_and(|status| status.text() == "HTTP/1.1 404 Not Found")
        });
        gone.map(|response| response.child(DAV, "href").unwrap().text()).collect()
    }
}

/// The text of the one element at the end of this way.
pub(crate) fn text_at(element: &Element, way: &[(&str, &str)]) -> String {
    let mut at = element.clone();
    for (space, local) in way {
        at = at.child(space, local).unwrap_or_else(|| panic!("no {local} in {at:?}")).clone();
    }
    at.text()
}

/// The names of all privileges in a set.
pub(crate) fn privileges(prop: &Element) -> Vec<String> {
    let set = prop.child(DAV, "current-user-privilege-set").unwrap();
    set.children().map(|privilege| privilege.children().next().unwrap().name.local.to_string()).collect()
}
