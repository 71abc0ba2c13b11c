//! Items outside of a sync: lists, single items, import and export.

use crate::apply::{self, New};
use crate::decide::{Allowed, Rights};
use crate::folder::FolderPath;
use crate::{Actor, Caller, Engine, Error, kind};
use items::message::Cuts;
use items::{Alarm, Kind, Trouble};
use jiff::Timestamp;
use store::id::{FolderId, Modseq, PrincipalId, Uid};
use store::row::folder::FolderRow;
use store::row::item::{ItemHead, ItemRow};
use store::row::overlay::OverlayRow;
use store::{Query, row};

/// Items read per query.
const CHUNK: i64 = 64;

/// An item as a device is told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemView {
    /// Its number in its folder.
    pub uid: Uid,
    /// What it is.
    pub kind: Kind,
    /// Its text as it came; of a message with `cuts`, its outline.
    pub content: Vec<u8>,
    /// What is missing in the outline of a large message.
    pub cuts: Option<Cuts>,
    /// A message's marks, as [`items::marks::Marks::parse`] reads them.
    pub marks: String,
    /// Whether this user has seen it.
    pub seen: bool,
    /// When it was stored, in milliseconds since 1970.
    pub created_at: i64,
    /// One line for people.
    pub summary: String,
}

impl ItemView {
    /// Returns the view of a row: of a large message that was read without its content, its outline.
    pub(crate) fn new(row: ItemRow, kind: Kind) -> Result<Self, Error> {
        let ItemRow { uid, content, outline, marks, created_at, summary, .. } = row;
        let (content, cuts) = match outline {
            Some(outline) if content.is_empty() => {
                let cuts = outline.cuts.parse().map_err(|_| Error::Store(store::Error::Corrupt))?;
                (outline.text, Some(cuts))
            }
            Some(_) | None => (content, None),
        };
        Ok(Self { uid, kind, content, cuts, marks, seen: true, created_at, summary })
    }

    /// Returns the item as a user sees it who said this of it.
    pub(crate) fn of(row: ItemRow, kind: Kind, overlay: Option<OverlayRow>) -> Result<Self, Error> {
        let changed_at = Timestamp::from_millisecond(row.changed_at).unwrap_or_default();
        let mut view = Self::new(row, kind)?;
        view.seen = kind != Kind::Mail || overlay.as_ref().is_some_and(|overlay| overlay.seen);
        let alarm = overlay.and_then(|overlay| overlay.alarm).and_then(|alarm| Alarm::parse(&alarm));
        if let Some(alarm) = alarm.filter(|_| items::rings(kind)) {
            view.content = items::with_alarm(kind, &view.content, alarm, changed_at);
        }
        Ok(view)
    }

    pub(crate) fn without_content(uid: Uid, kind: Kind) -> Self {
        let (content, marks, summary) = (Vec::new(), String::new(), String::new());
        Self { uid, kind, content, cuts: None, marks, seen: true, created_at: 0, summary }
    }
}

/// An item as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemInfo {
    /// Its number in its folder.
    pub uid: Uid,
    /// Its owner's name.
    pub owner: Option<String>,
    /// Its last change.
    pub modseq: Modseq,
    /// Its name in addresses.
    pub name: String,
    /// One line for people.
    pub summary: String,
    /// Of a message, its flag and categories, as they are stored.
    pub marks: String,
}

/// An item to be imported.
#[derive(Debug, Clone, Copy)]
pub struct NewItem<'a> {
    /// Its text.
    pub content: &'a [u8],
    /// Its name in addresses; `None` for a random one.
    pub name: Option<&'a str>,
}

/// Takes an item's name and text.
pub type Take<'a> = dyn FnMut(&str, &[u8]) -> Result<(), Error> + 'a;

/// What came of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The item's number.
    pub uid: Uid,
    /// Whether an item of the same UID or name was replaced.
    pub replaced: bool,
    /// What was not understood; it is stored all the same.
    pub troubles: Vec<Trouble>,
}

impl Engine {
    /// Returns one item, if the caller may read it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn fetch(
        &self,
        caller: &Caller,
        folder: FolderId,
        uid: Uid,
        now: Timestamp,
    ) -> Result<Option<ItemView>, Error> {
        self.store.read(|q| {
            let Some((row, kind, overlay)) = seen_by(q, caller, (folder, uid), now)? else { return Ok(None) };
            let row = row::item::complete(q, folder, row)?;
            ItemView::of(row, kind, overlay).map(Some)
        })
    }

    /// Returns one item, of a large message its outline, if the caller may read it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn fetch_outlined(
        &self,
        caller: &Caller,
        folder: FolderId,
        uid: Uid,
        now: Timestamp,
    ) -> Result<Option<ItemView>, Error> {
        self.store.read(|q| {
            let Some((row, kind, overlay)) = seen_by(q, caller, (folder, uid), now)? else { return Ok(None) };
            ItemView::of(row, kind, overlay).map(Some)
        })
    }

    /// Lists a folder's items, as far as `viewer` may read them.
    ///
    /// # Errors
    /// When there is no such folder for the viewer, or the database fails.
    pub fn items(
        &self,
        account: &str,
        path: &FolderPath,
        viewer: Actor<'_>,
        now: Timestamp,
    ) -> Result<Vec<ItemInfo>, Error> {
        let mut list = Vec::new();
        self.each_item(account, path, (viewer, now), &mut |q, _, row| {
            let owner = match row.owner {
                Some(owner) => row::principal::load(q, owner)?.map(|owner| owner.name),
                None => None,
            };
            list.push(ItemInfo {
                uid: row.uid,
                owner,
                modseq: row.modseq,
                name: row.name,
                summary: row.summary,
                marks: row.marks,
            });
            Ok(())
        })?;
        Ok(list)
    }

    /// Hands every item's name and text that `viewer` may read to `take`, a few at a time, and returns how many.
    ///
    /// # Errors
    /// When there is no such folder for the viewer, the database fails, or `take` does.
    pub fn export(
        &self,
        account: &str,
        path: &FolderPath,
        (viewer, now): (Actor<'_>, Timestamp),
        take: &mut Take<'_>,
    ) -> Result<u64, Error> {
        let mut count = 0;
        self.each_item(account, path, (viewer, now), &mut |q, folder, row| {
            count += 1;
            let row = row::item::complete(q, folder, row)?;
            take(&row.name, &row.content)
        })?;
        Ok(count)
    }

    fn each_item(
        &self,
        account: &str,
        path: &FolderPath,
        (viewer, now): (Actor<'_>, Timestamp),
        take: &mut dyn FnMut(&mut Query<'_>, FolderId, ItemRow) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut after = Uid(0);
        loop {
            let rows = self.store.read(|q| {
                let folder = crate::folder::find(q, account, path)?;
                let rights = viewer_rights(q, &folder, viewer, now)?;
                let rows = row::item::after(q, folder.id, after, CHUNK)?;
                let whole = rows.len() < usize::try_from(CHUNK).unwrap_or(usize::MAX);
                let last = rows.last().map(|row| row.uid);
                for row in rows {
                    if rights.as_ref().is_none_or(|rights| rights.sees(&row.head())) {
                        take(q, folder.id, row)?;
                    }
                }
                Ok::<_, Error>(last.filter(|_| !whole))
            })?;
            match rows {
                Some(last) => after = last,
                None => return Ok(()),
            }
        }
    }

    /// Stores an item as it came. One of the same UID in the folder is replaced: importing a file twice changes nothing.
    ///
    /// # Errors
    /// When there is no such folder, the actor may not write it, or the database fails.
    pub fn import(
        &self,
        actor: Actor<'_>,
        (account, path): (&str, &FolderPath),
        item: &NewItem<'_>,
        now: Timestamp,
    ) -> Result<Imported, Error> {
        self.write(now, |work| {
            let folder = crate::folder::find(work, account, path)?;
            let kind = kind::from_code(folder.kind)?;
            row::folder::lock(work, folder.id)?;
            let rights = viewer_rights(work, &folder, actor, now)?;
            items::check(kind, item.content).map_err(|unfit| Error::invalid(unfit.to_string()))?;
            let troubles = items::report(kind, item.content);
            let twin = match items::index(kind, item.content).uid {
                Some(identity) => row::item::by_identity(work, folder.id, &identity)?,
                None => None,
            };
            if let Some(twin) = twin {
                let uid = twin.uid;
                let leave =
                    leave(rights.as_ref(), |rights| rights.change(&twin.head(), now.as_millisecond()))?;
                refuse_hiding(rights.as_ref(), &twin, (kind, item.content))?;
                if twin.content != item.content {
                    apply::rewrite(work, &leave, &folder, twin, item.content.to_vec())?;
                }
                return Ok(Imported { uid, replaced: true, troubles });
            }
            let leave = leave(rights.as_ref(), |rights| rights.create(now.as_millisecond()))?;
            let owner = match actor {
                Actor::Operator => folder.account,
                Actor::User(caller) => caller.user,
            };
            let new = New {
                owner: owner_of(work, owner)?,
                name: item.name.map(str::to_owned),
                content: item.content.to_vec(),
                marks: String::new(),
            };
            let uid = apply::insert(work, &leave, &folder, new)?;
            Ok(Imported { uid, replaced: false, troubles })
        })
    }

    /// Writes new text over an item's.
    ///
    /// # Errors
    /// When there is no such item for the actor, he may not change it, or the database fails.
    pub fn edit_item(
        &self,
        actor: Actor<'_>,
        (account, path, uid): (&str, &FolderPath, Uid),
        content: &[u8],
        now: Timestamp,
    ) -> Result<Modseq, Error> {
        self.write(now, |work| {
            let folder = crate::folder::find(work, account, path)?;
            row::folder::lock(work, folder.id)?;
            let rights = viewer_rights(work, &folder, actor, now)?;
            let row = readable(work, &folder, rights.as_ref(), uid)?;
            let leave = leave(rights.as_ref(), |rights| rights.change(&row.head(), now.as_millisecond()))?;
            refuse_hiding(rights.as_ref(), &row, (kind::from_code(folder.kind)?, content))?;
            apply::rewrite(work, &leave, &folder, row, content.to_vec())
        })
    }

    /// Deletes an item for good.
    ///
    /// # Errors
    /// When there is no such item for the actor, he may not delete it, or the database fails.
    pub fn delete_item(
        &self,
        actor: Actor<'_>,
        (account, path, uid): (&str, &FolderPath, Uid),
        now: Timestamp,
    ) -> Result<(), Error> {
        self.write(now, |work| {
            let folder = crate::folder::find(work, account, path)?;
            row::folder::lock(work, folder.id)?;
            let rights = viewer_rights(work, &folder, actor, now)?;
            let row = readable(work, &folder, rights.as_ref(), uid)?;
            let head: ItemHead = row.head();
            let leave = leave(rights.as_ref(), |rights| rights.delete(&head, now.as_millisecond()))?;
            apply::delete(work, &leave, folder.id, &head).map(drop)
        })
    }
}

/// Returns an item, without the content of a large one, and what the caller has said of it; `None` where he may
/// not read it.
pub(crate) fn seen_by(
    q: &mut Query<'_>,
    caller: &Caller,
    (folder, uid): (FolderId, Uid),
    now: Timestamp,
) -> Result<Option<(ItemRow, Kind, Option<OverlayRow>)>, Error> {
    let Some(folder) = row::folder::load(q, folder)? else { return Ok(None) };
    let rights = Rights::load(q, &folder, caller.user, now.as_millisecond())?;
    let found = row::item::outlined(q, folder.id, uid)?.filter(|row| rights.sees(&row.head()));
    let Some(row) = found else { return Ok(None) };
    let overlay = row::overlay::load(q, folder.id, caller.user, uid)?;
    Ok(Some((row, kind::from_code(folder.kind)?, overlay)))
}

/// Returns the actor's rights in a folder, `None` for the operator, who needs none; a folder the user does not see
/// does not exist for him.
pub(crate) fn viewer_rights(
    q: &mut Query<'_>,
    folder: &FolderRow,
    actor: Actor<'_>,
    now: Timestamp,
) -> Result<Option<Rights>, Error> {
    let Actor::User(caller) = actor else { return Ok(None) };
    let rights = Rights::load(q, folder, caller.user, now.as_millisecond())?;
    if rights.sees_folder() { Ok(Some(rights)) } else { Err(Error::not_found("this folder")) }
}

fn readable(
    q: &mut Query<'_>,
    folder: &FolderRow,
    rights: Option<&Rights>,
    uid: Uid,
) -> Result<ItemRow, Error> {
    row::item::load(q, folder.id, uid)?
        .filter(|row| rights.is_none_or(|rights| rights.sees(&row.head())))
        .ok_or_else(|| Error::not_found(format!("item {uid}")))
}

fn leave(
    rights: Option<&Rights>,
    rule: impl Fn(&Rights) -> Result<Allowed, Box<access::why::Why>>,
) -> Result<Allowed, Error> {
    match rights {
        None => Ok(Allowed::operator()),
        Some(rights) => rule(rights).map_err(|why| Error::refused(why.to_string())),
    }
}

/// Refuses to make an item private that is neither the writer's own nor in a folder of his.
fn refuse_hiding(
    rights: Option<&Rights>,
    row: &ItemRow,
    (kind, content): (Kind, &[u8]),
) -> Result<(), Error> {
    let sensitivity = i64::from(items::index(kind, content).sensitivity.number());
    if rights.is_none_or(|rights| rights.may_hide(&row.head(), sensitivity)) {
        return Ok(());
    }
    Err(Error::refused("only the owner of an item or of its folder may make it private"))
}

/// A space owns no items: nobody logs in as it, so its items are nobody's own.
fn owner_of(q: &mut Query<'_>, account: PrincipalId) -> Result<Option<PrincipalId>, Error> {
    const USER: i64 = 1;
    Ok(row::principal::load(q, account)?.filter(|row| row.kind == USER).map(|row| row.id))
}
