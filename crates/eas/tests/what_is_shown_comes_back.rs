//! What a phone is shown of an item and sends back unchanged changes no byte of it; what it changes, changes nothing else.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "what is not there fails the test")]

use std::collections::BTreeMap;
use std::path::Path;

use eas::payload::{
    BodyPreference, BodyType, Dates, Ghosting, MimeSupport, Options, Reading, application_data, contact,
    event, note, parse, task,
};
use eas::request::Version;
use items::contact::Contact;
use items::event::Event;
use items::note::Note;
use items::task::Task;
use items::{Kind, Stamp};
use jiff::tz::TimeZone;
use wbxml::page::{calendar, contacts, notes, tasks};
use wbxml::{Element, Tag};

const VERSIONS: [Version; 2] = [Version::V14_1, Version::V16_1];

/// An item of each kind with every property that phones have a word for, and some that they have none for.
const FULL: [(Kind, &str); 4] = [
    (
        Kind::Calendar,
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nX-WR-CALNAME:odd\r\nBEGIN:VEVENT\r\nUID:u1\r\nDTSTAMP:20260101T000000Z\r\n\
SUMMARY;LANGUAGE=en:Team\r\nLOCATION;ALTREP=\"x:y\":Room 1\r\nGEO:48.1;11.6\r\nX-EAS-LOCATION-CITY:Rome\r\n\
DESCRIPTION:a\\nb\r\nDTSTART;TZID=Europe/Berlin:20260304T090000\r\nDTEND;TZID=Europe/Berlin:20260304T100000\r\n\
RRULE:FREQ=WEEKLY;BYDAY=WE;UNTIL=20261230T080000Z\r\nEXDATE;TZID=Europe/Berlin:20260318T090000\r\n\
CATEGORIES:x,y\r\nCLASS:PRIVATE\r\nTRANSP:OPAQUE\r\nX-MICROSOFT-CDO-BUSYSTATUS:OOF\r\nX-ODD;A=b:kept\r\n\
ORGANIZER;CN=Ann:mailto:ann@example.org\r\nATTENDEE;CN=Bo;PARTSTAT=ACCEPTED;X-P=1:mailto:bo@example.org\r\n\
ATTENDEE;ROLE=OPT-PARTICIPANT:mailto:cy@example.org\r\nATTACH;ENCODING=BASE64;VALUE=BINARY;FILENAME=a.txt:YQ==\r\n\
BEGIN:VALARM\r\nTRIGGER:-PT10M\r\nX-A:1\r\nEND:VALARM\r\nBEGIN:VALARM\r\nTRIGGER:-PT1H\r\nEND:VALARM\r\n\
END:VEVENT\r\nEND:VCALENDAR\r\n",
    ),
    (
        Kind::Contacts,
        "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:c1\r\nN:Neuer;Manoel;M.;Dr.;jr.\r\nFN:Manoel Neuer\r\nNICKNAME:Mane\r\n\
ORG:FCB;Goal\r\nTITLE:Keeper\r\nBDAY:1986-03-27\r\nEMAIL;TYPE=INTERNET,PREF:a@x.example\r\nEMAIL:b@x.example\r\n\
EMAIL:c@x.example\r\nEMAIL:d@x.example\r\nTEL;TYPE=CELL:1\r\nTEL;TYPE=HOME:2\r\nTEL;TYPE=WORK;X-P=1:3\r\n\
ADR;TYPE=home:;;Street 1;Town;Part;12;Land\r\nURL:https://x.example\r\nNOTE:a\\nb\r\nCATEGORIES:x,y\r\nX-ODD:kept\r\n\
PHOTO;ENCODING=b;TYPE=PNG:AAEC\r\nEND:VCARD\r\n",
    ),
    (
        Kind::Tasks,
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VTODO\r\nUID:t1\r\nDTSTAMP:20260101T000000Z\r\nSUMMARY:Mow\r\n\
DESCRIPTION:a\\nb\r\nDTSTART;VALUE=DATE:20260304\r\nDUE;VALUE=DATE:20260305\r\nPRIORITY:1\r\nCATEGORIES:x\r\n\
CLASS:PRIVATE\r\nRELATED-TO:t0\r\nSTATUS:COMPLETED\r\nCOMPLETED:20260306T100000Z\r\nPERCENT-COMPLETE:100\r\n\
RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=WE;WKST=MO\r\nX-EAS-REGENERATE:1\r\nX-ALT-DESC;FMTTYPE=text/html:<p>a</p><p>b</p>\r\nX-ODD:kept\r\n\
BEGIN:VALARM\r\nTRIGGER;VALUE=DATE-TIME:20260304T070000Z\r\nX-A:1\r\nEND:VALARM\r\nEND:VTODO\r\nEND:VCALENDAR\r\n",
    ),
    (
        Kind::Notes,
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VJOURNAL\r\nUID:n1\r\nDTSTAMP:20260101T000000Z\r\n\
LAST-MODIFIED:20260102T000000Z\r\nSUMMARY;LANGUAGE=en:Milk\r\nDESCRIPTION:a\\nb\r\nCATEGORIES:x,y\r\n\
X-ALT-DESC;FMTTYPE=text/html:<p>a</p><p>b</p>\r\nX-ODD:kept\r\nEND:VJOURNAL\r\nEND:VCALENDAR\r\n",
    ),
];

fn options(version: Version) -> Options {
    Options {
        version,
        bodies: vec![BodyPreference {
            kind: BodyType::Plain,
            truncation: None,
            all_or_none: false,
            preview: None,
        }],
        mime: MimeSupport::Unsaid,
        zone: TimeZone::get("Europe/Berlin").unwrap(),
        owner: vec!["ann@example.org".to_owned()],
        dates: Dates::default(),
    }
}

fn reading(version: Version) -> Reading {
    Reading {
        version,
        ghosting: Ghosting::Nothing,
        home: Some(TimeZone::get("Europe/Berlin").unwrap()),
        owner: vec!["ann@example.org".to_owned()],
        device_type: "iPhone".to_owned(),
        device: 1,
    }
}

fn shown(kind: Kind, text: &[u8], version: Version) -> Vec<Element> {
    match kind {
        Kind::Calendar => event::render(&Event::parse(text), &options(version)),
        Kind::Contacts => contact::render(&Contact::parse(text), &options(version)),
        Kind::Tasks => task::render(&Task::parse(text), &options(version)),
        Kind::Notes => note::render(&Note::parse(text), jiff::Timestamp::UNIX_EPOCH, &options(version)),
        Kind::Mail | Kind::Files => Vec::new(),
    }
}

/// What a phone sends of what it shows: from 16.0 on no exceptions with the series.
fn sent_back(elements: Vec<Element>, version: Version) -> Vec<Element> {
    let is_sent = |element: &Element| version < Version::V16_0 || element.tag != calendar::EXCEPTIONS;
    elements.into_iter().filter(is_sent).collect()
}

fn applied(kind: Kind, text: &[u8], sent: Vec<Element>, version: Version) -> String {
    let edit = parse(kind, &application_data(sent), &reading(version)).unwrap();
    let stamp = Stamp { uid: "new".to_owned(), now: "2026-02-01T10:00:00Z".parse().unwrap() };
    String::from_utf8_lossy(&items::apply(text, &edit, &stamp).unwrap()).into_owned()
}

fn corpus(ending: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/corpus").join(ending);
    let Ok(entries) = std::fs::read_dir(&folder) else {
        println!("no corpus at {}: nothing was tried", folder.display());
        return Vec::new();
    };
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let read = |path: &std::path::PathBuf| (path.display().to_string(), std::fs::read(path).unwrap());
    files.iter().map(read).collect()
}

fn subject(kind: Kind) -> Tag {
    match kind {
        Kind::Contacts => contacts::JOB_TITLE,
        Kind::Tasks => tasks::SUBJECT,
        Kind::Notes => notes::SUBJECT,
        Kind::Calendar | Kind::Mail | Kind::Files => calendar::SUBJECT,
    }
}

/// Lines that only one of two texts has.
fn differing(one: &str, other: &str) -> Vec<String> {
    let only = |one: &str, other: &str| {
        let lines: Vec<_> = other.lines().collect();
        one.lines().filter(|line| !lines.contains(line)).map(str::to_owned).collect::<Vec<_>>()
    };
    [only(one, other), only(other, one)].concat()
}

#[test]
fn every_property_comes_back_as_it_was() {
    for (kind, text) in FULL {
        for version in VERSIONS {
            let sent = sent_back(shown(kind, text.as_bytes(), version), version);
            assert_eq!(applied(kind, text.as_bytes(), sent, version), text, "{kind} at {version}");
        }
    }
}

#[test]
fn a_change_leaves_every_other_line() {
    for (kind, text) in FULL {
        for version in VERSIONS {
            let mut sent = sent_back(shown(kind, text.as_bytes(), version), version);
            sent.retain(|element| element.tag != subject(kind));
            sent.push(Element::text(subject(kind), "Something else"));
            let becomes = applied(kind, text.as_bytes(), sent, version);
            for line in differing(text, &becomes) {
                let is_named = ["SUMMARY", "TITLE", "DTSTAMP", "LAST-MODIFIED", "REV", "SEQUENCE"]
                    .iter()
                    .any(|name| line.starts_with(name));
                assert!(is_named, "{kind} at {version}: {line}");
            }
            assert!(becomes.contains("Something else"));
        }
    }
}

#[test]
fn what_is_made_on_a_phone_is_shown_on_another_as_it_was_sent() {
    for (kind, text) in FULL {
        for version in VERSIONS {
            let sent = sent_back(shown(kind, text.as_bytes(), version), version);
            let edit = parse(kind, &application_data(sent.clone()), &reading(version)).unwrap();
            let stamp = Stamp { uid: "new".to_owned(), now: "2026-02-01T10:00:00Z".parse().unwrap() };
            let stored = items::create(&edit, &stamp).unwrap();
            let again = shown(kind, &stored, version);
            let is_servers = |tag: Tag| {
                let organizer = [calendar::ORGANIZER_NAME, calendar::ORGANIZER_EMAIL].contains(&tag);
                [calendar::DT_STAMP, notes::LAST_MODIFIED_DATE].contains(&tag)
                    || version >= Version::V16_0 && (organizer || tag == calendar::ATTENDEES)
            };
            for element in sent.iter().filter(|element| !is_servers(element.tag)) {
                let other = again.iter().find(|other| other.tag == element.tag);
                let (sent, other) = (wbxml::to_xml(element), other.map(wbxml::to_xml).unwrap_or_default());
                assert_eq!(other, sent, "{kind} at {version}");
            }
        }
    }
}

#[test]
fn what_others_wrote_comes_back_byte_for_byte() {
    let mut failed = Vec::new();
    let kinds =
        [(Kind::Calendar, "ics"), (Kind::Contacts, "vcf"), (Kind::Tasks, "ics"), (Kind::Notes, "ics")];
    for (kind, ending) in kinds {
        for (name, stored) in corpus(ending) {
            // Of a file with several items, or one that nothing could be stored of, nothing is sent to phones.
            if items::check(kind, &stored).is_err() {
                continue;
            }
            for version in VERSIONS {
                let sent = sent_back(shown(kind, &stored, version), version);
                let becomes = applied(kind, &stored, sent, version);
                let before = String::from_utf8_lossy(&stored);
                if becomes != before {
                    failed.push(format!("{name} at {version}: {:?}", differing(&before, &becomes)));
                }
            }
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// Returns how often each line is there that a change of an occurrence must leave alone.
fn lasting(text: &str) -> BTreeMap<&str, usize> {
    const CHANGED: [&str; 5] = ["SUMMARY", "DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "EXDATE"];
    let mut lines = BTreeMap::new();
    for line in text.lines().filter(|line| !CHANGED.iter().any(|name| line.starts_with(name))) {
        *lines.entry(line).or_default() += 1;
    }
    lines
}

#[test]
fn a_change_of_one_occurrence_leaves_every_line_of_the_series() {
    let home = TimeZone::get("Europe/Berlin").unwrap();
    for (name, stored) in corpus("ics") {
        let series = Event::parse(&stored);
        let start = series.details.start.as_ref().map(|start| start.instant(&home));
        let Some(start) = start.filter(|_| series.rule.is_some() && !series.details.all_day()) else {
            continue;
        };
        let data = application_data(vec![Element::text(calendar::SUBJECT, "Only once")]);
        let instance = start.strftime("%Y%m%dT%H%M%SZ").to_string();
        let edit = event::occurrence(&data, &instance, &reading(Version::V16_1)).unwrap();
        let stamp = Stamp { uid: "new".to_owned(), now: "2026-02-01T10:00:00Z".parse().unwrap() };
        // Some begin on a day that their rule does not have.
        let Ok(becomes) = items::apply(&stored, &edit, &stamp) else { continue };
        let (before, after) = (String::from_utf8_lossy(&stored), String::from_utf8_lossy(&becomes));
        let after_lines = lasting(&after);
        for (line, count) in lasting(&before) {
            assert!(after_lines.get(line).is_some_and(|now| *now >= count), "{name}: {line}");
        }
        assert!(after.contains("Only once"), "{name}");
    }
}
