//! The end of a run: nothing goes wrong any more, every phone catches up, and everything must be as it should.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use engine::DeniedChange;
use phone::{Absent, Class, Command, DeletesAfterMove, Folder as PhoneFolder, Item as PhoneItem, Request};

use super::act::is_left_over;
use super::content::{holds, names, numbers, plain, tokens_of, unfolded};
use super::explain::{Denial, Fate, Intent, Reason};
use super::model::{Folder, Item, Uid, User};
use super::wire::{self, Op};
use super::world::{Rates, World, broken};
use super::{Check, Violation};

/// How often all phones catch up before nothing may be left; Outlook needs three for what it moved.
const PASSES: usize = 4;

/// The first of 2026 in milliseconds since 1970.
const FIRST_DAY_MS: i64 = 1_767_225_600_000;

/// When a day's events are over, in milliseconds.
const END_OF_EVENTS_MS: i64 = (9 * 60 + 30) * 60 * 1000;

/// More rounds than any phone needs to catch up.
const MAX_ROUNDS: usize = 600;

/// What a phone was sent while it caught up, by folder.
#[derive(Debug, Default)]
struct Sent {
    rounds: usize,
    pushes: usize,
    steps: usize,
}

impl World {
    /// Ends the run.
    pub(super) fn settle(&mut self) -> Check {
        self.rates = Rates::NONE;
        self.readmit_all()?;
        self.deliver_all_late()?;
        self.note("nothing goes wrong any more");
        for pass in 0..PASSES {
            for phone in 0..self.phones.len() {
                let sent = self.catch_up(phone)?;
                if pass == 0 {
                    self.check_rounds(phone, &sent)?;
                }
            }
            self.write_all_notices()?;
        }
        self.check_letters()?;
        (0..self.phones.len()).try_for_each(|phone| self.catch_up(phone).map(drop))?;
        self.compare_stores()?;
        for phone in 0..self.phones.len() {
            self.check_ping(phone)?;
            let sent = self.catch_up(phone)?;
            if let Some((folder, sent)) = sent.iter().find(|(_, sent)| sent.steps > 0) {
                return Err(Violation(format!("phone {phone}, folder {folder}: sent again: {sent:?}")));
            }
            self.compare_phone(phone)?;
        }
        self.check_records()
    }

    fn deliver_all_late(&mut self) -> Check {
        self.late.iter_mut().for_each(|late| late.due = 0);
        self.deliver_late()
    }

    /// Lets a phone ask for everything until it has nothing left to do.
    fn catch_up(&mut self, phone: usize) -> Result<BTreeMap<Folder, Sent>, Violation> {
        let mut all: BTreeMap<Folder, Sent> = BTreeMap::new();
        self.handset(phone)?.phone.want_all();
        for _ in 0..MAX_ROUNDS {
            let Some(request) = self.handset(phone)?.phone.next_request() else { return Ok(all) };
            let delivered = self.deliver(phone, &request)?;
            if request.command == Command::Sync {
                count(&request, wire::decode(&delivered.body)?.as_ref(), &mut all);
            }
            self.hand_over(phone, &request, &delivered)?;
        }
        Err(Violation(format!("phone {phone} always has more to do")))
    }

    /// A folder needs three rounds, and one more for each window that is full. Where many answers were lost, the first
    /// comes with one step, and each that arrives doubles that.
    fn check_rounds(&mut self, phone: usize, sent: &BTreeMap<Folder, Sent>) -> Check {
        let window = usize::from(self.handset(phone)?.phone.habit().window);
        for (folder, sent) in sent {
            let doublings = usize::try_from(window.max(1).ilog2()).unwrap_or_default() + 1;
            let most = 3 + sent.steps.div_ceil(window) + sent.pushes + doublings;
            if sent.rounds > most {
                return Err(Violation(format!(
                    "phone {phone}, folder {folder}: {sent:?}, at most {most} rounds"
                )));
            }
        }
        Ok(())
    }

    /// A phone that has everything has nothing to wait for.
    fn check_ping(&mut self, phone: usize) -> Check {
        let request = self.handset(phone)?.phone.ping_request(600);
        let delivered = self.deliver(phone, &request)?;
        let status = wire::decode(&delivered.body)?.map(|root| wire::number(&root));
        if status == Some(1) {
            return Ok(());
        }
        Err(Violation(format!("phone {phone} has everything, and a ping says {status:?}")))
    }

    /// Fails unless a phone shows exactly what its user may see.
    fn compare_phone(&self, phone: usize) -> Check {
        let Some(handset) = self.phones.get(phone) else { return Ok(()) };
        let fail = |what: String| Err(Violation(format!("phone {phone}: {what}")));
        if handset.phone.has_edits() {
            return fail("it still has something to send".to_owned());
        }
        for place in self.model.places.values() {
            let mine = place.owner == Some(handset.user);
            let may = self.model.may(handset.user, place.id, self.now_ms());
            let due = mine || place.shared && may.on_phone() && !handset.hidden.contains(&place.id);
            let id = place.id.to_string();
            let folder = handset.phone.folders().find(|folder| folder.id().as_str() == id);
            if folder.is_some() != due {
                return fail(format!(
                    "folder {} ({}) due {due}, there {}",
                    place.id,
                    place.path,
                    folder.is_some()
                ));
            }
            let name = place.path.rsplit('/').next().unwrap_or_default();
            if let Some(folder) = folder.filter(|folder| !folder.name().starts_with(name)) {
                return fail(format!("folder {} is called {}, due {name}", place.id, folder.name()));
            }
            if let Some(folder) = folder.filter(|folder| handset.phone.syncs(folder.id())) {
                self.compare_folder(phone, folder, place.id)?;
            }
        }
        let unknown = handset.phone.folders().find(|folder| {
            folder.id().as_str().parse().map_or(true, |id: Folder| !self.model.places.contains_key(&id))
        });
        unknown.map_or(Ok(()), |folder| fail(format!("folder {} is not there", folder.id())))
    }

    fn compare_folder(&self, phone: usize, folder: &PhoneFolder, id: Folder) -> Check {
        let (Some(handset), Some(place)) = (self.phones.get(phone), self.model.places.get(&id)) else {
            return Ok(());
        };
        let may = self.model.may(handset.user, id, self.now_ms());
        let wanted = |item: &Item| folder.filter().is_none() || self.is_recent(place.class, item);
        let seen = |item: &Item| may.item(self.model.whose(handset.user, id, item)).read && wanted(item);
        let mut due: BTreeMap<Uid, &Item> =
            place.items.iter().filter(|(_, item)| seen(item)).map(|(uid, item)| (*uid, item)).collect();
        for shown in handset.phone.items(folder.id()) {
            let uid = shown.server_id().and_then(|server_id| wire::uid_of(server_id, id));
            match uid.and_then(|uid| due.remove(&uid)) {
                Some(item) => self.compare_item(phone, (place.class, item), shown)?,
                None if shown.server_id().is_none() && is_left_over(shown) => {}
                None if uid.is_some() && shown.ignored_deletes() > 0 => {}
                // What its user wrote or moved himself stays, however old.
                None if uid.is_some_and(|uid| self.is_own_work(phone, id, uid)) => {}
                None => return Err(Violation(format!("phone {phone}, folder {id}: {shown:?} is too much"))),
            }
        }
        if handset.phone.habit().deletes_after_move == DeletesAfterMove::FirstIgnored {
            // Outlook is trusted to show what it moved, even where it never heard the answer.
            due.retain(|uid, _| !handset.moved.contains_key(&(id, *uid)));
        }
        if due.is_empty() {
            return Ok(());
        }
        Err(Violation(format!("phone {phone}, folder {id}: missing {due:?}")))
    }

    /// Returns whether a phone that wants no old items wants this one.
    fn is_recent(&self, class: Class, item: &Item) -> bool {
        const DAY_MS: i64 = 24 * 60 * 60 * 1000;
        match class {
            Class::Calendar => {
                let end = item.day * DAY_MS + FIRST_DAY_MS + END_OF_EVENTS_MS;
                end >= self.now_ms() - self.now_ms().rem_euclid(DAY_MS) - 14 * DAY_MS
            }
            Class::Tasks => !item.done,
            Class::Mail | Class::Contacts | Class::Notes => true,
        }
    }

    fn is_own_work(&self, phone: usize, folder: Folder, uid: Uid) -> bool {
        let Some(item) = self.model.item(folder, uid) else { return false };
        let Some(handset) = self.phones.get(phone).filter(|handset| handset.narrow) else { return false };
        let may = self.model.may(handset.user, folder, self.now_ms());
        let sees = may.item(self.model.whose(handset.user, folder, item)).read;
        let touched = item.writes.iter().any(|(_, by)| *by == Some(phone));
        sees && (touched || handset.moved.contains_key(&(folder, uid)))
    }

    fn compare_item(&self, phone: usize, (class, item): (Class, &Item), shown: &PhoneItem) -> Check {
        let Some(handset) = self.phones.get(phone) else { return Ok(()) };
        let old = handset.phone.habit().version < phone::Version::V14_0;
        for name in names(class).iter().chain(numbers(class)) {
            if class == Class::Mail && *name == "Categories" && old {
                continue;
            }
            let wanted = item.fields.get(*name).map(|text| plain(text));
            let there = shown.text(name).map(|text| plain(&text));
            if wanted == there {
                continue;
            }
            if *name == "Reminder" && self.is_own_ring(handset.user, shown, there.as_ref()) {
                continue;
            }
            // A client that keeps what a change leaves out shows what somebody else cleared.
            let kept = handset.phone.habit().absent == Absent::Keep && wanted.is_none();
            let was = there.as_ref().is_some_and(|there| {
                item.past.iter().any(|(past, text)| past == name && plain(text) == *there)
            });
            if !(kept && was) {
                let id = shown.server_id().unwrap_or("?");
                return Err(Violation(format!("phone {phone}, {id}: {name} is {there:?}, due {wanted:?}")));
            }
        }
        Ok(())
    }

    /// Returns whether a user wanted an event to ring like this for himself.
    fn is_own_ring(&self, user: User, shown: &PhoneItem, there: Option<&String>) -> bool {
        let id = shown.server_id().and_then(|id| id.split_once(':'));
        let Some((Ok(folder), Ok(uid))) = id.map(|(folder, uid)| (folder.parse(), uid.parse())) else {
            return false;
        };
        self.model.rings.get(&(user, folder, uid)).is_some_and(|wanted| wanted.contains(&there.cloned()))
    }

    /// Returns the denied writes; those that only their records' number tells apart stand together.
    fn denied_groups(&self) -> Vec<Vec<(&Intent, &Denial)>> {
        let denied = self.fates.iter().filter_map(|(intent, fate)| match fate {
            Fate::Denied(denial) => Some((intent, denial)),
            Fate::Applied { .. } => None,
        });
        let made_later = self.made_later.iter().map(|(intent, denial)| (intent, denial));
        let mut groups: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (intent, denial) in denied.chain(made_later) {
            let tokens = tokens_of(&denial.fields);
            let named = if denial.recorded.1.is_none() { intent.id.as_str() } else { "" };
            let same = (intent.phone, denial.recorded, intent.folder, named, intent.to);
            // A later edit of a new item holds all of an earlier one, so it takes its record first.
            groups.entry((Reverse(tokens), same)).or_default().push((intent, denial));
        }
        groups.into_values().collect()
    }

    fn is_record(&self, record: &DeniedChange, intent: &Intent, denial: &Denial) -> bool {
        let (operation, uid) = denial.recorded;
        let device = self.phones.get(intent.phone).map(|handset| handset.phone.device_id());
        let tried = record.tried.as_deref().map(unfolded).unwrap_or_default();
        // What a lost folder is called, its user is not told once his phone has dropped it.
        let is_nameless = denial.whole_folder && record.path == format!("folder {}", intent.folder);
        Some(record.device.as_str()) == device
            && record.operation == operation.word()
            && record.uid.map(|uid| uid.0) == uid
            && (is_nameless || denial.path.as_ref().is_none_or(|path| *path == record.path))
            && holds(&tried, &denial.fields)
            && denial.reasons.iter().any(|reason| reason.name() == record.reason)
    }

    /// Every denied write has exactly one record that holds all of it, and every record is of a denied write.
    fn check_records(&mut self) -> Check {
        let records = self.engine.denied(None).map_err(broken("listing denied changes"))?;
        let mut left: Vec<&DeniedChange> = records.iter().collect();
        for group in self.denied_groups() {
            let Some((intent, _)) = group.first() else { continue };
            let is_found = |record: &&DeniedChange| {
                group.iter().any(|(intent, denial)| self.is_record(record, intent, denial))
            };
            let found: Vec<usize> =
                (0..left.len()).filter(|at| left.get(*at).is_some_and(is_found)).collect();
            let optional = group.iter().filter(|(intent, denial)| is_optional(intent, denial)).count();
            let due = group.len() - optional..=group.len();
            if !due.contains(&found.len()) && intent.op != Op::Move {
                let count = found.len();
                return Err(Violation(format!("{group:?} has {count} records")));
            }
            for at in found.into_iter().rev() {
                left.swap_remove(at);
            }
        }
        let unexplained =
            left.iter().find(|record| record.operation != "delete" && record.operation != "move");
        match unexplained {
            None => Ok(()),
            Some(record) => Err(Violation(format!("nothing explains the record {record:?}"))),
        }
    }
}

/// Returns whether a denial need not be recorded: what was to be deleted was gone.
fn is_optional(intent: &Intent, denial: &Denial) -> bool {
    denial.optional || intent.op == Op::Delete && !denial.reasons.contains(&Reason::Access)
}

fn count(request: &Request, root: Option<&wbxml::Element>, all: &mut BTreeMap<Folder, Sent>) {
    for asked in wire::asked(request.root.as_ref()) {
        let sent = all.entry(asked.folder).or_default();
        sent.rounds += 1;
        sent.pushes += usize::from(!asked.commands.is_empty());
    }
    for (folder, said) in wire::answered(root) {
        all.entry(folder).or_default().steps += said.steps.len();
    }
}
