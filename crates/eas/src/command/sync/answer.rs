//! A Sync's answer: what one folder's round says.

use engine::{FolderId, ItemRef, ItemView, Outcome, Part, Step, SyncKey};
use items::Kind;
use wbxml::page::air_sync::{
    ADD, CHANGE, CLASS, CLIENT_ID, COLLECTION, COLLECTION_ID, COMMANDS, DELETE, FETCH, MORE_AVAILABLE,
    RESPONSES, SERVER_ID, SOFT_DELETE, STATUS, SYNC_KEY,
};
use wbxml::page::air_sync_base::INSTANCE_ID;
use wbxml::{Element, Tag};

use super::change::ClientCommand;
use super::parse::Folder;
use crate::reply::number;
use crate::request::Version;
use crate::wire_id;
use crate::{item, payload};

const DONE: u8 = 1;
/// The item could not be read.
const UNSENDABLE: u8 = 183;
const UNREADABLE: u8 = 6;
/// The server's version stays.
const KEPT: u8 = 7;
/// There is no such item.
pub(super) const GONE: u8 = 8;

/// What one folder's round says.
#[derive(Debug)]
pub(super) struct Answered {
    pub(super) status: u8,
    id: String,
    key: String,
    kind: Option<Kind>,
    pub(super) more: bool,
    pub(super) responses: Responses,
    pub(super) commands: Vec<Element>,
}

/// What came of what the phone did.
#[derive(Debug, Default)]
pub(super) struct Responses {
    adds: Vec<Element>,
    changes: Vec<Element>,
    deletes: Vec<Element>,
    fetches: Vec<Element>,
}

impl Answered {
    /// Returns the folder's id, as the phone wrote it.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn new(asked: &Folder, kind: Option<Kind>, key: SyncKey) -> Self {
        Self {
            status: DONE,
            id: asked.id.clone(),
            key: key.to_string(),
            kind,
            more: false,
            responses: Responses::default(),
            commands: Vec::new(),
        }
    }

    /// Returns the answer of a folder where nothing was done; the phone keeps its key.
    pub(super) fn failed(asked: &Folder, status: u8) -> Self {
        Self { status, key: asked.key.clone(), ..Self::new(asked, None, SyncKey::START) }
    }

    /// Writes the answer. `MoreAvailable` stands right behind the status: some phones find it nowhere else.
    pub(super) fn render(self, version: Version) -> Element {
        let mut root = Element::new(COLLECTION);
        if let Some(kind) = self.kind.filter(|_| version < Version::V14_0) {
            root.push(Element::text(CLASS, class(kind)));
        }
        root.push(Element::text(SYNC_KEY, self.key));
        root.push(Element::text(COLLECTION_ID, self.id));
        root.push(number(STATUS, self.status));
        if self.more {
            root.push(Element::new(MORE_AVAILABLE));
        }
        let Responses { adds, changes, deletes, fetches } = self.responses;
        let responses = [adds, changes, deletes, fetches].concat();
        for (tag, list) in [(RESPONSES, responses), (COMMANDS, self.commands)] {
            if !list.is_empty() {
                root.push(list.into_iter().fold(Element::new(tag), Element::with));
            }
        }
        root
    }
}

impl Responses {
    /// An add is always answered, with an id where the phone is to bind one, allowed or not.
    pub(super) fn add(&mut self, folder: FolderId, client_id: &str, outcome: Outcome, told: Option<Element>) {
        let mut response = Element::new(ADD).with(Element::text(CLIENT_ID, client_id));
        let (status, item) = match outcome {
            Outcome::Added(uid) => (DONE, Some(ItemRef::Item(uid))),
            Outcome::Phantom(phantom) => (DONE, Some(ItemRef::Phantom(phantom))),
            Outcome::Unreadable => (UNREADABLE, None),
            Outcome::Unsendable => (UNSENDABLE, None),
            Outcome::Kept => (KEPT, None),
            Outcome::Gone => (GONE, None),
            Outcome::Done => (DONE, None),
        };
        if let Some(item) = item {
            response.push(Element::text(SERVER_ID, wire_id::render(folder, item)));
        }
        self.adds.push(told.into_iter().fold(response.with(number(STATUS, status)), Element::with));
    }

    /// A change is answered only where the phone's version does not stand, or there is something to tell of it.
    pub(super) fn change(&mut self, named: Named<'_>, outcome: Outcome, told: Option<Element>) {
        let status = match outcome {
            Outcome::Added(_) | Outcome::Phantom(_) | Outcome::Done if told.is_none() => return,
            Outcome::Added(_) | Outcome::Phantom(_) | Outcome::Done => DONE,
            Outcome::Unreadable => UNREADABLE,
            Outcome::Unsendable => UNSENDABLE,
            Outcome::Kept => KEPT,
            Outcome::Gone => GONE,
        };
        let response = named.entry(CHANGE).with(number(STATUS, status));
        self.changes.push(told.into_iter().fold(response, Element::with));
    }

    /// That an occurrence goes is answered where it cannot: of whole items the phone learns from what it is sent.
    pub(super) fn delete_occurrence(&mut self, named: Named<'_>, outcome: Outcome) {
        if outcome == Outcome::Unreadable {
            self.deletes.push(named.entry(DELETE).with(number(STATUS, UNREADABLE)));
        }
    }

    pub(super) fn fetch(&mut self, server_id: &str, fetched: Result<Element, u8>) {
        let response = entry(FETCH, SERVER_ID, server_id);
        self.fetches.push(match fetched {
            Ok(data) => response.with(number(STATUS, DONE)).with(data),
            Err(status) => response.with(number(STATUS, status)),
        });
    }

    /// What was not done has to be sent again.
    pub(super) fn again(&mut self, change: &ClientCommand, status: u8) {
        let (list, response) = match change {
            ClientCommand::Add { client_id, .. } => (&mut self.adds, entry(ADD, CLIENT_ID, client_id)),
            ClientCommand::Change { server_id, instance, .. } => {
                (&mut self.changes, Named { server_id, instance: instance.as_deref() }.entry(CHANGE))
            }
            ClientCommand::Delete { server_id, instance } => {
                (&mut self.deletes, Named { server_id, instance: instance.as_deref() }.entry(DELETE))
            }
            ClientCommand::Fetch { server_id } => (&mut self.fetches, entry(FETCH, SERVER_ID, server_id)),
        };
        list.push(response.with(number(STATUS, status)));
    }
}

/// What a command is about: an item, or one occurrence of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Named<'a> {
    pub(super) server_id: &'a str,
    pub(super) instance: Option<&'a str>,
}

impl Named<'_> {
    fn entry(self, verb: Tag) -> Element {
        let instance = self.instance.map(|instance| Element::text(INSTANCE_ID, instance));
        instance.into_iter().fold(entry(verb, SERVER_ID, self.server_id), Element::with)
    }
}

fn entry(verb: Tag, tag: Tag, id: &str) -> Element {
    Element::new(verb).with(Element::text(tag, id))
}

/// Writes what the phone must do to show what the server holds; `None` for an item that phones have no form for.
pub(super) fn step(folder: FolderId, step: &Step, options: &payload::Options) -> Option<Element> {
    let named = |verb, item| Element::new(verb).with(Element::text(SERVER_ID, wire_id::render(folder, item)));
    Some(match step {
        Step::Add(item) | Step::Change { item, .. } if !item::has_form(item) => return None,
        Step::Add(item) => named(ADD, ItemRef::Item(item.uid)).with(data(folder, item, options)),
        Step::Change { item, part } => {
            let data = payload::application_data(item::render(folder, item, part, options));
            named(CHANGE, ItemRef::Item(item.uid)).with(data)
        }
        Step::Delete(item) => named(DELETE, *item),
        Step::SoftDelete(item) => named(SOFT_DELETE, *item),
    })
}

/// Writes a whole item.
pub(super) fn data(folder: FolderId, item: &ItemView, options: &payload::Options) -> Element {
    payload::application_data(item::render(folder, item, &Part::Everything, options))
}

/// Returns the protocol's word for what a folder holds.
pub(crate) const fn class(kind: Kind) -> &'static str {
    match kind {
        // Files are never on phones.
        Kind::Mail | Kind::Files => "Email",
        Kind::Calendar => "Calendar",
        Kind::Contacts => "Contacts",
        Kind::Tasks => "Tasks",
        Kind::Notes => "Notes",
    }
}
