//! What is set for shared folders on one device, and what a phone's own doing sets there.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests, run by a macro on two databases"
)]

#[macro_use]
mod common;

use access::{Entry, Preset};
use common::{Club, NEUER, New, Phone, change};
use engine::{
    Actor, Age, Asked, Body, Command, FolderFlagsChange, FolderId, FolderOutcome, FolderPath, FolderStep,
    HierarchyOutcome, ItemRef, MoveOutcome, NewItem, Origin, Outcome, PrincipalRef, Showing, Step, Switch,
    SyncAnswer, SyncKey, SyncOutcome, SyncRequest, Target, Uid,
};
use items::contact::Field;
use items::{Edit, Kind, event};

fn hierarchy(club: &Club, phone: &Phone, key: SyncKey) -> (SyncKey, Vec<FolderStep>) {
    match club.engine.folder_sync(&phone.caller, &phone.device, key, club.now).unwrap() {
        HierarchyOutcome::Answered { key, steps } => (key, steps),
        HierarchyOutcome::KeyUnknown => panic!("key unknown"),
    }
}

fn names(steps: &[FolderStep]) -> Vec<&str> {
    let added = steps.iter().filter_map(|step| match step {
        FolderStep::Add(entry) if entry.shared => Some(entry.name.as_str()),
        FolderStep::Add(_) | FolderStep::Update(_) | FolderStep::Delete(_) => None,
    });
    added.collect()
}

fn path(text: &str) -> FolderPath {
    FolderPath::try_from(text).unwrap()
}

/// Makes a folder in `public` that everyone has this access to.
fn shared(club: &Club, name: &str, kind: Kind, preset: Preset) -> FolderId {
    let id = club.engine.add_folder("public", &path(name), kind, club.now).unwrap();
    let entry = Entry::new(preset.grant());
    club.engine.set_grant("public", &path(name), (&PrincipalRef::Everyone, entry), club.now).unwrap();
    id
}

fn sync_of(
    club: &Club,
    phone: &Phone,
    folder: FolderId,
    (key, commands): (SyncKey, Vec<Command>),
) -> SyncAnswer {
    let request = SyncRequest { key, ..Club::request(phone, commands) };
    match club.engine.sync(&phone.caller, &phone.device, folder, &request, club.now).unwrap() {
        SyncOutcome::Answered(answer) => answer,
        SyncOutcome::Unchanged { key } => SyncAnswer { key, answers: vec![], steps: vec![], more: false },
        other @ (SyncOutcome::KeyUnknown | SyncOutcome::FolderGone) => panic!("{other:?}"),
    }
}

fn set(club: &Club, name: &str, change: FolderFlagsChange) {
    club.engine.set_device_folder(("bo", "phone1"), ("public", &path(name)), &change, club.now).unwrap();
}

fn a_shared_folder_deleted_on_a_phone_is_hidden_there_and_nowhere_else(new: New<'_>) {
    // Even an admin of the folder only takes it off this one phone.
    let club = new(Preset::Admin);
    club.import(NEUER);
    let below = club.engine.add_folder("public", &path("Public Contacts/Below"), Kind::Contacts, club.now);
    let entry = (&PrincipalRef::Everyone, Entry::new(Preset::Viewer.grant()));
    club.engine.set_grant("public", &path("Public Contacts/Below"), entry, club.now).unwrap();
    let (phone, other) = (club.phone("bo", "phone1"), club.phone("bo", "phone2"));
    for address in ["phone1", "phone2"] {
        club.engine.add_device_account(("bo", address), "public", club.now).unwrap();
    }
    let (start, steps) = hierarchy(&club, &phone, SyncKey::START);
    assert_eq!(names(&steps), ["Public Contacts", "Below"]);
    let (other_key, _) = hierarchy(&club, &other, SyncKey::START);

    let delete =
        |key| club.engine.folder_delete(&phone.caller, &phone.device, (key, club.folder), club.now).unwrap();
    let FolderOutcome::Done { .. } = delete(start) else { panic!("denied") };
    let FolderOutcome::Done { key, .. } = delete(start) else { panic!("its answer may have been lost") };
    let (key, steps) = hierarchy(&club, &phone, key);
    assert_eq!(steps, [FolderStep::Delete(below.unwrap())], "what stood below goes with it");
    let FolderOutcome::Done { key, .. } = delete(key) else { panic!("deleted twice") };
    assert_eq!(hierarchy(&club, &phone, key).1, []);
    assert_eq!(hierarchy(&club, &other, other_key).1, [], "the other phone keeps it");
    assert_eq!(club.engine.items("public", &club.path, Actor::Operator, club.now).unwrap().len(), 1);
    assert!(club.engine.denied(None).unwrap().is_empty());

    let listed = club.engine.device_folders(("bo", "phone1"), club.now).unwrap();
    assert_eq!(listed.iter().map(|folder| folder.showing).collect::<Vec<_>>(), [Showing::Hidden; 2]);
    let who = club.engine.folder_devices("public", &club.path, club.now).unwrap();
    let who: Vec<_> = who.iter().map(|folder| (folder.address.as_str(), folder.showing)).collect();
    assert_eq!(who, [("phone1", Showing::Hidden), ("phone2", Showing::Shown)]);

    set(&club, "Public Contacts", FolderFlagsChange { hidden: Some(Switch::Off), ..Default::default() });
    assert!(club.engine.pending(&phone.caller, &phone.device, &[], club.now).unwrap().hierarchy);
    assert_eq!(names(&hierarchy(&club, &phone, key).1), ["Public Contacts"]);
}

fn a_shared_folder_the_user_lost_is_not_there_to_be_deleted(new: New<'_>) {
    let club = new(Preset::Viewer);
    let phone = club.phone("bo", "phone1");
    let (key, _) = hierarchy(&club, &phone, SyncKey::START);
    let hidden = club.engine.folders("anna", Actor::Operator, club.now).unwrap()[0].id;
    let outcome = club.engine.folder_delete(&phone.caller, &phone.device, (key, hidden), club.now).unwrap();
    assert_eq!(outcome, FolderOutcome::NotFound, "anna's own folder does not exist for bo");
}

fn a_device_gets_all_folders_of_an_account_that_its_user_may_use(new: New<'_>) {
    let club = new(Preset::Viewer);
    let phone = club.phone("bo", "phone1");
    let (key, steps) = hierarchy(&club, &phone, SyncKey::START);
    assert_eq!(names(&steps), Vec::<&str>::new());
    club.engine.add_device_account(("bo", "phone1"), "public", club.now).unwrap();
    club.engine.add_folder("public", &path("Secret"), Kind::Notes, club.now).unwrap();
    club.engine.add_folder("public", &path("Files"), Kind::Files, club.now).unwrap();
    assert!(club.engine.pending(&phone.caller, &phone.device, &[], club.now).unwrap().hierarchy);
    let (key, steps) = hierarchy(&club, &phone, key);
    assert_eq!(names(&steps), ["Public Contacts"], "and no other");
    shared(&club, "Team", Kind::Calendar, Preset::Editor);
    let (key, steps) = hierarchy(&club, &phone, key);
    assert_eq!(names(&steps), ["Team"], "a new one comes by itself");
    let listed = club.engine.device_folders(("bo", "phone1"), club.now).unwrap();
    let listed: Vec<_> =
        listed.iter().map(|folder| (folder.path.as_str(), folder.origin, folder.showing)).collect();
    let expected = [
        ("Public Contacts", Origin::Account, Showing::Shown),
        ("Secret", Origin::Account, Showing::NoAccess),
        ("Team", Origin::Account, Showing::Shown),
    ];
    assert_eq!(listed, expected);
    assert!(club.engine.remove_device_account(("bo", "phone1"), "public", club.now).unwrap());
    assert_eq!(hierarchy(&club, &phone, key).1.len(), 2);
    let own = club.engine.add_device_account(("bo", "phone1"), "bo", club.now);
    assert!(own.unwrap_err().to_string().contains("own"));
}

fn without_notices_a_denied_change_is_only_recorded(new: New<'_>) {
    let club = new(Preset::Viewer);
    let uid = club.import(NEUER);
    let mut phone = club.phone("bo", "phone1");
    phone.key = club.sync(&phone, vec![]).key;
    set(&club, "Public Contacts", FolderFlagsChange { notice: Some(Switch::Off), ..Default::default() });
    let answer = club.sync(&phone, vec![change(uid, &[(Field::FirstName, "Manuel")])]);
    assert_eq!(answer.answers, [Outcome::Kept]);
    assert_eq!((club.engine.denied(Some("bo")).unwrap().len(), club.inbox("bo").len()), (1, 0));
    phone.key = answer.key;
    set(&club, "Public Contacts", FolderFlagsChange { notice: Some(Switch::On), ..Default::default() });
    club.sync(&phone, vec![change(uid, &[(Field::FirstName, "Manolo")])]);
    assert_eq!((club.engine.denied(Some("bo")).unwrap().len(), club.inbox("bo").len()), (2, 1));
}

fn event_on(day: &str) -> Vec<u8> {
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:{day}\r\nDTSTAMP:20260101T000000Z\r\n\
         DTSTART:{day}T100000Z\r\nDTEND:{day}T110000Z\r\nSUMMARY:{day}\r\nBEGIN:VALARM\r\nACTION:DISPLAY\r\n\
         DESCRIPTION:x\r\nTRIGGER:-PT15M\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    .into_bytes()
}

fn import_event(club: &Club, day: &str) -> Uid {
    let content = event_on(day);
    let item = NewItem { content: &content, name: None };
    club.engine.import(Actor::Operator, ("public", &path("Team")), &item, club.now).unwrap().uid
}

fn a_folder_goes_back_only_as_far_as_is_set_for_the_device(new: New<'_>) {
    let club = new(Preset::Viewer);
    let folder = shared(&club, "Team", Kind::Calendar, Preset::Viewer);
    for day in ["20260101", "20260217", "20260302"] {
        import_event(&club, day);
    }
    let phone = club.phone("bo", "phone1");
    let key = sync_of(&club, &phone, folder, (SyncKey::START, vec![])).key;
    let all = sync_of(&club, &phone, folder, (key, vec![]));
    assert_eq!(all.steps.len(), 3);
    let key = sync_of(&club, &phone, folder, (all.key, vec![])).key;
    let pending = || club.engine.pending(&phone.caller, &phone.device, &[folder], club.now).unwrap().folders;
    assert!(pending().is_empty());
    set(&club, "Team", FolderFlagsChange { age: Some(Age::Days(14)), ..Default::default() });
    assert_eq!(pending(), [folder], "the phone is told that there is something to hear");
    let less = sync_of(&club, &phone, folder, (key, vec![]));
    assert!(matches!(less.steps.as_slice(), [Step::SoftDelete(_)]), "{:?}", less.steps);
    set(&club, "Team", FolderFlagsChange { age: Some(Age::All), ..Default::default() });
    let more = sync_of(&club, &phone, folder, (less.key, vec![]));
    assert!(matches!(more.steps.as_slice(), [Step::Add(_)]), "{:?}", more.steps);
    for days in [0, 36_501] {
        let change = FolderFlagsChange { age: Some(Age::Days(days)), ..Default::default() };
        let refused =
            club.engine.set_device_folder(("bo", "phone1"), ("public", &path("Team")), &change, club.now);
        assert!(refused.is_err(), "{days}");
    }
}

fn without_reminders_events_go_out_silent_and_keep_their_alarms(new: New<'_>) {
    let club = new(Preset::Editor);
    let folder = shared(&club, "Team", Kind::Calendar, Preset::Editor);
    let uid = import_event(&club, "20260302");
    let phone = club.phone("bo", "phone1");
    let key = sync_of(&club, &phone, folder, (SyncKey::START, vec![])).key;
    let answer = sync_of(&club, &phone, folder, (key, vec![]));
    let alarms = |answer: &SyncAnswer| -> Vec<bool> {
        let content = |step: &Step| match step {
            Step::Add(item) | Step::Change { item, .. } => {
                String::from_utf8_lossy(&item.content).contains("VALARM")
            }
            Step::Delete(_) | Step::SoftDelete(_) => panic!("{step:?}"),
        };
        answer.steps.iter().map(content).collect()
    };
    assert_eq!(alarms(&answer), [true]);
    set(&club, "Team", FolderFlagsChange { reminders: Some(Switch::Off), ..Default::default() });
    let pending = club.engine.pending(&phone.caller, &phone.device, &[folder], club.now).unwrap();
    assert_eq!(pending.folders, [folder]);
    let answer = sync_of(&club, &phone, folder, (answer.key, vec![]));
    assert_eq!(alarms(&answer), [false], "it goes out once more, without");
    let quiet = sync_of(&club, &phone, folder, (answer.key, vec![]));
    assert!(quiet.steps.is_empty());

    // The phone changes it and says of a reminder that there is none.
    let fields = event::Fields {
        subject: items::Change::Set("Moved".to_owned()),
        reminder: items::Change::Remove,
        ..event::Fields::default()
    };
    let edit = Edit::Event(Box::new(event::Edit { fields, ..event::Edit::default() }));
    let asked = Asked { body: Body::Item(edit), hint: String::new(), raw: String::new() };
    let command = Command::Change { target: Target::Item(uid), asked, digest: "d".to_owned() };
    let answer = sync_of(&club, &phone, folder, (quiet.key, vec![command]));
    assert_eq!(answer.answers, [Outcome::Done]);
    let stored = club.engine.fetch(&phone.caller, folder, uid, club.now).unwrap().unwrap();
    let stored = String::from_utf8(stored.content).unwrap();
    assert!(stored.contains("SUMMARY:Moved") && stored.contains("TRIGGER:-PT15M"), "{stored}");

    set(&club, "Team", FolderFlagsChange { reminders: Some(Switch::On), ..Default::default() });
    assert_eq!(alarms(&sync_of(&club, &phone, folder, (answer.key, vec![]))), [true]);
}

fn what_leads_nowhere_is_listed(new: New<'_>) {
    let club = new(Preset::Viewer);
    let dead = || club.engine.dead_entries(club.now).unwrap();
    club.engine.add_device_folder(("bo", "phone1"), "public", &club.path, club.now).unwrap();
    club.engine.add_device_account(("anna", "tablet"), "public", club.now).unwrap();
    shared(&club, "Team", Kind::Calendar, Preset::Viewer);
    assert_eq!(dead(), Vec::<String>::new());
    set(&club, "Team", FolderFlagsChange { notice: Some(Switch::Off), ..Default::default() });
    assert_eq!(dead(), ["bo's device phone1: something is set for public 'Team', which it does not get"]);
    for name in ["Public Contacts", "Team"] {
        club.engine.remove_grant("public", &path(name), &PrincipalRef::Everyone, club.now).unwrap();
    }
    let found = dead();
    for line in [
        "bo's device phone1: bo may not use public 'Public Contacts'",
        "bo's device phone1: bo may not use public 'Team'",
        "anna's device tablet: anna may use none of public's folders",
    ] {
        assert!(found.iter().any(|found| found == line), "{line}: {found:?}");
    }
    club.engine.disable_user("bo", club.now).unwrap();
    assert!(dead().contains(&"bo's device phone1: bo may not log in".to_owned()));
}

fn a_move_out_of_a_folder_the_user_lost_is_recorded_and_undone(new: New<'_>) {
    let club = new(Preset::Editor);
    let uid = club.import(NEUER);
    let mut phone = club.phone("bo", "phone1");
    phone.key = club.sync(&phone, vec![]).key;
    let own = club.engine.folders("bo", Actor::Operator, club.now).unwrap();
    let own = own.iter().find(|folder| folder.path == "Contacts").unwrap().id;
    let own_key = sync_of(&club, &phone, own, (SyncKey::START, vec![])).key;
    club.engine.remove_grant("public", &club.path, &PrincipalRef::Everyone, club.now).unwrap();
    let moved = (club.folder, &Target::Item(uid), own);
    let outcome = club.engine.move_item(&phone.caller, &phone.device, moved, club.now).unwrap();
    let MoveOutcome::Phantom(phantom) = outcome else { panic!("{outcome:?}") };
    let denied = club.engine.denied(Some("bo")).unwrap();
    assert_eq!((denied.len(), denied[0].operation.as_str()), (1, "move"));
    assert_eq!(denied[0].reason, "access");
    let told = sync_of(&club, &phone, own, (own_key, vec![])).steps;
    assert_eq!(told, [Step::Delete(ItemRef::Phantom(phantom))]);
    // Of what the device never had there is nothing to record.
    let moved = (club.folder, &Target::Item(Uid(999)), own);
    let outcome = club.engine.move_item(&phone.caller, &phone.device, moved, club.now).unwrap();
    assert_eq!((outcome, club.engine.denied(Some("bo")).unwrap().len()), (MoveOutcome::SourceGone, 1));
}

fn a_batch_waits_for_a_user_who_may_not_log_in_and_is_judged_when_he_may(new: New<'_>) {
    let club = new(Preset::Editor);
    let uid = club.import(NEUER);
    let mut phone = club.phone("bo", "phone1");
    phone.key = club.sync(&phone, vec![]).key;
    club.engine.disable_user("bo", club.now).unwrap();
    club.grant(&PrincipalRef::Everyone, Preset::Viewer);
    club.engine.enable_user("bo", club.now).unwrap();
    let answer = club.sync(&phone, vec![change(uid, &[(Field::FirstName, "Manuel")])]);
    assert_eq!(answer.answers, [Outcome::Kept], "by the access of when it arrives");
    assert_eq!((club.engine.denied(Some("bo")).unwrap().len(), club.inbox("bo").len()), (1, 1));
}

fn what_comes_for_a_folder_never_shown_names_nothing_of_it(new: New<'_>) {
    let club = new(Preset::Viewer);
    let phone = club.phone("bo", "phone1");
    let hidden = club.engine.folders("anna", Actor::Operator, club.now).unwrap();
    let hidden = hidden.iter().find(|folder| folder.path == "Contacts").unwrap().id;
    let request = Club::request(&phone, vec![change(Uid(1), &[(Field::FirstName, "X")])]);
    let outcome = club.engine.sync(&phone.caller, &phone.device, hidden, &request, club.now).unwrap();
    assert_eq!(outcome, SyncOutcome::FolderGone);
    let denied = club.engine.denied(Some("bo")).unwrap();
    assert_eq!((denied.len(), denied[0].account.as_str()), (1, ""));
    assert!(!club.inbox("bo")[0].contains("anna") && !club.inbox("bo")[0].contains("Anna"));
}

on_both_engines! {
    what_leads_nowhere_is_listed,
    a_move_out_of_a_folder_the_user_lost_is_recorded_and_undone,
    a_batch_waits_for_a_user_who_may_not_log_in_and_is_judged_when_he_may,
    what_comes_for_a_folder_never_shown_names_nothing_of_it,
    a_shared_folder_deleted_on_a_phone_is_hidden_there_and_nowhere_else,
    a_shared_folder_the_user_lost_is_not_there_to_be_deleted,
    a_device_gets_all_folders_of_an_account_that_its_user_may_use,
    without_notices_a_denied_change_is_only_recorded,
    a_folder_goes_back_only_as_far_as_is_set_for_the_device,
    without_reminders_events_go_out_silent_and_keep_their_alarms,
}
