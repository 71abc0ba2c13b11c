//! Rights come and go, items change and vanish: a phone ends up with what its user may see, and no write is lost.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests, run by a macro on two databases"
)]

#[macro_use]
mod common;

use access::{Entry, Grant, Level, Preset};
use common::{Club, NEUER, New, add, change};
use engine::{
    Actor, Command, Engine, Estimate, FolderOutcome, FolderPath, FolderStep, HierarchyOutcome, ItemRef,
    MoveOutcome, NewItem, Outcome, PrincipalRef, Pull, Step, SyncKey, SyncOutcome, SyncRequest, Target, Uid,
    Window,
};
use items::Kind;
use items::contact::Field;

fn card(number: usize) -> Vec<u8> {
    format!(
        "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:u{number}\r\nFN:No {number}\r\nN:{number};No;;;\r\nEND:VCARD\r\n"
    )
    .into_bytes()
}

fn uids(steps: &[Step]) -> Vec<(char, i64)> {
    let number = |item: &ItemRef| match item {
        ItemRef::Item(uid) => uid.0,
        ItemRef::Phantom(phantom) => -phantom,
    };
    let name = |step: &Step| match step {
        Step::Add(item) => ('+', item.uid.0),
        Step::Change { item, .. } => ('~', item.uid.0),
        Step::Delete(item) => ('-', number(item)),
        Step::SoftDelete(item) => ('s', number(item)),
    };
    steps.iter().map(name).collect()
}

fn a_first_sync_pages_newest_first_while_the_folder_changes(new: New<'_>) {
    let club = new(Preset::Editor);
    let all: Vec<Uid> = (0..700).map(|number| club.import(&card(number))).collect();
    let mut phone = club.phone("bo", "phone1");
    let mut shown = std::collections::BTreeSet::new();
    let mut rounds = 0;
    loop {
        let answer = club.sync(&phone, vec![]);
        for step in &answer.steps {
            match step {
                Step::Add(item) => assert!(shown.insert(item.uid), "{} twice", item.uid),
                Step::Change { item, .. } => assert!(shown.contains(&item.uid)),
                Step::Delete(ItemRef::Item(uid)) => assert!(shown.remove(uid)),
                Step::Delete(ItemRef::Phantom(_)) | Step::SoftDelete(_) => panic!("{step:?}"),
            }
        }
        phone.key = answer.key;
        rounds += 1;
        if rounds == 3 {
            // One that is shown, one that is not, and a new one.
            club.engine.delete_item(Actor::Operator, ("public", &club.path, all[690]), club.now).unwrap();
            club.engine.delete_item(Actor::Operator, ("public", &club.path, all[3]), club.now).unwrap();
            club.import(&card(9999));
        }
        if !answer.more {
            break;
        }
    }
    assert_eq!(shown.len(), 699);
    assert!(rounds <= 9, "{rounds}");
    assert!(matches!(club.outcome(&phone, vec![]), SyncOutcome::Unchanged { .. }));
}

fn losing_read_on_others_items_takes_them_off_and_getting_it_brings_them_back(new: New<'_>) {
    let club = new(Preset::Editor);
    let theirs = club.import(NEUER);
    let mut phone = club.phone("bo", "phone1");
    phone.key = club.sync(&phone, vec![]).key;
    let answer = club.sync(&phone, vec![add("c", &[(Field::LastName, "Mine")])]);
    let [Outcome::Added(mine)] = answer.answers[..] else { panic!() };
    phone.key = answer.key;

    let own = Grant { read: Level::Own, write: Level::Own, delete: Level::Own, ..Preset::Editor.grant() };
    let grant = |grant| {
        club.engine
            .set_grant("public", &club.path, (&PrincipalRef::Everyone, Entry::new(grant)), club.now)
            .unwrap()
    };
    grant(own);
    let answer = club.sync(&phone, vec![]);
    assert_eq!(uids(&answer.steps), [('s', theirs.0)]);
    phone.key = answer.key;
    // What he does not see does not exist for him.
    let answer = club.sync(&phone, vec![change(theirs, &[(Field::FirstName, "X")])]);
    assert_eq!(answer.answers, [Outcome::Gone]);
    phone.key = answer.key;
    grant(Preset::Editor.grant());
    let answer = club.sync(&phone, vec![]);
    assert_eq!(uids(&answer.steps), [('+', theirs.0)]);
    phone.key = answer.key;
    let answer = club.sync(&phone, vec![change(mine, &[(Field::FirstName, "Y")])]);
    assert_eq!(answer.answers, [Outcome::Done]);
}

fn work_done_before_the_folder_was_lost_is_rescued(new: New<'_>) {
    let club = new(Preset::Editor);
    let uid = club.import(NEUER);
    let mut phone = club.phone("bo", "phone1");
    phone.key = club.sync(&phone, vec![]).key;
    club.engine.remove_grant("public", &club.path, &PrincipalRef::Everyone, club.now).unwrap();
    let commands =
        || vec![change(uid, &[(Field::FirstName, "Manuel")]), add("c", &[(Field::LastName, "Kahn")])];
    for _ in 0..2 {
        assert_eq!(club.outcome(&phone, commands()), SyncOutcome::FolderGone);
    }
    let denied = club.engine.denied(Some("bo")).unwrap();
    let mut tried: Vec<_> = denied.iter().map(|record| (record.operation.as_str(), record.count)).collect();
    tried.sort_unstable();
    assert_eq!(tried, [("change", 1), ("create", 1)]);
    assert!(denied.iter().all(|record| record.reason == "access" && record.tried.is_some()));
    let inbox = club.inbox("bo");
    assert_eq!(inbox.len(), 1, "one notice for the request");
    assert!(inbox[0].contains("Kahn") && inbox[0].contains("Manuel"));
    assert!(!inbox[0].contains("Keeper"), "what he may not read any more is not quoted");
}

fn the_server_wins_a_conflict_and_the_loser_hears_of_it(new: New<'_>) {
    let club = new(Preset::Editor);
    let uid = club.import(NEUER);
    let (mut first, mut second) = (club.phone("bo", "phone1"), club.phone("anna", "phone2"));
    first.key = club.sync(&first, vec![]).key;
    second.key = club.sync(&second, vec![]).key;
    second.key = club.sync(&second, vec![change(uid, &[(Field::JobTitle, "Captain")])]).key;
    let answer = club.sync(&first, vec![change(uid, &[(Field::JobTitle, "Coach")])]);
    assert_eq!(answer.answers, [Outcome::Kept]);
    assert_eq!(uids(&answer.steps), [('~', uid.0)]);
    assert_eq!(club.engine.denied(Some("bo")).unwrap()[0].reason, "conflict");
    first.key = answer.key;
    // Now it has the latest: its own two changes in a row, the first answer lost, are no conflict.
    let _lost = club.sync(&first, vec![change(uid, &[(Field::JobTitle, "Coach 1")])]);
    let answer = club.sync(&first, vec![change(uid, &[(Field::JobTitle, "Coach 2")])]);
    assert_eq!(answer.answers, [Outcome::Done]);
    let _ = second;
}

fn a_late_duplicate_neither_repeats_nor_records_anything(new: New<'_>) {
    let club = new(Preset::Editor);
    let uid = club.import(NEUER);
    let mut phone = club.phone("bo", "phone1");
    phone.key = club.sync(&phone, vec![]).key;
    let old = phone.key;
    let commands =
        || vec![change(uid, &[(Field::JobTitle, "Coach")]), add("c", &[(Field::LastName, "Kahn")])];
    phone.key = club.sync(&phone, commands()).key;
    phone.key = club.sync(&phone, vec![change(uid, &[(Field::JobTitle, "Boss")])]).key;
    assert!(matches!(club.outcome(&phone, vec![]), SyncOutcome::Unchanged { .. }));
    let late = SyncRequest { key: old, ..Club::request(&phone, commands()) };
    let outcome = club.engine.sync(&phone.caller, &phone.device, club.folder, &late, club.now).unwrap();
    assert_eq!(outcome, SyncOutcome::KeyUnknown);
    assert!(club.engine.denied(None).unwrap().is_empty());
    assert_eq!(club.engine.items("public", &club.path, Actor::Operator, club.now).unwrap().len(), 2);
    assert!(matches!(club.outcome(&phone, vec![]), SyncOutcome::Unchanged { .. }), "the true key lives on");
}

fn an_unknown_key_keeps_what_came_with_it(new: New<'_>) {
    let club = new(Preset::Editor);
    let mut phone = club.phone("bo", "phone1");
    phone.key = SyncKey(12345);
    assert_eq!(club.outcome(&phone, vec![add("c", &[(Field::LastName, "Kahn")])]), SyncOutcome::KeyUnknown);
    assert_eq!(club.engine.denied(Some("bo")).unwrap()[0].reason, "stale");
    assert_eq!(club.inbox("bo").len(), 1);
}

fn a_drop_box_takes_items_and_says_so_once(new: New<'_>) {
    let club = new(Preset::Contributor);
    let grant = Grant { read: Level::None, ..Preset::Contributor.grant() };
    club.engine
        .set_grant("public", &club.path, (&PrincipalRef::Everyone, Entry::new(grant)), club.now)
        .unwrap();
    let mut phone = club.phone("bo", "phone1");
    for (client_id, name) in [("c1", "Kahn"), ("c2", "Maier")] {
        let answer = club.sync(&phone, vec![add(client_id, &[(Field::LastName, name)])]);
        let [Outcome::Added(uid)] = answer.answers[..] else { panic!("{:?}", answer.answers) };
        assert!(answer.steps.is_empty() && answer.more);
        phone.key = answer.key;
        let answer = club.sync(&phone, vec![]);
        assert_eq!(uids(&answer.steps), [('s', uid.0)]);
        phone.key = answer.key;
    }
    assert!(club.engine.denied(None).unwrap().is_empty());
    assert_eq!(club.inbox("bo").len(), 1);
    assert_eq!(club.engine.items("public", &club.path, Actor::Operator, club.now).unwrap().len(), 2);
}

fn a_denied_move_comes_back_at_both_ends(new: New<'_>) {
    let club = new(Preset::Viewer);
    let uid = club.import(NEUER);
    let mut phone = club.phone("bo", "phone1");
    phone.key = club.sync(&phone, vec![]).key;
    let own = FolderPath::try_from("Contacts").unwrap();
    let contacts = club.engine.folders("bo", Actor::Operator, club.now).unwrap();
    let contacts = contacts.iter().find(|folder| folder.path == own.to_string()).unwrap().id;
    let request = |key| SyncRequest { key, ..Club::request(&phone, vec![]) };
    let own_sync = |key| match club
        .engine
        .sync(&phone.caller, &phone.device, contacts, &request(key), club.now)
        .unwrap()
    {
        SyncOutcome::Answered(answer) => answer,
        other @ (SyncOutcome::Unchanged { .. } | SyncOutcome::KeyUnknown | SyncOutcome::FolderGone) => {
            panic!("{other:?}")
        }
    };
    let own_key = own_sync(SyncKey::START).key;
    let moved = (club.folder, &Target::Item(uid), contacts);
    let outcome = club.engine.move_item(&phone.caller, &phone.device, moved, club.now).unwrap();
    let MoveOutcome::Phantom(phantom) = outcome else { panic!("{outcome:?}") };
    let answer = club.sync(&phone, vec![]);
    assert_eq!(uids(&answer.steps), [('+', uid.0)]);
    let answer = own_sync(own_key);
    assert_eq!(uids(&answer.steps), [('-', -phantom)]);
    let denied = club.engine.denied(Some("bo")).unwrap();
    assert_eq!((denied[0].operation.as_str(), denied.len()), ("move", 1));
    assert!(club.inbox("bo").is_empty());

    club.grant(&PrincipalRef::User("bo".to_owned()), Preset::Editor);
    let outcome = club.engine.move_item(&phone.caller, &phone.device, moved, club.now).unwrap();
    let MoveOutcome::Moved(there) = outcome else { panic!("{outcome:?}") };
    let again = club.engine.move_item(&phone.caller, &phone.device, moved, club.now).unwrap();
    assert_eq!(again, MoveOutcome::Moved(there), "its answer may have been lost");
}

fn what_was_moved_out_of_a_lost_folder_is_there_when_the_folder_comes_back(new: New<'_>) {
    let club = new(Preset::Viewer);
    let uid = club.import(NEUER);
    let mut phone = club.phone("bo", "phone1");
    phone.key = club.sync(&phone, vec![]).key;
    let own = club.engine.folders("bo", Actor::Operator, club.now).unwrap();
    let own = own.iter().find(|folder| folder.path == "Contacts").unwrap().id;
    club.engine.remove_grant("public", &club.path, &PrincipalRef::Everyone, club.now).unwrap();
    let moved = (club.folder, &Target::Item(uid), own);
    let outcome = club.engine.move_item(&phone.caller, &phone.device, moved, club.now).unwrap();
    assert!(matches!(outcome, MoveOutcome::Phantom(_)), "{outcome:?}");
    // The device has not asked for its folders meanwhile, so it has this one still.
    club.grant(&PrincipalRef::Everyone, Preset::Viewer);
    let answer = club.sync(&phone, vec![]);
    assert_eq!(uids(&answer.steps), [('+', uid.0)]);
}

fn a_suspended_user_gets_nothing_and_changes_nothing_and_has_all_back_later(new: New<'_>) {
    let club = new(Preset::Editor);
    let uid = club.import(NEUER);
    let mut phone = club.phone("bo", "phone1");
    phone.key = club.sync(&phone, vec![]).key;
    // He was logged in when it happened: requests of his are under way, and his phone waits.
    club.engine.disable_user("bo", club.now).unwrap();
    club.import(&card(1));
    assert_eq!(club.outcome(&phone, vec![]), SyncOutcome::FolderGone);
    let edit = || vec![change(uid, &[(Field::JobTitle, "Coach")])];
    assert_eq!(club.outcome(&phone, edit()), SyncOutcome::FolderGone);
    let denied = club.engine.denied(Some("bo")).unwrap();
    assert_eq!((denied.len(), denied[0].reason.as_str(), denied[0].tried.is_some()), (1, "access", true));
    let fetched = club.engine.fetch(&phone.caller, club.folder, uid, club.now).unwrap();
    assert_eq!(fetched, None);
    // His phone keeps its folders, and in them what it has not sent.
    let folders = club.engine.folder_sync(&phone.caller, &phone.device, SyncKey::START, club.now);
    assert!(matches!(folders, Err(engine::Error::Refused { .. })), "{folders:?}");

    club.engine.enable_user("bo", club.now).unwrap();
    assert_eq!(uids(&club.sync(&phone, vec![]).steps).len(), 1, "what came meanwhile");
}

fn entries(outcome: HierarchyOutcome) -> (SyncKey, Vec<FolderStep>) {
    match outcome {
        HierarchyOutcome::Answered { key, steps } => (key, steps),
        HierarchyOutcome::KeyUnknown => panic!("key unknown"),
    }
}

fn a_shared_folder_is_one_more_folder_and_goes_when_its_rights_go(new: New<'_>) {
    let club = new(Preset::Viewer);
    let phone = club.phone("bo", "phone1");
    let anna_contacts = FolderPath::try_from("Contacts").unwrap();
    let everyone = (&PrincipalRef::Everyone, Entry::new(Preset::Viewer.grant()));
    club.engine.set_grant("anna", &anna_contacts, everyone, club.now).unwrap();
    for (account, path) in [("public", &club.path), ("anna", &anna_contacts)] {
        club.engine.add_device_folder(("bo", "phone1"), account, path, club.now).unwrap();
    }
    let sync = |key| entries(club.engine.folder_sync(&phone.caller, &phone.device, key, club.now).unwrap());
    let (key, steps) = sync(SyncKey::START);
    let shown: Vec<(String, i64)> = steps
        .iter()
        .filter_map(|step| match step {
            FolderStep::Add(entry) => Some((entry.name.clone(), entry.role)),
            FolderStep::Update(_) | FolderStep::Delete(_) => None,
        })
        .collect();
    assert_eq!(shown.len(), 10);
    assert!(shown.contains(&("Contacts (Anna Berg)".to_owned(), 0)), "{shown:?}");
    assert!(
        shown.contains(&("Public Contacts".to_owned(), 0)) && shown.contains(&("Contacts".to_owned(), 9))
    );
    assert_eq!(sync(key), (key, vec![]));

    // A rename that is not allowed is put right; the key stays.
    let renamed = (key, club.folder, engine::FolderId::TOP, "Mine now");
    let outcome = club.engine.folder_update(&phone.caller, &phone.device, renamed, club.now).unwrap();
    assert_eq!(outcome, FolderOutcome::Denied);
    assert!(club.engine.pending(&phone.caller, &phone.device, &[], club.now).unwrap().hierarchy);
    let (key, steps) = sync(key);
    assert!(
        matches!(steps.as_slice(), [FolderStep::Update(entry)] if entry.name == "Public Contacts"),
        "{steps:?}"
    );

    club.engine.remove_grant("public", &club.path, &PrincipalRef::Everyone, club.now).unwrap();
    assert!(club.engine.pending(&phone.caller, &phone.device, &[club.folder], club.now).unwrap().hierarchy);
    let (key, steps) = sync(key);
    assert_eq!(steps, [FolderStep::Delete(club.folder)]);

    let made = (key, engine::FolderId::TOP, "Club", Kind::Contacts);
    let create = || club.engine.folder_create(&phone.caller, &phone.device, made, club.now).unwrap();
    let FolderOutcome::Done { folder, .. } = create() else { panic!() };
    let FolderOutcome::Done { folder: again, key } = create() else { panic!() };
    assert_eq!(folder, again, "the answer may have been lost");
    assert_eq!(sync(key), (key, vec![]), "its own folder is no news");
}

fn a_window_that_moves_on_drops_what_falls_out_of_it(new: New<'_>) {
    let club = new(Preset::Viewer);
    let path = FolderPath::try_from("Team").unwrap();
    let folder = club.engine.add_folder("public", &path, Kind::Calendar, club.now).unwrap();
    let entry = Entry::new(Preset::Viewer.grant());
    club.engine.set_grant("public", &path, (&PrincipalRef::Everyone, entry), club.now).unwrap();
    for (name, day) in [("old", "20260101"), ("edge", "20260217"), ("new", "20260302")] {
        let content = format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:{name}\r\nDTSTAMP:20260101T000000Z\r\n\
             DTSTART:{day}T100000Z\r\nDTEND:{day}T110000Z\r\nSUMMARY:{name}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        );
        let item = NewItem { content: content.as_bytes(), name: None };
        club.engine.import(Actor::Operator, ("public", &path), &item, club.now).unwrap();
    }
    let phone = club.phone("bo", "phone1");
    let sync = |engine: &Engine, key, now| {
        let pull = Some(Pull { limit: 10, bytes: 1 << 20 });
        let request =
            SyncRequest { key, window: Window::Since { days: 14 }, pull, ..Club::request(&phone, vec![]) };
        match engine.sync(&phone.caller, &phone.device, folder, &request, now).unwrap() {
            SyncOutcome::Answered(answer) => (answer.key, answer.steps),
            SyncOutcome::Unchanged { key } => (key, vec![]),
            other @ (SyncOutcome::KeyUnknown | SyncOutcome::FolderGone) => panic!("{other:?}"),
        }
    };
    let (key, _) = sync(&club.engine, SyncKey::START, club.now);
    let window = Window::Since { days: 14 };
    let estimate = club.engine.estimate(&phone.caller, &phone.device, folder, key, window, club.now).unwrap();
    assert_eq!(estimate, Estimate::Count(2));
    let (key, steps) = sync(&club.engine, key, club.now);
    assert_eq!(uids(&steps).len(), 2, "the oldest is outside: {steps:?}");
    let (key, steps) = sync(&club.engine, key, club.now);
    assert!(steps.is_empty());
    let later = club.now + jiff::SignedDuration::from_hours(24 * 10);
    let (key, steps) = sync(&club.engine, key, later);
    assert!(matches!(uids(&steps)[..], [('s', _)]), "{steps:?}");
    let (_, steps) = sync(&club.engine, key, later);
    assert!(steps.is_empty());
}

fn deleting_is_allowed_or_not_item_by_item(new: New<'_>) {
    let club = new(Preset::Author);
    let theirs = club.import(NEUER);
    let mut phone = club.phone("bo", "phone1");
    phone.key = club.sync(&phone, vec![]).key;
    let answer = club.sync(&phone, vec![add("c", &[(Field::LastName, "Mine")])]);
    let [Outcome::Added(mine)] = answer.answers[..] else { panic!() };
    phone.key = answer.key;
    let both = [mine, theirs].map(|uid| Command::Delete { target: Target::Item(uid) });
    let answer = club.sync(&phone, both.to_vec());
    phone.key = answer.key;
    let answer = club.sync(&phone, vec![]);
    assert_eq!(uids(&answer.steps), [('+', theirs.0)]);
    assert_eq!(club.engine.items("public", &club.path, Actor::Operator, club.now).unwrap().len(), 1);
}

on_both_engines! {
    a_first_sync_pages_newest_first_while_the_folder_changes,
    losing_read_on_others_items_takes_them_off_and_getting_it_brings_them_back,
    work_done_before_the_folder_was_lost_is_rescued,
    the_server_wins_a_conflict_and_the_loser_hears_of_it,
    a_late_duplicate_neither_repeats_nor_records_anything,
    an_unknown_key_keeps_what_came_with_it,
    a_drop_box_takes_items_and_says_so_once,
    a_denied_move_comes_back_at_both_ends,
    a_suspended_user_gets_nothing_and_changes_nothing_and_has_all_back_later,
    what_was_moved_out_of_a_lost_folder_is_there_when_the_folder_comes_back,
    a_shared_folder_is_one_more_folder_and_goes_when_its_rights_go,
    a_window_that_moves_on_drops_what_falls_out_of_it,
    deleting_is_allowed_or_not_item_by_item,
}
