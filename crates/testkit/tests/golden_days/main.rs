//! One whole day of each kind of phone, as it goes over the wire, compared exactly with the files in
//! `tests/transcripts`. `cargo xtask bless` writes them anew; the difference is to be read before it is committed.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test's helpers fail as tests do"
)]

mod day;
mod office;
mod transcript;

use std::path::Path;
use std::{env, fs};

use phone::{Kind, Version};

/// Plays a day and compares it with the file of that name.
fn plays(name: &str, kind: Kind, version: Version) {
    let text = day::play(kind, version);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts").join(format!("{name}.txt"));
    if env::var_os("COMITY_BLESS").is_some() {
        fs::write(&path, &text).unwrap();
        return;
    }
    let known = fs::read_to_string(&path).unwrap_or_default();
    let differs = known.lines().zip(text.lines()).position(|(known, new)| known != new);
    let at = differs.unwrap_or_else(|| known.lines().count().min(text.lines().count()));
    let around = |text: &str| text.lines().skip(at.saturating_sub(8)).take(16).collect::<Vec<_>>().join("\n");
    assert!(
        known == text,
        "{name}.txt differs from line {} on (`cargo xtask bless` writes it anew)\n--- it was\n{}\n--- it is\n{}",
        at + 1,
        around(&known),
        around(&text)
    );
}

#[test]
fn a_day_of_an_iphone_at_16_1() {
    plays("ios-16.1", Kind::Ios, Version::V16_1);
}

#[test]
fn a_day_of_an_iphone_at_14_1() {
    plays("ios-14.1", Kind::Ios, Version::V14_1);
}

#[test]
fn a_day_of_an_old_android_at_14_1() {
    plays("android-14.1", Kind::AndroidClassic, Version::V14_1);
}

#[test]
fn a_day_of_an_android_at_16_1() {
    plays("android-16.1", Kind::AndroidClassic, Version::V16_1);
}

#[test]
fn a_day_of_outlook_at_14_1() {
    plays("outlook-14.1", Kind::Outlook, Version::V14_1);
}

#[test]
fn a_day_of_outlook_at_16_1() {
    plays("outlook-16.1", Kind::Outlook, Version::V16_1);
}

#[test]
fn a_day_of_tbsync_at_14_1() {
    plays("tbsync-14.1", Kind::TbSync, Version::V14_1);
}

#[test]
fn a_day_of_tbsync_at_16_1() {
    plays("tbsync-16.1", Kind::TbSync, Version::V16_1);
}
