//! Events. [MS-ASCAL]
//!
//! A series whose rule ActiveSync cannot say is sent as a single event, its first occurrence; an edit of that leaves
//! the rule alone.

mod attendance;
mod exception;
mod file;
mod parse;
mod place;
mod recurrence;

use items::event::{Details, Event, When};
use items::zone::Blob;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use wbxml::page::calendar;
use wbxml::{Element, Tag};

use super::{Days, Options, body, date};
use crate::request::Version;

pub(crate) use file::{added as added_files, render as files};
pub use parse::{delete_occurrence, occurrence, parse, uid};

/// Bytes a UID may have on the wire.
const MAX_UID_BYTES: usize = 300;

/// What an event without times is shown as.
const SOME_LENGTH: SignedDuration = SignedDuration::from_mins(30);

/// Returns the elements of the event.
#[must_use]
pub fn render(event: &Event, options: &Options) -> Vec<Element> {
    let details = &event.details;
    let (start, end) = times(details, options);
    let zone = clock(details, options);
    let mut elements = Vec::with_capacity(24);
    // From 16.0 on a day is one in whatever zone.
    if options.version < Version::V16_0 || !details.all_day() {
        let told = event.zone.as_ref().map(Blob::to_base64);
        let told = told.unwrap_or_else(|| blob(&zone, (details, start), options));
        elements.push(Element::text(calendar::TIMEZONE, told));
    }
    elements.push(number(calendar::ALL_DAY_EVENT, details.all_day()));
    elements.push(number(calendar::BUSY_STATUS, details.busy.number()));
    if let Some(organizer) = &details.organizer {
        let name = organizer.name.as_ref().unwrap_or(&organizer.email);
        elements.push(Element::text(calendar::ORGANIZER_NAME, name));
        elements.push(Element::text(calendar::ORGANIZER_EMAIL, &organizer.email));
    }
    elements.push(Element::text(calendar::DT_STAMP, date::compact(details.stamp.unwrap_or(start))));
    elements.push(Element::text(calendar::END_TIME, date::compact(end)));
    elements.extend(place::render(details, options));
    elements.extend(details.reminder.map(|lead| number(calendar::REMINDER, lead)));
    elements.push(number(calendar::SENSITIVITY, details.sensitivity.number()));
    elements.push(Element::text(calendar::SUBJECT, details.subject.as_deref().unwrap_or_default()));
    elements.push(Element::text(calendar::START_TIME, date::compact(start)));
    if let Some(uid) = &event.uid {
        let end = items::contentline::boundary(uid, MAX_UID_BYTES);
        elements.push(Element::text(calendar::UID, uid.get(..end).unwrap_or_default()));
    }
    elements.extend(attendance::render(details, options));
    elements.extend(categories(&details.categories));
    if let Some(pattern) = &event.pattern {
        elements.push(recurrence::render(pattern, details, options));
        elements.extend(exception::render(event, options));
    }
    elements.extend(self::body(details, options));
    elements
}

/// Returns the start and the end as instants: of days, midnight on the user's clock.
pub(super) fn times(details: &Details, options: &Options) -> (Timestamp, Timestamp) {
    let day_zone = options.day_zone();
    let instant = |when: &When| when.instant(if when.is_date() { &day_zone } else { &options.zone });
    let start = details.start.as_ref().map(instant).or(details.stamp).unwrap_or(Timestamp::UNIX_EPOCH);
    let end = details.end.as_ref().map(instant).or_else(|| start.checked_add(SOME_LENGTH).ok());
    (start, end.unwrap_or(start).max(start))
}

/// Returns the zone whose clock the event keeps.
fn clock(details: &Details, options: &Options) -> TimeZone {
    let home = || if details.all_day() { options.day_zone() } else { options.zone.clone() };
    details.start.as_ref().and_then(When::zone).cloned().unwrap_or_else(home)
}

/// Returns the zone whose clock the event keeps, as phones are told of it.
pub(super) fn zone_value(details: &Details, start: Timestamp, options: &Options) -> String {
    blob(&clock(details, options), (details, start), options)
}

/// Returns the rule of a series, as phones are told of it.
pub(super) fn recurrence_of(
    pattern: &items::recurrence::Pattern,
    details: &Details,
    options: &Options,
) -> Element {
    recurrence::render(pattern, details, options)
}

fn blob(zone: &TimeZone, (details, start): (&Details, Timestamp), options: &Options) -> String {
    let blob = Blob::from_zone(zone, zone.to_datetime(start).year());
    // All zero says that the digits are meant.
    let is_digits = details.all_day() && options.dates.days == Days::Digits;
    if is_digits { blob.to_base64() } else { blob.with_name_of(zone).to_base64() }
}

fn categories(names: &[String]) -> Option<Element> {
    let entries = names.iter().map(|name| Element::text(calendar::CATEGORY, name));
    (!names.is_empty()).then(|| entries.fold(Element::new(calendar::CATEGORIES), Element::with))
}

fn body(details: &Details, options: &Options) -> Option<Element> {
    match (&details.body, &details.html) {
        (None, None) => None,
        (Some(text), html) => Some(body::render(text, html.as_deref(), options)),
        (None, Some(html)) => Some(body::render(&items::html::to_text(html), Some(html), options)),
    }
}

/// Returns an element with a number; yes is 1, no is 0.
fn number(tag: Tag, number: impl Into<u32>) -> Element {
    Element::text(tag, number.into().to_string())
}

#[cfg(test)]
mod tests;
