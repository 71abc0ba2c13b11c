//! The disk is full, or the database busy: nothing is acknowledged, the phone tries again, and when there is room it
//! is done once.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test's helpers fail as tests do")]

mod common;

use std::sync::{Arc, Mutex};

use access::Preset;
use common::{Club, SHARED, SPACE, document, number, path, status};
use engine::Actor;
use items::Kind;
use phone::{Answer, Class, Command, FolderId, Habit, Phone, Version};
use store::{Fault, Faults, Options};
use wbxml::page::air_sync::{COLLECTION, COLLECTIONS, RESPONSES};

/// Commits fail from a certain one on, until there is room.
#[derive(Default)]
struct Disk(Mutex<Option<(usize, Fault)>>);

impl Disk {
    /// Lets so many commits through and no more.
    fn fail_after(&self, commits: usize, fault: Fault) {
        *self.0.lock().unwrap() = Some((commits, fault));
    }

    fn recover(&self) {
        *self.0.lock().unwrap() = None;
    }
}

impl Faults for Disk {
    fn before_statement(&self) -> Option<Fault> {
        None
    }

    fn before_commit(&self) -> Option<Fault> {
        match self.0.lock().unwrap().as_mut()? {
            (0, fault) => Some(*fault),
            (left, _) => {
                *left -= 1;
                None
            }
        }
    }

    fn after_commit(&self) -> Option<Fault> {
        None
    }
}

/// Bo's phone, in step with a server whose disk may fail.
struct Office {
    club: Club,
    disk: Arc<Disk>,
    phone: Phone,
    shared: FolderId,
}

const KINDS: [phone::Kind; 4] = phone::Kind::ALL;

impl Office {
    fn open(kind: phone::Kind, version: Version, preset: Preset) -> Self {
        let disk = Arc::new(Disk::default());
        let faults = Some(Arc::clone(&disk) as Arc<dyn Faults>);
        let club = Club::new(Kind::Contacts, &Options { faults, ..Options::default() });
        club.grant("bo", preset.grant());
        let mut phone = Phone::with_habit("phone1", kind, Habit { version, ..kind.habit() });
        phone.sync_all(&mut club.line(&club.bo, &phone)).unwrap();
        let shared = phone.find(Class::Contacts, SHARED).unwrap();
        Self { club, disk, phone, shared }
    }

    /// Sends what the phone has to say once, and lets it hear the answer.
    fn try_once(&mut self) -> (Command, Answer) {
        let request = self.phone.next_request().unwrap();
        let answer = self.club.line(&self.club.bo, &self.phone).carry(&request);
        // A phone may hold on to a refusal or to nothing at all: it asks again in any case.
        let _ = self.phone.apply(&request, answer.status, &answer.body);
        (request.command, answer)
    }

    fn items(&self) -> usize {
        self.club.engine().items(SPACE, &path(SHARED), Actor::Operator, self.club.now).unwrap().len()
    }

    fn denied(&self) -> usize {
        self.club.engine().denied(Some("bo")).unwrap().len()
    }

    fn notices(&self) -> usize {
        self.club.engine().items("bo", &path("Inbox"), Actor::Operator, self.club.now).unwrap().len()
    }

    /// Everything is done, once, and the phone shows what the server holds.
    fn settles(&mut self, items: usize, case: &str) {
        self.phone.finish(&mut self.club.line(&self.club.bo, &self.phone)).unwrap();
        assert_eq!(self.phone.items(&self.shared).count(), items, "{case}: on the phone");
        assert_eq!(self.items(), items, "{case}: on the server");
        let restarts: u32 = self.phone.folders().map(phone::Folder::restarts).sum();
        assert_eq!(restarts, 0, "{case}: no status 3");
    }
}

/// The statuses a Sync's answer has: of the whole, or of its folder.
fn sync_status(answer: &Answer) -> u16 {
    assert_eq!(answer.status, 200);
    let root = document(answer).unwrap();
    let collections = || root.child(COLLECTIONS).into_iter().flat_map(|all| all.children(COLLECTION));
    assert!(collections().all(|one| one.child(RESPONSES).is_none()), "nothing is acknowledged");
    assert!(collections().all(|one| number(one) != Some(1)), "{}", wbxml::to_xml(&root));
    number(&root).or_else(|| collections().find_map(number)).unwrap()
}

fn each_client(check: impl Fn(phone::Kind, Version, &str)) {
    for kind in KINDS {
        for version in Version::ALL {
            check(kind, version, &format!("{kind:?} {version}"));
        }
    }
}

#[test]
fn what_cannot_be_written_is_not_acknowledged_and_is_made_once_when_it_can() {
    for (fault, expected) in [(Fault::Full, 5), (Fault::Busy, 16)] {
        each_client(|kind, version, client| {
            let case = format!("{client} {fault:?}");
            let mut office = Office::open(kind, version, Preset::Editor);
            office.phone.add(&office.shared, &[("LastName", "Kahn")]).unwrap();
            office.disk.fail_after(0, fault);
            for attempt in 1..=3 {
                let (command, answer) = office.try_once();
                assert_eq!((command, sync_status(&answer)), (Command::Sync, expected), "{case} {attempt}");
                assert_eq!(office.items(), 0, "{case} {attempt}");
                assert!(office.phone.has_edits(), "{case} {attempt}: it will try again");
            }
            office.disk.recover();
            office.settles(1, &case);
        });
    }
}

#[test]
fn what_is_denied_is_recorded_once_when_there_is_room() {
    each_client(|kind, version, client| {
        let mut office = Office::open(kind, version, Preset::Viewer);
        office.phone.add(&office.shared, &[("LastName", "Kahn")]).unwrap();
        office.disk.fail_after(0, Fault::Full);
        let (_, answer) = office.try_once();
        assert_eq!(sync_status(&answer), 5, "{client}: a denial that cannot be kept is none");
        assert_eq!((office.denied(), office.notices()), (0, 0), "{client}");
        office.disk.recover();
        office.settles(0, client);
        assert_eq!((office.denied(), office.notices()), (1, 1), "{client}");
    });
}

#[test]
fn a_disk_that_fills_up_at_any_commit_makes_one_item_and_one_record() {
    for commits in 0..6 {
        each_client(|kind, version, client| {
            let case = format!("{client}, full after {commits} commits");
            let mut office = Office::open(kind, version, Preset::Author);
            let anna = office.club.anna.clone();
            office.club.grant("anna", Preset::Editor.grant());
            let card =
                "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:neuer\r\nFN:Neuer\r\nN:Neuer;Manoel;;;\r\nEND:VCARD\r\n";
            office.club.import(Actor::User(&anna), card);
            office.phone.sync_all(&mut office.club.line(&office.club.bo, &office.phone)).unwrap();
            let neuer = office.phone.items(&office.shared).next().unwrap().id();
            office.phone.add(&office.shared, &[("LastName", "Kahn")]).unwrap();
            office.phone.change(&office.shared, neuer, &[("FirstName", "Manuel")]).unwrap();
            office.disk.fail_after(commits, Fault::Full);
            for _ in 0..4 {
                if office.phone.has_work() {
                    office.try_once();
                }
            }
            office.disk.recover();
            office.settles(2, &case);
            let shown = office.phone.item(&office.shared, neuer).unwrap().text("FirstName");
            assert_eq!(shown.as_deref(), Some("Manoel"), "{case}");
            assert_eq!((office.denied(), office.notices()), (1, 1), "{case}");
        });
    }
}

#[test]
fn a_ping_and_a_list_of_folders_are_asked_for_again() {
    for fault in [Fault::Full, Fault::Busy] {
        each_client(|kind, version, client| {
            let case = format!("{client} {fault:?}");
            let mut office = Office::open(kind, version, Preset::Viewer);
            office.disk.fail_after(0, fault);
            let ping = office.phone.ping_request(600);
            let line = office.club.line(&office.club.bo, &office.phone);
            assert_eq!(status(&line.carry(&ping)), Some(8), "{case}: Ping");
            // A phone that has been set up only now: its list of folders cannot be kept.
            office.disk.recover();
            let mut new = Phone::with_habit("phone2", kind, Habit { version, ..kind.habit() });
            let mut other = office.club.line(&office.club.bo, &new);
            while let Some(request) = new.next_request() {
                if request.command == Command::FolderSync {
                    break;
                }
                let answer = other.carry(&request);
                new.apply(&request, answer.status, &answer.body).unwrap();
            }
            office.disk.fail_after(0, fault);
            let request = new.next_request().unwrap();
            let answer = other.carry(&request);
            let said = (request.command, answer.status, status(&answer));
            let expected = if version < Version::V14_0 { (503, None) } else { (200, Some(111)) };
            assert_eq!(said, (Command::FolderSync, expected.0, expected.1), "{case}");
            assert!(new.apply(&request, answer.status, &answer.body).is_err(), "{case}");
            office.disk.recover();
            new.finish(&mut other).unwrap();
            assert_eq!(new.folders().count(), office.phone.folders().count(), "{case}");
            let ping = office.phone.ping_request(600);
            assert_eq!(status(&line.carry(&ping)), Some(1), "{case}: Ping");
            office.settles(0, &case);
        });
    }
}

#[test]
fn a_move_is_tried_again_and_made_once() {
    for kind in [phone::Kind::AndroidClassic, phone::Kind::Outlook, phone::Kind::Ios] {
        for version in Version::ALL {
            let case = format!("{kind:?} {version}");
            let mut office = Office::open(kind, version, Preset::Editor);
            let own = office.phone.find(Class::Contacts, "Contacts").unwrap();
            let item = office.phone.add(&office.shared, &[("LastName", "Kahn")]).unwrap();
            office.settles(1, &case);
            office.phone.move_item(&office.shared, item, &own).unwrap();
            office.disk.fail_after(0, Fault::Full);
            let (command, answer) = office.try_once();
            let root = document(&answer).unwrap();
            let statuses: Vec<_> = root.elements().filter_map(number).collect();
            assert_eq!((command, statuses), (Command::MoveItems, vec![7]), "{case}");
            assert_eq!(office.items(), 1, "{case}");
            office.disk.recover();
            office.settles(0, &case);
            assert_eq!(office.phone.items(&own).count(), 1, "{case}");
        }
    }
}
