//! Grants and access from the command line.

mod common;

use common::{Place, has};
use serde_json::json;

#[test]
fn grants_are_listed_with_their_levels() {
    let place = Place::with_office();
    let set = ["share", "set", "office", "Public Contacts", "user:bo"];
    let levels = ["--folder", "create", "--read", "all", "--write", "own", "--delete", "none"];
    let end = ["--until", "2099-12-31", "--private", "--busy", "time"];
    place.run(&[&set[..], &levels, &end].concat()).ok();
    let grants = place.json(&["share", "list", "office", "Public Contacts"]);
    let of = |principal: &str| {
        let found = grants.as_array().unwrap().iter().find(|grant| grant["principal"] == principal);
        found.unwrap_or_else(|| panic!("{principal} in {grants}")).clone()
    };
    let everyone = of("everyone");
    has(&everyone, &["principal", "folder", "read", "write", "delete", "until"]);
    assert_eq!(everyone["folder"], "visible");
    assert_eq!(everyone["until"], json!(null));
    let bo = of("user:bo");
    assert_eq!(
        (&bo["folder"], &bo["read"], &bo["write"], &bo["delete"]),
        (&json!("create"), &json!("all"), &json!("own"), &json!("none"))
    );
    assert_eq!(bo["until"], "2099-12-31T23:59:59.999Z");
    assert_eq!((&bo["private"], &bo["busy"]), (&json!(true), &json!("time")));
    place.run(&["share", "remove", "office", "Public Contacts", "user:bo"]).ok();
    place.run(&["share", "remove", "office", "Public Contacts", "user:bo"]).fails(1, "does not exist");
    assert_eq!(place.json(&["share", "list", "office", "Public Contacts"]).as_array().unwrap().len(), 2);
}

#[test]
fn levels_without_effect_are_taken_with_a_warning() {
    let place = Place::with_office();
    let set = ["share", "set", "office", "Public Contacts", "user:bo"];
    let levels = ["--folder", "visible", "--read", "none", "--write", "all", "--delete", "none"];
    let said = place.run(&[&set[..], &levels].concat()).ok();
    assert!(said.err.contains("warning: "), "{}", said.err);
    assert_eq!(said.out, "");
    place.run(&[&set[..], &["--preset", "author"], &levels].concat()).fails(2, "cannot be used with");
    place.run(&[&set[..], &["--folder", "visible"]].concat()).fails(2, "--read");
    place.run(&[&set[..], &["--preset", "author", "--until", "soon"]].concat()).fails(2, "neither a day");
    let shown = place.run(&[&set[..], &["--preset", "author"]].concat()).ok();
    assert!(shown.err.contains("author (create/all/own/own)"), "{}", shown.err);
}

#[test]
fn access_is_levels_bits_and_the_grants_they_came_from() {
    let place = Place::with_office();
    let bo = place.json(&["access", "bo", "office", "Public Contacts"]);
    has(&bo, &["folder", "read", "write", "delete", "bits", "grants"]);
    assert_eq!(
        (&bo["folder"], &bo["read"], &bo["write"]),
        (&json!("visible"), &json!("all"), &json!("none"))
    );
    assert_eq!(bo["bits"], json!({"folder": 2, "mine": 2, "others": 2, "others_private": 0}));
    assert_eq!(bo["grants"][0]["principal"], "everyone");
    assert_eq!(bo["grants"].as_array().unwrap().len(), 1);
    let anna = place.json(&["access", "anna", "office", "Public Contacts"]);
    assert_eq!(anna["bits"], json!({"folder": 18, "mine": 7, "others": 7, "others_private": 0}));
    let own = place.json(&["access", "anna", "anna", "Contacts"]);
    assert_eq!(own["folder"], "admin");
    let text = place.run(&["access", "bo", "office", "Public Contacts"]).ok().out;
    assert!(text.contains("viewer (visible/all/none/none)") && text.contains("everyone"), "{text}");
    place.run(&["access", "bo", "office", "Elsewhere"]).fails(1, "does not exist");
}

#[test]
fn access_to_one_item_is_its_class_and_bits() {
    let place = Place::with_office();
    let card =
        place.file("a.vcf", "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:A B\r\nN:B;A;;;\r\nUID:1\r\nEND:VCARD\r\n");
    place.run(&["import", "office", "Public Contacts", card.to_str().unwrap(), "--as", "anna"]).ok();
    let uid = place.json(&["item", "list", "office", "Public Contacts"])[0]["uid"].to_string();
    let of = |user: &str| {
        place.json(&["access", user, "office", "Public Contacts", "--item", &uid])["item"].clone()
    };
    assert_eq!((&of("bo")["class"], &of("bo")["bits"]), (&json!("others"), &json!(2)));
    assert_eq!((&of("anna")["class"], &of("anna")["bits"]), (&json!("mine"), &json!(7)));
}

#[test]
fn who_gets_or_loses_rights_is_told_and_the_log_keeps_it() {
    let place = Place::with_office();
    place.run(&["user", "language", "bo", "de"]).ok();
    assert_eq!(place.json(&["user", "language", "bo"])["language"], "de");
    place.run(&["user", "language", "bo", "xx"]).fails(2, "en and de");
    place.run(&["share", "set", "office", "Public Contacts", "user:bo", "--preset", "author"]).ok();
    let inbox = place.json(&["item", "list", "bo", "Inbox"]);
    let subject = inbox[0]["summary"].as_str().unwrap();
    assert!(subject.contains("Public Contacts") && subject.contains("Rechte"), "{subject}");
    let log = place.json(&["audit", "--folder", "office", "Public Contacts", "--limit", "1"]);
    has(&log[0], &["id", "at", "actor", "protocol", "address", "action", "object", "subject", "old", "new"]);
    assert_eq!((&log[0]["actor"], &log[0]["protocol"]), (&json!(null), &json!("command line")));
    assert_eq!((&log[0]["subject"], &log[0]["old"]), (&json!("user:bo"), &json!("")));
    assert_eq!(log[0]["new"], "create/all/own/own");
    assert_eq!(place.json(&["audit", "--user", "bo", "--limit", "1"])[0], log[0]);
    place.run(&["audit", "--user", "nobody"]).fails(1, "does not exist");
}
