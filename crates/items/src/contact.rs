//! Contacts: what ActiveSync knows of a vCard (3.0, 4.0, and 2.1 as far as it is met), and edits of it.

mod card;
mod field;
mod picture;
mod write;

use std::collections::BTreeMap;

use jiff::civil::Date;

pub use field::{Field, Form};
pub use picture::{MAX_PICTURE_BYTES, Picture};
pub(crate) use write::{apply, create};

use self::card::Card;
use crate::contentline::Document;
use crate::{Change, Index, Property, Sensitivity, ical};

/// The value of one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Text; lines end with `\n`.
    Text(String),
    /// A day.
    Date(Date),
    /// Categories or children.
    List(Vec<String>),
    /// A picture.
    Picture(Picture),
}

impl Value {
    /// Returns the text, or `None` where the value is of another type.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Date(_) | Self::List(_) | Self::Picture(_) => None,
        }
    }

    /// Returns whether the value says nothing: an empty text or list.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Text(text) => text.is_empty(),
            Self::List(list) => list.is_empty(),
            Self::Date(_) | Self::Picture(_) => false,
        }
    }

    fn readable(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Date(date) => date.to_string(),
            Self::List(list) => list.join(", "),
            Self::Picture(picture) => picture.to_string(),
        }
    }
}

/// What is understood of a contact.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contact {
    values: BTreeMap<Field, Value>,
    is_list: bool,
    uid: Option<String>,
    sensitivity: Sensitivity,
}

impl Contact {
    /// Reads the first card of the text. Total: what is not understood is not in the view.
    #[must_use]
    pub fn parse(content: &[u8]) -> Self {
        let document = Document::parse(content);
        Card::of(&document).map(|card| card.view()).unwrap_or_default()
    }

    /// Returns the field's value.
    #[must_use]
    pub fn get(&self, field: Field) -> Option<&Value> {
        self.values.get(&field)
    }

    /// Returns the field's text.
    #[must_use]
    pub fn text(&self, field: Field) -> Option<&str> {
        self.values.get(&field).and_then(Value::as_text)
    }

    /// Returns all fields that have a value, in the order of [`Field::ALL`].
    pub fn fields(&self) -> impl Iterator<Item = (Field, &Value)> {
        self.values.iter().map(|(&field, value)| (field, value))
    }

    /// Returns whether this is a distribution list, which has no form on phones.
    #[must_use]
    pub const fn is_list(&self) -> bool {
        self.is_list
    }

    /// Returns the card's `UID`.
    #[must_use]
    pub fn uid(&self) -> Option<&str> {
        self.uid.as_deref()
    }

    /// Returns how confidential the card's `CLASS` calls it.
    #[must_use]
    pub const fn sensitivity(&self) -> Sensitivity {
        self.sensitivity
    }

    pub(crate) fn index(self) -> Index {
        let summary = self.text(Field::FileAs).unwrap_or_default().to_owned();
        Index { summary, uid: self.uid, sensitivity: self.sensitivity, ..Index::default() }
    }
}

/// What is to become of a contact's fields; a field that is not named is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edit {
    /// The fields.
    pub fields: BTreeMap<Field, Change<Value>>,
}

impl Edit {
    /// Adds a field that is to have this value.
    #[must_use]
    pub fn set(mut self, field: Field, value: Value) -> Self {
        self.fields.insert(field, Change::Set(value));
        self
    }

    /// Adds a field that is to have this text.
    #[must_use]
    pub fn text(self, field: Field, text: &str) -> Self {
        self.set(field, Value::Text(text.to_owned()))
    }

    /// Adds a field that is to go.
    #[must_use]
    pub fn remove(mut self, field: Field) -> Self {
        self.fields.insert(field, Change::Remove);
        self
    }
}

/// Returns every property of the card, also those the view does not know.
pub(crate) fn properties(content: &[u8]) -> Vec<Property> {
    let document = Document::parse(content);
    let Some(card) = Card::of(&document) else { return Vec::new() };
    let view = card.view();
    let mut properties: Vec<_> = view
        .fields()
        .map(|(field, value)| Property { name: field.label(), value: value.readable() })
        .collect();
    properties.extend(ical::confidential(view.sensitivity));
    properties.extend(card.others());
    properties
}

/// Returns how many of the card's lines the view or the edit knows, and how many there are.
#[must_use]
pub fn coverage(content: &[u8]) -> (usize, usize) {
    let document = Document::parse(content);
    Card::of(&document).map_or((0, 0), |card| card.coverage())
}

#[cfg(test)]
mod tests;
