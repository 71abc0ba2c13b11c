//! A device that is denied much fills no Inbox: one notice per interval, and each denied change in exactly one.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests, run by a macro on two databases"
)]

#[macro_use]
mod common;

use access::Preset;
use common::{Club, New, Phone, add};
use engine::Timestamp;
use items::contact::Field;
use std::collections::BTreeMap;

/// Seconds between two notices of one device.
const INTERVAL_S: i64 = 300;

fn later(club: &Club, seconds: i64) -> Timestamp {
    Timestamp::from_second(club.now.as_second() + seconds).unwrap()
}

/// Adds a contact of this name, which is denied.
fn try_to_add(club: &Club, phone: &mut Phone, name: &str) {
    let answer = club.sync(phone, vec![add(name, &[(Field::LastName, name)])]);
    phone.key = answer.key;
}

/// How many denied changes stand in each notice, and how many in none.
fn told(club: &Club) -> (Vec<usize>, usize) {
    let mut notices = BTreeMap::new();
    let mut untold = 0;
    for record in club.engine.denied(Some("bo")).unwrap() {
        match record.notice {
            Some(uid) => *notices.entry(uid).or_insert(0) += 1,
            None => untold += 1,
        }
    }
    (notices.into_values().collect(), untold)
}

fn what_comes_within_five_minutes_stands_together_in_the_next_notice(new: New<'_>) {
    let mut club = new(Preset::Viewer);
    let mut phone = club.phone("bo", "phone1");
    try_to_add(&club, &mut phone, "Kahn");
    assert_eq!(told(&club), (vec![1], 0), "the first is told at once");
    club.now = later(&club, 1);
    for name in ["Maier", "Beckenbauer", "Schnellinger"] {
        try_to_add(&club, &mut phone, name);
    }
    assert_eq!(told(&club), (vec![1], 3), "on record at once, in no notice yet");
    club.now = later(&club, INTERVAL_S - 2);
    assert_eq!(club.engine.write_due_notices(club.now).unwrap(), 0, "not before its time");
    club.now = later(&club, 1);
    assert_eq!(club.engine.write_due_notices(club.now).unwrap(), 1);
    assert_eq!(told(&club), (vec![1, 3], 0));
    assert_eq!(club.engine.write_due_notices(club.now).unwrap(), 0, "each stands in one");

    let inbox = club.inbox("bo");
    assert_eq!(inbox.len(), 2);
    assert!(inbox[1].contains("Not allowed: 3 changes in 'Public Contacts'"), "{}", inbox[1]);
    for name in ["Maier", "Beckenbauer", "Schnellinger"] {
        assert!(inbox[1].contains(&format!("Lastname:                {name}")), "{name}: {}", inbox[1]);
    }
    assert!(inbox[1].contains("When:    2026-03-02 09:00 UTC"), "when they were tried: {}", inbox[1]);
}

fn the_next_denied_change_after_the_interval_takes_the_rest_along(new: New<'_>) {
    let mut club = new(Preset::Viewer);
    let mut phone = club.phone("bo", "phone1");
    try_to_add(&club, &mut phone, "Kahn");
    try_to_add(&club, &mut phone, "Maier");
    club.now = later(&club, INTERVAL_S);
    try_to_add(&club, &mut phone, "Beckenbauer");
    assert_eq!(told(&club), (vec![1, 2], 0));
}

fn another_device_has_notices_of_its_own(new: New<'_>) {
    let club = new(Preset::Viewer);
    for address in ["phone1", "phone2"] {
        let mut phone = club.phone("bo", address);
        try_to_add(&club, &mut phone, address);
    }
    assert_eq!(told(&club), (vec![1, 1], 0));
}

fn a_clock_that_goes_back_keeps_no_notice(new: New<'_>) {
    let mut club = new(Preset::Viewer);
    let mut phone = club.phone("bo", "phone1");
    try_to_add(&club, &mut phone, "Kahn");
    try_to_add(&club, &mut phone, "Maier");
    club.now = later(&club, -10 * 365 * 24 * 3600);
    assert_eq!(club.engine.write_due_notices(club.now).unwrap(), 1);
    assert_eq!(told(&club), (vec![1, 1], 0));
}

fn a_storm_makes_notices_of_a_bounded_size(new: New<'_>) {
    const IN_ONE: usize = 500;
    let mut club = new(Preset::Viewer);
    let mut phone = club.phone("bo", "phone1");
    let names: Vec<String> = (0..=IN_ONE).map(|number| format!("N{number}")).collect();
    let storm = names.iter().map(|name| add(name, &[(Field::LastName, name)])).collect();
    phone.key = club.sync(&phone, storm).key;
    assert_eq!(told(&club), (vec![IN_ONE], 1));
    club.now = later(&club, INTERVAL_S);
    assert_eq!(club.engine.write_due_notices(club.now).unwrap(), 1);
    assert_eq!(told(&club), (vec![IN_ONE, 1], 0));
}

on_both_engines!(
    what_comes_within_five_minutes_stands_together_in_the_next_notice,
    the_next_denied_change_after_the_interval_takes_the_rest_along,
    another_device_has_notices_of_its_own,
    a_clock_that_goes_back_keeps_no_notice,
    a_storm_makes_notices_of_a_bounded_size,
);
