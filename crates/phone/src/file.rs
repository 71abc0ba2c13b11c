//! Files of events, which a phone may add and take away from 16.0 on.

use wbxml::Element;
use wbxml::page::air_sync_base as tag;

use crate::class::Class;
use crate::data::{Data, place};
use crate::error::EditError;
use crate::folder::FolderId;
use crate::item::{Edit, Item, ItemId};
use crate::phone::Phone;
use crate::version::Version;

/// Something the user did with a file that the server was not told yet.
#[derive(Debug, Clone)]
pub(crate) enum FileEdit {
    Add { client_id: String, name: String, content: Vec<u8> },
    Delete { reference: String },
}

/// An ordinary file.
const NORMAL: &str = "1";

impl Phone {
    /// Adds a file to an event.
    ///
    /// # Errors
    ///
    /// As [`Phone::change`], and where the version has no files.
    pub fn attach(
        &mut self,
        folder: &FolderId,
        item: ItemId,
        (name, content): (&str, &[u8]),
    ) -> Result<(), EditError> {
        let client_id = self.new_client_id();
        let row = self.event_with_files(folder, item)?;
        let shown = Element::new(tag::ATTACHMENT)
            .with(Element::text(tag::CLIENT_ID, client_id.clone()))
            .with(Element::text(tag::DISPLAY_NAME, name));
        let shown = files(&row.data).cloned().chain([shown]);
        row.data.put(shown.fold(Element::new(tag::ATTACHMENTS), Element::with));
        row.files.push(FileEdit::Add { client_id, name: name.to_owned(), content: content.to_vec() });
        row.touch_files();
        Ok(())
    }

    /// Takes the file of that name from an event.
    ///
    /// # Errors
    ///
    /// As [`Phone::attach`], and where there is no such file that the server knows.
    pub fn detach(&mut self, folder: &FolderId, item: ItemId, name: &str) -> Result<(), EditError> {
        let row = self.event_with_files(folder, item)?;
        let is_it = |file: &&Element| file.child_text(tag::DISPLAY_NAME).as_deref() == Some(name);
        let reference = files(&row.data).find(is_it).and_then(|file| file.child_text(tag::FILE_REFERENCE));
        let reference = reference.ok_or(EditError::NoItem)?.into_owned();
        let others = files(&row.data).filter(|file| !is_it(file)).cloned();
        row.data.put(others.fold(Element::new(tag::ATTACHMENTS), Element::with));
        row.files.push(FileEdit::Delete { reference });
        row.touch_files();
        Ok(())
    }

    fn event_with_files(&mut self, folder: &FolderId, item: ItemId) -> Result<&mut Item, EditError> {
        let (version, class) = (self.habit.version, self.folder(folder).and_then(crate::Folder::class));
        if version < Version::V16_0 || class != Some(Class::Calendar) {
            return Err(EditError::Unable { what: "add or take away files there" });
        }
        self.resting_item(folder, item)
    }
}

impl Item {
    fn touch_files(&mut self) {
        self.touched.insert(place(tag::ATTACHMENTS));
        if self.edit == Edit::None {
            self.edit = Edit::Changed;
        }
        self.stamp += 1;
    }

    /// Keeps of the files only those that the user added: the item becomes a new one.
    pub(crate) fn forget_files_of_server(&mut self) {
        self.files.retain(|edit| matches!(edit, FileEdit::Add { .. }));
        let own = files(&self.data).filter(|file| file.child(tag::CLIENT_ID).is_some()).cloned();
        let own = own.fold(Element::new(tag::ATTACHMENTS), Element::with);
        self.data.remove(tag::ATTACHMENTS);
        if !own.is_empty() {
            self.data.put(own);
        }
    }

    /// Returns what a request says of the files, or `None` where nothing was done with them.
    pub(crate) fn file_commands(&self) -> Option<Element> {
        let command = |edit: &FileEdit| match edit {
            FileEdit::Add { client_id, name, content } => Element::new(tag::ADD)
                .with(Element::text(tag::CLIENT_ID, client_id.clone()))
                .with(Element::opaque(tag::CONTENT, content.clone()))
                .with(Element::text(tag::DISPLAY_NAME, name.clone()))
                .with(Element::text(tag::METHOD, NORMAL)),
            FileEdit::Delete { reference } => {
                Element::new(tag::DELETE).with(Element::text(tag::FILE_REFERENCE, reference.clone()))
            }
        };
        let all = self.files.iter().map(command).fold(Element::new(tag::ATTACHMENTS), Element::with);
        (!all.is_empty()).then_some(all)
    }

    /// Takes over what the server says of an item it was sent: names of files by the client's names for them.
    pub(crate) fn take_told(&mut self, mut told: Data) {
        let named: Vec<Element> = files(&told).cloned().collect();
        told.remove(tag::ATTACHMENTS);
        self.data.merge(told);
        if named.is_empty() {
            return;
        }
        let client_id = |file: &Element| file.child_text(tag::CLIENT_ID).map(std::borrow::Cow::into_owned);
        let shown = files(&self.data).map(|file| {
            let name =
                named.iter().find(|named| client_id(named).is_some() && client_id(named) == client_id(file));
            let reference = name.and_then(|named| named.child(tag::FILE_REFERENCE)).cloned();
            reference.into_iter().fold(file.clone(), Element::with)
        });
        let shown = shown.fold(Element::new(tag::ATTACHMENTS), Element::with);
        self.data.put(shown);
    }
}

/// Returns the files that an item shows.
fn files(data: &Data) -> impl Iterator<Item = &Element> {
    data.get(tag::ATTACHMENTS).into_iter().flat_map(|all| all.children(tag::ATTACHMENT))
}
