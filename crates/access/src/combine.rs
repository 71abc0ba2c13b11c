//! From the entries that match a user to what the user may do: one pure function.

use crate::bits::Bits;
use crate::caps::Caps;
use crate::class::{Access, Whose};
use crate::grant::{Busy, Entry, Grant};
use crate::level::{FolderLevel, Level};
use crate::right::Effect;

/// How a user stands to the account that a folder lives in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// It is the user's own. Its owner has every right, whatever the entries say.
    Owner,
    /// It is another user's, or a space.
    Other,
}

/// Returns what a user may do with a folder.
///
/// `entries` are those that match the user: the user's own, those of every group the user is in, and that of
/// everyone. `now_ms` is in milliseconds since 1970 (UTC). Entries only add, in any order; what has ended gives
/// nothing. The levels are added up first, then cut to the caps, then [gated](Grant::gated).
#[must_use]
pub fn effective<I>(entries: I, standing: Standing, caps: Caps, now_ms: i64) -> Access
where
    I: IntoIterator,
    I::Item: AsRef<Entry>,
{
    let sum = Sum::of(entries, standing, now_ms).capped(caps);
    words(sum.grant.gated(), sum.others_private())
}

/// Returns what a user may know of the folder's busy times, also where the folder itself is not seen.
///
/// Who may read all items may know at least the times. Arguments as for [`effective`].
#[must_use]
pub fn free_busy<I>(entries: I, standing: Standing, caps: Caps, now_ms: i64) -> Busy
where
    I: IntoIterator,
    I::Item: AsRef<Entry>,
{
    let sum = Sum::of(entries, standing, now_ms).capped(caps);
    if sum.grant.gated().read.covers(Whose::Others) { sum.busy.max(Busy::Time) } else { sum.busy }
}

/// Returns what counts for a user in a folder: the levels, and what stands beside them. Arguments as for
/// [`effective`].
#[must_use]
pub fn effect<I>(entries: I, standing: Standing, caps: Caps, now_ms: i64) -> Effect
where
    I: IntoIterator,
    I::Item: AsRef<Entry>,
{
    let sum = Sum::of(entries, standing, now_ms).capped(caps);
    let gated = sum.grant.gated();
    let reads_others = gated.read.covers(Whose::Others);
    let busy = if reads_others { sum.busy.max(Busy::Time) } else { sum.busy };
    Effect { levels: gated, private: sum.private && reads_others, busy }
}

/// What the entries come to before gating.
struct Sum {
    grant: Grant,
    private: bool,
    busy: Busy,
}

impl Sum {
    const NOTHING: Self = Self { grant: Grant::NOTHING, private: false, busy: Busy::None };
    const OWNER: Self = Self { grant: Grant::FULL, private: true, busy: Busy::Details };

    fn of<I>(entries: I, standing: Standing, now_ms: i64) -> Self
    where
        I: IntoIterator,
        I::Item: AsRef<Entry>,
    {
        match standing {
            Standing::Owner => Self::OWNER,
            Standing::Other => {
                entries.into_iter().fold(Self::NOTHING, |sum, entry| sum.with(entry.as_ref(), now_ms))
            }
        }
    }

    fn with(self, entry: &Entry, now_ms: i64) -> Self {
        if !entry.is_live(now_ms) {
            return self;
        }
        Self {
            grant: self.grant.union(entry.grant),
            private: self.private || entry.private,
            busy: self.busy.max(entry.busy),
        }
    }

    fn capped(self, caps: Caps) -> Self {
        // Busy times are no level, so only a ceiling that takes the whole folder away takes them too.
        let busy = if caps.ceiling.folder == FolderLevel::None { Busy::None } else { self.busy };
        Self { grant: self.grant.intersection(caps.ceiling), busy, ..self }
    }

    const fn others_private(&self) -> OthersPrivate {
        match (self.private, self.busy) {
            (true, _) => OthersPrivate::LikeOthers,
            (false, Busy::Time | Busy::Details) => OthersPrivate::Redacted,
            (false, Busy::None) => OthersPrivate::Hidden,
        }
    }
}

/// What becomes of other people's private items, where their other items may be read.
#[derive(Clone, Copy)]
enum OthersPrivate {
    LikeOthers,
    Redacted,
    Hidden,
}

/// Returns the words of a gated grant.
const fn words(grant: Grant, others_private: OthersPrivate) -> Access {
    let mine = item_word(grant, Whose::Mine);
    let others = item_word(grant, Whose::Others);
    let others_private = match others_private {
        OthersPrivate::LikeOthers => others,
        OthersPrivate::Redacted if others.may_read() => Bits::REDACTED,
        OthersPrivate::Redacted | OthersPrivate::Hidden => Bits::EMPTY,
    };
    Access { folder: folder_word(grant), mine, others, others_private }
}

const fn item_word(grant: Grant, whose: Whose) -> Bits {
    let mut word = Bits::EMPTY;
    if grant.write.covers(whose) {
        word = word.union(Bits::MODIFY);
    }
    if grant.read.covers(whose) {
        word = word.union(Bits::READ);
    }
    if grant.delete.covers(whose) {
        word = word.union(Bits::DELETE);
    }
    word
}

const fn folder_word(grant: Grant) -> Bits {
    let visible = Bits::READ;
    let create = visible.union(Bits::CREATE_ITEM);
    let subfolders = create.union(Bits::CREATE_FOLDER);
    let grants = Bits::READ_ACL.union(Bits::CHANGE_ACL);
    let admin = subfolders.union(Bits::CREATE_ASSOCIATED).union(Bits::MODIFY).union(grants);
    let word = match grant.folder {
        FolderLevel::None => Bits::EMPTY,
        FolderLevel::Visible => visible,
        FolderLevel::Create => create,
        FolderLevel::Subfolders => subfolders,
        // Deleting a folder deletes everybody's items, so it takes that right as well.
        FolderLevel::Admin if grant.delete.covers(Whose::Others) => admin.union(Bits::DELETE),
        FolderLevel::Admin => admin,
    };
    if word.contains(Bits::CREATE_ITEM) && matches!(grant.read, Level::None) {
        word.union(Bits::DROP_BOX)
    } else {
        word
    }
}

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
