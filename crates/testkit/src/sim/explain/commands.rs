//! Explaining a `Sync`.

use std::collections::BTreeMap;

use engine::Timestamp;
use phone::{Class, Request};
use wbxml::Element;

use super::observe::{Difference, Observed};
use super::{Denial, Fate, Intent, Reason};
use crate::sim::content::{Fields, holds, names, numbers, tokens, tokens_of};
use crate::sim::model::{Folder, Item, Uid, User};
use crate::sim::store_faults::Planned;
use crate::sim::wire::{self, Answered, Asked, Op, Told, uid_of};
use crate::sim::world::World;
use crate::sim::{Check, Violation};

/// A text that no server can read where it stands for something else.
pub(in crate::sim) const UNREADABLE: &str = "unreadable";

/// Sensitivity of a private item on the wire.
const PRIVATE: &str = "2";

/// One command and all that is known of it.
struct Case<'a> {
    phone: usize,
    user: User,
    asked: &'a Asked,
    said: Option<&'a Answered>,
    struck: Option<Planned>,
    told: &'a Told,
    /// The texts that the run follows.
    fields: Fields,
    intent: Intent,
    is_contact: bool,
}

/// What a request did: differences in the store that are still to be explained, and tokens to be handed back.
#[derive(Default)]
pub(super) struct Effects {
    pub(super) differences: BTreeMap<Folder, Difference>,
    /// The tokens of denied writes that must stand in notices, one set per folder.
    pub(super) owed: BTreeMap<Folder, Vec<u64>>,
    /// How many folders the user must be told of that they are drop boxes.
    pub(super) drop_boxes: usize,
}

impl World {
    /// Explains everything that a `Sync` did.
    pub(in crate::sim) fn explain_sync(
        &mut self,
        phone: usize,
        request: &Request,
        root: Option<&Element>,
        struck: Option<Planned>,
    ) -> Check {
        let all = wire::asked(request.root.as_ref());
        let answers = wire::answered(root);
        let user = self.user_of(phone);
        let mut effects = self.effects(user, &all)?;
        for asked in &all {
            let said = answers.get(&asked.folder);
            self.check_key(phone, asked, said)?;
            for told in &asked.commands {
                let case = self.case((phone, user), (asked, said, struck), told);
                self.explain_command(&case, &mut effects)?;
            }
        }
        self.explain_notices(user, &mut effects)?;
        for (folder, left) in &effects.differences {
            if !(left.new.is_empty() && left.changed.is_empty() && left.gone.is_empty()) {
                return Err(Violation(format!(
                    "nothing explains what happened in folder {folder}: {left:?}"
                )));
            }
        }
        self.keep_views(phone, &all, &answers)
    }

    /// Looks at every folder that the commands may have changed.
    fn effects(&self, user: User, all: &[Asked]) -> Result<Effects, Violation> {
        let mut effects = Effects::default();
        let with_commands = all.iter().filter(|asked| !asked.commands.is_empty());
        let mut folders: Vec<Folder> = Vec::new();
        for asked in with_commands {
            folders.push(asked.folder);
            folders.extend(self.model.places.get(&asked.folder).and_then(|place| place.trash));
        }
        if !folders.is_empty() {
            folders.extend(self.inbox(user));
        }
        for folder in folders {
            effects.differences.insert(folder, self.difference(folder)?);
        }
        Ok(effects)
    }

    /// A key that the phone holds is never unknown to the server.
    fn check_key(&mut self, phone: usize, asked: &Asked, said: Option<&Answered>) -> Check {
        let Some(said) = said.filter(|said| said.status == 3) else { return Ok(()) };
        self.coverage.count("late key refused");
        let folder = asked.folder.to_string();
        let handset = self.handset(phone)?;
        let holds =
            handset.phone.folders().any(|known| known.id().as_str() == folder && known.key() == asked.key);
        if holds {
            let (folder, key, status) = (asked.folder, &asked.key, said.status);
            return Err(Violation(format!(
                "folder {folder}, key {key}: status {status} for a key the phone holds"
            )));
        }
        Ok(())
    }

    fn case<'a>(
        &self,
        (phone, user): (usize, User),
        (asked, said, struck): (&'a Asked, Option<&'a Answered>, Option<Planned>),
        told: &'a Told,
    ) -> Case<'a> {
        let place = self.model.places.get(&asked.folder);
        let class = place.map(|place| place.class);
        let follows =
            |class: Class, name: &str| names(class).contains(&name) || numbers(class).contains(&name);
        let mut fields = told.fields.clone();
        fields.retain(|name, _| class.is_none_or(|class| follows(class, name)));
        let id = if told.op == Op::Add { String::new() } else { told.id.clone() };
        let token = tokens_of(&fields).last().copied().or_else(|| lead(&fields)).unwrap_or(0);
        let content = format!("{:?}{:?}", told.fields, told.emptied);
        let intent = Intent { phone, op: told.op, folder: asked.folder, id, token, content, to: 0 };
        let is_contact = place.is_some_and(|place| place.class == Class::Contacts);
        Case { phone, user, asked, said, struck, told, fields, intent, is_contact }
    }

    fn explain_command(&mut self, case: &Case<'_>, effects: &mut Effects) -> Check {
        self.note_ring(case);
        let applied = match case.told.op {
            Op::Add => self.explain_add(case, effects)?,
            Op::Change => self.explain_change(case, effects)?,
            Op::Delete | Op::Move => self.explain_delete(case, effects)?,
        };
        if applied { Ok(()) } else { self.explain_nothing(case, effects) }
    }

    /// Notes when a user who may not change an event wants it to ring: he may have that for himself.
    fn note_ring(&mut self, case: &Case<'_>) {
        let folder = case.asked.folder;
        let Some(uid) = self.recorded_as(case).1.filter(|_| case.told.op != Op::Delete) else { return };
        let Some(item) = self.model.item(folder, uid) else { return };
        let may = self.model.may(case.user, folder, self.now_ms());
        if !may.item(self.model.whose(case.user, folder, item)).write {
            let wanted = case.told.field("Reminder").map(str::to_owned);
            self.model.rings.entry((case.user, folder, uid)).or_default().insert(wanted);
        }
    }

    /// Looks for the item that an add made.
    fn explain_add(&mut self, case: &Case<'_>, effects: &mut Effects) -> Result<bool, Violation> {
        let folder = case.asked.folder;
        let Some(difference) = effects.differences.get_mut(&folder) else { return Ok(false) };
        let Some(uid) = found(&difference.new, &case.fields) else {
            let Some(uid) = found(&difference.changed, &case.fields) else { return Ok(false) };
            let observed = difference.changed.remove(&uid);
            return self.changed(case, uid, observed).map(|()| true);
        };
        let Some(observed) = difference.new.remove(&uid) else { return Ok(false) };
        self.must_be_new(case)?;
        Self::must_be_allowed(case, &self.reasons_add(case))?;
        let owner = self.name_of(case.user).to_owned();
        if observed.owner.as_deref() != Some(owner.as_str()) {
            return Err(Violation(format!("{:?} belongs to {:?}", case.intent, observed.owner)));
        }
        let revision = self.model.next_revision();
        let mut item = Item {
            owner: Some(case.user),
            fields: Fields::new(),
            past: std::collections::BTreeSet::new(),
            private: false,
            day: 0,
            done: false,
            modseq: observed.modseq,
            identity: case.told.field("UID").map(str::to_owned),
            writes: vec![(revision, Some(case.phone))],
        };
        write(&mut item, case, &observed)?;
        let may = self.model.may(case.user, folder, self.now_ms());
        let is_drop_box = !may.item(self.model.whose(case.user, folder, &item)).read;
        if is_drop_box && self.model.told_of_drop_box.insert((case.user, folder)) {
            self.coverage.count("drop box");
            effects.drop_boxes += 1;
        }
        if let Some(place) = self.model.places.get_mut(&folder) {
            place.items.insert(uid, item);
        }
        let id = format!("{folder}:{uid}");
        Self::must_be_answered(case, &id)?;
        self.client_ids.insert((case.phone, case.told.id.clone()), uid);
        self.fates.insert(case.intent.clone(), Fate::Applied { id, revision });
        Ok(true)
    }

    /// Looks for the change that a change made.
    fn explain_change(&mut self, case: &Case<'_>, effects: &mut Effects) -> Result<bool, Violation> {
        let Some(uid) = case.told.uid(case.asked.folder) else { return Ok(false) };
        let Some(difference) = effects.differences.get_mut(&case.asked.folder) else { return Ok(false) };
        let is_it = |observed: &Observed| match lead(&case.fields) {
            Some(minutes) if tokens_of(&case.fields).is_empty() => {
                observed.text.contains(&format!("TRIGGER:-PT{minutes}M"))
            }
            Some(_) | None => !tokens_of(&case.fields).is_empty() && holds(&observed.text, &case.fields),
        };
        if !difference.changed.get(&uid).is_some_and(is_it) {
            return Ok(false);
        }
        let observed = difference.changed.remove(&uid);
        self.changed(case, uid, observed).map(|()| true)
    }

    fn changed(&mut self, case: &Case<'_>, uid: Uid, observed: Option<Observed>) -> Check {
        let Some(observed) = observed else { return Ok(()) };
        self.must_be_new(case)?;
        Self::must_be_allowed(case, &self.reasons_change(case, uid))?;
        let folder = case.asked.folder;
        let revision = self.model.next_revision();
        let place = self.model.places.get_mut(&folder);
        let item = place.and_then(|place| place.items.get_mut(&uid));
        let item = item.ok_or_else(|| Violation(format!("item {folder}:{uid} came out of nothing")))?;
        item.writes.push((revision, Some(case.phone)));
        item.modseq = observed.modseq;
        write(item, case, &observed)?;
        let id = format!("{folder}:{uid}");
        if case.told.op == Op::Add {
            Self::must_be_answered(case, &id)?;
        } else if let Some(status) =
            case.said.and_then(|said| said.changes.get(&case.told.id)).filter(|s| **s != 1)
        {
            return Err(Violation(format!("{:?} was made and answered with status {status}", case.intent)));
        }
        self.fates.insert(case.intent.clone(), Fate::Applied { id, revision });
        Ok(())
    }

    /// Looks for the gap that a delete made, and for the item in the trash.
    fn explain_delete(&mut self, case: &Case<'_>, effects: &mut Effects) -> Result<bool, Violation> {
        let folder = case.asked.folder;
        let Some(uid) = case.told.uid(folder) else { return Ok(false) };
        let Some(difference) = effects.differences.get_mut(&folder) else { return Ok(false) };
        let Some(at) = difference.gone.iter().position(|gone| *gone == uid) else { return Ok(false) };
        difference.gone.remove(at);
        Self::must_be_allowed(case, &self.reasons_delete(case, uid))?;
        let Some(place) = self.model.places.get_mut(&folder) else { return Ok(false) };
        let trash = place.trash;
        let Some(mut item) = place.items.remove(&uid) else { return Ok(false) };
        if let Some(trash) = trash {
            let new = effects.differences.get_mut(&trash).map(|difference| &mut difference.new);
            let there = new.as_ref().and_then(|new| found_like(new, &item));
            let moved = there.and_then(|uid| Some((uid, new?.remove(&uid)?)));
            let Some((uid, observed)) = moved else {
                let others = effects.differences.get(&trash).map(|difference| &difference.new);
                return Err(Violation(format!(
                    "{:?}: deleted mail is not in the trash, {:?} is not in {others:?}",
                    case.intent, item.fields
                )));
            };
            item.modseq = observed.modseq;
            if let Some(place) = self.model.places.get_mut(&trash) {
                place.items.insert(uid, item);
            }
        }
        self.fates.insert(case.intent.clone(), Fate::Applied { id: case.told.id.clone(), revision: 0 });
        Ok(true)
    }

    /// Explains why a command changed nothing.
    fn explain_nothing(&mut self, case: &Case<'_>, effects: &mut Effects) -> Check {
        if let Some(fate) = self.fates.get(&case.intent) {
            let is_it = match fate {
                // What is known of a deleted folder's commands went with it, and of old ones it is forgotten.
                Fate::Applied { revision, .. } => {
                    let known = *revision > self.forgotten;
                    known && self.model.places.contains_key(&case.asked.folder) || !self.is_recorded(case)?
                }
                // The user may delete again what came back.
                Fate::Denied(denial) => case.told.op != Op::Delete || denial.key == case.asked.key,
            };
            if is_it {
                return self.explain_repetition(case);
            }
        }
        let (mut reasons, may_be_nothing) = self.reasons(case);
        reasons.sort();
        reasons.dedup();
        let answered = case.said.is_some_and(|said| matches!(said.status, 1 | 3 | 12));
        if !answered {
            if case.struck.is_none() {
                return Err(Violation(format!("{:?} was not answered", case.intent)));
            }
            // What was recorded before is an older version of it, or the same that came before.
            if !self.is_recorded_since(case, self.now)? {
                return Ok(());
            }
        }
        let optional = may_be_nothing && case.told.op == Op::Delete && !reasons.is_empty();
        // A late version of an edit may say nothing new, and yet be denied for what the run does not follow.
        if may_be_nothing && !optional {
            let denied = case.intent.token != 0 && !reasons.is_empty() && self.is_recorded(case)?;
            if !denied {
                self.keep_nothing(case);
                return Ok(());
            }
        }
        if reasons.is_empty() {
            return Err(Violation(format!("{:?} was dropped without a reason", case.intent)));
        }
        self.check_denied_answer(case, &reasons)?;
        if let [only] = reasons.as_slice() {
            self.coverage.count(format!("denied {}", only.name()));
        }
        if self.is_silent(case) {
            self.coverage.count("denied silently");
        } else if case.told.op != Op::Delete {
            // A reminder's minutes are no token.
            let token = tokens_of(&case.fields).last().copied().unwrap_or(0);
            effects.owed.entry(case.asked.folder).or_default().push(token);
        }
        let recorded = self.recorded_as(case);
        // Where the store failed, the answer does not say it.
        let takes_nothing = || !self.reasons_folder(case).is_empty();
        let whole_folder = case.said.map_or_else(takes_nothing, |said| said.status != 1);
        let path = self.model.places.get(&case.asked.folder).map(|place| place.path.clone());
        let denial = Denial {
            path,
            reasons,
            fields: case.fields.clone(),
            recorded,
            key: case.asked.key.clone(),
            optional,
            whole_folder,
        };
        self.fates.insert(case.intent.clone(), Fate::Denied(denial));
        Ok(())
    }

    /// Notes that an add said nothing new of what the phone had added: it is known from now on.
    fn keep_nothing(&mut self, case: &Case<'_>) {
        let said = case.said.filter(|said| said.status == 1).and_then(|said| said.adds.get(&case.told.id));
        let (Some((1, Some(id))), Op::Add) = (said, case.told.op) else { return };
        let item = uid_of(id, case.asked.folder).and_then(|uid| self.model.item(case.asked.folder, uid));
        let Some(revision) = item.map(Item::revision) else { return };
        self.fates.insert(case.intent.clone(), Fate::Applied { id: id.clone(), revision });
    }

    /// Returns whether a denied change holds nothing that a person did: only the reminder differs.
    fn is_silent(&self, case: &Case<'_>) -> bool {
        let folder = case.asked.folder;
        let answered = case.said.is_some_and(|said| said.status == 1) || case.struck.is_some();
        let (_, uid) = self.recorded_as(case);
        let item = uid.and_then(|uid| self.model.item(folder, uid)).filter(|_| answered);
        let Some(item) = item.filter(|item| item.fields.contains_key("Subject")) else { return false };
        let may = self.model.may(case.user, folder, self.now_ms());
        let sees = may.item(self.model.whose(case.user, folder, item)).read;
        // What it leaves out stays as it is.
        let mut texts = case.fields.iter().filter(|(name, _)| name.as_str() != "Reminder");
        let same_texts = texts.all(|(name, text)| item.fields.get(name) == Some(text))
            && !case.told.emptied.iter().any(|name| item.fields.contains_key(name));
        let same_privacy =
            case.told.field("Sensitivity").is_none_or(|told| (told == PRIVATE) == item.private);
        case.told.op != Op::Delete && sees && same_privacy && same_texts
    }

    /// Returns what a record of the command calls it, and of which item.
    fn recorded_as(&self, case: &Case<'_>) -> (Op, Option<Uid>) {
        match (case.told.op, self.twin(case)) {
            (Op::Add, None) => (Op::Add, None),
            (Op::Add, Some(twin)) => (Op::Change, Some(twin)),
            (op, _) => (op, case.told.uid(case.asked.folder)),
        }
    }

    /// A repeated command is answered as before.
    fn explain_repetition(&mut self, case: &Case<'_>) -> Check {
        let Some(said) = case.said.filter(|said| said.status == 1) else { return Ok(()) };
        self.coverage.count(if case.told.op == Op::Add { "repeated add" } else { "repeated change" });
        let Some(Fate::Applied { id, .. }) = self.fates.get(&case.intent) else { return Ok(()) };
        match said.adds.get(&case.told.id) {
            Some((1, Some(answer))) if answer != id => {
                Err(Violation(format!("{:?} is {id} and was answered as {answer}", case.intent)))
            }
            Some(_) | None => Ok(()),
        }
    }

    fn must_be_new(&mut self, case: &Case<'_>) -> Check {
        match self.fates.get(&case.intent) {
            None => Ok(()),
            Some(Fate::Denied(denial)) if denial.whole_folder => {
                self.made_later.push((case.intent.clone(), denial.clone()));
                Ok(())
            }
            Some(fate) => Err(Violation(format!("{:?} took effect again after {fate:?}", case.intent))),
        }
    }

    fn must_be_allowed(case: &Case<'_>, reasons: &[Reason]) -> Check {
        if reasons.is_empty() {
            return Ok(());
        }
        Err(Violation(format!("{:?} took effect in spite of {reasons:?}", case.intent)))
    }

    fn must_be_answered(case: &Case<'_>, id: &str) -> Check {
        let Some(said) = case.said.filter(|said| said.status == 1) else { return Ok(()) };
        match said.adds.get(&case.told.id) {
            Some((1, Some(answer))) if answer == id => Ok(()),
            other => Err(Violation(format!("{:?} became {id} and was answered {other:?}", case.intent))),
        }
    }

    /// The answer to a denied write makes the phone stop sending it.
    fn check_denied_answer(&self, case: &Case<'_>, reasons: &[Reason]) -> Check {
        let Some(said) = case.said.filter(|said| said.status == 1) else { return Ok(()) };
        let fits = match case.told.op {
            Op::Add => match said.adds.get(&case.told.id) {
                Some((1, Some(id))) => uid_of(id, case.asked.folder).is_none() || self.twin(case).is_some(),
                Some((6, _)) => reasons.contains(&Reason::Unreadable),
                Some(_) | None => false,
            },
            Op::Change => match said.changes.get(&case.told.id) {
                Some(7) => reasons.iter().any(|reason| matches!(reason, Reason::Access | Reason::Conflict)),
                Some(8) => reasons.contains(&Reason::Gone),
                Some(6) => reasons.contains(&Reason::Unreadable),
                Some(_) | None => false,
            },
            Op::Delete | Op::Move => true,
        };
        if fits {
            return Ok(());
        }
        Err(Violation(format!("{:?}, denied for {reasons:?}, was answered with {said:?}", case.intent)))
    }

    /// Returns whether the server may not know that the phone had the newest version of an item: it moved it here, and
    /// keys that go with an older one may have been alive where it came from; or it wrote it long ago, late.
    fn may_seem_old(&self, case: &Case<'_>, uid: Uid) -> bool {
        let Some(handset) = self.phones.get(case.phone) else { return false };
        let view = handset.views.get(&(case.asked.folder, case.asked.key.clone()));
        let synced = view.and_then(|view| view.get(&uid).copied());
        let moved = synced.is_none() && handset.moved.contains_key(&(case.asked.folder, uid));
        // Its own late write is known as its own for a day.
        let item = self.model.item(case.asked.folder, uid);
        let own = item.and_then(|item| item.writes.last()).filter(|(_, by)| *by == Some(case.phone));
        let forgotten =
            own.is_some_and(|(revision, _)| *revision <= self.forgotten && synced < Some(*revision));
        moved || forgotten
    }

    /// Returns why the command may be denied, and whether it may also be nothing at all.
    fn reasons(&self, case: &Case<'_>) -> (Vec<Reason>, bool) {
        let folder = case.asked.folder;
        match (case.told.op, case.told.uid(folder)) {
            (Op::Add, _) => match self.twin(case) {
                Some(twin) => (self.reasons_change(case, twin), self.is_nothing(case, twin)),
                None => (self.reasons_add(case), false),
            },
            (Op::Change, Some(uid)) => {
                let mut reasons = self.reasons_change(case, uid);
                if self.may_seem_old(case, uid) {
                    reasons.push(Reason::Conflict);
                }
                (reasons, self.is_nothing(case, uid))
            }
            (Op::Change, None) => {
                let mut reasons = self.reasons_folder(case);
                reasons.extend([Reason::Access, Reason::Gone]);
                (reasons, case.intent.token == 0)
            }
            (Op::Delete | Op::Move, Some(uid)) => {
                let there = self.model.item(folder, uid);
                let hidden = there.is_none_or(|item| {
                    let may = self.model.may(case.user, folder, self.now_ms());
                    !may.item(self.model.whose(case.user, folder, item)).read
                });
                (self.reasons_delete(case, uid), hidden)
            }
            (Op::Delete | Op::Move, None) => (Vec::new(), true),
        }
    }

    /// Returns the item that an add really means: one that the phone added before under the same name, or the event
    /// of the same UID.
    fn twin(&self, case: &Case<'_>) -> Option<Uid> {
        if case.said.is_some_and(|said| matches!(said.status, 3 | 12)) {
            return None;
        }
        let known = self.client_ids.get(&(case.phone, case.told.id.clone())).copied();
        let place = self.model.places.get(&case.asked.folder)?;
        known.or_else(|| {
            let uid = case.told.field("UID").filter(|_| place.class == Class::Calendar)?;
            let may = self.model.may(case.user, place.id, self.now_ms());
            let twin = place.items.iter().find(|(_, item)| {
                item.identity.as_deref() == Some(uid)
                    && may.create()
                    && may.item(self.model.whose(case.user, place.id, item)).read
            });
            twin.map(|(uid, _)| *uid)
        })
    }

    /// Returns whether a change says nothing that is not so already, or only what a user has seen.
    fn is_nothing(&self, case: &Case<'_>, uid: Uid) -> bool {
        if case.intent.token == 0 {
            return true;
        }
        let answered = case.said.is_some_and(|said| said.status == 1);
        let Some(item) = self.model.item(case.asked.folder, uid).filter(|_| answered) else { return false };
        let same = case.fields.iter().all(|field| item.fields.get(field.0) == Some(field.1));
        same && !case.told.emptied.iter().any(|name| item.fields.contains_key(name))
    }

    /// Returns the reasons that hold for every command in a folder.
    fn reasons_folder(&self, case: &Case<'_>) -> Vec<Reason> {
        let folder = case.asked.folder;
        let mut reasons = Vec::new();
        if !self.model.places.contains_key(&folder) {
            reasons.push(Reason::Gone);
        } else if !self.model.may(case.user, folder, self.now_ms()).on_phone() {
            reasons.push(Reason::Access);
        }
        if case.said.is_some_and(|said| said.status == 3) {
            reasons.push(Reason::Stale);
        }
        if case.told.fields.values().any(|text| text == UNREADABLE) {
            reasons.push(Reason::Unreadable);
        }
        reasons
    }

    fn reasons_add(&self, case: &Case<'_>) -> Vec<Reason> {
        let mut reasons = self.reasons_folder(case);
        if !self.model.may(case.user, case.asked.folder, self.now_ms()).create() {
            reasons.push(Reason::Access);
        }
        reasons
    }

    fn reasons_change(&self, case: &Case<'_>, uid: Uid) -> Vec<Reason> {
        let folder = case.asked.folder;
        let mut reasons = self.reasons_folder(case);
        let Some(item) = self.model.item(folder, uid) else {
            reasons.push(Reason::Gone);
            return reasons;
        };
        let may = self.model.may(case.user, folder, self.now_ms());
        let may = may.item(self.model.whose(case.user, folder, item));
        if !may.read {
            reasons.extend([Reason::Access, Reason::Gone]);
        }
        let place = self.model.places.get(&folder);
        let hides = case.told.field("Sensitivity") == Some(PRIVATE) && !item.private;
        let may_hide =
            item.owner == Some(case.user) || place.is_some_and(|place| place.owner == Some(case.user));
        if !may.write || hides && !may_hide {
            reasons.push(Reason::Access);
        }
        let is_mail = place.is_some_and(|place| place.class == Class::Mail);
        if !is_mail && item.changed_by_others(case.phone, self.base(case, uid, item)) {
            reasons.push(Reason::Conflict);
        }
        reasons
    }

    fn reasons_delete(&self, case: &Case<'_>, uid: Uid) -> Vec<Reason> {
        let folder = case.asked.folder;
        let mut reasons = self.reasons_folder(case);
        let Some(item) = self.model.item(folder, uid) else { return reasons };
        let may = self.model.may(case.user, folder, self.now_ms());
        if !may.item(self.model.whose(case.user, folder, item)).delete {
            reasons.push(Reason::Access);
        }
        reasons
    }

    /// Returns up to which write the phone knew the item when it sent the request.
    fn base(&self, case: &Case<'_>, uid: Uid, item: &Item) -> u64 {
        let handset = self.phones.get(case.phone);
        let key = (case.asked.folder, case.asked.key.clone());
        let shown = handset.and_then(|handset| handset.views.get(&key)?.get(&uid).copied());
        let moved = handset.and_then(|handset| handset.moved.get(&(case.asked.folder, uid)).copied());
        let own =
            item.writes.iter().filter(|(_, by)| *by == Some(case.phone)).map(|(revision, _)| *revision).min();
        shown.max(moved).or(own).unwrap_or(0)
    }

    /// Keeps what the phone will show once it has each answer.
    fn keep_views(&mut self, phone: usize, all: &[Asked], answers: &BTreeMap<Folder, Answered>) -> Check {
        for (folder, said) in answers.iter().filter(|(_, said)| said.status == 1) {
            let asked = all.iter().find(|asked| asked.folder == *folder);
            let handset = self.handset(phone)?;
            let known = handset.phone.folders().find(|known| known.id().as_str() == folder.to_string());
            let key = asked.map(|asked| asked.key.clone()).or(known.map(|known| known.key().to_owned()));
            let mut view =
                handset.views.get(&(*folder, key.unwrap_or_default())).cloned().unwrap_or_default();
            for told in asked.into_iter().flat_map(|asked| &asked.commands) {
                let case = self.case(
                    (phone, self.user_of(phone)),
                    (asked.unwrap_or(&EMPTY), Some(said), None),
                    told,
                );
                match self.fates.get(&case.intent) {
                    Some(Fate::Applied { id, revision }) => {
                        let Some(uid) = uid_of(id, *folder) else { continue };
                        let _ = if told.op == Op::Delete {
                            view.remove(&uid)
                        } else {
                            view.insert(uid, *revision)
                        };
                    }
                    Some(Fate::Denied(_)) | None => {}
                }
            }
            for step in &said.steps {
                let Some(uid) = uid_of(&step.id, *folder) else { continue };
                let revision = self.model.item(*folder, uid).map_or(0, Item::revision);
                let _ = if step.verb.ends_with("Delete") {
                    view.remove(&uid)
                } else {
                    view.insert(uid, revision)
                };
            }
            self.handset(phone)?.views.insert((*folder, said.key.clone()), view);
        }
        Ok(())
    }

    /// Returns whether a denied change holds the command.
    fn is_recorded(&self, case: &Case<'_>) -> Result<bool, Violation> {
        self.is_recorded_since(case, Timestamp::MIN)
    }

    /// Returns whether a denied change that was tried at `since` or later holds the command.
    fn is_recorded_since(&self, case: &Case<'_>, since: Timestamp) -> Result<bool, Violation> {
        let name = self.name_of(case.user);
        let records =
            self.engine.denied(Some(name)).map_err(crate::sim::world::broken("listing denied changes"))?;
        let (operation, uid) = self.recorded_as(case);
        let device = self.phones.get(case.phone).map(|handset| handset.phone.device_id());
        Ok(records.iter().any(|record| {
            let tried = record.tried.as_deref().map(crate::sim::content::unfolded).unwrap_or_default();
            record.operation == operation.word()
                && record.last_at >= since
                && Some(record.device.as_str()) == device
                && record.uid.map(|uid| uid.0) == uid
                && holds(&tried, &case.fields)
        }))
    }
}

/// Returns the minutes by which a reminder comes before its event; each is used once in a run.
fn lead(fields: &Fields) -> Option<u64> {
    fields.get("Reminder")?.parse().ok()
}

static EMPTY: Asked = Asked { folder: 0, key: String::new(), commands: Vec::new() };

/// Returns the item that holds every token of these fields.
fn found(among: &BTreeMap<Uid, Observed>, fields: &Fields) -> Option<Uid> {
    if tokens_of(fields).is_empty() {
        return None;
    }
    among.iter().find(|(_, observed)| holds(&observed.text, fields)).map(|(uid, _)| *uid)
}

/// Returns the item that holds what `item` does.
fn found_like(among: &BTreeMap<Uid, Observed>, item: &Item) -> Option<Uid> {
    among.iter().find(|(_, observed)| holds(&observed.text, &item.fields)).map(|(uid, _)| *uid)
}

/// Writes what a command said over an item.
fn write(item: &mut Item, case: &Case<'_>, observed: &Observed) -> Check {
    let there = tokens(&observed.text);
    for (name, text) in &case.fields {
        item.past.insert((name.clone(), text.clone()));
        item.fields.insert(name.clone(), text.clone());
    }
    for name in &case.told.emptied {
        let old = item.fields.get(name).map(|old| tokens(old)).unwrap_or_default();
        // A contact's shown name may hold it still.
        if !case.is_contact && old.iter().any(|token| there.contains(token)) {
            return Err(Violation(format!("{:?} cleared {name}, and it is still there", case.intent)));
        }
        item.fields.remove(name);
    }
    if item.fields.contains_key("Reminder") {
        // Who has his own reminder says nothing of the event's.
        item.fields.remove("Reminder");
        let ring = observed.text.split_once("TRIGGER:-PT").and_then(|(_, rest)| rest.split_once('M'));
        item.fields.extend(ring.map(|(minutes, _)| ("Reminder".to_owned(), minutes.to_owned())));
    }
    // What it left out stays or goes, as its class has it.
    item.fields.retain(|_, text| tokens(text).is_subset(&there));
    if let Some(sensitivity) = case.told.field("Sensitivity") {
        item.private = sensitivity == PRIVATE;
    }
    if let Some(done) = case.told.field("Complete") {
        item.done = done == "1";
    }
    if let Some(day) = case.told.field("EndTime").and_then(day_of) {
        item.day = day;
    }
    Ok(())
}

/// Returns the day of a compact time, counted from the first of 2026.
fn day_of(compact: &str) -> Option<i64> {
    let date: jiff::civil::Date = compact.get(..8)?.parse().ok()?;
    let since = date - jiff::civil::date(2026, 1, 1);
    Some(i64::from(since.get_days()))
}
