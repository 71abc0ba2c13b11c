//! All groups, and a form for a new one.

use askama::Template;
use engine::PrincipalKind;

use super::desk::{Desk, Done, Head};
use super::list::Pager;
use super::place;
use crate::answer::{Answer, Refusal};
use crate::frame::Frame;

const HERE: &str = "/admin/groups";

#[derive(Template)]
#[template(path = "admin_groups.html")]
struct Page {
    frame: Frame,
    head: Head,
    find: String,
    pager: Pager,
    groups: Vec<Row>,
}

struct Row {
    to: String,
    name: String,
    members: String,
}

/// Shows groups, all or those that are searched for.
pub(super) fn show(desk: &Desk<'_>) -> Result<Answer, Refusal> {
    let find = desk.query().get("find").trim();
    let wanted = find.to_lowercase();
    let mut groups = desk.engine().principals(PrincipalKind::Group)?;
    groups.retain(|group| group.name.to_lowercase().contains(&wanted));
    let pager = Pager::of(desk, HERE, groups.len());
    let mut rows = Vec::new();
    for group in pager.cut(&groups) {
        let members =
            desk.frame().with("admin-members-count", "count", desk.engine().members(&group.name)?.len());
        rows.push(Row { to: place::group(&group.name), name: group.name.clone(), members });
    }
    let (frame, head) = (desk.frame().clone(), desk.head());
    Ok(Answer::page(&Page { frame, head, find: find.to_owned(), pager, groups: rows }))
}

/// Adds a group.
pub(super) fn submit(desk: &Desk<'_>) -> Result<Done, Refusal> {
    let name = desk.form()?.get("name").trim();
    desk.admin().add_group(name, desk.now())?;
    Ok(Desk::saved(&place::group(name)))
}
