//! The simulation: phones before the real handlers over a real store in memory, everything drawn from one seed, and a
//! plain model beside it that shares no code with what it checks.
//!
//! A run lets users edit on phones and on the server while grants, groups and the clock change, requests get lost,
//! doubled and late, and the store fails. Every difference that a request makes in the store must come from a command
//! that was allowed, once; every command that made none must have been denied for a reason, have exactly one record
//! and, where it held data, stand in exactly one notice. When nothing goes wrong any more, every phone must show what
//! its user may see, within few rounds, and no phone may ever have been told to start over.

mod act;
mod content;
mod coverage;
mod dice;
mod explain;
mod model;
mod rights;
mod send;
mod settle;
mod store_faults;
mod trace;
mod wire;
mod world;

pub use coverage::Coverage;

use engine::Bug;
use world::World;

/// How a run is set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setup {
    /// How many things happen.
    pub steps: usize,
    /// A bug to be found.
    pub bug: Option<Bug>,
}

impl Default for Setup {
    fn default() -> Self {
        Self { steps: 160, bug: None }
    }
}

/// What came of a run.
#[derive(Debug)]
pub struct Outcome {
    /// The seed it was drawn from.
    pub seed: u64,
    /// What went against the rules, if anything.
    pub violation: Option<String>,
    /// Everything that happened, one line each.
    pub trace: Vec<String>,
    /// A number for all of it: the same for the same seed.
    pub hash: u64,
    /// What happened how often.
    pub coverage: Coverage,
}

/// Something that went against the rules.
#[derive(Debug)]
struct Violation(String);

type Check = Result<(), Violation>;

/// Runs one seed.
#[must_use]
pub fn run(seed: u64, setup: &Setup) -> Outcome {
    match World::new(seed, setup) {
        Ok(mut world) => {
            let ended = (0..setup.steps).try_for_each(|_| world.act()).and_then(|()| world.settle());
            let coverage = world.coverage;
            let (trace, hash) = world.trace.finish();
            Outcome { seed, violation: ended.err().map(|violation| violation.0), trace, hash, coverage }
        }
        Err(violation) => Outcome {
            seed,
            violation: Some(violation.0),
            trace: Vec::new(),
            hash: 0,
            coverage: Coverage::default(),
        },
    }
}
