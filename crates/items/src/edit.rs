//! Changes to items, as phones ask for them.

use jiff::Timestamp;
use thiserror::Error;

use crate::{Kind, compose, contact, event, note, task};

/// What a caller knows when text is written: neither the clock nor chance is read here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// The UID of an item that is created.
    pub uid: String,
    /// The time of the change.
    pub now: Timestamp,
}

/// What is to become of one property.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Change<T> {
    /// It stays as it is.
    #[default]
    Keep,
    /// It goes.
    Remove,
    /// It becomes this.
    Set(T),
}

impl<T> Change<T> {
    /// Returns whether the property stays as it is.
    pub const fn is_keep(&self) -> bool {
        matches!(self, Self::Keep)
    }

    /// Returns what the property becomes, if it becomes something.
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Set(value) => Some(value),
            Self::Keep | Self::Remove => None,
        }
    }
}

/// What a phone asks to become of an item, property by property.
#[derive(Debug, Clone, PartialEq)]
pub enum Edit {
    /// Of a contact.
    Contact(Box<contact::Edit>),
    /// Of an event.
    Event(Box<event::Edit>),
    /// Of a task.
    Task(Box<task::Edit>),
    /// Of a note.
    Note(Box<note::Edit>),
    /// Of a message that is not sent yet.
    Message(Box<compose::DraftEdit>),
}

impl Edit {
    /// Returns the kind of items that it is of.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Contact(_) => Kind::Contacts,
            Self::Event(_) => Kind::Calendar,
            Self::Task(_) => Kind::Tasks,
            Self::Note(_) => Kind::Notes,
            Self::Message(_) => Kind::Mail,
        }
    }
}

/// Why an edit cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EditError {
    /// The stored text has no component that the edit could change.
    #[error("the stored text holds no {component}")]
    Missing {
        /// The component that was looked for, `VCARD`.
        component: &'static str,
    },
    /// What the edit asks for cannot be written.
    #[error("{property} cannot be {what}")]
    Invalid {
        /// The property.
        property: &'static str,
        /// What is wrong with the value.
        what: String,
    },
    /// The text would become larger than an item may be.
    #[error("the item would have {size_bytes} bytes, {limit_bytes} are allowed")]
    TooLarge {
        /// Its size.
        size_bytes: usize,
        /// The limit.
        limit_bytes: usize,
    },
}

/// Returns the text of a new item.
///
/// # Errors
///
/// When what the edit asks for cannot be written.
pub fn create(edit: &Edit, stamp: &Stamp) -> Result<Vec<u8>, EditError> {
    match edit {
        Edit::Contact(edit) => contact::create(edit, stamp),
        Edit::Event(edit) => event::create(edit, stamp),
        Edit::Task(edit) => task::create(edit, stamp),
        Edit::Note(edit) => note::create(edit, stamp),
        Edit::Message(edit) => compose::create(edit, stamp),
    }
}

/// Returns the stored text with the edit made; lines of properties that it does not name stay byte for byte.
///
/// # Errors
///
/// When the stored text is of another kind, or what the edit asks for cannot be written.
pub fn apply(stored: &[u8], edit: &Edit, stamp: &Stamp) -> Result<Vec<u8>, EditError> {
    match edit {
        Edit::Contact(edit) => contact::apply(stored, edit, stamp),
        Edit::Event(edit) => event::apply(stored, edit, stamp),
        Edit::Task(edit) => task::apply(stored, edit, stamp),
        Edit::Note(edit) => note::apply(stored, edit, stamp),
        Edit::Message(edit) => compose::apply(stored, edit, stamp),
    }
}

/// Returns the text of an item of which the edit says everything: what the edit leaves out goes. The UID stays.
///
/// # Errors
///
/// When what the edit asks for cannot be written.
pub fn replace(stored: &[u8], edit: &Edit, stamp: &Stamp) -> Result<Vec<u8>, EditError> {
    let uid = crate::index(edit.kind(), stored).uid.unwrap_or_else(|| stamp.uid.clone());
    create(edit, &Stamp { uid, now: stamp.now })
}

/// What becomes of an edit of which not everything may be made.
#[derive(Debug, Clone, PartialEq)]
pub struct Reach {
    /// What is made.
    pub made: Edit,
    /// What the user meant to change, beside what phones write back by themselves.
    pub meant: Edit,
}

/// Returns what may be made of an edit of a meeting that somebody else organises, in a calendar whose owner is only
/// invited to it; `None` where the whole edit may be made.
#[must_use]
pub fn reach(stored: &[u8], edit: &Edit) -> Option<Reach> {
    let Edit::Event(edit) = edit else { return None };
    let event::Reach { made, meant } = event::reach(stored, edit)?;
    Some(Reach { made: Edit::Event(Box::new(made)), meant: Edit::Event(Box::new(meant)) })
}
