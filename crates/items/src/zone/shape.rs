//! What the clocks of a zone do in one year.

use jiff::civil::date;
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

/// Changes one year may have; more of them are no zone that clocks follow.
pub(super) const MAX_TURNS: usize = 12;

/// Instants this close together are the same change: some definitions write 23:59:59.999 for midnight.
const SAME: SignedDuration = SignedDuration::from_secs(60);

/// The offset a year begins with and the changes in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shape {
    /// The offset at the beginning of the year.
    pub(super) first: Offset,
    /// When the clocks change, and to what.
    pub(super) turns: Vec<(Timestamp, Offset)>,
    /// The offset without summer time.
    pub(super) usual: Offset,
}

impl Shape {
    /// Returns the shape of a zone, or `None` for a year that does not exist.
    pub(super) fn of_zone(zone: &TimeZone, year: i16) -> Option<Self> {
        let (from, to) = bounds(year)?;
        let turns: Vec<(Timestamp, Offset)> = zone
            .following(from)
            .take_while(|turn| turn.timestamp() < to)
            .take(MAX_TURNS)
            .map(|turn| (turn.timestamp(), turn.offset()))
            .collect();
        Some(Self::new(zone.to_offset(from), turns))
    }

    pub(super) fn new(first: Offset, turns: Vec<(Timestamp, Offset)>) -> Self {
        let mut current = first;
        let turns: Vec<_> = turns
            .into_iter()
            // A new abbreviation or a renamed summer time moves no clock.
            .filter(|(_, offset)| std::mem::replace(&mut current, *offset) != *offset)
            .collect();
        let usual = turns.iter().map(|(_, offset)| *offset).chain([first]).min().unwrap_or(first);
        Self { first, turns, usual }
    }

    pub(super) fn agrees(&self, other: &Self) -> bool {
        self.first == other.first
            && self.turns.len() == other.turns.len()
            && self
                .turns
                .iter()
                .zip(&other.turns)
                .all(|(ours, theirs)| ours.1 == theirs.1 && ours.0.duration_since(theirs.0).abs() <= SAME)
    }
}

/// Returns the beginning of the year and of the next, in UTC.
pub(super) fn bounds(year: i16) -> Option<(Timestamp, Timestamp)> {
    let begins = |year: i16| {
        let first = date(year, 1, 1).at(0, 0, 0, 0);
        TimeZone::UTC.to_timestamp(first).ok()
    };
    if !(1..9998).contains(&year) {
        return None;
    }
    Some((begins(year)?, begins(year + 1)?))
}
