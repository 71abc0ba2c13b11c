//! All spaces, and a form for a new one.

use askama::Template;
use engine::PrincipalKind;

use super::desk::{Desk, Done, Head};
use super::list::Pager;
use super::place;
use crate::answer::{Answer, Refusal};
use crate::frame::Frame;

const HERE: &str = "/admin/spaces";

#[derive(Template)]
#[template(path = "admin_spaces.html")]
struct Page {
    frame: Frame,
    head: Head,
    find: String,
    pager: Pager,
    /// The address and name of each.
    spaces: Vec<(String, String)>,
}

/// Shows spaces, all or those that are searched for.
pub(super) fn show(desk: &Desk<'_>) -> Result<Answer, Refusal> {
    let find = desk.query().get("find").trim();
    let wanted = find.to_lowercase();
    let mut spaces = desk.engine().principals(PrincipalKind::Space)?;
    spaces.retain(|space| space.name.to_lowercase().contains(&wanted));
    let pager = Pager::of(desk, HERE, spaces.len());
    let spaces =
        pager.cut(&spaces).iter().map(|space| (place::space(&space.name), space.name.clone())).collect();
    let (frame, head) = (desk.frame().clone(), desk.head());
    Ok(Answer::page(&Page { frame, head, find: find.to_owned(), pager, spaces }))
}

/// Adds a space.
pub(super) fn submit(desk: &Desk<'_>) -> Result<Done, Refusal> {
    let name = desk.form()?.get("name").trim();
    desk.admin().add_space(name, desk.now())?;
    Ok(Desk::saved(&place::space(name)))
}
