//! A VTIMEZONE: a zone spelled out as rules in the calendar itself (RFC 5545 3.6.5).

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::{Offset, TimeZone};

use super::shape::{MAX_TURNS, Shape, bounds};
use crate::contentline::{Component, Document};
use crate::recurrence::{Frequency, Rule, Series};

/// STANDARD and DAYLIGHT parts of one definition that are looked at.
pub const MAX_OBSERVANCES: usize = 100;

/// Changes of the clock that one definition may give in the years that are looked at.
pub const MAX_TRANSITIONS: usize = 200;

/// Years that a written definition spells out where the zone has no yearly rule.
const YEARS_SPELLED: i16 = 10;

/// One STANDARD or DAYLIGHT part.
#[derive(Debug, Clone)]
pub struct Observance {
    /// TZOFFSETFROM.
    pub from: Offset,
    /// TZOFFSETTO.
    pub to: Offset,
    /// DTSTART, in local time before the change.
    pub start: DateTime,
    /// RRULE.
    pub rule: Option<Rule>,
    /// RDATE.
    pub dates: Vec<DateTime>,
}

/// The rules of a zone, as a calendar defines them.
#[derive(Debug, Clone, Default)]
pub struct Definition {
    /// Its parts.
    pub observances: Vec<Observance>,
}

impl Definition {
    /// Reads a VTIMEZONE; parts that make no sense, and those past [`MAX_OBSERVANCES`], are left out.
    #[must_use]
    pub fn parse(document: &Document<'_>, zone: &Component) -> Self {
        let observances = document
            .children(zone)
            .filter(|part| matches!(part.name(), "STANDARD" | "DAYLIGHT"))
            .take(MAX_OBSERVANCES)
            .filter_map(|part| observance(document, part))
            .collect();
        Self { observances }
    }

    /// Returns what the clocks do in `year`, or `None` where the definition says nothing, or too much.
    pub(super) fn shape(&self, year: i16) -> Option<Shape> {
        let (from, to) = bounds(year)?;
        let mut turns: Vec<(Timestamp, Offset, Offset)> = Vec::new();
        for part in &self.observances {
            turns.extend(part.turns(year));
            if turns.len() > MAX_TRANSITIONS {
                return None;
            }
        }
        turns.sort_unstable_by_key(|turn| turn.0);
        let before = turns.iter().rfind(|turn| turn.0 < from).map(|turn| turn.2);
        let first = before.or_else(|| turns.first().map(|turn| turn.1))?;
        let turns: Vec<_> = turns
            .into_iter()
            .filter(|turn| (from..to).contains(&turn.0))
            .map(|turn| (turn.0, turn.2))
            .take(MAX_TURNS)
            .collect();
        Some(Shape::new(first, turns))
    }
}

impl Observance {
    /// Returns the changes up to the end of `year`: those of that year and the one before, and the first of all.
    fn turns(&self, year: i16) -> Vec<(Timestamp, Offset, Offset)> {
        let series = Series::new(self.near(year), TimeZone::fixed(self.from))
            .rule(self.rule.clone())
            .added(self.dates.iter().copied());
        let until = |local: &DateTime| local.year() <= year;
        std::iter::once(self.start)
            .filter(until)
            .chain(series.occurrences().skip_while(|local| local.year() < year - 1).take_while(until))
            .take(MAX_TRANSITIONS + 1)
            .filter_map(|local| Some((self.from.to_timestamp(local).ok()?, self.from, self.to)))
            .collect()
    }

    /// Returns a start closer to `year`: definitions of Windows begin in 1601.
    fn near(&self, year: i16) -> DateTime {
        let is_plain = self.rule.as_ref().is_some_and(|rule| {
            rule.frequency == Frequency::Yearly
                && rule.interval == 1
                && rule.count.is_none()
                && !rule.by_month.is_empty()
        });
        let target = year.saturating_sub(3);
        if !is_plain || self.start.year() >= target {
            return self.start;
        }
        let moved = self.start.with().year(target).day(self.start.day().min(28)).build();
        moved.unwrap_or(self.start)
    }
}

fn observance(document: &Document<'_>, part: &Component) -> Option<Observance> {
    let value =
        |name: &'static str| document.named(part, name).next().map(|line| line.value().trim().to_owned());
    let dates = document
        .named(part, "RDATE")
        .flat_map(|line| line.value().split(',').map(str::to_owned).collect::<Vec<_>>())
        .filter_map(|value| crate::recurrence::basic_datetime(&value))
        .take(MAX_TRANSITIONS)
        .collect();
    Some(Observance {
        from: offset(&value("TZOFFSETFROM")?)?,
        to: offset(&value("TZOFFSETTO")?)?,
        start: crate::recurrence::basic_datetime(value("DTSTART")?.trim_end_matches(['Z', 'z']))?,
        rule: value("RRULE").and_then(|rule| Rule::parse(&rule).ok()),
        dates,
    })
}

/// Reads `+0100`, `-0330` or `+001730`.
fn offset(text: &str) -> Option<Offset> {
    let (sign, digits) = match text.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => (1, text),
    };
    let is_digits = matches!(digits.len(), 4 | 6) && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits {
        return None;
    }
    let part = |range: std::ops::Range<usize>| digits.get(range).and_then(|part| part.parse::<i32>().ok());
    let seconds = part(0..2)? * 3600 + part(2..4)? * 60 + part(4..6).unwrap_or(0);
    Offset::from_seconds(sign * seconds).ok()
}

fn offset_text(offset: Offset) -> String {
    let seconds = offset.seconds();
    let (sign, total) = (if seconds < 0 { '-' } else { '+' }, seconds.abs());
    let text = format!("{sign}{:02}{:02}", total / 3600, total / 60 % 60);
    if total % 60 == 0 { text } else { format!("{text}{:02}", total % 60) }
}

/// Returns the lines of a VTIMEZONE that says what the clocks of `zone` do from the year before `year` on.
///
/// A change that keeps to a weekday of its month becomes a yearly rule; others are spelled out for some years.
#[must_use]
pub fn define(zone: &TimeZone, tzid: &str, year: i16) -> Vec<String> {
    let mut lines = vec!["BEGIN:VTIMEZONE".to_owned(), format!("TZID:{tzid}")];
    let first = year.saturating_sub(1);
    let shapes: Vec<Shape> =
        (first..first.saturating_add(YEARS_SPELLED)).filter_map(|year| Shape::of_zone(zone, year)).collect();
    let begins = shapes.first().map_or(Offset::UTC, |shape| shape.first);
    let turns: Vec<Change> = changes(begins, &shapes);
    match yearly(&turns, &shapes) {
        _ if turns.is_empty() => {
            let start = jiff::civil::date(1970, 1, 1).at(0, 0, 0, 0);
            part(&mut lines, &Change { start, from: begins, to: begins, is_summer: false }, None);
        }
        Some(rules) => {
            for (change, rule) in rules {
                part(&mut lines, change, Some(&rule));
            }
        }
        None => {
            // What held before the first change has to be said too.
            let start = jiff::civil::date(first, 1, 1).at(0, 0, 0, 0);
            part(&mut lines, &Change { start, from: begins, to: begins, is_summer: false }, None);
            for change in &turns {
                part(&mut lines, change, None);
            }
        }
    }
    lines.push("END:VTIMEZONE".to_owned());
    lines
}

/// One change of the clocks, at the local time before it.
struct Change {
    start: DateTime,
    from: Offset,
    to: Offset,
    is_summer: bool,
}

fn changes(begins: Offset, shapes: &[Shape]) -> Vec<Change> {
    let mut from = begins;
    let all = shapes.iter().flat_map(|shape| shape.turns.iter().map(|turn| (*turn, shape.usual)));
    all.map(|((at, to), usual)| {
        let change = Change { start: from.to_datetime(at), from, to, is_summer: to > usual };
        from = to;
        change
    })
    .collect()
}

/// Returns the two changes of the first year with rules that give those of all the years, or `None`.
fn yearly<'c>(turns: &'c [Change], shapes: &[Shape]) -> Option<Vec<(&'c Change, String)>> {
    if shapes.iter().any(|shape| shape.turns.len() != 2) {
        return None;
    }
    let rules = turns.iter().take(2).enumerate().map(|(at, change)| {
        let same: Vec<&Change> = turns.iter().skip(at).step_by(2).collect();
        let is_same = same.iter().all(|other| {
            (other.from, other.to) == (change.from, change.to)
                && other.start.time() == change.start.time()
                && other.start.month() == change.start.month()
                && other.start.weekday() == change.start.weekday()
        });
        let rule = is_same.then(|| rule(change.start.date(), &same)).flatten()?;
        Some((change, rule))
    });
    rules.collect()
}

fn rule(date: Date, same: &[&Change]) -> Option<String> {
    let days = || same.iter().map(|change| change.start.date());
    let nth = (date.day() - 1) / 7 + 1;
    let place = if days().all(|day| day.day() + 7 > day.days_in_month()) {
        format!("BYDAY=-1{}", code(date.weekday()))
    } else if days().all(|day| (day.day() - 1) / 7 + 1 == nth) {
        format!("BYDAY={nth}{}", code(date.weekday()))
    } else {
        let least = days().map(Date::day).min()?;
        // "The Sunday from the 2nd to the 8th", where the week of the month differs from year to year.
        let week: Vec<String> = (least..least + 7).map(|day| day.to_string()).collect();
        if days().any(|day| day.day() > least + 6) || least > 22 {
            return None;
        }
        format!("BYMONTHDAY={};BYDAY={}", week.join(","), code(date.weekday()))
    };
    Some(format!("FREQ=YEARLY;BYMONTH={};{place}", date.month()))
}

fn code(weekday: Weekday) -> &'static str {
    crate::recurrence::weekday_code(weekday)
}

fn part(lines: &mut Vec<String>, change: &Change, rule: Option<&String>) {
    let name = if change.is_summer { "DAYLIGHT" } else { "STANDARD" };
    lines.push(format!("BEGIN:{name}"));
    // RFC 5545 has no milliseconds, and no zone changes within one.
    let start = change.start.round(jiff::Unit::Second).unwrap_or(change.start);
    lines.push(format!("DTSTART:{}", start.strftime("%Y%m%dT%H%M%S")));
    lines.push(format!("TZOFFSETFROM:{}", offset_text(change.from)));
    lines.push(format!("TZOFFSETTO:{}", offset_text(change.to)));
    if let Some(rule) = rule {
        lines.push(format!("RRULE:{rule}"));
    }
    lines.push(format!("END:{name}"));
}
