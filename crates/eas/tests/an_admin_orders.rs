//! What an admin decides about a device: whether it may be used, and whether it is to be wiped.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what is not there where it should be is a failed test"
)]

mod common;

use access::Preset;
use common::{Club, Phone, document, sync, text};
use eas::request::Command;
use eas::{Answer, Woken};
use engine::{Standing, WipeKind, WipeState};
use wbxml::Element;
use wbxml::page::folder_hierarchy::{self, FOLDER_SYNC};
use wbxml::page::ping::{FOLDER, FOLDERS, HEARTBEAT_INTERVAL, ID, PING};
use wbxml::page::provision::{
    ACCOUNT_ONLY_REMOTE_WIPE, POLICIES, POLICY, POLICY_TYPE, PROVISION, REMOTE_WIPE, STATUS,
};
use wbxml::page::{air_sync, ping};

const BO: (&str, &str) = ("bo", "phone1");

fn status(phone: &Phone<'_>) -> String {
    text(&phone.folder_sync("0"), folder_hierarchy::STATUS)
}

fn http(phone: &Phone<'_>) -> u16 {
    let root = Element::new(FOLDER_SYNC).with(Element::text(folder_hierarchy::SYNC_KEY, "0"));
    phone.reply(Command::FolderSync, Some(&root)).status
}

fn ask_policy() -> Element {
    let policy = Element::new(POLICY).with(Element::text(POLICY_TYPE, "MS-EAS-Provisioning-WBXML"));
    Element::new(PROVISION).with(Element::new(POLICIES).with(policy))
}

fn wiped(tag: wbxml::Tag, status: &str) -> Element {
    Element::new(PROVISION).with(Element::new(tag).with(Element::text(STATUS, status)))
}

fn state(club: &Club) -> Option<(WipeKind, WipeState)> {
    club.engine().devices(Some("bo")).unwrap()[0].orders.wipe.map(|wipe| (wipe.kind, wipe.state))
}

#[test]
fn an_order_given_before_a_device_comes_holds_when_it_does() {
    for (new, order, due) in [
        (Standing::Allowed, Standing::Blocked, "129"),
        (Standing::Allowed, Standing::Quarantined, "129"),
        (Standing::Quarantined, Standing::Allowed, "1"),
    ] {
        let settings = engine::Settings { new_devices: new, ..engine::Settings::default() };
        let club = Club::configured(Preset::Viewer, settings, eas::Settings::default());
        assert!(!club.engine().set_device_standing(BO, order, club.now).unwrap(), "it has not come");
        assert_eq!(status(&club.phone("bo")), due, "{order:?}");
        assert!(club.engine().set_device_standing(BO, Standing::Allowed, club.now).unwrap(), "it has");
        assert_eq!(status(&club.phone("bo")), "1");
    }
    let club = Club::new(Preset::Viewer);
    for id in ["", &"x".repeat(65)] {
        let refused = club.engine().set_device_standing(("bo", id), Standing::Blocked, club.now);
        assert!(matches!(refused, Err(engine::Error::Invalid { .. })), "{id:?}");
    }
}

#[test]
fn a_device_that_does_not_come_for_long_is_forgotten_unless_it_is_kept_out() {
    let days = |club: &Club, days: i64| {
        engine::Timestamp::from_second(club.now.as_second() + days * 24 * 3600).unwrap()
    };
    let settings = engine::Settings { device_expiry_days: 90, ..engine::Settings::default() };
    let mut club = Club::configured(Preset::Viewer, settings, eas::Settings::default());
    let key = text(&club.phone("bo").folder_sync("0"), folder_hierarchy::SYNC_KEY);
    club.engine().set_device_standing(("anna", "stolen"), Standing::Blocked, club.now).unwrap();
    let forget = |club: &Club, now| club.engine().forget_unseen_devices(now).unwrap();
    assert_eq!(forget(&club, days(&club, 90)), [], "ninety days are not more than ninety");
    let after = engine::Timestamp::from_millisecond(days(&club, 90).as_millisecond() + 1).unwrap();
    let forgotten = forget(&club, after);
    let names: Vec<_> = forgotten.iter().map(|gone| (gone.user.as_str(), gone.address.as_str())).collect();
    assert_eq!(names, [BO]);
    assert_eq!(club.engine().devices(None).unwrap().len(), 1, "who is blocked stays blocked");
    club.now = after;
    assert_eq!(text(&club.phone("bo").folder_sync(&key), folder_hierarchy::STATUS), "9", "it starts over");
    assert_eq!(forget(&club, after), []);

    let never = Club::new(Preset::Viewer);
    status(&never.phone("bo"));
    assert_eq!(forget(&never, days(&never, 36_500)), [], "unless the admin wants it");
}

#[test]
fn a_blocked_or_quarantined_device_gets_nothing_until_it_is_allowed() {
    let club = Club::new(Preset::Viewer);
    let phone = club.phone("bo");
    let old = Phone { version: "12.1", ..club.phone("bo") };
    assert_eq!(status(&phone), "1");
    for standing in [Standing::Blocked, Standing::Quarantined] {
        club.engine().set_device_standing(BO, standing, club.now).unwrap();
        assert_eq!((status(&phone), http(&old)), ("129".to_owned(), 403), "{standing:?}");
        assert_eq!(text(&phone.ask(Command::Provision, &ask_policy()), STATUS), "129", "{standing:?}");
        let quiet = phone.ask(Command::Sync, &sync(vec![]));
        assert_eq!(text(&quiet, air_sync::STATUS), "129", "{standing:?}");
        assert_eq!(
            text(&club.phone("anna").folder_sync("0"), folder_hierarchy::STATUS),
            "1",
            "another user's"
        );
        club.engine().set_device_standing(BO, Standing::Allowed, club.now).unwrap();
        assert_eq!((status(&phone), http(&old)), ("1".to_owned(), 200), "{standing:?}");
    }
}

#[test]
fn a_new_device_waits_for_the_admin_where_that_is_configured() {
    let settings = engine::Settings { new_devices: Standing::Quarantined, ..engine::Settings::default() };
    let club = Club::configured(Preset::Viewer, settings, eas::Settings::default());
    let phone = club.phone("bo");
    assert_eq!(status(&phone), "129");
    let listed = &club.engine().devices(Some("bo")).unwrap()[0];
    assert_eq!((listed.orders.standing, listed.kind.as_str()), (Standing::Quarantined, "iPhone"));
    club.engine().set_device_standing(BO, Standing::Allowed, club.now).unwrap();
    assert_eq!(status(&phone), "1");
}

#[test]
fn a_waiting_device_comes_again_when_it_is_blocked() {
    let club = Club::new(Preset::Viewer);
    let phone = club.phone("bo");
    let folder = phone.folder("Public Contacts");
    phone.take_all(&folder);
    let list = Element::new(FOLDERS).with(Element::new(FOLDER).with(Element::text(ID, folder.as_str())));
    let asked = Element::new(PING).with(Element::text(HEARTBEAT_INTERVAL, "480")).with(list);
    let wait = phone.wait(Command::Ping, Some(&asked));
    club.engine().set_device_standing(BO, Standing::Blocked, club.now).unwrap();
    let Answer::Reply(reply) = phone.resume(wait, Woken::Changed) else { panic!("it goes on waiting") };
    assert_eq!(text(&document(&reply), ping::STATUS), "1");
    assert_eq!(text(&phone.ask(Command::Ping, &asked), ping::STATUS), "129");
}

#[test]
fn a_device_of_16_1_wipes_its_account_and_is_blocked_then() {
    let club = Club::new(Preset::Viewer);
    let phone = Phone { version: "16.1", ..club.phone("bo") };
    assert_eq!(status(&phone), "1");
    club.engine().wipe_device(BO, WipeKind::Account, club.now).unwrap();
    assert_eq!(status(&phone), "140");
    let told = phone.ask(Command::Provision, &ask_policy());
    assert_eq!(text(&told, STATUS), "1");
    assert!(told.child(ACCOUNT_ONLY_REMOTE_WIPE).is_some_and(Element::is_empty));
    assert_eq!((told.child(REMOTE_WIPE), told.child(POLICIES)), (None, None));
    let done = phone.ask(Command::Provision, &wiped(ACCOUNT_ONLY_REMOTE_WIPE, "1"));
    assert_eq!(text(&done, STATUS), "1");
    assert_eq!(state(&club), Some((WipeKind::Account, WipeState::Done)));
    assert_eq!(status(&phone), "129");
    club.engine().set_device_standing(BO, Standing::Allowed, club.now).unwrap();
    assert_eq!((status(&phone).as_str(), state(&club)), ("1", None));
}

#[test]
fn an_order_for_the_account_is_never_taken_for_a_whole_wipe() {
    let club = Club::new(Preset::Viewer);
    let (new, older) = (Phone { version: "16.1", ..club.phone("bo") }, club.phone("bo"));
    assert_eq!(status(&new), "1");
    club.engine().wipe_device(BO, WipeKind::Account, club.now).unwrap();
    assert_eq!(status(&older), "129");
    let answer = older.ask(Command::Provision, &ask_policy());
    assert_eq!((text(&answer, STATUS).as_str(), answer.child(REMOTE_WIPE)), ("129", None));
}

#[test]
fn a_whole_wipe_is_told_again_until_it_worked() {
    let club = Club::new(Preset::Viewer);
    let (phone, old) = (club.phone("bo"), Phone { version: "12.1", policy_key: 7, ..club.phone("bo") });
    assert_eq!(status(&phone), "1");
    club.engine().wipe_device(BO, WipeKind::Whole, club.now).unwrap();
    assert_eq!((status(&phone), http(&old)), ("140".to_owned(), 449));
    for (word, expected) in [("2", WipeState::Failed), ("1", WipeState::Done)] {
        assert!(phone.ask(Command::Provision, &ask_policy()).child(REMOTE_WIPE).is_some());
        assert_eq!(state(&club), Some((WipeKind::Whole, WipeState::Told)));
        assert_eq!(text(&phone.ask(Command::Provision, &wiped(REMOTE_WIPE, word)), STATUS), "1");
        assert_eq!(state(&club), Some((WipeKind::Whole, expected)));
    }
    assert_eq!(status(&phone), "129");
}

#[test]
fn a_forged_word_of_a_wipe_changes_nothing() {
    let club = Club::new(Preset::Viewer);
    let (phone, other) = (club.phone("bo"), club.phone("anna"));
    assert_eq!((status(&phone), status(&other)), ("1".to_owned(), "1".to_owned()));
    club.engine().wipe_device(BO, WipeKind::Whole, club.now).unwrap();
    let forged = |phone: &Phone<'_>, tag| text(&phone.ask(Command::Provision, &wiped(tag, "1")), STATUS);
    assert_eq!(forged(&phone, REMOTE_WIPE), "2", "it was not told yet");
    assert_eq!(state(&club), Some((WipeKind::Whole, WipeState::Asked)));
    assert_eq!(forged(&other, REMOTE_WIPE), "2", "a device of the same id of another user");
    phone.ask(Command::Provision, &ask_policy());
    assert_eq!(forged(&phone, ACCOUNT_ONLY_REMOTE_WIPE), "2", "another wipe than was ordered");
    let empty = Element::new(PROVISION).with(Element::new(REMOTE_WIPE));
    assert_eq!(text(&phone.ask(Command::Provision, &empty), STATUS), "2", "without a status");
    assert_eq!(state(&club), Some((WipeKind::Whole, WipeState::Told)));
    assert_eq!(status(&other), "1");
}
