//! What others share with the reader, and what the reader shares.

use askama::Template;
use engine::{Showing, Voice};

use super::home::kind_key;
use super::principal;
use crate::answer::{Answer, Refusal};
use crate::ask::Visit;
use crate::frame::Frame;
use crate::link;

#[derive(Template)]
#[template(path = "shared_folders.html")]
struct Page {
    frame: Frame,
    with_me: Vec<With>,
    by_me: Vec<By>,
}

/// A folder that the reader was given.
struct With {
    name: String,
    owner: String,
    kind: String,
    /// What he may do there.
    words: String,
    /// To whom it was given: himself, or groups he is in.
    through: String,
    until: Option<String>,
    /// Where it shows.
    places: Vec<String>,
    address: Option<String>,
}

/// A folder that the reader gave to others.
struct By {
    name: String,
    kind: String,
    /// To whom, and what they may do.
    grants: Vec<(String, String)>,
    share: String,
    share_label: String,
}

/// Shows both lists.
pub(crate) fn show(visit: &Visit<'_>) -> Result<Answer, Refusal> {
    let frame = visit.ask.frame();
    let with_me = visit.engine().shared_with(visit.caller(), visit.ask.now)?;
    let with_me = with_me.iter().map(|folder| with(folder, &frame)).collect();
    let by_me = visit.engine().shared_by(visit.caller(), visit.ask.now)?;
    let by_me = by_me.iter().map(|folder| by(folder, visit.caller().name(), &frame)).collect();
    Ok(Answer::page(&Page { frame, with_me, by_me }))
}

fn with(folder: &engine::SharedWith, frame: &Frame) -> With {
    let words = engine::say(&folder.effect.rights(), folder.kind, Voice::Second, frame.words().language());
    let through: Vec<String> = folder.through.iter().map(|who| principal::name(who, "", frame)).collect();
    let shown = folder.devices.iter().filter(|device| device.showing == Showing::Shown);
    With {
        name: folder.path.replace('/', " / "),
        owner: frame.with("shared-of", "owner", folder.owner.display_name.as_str()),
        kind: frame.say(kind_key(folder.kind)),
        words: frame.with("share-you-may", "rights", words),
        through: frame.with("shared-through", "names", through.join(", ")),
        until: folder.until.map(|until| frame.with("shared-until", "time", frame.time(until))),
        places: shown.map(|device| frame.with("shared-on-phone", "phone", device.kind.as_str())).collect(),
        address: folder.visible.then(|| link::folder("share", &folder.owner.name, &folder.path)),
    }
}

fn by(folder: &engine::SharedBy, account: &str, frame: &Frame) -> By {
    let grants = folder.grants.iter().map(|grant| {
        let rights = grant.effect.rights();
        let words = engine::say(&rights, folder.kind, Voice::Third, frame.words().language());
        let name = principal::name(&grant.principal, &grant.display_name, frame);
        (name, frame.with("share-may", "rights", words))
    });
    By {
        grants: grants.collect(),
        name: folder.path.replace('/', " / "),
        kind: frame.say(kind_key(folder.kind)),
        share: link::folder("share", account, &folder.path),
        share_label: frame.with("home-share-folder", "folder", folder.path.as_str()),
    }
}
