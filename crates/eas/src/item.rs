//! Items between the engine and the phone, whatever their kind.

use engine::{Body, Error, FolderId, ItemView, Part, Timestamp};
use items::contact::Contact;
use items::event::Event;
use items::message::Message;
use items::note::Note;
use items::task::Task;
use items::{Kind, Marks};
use wbxml::Element;

use crate::command::Session;
use crate::payload::message::{self, Mail, Seen};
use crate::payload::{self, Options, Reading, contact, event, note, task};
use crate::request::Version;

/// Returns what a phone asks to become of an item.
pub(crate) fn read(kind: Kind, data: &Element, reading: &Reading) -> Body {
    let read = match kind {
        Kind::Mail if reading.version >= Version::V16_0 && message::is_draft(data) => {
            message::parse_draft(data).map(Body::Item)
        }
        Kind::Mail => message::parse(data).map(Body::Marks),
        Kind::Calendar | Kind::Contacts | Kind::Tasks | Kind::Notes | Kind::Files => {
            payload::parse(kind, data, reading).map(Body::Item)
        }
    };
    read.unwrap_or_else(|error| unreadable(error.why()))
}

/// Returns an item that cannot be read.
pub(crate) fn unreadable(why: &str) -> Body {
    Body::Unreadable { why: why.to_owned() }
}

/// Returns whether the item is a message that is not sent yet.
fn is_draft(item: &ItemView) -> bool {
    Message::parse(&item.content).draft
}

/// Returns whether phones have a form for the item. They have none for a distribution list: it stays off them.
pub(crate) fn has_form(item: &ItemView) -> bool {
    // Few cards have the word at all.
    let says_kind = || item.content.windows(4).any(|word| word.eq_ignore_ascii_case(b"KIND"));
    item.kind != Kind::Contacts || !says_kind() || !Contact::parse(&item.content).is_list()
}

/// Returns an item as far as it takes to show it: a large message stays an outline unless the phone wants it as it
/// came. `None` where it is gone meanwhile, which the phone hears of with its next Sync.
pub(crate) fn as_wanted(
    session: &Session<'_>,
    folder: FolderId,
    item: ItemView,
    options: &Options,
) -> Result<Option<ItemView>, Error> {
    match &item.cuts {
        Some(cuts) if message::goes_whole(&item.content, cuts, options) => {
            session.engine().fetch(session.caller, folder, item.uid, session.now)
        }
        Some(_) | None => Ok(Some(item)),
    }
}

/// Returns what a phone is shown of an item, or of the part of it that changed.
pub(crate) fn render(folder: FolderId, item: &ItemView, part: &Part, options: &Options) -> Vec<Element> {
    let elements = match item.kind {
        Kind::Mail => return mail(folder, item, part, options),
        Kind::Calendar => calendar(folder, item, options),
        Kind::Contacts => contact::render(&Contact::parse(&item.content), options),
        Kind::Tasks => task::render(&Task::parse(&item.content), options),
        Kind::Notes => note::render(&Note::parse(&item.content), created(item), options),
        // Files are never on phones.
        Kind::Files => Vec::new(),
    };
    match part {
        Part::Correction { hint } => payload::cleared(item.kind, elements, &payload::tags(hint)),
        Part::Everything | Part::Marks | Part::Read => elements,
    }
}

fn calendar(folder: FolderId, item: &ItemView, options: &Options) -> Vec<Element> {
    let event = Event::parse(&item.content);
    let mut elements = event::render(&event, options);
    if options.version >= Version::V16_0 {
        elements.extend(event::files(&event, folder, item.uid));
    }
    elements
}

/// Returns what a phone asks to become of one occurrence of a series, which it names by its start.
pub(crate) fn read_occurrence(kind: Kind, instance: &str, data: Option<&Element>, reading: &Reading) -> Body {
    if kind != Kind::Calendar {
        return unreadable("only events have occurrences");
    }
    let read = match data {
        Some(data) => event::occurrence(data, instance, reading),
        None => event::delete_occurrence(instance, reading),
    };
    read.map_or_else(|error| unreadable(error.why()), Body::Item)
}

fn mail(folder: FolderId, item: &ItemView, part: &Part, options: &Options) -> Vec<Element> {
    let (marks, seen) = (Marks::parse(&item.marks), Seen::from(item.seen));
    let mail = Mail {
        folder,
        uid: item.uid,
        stored: &item.content,
        cuts: item.cuts.as_ref(),
        marks: &marks,
        seen,
        created_at: created(item),
    };
    match part {
        Part::Everything => message::render(&mail, options),
        Part::Correction { .. } if is_draft(item) => message::render(&mail, options),
        // A phone changes nothing of a message that was sent but its marks, so nothing else is put right.
        Part::Correction { .. } | Part::Marks => message::render_marks(&mail, options),
        Part::Read => vec![message::render_read(seen)],
    }
}

fn created(item: &ItemView) -> Timestamp {
    Timestamp::from_millisecond(item.created_at).unwrap_or(Timestamp::UNIX_EPOCH)
}
