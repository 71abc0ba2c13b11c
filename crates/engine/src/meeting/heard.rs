//! What a message tells of a meeting is noted in the calendar of whoever gets it: an attendee's answer, or that the
//! meeting is called off.

use crate::Error;
use crate::apply;
use crate::decide::Allowed;
use crate::deliver::{CALENDAR, Parcel};
use crate::work::Work;
use items::event::meeting::{self, Method, Told};
use items::event::{Answer, Event, Person};
use items::message::Message;
use items::{EditError, Stamp};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use store::id::PrincipalId;
use store::row;
use store::row::folder::FolderRow;
use store::row::item::ItemRow;

use super::person_of;

/// Answers of one sender that are noted in an hour; more are mail and nothing else.
const MAX_REPLIES: u32 = 60;
/// Milliseconds in an hour.
const HOUR_MS: i64 = 60 * 60 * 1000;
/// The name under which a sender's answers are counted among his settings.
const COUNTED: &str = "replies";

/// A meeting that a message is about, as it stands in the calendar of whoever gets the message.
struct Meant {
    calendar: FolderRow,
    row: ItemRow,
    event: Event,
    own: Person,
}

/// Notes what a message tells the calendar of an account.
pub(crate) fn hear(work: &mut Work<'_, '_>, account: PrincipalId, parcel: &Parcel<'_>) -> Result<(), Error> {
    let Some(text) = calendar_of(parcel.content) else { return Ok(()) };
    let Some(told) = Told::parse(text.as_bytes()) else { return Ok(()) };
    if told.method == Method::Request {
        return Ok(());
    }
    let Some(meant) = Meant::find(work, account, &told)? else { return Ok(()) };
    // What was said of an older version of the meeting is not said of this one.
    if told.sequence < meeting::sequence(&meant.row.content) {
        return Ok(());
    }
    let content = match told.method {
        Method::Request => return Ok(()),
        Method::Reply => meant.answered(work, &told, parcel)?,
        Method::Cancel => meant.called_off(work, &told, parcel),
    };
    match content {
        Some(Ok(content)) if content != meant.row.content => {
            apply::rewrite(work, &Allowed::delivery(), &meant.calendar, meant.row, content).map(drop)
        }
        Some(_) | None => Ok(()),
    }
}

impl Meant {
    fn find(work: &mut Work<'_, '_>, account: PrincipalId, told: &Told) -> Result<Option<Self>, Error> {
        let Some(calendar) = row::folder::by_role(work, account, CALENDAR)? else { return Ok(None) };
        let Some(row) = row::item::by_identity(work, calendar.id, &told.uid)? else { return Ok(None) };
        let Some(own) = person_of(work, account)? else { return Ok(None) };
        let event = Event::parse(&row.content);
        Ok(Some(Self { calendar, row, event, own }))
    }

    fn is_organized_by(&self, address: &str) -> bool {
        self.event.details.organizer.as_ref().is_some_and(|one| is(one, address))
    }

    /// Returns the event with an attendee's answer: only the one who sends it may answer, and only for himself.
    fn answered(
        &self,
        work: &mut Work<'_, '_>,
        told: &Told,
        parcel: &Parcel<'_>,
    ) -> Result<Option<Result<Vec<u8>, EditError>>, Error> {
        let [who] = told.event.details.attendees.as_slice() else { return Ok(None) };
        let is_invited = self.event.details.attendees.iter().any(|one| is(&one.person, &who.person.email));
        if !self.is_organized_by(&self.own.email) || !is_invited || !is(&who.person, parcel.sender) {
            return Ok(None);
        }
        let occurrence = occurrence(told);
        // That somebody does not come once takes nothing away from the organizer's series.
        if occurrence.is_some() && (who.answer == Answer::Declined || self.event.rule.is_none()) {
            return Ok(None);
        }
        if !counts(work, parcel.by)? {
            return Ok(None);
        }
        Ok(Some(meeting::answered(&self.row.content, (&who.person, who.answer), occurrence, &stamp(work))))
    }

    /// Returns an attendee's event, called off: only its organizer may do that.
    fn called_off(
        &self,
        work: &Work<'_, '_>,
        told: &Told,
        parcel: &Parcel<'_>,
    ) -> Option<Result<Vec<u8>, EditError>> {
        let is_guest = !self.is_organized_by(&self.own.email);
        (is_guest && self.is_organized_by(parcel.sender))
            .then(|| meeting::called_off(&self.row.content, occurrence(told), &stamp(work)))
    }
}

fn is(person: &Person, address: &str) -> bool {
    person.email.eq_ignore_ascii_case(address)
}

fn occurrence(told: &Told) -> Option<Timestamp> {
    told.occurrence.as_ref().map(|when| when.instant(&TimeZone::UTC))
}

fn stamp(work: &Work<'_, '_>) -> Stamp {
    Stamp { uid: String::new(), now: work.now }
}

/// Returns the calendar part of a message, without reading the whole of messages that have none.
fn calendar_of(content: &[u8]) -> Option<String> {
    let word = b"text/calendar";
    let says = content.windows(word.len()).any(|bytes| bytes.eq_ignore_ascii_case(word));
    if says { Message::parse(content).calendar } else { None }
}

/// How many answers of a sender were noted since a time.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Counted {
    since_ms: i64,
    replies: u32,
}

/// Counts an answer, and returns whether it is to be noted.
fn counts(work: &mut Work<'_, '_>, sender: PrincipalId) -> Result<bool, Error> {
    let now_ms = work.now_ms();
    let known = match row::user_setting::load(work, sender, COUNTED)? {
        Some(text) => {
            serde_json::from_str::<Counted>(&text).map_err(|_| Error::Store(store::Error::Corrupt))?
        }
        None => Counted { since_ms: now_ms, replies: 0 },
    };
    // A clock that went back begins a new hour.
    let is_on = (known.since_ms..known.since_ms.saturating_add(HOUR_MS)).contains(&now_ms);
    let known = if is_on { known } else { Counted { since_ms: now_ms, replies: 0 } };
    if known.replies >= MAX_REPLIES {
        return Ok(false);
    }
    let counted = Counted { replies: known.replies + 1, ..known };
    let text = serde_json::to_string(&counted).expect("numbers always become JSON");
    row::user_setting::store(work, sender, COUNTED, &text)?;
    Ok(true)
}
