//! Devices under the admin's hand, from the command line.

mod common;

use common::server::{Server, Tells};
use common::{Place, has};

/// bo, with the password of the office.
const BO: &str = "Authorization: Basic Ym86c2VjcmV0IG9mIGFsbA==";

fn contact(version: &str) -> String {
    format!(
        "POST /Microsoft-Server-ActiveSync?Cmd=FolderSync&User=bo&DeviceId=phone1&DeviceType=iPhone HTTP/1.1\r\n{BO}\r\n\
         MS-ASProtocolVersion: {version}"
    )
}

fn serve(place: &Place) -> Server {
    Server::start(&mut place.command(&["serve", "--listen", "127.0.0.1:0"]), Tells::InLog)
}

#[test]
fn a_device_is_blocked_and_allowed_while_the_server_runs() {
    let place = Place::with_office();
    let server = serve(&place);
    assert!(server.ask(&contact("12.1")).starts_with("HTTP/1.1 400 "), "it says nothing, but is known now");
    let listed = place.json(&["device", "list"]);
    has(&listed[0], &["user", "id", "type", "version", "last_seen", "folders", "standing"]);
    assert_eq!(listed[0]["standing"], "allowed");
    for (order, standing) in [("block", "blocked"), ("quarantine", "quarantined")] {
        place.run(&["device", order, "bo", "phone1"]).ok();
        assert_eq!(place.json(&["device", "list", "bo"])[0]["standing"], standing);
        assert!(server.ask(&contact("12.1")).starts_with("HTTP/1.1 403 "), "{order}");
    }
    place.run(&["device", "allow", "bo", "phone1"]).ok();
    assert!(server.ask(&contact("12.1")).starts_with("HTTP/1.1 400 "));
    let early = place.run(&["device", "block", "bo", "phone2"]).ok();
    assert!(early.err.contains("it has not come yet"), "{}", early.err);
    place.run(&["device", "block", "nobody", "phone2"]).fails(1, "does not exist");
}

#[test]
fn a_whole_wipe_takes_a_second_word() {
    let place = Place::with_office();
    let server = serve(&place);
    server.ask(&contact("12.1"));
    let wipe = ["device", "wipe", "bo", "phone1"];
    place.run(&wipe).fails(1, "can only be erased as a whole, private data too");
    place.run(&[&wipe[..], &["--full"]].concat()).fails(1, "add --yes-erase-everything");
    place.run(&[&wipe[..], &["--yes-erase-everything"]].concat()).fails(2, "--full");
    assert_eq!(place.json(&["device", "show", "bo", "phone1"])["wipe"], serde_json::Value::Null);
    let said = place.run(&[&wipe[..], &["--full", "--yes-erase-everything"]].concat()).ok();
    assert!(
        said.err.contains("everything, private data too, will be erased on bo's device phone1"),
        "{}",
        said.err
    );
    let shown = place.json(&["device", "show", "bo", "phone1"]);
    assert_eq!((&shown["wipe"]["what"], &shown["wipe"]["state"]), (&"everything".into(), &"asked".into()));
    assert!(place.run(&["device", "show", "bo", "phone1"]).ok().out.contains("of everything: asked since"));
    place.run(&["device", "allow", "bo", "phone1"]).ok();
    assert_eq!(place.json(&["device", "show", "bo", "phone1"])["wipe"], serde_json::Value::Null);
}

#[test]
fn a_device_of_16_1_loses_its_account_alone() {
    let place = Place::with_office();
    serve(&place).ask(&contact("16.1"));
    let said = place.run(&["device", "wipe", "bo", "phone1"]).ok();
    assert!(said.err.starts_with("this account, and nothing else, will be erased"), "{}", said.err);
    assert_eq!(place.json(&["device", "show", "bo", "phone1"])["wipe"]["what"], "account");
}

#[test]
fn a_new_device_waits_where_the_configuration_says_so() {
    let place = Place::with_office();
    place.file("comity.toml", "[devices]\nnew = \"quarantine\"\n");
    let server = serve(&place);
    assert!(server.ask(&contact("12.1")).starts_with("HTTP/1.1 403 "));
    assert!(place.run(&["device", "list"]).ok().out.contains("quarantined"));
    place.run(&["device", "allow", "bo", "phone1"]).ok();
    assert!(server.ask(&contact("12.1")).starts_with("HTTP/1.1 400 "));
}

#[test]
fn what_a_device_does_not_hold_cannot_start_over() {
    let place = Place::with_office();
    serve(&place).ask(&contact("14.1"));
    let resync = ["device", "resync", "bo", "phone1"];
    let with = |more: &[&str]| place.run(&[&resync[..], more].concat());
    with(&[]).ok();
    with(&["--hierarchy"]).ok();
    with(&["--folder", "office", "Public Contacts"])
        .fails(1, "the device does not sync office 'Public Contacts'");
    with(&["--folder", "office", "Nowhere"]).fails(1, "does not exist");
    with(&["--item", "7"]).fails(2, "--folder");
    with(&["--hierarchy", "--folder", "office", "Public Contacts"]).fails(2, "cannot be used");
    place.run(&["device", "resync", "bo", "phone2"]).fails(1, "does not exist");
}

#[test]
fn top_shows_what_devices_do_in_a_running_server() {
    let place = Place::with_office();
    assert_eq!(place.json(&["top"]), serde_json::json!([]), "nobody serves");
    let server = serve(&place);
    server.ask(&contact("12.1"));
    let seen = place.json(&["top"]);
    has(&seen[0], &["user", "device", "type", "version", "command", "folders", "state", "age_s", "status"]);
    let told = [&seen[0]["user"], &seen[0]["device"], &seen[0]["command"], &seen[0]["status"]];
    assert_eq!(told, ["bo", "phone1", "FolderSync", "HTTP 400"]);
    assert_eq!(place.json(&["top", "--user", "anna"]), serde_json::json!([]));
    let text = place.run(&["top", "--once", "--device", "phone", "--command", "foldersync"]).ok().out;
    assert!(text.contains("FolderSync") && text.contains("done"), "{text}");
}

#[test]
fn a_trace_is_switched_on_and_shown_while_the_server_runs() {
    let place = Place::with_office();
    let server = serve(&place);
    server.ask(&contact("14.1"));
    let trace = |what: &str| place.run(&["device", "trace", "bo", "phone1", what]);
    assert_eq!(trace("show").ok().err, "nothing there\n");
    trace("on").ok();
    assert_ne!(place.json(&["device", "show", "bo", "phone1"])["traced_until"], serde_json::Value::Null);
    server.ask(&contact("14.1"));
    trace("off").ok();
    let shown = trace("show").ok().out;
    assert!(shown.contains("FolderSync 14.1 200\n> (no body)\n< <FolderHierarchy:FolderSync>"), "{shown}");
    let entries = place.json(&["device", "trace", "bo", "phone1", "show"]);
    has(&entries[0], &["at", "what", "request", "answer"]);
    trace("maybe").fails(2, "on, off, show");
    let error = &place.json(&["device", "show", "bo", "phone1"])["last_error"]["what"];
    assert_eq!(error, "FolderSync: 101");
}

#[test]
fn a_device_shows_the_shared_folders_it_gets_and_why() {
    let place = Place::with_office();
    let server = serve(&place);
    server.ask(&contact("14.1"));
    place.run(&["device", "folder", "add", "bo", "phone1", "office", "Public Contacts"]).ok();
    let shown = place.json(&["device", "show", "bo", "phone1"]);
    has(&shown, &["user", "id", "folders", "standing", "shared_folders", "withheld"]);
    let shared = &shown["shared_folders"][0];
    assert_eq!((&shared["path"], &shared["because"]), (&"Public Contacts".into(), &"set for it".into()));
    assert_eq!(shown["withheld"], serde_json::json!([]));
    let text = place.run(&["device", "show", "bo", "phone1"]).ok().out;
    assert!(text.contains("set for it") && text.contains("shown"), "{text}");
}
