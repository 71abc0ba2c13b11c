//! Policies of the admin's own: who is asked what, and what becomes of a phone that does not do it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what is not there where it should be is a failed test"
)]

mod common;

use access::Preset;
use common::{Club, Phone, text};
use eas::policy::{Policy, Value};
use eas::request::Command;
use eas::{Partial, Provisioning, Settings};
use wbxml::Element;
use wbxml::page::folder_hierarchy::{self, FOLDER_SYNC};
use wbxml::page::provision::{
    DATA, EAS_PROVISION_DOC, MIN_DEVICE_PASSWORD_LENGTH, POLICIES, POLICY, POLICY_KEY, POLICY_TYPE,
    PROVISION, STATUS,
};

fn policy(group: &str, length: i64) -> Policy {
    let rules = [("min_device_password_length".to_owned(), Value::Number(length))];
    let groups = if group.is_empty() { vec![] } else { vec![group.to_owned()] };
    Policy::new("p", (vec![], groups), rules).unwrap()
}

fn required(policies: Vec<Policy>) -> Settings {
    Settings { provision: Provisioning::Required, policies, ..Settings::default() }
}

fn document(more: Vec<Element>) -> Element {
    let head = Element::new(POLICY).with(Element::text(POLICY_TYPE, "MS-EAS-Provisioning-WBXML"));
    let policy = more.into_iter().fold(head, Element::with);
    Element::new(PROVISION).with(Element::new(POLICIES).with(policy))
}

fn offered(phone: &Phone<'_>) -> Element {
    let answer = phone.ask(Command::Provision, &document(vec![]));
    answer.child(POLICIES).unwrap().child(POLICY).unwrap().clone()
}

fn length(phone: &Phone<'_>) -> String {
    let offered = offered(phone);
    text(offered.child(DATA).unwrap().child(EAS_PROVISION_DOC).unwrap(), MIN_DEVICE_PASSWORD_LENGTH)
}

/// Acknowledges the policy with this status and returns the answer's, and the key if there is one.
fn acknowledge(phone: &Phone<'_>, status: &str) -> (String, Option<u32>) {
    let key = text(&offered(phone), POLICY_KEY);
    let asked = document(vec![Element::text(POLICY_KEY, key), Element::text(STATUS, status)]);
    let answer = phone.ask(Command::Provision, &asked);
    let policy = answer.child(POLICIES).and_then(|policies| policies.child(POLICY));
    let key = policy.and_then(|policy| policy.child_text(POLICY_KEY)).map(|key| key.parse().unwrap());
    (text(&answer, STATUS), key)
}

fn status(phone: &Phone<'_>) -> String {
    text(&phone.folder_sync("0"), folder_hierarchy::STATUS)
}

#[test]
fn the_first_policy_for_a_user_counts() {
    let policies = vec![policy("board", 8), policy("", 4)];
    let club = Club::with(Preset::Viewer, Settings { policies, ..Settings::default() });
    club.engine().add_group("board", club.now).unwrap();
    club.engine().join("board", "anna", club.now).unwrap();
    assert_eq!((length(&club.phone("anna")), length(&club.phone("bo"))), ("8".to_owned(), "4".to_owned()));
    assert_eq!(status(&club.phone("bo")), "1", "it is not required");
}

#[test]
fn a_changed_policy_is_asked_for_again() {
    let club = Club::with(Preset::Viewer, required(vec![policy("", 4)]));
    let (answer, key) = acknowledge(&club.phone("bo"), "1");
    let key = key.unwrap();
    assert_eq!(
        (answer.as_str(), status(&Phone { policy_key: key, ..club.phone("bo") })),
        ("1", "1".to_owned())
    );
    let club = club.restarted(required(vec![policy("", 4), policy("board", 9)]));
    assert_eq!(status(&Phone { policy_key: key, ..club.phone("bo") }), "1", "another's policy changed");
    let club = club.restarted(required(vec![policy("", 6)]));
    let phone = Phone { policy_key: key, ..club.phone("bo") };
    assert_eq!(status(&phone), "144");
    let old = Phone { version: "12.1", policy_key: key, ..club.phone("bo") };
    let root = Element::new(FOLDER_SYNC).with(Element::text(folder_hierarchy::SYNC_KEY, "0"));
    assert_eq!(old.reply(Command::FolderSync, Some(&root)).status, 449);
    let (_, key) = acknowledge(&phone, "1");
    assert_eq!(status(&Phone { policy_key: key.unwrap(), ..club.phone("bo") }), "1");
    assert_eq!(status(&Phone { policy_key: 7, ..club.phone("bo") }), "142", "a key that never was");
}

#[test]
fn a_phone_that_applies_a_part_is_let_in_unless_the_admin_says_no() {
    for (partial, statuses) in
        [(Partial::Accepted, ["1", "139", "145"]), (Partial::Refused, ["139", "139", "145"])]
    {
        let club = Club::with(Preset::Viewer, Settings { partial, ..required(vec![policy("", 4)]) });
        let answers = ["2", "3", "4"].map(|word| acknowledge(&club.phone("bo"), word).0);
        assert_eq!(answers, statuses, "{partial:?}");
    }
}

#[test]
fn a_phone_that_provisions_without_end_is_sent_away() {
    let club = Club::with(Preset::Viewer, required(vec![policy("", 4)]));
    let phone = club.phone("bo");
    for _ in 0..3 {
        assert_eq!(status(&phone), "142");
        offered(&phone);
    }
    assert_eq!(status(&phone), "130");
    assert_eq!(status(&club.phone("anna")), "142", "another phone");
}

#[test]
fn desktop_outlook_is_let_in_without() {
    let club = Club::with(Preset::Viewer, required(vec![policy("", 4)]));
    let phone = club.phone("bo");
    let mut request = phone.request(Command::FolderSync);
    request.device = eas::request::DeviceAddress::new("phone1", "WindowsOutlook15").unwrap();
    let root = Element::new(FOLDER_SYNC).with(Element::text(folder_hierarchy::SYNC_KEY, "0"));
    let answer = club.server.handle(&phone.caller, &request, &wbxml::encode(&root), club.now);
    let eas::Answer::Reply(reply) = answer else { panic!("waits") };
    assert_eq!(text(&common::document(&reply), folder_hierarchy::STATUS), "1");
}
