//! Items as phones see them: `ApplicationData` to edits and back, by kind.
//!
//! Rendering is total: an item that is not understood still has the elements that a phone demands.

pub mod body;
pub mod contact;
pub(crate) mod date;
pub mod event;
pub mod message;
pub mod note;
mod read;
pub mod task;

pub(crate) use date::{dashed, instant};

use std::collections::{BTreeSet, HashSet};

use items::Kind;
use jiff::tz::TimeZone;
use thiserror::Error;
use wbxml::page::{air_sync, air_sync_base, calendar, contacts, contacts2, notes, tasks};
use wbxml::{Element, Tag};

use crate::request::Version;

/// The form a body is sent in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyType {
    /// Plain text.
    Plain,
    /// HTML.
    Html,
    /// Compressed RTF; nothing is ever sent as that.
    Rtf,
    /// The whole message.
    Mime,
}

impl BodyType {
    /// Returns the type of this number, or `None` for one without meaning.
    #[must_use]
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::Plain),
            2 => Some(Self::Html),
            3 => Some(Self::Rtf),
            4 => Some(Self::Mime),
            _ => None,
        }
    }
}

/// A form of bodies that a phone takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BodyPreference {
    /// The form.
    pub kind: BodyType,
    /// Bytes after which it is cut; `None`: it is not.
    pub truncation: Option<u32>,
    /// Whether another form is better than a cut one.
    pub all_or_none: bool,
    /// Characters of a preview that is wanted beside it.
    pub preview: Option<usize>,
}

/// Of which messages a phone wants MIME.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum MimeSupport {
    /// It did not say.
    #[default]
    Unsaid,
    /// 0: of none.
    Never,
    /// 1: of signed and encrypted ones.
    Smime,
    /// 2: of all.
    All,
}

/// What a phone wants of the items of a folder.
#[derive(Debug, Clone)]
pub struct Options {
    /// The version its request speaks.
    pub version: Version,
    /// The forms of bodies it takes, in its order.
    pub bodies: Vec<BodyPreference>,
    /// Of which messages it wants MIME.
    pub mime: MimeSupport,
    /// The user's zone, for times that name none.
    pub zone: TimeZone,
    /// The addresses of the folder's owner: a meeting is seen from there, whoever looks into the calendar.
    pub owner: Vec<String>,
    /// How the phone writes days, and expects them.
    pub dates: Dates,
}

/// How a phone writes days, and expects them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Dates {
    /// The hour of UTC of the days of contacts.
    pub birthday_hour: u8,
    /// Days in the calendar, up to 14.1.
    pub days: Days,
}

/// How days are told to a phone up to 14.1. From 16.0 on they are digits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Days {
    /// As midnight in the user's zone.
    #[default]
    Midnight,
    /// As midnight in UTC: the phone reads the digits.
    Digits,
}

impl Options {
    /// Returns the zone in which a day begins on the wire.
    #[must_use]
    pub fn day_zone(&self) -> TimeZone {
        match self.dates.days {
            Days::Midnight if self.version < Version::V16_0 => self.zone.clone(),
            Days::Midnight | Days::Digits => TimeZone::UTC,
        }
    }
}

/// How what a phone sends is to be read.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The version its request speaks.
    pub version: Version,
    /// What it means by what it leaves out.
    pub ghosting: Ghosting,
    /// The user's zone, where it is known.
    pub home: Option<TimeZone>,
    /// The addresses of the folder's owner.
    pub owner: Vec<String>,
    /// The kind of phone, as it calls itself.
    pub device_type: String,
    /// The phone's number here: tells apart what different phones call the same.
    pub device: i64,
}

/// Which properties that a phone leaves out of a change it means to keep (`Supported`, [MS-ASCMD] 2.2.3.178).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Ghosting {
    /// It never said.
    #[default]
    Nothing,
    /// All but these.
    Listed(HashSet<Tag>),
    /// All.
    Everything,
}

impl Ghosting {
    /// Returns what the `Supported` element of a first sync says.
    #[must_use]
    pub fn of(supported: &Element) -> Self {
        if supported.is_empty() {
            Self::Everything
        } else {
            Self::Listed(supported.elements().map(|child| child.tag).collect())
        }
    }

    /// Returns whether the phone manages this property, so that leaving it out takes it away.
    #[must_use]
    pub fn manages(&self, tag: Tag) -> bool {
        match self {
            Self::Nothing | Self::Everything => false,
            Self::Listed(tags) => tags.contains(&tag),
        }
    }
}

/// Why an item that a phone sent cannot be taken (status 6).
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{why}")]
pub struct Unreadable {
    why: String,
}

impl Unreadable {
    /// Returns the reason in these words, which never quote the item.
    #[must_use]
    pub fn new(why: impl Into<String>) -> Self {
        Self { why: why.into() }
    }

    /// Returns the reason.
    #[must_use]
    pub fn why(&self) -> &str {
        &self.why
    }
}

/// Wraps the elements of an item.
#[must_use]
pub fn application_data(elements: Vec<Element>) -> Element {
    elements.into_iter().fold(Element::new(air_sync::APPLICATION_DATA), Element::with)
}

/// Adds an empty element for every property of `also` that the item does not have: a phone that is only told
/// what there is would keep what its user added.
#[must_use]
pub fn cleared(kind: Kind, mut elements: Vec<Element>, also: &[Tag]) -> Vec<Element> {
    for &tag in also.iter().filter(|&&tag| is_clearable(kind, tag)) {
        if elements.iter().any(|element| element.tag == tag) {
            continue;
        }
        elements.push(if tag == air_sync_base::BODY { body::empty() } else { Element::new(tag) });
    }
    elements
}

/// Returns whether an empty element takes the property away.
fn is_clearable(kind: Kind, tag: Tag) -> bool {
    let on = |page: Tag| tag.page() == page.page();
    match kind {
        Kind::Contacts => {
            on(contacts::FILE_AS) && !contact::is_ignored(tag)
                || on(contacts2::MMS)
                || tag == air_sync_base::BODY
        }
        Kind::Calendar => {
            let is_servers = [
                calendar::DT_STAMP,
                calendar::UID,
                calendar::CLIENT_UID,
                calendar::TIMEZONE,
                calendar::EXCEPTIONS,
            ]
            .contains(&tag);
            on(calendar::SUBJECT) && !is_servers
                || [air_sync_base::BODY, air_sync_base::LOCATION, air_sync_base::ATTACHMENTS].contains(&tag)
        }
        Kind::Tasks => on(tasks::SUBJECT) && !task::is_ignored(tag) || tag == air_sync_base::BODY,
        Kind::Notes => on(notes::SUBJECT) || tag == air_sync_base::BODY,
        Kind::Mail | Kind::Files => false,
    }
}

/// Returns the names of the properties that a phone sent, to be kept until the correction is rendered.
#[must_use]
pub fn hint(data: &Element) -> String {
    let tags: BTreeSet<_> = data.elements().map(|child| (child.tag.page(), child.tag.code())).collect();
    let words: Vec<_> = tags.into_iter().map(|(page, code)| format!("{page}.{code}")).collect();
    words.join(" ")
}

/// Returns the properties that [`hint`] named.
#[must_use]
pub fn tags(hint: &str) -> Vec<Tag> {
    let tag = |word: &str| {
        let (page, code) = word.split_once('.')?;
        let code = code.parse().ok().filter(|code| (0x05..=0x3F).contains(code))?;
        Some(Tag::new(page.parse().ok()?, code))
    };
    hint.split(' ').filter_map(tag).collect()
}

/// Returns what a phone asks to become of an item of this kind, from its `ApplicationData`.
///
/// # Errors
///
/// [`Unreadable`], where an element has no valid value, and for kinds that phones do not write whole.
pub fn parse(kind: Kind, data: &Element, reading: &Reading) -> Result<items::Edit, Unreadable> {
    match kind {
        Kind::Calendar => event::parse(data, reading),
        Kind::Contacts => contact::parse(data, reading),
        Kind::Tasks => task::parse(data, reading),
        Kind::Notes => note::parse(data),
        Kind::Mail | Kind::Files => Err(Unreadable::new("phones do not write such items")),
    }
}

#[cfg(test)]
mod tests;
