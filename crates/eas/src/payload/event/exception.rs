//! Occurrences of a series that are not as the series has them.

use items::event::{Details, Event, Exception, MAX_EXCEPTIONS};
use wbxml::page::{air_sync_base, calendar};
use wbxml::{Element, Tag};

use super::{attendance, categories, number, place, times};
use crate::payload::{Options, body, date};
use crate::request::Version;

/// Returns all of them, where there are any.
pub(super) fn render(event: &Event, options: &Options) -> Option<Element> {
    let exceptions =
        event.exceptions.iter().take(MAX_EXCEPTIONS).map(|exception| one(event, exception, options));
    let element = exceptions.fold(Element::new(calendar::EXCEPTIONS), Element::with);
    (!element.is_empty()).then_some(element)
}

fn one(event: &Event, exception: &Exception, options: &Options) -> Element {
    let home = if event.details.all_day() { options.day_zone() } else { options.zone.clone() };
    let original = event.original(exception, &home);
    let element = Element::new(calendar::EXCEPTION);
    let name = if options.version < Version::V16_0 {
        calendar::EXCEPTION_START_TIME
    } else {
        air_sync_base::INSTANCE_ID
    };
    let original = Element::text(name, date::compact(original));
    match &exception.details {
        None => element.with(number(calendar::DELETED, true)).with(original),
        Some(own) => {
            let elements = changed(own, &event.details, options);
            elements.into_iter().fold(element.with(original), Element::with)
        }
    }
}

/// Returns what the occurrence has that the series has not; an empty element is something it has not.
fn changed(own: &Details, series: &Details, options: &Options) -> Vec<Element> {
    let (start, end) = times(own, options);
    let mut elements = vec![
        Element::text(calendar::START_TIME, date::compact(start)),
        Element::text(calendar::END_TIME, date::compact(end)),
        Element::text(calendar::DT_STAMP, date::compact(own.stamp.unwrap_or(start))),
    ];
    let (own, series) = (shown(own, options), shown(series, options));
    for ((tag, own), (_, series)) in own.into_iter().zip(series) {
        match own {
            _ if own == series => {}
            Some(own) => elements.push(own),
            None if tag == air_sync_base::BODY => elements.push(body::empty()),
            // Before 14.1 an empty reminder is no valid number.
            None if tag == calendar::REMINDER && options.version < Version::V14_1 => {}
            None => elements.push(Element::new(tag)),
        }
    }
    elements
}

/// Returns the elements that are compared, each under its tag, in the order in which they are sent.
fn shown(details: &Details, options: &Options) -> Vec<(Tag, Option<Element>)> {
    let text = |tag: Tag, text: Option<&String>| (tag, text.map(|text| Element::text(tag, text)));
    let mut shown = vec![
        text(calendar::SUBJECT, details.subject.as_ref()),
        (place::place_tag(options), place::render(details, options)),
        (calendar::CATEGORIES, categories(&details.categories)),
        (calendar::SENSITIVITY, Some(number(calendar::SENSITIVITY, details.sensitivity.number()))),
        (calendar::BUSY_STATUS, Some(number(calendar::BUSY_STATUS, details.busy.number()))),
        (calendar::ALL_DAY_EVENT, Some(number(calendar::ALL_DAY_EVENT, details.all_day()))),
        (calendar::REMINDER, details.reminder.map(|lead| number(calendar::REMINDER, lead))),
        (
            calendar::MEETING_STATUS,
            Some(number(calendar::MEETING_STATUS, attendance::status(details, options))),
        ),
        (air_sync_base::BODY, super::body(details, options)),
    ];
    if options.version >= Version::V14_0 {
        shown.push((calendar::ATTENDEES, attendance::attendees(&details.attendees)));
    }
    shown
}
