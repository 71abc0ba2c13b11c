//! ActiveSync's form of a recurrence, which knows less than an RRULE does ([MS-ASCAL] Recurrence).

use std::fmt::Write as _;

use jiff::civil::{DateTime, Weekday};
use jiff::tz::TimeZone;
use thiserror::Error;

use super::rule::{Day, Frequency, Rule, Until};
use super::series::{Last, Series};

/// The value of `WeekOfMonth` that means the last one.
pub const WEEK_LAST: u8 = 5;

/// The greatest `Interval`, and the greatest `Occurrences`, of the wire.
const MAX_COUNT: u16 = 999;

/// Days of the week as the wire's sum: 1 is Sunday, 2 Monday, ... 64 Saturday. Never empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days(u8);

impl Days {
    /// Monday to Friday.
    pub const WEEKDAYS: Self = Self(62);
    /// Saturday and Sunday.
    pub const WEEKEND: Self = Self(65);
    /// All seven.
    pub const EVERY: Self = Self(127);

    /// Returns the days of a mask, or `None` for 0 and for more than 127.
    #[must_use]
    pub const fn from_mask(mask: u8) -> Option<Self> {
        if mask == 0 || mask > 127 { None } else { Some(Self(mask)) }
    }

    /// Returns one day.
    #[must_use]
    pub const fn one(day: Weekday) -> Self {
        Self(1 << day.to_sunday_zero_offset())
    }

    /// Returns the mask.
    #[must_use]
    pub const fn mask(self) -> u8 {
        self.0
    }

    /// Returns the days from Monday to Sunday.
    pub fn iter(self) -> impl Iterator<Item = Weekday> {
        Weekday::Monday.cycle_forward().take(7).filter(move |day| self.0 & Self::one(*day).0 != 0)
    }

    fn single(self) -> Option<Weekday> {
        let mut days = self.iter();
        days.next().filter(|_| days.next().is_none())
    }

    fn collect(days: impl IntoIterator<Item = Weekday>) -> Option<Self> {
        Self::from_mask(days.into_iter().fold(0, |mask, day| mask | Self::one(day).0))
    }
}

/// What repeats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cycle {
    /// Type 0.
    Daily,
    /// Type 1, and type 0 with days.
    Weekly {
        /// On which days.
        days: Days,
    },
    /// Type 2.
    Monthly {
        /// Day of the month, 1 to 31.
        day: u8,
    },
    /// Type 3.
    MonthlyNth {
        /// Which days are counted.
        days: Days,
        /// Which of them, 1 to 4; [`WEEK_LAST`] is the last one.
        week: u8,
    },
    /// Type 5.
    Yearly {
        /// 1 to 12.
        month: u8,
        /// Day of the month, 1 to 31.
        day: u8,
    },
    /// Type 6.
    YearlyNth {
        /// 1 to 12.
        month: u8,
        /// Which days are counted.
        days: Days,
        /// Which of them, 1 to 4; [`WEEK_LAST`] is the last one.
        week: u8,
    },
}

/// How a pattern ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It does not.
    Never,
    /// After so many occurrences, 1 to 999.
    After(u16),
    /// At the last start.
    On(Until),
}

/// A recurrence that ActiveSync can say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pattern {
    /// What repeats.
    pub cycle: Cycle,
    /// Every how many days, weeks, months or years; 1 to 999.
    pub interval: u16,
    /// How it ends.
    pub end: End,
    /// The first day of the week, where it was told.
    pub first_day: Option<Weekday>,
    /// Tasks: the next one counts from when this one was done.
    pub regenerate: bool,
    /// Tasks: this is a finished occurrence kept as an item of its own.
    pub dead: bool,
}

/// The elements of the wire's Recurrence, each as it came or is to be sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Fields {
    /// Type: 0 daily, 1 weekly, 2 and 3 monthly, 5 and 6 yearly.
    pub kind: u8,
    /// Interval.
    pub interval: Option<u16>,
    /// Until.
    pub until: Option<Until>,
    /// Occurrences.
    pub occurrences: Option<u16>,
    /// `DayOfWeek`, the sum of days.
    pub day_of_week: Option<u8>,
    /// `DayOfMonth`.
    pub day_of_month: Option<u8>,
    /// `WeekOfMonth`.
    pub week_of_month: Option<u8>,
    /// `MonthOfYear`.
    pub month_of_year: Option<u8>,
    /// `FirstDayOfWeek`, 0 is Sunday.
    pub first_day_of_week: Option<u8>,
    /// Regenerate (tasks).
    pub regenerate: bool,
    /// `DeadOccur` (tasks).
    pub dead_occur: bool,
}

/// Why a Recurrence of the wire makes no pattern.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum FieldsError {
    /// A type that does not exist.
    #[error("recurrence type {0} does not exist")]
    Type(u8),
    /// An element that the type needs is missing, or its value is out of range.
    #[error("the recurrence lacks a valid {0}")]
    Missing(&'static str),
    /// An element that does not belong to the type.
    #[error("{0} does not belong to this type of recurrence")]
    Surplus(&'static str),
}

impl Pattern {
    /// Returns the pattern that gives the same dates as `rule` from the local time `start` on, or `None` where
    /// ActiveSync has none: such a series is shown as single events.
    #[must_use]
    pub fn from_rule(rule: &Rule, start: DateTime) -> Option<Self> {
        let own_time = |values: &[u8], own: i8| {
            matches!(values, [] | [_]) && values.iter().all(|v| i16::from(*v) == i16::from(own))
        };
        let is_plain = rule.by_year_day.is_empty()
            && rule.by_week_no.is_empty()
            && own_time(&rule.by_hour, start.hour())
            && own_time(&rule.by_minute, start.minute())
            && own_time(&rule.by_second, start.second())
            && !rule.is_foreign();
        if !is_plain || rule.interval > MAX_COUNT {
            return None;
        }
        let cycle = match rule.frequency {
            Frequency::Secondly | Frequency::Minutely | Frequency::Hourly => None,
            Frequency::Daily => daily(rule),
            Frequency::Weekly => weekly(rule, start),
            Frequency::Monthly => monthly(rule, start),
            Frequency::Yearly => yearly(rule, start),
        }?;
        Some(Self {
            cycle,
            interval: rule.interval.max(1),
            end: end(rule, start)?,
            first_day: rule.week_start,
            regenerate: false,
            dead: false,
        })
    }

    /// Returns the rule that gives the dates of this pattern.
    #[must_use]
    pub fn to_rule(&self) -> Rule {
        let (frequency, days, week) = match self.cycle {
            Cycle::Daily => (Frequency::Daily, None, None),
            Cycle::Weekly { days } => (Frequency::Weekly, Some(days), None),
            Cycle::Monthly { .. } => (Frequency::Monthly, None, None),
            Cycle::MonthlyNth { days, week } => (Frequency::Monthly, Some(days), Some(week)),
            Cycle::Yearly { .. } => (Frequency::Yearly, None, None),
            Cycle::YearlyNth { days, week, .. } => (Frequency::Yearly, Some(days), Some(week)),
        };
        let mut rule = Rule::new(frequency);
        rule.interval = self.interval;
        match self.cycle {
            Cycle::Monthly { day } | Cycle::Yearly { day, .. } => rule.by_month_day = vec![i16::from(day)],
            Cycle::Daily | Cycle::Weekly { .. } | Cycle::MonthlyNth { .. } | Cycle::YearlyNth { .. } => {}
        }
        match self.cycle {
            Cycle::Yearly { month, .. } | Cycle::YearlyNth { month, .. } => rule.by_month = vec![month],
            Cycle::Daily | Cycle::Weekly { .. } | Cycle::Monthly { .. } | Cycle::MonthlyNth { .. } => {}
        }
        if let Some(days) = days {
            set_days(&mut rule, days, week);
        }
        match self.end {
            End::Never => {}
            End::After(count) => rule.count = Some(u32::from(count)),
            End::On(until) => rule.until = Some(until),
        }
        rule.week_start = self.first_day;
        rule
    }

    /// Takes the wire's elements as a pattern. Occurrences win over Until.
    ///
    /// # Errors
    ///
    /// [`FieldsError`], where an element is missing, out of range or of another type.
    pub fn from_fields(fields: &Fields) -> Result<Self, FieldsError> {
        let cycle = cycle(fields)?;
        let end = match (fields.occurrences, fields.until) {
            (Some(0), _) => return Err(FieldsError::Missing("Occurrences")),
            (Some(count), _) => End::After(count.min(MAX_COUNT)),
            (None, Some(until)) => End::On(until),
            (None, None) => End::Never,
        };
        let interval = fields.interval.unwrap_or(1).max(1);
        if interval > MAX_COUNT {
            return Err(FieldsError::Missing("Interval"));
        }
        let first_day = match fields.first_day_of_week {
            None => None,
            Some(day) => Some(weekday(day).ok_or(FieldsError::Missing("FirstDayOfWeek"))?),
        };
        Ok(Self { cycle, interval, end, first_day, regenerate: fields.regenerate, dead: fields.dead_occur })
    }

    /// Returns the wire's elements, none that does not belong to the type.
    #[must_use]
    pub fn to_fields(&self) -> Fields {
        let mut fields = Fields {
            interval: Some(self.interval),
            first_day_of_week: self.first_day.map(|day| day.to_sunday_zero_offset().unsigned_abs()),
            regenerate: self.regenerate,
            dead_occur: self.dead,
            ..Fields::default()
        };
        match self.end {
            End::Never => {}
            End::After(count) => fields.occurrences = Some(count),
            End::On(until) => fields.until = Some(until),
        }
        match self.cycle {
            Cycle::Daily => fields.kind = 0,
            Cycle::Weekly { days } => {
                fields.kind = 1;
                fields.day_of_week = Some(days.mask());
            }
            Cycle::Monthly { day } => {
                fields.kind = 2;
                fields.day_of_month = Some(day);
            }
            Cycle::MonthlyNth { days, week } => {
                fields.kind = 3;
                (fields.day_of_week, fields.week_of_month) = (Some(days.mask()), Some(week));
            }
            Cycle::Yearly { month, day } => {
                fields.kind = 5;
                (fields.day_of_month, fields.month_of_year) = (Some(day), Some(month));
            }
            Cycle::YearlyNth { month, days, week } => {
                fields.kind = 6;
                (fields.day_of_week, fields.week_of_month) = (Some(days.mask()), Some(week));
                fields.month_of_year = Some(month);
            }
        }
        fields
    }

    /// Returns the pattern as a sentence's part: "every 2 weeks on Monday and Wednesday until 2026-12-31". The last
    /// day is named as `zone` counts days.
    #[must_use]
    pub fn describe(&self, zone: &TimeZone) -> String {
        let unit = match self.cycle {
            Cycle::Daily => "day",
            Cycle::Weekly { .. } => "week",
            Cycle::Monthly { .. } | Cycle::MonthlyNth { .. } => "month",
            Cycle::Yearly { .. } | Cycle::YearlyNth { .. } => "year",
        };
        let mut text = match self.interval {
            1 => format!("every {unit}"),
            n => format!("every {n} {unit}s"),
        };
        // Writing to a String cannot fail.
        let _ = match self.cycle {
            Cycle::Daily => Ok(()),
            Cycle::Weekly { days } => write!(text, " on {}", names(days)),
            Cycle::Monthly { day } => write!(text, " on day {day}"),
            Cycle::MonthlyNth { days, week } => write!(text, " on the {}", nth(days, week)),
            Cycle::Yearly { month, day } => write!(text, " on {day} {}", month_name(month)),
            Cycle::YearlyNth { month, days, week } => {
                write!(text, " on the {} of {}", nth(days, week), month_name(month))
            }
        };
        let _ = match self.end {
            End::Never => Ok(()),
            End::After(1) => write!(text, ", once"),
            End::After(count) => write!(text, ", {count} times"),
            End::On(until) => write!(text, " until {}", until.date(zone)),
        };
        text
    }
}

impl Rule {
    /// Returns the rule as a sentence's part, or the bare rule where there are no words for it.
    #[must_use]
    pub fn describe(&self, start: DateTime, zone: &TimeZone) -> String {
        Pattern::from_rule(self, start)
            .map_or_else(|| format!("by the rule {self}"), |pattern| pattern.describe(zone))
    }
}

fn set_days(rule: &mut Rule, days: Days, week: Option<u8>) {
    let every = |nth| days.iter().map(|weekday| Day { nth, weekday }).collect();
    let Some(week) = week else {
        rule.by_day = every(None);
        return;
    };
    let position: i8 = if week == WEEK_LAST { -1 } else { i8::try_from(week).unwrap_or(1) };
    if days == Days::EVERY {
        rule.by_month_day = vec![i16::from(position)];
    } else if days.single().is_some() {
        rule.by_day = every(Some(position));
    } else {
        rule.by_day = every(None);
        rule.by_set_pos = vec![i16::from(position)];
    }
}

fn daily(rule: &Rule) -> Option<Cycle> {
    if !(rule.by_month.is_empty() && rule.by_month_day.is_empty() && rule.by_set_pos.is_empty()) {
        return None;
    }
    match every_day_of(&rule.by_day) {
        Some(days) if rule.interval == 1 => Some(Cycle::Weekly { days }),
        None if rule.by_day.is_empty() => Some(Cycle::Daily),
        Some(_) | None => None,
    }
}

fn weekly(rule: &Rule, start: DateTime) -> Option<Cycle> {
    if !(rule.by_month.is_empty() && rule.by_month_day.is_empty() && rule.by_set_pos.is_empty()) {
        return None;
    }
    if rule.by_day.is_empty() {
        return Some(Cycle::Weekly { days: Days::one(start.weekday()) });
    }
    every_day_of(&rule.by_day).map(|days| Cycle::Weekly { days })
}

fn monthly(rule: &Rule, start: DateTime) -> Option<Cycle> {
    if !rule.by_month.is_empty() {
        return None;
    }
    in_month(rule, start).map(|place| match place {
        Place::Day(day) => Cycle::Monthly { day },
        Place::Nth(days, week) => Cycle::MonthlyNth { days, week },
    })
}

fn yearly(rule: &Rule, start: DateTime) -> Option<Cycle> {
    let is_bare = rule.by_day.is_empty() && rule.by_month_day.is_empty();
    let month = match rule.by_month.as_slice() {
        [month] => *month,
        // Without BYMONTH, days would be counted in the year or taken in every month.
        [] if is_bare => start.month().unsigned_abs(),
        _ => return None,
    };
    in_month(rule, start).map(|place| match place {
        Place::Day(day) => Cycle::Yearly { month, day },
        Place::Nth(days, week) => Cycle::YearlyNth { month, days, week },
    })
}

/// Where in its month an occurrence is.
enum Place {
    Day(u8),
    Nth(Days, u8),
}

fn in_month(rule: &Rule, start: DateTime) -> Option<Place> {
    match (rule.by_month_day.as_slice(), rule.by_day.as_slice(), rule.by_set_pos.as_slice()) {
        ([], [], []) => Some(Place::Day(start.day().unsigned_abs())),
        ([-1], [], []) => Some(Place::Nth(Days::EVERY, WEEK_LAST)),
        ([day], [], []) => u8::try_from(*day).ok().map(Place::Day),
        ([], [Day { nth: Some(nth), weekday }], []) => {
            Some(Place::Nth(Days::one(*weekday), week(i16::from(*nth))?))
        }
        ([], days, [position]) => Some(Place::Nth(every_day_of(days)?, week(*position)?)),
        _ => None,
    }
}

fn week(position: i16) -> Option<u8> {
    match position {
        -1 => Some(WEEK_LAST),
        // The fifth Monday is not the last one: some months have none.
        1..=4 => u8::try_from(position).ok(),
        _ => None,
    }
}

fn every_day_of(days: &[Day]) -> Option<Days> {
    days.iter().all(|day| day.nth.is_none()).then(|| Days::collect(days.iter().map(|day| day.weekday)))?
}

fn end(rule: &Rule, start: DateTime) -> Option<End> {
    match (rule.count, rule.until) {
        (None, None) => Some(End::Never),
        (None, Some(until)) => Some(End::On(until)),
        (Some(0), _) => None,
        (Some(count), _) => match u16::try_from(count).ok().filter(|count| *count <= MAX_COUNT) {
            Some(count) => Some(End::After(count)),
            None => match Series::new(start, TimeZone::UTC).rule(Some(rule.clone())).last() {
                Last::At(last) => Some(End::On(Until::Local(last))),
                Last::Endless | Last::AtMost(_) => None,
            },
        },
    }
}

fn weekday(offset: u8) -> Option<Weekday> {
    i8::try_from(offset).ok().and_then(|offset| Weekday::from_sunday_zero_offset(offset).ok())
}

fn cycle(fields: &Fields) -> Result<Cycle, FieldsError> {
    let days = || fields.day_of_week.and_then(Days::from_mask).ok_or(FieldsError::Missing("DayOfWeek"));
    let day = || ranged(fields.day_of_month, 31).ok_or(FieldsError::Missing("DayOfMonth"));
    let week = || ranged(fields.week_of_month, WEEK_LAST).ok_or(FieldsError::Missing("WeekOfMonth"));
    let month = || ranged(fields.month_of_year, 12).ok_or(FieldsError::Missing("MonthOfYear"));
    // Which of day of week, day of month, week of month and month of year the type has.
    let (cycle, has) = match fields.kind {
        0 if fields.day_of_week.is_none() => (Cycle::Daily, [false; 4]),
        0 | 1 => (Cycle::Weekly { days: days()? }, [true, false, false, false]),
        2 => (Cycle::Monthly { day: day()? }, [false, true, false, false]),
        3 => (Cycle::MonthlyNth { days: days()?, week: week()? }, [true, false, true, false]),
        5 => (Cycle::Yearly { month: month()?, day: day()? }, [false, true, false, true]),
        6 => (Cycle::YearlyNth { month: month()?, days: days()?, week: week()? }, [true, false, true, true]),
        other => return Err(FieldsError::Type(other)),
    };
    let given = [
        ("DayOfWeek", fields.day_of_week.is_some()),
        ("DayOfMonth", fields.day_of_month.is_some()),
        ("WeekOfMonth", fields.week_of_month.is_some()),
        ("MonthOfYear", fields.month_of_year.is_some()),
    ];
    match given.into_iter().zip(has).find(|((_, given), has)| *given && !has) {
        Some(((name, _), _)) => Err(FieldsError::Surplus(name)),
        None => Ok(cycle),
    }
}

fn ranged(value: Option<u8>, most: u8) -> Option<u8> {
    value.filter(|value| (1..=most).contains(value))
}

fn names(days: Days) -> String {
    let names: Vec<&str> = days.iter().map(day_name).collect();
    match names.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, first)) => format!("{} and {last}", first.join(", ")),
        None => String::new(),
    }
}

fn nth(days: Days, week: u8) -> String {
    let which = match week {
        1 => "first",
        2 => "second",
        3 => "third",
        4 => "fourth",
        _ => "last",
    };
    match days {
        Days::EVERY => format!("{which} day"),
        Days::WEEKDAYS => format!("{which} weekday"),
        Days::WEEKEND => format!("{which} weekend day"),
        days => format!("{which} {}", names(days).replace(" and ", " or ")),
    }
}

const fn day_name(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}

const fn month_name(month: u8) -> &'static str {
    match month {
        1 => "January",
        2 => "February",
        3 => "March",
        4 => "April",
        5 => "May",
        6 => "June",
        7 => "July",
        8 => "August",
        9 => "September",
        10 => "October",
        11 => "November",
        _ => "December",
    }
}

#[cfg(test)]
#[path = "pattern_tests.rs"]
mod tests;
