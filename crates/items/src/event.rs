//! Events: the view of a VCALENDAR that holds one event (a master and its changed occurrences), and edits of it.

mod calendar;
mod edit;
mod file;
mod list;
pub mod meeting;
mod once;
mod place;
mod reach;
mod read;
mod series;
mod times;
mod write;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

use crate::Sensitivity;
use crate::contentline::Document;
use crate::recurrence::{Pattern, Rule};
use crate::zone::Blob;

pub use edit::{Dialect, Edit, ExceptionChange, ExceptionEdit, Fields, FileEdit, Missing, NewFile};
pub use file::{File, MAX_FILE_BYTES, MAX_FILES, file};
pub use once::once;
pub use place::{Place, PlacePart};
pub use read::{MAX_ALARMS, MAX_ATTENDEES, MAX_OVERRIDES};
pub use write::MAX_EXCEPTIONS;

pub(crate) use list::{index, properties, report, without_intent};
pub(crate) use reach::{Reach, reach};
pub(crate) use write::{apply, create};

/// A date or a time, as an event has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum When {
    /// A day, whatever the zone.
    Date(Date),
    /// The time on the wall, wherever one is.
    Floating(DateTime),
    /// An instant.
    Zoned {
        /// The instant.
        instant: Timestamp,
        /// The zone whose wall clock the event keeps.
        zone: TimeZone,
        /// The zone's name as it is written (TZID); empty for UTC.
        tzid: String,
    },
}

impl When {
    /// Returns the instant; days begin and floating times are read in `home`.
    #[must_use]
    pub fn instant(&self, home: &TimeZone) -> Timestamp {
        let placed = |local| home.to_timestamp(local).unwrap_or(Timestamp::UNIX_EPOCH);
        match self {
            Self::Date(date) => placed(date.to_datetime(Time::midnight())),
            Self::Floating(local) => placed(*local),
            Self::Zoned { instant, .. } => *instant,
        }
    }

    /// Returns what a clock on the wall shows there.
    #[must_use]
    pub fn local(&self) -> DateTime {
        match self {
            Self::Date(date) => date.to_datetime(Time::midnight()),
            Self::Floating(local) => *local,
            Self::Zoned { instant, zone, .. } => zone.to_datetime(*instant),
        }
    }

    /// Returns the zone of an instant; a day and a floating time have none.
    #[must_use]
    pub const fn zone(&self) -> Option<&TimeZone> {
        match self {
            Self::Date(_) | Self::Floating(_) => None,
            Self::Zoned { zone, .. } => Some(zone),
        }
    }

    /// Whether it is a day.
    #[must_use]
    pub const fn is_date(&self) -> bool {
        matches!(self, Self::Date(_))
    }
}

/// How an event shows in free-busy time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Busy {
    /// The time is free.
    Free,
    /// Perhaps.
    Tentative,
    /// The time is taken.
    #[default]
    Busy,
    /// Out of office.
    Away,
    /// At work, but not here.
    Elsewhere,
}

impl Busy {
    /// Returns the number on the wire: 0 free, 1 tentative, 2 busy, 3 out of office, 4 working elsewhere.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Free => 0,
            Self::Tentative => 1,
            Self::Busy => 2,
            Self::Away => 3,
            Self::Elsewhere => 4,
        }
    }

    /// Returns the state of this number, or `None` for a number that has no meaning.
    #[must_use]
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            0 => Some(Self::Free),
            1 => Some(Self::Tentative),
            2 => Some(Self::Busy),
            3 => Some(Self::Away),
            4 => Some(Self::Elsewhere),
            _ => None,
        }
    }
}

/// What an attendee has answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Nothing yet.
    None,
    /// Perhaps.
    Tentative,
    /// Yes.
    Accepted,
    /// No.
    Declined,
    /// Somebody else is to come instead.
    Delegated,
}

/// What an attendee is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Must be there.
    Required,
    /// May be there.
    Optional,
    /// A room or a thing.
    Resource,
}

/// Who invites.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The address, without `mailto:`.
    pub email: String,
    /// The name, where there is one.
    pub name: Option<String>,
}

/// Who is invited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attendee {
    /// The address and name.
    pub person: Person,
    /// The answer.
    pub answer: Answer,
    /// What for.
    pub role: Role,
    /// Whether an answer is asked for.
    pub rsvp: bool,
}

/// A file that belongs to an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Names it among the files of its event; made from its name and content, so it is not another file's later.
    pub id: u32,
    /// Its name, or its address where it lies elsewhere.
    pub name: String,
    /// Its content type, where it was told.
    pub media: Option<String>,
    /// Its size, where it lies in the event.
    pub size_bytes: Option<usize>,
}

/// What a master and a changed occurrence both have.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Details {
    /// SUMMARY.
    pub subject: Option<String>,
    /// LOCATION.
    pub location: Option<String>,
    /// GEO, and what else is known of the place.
    pub place: Place,
    /// DESCRIPTION; lines end with `\n`.
    pub body: Option<String>,
    /// X-ALT-DESC of type text/html.
    pub html: Option<String>,
    /// DTSTART.
    pub start: Option<When>,
    /// DTEND, or what DURATION makes of the start; the start, or the next day, where neither is there.
    pub end: Option<When>,
    /// TRANSP and X-MICROSOFT-CDO-BUSYSTATUS.
    pub busy: Busy,
    /// CLASS.
    pub sensitivity: Sensitivity,
    /// Minutes before the start of the alarm that is closest to it.
    pub reminder: Option<u32>,
    /// CATEGORIES.
    pub categories: Vec<String>,
    /// ORGANIZER.
    pub organizer: Option<Person>,
    /// ATTENDEE, at most [`MAX_ATTENDEES`].
    pub attendees: Vec<Attendee>,
    /// STATUS:CANCELLED.
    pub cancelled: bool,
    /// X-MICROSOFT-DISALLOW-COUNTER.
    pub disallow_counter: bool,
    /// ATTACH.
    pub attachments: Vec<Attachment>,
    /// DTSTAMP.
    pub stamp: Option<Timestamp>,
}

impl Details {
    /// Whether it takes whole days.
    #[must_use]
    pub fn all_day(&self) -> bool {
        self.start.as_ref().is_some_and(When::is_date)
    }
}

/// An occurrence that is not as the series has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    /// When it would have been (RECURRENCE-ID, EXDATE).
    pub original: When,
    /// What it is instead, complete; `None` where it was deleted.
    pub details: Option<Details>,
}

/// One event, a series with its exceptions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Event {
    /// UID.
    pub uid: Option<String>,
    /// What the event, or every plain occurrence of the series, has.
    pub details: Details,
    /// RRULE.
    pub rule: Option<Rule>,
    /// The rule as ActiveSync says it; `None` beside a rule that has no such form.
    pub pattern: Option<Pattern>,
    /// RDATE.
    pub added: Vec<When>,
    /// EXDATE, then changed occurrences.
    pub exceptions: Vec<Exception>,
    /// The zone of the start in the words of the phone that gave it, as long as the start has that zone.
    pub zone: Option<Blob>,
}

impl Event {
    /// Reads the event of a text; of several the first. What is not understood is not in the view, and of a text
    /// without an event nothing is.
    #[must_use]
    pub fn parse(content: &[u8]) -> Self {
        let document = Document::parse(content);
        calendar::Calendar::of(&document).map(|calendar| read::event(&calendar)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
