//! Where a case plays: Bo's phone, which does what it may not; his tablet and Anna's phone, which must not notice.

use std::collections::{BTreeMap, BTreeSet};

use access::Preset;
use engine::{Actor, Caller, PrincipalRef};
use phone::{Class, Command, Folder, FolderId, Item, ItemId, Phone, Request};
use store::Options;
use wbxml::page::air_sync as tag;
use wbxml::page::move_::RESPONSE;
use wbxml::{Element, Limits};

use crate::case::{Case, Client, Deed, Meanwhile, Row};
use crate::common::{Club, SHARED, SPACE, number, path, status};
use crate::content;
use crate::due::{Due, Seen};

/// Bo's own folder of the same kind.
pub(crate) const OWN: &str = "Mine";

/// More requests than any case needs.
const MAX_REQUESTS: usize = 60;

/// How often a phone is called at most: for somebody else's doing, and for what Outlook does not heed at first.
const MAX_PINGS: usize = 4;

/// Whether folders may have changed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Folders {
    May,
    DidNot,
}

impl Folders {
    pub(crate) const fn of(row: Row) -> Self {
        if row.of_folders() || matches!(row, Row::Anything) { Self::May } else { Self::DidNot }
    }
}

/// One of Bo's devices.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Which {
    /// What does what it may not.
    Phone,
    /// What does nothing.
    Tablet,
}

/// What one phone was told in one case, by folder.
#[derive(Debug, Clone, Default)]
pub(crate) struct Told {
    pub(crate) rounds: usize,
    /// Verb and id of each step.
    pub(crate) steps: Vec<(&'static str, String)>,
}

/// The phones of one row, kind and client, for all its cases in turn.
pub(crate) struct Stage {
    pub(crate) club: Club,
    pub(crate) client: Client,
    pub(crate) kind: items::Kind,
    pub(crate) phone: Phone,
    pub(crate) tablet: Phone,
    pub(crate) anna: Phone,
    pub(crate) shared: FolderId,
    pub(crate) own: FolderId,
    /// Items that the phone wrote itself, by title.
    pub(crate) wrote: BTreeSet<String>,
    /// What is there when no case runs.
    pub(crate) there: (Vec<Seen>, Vec<Seen>),
    /// Denied changes and notices so far.
    pub(crate) records: usize,
    pub(crate) notices: usize,
    pub(crate) script: Script,
    words: usize,
}

/// The case that runs.
#[derive(Debug, Default)]
pub(crate) struct Script {
    pub(crate) name: String,
    pub(crate) due: Due,
    /// What the phone was told.
    pub(crate) told: BTreeMap<String, Told>,
    /// Titles by id, as they were before.
    pub(crate) titles: BTreeMap<String, String>,
    /// The item that somebody else changes or deletes meanwhile, by title.
    pub(crate) subject: String,
    /// The titles it has had since.
    pub(crate) touched: Vec<String>,
    pub(crate) is_touched: bool,
    /// A folder that is there, not shared, which somebody renames or removes where the row is about folders.
    pub(crate) side: String,
}

impl Stage {
    pub(crate) fn new(row: Row, kind: items::Kind, client: Client) -> Self {
        let club = Club::new(kind, &Options::default());
        club.grant("anna", Preset::Editor.grant());
        club.grant("bo", row.grant_before());
        club.engine().add_folder("bo", &path(OWN), kind, club.now).unwrap();
        let mut phone = Phone::with_habit("phone1", client.make, client.habit);
        let habit = phone::Habit { window: 512, push: phone::Push::WithPull, ..client.habit };
        let mut tablet = Phone::with_habit("tablet", client.make, habit);
        let mut anna = Phone::new("annas", phone::Kind::Ios);
        let class = content::class(kind);
        for (phone, user) in [(&mut phone, &club.bo), (&mut tablet, &club.bo), (&mut anna, &club.anna)] {
            introduce(&club, user, phone, class);
        }
        let mut stage = Self {
            shared: phone.find(class, SHARED).unwrap(),
            own: phone.find(class, OWN).unwrap(),
            club,
            client,
            kind,
            phone,
            tablet,
            anna,
            wrote: BTreeSet::new(),
            there: (Vec::new(), Vec::new()),
            records: 0,
            notices: 0,
            script: Script::default(),
            words: 0,
        };
        stage.catch_up(Folders::May);
        stage
    }

    /// Lets every phone take what there is; the folders too, where they may have changed.
    pub(crate) fn catch_up(&mut self, folders: Folders) {
        self.bo_catches_up(folders, Which::Phone);
        self.bo_catches_up(folders, Which::Tablet);
        self.anna_catches_up();
    }

    /// Lets one of Bo's devices take what there is.
    pub(crate) fn bo_catches_up(&mut self, folders: Folders, which: Which) {
        let phone = match which {
            Which::Phone => &mut self.phone,
            Which::Tablet => &mut self.tablet,
        };
        match folders {
            Folders::May => phone.want_all(),
            Folders::DidNot => [&self.shared, &self.own].into_iter().for_each(|folder| phone.want(folder)),
        }
        phone.finish(&mut self.club.line(&self.club.bo, phone)).unwrap();
    }

    pub(crate) fn anna_catches_up(&mut self) {
        self.anna.want(&self.shared);
        self.anna.finish(&mut self.club.line(&self.club.anna, &self.anna)).unwrap();
    }

    /// A word that nobody wrote before.
    pub(crate) fn word(&mut self) -> String {
        self.words += 1;
        format!("tk{}z", self.words)
    }

    /// Puts an item of Anna's into the shared folder.
    pub(crate) fn of_anna(&mut self, row: Row) -> String {
        let word = self.word();
        let stored = if row.of_occurrences() {
            content::series(&word)
        } else if row.of_files() {
            content::with_file(&word)
        } else {
            content::stored(self.kind, &word)
        };
        self.club.import(Actor::User(&self.club.anna), &stored);
        self.script.due.shared.push((word.clone(), None));
        word
    }

    /// Puts items of Bo's into the shared folder; for that he gets leave to add for a moment.
    pub(crate) fn of_bo(&mut self, row: Row) -> [String; 2] {
        self.club.grant("bo", Preset::Editor.grant());
        let words = [self.word(), self.word()];
        for word in &words {
            self.club.import(Actor::User(&self.club.bo), &content::stored(self.kind, word));
            self.script.due.shared.push((word.clone(), None));
        }
        self.club.grant("bo", row.grant());
        words
    }

    /// Puts an item into Bo's own folder.
    pub(crate) fn in_own(&mut self) -> String {
        let word = self.word();
        self.club.import_into(Actor::User(&self.club.bo), ("bo", OWN), &content::stored(self.kind, &word));
        self.script.due.own.push((word.clone(), None));
        word
    }

    /// The phone's item with that title.
    pub(crate) fn find(&self, folder: &FolderId, title: &str) -> ItemId {
        let field = content::title(self.kind);
        let mut items = self.phone.items(folder);
        let found = items.find(|item| item.text(field).as_deref() == Some(title));
        found.unwrap_or_else(|| panic!("{}: no {title} on the phone", self.script.name)).id()
    }

    /// Takes from Bo what he may do in the shared folder.
    pub(crate) fn revoke(&self) {
        let bo = PrincipalRef::User("bo".to_owned());
        self.club.engine().remove_grant(SPACE, &path(SHARED), &bo, self.club.now).unwrap();
    }

    /// Goes on until the phone has nothing left to do and is told that nothing is left to ask for.
    pub(crate) fn settle(&mut self, case: &Case) {
        for _ in 0..MAX_PINGS {
            self.go_on(case);
            self.came_between(case);
            let ping = self.phone.ping_request(600);
            let answer = self.club.line(&self.club.bo, &self.phone).carry(&ping);
            let said = status(&answer);
            self.phone.apply(&ping, answer.status, &answer.body).unwrap();
            match said {
                Some(1) => return,
                Some(2 | 7) if case.needs_calls() => self.script.due.extra_rounds += 1,
                _ => panic!("{}: a Ping is answered {said:?}", self.script.name),
            }
        }
        panic!("{}: something is always to come: {:?}", self.script.name, self.script.told);
    }

    /// Sends requests until the phone has nothing left to do.
    fn go_on(&mut self, case: &Case) {
        for _ in 0..MAX_REQUESTS {
            if !self.phone.has_work() {
                return;
            }
            self.exchange(case);
        }
        panic!("{}: it never ends: {:?}", self.script.name, self.script.told);
    }

    /// Sends the phone's next request until its answer is not lost.
    pub(crate) fn exchange(&mut self, case: &Case) {
        for attempt in 0..=case.lost {
            let request = self.phone.next_request().unwrap();
            let answer = self.club.line(&self.club.bo, &self.phone).carry(&request);
            assert_eq!(answer.status, 200, "{}: {}", self.script.name, request.command);
            let root =
                (!answer.body.is_empty()).then(|| wbxml::decode(&answer.body, &Limits::default()).unwrap());
            self.check_statuses(case.row, &request, root.as_ref());
            self.came_between(case);
            if attempt == case.lost {
                self.note(&request, root.as_ref());
                let applied = self.phone.apply(&request, answer.status, &answer.body);
                applied.unwrap_or_else(|error| panic!("{}: {error}", self.script.name));
            }
        }
    }

    /// No answer may make the phone start over, nor refuse a folder that is still there.
    fn check_statuses(&self, row: Row, request: &Request, root: Option<&Element>) {
        let shown = || root.map(wbxml::to_xml).unwrap_or_default();
        let parts = collections(root).chain(root.into_iter().flat_map(|root| root.children(RESPONSE)));
        let said: Vec<u16> = root.and_then(number).into_iter().chain(parts.filter_map(number)).collect();
        let good = |status: &u16| match request.command {
            // What an empty request leaves out has to be said again.
            Command::Sync if request.root.is_none() && *status == 13 => true,
            Command::Sync => *status == 1 || *status == 12 && row == Row::Anything,
            Command::FolderCreate | Command::FolderUpdate | Command::FolderDelete => [1, 3].contains(status),
            Command::MoveItems => *status == 3 || *status == 1 && self.script.is_touched,
            Command::FolderSync
            | Command::Ping
            | Command::Provision
            | Command::Settings
            | Command::ItemOperations
            | Command::SendMail => *status == 1,
        };
        assert!(said.iter().all(good), "{}: {} is answered {}", self.script.name, request.command, shown());
    }

    /// Keeps what an answer says.
    fn note(&mut self, request: &Request, root: Option<&Element>) {
        if request.command != Command::Sync {
            return;
        }
        let asked: Vec<String> = match &request.root {
            Some(root) => collections(Some(root)).map(folder_of).collect(),
            None => collections(root).map(folder_of).collect(),
        };
        for folder in asked {
            self.script.told.entry(folder).or_default().rounds += 1;
        }
        for (folder, steps) in steps(root) {
            self.script.told.entry(folder).or_default().steps.extend(steps);
        }
    }

    /// Does what somebody else does before the phone is heard.
    pub(crate) fn came_before(&mut self, case: &Case) {
        if let Meanwhile::Before(deed) = case.meanwhile {
            self.touch(case.row, deed);
        }
    }

    /// Does what somebody else does once the phone was heard.
    pub(crate) fn came_between(&mut self, case: &Case) {
        if let Meanwhile::Between(deed) = case.meanwhile {
            self.touch(case.row, deed);
        }
    }

    fn touch(&mut self, row: Row, deed: Deed) {
        if std::mem::replace(&mut self.script.is_touched, true) {
            return;
        }
        if row.of_folders() {
            return self.touch_side(deed);
        }
        let subject = self.script.subject.clone();
        let field = content::title(self.kind);
        let found = self.anna.items(&self.shared).find(|item| item.text(field).as_deref() == Some(&subject));
        let id = found.unwrap_or_else(|| panic!("{}: Anna has no {subject}", self.script.name)).id();
        self.script.touched.push(subject.clone());
        match deed {
            Deed::Change => {
                let word = self.word();
                let flag = format!("2 {word}");
                let mail = self.kind == items::Kind::Mail;
                let change = if mail { ("Flag", flag.as_str()) } else { (field, word.as_str()) };
                self.anna.change(&self.shared, id, &[change]).unwrap();
                let seen = self.script.due.shared.iter_mut().find(|(title, _)| *title == subject).unwrap();
                if mail {
                    seen.1 = Some(word);
                } else {
                    seen.0.clone_from(&word);
                    self.script.touched.push(word);
                }
            }
            Deed::Delete => {
                self.anna.delete(&self.shared, id).unwrap();
                self.script.due.shared.retain(|(title, _)| *title != subject);
            }
        }
        self.anna.finish(&mut self.club.line(&self.club.anna, &self.anna)).unwrap();
    }

    /// Renames or removes another folder of Bo's.
    fn touch_side(&mut self, deed: Deed) {
        let (engine, side) = (self.club.engine(), path(&self.script.side));
        match deed {
            Deed::Change => {
                let renamed = path(&format!("{} renamed", self.script.side));
                engine.rename_folder("bo", &side, &renamed, self.club.now).unwrap();
            }
            Deed::Delete => engine.remove_folder("bo", &side, self.club.now).unwrap(),
        }
    }

    /// Titles of the items that Bo sees, by id.
    pub(crate) fn titles(&self) -> BTreeMap<String, String> {
        let field = content::title(self.kind);
        let known = |item: &Item| Some((item.server_id()?.to_owned(), item.text(field)?));
        let folders = [&self.shared, &self.own];
        folders.iter().flat_map(|folder| self.tablet.items(folder)).filter_map(known).collect()
    }

    /// How often a phone had to start over.
    pub(crate) fn restarts(phone: &Phone) -> u32 {
        phone.folders().map(Folder::restarts).sum()
    }
}

/// Shows a phone its folders; it leaves out what no case is about.
fn introduce(club: &Club, user: &Caller, phone: &mut Phone, class: Class) {
    while phone.folders().count() == 0 {
        let request = phone.next_request().unwrap();
        let answer = club.line(user, phone).carry(&request);
        phone.apply(&request, answer.status, &answer.body).unwrap();
    }
    let is_needed = |folder: &Folder| folder.class() == Some(class) && [SHARED, OWN].contains(&folder.name());
    let others = phone.folders().filter(|folder| !is_needed(folder));
    let others: Vec<FolderId> = others.map(|folder| folder.id().clone()).collect();
    for folder in &others {
        phone.leave_out(folder);
    }
}

/// The steps in a Sync's answer: verb and id, by folder.
pub(crate) fn steps(root: Option<&Element>) -> Vec<(String, Vec<(&'static str, String)>)> {
    let of = |one: &Element| {
        let commands = one.child(tag::COMMANDS).into_iter().flat_map(Element::elements);
        commands.map(|step| (step.tag.name().unwrap_or("?"), text(step, tag::SERVER_ID))).collect()
    };
    collections(root).map(|one| (folder_of(one), of(one))).collect()
}

fn collections(root: Option<&Element>) -> impl Iterator<Item = &Element> {
    let all = root.and_then(|root| root.child(tag::COLLECTIONS));
    all.into_iter().flat_map(|all| all.children(tag::COLLECTION))
}

fn folder_of(collection: &Element) -> String {
    text(collection, tag::COLLECTION_ID)
}

fn text(of: &Element, tag: wbxml::Tag) -> String {
    of.child_text(tag).unwrap_or_default().into_owned()
}
