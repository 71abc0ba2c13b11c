//! The sockets: accepts connections, and gives their requests to a router within limits of time and size.

mod body;
mod guard;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use axum::Router;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use guard::Peer;

/// Seconds for the head of a request. The same clock runs while a kept connection has nothing to say.
const HEAD_TIMEOUT_S: u64 = 30;
/// Bytes of a request's head.
const MAX_HEAD_BYTES: usize = 32 * 1024;
/// Header fields of a request.
const MAX_HEADERS: usize = 100;
/// Connections at once; who comes after waits to be accepted.
const MAX_CONNECTIONS: usize = 20_000;
/// Seconds that requests have to end once the server is asked to stop. Phones that wait come again by themselves.
const STOP_TIMEOUT_S: u64 = 5;
/// Milliseconds before the next try where a connection could not be accepted (no file descriptors left).
const ACCEPT_PAUSE_MS: u64 = 100;

/// Listening sockets, not yet serving.
#[derive(Debug)]
pub(crate) struct Listeners {
    sockets: Vec<TcpListener>,
    proxies: Arc<[IpAddr]>,
}

impl Listeners {
    /// Opens the sockets. Plain HTTP beyond this machine goes to named proxies only, since passwords are in it.
    pub(crate) async fn open(addresses: &[SocketAddr], proxies: &[IpAddr]) -> Result<Self> {
        let mut sockets = Vec::new();
        for address in addresses {
            if !address.ip().is_loopback() && proxies.is_empty() {
                bail!(
                    "refusing plain HTTP on {address}, where passwords could be read on the way; listen on a loopback \
                     address, or name the proxy that does TLS in [serve] trusted_proxies"
                );
            }
            let socket = TcpListener::bind(address).await;
            sockets.push(socket.with_context(|| format!("listening on {address}; choose another --listen"))?);
        }
        Ok(Self { sockets, proxies: proxies.into() })
    }

    /// Returns the addresses that are listened on, with the port that the system chose for port 0.
    pub(crate) fn addresses(&self) -> Result<Vec<SocketAddr>> {
        self.sockets.iter().map(|socket| socket.local_addr().context("reading a socket's address")).collect()
    }

    /// Serves until `stop` is done, then lets requests end.
    pub(crate) async fn serve(self, router: Router, stop: impl Future<Output = ()>) {
        let (stopping, stopped) = watch::channel(());
        let shared = Arc::new(Shared {
            router,
            proxies: self.proxies,
            places: Arc::new(Semaphore::new(MAX_CONNECTIONS)),
        });
        let mut accepting = JoinSet::new();
        for socket in self.sockets {
            accepting.spawn(accept(socket, Arc::clone(&shared), stopped.clone()));
        }
        drop(stopped);
        stop.await;
        accepting.abort_all();
        // Every connection holds a receiver: the channel is closed when the last one is gone.
        stopping.send_replace(());
        let gone = tokio::time::timeout(Duration::from_secs(STOP_TIMEOUT_S), stopping.closed());
        if gone.await.is_err() {
            tracing::info!("ended the requests that were still waiting");
        }
    }
}

/// What all connections share.
struct Shared {
    router: Router,
    proxies: Arc<[IpAddr]>,
    places: Arc<Semaphore>,
}

/// Accepts connections for ever.
async fn accept(socket: TcpListener, shared: Arc<Shared>, stopped: watch::Receiver<()>) {
    loop {
        let Ok(place) = Arc::clone(&shared.places).acquire_owned().await else { return };
        let (stream, address) = match socket.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(ACCEPT_PAUSE_MS)).await;
                continue;
            }
        };
        let Some(peer) = Peer::of(address, &shared.proxies) else {
            tracing::warn!(%address, "closed a connection that comes neither from this machine nor from a trusted proxy");
            continue;
        };
        let (router, stopped) = (shared.router.clone(), stopped.clone());
        tokio::spawn(async move {
            connection(stream, peer, router, stopped).await;
            drop(place);
        });
    }
}

/// Serves one connection to its end.
async fn connection(stream: TcpStream, peer: Peer, router: Router, mut stopped: watch::Receiver<()>) {
    // Without it a small answer could wait for the acknowledgement of the one before.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "setting up a connection");
    }
    let service = service_fn(move |request| guard::answer(router.clone(), peer, request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_secs(HEAD_TIMEOUT_S))
        .max_headers(MAX_HEADERS)
        .max_header_size(MAX_HEAD_BYTES)
        .max_buf_size(MAX_HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        _ = stopped.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended");
    }
}
