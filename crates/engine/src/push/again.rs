//! What a device added comes again under the same client id and says something else: its user edited it, and the device
//! does not know yet that it arrived.

use super::{Effect, Round};
use crate::sync::{Asked, Body};
use crate::{Error, draft};
use items::Edit;
use store::id::Uid;
use store::row;
use store::row::item::ItemRow;

impl Round<'_, '_, '_> {
    /// Takes what the device says now of the item that it made with `before`.
    pub(super) fn add_again(
        &mut self,
        before: &Effect,
        uid: Uid,
        (asked, digest): (&Asked, &str),
    ) -> Result<Effect, Error> {
        let Body::Item(edit) = &asked.body else { return self.change(uid, asked, digest) };
        let Some((row, content)) = self.own_work(before, uid, edit)? else {
            return self.change(uid, asked, digest);
        };
        self.write_content(row, content, edit, (&asked.hint, digest))
    }

    /// Returns the item and what becomes of it, where the device made it and nobody else has written it since: then
    /// what an add leaves out is not there. A property that it had before went on the device.
    fn own_work(
        &mut self,
        before: &Effect,
        uid: Uid,
        edit: &Edit,
    ) -> Result<Option<(ItemRow, Vec<u8>)>, Error> {
        let Some(row) = row::item::load(self.work, self.folder.id, uid)? else { return Ok(None) };
        let head = row.head();
        let made = before.wrote == Some((uid.0, uid.0));
        let may = self.rights.sees(&head) && self.rights.change(&head, self.work.now_ms()).is_ok();
        let odd = draft::misplaced(self.folder, edit).is_some() || items::reach(&row.content, edit).is_some();
        if !made || !may || odd || self.moved_on(&row) {
            return Ok(None);
        }
        let stamp = self.stamp();
        let Ok(content) = items::replace(&row.content, edit, &stamp) else { return Ok(None) };
        let content = self.organized(content, &stamp)?;
        Ok(Some((row, content)))
    }
}
