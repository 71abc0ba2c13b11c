//! The message to those who gain or lose rights by a change of an access list: one to each, whatever the change was for.

use crate::affected::AccessChange;
use crate::apply::{self, New};
use crate::by::By;
use crate::decide::Allowed;
use crate::plan::{FolderPlan, Plan};
use crate::say::{Language, Voice, say};
use crate::work::Work;
use crate::{Actor, Error, folder, kind, language, notice};
use items::Kind;
use mail_builder::mime::MimePart;
use std::collections::{BTreeMap, BTreeSet};
use store::id::PrincipalId;
use store::row;
use store::row::principal::PrincipalRow;

/// Role of a user's Inbox.
const INBOX: i64 = 2;

/// What one message tells.
struct Told<'a> {
    to: &'a PrincipalRow,
    change: AccessChange,
    place: &'a Place,
    /// Folders in which something changed for him.
    folders: usize,
    by: Option<&'a str>,
}

/// A folder in words.
struct Place {
    path: String,
    owner: String,
    kind: Kind,
}

/// Puts a message into the Inbox of everyone who gains or loses something.
pub(crate) fn tell(work: &mut Work<'_, '_>, by: &By<'_>, plan: &Plan) -> Result<(), Error> {
    if !work.settings.notice.enabled {
        return Ok(());
    }
    let mut folders: BTreeMap<PrincipalId, usize> = BTreeMap::new();
    for one in plan.folders.iter().flat_map(|one| &one.reached).filter(|one| one.is_changed()) {
        *folders.entry(one.user.id).or_default() += 1;
    }
    let by = match by.actor {
        Actor::Operator => None,
        Actor::User(caller) => Some(caller.display_name()),
    };
    let mut told = BTreeSet::new();
    for one in &plan.folders {
        let place = place(work, one)?;
        for user in one.reached.iter().filter(|user| user.is_changed()) {
            if told.insert(user.user.id) {
                let folders = folders.get(&user.user.id).copied().unwrap_or(1);
                let message = Told { to: &user.user, change: user.change(), place: &place, folders, by };
                deliver(work, &message)?;
            }
        }
    }
    Ok(())
}

fn place(work: &mut Work<'_, '_>, one: &FolderPlan) -> Result<Place, Error> {
    let owner = row::principal::load(work, one.folder.account)?.map(|owner| owner.display_name);
    Ok(Place {
        path: folder::path_of(work, &one.folder)?,
        owner: owner.unwrap_or_default(),
        kind: kind::from_code(one.folder.kind)?,
    })
}

fn deliver(work: &mut Work<'_, '_>, told: &Told<'_>) -> Result<(), Error> {
    let Some(inbox) = row::folder::by_role(work, told.to.id, INBOX)? else { return Ok(()) };
    let (subject, text) = match language::of(work, told.to.id)? {
        Language::English => english(told),
        Language::German => german(told),
    };
    let address = told.to.email.as_deref().unwrap_or(&told.to.name);
    let to = (told.to.display_name.as_str(), address);
    let content = notice::message(work, to, subject, MimePart::new("text/plain", text));
    let new = New { owner: Some(told.to.id), name: None, content, marks: String::new() };
    apply::insert(work, &Allowed::delivery(), &inbox, new).map(drop)
}

fn words(told: &Told<'_>, language: Language) -> (String, String) {
    let say = |rights: &[access::Right]| say(rights, told.place.kind, Voice::Second, language);
    (say(&told.change.before.rights()), say(&told.change.after.rights()))
}

fn english(told: &Told<'_>) -> (String, String) {
    let Place { path, owner, .. } = told.place;
    let (before, after) = (told.change.before.rights(), told.change.after.rights());
    let subject = match (before.is_empty(), after.is_empty()) {
        (true, _) => format!("Shared with you: '{path}' of {owner}"),
        (_, true) => format!("No longer shared with you: '{path}' of {owner}"),
        (false, false) => format!("Your rights changed: '{path}' of {owner}"),
    };
    let by = told.by.unwrap_or("The server's operator");
    let (before, after) = words(told, Language::English);
    let more = if told.folders > 1 {
        format!("\nThe same change was made to folders below it, {} folders in all.\n", told.folders)
    } else {
        String::new()
    };
    let text = format!(
        "Hello {},\n\n{by} changed what you may do in the folder '{path}' of {owner}.\n\n\
         Now you may {after}.\nBefore you could {before}.\n{more}",
        told.to.display_name
    );
    (subject, text)
}

fn german(told: &Told<'_>) -> (String, String) {
    let Place { path, owner, .. } = told.place;
    let (before, after) = (told.change.before.rights(), told.change.after.rights());
    let subject = match (before.is_empty(), after.is_empty()) {
        (true, _) => format!("Mit Ihnen geteilt: „{path}“ von {owner}"),
        (_, true) => format!("Nicht mehr mit Ihnen geteilt: „{path}“ von {owner}"),
        (false, false) => format!("Ihre Rechte haben sich geändert: „{path}“ von {owner}"),
    };
    let by = told.by.unwrap_or("Der Betreiber des Servers");
    let (before, after) = words(told, Language::German);
    let more = if told.folders > 1 {
        format!("\nDasselbe gilt für Ordner darunter, insgesamt {} Ordner.\n", told.folders)
    } else {
        String::new()
    };
    let text = format!(
        "Guten Tag {},\n\n{by} hat geändert, was Sie im Ordner „{path}“ von {owner} dürfen.\n\n\
         Jetzt dürfen Sie {after}.\nVorher durften Sie {before}.\n{more}",
        told.to.display_name
    );
    (subject, text)
}
