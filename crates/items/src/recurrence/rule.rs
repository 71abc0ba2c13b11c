//! One recurrence rule (RFC 5545 3.3.10), taken apart and put together again.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use thiserror::Error;

/// Bytes one rule may have; longer ones are not expanded.
pub const MAX_RULE_LEN: usize = 4096;

/// Values one BY part may list: the days of a leap year and some.
pub const MAX_PARTS_LIST: usize = 400;

/// Why a recurrence rule was not understood.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum RuleError {
    /// The rule is longer than [`MAX_RULE_LEN`] or lists more than [`MAX_PARTS_LIST`] values.
    #[error("the recurrence rule is too long")]
    TooLong,
    /// No FREQ, or one that is not known.
    #[error("the recurrence rule has no known frequency")]
    Frequency,
    /// A part has no value, or one that cannot be read.
    #[error("part {part} of the recurrence rule is not readable")]
    Part {
        /// The part's name, such as `BYDAY`.
        part: String,
    },
}

/// How often a rule repeats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frequency {
    /// Every n seconds.
    Secondly,
    /// Every n minutes.
    Minutely,
    /// Every n hours.
    Hourly,
    /// Every n days.
    Daily,
    /// Every n weeks.
    Weekly,
    /// Every n months.
    Monthly,
    /// Every n years.
    Yearly,
}

impl Frequency {
    /// Returns the value of FREQ.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Secondly => "SECONDLY",
            Self::Minutely => "MINUTELY",
            Self::Hourly => "HOURLY",
            Self::Daily => "DAILY",
            Self::Weekly => "WEEKLY",
            Self::Monthly => "MONTHLY",
            Self::Yearly => "YEARLY",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Secondly, Self::Minutely, Self::Hourly, Self::Daily, Self::Weekly, Self::Monthly, Self::Yearly]
            .into_iter()
            .find(|frequency| frequency.as_str().eq_ignore_ascii_case(text))
    }
}

/// When a rule ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// With this day, whatever the hour.
    Date(Date),
    /// At this local time.
    Local(DateTime),
    /// At this instant.
    Utc(Timestamp),
}

impl Until {
    /// Returns the last local time of `zone` that the rule may reach; a day counts to its end.
    #[must_use]
    pub fn local(self, zone: &TimeZone) -> DateTime {
        match self {
            Self::Date(date) => date.to_datetime(Time::constant(23, 59, 59, 0)),
            Self::Local(local) => local,
            Self::Utc(instant) => zone.to_datetime(instant),
        }
    }

    /// Returns the day of the end, as `zone` counts days.
    #[must_use]
    pub fn date(self, zone: &TimeZone) -> Date {
        self.local(zone).date()
    }

    fn parse(text: &str) -> Option<Self> {
        if let Some(stem) = text.strip_suffix(['Z', 'z']) {
            let local = basic_datetime(stem)?;
            // "The end of 9999" lies a little beyond the last instant there is.
            return Some(Self::Utc(TimeZone::UTC.to_timestamp(local).unwrap_or(Timestamp::MAX)));
        }
        match text.len() {
            8 => basic_date(text).map(Self::Date),
            _ => basic_datetime(text).map(Self::Local),
        }
    }
}

impl fmt::Display for Until {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Date(date) => write!(f, "{}", date.strftime("%Y%m%d")),
            Self::Local(local) => write!(f, "{}", local.strftime("%Y%m%dT%H%M%S")),
            Self::Utc(instant) => write!(f, "{}", instant.strftime("%Y%m%dT%H%M%SZ")),
        }
    }
}

/// One value of BYDAY.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// Which one of the period: 1 is the first, -1 the last; without it, every one.
    pub nth: Option<i8>,
    /// The day of the week.
    pub weekday: Weekday,
}

/// The parts of one RRULE. Lists are empty where the part is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// FREQ.
    pub frequency: Frequency,
    /// INTERVAL, at least 1.
    pub interval: u16,
    /// COUNT.
    pub count: Option<u32>,
    /// UNTIL.
    pub until: Option<Until>,
    /// BYSECOND, 0 to 60.
    pub by_second: Vec<u8>,
    /// BYMINUTE, 0 to 59.
    pub by_minute: Vec<u8>,
    /// BYHOUR, 0 to 23.
    pub by_hour: Vec<u8>,
    /// BYDAY.
    pub by_day: Vec<Day>,
    /// BYMONTHDAY, -31 to 31 without 0.
    pub by_month_day: Vec<i16>,
    /// BYYEARDAY, -366 to 366 without 0.
    pub by_year_day: Vec<i16>,
    /// BYWEEKNO, -53 to 53 without 0.
    pub by_week_no: Vec<i16>,
    /// BYMONTH, 1 to 12.
    pub by_month: Vec<u8>,
    /// BYSETPOS, -366 to 366 without 0.
    pub by_set_pos: Vec<i16>,
    /// WKST; Monday where it is missing.
    pub week_start: Option<Weekday>,
    /// Parts this crate does not know (RSCALE, SKIP), as they came.
    pub rest: Vec<(String, String)>,
}

impl Rule {
    /// Returns the rule "every day", to be changed part by part.
    #[must_use]
    pub const fn new(frequency: Frequency) -> Self {
        Self {
            frequency,
            interval: 1,
            count: None,
            until: None,
            by_second: Vec::new(),
            by_minute: Vec::new(),
            by_hour: Vec::new(),
            by_day: Vec::new(),
            by_month_day: Vec::new(),
            by_year_day: Vec::new(),
            by_week_no: Vec::new(),
            by_month: Vec::new(),
            by_set_pos: Vec::new(),
            week_start: None,
            rest: Vec::new(),
        }
    }

    /// Takes the value of an RRULE line apart. Case does not matter; of a part given twice the first counts.
    ///
    /// # Errors
    ///
    /// [`RuleError`], where the frequency or the value of a part is not readable.
    pub fn parse(text: &str) -> Result<Self, RuleError> {
        if text.len() > MAX_RULE_LEN {
            return Err(RuleError::TooLong);
        }
        let parts: Vec<(String, &str)> = text
            .split(';')
            .filter(|part| !part.trim().is_empty())
            .map(|part| part.split_once('=').unwrap_or((part, "")))
            .map(|(name, value)| (name.trim().to_ascii_uppercase(), value.trim()))
            .collect();
        let frequency = parts
            .iter()
            .find(|(name, _)| name == "FREQ")
            .and_then(|(_, value)| Frequency::parse(value))
            .ok_or(RuleError::Frequency)?;
        let mut rule = Self::new(frequency);
        let mut seen: Vec<&str> = Vec::new();
        for (name, value) in &parts {
            if !seen.contains(&name.as_str()) {
                seen.push(name);
                rule.set(name, value)?;
            }
        }
        Ok(rule)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), RuleError> {
        let bad = || RuleError::Part { part: name.to_owned() };
        match name {
            "FREQ" => {}
            // 0 would never move on; what it was meant to say is 1.
            "INTERVAL" => self.interval = value.parse::<u16>().map_err(|_| bad())?.max(1),
            "COUNT" => self.count = Some(value.parse().map_err(|_| bad())?),
            "UNTIL" => self.until = Some(Until::parse(value).ok_or_else(bad)?),
            "BYSECOND" => self.by_second = list(value, &bad, |n: &u8| *n <= 60)?,
            "BYMINUTE" => self.by_minute = list(value, &bad, |n: &u8| *n <= 59)?,
            "BYHOUR" => self.by_hour = list(value, &bad, |n: &u8| *n <= 23)?,
            "BYDAY" => self.by_day = list(value, &bad, |_: &Day| true)?,
            "BYMONTHDAY" => self.by_month_day = list(value, &bad, within(31))?,
            "BYYEARDAY" => self.by_year_day = list(value, &bad, within(366))?,
            "BYWEEKNO" => self.by_week_no = list(value, &bad, within(53))?,
            "BYMONTH" => self.by_month = list(value, &bad, |n: &u8| (1..=12).contains(n))?,
            "BYSETPOS" => self.by_set_pos = list(value, &bad, within(366))?,
            "WKST" => self.week_start = Some(weekday(value).ok_or_else(bad)?),
            _ => self.rest.push((name.to_owned(), value.to_owned())),
        }
        Ok(())
    }

    /// Whether the rule has parts that change its dates and that this crate does not know.
    #[must_use]
    pub fn is_foreign(&self) -> bool {
        self.rest.iter().any(|(name, value)| match name.as_str() {
            "RSCALE" => !value.eq_ignore_ascii_case("GREGORIAN"),
            "SKIP" => !value.eq_ignore_ascii_case("OMIT"),
            other => !other.starts_with("X-"),
        })
    }
}

impl FromStr for Rule {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl fmt::Display for Rule {
    /// Writes the value of an RRULE line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FREQ={}", self.frequency.as_str())?;
        if let Some(until) = self.until {
            write!(f, ";UNTIL={until}")?;
        }
        if let Some(count) = self.count {
            write!(f, ";COUNT={count}")?;
        }
        if self.interval != 1 {
            write!(f, ";INTERVAL={}", self.interval)?;
        }
        write_list(f, "BYSECOND", &self.by_second)?;
        write_list(f, "BYMINUTE", &self.by_minute)?;
        write_list(f, "BYHOUR", &self.by_hour)?;
        write_list(f, "BYDAY", &self.by_day)?;
        write_list(f, "BYMONTHDAY", &self.by_month_day)?;
        write_list(f, "BYYEARDAY", &self.by_year_day)?;
        write_list(f, "BYWEEKNO", &self.by_week_no)?;
        write_list(f, "BYMONTH", &self.by_month)?;
        write_list(f, "BYSETPOS", &self.by_set_pos)?;
        if let Some(start) = self.week_start {
            write!(f, ";WKST={}", weekday_code(start))?;
        }
        self.rest.iter().try_for_each(|(name, value)| write!(f, ";{name}={value}"))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(nth) = self.nth {
            write!(f, "{nth}")?;
        }
        f.write_str(weekday_code(self.weekday))
    }
}

impl FromStr for Day {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let cut = text.len().checked_sub(2).filter(|cut| text.is_char_boundary(*cut)).ok_or(())?;
        let (nth, code) = text.split_at(cut);
        let weekday = weekday(code).ok_or(())?;
        let nth = match nth {
            "" => None,
            digits => Some(digits.parse::<i8>().ok().filter(|n| (1..=53).contains(&n.abs())).ok_or(())?),
        };
        Ok(Self { nth, weekday })
    }
}

/// Returns a test for "not 0 and at most `most` either way".
fn within(most: i16) -> impl Fn(&i16) -> bool {
    move |n| *n != 0 && n.abs() <= most
}

fn list<T: FromStr>(
    value: &str,
    bad: &impl Fn() -> RuleError,
    fits: impl Fn(&T) -> bool,
) -> Result<Vec<T>, RuleError> {
    if value.split(',').nth(MAX_PARTS_LIST).is_some() {
        return Err(RuleError::TooLong);
    }
    value.split(',').map(|one| one.trim().parse::<T>().ok().filter(&fits).ok_or_else(bad)).collect()
}

fn write_list<T: fmt::Display>(f: &mut fmt::Formatter<'_>, name: &str, values: &[T]) -> fmt::Result {
    for (at, value) in values.iter().enumerate() {
        match at {
            0 => write!(f, ";{name}={value}")?,
            _ => write!(f, ",{value}")?,
        }
    }
    Ok(())
}

/// Returns the two letters of a day of the week.
pub(crate) const fn weekday_code(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Sunday => "SU",
        Weekday::Monday => "MO",
        Weekday::Tuesday => "TU",
        Weekday::Wednesday => "WE",
        Weekday::Thursday => "TH",
        Weekday::Friday => "FR",
        Weekday::Saturday => "SA",
    }
}

fn weekday(code: &str) -> Option<Weekday> {
    Weekday::Sunday.cycle_forward().take(7).find(|weekday| weekday_code(*weekday).eq_ignore_ascii_case(code))
}

/// Reads `20260304`.
pub(crate) fn basic_date(text: &str) -> Option<Date> {
    if text.len() != 8 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let year = text.get(..4)?.parse().ok()?;
    Date::new(year, text.get(4..6)?.parse().ok()?, text.get(6..)?.parse().ok()?).ok()
}

/// Reads `20260304T090000`. A leap second counts as the second before it.
pub(crate) fn basic_datetime(text: &str) -> Option<DateTime> {
    let (date, time) = text.split_once(['T', 't'])?;
    if !(time.len() == 6 || time.len() == 4) || !time.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let second: i8 = time.get(4..6).unwrap_or("0").parse().ok()?;
    let time = Time::new(time.get(..2)?.parse().ok()?, time.get(2..4)?.parse().ok()?, second.min(59), 0);
    Some(basic_date(date)?.to_datetime(time.ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_reads_back_as_it_was_written() {
        let rules = [
            "FREQ=DAILY",
            "FREQ=WEEKLY;UNTIL=20261231T090000Z;INTERVAL=2;BYDAY=MO,WE;WKST=SU",
            "FREQ=MONTHLY;COUNT=10;BYDAY=-1FR",
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
            "FREQ=YEARLY;UNTIL=20261231;BYMONTHDAY=-1;BYMONTH=2",
            "FREQ=YEARLY;BYYEARDAY=1,100,-1;BYWEEKNO=20",
            "FREQ=MINUTELY;BYSECOND=0;BYMINUTE=0,20,40;BYHOUR=9",
            "FREQ=YEARLY;RSCALE=CHINESE;SKIP=FORWARD",
        ];
        for text in rules {
            assert_eq!(Rule::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn sloppy_rules_are_understood() {
        let rule = Rule::parse("freq=weekly;interval=0;byday=mo, we;;").unwrap();
        assert_eq!(rule.to_string(), "FREQ=WEEKLY;BYDAY=MO,WE");
    }

    #[test]
    fn what_is_no_rule_is_refused() {
        let part = |part: &str| RuleError::Part { part: part.to_owned() };
        let table = [
            ("", RuleError::Frequency),
            ("FREQ=", RuleError::Frequency),
            ("FREQ=OFTEN", RuleError::Frequency),
            ("FREQ=DAILY;COUNT=x", part("COUNT")),
            ("FREQ=DAILY;INTERVAL=-1", part("INTERVAL")),
            ("FREQ=DAILY;UNTIL=2026", part("UNTIL")),
            ("FREQ=DAILY;BYDAY=0MO", part("BYDAY")),
            ("FREQ=DAILY;BYDAY=é", part("BYDAY")),
            ("FREQ=DAILY;BYMONTH=13", part("BYMONTH")),
            ("FREQ=DAILY;BYMONTHDAY=0", part("BYMONTHDAY")),
        ];
        for (text, error) in table {
            assert_eq!(Rule::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn a_rule_has_a_greatest_length() {
        let long = format!("FREQ=DAILY;X-A={}", "a".repeat(MAX_RULE_LEN));
        assert_eq!(Rule::parse(&long), Err(RuleError::TooLong));
        let many = format!("FREQ=YEARLY;BYYEARDAY={}", vec!["1"; MAX_PARTS_LIST + 1].join(","));
        assert_eq!(Rule::parse(&many), Err(RuleError::TooLong));
        let just = format!("FREQ=YEARLY;BYYEARDAY={}", vec!["1"; MAX_PARTS_LIST].join(","));
        assert!(Rule::parse(&just).is_ok());
    }
}
