//! At 16.x the server mails invitations, updates and cancellations while it takes a phone's changes; below, phones do.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what is not there where it should be is a failed test"
)]

mod common;

use access::{Entry, Preset};
use common::{Club, Phone, Round, commands, data, delete, text};
use eas::request::Command;
use engine::{Actor, FolderPath, PrincipalRef};
use items::event::Event;
use items::message::{Class, Message};
use wbxml::Element;
use wbxml::page::air_sync::{ADD, APPLICATION_DATA, CHANGE, CLIENT_ID, SERVER_ID};
use wbxml::page::calendar::{
    ATTENDEE, ATTENDEES, EMAIL, END_TIME, MEETING_STATUS, NAME, START_TIME, SUBJECT,
};

fn texts(club: &Club, user: &str, folder: &str) -> Vec<Vec<u8>> {
    let path = FolderPath::try_from(folder).unwrap();
    let mut list = Vec::new();
    let mut take = |_: &str, content: &[u8]| {
        list.push(content.to_vec());
        Ok(())
    };
    club.engine().export(user, &path, (Actor::Operator, club.now), &mut take).unwrap();
    list
}

fn mails(club: &Club, user: &str) -> Vec<Message> {
    texts(club, user, "Inbox").iter().map(|text| Message::parse(text)).collect()
}

fn event(subject: &str, invited: &[&str]) -> Element {
    let one = |email: &&str| {
        Element::new(ATTENDEE).with(Element::text(EMAIL, *email)).with(Element::text(NAME, *email))
    };
    let all = invited.iter().map(one).fold(Element::new(ATTENDEES), Element::with);
    data(&[(SUBJECT, subject), (START_TIME, "20260305T090000Z"), (END_TIME, "20260305T100000Z")]).with(all)
}

fn add(client_id: &str, data: Element) -> Element {
    Element::new(ADD).with(Element::text(CLIENT_ID, client_id)).with(data)
}

fn change(id: &str, data: Element) -> Element {
    Element::new(CHANGE).with(Element::text(SERVER_ID, id)).with(data)
}

fn phone<'a>(club: &'a Club, user: &str, version: &'static str) -> Phone<'a> {
    Phone { version, ..club.phone(user) }
}

fn send(phone: &Phone<'_>, folder: &str, key: &str, command: Element) -> Round {
    phone.round(folder, key, vec![commands(vec![command])])
}

#[test]
fn a_meeting_is_mailed_to_those_who_are_invited_moved_and_called_off() {
    let club = Club::new(Preset::Viewer);
    let anna = phone(&club, "anna", "16.0");
    let folder = anna.folder("Calendar");
    let key = anna.start(&folder);
    let invited = ["bo@club.example", "fan@outside.example"];
    let round = send(&anna, &folder, &key, add("c1", event("Plan", &invited)));
    let id = text(round.responses()[0], SERVER_ID);
    let [invitation] = &mails(&club, "bo")[..] else { panic!("one invitation") };
    assert_eq!((invitation.class, invitation.subject.as_str()), (Class::MeetingRequest, "Plan"));
    assert_eq!(invitation.from.display(), "\"Anna Berg\" <anna@club.example>");
    let told = Event::parse(invitation.calendar.as_ref().unwrap().as_bytes());
    assert_eq!(told.details.organizer.unwrap().email, "anna@club.example");
    assert_eq!(club.engine().outbox().unwrap()[0].recipients, ["fan@outside.example"]);
    // The same request again, its answer was lost: nobody is invited twice.
    send(&anna, &folder, &key, add("c1", event("Plan", &invited)));
    assert_eq!(mails(&club, "bo").len(), 1);
    let key = round.key();
    let round = send(&anna, &folder, &key, change(&id, event("New plan", &["bo@club.example"])));
    assert_eq!(mails(&club, "bo").last().unwrap().subject, "New plan");
    let waits = club.engine().outbox().unwrap();
    assert_eq!(waits.last().unwrap().subject, "Canceled: New plan".replace("New plan", "Plan"));
    send(&anna, &folder, &round.key(), delete(&id));
    let off = mails(&club, "bo");
    assert_eq!((off.len(), off[2].class), (3, Class::MeetingCanceled));
}

/// Bo accepts the invitation that is in his Inbox; returns the folder and his event's id there.
fn accepted(bo: &Phone<'_>) -> (String, String) {
    use wbxml::page::meeting_response as tag;
    let inbox = bo.folder("Inbox");
    let round = bo.round(&inbox, &bo.start(&inbox), vec![]);
    let request = Element::new(tag::REQUEST)
        .with(Element::text(tag::USER_RESPONSE, "1"))
        .with(Element::text(tag::COLLECTION_ID, &inbox))
        .with(Element::text(tag::REQUEST_ID, text(round.commands()[0], SERVER_ID)));
    let answer = bo.ask(Command::MeetingResponse, &Element::new(tag::MEETING_RESPONSE).with(request));
    (bo.folder("Calendar"), text(answer.child(tag::RESULT).unwrap(), tag::CALENDAR_ID))
}

#[test]
fn a_meeting_that_is_called_off_is_shown_so_to_those_who_come() {
    for version in ["12.1", "14.1", "16.1"] {
        let club = Club::new(Preset::Viewer);
        let anna = phone(&club, "anna", "16.1");
        let folder = anna.folder("Calendar");
        let round =
            send(&anna, &folder, &anna.start(&folder), add("c1", event("Plan", &["bo@club.example"])));
        let bo = phone(&club, "bo", version);
        let (calendar, id) = accepted(&bo);
        let shown = |round: &Round| {
            let data = round.commands()[0].child(APPLICATION_DATA).unwrap();
            (text(round.commands()[0], SERVER_ID), text(data, MEETING_STATUS))
        };
        let first = bo.round(&calendar, &bo.start(&calendar), vec![]);
        assert_eq!(shown(&first), (id.clone(), "3".to_owned()));
        // Who does not organize it calls nothing off.
        let cancel = Message::parse(&texts(&club, "bo", "Trash")[0]).calendar.unwrap();
        let cancel = cancel.replace("METHOD:REQUEST", "METHOD:CANCEL").replace("\r\n", "\n");
        let forged = format!(
            "To: bo@club.example\nSubject: x\nContent-Type: text/calendar; method=CANCEL\n\n{cancel}"
        );
        mail(&bo, &forged);
        assert!(bo.is_quiet(&calendar, &first.key()), "{version}");
        send(&anna, &folder, &round.key(), delete(&text(round.responses()[0], SERVER_ID)));
        let off = bo.round(&calendar, &first.key(), vec![]);
        assert_eq!(shown(&off), (id, "7".to_owned()), "{version}");
        assert_eq!(mails(&club, "bo").last().unwrap().class, Class::MeetingCanceled);
    }
}

#[test]
fn what_an_organizer_below_16_calls_off_is_noted_too() {
    let club = Club::new(Preset::Viewer);
    let anna = phone(&club, "anna", "16.0");
    let folder = anna.folder("Calendar");
    send(&anna, &folder, &anna.start(&folder), add("c1", event("Plan", &["bo@club.example"])));
    let bo = phone(&club, "bo", "14.1");
    accepted(&bo);
    let cancel = Message::parse(&texts(&club, "bo", "Trash")[0]).calendar.unwrap();
    let cancel = cancel.replace("METHOD:REQUEST", "METHOD:CANCEL").replace("\r\n", "\n");
    let text =
        format!("To: bo@club.example\nSubject: x\nContent-Type: text/calendar; method=CANCEL\n\n{cancel}");
    mail(&phone(&club, "anna", "14.1"), &text);
    assert!(Event::parse(&texts(&club, "bo", "Calendar")[0]).details.cancelled);
}

fn mail(phone: &Phone<'_>, message: &str) {
    use wbxml::page::compose_mail::{CLIENT_ID, MIME, SEND_MAIL};
    if phone.version == "12.1" {
        let plain = phone.send(Command::SendMail, message.as_bytes());
        assert!(matches!(plain, eas::Answer::Reply(reply) if reply.status == 200));
        return;
    }
    let root = Element::new(SEND_MAIL)
        .with(Element::text(CLIENT_ID, "m1"))
        .with(Element::opaque(MIME, message.as_bytes().to_vec()));
    assert_eq!(phone.reply(Command::SendMail, Some(&root)).body.len(), 0);
}

#[test]
fn who_is_away_answers_an_invitation_too() {
    let club = Club::new(Preset::Viewer);
    let said = engine::AwayText { enabled: true, text: "On the lake.".to_owned(), html: false };
    let away = engine::Away { state: engine::AwayState::On, internal: said, ..engine::Away::default() };
    club.engine().set_away(&club.engine().act_as("bo").unwrap(), &away, club.now).unwrap();
    let anna = phone(&club, "anna", "16.0");
    let folder = anna.folder("Calendar");
    send(&anna, &folder, &anna.start(&folder), add("c1", event("Plan", &["bo@club.example"])));
    let told: Vec<_> = mails(&club, "anna").into_iter().map(|mail| mail.subject).collect();
    assert_eq!(told, ["Automatic reply: Plan"]);
    assert_eq!(mails(&club, "bo").len(), 1);
}

#[test]
fn below_16_the_phone_mails_and_the_server_does_not() {
    let club = Club::new(Preset::Viewer);
    let anna = phone(&club, "anna", "14.1");
    let folder = anna.folder("Calendar");
    let key = anna.start(&folder);
    send(&anna, &folder, &key, add("c1", event("Plan", &["bo@club.example"])));
    assert!(mails(&club, "bo").is_empty());
}

#[test]
fn an_event_of_somebody_else_invites_nobody() {
    let club = Club::new(Preset::Viewer);
    let foreign = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:m1\r\nDTSTAMP:20260301T080000Z\r\n\
        DTSTART:20260305T090000Z\r\nDTEND:20260305T100000Z\r\nSUMMARY:Plan\r\nORGANIZER:mailto:carl@outside.example\r\n\
        ATTENDEE:mailto:anna@club.example\r\nATTENDEE:mailto:bo@club.example\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    let uid = club.import_into("anna", "Calendar", foreign);
    let anna = phone(&club, "anna", "16.0");
    let folder = anna.folder("Calendar");
    let key = anna.take_all(&folder);
    send(&anna, &folder, &key, delete(&format!("{folder}:{uid}")));
    assert!(mails(&club, "bo").is_empty() && club.engine().outbox().unwrap().is_empty());
}

#[test]
fn a_change_that_is_not_allowed_sends_nothing() {
    let club = Club::new(Preset::Viewer);
    let path = FolderPath::try_from("Team").unwrap();
    let folder = club.engine().add_folder("anna", &path, items::Kind::Calendar, club.now).unwrap();
    let grant = |preset: Preset| {
        let entry = (&PrincipalRef::User("bo".to_owned()), Entry::new(preset.grant()));
        club.engine().set_grant("anna", &path, entry, club.now).unwrap();
    };
    grant(Preset::Viewer);
    let bo = phone(&club, "bo", "16.0");
    let device = engine::DeviceAddress { id: "phone1", kind: "iPhone", agent: "", version: "16.0" };
    let device = club.engine().device(&bo.caller, &device, club.now).unwrap();
    let sync = |key, client_id: &str| {
        let root = wbxml::encode(&event("Plan", &["fan@outside.example"]));
        let data = wbxml::decode(&root, &wbxml::Limits::default()).unwrap();
        assert_eq!(data.tag, APPLICATION_DATA);
        let reading = eas::payload::Reading {
            version: eas::request::Version::V16_0,
            ghosting: eas::payload::Ghosting::Nothing,
            home: None,
            owner: Vec::new(),
            device_type: "iPhone".to_owned(),
            device: 1,
        };
        let edit = eas::payload::parse(items::Kind::Calendar, &data, &reading).unwrap();
        let asked = engine::Asked { body: engine::Body::Item(edit), hint: String::new(), raw: String::new() };
        let request = engine::SyncRequest {
            key,
            commands: vec![engine::Command::Add {
                client_id: client_id.to_owned(),
                asked,
                digest: client_id.to_owned(),
            }],
            pull: None,
            window: engine::Window::All,
            conflict: engine::Conflict::ServerWins,
            deletes: engine::Deletes::ToTrash,
            scheduling: engine::Scheduling::Server,
            memo: String::new(),
        };
        let outcome = club.engine().sync(&bo.caller, &device, folder, &request, club.now).unwrap();
        let engine::SyncOutcome::Answered(answer) = outcome else { panic!("{outcome:?}") };
        answer
    };
    let start = engine::SyncRequest {
        key: engine::SyncKey::START,
        commands: vec![],
        pull: None,
        window: engine::Window::All,
        conflict: engine::Conflict::ServerWins,
        deletes: engine::Deletes::ToTrash,
        scheduling: engine::Scheduling::Server,
        memo: String::new(),
    };
    let outcome = club.engine().sync(&bo.caller, &device, folder, &start, club.now).unwrap();
    let engine::SyncOutcome::Answered(primed) = outcome else { panic!("{outcome:?}") };
    let denied = sync(primed.key, "c1");
    assert!(matches!(denied.answers[..], [engine::Outcome::Phantom(_)]), "{:?}", denied.answers);
    assert!(club.engine().outbox().unwrap().is_empty());
    // Who may, invites in the owner's name, and says that he did.
    grant(Preset::Editor);
    let answered = sync(denied.key, "c2");
    assert!(matches!(answered.answers[..], [engine::Outcome::Added(_)]), "{:?}", answered.answers);
    let waits = club.engine().outbox().unwrap();
    let message = Message::parse(&club.engine().outbox_message(waits[0].id).unwrap());
    assert_eq!(message.from.display(), "\"Anna Berg\" <anna@club.example>");
    assert_eq!(message.sender.display(), "\"Bo Lind\" <bo@club.example>");
}
