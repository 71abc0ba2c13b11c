//! An engine over a database in memory.

use engine::{Engine, Settings};
use store::{Location, Store};

/// Returns an engine that holds nothing yet, over a database of its own in memory. All its random numbers are the
/// same in each run.
///
/// # Panics
///
/// Where the database cannot be opened.
#[must_use]
pub fn engine(settings: Settings) -> Engine {
    let store = Store::open(&Location::Memory).expect("a database in memory opens");
    Engine::new(store, settings, [7; 32])
}
