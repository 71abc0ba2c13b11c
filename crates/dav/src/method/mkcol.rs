//! MKCOL, extended MKCOL (RFC 5689) and MKCALENDAR.

use access::why::Need;
use engine::FolderPath;
use items::Kind;

use crate::context::{Context, failed};
use crate::denied::denied;
use crate::path;
use crate::reply::Reply;
use crate::request::Request;
use crate::target::Target;
use crate::xml::{CALDAV, CARDDAV, DAV, Element};

/// Makes a folder.
pub(crate) fn mkcol(context: &Context<'_>, request: &Request, target: &Target) -> Result<Reply, Reply> {
    let (account, names, parent) = match target {
        Target::Top(account, name) => (account.name.as_str(), vec![name.clone()], path::home(&account.name)),
        Target::Item(place, name) => {
            let entry = context.engine.entry(context.caller, place.folder.id, name, context.now);
            if entry.map_err(|error| failed(&error))?.is_some() {
                return Err(Reply::empty(405));
            }
            let names = place.folder.names.iter().chain([name]).cloned().collect();
            (place.folder.account.as_str(), names, place.href.clone())
        }
        Target::Root | Target::Principals | Target::Principal(_) | Target::Home(_) | Target::Folder(_) => {
            return Err(Reply::empty(405));
        }
    };
    let kind = kind(request)?;
    let wanted = FolderPath::try_from(names.join("/").as_str()).map_err(|error| failed(&error))?;
    let agent = request.agent();
    let by = super::by(context, &agent);
    match context.engine.make_folder(&by, (account, &wanted), kind, context.now) {
        Ok(_) => Ok(Reply::empty(201)),
        Err(engine::Error::Refused { .. }) => Err(denied(None, Need::CreateFolder, (&parent, &parent))),
        Err(error) => Err(failed(&error)),
    }
}

/// Returns what the folder is to hold: what the request says, files without a word.
fn kind(request: &Request) -> Result<Kind, Reply> {
    let calendar = request.method == "MKCALENDAR";
    let Some(root) = request.document()? else {
        return Ok(if calendar { Kind::Calendar } else { Kind::Files });
    };
    let known = if calendar { root.name.is(CALDAV, "mkcalendar") } else { root.name.is(DAV, "mkcol") };
    if !known {
        return Err(Reply::empty(415));
    }
    let property = |space: &str, local: &str| -> Option<Element> {
        let sets = root.children().filter(|set| set.name.is(DAV, "set"));
        sets.filter_map(|set| set.child(DAV, "prop")).find_map(|prop| prop.child(space, local)).cloned()
    };
    let is = |space: &str, local: &str| {
        property(DAV, "resourcetype").is_some_and(|kind| kind.child(space, local).is_some())
    };
    if is(CARDDAV, "addressbook") {
        return Ok(Kind::Contacts);
    }
    if !calendar && !is(CALDAV, "calendar") {
        return Ok(Kind::Files);
    }
    let component = property(CALDAV, "supported-calendar-component-set")
        .and_then(|set| set.children().find_map(|component| component.attribute("name").map(str::to_owned)));
    match component.as_deref() {
        None | Some("VEVENT") => Ok(Kind::Calendar),
        Some("VTODO") => Ok(Kind::Tasks),
        Some("VJOURNAL") => Ok(Kind::Notes),
        Some(_) => Err(Reply::failed(403, CALDAV, "supported-calendar-component")),
    }
}
