//! Who comes to an event.

use items::event::{Answer, Attendee, Details, MAX_ATTENDEES, Person, Role};
use wbxml::Element;
use wbxml::page::calendar;

use super::number;
use crate::payload::{Options, Unreadable, read};
use crate::request::Version;

/// Bits of `MeetingStatus`.
const MEETING: u8 = 1;
const RECEIVED: u8 = 2;
const CANCELLED: u8 = 4;

/// Returns what an event says of its attendees: seen from the owner of the folder, not from who looks into it.
pub(super) fn render(details: &Details, options: &Options) -> Vec<Element> {
    let mut elements = vec![number(calendar::MEETING_STATUS, status(details, options))];
    elements.extend(attendees(&details.attendees));
    if options.version >= Version::V14_0 {
        let own = details.attendees.iter().find(|attendee| is_owner(&attendee.person, options));
        elements.push(number(calendar::DISALLOW_NEW_TIME_PROPOSAL, details.disallow_counter));
        elements.push(number(calendar::RESPONSE_REQUESTED, own.is_some_and(|own| own.rsvp)));
        elements.push(number(calendar::RESPONSE_TYPE, response(details, own, options)));
    }
    elements
}

fn is_owner(person: &Person, options: &Options) -> bool {
    options.owner.iter().any(|address| address.eq_ignore_ascii_case(&person.email))
}

/// Whether the owner invites: also to a meeting of which nobody knows who does.
fn is_organizer(details: &Details, options: &Options) -> bool {
    details.organizer.as_ref().is_none_or(|organizer| is_owner(organizer, options))
}

/// Returns `MeetingStatus`.
pub(super) fn status(details: &Details, options: &Options) -> u8 {
    if details.attendees.is_empty() {
        return 0;
    }
    let received = if is_organizer(details, options) { 0 } else { RECEIVED };
    let cancelled = if details.cancelled { CANCELLED } else { 0 };
    MEETING | received | cancelled
}

/// Returns `ResponseType`: 1 is the organizer, and 5 has not answered yet.
fn response(details: &Details, own: Option<&Attendee>, options: &Options) -> u8 {
    match own {
        _ if details.attendees.is_empty() => 0,
        _ if is_organizer(details, options) => 1,
        Some(own) => answer(own.answer),
        None => 0,
    }
}

/// Returns the number of an answer; 5 has not answered yet.
const fn answer(answer: Answer) -> u8 {
    match answer {
        Answer::Tentative => 2,
        Answer::Accepted => 3,
        Answer::Declined => 4,
        Answer::None | Answer::Delegated => 5,
    }
}

/// Returns the list of attendees, where there are any.
pub(super) fn attendees(attendees: &[Attendee]) -> Option<Element> {
    let one = |attendee: &Attendee| {
        let person = &attendee.person;
        let role = match attendee.role {
            Role::Required => "1",
            Role::Optional => "2",
            Role::Resource => "3",
        };
        Element::new(calendar::ATTENDEE)
            .with(Element::text(calendar::EMAIL, &person.email))
            // Without a name, phones drop the attendee.
            .with(Element::text(calendar::NAME, person.name.as_ref().unwrap_or(&person.email)))
            .with(number(calendar::ATTENDEE_STATUS, answer(attendee.answer)))
            .with(Element::text(calendar::ATTENDEE_TYPE, role))
    };
    (!attendees.is_empty())
        .then(|| attendees.iter().map(one).fold(Element::new(calendar::ATTENDEES), Element::with))
}

/// Returns the attendees that a phone names.
pub(super) fn parse(element: &Element) -> Result<Vec<Attendee>, Unreadable> {
    if element.children(calendar::ATTENDEE).nth(MAX_ATTENDEES).is_some() {
        return Err(Unreadable::new("the event has too many attendees"));
    }
    element.children(calendar::ATTENDEE).map(attendee).collect()
}

fn attendee(element: &Element) -> Result<Attendee, Unreadable> {
    let email =
        read::only(element, calendar::EMAIL)?.ok_or_else(|| Unreadable::new("an attendee has no Email"))?;
    let email = read::text(email)?.trim().to_owned();
    let name = read::only(element, calendar::NAME)?.map(read::text).transpose()?;
    let name = name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty() && *name != email);
    let number =
        |tag| read::only(element, tag)?.filter(|child| !child.is_empty()).map(read::number::<u8>).transpose();
    let answer = match number(calendar::ATTENDEE_STATUS)? {
        Some(2) => Answer::Tentative,
        Some(3) => Answer::Accepted,
        Some(4) => Answer::Declined,
        Some(_) | None => Answer::None,
    };
    let role = match number(calendar::ATTENDEE_TYPE)? {
        Some(2) => Role::Optional,
        Some(3) => Role::Resource,
        Some(_) | None => Role::Required,
    };
    Ok(Attendee { person: Person { email, name }, answer, role, rsvp: true })
}

/// Takes the answers out of a list: from 16.0 on a phone has none to give here.
pub(super) fn forget_answers(attendees: &mut items::Change<Vec<Attendee>>) {
    if let items::Change::Set(list) = attendees {
        for attendee in list {
            attendee.answer = Answer::None;
        }
    }
}

/// Returns whether `MeetingStatus` says that the meeting is cancelled.
pub(super) fn is_cancelled(element: &Element) -> Result<bool, Unreadable> {
    Ok(read::number::<u8>(element)? & CANCELLED != 0)
}
