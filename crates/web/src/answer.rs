//! What a page answers, and what every answer carries.

use std::borrow::Cow;

use askama::Template;
use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;

use crate::link;
use crate::origin::{self, Transport};

/// What a page may load and do: its own files, and nothing that stands in the page itself.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

const HTML: &str = "text/html; charset=utf-8";
const PLAIN: &str = "text/plain; charset=utf-8";

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    status: StatusCode,
    content_type: Cow<'static, str>,
    body: Vec<u8>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// Why a page cannot be shown or a form not be carried out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// Nobody is logged in.
    #[error("nobody is logged in")]
    NotLoggedIn,
    /// The form has not the session's token: it is of an earlier session, or of another site.
    #[error("the form is not of this session")]
    Token,
    /// It is not there, or not for this user.
    #[error("no such page")]
    NotFound,
    /// The form says something it cannot say.
    #[error("{0}")]
    Form(String),
    /// The form cannot be carried out; why, in the reader's language.
    #[error("{0}")]
    Said(String),
    /// The engine refused or failed.
    #[error(transparent)]
    Engine(#[from] engine::Error),
}

impl Answer {
    /// Returns a page.
    pub(crate) fn page(template: &impl Template) -> Self {
        match template.render() {
            Ok(text) => Self::of(StatusCode::OK, HTML.into(), text.into_bytes()),
            Err(error) => {
                tracing::error!(%error, "a page could not be written");
                Self::plain(StatusCode::INTERNAL_SERVER_ERROR)
            }
        }
    }

    /// Returns a file to be kept, never to be shown: what is in it comes from people.
    pub(crate) fn file(name: &str, media: &'static str, content: Vec<u8>) -> Self {
        let answer = Self::of(StatusCode::OK, media.into(), content);
        match HeaderValue::from_str(&format!("attachment; filename*=UTF-8''{}", link::piece(name))) {
            Ok(disposition) => answer.with(header::CONTENT_DISPOSITION, disposition),
            Err(_) => Self::plain(StatusCode::INTERNAL_SERVER_ERROR),
        }
    }

    /// Returns an answer that leads to another page.
    pub(crate) fn go(to: &str) -> Self {
        let answer = Self::of(StatusCode::SEE_OTHER, PLAIN.into(), Vec::new());
        match HeaderValue::from_str(to) {
            Ok(to) => answer.with(header::LOCATION, to),
            Err(_) => Self::plain(StatusCode::INTERNAL_SERVER_ERROR),
        }
    }

    /// Returns an answer that says no more than its status.
    pub(crate) fn plain(status: StatusCode) -> Self {
        let text = status.canonical_reason().unwrap_or_default();
        Self::of(status, PLAIN.into(), format!("{text}\n").into_bytes())
    }

    const fn of(status: StatusCode, content_type: Cow<'static, str>, body: Vec<u8>) -> Self {
        Self { status, content_type, body, headers: Vec::new() }
    }

    /// Returns the same answer with another status.
    pub(crate) const fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// Returns the same answer with one more header.
    pub(crate) fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Returns the answer as it goes out.
    pub(crate) fn response(self, head: &Parts) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        let content_type = HeaderValue::from_str(&self.content_type);
        headers.insert(header::CONTENT_TYPE, content_type.unwrap_or(HeaderValue::from_static(PLAIN)));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.extend(guards());
        if origin::connection(head).transport == Transport::Tls {
            let year = HeaderValue::from_static("max-age=31536000");
            headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
        }
        for (name, value) in self.headers {
            headers.insert(name, value);
        }
        response
    }
}

/// Returns the headers that keep a browser from doing what no page here needs.
pub(crate) fn guards() -> [(HeaderName, HeaderValue); 4] {
    [
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    ]
}
