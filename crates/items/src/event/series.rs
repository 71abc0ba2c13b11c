//! When an event happens.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};

use super::read::on_clock;
use super::{Details, Event, Exception, When};
use crate::recurrence::{Last, Series};

impl Event {
    /// Returns the dates of the event, deleted ones left out; changed occurrences count where they were. `None`
    /// without a start. Days and floating times are read in `home`.
    #[must_use]
    pub fn series(&self, home: &TimeZone) -> Option<Series> {
        let start = self.details.start.as_ref()?;
        let zone = start.zone().unwrap_or(home).clone();
        let removed = self.exceptions.iter().filter(|exception| exception.details.is_none());
        Some(
            Series::new(start.local(), zone)
                .rule(self.rule.clone())
                .added(self.added.iter().map(|when| on_clock(when, start)))
                .removed(removed.map(|exception| on_clock(&exception.original, start))),
        )
    }

    /// Returns when the series would have this occurrence.
    #[must_use]
    pub fn original(&self, exception: &Exception, home: &TimeZone) -> Timestamp {
        match &self.details.start {
            Some(start @ When::Zoned { zone, .. }) => {
                let local = on_clock(&exception.original, start);
                zone.to_timestamp(local).unwrap_or_else(|_| exception.original.instant(home))
            }
            Some(start @ (When::Date(_) | When::Floating(_))) => {
                let local = on_clock(&exception.original, start);
                home.to_timestamp(local).unwrap_or_else(|_| exception.original.instant(home))
            }
            None => exception.original.instant(home),
        }
    }

    /// Returns when the last occurrence ends, or `None` where there is no last one. Later than that nothing of the
    /// event happens; where the limits hide the exact time, the answer is a later one.
    #[must_use]
    pub fn ends(&self, home: &TimeZone) -> Option<Timestamp> {
        let series = self.series(home)?;
        let length = self.details.length(home);
        let last = match series.last() {
            Last::Endless => return None,
            Last::At(last) | Last::AtMost(last) => last,
        };
        let zone = self.details.start.as_ref().and_then(When::zone).unwrap_or(home);
        let ends = zone.to_timestamp(last).ok().and_then(|starts| starts.checked_add(length).ok());
        let changed = self.exceptions.iter().filter_map(|exception| exception.details.as_ref());
        let changed = changed.filter_map(|details| details.end.as_ref()).map(|end| end.instant(home));
        changed.chain(ends).max()
    }

    /// Whether something of the event happens in `from..to`.
    #[must_use]
    pub fn occurs_in(&self, from: Timestamp, to: Timestamp, home: &TimeZone) -> bool {
        let mut changed = self.exceptions.iter().filter_map(|exception| exception.details.as_ref());
        let touches = |details: &Details| {
            let start = details.start.as_ref().map(|start| start.instant(home));
            let end = details.end.as_ref().map(|end| end.instant(home));
            start.zip(end).is_some_and(|(start, end)| start < to && (end > from || start >= from))
        };
        let length = self.details.length(home);
        let span = Span::new().try_seconds(length.as_secs()).unwrap_or_default();
        changed.any(touches) || self.series(home).is_some_and(|series| series.occurs_in(from, to, span))
    }
}

impl Details {
    /// Returns how long it takes, never less than nothing.
    #[must_use]
    pub fn length(&self, home: &TimeZone) -> SignedDuration {
        let start = self.start.as_ref().map(|start| start.instant(home));
        let end = self.end.as_ref().map(|end| end.instant(home));
        let length = start.zip(end).map(|(start, end)| end.duration_since(start)).unwrap_or_default();
        length.max(SignedDuration::ZERO)
    }
}
