//! The messages in the sample's inboxes.

use anyhow::Result;
use engine::{Actor, Engine, FolderPath, NewItem, Timestamp};
use jiff::SignedDuration;
use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;

use super::{PEOPLE, Person};

/// A message of one user to another.
struct Message {
    to: &'static str,
    from: &'static str,
    hours_ago: i64,
    subject: &'static str,
    text: &'static str,
}

const MESSAGES: &[Message] = &[
    Message {
        to: "anna",
        from: "greta",
        hours_ago: 52,
        subject: "Budget for the summer party",
        text: "Anna, Jansen's offer for the catering is 12 euros a head. I would take it.\r\n\r\nGreta\r\n",
    },
    Message {
        to: "anna",
        from: "bo",
        hours_ago: 27,
        subject: "Match against Bregenz",
        text: "The bus is booked. Eleven players so far, two are ill.\r\n\r\nBo\r\n",
    },
    Message {
        to: "anna",
        from: "david",
        hours_ago: 3,
        subject: "Sponsors",
        text: "I can edit your folder Sponsors now, thank you. I will add the new ones tonight.\r\n\r\nDavid\r\n",
    },
    Message {
        to: "bo",
        from: "eva",
        hours_ago: 30,
        subject: "Shirts for the U12",
        text: "Schneider has them in stock in all sizes. Shall I order?\r\n\r\nEva\r\n",
    },
    Message {
        to: "bo",
        from: "carla",
        hours_ago: 6,
        subject: "Hall 1 on Thursday",
        text: "Can we swap? I need the hall from five to six.\r\n\r\nCarla\r\n",
    },
    Message {
        to: "david",
        from: "anna",
        hours_ago: 5,
        subject: "Minutes of the last meeting",
        text: "They are on their way. Please look at item 4 again.\r\n\r\nAnna\r\n",
    },
    Message {
        to: "hugo",
        from: "eva",
        hours_ago: 20,
        subject: "Lamp in hall 1",
        text: "Thank you for telling us. The folder Repairs is the right place; the board looks at it weekly.\r\n\r\nEva\r\n",
    },
];

/// Puts the messages into the inboxes.
pub(super) fn deliver(engine: &Engine, now: Timestamp) -> Result<()> {
    let inbox = FolderPath::try_from("Inbox")?;
    for (number, message) in MESSAGES.iter().enumerate() {
        let content = message.content(number, now)?;
        let item = NewItem { content: content.as_bytes(), name: None };
        engine.import(Actor::Operator, (message.to, &inbox), &item, now)?;
    }
    Ok(())
}

impl Message {
    fn content(&self, number: usize, now: Timestamp) -> Result<String> {
        let sent = now.checked_sub(SignedDuration::from_hours(self.hours_ago))?.to_zoned(TimeZone::UTC);
        let date = rfc2822::to_string(&sent)?;
        Ok(format!(
            "From: {}\r\nTo: {}\r\nSubject: {}\r\nDate: {date}\r\nMessage-ID: <sample-{number}@club.example>\r\n\
             MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{}",
            address(self.from),
            address(self.to),
            self.subject,
            self.text
        ))
    }
}

/// Returns a user's address with what people call him.
fn address(name: &str) -> String {
    let display_name = PEOPLE
        .iter()
        .find(|person| person.name == name)
        .map_or(name, |Person { display_name, .. }| display_name);
    format!("{display_name} <{name}@club.example>")
}
