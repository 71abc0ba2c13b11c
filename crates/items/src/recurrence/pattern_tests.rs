use jiff::civil::datetime;

use super::*;

/// A Wednesday.
fn start() -> DateTime {
    datetime(2026, 3, 4, 9, 0, 0, 0)
}

fn pattern(rule: &str) -> Option<Pattern> {
    Pattern::from_rule(&Rule::parse(rule).unwrap(), start())
}

#[test]
#[rustfmt::skip] // a table reads as a table
fn rules_have_patterns_and_words() {
    let table = [ // rule, what the pattern is as a rule again, in words
        ("FREQ=DAILY", "FREQ=DAILY", "every day"),
        ("FREQ=DAILY;INTERVAL=3;COUNT=5", "FREQ=DAILY;COUNT=5;INTERVAL=3", "every 3 days, 5 times"),
        ("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
         "every week on Monday, Tuesday, Wednesday, Thursday and Friday"),
        ("FREQ=WEEKLY", "FREQ=WEEKLY;BYDAY=WE", "every week on Wednesday"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=WE,MO;UNTIL=20261231", "FREQ=WEEKLY;UNTIL=20261231;INTERVAL=2;BYDAY=MO,WE",
         "every 2 weeks on Monday and Wednesday until 2026-12-31"),
        ("FREQ=WEEKLY;BYDAY=MO;WKST=SU", "FREQ=WEEKLY;BYDAY=MO;WKST=SU", "every week on Monday"),
        ("FREQ=MONTHLY", "FREQ=MONTHLY;BYMONTHDAY=4", "every month on day 4"),
        ("FREQ=MONTHLY;BYMONTHDAY=31", "FREQ=MONTHLY;BYMONTHDAY=31", "every month on day 31"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "FREQ=MONTHLY;BYMONTHDAY=-1", "every month on the last day"),
        ("FREQ=MONTHLY;BYDAY=2TU", "FREQ=MONTHLY;BYDAY=2TU", "every month on the second Tuesday"),
        ("FREQ=MONTHLY;BYDAY=TU;BYSETPOS=2", "FREQ=MONTHLY;BYDAY=2TU", "every month on the second Tuesday"),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
         "every month on the last weekday"),
        ("FREQ=MONTHLY;BYDAY=SA,SU;BYSETPOS=1", "FREQ=MONTHLY;BYDAY=SA,SU;BYSETPOS=1", "every month on the first weekend day"),
        ("FREQ=YEARLY", "FREQ=YEARLY;BYMONTHDAY=4;BYMONTH=3", "every year on 4 March"),
        ("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24", "FREQ=YEARLY;BYMONTHDAY=24;BYMONTH=12", "every year on 24 December"),
        ("FREQ=YEARLY;BYMONTH=9;BYDAY=1MO;COUNT=1", "FREQ=YEARLY;COUNT=1;BYDAY=1MO;BYMONTH=9",
         "every year on the first Monday of September, once"),
        ("FREQ=DAILY;BYHOUR=9;BYMINUTE=0;BYSECOND=0", "FREQ=DAILY", "every day"),
        ("FREQ=DAILY;COUNT=1000", "FREQ=DAILY;UNTIL=20281127T090000", "every day until 2028-11-27"),
    ];
    for (rule, again, words) in table {
        let pattern = pattern(rule).unwrap_or_else(|| panic!("{rule} has a pattern"));
        assert_eq!(pattern.to_rule().to_string(), again, "{rule}");
        assert_eq!(pattern.describe(&TimeZone::UTC), words, "{rule}");
        assert_eq!(Pattern::from_fields(&pattern.to_fields()), Ok(pattern), "{rule}");
    }
}

#[test]
fn rules_without_a_form_have_no_pattern() {
    let rules = [
        "FREQ=HOURLY",
        "FREQ=MINUTELY;INTERVAL=20",
        "FREQ=DAILY;BYMONTH=1",
        "FREQ=DAILY;INTERVAL=2;BYDAY=MO",
        "FREQ=DAILY;BYHOUR=9,17",
        "FREQ=DAILY;INTERVAL=1000",
        "FREQ=WEEKLY;BYMONTH=6",
        "FREQ=MONTHLY;BYMONTHDAY=1,15",
        "FREQ=MONTHLY;BYMONTHDAY=-2",
        "FREQ=MONTHLY;BYDAY=MO",
        "FREQ=MONTHLY;BYDAY=1MO,3MO",
        "FREQ=MONTHLY;BYDAY=5MO",
        "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
        "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1,2",
        "FREQ=YEARLY;BYMONTH=1,2",
        "FREQ=YEARLY;BYDAY=20MO",
        "FREQ=YEARLY;BYMONTHDAY=13",
        "FREQ=YEARLY;BYWEEKNO=20",
        "FREQ=YEARLY;BYYEARDAY=200",
        "FREQ=YEARLY;RSCALE=CHINESE",
        "FREQ=DAILY;COUNT=4000000000",
    ];
    for rule in rules {
        assert_eq!(pattern(rule), None, "{rule}");
        let words = Rule::parse(rule).unwrap().describe(start(), &TimeZone::UTC);
        assert!(words.starts_with("by the rule FREQ="), "{words}");
    }
}

#[test]
fn the_wire_is_checked() {
    let base = Fields { kind: 1, day_of_week: Some(2), ..Fields::default() };
    assert!(Pattern::from_fields(&base).is_ok());
    let table = [
        (Fields { kind: 4, ..base }, FieldsError::Type(4)),
        (Fields { day_of_week: None, ..base }, FieldsError::Missing("DayOfWeek")),
        (Fields { day_of_week: Some(0), ..base }, FieldsError::Missing("DayOfWeek")),
        (Fields { day_of_week: Some(128), ..base }, FieldsError::Missing("DayOfWeek")),
        (Fields { day_of_month: Some(1), ..base }, FieldsError::Surplus("DayOfMonth")),
        (Fields { kind: 2, ..base }, FieldsError::Missing("DayOfMonth")),
        (Fields { kind: 3, week_of_month: Some(6), ..base }, FieldsError::Missing("WeekOfMonth")),
        (Fields { kind: 6, week_of_month: Some(1), ..base }, FieldsError::Missing("MonthOfYear")),
        (Fields { interval: Some(1000), ..base }, FieldsError::Missing("Interval")),
        (Fields { occurrences: Some(0), ..base }, FieldsError::Missing("Occurrences")),
        (Fields { first_day_of_week: Some(7), ..base }, FieldsError::Missing("FirstDayOfWeek")),
    ];
    for (fields, error) in table {
        assert_eq!(Pattern::from_fields(&fields), Err(error), "{fields:?}");
    }
}

#[test]
fn occurrences_win_over_until_and_no_interval_is_one() {
    let until = Until::Date(jiff::civil::date(2026, 12, 31));
    let fields =
        Fields { kind: 0, interval: Some(0), until: Some(until), occurrences: Some(3), ..Fields::default() };
    let pattern = Pattern::from_fields(&fields).unwrap();
    assert_eq!(pattern.to_rule().to_string(), "FREQ=DAILY;COUNT=3");
}
