//! Users, groups and everyone, as pages call them.

use engine::PrincipalRef;

use crate::frame::Frame;

/// Returns what a principal is called.
pub(super) fn name(who: &PrincipalRef, display_name: &str, frame: &Frame) -> String {
    match who {
        PrincipalRef::Everyone => frame.say("share-everyone"),
        PrincipalRef::User(_) | PrincipalRef::Group(_) if !display_name.is_empty() => display_name.to_owned(),
        PrincipalRef::User(name) | PrincipalRef::Group(name) => name.clone(),
    }
}
