//! The commands of a `Sync` for what the user did with one item, in the dialect of each version.

use wbxml::Element;
use wbxml::page::air_sync as tag;
use wbxml::page::{air_sync_base, calendar, contacts};

use super::{SentCommand, SentEdit};
use crate::class::Class;
use crate::folder::Folder;
use crate::habit::{Habit, Occurrences, Picture};
use crate::item::{Edit, Item};
use crate::occurrence::{OccurrenceChange, OccurrenceEdit};
use crate::version::Version;

/// Returns the commands for at most `most` edits of a folder, and what to remember of each.
pub(super) fn tell(folder: &Folder, habit: &Habit, most: usize) -> Vec<(Element, SentCommand)> {
    let teller = Teller { class: folder.class(), habit };
    let pending = folder.table.iter().filter(|item| item.is_pending());
    let mut all: Vec<_> = pending.flat_map(|item| teller.commands(item)).take(most).collect();
    if habit.occurrences == Occurrences::OneByOne {
        let first = all.iter().position(|(_, sent)| matches!(sent.what, SentEdit::Occurrence { .. }));
        all.truncate(first.map_or(all.len(), |first| first.max(1)));
    }
    all
}

struct Teller<'a> {
    class: Option<Class>,
    habit: &'a Habit,
}

impl Teller<'_> {
    /// Returns the commands for one item: what was done with it, and with its occurrences once it has an id.
    fn commands(&self, item: &Item) -> Vec<(Element, SentCommand)> {
        let mut commands = Vec::new();
        if let Some((command, what)) = self.whole(item) {
            commands.push((command, SentCommand { item: item.id, stamp: item.stamp, what }));
        }
        if let Some(server_id) = item.server_id.as_deref().filter(|_| item.edit != Edit::Deleted) {
            for edit in &item.occurrences {
                let (command, what) = occurrence(server_id, edit);
                commands.push((command, SentCommand { item: item.id, stamp: edit.stamp, what }));
            }
        }
        commands
    }

    /// Returns the command for what was done with the item as a whole.
    fn whole(&self, item: &Item) -> Option<(Element, SentEdit)> {
        match item.edit {
            Edit::None => None,
            Edit::Added => {
                let client_id = item.client_id.clone()?;
                let add = Element::new(tag::ADD)
                    .with(Element::text(tag::CLIENT_ID, client_id.clone()))
                    .with(self.new_data(item));
                Some((add, SentEdit::Add { client_id }))
            }
            Edit::Changed => {
                let server_id = item.server_id.clone()?;
                let change = with_id(tag::CHANGE, &server_id).with(self.changed_data(item));
                Some((change, SentEdit::Change { server_id }))
            }
            Edit::Deleted => {
                let server_id = item.server_id.clone()?;
                Some((with_id(tag::DELETE, &server_id), SentEdit::Delete))
            }
        }
    }

    fn is_event_of_16(&self) -> bool {
        self.class == Some(Class::Calendar) && self.habit.version >= Version::V16_0
    }

    fn new_data(&self, item: &Item) -> Element {
        let whole = item.data.to_request();
        if self.is_event_of_16() {
            return with_files(event_of_16(&whole), item);
        }
        // TbSync adds a series first and changes its occurrences then: some servers drop them otherwise.
        let alone = self.habit.occurrences == Occurrences::OneByOne;
        without(&whole, |element| alone && element.tag == calendar::EXCEPTIONS)
    }

    fn changed_data(&self, item: &Item) -> Element {
        if self.class == Some(Class::Mail) {
            return item.data.part(item.touched.iter().copied());
        }
        if self.is_event_of_16() {
            let part = item.data.part(item.touched.iter().copied());
            return with_files(without(&part, |element| NOT_FROM_16.contains(&element.tag)), item);
        }
        let mut data = item.data.to_request();
        let lacks_picture = self.class == Some(Class::Contacts) && !item.data.has(contacts::PICTURE);
        if lacks_picture && self.habit.picture == Picture::Empty {
            data.push(Element::new(contacts::PICTURE));
        }
        data
    }
}

/// Fields of events that a client must not send from 16.0 on.
const NOT_FROM_16: &[wbxml::Tag] = &[
    calendar::UID,
    calendar::DT_STAMP,
    calendar::ORGANIZER_NAME,
    calendar::ORGANIZER_EMAIL,
    calendar::EXCEPTIONS,
    // Of files, a request says only what becomes of them.
    air_sync_base::ATTACHMENTS,
];

/// Returns a new event in the dialect of 16.x: the client's own name for it is no UID, and nothing in it is empty.
fn event_of_16(whole: &Element) -> Element {
    let unique = whole.child_text(calendar::UID).unwrap_or_default().into_owned();
    let kept = without(whole, |element| NOT_FROM_16.contains(&element.tag) || element.is_empty());
    kept.with(Element::text(calendar::CLIENT_UID, unique))
}

/// Adds what was done with the item's files.
fn with_files(data: Element, item: &Item) -> Element {
    item.file_commands().into_iter().fold(data, Element::with)
}

fn without(whole: &Element, goes: impl Fn(&Element) -> bool) -> Element {
    whole.elements().filter(|element| !goes(element)).cloned().fold(Element::new(whole.tag), Element::with)
}

fn with_id(command: wbxml::Tag, id: &str) -> Element {
    Element::new(command).with(Element::text(tag::SERVER_ID, id))
}

fn occurrence(server_id: &str, edit: &OccurrenceEdit) -> (Element, SentEdit) {
    let name = Element::text(air_sync_base::INSTANCE_ID, edit.instance.clone());
    let command = match &edit.what {
        OccurrenceChange::Delete => with_id(tag::DELETE, server_id).with(name),
        OccurrenceChange::Change(fields) => {
            let data = fields.values().cloned().fold(Element::new(tag::APPLICATION_DATA), Element::with);
            with_id(tag::CHANGE, server_id).with(name).with(data)
        }
    };
    let (server_id, instance) = (server_id.to_owned(), edit.instance.clone());
    (command, SentEdit::Occurrence { server_id, instance })
}
