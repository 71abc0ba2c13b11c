//! An access list is changed by those who administer the folder, and nobody is raised above them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests, run by a macro on two databases"
)]

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
    a_folder_is_shown_as_another_sees_it,
    reasons_name_the_groups,
    busy_times_alone_show_no_folder,
    what_admins_do_stands_in_the_log,
    groups_lie_in_one_another_to_a_depth,
    a_folder_is_moved_by_who_may_move_all_of_it,
    an_item_is_made_private_by_its_owner_alone,
    of_two_at_the_same_moment_one_is_first,
    no_edits_by_administrators_raise_anybody_above_them,
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
    // Nor may the last right end by itself.
    let until = Some(club.now.as_millisecond() + 1_000);
    let ends = Entry { until, ..Entry::new(Preset::Admin.grant()) };
    assert!(matches!(club.change("bo", &set_entry(&user("bo"), ends)), Err(ShareError::LockOut)));
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

const EVENT: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:UIDHERE\r\nDTSTART:20260303T090000Z\r\n\
    DTEND:20260303T100000Z\r\nSUMMARY:SUBJECT\r\nCLASS:KIND\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

fn event(subject: &str, class: &str) -> Vec<u8> {
    EVENT.replace("UIDHERE", subject).replace("SUBJECT", subject).replace("KIND", class).into_bytes()
}

fn a_folder_is_shown_as_another_sees_it(new: New<'_>) {
    let club = club(new);
    let anna = club.engine.act_as("anna").unwrap();
    let calendar = path("Calendar");
    let editor = (&user("bo"), Entry::new(Preset::Author.grant()));
    club.engine.set_grant("anna", &calendar, editor, club.now).unwrap();
    let bo = club.engine.act_as("bo").unwrap();
    for (who, subject, class) in
        [(&anna, "Match", "PUBLIC"), (&anna, "Doctor", "PRIVATE"), (&bo, "Training", "PUBLIC")]
    {
        let content = event(subject, class);
        let item = engine::NewItem { content: &content, name: None };
        club.engine.import(Actor::User(who), ("anna", &calendar), &item, club.now).unwrap();
    }
    let folder = club.calendar();
    let page = |after, limit| engine::ViewPage { after, limit };
    let view = |actor: &Caller, as_whom: &str, at| {
        club.engine.view_as(Actor::User(actor), (folder, as_whom), at, club.now)
    };
    let seen = view(&anna, "bo", page(engine::Uid(0), 10)).unwrap();
    let shown: Vec<_> = seen
        .items
        .iter()
        .map(|item| (item.summary.as_deref().unwrap_or(""), item.class.as_str(), item.bits.value()))
        .collect();
    assert_eq!(shown, [("Match", "others", 2), ("Doctor", "others-private", 0), ("Training", "mine", 7)]);
    assert_eq!(seen.next, None);
    let first = view(&anna, "bo", page(engine::Uid(0), 2)).unwrap();
    let second = view(&anna, "bo", page(first.next.unwrap(), 2)).unwrap();
    assert_eq!([first.items, second.items].concat(), seen.items);
    // Who looks through another's eyes still reads no more than with his own.
    let clerk =
        (&user("carl"), Entry::new(Grant::new(FolderLevel::Admin, Level::None, Level::None, Level::None)));
    club.engine.set_grant("anna", &calendar, clerk, club.now).unwrap();
    let carl = club.engine.act_as("carl").unwrap();
    let seen = view(&carl, "bo", page(engine::Uid(0), 10)).unwrap();
    assert!(seen.items.iter().all(|item| item.summary.is_none()), "{seen:?}");
    assert!(view(&bo, "anna", page(engine::Uid(0), 10)).is_err(), "he does not administer it");
}

fn reasons_name_the_groups(new: New<'_>) {
    let club = club(new);
    club.seat("bo", Preset::Admin.grant());
    club.engine.add_group("club", club.now).unwrap();
    club.engine.join("club", "staff", club.now).unwrap();
    let group = PrincipalRef::Group("club".to_owned());
    club.change("bo", &set(&group, Preset::Author.grant())).unwrap();
    club.change("bo", &set(&user("carl"), Preset::Viewer.grant())).unwrap();
    let carl = club.engine.act_as("carl").unwrap();
    let why = club.engine.access_reasons(Actor::User(&carl), club.folder, "carl", club.now).unwrap();
    assert_eq!(why.effect.levels, Preset::Author.grant());
    let of = |principal: &PrincipalRef| {
        why.grants.iter().find(|reason| reason.grant.principal == *principal).unwrap()
    };
    assert_eq!(of(&group).through, ["staff", "club"]);
    assert_eq!(
        of(&group).gives,
        [access::Axis::Folder, access::Axis::Read, access::Axis::Write, access::Axis::Delete]
    );
    assert_eq!(
        (of(&user("carl")).through.len(), &of(&user("carl")).gives[..]),
        (0, &[access::Axis::Read][..])
    );
    let other = club.engine.access_reasons(Actor::User(&carl), club.folder, "bo", club.now);
    assert!(matches!(other, Err(engine::Error::Refused { .. })));
}

fn busy_times_alone_show_no_folder(new: New<'_>) {
    let club = club(new);
    let anna = club.engine.act_as("anna").unwrap();
    let calendar = club.calendar();
    let content = event("Match", "PRIVATE");
    let item = engine::NewItem { content: &content, name: None };
    club.engine.import(Actor::User(&anna), ("anna", &path("Calendar")), &item, club.now).unwrap();
    let from: Timestamp = "2026-03-03T09:00:00Z".parse().unwrap();
    let bo = club.engine.act_as("bo").unwrap();
    let times = || club.engine.free_busy(&bo, "anna@club.example", (from, 1), club.now).unwrap();
    assert_eq!(times(), None);
    let busy = set_entry(&user("bo"), Entry { busy: Busy::Time, ..Entry::default() });
    club.engine.change_access_list(&by(&anna), calendar, &busy, club.now).unwrap();
    assert_eq!(times(), Some(vec![items::event::Busy::Busy]));
    assert!(club.engine.access_list(Actor::User(&bo), calendar, club.now).is_err(), "the folder is not seen");
    let seen = club.engine.folders("anna", Actor::User(&bo), club.now).unwrap();
    assert_eq!(seen, []);
    let told = club.inbox("bo").join("\n");
    assert!(told.contains("Now you may see when the time is taken."), "{told}");
}

fn of_two_at_the_same_moment_one_is_first(new: New<'_>) {
    let club = club(new);
    let bo = club.seat("bo", Preset::Admin.grant());
    let carl = club.seat("carl", Preset::Admin.grant());
    for round in 0..8 {
        let seen = club.engine.access_list(Actor::User(&bo), club.folder, club.now).unwrap().revision;
        let edit = |who: &Caller, grant: Grant| {
            let change = AccessListChange { revision: Some(seen), ..set(&user("dora"), grant) };
            club.engine.change_access_list(&by(who), club.folder, &change, club.now)
        };
        // What there is never is what one of them wants: that would change nothing.
        let grants = if round % 2 == 0 {
            [Preset::Author.grant(), Preset::Editor.grant()]
        } else {
            [Preset::Viewer.grant(), Preset::Contributor.grant()]
        };
        let (one, other) = std::thread::scope(|scope| {
            let one = scope.spawn(|| edit(&bo, grants[0]));
            let other = scope.spawn(|| edit(&carl, grants[1]));
            (one.join().unwrap(), other.join().unwrap())
        });
        let (grant, late) = if one.is_ok() { (grants[0], other) } else { (grants[1], one) };
        assert!(matches!(late, Err(ShareError::Conflict(_))), "{late:?}");
        assert_eq!(club.levels("dora"), grant);
    }
}

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    fn entry(&mut self, now: Timestamp) -> Entry {
        let level = |at: usize| Level::EVERY[at];
        let grant = Grant::new(
            FolderLevel::EVERY[self.below(5)],
            level(self.below(4)),
            level(self.below(4)),
            level(self.below(4)),
        );
        let minutes = i64::try_from(self.below(600)).unwrap() + 1;
        let until = (self.below(4) == 0).then(|| now.as_millisecond() + minutes * 60_000);
        Entry { grant, private: self.below(4) == 0, busy: Busy::EVERY[self.below(3)], until }
    }
}

fn no_edits_by_administrators_raise_anybody_above_them(new: New<'_>) {
    let names = ["anna", "bo", "carl", "dora"];
    let mut principals: Vec<PrincipalRef> = names.iter().map(|name| user(name)).collect();
    principals.push(PrincipalRef::Group("staff".to_owned()));
    principals.push(PrincipalRef::Everyone);
    let mut done = 0;
    for seed in 0..6 {
        let mut club = club(new);
        let mut dice = Dice(seed);
        for principal in &principals {
            let entry = dice.entry(club.now);
            if dice.below(3) > 0 {
                club.engine.set_grant("public", &club.path, (principal, entry), club.now).unwrap();
            }
        }
        let mut clerk = dice.entry(club.now);
        clerk.grant.folder = FolderLevel::Admin;
        clerk.until = None;
        club.engine.set_grant("public", &club.path, (&user("bo"), clerk), club.now).unwrap();
        let effects = |club: &Club| {
            names.map(|name| {
                club.engine.access_reasons(Actor::Operator, club.folder, name, club.now).unwrap().effect
            })
        };
        let start = effects(&club);
        let mut actors: Vec<usize> = Vec::new();
        for _ in 0..40 {
            let who = dice.below(names.len());
            let mut change = set_entry(&principals[dice.below(principals.len())], dice.entry(club.now));
            if dice.below(4) == 0 {
                change = remove(&principals[dice.below(principals.len())]);
            }
            change.own_admin = OwnAdmin::GiveUp;
            if club.change(names[who], &change).is_ok() {
                done += 1;
                actors.push(who);
            }
            club.now = club.now.checked_add(minutes(dice.below(20))).unwrap();
            let now = effects(&club);
            for (at, effect) in now.iter().enumerate() {
                for right in Right::EVERY {
                    let held = start[at].has(right) || actors.iter().any(|&actor| start[actor].has(right));
                    assert!(!effect.has(right) || held, "seed {seed}: {} got {right:?}", names[at]);
                }
            }
        }
        // One whose right has no end was there at the start, so one is there for ever.
        let kept = effects(&club).iter().any(|effect| effect.has(Right::Manage));
        assert!(kept, "seed {seed}: nobody is left");
    }
    assert!(done > 20, "{done} edits were allowed");
}

fn minutes(count: usize) -> std::time::Duration {
    std::time::Duration::from_secs(u64::try_from(count).unwrap() * 60)
}

fn what_admins_do_stands_in_the_log(new: New<'_>) {
    let club = club(new);
    let (bo, anna) = (club.engine.act_as("bo").unwrap(), club.engine.act_as("anna").unwrap());
    let chief =
        NewUser { name: "eva", email: "eva@club.example", display_name: "Eva", admin: true, password: None };
    club.engine.add_user(&chief, club.now).unwrap();
    let eva = club.engine.act_as("eva").unwrap();
    club.seat("dora", Preset::Viewer.grant());
    let refused = club.engine.admin(by(&bo)).join("staff", "dora", club.now);
    assert!(matches!(refused, Err(engine::Error::Refused { .. })), "{refused:?}");
    club.engine.admin(by(&eva)).join("staff", "dora", club.now).unwrap();
    club.phone("dora", "phone1");
    let blocked = engine::Standing::Blocked;
    club.engine.admin(by(&eva)).set_device_standing(("dora", "phone1"), blocked, club.now).unwrap();
    // One's own password is one's own.
    club.engine.admin(by(&bo)).set_password("bo", "a new one", club.now).unwrap();
    assert!(club.engine.admin(by(&bo)).set_password("anna", "a new one", club.now).is_err());
    let query = engine::AuditQuery { limit: 3, ..Default::default() };
    let log = club.engine.audit(Actor::User(&eva), &query, club.now).unwrap();
    let told: Vec<_> = log
        .iter()
        .map(|entry| {
            (entry.actor.as_str(), entry.action.as_str(), entry.object.as_str(), entry.subject.as_str())
        })
        .collect();
    assert_eq!(
        told,
        [
            ("bo", "password", "", "user:bo"),
            ("eva", "device standing", "device phone1", "user:dora"),
            ("eva", "join", "group:staff", "user:dora"),
        ]
    );
    assert_eq!((log[1].old.as_str(), log[1].new.as_str()), ("allowed", "blocked"));
    assert!(club.engine.audit(Actor::User(&anna), &query, club.now).is_err());
    // An admin who is one no more changes nothing, though he logged in as one.
    club.engine.disable_user("eva", club.now).unwrap();
    assert!(club.engine.admin(by(&eva)).leave("staff", "dora", club.now).is_err());
}

fn groups_lie_in_one_another_to_a_depth(new: New<'_>) {
    let club = club(new);
    let name = |at: i64| format!("level{at}");
    for at in 1..=engine::MAX_GROUP_DEPTH + 1 {
        club.engine.add_group(&name(at), club.now).unwrap();
    }
    for at in 1..engine::MAX_GROUP_DEPTH {
        club.engine.join(&name(at), &name(at + 1), club.now).unwrap();
    }
    let deepest = name(engine::MAX_GROUP_DEPTH);
    club.engine.join(&deepest, "dora", club.now).unwrap();
    club.engine
        .set_grant(
            "public",
            &club.path,
            (&PrincipalRef::Group(name(1)), Entry::new(Preset::Viewer.grant())),
            club.now,
        )
        .unwrap();
    assert_eq!(club.levels("dora"), Preset::Viewer.grant());
    let over = name(engine::MAX_GROUP_DEPTH + 1);
    assert!(club.engine.join(&deepest, &over, club.now).is_err(), "below");
    assert!(club.engine.join(&over, &name(1), club.now).is_err(), "above");
    assert!(club.engine.join(&deepest, &name(1), club.now).is_err(), "a circle");
    club.engine.join(&name(2), &over, club.now).unwrap();
}

fn a_folder_is_moved_by_who_may_move_all_of_it(new: New<'_>) {
    let club = club(new);
    club.seat("bo", Preset::Admin.grant());
    for at in ["Public Contacts/A", "Public Contacts/A/Below", "Public Contacts/B"] {
        club.engine.add_folder("public", &path(at), Kind::Contacts, club.now).unwrap();
    }
    let below = path("Public Contacts/A/Below");
    let hide = || club.engine.remove_grant("public", &below, &user("bo"), club.now).unwrap();
    assert!(hide());
    let phone = club.phone("bo", "phone1");
    for at in ["Public Contacts", "Public Contacts/A", "Public Contacts/B"] {
        club.engine.add_device_folder(("bo", "phone1"), "public", &path(at), club.now).unwrap();
    }
    let id = |at: &str| club.engine.folder_at(Actor::Operator, "public", &path(at), club.now).unwrap();
    let (moved, to) = (id("Public Contacts/A"), id("Public Contacts/B"));
    let ask = || {
        let start = club.engine.folder_sync(&phone.caller, &phone.device, engine::SyncKey::START, club.now);
        let engine::HierarchyOutcome::Answered { key, .. } = start.unwrap() else { panic!("no key") };
        club.engine.folder_update(&phone.caller, &phone.device, (key, moved, to, "A"), club.now).unwrap()
    };
    // What lies below would go along, though he neither sees nor administers it.
    assert!(matches!(ask(), engine::FolderOutcome::Denied), "{:?}", ask());
    club.engine
        .set_grant("public", &below, (&user("bo"), Entry::new(Preset::Admin.grant())), club.now)
        .unwrap();
    let before = club.engine.grants("public", &path("Public Contacts/A")).unwrap();
    assert!(matches!(ask(), engine::FolderOutcome::Done { .. }));
    let after = club.engine.grants("public", &path("Public Contacts/B/A")).unwrap();
    assert_eq!(after, before, "grants do not change on the way");
}

fn an_item_is_made_private_by_its_owner_alone(new: New<'_>) {
    let club = club(new);
    let calendar = path("Calendar");
    let editor = (&user("bo"), Entry::new(Preset::Editor.grant()));
    club.engine.set_grant("anna", &calendar, editor, club.now).unwrap();
    let write = |who: &str, subject: &str, class: &str| {
        let caller = club.engine.act_as(who).unwrap();
        let content = event(subject, class);
        let item = engine::NewItem { content: &content, name: None };
        club.engine.import(Actor::User(&caller), ("anna", &calendar), &item, club.now)
    };
    let uid = write("anna", "Match", "PUBLIC").unwrap().uid;
    let refused = write("bo", "Match", "PRIVATE");
    assert!(matches!(refused, Err(engine::Error::Refused { .. })), "{refused:?}");
    let bo = club.engine.act_as("bo").unwrap();
    let hidden = event("Match", "CONFIDENTIAL");
    assert!(club.engine.edit_item(Actor::User(&bo), ("anna", &calendar, uid), &hidden, club.now).is_err());
    // What he made himself he may hide; so may the folder's owner, whosever it is.
    write("bo", "Training", "PUBLIC").unwrap();
    write("bo", "Training", "PRIVATE").unwrap();
    write("anna", "Match", "PRIVATE").unwrap();
    assert!(write("bo", "Match", "PUBLIC").is_err(), "he does not see it any more");
    let private = (&user("bo"), Entry { private: true, ..Entry::new(Preset::Editor.grant()) });
    club.engine.set_grant("anna", &calendar, private, club.now).unwrap();
    write("bo", "Match", "PUBLIC").unwrap();
}
