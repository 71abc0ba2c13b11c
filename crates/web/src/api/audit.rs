//! The audit log.

use engine::{AuditQuery, FolderId, MAX_AUDIT_PAGE};

use super::call::Call;
use super::problem::Problem;
use super::route::{Route, Verb};
use super::shape::{Nothing, Time, asked, shown};

shown! {
    /// One thing that was changed.
    AuditShown {
        /// Its number.
        id: i64,
        /// When.
        at: Time,
        /// Who did it; empty for the server's operator.
        actor: String,
        /// Over which protocol.
        protocol: String,
        /// From which network address.
        address: String,
        /// What was done.
        action: String,
        /// To what.
        object: String,
        /// Whom it is about.
        subject: String,
        /// What was there before.
        old: String,
        /// What is there now.
        new: String,
    }
}

asked! {
    /// Which entries.
    Filter {
        /// About this folder; whoever administers it may ask. Without it, only system admins.
        folder: Option<i64>,
        /// By this user, group or space, or about it.
        user: Option<String>,
        /// Of this time on.
        since: Option<Time>,
        /// Before the entry of this number.
        before: Option<i64>,
        /// How many at most.
        limit: Option<u32>,
    }
}

pub(crate) fn routes() -> Vec<Route> {
    vec![Route::new((Verb::Get, "/audit"), "List what was changed, the newest first", list)]
}

fn list(call: &Call<'_>, query: &Filter, _: &Nothing) -> Result<Vec<AuditShown>, Problem> {
    let limit = query.limit.and_then(|limit| usize::try_from(limit).ok());
    let wanted = AuditQuery {
        folder: query.folder.map(FolderId),
        user: query.user.as_deref(),
        since: query.since.map(|since| since.0),
        before: query.before,
        limit: limit.unwrap_or(MAX_AUDIT_PAGE),
    };
    let list = call.engine.audit(call.actor(), &wanted, call.now)?.into_iter();
    let list = list.map(|entry| AuditShown {
        id: entry.id,
        at: Time(entry.at),
        actor: entry.actor,
        protocol: entry.protocol,
        address: entry.address,
        action: entry.action,
        object: entry.object,
        subject: entry.subject,
        old: entry.old,
        new: entry.new,
    });
    Ok(list.collect())
}
