//! Shared folders that a device shows inside its user's default folder of their kind.
//!
//! What the device syncs as one folder is the default folder and the shared ones in it, each with a cursor of its own;
//! all are moved in one transaction. The cursor of the default folder names the cursors of the others, so its key is
//! the key of all: whichever answer is lost or late, the keys that belong together stay together. The cursors of
//! merged folders stand apart from those of the same folders shown by themselves.

use crate::advance::{Advanced, advance, columns};
use crate::cursor::Cursor;
use crate::decide::Rights;
use crate::deny::Reason;
use crate::key::{self, Chain, Opened};
use crate::pull::Room;
use crate::sync::{Command, ItemRef, Outcome, Step, SyncAnswer, SyncOutcome, SyncRequest, Target};
use crate::work::Work;
use crate::{Caller, Device, Engine, Error, Settings, Switch, device_folder};
use items::Kind;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use store::id::{DeviceId, FolderId, PrincipalId, SyncKey, Uid};
use store::row::cursor::{CursorRow, Standing};
use store::row::folder::FolderRow;
use store::{Query, row};

/// Folders merged into one at most; those beyond are shown by themselves.
pub const MAX_MERGED: usize = 32;

/// What a device must do about the items of a folder merged into the one it asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartSteps {
    /// The folder whose items they are.
    pub folder: FolderId,
    /// What it must do, in order.
    pub steps: Vec<Step>,
}

/// What came of a round of a folder that others may be merged into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// The outcome, with the folder's own steps.
    pub outcome: SyncOutcome,
    /// The steps of the others.
    pub parts: Vec<PartSteps>,
}

impl Merged {
    const fn plain(outcome: SyncOutcome) -> Self {
        Self { outcome, parts: Vec::new() }
    }
}

/// A folder that is merged into another, and what its user may do there.
pub(crate) type Part = (FolderRow, Rights);

impl Engine {
    /// Has a device, known already or not, show shared folders of a kind inside its user's default folder, or by
    /// themselves again.
    ///
    /// # Errors
    /// When the user is not there, the kind has no default folder that takes others in, or the database fails.
    pub fn merge_device(
        &self,
        (user, address): (&str, &str),
        kind: Kind,
        switch: Switch,
        now: Timestamp,
    ) -> Result<(), Error> {
        if role_of(crate::kind::code(kind)).is_none() {
            return Err(Error::invalid(format!("folders of {kind} are not merged")));
        }
        self.write(now, |work| {
            let user = device_folder::user_row(work, user)?;
            let kind = crate::kind::code(kind);
            match switch {
                Switch::On => row::device_folder::merge(work, user.id, address, kind)?,
                Switch::Off => row::device_folder::part(work, user.id, address, kind)?,
            }
            device_folder::touch(work)
        })
    }

    /// Runs one round of one folder and of the folders merged into it. `elsewhere` says which other folder a command is
    /// about, by the command's place in the list.
    ///
    /// # Errors
    /// When the database fails; then nothing was done and the device can send the same again.
    #[expect(
        clippy::too_many_arguments,
        reason = "who, with what, where, what and when: five names read better than tuples"
    )]
    pub fn sync_merged(
        &self,
        caller: &Caller,
        device: &Device,
        folder: FolderId,
        (request, elsewhere): (&SyncRequest, &BTreeMap<usize, FolderId>),
        now: Timestamp,
    ) -> Result<Merged, Error> {
        self.write(now, |work| round(work, (caller, device), folder, (request, elsewhere)))
    }

    /// Returns the folders that a device shows inside these.
    ///
    /// # Errors
    /// When the database fails.
    pub fn merged_folders(
        &self,
        caller: &Caller,
        device: &Device,
        folders: &[FolderId],
        now: Timestamp,
    ) -> Result<Vec<FolderId>, Error> {
        let now_ms = now.as_millisecond();
        self.store.read(|q| {
            let mut list = Vec::new();
            if row::device_folder::merges(q, caller.user, &device.address)?.is_empty() {
                return Ok(list);
            }
            for folder in folders {
                let Some(folder) = row::folder::load(q, *folder)? else { continue };
                let parts = parts(q, &self.settings, (caller, device), &folder, now_ms)?;
                list.extend(parts.iter().map(|(folder, _)| folder.id));
            }
            Ok(list)
        })
    }
}

/// Returns the role of the default folder that takes in shared folders of a kind.
pub(crate) const fn role_of(kind: i64) -> Option<i64> {
    match kind {
        2 => Some(8),
        3 => Some(9),
        4 => Some(7),
        5 => Some(10),
        _ => None,
    }
}

/// Returns whether a folder is one of the user's own that may take others in.
fn takes_in(folder: &FolderRow, caller: &Caller) -> bool {
    folder.account == caller.user && role_of(folder.kind) == Some(folder.role)
}

/// Returns the folders that a device is to show inside `folder`, in the order of their numbers.
pub(crate) fn parts(
    q: &mut Query<'_>,
    settings: &Settings,
    (caller, device): (&Caller, &Device),
    folder: &FolderRow,
    now_ms: i64,
) -> Result<Vec<Part>, Error> {
    if !takes_in(folder, caller) {
        return Ok(Vec::new());
    }
    if !row::device_folder::merges(q, caller.user, &device.address)?.contains(&folder.kind) {
        return Ok(Vec::new());
    }
    let mut list = Vec::new();
    for chosen in device_folder::chosen(q, settings, (caller.user, &device.address))? {
        if chosen.folder.kind == folder.kind && !chosen.flags.hidden {
            let rights = Rights::load(q, &chosen.folder, caller.user, now_ms)?;
            if rights.on_device() {
                list.push((chosen.folder, rights));
            }
        }
    }
    list.sort_by_key(|(folder, _)| folder.id);
    list.truncate(MAX_MERGED);
    Ok(list)
}

/// Reads which cursors of other folders a cursor names.
pub(crate) fn read_keys(text: &str) -> Result<BTreeMap<FolderId, SyncKey>, Error> {
    let read = |word: &str| {
        let (folder, key) = word.split_once(':')?;
        Some((FolderId(folder.parse().ok()?), SyncKey(key.parse().ok()?)))
    };
    let words = text.split(' ').filter(|word| !word.is_empty());
    words.map(|word| read(word).ok_or(Error::Store(store::Error::Corrupt))).collect()
}

fn write_keys(keys: &BTreeMap<FolderId, SyncKey>) -> String {
    let words: Vec<String> = keys.iter().map(|(folder, key)| format!("{folder}:{key}")).collect();
    words.join(" ")
}

/// Returns the merged folders whose cursors some live cursor of the device still names.
pub(crate) fn in_use(q: &mut Query<'_>, device: DeviceId) -> Result<BTreeSet<FolderId>, Error> {
    let mut used = BTreeSet::new();
    for folder in row::cursor::folders(q, device)? {
        if folder > FolderId::TOP {
            for row in row::cursor::of(q, device, folder)? {
                used.extend(read_keys(&row.parts)?.into_keys());
            }
        }
    }
    Ok(used)
}

/// Returns whether a look at the merged folders of a cursor finds something to say, without working anything out.
pub(crate) fn glance(
    q: &mut Query<'_>,
    (user, device): (PrincipalId, DeviceId),
    parts: &str,
    now_ms: i64,
) -> Result<bool, Error> {
    for (folder, key) in read_keys(parts)? {
        let chain = Chain::part(device, folder);
        let Some(seen) = row::cursor::glance(q, device, user, chain.folder, key)? else { return Ok(true) };
        let expired = seen.expires.is_some_and(|at| at <= now_ms);
        if seen.kind.is_none() || seen.pending || seen.moved || expired {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Returns whether a sync from this cursor of `folder` would find something in the folders merged into it.
pub(crate) fn pending(
    q: &mut Query<'_>,
    settings: &Settings,
    (caller, device): (&Caller, &Device),
    (folder, row): (&FolderRow, &CursorRow),
    now_ms: i64,
) -> Result<bool, Error> {
    let keys = read_keys(&row.parts)?;
    if glance(q, (caller.user, device.id), &row.parts, now_ms)? {
        return Ok(true);
    }
    let mut moved = row.directory != row::counter::directory(q)?;
    let mut cursors = Vec::new();
    for (part, key) in &keys {
        let chain = Chain::part(device.id, *part);
        let found = row::cursor::load(q, device.id, chain.folder, *key)?;
        moved |= found.as_ref().is_some_and(|found| found.directory != row.directory);
        cursors.extend(found);
    }
    if !moved {
        return Ok(false);
    }
    let wanted = parts(q, settings, (caller, device), folder, now_ms)?;
    if !wanted.iter().map(|(part, _)| part.id).eq(keys.keys().copied()) {
        return Ok(true);
    }
    for ((part, rights), row) in wanted.iter().zip(&cursors) {
        let cursor = Cursor::decode(&row.state)?;
        let shape = crate::sync::shape(q, (caller, device), part.id)?;
        if rights.words() != cursor.words || shape != cursor.shape {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Counts the steps of all pulls to come in the folders merged into `folder`.
pub(crate) fn count(
    q: &mut Query<'_>,
    settings: &Settings,
    (caller, device): (&Caller, &Device),
    (folder, row): (&FolderRow, &CursorRow),
    (window, now_ms): (crate::Window, i64),
) -> Result<u64, Error> {
    let mut keys = read_keys(&row.parts)?;
    let mut count = 0;
    for (part, rights) in parts(q, settings, (caller, device), folder, now_ms)? {
        let mut cursor = cursor_of(q, device.id, (part.id, keys.remove(&part.id)))?;
        let shape = crate::sync::shape(q, (caller, device), part.id)?;
        let cut = window.narrowed(shape.days).cut(now_ms);
        let held_back = crate::held_back::of(q, device.id, part.id)?;
        count += crate::pull::count(q, (&part, &rights), ((cut, shape), held_back), &mut cursor)?;
    }
    for (part, key) in keys {
        count += cursor_of(q, device.id, (part, Some(key)))?.held.len();
    }
    Ok(count)
}

fn cursor_of(
    q: &mut Query<'_>,
    device: DeviceId,
    (part, key): (FolderId, Option<SyncKey>),
) -> Result<Cursor, Error> {
    let Some(key) = key else { return Ok(Cursor::fresh()) };
    let found = row::cursor::load(q, device, Chain::part(device, part).folder, key)?;
    found.map_or_else(|| Ok(Cursor::fresh()), |row| Cursor::decode(&row.state))
}

/// A request's commands by the folder they are about, each with its place in the list.
#[derive(Debug, Default)]
struct Split {
    own: Vec<(usize, Command)>,
    others: BTreeMap<FolderId, Vec<(usize, Command)>>,
}

impl Split {
    /// Splits a request's commands. What is about a folder that `is_part` does not know of names nothing here.
    fn of(
        request: &SyncRequest,
        elsewhere: &BTreeMap<usize, FolderId>,
        is_part: impl Fn(FolderId) -> bool,
    ) -> Self {
        let mut split = Self::default();
        for (at, command) in request.commands.iter().enumerate() {
            match elsewhere.get(&at) {
                None => split.own.push((at, command.clone())),
                Some(folder) if is_part(*folder) => {
                    split.others.entry(*folder).or_default().push((at, command.clone()));
                }
                Some(folder) => split.own.push((at, unknown(*folder, command.clone()))),
            }
        }
        split
    }

    fn commands(list: &[(usize, Command)]) -> Vec<Command> {
        list.iter().map(|(_, command)| command.clone()).collect()
    }
}

/// Returns a command about an item of a folder that is not merged here: it names what the server never gave out.
fn unknown(folder: FolderId, command: Command) -> Command {
    let name = |target: Target| match target {
        Target::Item(uid) => Target::Unknown(format!("{folder}:{uid}")),
        Target::Phantom(phantom) => Target::Unknown(format!("{folder}:x{phantom}")),
        Target::Unknown(name) => Target::Unknown(name),
    };
    match command {
        Command::Add { .. } => command,
        Command::Change { target, asked, digest } => Command::Change { target: name(target), asked, digest },
        Command::Delete { target } => Command::Delete { target: name(target) },
    }
}

/// Runs one round of a folder and of those merged into it.
fn round(
    work: &mut Work<'_, '_>,
    (caller, device): (&Caller, &Device),
    folder: FolderId,
    (request, elsewhere): (&SyncRequest, &BTreeMap<usize, FolderId>),
) -> Result<Merged, Error> {
    let named = if request.commands.is_empty() { BTreeSet::new() } else { BTreeSet::from([folder]) };
    // Always in the same order, so that two rounds never wait for each other; rights are read afterwards.
    for folder in named.into_iter().chain(elsewhere.values().copied()).collect::<BTreeSet<_>>() {
        row::folder::lock(work, folder)?;
    }
    let settings = work.settings;
    let now_ms = work.now_ms();
    let found = row::folder::load(work, folder)?;
    let wanted = match &found {
        Some(found) => parts(work, settings, (caller, device), found, now_ms)?,
        None => Vec::new(),
    };
    let held = match &found {
        Some(found) if takes_in(found, caller) => row::cursor::load(work, device.id, folder, request.key)?,
        Some(_) | None => None,
    };
    let keys = held.as_ref().map_or_else(|| Ok(BTreeMap::new()), |held| read_keys(&held.parts))?;
    let Some(found) = found.filter(|_| !wanted.is_empty() || !keys.is_empty()) else {
        if elsewhere.is_empty() {
            return crate::sync::round(work, caller, device, folder, request).map(Merged::plain);
        }
        let own = Split::of(request, elsewhere, |_| false).own;
        let request = SyncRequest { commands: Split::commands(&own), ..request.clone() };
        return crate::sync::round(work, caller, device, folder, &request).map(Merged::plain);
    };
    let is_part = |folder| keys.contains_key(&folder) || wanted.iter().any(|(part, _)| part.id == folder);
    let split = Split::of(request, elsewhere, is_part);
    let mut whole = Whole { work, who: (caller, device), found: &found, request, wanted: &wanted };
    match whole.open(&keys)? {
        Some(row) => whole.run(row, &keys, &split),
        None => whole.stale(&split),
    }
}

/// A round of a folder that others are merged into.
struct Whole<'r, 'w, 'tx> {
    work: &'r mut Work<'w, 'tx>,
    who: (&'r Caller, &'r Device),
    found: &'r FolderRow,
    request: &'r SyncRequest,
    wanted: &'r [Part],
}

impl Whole<'_, '_, '_> {
    fn own(&self) -> Chain {
        Chain { device: self.who.1.id, folder: self.found.id }
    }

    fn part(&self, folder: FolderId) -> Chain {
        Chain::part(self.who.1.id, folder)
    }

    /// Confirms the cursor the device holds; `None` where the device starts over, or must.
    fn open(&mut self, keys: &BTreeMap<FolderId, SyncKey>) -> Result<Option<CursorRow>, Error> {
        for (folder, key) in keys {
            let chain = self.part(*folder);
            if row::cursor::load(self.work, chain.device, chain.folder, *key)?.is_none() {
                return Ok(None);
            }
        }
        let chain = self.own();
        match key::open(self.work, chain, self.request.key, |state| Ok(Cursor::decode(state)?.told))? {
            Opened::Known(row) => Ok(Some(*row)),
            Opened::Start | Opened::Unknown => Ok(None),
        }
    }

    /// Confirms the cursor that the device holds of a merged folder.
    fn open_part(&mut self, folder: FolderId, key: SyncKey) -> Result<CursorRow, Error> {
        let chain = self.part(folder);
        match key::open(self.work, chain, key, |state| Ok(Cursor::decode(state)?.told))? {
            Opened::Known(row) => Ok(*row),
            Opened::Start | Opened::Unknown => Err(Error::Store(store::Error::Corrupt)),
        }
    }

    /// Keeps whole what came with a key that takes no writes, and begins anew where the device does.
    fn stale(&mut self, split: &Split) -> Result<Merged, Error> {
        let own = SyncRequest { commands: Split::commands(&split.own), ..self.request.clone() };
        let chain = self.own();
        crate::push::rescue(self.work, self.who, (chain, Some(self.found)), &own, Reason::Stale)?;
        for (folder, commands) in &split.others {
            self.rescue(*folder, commands, Reason::Stale)?;
        }
        if self.request.key != SyncKey::START {
            return Ok(Merged::plain(SyncOutcome::KeyUnknown));
        }
        let row = columns(&Cursor::fresh(), Standing::Fresh, &self.request.memo);
        let key = key::offer(self.work, chain, row)?;
        let answer = SyncAnswer { key, answers: Vec::new(), steps: Vec::new(), more: false };
        Ok(Merged::plain(SyncOutcome::Answered(answer)))
    }

    fn rescue(
        &mut self,
        folder: FolderId,
        commands: &[(usize, Command)],
        reason: Reason,
    ) -> Result<(), Error> {
        let request = SyncRequest { commands: Split::commands(commands), ..self.request.clone() };
        let found = row::folder::load(self.work, folder)?;
        let chain = self.part(folder);
        crate::push::rescue(self.work, self.who, (chain, found.as_ref()), &request, reason)
    }

    /// Runs the round from a known key.
    fn run(
        &mut self,
        row: CursorRow,
        keys: &BTreeMap<FolderId, SyncKey>,
        split: &Split,
    ) -> Result<Merged, Error> {
        let mut answers = BTreeMap::new();
        let mut room = self.request.pull.map(|pull| Room { items: pull.limit.max(1), bytes: pull.bytes });
        let now_ms = self.work.now_ms();
        let rights = Rights::load(self.work, self.found, self.who.0.user, now_ms)?;
        let own = SyncRequest { commands: Split::commands(&split.own), ..self.request.clone() };
        let at = (self.own(), self.found, &rights);
        let mut own = advance(self.work, self.who, at, (&own, room), Some(row))?;
        answer(&mut answers, &split.own, &own.answers);
        take(&mut room, &own);
        let mut others: Vec<(FolderId, Advanced)> = Vec::new();
        let mut next = BTreeMap::new();
        let folders: BTreeSet<FolderId> =
            keys.keys().copied().chain(self.wanted.iter().map(|(folder, _)| folder.id)).collect();
        for folder in folders {
            let none = Vec::new();
            let commands = split.others.get(&folder).unwrap_or(&none);
            let Some(part) = self.advance_part((folder, keys.get(&folder).copied()), commands, room)? else {
                continue;
            };
            answer(&mut answers, commands, &part.answers);
            take(&mut room, &part);
            others.push((folder, part));
        }
        let more = room.is_some() && (own.more || others.iter().any(|(_, part)| part.more));
        let silent = own.is_silent() && others.iter().all(|(_, part)| part.is_silent());
        let mut parts = Vec::new();
        for (folder, mut part) in others {
            let gone = !self.wanted.iter().any(|(wanted, _)| wanted.id == folder) && !part.more;
            let steps = std::mem::take(&mut part.steps);
            let key = if steps.is_empty() && part.answers.is_empty() && part.is_silent() {
                part.keep(self.work)?
            } else {
                part.offer(self.work)?
            };
            if !gone {
                next.insert(folder, key);
            }
            parts.push(PartSteps { folder, steps });
        }
        if silent && next == *keys {
            return own.keep(self.work).map(|key| Merged::plain(SyncOutcome::Unchanged { key }));
        }
        own.next.parts = write_keys(&next);
        let steps = std::mem::take(&mut own.steps);
        let key = own.offer(self.work)?;
        parts.retain(|part| !part.steps.is_empty());
        let answers = answers.into_values().collect();
        Ok(Merged { outcome: SyncOutcome::Answered(SyncAnswer { key, answers, steps, more }), parts })
    }

    /// Works out the part of one merged folder; `None` for one that waits to come in until there is room.
    fn advance_part(
        &mut self,
        (folder, key): (FolderId, Option<SyncKey>),
        commands: &[(usize, Command)],
        room: Option<Room>,
    ) -> Result<Option<Advanced>, Error> {
        let from = key.map(|key| self.open_part(folder, key)).transpose()?;
        let wanted = self.wanted.iter().find(|(wanted, _)| wanted.id == folder);
        let Some((found, rights)) = wanted else {
            return from.map(|from| self.leave(folder, from, (commands, room))).transpose();
        };
        if from.is_none() && room.is_none() && commands.is_empty() {
            return Ok(None);
        }
        let commands = Split::commands(commands);
        let request = SyncRequest { commands, memo: String::new(), ..self.request.clone() };
        let at = (self.part(folder), found, rights);
        advance(self.work, self.who, at, (&request, room), from).map(Some)
    }

    /// Takes a folder that is not merged any more off the device: what the device did there is kept whole, and its
    /// items go.
    fn leave(
        &mut self,
        folder: FolderId,
        from: CursorRow,
        (commands, room): (&[(usize, Command)], Option<Room>),
    ) -> Result<Advanced, Error> {
        let there = row::folder::load(self.work, folder)?.is_some();
        self.rescue(folder, commands, if there { Reason::Access } else { Reason::Gone })?;
        let answers = commands.iter().map(|(_, command)| match command {
            Command::Delete { .. } => Outcome::Done,
            Command::Add { .. } | Command::Change { .. } => Outcome::Gone,
        });
        let answers = answers.collect();
        let mut cursor = Cursor::decode(&from.state)?;
        cursor.told.clear();
        cursor.corrections.clear();
        let mut steps = Vec::new();
        let limit = room.map_or(0, |room| room.items);
        for uid in cursor.held.from(0).into_iter().rev().take(limit) {
            cursor.drops(Uid(uid));
            steps.push(Step::Delete(ItemRef::Item(Uid(uid))));
        }
        let more = cursor.held.len() > 0;
        let mut next = columns(&cursor, Standing::Offered, &from.memo);
        next.directory = row::counter::directory(self.work)?;
        next.pending = true;
        Ok(Advanced::leaving((self.part(folder), from, next), (answers, steps, more)))
    }
}

/// Puts what came of commands in the places they have in the request.
fn answer(all: &mut BTreeMap<usize, Outcome>, commands: &[(usize, Command)], answers: &[Outcome]) {
    all.extend(commands.iter().map(|(at, _)| *at).zip(answers.iter().copied()));
}

/// Takes what was said from the room for the rest.
fn take(room: &mut Option<Room>, said: &Advanced) {
    let Some(room) = room else { return };
    let steps = &said.steps;
    let bytes = steps.iter().map(|step| match step {
        Step::Add(item) | Step::Change { item, .. } => item.content.len(),
        Step::Delete(_) | Step::SoftDelete(_) => 0,
    });
    room.items = room.items.saturating_sub(steps.len());
    room.bytes = room.bytes.saturating_sub(bytes.sum());
    // A step that is sent alone, to find the one a device cannot take, stands alone in the whole answer.
    if room.bytes == 0 || (said.is_narrow && !steps.is_empty()) {
        room.items = 0;
    }
}
