//! Messages that a phone sends, replies to or forwards: as they are up to 12.1, inside a document from 14.0 on.

mod forwardees;

use engine::{FolderId, Original, Send, SendOutcome, SentCopy, Target, Timestamp, Uid, Use};
use items::compose::Unsendable;
use wbxml::page::compose_mail::{
    ACCOUNT_ID, CLIENT_ID, FOLDER_ID, FORWARDEES, INSTANCE_ID, ITEM_ID, LONG_ID, MIME, REPLACE_MIME,
    SAVE_IN_SENT_ITEMS, SEND_MAIL, SMART_FORWARD, SMART_REPLY, SOURCE,
};
use wbxml::page::{air_sync_base, rights_management};
use wbxml::{Element, Tag};

use super::{Session, body as document};
use crate::payload::date;
use crate::reply::Reply;
use crate::request::{Command, Parameters, Request, Version};
use crate::server::Failure;
use crate::status::CommonStatus;
use crate::wire_id;

/// Returns whether a request's body is a message as it is.
pub(crate) fn is_plain(request: &Request) -> bool {
    request.version < Version::V14_0 && root(request.command).is_some()
}

/// Answers a request to send: without a body, if it was sent.
pub(crate) fn handle(
    session: &Session<'_>,
    request: &Request,
    root: Option<&Element>,
    body: &[u8],
) -> Result<Reply, Failure> {
    if is_plain(request) {
        let asked = Asked::of_query(session, request, body)?;
        return asked.send(session);
    }
    let tag = self::root(request.command).ok_or(CommonStatus::CommandNotSupported)?;
    let root = document(root, tag)?;
    let message = message(request, root)?;
    Asked::of_document(session, (request.command, root), &message)?.send(session)
}

/// Returns the message in a document, or the one that the server is to write.
fn message(request: &Request, root: &Element) -> Result<Vec<u8>, CommonStatus> {
    let writes = request.command == Command::SmartForward && request.version >= Version::V16_0;
    let other = root.child(FORWARDEES).is_some() || root.child(air_sync_base::BODY).is_some();
    match (root.child(MIME), root.child(FORWARDEES)) {
        (Some(_), _) if other => Err(CommonStatus::InvalidMimeBodyCombination),
        (Some(mime), _) => Ok(mime.bytes().into_owned()),
        (None, Some(list)) if writes => {
            if said(root, REPLACE_MIME) {
                return Err(CommonStatus::InvalidMimeBodyCombination);
            }
            forwardees::message(list, root.child(air_sync_base::BODY))
        }
        (None, _) => Err(CommonStatus::InvalidXml),
    }
}

/// Characters of a time: `2026-09-08T09:00:00.000Z`.
const MAX_INSTANT_CHARS: usize = 24;

/// What a phone wants to be sent.
struct Asked<'a> {
    message: &'a [u8],
    client_id: Option<String>,
    copy: SentCopy,
    original: Option<Original>,
}

impl<'a> Asked<'a> {
    fn of_query(session: &Session<'_>, request: &Request, message: &'a [u8]) -> Result<Self, Failure> {
        let Parameters { collection_id, item_id, long_id, occurrence, save_in_sent, .. } =
            &request.parameters;
        let source = Source {
            folder: collection_id.clone(),
            item: item_id.clone(),
            long: long_id.clone(),
            occurrence: occurrence.clone(),
        };
        let used = used(request.command, Whole::No);
        let original = source.original(session, used)?;
        Ok(Self {
            message,
            client_id: None,
            copy: if *save_in_sent { SentCopy::Keep } else { SentCopy::None },
            original,
        })
    }

    fn of_document(
        session: &Session<'_>,
        (command, root): (Command, &Element),
        message: &'a [u8],
    ) -> Result<Self, Failure> {
        if root.child_text(ACCOUNT_ID).is_some_and(|id| !id.is_empty()) {
            // There is one account, and it has no id.
            return Err(CommonStatus::InvalidAccountId.into());
        }
        if root.child(rights_management::TEMPLATE_ID).is_some() {
            return Err(CommonStatus::RightsManagementTemplate.into());
        }
        let text = |element: &Element, tag| element.child_text(tag).map(std::borrow::Cow::into_owned);
        let source = root.child(SOURCE).map(|source| Source {
            folder: text(source, FOLDER_ID),
            item: text(source, ITEM_ID),
            long: text(source, LONG_ID),
            occurrence: text(source, INSTANCE_ID),
        });
        let whole = if said(root, REPLACE_MIME) { Whole::Yes } else { Whole::No };
        let original = source.unwrap_or_default().original(session, used(command, whole))?;
        let copy = if said(root, SAVE_IN_SENT_ITEMS) { SentCopy::Keep } else { SentCopy::None };
        Ok(Self { message, client_id: text(root, CLIENT_ID), copy, original })
    }

    fn send(&self, session: &Session<'_>) -> Result<Reply, Failure> {
        let send = Send {
            message: self.message,
            client_id: self.client_id.as_deref(),
            copy: self.copy,
            original: self.original,
        };
        let outcome = session.engine().send(session.caller, &session.device, &send, session.now)?;
        match status(outcome) {
            None => Ok(Reply::empty(200)),
            Some(status) => {
                tracing::info!(user = session.caller.name(), ?outcome, "a message was not sent");
                Err(status.into())
            }
        }
    }
}

/// Whether the new message holds all that is wanted of the original.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whole {
    Yes,
    No,
}

/// The message replied to or forwarded, as a phone names it.
#[derive(Default)]
struct Source {
    folder: Option<String>,
    item: Option<String>,
    long: Option<String>,
    occurrence: Option<String>,
}

impl Source {
    fn original(&self, session: &Session<'_>, used: Option<Use>) -> Result<Option<Original>, Failure> {
        let Some(used) = used else { return Ok(None) };
        let (folder, uid) = self.named(session)?.ok_or(CommonStatus::ItemNotFound)?;
        let occurrence = match &self.occurrence {
            None => None,
            Some(text) => Some(instant(text).ok_or(CommonStatus::InvalidDateTime)?),
        };
        Ok(Some(Original { folder, uid, occurrence, used }))
    }

    fn named(&self, session: &Session<'_>) -> Result<Option<(FolderId, Uid)>, engine::Error> {
        Ok(match (&self.long, &self.folder, &self.item) {
            (Some(long), None, None) => wire_id::from_long(long),
            (None, Some(folder), Some(item)) => match session.place(wire_id::folder(folder), item)? {
                (folder, Target::Item(uid)) => Some((folder, uid)),
                (_, Target::Phantom(_) | Target::Unknown(_)) => None,
            },
            // An item's id names its folder, so one that is left out is no loss.
            (None, None, Some(item)) => wire_id::from_long(item),
            (_, _, _) => None,
        })
    }
}

/// Reads when an occurrence of a series is: with punctuation or without, as the versions differ.
fn instant(text: &str) -> Option<Timestamp> {
    date::instant(text).filter(|_| text.contains('T') && text.len() <= MAX_INSTANT_CHARS)
}

const fn used(command: Command, whole: Whole) -> Option<Use> {
    match (command, whole) {
        (Command::SmartReply, Whole::No) => Some(Use::Reply),
        (Command::SmartReply, Whole::Yes) => Some(Use::ReplyWhole),
        (Command::SmartForward, Whole::No) => Some(Use::Forward),
        (Command::SmartForward, Whole::Yes) => Some(Use::ForwardWhole),
        (_, _) => None,
    }
}

const fn root(command: Command) -> Option<Tag> {
    match command {
        Command::SendMail => Some(SEND_MAIL),
        Command::SmartReply => Some(SMART_REPLY),
        Command::SmartForward => Some(SMART_FORWARD),
        Command::Sync
        | Command::GetAttachment
        | Command::GetHierarchy
        | Command::CreateCollection
        | Command::DeleteCollection
        | Command::MoveCollection
        | Command::FolderSync
        | Command::FolderCreate
        | Command::FolderDelete
        | Command::FolderUpdate
        | Command::MoveItems
        | Command::GetItemEstimate
        | Command::MeetingResponse
        | Command::Search
        | Command::Settings
        | Command::Ping
        | Command::ItemOperations
        | Command::Provision
        | Command::ResolveRecipients
        | Command::ValidateCert
        | Command::Find => None,
    }
}

/// Returns whether an element is there that says yes by being there.
fn said(root: &Element, tag: Tag) -> bool {
    root.child(tag).is_some() && root.flag(tag) != Some(false)
}

/// Returns the status of a message that was not sent.
const fn status(outcome: SendOutcome) -> Option<CommonStatus> {
    match outcome {
        SendOutcome::Sent => None,
        SendOutcome::Unsendable(Unsendable::NoHeader) => Some(CommonStatus::InvalidMime),
        SendOutcome::Unsendable(Unsendable::NoRecipient) => Some(CommonStatus::NoRecipient),
        SendOutcome::Unsendable(Unsendable::BadRecipient) => Some(CommonStatus::RecipientUnresolved),
        SendOutcome::Unsendable(Unsendable::TooManyRecipients) => Some(CommonStatus::SubmissionFailed),
        SendOutcome::OriginalGone => Some(CommonStatus::ItemNotFound),
        SendOutcome::NoSeries => Some(CommonStatus::NoRecurrence),
        SendOutcome::NobodyNew => Some(CommonStatus::InvalidSmartForward),
        SendOutcome::TooLarge => Some(CommonStatus::AttachmentTooLarge),
        SendOutcome::TooMany => Some(CommonStatus::SendQuotaExceeded),
    }
}
