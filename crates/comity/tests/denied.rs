//! A phone's change that is not allowed, as the admin sees it from the command line while the server runs.

mod common;

use common::line::Line;
use common::server::{Server, Tells};
use common::{Place, has};
use phone::{Kind, Phone, Transport as _};
use serde_json::json;

/// david:dawn-ferry
const DAVID: &str = "Basic ZGF2aWQ6ZGF3bi1mZXJyeQ==";

fn demo(place: &Place) -> Server {
    Server::start(&mut place.command(&["demo", "--listen", "127.0.0.1:0"]), Tells::InOutput)
}

fn davids_phone(server: &Server) -> (Phone, Line) {
    let kind = Kind::AndroidClassic;
    let line = Line {
        address: server.address.clone(),
        user: "david",
        authorization: DAVID,
        device: "phone1".to_owned(),
        kind,
    };
    (Phone::new("phone1", kind), line)
}

#[test]
fn a_denied_change_is_listed_shown_explained_and_handed_back() {
    let place = Place::new();
    let server = demo(&place);
    let (mut phone, mut line) = davids_phone(&server);
    phone.sync_all(&mut line).unwrap();
    let public = phone.contacts("Public Contacts").unwrap();
    let neuer =
        phone.items(&public).find(|item| item.text("LastName").as_deref() == Some("Neuer")).unwrap().id();
    phone.change(&public, neuer, &[("FirstName", "Manuel")]).unwrap();
    phone.sync_all(&mut line).unwrap();
    assert_eq!(phone.item(&public, neuer).unwrap().text("FirstName").as_deref(), Some("Manoel"));

    let denied = place.json(&["denied", "list", "david"]);
    let denied = &denied[0];
    has(
        denied,
        &["id", "at", "user", "device", "account", "folder", "uid", "operation", "summary", "state", "count"],
    );
    assert_eq!((&denied["user"], &denied["device"]), (&json!("david"), &json!("phone1")));
    assert_eq!((&denied["account"], &denied["folder"]), (&json!("public"), &json!("Public Contacts")));
    assert_eq!((&denied["operation"], &denied["state"]), (&json!("change"), &json!("open")));
    assert_eq!((&denied["count"], &denied["reason"]), (&json!(1), &json!("access")));
    assert!(denied["at"].as_str().unwrap().ends_with('Z') && denied["uid"].is_i64(), "{denied}");
    assert_eq!(place.json(&["denied", "list", "bo"]), json!([]));

    let id = denied["id"].to_string();
    let shown = place.json(&["denied", "show", &id]);
    let first = json!({"name": "Firstname", "stands": "Manoel", "tried": "Manuel"});
    assert!(shown["lines"].as_array().unwrap().contains(&first), "{shown}");
    assert!(shown["tried"].as_str().unwrap().contains("Manuel"), "{shown}");
    let text = place.run(&["denied", "show", &id]).ok().out;
    assert!(text.contains("Manoel - tried: Manuel"), "{text}");

    let why = place.run(&["why", &id]).ok().out;
    assert!(why.contains("write 'all'") && why.trim_end().lines().count() == 1, "{why}");
    assert_eq!(place.json(&["why", &id])["why"], why.trim_end());

    let inbox = place.run(&["export", "david", "Inbox"]).ok().out;
    assert!(inbox.contains("Subject: Not allowed: "), "{inbox}");
    assert!(inbox.contains("Firstname:               Manoel - Your data: Manuel"), "{inbox}");
    assert_eq!(place.json(&["check"]), json!({"faults": []}));
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn a_device_is_listed_shown_and_forgotten() {
    let place = Place::new();
    let server = demo(&place);
    let (mut phone, mut line) = davids_phone(&server);
    phone.sync_all(&mut line).unwrap();
    let devices = place.json(&["device", "list"]);
    has(&devices[0], &["user", "id", "type", "version", "last_seen", "folders"]);
    assert_eq!((&devices[0]["id"], &devices[0]["type"]), (&json!("phone1"), &json!("Android")));
    let shown = place.json(&["device", "show", "david", "phone1"]);
    let held = |path: &str| {
        let folders = shown["folders"].as_array().unwrap();
        folders.iter().find(|folder| folder["path"] == path).map(|folder| folder["items_held"].clone())
    };
    assert_eq!(held("Public Contacts"), Some(json!(41)));
    assert!(place.run(&["device", "show", "david", "phone1"]).ok().out.contains("Public Contacts"));
    place.run(&["device", "remove", "david", "phone1"]).ok();
    assert_eq!(place.json(&["device", "list", "david"]), json!([]));
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn a_waiting_phone_hears_of_what_a_command_changed() {
    let place = Place::new();
    let server = demo(&place);
    let (mut phone, mut line) = davids_phone(&server);
    phone.sync_all(&mut line).unwrap();
    let ping = phone.ping_request(60);
    let mut waiting = line.clone();
    let answer = std::thread::spawn(move || (waiting.send(&ping).unwrap(), ping));
    let card = place.file(
        "new.vcf",
        "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:new\r\nFN:New One\r\nN:One;New;;;\r\nEND:VCARD\r\n",
    );
    place.run(&["import", "public", "Public Contacts", card.to_str().unwrap()]).ok();
    let (answer, ping) = answer.join().unwrap();
    phone.apply(&ping, answer.status, &answer.body).unwrap();
    assert!(phone.has_work(), "it was told that something changed, not that its time was up");
    phone.finish(&mut line).unwrap();
    let public = phone.contacts("Public Contacts").unwrap();
    assert_eq!(phone.items(&public).count(), 42);
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn a_grant_given_while_the_phone_holds_the_folder_counts_at_once() {
    let place = Place::new();
    let server = demo(&place);
    let (mut phone, mut line) = davids_phone(&server);
    phone.sync_all(&mut line).unwrap();
    place.run(&["share", "set", "public", "Public Contacts", "user:david", "--preset", "editor"]).ok();
    let public = phone.contacts("Public Contacts").unwrap();
    phone.add(&public, &[("FirstName", "Nora"), ("LastName", "Neumann")]).unwrap();
    phone.sync_all(&mut line).unwrap();
    assert_eq!(place.json(&["denied", "list"]), json!([]));
    let items = place.json(&["item", "list", "public", "Public Contacts", "--as", "hugo"]);
    assert!(items.as_array().unwrap().iter().any(|item| item["owner"] == "david"), "{items}");
    assert_eq!(server.stop(), Some(0));
}
