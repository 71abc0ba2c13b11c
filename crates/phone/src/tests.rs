//! Phones against scripted answers.

use std::collections::VecDeque;
use std::io;

use wbxml::Element;
use wbxml::page::air_sync as tag;
use wbxml::page::{contacts, folder_hierarchy, move_, ping, provision};

use super::*;

mod habits;

const CONTACTS: &str = "7";
const OTHER: &str = "8";

fn status(of: wbxml::Tag, number: u16) -> Element {
    Element::text(of, number.to_string())
}

fn folder_answer(key: &str, folders: &[(&str, &str, u8)]) -> Element {
    let adds = folders.iter().fold(Element::new(folder_hierarchy::CHANGES), |changes, (id, name, number)| {
        changes.with(
            Element::new(folder_hierarchy::ADD)
                .with(Element::text(folder_hierarchy::SERVER_ID, *id))
                .with(Element::text(folder_hierarchy::PARENT_ID, "0"))
                .with(Element::text(folder_hierarchy::DISPLAY_NAME, *name))
                .with(Element::text(folder_hierarchy::TYPE, number.to_string())),
        )
    });
    Element::new(folder_hierarchy::FOLDER_SYNC)
        .with(status(folder_hierarchy::STATUS, 1))
        .with(Element::text(folder_hierarchy::SYNC_KEY, key))
        .with(adds)
}

/// What an answer says of one folder; `status` 1 where there is a key.
fn collection(id: &str, key: &str) -> Element {
    Element::new(tag::COLLECTION)
        .with(Element::text(tag::SYNC_KEY, key))
        .with(Element::text(tag::COLLECTION_ID, id))
        .with(status(tag::STATUS, 1))
}

fn sync_answer(collections: impl IntoIterator<Item = Element>) -> Element {
    let all = collections.into_iter().fold(Element::new(tag::COLLECTIONS), Element::with);
    Element::new(tag::SYNC).with(all)
}

fn responses(responses: impl IntoIterator<Item = Element>) -> Element {
    responses.into_iter().fold(Element::new(tag::RESPONSES), Element::with)
}

fn commands(commands: impl IntoIterator<Item = Element>) -> Element {
    commands.into_iter().fold(Element::new(tag::COMMANDS), Element::with)
}

fn added(client_id: &str, server_id: &str) -> Element {
    Element::new(tag::ADD)
        .with(Element::text(tag::CLIENT_ID, client_id))
        .with(Element::text(tag::SERVER_ID, server_id))
        .with(status(tag::STATUS, 1))
}

fn item(command: wbxml::Tag, id: &str, fields: &[(wbxml::Tag, &str)]) -> Element {
    let data = fields
        .iter()
        .fold(Element::new(tag::APPLICATION_DATA), |data, (tag, text)| data.with(Element::text(*tag, *text)));
    Element::new(command).with(Element::text(tag::SERVER_ID, id)).with(data)
}

fn delete(id: &str) -> Element {
    Element::new(tag::DELETE).with(Element::text(tag::SERVER_ID, id))
}

fn answer(phone: &mut Phone, request: &Request, root: &Element) {
    assert_eq!(phone.apply(request, 200, &wbxml::encode(root)).unwrap(), Applied::Done);
}

/// Returns the next request, which must be `command`.
fn next(phone: &mut Phone, command: Command) -> Request {
    let request = phone.next_request().expect("there is something to do");
    assert_eq!(request.command, command);
    request
}

/// Returns a phone with two folders of contacts, one of them with a contact in it.
fn synced(kind: Kind) -> (Phone, FolderId) {
    let mut habit = kind.habit();
    habit.greeting = Greeting::None;
    habit.collections = 1;
    let mut phone = Phone::with_habit("p", kind, habit);
    let request = next(&mut phone, Command::FolderSync);
    answer(
        &mut phone,
        &request,
        &folder_answer("1", &[(CONTACTS, "Public Contacts", 14), (OTHER, "Mine", 9)]),
    );
    for (id, first_key) in [(CONTACTS, 10), (OTHER, 20)] {
        let request = next(&mut phone, Command::Sync);
        answer(&mut phone, &request, &sync_answer([collection(id, &first_key.to_string())]));
        let request = next(&mut phone, Command::Sync);
        let key = (first_key + 1).to_string();
        let mut found = collection(id, &key);
        if id == CONTACTS {
            let fields = [(contacts::FIRST_NAME, "Manoel"), (contacts::LAST_NAME, "Neuer")];
            found.push(commands([item(tag::ADD, "7:1", &fields)]));
        }
        answer(&mut phone, &request, &sync_answer([found]));
    }
    assert!(phone.next_request().is_none());
    let folder = phone.contacts("Public Contacts").unwrap();
    (phone, folder)
}

fn only_item(phone: &Phone, folder: &FolderId) -> ItemId {
    let ids: Vec<_> = phone.items(folder).map(Item::id).collect();
    assert_eq!(ids.len(), 1);
    ids[0]
}

fn sent_commands(request: &Request) -> Vec<Element> {
    let root = request.root.as_ref().unwrap();
    let collection = root.child(tag::COLLECTIONS).unwrap().child(tag::COLLECTION).unwrap();
    collection.child(tag::COMMANDS).into_iter().flat_map(Element::elements).cloned().collect()
}

fn client_id(request: &Request) -> String {
    sent_commands(request)[0].child_text(tag::CLIENT_ID).unwrap().into_owned()
}

#[test]
fn a_first_synchronisation_brings_folders_and_items() {
    let (phone, folder) = synced(Kind::Outlook);
    let item = phone.item(&folder, only_item(&phone, &folder)).unwrap();
    assert_eq!(item.server_id(), Some("7:1"));
    assert_eq!(item.text("FirstName").as_deref(), Some("Manoel"));
    assert_eq!(phone.folder(&folder).unwrap().key(), "11");
}

#[test]
fn a_lost_answer_makes_it_send_the_same_again() {
    let (mut phone, folder) = synced(Kind::TbSync);
    phone.add(&folder, &[("FirstName", "Oliver")]).unwrap();
    let first = next(&mut phone, Command::Sync);
    let second = next(&mut phone, Command::Sync);
    assert_eq!(first.body, second.body);
    let late = wbxml::encode(&sync_answer([collection(CONTACTS, "12")]));
    assert_eq!(phone.apply(&first, 200, &late).unwrap(), Applied::Late);
    assert_eq!(phone.folder(&folder).unwrap().key(), "11");
    let found = collection(CONTACTS, "13").with(responses([added(&client_id(&second), "7:2")]));
    answer(&mut phone, &second, &sync_answer([found]));
    assert_eq!(phone.items(&folder).filter_map(Item::server_id).collect::<Vec<_>>(), ["7:1", "7:2"]);
    assert!(!phone.has_edits());
}

#[test]
fn an_android_names_a_repeated_contact_anew() {
    let (mut phone, folder) = synced(Kind::AndroidClassic);
    phone.add(&folder, &[("FirstName", "Oliver")]).unwrap();
    let first = next(&mut phone, Command::Sync);
    let second = next(&mut phone, Command::Sync);
    assert_ne!(client_id(&first), client_id(&second));
}

#[test]
fn an_edit_made_while_the_answer_is_awaited_is_sent_afterwards() {
    let (mut phone, folder) = synced(Kind::Outlook);
    let item = phone.add(&folder, &[("FirstName", "Oliver")]).unwrap();
    let request = next(&mut phone, Command::Sync);
    phone.change(&folder, item, &[("FirstName", "Olli")]).unwrap();
    let found = collection(CONTACTS, "12").with(responses([added(&client_id(&request), "7:2")]));
    answer(&mut phone, &request, &sync_answer([found]));
    let request = next(&mut phone, Command::Sync);
    let sent = sent_commands(&request);
    assert_eq!(sent[0].tag, tag::CHANGE);
    assert_eq!(sent[0].child_text(tag::SERVER_ID).as_deref(), Some("7:2"));
}

#[test]
fn a_new_item_deleted_while_the_answer_is_awaited_is_deleted_afterwards() {
    let (mut phone, folder) = synced(Kind::Outlook);
    let item = phone.add(&folder, &[("FirstName", "Oliver")]).unwrap();
    let request = next(&mut phone, Command::Sync);
    phone.delete(&folder, item).unwrap();
    assert_eq!(phone.items(&folder).count(), 1);
    let found = collection(CONTACTS, "12").with(responses([added(&client_id(&request), "7:2")]));
    answer(&mut phone, &request, &sync_answer([found]));
    let request = next(&mut phone, Command::Sync);
    assert_eq!(sent_commands(&request), [delete("7:2")]);
}

#[test]
fn a_denied_change_is_put_back_by_the_server_s_version() {
    let (mut phone, folder) = synced(Kind::Outlook);
    let row = only_item(&phone, &folder);
    phone.change(&folder, row, &[("FirstName", "Manuel")]).unwrap();
    let request = next(&mut phone, Command::Sync);
    let conflict =
        Element::new(tag::CHANGE).with(Element::text(tag::SERVER_ID, "7:1")).with(status(tag::STATUS, 7));
    let fields = [(contacts::FIRST_NAME, "Manoel"), (contacts::LAST_NAME, "Neuer")];
    let found = collection(CONTACTS, "12").with(responses([conflict])).with(commands([item(
        tag::CHANGE,
        "7:1",
        &fields,
    )]));
    answer(&mut phone, &request, &sync_answer([found]));
    assert_eq!(phone.item(&folder, row).unwrap().text("FirstName").as_deref(), Some("Manoel"));
    assert!(!phone.has_work());
}

#[test]
fn ids_bound_late_miss_a_delete_in_the_same_answer() {
    for (kind, left) in [(Kind::AndroidClassic, 2), (Kind::TbSync, 1)] {
        let (mut phone, folder) = synced(kind);
        phone.add(&folder, &[("FirstName", "Oliver")]).unwrap();
        let request = next(&mut phone, Command::Sync);
        let found = collection(CONTACTS, "12")
            .with(responses([added(&client_id(&request), "7:x5")]))
            .with(commands([delete("7:x5")]));
        answer(&mut phone, &request, &sync_answer([found]));
        assert_eq!(phone.items(&folder).count(), left, "{kind:?}");
    }
}

#[test]
fn what_a_change_leaves_out_is_cleared_or_kept() {
    for (kind, last_name) in [(Kind::Outlook, None), (Kind::TbSync, Some("Neuer"))] {
        let (mut phone, folder) = synced(kind);
        phone.want(&folder);
        let request = next(&mut phone, Command::Sync);
        let change = item(tag::CHANGE, "7:1", &[(contacts::FIRST_NAME, "Manuel")]);
        let found = collection(CONTACTS, "12").with(commands([change]));
        answer(&mut phone, &request, &sync_answer([found]));
        let row = only_item(&phone, &folder);
        assert_eq!(phone.item(&folder, row).unwrap().text("LastName").as_deref(), last_name, "{kind:?}");
    }
}

#[test]
fn an_add_for_a_known_id_is_skipped_or_replaces() {
    for (kind, first_name) in [(Kind::TbSync, "Manoel"), (Kind::Outlook, "Manuel")] {
        let (mut phone, folder) = synced(kind);
        phone.want(&folder);
        let request = next(&mut phone, Command::Sync);
        let add = item(tag::ADD, "7:1", &[(contacts::FIRST_NAME, "Manuel")]);
        let unknown = item(tag::CHANGE, "7:99", &[(contacts::FIRST_NAME, "Nobody")]);
        let found = collection(CONTACTS, "12").with(commands([add, unknown]));
        answer(&mut phone, &request, &sync_answer([found]));
        let row = only_item(&phone, &folder);
        assert_eq!(phone.item(&folder, row).unwrap().text("FirstName").as_deref(), Some(first_name));
    }
}

#[test]
fn tb_sync_pushes_first_and_pulls_then() {
    let (mut phone, folder) = synced(Kind::TbSync);
    phone.delete(&folder, only_item(&phone, &folder)).unwrap();
    let push = next(&mut phone, Command::Sync);
    assert_eq!(sent_commands(&push), [delete("7:1")]);
    answer(&mut phone, &push, &sync_answer([collection(CONTACTS, "12")]));
    let pull = next(&mut phone, Command::Sync);
    assert!(sent_commands(&pull).is_empty());
    let back = item(tag::ADD, "7:1", &[(contacts::FIRST_NAME, "Manoel")]);
    let found = collection(CONTACTS, "13").with(commands([back]));
    answer(&mut phone, &pull, &sync_answer([found]));
    assert_eq!(phone.items(&folder).count(), 1);
}

#[test]
fn a_change_whose_item_is_gone_is_dropped_or_added_again() {
    for (kind, pending) in [(Kind::Outlook, false), (Kind::TbSync, true)] {
        let (mut phone, folder) = synced(kind);
        let row = only_item(&phone, &folder);
        phone.change(&folder, row, &[("FirstName", "Manuel")]).unwrap();
        let request = next(&mut phone, Command::Sync);
        let gone =
            Element::new(tag::CHANGE).with(Element::text(tag::SERVER_ID, "7:1")).with(status(tag::STATUS, 8));
        let found = collection(CONTACTS, "12").with(responses([gone]));
        answer(&mut phone, &request, &sync_answer([found]));
        assert_eq!(phone.has_edits(), pending, "{kind:?}");
        if pending {
            assert_eq!(sent_commands(&next(&mut phone, Command::Sync))[0].tag, tag::ADD);
        }
    }
}

#[test]
fn after_an_unknown_key_it_starts_over_and_sends_again_what_is_new() {
    let (mut phone, folder) = synced(Kind::Outlook);
    phone.add(&folder, &[("FirstName", "Oliver")]).unwrap();
    let request = next(&mut phone, Command::Sync);
    let refused = Element::new(tag::COLLECTION)
        .with(Element::text(tag::COLLECTION_ID, CONTACTS))
        .with(status(tag::STATUS, 3));
    answer(&mut phone, &request, &sync_answer([refused]));
    assert_eq!(phone.folder(&folder).unwrap().restarts(), 1);
    assert_eq!(phone.items(&folder).count(), 1);
    let first = next(&mut phone, Command::Sync);
    assert!(sent_commands(&first).is_empty());
    answer(&mut phone, &first, &sync_answer([collection(CONTACTS, "30")]));
    assert_eq!(sent_commands(&next(&mut phone, Command::Sync))[0].tag, tag::ADD);
}

#[test]
fn an_answer_that_forgets_a_command_changes_nothing() {
    let (mut phone, folder) = synced(Kind::Outlook);
    phone.add(&folder, &[("FirstName", "Oliver")]).unwrap();
    for incomplete in [sync_answer([collection(CONTACTS, "12")]), sync_answer([]), Element::new(tag::SYNC)] {
        let request = next(&mut phone, Command::Sync);
        let error = phone.apply(&request, 200, &wbxml::encode(&incomplete)).unwrap_err();
        assert!(matches!(error, AnswerError::Shape { .. }), "{error}");
    }
    let request = next(&mut phone, Command::Sync);
    assert!(matches!(phone.apply(&request, 503, b""), Err(AnswerError::Http { status: 503, .. })));
    let request = next(&mut phone, Command::Sync);
    assert!(matches!(phone.apply(&request, 200, b"<html>"), Err(AnswerError::Decode { .. })));
    assert_eq!(phone.folder(&folder).unwrap().key(), "11");
    assert!(phone.has_edits());
}

fn moved(id: &str, number: u16, new: Option<&str>) -> Element {
    let response = Element::new(move_::RESPONSE)
        .with(Element::text(move_::SRC_MSG_ID, id))
        .with(status(move_::STATUS, number));
    let response = match new {
        Some(new) => response.with(Element::text(move_::DST_MSG_ID, new)),
        None => response,
    };
    Element::new(move_::MOVE_ITEMS).with(response)
}

#[test]
fn a_moved_item_has_its_new_id() {
    for kind in [Kind::AndroidClassic, Kind::Outlook] {
        let (mut phone, from) = synced(kind);
        let to = phone.contacts("Mine").unwrap();
        let row = only_item(&phone, &from);
        phone.move_item(&from, row, &to).unwrap();
        let at_once = usize::from(kind == Kind::AndroidClassic);
        assert_eq!((phone.items(&from).count(), phone.items(&to).count()), (1 - at_once, at_once));
        let request = next(&mut phone, Command::MoveItems);
        answer(&mut phone, &request, &moved("7:1", 3, Some("8:9")));
        assert_eq!((phone.items(&from).count(), phone.items(&to).count()), (0, 1));
        let item = phone.item(&to, row).unwrap();
        assert_eq!(item.server_id(), Some("8:9"));
        assert_eq!(item.text("LastName").as_deref(), Some("Neuer"));
    }
}

#[test]
fn a_refused_move_is_rolled_back() {
    let (mut phone, from) = synced(Kind::Ios);
    let to = phone.contacts("Mine").unwrap();
    let row = only_item(&phone, &from);
    phone.move_item(&from, row, &to).unwrap();
    assert!(matches!(phone.change(&to, row, &[("FirstName", "X")]), Err(EditError::Underway)));
    let request = next(&mut phone, Command::MoveItems);
    answer(&mut phone, &request, &moved("7:1", 2, None));
    assert_eq!((phone.items(&from).count(), phone.items(&to).count()), (1, 0));
    assert!(!phone.has_edits());
}

#[test]
fn outlook_ignores_the_first_delete_after_a_move() {
    let (mut phone, from) = synced(Kind::Outlook);
    let to = phone.contacts("Mine").unwrap();
    phone.move_item(&from, only_item(&phone, &from), &to).unwrap();
    let request = next(&mut phone, Command::MoveItems);
    answer(&mut phone, &request, &moved("7:1", 3, Some("8:x9")));
    let request = next(&mut phone, Command::Sync);
    answer(&mut phone, &request, &sync_answer([collection(CONTACTS, "12")]));
    for (key, left) in [("22", 1), ("23", 0)] {
        phone.want(&to);
        let request = next(&mut phone, Command::Sync);
        let found = collection(OTHER, key).with(commands([delete("8:x9")]));
        answer(&mut phone, &request, &sync_answer([found]));
        assert_eq!(phone.items(&to).count(), left);
    }
}

#[test]
fn a_move_of_an_edited_item_waits_for_the_edit() {
    let (mut phone, from) = synced(Kind::Ios);
    let to = phone.contacts("Mine").unwrap();
    let row = only_item(&phone, &from);
    phone.change(&from, row, &[("FirstName", "Manuel")]).unwrap();
    assert!(matches!(phone.move_item(&from, row, &to), Err(EditError::Underway)));
}

#[test]
fn a_quiet_ios_sends_nothing_once_it_is_sure_of_the_keys() {
    let (mut phone, folder) = synced(Kind::Ios);
    phone.want(&folder);
    let whole = next(&mut phone, Command::Sync);
    assert!(whole.root.is_some());
    answer(&mut phone, &whole, &sync_answer([collection(CONTACTS, "12")]));
    phone.want(&folder);
    let empty = next(&mut phone, Command::Sync);
    assert!(empty.body.is_empty());
    let again = next(&mut phone, Command::Sync);
    assert!(!again.body.is_empty(), "the answer was lost, so the server may have moved on");
    assert_eq!(phone.apply(&again, 200, b"").unwrap(), Applied::Done);
    assert!(!phone.has_work());
}

#[test]
fn a_demanded_policy_is_fetched_and_acknowledged() {
    let (mut phone, folder) = synced(Kind::Ios);
    phone.want(&folder);
    let request = next(&mut phone, Command::Sync);
    answer(&mut phone, &request, &Element::new(tag::SYNC).with(status(tag::STATUS, 142)));
    for (key, acknowledged) in [("11", None), ("22", Some("11"))] {
        let request = next(&mut phone, Command::Provision);
        let asked = request.root.as_ref().unwrap().child(provision::POLICIES).unwrap();
        let asked = asked.child(provision::POLICY).unwrap().child_text(provision::POLICY_KEY);
        assert_eq!(asked.as_deref(), acknowledged);
        let policy = Element::new(provision::POLICY)
            .with(status(provision::STATUS, 1))
            .with(Element::text(provision::POLICY_KEY, key));
        let root = Element::new(provision::PROVISION)
            .with(status(provision::STATUS, 1))
            .with(Element::new(provision::POLICIES).with(policy));
        answer(&mut phone, &request, &root);
    }
    assert_eq!(next(&mut phone, Command::Sync).policy_key, 22);
}

#[test]
fn a_ping_says_what_to_ask_for() {
    let (mut phone, _) = synced(Kind::AndroidClassic);
    let request = phone.ping_request(480);
    let changed = Element::new(ping::FOLDERS).with(Element::text(ping::FOLDER, OTHER));
    answer(&mut phone, &request, &Element::new(ping::PING).with(status(ping::STATUS, 2)).with(changed));
    let request = next(&mut phone, Command::Sync);
    let root = request.root.unwrap();
    let asked = root.child(tag::COLLECTIONS).unwrap().child(tag::COLLECTION).unwrap();
    assert_eq!(asked.child_text(tag::COLLECTION_ID).as_deref(), Some(OTHER));
    let request = phone.ping_request(480);
    answer(&mut phone, &request, &Element::new(ping::PING).with(status(ping::STATUS, 7)));
    next(&mut phone, Command::FolderSync);
}

#[test]
fn a_folder_that_is_gone_goes_with_its_items() {
    let (mut phone, folder) = synced(Kind::TbSync);
    phone.want(&folder);
    let request = next(&mut phone, Command::Sync);
    let gone = Element::new(tag::COLLECTION)
        .with(Element::text(tag::COLLECTION_ID, CONTACTS))
        .with(status(tag::STATUS, 12));
    answer(&mut phone, &request, &sync_answer([gone]));
    let request = next(&mut phone, Command::FolderSync);
    let deleted =
        Element::new(folder_hierarchy::DELETE).with(Element::text(folder_hierarchy::SERVER_ID, CONTACTS));
    let root = Element::new(folder_hierarchy::FOLDER_SYNC)
        .with(status(folder_hierarchy::STATUS, 1))
        .with(Element::text(folder_hierarchy::SYNC_KEY, "2"))
        .with(Element::new(folder_hierarchy::CHANGES).with(deleted));
    answer(&mut phone, &request, &root);
    assert!(phone.folder(&folder).is_none());
    assert!(!phone.has_work());
}

#[test]
fn a_new_hierarchy_keeps_what_it_names() {
    let (mut phone, folder) = synced(Kind::TbSync);
    phone.want_folders();
    let request = next(&mut phone, Command::FolderSync);
    let unknown = Element::new(folder_hierarchy::FOLDER_SYNC).with(status(folder_hierarchy::STATUS, 9));
    answer(&mut phone, &request, &unknown);
    let request = next(&mut phone, Command::FolderSync);
    assert!(request.root.as_ref().unwrap().child_text(folder_hierarchy::SYNC_KEY).as_deref() == Some("0"));
    answer(&mut phone, &request, &folder_answer("5", &[(CONTACTS, "Renamed", 14)]));
    assert_eq!(phone.folders().count(), 1);
    assert_eq!(phone.folder(&folder).unwrap().name(), "Renamed");
    assert_eq!(phone.items(&folder).count(), 1);
}

#[test]
fn a_folder_is_made_renamed_and_deleted_when_the_server_agrees() {
    let (mut phone, _) = synced(Kind::Outlook);
    phone.create_folder(None, "New", Class::Tasks);
    let request = next(&mut phone, Command::FolderCreate);
    let root = Element::new(folder_hierarchy::FOLDER_CREATE)
        .with(status(folder_hierarchy::STATUS, 1))
        .with(Element::text(folder_hierarchy::SYNC_KEY, "2"))
        .with(Element::text(folder_hierarchy::SERVER_ID, "9"));
    answer(&mut phone, &request, &root);
    let made = phone.find(Class::Tasks, "New").unwrap();
    phone.rename_folder(&made, "Newer").unwrap();
    let request = next(&mut phone, Command::FolderUpdate);
    let refused = Element::new(folder_hierarchy::FOLDER_UPDATE).with(status(folder_hierarchy::STATUS, 2));
    answer(&mut phone, &request, &refused);
    assert_eq!(phone.folder(&made).unwrap().name(), "New");
    phone.delete_folder(&made).unwrap();
    let request = next(&mut phone, Command::FolderDelete);
    let done = Element::new(folder_hierarchy::FOLDER_DELETE)
        .with(status(folder_hierarchy::STATUS, 1))
        .with(Element::text(folder_hierarchy::SYNC_KEY, "3"));
    answer(&mut phone, &request, &done);
    assert!(phone.folder(&made).is_none());
}

#[test]
fn mail_sends_only_what_was_changed() {
    let mut phone = Phone::new("p", Kind::AndroidClassic);
    let request = next(&mut phone, Command::FolderSync);
    answer(&mut phone, &request, &folder_answer("1", &[("3", "Inbox", 2)]));
    let request = next(&mut phone, Command::Sync);
    answer(&mut phone, &request, &sync_answer([collection("3", "4")]));
    let request = next(&mut phone, Command::Sync);
    let mail = [(wbxml::page::email::SUBJECT, "Hello"), (wbxml::page::email::READ, "0")];
    answer(
        &mut phone,
        &request,
        &sync_answer([collection("3", "5").with(commands([item(tag::ADD, "3:1", &mail)]))]),
    );
    let inbox = phone.find(Class::Mail, "Inbox").unwrap();
    phone.change(&inbox, only_item(&phone, &inbox), &[("Read", "1")]).unwrap();
    let sent = sent_commands(&next(&mut phone, Command::Sync));
    let data = sent[0].child(tag::APPLICATION_DATA).unwrap();
    assert_eq!(data.elements().count(), 1);
    assert_eq!(data.child_text(wbxml::page::email::READ).as_deref(), Some("1"));
    assert!(matches!(phone.add(&inbox, &[]), Err(EditError::Unable { .. })));
}

#[test]
fn an_edit_of_what_is_not_there_is_refused() {
    let (mut phone, folder) = synced(Kind::Outlook);
    let row = only_item(&phone, &folder);
    assert!(matches!(phone.change(&folder, row, &[("Colour", "red")]), Err(EditError::NoField { .. })));
    phone.delete(&folder, row).unwrap();
    assert!(matches!(phone.change(&folder, row, &[("FirstName", "X")]), Err(EditError::NoItem)));
    let nowhere = FolderId("99".into());
    assert!(matches!(phone.add(&nowhere, &[]), Err(EditError::NoFolder { .. })));
}

/// Gives the answers it was given, one per request.
struct Script(VecDeque<Element>);

impl Transport for Script {
    fn send(&mut self, _: &Request) -> io::Result<Answer> {
        let root = self.0.pop_front().ok_or_else(|| io::Error::other("the server is gone"))?;
        Ok(Answer { status: 200, body: wbxml::encode(&root) })
    }
}

#[test]
fn a_whole_synchronisation_runs_until_nothing_is_left() {
    let mut phone = Phone::new("p", Kind::Outlook);
    phone.record_rounds();
    let mut script = Script(VecDeque::from([
        folder_answer("1", &[(CONTACTS, "Public Contacts", 14)]),
        sync_answer([collection(CONTACTS, "2")]),
        sync_answer([collection(CONTACTS, "3").with(Element::new(tag::MORE_AVAILABLE))]),
        sync_answer([collection(CONTACTS, "4")]),
    ]));
    assert_eq!(phone.sync_all(&mut script).unwrap(), 4);
    let rounds = phone.take_rounds();
    assert_eq!(rounds.len(), 4);
    assert!(wbxml::to_xml(rounds[0].request.as_ref().unwrap()).starts_with("<FolderSync>"));
    let error = phone.sync_all(&mut script).unwrap_err();
    assert!(matches!(error, SyncError::Transport { command: Command::FolderSync, .. }));
}

#[test]
fn a_folder_left_out_is_not_asked_for() {
    let (mut phone, folder) = synced(Kind::Outlook);
    phone.leave_out(&folder);
    phone.want(&folder);
    assert!(!phone.syncs(&folder));
    assert!(!phone.has_work());
    assert!(matches!(phone.add(&folder, &[]), Err(EditError::Unable { .. })));
}
