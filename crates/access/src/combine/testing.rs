//! The model's grants and states, for tests that go through all of them.

use super::{Standing, effective};
use crate::caps::Caps;
use crate::class::Access;
use crate::grant::{Entry, Grant};
use crate::level::{FolderLevel, Level};

/// Returns all 320 grants.
pub(crate) fn every_grant() -> impl Iterator<Item = Grant> {
    FolderLevel::EVERY.into_iter().flat_map(|folder| {
        Level::EVERY.into_iter().flat_map(move |read| {
            Level::EVERY.into_iter().flat_map(move |write| {
                Level::EVERY.into_iter().map(move |delete| Grant::new(folder, read, write, delete))
            })
        })
    })
}

/// Returns the 57 grants that gating leaves as they are, one for each state.
pub(crate) fn every_state() -> impl Iterator<Item = Grant> {
    every_grant().filter(|grant| grant.gated() == *grant)
}

/// Returns what one entry gives to somebody who is not the owner.
pub(crate) fn rights_of(grant: Grant) -> Access {
    effective([Entry::new(grant)], Standing::Other, Caps::UNLIMITED, 0)
}
