//! All users, and a form for a new one.

use askama::Template;
use engine::{NewUser, Principal, PrincipalKind};

use super::desk::{Desk, Done, Head};
use super::list::Pager;
use super::place;
use crate::answer::{Answer, Refusal};
use crate::frame::Frame;

const HERE: &str = "/admin/users";

#[derive(Template)]
#[template(path = "admin_users.html")]
struct Page {
    frame: Frame,
    head: Head,
    find: String,
    pager: Pager,
    users: Vec<Row>,
}

struct Row {
    to: String,
    name: String,
    display_name: String,
    email: String,
    admin: bool,
    disabled: bool,
}

/// Shows users, all or those that are searched for.
pub(super) fn show(desk: &Desk<'_>) -> Result<Answer, Refusal> {
    let find = desk.query().get("find").trim();
    let wanted = find.to_lowercase();
    let mut users = desk.engine().principals(PrincipalKind::User)?;
    users.retain(|user| is_match(user, &wanted));
    let pager = Pager::of(desk, HERE, users.len());
    let users = pager.cut(&users).iter().map(row).collect();
    let page = Page { frame: desk.frame().clone(), head: desk.head(), find: find.to_owned(), pager, users };
    Ok(Answer::page(&page))
}

/// Adds a user.
pub(super) fn submit(desk: &Desk<'_>) -> Result<Done, Refusal> {
    let form = desk.form()?;
    let (name, password) = (form.get("name").trim(), form.get("password"));
    let display_name = match form.get("display_name").trim() {
        "" => name,
        other => other,
    };
    let user = NewUser {
        name,
        email: form.get("email").trim(),
        display_name,
        admin: form.find("admin").is_some(),
        password: Some(password).filter(|password| !password.is_empty()),
    };
    desk.admin().add_user(&user, desk.now())?;
    Ok(Desk::saved(&place::user(name)))
}

/// Returns whether a text stands in a user's names or address.
fn is_match(user: &Principal, wanted: &str) -> bool {
    let email = user.email.as_deref().unwrap_or_default();
    [user.name.as_str(), &user.display_name, email].iter().any(|text| text.to_lowercase().contains(wanted))
}

fn row(user: &Principal) -> Row {
    Row {
        to: place::user(&user.name),
        name: user.name.clone(),
        display_name: user.display_name.clone(),
        email: user.email.clone().unwrap_or_default(),
        admin: user.admin,
        disabled: user.disabled,
    }
}
