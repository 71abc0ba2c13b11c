//! Reading a `Sync` answer, checked whole before any of it is applied.

use wbxml::page::air_sync as tag;
use wbxml::page::air_sync_base;
use wbxml::{Element, Tag};

use super::{SentCollection, SentEdit};
use crate::data::Data;
use crate::error::AnswerError;
use crate::folder::{NO_KEY, Wanted};
use crate::habit::Batches;
use crate::phone::status_of;
use crate::request::Command;

/// What an answer says of one collection.
pub(super) enum Said {
    /// Nothing: it was left out, and the key stays.
    Nothing,
    /// The round took place.
    Round(Round),
    /// The key is not known: the folder starts over.
    StartOver,
    /// The folder may be gone: the list of folders is to be asked for.
    FoldersChanged,
    /// Not now.
    Again,
    /// Not so much at once.
    TooMuch,
}

/// A round of one collection.
pub(super) struct Round {
    pub(super) key: String,
    /// Whether the server has more to say; that counts only with a new key.
    pub(super) more: Wanted,
    /// Whether it has more to say under the same key: the window may be too small.
    pub(super) grow: Wanted,
    /// One verdict per command sent, in the order they were sent.
    pub(super) verdicts: Vec<Verdict>,
    pub(super) commands: Vec<ServerCommand>,
}

/// What became of one command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Added under this id.
    Bound(String, Data),
    /// Done, or discarded in favour of the server's version, which is still to come.
    Done(Data),
    /// The item is gone.
    Gone,
    /// The server could not read it.
    Unreadable,
    /// Not now.
    Again,
}

/// What the server wants the phone to do.
pub(super) enum ServerCommand {
    Add { id: String, data: Data },
    Change { id: String, data: Data },
    Delete { id: String },
}

/// Returns what an answer says of each collection that was sent.
///
/// # Errors
///
/// Fails where it leaves open what became of a command, or refuses for good.
pub(super) fn read(
    root: Option<&Element>,
    sent: &[SentCollection],
    batches: Batches,
) -> Result<Vec<Said>, AnswerError> {
    let collections = root.and_then(|root| root.child(tag::COLLECTIONS));
    let read_one = |sent: &SentCollection| {
        let found = collections
            .into_iter()
            .flat_map(|all| all.children(tag::COLLECTION))
            .find(|found| found.child_text(tag::COLLECTION_ID).as_deref() == Some(sent.folder.as_str()));
        match found {
            Some(found) => read_collection(found, sent, batches),
            None if sent.commands.is_empty() && sent.key != NO_KEY => Ok(Said::Nothing),
            None => Err(shape("a collection is left out that had something to say")),
        }
    };
    sent.iter().map(read_one).collect()
}

fn read_collection(found: &Element, sent: &SentCollection, batches: Batches) -> Result<Said, AnswerError> {
    match status_of(found) {
        None | Some(1) => {}
        Some(3) => return Ok(Said::StartOver),
        Some(5 | 16) => return Ok(Said::Again),
        Some(8 | 12) => return Ok(Said::FoldersChanged),
        Some(4 | 6) if batches == Batches::Shrinking && !sent.commands.is_empty() => {
            return Ok(Said::TooMuch);
        }
        Some(status) => return Err(AnswerError::Refused { command: Command::Sync, status }),
    }
    let key = found.child_text(tag::SYNC_KEY).filter(|key| key != NO_KEY);
    let key = key.ok_or(shape("a collection has no sync key"))?.into_owned();
    let (more, grow) = match found.child(tag::MORE_AVAILABLE) {
        None => (Wanted::No, Wanted::No),
        Some(_) if key == sent.key => (Wanted::No, Wanted::Yes),
        Some(_) => (Wanted::Yes, Wanted::No),
    };
    let verdicts = verdicts(found.child(tag::RESPONSES), sent)?;
    let commands = found.child(tag::COMMANDS).into_iter().flat_map(Element::elements);
    let commands = commands.map(read_command).collect::<Result<_, _>>()?;
    Ok(Said::Round(Round { key, more, grow, verdicts, commands }))
}

fn verdicts(responses: Option<&Element>, sent: &SentCollection) -> Result<Vec<Verdict>, AnswerError> {
    let empty = Element::new(tag::RESPONSES);
    let responses = responses.unwrap_or(&empty);
    let unasked = responses.children(tag::ADD).any(|add| {
        let id = add.child_text(tag::CLIENT_ID);
        !sent.commands.iter().any(|command| match &command.what {
            SentEdit::Add { client_id } => id.as_deref() == Some(client_id),
            SentEdit::Change { .. } | SentEdit::Delete | SentEdit::Occurrence { .. } => false,
        })
    });
    if unasked {
        return Err(shape("an item is answered that was not sent"));
    }
    sent.commands.iter().map(|command| verdict(responses, &command.what)).collect()
}

fn verdict(responses: &Element, what: &SentEdit) -> Result<Verdict, AnswerError> {
    match what {
        SentEdit::Delete => Ok(Verdict::Done(Data::default())),
        SentEdit::Add { client_id } => {
            let mut adds = responses.children(tag::ADD);
            let found = adds.find(|add| add.child_text(tag::CLIENT_ID).as_deref() == Some(client_id));
            let found = found.ok_or(shape("a new item is not answered"))?;
            match (status_of(found), found.child_text(tag::SERVER_ID)) {
                (Some(1), Some(id)) => {
                    let data = found.child(tag::APPLICATION_DATA).map(Data::of).unwrap_or_default();
                    Ok(Verdict::Bound(id.into_owned(), data))
                }
                (Some(1) | None, _) => Err(shape("a new item has no id")),
                (Some(5 | 16), _) => Ok(Verdict::Again),
                (Some(_), _) => Ok(Verdict::Unreadable),
            }
        }
        SentEdit::Change { server_id } => {
            let mut answered = of_item(responses, tag::CHANGE, server_id);
            Ok(changed(answered.find(|found| found.child(air_sync_base::INSTANCE_ID).is_none())))
        }
        SentEdit::Occurrence { server_id, instance } => {
            let of_series = [tag::CHANGE, tag::DELETE];
            let mut answered =
                of_series.into_iter().flat_map(|command| of_item(responses, command, server_id));
            let is_it =
                |found: &&Element| found.child_text(air_sync_base::INSTANCE_ID).as_deref() == Some(instance);
            Ok(changed(answered.find(is_it)))
        }
    }
}

/// Returns the answers to such a command for one item.
fn of_item<'a>(responses: &'a Element, command: Tag, id: &str) -> impl Iterator<Item = &'a Element> {
    responses.children(command).filter(move |found| found.child_text(tag::SERVER_ID).as_deref() == Some(id))
}

/// Returns what became of a change; without an answer it was made.
fn changed(answer: Option<&Element>) -> Verdict {
    match answer.and_then(status_of) {
        Some(5 | 16) => Verdict::Again,
        Some(6) => Verdict::Unreadable,
        Some(8) => Verdict::Gone,
        None | Some(_) => {
            let told = answer.and_then(|answer| answer.child(tag::APPLICATION_DATA));
            Verdict::Done(told.map(Data::of).unwrap_or_default())
        }
    }
}

fn read_command(element: &Element) -> Result<ServerCommand, AnswerError> {
    let id = element.child_text(tag::SERVER_ID).ok_or(shape("a command names no item"))?.into_owned();
    let data = || {
        let data = element.child(tag::APPLICATION_DATA).map(Data::of);
        data.ok_or(shape("a command has no data"))
    };
    match element.tag {
        tag::ADD => Ok(ServerCommand::Add { id, data: data()? }),
        tag::CHANGE => Ok(ServerCommand::Change { id, data: data()? }),
        tag::DELETE | tag::SOFT_DELETE => Ok(ServerCommand::Delete { id }),
        _ => Err(shape("an unknown command")),
    }
}

const fn shape(what: &'static str) -> AnswerError {
    AnswerError::Shape { command: Command::Sync, what }
}
