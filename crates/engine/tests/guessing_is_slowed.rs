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
use common::New;
use engine::{LoginError, NewUser, Timestamp};

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

on_both_engines! {
    who_tries_many_names_has_to_wait,
    one_phone_with_an_old_password_bars_nobody_else,
}
