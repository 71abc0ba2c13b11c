//! The measurements, one file each.

pub(crate) mod adds;
pub(crate) mod attachment;
pub(crate) mod first_sync;
pub(crate) mod one_change;
pub(crate) mod pings;
pub(crate) mod quiet_sync;
pub(crate) mod window;

use std::path::Path;

use anyhow::Result;

use crate::figure::Figure;

/// A measurement.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Measure {
    /// What it is called on the command line.
    pub(crate) name: &'static str,
    /// Runs it, with its databases in an empty folder.
    pub(crate) run: fn(&Path) -> Result<Vec<Figure>>,
}

/// All of them, in the order in which they run.
pub(crate) const ALL: [Measure; 7] = [
    Measure { name: "quiet-sync", run: quiet_sync::run },
    Measure { name: "first-sync", run: first_sync::run },
    Measure { name: "one-change", run: one_change::run },
    Measure { name: "adds", run: adds::run },
    Measure { name: "pings", run: pings::run },
    Measure { name: "window", run: window::run },
    Measure { name: "attachment", run: attachment::run },
];
