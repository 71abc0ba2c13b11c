//! From lines to the view.

use std::collections::BTreeSet;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp, ToSpan};

use super::calendar::Calendar;
use super::file::{MAX_FILES, attachment};
use super::{Answer, Attendee, Busy, Details, Event, Exception, Person, Role, When, place};
use crate::Sensitivity;
use crate::contentline::{Component, Line, entries, unescape};
use crate::recurrence::{MAX_DATES, Pattern, Rule, basic_date, basic_datetime};
use crate::zone::{Blob, Certainty};

/// Attendees of one event that are looked at.
pub const MAX_ATTENDEES: usize = 500;
/// Changed occurrences of one series that are looked at.
pub const MAX_OVERRIDES: usize = 500;
/// Alarms of one event that are looked at.
pub const MAX_ALARMS: usize = 25;

/// Minutes a reminder may come before its event: ten years. Some programs switch an alarm off with a date long ago.
pub(super) const MAX_LEAD: u32 = 10 * 366 * 24 * 60;

/// Categories of one event that are looked at (MS-ASCAL allows 300).
const MAX_CATEGORIES: usize = 300;

/// The property that keeps a zone as a phone told it.
pub(super) const TOLD_ZONE: &str = "X-EAS-TIMEZONE";

/// Returns the view of the event.
pub(super) fn event(calendar: &Calendar<'_, '_>) -> Event {
    let master = calendar.master;
    let details = details(calendar, master);
    // An occurrence that stands alone does not repeat, whatever it was copied from.
    let is_alone = calendar.line(master, "RECURRENCE-ID").is_some();
    let rule =
        calendar.line(master, "RRULE").filter(|_| !is_alone).and_then(|line| Rule::parse(line.value()).ok());
    let added = whens(calendar, master, "RDATE");
    let start = details.start.as_ref().map(When::local);
    let has_more = calendar.document.named(master, "RRULE").nth(1).is_some()
        || calendar.line(master, "EXRULE").is_some()
        || !added.is_empty();
    let pattern = rule
        .as_ref()
        .zip(start)
        .filter(|_| !has_more)
        .and_then(|(rule, start)| Pattern::from_rule(rule, start));
    let exceptions = exceptions(calendar, details.start.as_ref());
    let uid =
        calendar.line(master, "UID").map(|line| line.text().trim().to_owned()).filter(|uid| !uid.is_empty());
    let zone = told_zone(calendar, details.start.as_ref());
    Event { uid, details, rule, pattern, added, exceptions, zone }
}

/// Returns the rules of the start's zone as a phone told them; they end with a start in another zone.
fn told_zone(calendar: &Calendar<'_, '_>, start: Option<&When>) -> Option<Blob> {
    let Some(When::Zoned { tzid, .. }) = start else { return None };
    let line = calendar.line(calendar.master, TOLD_ZONE)?;
    let is_its = line.param("TZID").unwrap_or_default() == tzid.as_str();
    Blob::parse(line.value()).ok().filter(|_| is_its)
}

/// Returns the deleted occurrences, then the changed ones. One that is both was changed: some programs delete the
/// date of every occurrence that has a VEVENT of its own.
fn exceptions(calendar: &Calendar<'_, '_>, start: Option<&When>) -> Vec<Exception> {
    let overrides = calendar.overrides.iter().take(MAX_OVERRIDES);
    let changed: Vec<Exception> = overrides
        .filter_map(|part| {
            let original = calendar.line(part, "RECURRENCE-ID").and_then(|line| when(calendar, line))?;
            Some(Exception { original, details: Some(details(calendar, part)) })
        })
        .collect();
    let place = |original: &When| start.map_or_else(|| original.local(), |start| on_clock(original, start));
    let is_changed: BTreeSet<DateTime> = changed.iter().map(|exception| place(&exception.original)).collect();
    let deleted = whens(calendar, calendar.master, "EXDATE");
    let deleted = deleted.into_iter().filter(|original| !is_changed.contains(&place(original)));
    deleted.map(|original| Exception { original, details: None }).chain(changed).collect()
}

/// Returns what one VEVENT has.
pub(super) fn details(calendar: &Calendar<'_, '_>, part: &Component) -> Details {
    let document = calendar.document;
    let text = |name: &'static str| {
        document.named(part, name).next().map(|line| line.text().into_owned()).filter(|text| !text.is_empty())
    };
    let html = document
        .named(part, "X-ALT-DESC")
        .find(|line| line.param("FMTTYPE").is_none_or(|kind| kind.eq_ignore_ascii_case("text/html")))
        .map(|line| line.text().into_owned());
    let (start, end) = span(calendar, part);
    Details {
        subject: text("SUMMARY"),
        location: text("LOCATION"),
        place: place::read(calendar, part),
        body: text("DESCRIPTION"),
        html,
        reminder: start.as_ref().and_then(|start| reminder(calendar, part, start)),
        start,
        end,
        busy: busy(text("TRANSP").as_deref(), text("X-MICROSOFT-CDO-BUSYSTATUS").as_deref()),
        sensitivity: sensitivity(text("CLASS").as_deref(), text("X-EAS-SENSITIVITY").as_deref()),
        categories: categories(calendar, part),
        organizer: document.named(part, "ORGANIZER").next().map(person),
        attendees: document.named(part, "ATTENDEE").take(MAX_ATTENDEES).map(attendee).collect(),
        cancelled: text("STATUS").is_some_and(|status| status.eq_ignore_ascii_case("CANCELLED")),
        disallow_counter: text("X-MICROSOFT-DISALLOW-COUNTER")
            .is_some_and(|yes| yes.eq_ignore_ascii_case("TRUE")),
        attachments: document.named(part, "ATTACH").take(MAX_FILES).map(attachment).collect(),
        stamp: document
            .named(part, "DTSTAMP")
            .next()
            .and_then(|line| when(calendar, line))
            .map(|at| utc(&at)),
    }
}

fn utc(when: &When) -> Timestamp {
    when.instant(&TimeZone::UTC)
}

/// Returns the date or time of a line, or `None` where it is not readable.
pub(super) fn when(calendar: &Calendar<'_, '_>, line: &Line<'_>) -> Option<When> {
    one(calendar, line, line.value())
}

/// Returns all dates and times of the lines of this name, at most [`MAX_DATES`]. Of a period, its start.
pub(super) fn whens(calendar: &Calendar<'_, '_>, part: &Component, name: &'static str) -> Vec<When> {
    let lines = calendar.document.named(part, name);
    lines
        .flat_map(|line| line.value().split(',').map(move |value| (line, value)))
        .take(MAX_DATES)
        .filter_map(|(line, value)| one(calendar, line, value.split('/').next().unwrap_or_default()))
        .collect()
}

pub(super) fn one(calendar: &Calendar<'_, '_>, line: &Line<'_>, value: &str) -> Option<When> {
    let value = value.trim();
    if let Some(date) = basic_date(value) {
        return Some(When::Date(date));
    }
    if let Some(stem) = value.strip_suffix(['Z', 'z']) {
        let instant = TimeZone::UTC.to_timestamp(basic_datetime(stem)?).ok()?;
        return Some(When::Zoned { instant, zone: TimeZone::UTC, tzid: String::new() });
    }
    let local = basic_datetime(value)?;
    let Some(tzid) = line.param("TZID") else { return Some(When::Floating(local)) };
    let found = calendar.zone(&tzid);
    match found.certainty {
        Certainty::Named | Certainty::Rules | Certainty::Offset => {
            let instant = found.zone.to_timestamp(local).ok()?;
            Some(When::Zoned { instant, zone: found.zone, tzid: tzid.into_owned() })
        }
        Certainty::Unknown => Some(When::Floating(local)),
    }
}

fn span(calendar: &Calendar<'_, '_>, part: &Component) -> (Option<When>, Option<When>) {
    let Some(start) = calendar.document.named(part, "DTSTART").next().and_then(|line| when(calendar, line))
    else {
        return (None, None);
    };
    let end = calendar.document.named(part, "DTEND").next().and_then(|line| when(calendar, line));
    let length = || {
        let line = calendar.document.named(part, "DURATION").next()?;
        duration(line.value())
    };
    let least = match &start {
        When::Date(_) => later(&start, 1.day()),
        When::Floating(_) | When::Zoned { .. } => start.clone(),
    };
    let end = end.or_else(|| length().map(|length| later(&start, length)));
    // Some programs end a day on itself, or an event before it began.
    let end = end.filter(|end| utc(end) >= utc(&least)).unwrap_or(least);
    (Some(start), Some(end))
}

/// Returns the time `length` after `start`: days on the calendar, hours on the clock.
pub(super) fn later(start: &When, length: Span) -> When {
    match start {
        When::Date(date) => When::Date(date.checked_add(length).unwrap_or(*date)),
        When::Floating(local) => When::Floating(local.checked_add(length).unwrap_or(*local)),
        When::Zoned { instant, zone, tzid } => {
            let ends =
                instant.to_zoned(zone.clone()).checked_add(length).map_or(*instant, |end| end.timestamp());
            When::Zoned { instant: ends, zone: zone.clone(), tzid: tzid.clone() }
        }
    }
}

/// Reads `P1DT2H30M`, `-PT15M` or `P2W`.
pub(super) fn duration(text: &str) -> Option<Span> {
    let text = text.trim().to_ascii_uppercase();
    let (sign, rest) = match text.split_at_checked(1)? {
        ("-", rest) => (-1, rest),
        ("+", rest) => (1, rest),
        _ => (1, text.as_str()),
    };
    let mut rest = rest.strip_prefix('P')?;
    let mut span = Span::new();
    let mut in_time = false;
    while !rest.is_empty() {
        if let Some(time) = rest.strip_prefix('T') {
            (rest, in_time) = (time, true);
            continue;
        }
        let end = rest.find(|char: char| !char.is_ascii_digit())?;
        let (digits, unit) = rest.split_at_checked(end)?;
        let number = sign * i64::from(digits.parse::<u32>().ok()?);
        span = match (unit.get(..1)?, in_time) {
            ("W", false) => span.try_weeks(number),
            ("D", false) => span.try_days(number),
            ("H", true) => span.try_hours(number),
            ("M", true) => span.try_minutes(number),
            ("S", true) => span.try_seconds(number),
            _ => return None,
        }
        .ok()?;
        rest = unit.get(1..)?;
    }
    Some(span)
}

/// Returns the minutes before the start of the alarm that is closest to it.
fn reminder(calendar: &Calendar<'_, '_>, part: &Component, start: &When) -> Option<u32> {
    alarms(calendar, part).filter_map(|alarm| lead(calendar, alarm, start)).min()
}

/// Returns the alarms of a VEVENT.
pub(super) fn alarms<'d>(
    calendar: &Calendar<'d, '_>,
    part: &'d Component,
) -> impl Iterator<Item = &'d Component> + use<'d> {
    let alarms: Vec<&'d Component> =
        calendar.document.children(part).filter(|child| child.name() == "VALARM").take(MAX_ALARMS).collect();
    alarms.into_iter()
}

/// Returns the minutes that an alarm comes before the start, or `None` where it comes later or is tied to the end.
pub(super) fn lead(calendar: &Calendar<'_, '_>, alarm: &Component, start: &When) -> Option<u32> {
    let line = calendar.document.named(alarm, "TRIGGER").next()?;
    if line.param("RELATED").is_some_and(|related| related.eq_ignore_ascii_case("END")) {
        return None;
    }
    let before = match duration(line.value()) {
        Some(span) => SignedDuration::try_from(span.checked_mul(-1).ok()?)
            .or_else(|_| span.checked_mul(-1)?.to_duration(jiff::SpanRelativeTo::days_are_24_hours()))
            .ok()?,
        None => utc(start).duration_since(utc(&when(calendar, line)?)),
    };
    let minutes = u32::try_from(before.as_mins()).ok();
    minutes.filter(|minutes| before.as_secs() >= 0 && *minutes <= MAX_LEAD)
}

fn busy(transparency: Option<&str>, exact: Option<&str>) -> Busy {
    let is_free = transparency.is_some_and(|text| text.eq_ignore_ascii_case("TRANSPARENT"));
    let exact = exact.map(str::to_ascii_uppercase);
    // Where the two disagree, the standard property is the one that somebody changed.
    match (is_free, exact.as_deref()) {
        (true, _) => Busy::Free,
        (false, Some("TENTATIVE")) => Busy::Tentative,
        (false, Some("OOF")) => Busy::Away,
        (false, Some("WORKINGELSEWHERE")) => Busy::Elsewhere,
        (false, _) => Busy::Busy,
    }
}

fn sensitivity(class: Option<&str>, exact: Option<&str>) -> Sensitivity {
    let class = class.map_or(Sensitivity::Normal, |class| Sensitivity::from_class(class.trim()));
    match (class, exact) {
        (Sensitivity::Private, Some("1")) => Sensitivity::Personal,
        (class, _) => class,
    }
}

fn categories(calendar: &Calendar<'_, '_>, part: &Component) -> Vec<String> {
    let mut categories: Vec<String> = Vec::new();
    for line in calendar.document.named(part, "CATEGORIES") {
        for entry in entries(line.value()) {
            let name = unescape(entry).trim().to_owned();
            if !name.is_empty() && !categories.contains(&name) && categories.len() < MAX_CATEGORIES {
                categories.push(name);
            }
        }
    }
    categories
}

/// Returns the address in the value of ORGANIZER or ATTENDEE.
pub(super) fn address(line: &Line<'_>) -> String {
    let value = line.value().trim();
    let bare = value.split_at_checked(7).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("mailto:"));
    let address = bare.map_or(value, |(_, address)| address);
    match line.param("EMAIL") {
        // A principal's path on some server; the address stands beside it.
        Some(email) if !address.contains('@') => email.into_owned(),
        _ => address.to_owned(),
    }
}

fn person(line: &Line<'_>) -> Person {
    let name = line.param("CN").map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
    Person { email: address(line), name }
}

pub(super) fn attendee(line: &Line<'_>) -> Attendee {
    let param = |name| line.param(name).map(|value| value.to_ascii_uppercase()).unwrap_or_default();
    let answer = match param("PARTSTAT").as_str() {
        "TENTATIVE" => Answer::Tentative,
        "ACCEPTED" => Answer::Accepted,
        "DECLINED" => Answer::Declined,
        "DELEGATED" => Answer::Delegated,
        _ => Answer::None,
    };
    let role = match (param("CUTYPE").as_str(), param("ROLE").as_str()) {
        ("RESOURCE" | "ROOM", _) => Role::Resource,
        (_, "OPT-PARTICIPANT" | "NON-PARTICIPANT") => Role::Optional,
        _ => Role::Required,
    };
    Attendee { person: person(line), answer, role, rsvp: param("RSVP") == "TRUE" }
}

/// Returns the local time that an exception of the series `start` begins has, where `when` may be only a day.
pub(super) fn on_clock(when: &When, start: &When) -> DateTime {
    match (when, start) {
        (When::Date(date), When::Floating(_) | When::Zoned { .. }) => date.to_datetime(start.local().time()),
        (When::Zoned { instant, .. }, When::Zoned { zone, .. }) => zone.to_datetime(*instant),
        (When::Date(_) | When::Floating(_) | When::Zoned { .. }, _) => match start {
            When::Date(_) => when.local().date().to_datetime(jiff::civil::Time::midnight()),
            When::Floating(_) | When::Zoned { .. } => when.local(),
        },
    }
}
