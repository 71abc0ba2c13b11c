//! Changes that were not allowed: one's own, and those that others ask for.
//!
//! Each form says in `do` what is to become of a change: ask, dismiss, apply or decline.

mod shown;

use askama::Template;
use axum::http::StatusCode;
use engine::{
    Actor, Approval, Approved, AskedChange, By, Clash, DeniedChange, DeniedId, Error, MAX_LINE_CHARS, Modseq,
    State, Via,
};

use crate::answer::{Answer, Refusal};
use crate::ask::Visit;
use crate::frame::Frame;
use shown::{Extent, Part, Shown};

/// Changes on one page.
const PAGE: usize = 20;

#[derive(Template)]
#[template(path = "changes.html")]
struct List {
    frame: Frame,
    /// What others ask the reader for.
    requests: Vec<Shown>,
    more_requests: Option<i64>,
    /// What the reader tried himself.
    own: Vec<Shown>,
    more_own: Option<i64>,
    /// Whether this is not the first page of either.
    is_later: bool,
    max_line: usize,
}

#[derive(Template)]
#[template(path = "one_change.html")]
struct One {
    frame: Frame,
    change: Shown,
    /// Why something was not done.
    wrong: Option<String>,
    /// Whether the item changed since, so that both versions are shown.
    is_clash: bool,
    max_line: usize,
}

/// A change that the reader may see, with what he may do about it.
struct Found {
    change: DeniedChange,
    part: Part,
}

/// Lists what waits for the reader, and what became of his own changes.
pub(crate) fn list(visit: &Visit<'_>) -> Result<Answer, Refusal> {
    let frame = visit.ask.frame();
    let (before, requests_before) = (below(visit, "before"), below(visit, "requests"));
    let is_later = before.is_some() || requests_before.is_some();
    let (mut own, mut requests) = (Vec::new(), Vec::new());
    if requests_before.is_none() {
        own = visit.engine().denied_of(visit.caller(), before, PAGE + 1)?;
    }
    if before.is_none() {
        requests = visit.engine().asked_of(visit.caller(), requests_before, (PAGE + 1, visit.ask.now))?;
    }
    let more_own = cut(&mut own).map(|last| last.id.0);
    let more_requests = cut(&mut requests).map(|last| last.change.id.0);
    let requests = requests.into_iter().map(|asked| {
        let found = Found { change: asked.change, part: Part::Admin { hindrance: asked.hindrance } };
        found.shown(Extent::Differing, &frame)
    });
    let requests = requests.collect();
    let mut shown = Vec::new();
    for change in own {
        shown.push(own_found(visit, change)?.shown(Extent::Differing, &frame));
    }
    let page =
        List { frame, requests, more_requests, own: shown, more_own, is_later, max_line: MAX_LINE_CHARS };
    Ok(Answer::page(&page))
}

/// Shows one change whole.
pub(crate) fn show(visit: &Visit<'_>) -> Result<Answer, Refusal> {
    let found = find(visit, number(visit)?)?;
    let frame = visit.ask.frame();
    let change = found.shown(Extent::Whole, &frame);
    Ok(Answer::page(&One { frame, change, wrong: None, is_clash: false, max_line: MAX_LINE_CHARS }))
}

/// Gives the tried item as a file.
pub(crate) fn file(visit: &Visit<'_>) -> Result<Answer, Refusal> {
    let found = find(visit, number(visit)?)?;
    let file = found.change.file().ok_or(Refusal::NotFound)?;
    Ok(Answer::file(&file.name, file.media, file.content.to_vec()))
}

/// Does what the form says about a change.
pub(crate) fn submit(visit: &Visit<'_>) -> Result<Answer, Refusal> {
    let id = number(visit)?;
    match carried_out(visit, id) {
        Ok(answer) => Ok(answer),
        Err(Refusal::Engine(error)) => not_done(visit, id, error),
        Err(refusal) => Err(refusal),
    }
}

fn carried_out(visit: &Visit<'_>, id: DeniedId) -> Result<Answer, Refusal> {
    let form = visit.form()?;
    let (engine, caller, now) = (visit.engine(), visit.caller(), visit.ask.now);
    let via = Via { protocol: "web", device: "", address: &visit.ask.connection.address };
    let by = By { actor: Actor::User(caller), via };
    let done = match form.get("do") {
        "ask" => {
            engine.ask(caller, id, form.get("line"), now)?;
            "/changes?done=asked"
        }
        "dismiss" => {
            engine.dismiss(caller, id, now)?;
            "/changes?done=dismissed"
        }
        "decline" => {
            engine.decline(&by, id, form.get("line"), now)?;
            "/changes?done=declined"
        }
        "apply" => match engine.approve(&by, id, approval(form.get("over"))?, now)? {
            Approved::Applied => "/changes?done=applied",
            Approved::Conflict(clash) => return clashed(visit, id, &clash),
        },
        _ => return Err(Refusal::Form("no such button".to_owned())),
    };
    Ok(Answer::go(done))
}

/// Returns over what a change is to be made.
fn approval(over: &str) -> Result<Approval, Refusal> {
    if over.is_empty() {
        return Ok(Approval::AsItWas);
    }
    let modseq = over.parse().map_err(|_| Refusal::Form("no such version".to_owned()))?;
    Ok(Approval::Over(Modseq(modseq)))
}

/// Shows both versions of an item that changed since.
fn clashed(visit: &Visit<'_>, id: DeniedId, clash: &Clash) -> Result<Answer, Refusal> {
    let found = find(visit, id)?;
    let frame = visit.ask.frame();
    let change = found.shown(Extent::Whole, &frame).over(clash, &frame);
    let page = One { frame, change, wrong: None, is_clash: true, max_line: MAX_LINE_CHARS };
    Ok(Answer::page(&page).with_status(StatusCode::CONFLICT))
}

/// Shows the change as it stands, and why what was wanted was not done.
fn not_done(visit: &Visit<'_>, id: DeniedId, error: Error) -> Result<Answer, Refusal> {
    let status = match &error {
        Error::NotFound { .. } | Error::Exists { .. } => StatusCode::CONFLICT,
        Error::Invalid { .. } => StatusCode::BAD_REQUEST,
        Error::Refused { .. } => StatusCode::FORBIDDEN,
        Error::Busy(_) | Error::Full(_) | Error::Store(_) => return Err(error.into()),
    };
    let Ok(found) = find(visit, id) else { return Err(error.into()) };
    let frame = visit.ask.frame();
    let (status, wrong) = match found.change.state {
        State::Open | State::Asked => (status, frame.with("changes-not-done", "why", error.to_string())),
        State::Applied | State::Declined | State::Dismissed => {
            (StatusCode::CONFLICT, frame.say("changes-decided-already"))
        }
    };
    let change = found.shown(Extent::Whole, &frame);
    let page = One { frame, change, wrong: Some(wrong), is_clash: false, max_line: MAX_LINE_CHARS };
    Ok(Answer::page(&page).with_status(status))
}

impl Found {
    fn shown(&self, extent: Extent, frame: &Frame) -> Shown {
        Shown::of(&self.change, &self.part, extent, frame)
    }
}

/// Returns a change of the reader's own, or one he is asked for.
fn find(visit: &Visit<'_>, id: DeniedId) -> Result<Found, Refusal> {
    match visit.engine().own_denied(visit.caller(), id) {
        Ok(change) => own_found(visit, change),
        Err(Error::NotFound { .. }) => {
            let asked = visit.engine().asked_change(visit.caller(), id, visit.ask.now)?;
            let AskedChange { change, hindrance } = asked;
            Ok(Found { change, part: Part::Admin { hindrance } })
        }
        Err(error) => Err(error.into()),
    }
}

/// Returns a change of the reader's own. He may have got the right to make it since.
fn own_found(visit: &Visit<'_>, change: DeniedChange) -> Result<Found, Refusal> {
    let is_open = matches!(change.state, State::Open | State::Asked);
    let may_apply = is_open
        && match visit.engine().asked_change(visit.caller(), change.id, visit.ask.now) {
            Ok(asked) => asked.hindrance.is_none(),
            Err(Error::NotFound { .. }) => false,
            Err(error) => return Err(error.into()),
        };
    Ok(Found { change, part: Part::Author { may_apply } })
}

/// Returns which change an address names.
fn number(visit: &Visit<'_>) -> Result<DeniedId, Refusal> {
    let mut pieces = visit.ask.path.split('/').skip(2);
    let number = pieces.next().and_then(|number| number.parse().ok());
    number.map(DeniedId).ok_or(Refusal::NotFound)
}

/// Returns the change below which a page goes on.
fn below(visit: &Visit<'_>, name: &str) -> Option<DeniedId> {
    visit.ask.query.get(name).parse().ok().map(DeniedId)
}

/// Cuts a list to what one page shows, and returns the last of it where more follow.
fn cut<T>(list: &mut Vec<T>) -> Option<&T> {
    let more = list.len() > PAGE;
    list.truncate(PAGE);
    list.last().filter(|_| more)
}
