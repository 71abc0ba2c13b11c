//! `ItemOperations`: fetching bodies that a `Sync` did not bring as they are.

use wbxml::Element;
use wbxml::page::item_operations as tag;
use wbxml::page::{air_sync, air_sync_base};

use crate::error::AnswerError;
use crate::folder::{FolderId, Wanted};
use crate::item::{Item, ItemId};
use crate::phone::{Phone, status_of};
use crate::request::{Command, Request, Sent};

/// How many bodies one request fetches.
const MAX_FETCHES: usize = 20;

const STORE: &str = "Mailbox";
const HTML: &str = "2";

impl Phone {
    /// Returns the request for the bodies that are wanted in one folder, or `None` where none is.
    pub(crate) fn fetch_request(&mut self) -> Option<Request> {
        let wants = |item: &&Item| item.body == Wanted::Yes && item.server_id.is_some();
        let folder = self.folders.values().find(|folder| folder.table.iter().any(|item| wants(&item)))?;
        let mut root = Element::new(tag::ITEM_OPERATIONS);
        let mut sent = Vec::new();
        for item in folder.table.iter().filter(wants).take(MAX_FETCHES) {
            let wish =
                Element::new(air_sync_base::BODY_PREFERENCE).with(Element::text(air_sync_base::TYPE, HTML));
            root.push(
                Element::new(tag::FETCH)
                    .with(Element::text(tag::STORE, STORE))
                    .with(Element::text(air_sync::COLLECTION_ID, folder.id.as_str()))
                    .with(Element::text(air_sync::SERVER_ID, item.server_id().unwrap_or_default()))
                    .with(Element::new(tag::OPTIONS).with(wish)),
            );
            sent.push((folder.id.clone(), item.id));
        }
        Some(self.request(Command::ItemOperations, Some(root), Sent::Bodies(sent)))
    }

    /// Shows the bodies that came; what was not found is not asked for again.
    pub(crate) fn apply_fetch(
        &mut self,
        sent: &[(FolderId, ItemId)],
        root: Option<&Element>,
    ) -> Result<(), AnswerError> {
        let command = Command::ItemOperations;
        let root = root.ok_or(AnswerError::Shape { command, what: "it is empty" })?;
        if let Some(status) = status_of(root).filter(|status| *status != 1) {
            return Err(AnswerError::Refused { command, status });
        }
        let answers = root.child(tag::RESPONSE);
        for (folder, row) in sent {
            let Some(item) = self.folders.get_mut(folder).and_then(|folder| folder.table.get_mut(*row))
            else {
                continue;
            };
            item.body = Wanted::No;
            let fetched = answers.into_iter().flat_map(|all| all.children(tag::FETCH)).find(|fetched| {
                fetched.child_text(air_sync::SERVER_ID).as_deref() == item.server_id.as_deref()
            });
            let body = fetched.and_then(|fetched| fetched.child(tag::PROPERTIES)?.child(air_sync_base::BODY));
            if let Some(body) = body {
                item.data.put(body.clone());
            }
        }
        Ok(())
    }
}
