//! A message about a meeting.

use super::head::Head;
use super::part::{Pieces, write};
use crate::event::meeting::Method;
use crate::message::Address;

/// What a message about a meeting says.
#[derive(Debug, Clone, Copy)]
pub struct Meeting<'a> {
    /// Who gets it.
    pub to: &'a [Address],
    /// Its subject.
    pub subject: &'a str,
    /// Its text.
    pub text: &'a str,
    /// The meeting (iCalendar).
    pub calendar: &'a str,
    /// What the calendar text wants.
    pub method: Method,
}

/// Returns the message, without sender, date and id. `boundary` is a word that stands nowhere in it.
#[must_use]
pub fn meeting(meeting: &Meeting<'_>, boundary: &str) -> Vec<u8> {
    let mut head = Head::default();
    head.set_addresses("To", meeting.to);
    head.set_text("Subject", meeting.subject);
    head.set_plain("MIME-Version", "1.0");
    let pieces = Pieces {
        plain: meeting.text.to_owned(),
        calendar: Some((meeting.calendar.to_owned(), meeting.method.as_str())),
        ..Pieces::default()
    };
    [head.write(), write(pieces, boundary)].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{Class, Message};

    #[test]
    fn it_is_read_as_what_it_is() {
        let to = [Address { name: "Bo".to_owned(), address: "bo@x".to_owned() }];
        let calendar = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n";
        let made = Meeting { to: &to, subject: "Plän", text: "Come", calendar, method: Method::Request };
        let message = Message::parse(&meeting(&made, "edge"));
        assert_eq!((message.subject.as_str(), message.class), ("Plän", Class::MeetingRequest));
        assert_eq!(message.body_text().trim_end(), "Come");
        assert_eq!(message.to.display(), "\"Bo\" <bo@x>");
    }
}
