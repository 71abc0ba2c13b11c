//! The server is killed, and killed again: what it acknowledged is there, what it did not is done once, and the phone
//! goes on with the keys it has.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test's helpers fail as tests do"
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read as _, Write as _};

use common::Place;
use common::line::{Line, parse};
use common::server::{Server, Tells};
use phone::{Answer, FolderId, Kind, Phone, Request, Transport as _};
use serde_json::{Value, json};
use wbxml::page::air_sync::{
    ADD, CHANGE, COLLECTION, COLLECTION_ID, COLLECTIONS, RESPONSES, SERVER_ID, STATUS,
};

/// bo:secret of all
const BO: &str = "Basic Ym86c2VjcmV0IG9mIGFsbA==";
const CONFIG: &str =
    "[notice]\ninterval_s = 0\n\n[[shared_folder]]\naccount = \"office\"\npath = \"Public Contacts\"\n";

/// When the server dies.
#[derive(Debug, Clone, Copy)]
enum Death {
    /// When so many more requests with new contacts have been answered.
    Acknowledged(usize),
    /// When half of a request is on its way.
    HalfAsked,
    /// When a request was sent and so many others were answered, whatever it is doing then.
    Asked(usize),
    /// When an answer begins to arrive; nobody reads it.
    Answering,
    /// When an answer is out, which the phone never hears of.
    Answered,
}

const DEATHS: [Death; 14] = [
    Death::Acknowledged(1),
    Death::Answered,
    Death::Asked(0),
    Death::HalfAsked,
    Death::Acknowledged(3),
    Death::Answering,
    Death::Asked(1),
    Death::Asked(3),
    Death::Answered,
    Death::Acknowledged(2),
    Death::Asked(2),
    Death::Asked(5),
    Death::Answering,
    Death::Asked(8),
];

/// A server on data that outlives it, and bo's phone with his own contacts and those he may only read.
struct Office {
    place: Place,
    server: Option<Server>,
    line: Line,
    phone: Phone,
    own: FolderId,
    public: FolderId,
    /// The names that the phone gave, and the server acknowledged or will.
    names: BTreeSet<String>,
}

impl Office {
    fn open(kind: Kind) -> Self {
        let place = Place::with_office();
        place.file("comity.toml", CONFIG);
        let server = serve(&place);
        let mut line = Line {
            address: server.address.clone(),
            user: "bo",
            authorization: BO,
            device: "phone1".to_owned(),
            kind,
        };
        let mut phone = Phone::new("phone1", kind);
        phone.sync_all(&mut line).unwrap();
        let (own, public) = (phone.contacts("Contacts").unwrap(), phone.contacts("Public Contacts").unwrap());
        Self { place, server: Some(server), line, phone, own, public, names: BTreeSet::new() }
    }

    /// Makes a contact in both folders: one is allowed, one is not.
    fn add(&mut self) {
        let name = format!("N{:02}", self.names.len());
        for folder in [&self.own, &self.public] {
            self.phone.add(folder, &[("LastName", &name), ("FileAs", &name)]).unwrap();
        }
        self.names.insert(name);
    }

    /// Sends until all that the user did is acknowledged; what the server has to say of it may still be to come.
    fn send(&mut self) {
        while self.phone.has_edits() {
            let request = self.phone.next_request().unwrap();
            let answer = self.line.send(&request).unwrap();
            self.phone.apply(&request, answer.status, &answer.body).unwrap();
        }
    }

    /// Kills the server, and returns what it had answered that the phone does not know of.
    fn die(&mut self, death: Death) -> Option<Answer> {
        if let Death::Acknowledged(requests) = death {
            for _ in 0..requests {
                self.add();
                self.send();
            }
            self.kill();
            return None;
        }
        self.add();
        let request = self.phone.next_request().unwrap();
        let mut stream = self.line.connect().unwrap();
        let bytes = self.line.bytes(&request);
        let sent =
            if let Death::HalfAsked = death { bytes.len() - request.body.len() / 2 } else { bytes.len() };
        stream.write_all(&bytes[..sent]).unwrap();
        let mut answer = Vec::new();
        match death {
            Death::Answering => assert_eq!(stream.peek(&mut [0]).unwrap(), 1),
            Death::Answered => assert_ne!(stream.read_to_end(&mut answer).unwrap(), 0),
            Death::Asked(others) => (0..others).for_each(|_| self.ask_for_health()),
            Death::HalfAsked | Death::Acknowledged(_) => {}
        }
        self.kill();
        let answer = parse(&answer);
        assert_eq!(answer.is_some(), matches!(death, Death::Answered));
        answer
    }

    /// Takes the time of one request.
    fn ask_for_health(&self) {
        let said = self.server.as_ref().unwrap().ask("GET /healthz HTTP/1.1");
        assert!(said.starts_with("HTTP/1.1 200 "), "{said}");
    }

    fn kill(&mut self) {
        self.server.take().unwrap().kill();
    }

    /// Starts the next server on the data that the last one left.
    fn start(&mut self) {
        assert_eq!(self.place.json(&["check"]), json!({"faults": []}));
        let server = serve(&self.place);
        self.line.address.clone_from(&server.address);
        self.server = Some(server);
    }

    /// Goes on with the phone as it is: it asks again what was not answered.
    fn go_on(&mut self, unheard: Option<&Answer>) {
        if self.phone.has_edits() {
            let keys = self.keys();
            let request = self.phone.next_request().unwrap();
            assert_eq!(self.keys(), keys, "it goes on with the keys it has");
            let answer = self.line.send(&request).unwrap();
            if let Some(unheard) = unheard {
                assert_eq!(ids(&request, &answer), ids(&request, unheard), "answered as if asked once");
            }
            self.phone.apply(&request, answer.status, &answer.body).unwrap();
        }
        let rounds = self.phone.finish(&mut self.line).unwrap();
        assert!(rounds <= 3, "{rounds} rounds more");
        assert_eq!(self.phone.folders().map(phone::Folder::restarts).sum::<u32>(), 0);
    }

    fn keys(&self) -> Vec<String> {
        self.phone.folders().map(|folder| folder.key().to_owned()).collect()
    }

    /// Everything the phone's user did is in the server exactly once: as a contact, or as a denied change.
    fn check(&self) {
        let names: Vec<&str> = self.names.iter().map(String::as_str).collect();
        assert_eq!(sorted(&self.place.json(&["item", "list", "bo", "Contacts"])), names);
        assert_eq!(sorted(&self.place.json(&["item", "list", "office", "Public Contacts"])), [""; 0]);
        assert_eq!(sorted(&self.place.json(&["denied", "list", "bo"])), names);
        let mut shown: Vec<String> =
            self.phone.items(&self.own).filter_map(|item| item.text("LastName")).collect();
        shown.sort();
        assert_eq!(shown, names);
        assert_eq!(self.phone.items(&self.public).count(), 0, "what was not allowed is gone from the phone");
        let notices = self.place.run(&["export", "bo", "Inbox"]).ok().out;
        for name in names {
            let subject = format!("Subject: Not allowed: new item '{name}'");
            assert_eq!(notices.matches(&subject).count(), 1, "one notice of {name}");
        }
    }
}

fn serve(place: &Place) -> Server {
    Server::start(&mut place.command(&["serve", "--listen", "127.0.0.1:0"]), Tells::InLog)
}

/// The summaries of a list, sorted.
fn sorted(list: &Value) -> Vec<&str> {
    let mut names: Vec<&str> =
        list.as_array().unwrap().iter().map(|row| row["summary"].as_str().unwrap()).collect();
    names.sort_unstable();
    names
}

/// What an answer says of the commands that a request carried: status and id of each, by folder.
fn ids(request: &Request, answer: &Answer) -> BTreeMap<String, Vec<(String, Option<String>)>> {
    assert_eq!(answer.status, 200, "{}", request.command);
    let root = wbxml::decode(&answer.body, &wbxml::Limits::default()).unwrap();
    let collections = root.child(COLLECTIONS).unwrap().children(COLLECTION);
    let text = |of: &wbxml::Element, tag| of.child_text(tag).map(std::borrow::Cow::into_owned);
    let said = collections.map(|collection| {
        let responses = collection.child(RESPONSES).into_iter().flat_map(wbxml::Element::elements);
        let commands = responses.filter(|response| response.tag == ADD || response.tag == CHANGE);
        let said = commands.map(|response| (text(response, STATUS).unwrap(), text(response, SERVER_ID)));
        (text(collection, COLLECTION_ID).unwrap(), said.collect())
    });
    said.collect()
}

fn survives(kind: Kind) {
    let mut office = Office::open(kind);
    for death in DEATHS {
        let unheard = office.die(death);
        office.start();
        office.go_on(unheard.as_ref());
        office.check();
    }
    office.phone.sync_all(&mut office.line).unwrap();
    office.check();
    assert_eq!(office.server.take().unwrap().stop(), Some(0));
    assert_eq!(office.place.json(&["check"]), json!({"faults": []}));
}

#[test]
fn a_phone_that_says_the_same_again_loses_and_doubles_nothing() {
    survives(Kind::Ios);
}

#[test]
fn a_phone_that_names_its_contacts_anew_each_time_loses_and_doubles_nothing() {
    survives(Kind::AndroidClassic);
}
