//! PROPFIND.

use engine::{AccountView, Uid};

use crate::context::{Context, OrReply as _};
use crate::property::{Missing, Subject, Wanted, response};
use crate::reply::Reply;
use crate::request::{Depth, Request};
use crate::target::{self, Place, Target};
use crate::xml::{DAV, Xml};

/// Items read at a time.
const CHUNK: u32 = 1_000;

/// Tells properties of one thing, or of what stands directly in it too.
pub(crate) fn propfind(context: &Context<'_>, request: &Request, target: &Target) -> Result<Reply, Reply> {
    let wanted = match request.document()? {
        None => Wanted::All(Vec::new()),
        Some(root) if root.name.is(DAV, "propfind") => Wanted::of(&root)?,
        Some(_) => return Err(Reply::empty(400)),
    };
    let reach = match request.depth()? {
        Some(Depth::Zero) => Reach::Itself,
        Some(Depth::One) => Reach::Children,
        Some(Depth::Infinity) | None => return Err(Reply::failed(403, DAV, "propfind-finite-depth")),
    };
    let deep = reach == Reach::Children;
    let missing = if request.prefers_minimal() { Missing::LeftOut } else { Missing::Told };
    let mut answer = Answer { context, xml: Xml::document(DAV, "multistatus"), wanted, missing };
    match target {
        Target::Root => answer.root(reach)?,
        Target::Principals => {
            answer.tell(&Subject::Principals);
            if deep {
                answer.accounts(|account| Subject::Principal(account))?;
            }
        }
        Target::Principal(account) => answer.tell(&Subject::Principal(account)),
        Target::Home(account) => {
            answer.tell(&Subject::Home(account));
            if deep {
                answer.places(target::in_home(context, account)?);
            }
        }
        Target::Folder(place) => answer.folder(place, reach)?,
        Target::Item(place, name) => {
            let entry = context.engine.entry(context.caller, place.folder.id, name, context.now);
            let entry = entry.or_reply()?.filter(|_| !request.path.slash).ok_or_else(Reply::absent)?;
            answer.tell(&Subject::Item(place, &entry));
        }
        Target::Top(..) => return Err(Reply::absent()),
    }
    Ok(Reply::xml(207, answer.xml))
}

/// What an answer tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    Itself,
    Children,
}

struct Answer<'a> {
    context: &'a Context<'a>,
    xml: Xml,
    wanted: Wanted,
    missing: Missing,
}

impl Answer<'_> {
    fn tell(&mut self, subject: &Subject<'_>) {
        response(&mut self.xml, self.context, subject, (&self.wanted, self.missing), &|_, _| false);
    }

    fn root(&mut self, reach: Reach) -> Result<(), Reply> {
        self.tell(&Subject::Root);
        if reach == Reach::Children {
            self.tell(&Subject::Principals);
            self.accounts(|account| Subject::Home(account))?;
        }
        Ok(())
    }

    fn accounts(&mut self, subject: impl Fn(&AccountView) -> Subject<'_>) -> Result<(), Reply> {
        for account in target::accounts(self.context)? {
            self.tell(&subject(&account));
        }
        Ok(())
    }

    fn places(&mut self, places: Vec<Place>) {
        for place in places {
            self.tell(&Subject::Folder(&place));
        }
    }

    fn folder(&mut self, place: &Place, reach: Reach) -> Result<(), Reply> {
        self.tell(&Subject::Folder(place));
        if reach == Reach::Itself {
            return Ok(());
        }
        self.places(target::in_folder(self.context, place)?);
        let Context { engine, caller, now } = *self.context;
        let mut after = Some(Uid(0));
        while let Some(from) = after {
            let found = engine.entries(caller, place.folder.id, (from, CHUNK), now).or_reply()?;
            let page = found.ok_or_else(Reply::absent)?;
            for entry in &page.entries {
                self.tell(&Subject::Item(place, entry));
            }
            after = page.next;
        }
        Ok(())
    }
}
