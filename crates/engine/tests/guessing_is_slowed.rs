//! Who guesses is made to wait, by name and by address; who knows his password is let in from elsewhere.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests, run by a macro on two databases"
)]

#[macro_use]
mod common;

use access::Preset;
use common::{Club, New};
use engine::{DeviceAddress, LoginError, NewUser, Source, Timestamp};

/// Names that may fail from one address.
const MAX_NAMES: usize = 20;

fn who_tries_many_names_has_to_wait(new: New<'_>) {
    let club = new(Preset::Viewer);
    let user = NewUser {
        name: "carl",
        email: "carl@club.example",
        display_name: "Carl",
        admin: false,
        password: Some("secret"),
    };
    club.engine.add_user(&user, club.now).unwrap();
    let waits = |name: &str, password: &str, address: &str, now: Timestamp| match club
        .engine
        .login(name, password, address, now)
    {
        Ok(_) => None,
        Err(LoginError::Wrong { retry_after_s }) => Some(retry_after_s),
        Err(other) => panic!("{other:?}"),
    };
    for number in 0..MAX_NAMES {
        let name = format!("nobody{number}");
        assert_eq!(waits(&name, "secret", "192.0.2.1", club.now), Some(0), "{name}");
        if number + 2 == MAX_NAMES {
            assert_eq!(waits("carl", "wrong", "192.0.2.2", club.now), Some(0), "each address by itself");
        }
    }
    assert_eq!(waits("carl", "secret", "192.0.2.1", club.now), Some(901), "one past it");
    assert_eq!(waits("carl", "secret", "192.0.2.2", club.now), None, "from elsewhere he is let in");
    let later = Timestamp::from_second(club.now.as_second() + 901).unwrap();
    let elsewhere = NewUser { name: "dora", email: "dora@club.example", display_name: "Dora", ..user };
    club.engine.add_user(&elsewhere, club.now).unwrap();
    assert_eq!(waits("dora", "secret", "192.0.2.1", later), None, "a quarter of an hour later");
}

fn one_phone_with_an_old_password_bars_nobody_else(new: New<'_>) {
    let club = new(Preset::Viewer);
    let user = NewUser {
        name: "carl",
        email: "carl@club.example",
        display_name: "Carl",
        admin: false,
        password: Some("secret"),
    };
    club.engine.add_user(&user, club.now).unwrap();
    for minute in 0..30 {
        let now = Timestamp::from_second(club.now.as_second() + minute * 30).unwrap();
        assert!(club.engine.login("bo", "old", "192.0.2.1", now).is_err());
    }
    let now = Timestamp::from_second(club.now.as_second() + 15 * 60).unwrap();
    assert!(club.engine.login("carl", "secret", "192.0.2.1", now).is_ok());
}

/// Failures of one account within an hour.
const MAX_FAILED: usize = 100;

/// One past the longest password: wrong without a hash, which would take the time of all others.
fn too_long() -> String {
    "x".repeat(257)
}

fn seconds(now: Timestamp, seconds: i64) -> Timestamp {
    Timestamp::from_second(now.as_second() + seconds).unwrap()
}

/// How long a log-in has to wait; `None` where it is let in.
fn waits<'s>(club: &Club, who: (&str, &str), from: impl Into<Source<'s>>, now: Timestamp) -> Option<u32> {
    match club.engine.login(who.0, who.1, from, now) {
        Ok(_) => None,
        Err(LoginError::Wrong { retry_after_s }) => Some(retry_after_s),
        Err(other) => panic!("{other:?}"),
    }
}

fn an_account_that_is_guessed_from_everywhere_is_open_to_its_user_alone(new: New<'_>) {
    let club = new(Preset::Viewer);
    let add = |name: &str, email: &str| {
        let user = NewUser { name, email, display_name: name, admin: false, password: Some("secret") };
        club.engine.add_user(&user, club.now).unwrap();
        club.engine.act_as(name).unwrap()
    };
    let carl = add("carl", "carl@club.example");
    add("dora", "dora@club.example");
    let phone = DeviceAddress { id: "phone9", kind: "iPhone", agent: "x", version: "14.1" };
    club.engine.device(&carl, &phone, club.now).unwrap();
    assert_eq!(waits(&club, ("carl", "secret"), "192.0.2.1", club.now), None, "at home");
    // The hour in which a good log-in spares the hash is over.
    let now = seconds(club.now, 3600);
    for number in 0..MAX_FAILED - 1 {
        // Name and address are two ways to the same account.
        let name = if number % 2 == 0 { "carl" } else { "carl@club.example" };
        let from = format!("198.51.{number}.7");
        assert_eq!(waits(&club, (name, &too_long()), from.as_str(), now), Some(0), "{number}");
    }
    assert_eq!(waits(&club, ("carl", "wrong"), "203.0.113.1", now), Some(0), "the hundredth");
    for name in ["carl", "carl@club.example"] {
        assert_eq!(waits(&club, (name, "secret"), "203.0.113.2", now), Some(3601), "{name}: past it");
    }
    let on = |device| Source { address: "203.0.113.3", device: Some(device) };
    assert_eq!(waits(&club, ("carl", "secret"), on("phone8"), now), Some(3601), "on a device nobody knows");
    assert_eq!(waits(&club, ("carl", "secret"), on("phone9"), now), None, "on his phone, wherever he is");
    let later = seconds(now, 700);
    assert_eq!(waits(&club, ("carl", "secret"), "192.0.2.1", later), None, "where he has been before");
    assert_eq!(waits(&club, ("dora", "secret"), "203.0.113.2", later), None, "nobody else waits");
    let after = seconds(now, 3602);
    assert_eq!(waits(&club, ("carl", "secret"), "203.0.113.2", after), None, "an hour later");
}

fn a_name_of_nobody_is_slowed_like_any_other(new: New<'_>) {
    let club = new(Preset::Viewer);
    for number in 0..MAX_FAILED {
        let from = format!("198.51.{number}.7");
        assert_eq!(waits(&club, ("nobody", &too_long()), from.as_str(), club.now), Some(0), "{number}");
    }
    assert_eq!(waits(&club, ("nobody", "wrong"), "203.0.113.2", club.now), Some(3601), "one past it");
}

fn other_spellings_and_neighbouring_addresses_help_nobody(new: New<'_>) {
    let club = new(Preset::Viewer);
    let user = NewUser {
        name: "carl",
        email: "carl@club.example",
        display_name: "Carl",
        admin: false,
        password: Some("secret"),
    };
    club.engine.add_user(&user, club.now).unwrap();
    for name in ["CARL", "carl ", "c\u{430}rl", "carl\u{200b}", "Carl@Club.Example"] {
        assert_eq!(
            waits(&club, (name, "secret"), "192.0.2.9", club.now),
            Some(0),
            "{name:?} is not his name"
        );
    }
    // Sixteen million of them are one customer's.
    for number in 0..6 {
        assert!(waits(&club, ("carl", "wrong"), &*format!("2001:db8::{number}"), club.now).is_some());
    }
    assert_eq!(waits(&club, ("carl", "secret"), "2001:db8::ffff", club.now), Some(1), "the same network");
    assert_eq!(waits(&club, ("carl", "secret"), "2001:db8:0:1::1", club.now), None, "another");
}

on_both_engines! {
    an_account_that_is_guessed_from_everywhere_is_open_to_its_user_alone,
    a_name_of_nobody_is_slowed_like_any_other,
    other_spellings_and_neighbouring_addresses_help_nobody,
    who_tries_many_names_has_to_wait,
    one_phone_with_an_old_password_bars_nobody_else,
}
