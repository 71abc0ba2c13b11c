//! Real files of other projects: nothing panics, nothing that was not edited changes.

#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]

use std::fs;
use std::path::{Path, PathBuf};

use items::contact::{self, Contact, Field};
use items::contentline::Document;
use items::{Change, Edit, Kind, Stamp, note, task};

/// Returns the corpus files with this ending, none where there is no corpus.
fn files(ending: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/corpus").join(ending);
    let Ok(folder) = fs::read_dir(&root) else {
        println!("no corpus at {}: nothing is tested", root.display());
        return Vec::new();
    };
    let mut files: Vec<_> = folder.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn stamp() -> Stamp {
    Stamp { uid: "u".to_owned(), now: "2026-03-04T08:00:00Z".parse().unwrap() }
}

/// Returns the raw lines of a text, those aside that the predicate is for.
fn lines_without(text: &[u8], is_left_out: impl Fn(&items::contentline::Line<'_>) -> bool) -> Vec<Vec<u8>> {
    let document = Document::parse(text);
    let kept = document.all_lines().iter().filter(|line| !is_left_out(line));
    kept.map(|line| text[line.range()].to_vec()).collect()
}

const fn percent(part: usize, whole: usize) -> usize {
    match whole {
        0 => 100,
        _ => part * 100 / whole,
    }
}

#[test]
fn cards_are_understood() {
    let (mut known, mut all, mut count) = (0, 0, 0);
    for path in files("vcf") {
        let text = fs::read(&path).unwrap();
        let _ = items::index(Kind::Contacts, &text);
        let _ = items::report(Kind::Contacts, &text);
        assert!(!items::compare(Kind::Contacts, Some(&text), Some(&text)).iter().any(items::Line::differs));
        let (some, whole) = contact::coverage(&text);
        (known, all, count) = (known + some, all + whole, count + 1);
    }
    println!("vCard: understood {known} of {all} lines ({} %) in {count} files", percent(known, all));
    assert!(percent(known, all) >= 60, "less is understood than before");
}

#[test]
fn an_edit_of_a_card_leaves_all_other_lines() {
    let edits = [
        (Field::JobTitle, "TITLE"),
        (Field::FirstName, "N"),
        (Field::CompanyName, "ORG"),
        (Field::Email1Address, "EMAIL"),
        (Field::MobilePhoneNumber, "TEL"),
        (Field::HomeAddressCity, "ADR"),
        (Field::Body, "NOTE"),
        (Field::NickName, "NICKNAME"),
    ];
    for path in files("vcf") {
        let text = fs::read(&path).unwrap();
        if Document::parse(&text).root("VCARD").is_none() {
            continue;
        }
        for (field, name) in edits {
            let edit = Edit::Contact(Box::new(contact::Edit::default().text(field, "Wholly new")));
            let edited = items::apply(&text, &edit, &stamp()).unwrap();
            let other = |line: &items::contentline::Line<'_>| line.is(name) || line.is("FN");
            assert_eq!(
                lines_without(&edited, other),
                lines_without(&text, other),
                "{} {field:?}",
                path.display()
            );
            assert_eq!(
                Contact::parse(&edited).text(field),
                Some("Wholly new"),
                "{} {field:?}",
                path.display()
            );
        }
        let none = Edit::Contact(Box::default());
        assert_eq!(items::apply(&text, &none, &stamp()).unwrap(), text);
    }
}

#[test]
fn calendars_are_read_and_edited() {
    let (mut known, mut all, mut count) = (0, 0, 0);
    let (mut troubles, mut lines) = (0, 0);
    for path in files("ics") {
        let text = fs::read(&path).unwrap();
        count += 1;
        lines += Document::parse(&text).all_lines().len();
        troubles += items::report(Kind::Calendar, &text).len();
        let _ = items::check(Kind::Calendar, &text);
        for kind in [Kind::Calendar, Kind::Tasks, Kind::Notes] {
            let _ = items::index(kind, &text);
            let _ = items::report(kind, &text);
            assert!(!items::compare(kind, Some(&text), Some(&text)).iter().any(items::Line::differs));
        }
        for (some, whole) in [task::coverage(&text), note::coverage(&text)] {
            (known, all) = (known + some, all + whole);
        }
        let subject = Change::Set("Wholly new".to_owned());
        let edits = [
            Edit::Task(Box::new(task::Edit { subject: subject.clone(), ..task::Edit::default() })),
            Edit::Note(Box::new(note::Edit { subject, ..note::Edit::default() })),
        ];
        for edit in edits {
            if let Ok(edited) = items::apply(&text, &edit, &stamp()) {
                let other =
                    |line: &items::contentline::Line<'_>| line.is("SUMMARY") || line.is("LAST-MODIFIED");
                assert_eq!(lines_without(&edited, other), lines_without(&text, other), "{}", path.display());
            }
        }
    }
    let understood = lines.saturating_sub(troubles);
    println!(
        "iCalendar: understood {understood} of {lines} lines ({} %) in {count} files",
        percent(understood, lines)
    );
    println!(
        "tasks and notes: understood {known} of {all} lines ({} %) in {count} files",
        percent(known, all)
    );
}
