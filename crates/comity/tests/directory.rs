//! Users, groups, spaces and folders from the command line.

mod common;

use common::{Place, has};
use serde_json::{Value, json};

#[test]
fn a_user_is_added_shown_disabled_and_removed() {
    let place = Place::with_office();
    let users = place.json(&["user", "list"]);
    assert_eq!(users.as_array().unwrap().len(), 2);
    has(&users[0], &["name", "email", "display_name", "admin", "disabled", "created_at"]);
    assert_eq!(place.json(&["user", "show", "bo"])["email"], "bo@example.org");
    place.run(&["user", "disable", "bo"]).ok();
    assert_eq!(place.json(&["user", "show", "bo"])["disabled"], true);
    place.run(&["user", "enable", "bo"]).ok();
    assert_eq!(place.json(&["user", "show", "bo"])["disabled"], false);
    place.run(&["user", "enable", "nobody"]).fails(1, "'nobody' does not exist");
    place.run_with(&["user", "password", "bo", "--password-stdin"], "another one\n").ok();
    place.run(&["user", "remove", "bo"]).ok();
    assert_eq!(place.json(&["user", "list"]).as_array().unwrap().len(), 1);
    assert!(place.run(&["user", "list"]).ok().out.contains("anna@example.org"));
}

#[test]
fn a_users_time_zone_is_set_and_shown() {
    let place = Place::with_office();
    assert_eq!(place.json(&["user", "zone", "bo"]), json!({"user": "bo", "zone": null}));
    place.run(&["user", "zone", "bo", "pacific/auckland"]).ok();
    assert_eq!(place.json(&["user", "zone", "bo"])["zone"], "Pacific/Auckland");
    place.run(&["user", "zone", "bo", "Middle-earth/Shire"]).fails(1, "no time zone");
    place.run(&["user", "zone", "nobody"]).fails(1, "'nobody' does not exist");
}

#[test]
fn a_password_is_only_taken_from_standard_input() {
    let place = Place::new();
    place.run(&["user", "add", "eva", "--email", "eva@example.org"]).fails(2, "--password-stdin");
    let args = ["user", "add", "eva", "--email", "eva@example.org", "--password-stdin"];
    let said = place.run_with(&args, "\n");
    assert_eq!(said.code, 1);
    assert!(said.err.contains("no password on standard input"), "{}", said.err);
}

#[test]
fn an_app_password_is_printed_once_and_alone() {
    let place = Place::with_office();
    let said = place.run(&["user", "app-password", "bo", "--label", "phone"]).ok();
    assert!(said.out.trim_end().len() >= 20 && said.out.lines().count() == 1, "{}", said.out);
    let document = place.json(&["user", "app-password", "bo", "--label", "tablet"]);
    assert_eq!((&document["user"], &document["label"]), (&json!("bo"), &json!("tablet")));
    assert_ne!(document["password"], said.out.trim_end());
}

#[test]
fn errors_are_one_line_that_says_what_and_what_to_do() {
    let place = Place::with_office();
    place.run(&["user", "show", "nobody"]).fails(1, "'nobody' does not exist; `comity user list`");
    place.run(&["space", "add", "anna"]).fails(1, "exists already; choose another name");
    place.run(&["folder", "add", "office", "A", "--kind", "songs"]).fails(2, "no kind of folder");
    place.run(&["folder", "list", "nowhere"]).fails(1, "'nowhere' does not exist");
    place.run(&["folder", "rename", "office", "A//B", "C"]).fails(2, "1 to 255 bytes");
    place
        .run(&["share", "set", "office", "Public Contacts", "bo", "--preset", "viewer"])
        .fails(2, "user:NAME");
    place.run(&["frobnicate"]).fails(2, "unrecognized subcommand");
}

#[test]
fn groups_have_members() {
    let place = Place::with_office();
    place.run(&["group", "add", "staff"]).ok();
    place.run(&["group", "add", "all"]).ok();
    place.run(&["group", "join", "staff", "bo"]).ok();
    place.run(&["group", "join", "all", "staff"]).ok();
    assert_eq!(
        place.json(&["group", "list"]),
        json!([{"name": "all", "members": ["staff"]}, {"name": "staff", "members": ["bo"]}])
    );
    place.run(&["group", "leave", "staff", "bo"]).ok();
    place.run(&["group", "remove", "all"]).ok();
    assert_eq!(place.json(&["group", "list"]), json!([{"name": "staff", "members": []}]));
    place.run(&["group", "remove", "anna"]).fails(1, "does not exist");
}

#[test]
fn a_new_user_has_the_default_folders() {
    let place = Place::with_office();
    let folders = place.json(&["folder", "list", "bo"]);
    let kind = |path: &str| {
        let found = folders.as_array().unwrap().iter().find(|folder| folder["path"] == path);
        found.map_or(Value::Null, |folder| folder["kind"].clone())
    };
    let expected = [
        ("Inbox", "mail"),
        ("Drafts", "mail"),
        ("Sent", "mail"),
        ("Trash", "mail"),
        ("Calendar", "calendar"),
        ("Contacts", "contacts"),
        ("Tasks", "tasks"),
        ("Notes", "notes"),
    ];
    for (path, wanted) in expected {
        assert_eq!(kind(path), wanted, "{path}");
    }
    assert_eq!(folders.as_array().unwrap().len(), expected.len());
}

#[test]
fn a_folder_is_added_renamed_and_removed_and_listed_as_somebody_sees_it() {
    let place = Place::with_office();
    place.run(&["folder", "add", "office", "Plans", "--kind", "notes"]).ok();
    place.run(&["folder", "rename", "office", "Plans", "Old Plans"]).ok();
    let all = place.json(&["folder", "list", "office"]);
    has(&all[0], &["path", "kind", "access"]);
    let paths: Vec<_> = all.as_array().unwrap().iter().map(|folder| folder["path"].clone()).collect();
    assert_eq!(paths, ["Old Plans", "Public Contacts"]);
    let seen = place.json(&["folder", "list", "office", "--as", "bo"]);
    assert_eq!(seen.as_array().unwrap().len(), 1, "{seen}");
    assert_eq!((&seen[0]["path"], &seen[0]["access"]), (&json!("Public Contacts"), &json!(2)));
    place.run(&["folder", "remove", "office", "Old Plans"]).ok();
    assert_eq!(place.json(&["folder", "list", "office"]).as_array().unwrap().len(), 1);
}

#[test]
fn the_data_directory_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    let data = place.path().join("data");
    let said = std::process::Command::new(env!("CARGO_BIN_EXE_comity"))
        .args(["space", "add", "office"])
        .env("COMITY_DATA", &data)
        .env_remove("COMITY_DATABASE")
        .output()
        .unwrap();
    assert_eq!(said.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&said.stderr).contains("made a new database"));
    assert_eq!(std::fs::metadata(&data).unwrap().permissions().mode() & 0o777, 0o700);
    assert!(data.join("comity.db").exists());
}
