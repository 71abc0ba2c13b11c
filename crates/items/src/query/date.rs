//! When messages came, as queries say it.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};

/// A time from one instant to before another; an end that is missing is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    from: Option<Timestamp>,
    until: Option<Timestamp>,
}

impl Span {
    /// Reads a time: a day, `first..last`, or words such as `today` and `last month`. `sign` is what stands before it.
    pub(super) fn parse(sign: &str, value: &str, now: &Zoned) -> Option<Self> {
        let (first, end) = days(value.trim(), now)?;
        let at = |date: Date| start_of(date, now.time_zone());
        let (from, until) = match sign {
            "" | "=" => (Some(first), Some(end)),
            ">=" => (Some(first), None),
            ">" => (Some(end), None),
            "<" => (None, Some(first)),
            "<=" => (None, Some(end)),
            _ => return None,
        };
        let at = |date: Option<Date>| date.map(at).transpose();
        Some(Self { from: at(from).ok()?, until: at(until).ok()? })
    }

    pub(super) fn contains(&self, instant: Timestamp) -> bool {
        self.from.is_none_or(|from| instant >= from) && self.until.is_none_or(|until| instant < until)
    }
}

fn start_of(date: Date, zone: &TimeZone) -> Result<Timestamp, jiff::Error> {
    date.to_zoned(zone.clone()).map(|start| start.timestamp())
}

/// Returns the first day and the one after the last.
fn days(value: &str, now: &Zoned) -> Option<(Date, Date)> {
    if let Some((first, last)) = value.split_once("..") {
        return Some((day(first)?, day(last)?.tomorrow().ok()?));
    }
    if let Some(day) = day(value) {
        return Some((day, day.tomorrow().ok()?));
    }
    let today = now.date();
    let monday = today.checked_sub(i64::from(today.weekday().to_monday_zero_offset()).days()).ok()?;
    let (month, year) = (today.first_of_month(), today.first_of_year());
    match value.to_ascii_lowercase().as_str() {
        "today" => Some((today, today.tomorrow().ok()?)),
        "yesterday" => Some((today.yesterday().ok()?, today)),
        "this week" => Some((monday, monday.checked_add(1.week()).ok()?)),
        "last week" => Some((monday.checked_sub(1.week()).ok()?, monday)),
        "this month" => Some((month, month.checked_add(1.month()).ok()?)),
        "last month" => Some((month.checked_sub(1.month()).ok()?, month)),
        "this year" => Some((year, year.checked_add(1.year()).ok()?)),
        "last year" => Some((year.checked_sub(1.year()).ok()?, year)),
        _ => None,
    }
}

/// Reads `2026-03-02`, with or without a time that is not looked at, or `3/2/2026`.
fn day(text: &str) -> Option<Date> {
    let text = text.trim().split(['T', 't']).next()?;
    if let Some((month, rest)) = text.split_once('/') {
        let (day, year) = rest.split_once('/')?;
        return Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok();
    }
    let mut numbers = text.split('-');
    let (year, month, day) = (numbers.next()?, numbers.next()?, numbers.next()?);
    let is_whole = year.len() == 4 && numbers.next().is_none();
    let date = Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok();
    date.filter(|_| is_whole)
}
