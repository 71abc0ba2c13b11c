//! `Ping`.

use wbxml::Element;
use wbxml::page::ping as tag;

use crate::error::AnswerError;
use crate::folder::{FolderId, NO_KEY, Wanted};
use crate::phone::{Phone, status_of};
use crate::request::{Command, Request, Sent};

impl Phone {
    /// Returns the request that waits for changes in every folder that has been synchronised.
    pub fn ping_request(&mut self, heartbeat_s: u32) -> Request {
        let mut folders = Element::new(tag::FOLDERS);
        for folder in self.folders.values() {
            let Some(class) = folder.synced_class(self.habit.version) else { continue };
            if folder.key != NO_KEY {
                folders.push(
                    Element::new(tag::FOLDER)
                        .with(Element::text(tag::ID, folder.id.as_str()))
                        .with(Element::text(tag::CLASS, class.name())),
                );
            }
        }
        let root = Element::new(tag::PING)
            .with(Element::text(tag::HEARTBEAT_INTERVAL, heartbeat_s.to_string()))
            .with(folders);
        self.request(Command::Ping, Some(root), Sent::Nothing)
    }

    pub(crate) fn apply_ping(&mut self, root: Option<&Element>) -> Result<(), AnswerError> {
        let command = Command::Ping;
        let root = root.ok_or(AnswerError::Shape { command, what: "it is empty" })?;
        match status_of(root) {
            Some(1) => {}
            Some(2) => {
                let changed = root.child(tag::FOLDERS).into_iter().flat_map(Element::elements);
                for id in changed.map(|folder| FolderId(folder.value().into_owned())) {
                    self.want(&id);
                }
            }
            Some(7) => self.hierarchy = Wanted::Yes,
            Some(status) => return Err(AnswerError::Refused { command, status }),
            None => return Err(AnswerError::Shape { command, what: "it has no status" }),
        }
        Ok(())
    }
}
