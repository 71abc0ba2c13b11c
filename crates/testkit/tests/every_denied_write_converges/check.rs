//! What must be true when a case is over.

use std::collections::{BTreeMap, BTreeSet};

use engine::{Actor, DeniedChange, FolderFlagsChange, Switch, Uid};
use phone::{FolderId, Item, Phone};

use crate::case::{Case, Row};
use crate::common::{SHARED, SPACE, path};
use crate::content;
use crate::due::{Notice, Record, Seen};
use crate::stage::{Folders, Stage, Which, steps};

/// How many rounds a folder needs at most, where all there is to say fits into one answer.
const MAX_ROUNDS: usize = 3;

impl Stage {
    pub(crate) fn check(&mut self, case: &Case) {
        let name = self.script.name.clone();
        assert!(!self.phone.has_edits(), "{name}: something is still to be sent");
        if case.row == Row::DeleteFolder {
            self.show_again();
        }
        self.anna_catches_up();
        self.bo_catches_up(Folders::of(case.row), Which::Tablet);
        for phone in [&self.phone, &self.tablet, &self.anna] {
            assert_eq!(Self::restarts(phone), 0, "{name}: {} had to start over", phone.device_id());
        }
        self.check_folders(&name);
        if case.row == Row::Anything {
            assert!(self.phone.folder(&self.shared).is_none(), "{name}: the folder is still there");
        } else {
            self.check_items(&self.shared, &self.script.due.shared, &name);
        }
        self.check_items(&self.own, &self.script.due.own, &name);
        let there = self.stored((SPACE, SHARED)).len();
        assert_eq!(there, self.script.due.shared.len(), "{name}: items on the server");
        if case.row == Row::Empty {
            self.check_all_came_back(&name);
        }
        self.check_rounds(case, &name);
        self.check_silence(case, &name);
        self.check_records(case, &name);
    }

    /// A shared folder that was deleted on the phone is only hidden there: shown again, it is there whole.
    fn show_again(&mut self) {
        assert!(self.phone.folder(&self.shared).is_none(), "{}: it is still there", self.script.name);
        let change = FolderFlagsChange { hidden: Some(Switch::Off), ..FolderFlagsChange::default() };
        let shown = ("bo", self.phone.device_id());
        let (engine, now) = (self.club.engine(), self.club.now);
        engine.set_device_folder(shown, (SPACE, &path(SHARED)), &change, now).unwrap();
        self.bo_catches_up(Folders::May, Which::Phone);
    }

    /// The phone shows the folders that a phone shows which did nothing.
    fn check_folders(&self, name: &str) {
        let folders = |phone: &Phone| -> BTreeSet<(String, String, String)> {
            let all = phone.folders();
            all.map(|one| (one.id().to_string(), one.parent().to_owned(), one.name().to_owned())).collect()
        };
        assert_eq!(folders(&self.phone), folders(&self.tablet), "{name}: folders");
    }

    /// The phone shows what a phone shows that did nothing, and that is what must be there.
    fn check_items(&self, folder: &FolderId, due: &[Seen], name: &str) {
        let (mut phone, mut tablet) = (self.shown(&self.phone, folder), self.shown(&self.tablet, folder));
        let same: BTreeSet<String> = phone
            .iter()
            .filter(|(id, item)| tablet.get(*id) == Some(*item))
            .map(|(id, _)| id.clone())
            .collect();
        phone.retain(|id, _| !same.contains(id));
        tablet.retain(|id, _| !same.contains(id));
        assert_eq!(phone, tablet, "{name}: what the phone shows differently, and the tablet");
        let field = content::title(self.kind);
        let seen = |item: &Item| -> Seen {
            let flag = item.text("Flag").and_then(|flag| flag.strip_prefix("2 ").map(str::to_owned));
            (item.text(field).unwrap_or_default(), flag)
        };
        let mut there: Vec<Seen> = self.tablet.items(folder).map(seen).collect();
        let mut due = due.to_vec();
        there.sort();
        due.sort();
        assert_eq!(there, due, "{name}: what is there, and what should be");
    }

    /// What a phone shows, by id: of what the phone wrote itself, the fields that nobody may write differently.
    fn shown(&self, phone: &Phone, folder: &FolderId) -> BTreeMap<String, BTreeMap<&'static str, String>> {
        let field = content::title(self.kind);
        let plain = content::plain(self.kind);
        let of = |item: &Item| {
            let wrote = item.text(field).is_some_and(|title| self.wrote.contains(&title));
            let fields = item.data().fields().filter(|(field, _)| !wrote || plain.contains(field));
            (item.server_id().unwrap_or("none").to_owned(), fields.collect())
        };
        phone.items(folder).map(of).collect()
    }

    /// Every item that stays was sent again: the phone may have dropped it.
    fn check_all_came_back(&self, name: &str) {
        let told = self.script.told.get(self.shared.as_str()).cloned().unwrap_or_default();
        let added: BTreeSet<&str> =
            told.steps.iter().filter(|(verb, _)| *verb == "Add").map(|(_, id)| id.as_str()).collect();
        for item in self.tablet.items(&self.shared) {
            let id = item.server_id().unwrap_or_default();
            assert!(added.contains(id), "{name}: {id} did not come back: {told:?}");
        }
    }

    fn check_rounds(&self, case: &Case, name: &str) {
        let window = usize::from(case.client.habit.window);
        for (folder, told) in &self.script.told {
            let most =
                MAX_ROUNDS + self.script.due.extra_rounds + told.steps.len().saturating_sub(1) / window;
            assert!(told.rounds <= most, "{name}: folder {folder} took {told:?}, at most {most}");
        }
    }

    /// Nobody else heard of anything but what was done by leave.
    fn check_silence(&mut self, case: &Case, name: &str) {
        let after = self.titles();
        let before = &self.script.titles;
        let due = &self.script.due;
        let mut known: BTreeSet<&String> = due.heard.iter().collect();
        for (phone, is_bos) in [(&mut self.anna, false), (&mut self.tablet, true)] {
            if is_bos {
                known.extend(&self.script.touched);
            }
            for round in phone.take_rounds() {
                for (verb, id) in steps(round.answer.as_ref()).into_iter().flat_map(|(_, steps)| steps) {
                    let called = [before.get(&id), after.get(&id)];
                    let is_known = called.iter().flatten().any(|title| known.contains(title));
                    let read =
                        is_bos && case.row == Row::Read && before.get(&id) == Some(&self.script.subject);
                    let own = is_bos
                        && due.own.iter().any(|(title, _)| after.get(&id) == Some(title))
                        && self.wrote.contains(after.get(&id).unwrap());
                    assert!(
                        is_known || read || own,
                        "{name}: {} was told to {verb} {id} {called:?}",
                        phone.device_id()
                    );
                }
            }
        }
    }

    /// Each lost value is on record exactly once, and in a notice exactly once where one was due.
    fn check_records(&mut self, case: &Case, name: &str) {
        let all = self.club.engine().denied(None).unwrap();
        let new: Vec<&DeniedChange> = all.iter().take(all.len() - self.records).collect();
        self.records = all.len();
        let mut due: Vec<&Record> = self.script.due.records.iter().collect();
        for record in &new {
            let holds = |due: &&Record| {
                due.operation == record.operation && due.words.iter().all(|word| tried(record).contains(word))
            };
            let Some(at) = due.iter().position(holds) else {
                panic!("{name}: nothing explains the record {record:?} {}", tried(record))
            };
            let found = due.swap_remove(at);
            assert_eq!((record.user.as_str(), record.device.as_str()), ("bo", "phone1"), "{name}");
            assert_eq!(record.notice.is_some(), found.notice == Notice::One, "{name}: {record:?}");
        }
        assert!(due.is_empty(), "{name}: not on record: {due:?}");
        let words: BTreeSet<&String> = self.script.due.records.iter().flat_map(|due| &due.words).collect();
        for word in words {
            let due = self.script.due.records.iter().filter(|due| due.words.contains(word)).count();
            let found = new.iter().filter(|record| tried(record).contains(word)).count();
            assert_eq!(found, due, "{name}: records of {word}");
        }
        let told: BTreeSet<Uid> = new.iter().filter_map(|record| record.notice).collect();
        self.check_notices(case, &told, name);
    }

    /// One notice for each request that denied data, and no other.
    fn check_notices(&mut self, case: &Case, told: &BTreeSet<Uid>, name: &str) {
        let inbox = self.stored(("bo", "Inbox"));
        let new = &inbox[self.notices..];
        self.notices = inbox.len();
        let due = || self.script.due.records.iter().filter(|due| due.notice == Notice::One);
        let requests = if case.row == Row::ChangePhantom { 2 } else { 1 };
        let expected = due().next().map_or(0, |_| requests);
        assert_eq!(
            (new.len(), told.len()),
            (expected, expected),
            "{name}: notices, and those that records name"
        );
        for record in due() {
            let found = new.iter().filter(|text| record.words.iter().all(|word| text.contains(word))).count();
            assert_eq!(found, 1, "{name}: notices of {record:?}");
        }
    }

    /// The texts of all items in a folder, the oldest first.
    fn stored(&self, (account, folder): (&str, &str)) -> Vec<String> {
        let mut texts = Vec::new();
        let mut take = |_: &str, content: &[u8]| {
            texts.push(content::unfolded(content));
            Ok(())
        };
        let viewer = (Actor::Operator, self.club.now);
        self.club.engine().export(account, &path(folder), viewer, &mut take).unwrap();
        texts
    }
}

/// What a record keeps of what was tried.
fn tried(record: &DeniedChange) -> String {
    record.tried.as_deref().map(content::unfolded).unwrap_or_default()
}
