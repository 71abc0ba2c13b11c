//! Properties, and the part of an answer that tells them.

mod calendar;
mod live;
mod principal;
mod rights;

use engine::{AccountView, Entry, Version};
use items::Kind;

use crate::context::Context;
use crate::reply::Reply;
use crate::target::Place;
use crate::xml::{APPLE, CALDAV, CALENDARSERVER, CARDDAV, COMITY, DAV, Element, MAPI, Name, Xml};

/// Properties that one request names at most.
pub(crate) const MAX_PROPERTIES: usize = 200;

/// What properties are asked of.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Subject<'a> {
    Root,
    Principals,
    Principal(&'a AccountView),
    Home(&'a AccountView),
    Folder(&'a Place),
    Item(&'a Place, &'a Entry),
}

impl Subject<'_> {
    /// Returns its address.
    pub(crate) fn href(&self) -> String {
        match self {
            Self::Root => crate::target::root().to_owned(),
            Self::Principals => format!("{}principals/", crate::target::root()),
            Self::Principal(account) => crate::path::principal(&account.name),
            Self::Home(account) => crate::path::home(&account.name),
            Self::Folder(place) => place.href.clone(),
            Self::Item(place, entry) => place.item(&entry.name),
        }
    }
}

/// Which properties are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Those that everything has, and these.
    All(Vec<Name>),
    /// The names of those that are there.
    Names,
    /// These.
    These(Vec<Name>),
}

impl Wanted {
    /// Reads the inside of a PROPFIND or a report.
    pub(crate) fn of(root: &Element) -> Result<Self, Reply> {
        let list =
            |element: &Element| -> Vec<Name> { element.children().map(|child| child.name.clone()).collect() };
        let wanted = if let Some(prop) = root.child(DAV, "prop") {
            Self::These(list(prop))
        } else if root.child(DAV, "propname").is_some() {
            Self::Names
        } else if root.child(DAV, "allprop").is_some() {
            Self::All(root.child(DAV, "include").map(list).unwrap_or_default())
        } else {
            return Err(Reply::empty(400));
        };
        match &wanted {
            Self::These(names) | Self::All(names) if names.len() > MAX_PROPERTIES => Err(Reply::empty(400)),
            Self::These(_) | Self::All(_) | Self::Names => Ok(wanted),
        }
    }
}

/// Whether an answer tells what is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    Told,
    LeftOut,
}

/// What an item's own text adds to its properties, in reports.
pub(crate) type Extra<'a> = &'a dyn Fn(&mut Xml, &Name) -> bool;

/// Writes one `DAV:response` with the properties of one thing.
pub(crate) fn response(
    xml: &mut Xml,
    context: &Context<'_>,
    subject: &Subject<'_>,
    (wanted, missing): (&Wanted, Missing),
    extra: Extra<'_>,
) {
    let mut found = Xml::part();
    let mut absent = Xml::part();
    match wanted {
        Wanted::Names => {
            for name in every(subject) {
                found.empty(&name.space, &name.local);
            }
        }
        Wanted::All(more) => {
            for name in general(subject).iter().chain(more) {
                let _ = write(&mut found, context, subject, name) || extra(&mut found, name);
            }
        }
        Wanted::These(names) => {
            for name in names {
                if !write(&mut found, context, subject, name) && !extra(&mut found, name) {
                    absent.empty(&name.space, &name.local);
                }
            }
        }
    }
    xml.open(DAV, "response").href(&subject.href());
    let tells_absent = missing == Missing::Told && !absent.is_empty();
    if !found.is_empty() || !tells_absent {
        propstat(xml, found, "200 OK");
    }
    if tells_absent {
        propstat(xml, absent, "404 Not Found");
    }
    xml.close();
}

/// Writes one `DAV:propstat`.
pub(crate) fn propstat(xml: &mut Xml, properties: Xml, status: &str) {
    xml.open(DAV, "propstat").open(DAV, "prop").part_of(properties).close();
    xml.leaf(DAV, "status", &format!("HTTP/1.1 {status}")).close();
}

/// Writes a `DAV:response` that has a status and no properties.
pub(crate) fn status(xml: &mut Xml, href: &str, status: &str) {
    xml.open(DAV, "response").href(href).leaf(DAV, "status", &format!("HTTP/1.1 {status}")).close();
}

/// Writes a property, and returns whether the subject has it.
fn write(xml: &mut Xml, context: &Context<'_>, subject: &Subject<'_>, name: &Name) -> bool {
    let local = name.local.as_ref();
    match name.space.as_ref() {
        DAV => {
            live::write(xml, context, subject, local)
                || rights::write(xml, context, subject, local)
                || principal::write(xml, context, subject, local)
        }
        CALDAV | CARDDAV | CALENDARSERVER | APPLE => calendar::write(xml, context, subject, name),
        COMITY | MAPI => rights::write_ours(xml, subject, name),
        _ => false,
    }
}

/// Returns the properties that are told where none is named: those of WebDAV, and what may be done.
fn general(subject: &Subject<'_>) -> Vec<Name> {
    const COMMON: [Name; 4] = [
        Name::dav("resourcetype"),
        Name::dav("displayname"),
        Name::dav("creationdate"),
        Name::dav("getlastmodified"),
    ];
    const OF_ITEM: [Name; 3] =
        [Name::dav("getetag"), Name::dav("getcontenttype"), Name::dav("getcontentlength")];
    let mut names = COMMON.to_vec();
    if matches!(subject, Subject::Item(..)) {
        names.extend(OF_ITEM);
    }
    names.extend([Name::known(COMITY, "access"), Name::dav("supportedlock"), Name::dav("lockdiscovery")]);
    names
}

/// Returns the names of all that the subject has.
fn every(subject: &Subject<'_>) -> Vec<Name> {
    let mut names = general(subject);
    names.extend(rights::names(subject));
    names.extend(principal::names(subject));
    names.extend(calendar::names(subject));
    names
}

/// Returns a version as an entity tag.
pub(crate) fn etag(version: Version) -> String {
    format!("\"{}-{}\"", version.uid, version.content)
}

/// Returns the version of an entity tag that this server made.
pub(crate) fn version_of(tag: &str) -> Option<Version> {
    let tag = tag.trim().strip_prefix("W/").unwrap_or(tag.trim());
    let (uid, content) = tag.strip_prefix('"')?.strip_suffix('"')?.split_once('-')?;
    let number = |digits: &str| digits.parse::<i64>().ok().filter(|number| number.to_string() == digits);
    Some(Version { uid: engine::Uid(number(uid)?), content: engine::Modseq(number(content)?) })
}

/// Returns what the bytes of an item are.
pub(crate) const fn content_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Mail => "message/rfc822",
        Kind::Calendar => "text/calendar; charset=utf-8; component=vevent",
        Kind::Tasks => "text/calendar; charset=utf-8; component=vtodo",
        Kind::Notes => "text/calendar; charset=utf-8; component=vjournal",
        Kind::Contacts => "text/vcard; charset=utf-8",
        Kind::Files => "application/octet-stream",
    }
}

/// Returns a time as HTTP writes it.
pub(crate) fn http_date(at: engine::Timestamp) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

#[cfg(test)]
mod tests {
    use engine::{Modseq, Uid};

    use super::*;

    #[test]
    fn an_entity_tag_is_read_back_and_no_other_is() {
        let version = Version { uid: Uid(7), content: Modseq(12) };
        assert_eq!(etag(version), "\"7-12\"");
        assert_eq!(version_of(" \"7-12\" "), Some(version));
        assert_eq!(version_of("W/\"7-12\""), Some(version));
        for foreign in ["7-12", "\"7\"", "\"07-12\"", "\"+7-12\"", "\"\"", "*"] {
            assert_eq!(version_of(foreign), None, "{foreign}");
        }
    }

    #[test]
    fn a_date_is_as_http_wants_it() {
        let at = "1994-11-06T08:49:37Z".parse().unwrap();
        assert_eq!(http_date(at), "Sun, 06 Nov 1994 08:49:37 GMT");
    }
}
