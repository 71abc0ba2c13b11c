//! A message that is sent arrives, waits for outside, is kept and remembered in one transaction.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what is not there where it should be is a failed test"
)]

#[macro_use]
mod common;

use access::Preset;
use common::New;
use engine::{Send, SendOutcome, SentCopy};

fn send<'a>(client_id: &'a str, message: &'a str) -> Send<'a> {
    Send { message: message.as_bytes(), client_id: Some(client_id), copy: SentCopy::Keep, original: None }
}

const HELLO: &str = "To: anna@club.example, Fan@outside.example\r\nSubject: Hello\r\n\r\nHi\r\n";

fn a_message_is_delivered_queued_and_sent_once(new: New<'_>) {
    let club = new(Preset::Viewer);
    let phone = club.phone("bo", "phone1");
    let sent = |send: &Send<'_>| club.engine.send(&phone.caller, &phone.device, send, club.now).unwrap();
    assert_eq!(sent(&send("c1", HELLO)), SendOutcome::Sent);
    assert_eq!(sent(&send("c1", HELLO)), SendOutcome::Sent);
    assert_eq!(club.inbox("anna").len(), 1);
    let waits = club.engine.outbox().unwrap();
    assert_eq!(waits.len(), 1);
    assert_eq!(waits[0].recipients, ["Fan@outside.example"]);
    assert_eq!(club.engine.outbox_count().unwrap(), 1);
    // Another device of the same user has names of its own.
    let other = club.phone("bo", "phone2");
    club.engine.send(&other.caller, &other.device, &send("c1", HELLO), club.now).unwrap();
    assert_eq!(club.inbox("anna").len(), 2);
    club.engine.remove_outbox(waits[0].id, club.now).unwrap();
    assert_eq!(club.engine.outbox_count().unwrap(), 1);
    assert!(club.engine.remove_outbox(waits[0].id, club.now).is_err());
}

fn after_days_the_same_name_is_a_new_message(new: New<'_>) {
    let club = new(Preset::Viewer);
    let phone = club.phone("bo", "phone1");
    let sent = |hours: i64| {
        let at = club.now + jiff::SignedDuration::from_hours(hours);
        club.engine.send(&phone.caller, &phone.device, &send("c1", HELLO), at).unwrap();
        // What is older than two days is forgotten when something else is sent.
        let other = HELLO.replace("Hello", &hours.to_string());
        club.engine.send(&phone.caller, &phone.device, &send("c2", &other), at).unwrap();
        club.inbox("anna").iter().filter(|mail| mail.contains("Subject: Hello")).count()
    };
    assert_eq!(sent(0), 1);
    assert_eq!(sent(24), 1);
    assert_eq!(sent(49), 1);
    assert_eq!(sent(50), 2);
}

on_both_engines! {
    a_message_is_delivered_queued_and_sent_once,
    after_days_the_same_name_is_a_new_message,
}
