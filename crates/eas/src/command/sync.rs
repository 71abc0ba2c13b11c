//! Sync: what changed on the phone, what changed here.
//!
//! One request names several folders; each is a round of its own, in a transaction of its own, so a fault in one
//! leaves the others' answers as they are.

mod answer;
mod change;
mod cut;
mod parse;
mod round;
mod told;
mod view;

use engine::{FolderId, Look, Timestamp};
use jiff::SignedDuration;
use wbxml::Element;
use wbxml::page::air_sync::{COLLECTIONS, LIMIT, STATUS, SYNC};

use super::{Session, body, ping};
use crate::memo::{DeviceMemo, FolderMemo, SyncMemo};
use crate::reply::{Reply, number};
use crate::server::{Answer, Failure, Limits, Resume, Wait, Woken};
use crate::wire_id;
use answer::Answered;

pub(crate) use answer::class;
pub(crate) use parse::Asked;
pub(crate) use round::owner;
pub(crate) use view::{View, filter};

/// Folders that are looked at where a request came in.
const MAX_LOOKED_AT: usize = 16;

const PROTOCOL_ERROR: u8 = 4;
const SERVER_ERROR: u8 = 5;
const HIERARCHY_CHANGED: u8 = 12;
const NO_CACHE: u8 = 13;
const BAD_WAIT: u8 = 14;
const TOO_MANY_FOLDERS: u8 = 15;
const RETRY: u8 = 16;

/// Answers a Sync, or waits.
pub(crate) fn handle(mut session: Session<'_>, root: Option<&Element>) -> Result<Answer, Failure> {
    let root = root.map(|root| body(Some(root), SYNC)).transpose()?;
    let memo = session.memo();
    let asked = match parse::request(root, memo.sync.as_ref(), session.limits()) {
        Ok(asked) => asked,
        Err(fault) => return Ok(Answer::Reply(refusal(&fault))),
    };
    for folder in &asked.folders {
        let (id, key) = (wire_id::folder(&folder.id), wire_id::key(&folder.key));
        if let Some(retry) = session.started_too_often(id, key)? {
            return Ok(Answer::Reply(retry));
        }
    }
    Ok(run(&mut session, &asked).unwrap_or_else(|| wait(session, asked)))
}

/// Returns whether a Sync says nothing, is told nothing and does not wait, as far as a look shows.
pub(crate) fn is_quiet(
    look: &mut Look<'_, '_>,
    root: Option<&Element>,
    limits: &Limits,
) -> Result<bool, engine::Error> {
    if root.is_some_and(|root| root.tag != SYNC) {
        return Ok(false);
    }
    let memo = DeviceMemo::decode(look.memo());
    let Ok(asked) = parse::request(root, memo.sync.as_ref(), limits) else { return Ok(false) };
    if asked.wait_s.is_some() || asked.folders.len() > MAX_LOOKED_AT {
        return Ok(false);
    }
    for folder in &asked.folders {
        if !round::is_quiet(look, folder)? {
            return Ok(false);
        }
    }
    // Anything new to be kept has to be written down.
    let nothing: Vec<Option<Answered>> = asked.folders.iter().map(|_| None).collect();
    Ok(memo.sync == Some(kept(&asked, &nothing)))
}

/// Goes on with a Sync that waited.
pub(crate) fn resume(
    mut session: Session<'_>,
    asked: Asked,
    (folders, until): (Vec<FolderId>, Timestamp),
    why: Woken,
) -> Answer {
    if why == Woken::GivenUp {
        return Answer::Reply(Reply::empty(200));
    }
    let pending = match session.engine().pending(session.caller, &session.device, &folders, session.now) {
        Ok(pending) => pending,
        Err(error) => return Answer::Reply(failed(&error)),
    };
    if pending.hierarchy {
        return Answer::Reply(Reply::failed(SYNC, (STATUS, HIERARCHY_CHANGED)));
    }
    if !pending.folders.is_empty()
        && let Some(answer) = run(&mut session, &asked)
    {
        return answer;
    }
    match why {
        Woken::Changed => waiting(session, asked, folders, until),
        Woken::TimeUp | Woken::GivenUp => Answer::Reply(Reply::empty(200)),
    }
}

/// Runs a round of each folder and returns the answer, or `None` where there is nothing to say.
fn run(session: &mut Session<'_>, asked: &Asked) -> Option<Answer> {
    let mut left = round::Room::new(asked.window, session.limits());
    let mut answers = Vec::new();
    for folder in &asked.folders {
        answers.push(round::run(session, folder, &mut left));
    }
    let kept = kept(asked, &answers);
    if let Err(error) = session.remember(|memo| memo.sync = Some(kept.clone())) {
        // The rounds are done and their answers hold; the next request that leaves something out is asked to
        // say it all. Until then the old list could be taken for what was said now, so nothing is answered.
        return Some(Answer::Reply(failed(&error)));
    }
    let said: Vec<Answered> = answers.into_iter().flatten().collect();
    if said.is_empty() {
        return None;
    }
    for trouble in said.iter().filter(|answer| answer.status != 1) {
        let folder = wire_id::folder(trouble.id());
        let what = format!("Sync: {}", trouble.status);
        session.server.note_trouble(session.device.id, folder, &what, session.now);
    }
    let mut root = Element::new(SYNC);
    if said.iter().all(|answer| answer.status == HIERARCHY_CHANGED) {
        // Phones look for this one at the top.
        root.push(number(STATUS, HIERARCHY_CHANGED));
    }
    let mut list = Element::new(COLLECTIONS);
    for answer in said {
        list.push(answer.render(session.version));
    }
    Some(Answer::Reply(Reply::wbxml(&root.with(list))))
}

/// Waits for something to say, if the phone wants to wait.
fn wait(session: Session<'_>, asked: Asked) -> Answer {
    let Some(wait_s) = asked.wait_s else { return Answer::Reply(Reply::empty(200)) };
    let folders: Vec<FolderId> = asked.folders.iter().map(|folder| wire_id::folder(&folder.id)).collect();
    match session.engine().pending(session.caller, &session.device, &[], session.now) {
        Ok(pending) if pending.hierarchy => {
            return Answer::Reply(Reply::failed(SYNC, (STATUS, HIERARCHY_CHANGED)));
        }
        Ok(_) => {}
        Err(error) => return Answer::Reply(failed(&error)),
    }
    let wait_s = SignedDuration::from_secs(wait_s.saturating_sub(ping::MARGIN_S).into());
    let until = session.now.saturating_add(wait_s).unwrap_or(Timestamp::MAX);
    waiting(session, asked.without_changes(), folders, until)
}

fn waiting(session: Session<'_>, asked: Asked, folders: Vec<FolderId>, until: Timestamp) -> Answer {
    let merged = match session.merged(&folders) {
        Ok(merged) => merged,
        Err(error) => return Answer::Reply(failed(&error)),
    };
    let Session { device, version, dates, .. } = session;
    let resume = Resume::Sync(Box::new(asked));
    Answer::Wait(Wait { device, folders, merged, until, version, dates, resume })
}

/// Returns what is kept of a request, for the next one to leave out. A key is kept only while it is certain that
/// the phone holds it: an answer that gave out another may have been lost.
fn kept(asked: &Asked, answers: &[Option<Answered>]) -> SyncMemo {
    let folders = asked.folders.iter().zip(answers).map(|(folder, answer)| FolderMemo {
        folder: wire_id::folder(&folder.id),
        key: answer.is_none().then(|| wire_id::key(&folder.key)),
        window: folder.window,
        get_changes: folder.get_changes,
        to_trash: folder.to_trash,
    });
    SyncMemo { window: asked.window, wait_s: asked.wait_s, folders: folders.collect() }
}

fn refusal(fault: &parse::Fault) -> Reply {
    match fault {
        parse::Fault::Protocol => Reply::failed(SYNC, (STATUS, PROTOCOL_ERROR)),
        parse::Fault::NoCache => Reply::failed(SYNC, (STATUS, NO_CACHE)),
        parse::Fault::Wait { nearest } => limited(BAD_WAIT, *nearest),
        parse::Fault::TooManyFolders { limit } => limited(TOO_MANY_FOLDERS, *limit),
    }
}

fn limited(status: u8, limit: impl Copy + std::fmt::Display) -> Reply {
    Reply::wbxml(&Element::new(SYNC).with(number(STATUS, status)).with(number(LIMIT, limit)))
}

fn failed(error: &engine::Error) -> Reply {
    tracing::warn!(error = %crate::server::chain(error), "a Sync failed");
    Reply::failed(SYNC, (STATUS, round::status(error)))
}
