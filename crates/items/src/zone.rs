//! Time zones: ActiveSync's 172 bytes, the names calendars use, and the rules a VTIMEZONE spells out.
//!
//! A zone that comes as rules only is looked for among the known ones by what its clocks do in one year.

mod blob;
mod definition;
mod shape;
mod windows;

use jiff::tz::TimeZone;

pub use blob::{Blob, BlobError};
pub use definition::{Definition, MAX_OBSERVANCES, MAX_TRANSITIONS, Observance, define};
pub use windows::windows_name;

use shape::Shape;

/// How sure it is that a zone is the one that was meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certainty {
    /// Its name is known.
    Named,
    /// A known zone has the same rules in that year.
    Rules,
    /// Only the offset from UTC is known: summer time may be wrong in other years.
    Offset,
    /// Nothing is known; times are taken as floating.
    Unknown,
}

/// A zone and how it was found.
#[derive(Debug, Clone)]
pub struct Resolved {
    /// The zone; UTC where nothing is known.
    pub zone: TimeZone,
    /// How it was found.
    pub certainty: Certainty,
}

/// Returns the zone of a TZID: an IANA name, a Windows name, or a path that ends in an IANA name
/// (`/mozilla.org/20050126_1/Europe/Berlin`).
#[must_use]
pub fn named(tzid: &str) -> Option<TimeZone> {
    let tzid = tzid.trim().trim_matches('"');
    iana(tzid).or_else(|| windows::iana_name(tzid).and_then(iana)).or_else(|| tail(tzid))
}

/// Returns the zone a TZID means in the calendar that defines it so, judged by `year`.
///
/// A known name wins over the definition: definitions age, and most say what their year needed.
#[must_use]
pub fn resolve(tzid: &str, definition: Option<&Definition>, year: i16) -> Resolved {
    if let Some(zone) = named(tzid) {
        return Resolved { zone, certainty: Certainty::Named };
    }
    let Some(shape) = definition.and_then(|definition| definition.shape(year)) else {
        return Resolved { zone: TimeZone::UTC, certainty: Certainty::Unknown };
    };
    match find(&shape, year, &[]) {
        Some(zone) => Resolved { zone, certainty: Certainty::Rules },
        None => Resolved { zone: TimeZone::fixed(shape.usual), certainty: Certainty::Offset },
    }
}

/// Returns the name a zone is written with, `UTC` for the zone without one that has no offset.
#[must_use]
pub fn name_of(zone: &TimeZone) -> Option<&str> {
    zone.iana_name().or_else(|| (*zone == TimeZone::UTC).then_some("UTC"))
}

fn iana(name: &str) -> Option<TimeZone> {
    let is_name = !name.is_empty() && !name.starts_with('/') && name.len() <= 64;
    if !is_name {
        return None;
    }
    TimeZone::get(name).ok().filter(|zone| !zone.is_unknown())
}

/// Looks for an IANA name at the end of a path: the last three parts, the last two, the last one.
fn tail(tzid: &str) -> Option<TimeZone> {
    let cuts: Vec<usize> = tzid.match_indices('/').map(|(at, _)| at + 1).collect();
    let first = cuts.len().saturating_sub(3);
    cuts.into_iter().skip(first).filter_map(|at| tzid.get(at..)).find_map(iana)
}

/// Returns the first zone whose clocks do in `year` what `shape` says: preferred ones, then the usual one of each
/// Windows zone, then any.
fn find(shape: &Shape, year: i16, prefer: &[&TimeZone]) -> Option<TimeZone> {
    let fits = |zone: &TimeZone| Shape::of_zone(zone, year).is_some_and(|other| other.agrees(shape));
    let preferred = prefer.iter().copied().cloned();
    let usual = windows::usual().filter_map(iana);
    let any = jiff::tz::db()
        .available()
        .map(|name| name.to_string())
        .filter(|name| !name.starts_with("Etc/"))
        .collect::<Vec<_>>();
    let any = any.into_iter().filter_map(|name| iana(&name));
    preferred.chain(usual).chain(any).find(fits)
}

#[cfg(test)]
mod tests;
