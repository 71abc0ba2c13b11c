//! The server is killed while a message is sent: it is delivered as a whole or not at all, and once when the phone
//! sends it again.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test's helpers fail as tests do"
)]

mod common;

use std::io::{Read as _, Write as _};

use common::Place;
use common::line::{Line, parse};
use common::server::{Server, Tells};
use phone::{Habit, Kind, Phone, Transport as _, Version};
use serde_json::json;

/// bo:secret of all
const BO: &str = "Basic Ym86c2VjcmV0IG9mIGFsbA==";
/// Lines of a message: so long that the store keeps it in pieces.
const LINES: usize = 3_000;

/// When the server dies.
#[derive(Debug, Clone, Copy)]
enum Death {
    /// When half of the message is on its way.
    HalfAsked,
    /// When the message was sent and so many other requests were answered, whatever it is doing then.
    Asked(usize),
    /// When an answer begins to arrive; nobody reads it.
    Answering,
    /// When an answer is out, which the phone never hears of.
    Answered,
}

const DEATHS: [Death; 12] = [
    Death::Answered,
    Death::Asked(0),
    Death::HalfAsked,
    Death::Asked(1),
    Death::Answering,
    Death::Asked(2),
    Death::Asked(3),
    Death::Answered,
    Death::Asked(5),
    Death::HalfAsked,
    Death::Asked(8),
    Death::Asked(13),
];

fn serve(place: &Place) -> Server {
    Server::start(&mut place.command(&["serve", "--listen", "127.0.0.1:0"]), Tells::InLog)
}

/// A message to somebody here and somebody elsewhere.
fn message(name: &str) -> Vec<u8> {
    let lines = format!("{name} and again {name}, as long as a line of text should be\r\n").repeat(LINES);
    let head = format!(
        "To: anna@example.org, fan@outside.example\r\nSubject: {name}\r\nMessage-ID: <{name}@phone>\r\n"
    );
    format!("{head}\r\n{lines}The end of {name}\r\n").into_bytes()
}

/// How often a message is in the recipient's Inbox, in the sender's folder of sent ones, and in the outbox; each is whole.
fn copies(place: &Place, name: &str) -> [usize; 3] {
    let [arrived, kept] = [("anna", "Inbox"), ("bo", "Sent")].map(|(account, path)| {
        let text = place.run(&["export", account, path]).ok().out;
        let count = text.matches(&format!("Subject: {name}\r\n")).count();
        assert_eq!(
            text.matches(&format!("The end of {name}\r\n")).count(),
            count,
            "{account}'s {name} is whole"
        );
        assert_eq!(text.matches(&format!("{name} and again {name},")).count(), count * LINES);
        count
    });
    let waits = place.json(&["outbox", "list"]);
    let waits = waits.as_array().unwrap().iter().filter(|row| row["subject"] == name).count();
    [arrived, kept, waits]
}

fn survives(version: Version) {
    let place = Place::with_office();
    let mut server = serve(&place);
    let (kind, device) = (Kind::Ios, "phone1");
    let mut line = Line {
        address: server.address.clone(),
        user: "bo",
        authorization: BO,
        device: device.to_owned(),
        kind,
    };
    let mut phone = Phone::with_habit(device, kind, Habit { version, ..kind.habit() });
    phone.sync_all(&mut line).unwrap();
    for (number, death) in DEATHS.into_iter().enumerate() {
        let name = format!("N{number:02}");
        phone.send_mail(&message(&name));
        let request = phone.next_request().unwrap();
        assert_eq!(request.command.name(), "SendMail");
        let bytes = line.bytes(&request);
        let sent =
            if let Death::HalfAsked = death { bytes.len() - request.body.len() / 2 } else { bytes.len() };
        let mut stream = line.connect().unwrap();
        stream.write_all(&bytes[..sent]).unwrap();
        let mut answer = Vec::new();
        match death {
            Death::Answering => assert_eq!(stream.peek(&mut [0]).unwrap(), 1),
            Death::Answered => assert_ne!(stream.read_to_end(&mut answer).unwrap(), 0),
            Death::Asked(others) => {
                for _ in 0..others {
                    assert!(server.ask("GET /healthz HTTP/1.1").starts_with("HTTP/1.1 200 "));
                }
            }
            Death::HalfAsked => {}
        }
        server.kill();
        assert_eq!(place.json(&["check"]), json!({"faults": []}));
        let found = copies(&place, &name);
        match death {
            Death::HalfAsked => assert_eq!(found, [0; 3], "{death:?}"),
            Death::Asked(_) => assert!(found == [0; 3] || found == [1; 3], "{death:?}: {found:?}"),
            Death::Answering => assert_eq!(found, [1; 3], "{death:?}"),
            Death::Answered => {
                assert_eq!(parse(&answer).unwrap().status, 200);
                assert_eq!(found, [1; 3], "what was acknowledged is there");
            }
        }
        server = serve(&place);
        line.address.clone_from(&server.address);
        // The phone knows of no answer: it sends the same again.
        let again = phone.next_request().unwrap();
        assert_eq!(again.body, request.body);
        let answer = line.send(&again).unwrap();
        phone.apply(&again, answer.status, &answer.body).unwrap();
        assert!(!phone.has_edits(), "{death:?}");
        assert_eq!(copies(&place, &name), [1; 3], "{death:?}");
    }
    assert_eq!(server.stop(), Some(0));
    assert_eq!(place.json(&["check"]), json!({"faults": []}));
}

#[test]
fn a_message_is_whole_or_not_there_and_never_twice() {
    survives(Version::V14_1);
}

#[test]
fn a_message_of_the_newest_version_is_whole_or_not_there_and_never_twice() {
    survives(Version::V16_1);
}
