//! The properties of `CalDAV`, `CardDAV` and those around them.

use items::{Kind, MAX_ITEM_BYTES};

use super::Subject;
use crate::context::Context;
use crate::path;
use crate::xml::{CALDAV, CALENDARSERVER, CARDDAV, Name, Xml};

/// Writes a property, and returns whether the subject has it.
pub(super) fn write(xml: &mut Xml, context: &Context<'_>, subject: &Subject<'_>, name: &Name) -> bool {
    let (space, local) = (name.space.as_ref(), name.local.as_ref());
    match subject {
        Subject::Principal(account) => of_principal(xml, context, &account.name, (space, local)),
        Subject::Folder(place) => match place.folder.kind {
            Kind::Calendar | Kind::Tasks | Kind::Notes => {
                of_any(xml, subject, (space, local)) || of_calendar(xml, place.folder.kind, (space, local))
            }
            Kind::Contacts => of_any(xml, subject, (space, local)) || of_contacts(xml, (space, local)),
            Kind::Mail | Kind::Files => of_any(xml, subject, (space, local)),
        },
        Subject::Root | Subject::Principals | Subject::Home(_) | Subject::Item(..) => false,
    }
}

fn of_principal(xml: &mut Xml, context: &Context<'_>, account: &str, (space, local): (&str, &str)) -> bool {
    let own = account == context.caller.name();
    match (space, local) {
        (CALDAV, "calendar-home-set") | (CARDDAV, "addressbook-home-set") => {
            xml.open(space, local).href(&path::home(account)).close();
        }
        (CALDAV, "calendar-user-address-set") if own => {
            xml.open(space, local);
            if let Some(email) = context.caller.email() {
                xml.href(&format!("mailto:{email}"));
            }
            xml.href(&path::principal(account)).close();
        }
        (CALDAV, "calendar-user-type") if own => {
            xml.leaf(space, local, "INDIVIDUAL");
        }
        (CALENDARSERVER, "email-address-set") if own => {
            xml.open(space, local);
            if let Some(email) = context.caller.email() {
                xml.leaf(CALENDARSERVER, "email-address", email);
            }
            xml.close();
        }
        _ => return false,
    }
    true
}

fn of_any(xml: &mut Xml, subject: &Subject<'_>, (space, local): (&str, &str)) -> bool {
    let Subject::Folder(place) = subject else { return false };
    if (space, local) != (CALENDARSERVER, "getctag") {
        return false;
    }
    // Rights are in it: who compares tags looks again when they change.
    let folder = &place.folder;
    let words = folder.access.words().map(|word| word.to_string()).join("-");
    xml.leaf(space, local, &format!("{}-{words}", folder.modseq));
    true
}

fn of_calendar(xml: &mut Xml, kind: Kind, (space, local): (&str, &str)) -> bool {
    let component = match kind {
        Kind::Tasks => "VTODO",
        Kind::Notes => "VJOURNAL",
        Kind::Calendar | Kind::Contacts | Kind::Mail | Kind::Files => "VEVENT",
    };
    match (space, local) {
        (CALDAV, "supported-calendar-component-set") => {
            xml.open(space, local).empty_with(CALDAV, "comp", &[("name", component)]).close();
        }
        (CALDAV, "supported-calendar-data") => {
            let attributes = [("content-type", "text/calendar"), ("version", "2.0")];
            xml.open(space, local).empty_with(CALDAV, "calendar-data", &attributes).close();
        }
        (CALDAV, "max-resource-size") => {
            xml.leaf(space, local, &MAX_ITEM_BYTES.to_string());
        }
        (CALDAV, "supported-collation-set") => {
            xml.open(space, local);
            for collation in ["i;ascii-casemap", "i;octet", "i;unicode-casemap"] {
                xml.leaf(CALDAV, "supported-collation", collation);
            }
            xml.close();
        }
        (CALDAV, "schedule-calendar-transp") => {
            xml.open(space, local).empty(CALDAV, "opaque").close();
        }
        _ => return false,
    }
    true
}

fn of_contacts(xml: &mut Xml, (space, local): (&str, &str)) -> bool {
    match (space, local) {
        (CARDDAV, "supported-address-data") => {
            xml.open(space, local);
            for version in ["3.0", "4.0"] {
                let attributes = [("content-type", "text/vcard"), ("version", version)];
                xml.empty_with(CARDDAV, "address-data-type", &attributes);
            }
            xml.close();
        }
        (CARDDAV, "max-resource-size") => {
            xml.leaf(space, local, &MAX_ITEM_BYTES.to_string());
        }
        (CARDDAV, "supported-collation-set") => {
            xml.open(space, local);
            for collation in ["i;ascii-casemap", "i;octet", "i;unicode-casemap"] {
                xml.leaf(CARDDAV, "supported-collation", collation);
            }
            xml.close();
        }
        _ => return false,
    }
    true
}

/// Returns the names of what the subject has here.
pub(super) fn names(subject: &Subject<'_>) -> Vec<Name> {
    let calendar = |local| Name::known(CALDAV, local);
    let contacts = |local| Name::known(CARDDAV, local);
    match subject {
        Subject::Principal(_) => vec![calendar("calendar-home-set"), contacts("addressbook-home-set")],
        Subject::Folder(place) => {
            let mut names = vec![Name::dav("sync-token"), Name::known(CALENDARSERVER, "getctag")];
            match place.folder.kind {
                Kind::Calendar | Kind::Tasks | Kind::Notes => names.extend([
                    calendar("supported-calendar-component-set"),
                    calendar("supported-calendar-data"),
                    calendar("max-resource-size"),
                    calendar("supported-collation-set"),
                ]),
                Kind::Contacts => names.extend([
                    contacts("supported-address-data"),
                    contacts("max-resource-size"),
                    contacts("supported-collation-set"),
                ]),
                Kind::Mail | Kind::Files => {}
            }
            names
        }
        Subject::Root | Subject::Principals | Subject::Home(_) | Subject::Item(..) => Vec::new(),
    }
}
