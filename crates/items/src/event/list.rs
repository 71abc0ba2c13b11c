//! What is indexed, shown and reported of an event.

use jiff::tz::TimeZone;

use super::calendar::Calendar;
use super::read::{self, alarms, event};
use super::{Answer, Attachment, Attendee, Busy, Details, Event, Exception, Role, When};
use crate::contentline::{Component, Document, Line};
use crate::recurrence::Rule;
use crate::zone::Certainty;
use crate::{Index, Property, Sensitivity, Trouble, label, size};

/// Lines that the view reads, so that they are not listed a second time under their own name.
const READ: [&str; 23] = [
    "SUMMARY",
    "LOCATION",
    "DESCRIPTION",
    "X-ALT-DESC",
    "DTSTART",
    "DTEND",
    "DURATION",
    "TRANSP",
    "X-MICROSOFT-CDO-BUSYSTATUS",
    "CLASS",
    "X-EAS-SENSITIVITY",
    "CATEGORIES",
    "ORGANIZER",
    "ATTENDEE",
    "STATUS",
    "X-MICROSOFT-DISALLOW-COUNTER",
    "ATTACH",
    "UID",
    "RRULE",
    "RDATE",
    "EXDATE",
    "RECURRENCE-ID",
    "DTSTAMP",
];

/// Lines that say when and how often the text was written, and nothing of the event.
const BOOKKEEPING: [&str; 7] = [
    "CREATED",
    "LAST-MODIFIED",
    "SEQUENCE",
    "X-LIC-ERROR",
    "X-MOZ-GENERATION",
    "X-MOZ-LASTACK",
    read::TOLD_ZONE,
];

/// Returns what is indexed: for days and floating times, times are those of UTC.
pub(crate) fn index(content: &[u8]) -> Index {
    let document = Document::parse(content);
    let Some(calendar) = Calendar::of(&document) else { return Index::default() };
    let event = event(&calendar);
    let parts =
        event.exceptions.iter().filter_map(|exception| exception.details.as_ref()).chain([&event.details]);
    let sensitivity = parts.clone().map(|details| details.sensitivity).max().unwrap_or_default();
    let starts =
        parts.filter_map(|details| details.start.as_ref()).map(|start| start.instant(&TimeZone::UTC)).min();
    Index {
        summary: event.details.subject.clone().unwrap_or_default(),
        uid: event.uid.clone(),
        sensitivity,
        starts,
        ends: event.ends(&TimeZone::UTC),
        open: true,
    }
}

/// Which properties are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    All,
    /// Without what phones change by themselves.
    Intended,
}

/// Returns every property of the event, sorted.
pub(crate) fn properties(content: &[u8]) -> Vec<Property> {
    listed(content, Scope::All)
}

/// Whether two versions differ only in what phones change by themselves: reminders, answers, times of writing, blanks.
pub(crate) fn without_intent(one: &[u8], other: &[u8]) -> bool {
    let words = |content: &[u8]| -> Vec<(String, Vec<String>)> {
        let list = listed(content, Scope::Intended).into_iter();
        list.map(|property| (property.name, property.value.split_whitespace().map(str::to_owned).collect()))
            .collect()
    };
    words(one) == words(other)
}

fn listed(content: &[u8], scope: Scope) -> Vec<Property> {
    let document = Document::parse(content);
    let Some(calendar) = Calendar::of(&document) else { return Vec::new() };
    let event = event(&calendar);
    let mut list = part(&calendar, calendar.master, &event.details, scope);
    list.extend(event.uid.clone().map(|uid| Property::of("UID", uid)));
    if let (Some(rule), Some(start)) = (&event.rule, &event.details.start) {
        let zone = start.zone().cloned().unwrap_or(TimeZone::UTC);
        list.push(Property::of("Recurrence", rule.describe(start.local(), &zone)));
    }
    list.extend(
        event
            .added
            .iter()
            .map(|when| Property { name: format!("Added {}", stamp(when)), value: "yes".into() }),
    );
    for exception in &event.exceptions {
        list.extend(changed(&calendar, &event, exception, scope));
    }
    list.sort();
    list
}

/// Returns the properties of one VEVENT.
fn part(calendar: &Calendar<'_, '_>, part: &Component, details: &Details, scope: Scope) -> Vec<Property> {
    let mut list = Vec::new();
    let mut add =
        |name: &str, value: Option<String>| list.extend(value.map(|value| Property::of(name, value)));
    add("Subject", details.subject.clone());
    add("Location", details.location.clone());
    add("Body", details.body.clone());
    if details.html.is_some() && details.body.is_none() {
        add("Body", details.html.as_deref().map(crate::html::to_text));
    }
    add("StartTime", details.start.as_ref().map(stamp));
    add("EndTime", details.end.as_ref().map(|end| last(end, details)));
    add("AllDayEvent", Some(if details.all_day() { "Yes" } else { "No" }.to_owned()));
    add("Timezone", details.start.as_ref().and_then(zone_name));
    add("BusyStatus", Some(busy(details.busy).to_owned()));
    add("Sensitivity", Some(sensitivity(details.sensitivity).to_owned()));
    add("Categories", Some(details.categories.join(", ")).filter(|names| !names.is_empty()));
    add("OrganizerName", details.organizer.as_ref().and_then(|person| person.name.clone()));
    add("OrganizerEmail", details.organizer.as_ref().map(|person| person.email.clone()));
    add("Cancelled", details.cancelled.then(|| "Yes".to_owned()));
    add("DisallowNewTimeProposal", details.disallow_counter.then(|| "Yes".to_owned()));
    if scope == Scope::All {
        add("Reminder", details.reminder.map(minutes));
        list.extend(other_alarms(calendar, part, details));
    }
    list.extend(details.attendees.iter().map(|attendee| self::attendee(attendee, scope)));
    list.extend(details.attachments.iter().map(attachment));
    list.extend(calendar.document.lines(part).filter(|line| is_other(line)).map(other));
    list
}

fn is_other(line: &Line<'_>) -> bool {
    let is = |names: &[&str]| names.iter().any(|name| line.is(name));
    let is_status = line.is("STATUS") && !line.value().eq_ignore_ascii_case("CANCELLED");
    is_status || !(is(&READ) || is(&BOOKKEEPING))
}

fn other(line: &Line<'_>) -> Property {
    Property { name: label(line.name()), value: line.text().into_owned() }
}

/// Returns alarms that the reminder does not tell of, each as one property.
fn other_alarms(calendar: &Calendar<'_, '_>, part: &Component, details: &Details) -> Vec<Property> {
    let Some(start) = &details.start else { return Vec::new() };
    let mut told = details.reminder;
    let mut list = Vec::new();
    for alarm in alarms(calendar, part) {
        let lead = read::lead(calendar, alarm, start);
        if lead.is_some() && lead == told {
            told = None;
            continue;
        }
        let trigger = calendar.document.named(alarm, "TRIGGER").next();
        let value = lead.map(minutes).or_else(|| trigger.map(|line| line.value().to_owned()));
        list.extend(value.map(|value| Property::of("Alarm", value)));
    }
    list
}

/// Returns what an exception has that the series has not, one property for each element.
fn changed(calendar: &Calendar<'_, '_>, event: &Event, exception: &Exception, scope: Scope) -> Vec<Property> {
    let title = format!("Exception {}", stamp(&exception.original));
    let Some(details) = &exception.details else {
        return vec![Property { name: title, value: "deleted".to_owned() }];
    };
    let component = calendar.overrides.iter().find(|component| {
        let line = calendar.line(component, "RECURRENCE-ID");
        line.and_then(|line| read::when(calendar, line)).as_ref() == Some(&exception.original)
    });
    let Some(component) = component else { return Vec::new() };
    let series = part(calendar, calendar.master, &event.details, scope);
    let own = part(calendar, component, details, scope);
    let is_new = |property: &Property| {
        let is_time = property.name == "Starttime" || property.name == "Endtime";
        is_time || !series.contains(property)
    };
    let gone = series.iter().filter(|property| own.iter().all(|other| other.name != property.name)).map(
        |property| Property { name: format!("{title}: {}", property.name), value: "removed".to_owned() },
    );
    let gone: Vec<Property> = gone.collect();
    let named = own
        .into_iter()
        .filter(is_new)
        .map(|property| Property { name: format!("{title}: {}", property.name), value: property.value });
    named.chain(gone).collect()
}

fn stamp(when: &When) -> String {
    match when {
        When::Date(date) => date.to_string(),
        When::Floating(_) | When::Zoned { .. } => when.local().strftime("%Y-%m-%d %H:%M").to_string(),
    }
}

/// Returns the end as people say it: of whole days, the last one.
fn last(end: &When, details: &Details) -> String {
    match (end, &details.start) {
        (When::Date(end), Some(When::Date(start))) => end.yesterday().unwrap_or(*end).max(*start).to_string(),
        (end, _) => stamp(end),
    }
}

fn zone_name(when: &When) -> Option<String> {
    match when {
        When::Date(_) | When::Floating(_) => None,
        When::Zoned { tzid, .. } if tzid.is_empty() => Some("UTC".to_owned()),
        When::Zoned { zone, tzid, .. } => Some(zone.iana_name().unwrap_or(tzid).to_owned()),
    }
}

fn minutes(minutes: u32) -> String {
    match minutes {
        0 => "at the start".to_owned(),
        1 => "1 minute before".to_owned(),
        n => format!("{n} minutes before"),
    }
}

const fn busy(busy: Busy) -> &'static str {
    match busy {
        Busy::Free => "Free",
        Busy::Tentative => "Tentative",
        Busy::Busy => "Busy",
        Busy::Away => "Out of office",
        Busy::Elsewhere => "Working elsewhere",
    }
}

const fn sensitivity(sensitivity: Sensitivity) -> &'static str {
    match sensitivity {
        Sensitivity::Normal => "Normal",
        Sensitivity::Personal => "Personal",
        Sensitivity::Private => "Private",
        Sensitivity::Confidential => "Confidential",
    }
}

fn attendee(attendee: &Attendee, scope: Scope) -> Property {
    let role = match attendee.role {
        Role::Required => "required",
        Role::Optional => "optional",
        Role::Resource => "resource",
    };
    let answer = match attendee.answer {
        Answer::None => "no answer",
        Answer::Tentative => "tentative",
        Answer::Accepted => "accepted",
        Answer::Declined => "declined",
        Answer::Delegated => "delegated",
    };
    let name = attendee.person.name.clone().unwrap_or_else(|| attendee.person.email.clone());
    let value = match scope {
        Scope::All => format!("{name}, {role}, {answer}"),
        Scope::Intended => format!("{name}, {role}"),
    };
    Property { name: format!("Attendee {}", attendee.person.email), value }
}

fn attachment(attachment: &Attachment) -> Property {
    let media = attachment.media.as_deref().unwrap_or("a file");
    let value = match attachment.size_bytes {
        Some(bytes) => format!("{media}, {}", size(bytes)),
        None => media.to_owned(),
    };
    Property { name: format!("Attachment {}", attachment.name).trim_end().to_owned(), value }
}

/// Returns every line that was not understood, in order.
pub(crate) fn report(content: &[u8]) -> Vec<Trouble> {
    let document = Document::parse(content);
    let mut troubles = document.troubles().to_vec();
    match Calendar::of(&document) {
        None => troubles.push(Trouble { line: 1, what: "no VEVENT".to_owned() }),
        Some(calendar) => {
            for part in calendar.parts() {
                troubles.extend(document.lines(part).filter_map(|line| trouble(&calendar, line)));
                if calendar.line(part, "DTSTART").is_none() {
                    let line = document.lines(part).next().map_or(1, Line::number);
                    troubles.push(Trouble { line, what: "an event without DTSTART".to_owned() });
                }
                troubles.extend(alarms(&calendar, part).filter_map(|alarm| trigger(&calendar, alarm)));
            }
        }
    }
    troubles.sort_by_key(|trouble| trouble.line);
    troubles
}

fn trouble(calendar: &Calendar<'_, '_>, line: &Line<'_>) -> Option<Trouble> {
    let at = |what: String| Some(Trouble { line: line.number(), what });
    let is = |names: &[&str]| names.iter().any(|name| line.is(name));
    if is(&["DTSTART", "DTEND", "RECURRENCE-ID", "EXDATE", "RDATE", "DTSTAMP"]) {
        let value =
            |value: &str| read::one(calendar, line, value.split('/').next().unwrap_or_default()).is_some();
        let is_unknown = |tzid: &str| calendar.zone(tzid).certainty == Certainty::Unknown;
        return match line.param("TZID").filter(|tzid| is_unknown(tzid)) {
            _ if !line.value().split(',').all(value) => at(format!("{} has no readable time", line.name())),
            Some(tzid) => at(format!("time zone {tzid} is not known")),
            None => None,
        };
    }
    if line.is("RRULE") {
        return Rule::parse(line.value()).err().and_then(|error| at(error.to_string()));
    }
    if line.is("DURATION") && read::duration(line.value()).is_none() {
        return at("DURATION is not readable".to_owned());
    }
    None
}

fn trigger(calendar: &Calendar<'_, '_>, alarm: &Component) -> Option<Trouble> {
    let line = calendar.document.named(alarm, "TRIGGER").next()?;
    let is_readable = read::duration(line.value()).is_some() || read::when(calendar, line).is_some();
    (!is_readable).then(|| Trouble { line: line.number(), what: "TRIGGER is not readable".to_owned() })
}
