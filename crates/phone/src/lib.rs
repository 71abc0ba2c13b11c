//! The client side of `ActiveSync`: a virtual phone, for the tour and the tests.
//!
//! A [`Phone`] keeps its own table of items per folder, makes requests and applies answers. Who carries them is not
//! its business: [`Phone::next_request`] and [`Phone::apply`] let a simulation lose, double and delay them, and
//! [`Phone::sync_all`] drives a [`Transport`] until nothing is left to do. It stores a sync key only after it
//! applied the answer, so a lost answer makes it ask the same again, as real ones do.
//!
//! It never opens a connection, reads a clock or draws a random number. It is an honest client and no referee: what a
//! server gets wrong shows in [`Phone::items`], or as an [`AnswerError`] where the answer makes no sense at all.
//!
//! ```
//! use phone::{Kind, Phone};
//!
//! let mut phone = Phone::new("phone1", Kind::AndroidClassic);
//! let request = phone.next_request().expect("a new phone asks for its folders");
//! assert_eq!(request.command.name(), "FolderSync");
//! ```

mod class;
mod data;
mod drive;
mod edit;
mod error;
mod fetch;
mod file;
mod folder;
mod habit;
mod hierarchy;
mod item;
mod mail;
mod moves;
mod occurrence;
mod phone;
mod ping;
mod provision;
mod request;
mod settings;
mod sync;
mod table;
mod version;

pub use class::Class;
pub use data::Data;
pub use drive::{Answer, Transport};
pub use error::{AnswerError, EditError, SyncError};
pub use folder::{Folder, FolderId};
pub use habit::{
    Absent, Batches, Binding, Bodies, ClientIds, DeletesAfterMove, Gone, Greeting, Growth, Habit, Kind,
    KnownAdd, Moving, Occurrences, Picture, Policies, Push, QuietSync, Supported, Unreadable,
};
pub use item::{Edit, Item, ItemId};
pub use phone::{Applied, Phone, Round};
pub use request::{Command, Request};
pub use sync::MAX_BATCH;
pub use version::Version;

#[cfg(test)]
mod tests;
