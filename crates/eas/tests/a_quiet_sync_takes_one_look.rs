//! A Sync in which nothing changed is answered after one look; whatever is more takes the ordinary way.

mod common;

use access::Preset;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::{Club, NEUER, Phone, add, collection, commands, sync, text};
use eas::auth::Credentials;
use eas::request::Command;
use eas::{Provisioning, Reply, Settings};
use jiff::SignedDuration;
use wbxml::Element;
use wbxml::page::air_sync::{HEARTBEAT_INTERVAL, WINDOW_SIZE};
use wbxml::page::contacts::LAST_NAME;

fn credentials(password: &str) -> Credentials {
    Credentials::parse(Some(format!("Basic {}", STANDARD.encode(format!("bo:{password}"))).as_bytes()))
        .expect("the header is well formed")
}

fn glance(phone: &Phone<'_>, password: &str, root: &Element) -> Option<Reply> {
    let (body, request) = (wbxml::encode(root), phone.request(Command::Sync));
    let glanced = phone.club.server.glance(&credentials(password), &request, &body, phone.club.now)?;
    assert_eq!(glanced.user, phone.caller.user());
    Some(glanced.reply)
}

/// A phone that holds all there is, and the Sync in which it says and hears nothing.
fn quiet(club: &Club) -> (Phone<'_>, String, String) {
    club.import(NEUER);
    let phone = club.phone("bo");
    let folder = phone.folder("Public Contacts");
    let key = phone.take_all(&folder);
    (phone, folder, key)
}

fn log_in(club: &Club) {
    club.engine().login("bo", "secret", "here", club.now).expect("the engine answers");
}

#[test]
fn nothing_new_is_seen_at_a_glance_and_told_as_always() {
    let club = Club::new(Preset::Viewer);
    let (phone, folder, key) = quiet(&club);
    let root = sync(vec![collection(&folder, &key, vec![])]);
    assert_eq!(glance(&phone, "secret", &root), None, "nobody logged in yet");
    log_in(&club);
    let always = phone.reply(Command::Sync, Some(&root));
    assert_eq!(glance(&phone, "secret", &root), Some(always));
    assert_eq!(glance(&phone, "guess", &root), None);
    club.import(&NEUER.replace("neuer", "other"));
    assert_eq!(glance(&phone, "secret", &root), None, "there is something to tell");
    assert_eq!(phone.round(&folder, &key, vec![]).commands().len(), 1, "and the look took nothing away");
}

#[test]
fn what_the_phone_says_is_not_answered_at_a_glance() {
    let club = Club::new(Preset::Contributor);
    let (phone, folder, key) = quiet(&club);
    log_in(&club);
    let one = |key: &str, more| sync(vec![collection(&folder, key, more)]);
    assert!(glance(&phone, "secret", &one(&key, vec![])).is_some());
    let said = commands(vec![add("1", &[(LAST_NAME, "New")])]);
    let waits = one(&key, vec![]).with(Element::text(HEARTBEAT_INTERVAL, "60"));
    let other_window = one(&key, vec![Element::text(WINDOW_SIZE, "7")]);
    let twice = sync(vec![collection(&folder, &key, vec![]), collection("9999", "1", vec![])]);
    for (what, root) in [
        ("an add", one(&key, vec![said])),
        ("a start", one("0", vec![])),
        ("an unknown key", one("12", vec![])),
        ("a wait", waits),
        ("something new to keep", other_window),
        ("a folder that is not there", twice),
        ("no Sync at all", Element::new(wbxml::page::ping::PING)),
    ] {
        assert_eq!(glance(&phone, "secret", &root), None, "{what}");
    }
}

#[test]
fn a_glance_ends_with_the_right_to_log_in() {
    let mut club = Club::new(Preset::Viewer);
    let (phone, folder, key) = quiet(&club);
    log_in(&club);
    let root = sync(vec![collection(&folder, &key, vec![])]);
    assert!(glance(&phone, "secret", &root).is_some());
    club.now += SignedDuration::from_secs(60);
    let phone = club.phone("bo");
    assert_eq!(glance(&phone, "secret", &root), None, "its contact is to be written down");
    phone.reply(Command::Sync, Some(&root));
    assert!(glance(&phone, "secret", &root).is_some());
    club.engine().disable_user("bo", club.now).unwrap();
    assert_eq!(glance(&phone, "secret", &root), None, "disabled");
}

#[test]
fn who_must_provision_first_is_told_so_the_ordinary_way() {
    let settings = Settings { provision: Provisioning::Required, ..Settings::default() };
    let club = Club::with(Preset::Viewer, settings);
    log_in(&club);
    let phone = club.phone("bo");
    let root = sync(vec![collection("1", "1", vec![])]);
    assert_eq!(glance(&phone, "secret", &root), None);
    let refused = common::document(&phone.reply(Command::Sync, Some(&root)));
    assert_eq!(text(&refused, wbxml::page::air_sync::STATUS), "142");
}
