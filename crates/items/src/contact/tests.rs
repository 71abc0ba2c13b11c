use jiff::civil::date;
use proptest::prelude::*;

use super::field::Place;
use super::*;
use crate::{EditError, MAX_ITEM_BYTES, Stamp};

fn stamp() -> Stamp {
    Stamp { uid: "c1".to_owned(), now: "2026-03-04T08:00:00Z".parse().unwrap() }
}

fn sample(field: Field, text: &str) -> Value {
    match field.form() {
        Form::Date => Value::Date(date(1986, 3, 27)),
        Form::Picture => Value::Picture(Picture::from_bytes("image/png", text.as_bytes())),
        Form::List if field == Field::Children => Value::List(vec![text.to_owned()]),
        Form::List => Value::List(vec![text.to_owned(), "b".to_owned()]),
        Form::Text | Form::MailAddress => Value::Text(text.to_owned()),
    }
}

const THREE: &str = "BEGIN:VCARD\nVERSION:3.0\nN:Neuer;Manoel;;;\nFN:Manoel Neuer\nEND:VCARD\n";
const FOUR: &str = "BEGIN:VCARD\nVERSION:4.0\nN:Neuer;Manoel;;;\nFN:Manoel Neuer\nEND:VCARD\n";

fn patched(stored: &str, edit: &Edit) -> String {
    String::from_utf8(apply(stored.as_bytes(), edit, &stamp()).unwrap()).unwrap()
}

#[test]
fn every_field_reads_back_alone_and_goes_again() {
    for &field in Field::ALL {
        for stored in [THREE, FOUR] {
            let value = sample(field, "a, b; c\\d");
            let text = patched(stored, &Edit::default().set(field, value.clone()));
            let view = Contact::parse(text.as_bytes());
            assert_eq!(view.get(field), Some(&value), "{field:?} in\n{text}");
            assert_eq!(patched(&text, &Edit::default().set(field, value)), text, "again");
            let bare = Contact::parse(patched(&text, &Edit::default().remove(field)).as_bytes());
            let filed = (field == Field::FileAs).then(|| Value::Text("Manoel Neuer".to_owned()));
            assert_eq!(bare.get(field), filed.as_ref(), "{field:?} is gone");
        }
    }
}

#[test]
fn all_fields_read_back_together() {
    let edit = Field::ALL
        .iter()
        .fold(Edit::default(), |edit, &field| edit.set(field, sample(field, field.element())));
    let text = create(&edit, &stamp()).unwrap();
    let view = Contact::parse(&text);
    for &field in Field::ALL {
        assert_eq!(view.get(field), Some(&sample(field, field.element())), "{field:?}");
    }
    assert_eq!(view.uid(), Some("c1"));
    assert_eq!(properties(&text).len(), Field::ALL.len(), "a full name made of its parts is not listed");
    let (known, all) = coverage(&text);
    assert_eq!(known, all);
}

#[test]
fn a_new_card_has_what_the_format_demands() {
    let card = |edit: Edit| String::from_utf8(create(&edit, &stamp()).unwrap()).unwrap();
    let start = "BEGIN:VCARD\r\nVERSION:3.0\r\nPRODID:-//Comity//EN\r\nUID:c1\r\n";
    let named = card(Edit::default().text(Field::FirstName, "Manuel").text(Field::LastName, "Neuer"));
    assert_eq!(named, format!("{start}FN:Manuel Neuer\r\nN:Neuer;Manuel;;;\r\nEND:VCARD\r\n"));
    let company = card(Edit::default().text(Field::CompanyName, "FCB"));
    assert_eq!(company, format!("{start}FN:FCB\r\nN:;;;;\r\nORG:FCB\r\nEND:VCARD\r\n"));
    let filed = card(Edit::default().text(Field::FileAs, "Neuer, M"));
    assert!(filed.contains("FN:Neuer\\, M\r\n") && !filed.contains("X-EAS"), "{filed}");
}

#[test]
fn one_part_of_a_line_changes() {
    let stored = "BEGIN:VCARD\r\nVERSION:3.0\r\nitem1.N;LANGUAGE=de:Neuer;Manoel,x;a\\,b;;\r\n\
        ADR;TYPE=home;X-A=1:box;;Street 1;Town;;1;D\r\nORG:FCB;Goal;left\r\nEND:VCARD\r\n";
    let edit = Edit::default()
        .text(Field::FirstName, "Manuel")
        .text(Field::HomeAddressCity, "City")
        .text(Field::Department, "Field");
    let text = patched(stored, &edit);
    let expected = stored
        .replace("Manoel,x", "Manuel")
        .replace("Town", "City")
        .replace("Goal", "Field")
        .replace("END:", "FN:Manuel a\\,b Neuer\r\nEND:");
    assert_eq!(text, expected);
    let street = patched(stored, &Edit::default().text(Field::HomeAddressStreet, "Street 2"));
    assert!(street.contains("ADR;TYPE=home;X-A=1:;;Street 2;Town;;1;D\r\n"), "{street}");
    let view = Contact::parse(stored.as_bytes());
    assert_eq!(view.text(Field::HomeAddressStreet), Some("box\nStreet 1"));
}

#[test]
fn the_full_name_keeps_its_form() {
    let with = |full_name: &str| THREE.replace("FN:Manoel Neuer", &format!("FN:{full_name}"));
    let edit = Edit::default().text(Field::FirstName, "Manuel");
    assert!(patched(THREE, &edit).contains("\nFN:Manuel Neuer\n"));
    assert!(patched(&with("Neuer\\, Manoel"), &edit).contains("\nFN:Neuer\\, Manuel\n"));
    assert!(patched(&with("The Keeper"), &edit).contains("\nFN:The Keeper\n"));
    assert!(patched(&with(""), &edit).contains("\nFN:Manuel Neuer\n"));
}

#[test]
fn a_full_name_is_listed_only_where_it_says_more_than_its_parts() {
    let filed = patched(THREE, &Edit::default().text(Field::FileAs, "Neuer, Manoel"));
    let listed = |card: &str| properties(card.as_bytes()).iter().any(|property| property.name == "Fn");
    assert!(!listed(&filed));
    assert!(listed(&filed.replace("FN:Manoel Neuer", "FN:The Keeper")));
}

#[test]
fn what_it_is_filed_as_is_kept_beside_the_name() {
    let edit = Edit::default().text(Field::FirstName, "Manuel").text(Field::FileAs, "Manoel Neuer");
    let text = patched(THREE, &edit);
    assert!(text.contains("\nFN:Manuel Neuer\n"), "{text}");
    assert_eq!(
        Contact::parse(text.as_bytes()).text(Field::FileAs),
        Some("Manuel Neuer"),
        "it was not changed"
    );
    let text = patched(THREE, &Edit::default().text(Field::FileAs, "Neuer, Manoel"));
    assert!(text.contains("\nFN:Manoel Neuer\nX-EAS-FILEAS:Neuer\\, Manoel\n"), "{text}");
}

const MAILS: &str = "BEGIN:VCARD\nVERSION:3.0\nN:;;;;\nFN:x\nEMAIL:one@x\nEMAIL;TYPE=pref:two@x\nEMAIL:three@x\n\
    EMAIL:four@x\nEND:VCARD\n";

#[test]
fn the_preferred_address_is_first_and_the_fourth_is_kept() {
    let view = Contact::parse(MAILS.as_bytes());
    assert_eq!(view.text(Field::Email1Address), Some("two@x"));
    assert_eq!(view.text(Field::Email2Address), Some("one@x"));
    assert_eq!(view.text(Field::Email3Address), Some("three@x"));
    let text = patched(MAILS, &Edit::default().text(Field::Email2Address, "new@x"));
    assert_eq!(text, MAILS.replace("one@x", "new@x"));
    assert_eq!(properties(MAILS.as_bytes()).iter().filter(|property| property.name == "Email").count(), 1);
}

#[test]
fn a_gap_does_not_move_what_follows() {
    let stored = MAILS.replace("EMAIL:four@x\n", "");
    let text = patched(&stored, &Edit::default().remove(Field::Email1Address));
    let view = Contact::parse(text.as_bytes());
    assert_eq!(view.text(Field::Email1Address), None);
    assert_eq!(view.text(Field::Email2Address), Some("one@x"));
    assert_eq!(view.text(Field::Email3Address), Some("three@x"));
    let text = patched(&text, &Edit::default().text(Field::Email1Address, "new@x"));
    assert_eq!(Contact::parse(text.as_bytes()).text(Field::Email1Address), Some("new@x"));
    assert!(text.contains("EMAIL;X-EAS-SLOT=2:one@x\n"), "{text}");
}

#[test]
fn telephones_go_by_their_type() {
    let stored = "BEGIN:VCARD\nVERSION:2.1\nTEL;HOME;FAX:1\nTEL;TYPE=\"work,voice\":2\nTEL;VALUE=uri;TYPE=cell:tel:+3\n\
        TEL:4\nTEL;TYPE=work:5\nTEL;TYPE=WORK:6\nEND:VCARD\n";
    let view = Contact::parse(stored.as_bytes());
    let expected = [
        (Field::HomeFaxNumber, "1"),
        (Field::BusinessPhoneNumber, "2"),
        (Field::MobilePhoneNumber, "+3"),
        (Field::HomePhoneNumber, "4"),
        (Field::Business2PhoneNumber, "5"),
    ];
    assert_eq!(view.fields().count(), expected.len());
    for (field, number) in expected {
        assert_eq!(view.text(field), Some(number), "{field:?}");
    }
    let text = patched(stored, &Edit::default().text(Field::MobilePhoneNumber, "7"));
    assert!(text.contains("\nTEL;TYPE=cell:7\n"), "{text}");
}

#[test]
fn days_are_read_in_every_form() {
    let read = |line: &str| {
        let card = format!("BEGIN:VCARD\nVERSION:4.0\n{line}\nEND:VCARD\n");
        Contact::parse(card.as_bytes()).get(Field::Birthday).cloned()
    };
    let day = Some(Value::Date(date(1986, 3, 27)));
    for line in [
        "BDAY:19860327",
        "BDAY:1986-03-27",
        "BDAY;VALUE=date-time:1986-03-27T00:00:00Z",
        "bday:19860327T080000",
    ] {
        assert_eq!(read(line), day, "{line}");
    }
    for line in ["BDAY:--0327", "BDAY;VALUE=text:spring", "BDAY:19861327", "BDAY:", "BDAY:1986-03"] {
        assert_eq!(read(line), None, "{line}");
    }
}

#[test]
fn a_picture_is_read_in_every_form() {
    let read = |line: &str| {
        let card = format!("BEGIN:VCARD\nVERSION:3.0\n{line}\nEND:VCARD\n");
        match Contact::parse(card.as_bytes()).get(Field::Picture) {
            Some(Value::Picture(picture)) => Some((picture.media().to_owned(), picture.bytes())),
            _ => None,
        }
    };
    let picture = |media: &str| Some((media.to_owned(), vec![0, 1, 2]));
    assert_eq!(read("PHOTO;ENCODING=b;TYPE=PNG:AAEC"), picture("image/png"));
    assert_eq!(read("PHOTO;BASE64:\n AA\n EC"), picture("image/jpeg"));
    assert_eq!(read("PHOTO:data:image/gif;base64,AAEC"), picture("image/gif"));
    assert_eq!(read("PHOTO:data:image/gif;base64\\,AAEC"), picture("image/gif"));
    assert_eq!(read("PHOTO;VALUE=uri:http://example.org/a.jpg"), None);
}

#[test]
fn the_same_picture_without_its_media_type_is_no_change() {
    let stored = THREE.replace("FN:", "PHOTO;ENCODING=b;TYPE=PNG:AAEC\nFN:");
    let same = Value::Picture(Picture::from_base64(None, "AAEC").unwrap());
    assert_eq!(patched(&stored, &Edit::default().set(Field::Picture, same)), stored);
}

#[test]
fn labelled_lines_of_apples_address_book_are_read_and_edited() {
    let stored = THREE.replace(
        "FN:",
        "item1.X-ABRELATEDNAMES:Anna\nitem1.X-ABLabel:_$!<Spouse>!$_\nitem2.X-ABDATE:2017-06-12\n\
         item2.X-ABLabel:_$!<Anniversary>!$_\nitem3.X-ABRELATEDNAMES:Rex\nitem3.X-ABLabel:Dog\nFN:",
    );
    let view = Contact::parse(stored.as_bytes());
    assert_eq!(view.text(Field::Spouse), Some("Anna"));
    assert_eq!(view.get(Field::Anniversary), Some(&Value::Date(date(2017, 6, 12))));
    let text = patched(&stored, &Edit::default().text(Field::Spouse, "Nina"));
    assert_eq!(text, stored.replace("Anna", "Nina"));
}

#[test]
fn a_distribution_list_is_one() {
    let list = FOUR.replace("VERSION:4.0", "VERSION:4.0\nKIND:group");
    assert!(Contact::parse(list.as_bytes()).is_list());
    assert!(!Contact::parse(FOUR.as_bytes()).is_list());
}

#[test]
fn values_of_another_type_and_too_large_ones_are_refused() {
    let error = |edit: &Edit| apply(THREE.as_bytes(), edit, &stamp()).unwrap_err();
    let wrong = Edit::default().text(Field::Birthday, "spring");
    assert!(matches!(error(&wrong), EditError::Invalid { property: "Birthday", .. }));
    let picture = |size: usize| {
        Edit::default().set(Field::Picture, Value::Picture(Picture::from_bytes("image/png", &vec![0; size])))
    };
    assert!(apply(THREE.as_bytes(), &picture(MAX_PICTURE_BYTES), &stamp()).is_ok());
    assert!(matches!(error(&picture(MAX_PICTURE_BYTES + 1)), EditError::Invalid { property: "Picture", .. }));
    let long = Edit::default().text(Field::Body, &"x".repeat(MAX_ITEM_BYTES));
    assert!(matches!(error(&long), EditError::TooLarge { .. }));
    assert_eq!(apply(b"", &long, &stamp()), Err(EditError::Missing { component: "VCARD" }));
}

fn lines_of(text: &str) -> impl Strategy<Value = String> + use<> {
    let own = text.to_owned();
    prop::collection::vec("(X-[A-Z]{1,5}|TEL;TYPE=[a-z]{4,5}|EMAIL|NOTE|TITLE|ADR|ORG):[ -~]{0,90}", 0..12)
        .prop_map(move |lines| own.replace("END:", &format!("{}\nEND:", lines.join("\n"))))
}

proptest! {
    #[test]
    fn nothing_panics(bytes: Vec<u8>, index in 0..Field::ALL.len()) {
        let mut card = b"BEGIN:VCARD\r\n".to_vec();
        card.extend(bytes);
        let field = Field::ALL[index];
        let _ = properties(&card);
        let _ = apply(&card, &Edit::default().set(field, sample(field, "v")), &stamp());
    }

    #[test]
    fn any_text_reads_back(stored in lines_of(THREE), text in "[^\\p{Cc}\\\\]{1,40}", index in 0..Field::ALL.len()) {
        let text = text.trim();
        let field = Field::ALL[index];
        let is_address = matches!(field.place(), Place::One(..));
        prop_assume!(!text.is_empty());
        prop_assume!(!is_address || !text.contains(':'));
        let value = sample(field, text);
        let written = patched(&stored, &Edit::default().set(field, value.clone()));
        let view = Contact::parse(written.as_bytes());
        prop_assert_eq!(view.get(field), Some(&value), "{}", written);
    }
}
