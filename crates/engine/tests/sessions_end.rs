//! A session on a page ends: by logging out, by time, by a new password, and when its user may not log in any more.
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
use engine::{MAX_SESSIONS, Timestamp};

const HOUR_S: i64 = 60 * 60;

fn after(club: &Club, seconds: i64) -> Timestamp {
    Timestamp::from_second(club.now.as_second() + seconds).unwrap()
}

fn is_open(club: &Club, secret: &str, now: Timestamp) -> bool {
    club.engine.session(secret, now).unwrap().is_some_and(|session| session.caller.name() == "anna")
}

fn a_session_lasts_while_it_is_used_and_a_week_at_most(new: New<'_>) {
    let club = new(Preset::Viewer);
    let anna = club.engine.act_as("anna").unwrap();
    let idle = club.engine.open_session(&anna, club.now).unwrap();
    let used = club.engine.open_session(&anna, club.now).unwrap();
    assert_ne!(idle, used);
    for hour in (0..12).chain((12..24 * 7).step_by(11)) {
        assert!(is_open(&club, &used, after(&club, hour * HOUR_S)), "in use after {hour} hours");
    }
    assert!(!is_open(&club, &used, after(&club, 24 * 7 * HOUR_S)), "after a week");
    assert!(is_open(&club, &idle, after(&club, 12 * HOUR_S - 1)));
    assert!(is_open(&club, &idle, after(&club, 24 * HOUR_S - 2)), "the look before was a use");
    assert!(!is_open(&club, &idle, after(&club, 36 * HOUR_S - 1)), "twelve hours without a use");
}

fn logging_out_ends_one_session_and_a_new_password_all(new: New<'_>) {
    let club = new(Preset::Viewer);
    let anna = club.engine.act_as("anna").unwrap();
    let open = || club.engine.open_session(&anna, club.now).unwrap();
    let (first, second, third) = (open(), open(), open());
    club.engine.close_session(&first, club.now).unwrap();
    assert!(!is_open(&club, &first, club.now));
    assert!(is_open(&club, &second, club.now));
    club.engine.set_password("anna", "a new one", club.now).unwrap();
    assert!(!is_open(&club, &second, club.now) && !is_open(&club, &third, club.now));
    let again = club.engine.open_session(&anna, club.now).unwrap();
    assert!(is_open(&club, &again, club.now));
    club.engine.disable_user("anna", club.now).unwrap();
    assert!(!is_open(&club, &again, club.now), "who may not log in is out at once");
}

fn what_is_in_the_database_opens_nothing(new: New<'_>) {
    let club = new(Preset::Viewer);
    let anna = club.engine.act_as("anna").unwrap();
    let secret = club.engine.open_session(&anna, club.now).unwrap();
    assert_eq!(secret.len(), 64, "256 bits in hexadecimal");
    for wrong in ["", "0", &secret[1..], &secret.to_uppercase(), &format!("{secret}0"), &"0".repeat(64)] {
        assert!(!is_open(&club, wrong, club.now), "{wrong}");
    }
}

fn a_further_session_ends_the_oldest(new: New<'_>) {
    let club = new(Preset::Viewer);
    let anna = club.engine.act_as("anna").unwrap();
    let open = |at: i64| club.engine.open_session(&anna, after(&club, at)).unwrap();
    let all: Vec<String> = (0..MAX_SESSIONS).map(open).collect();
    assert!(is_open(&club, &all[0], after(&club, MAX_SESSIONS)), "so many it may be");
    let last = open(MAX_SESSIONS);
    assert!(!is_open(&club, &all[0], after(&club, MAX_SESSIONS)), "one past it");
    assert!(is_open(&club, &all[1], after(&club, MAX_SESSIONS)));
    assert!(is_open(&club, &last, after(&club, MAX_SESSIONS)));
}

on_both_engines!(
    a_session_lasts_while_it_is_used_and_a_week_at_most,
    logging_out_ends_one_session_and_a_new_password_all,
    what_is_in_the_database_opens_nothing,
    a_further_session_ends_the_oldest,
);
