//! `comity tour`: a scripted phone meets a read-only folder, and tells what happens. Always the same: the clock and
//! the random numbers are fixed.

mod carrier;
mod round;
mod story;
mod teller;

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use engine::{Engine, Timestamp};
use phone::{Habit, Kind, Phone, Version};
use store::{Location, Store};

use crate::config::Config;
use crate::output::{note, print};
use crate::sample;
use carrier::Carrier;
use story::Story;
use teller::Teller;

/// When the story happens, in seconds since 1970: 4 March 2026, 9:00 UTC.
const START_S: i64 = 1_772_614_800;

/// What all random numbers of the story come from.
const SEED: [u8; 32] = *b"a story that is always the same.";

/// The phone's user, an editor of one shared folder and a viewer of another.
const USER: &str = "david";

/// Tells the story; exit code 1 if the phone does not end up equal to the server.
pub(crate) fn run() -> Result<ExitCode> {
    let (text, difference) = tell(Teller::for_terminal())?;
    print(&text)?;
    match difference {
        None => Ok(ExitCode::SUCCESS),
        Some(what) => {
            note(&format!("comity: the phone is not equal to the server: {what}; please report this"));
            Ok(ExitCode::FAILURE)
        }
    }
}

/// Returns the story, and how the phone differs from the server at its end, if it does.
fn tell(teller: Teller) -> Result<(String, Option<String>)> {
    let start = Timestamp::from_second(START_S).context("setting the clock")?;
    let settings = Config::parse(sample::CONFIG).map_err(anyhow::Error::msg)?.settings()?;
    let engine = Arc::new(Engine::new(Store::open(&Location::Memory)?, settings, SEED));
    sample::plant(&engine, start)?;
    let server = Arc::new(eas::Server::new(Arc::clone(&engine), eas::Settings::default()));
    let caller = engine.act_as(USER)?;
    let mut carrier = Carrier::new(server, caller, "tour-phone-1", start);
    let phone = set_up("tour-phone-1");
    let (phone, text) = Story::new(&engine, phone, &mut carrier, teller).tell()?;
    let mut fresh = set_up("tour-phone-2");
    fresh.sync_all(&mut carrier.of_device("tour-phone-2")).context("setting up a second phone")?;
    Ok((text, difference(&phone, &fresh)))
}

/// Returns an Android phone that was just set up, of the version most phones speak that do not speak 16.
fn set_up(device_id: &str) -> Phone {
    let kind = Kind::AndroidClassic;
    Phone::with_habit(device_id, kind, Habit { version: Version::V14_1, ..kind.habit() })
}

/// Returns how a phone differs from one that was just set up, and so shows exactly what the server has.
fn difference(phone: &Phone, fresh: &Phone) -> Option<String> {
    if phone.has_edits() {
        return Some("it still has something to tell".to_owned());
    }
    if phone.folders().count() != fresh.folders().count() {
        return Some("it shows other folders".to_owned());
    }
    fresh.folders().find_map(|folder| {
        let (shown, expected) = (items(phone, folder), items(fresh, folder));
        let ids = shown.keys().chain(expected.keys());
        let mut differing = ids.filter(|id| !agree(shown.get(*id), expected.get(*id)));
        differing.next().map(|id| format!("it shows another item {id} in '{}'", folder.name()))
    })
}

/// The fields of an item by their names.
type Fields = BTreeMap<&'static str, String>;

fn items(phone: &Phone, folder: &phone::Folder) -> BTreeMap<String, Fields> {
    let items = phone.items(folder.id());
    items
        .map(|item| (item.server_id().unwrap_or("none").to_owned(), item.data().fields().collect()))
        .collect()
}

/// Returns whether a phone shows an item as the server has it.
///
/// A phone's own write is not sent back to it, so it may be without what the server makes of a name by itself.
fn agree(shown: Option<&Fields>, expected: Option<&Fields>) -> bool {
    const MADE_OF_THE_NAME: &str = "FileAs";
    let (Some(shown), Some(expected)) = (shown, expected) else { return false };
    let told = |name: &str| name != MADE_OF_THE_NAME || shown.contains_key(name);
    expected.iter().filter(|(name, _)| told(name)).eq(shown.iter())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_story_ends_well_and_is_the_same_each_time() {
        let (text, difference) = tell(Teller::plain()).unwrap();
        assert_eq!(difference, None, "{text}");
        assert!(text.contains("Firstname:               Manoel - Your data: Manuel"), "{text}");
        assert!(text.lines().count() < 100, "two screens: {text}");
        assert!(!text.contains('\u{1b}'), "{text}");
        assert_eq!(tell(Teller::plain()).unwrap().0, text);
    }
}
