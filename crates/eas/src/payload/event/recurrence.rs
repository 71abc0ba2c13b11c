//! The Recurrence of an event.

use items::event::{Details, When};
use items::recurrence::{Fields, Pattern, Until};
use jiff::civil::Time;
use jiff::tz::TimeZone;
use wbxml::page::calendar;
use wbxml::{Element, Tag};

use super::clock;
use crate::payload::{Options, Unreadable, date, read};
use crate::request::Version;

/// The greatest number of a calendar that has days as ours has.
const GREGORIAN: u8 = 1;

/// Returns the element. The calendar comes before the type and the first day of the week last, as Exchange has it.
pub(super) fn render(pattern: &Pattern, details: &Details, options: &Options) -> Element {
    let fields = pattern.to_fields();
    let mut element = Element::new(calendar::RECURRENCE);
    let mut add = |tag: Tag, value: Option<String>| {
        element.content.extend(value.map(|value| Element::text(tag, value).into()));
    };
    let number = |value: Option<u8>| value.map(|value| value.to_string());
    let by_date = matches!(fields.kind, 2 | 3 | 5 | 6) && options.version >= Version::V14_0;
    let weekly = fields.kind == 1 && options.version >= Version::V14_1;
    add(calendar::CALENDAR_TYPE, by_date.then(|| "0".to_owned()));
    add(calendar::TYPE, Some(fields.kind.to_string()));
    add(calendar::INTERVAL, fields.interval.map(|interval| interval.to_string()));
    add(calendar::UNTIL, fields.until.and_then(|until| self::until(until, details, options)));
    add(calendar::OCCURRENCES, fields.occurrences.map(|count| count.to_string()));
    add(calendar::DAY_OF_WEEK, number(fields.day_of_week));
    add(calendar::DAY_OF_MONTH, number(fields.day_of_month));
    add(calendar::WEEK_OF_MONTH, number(fields.week_of_month));
    add(calendar::MONTH_OF_YEAR, number(fields.month_of_year));
    // A week begins on Monday where the rule does not say (RFC 5545 3.3.10).
    add(calendar::FIRST_DAY_OF_WEEK, weekly.then(|| fields.first_day_of_week.unwrap_or(1).to_string()));
    element
}

/// Returns the last start: an instant, or of days the day's digits.
fn until(until: Until, details: &Details, options: &Options) -> Option<String> {
    let zone = clock(details, options);
    let local = match (until, &details.start) {
        (_, Some(When::Date(_))) => {
            let day = until.date(&TimeZone::UTC).to_datetime(Time::midnight());
            return TimeZone::UTC.to_timestamp(day).ok().map(date::compact);
        }
        (Until::Utc(instant), _) => return Some(date::compact(instant)),
        (Until::Local(local), _) => local,
        (Until::Date(date), start) => {
            date.to_datetime(start.as_ref().map_or(Time::midnight(), |start| start.local().time()))
        }
    };
    zone.to_timestamp(local).ok().map(date::compact)
}

/// Returns the pattern that the element says.
pub(super) fn parse(element: &Element) -> Result<Pattern, Unreadable> {
    let optional = |tag: Tag| read::only(element, tag).map(|child| child.filter(|child| !child.is_empty()));
    let byte = |tag: Tag| optional(tag)?.map(read::number::<u8>).transpose();
    let word = |tag: Tag| optional(tag)?.map(read::number::<u16>).transpose();
    let kind = byte(calendar::TYPE)?.ok_or_else(|| Unreadable::new("the recurrence has no Type"))?;
    if byte(calendar::CALENDAR_TYPE)?.unwrap_or_default() > GREGORIAN {
        return Err(Unreadable::new("the recurrence is of another calendar"));
    }
    let fields = Fields {
        kind,
        interval: word(calendar::INTERVAL)?,
        until: optional(calendar::UNTIL)?.map(read::instant).transpose()?.map(Until::Utc),
        occurrences: word(calendar::OCCURRENCES)?,
        day_of_week: byte(calendar::DAY_OF_WEEK)?,
        day_of_month: byte(calendar::DAY_OF_MONTH)?,
        week_of_month: byte(calendar::WEEK_OF_MONTH)?,
        month_of_year: byte(calendar::MONTH_OF_YEAR)?,
        first_day_of_week: byte(calendar::FIRST_DAY_OF_WEEK)?,
        regenerate: false,
        dead_occur: false,
    };
    Pattern::from_fields(&fields).map_err(|error| Unreadable::new(error.to_string()))
}
