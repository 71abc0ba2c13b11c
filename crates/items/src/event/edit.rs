//! What a phone asks to become of an event.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{Attendee, Busy, Person, Place};
use crate::recurrence::Pattern;
use crate::zone::Blob;
use crate::{Body, Change, Sensitivity};

/// What is to become of the properties that a master and an occurrence both have.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fields {
    /// SUMMARY.
    pub subject: Change<String>,
    /// LOCATION.
    pub location: Change<String>,
    /// What is known of the place beside its name. A place that gets another name loses it.
    pub place: Change<Place>,
    /// DESCRIPTION and X-ALT-DESC.
    pub body: Change<Body>,
    /// The start; days as their first instant.
    pub start: Option<Timestamp>,
    /// The end; days as the first instant after the last one.
    pub end: Option<Timestamp>,
    /// Whether whole days are meant.
    pub all_day: Option<bool>,
    /// TRANSP.
    pub busy: Change<Busy>,
    /// CLASS.
    pub sensitivity: Change<Sensitivity>,
    /// Minutes before the start.
    pub reminder: Change<u32>,
    /// CATEGORIES.
    pub categories: Change<Vec<String>>,
    /// ORGANIZER.
    pub organizer: Change<Person>,
    /// ATTENDEE.
    pub attendees: Change<Vec<Attendee>>,
    /// STATUS:CANCELLED.
    pub cancelled: Option<bool>,
    /// X-MICROSOFT-DISALLOW-COUNTER.
    pub disallow_counter: Option<bool>,
}

/// What a property that an exception does not mention means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Missing {
    /// It stays as it is: many phones leave out what they do not know.
    #[default]
    Keep,
    /// It is the series' again ([MS-ASCAL] Exception), body, attendees and times excepted.
    Inherit,
}

/// What is to become of one occurrence.
#[derive(Debug, Clone, PartialEq)]
pub enum ExceptionChange {
    /// It goes.
    Delete,
    /// It changes.
    Change(Box<Fields>, Missing),
}

/// One occurrence and what is to become of it.
#[derive(Debug, Clone, PartialEq)]
pub struct ExceptionEdit {
    /// When the series has it.
    pub original: Timestamp,
    /// What is to become of it.
    pub change: ExceptionChange,
}

/// How a phone speaks of events.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Dialect {
    /// Up to 14.1: it sends the event with all that it knows of it.
    #[default]
    Whole,
    /// From 16.0: it sends what it changed, and each occurrence by itself. A series that gets another time or rule
    /// loses its exceptions.
    Parts,
}

/// What is to become of a file of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileEdit {
    /// It is added.
    Add(NewFile),
    /// The one with this [`super::Attachment::id`] goes.
    Remove(u32),
}

/// A file that a phone adds to an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    /// Its name.
    pub name: String,
    /// Its content type, where it was told.
    pub media: Option<String>,
    /// Its content.
    pub data: Vec<u8>,
}

/// What is to become of an event. Exceptions that are not mentioned stay.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Edit {
    /// The UID a phone gave a new event; of an event that is there it is ignored.
    pub uid: Option<String>,
    /// The rules of the zone the times are meant in.
    pub zone: Option<Blob>,
    /// The user's zone, for days and where `zone` says nothing.
    pub home: Option<TimeZone>,
    /// How the phone speaks.
    pub dialect: Dialect,
    /// The addresses of the calendar's owner. Of a meeting that somebody else invites him to, only what is his own
    /// changes ([`crate::reach`]); a meeting without an organizer is his.
    pub owner: Vec<String>,
    /// The event itself.
    pub fields: Fields,
    /// RRULE.
    pub recurrence: Change<Pattern>,
    /// Single occurrences.
    pub exceptions: Vec<ExceptionEdit>,
    /// Files.
    pub files: Vec<FileEdit>,
}

impl Edit {
    /// Leaves reminders as they are where the edit would take them away: who made it was not shown any.
    pub fn keep_reminders(&mut self) {
        let exceptions = self.exceptions.iter_mut().filter_map(|exception| match &mut exception.change {
            ExceptionChange::Change(fields, _) => Some(&mut **fields),
            ExceptionChange::Delete => None,
        });
        for fields in std::iter::once(&mut self.fields).chain(exceptions) {
            if fields.reminder == Change::Remove {
                fields.reminder = Change::Keep;
            }
        }
    }
}
