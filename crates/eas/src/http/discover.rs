//! Autodiscover over HTTP.

use std::sync::Arc;

use axum::body::Body;
use hyper::header::{AUTHORIZATION, HOST, HeaderValue};
use hyper::http::request::Parts;
use hyper::{HeaderMap, Method};

use super::{Shell, address, challenge, log_in, read, work};
use crate::auth::Credentials;
use crate::autodiscover::{self, MAX_BODY};
use crate::reply::Reply;

/// Answers whatever comes to Autodiscover's address.
pub(super) async fn answered(shell: &Arc<Shell>, head: &Parts, body: Body) -> Result<Reply, Reply> {
    if !matches!(head.method, Method::GET | Method::HEAD | Method::POST) {
        return Err(Reply::empty(501));
    }
    let public = shell.server.settings().public_url.as_deref();
    let Some(authorization) = head.headers.get(AUTHORIZATION).map(HeaderValue::as_bytes) else {
        let elsewhere =
            public.filter(|public| head.method != Method::POST && !is_here(public, &head.headers));
        return Err(elsewhere.map_or_else(challenge, moved));
    };
    let credentials = Credentials::parse(Some(authorization)).map_err(|_| challenge())?;
    let origin = public.map_or_else(|| autodiscover::origin_of(&head.headers), str::to_owned);
    let (address, body) = (address(head), read(body, MAX_BODY).await?);
    work(shell, move |shell, now| {
        let caller = log_in(shell, &credentials, address.as_str().into(), now)?;
        let origin = shell.server.redirect(&caller).unwrap_or(&origin);
        Ok(autodiscover::answer(&caller, origin, &body, now))
    })
    .await?
}

/// Returns whether a request reached this server under its public address.
fn is_here(public: &str, headers: &HeaderMap) -> bool {
    let (scheme, rest) = public.split_once("://").unwrap_or(("https", public));
    let host = rest.split('/').next().unwrap_or(rest);
    let asked = headers.get(HOST).and_then(|asked| asked.to_str().ok()).unwrap_or_default();
    let plain = headers.get("x-forwarded-proto").is_some_and(|proto| proto == "http");
    asked.eq_ignore_ascii_case(host) && !(plain && scheme == "https")
}

/// Tells a phone that asked without logging in, in the open, where to ask.
fn moved(public: &str) -> Reply {
    let place = format!("{}{}", public.trim_end_matches('/'), autodiscover::PATH);
    let mut reply = Reply::empty(302);
    reply.headers.push(("location", place));
    reply
}
