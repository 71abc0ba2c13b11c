//! What a phone did in a folder: its Commands, one by one.

use std::borrow::Cow;

use engine::{Asked, Error, FolderId};
use items::Kind;
use sha2::{Digest as _, Sha256};
use wbxml::Element;
use wbxml::page::air_sync::{ADD, APPLICATION_DATA, CHANGE, CLIENT_ID, DELETE, FETCH, SERVER_ID};
use wbxml::page::air_sync_base::INSTANCE_ID;
use wbxml::page::{calendar, contacts, contacts2, email, email2, notes, tasks};

use super::cut;
use super::parse::Fault;
use crate::command::Session;
use crate::payload::{Options, Reading};
use crate::wire_id;
use crate::{item, payload};

/// The most bytes in a phone's own name for an item.
const MAX_CLIENT_ID: usize = 256;

/// The most bytes in the name of an occurrence, which is a time.
const MAX_INSTANCE: usize = 64;

/// One thing a phone did, or wants.
#[derive(Debug, Clone)]
pub(super) enum ClientCommand {
    Add { client_id: String, data: Element },
    Change { server_id: String, instance: Option<String>, data: Element },
    Delete { server_id: String, instance: Option<String> },
    Fetch { server_id: String },
}

/// Reads the list. A command without the id of what it is about makes the whole list unreadable, and nothing of it
/// is done: the phone still has it all.
pub(super) fn list(commands: &Element) -> Result<Vec<ClientCommand>, Fault> {
    commands.elements().filter_map(|command| one(command).transpose()).collect()
}

fn one(command: &Element) -> Result<Option<ClientCommand>, Fault> {
    let server_id = || command.child_text(SERVER_ID).map(Cow::into_owned).ok_or(Fault::Protocol);
    let data = || {
        let mut data = command.child(APPLICATION_DATA).cloned().unwrap_or(Element::new(APPLICATION_DATA));
        // That a draft is to be sent stands beside it.
        data.content.extend(command.child(email2::SEND).cloned().map(Into::into));
        data
    };
    Ok(Some(match command.tag {
        ADD => {
            let client_id =
                command.child_text(CLIENT_ID).filter(|id| !id.is_empty() && id.len() <= MAX_CLIENT_ID);
            ClientCommand::Add { client_id: client_id.ok_or(Fault::Protocol)?.into_owned(), data: data() }
        }
        CHANGE => {
            ClientCommand::Change { server_id: server_id()?, instance: instance(command)?, data: data() }
        }
        DELETE => ClientCommand::Delete { server_id: server_id()?, instance: instance(command)? },
        FETCH => ClientCommand::Fetch { server_id: server_id()? },
        _ => return Ok(None),
    }))
}

/// Returns the occurrence that is meant, where it is not the whole item.
fn instance(command: &Element) -> Result<Option<String>, Fault> {
    let instance = command.child_text(INSTANCE_ID).map(Cow::into_owned);
    if instance.as_ref().is_some_and(|instance| instance.len() > MAX_INSTANCE) {
        return Err(Fault::Protocol);
    }
    Ok(instance)
}

impl ClientCommand {
    /// Returns the folder that the item's name says it is in, where that is another one than `folder`.
    pub(super) fn elsewhere(&self, folder: FolderId) -> Option<FolderId> {
        match self {
            Self::Change { server_id, .. } | Self::Delete { server_id, .. } => {
                wire_id::holder(server_id).filter(|holder| *holder != folder)
            }
            Self::Add { .. } | Self::Fetch { .. } => None,
        }
    }

    /// Returns what the phone means: without a body that it was shown cut and sends back so.
    pub(super) fn meant(
        &self,
        session: &Session<'_>,
        place: (FolderId, &Options),
    ) -> Result<Cow<'_, Self>, Error> {
        let Self::Change { server_id, instance: None, data } = self else { return Ok(Cow::Borrowed(self)) };
        Ok(match cut::left_out(session, place, (server_id, data))? {
            Some(data) => Cow::Owned(Self::Change { server_id: server_id.clone(), instance: None, data }),
            None => Cow::Borrowed(self),
        })
    }

    /// Returns the change as the engine takes it; `None` for a Fetch, which changes nothing.
    pub(super) fn command(
        &self,
        folder: FolderId,
        kind: Option<Kind>,
        reading: &Reading,
    ) -> Option<engine::Command> {
        match self {
            Self::Add { client_id, data } => Some(engine::Command::Add {
                client_id: client_id.clone(),
                asked: asked(data, kind, reading),
                digest: digest(data),
            }),
            Self::Change { server_id, instance: None, data } => Some(engine::Command::Change {
                target: wire_id::target(folder, server_id),
                asked: asked(data, kind, reading),
                digest: digest(data),
            }),
            Self::Change { server_id, instance: Some(instance), data } => Some(engine::Command::Change {
                target: wire_id::target(folder, server_id),
                asked: occurrence(Some(data), instance, kind, reading),
                digest: format!("{}@{instance}", digest(data)),
            }),
            Self::Delete { server_id, instance: None } => {
                Some(engine::Command::Delete { target: wire_id::target(folder, server_id) })
            }
            // What goes is a part of the item, so the item changes.
            Self::Delete { server_id, instance: Some(instance) } => Some(engine::Command::Change {
                target: wire_id::target(folder, server_id),
                asked: occurrence(None, instance, kind, reading),
                digest: format!("-@{instance}"),
            }),
            Self::Fetch { .. } => None,
        }
    }
}

/// Returns what becomes of one occurrence: without `data`, it goes.
fn occurrence(data: Option<&Element>, instance: &str, kind: Option<Kind>, reading: &Reading) -> Asked {
    // A folder that is gone held events, or there would be no occurrences.
    let body = item::read_occurrence(kind.unwrap_or(Kind::Calendar), instance, data, reading);
    let name = Element::text(INSTANCE_ID, instance);
    let whole = match data {
        Some(data) => Element::new(CHANGE).with(name).with(data.clone()),
        None => Element::new(DELETE).with(name),
    };
    Asked { body, hint: data.map(payload::hint).unwrap_or_default(), raw: wbxml::to_xml(&whole) }
}

fn asked(data: &Element, kind: Option<Kind>, reading: &Reading) -> Asked {
    let body = match kind.or_else(|| kind_of(data)) {
        Some(kind) => item::read(kind, data, reading),
        None => item::unreadable("the folder is gone, and nothing in the item says what it is"),
    };
    Asked { body, hint: payload::hint(data), raw: wbxml::to_xml(data) }
}

/// Returns what an item is, from the first property that only one kind has: its folder is gone.
fn kind_of(data: &Element) -> Option<Kind> {
    data.elements().find_map(|property| match property.tag.page() {
        page if page == contacts::ANNIVERSARY.page() || page == contacts2::CUSTOMER_ID.page() => {
            Some(Kind::Contacts)
        }
        page if page == calendar::TIMEZONE.page() => Some(Kind::Calendar),
        page if page == tasks::SUBJECT.page() => Some(Kind::Tasks),
        page if page == notes::SUBJECT.page() => Some(Kind::Notes),
        page if page == email::SUBJECT.page() => Some(Kind::Mail),
        _ => None,
    })
}

/// Returns a name for an item's content, equal for equal content.
fn digest(data: &Element) -> String {
    let hash = Sha256::digest(wbxml::encode(data));
    hash.iter().fold(String::with_capacity(64), |mut text, byte| {
        for digit in [byte >> 4, byte & 15] {
            text.extend(char::from_digit(digit.into(), 16));
        }
        text
    })
}
