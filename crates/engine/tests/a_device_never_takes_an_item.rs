//! A device that cannot take one item comes back with the same key: that item is held back from it, the rest comes.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests, run by a macro on two databases"
)]

#[macro_use]
mod common;

use access::Preset;
use common::{Club, NEUER, New, Phone, change};
use engine::{Estimate, ItemRef, Resync, Step, SyncOutcome, Uid, Window};
use items::contact::Field;
use std::collections::BTreeSet;

/// Rounds after which a device has everything, or never will.
const MAX_ROUNDS: usize = 100;

fn contact(number: u32) -> Vec<u8> {
    format!(
        "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:c{number}\r\nFN:C {number}\r\nN:{number};C;;;\r\nEND:VCARD\r\n"
    )
    .into_bytes()
}

/// What the device cannot take.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fails {
    OnAnything,
    OnChanges,
}

/// Syncs until there is nothing left; an answer that holds what the device cannot take is as good as lost. Returns
/// what it shows, and in how many rounds.
fn take(club: &Club, phone: &mut Phone, shown: &mut BTreeSet<Uid>, (bad, fails): (Uid, Fails)) -> usize {
    for round in 1..MAX_ROUNDS {
        let answer = match club.outcome(phone, vec![]) {
            SyncOutcome::Answered(answer) => answer,
            SyncOutcome::Unchanged { .. } => return round,
            other @ (SyncOutcome::KeyUnknown | SyncOutcome::FolderGone) => panic!("{other:?}"),
        };
        let chokes = answer.steps.iter().any(|step| match step {
            Step::Add(item) => item.uid == bad && fails == Fails::OnAnything,
            Step::Change { item, .. } => item.uid == bad,
            Step::Delete(_) | Step::SoftDelete(_) => false,
        });
        if chokes {
            continue;
        }
        for step in answer.steps {
            match step {
                Step::Add(item) | Step::Change { item, .. } => drop(shown.insert(item.uid)),
                Step::Delete(ItemRef::Item(uid)) | Step::SoftDelete(ItemRef::Item(uid)) => {
                    assert!(shown.remove(&uid));
                }
                other @ (Step::Delete(_) | Step::SoftDelete(_)) => panic!("{other:?}"),
            }
        }
        phone.key = answer.key;
    }
    panic!("the device asks for ever");
}

fn the_one_item_is_held_back_and_the_rest_comes(new: New<'_>) {
    let club = new(Preset::Viewer);
    let all: Vec<Uid> = (0..20).map(|number| club.import(&contact(number))).collect();
    let bad = all[7];
    let mut phone = club.phone("bo", "phone1");
    let mut shown = BTreeSet::new();
    take(&club, &mut phone, &mut shown, (bad, Fails::OnAnything));
    let rest: BTreeSet<Uid> = all.iter().copied().filter(|uid| *uid != bad).collect();
    assert_eq!(shown, rest);

    let held = club.engine.held_back("bo", "phone1").unwrap();
    let [held] = held.as_slice() else { panic!("{held:?}") };
    assert_eq!((held.uid, held.path.as_str(), held.summary.as_str()), (bad, "Public Contacts", "C 7"));
    let inbox = club.inbox("bo");
    assert_eq!(inbox.len(), 1, "the user is told once");
    assert!(inbox[0].contains("Not shown on your device: 'C 7' in 'Public Contacts'"), "{}", inbox[0]);

    let (caller, device) = (&phone.caller, &phone.device);
    let waiting = club.engine.pending(caller, device, &[club.folder], club.now).unwrap();
    assert!(waiting.folders.is_empty(), "a Ping does not send it back either");
    let left = club.engine.estimate(caller, device, club.folder, phone.key, Window::All, club.now);
    assert_eq!(left.unwrap(), Estimate::Count(0));
    let mut other = club.phone("bo", "phone2");
    let mut others = BTreeSet::new();
    take(&club, &mut other, &mut others, (Uid(0), Fails::OnAnything));
    assert_eq!(others.len(), 20, "another device gets it");

    // A device that starts over is not sent it either.
    let mut again = club.phone("bo", "phone1");
    let mut shown = BTreeSet::new();
    assert!(take(&club, &mut again, &mut shown, (bad, Fails::OnAnything)) < 5);
    assert_eq!(shown, rest);
    assert_eq!(club.engine.check().unwrap(), Vec::<String>::new());
}

fn it_is_tried_again_when_it_changes_or_an_admin_says_so(new: New<'_>) {
    let club = new(Preset::Editor);
    let bad = club.import(NEUER);
    let mut phone = club.phone("bo", "phone1");
    let mut shown = BTreeSet::new();
    take(&club, &mut phone, &mut shown, (bad, Fails::OnAnything));
    assert!(shown.is_empty());

    assert_eq!(club.engine.release_withheld(("bo", "phone1"), Some(Uid(bad.0 + 1)), club.now).unwrap(), 0);
    assert_eq!(club.engine.release_withheld(("bo", "phone1"), Some(bad), club.now).unwrap(), 1);
    take(&club, &mut phone, &mut shown, (bad, Fails::OnAnything));
    assert_eq!(club.engine.held_back("bo", "phone1").unwrap().len(), 1, "it still cannot take it");
    assert_eq!(club.inbox("bo").len(), 2);
    let item = Resync::Item { account: "public", path: &club.path, uid: bad };
    club.engine.resync_device(("bo", "phone1"), item, club.now).unwrap();
    assert!(club.engine.held_back("bo", "phone1").unwrap().is_empty());
    take(&club, &mut phone, &mut shown, (bad, Fails::OnAnything));
    assert_eq!(club.inbox("bo").len(), 3);

    let mut anna = club.phone("anna", "desk");
    anna.key = club.sync(&anna, vec![]).key;
    club.sync(&anna, vec![change(bad, &[(Field::FirstName, "Manuel")])]);
    assert!(club.engine.held_back("bo", "phone1").unwrap().is_empty());
    take(&club, &mut phone, &mut shown, (Uid(0), Fails::OnAnything));
    assert_eq!(shown, BTreeSet::from([bad]), "this version it takes");
}

fn a_change_it_cannot_take_comes_as_a_new_item(new: New<'_>) {
    let club = new(Preset::Editor);
    let bad = club.import(NEUER);
    let other = club.import(&contact(1));
    let mut phone = club.phone("bo", "phone1");
    let mut shown = BTreeSet::new();
    take(&club, &mut phone, &mut shown, (Uid(0), Fails::OnChanges));
    let mut anna = club.phone("anna", "desk");
    anna.key = club.sync(&anna, vec![]).key;
    let both =
        vec![change(bad, &[(Field::FirstName, "Manuel")]), change(other, &[(Field::FirstName, "Conny")])];
    club.sync(&anna, both);
    take(&club, &mut phone, &mut shown, (bad, Fails::OnChanges));
    assert_eq!(shown, BTreeSet::from([bad, other]));
    assert!(club.engine.held_back("bo", "phone1").unwrap().is_empty());
    assert!(club.inbox("bo").is_empty());
}

fn lost_answers_alone_hold_nothing_back(new: New<'_>) {
    let club = new(Preset::Viewer);
    for number in 0..5 {
        club.import(&contact(number));
    }
    let mut phone = club.phone("bo", "phone1");
    let mut sizes = Vec::new();
    for _ in 0..6 {
        sizes.push(club.sync(&phone, vec![]).steps.len());
    }
    assert_eq!(sizes, [5, 5, 5, 1, 1, 1], "the answers get narrow");
    let mut windows = Vec::new();
    while let SyncOutcome::Answered(answer) = club.outcome(&phone, vec![]) {
        windows.push(answer.steps.len());
        phone.key = answer.key;
    }
    assert_eq!(windows, [1, 2, 2], "and wide again as soon as they arrive");
    assert!(club.engine.held_back("bo", "phone1").unwrap().is_empty());
}

on_both_engines!(
    the_one_item_is_held_back_and_the_rest_comes,
    it_is_tried_again_when_it_changes_or_an_admin_says_so,
    a_change_it_cannot_take_comes_as_a_new_item,
    lost_answers_alone_hold_nothing_back,
);
