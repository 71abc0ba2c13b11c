//! ActiveSync over HTTP: reads requests, runs them on worker threads, lets phones wait.
//!
//! Everything but waiting is done by [`Server`], off the async threads, but for what [`Server::glance`] answers without
//! waiting for anybody. A request that panics is answered 500 and takes nothing with it.

mod discover;

use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, State};
use engine::{Caller, DeviceId, LoginError, Timestamp};
use hyper::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_LENGTH, HeaderValue};
use hyper::http::request::Parts;
use hyper::{HeaderMap, Method, Request, Response, StatusCode};
use tokio::sync::Semaphore;

use crate::auth::Credentials;
use crate::autodiscover;
use crate::options;
use crate::reply::{RETRY_AFTER_S, Reply};
use crate::request::{Command, Received, Request as Asked};
use crate::server::{Answer, Glanced, Server, Wait, Woken};
use crate::stream::Stream;
use crate::wait::{Arrival, Hub, Mark};

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
    turns: Semaphore,
}

/// Returns the router. It takes every path, since phones write theirs in any case, and answers 404 for those that
/// are neither [`PATH`] nor [`autodiscover::PATH`]: it is merged with routers that have no fallback of their own.
pub fn router(server: Arc<Server>, hub: Arc<Hub>, clock: fn() -> Timestamp) -> Router {
    let shell = Shell { server, hub, clock, turns: Semaphore::new(MAX_WORKING) };
    Router::new().fallback(answer).with_state(Arc::new(shell))
}

/// Returns whether a path is one that phones connect to.
#[must_use]
pub fn serves(path: &str) -> bool {
    let (start, rest) = path.split_at_checked(PATH.len()).unwrap_or(("", ""));
    start.eq_ignore_ascii_case(PATH) && (rest.is_empty() || rest.starts_with('/'))
}

async fn answer(State(shell): State<Arc<Shell>>, request: Request<Body>) -> Response<Body> {
    match begun(&shell, request).await {
        Done::Reply(reply) => response(&shell, reply),
        // Boxed, and the request is gone: what a waiting phone holds is what it waits for.
        Done::Wait(waits) => {
            let reply = Box::pin(waited(&shell, *waits)).await;
            response(&shell, reply)
        }
    }
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

struct Waits {
    caller: Caller,
    arrival: Arrival,
    mark: Mark,
    wait: Wait,
}

/// Logs in and answers, or tells what the phone waits for.
async fn run(shell: &Arc<Shell>, job: Job, body: Bytes) -> Result<Done, Reply> {
    if let Some(reply) = glanced(shell, &job, &body) {
        return Ok(Done::Reply(reply));
    }
    work(shell, move |shell, now| {
        let caller = log_in(shell, &job.credentials, job.source(), now)?;
        let Some(asked) = &job.asked else {
            return Ok(Done::Reply(shell.server.redirected(&caller).unwrap_or_else(offered)));
        };
        let arrival = ends_waits(asked.command).then(|| shell.hub.arrive(caller.user(), asked.device.id()));
        let mark = shell.hub.mark();
        Ok(match (shell.server.handle(&caller, asked, &body, now), arrival) {
            (Answer::Reply(reply), _) => Done::Reply(reply),
            (Answer::Wait(wait), Some(arrival)) => {
                Done::Wait(Box::new(Waits { caller, arrival, mark, wait }))
            }
            // Only commands that end older waits ever wait themselves.
            (Answer::Wait(_), None) => Done::Reply(Reply::empty(500)),
        })
    })
    .await?
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

/// Waits until there is something to say, or the time is up.
async fn waited(shell: &Arc<Shell>, waits: Waits) -> Reply {
    let Waits { caller, arrival, mut mark, mut wait } = waits;
    let caller = Arc::new(caller);
    let _line = Line::of(&shell.server, wait.device.id);
    loop {
        let left = wait.until.duration_since((shell.clock)());
        let left = Duration::try_from(left).unwrap_or_default();
        let watched = [wait.folders.as_slice(), &wait.merged].concat();
        let mut waiting = arrival.wait(&watched, mark);
        let why = tokio::time::timeout(left, waiting.woken()).await.unwrap_or(Woken::TimeUp);
        drop(waiting);
        let caller = Arc::clone(&caller);
        let looked = work(shell, move |shell, now| {
            let mark = shell.hub.mark();
            (mark, shell.server.resume(&caller, wait, why, now))
        });
        match looked.await {
            Ok((_, Answer::Reply(reply))) | Err(reply) => return reply,
            Ok((since, Answer::Wait(goes_on))) => (mark, wait) = (since, goes_on),
        }
    }
}

/// The connection of a phone that waits. Where it is dropped before the answer, the phone hung up.
struct Line {
    server: Arc<Server>,
    device: DeviceId,
    number: u64,
}

impl Line {
    fn of(server: &Arc<Server>, device: DeviceId) -> Self {
        Self { server: Arc::clone(server), device, number: server.activities.number(device) }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.server.activities.hung_up(self.device, self.number);
    }
}

/// Returns whether a request ends the older waits of its phone: it changes what the phone holds or waits for.
const fn ends_waits(command: Command) -> bool {
    matches!(
        command,
        Command::Sync
            | Command::Ping
            | Command::FolderSync
            | Command::FolderCreate
            | Command::FolderUpdate
            | Command::FolderDelete
            | Command::MoveItems
    )
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
