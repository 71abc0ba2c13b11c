//! The audit log: who changed what, from what to what, and from where.

use askama::Template;
use engine::{Actor, AuditEntry, AuditQuery, FolderId, FolderPath};

use super::desk::{Desk, Head};
use super::list::MAX_ROWS;
use crate::answer::{Answer, Refusal};
use crate::fields::Fields;
use crate::frame::Frame;
use crate::link::piece;
use crate::words::key;

const HERE: &str = "/admin/audit";

/// What is done, as the log calls it, and as people read it.
const ACTIONS: &[(&str, &str)] = &[
    ("grant", key("audit-grant")),
    ("add user", key("audit-add-user")),
    ("add group", key("audit-add-group")),
    ("add space", key("audit-add-space")),
    ("remove user", key("audit-remove-user")),
    ("remove group", key("audit-remove-group")),
    ("remove space", key("audit-remove-space")),
    ("folder made", key("audit-folder-made")),
    ("folder renamed", key("audit-folder-renamed")),
    ("folder removed", key("audit-folder-removed")),
    ("join", key("audit-join")),
    ("leave", key("audit-leave")),
    ("disable", key("audit-disable")),
    ("enable", key("audit-enable")),
    ("password", key("audit-password")),
    ("app password", key("audit-app-password")),
    ("device standing", key("audit-device-standing")),
    ("wipe", key("audit-wipe")),
    ("remove device", key("audit-remove-device")),
];

#[derive(Template)]
#[template(path = "admin_audit.html")]
struct Page {
    frame: Frame,
    head: Head,
    user: String,
    folder: String,
    /// The user or folder that is looked for and is not there.
    unknown: Option<String>,
    entries: Vec<Row>,
    newest: Option<String>,
    older: Option<String>,
}

struct Row {
    at: String,
    who: String,
    on_behalf: Option<String>,
    place: String,
    action: String,
    object: String,
    subject: String,
    old: String,
    new: String,
    /// Whether it says what was there before and what is there now.
    has_change: bool,
}

/// Shows the log, all of it or what is about a user or a folder.
pub(super) fn show(desk: &Desk<'_>) -> Result<Answer, Refusal> {
    let query = desk.query();
    let before: Option<i64> = query.get("before").parse().ok();
    let (found, unknown) = match find(desk, query, before) {
        Ok(found) => (found, None),
        Err(Refusal::Engine(engine::Error::NotFound { .. } | engine::Error::Invalid { .. })) => {
            (Vec::new(), Some(desk.frame().say("audit-unknown")))
        }
        Err(refusal) => return Err(refusal),
    };
    let last = found.get(MAX_ROWS - 1).filter(|_| found.len() > MAX_ROWS);
    let page = Page {
        head: desk.head(),
        user: query.get("user").to_owned(),
        folder: query.get("folder").to_owned(),
        unknown,
        older: last.map(|last| address(query, Some(last.id))),
        newest: before.map(|_| address(query, None)),
        entries: found.into_iter().take(MAX_ROWS).map(|entry| row(entry, desk.frame())).collect(),
        frame: desk.frame().clone(),
    };
    Ok(Answer::page(&page))
}

/// Returns one entry more than a page shows, where there is one.
fn find(desk: &Desk<'_>, query: &Fields, before: Option<i64>) -> Result<Vec<AuditEntry>, Refusal> {
    let user = Some(query.get("user").trim()).filter(|user| !user.is_empty());
    let folder = match query.get("folder").trim() {
        "" => None,
        folder => Some(folder_at(desk, folder)?),
    };
    let wanted = AuditQuery { folder, user, since: None, before, limit: MAX_ROWS + 1 };
    Ok(desk.engine().audit(desk.actor(), &wanted, desk.now())?)
}

/// Returns the folder of a text like `anna/Calendar`.
fn folder_at(desk: &Desk<'_>, text: &str) -> Result<FolderId, Refusal> {
    let (account, path) = text.split_once('/').unwrap_or((text, ""));
    let path = FolderPath::try_from(path)?;
    Ok(desk.engine().folder_at(Actor::Operator, account, &path, desk.now())?)
}

fn address(query: &Fields, before: Option<i64>) -> String {
    let (user, folder) = (piece(query.get("user")), piece(query.get("folder")));
    let before = before.map(|before| format!("&before={before}")).unwrap_or_default();
    format!("{HERE}?user={user}&folder={folder}{before}")
}

fn row(entry: AuditEntry, frame: &Frame) -> Row {
    let operator = || frame.say("audit-operator");
    let words = ACTIONS.iter().find(|(action, _)| *action == entry.action);
    let place: Vec<&str> = [entry.protocol.as_str(), &entry.device, &entry.address]
        .into_iter()
        .filter(|text| !text.is_empty())
        .collect();
    Row {
        at: frame.time(entry.at),
        place: place.join(" · "),
        who: Some(entry.actor).filter(|actor| !actor.is_empty()).unwrap_or_else(operator),
        on_behalf: Some(entry.on_behalf)
            .filter(|name| !name.is_empty())
            .map(|name| frame.with("audit-on-behalf", "name", name)),
        action: words.map_or(entry.action, |(_, key)| frame.say(key)),
        object: entry.object,
        subject: entry.subject,
        has_change: !(entry.old.is_empty() && entry.new.is_empty()),
        old: entry.old,
        new: entry.new,
    }
}
