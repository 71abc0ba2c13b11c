//! PUT.

use engine::{NamedOutcome, NamedWrite};
use items::{Kind, Unfit};

use crate::condition::conditions;
use crate::context::{Context, OrReply as _};
use crate::denied::denied;
use crate::property::etag;
use crate::reply::Reply;
use crate::request::Request;
use crate::target::{Place, Target};
use crate::xml::{CALDAV, CARDDAV, COMITY, DAV, Xml};

/// Writes an item as it comes.
pub(crate) fn put(context: &Context<'_>, request: &Request, target: &Target) -> Result<Reply, Reply> {
    let (place, name) = match target {
        Target::Item(place, name) if !request.path.slash => (place, name),
        Target::Item(..) => return Err(Reply::empty(409)),
        Target::Top(..) => return Err(Reply::empty(403)),
        Target::Root | Target::Principals | Target::Principal(_) | Target::Home(_) | Target::Folder(_) => {
            return Err(Reply::empty(405));
        }
    };
    if request.headers.contains_key("content-range") {
        return Err(Reply::empty(400));
    }
    let (conditions, agent) = (conditions(request), request.agent());
    let write = NamedWrite { folder: place.folder.id, name, conditions: &conditions, agent: &agent };
    let outcome =
        context.engine.write_named(context.caller, &write, &request.body, context.now).or_reply()?;
    Ok(answer(place, name, outcome))
}

/// Returns what a client is told of a write under a name.
pub(crate) fn answer(place: &Place, name: &str, outcome: NamedOutcome) -> Reply {
    match outcome {
        NamedOutcome::Created(None) => Reply::empty(201),
        NamedOutcome::Created(Some(entry)) => {
            let reply = Reply::empty(201).with_header("etag", etag(entry.version));
            if entry.name == name { reply } else { reply.with_header("location", place.item(&entry.name)) }
        }
        NamedOutcome::Changed(entry) => Reply::empty(204).with_header("etag", etag(entry.version)),
        NamedOutcome::Deleted => Reply::empty(204),
        NamedOutcome::Absent => Reply::absent(),
        NamedOutcome::OtherVersion => Reply::empty(412),
        NamedOutcome::Denied { id, need } => denied(Some(id), need, (&place.item(name), &place.href)),
        NamedOutcome::Unfit(unfit) => {
            refused(place.folder.kind, precondition(place.folder.kind, &unfit), &unfit.to_string())
        }
        NamedOutcome::Malformed(trouble) => {
            let words = format!("line {}: {}", trouble.line, trouble.what);
            refused(place.folder.kind, "valid-data", &words)
        }
        NamedOutcome::SameUid { name } => {
            let mut xml = Xml::document(DAV, "error");
            xml.open(space(place.folder.kind), "no-uid-conflict").href(&place.item(&name));
            Reply::xml(409, xml)
        }
        NamedOutcome::OtherUid => Reply::failed(409, space(place.folder.kind), "no-uid-conflict"),
    }
}

const fn space(kind: Kind) -> &'static str {
    match kind {
        Kind::Calendar | Kind::Tasks | Kind::Notes => CALDAV,
        Kind::Contacts => CARDDAV,
        Kind::Mail | Kind::Files => DAV,
    }
}

/// Returns what the standards call it, `valid-data` for what each of them calls by a name of its own.
fn precondition(kind: Kind, unfit: &Unfit) -> &'static str {
    match unfit {
        Unfit::TooMany { what: "attendees", .. } => "max-attendees-per-instance",
        Unfit::TooLarge { .. } | Unfit::TooMany { what: "alarms", .. } => "max-resource-size",
        Unfit::TooMany { .. } => "max-instances",
        Unfit::Missing { component: "VEVENT" | "VTODO" | "VJOURNAL" } => "supported-calendar-component",
        Unfit::Several | Unfit::Method if kind != Kind::Contacts => "valid-calendar-object-resource",
        Unfit::Several | Unfit::Method | Unfit::Missing { .. } | Unfit::LongLine { .. } | Unfit::TooDeep => {
            "valid-data"
        }
    }
}

fn refused(kind: Kind, precondition: &str, words: &str) -> Reply {
    let named = match (precondition, kind) {
        ("valid-data", Kind::Contacts) => "valid-address-data",
        ("valid-data", _) => "valid-calendar-data",
        (other, _) => other,
    };
    let mut xml = Xml::document(DAV, "error");
    xml.empty(space(kind), named);
    xml.leaf(COMITY, "what", words);
    Reply::xml(403, xml)
}
