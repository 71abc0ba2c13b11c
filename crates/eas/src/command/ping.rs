//! Ping: tell me when something changes in these folders.

use engine::{FolderId, Timestamp};
use jiff::SignedDuration;
use wbxml::Element;
use wbxml::page::ping::{FOLDER, FOLDERS, HEARTBEAT_INTERVAL, ID, MAX_FOLDERS, PING, STATUS};

use super::{Session, body};
use crate::memo::PingMemo;
use crate::reply::{Reply, number};
use crate::server::{Answer, Failure, Limits, Resume, Wait, Woken};
use crate::wire_id;

/// Seconds before the end of the interval at which a phone is answered. One that hears after the end takes the
/// connection for cut, and learns to wait less.
pub(crate) const MARGIN_S: u32 = 3;

/// What a phone asks.
#[derive(Debug, PartialEq, Eq)]
struct Asked {
    heartbeat_s: u32,
    folders: Vec<FolderId>,
}

/// Why a request cannot be taken.
#[derive(Debug, PartialEq, Eq)]
enum Fault {
    /// The interval or the folders are missing, and were never said.
    Missing,
    Syntax,
    Interval {
        nearest_s: u32,
    },
    TooMany {
        limit: usize,
    },
}

/// Answers a Ping, or waits.
pub(crate) fn handle(mut session: Session<'_>, root: Option<&Element>) -> Result<Answer, Failure> {
    let root = root.map(|root| body(Some(root), PING)).transpose()?;
    let memo = session.memo();
    let asked = match parse(root, &memo.ping, session.limits()) {
        Ok(asked) => asked,
        Err(fault) => return Ok(Answer::Reply(refusal(&fault))),
    };
    let ping = PingMemo { heartbeat_s: Some(asked.heartbeat_s), folders: Some(asked.folders.clone()) };
    if let Err(error) = session.remember(|memo| memo.ping.clone_from(&ping)) {
        return Ok(Answer::Reply(failed(&error)));
    }
    let wait_s = asked.heartbeat_s.saturating_sub(MARGIN_S);
    let until =
        session.now.saturating_add(SignedDuration::from_secs(wait_s.into())).unwrap_or(Timestamp::MAX);
    Ok(answer(session, asked.folders, until))
}

/// Goes on with a Ping that waited.
pub(crate) fn resume(session: Session<'_>, folders: Vec<FolderId>, until: Timestamp, why: Woken) -> Answer {
    match why {
        Woken::Changed => answer(session, folders, until),
        // A last look costs little, and says now what the phone would otherwise hear of a request later.
        Woken::TimeUp => {
            Answer::Reply(look(&session, &folders).unwrap_or_else(|| Reply::failed(PING, (STATUS, 1))))
        }
        Woken::GivenUp => Answer::Reply(Reply::failed(PING, (STATUS, 1))),
    }
}

fn answer(session: Session<'_>, folders: Vec<FolderId>, until: Timestamp) -> Answer {
    if let Some(reply) = look(&session, &folders) {
        return Answer::Reply(reply);
    }
    let merged = match session.merged(&folders) {
        Ok(merged) => merged,
        Err(error) => return Answer::Reply(failed(&error)),
    };
    let Session { mut device, version, dates, .. } = session;
    // Ten thousand may wait at once: what can be read again is not held.
    device.memo = String::new();
    device.info = String::new();
    Answer::Wait(Wait { device, folders, merged, until, version, dates, resume: Resume::Ping })
}

/// Returns the answer if there is something to say.
fn look(session: &Session<'_>, folders: &[FolderId]) -> Option<Reply> {
    let pending = match session.engine().pending(session.caller, &session.device, folders, session.now) {
        Ok(pending) => pending,
        Err(error) => return Some(failed(&error)),
    };
    if pending.hierarchy {
        return Some(Reply::failed(PING, (STATUS, 7)));
    }
    if pending.folders.is_empty() {
        return None;
    }
    let mut list = Element::new(FOLDERS);
    pending.folders.iter().for_each(|folder| list.push(number(FOLDER, folder)));
    Some(Reply::wbxml(&Element::new(PING).with(number(STATUS, 2)).with(list)))
}

fn failed(error: &engine::Error) -> Reply {
    tracing::warn!(error = %crate::server::chain(error), "a Ping failed");
    Reply::failed(PING, (STATUS, 8))
}

fn refusal(fault: &Fault) -> Reply {
    let refused = |status: u8| Element::new(PING).with(number(STATUS, status));
    Reply::wbxml(&match fault {
        Fault::Missing => refused(3),
        Fault::Syntax => refused(4),
        Fault::Interval { nearest_s } => refused(5).with(number(HEARTBEAT_INTERVAL, nearest_s)),
        Fault::TooMany { limit } => refused(6).with(number(MAX_FOLDERS, limit)),
    })
}

fn parse(root: Option<&Element>, last: &PingMemo, limits: &Limits) -> Result<Asked, Fault> {
    let heartbeat_s = match root.and_then(|root| root.child_text(HEARTBEAT_INTERVAL)) {
        Some(text) => Some(text.trim().parse().map_err(|_| Fault::Syntax)?),
        None => last.heartbeat_s,
    };
    let folders = match root.and_then(|root| root.child(FOLDERS)) {
        Some(named) => Some(folders(named, limits.folders)?),
        None => last.folders.clone(),
    };
    let (Some(heartbeat_s), Some(folders)) = (heartbeat_s, folders) else { return Err(Fault::Missing) };
    let nearest_s = heartbeat_s.clamp(*limits.heartbeat_s.start(), *limits.heartbeat_s.end());
    if nearest_s != heartbeat_s {
        return Err(Fault::Interval { nearest_s });
    }
    Ok(Asked { heartbeat_s, folders })
}

/// Reads the list of folders. Phones also name what was never a folder here (their outbox): that is passed over.
fn folders(list: &Element, limit: usize) -> Result<Vec<FolderId>, Fault> {
    if list.children(FOLDER).count() > limit {
        return Err(Fault::TooMany { limit });
    }
    let mut folders = Vec::new();
    for entry in list.children(FOLDER) {
        let id = entry.child_text(ID).ok_or(Fault::Syntax)?;
        let folder = wire_id::folder(&id);
        if wire_id::is_folder(folder) && !folders.contains(&folder) {
            folders.push(folder);
        }
    }
    Ok(folders)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(heartbeat: &str, ids: &[&str]) -> Element {
        let mut list = Element::new(FOLDERS);
        for id in ids {
            list.push(Element::new(FOLDER).with(Element::text(ID, *id)));
        }
        Element::new(PING).with(Element::text(HEARTBEAT_INTERVAL, heartbeat)).with(list)
    }

    fn read(root: Option<&Element>, last: &PingMemo) -> Result<(u32, Vec<i64>), Fault> {
        let limits = Limits { folders: 3, ..Limits::default() };
        parse(root, last, &limits)
            .map(|asked| (asked.heartbeat_s, asked.folders.iter().map(|id| id.0).collect()))
    }

    #[test]
    fn what_is_left_out_is_what_was_said_before() {
        let last = PingMemo { heartbeat_s: Some(480), folders: Some(vec![FolderId(7)]) };
        assert_eq!(read(None, &last), Ok((480, vec![7])));
        assert_eq!(read(Some(&Element::new(PING)), &last), Ok((480, vec![7])));
        assert_eq!(read(Some(&request("60", &["12"])), &last), Ok((60, vec![12])));
        let interval = Element::new(PING).with(Element::text(HEARTBEAT_INTERVAL, "900"));
        assert_eq!(read(Some(&interval), &last), Ok((900, vec![7])));
        assert_eq!(read(None, &PingMemo::default()), Err(Fault::Missing));
        assert_eq!(read(Some(&interval), &PingMemo::default()), Err(Fault::Missing));
    }

    #[test]
    fn the_interval_has_bounds() {
        let last = PingMemo::default();
        for (asked, answer) in [
            ("59", Err(Fault::Interval { nearest_s: 60 })),
            ("60", Ok((60, vec![1]))),
            ("3540", Ok((3540, vec![1]))),
            ("3541", Err(Fault::Interval { nearest_s: 3540 })),
            ("soon", Err(Fault::Syntax)),
            ("-1", Err(Fault::Syntax)),
        ] {
            assert_eq!(read(Some(&request(asked, &["1"])), &last), answer, "{asked}");
        }
    }

    #[test]
    fn what_was_never_a_folder_is_passed_over() {
        let asked = request("60", &["1", "Outbox", "1"]);
        assert_eq!(read(Some(&asked), &PingMemo::default()), Ok((60, vec![1])));
    }

    #[test]
    fn folders_have_a_limit() {
        let last = PingMemo::default();
        assert!(read(Some(&request("60", &["1", "2", "3"])), &last).is_ok());
        assert_eq!(
            read(Some(&request("60", &["1", "2", "3", "4"])), &last),
            Err(Fault::TooMany { limit: 3 })
        );
    }
}
