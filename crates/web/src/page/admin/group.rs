//! One group and its members.

use askama::Template;
use engine::{MAX_GROUP_DEPTH, PrincipalKind};
use fluent_bundle::FluentArgs;

use super::desk::{Desk, Done, Head};
use super::list::Pager;
use super::place;
use crate::answer::{Answer, Refusal};
use crate::frame::Frame;
use crate::words::key;

#[derive(Template)]
#[template(path = "admin_group.html")]
struct Page {
    frame: Frame,
    head: Head,
    name: String,
    pager: Pager,
    members: Vec<Member>,
}

struct Member {
    to: String,
    name: String,
    display_name: String,
    is_group: bool,
    disabled: bool,
}

/// Shows a group.
pub(super) fn show(desk: &Desk<'_>, name: &str) -> Result<Answer, Refusal> {
    let engine = desk.engine();
    let names = engine.members(name)?;
    let pager = Pager::of(desk, &place::group(name), names.len());
    let mut members = Vec::new();
    for member in pager.cut(&names) {
        let member = engine.principal(member)?;
        let is_group = member.kind == PrincipalKind::Group;
        let to = if is_group { place::group(&member.name) } else { place::user(&member.name) };
        let (display_name, disabled) = (member.display_name, member.disabled);
        members.push(Member { to, name: member.name, display_name, is_group, disabled });
    }
    let (frame, head) = (desk.frame().clone(), desk.head());
    Ok(Answer::page(&Page { frame, head, name: name.to_owned(), pager, members }))
}

/// Does what a button of the page says.
pub(super) fn submit(desk: &Desk<'_>, name: &str) -> Result<Done, Refusal> {
    let (form, admin, now) = (desk.form()?, desk.admin(), desk.now());
    let member = form.get("member").trim();
    match form.get("do") {
        "join" => admin.join(name, member, now).map_err(|error| in_words(desk, error, (name, member)))?,
        "leave" => admin.leave(name, member, now)?,
        "remove" => {
            desk.check_typed(name)?;
            admin.remove_principal(PrincipalKind::Group, name, now)?;
            return Ok(Desk::saved("/admin/groups"));
        }
        _ => return Err(desk.no_such_button()),
    }
    Ok(Desk::saved(&place::group(name)))
}

/// Says in the admin's language why a group cannot have a member.
fn in_words(desk: &Desk<'_>, error: engine::Error, (group, member): (&str, &str)) -> Refusal {
    let text = match error {
        engine::Error::Invalid { .. } => key("admin-join-circle"),
        engine::Error::NotFound { .. } => key("admin-join-unknown"),
        engine::Error::Refused { .. }
        | engine::Error::Exists { .. }
        | engine::Error::Busy(_)
        | engine::Error::Full(_)
        | engine::Error::Store(_) => return error.into(),
    };
    let mut args = FluentArgs::new();
    args.set("group", group);
    args.set("member", member);
    args.set("depth", MAX_GROUP_DEPTH);
    Refusal::Said(desk.frame().words().fill(text, &args))
}
