//! Reading of stored text, by kind.

use crate::contentline::Document;
use crate::property::size;
use crate::{Index, Kind, Property, Trouble, contact, event, message, note, task};

/// Returns what is indexed of the item. Total: text that is not understood gives what can be had.
#[must_use]
pub fn index(kind: Kind, content: &[u8]) -> Index {
    match kind {
        Kind::Contacts => contact::Contact::parse(content).index(),
        Kind::Tasks => task::Task::parse(content).index(),
        Kind::Notes => note::Note::parse(content).index(),
        Kind::Mail => message::Message::parse(content).index(),
        Kind::Calendar => event::index(content),
        Kind::Files => Index::default(),
    }
}

/// Returns every line of the text that was not understood.
#[must_use]
pub fn report(kind: Kind, content: &[u8]) -> Vec<Trouble> {
    match kind {
        Kind::Calendar => event::report(content),
        Kind::Contacts | Kind::Tasks | Kind::Notes => Document::parse(content).troubles().to_vec(),
        Kind::Mail => message::report(content),
        Kind::Files => Vec::new(),
    }
}

/// Returns every property of the item, sorted by name; also those that only the text knows, under their own names.
#[must_use]
pub fn properties(kind: Kind, content: &[u8]) -> Vec<Property> {
    let mut properties = match kind {
        Kind::Contacts => contact::properties(content),
        Kind::Tasks => task::properties(content),
        Kind::Notes => note::properties(content),
        Kind::Files => vec![Property::of("Size", size(content.len()))],
        Kind::Mail => message::properties(content),
        Kind::Calendar => event::properties(content),
    };
    properties.sort_by(|one, other| one.name.cmp(&other.name));
    properties
}
