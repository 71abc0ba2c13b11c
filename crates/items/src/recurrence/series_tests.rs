use jiff::ToSpan as _;
use jiff::civil::datetime;
use proptest::prelude::*;

use super::*;

fn series(start: &str, zone: &str, rule: &str) -> Series {
    Series::new(start.parse().unwrap(), TimeZone::get(zone).unwrap()).rule(Some(Rule::parse(rule).unwrap()))
}

fn instant(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn a_series_keeps_its_local_time() {
    let series = series("2026-03-28T09:00", "Europe/Berlin", "FREQ=DAILY;COUNT=3");
    let starts = series.between(Timestamp::MIN, Timestamp::MAX);
    let wanted = ["2026-03-28T08:00Z", "2026-03-29T07:00Z", "2026-03-30T07:00Z"].map(instant);
    assert_eq!(starts, wanted);
}

#[test]
fn the_gap_moves_on_and_the_overlap_takes_the_first() {
    let gap = series("2026-03-28T02:30", "Europe/Berlin", "FREQ=DAILY;COUNT=2");
    assert_eq!(gap.between(Timestamp::MIN, Timestamp::MAX)[1], instant("2026-03-29T03:30+02:00"));
    let overlap = series("2026-10-24T02:30", "Europe/Berlin", "FREQ=DAILY;COUNT=2");
    assert_eq!(overlap.between(Timestamp::MIN, Timestamp::MAX)[1], instant("2026-10-25T02:30+02:00"));
}

#[test]
fn until_is_read_in_the_zone() {
    // 20:00 in New York is the next day in UTC: the last one is on the 3rd, not on the 4th.
    let rule = "FREQ=DAILY;UNTIL=20260104T010000Z";
    let york = series("2026-01-01T20:00", "America/New_York", rule);
    assert_eq!(york.last(), Last::At(datetime(2026, 1, 3, 20, 0, 0, 0)));
    let tokyo = series("2026-01-01T08:30", "Asia/Tokyo", "FREQ=DAILY;UNTIL=20260103T233000Z");
    assert_eq!(tokyo.last(), Last::At(datetime(2026, 1, 4, 8, 30, 0, 0)));
    let day = series("2026-01-01T20:00", "America/New_York", "FREQ=DAILY;UNTIL=20260104");
    assert_eq!(day.last(), Last::At(datetime(2026, 1, 4, 20, 0, 0, 0)));
}

#[test]
fn dates_are_added_and_left_out() {
    let series = series("2026-01-01T09:00", "UTC", "FREQ=WEEKLY;COUNT=3")
        .added([datetime(2026, 1, 3, 9, 0, 0, 0), datetime(2026, 1, 8, 9, 0, 0, 0)])
        .removed([datetime(2026, 1, 1, 9, 0, 0, 0), datetime(2026, 1, 15, 9, 0, 0, 0)]);
    let days: Vec<i8> = series.occurrences().map(DateTime::day).collect();
    assert_eq!(days, [3, 8]);
    assert_eq!(series.last(), Last::At(datetime(2026, 1, 8, 9, 0, 0, 0)));
}

#[test]
fn more_dates_than_the_limit_are_not_looked_at() {
    let start = datetime(2026, 1, 1, 0, 0, 0, 0);
    let dates = |count: i64| (1..=count).map(move |n| start + n.days());
    let limit = i64::try_from(MAX_DATES).unwrap();
    assert_eq!(
        Series::new(start, TimeZone::UTC).added(dates(limit + 1)).occurrences().count(),
        MAX_DATES + 1
    );
}

#[test]
fn a_window_finds_what_touches_it() {
    let series = series("1990-01-01T23:00", "Europe/Berlin", "FREQ=WEEKLY;INTERVAL=2");
    let occurs = |from: &str, to: &str| series.occurs_in(instant(from), instant(to), 2.hours());
    // 2026-02-23 is 943 * 2 weeks after the first.
    assert!(occurs("2026-02-23T22:30Z", "2026-02-23T22:31Z"));
    assert!(occurs("2026-02-23T23:59Z", "2026-02-24T12:00Z"));
    assert!(!occurs("2026-02-24T00:00Z", "2026-03-09T22:00Z"));
    assert!(occurs("2026-02-24T00:00Z", "2026-03-09T22:01Z"));
    assert!(!occurs("1980-01-01T00:00Z", "1990-01-01T22:00Z"));
}

#[test]
fn a_skipped_beginning_changes_no_date() {
    let rules = [
        "FREQ=DAILY;INTERVAL=3",
        "FREQ=WEEKLY;INTERVAL=3;BYDAY=SU,MO,TH;WKST=MO",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=SU",
        "FREQ=MONTHLY;INTERVAL=5;BYDAY=-1FR",
        "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1,-1",
        "FREQ=YEARLY;INTERVAL=3;BYMONTH=1,11;BYMONTHDAY=13,31",
        "FREQ=HOURLY;INTERVAL=7",
    ];
    let (from, to) = (instant("2009-05-06T00:00Z"), instant("2016-01-01T00:00Z"));
    for rule in rules {
        let series = series("2006-02-03T10:00", "Europe/Berlin", rule);
        let plain: Vec<Timestamp> = series
            .occurrences()
            .filter_map(|local| series.zone.to_timestamp(local).ok())
            .filter(|instant| (from..to).contains(instant))
            .take(MAX_INSTANCES)
            .collect();
        assert_eq!(series.between(from, to), plain, "{rule}");
    }
}

#[test]
fn an_endless_series_has_no_last() {
    assert_eq!(series("2026-01-01T09:00", "UTC", "FREQ=DAILY").last(), Last::Endless);
    let single = Series::new(datetime(2026, 1, 1, 9, 0, 0, 0), TimeZone::UTC);
    assert_eq!(single.last(), Last::At(datetime(2026, 1, 1, 9, 0, 0, 0)));
}

#[test]
fn hostile_rules_end() {
    let rules = [
        "FREQ=SECONDLY",
        "FREQ=SECONDLY;COUNT=4000000000",
        "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MINUTELY;BYHOUR=3;BYMINUTE=7;BYSECOND=9;BYMONTHDAY=31;BYMONTH=12",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31;COUNT=5",
        "FREQ=WEEKLY;UNTIL=99991231T235959Z",
        "FREQ=DAILY;INTERVAL=65535;COUNT=10",
        "FREQ=YEARLY;INTERVAL=65535",
    ];
    for rule in rules {
        let series = series("2026-01-01T00:00", "Europe/Berlin", rule);
        assert!(series.occurrences().count() <= MAX_STEPS as usize + 1, "{rule}");
        assert!(series.between(Timestamp::MIN, Timestamp::MAX).len() <= MAX_INSTANCES, "{rule}");
        let _ = (series.last(), series.occurs_in(instant("2199-01-01T00:00Z"), Timestamp::MAX, 1.hour()));
    }
}

#[test]
fn a_product_of_times_is_not_expanded() {
    let all = |most: u8| (0..=most).map(|n| n.to_string()).collect::<Vec<_>>().join(",");
    let rule = format!("FREQ=YEARLY;BYHOUR={};BYMINUTE={};BYSECOND={}", all(23), all(59), all(59));
    let series = series("2026-01-01T00:00", "UTC", &rule);
    let mut occurrences = series.occurrences();
    assert_eq!(occurrences.by_ref().count(), 1);
    assert!(occurrences.is_cut(), "what was not expanded may still happen");
}

#[test]
fn steps_and_years_are_limited() {
    let mut seconds = series("2026-01-01T00:00", "UTC", "FREQ=SECONDLY").occurrences();
    assert_eq!(seconds.by_ref().count(), MAX_STEPS as usize);
    assert!(seconds.is_cut());
    let mut years = series("2190-06-01T00:00", "UTC", "FREQ=YEARLY").occurrences();
    assert_eq!(years.by_ref().last().map(DateTime::year), Some(YEARS.1));
    assert!(years.is_cut());
    assert_eq!(series("1899-06-01T00:00", "UTC", "FREQ=YEARLY").occurrences().count(), 1);
}

/// Returns rules of any parts, sensible or not.
fn any_rule() -> impl Strategy<Value = String> {
    let list = |least: i16, most: i16| {
        prop::collection::vec((least..=most).prop_filter("0 is no position", |n| *n != 0), 1..4)
            .prop_map(|list| list.iter().map(ToString::to_string).collect::<Vec<_>>().join(","))
    };
    let part = prop_oneof![
        (0_u16..=70).prop_map(|n| format!("INTERVAL={n}")),
        (0_u32..=70).prop_map(|n| format!("COUNT={n}")),
        (1890_i16..=9999).prop_map(|year| format!("UNTIL={year}0301T120000Z")),
        list(1, 12).prop_map(|months| format!("BYMONTH={months}")),
        list(-31, 31).prop_map(|days| format!("BYMONTHDAY={days}")),
        list(-366, 366).prop_map(|days| format!("BYYEARDAY={days}")),
        list(-53, 53).prop_map(|weeks| format!("BYWEEKNO={weeks}")),
        list(-366, 366).prop_map(|positions| format!("BYSETPOS={positions}")),
        list(1, 23).prop_map(|hours| format!("BYHOUR={hours}")),
        list(1, 59).prop_map(|minutes| format!("BYMINUTE={minutes}")),
        list(1, 60).prop_map(|seconds| format!("BYSECOND={seconds}")),
        prop::collection::vec("(-?[1-5])?(MO|TU|WE|TH|FR|SA|SU)", 1..4)
            .prop_map(|days| format!("BYDAY={}", days.join(","))),
        "WKST=(MO|SU|TH)",
    ];
    let frequency = "FREQ=(SECONDLY|MINUTELY|HOURLY|DAILY|WEEKLY|MONTHLY|YEARLY)";
    (frequency, prop::collection::vec(part, 0..5))
        .prop_map(|(frequency, parts)| format!("{frequency};{}", parts.join(";")))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_rule_ends_in_order(rule in any_rule(), year in 1895_i16..=2205, month in 1_i8..=12, day in 1_i8..=28) {
        let Ok(rule) = Rule::parse(&rule) else { return Ok(()) };
        let start = jiff::civil::date(year, month, day).at(2, 30, 0, 0);
        let series = Series::new(start, TimeZone::get("America/New_York").unwrap()).rule(Some(rule));
        let starts: Vec<DateTime> = series.occurrences().take(MAX_INSTANCES).collect();
        prop_assert!(starts.is_sorted_by(|one, other| one < other));
        prop_assert_eq!(starts.first(), Some(&start));
        let late = instant("2100-01-01T00:00Z");
        prop_assert!(series.between(late, Timestamp::MAX).len() <= MAX_INSTANCES);
    }
}
