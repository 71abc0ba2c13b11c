//! Tasks. [MS-ASTASK]

use items::recurrence::{Fields, Pattern, Until};
use items::task::{Edit, Importance, Task};
use items::{Change, Moment, Sensitivity};
use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use wbxml::page::tasks;
use wbxml::{Element, Tag};

use super::{Options, Reading, Unreadable, body, date, read};
use crate::request::Version;

/// The greatest number of a calendar that has days as ours has.
const GREGORIAN: u8 = 1;

/// Returns the elements of the task.
#[must_use]
pub fn render(task: &Task, options: &Options) -> Vec<Element> {
    let mut elements = Vec::with_capacity(16);
    let flag = |tag: Tag, yes: bool| Element::text(tag, if yes { "1" } else { "0" });
    if let Some(subject) = &task.subject {
        elements.push(Element::text(tasks::SUBJECT, subject));
    }
    if let Some(text) = &task.body {
        elements.push(body::render(&text.text, text.html.as_deref(), options));
    }
    // Old Android phones take a missing importance for low.
    elements.push(Element::text(tasks::IMPORTANCE, task.importance.number().to_string()));
    elements.extend(times(task.start, [tasks::START_DATE, tasks::UTC_START_DATE], &options.zone));
    elements.extend(times(task.due, [tasks::DUE_DATE, tasks::UTC_DUE_DATE], &options.zone));
    if !task.categories.is_empty() {
        let entries = task.categories.iter().map(|entry| Element::text(tasks::CATEGORY, entry));
        elements.push(entries.fold(Element::new(tasks::CATEGORIES), Element::with));
    }
    elements.extend(recurrence(task, options));
    elements.push(flag(tasks::COMPLETE, task.done));
    if task.done {
        let due = task.due.or(task.start).map(|moment| moment.instant(&options.zone));
        let completed = task.completed.or(due).unwrap_or(Timestamp::UNIX_EPOCH);
        elements.push(Element::text(tasks::DATE_COMPLETED, date::dashed(completed)));
    }
    elements.push(Element::text(tasks::SENSITIVITY, task.sensitivity.number().to_string()));
    elements.push(flag(tasks::REMINDER_SET, task.reminder.is_some()));
    if let Some(at) = task.reminder {
        elements.push(Element::text(tasks::REMINDER_TIME, date::dashed(at)));
    }
    elements
}

/// Returns the pair of a clock's time and the instant; both of a day are its midnight, and the first decides.
fn times(moment: Option<Moment>, [local, utc]: [Tag; 2], zone: &TimeZone) -> Vec<Element> {
    let Some(moment) = moment else { return Vec::new() };
    let shown = moment.local(zone);
    let instant = match moment {
        Moment::Day(_) => date::local(shown),
        Moment::Floating(_) | Moment::At { .. } => date::dashed(moment.instant(zone)),
    };
    vec![Element::text(utc, instant), Element::text(local, date::local(shown))]
}

fn recurrence(task: &Task, options: &Options) -> Option<Element> {
    let pattern = task.pattern()?;
    let fields = pattern.to_fields();
    let start = task.start.or(task.due)?;
    let mut element = Element::new(tasks::RECURRENCE);
    let mut add = |tag: Tag, value: Option<String>| {
        if let Some(value) = value {
            element.push(Element::text(tag, value));
        }
    };
    let number = |value: Option<u8>| value.map(|value| value.to_string());
    let by_date = matches!(fields.kind, 2 | 3 | 5 | 6);
    add(tasks::CALENDAR_TYPE, (by_date && options.version >= Version::V14_0).then(|| "0".to_owned()));
    add(tasks::TYPE, Some(fields.kind.to_string()));
    let start = start.instant(&options.zone);
    let is_local = options.version >= Version::V16_0;
    let shown = if is_local { date::local(options.zone.to_datetime(start)) } else { date::dashed(start) };
    add(tasks::START, Some(shown));
    add(tasks::UNTIL, fields.until.map(until));
    add(tasks::OCCURRENCES, fields.occurrences.map(|count| count.to_string()));
    add(tasks::INTERVAL, fields.interval.map(|interval| interval.to_string()));
    add(tasks::DAY_OF_WEEK, number(fields.day_of_week));
    add(tasks::DAY_OF_MONTH, number(fields.day_of_month));
    add(tasks::WEEK_OF_MONTH, number(fields.week_of_month));
    add(tasks::MONTH_OF_YEAR, number(fields.month_of_year));
    add(tasks::REGENERATE, fields.regenerate.then(|| "1".to_owned()));
    add(tasks::DEAD_OCCUR, fields.dead_occur.then(|| "1".to_owned()));
    if fields.kind == 1 && options.version >= Version::V14_1 {
        add(tasks::FIRST_DAY_OF_WEEK, Some(fields.first_day_of_week.unwrap_or_default().to_string()));
    }
    Some(element)
}

fn until(until: Until) -> String {
    match until {
        Until::Date(day) => date::local(day.to_datetime(Time::midnight())),
        Until::Local(local) => date::local(local),
        Until::Utc(instant) => date::dashed(instant),
    }
}

/// Returns what the phone asks to become of the task. What it leaves out goes, but for the body and whether it is done.
///
/// # Errors
///
/// [`Unreadable`], where an element has no valid value.
pub fn parse(data: &Element, reading: &Reading) -> Result<items::Edit, Unreadable> {
    let mut edit = Edit {
        home: reading.home.clone(),
        subject: change(data, tasks::SUBJECT, read::text)?,
        body: body::parse(data)?,
        importance: change(data, tasks::IMPORTANCE, |it| read::number(it).map(Importance::from_number))?,
        start: moment(data, [tasks::START_DATE, tasks::UTC_START_DATE])?,
        due: moment(data, [tasks::DUE_DATE, tasks::UTC_DUE_DATE])?,
        done: done(data)?,
        sensitivity: change(data, tasks::SENSITIVITY, sensitivity)?,
        reminder: reminder(data)?,
        categories: change(data, tasks::CATEGORIES, |it| read::list(it, tasks::CATEGORY))?,
        recurrence: change(data, tasks::RECURRENCE, pattern)?,
    };
    if let (Change::Set(_), Change::Remove, Change::Remove) = (&edit.recurrence, &edit.start, &edit.due) {
        // A series has to begin somewhere.
        if let Some(start) = data.child(tasks::RECURRENCE).and_then(|it| it.child(tasks::START)) {
            // From 16.0 on it is what a clock shows.
            let is_local = reading.version >= Version::V16_0;
            edit.start = Change::Set(if is_local { at(Some(start), None)? } else { at(None, Some(start))? });
        }
    }
    Ok(items::Edit::Task(Box::new(edit)))
}

fn change<T>(
    data: &Element,
    tag: Tag,
    read: impl Fn(&Element) -> Result<T, Unreadable>,
) -> Result<Change<T>, Unreadable> {
    match read::only(data, tag)? {
        Some(element) if !element.is_empty() => read(element).map(Change::Set),
        Some(_) | None => Ok(Change::Remove),
    }
}

fn sensitivity(element: &Element) -> Result<Sensitivity, Unreadable> {
    Sensitivity::from_number(read::number(element)?).ok_or_else(|| Unreadable::new("Sensitivity is above 3"))
}

fn moment(data: &Element, [local, utc]: [Tag; 2]) -> Result<Change<Moment>, Unreadable> {
    let said = |tag: Tag| Ok(read::only(data, tag)?.filter(|element| !element.is_empty()));
    match (said(local)?, said(utc)?) {
        (None, None) => Ok(Change::Remove),
        (local, utc) => at(local, utc).map(Change::Set),
    }
}

/// Returns the moment that a clock's time and an instant say; midnight means the day.
fn at(local: Option<&Element>, utc: Option<&Element>) -> Result<Moment, Unreadable> {
    let local = local.map(read::local).transpose()?;
    let utc = match utc {
        Some(element) => Some((read::local(element)?, read::instant(element)?)),
        None => None,
    };
    let shown = local.or(utc.map(|(digits, _)| digits));
    match (shown, utc) {
        (Some(shown), _) if shown.time() == Time::midnight() => Ok(Moment::Day(shown.date())),
        (Some(_), Some((_, instant))) => Ok(Moment::At { instant, local }),
        (Some(shown), None) => Ok(Moment::Floating(shown)),
        (None, _) => Err(Unreadable::new("a date of the task is empty")),
    }
}

fn done(data: &Element) -> Result<Change<Option<Timestamp>>, Unreadable> {
    match read::only(data, tasks::COMPLETE)?.filter(|element| !element.is_empty()) {
        None => Ok(Change::Keep),
        Some(complete) if !read::flag(complete)? => Ok(Change::Remove),
        Some(_) => {
            let at = read::only(data, tasks::DATE_COMPLETED)?.filter(|element| !element.is_empty());
            Ok(Change::Set(at.map(read::instant).transpose()?))
        }
    }
}

fn reminder(data: &Element) -> Result<Change<Timestamp>, Unreadable> {
    let is_set = match read::only(data, tasks::REMINDER_SET)?.filter(|element| !element.is_empty()) {
        Some(element) => read::flag(element)?,
        None => false,
    };
    if is_set { change(data, tasks::REMINDER_TIME, read::instant) } else { Ok(Change::Remove) }
}

fn pattern(element: &Element) -> Result<Pattern, Unreadable> {
    let optional = |tag: Tag| read::only(element, tag).map(|child| child.filter(|child| !child.is_empty()));
    let byte = |tag: Tag| optional(tag)?.map(read::number::<u8>).transpose();
    let word = |tag: Tag| optional(tag)?.map(read::number::<u16>).transpose();
    let kind = byte(tasks::TYPE)?.ok_or_else(|| Unreadable::new("the recurrence has no Type"))?;
    if byte(tasks::CALENDAR_TYPE)?.unwrap_or_default() > GREGORIAN {
        return Err(Unreadable::new("the recurrence is of another calendar"));
    }
    let fields = Fields {
        kind,
        interval: word(tasks::INTERVAL)?,
        until: optional(tasks::UNTIL)?.map(read::instant).transpose()?.map(Until::Utc),
        occurrences: word(tasks::OCCURRENCES)?,
        day_of_week: byte(tasks::DAY_OF_WEEK)?,
        day_of_month: byte(tasks::DAY_OF_MONTH)?,
        week_of_month: byte(tasks::WEEK_OF_MONTH)?,
        month_of_year: byte(tasks::MONTH_OF_YEAR)?,
        first_day_of_week: byte(tasks::FIRST_DAY_OF_WEEK)?,
        regenerate: byte(tasks::REGENERATE)?.unwrap_or_default() != 0,
        dead_occur: byte(tasks::DEAD_OCCUR)?.unwrap_or_default() != 0,
    };
    Pattern::from_fields(&fields).map_err(|error| Unreadable::new(error.to_string()))
}

/// Returns whether the tag is none of a task's own properties, or one that is always sent.
pub(super) fn is_ignored(tag: Tag) -> bool {
    use tasks::{BODY, BODY_SIZE, BODY_TRUNCATED, CATEGORY, COMPRESSED_RTF, ORDINAL_DATE, SUB_ORDINAL_DATE};
    [BODY, BODY_SIZE, BODY_TRUNCATED, CATEGORY, COMPRESSED_RTF, ORDINAL_DATE, SUB_ORDINAL_DATE].contains(&tag)
}

#[cfg(test)]
mod tests;
