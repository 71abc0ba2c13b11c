//! One folder's round: what the phone did goes to the engine, what changed comes back.

use std::collections::BTreeMap;

use engine::{
    Engine, Error, FolderId, Look, Merged, Outcome, Part, PartSteps, Peek, Pull, Step, SyncAnswer, SyncKey,
    SyncOutcome, SyncRequest, Target,
};
use items::Kind;

use super::answer::{self, Answered, Named};
use super::change::ClientCommand;
use super::parse::Folder;
use super::view::View;
use super::{HIERARCHY_CHANGED, PROTOCOL_ERROR, RETRY, SERVER_ERROR, told};
use crate::command::Session;
use crate::item;
use crate::payload::{Ghosting, Options, Reading};
use crate::request::Version;
use crate::server::Limits;
use crate::wire_id;

/// The folder's state is lost: the phone starts it over.
const KEY_UNKNOWN: u8 = 3;

/// How much of one answer is left for what the server has to say.
#[derive(Debug)]
pub(super) struct Room {
    items: usize,
    bytes: usize,
}

impl Room {
    pub(super) fn new(window: Option<usize>, limits: &Limits) -> Self {
        let items = window.unwrap_or_else(|| limits.window.saturating_mul(limits.folders));
        Self { items, bytes: limits.answer_bytes }
    }

    /// Returns how much of it a folder may take, or `None` where nothing is left.
    fn pull(&self, window: usize) -> Option<Pull> {
        let limit = self.items.min(window);
        (limit > 0 && self.bytes > 0).then_some(Pull { limit, bytes: self.bytes })
    }

    fn take(&mut self, steps: &[Step]) {
        self.items = self.items.saturating_sub(steps.len());
        let bytes = steps.iter().map(|step| match step {
            Step::Add(item) | Step::Change { item, .. } => item.content.len(),
            Step::Delete(_) | Step::SoftDelete(_) => 0,
        });
        self.bytes = self.bytes.saturating_sub(bytes.sum());
    }
}

/// What is known of the folder and its key before the round.
pub(super) struct Known {
    pub(super) folder: FolderId,
    key: SyncKey,
    pub(super) kind: Option<Kind>,
    view: View,
    /// Whether the round can be left out where the phone did nothing.
    quiet: bool,
}

/// Runs the round and returns its part of the answer; `None` where there is nothing to say.
pub(super) fn run(session: &Session<'_>, asked: &Folder, room: &mut Room) -> Option<Answered> {
    let failed = |status: u8| Some(Answered::failed(asked, status));
    if asked.fault.is_some() {
        return failed(PROTOCOL_ERROR);
    }
    match known(session, asked) {
        Ok(Some(known)) => round(session, asked, &known, room).unwrap_or_else(|error| {
            tracing::warn!(error = %crate::server::chain(&error), folder = %known.folder, "a round failed");
            failed(status(&error))
        }),
        Ok(None) => failed(PROTOCOL_ERROR),
        Err(error) => {
            tracing::warn!(error = %crate::server::chain(&error), "a round failed");
            failed(status(&error))
        }
    }
}

/// Returns the status of a folder whose round failed: nothing of it was done, and the phone sends it again.
pub(super) const fn status(error: &Error) -> u8 {
    match error {
        Error::Busy(_) => RETRY,
        Error::Full(_) | Error::Store(_) => SERVER_ERROR,
        Error::NotFound { .. } | Error::Refused { .. } => HIERARCHY_CHANGED,
        Error::Exists { .. } | Error::Invalid { .. } => PROTOCOL_ERROR,
    }
}

/// Looks up the key, and works out how the phone wants items; `None` where what it asks makes no sense.
fn known(session: &Session<'_>, asked: &Folder) -> Result<Option<Known>, Error> {
    let (folder, key) = (wire_id::folder(&asked.id), wire_id::key(&asked.key));
    if key == SyncKey::START && asked.get_changes == Some(true) {
        return Ok(None);
    }
    let peek = session.engine().peek(session.caller, &session.device, folder, key, session.now)?;
    Ok(weigh(asked, (folder, key), peek))
}

/// Returns whether the phone has nothing to say of a folder, and there is nothing to tell it.
pub(super) fn is_quiet(look: &mut Look<'_, '_>, asked: &Folder) -> Result<bool, Error> {
    if asked.fault.is_some() || !asked.changes.is_empty() || !asked.too_many.is_empty() {
        return Ok(false);
    }
    let (folder, key) = (wire_id::folder(&asked.id), wire_id::key(&asked.key));
    if key == SyncKey::START {
        return Ok(false);
    }
    let peek = look.peek(folder, key)?;
    Ok(weigh(asked, (folder, key), peek).is_some_and(|known| known.quiet))
}

/// Works out how the phone wants items; `None` where what it asks makes no sense.
fn weigh(asked: &Folder, (folder, key): (FolderId, SyncKey), peek: Peek) -> Option<Known> {
    let starts = key == SyncKey::START;
    let (kind, memo, changed) = match peek {
        Peek::Known { kind, memo, changed } => (Some(kind), Some(memo), changed),
        Peek::KeyUnknown { kind } => (Some(kind), None, true),
        Peek::FolderGone => (None, None, true),
    };
    let mut view = View::decode(memo.as_deref().unwrap_or_default());
    if let Some(supported) = asked.supported.as_ref().filter(|_| starts) {
        view.ghosting = Ghosting::of(supported);
    }
    if asked.conversations && kind.is_some_and(|kind| kind != Kind::Mail) {
        // Nothing else has conversations.
        return None;
    }
    if view.replace(&asked.options).is_err() || kind.is_some_and(|kind| view.window(kind).is_none()) {
        return None;
    }
    let quiet = !changed && memo.is_some_and(|memo| memo == view.encode());
    Some(Known { folder, key, kind, view, quiet })
}

fn round(
    session: &Session<'_>,
    asked: &Folder,
    known: &Known,
    room: &mut Room,
) -> Result<Option<Answered>, Error> {
    let (commands, elsewhere) = commands(session, asked, known)?;
    let wants = asked.get_changes.unwrap_or(known.key != SyncKey::START);
    let pull = wants.then(|| room.pull(asked.window)).flatten();
    let no_room = wants && pull.is_none();
    if session.server.quota.writes(session.caller.user(), commands.len(), session.now).is_err() {
        return Ok(Some(Answered::failed(asked, RETRY)));
    }
    let idle = commands.is_empty() && (known.quiet || no_room);
    let Merged { outcome, parts } = if idle && known.kind.is_some() {
        Merged { outcome: SyncOutcome::Unchanged { key: known.key }, parts: Vec::new() }
    } else {
        let request = SyncRequest {
            key: known.key,
            commands,
            pull,
            window: known.kind.and_then(|kind| known.view.window(kind)).unwrap_or(engine::Window::All),
            conflict: known.view.conflict,
            deletes: if asked.to_trash { engine::Deletes::ToTrash } else { engine::Deletes::ForGood },
            scheduling: if session.version >= Version::V16_0 {
                engine::Scheduling::Server
            } else {
                engine::Scheduling::Device
            },
            memo: known.view.encode(),
        };
        let asked = (&request, &elsewhere);
        session.engine().sync_merged(session.caller, &session.device, known.folder, asked, session.now)?
    };
    let (key, answered) = match outcome {
        SyncOutcome::FolderGone => return Ok(Some(Answered::failed(asked, HIERARCHY_CHANGED))),
        SyncOutcome::KeyUnknown => return Ok(Some(Answered::failed(asked, KEY_UNKNOWN))),
        SyncOutcome::Unchanged { key } => (key, None),
        SyncOutcome::Answered(answered) => (answered.key, Some(answered)),
    };
    let says_nothing = answered.is_none() && asked.too_many.is_empty();
    if says_nothing && !asked.changes.iter().any(|change| matches!(change, ClientCommand::Fetch { .. })) {
        return Ok(None);
    }
    let answered =
        answered.unwrap_or(SyncAnswer { key, answers: Vec::new(), steps: Vec::new(), more: false });
    room.take(&answered.steps);
    let mut whole = Answered::new(asked, known.kind, answered.key);
    whole.more = answered.more || (no_room && !known.quiet);
    let options = known.view.options(session, owner(session, known.folder, known.kind)?);
    whole.responses = responses(session, asked, (known, &options), &answered.answers);
    for step in answered.steps {
        let Some(step) = as_wanted(session, known.folder, step, &options)? else { continue };
        whole.commands.extend(answer::step(known.folder, &step, &options));
    }
    for PartSteps { folder, steps } in parts {
        room.take(&steps);
        let options = known.view.options(session, owner(session, folder, known.kind)?);
        for step in steps {
            let Some(step) = as_wanted(session, folder, step, &options)? else { continue };
            whole.commands.extend(answer::step(folder, &step, &options));
        }
    }
    Ok(Some(whole))
}

/// Returns a step with its item as far as it takes; `None` where the item is gone meanwhile.
fn as_wanted(
    session: &Session<'_>,
    folder: FolderId,
    step: Step,
    options: &Options,
) -> Result<Option<Step>, Error> {
    Ok(match step {
        Step::Add(item) => item::as_wanted(session, folder, item, options)?.map(Step::Add),
        Step::Change { item, part: Part::Everything } => item::as_wanted(session, folder, item, options)?
            .map(|item| Step::Change { item, part: Part::Everything }),
        Step::Change { .. } | Step::Delete(_) | Step::SoftDelete(_) => Some(step),
    })
}

/// What a phone did, as the engine takes it, and which of it is about items of other folders.
type Commands = (Vec<engine::Command>, BTreeMap<usize, FolderId>);

/// Returns what the phone did.
fn commands(session: &Session<'_>, asked: &Folder, known: &Known) -> Result<Commands, Error> {
    let (mut commands, mut elsewhere) = (Vec::new(), BTreeMap::new());
    if asked.changes.is_empty() {
        return Ok((commands, elsewhere));
    }
    let own = reading(session, known, known.folder)?;
    let options = known.view.options(session, own.owner.clone());
    for change in &asked.changes {
        let holder = change.elsewhere(known.folder);
        let folder = holder.unwrap_or(known.folder);
        let meant = change.meant(session, (folder, &options))?;
        let command = match holder {
            Some(holder) => meant.command(holder, known.kind, &reading(session, known, holder)?),
            None => meant.command(known.folder, known.kind, &own),
        };
        let Some(command) = command else { continue };
        elsewhere.extend(holder.map(|holder| (commands.len(), holder)));
        commands.push(command);
    }
    Ok((commands, elsewhere))
}

/// Returns how what the phone sends into a folder is to be read.
fn reading(session: &Session<'_>, known: &Known, folder: FolderId) -> Result<Reading, Error> {
    Ok(Reading {
        version: session.version,
        ghosting: known.view.ghosting.clone(),
        home: session.engine().user_zone(session.caller)?,
        owner: owner(session, folder, known.kind)?,
        device_type: session.device.kind.clone(),
        device: session.device.id.0,
    })
}

/// Returns whose addresses meetings are seen from; only calendars have any.
pub(crate) fn owner(
    session: &Session<'_>,
    folder: FolderId,
    kind: Option<Kind>,
) -> Result<Vec<String>, Error> {
    if kind == Some(Kind::Calendar) { session.engine().owner_addresses(folder) } else { Ok(Vec::new()) }
}

/// Writes what came of what the phone did: adds, then changes, then fetches, each in the phone's order.
fn responses(
    session: &Session<'_>,
    asked: &Folder,
    (known, options): (&Known, &Options),
    outcomes: &[Outcome],
) -> answer::Responses {
    let mut responses = answer::Responses::default();
    let mut outcomes = outcomes.iter();
    for change in &asked.changes {
        if let ClientCommand::Fetch { server_id } = change {
            responses.fetch(server_id, fetched(session, (known, options), server_id));
            continue;
        }
        let Some(outcome) = outcomes.next().copied() else { continue };
        match change {
            ClientCommand::Add { client_id, data } => {
                let told = told::of_add(session, known, outcome, data);
                responses.add(known.folder, client_id, outcome, told);
            }
            ClientCommand::Change { server_id, instance, data } => {
                let told = told::of_change(session, known, (server_id, outcome), data);
                responses.change(Named { server_id, instance: instance.as_deref() }, outcome, told);
            }
            ClientCommand::Delete { server_id, instance: Some(instance) } => {
                responses.delete_occurrence(Named { server_id, instance: Some(instance) }, outcome);
            }
            // What came of a delete the phone learns from what it is sent.
            ClientCommand::Delete { instance: None, .. } | ClientCommand::Fetch { .. } => {}
        }
    }
    asked.too_many.iter().for_each(|change| responses.again(change, RETRY));
    responses
}

/// Returns one whole message, or the status of why not.
fn fetched(
    session: &Session<'_>,
    (known, options): (&Known, &Options),
    server_id: &str,
) -> Result<wbxml::Element, u8> {
    let engine: &Engine = session.engine();
    let uid = match (known.kind, wire_id::target(known.folder, server_id)) {
        (Some(Kind::Mail), Target::Item(uid)) => uid,
        (Some(Kind::Mail), Target::Phantom(_) | Target::Unknown(_)) => return Err(answer::GONE),
        // Only messages are ever sent in part.
        (_, _) => return Err(PROTOCOL_ERROR),
    };
    let found = engine.fetch_outlined(session.caller, known.folder, uid, session.now);
    let found = found.and_then(|found| match found {
        Some(item) => item::as_wanted(session, known.folder, item, options),
        None => Ok(None),
    });
    match found {
        Ok(Some(item)) => Ok(answer::data(known.folder, &item, options)),
        Ok(None) => Err(answer::GONE),
        Err(error) => Err(status(&error)),
    }
}
