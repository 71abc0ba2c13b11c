//! What a text that comes from outside must be to be stored.

use thiserror::Error;

use crate::contentline::{Component, Document};
use crate::event::{MAX_ALARMS, MAX_ATTENDEES, MAX_OVERRIDES};
use crate::message::MAX_MESSAGE_BYTES;
use crate::recurrence::MAX_DATES;
use crate::{Kind, Trouble, contentline};

/// How many bytes the text of an item may have, mail and files aside.
pub const MAX_ITEM_BYTES: usize = 2 * 1024 * 1024;
/// How many bytes one line of an iCalendar text may take, folded or not; one with a file in it may fill the item.
pub const MAX_LINE_BYTES: usize = 256 * 1024;

/// Why a text cannot be stored as an item of its folder's kind.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Unfit {
    /// It has too many bytes.
    #[error("the item has {size_bytes} bytes, {limit_bytes} are allowed")]
    TooLarge {
        /// Its size.
        size_bytes: usize,
        /// The limit.
        limit_bytes: usize,
    },
    /// It has too many of something.
    #[error("the item has more than {limit} {what}")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
    /// A line is too long.
    #[error("line {line} has more than {MAX_LINE_BYTES} bytes")]
    LongLine {
        /// The line's number, from 1.
        line: usize,
    },
    /// Its components lie too deep in each other.
    #[error("components lie more than {} deep in each other", contentline::MAX_DEPTH)]
    TooDeep,
    /// It is not of the folder's kind.
    #[error("the text holds no {component}")]
    Missing {
        /// The component or line that was looked for.
        component: &'static str,
    },
    /// It holds several items, which are stored one by one.
    #[error("the text holds several items")]
    Several,
    /// It is a message about an item, not the item.
    #[error("the text is a message with METHOD, not an item")]
    Method,
}

/// Checks that a text can be stored as an item of this kind.
///
/// # Errors
///
/// [`Unfit`] says what is the matter. Lines that are not understood are not: they are kept.
pub fn check(kind: Kind, content: &[u8]) -> Result<(), Unfit> {
    let limit_bytes = match kind {
        Kind::Mail | Kind::Files => MAX_MESSAGE_BYTES,
        Kind::Calendar | Kind::Contacts | Kind::Tasks | Kind::Notes => MAX_ITEM_BYTES,
    };
    if content.len() > limit_bytes {
        return Err(Unfit::TooLarge { size_bytes: content.len(), limit_bytes });
    }
    match kind {
        Kind::Mail | Kind::Files => Ok(()),
        Kind::Contacts => card(&Document::parse(content)),
        Kind::Calendar => calendar(&Document::parse(content), "VEVENT"),
        Kind::Tasks => calendar(&Document::parse(content), "VTODO"),
        Kind::Notes => calendar(&Document::parse(content), "VJOURNAL"),
    }
}

/// Returns the first line of an iCalendar or vCard text that is no content line, or that leaves a component open. Such
/// a text can be kept all the same; a client that can be told had better be.
#[must_use]
pub fn malformed(kind: Kind, content: &[u8]) -> Option<Trouble> {
    match kind {
        Kind::Mail | Kind::Files => None,
        Kind::Calendar | Kind::Contacts | Kind::Tasks | Kind::Notes => {
            Document::parse(content).troubles().first().cloned()
        }
    }
}

fn card(document: &Document<'_>) -> Result<(), Unfit> {
    if document.is_too_deep() {
        return Err(Unfit::TooDeep);
    }
    match document.roots().filter(|root| root.name() == "VCARD").count() {
        0 => Err(Unfit::Missing { component: "VCARD" }),
        1 => Ok(()),
        _ => Err(Unfit::Several),
    }
}

fn calendar(document: &Document<'_>, component: &'static str) -> Result<(), Unfit> {
    if document.is_too_deep() {
        return Err(Unfit::TooDeep);
    }
    // A file inside an item is one line.
    let is_long = |line: &&contentline::Line<'_>| line.range().len() > MAX_LINE_BYTES && !line.is("ATTACH");
    if let Some(long) = document.all_lines().iter().find(is_long) {
        return Err(Unfit::LongLine { line: long.number() });
    }
    let root = document.root("VCALENDAR").ok_or(Unfit::Missing { component: "VCALENDAR" })?;
    if document.named(root, "METHOD").next().is_some() {
        return Err(Unfit::Method);
    }
    let parts: Vec<_> = document.children(root).filter(|child| child.name() == component).collect();
    let Some((first, others)) = parts.split_first() else { return Err(Unfit::Missing { component }) };
    let uid = |part| document.named(part, "UID").next().map(contentline::Line::value);
    if others.iter().any(|part| uid(part) != uid(first)) {
        return Err(Unfit::Several);
    }
    let starts = |part| document.named(part, "DTSTART").next().is_some();
    if component == "VEVENT" && !parts.iter().all(|part| starts(part)) {
        return Err(Unfit::Missing { component: "DTSTART" });
    }
    at_most(others.len(), MAX_OVERRIDES, "changed occurrences")?;
    parts.iter().try_for_each(|part| counts(document, part))
}

fn counts(document: &Document<'_>, part: &Component) -> Result<(), Unfit> {
    let values = |name| {
        let lines = document.named(part, name);
        lines.map(|line| line.value().split(',').count()).sum::<usize>()
    };
    at_most(values("EXDATE"), MAX_DATES, "dates that are left out")?;
    at_most(values("RDATE"), MAX_DATES, "dates that are added")?;
    at_most(document.named(part, "ATTENDEE").count(), MAX_ATTENDEES, "attendees")?;
    at_most(document.children(part).filter(|child| child.name() == "VALARM").count(), MAX_ALARMS, "alarms")
}

const fn at_most(count: usize, limit: usize, what: &'static str) -> Result<(), Unfit> {
    if count > limit { Err(Unfit::TooMany { what, limit }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(lines: &str) -> Vec<u8> {
        format!("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART:20260304\n{lines}END:VEVENT\nEND:VCALENDAR\n")
            .into_bytes()
    }

    fn too_many(what: &'static str, limit: usize) -> Result<(), Unfit> {
        Err(Unfit::TooMany { what, limit })
    }

    #[test]
    fn an_item_has_a_largest_size() {
        let card = |bytes: usize| {
            let mut card = b"BEGIN:VCARD\nNOTE:".to_vec();
            card.resize(bytes - 11, b'x');
            card.extend_from_slice(b"\nEND:VCARD\n");
            card
        };
        assert_eq!(check(Kind::Contacts, &card(MAX_ITEM_BYTES)), Ok(()));
        let size_bytes = MAX_ITEM_BYTES + 1;
        let too_large = Err(Unfit::TooLarge { size_bytes, limit_bytes: MAX_ITEM_BYTES });
        assert_eq!(check(Kind::Contacts, &card(size_bytes)), too_large);
        assert_eq!(check(Kind::Files, &vec![0; MAX_ITEM_BYTES + 1]), Ok(()));
        assert!(check(Kind::Mail, &vec![0; MAX_MESSAGE_BYTES + 1]).is_err());
    }

    #[test]
    fn a_line_has_a_longest_length() {
        let of = |bytes: usize| check(Kind::Calendar, &event(&format!("X:{}\n", "x".repeat(bytes - 3))));
        assert_eq!(of(MAX_LINE_BYTES), Ok(()));
        assert_eq!(of(MAX_LINE_BYTES + 1), Err(Unfit::LongLine { line: 5 }));
    }

    #[test]
    fn everything_that_repeats_has_a_limit() {
        let of = |line: &str, count: usize| check(Kind::Calendar, &event(&line.repeat(count)));
        assert_eq!(of("ATTENDEE:mailto:a@x\n", MAX_ATTENDEES), Ok(()));
        assert_eq!(of("ATTENDEE:mailto:a@x\n", MAX_ATTENDEES + 1), too_many("attendees", MAX_ATTENDEES));
        assert_eq!(of("EXDATE:20260304,20260305\n", MAX_DATES / 2), Ok(()));
        let left_out = too_many("dates that are left out", MAX_DATES);
        assert_eq!(of("EXDATE:20260304,20260305\n", MAX_DATES / 2 + 1), left_out);
        assert_eq!(of("RDATE:20260304\n", MAX_DATES + 1), too_many("dates that are added", MAX_DATES));
        assert_eq!(of("BEGIN:VALARM\nEND:VALARM\n", MAX_ALARMS), Ok(()));
        assert_eq!(of("BEGIN:VALARM\nEND:VALARM\n", MAX_ALARMS + 1), too_many("alarms", MAX_ALARMS));
        let another = "END:VEVENT\nBEGIN:VEVENT\nUID:1\nDTSTART:20260304\n";
        assert_eq!(of(another, MAX_OVERRIDES), Ok(()));
        assert_eq!(of(another, MAX_OVERRIDES + 1), too_many("changed occurrences", MAX_OVERRIDES));
        assert_eq!(of(&"BEGIN:X\n".repeat(3), 1), Err(Unfit::TooDeep));
    }

    #[test]
    fn the_line_that_is_wrong_is_named() {
        assert_eq!(malformed(Kind::Calendar, &event("SUMMARY:x\n")), None);
        assert_eq!(
            malformed(Kind::Calendar, &event("no line at all\n")).map(|trouble| trouble.line),
            Some(5)
        );
        assert!(malformed(Kind::Contacts, b"BEGIN:VCARD\nFN:x\n").is_some(), "its END is missing");
        assert_eq!(malformed(Kind::Files, b"no line"), None);
    }

    #[test]
    fn only_one_item_of_the_kind_is_taken() {
        assert_eq!(check(Kind::Calendar, &event("END:VEVENT\nBEGIN:VEVENT\nUID:2\n")), Err(Unfit::Several));
        assert_eq!(check(Kind::Tasks, &event("")), Err(Unfit::Missing { component: "VTODO" }));
        assert_eq!(check(Kind::Notes, b""), Err(Unfit::Missing { component: "VCALENDAR" }));
        let card = b"BEGIN:VCARD\nEND:VCARD\n".to_vec();
        assert_eq!(check(Kind::Contacts, &card), Ok(()));
        assert_eq!(check(Kind::Contacts, &card.repeat(2)), Err(Unfit::Several));
        assert_eq!(check(Kind::Contacts, &event("")), Err(Unfit::Missing { component: "VCARD" }));
        let other = event("END:VEVENT\nBEGIN:VEVENT\nUID:1\n");
        assert_eq!(check(Kind::Calendar, &other), Err(Unfit::Missing { component: "DTSTART" }));
        let invitation = b"BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nEND:VEVENT\nEND:VCALENDAR\n";
        assert_eq!(check(Kind::Calendar, invitation), Err(Unfit::Method));
    }
}
