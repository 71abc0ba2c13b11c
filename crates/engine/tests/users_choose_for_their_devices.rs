//! What is shared with whom is found in one look, and users choose for their own devices.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests, run by a macro on two databases"
)]

#[macro_use]
mod common;

use access::{Entry, Preset};
use common::{Club, New};
use engine::{
    Actor, Age, By, Changed, Error, FolderPath, FolderStep, HierarchyOutcome, Origin, OwnDeviceFolder,
    PrincipalRef, Showing, Switch, SyncKey, Via, Watcher,
};
use items::Kind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

fn path(text: &str) -> FolderPath {
    FolderPath::try_from(text).unwrap()
}

fn give(club: &Club, (account, name): (&str, &str), principal: &PrincipalRef, preset: Preset) {
    let entry = Entry::new(preset.grant());
    club.engine.set_grant(account, &path(name), (principal, entry), club.now).unwrap();
}

fn user(name: &str) -> PrincipalRef {
    PrincipalRef::User(name.to_owned())
}

const SHOWN: OwnDeviceFolder =
    OwnDeviceFolder { shown: Some(Switch::On), notice: None, reminders: None, age: None };
const NOT_SHOWN: OwnDeviceFolder =
    OwnDeviceFolder { shown: Some(Switch::Off), notice: None, reminders: None, age: None };

/// The shared folders a device shows.
fn on_phone(club: &Club, phone: &common::Phone) -> Vec<String> {
    let list = club.engine.folder_sync(&phone.caller, &phone.device, SyncKey::START, club.now).unwrap();
    let HierarchyOutcome::Answered { steps, .. } = list else { panic!("{list:?}") };
    let shared = steps.into_iter().filter_map(|step| match step {
        FolderStep::Add(entry) if entry.shared => Some(entry.name),
        FolderStep::Add(_) | FolderStep::Update(_) | FolderStep::Delete(_) => None,
    });
    shared.collect()
}

fn what_is_shared_is_listed_at_both_ends(new: New<'_>) {
    let club = new(Preset::Viewer);
    let (anna, bo) = (club.engine.act_as("anna").unwrap(), club.engine.act_as("bo").unwrap());
    club.engine.add_group("staff", club.now).unwrap();
    club.engine.join("staff", "bo", club.now).unwrap();
    give(&club, ("anna", "Calendar"), &PrincipalRef::Group("staff".to_owned()), Preset::Author);
    give(&club, ("anna", "Calendar"), &user("bo"), Preset::Viewer);
    let with = club.engine.shared_with(&bo, club.now).unwrap();
    let seen: Vec<_> = with.iter().map(|one| (one.owner.name.as_str(), one.path.as_str())).collect();
    assert_eq!(seen, [("anna", "Calendar"), ("public", "Public Contacts")]);
    assert_eq!(with[0].levels, Preset::Author.grant(), "all grants taken together");
    assert_eq!(with[0].through.len(), 2);
    let by = club.engine.shared_by(&anna, club.now).unwrap();
    assert_eq!((by.len(), by[0].path.as_str(), by[0].grants.len()), (1, "Calendar", 2));
    assert!(club.engine.shared_by(&bo, club.now).unwrap().is_empty());
    // What ends is not shared any more.
    let ended = Entry { until: Some(club.now.as_millisecond() + 1000), ..Entry::new(Preset::Viewer.grant()) };
    club.engine.leave("staff", "bo", club.now).unwrap();
    club.engine.set_grant("anna", &path("Calendar"), (&user("bo"), ended), club.now).unwrap();
    let with = club.engine.shared_with(&bo, club.now).unwrap();
    assert_eq!(with[0].until.map(engine::Timestamp::as_millisecond), ended.until);
    let later = engine::Timestamp::from_millisecond(club.now.as_millisecond() + 1000).unwrap();
    assert_eq!(club.engine.shared_with(&bo, later).unwrap().len(), 1);
}

fn a_user_puts_a_shared_folder_on_his_phone_and_takes_it_off(new: New<'_>) {
    let club = new(Preset::Viewer);
    let phone = club.phone("bo", "phone1");
    let device = (&phone.caller, "phone1");
    assert!(on_phone(&club, &phone).is_empty());
    let choices = club.engine.device_choices(&phone.caller, "phone1", club.now).unwrap();
    assert_eq!((choices.len(), choices[0].origin, choices[0].showing), (1, None, None));
    let folder = ("public", &club.path);
    let chosen = club.engine.choose_device_folder(device, folder, &SHOWN, club.now).unwrap();
    assert_eq!((chosen.origin, chosen.showing), (Some(Origin::Own), Some(Showing::Shown)));
    assert_eq!(on_phone(&club, &phone), ["Public Contacts"]);
    let with = club.engine.shared_with(&phone.caller, club.now).unwrap();
    assert_eq!(with[0].devices[0].address, "phone1");
    let quiet =
        OwnDeviceFolder { notice: Some(Switch::Off), age: Some(Age::Days(7)), ..OwnDeviceFolder::default() };
    let set = club.engine.choose_device_folder(device, folder, &quiet, club.now).unwrap();
    assert_eq!(
        (set.flags.notice, set.flags.age, set.showing),
        (Switch::Off, Age::Days(7), Some(Showing::Shown))
    );
    let gone = club.engine.choose_device_folder(device, folder, &NOT_SHOWN, club.now).unwrap();
    assert_eq!((gone.origin, gone.showing), (None, None));
    assert!(on_phone(&club, &phone).is_empty());
}

fn what_an_admin_set_is_marked_and_can_be_hidden(new: New<'_>) {
    let club = new(Preset::Viewer);
    let phone = club.phone("bo", "phone1");
    let (device, folder) = ((&phone.caller, "phone1"), ("public", &club.path));
    club.engine.choose_device_folder(device, folder, &SHOWN, club.now).unwrap();
    club.engine.add_device_folder(("bo", "phone1"), "public", &club.path, club.now).unwrap();
    let hidden = club.engine.choose_device_folder(device, folder, &NOT_SHOWN, club.now).unwrap();
    assert_eq!((hidden.origin, hidden.showing), (Some(Origin::Set), Some(Showing::Hidden)));
    assert!(on_phone(&club, &phone).is_empty());
    club.engine.choose_device_folder(device, folder, &SHOWN, club.now).unwrap();
    assert_eq!(on_phone(&club, &phone), ["Public Contacts"]);
    // Its owner's admin sees who has it, others do not.
    let list = club.engine.devices_with(Actor::Operator, folder, club.now).unwrap();
    assert_eq!((list.len(), list[0].address.as_str()), (1, "phone1"));
    let refused = club.engine.devices_with(Actor::User(&phone.caller), folder, club.now);
    assert!(matches!(refused, Err(Error::Refused { .. })), "{refused:?}");
}

fn nobody_chooses_what_he_may_not_see_or_for_others(new: New<'_>) {
    let club = new(Preset::Viewer);
    let phone = club.phone("bo", "phone1");
    let device = (&phone.caller, "phone1");
    for (account, name) in [("anna", "Calendar"), ("anna", "None"), ("nobody", "Calendar")] {
        let refused = club.engine.choose_device_folder(device, (account, &path(name)), &SHOWN, club.now);
        assert!(matches!(refused, Err(Error::NotFound { .. })), "{account} {name}: {refused:?}");
    }
    let own = club.engine.choose_device_folder(device, ("bo", &path("Notes")), &SHOWN, club.now);
    assert!(matches!(own, Err(Error::Invalid { .. })), "{own:?}");
    let anna = club.engine.act_as("anna").unwrap();
    let folder = ("public", &club.path);
    let other = club.engine.choose_device_folder((&anna, "phone1"), folder, &SHOWN, club.now);
    assert!(matches!(other, Err(Error::NotFound { .. })), "{other:?}");
    assert!(club.engine.device_choices(&anna, "phone1", club.now).is_err());
    let long = OwnDeviceFolder { age: Some(Age::Days(0)), ..OwnDeviceFolder::default() };
    assert!(club.engine.choose_device_folder(device, folder, &long, club.now).is_err());
}

/// Notes that it was told.
struct Bell(AtomicBool);

impl Watcher for Bell {
    fn changed(&self, changed: &Changed) {
        self.0.fetch_or(changed.directory, Ordering::SeqCst);
    }
}

fn a_choice_wakes_a_waiting_phone(new: New<'_>) {
    let club = new(Preset::Viewer);
    let phone = club.phone("bo", "phone1");
    let bell = Arc::new(Bell(AtomicBool::new(false)));
    club.engine.watch(Arc::clone(&bell) as Arc<dyn Watcher>);
    let folder = ("public", &club.path);
    club.engine.choose_device_folder((&phone.caller, "phone1"), folder, &SHOWN, club.now).unwrap();
    assert!(bell.0.load(Ordering::SeqCst));
}

fn folders_are_made_and_removed_by_who_may(new: New<'_>) {
    let club = new(Preset::Editor);
    let bo = club.engine.act_as("bo").unwrap();
    let by = By { actor: Actor::User(&bo), via: Via::default() };
    let make = |account: &str, name: &str| {
        club.engine.make_folder(&by, (account, &path(name)), Kind::Contacts, club.now)
    };
    let own = make("bo", "Club").unwrap();
    make("bo", "Club/2026").unwrap();
    assert!(matches!(make("public", "Top"), Err(Error::NotFound { .. })), "nobody knows of a top there");
    assert!(matches!(make("public", "Public Contacts/Below"), Err(Error::Refused { .. })));
    assert!(matches!(make("anna", "Calendar/Below"), Err(Error::NotFound { .. })), "he does not see it");
    assert!(matches!(make("nobody", "Top"), Err(Error::NotFound { .. })));
    club.engine.place_folder(&by, own, &path("Team"), club.now).unwrap();
    assert!(matches!(
        club.engine.place_folder(&by, club.folder, &path("Mine"), club.now),
        Err(Error::Refused { .. })
    ));
    assert!(matches!(club.engine.drop_folder(&by, club.folder, club.now), Err(Error::Refused { .. })));
    club.engine.drop_folder(&by, own, club.now).unwrap();
    assert!(club.engine.require_admin(&bo).is_err());

    give(&club, ("public", "Public Contacts"), &user("bo"), Preset::Admin);
    let below = make("public", "Public Contacts/Below").unwrap();
    club.engine.place_folder(&by, below, &path("Public Contacts/Deep"), club.now).unwrap();
    let top = club.engine.place_folder(&by, below, &path("Deep"), club.now);
    assert!(matches!(top, Err(Error::Refused { .. })), "{top:?}");
    // One folder below that he does not see keeps all of it.
    club.engine.remove_grant("public", &path("Public Contacts/Deep"), &user("bo"), club.now).unwrap();
    club.engine
        .remove_grant("public", &path("Public Contacts/Deep"), &PrincipalRef::Everyone, club.now)
        .unwrap();
    assert!(matches!(club.engine.drop_folder(&by, club.folder, club.now), Err(Error::Refused { .. })));
    assert_eq!(club.engine.check().unwrap(), Vec::<String>::new());
}

fn all_devices_are_listed_a_page_at_a_time(new: New<'_>) {
    let mut club = new(Preset::Viewer);
    let start = club.now;
    for (minutes, user, address) in [(0, "anna", "a1"), (1, "bo", "b1"), (2, "anna", "a2")] {
        club.now = start + jiff::SignedDuration::from_mins(minutes);
        club.phone(user, address);
    }
    let page = |user, start, limit| {
        let page = club.engine.device_page(user, start, limit).unwrap();
        let names: Vec<String> = page.devices.into_iter().map(|device| device.address).collect();
        (names.join(" "), page.total)
    };
    assert_eq!(page(None, 0, 2), ("a2 b1".to_owned(), 3), "the one seen last first");
    assert_eq!(page(None, 2, 2), ("a1".to_owned(), 3));
    assert_eq!(page(None, 3, 2), (String::new(), 3));
    assert_eq!(page(Some("anna"), 0, 9), ("a2 a1".to_owned(), 2));
    assert!(matches!(club.engine.device_page(Some("nobody"), 0, 9), Err(Error::NotFound { .. })));
}

on_both_engines!(
    all_devices_are_listed_a_page_at_a_time,
    what_is_shared_is_listed_at_both_ends,
    a_user_puts_a_shared_folder_on_his_phone_and_takes_it_off,
    what_an_admin_set_is_marked_and_can_be_hidden,
    nobody_chooses_what_he_may_not_see_or_for_others,
    a_choice_wakes_a_waiting_phone,
    folders_are_made_and_removed_by_who_may,
);
