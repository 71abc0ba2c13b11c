//! What a phone asks to become of an event.

use items::event::{
    Busy, Dialect, Edit, ExceptionChange, ExceptionEdit, Fields, MAX_EXCEPTIONS, Missing, Person,
};
use items::zone::Blob;
use items::{Change, Sensitivity};
use wbxml::page::{air_sync_base, calendar};
use wbxml::{Element, Tag};

use super::{attendance, file, place, recurrence};
use crate::payload::{Ghosting, Reading, Unreadable, body, date, read};
use crate::request::Version;

/// From this length on, a phone's own name for an event is taken to be no other phone's.
const UNIQUE_BYTES: usize = 16;

/// Returns what the phone asks to become of the event.
///
/// What a phone leaves out stays, unless it said that it manages it. Times, zone, organizer, body and exceptions stay
/// even then, and from 16.0 on everything.
///
/// # Errors
///
/// [`Unreadable`], where an element has no valid value.
pub fn parse(data: &Element, reading: &Reading) -> Result<items::Edit, Unreadable> {
    let asked = Asked::of(reading);
    let ghosting = asked.ghosting;
    let recurrence = match filled(data, calendar::RECURRENCE)? {
        Filled::Missing if ghosting.manages(calendar::RECURRENCE) => Change::Remove,
        Filled::Missing => Change::Keep,
        Filled::Empty => Change::Remove,
        // From 16.0 on it stays as it is where it does not say which it is.
        Filled::With(element)
            if asked.dialect == Dialect::Parts && element.child(calendar::TYPE).is_none() =>
        {
            Change::Keep
        }
        Filled::With(element) => Change::Set(recurrence::parse(element)?),
    };
    let zone = match filled(data, calendar::TIMEZONE)? {
        Filled::Missing | Filled::Empty => None,
        Filled::With(element) => {
            Some(Blob::parse(&element.value()).map_err(|error| Unreadable::new(error.to_string()))?)
        }
    };
    let exceptions = match read::only(data, calendar::EXCEPTIONS)? {
        None => Vec::new(),
        Some(element) => exceptions(element, asked)?,
    };
    Ok(items::Edit::Event(Box::new(Edit {
        uid: uid(data, reading)?,
        zone,
        fields: fields(data, asked)?,
        recurrence,
        exceptions,
        files: if asked.dialect == Dialect::Parts { file::parse(data)? } else { Vec::new() },
        ..blank(reading)
    })))
}

/// Returns what the phone asks to become of one occurrence, which it names by its start.
///
/// # Errors
///
/// [`Unreadable`], where an element has no valid value or is not an occurrence's.
pub fn occurrence(data: &Element, instance: &str, reading: &Reading) -> Result<items::Edit, Unreadable> {
    for tag in [calendar::TIMEZONE, calendar::RECURRENCE, calendar::EXCEPTIONS] {
        if data.child(tag).is_some() {
            return Err(Unreadable::new("an occurrence has no zone, rule or exceptions of its own"));
        }
    }
    let fields = fields(data, Asked::of(reading))?;
    one(instance, ExceptionChange::Change(Box::new(fields), Missing::Keep), reading)
}

/// Returns the edit that deletes one occurrence.
///
/// # Errors
///
/// [`Unreadable`], where the name of the occurrence is no time.
pub fn delete_occurrence(instance: &str, reading: &Reading) -> Result<items::Edit, Unreadable> {
    one(instance, ExceptionChange::Delete, reading)
}

fn one(instance: &str, change: ExceptionChange, reading: &Reading) -> Result<items::Edit, Unreadable> {
    let original = date::instant(instance).ok_or_else(|| Unreadable::new("the InstanceId is no time"))?;
    let exceptions = vec![ExceptionEdit { original, change }];
    Ok(items::Edit::Event(Box::new(Edit { exceptions, dialect: Dialect::Parts, ..blank(reading) })))
}

/// Returns an edit that changes nothing.
fn blank(reading: &Reading) -> Edit {
    Edit {
        home: reading.home.clone(),
        owner: reading.owner.clone(),
        dialect: Asked::of(reading).dialect,
        ..Edit::default()
    }
}

/// Returns the UID of a new event: the phone's, from 16.0 on made of the phone's own name for it, so that the same
/// event sent once more is known.
///
/// # Errors
///
/// [`Unreadable`], where it is no text.
pub fn uid(data: &Element, reading: &Reading) -> Result<Option<String>, Unreadable> {
    let name = value(data, calendar::CLIENT_UID, read::text)?.map(|name| name.trim().to_owned());
    let name = name.filter(|name| !name.is_empty() && reading.version >= Version::V16_0);
    Ok(match name {
        Some(name) if name.len() >= UNIQUE_BYTES => Some(name),
        Some(name) => Some(format!("{name}-{}", reading.device)),
        None => value(data, calendar::UID, read::text)?,
    })
}

/// What is asked of how an element is read.
#[derive(Debug, Clone, Copy)]
struct Asked<'r> {
    ghosting: &'r Ghosting,
    dialect: Dialect,
}

impl<'r> Asked<'r> {
    fn of(reading: &'r Reading) -> Self {
        if reading.version < Version::V16_0 {
            Self { ghosting: &reading.ghosting, dialect: Dialect::Whole }
        } else {
            Self { ghosting: &Ghosting::Everything, dialect: Dialect::Parts }
        }
    }
}

fn exceptions(element: &Element, asked: Asked<'_>) -> Result<Vec<ExceptionEdit>, Unreadable> {
    if element.children(calendar::EXCEPTION).nth(MAX_EXCEPTIONS).is_some() {
        return Err(Unreadable::new("the event has too many exceptions"));
    }
    element.children(calendar::EXCEPTION).map(|element| exception(element, asked)).collect()
}

fn exception(element: &Element, asked: Asked<'_>) -> Result<ExceptionEdit, Unreadable> {
    let original = match value(element, calendar::EXCEPTION_START_TIME, read::instant)? {
        Some(original) => Some(original),
        None => value(element, air_sync_base::INSTANCE_ID, read::instant)?,
    };
    let original = original.ok_or_else(|| Unreadable::new("an exception has no ExceptionStartTime"))?;
    let is_deleted = value(element, calendar::DELETED, read::flag)?.unwrap_or_default();
    let missing = match asked.ghosting {
        Ghosting::Listed(_) => Missing::Inherit,
        Ghosting::Nothing | Ghosting::Everything => Missing::Keep,
    };
    let change = if is_deleted {
        ExceptionChange::Delete
    } else {
        let asked = Asked { ghosting: &Ghosting::Nothing, ..asked };
        ExceptionChange::Change(Box::new(fields(element, asked)?), missing)
    };
    Ok(ExceptionEdit { original, change })
}

fn fields(data: &Element, asked: Asked<'_>) -> Result<Fields, Unreadable> {
    let Asked { ghosting, dialect } = asked;
    let text = |element: &Element| read::text(element).map(|text| text.trim_end().to_owned());
    let mut fields = Fields {
        subject: change(data, calendar::SUBJECT, ghosting, text)?,
        location: change(data, calendar::LOCATION, ghosting, text)?,
        place: Change::Keep,
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
        organizer: Change::Keep,
        attendees: change(data, calendar::ATTENDEES, ghosting, attendance::parse)?,
        cancelled: value(data, calendar::MEETING_STATUS, attendance::is_cancelled)?,
        disallow_counter: value(data, calendar::DISALLOW_NEW_TIME_PROPOSAL, read::flag)?,
    };
    match dialect {
        Dialect::Whole => fields.organizer = organizer(data)?,
        Dialect::Parts => {
            if data.child(air_sync_base::LOCATION).is_some() {
                (fields.location, fields.place) = place::parse(data)?;
            }
            attendance::forget_answers(&mut fields.attendees);
        }
    }
    Ok(fields)
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
