use items::Change;
use items::marks::{Flag, FlagDetail, FlagStatus, MAX_CATEGORIES, MAX_TEXT_CHARS, MarksEdit};
use jiff::tz::TimeZone;
use proptest::prelude::*;
use wbxml::page::air_sync::APPLICATION_DATA;
use wbxml::page::air_sync_base::{BODY, DATA, ESTIMATED_DATA_SIZE, PREVIEW, TRUNCATED, TYPE};
use wbxml::page::tasks;

use super::*;
use crate::payload::{BodyPreference, BodyType, MimeSupport};

const MAIL: &str = "Received: from a by b; Wed, 4 Mar 2026 09:00:05 +0000\r\n\
    From: Bo <bo@example.org>\r\nSender: office@example.org\r\nReply-To: a@b, c@d\r\n\
    To: Anna <anna@example.org>, x@example.org\r\nSubject: AW: Lunch\r\nX-Priority: 1\r\n\
    Message-ID: <m2@x>\r\nReferences: <m1@x>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
    --b\r\nContent-Type: text/html\r\n\r\n<p>Gr\u{FC}\u{DF}e</p><p>Bo</p>\r\n\
    --b\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\nx\r\n--b--\r\n";

fn options(version: Version, bodies: &[BodyPreference]) -> Options {
    Options {
        version,
        bodies: bodies.to_vec(),
        mime: MimeSupport::Never,
        zone: TimeZone::UTC,
        owner: Vec::new(),
        dates: crate::payload::Dates::default(),
    }
}

fn wish(kind: BodyType) -> BodyPreference {
    BodyPreference { kind, truncation: None, all_or_none: false, preview: None }
}

fn shown(stored: &[u8], marks: &Marks, options: &Options) -> Element {
    let mail = Mail {
        folder: FolderId(12),
        uid: Uid(345),
        stored,
        cuts: None,
        marks,
        seen: Seen::Yes,
        created_at: "2026-01-01T00:00:00Z".parse().unwrap(),
    };
    render(&mail, options).into_iter().fold(Element::new(APPLICATION_DATA), Element::with)
}

fn body(stored: &[u8], options: &Options) -> Element {
    shown(stored, &Marks::default(), options).child(BODY).unwrap().clone()
}

fn change(children: impl IntoIterator<Item = Element>) -> Element {
    children.into_iter().fold(Element::new(APPLICATION_DATA), Element::with)
}

#[test]
fn a_message_is_shown_whole() {
    let marks = Marks::parse("flag active\nflag.Subject Call\ncategory Red\nverb reply 2026-03-05T08:00:00Z");
    let shown = shown(MAIL.as_bytes(), &marks, &options(Version::V14_1, &[wish(BodyType::Html)]));
    let texts = [
        (email::TO, "\"Anna\" <anna@example.org>, x@example.org"),
        (email::FROM, "\"Bo\" <bo@example.org>"),
        (email2::SENDER, "office@example.org"),
        (email::REPLY_TO, "a@b;c@d"),
        (email::SUBJECT, "AW: Lunch"),
        (email::DISPLAY_TO, "Anna;x@example.org"),
        (email::THREAD_TOPIC, "Lunch"),
        (email::DATE_RECEIVED, "2026-03-04T09:00:05.000Z"),
        (email::IMPORTANCE, "2"),
        (email::READ, "1"),
        (email::MESSAGE_CLASS, "IPM.Note"),
        (email::CONTENT_CLASS, "urn:content-classes:message"),
        (email::INTERNET_CPID, "65001"),
        (air_sync_base::NATIVE_BODY_TYPE, "2"),
        (email2::LAST_VERB_EXECUTED, "1"),
        (email2::LAST_VERB_EXECUTION_TIME, "2026-03-05T08:00:00.000Z"),
    ];
    for (tag, text) in texts {
        assert_eq!(shown.child_text(tag).as_deref(), Some(text), "{tag:?}");
    }
    assert_eq!(shown.child(email::CC), None);
    let flag = shown.child(email::FLAG).unwrap();
    assert_eq!(flag.child_text(email::STATUS).as_deref(), Some("2"));
    assert_eq!(flag.child_text(tasks::SUBJECT).as_deref(), Some("Call"));
    let categories = shown.child(email::CATEGORIES).unwrap();
    assert_eq!(categories.child_text(email::CATEGORY).as_deref(), Some("Red"));
    let attachment = shown.child(air_sync_base::ATTACHMENTS).unwrap().elements().next().unwrap();
    let names: Vec<_> = attachment.elements().map(|one| (one.tag, one.value().into_owned())).collect();
    assert_eq!(
        names,
        [
            (air_sync_base::DISPLAY_NAME, "inner.eml".to_owned()),
            (air_sync_base::FILE_REFERENCE, "12-345-0".to_owned()),
            (air_sync_base::METHOD, "5".to_owned()),
            (air_sync_base::ESTIMATED_DATA_SIZE, "19".to_owned()),
        ]
    );
}

#[test]
fn a_conversation_has_one_id() {
    let id = |text: &str| {
        let shown = shown(text.as_bytes(), &Marks::default(), &options(Version::V14_0, &[]));
        shown.child(email2::CONVERSATION_ID).map(|id| id.bytes().into_owned())
    };
    let first = id("Message-ID: <m1@x>\r\n\r\n");
    assert_eq!(first.as_ref().unwrap().len(), CONVERSATION_ID_BYTES);
    assert_eq!(id(MAIL), first);
    assert_ne!(id("Message-ID: <m3@x>\r\n\r\n"), first);
    assert_eq!(id("Subject: x\r\n\r\n"), None);
    // 1 March 2020 is 0x01D5EF5C59CE0000 as FILETIME.
    assert_eq!(conversation_index("2020-03-01T00:00:00Z".parse().unwrap()).unwrap()[..2], [0xD5, 0xEF]);
    assert_eq!(conversation_index("1600-01-01T00:00:00Z".parse().unwrap()), None);
}

#[test]
fn an_old_phone_is_told_what_it_knows() {
    let shown = shown(MAIL.as_bytes(), &Marks::parse("category Red"), &options(Version::V12_1, &[]));
    for tag in [email::CATEGORIES, email2::SENDER, email2::CONVERSATION_ID, email2::CONVERSATION_INDEX] {
        assert_eq!(shown.child(tag), None, "{tag:?}");
    }
    assert!(shown.child(email::FLAG).unwrap().is_empty());
}

#[test]
fn a_message_without_a_date_came_when_it_was_made_here() {
    let shown = shown(b"Subject: x\n\n", &Marks::default(), &options(Version::V14_1, &[]));
    assert_eq!(shown.child_text(email::DATE_RECEIVED).as_deref(), Some("2026-01-01T00:00:00.000Z"));
}

#[test]
fn the_body_comes_in_the_form_that_fits() {
    let (plain, html, mime) = (wish(BodyType::Plain), wish(BodyType::Html), wish(BodyType::Mime));
    let table = [
        (vec![], MimeSupport::Never, "1", "Grüße\r\n\r\nBo"),
        (vec![plain], MimeSupport::Never, "1", "Grüße\r\n\r\nBo"),
        (vec![plain, html], MimeSupport::Never, "2", "<p>Grüße</p><p>Bo</p>"),
        (vec![html, mime], MimeSupport::Never, "2", "<p>Grüße</p><p>Bo</p>"),
        (vec![html, mime], MimeSupport::Smime, "2", "<p>Grüße</p><p>Bo</p>"),
        (vec![html, mime], MimeSupport::All, "4", MAIL),
        (vec![html, mime], MimeSupport::Unsaid, "4", MAIL),
        (vec![mime], MimeSupport::Never, "4", MAIL),
        (vec![wish(BodyType::Rtf)], MimeSupport::Never, "1", "Grüße\r\n\r\nBo"),
    ];
    for (bodies, mime, number, data) in table {
        let asked = Options { mime, ..options(Version::V14_1, &bodies) };
        let body = body(MAIL.as_bytes(), &asked);
        assert_eq!(body.child_text(TYPE).as_deref(), Some(number), "{asked:?}");
        assert_eq!(body.child_text(DATA).as_deref(), Some(data), "{asked:?}");
        assert_eq!(body.child_text(ESTIMATED_DATA_SIZE).unwrap(), data.len().to_string(), "{asked:?}");
        assert_eq!(body.child(TRUNCATED), None);
    }
}

#[test]
fn a_signed_message_goes_whole_where_only_those_do() {
    let signed = "Content-Type: application/pkcs7-mime\n\nx";
    let bodies = [wish(BodyType::Plain), wish(BodyType::Mime)];
    let asked = Options { mime: MimeSupport::Smime, ..options(Version::V14_1, &bodies) };
    let body = body(signed.as_bytes(), &asked);
    assert_eq!(body.child_text(DATA).as_deref(), Some("Content-Type: application/pkcs7-mime\r\n\r\nx"));
}

#[test]
fn a_body_is_cut_between_characters() {
    let cut = |size| BodyPreference { truncation: Some(size), ..wish(BodyType::Plain) };
    for (size, data) in
        [(0, None), (2, Some("Gr")), (3, Some("Gr")), (4, Some("Grü")), (100, Some("Grüße\r\n\r\nBo"))]
    {
        let body = body(MAIL.as_bytes(), &options(Version::V14_1, &[cut(size)]));
        assert_eq!(body.child_text(DATA).as_deref(), data, "{size}");
        assert_eq!(body.child_text(TRUNCATED).as_deref(), (size < 100).then_some("1"), "{size}");
        assert_eq!(body.child_text(ESTIMATED_DATA_SIZE).as_deref(), Some("13"), "{size}");
    }
}

#[test]
fn all_or_nothing_passes_to_the_next_form() {
    let html = BodyPreference { truncation: Some(5), all_or_none: true, ..wish(BodyType::Html) };
    let both = body(MAIL.as_bytes(), &options(Version::V14_1, &[html, wish(BodyType::Plain)]));
    assert_eq!(both.child_text(TYPE).as_deref(), Some("1"));
    let alone = body(MAIL.as_bytes(), &options(Version::V14_1, &[html]));
    assert_eq!((alone.child_text(TYPE).as_deref(), alone.child(DATA)), (Some("2"), None));
    assert_eq!(alone.child_text(TRUNCATED).as_deref(), Some("1"));
}

#[test]
fn a_preview_is_the_beginning_of_the_text() {
    let html = BodyPreference { preview: Some(7), ..wish(BodyType::Html) };
    let preview = |version| {
        body(MAIL.as_bytes(), &options(version, std::slice::from_ref(&html)))
            .child_text(PREVIEW)
            .map(std::borrow::Cow::into_owned)
    };
    assert_eq!(preview(Version::V14_0).as_deref(), Some("Grüße B"));
    assert_eq!(preview(Version::V12_1), None);
    let plain = BodyPreference { preview: Some(7), ..wish(BodyType::Plain) };
    assert_eq!(body(MAIL.as_bytes(), &options(Version::V14_1, &[plain])).child(PREVIEW), None);
}

#[test]
fn bytes_that_are_no_text_go_as_they_are() {
    let stored = b"Content-Type: text/plain; charset=windows-1252\r\n\r\n\x80 5";
    let asked = Options { mime: MimeSupport::All, ..options(Version::V14_1, &[wish(BodyType::Mime)]) };
    assert_eq!(body(stored, &asked).child(DATA).unwrap().bytes().as_ref(), stored);
}

#[test]
fn a_change_of_marks_is_sent_alone() {
    let marks = Marks::parse("category Red");
    let mail = Mail {
        folder: FolderId(1),
        uid: Uid(2),
        stored: b"",
        cuts: None,
        marks: &marks,
        seen: Seen::No,
        created_at: Timestamp::UNIX_EPOCH,
    };
    let tags = |version| {
        let elements = render_marks(&mail, &options(version, &[]));
        elements.into_iter().map(|element| element.tag).collect::<Vec<_>>()
    };
    assert_eq!(tags(Version::V14_0), [email::READ, email::FLAG, email::CATEGORIES]);
    assert_eq!(tags(Version::V12_1), [email::READ, email::FLAG]);
    assert_eq!(render_read(Seen::No).value(), "0");
}

#[test]
fn marks_are_read_from_a_change() {
    assert_eq!(parse(&change([])).unwrap(), MarksEdit::default());
    let read = parse(&change([Element::text(email::READ, "1")])).unwrap();
    assert_eq!(read, MarksEdit { read: Change::Set(true), ..MarksEdit::default() });
    let cleared = parse(&change([Element::new(email::FLAG), Element::new(email::CATEGORIES)])).unwrap();
    assert_eq!((cleared.flag, cleared.categories), (Change::Remove, Change::Remove));
    let flag = Element::new(email::FLAG)
        .with(Element::text(email::STATUS, "2"))
        .with(Element::text(email::FLAG_TYPE, "Follow up"))
        .with(Element::text(tasks::START_DATE, "2026-03-04T00:00:00.000Z"))
        .with(Element::text(tasks::UTC_START_DATE, "2026-03-04T00:00:00.000Z"))
        .with(Element::text(tasks::DUE_DATE, "2026-03-05T00:00:00.000Z"))
        .with(Element::text(tasks::UTC_DUE_DATE, "2026-03-05T00:00:00.000Z"));
    let names = Element::new(email::CATEGORIES).with(Element::text(email::CATEGORY, "Red"));
    let edit = parse(&change([flag, names])).unwrap();
    let Change::Set(flag) = edit.flag else { panic!("flag is set") };
    assert_eq!(flag.status, FlagStatus::Active);
    assert_eq!(flag.details[&FlagDetail::DueDate], "2026-03-05T00:00:00.000Z");
    assert_eq!(flag.details.len(), 5);
    assert_eq!(edit.categories, Change::Set(vec!["Red".to_owned()]));
}

#[test]
fn what_a_phone_may_not_change_is_unreadable() {
    let date = |tag| Element::text(tag, "2026-03-04T00:00:00.000Z");
    let flag = |status: &str, children: Vec<Element>| {
        let flag = Element::new(email::FLAG).with(Element::text(email::STATUS, status));
        children.into_iter().fold(flag, Element::with)
    };
    let late = vec![
        Element::text(tasks::START_DATE, "2026-03-05T00:00:00.000Z"),
        date(tasks::UTC_START_DATE),
        date(tasks::DUE_DATE),
        date(tasks::UTC_DUE_DATE),
    ];
    let many = vec![Element::text(email::CATEGORY, "x"); MAX_CATEGORIES + 1];
    let many = many.into_iter().fold(Element::new(email::CATEGORIES), Element::with);
    let long = Element::text(email::CATEGORY, "x".repeat(MAX_TEXT_CHARS + 1));
    let table = [
        Element::text(email::SUBJECT, "other"),
        Element::text(email2::CONVERSATION_ID, "x"),
        Element::text(email::READ, "2"),
        Element::text(email::READ, ""),
        Element::new(email::FLAG).with(Element::text(email::FLAG_TYPE, "x")),
        flag("3", vec![]),
        flag("2", vec![date(tasks::START_DATE)]),
        flag("2", late),
        flag("2", vec![Element::text(tasks::REMINDER_SET, "1")]),
        flag("2", vec![Element::text(email::TO, "x")]),
        flag("1", vec![date(email::COMPLETE_TIME)]),
        many,
        Element::new(email::CATEGORIES).with(long),
        Element::new(email::CATEGORIES).with(Element::opaque(email::CATEGORY, *b"\xFF")),
        flag("2", vec![Element::text(tasks::SUBJECT, "x".repeat(MAX_TEXT_CHARS + 1))]),
        flag("2", vec![Element::text(tasks::SUBJECT, "x"), Element::text(tasks::SUBJECT, "y")]),
    ];
    for element in table {
        assert!(parse(&change([element.clone()])).is_err(), "{element:?}");
    }
    assert!(
        parse(&change([flag("1", vec![date(email::COMPLETE_TIME), date(tasks::DATE_COMPLETED)])])).is_ok()
    );
}

proptest! {
    #[test]
    fn what_is_shown_of_marks_is_read_back(status in 0_u8..3, names in prop::collection::btree_set("[!-~ä]{1,20}", 0..5)) {
        let status = FlagStatus::from_number(status).unwrap();
        let mut details = std::collections::BTreeMap::from([(FlagDetail::FlagType, "x".to_owned())]);
        if status == FlagStatus::Complete {
            let date = "2026-03-04T00:00:00.000Z".to_owned();
            details.extend([(FlagDetail::CompleteTime, date.clone()), (FlagDetail::DateCompleted, date)]);
        }
        let asked = MarksEdit { read: Change::Keep, flag: Change::Set(Flag { status, details }), categories: Change::Set(names.into_iter().collect()) };
        let marks = asked.apply(&Marks::default());
        let shown = change(std::iter::once(marks::flag(&marks.flag)).chain(marks::categories(&marks, Version::V14_1)));
        prop_assert_eq!(parse(&shown).unwrap().apply(&Marks::default()), marks);
    }

    #[test]
    fn any_bytes_can_be_shown(stored in prop::collection::vec(any::<u8>(), 0..300), size in 0_u32..50) {
        let wish = |kind| BodyPreference { truncation: Some(size), ..wish(kind) };
        for kind in [BodyType::Plain, BodyType::Html, BodyType::Mime] {
            let body = body(&stored, &options(Version::V14_1, &[wish(kind)]));
            let data = body.child(DATA).map(|data| data.bytes().len()).unwrap_or_default();
            prop_assert!(data <= usize::try_from(size).unwrap());
        }
    }
}
