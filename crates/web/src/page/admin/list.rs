//! Lists that are shown a page at a time.

use std::ops::Range;

use fluent_bundle::FluentArgs;

use super::desk::Desk;
use crate::link::piece;

/// Rows of one page.
pub(super) const MAX_ROWS: usize = 100;

/// Which rows of a list are shown, and where the others are.
#[derive(Debug)]
pub(super) struct Pager {
    pub(super) rows: Range<usize>,
    /// Which of how many.
    pub(super) text: String,
    pub(super) earlier: Option<String>,
    pub(super) later: Option<String>,
}

impl Pager {
    /// Returns the rows that a request asks for of a list with `total` rows: from the one it names on, or the last ones.
    pub(super) fn of(desk: &Desk<'_>, here: &str, total: usize) -> Self {
        let rows = rows(desk.query().get("from").parse().unwrap_or(0), total);
        let mut args = FluentArgs::new();
        args.set("first", (rows.start + 1).min(total));
        args.set("last", rows.end);
        args.set("total", total);
        let find = desk.query().get("find");
        let to = |from: usize| match find {
            "" => format!("{here}?from={from}"),
            find => format!("{here}?find={}&from={from}", piece(find)),
        };
        Self {
            text: desk.frame().words().fill("admin-rows", &args),
            earlier: (rows.start > 0).then(|| to(rows.start.saturating_sub(MAX_ROWS))),
            later: (rows.end < total).then(|| to(rows.end)),
            rows,
        }
    }

    /// Returns the rows of a list that are shown.
    pub(super) fn cut<'a, T>(&self, list: &'a [T]) -> &'a [T] {
        list.get(self.rows.clone()).unwrap_or_default()
    }
}

fn rows(from: usize, total: usize) -> Range<usize> {
    let start = if from < total { from } else { total.saturating_sub(1) / MAX_ROWS * MAX_ROWS };
    start..start.saturating_add(MAX_ROWS).min(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_so_many_rows_and_no_more() {
        assert_eq!(rows(0, MAX_ROWS), 0..MAX_ROWS);
        assert_eq!(rows(0, MAX_ROWS + 1), 0..MAX_ROWS);
        assert_eq!(rows(MAX_ROWS, MAX_ROWS + 1), MAX_ROWS..MAX_ROWS + 1);
        assert_eq!(rows(usize::MAX, MAX_ROWS + 1), MAX_ROWS..MAX_ROWS + 1, "past the end are the last ones");
        assert_eq!(rows(7, 0), 0..0);
    }
}
