//! The pages over a small club, and a browser's side of a request.
#![allow(dead_code, unreachable_pub, reason = "each test file uses a part of it")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed set-up is a failed test")]

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, StatusCode, header};
use engine::{Engine, NewUser, Timestamp};
use tower::ServiceExt as _;
use web::{Connection, Settings, Site, Transport};

pub const PASSWORD: &str = "secret of all";

pub fn clock() -> Timestamp {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

/// The pages, over a club of anna and bo.
pub struct Pages {
    pub engine: Arc<Engine>,
    router: Router,
    runtime: tokio::runtime::Runtime,
    transport: Transport,
}

/// A browser: holds a cookie.
pub struct Browser<'a> {
    pages: &'a Pages,
    pub cookie: Option<String>,
    language: &'static str,
}

/// What came back.
pub struct Seen {
    pub status: StatusCode,
    pub headers: axum::http::HeaderMap,
    /// Without the marks around what was put into a text.
    pub text: String,
}

impl Pages {
    pub fn new() -> Self {
        Self::over(Transport::Loopback)
    }

    pub fn over(transport: Transport) -> Self {
        let engine = Arc::new(testkit::engine(engine::Settings::default()));
        for (name, display_name) in [("anna", "Anna Berg"), ("bo", "Bo Lind")] {
            let email = format!("{name}@club.example");
            let user = NewUser { name, email: &email, display_name, admin: false, password: Some(PASSWORD) };
            engine.add_user(&user, clock()).unwrap();
        }
        let site = Site::new(Arc::clone(&engine), Settings::default(), clock);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        Self { engine, router: web::router(Arc::new(site)), runtime, transport }
    }

    /// A browser in which `root`, who runs the server, has logged in.
    pub fn admin(&self) -> Browser<'_> {
        let email = "root@club.example";
        let root =
            NewUser { name: "root", email, display_name: "Rut Ott", admin: true, password: Some(PASSWORD) };
        self.engine.add_user(&root, clock()).unwrap();
        self.logged_in("root")
    }

    pub fn browser(&self) -> Browser<'_> {
        Browser { pages: self, cookie: None, language: "en" }
    }

    /// A browser in which this user has logged in.
    pub fn logged_in(&self, name: &str) -> Browser<'_> {
        let mut browser = self.browser();
        let seen = browser.submit("/login", &[("name", name), ("password", PASSWORD)]);
        assert_eq!(seen.status, StatusCode::SEE_OTHER, "{}", seen.text);
        browser
    }
}

impl Browser<'_> {
    pub fn speaking(mut self, language: &'static str) -> Self {
        self.language = language;
        self
    }

    /// Opens an address.
    pub fn open(&mut self, address: &str) -> Seen {
        self.send(Request::get(address), String::new())
    }

    /// Sends a form as a page of this server does; the token must be among the fields.
    pub fn submit(&mut self, address: &str, fields: &[(&str, &str)]) -> Seen {
        let form = fields.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value)));
        let form: Vec<String> = form.collect();
        let request = Request::post(address)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin");
        self.send(request, form.join("&"))
    }

    /// The token of this session's forms.
    pub fn token(&mut self) -> String {
        let page = self.open("/");
        page.value("token")
    }

    pub fn send(&mut self, request: axum::http::request::Builder, body: String) -> Seen {
        let connection = Connection { address: "192.0.2.1".to_owned(), transport: self.pages.transport };
        let mut request = request
            .header(header::HOST, "club.example")
            .header(header::ACCEPT_LANGUAGE, self.language)
            .extension(connection);
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        let request = request.body(Body::from(body)).unwrap();
        let (status, headers, body) = self.pages.runtime.block_on(async {
            let response: Response<Body> = self.pages.router.clone().oneshot(request).await.unwrap();
            let (head, body) = response.into_parts();
            (head.status, head.headers, axum::body::to_bytes(body, usize::MAX).await.unwrap())
        });
        if let Some(cookie) = headers.get(header::SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            self.cookie = Some(pair.to_owned()).filter(|pair| !pair.ends_with('='));
        }
        let text = String::from_utf8(body.to_vec()).unwrap().replace(['\u{2068}', '\u{2069}'], "");
        Seen { status, headers, text }
    }
}

impl Seen {
    /// The value of the first field of a name.
    pub fn value(&self, name: &str) -> String {
        let start =
            self.text.find(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("no {name}"));
        self.text[start..].split('"').nth(3).unwrap().to_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

fn escaped(text: &str) -> String {
    text.bytes()
        .map(
            |byte| {
                if byte.is_ascii_alphanumeric() {
                    char::from(byte).to_string()
                } else {
                    format!("%{byte:02X}")
                }
            },
        )
        .collect()
}
