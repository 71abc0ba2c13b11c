//! A request for a page, before and after it is known who asks.

use std::sync::Arc;

use axum::http::request::Parts;
use axum::http::{Method, header};
use engine::{Caller, Engine, Session, Timestamp};

use crate::answer::Refusal;
use crate::cookie;
use crate::fields::{Fields, TooMany};
use crate::frame::Frame;
use crate::origin::{self, Connection};
use crate::site::Site;
use crate::words::{self, Words};

/// A request. Nobody checked yet whether its form may be carried out.
#[derive(Debug)]
pub(crate) struct Ask {
    site: Arc<Site>,
    /// When it came.
    pub(crate) now: Timestamp,
    /// How it is asked.
    pub(crate) method: Method,
    /// The address without the query, as it was sent.
    pub(crate) path: String,
    query_text: String,
    /// The fields after the `?`.
    pub(crate) query: Fields,
    form: Result<Fields, TooMany>,
    /// How it came in.
    pub(crate) connection: Connection,
    /// What the browser holds.
    pub(crate) secret: Option<String>,
    session: Result<Option<Session>, engine::Error>,
    /// The reader's language.
    pub(crate) words: Words,
}

impl Ask {
    /// Returns a request as pages read it, with the session it belongs to.
    pub(crate) fn of(site: &Arc<Site>, head: &Parts, form: &[u8], now: Timestamp) -> Self {
        let connection = origin::connection(head);
        let secret = cookie::read(&head.headers, connection.transport);
        let session = secret.as_deref().map_or(Ok(None), |secret| site.engine.session(secret, now));
        let chosen = session.as_ref().ok().and_then(|session| session.as_ref()?.language);
        let accepted = head.headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let language = chosen.unwrap_or_else(|| words::accepted(accepted));
        let query_text = head.uri.query().unwrap_or_default().to_owned();
        Self {
            site: Arc::clone(site),
            now,
            method: head.method.clone(),
            path: head.uri.path().to_owned(),
            query: Fields::parse(query_text.as_bytes()).unwrap_or_default(),
            query_text,
            form: Fields::parse(form),
            connection,
            secret,
            session,
            words: Words::of(language),
        }
    }

    /// Returns the engine.
    pub(crate) fn engine(&self) -> &Engine {
        &self.site.engine
    }

    /// Returns who is logged in.
    pub(crate) fn session(&self) -> Option<&Session> {
        self.session.as_ref().ok()?.as_ref()
    }

    /// Returns the address with its query.
    pub(crate) fn here(&self) -> String {
        if self.query_text.is_empty() {
            self.path.clone()
        } else {
            format!("{}?{}", self.path, self.query_text)
        }
    }

    /// Returns the form that was sent; empty where none was.
    pub(crate) fn form(&self) -> Result<&Fields, Refusal> {
        self.form.as_ref().map_err(|TooMany| Refusal::Form("more fields than a form may have".to_owned()))
    }

    /// Returns what stands around the page.
    pub(crate) fn frame(&self) -> Frame {
        Frame::of(self)
    }
}

/// A request of somebody who has logged in; a form of it was sent from a page of his session.
#[derive(Debug)]
pub(crate) struct Visit<'a> {
    /// The request.
    pub(crate) ask: &'a Ask,
    /// The session.
    pub(crate) session: &'a Session,
}

impl<'a> Visit<'a> {
    /// Returns the request as one of its session.
    pub(crate) fn of(ask: &'a Ask) -> Result<Self, Refusal> {
        let session = match &ask.session {
            Ok(session) => session.as_ref().ok_or(Refusal::NotLoggedIn)?,
            Err(error) => {
                tracing::warn!(%error, "a session could not be read");
                return Err(Refusal::NotLoggedIn);
            }
        };
        if ask.method == Method::POST && !is_same(ask.form()?.get("token"), &session.csrf) {
            return Err(Refusal::Token);
        }
        Ok(Self { ask, session })
    }

    /// Returns who asks.
    pub(crate) const fn caller(&self) -> &Caller {
        &self.session.caller
    }

    /// Returns the engine.
    pub(crate) fn engine(&self) -> &Engine {
        self.ask.engine()
    }

    /// Returns the form that was sent.
    pub(crate) fn form(&self) -> Result<&Fields, Refusal> {
        self.ask.form()
    }
}

/// Compares in a time that says nothing of where two texts differ.
pub(crate) fn is_same(one: &str, other: &str) -> bool {
    one.len() == other.len() && one.bytes().zip(other.bytes()).fold(0, |all, (a, b)| all | (a ^ b)) == 0
}
