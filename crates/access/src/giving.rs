//! How far somebody who administers a folder may raise others: to what he has himself.

use std::fmt;

use crate::grant::{Busy, Entry, Grant};
use crate::level::{Axis, AxisLevel, Level};
use crate::right::Effect;

/// What an entry would give beyond what its giver has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Beyond {
    /// A level.
    Level {
        /// The level to be given.
        given: AxisLevel,
        /// The giver's own.
        held: AxisLevel,
    },
    /// Others' private items.
    Private,
    /// Busy times.
    Busy {
        /// What is to be given of them.
        given: Busy,
        /// What the giver knows.
        held: Busy,
    },
}

impl fmt::Display for Beyond {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Level { given, held } => write!(f, "{given} is more than the {held} of who gives it"),
            Self::Private => f.write_str("who gives others' private items does not see them himself"),
            Self::Busy { given, held } => {
                write!(f, "busy '{given}' is more than the busy '{held}' of who gives it")
            }
        }
    }
}

/// Returns the first thing that `new` raises, compared to `old`, above what `own` has; `None` if it may be given.
///
/// What is lowered or stays may be anything. An entry that is to last longer than before counts as a new one, else
/// its end could be put off by somebody who could not give it. A level that has no effect counts as well: another
/// entry could give it one.
#[must_use]
pub fn beyond(old: Option<&Entry>, new: &Entry, own: &Effect, now_ms: i64) -> Option<Beyond> {
    let old = old.filter(|old| old.is_live(now_ms) && !lasts_longer(new, old));
    let old = old.copied().unwrap_or_default();
    let raised = Axis::EVERY.into_iter().find_map(|axis| {
        let (given, held) = (alike(new.grant).level(axis), own.levels.level(axis));
        let raised = given.code() > alike(old.grant).level(axis).code();
        (raised && given.code() > held.code()).then_some(Beyond::Level { given, held })
    });
    if raised.is_some() {
        return raised;
    }
    if new.private && !old.private && !own.private {
        return Some(Beyond::Private);
    }
    let busy = new.busy > old.busy && new.busy > own.busy;
    busy.then_some(Beyond::Busy { given: new.busy, held: own.busy })
}

const fn lasts_longer(new: &Entry, old: &Entry) -> bool {
    match (new.until, old.until) {
        (_, None) => false,
        (None, Some(_)) => true,
        (Some(new), Some(old)) => new > old,
    }
}

/// Returns the levels with item level admin as the all that it is in every decision.
fn alike(grant: Grant) -> Grant {
    grant.intersection(Grant {
        folder: grant.folder,
        read: Level::All,
        write: Level::All,
        delete: Level::All,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Caps, FolderLevel, Preset, Right, Standing, effect};

    fn own(grant: Grant) -> Effect {
        effect([Entry::new(grant)], Standing::Other, Caps::UNLIMITED, 0)
    }

    /// Administers the folder and reads it.
    const CLERK: Grant = Grant::new(FolderLevel::Admin, Level::All, Level::Own, Level::None);

    #[test]
    fn nobody_gives_more_than_he_has() {
        let viewer = Entry::new(Preset::Viewer.grant());
        assert_eq!(beyond(None, &viewer, &own(CLERK), 0), None);
        let editor = Entry::new(Preset::Editor.grant());
        assert_eq!(
            beyond(Some(&viewer), &editor, &own(CLERK), 0),
            Some(Beyond::Level { given: AxisLevel::Write(Level::All), held: AxisLevel::Write(Level::Own) })
        );
        assert_eq!(beyond(Some(&editor), &editor, &own(CLERK), 0), None, "what was there stays");
        assert_eq!(beyond(Some(&editor), &viewer, &own(CLERK), 0), None, "lowering is free");
    }

    #[test]
    fn item_level_admin_is_no_more_than_all() {
        let admin = Entry::new(Grant::new(FolderLevel::Visible, Level::Admin, Level::None, Level::None));
        assert_eq!(beyond(None, &admin, &own(CLERK), 0), None);
    }

    #[test]
    fn putting_off_the_end_of_a_grant_is_giving_it_anew() {
        let ends = Entry { until: Some(1_000), ..Entry::new(Preset::Editor.grant()) };
        let later = Entry { until: Some(2_000), ..ends };
        let never = Entry { until: None, ..ends };
        let sooner = Entry { until: Some(500), ..ends };
        assert!(beyond(Some(&ends), &later, &own(CLERK), 0).is_some());
        assert!(beyond(Some(&ends), &never, &own(CLERK), 0).is_some());
        assert!(beyond(Some(&ends), &ends, &own(CLERK), 1_000).is_some(), "it has ended");
        assert_eq!(beyond(Some(&ends), &sooner, &own(CLERK), 0), None);
    }

    #[test]
    fn what_stands_beside_the_levels_is_given_by_those_who_have_it() {
        let private = Entry { private: true, ..Entry::new(Preset::Viewer.grant()) };
        let details = Entry { busy: Busy::Details, ..Entry::default() };
        assert_eq!(beyond(None, &private, &own(CLERK), 0), Some(Beyond::Private));
        assert!(matches!(beyond(None, &details, &own(CLERK), 0), Some(Beyond::Busy { .. })));
        let times = Entry { busy: Busy::Time, ..Entry::default() };
        assert_eq!(beyond(None, &times, &own(CLERK), 0), None, "who reads everything knows the times");
        let owner = effect([private], Standing::Owner, Caps::UNLIMITED, 0);
        assert!(owner.has(Right::ReadPrivate));
        assert_eq!(beyond(None, &private, &owner, 0), None);
        assert_eq!(beyond(None, &details, &owner, 0), None);
    }
}
