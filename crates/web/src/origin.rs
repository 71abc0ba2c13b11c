//! Where a request comes from: over which connection, and from whose page.

use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

/// How a request came in. Whoever takes connections puts it into the request's extensions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Connection {
    /// The client's address, for counting failed log-ins.
    pub address: String,
    /// Whether nobody on the way can read it: TLS ends here, or at a proxy that the admin named.
    pub transport: Transport,
}

/// Whether somebody on the way could read along.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Transport {
    /// Plain HTTP inside one machine.
    #[default]
    Loopback,
    /// TLS to the client.
    Tls,
}

/// Returns how the request came in.
pub(crate) fn connection(head: &Parts) -> Connection {
    head.extensions.get::<Connection>().cloned().unwrap_or_default()
}

/// Returns whether a form was sent from a page of this server. Browsers say so themselves, in `Sec-Fetch-Site` or in
/// `Origin`; since pages here send no referrer, older ones say `Origin: null` for every form. A request that says
/// neither is no form of a browser's and is refused.
pub(crate) fn is_own(head: &Parts, public_url: Option<&str>) -> bool {
    let site = text(&head.headers, "sec-fetch-site");
    let origin = text(&head.headers, header::ORIGIN.as_str()).filter(|origin| *origin != "null");
    match (site, origin) {
        (Some(site), None) => site == "same-origin",
        (None, Some(origin)) => is_here(origin, head, public_url),
        (Some(site), Some(origin)) => site == "same-origin" && is_here(origin, head, public_url),
        (None, None) => false,
    }
}

fn is_here(origin: &str, head: &Parts, public_url: Option<&str>) -> bool {
    let Some((_, host)) = origin.split_once("://") else { return false };
    let public = public_url.and_then(|url| url.split_once("://")).map(|(_, host)| host.trim_end_matches('/'));
    let named = text(&head.headers, header::HOST.as_str());
    [named, public].into_iter().flatten().any(|own| own.eq_ignore_ascii_case(host))
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn owns(fields: &[(&str, &str)]) -> bool {
        let request =
            fields.iter().fold(Request::post("/login"), |all, (name, value)| all.header(*name, *value));
        is_own(&request.body(()).unwrap().into_parts().0, Some("https://mail.club.example"))
    }

    #[test]
    fn a_form_of_another_site_is_known() {
        let table = [
            (vec![("host", "a:80"), ("origin", "http://a:80")], true),
            (vec![("host", "a:80"), ("origin", "https://mail.club.example")], true),
            (vec![("host", "a:80"), ("origin", "null"), ("sec-fetch-site", "same-origin")], true),
            (vec![("host", "a:80"), ("origin", "null")], false),
            (vec![("host", "a:80"), ("origin", "http://b:80")], false),
            (vec![("host", "a:80"), ("origin", "http://a:80"), ("sec-fetch-site", "cross-site")], false),
            (vec![("host", "a:80"), ("origin", "null"), ("sec-fetch-site", "same-site")], false),
            (vec![("host", "a:80")], false),
            (vec![("host", "a:80"), ("origin", "a:80")], false),
        ];
        for (fields, expected) in table {
            assert_eq!(owns(&fields), expected, "{fields:?}");
        }
    }
}
