//! What a phone asks to become of an event.

use items::event::{Busy, Edit, ExceptionChange, ExceptionEdit, Fields, MAX_EXCEPTIONS, Missing, Person};
use items::zone::Blob;
use items::{Change, Sensitivity};
use wbxml::page::calendar;
use wbxml::{Element, Tag};

use super::{attendance, recurrence};
use crate::payload::{Ghosting, Unreadable, body, read};

/// Returns what the phone asks to become of the event.
///
/// What a phone leaves out stays, unless it said that it manages it. Times, zone, organizer, body and exceptions stay
/// even then.
///
/// # Errors
///
/// [`Unreadable`], where an element has no valid value.
pub fn parse(data: &Element, ghosting: &Ghosting) -> Result<items::Edit, Unreadable> {
    let recurrence = match filled(data, calendar::RECURRENCE)? {
        Filled::Missing if ghosting.manages(calendar::RECURRENCE) => Change::Remove,
        Filled::Missing => Change::Keep,
        Filled::Empty => Change::Remove,
        Filled::With(element) => Change::Set(recurrence::parse(element)?),
    };
    let zone = match filled(data, calendar::TIMEZONE)? {
        Filled::Missing | Filled::Empty => None,
        Filled::With(element) => {
            Some(Blob::parse(&element.value()).map_err(|error| Unreadable::new(error.to_string()))?)
        }
    };
    let missing = match ghosting {
        Ghosting::Listed(_) => Missing::Inherit,
        Ghosting::Nothing | Ghosting::Everything => Missing::Keep,
    };
    let uid = value(data, calendar::UID, read::text)?;
    let exceptions = match read::only(data, calendar::EXCEPTIONS)? {
        None => Vec::new(),
        Some(element) => exceptions(element, missing)?,
    };
    let fields = fields(data, ghosting)?;
    Ok(items::Edit::Event(Box::new(Edit { uid, zone, home: None, fields, recurrence, exceptions })))
}

fn exceptions(element: &Element, missing: Missing) -> Result<Vec<ExceptionEdit>, Unreadable> {
    if element.children(calendar::EXCEPTION).nth(MAX_EXCEPTIONS).is_some() {
        return Err(Unreadable::new("the event has too many exceptions"));
    }
    element.children(calendar::EXCEPTION).map(|element| exception(element, missing)).collect()
}

fn exception(element: &Element, missing: Missing) -> Result<ExceptionEdit, Unreadable> {
    let original = value(element, calendar::EXCEPTION_START_TIME, read::instant)?
        .ok_or_else(|| Unreadable::new("an exception has no ExceptionStartTime"))?;
    let is_deleted = value(element, calendar::DELETED, read::flag)?.unwrap_or_default();
    let change = if is_deleted {
        ExceptionChange::Delete
    } else {
        ExceptionChange::Change(Box::new(fields(element, &Ghosting::Nothing)?), missing)
    };
    Ok(ExceptionEdit { original, change })
}

fn fields(data: &Element, ghosting: &Ghosting) -> Result<Fields, Unreadable> {
    let text = |element: &Element| read::text(element).map(|text| text.trim_end().to_owned());
    Ok(Fields {
        subject: change(data, calendar::SUBJECT, ghosting, text)?,
        location: change(data, calendar::LOCATION, ghosting, text)?,
        body: body::parse(data)?,
        start: value(data, calendar::START_TIME, read::instant)?,
        end: value(data, calendar::END_TIME, read::instant)?,
        all_day: value(data, calendar::ALL_DAY_EVENT, read::flag)?,
        busy: change(data, calendar::BUSY_STATUS, ghosting, busy)?,
        sensitivity: change(data, calendar::SENSITIVITY, ghosting, sensitivity)?,
        reminder: change(data, calendar::REMINDER, ghosting, read::number)?,
        categories: change(data, calendar::CATEGORIES, ghosting, |list| {
            read::list(list, calendar::CATEGORY)
        })?,
        organizer: organizer(data)?,
        attendees: change(data, calendar::ATTENDEES, ghosting, attendance::parse)?,
        cancelled: value(data, calendar::MEETING_STATUS, attendance::is_cancelled)?,
        disallow_counter: value(data, calendar::DISALLOW_NEW_TIME_PROPOSAL, read::flag)?,
    })
}

fn busy(element: &Element) -> Result<Busy, Unreadable> {
    Busy::from_number(read::number(element)?).ok_or_else(|| Unreadable::new("BusyStatus is above 4"))
}

fn sensitivity(element: &Element) -> Result<Sensitivity, Unreadable> {
    Sensitivity::from_number(read::number(element)?).ok_or_else(|| Unreadable::new("Sensitivity is above 3"))
}

fn organizer(data: &Element) -> Result<Change<Person>, Unreadable> {
    let email = value(data, calendar::ORGANIZER_EMAIL, read::text)?;
    let name = value(data, calendar::ORGANIZER_NAME, read::text)?;
    Ok(email.map_or(Change::Keep, |email| {
        let email = email.trim().to_owned();
        let name = name.filter(|name| !name.is_empty() && *name != email);
        Change::Set(Person { email, name })
    }))
}

/// An element that may be missing, or there without saying anything.
enum Filled<'e> {
    Missing,
    Empty,
    With(&'e Element),
}

fn filled(data: &Element, tag: Tag) -> Result<Filled<'_>, Unreadable> {
    Ok(match read::only(data, tag)? {
        None => Filled::Missing,
        Some(element) if element.is_empty() => Filled::Empty,
        Some(element) => Filled::With(element),
    })
}

fn change<T>(
    data: &Element,
    tag: Tag,
    ghosting: &Ghosting,
    read: impl Fn(&Element) -> Result<T, Unreadable>,
) -> Result<Change<T>, Unreadable> {
    match filled(data, tag)? {
        Filled::Missing if ghosting.manages(tag) => Ok(Change::Remove),
        Filled::Missing => Ok(Change::Keep),
        Filled::Empty => Ok(Change::Remove),
        Filled::With(element) => read(element).map(Change::Set),
    }
}

/// Returns what an element says that cannot be taken away: missing and empty are the same.
fn value<T>(
    data: &Element,
    tag: Tag,
    read: impl Fn(&Element) -> Result<T, Unreadable>,
) -> Result<Option<T>, Unreadable> {
    match filled(data, tag)? {
        Filled::Missing | Filled::Empty => Ok(None),
        Filled::With(element) => read(element).map(Some),
    }
}
