//! Shared folders shown inside the user's own: one folder for the phone, each item with the rights of its own folder.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests, run by a macro on two databases"
)]

#[macro_use]
mod common;

use access::{Entry, Preset};
use common::{Club, NEUER, New, Phone, add, change};
use engine::{
    Actor, Command, Estimate, FolderId, FolderPath, FolderStep, HierarchyOutcome, ItemRef, MAX_MERGED,
    Merged, MoveOutcome, NewItem, Outcome, Part, Peek, PrincipalRef, Pull, Resync, Step, Switch, SyncAnswer,
    SyncKey, SyncOutcome, SyncRequest, Target, Uid, Window,
};
use items::Kind;
use items::contact::Field;
use std::collections::BTreeMap;

/// A phone of Bo's that shows shared address books inside his own.
struct Handset {
    club: Club,
    phone: Phone,
    own: FolderId,
    key: SyncKey,
}

/// What a round said: answers, steps by folder, and whether more waits.
struct Said {
    answers: Vec<Outcome>,
    steps: Vec<(FolderId, Step)>,
    more: bool,
}

impl Said {
    /// Verb, folder and item of each step.
    fn told(&self) -> Vec<(char, FolderId, i64)> {
        let number = |item: &ItemRef| match item {
            ItemRef::Item(uid) => uid.0,
            ItemRef::Phantom(phantom) => -phantom,
        };
        let one = |(folder, step): &(FolderId, Step)| match step {
            Step::Add(item) => ('+', *folder, item.uid.0),
            Step::Change { item, .. } => ('~', *folder, item.uid.0),
            Step::Delete(item) => ('-', *folder, number(item)),
            Step::SoftDelete(item) => ('s', *folder, number(item)),
        };
        self.steps.iter().map(one).collect()
    }
}

impl Handset {
    fn new(club: Club) -> Self {
        club.engine.add_device_account(("bo", "phone1"), "public", club.now).unwrap();
        club.engine.merge_device(("bo", "phone1"), Kind::Contacts, Switch::On, club.now).unwrap();
        let phone = club.phone("bo", "phone1");
        let folders = club.engine.folders("bo", Actor::Operator, club.now).unwrap();
        let own = folders.iter().find(|folder| folder.role == 9).unwrap().id;
        let mut handset = Self { club, phone, own, key: SyncKey::START };
        handset.round(vec![]);
        handset
    }

    fn outcome(&self, commands: Vec<(FolderId, Command)>, limit: usize) -> Merged {
        let elsewhere: BTreeMap<usize, FolderId> = commands
            .iter()
            .enumerate()
            .filter(|(_, (folder, _))| *folder != self.own)
            .map(|(at, (folder, _))| (at, *folder))
            .collect();
        let commands = commands.into_iter().map(|(_, command)| command).collect();
        let pull = Some(Pull { limit, bytes: 1 << 20 });
        let request = SyncRequest { key: self.key, pull, ..Club::request(&self.phone, commands) };
        let Phone { caller, device, .. } = &self.phone;
        let asked = (&request, &elsewhere);
        self.club.engine.sync_merged(caller, device, self.own, asked, self.club.now).unwrap()
    }

    /// One round whose answer is lost: the key stays.
    fn lost(&self, commands: Vec<(FolderId, Command)>) -> (SyncKey, Said) {
        let Merged { outcome, parts } = self.outcome(commands, 100);
        match outcome {
            SyncOutcome::Answered(SyncAnswer { key, answers, steps, more }) => {
                let own = steps.into_iter().map(|step| (self.own, step));
                let others = parts.into_iter().flat_map(|part| {
                    part.steps.into_iter().map(move |step| (part.folder, step)).collect::<Vec<_>>()
                });
                (key, Said { answers, steps: own.chain(others).collect(), more })
            }
            SyncOutcome::Unchanged { key } => (key, Said { answers: vec![], steps: vec![], more: false }),
            other @ (SyncOutcome::KeyUnknown | SyncOutcome::FolderGone) => panic!("{other:?}"),
        }
    }

    fn round(&mut self, commands: Vec<(FolderId, Command)>) -> Said {
        let (key, said) = self.lost(commands);
        self.key = key;
        said
    }

    fn is_pending(&self) -> bool {
        let Phone { caller, device, .. } = &self.phone;
        let pending = self.club.engine.pending(caller, device, &[self.own], self.club.now).unwrap();
        let peek = self.club.engine.peek(caller, device, self.own, self.key, self.club.now).unwrap();
        let Peek::Known { changed, .. } = peek else { panic!("{peek:?}") };
        assert!(changed || pending.folders.is_empty(), "what waits is seen at a glance too");
        pending.folders == [self.own]
    }

    fn estimate(&self) -> Estimate {
        let Phone { caller, device, .. } = &self.phone;
        self.club.engine.estimate(caller, device, self.own, self.key, Window::All, self.club.now).unwrap()
    }

    fn shown(&self) -> Vec<FolderId> {
        let outcome = self
            .club
            .engine
            .folder_sync(&self.phone.caller, &self.phone.device, SyncKey::START, self.club.now)
            .unwrap();
        let HierarchyOutcome::Answered { steps, .. } = outcome else { panic!("{outcome:?}") };
        let added = steps.iter().filter_map(|step| match step {
            FolderStep::Add(entry) => Some(entry.id),
            FolderStep::Update(_) | FolderStep::Delete(_) => None,
        });
        added.collect()
    }
}

fn delete(uid: Uid) -> Command {
    Command::Delete { target: Target::Item(uid) }
}

fn titles(club: &Club, account: &str, path: &str) -> Vec<String> {
    let path = FolderPath::try_from(path).unwrap();
    let items = club.engine.items(account, &path, Actor::Operator, club.now).unwrap();
    items.into_iter().map(|item| item.summary).collect()
}

fn a_shared_address_book_is_shown_inside_the_own_one(new: New<'_>) {
    let club = new(Preset::Editor);
    let uid = club.import(NEUER);
    let mut phone = Handset::new(club);
    let shared = phone.club.folder;
    let shown = phone.shown();
    assert!(shown.contains(&phone.own) && !shown.contains(&shared), "{shown:?}");
    assert_eq!(phone.estimate(), Estimate::Count(1));
    assert!(phone.is_pending());
    assert_eq!(phone.round(vec![]).told(), [('+', shared, uid.0)]);
    assert!(phone.round(vec![]).told().is_empty() && !phone.is_pending());

    let new = add("c1", &[(Field::LastName, "Kahn")]);
    let edit = change(uid, &[(Field::JobTitle, "Coach")]);
    let said = phone.round(vec![(phone.own, new), (shared, edit)]);
    assert!(matches!(said.answers[..], [Outcome::Added(_), Outcome::Done]), "{:?}", said.answers);
    assert!(said.told().is_empty(), "what it wrote itself is no news");
    assert_eq!(titles(&phone.club, "bo", "Contacts"), ["Kahn"], "a new one goes to the own folder");
    let stored =
        phone.club.engine.fetch(&phone.phone.caller, shared, uid, phone.club.now).unwrap().unwrap().content;
    assert!(String::from_utf8(stored).unwrap().contains("TITLE:Coach"), "an edit to where the item is");

    let second =
        phone.club.import(b"BEGIN:VCARD\r\nVERSION:3.0\r\nUID:2\r\nFN:Two\r\nN:Two;;;;\r\nEND:VCARD\r\n");
    assert!(phone.is_pending());
    assert_eq!(phone.estimate(), Estimate::Count(1));
    assert_eq!(phone.round(vec![]).told(), [('+', shared, second.0)]);
    let said = phone.round(vec![(shared, delete(second))]);
    assert_eq!(said.answers, [Outcome::Done]);
    assert_eq!(titles(&phone.club, "public", "Public Contacts"), ["Manoel Neuer"]);
    assert!(phone.round(vec![]).told().is_empty());
    assert_eq!(phone.club.engine.check().unwrap(), Vec::<String>::new());
}

fn what_is_not_allowed_there_is_undone_whatever_answer_is_lost(new: New<'_>) {
    let club = new(Preset::Viewer);
    let uid = club.import(NEUER);
    let mut phone = Handset::new(club);
    let shared = phone.club.folder;
    phone.round(vec![]);
    let edits = || {
        let edit = change(uid, &[(Field::FirstName, "Manuel")]);
        vec![(shared, edit), (phone.own, add("c1", &[(Field::LastName, "Kahn")]))]
    };
    let (_, first) = phone.lost(edits());
    let (key, again) = phone.lost(edits());
    assert_eq!((&first.answers, first.told()), (&again.answers, again.told()));
    assert!(matches!(again.answers[..], [Outcome::Kept, Outcome::Added(_)]), "{:?}", again.answers);
    assert_eq!(again.told(), [('~', shared, uid.0)], "the whole contact comes back at once");
    assert!(matches!(&again.steps[0].1, Step::Change { part: Part::Correction { hint }, .. } if hint == "h"));
    assert_eq!(titles(&phone.club, "bo", "Contacts"), ["Kahn"], "what is allowed is done, once");
    let denied = phone.club.engine.denied(Some("bo")).unwrap();
    assert_eq!((denied.len(), denied[0].path.as_str(), denied[0].count), (1, "Public Contacts", 1));
    assert_eq!(phone.club.inbox("bo").len(), 1);
    let old = std::mem::replace(&mut phone.key, key);

    let (_, lost) = phone.lost(vec![(shared, delete(uid))]);
    assert!(lost.told().is_empty() && lost.more);
    let said = phone.round(vec![(shared, delete(uid))]);
    assert!(said.told().is_empty() && said.more);
    assert!(phone.is_pending());
    let (_, lost) = phone.lost(vec![]);
    assert_eq!(lost.told(), [('+', shared, uid.0)]);
    assert_eq!(phone.round(vec![]).told(), [('+', shared, uid.0)]);
    assert!(phone.round(vec![]).told().is_empty() && !phone.is_pending());

    // A late duplicate neither repeats nor records anything.
    let edit = change(uid, &[(Field::FirstName, "Manuel")]);
    let late = Handset { key: old, ..phone };
    let outcome =
        late.outcome(vec![(shared, edit), (late.own, add("c1", &[(Field::LastName, "Kahn")]))], 100);
    assert_eq!(outcome.outcome, SyncOutcome::KeyUnknown);
    assert_eq!(late.club.engine.denied(Some("bo")).unwrap().len(), 2);
    assert_eq!(titles(&late.club, "bo", "Contacts"), ["Kahn"]);
}

fn when_its_grant_goes_the_phones_work_is_rescued_and_its_items_leave(new: New<'_>) {
    let club = new(Preset::Editor);
    let uid = club.import(NEUER);
    let mut phone = Handset::new(club);
    let shared = phone.club.folder;
    phone.round(vec![]);
    let Phone { caller, .. } = &phone.phone;
    let path = phone.club.path.clone();
    assert!(phone.club.engine.fetch(caller, shared, uid, phone.club.now).unwrap().is_some());
    phone.club.engine.remove_grant("public", &path, &PrincipalRef::Everyone, phone.club.now).unwrap();
    assert!(phone.is_pending());
    let edits = || vec![(shared, change(uid, &[(Field::FirstName, "Manuel")]))];
    let (_, lost) = phone.lost(edits());
    let said = phone.round(edits());
    assert_eq!((&lost.answers, lost.told()), (&said.answers, said.told()));
    assert_eq!((said.answers.as_slice(), said.told()), (&[Outcome::Gone][..], vec![('-', shared, uid.0)]));
    let denied = phone.club.engine.denied(Some("bo")).unwrap();
    assert_eq!((denied.len(), denied[0].reason.as_str()), (1, "access"));
    assert!(String::from_utf8_lossy(denied[0].tried.as_ref().unwrap()).contains("Manuel"));
    assert_eq!(phone.club.inbox("bo").len(), 1);
    assert!(phone.round(vec![]).told().is_empty() && !phone.is_pending());

    phone.club.grant(&PrincipalRef::Everyone, Preset::Viewer);
    assert!(phone.is_pending());
    assert_eq!(phone.round(vec![]).told(), [('+', shared, uid.0)], "and comes back with it");
    phone.club.engine.remove_folder("public", &path, phone.club.now).unwrap();
    assert!(phone.is_pending());
    assert_eq!(phone.round(vec![]).told(), [('-', shared, uid.0)]);
    assert!(phone.round(vec![]).told().is_empty() && !phone.is_pending());
}

fn a_folder_is_merged_and_parted_without_anything_else_coming_again(new: New<'_>) {
    let club = new(Preset::Editor);
    let uid = club.import(NEUER);
    let mut phone = Handset::new(club);
    let shared = phone.club.folder;
    phone.round(vec![]);
    phone.round(vec![(phone.own, add("c1", &[(Field::LastName, "Kahn")]))]);
    let merge = |phone: &Handset, switch| {
        let club = &phone.club;
        club.engine.merge_device(("bo", "phone1"), Kind::Contacts, switch, club.now).unwrap();
    };
    merge(&phone, Switch::Off);
    assert!(phone.is_pending() && phone.shown().contains(&shared));
    assert_eq!(phone.round(vec![]).told(), [('-', shared, uid.0)], "Kahn stays as he is");
    // Now it is a folder by itself; neither disturbs the other.
    let alone = phone.club.sync(&phone.phone, vec![]);
    assert_eq!(alone.steps.len(), 1);
    phone.phone.key = alone.key;
    assert!(phone.round(vec![]).told().is_empty() && !phone.is_pending());
    merge(&phone, Switch::On);
    assert_eq!(phone.round(vec![]).told(), [('+', shared, uid.0)]);
    assert!(phone.round(vec![]).told().is_empty());
    let files = phone.club.engine.merge_device(("bo", "phone1"), Kind::Mail, Switch::On, phone.club.now);
    assert!(files.is_err(), "mail is not merged");
}

fn a_move_out_of_a_merged_folder_is_undone_like_any_other(new: New<'_>) {
    let club = new(Preset::Viewer);
    let uid = club.import(NEUER);
    let mut phone = Handset::new(club);
    let shared = phone.club.folder;
    phone.round(vec![]);
    let team = FolderPath::try_from("Team").unwrap();
    let team = phone.club.engine.add_folder("bo", &team, Kind::Contacts, phone.club.now).unwrap();
    let moved = (shared, &Target::Item(uid), team);
    let Phone { caller, device, .. } = &phone.phone;
    let outcome = phone.club.engine.move_item(caller, device, moved, phone.club.now).unwrap();
    assert!(matches!(outcome, MoveOutcome::Phantom(_)), "{outcome:?}");
    assert!(phone.is_pending());
    assert_eq!(phone.round(vec![]).told(), [('+', shared, uid.0)]);
    assert!(phone.round(vec![]).told().is_empty());
}

fn many_items_come_in_pages_whichever_folder_they_are_in(new: New<'_>) {
    let club = new(Preset::Viewer);
    for number in 0..5 {
        let text = format!(
            "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:u{number}\r\nFN:No {number}\r\nN:{number};No;;;\r\nEND:VCARD\r\n"
        );
        club.import(text.as_bytes());
        let item = NewItem { content: text.as_bytes(), name: None };
        let path = FolderPath::try_from("Contacts").unwrap();
        club.engine.import(Actor::Operator, ("bo", &path), &item, club.now).unwrap();
    }
    let mut phone = Handset::new(club);
    assert_eq!(phone.estimate(), Estimate::Count(10));
    let (mut added, mut rounds) = (0, 0);
    loop {
        let Merged { outcome, parts } = phone.outcome(vec![], 3);
        let SyncOutcome::Answered(answer) = outcome else { panic!("{outcome:?}") };
        let here = answer.steps.len() + parts.iter().map(|part| part.steps.len()).sum::<usize>();
        assert!(here <= 3);
        (added, rounds, phone.key) = (added + here, rounds + 1, answer.key);
        if !answer.more {
            break;
        }
    }
    assert_eq!((added, rounds), (10, 4));
    assert!(!phone.is_pending());
}

fn only_so_many_folders_are_merged_and_the_rest_stay_by_themselves(new: New<'_>) {
    let club = new(Preset::Viewer);
    let mut made = vec![club.folder];
    for number in 1..=MAX_MERGED {
        let path = FolderPath::try_from(format!("Book {number}").as_str()).unwrap();
        made.push(club.engine.add_folder("public", &path, Kind::Contacts, club.now).unwrap());
        let entry = (&PrincipalRef::Everyone, Entry::new(Preset::Viewer.grant()));
        club.engine.set_grant("public", &path, entry, club.now).unwrap();
    }
    let phone = Handset::new(club);
    let shown = phone.shown();
    let alone: Vec<_> = made.iter().filter(|folder| shown.contains(folder)).collect();
    assert_eq!(alone, [made.last().unwrap()]);
    let Phone { caller, device, .. } = &phone.phone;
    let merged = phone.club.engine.merged_folders(caller, device, &[phone.own], phone.club.now).unwrap();
    assert_eq!(merged, made[..MAX_MERGED]);
}

fn an_item_of_a_folder_that_is_not_merged_is_not_there(new: New<'_>) {
    let club = new(Preset::Viewer);
    let mut phone = Handset::new(club);
    phone.round(vec![]);
    let inbox = phone.club.engine.folders("anna", Actor::Operator, phone.club.now).unwrap()[0].id;
    let edit = change(Uid(1), &[(Field::FirstName, "X")]);
    let said = phone.round(vec![(inbox, edit), (inbox, delete(Uid(1)))]);
    assert_eq!(said.answers, [Outcome::Gone, Outcome::Done]);
    let denied = phone.club.engine.denied(Some("bo")).unwrap();
    assert_eq!((denied.len(), denied[0].path.as_str()), (1, "Contacts"), "and nothing of anna's is named");
}

fn a_merged_folder_starts_over_with_the_one_it_is_shown_in(new: New<'_>) {
    let club = new(Preset::Viewer);
    let uid = club.import(NEUER);
    let mut phone = Handset::new(club);
    let shared = phone.club.folder;
    let path = phone.club.path.clone();
    let resync = |phone: &Handset, what| {
        phone.club.engine.resync_device(("bo", "phone1"), what, phone.club.now).unwrap();
    };
    assert_eq!(phone.round(vec![]).told(), [('+', shared, uid.0)]);
    assert!(phone.round(vec![]).told().is_empty());
    resync(&phone, Resync::Item { account: "public", path: &path, uid });
    assert!(phone.is_pending());
    assert_eq!(phone.round(vec![]).told(), [('~', shared, uid.0)], "one item comes again");
    for what in [Resync::Folder { account: "public", path: &path }, Resync::All] {
        resync(&phone, what);
        let stale = phone.outcome(vec![], 100).outcome;
        assert!(matches!(stale, SyncOutcome::KeyUnknown), "{what:?}: {stale:?}");
        phone.key = SyncKey::START;
        phone.round(vec![]);
        assert_eq!(phone.round(vec![]).told(), [('+', shared, uid.0)], "{what:?}");
        assert!(phone.round(vec![]).told().is_empty());
        assert!(!phone.is_pending(), "{what:?}");
    }
    phone.club.import(&String::from_utf8_lossy(NEUER).replace("neuer", "kahn").into_bytes());
    for _ in 0..40 {
        phone.lost(vec![]);
    }
    assert_eq!(phone.club.engine.held_back("bo", "phone1").unwrap().len(), 1);
    resync(&phone, Resync::Folder { account: "public", path: &path });
    assert!(phone.club.engine.held_back("bo", "phone1").unwrap().is_empty(), "it is tried again");
    phone.key = SyncKey::START;
    phone.round(vec![]);
    assert_eq!(phone.round(vec![]).told().len(), 2);
    assert_eq!(phone.club.engine.check().unwrap(), Vec::<String>::new());
}

on_both_engines! {
    a_shared_address_book_is_shown_inside_the_own_one,
    what_is_not_allowed_there_is_undone_whatever_answer_is_lost,
    when_its_grant_goes_the_phones_work_is_rescued_and_its_items_leave,
    a_folder_is_merged_and_parted_without_anything_else_coming_again,
    a_move_out_of_a_merged_folder_is_undone_like_any_other,
    many_items_come_in_pages_whichever_folder_they_are_in,
    only_so_many_folders_are_merged_and_the_rest_stay_by_themselves,
    an_item_of_a_folder_that_is_not_merged_is_not_there,
    a_merged_folder_starts_over_with_the_one_it_is_shown_in,
}
