//! Levels, grants, how they combine, and what a user may do.
//!
//! A folder's access control list holds [`Grant`]s: four levels each. [`effective`] combines those that match
//! one user into an [`Access`]: one 16-bit word for the folder and one for each [`Class`] of its items.
//! Everything outside this crate asks the [`Access`], and when it says no, [`why::why`] says why.
//!
//! This crate never reads a clock, a database or a network, and never decides which principals match a user:
//! it is given the entries that do, and the time.
//!
//! ```
//! use access::{Caps, Class, Entry, Preset, Standing, effective};
//!
//! let staff = Entry::new(Preset::Author.grant());
//! let access = effective([staff], Standing::Other, Caps::UNLIMITED, 0);
//! assert!(access.may_create());
//! assert!(access.item(Class::Mine).may_modify());
//! assert!(!access.item(Class::Others).may_modify());
//! ```

mod bits;
mod caps;
mod class;
mod combine;
mod error;
mod giving;
mod grant;
mod level;
pub mod map;
mod preset;
mod right;
pub mod why;

pub use bits::Bits;
pub use caps::Caps;
pub use class::{Access, Class, Sensitivity, Whose};
pub use combine::{Standing, effect, effective, free_busy};
pub use error::UnknownName;
pub use giving::{Beyond, beyond};
pub use grant::{Busy, Entry, Grant};
pub use level::{Axis, AxisLevel, FolderLevel, Level};
pub use preset::Preset;
pub use right::{Effect, Right};
