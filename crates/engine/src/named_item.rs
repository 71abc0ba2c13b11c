//! Items by their names, for clients that keep no cursor: lists, single items and what a span of time holds.

use crate::decide::Rights;
use crate::{Caller, Engine, Error, kind};
use access::{Bits, Class};
use items::Kind;
use jiff::Timestamp;
use std::collections::HashMap;
use store::id::{FolderId, Modseq, PrincipalId, Uid};
use store::row::folder::FolderRow;
use store::row::item::{ItemRow, Listed};
use store::{Query, row};

/// Items that one question about a span of time looks at.
const MAX_DURING: i64 = 10_000;

/// Tells one version of an item's content from every other in its folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Version {
    /// The item.
    pub uid: Uid,
    /// The last change of its content.
    pub content: Modseq,
}

/// An item as lists show it to one user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name in its folder.
    pub name: String,
    /// Its version.
    pub version: Version,
    /// Its last change, marks counted.
    pub modseq: Modseq,
    /// Bytes of its content.
    pub size: i64,
    /// When it was stored.
    pub created_at: Timestamp,
    /// When it was changed.
    pub changed_at: Timestamp,
    /// Its owner, by name.
    pub owner: Option<String>,
    /// The class it is in for the user.
    pub class: Class,
    /// What the user may do with it.
    pub bits: Bits,
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryPage {
    /// The items.
    pub entries: Vec<Entry>,
    /// Where to go on; `None` at the end.
    pub next: Option<Uid>,
}

/// An item with its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedItem {
    /// What lists show of it.
    pub entry: Entry,
    /// What it is.
    pub kind: Kind,
    /// Its text as it came.
    pub content: Vec<u8>,
}

/// Names of principals, each looked up once.
#[derive(Debug, Default)]
pub(crate) struct Names(HashMap<PrincipalId, Option<String>>);

impl Names {
    fn of(&mut self, q: &mut Query<'_>, id: PrincipalId) -> Result<Option<String>, Error> {
        if let Some(name) = self.0.get(&id) {
            return Ok(name.clone());
        }
        let name = row::principal::load(q, id)?.map(|row| row.name);
        self.0.insert(id, name.clone());
        Ok(name)
    }
}

impl Engine {
    /// Lists at most `limit` items after `after` that the caller may read, oldest first, and tells where to go on. `None`
    /// where there is no such folder for him.
    ///
    /// # Errors
    /// When the database fails.
    pub fn entries(
        &self,
        caller: &Caller,
        folder: FolderId,
        (after, limit): (Uid, u32),
        now: Timestamp,
    ) -> Result<Option<EntryPage>, Error> {
        self.store.read(|q| {
            let Some((folder, rights)) = seen_folder(q, caller, folder, now)? else { return Ok(None) };
            let rows = row::item::listed(q, folder.id, after, i64::from(limit))?;
            let full = rows.len() >= usize::try_from(limit).unwrap_or(usize::MAX);
            let next = rows.last().map(|row| row.head.uid).filter(|_| full);
            let mut names = Names::default();
            let rows = rows.into_iter().filter(|row| rights.sees(&row.head));
            let entries = rows.map(|row| entry(q, &rights, row, &mut names)).collect::<Result<_, _>>()?;
            Ok(Some(EntryPage { entries, next }))
        })
    }

    /// Returns what lists show of one item, if the caller may read it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn entry(
        &self,
        caller: &Caller,
        folder: FolderId,
        name: &str,
        now: Timestamp,
    ) -> Result<Option<Entry>, Error> {
        self.store.read(|q| {
            let Some((folder, rights)) = seen_folder(q, caller, folder, now)? else { return Ok(None) };
            let found = row::item::listed_by_name(q, folder.id, name)?.filter(|row| rights.sees(&row.head));
            found.map(|row| entry(q, &rights, row, &mut Names::default())).transpose()
        })
    }

    /// Returns one item with its content, if the caller may read it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn named_item(
        &self,
        caller: &Caller,
        folder: FolderId,
        name: &str,
        now: Timestamp,
    ) -> Result<Option<NamedItem>, Error> {
        self.store.read(|q| {
            let Some((folder, rights)) = seen_folder(q, caller, folder, now)? else { return Ok(None) };
            let found = row::item::by_name(q, folder.id, name)?.filter(|row| rights.sees(&row.head()));
            found.map(|row| named(q, &folder, &rights, row, &mut Names::default())).transpose()
        })
    }

    /// Returns a folder's items that the caller may read and that happen in `from..to`, or all of them, at most
    /// `limit`; whether there were more.
    ///
    /// # Errors
    /// When the database fails.
    pub fn items_during(
        &self,
        caller: &Caller,
        folder: FolderId,
        span: Option<(Timestamp, Timestamp)>,
        now: Timestamp,
    ) -> Result<Option<Vec<NamedItem>>, Error> {
        self.store.read(|q| {
            let Some((folder, rights)) = seen_folder(q, caller, folder, now)? else { return Ok(None) };
            let rows = match span {
                Some((from, to)) => {
                    let span = (from.as_millisecond(), to.as_millisecond());
                    row::item::touching(q, folder.id, span, MAX_DURING)?
                }
                None => row::item::after(q, folder.id, Uid(0), MAX_DURING)?,
            };
            let mut names = Names::default();
            let rows = rows.into_iter().filter(|row| rights.sees(&row.head()));
            let items = rows.map(|row| {
                let row = row::item::complete(q, folder.id, row)?;
                named(q, &folder, &rights, row, &mut names)
            });
            items.collect::<Result<_, _>>().map(Some)
        })
    }
}

/// Returns a folder and the caller's rights there, if it exists for him.
pub(crate) fn seen_folder(
    q: &mut Query<'_>,
    caller: &Caller,
    folder: FolderId,
    now: Timestamp,
) -> Result<Option<(FolderRow, Rights)>, Error> {
    let Some(folder) = row::folder::load(q, folder)? else { return Ok(None) };
    let rights = Rights::load(q, &folder, caller.user, now.as_millisecond())?;
    Ok(rights.sees_folder().then_some((folder, rights)))
}

/// Returns what lists show of a row.
pub(crate) fn entry(
    q: &mut Query<'_>,
    rights: &Rights,
    row: Listed,
    names: &mut Names,
) -> Result<Entry, Error> {
    let owner = match row.head.owner {
        Some(owner) => names.of(q, owner)?,
        None => None,
    };
    Ok(Entry {
        name: row.name,
        version: Version { uid: row.head.uid, content: row.head.content_modseq },
        modseq: row.head.modseq,
        size: row.head.size,
        created_at: Timestamp::from_millisecond(row.created_at).unwrap_or_default(),
        changed_at: Timestamp::from_millisecond(row.changed_at).unwrap_or_default(),
        owner,
        class: rights.class(&row.head),
        bits: rights.item(&row.head),
    })
}

fn named(
    q: &mut Query<'_>,
    folder: &FolderRow,
    rights: &Rights,
    row: ItemRow,
    names: &mut Names,
) -> Result<NamedItem, Error> {
    let head = row.head();
    let listed = Listed { name: row.name, created_at: row.created_at, changed_at: row.changed_at, head };
    let entry = entry(q, rights, listed, names)?;
    Ok(NamedItem { entry, kind: kind::from_code(folder.kind)?, content: row.content })
}
