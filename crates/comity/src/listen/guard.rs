//! What every request must pass before the router sees it, and who it comes from.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};

use axum::Router;
use axum::body::Body;
use eas::http::ClientAddress;
use hyper::body::Incoming;
use hyper::header::{CONTENT_ENCODING, CONTENT_LENGTH, TRANSFER_ENCODING};
use hyper::{HeaderMap, Request, Response, StatusCode, Uri};
use tower::Service as _;
use web::{Connection, Transport};

use super::body::Paced;

/// Bytes of a request's address.
const MAX_URL_BYTES: usize = 8 * 1024;
/// Bytes of one header field's value.
const MAX_FIELD_BYTES: usize = 8 * 1024;

/// Who is at the other end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Peer {
    /// The client itself, on this machine.
    Client(IpAddr),
    /// A proxy that the admin named, which tells whom it speaks for.
    Proxy(IpAddr),
}

impl Peer {
    /// Returns who it is, or `None` for whom plain HTTP is not meant.
    pub(super) fn of(address: SocketAddr, proxies: &[IpAddr]) -> Option<Self> {
        let address = address.ip().to_canonical();
        if proxies.iter().any(|proxy| proxy.to_canonical() == address) {
            return Some(Self::Proxy(address));
        }
        address.is_loopback().then_some(Self::Client(address))
    }

    /// Returns whether somebody on the way could read along: a named proxy does TLS.
    const fn transport(self) -> Transport {
        match self {
            Self::Client(_) => Transport::Loopback,
            Self::Proxy(_) => Transport::Tls,
        }
    }

    /// Returns the address of the client: a proxy's word for it is the last that the proxy itself added.
    fn client(self, headers: &HeaderMap) -> IpAddr {
        match self {
            Self::Client(address) => address,
            Self::Proxy(address) => {
                let told = headers.get_all("x-forwarded-for").iter().next_back();
                let last = told.and_then(|told| told.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
                last.unwrap_or(address)
            }
        }
    }
}

/// Answers a request: refuses what no request may have, and gives the rest to the router.
pub(super) async fn answer(
    mut router: Router,
    peer: Peer,
    request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    if let Some(status) =
        refusal(request.uri().path_and_query().map_or(0, |path| path.as_str().len()), request.headers())
    {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = status;
        response.headers_mut().insert("connection", hyper::header::HeaderValue::from_static("close"));
        return Ok(response);
    }
    let (mut head, body) = request.into_parts();
    let client = peer.client(&head.headers);
    head.extensions.insert(ClientAddress(client.to_string()));
    head.extensions.insert(dav::http::ClientAddress(client.to_string()));
    head.extensions.insert(Connection { address: client.to_string(), transport: peer.transport() });
    if dav::http::looks_for_us(&head.method, head.uri.path()) {
        head.uri = Uri::from_static(dav::ROOT);
    }
    router.call(Request::from_parts(head, Body::new(Paced::new(body)))).await
}

/// Returns how a request is refused, by the length of its address and its header.
fn refusal(url_bytes: usize, headers: &HeaderMap) -> Option<StatusCode> {
    if url_bytes > MAX_URL_BYTES {
        return Some(StatusCode::URI_TOO_LONG);
    }
    if headers.values().any(|value| value.len() > MAX_FIELD_BYTES) {
        return Some(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
    }
    // Two ways to say how long the body is are the start of a request smuggled in behind a proxy.
    if headers.contains_key(TRANSFER_ENCODING) && headers.contains_key(CONTENT_LENGTH) {
        return Some(StatusCode::BAD_REQUEST);
    }
    if headers.get_all(CONTENT_LENGTH).iter().count() > 1 {
        return Some(StatusCode::BAD_REQUEST);
    }
    if headers.get(CONTENT_ENCODING).is_some_and(|coding| coding != "identity") {
        return Some(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    None
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderValue;

    use super::*;

    fn headers(fields: &[(&'static str, &str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in fields {
            map.append(*name, HeaderValue::from_str(value).unwrap());
        }
        map
    }

    #[test]
    fn plain_http_is_for_this_machine_and_named_proxies() {
        let proxies: Vec<IpAddr> = vec!["10.0.0.2".parse().unwrap()];
        let of = |address: &str| Peer::of(address.parse().unwrap(), &proxies);
        assert_eq!(of("127.0.0.1:5"), Some(Peer::Client("127.0.0.1".parse().unwrap())));
        assert_eq!(of("[::1]:5"), Some(Peer::Client("::1".parse().unwrap())));
        assert_eq!(of("10.0.0.2:5"), Some(Peer::Proxy("10.0.0.2".parse().unwrap())));
        assert_eq!(of("[::ffff:10.0.0.2]:5"), of("10.0.0.2:5"));
        assert_eq!(of("10.0.0.3:5"), None);
    }

    #[test]
    fn only_a_proxy_is_believed_and_only_its_own_word() {
        let forged = headers(&[("x-forwarded-for", "1.1.1.1"), ("x-forwarded-for", "2.2.2.2, 3.3.3.3")]);
        let here: IpAddr = "127.0.0.1".parse().unwrap();
        assert_eq!(Peer::Client(here).client(&forged), here);
        assert_eq!(Peer::Proxy(here).client(&forged), "3.3.3.3".parse::<IpAddr>().unwrap());
        assert_eq!(Peer::Proxy(here).client(&headers(&[("x-forwarded-for", "nobody")])), here);
        assert_eq!(Peer::Proxy(here).client(&HeaderMap::new()), here);
    }

    #[test]
    fn what_no_request_may_have_is_refused() {
        let long = "x".repeat(MAX_FIELD_BYTES);
        assert_eq!(refusal(MAX_URL_BYTES, &headers(&[("cookie", &long)])), None);
        assert_eq!(refusal(MAX_URL_BYTES + 1, &HeaderMap::new()), Some(StatusCode::URI_TOO_LONG));
        let table = [
            (vec![("cookie", "longer")], None),
            (vec![("content-length", "1"), ("transfer-encoding", "chunked")], Some(StatusCode::BAD_REQUEST)),
            (vec![("content-length", "1"), ("content-length", "1")], Some(StatusCode::BAD_REQUEST)),
            (vec![("content-encoding", "gzip")], Some(StatusCode::UNSUPPORTED_MEDIA_TYPE)),
            (vec![("content-encoding", "identity"), ("content-length", "1")], None),
        ];
        for (fields, expected) in table {
            assert_eq!(refusal(1, &headers(&fields)), expected, "{fields:?}");
        }
        let longer = format!("{long}x");
        assert_eq!(
            refusal(1, &headers(&[("cookie", &longer)])),
            Some(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE)
        );
    }
}
