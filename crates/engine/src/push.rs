//! What a device did to a folder's items: each command is decided on its own, then applied or denied.
//!
//! Answers get lost, so each command is recorded with its effect on the cursor: the same command again is answered
//! as before and applied once.

mod again;

use crate::apply;
use crate::cursor::{Correction, Cursor};
use crate::decide::Rights;
use crate::deny::{Denial, Denials, Operation, Place, Reason};
use crate::invite::Turn;
use crate::key::Chain;
use crate::sync::{Asked, Body, Command, Conflict, Deletes, Outcome, Scheduling, SyncRequest, Target};
use crate::work::Work;
use crate::{Bug, Caller, Device, Error, draft, kind};
use items::marks::{Marks, MarksEdit};
use items::{Alarm, Change, Edit, Kind, Stamp};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use store::id::Uid;
use store::row;
use store::row::answer::AnswerId;
use store::row::folder::FolderRow;
use store::row::item::ItemRow;
use store::row::overlay::Seen;

/// Role of an account's trash.
const TRASH: i64 = 4;

/// What came of a command, and what it does to the device's cursor: recorded, so that it can be done again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Effect {
    outcome: Outcome,
    /// The device has this item as of this change, since it wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    wrote: Option<(i64, i64)>,
    /// The same for the user's overlay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    saw: Option<(i64, i64)>,
    /// The device dropped this item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dropped: Option<i64>,
    /// What must be sent to put the device right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fix: Option<Correction>,
}

impl Effect {
    pub(crate) const fn of(outcome: Outcome) -> Self {
        Self { outcome, wrote: None, saw: None, dropped: None, fix: None }
    }

    pub(crate) fn wrote(mut self, uid: Uid, modseq: i64) -> Self {
        self.wrote = Some((uid.0, modseq));
        self
    }

    fn dropped(mut self, uid: Uid) -> Self {
        self.dropped = Some(uid.0);
        self
    }

    /// Returns what came of an add that means an item which is there already, or was: the device binds its id while
    /// it reads the answer, so what must be put right waits for the next one.
    fn for_add(mut self, uid: Uid) -> Self {
        if self.outcome == Outcome::Gone {
            self.fix = Some(Correction::Restore { uid: uid.0, hint: String::new() });
        }
        self.outcome = Outcome::Added(uid);
        self.wrote = self.wrote.or(Some((uid.0, 0)));
        self
    }

    pub(crate) fn fix(mut self, correction: Correction) -> Self {
        self.fix = Some(correction);
        self
    }
}

/// The commands of one round, one after another.
pub(crate) struct Round<'r, 'w, 'tx> {
    pub(crate) work: &'r mut Work<'w, 'tx>,
    pub(crate) caller: &'r Caller,
    pub(crate) device: &'r Device,
    chain: Chain,
    pub(crate) folder: &'r FolderRow,
    pub(crate) rights: &'r Rights,
    request: &'r SyncRequest,
    cursor: &'r mut Cursor,
    kind: Kind,
    denials: Denials<'r>,
    /// Commands answered before whose answers the device may not know.
    live: Vec<(String, Effect)>,
    /// Up to which change the device wrote items itself in those.
    own: BTreeMap<i64, i64>,
    /// The client ids of this request.
    client_ids: BTreeSet<String>,
    /// Corrections for the next round.
    late: Vec<Correction>,
}

impl<'r, 'w, 'tx> Round<'r, 'w, 'tx> {
    /// Reads what the device may not know yet.
    pub(crate) fn begin(
        work: &'r mut Work<'w, 'tx>,
        (caller, device): (&'r Caller, &'r Device),
        (chain, folder, rights): (Chain, &'r FolderRow, &'r Rights),
        request: &'r SyncRequest,
        cursor: &'r mut Cursor,
    ) -> Result<Self, Error> {
        let live = live(work, chain)?;
        let own = own(&live);
        let client_ids = client_ids(request);
        let denials = Denials::new(caller, device, Place::of(work, folder)?);
        let kind = kind::from_code(folder.kind)?;
        let late = Vec::new();
        Ok(Self {
            work,
            caller,
            device,
            chain,
            folder,
            rights,
            request,
            cursor,
            kind,
            denials,
            live,
            own,
            client_ids,
            late,
        })
    }

    /// Runs the commands in their order.
    pub(crate) fn run(&mut self, commands: &[Command]) -> Result<Vec<Outcome>, Error> {
        let mut answers = Vec::with_capacity(commands.len());
        for command in commands {
            let identity = identity(command);
            let effect = match self.before(command, &identity) {
                Some(effect) => effect,
                None => self.carry_out(command)?,
            };
            self.take_effect(&effect);
            self.record(&identity, &effect)?;
            answers.push(effect.outcome);
            if matches!(command, Command::Add { .. }) {
                // The same again in the same request means the same item.
                self.live.push((identity, effect));
            }
        }
        Ok(answers)
    }

    /// Makes the notice and returns the corrections for the next round.
    pub(crate) fn finish(self) -> Result<Vec<Correction>, Error> {
        self.denials.finish(self.work)?;
        Ok(self.late)
    }

    /// Returns what came of the same command before, if its answer may have been lost.
    fn before(&self, command: &Command, identity: &str) -> Option<Effect> {
        let planted = match command {
            Command::Add { .. } => self.work.plant.has(Bug::AddNotOnce),
            Command::Change { .. } => self.work.plant.has(Bug::ChangeNotOnce),
            Command::Delete { .. } => false,
        };
        if planted {
            return None;
        }
        if let Some((_, effect)) = self.live.iter().find(|(known, _)| known == identity) {
            return Some(effect.clone());
        }
        let Command::Add { digest, .. } = command else { return None };
        let again = self.live.iter().find(|(known, _)| is_same_add(known, digest, &self.client_ids));
        again.map(|(_, effect)| effect.clone())
    }

    fn carry_out(&mut self, command: &Command) -> Result<Effect, Error> {
        match command {
            Command::Add { client_id, asked, digest } => match self.added_before(client_id) {
                Some(before @ Effect { outcome: Outcome::Added(uid), .. }) => {
                    Ok(self.add_again(&before, uid, (asked, digest))?.for_add(uid))
                }
                Some(_) | None => self.add(asked, digest),
            },
            Command::Change { target: Target::Item(uid), asked, digest } => self.change(*uid, asked, digest),
            Command::Change { target: Target::Phantom(phantom), asked, digest } => {
                self.change_phantom(*phantom, asked, digest)
            }
            Command::Change { target: Target::Unknown(name), asked, digest } => {
                self.change_unknown(name, asked, digest)
            }
            Command::Delete { target: Target::Item(uid) } => self.delete(*uid),
            Command::Delete { target: Target::Phantom(phantom) } => {
                let of_it = |fix: &Correction| matches!(fix, Correction::DropPhantom { phantom: p, .. } if p == phantom);
                self.cursor.corrections.retain(|fix| !of_it(fix));
                Ok(Effect::of(Outcome::Done))
            }
            Command::Delete { target: Target::Unknown(_) } => Ok(Effect::of(Outcome::Done)),
        }
    }

    /// Returns what came of an earlier add under this client id with other content.
    fn added_before(&self, client_id: &str) -> Option<Effect> {
        if self.work.plant.has(Bug::AddNotOnce) {
            return None;
        }
        let start = format!("a/{client_id}/");
        self.live.iter().find(|(known, _)| known.starts_with(&start)).map(|(_, effect)| effect.clone())
    }

    fn add(&mut self, asked: &Asked, digest: &str) -> Result<Effect, Error> {
        let edit = match &asked.body {
            Body::Item(edit) => edit,
            Body::Marks(_) => {
                let why = "a phone cannot add messages to a folder".to_owned();
                return self.unreadable(Operation::Create, None, digest, (why, asked));
            }
            Body::Unreadable { why } => {
                return self.unreadable(Operation::Create, None, digest, (why.clone(), asked));
            }
        };
        if let Some(why) = draft::misplaced(self.folder, edit) {
            return self.unreadable(Operation::Create, None, digest, (why, asked));
        }
        let stamp = self.stamp();
        let content = match items::create(edit, &stamp) {
            Ok(content) => content,
            Err(error) => {
                return self.unreadable(Operation::Create, None, digest, (error.to_string(), asked));
            }
        };
        let content = self.organized(content, &stamp)?;
        let leave = match self.rights.create(self.work.now_ms()) {
            Ok(leave) => leave,
            Err(why) => return self.deny_add(digest, why.to_string(), content),
        };
        if draft::is_sent(edit) {
            return self.send_new(&content);
        }
        if let Some(twin) = self.twin(&content)? {
            return Ok(self.change(twin.uid, asked, digest)?.for_add(twin.uid));
        }
        let new = apply::New { owner: Some(self.caller.user), name: None, content, marks: String::new() };
        let invited = self.schedules().then(|| new.content.clone());
        let uid = apply::insert(self.work, &leave, self.folder, new)?;
        self.tell(None, invited.as_deref())?;
        let effect = Effect::of(Outcome::Added(uid)).wrote(uid, uid.0);
        let head = row::item::head(self.work, self.folder.id, uid)?;
        let seen = head.is_some_and(|head| self.rights.sees(&head));
        // A drop box: it is stored, and leaves the device with the next round.
        if seen {
            let told = Correction::Restore { uid: uid.0, hint: String::new() };
            return Ok(if draft::attaches(edit) { effect.fix(told) } else { effect });
        }
        crate::notice::explain_drop_box(self.work, self.caller, self.denials.place())?;
        Ok(effect.fix(Correction::Settle { uid: uid.0 }))
    }

    /// Returns the event with the same UID: adding it once more means that one.
    fn twin(&mut self, content: &[u8]) -> Result<Option<ItemRow>, Error> {
        if self.kind != Kind::Calendar {
            return Ok(None);
        }
        let Some(identity) = items::index(self.kind, content).uid else { return Ok(None) };
        let found = row::item::by_identity(self.work, self.folder.id, &identity)?;
        Ok(found.filter(|row| self.rights.sees(&row.head())))
    }

    fn deny_add(&mut self, digest: &str, why: String, content: Vec<u8>) -> Result<Effect, Error> {
        let denial = Denial {
            operation: Operation::Create,
            reason: Reason::Access,
            uid: None,
            digest: digest.to_owned(),
            why,
            tried: Some(content),
            stands: None,
        };
        self.denials.record(self.work, denial)?;
        let phantom = row::counter::next_id(self.work)?;
        let effect = Effect::of(Outcome::Phantom(phantom));
        if self.work.plant.has(Bug::PhantomForgotten) {
            return Ok(effect);
        }
        Ok(effect.fix(Correction::DropPhantom { phantom, times: 1 }))
    }

    fn change(&mut self, uid: Uid, asked: &Asked, digest: &str) -> Result<Effect, Error> {
        let found = row::item::load(self.work, self.folder.id, uid)?;
        let held = self.cursor.held.has(uid) || self.own.contains_key(&uid.0);
        // What the user may not see does not exist for him, unless his device still shows it.
        let Some(row) = found.filter(|row| held || self.rights.sees(&row.head())) else {
            return self.change_gone(uid, asked, digest);
        };
        match &asked.body {
            Body::Item(edit) => self.change_item(row, edit, asked, digest),
            Body::Marks(edit) => self.change_marks(row, edit, &asked.hint, digest),
            Body::Unreadable { why } => {
                self.unreadable(Operation::Change, Some(uid), digest, (why.clone(), asked))
            }
        }
    }

    /// Changes an item, and what the user has of it for himself alone: when it rings, where he may not change it.
    fn change_item(
        &mut self,
        row: ItemRow,
        edit: &Edit,
        asked: &Asked,
        digest: &str,
    ) -> Result<Effect, Error> {
        let (uid, head) = (row.uid, row.head());
        // A device that is sent no reminders has none to speak of.
        let speaks = items::rings(self.kind) && self.rights.sees(&head) && !self.cursor.shape.no_reminders;
        let Some(wanted) = edit.alarm().filter(|_| speaks) else {
            return self.change_content(row, edit, asked, digest);
        };
        let overlay = row::overlay::load(self.work, self.folder.id, self.caller.user, uid)?;
        let own = overlay.and_then(|overlay| overlay.alarm).and_then(|alarm| Alarm::parse(&alarm));
        let common = items::alarm(self.kind, &row.content);
        if own == Some(wanted) {
            // It shows what its user wants for himself: that says nothing about the item.
            return self.change_content(row, &edit.clone().without_alarm(), asked, digest);
        }
        let may = self.rights.change(&head, self.work.now_ms()).is_ok();
        let becomes = (!may && wanted != common).then_some(wanted);
        let mut saw = None;
        if becomes != own {
            let modseq = apply::ring(self.work, self.folder.id, self.caller.user, uid, becomes)?;
            saw = Some((uid.0, modseq.0));
        }
        Ok(Effect { saw, ..self.change_content(row, edit, asked, digest)? })
    }

    fn change_content(
        &mut self,
        row: ItemRow,
        edit: &Edit,
        asked: &Asked,
        digest: &str,
    ) -> Result<Effect, Error> {
        let uid = row.uid;
        if let Some(why) = draft::misplaced(self.folder, edit) {
            return self.unreadable(Operation::Change, Some(uid), digest, (why, asked));
        }
        let stamp = self.stamp();
        let edit = &self.meant(edit);
        let content = match items::apply(&row.content, edit, &stamp) {
            Ok(content) => content,
            Err(error) => {
                return self.unreadable(Operation::Change, Some(uid), digest, (error.to_string(), asked));
            }
        };
        let content = self.organized(content, &stamp)?;
        let may_change = self.rights.change(&row.head(), self.work.now_ms()).is_ok();
        if let Some(reach) = items::reach(&row.content, edit).filter(|_| may_change) {
            return self.change_as_guest(row, &reach, (content, stamp), (asked, digest));
        }
        self.write_content(row, content, edit, (&asked.hint, digest))
    }

    /// Changes of a meeting what is the guest's own. What else he meant to change is denied; what his phone wrote
    /// back by itself is put right.
    fn change_as_guest(
        &mut self,
        row: ItemRow,
        reach: &items::Reach,
        (whole, stamp): (Vec<u8>, Stamp),
        (asked, digest): (&Asked, &str),
    ) -> Result<Effect, Error> {
        let uid = row.uid;
        let texts = (
            items::apply(&row.content, &reach.made, &stamp),
            items::apply(&row.content, &reach.meant, &stamp),
        );
        let (Ok(made), Ok(meant)) = texts else {
            let why = "a part of it cannot be written".to_owned();
            return self.unreadable(Operation::Change, Some(uid), digest, (why, asked));
        };
        if whole == made {
            return self.write_content(row, made, &reach.made, (&asked.hint, digest));
        }
        let hint = asked.hint.as_str();
        let restore = Correction::Restore { uid: uid.0, hint: hint.to_owned() };
        let is_meant = meant != row.content && meant != made;
        let denied = if is_meant {
            let why = "Somebody else organises this meeting; only he can change it for all.".to_owned();
            Some(self.deny_change(&row, Reason::Access, why, (meant, hint, digest))?)
        } else {
            None
        };
        let effect = self.write_content(row, made, &reach.made, (hint, digest))?;
        Ok(Effect { outcome: denied.map_or(effect.outcome, |denied| denied.outcome), ..effect }.fix(restore))
    }

    fn write_content(
        &mut self,
        row: ItemRow,
        content: Vec<u8>,
        edit: &Edit,
        (hint, digest): (&str, &str),
    ) -> Result<Effect, Error> {
        let uid = row.uid;
        let head = row.head();
        if content == row.content && self.rights.sees(&head) && !draft::is_sent(edit) {
            return Ok(Effect::of(Outcome::Done));
        }
        let tried = (content, hint, digest);
        let leave = match self.rights.change(&head, self.work.now_ms()) {
            Ok(leave) => leave,
            Err(why) => return self.deny_change(&row, Reason::Access, why.to_string(), tried),
        };
        let sensitivity = i64::from(items::index(self.kind, &tried.0).sensitivity.number());
        if !self.rights.may_hide(&head, sensitivity) {
            let why = "Only the owner of an item or of its folder may make it private.".to_owned();
            return self.deny_change(&row, Reason::Access, why, tried);
        }
        let moved = self.moved_on(&row);
        if moved && self.request.conflict == Conflict::ServerWins {
            let why =
                "Somebody changed it since your device last got it; the server's version stays.".to_owned();
            return self.deny_change(&row, Reason::Conflict, why, tried);
        }
        if draft::is_sent(edit) {
            return self.send_stored(row, &leave, tried.0);
        }
        let turn = self.schedules().then(|| (row.content.clone(), tried.0.clone()));
        let modseq = apply::rewrite(self.work, &leave, self.folder, row, tried.0)?;
        if let Some((before, after)) = turn {
            self.tell(Some(&before), Some(&after))?;
        }
        if moved || draft::attaches(edit) {
            // What others wrote is merged with what the device wrote: it must see the whole.
            return Ok(Effect::of(Outcome::Done).fix(Correction::Restore { uid: uid.0, hint: String::new() }));
        }
        self.own.insert(uid.0, modseq.0);
        Ok(Effect::of(Outcome::Done).wrote(uid, modseq.0))
    }

    /// Returns what the device means: it takes no reminder away that it was not shown.
    fn meant<'e>(&self, edit: &'e Edit) -> Cow<'e, Edit> {
        match edit {
            Edit::Event(event) if self.cursor.shape.no_reminders => {
                let mut event = event.clone();
                event.keep_reminders();
                Cow::Owned(Edit::Event(event))
            }
            Edit::Event(_) | Edit::Contact(_) | Edit::Task(_) | Edit::Note(_) | Edit::Message(_) => {
                Cow::Borrowed(edit)
            }
        }
    }

    /// Returns whether the item changed since the device got it, and not by its own hand.
    fn moved_on(&self, row: &ItemRow) -> bool {
        row.content_modseq.0 > self.known(row.uid)
    }

    /// Returns up to which change the device has the item, by a sync or by its own hand.
    fn known(&self, uid: Uid) -> i64 {
        let own = self.own.get(&uid.0).copied().unwrap_or(0);
        self.cursor.base(uid).max(own)
    }

    fn deny_change(
        &mut self,
        row: &ItemRow,
        reason: Reason,
        why: String,
        (tried, hint, digest): (Vec<u8>, &str, &str),
    ) -> Result<Effect, Error> {
        let sees = self.rights.sees(&row.head());
        let keeps = self.device.habits.keeps_what_was_added;
        let anew = keeps && sees && adds(self.kind, &row.content, &tried);
        let denial = Denial {
            operation: Operation::Change,
            reason,
            uid: Some(row.uid),
            digest: digest.to_owned(),
            why,
            tried: Some(tried),
            // What he may not read any more is not quoted back.
            stands: sees.then(|| row.content.clone()),
        };
        self.denials.record(self.work, denial)?;
        let uid = row.uid.0;
        let fix =
            if anew { Correction::Anew { uid } } else { Correction::Restore { uid, hint: hint.to_owned() } };
        Ok(Effect::of(Outcome::Kept).fix(fix))
    }

    fn change_marks(
        &mut self,
        row: ItemRow,
        edit: &MarksEdit,
        hint: &str,
        digest: &str,
    ) -> Result<Effect, Error> {
        let uid = row.uid;
        let mut effect = Effect::of(Outcome::Done);
        if let Some(seen) = seen(&edit.read).filter(|_| self.rights.sees(&row.head())) {
            let modseq = apply::see(self.work, self.folder.id, self.caller.user, uid, seen)?;
            effect.saw = Some((uid.0, modseq.0));
        }
        let before = Marks::parse(&row.marks);
        let after = edit.apply(&before);
        if after == before {
            return Ok(effect);
        }
        match self.rights.change(&row.head(), self.work.now_ms()) {
            Ok(leave) => {
                let moved = row.modseq.0 > self.known(uid);
                let modseq = apply::mark(self.work, &leave, self.folder, row, after.render())?;
                if moved {
                    return Ok(effect.fix(Correction::Restore { uid: uid.0, hint: String::new() }));
                }
                self.own.insert(uid.0, modseq.0);
                Ok(effect.wrote(uid, modseq.0))
            }
            Err(why) => {
                let tried = with_marks(&row.content, &after);
                let row = ItemRow { content: with_marks(&row.content, &before), ..row };
                let denied =
                    self.deny_change(&row, Reason::Access, why.to_string(), (tried, hint, digest))?;
                self.denials.was_to_mark(self.work, &after.render())?;
                Ok(Effect { saw: effect.saw, ..denied })
            }
        }
    }

    fn change_gone(&mut self, uid: Uid, asked: &Asked, digest: &str) -> Result<Effect, Error> {
        let why = "It was deleted before your change arrived.".to_owned();
        self.deny_without_item(Reason::Gone, Some(uid), (why, digest.to_owned()), asked)?;
        let effect = Effect::of(Outcome::Gone);
        let held = self.cursor.held.has(uid);
        Ok(if held { effect.fix(Correction::Restore { uid: uid.0, hint: String::new() }) } else { effect })
    }

    fn change_phantom(&mut self, phantom: i64, asked: &Asked, digest: &str) -> Result<Effect, Error> {
        let why = match self.rights.create(self.work.now_ms()) {
            Err(why) => why.to_string(),
            Ok(_) => "You were not allowed to add it when you did.".to_owned(),
        };
        let digest = named(&Target::Phantom(phantom), digest);
        self.deny_without_item(Reason::Access, None, (why, digest), asked)?;
        let pending =
            self.cursor.corrections.iter().chain(&self.late).any(
                |fix| matches!(fix, Correction::DropPhantom { phantom: other, .. } if *other == phantom),
            );
        let effect = Effect::of(Outcome::Kept);
        Ok(if pending { effect } else { effect.fix(Correction::DropPhantom { phantom, times: 1 }) })
    }

    fn change_unknown(&mut self, name: &str, asked: &Asked, digest: &str) -> Result<Effect, Error> {
        let why = "The server never had such an item.".to_owned();
        let digest = named(&Target::Unknown(name.to_owned()), digest);
        self.deny_without_item(Reason::Gone, None, (why, digest), asked)?;
        Ok(Effect::of(Outcome::Gone))
    }

    fn deny_without_item(
        &mut self,
        reason: Reason,
        uid: Option<Uid>,
        (why, digest): (String, String),
        asked: &Asked,
    ) -> Result<(), Error> {
        if only_says_seen(asked) {
            return Ok(());
        }
        let tried = submitted(asked, &self.stamp());
        let operation = Operation::Change;
        let denial = Denial { operation, reason, uid, digest, why, tried, stands: None };
        self.denials.record(self.work, denial).map(drop)
    }

    fn delete(&mut self, uid: Uid) -> Result<Effect, Error> {
        let found = row::item::load(self.work, self.folder.id, uid)?;
        let held = self.cursor.held.has(uid) || self.own.contains_key(&uid.0);
        let Some(row) = found.filter(|row| held || self.rights.sees(&row.head())) else {
            return Ok(Effect::of(Outcome::Done).dropped(uid));
        };
        match self.rights.delete(&row.head(), self.work.now_ms()) {
            Ok(leave) => {
                if self.schedules() {
                    self.tell(Some(&row.content), None)?;
                }
                match self.trash()? {
                    Some(trash) => drop(apply::relocate(self.work, &leave, self.folder, &trash, row)?),
                    None => drop(apply::delete(self.work, &leave, self.folder.id, &row.head())?),
                }
                Ok(Effect::of(Outcome::Done).dropped(uid))
            }
            Err(why) => {
                let sees = self.rights.sees(&row.head());
                let denial = Denial {
                    operation: Operation::Delete,
                    reason: Reason::Access,
                    uid: Some(uid),
                    digest: String::new(),
                    why: why.to_string(),
                    tried: None,
                    stands: sees.then(|| row.content.clone()),
                };
                self.denials.record(self.work, denial)?;
                let fix = if self.work.plant.has(Bug::DeleteUndoneByChange) {
                    return Ok(Effect::of(Outcome::Done)
                        .fix(Correction::Restore { uid: uid.0, hint: String::new() }));
                } else {
                    Correction::Settle { uid: uid.0 }
                };
                Ok(Effect::of(Outcome::Done).dropped(uid).fix(fix))
            }
        }
    }

    /// Whether the server mails what becomes of meetings here.
    fn schedules(&self) -> bool {
        self.kind == Kind::Calendar && self.request.scheduling == Scheduling::Server
    }

    fn organized(&mut self, content: Vec<u8>, stamp: &Stamp) -> Result<Vec<u8>, Error> {
        if !self.schedules() {
            return Ok(content);
        }
        crate::invite::with_organizer(self.work, self.folder, content, stamp)
    }

    /// Tells those who are invited what became of an event.
    fn tell(&mut self, before: Option<&[u8]>, after: Option<&[u8]>) -> Result<(), Error> {
        if before.is_none() && after.is_none() {
            return Ok(());
        }
        crate::invite::tell(self.work, self.caller, self.folder, Turn { before, after })
    }

    /// Returns where a deleted message goes: the trash of the account its folder is in.
    fn trash(&mut self) -> Result<Option<FolderRow>, Error> {
        if self.kind != Kind::Mail || self.request.deletes == Deletes::ForGood || self.folder.role == TRASH {
            return Ok(None);
        }
        Ok(row::folder::by_role(self.work, self.folder.account, TRASH)?)
    }

    fn unreadable(
        &mut self,
        operation: Operation,
        uid: Option<Uid>,
        digest: &str,
        (why, asked): (String, &Asked),
    ) -> Result<Effect, Error> {
        let digest = digest.to_owned();
        let why = format!("It could not be read: {why}.");
        let tried = Some(asked.raw.clone().into_bytes());
        let denial = Denial { operation, reason: Reason::Unreadable, uid, digest, why, tried, stands: None };
        self.denials.record(self.work, denial)?;
        let effect = Effect::of(Outcome::Unreadable);
        Ok(match uid {
            Some(uid) => effect.fix(Correction::Restore { uid: uid.0, hint: String::new() }),
            None => effect,
        })
    }

    /// Brings the cursor to where the device is once it has heard the answer.
    fn take_effect(&mut self, effect: &Effect) {
        if let Some(uid) = effect.dropped {
            self.cursor.drops(Uid(uid));
        }
        if let Some((uid, modseq)) = effect.wrote {
            self.cursor.holds_from(Uid(uid), modseq);
        }
        if let Some((uid, modseq)) = effect.saw {
            self.cursor.known_overlay.insert(uid, modseq);
        }
        let Some(fix) = &effect.fix else { return };
        let list = match (fix, effect.outcome) {
            // The device binds, or drops, an id while it reads this answer.
            (Correction::Settle { .. } | Correction::DropPhantom { .. }, _)
            | (Correction::Restore { .. } | Correction::Anew { .. }, Outcome::Added(_)) => &mut self.late,
            // The device has the item: it can be put right in this very answer.
            (Correction::Restore { .. } | Correction::Anew { .. }, _) => &mut self.cursor.corrections,
        };
        if !list.contains(fix) {
            list.push(fix.clone());
        }
    }

    fn record(&mut self, identity: &str, effect: &Effect) -> Result<(), Error> {
        let text = serde_json::to_string(effect).expect("numbers and texts always become JSON");
        let id = AnswerId { key: self.request.key, identity };
        let now_ms = self.work.now_ms();
        row::answer::store(self.work, (self.chain.device, self.chain.folder), id, &text, now_ms)?;
        self.cursor.told.push(identity.to_owned());
        Ok(())
    }

    fn stamp(&self) -> Stamp {
        Stamp { uid: self.work.random_name(), now: self.work.now }
    }
}

/// Returns the commands answered before whose answers the device may not know.
fn live(work: &mut Work<'_, '_>, chain: Chain) -> Result<Vec<(String, Effect)>, Error> {
    let answers = row::answer::live(work, chain.device, chain.folder)?;
    let parse = |(identity, text): (String, String)| {
        let effect = serde_json::from_str(&text).map_err(|_| Error::Store(store::Error::Corrupt))?;
        Ok((identity, effect))
    };
    answers.into_iter().map(parse).collect()
}

/// Returns up to which change the device wrote items itself in these.
fn own(live: &[(String, Effect)]) -> BTreeMap<i64, i64> {
    let mut own = BTreeMap::new();
    for (uid, modseq) in live.iter().filter_map(|(_, effect)| effect.wrote) {
        let known = own.entry(uid).or_insert(modseq);
        *known = modseq.max(*known);
    }
    own
}

/// Returns up to which change the device wrote this item itself in commands whose answers it may not know.
pub(crate) fn own_write(work: &mut Work<'_, '_>, chain: Chain, uid: Uid) -> Result<i64, Error> {
    Ok(own(&live(work, chain)?).get(&uid.0).copied().unwrap_or(0))
}

/// Keeps whole what came for a folder or with a key that takes no writes any more.
pub(crate) fn rescue(
    work: &mut Work<'_, '_>,
    (caller, device): (&Caller, &Device),
    (chain, folder): (Chain, Option<&FolderRow>),
    request: &SyncRequest,
    reason: Reason,
) -> Result<(), Error> {
    if request.commands.is_empty() {
        return Ok(());
    }
    let known = match folder {
        Some(folder) => is_known(work, caller, (chain, folder))?,
        None => false,
    };
    let place = match folder.filter(|_| known) {
        Some(folder) => Place::of(work, folder)?,
        None => crate::hierarchy::remembered_place(work, device, chain.folder, &request.commands)?,
    };
    let mut denials = Denials::new(caller, device, place);
    let answered = row::answer::answered(work, chain.device, chain.folder, request.key)?;
    let client_ids = client_ids(request);
    for command in &request.commands {
        let identity = identity(command);
        let same = |known: &str| match command {
            Command::Add { digest, .. } => is_same_add(known, digest, &client_ids),
            Command::Change { .. } | Command::Delete { .. } => false,
        };
        if answered.iter().any(|known| *known == identity || same(known)) {
            // A late duplicate: it was answered when it came first.
            continue;
        }
        let id = AnswerId { key: request.key, identity: &identity };
        if !holds_nothing(command) {
            let stamp = Stamp { uid: work.random_name(), now: work.now };
            denials.record(work, left_over(command, reason, &stamp))?;
        }
        let now_ms = work.now_ms();
        row::answer::store(work, (chain.device, chain.folder), id, "", now_ms)?;
        row::answer::settle(work, chain.device, chain.folder, &identity)?;
    }
    denials.finish(work)
}

/// Returns whether a user may be told what a folder is called: he sees it, or his device had it.
fn is_known(
    work: &mut Work<'_, '_>,
    caller: &Caller,
    (chain, folder): (Chain, &FolderRow),
) -> Result<bool, Error> {
    let now_ms = work.now_ms();
    Ok(Rights::load(work, folder, caller.user, now_ms)?.sees_folder()
        || row::cursor::newest(work, chain.device, chain.folder)?.is_some())
}

/// Returns whether nobody misses a command: it says only that its user has seen a message, or deletes what never was.
fn holds_nothing(command: &Command) -> bool {
    match command {
        Command::Change { asked, .. } => only_says_seen(asked),
        Command::Delete { target: Target::Phantom(_) | Target::Unknown(_) } => true,
        Command::Add { .. } | Command::Delete { target: Target::Item(_) } => false,
    }
}

fn only_says_seen(asked: &Asked) -> bool {
    match &asked.body {
        Body::Marks(edit) => edit.flag == Change::Keep && edit.categories == Change::Keep,
        Body::Item(_) | Body::Unreadable { .. } => false,
    }
}

fn left_over(command: &Command, reason: Reason, stamp: &Stamp) -> Denial {
    let why = match reason {
        Reason::Stale => "Your device sent it with a sync key that the server does not know.",
        Reason::Gone => "The folder was deleted before it arrived.",
        Reason::Access | Reason::Conflict | Reason::Unreadable => "You may not use this folder any more.",
    };
    let (operation, target, asked, digest) = match command {
        Command::Add { asked, digest, .. } => (Operation::Create, None, Some(asked), digest.clone()),
        Command::Change { target, asked, digest } => {
            (Operation::Change, Some(target), Some(asked), named(target, digest))
        }
        Command::Delete { target } => (Operation::Delete, Some(target), None, String::new()),
    };
    let uid = match target {
        Some(Target::Item(uid)) => Some(*uid),
        Some(Target::Phantom(_) | Target::Unknown(_)) | None => None,
    };
    let tried = asked.and_then(|asked| submitted(asked, stamp));
    Denial { operation, reason, uid, digest, why: why.to_owned(), tried, stands: None }
}

/// Returns whether a version has a property that the other does not.
fn adds(kind: Kind, stands: &[u8], tried: &[u8]) -> bool {
    let lines = items::compare(kind, Some(stands), Some(tried));
    lines.iter().any(|line| line.stands.is_none() && line.tried.is_some())
}

/// Tells a change apart from one with the same content of something else that has no uid either.
fn named(target: &Target, digest: &str) -> String {
    match target {
        Target::Item(_) => digest.to_owned(),
        Target::Phantom(phantom) => format!("x{phantom}/{digest}"),
        Target::Unknown(name) => format!("?{name}/{digest}"),
    }
}

/// Returns everything the device submitted, as text.
fn submitted(asked: &Asked, stamp: &Stamp) -> Option<Vec<u8>> {
    match &asked.body {
        Body::Item(edit) => items::create(edit, stamp).ok().or_else(|| Some(asked.raw.clone().into_bytes())),
        Body::Marks(edit) => Some(with_marks(b"\r\n", &edit.apply(&Marks::default()))),
        Body::Unreadable { .. } => Some(asked.raw.clone().into_bytes()),
    }
}

/// Returns a message with its marks as header lines, so that a record shows both.
pub(crate) fn with_marks(content: &[u8], marks: &Marks) -> Vec<u8> {
    let mut text = String::new();
    for property in marks.properties() {
        let name: String =
            property.name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        let value: String = property.value.chars().filter(|c| !c.is_control()).collect();
        text.push_str(&name);
        text.push_str(": ");
        text.push_str(&value);
        text.push_str("\r\n");
    }
    [text.as_bytes(), content].concat()
}

fn seen(read: &Change<bool>) -> Option<Seen> {
    match read {
        Change::Set(true) => Some(Seen::Yes),
        Change::Set(false) => Some(Seen::No),
        Change::Keep | Change::Remove => None,
    }
}

fn client_id(command: &Command) -> Option<&str> {
    match command {
        Command::Add { client_id, .. } => Some(client_id),
        Command::Change { .. } | Command::Delete { .. } => None,
    }
}

fn client_ids(request: &SyncRequest) -> BTreeSet<String> {
    request.commands.iter().filter_map(client_id).map(str::to_owned).collect()
}

/// Returns whether `known` is an add of the same content under a client id that the request does not use: some phones
/// make a new one at each attempt.
fn is_same_add(known: &str, digest: &str, client_ids: &BTreeSet<String>) -> bool {
    let rest = known.strip_prefix("a/").and_then(|rest| rest.strip_suffix(digest));
    rest.and_then(|rest| rest.strip_suffix('/')).is_some_and(|id| !client_ids.contains(id))
}

/// Names a command and its content.
fn identity(command: &Command) -> String {
    let name = |target: &Target| match target {
        Target::Item(uid) => uid.to_string(),
        Target::Phantom(phantom) => format!("x{phantom}"),
        Target::Unknown(name) => format!("?{name}"),
    };
    match command {
        Command::Add { client_id, digest, .. } => format!("a/{client_id}/{digest}"),
        Command::Change { target, digest, .. } => format!("c/{}/{digest}", name(target)),
        Command::Delete { target } => format!("d/{}", name(target)),
    }
}
