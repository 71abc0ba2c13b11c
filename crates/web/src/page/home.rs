//! The first page: the reader's own folders.

use askama::Template;
use engine::{Actor, FolderInfo};
use items::Kind;

use crate::answer::{Answer, Refusal};
use crate::ask::Visit;
use crate::frame::Frame;
use crate::link;
use crate::words::key;

#[derive(Template)]
#[template(path = "home.html")]
struct Page {
    frame: Frame,
    folders: Vec<Row>,
}

/// A folder in the list.
struct Row {
    name: String,
    /// How many folders it is in.
    depth: usize,
    kind: String,
    items: String,
    share: String,
    /// What the link says to who hears it without the row around.
    share_label: String,
}

/// Shows the reader's own folders.
pub(crate) fn show(visit: &Visit<'_>) -> Result<Answer, Refusal> {
    let frame = visit.ask.frame();
    let account = visit.caller().name();
    let folders = visit.engine().folders(account, Actor::User(visit.caller()), visit.ask.now)?;
    let folders = folders.iter().map(|folder| row(&frame, account, folder)).collect();
    Ok(Answer::page(&Page { frame, folders }))
}

fn row(frame: &Frame, account: &str, folder: &FolderInfo) -> Row {
    let name = folder.path.rsplit('/').next().unwrap_or_default().to_owned();
    Row {
        depth: folder.path.matches('/').count(),
        kind: frame.say(kind_key(folder.kind)),
        items: frame.with("home-items", "count", folder.items),
        share: link::folder("share", account, &folder.path),
        share_label: frame.with("home-share-folder", "folder", &name),
        name,
    }
}

/// Returns what a kind of folder is called.
pub(crate) const fn kind_key(kind: Kind) -> &'static str {
    match kind {
        Kind::Mail => key("kind-mail"),
        Kind::Calendar => key("kind-calendar"),
        Kind::Contacts => key("kind-contacts"),
        Kind::Tasks => key("kind-tasks"),
        Kind::Notes => key("kind-notes"),
        Kind::Files => key("kind-files"),
    }
}
