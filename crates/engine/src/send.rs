//! A user's device sends a message: new, or a reply to or a forward of one that its user may read.
//!
//! One transaction delivers it here, queues it for outside, keeps a copy, marks the original and remembers that it
//! was sent. All of it happens, or nothing.

use crate::apply::{self, New};
use crate::away::Replies;
use crate::decide::{Allowed, Rights};
use crate::deliver::{self, Parcel, Route};
use crate::work::{Work, hex};
use crate::{Caller, Device, Engine, Error, ItemView, conversation, kind};
use items::compose::{self, Include, Meeting, Outgoing, Signature, Unsendable};
use items::event::Event;
use items::event::meeting::{self, Method};
use items::marks::{Marks, Verb};
use items::message::{Address, AddressList, Message};
use items::{Kind, Stamp};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use store::id::{FolderId, Uid};
use store::row;
use store::row::folder::FolderRow;
use store::row::overlay::Seen;

/// Bytes of a message that is sent, what was added to it included.
const MAX_SENT_BYTES: usize = 50 * 1024 * 1024;
/// How long it is remembered what was sent, in milliseconds: two days.
const REMEMBERED_MS: i64 = 2 * 24 * 60 * 60 * 1000;
/// Messages one device may send in that time.
const MAX_REMEMBERED: i64 = 5_000;
/// Characters of a client id that count.
const MAX_CLIENT_ID: usize = 64;
/// Role of the folder that keeps what was sent.
const SENT: i64 = 5;

/// Whether the sender keeps a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SentCopy {
    /// In his folder of sent messages.
    Keep,
    /// He does not.
    None,
}

/// What a message has to do with another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// It answers it; the server quotes the original.
    Reply,
    /// It answers it, and says all there is to say.
    ReplyWhole,
    /// It passes it on; the server adds the original and what is attached to it.
    Forward,
    /// It passes it on, and holds all there is to pass on.
    ForwardWhole,
}

/// The message that is answered or passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Original {
    /// Its folder.
    pub folder: FolderId,
    /// Itself.
    pub uid: Uid,
    /// Which occurrence of a series is meant; `None` for all of it.
    pub occurrence: Option<Timestamp>,
    /// What the new message does with it.
    pub used: Use,
}

/// A message to be sent.
#[derive(Debug, Clone, Copy)]
pub struct Send<'a> {
    /// What the device wrote.
    pub message: &'a [u8],
    /// The name the device gave it; the same again is the same message.
    pub client_id: Option<&'a str>,
    /// Whether its sender keeps a copy.
    pub copy: SentCopy,
    /// The message it answers or passes on.
    pub original: Option<Original>,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SendOutcome {
    /// It is on its way, or was before.
    Sent,
    /// It cannot be sent.
    Unsendable(Unsendable),
    /// The message it answers or passes on is not there, or its user may not read it.
    OriginalGone,
    /// An occurrence was meant, but the original is no series.
    NoSeries,
    /// It passes a meeting on to nobody but those who are invited already.
    NobodyNew,
    /// With what is added to it, it is too large.
    TooLarge,
    /// The device sent too many.
    TooMany,
}

impl Engine {
    /// Sends a message.
    ///
    /// # Errors
    /// When the database fails; then nothing was sent.
    pub fn send(
        &self,
        caller: &Caller,
        device: &Device,
        send: &Send<'_>,
        now: Timestamp,
    ) -> Result<SendOutcome, Error> {
        let identity = identity(send);
        if self.store.read(|q| row::sent_message::is_known(q, device.id, &identity))? {
            return Ok(SendOutcome::Sent);
        }
        let original = match send.original {
            None => None,
            Some(original) => match self.fetch(caller, original.folder, original.uid, now)? {
                Some(item) if matches!(item.kind, Kind::Mail | Kind::Calendar) => {
                    match as_message(item, original.occurrence, now) {
                        Ok(text) => Some((original, text)),
                        Err(outcome) => return Ok(outcome),
                    }
                }
                Some(_) | None => return Ok(SendOutcome::OriginalGone),
            },
        };
        let boundary = format!("=_{}", hex(&self.salt()));
        let whole = match compose(send, original.as_ref(), &boundary) {
            Ok(whole) => whole,
            Err(outcome) => return Ok(outcome),
        };
        if !compose::is_message(&whole) {
            return Ok(SendOutcome::Unsendable(Unsendable::NoHeader));
        }
        let message = Message::parse(&whole);
        let recipients = match compose::recipients(&message) {
            Ok(recipients) => recipients,
            Err(why) => return Ok(SendOutcome::Unsendable(why)),
        };
        let letter = Letter { whole, from: message.from, recipients, original: original.map(|(one, _)| one) };
        let verb = letter.verb(&message.to, caller);
        self.write(now, |work| {
            if row::sent_message::is_known(work, device.id, &identity)? {
                return Ok(SendOutcome::Sent);
            }
            let now_ms = work.now_ms();
            row::sent_message::forget(work, device.id, now_ms - REMEMBERED_MS)?;
            if row::sent_message::count(work, device.id)? >= MAX_REMEMBERED {
                return Ok(SendOutcome::TooMany);
            }
            let outcome = letter.post(work, (caller, device), (send.copy, verb))?;
            if outcome == SendOutcome::Sent {
                row::sent_message::insert(work, device.id, &identity, now_ms)?;
            }
            Ok(outcome)
        })
    }
}

/// A message with all that was added to it.
struct Letter {
    whole: Vec<u8>,
    from: AddressList,
    recipients: Vec<Address>,
    original: Option<Original>,
}

impl Letter {
    /// Returns what the original is marked with.
    fn verb(&self, to: &AddressList, caller: &Caller) -> Option<Verb> {
        let others = to.0.iter().filter(|one| !is_of(caller, &one.address)).count();
        self.original.map(|original| match original.used {
            Use::Forward | Use::ForwardWhole => Verb::Forward,
            Use::Reply | Use::ReplyWhole if others > 1 || self.recipients.len() > others => Verb::ReplyAll,
            Use::Reply | Use::ReplyWhole => Verb::Reply,
        })
    }

    fn post(
        &self,
        work: &mut Work<'_, '_>,
        (caller, device): (&Caller, &Device),
        (copy, verb): (SentCopy, Option<Verb>),
    ) -> Result<SendOutcome, Error> {
        let answered = self.original.map(|original| original.folder);
        let signature = signature(work, (caller, device), (&self.from, answered))?;
        let outgoing = match Outgoing::new(&self.whole, &signature) {
            Ok(outgoing) => outgoing,
            Err(why) => return Ok(SendOutcome::Unsendable(why)),
        };
        let mut route = Route::find(work, &self.recipients)?;
        let sender = deliver::address_of(caller, deliver::host(work)).address;
        let content = outgoing.transmitted();
        conversation::redirect(work, &mut route, &content)?;
        let parcel = Parcel { by: caller.user, sender: &sender, content: &content };
        let replies = Replies::due(work, &route, &parcel)?;
        let sent = match copy {
            SentCopy::Keep => row::folder::by_role(work, caller.user, SENT)?,
            SentCopy::None => None,
        };
        let original = self.original.map(|original| original.folder);
        let kept = sent.as_ref().map(|folder| folder.id);
        deliver::lock(work, route.folders().chain(original).chain(kept).chain(replies.folders()))?;
        if let Some(folder) = sent {
            keep(work, caller, &folder, outgoing.sent())?;
        }
        route.take(work, &parcel)?;
        replies.give(work)?;
        if let (Some(original), Some(verb)) = (self.original, verb) {
            mark(work, caller, original, verb)?;
        }
        Ok(SendOutcome::Sent)
    }
}

/// Sends a draft as it stands, and returns whether it could be sent.
pub(crate) fn send_draft(
    work: &mut Work<'_, '_>,
    (caller, device): (&Caller, &Device),
    draft: &[u8],
) -> Result<bool, Error> {
    let message = Message::parse(draft);
    let Ok(recipients) = compose::recipients(&message) else { return Ok(false) };
    let letter = Letter { whole: draft.to_vec(), from: message.from, recipients, original: None };
    Ok(letter.post(work, (caller, device), (SentCopy::Keep, None))? == SendOutcome::Sent)
}

/// Names what is sent: by the device's own name for it, if it has one. Where that name comes again with another
/// message, it is another message.
fn identity(send: &Send<'_>) -> String {
    let said = Message::parse(send.message);
    let hash = || hex(&Sha256::digest(send.message));
    match (send.client_id, said.message_id) {
        (Some(id), Some(message)) => format!("c/{}/{}", named(id), hex(&Sha256::digest(message.as_bytes()))),
        (Some(id), None) => {
            let to = [&said.to, &said.cc, &said.bcc].map(AddressList::display).join("\n");
            format!("c/{}/{}", named(id), hex(&Sha256::digest(format!("{to}\n{}", said.subject).as_bytes())))
        }
        (None, _) => format!("m/{}", hash()),
    }
}

fn named(client_id: &str) -> String {
    client_id.chars().filter(|one| !one.is_control()).take(MAX_CLIENT_ID).collect()
}

/// Returns an original as a message: an event, or one occurrence, is one that invites to it.
fn as_message(item: ItemView, occurrence: Option<Timestamp>, now: Timestamp) -> Result<Vec<u8>, SendOutcome> {
    let event = match (item.kind, occurrence) {
        (Kind::Calendar, None) => item.content,
        (Kind::Calendar, Some(occurrence)) => once(&item.content, occurrence, now)?,
        (_, None) => return Ok(item.content),
        (_, Some(occurrence)) => {
            let invited = Message::parse(&item.content).calendar.ok_or(SendOutcome::NoSeries)?;
            once(&meeting::as_item(invited.as_bytes()), occurrence, now)?
        }
    };
    let details = Event::parse(&event).details;
    let calendar = meeting::told(&event, Method::Request, now);
    let subject = details.subject.unwrap_or_default();
    let text = details.body.unwrap_or_default();
    let made =
        Meeting { to: &[], subject: &subject, text: &text, calendar: &calendar, method: Method::Request };
    Ok(compose::meeting(&made, "=_event"))
}

fn once(series: &[u8], occurrence: Timestamp, now: Timestamp) -> Result<Vec<u8>, SendOutcome> {
    let event = Event::parse(series);
    if event.rule.is_none() && event.added.is_empty() {
        return Err(SendOutcome::NoSeries);
    }
    let stamp = Stamp { uid: String::new(), now };
    items::event::once(series, occurrence, &stamp).ok_or(SendOutcome::OriginalGone)
}

/// Adds the original to what the device wrote.
fn compose(
    send: &Send<'_>,
    original: Option<&(Original, Vec<u8>)>,
    boundary: &str,
) -> Result<Vec<u8>, SendOutcome> {
    let Some((original, text)) = original else { return within(send.message.to_vec()) };
    let include = match original.used {
        Use::Reply => Include::Quote,
        Use::Forward => Include::Everything,
        Use::ReplyWhole | Use::ForwardWhole => return within(send.message.to_vec()),
    };
    if include == Include::Everything && goes_nowhere_new(send.message, text) {
        return Err(SendOutcome::NobodyNew);
    }
    within(compose::answer(send.message, text, include, boundary))
}

fn within(message: Vec<u8>) -> Result<Vec<u8>, SendOutcome> {
    if message.len() > MAX_SENT_BYTES { Err(SendOutcome::TooLarge) } else { Ok(message) }
}

/// Returns whether a meeting is passed on to nobody but those who are invited already: a phone does that by itself,
/// without its user's knowing. [iOS 10, `Time to Leave`]
fn goes_nowhere_new(new: &[u8], original: &[u8]) -> bool {
    let Some(calendar) = Message::parse(original).calendar else { return false };
    let details = Event::parse(calendar.as_bytes()).details;
    let mut invited: Vec<String> = details.attendees.into_iter().map(|one| one.person.email).collect();
    invited.extend(details.organizer.map(|one| one.email));
    let recipients = compose::recipients(&Message::parse(new)).unwrap_or_default();
    let known = |one: &Address| invited.iter().any(|known| known.eq_ignore_ascii_case(&one.address));
    !recipients.is_empty() && recipients.iter().all(known)
}

/// Works out who a message is from: its sender, unless it names somebody whom he may speak for, or answers what is in a
/// folder in whose owner's name the device sends.
fn signature(
    work: &mut Work<'_, '_>,
    (caller, device): (&Caller, &Device),
    (from, answered): (&AddressList, Option<FolderId>),
) -> Result<Signature, Error> {
    let host = deliver::host(work);
    let own = deliver::address_of(caller, host);
    let message_id = format!("{}@{host}", work.random_name());
    let now = work.now;
    let named = match from.0.as_slice() {
        [one] => Some(one.address.as_str()),
        _ => None,
    };
    let now_ms = now.as_millisecond();
    let owner = crate::device_folder::speaks_for(work, (caller, device), (answered, named), now_ms)?;
    if let Some(owner) = owner {
        return Ok(Signature { from: Some(owner), sender: Some(own), message_id, now });
    }
    let (from, sender) = match from.0.as_slice() {
        [one] if one.address.eq_ignore_ascii_case(&own.address) => (None, None),
        [one] if may_send_as(work, caller, &one.address)? => (None, Some(own)),
        _ => (Some(own), None),
    };
    Ok(Signature { from, sender, message_id, now })
}

/// Returns whether a user may send in the name of another address.
pub(crate) fn may_send_as(work: &mut Work<'_, '_>, caller: &Caller, address: &str) -> Result<bool, Error> {
    let named = row::principal::by_address(work, &address.to_ascii_lowercase())?;
    Ok(named.is_some_and(|named| named.id == caller.user))
}

fn is_of(caller: &Caller, address: &str) -> bool {
    caller.email.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(address))
}

/// Puts a copy, read already, into the sender's folder of sent messages.
fn keep(work: &mut Work<'_, '_>, caller: &Caller, folder: &FolderRow, content: Vec<u8>) -> Result<(), Error> {
    let new = New { owner: Some(caller.user), name: None, content, marks: String::new() };
    let uid = apply::insert(work, &Allowed::delivery(), folder, new)?;
    apply::see(work, folder.id, caller.user, uid, Seen::Yes).map(drop)
}

/// Marks the original as answered or passed on, where the user may change it. Where he may not, nothing is said: he
/// did not ask for it.
fn mark(work: &mut Work<'_, '_>, caller: &Caller, original: Original, verb: Verb) -> Result<(), Error> {
    let Some(folder) = row::folder::load(work, original.folder)? else { return Ok(()) };
    if kind::from_code(folder.kind)? != Kind::Mail {
        return Ok(());
    }
    let Some(row) = row::item::load(work, folder.id, original.uid)? else { return Ok(()) };
    let now_ms = work.now_ms();
    let rights = Rights::load(work, &folder, caller.user, now_ms)?;
    let Ok(leave) = rights.change(&row.head(), now_ms) else { return Ok(()) };
    let marks = Marks { last_verb: Some((verb, work.now)), ..Marks::parse(&row.marks) };
    apply::mark(work, &leave, &folder, row, marks.render()).map(drop)
}
