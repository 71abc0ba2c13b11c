//! `SendMail`: what the user writes to others.

use wbxml::Element;
use wbxml::page::compose_mail as tag;

use crate::error::AnswerError;
use crate::phone::{Phone, status_of};
use crate::request::{Command, Request, Sent};
use crate::version::Version;

/// A message that waits to be sent.
#[derive(Debug, Clone)]
pub(crate) struct Outgoing {
    client_id: String,
    message: Vec<u8>,
}

impl Phone {
    /// Sends a message, given as it travels (RFC 5322), once it is this request's turn.
    pub fn send_mail(&mut self, message: &[u8]) {
        let outgoing = Outgoing { client_id: self.new_client_id(), message: message.to_vec() };
        self.outbox.push_back(outgoing);
    }

    /// Returns the request for the first message: in a document from 14.0 on, as it is before.
    pub(crate) fn mail_request(&mut self) -> Option<Request> {
        let Outgoing { client_id, message } = self.outbox.front()?.clone();
        if self.habit.version < Version::V14_0 {
            let request = self.request(Command::SendMail, None, Sent::Mail);
            return Some(Request { body: message, ..request });
        }
        let root = Element::new(tag::SEND_MAIL)
            .with(Element::text(tag::CLIENT_ID, client_id))
            .with(Element::new(tag::SAVE_IN_SENT_ITEMS))
            .with(Element::opaque(tag::MIME, message));
        Some(self.request(Command::SendMail, Some(root), Sent::Mail))
    }

    /// Takes the message as sent: an answer says something only where it was not.
    pub(crate) fn apply_mail(&mut self, root: Option<&Element>) -> Result<(), AnswerError> {
        let command = Command::SendMail;
        match root.map(status_of) {
            None => {
                self.outbox.pop_front();
                Ok(())
            }
            Some(Some(status)) => Err(AnswerError::Refused { command, status }),
            Some(None) => Err(AnswerError::Shape { command, what: "it has no status" }),
        }
    }
}
