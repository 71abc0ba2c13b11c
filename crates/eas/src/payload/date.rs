//! Dates on the wire.

use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, civil};

/// Returns an instant as contacts, tasks and mail write it: `2026-03-04T08:00:00.000Z`.
pub(crate) fn dashed(instant: Timestamp) -> String {
    local(TimeZone::UTC.to_datetime(instant))
}

/// Returns a clock's time as if it were UTC.
pub(crate) fn local(local: DateTime) -> String {
    local.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string()
}

/// Returns an instant as the calendar and notes write it: `20260304T080000Z`.
pub(crate) fn compact(instant: Timestamp) -> String {
    instant.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// Reads a date in either form, with or without a time; the digits are taken as they are.
pub(crate) fn parse(text: &str) -> Option<DateTime> {
    let text = text.trim().trim_end_matches(['Z', 'z']);
    let (date, time) = text.split_once(['T', 't']).unwrap_or((text, ""));
    let digits = |text: &str, separator: char| -> Option<String> {
        let digits: String = text.chars().filter(|&char| char != separator).collect();
        digits.bytes().all(|byte| byte.is_ascii_digit()).then_some(digits)
    };
    let date = digits(date, '-').filter(|digits| digits.len() == 8)?;
    let number = |text: &str, from: usize| text.get(from..from + 2)?.parse::<i8>().ok();
    let date = civil::Date::new(date.get(..4)?.parse().ok()?, number(&date, 4)?, number(&date, 6)?).ok()?;
    if time.is_empty() {
        return Some(date.to_datetime(Time::midnight()));
    }
    let time = time.split('.').next().unwrap_or_default();
    let time = digits(time, ':').filter(|digits| digits.len() == 6)?;
    let time = Time::new(number(&time, 0)?, number(&time, 2)?, number(&time, 4)?.min(59), 0).ok()?;
    Some(date.to_datetime(time))
}

/// Reads a date in either form as an instant.
pub(crate) fn instant(text: &str) -> Option<Timestamp> {
    TimeZone::UTC.to_timestamp(parse(text)?).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn both_forms_are_read() {
        let time = date(2026, 3, 4).at(8, 5, 6, 0);
        for text in
            ["2026-03-04T08:05:06.000Z", "2026-03-04T08:05:06Z", "20260304T080506Z", " 20260304T080506 "]
        {
            assert_eq!(parse(text), Some(time), "{text}");
        }
        assert_eq!(parse("2026-03-04"), Some(date(2026, 3, 4).at(0, 0, 0, 0)));
        for text in ["", "x", "2026-13-04", "2026-03-04T25:00:00Z", "2026-03-04T8:00", "２０２６-03-04"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let at = instant("2026-03-04T08:05:06.000Z").unwrap();
        assert_eq!(dashed(at), "2026-03-04T08:05:06.000Z");
        assert_eq!(compact(at), "20260304T080506Z");
        assert_eq!(instant(&compact(at)), Some(at));
    }

    proptest::proptest! {
        #[test]
        fn nothing_panics(text in "[0-9TtZz:.-]{0,24}|.{0,12}") {
            let _ = instant(&text);
        }
    }
}
