//! An access list is changed by those who administer the folder, and nobody is raised above them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests, run by a macro on two databases")]

#[macro_use]
mod common;

use access::{Busy, Entry, FolderLevel, Grant, Level, Preset, Right};
use common::{Club, New};
use engine::{
    AccessListChange, Actor, By, Caller, Depth, FolderId, FolderPath, NewUser, OwnAdmin, PrincipalKind,
    PrincipalRef, Revision, ShareError, Timestamp, Via,
};
use items::Kind;

on_both_engines!(
    only_who_administers_the_folder_changes_its_list,
    nobody_gives_more_than_he_has,
    a_raise_through_two_grants_is_refused,
    a_grant_is_not_prolonged_by_who_could_not_give_it,
    the_last_administrator_stays,
    giving_up_ones_own_right_takes_a_word,
    two_who_edit_at_once_hear_of_each_other,
    a_list_is_checked_before_it_is_changed,
    a_list_has_a_length,
    who_does_not_administer_sees_his_own_grants_only,
    a_preview_says_what_the_change_does,
    those_concerned_are_told_once,
    a_message_is_in_its_readers_language,
    a_change_reaches_the_folders_below_that_one_administers,
    a_new_subfolder_copies_the_grants,
    every_change_stands_in_the_log,
);

const CLERK: Grant = Grant::new(FolderLevel::Admin, Level::All, Level::Own, Level::None);

fn user(name: &str) -> PrincipalRef {
    PrincipalRef::User(name.to_owned())
}

fn set(principal: &PrincipalRef, grant: Grant) -> AccessListChange {
    set_entry(principal, Entry::new(grant))
}

fn set_entry(principal: &PrincipalRef, entry: Entry) -> AccessListChange {
    AccessListChange { set: vec![(principal.clone(), entry)], ..AccessListChange::default() }
}

fn remove(principal: &PrincipalRef) -> AccessListChange {
    AccessListChange { remove: vec![principal.clone()], ..AccessListChange::default() }
}

fn by(caller: &Caller) -> By<'_> {
    By { actor: Actor::User(caller), via: Via { protocol: "web", device: "Firefox", address: "192.0.2.7" } }
}

/// The club with Carl, Dora and the group staff (Bo and Carl); nobody has rights yet.
fn club(new: New<'_>) -> Club {
    let club = new(Preset::Viewer);
    club.engine.remove_grant("public", &club.path, &PrincipalRef::Everyone, club.now).unwrap();
    for (name, display_name) in [("carl", "Carl Adler"), ("dora", "Dora Falk")] {
        let email = format!("{name}@club.example");
        let user = NewUser { name, email: &email, display_name, admin: false, password: None };
        club.engine.add_user(&user, club.now).unwrap();
    }
    club.engine.add_group("staff", club.now).unwrap();
    for member in ["bo", "carl"] {
        club.engine.join("staff", member, club.now).unwrap();
    }
    club
}

fn path(text: &str) -> FolderPath {
    FolderPath::try_from(text).unwrap()
}

trait Sharing {
    fn seat(&self, name: &str, grant: Grant) -> Caller;
    fn change(&self, name: &str, change: &AccessListChange) -> Result<Revision, ShareError>;
    fn levels(&self, name: &str) -> Grant;
    fn calendar(&self) -> FolderId;
}

impl Sharing for Club {
    fn seat(&self, name: &str, grant: Grant) -> Caller {
        self.engine.set_grant("public", &self.path, (&user(name), Entry::new(grant)), self.now).unwrap();
        self.engine.act_as(name).unwrap()
    }

    fn change(&self, name: &str, change: &AccessListChange) -> Result<Revision, ShareError> {
        let caller = self.engine.act_as(name).unwrap();
        let changed = self.engine.change_access_list(&by(&caller), self.folder, change, self.now)?;
        Ok(changed.revision)
    }

    fn levels(&self, name: &str) -> Grant {
        self.engine.access(name, ("public", &self.path), None, self.now).unwrap().levels
    }

    fn calendar(&self) -> FolderId {
        self.engine.folder_at(Actor::Operator, "anna", &path("Calendar"), self.now).unwrap()
    }
}

fn only_who_administers_the_folder_changes_its_list(new: New<'_>) {
    let club = club(new);
    let anyone = set(&user("dora"), Preset::Viewer.grant());
    let hidden = club.change("bo", &anyone).unwrap_err();
    assert!(matches!(hidden, ShareError::Failed(engine::Error::NotFound { .. })), "{hidden}");
    club.seat("bo", Preset::Editor.grant());
    assert!(matches!(club.change("bo", &anyone), Err(ShareError::NotAdmin)));
    club.seat("bo", Preset::Admin.grant());
    club.change("bo", &anyone).unwrap();
    assert_eq!(club.levels("dora"), Preset::Viewer.grant());
}

fn nobody_gives_more_than_he_has(new: New<'_>) {
    let club = club(new);
    club.seat("bo", CLERK);
    let editor = club.change("bo", &set(&user("dora"), Preset::Editor.grant())).unwrap_err();
    assert!(matches!(editor, ShareError::Beyond { .. }), "{editor}");
    assert_eq!(
        editor.to_string(),
        "user:dora cannot be given this: write 'all' is more than the write 'own' of who gives it"
    );
    // Neither to himself nor to a group he is in.
    assert!(club.change("bo", &set(&user("bo"), Preset::Admin.grant())).is_err());
    let staff = PrincipalRef::Group("staff".to_owned());
    assert!(club.change("bo", &set(&staff, Preset::Editor.grant())).is_err());
    club.change("bo", &set(&user("dora"), CLERK)).unwrap();
    // What the owner gave stays when other levels change, and lowering is free.
    club.seat("carl", Preset::Editor.grant());
    let more = Grant { folder: FolderLevel::Subfolders, ..Preset::Editor.grant() };
    club.change("bo", &set(&user("carl"), more)).unwrap();
    club.change("bo", &set(&user("carl"), Preset::Viewer.grant())).unwrap();
    assert!(club.change("bo", &set(&user("carl"), Preset::Editor.grant())).is_err(), "it was lowered");
}

fn a_raise_through_two_grants_is_refused(new: New<'_>) {
    let club = club(new);
    club.seat("bo", CLERK);
    // Carl's own grant has no effect: he cannot read. Reading alone would wake it.
    club.seat("carl", Grant::new(FolderLevel::None, Level::None, Level::All, Level::All));
    let staff = PrincipalRef::Group("staff".to_owned());
    let raised = club.change("bo", &set(&staff, Preset::Viewer.grant())).unwrap_err();
    let ShareError::RaisesUser { user: who, rights } = &raised else { panic!("{raised}") };
    assert_eq!(who.name, "carl");
    assert!(rights.contains(&Right::DeleteAll), "{rights:?}");
    assert_eq!(club.levels("carl"), Grant::NOTHING);
}

fn a_grant_is_not_prolonged_by_who_could_not_give_it(new: New<'_>) {
    let club = club(new);
    club.seat("bo", CLERK);
    let until = Some(club.now.as_millisecond() + 1_000);
    let ends = Entry { until, ..Entry::new(Preset::Editor.grant()) };
    club.engine.set_grant("public", &club.path, (&user("carl"), ends), club.now).unwrap();
    let never = Entry { until: None, ..ends };
    assert!(matches!(club.change("bo", &set_entry(&user("carl"), never)), Err(ShareError::Beyond { .. })));
}

fn the_last_administrator_stays(new: New<'_>) {
    let club = club(new);
    club.seat("bo", Preset::Admin.grant());
    let gone = AccessListChange { own_admin: OwnAdmin::GiveUp, ..remove(&user("bo")) };
    assert!(matches!(club.change("bo", &gone), Err(ShareError::LockOut)));
    // A group without anybody who can log in is nobody.
    club.engine.add_group("empty", club.now).unwrap();
    club.change("bo", &set(&PrincipalRef::Group("empty".to_owned()), Preset::Admin.grant())).unwrap();
    assert!(matches!(club.change("bo", &gone), Err(ShareError::LockOut)));
    club.engine.join("empty", "dora", club.now).unwrap();
    club.change("bo", &gone).unwrap();
    // The owner of his own folder needs no grant.
    let anna = club.engine.act_as("anna").unwrap();
    let calendar = club.calendar();
    club.engine.change_access_list(&by(&anna), calendar, &remove(&user("bo")), club.now).unwrap();
}

fn giving_up_ones_own_right_takes_a_word(new: New<'_>) {
    let club = club(new);
    club.seat("bo", Preset::Admin.grant());
    club.seat("carl", Preset::Admin.grant());
    let lower = set(&user("bo"), Preset::Viewer.grant());
    assert!(matches!(club.change("bo", &lower), Err(ShareError::OwnAdmin)));
    let caller = club.engine.act_as("bo").unwrap();
    let preview = club.engine.preview_access_list(Actor::User(&caller), club.folder, &lower, club.now);
    assert!(preview.unwrap().loses_own_admin);
    club.change("bo", &AccessListChange { own_admin: OwnAdmin::GiveUp, ..lower }).unwrap();
    assert_eq!(club.levels("bo"), Preset::Viewer.grant());
}

fn two_who_edit_at_once_hear_of_each_other(new: New<'_>) {
    let club = club(new);
    let bo = club.seat("bo", Preset::Admin.grant());
    club.seat("carl", Preset::Admin.grant());
    let seen = club.engine.access_list(Actor::User(&bo), club.folder, club.now).unwrap().revision;
    let first = AccessListChange { revision: Some(seen), ..set(&user("dora"), Preset::Viewer.grant()) };
    let next = club.change("bo", &first).unwrap();
    assert!(next > seen);
    let second = AccessListChange { revision: Some(seen), ..set(&user("dora"), Preset::Editor.grant()) };
    let Err(ShareError::Conflict(conflict)) = club.change("carl", &second) else { panic!("overwritten") };
    assert_eq!(conflict.now.revision, next);
    let [missed] = conflict.missed.as_slice() else { panic!("{conflict:?}") };
    assert_eq!((missed.by.as_str(), missed.principal.as_str()), ("bo", "user:dora"));
    assert_eq!((missed.old.as_str(), missed.new.as_str()), ("", "visible/all/none/none"));
    assert_eq!(club.levels("dora"), Preset::Viewer.grant());
    club.change("carl", &AccessListChange { revision: Some(next), ..second }).unwrap();
}

fn a_list_is_checked_before_it_is_changed(new: New<'_>) {
    let club = club(new);
    club.seat("bo", Preset::Admin.grant());
    let viewer = Entry::new(Preset::Viewer.grant());
    let nobody = club.change("bo", &set_entry(&user("nobody"), viewer)).unwrap_err();
    assert!(matches!(nobody, ShareError::Unknown { .. }));
    let ended = Entry { until: Some(club.now.as_millisecond()), ..viewer };
    assert!(matches!(club.change("bo", &set_entry(&user("dora"), ended)), Err(ShareError::Ended { .. })));
    let twice = AccessListChange { remove: vec![user("dora")], ..set_entry(&user("dora"), viewer) };
    assert!(matches!(club.change("bo", &twice), Err(ShareError::Twice { .. })));
    // A removed user's number is never given again: a new one of his name has nothing.
    club.change("bo", &set_entry(&user("dora"), viewer)).unwrap();
    club.engine.remove_principal(PrincipalKind::User, "dora", club.now).unwrap();
    let dora =
        NewUser { name: "dora", email: "d@club.example", display_name: "D", admin: false, password: None };
    club.engine.add_user(&dora, club.now).unwrap();
    assert_eq!(club.levels("dora"), Grant::NOTHING);
}

fn a_list_has_a_length(new: New<'_>) {
    let club = club(new);
    let mut change = AccessListChange { telling: engine::Telling::Nobody, ..AccessListChange::default() };
    for number in 0..=engine::MAX_ENTRIES {
        let name = format!("group{number}");
        club.engine.add_group(&name, club.now).unwrap();
        change.set.push((PrincipalRef::Group(name), Entry::new(Preset::Viewer.grant())));
    }
    let set = |change: &AccessListChange| {
        club.engine.change_access_list(&By::COMMAND_LINE, club.folder, change, club.now)
    };
    assert!(matches!(set(&change), Err(ShareError::TooMany)));
    let last = change.set.pop().unwrap();
    assert_eq!(set(&change).unwrap().folders, 1);
    assert!(matches!(
        set(&AccessListChange { set: vec![last], ..AccessListChange::default() }),
        Err(ShareError::TooMany)
    ));
}

fn who_does_not_administer_sees_his_own_grants_only(new: New<'_>) {
    let club = club(new);
    club.seat("bo", Preset::Admin.grant());
    let dora = club.seat("dora", Preset::Viewer.grant());
    let staff = PrincipalRef::Group("staff".to_owned());
    club.change("bo", &set(&staff, Preset::Author.grant())).unwrap();
    let list = club.engine.access_list(Actor::User(&dora), club.folder, club.now).unwrap();
    assert!(!list.may_change);
    assert_eq!(list.grants.iter().map(|row| &row.principal).collect::<Vec<_>>(), [&user("dora")]);
    assert_eq!(list.admins, [user("bo")]);
    assert_eq!((list.owner.name.as_str(), list.owned_by_user), ("public", false));
    let bo = club.engine.act_as("bo").unwrap();
    let list = club.engine.access_list(Actor::User(&bo), club.folder, club.now).unwrap();
    assert_eq!((list.may_change, list.grants.len()), (true, 3));
    let anna = club.engine.act_as("anna").unwrap();
    let hidden = club.engine.access_list(Actor::User(&anna), club.folder, club.now).unwrap_err();
    let missing = club.engine.access_list(Actor::User(&anna), FolderId(999_999), club.now).unwrap_err();
    let same = |error: &engine::Error, folder: FolderId| error.to_string().replace(&folder.to_string(), "N");
    assert_eq!(same(&hidden, club.folder), same(&missing, FolderId(999_999)));
}

fn a_preview_says_what_the_change_does(new: New<'_>) {
    let club = club(new);
    let bo = club.seat("bo", Preset::Admin.grant());
    club.seat("carl", Preset::Editor.grant());
    let staff = PrincipalRef::Group("staff".to_owned());
    let change = AccessListChange { remove: vec![user("carl")], ..set(&staff, Preset::Author.grant()) };
    let preview = club.engine.preview_access_list(Actor::User(&bo), club.folder, &change, club.now).unwrap();
    let [carl] = preview.changes.as_slice() else { panic!("{preview:?}") };
    assert_eq!((carl.count, carl.users.first().map(|one| one.name.as_str())), (1, Some("carl")));
    assert_eq!(carl.gains, []);
    assert_eq!(carl.losses, [Right::ChangeAll, Right::DeleteAll]);
    assert_eq!(club.levels("carl"), Preset::Editor.grant(), "a preview writes nothing");
    club.change("bo", &change).unwrap();
    assert_eq!(club.levels("carl"), carl.after.levels);
    let everyone = set(&PrincipalRef::Everyone, Preset::Viewer.grant());
    let preview =
        club.engine.preview_access_list(Actor::User(&bo), club.folder, &everyone, club.now).unwrap();
    let [alike] = preview.changes.as_slice() else { panic!("{preview:?}") };
    assert_eq!(alike.users.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["anna", "dora"]);
    let wasted = set(&user("dora"), Grant::new(FolderLevel::Visible, Level::None, Level::All, Level::None));
    let preview = club.engine.preview_access_list(Actor::User(&bo), club.folder, &wasted, club.now).unwrap();
    assert_eq!(preview.warnings.len(), 1);
}

fn those_concerned_are_told_once(new: New<'_>) {
    let club = club(new);
    club.seat("bo", Preset::Admin.grant());
    for below in ["Public Contacts/A", "Public Contacts/B"] {
        club.engine.add_folder("public", &path(below), Kind::Contacts, club.now).unwrap();
    }
    let staff = PrincipalRef::Group("staff".to_owned());
    let change = AccessListChange { depth: Depth::Subtree, ..set(&staff, Preset::Author.grant()) };
    club.change("bo", &change).unwrap();
    assert_eq!(club.inbox("dora"), Vec::<String>::new());
    assert_eq!(club.inbox("bo"), Vec::<String>::new(), "nothing changed for him");
    let told = club.inbox("carl");
    let [message] = told.as_slice() else { panic!("{told:?}") };
    assert!(message.contains("Subject: Shared with you: 'Public Contacts' of public"), "{message}");
    assert!(message.contains("Bo Lind changed what you may do"), "{message}");
    assert!(message.contains("Now you may read everything, add new contacts"), "{message}");
    assert!(message.contains("3 folders in all"), "{message}");
    club.change("bo", &change).unwrap();
    assert_eq!(club.inbox("carl").len(), 1, "the same again changes nothing");
    club.change("bo", &remove(&staff)).unwrap();
    assert!(club.inbox("carl").iter().any(|message| message.contains("No longer shared with you")));
}

fn a_message_is_in_its_readers_language(new: New<'_>) {
    let club = club(new);
    club.seat("bo", Preset::Admin.grant());
    club.engine.set_language("carl", engine::Language::German, club.now).unwrap();
    club.change("bo", &set(&user("carl"), Preset::Viewer.grant())).unwrap();
    let told = club.inbox("carl").join("\n");
    assert!(told.contains("Guten Tag Carl Adler"), "{told}");
    assert!(told.contains("alles lesen"), "{told}");
}

fn a_change_reaches_the_folders_below_that_one_administers(new: New<'_>) {
    let club = club(new);
    club.seat("bo", Preset::Admin.grant());
    for below in ["Public Contacts/A", "Public Contacts/B", "Public Contacts/C"] {
        club.engine.add_folder("public", &path(below), Kind::Contacts, club.now).unwrap();
    }
    let viewer = (&user("bo"), Entry::new(Preset::Viewer.grant()));
    club.engine.set_grant("public", &path("Public Contacts/B"), viewer, club.now).unwrap();
    club.engine.remove_grant("public", &path("Public Contacts/C"), &user("bo"), club.now).unwrap();
    let change = AccessListChange { depth: Depth::Subtree, ..set(&user("dora"), Preset::Viewer.grant()) };
    let bo = club.engine.act_as("bo").unwrap();
    let changed = club.engine.change_access_list(&by(&bo), club.folder, &change, club.now).unwrap();
    assert_eq!(changed.folders, 2);
    assert_eq!(changed.skipped, ["Public Contacts/B"], "what he does not see is not named");
    let levels = |at: &str| club.engine.access("dora", ("public", &path(at)), None, club.now).unwrap().levels;
    assert_eq!(levels("Public Contacts/A"), Preset::Viewer.grant());
    assert_eq!(levels("Public Contacts/B"), Grant::NOTHING);
    assert_eq!(levels("Public Contacts/C"), Grant::NOTHING);
}

fn a_new_subfolder_copies_the_grants(new: New<'_>) {
    let club = club(new);
    club.seat("bo", Preset::Admin.grant());
    let entry = Entry { private: true, busy: Busy::Details, ..Entry::new(Preset::Viewer.grant()) };
    club.change("bo", &set_entry(&user("dora"), entry)).unwrap_err();
    club.engine.set_grant("public", &club.path, (&user("dora"), entry), club.now).unwrap();
    club.engine.add_folder("public", &path("Public Contacts/New"), Kind::Contacts, club.now).unwrap();
    let copied = club.engine.grants("public", &path("Public Contacts/New")).unwrap();
    assert_eq!(copied, club.engine.grants("public", &club.path).unwrap());
    // Later changes stay where they are made.
    club.change("bo", &remove(&user("dora"))).unwrap();
    assert_eq!(club.engine.grants("public", &path("Public Contacts/New")).unwrap(), copied);
}

fn every_change_stands_in_the_log(new: New<'_>) {
    let club = club(new);
    let bo = club.seat("bo", Preset::Admin.grant());
    let dora = club.seat("dora", Preset::Viewer.grant());
    let until: Timestamp = "2026-12-31T18:00:00Z".parse().unwrap();
    let entry = Entry { until: Some(until.as_millisecond()), ..Entry::new(Preset::Author.grant()) };
    club.change("bo", &set_entry(&user("dora"), entry)).unwrap();
    club.change("bo", &set(&user("dora"), Preset::Editor.grant())).unwrap();
    let query = engine::AuditQuery { folder: Some(club.folder), limit: 2, ..Default::default() };
    let log = club.engine.audit(Actor::User(&bo), &query, club.now).unwrap();
    let [last, first] = log.as_slice() else { panic!("{log:?}") };
    assert_eq!((first.actor.as_str(), first.protocol.as_str()), ("bo", "web"));
    assert_eq!((first.device.as_str(), first.address.as_str()), ("Firefox", "192.0.2.7"));
    assert_eq!((first.object.as_str(), first.subject.as_str()), ("public 'Public Contacts'", "user:dora"));
    assert_eq!(first.old, "visible/all/none/none");
    assert_eq!(first.new, "create/all/own/own, until 2026-12-31T18:00:00Z");
    assert_eq!((last.old.as_str(), last.new.as_str()), (first.new.as_str(), "create/all/all/all"));
    // What was refused changed nothing, so it is not there; and the log is for those who administer.
    club.change("dora", &remove(&user("bo"))).unwrap_err();
    assert_eq!(club.engine.audit(Actor::User(&bo), &query, club.now).unwrap(), log);
    assert!(club.engine.audit(Actor::User(&dora), &query, club.now).is_err());
    let older = engine::AuditQuery { before: Some(first.id), limit: 1, ..query };
    assert_ne!(club.engine.audit(Actor::User(&bo), &older, club.now).unwrap(), log);
    assert!(club.engine.audit(Actor::User(&bo), &engine::AuditQuery::default(), club.now).is_err());
}
