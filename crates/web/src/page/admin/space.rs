//! One space: its folders.

use askama::Template;
use engine::{FolderPath, PrincipalKind};
use items::Kind;

use super::desk::{Desk, Done, Head};
use super::place;
use super::user::{Folder, folders};
use crate::answer::{Answer, Refusal};
use crate::frame::Frame;
use crate::page::home::kind_key;

#[derive(Template)]
#[template(path = "admin_space.html")]
struct Page {
    frame: Frame,
    head: Head,
    name: String,
    folders: Vec<Folder>,
    /// How many folders are not shown.
    more: Option<String>,
    /// The value and text of each kind of folder.
    kinds: Vec<(&'static str, String)>,
}

/// Shows a space.
pub(super) fn show(desk: &Desk<'_>, name: &str) -> Result<Answer, Refusal> {
    if desk.engine().principal(name)?.kind != PrincipalKind::Space {
        return Err(Refusal::NotFound);
    }
    let (folders, more) = folders(desk, name)?;
    let frame = desk.frame().clone();
    let kinds = Kind::ALL.iter().map(|kind| (kind.as_str(), frame.say(kind_key(*kind)))).collect();
    Ok(Answer::page(&Page { head: desk.head(), name: name.to_owned(), folders, more, kinds, frame }))
}

/// Does what a button of the page says.
pub(super) fn submit(desk: &Desk<'_>, name: &str) -> Result<Done, Refusal> {
    let (form, now) = (desk.form()?, desk.now());
    match form.get("do") {
        "add-folder" => {
            let path = FolderPath::try_from(form.get("path").trim())?;
            let kind: Kind = form.get("kind").parse().map_err(|error| Refusal::Form(format!("{error}")))?;
            desk.engine().make_folder(&desk.by(), (name, &path), kind, now)?;
        }
        "remove" => {
            desk.check_typed(name)?;
            desk.admin().remove_principal(PrincipalKind::Space, name, now)?;
            return Ok(Desk::saved("/admin/spaces"));
        }
        _ => return Err(desk.no_such_button()),
    }
    Ok(Desk::saved(&place::space(name)))
}
