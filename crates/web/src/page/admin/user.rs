//! One user: whether he may log in, his password, his groups and his folders.

use askama::Template;
use engine::{Actor, PrincipalKind};

use super::desk::{Desk, Done, Head};
use super::list::MAX_ROWS;
use super::place;
use crate::answer::{Answer, Refusal};
use crate::frame::Frame;
use crate::link;
use crate::page::home::kind_key;

#[derive(Template)]
#[template(path = "admin_user.html")]
struct Page {
    frame: Frame,
    head: Head,
    name: String,
    /// The name as a part of an address.
    piece: String,
    display_name: String,
    email: String,
    admin: bool,
    disabled: bool,
    added: String,
    /// Whether it is the admin himself.
    is_self: bool,
    groups: Vec<Membership>,
    folders: Vec<Folder>,
    /// How many folders are not shown.
    more: Option<String>,
}

/// A group that the user is in.
struct Membership {
    to: String,
    name: String,
    /// Whether he is a member of it himself, not through another group.
    own: bool,
}

/// A folder of an account.
pub(super) struct Folder {
    pub(super) name: String,
    pub(super) depth: usize,
    pub(super) kind: String,
    pub(super) items: String,
    pub(super) share: String,
    pub(super) share_label: String,
}

/// Shows a user.
pub(super) fn show(desk: &Desk<'_>, name: &str) -> Result<Answer, Refusal> {
    let frame = desk.frame();
    let user = desk.engine().principal(name)?;
    if user.kind != PrincipalKind::User {
        return Err(Refusal::NotFound);
    }
    let (folders, more) = folders(desk, name)?;
    let page = Page {
        head: desk.head(),
        added: frame.time(user.created_at),
        is_self: user.name == desk.name(),
        groups: groups(desk, name)?,
        folders,
        more,
        piece: link::piece(&user.name),
        name: user.name,
        display_name: user.display_name,
        email: user.email.unwrap_or_default(),
        admin: user.admin,
        disabled: user.disabled,
        frame: frame.clone(),
    };
    Ok(Answer::page(&page))
}

/// Does what a button of the page says.
pub(super) fn submit(desk: &Desk<'_>, name: &str) -> Result<Done, Refusal> {
    let (form, admin, now) = (desk.form()?, desk.admin(), desk.now());
    let button = form.get("do");
    if matches!(button, "disable" | "remove") && name == desk.name() {
        return Err(Refusal::Said(desk.frame().say("admin-yourself")));
    }
    match button {
        "disable" => admin.disable_user(name, now)?,
        "enable" => admin.enable_user(name, now)?,
        "password" => admin.set_password(name, form.get("password"), now)?,
        "app-password" => {
            let secret = admin.add_app_password(name, form.get("label").trim(), now)?;
            return Ok(Done::Tell(desk.frame().with("admin-app-password-is", "secret", secret)));
        }
        "join" => admin.join(form.get("group").trim(), name, now)?,
        "leave" => admin.leave(form.get("group"), name, now)?,
        "remove" => {
            desk.check_typed(name)?;
            admin.remove_principal(PrincipalKind::User, name, now)?;
            return Ok(Desk::saved("/admin/users"));
        }
        _ => return Err(desk.no_such_button()),
    }
    Ok(Desk::saved(&place::user(name)))
}

fn groups(desk: &Desk<'_>, name: &str) -> Result<Vec<Membership>, Refusal> {
    let engine = desk.engine();
    let mut list = Vec::new();
    for group in engine.groups_of(&engine.act_as(name)?)? {
        let own = engine.members(&group)?.iter().any(|member| member == name);
        list.push(Membership { to: place::group(&group), name: group, own });
    }
    list.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(list)
}

/// Returns the folders of an account, and how many are not shown.
pub(super) fn folders(desk: &Desk<'_>, account: &str) -> Result<(Vec<Folder>, Option<String>), Refusal> {
    let frame = desk.frame();
    let all = desk.engine().folders(account, Actor::Operator, desk.now())?;
    let folder = |folder: &engine::FolderInfo| {
        let name = folder.path.rsplit('/').next().unwrap_or_default().to_owned();
        Folder {
            depth: folder.path.matches('/').count(),
            kind: frame.say(kind_key(folder.kind)),
            items: frame.with("home-items", "count", folder.items),
            share: link::folder("share", account, &folder.path),
            share_label: frame.with("home-share-folder", "folder", &name),
            name,
        }
    };
    let more = all.len().saturating_sub(MAX_ROWS);
    let more = (more > 0).then(|| frame.with("share-more", "count", more));
    Ok((all.iter().take(MAX_ROWS).map(folder).collect(), more))
}
