//! The range of results a phone asks for: `0-99`, counted from 0, both ends included.

/// What of a list is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Range {
    first: usize,
    last: usize,
}

/// The text is no range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NoRange;

/// The part of a list that is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Page {
    /// The place of its first result in the list.
    pub(crate) first: usize,
    /// How many results it has.
    pub(crate) len: usize,
    /// Whether more was asked for than one may ask for, or than there is.
    pub(crate) past_end: bool,
}

impl Range {
    /// Reads a range; without one, all that one may ask for.
    pub(crate) fn parse(text: Option<&str>, limit: usize) -> Result<Self, NoRange> {
        let Some(text) = text else { return Ok(Self { first: 0, last: limit.saturating_sub(1) }) };
        let (first, last) = text.trim().split_once('-').ok_or(NoRange)?;
        let (first, last) =
            (first.trim().parse().map_err(|_| NoRange)?, last.trim().parse().map_err(|_| NoRange)?);
        if first <= last { Ok(Self { first, last }) } else { Err(NoRange) }
    }

    /// Returns whether it begins where the list does.
    pub(crate) const fn is_first(&self) -> bool {
        self.first == 0
    }

    /// Returns which results of `total` are sent, of which a phone may ask for the first `limit`.
    pub(crate) fn page(&self, total: usize, limit: usize) -> Page {
        let there = total.min(limit);
        let end = self.last.saturating_add(1).min(there);
        let len = end.saturating_sub(self.first);
        let past_end = self.last >= limit || (len == 0 && self.first > 0);
        Page { first: self.first, len, past_end }
    }
}

impl Page {
    /// Writes it as a range; of no results `0-0`.
    pub(crate) fn text(&self) -> String {
        match self.len.checked_sub(1) {
            Some(last) => format!("{}-{}", self.first, self.first.saturating_add(last)),
            None => "0-0".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(text: &str, total: usize) -> Option<(String, usize, bool)> {
        let page = Range::parse(Some(text), 100).ok()?.page(total, 100);
        Some((page.text(), page.len, page.past_end))
    }

    #[test]
    fn a_page_is_what_is_there_of_a_range() {
        let expected = |text: &str, len, past_end| Some((text.to_owned(), len, past_end));
        assert_eq!(page("0-99", 250), expected("0-99", 100, false));
        assert_eq!(page("0-9", 5), expected("0-4", 5, false));
        assert_eq!(page("0-9", 0), expected("0-0", 0, false));
        assert_eq!(page(" 3 - 4 ", 250), expected("3-4", 2, false));
        assert_eq!(page("5-9", 6), expected("5-5", 1, false));
        assert_eq!(page("6-9", 6), expected("0-0", 0, true));
        assert_eq!(page("0-100", 250), expected("0-99", 100, true));
        assert_eq!(page("100-109", 250), expected("0-0", 0, true));
        assert_eq!(Range::parse(None, 100).map(|range| range.page(250, 100).text()), Ok("0-99".to_owned()));
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for text in ["", "5", "-5", "5-", "9-5", "x-y", "0-99999999999999999999", "-1-5"] {
            assert_eq!(page(text, 10), None, "{text:?}");
        }
    }
}
