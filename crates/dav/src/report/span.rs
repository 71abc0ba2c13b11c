//! Spans of time in requests, and which items touch them (RFC 4791 9.9).

use engine::Timestamp;
use items::event::Event;
use items::task::Task;
use items::{Kind, index};
use jiff::SignedDuration;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::xml::Element;

/// A span of time; where an end is left open, it reaches as far as time does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
}

/// Reads a span; `None` where it is none, or ends before it begins.
pub(super) fn of(element: &Element) -> Option<Span> {
    let read = |name: &str, open: Timestamp| match element.attribute(name) {
        Some(text) => utc(text),
        None => Some(open),
    };
    if element.attribute("start").is_none() && element.attribute("end").is_none() {
        return None;
    }
    let span = Span { from: read("start", Timestamp::MIN)?, to: read("end", Timestamp::MAX)? };
    (span.from < span.to).then_some(span)
}

fn utc(text: &str) -> Option<Timestamp> {
    let time = DateTime::strptime("%Y%m%dT%H%M%SZ", text).ok()?;
    time.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

impl Span {
    /// Returns a span that is a day longer at both ends: days and floating times begin at other times elsewhere.
    pub(super) fn widened(self) -> (Timestamp, Timestamp) {
        let day = SignedDuration::from_hours(24);
        let from = self.from.checked_sub(day).unwrap_or(Timestamp::MIN);
        (from, self.to.checked_add(day).unwrap_or(Timestamp::MAX))
    }

    /// Returns whether an item happens in it, a series with any of its occurrences.
    pub(super) fn touches(self, kind: Kind, content: &[u8], home: &TimeZone) -> bool {
        match kind {
            Kind::Calendar => Event::parse(content).occurs_in(self.from, self.to, home),
            Kind::Tasks => self.touches_task(&Task::parse(content), home),
            Kind::Notes | Kind::Contacts | Kind::Mail | Kind::Files => {
                index(kind, content).starts.is_some_and(|at| at >= self.from && at < self.to)
            }
        }
    }

    fn touches_task(self, task: &Task, home: &TimeZone) -> bool {
        let start = task.start.map(|moment| moment.instant(home));
        let due = task.due.map(|moment| moment.instant(home));
        // What comes again may be due at any time after it began.
        if task.rule.is_some() {
            return start.or(due).is_none_or(|start| start < self.to);
        }
        match (start, due) {
            (Some(start), Some(due)) => {
                (self.from <= due || self.from <= start) && (self.to > start || self.to >= due)
            }
            (Some(start), None) => self.from <= start && self.to > start,
            (None, Some(due)) => self.from < due && self.to >= due,
            (None, None) => task.completed.is_none_or(|done| self.from <= done && self.to >= done),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::parse;

    fn span(attributes: &str) -> Option<Span> {
        of(&parse(format!("<a {attributes}/>").as_bytes()).unwrap())
    }

    #[test]
    fn a_span_has_an_end_after_its_start_or_none() {
        let march = span("start='20260301T000000Z' end='20260401T000000Z'").unwrap();
        assert_eq!(march.from.to_string(), "2026-03-01T00:00:00Z");
        assert_eq!(span("start='20260301T000000Z'").unwrap().to, Timestamp::MAX);
        assert_eq!(span("end='20260301T000000Z'").unwrap().from, Timestamp::MIN);
        for bad in ["", "start='20260301'", "start='x'", "start='20260301T000000Z' end='20260301T000000Z'"] {
            assert_eq!(span(bad), None, "{bad}");
        }
    }
}
