//! What the user does on the phone.

use wbxml::Tag;

use crate::class::Class;
use crate::data::{Data, place, shaped};
use crate::error::EditError;
use crate::folder::{Folder, FolderId};
use crate::habit::Moving;
use crate::hierarchy::FolderEdit;
use crate::item::{Edit, Item, ItemId, Parked};
use crate::moves::Move;
use crate::occurrence::OccurrenceChange;
use crate::phone::Phone;
use crate::version::Version;

impl Phone {
    /// Makes an item with these fields, by the names they have on the wire.
    ///
    /// What an item of the class may not be without is put there.
    ///
    /// # Errors
    ///
    /// Fails where there is no such folder or field, and for mail, which phones of these versions cannot make.
    pub fn add(&mut self, folder: &FolderId, fields: &[(&str, &str)]) -> Result<ItemId, EditError> {
        let id = self.new_row();
        let unique = format!("{}-item-{}", self.device_id(), id.0);
        let version = self.habit.version;
        let (folder, class) = self.folder_of(folder)?;
        if class == Class::Mail {
            return Err(EditError::Unable { what: "make mail" });
        }
        let mut data = Data::default();
        for (tag, text) in tags(version, class, fields)? {
            data.set(tag, text);
        }
        class.complete(&mut data, &unique);
        let mut item = Item::new(id, data);
        item.edit = Edit::Added;
        item.stamp = 1;
        folder.table.insert(item);
        Ok(id)
    }

    /// Changes fields of an item; an empty text clears a field.
    ///
    /// # Errors
    ///
    /// Fails where there is no such folder, item or field, and while the item is being moved.
    pub fn change(
        &mut self,
        folder: &FolderId,
        item: ItemId,
        fields: &[(&str, &str)],
    ) -> Result<(), EditError> {
        let version = self.habit.version;
        let (folder, class) = self.folder_of(folder)?;
        let tags = tags(version, class, fields)?;
        let item = resting(folder, item)?;
        for (tag, text) in tags {
            item.data.set(tag, text);
            item.touched.insert(place(tag));
        }
        if item.edit == Edit::None {
            item.edit = Edit::Changed;
        }
        item.stamp += 1;
        item.parked = Parked::No;
        Ok(())
    }

    /// Deletes an item.
    ///
    /// One that was never sent is simply dropped.
    ///
    /// # Errors
    ///
    /// Fails where there is no such folder or item, and while the item is being moved.
    pub fn delete(&mut self, folder: &FolderId, item: ItemId) -> Result<(), EditError> {
        let (folder, _) = self.folder_of(folder)?;
        let row = resting(folder, item)?;
        row.stamp += 1;
        row.parked = Parked::No;
        row.edit = Edit::Deleted;
        if row.server_id.is_none() && row.client_id.is_none() {
            folder.table.remove(item);
        }
        Ok(())
    }

    /// Changes fields of one occurrence of a series, named by when it would begin if it were like the others
    /// (`20260105T090000Z`).
    ///
    /// # Errors
    ///
    /// Fails where there is no such folder, item or field, for what is no event, and while it is being moved.
    pub fn change_occurrence(
        &mut self,
        folder: &FolderId,
        (item, instance): (ItemId, &str),
        fields: &[(&str, &str)],
    ) -> Result<(), EditError> {
        let tags = tags(self.habit.version, Class::Calendar, fields)?;
        let elements = tags.into_iter().map(|(tag, text)| (place(tag), shaped(tag, text)));
        self.edit_occurrence(folder, (item, instance), OccurrenceChange::Change(elements.collect()))
    }

    /// Deletes one occurrence of a series.
    ///
    /// # Errors
    ///
    /// As [`Phone::change_occurrence`].
    pub fn delete_occurrence(
        &mut self,
        folder: &FolderId,
        (item, instance): (ItemId, &str),
    ) -> Result<(), EditError> {
        self.edit_occurrence(folder, (item, instance), OccurrenceChange::Delete)
    }

    fn edit_occurrence(
        &mut self,
        folder: &FolderId,
        (item, instance): (ItemId, &str),
        what: OccurrenceChange,
    ) -> Result<(), EditError> {
        let version = self.habit.version;
        let (folder, class) = self.folder_of(folder)?;
        if class != Class::Calendar {
            return Err(EditError::Unable { what: "change an occurrence there" });
        }
        let row = resting(folder, item)?;
        row.parked = Parked::No;
        row.edit_occurrence(version, instance, what);
        Ok(())
    }

    /// Moves an item to another folder of the same class. It keeps its [`ItemId`].
    ///
    /// # Errors
    ///
    /// Fails where there is no such folder or item, where this client cannot move, where the folders hold different
    /// things, and while the server does not know the item as it is on the phone.
    pub fn move_item(&mut self, from: &FolderId, item: ItemId, to: &FolderId) -> Result<(), EditError> {
        let moving = self.habit.moving;
        if moving == Moving::Never {
            return Err(EditError::Unable { what: "move items" });
        }
        let (_, class) = self.folder_of(to)?;
        let (source, source_class) = self.folder_of(from)?;
        if class != source_class || from == to {
            return Err(EditError::Unable { what: "move an item there" });
        }
        let row = resting(source, item)?;
        if row.edit != Edit::None || !row.occurrences.is_empty() || row.server_id.is_none() {
            return Err(EditError::Underway);
        }
        let arriving = Move::start(row, moving);
        if let (Some(arriving), Some(destination)) = (arriving, self.folders.get_mut(to)) {
            destination.table.insert(arriving);
        }
        self.moves.push_back(Move { item, from: from.clone(), to: to.clone() });
        Ok(())
    }

    /// Makes a folder below `parent` (`None` is the top), once the server agrees.
    pub fn create_folder(&mut self, parent: Option<&FolderId>, name: &str, class: Class) {
        let parent = parent.map_or_else(|| "0".to_owned(), |parent| parent.0.clone());
        let (name, number) = (name.to_owned(), class.user_type());
        self.folder_edits.push_back(FolderEdit::Create { parent, name, number });
    }

    /// Renames a folder, once the server agrees.
    ///
    /// # Errors
    ///
    /// Fails where there is no such folder.
    pub fn rename_folder(&mut self, folder: &FolderId, name: &str) -> Result<(), EditError> {
        let known = self.folders.get(folder).ok_or_else(|| no_folder(folder))?;
        let (id, parent) = (folder.clone(), known.parent.clone());
        self.folder_edits.push_back(FolderEdit::Update { id, parent, name: name.to_owned() });
        Ok(())
    }

    /// Deletes a folder, once the server agrees.
    ///
    /// # Errors
    ///
    /// Fails where there is no such folder.
    pub fn delete_folder(&mut self, folder: &FolderId) -> Result<(), EditError> {
        let known = self.folders.get(folder).ok_or_else(|| no_folder(folder))?;
        let id = known.id.clone();
        self.folder_edits.push_back(FolderEdit::Delete { id });
        Ok(())
    }

    /// Returns a row that the user sees and that is not being moved, to be edited.
    pub(crate) fn resting_item(&mut self, folder: &FolderId, item: ItemId) -> Result<&mut Item, EditError> {
        let (folder, _) = self.folder_of(folder)?;
        let row = resting(folder, item)?;
        row.parked = Parked::No;
        Ok(row)
    }

    fn folder_of(&mut self, id: &FolderId) -> Result<(&mut Folder, Class), EditError> {
        let version = self.habit.version;
        let folder = self.folders.get_mut(id).ok_or_else(|| no_folder(id))?;
        let class = folder.synced_class(version).ok_or(EditError::Unable { what: "show that folder" })?;
        Ok((folder, class))
    }
}

fn no_folder(id: &FolderId) -> EditError {
    EditError::NoFolder { id: id.0.clone() }
}

/// Returns a row that the user sees and that is not being moved.
fn resting(folder: &mut Folder, item: ItemId) -> Result<&mut Item, EditError> {
    let row = folder.table.get_mut(item).filter(|row| row.is_shown()).ok_or(EditError::NoItem)?;
    if row.is_underway() { Err(EditError::Underway) } else { Ok(row) }
}

fn tags<'a>(
    version: Version,
    class: Class,
    fields: &[(&str, &'a str)],
) -> Result<Vec<(Tag, &'a str)>, EditError> {
    let found = fields.iter().map(|(name, text)| {
        let tag = class.tag(version, name);
        tag.map(|tag| (tag, *text))
            .ok_or_else(|| EditError::NoField { class: class.name(), name: (*name).to_owned() })
    });
    found.collect()
}
