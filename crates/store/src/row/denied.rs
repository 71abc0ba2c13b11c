//! Denied changes.

use crate::id::{DeniedId, FolderId, PrincipalId, Uid};
use crate::{Error, Query, Row, Tx, params};

/// One row of `denied_changes`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeniedRow {
    /// Its number.
    pub id: DeniedId,
    /// When it was tried first, in milliseconds since 1970.
    pub at: i64,
    /// When it was tried last, in milliseconds since 1970.
    pub last_at: i64,
    /// How often it was tried.
    pub count: i64,
    /// Who tried.
    pub principal: PrincipalId,
    /// With which device, by the id it calls itself by; empty for none.
    pub device: String,
    /// The type the device says it is of.
    pub device_kind: String,
    /// In which folder.
    pub folder: FolderId,
    /// The folder's account, by name.
    pub account: String,
    /// The folder's path in its account.
    pub path: String,
    /// What the folder holds, as in `folders`.
    pub kind: i64,
    /// Which item; `None` for a create.
    pub uid: Option<Uid>,
    /// create, change, delete or move.
    pub operation: String,
    /// access, conflict, gone, stale or unreadable.
    pub reason: String,
    /// open, asked, applied, declined or dismissed.
    pub state: String,
    /// Whether it holds nothing a person did, so that no notice was due.
    pub silent: bool,
    /// One line for people.
    pub summary: String,
    /// One sentence: why.
    pub why: String,
    /// The item as its author wanted it.
    pub tried: Option<Vec<u8>>,
    /// The item as it stood.
    pub stands: Option<Vec<u8>>,
    /// The notice, by its number in the author's Inbox.
    pub notice: Option<Uid>,
    /// Names the write: the same write tried again finds its record.
    pub digest: String,
    /// Where an item was to be moved.
    pub destination: Option<FolderId>,
    /// The marks that a message was to get, where only those were to change.
    pub marks: Option<String>,
}

fn read(row: &Row<'_>) -> Result<DeniedRow, Error> {
    Ok(DeniedRow {
        id: DeniedId(row.int(0)?),
        at: row.int(1)?,
        last_at: row.int(2)?,
        count: row.int(3)?,
        principal: PrincipalId(row.int(4)?),
        device: row.text(5)?,
        device_kind: row.text(6)?,
        folder: FolderId(row.int(7)?),
        account: row.text(8)?,
        path: row.text(9)?,
        kind: row.int(10)?,
        uid: row.int_opt(11)?.map(Uid),
        operation: row.text(12)?,
        reason: row.text(13)?,
        state: row.text(14)?,
        silent: row.int(15)? != 0,
        summary: row.text(16)?,
        why: row.text(17)?,
        tried: row.blob_opt(18)?,
        stands: row.blob_opt(19)?,
        notice: row.int_opt(20)?.map(Uid),
        digest: row.text(21)?,
        destination: row.int_opt(22)?.map(FolderId),
        marks: row.text_opt(23)?,
    })
}

/// Returns the denied change with this number.
///
/// # Errors
/// When the database fails.
pub fn load(q: &mut Query<'_>, id: DeniedId) -> Result<Option<DeniedRow>, Error> {
    let sql = "SELECT id, at, last_at, count, principal, device, device_kind, folder, account, path, kind, uid, operation, \
                 reason, state, silent, summary, why, tried, stands, notice, digest, destination, marks \
               FROM denied_changes WHERE id = $1";
    q.first(sql, &params![id], read)
}

/// Returns the record of the same write by the same user.
///
/// # Errors
/// When the database fails.
pub fn by_digest(
    q: &mut Query<'_>,
    principal: PrincipalId,
    digest: &str,
) -> Result<Option<DeniedRow>, Error> {
    let sql = "SELECT id, at, last_at, count, principal, device, device_kind, folder, account, path, kind, uid, operation, \
                 reason, state, silent, summary, why, tried, stands, notice, digest, destination, marks \
               FROM denied_changes WHERE principal = $1 AND digest = $2";
    q.first(sql, &params![principal, digest], read)
}

/// Returns at most `limit` of a user's denied changes, newest first.
///
/// # Errors
/// When the database fails.
pub fn of(q: &mut Query<'_>, principal: PrincipalId, limit: i64) -> Result<Vec<DeniedRow>, Error> {
    let sql = "SELECT id, at, last_at, count, principal, device, device_kind, folder, account, path, kind, uid, operation, \
                 reason, state, silent, summary, why, tried, stands, notice, digest, destination, marks \
               FROM denied_changes WHERE principal = $1 ORDER BY last_at DESC, id DESC LIMIT $2";
    q.all(sql, &params![principal, limit], read)
}

/// Returns at most `limit` of a user's denied changes with numbers below `before`, the latest recorded first.
///
/// # Errors
/// When the database fails.
pub fn page(
    q: &mut Query<'_>,
    principal: PrincipalId,
    before: DeniedId,
    limit: i64,
) -> Result<Vec<DeniedRow>, Error> {
    let sql = "SELECT id, at, last_at, count, principal, device, device_kind, folder, account, path, kind, uid, operation, \
                 reason, state, silent, summary, why, tried, stands, notice, digest, destination, marks \
               FROM denied_changes WHERE principal = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
    q.all(sql, &params![principal, before, limit], read)
}

/// Returns at most `limit` denied changes, newest first.
///
/// # Errors
/// When the database fails.
pub fn all(q: &mut Query<'_>, limit: i64) -> Result<Vec<DeniedRow>, Error> {
    let sql = "SELECT id, at, last_at, count, principal, device, device_kind, folder, account, path, kind, uid, operation, \
                 reason, state, silent, summary, why, tried, stands, notice, digest, destination, marks \
               FROM denied_changes WHERE id > 0 ORDER BY last_at DESC, id DESC LIMIT $1";
    q.all(sql, &params![limit], read)
}

/// Adds a denied change.
///
/// # Errors
/// When the database fails.
pub fn insert(tx: &mut Tx<'_>, row: &DeniedRow) -> Result<(), Error> {
    let sql = "INSERT INTO denied_changes (id, at, last_at, count, principal, device, device_kind, folder, account, path, kind, uid, operation, \
                 reason, state, silent, summary, why, tried, stands, notice, digest, destination, marks) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, \
                 $20, $21, $22, $23, $24)";
    let params = params![
        row.id,
        row.at,
        row.last_at,
        row.count,
        row.principal,
        &row.device,
        &row.device_kind,
        row.folder,
        &row.account,
        &row.path,
        row.kind,
        row.uid.map(|uid| uid.0),
        &row.operation,
        &row.reason,
        &row.state,
        row.silent,
        &row.summary,
        &row.why,
        row.tried.as_deref(),
        row.stands.as_deref(),
        row.notice.map(|uid| uid.0),
        &row.digest,
        row.destination.map(|folder| folder.0),
        row.marks.as_deref()
    ];
    tx.execute(sql, &params).map(drop)
}

/// Counts the same write tried once more.
///
/// # Errors
/// When the database fails.
pub fn count_again(tx: &mut Tx<'_>, id: DeniedId, at: i64) -> Result<(), Error> {
    let sql = "UPDATE denied_changes SET count = count + 1, last_at = $2 WHERE id = $1";
    tx.execute(sql, &params![id, at]).map(drop)
}

/// Says in which notice denied changes stand.
///
/// # Errors
/// When the database fails.
pub fn set_notice(tx: &mut Tx<'_>, id: DeniedId, notice: Uid) -> Result<(), Error> {
    tx.execute("UPDATE denied_changes SET notice = $2 WHERE id = $1", &params![id, notice]).map(drop)
}

/// Says where the item of a denied move was to go.
///
/// # Errors
/// When the database fails.
pub fn set_destination(tx: &mut Tx<'_>, id: DeniedId, folder: FolderId) -> Result<(), Error> {
    tx.execute("UPDATE denied_changes SET destination = $2 WHERE id = $1", &params![id, folder]).map(drop)
}

/// Says which marks a message was to get.
///
/// # Errors
/// When the database fails.
pub fn set_marks(tx: &mut Tx<'_>, id: DeniedId, marks: &str) -> Result<(), Error> {
    tx.execute("UPDATE denied_changes SET marks = $2 WHERE id = $1", &params![id, marks]).map(drop)
}

/// Moves a denied change to another state: open, asked, applied, declined or dismissed.
///
/// # Errors
/// When the database fails.
pub fn set_state(tx: &mut Tx<'_>, id: DeniedId, state: &str) -> Result<(), Error> {
    tx.execute("UPDATE denied_changes SET state = $2 WHERE id = $1", &params![id, state]).map(drop)
}
