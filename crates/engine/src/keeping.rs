//! What people do with folders themselves, by the rules: make, rename and remove them; and items a page at a time.

use crate::apply::{self, NewFolder};
use crate::audit::{self, Note};
use crate::by::By;
use crate::decide::Rights;
use crate::folder::{account_of, look_up, path_of};
use crate::seat::Seat;
use crate::work::Work;
use crate::{Actor, Caller, Engine, Error, FolderPath, ItemInfo};
use access::why::Need;
use items::Kind;
use jiff::Timestamp;
use store::id::{FolderId, PrincipalId, Uid};
use store::row::folder::FolderRow;
use store::{Query, row};

/// Items of one page at most.
pub const MAX_ITEM_PAGE: usize = 500;
/// Items looked at for one page, whoever may read them.
const MAX_LOOKED_AT: i64 = 1000;

impl Engine {
    /// Refuses whoever is no system admin now, whatever he was when he logged in.
    ///
    /// # Errors
    /// When he is none, or the database fails.
    pub fn require_admin(&self, caller: &Caller) -> Result<(), Error> {
        if self.store.read(|q| is_admin(q, Actor::User(caller)))? {
            Ok(())
        } else {
            Err(Error::refused("this is for system admins"))
        }
    }

    /// Makes a folder. Its account's user and system admins may make any; others where they may make subfolders.
    ///
    /// # Errors
    /// When the account or the folder above does not exist for the actor, he may not, the name is taken, or the
    /// database fails.
    pub fn make_folder(
        &self,
        by: &By<'_>,
        (account, path): (&str, &FolderPath),
        kind: Kind,
        now: Timestamp,
    ) -> Result<FolderId, Error> {
        self.write(now, |work| {
            let missing = || Error::not_found(format!("'{account}'"));
            let owner = account_of(work, account).map_err(|_| missing())?;
            let free = holds(by.actor, owner) || is_admin(work, by.actor)?;
            let (name, above) = path.names().split_last().ok_or_else(missing)?;
            let parent = parent(work, (owner, above), (!free).then_some(by.actor))?;
            if parent == FolderId::TOP && !free {
                return Err(missing());
            }
            let maker = match by.actor {
                Actor::Operator => None,
                Actor::User(caller) => Some(caller.user),
            };
            let new = NewFolder { account: owner, parent, name, kind, role: 0, by: maker };
            let id = apply::add_folder(work, &new)?;
            note(work, by, ("folder made", id), (account, String::new(), path.to_string()))?;
            Ok(id)
        })
    }

    /// Gives a folder another name or place in its account.
    ///
    /// # Errors
    /// When it does not exist for the actor, he may not, it is a default folder, the name is taken, or the database
    /// fails.
    pub fn place_folder(
        &self,
        by: &By<'_>,
        folder: FolderId,
        path: &FolderPath,
        now: Timestamp,
    ) -> Result<(), Error> {
        self.write(now, |work| {
            let (folder, seat) = crate::seat::at(work, by.actor, folder, now.as_millisecond())?;
            let missing = || Error::not_found(format!("folder {}", folder.id));
            let (name, above) = path.names().split_last().ok_or_else(missing)?;
            let bound = (!seat.unlimited).then_some(by.actor);
            let parent = parent(work, (folder.account, above), bound)?;
            let now_ms = work.now_ms();
            if let Some(rights) = seat.rights.filter(|_| !seat.unlimited) {
                allowed(rights.rule(Need::ChangeFolder, now_ms))?;
                if parent != folder.parent {
                    allowed(rights.rule(Need::DeleteFolder, now_ms))?;
                    if parent == FolderId::TOP {
                        return Err(Error::refused("only its owner moves a folder to the top"));
                    }
                }
            }
            let before = path_of(work, &folder)?;
            let account = row::principal::load(work, folder.account)?.map(|row| row.name).unwrap_or_default();
            apply::rename_folder(work, &folder, parent, name)?;
            note(work, by, ("folder renamed", folder.id), (&account, before, path.to_string()))
        })
    }

    /// Removes a folder with everything in it, if the actor may remove all of it.
    ///
    /// # Errors
    /// When it does not exist for the actor, he may not, it is a default folder, or the database fails.
    pub fn drop_folder(&self, by: &By<'_>, folder: FolderId, now: Timestamp) -> Result<(), Error> {
        self.write(now, |work| {
            let (folder, seat) = crate::seat::at(work, by.actor, folder, now.as_millisecond())?;
            let now_ms = work.now_ms();
            if let Some(rights) = seat.rights.filter(|_| !seat.unlimited) {
                for below in apply::subtree(work, &folder)? {
                    // What he may not even see is not named.
                    Rights::load(work, &below, rights.user(), now_ms)?
                        .rule(Need::DeleteFolder, now_ms)
                        .map_err(|_| {
                            Error::refused("you may not remove this folder with all that is in it")
                        })?;
                }
            }
            let before = path_of(work, &folder)?;
            let account = row::principal::load(work, folder.account)?.map(|row| row.name).unwrap_or_default();
            apply::remove_folder(work, &folder)?;
            note(work, by, ("folder removed", folder.id), (&account, before, String::new()))
        })
    }

    /// Lists items of a folder after one of them, as far as the caller may read them, with where the next page begins.
    /// A page can be short, even empty, and not be the last.
    ///
    /// # Errors
    /// When there is no such folder for the caller, or the database fails.
    pub fn item_page(
        &self,
        caller: &Caller,
        folder: FolderId,
        (after, limit): (Uid, usize),
        now: Timestamp,
    ) -> Result<(Vec<ItemInfo>, Option<Uid>), Error> {
        self.store.read(|q| {
            let missing = || Error::not_found(format!("folder {folder}"));
            let row = row::folder::load(q, folder)?.ok_or_else(missing)?;
            let rights = Rights::load(q, &row, caller.user, now.as_millisecond())?;
            if !rights.sees_folder() {
                return Err(missing());
            }
            let rows = row::item::after(q, folder, after, MAX_LOOKED_AT)?;
            let looked_at = rows.len();
            let limit = limit.clamp(1, MAX_ITEM_PAGE);
            let (mut items, mut last, mut rest) = (Vec::new(), after, false);
            for item in rows {
                if items.len() >= limit {
                    rest = true;
                    break;
                }
                last = item.uid;
                if rights.sees(&item.head()) {
                    items.push(ItemInfo {
                        uid: item.uid,
                        owner: name_of(q, item.owner)?,
                        modseq: item.modseq,
                        name: item.name,
                        summary: item.summary,
                        marks: item.marks,
                    });
                }
            }
            let more = rest || i64::try_from(looked_at).is_ok_and(|count| count >= MAX_LOOKED_AT);
            Ok((items, more.then_some(last)))
        })
    }
}

fn name_of(q: &mut Query<'_>, user: Option<PrincipalId>) -> Result<Option<String>, Error> {
    let Some(user) = user else { return Ok(None) };
    Ok(row::principal::load(q, user)?.map(|user| user.name))
}

fn holds(actor: Actor<'_>, account: PrincipalId) -> bool {
    match actor {
        Actor::Operator => true,
        Actor::User(caller) => caller.user == account,
    }
}

fn is_admin(q: &mut Query<'_>, actor: Actor<'_>) -> Result<bool, Error> {
    match actor {
        Actor::Operator => Ok(true),
        Actor::User(caller) => {
            Ok(row::principal::load(q, caller.user)?.is_some_and(|user| user.admin && !user.disabled))
        }
    }
}

/// Returns the folder that a folder is to stand in. Whoever is bound to the rules must be allowed to make folders there.
fn parent(
    work: &mut Work<'_, '_>,
    (owner, above): (PrincipalId, &[String]),
    bound: Option<Actor<'_>>,
) -> Result<FolderId, Error> {
    if above.is_empty() {
        return Ok(FolderId::TOP);
    }
    let path = FolderPath::try_from(above.join("/").as_str())?;
    let missing = || Error::not_found(format!("folder '{path}'"));
    let found: FolderRow = look_up(work, owner, &path)?.ok_or_else(missing)?;
    let now_ms = work.now_ms();
    if let Some(actor) = bound {
        let seat = Seat::take(work, actor, &found, now_ms)?.ok_or_else(missing)?;
        if let Some(rights) = seat.rights {
            allowed(rights.rule(Need::CreateFolder, now_ms))?;
        }
    }
    Ok(found.id)
}

fn allowed<T>(ruling: Result<T, Box<access::why::Why>>) -> Result<(), Error> {
    ruling.map(drop).map_err(|why| Error::refused(why.to_string()))
}

fn note(
    work: &mut Work<'_, '_>,
    by: &By<'_>,
    (action, folder): (&'static str, FolderId),
    (account, old, new): (&str, String, String),
) -> Result<(), Error> {
    let path = if new.is_empty() { &old } else { &new };
    let object = format!("{account} '{path}'");
    audit::note(work, by, Note { action, object, folder: Some((folder, 0)), old, new, subject: None })
}
