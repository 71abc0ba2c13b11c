//! `FolderCreate`, `FolderUpdate` and `FolderDelete`.

use engine::{Error, FolderOutcome};
use wbxml::page::folder_hierarchy::{
    DISPLAY_NAME, FOLDER_CREATE, FOLDER_DELETE, FOLDER_UPDATE, PARENT_ID, SERVER_ID, STATUS, SYNC_KEY, TYPE,
};
use wbxml::{Element, Tag};

use super::folder_sync::kind_of;
use super::{Session, body};
use crate::reply::{Reply, number};
use crate::server::Failure;
use crate::wire_id;

/// The most characters in a folder's name.
const MAX_NAME: usize = 256;

const DONE: u8 = 1;
const EXISTS: u8 = 2;
/// The folder is special. The nearest to "not allowed": phones leave their folders as they are.
const SPECIAL: u8 = 3;
const NOT_FOUND: u8 = 4;
const NO_PARENT: u8 = 5;
const KEY_UNKNOWN: u8 = 9;
const MALFORMED: u8 = 10;

/// Answers a `FolderCreate`.
pub(crate) fn create(session: &Session<'_>, root: Option<&Element>) -> Result<Reply, Failure> {
    let root = body(root, FOLDER_CREATE)?;
    let (Some(key), Some(parent), Some(name)) =
        (root.child_text(SYNC_KEY), root.child_text(PARENT_ID), name(root))
    else {
        return Ok(Reply::failed(FOLDER_CREATE, (STATUS, MALFORMED)));
    };
    let Some(kind) = root.child_text(TYPE).and_then(|folder_type| kind_of(&folder_type)) else {
        return Ok(Reply::failed(FOLDER_CREATE, (STATUS, MALFORMED)));
    };
    let asked = (wire_id::key(&key), wire_id::parent(&parent), name.as_str(), kind);
    let outcome = session.engine().folder_create(session.caller, &session.device, asked, session.now);
    reply(FOLDER_CREATE, &key, outcome)
}

/// Answers a `FolderUpdate`.
pub(crate) fn update(session: &Session<'_>, root: Option<&Element>) -> Result<Reply, Failure> {
    let root = body(root, FOLDER_UPDATE)?;
    let asked =
        (root.child_text(SYNC_KEY), root.child_text(SERVER_ID), root.child_text(PARENT_ID), name(root));
    let (Some(key), Some(folder), Some(parent), Some(name)) = asked else {
        return Ok(Reply::failed(FOLDER_UPDATE, (STATUS, MALFORMED)));
    };
    let asked = (wire_id::key(&key), wire_id::folder(&folder), wire_id::parent(&parent), name.as_str());
    let outcome = session.engine().folder_update(session.caller, &session.device, asked, session.now);
    reply(FOLDER_UPDATE, &key, outcome)
}

/// Answers a `FolderDelete`.
pub(crate) fn delete(session: &Session<'_>, root: Option<&Element>) -> Result<Reply, Failure> {
    let root = body(root, FOLDER_DELETE)?;
    let (Some(key), Some(folder)) = (root.child_text(SYNC_KEY), root.child_text(SERVER_ID)) else {
        return Ok(Reply::failed(FOLDER_DELETE, (STATUS, MALFORMED)));
    };
    let asked = (wire_id::key(&key), wire_id::folder(&folder));
    let outcome = session.engine().folder_delete(session.caller, &session.device, asked, session.now);
    reply(FOLDER_DELETE, &key, outcome)
}

/// Returns the name a folder is to have, or `None` where it has none that can be.
fn name(root: &Element) -> Option<String> {
    let name = root.child(DISPLAY_NAME)?.exact_value()?.trim().to_owned();
    let fits = !name.is_empty() && name.chars().count() <= MAX_NAME && !name.contains(char::is_control);
    fits.then_some(name)
}

/// Writes what came of it. Where nothing was done the phone keeps its key: a new one that its folders do not match
/// would make it start over.
fn reply(command: Tag, key: &str, outcome: Result<FolderOutcome, Error>) -> Result<Reply, Failure> {
    let outcome = match outcome {
        Err(Error::Invalid { .. }) => return Ok(Reply::failed(command, (STATUS, MALFORMED))),
        other => other?,
    };
    let status = status(command, &outcome);
    let mut root = Element::new(command).with(number(STATUS, status));
    match outcome {
        FolderOutcome::Done { key, folder } => {
            root.push(number(SYNC_KEY, key));
            if command == FOLDER_CREATE {
                root.push(number(SERVER_ID, folder));
            }
        }
        FolderOutcome::KeyUnknown => {}
        FolderOutcome::Denied
        | FolderOutcome::Special
        | FolderOutcome::Exists
        | FolderOutcome::NotFound
        | FolderOutcome::ParentNotFound => root.push(Element::text(SYNC_KEY, key)),
    }
    Ok(Reply::wbxml(&root))
}

fn status(command: Tag, outcome: &FolderOutcome) -> u8 {
    match outcome {
        FolderOutcome::Done { .. } => DONE,
        FolderOutcome::Denied => SPECIAL,
        // An update has no other word for a default folder.
        FolderOutcome::Special => {
            if command == FOLDER_UPDATE {
                EXISTS
            } else {
                SPECIAL
            }
        }
        FolderOutcome::Exists => EXISTS,
        FolderOutcome::NotFound => NOT_FOUND,
        FolderOutcome::ParentNotFound => NO_PARENT,
        FolderOutcome::KeyUnknown => KEY_UNKNOWN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[rustfmt::skip] // a table reads as a table
    fn outcomes_have_statuses() {
        let table = [ //                    create update delete
            (FolderOutcome::Denied,         [3,    3,     3]),
            (FolderOutcome::Special,        [3,    2,     3]),
            (FolderOutcome::Exists,         [2,    2,     2]),
            (FolderOutcome::NotFound,       [4,    4,     4]),
            (FolderOutcome::ParentNotFound, [5,    5,     5]),
            (FolderOutcome::KeyUnknown,     [9,    9,     9]),
        ];
        for (outcome, expected) in table {
            let got = [FOLDER_CREATE, FOLDER_UPDATE, FOLDER_DELETE].map(|command| status(command, &outcome));
            assert_eq!(got, expected, "{outcome:?}");
        }
    }

    #[test]
    fn where_nothing_was_done_the_key_stays() {
        let read = |outcome| {
            let reply = reply(FOLDER_DELETE, "7", Ok(outcome)).ok().unwrap();
            let root = wbxml::decode(&reply.body, &wbxml::Limits::default()).unwrap();
            root.child_text(SYNC_KEY).map(std::borrow::Cow::into_owned)
        };
        assert_eq!(read(FolderOutcome::Denied).as_deref(), Some("7"));
        assert_eq!(read(FolderOutcome::KeyUnknown), None);
    }

    #[test]
    fn a_name_has_1_to_256_characters_and_none_of_them_control() {
        let read = |text: &str| name(&Element::new(FOLDER_CREATE).with(Element::text(DISPLAY_NAME, text)));
        assert_eq!(read(" Team ").as_deref(), Some("Team"));
        assert_eq!(read(&"ä".repeat(MAX_NAME)).map(|name| name.chars().count()), Some(MAX_NAME));
        for bad in ["", "  ", "a\nb", &"ä".repeat(MAX_NAME + 1)] {
            assert_eq!(read(bad), None, "{bad:?}");
        }
        assert_eq!(name(&Element::new(FOLDER_CREATE)), None);
    }
}
