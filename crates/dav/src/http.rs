//! `WebDAV` over HTTP: reads requests and runs them on worker threads.
//!
//! A request that panics is answered 500 and takes nothing with it.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, State};
use axum::routing::any;
use engine::{Caller, Engine, LoginError, Timestamp};
use hyper::header::{AUTHORIZATION, CONTENT_LENGTH, HeaderValue, TRANSFER_ENCODING};
use hyper::http::request::Parts;
use hyper::{HeaderMap, Method, Request, Response, StatusCode};
use tokio::sync::Semaphore;

use crate::auth::Credentials;
use crate::context::{Context, failed};
use crate::method;
use crate::path::{Path, ROOT};
use crate::reply::Reply;
use crate::request::{self, MAX_PUT_BYTES, MAX_XML_BYTES};

/// Bytes of a body that is read before its sender has logged in.
const MAX_BEFORE_LOGIN: usize = 64 * 1024;

/// Requests that are worked on at once; the others wait for their turn.
const MAX_WORKING: usize = 64;

/// The address a request came from, for counting failed log-ins. Whoever stands between a proxy and this router puts
/// it into the request's extensions; without it, the connection's own is taken.
#[derive(Debug, Clone)]
pub struct ClientAddress(pub String);

/// What every request needs.
struct Shell {
    engine: Arc<Engine>,
    clock: fn() -> Timestamp,
    turns: Semaphore,
}

/// Returns the router: everything below [`ROOT`], and the addresses by which clients find it.
pub fn router(engine: Arc<Engine>, clock: fn() -> Timestamp) -> Router {
    let shell = Arc::new(Shell { engine, clock, turns: Semaphore::new(MAX_WORKING) });
    Router::new()
        .route("/.well-known/caldav", any(discovered))
        .route("/.well-known/carddav", any(discovered))
        .route("/dav", any(answer))
        .route("/dav/", any(answer))
        .route("/dav/{*path}", any(answer))
        .with_state(shell)
}

/// Returns whether a client knows nothing but the server's name, and asks there what stands at [`ROOT`]. Whoever routes
/// requests gives it that address instead.
#[must_use]
pub fn looks_for_us(method: &Method, path: &str) -> bool {
    path == "/" && method.as_str() == "PROPFIND"
}

async fn discovered() -> Response<Body> {
    response(Reply::empty(301).with_header("location", ROOT))
}

async fn answer(State(shell): State<Arc<Shell>>, request: Request<Body>) -> Response<Body> {
    let (head, body) = request.into_parts();
    let is_head = head.method == Method::HEAD;
    let reply = answered(&shell, &head, body).await.unwrap_or_else(|reply| reply);
    let length = reply.body.len();
    let mut response = response(reply);
    if is_head {
        *response.body_mut() = Body::empty();
        response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    response
}

async fn answered(shell: &Arc<Shell>, head: &Parts, body: Body) -> Result<Reply, Reply> {
    let limit = if head.method == Method::PUT { MAX_PUT_BYTES } else { MAX_XML_BYTES };
    let size = announced(&head.headers);
    if size.is_some_and(|size| size > limit) {
        return Err(Reply::empty(413));
    }
    // A small body is read before anything is said: a connection with an unread body cannot be used again, and most
    // clients send their password only with the second request. A large one is taken from those alone who logged in.
    let (early, late) = if size.unwrap_or(usize::MAX) <= MAX_BEFORE_LOGIN || !has_body(&head.headers) {
        (Some(read(body, MAX_BEFORE_LOGIN).await?), None)
    } else {
        (None, Some(body))
    };
    let authorization = head.headers.get(AUTHORIZATION).map(HeaderValue::as_bytes);
    let credentials = Credentials::parse(authorization).ok_or_else(challenge)?;
    let address = address(head);
    let path = Path::parse(head.uri.path()).map_err(|error| {
        tracing::debug!(%error, "an address is not taken");
        Reply::empty(400)
    });
    let caller = work(shell, move |shell, now| log_in(shell, &credentials, &address, now)).await??;
    let body = match (early, late) {
        (Some(body), _) => body,
        (None, Some(body)) => read(body, limit).await?,
        (None, None) => Bytes::new(),
    };
    let method = head.method.as_str().to_owned();
    let request = request::Request { method, path: path?, headers: head.headers.clone(), body };
    work(shell, move |shell, now| {
        let context = Context { engine: &shell.engine, caller: &caller, now };
        method::answer(&context, &request)
    })
    .await
}

fn has_body(headers: &HeaderMap) -> bool {
    headers.contains_key(CONTENT_LENGTH) || headers.contains_key(TRANSFER_ENCODING)
}

/// Runs `job` on a worker thread. A panic there ends this request alone.
async fn work<T, F>(shell: &Arc<Shell>, job: F) -> Result<T, Reply>
where
    T: Send + 'static,
    F: FnOnce(&Shell, Timestamp) -> T + Send + 'static,
{
    let _turn = shell.turns.acquire().await.map_err(|_| Reply::empty(503))?;
    let shell = Arc::clone(shell);
    let run = tokio::task::spawn_blocking(move || {
        let now = (shell.clock)();
        job(&shell, now)
    });
    run.await.map_err(|error| {
        tracing::error!(%error, "a request ended its thread");
        Reply::empty(500)
    })
}

fn log_in(shell: &Shell, credentials: &Credentials, address: &str, now: Timestamp) -> Result<Caller, Reply> {
    shell.engine.login(&credentials.user, &credentials.password, address, now).map_err(|error| match error {
        LoginError::Wrong { retry_after_s: 0 } => challenge(),
        // Not 401: even the right password is not looked at now, and the client would ask its user for another.
        LoginError::Wrong { retry_after_s } => {
            Reply::empty(429).with_header("retry-after", retry_after_s.to_string())
        }
        LoginError::Busy => Reply::empty(503).with_header("retry-after", "1"),
        LoginError::Engine(error) => failed(&error),
    })
}

fn challenge() -> Reply {
    Reply::empty(401).with_header("www-authenticate", "Basic realm=\"Comity\", charset=\"UTF-8\"")
}

fn announced(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

async fn read(body: Body, limit: usize) -> Result<Bytes, Reply> {
    axum::body::to_bytes(body, limit).await.map_err(|error| {
        let too_large = std::error::Error::source(&error)
            .is_some_and(<dyn std::error::Error>::is::<http_body_util::LengthLimitError>);
        Reply::empty(if too_large { 413 } else { 400 })
    })
}

fn address(head: &Parts) -> String {
    let named = head.extensions.get::<ClientAddress>().map(|address| address.0.clone());
    let connected = || head.extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip().to_string());
    named.or_else(connected).unwrap_or_default()
}

/// Writes an answer.
fn response(reply: Reply) -> Response<Body> {
    let mut builder = Response::builder()
        .status(StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
        .header("cache-control", "private, no-cache");
    if let Some(content_type) = reply.content_type {
        builder = builder.header("content-type", content_type);
    }
    for (name, value) in reply.headers {
        builder = builder.header(name, value);
    }
    builder.body(Body::from(reply.body)).unwrap_or_else(|error| {
        tracing::error!(%error, "an answer could not be written");
        Response::new(Body::empty())
    })
}
