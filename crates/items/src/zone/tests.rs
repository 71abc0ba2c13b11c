use jiff::civil::date;

use super::*;
use crate::contentline::Document;

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap()
}

/// The rules of 2024, names empty.
const VECTORS: [(&str, &str); 3] = [
    (
        "Europe/Berlin",
        "xP///wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAoAAAAFAAMAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAMAAAAFAAIAAAAAAAAAxP///w==",
    ),
    (
        "America/New_York",
        "LAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAsAAAABAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAMAAAACAAIAAAAAAAAAxP///w==",
    ),
    (
        "Australia/Sydney",
        "qP3//wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQAAAABAAMAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAoAAAABAAIAAAAAAAAAxP///w==",
    ),
];

#[test]
fn zones_become_the_known_values_and_come_back() {
    for (name, value) in VECTORS {
        assert_eq!(Blob::from_zone(&zone(name), 2024).to_base64(), value, "{name}");
        let blob = Blob::parse(value).unwrap();
        assert_eq!(blob.to_base64(), value, "{name}");
        let found = blob.to_zone(&[], 2024);
        assert_eq!((found.zone.iana_name(), found.certainty), (Some(name), Certainty::Rules));
    }
}

#[test]
fn utc_is_all_zero() {
    let value = Blob::from_zone(&TimeZone::UTC, 2024).to_base64();
    assert_eq!(value, format!("{}==", "A".repeat(230)));
    let blob = Blob::parse(&value).unwrap();
    assert!(blob.is_blank());
    assert_eq!(blob.to_zone(&[], 2024).zone, TimeZone::UTC);
    assert_eq!(blob.to_zone(&[&zone("Asia/Tokyo")], 2024).zone, zone("Asia/Tokyo"));
}

#[test]
fn the_users_zone_is_preferred_then_the_name() {
    let berlin = Blob::from_zone(&zone("Europe/Berlin"), 2026);
    assert_eq!(berlin.to_zone(&[&zone("Europe/Vienna")], 2026).zone, zone("Europe/Vienna"));
    assert_eq!(berlin.to_zone(&[&zone("Asia/Tokyo")], 2026).zone, zone("Europe/Berlin"));
    let paris = Blob::from_zone(&zone("Europe/Paris"), 2026).with_name_of(&zone("Europe/Paris"));
    let again = Blob::parse(&paris.to_base64()).unwrap();
    let found = again.to_zone(&[], 2026);
    assert_eq!((found.zone, found.certainty), (zone("Europe/Paris"), Certainty::Named));
}

#[test]
fn every_zone_keeps_its_offsets() {
    // 2026 has no Ramadan break that a yearly rule could not say for that year.
    let year = 2026;
    for name in jiff::tz::db().available() {
        let original = zone(name.as_str());
        let Some(shape) = Shape::of_zone(&original, year) else { continue };
        if shape.turns.len() > 2 || shape.turns.len() == 1 || original.is_unknown() {
            continue;
        }
        let found = Blob::from_zone(&original, year).to_zone(&[&original], year).zone;
        let again = Shape::of_zone(&found, year).unwrap();
        assert!(again.agrees(&shape), "{name} came back as {found:?}");
    }
}

#[test]
fn the_last_weekday_is_told_from_the_fourth() {
    // In 2023 the last Sunday of March is the fourth.
    let spring = Blob::from_zone(&zone("Europe/Berlin"), 2023);
    assert_eq!(spring.to_base64(), VECTORS[0].1);
    // In 2026 the second Sunday of March is no last one, and the first of November never is.
    assert_eq!(Blob::from_zone(&zone("America/New_York"), 2026).to_base64(), VECTORS[1].1);
}

#[test]
fn what_is_no_zone_is_refused() {
    assert_eq!(Blob::parse("no base64!"), Err(BlobError::Base64));
    assert_eq!(Blob::parse("AAAA"), Err(BlobError::Length(3)));
    assert_eq!(Blob::parse(""), Err(BlobError::Length(0)));
    let mut bytes = Blob::from_zone(&zone("Europe/Berlin"), 2024).to_bytes();
    bytes[70] = 13;
    assert_eq!(Blob::from_bytes(&bytes), Err(BlobError::Rules));
    assert_eq!(Blob::from_bytes(&[0xff; 172]), Err(BlobError::Rules));
    let mut far = vec![0; 172];
    far[..4].copy_from_slice(&901_i32.to_le_bytes());
    assert_eq!(Blob::from_bytes(&far), Err(BlobError::Rules));
}

#[test]
fn rules_nobody_has_keep_their_offset() {
    let mut bytes = vec![0; 172];
    bytes[..4].copy_from_slice(&(-77_i32).to_le_bytes());
    let found = Blob::from_bytes(&bytes).unwrap().to_zone(&[], 2026);
    assert_eq!(found.certainty, Certainty::Offset);
    assert_eq!(found.zone.to_fixed_offset().unwrap().seconds(), 77 * 60);
}

#[test]
fn names_of_many_kinds_are_known() {
    let table = [
        ("Europe/Berlin", Some("Europe/Berlin")),
        ("europe/berlin", Some("Europe/Berlin")),
        ("\"Europe/Berlin\"", Some("Europe/Berlin")),
        ("W. Europe Standard Time", Some("Europe/Berlin")),
        ("/mozilla.org/20050126_1/Europe/Berlin", Some("Europe/Berlin")),
        (
            "/softwarestudio.org/Olson_20011030_5/America/Indiana/Indianapolis",
            Some("America/Indiana/Indianapolis"),
        ),
        ("/freeassociation.sourceforge.net/UTC", Some("UTC")),
        ("US/Eastern", Some("US/Eastern")),
        ("Etc/Unknown", None),
        ("Mars/Olympus", None),
        ("", None),
        ("//", None),
    ];
    for (tzid, name) in table {
        let found = named(tzid);
        assert_eq!(found.as_ref().and_then(name_of), name, "{tzid}");
    }
}

#[test]
fn the_table_names_known_zones_only() {
    for name in windows::usual() {
        assert!(TimeZone::get(name).is_ok(), "{name}");
    }
    assert_eq!(windows_name(&zone("Europe/Berlin")), Some("W. Europe Standard Time"));
    assert_eq!(windows_name(&zone("Asia/Calcutta")), Some("India Standard Time"));
    assert_eq!(windows_name(&zone("Europe/Vienna")), None);
}

fn defined(lines: &[String]) -> Resolved {
    let text = format!("BEGIN:VCALENDAR\r\n{}\r\nEND:VCALENDAR\r\n", lines.join("\r\n"));
    let document = Document::parse(text.as_bytes());
    let calendar = document.root("VCALENDAR").unwrap();
    let definition = Definition::parse(&document, document.children(calendar).next().unwrap());
    resolve("Customized Time Zone", Some(&definition), 2026)
}

#[test]
fn a_definition_is_found_by_its_rules() {
    for name in [
        "Europe/Berlin",
        "America/New_York",
        "America/Santiago",
        "Asia/Tokyo",
        "Australia/Lord_Howe",
        "Africa/Cairo",
    ] {
        let lines = define(&zone(name), "x", 2026);
        let found = defined(&lines);
        assert_eq!(found.certainty, Certainty::Rules, "{lines:#?}");
        let (ours, theirs) =
            (Shape::of_zone(&zone(name), 2026).unwrap(), Shape::of_zone(&found.zone, 2026).unwrap());
        assert!(ours.agrees(&theirs), "{name} {found:?}");
    }
}

#[test]
fn a_zone_without_a_yearly_rule_is_spelled_out() {
    let lines = define(&zone("Africa/Casablanca"), "Africa/Casablanca", 2026);
    assert!(lines.iter().all(|line| !line.starts_with("RRULE")), "{lines:#?}");
    assert!(lines.len() > 20);
}

#[test]
fn a_definition_of_windows_begins_in_1601() {
    let lines = [
        "BEGIN:VTIMEZONE",
        "TZID:x",
        "BEGIN:STANDARD",
        "DTSTART:16010101T030000",
        "TZOFFSETFROM:+0200",
        "TZOFFSETTO:+0100",
        "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10",
        "END:STANDARD",
        "BEGIN:DAYLIGHT",
        "DTSTART:16010101T020000",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0200",
        "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3",
        "END:DAYLIGHT",
        "END:VTIMEZONE",
    ];
    let found = defined(&lines.map(str::to_owned));
    assert_eq!((found.zone, found.certainty), (zone("Europe/Berlin"), Certainty::Rules));
}

#[test]
fn nothing_known_is_flagged() {
    assert_eq!(resolve("Mine", None, 2026).certainty, Certainty::Unknown);
    let empty = ["BEGIN:VTIMEZONE", "TZID:x", "END:VTIMEZONE"].map(str::to_owned);
    assert_eq!(defined(&empty).certainty, Certainty::Unknown);
    let odd = [
        "BEGIN:VTIMEZONE",
        "TZID:x",
        "BEGIN:STANDARD",
        "DTSTART:19700101T000000",
        "TZOFFSETFROM:+0117",
        "TZOFFSETTO:+0117",
        "END:STANDARD",
        "END:VTIMEZONE",
    ];
    assert_eq!(defined(&odd.map(str::to_owned)).certainty, Certainty::Offset);
}

#[test]
fn a_hostile_definition_ends() {
    let mut lines = vec!["BEGIN:VTIMEZONE".to_owned(), "TZID:x".to_owned()];
    for rule in ["FREQ=SECONDLY", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"] {
        for _ in 0..MAX_OBSERVANCES {
            let part = [
                "BEGIN:STANDARD",
                "DTSTART:20250101T000000",
                "TZOFFSETFROM:+0100",
                "TZOFFSETTO:+0200",
                &format!("RRULE:{rule}"),
                "END:STANDARD",
            ];
            lines.extend(part.map(str::to_owned));
        }
    }
    lines.push("END:VTIMEZONE".to_owned());
    assert_eq!(defined(&lines).certainty, Certainty::Unknown, "more than {MAX_TRANSITIONS} changes");
}

#[test]
fn one_transition_past_the_limit_is_too_many() {
    let dates = |count: usize| {
        let start = date(2025, 1, 1).at(0, 0, 0, 0);
        let hours = i64::try_from(count).unwrap();
        let dates = (1..hours).map(|n| start + jiff::Span::new().hours(n)).collect();
        let offset = jiff::tz::offset(1);
        Definition { observances: vec![Observance { from: offset, to: offset, start, rule: None, dates }] }
    };
    // The first change is counted twice: it also tells what held before all others.
    assert!(dates(MAX_TRANSITIONS - 1).shape(2026).is_some());
    assert!(dates(MAX_TRANSITIONS).shape(2026).is_none());
}
