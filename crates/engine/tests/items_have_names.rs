//! Clients that keep items by name and no cursor: what they walk, write, and hear of, on both databases.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed step is a failed test")]

#[macro_use]
mod common;

use access::Preset;
use common::{NEUER, New};
use engine::{
    ChangePage, Changes, Conditions, ItemChange, Located, LostClasses, NamedOutcome, NamedWrite,
    PrincipalRef, Uid, Versions,
};

on_both_engines!(
    a_write_by_name_is_made_denied_or_refused_by_its_condition,
    a_token_tells_changes_and_rights,
    what_is_not_seen_is_not_walked,
);

fn page(changes: Changes) -> ChangePage {
    match changes {
        Changes::Page(page) => page,
        other @ (Changes::Absent | Changes::UnknownToken) => panic!("{other:?}"),
    }
}

fn told(page: &ChangePage) -> Vec<String> {
    let word = |change: &ItemChange| match change {
        ItemChange::Changed(entry) => entry.name.clone(),
        ItemChange::Removed(name) => format!("-{name}"),
    };
    page.changes.iter().map(word).collect()
}

fn a_write_by_name_is_made_denied_or_refused_by_its_condition(new: New<'_>) {
    let club = new(Preset::Author);
    let (anna, bo) = (club.engine.act_as("anna").unwrap(), club.engine.act_as("bo").unwrap());
    let write = |conditions| NamedWrite { folder: club.folder, name: "n.vcf", conditions, agent: "Test/1" };
    let (always, only_new) = (Conditions::default(), Conditions { only: None, unless: Some(Versions::Any) });
    let made = club.engine.write_named(&anna, &write(&only_new), NEUER, club.now).unwrap();
    let NamedOutcome::Created(Some(entry)) = made else { panic!("{made:?}") };
    assert_eq!((entry.name.as_str(), entry.owner.as_deref()), ("n.vcf", Some("anna")));
    let again = club.engine.write_named(&anna, &write(&only_new), NEUER, club.now).unwrap();
    assert_eq!(again, NamedOutcome::OtherVersion);
    let denied = club.engine.delete_named(&bo, &write(&always), club.now).unwrap();
    let NamedOutcome::Denied { id, .. } = denied else { panic!("{denied:?}") };
    let record = club.engine.denied_change(id).unwrap();
    assert_eq!((record.device.as_str(), record.stands.as_deref()), ("Test/1", Some(NEUER)));
    assert_eq!(record.notice, None, "who was told gets no notice");
    let list = club.engine.entries(&bo, club.folder, (Uid(0), 10), club.now).unwrap().unwrap();
    assert_eq!(list.entries.len(), 1);
    let only = Conditions { only: Some(Versions::These(vec![entry.version])), unless: None };
    assert_eq!(club.engine.delete_named(&anna, &write(&only), club.now).unwrap(), NamedOutcome::Deleted);
    assert_eq!(club.engine.delete_named(&anna, &write(&only), club.now).unwrap(), NamedOutcome::Absent);
}

fn a_token_tells_changes_and_rights(new: New<'_>) {
    let club = new(Preset::Editor);
    let bo = club.engine.act_as("bo").unwrap();
    let ask = |since: Option<&str>| {
        let asked = (since, 100, LostClasses::Listed);
        page(club.engine.changes(&bo, club.folder, asked, club.now).unwrap())
    };
    let anna = club.engine.act_as("anna").unwrap();
    let always = Conditions::default();
    let write = NamedWrite { folder: club.folder, name: "n.vcf", conditions: &always, agent: "Test/1" };
    club.engine.write_named(&anna, &write, NEUER, club.now).unwrap();
    let first = ask(None);
    assert_eq!(told(&first), ["n.vcf"]);
    club.grant(&PrincipalRef::Everyone, Preset::Contributor);
    let lost = ask(Some(&first.token));
    assert_eq!(told(&lost), ["-n.vcf"], "others' items may no longer be read");
    club.grant(&PrincipalRef::Everyone, Preset::Viewer);
    let gained = ask(Some(&lost.token));
    assert_eq!(told(&gained), ["n.vcf"]);
    club.grant(&PrincipalRef::Everyone, Preset::Editor);
    let more = ask(Some(&gained.token));
    assert!(more.changes.is_empty() && more.token != gained.token, "only the token tells of writing");
    club.engine.delete_named(&anna, &write, club.now).unwrap();
    assert_eq!(told(&ask(Some(&more.token))), ["-n.vcf"]);
    let asked = (Some("1.0.0-0-0-0.0-0-0-0..x"), 100, LostClasses::Listed);
    assert_eq!(club.engine.changes(&bo, club.folder, asked, club.now).unwrap(), Changes::UnknownToken);
}

fn what_is_not_seen_is_not_walked(new: New<'_>) {
    let club = new(Preset::Viewer);
    let bo = club.engine.act_as("bo").unwrap();
    let names = ["Public Contacts".to_owned()];
    let at = |account: &str, names: &[String]| club.engine.locate(&bo, account, names, club.now).unwrap();
    assert!(matches!(at("public", &names), Some(Located::Folder(folder)) if folder.id == club.folder));
    assert!(matches!(at("bo", &[]), Some(Located::Account(account)) if account.own));
    assert_eq!((at("anna", &[]), at("nobody", &[])), (None, None));
    let shared = |home: &str| {
        let folders = club.engine.folders_seen(&bo, home, club.now).unwrap();
        folders.iter().filter(|folder| folder.id == club.folder).count()
    };
    assert_eq!((shared("bo"), shared("public")), (1, 1), "in his own home too");
    assert_eq!(club.engine.accounts_seen(&bo, club.now).unwrap().len(), 2);
    let during = club.engine.items_during(&bo, club.folder, Some((club.now, club.now)), club.now).unwrap();
    assert_eq!(during.unwrap().len(), 0);
    club.engine.remove_grant("public", &club.path, &PrincipalRef::Everyone, club.now).unwrap();
    assert_eq!(at("public", &names), None);
    assert_eq!((shared("bo"), shared("public")), (0, 0));
}
