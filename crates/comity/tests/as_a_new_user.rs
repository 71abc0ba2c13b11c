//! What somebody finds who sets an account up and lives with it: over real HTTP, with every kind of phone.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test's helpers fail as tests do"
)]

mod common;

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use common::Place;
use common::line::{Line, parse};
use common::server::{Server, Tells};
use phone::{Class, FolderId, Habit, ItemId, Kind, Phone, QuietSync, Version};
use serde_json::{Value, json};
use wbxml::Element;
use wbxml::page::air_sync::HEARTBEAT_INTERVAL;

/// anna@example.org:secret of all
const ANNA: &str = "Basic YW5uYUBleGFtcGxlLm9yZzpzZWNyZXQgb2YgYWxs";
/// bo@example.org:secret of all
const BO: &str = "Basic Ym9AZXhhbXBsZS5vcmc6c2VjcmV0IG9mIGFsbA==";
const CONFIG: &str = "[notice]\ninterval_s = 0\n";
const QUESTION: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?><Autodiscover \
    xmlns=\"http://schemas.microsoft.com/exchange/autodiscover/mobilesync/requestschema/2006\"><Request>\
    <EMailAddress>bo@example.org</EMailAddress><AcceptableResponseSchema>\
    http://schemas.microsoft.com/exchange/autodiscover/mobilesync/responseschema/2006\
    </AcceptableResponseSchema></Request></Autodiscover>";
const MAIL: &[u8] = b"To: bo@example.org\r\nSubject: Supper\r\n\r\nAt eight?\r\n";

/// A calendar that bo may only read, and one in which each changes his own.
const SHARED: [(&str, &str, &str); 2] = [("Fairs", "viewer", "Fair"), ("Team", "author", "Hers")];

fn serve(place: &Place) -> Server {
    Server::start(&mut place.command(&["serve", "--listen", "127.0.0.1:0"]), Tells::InLog)
}

/// The office, with its two calendars.
fn office() -> Place {
    let place = Place::with_office();
    place.file("comity.toml", CONFIG);
    for (calendar, preset, event) in SHARED {
        place.run(&["folder", "add", "office", calendar, "--kind", "calendar"]).ok();
        place.run(&["share", "set", "office", calendar, "user:bo", "--preset", preset, "--quiet"]).ok();
        place.run(&["share", "set", "office", calendar, "user:anna", "--preset", "editor", "--quiet"]).ok();
        let text = format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:{event}\r\nDTSTAMP:20260101T000000Z\r\n\
             DTSTART:20260304T090000Z\r\nDTEND:20260304T100000Z\r\nSUMMARY:{event}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        );
        let file = place.file("one.ics", &text);
        place.run(&["import", "office", calendar, file.to_str().unwrap(), "--as", "anna"]).ok();
    }
    place
}

/// Asks where the server is, with nothing but an e-mail address and a password; returns the host of the account.
fn discovered(server: &Server) -> String {
    let mut stream = TcpStream::connect(&server.address).unwrap();
    let head = format!(
        "POST /autodiscover/autodiscover.xml HTTP/1.1\r\nHost: {}\r\nAuthorization: {BO}\r\nContent-Type: text/xml\r\n\
         Connection: close\r\nContent-Length: {}\r\n\r\n{QUESTION}",
        server.address,
        QUESTION.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("<Type>MobileSync</Type>"), "{answer}");
    let url = answer.split_once("<Url>").unwrap().1.split_once("</Url>").unwrap().0;
    let host = url.strip_prefix("http://").and_then(|rest| rest.strip_suffix("/Microsoft-Server-ActiveSync"));
    host.unwrap_or_else(|| panic!("{url}")).to_owned()
}

/// A phone and its line.
struct Handset {
    phone: Phone,
    line: Line,
}

impl Handset {
    fn new(address: &str, (user, device): (&'static str, &str), (kind, version): (Kind, Version)) -> Self {
        let authorization = if user == "bo" { BO } else { ANNA };
        let habit = Habit { version, quiet_sync: QuietSync::Whole, ..kind.habit() };
        let phone = Phone::with_habit(device, kind, habit);
        let line = Line { address: address.to_owned(), user, authorization, device: device.to_owned(), kind };
        Self { phone, line }
    }

    fn sync(&mut self) {
        self.phone.sync_all(&mut self.line).unwrap();
    }

    fn folder(&self, class: Class, name: &str) -> FolderId {
        self.phone.find(class, name).unwrap_or_else(|| panic!("no {name}"))
    }

    fn calendar(&self, name: &str) -> FolderId {
        self.folder(Class::Calendar, name)
    }

    fn subjects(&self, folder: &FolderId) -> BTreeSet<String> {
        self.phone.items(folder).map(|item| item.text("Subject").unwrap_or_default()).collect()
    }

    fn event(&self, folder: &FolderId, subject: &str) -> ItemId {
        let found = self.phone.items(folder).find(|item| item.text("Subject").as_deref() == Some(subject));
        found.unwrap_or_else(|| panic!("no {subject} in {:?}", self.subjects(folder))).id()
    }

    fn rename(&mut self, folder: &FolderId, from: &str, to: &str) {
        let event = self.event(folder, from);
        self.phone.change(folder, event, &[("Subject", to)]).unwrap();
    }

    fn delete(&mut self, folder: &FolderId, subject: &str) {
        let event = self.event(folder, subject);
        self.phone.delete(folder, event).unwrap();
    }
}

fn set<const N: usize>(names: [&str; N]) -> BTreeSet<String> {
    names.map(str::to_owned).into()
}

/// The summaries of what a folder holds on the server.
fn stored(place: &Place, account: &str, path: &str) -> BTreeSet<String> {
    let list = place.json(&["item", "list", account, path]);
    list.as_array().unwrap().iter().map(|item| item["summary"].as_str().unwrap().to_owned()).collect()
}

/// What was denied a device, as operation and summary.
fn denied(place: &Place, device: &str) -> BTreeSet<(String, String)> {
    let list = place.json(&["denied", "list", "bo"]);
    let here = list.as_array().unwrap().iter().filter(|row| row["device"] == device);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    here.map(|row| (text(&row["operation"]), text(&row["summary"]))).collect()
}

#[test]
fn an_address_and_a_password_are_enough_and_mail_wakes_the_phone_it_is_for() {
    let place = office();
    let server = serve(&place);
    let address = discovered(&server);
    for (at, version) in [Version::V14_1, Version::V16_1].into_iter().enumerate() {
        let (device, other) = (format!("bo{at}"), format!("anna{at}"));
        let mut his = Handset::new(&address, ("bo", &device), (Kind::Ios, version));
        let mut hers = Handset::new(&address, ("anna", &other), (Kind::AndroidClassic, Version::V14_1));
        his.sync();
        hers.sync();
        // His phone waits in a Sync: longer than this test has patience.
        let inbox = his.folder(Class::Mail, "Inbox");
        his.phone.want(&inbox);
        let mut request = his.phone.next_request().unwrap();
        let root = request.root.take().unwrap().with(Element::text(HEARTBEAT_INTERVAL, "900"));
        request.body = wbxml::encode(&root);
        let mut waiting = his.line.connect().unwrap();
        waiting.write_all(&his.line.bytes(&request)).unwrap();
        let seen = seen_waiting(&place, &device);
        assert_eq!((&seen["user"], &seen["command"]), (&json!("bo"), &json!("Sync")));
        assert_eq!(seen["folders"], json!(["bo 'Inbox'"]));
        let text = place.run(&["top", "--once", "--user", "bo"]).ok().out;
        assert!(text.contains("waiting") && text.contains(&device), "{text}");

        hers.phone.send_mail(MAIL);
        hers.phone.finish(&mut hers.line).unwrap();
        let mut answer = Vec::new();
        waiting.read_to_end(&mut answer).unwrap();
        let answer = parse(&answer).unwrap();
        his.phone.apply(&request, answer.status, &answer.body).unwrap();
        let mails: Vec<_> = his.phone.items(&inbox).collect();
        assert_eq!(mails.len(), at + 1, "the very answer that it waited for brings it");
        assert!(mails.iter().all(|mail| mail.text("Subject").as_deref() == Some("Supper")));
    }
    assert_eq!(server.stop(), Some(0));
}

/// What `top` says of a device once it waits.
fn seen_waiting(place: &Place, device: &str) -> Value {
    for _ in 0..20 {
        let seen = place.json(&["top", "--device", device]);
        let waits = |row: &&Value| row["state"] == "waiting";
        if let Some(row) = seen.as_array().unwrap().iter().find(waits) {
            return row.clone();
        }
    }
    panic!("{device} never waits");
}

/// Every kind of phone in the versions that most speak.
fn makes() -> impl Iterator<Item = (Kind, Version)> {
    Kind::ALL.into_iter().flat_map(|kind| [Version::V14_1, Version::V16_1].map(|version| (kind, version)))
}

fn name(what: &str, (kind, version): (Kind, Version)) -> String {
    format!("{what}{}{}", kind.device_type(), version.name().replace('.', ""))
}

#[test]
fn a_read_only_calendar_and_an_own_only_one_keep_what_they_promise() {
    let place = office();
    let server = serve(&place);
    for make in makes() {
        let device = name("apart", make);
        for (calendar, ..) in SHARED {
            place.run(&["device", "folder", "add", "bo", &device, "office", calendar]).ok();
        }
        let mut his = Handset::new(&server.address, ("bo", &device), make);
        his.sync();
        let (fairs, team) = (his.calendar("Fairs"), his.calendar("Team"));
        assert_eq!((his.subjects(&fairs), his.subjects(&team)), (set(["Fair"]), set(["Hers"])), "{device}");

        his.rename(&fairs, "Fair", "Unfair");
        his.phone.add(&fairs, &[("Subject", "New fair")]).unwrap();
        his.rename(&team, "Hers", "His now");
        his.phone.add(&team, &[("Subject", "Mine")]).unwrap();
        his.sync();
        assert_eq!(his.subjects(&fairs), set(["Fair"]), "{device}");
        assert_eq!(his.subjects(&team), set(["Hers", "Mine"]), "{device}");
        his.delete(&fairs, "Fair");
        his.delete(&team, "Hers");
        his.rename(&team, "Mine", "Mine alone");
        his.sync();
        assert_eq!(his.subjects(&fairs), set(["Fair"]), "{device}");
        assert_eq!(his.subjects(&team), set(["Hers", "Mine alone"]), "{device}");
        assert_eq!(stored(&place, "office", "Fairs"), set(["Fair"]), "{device}");
        assert_eq!(stored(&place, "office", "Team"), set(["Hers", "Mine alone"]), "{device}");
        assert_handed_back(&place, &his, "New fair");
        his.delete(&team, "Mine alone");
        his.sync();
        assert_eq!(stored(&place, "office", "Team"), set(["Hers"]), "{device}");
        assert_eq!(his.phone.folders().map(phone::Folder::restarts).sum::<u32>(), 0, "{device}");
        assert_explained(&place, &device);
    }
    assert_eq!(server.stop(), Some(0));
}

/// Each write that was not allowed is kept, and its author has it in his Inbox, on the phone.
fn assert_handed_back(place: &Place, his: &Handset, new: &str) {
    let wanted = [
        ("change", "Unfair"),
        ("change", "His now"),
        ("delete", "Fair"),
        ("delete", "Hers"),
        ("create", new),
    ];
    let wanted: BTreeSet<_> = wanted.map(|(what, name)| (what.to_owned(), name.to_owned())).into();
    let device = his.phone.device_id();
    assert_eq!(denied(place, device), wanted, "{device}");
    let inbox = his.folder(Class::Mail, "Inbox");
    let notices = ["Not allowed: 2 changes in 'Fairs'", "Not allowed: change of 'His now' in 'Team'"];
    assert_eq!(his.subjects(&inbox), set(notices), "{device}");
}

/// `device show` names every folder that the phone has, and why it gets the shared ones.
fn assert_explained(place: &Place, device: &str) {
    let shown = place.json(&["device", "show", "bo", device]);
    let because = |path: &str| {
        let shared = shown["shared_folders"].as_array().unwrap();
        let row = shared.iter().find(|row| row["path"] == path).unwrap();
        (row["because"].as_str().unwrap().to_owned(), row["showing"].as_str().unwrap().to_owned())
    };
    for (calendar, ..) in SHARED {
        assert_eq!(because(calendar), ("set for it".to_owned(), "shown".to_owned()));
    }
    let folders = shown["folders"].as_array().unwrap();
    let held = |account: &str, path: &str| {
        let row = folders.iter().find(|row| row["account"] == account && row["path"] == path);
        row.unwrap_or_else(|| panic!("{path} in {shown}")).clone()
    };
    for (calendar, ..) in SHARED {
        let row = held("office", calendar);
        assert_eq!(
            (&row["items_held"], &row["behind"], &row["corrections"]),
            (&json!(1), &json!(0), &json!(0))
        );
    }
    assert_eq!(held("bo", "Calendar")["last_error"], Value::Null);
}

#[test]
fn calendars_shown_inside_the_own_one_keep_what_they_promise() {
    let place = office();
    let server = serve(&place);
    for make in makes() {
        let device = name("merged", make);
        place.run(&["device", "folder", "add", "bo", &device, "office"]).ok();
        place.run(&["device", "merge", "bo", &device, "calendar", "on"]).ok();
        let mut his = Handset::new(&server.address, ("bo", &device), make);
        his.sync();
        assert_eq!(his.phone.find(Class::Calendar, "Team"), None, "{device}");
        let all = his.calendar("Calendar");
        assert_eq!(his.subjects(&all), set(["Fair", "Hers"]), "{device}");

        his.rename(&all, "Fair", "Unfair");
        his.rename(&all, "Hers", "His now");
        his.phone.add(&all, &[("Subject", "Mine")]).unwrap();
        his.sync();
        assert_eq!(his.subjects(&all), set(["Fair", "Hers", "Mine"]), "{device}");
        his.delete(&all, "Fair");
        his.delete(&all, "Hers");
        his.rename(&all, "Mine", "Mine alone");
        his.sync();
        assert_eq!(his.subjects(&all), set(["Fair", "Hers", "Mine alone"]), "{device}");
        assert_eq!(stored(&place, "office", "Fairs"), set(["Fair"]), "{device}");
        assert_eq!(stored(&place, "office", "Team"), set(["Hers"]), "{device}");
        assert_eq!(stored(&place, "bo", "Calendar"), set(["Mine alone"]), "{device}");
        his.delete(&all, "Mine alone");
        his.sync();
        assert_eq!(stored(&place, "bo", "Calendar"), set([]), "{device}");
        assert_eq!(his.phone.folders().map(phone::Folder::restarts).sum::<u32>(), 0, "{device}");
    }
    assert_eq!(server.stop(), Some(0));
}
