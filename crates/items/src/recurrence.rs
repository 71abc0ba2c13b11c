//! Recurrence: the parts of an RRULE, the dates it gives, and the pattern ActiveSync has for it.

mod pattern;
mod rule;
mod series;

pub use pattern::{Cycle, Days, End, Fields, FieldsError, Pattern, WEEK_LAST};
pub use rule::{Day, Frequency, MAX_PARTS_LIST, MAX_RULE_LEN, Rule, RuleError, Until};
pub use series::{Last, MAX_DATES, MAX_INSTANCES, MAX_STEPS, Occurrences, Series, YEARS};

pub(crate) use rule::{basic_date, basic_datetime, weekday_code};
