//! The difference between two versions of an item, property by property.

use std::collections::BTreeMap;

use crate::{Kind, Line, Property, event, properties};

/// Returns the properties of both versions, one line each, sorted by name; `None` is a version that does not exist.
///
/// A property that occurs several times has several lines, in the order of the text.
#[must_use]
pub fn compare(kind: Kind, stands: Option<&[u8]>, tried: Option<&[u8]>) -> Vec<Line> {
    let read = |version: Option<&[u8]>| version.map(|text| properties(kind, text)).unwrap_or_default();
    let mut names: BTreeMap<String, Versions> = BTreeMap::new();
    for Property { name, value } in read(stands) {
        names.entry(name).or_default().stands.push(value);
    }
    for Property { name, value } in read(tried) {
        names.entry(name).or_default().tried.push(value);
    }
    names.into_iter().flat_map(|(name, versions)| versions.lines(&name)).collect()
}

/// The values of one name in either version.
#[derive(Default)]
struct Versions {
    stands: Vec<String>,
    tried: Vec<String>,
}

impl Versions {
    fn lines(self, name: &str) -> Vec<Line> {
        let count = self.stands.len().max(self.tried.len());
        let mut stands = self.stands.into_iter();
        let mut tried = self.tried.into_iter();
        (0..count)
            .map(|_| Line { name: name.to_owned(), stands: stands.next(), tried: tried.next() })
            .collect()
    }
}

/// What phones change by themselves, as notices name it.
const WITHOUT_INTENT: [&str; 12] = [
    "Appointmentreplytime",
    "Created",
    "Dtstamp",
    "Last-modified",
    "Lastmodifieddate",
    "Reminder",
    "Reminderset",
    "Remindertime",
    "Responsetype",
    "Sequence",
    "X-lic-error",
    "X-moz-lastack",
];

/// Returns whether the versions differ in nothing that a person did: only in what phones change by themselves
/// (reminders, time stamps, the own response) or in how an equal value is written.
#[must_use]
pub fn without_intent(kind: Kind, stands: &[u8], tried: &[u8]) -> bool {
    match kind {
        // Bytes that nobody understands differ because somebody changed them.
        Kind::Files => stands == tried,
        Kind::Calendar => event::without_intent(stands, tried),
        Kind::Mail | Kind::Contacts | Kind::Tasks | Kind::Notes => compare(kind, Some(stands), Some(tried))
            .iter()
            .filter(|line| line.differs())
            .all(|line| is_without_intent(&line.name) || same(line.stands.as_deref(), line.tried.as_deref())),
    }
}

/// Also of one exception of a series: `Exception 2026-03-04 09:00: Reminder`.
fn is_without_intent(name: &str) -> bool {
    let own = name.rsplit_once(": ").map_or(name, |(_, own)| own);
    WITHOUT_INTENT.contains(&own)
}

/// Returns whether the values say the same: white space at the ends of lines does not count, nothing is as good
/// as empty.
fn same(stands: Option<&str>, tried: Option<&str>) -> bool {
    let lines = |text: &'_ str| text.trim().lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    lines(stands.unwrap_or_default()) == lines(tried.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    const STANDS: &[u8] =
        b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Manoel Neuer\r\nN:Neuer;Manoel;;;\r\nORG:FCB\r\n\
        TITLE:Keeper\r\nX-SHOE:43\r\nEND:VCARD\r\n";

    fn tried(from: &str, to: &str) -> Vec<u8> {
        String::from_utf8(STANDS.to_vec()).unwrap().replace(from, to).into_bytes()
    }

    fn differing(stands: Option<&[u8]>, tried: Option<&[u8]>) -> Vec<Line> {
        compare(Kind::Contacts, stands, tried).into_iter().filter(Line::differs).collect()
    }

    #[test]
    fn every_property_is_listed_by_name() {
        let names: Vec<_> =
            compare(Kind::Contacts, Some(STANDS), Some(STANDS)).into_iter().map(|line| line.name).collect();
        assert_eq!(names, ["Companyname", "Fileas", "Firstname", "Jobtitle", "Lastname", "X-shoe"]);
        assert_eq!(differing(Some(STANDS), Some(STANDS)), []);
    }

    #[test]
    fn a_changed_a_new_and_a_missing_value_differ() {
        let other = tried("Neuer;Manoel", "Neuer;Manuel");
        let other = String::from_utf8(other).unwrap().replace("TITLE:Keeper\r\n", "NOTE:one\r\n");
        let lines = differing(Some(STANDS), Some(other.as_bytes()));
        let line = |name: &str, stands: Option<&str>, tried: Option<&str>| Line {
            name: name.to_owned(),
            stands: stands.map(str::to_owned),
            tried: tried.map(str::to_owned),
        };
        assert_eq!(
            lines,
            [
                line("Body", None, Some("one")),
                line("Firstname", Some("Manoel"), Some("Manuel")),
                line("Jobtitle", Some("Keeper"), None),
            ]
        );
    }

    #[test]
    fn a_version_that_is_not_there_has_no_values() {
        assert!(differing(None, Some(STANDS)).iter().all(|line| line.stands.is_none()));
        assert_eq!(differing(Some(STANDS), None).len(), 6);
    }

    #[test]
    fn what_is_only_written_otherwise_has_no_intent() {
        let is_silent = |from, to| without_intent(Kind::Contacts, STANDS, &tried(from, to));
        assert!(is_silent("VERSION:3.0\r\n", "VERSION:3.0\r\nREV:2026-01-01\r\n"));
        assert!(is_silent("ORG:FCB", "org;X-A=1:FC\r\n B "));
        assert!(is_silent("ORG:FCB", "ORG:FCB\r\nNOTE:"));
        assert!(is_silent("ORG:FCB", "ORG:FCB\r\nCLASS:PUBLIC"));
        assert!(!is_silent("ORG:FCB", "ORG:FCB\r\nCLASS:PRIVATE"));
        assert!(!is_silent("ORG:FCB", "ORG:F CB"));
        assert!(!is_silent("ORG:FCB", "ORG:BVB"));
        assert!(!is_silent("X-SHOE:43\r\n", ""));
    }

    #[test]
    fn files_are_compared_as_bytes() {
        assert!(without_intent(Kind::Files, b"a", b"a"));
        assert!(!without_intent(Kind::Files, b"a", b"b"));
    }
}
