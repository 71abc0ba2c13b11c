//! Why a list was not changed, and what others did to it, in words.

use access::{AxisLevel, Beyond};
use engine::{MAX_ENTRIES, MissedChange, ShareError, Voice};
use fluent_bundle::FluentArgs;
use items::Kind;

use crate::frame::Frame;
use crate::page::principal;
use crate::words::key;

/// Returns why a change is refused.
pub(super) fn refused(error: &ShareError, kind: Kind, frame: &Frame) -> String {
    let who = |text: &str, who| frame.with(text, "name", principal::name(who, "", frame));
    match error {
        ShareError::NotAdmin => frame.say("share-not-admin"),
        ShareError::Conflict(_) => frame.say("share-conflict"),
        ShareError::Beyond { principal, beyond } => {
            let text = match beyond {
                Beyond::Level { given, .. } => match given {
                    AxisLevel::Folder(_) => key("share-beyond-folder"),
                    AxisLevel::Read(_) => key("share-beyond-read"),
                    AxisLevel::Write(_) => key("share-beyond-write"),
                    AxisLevel::Delete(_) => key("share-beyond-delete"),
                },
                Beyond::Private => key("share-beyond-private"),
                Beyond::Busy { .. } => key("share-beyond-busy"),
            };
            who(text, principal)
        }
        ShareError::RaisesUser { user, rights } => {
            let mut args = FluentArgs::new();
            args.set("name", user.display_name.as_str());
            args.set("rights", engine::say(rights, kind, Voice::Third, frame.words().language()));
            frame.words().fill("share-raises", &args)
        }
        ShareError::LockOut => frame.say("share-lock-out"),
        ShareError::OwnAdmin => frame.say("share-own-admin"),
        ShareError::Unknown { principal } => who(key("share-unknown"), principal),
        ShareError::Twice { principal } => who(key("share-twice"), principal),
        ShareError::Ended { principal } => who(key("share-ended"), principal),
        ShareError::TooMany => frame.with("share-too-many", "count", MAX_ENTRIES),
        ShareError::Failed(error) => error.to_string(),
    }
}

/// Returns when somebody else changed the list, and what.
pub(super) fn missed(missed: &MissedChange, (by, name): (String, String), frame: &Frame) -> (String, String) {
    let mut args = FluentArgs::new();
    let grant = |text: &str| if text.is_empty() { frame.say("share-no-grant") } else { text.to_owned() };
    args.set("by", by);
    args.set("name", name);
    args.set("old", grant(&missed.old));
    args.set("new", grant(&missed.new));
    (frame.time(missed.at), frame.words().fill("share-missed", &args))
}
