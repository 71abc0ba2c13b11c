//! The pages as one router: reads requests, runs them on worker threads, adds what every answer carries.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use engine::{Engine, Timestamp};
use tokio::sync::Semaphore;

use crate::answer::{Answer, Refusal};
use crate::ask::{Ask, Visit};
use crate::{api, asset, link, origin, page};

/// Bytes of a form: a list of 500 grants fits in.
pub(crate) const MAX_FORM_BYTES: usize = 512 * 1024;

/// Requests that are worked on at once; the others wait for their turn.
const MAX_WORKING: usize = 32;

/// What the admin decides for the pages.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    /// The address of this server as people reach it, without a path; without it, that of the request.
    pub public_url: Option<String>,
}

/// What every page needs.
#[derive(Debug)]
pub struct Site {
    pub(crate) engine: Arc<Engine>,
    pub(crate) settings: Settings,
    clock: fn() -> Timestamp,
    turns: Semaphore,
}

impl Site {
    /// Returns the pages over `engine`.
    #[must_use]
    pub fn new(engine: Arc<Engine>, settings: Settings, clock: fn() -> Timestamp) -> Self {
        Self { engine, settings, clock, turns: Semaphore::new(MAX_WORKING) }
    }
}

/// A page for anybody.
pub(crate) type Open = fn(&Ask) -> Result<Answer, Refusal>;

/// A page for somebody who has logged in.
pub(crate) type Closed = fn(&Visit<'_>) -> Result<Answer, Refusal>;

/// Who may see a page.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Show {
    Anybody(Open),
    LoggedIn(Closed),
}

/// Returns the router of all pages. It has no fallback: what it does not know is for others.
pub fn router(site: Arc<Site>) -> Router {
    page::routes().merge(asset::routes()).merge(api::routes()).with_state(site)
}

/// Returns a page that is only looked at.
pub(crate) fn looked_at(show: Show) -> MethodRouter<Arc<Site>> {
    get(move |State(site): State<Arc<Site>>, request: Request| answered(site, request, show))
}

/// Returns a page that is looked at, and does what its form says.
pub(crate) fn with_form(show: Show, submit: Show) -> MethodRouter<Arc<Site>> {
    looked_at(show).merge(submitted(submit))
}

/// Returns what a form does that stands on another page.
pub(crate) fn submitted(submit: Show) -> MethodRouter<Arc<Site>> {
    axum::routing::post(move |State(site): State<Arc<Site>>, request: Request| {
        answered(site, request, submit)
    })
}

async fn answered(site: Arc<Site>, request: Request, show: Show) -> Response {
    let (head, body) = request.into_parts();
    let form = match read(&site, &head, body).await {
        Ok(form) => form,
        Err(status) => return Answer::plain(status).response(&head),
    };
    let run = work(&site, move |site, now| {
        let ask = Ask::of(site, &head, &form, now);
        let answer = shown(&ask, show).unwrap_or_else(|refusal| page::error::page(&ask, &refusal));
        answer.response(&head)
    });
    run.await.unwrap_or_else(|status| {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = status;
        response
    })
}

/// Returns the form of a request that may send one.
async fn read(site: &Site, head: &Parts, body: Body) -> Result<Bytes, StatusCode> {
    if head.method != Method::POST {
        return Ok(Bytes::new());
    }
    if !origin::is_own(head, site.settings.public_url.as_deref()) {
        return Err(StatusCode::FORBIDDEN);
    }
    let is_form = head.headers.get(CONTENT_TYPE).is_some_and(|kind| {
        kind.as_bytes().split(|byte| *byte == b';').next() == Some(b"application/x-www-form-urlencoded")
    });
    if !is_form {
        return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    axum::body::to_bytes(body, MAX_FORM_BYTES).await.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)
}

fn shown(ask: &Ask, show: Show) -> Result<Answer, Refusal> {
    match show {
        Show::Anybody(open) => open(ask),
        Show::LoggedIn(closed) => match Visit::of(ask) {
            Ok(visit) => closed(&visit),
            // A form cannot be sent again after the log-in; a page can be shown.
            Err(Refusal::NotLoggedIn) if ask.method != Method::POST => {
                Ok(Answer::go(&link::log_in(&ask.here())))
            }
            Err(refusal) => Err(refusal),
        },
    }
}

/// Runs `job` on a worker thread. A panic there ends this request alone.
pub(crate) async fn work<T, F>(site: &Arc<Site>, job: F) -> Result<T, StatusCode>
where
    T: Send + 'static,
    F: FnOnce(&Arc<Site>, Timestamp) -> T + Send + 'static,
{
    let _turn = site.turns.acquire().await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    let site = Arc::clone(site);
    let run = tokio::task::spawn_blocking(move || {
        let now = (site.clock)();
        job(&site, now)
    });
    run.await.map_err(|error| {
        tracing::error!(%error, "a request ended its thread");
        StatusCode::INTERNAL_SERVER_ERROR
    })
}
