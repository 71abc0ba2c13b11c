//! Reading what went over the wire: what a request asked for and what the answer says of it.

use std::collections::{BTreeMap, BTreeSet};

use eas::request::{Received, Request};
use hyper::Method;
use hyper::header::{HeaderMap, HeaderValue};
use phone::Data;
use wbxml::page::{air_sync as tag, folder_hierarchy, move_};
use wbxml::{Element, Limits};

use super::Violation;
use super::content::Fields;
use super::model::{Folder, Uid};
use super::world::broken;

/// What a command does to an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Op {
    Add,
    Change,
    Delete,
    Move,
}

impl Op {
    /// Returns what a record calls it.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Add => "create",
            Self::Change => "change",
            Self::Delete => "delete",
            Self::Move => "move",
        }
    }
}

/// One command of a phone.
#[derive(Debug, Clone)]
pub(super) struct Told {
    pub(super) op: Op,
    /// The client's id of what it adds, the server's id of everything else.
    pub(super) id: String,
    /// The texts that are not empty.
    pub(super) fields: Fields,
    /// The names of those that are there and empty.
    pub(super) emptied: BTreeSet<String>,
}

impl Told {
    /// Returns the item it is about.
    pub(super) fn uid(&self, folder: Folder) -> Option<Uid> {
        uid_of(&self.id, folder)
    }

    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(String::as_str)
    }
}

/// Returns the item that a server id names in a folder.
pub(super) fn uid_of(id: &str, folder: Folder) -> Option<Uid> {
    let (holder, item) = id.split_once(':')?;
    if holder.parse() == Ok(folder) { item.parse().ok() } else { None }
}

/// What a `Sync` asks of one folder.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) folder: Folder,
    pub(super) key: String,
    pub(super) commands: Vec<Told>,
}

/// What the answer says of one folder.
#[derive(Debug, Clone, Default)]
pub(super) struct Answered {
    pub(super) key: String,
    pub(super) status: u16,
    /// Status and server id by client id.
    pub(super) adds: BTreeMap<String, (u16, Option<String>)>,
    /// Status by server id.
    pub(super) changes: BTreeMap<String, u16>,
    /// What the phone must do, in order.
    pub(super) steps: Vec<Step>,
}

/// One thing the phone must do.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) verb: &'static str,
    pub(super) id: String,
}

/// Returns what a `Sync` asks; nothing for an empty one.
pub(super) fn asked(root: Option<&Element>) -> Vec<Asked> {
    let collections = root.and_then(|root| root.child(tag::COLLECTIONS));
    let all = collections.into_iter().flat_map(|all| all.children(tag::COLLECTION));
    let read = |one: &Element| Asked {
        folder: text(one, tag::COLLECTION_ID).parse().unwrap_or_default(),
        key: text(one, tag::SYNC_KEY),
        commands: one.child(tag::COMMANDS).into_iter().flat_map(Element::elements).filter_map(told).collect(),
    };
    all.map(read).collect()
}

fn told(command: &Element) -> Option<Told> {
    let (op, id) = match command.tag {
        tag::ADD => (Op::Add, tag::CLIENT_ID),
        tag::CHANGE => (Op::Change, tag::SERVER_ID),
        tag::DELETE => (Op::Delete, tag::SERVER_ID),
        _ => return None,
    };
    let data = command.child(tag::APPLICATION_DATA).map(Data::of).unwrap_or_default();
    let fields: Fields = data.fields().map(|(name, text)| (name.to_owned(), text)).collect();
    let names = data.elements().filter_map(|element| element.tag.name());
    let emptied = names.filter(|name| !fields.contains_key(*name)).map(str::to_owned).collect();
    Some(Told { op, id: text(command, id), fields, emptied })
}

/// Returns what an answer says of each folder.
pub(super) fn answered(root: Option<&Element>) -> BTreeMap<Folder, Answered> {
    let collections = root.and_then(|root| root.child(tag::COLLECTIONS));
    let all = collections.into_iter().flat_map(|all| all.children(tag::COLLECTION));
    all.map(|one| (text(one, tag::COLLECTION_ID).parse().unwrap_or_default(), read(one))).collect()
}

fn read(one: &Element) -> Answered {
    let responses = || one.child(tag::RESPONSES).into_iter().flat_map(Element::elements);
    let adds = responses().filter(|response| response.tag == tag::ADD).map(|add| {
        let id = add.child_text(tag::SERVER_ID).map(std::borrow::Cow::into_owned);
        (text(add, tag::CLIENT_ID), (number(add), id))
    });
    let changes = responses().filter(|response| response.tag == tag::CHANGE);
    let steps = one.child(tag::COMMANDS).into_iter().flat_map(Element::elements);
    Answered {
        key: text(one, tag::SYNC_KEY),
        status: number(one),
        adds: adds.collect(),
        changes: changes.map(|change| (text(change, tag::SERVER_ID), number(change))).collect(),
        steps: steps
            .map(|step| Step { verb: step.tag.name().unwrap_or("?"), id: text(step, tag::SERVER_ID) })
            .collect(),
    }
}

/// Returns the folder that a `FolderDelete` names.
pub(super) fn deleted_folder(root: Option<&Element>) -> Option<Folder> {
    let root = root.filter(|root| root.tag == folder_hierarchy::FOLDER_DELETE)?;
    text(root, folder_hierarchy::SERVER_ID).parse().ok()
}

/// One move that a phone asks for.
#[derive(Debug, Clone)]
pub(super) struct Moving {
    pub(super) id: String,
    pub(super) from: Folder,
    pub(super) to: Folder,
}

/// Returns the moves of a `MoveItems`.
pub(super) fn moves(root: Option<&Element>) -> Vec<Moving> {
    let all = root.into_iter().flat_map(|root| root.children(move_::MOVE));
    all.map(|one| Moving {
        id: text(one, move_::SRC_MSG_ID),
        from: text(one, move_::SRC_FLD_ID).parse().unwrap_or_default(),
        to: text(one, move_::DST_FLD_ID).parse().unwrap_or_default(),
    })
    .collect()
}

/// Returns status and new id of each move, by the old id.
pub(super) fn moved(root: Option<&Element>) -> BTreeMap<String, (u16, Option<String>)> {
    let all = root.into_iter().flat_map(|root| root.children(move_::RESPONSE));
    all.map(|one| {
        let id = one.child_text(move_::DST_MSG_ID).map(std::borrow::Cow::into_owned);
        (text(one, move_::SRC_MSG_ID), (number(one), id))
    })
    .collect()
}

fn text(of: &Element, tag: wbxml::Tag) -> String {
    of.child_text(tag).unwrap_or_default().into_owned()
}

/// Returns an element's own status; 1 where it has none.
pub(super) fn number(of: &Element) -> u16 {
    let status = of.elements().find(|child| child.tag.name() == Some("Status"));
    status.and_then(|status| status.value().parse().ok()).unwrap_or(1)
}

/// Returns an answer's body as a tree.
pub(super) fn decode(body: &[u8]) -> Result<Option<Element>, Violation> {
    if body.is_empty() {
        return Ok(None);
    }
    wbxml::decode(body, &Limits::default()).map(Some).map_err(broken("decoding an answer"))
}

/// Returns a phone's request as a web server would hand it on.
pub(super) fn received(
    user: &str,
    (id, make): (&str, phone::Kind),
    request: &phone::Request,
) -> Result<Request, Violation> {
    let kind = make.device_type();
    let command = request.command;
    let query = format!("Cmd={command}&User={user}&DeviceId={id}&DeviceType={kind}");
    let mut headers = HeaderMap::new();
    headers.insert("MS-ASProtocolVersion", HeaderValue::from_static(request.version.name()));
    headers.insert("X-MS-PolicyKey", HeaderValue::from(request.policy_key));
    headers.insert("User-Agent", HeaderValue::from_static(make.user_agent()));
    match Received::parse(&Method::POST, &query, &headers).map_err(broken("reading a request line"))? {
        Received::Command(request) => Ok(*request),
        Received::Options => Err(Violation("a command was taken for OPTIONS".to_owned())),
    }
}
