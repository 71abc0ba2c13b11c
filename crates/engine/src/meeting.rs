//! Answers to invitations: a user accepts or declines a meeting, and an organizer's calendar hears of it.

mod heard;

pub(crate) use heard::hear;

use crate::apply::{self, New};
use crate::away::Replies;
use crate::cursor::Correction;
use crate::decide::Rights;
use crate::deliver::{self, CALENDAR, Parcel, Route};
use crate::deny::{Denial, Denials, Operation, Place, Reason};
use crate::key::Chain;
use crate::work::Work;
use crate::{Caller, Device, Engine, Error, kind};
use items::compose::{self, Meeting, Outgoing, Signature};
use items::event::meeting::{self, Method, Told};
use items::event::{Answer, Event, Person};
use items::message::{Address, Message};
use items::{Kind, Stamp};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use store::id::{FolderId, PrincipalId, SyncKey, Uid};
use store::row;
use store::row::answer::AnswerId;
use store::row::folder::FolderRow;
use store::row::item::ItemRow;

/// Role of an account's trash.
const TRASH: i64 = 4;
/// The outcome of an answer after which there is no event.
const NO_EVENT: &str = "-";

/// Whether the server tells the organizer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Response {
    /// The device does.
    None,
    /// It does, with these words.
    Mail(String),
}

/// A user's answer to an invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeetingAnswer {
    /// The folder of the invitation or of the event.
    pub folder: FolderId,
    /// The invitation or the event.
    pub uid: Uid,
    /// What he says.
    pub answer: Answer,
    /// To which occurrence; `None` for the whole meeting.
    pub occurrence: Option<Timestamp>,
    /// Whether the server tells the organizer.
    pub response: Response,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MeetingOutcome {
    /// It is noted; the event stands here, or is gone.
    Done(Option<(FolderId, Uid)>),
    /// There is no such invitation, or it is none.
    NoMeeting,
    /// An occurrence was meant, but the meeting does not recur.
    NoSeries,
    /// He may not write to the calendar; nothing was done, and nobody was told.
    Denied,
}

impl Engine {
    /// Answers an invitation: the event is made, changed or removed, the invitation goes to the trash, and the
    /// organizer is told.
    ///
    /// # Errors
    /// When the database fails; then nothing was done.
    pub fn answer_meeting(
        &self,
        caller: &Caller,
        device: &Device,
        asked: &MeetingAnswer,
        now: Timestamp,
    ) -> Result<MeetingOutcome, Error> {
        self.write(now, |work| {
            let before = answered_before(work, device, asked)?;
            match Invitation::find(work, caller, asked)? {
                Some(invitation) => invitation.take(work, (caller, device), asked),
                // The answer to this very request may have been lost.
                None => Ok(before.unwrap_or(MeetingOutcome::NoMeeting)),
            }
        })
    }
}

/// An invitation, and the calendar it is for.
struct Invitation {
    /// The message that brought it; `None` where the event itself was named.
    mail: Option<(FolderRow, Uid)>,
    calendar: FolderRow,
    /// The event as it stands in the calendar.
    stands: Option<ItemRow>,
    /// The meeting as an item.
    item: Vec<u8>,
    /// Who answers: whose calendar it is.
    own: Person,
    organizer: Person,
    recurs: bool,
}

impl Invitation {
    fn find(work: &mut Work<'_, '_>, caller: &Caller, asked: &MeetingAnswer) -> Result<Option<Self>, Error> {
        let Some(folder) = row::folder::load(work, asked.folder)? else { return Ok(None) };
        let now_ms = work.now_ms();
        let rights = Rights::load(work, &folder, caller.user, now_ms)?;
        let row = row::item::load(work, folder.id, asked.uid)?.filter(|row| rights.sees(&row.head()));
        let Some(row) = row else { return Ok(None) };
        let Some(own) = person_of(work, folder.account)? else { return Ok(None) };
        let found = match kind::from_code(folder.kind)? {
            Kind::Mail => Self::of_mail(work, (folder, row), own)?,
            Kind::Calendar => Self::of_event((folder, row), own),
            Kind::Contacts | Kind::Tasks | Kind::Notes | Kind::Files => None,
        };
        // Nobody answers himself.
        Ok(found.filter(|found| !found.organizer.email.eq_ignore_ascii_case(&found.own.email)))
    }

    fn of_mail(
        work: &mut Work<'_, '_>,
        (folder, row): (FolderRow, ItemRow),
        own: Person,
    ) -> Result<Option<Self>, Error> {
        let Some(text) = Message::parse(&row.content).calendar else { return Ok(None) };
        let told = Told::parse(text.as_bytes()).filter(|told| told.method == Method::Request);
        let Some(told) = told else { return Ok(None) };
        let Some(organizer) = told.event.details.organizer.clone() else { return Ok(None) };
        let Some(calendar) = row::folder::by_role(work, folder.account, CALENDAR)? else { return Ok(None) };
        let stands = row::item::by_identity(work, calendar.id, &told.uid)?;
        // A late, older invitation does not undo a newer one; one to a single occurrence is not the whole series.
        let newer = |stands: &&ItemRow| {
            meeting::sequence(&stands.content) >= told.sequence || told.occurrence.is_some()
        };
        let item = match stands.as_ref().filter(newer) {
            Some(stands) => stands.content.clone(),
            None => meeting::as_item(text.as_bytes()),
        };
        let recurs = Event::parse(&item).rule.is_some();
        let mail = Some((folder, row.uid));
        Ok(Some(Self { mail, calendar, stands, item, own, organizer, recurs }))
    }

    fn of_event((calendar, row): (FolderRow, ItemRow), own: Person) -> Option<Self> {
        let event = Event::parse(&row.content);
        let organizer = event.details.organizer.filter(|_| !event.details.attendees.is_empty())?;
        let (item, recurs) = (row.content.clone(), event.rule.is_some());
        Some(Self { mail: None, calendar, stands: Some(row), item, own, organizer, recurs })
    }

    fn take(
        self,
        work: &mut Work<'_, '_>,
        (caller, device): (&Caller, &Device),
        asked: &MeetingAnswer,
    ) -> Result<MeetingOutcome, Error> {
        if asked.occurrence.is_some() && !self.recurs {
            return Ok(MeetingOutcome::NoSeries);
        }
        let stamp = Stamp { uid: work.random_name(), now: work.now };
        let who = (&self.own, asked.answer);
        let Ok(content) = meeting::answered(&self.item, who, asked.occurrence, &stamp) else {
            return Ok(MeetingOutcome::NoMeeting);
        };
        if items::check(Kind::Calendar, &content).is_err() {
            return Ok(MeetingOutcome::NoMeeting);
        }
        let route = Route::find(work, &[address_of(&self.organizer)])?;
        let trash = self.trash(work)?;
        let mail = self.mail.iter().map(|(folder, _)| folder.id);
        let back = Route::find(work, &[address_of(&self.own)])?;
        let all = route.folders().chain(back.folders()).chain(mail);
        let all = all.chain(trash.as_ref().map(|folder| folder.id)).chain([self.calendar.id]);
        deliver::lock(work, all)?;
        let whole = asked.answer == Answer::Declined && asked.occurrence.is_none();
        let event = match self.write(work, caller, (&content, whole))? {
            Ok(event) => event,
            Err(why) => {
                self.deny(work, (caller, device), (why, content, asked))?;
                return Ok(MeetingOutcome::Denied);
            }
        };
        if let Response::Mail(text) = &asked.response {
            self.tell(work, caller, (&route, asked, text))?;
        }
        self.put_away(work, caller, trash.as_ref())?;
        let event = event.map(|uid| (self.calendar.id, uid));
        remember(work, device, (asked, event))?;
        Ok(MeetingOutcome::Done(event))
    }

    /// Writes the answer into the calendar, if its user may: returns the event, or why not.
    fn write(
        &self,
        work: &mut Work<'_, '_>,
        caller: &Caller,
        (content, declined): (&[u8], bool),
    ) -> Result<Result<Option<Uid>, String>, Error> {
        let now_ms = work.now_ms();
        let rights = Rights::load(work, &self.calendar, caller.user, now_ms)?;
        let stands = self.stands.clone();
        let leave = match (&stands, declined) {
            (None, true) => return Ok(Ok(None)),
            (None, false) => rights.create(now_ms),
            (Some(row), true) => rights.delete(&row.head(), now_ms),
            (Some(row), false) => rights.change(&row.head(), now_ms),
        };
        let leave = match leave {
            Ok(leave) => leave,
            Err(why) => return Ok(Err(why.to_string())),
        };
        Ok(Ok(match (stands, declined) {
            (Some(row), true) => {
                apply::delete(work, &leave, self.calendar.id, &row.head())?;
                None
            }
            (Some(row), false) => {
                let uid = row.uid;
                apply::rewrite(work, &leave, &self.calendar, row, content.to_vec())?;
                Some(uid)
            }
            (None, _) => {
                let owner = Some(self.calendar.account);
                let new = New { owner, name: None, content: content.to_vec(), marks: String::new() };
                Some(apply::insert(work, &leave, &self.calendar, new)?)
            }
        }))
    }

    /// Records that the calendar may not be written to. The device may show the answer already, and the invitation no
    /// more: it gets both as they stand.
    fn deny(
        &self,
        work: &mut Work<'_, '_>,
        (caller, device): (&Caller, &Device),
        (why, tried, asked): (String, Vec<u8>, &MeetingAnswer),
    ) -> Result<(), Error> {
        let mut denials = Denials::new(caller, device, Place::of(work, &self.calendar)?).on_purpose();
        let stands = self.stands.as_ref();
        let denial = Denial {
            operation: if stands.is_some() { Operation::Change } else { Operation::Create },
            reason: Reason::Access,
            uid: stands.map(|row| row.uid),
            digest: format!("{}/{}", identity(asked), crate::work::hex(&Sha256::digest(&self.item))),
            why,
            tried: Some(tried),
            stands: stands.map(|row| row.content.clone()),
        };
        denials.record(work, denial)?;
        denials.finish(work)?;
        if let Some((folder, uid)) = &self.mail {
            let fix = Correction::Settle { uid: uid.0 };
            crate::moves::correct(work, Chain { device: device.id, folder: folder.id }, |cursor| {
                if cursor.held.has(*uid) {
                    cursor.drops(*uid);
                    cursor.corrections.push(fix.clone());
                }
            })?;
        }
        let Some(row) = stands else { return Ok(()) };
        let fix = Correction::Restore { uid: row.uid.0, hint: String::new() };
        crate::moves::correct(work, Chain { device: device.id, folder: self.calendar.id }, |cursor| {
            if cursor.held.has(row.uid) && !cursor.corrections.contains(&fix) {
                cursor.corrections.push(fix.clone());
            }
        })
    }

    /// Tells the organizer.
    fn tell(
        &self,
        work: &mut Work<'_, '_>,
        caller: &Caller,
        (route, asked, text): (&Route, &MeetingAnswer, &str),
    ) -> Result<(), Error> {
        let calendar = meeting::reply(&self.item, (&self.own, asked.answer), asked.occurrence, work.now);
        let subject = Event::parse(&self.item).details.subject.unwrap_or_default();
        let said = match asked.answer {
            Answer::Accepted => "Accepted",
            Answer::Tentative => "Tentative",
            Answer::Declined => "Declined",
            Answer::None | Answer::Delegated => "Answer",
        };
        let to = [address_of(&self.organizer)];
        let subject = format!("{said}: {subject}");
        let made = Meeting { to: &to, subject: &subject, text, calendar: &calendar, method: Method::Reply };
        post(work, (caller, &self.own), (route, &made))
    }

    fn trash(&self, work: &mut Work<'_, '_>) -> Result<Option<FolderRow>, Error> {
        match &self.mail {
            Some((folder, _)) if folder.role != TRASH => {
                Ok(row::folder::by_role(work, folder.account, TRASH)?)
            }
            Some(_) | None => Ok(None),
        }
    }

    /// Puts the message that invited into the trash, where its user may.
    fn put_away(
        &self,
        work: &mut Work<'_, '_>,
        caller: &Caller,
        trash: Option<&FolderRow>,
    ) -> Result<(), Error> {
        let (Some((folder, uid)), Some(trash)) = (&self.mail, trash) else { return Ok(()) };
        let Some(row) = row::item::load(work, folder.id, *uid)? else { return Ok(()) };
        let now_ms = work.now_ms();
        let rights = Rights::load(work, folder, caller.user, now_ms)?;
        match rights.delete(&row.head(), now_ms) {
            Ok(leave) => apply::relocate(work, &leave, folder, trash, row).map(drop),
            Err(_) => Ok(()),
        }
    }
}

/// Sends a message about a meeting in the name of `own`, whose calendar it is. The folders are locked by now,
/// his own too: who is away answers him.
pub(crate) fn post(
    work: &mut Work<'_, '_>,
    (caller, own): (&Caller, &Person),
    (route, made): (&Route, &Meeting<'_>),
) -> Result<(), Error> {
    let boundary = format!("=_{}", work.random_name());
    let host = deliver::host(work);
    let by = deliver::address_of(caller, host);
    let from = address_of(own);
    // Who acts for the calendar's owner says so.
    let sender = Some(by).filter(|by| !by.address.eq_ignore_ascii_case(&from.address));
    let message_id = format!("{}@{host}", work.random_name());
    let signature = Signature { from: Some(from.clone()), sender, message_id, now: work.now };
    let message = compose::meeting(made, &boundary);
    let Ok(outgoing) = Outgoing::new(&message, &signature) else { return Ok(()) };
    let content = outgoing.transmitted();
    let parcel = Parcel { by: caller.user, sender: &from.address, content: &content };
    let replies = Replies::due(work, route, &parcel)?;
    route.take(work, &parcel)?;
    replies.give(work)
}

/// Returns a user as a meeting names him.
pub(crate) fn person_of(work: &mut Work<'_, '_>, account: PrincipalId) -> Result<Option<Person>, Error> {
    let row = row::principal::load(work, account)?;
    Ok(row.and_then(|row| Some(Person { email: row.email?, name: Some(row.display_name) })))
}

/// Returns a person as a message names him.
pub(crate) fn address_of(person: &Person) -> Address {
    Address { name: person.name.clone().unwrap_or_default(), address: person.email.clone() }
}

/// Names an answer among those of a device.
fn identity(asked: &MeetingAnswer) -> String {
    let occurrence = asked.occurrence.map(|at| at.to_string()).unwrap_or_default();
    format!("r/{}/{:?}/{occurrence}", asked.uid, asked.answer)
}

fn answered_before(
    work: &mut Work<'_, '_>,
    device: &Device,
    asked: &MeetingAnswer,
) -> Result<Option<MeetingOutcome>, Error> {
    let identity = identity(asked);
    let id = AnswerId { key: SyncKey::START, identity: &identity };
    let before = row::answer::outcome(work, device.id, asked.folder, id)?;
    Ok(before.map(|text| {
        let event = text
            .split_once(':')
            .and_then(|(folder, uid)| Some((FolderId(folder.parse().ok()?), Uid(uid.parse().ok()?))));
        MeetingOutcome::Done(event)
    }))
}

fn remember(
    work: &mut Work<'_, '_>,
    device: &Device,
    (asked, event): (&MeetingAnswer, Option<(FolderId, Uid)>),
) -> Result<(), Error> {
    let identity = identity(asked);
    let id = AnswerId { key: SyncKey::START, identity: &identity };
    let text = event.map_or_else(|| NO_EVENT.to_owned(), |(folder, uid)| format!("{folder}:{uid}"));
    let now_ms = work.now_ms();
    row::answer::store(work, (device.id, asked.folder), id, &text, now_ms)?;
    Ok(row::answer::settle(work, device.id, asked.folder, &identity)?)
}
