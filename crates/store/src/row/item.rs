//! Items.

use crate::id::{FolderId, Modseq, PrincipalId, Uid};
use crate::row::chunk;
use crate::{Error, Query, Row, Tx, params};

/// One row of `items`, whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemRow {
    /// Its number: the modseq of its creation.
    pub uid: Uid,
    /// Its last change.
    pub modseq: Modseq,
    /// The last change of its content; marks alone leave it behind.
    pub content_modseq: Modseq,
    /// The principal who created it, unless an admin changed that; `None` where that user is gone.
    pub owner: Option<PrincipalId>,
    /// Who made it.
    pub created_by: Option<PrincipalId>,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// Milliseconds since 1970.
    pub changed_at: i64,
    /// Its name in addresses, unique in the folder.
    pub name: String,
    /// The item as it came; empty in a row that was read without the content of large items.
    pub content: Vec<u8>,
    /// What a large item is shown by.
    pub outline: Option<Outline>,
    /// What everybody shares about a message beside its text: flag, categories; empty when nothing is set.
    pub marks: String,
    /// UID of an iCalendar or vCard item, Message-ID of a message.
    pub identity: Option<String>,
    /// One line for people.
    pub summary: String,
    /// 0 normal, 1 personal, 2 private, 3 confidential.
    pub sensitivity: i64,
    /// Where its time begins, in milliseconds since 1970.
    pub starts: Option<i64>,
    /// Where its time ends, in milliseconds since 1970; `None` for an endless series or no time at all.
    pub ends: Option<i64>,
    /// Whether a task is still to be done; true for other items.
    pub open: bool,
    /// Length of the content in bytes.
    pub size: i64,
}

/// A large message without the bytes of its attachments. The message itself is then kept in pieces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    /// What is left of it.
    pub text: Vec<u8>,
    /// What is missing, as the crate `items` says it.
    pub cuts: String,
}

/// What deciding and syncing need of an item, without its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ItemHead {
    /// Its number.
    pub uid: Uid,
    /// Its last change.
    pub modseq: Modseq,
    /// The last change of its content.
    pub content_modseq: Modseq,
    /// Its owner.
    pub owner: Option<PrincipalId>,
    /// 0 normal, 1 personal, 2 private, 3 confidential.
    pub sensitivity: i64,
    /// Where its time ends, in milliseconds since 1970.
    pub ends: Option<i64>,
    /// Whether a task is still to be done.
    pub open: bool,
    /// Length of the content in bytes.
    pub size: i64,
}

impl ItemRow {
    /// Returns what deciding and syncing need.
    #[must_use]
    pub fn head(&self) -> ItemHead {
        ItemHead {
            uid: self.uid,
            modseq: self.modseq,
            content_modseq: self.content_modseq,
            owner: self.owner,
            sensitivity: self.sensitivity,
            ends: self.ends,
            open: self.open,
            size: self.size,
        }
    }
}

/// An item as lists show it, without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its name in addresses.
    pub name: String,
    /// When it was stored, in milliseconds since 1970.
    pub created_at: i64,
    /// When it was changed, in milliseconds since 1970.
    pub changed_at: i64,
    /// What deciding needs.
    pub head: ItemHead,
}

fn read_listed(row: &Row<'_>) -> Result<Listed, Error> {
    let head = read_head(row)?;
    Ok(Listed { name: row.text(8)?, created_at: row.int(9)?, changed_at: row.int(10)?, head })
}

fn read_head(row: &Row<'_>) -> Result<ItemHead, Error> {
    Ok(ItemHead {
        uid: Uid(row.int(0)?),
        modseq: Modseq(row.int(1)?),
        content_modseq: Modseq(row.int(2)?),
        owner: row.int_opt(3)?.map(PrincipalId),
        sensitivity: row.int(4)?,
        ends: row.int_opt(5)?,
        open: row.int(6)? != 0,
        size: row.int(7)?,
    })
}

/// Reads a row; that of a large item has no content yet.
fn read(row: &Row<'_>) -> Result<ItemRow, Error> {
    let text = row.blob(8)?;
    let (content, outline) = match row.text_opt(17)? {
        None => (text, None),
        Some(cuts) => (Vec::new(), Some(Outline { text, cuts })),
    };
    Ok(ItemRow {
        uid: Uid(row.int(0)?),
        modseq: Modseq(row.int(1)?),
        content_modseq: Modseq(row.int(2)?),
        owner: row.int_opt(3)?.map(PrincipalId),
        created_by: row.int_opt(4)?.map(PrincipalId),
        created_at: row.int(5)?,
        changed_at: row.int(6)?,
        name: row.text(7)?,
        content,
        outline,
        marks: row.text(9)?,
        identity: row.text_opt(10)?,
        summary: row.text(11)?,
        sensitivity: row.int(12)?,
        starts: row.int_opt(13)?,
        ends: row.int_opt(14)?,
        open: row.int(15)? != 0,
        size: row.int(16)?,
    })
}

/// Returns one item.
///
/// # Errors
/// When the database fails.
pub fn load(q: &mut Query<'_>, folder: FolderId, uid: Uid) -> Result<Option<ItemRow>, Error> {
    let found = outlined(q, folder, uid)?;
    whole(q, folder, found)
}

/// Returns one item, without the content of a large one.
///
/// # Errors
/// When the database fails.
pub fn outlined(q: &mut Query<'_>, folder: FolderId, uid: Uid) -> Result<Option<ItemRow>, Error> {
    let sql = "SELECT uid, modseq, content_modseq, owner, created_by, created_at, changed_at, name, content, marks, \
                 identity, summary, sensitivity, starts, ends, open, size, cuts \
               FROM items WHERE folder = $1 AND uid = $2";
    q.first(sql, &params![folder, uid], read)
}

/// Returns an item's row with its content, if it was read without.
///
/// # Errors
/// When the database fails.
pub fn complete(q: &mut Query<'_>, folder: FolderId, row: ItemRow) -> Result<ItemRow, Error> {
    if row.outline.is_none() || !row.content.is_empty() {
        return Ok(row);
    }
    let content = chunk::whole(q, folder, row.uid, row.size)?;
    Ok(ItemRow { content, ..row })
}

fn whole(q: &mut Query<'_>, folder: FolderId, found: Option<ItemRow>) -> Result<Option<ItemRow>, Error> {
    found.map(|row| complete(q, folder, row)).transpose()
}

/// Returns one item without its content.
///
/// # Errors
/// When the database fails.
pub fn head(q: &mut Query<'_>, folder: FolderId, uid: Uid) -> Result<Option<ItemHead>, Error> {
    let sql = "SELECT uid, modseq, content_modseq, owner, sensitivity, ends, open, size \
               FROM items WHERE folder = $1 AND uid = $2";
    q.first(sql, &params![folder, uid], read_head)
}

/// Returns the item of this name.
///
/// # Errors
/// When the database fails.
pub fn by_name(q: &mut Query<'_>, folder: FolderId, name: &str) -> Result<Option<ItemRow>, Error> {
    let sql = "SELECT uid, modseq, content_modseq, owner, created_by, created_at, changed_at, name, content, marks, \
                 identity, summary, sensitivity, starts, ends, open, size, cuts \
               FROM items WHERE folder = $1 AND name = $2";
    let found = q.first(sql, &params![folder, name], read)?;
    whole(q, folder, found)
}

/// Returns the folder's first item with this UID or Message-ID.
///
/// # Errors
/// When the database fails.
pub fn by_identity(q: &mut Query<'_>, folder: FolderId, identity: &str) -> Result<Option<ItemRow>, Error> {
    let sql = "SELECT uid, modseq, content_modseq, owner, created_by, created_at, changed_at, name, content, marks, \
                 identity, summary, sensitivity, starts, ends, open, size, cuts \
               FROM items WHERE folder = $1 AND identity = $2 ORDER BY uid LIMIT 1";
    let found = q.first(sql, &params![folder, identity], read)?;
    whole(q, folder, found)
}

/// Returns at most `limit` items whose number is under `below`, newest first.
///
/// # Errors
/// When the database fails.
pub fn below(q: &mut Query<'_>, folder: FolderId, below: Uid, limit: i64) -> Result<Vec<ItemHead>, Error> {
    let sql = "SELECT uid, modseq, content_modseq, owner, sensitivity, ends, open, size \
               FROM items WHERE folder = $1 AND uid < $2 ORDER BY uid DESC LIMIT $3";
    q.all(sql, &params![folder, below, limit], read_head)
}

/// Returns whether more than `limit` items end at or after `from`.
///
/// # Errors
/// When the database fails.
pub fn more_end_from(q: &mut Query<'_>, folder: FolderId, from: i64, limit: i64) -> Result<bool, Error> {
    let sql = "SELECT ends FROM items WHERE folder = $1 AND ends >= $2 ORDER BY ends LIMIT 1 OFFSET $3";
    Ok(q.first(sql, &params![folder, from, limit], |_| Ok(()))?.is_some())
}

/// Returns at most `limit` items whose number is under `below` and that end at or after `from`, newest first. Goes
/// through the index entry of every item that ends there, and through nothing else.
///
/// # Errors
/// When the database fails.
pub fn below_ending_from(
    q: &mut Query<'_>,
    folder: FolderId,
    (below, from): (Uid, i64),
    limit: i64,
) -> Result<Vec<ItemHead>, Error> {
    // The plus keeps the engines from going through the folder in the order of uid.
    let sql = "SELECT uid, modseq, content_modseq, owner, sensitivity, ends, open, size \
               FROM items WHERE folder = $1 AND uid IN \
                 (SELECT uid FROM items WHERE folder = $1 AND ends >= $2 AND +uid < $3 ORDER BY +uid DESC LIMIT $4) \
               ORDER BY uid DESC";
    q.all(sql, &params![folder, from, below, limit], read_head)
}

/// Returns at most `limit` items changed after `after` and up to `until`, in the order of their changes.
///
/// # Errors
/// When the database fails.
pub fn changes(
    q: &mut Query<'_>,
    folder: FolderId,
    after: Modseq,
    until: Modseq,
    limit: i64,
) -> Result<Vec<ItemHead>, Error> {
    let sql = "SELECT uid, modseq, content_modseq, owner, sensitivity, ends, open, size \
               FROM items WHERE folder = $1 AND modseq > $2 AND modseq <= $3 ORDER BY modseq LIMIT $4";
    q.all(sql, &params![folder, after, until, limit], read_head)
}

/// Returns the numbers' heads of items whose time ends in `[from, to)`, earliest first.
///
/// # Errors
/// When the database fails.
pub fn ended(
    q: &mut Query<'_>,
    folder: FolderId,
    from: i64,
    to: i64,
    limit: i64,
) -> Result<Vec<ItemHead>, Error> {
    let sql = "SELECT uid, modseq, content_modseq, owner, sensitivity, ends, open, size \
               FROM items WHERE folder = $1 AND ends >= $2 AND ends < $3 ORDER BY ends, uid LIMIT $4";
    q.all(sql, &params![folder, from, to, limit], read_head)
}

/// Returns at most `limit` items whose time ends before `ends`, or then and with a number under `uid`; latest first.
///
/// # Errors
/// When the database fails.
pub fn ended_before(
    q: &mut Query<'_>,
    folder: FolderId,
    (ends, uid): (i64, Uid),
    limit: i64,
) -> Result<Vec<ItemHead>, Error> {
    let sql = "SELECT uid, modseq, content_modseq, owner, sensitivity, ends, open, size \
               FROM items WHERE folder = $1 AND ends <= $2 AND (ends < $2 OR uid < $3) \
               ORDER BY ends DESC, uid DESC LIMIT $4";
    q.all(sql, &params![folder, ends, uid, limit], read_head)
}

/// Returns at most `limit` items without an end whose number is under `below`, newest first.
///
/// # Errors
/// When the database fails.
pub fn without_end(
    q: &mut Query<'_>,
    folder: FolderId,
    below: Uid,
    limit: i64,
) -> Result<Vec<ItemHead>, Error> {
    let sql = "SELECT uid, modseq, content_modseq, owner, sensitivity, ends, open, size \
               FROM items WHERE folder = $1 AND ends IS NULL AND uid < $2 ORDER BY uid DESC LIMIT $3";
    q.all(sql, &params![folder, below, limit], read_head)
}

/// Returns at most `limit` whole items that happen between `from` and `to`: their time begins before `to` and ends after
/// `from`, or never.
///
/// # Errors
/// When the database fails.
pub fn during(
    q: &mut Query<'_>,
    folder: FolderId,
    (from, to): (i64, i64),
    limit: i64,
) -> Result<Vec<ItemRow>, Error> {
    let sql = "SELECT uid, modseq, content_modseq, owner, created_by, created_at, changed_at, name, content, marks, \
                 identity, summary, sensitivity, starts, ends, open, size, cuts \
               FROM items WHERE folder = $1 AND (ends > $2 OR ends IS NULL) AND starts < $3 ORDER BY uid LIMIT $4";
    q.all(sql, &params![folder, from, to, limit], read)
}

/// Returns at most `limit` items that happen between `from` and `to`, and those that have no time at all, without the
/// contents of large ones.
///
/// # Errors
/// When the database fails.
pub fn touching(
    q: &mut Query<'_>,
    folder: FolderId,
    (from, to): (i64, i64),
    limit: i64,
) -> Result<Vec<ItemRow>, Error> {
    let sql = "SELECT uid, modseq, content_modseq, owner, created_by, created_at, changed_at, name, content, marks, \
                 identity, summary, sensitivity, starts, ends, open, size, cuts \
               FROM items WHERE folder = $1 AND (ends >= $2 OR ends IS NULL) AND (starts < $3 OR starts IS NULL) \
               ORDER BY uid LIMIT $4";
    q.all(sql, &params![folder, from, to, limit], read)
}

/// Returns at most `limit` items whose number is over `after`, oldest first, without the contents of large ones.
///
/// # Errors
/// When the database fails.
pub fn after(q: &mut Query<'_>, folder: FolderId, after: Uid, limit: i64) -> Result<Vec<ItemRow>, Error> {
    let sql = "SELECT uid, modseq, content_modseq, owner, created_by, created_at, changed_at, name, content, marks, \
                 identity, summary, sensitivity, starts, ends, open, size, cuts \
               FROM items WHERE folder = $1 AND uid > $2 ORDER BY uid LIMIT $3";
    q.all(sql, &params![folder, after, limit], read)
}

/// Returns at most `limit` items whose number is over `after`, oldest first, with their summaries.
///
/// # Errors
/// When the database fails.
pub fn lines(
    q: &mut Query<'_>,
    folder: FolderId,
    after: Uid,
    limit: i64,
) -> Result<Vec<(ItemHead, String)>, Error> {
    let sql = "SELECT uid, modseq, content_modseq, owner, sensitivity, ends, open, size, summary \
               FROM items WHERE folder = $1 AND uid > $2 ORDER BY uid LIMIT $3";
    q.all(sql, &params![folder, after, limit], |row| Ok((read_head(row)?, row.text(8)?)))
}

/// Lists at most `limit` items whose number is over `after`, oldest first.
///
/// # Errors
/// When the database fails.
pub fn listed(q: &mut Query<'_>, folder: FolderId, after: Uid, limit: i64) -> Result<Vec<Listed>, Error> {
    let sql = "SELECT uid, modseq, content_modseq, owner, sensitivity, ends, open, size, name, created_at, changed_at \
               FROM items WHERE folder = $1 AND uid > $2 ORDER BY uid LIMIT $3";
    q.all(sql, &params![folder, after, limit], read_listed)
}

/// Lists at most `limit` items changed after `after` and up to `until`, in the order of their changes.
///
/// # Errors
/// When the database fails.
pub fn listed_changes(
    q: &mut Query<'_>,
    folder: FolderId,
    (after, until): (Modseq, Modseq),
    limit: i64,
) -> Result<Vec<Listed>, Error> {
    let sql = "SELECT uid, modseq, content_modseq, owner, sensitivity, ends, open, size, name, created_at, changed_at \
               FROM items WHERE folder = $1 AND modseq > $2 AND modseq <= $3 ORDER BY modseq LIMIT $4";
    q.all(sql, &params![folder, after, until, limit], read_listed)
}

/// Lists the item of this name.
///
/// # Errors
/// When the database fails.
pub fn listed_by_name(q: &mut Query<'_>, folder: FolderId, name: &str) -> Result<Option<Listed>, Error> {
    let sql = "SELECT uid, modseq, content_modseq, owner, sensitivity, ends, open, size, name, created_at, changed_at \
               FROM items WHERE folder = $1 AND name = $2";
    q.first(sql, &params![folder, name], read_listed)
}

/// Returns how many items a folder holds.
///
/// # Errors
/// When the database fails.
pub fn count(q: &mut Query<'_>, folder: FolderId) -> Result<i64, Error> {
    let sql = "SELECT COUNT(*) FROM items WHERE folder = $1";
    Ok(q.first(sql, &params![folder], |row| row.int(0))?.unwrap_or(0))
}

/// Adds an item.
///
/// # Errors
/// When the name is taken, or the database fails.
pub fn insert(tx: &mut Tx<'_>, folder: FolderId, row: &ItemRow) -> Result<(), Error> {
    let sql = "INSERT INTO items (folder, uid, modseq, content_modseq, owner, created_by, created_at, changed_at, name, content, marks, \
                 identity, summary, sensitivity, starts, ends, open, size, cuts) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)";
    let (content, cuts) = columns(row);
    let params = params![
        folder,
        row.uid,
        row.modseq,
        row.content_modseq,
        row.owner.map(|id| id.0),
        row.created_by.map(|id| id.0),
        row.created_at,
        row.changed_at,
        &row.name,
        content,
        &row.marks,
        row.identity.as_deref(),
        &row.summary,
        row.sensitivity,
        row.starts,
        row.ends,
        row.open,
        row.size,
        cuts
    ];
    tx.execute(sql, &params)?;
    chunks(tx, folder, row)
}

/// Writes an item's changed content, marks and indexes over the stored ones; owner, maker and name stay. The pieces
/// of a large item must be gone.
///
/// # Errors
/// When the database fails.
pub fn update(tx: &mut Tx<'_>, folder: FolderId, row: &ItemRow) -> Result<(), Error> {
    let sql = "UPDATE items SET modseq = $3, content_modseq = $4, changed_at = $5, content = $6, marks = $7, \
                 identity = $8, summary = $9, sensitivity = $10, starts = $11, ends = $12, open = $13, size = $14, cuts = $15 \
               WHERE folder = $1 AND uid = $2";
    let (content, cuts) = columns(row);
    let params = params![
        folder,
        row.uid,
        row.modseq,
        row.content_modseq,
        row.changed_at,
        content,
        &row.marks,
        row.identity.as_deref(),
        &row.summary,
        row.sensitivity,
        row.starts,
        row.ends,
        row.open,
        row.size,
        cuts
    ];
    tx.execute(sql, &params)?;
    chunks(tx, folder, row)
}

/// Writes new marks over an item's.
///
/// # Errors
/// When the database fails.
pub fn mark(tx: &mut Tx<'_>, folder: FolderId, row: &ItemRow) -> Result<(), Error> {
    let sql = "UPDATE items SET modseq = $3, changed_at = $4, marks = $5 WHERE folder = $1 AND uid = $2";
    tx.execute(sql, &params![folder, row.uid, row.modseq, row.changed_at, &row.marks]).map(drop)
}

/// Returns what stands in the columns `content` and `cuts`.
fn columns(row: &ItemRow) -> (&[u8], Option<&str>) {
    match &row.outline {
        Some(outline) => (&outline.text, Some(&outline.cuts)),
        None => (&row.content, None),
    }
}

fn chunks(tx: &mut Tx<'_>, folder: FolderId, row: &ItemRow) -> Result<(), Error> {
    if row.outline.is_some() { chunk::insert(tx, folder, row.uid, &row.content) } else { Ok(()) }
}

/// Removes an item and returns its name and sensitivity.
///
/// # Errors
/// When there is no such item, or the database fails.
pub fn remove(tx: &mut Tx<'_>, folder: FolderId, uid: Uid) -> Result<(String, i64), Error> {
    let sql = "DELETE FROM items WHERE folder = $1 AND uid = $2 RETURNING name, sensitivity";
    let removed = tx.first(sql, &params![folder, uid], |row| Ok((row.text(0)?, row.int(1)?)))?;
    tx.execute("DELETE FROM overlays WHERE folder = $1 AND uid = $2", &params![folder, uid])?;
    removed.ok_or(Error::Corrupt)
}
