//! The dates of a series: bounded, in local time, mapped to instants one by one.
//!
//! A rule is expanded on a clock without summer time that shows the local time, and each result is then placed in
//! the zone. So a meeting at nine stays at nine, and a time that the spring change skips moves on by that gap.

use std::collections::BTreeSet;

use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, Unit};
use rrule::{RRuleSet, RRuleSetIter};

use super::rule::{Frequency, Rule};

/// Instances that one question about a series may return.
pub const MAX_INSTANCES: usize = 3_000;

/// Steps of a rule that are tried, whether they give an instance or not.
pub const MAX_STEPS: u32 = 100_000;

/// EXDATE, and RDATE, values of one series that count; more of either are not looked at.
pub const MAX_DATES: usize = 2_000;

/// Years in which a series is expanded, first and last.
pub const YEARS: (i16, i16) = (1900, 2200);

/// Times of day that BYHOUR, BYMINUTE and BYSECOND may give together; beyond it, the rule is not expanded.
const MAX_TIMES: usize = 288;

/// What repeats, from when, in which zone, and which dates are added and left out.
#[derive(Debug, Clone)]
pub struct Series {
    start: DateTime,
    zone: TimeZone,
    rule: Option<Rule>,
    added: BTreeSet<DateTime>,
    removed: BTreeSet<DateTime>,
}

/// The end of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Last {
    /// It has none.
    Endless,
    /// The last occurrence starts at this local time.
    At(DateTime),
    /// The last occurrence starts at this local time or before; the limits did not let us see it.
    AtMost(DateTime),
}

impl Series {
    /// Returns the series with the one occurrence at `start`.
    #[must_use]
    pub const fn new(start: DateTime, zone: TimeZone) -> Self {
        Self { start, zone, rule: None, added: BTreeSet::new(), removed: BTreeSet::new() }
    }

    /// Sets the rule.
    #[must_use]
    pub fn rule(mut self, rule: Option<Rule>) -> Self {
        self.rule = rule;
        self
    }

    /// Adds occurrences (RDATE), at most [`MAX_DATES`].
    #[must_use]
    pub fn added(mut self, dates: impl IntoIterator<Item = DateTime>) -> Self {
        self.added = dates.into_iter().take(MAX_DATES).collect();
        self
    }

    /// Leaves occurrences out (EXDATE), at most [`MAX_DATES`].
    #[must_use]
    pub fn removed(mut self, dates: impl IntoIterator<Item = DateTime>) -> Self {
        self.removed = dates.into_iter().take(MAX_DATES).collect();
        self
    }

    /// Returns the local starts from the first on, in order. The start itself is the first, whatever the rule says.
    #[must_use]
    pub fn occurrences(&self) -> Occurrences {
        self.from(self.start)
    }

    /// Returns the last occurrence, left-out ones not counted. A series that lost all of them has its start.
    #[must_use]
    pub fn last(&self) -> Last {
        let endless = self.rule.as_ref().is_some_and(|rule| rule.count.is_none() && rule.until.is_none());
        if endless {
            return Last::Endless;
        }
        let mut occurrences = self.occurrences();
        let last = occurrences.by_ref().last();
        let until = self.rule.as_ref().and_then(|rule| rule.until);
        match (occurrences.is_cut, until) {
            (false, _) => Last::At(last.unwrap_or(self.start)),
            (true, Some(until)) => Last::AtMost(until.local(&self.zone).max(last.unwrap_or(self.start))),
            (true, None) => Last::Endless,
        }
    }

    /// Returns the starts in `from..to`, at most [`MAX_INSTANCES`].
    #[must_use]
    pub fn between(&self, from: Timestamp, to: Timestamp) -> Vec<Timestamp> {
        self.instants(from)
            .skip_while(|instant| *instant < from)
            .take_while(|instant| *instant < to)
            .take(MAX_INSTANCES)
            .collect()
    }

    /// Whether an occurrence of `length` touches `from..to`. Where the limits end the search, the answer is yes: an
    /// item too many on a phone does less harm than one that is missing.
    #[must_use]
    pub fn occurs_in(&self, from: Timestamp, to: Timestamp, length: Span) -> bool {
        let seconds = length.total((Unit::Second, jiff::SpanRelativeTo::days_are_24_hours())).unwrap_or(0.0);
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a span of at most 19,998 years fits an i64 of seconds"
        )]
        let length = jiff::SignedDuration::from_secs(seconds as i64);
        let earliest = from.checked_sub(length).unwrap_or(Timestamp::MIN);
        let mut occurrences = self.from(self.nearer(self.zone.to_datetime(earliest)));
        for local in occurrences.by_ref() {
            let Ok(starts) = self.zone.to_timestamp(local) else { continue };
            if starts >= to {
                return false;
            }
            if starts >= from || starts.checked_add(length).is_ok_and(|ends| ends > from) {
                return true;
            }
        }
        occurrences.is_cut
    }

    fn instants(&self, from: Timestamp) -> impl Iterator<Item = Timestamp> {
        let nearer = self.nearer(self.zone.to_datetime(from));
        self.from(nearer).filter_map(|local| self.zone.to_timestamp(local).ok())
    }

    fn from(&self, start: DateTime) -> Occurrences {
        let mut dates: BTreeSet<DateTime> = self.added.clone();
        dates.insert(self.start);
        let horizon = self.horizon(start);
        let steps = self
            .rule
            .as_ref()
            .filter(|rule| is_bounded(rule))
            .and_then(|rule| carrier(rule, start, &self.zone))
            .map(|set| (&set).into_iter());
        let is_refused = self.rule.is_some() && steps.is_none();
        Occurrences {
            steps,
            dates: dates.into_iter().collect::<Vec<_>>().into_iter().peekable(),
            removed: self.removed.clone(),
            next: None,
            left: MAX_STEPS,
            horizon,
            is_cut: is_refused
                && self.rule.as_ref().is_some_and(|rule| !ends_before(rule, start, &self.zone)),
        }
    }

    /// Returns a start of the same beat that is closer to `from`, where the rule does not count its occurrences.
    fn nearer(&self, from: DateTime) -> DateTime {
        let Some(rule) = self.rule.as_ref().filter(|rule| rule.count.is_none()) else { return self.start };
        let unit = match rule.frequency {
            Frequency::Secondly => Unit::Second,
            Frequency::Minutely => Unit::Minute,
            Frequency::Hourly => Unit::Hour,
            Frequency::Daily => Unit::Day,
            Frequency::Weekly => Unit::Week,
            Frequency::Monthly => Unit::Month,
            Frequency::Yearly => Unit::Year,
        };
        // The 29th to 31st do not exist in every month: such a start cannot be moved.
        if from <= self.start || self.start.day() > 28 {
            return self.start;
        }
        let interval = i64::from(rule.interval.max(1));
        let Ok(passed) = self.start.until((unit, from)) else { return self.start };
        let passed = match unit {
            Unit::Second => passed.get_seconds(),
            Unit::Minute => passed.get_minutes(),
            Unit::Hour => i64::from(passed.get_hours()),
            Unit::Day => i64::from(passed.get_days()),
            Unit::Week => i64::from(passed.get_weeks()),
            Unit::Month => i64::from(passed.get_months()),
            Unit::Year | Unit::Millisecond | Unit::Microsecond | Unit::Nanosecond => {
                i64::from(passed.get_years())
            }
        };
        // Two periods back, so that the first one looked at is whole.
        let skipped = (passed / interval).saturating_sub(2).max(0).saturating_mul(interval);
        periods(rule.frequency, skipped)
            .and_then(|span| self.start.checked_add(span).ok())
            .unwrap_or(self.start)
    }

    /// Returns the local time beyond which no step of the rule is tried.
    fn horizon(&self, start: DateTime) -> DateTime {
        let years_end = jiff::civil::date(YEARS.1, 12, 31).to_datetime(Time::MAX);
        let Some(rule) = &self.rule else { return years_end };
        periods(rule.frequency, i64::from(MAX_STEPS) * i64::from(rule.interval.max(1)))
            .and_then(|span| start.checked_add(span).ok())
            .map_or(years_end, |end| end.min(years_end))
    }
}

fn periods(frequency: Frequency, count: i64) -> Option<Span> {
    let none = Span::new();
    match frequency {
        Frequency::Secondly => none.try_seconds(count),
        Frequency::Minutely => none.try_minutes(count),
        Frequency::Hourly => none.try_hours(count),
        Frequency::Daily => none.try_days(count),
        Frequency::Weekly => none.try_weeks(count),
        Frequency::Monthly => none.try_months(count),
        Frequency::Yearly => none.try_years(count),
    }
    .ok()
}

fn is_bounded(rule: &Rule) -> bool {
    let times = rule.by_hour.len().max(1) * rule.by_minute.len().max(1) * rule.by_second.len().max(1);
    times <= MAX_TIMES && !rule.is_foreign()
}

fn ends_before(rule: &Rule, start: DateTime, zone: &TimeZone) -> bool {
    rule.until.is_some_and(|until| until.local(zone) < start)
}

/// Returns the expansion of `rule` with local times written as UTC, or `None` where the rule breaks RFC 5545.
fn carrier(rule: &Rule, start: DateTime, zone: &TimeZone) -> Option<RRuleSet> {
    if start.year() < YEARS.0 || start.year() > YEARS.1 || ends_before(rule, start, zone) {
        return None;
    }
    let until = rule.until.map(|until| {
        let local = until.local(zone);
        super::Until::Utc(TimeZone::UTC.to_timestamp(local).unwrap_or(Timestamp::MAX))
    });
    let by_second = rule.by_second.iter().map(|second| (*second).min(59)).collect();
    let rule = Rule { until, by_second, rest: Vec::new(), ..rule.clone() };
    let text = format!("DTSTART:{}\nRRULE:{rule}", start.strftime("%Y%m%dT%H%M%SZ"));
    text.parse::<RRuleSet>().ok().map(RRuleSet::limit)
}

/// The local starts of a series, in order, each once. Ends at the limits of this module.
#[derive(Debug)]
pub struct Occurrences {
    steps: Option<RRuleSetIter>,
    dates: std::iter::Peekable<std::vec::IntoIter<DateTime>>,
    removed: BTreeSet<DateTime>,
    next: Option<DateTime>,
    left: u32,
    horizon: DateTime,
    is_cut: bool,
}

impl Occurrences {
    /// Whether a limit ended the expansion before the rule did. Known once the last occurrence was taken.
    #[must_use]
    pub const fn is_cut(&self) -> bool {
        self.is_cut
    }

    fn step(&mut self) -> Option<DateTime> {
        if self.next.is_some() {
            return self.next;
        }
        let steps = self.steps.as_mut()?;
        let local = steps
            .next()
            .and_then(|date| Timestamp::from_second(date.timestamp()).ok())
            .map(|instant| TimeZone::UTC.to_datetime(instant));
        match local {
            None => self.steps = None,
            Some(local) if self.left == 0 || local > self.horizon => {
                self.steps = None;
                self.is_cut = true;
            }
            Some(local) => {
                self.left -= 1;
                self.next = Some(local);
            }
        }
        self.next
    }
}

impl Iterator for Occurrences {
    type Item = DateTime;

    fn next(&mut self) -> Option<DateTime> {
        loop {
            let local = match (self.step(), self.dates.peek().copied()) {
                (None, None) => return None,
                (Some(step), Some(date)) => step.min(date),
                (Some(step), None) => step,
                (None, Some(date)) => date,
            };
            if self.next == Some(local) {
                self.next = None;
            }
            while self.dates.next_if_eq(&local).is_some() {}
            if !self.removed.contains(&local) {
                return Some(local);
            }
        }
    }
}

#[cfg(test)]
#[path = "series_tests.rs"]
mod tests;
