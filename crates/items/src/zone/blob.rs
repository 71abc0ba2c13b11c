//! ActiveSync's `TimeZone` value: base64 of 172 bytes, the `TIME_ZONE_INFORMATION` of Windows.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::{Offset, TimeZone};
use thiserror::Error;

use super::shape::{Shape, bounds};
use super::{Certainty, Resolved, find, named, windows};

/// Bytes of the value.
const LEN: usize = 172;
/// UTF-16 units of a name.
const NAME_UNITS: usize = 32;
/// The `day` of a rule that means the last such weekday of the month.
const LAST: u16 = 5;
/// Minutes that local time may be away from UTC, or summer time from standard time.
const MAX_BIAS: i32 = 15 * 60;
/// Following years that decide between "the fourth Sunday" and "the last Sunday".
const YEARS_CHECKED: i16 = 5;

/// Why a `TimeZone` value was not understood.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum BlobError {
    /// It is no base64.
    #[error("the time zone is not base64")]
    Base64,
    /// It does not have 172 bytes.
    #[error("the time zone has {0} bytes instead of 172")]
    Length(usize),
    /// An offset of more than 15 hours, or a date that does not exist.
    #[error("the time zone has rules that no clock follows")]
    Rules,
}

/// A yearly change of the clocks: a weekday of a month, and the local time before the change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Turn {
    month: i8,
    weekday: Weekday,
    /// 1 to 4, or [`LAST`].
    nth: u16,
    time: Time,
}

/// The rules of one zone, as ActiveSync has them: one standard time and at most one summer time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob {
    /// Minutes to add to local time to get UTC.
    bias: i32,
    standard_bias: i32,
    daylight_bias: i32,
    name: String,
    /// The change to standard time and the one to summer time.
    turns: Option<(Turn, Turn)>,
    /// The bytes it was read from; they may say more than the rules.
    source: Option<Box<[u8; LEN]>>,
}

impl Blob {
    /// Returns the rules that `zone` has in `year`, without a name.
    #[must_use]
    pub fn from_zone(zone: &TimeZone, year: i16) -> Self {
        let Some(shape) = Shape::of_zone(zone, year) else { return Self::fixed(Offset::UTC) };
        let Some((before, standard, daylight)) = two_turns(&shape) else {
            return Self::fixed(shape.turns.last().map_or(shape.first, |turn| turn.1));
        };
        let years = (year + 1)..=(year + YEARS_CHECKED);
        let later: Vec<Shape> = years.filter_map(|year| Shape::of_zone(zone, year)).collect();
        let to_standard = turn(daylight.1, standard, &later, Edge::ToStandard);
        let to_daylight = turn(before, daylight, &later, Edge::ToDaylight);
        let summer = daylight.1.seconds() - before.seconds();
        Self {
            bias: -(before.seconds() / 60),
            standard_bias: 0,
            daylight_bias: -(summer / 60),
            name: String::new(),
            turns: Some((to_standard, to_daylight)),
            source: None,
        }
    }

    /// Gives the rules the Windows name of `zone`, where it has one; some clients show it.
    #[must_use]
    pub fn with_name_of(mut self, zone: &TimeZone) -> Self {
        super::windows_name(zone).unwrap_or_default().clone_into(&mut self.name);
        self.source = None;
        self
    }

    fn fixed(offset: Offset) -> Self {
        let bias = -(offset.seconds() / 60);
        Self { bias, standard_bias: 0, daylight_bias: 0, name: String::new(), turns: None, source: None }
    }

    /// Reads the value of the element.
    ///
    /// # Errors
    ///
    /// [`BlobError`], where it is no base64 of 172 bytes, or its rules make no sense.
    pub fn parse(base64: &str) -> Result<Self, BlobError> {
        let text: String = base64.chars().filter(|char| !char.is_ascii_whitespace()).collect();
        let bytes = STANDARD.decode(text).map_err(|_| BlobError::Base64)?;
        Self::from_bytes(&bytes)
    }

    /// Reads the 172 bytes.
    ///
    /// # Errors
    ///
    /// [`BlobError`], where there are not 172, or the rules make no sense.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BlobError> {
        let bytes: &[u8; LEN] = bytes.try_into().map_err(|_| BlobError::Length(bytes.len()))?;
        let (head, daylight) = bytes.split_at(84);
        let (bias, rest) = head.split_at(4);
        let (name, standard_date) = rest.split_at(64);
        let (standard_bias, rest) = daylight.split_at(4);
        let (_, rest) = rest.split_at(64);
        let (daylight_date, daylight_bias) = rest.split_at(16);
        let turns = match (read_turn(standard_date)?, read_turn(daylight_date)?) {
            (Some(standard), Some(daylight)) => Some((standard, daylight)),
            (None, _) | (_, None) => None,
        };
        let blob = Self {
            bias: read_minutes(bias)?,
            standard_bias: read_minutes(standard_bias)?,
            daylight_bias: read_minutes(daylight_bias)?,
            name: read_name(name),
            turns,
            source: Some(Box::new(*bytes)),
        };
        Ok(blob)
    }

    /// Returns the 172 bytes, those it was read from where it was.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        if let Some(source) = &self.source {
            return source.to_vec();
        }
        let mut bytes = Vec::with_capacity(LEN);
        bytes.extend_from_slice(&self.bias.to_le_bytes());
        write_name(&mut bytes, &self.name);
        write_turn(&mut bytes, self.turns.as_ref().map(|turns| &turns.0));
        bytes.extend_from_slice(&self.standard_bias.to_le_bytes());
        write_name(&mut bytes, "");
        write_turn(&mut bytes, self.turns.as_ref().map(|turns| &turns.1));
        bytes.extend_from_slice(&self.daylight_bias.to_le_bytes());
        bytes
    }

    /// Returns the value of the element.
    #[must_use]
    pub fn to_base64(&self) -> String {
        STANDARD.encode(self.to_bytes())
    }

    /// Whether it says nothing: all zero, which means UTC or that the client did not know.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.bias == 0 && self.standard_bias == 0 && self.turns.is_none() && self.name.is_empty()
    }

    /// Returns the zone that has these rules in `year`. `prefer` are the zones that are more likely than others, the
    /// user's first; a blank value means the first of them.
    #[must_use]
    pub fn to_zone(&self, prefer: &[&TimeZone], year: i16) -> Resolved {
        if self.is_blank() {
            let zone = prefer.first().map_or(TimeZone::UTC, |zone| (*zone).clone());
            return Resolved { zone, certainty: Certainty::Unknown };
        }
        let shape = self.shape(year);
        let fitting = |zone: &&&TimeZone| {
            shape
                .as_ref()
                .is_some_and(|ours| Shape::of_zone(zone, year).is_some_and(|theirs| theirs.agrees(ours)))
        };
        if let Some(zone) = prefer.iter().find(fitting) {
            return Resolved { zone: (**zone).clone(), certainty: Certainty::Rules };
        }
        if let Some(zone) = windows::iana_name(&self.name).map_or_else(|| named(&self.name), named) {
            return Resolved { zone, certainty: Certainty::Named };
        }
        match shape.as_ref().and_then(|shape| find(shape, year, &[])) {
            Some(zone) => Resolved { zone, certainty: Certainty::Rules },
            None => Resolved { zone: TimeZone::fixed(self.standard_offset()), certainty: Certainty::Offset },
        }
    }

    fn standard_offset(&self) -> Offset {
        offset(self.bias + self.standard_bias)
    }

    fn daylight_offset(&self) -> Offset {
        offset(self.bias + self.daylight_bias)
    }

    fn shape(&self, year: i16) -> Option<Shape> {
        bounds(year)?;
        let standard = self.standard_offset();
        let Some((to_standard, to_daylight)) = &self.turns else {
            return Some(Shape::new(standard, Vec::new()));
        };
        let daylight = self.daylight_offset();
        let mut turns = vec![
            (to_standard.instant(year, daylight)?, standard),
            (to_daylight.instant(year, standard)?, daylight),
        ];
        turns.sort_unstable_by_key(|turn| turn.0);
        let first = if turns.first()?.1 == standard { daylight } else { standard };
        Some(Shape::new(first, turns))
    }
}

impl Turn {
    /// Returns the local time of the change in `year`.
    fn local(&self, year: i16) -> Option<DateTime> {
        let first = Date::new(year, self.month, 1).ok()?;
        let nth = if self.nth >= LAST { -1 } else { i8::try_from(self.nth).ok()? };
        Some(first.nth_weekday_of_month(nth, self.weekday).ok()?.to_datetime(self.time))
    }

    fn instant(&self, year: i16, before: Offset) -> Option<Timestamp> {
        before.to_timestamp(self.local(year)?).ok()
    }
}

/// A change: when, and to what.
type At = (Timestamp, Offset);

/// Which of the two changes of a year.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Edge {
    ToStandard,
    ToDaylight,
}

/// Returns the standard offset, the change to it, and the change away from it, where a year has both.
fn two_turns(shape: &Shape) -> Option<(Offset, At, At)> {
    let standard = shape.turns.iter().copied().rfind(|turn| turn.1 == shape.usual)?;
    let daylight = shape.turns.iter().copied().find(|turn| turn.1 > shape.usual)?;
    Some((shape.usual, standard, daylight))
}

/// Returns the yearly rule of a change: of those that fit the year, the one that fits most of the following years.
fn turn(before: Offset, (at, _): At, later: &[Shape], edge: Edge) -> Turn {
    let local = before.to_datetime(at);
    let wanted: Vec<(i16, Timestamp)> = later.iter().filter_map(|shape| same_edge(shape, edge)).collect();
    let fits = |turn: &Turn| {
        let hits = wanted.iter().filter(|(year, at)| {
            turn.instant(*year, before).is_some_and(|ours| ours.duration_since(*at).abs().as_secs() < 60)
        });
        hits.count()
    };
    let mut best = rule_of(local, nth(local.date()));
    let mut others: Vec<Turn> = Vec::new();
    if is_last(local.date()) {
        others.push(rule_of(local, LAST));
    }
    if local.time() == Time::midnight()
        && let Ok(eve) = local.checked_sub(1.millisecond())
    {
        others.push(rule_of(eve, nth(eve.date())));
        if is_last(eve.date()) {
            others.push(rule_of(eve, LAST));
        }
    }
    for other in others {
        let is_fifth = best.nth >= LAST && other.nth >= LAST && best.weekday == other.weekday;
        if is_fifth || fits(&other) > fits(&best) {
            best = other;
        }
    }
    best
}

fn same_edge(shape: &Shape, edge: Edge) -> Option<(i16, Timestamp)> {
    let (_, standard, daylight) = two_turns(shape)?;
    let at = if edge == Edge::ToStandard { standard.0 } else { daylight.0 };
    Some((Offset::UTC.to_datetime(at).year(), at))
}

fn rule_of(local: DateTime, nth: u16) -> Turn {
    Turn { month: local.month(), weekday: local.weekday(), nth, time: local.time() }
}

fn nth(date: Date) -> u16 {
    u16::from((date.day().unsigned_abs() - 1) / 7 + 1)
}

fn is_last(date: Date) -> bool {
    date.day() + 7 > date.days_in_month()
}

fn offset(bias: i32) -> Offset {
    Offset::from_seconds(bias.saturating_mul(-60)).unwrap_or(Offset::UTC)
}

fn read_minutes(bytes: &[u8]) -> Result<i32, BlobError> {
    let minutes = bytes.try_into().map(i32::from_le_bytes).map_err(|_| BlobError::Rules)?;
    if (-MAX_BIAS..=MAX_BIAS).contains(&minutes) { Ok(minutes) } else { Err(BlobError::Rules) }
}

fn units(bytes: &[u8]) -> impl Iterator<Item = u16> {
    bytes.as_chunks::<2>().0.iter().copied().map(u16::from_le_bytes)
}

fn read_name(bytes: &[u8]) -> String {
    char::decode_utf16(units(bytes).take_while(|unit| *unit != 0)).filter_map(Result::ok).collect()
}

fn write_name(bytes: &mut Vec<u8>, name: &str) {
    let mut units: Vec<u16> = name.encode_utf16().take(NAME_UNITS - 1).collect();
    units.resize(NAME_UNITS, 0);
    bytes.extend(units.into_iter().flat_map(u16::to_le_bytes));
}

fn read_turn(bytes: &[u8]) -> Result<Option<Turn>, BlobError> {
    let fields: Vec<u16> = units(bytes).collect();
    let [_year, month, weekday, nth, hour, minute, second, milli] = fields.as_slice() else {
        return Err(BlobError::Rules);
    };
    if *month == 0 {
        return Ok(None);
    }
    let small = |value: u16| i8::try_from(value).map_err(|_| BlobError::Rules);
    let nanosecond = i32::from(*milli).saturating_mul(1_000_000);
    let time = Time::new(small(*hour)?, small(*minute)?, small(*second)?, nanosecond);
    let weekday = Weekday::from_sunday_zero_offset(small(*weekday)?).map_err(|_| BlobError::Rules)?;
    if !(1..=12).contains(month) || !(1..=LAST).contains(nth) {
        return Err(BlobError::Rules);
    }
    Ok(Some(Turn { month: small(*month)?, weekday, nth: *nth, time: time.map_err(|_| BlobError::Rules)? }))
}

fn write_turn(bytes: &mut Vec<u8>, turn: Option<&Turn>) {
    let fields = turn.map_or([0; 8], |turn| {
        let (date, time) = (turn, turn.time);
        [
            0,
            u16::from(date.month.unsigned_abs()),
            u16::from(date.weekday.to_sunday_zero_offset().unsigned_abs()),
            date.nth,
            u16::from(time.hour().unsigned_abs()),
            u16::from(time.minute().unsigned_abs()),
            u16::from(time.second().unsigned_abs()),
            time.millisecond().unsigned_abs(),
        ]
    });
    bytes.extend(fields.into_iter().flat_map(u16::to_le_bytes));
}
