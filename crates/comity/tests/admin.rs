//! Configuration, verification, devices and denied changes from the command line.

mod common;

use common::Place;
use serde_json::json;

#[test]
fn an_unknown_key_is_an_error_that_names_it() {
    let place = Place::new();
    place.file("comity.toml", "[notice]\nenabled = true\ncolour = \"red\"\n");
    place.run(&["user", "list"]).fails(1, "comity.toml:3: unknown field `colour`");
    place.run(&["config"]).fails(1, "`colour`");
    let other = place.file("other.toml", "public_url = \"https://mail.example.org\"\n");
    place.run(&["--config", other.to_str().unwrap(), "config"]).ok();
    place.run(&["--config", "missing.toml", "config"]).fails(1, "missing.toml");
}

#[test]
fn every_key_is_printed_with_its_default_and_a_sentence() {
    let place = Place::new();
    let keys = place.json(&["config"]);
    let names: Vec<_> = keys.as_array().unwrap().iter().map(|key| key["key"].as_str().unwrap()).collect();
    let promised = [
        "public_url",
        "[shared_folder].account",
        "[shared_folder].path",
        "[shared_folder].notice",
        "notice.from",
        "notice.enabled",
        "notice.templates",
        "provision.required",
        "limits.device_requests_per_minute",
        "limits.account_writes_per_second",
        "limits.devices_per_user",
    ];
    assert!(promised.iter().all(|key| names.contains(key)), "{names:?}");
    assert!(keys.as_array().unwrap().iter().all(|key| key["meaning"].as_str().unwrap().ends_with('.')));
    place.file("comity.toml", &place.run(&["config"]).ok().out);
    place.run(&["config"]).ok();
}

#[test]
fn a_sound_database_has_no_faults() {
    let place = Place::with_office();
    assert_eq!(place.json(&["check"]), json!({"faults": []}));
    assert_eq!(place.run(&["check"]).ok().out, "no faults\n");
}

#[test]
fn a_device_gets_a_folder_before_it_comes_for_the_first_time() {
    let place = Place::with_office();
    assert_eq!(place.json(&["device", "list"]), json!([]));
    let folder = ["bo", "phone1", "office", "Public Contacts"];
    place.run(&[&["device", "folder", "add"], &folder[..]].concat()).ok();
    place.run(&[&["device", "folder", "remove"], &folder[..]].concat()).ok();
    place.run(&[&["device", "folder", "remove"], &folder[..]].concat()).fails(1, "does not exist");
    place.run(&["device", "show", "bo", "phone1"]).fails(1, "`comity device list`");
}

#[test]
fn where_nothing_was_denied_there_is_nothing_to_show() {
    let place = Place::with_office();
    assert_eq!(place.json(&["denied", "list"]), json!([]));
    place.run(&["denied", "show", "1"]).fails(1, "`comity denied list`");
    place.run(&["why", "1"]).fails(1, "does not exist");
    place.run(&["why", "one"]).fails(2, "invalid value");
}

#[test]
fn the_tour_ends_well() {
    let place = Place::new();
    let said = place.run(&["tour"]).ok();
    assert!(said.out.contains("Manoel - Your data: Manuel"), "{}", said.out);
    assert_eq!(said.err, "");
    assert_eq!(place.run(&["tour"]).ok().out, said.out);
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0, "it leaves nothing behind");
}
