//! A message on its way out: who it is from and to, and the copies that travel and stay.

use jiff::Timestamp;
use thiserror::Error;

use super::head::{Head, split};
use crate::message::{Address, Message, body_start};

/// The most recipients one message may have.
pub const MAX_RECIPIENTS: usize = 500;
/// Bytes of an address at most. [RFC 5321 4.5.3.1]
const MAX_ADDRESS_BYTES: usize = 320;

/// Why a message cannot be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Unsendable {
    /// There is no header.
    #[error("the message has no header")]
    NoHeader,
    /// Nobody is to get it.
    #[error("the message has no recipient")]
    NoRecipient,
    /// A recipient has no address that mail could go to.
    #[error("a recipient has no usable address")]
    BadRecipient,
    /// Too many are to get it.
    #[error("the message has more than {MAX_RECIPIENTS} recipients")]
    TooManyRecipients,
}

/// What the server adds to a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Who it is from; `None` where what the message says is to stay.
    pub from: Option<Address>,
    /// Who sent it for the one it is from.
    pub sender: Option<Address>,
    /// The Message-ID, without angle brackets, for a message that has none.
    pub message_id: String,
    /// The date, for a message that has none.
    pub now: Timestamp,
}

/// A message ready to go out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    head: Head,
    body: Vec<u8>,
}

impl Outgoing {
    /// Puts a message into the form in which mail travels.
    ///
    /// # Errors
    ///
    /// [`Unsendable::NoHeader`], where there is nothing that could be a message.
    pub fn new(message: &[u8], signature: &Signature) -> Result<Self, Unsendable> {
        let canonical = crlf_only(message);
        let (mut head, body) = split(&canonical);
        if head.is_empty() {
            return Err(Unsendable::NoHeader);
        }
        // What only servers on the way may say.
        head.remove(&["Return-Path", "Received", "Delivered-To", "Resent-Bcc", "X-Unsent"]);
        if let Some(from) = &signature.from {
            head.set_addresses("From", std::slice::from_ref(from));
        }
        head.set_addresses("Sender", signature.sender.as_slice());
        if !head.has("Date") {
            head.set_plain("Date", &date(signature.now));
        }
        if !head.has("Message-ID") {
            head.set_plain("Message-ID", &format!("<{}>", signature.message_id));
        }
        if !head.has("MIME-Version") {
            head.set_plain("MIME-Version", "1.0");
        }
        Ok(Self { head, body: body.to_vec() })
    }

    /// Returns the copy for whoever sent it: with the recipients that nobody else sees.
    #[must_use]
    pub fn sent(&self) -> Vec<u8> {
        [&self.head.write(), b"\r\n".as_slice(), &self.body].concat()
    }

    /// Returns what travels.
    #[must_use]
    pub fn transmitted(&self) -> Vec<u8> {
        [&self.head.write_without("Bcc"), b"\r\n".as_slice(), &self.body].concat()
    }
}

/// Returns whether there is anything that could be a message: a header.
#[must_use]
pub fn is_message(text: &[u8]) -> bool {
    let start = text.get(..body_start(text)).unwrap_or_default();
    !split(start).0.is_empty()
}

/// Returns everybody who is to get a message, each once.
///
/// # Errors
///
/// [`Unsendable`], where nobody is, too many are, or one has no usable address.
pub fn recipients(message: &Message) -> Result<Vec<Address>, Unsendable> {
    let mut found: Vec<Address> = Vec::new();
    for one in [&message.to, &message.cc, &message.bcc].into_iter().flat_map(|list| &list.0) {
        // A group that is meant to be empty: `undisclosed-recipients:;`
        if one.address.is_empty() && (one.name.is_empty() || one.name.starts_with("undisclosed")) {
            continue;
        }
        if !is_usable(&one.address) {
            return Err(Unsendable::BadRecipient);
        }
        if !found.iter().any(|known| known.address.eq_ignore_ascii_case(&one.address)) {
            found.push(one.clone());
        }
        if found.len() > MAX_RECIPIENTS {
            return Err(Unsendable::TooManyRecipients);
        }
    }
    if found.is_empty() { Err(Unsendable::NoRecipient) } else { Ok(found) }
}

/// Returns whether mail could go to an address: it has both halves and nothing that could end it.
#[must_use]
pub fn is_usable(address: &str) -> bool {
    let ends = |one: char| one.is_control() || one.is_whitespace() || "<>()[],;:\\\"".contains(one);
    address.len() <= MAX_ADDRESS_BYTES
        && !address.contains(ends)
        && address.rsplit_once('@').is_some_and(|(user, host)| {
            !user.is_empty() && !host.is_empty() && !user.contains('@') && !host.starts_with('.')
        })
}

/// Returns a time as mail writes it.
pub(super) fn date(at: Timestamp) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()
}

/// Ends every line with CRLF: a bare CR or LF means a line's end to some who carry mail, and nothing to others.
pub(super) fn crlf_only(message: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(message.len() + message.len() / 32);
    let mut rest = message;
    while let Some(at) = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n')) {
        let (line, end) = rest.split_at_checked(at).unwrap_or((rest, &[]));
        out.extend_from_slice(line);
        out.extend_from_slice(b"\r\n");
        rest = end.strip_prefix(b"\r\n").or_else(|| end.get(1..)).unwrap_or_default();
    }
    out.extend_from_slice(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signature() -> Signature {
        Signature {
            from: Some(Address { name: "Bo Lind".to_owned(), address: "bo@club.example".to_owned() }),
            sender: None,
            message_id: "1@club.example".to_owned(),
            now: "2026-03-02T09:00:00Z".parse().unwrap(),
        }
    }

    fn outgoing(message: &str) -> (String, String) {
        let made = Outgoing::new(message.as_bytes(), &signature()).unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (text(made.sent()), text(made.transmitted()))
    }

    #[test]
    fn what_is_missing_is_added_and_hidden_recipients_do_not_travel() {
        let (sent, transmitted) = outgoing(
            "To: a@x.example\nBcc: b@x.example,\n c@x.example\nFrom: else@x.example\nX-Own:  kept\n\nHi\r\n.\n",
        );
        assert!(sent.contains("\r\nBcc: b@x.example,\r\n c@x.example\r\n"), "{sent}");
        assert!(!transmitted.contains("b@x.example") && !transmitted.contains("c@x.example"));
        for copy in [&sent, &transmitted] {
            assert!(copy.contains("From: \"Bo Lind\" <bo@club.example>\r\n"), "{copy}");
            assert!(!copy.contains("else@x.example"));
            assert!(copy.contains("\r\nDate: Mon, 02 Mar 2026 09:00:00 +0000\r\n"), "{copy}");
            assert!(copy.contains("\r\nMessage-ID: <1@club.example>\r\n"), "{copy}");
            assert!(copy.contains("\r\nX-Own:  kept\r\n"), "{copy}");
            assert!(copy.ends_with("\r\n\r\nHi\r\n.\r\n"), "{copy}");
        }
    }

    #[test]
    fn what_the_phone_wrote_stays() {
        let (sent, _) = outgoing("Date: Sun, 1 Mar 2026 00:00:00 +0100\r\nMessage-Id: <x@y>\r\n\r\n");
        assert!(sent.contains("Date: Sun, 1 Mar 2026 00:00:00 +0100\r\n"), "{sent}");
        assert!(sent.contains("Message-Id: <x@y>\r\n") && !sent.contains("1@club.example"), "{sent}");
    }

    #[test]
    fn every_line_ends_with_both() {
        assert_eq!(crlf_only(b"a\rb\nc\r\nd\r\r\n.\n"), b"a\r\nb\r\nc\r\nd\r\n\r\n.\r\n");
    }

    #[test]
    fn a_name_cannot_end_its_line() {
        let mut signature = signature();
        if let Some(from) = &mut signature.from {
            from.name = "Bo\r\nBcc: evil@x.example".to_owned();
        }
        let made = Outgoing::new(b"To: a@x.example\r\n\r\n", &signature).unwrap();
        assert!(!String::from_utf8(made.sent()).unwrap().contains("\r\nBcc"));
    }

    #[test]
    fn recipients_are_counted_once_and_checked() {
        let of = |text: &str| {
            let found = recipients(&Message::parse(format!("{text}\r\n\r\n").as_bytes()));
            found.map(|list| list.into_iter().map(|one| one.address).collect::<Vec<_>>())
        };
        assert_eq!(of("To: A <a@x>, b@x\r\nCc: A@X\r\nBcc: c@x").unwrap(), ["a@x", "b@x", "c@x"]);
        assert_eq!(of("Subject: x"), Err(Unsendable::NoRecipient));
        assert_eq!(of("To: undisclosed-recipients:;"), Err(Unsendable::NoRecipient));
        assert_eq!(of("To: Anna"), Err(Unsendable::BadRecipient));
        let many = |count: usize| {
            let list: Vec<_> = (0..count).map(|nth| format!("u{nth}@x")).collect();
            of(&format!("To: {}", list.join(",\r\n ")))
        };
        assert_eq!(many(MAX_RECIPIENTS).unwrap().len(), MAX_RECIPIENTS);
        assert_eq!(many(MAX_RECIPIENTS + 1), Err(Unsendable::TooManyRecipients));
    }

    #[test]
    fn nothing_at_all_is_no_message() {
        for text in ["", "\r\n\r\nbody", "just text"] {
            assert_eq!(Outgoing::new(text.as_bytes(), &signature()), Err(Unsendable::NoHeader), "{text:?}");
            assert!(!is_message(text.as_bytes()), "{text:?}");
        }
    }
}
