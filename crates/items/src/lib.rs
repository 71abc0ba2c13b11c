//! Typed views over the stored text of items, and the difference between two versions.
//!
//! The stored text (vCard, iCalendar, RFC 5322) is the truth. Views read from it what is understood; an [`Edit`]
//! changes the lines of the properties that it names and leaves every other byte. Nothing here does I/O, reads
//! the clock or panics, whatever the text.
//!
//! ```
//! assert_eq!(items::label("FirstName"), "Firstname");
//! ```

mod alarm;
mod body;
mod diff;
mod edit;
mod ical;
mod index;
mod kind;
mod limit;
mod moment;
mod property;
mod read;
mod ring;
mod sensitivity;
mod trouble;

pub mod compose;
pub mod contact;
pub mod contentline;
pub mod event;
pub mod html;
pub mod marks;
pub mod mbox;
pub mod message;
pub mod note;
pub mod query;
pub mod recurrence;
pub mod task;
pub mod zone;

pub use alarm::without_alarms;
pub use body::Body;
pub use diff::{compare, without_intent};
pub use edit::{Change, Edit, EditError, Reach, Stamp, apply, create, reach, replace};
pub use index::Index;
pub use kind::{Kind, UnknownKind};
pub use limit::{MAX_ITEM_BYTES, MAX_LINE_BYTES, Unfit, check, malformed};
pub use marks::{Marks, MarksEdit};
pub use moment::Moment;
pub use property::{Line, Property, label, size};
pub use read::{index, properties, report};
pub use ring::{Alarm, alarm, rings, with_alarm};
pub use sensitivity::Sensitivity;
pub use trouble::Trouble;
