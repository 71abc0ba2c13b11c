//! Each make's habits, and the dialect of 16.x.

use wbxml::page::{air_sync_base, calendar, item_operations};

use super::*;

const MONDAY: &str = "20260105T090000Z";
const TUESDAY: &str = "20260106T090000Z";

/// Returns a phone with a calendar and a series in it.
fn with_series(kind: Kind, version: Version) -> (Phone, FolderId, ItemId) {
    let habit = Habit { version, greeting: Greeting::None, ..kind.habit() };
    let mut phone = Phone::with_habit("p", kind, habit);
    let request = next(&mut phone, Command::FolderSync);
    answer(&mut phone, &request, &folder_answer("1", &[(CONTACTS, "Calendar", 8)]));
    let request = next(&mut phone, Command::Sync);
    answer(&mut phone, &request, &sync_answer([collection(CONTACTS, "10")]));
    let request = next(&mut phone, Command::Sync);
    let found = collection(CONTACTS, "11").with(commands([series("7:1", "Jour fixe")]));
    answer(&mut phone, &request, &sync_answer([found]));
    let folder = phone.find(Class::Calendar, "Calendar").unwrap();
    let item = only_item(&phone, &folder);
    (phone, folder, item)
}

fn series(id: &str, subject: &str) -> Element {
    let daily = Element::new(calendar::RECURRENCE).with(Element::text(calendar::TYPE, "0"));
    let data = Element::new(tag::APPLICATION_DATA)
        .with(Element::text(calendar::SUBJECT, subject))
        .with(Element::text(calendar::START_TIME, MONDAY))
        .with(daily);
    Element::new(tag::ADD).with(Element::text(tag::SERVER_ID, id)).with(data)
}

fn data(command: &Element) -> &Element {
    command.child(tag::APPLICATION_DATA).unwrap()
}

fn exceptions(phone: &Phone, folder: &FolderId, item: ItemId) -> String {
    let item = phone.item(folder, item).unwrap();
    let exceptions = item.data().elements().find(|element| element.tag == calendar::EXCEPTIONS);
    exceptions.map(wbxml::to_xml).unwrap_or_default()
}

#[test]
fn from_16_on_occurrences_are_commands_of_their_own() {
    let (mut phone, folder, item) = with_series(Kind::Ios, Version::V16_1);
    phone.change_occurrence(&folder, (item, MONDAY), &[("Subject", "Earlier")]).unwrap();
    phone.delete_occurrence(&folder, (item, TUESDAY)).unwrap();
    let sent = sent_commands(&next(&mut phone, Command::Sync));
    let named: Vec<_> = sent
        .iter()
        .map(|one| (one.tag, one.child_text(air_sync_base::INSTANCE_ID).unwrap().into_owned()))
        .collect();
    assert_eq!(named, [(tag::CHANGE, MONDAY.to_owned()), (tag::DELETE, TUESDAY.to_owned())]);
    assert_eq!(data(&sent[0]).elements().count(), 1, "{}", wbxml::to_xml(&sent[0]));
}

#[test]
fn before_16_occurrences_go_with_their_series() {
    let (mut phone, folder, item) = with_series(Kind::Ios, Version::V14_1);
    phone.change_occurrence(&folder, (item, MONDAY), &[("Subject", "Earlier")]).unwrap();
    phone.delete_occurrence(&folder, (item, TUESDAY)).unwrap();
    let sent = sent_commands(&next(&mut phone, Command::Sync));
    assert_eq!(sent.len(), 1);
    let exceptions = data(&sent[0]).child(calendar::EXCEPTIONS).unwrap();
    assert_eq!(exceptions.children(calendar::EXCEPTION).count(), 2);
    assert!(data(&sent[0]).child(calendar::RECURRENCE).is_some());
}

#[test]
fn tbsync_sends_one_occurrence_per_request() {
    let (mut phone, folder, item) = with_series(Kind::TbSync, Version::V16_1);
    phone.change(&folder, item, &[("Subject", "Daily")]).unwrap();
    phone.change_occurrence(&folder, (item, MONDAY), &[("Subject", "Earlier")]).unwrap();
    phone.delete_occurrence(&folder, (item, TUESDAY)).unwrap();
    for (key, tag) in [("12", tag::CHANGE), ("13", tag::CHANGE), ("14", tag::DELETE)] {
        let request = next(&mut phone, Command::Sync);
        let sent = sent_commands(&request);
        assert_eq!(sent.iter().map(|one| one.tag).collect::<Vec<_>>(), [tag]);
        answer(&mut phone, &request, &sync_answer([collection(CONTACTS, key)]));
    }
    assert!(!phone.has_edits());
}

#[test]
fn a_denied_change_of_an_occurrence_is_put_back_with_its_series() {
    for kind in Kind::ALL {
        let (mut phone, folder, item) = with_series(kind, Version::V16_1);
        phone.change_occurrence(&folder, (item, MONDAY), &[("Subject", "Earlier")]).unwrap();
        assert!(exceptions(&phone, &folder, item).contains("Earlier"));
        let request = next(&mut phone, Command::Sync);
        let refused = Element::new(tag::CHANGE)
            .with(Element::text(tag::SERVER_ID, "7:1"))
            .with(Element::text(air_sync_base::INSTANCE_ID, MONDAY))
            .with(status(tag::STATUS, 7));
        let back = Element { tag: tag::CHANGE, ..series("7:1", "Jour fixe") };
        let found = collection(CONTACTS, "12").with(responses([refused])).with(commands([back]));
        answer(&mut phone, &request, &sync_answer([found]));
        assert_eq!(exceptions(&phone, &folder, item), "", "{kind:?}");
        assert!(!phone.has_edits(), "{kind:?}");
    }
}

#[test]
fn an_event_of_16_has_a_client_s_name_until_the_server_names_it() {
    let (mut phone, folder, _) = with_series(Kind::Ios, Version::V16_1);
    let fields = [("Subject", "Lunch"), ("Location", "Café"), ("Body", "")];
    let item = phone.add(&folder, &fields).unwrap();
    let request = next(&mut phone, Command::Sync);
    let sent = sent_commands(&request);
    let new = data(&sent[0]);
    assert!(new.child(calendar::UID).is_none() && new.child(calendar::DT_STAMP).is_none());
    assert!(new.child_text(calendar::CLIENT_UID).is_some());
    assert!(new.elements().all(|element| !element.is_empty()), "{}", wbxml::to_xml(new));
    let place = new.child(air_sync_base::LOCATION).unwrap().child_text(air_sync_base::DISPLAY_NAME);
    assert_eq!(place.as_deref(), Some("Café"));
    let named = Element::new(tag::APPLICATION_DATA).with(Element::text(calendar::UID, "u1"));
    let added = added(&client_id(&request), "7:2").with(named);
    answer(&mut phone, &request, &sync_answer([collection(CONTACTS, "12").with(responses([added]))]));
    assert_eq!(phone.item(&folder, item).unwrap().text("UID").as_deref(), Some("u1"));
    phone.change(&folder, item, &[("Subject", "Supper")]).unwrap();
    let sent = sent_commands(&next(&mut phone, Command::Sync));
    assert_eq!(data(&sent[0]).elements().count(), 1, "what did not change is left out");
}

#[test]
fn tbsync_sends_fewer_at_once_after_a_refusal() {
    let (mut phone, folder) = synced(Kind::TbSync);
    for number in 0..30 {
        phone.add(&folder, &[("FirstName", &format!("No {number}"))]).unwrap();
    }
    for expected in [30, 6, 1] {
        let request = next(&mut phone, Command::Sync);
        assert_eq!(sent_commands(&request).len(), expected);
        let refused = Element::new(tag::COLLECTION)
            .with(Element::text(tag::SYNC_KEY, "11"))
            .with(Element::text(tag::COLLECTION_ID, CONTACTS))
            .with(status(tag::STATUS, 6));
        answer(&mut phone, &request, &sync_answer([refused]));
    }
    let request = next(&mut phone, Command::Sync);
    assert_eq!(sent_commands(&request).len(), 1, "the one that was alone waits");
    let found = collection(CONTACTS, "12").with(responses([added(&client_id(&request), "7:2")]));
    answer(&mut phone, &request, &sync_answer([found]));
    assert_eq!(sent_commands(&next(&mut phone, Command::Sync)).len(), 28);
}

#[test]
fn an_android_s_window_grows_when_nothing_gets_through_it() {
    let (mut phone, folder) = synced(Kind::AndroidClassic);
    phone.want(&folder);
    for window in ["10", "20", "30"] {
        let request = next(&mut phone, Command::Sync);
        let root = request.root.as_ref().unwrap();
        let asked = root.child(tag::COLLECTIONS).unwrap().child(tag::COLLECTION).unwrap();
        assert_eq!(asked.child_text(tag::WINDOW_SIZE).as_deref(), Some(window));
        let stuck = collection(CONTACTS, "11").with(Element::new(tag::MORE_AVAILABLE));
        answer(&mut phone, &request, &sync_answer([stuck]));
    }
}

#[test]
fn an_android_says_which_fields_of_contacts_it_manages() {
    let says = |kind: Kind, number| {
        let habit = Habit { greeting: Greeting::None, ..kind.habit() };
        let mut phone = Phone::with_habit("p", kind, habit);
        let request = next(&mut phone, Command::FolderSync);
        answer(&mut phone, &request, &folder_answer("1", &[(CONTACTS, "Folder", number)]));
        let root = next(&mut phone, Command::Sync).root.unwrap();
        let asked = root.child(tag::COLLECTIONS).unwrap().child(tag::COLLECTION).unwrap();
        asked.child(tag::SUPPORTED).map_or(0, |supported| supported.elements().count())
    };
    assert!(says(Kind::AndroidClassic, 9) >= 56);
    assert_eq!(says(Kind::AndroidClassic, 8), 0);
    assert_eq!(says(Kind::Ios, 9), 0);
}

#[test]
fn an_iphone_sends_an_empty_picture_with_every_edit() {
    let (mut phone, folder) = synced(Kind::Ios);
    let item = only_item(&phone, &folder);
    phone.change(&folder, item, &[("FirstName", "Manuel")]).unwrap();
    let sent = sent_commands(&next(&mut phone, Command::Sync));
    assert!(data(&sent[0]).child(contacts::PICTURE).is_some_and(Element::is_empty));
}

#[test]
fn tbsync_fetches_a_body_that_is_html() {
    let (mut phone, folder) = synced(Kind::TbSync);
    phone.want(&folder);
    let request = next(&mut phone, Command::Sync);
    let plain = Element::new(air_sync_base::BODY)
        .with(Element::text(air_sync_base::TYPE, "1"))
        .with(Element::text(air_sync_base::DATA, "Bold"));
    let fields = Element::new(tag::APPLICATION_DATA)
        .with(Element::text(contacts::FIRST_NAME, "Oliver"))
        .with(plain)
        .with(Element::text(air_sync_base::NATIVE_BODY_TYPE, "2"));
    let add = Element::new(tag::ADD).with(Element::text(tag::SERVER_ID, "7:2")).with(fields);
    answer(&mut phone, &request, &sync_answer([collection(CONTACTS, "12").with(commands([add]))]));
    let request = next(&mut phone, Command::ItemOperations);
    let html = Element::new(air_sync_base::BODY)
        .with(Element::text(air_sync_base::TYPE, "2"))
        .with(Element::text(air_sync_base::DATA, "<b>Bold</b>"));
    let fetch = Element::new(item_operations::FETCH)
        .with(status(item_operations::STATUS, 1))
        .with(Element::text(tag::SERVER_ID, "7:2"))
        .with(Element::new(item_operations::PROPERTIES).with(html));
    let root = Element::new(item_operations::ITEM_OPERATIONS)
        .with(status(item_operations::STATUS, 1))
        .with(Element::new(item_operations::RESPONSE).with(fetch));
    answer(&mut phone, &request, &root);
    let bodies: Vec<_> = phone.items(&folder).filter_map(|item| item.text("Body")).collect();
    assert_eq!(bodies, ["<b>Bold</b>"]);
    assert!(!phone.has_work());
}

#[test]
fn outlook_knows_of_no_policy() {
    let (mut phone, folder) = synced(Kind::Outlook);
    phone.want(&folder);
    let request = next(&mut phone, Command::Sync);
    assert!(matches!(phone.apply(&request, 449, b""), Err(AnswerError::Http { status: 449, .. })));
    next(&mut phone, Command::Sync);
}

#[test]
fn mail_is_sent_again_until_it_is_known_to_be_sent() {
    for (version, is_whole) in [(Version::V12_1, true), (Version::V14_1, false)] {
        let habit = Habit { version, greeting: Greeting::None, ..Kind::Ios.habit() };
        let mut phone = Phone::with_habit("p", Kind::Ios, habit);
        let request = next(&mut phone, Command::FolderSync);
        answer(&mut phone, &request, &folder_answer("1", &[]));
        phone.send_mail(b"Subject: Hello\r\n\r\nHello.\r\n");
        let first = next(&mut phone, Command::SendMail);
        assert_eq!(first.body.starts_with(b"Subject: Hello"), is_whole);
        let second = next(&mut phone, Command::SendMail);
        assert_eq!(first.body, second.body, "under the same client id");
        assert_eq!(phone.apply(&second, 200, b"").unwrap(), Applied::Done);
        assert!(!phone.has_work());
    }
}
