//! The HTTP server: connections are set up as the program sets them up, and their requests go to one router.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use axum::Router;
use axum::body::Body;
use axum::routing::post;
use eas::Hub;
use eas::http::ClientAddress;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tower::Service as _;

use crate::clock;
use crate::site::Site;

/// Where a handler is that does nothing.
pub(crate) const BARE_PATH: &str = "/bare";

/// What it returns.
pub(crate) const BARE_BODY: &str = "a body of fifty bytes, which takes no work to make";

const HEAD_TIMEOUT_S: u64 = 30;
const MAX_HEAD_BYTES: usize = 32 * 1024;
const MAX_HEADERS: usize = 100;

/// How often the program looks for what other processes changed.
const POLL_MS: u64 = 1000;

/// A server that listens; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Served {
    pub(crate) address: SocketAddr,
    pub(crate) hub: Arc<Hub>,
    /// Ends its tasks when it is dropped.
    _runtime: Runtime,
}

/// Serves a site on a port of its own.
pub(crate) fn serve(site: &Site) -> Result<Served> {
    let hub = Arc::new(Hub::default());
    site.server.engine().watch(Arc::clone(&hub) as Arc<dyn engine::Watcher>);
    let phones = eas::http::router(Arc::clone(&site.server), Arc::clone(&hub), clock::time);
    let router = Router::new().route(BARE_PATH, post(async || BARE_BODY)).merge(phones);
    let runtime = Runtime::new().context("starting the runtime")?;
    let socket = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))).context("listening")?;
    let address = socket.local_addr().context("reading the socket's address")?;
    runtime.spawn(accept(socket, router));
    runtime.spawn(poll(site.clone()));
    Ok(Served { address, hub, _runtime: runtime })
}

async fn accept(socket: TcpListener, router: Router) {
    loop {
        match socket.accept().await {
            Ok((stream, peer)) => drop(tokio::spawn(connection(stream, peer, router.clone()))),
            Err(error) => eprintln!("bench: a connection could not be accepted: {error}"),
        }
    }
}

async fn connection(stream: TcpStream, peer: SocketAddr, router: Router) {
    if let Err(error) = stream.set_nodelay(true) {
        eprintln!("bench: setting up a connection: {error}");
    }
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ClientAddress(peer.ip().to_string()));
        router.clone().call(request.map(Body::new))
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_secs(HEAD_TIMEOUT_S))
        .max_headers(MAX_HEADERS)
        .max_header_size(MAX_HEAD_BYTES)
        .max_buf_size(MAX_HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service);
    // Phones that hang up are no fault.
    drop(connection.await);
}

/// Does what the program does beside answering.
async fn poll(site: Site) {
    let mut ticks = tokio::time::interval(Duration::from_millis(POLL_MS));
    loop {
        ticks.tick().await;
        let site = site.clone();
        match tokio::task::spawn_blocking(move || site.engine().poll_changes()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => eprintln!("bench: looking for changes: {error}"),
            Err(error) => eprintln!("bench: looking for changes: {error}"),
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_bare_body_has_fifty_bytes() {
        assert_eq!(super::BARE_BODY.len(), 50);
    }
}
