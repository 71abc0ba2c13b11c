//! The contents of large items, in pieces.

use crate::id::{FolderId, Uid};
use crate::{Error, Query, Tx, params};

/// Bytes in a piece; the last one has fewer.
pub const CHUNK_BYTES: usize = 256 * 1024;

/// Stores a content that had no pieces before.
///
/// # Errors
/// When the database fails.
pub fn insert(tx: &mut Tx<'_>, folder: FolderId, uid: Uid, content: &[u8]) -> Result<(), Error> {
    let sql = "INSERT INTO chunks (folder, uid, number, bytes) VALUES ($1, $2, $3, $4)";
    for (number, bytes) in (0_i64..).zip(content.chunks(CHUNK_BYTES)) {
        tx.execute(sql, &params![folder, uid, number, bytes])?;
    }
    Ok(())
}

/// Returns one piece, counted from 0.
///
/// # Errors
/// When the database fails.
pub fn load(q: &mut Query<'_>, folder: FolderId, uid: Uid, number: i64) -> Result<Option<Vec<u8>>, Error> {
    let sql = "SELECT bytes FROM chunks WHERE folder = $1 AND uid = $2 AND number = $3";
    q.first(sql, &params![folder, uid, number], |row| row.blob(0))
}

/// Returns a content that has this size.
///
/// # Errors
/// When pieces are missing, or the database fails.
pub fn whole(q: &mut Query<'_>, folder: FolderId, uid: Uid, size: i64) -> Result<Vec<u8>, Error> {
    let size = usize::try_from(size).map_err(|_| Error::Corrupt)?;
    let mut content = Vec::with_capacity(size);
    // One after the other: beside the content no more than one piece is held.
    for number in 0..i64::MAX {
        if content.len() >= size {
            break;
        }
        content.extend(load(q, folder, uid, number)?.ok_or(Error::Corrupt)?);
    }
    if content.len() == size { Ok(content) } else { Err(Error::Corrupt) }
}

/// Removes an item's pieces. They go with their item by themselves; this is for one that gets another content.
///
/// # Errors
/// When the database fails.
pub fn remove(tx: &mut Tx<'_>, folder: FolderId, uid: Uid) -> Result<(), Error> {
    tx.execute("DELETE FROM chunks WHERE folder = $1 AND uid = $2", &params![folder, uid]).map(drop)
}
