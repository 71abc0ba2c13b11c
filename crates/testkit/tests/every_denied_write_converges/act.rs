//! What happens in a case: who is there, what Bo does on his phone, and what must come of it.

use engine::{Actor, Uid};
use hyper::HeaderMap;
use phone::{Gone, Occurrences, Version};
use wbxml::page::air_sync;
use wbxml::page::item_operations::{EMPTY_FOLDER_CONTENTS, ITEM_OPERATIONS, RESPONSE};
use wbxml::{Element, Limits};

use crate::case::{Case, Company, Deed, Meanwhile, Row};
use crate::common::{SHARED, SPACE, number, path};
use crate::content;
use crate::due::Due;
use crate::stage::{Folders, OWN, Script, Stage};

/// The items of a case, by title.
#[derive(Debug, Default)]
struct Props {
    /// Anna's: what Bo wants to write, and one beside it.
    target: String,
    other: String,
    /// Bo's, in the shared folder, where the case has company.
    bos: [String; 2],
    /// Bo's, in his own folder.
    mine: String,
}

impl Stage {
    /// Plays a case and checks what came of it.
    pub(crate) fn play(&mut self, case: &Case) {
        let props = self.begin(case);
        self.came_before(case);
        if case.company == Company::Allowed {
            self.keep_company(case, &props);
        }
        if case.row.of_folders() {
            self.edit_folders(case.row);
        } else {
            self.edit(case, &props);
        }
        self.settle(case);
        self.check(case);
        self.end(case);
    }

    fn begin(&mut self, case: &Case) -> Props {
        let (shared, own) = self.there.clone();
        let due = Due { shared, own, ..Due::default() };
        self.script = Script { name: case.to_string(), due, ..Script::default() };
        let mut props = Props::default();
        if case.row.of_folders() {
            self.script.side = self.word();
            let (engine, side) = (self.club.engine(), path(&self.script.side));
            engine.add_folder("bo", &side, items::Kind::Files, self.club.now).unwrap();
        } else {
            props.target = self.of_anna(case.row);
            props.other = self.of_anna(case.row);
            if case.row == Row::MoveIn {
                props.mine = self.in_own();
            }
            if case.company == Company::Allowed {
                props.bos = self.of_bo(case.row);
            }
        }
        self.script.subject = match case.row {
            Row::Add | Row::ChangePhantom | Row::DeleteGone | Row::MoveIn => props.other.clone(),
            Row::Change
            | Row::ChangeRevoked
            | Row::ChangeOccurrence
            | Row::DeleteOccurrence
            | Row::AddFile
            | Row::DeleteFile
            | Row::Delete
            | Row::Mark
            | Row::Read
            | Row::MoveOut
            | Row::Empty
            | Row::CreateFolder
            | Row::RenameFolder
            | Row::DeleteFolder
            | Row::Anything => props.target.clone(),
        };
        let (grant, before) = (case.row.grant(), case.row.grant_before());
        if before != grant {
            self.club.grant("bo", before);
        }
        self.catch_up(Folders::of(case.row));
        if before != grant {
            self.club.grant("bo", grant);
        }
        self.script.titles = self.titles();
        self.tablet.record_rounds();
        self.anna.record_rounds();
        props
    }

    /// Does what Bo may do, in the same requests.
    fn keep_company(&mut self, case: &Case, props: &Props) {
        let [one, two] = &props.bos;
        match case.row {
            Row::MoveOut | Row::MoveIn => {
                let item = self.find(&self.shared, two);
                self.phone.move_item(&self.shared, item, &self.own).unwrap();
                self.script.due.shared.retain(|(title, _)| title != two);
                self.script.due.own.push((two.clone(), None));
                self.script.due.heard.push(two.clone());
            }
            Row::Empty => {
                self.script.due.shared.retain(|(title, _)| title != one && title != two);
                self.script.due.heard.extend(props.bos.clone());
            }
            Row::CreateFolder | Row::RenameFolder | Row::DeleteFolder => {
                let name = self.word();
                self.phone.create_folder(None, &name, content::class(self.kind));
            }
            Row::Anything => {
                if self.kind != items::Kind::Mail {
                    let own = self.own.clone();
                    let word = self.add(&own);
                    self.script.due.own.push((word, None));
                }
            }
            Row::Add
            | Row::Change
            | Row::ChangeRevoked
            | Row::ChangePhantom
            | Row::ChangeOccurrence
            | Row::DeleteOccurrence
            | Row::AddFile
            | Row::DeleteFile
            | Row::Delete
            | Row::DeleteGone
            | Row::Mark
            | Row::Read => {
                self.write_own(case, &props.bos);
            }
        }
    }

    /// Changes one item of Bo's in the shared folder, deletes one, and adds one where he may.
    fn write_own(&mut self, case: &Case, [one, two]: &[String; 2]) {
        let word = self.word();
        let flag = format!("2 {word}");
        let is_mail = self.kind == items::Kind::Mail;
        let change =
            if is_mail { ("Flag", flag.as_str()) } else { (content::title(self.kind), word.as_str()) };
        let (first, second) = (self.find(&self.shared, one), self.find(&self.shared, two));
        self.phone.change(&self.shared, first, &[change]).unwrap();
        self.phone.delete(&self.shared, second).unwrap();
        let due = &mut self.script.due;
        due.shared.retain(|(title, _)| title != two);
        due.heard.extend([one.clone(), two.clone(), word.clone()]);
        let seen = due.shared.iter_mut().find(|(title, _)| title == one).unwrap();
        if is_mail {
            seen.1 = Some(word);
        } else {
            seen.0.clone_from(&word);
        }
        let written = seen.0.clone();
        self.wrote.insert(written);
        if !is_mail && case.row.grant().folder >= access::FolderLevel::Create {
            let shared = self.shared.clone();
            let added = self.add(&shared);
            self.script.due.shared.push((added.clone(), None));
            self.script.due.heard.push(added);
        }
    }

    /// Adds an item and returns its title.
    fn add(&mut self, folder: &phone::FolderId) -> String {
        let [one, two] = [self.word(), self.word()];
        self.phone.add(folder, &content::new(self.kind, &one, &two)).unwrap();
        self.wrote.insert(one.clone());
        one
    }

    /// Does what Bo may not do with items.
    fn edit(&mut self, case: &Case, props: &Props) {
        match case.row {
            Row::Add | Row::ChangePhantom => self.add_denied(case),
            Row::Change | Row::ChangeRevoked | Row::Mark => self.change_denied(case, &props.target),
            Row::ChangeOccurrence => {
                self.change_occurrence(&props.target);
                self.occurrence_may_be_added_again(case, &props.target);
            }
            Row::DeleteOccurrence => {
                let item = self.find(&self.shared, &props.target);
                self.phone.delete_occurrence(&self.shared, (item, content::OCCURRENCE)).unwrap();
                self.script.due.record("change", &[]);
                self.occurrence_may_be_added_again(case, &props.target);
            }
            Row::AddFile => {
                self.add_file(&props.target);
                self.may_be_added_again(case, &props.target);
            }
            Row::DeleteFile => {
                let item = self.find(&self.shared, &props.target);
                self.phone.detach(&self.shared, item, content::FILE).unwrap();
                self.script.due.record("change", &[]);
                self.may_be_added_again(case, &props.target);
            }
            Row::Delete => {
                let item = self.find(&self.shared, &props.target);
                self.phone.delete(&self.shared, item).unwrap();
                if case.meanwhile != Meanwhile::Before(Deed::Delete) {
                    self.script.due.record("delete", &[]);
                }
            }
            Row::DeleteGone => self.delete_gone(&props.target),
            Row::Read => {
                let item = self.find(&self.shared, &props.target);
                self.phone.change(&self.shared, item, &[("Read", "1")]).unwrap();
            }
            Row::MoveOut => {
                let item = self.find(&self.shared, &props.target);
                self.phone.move_item(&self.shared, item, &self.own).unwrap();
                if case.meanwhile != Meanwhile::Before(Deed::Delete) {
                    self.script.due.record("move", &[]);
                }
            }
            Row::MoveIn => {
                let item = self.find(&self.own, &props.mine);
                self.phone.move_item(&self.own, item, &self.shared).unwrap();
                self.script.due.record("move", &[]);
            }
            Row::Empty => self.empty(case),
            Row::Anything => self.do_anything(props),
            Row::CreateFolder | Row::RenameFolder | Row::DeleteFolder => {}
        }
    }

    fn add_denied(&mut self, case: &Case) {
        let [one, two] = [self.word(), self.word()];
        let fields = content::new(self.kind, &one, &two);
        let item = self.phone.add(&self.shared, &fields).unwrap();
        self.script.due.record("create", &[&one, &two]);
        if case.row == Row::ChangePhantom {
            self.exchange(case);
            let three = self.word();
            self.phone.change(&self.shared, item, &[(content::title(self.kind), &three)]).unwrap();
            // From 16.0 on an event's change names only what changed.
            let is_part = self.kind == items::Kind::Calendar && case.client.habit.version >= Version::V16_0;
            let lost = [three.as_str(), two.as_str()];
            self.script.due.record("change", if is_part { &lost[..1] } else { &lost[..] });
            self.script.due.extra_rounds += 1;
        }
    }

    fn change_denied(&mut self, case: &Case, target: &str) {
        let [one, two] = [self.word(), self.word()];
        self.change(target, &one, &two);
        if case.row != Row::Mark {
            self.may_be_added_again(case, &one);
        }
    }

    /// Some clients make a new item of one that they changed and that is gone, and that is allowed.
    fn may_be_added_again(&mut self, case: &Case, title: &str) {
        if case.meanwhile == Meanwhile::Before(Deed::Delete) && case.client.habit.gone == Gone::AddAgain {
            let due = &mut self.script.due;
            due.shared.push((title.to_owned(), None));
            due.heard.push(title.to_owned());
            due.extra_rounds += 1;
            self.wrote.insert(title.to_owned());
        }
    }

    /// Changes an item of Anna's.
    fn change(&mut self, target: &str, one: &str, two: &str) {
        let item = self.find(&self.shared, target);
        let version = self.client.habit.version;
        let flag = format!("2 {one}");
        let is_mail = self.kind == items::Kind::Mail;
        let fields = content::edit(self.kind, version, if is_mail { &flag } else { one }, two);
        self.phone.change(&self.shared, item, &fields).unwrap();
        let only_flag = is_mail && version < Version::V14_0;
        let lost = [one, two];
        self.script.due.record("change", if only_flag { &lost[..1] } else { &lost[..] });
    }

    /// Only where the change goes with its series.
    fn occurrence_may_be_added_again(&mut self, case: &Case, title: &str) {
        if case.client.habit.version < Version::V16_0 {
            self.may_be_added_again(case, title);
        } else if case.client.habit.occurrences == Occurrences::OneByOne && case.company == Company::Allowed {
            // It goes in a request of its own.
            self.script.due.extra_rounds += 1;
        }
    }

    fn change_occurrence(&mut self, target: &str) {
        let [one, two] = [self.word(), self.word()];
        let item = self.find(&self.shared, target);
        let fields = [("Subject", one.as_str()), ("Location", two.as_str())];
        self.phone.change_occurrence(&self.shared, (item, content::OCCURRENCE), &fields).unwrap();
        self.script.due.record("change", &[&one, &two]);
    }

    fn add_file(&mut self, target: &str) {
        let word = self.word();
        let item = self.find(&self.shared, target);
        self.phone.attach(&self.shared, item, (&word, b"What Bo wanted to add")).unwrap();
        self.script.due.record("change", &[&word]);
    }

    fn delete_gone(&mut self, target: &str) {
        let field = content::title(self.kind);
        let found = self.anna.items(&self.shared).find(|item| item.text(field).as_deref() == Some(target));
        let id = found.unwrap().id();
        self.anna.delete(&self.shared, id).unwrap();
        self.anna_catches_up();
        self.script.due.shared.retain(|(title, _)| title != target);
        self.script.touched.push(target.to_owned());
        let item = self.find(&self.shared, target);
        self.phone.delete(&self.shared, item).unwrap();
    }

    /// Empties the shared folder, which phones do not do by themselves.
    fn empty(&mut self, case: &Case) {
        let operation = Element::new(EMPTY_FOLDER_CONTENTS)
            .with(Element::text(air_sync::COLLECTION_ID, self.shared.as_str()));
        let body = wbxml::encode(&Element::new(ITEM_OPERATIONS).with(operation));
        let mut headers = HeaderMap::new();
        headers.insert("ms-asprotocolversion", self.client.habit.version.name().parse().unwrap());
        for _ in 0..=case.lost {
            let stay = self.items_of_anna();
            let line = self.club.line(&self.club.bo, &self.phone);
            let answer = line.carry_as("ItemOperations", &headers, &body);
            let root = wbxml::decode(&answer.body, &Limits::default()).unwrap();
            let said = root.child(RESPONSE).and_then(|all| all.child(EMPTY_FOLDER_CONTENTS)).unwrap();
            let shown = wbxml::to_xml(&root);
            assert_ne!(number(said), Some(1), "{}: {shown}", self.script.name);
            assert_eq!(number(&root), Some(1), "{}: {shown}", self.script.name);
            if self.script.due.records.is_empty() {
                for _ in stay {
                    self.script.due.record("delete", &[]);
                }
            }
            self.came_between(case);
        }
        self.phone.want(&self.shared);
    }

    /// Anna's items in the shared folder.
    fn items_of_anna(&self) -> Vec<Uid> {
        let engine = self.club.engine();
        let list = engine.items(SPACE, &path(SHARED), Actor::Operator, self.club.now).unwrap();
        list.iter().filter(|item| item.owner.as_deref() == Some("anna")).map(|item| item.uid).collect()
    }

    /// Adds, changes and deletes in a folder that Bo may not see any more.
    fn do_anything(&mut self, props: &Props) {
        self.revoke();
        if self.kind != items::Kind::Mail {
            let [one, two] = [self.word(), self.word()];
            self.phone.add(&self.shared, &content::new(self.kind, &one, &two)).unwrap();
            self.script.due.record("create", &[&one, &two]);
        }
        let [one, two] = [self.word(), self.word()];
        self.change(&props.target, &one, &two);
        let other = self.find(&self.shared, &props.other);
        self.phone.delete(&self.shared, other).unwrap();
        self.script.due.record("delete", &[]);
    }

    fn edit_folders(&mut self, row: Row) {
        let name = self.word();
        match row {
            Row::CreateFolder => {
                let class = content::class(self.kind);
                self.phone.create_folder(Some(&self.shared), &name, class);
            }
            Row::RenameFolder => self.phone.rename_folder(&self.shared, &name).unwrap(),
            Row::DeleteFolder => self.phone.delete_folder(&self.shared).unwrap(),
            Row::Add
            | Row::Change
            | Row::ChangeRevoked
            | Row::ChangePhantom
            | Row::ChangeOccurrence
            | Row::DeleteOccurrence
            | Row::AddFile
            | Row::DeleteFile
            | Row::Delete
            | Row::DeleteGone
            | Row::Mark
            | Row::Read
            | Row::MoveOut
            | Row::MoveIn
            | Row::Empty
            | Row::Anything => {}
        }
    }

    /// Leaves the stage to the next case.
    fn end(&mut self, case: &Case) {
        let due = std::mem::take(&mut self.script.due);
        self.there = (due.shared, due.own);
        if case.row == Row::Anything {
            self.club.grant("bo", case.row.grant());
        }
        if matches!(case.row, Row::Anything | Row::Empty) {
            self.clear();
        }
    }

    fn clear(&mut self) {
        let (engine, now) = (self.club.engine(), self.club.now);
        for (account, folder) in [(SPACE, path(SHARED)), ("bo", path(OWN))] {
            for item in engine.items(account, &folder, Actor::Operator, now).unwrap() {
                engine.delete_item(Actor::Operator, (account, &folder, item.uid), now).unwrap();
            }
        }
        self.there = (Vec::new(), Vec::new());
        self.catch_up(Folders::May);
    }
}
