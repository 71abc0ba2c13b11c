//! A folder as another user sees it, and why.

use access::{Axis, Bits, Class};
use askama::Template;
use engine::{Actor, FolderPath, Reason, Reasons, Uid, ViewPage, ViewedItem, Voice};
use fluent_bundle::FluentArgs;
use items::Kind;

use super::principal;
use crate::answer::{Answer, Refusal};
use crate::ask::Visit;
use crate::frame::Frame;
use crate::link;
use crate::words::key;

/// Items of one page.
const MAX_ITEMS: usize = 100;

/// Bytes of a name that is looked up.
const MAX_NAME: usize = 255;

#[derive(Template)]
#[template(path = "view.html")]
struct Page {
    frame: Frame,
    folder: String,
    /// The folder's Share page.
    share: String,
    user: String,
    /// What he may do there.
    words: String,
    owner: bool,
    disabled: bool,
    reasons: Vec<Why>,
    items: Vec<Row>,
    next: Option<String>,
}

/// A grant that reaches the user.
struct Why {
    name: String,
    words: String,
    through: Option<String>,
    gives: Option<String>,
}

/// An item.
struct Row {
    summary: Option<String>,
    owner: String,
    class: String,
    may: String,
    is_seen: bool,
}

/// Shows the folder as the user in the address sees it.
pub(crate) fn show(visit: &Visit<'_>) -> Result<Answer, Refusal> {
    let (account, path) = link::parse_folder("view", &visit.ask.path).ok_or(Refusal::NotFound)?;
    let at = FolderPath::try_from(path.as_str()).map_err(|_| Refusal::NotFound)?;
    let user = visit.ask.query.get("user").trim();
    if user.is_empty() || user.len() > MAX_NAME {
        return Ok(Answer::go(&link::folder("share", &account, &path)));
    }
    let (actor, now) = (Actor::User(visit.caller()), visit.ask.now);
    let folder = visit.engine().folder_at(actor, &account, &at, now)?;
    let kind = visit.engine().access_list(actor, folder, now)?.folder.kind;
    let reasons = visit.engine().access_reasons(actor, folder, user, now)?;
    let after = Uid(visit.ask.query.get("after").parse().unwrap_or(0));
    let view = visit.engine().view_as(actor, (folder, user), ViewPage { after, limit: MAX_ITEMS }, now)?;
    let frame = visit.ask.frame();
    let here = link::folder("view", &account, &path);
    let page = Page {
        share: link::folder("share", &account, &path),
        folder: path.rsplit('/').next().unwrap_or_default().to_owned(),
        user: view.user.display_name.clone(),
        words: said(&reasons, kind, &frame),
        owner: reasons.owner,
        disabled: reasons.disabled,
        reasons: reasons.grants.iter().map(|reason| why(reason, kind, &frame)).collect(),
        items: view.items.iter().map(|item| row(item, &frame)).collect(),
        next: view.next.map(|next| format!("{here}?user={}&after={}", link::piece(user), next.0)),
        frame,
    };
    Ok(Answer::page(&page))
}

fn said(reasons: &Reasons, kind: Kind, frame: &Frame) -> String {
    let mut args = FluentArgs::new();
    args.set("name", reasons.user.display_name.as_str());
    args.set("rights", engine::say(&reasons.effect.rights(), kind, Voice::Third, frame.words().language()));
    frame.words().fill("view-may", &args)
}

fn why(reason: &Reason, kind: Kind, frame: &Frame) -> Why {
    let grant = &reason.grant;
    let words = engine::say(&grant.effect.rights(), kind, Voice::Third, frame.words().language());
    let gives: Vec<String> = reason.gives.iter().map(|axis| frame.say(axis_key(*axis))).collect();
    Why {
        name: principal::name(&grant.principal, &grant.display_name, frame),
        words: frame.with("share-may", "rights", words),
        through: (!reason.through.is_empty())
            .then(|| frame.with("view-through", "groups", reason.through.join(" → "))),
        gives: (!gives.is_empty()).then(|| frame.with("view-gives", "levels", gives.join(", "))),
    }
}

const fn axis_key(axis: Axis) -> &'static str {
    match axis {
        Axis::Folder => key("share-folder"),
        Axis::Read => key("share-read"),
        Axis::Write => key("share-write"),
        Axis::Delete => key("share-delete"),
    }
}

fn row(item: &ViewedItem, frame: &Frame) -> Row {
    let class = match item.class {
        Class::Others => key("view-class-others"),
        Class::Mine => key("view-class-mine"),
        Class::OthersPrivate => key("view-class-others-private"),
        Class::MinePrivate => key("view-class-mine-private"),
    };
    let may = [
        (Bits::READ, key("view-reads")),
        (Bits::MODIFY, key("view-changes")),
        (Bits::DELETE, key("view-deletes")),
    ];
    let may = may.iter().filter(|(bit, _)| item.bits.contains(*bit)).map(|(_, text)| frame.say(text));
    let may: Vec<String> = may.collect();
    Row {
        summary: item.summary.clone(),
        owner: item
            .owner
            .as_ref()
            .map_or_else(|| frame.say("view-nobody"), |owner| owner.display_name.clone()),
        class: frame.say(class),
        is_seen: !may.is_empty(),
        may: if may.is_empty() { frame.say("view-unseen") } else { may.join(", ") },
    }
}
