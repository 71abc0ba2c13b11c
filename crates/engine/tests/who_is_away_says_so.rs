//! A user who is away has his senders told so, each once.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what is not there where it should be is a failed test"
)]

#[macro_use]
mod common;

use access::Preset;
use common::{Club, New, Phone};
use engine::{Away, AwayState, AwayText, Send, SendOutcome, SentCopy};

fn away(state: AwayState) -> Away {
    let text = |text: &str| AwayText { enabled: true, text: text.to_owned(), html: false };
    Away { state, internal: text("Ask Bo."), known: text("Friend"), unknown: text("Stranger") }
}

fn set(club: &Club, user: &str, away: &Away) {
    club.engine.set_away(&club.engine.act_as(user).unwrap(), away, club.now).unwrap();
}

fn send(club: &Club, phone: &Phone, message: &str) {
    let letter = Send { message: message.as_bytes(), client_id: None, copy: SentCopy::None, original: None };
    let sent = club.engine.send(&phone.caller, &phone.device, &letter, club.now).unwrap();
    assert_eq!(sent, SendOutcome::Sent);
}

fn mail(id: u8, more: &str) -> String {
    format!("To: anna@club.example\r\nSubject: Training {id}\r\nMessage-ID: <{id}@x>\r\n{more}\r\nHi\r\n")
}

fn a_sender_is_told_once_in_an_absence(new: New<'_>) {
    let club = new(Preset::Viewer);
    let phone = club.phone("bo", "phone1");
    send(&club, &phone, &mail(1, ""));
    assert!(club.inbox("bo").is_empty(), "she is there");

    set(&club, "anna", &away(AwayState::On));
    send(&club, &phone, &mail(2, ""));
    send(&club, &phone, &mail(3, ""));
    let inbox = club.inbox("bo");
    assert_eq!((club.inbox("anna").len(), inbox.len()), (3, 1));
    for line in [
        "From: \"Anna Berg\" <anna@club.example>",
        "Subject: Automatic reply: Training 2",
        "Auto-Submitted: auto-replied",
        "In-Reply-To: <2@x>",
        "Ask Bo.",
    ] {
        assert!(inbox[0].contains(line), "{line}: {}", inbox[0]);
    }

    set(&club, "anna", &away(AwayState::On));
    send(&club, &phone, &mail(4, ""));
    assert_eq!(club.inbox("bo").len(), 1, "nothing changed");
    set(&club, "anna", &away(AwayState::Off));
    send(&club, &phone, &mail(5, ""));
    assert_eq!(club.inbox("bo").len(), 1, "she is back");
    set(&club, "anna", &away(AwayState::On));
    send(&club, &phone, &mail(6, ""));
    assert_eq!(club.inbox("bo").len(), 2, "another absence");
    assert_eq!(club.engine.check().unwrap(), Vec::<String>::new());
}

fn it_is_told_in_its_time_only(new: New<'_>) {
    let club = new(Preset::Viewer);
    let phone = club.phone("bo", "phone1");
    let now_ms = club.now.as_millisecond();
    for (from_ms, until_ms, told) in
        [(now_ms + 1, now_ms + 2, 0), (now_ms - 1, now_ms, 0), (now_ms, now_ms + 1, 1)]
    {
        set(&club, "anna", &away(AwayState::Timed { from_ms, until_ms }));
        send(&club, &phone, &mail(u8::try_from(told).unwrap(), &format!("X-Test: {from_ms}\r\n")));
        assert_eq!(club.inbox("bo").len(), told, "{}", from_ms - now_ms);
    }
}

fn machines_lists_and_who_is_not_named_are_told_nothing(new: New<'_>) {
    let club = new(Preset::Viewer);
    let phone = club.phone("bo", "phone1");
    set(&club, "anna", &away(AwayState::On));
    send(&club, &phone, &mail(1, "Auto-Submitted: auto-generated\r\n"));
    send(&club, &phone, &mail(2, "List-Id: <club.example>\r\n"));
    send(&club, &phone, "To: bo@club.example\r\nBcc: anna@club.example\r\nSubject: 3\r\n\r\nHi\r\n");
    let silent = Away { internal: AwayText::default(), ..away(AwayState::On) };
    set(&club, "anna", &silent);
    send(&club, &phone, &mail(4, ""));
    assert_eq!(club.inbox("anna").len(), 4);
    assert_eq!(club.inbox("bo").len(), 1, "only his own copy of the third");
    assert_eq!(club.engine.outbox_count().unwrap(), 0);
}

fn two_who_are_away_do_not_answer_each_other_for_ever(new: New<'_>) {
    let club = new(Preset::Viewer);
    let phone = club.phone("bo", "phone1");
    set(&club, "anna", &away(AwayState::On));
    set(&club, "bo", &away(AwayState::On));
    send(&club, &phone, &mail(1, ""));
    assert_eq!((club.inbox("anna").len(), club.inbox("bo").len()), (1, 1));
}

on_both_engines! {
    a_sender_is_told_once_in_an_absence,
    it_is_told_in_its_time_only,
    machines_lists_and_who_is_not_named_are_told_nothing,
    two_who_are_away_do_not_answer_each_other_for_ever,
}
