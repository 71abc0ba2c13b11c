//! `FolderSync`, `FolderCreate`, `FolderUpdate` and `FolderDelete`.

use std::collections::BTreeSet;

use wbxml::Element;
use wbxml::page::folder_hierarchy as tag;

use crate::error::AnswerError;
use crate::folder::{Folder, FolderId, NO_KEY, Wanted};
use crate::phone::{Phone, status_of};
use crate::request::{Command, Request, Sent};

/// What the user wants to do with a folder.
#[derive(Debug, Clone)]
pub(crate) enum FolderEdit {
    Create { parent: String, name: String, number: u8 },
    Update { id: FolderId, parent: String, name: String },
    Delete { id: FolderId },
}

/// The hierarchy's sync key is not known to the server.
const KEY_UNKNOWN: u16 = 9;

impl Phone {
    pub(crate) fn folder_sync_request(&mut self) -> Request {
        let key = Element::text(tag::SYNC_KEY, self.hierarchy_key.clone());
        self.request(Command::FolderSync, Some(Element::new(tag::FOLDER_SYNC).with(key)), Sent::Nothing)
    }

    /// Returns the request for the first folder edit, once the phone has a key for it.
    pub(crate) fn folder_edit_request(&mut self) -> Option<Request> {
        let edit = self.folder_edits.front()?.clone();
        if self.hierarchy_key == NO_KEY {
            return Some(self.folder_sync_request());
        }
        let key = Element::text(tag::SYNC_KEY, self.hierarchy_key.clone());
        let (command, root) = match &edit {
            FolderEdit::Create { parent, name, number } => (
                Command::FolderCreate,
                Element::new(tag::FOLDER_CREATE)
                    .with(key)
                    .with(Element::text(tag::PARENT_ID, parent))
                    .with(Element::text(tag::DISPLAY_NAME, name))
                    .with(Element::text(tag::TYPE, number.to_string())),
            ),
            FolderEdit::Update { id, parent, name } => (
                Command::FolderUpdate,
                Element::new(tag::FOLDER_UPDATE)
                    .with(key)
                    .with(Element::text(tag::SERVER_ID, id.as_str()))
                    .with(Element::text(tag::PARENT_ID, parent))
                    .with(Element::text(tag::DISPLAY_NAME, name)),
            ),
            FolderEdit::Delete { id } => (
                Command::FolderDelete,
                Element::new(tag::FOLDER_DELETE).with(key).with(Element::text(tag::SERVER_ID, id.as_str())),
            ),
        };
        Some(self.request(command, Some(root), Sent::FolderEdit(edit)))
    }

    pub(crate) fn apply_folder_sync(&mut self, root: Option<&Element>) -> Result<(), AnswerError> {
        let command = Command::FolderSync;
        let root = root.ok_or(AnswerError::Shape { command, what: "it is empty" })?;
        match status_of(root) {
            Some(1) => {}
            Some(KEY_UNKNOWN) => {
                NO_KEY.clone_into(&mut self.hierarchy_key);
                self.hierarchy = Wanted::Yes;
                return Ok(());
            }
            Some(status) => return Err(AnswerError::Refused { command, status }),
            None => return Err(AnswerError::Shape { command, what: "it has no status" }),
        }
        let key = new_key(root, command)?;
        let empty = Element::new(tag::CHANGES);
        let changes = root.child(tag::CHANGES).unwrap_or(&empty);
        if self.hierarchy_key == NO_KEY {
            let named: BTreeSet<FolderId> = changes.children(tag::ADD).filter_map(id_of).collect();
            self.folders.retain(|id, _| named.contains(id));
        }
        changes.elements().for_each(|change| self.apply_folder_change(change));
        self.hierarchy_key = key;
        self.hierarchy = Wanted::No;
        Ok(())
    }

    fn apply_folder_change(&mut self, change: &Element) {
        let Some(id) = id_of(change) else { return };
        if change.tag == tag::DELETE {
            self.folders.remove(&id);
            return;
        }
        let text = |tag| change.child_text(tag).unwrap_or_default().into_owned();
        let number: u8 = text(tag::TYPE).parse().unwrap_or_default();
        if change.tag == tag::ADD && !self.folders.contains_key(&id) {
            self.folders.insert(id.clone(), Folder::new(id.clone(), number));
        }
        if let Some(folder) = self.folders.get_mut(&id) {
            folder.name = text(tag::DISPLAY_NAME);
            folder.parent = text(tag::PARENT_ID);
            folder.number = number;
        }
    }

    pub(crate) fn apply_folder_edit(
        &mut self,
        command: Command,
        edit: &FolderEdit,
        root: Option<&Element>,
    ) -> Result<(), AnswerError> {
        let root = root.ok_or(AnswerError::Shape { command, what: "it is empty" })?;
        match status_of(root) {
            Some(1) => {
                let key = new_key(root, command)?;
                self.take_folder_edit(command, edit, root)?;
                self.hierarchy_key = key;
            }
            Some(KEY_UNKNOWN) => {
                NO_KEY.clone_into(&mut self.hierarchy_key);
                self.hierarchy = Wanted::Yes;
            }
            Some(_) => self.hierarchy = Wanted::Yes,
            None => return Err(AnswerError::Shape { command, what: "it has no status" }),
        }
        self.folder_edits.pop_front();
        Ok(())
    }

    /// Shows what the server agreed to.
    fn take_folder_edit(
        &mut self,
        command: Command,
        edit: &FolderEdit,
        root: &Element,
    ) -> Result<(), AnswerError> {
        match edit {
            FolderEdit::Create { parent, name, number } => {
                let what = "it names no folder";
                let id = id_of(root).ok_or(AnswerError::Shape { command, what })?;
                let mut folder = Folder::new(id.clone(), *number);
                parent.clone_into(&mut folder.parent);
                name.clone_into(&mut folder.name);
                self.folders.insert(id, folder);
            }
            FolderEdit::Update { id, parent, name } => {
                if let Some(folder) = self.folders.get_mut(id) {
                    parent.clone_into(&mut folder.parent);
                    name.clone_into(&mut folder.name);
                }
            }
            FolderEdit::Delete { id } => self.drop_folder(id),
        }
        Ok(())
    }

    /// Drops a folder and all below it.
    fn drop_folder(&mut self, id: &FolderId) {
        let mut waiting = vec![id.clone()];
        while let Some(id) = waiting.pop() {
            if self.folders.remove(&id).is_some() {
                let below = self.folders.values().filter(|folder| folder.parent == id.0);
                waiting.extend(below.map(|folder| folder.id.clone()));
            }
        }
    }
}

fn id_of(element: &Element) -> Option<FolderId> {
    element.child_text(tag::SERVER_ID).map(|id| FolderId(id.into_owned()))
}

fn new_key(root: &Element, command: Command) -> Result<String, AnswerError> {
    let key = root.child_text(tag::SYNC_KEY).filter(|key| key != NO_KEY);
    key.map(std::borrow::Cow::into_owned).ok_or(AnswerError::Shape { command, what: "it has no sync key" })
}
