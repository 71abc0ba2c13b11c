//! Shared folders of single devices from the command line.

mod common;

use common::{Place, has};
use serde_json::json;

#[test]
fn what_is_set_for_a_folder_on_a_device_is_listed() {
    let place = Place::with_office();
    let folder = ["bo", "phone1", "office", "Public Contacts"];
    place.run(&["device", "folder", "add", "bo", "phone1", "office"]).ok();
    let flags = ["--notice", "off", "--send-as-owner", "on", "--reminders", "off", "--days", "30"];
    place.run(&[&["device", "folder", "set"], &folder[..], &flags].concat()).ok();
    let listed = place.json(&["device", "folder", "list", "bo", "phone1"]);
    let row = &listed[0];
    has(row, &["user", "device", "account", "path", "from", "state"]);
    assert_eq!((&row["from"], &row["state"]), (&json!("account"), &json!("shown")));
    assert_eq!((&row["notice"], &row["send_as_owner"]), (&json!(false), &json!(true)));
    assert_eq!((&row["reminders"], &row["days"]), (&json!(false), &json!(30)));
    place
        .run(&[&["device", "folder", "set"], &folder[..], &["--days", "all", "--hidden", "on"]].concat())
        .ok();
    let who = place.json(&["device", "folder", "who", "office", "Public Contacts"]);
    assert_eq!((&who[0]["device"], &who[0]["state"]), (&json!("phone1"), &json!("hidden")));
    assert_eq!((&who[0]["days"], &who[0]["notice"]), (&json!(null), &json!(false)));
    let text = place.run(&["device", "folder", "list", "bo", "phone1"]).ok().out;
    assert!(text.contains("no notice, sends as owner, no reminders"), "{text}");

    place.run(&["device", "folder", "remove", "bo", "phone1", "office"]).ok();
    place.run(&["device", "folder", "remove", "bo", "phone1", "office"]).fails(1, "does not exist");
    assert_eq!(place.json(&["device", "folder", "list", "bo", "phone1"]), json!([]));
}

#[test]
fn what_makes_no_sense_is_refused() {
    let place = Place::with_office();
    let set = ["device", "folder", "set", "bo", "phone1", "office", "Public Contacts"];
    place.run(&set).fails(2, "--notice");
    place.run(&[&set[..], &["--days", "soon"]].concat()).fails(2, "neither a number of days");
    place.run(&[&set[..], &["--days", "0"]].concat()).fails(1, "1 to");
    place
        .run(&["device", "folder", "set", "bo", "phone1", "office", "Nowhere", "--notice", "on"])
        .fails(1, "does not exist");
    place.run(&["device", "folder", "add", "bo", "phone1", "bo"]).fails(1, "own folders already");
}

#[test]
fn shared_folders_of_a_kind_are_merged_on_one_device() {
    let place = Place::with_office();
    let said = place.run(&["device", "merge", "bo", "phone1", "contacts", "on"]).ok();
    assert!(said.err.contains("inside bo's own"), "{}", said.err);
    place.run(&["device", "merge", "bo", "phone1", "contacts", "off"]).ok();
    place.run(&["device", "merge", "bo", "phone1", "mail", "on"]).fails(2, "mail");
    place.run(&["device", "merge", "nobody", "phone1", "tasks", "on"]).fails(1, "does not exist");
}
