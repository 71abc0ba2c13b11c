//! GetHierarchy, up to 12.1: the mail folders, all at once.

use items::Kind;
use wbxml::Element;
use wbxml::page::folder_hierarchy::{DISPLAY_NAME, FOLDER, FOLDERS, PARENT_ID, SERVER_ID, TYPE};

use super::Session;
use super::folder_sync::folder_type;
use crate::reply::{Reply, number};
use crate::server::Failure;

/// Answers a GetHierarchy.
pub(crate) fn handle(session: &Session<'_>) -> Result<Reply, Failure> {
    let mut answer = Element::new(FOLDERS);
    for entry in session.engine().shown_folders(session.caller, &session.device, session.now)? {
        if entry.kind != Kind::Mail {
            continue;
        }
        let folder = Element::new(FOLDER)
            .with(Element::text(DISPLAY_NAME, &entry.name))
            .with(number(SERVER_ID, entry.id))
            .with(number(TYPE, folder_type(&entry)))
            .with(number(PARENT_ID, entry.parent));
        answer.push(folder);
    }
    Ok(Reply::wbxml(&answer))
}
