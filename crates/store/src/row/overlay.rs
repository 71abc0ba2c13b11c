//! What is each user's own about a folder's items: whether he has seen them, when they ring.

use crate::id::{FolderId, Modseq, PrincipalId, Uid};
use crate::{Error, Query, Row, Tx, params};

/// Whether a user has seen an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// He has.
    Yes,
    /// He has not, or says so.
    No,
}

/// One row of `overlays`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverlayRow {
    /// The item.
    pub uid: Uid,
    /// Position among this user's overlay changes of this folder.
    pub modseq: Modseq,
    /// Whether the user has seen the item.
    pub seen: bool,
    /// When he wants it to ring; `None` where that is as the item says.
    pub alarm: Option<String>,
}

fn read(row: &Row<'_>) -> Result<OverlayRow, Error> {
    let (uid, modseq) = (Uid(row.int(0)?), Modseq(row.int(1)?));
    Ok(OverlayRow { uid, modseq, seen: row.int(2)? != 0, alarm: row.text_opt(3)? })
}

/// Returns the user's overlay counter for a folder.
///
/// # Errors
/// When the database fails.
pub fn counter(q: &mut Query<'_>, folder: FolderId, user: PrincipalId) -> Result<Modseq, Error> {
    let sql = "SELECT modseq FROM overlay_counters WHERE folder = $1 AND principal = $2";
    Ok(Modseq(q.first(sql, &params![folder, user], |row| row.int(0))?.unwrap_or(0)))
}

/// Returns what the user's overlay says of one item.
///
/// # Errors
/// When the database fails.
pub fn load(
    q: &mut Query<'_>,
    folder: FolderId,
    user: PrincipalId,
    uid: Uid,
) -> Result<Option<OverlayRow>, Error> {
    let sql =
        "SELECT uid, modseq, seen, alarm FROM overlays WHERE folder = $1 AND principal = $2 AND uid = $3";
    q.first(sql, &params![folder, user, uid], read)
}

/// Says whether the user has seen an item and returns the overlay change's position.
///
/// # Errors
/// When the database fails.
pub fn store(
    tx: &mut Tx<'_>,
    folder: FolderId,
    user: PrincipalId,
    uid: Uid,
    seen: Seen,
) -> Result<Modseq, Error> {
    let modseq = next(tx, folder, user)?;
    let sql = "INSERT INTO overlays (folder, principal, uid, modseq, seen) VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT (folder, principal, uid) \
               DO UPDATE SET modseq = excluded.modseq, seen = excluded.seen";
    tx.execute(sql, &params![folder, user, uid, modseq, seen == Seen::Yes])?;
    Ok(modseq)
}

/// Says when the user wants an item to ring, `None` for as it says itself, and returns the overlay change's position.
///
/// # Errors
/// When the database fails.
pub fn store_alarm(
    tx: &mut Tx<'_>,
    folder: FolderId,
    user: PrincipalId,
    uid: Uid,
    alarm: Option<&str>,
) -> Result<Modseq, Error> {
    let modseq = next(tx, folder, user)?;
    let sql = "INSERT INTO overlays (folder, principal, uid, modseq, seen, alarm) VALUES ($1, $2, $3, $4, 0, $5) \
               ON CONFLICT (folder, principal, uid) \
               DO UPDATE SET modseq = excluded.modseq, alarm = excluded.alarm";
    tx.execute(sql, &params![folder, user, uid, modseq, alarm])?;
    Ok(modseq)
}

/// Takes the user's next overlay change of a folder.
fn next(tx: &mut Tx<'_>, folder: FolderId, user: PrincipalId) -> Result<Modseq, Error> {
    let sql = "INSERT INTO overlay_counters (folder, principal, modseq) VALUES ($1, $2, 1) \
               ON CONFLICT (folder, principal) DO UPDATE SET modseq = overlay_counters.modseq + 1 \
               RETURNING modseq";
    tx.first(sql, &params![folder, user], |row| row.int(0))?.map(Modseq).ok_or(Error::Corrupt)
}

/// Returns at most `limit` of the user's overlay changes after `after`, in their order.
///
/// # Errors
/// When the database fails.
pub fn changes(
    q: &mut Query<'_>,
    folder: FolderId,
    user: PrincipalId,
    after: Modseq,
    limit: i64,
) -> Result<Vec<OverlayRow>, Error> {
    let sql = "SELECT uid, modseq, seen, alarm FROM overlays WHERE folder = $1 AND principal = $2 AND modseq > $3 \
               ORDER BY modseq LIMIT $4";
    q.all(sql, &params![folder, user, after, limit], read)
}

/// What a user said of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Who.
    pub user: PrincipalId,
    /// Whether he has seen it.
    pub seen: Seen,
    /// When he wants it to ring; `None` where that is as the item says.
    pub alarm: Option<String>,
}

/// Returns who has said what of an item.
///
/// # Errors
/// When the database fails.
pub fn of_item(q: &mut Query<'_>, folder: FolderId, uid: Uid) -> Result<Vec<Said>, Error> {
    let sql = "SELECT principal, seen, alarm FROM overlays WHERE folder = $1 AND uid = $2 ORDER BY principal";
    q.all(sql, &params![folder, uid], |row| {
        let seen = if row.int(1)? != 0 { Seen::Yes } else { Seen::No };
        Ok(Said { user: PrincipalId(row.int(0)?), seen, alarm: row.text_opt(2)? })
    })
}
