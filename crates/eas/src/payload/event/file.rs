//! Files of events, which phones have from 16.0 on ([MS-ASAIRS] Attachments).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use engine::{FolderId, Uid};
use items::event::{Event, FileEdit, MAX_FILES, NewFile};
use wbxml::Element;
use wbxml::page::air_sync_base::{
    ADD, ATTACHMENT, ATTACHMENTS, CLIENT_ID, CONTENT, CONTENT_TYPE, DELETE, DISPLAY_NAME,
    ESTIMATED_DATA_SIZE, FILE_REFERENCE, METHOD,
};

use crate::file_reference::FileReference;
use crate::payload::{Unreadable, read};

/// The method of a file that lies in its item.
const NORMAL: &str = "1";

/// Returns the list of the files that lie in the event, where there are any.
pub(crate) fn render(event: &Event, folder: FolderId, uid: Uid) -> Option<Element> {
    let mut list = Element::new(ATTACHMENTS);
    for file in &event.details.attachments {
        let Some(size) = file.size_bytes else { continue };
        // A file without a name is not shown.
        let name = if file.name.is_empty() { "file" } else { &file.name };
        list.push(
            Element::new(ATTACHMENT)
                .with(Element::text(DISPLAY_NAME, name))
                .with(Element::text(FILE_REFERENCE, reference(folder, uid, file.id)))
                .with(Element::text(METHOD, NORMAL))
                .with(Element::text(ESTIMATED_DATA_SIZE, size.to_string())),
        );
    }
    (!list.is_empty()).then_some(list)
}

fn reference(folder: FolderId, uid: Uid, id: u32) -> String {
    let index = usize::try_from(id).unwrap_or(usize::MAX);
    FileReference { folder, uid, index }.to_string()
}

/// Returns what a phone is told of the files that it sent: the names of those that the event now has.
pub(crate) fn added(data: &Element, event: &Event, folder: FolderId, uid: Uid) -> Option<Element> {
    let list = data.child(ATTACHMENTS)?;
    let mut told = Element::new(ATTACHMENTS);
    for element in list.children(ADD) {
        let (Some(client_id), Ok(file)) = (element.child(CLIENT_ID), file(element)) else { continue };
        let is_there = event.details.attachments.iter().any(|known| known.id == file.id());
        if is_there {
            let name = Element::text(FILE_REFERENCE, reference(folder, uid, file.id()));
            told.push(Element::new(ATTACHMENT).with(client_id.clone()).with(name));
        }
    }
    (!told.is_empty()).then_some(told)
}

/// Returns what is to become of the event's files.
pub(super) fn parse(data: &Element) -> Result<Vec<FileEdit>, Unreadable> {
    let Some(list) = read::only(data, ATTACHMENTS)? else { return Ok(Vec::new()) };
    if list.elements().nth(MAX_FILES).is_some() {
        return Err(Unreadable::new("the event has too many attachments"));
    }
    let mut edits = Vec::new();
    for element in list.elements() {
        match element.tag {
            ADD => edits.push(FileEdit::Add(file(element)?)),
            DELETE => edits.push(FileEdit::Remove(named(element)?)),
            _ => {}
        }
    }
    Ok(edits)
}

fn named(element: &Element) -> Result<u32, Unreadable> {
    let unknown = || Unreadable::new("an attachment that is to go is not one of the event's");
    let name = element.child_text(FILE_REFERENCE).ok_or_else(unknown)?;
    let reference: FileReference = name.parse().map_err(|_| unknown())?;
    u32::try_from(reference.index).map_err(|_| unknown())
}

fn file(element: &Element) -> Result<NewFile, Unreadable> {
    let text = |tag| read::only(element, tag)?.map(read::text).transpose();
    let content =
        read::only(element, CONTENT)?.ok_or_else(|| Unreadable::new("an attachment has no Content"))?;
    Ok(NewFile {
        name: text(DISPLAY_NAME)?.unwrap_or_default(),
        media: text(CONTENT_TYPE)?.filter(|media| !media.is_empty()),
        data: bytes(content),
    })
}

/// Returns the bytes of a file: opaque, or as text in base64.
fn bytes(content: &Element) -> Vec<u8> {
    let is_text = content.content.iter().all(|node| matches!(node, wbxml::Node::Text(_)));
    let bytes = content.bytes();
    let decoded = is_text.then(|| STANDARD.decode(&bytes).ok()).flatten();
    decoded.unwrap_or_else(|| bytes.into_owned())
}
