//! The cookie that a browser holds its session in.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::origin::Transport;

/// Returns the cookie's name. Over TLS it has the prefix that keeps other hosts from setting it; plain HTTP inside
/// one machine cannot have it.
const fn name(transport: Transport) -> &'static str {
    match transport {
        Transport::Tls => "__Host-comity",
        Transport::Loopback => "comity",
    }
}

/// Returns what the browser holds.
pub(crate) fn read(headers: &HeaderMap, transport: Transport) -> Option<String> {
    let wanted = name(transport);
    let all = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(own, _)| *own == wanted).map(|(_, value)| value.to_owned())
}

/// Returns the header that makes a browser hold a session. It ends with the browser.
pub(crate) fn set(secret: &str, transport: Transport) -> String {
    format!("{}={secret}; {}", name(transport), attributes(transport))
}

/// Returns the header that makes a browser forget its session.
pub(crate) fn clear(transport: Transport) -> String {
    format!("{}=; Max-Age=0; {}", name(transport), attributes(transport))
}

const fn attributes(transport: Transport) -> &'static str {
    match transport {
        Transport::Tls => "Path=/; HttpOnly; SameSite=Lax; Secure",
        Transport::Loopback => "Path=/; HttpOnly; SameSite=Lax",
    }
}

/// Returns a cookie's text as a header's value.
pub(crate) fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("a name, hexadecimal digits and attributes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_cookie_of_the_connection_counts() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("x=1; comity=plain"));
        assert_eq!(read(&headers, Transport::Loopback).as_deref(), Some("plain"));
        assert_eq!(read(&headers, Transport::Tls), None, "another host of the domain can set this one");
        headers.append(header::COOKIE, HeaderValue::from_static("__Host-comity=kept"));
        assert_eq!(read(&headers, Transport::Tls).as_deref(), Some("kept"));
        assert!(set("ab", Transport::Tls).ends_with("; Secure"));
    }
}
