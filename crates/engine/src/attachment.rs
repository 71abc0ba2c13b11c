//! Attachments of messages, read piece by piece where the message is large.

use crate::item::seen_by;
use crate::{Caller, Engine, Error};
use items::Kind;
use items::message::{Cuts, Located, Message, Place, Reading};
use jiff::Timestamp;
use std::ops::Range;
use store::id::{FolderId, Modseq, Uid};
use store::row::chunk::CHUNK_BYTES;
use store::row::item::Outline;
use store::{Query, row};

/// An attachment of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// `type/subtype` in lower case.
    pub media_type: String,
    /// Its name, never empty.
    pub name: String,
    /// Its bytes.
    pub bytes: Bytes,
}

/// The bytes of an attachment, or the way to them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bytes {
    /// All of them.
    Here(Vec<u8>),
    /// They are read piece by piece.
    Stored(Stored),
}

/// Where the store has an attachment's bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    folder: FolderId,
    uid: Uid,
    /// The change that wrote the message's content: bytes of another content are never mixed in.
    content_modseq: Modseq,
    place: Place,
}

/// A reading of an attachment, and how far it has come. See [`Engine::read_on`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Download {
    folder: FolderId,
    uid: Uid,
    content_modseq: Modseq,
    reading: Reading,
}

impl Bytes {
    /// Returns how many they are.
    #[must_use]
    pub const fn len(&self) -> usize {
        match self {
            Self::Here(bytes) => bytes.len(),
            Self::Stored(stored) => stored.place.size_bytes(),
        }
    }

    /// Returns whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Stored {
    /// Returns a reading of some of the bytes; those past the end are left out.
    #[must_use]
    pub fn read(&self, bytes: Range<usize>) -> Download {
        let size = self.place.size_bytes();
        let end = bytes.end.min(size);
        let reading = self.place.read(bytes.start.min(end)..end);
        let Self { folder, uid, content_modseq, .. } = *self;
        Download { folder, uid, content_modseq, reading }
    }
}

impl Download {
    /// Returns how many bytes are still to come.
    #[must_use]
    pub const fn left(&self) -> usize {
        self.reading.left()
    }
}

impl Engine {
    /// Returns one attachment of a message, if the caller may read it; `None` where there is none of this index.
    ///
    /// # Errors
    /// When the database fails.
    #[expect(
        clippy::too_many_arguments,
        reason = "who, which attachment of what, where and when: five names read better than tuples"
    )]
    pub fn attachment(
        &self,
        caller: &Caller,
        folder: FolderId,
        uid: Uid,
        index: usize,
        now: Timestamp,
    ) -> Result<Option<Attachment>, Error> {
        self.store.read(|q| {
            let row = match seen_by(q, caller, (folder, uid), now)? {
                Some((row, Kind::Mail, _)) => row,
                Some((row, Kind::Calendar, _)) => return Ok(of_event(&row.content, index)),
                Some((_, Kind::Contacts | Kind::Tasks | Kind::Notes | Kind::Files, _)) | None => {
                    return Ok(None);
                }
            };
            let outline = row.outline.unwrap_or(Outline { text: row.content, cuts: String::new() });
            let cuts: Cuts = outline.cuts.parse().map_err(|_| Error::Store(store::Error::Corrupt))?;
            let message = Message::outlined(&outline.text, &cuts);
            let (Some(about), Some(located)) =
                (message.attachments.into_iter().nth(index), cuts.locate(&outline.text, index))
            else {
                return Ok(None);
            };
            let bytes = match located {
                Located::Here(bytes) => Bytes::Here(bytes),
                Located::InMessage(place) => {
                    Bytes::Stored(Stored { folder, uid, content_modseq: row.content_modseq, place })
                }
            };
            Ok(Some(Attachment { media_type: about.media_type, name: about.name, bytes }))
        })
    }

    /// Returns the next piece of a reading, which may be empty, or `None` at its end. Each piece is a read of its own,
    /// so a slow reader is in nobody's way.
    ///
    /// # Errors
    /// When the message is gone or was changed meanwhile, or the database fails.
    pub fn read_on(&self, download: &mut Download) -> Result<Option<Vec<u8>>, Error> {
        if download.left() == 0 {
            return Ok(None);
        }
        let wanted = download.reading.wanted().ok_or(Error::Store(store::Error::Corrupt))?;
        let piece = self.store.read(|q| piece(q, download, &wanted))?;
        Ok(Some(download.reading.take(&piece)))
    }
}

/// Returns a file of an event, whose index is its id.
fn of_event(content: &[u8], index: usize) -> Option<Attachment> {
    let file = items::event::file(content, u32::try_from(index).ok()?)?;
    let media_type = file.media.unwrap_or_else(|| "application/octet-stream".to_owned());
    Some(Attachment { media_type, name: file.name, bytes: Bytes::Here(file.data) })
}

/// Returns the beginning of what is wanted, as far as it is in one chunk.
fn piece(q: &mut Query<'_>, download: &Download, wanted: &Range<usize>) -> Result<Vec<u8>, Error> {
    let Download { folder, uid, content_modseq, .. } = *download;
    row::item::head(q, folder, uid)?
        .filter(|head| head.content_modseq == content_modseq)
        .ok_or_else(|| Error::not_found("this message"))?;
    let corrupt = || Error::Store(store::Error::Corrupt);
    let number = i64::try_from(wanted.start / CHUNK_BYTES).map_err(|_| corrupt())?;
    let mut chunk = row::chunk::load(q, folder, uid, number)?.ok_or_else(corrupt)?;
    let start = wanted.start % CHUNK_BYTES;
    chunk.truncate(wanted.len().saturating_add(start));
    if start >= chunk.len() {
        return Err(corrupt());
    }
    chunk.drain(..start);
    Ok(chunk)
}
