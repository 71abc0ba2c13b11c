//! A message of nothing but a text.

use super::head::Head;
use super::part;
use crate::Body;
use crate::message::Address;

/// Returns a message to these, without subject, sender, date and id.
#[must_use]
pub fn letter(to: &[Address], body: &Body) -> Vec<u8> {
    let mut head = Head::default();
    head.set_addresses("To", to);
    head.set_plain("MIME-Version", "1.0");
    [head.write(), part::alone(body)].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{BodyKind, Message};

    #[test]
    fn it_says_what_was_written_in_the_form_it_was_written_in() {
        let to = [Address { name: "Bo, \u{e4}".to_owned(), address: "bo@x".to_owned() }];
        let message = Message::parse(&letter(&to, &Body::plain("Gr\u{fc}\u{df}e\n")));
        assert_eq!((message.body_kind, message.body_text().trim_end()), (BodyKind::Plain, "Gr\u{fc}\u{df}e"));
        assert_eq!((message.to.0[0].address.as_str(), message.to.0[0].name.as_str()), ("bo@x", "Bo, \u{e4}"));
        let message = Message::parse(&letter(&to, &Body::html("<p>\u{e4}</p>")));
        assert_eq!(
            (message.body_kind, message.body_html().unwrap().trim_end()),
            (BodyKind::Html, "<p>\u{e4}</p>")
        );
    }
}
