//! Read, flag and categories: all that a phone may change of a message, and what is sent of it alone.

use std::collections::BTreeMap;

use items::Change;
use items::marks::{Flag, FlagDetail, FlagStatus, MAX_CATEGORIES, MAX_TEXT_CHARS, Marks, MarksEdit};
use jiff::Timestamp;
use wbxml::page::{email, tasks};
use wbxml::{Element, Tag};

use crate::payload::{Unreadable, date, read};
use crate::request::Version;

/// Returns `Read` alone.
#[must_use]
pub fn render_read(seen: Seen) -> Element {
    Element::text(email::READ, if seen == Seen::Yes { "1" } else { "0" })
}

/// Whether this user has seen the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// It was seen.
    Yes,
    /// It is new to the user.
    No,
}

impl From<bool> for Seen {
    fn from(seen: bool) -> Self {
        if seen { Self::Yes } else { Self::No }
    }
}

/// Returns `Flag`, empty where there is none.
pub(super) fn flag(flag: &Flag) -> Element {
    let element = Element::new(email::FLAG);
    if flag.status == FlagStatus::Clear {
        return element;
    }
    let element = element.with(Element::text(email::STATUS, flag.status.number().to_string()));
    flag.details
        .iter()
        .fold(element, |element, (detail, value)| element.with(Element::text(tag(*detail), value)))
}

/// Returns `Categories`, which phones know since 14.0; empty where there is none.
pub(super) fn categories(marks: &Marks, version: Version) -> Option<Element> {
    let all = || {
        let named = marks.categories.iter().map(|name| Element::text(email::CATEGORY, name));
        named.fold(Element::new(email::CATEGORIES), Element::with)
    };
    (version >= Version::V14_0).then(all)
}

/// Returns what a phone asks to become of a message.
///
/// # Errors
///
/// When it names anything else than Read, Flag and Categories, or a value that has no meaning: status 6.
pub fn parse(data: &Element) -> Result<MarksEdit, Unreadable> {
    const CHANGEABLE: [Tag; 3] = [email::READ, email::FLAG, email::CATEGORIES];
    if let Some(other) = data.elements().find(|child| !CHANGEABLE.contains(&child.tag)) {
        return Err(Unreadable::new(format!("{:?} of a message cannot be changed", other.tag)));
    }
    Ok(MarksEdit {
        read: change(data, email::READ, |element| read::flag(element).map(Change::Set))?,
        flag: change(data, email::FLAG, parse_flag)?,
        categories: change(data, email::CATEGORIES, parse_categories)?,
    })
}

fn change<T>(
    data: &Element,
    tag: Tag,
    parse: impl Fn(&Element) -> Result<Change<T>, Unreadable>,
) -> Result<Change<T>, Unreadable> {
    read::only(data, tag)?.map_or(Ok(Change::Keep), parse)
}

fn parse_categories(element: &Element) -> Result<Change<Vec<String>>, Unreadable> {
    let names = read::list(element, email::CATEGORY)?;
    if names.len() > MAX_CATEGORIES || names.iter().any(|name| is_long(name)) {
        return Err(Unreadable::new("Categories are too many or too long"));
    }
    Ok(if names.is_empty() { Change::Remove } else { Change::Set(names) })
}

fn parse_flag(element: &Element) -> Result<Change<Flag>, Unreadable> {
    if element.is_empty() {
        return Ok(Change::Remove);
    }
    let status = read::only(element, email::STATUS)?.map(read::number).transpose()?;
    let status = status.and_then(FlagStatus::from_number);
    let status = status.ok_or_else(|| Unreadable::new("Flag has no valid Status"))?;
    let mut details = BTreeMap::new();
    for child in element.elements().filter(|child| child.tag != email::STATUS) {
        let detail = FlagDetail::ALL.into_iter().find(|detail| tag(*detail) == child.tag);
        let detail =
            detail.ok_or_else(|| Unreadable::new(format!("{:?} does not belong to a flag", child.tag)))?;
        let value = read::text(child)?;
        if is_long(&value) || details.insert(detail, value).is_some() {
            return Err(Unreadable::new(format!("{:?} is too long, or there twice", child.tag)));
        }
    }
    let flag = Flag { status, details };
    check(&flag)?;
    Ok(Change::Set(flag))
}

/// Longer texts would be cut when they are stored.
fn is_long(text: &str) -> bool {
    text.chars().count() > MAX_TEXT_CHARS
}

/// Checks what must stand together. [MS-ASEMAIL 2.2.2.34]
fn check(flag: &Flag) -> Result<(), Unreadable> {
    use FlagDetail::{
        CompleteTime, DateCompleted, DueDate, ReminderSet, ReminderTime, StartDate, UtcDueDate, UtcStartDate,
    };
    let has = |detail: &FlagDetail| flag.details.contains_key(detail);
    let dates = [StartDate, UtcStartDate, DueDate, UtcDueDate];
    if dates.iter().any(has) && !dates.iter().all(has) {
        return Err(Unreadable::new("Flag has some of its four dates, not all"));
    }
    for (first, last) in [(StartDate, DueDate), (UtcStartDate, UtcDueDate)] {
        if let (Some(first), Some(last)) = (time(flag, first)?, time(flag, last)?)
            && last < first
        {
            return Err(Unreadable::new("Flag is due before it starts"));
        }
    }
    if flag.details.get(&ReminderSet).is_some_and(|set| set == "1") && !has(&ReminderTime) {
        return Err(Unreadable::new("Flag has a reminder without a time"));
    }
    if flag.status == FlagStatus::Complete && !(has(&DateCompleted) && has(&CompleteTime)) {
        return Err(Unreadable::new("Flag is complete without saying since when"));
    }
    Ok(())
}

fn time(flag: &Flag, detail: FlagDetail) -> Result<Option<Timestamp>, Unreadable> {
    let Some(said) = flag.details.get(&detail) else { return Ok(None) };
    let time = date::instant(said);
    time.map(Some).ok_or_else(|| Unreadable::new(format!("{} of Flag is no date", detail.as_str())))
}

const fn tag(detail: FlagDetail) -> Tag {
    match detail {
        FlagDetail::FlagType => email::FLAG_TYPE,
        FlagDetail::Subject => tasks::SUBJECT,
        FlagDetail::StartDate => tasks::START_DATE,
        FlagDetail::UtcStartDate => tasks::UTC_START_DATE,
        FlagDetail::DueDate => tasks::DUE_DATE,
        FlagDetail::UtcDueDate => tasks::UTC_DUE_DATE,
        FlagDetail::DateCompleted => tasks::DATE_COMPLETED,
        FlagDetail::CompleteTime => email::COMPLETE_TIME,
        FlagDetail::ReminderSet => tasks::REMINDER_SET,
        FlagDetail::ReminderTime => tasks::REMINDER_TIME,
        FlagDetail::OrdinalDate => tasks::ORDINAL_DATE,
        FlagDetail::SubOrdinalDate => tasks::SUB_ORDINAL_DATE,
    }
}
