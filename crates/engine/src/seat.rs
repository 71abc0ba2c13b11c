//! What somebody has to say about a folder's access list, worked out inside the transaction that asks.

use crate::decide::{Allowed, Rights};
use crate::{Actor, Error};
use access::why::Need;
use access::{Caps, Effect, Entry, Standing};
use store::id::PrincipalId;
use store::row::folder::FolderRow;
use store::{Query, row};

/// Where somebody sits before a folder's access list.
#[derive(Debug)]
pub(crate) struct Seat {
    /// His rights; `None` for the operator.
    pub(crate) rights: Option<Rights>,
    /// What counts for him. The operator has what an owner has.
    pub(crate) effect: Effect,
    /// Leave to change the list, where he may.
    pub(crate) leave: Option<Allowed>,
    /// Whether he may give more than he has: the folder's owner, system admins and the operator.
    pub(crate) unlimited: bool,
}

impl Seat {
    /// Returns the seat of `actor`; `None` where the folder does not exist for him.
    pub(crate) fn take(
        q: &mut Query<'_>,
        actor: Actor<'_>,
        folder: &FolderRow,
        now_ms: i64,
    ) -> Result<Option<Self>, Error> {
        let Actor::User(caller) = actor else {
            let nothing = std::iter::empty::<Entry>();
            let effect = access::effect(nothing, Standing::Owner, Caps::default(), now_ms);
            let leave = Some(Allowed::operator());
            return Ok(Some(Self { rights: None, effect, leave, unlimited: true }));
        };
        // What he was when he logged in may be over.
        let Some(user) = row::principal::load(q, caller.user)?.filter(|user| !user.disabled) else {
            return Ok(None);
        };
        let rights = Rights::load(q, folder, user.id, now_ms)?;
        if !rights.sees_folder() && !user.admin {
            return Ok(None);
        }
        let leave =
            if user.admin { Some(Allowed::operator()) } else { rights.rule(Need::Share, now_ms).ok() };
        let effect = rights.effect(now_ms);
        let unlimited = user.admin || rights.owns_folder();
        Ok(Some(Self { rights: Some(rights), effect, leave, unlimited }))
    }

    /// Returns who sits here; `None` for the operator.
    pub(crate) fn user(&self) -> Option<PrincipalId> {
        self.rights.as_ref().map(Rights::user)
    }
}

/// Returns the folder and the seat of `actor` before its list.
pub(crate) fn at(
    q: &mut Query<'_>,
    actor: Actor<'_>,
    folder: store::id::FolderId,
    now_ms: i64,
) -> Result<(FolderRow, Seat), Error> {
    let missing = || Error::not_found(format!("folder {folder}"));
    let row = row::folder::load(q, folder)?.ok_or_else(missing)?;
    let seat = Seat::take(q, actor, &row, now_ms)?.ok_or_else(missing)?;
    Ok((row, seat))
}
