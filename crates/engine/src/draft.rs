//! Drafts in a sync: written in the folder for them alone, and sent from there.

use crate::apply;
use crate::cursor::Correction;
use crate::decide::Allowed;
use crate::push::{Effect, Round};
use crate::sync::Outcome;
use crate::{Error, send};
use items::Edit;
use store::row;
use store::row::folder::FolderRow;
use store::row::item::ItemRow;

/// Role of the folder that messages are written in.
const DRAFTS: i64 = 3;

/// Returns why a message cannot be written in this folder, if it cannot.
pub(crate) fn misplaced(folder: &FolderRow, edit: &Edit) -> Option<String> {
    let is_message = matches!(edit, Edit::Message(_));
    (is_message && folder.role != DRAFTS).then(|| "messages are written among the drafts alone".to_owned())
}

/// Returns whether a draft is to be sent as soon as it is written.
pub(crate) fn is_sent(edit: &Edit) -> bool {
    match edit {
        Edit::Message(draft) => draft.send,
        Edit::Contact(_) | Edit::Event(_) | Edit::Task(_) | Edit::Note(_) => false,
    }
}

/// Returns whether the device has to be told what became of files it attached.
pub(crate) fn attaches(edit: &Edit) -> bool {
    match edit {
        Edit::Message(draft) => !draft.added.is_empty(),
        Edit::Contact(_) | Edit::Event(_) | Edit::Task(_) | Edit::Note(_) => false,
    }
}

impl Round<'_, '_, '_> {
    /// Sends what the device just wrote: it is never stored as a draft, and leaves the device with the next round.
    pub(crate) fn send_new(&mut self, content: &[u8]) -> Result<Effect, Error> {
        if !send::send_draft(self.work, (self.caller, self.device), content)? {
            return Ok(Effect::of(Outcome::Unsendable));
        }
        let phantom = row::counter::next_id(self.work)?;
        Ok(Effect::of(Outcome::Phantom(phantom)).fix(Correction::DropPhantom { phantom, times: 1 }))
    }

    /// Sends a draft, which goes; one that cannot be sent stays, as the device has it now.
    pub(crate) fn send_stored(
        &mut self,
        row: ItemRow,
        leave: &Allowed,
        content: Vec<u8>,
    ) -> Result<Effect, Error> {
        let uid = row.uid;
        if !send::send_draft(self.work, (self.caller, self.device), &content)? {
            let modseq = apply::rewrite(self.work, leave, self.folder, row, content)?;
            return Ok(Effect::of(Outcome::Unsendable).wrote(uid, modseq.0));
        }
        let head = row.head();
        match self.rights.delete(&head, self.work.now_ms()) {
            Ok(leave) => drop(apply::delete(self.work, &leave, self.folder.id, &head)?),
            // It is sent, but may not be taken away: it stays for those who may.
            Err(_) => drop(apply::rewrite(self.work, leave, self.folder, row, content)?),
        }
        Ok(Effect::of(Outcome::Done))
    }
}
