//! What items of each kind say: every text that somebody writes has a word that is never used again.

use items::Kind;
use phone::{Class, Version};

/// The class of a kind on a phone.
pub(crate) fn class(kind: Kind) -> Class {
    match kind {
        Kind::Mail => Class::Mail,
        Kind::Contacts => Class::Contacts,
        Kind::Calendar => Class::Calendar,
        Kind::Tasks => Class::Tasks,
        Kind::Notes => Class::Notes,
        Kind::Files => panic!("phones show no files"),
    }
}

/// The field that an item is known by.
pub(crate) fn title(kind: Kind) -> &'static str {
    if kind == Kind::Contacts { "LastName" } else { "Subject" }
}

/// Fields that a phone writes and reads back as they are.
pub(crate) fn plain(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Contacts => &["LastName", "FirstName", "JobTitle", "Spouse"],
        Kind::Calendar => &["Subject", "Location", "Body", "StartTime", "EndTime"],
        Kind::Tasks => &["Subject", "Body", "Categories", "Complete"],
        Kind::Notes => &["Subject", "Body", "Categories"],
        Kind::Mail => &["Subject", "Flag", "Categories", "Read"],
        Kind::Files => &[],
    }
}

/// The edit of an item that is there: another title, a field that the server has not, none where it has one.
pub(crate) fn edit<'a>(
    kind: Kind,
    version: Version,
    one: &'a str,
    two: &'a str,
) -> Vec<(&'static str, &'a str)> {
    match kind {
        Kind::Contacts => vec![("LastName", one), ("Spouse", two), ("JobTitle", "")],
        Kind::Calendar => vec![("Subject", one), ("Body", two), ("Location", "")],
        Kind::Tasks | Kind::Notes => vec![("Subject", one), ("Categories", two), ("Body", "")],
        Kind::Mail => mark(version, one, two),
        Kind::Files => Vec::new(),
    }
}

/// The flag of a message, and its categories where the version has them. The flag comes with its status.
pub(crate) fn mark<'a>(version: Version, flag: &'a str, category: &'a str) -> Vec<(&'static str, &'a str)> {
    let mut marks = vec![("Flag", flag)];
    if version >= Version::V14_0 {
        marks.push(("Categories", category));
    }
    marks
}

/// A new item.
pub(crate) fn new<'a>(kind: Kind, one: &'a str, two: &'a str) -> Vec<(&'static str, &'a str)> {
    match kind {
        Kind::Contacts => vec![("LastName", one), ("Spouse", two)],
        Kind::Calendar => vec![("Subject", one), ("Location", two)],
        Kind::Tasks | Kind::Notes => vec![("Subject", one), ("Body", two)],
        Kind::Mail | Kind::Files => Vec::new(),
    }
}

/// An item as the server stores it.
pub(crate) fn stored(kind: Kind, word: &str) -> String {
    let head = format!("UID:{word}\r\nDTSTAMP:20260101T000000Z\r\nSUMMARY:{word}\r\n");
    let component = |name: &str, rest: &str| {
        format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//club//EN\r\nBEGIN:{name}\r\n{head}{rest}END:{name}\r\n\
             END:VCALENDAR\r\n"
        )
    };
    match kind {
        Kind::Contacts => format!(
            "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:{word}\r\nFN:Manoel {word}\r\nN:{word};Manoel;;;\r\n\
             TITLE:Keeper\r\nORG:FCB\r\nEND:VCARD\r\n"
        ),
        Kind::Calendar => {
            component("VEVENT", "DTSTART:20260305T090000Z\r\nDTEND:20260305T093000Z\r\nLOCATION:Room 1\r\n")
        }
        Kind::Tasks => component("VTODO", "DESCRIPTION:Soon\r\nSTATUS:NEEDS-ACTION\r\n"),
        Kind::Notes => component("VJOURNAL", "DESCRIPTION:Soon\r\n"),
        Kind::Mail | Kind::Files => format!(
            "From: Somebody <somebody@example.org>\r\nTo: all@example.org\r\nSubject: {word}\r\n\
             Date: Sun, 01 Mar 2026 09:00:00 +0000\r\nMessage-ID: <{word}@example.org>\r\n\r\nHello.\r\n"
        ),
    }
}

/// The second occurrence of a [`series`], in UTC.
pub(crate) const OCCURRENCE: &str = "20260306T090000Z";

/// The file in an event [`with_file`].
pub(crate) const FILE: &str = "plan.txt";

/// An event on five days as the server stores it.
pub(crate) fn series(word: &str) -> String {
    stored(Kind::Calendar, word)
        .replace("LOCATION:Room 1\r\n", "LOCATION:Room 1\r\nRRULE:FREQ=DAILY;COUNT=5\r\n")
}

/// An event with a file in it as the server stores it.
pub(crate) fn with_file(word: &str) -> String {
    let file = format!(
        "LOCATION:Room 1\r\nATTACH;FMTTYPE=text/plain;FILENAME={FILE};ENCODING=BASE64;VALUE=BINARY:UGxhbg==\r\n"
    );
    stored(Kind::Calendar, word).replace("LOCATION:Room 1\r\n", &file)
}

/// Stored text without what may stand inside a word: folds and soft line ends.
pub(crate) fn unfolded(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    text.replace("\r\n ", "").replace("\r\n\t", "").replace("=\r\n", "")
}
