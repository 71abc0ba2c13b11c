//! FolderSync: which folders are there, and what changed of them.

use engine::{FolderEntry, FolderId, FolderStep, HierarchyOutcome};
use items::Kind;
use wbxml::page::folder_hierarchy::{
    ADD, CHANGES, COUNT, DELETE, DISPLAY_NAME, FOLDER_SYNC, PARENT_ID, SERVER_ID, STATUS, SYNC_KEY, TYPE,
    UPDATE,
};
use wbxml::{Element, Tag};

use super::{Session, body};
use crate::reply::{Reply, number};
use crate::request::{Command, Request};
use crate::server::Failure;
use crate::wire_id;

/// The id under which some Androids try a new account out. It is no device, and nothing is kept of it.
const ACCOUNT_CHECK: &str = "validate";

/// Types of folders of the user's own making, and of all shared ones.
mod user_made {
    pub(super) const MAIL: i64 = 12;
    pub(super) const CALENDAR: i64 = 13;
    pub(super) const CONTACTS: i64 = 14;
    pub(super) const TASKS: i64 = 15;
    pub(super) const NOTES: i64 = 17;
    pub(super) const UNKNOWN: i64 = 18;
}

/// Returns the answer to a request that only tries the account out.
pub(crate) fn account_check(request: &Request) -> Option<Reply> {
    if request.command != Command::FolderSync || request.device.id() != ACCOUNT_CHECK {
        return None;
    }
    let changes = Element::new(CHANGES).with(number(COUNT, 0));
    let key = Element::text(SYNC_KEY, "1");
    Some(Reply::wbxml(&Element::new(FOLDER_SYNC).with(number(STATUS, 1)).with(key).with(changes)))
}

/// Answers a FolderSync.
pub(crate) fn handle(session: &Session<'_>, root: Option<&Element>) -> Result<Reply, Failure> {
    let root = body(root, FOLDER_SYNC)?;
    let Some(key) = root.child_text(SYNC_KEY) else { return Ok(Reply::failed(FOLDER_SYNC, (STATUS, 10))) };
    let key = wire_id::key(&key);
    if let Some(retry) = session.started_too_often(FolderId::TOP, key)? {
        return Ok(retry);
    }
    let outcome = session.engine().folder_sync(session.caller, &session.device, key, session.now)?;
    Ok(match outcome {
        HierarchyOutcome::Answered { key, steps } => {
            let head = Element::new(FOLDER_SYNC).with(number(STATUS, 1)).with(number(SYNC_KEY, key));
            Reply::wbxml(&head.with(changes(&steps)))
        }
        HierarchyOutcome::KeyUnknown => Reply::failed(FOLDER_SYNC, (STATUS, 9)),
    })
}

/// Writes the steps: updates, then deletes, then adds, each in the engine's order (parents first).
fn changes(steps: &[FolderStep]) -> Element {
    let mut changes = Element::new(CHANGES).with(number(COUNT, steps.len()));
    let updates = steps.iter().filter(|step| matches!(step, FolderStep::Update(_)));
    let deletes = steps.iter().filter(|step| matches!(step, FolderStep::Delete(_)));
    let adds = steps.iter().filter(|step| matches!(step, FolderStep::Add(_)));
    for step in updates.chain(deletes).chain(adds) {
        changes.push(match step {
            FolderStep::Add(folder) => entry(ADD, folder),
            FolderStep::Update(folder) => entry(UPDATE, folder),
            FolderStep::Delete(folder) => Element::new(DELETE).with(number(SERVER_ID, folder)),
        });
    }
    changes
}

fn entry(verb: Tag, folder: &FolderEntry) -> Element {
    Element::new(verb)
        .with(number(SERVER_ID, folder.id))
        .with(number(PARENT_ID, folder.parent))
        .with(Element::text(DISPLAY_NAME, folder.name.as_str()))
        .with(number(TYPE, folder_type(folder)))
}

/// Returns the type of a folder: a default one's is its role.
pub(super) const fn folder_type(folder: &FolderEntry) -> i64 {
    if folder.role != 0 {
        return folder.role;
    }
    match folder.kind {
        Kind::Mail => user_made::MAIL,
        Kind::Calendar => user_made::CALENDAR,
        Kind::Contacts => user_made::CONTACTS,
        Kind::Tasks => user_made::TASKS,
        Kind::Notes => user_made::NOTES,
        Kind::Files => user_made::UNKNOWN,
    }
}

/// Returns what a folder of a type that a phone may create holds.
pub(super) fn kind_of(folder_type: &str) -> Option<Kind> {
    match folder_type.trim().parse().ok()? {
        // Generic folders hold mail.
        1 | user_made::MAIL => Some(Kind::Mail),
        user_made::CALENDAR => Some(Kind::Calendar),
        user_made::CONTACTS => Some(Kind::Contacts),
        user_made::TASKS => Some(Kind::Tasks),
        user_made::NOTES => Some(Kind::Notes),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use engine::FolderId;

    use super::*;

    fn folder(id: i64, role: i64, kind: Kind) -> FolderEntry {
        FolderEntry {
            id: FolderId(id),
            parent: FolderId::TOP,
            name: format!("F{id}"),
            kind,
            role,
            shared: role == 0,
        }
    }

    #[test]
    fn a_default_folder_has_its_own_type_and_others_the_one_of_their_kind() {
        assert_eq!(folder_type(&folder(1, 8, Kind::Calendar)), 8);
        for kind in [Kind::Mail, Kind::Calendar, Kind::Contacts, Kind::Tasks, Kind::Notes] {
            let shared = folder_type(&folder(1, 0, kind));
            assert_eq!(kind_of(&shared.to_string()), Some(kind));
            assert!(shared > 11, "{kind}");
        }
        for no_kind in ["0", "2", "8", "16", "18", "x", ""] {
            assert_eq!(kind_of(no_kind), None, "{no_kind:?}");
        }
    }

    #[test]
    fn steps_are_counted_and_grouped() {
        let steps = [
            FolderStep::Add(folder(1, 2, Kind::Mail)),
            FolderStep::Delete(FolderId(5)),
            FolderStep::Add(folder(2, 0, Kind::Mail)),
            FolderStep::Update(folder(3, 0, Kind::Notes)),
        ];
        let changes = changes(&steps);
        assert_eq!(changes.child_text(COUNT).as_deref(), Some("4"));
        let verbs: Vec<_> = changes.elements().skip(1).map(|step| step.tag).collect();
        assert_eq!(verbs, [UPDATE, DELETE, ADD, ADD]);
        let ids: Vec<_> = changes.children(ADD).filter_map(|add| add.child_text(SERVER_ID)).collect();
        assert_eq!(ids, ["1", "2"]);
    }
}
