//! Tables and transactions on SQLite and PostgreSQL.
//!
//! [`Store::read`] runs a closure on one consistent snapshot, [`Store::write`] runs one whose writes are all on disk
//! when it returns, or all undone. One SQL text serves both engines:
//!
//! - Placeholders are `$1`, `$2`, ...; they may repeat and stand in any order, and none may be left out.
//! - Types are whole numbers, text and bytes ([`Value`]). `SUM` and the like need `CAST(... AS BIGINT)`.
//! - Text is ordered and compared by its bytes. `LIKE` differs between the engines.
//! - "Already there" is a question for `ON CONFLICT`: after a failed statement nothing but rolling back is left.
//!
//! This crate knows no access rights, reads no clock, and never decides what may be written.
//!
//! ```
//! use store::{Error, Location, Store, params};
//!
//! let store = Store::open(&Location::Memory)?;
//! store.write(|tx| {
//!     tx.execute("INSERT INTO settings (name, value) VALUES ($1, $2)", &params!["greeting", "hello"])
//! })?;
//! let value = store.read(|q| {
//!     q.first("SELECT value FROM settings WHERE name = $1", &params!["greeting"], |row| row.text(0))
//! })?;
//! assert_eq!(value.as_deref(), Some("hello"));
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! ```

mod error;
mod faults;
mod fetched;
pub mod id;
mod location;
mod migrate;
mod pool;
mod postgresql;
mod query;
pub mod row;
mod sqlite;
mod store;
mod value;

pub use error::{Cause, Error, OpenError};
pub use faults::{Fault, Faults};
pub use fetched::Row;
pub use location::Location;
pub use query::{Query, Tx};
pub use store::{Options, Store};
pub use value::Value;
