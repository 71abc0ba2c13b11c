//! Verifying the database: every index against the content it was made from.

use crate::apply;
use crate::cursor::Cursor;
use crate::{Engine, Error, kind};
use store::id::{FolderId, Uid};
use store::row::folder::FolderRow;
use store::row::item::ItemRow;
use store::{Query, row};

/// Items read per query.
const CHUNK: i64 = 64;

impl Engine {
    /// Verifies the database and returns one line per fault.
    ///
    /// # Errors
    /// When the database fails.
    pub fn check(&self) -> Result<Vec<String>, Error> {
        let mut faults = self.store.integrity()?;
        let folders = self.store.read(row::folder::modseqs)?;
        for (id, _) in folders {
            let Some(folder) = self.store.read(|q| row::folder::load(q, id))? else { continue };
            self.check_items(&folder, &mut faults)?;
        }
        self.check_cursors(&mut faults)?;
        Ok(faults)
    }

    fn check_items(&self, folder: &FolderRow, faults: &mut Vec<String>) -> Result<(), Error> {
        let mut after = Uid(0);
        loop {
            let last = self.store.read(|q| {
                let rows = row::item::after(q, folder.id, after, CHUNK)?;
                let last = rows.last().map(|row| row.uid);
                for row in rows {
                    faults.extend(item_faults(q, folder, row)?);
                }
                Ok::<_, Error>(last)
            })?;
            let Some(last) = last else { return Ok(()) };
            after = last;
        }
    }

    fn check_cursors(&self, faults: &mut Vec<String>) -> Result<(), Error> {
        for summary in self.devices(None)? {
            self.store.read(|q| {
                for folder in row::cursor::folders(q, summary.id)? {
                    faults.extend(cursor_faults(q, &summary, folder)?);
                }
                Ok::<_, Error>(())
            })?;
        }
        Ok(())
    }
}

fn item_faults(q: &mut Query<'_>, folder: &FolderRow, row: ItemRow) -> Result<Vec<String>, Error> {
    let mut faults = Vec::new();
    let place = format!("folder {} '{}', item {}", folder.id, folder.name, row.uid);
    if row.modseq > folder.modseq || row.uid.0 > row.modseq.0 || row.content_modseq > row.modseq {
        faults
            .push(format!("{place}: its change {} does not fit the folder's {}", row.modseq, folder.modseq));
    }
    let row = match row::item::complete(q, folder.id, row) {
        Ok(row) => row,
        Err(store::Error::Corrupt) => {
            faults.push(format!("{place}: its content is not whole"));
            return Ok(faults);
        }
        Err(error) => return Err(error.into()),
    };
    let mut made = row.clone();
    apply::index(&mut made, kind::from_code(folder.kind)?);
    if made != row {
        faults.push(format!("{place}: its index does not match its content"));
    }
    Ok(faults)
}

fn cursor_faults(
    q: &mut Query<'_>,
    device: &crate::DeviceSummary,
    folder: FolderId,
) -> Result<Vec<String>, Error> {
    // The cursors of a merged folder stand under its number with a minus.
    let Some(found) = row::folder::load(q, FolderId(folder.0.abs()))? else { return Ok(Vec::new()) };
    let mut faults = Vec::new();
    for row in row::cursor::of(q, device.id, folder)? {
        let place = format!("device '{}' of '{}', folder {folder}", device.address, device.user);
        match Cursor::decode(&row.state) {
            Err(_) => faults.push(format!("{place}: a cursor cannot be read")),
            Ok(cursor) if cursor.modseq > found.modseq.0 => {
                faults.push(format!("{place}: a cursor is past the folder's last change"));
            }
            Ok(_) => {}
        }
    }
    Ok(faults)
}
