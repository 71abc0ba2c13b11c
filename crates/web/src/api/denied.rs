//! Changes that were not allowed: one's own, and those that one may decide.

use axum::http::StatusCode;
use engine::{
    Approval, Approved, AskedChange, Clash, DeniedChange, DeniedId, MAX_DENIED_PAGE, Modseq, State,
};
use items::Kind;
use serde_json::json;

use super::call::Call;
use super::problem::Problem;
use super::route::{Route, Verb};
use super::shape::{Nothing, Time, Word, asked, shown};

shown! {
    /// A change that was not allowed.
    DeniedShown {
        /// Its number.
        id: i64,
        /// When it was tried first.
        at: Time,
        /// When it was tried last.
        last_at: Time,
        /// How often it was tried.
        count: i64,
        /// Who tried.
        user: String,
        /// With which device.
        device: String,
        /// The type the device says it is of.
        device_type: String,
        /// The owning account of the folder.
        account: String,
        /// The folder's path.
        folder: String,
        /// What the folder holds.
        kind: Word<Kind>,
        /// Which item; null for a create.
        uid: Option<i64>,
        /// create, change, delete or move.
        operation: String,
        /// access, conflict, gone, stale or unreadable.
        reason: String,
        /// One line for people.
        summary: String,
        /// One sentence: why.
        why: String,
        /// What became of it.
        state: Word<State>,
        /// What was asked about it.
        request: Option<RequestShown>,
    }

    /// What was asked about a denied change, and what was decided.
    RequestShown {
        /// When it was asked.
        at: Time,
        /// What its author wrote.
        line: String,
        /// When somebody decided.
        decided_at: Option<Time>,
        /// Who decided; empty for the server's operator.
        decided_by: String,
        /// What he wrote back.
        answer: String,
    }

    /// A denied change with its item.
    DeniedWhole {
        /// The change.
        change: DeniedShown,
        /// Every property of the item, side by side.
        lines: Vec<LineShown>,
        /// Why who asks could not make the change himself; null where he could, and for one's own.
        hindrance: Option<String>,
    }

    /// A property of an item.
    LineShown {
        /// Its name.
        name: String,
        /// Its value as it stands.
        stands: Option<String>,
        /// Its value as it was tried.
        tried: Option<String>,
    }
}

asked! {
    /// Which changes.
    Page {
        /// Before the change of this number.
        before: Option<i64>,
        /// How many at most.
        limit: Option<u32>,
    }

    /// A line for somebody.
    Line {
        /// What is written to him.
        line: Option<String>,
    }

    /// How a change is made.
    ApprovalAsked {
        /// Over the version of this modseq, though the item changed since; left out, over the item as its author had it.
        over: Option<i64>,
    }
}

pub(crate) fn routes() -> Vec<Route> {
    use Verb::{Get, Post};
    vec![
        Route::new((Get, "/denied"), "List one's own changes that were not allowed", list),
        Route::new((Get, "/denied/{change}"), "Show one of them", show),
        Route::new((Post, "/denied/{change}/ask"), "Ask the folder's admins for it", ask),
        Route::new((Post, "/denied/{change}/dismiss"), "Let go of it", dismiss),
        Route::new((Get, "/requests"), "List the changes one is asked for", requests),
        Route::new((Get, "/requests/{change}"), "Show a change one is asked for", request),
        Route::new((Post, "/requests/{change}/approve"), "Make it in its author's name", approve),
        Route::new((Post, "/requests/{change}/decline"), "Decline it", decline),
    ]
}

impl From<DeniedChange> for DeniedShown {
    fn from(change: DeniedChange) -> Self {
        Self {
            id: change.id.0,
            at: Time(change.at),
            last_at: Time(change.last_at),
            count: change.count,
            user: change.user,
            device: change.device,
            device_type: change.device_kind,
            account: change.account,
            folder: change.path,
            kind: Word(change.kind),
            uid: change.uid.map(|uid| uid.0),
            operation: change.operation,
            reason: change.reason,
            summary: change.summary,
            why: change.why,
            state: Word(change.state),
            request: change.request.map(|request| RequestShown {
                at: Time(request.at),
                line: request.line,
                decided_at: request.decided_at.map(Time),
                decided_by: request.decided_by,
                answer: request.answer,
            }),
        }
    }
}

fn whole(change: DeniedChange, hindrance: Option<String>) -> DeniedWhole {
    let lines = change.lines().into_iter().map(line).collect();
    DeniedWhole { lines, change: change.into(), hindrance }
}

fn line(line: items::Line) -> LineShown {
    LineShown { name: line.name, stands: line.stands, tried: line.tried }
}

impl Page {
    fn read(&self) -> (Option<DeniedId>, usize) {
        let limit = self.limit.and_then(|limit| usize::try_from(limit).ok());
        (self.before.map(DeniedId), limit.unwrap_or(MAX_DENIED_PAGE))
    }
}

fn id(call: &Call<'_>) -> Result<DeniedId, Problem> {
    call.number("change").map(DeniedId)
}

fn list(call: &Call<'_>, query: &Page, _: &Nothing) -> Result<Vec<DeniedShown>, Problem> {
    let (before, limit) = query.read();
    let list = call.engine.denied_of(&call.caller, before, limit)?;
    Ok(list.into_iter().map(DeniedShown::from).collect())
}

fn show(call: &Call<'_>, _: &Nothing, _: &Nothing) -> Result<DeniedWhole, Problem> {
    Ok(whole(call.engine.own_denied(&call.caller, id(call)?)?, None))
}

fn ask(call: &Call<'_>, _: &Nothing, body: &Line) -> Result<DeniedWhole, Problem> {
    call.engine.ask(&call.caller, id(call)?, body.line.as_deref().unwrap_or_default(), call.now)?;
    show(call, &Nothing {}, &Nothing {})
}

fn dismiss(call: &Call<'_>, _: &Nothing, _: &Nothing) -> Result<DeniedWhole, Problem> {
    call.engine.dismiss(&call.caller, id(call)?, call.now)?;
    show(call, &Nothing {}, &Nothing {})
}

fn requests(call: &Call<'_>, query: &Page, _: &Nothing) -> Result<Vec<DeniedWhole>, Problem> {
    let (before, limit) = query.read();
    let list = call.engine.asked_of(&call.caller, before, (limit, call.now))?;
    Ok(list.into_iter().map(|AskedChange { change, hindrance }| whole(change, hindrance)).collect())
}

fn request(call: &Call<'_>, _: &Nothing, _: &Nothing) -> Result<DeniedWhole, Problem> {
    let AskedChange { change, hindrance } = call.engine.asked_change(&call.caller, id(call)?, call.now)?;
    Ok(whole(change, hindrance))
}

fn approve(call: &Call<'_>, _: &Nothing, body: &ApprovalAsked) -> Result<Nothing, Problem> {
    let approval = body.over.map_or(Approval::AsItWas, |modseq| Approval::Over(Modseq(modseq)));
    match call.engine.approve(&call.by(), id(call)?, approval, call.now)? {
        Approved::Applied => Ok(Nothing {}),
        Approved::Conflict(clash) => Err(conflict(&clash)),
    }
}

/// Shows both versions, and what to name to write over the one that stands.
fn conflict(clash: &Clash) -> Problem {
    let lines = clash
        .lines()
        .into_iter()
        .map(|line| json!({ "name": line.name, "stands": line.stands, "tried": line.tried }));
    let lines: Vec<serde_json::Value> = lines.collect();
    let detail = "the item changed since; nothing was written";
    let conflict = json!({ "modseq": clash.modseq.0, "lines": lines });
    Problem::new(StatusCode::CONFLICT, detail).with("conflict", conflict)
}

fn decline(call: &Call<'_>, _: &Nothing, body: &Line) -> Result<Nothing, Problem> {
    call.engine.decline(&call.by(), id(call)?, body.line.as_deref().unwrap_or_default(), call.now)?;
    Ok(Nothing {})
}
