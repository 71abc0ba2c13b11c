//! The page that says why another cannot be shown.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};

use crate::answer::{Answer, Refusal};
use crate::ask::Ask;
use crate::frame::Frame;
use crate::words::key;

#[derive(Template)]
#[template(path = "error.html")]
struct Page {
    frame: Frame,
    title: String,
    text: String,
    detail: Option<String>,
}

/// Seconds after which a page that could not be made is worth another try.
const RETRY_AFTER_S: HeaderValue = HeaderValue::from_static("1");

/// Returns the page that tells of a refusal.
pub(crate) fn page(ask: &Ask, refusal: &Refusal) -> Answer {
    let (status, title, text) = told(refusal);
    let frame = ask.frame();
    let page = Page { title: frame.say(title), text: frame.say(text), detail: detail(refusal), frame };
    let answer = Answer::page(&page).with_status(status);
    if status == StatusCode::SERVICE_UNAVAILABLE {
        tracing::warn!(error = %chain(refusal), "a page could not be made");
        return answer.with(header::RETRY_AFTER, RETRY_AFTER_S);
    }
    answer
}

/// Returns the status that tells of a refusal.
pub(crate) const fn status(refusal: &Refusal) -> StatusCode {
    told(refusal).0
}

const fn told(refusal: &Refusal) -> (StatusCode, &'static str, &'static str) {
    match refusal {
        Refusal::NotLoggedIn => (StatusCode::UNAUTHORIZED, key("error-session-title"), key("error-session")),
        Refusal::Token => (StatusCode::FORBIDDEN, key("error-session-title"), key("error-token")),
        Refusal::NotFound | Refusal::Engine(engine::Error::NotFound { .. }) => {
            (StatusCode::NOT_FOUND, key("error-not-found-title"), key("error-not-found"))
        }
        Refusal::Form(_) | Refusal::Said(_) | Refusal::Engine(engine::Error::Invalid { .. }) => {
            (StatusCode::BAD_REQUEST, key("error-form-title"), key("error-form"))
        }
        Refusal::Engine(engine::Error::Exists { .. }) => {
            (StatusCode::CONFLICT, key("error-form-title"), key("error-form"))
        }
        Refusal::Engine(engine::Error::Refused { .. }) => {
            (StatusCode::FORBIDDEN, key("error-refused-title"), key("error-refused"))
        }
        Refusal::Engine(engine::Error::Busy(_) | engine::Error::Full(_) | engine::Error::Store(_)) => {
            (StatusCode::SERVICE_UNAVAILABLE, key("error-server-title"), key("error-server"))
        }
    }
}

/// Returns what is said beside it: only of what the user did himself.
fn detail(refusal: &Refusal) -> Option<String> {
    match refusal {
        Refusal::Form(text) | Refusal::Said(text) => Some(text.clone()),
        Refusal::Engine(
            error @ (engine::Error::Invalid { .. }
            | engine::Error::Exists { .. }
            | engine::Error::Refused { .. }),
        ) => Some(error.to_string()),
        Refusal::NotLoggedIn | Refusal::Token | Refusal::NotFound | Refusal::Engine(_) => None,
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
