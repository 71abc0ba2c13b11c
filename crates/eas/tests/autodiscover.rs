//! A phone that knows an address and a password finds its server.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what is not there where it should be is a failed test"
)]

mod common;

use std::sync::Arc;

use access::Preset;
use axum::Router;
use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::Club;
use eas::autodiscover::MAX_BODY;
use eas::{Hub, Settings};
use engine::Timestamp;
use hyper::http::request::Builder;
use hyper::{HeaderMap, Request};
use tower::Service as _;

const PATH: &str = "/autodiscover/autodiscover.xml";
const MOBILE: &str = "http://schemas.microsoft.com/exchange/autodiscover/mobilesync/responseschema/2006";
const OUTLOOK: &str = "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a";

fn clock() -> Timestamp {
    "2026-03-02T09:00:00.5Z".parse().unwrap()
}

fn router(public_url: Option<&str>) -> Router {
    let settings = Settings { public_url: public_url.map(str::to_owned), ..Settings::default() };
    let club = Club::with(Preset::Viewer, settings);
    eas::http::router(Arc::clone(&club.server), Arc::new(Hub::default()), clock)
}

fn post(path: &str, login: &str) -> Builder {
    Request::post(path)
        .header("host", "mail.club.example")
        .header("authorization", format!("Basic {}", STANDARD.encode(login)))
}

fn question(schema: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><Autodiscover \
         xmlns=\"http://schemas.microsoft.com/exchange/autodiscover/mobilesync/requestschema/2006\"><Request>\
         <EMailAddress>bo@club.example</EMailAddress><AcceptableResponseSchema>{schema}</AcceptableResponseSchema>\
         </Request></Autodiscover>"
    )
}

async fn ask(router: &Router, request: Request<Body>) -> (u16, HeaderMap, String) {
    let (head, body) = router.clone().call(request).await.unwrap().into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    (head.status.as_u16(), head.headers, String::from_utf8(body.to_vec()).unwrap())
}

fn body(builder: Builder, body: impl Into<Body>) -> Request<Body> {
    builder.body(body.into()).unwrap()
}

#[tokio::test]
async fn a_phone_is_told_where_its_server_is_and_what_its_user_is_called() {
    let router = router(None);
    let expected = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>
<Autodiscover xmlns=\"http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006\">
  <Response xmlns=\"{MOBILE}\">
    <Culture>en:us</Culture>
    <User>
      <DisplayName>Bo Lind</DisplayName>
      <EMailAddress>bo@club.example</EMailAddress>
    </User>
    <Action>
      <Settings>
        <Server>
          <Type>MobileSync</Type>
          <Url>https://mail.club.example/Microsoft-Server-ActiveSync</Url>
          <Name>https://mail.club.example/Microsoft-Server-ActiveSync</Name>
        </Server>
      </Settings>
    </Action>
  </Response>
</Autodiscover>
"
    );
    for path in [PATH, "/Autodiscover/Autodiscover.xml", "/AUTODISCOVER/autodiscover.XML"] {
        for (login, asked) in [
            ("bo@club.example:secret", question(MOBILE)),
            ("bo:secret", question(MOBILE)),
            ("club\\bo:secret", String::new()),
        ] {
            let request = post(path, login).header("content-type", "text/html");
            let (status, headers, text) = ask(&router, body(request, asked)).await;
            assert_eq!((status, text.as_str()), (200, expected.as_str()), "{path} {login}");
            assert_eq!(headers["content-type"], "text/xml; charset=utf-8");
        }
    }
}

#[tokio::test]
async fn the_admins_address_goes_before_that_of_the_request() {
    let router = router(Some("https://phones.club.example:8443/"));
    let (_, _, text) = ask(&router, body(post(PATH, "bo:secret"), question(MOBILE))).await;
    let url = "<Url>https://phones.club.example:8443/Microsoft-Server-ActiveSync</Url>";
    assert!(text.contains(url), "{text}");
}

#[tokio::test]
async fn who_does_not_log_in_is_asked_to() {
    let router = router(Some("https://phones.club.example"));
    let stranger = |host: &str| Request::post(PATH).header("host", host);
    let (status, headers, _) = ask(&router, body(stranger("mail.club.example"), question(MOBILE))).await;
    assert_eq!(status, 401);
    assert!(headers["www-authenticate"].to_str().unwrap().starts_with("Basic "));
    let (status, ..) = ask(&router, body(post(PATH, "bo:wrong"), question(MOBILE))).await;
    assert_eq!(status, 401);
}

#[tokio::test]
async fn a_get_in_the_open_is_sent_to_the_public_address_but_never_in_a_circle() {
    let router = router(Some("https://phones.club.example"));
    let get = |host: &str, proto: &str| {
        let request = Request::get(PATH).header("host", host).header("x-forwarded-proto", proto);
        body(request, Body::empty())
    };
    for (host, proto) in [("autodiscover.club.example", "http"), ("phones.club.example", "http")] {
        let (status, headers, _) = ask(&router, get(host, proto)).await;
        let place = headers.get("location").map(|place| place.to_str().unwrap());
        assert_eq!((status, place), (302, Some("https://phones.club.example/autodiscover/autodiscover.xml")));
    }
    assert_eq!(ask(&router, get("phones.club.example", "https")).await.0, 401);
    let request = Request::put(PATH).body(Body::empty()).unwrap();
    assert_eq!(ask(&router, request).await.0, 501);
}

#[tokio::test]
async fn what_cannot_be_answered_gets_the_error_that_outlook_reads() {
    let router = router(None);
    for (asked, code) in [
        (question(OUTLOOK), 601),
        ("no xml".to_owned(), 600),
        (format!("<!DOCTYPE a>{}", question(MOBILE)), 600),
        (format!("{}{}", question(MOBILE), " ".repeat(MAX_BODY - question(MOBILE).len())), 0),
    ] {
        let (status, _, text) = ask(&router, body(post(PATH, "bo:secret"), asked)).await;
        assert_eq!((status, text.contains("<ErrorCode>")), (200, code != 0), "{text}");
        assert!(code == 0 || text.contains("<Error Time=\"09:00:00.5000000\" Id=\""), "{text}");
        assert!(code == 0 || text.contains(&format!("<ErrorCode>{code}</ErrorCode>")), "{text}");
    }
    let large = format!("{}{}", question(MOBILE), " ".repeat(MAX_BODY));
    assert_eq!(ask(&router, body(post(PATH, "bo:secret"), large)).await.0, 413);
}

#[tokio::test]
async fn who_moved_to_another_server_is_sent_there() {
    let to = "https://mail2.club.example";
    let redirects = vec![eas::Redirect { to: format!("{to}/"), users: vec!["bo".to_owned()] }];
    let club = Club::with(Preset::Viewer, Settings { redirects, ..Settings::default() });
    let router = eas::http::router(Arc::clone(&club.server), Arc::new(Hub::default()), clock);
    let (_, _, text) = ask(&router, body(post(PATH, "bo:secret"), question(MOBILE))).await;
    assert!(text.contains(&format!("<Url>{to}/Microsoft-Server-ActiveSync</Url>")), "{text}");
    let server = "/Microsoft-Server-ActiveSync";
    let query = format!("{server}?Cmd=Sync&User=x&DeviceId=phone1&DeviceType=iPhone");
    for (login, status) in [("bo:secret", 451), ("anna:secret", 200), ("bo:wrong", 401)] {
        let mut options = post(server, login);
        options = options.method("OPTIONS");
        let sync = post(&query, login).header("ms-asprotocolversion", "14.1").header("content-length", "0");
        for request in [options, sync] {
            let (got, headers, _) = ask(&router, body(request, Body::empty())).await;
            let place = headers.get("x-ms-location").map(|place| place.to_str().unwrap().to_owned());
            assert_eq!((got, place), (status, (status == 451).then(|| format!("{to}{server}"))), "{login}");
        }
    }
}
