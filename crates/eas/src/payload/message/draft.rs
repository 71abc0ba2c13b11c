//! Drafts, as phones write them since 16.0.

use items::compose::{DraftEdit, NewFile};
use items::message::Importance;
use items::{Body, Change, Edit};
use wbxml::page::{air_sync_base, email, email2};
use wbxml::{Element, Tag};

use crate::file_reference::FileReference;
use crate::payload::{Unreadable, body, read};

/// What only a draft has: a phone that names one of these writes a message, and does not mark one.
const OF_DRAFTS: [Tag; 9] = [
    email::TO,
    email::CC,
    email2::BCC,
    email::SUBJECT,
    email::IMPORTANCE,
    email::REPLY_TO,
    air_sync_base::BODY,
    air_sync_base::ATTACHMENTS,
    email2::SEND,
];

/// Returns whether a phone writes a message with this.
#[must_use]
pub fn is_draft(data: &Element) -> bool {
    data.elements().any(|child| OF_DRAFTS.contains(&child.tag))
}

/// Returns what a phone asks to become of a draft.
///
/// # Errors
///
/// [`Unreadable`], where an element has no valid value, or names what no phone may set.
pub fn parse(data: &Element) -> Result<Edit, Unreadable> {
    const BESIDE: [Tag; 3] = [email::READ, email::FLAG, email::CATEGORIES];
    let known = |tag: &Tag| OF_DRAFTS.contains(tag) || BESIDE.contains(tag);
    if let Some(other) = data.elements().find(|child| !known(&child.tag)) {
        return Err(Unreadable::new(format!("{:?} of a draft cannot be set", other.tag)));
    }
    let (text, mime) = written(data)?;
    let (removed, added) = files(data)?;
    Ok(Edit::Message(Box::new(DraftEdit {
        to: line(data, email::TO)?,
        cc: line(data, email::CC)?,
        bcc: line(data, email2::BCC)?,
        reply_to: line(data, email::REPLY_TO)?,
        subject: line(data, email::SUBJECT)?,
        importance: importance(data)?,
        body: text,
        mime,
        removed,
        added,
        send: data.child(email2::SEND).is_some() && data.flag(email2::SEND) != Some(false),
    })))
}

fn line(data: &Element, tag: Tag) -> Result<Change<String>, Unreadable> {
    Ok(match read::only(data, tag)? {
        None => Change::Keep,
        Some(element) => match read::text(element)? {
            text if text.trim().is_empty() => Change::Remove,
            text => Change::Set(text),
        },
    })
}

fn importance(data: &Element) -> Result<Change<Importance>, Unreadable> {
    let Some(element) = read::only(data, email::IMPORTANCE)? else { return Ok(Change::Keep) };
    match element.value().trim() {
        "0" => Ok(Change::Set(Importance::Low)),
        "" | "1" => Ok(Change::Set(Importance::Normal)),
        "2" => Ok(Change::Set(Importance::High)),
        _ => Err(Unreadable::new("the importance is none of 0, 1 and 2")),
    }
}

/// Returns the text, or the whole message where the phone writes that.
fn written(data: &Element) -> Result<(Change<Body>, Option<Vec<u8>>), Unreadable> {
    let whole = read::only(data, air_sync_base::BODY)?
        .filter(|body| body.child_text(air_sync_base::TYPE).as_deref() == Some("4"))
        .and_then(|body| body.child(air_sync_base::DATA));
    match whole {
        Some(whole) => Ok((Change::Keep, Some(whole.bytes().into_owned()))),
        None => Ok((body::parse(data)?, None)),
    }
}

fn files(data: &Element) -> Result<(Vec<usize>, Vec<NewFile>), Unreadable> {
    let (mut removed, mut added) = (Vec::new(), Vec::new());
    let Some(list) = read::only(data, air_sync_base::ATTACHMENTS)? else { return Ok((removed, added)) };
    if list.elements().nth(read::MAX_ENTRIES).is_some() {
        return Err(Unreadable::new("there are too many attachments"));
    }
    for entry in list.elements() {
        match entry.tag {
            air_sync_base::ADD => added.push(file(entry)?),
            air_sync_base::DELETE => {
                let name = entry.child_text(air_sync_base::FILE_REFERENCE).unwrap_or_default();
                let name: FileReference =
                    name.parse().map_err(|_| Unreadable::new("an attachment to be removed is unknown"))?;
                removed.push(name.index);
            }
            _ => {}
        }
    }
    Ok((removed, added))
}

fn file(entry: &Element) -> Result<NewFile, Unreadable> {
    let text = |tag: Tag| entry.child(tag).map_or(Ok(String::new()), read::text);
    let content = entry.child(air_sync_base::CONTENT);
    Ok(NewFile {
        name: text(air_sync_base::DISPLAY_NAME)?,
        media_type: text(air_sync_base::CONTENT_TYPE)?,
        content_id: text(air_sync_base::CONTENT_ID)?,
        inline: entry.flag(air_sync_base::IS_INLINE) == Some(true),
        bytes: content.map(|content| content.bytes().into_owned()).unwrap_or_default(),
    })
}
