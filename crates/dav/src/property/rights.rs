//! What the user may do, told (RFC 3744, and our own properties).

use access::map::webdav::{self, Privilege};
use access::{Bits, Class};

use super::Subject;
use crate::context::Context;
use crate::path;
use crate::xml::{COMITY, DAV, MAPI, Name, Xml};

/// The name of `PR_ACCESS` among properties by number.
const PR_ACCESS: &str = "x0ff40003";

/// Writes a property of RFC 3744, and returns whether the subject has it.
pub(super) fn write(xml: &mut Xml, context: &Context<'_>, subject: &Subject<'_>, local: &str) -> bool {
    match local {
        "current-user-privilege-set" => {
            xml.open(DAV, local);
            for privilege in privileges(context, subject) {
                privilege_element(xml, privilege);
            }
            xml.close();
        }
        "supported-privilege-set" => {
            xml.open(DAV, local);
            supported(xml);
            xml.close();
        }
        "owner" => {
            let owner = match subject {
                Subject::Folder(place) => Some(place.folder.account.as_str()),
                Subject::Item(_, entry) => entry.owner.as_deref(),
                Subject::Home(account) | Subject::Principal(account) => Some(account.name.as_str()),
                Subject::Root | Subject::Principals => None,
            };
            xml.open(DAV, local);
            if let Some(owner) = owner {
                xml.href(&path::principal(owner));
            }
            xml.close();
        }
        "acl-restrictions" => {
            xml.open(DAV, local).empty(DAV, "grant-only").empty(DAV, "no-invert").close();
        }
        "principal-collection-set" => {
            xml.open(DAV, local).href(&Subject::Principals.href()).close();
        }
        _ => return false,
    }
    true
}

/// Writes one of our own properties, and returns whether the subject has it.
pub(super) fn write_ours(xml: &mut Xml, subject: &Subject<'_>, name: &Name) -> bool {
    let word = match subject {
        Subject::Folder(place) => place.folder.access.folder,
        Subject::Item(_, entry) => entry.bits,
        Subject::Root | Subject::Principals | Subject::Principal(_) | Subject::Home(_) => return false,
    };
    match (name.space.as_ref(), name.local.as_ref(), subject) {
        (COMITY, "access", _) => {
            xml.leaf(COMITY, "access", &word.pr_access().to_string());
        }
        (MAPI, PR_ACCESS, _) => {
            xml.leaf(MAPI, PR_ACCESS, &word.pr_access().to_string());
        }
        (COMITY, "access-classes", Subject::Folder(place)) => {
            xml.open(COMITY, "access-classes");
            for class in [Class::Mine, Class::Others, Class::OthersPrivate] {
                let word: Bits = place.folder.access.item(class);
                xml.leaf(COMITY, class.as_str(), &word.value().to_string());
            }
            xml.close();
        }
        (COMITY, "access-epoch", Subject::Folder(place)) => {
            xml.leaf(COMITY, "access-epoch", &place.folder.revision.to_string());
        }
        (COMITY, "access-class", Subject::Item(_, entry)) => {
            xml.leaf(COMITY, "access-class", entry.class.as_str());
        }
        _ => return false,
    }
    true
}

/// Returns the names of what the subject has here.
pub(super) fn names(subject: &Subject<'_>) -> Vec<Name> {
    let mut names = vec![
        Name::dav("current-user-privilege-set"),
        Name::dav("supported-privilege-set"),
        Name::dav("owner"),
        Name::dav("acl-restrictions"),
        Name::dav("principal-collection-set"),
    ];
    match subject {
        Subject::Folder(_) => names.extend([
            Name::known(COMITY, "access-classes"),
            Name::known(COMITY, "access-epoch"),
            Name::known(MAPI, PR_ACCESS),
        ]),
        Subject::Item(..) => {
            names.extend([Name::known(COMITY, "access-class"), Name::known(MAPI, PR_ACCESS)]);
        }
        Subject::Root | Subject::Principals | Subject::Principal(_) | Subject::Home(_) => {}
    }
    names
}

fn privileges(context: &Context<'_>, subject: &Subject<'_>) -> Vec<Privilege> {
    match subject {
        Subject::Folder(place) => webdav::of_folder(&place.folder.access),
        Subject::Item(_, entry) => webdav::of_item(entry.bits),
        Subject::Home(account) if account.name == context.caller.name() => {
            vec![
                Privilege::Read,
                Privilege::ReadCurrentUserPrivilegeSet,
                Privilege::Bind,
                Privilege::MakeCollection,
            ]
        }
        Subject::Root | Subject::Principals | Subject::Principal(_) | Subject::Home(_) => {
            vec![Privilege::Read, Privilege::ReadCurrentUserPrivilegeSet]
        }
    }
}

/// Writes one `DAV:privilege`.
pub(crate) fn privilege_element(xml: &mut Xml, privilege: Privilege) {
    let space = if privilege.is_ours() { COMITY } else { DAV };
    xml.open(DAV, "privilege").empty(space, privilege.as_str()).close();
}

/// Writes the tree of privileges: what contains what.
fn supported(xml: &mut Xml) {
    use Privilege as P;
    let tree: [(P, &[P], &str); 6] = [
        (P::Read, &[P::ReadOwn, P::ReadCurrentUserPrivilegeSet], "See the folder and read its items"),
        (
            P::Write,
            &[
                P::WriteContent,
                P::WriteProperties,
                P::Bind,
                P::Unbind,
                P::WriteOwn,
                P::DeleteOwn,
                P::DeleteItem,
                P::MakeCollection,
            ],
            "Create, change and delete items",
        ),
        (P::Unlock, &[], "Take away locks of others"),
        (P::ReadAcl, &[], "See who may do what"),
        (P::WriteAcl, &[], "Change who may do what"),
        (P::RemoveCollection, &[], "Remove the folder"),
    ];
    xml.open(DAV, "supported-privilege");
    xml.open(DAV, "privilege").empty(DAV, "all").close().empty(DAV, "abstract");
    description(xml, "All");
    for (privilege, parts, words) in tree {
        xml.open(DAV, "supported-privilege");
        privilege_element(xml, privilege);
        description(xml, words);
        for part in parts {
            xml.open(DAV, "supported-privilege");
            privilege_element(xml, *part);
            description(xml, part.as_str());
            xml.close();
        }
        xml.close();
    }
    xml.close();
}

fn description(xml: &mut Xml, words: &str) {
    xml.leaf(DAV, "description", words);
}
