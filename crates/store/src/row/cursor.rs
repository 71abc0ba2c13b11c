//! Cursors: what each device holds of each folder, and how far it has come.

use crate::id::{DeviceId, FolderId, Modseq, PrincipalId, SyncKey};
use crate::{Error, Query, Row, Tx, params};

/// How a cursor stands to the device's confirmed one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The device has used its key.
    Confirmed,
    /// Offered from the confirmed one.
    Offered,
    /// Offered for key 0.
    Fresh,
}

impl Standing {
    const fn code(self) -> i64 {
        match self {
            Self::Confirmed => 1,
            Self::Offered => 2,
            Self::Fresh => 3,
        }
    }

    const fn from_code(code: i64) -> Option<Self> {
        match code {
            1 => Some(Self::Confirmed),
            2 => Some(Self::Offered),
            3 => Some(Self::Fresh),
            _ => None,
        }
    }
}

/// One row of `cursors`. The fields from `modseq` to `expires` tell without decoding whether anything can have
/// changed since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CursorRow {
    /// Its name on the device.
    pub key: SyncKey,
    /// Counts up with each cursor of the device and folder.
    pub serial: i64,
    /// How it stands to the confirmed one.
    pub standing: Standing,
    /// The last change of the folder the device has seen.
    pub modseq: Modseq,
    /// The last change of the user's overlay the device has seen.
    pub overlay: Modseq,
    /// The directory's counter when its view was worked out.
    pub directory: i64,
    /// Whether something waits to be sent whatever changes: corrections, or the rest of a sweep.
    pub pending: bool,
    /// When its view changes by itself, in milliseconds since 1970.
    pub expires: Option<i64>,
    /// What the protocol keeps with the key: its options.
    pub memo: String,
    /// What it shows of other folders: `FOLDER:KEY` each, with spaces between.
    pub parts: String,
    /// The cursor itself.
    pub state: String,
}

fn read(row: &Row<'_>) -> Result<CursorRow, Error> {
    Ok(CursorRow {
        key: SyncKey(row.int(0)?),
        serial: row.int(1)?,
        standing: Standing::from_code(row.int(2)?).ok_or(Error::Corrupt)?,
        modseq: Modseq(row.int(3)?),
        overlay: Modseq(row.int(4)?),
        directory: row.int(5)?,
        pending: row.int(6)? != 0,
        expires: row.int_opt(7)?,
        memo: row.text(8)?,
        parts: row.text(9)?,
        state: row.text(10)?,
    })
}

/// Returns every live cursor of a device and folder, oldest first.
///
/// # Errors
/// When the database fails.
pub fn of(q: &mut Query<'_>, device: DeviceId, folder: FolderId) -> Result<Vec<CursorRow>, Error> {
    let sql = "SELECT sync_key, serial, standing, modseq, overlay, directory, pending, expires, memo, parts, state \
               FROM cursors WHERE device = $1 AND folder = $2 ORDER BY serial";
    q.all(sql, &params![device, folder], read)
}

/// Returns the cursor with this key.
///
/// # Errors
/// When the database fails.
pub fn load(
    q: &mut Query<'_>,
    device: DeviceId,
    folder: FolderId,
    key: SyncKey,
) -> Result<Option<CursorRow>, Error> {
    let sql = "SELECT sync_key, serial, standing, modseq, overlay, directory, pending, expires, memo, parts, state \
               FROM cursors WHERE device = $1 AND folder = $2 AND sync_key = $3";
    q.first(sql, &params![device, folder, key], read)
}

/// Returns the cursor whose key was given last.
///
/// # Errors
/// When the database fails.
pub fn newest(q: &mut Query<'_>, device: DeviceId, folder: FolderId) -> Result<Option<CursorRow>, Error> {
    let sql = "SELECT sync_key, serial, standing, modseq, overlay, directory, pending, expires, memo, parts, state \
               FROM cursors WHERE device = $1 AND folder = $2 ORDER BY serial DESC LIMIT 1";
    q.first(sql, &params![device, folder], read)
}

/// Returns whether a cursor was offered from the confirmed one with this serial.
///
/// # Errors
/// When the database fails.
pub fn offered_since(
    q: &mut Query<'_>,
    device: DeviceId,
    folder: FolderId,
    serial: i64,
) -> Result<bool, Error> {
    let sql =
        "SELECT 1 FROM cursors WHERE device = $1 AND folder = $2 AND standing = $3 AND serial > $4 LIMIT 1";
    let found = q.first(sql, &params![device, folder, Standing::Offered.code(), serial], |row| row.int(0))?;
    Ok(found.is_some())
}

/// Returns the folders a device has cursors of, the hierarchy's aside.
///
/// # Errors
/// When the database fails.
pub fn folders(q: &mut Query<'_>, device: DeviceId) -> Result<Vec<FolderId>, Error> {
    let sql = "SELECT DISTINCT folder FROM cursors WHERE device = $1 AND folder <> 0 ORDER BY folder";
    q.all(sql, &params![device], |row| Ok(FolderId(row.int(0)?)))
}

/// Adds a cursor, or writes it over the one with its key.
///
/// # Errors
/// When the database fails.
pub fn store(tx: &mut Tx<'_>, device: DeviceId, folder: FolderId, row: &CursorRow) -> Result<(), Error> {
    let sql = "INSERT INTO cursors (device, folder, sync_key, serial, standing, modseq, overlay, directory, pending, expires, memo, parts, state) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) \
               ON CONFLICT (device, folder, sync_key) DO UPDATE SET serial = excluded.serial, \
                 standing = excluded.standing, modseq = excluded.modseq, overlay = excluded.overlay, \
                 directory = excluded.directory, pending = excluded.pending, expires = excluded.expires, \
                 memo = excluded.memo, parts = excluded.parts, state = excluded.state";
    let params = params![
        device,
        folder,
        row.key,
        row.serial,
        row.standing.code(),
        row.modseq,
        row.overlay,
        row.directory,
        row.pending,
        row.expires,
        &row.memo,
        &row.parts,
        &row.state
    ];
    tx.execute(sql, &params).map(drop)
}

/// Removes one cursor.
///
/// # Errors
/// When the database fails.
pub fn remove(tx: &mut Tx<'_>, device: DeviceId, folder: FolderId, key: SyncKey) -> Result<(), Error> {
    let sql = "DELETE FROM cursors WHERE device = $1 AND folder = $2 AND sync_key = $3";
    tx.execute(sql, &params![device, folder, key]).map(drop)
}

/// What tells, without decoding a cursor, whether its device has anything to hear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CursorGlance {
    /// What the protocol keeps with the key.
    pub memo: String,
    /// Whether something waits to be sent whatever changed.
    pub pending: bool,
    /// When its view changes by itself, in milliseconds since 1970.
    pub expires: Option<i64>,
    /// Whether the folder or the user's overlay of it changed since, or another cursor was offered.
    pub moved: bool,
    /// Whether the directory changed since its view was worked out.
    pub directory_moved: bool,
    /// What the folder holds, as in `folders`; `None` where the folder is gone.
    pub kind: Option<i64>,
    /// What it shows of other folders.
    pub parts: String,
}

fn read_glance(row: &Row<'_>) -> Result<CursorGlance, Error> {
    Ok(CursorGlance {
        memo: row.text(0)?,
        pending: row.int(1)? != 0,
        expires: row.int_opt(2)?,
        moved: row.int(3)? != 0,
        directory_moved: row.int(4)? != 0,
        kind: row.int_opt(5)?,
        parts: row.text(6)?,
    })
}

/// Compares the cursor with this key, of a device of `user`, with its folder.
///
/// # Errors
/// When the database fails.
pub fn glance(
    q: &mut Query<'_>,
    device: DeviceId,
    user: PrincipalId,
    folder: FolderId,
    key: SyncKey,
) -> Result<Option<CursorGlance>, Error> {
    let sql = "SELECT c.memo, c.pending, c.expires, \
                 CASE WHEN f.modseq = c.modseq AND COALESCE(o.modseq, 0) = c.overlay \
                       AND NOT EXISTS (SELECT 1 FROM cursors n WHERE n.device = c.device \
                                         AND n.folder = c.folder AND n.serial > c.serial) \
                   THEN 0 ELSE 1 END, \
                 CASE WHEN d.value = c.directory THEN 0 ELSE 1 END, f.kind, c.parts \
               FROM cursors c JOIN counters d ON d.name = 'directory' \
                 LEFT JOIN folders f ON f.id = ABS(c.folder) \
                 LEFT JOIN overlay_counters o ON o.folder = ABS(c.folder) AND o.principal = $2 \
               WHERE c.device = $1 AND c.folder = $3 AND c.sync_key = $4";
    q.first(sql, &params![device, user, folder, key], read_glance)
}

/// Removes every cursor of a device and folder.
///
/// # Errors
/// When the database fails.
pub fn clear(tx: &mut Tx<'_>, device: DeviceId, folder: FolderId) -> Result<(), Error> {
    tx.execute("DELETE FROM cursors WHERE device = $1 AND folder = $2", &params![device, folder]).map(drop)
}
