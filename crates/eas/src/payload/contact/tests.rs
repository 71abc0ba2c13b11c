use items::{Stamp, contact};
use proptest::prelude::*;
use wbxml::page::air_sync::APPLICATION_DATA;
use wbxml::page::contacts::{BIRTHDAY, CATEGORIES, CATEGORY, EMAIL1_ADDRESS, FIRST_NAME, LAST_NAME, PICTURE};

use super::super::tests::{options, reading};
use super::*;
use crate::payload::{Dates, Days};

const CARD: &str = "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Neuer;Manoel;;;\r\nFN:Manoel Neuer\r\nBDAY:1986-03-27\r\n\
    NOTE:a\\nb\r\nCATEGORIES:x,y\r\nPHOTO;ENCODING=b;TYPE=PNG:AAEC\r\nADR;TYPE=home:;;S\\n2;;;;\r\nEND:VCARD\r\n";

fn data(children: impl IntoIterator<Item = Element>) -> Element {
    children.into_iter().fold(Element::new(APPLICATION_DATA), Element::with)
}

fn edit(data: &Element, ghosting: &Ghosting) -> contact::Edit {
    let items::Edit::Contact(edit) = parse(data, &reading(ghosting)).unwrap() else { panic!("another kind") };
    *edit
}

fn change(element: Element, field: Field, ghosting: &Ghosting) -> Change<Value> {
    edit(&data([element]), ghosting).fields.remove(&field).unwrap_or_default()
}

#[test]
fn a_contact_is_shown() {
    let xml = wbxml::to_xml(&data(render(&Contact::parse(CARD.as_bytes()), &options())));
    for part in [
        "<FirstName>Manoel</FirstName>",
        "<FileAs>Manoel Neuer</FileAs>",
        "<Birthday>1986-03-27T00:00:00.000Z</Birthday>",
        "<Category>x</Category>",
        "<Picture>AAEC</Picture>",
    ] {
        assert!(xml.contains(part), "{part} in {xml}");
    }
    let elements = render(
        &Contact::parse(CARD.as_bytes()),
        &Options { dates: Dates { birthday_hour: 8, days: Days::Midnight }, ..options() },
    );
    let text = |tag: Tag| elements.iter().find(|element| element.tag == tag).unwrap().value().into_owned();
    assert_eq!(text(BIRTHDAY), "1986-03-27T08:00:00.000Z");
    assert_eq!(text(contacts::HOME_ADDRESS_STREET), "S\r\n2");
    let body = elements.iter().find(|element| element.tag == air_sync_base::BODY).unwrap();
    assert_eq!(body.child_text(air_sync_base::DATA).as_deref(), Some("a\r\nb"));
}

#[test]
fn what_is_shown_comes_back_unchanged() {
    let stamp = Stamp { uid: "u".to_owned(), now: jiff::Timestamp::UNIX_EPOCH };
    for hour in [0, 8, 11] {
        let shown = data(render(
            &Contact::parse(CARD.as_bytes()),
            &Options { dates: Dates { birthday_hour: hour, days: Days::Midnight }, ..options() },
        ));
        for ghosting in [Ghosting::Nothing, Ghosting::Everything] {
            let edit = parse(&shown, &reading(&ghosting)).unwrap();
            assert_eq!(items::apply(CARD.as_bytes(), &edit, &stamp).unwrap(), CARD.as_bytes());
        }
    }
}

#[test]
fn every_field_has_an_element_of_its_name() {
    for &field in Field::ALL {
        assert_eq!(tag(field).name(), Some(field.element()));
    }
}

#[test]
fn what_is_left_out_goes_only_where_the_phone_manages_it() {
    let listed = Ghosting::Listed([FIRST_NAME, PICTURE].into());
    let none = data([]);
    assert!(edit(&none, &Ghosting::Nothing).fields.is_empty());
    assert!(edit(&none, &Ghosting::Everything).fields.is_empty());
    assert_eq!(edit(&none, &listed), contact::Edit::default().remove(Field::FirstName));
}

#[test]
fn an_empty_element_takes_the_property_away() {
    for ghosting in [Ghosting::Nothing, Ghosting::Everything, Ghosting::Listed([LAST_NAME].into())] {
        assert_eq!(change(Element::new(FIRST_NAME), Field::FirstName, &ghosting), Change::Remove);
        assert_eq!(change(Element::text(FIRST_NAME, ""), Field::FirstName, &ghosting), Change::Remove);
        assert_eq!(change(Element::new(CATEGORIES), Field::Categories, &ghosting), Change::Remove);
        assert_eq!(change(Element::new(PICTURE), Field::Picture, &ghosting), Change::Keep);
    }
    let listed = Ghosting::Listed([PICTURE].into());
    assert_eq!(change(Element::new(PICTURE), Field::Picture, &listed), Change::Remove);
}

#[test]
fn a_birthday_is_the_day_that_is_meant() {
    let table = [
        ("1986-03-27T00:00:00.000Z", "1986-03-27"),
        ("1986-03-27T12:00:00.000Z", "1986-03-27"),
        ("1986-03-26T13:00:00.000Z", "1986-03-27"),
        ("1986-03-26T23:00:00.000Z", "1986-03-27"),
        ("1986-03-27", "1986-03-27"),
    ];
    for (sent, meant) in table {
        let change = change(Element::text(BIRTHDAY, sent), Field::Birthday, &Ghosting::Nothing);
        assert_eq!(change, Change::Set(Value::Date(meant.parse().unwrap())), "{sent}");
    }
}

#[test]
fn an_address_comes_without_its_name() {
    for sent in ["a@x", " a@x ", "\"A <b>\" <a@x>", "<a@x>"] {
        let change = change(Element::text(EMAIL1_ADDRESS, sent), Field::Email1Address, &Ghosting::Nothing);
        assert_eq!(change, Change::Set(Value::Text("a@x".to_owned())), "{sent}");
    }
}

#[test]
fn a_note_comes_in_either_page() {
    let set = |text: &str| Change::Set(Value::Text(text.to_owned()));
    let old = Element::text(contacts::BODY, "a\r\nb");
    assert_eq!(change(old.clone(), Field::Body, &Ghosting::Nothing), set("a\nb"));
    assert_eq!(change(Element::new(contacts::BODY), Field::Body, &Ghosting::Nothing), Change::Remove);
    let new = Element::new(air_sync_base::BODY)
        .with(Element::text(air_sync_base::TYPE, "2"))
        .with(Element::text(air_sync_base::DATA, "<b>c</b>"));
    let both = edit(&data([old, new]), &Ghosting::Nothing);
    assert_eq!(both.fields[&Field::Body], set("c"));
}

#[test]
fn invalid_values_are_unreadable() {
    let twice = data([Element::text(FIRST_NAME, "a"), Element::text(FIRST_NAME, "b")]);
    assert!(parse(&twice, &reading(&Ghosting::Nothing)).is_err());
    let too_large = "AAAA".repeat(items::contact::MAX_PICTURE_BYTES / 3 + 1);
    for element in [
        Element::text(BIRTHDAY, "spring"),
        Element::text(BIRTHDAY, "9999-12-31T23:00:00.000Z"),
        Element::text(PICTURE, "not base64!"),
        Element::text(PICTURE, too_large),
        Element::text(FIRST_NAME, "a\0"),
    ] {
        assert!(parse(&data([element.clone()]), &reading(&Ghosting::Nothing)).is_err(), "{:?}", element.tag);
    }
    let largest = "AAAA".repeat(items::contact::MAX_PICTURE_BYTES / 3);
    assert!(parse(&data([Element::text(PICTURE, largest)]), &reading(&Ghosting::Nothing)).is_ok());
}

#[test]
fn lists_are_read() {
    let sent =
        Element::new(CATEGORIES).with(Element::text(CATEGORY, "a")).with(Element::text(CATEGORY, " b "));
    let list = Value::List(vec!["a".to_owned(), "b".to_owned()]);
    assert_eq!(change(sent, Field::Categories, &Ghosting::Nothing), Change::Set(list));
}

proptest! {
    #[test]
    fn a_new_contact_is_shown_as_it_was_sent(texts in prop::collection::vec("[a-zA-Z0-9 ;,äöü]{1,20}", 8)) {
        let fields = [
            Field::FileAs, Field::LastName, Field::FirstName, Field::CompanyName, Field::Department,
            Field::HomeAddressCity, Field::MobilePhoneNumber, Field::JobTitle,
        ];
        let sent: Vec<_> = fields
            .iter()
            .zip(&texts)
            .filter(|(_, text)| !text.trim().is_empty())
            .map(|(&field, text)| Element::text(tag(field), text.trim()))
            .collect();
        let edit = parse(&data(sent.clone()), &reading(&Ghosting::Nothing)).unwrap();
        let stamp = Stamp { uid: "u".to_owned(), now: jiff::Timestamp::UNIX_EPOCH };
        let stored = items::create(&edit, &stamp).unwrap();
        let shown = render(&Contact::parse(&stored), &options());
        for element in sent {
            prop_assert!(shown.contains(&element), "{:?} in {:?}", element, shown);
        }
    }
}

#[test]
fn an_iphones_midnight_is_that_of_its_users_zone() {
    let auckland = jiff::tz::TimeZone::get("Pacific/Auckland").unwrap();
    let sent = data([Element::text(BIRTHDAY, "1986-03-26T12:00:00.000Z")]);
    let day = |reading: &Reading| {
        let items::Edit::Contact(edit) = parse(&sent, reading).unwrap() else { panic!("another kind") };
        edit.fields.get(&Field::Birthday).cloned()
    };
    let known = Reading { home: Some(auckland), ..reading(&Ghosting::Nothing) };
    let on = |text: &str| Some(Change::Set(Value::Date(text.parse().unwrap())));
    assert_eq!(day(&known), on("1986-03-27"));
    let other = Reading { device_type: "Android".to_owned(), ..known.clone() };
    assert_eq!(day(&other), on("1986-03-26"), "the Gmail app means noon of the day");
    assert_eq!(day(&reading(&Ghosting::Nothing)), on("1986-03-26"), "nobody said where the user is");
}

#[test]
fn at_16_what_is_left_out_goes_but_for_the_picture_and_the_note() {
    let new = Reading { version: Version::V16_1, ..reading(&Ghosting::Nothing) };
    let apply = |reading: &Reading| {
        let edit = parse(&data([Element::text(LAST_NAME, "Neuer")]), reading).unwrap();
        let stamp = Stamp { uid: "u".to_owned(), now: jiff::Timestamp::UNIX_EPOCH };
        String::from_utf8(items::apply(CARD.as_bytes(), &edit, &stamp).unwrap()).unwrap()
    };
    let text = apply(&new);
    assert!(!text.contains("BDAY") && !text.contains("CATEGORIES"), "{text}");
    assert!(text.contains("PHOTO") && text.contains("NOTE:a"), "{text}");
    assert!(apply(&reading(&Ghosting::Nothing)).contains("BDAY"), "up to 14.1 it stays");
    let ghosted = Reading { ghosting: Ghosting::Everything, ..new };
    assert!(apply(&ghosted).contains("BDAY"), "the phone said that it leaves out what it keeps");
}

/// Returns an element of the field, as phones send it.
fn sample(field: Field) -> Element {
    let tag = tag(field);
    match field.form() {
        Form::Text if field == Field::Body => Element::new(tag)
            .with(Element::text(air_sync_base::TYPE, "1"))
            .with(Element::text(air_sync_base::ESTIMATED_DATA_SIZE, "4"))
            .with(Element::text(air_sync_base::DATA, "a\r\nb")),
        Form::Text => Element::text(tag, format!("{};, {}", field.element(), "\u{e4}")),
        Form::MailAddress => Element::text(tag, format!("{}@example.org", field.element())),
        Form::Date => Element::text(tag, "1986-03-27T00:00:00.000Z"),
        Form::List => Element::new(tag)
            .with(Element::text(entry_tag(field), "one, two"))
            .with(Element::text(entry_tag(field), "three")),
        Form::Picture => Element::text(tag, "AAEC"),
    }
}

#[test]
fn every_field_is_shown_as_it_was_sent() {
    for version in [crate::request::Version::V14_1, crate::request::Version::V16_1] {
        let sent: Vec<Element> = Field::ALL.iter().map(|&field| sample(field)).collect();
        let reading = Reading { version, ..reading(&Ghosting::Nothing) };
        let edit = parse(&data(sent.clone()), &reading).unwrap();
        let stamp = Stamp { uid: "u".to_owned(), now: jiff::Timestamp::UNIX_EPOCH };
        let stored = items::create(&edit, &stamp).unwrap();
        let shown = render(&Contact::parse(&stored), &Options { version, ..options() });
        for element in sent {
            let other = shown.iter().find(|other| other.tag == element.tag).map(wbxml::to_xml);
            assert_eq!(other, Some(wbxml::to_xml(&element)), "at {version}");
        }
        let again = parse(&data(shown), &reading).unwrap();
        assert_eq!(items::apply(&stored, &again, &stamp).unwrap(), stored, "at {version}");
    }
}
