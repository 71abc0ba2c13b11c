//! Autodiscover: where a phone that knows no more than an address and a password finds its server.
//!
//! Plain XML, unlike all the rest. Only the mobile form is answered; who asks for another is told so in the form
//! that Outlook understands.

use std::fmt::Write as _;

use engine::{Caller, Timestamp};
use hyper::HeaderMap;
use quick_xml::escape::escape;
use quick_xml::events::Event;
use quick_xml::name::ResolveResult;
use quick_xml::reader::NsReader;

use crate::http::PATH as SERVER_PATH;
use crate::reply::Reply;

/// Where phones ask, in any case.
pub const PATH: &str = "/autodiscover/autodiscover.xml";

/// The most bytes of a question.
pub const MAX_BODY: usize = 16 * 1024;

/// The most elements inside each other in a question; the protocol's own has three.
pub const MAX_DEPTH: usize = 16;

/// The most bytes of an address in a question.
pub const MAX_ADDRESS: usize = 254;

/// The most bytes of a host's name.
const MAX_HOST: usize = 255;

const RESPONSE: &str = "http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006";
const MOBILE_RESPONSE: &str =
    "http://schemas.microsoft.com/exchange/autodiscover/mobilesync/responseschema/2006";
const MOBILE_REQUEST: &str =
    "http://schemas.microsoft.com/exchange/autodiscover/mobilesync/requestschema/2006";

/// Returns whether a path is the one that phones ask at.
#[must_use]
pub fn serves(path: &str) -> bool {
    path.eq_ignore_ascii_case(PATH)
}

/// Why a question has no ordinary answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It is not well formed, or names no address.
    Invalid,
    /// It asks for another form of answer than phones take.
    OtherSchema,
}

impl Refusal {
    const fn code(self) -> u16 {
        match self {
            Self::Invalid => 600,
            Self::OtherSchema => 601,
        }
    }

    const fn message(self) -> &'static str {
        match self {
            Self::Invalid => "Invalid Request",
            Self::OtherSchema => "Provider is not available",
        }
    }
}

/// Answers a question of a user who has logged in. `origin` is the address of this server, without a path.
#[must_use]
pub fn answer(caller: &Caller, origin: &str, body: &[u8], now: Timestamp) -> Reply {
    let text = match checked(body) {
        Ok(()) => settings(caller, origin),
        Err(refusal) => {
            tracing::debug!(?refusal, "an Autodiscover question is not answered");
            refused(refusal, now)
        }
    };
    Reply { content_type: Some("text/xml; charset=utf-8"), body: text.into_bytes(), ..Reply::empty(200) }
}

/// Returns the address under which a request reached this server, without a path. Who does TLS in front of it may
/// say so; without a word, a name is taken to be reached over TLS and a number or `localhost` to be a test.
#[must_use]
pub fn origin_of(headers: &HeaderMap) -> String {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let host = text("host").filter(|host| is_host(host)).unwrap_or("localhost");
    let scheme = match text("x-forwarded-proto") {
        Some(proto) if proto.eq_ignore_ascii_case("http") => "http",
        None if is_local(host) => "http",
        Some(_) | None => "https",
    };
    format!("{scheme}://{host}")
}

fn is_host(host: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    !host.is_empty() && host.len() <= MAX_HOST && host.chars().all(fits)
}

fn is_local(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let number = name.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok();
    number || host.starts_with('[') || name.eq_ignore_ascii_case("localhost")
}

/// Returns whether a question is one that phones ask. An empty one is: some phones send nothing but their log-in.
fn checked(body: &[u8]) -> Result<(), Refusal> {
    if body.trim_ascii().is_empty() {
        return Ok(());
    }
    if body.len() > MAX_BODY {
        return Err(Refusal::Invalid);
    }
    let text = std::str::from_utf8(body).map_err(|_| Refusal::Invalid)?;
    let asked = read(text.trim_start_matches('\u{feff}'))?;
    let mobile = match &asked.schema {
        Some(schema) => schema.trim() == MOBILE_RESPONSE,
        None => asked.root == MOBILE_REQUEST,
    };
    if !mobile {
        return Err(Refusal::OtherSchema);
    }
    let address = asked.address.ok_or(Refusal::Invalid)?;
    if address.trim().is_empty() || address.len() > MAX_ADDRESS {
        return Err(Refusal::Invalid);
    }
    Ok(())
}

/// What a question says.
#[derive(Debug, Default)]
struct Asked {
    /// The namespace of the outermost element.
    root: String,
    address: Option<String>,
    schema: Option<String>,
}

/// Reads a question. Entities of its own, or a document type that could define some, make it invalid.
fn read(text: &str) -> Result<Asked, Refusal> {
    let mut reader = NsReader::from_str(text);
    let mut asked = Asked::default();
    let mut open: Vec<String> = Vec::new();
    let mut ended = false;
    loop {
        let (namespace, event) = reader.read_resolved_event().map_err(|_| Refusal::Invalid)?;
        match event {
            Event::Start(element) => {
                if open.len() >= MAX_DEPTH || ended {
                    return Err(Refusal::Invalid);
                }
                if let (ResolveResult::Bound(namespace), true) = (namespace, open.is_empty()) {
                    namespace.as_ref().clone_into(&mut asked.root);
                }
                open.push(element.local_name().as_ref().to_owned());
            }
            Event::End(_) => {
                open.pop();
                ended = open.is_empty();
            }
            Event::Text(run) => asked.add(&open, &run.xml10_content()),
            Event::CData(run) => asked.add(&open, &run.xml10_content()),
            Event::GeneralRef(reference) => {
                let name = reference.xml10_content();
                let named = quick_xml::escape::resolve_predefined_entity(&name).map(str::to_owned);
                let number = reference.resolve_char_ref().map_err(|_| Refusal::Invalid)?;
                let run = named.or_else(|| number.map(String::from)).ok_or(Refusal::Invalid)?;
                asked.add(&open, &run);
            }
            Event::Eof if ended => return Ok(asked),
            Event::Eof | Event::DocType(_) => return Err(Refusal::Invalid),
            Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
    }
}

impl Asked {
    /// Takes a run of text inside these elements, where it belongs to something that is asked for.
    fn add(&mut self, open: &[String], run: &str) {
        let place = match open.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            ["Autodiscover", "Request", "EMailAddress"] => &mut self.address,
            ["Autodiscover", "Request", "AcceptableResponseSchema"] => &mut self.schema,
            _ => return,
        };
        place.get_or_insert_default().push_str(run);
    }
}

/// Returns where the server is, and how the phone is to call its user from then on.
fn settings(caller: &Caller, origin: &str) -> String {
    let url = format!("{}{SERVER_PATH}", origin.trim_end_matches('/'));
    let (name, email) = (caller.display_name(), caller.email().unwrap_or(caller.name()));
    let mut text = head(MOBILE_RESPONSE);
    let _ = write!(
        text,
        "    <Culture>en:us</Culture>\n    <User>\n      <DisplayName>{}</DisplayName>\n      \
         <EMailAddress>{}</EMailAddress>\n    </User>\n    <Action>\n      <Settings>\n        <Server>\n          \
         <Type>MobileSync</Type>\n          <Url>{url}</Url>\n          <Name>{url}</Name>\n        </Server>\n      \
         </Settings>\n    </Action>\n",
        escape(name),
        escape(email),
        url = escape(&url)
    );
    text.push_str(TAIL);
    text
}

/// Returns the answer to what cannot be answered otherwise.
fn refused(refusal: Refusal, now: Timestamp) -> String {
    let time = now.strftime("%H:%M:%S.%7f");
    let id = now.as_millisecond().unsigned_abs() % 4_000_000_000;
    let mut text = head(RESPONSE);
    let _ = write!(
        text,
        "    <Error Time=\"{time}\" Id=\"{id}\">\n      <ErrorCode>{}</ErrorCode>\n      <Message>{}</Message>\n      \
         <DebugData/>\n    </Error>\n",
        refusal.code(),
        refusal.message()
    );
    text.push_str(TAIL);
    text
}

fn head(namespace: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<Autodiscover xmlns=\"{RESPONSE}\">\n  <Response xmlns=\"{namespace}\">\n"
    )
}

const TAIL: &str = "  </Response>\n</Autodiscover>\n";

#[cfg(test)]
mod tests {
    use super::*;

    fn question(address: &str, schema: &str) -> String {
        format!(
            "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?><Autodiscover xmlns=\"{MOBILE_REQUEST}\"><Request>\
             <EMailAddress>{address}</EMailAddress><AcceptableResponseSchema>{schema}</AcceptableResponseSchema>\
             </Request></Autodiscover>"
        )
    }

    #[test]
    fn a_phones_question_is_one_with_or_without_a_body() {
        assert_eq!(checked(b""), Ok(()));
        assert_eq!(checked(b"\r\n"), Ok(()));
        assert_eq!(checked(question("anna@example.com", MOBILE_RESPONSE).as_bytes()), Ok(()));
        assert_eq!(checked(question("a&amp;b@example.com", MOBILE_RESPONSE).as_bytes()), Ok(()));
        let short = format!(
            "<Autodiscover xmlns='{MOBILE_REQUEST}'><Request><EMailAddress>a@b</EMailAddress></Request></Autodiscover>"
        );
        assert_eq!(checked(short.as_bytes()), Ok(()), "its own namespace says what it wants");
    }

    #[test]
    fn outlooks_question_is_for_another_form() {
        let outlook = "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a";
        assert_eq!(checked(question("a@b", outlook).as_bytes()), Err(Refusal::OtherSchema));
    }

    #[test]
    fn what_is_no_question_is_invalid() {
        let entity = question("&x;", MOBILE_RESPONSE).replace(
            "<Autodiscover",
            "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><Autodiscover",
        );
        let bare = question("&x;", MOBILE_RESPONSE);
        let none = question(" ", MOBILE_RESPONSE);
        let cut = bare.replace("</Autodiscover>", "");
        let second = format!("{none}<Autodiscover/>{none}");
        for text in [entity.as_str(), &bare, &none, &cut, &second, "hello", "<a>", "<a></b>"] {
            assert_eq!(checked(text.as_bytes()), Err(Refusal::Invalid), "{text}");
        }
        assert_eq!(checked(b"<a>\xff</a>"), Err(Refusal::Invalid));
    }

    #[test]
    fn depth_and_lengths_have_limits() {
        let deep = |depth: usize| {
            let inside = format!("{}{}", "<x>".repeat(depth - 2), "</x>".repeat(depth - 2));
            question("a@b", MOBILE_RESPONSE).replace("<EMailAddress>", &format!("{inside}<EMailAddress>"))
        };
        assert_eq!(checked(deep(MAX_DEPTH).as_bytes()), Ok(()));
        assert_eq!(checked(deep(MAX_DEPTH + 1).as_bytes()), Err(Refusal::Invalid));
        let long = |bytes: usize| question(&"a".repeat(bytes), MOBILE_RESPONSE);
        assert_eq!(checked(long(MAX_ADDRESS).as_bytes()), Ok(()));
        assert_eq!(checked(long(MAX_ADDRESS + 1).as_bytes()), Err(Refusal::Invalid));
        let padded = |bytes: usize| format!("{:<bytes$}", question("a@b", MOBILE_RESPONSE));
        assert_eq!(checked(padded(MAX_BODY - 2).as_bytes()), Ok(()), "the mark at its start has three bytes");
        assert_eq!(checked(padded(MAX_BODY - 1).as_bytes()), Err(Refusal::Invalid));
    }

    #[test]
    fn the_servers_address_is_that_of_the_request() {
        let of = |fields: &[(&'static str, &'static str)]| {
            let headers = fields.iter().map(|(name, value)| {
                (hyper::header::HeaderName::from_static(name), hyper::header::HeaderValue::from_static(value))
            });
            origin_of(&headers.collect())
        };
        assert_eq!(of(&[("host", "mail.example.org")]), "https://mail.example.org");
        assert_eq!(of(&[("host", "127.0.0.1:8080")]), "http://127.0.0.1:8080");
        assert_eq!(of(&[("host", "[::1]:8080")]), "http://[::1]:8080");
        assert_eq!(of(&[("host", "localhost")]), "http://localhost");
        assert_eq!(of(&[("host", "10.0.2.2"), ("x-forwarded-proto", "https")]), "https://10.0.2.2");
        assert_eq!(of(&[("host", "a.example"), ("x-forwarded-proto", "http")]), "http://a.example");
        assert_eq!(of(&[("host", "a\"><b")]), "http://localhost", "what is no name is not repeated");
        assert_eq!(of(&[]), "http://localhost");
    }

    proptest::proptest! {
        #[test]
        fn any_body_has_an_outcome(text in ".{0,200}") {
            let _ = checked(text.as_bytes());
            let _ = checked(question(&text, MOBILE_RESPONSE).as_bytes());
        }
    }
}
