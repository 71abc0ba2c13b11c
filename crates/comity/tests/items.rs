//! Items in and out from the command line.

mod common;

use common::{Place, has};
use serde_json::json;

const CARDS: &str = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:one\r\nFN:Manoel Neuer\r\nN:Neuer;Manoel;;;\r\nORG:FCB\r\nTITLE:Keeper\r\n\
    END:VCARD\r\nBEGIN:VCARD\r\nVERSION:3.0\r\nUID:two\r\nFN:Ada Lund\r\nN:Lund;Ada;;;\r\nthis is no line\r\nEND:VCARD\r\n";

const FEED: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//a//EN\r\nBEGIN:VTIMEZONE\r\nTZID:Here\r\nBEGIN:STANDARD\r\n\
    DTSTART:19700101T000000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\nUID:e1\r\n\
    DTSTAMP:20260101T000000Z\r\nDTSTART;TZID=Here:20260304T090000\r\nRRULE:FREQ=DAILY\r\nSUMMARY:Daily\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\n\
    UID:e1\r\nRECURRENCE-ID;TZID=Here:20260305T090000\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;TZID=Here:20260305T100000\r\n\
    SUMMARY:Later\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:e2\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:20260501\r\nSUMMARY:Day\r\n\
    END:VEVENT\r\nBEGIN:VTODO\r\nUID:t1\r\nSUMMARY:Do\r\nEND:VTODO\r\nEND:VCALENDAR\r\n";

#[test]
fn cards_come_in_and_what_was_not_understood_is_told_by_line() {
    let place = Place::with_office();
    let file = place.file("people.vcf", CARDS);
    let file = file.to_str().unwrap();
    let said = place.run(&["import", "office", "Public Contacts", file]).ok();
    assert!(said.out.starts_with("2 imported, 0 replaced, 0 left out, 1 lines"), "{}", said.out);
    assert!(said.err.contains(&format!("{file}:14: ")), "{}", said.err);
    let summary = place.json(&["import", "office", "Public Contacts", file]);
    assert_eq!((&summary["imported"], &summary["replaced"]), (&json!(0), &json!(2)));
    assert_eq!(summary["troubles"][0]["line"], 14);
    let items = place.json(&["item", "list", "office", "Public Contacts"]);
    assert_eq!(items.as_array().unwrap().len(), 2);
    has(&items[0], &["uid", "owner", "modseq", "name", "summary"]);
    assert!(
        items.as_array().unwrap().iter().any(|item| item["summary"].as_str().unwrap().contains("Neuer")),
        "{items}"
    );
}

#[test]
fn a_calendar_comes_apart_by_uid() {
    let place = Place::with_office();
    let file = place.file("feed.ics", FEED);
    let said = place.json(&["import", "bo", "Calendar", file.to_str().unwrap()]);
    assert_eq!((&said["imported"], &said["left_out"]), (&json!(2), &json!(1)));
    let out = place.run(&["export", "bo", "Calendar"]).ok().out;
    assert_eq!(out.matches("BEGIN:VCALENDAR").count(), 2);
    assert_eq!(out.matches("BEGIN:VTIMEZONE").count(), 1, "only where it is named: {out}");
    assert_eq!(out.matches("UID:e1").count(), 2);
    place.run(&["import", "bo", "Tasks", file.to_str().unwrap()]).ok();
    assert_eq!(place.json(&["item", "list", "bo", "Tasks"])[0]["summary"], "Do");
}

#[test]
fn mail_comes_as_one_message_or_as_a_mailbox_and_goes_out_as_one() {
    let place = Place::with_office();
    let one =
        place.file("one.eml", "From: a@b.example\r\nSubject: First\r\nMessage-ID: <1@b>\r\n\r\nText\r\n");
    let many = "From a Wed Mar  4 09:00:00 2026\nSubject: Second\nMessage-ID: <2@b>\n\n>From me\n\nFrom a Wed Mar  4 09:01:00 2026\nSubject: Third\nMessage-ID: <3@b>\n\nx\n";
    let many = place.file("many.mbox", many);
    let said = place.json(&["import", "bo", "Inbox", one.to_str().unwrap(), many.to_str().unwrap()]);
    assert_eq!(said["imported"], 3);
    let subjects = |items: serde_json::Value| {
        let mut subjects: Vec<_> =
            items.as_array().unwrap().iter().map(|item| item["summary"].to_string()).collect();
        subjects.sort();
        subjects
    };
    assert_eq!(
        subjects(place.json(&["item", "list", "bo", "Inbox"])),
        ["\"First\"", "\"Second\"", "\"Third\""]
    );
    let again = place.file("again.mbox", &place.run(&["export", "bo", "Inbox"]).ok().out);
    place.run(&["import", "anna", "Inbox", again.to_str().unwrap()]).ok();
    assert_eq!(subjects(place.json(&["item", "list", "anna", "Inbox"])).len(), 3);
}

#[test]
fn items_go_out_as_they_are_stored() {
    let place = Place::with_office();
    let file = place.file("people.vcf", CARDS);
    place.run(&["import", "office", "Public Contacts", file.to_str().unwrap()]).ok();
    let exported = place.run(&["export", "office", "Public Contacts"]).ok().out;
    assert_eq!(exported, CARDS, "byte for byte, in their order");
    let folder = place.path().join("out");
    let files = place.json(&["export", "office", "Public Contacts", "--out", folder.to_str().unwrap()]);
    assert_eq!(files.as_array().unwrap().len(), 2);
    let first = std::fs::read_to_string(files[0]["file"].as_str().unwrap()).unwrap();
    assert!(CARDS.starts_with(&first) && first.ends_with("END:VCARD\r\n"), "{first}");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 2);
    place.run(&["--json", "export", "office", "Public Contacts"]).fails(1, "--out");
}

#[test]
fn a_file_that_does_not_fit_brings_nothing_in() {
    let place = Place::with_office();
    let cards = place.file("people.vcf", CARDS);
    let cards = cards.to_str().unwrap();
    place
        .run(&["import", "bo", "Calendar", cards])
        .fails(1, "does not go into a folder of the kind calendar");
    place.run(&["import", "bo", "Contacts", cards, "missing.vcf"]).fails(1, "missing.vcf");
    let text = place.file("people.txt", CARDS);
    place.run(&["import", "bo", "Contacts", text.to_str().unwrap()]).fails(1, "not a .vcf");
    assert_eq!(place.json(&["item", "list", "bo", "Contacts"]), json!([]));
    place.run(&["import", "bo", "Contacts"]).fails(2, "FILE");
}

#[test]
fn an_import_on_behalf_of_a_user_has_his_rights_and_his_name() {
    let place = Place::with_office();
    let file = place.file("people.vcf", CARDS);
    let args = ["import", "office", "Public Contacts", file.to_str().unwrap(), "--as"];
    let said = place.run(&[&args[..], &["bo"]].concat());
    assert_eq!(said.code, 1, "{}", said.err);
    assert!(said.err.contains("2 items were refused; `comity access bo"), "{}", said.err);
    assert_eq!(place.json(&["item", "list", "office", "Public Contacts"]), json!([]));
    place.run(&[&args[..], &["anna"]].concat()).ok();
    assert_eq!(place.json(&["item", "list", "office", "Public Contacts", "--as", "bo"])[0]["owner"], "anna");
}
