//! Taking calendars apart.

use super::*;

const FEED: &str = "\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//a//EN
METHOD:PUBLISH
X-WR-CALNAME:Feed with a long
  name
BEGIN:VTIMEZONE
TZID:Berlin
BEGIN:STANDARD
DTSTART:19701025T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:one
DTSTART;TZID=Ber
 lin:20260304T090000
BEGIN:VALARM
UID:alarm
ACTION:DISPLAY
END:VALARM
END:VEVENT
BEGIN:VTODO
UID:task
END:VTODO
BEGIN:VEVENT
UID:two
DTSTART;VALUE=DATE:20260304
END:VEVENT
BEGIN:VEVENT
UID:one
RECURRENCE-ID;TZID=\"Berlin\":20260311T090000
SUMMARY:moved
END:VEVENT
END:VCALENDAR
";

fn items(found: &[Found]) -> Vec<(String, &Piece)> {
    let text = |piece: &Piece| String::from_utf8_lossy(piece.content()).into_owned();
    found
        .iter()
        .filter_map(|found| match found {
            Found::Item(piece) => Some((text(piece), piece)),
            Found::Trouble { .. } | Found::LeftOut { .. } => None,
        })
        .collect()
}

#[test]
fn an_item_is_all_of_one_uid_with_the_zones_it_names() {
    let found = split(FEED.as_bytes(), Kind::Calendar);
    let items = items(&found);
    assert_eq!(items.len(), 2);
    let (one, piece) = &items[0];
    assert!(one.starts_with("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//a//EN\nBEGIN:VTIMEZONE\n"), "{one}");
    assert_eq!(one.matches("BEGIN:VEVENT").count(), 2);
    assert!(one.ends_with("SUMMARY:moved\nEND:VEVENT\nEND:VCALENDAR\n"), "{one}");
    let line = 1 + one.lines().position(|line| line == "SUMMARY:moved").unwrap();
    assert_eq!(piece.line_in_file(line), 1 + FEED.lines().position(|line| line == "SUMMARY:moved").unwrap());
    let (two, _) = &items[1];
    assert_eq!(
        two,
        "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//a//EN\nBEGIN:VEVENT\nUID:two\nDTSTART;VALUE=DATE:20260304\n\
         END:VEVENT\nEND:VCALENDAR\n"
    );
}

#[test]
fn what_another_kind_of_folder_holds_is_left_out_and_told() {
    let found = split(FEED.as_bytes(), Kind::Calendar);
    let line = 1 + FEED.lines().position(|line| line == "BEGIN:VTODO").unwrap();
    let what = "left out: a VTODO does not go into a folder of the kind calendar".to_owned();
    assert!(found.contains(&Found::LeftOut { line, what }));
    assert_eq!(items(&split(FEED.as_bytes(), Kind::Tasks)).len(), 1);
    assert_eq!(items(&split(FEED.as_bytes(), Kind::Notes)).len(), 0);
}

#[test]
fn events_without_a_uid_are_items_of_their_own() {
    let file = b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VEVENT\nBEGIN:VEVENT\nEND:VEVENT\nEND:VCALENDAR\n";
    assert_eq!(items(&split(file, Kind::Calendar)).len(), 2);
}

#[test]
fn a_broken_file_gives_what_is_whole() {
    let file = b"hello\nBEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nEND:VEVENT\nBEGIN:VEVENT\nUID:b\n";
    let found = split(file, Kind::Calendar);
    assert_eq!(found[0], Found::Trouble { line: 1, what: "outside a calendar".to_owned() });
    assert_eq!(found[1], Found::LeftOut { line: 6, what: "left out: the VEVENT has no END".to_owned() });
    let items = items(&found);
    assert!(items[0].0.ends_with("END:VEVENT\nEND:VCALENDAR\r\n"), "{}", items[0].0);
    assert!(split(b"", Kind::Calendar).is_empty());
}

#[test]
fn calendars_in_one_file_keep_their_own_heads() {
    let file = b"BEGIN:VCALENDAR\nPRODID:a\nBEGIN:VEVENT\nUID:a\nEND:VEVENT\nEND:VCALENDAR\n\
        BEGIN:VCALENDAR\nPRODID:b\nBEGIN:VEVENT\nUID:b\nEND:VEVENT\nEND:VCALENDAR\n";
    let found = split(file, Kind::Calendar);
    let items = items(&found);
    assert!(items[0].0.contains("PRODID:a") && !items[0].0.contains("PRODID:b"));
    assert!(items[1].0.contains("PRODID:b") && !items[1].0.contains("PRODID:a"));
}
