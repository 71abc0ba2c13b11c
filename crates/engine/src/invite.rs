//! What the server mails by itself when a device changes a meeting: invitations, updates and cancellations, in the
//! transaction of the change.

use crate::deliver::{self, Route};
use crate::meeting::{address_of, person_of, post};
use crate::work::Work;
use crate::{Caller, Error};
use items::compose::{self, Meeting};
use items::event::meeting::{self, Method};
use items::event::{self, Event, Person};
use items::message::Address;
use items::{Change, Edit, Stamp};
use jiff::tz::TimeZone;
use store::row::folder::FolderRow;

/// What became of an event.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Turn<'a> {
    /// Its text before; `None` for a new one.
    pub(crate) before: Option<&'a [u8]>,
    /// Its text now; `None` where it is deleted.
    pub(crate) after: Option<&'a [u8]>,
}

/// Names the calendar's owner as the one who invites, where the device invites somebody and does not say who does.
pub(crate) fn with_organizer(
    work: &mut Work<'_, '_>,
    folder: &FolderRow,
    content: Vec<u8>,
    stamp: &Stamp,
) -> Result<Vec<u8>, Error> {
    let details = Event::parse(&content).details;
    if details.attendees.is_empty() || details.organizer.is_some() {
        return Ok(content);
    }
    let Some(own) = person_of(work, folder.account)? else { return Ok(content) };
    let fields = event::Fields { organizer: Change::Set(own), ..event::Fields::default() };
    let edit = Edit::Event(Box::new(event::Edit { fields, ..event::Edit::default() }));
    Ok(items::apply(&content, &edit, stamp).unwrap_or(content))
}

/// Tells those who are invited what became of a meeting that the calendar's owner organizes.
pub(crate) fn tell(
    work: &mut Work<'_, '_>,
    caller: &Caller,
    folder: &FolderRow,
    turn: Turn<'_>,
) -> Result<(), Error> {
    let Some(own) = person_of(work, folder.account)? else { return Ok(()) };
    let mine = |text: Option<&[u8]>| text.map(Event::parse).filter(|event| organizes(&own, event));
    let (before, after) = (mine(turn.before), mine(turn.after));
    let was = before.as_ref().map(|event| invited(&own, event)).unwrap_or_default();
    let is = after.as_ref().map(|event| invited(&own, event)).unwrap_or_default();
    if let (Some(text), Some(event)) = (turn.after, &after)
        && before.as_ref().is_none_or(|before| meeting::differs(before, event))
    {
        mail(work, (caller, &own), (event, text, Method::Request), &is)?;
    }
    let Some((text, event)) = turn.before.zip(before.as_ref()) else { return Ok(()) };
    // Nobody needs to hear that what is over does not take place.
    if event.ends(&TimeZone::UTC).is_some_and(|end| end < work.now) {
        return Ok(());
    }
    let left = |one: &Address| !is.iter().any(|other| other.address.eq_ignore_ascii_case(&one.address));
    let gone: Vec<Address> = was.into_iter().filter(left).collect();
    mail(work, (caller, &own), (event, text, Method::Cancel), &gone)
}

fn organizes(own: &Person, event: &Event) -> bool {
    event.details.organizer.as_ref().is_some_and(|one| one.email.eq_ignore_ascii_case(&own.email))
}

/// Returns everybody who is invited, to the whole or to an occurrence, the organizer aside.
fn invited(own: &Person, event: &Event) -> Vec<Address> {
    let exceptions = event.exceptions.iter().filter_map(|exception| exception.details.as_ref());
    let mut all: Vec<Address> = Vec::new();
    for one in std::iter::once(&event.details).chain(exceptions).flat_map(|details| &details.attendees) {
        let address = address_of(&one.person);
        let is = |other: &str| other.eq_ignore_ascii_case(&address.address);
        let known = is(&own.email) || all.iter().any(|other| is(&other.address));
        if !known && compose::is_usable(&address.address) && all.len() < compose::MAX_RECIPIENTS {
            all.push(address);
        }
    }
    all
}

fn mail(
    work: &mut Work<'_, '_>,
    who: (&Caller, &Person),
    (event, text, method): (&Event, &[u8], Method),
    to: &[Address],
) -> Result<(), Error> {
    if to.is_empty() {
        return Ok(());
    }
    let calendar = meeting::told(text, method, work.now);
    let details = &event.details;
    let subject = details.subject.as_deref().unwrap_or_default();
    let subject = match method {
        Method::Request | Method::Reply => subject.to_owned(),
        Method::Cancel => format!("Canceled: {subject}"),
    };
    let lines = [
        Some(meeting::span(event)),
        details.location.clone(),
        details.body.as_ref().map(|body| format!("\n{body}")),
    ];
    let said: Vec<String> = lines.into_iter().flatten().filter(|line| !line.is_empty()).collect();
    let said = said.join("\n");
    let route = Route::find(work, to)?;
    let back = Route::find(work, &[address_of(who.1)])?;
    deliver::lock(work, route.folders().chain(back.folders()))?;
    let made = Meeting { to, subject: &subject, text: &said, calendar: &calendar, method };
    post(work, who, (&route, &made))
}
