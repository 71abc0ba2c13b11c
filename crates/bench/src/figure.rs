//! What was measured, what it should be, and the table of both.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

/// One measured figure.
#[derive(Debug, Clone)]
pub(crate) struct Figure {
    /// What it is.
    pub(crate) what: &'static str,
    /// What it comes from.
    pub(crate) from: String,
    /// The figure.
    pub(crate) value: f64,
    /// What follows it: a unit, or nothing for a ratio.
    pub(crate) unit: &'static str,
    /// What it should be.
    pub(crate) goal: Goal,
}

/// What a figure should be.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Goal {
    /// This or more.
    AtLeast(f64),
    /// This or less.
    AtMost(f64),
    /// Less than this.
    Under(f64),
    /// Nothing: it explains another figure.
    None,
}

impl Figure {
    /// Returns whether it is not what it should be.
    pub(crate) fn is_missed(&self) -> bool {
        match self.goal {
            Goal::AtLeast(goal) => self.value < goal,
            Goal::AtMost(goal) => self.value > goal,
            Goal::Under(goal) => self.value >= goal,
            Goal::None => false,
        }
    }

    /// Returns whether it should be anything.
    pub(crate) const fn has_goal(&self) -> bool {
        !matches!(self.goal, Goal::None)
    }

    fn row(&self) -> [String; 5] {
        let with_unit = |value: f64| format!("{} {}", number(value), self.unit).trim_end().to_owned();
        let goal = match self.goal {
            Goal::AtLeast(goal) => format!(">= {}", with_unit(goal)),
            Goal::AtMost(goal) => format!("<= {}", with_unit(goal)),
            Goal::Under(goal) => format!("< {}", with_unit(goal)),
            Goal::None => String::new(),
        };
        let verdict = match (self.has_goal(), self.is_missed()) {
            (false, _) => "",
            (true, false) => "met",
            (true, true) => "missed",
        };
        [self.what.to_owned(), self.from.clone(), with_unit(self.value), goal, verdict.to_owned()]
    }
}

/// Prints the figures as a table that can go into a page as it is.
#[expect(clippy::print_stdout, reason = "the table is what the program is for")]
pub(crate) fn print(figures: &[Figure]) {
    let mut table = Table::new();
    table.load_style(presets::ASCII_MARKDOWN).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(["figure", "measured from", "measured", "goal", ""]);
    for figure in figures {
        table.add_row(figure.row());
    }
    if let Some(column) = table.column_mut(2) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    println!("{table}");
}

/// Writes a number with three digits that count, and whole from a hundred on.
pub(crate) fn number(value: f64) -> String {
    match value.abs() {
        100.0.. => grouped(value),
        10.0..100.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// Writes a whole number with a comma before every three digits.
fn grouped(value: f64) -> String {
    let digits = format!("{value:.0}");
    let length = digits.len();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && digit.is_ascii_digit() && (length - at).is_multiple_of(3) && !text.ends_with('-') {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Returns the median; not a number where there is nothing.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN);
    if sorted.len().is_multiple_of(2) {
        let before = sorted.len().checked_sub(2).and_then(|_| sorted.get(sorted.len() / 2 - 1));
        return f64::midpoint(before.copied().unwrap_or(f64::NAN), middle);
    }
    middle
}

/// Returns a count as a number to reckon with.
#[expect(clippy::cast_precision_loss, reason = "no count here comes near 2^52")]
pub(crate) const fn float(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        let numbers =
            [(0.5, "0.50"), (12.34, "12.3"), (123.4, "123"), (1234.0, "1,234"), (-1_234_567.0, "-1,234,567")];
        for (value, text) in numbers {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn the_median_is_in_the_middle() {
        assert!(median(&[]).is_nan());
        for (values, middle) in [(&[3.0][..], 3.0), (&[9.0, 1.0, 2.0], 2.0), (&[4.0, 1.0, 2.0, 9.0], 3.0)] {
            assert!((median(values) - middle).abs() < f64::EPSILON, "{values:?}");
        }
    }

    #[test]
    #[rustfmt::skip] // a table reads as a table
    fn a_goal_is_met_or_missed() {
        let table = [ // goal       value  missed
            (Goal::AtLeast(2.0), 2.0,  false),
            (Goal::AtLeast(2.0), 1.9,  true),
            (Goal::AtMost(2.0),  2.0,  false),
            (Goal::AtMost(2.0),  2.1,  true),
            (Goal::Under(2.0),   2.0,  true),
            (Goal::None,         0.0,  false),
        ];
        for (goal, value, missed) in table {
            let figure = Figure { what: "", from: String::new(), value, unit: "", goal };
            assert_eq!(figure.is_missed(), missed, "{goal:?} {value}");
        }
    }
}
