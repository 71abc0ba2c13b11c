//! The properties of WebDAV itself (RFC 4918, RFC 3253, RFC 6578).

use engine::FolderView;
use items::Kind;

use super::{Subject, content_type, etag, http_date};
use crate::context::Context;
use crate::xml::{CALDAV, CARDDAV, DAV, Xml};

/// Writes a property, and returns whether the subject has it.
pub(super) fn write(xml: &mut Xml, context: &Context<'_>, subject: &Subject<'_>, local: &str) -> bool {
    match local {
        "resourcetype" => resource_type(xml, subject),
        "displayname" => {
            let Some(name) = display_name(subject) else { return false };
            xml.leaf(DAV, local, &name);
        }
        "creationdate" => {
            let at = match subject {
                Subject::Folder(place) => place.folder.created_at,
                Subject::Item(_, entry) => entry.created_at,
                Subject::Root | Subject::Principals | Subject::Principal(_) | Subject::Home(_) => {
                    return false;
                }
            };
            xml.leaf(DAV, local, &at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
        }
        "supported-report-set" => reports(xml, subject),
        "supportedlock" | "lockdiscovery" => {
            xml.empty(DAV, local);
        }
        "sync-token" => {
            let Subject::Folder(place) = subject else { return false };
            let token = context.engine.sync_token(context.caller, place.folder.id, context.now);
            let Ok(Some(token)) = token else { return false };
            xml.leaf(DAV, local, &crate::report::token_uri(&token));
        }
        _ => return of_item(xml, subject, local),
    }
    true
}

fn of_item(xml: &mut Xml, subject: &Subject<'_>, local: &str) -> bool {
    let Subject::Item(place, entry) = subject else { return false };
    let value = match local {
        "getetag" => etag(entry.version),
        "getcontenttype" => content_type(place.folder.kind).to_owned(),
        "getcontentlength" => entry.size.to_string(),
        "getlastmodified" => http_date(entry.changed_at),
        _ => return false,
    };
    xml.leaf(DAV, local, &value);
    true
}

fn display_name(subject: &Subject<'_>) -> Option<String> {
    match subject {
        Subject::Principal(account) | Subject::Home(account) => Some(account.display_name.clone()),
        Subject::Folder(place) => Some(title(&place.folder)),
        Subject::Item(..) | Subject::Root | Subject::Principals => None,
    }
}

/// Returns what a folder is called: one of somebody else with his name, so that two calendars can be told apart.
fn title(folder: &FolderView) -> String {
    if folder.own || folder.in_space {
        folder.name().to_owned()
    } else {
        format!("{} ({})", folder.name(), folder.account_title)
    }
}

fn resource_type(xml: &mut Xml, subject: &Subject<'_>) {
    xml.open(DAV, "resourcetype");
    match subject {
        Subject::Root | Subject::Principals | Subject::Home(_) => {
            xml.empty(DAV, "collection");
        }
        Subject::Principal(_) => {
            xml.empty(DAV, "principal");
        }
        Subject::Folder(place) => {
            xml.empty(DAV, "collection");
            match place.folder.kind {
                Kind::Calendar | Kind::Tasks | Kind::Notes => {
                    xml.empty(CALDAV, "calendar");
                }
                Kind::Contacts => {
                    xml.empty(CARDDAV, "addressbook");
                }
                Kind::Mail | Kind::Files => {}
            }
        }
        Subject::Item(..) => {}
    }
    xml.close();
}

fn reports(xml: &mut Xml, subject: &Subject<'_>) {
    xml.open(DAV, "supported-report-set");
    let mut report = |space: &str, local: &str| {
        xml.open(DAV, "supported-report").open(DAV, "report").empty(space, local).close().close();
    };
    if let Subject::Folder(place) = subject {
        report(DAV, "sync-collection");
        match place.folder.kind {
            Kind::Calendar | Kind::Tasks | Kind::Notes => {
                report(CALDAV, "calendar-multiget");
                report(CALDAV, "calendar-query");
            }
            Kind::Contacts => {
                report(CARDDAV, "addressbook-multiget");
                report(CARDDAV, "addressbook-query");
            }
            Kind::Mail | Kind::Files => {}
        }
        if place.folder.kind == Kind::Calendar {
            report(CALDAV, "free-busy-query");
        }
    }
    xml.close();
}
