//! The calendar's dialect of 16.x: parts of events, occurrences by name, places and files.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what is not there where it should be is a failed test"
)]

mod common;

use access::Preset;
use common::{Club, Phone, Round, add, change, commands, data, delete, text};
use eas::request::Command;
use engine::{Actor, FolderPath};
use items::Kind;
use wbxml::page::air_sync::{APPLICATION_DATA, CHANGE, DELETE, SERVER_ID, STATUS};
use wbxml::page::air_sync_base::{self, ATTACHMENT, ATTACHMENTS, FILE_REFERENCE, INSTANCE_ID, LOCATION};
use wbxml::page::calendar::{
    ALL_DAY_EVENT, ATTENDEE, ATTENDEES, CLIENT_UID, DELETED, EMAIL, END_TIME, EXCEPTION, EXCEPTIONS, NAME,
    ORGANIZER_EMAIL, RECURRENCE, REMINDER, START_TIME, SUBJECT, TIMEZONE, TYPE, UID,
};
use wbxml::page::item_operations::{
    DATA, FETCH, ITEM_OPERATIONS, PROPERTIES, RESPONSE, STATUS as FETCH_STATUS, STORE,
};
use wbxml::{Element, Tag};

const SERIES: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:team\r\nDTSTAMP:20260101T000000Z\r\n\
SUMMARY:Team\r\nLOCATION:Room 1\r\nX-ODD;A=b:kept\r\nDTSTART;TZID=Europe/Berlin:20260304T090000\r\n\
DTEND;TZID=Europe/Berlin:20260304T100000\r\nRRULE:FREQ=WEEKLY;BYDAY=WE\r\n\
EXDATE;TZID=Europe/Berlin:20260318T090000\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

const INVITED: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:away\r\nDTSTAMP:20260101T000000Z\r\n\
SUMMARY:Away game\r\nDESCRIPTION:The whole long text\r\nLOCATION:Rome\r\nDTSTART:20260310T090000Z\r\n\
DTEND:20260310T100000Z\r\nORGANIZER:mailto:coach@other.example\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:bo@club.example\r\n\
END:VEVENT\r\nEND:VCALENDAR\r\n";

fn phone(club: &Club) -> Phone<'_> {
    Phone { version: "16.1", ..club.phone("bo") }
}

fn stored(club: &Club) -> String {
    let folder = FolderPath::try_from("Calendar").unwrap();
    let mut texts = Vec::new();
    let take = &mut |_: &str, content: &[u8]| {
        texts.extend_from_slice(&unfolded(content));
        Ok(())
    };
    club.engine().export("bo", &folder, (Actor::Operator, club.now), take).unwrap();
    String::from_utf8(texts).unwrap()
}

fn unfolded(content: &[u8]) -> Vec<u8> {
    String::from_utf8_lossy(content).replace("\r\n ", "").into_bytes()
}

/// The calendar's id, the item's and the key of a phone that has all.
fn synced(phone: &Phone<'_>) -> (String, String, String) {
    let folder = phone.folder("Calendar");
    let key = phone.start(&folder);
    let round = phone.round(&folder, &key, vec![]);
    let id = round.steps().first().map(|(_, id)| id.clone()).unwrap_or_default();
    (folder, id, round.key())
}

fn shown(round: &Round) -> &Element {
    round.commands()[0].child(APPLICATION_DATA).unwrap()
}

fn send(phone: &Phone<'_>, (folder, key): (&str, &str), list: Vec<Element>) -> Round {
    phone.round(folder, key, vec![commands(list)])
}

fn of_instance(command: Element, instance: &str) -> Element {
    command.with(Element::text(INSTANCE_ID, instance))
}

fn with(command: &Element, child: &Element) -> Element {
    let mut command = command.clone();
    for node in &mut command.content {
        if let wbxml::Node::Element(data) = node
            && data.tag == APPLICATION_DATA
        {
            data.push(child.clone());
        }
    }
    command
}

fn tags(element: &Element) -> Vec<Tag> {
    element.elements().map(|child| child.tag).collect()
}

#[test]
fn a_series_shows_a_place_and_its_occurrences_by_name() {
    let club = Club::new(Preset::Viewer);
    club.import_into("bo", "Calendar", SERIES);
    let phone = phone(&club);
    let folder = phone.folder("Calendar");
    let round = phone.round(&folder, &phone.start(&folder), vec![]);
    let event = shown(&round);
    assert_eq!(text(event.child(LOCATION).unwrap(), air_sync_base::DISPLAY_NAME), "Room 1");
    assert!(event.child(wbxml::page::calendar::LOCATION).is_none());
    assert_eq!(text(event, UID), "team");
    let exception = event.child(EXCEPTIONS).unwrap().child(EXCEPTION).unwrap();
    assert_eq!(tags(exception), [DELETED, INSTANCE_ID]);
    assert_eq!(text(exception, INSTANCE_ID), "20260318T080000Z");
}

#[test]
fn what_a_change_leaves_out_stays_and_what_is_empty_goes() {
    let club = Club::new(Preset::Viewer);
    club.import_into("bo", "Calendar", SERIES);
    let phone = phone(&club);
    let (folder, id, key) = synced(&phone);
    let round = send(&phone, (&folder, &key), vec![change(&id, &[(SUBJECT, "Squad")])]);
    assert!(round.responses().is_empty());
    let text = stored(&club);
    for line in ["SUMMARY:Squad", "LOCATION:Room 1", "X-ODD;A=b:kept", "RRULE:FREQ=WEEKLY;BYDAY=WE"] {
        assert!(text.contains(line), "{line} in {text}");
    }
    send(&phone, (&folder, &round.key()), vec![with(&change(&id, &[]), &Element::new(LOCATION))]);
    assert!(!stored(&club).contains("LOCATION"), "{}", stored(&club));
}

#[test]
fn an_occurrence_changes_and_another_goes_in_one_request() {
    let club = Club::new(Preset::Viewer);
    club.import_into("bo", "Calendar", SERIES);
    let phone = phone(&club);
    let (folder, id, key) = synced(&phone);
    let list = vec![
        of_instance(change(&id, &[(SUBJECT, "Special")]), "20260311T080000Z"),
        of_instance(delete(&id), "20260325T080000Z"),
        change(&id, &[(REMINDER, "5")]),
    ];
    let round = send(&phone, (&folder, &key), list);
    assert!(round.responses().is_empty(), "all of it is done");
    let event = items::event::Event::parse(stored(&club).as_bytes());
    assert_eq!(event.details.reminder, Some(5));
    let deleted = event.exceptions.iter().filter(|exception| exception.details.is_none()).count();
    let changed: Vec<_> = event.exceptions.iter().filter_map(|one| one.details.as_ref()).collect();
    assert_eq!((deleted, changed.len()), (2, 1));
    assert_eq!(changed[0].subject.as_deref(), Some("Special"));
    assert!(phone.is_quiet(&folder, &round.key()), "the phone shows it already");
}

#[test]
fn what_is_no_occurrence_is_refused_and_kept_as_a_record() {
    let club = Club::new(Preset::Viewer);
    club.import_into("bo", "Calendar", SERIES);
    let phone = phone(&club);
    let (folder, id, key) = synced(&phone);
    let with_zone = change(&id, &[(SUBJECT, "x"), (TIMEZONE, &"A".repeat(228))]);
    let list = vec![
        of_instance(change(&id, &[(SUBJECT, "Never")]), "20260312T080000Z"),
        of_instance(delete(&id), "20260313T080000Z"),
        of_instance(delete(&id), "some day"),
        of_instance(with_zone, "20260311T080000Z"),
    ];
    let before = stored(&club);
    let round = send(&phone, (&folder, &key), list);
    assert_eq!(stored(&club), before);
    let answers: Vec<_> = round.responses().iter().map(|one| (one.tag, text(one, STATUS))).collect();
    let six = |tag| (tag, "6".to_owned());
    assert_eq!(answers, [six(CHANGE), six(CHANGE), six(DELETE), six(DELETE)]);
    assert_eq!(text(round.responses()[0], INSTANCE_ID), "20260312T080000Z");
    assert_eq!(round.steps(), [(CHANGE, id)], "it is shown as it is");
}

#[test]
fn a_series_with_a_new_time_loses_its_exceptions_and_one_without_a_rule_is_single() {
    let club = Club::new(Preset::Viewer);
    club.import_into("bo", "Calendar", SERIES);
    let phone = phone(&club);
    let (folder, id, key) = synced(&phone);
    let times = [(START_TIME, "20260304T093000Z"), (END_TIME, "20260304T103000Z")];
    let round = send(&phone, (&folder, &key), vec![change(&id, &times)]);
    assert!(!stored(&club).contains("EXDATE"), "{}", stored(&club));
    assert!(stored(&club).contains("DTSTART;TZID=Europe/Berlin:20260304T103000"), "{}", stored(&club));
    send(&phone, (&folder, &round.key()), vec![with(&change(&id, &[]), &Element::new(RECURRENCE))]);
    assert!(!stored(&club).contains("RRULE:FREQ=WEEKLY"), "{}", stored(&club));
}

#[test]
fn a_new_event_is_told_its_uid_and_is_the_same_when_it_comes_again() {
    let club = Club::new(Preset::Viewer);
    let phone = phone(&club);
    let folder = phone.folder("Calendar");
    let name = "0BD37C5A-2E3E-4D8F-9E0B-2B6F6A1C0001";
    let fields = [
        (CLIENT_UID, name),
        (SUBJECT, "New"),
        (START_TIME, "20260305T090000Z"),
        (END_TIME, "20260305T100000Z"),
        (UID, "not this"),
        (ORGANIZER_EMAIL, "nobody@x.example"),
    ];
    let guest =
        Element::new(ATTENDEE).with(Element::text(EMAIL, "anna@club.example")).with(Element::text(NAME, "A"));
    let new = with(&add("c1", &fields), &Element::new(ATTENDEES).with(guest));
    let round = send(&phone, (&folder, &phone.start(&folder)), vec![new.clone()]);
    let told = round.responses()[0].child(APPLICATION_DATA).unwrap();
    assert_eq!(text(told, UID), name);
    let text_of = stored(&club);
    assert!(text_of.contains(":mailto:bo@club.example") && !text_of.contains("nobody"), "{text_of}");
    let id = text(round.responses()[0], SERVER_ID);
    let again = send(&phone, (&folder, &phone.start(&folder)), vec![new]);
    assert_eq!(text(again.responses()[0], SERVER_ID), id, "the key was lost, the event is known");
    assert_eq!(stored(&club).matches("BEGIN:VEVENT").count(), 1);
}

#[test]
fn days_are_digits_without_a_zone() {
    let club = Club::new(Preset::Viewer);
    club.engine().set_zone("bo", "Pacific/Auckland", club.now).unwrap();
    let phone = phone(&club);
    let folder = phone.folder("Calendar");
    let fields = [
        (CLIENT_UID, "a-name-that-is-long-enough"),
        (SUBJECT, "Holiday"),
        (START_TIME, "20260704T000000Z"),
        (END_TIME, "20260705T000000Z"),
        (ALL_DAY_EVENT, "1"),
    ];
    send(&phone, (&folder, &phone.start(&folder)), vec![add("c1", &fields)]);
    assert!(stored(&club).contains("DTSTART;VALUE=DATE:20260704"), "{}", stored(&club));
    let round = phone.round(&folder, &phone.start(&folder), vec![]);
    let event = shown(&round);
    assert_eq!(text(event, START_TIME), "20260704T000000Z");
    assert_eq!(text(event, END_TIME), "20260705T000000Z");
    assert!(event.child(TIMEZONE).is_none());
    let old = Phone { version: "14.1", ..club.phone("bo") };
    let round = old.round(&folder, &old.start(&folder), vec![]);
    assert_eq!(text(shown(&round), START_TIME), "20260703T120000Z", "midnight in the user's zone");
    assert!(shown(&round).child(TIMEZONE).is_some());
}

fn file(client_id: &str, content: &[u8]) -> Element {
    Element::new(air_sync_base::ADD)
        .with(Element::text(air_sync_base::CLIENT_ID, client_id))
        .with(Element::opaque(air_sync_base::CONTENT, content.to_vec()))
        .with(Element::text(air_sync_base::DISPLAY_NAME, "plan, \"new\".txt"))
        .with(Element::text(air_sync_base::CONTENT_TYPE, "text/plain"))
        .with(Element::text(air_sync_base::METHOD, "1"))
}

fn fetched(phone: &Phone<'_>, reference: &str) -> (String, Option<String>) {
    let asked = Element::new(FETCH)
        .with(Element::text(STORE, "Mailbox"))
        .with(Element::text(FILE_REFERENCE, reference));
    let answer = phone.ask(Command::ItemOperations, &Element::new(ITEM_OPERATIONS).with(asked));
    let fetch = answer.child(RESPONSE).unwrap().child(FETCH).unwrap();
    let data = fetch.child(PROPERTIES).map(|properties| text(properties, DATA));
    (text(fetch, FETCH_STATUS), data)
}

#[test]
fn a_file_is_added_told_fetched_and_taken_away() {
    let club = Club::new(Preset::Viewer);
    club.import_into("bo", "Calendar", SERIES);
    let phone = phone(&club);
    let (folder, id, key) = synced(&phone);
    let list = Element::new(ATTACHMENTS).with(file("f1", b"at nine"));
    let round = send(&phone, (&folder, &key), vec![with(&change(&id, &[]), &list)]);
    let response = round.responses()[0];
    assert_eq!((response.tag, text(response, STATUS).as_str()), (CHANGE, "1"));
    let told =
        response.child(APPLICATION_DATA).unwrap().child(ATTACHMENTS).unwrap().child(ATTACHMENT).unwrap();
    assert_eq!(text(told, air_sync_base::CLIENT_ID), "f1");
    let reference = text(told, FILE_REFERENCE);
    assert_eq!(fetched(&phone, &reference), ("1".to_owned(), Some("YXQgbmluZQ==".to_owned())));
    let other = phone.round(&folder, &phone.start(&folder), vec![]);
    let listed = shown(&other).child(ATTACHMENTS).unwrap().child(ATTACHMENT).unwrap();
    assert_eq!(text(listed, FILE_REFERENCE), reference);
    assert_eq!(text(listed, air_sync_base::DISPLAY_NAME), "plan, new.txt");
    let gone = Element::new(air_sync_base::DELETE).with(Element::text(FILE_REFERENCE, reference.clone()));
    let key = other.key();
    send(&phone, (&folder, &key), vec![with(&change(&id, &[]), &Element::new(ATTACHMENTS).with(gone))]);
    assert!(!stored(&club).contains("ATTACH"), "{}", stored(&club));
    assert_eq!(fetched(&phone, &reference).0, "15");
}

#[test]
fn a_file_that_is_too_large_is_refused() {
    let club = Club::new(Preset::Viewer);
    club.import_into("bo", "Calendar", SERIES);
    let phone = phone(&club);
    let (folder, id, mut key) = synced(&phone);
    for (size, statuses) in [(items::event::MAX_FILE_BYTES + 1, "6"), (items::event::MAX_FILE_BYTES, "1")] {
        let list = Element::new(ATTACHMENTS).with(file("f1", &vec![7; size]));
        let round = send(&phone, (&folder, &key), vec![with(&change(&id, &[]), &list)]);
        assert_eq!(text(round.responses()[0], STATUS), statuses, "{size}");
        key = round.key();
    }
}

#[test]
fn what_may_not_be_added_gets_no_name_and_the_correction_lists_the_true_files() {
    let club = Club::new(Preset::Viewer);
    let folder = FolderPath::try_from("Club").unwrap();
    club.engine().add_folder("public", &folder, Kind::Calendar, club.now).unwrap();
    let grant = (&engine::PrincipalRef::Everyone, access::Entry::new(Preset::Viewer.grant()));
    club.engine().set_grant("public", &folder, grant, club.now).unwrap();
    club.import_into("public", "Club", SERIES);
    let phone = phone(&club);
    phone.folder_sync("0");
    club.engine().add_device_folder(("bo", "phone1"), "public", &folder, club.now).unwrap();
    let id = phone.folder("Club");
    let key = phone.start(&id);
    let round = phone.round(&id, &key, vec![]);
    let item = round.steps()[0].1.clone();
    let list = Element::new(ATTACHMENTS).with(file("f1", b"x"));
    let denied = send(&phone, (&id, &round.key()), vec![with(&change(&item, &[]), &list)]);
    assert_eq!(text(denied.responses()[0], STATUS), "7");
    assert!(denied.responses()[0].child(APPLICATION_DATA).is_none());
    let correction = shown(&denied);
    assert!(correction.child(ATTACHMENTS).unwrap().is_empty(), "there are none");
    let occurrence = of_instance(delete(&item), "20260311T080000Z");
    let denied = send(&phone, (&id, &denied.key()), vec![occurrence]);
    let exceptions = shown(&denied).child(EXCEPTIONS).unwrap();
    assert_eq!(exceptions.children(EXCEPTION).count(), 1, "the whole series as it is");
}

#[test]
fn of_anothers_meeting_a_guest_changes_only_what_is_his_own() {
    for version in ["14.1", "16.1"] {
        let club = Club::new(Preset::Viewer);
        club.import_into("bo", "Calendar", INVITED);
        let phone = Phone { version, ..club.phone("bo") };
        let (folder, id, key) = synced(&phone);
        let own = change(&id, &[(REMINDER, "30"), (wbxml::page::calendar::BUSY_STATUS, "3")]);
        let round = send(&phone, (&folder, &key), vec![own]);
        assert!(round.responses().is_empty() && round.commands().is_empty(), "{version}");
        let cut = Element::new(air_sync_base::BODY)
            .with(Element::text(air_sync_base::TYPE, "1"))
            .with(Element::text(air_sync_base::DATA, "The whole"));
        let quiet =
            send(&phone, (&folder, &round.key()), vec![with(&change(&id, &[(REMINDER, "20")]), &cut)]);
        assert!(quiet.responses().is_empty(), "{version}: nobody meant to cut the text");
        assert_eq!(quiet.steps(), [(CHANGE, id.clone())], "{version}: it is put right");
        let meant = send(&phone, (&folder, &quiet.key()), vec![change(&id, &[(SUBJECT, "Mine now")])]);
        assert_eq!(text(meant.responses()[0], STATUS), "7", "{version}");
        assert_eq!(text(shown(&meant), SUBJECT), "Away game", "{version}");
        let text = stored(&club);
        for line in
            ["SUMMARY:Away game", "DESCRIPTION:The whole long text", "TRIGGER:-PT20M", "BUSYSTATUS:OOF"]
        {
            assert!(text.contains(line), "{version}: {line} in {text}");
        }
    }
}

#[test]
fn a_place_comes_back_as_it_was_sent() {
    let club = Club::new(Preset::Viewer);
    club.import_into("bo", "Calendar", SERIES);
    let phone = phone(&club);
    let (folder, id, key) = synced(&phone);
    let place = data(&[
        (air_sync_base::DISPLAY_NAME, "Stadium; north"),
        (air_sync_base::STREET, "Long Street 1"),
        (air_sync_base::CITY, "M\u{fc}nchen"),
        (air_sync_base::LATITUDE, "48.2188"),
        (air_sync_base::LONGITUDE, "11.6247"),
        (air_sync_base::LOCATION_URI, "https://x.example/a,b"),
    ]);
    let place = Element { tag: LOCATION, ..place };
    send(&phone, (&folder, &key), vec![with(&change(&id, &[]), &place)]);
    assert!(stored(&club).contains("GEO:48.2188;11.6247"), "{}", stored(&club));
    let round = phone.round(&folder, &phone.start(&folder), vec![]);
    let shown = shown(&round).child(LOCATION).unwrap();
    for element in place.elements() {
        assert_eq!(text(shown, element.tag), element.value());
    }
    // A phone that knows only the name gives it another.
    let old = Phone { version: "14.1", ..club.phone("bo") };
    let renamed = change(&id, &[(wbxml::page::calendar::LOCATION, "At home")]);
    send(&old, (&folder, &round.key()), vec![renamed]);
    let text = stored(&club);
    assert!(text.contains("LOCATION:At home") && !text.contains("GEO") && !text.contains("X-EAS"), "{text}");
}

#[test]
fn a_rule_without_a_type_stays() {
    let club = Club::new(Preset::Viewer);
    club.import_into("bo", "Calendar", SERIES);
    let phone = phone(&club);
    let (folder, id, key) = synced(&phone);
    let rule = Element::new(RECURRENCE).with(Element::text(wbxml::page::calendar::INTERVAL, "1"));
    assert!(rule.child(TYPE).is_none());
    let round = send(&phone, (&folder, &key), vec![with(&change(&id, &[]), &rule)]);
    assert!(round.responses().is_empty());
    assert!(stored(&club).contains("RRULE:FREQ=WEEKLY;BYDAY=WE"));
}
