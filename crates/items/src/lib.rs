//! Typed views over the stored text of items, and the difference between two versions.
//!
//! The stored text (vCard, iCalendar, RFC 5322) is the truth. Views read from it what is understood; an [`Edit`]
//! changes the lines of the properties that it names and leaves every other byte. Nothing here does I/O, reads
//! the clock or panics, whatever the text.
//!
//! ```
//! assert_eq!(items::label("FirstName"), "Firstname");
//! ```

mod edit;
mod index;
mod kind;
mod property;
mod sensitivity;
mod trouble;

pub mod contact;
pub mod contentline;
pub mod note;
pub mod recurrence;
pub mod task;

pub use edit::{Change, Edit, EditError, Stamp, apply, create};
pub use index::Index;
pub use kind::{Kind, UnknownKind};
pub use property::{Line, Property, label};
pub use sensitivity::Sensitivity;
pub use trouble::Trouble;
