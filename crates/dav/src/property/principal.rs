//! Who is who (RFC 3744, RFC 5397).

use super::Subject;
use crate::context::Context;
use crate::path;
use crate::xml::{DAV, Name, Xml};

/// Writes a property, and returns whether the subject has it.
pub(super) fn write(xml: &mut Xml, context: &Context<'_>, subject: &Subject<'_>, local: &str) -> bool {
    match (local, subject) {
        ("current-user-principal", _) => {
            xml.open(DAV, local).href(&path::principal(context.caller.name())).close();
        }
        ("principal-URL", Subject::Principal(account)) => {
            xml.open(DAV, local).href(&path::principal(&account.name)).close();
        }
        ("alternate-URI-set" | "group-membership", Subject::Principal(_)) => {
            xml.empty(DAV, local);
        }
        _ => return false,
    }
    true
}

/// Returns the names of what the subject has here.
pub(super) fn names(subject: &Subject<'_>) -> Vec<Name> {
    let mut names = vec![Name::dav("current-user-principal")];
    if matches!(subject, Subject::Principal(_)) {
        names.extend([
            Name::dav("principal-URL"),
            Name::dav("alternate-URI-set"),
            Name::dav("group-membership"),
        ]);
    }
    names
}
