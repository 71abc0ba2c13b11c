//! Which start and end an edit gives an event.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::read::later;
use super::{Details, Edit, Fields, When};
use crate::EditError;
use crate::contentline::quote;
use crate::zone::{Blob, name_of};

/// A new event without an end takes this long.
const USUAL_LENGTH: SignedDuration = SignedDuration::from_mins(30);

/// Returns the line `NAME:time`, with the parameters the time needs.
pub(super) fn line(name: &str, when: &When) -> String {
    format!("{name}{}:{}", params(when), value(when))
}

/// Returns the parameters of a line with this time, each with the semicolon before it.
pub(super) fn params(when: &When) -> String {
    match when {
        When::Date(_) => ";VALUE=DATE".to_owned(),
        When::Floating(_) => String::new(),
        When::Zoned { tzid, .. } if tzid.is_empty() => String::new(),
        When::Zoned { tzid, .. } => format!(";TZID={}", quote(tzid)),
    }
}

/// Returns the time as the value of such a line.
pub(super) fn value(when: &When) -> String {
    match when {
        When::Date(date) => date.strftime("%Y%m%d").to_string(),
        When::Floating(local) => local.strftime("%Y%m%dT%H%M%S").to_string(),
        When::Zoned { instant, tzid, .. } if tzid.is_empty() => utc_value(*instant),
        When::Zoned { .. } => when.local().strftime("%Y%m%dT%H%M%S").to_string(),
    }
}

/// Returns an instant as the value of a line, in UTC.
pub(super) fn utc_value(instant: Timestamp) -> String {
    instant.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// How times of one request are to be read.
pub(super) struct Clock<'e> {
    blob: Option<&'e Blob>,
    home: Option<&'e TimeZone>,
}

/// What is to be written; `None` where the time stays as it is.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) start: Option<When>,
    pub(super) end: Option<When>,
}

/// Whether an event repeats: a series keeps the clock of its zone, a single event only its instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeats {
    Yes,
    No,
}

impl<'e> Clock<'e> {
    pub(super) const fn of(edit: &'e Edit) -> Self {
        Self { blob: edit.zone.as_ref(), home: edit.home.as_ref() }
    }

    /// Returns the zone in which floating times and days are compared.
    pub(super) fn home(&self) -> TimeZone {
        self.home.cloned().unwrap_or(TimeZone::UTC)
    }

    /// Returns the start and end of a new event ([MS-ASCAL] 3.2.4.4).
    pub(super) fn begin(
        &self,
        fields: &Fields,
        now: Timestamp,
        repeats: Repeats,
    ) -> Result<(When, When), EditError> {
        let invalid = |what: &str| EditError::Invalid { property: "StartTime", what: what.to_owned() };
        let all_day = fields.all_day == Some(true);
        let half = next_half_hour(now);
        let (start, end) = match (fields.start, fields.end) {
            (Some(start), Some(end)) if end < start => return Err(invalid("after the end")),
            (Some(start), Some(end)) => (start, end),
            (Some(start), None) if all_day => (start, start),
            (Some(start), None) if start <= now => (start, half + USUAL_LENGTH),
            (Some(_), None) => return Err(invalid("in the future without an end")),
            (None, Some(end)) if end > half => (half, end),
            (None, Some(_)) => return Err(invalid("missing beside an end that has passed")),
            (None, None) => (half, half + USUAL_LENGTH),
        };
        if all_day {
            let first = self.day(start);
            return Ok((When::Date(first), When::Date(after(first, self.day(end)))));
        }
        Ok((self.place(start, None, repeats), self.place(end, None, repeats)))
    }

    /// Returns what the times of an event become.
    pub(super) fn plan(
        &self,
        fields: &Fields,
        stored: &Details,
        repeats: Repeats,
    ) -> Result<Plan, EditError> {
        let Some(old) = &stored.start else { return Ok(Plan::default()) };
        if fields.start.is_none()
            && fields.end.is_none()
            && fields.all_day.is_none_or(|day| day == old.is_date())
        {
            return Ok(Plan::default());
        }
        let start = match fields.start {
            Some(start) => start,
            None => old.instant(&self.home()),
        };
        if fields.end.is_some_and(|end| end < start) {
            return Err(EditError::Invalid { property: "EndTime", what: "before the start".to_owned() });
        }
        if fields.all_day.unwrap_or(old.is_date()) {
            Ok(self.days(fields, stored, old))
        } else {
            Ok(self.times(fields, stored, (old, start), repeats))
        }
    }

    fn days(&self, fields: &Fields, stored: &Details, old: &When) -> Plan {
        let first = match (fields.start, old) {
            (Some(start), _) => self.day(start),
            (None, When::Date(date)) => *date,
            (None, When::Floating(_) | When::Zoned { .. }) => old.local().date(),
        };
        let last = match (fields.end, &stored.end) {
            (Some(end), _) => self.day(end),
            // The length stays.
            (None, Some(When::Date(end))) => {
                old.local().date().until(*end).map_or(first, |span| first.saturating_add(span))
            }
            (None, _) => first,
        };
        let (start, end) = (When::Date(first), When::Date(after(first, last)));
        Plan {
            start: Some(start).filter(|start| start != old),
            end: Some(end).filter(|end| stored.end.as_ref() != Some(end)),
        }
    }

    fn times(
        &self,
        fields: &Fields,
        stored: &Details,
        (old, start): (&When, Timestamp),
        repeats: Repeats,
    ) -> Plan {
        let home = self.home();
        let new = self.place(start, Some(old), repeats);
        let is_same_instant = !old.is_date() && old.instant(&home) == start;
        // A phone on a journey sends the zone it is in: for a single event that changes nothing.
        let is_same_clock = repeats == Repeats::No || old.zone().is_none() || new.zone() == old.zone();
        let keeps = is_same_instant && is_same_clock;
        let end = match fields.end {
            Some(end) => Some(end),
            None if keeps || old.is_date() => None,
            None => start.checked_add(stored.length(&home)).ok(),
        };
        let end = match end {
            None if old.is_date() => {
                start.checked_add(USUAL_LENGTH).ok().map(|end| self.place(end, Some(&new), repeats))
            }
            None => None,
            Some(end) => {
                let is_same = |was: &When| !old.is_date() && is_same_clock && was.instant(&home) == end;
                let is_kept = stored.end.as_ref().is_some_and(is_same);
                (!is_kept).then(|| self.place(end, Some(if keeps { old } else { &new }), repeats))
            }
        };
        Plan { start: (!keeps).then_some(new), end }
    }

    /// Returns the day an instant stands for: the date digits where it is midnight in UTC, else the date on the
    /// clock it was meant on.
    pub(super) fn day(&self, at: Timestamp) -> Date {
        let utc = TimeZone::UTC.to_datetime(at);
        if utc.time() == Time::midnight() {
            return utc.date();
        }
        let told = self.blob.filter(|blob| !blob.is_blank());
        let preferred: Vec<&TimeZone> = self.home.into_iter().collect();
        match (told, self.home) {
            (Some(blob), _) => blob.to_zone(&preferred, utc.year()).zone.to_datetime(at).date(),
            (None, Some(home)) => home.to_datetime(at).date(),
            // Midnight of a clock nobody told: the nearest day.
            (None, None) => {
                let nearest = utc.checked_add(12.hours()).unwrap_or(utc);
                nearest.date()
            }
        }
    }

    /// Returns the instant on the clock of the zone that the request, the event or the user has.
    pub(super) fn place(&self, instant: Timestamp, old: Option<&When>, repeats: Repeats) -> When {
        let stored = old.and_then(When::zone);
        let usual = || match (stored, self.home) {
            (Some(zone), _) => zone.clone(),
            (None, Some(home)) if repeats == Repeats::Yes || self.blob.is_none() => home.clone(),
            (None, _) => TimeZone::UTC,
        };
        let zone = match self.blob.filter(|blob| !blob.is_blank()) {
            None => usual(),
            Some(blob) => {
                let preferred: Vec<&TimeZone> = stored.into_iter().chain(self.home).collect();
                blob.to_zone(&preferred, TimeZone::UTC.to_datetime(instant).year()).zone
            }
        };
        let tzid = match old {
            Some(When::Zoned { zone: same, tzid, .. }) if *same == zone => tzid.clone(),
            _ => tzid(&zone),
        };
        When::Zoned { instant, zone, tzid }
    }
}

/// Returns the name a zone is written with; empty for UTC.
fn tzid(zone: &TimeZone) -> String {
    match name_of(zone) {
        Some("UTC" | "Etc/UTC") => String::new(),
        Some(name) => name.to_owned(),
        None => {
            let seconds = zone.to_offset(Timestamp::UNIX_EPOCH).seconds();
            let sign = if seconds < 0 { '-' } else { '+' };
            format!("UTC{sign}{:02}{:02}", seconds.abs() / 3600, seconds.abs() / 60 % 60)
        }
    }
}

/// Returns the day after the last one: `end`, or the day after `first` where that is later.
fn after(first: Date, end: Date) -> Date {
    end.max(first.tomorrow().unwrap_or(first))
}

fn next_half_hour(now: Timestamp) -> Timestamp {
    let past = now.as_second().rem_euclid(1800);
    let whole = Timestamp::from_second(now.as_second() - past).unwrap_or(now);
    if past == 0 { whole } else { whole.checked_add(USUAL_LENGTH).unwrap_or(whole) }
}

/// Returns the end of an occurrence that begins at `start` and takes as long as `like`.
pub(super) fn end_like(start: &When, like: &Details, home: &TimeZone) -> When {
    match (start, &like.start, &like.end) {
        (When::Date(date), Some(When::Date(first)), Some(When::Date(last))) => {
            first.until(*last).map_or(start.clone(), |span| When::Date(date.saturating_add(span)))
        }
        (When::Date(_) | When::Floating(_) | When::Zoned { .. }, ..) => {
            let seconds = like.length(home).as_secs();
            later(start, jiff::Span::new().try_seconds(seconds).unwrap_or_default())
        }
    }
}
