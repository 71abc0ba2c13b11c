//! A phone is shown an invitation, answers it, and the organizer's calendar hears of it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what is not there where it should be is a failed test"
)]

mod common;

use access::{Entry, Preset};
use common::{Club, Phone, text};
use eas::request::Command;
use engine::{Actor, FolderPath, PrincipalRef, Uid};
use items::event::{Answer, Event};
use items::message::{Class, Message};
use wbxml::Element;
use wbxml::page::meeting_response::{
    CALENDAR_ID, COLLECTION_ID, INSTANCE_ID, MEETING_RESPONSE, REQUEST, REQUEST_ID, RESULT, SEND_RESPONSE,
    STATUS, USER_RESPONSE,
};
use wbxml::page::{air_sync, air_sync_base, email, email2};

const EVENT: &str = "BEGIN:VEVENT\r\nUID:m1\r\nSEQUENCE:0\r\nDTSTAMP:20260301T080000Z\r\nDTSTART:20260305T090000Z\r\n\
    DTEND:20260305T100000Z\r\nSUMMARY:Plan\r\nLOCATION:Room 1\r\nORGANIZER;CN=Anna Berg:mailto:anna@club.example\r\n\
    ATTENDEE;CN=Anna Berg;PARTSTAT=ACCEPTED:mailto:anna@club.example\r\n\
    ATTENDEE;CN=Bo Lind;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:bo@club.example\r\nEND:VEVENT\r\n";

fn item(event: &str) -> String {
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{event}END:VCALENDAR\r\n")
}

fn invitation(event: &str) -> String {
    format!(
        "From: Anna Berg <anna@club.example>\r\nTo: bo@club.example\r\nSubject: Plan\r\n\
         Content-Type: text/calendar; method=REQUEST; charset=utf-8\r\n\r\n\
         BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\n{event}END:VCALENDAR\r\n"
    )
}

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

/// Anna's event and Bo's invitation to it.
fn invited(event: &str) -> (Club, Uid) {
    let club = Club::new(Preset::Viewer);
    club.import_into("anna", "Calendar", &item(event));
    let uid = club.import_into("bo", "Inbox", &invitation(event));
    (club, uid)
}

fn answers(answer: &str, folder: &str, uid: Uid) -> Element {
    Element::new(REQUEST)
        .with(Element::text(USER_RESPONSE, answer))
        .with(Element::text(COLLECTION_ID, folder))
        .with(Element::text(REQUEST_ID, format!("{folder}:{uid}")))
}

fn ask(phone: &Phone<'_>, request: Element) -> Element {
    let answer = phone.ask(Command::MeetingResponse, &Element::new(MEETING_RESPONSE).with(request));
    answer.child(RESULT).unwrap().clone()
}

fn answer_of(content: &[u8], who: &str) -> Answer {
    let event = Event::parse(content);
    event.details.attendees.iter().find(|one| one.person.email == who).unwrap().answer
}

#[test]
fn it_is_shown_with_what_a_phone_needs_to_answer_it() {
    for version in ["12.1", "14.1", "16.0"] {
        let (club, _) = invited(EVENT);
        let phone = Phone { version, ..club.phone("bo") };
        let inbox = phone.folder("Inbox");
        let key = phone.start(&inbox);
        let round = phone.round(&inbox, &key, vec![]);
        let data = round.commands()[0].child(air_sync::APPLICATION_DATA).unwrap();
        assert_eq!(text(data, email::MESSAGE_CLASS), "IPM.Schedule.Meeting.Request");
        assert_eq!(text(data, email::CONTENT_CLASS), "urn:content-classes:calendarmessage");
        assert!(data.child(air_sync_base::ATTACHMENTS).is_none());
        let meeting = data.child(email::MEETING_REQUEST).unwrap();
        assert_eq!(text(meeting, email::START_TIME), "2026-03-05T09:00:00.000Z");
        assert_eq!(text(meeting, email::ORGANIZER), "\"Anna Berg\" <anna@club.example>");
        assert_eq!(text(meeting, email::INSTANCE_TYPE), "0");
        assert_eq!(text(meeting, email::RESPONSE_REQUESTED), "1");
        assert!(!text(meeting, email::TIME_ZONE).is_empty());
        assert_eq!(meeting.child(email::GLOBAL_OBJ_ID).is_some(), version != "16.0");
        assert_eq!(meeting.child(wbxml::page::calendar::UID).is_some(), version == "16.0");
        assert_eq!(meeting.child(email2::MEETING_MESSAGE_TYPE).is_some(), version != "12.1");
    }
}

#[test]
fn accepting_makes_the_event_and_puts_the_invitation_away() {
    let (club, uid) = invited(EVENT);
    let phone = club.phone("bo");
    let inbox = phone.folder("Inbox");
    let result = ask(&phone, answers("1", &inbox, uid));
    assert_eq!(text(&result, STATUS), "1");
    let calendar = club.folder("bo", "Calendar");
    assert!(text(&result, CALENDAR_ID).starts_with(&format!("{calendar}:")));
    let events = texts(&club, "bo", "Calendar");
    assert_eq!(events.len(), 1);
    assert_eq!(answer_of(&events[0], "bo@club.example"), Answer::Accepted);
    assert!(texts(&club, "bo", "Inbox").is_empty());
    assert_eq!(texts(&club, "bo", "Trash").len(), 1);
    // Up to 14.1 the phone tells the organizer itself.
    assert!(texts(&club, "anna", "Inbox").is_empty());
    // The answer was lost: the same again is answered as before and makes no second event.
    assert_eq!(ask(&phone, answers("1", &inbox, uid)), result);
    assert_eq!(texts(&club, "bo", "Calendar").len(), 1);
    // Changing one's mind goes by the event itself.
    let id = text(&result, CALENDAR_ID).rsplit(':').next().unwrap().parse().unwrap();
    assert_eq!(text(&ask(&phone, answers("2", &calendar.to_string(), Uid(id))), STATUS), "1");
    assert_eq!(answer_of(&texts(&club, "bo", "Calendar")[0], "bo@club.example"), Answer::Tentative);
}

#[test]
fn at_16_the_server_tells_the_organizer_if_it_is_asked_to() {
    let (club, uid) = invited(EVENT);
    let phone = Phone { version: "16.0", ..club.phone("bo") };
    let inbox = phone.folder("Inbox");
    let body = Element::new(air_sync_base::BODY)
        .with(Element::text(air_sync_base::TYPE, "1"))
        .with(Element::text(air_sync_base::DATA, "Gladly"));
    let request = answers("1", &inbox, uid).with(Element::new(SEND_RESPONSE).with(body));
    assert_eq!(text(&ask(&phone, request), STATUS), "1");
    let mails = texts(&club, "anna", "Inbox");
    let message = Message::parse(&mails[0]);
    assert_eq!((message.class, message.subject.as_str()), (Class::MeetingAccepted, "Accepted: Plan"));
    assert_eq!(message.from.display(), "\"Bo Lind\" <bo@club.example>");
    assert_eq!(message.body_text().trim_end(), "Gladly");
    assert_eq!(answer_of(&texts(&club, "anna", "Calendar")[0], "bo@club.example"), Answer::Accepted);
}

#[test]
fn an_answer_that_a_phone_mails_is_noted_only_from_who_is_invited() {
    let reply = |who: &str| {
        format!(
            "To: anna@club.example\nSubject: Accepted: Plan\nContent-Type: text/calendar; method=REPLY\n\n\
             BEGIN:VCALENDAR\nVERSION:2.0\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:m1\nSEQUENCE:0\n\
             ORGANIZER:mailto:anna@club.example\nATTENDEE;PARTSTAT=ACCEPTED:mailto:{who}\nEND:VEVENT\nEND:VCALENDAR\n"
        )
    };
    let send = |phone: &Phone<'_>, text: &str| {
        use wbxml::page::compose_mail::{CLIENT_ID, MIME, SEND_MAIL};
        let root = Element::new(SEND_MAIL)
            .with(Element::text(CLIENT_ID, "c1"))
            .with(Element::opaque(MIME, text.as_bytes().to_vec()));
        assert_eq!(phone.reply(Command::SendMail, Some(&root)).body.len(), 0);
    };
    let (club, _) = invited(EVENT);
    let stands = || answer_of(&texts(&club, "anna", "Calendar")[0], "bo@club.example");
    let eve = engine::NewUser {
        name: "eve",
        email: "eve@club.example",
        display_name: "Eve",
        admin: false,
        password: None,
    };
    club.engine().add_user(&eve, club.now).unwrap();
    send(&club.phone("eve"), &reply("bo@club.example"));
    assert_eq!(stands(), Answer::None, "nobody answers for another");
    send(&club.phone("eve"), &reply("eve@club.example").replace("Plan", "Other"));
    assert_eq!(Event::parse(&texts(&club, "anna", "Calendar")[0]).details.attendees.len(), 2);
    send(&club.phone("bo"), &reply("bo@club.example"));
    assert_eq!(stands(), Answer::Accepted);
}

#[test]
fn declining_removes_the_event() {
    let (club, uid) = invited(EVENT);
    club.import_into("bo", "Calendar", &item(EVENT));
    let phone = club.phone("bo");
    let inbox = phone.folder("Inbox");
    let result = ask(&phone, answers("3", &inbox, uid));
    assert_eq!(text(&result, STATUS), "1");
    assert!(result.child(CALENDAR_ID).is_none());
    assert!(texts(&club, "bo", "Calendar").is_empty() && texts(&club, "bo", "Inbox").is_empty());
}

#[test]
fn one_occurrence_is_answered_alone() {
    let series = EVENT.replace("SUMMARY", "RRULE:FREQ=DAILY;COUNT=5\r\nSUMMARY");
    let (club, uid) = invited(&series);
    let phone = club.phone("bo");
    let inbox = phone.folder("Inbox");
    let once = |uid: Uid, at: &str| {
        text(&ask(&phone, answers("2", &inbox, uid).with(Element::text(INSTANCE_ID, at))), STATUS)
    };
    assert_eq!(once(uid, "20260306T090000Z"), "104");
    assert_eq!(once(uid, "2026-03-06T09:00:00.000Z"), "1");
    let event = Event::parse(&texts(&club, "bo", "Calendar")[0]);
    let changed = event.exceptions[0].details.as_ref().unwrap();
    assert_eq!(changed.attendees[1].answer, Answer::Tentative);
    assert_eq!(event.details.attendees[1].answer, Answer::None);
    let single = club.import_into("bo", "Inbox", &invitation(&EVENT.replace("m1", "m2")));
    assert_eq!(once(single, "2026-03-06T09:00:00.000Z"), "146");
}

#[test]
fn what_makes_no_sense_is_told_so() {
    let (club, _) = invited(EVENT);
    let phone = club.phone("anna");
    let calendar = phone.folder("Calendar");
    let own = club.import_into("anna", "Calendar", &item(&EVENT.replace("m1", "own")));
    let status = |request: Element| text(&ask(&phone, request), STATUS);
    assert_eq!(status(answers("1", &calendar, own)), "2", "nobody answers himself");
    assert_eq!(status(answers("1", &calendar, Uid(999))), "2");
    assert_eq!(status(answers("4", &calendar, own)), "2");
    let mail = club.import_into("anna", "Inbox", "Subject: x\r\n\r\nx\r\n");
    assert_eq!(status(answers("1", &phone.folder("Inbox"), mail)), "2");
    let old = Phone { version: "14.0", ..club.phone("anna") };
    let request = answers("1", &calendar, own).with(Element::text(INSTANCE_ID, "2026-03-06T09:00:00.000Z"));
    assert_eq!(text(&ask(&old, request), STATUS), "2");
    assert_eq!(phone.reply(Command::MeetingResponse, Some(&Element::new(MEETING_RESPONSE))).status, 200);
}

#[test]
fn who_may_only_read_a_calendar_tells_nobody_anything() {
    let club = Club::new(Preset::Viewer);
    let event = EVENT.replace("mailto:bo@club.example", "mailto:carl@club.example");
    let carl = engine::NewUser {
        name: "carl",
        email: "carl@club.example",
        display_name: "Carl",
        admin: false,
        password: None,
    };
    club.engine().add_user(&carl, club.now).unwrap();
    club.import_into("anna", "Calendar", &item(&event));
    let uid = club.import_into("carl", "Calendar", &item(&event));
    let path = FolderPath::try_from("Calendar").unwrap();
    let viewer = (&PrincipalRef::User("bo".to_owned()), Entry::new(Preset::Viewer.grant()));
    club.engine().set_grant("carl", &path, viewer, club.now).unwrap();
    let phone = Phone { version: "16.0", ..club.phone("bo") };
    let folder = club.folder("carl", "Calendar").to_string();
    let request = answers("1", &folder, uid).with(Element::new(SEND_RESPONSE));
    assert_eq!(text(&ask(&phone, request), STATUS), "2");
    assert!(texts(&club, "anna", "Inbox").is_empty(), "no mail leaves");
    assert_eq!(answer_of(&texts(&club, "carl", "Calendar")[0], "carl@club.example"), Answer::None);
    assert_eq!(club.engine().denied(Some("bo")).unwrap().len(), 1);
    let notices = texts(&club, "bo", "Inbox");
    let notices: Vec<_> = notices.iter().map(|notice| Message::parse(notice).subject).collect();
    assert_eq!(notices, ["Not allowed: change of 'Plan' in 'Calendar'"], "he meant it, so he hears of it");
}

#[test]
fn what_a_device_shows_after_an_answer_that_was_denied_is_put_right() {
    let club = Club::new(Preset::Viewer);
    let theirs = EVENT.replace("anna@club.example", "carl@outside.example");
    for (path, preset) in [("Inbox", Preset::Editor), ("Calendar", Preset::Viewer)] {
        let path = FolderPath::try_from(path).unwrap();
        let entry = (&PrincipalRef::User("anna".to_owned()), Entry::new(preset.grant()));
        club.engine().set_grant("bo", &path, entry, club.now).unwrap();
        club.engine().add_device_folder(("anna", "phone1"), "bo", &path, club.now).unwrap();
    }
    let mail = club.import_into("bo", "Inbox", &invitation(&theirs));
    let (inbox, calendar) =
        (club.folder("bo", "Inbox").to_string(), club.folder("bo", "Calendar").to_string());
    let phone = club.phone("anna");
    let (mails, events) = (phone.take_all(&inbox), phone.take_all(&calendar));
    assert_eq!(text(&ask(&phone, answers("1", &inbox, mail)), STATUS), "2");
    let round = phone.round(&inbox, &mails, vec![]);
    assert_eq!(round.steps(), [(air_sync::ADD, format!("{inbox}:{mail}"))], "the invitation comes back");
    assert!(phone.is_quiet(&calendar, &events), "there was no event to answer");

    let event = club.import_into("bo", "Calendar", &item(&theirs.replace("m1", "m2")));
    let id = format!("{calendar}:{event}");
    let round = phone.round(&calendar, &events, vec![]);
    assert_eq!(round.steps(), [(air_sync::ADD, id.clone())]);
    assert_eq!(text(&ask(&phone, answers("1", &calendar, event)), STATUS), "2");
    let round = phone.round(&calendar, &round.key(), vec![]);
    assert_eq!(round.steps(), [(air_sync::CHANGE, id)]);
}

/// A message from a phone, as the phone sends it below 16.0.
fn mail(phone: &Phone<'_>, client_id: &str, message: &str) {
    use wbxml::page::compose_mail::{CLIENT_ID, MIME, SEND_MAIL};
    let root = Element::new(SEND_MAIL)
        .with(Element::text(CLIENT_ID, client_id))
        .with(Element::opaque(MIME, message.as_bytes().to_vec()));
    assert_eq!(phone.reply(Command::SendMail, Some(&root)).body.len(), 0);
}

/// Bo's answer to the meeting, as a message.
fn reply(number: u32, answer: &str, sequence: u32) -> String {
    format!(
        "To: anna@club.example\nSubject: {number}\nContent-Type: text/calendar; method=REPLY\n\n\
         BEGIN:VCALENDAR\nVERSION:2.0\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:m1\nSEQUENCE:{sequence}\n\
         ORGANIZER:mailto:anna@club.example\nATTENDEE;PARTSTAT={answer}:mailto:bo@club.example\nEND:VEVENT\nEND:VCALENDAR\n"
    )
}

#[test]
fn an_answer_to_an_older_version_of_the_meeting_is_mail_and_nothing_else() {
    let (club, _) = invited(&EVENT.replace("SEQUENCE:0", "SEQUENCE:2"));
    let stands = || answer_of(&texts(&club, "anna", "Calendar")[0], "bo@club.example");
    mail(&club.phone("bo"), "c1", &reply(1, "DECLINED", 1));
    assert_eq!(stands(), Answer::None);
    mail(&club.phone("bo"), "c2", &reply(2, "TENTATIVE", 2));
    assert_eq!((stands(), texts(&club, "anna", "Inbox").len()), (Answer::Tentative, 2));
}

#[test]
fn of_an_hour_so_many_answers_are_noted_and_no_more() {
    const MAX_REPLIES: u32 = 60;
    let (mut club, _) = invited(EVENT);
    let stands = |club: &Club| answer_of(&texts(club, "anna", "Calendar")[0], "bo@club.example");
    for number in 1..=MAX_REPLIES {
        let answer = if number % 2 == 0 { "ACCEPTED" } else { "DECLINED" };
        mail(&club.phone("bo"), &format!("c{number}"), &reply(number, answer, 0));
    }
    assert_eq!(stands(&club), Answer::Accepted);
    mail(&club.phone("bo"), "one more", &reply(61, "DECLINED", 0));
    assert_eq!(stands(&club), Answer::Accepted, "it is one too many");
    assert_eq!(texts(&club, "anna", "Inbox").len(), 61, "but arrives");
    club.now += jiff::SignedDuration::from_hours(1);
    mail(&club.phone("bo"), "later", &reply(62, "DECLINED", 0));
    assert_eq!(stands(&club), Answer::Declined);
}
