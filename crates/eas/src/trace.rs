//! What a device's trace shows of a request or an answer: readable, and without what is nobody's business.
//!
//! Of items only the shape is shown: each text is replaced by its length. What is shown is what a phone and the
//! server say to each other about folders, keys and statuses.

use std::fmt::Write as _;

use wbxml::{Element, Node, Tag};

use crate::reply::{MULTIPART, Reply, WBXML};

/// Code pages whose elements are what people wrote.
const CONTENT_PAGES: [u8; 11] = [1, 2, 4, 9, 12, 16, 17, 19, 22, 23, 24];

/// The most digits of a number in an item that is shown: kinds, flags and sizes, but no telephone number.
const MAX_DIGITS: usize = 3;

/// Elements of the other pages that hold secrets, people or content.
const HIDDEN: [&str; 21] = [
    "Certificate",
    "Content",
    "Data",
    "EmailAddress",
    "FreeText",
    "FriendlyName",
    "IMEI",
    "MiniCertificate",
    "Mime",
    "Password",
    "PhoneNumber",
    "Picture",
    "PolicyKey",
    "PrimarySmtpAddress",
    "Query",
    "ReplyMessage",
    "SMTPAddress",
    "To",
    "UserDisplayName",
    "UserName",
    "Value",
];

/// Returns a document as lines of XML, names with their page where it differs from the one outside.
pub(crate) fn text(root: Option<&Element>) -> String {
    let mut text = String::new();
    match root {
        Some(root) => element(&mut text, root, None, 0),
        None => text.push_str("(no body)\n"),
    }
    text
}

/// Returns what an answer says.
pub(crate) fn reply(reply: &Reply) -> String {
    let mut text = String::new();
    for (name, value) in &reply.headers {
        let _ = writeln!(text, "{name}: {value}");
    }
    match reply.content_type {
        None => text.push_str("(no body)\n"),
        Some(kind) if kind == WBXML => match wbxml::decode(&reply.body, &wbxml::Limits::default()) {
            Ok(root) => element(&mut text, &root, None, 0),
            Err(error) => {
                let _ = writeln!(text, "({} bytes that cannot be decoded: {error})", reply.body.len());
            }
        },
        Some(kind) if kind == MULTIPART => {
            let _ = writeln!(text, "({} bytes in parts)", reply.body.len());
        }
        Some(kind) => {
            let _ = writeln!(text, "({} bytes of {kind})", reply.body.len());
        }
    }
    text
}

/// Returns the status that an answer gives: the first that tells of anything unusual, or else the HTTP code.
pub(crate) fn status(reply: &Reply) -> String {
    if reply.content_type == Some(WBXML)
        && let Ok(root) = wbxml::decode(&reply.body, &wbxml::Limits::default())
        && let Some(status) = unusual(&root).or_else(|| first_status(&root))
    {
        return status;
    }
    format!("HTTP {}", reply.status)
}

fn unusual(root: &Element) -> Option<String> {
    let own = (root.tag.name() == Some("Status")).then(|| root.value().into_owned());
    own.filter(|status| status != "1").or_else(|| root.elements().find_map(unusual))
}

fn first_status(root: &Element) -> Option<String> {
    let own = (root.tag.name() == Some("Status")).then(|| root.value().into_owned());
    own.or_else(|| root.elements().find_map(first_status))
}

fn element(out: &mut String, shown: &Element, outside: Option<u8>, depth: usize) {
    let name = name(shown.tag, outside);
    let indent = "  ".repeat(depth);
    if shown.elements().next().is_none() {
        let value = if shown.is_empty() { None } else { Some(value(shown)) };
        let _ = match value {
            Some(value) => writeln!(out, "{indent}<{name}>{value}</{name}>"),
            None => writeln!(out, "{indent}<{name}/>"),
        };
        return;
    }
    let _ = writeln!(out, "{indent}<{name}>");
    for child in shown.elements() {
        element(out, child, Some(shown.tag.page()), depth + 1);
    }
    let _ = writeln!(out, "{indent}</{name}>");
}

/// Returns an element's name, with its page's where that differs from the one outside.
fn name(tag: Tag, outside: Option<u8>) -> String {
    match tag.name() {
        Some(name) if outside == Some(tag.page()) => name.to_owned(),
        Some(_) | None => format!("{tag:?}"),
    }
}

/// Returns what is shown of an element's content.
fn value(shown: &Element) -> String {
    let mut out = String::new();
    for run in &shown.content {
        match run {
            Node::Element(_) => {}
            Node::Opaque(bytes) => {
                let _ = write!(out, "[{} bytes]", bytes.len());
            }
            Node::Text(text) if is_open(shown.tag, text) => out.extend(text.chars().map(escaped)),
            Node::Text(text) => {
                let _ = write!(out, "[{} characters]", text.chars().count());
            }
        }
    }
    out
}

/// Returns whether a text may be shown.
fn is_open(tag: Tag, text: &str) -> bool {
    if CONTENT_PAGES.contains(&tag.page()) {
        return text.len() <= MAX_DIGITS && text.bytes().all(|byte| byte.is_ascii_digit());
    }
    tag.name().is_some_and(|name| !HIDDEN.contains(&name))
}

/// Returns a character as it is shown: one that could forge a line or an element is not.
fn escaped(c: char) -> char {
    if c.is_control() || matches!(c, '<' | '>') { '\u{fffd}' } else { c }
}

#[cfg(test)]
mod tests {
    use wbxml::page::{air_sync, air_sync_base, contacts, item_operations, provision};

    use super::*;

    #[test]
    fn keys_and_statuses_are_shown_and_items_are_not() {
        let data = Element::new(air_sync::APPLICATION_DATA)
            .with(Element::text(contacts::LAST_NAME, "Neuer"))
            .with(Element::text(contacts::BIRTHDAY, "1986-03-27T00:00:00.000Z"))
            .with(Element::opaque(contacts::PICTURE, [0; 12]))
            .with(
                Element::new(air_sync_base::BODY)
                    .with(Element::text(air_sync_base::TYPE, "1"))
                    .with(Element::text(air_sync_base::DATA, "secret")),
            );
        let shown = Element::new(air_sync::CHANGE)
            .with(Element::text(air_sync::SERVER_ID, "7:12"))
            .with(Element::text(air_sync::STATUS, "1"))
            .with(data);
        let expected = "\
<AirSync:Change>
  <ServerId>7:12</ServerId>
  <Status>1</Status>
  <ApplicationData>
    <Contacts:LastName>[5 characters]</Contacts:LastName>
    <Contacts:Birthday>[24 characters]</Contacts:Birthday>
    <Contacts:Picture>[12 bytes]</Contacts:Picture>
    <AirSyncBase:Body>
      <Type>1</Type>
      <Data>[6 characters]</Data>
    </AirSyncBase:Body>
  </ApplicationData>
</AirSync:Change>
";
        assert_eq!(text(Some(&shown)), expected);
        assert_eq!(text(None), "(no body)\n");
    }

    #[test]
    fn secrets_of_the_protocol_are_not_shown() {
        for tag in [provision::POLICY_KEY, item_operations::PASSWORD, item_operations::DATA] {
            let shown = text(Some(&Element::text(tag, "12345")));
            assert!(shown.contains("[5 characters]") && !shown.contains("12345"), "{shown}");
        }
        assert_eq!(text(Some(&Element::text(contacts::BUSINESS_PHONE_NUMBER, "0891"))).find("0891"), None);
    }

    #[test]
    fn a_value_cannot_forge_a_line() {
        let shown = text(Some(&Element::text(air_sync::SYNC_KEY, "1\n<Status>")));
        assert_eq!(shown.lines().count(), 1, "{shown}");
        assert_eq!(shown.matches('<').count(), 2, "{shown}");
    }

    #[test]
    fn the_status_that_tells_something_is_the_one_told() {
        let of = |statuses: &[&str]| {
            let root = statuses.iter().fold(Element::new(air_sync::SYNC), |root, status| {
                let inner = Element::text(air_sync::STATUS, *status);
                root.with(Element::new(air_sync::COLLECTION).with(inner))
            });
            status(&Reply::wbxml(&root))
        };
        assert_eq!(of(&["1", "3", "8"]), "3");
        assert_eq!(of(&["1", "1"]), "1");
        assert_eq!(of(&[]), "HTTP 200");
        assert_eq!(status(&Reply::empty(503)), "HTTP 503");
    }
}
