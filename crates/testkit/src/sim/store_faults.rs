//! Store faults: at most one is set for each request.

use std::sync::{Mutex, MutexGuard, PoisonError};

use store::{Fault, Faults};

/// Where a fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Point {
    Statement,
    BeforeCommit,
    AfterCommit,
}

impl Point {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Statement => "before statement",
            Self::BeforeCommit => "before commit",
            Self::AfterCommit => "after commit",
        }
    }
}

/// A fault: what, where, and how often that place is passed before it strikes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Planned {
    pub(super) point: Point,
    pub(super) fault: Fault,
    pub(super) passes: usize,
}

/// Holds the fault that is set, if any.
#[derive(Debug, Default)]
pub(super) struct Switch(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    planned: Option<Planned>,
    struck: Option<Planned>,
}

impl Switch {
    pub(super) fn set(&self, planned: Planned) {
        *self.lock() = State { planned: Some(planned), struck: None };
    }

    /// Takes the fault back and returns it if it struck.
    pub(super) fn clear(&self) -> Option<Planned> {
        std::mem::take(&mut *self.lock()).struck
    }

    fn pass(&self, point: Point) -> Option<Fault> {
        let mut state = self.lock();
        let planned = state.planned.as_mut().filter(|planned| planned.point == point)?;
        if let Some(left) = planned.passes.checked_sub(1) {
            planned.passes = left;
            return None;
        }
        state.struck = state.planned.take();
        state.struck.map(|struck| struck.fault)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Faults for Switch {
    fn before_statement(&self) -> Option<Fault> {
        self.pass(Point::Statement)
    }

    fn before_commit(&self) -> Option<Fault> {
        self.pass(Point::BeforeCommit)
    }

    fn after_commit(&self) -> Option<Fault> {
        self.pass(Point::AfterCommit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_strikes_once_after_its_passes() {
        let switch = Switch::default();
        switch.set(Planned { point: Point::BeforeCommit, fault: Fault::Full, passes: 1 });
        assert_eq!(switch.before_statement(), None);
        assert_eq!(switch.before_commit(), None);
        assert_eq!(switch.before_commit(), Some(Fault::Full));
        assert_eq!(switch.before_commit(), None);
        assert!(switch.clear().is_some());
        assert!(switch.clear().is_none());
    }
}
