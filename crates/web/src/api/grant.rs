//! Who may do what in a folder.

use access::{Busy, Effect, Entry, FolderLevel, Grant, Level, Right};
use engine::{
    AccessList, AccessListChange, ChangedAlike, Depth, ListConflict, ListedGrant, MAX_ENTRIES, OwnAdmin,
    PrincipalRef, Revision, ShareWarning, Telling, Uid,
};
use serde_json::{Value, json};

use super::call::Call;
use super::problem::Problem;
use super::route::{Route, Verb};
use super::shape::{Nothing, Time, Word, asked, shown};

shown! {
    /// Four levels.
    Levels {
        /// What may be done with the folder.
        folder: Word<FolderLevel>,
        /// Whose items may be read.
        read: Word<Level>,
        /// Whose items may be changed.
        write: Word<Level>,
        /// Whose items may be deleted.
        delete: Word<Level>,
    }

    /// One row of an access list.
    GrantShown {
        /// `user:NAME`, `group:NAME` or `everyone`.
        principal: String,
        /// What people call him; empty for everyone.
        display_name: String,
        /// What may be done with the folder.
        folder: Word<FolderLevel>,
        /// Whose items may be read.
        read: Word<Level>,
        /// Whose items may be changed.
        write: Word<Level>,
        /// Whose items may be deleted.
        delete: Word<Level>,
        /// Whether others' private items are like their other items.
        private: bool,
        /// What is known of a calendar's busy times.
        busy: Word<Busy>,
        /// When it ends.
        until: Option<Time>,
        /// Whether it counts: it has not ended.
        live: bool,
        /// Levels without effect, unless another grant adds to them.
        wasted: Vec<String>,
    }

    /// A folder's access list, as far as who asks may know it.
    ListShown {
        /// Its state, to be named in a change of it.
        revision: i64,
        /// Whose the folder is.
        owner: String,
        /// Whether who asks may change it, and so sees all of it.
        may_change: bool,
        /// The grants.
        grants: Vec<GrantShown>,
        /// Who administers the folder beside its owner.
        admins: Vec<String>,
    }

    /// What a change came to.
    GrantsChanged {
        /// The state of the list now.
        revision: i64,
        /// What its giver should know.
        warnings: Vec<Warning>,
        /// Folders whose lists are different now.
        folders: i64,
        /// Folders below that were left as they are.
        skipped: Vec<String>,
        /// Users who gained or lost something.
        users: i64,
    }

    /// Something about a new grant that its giver should know.
    Warning {
        /// Whose grant.
        principal: String,
        /// What.
        what: String,
    }

    /// What a change would do.
    PreviewShown {
        /// The state of the list that this was worked out from.
        revision: i64,
        /// Who gains and who loses.
        changes: Vec<Alike>,
        /// What its giver should know.
        warnings: Vec<Warning>,
        /// Whether who asks would not administer the folder any more.
        loses_own_admin: bool,
        /// Folders whose lists would change.
        folders: i64,
        /// Folders below that would be left as they are.
        skipped: Vec<String>,
    }

    /// Users whom a change does the same to.
    Alike {
        /// The levels that count before.
        before: Levels,
        /// The levels that count after.
        after: Levels,
        /// Rights they gain.
        gains: Vec<String>,
        /// Rights they lose.
        losses: Vec<String>,
        /// How many they are.
        count: i64,
        /// The first of them, by name.
        users: Vec<String>,
    }

    /// What a user may do in a folder, and why.
    AccessShown {
        /// What may be done with the folder.
        folder: Word<FolderLevel>,
        /// Whose items may be read.
        read: Word<Level>,
        /// Whose items may be changed.
        write: Word<Level>,
        /// Whose items may be deleted.
        delete: Word<Level>,
        /// The access bits.
        bits: AccessBits,
        /// Whether the folder is his own.
        owner: bool,
        /// The grants it comes from.
        grants: Vec<Reason>,
        /// What he may do with the item that was named: its access bits.
        item: Option<i64>,
    }

    /// Access bits: of the folder, and of the classes of its items.
    AccessBits {
        /// Of the folder.
        folder: i64,
        /// Of his own items.
        mine: i64,
        /// Of others' items.
        others: i64,
        /// Of others' private items.
        others_private: i64,
    }

    /// A grant that counts.
    Reason {
        /// To whom it is.
        principal: String,
        /// What it gives.
        levels: Levels,
        /// When it ends.
        until: Option<Time>,
    }
}

asked! {
    /// A grant to be set, in place of the one there is.
    GrantAsked {
        /// `user:NAME`, `group:NAME` or `everyone`.
        principal: String,
        /// What may be done with the folder.
        folder: Word<FolderLevel>,
        /// Whose items may be read.
        read: Word<Level>,
        /// Whose items may be changed.
        write: Word<Level>,
        /// Whose items may be deleted.
        delete: Word<Level>,
        /// Whether others' private items are like their other items.
        private: Option<bool>,
        /// What is known of a calendar's busy times.
        busy: Option<Word<Busy>>,
        /// When it ends.
        until: Option<Time>,
    }

    /// A change of an access list.
    GrantsAsked {
        /// The state of the list that it was made from. Where the list is not that any more, nothing is changed.
        revision: i64,
        /// Grants to be set.
        set: Option<Vec<GrantAsked>>,
        /// Principals whose grants are to be removed.
        remove: Option<Vec<String>>,
        /// Whether who asks may give up his own right to administer the folder.
        give_up_own_admin: Option<bool>,
        /// Whether the folders below are changed too.
        subfolders: Option<bool>,
    }

    /// Whose access.
    Whose {
        /// A user; who asks where it is left out.
        user: Option<String>,
        /// One item of the folder.
        item: Option<i64>,
    }
}

impl From<Grant> for Levels {
    fn from(grant: Grant) -> Self {
        let Grant { folder, read, write, delete } = grant;
        Self { folder: Word(folder), read: Word(read), write: Word(write), delete: Word(delete) }
    }
}

impl From<&ListedGrant> for GrantShown {
    fn from(row: &ListedGrant) -> Self {
        let Levels { folder, read, write, delete } = row.entry.grant.into();
        Self {
            principal: row.principal.to_string(),
            display_name: row.display_name.clone(),
            folder,
            read,
            write,
            delete,
            private: row.entry.private,
            busy: Word(row.entry.busy),
            until: until(row.entry.until),
            live: row.live,
            wasted: row.wasted.iter().map(ToString::to_string).collect(),
        }
    }
}

impl From<AccessList> for ListShown {
    fn from(list: AccessList) -> Self {
        Self {
            revision: list.revision.0,
            owner: list.owner.name,
            may_change: list.may_change,
            grants: list.grants.iter().map(GrantShown::from).collect(),
            admins: list.admins.iter().map(ToString::to_string).collect(),
        }
    }
}

pub(crate) fn routes() -> Vec<Route> {
    use Verb::{Get, Post};
    vec![
        Route::new((Get, "/folders/{folder}/grants"), "Show a folder's access list", list),
        Route::new((Post, "/folders/{folder}/grants"), "Change a folder's access list", change),
        Route::new((Post, "/folders/{folder}/grants/preview"), "Tell what a change would do", preview),
        Route::new((Get, "/folders/{folder}/access"), "Tell what a user may do in a folder, and why", access),
    ]
}

/// Returns what somebody else did to a list meanwhile.
pub(crate) fn conflict(conflict: &ListConflict) -> Value {
    let missed = conflict.missed.iter().map(|one| {
        json!({
            "at": one.at.to_string(),
            "by": one.by,
            "principal": one.principal,
            "old": one.old,
            "new": one.new,
        })
    });
    let missed: Vec<Value> = missed.collect();
    json!({ "missed": missed, "now": ListShown::from(conflict.now.clone()) })
}

fn until(until: Option<i64>) -> Option<Time> {
    until.and_then(|ms| engine::Timestamp::from_millisecond(ms).ok()).map(Time)
}

fn list(call: &Call<'_>, _: &Nothing, _: &Nothing) -> Result<ListShown, Problem> {
    Ok(call.engine.access_list(call.actor(), call.folder()?, call.now)?.into())
}

impl GrantsAsked {
    fn read(&self) -> Result<AccessListChange, Problem> {
        let set = self.set.as_deref().unwrap_or_default();
        let remove = self.remove.as_deref().unwrap_or_default();
        if set.len() + remove.len() > MAX_ENTRIES {
            return Err(engine::ShareError::TooMany.into());
        }
        let entry = |one: &GrantAsked| -> Result<(PrincipalRef, Entry), Problem> {
            let grant = Grant::new(one.folder.0, one.read.0, one.write.0, one.delete.0);
            let entry = Entry {
                grant,
                private: one.private.unwrap_or_default(),
                busy: one.busy.map(|busy| busy.0).unwrap_or_default(),
                until: one.until.map(|until| until.0.as_millisecond()),
            };
            Ok((one.principal.parse()?, entry))
        };
        let parse = |one: &String| -> Result<PrincipalRef, Problem> { Ok(one.parse()?) };
        let give_up = self.give_up_own_admin.unwrap_or_default();
        let below = self.subfolders.unwrap_or_default();
        Ok(AccessListChange {
            revision: Some(Revision(self.revision)),
            set: set.iter().map(entry).collect::<Result<_, _>>()?,
            remove: remove.iter().map(parse).collect::<Result<_, _>>()?,
            own_admin: if give_up { OwnAdmin::GiveUp } else { OwnAdmin::Keep },
            depth: if below { Depth::Subtree } else { Depth::Folder },
            telling: Telling::Everyone,
        })
    }
}

fn change(call: &Call<'_>, _: &Nothing, body: &GrantsAsked) -> Result<GrantsChanged, Problem> {
    let change = body.read()?;
    let done = call.engine.change_access_list(&call.by(), call.folder()?, &change, call.now)?;
    Ok(GrantsChanged {
        revision: done.revision.0,
        warnings: warnings(done.warnings),
        folders: number(done.folders),
        skipped: done.skipped,
        users: number(done.users),
    })
}

fn preview(call: &Call<'_>, _: &Nothing, body: &GrantsAsked) -> Result<PreviewShown, Problem> {
    let change = body.read()?;
    let told = call.engine.preview_access_list(call.actor(), call.folder()?, &change, call.now)?;
    Ok(PreviewShown {
        revision: told.revision.0,
        changes: told.changes.into_iter().map(Alike::from).collect(),
        warnings: warnings(told.warnings),
        loses_own_admin: told.loses_own_admin,
        folders: number(told.folders),
        skipped: told.skipped,
    })
}

impl From<ChangedAlike> for Alike {
    fn from(alike: ChangedAlike) -> Self {
        let levels = |effect: Effect| effect.levels.into();
        let names = |rights: Vec<Right>| rights.into_iter().map(|right| right.key().to_owned()).collect();
        Self {
            before: levels(alike.before),
            after: levels(alike.after),
            gains: names(alike.gains),
            losses: names(alike.losses),
            count: number(alike.count),
            users: alike.users.into_iter().map(|user| user.name).collect(),
        }
    }
}

fn warnings(list: Vec<(PrincipalRef, ShareWarning)>) -> Vec<Warning> {
    let warning = |(principal, what): (PrincipalRef, ShareWarning)| Warning {
        principal: principal.to_string(),
        what: what.to_string(),
    };
    list.into_iter().map(warning).collect()
}

pub(crate) fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn access(call: &Call<'_>, query: &Whose, _: &Nothing) -> Result<AccessShown, Problem> {
    let list = call.engine.access_list(call.actor(), call.folder()?, call.now)?;
    let user = query.user.clone().unwrap_or_else(|| call.caller.name().to_owned());
    if !list.may_change && user != call.caller.name() {
        return Err(engine::ShareError::NotAdmin.into());
    }
    let path = super::call::path(&list.folder.path)?;
    let item = query.item.map(Uid);
    // Whether an item is there is for those who may read it.
    if let Some(uid) = item
        && call.engine.fetch_outlined(&call.caller, list.folder.id, uid, call.now)?.is_none()
    {
        return Err(Problem::not_found());
    }
    let report = call.engine.access(&user, (&list.owner.name, &path), item, call.now)?;
    let Levels { folder, read, write, delete } = report.levels.into();
    Ok(AccessShown {
        folder,
        read,
        write,
        delete,
        bits: AccessBits {
            folder: i64::from(report.access.folder.value()),
            mine: i64::from(report.access.mine.value()),
            others: i64::from(report.access.others.value()),
            others_private: i64::from(report.access.others_private.value()),
        },
        owner: report.owner,
        grants: report
            .grants
            .iter()
            .map(|grant| Reason {
                principal: grant.principal.to_string(),
                levels: grant.entry.grant.into(),
                until: until(grant.entry.until),
            })
            .collect(),
        item: report.bits.map(|bits| i64::from(bits.value())),
    })
}
