//! ActiveSync over HTTP: reads requests, runs them on worker threads, lets phones wait.
//!
//! Everything but waiting is done by [`Server`], off the async threads, but for what [`Server::glance`] answers without
//! waiting for anybody. A request that panics is answered 500 and takes nothing with it.

mod discover;
mod gzip;
mod turn;
mod waiting;

use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, State};
use engine::{Caller, LoginError, Timestamp};
use hyper::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_LENGTH, HeaderValue};
use hyper::http::request::Parts;
use hyper::{HeaderMap, Method, Request, Response, StatusCode};
use tokio::sync::Semaphore;

use crate::auth::Credentials;
use crate::autodiscover;
use crate::options;
use crate::reply::{RETRY_AFTER_S, Reply};
use crate::request::{Received, Request as Asked};
use crate::server::{Answer, Glanced, Server};
use crate::stream::Stream;
use crate::wait::{Arrival, Hub};
use turn::{Turn, Turns};
use waiting::{Waits, ends_waits, waited};

/// Where phones connect, in any case and with anything behind it.
pub const PATH: &str = "/Microsoft-Server-ActiveSync";

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
    server: Arc<Server>,
    hub: Arc<Hub>,
    clock: fn() -> Timestamp,
    workers: Semaphore,
    turns: Arc<Turns>,
}

/// Returns the router. It takes every path, since phones write theirs in any case, and answers 404 for those that
/// are neither [`PATH`] nor [`autodiscover::PATH`]: it is merged with routers that have no fallback of their own.
pub fn router(server: Arc<Server>, hub: Arc<Hub>, clock: fn() -> Timestamp) -> Router {
    let (workers, turns) = (Semaphore::new(MAX_WORKING), Arc::default());
    let shell = Shell { server, hub, clock, workers, turns };
    Router::new().fallback(answer).with_state(Arc::new(shell))
}

/// Returns whether a path is one that phones connect to.
#[must_use]
pub fn serves(path: &str) -> bool {
    let (start, rest) = path.split_at_checked(PATH.len()).unwrap_or(("", ""));
    start.eq_ignore_ascii_case(PATH) && (rest.is_empty() || rest.starts_with('/'))
}

async fn answer(State(shell): State<Arc<Shell>>, request: Request<Body>) -> Response<Body> {
    let takes_gzip = gzip::is_accepted(request.headers());
    let reply = match begun(&shell, request).await {
        Done::Reply(reply) => reply,
        // Boxed, and the request is gone: what a waiting phone holds is what it waits for.
        Done::Wait(waits) => Box::pin(waited(&shell, *waits)).await,
    };
    if !takes_gzip || !gzip::is_worth_it(&reply) {
        return response(&shell, reply);
    }
    let compressed = work(&shell, move |_, _| gzip::compressed(reply)).await;
    response(&shell, compressed.unwrap_or_else(|failed| failed))
}

async fn begun(shell: &Arc<Shell>, request: Request<Body>) -> Done {
    let (head, body) = request.into_parts();
    if autodiscover::serves(head.uri.path()) {
        Done::Reply(discover::answered(shell, &head, body).await.unwrap_or_else(|reply| reply))
    } else if !serves(head.uri.path()) {
        Done::Reply(Reply::empty(404))
    } else if head.method == Method::GET || head.method == Method::HEAD {
        Done::Reply(greeting())
    } else if head.method == Method::OPTIONS || head.method == Method::POST {
        authenticated(shell, &head, body).await.unwrap_or_else(Done::Reply)
    } else {
        Done::Reply(Reply::empty(501))
    }
}

/// What a person sees who opens the address in a browser.
fn greeting() -> Reply {
    let text = "This address is for phones: add an Exchange (ActiveSync) account there.\n";
    Reply { content_type: Some("text/plain; charset=utf-8"), body: text.into(), ..Reply::empty(200) }
}

/// What a request brought along.
struct Job {
    credentials: Credentials,
    address: String,
    asked: Option<Box<Asked>>,
}

impl Job {
    /// Returns where it comes from.
    fn source(&self) -> engine::Source<'_> {
        let device = self.asked.as_ref().map(|asked| asked.device.id());
        engine::Source { address: &self.address, device }
    }
}

async fn authenticated(shell: &Arc<Shell>, head: &Parts, body: Body) -> Result<Done, Reply> {
    if head.headers.get(CONTENT_ENCODING).is_some_and(|coding| coding != "identity") {
        return Err(Reply::empty(415));
    }
    let authorization = head.headers.get(AUTHORIZATION).map(HeaderValue::as_bytes);
    let credentials = Credentials::parse(authorization).map_err(|_| challenge())?;
    let asked = match Received::parse(&head.method, head.uri.query().unwrap_or_default(), &head.headers) {
        Ok(Received::Options) => None,
        Ok(Received::Command(asked)) => Some(asked),
        Err(error) => {
            tracing::debug!(%error, "a request could not be understood");
            return Err(Reply::empty(error.http()));
        }
    };
    let job = Job { credentials, address: address(head), asked };
    let limit = shell.server.settings().limits.body_bytes;
    match announced(&head.headers) {
        Some(size) if size > limit => Err(Reply::empty(413)),
        Some(size) if size <= MAX_BEFORE_LOGIN => run(shell, job, read(body, MAX_BEFORE_LOGIN).await?).await,
        // A large body, or one of unknown size, is taken only from somebody who has logged in.
        Some(_) | None => {
            let job = work(shell, move |shell, now| {
                log_in(shell, &job.credentials, job.source(), now).map(|_| job)
            })
            .await??;
            run(shell, job, read(body, limit).await?).await
        }
    }
}

/// What became of a request on its worker thread.
enum Done {
    Reply(Reply),
    Wait(Box<Waits>),
}

/// How far a request has come after its first time on a worker thread.
enum Begun {
    Done(Done),
    /// Another request of its phone is worked on.
    InLine(Box<InLine>),
}

/// A request whose user has logged in, in the line of its phone.
struct InLine {
    turn: Turn,
    caller: Caller,
    asked: Box<Asked>,
    body: Bytes,
    arrival: Option<Arrival>,
}

/// Logs in and answers, or tells what the phone waits for.
async fn run(shell: &Arc<Shell>, job: Job, body: Bytes) -> Result<Done, Reply> {
    if let Some(reply) = glanced(shell, &job, &body) {
        return Ok(Done::Reply(reply));
    }
    match work(shell, move |shell, now| begin(shell, job, body, now)).await?? {
        Begun::Done(done) => Ok(done),
        Begun::InLine(mut waiting) => {
            in_turn(shell, &mut waiting.turn).await?;
            work(shell, move |shell, now| handled(shell, *waiting, now)).await
        }
    }
}

/// Logs in, and answers if no other request of the phone is worked on.
fn begin(shell: &Shell, job: Job, body: Bytes, now: Timestamp) -> Result<Begun, Reply> {
    let caller = log_in(shell, &job.credentials, job.source(), now)?;
    let Some(asked) = job.asked else {
        return Ok(Begun::Done(Done::Reply(shell.server.redirected(&caller).unwrap_or_else(offered))));
    };
    // Before its turn: what waits is told at once that something newer came.
    let arrival = ends_waits(asked.command).then(|| shell.hub.arrive(caller.user(), asked.device.id()));
    let turn = shell.turns.join(caller.user(), asked.device.id()).ok_or_else(crowded)?;
    let mut request = InLine { turn, caller, asked, body, arrival };
    if request.turn.try_take() {
        return Ok(Begun::Done(handled(shell, request, now)));
    }
    Ok(Begun::InLine(Box::new(request)))
}

/// Answers a request whose turn it is. The turn ends with it: a phone that waits lets others pass.
fn handled(shell: &Shell, request: InLine, now: Timestamp) -> Done {
    let InLine { turn: _turn, caller, asked, body, arrival } = request;
    let mark = shell.hub.mark();
    match (shell.server.handle(&caller, &asked, &body, now), arrival) {
        (Answer::Reply(reply), _) => Done::Reply(reply),
        (Answer::Wait(wait), Some(arrival)) => Done::Wait(Box::new(Waits { caller, arrival, mark, wait })),
        // Only commands that end older waits ever wait themselves.
        (Answer::Wait(_), None) => Done::Reply(Reply::empty(500)),
    }
}

/// Waits for the turn of a request; not for ever.
async fn in_turn(shell: &Shell, turn: &mut Turn) -> Result<(), Reply> {
    let patience = Duration::from_secs(shell.server.settings().limits.turn_s.into());
    tokio::time::timeout(patience, turn.take()).await.map_err(|_| crowded())
}

/// Tells a phone that it asks for too much at once.
fn crowded() -> Reply {
    Reply::empty(503).with_header("retry-after", RETRY_AFTER_S)
}

/// Answers what one look answers, on this thread: handing it to another costs more than the look.
fn glanced(shell: &Arc<Shell>, job: &Job, body: &[u8]) -> Option<Reply> {
    let asked = job.asked.as_ref()?;
    let glance = || shell.server.glance(&job.credentials, asked, body, (shell.clock)());
    // A panic takes the ordinary way too: there it ends this request alone.
    let Glanced { user, reply } = catch_unwind(AssertUnwindSafe(glance)).ok()??;
    // What its phone waited for before is over, as with any Sync.
    shell.hub.supersede(user, asked.device.id());
    Some(reply)
}

/// Runs `job` on a worker thread. A panic there ends this request alone.
async fn work<T, F>(shell: &Arc<Shell>, job: F) -> Result<T, Reply>
where
    T: Send + 'static,
    F: FnOnce(&Shell, Timestamp) -> T + Send + 'static,
{
    let _worker = shell.workers.acquire().await.map_err(|_| Reply::empty(503))?;
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

fn log_in(
    shell: &Shell,
    credentials: &Credentials,
    source: engine::Source<'_>,
    now: Timestamp,
) -> Result<Caller, Reply> {
    let (user, password) = (credentials.user(), credentials.password());
    shell.server.engine().login(user, password, source, now).map_err(|error| match error {
        LoginError::Wrong { retry_after_s: 0 } => challenge(),
        // Not 401: even the right password is not looked at now, and the phone would ask its user for another.
        LoginError::Wrong { retry_after_s } => Reply::empty(429).with_header("retry-after", retry_after_s),
        LoginError::Busy => Reply::empty(503).with_header("retry-after", 1),
        LoginError::Engine(error) => {
            tracing::warn!(error = %crate::server::chain(&error), "a log-in failed");
            Reply::empty(503).with_header("retry-after", RETRY_AFTER_S)
        }
    })
}

/// Asks for credentials. Without the header, phones fail without a word.
fn challenge() -> Reply {
    Reply::empty(401).with_header("www-authenticate", "Basic realm=\"Comity\", charset=\"UTF-8\"")
}

/// Says which versions and commands there are.
fn offered() -> Reply {
    options::HEADERS.iter().fold(Reply::empty(200), |reply, (name, value)| reply.with_header(name, value))
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

/// Writes an answer: always with its length, never in chunks, which old phones cannot read.
fn response(shell: &Shell, mut reply: Reply) -> Response<Body> {
    let mut builder = Response::builder()
        .status(StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
        .header(CONTENT_LENGTH, reply.size_bytes())
        .header("cache-control", "private");
    if let Some(content_type) = reply.content_type {
        builder = builder.header("content-type", content_type);
    }
    for (name, value) in std::mem::take(&mut reply.headers) {
        builder = builder.header(name, value);
    }
    builder.body(Stream::body(Arc::clone(&shell.server), reply)).unwrap_or_else(|error| {
        tracing::error!(%error, "an answer could not be written");
        Response::new(Body::empty())
    })
}
