//! A phone sends a message: it arrives here at once, waits for outside, and is never sent twice.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what is not there where it should be is a failed test"
)]

mod common;

use access::Preset;
use common::{Club, Phone, document, shown, text};
use eas::request::{Command, Received, Request};
use eas::{Answer, Reply, Woken};
use engine::{Actor, FolderPath};
use hyper::{HeaderMap, Method};
use items::message::{Message, attachment_bytes};
use wbxml::page::compose_mail::{
    CLIENT_ID, FOLDER_ID, ITEM_ID, LONG_ID, MIME, REPLACE_MIME, SAVE_IN_SENT_ITEMS, SEND_MAIL, SMART_FORWARD,
    SMART_REPLY, SOURCE, STATUS,
};
use wbxml::page::ping::{FOLDER, FOLDERS, HEARTBEAT_INTERVAL, ID, PING};
use wbxml::page::{air_sync, email, email2};
use wbxml::{Element, Tag};

const HELLO: &str = "From: bo@club.example\nTo: \"Anna\" <ANNA@club.example>, fan@outside.example\n\
    Bcc: boss@outside.example\nSubject: Hello\nContent-Type: text/plain; charset=utf-8\n\nHi Anna\n";

const PLAN: &str = "From: Anna <anna@club.example>\r\nTo: bo@club.example\r\nSubject: Plan\r\nMessage-ID: <p@x>\r\n\
    Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nMeet at nine\r\n--b\r\n\
    Content-Type: application/pdf\r\nContent-Disposition: attachment; filename=plan.pdf\r\n\
    Content-Transfer-Encoding: base64\r\n\r\nUERG\r\n--b--\r\n";

fn mails(club: &Club, user: &str, folder: &str) -> Vec<Vec<u8>> {
    let path = FolderPath::try_from(folder).unwrap();
    let mut list = Vec::new();
    let mut take = |_: &str, content: &[u8]| {
        list.push(content.to_vec());
        Ok(())
    };
    club.engine().export(user, &path, (Actor::Operator, club.now), &mut take).unwrap();
    list
}

fn send_mail(client_id: &str, message: &str) -> Element {
    compose(SEND_MAIL, client_id, message).with(Element::new(SAVE_IN_SENT_ITEMS))
}

fn compose(tag: Tag, client_id: &str, message: &str) -> Element {
    Element::new(tag)
        .with(Element::text(CLIENT_ID, client_id))
        .with(Element::opaque(MIME, message.as_bytes().to_vec()))
}

fn source(folder: &str, item: &str) -> Element {
    Element::new(SOURCE).with(Element::text(FOLDER_ID, folder)).with(Element::text(ITEM_ID, item))
}

fn sent(reply: &Reply) {
    assert_eq!((reply.status, reply.body.len()), (200, 0), "{}", shown(reply));
}

fn status(phone: &Phone<'_>, command: Command, root: &Element) -> String {
    text(&phone.ask(command, root), STATUS)
}

#[test]
fn it_arrives_here_waits_for_outside_and_stays_in_sent() {
    let club = Club::new(Preset::Viewer);
    let phone = club.phone("bo");
    sent(&phone.reply(Command::SendMail, Some(&send_mail("c1", HELLO))));
    let [arrived] = &mails(&club, "anna", "Inbox")[..] else { panic!("one message") };
    let text = String::from_utf8(arrived.clone()).unwrap();
    let message = Message::parse(arrived);
    assert_eq!(message.from.display(), "bo@club.example");
    assert_eq!(message.date_received(), Some(club.now));
    assert!(message.message_id.is_some() && message.date.is_some());
    assert!(message.bcc.is_empty() && !text.contains("boss@"), "{text}");
    assert!(!text.replace("\r\n", "").contains(['\r', '\n']), "every line ends with both");
    let [kept] = &mails(&club, "bo", "Sent")[..] else { panic!("one copy") };
    assert_eq!(Message::parse(kept).bcc.0[0].address, "boss@outside.example");
    let [waits] = &club.engine().outbox().unwrap()[..] else { panic!("one waits") };
    assert_eq!(waits.recipients, ["fan@outside.example", "boss@outside.example"]);
    assert_eq!((waits.user.as_str(), waits.sender.as_str()), ("bo", "bo@club.example"));
    assert_eq!(waits.subject, "Hello");
    let travels = club.engine().outbox_message(waits.id).unwrap();
    assert!(!String::from_utf8(travels).unwrap().contains("boss@"));
}

#[test]
fn it_wakes_the_phone_that_waits_for_it() {
    let club = Club::new(Preset::Viewer);
    let anna = club.phone("anna");
    let key = text(&anna.folder_sync("0"), wbxml::page::folder_hierarchy::SYNC_KEY);
    anna.folder_sync(&key);
    let inbox = anna.folder("Inbox");
    let key = text(&anna.folder_sync("0"), wbxml::page::folder_hierarchy::SYNC_KEY);
    anna.folder_sync(&key);
    anna.take_all(&inbox);
    let folder = Element::new(FOLDER).with(Element::text(ID, inbox.as_str()));
    let ping = Element::new(PING)
        .with(Element::text(HEARTBEAT_INTERVAL, "480"))
        .with(Element::new(FOLDERS).with(folder));
    let wait = anna.wait(Command::Ping, Some(&ping));
    let Answer::Wait(wait) = anna.resume(wait, Woken::Changed) else { panic!("nothing came") };
    sent(&club.phone("bo").reply(Command::SendMail, Some(&send_mail("c1", HELLO))));
    let Answer::Reply(reply) = anna.resume(wait, Woken::Changed) else { panic!("still waits") };
    assert_eq!(text(document(&reply).child(FOLDERS).unwrap(), FOLDER), inbox);
}

#[test]
fn the_same_again_is_sent_once() {
    let club = Club::new(Preset::Viewer);
    let phone = club.phone("bo");
    for _ in 0..3 {
        sent(&phone.reply(Command::SendMail, Some(&send_mail("c1", HELLO))));
    }
    assert_eq!(mails(&club, "anna", "Inbox").len(), 1);
    assert_eq!(mails(&club, "bo", "Sent").len(), 1);
    // A phone that counts from 1 again means another message.
    sent(&phone.reply(Command::SendMail, Some(&send_mail("c1", &HELLO.replace("Hello", "Other")))));
    sent(&phone.reply(Command::SendMail, Some(&send_mail("c2", HELLO))));
    assert_eq!(mails(&club, "anna", "Inbox").len(), 3);
}

#[test]
fn nobody_speaks_for_another() {
    let club = Club::new(Preset::Viewer);
    let forged = HELLO.replace("bo@club.example", "\"The Boss\" <boss@outside.example>");
    sent(&club.phone("bo").reply(Command::SendMail, Some(&send_mail("c1", &forged))));
    let message = Message::parse(&mails(&club, "anna", "Inbox")[0]);
    assert_eq!(message.from.display(), "\"Bo Lind\" <bo@club.example>");
}

#[test]
fn who_writes_in_a_folder_speaks_for_its_owner_where_that_is_set() {
    let club = Club::new(Preset::Viewer);
    let path = FolderPath::try_from("Post").unwrap();
    club.engine().add_folder("anna", &path, items::Kind::Mail, club.now).unwrap();
    let grant = |preset: Preset| {
        let entry = (&engine::PrincipalRef::User("bo".to_owned()), access::Entry::new(preset.grant()));
        club.engine().set_grant("anna", &path, entry, club.now).unwrap();
    };
    grant(Preset::Editor);
    let set = |switch: engine::Switch| {
        let change = engine::FolderFlagsChange { send_as_owner: Some(switch), ..Default::default() };
        club.engine().set_device_folder(("bo", "phone1"), ("anna", &path), &change, club.now).unwrap();
    };
    let uid = club.import_into("anna", "Post", &PLAN.replace("anna@club.example", "fan@outside.example"));
    let post = club.folder("anna", "Post").to_string();
    let phone = club.phone("bo");
    let (anna, bo) = ("\"Anna Berg\" <anna@club.example>", "\"Bo Lind\" <bo@club.example>");
    let mut number = 0;
    let mut from = |tag, message: &str| {
        number += 1;
        let command = if tag == SMART_REPLY { Command::SmartReply } else { Command::SendMail };
        let root = compose(tag, &format!("n{number}"), message);
        let of = source(&post, &format!("{post}:{uid}"));
        sent(&phone.reply(command, Some(&if tag == SMART_REPLY { root.with(of) } else { root })));
        let last = Message::parse(mails(&club, "anna", "Inbox").last().unwrap());
        (last.from.display(), last.sender.display())
    };
    let to = "To: anna@club.example\nSubject: x\n\nHi\n";
    let named = format!("From: Anna <ANNA@club.example>\n{to}");
    let himself = (bo.to_owned(), String::new());
    assert_eq!(from(SMART_REPLY, to), himself, "it is not set");
    set(engine::Switch::On);
    assert_eq!(from(SMART_REPLY, to), (anna.to_owned(), bo.to_owned()), "he answers what is hers");
    assert_eq!(from(SEND_MAIL, &named), (anna.to_owned(), bo.to_owned()), "he names her");
    assert_eq!(from(SEND_MAIL, to), himself, "nothing says that he speaks for her");
    grant(Preset::Viewer);
    assert_eq!(from(SMART_REPLY, to), himself, "who only reads there speaks for nobody");
    assert_eq!(from(SEND_MAIL, &named), himself);
    grant(Preset::Editor);
    set(engine::Switch::Off);
    assert_eq!(from(SEND_MAIL, &named), himself);
}

#[test]
fn what_cannot_be_sent_is_told_and_nothing_is() {
    let club = Club::new(Preset::Viewer);
    let phone = club.phone("bo");
    let of = |message: &str| status(&phone, Command::SendMail, &send_mail("c", message));
    assert_eq!(of("Subject: nobody\n\nHi\n"), "119");
    assert_eq!(of("To: anna@club.example, Karl\nSubject: x\n\nHi\n"), "116");
    assert_eq!(of("no header at all"), "107");
    let no_mime = Element::new(SEND_MAIL).with(Element::text(CLIENT_ID, "c"));
    assert_eq!(status(&phone, Command::SendMail, &no_mime), "103");
    assert!(mails(&club, "anna", "Inbox").is_empty() && mails(&club, "bo", "Sent").is_empty());
}

fn plain(phone: &Phone<'_>, command: Command, more: &str, body: &str) -> Reply {
    let mut headers = HeaderMap::new();
    headers.insert("ms-asprotocolversion", "12.1".parse().unwrap());
    let query = format!("Cmd={command}&User=x&DeviceId=phone1&DeviceType=iPhone{more}");
    let request: Box<Request> = match Received::parse(&Method::POST, &query, &headers) {
        Ok(Received::Command(request)) => request,
        other => panic!("{other:?}"),
    };
    match phone.club.server.handle(&phone.caller, &request, body.as_bytes(), phone.club.now) {
        Answer::Reply(reply) => reply,
        Answer::Wait(wait) => panic!("waits: {wait:?}"),
    }
}

#[test]
fn an_old_phone_sends_the_message_as_it_is() {
    let club = Club::new(Preset::Viewer);
    let phone = club.phone("bo");
    sent(&plain(&phone, Command::SendMail, "&SaveInSent=T", HELLO));
    sent(&plain(&phone, Command::SendMail, "&SaveInSent=T", HELLO));
    sent(&plain(&phone, Command::SendMail, "&SaveInSent=F", &HELLO.replace("Hi", "Ho")));
    assert_eq!(mails(&club, "anna", "Inbox").len(), 2);
    assert_eq!(mails(&club, "bo", "Sent").len(), 1);
    // What it cannot reply to, it then sends as an ordinary message.
    let gone = plain(&phone, Command::SmartReply, "&CollectionId=1&ItemId=1:99", &HELLO.replace("Hi", "Re"));
    assert_eq!((gone.status, gone.body.len()), (500, 0));
    assert_eq!(plain(&phone, Command::SendMail, "", "x").status, 400);
}

#[test]
fn a_reply_quotes_and_marks_the_original() {
    let club = Club::new(Preset::Viewer);
    let uid = club.import_into("bo", "Inbox", PLAN);
    let phone = club.phone("bo");
    let inbox = phone.folder("Inbox");
    let key = phone.take_all(&inbox);
    let reply = "To: anna@club.example\nSubject: Re: Plan\n\nI come\n";
    let root = compose(SMART_REPLY, "r1", reply).with(source(&inbox, &format!("{inbox}:{uid}")));
    sent(&phone.reply(Command::SmartReply, Some(&root)));
    let arrived = Message::parse(&mails(&club, "anna", "Inbox")[0]);
    let body = arrived.body_text();
    assert!(body.starts_with("I come\n") && body.contains("\n> Meet at nine\n"), "{body}");
    assert!(arrived.attachments.is_empty());
    assert_eq!(arrived.thread_root.as_deref(), Some("p@x"));
    let round = phone.round(&inbox, &key, vec![]);
    let shown = round.commands()[0];
    assert_eq!(text(shown, air_sync::SERVER_ID), format!("{inbox}:{uid}"));
    let item =
        club.engine().fetch(&phone.caller, club.folder("bo", "Inbox"), uid, club.now).unwrap().unwrap();
    assert!(item.marks.starts_with("verb reply "), "{}", item.marks);
    // With ReplaceMime the phone says all there is to say; the long id is the item's own.
    let long = Element::new(SOURCE).with(Element::text(LONG_ID, format!("{inbox}:{uid}")));
    let root = compose(SMART_REPLY, "r2", reply).with(long).with(Element::new(REPLACE_MIME));
    sent(&phone.reply(Command::SmartReply, Some(&root)));
    assert_eq!(Message::parse(&mails(&club, "anna", "Inbox")[1]).body_text(), "I come\n");
}

#[test]
fn a_forward_carries_what_is_attached() {
    let club = Club::new(Preset::Viewer);
    let uid = club.import_into("bo", "Inbox", PLAN);
    let phone = club.phone("bo");
    let inbox = phone.folder("Inbox");
    let forward = "To: anna@club.example\nSubject: Fwd: Plan\nContent-Type: text/html\n\n<p>See this</p>\n";
    let root = compose(SMART_FORWARD, "f1", forward).with(source(&inbox, &format!("{inbox}:{uid}")));
    sent(&phone.reply(Command::SmartForward, Some(&root)));
    let arrived = &mails(&club, "anna", "Inbox")[0];
    let message = Message::parse(arrived);
    assert_eq!(message.attachments[0].name, "plan.pdf");
    assert_eq!(attachment_bytes(arrived, 0).unwrap(), b"PDF");
    let html = message.body_html().unwrap();
    assert!(html.contains("<p>See this</p>") && html.contains("Meet at nine"), "{html}");
    let item =
        club.engine().fetch(&phone.caller, club.folder("bo", "Inbox"), uid, club.now).unwrap().unwrap();
    assert!(item.marks.starts_with("verb forward "), "{}", item.marks);
}

#[test]
fn what_its_user_may_not_read_is_not_there_to_be_forwarded() {
    let club = Club::new(Preset::Viewer);
    let uid = club.import_into("anna", "Inbox", PLAN);
    let folder = club.folder("anna", "Inbox").to_string();
    let phone = club.phone("bo");
    let root = compose(SMART_FORWARD, "f1", HELLO).with(source(&folder, &format!("{folder}:{uid}")));
    assert_eq!(status(&phone, Command::SmartForward, &root), "150");
    assert_eq!(mails(&club, "anna", "Inbox").len(), 1);
    assert!(club.engine().denied(None).unwrap().is_empty());
}

#[test]
fn an_original_its_user_may_not_change_is_not_marked_and_nobody_is_told() {
    let club = Club::new(Preset::Viewer);
    club.engine()
        .add_folder("public", &FolderPath::try_from("News").unwrap(), items::Kind::Mail, club.now)
        .unwrap();
    let news = FolderPath::try_from("News").unwrap();
    let everyone = (&engine::PrincipalRef::Everyone, access::Entry::new(Preset::Viewer.grant()));
    club.engine().set_grant("public", &news, everyone, club.now).unwrap();
    let uid = club.import_into("public", "News", PLAN);
    let folder = club.folder("public", "News");
    let phone = club.phone("bo");
    let root = compose(SMART_REPLY, "r1", "To: anna@club.example\n\nYes\n")
        .with(source(&folder.to_string(), &format!("{folder}:{uid}")));
    sent(&phone.reply(Command::SmartReply, Some(&root)));
    assert_eq!(mails(&club, "anna", "Inbox").len(), 1);
    let item = club.engine().fetch(&phone.caller, folder, uid, club.now).unwrap().unwrap();
    assert_eq!(item.marks, "");
    assert!(club.engine().denied(None).unwrap().is_empty() && mails(&club, "bo", "Inbox").is_empty());
}

#[test]
fn the_mark_is_shown_as_the_last_verb() {
    let club = Club::new(Preset::Viewer);
    let uid = club.import_into("bo", "Inbox", PLAN);
    let phone = club.phone("bo");
    let inbox = phone.folder("Inbox");
    let root = compose(SMART_REPLY, "r1", "To: anna@club.example\nCc: fan@outside.example\n\nYes\n")
        .with(source(&inbox, &format!("{inbox}:{uid}")));
    sent(&phone.reply(Command::SmartReply, Some(&root)));
    let key = phone.start(&inbox);
    let round = phone.round(&inbox, &key, vec![]);
    let data = round.commands()[0].child(air_sync::APPLICATION_DATA).unwrap();
    assert_eq!(text(data, email2::LAST_VERB_EXECUTED), "2", "to all");
    assert_eq!(text(data, email::SUBJECT), "Plan");
}
