//! An admin has a device start over: a folder, an item, everything.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what is not there where it should be is a failed test"
)]

#[macro_use]
mod common;

use access::Preset;
use common::{NEUER, New, change};
use engine::{Part, Resync, Step, SyncKey, SyncOutcome};
use items::contact::Field;

on_both_engines!(
    a_folder_starts_over_and_unsent_work_is_kept,
    one_item_is_sent_again,
    everything_starts_over
);

const BO: (&str, &str) = ("bo", "phone1");

fn a_folder_starts_over_and_unsent_work_is_kept(new: New<'_>) {
    let club = new(Preset::Editor);
    let uid = club.import(NEUER);
    let mut phone = club.phone("bo", "phone1");
    let folder = Resync::Folder { account: "public", path: &club.path };
    assert_eq!(club.sync(&phone, vec![]).steps.len(), 1);
    phone.key = club.sync(&phone, vec![]).key;
    club.engine.resync_device(BO, folder, club.now).unwrap();
    let pending = club.engine.pending(&phone.caller, &phone.device, &[club.folder], club.now).unwrap();
    assert_eq!(pending.folders, [club.folder], "a waiting device is told");
    let unsent = change(uid, &[(Field::JobTitle, "Captain")]);
    assert_eq!(club.outcome(&phone, vec![unsent]), SyncOutcome::KeyUnknown);
    assert_eq!(club.engine.denied(Some("bo")).unwrap().len(), 1, "what it had not sent yet is kept");
    phone.key = SyncKey::START;
    phone.key = club.sync(&phone, vec![]).key;
    assert_eq!(club.sync(&phone, vec![]).steps.len(), 1, "it gets all of it again");
    let pending = club.engine.pending(&phone.caller, &phone.device, &[club.folder], club.now).unwrap();
    assert!(pending.folders.is_empty(), "and is in step again");
    let nobody = club.engine.resync_device(("anna", "phone1"), folder, club.now);
    assert!(matches!(nobody, Err(engine::Error::NotFound { .. })), "{nobody:?}");
}

fn one_item_is_sent_again(new: New<'_>) {
    let club = new(Preset::Viewer);
    let uid = club.import(NEUER);
    let mut phone = club.phone("bo", "phone1");
    phone.key = club.sync(&phone, vec![]).key;
    assert!(club.sync(&phone, vec![]).steps.is_empty());
    let item = |uid| Resync::Item { account: "public", path: &club.path, uid };
    club.engine.resync_device(BO, item(uid), club.now).unwrap();
    let answer = club.sync(&phone, vec![]);
    match answer.steps.as_slice() {
        [Step::Change { item, part: Part::Correction { .. } }] => assert_eq!(item.uid, uid),
        other => panic!("{other:?}"),
    }
    phone.key = answer.key;
    assert!(club.sync(&phone, vec![]).steps.is_empty(), "once");
    let missing = club.engine.resync_device(BO, item(engine::Uid(999)), club.now);
    assert!(matches!(missing, Err(engine::Error::NotFound { .. })), "{missing:?}");
}

fn everything_starts_over(new: New<'_>) {
    let club = new(Preset::Viewer);
    club.import(NEUER);
    let mut phone = club.phone("bo", "phone1");
    phone.key = club.sync(&phone, vec![]).key;
    let (caller, device) = (&phone.caller, &phone.device);
    let hierarchy = |key| club.engine.folder_sync(caller, device, key, club.now).unwrap();
    let engine::HierarchyOutcome::Answered { key, .. } = hierarchy(SyncKey::START) else { panic!("no key") };
    hierarchy(key);
    assert!(!club.engine.pending(caller, device, &[], club.now).unwrap().hierarchy);
    club.engine.resync_device(BO, Resync::All, club.now).unwrap();
    assert!(club.engine.pending(caller, device, &[], club.now).unwrap().hierarchy, "it hears of it");
    assert_eq!(hierarchy(key), engine::HierarchyOutcome::KeyUnknown);
    assert_eq!(club.outcome(&phone, vec![]), SyncOutcome::KeyUnknown);
    let engine::HierarchyOutcome::Answered { key, .. } = hierarchy(SyncKey::START) else { panic!("no key") };
    hierarchy(key);
    assert!(!club.engine.pending(caller, device, &[], club.now).unwrap().hierarchy, "it is in step again");
}
