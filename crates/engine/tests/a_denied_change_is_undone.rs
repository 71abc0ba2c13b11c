//! A phone changes what its user may only read: the phone is put right and the user gets his data back.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests, run by a macro on two databases"
)]

#[macro_use]
mod common;

use access::Preset;
use common::{NEUER, New, add, change};
use engine::{Actor, Command, ItemRef, MoveOutcome, Outcome, Part, Step, Target};
use items::contact::Field;

fn a_denied_change_comes_back_in_the_same_round_with_a_notice(new: New<'_>) {
    let club = new(Preset::Viewer);
    let uid = club.import(NEUER);
    let mut phone = club.phone("bo", "phone1");
    let first = club.sync(&phone, vec![]);
    assert!(matches!(first.steps.as_slice(), [Step::Add(item)] if item.content == NEUER));
    phone.key = first.key;

    let answer = club.sync(&phone, vec![change(uid, &[(Field::FirstName, "Manuel")])]);
    assert_eq!(answer.answers, [Outcome::Kept]);
    let [Step::Change { item, part: Part::Correction { hint } }] = answer.steps.as_slice() else {
        panic!("{:?}", answer.steps)
    };
    assert_eq!((item.content.as_slice(), hint.as_str()), (NEUER, "h"));

    let denied = club.engine.denied(Some("bo")).unwrap();
    let [record] = denied.as_slice() else { panic!("{denied:?}") };
    assert_eq!((record.operation.as_str(), record.reason.as_str(), record.count), ("change", "access", 1));
    assert_eq!(record.summary, "Manuel Neuer");
    assert!(record.why.contains("write"), "{}", record.why);
    let inbox = club.inbox("bo");
    assert_eq!(inbox.len(), 1);
    let labels = [
        "Object type: Contact",
        "Companyname:             FCB",
        "Firstname:               Manoel - Your data: Manuel",
        "Jobtitle:                Keeper",
    ];
    for label in labels {
        assert!(inbox[0].contains(label), "{label}: {}", inbox[0]);
    }
    assert!(inbox[0].contains("Not allowed: change of"), "{}", inbox[0]);

    // The answer got lost: the phone sends the same again and hears the same, and nothing is done twice.
    let again = club.sync(&phone, vec![change(uid, &[(Field::FirstName, "Manuel")])]);
    assert_eq!((again.answers, again.steps), (answer.answers, answer.steps));
    assert_eq!(club.engine.denied(Some("bo")).unwrap()[0].count, 1);
    assert_eq!(club.inbox("bo").len(), 1);
    phone.key = again.key;
    assert!(club.sync(&phone, vec![]).steps.is_empty());
    assert_eq!(club.engine.check().unwrap(), Vec::<String>::new());
}

fn a_denied_add_leaves_the_phone_in_the_next_round(new: New<'_>) {
    let club = new(Preset::Viewer);
    let mut phone = club.phone("bo", "phone1");
    let answer = club.sync(&phone, vec![add("c1", &[(Field::LastName, "Kahn")])]);
    let [Outcome::Phantom(phantom)] = answer.answers[..] else { panic!("{:?}", answer.answers) };
    assert!(answer.steps.is_empty() && answer.more);
    phone.key = answer.key;
    let next = club.sync(&phone, vec![]);
    assert_eq!(next.steps, [Step::Delete(ItemRef::Phantom(phantom))]);
    phone.key = next.key;
    assert!(club.sync(&phone, vec![]).steps.is_empty());
    assert_eq!(club.inbox("bo").len(), 1);
}

fn a_denied_delete_comes_back_as_an_add_in_the_next_round_without_a_notice(new: New<'_>) {
    let club = new(Preset::Viewer);
    let uid = club.import(NEUER);
    let mut phone = club.phone("bo", "phone1");
    phone.key = club.sync(&phone, vec![]).key;
    let answer = club.sync(&phone, vec![Command::Delete { target: Target::Item(uid) }]);
    assert_eq!(answer.answers, [Outcome::Done]);
    assert!(answer.steps.is_empty() && answer.more);
    phone.key = answer.key;
    let next = club.sync(&phone, vec![]);
    assert!(matches!(next.steps.as_slice(), [Step::Add(item)] if item.uid == uid), "{:?}", next.steps);
    assert_eq!(club.engine.denied(Some("bo")).unwrap().len(), 1);
    assert!(club.inbox("bo").is_empty());
}

fn own_items_may_be_changed_where_others_may_not(new: New<'_>) {
    let club = new(Preset::Author);
    let theirs = club.import(NEUER);
    let mut phone = club.phone("bo", "phone1");
    phone.key = club.sync(&phone, vec![]).key;
    let answer = club.sync(&phone, vec![add("c1", &[(Field::LastName, "Kahn")])]);
    let [Outcome::Added(mine)] = answer.answers[..] else { panic!("{:?}", answer.answers) };
    phone.key = answer.key;
    let both =
        vec![change(mine, &[(Field::FirstName, "Oliver")]), change(theirs, &[(Field::FirstName, "Manuel")])];
    let answer = club.sync(&phone, both);
    assert_eq!(answer.answers, [Outcome::Done, Outcome::Kept]);
    let corrected: Vec<_> = answer
        .steps
        .iter()
        .map(|step| match step {
            Step::Change { item, .. } => item.uid,
            other @ (Step::Add(_) | Step::Delete(_) | Step::SoftDelete(_)) => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(corrected, [theirs], "its own change is not echoed");
}

fn a_lost_answer_to_an_add_makes_no_second_item(new: New<'_>) {
    let club = new(Preset::Editor);
    let mut phone = club.phone("bo", "phone1");
    phone.key = club.sync(&phone, vec![]).key;
    let lost = club.sync(&phone, vec![add("c1", &[(Field::LastName, "Kahn")])]);
    // Another client id with the same content is the same contact, tried again; an edited one too.
    let again = club.sync(&phone, vec![add("c2", &[(Field::LastName, "Kahn")])]);
    assert_eq!(again.answers, lost.answers);
    let edited =
        club.sync(&phone, vec![add("c1", &[(Field::LastName, "Kahn"), (Field::FirstName, "Oliver")])]);
    assert_eq!(edited.answers, lost.answers);
    phone.key = edited.key;
    assert!(club.sync(&phone, vec![]).steps.is_empty());
    let items = club.engine.items("public", &club.path, engine::Actor::Operator, club.now).unwrap();
    assert_eq!(items.iter().map(|item| item.summary.as_str()).collect::<Vec<_>>(), ["Oliver Kahn"]);
}

fn what_is_cleared_before_an_add_is_answered_is_gone(new: New<'_>) {
    let club = new(Preset::Editor);
    let mut phone = club.phone("bo", "phone1");
    phone.key = club.sync(&phone, vec![]).key;
    let both = [(Field::LastName, "Kahn"), (Field::JobTitle, "Keeper")];
    let lost = club.sync(&phone, vec![add("c1", &both)]);
    let cleared = club.sync(&phone, vec![add("c1", &[(Field::LastName, "Kahn")])]);
    assert_eq!(cleared.answers, lost.answers);
    let [Outcome::Added(uid)] = cleared.answers[..] else { panic!("{:?}", cleared.answers) };
    let stored = || {
        let mut texts = Vec::new();
        let all = (engine::Actor::Operator, club.now);
        let mut take = |_: &str, content: &[u8]| {
            texts.push(String::from_utf8(content.to_vec()).unwrap());
            Ok(())
        };
        club.engine.export("public", &club.path, all, &mut take).unwrap();
        texts.concat()
    };
    assert!(stored().contains("Kahn") && !stored().contains("Keeper"), "{}", stored());

    // What somebody else wrote since stays: what the phone leaves out it may not know.
    let others = stored().replace("END:VCARD", "NOTE:Left-footed\r\nEND:VCARD");
    let item = ("public", &club.path, uid);
    club.engine.edit_item(engine::Actor::Operator, item, others.as_bytes(), club.now).unwrap();
    let winner = engine::SyncRequest {
        conflict: engine::Conflict::ClientWins,
        ..common::Club::request(
            &phone,
            vec![add("c1", &[(Field::LastName, "Kahn"), (Field::FirstName, "Oliver")])],
        )
    };
    club.engine.sync(&phone.caller, &phone.device, club.folder, &winner, club.now).unwrap();
    assert!(stored().contains("Oliver") && stored().contains("Left-footed"), "{}", stored());
}

fn a_device_that_keeps_what_was_added_gets_the_item_anew(new: New<'_>) {
    let club = new(Preset::Viewer);
    let uid = club.import(NEUER);
    let mut phone = club.phone("bo", "phone1");
    phone.device.habits.keeps_what_was_added = true;
    phone.key = club.sync(&phone, vec![]).key;
    // It changes what is there: it shows what it is sent in its place.
    let changed = club.sync(&phone, vec![change(uid, &[(Field::FirstName, "Manuel")])]);
    assert!(matches!(changed.steps.as_slice(), [Step::Change { .. }]), "{:?}", changed.steps);
    phone.key = changed.key;
    // It adds what is not there: an empty property would not take it away again.
    let added = club.sync(&phone, vec![change(uid, &[(Field::MiddleName, "Peter")])]);
    assert_eq!(added.answers, [Outcome::Kept]);
    assert_eq!((added.steps, added.more), (vec![Step::Delete(ItemRef::Item(uid))], true));
    phone.key = added.key;
    let next = club.sync(&phone, vec![]);
    assert!(matches!(next.steps.as_slice(), [Step::Add(item)] if item.content == NEUER), "{:?}", next.steps);
    phone.key = next.key;
    assert!(club.sync(&phone, vec![]).steps.is_empty());
}

fn a_device_that_puts_a_refused_move_back_is_sent_no_corrections(new: New<'_>) {
    let club = new(Preset::Viewer);
    let uid = club.import(NEUER);
    let mut phone = club.phone("bo", "phone1");
    phone.key = club.sync(&phone, vec![]).key;
    let own = club.engine.folders("bo", Actor::Operator, club.now).unwrap();
    let own = own.iter().find(|folder| folder.path == "Contacts").unwrap().id;
    let item = Target::Item(uid);
    let moved = |phone: &common::Phone| {
        club.engine.move_item(&phone.caller, &phone.device, (club.folder, &item, own), club.now).unwrap()
    };
    phone.device.habits.puts_refused_back = true;
    for _ in 0..3 {
        assert_eq!(moved(&phone), MoveOutcome::Refused);
    }
    assert!(club.sync(&phone, vec![]).steps.is_empty());
    let denied = club.engine.denied(Some("bo")).unwrap();
    assert_eq!(denied.iter().map(|record| record.count).collect::<Vec<_>>(), [3], "on record once");

    phone.device.habits.puts_refused_back = false;
    assert!(matches!(moved(&phone), MoveOutcome::Phantom(_)));
    let back = club.sync(&phone, vec![]);
    assert!(matches!(back.steps.as_slice(), [Step::Add(item)] if item.uid == uid), "{:?}", back.steps);
}

on_both_engines! {
    a_denied_change_comes_back_in_the_same_round_with_a_notice,
    a_denied_add_leaves_the_phone_in_the_next_round,
    a_denied_delete_comes_back_as_an_add_in_the_next_round_without_a_notice,
    own_items_may_be_changed_where_others_may_not,
    a_lost_answer_to_an_add_makes_no_second_item,
    what_is_cleared_before_an_add_is_answered_is_gone,
    a_device_that_keeps_what_was_added_gets_the_item_anew,
    a_device_that_puts_a_refused_move_back_is_sent_no_corrections,
}
