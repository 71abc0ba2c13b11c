//! Logging in and out.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use engine::LoginError;

use crate::answer::{Answer, Refusal};
use crate::ask::{Ask, Visit};
use crate::frame::Frame;
use crate::{cookie, link};

/// Bytes of a name that is looked up.
const MAX_NAME: usize = 254;

#[derive(Template)]
#[template(path = "login.html")]
struct Page {
    frame: Frame,
    name: String,
    next: String,
    wrong: Option<String>,
}

/// Shows the form.
pub(crate) fn show(ask: &Ask) -> Result<Answer, Refusal> {
    let next = link::next(ask.query.get("next"));
    if ask.session().is_some() {
        return Ok(Answer::go(next));
    }
    Ok(Answer::page(&page(ask, next, None)?))
}

fn page(ask: &Ask, next: &str, wrong: Option<String>) -> Result<Page, Refusal> {
    let name = ask.form()?.get("name").to_owned();
    Ok(Page { frame: ask.frame(), name, next: next.to_owned(), wrong })
}

/// Checks name and password, and begins a session: always a new one, whatever the browser held before.
pub(crate) fn log_in(ask: &Ask) -> Result<Answer, Refusal> {
    let form = ask.form()?;
    let next = link::next(form.get("next"));
    let (name, password) = (form.get("name").trim(), form.get("password"));
    if name.len() > MAX_NAME {
        return refused(ask, next, 0);
    }
    match ask.engine().login(name, password, ask.connection.address.as_str(), ask.now) {
        Ok(caller) => {
            if let Some(old) = &ask.secret {
                ask.engine().close_session(old, ask.now)?;
            }
            let secret = ask.engine().open_session(&caller, ask.now)?;
            if ask.engine().zone_of(caller.name())?.is_none() {
                // The browser knows where its user is; a zone it does not name well is as good as none.
                let _ = ask.engine().set_zone(caller.name(), form.get("zone"), ask.now);
            }
            Ok(with_cookie(Answer::go(next), &cookie::set(&secret, ask.connection.transport)))
        }
        Err(LoginError::Wrong { retry_after_s }) => refused(ask, next, retry_after_s),
        Err(LoginError::Busy) => refused(ask, next, 1),
        Err(LoginError::Engine(error)) => Err(error.into()),
    }
}

/// Returns the form again: nobody is told whether the name or the password was wrong.
fn refused(ask: &Ask, next: &str, wait_s: u32) -> Result<Answer, Refusal> {
    let text = match wait_s {
        0 => ask.words.say("login-wrong"),
        wait_s => ask.words.with("login-wait", "seconds", wait_s),
    };
    let answer = Answer::page(&page(ask, next, Some(text))?);
    if wait_s == 0 {
        return Ok(answer.with_status(StatusCode::UNAUTHORIZED));
    }
    let wait = HeaderValue::from(wait_s);
    Ok(answer.with_status(StatusCode::TOO_MANY_REQUESTS).with(header::RETRY_AFTER, wait))
}

/// Ends the session, here and on the server.
pub(crate) fn log_out(visit: &Visit<'_>) -> Result<Answer, Refusal> {
    if let Some(secret) = &visit.ask.secret {
        visit.engine().close_session(secret, visit.ask.now)?;
    }
    let answer = Answer::go("/login?done=logged-out");
    Ok(with_cookie(answer, &cookie::clear(visit.ask.connection.transport)))
}

fn with_cookie(answer: Answer, cookie: &str) -> Answer {
    answer.with(header::SET_COOKIE, cookie::value(cookie))
}
