//! Test-only fault points: known bugs that the simulation must find.

/// A bug that can be planted in a build with the feature `planted-bugs`; the program never has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Bug {
    /// The notice is written after the answer, in a transaction that never comes.
    NoticeAfterAnswer,
    /// A cursor's position is taken from the highest uid instead of the last change.
    PositionFromHighestUid,
    /// Access is what it was when the cursor was made.
    AccessFromCursor,
    /// The confirmed cursor is dropped as soon as another is offered.
    ConfirmedDroppedAtOnce,
    /// Only the last offered cursor is kept.
    OneOfferOnly,
    /// A repeated add is applied again.
    AddNotOnce,
    /// A repeated change is applied again, over what others wrote since.
    ChangeNotOnce,
    /// A denied add is answered, but its phantom is never taken off the phone.
    PhantomForgotten,
    /// A denied delete is corrected with a change instead of an add.
    DeleteUndoneByChange,
    /// A key 0 drops what the device had before its answer arrived.
    StartDropsAll,
}

impl Bug {
    /// Every bug that can be planted.
    pub const ALL: [Self; 10] = [
        Self::NoticeAfterAnswer,
        Self::PositionFromHighestUid,
        Self::AccessFromCursor,
        Self::ConfirmedDroppedAtOnce,
        Self::OneOfferOnly,
        Self::AddNotOnce,
        Self::ChangeNotOnce,
        Self::PhantomForgotten,
        Self::DeleteUndoneByChange,
        Self::StartDropsAll,
    ];
}

/// Which bug is planted: none, in the program.
#[derive(Debug, Default)]
pub(crate) struct Plant {
    #[cfg(feature = "planted-bugs")]
    bug: std::sync::OnceLock<Bug>,
}

impl Plant {
    /// Returns whether `bug` is planted.
    #[cfg(feature = "planted-bugs")]
    pub(crate) fn has(&self, bug: Bug) -> bool {
        self.bug.get() == Some(&bug)
    }

    /// Returns whether `bug` is planted: never.
    #[cfg(not(feature = "planted-bugs"))]
    #[expect(clippy::unused_self, reason = "the same call in a build with planted bugs")]
    pub(crate) const fn has(&self, _bug: Bug) -> bool {
        false
    }
}

#[cfg(feature = "planted-bugs")]
impl crate::Engine {
    /// Plants a bug for the simulation to find; only the first one stays.
    pub fn plant(&self, bug: Bug) {
        let _ = self.plant.bug.set(bug);
    }
}
