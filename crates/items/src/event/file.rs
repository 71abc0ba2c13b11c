//! Files of an event (ATTACH).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Attachment;
use super::calendar::Calendar;
use super::edit::{FileEdit, NewFile};
use super::write::Patch;
use crate::EditError;
use crate::contentline::{Document, Line, quote};

/// Files one event may have; of more, only these are looked at.
pub const MAX_FILES: usize = 100;
/// Bytes of a file that a phone may add to an event: it is stored inside the event, in base64.
pub const MAX_FILE_BYTES: usize = 1024 * 1024;

/// The parameters that programs name a file in.
const NAMES: [&str; 4] = ["FILENAME", "X-FILENAME", "X-APPLE-FILENAME", "X-LABEL"];

/// A file with its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its name, never empty.
    pub name: String,
    /// Its content type, where it was told.
    pub media: Option<String>,
    /// Its content.
    pub data: Vec<u8>,
}

/// Returns the file with this [`Attachment::id`], where it lies in the event.
#[must_use]
pub fn file(content: &[u8], id: u32) -> Option<File> {
    let document = Document::parse(content);
    let calendar = Calendar::of(&document)?;
    let lines = document.named(calendar.master, "ATTACH").take(MAX_FILES);
    let line = lines.filter(|line| is_inside(line)).find(|line| attachment(line).id == id)?;
    let Attachment { name, media, .. } = attachment(line);
    let name = if name.is_empty() { "file".to_owned() } else { name };
    Some(File { name, media, data: STANDARD.decode(digits(line)).ok()? })
}

fn is_inside(line: &Line<'_>) -> bool {
    line.param("ENCODING").is_some_and(|encoding| encoding.eq_ignore_ascii_case("BASE64"))
}

fn digits(line: &Line<'_>) -> String {
    line.value().chars().filter(|char| !char.is_ascii_whitespace()).collect()
}

/// Returns what an ATTACH line says.
pub(super) fn attachment(line: &Line<'_>) -> Attachment {
    let media = line.param("FMTTYPE").map(std::borrow::Cow::into_owned);
    let name = NAMES.into_iter().find_map(|name| line.param(name)).map(std::borrow::Cow::into_owned);
    if !is_inside(line) {
        let name = name.unwrap_or_else(|| line.value().to_owned());
        return Attachment { id: id(&name, line.value()), name, media, size_bytes: None };
    }
    let name = name.unwrap_or_default();
    let digits = digits(line);
    let size = digits.trim_end_matches('=').len() * 3 / 4;
    Attachment { id: id(&name, &digits), name, media, size_bytes: Some(size) }
}

/// Returns a name for a file: the same for the same name and content (FNV-1a).
fn id(name: &str, value: &str) -> u32 {
    let bytes = name.bytes().chain([0]).chain(value.bytes());
    bytes.fold(0x811c_9dc5, |hash: u32, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

impl NewFile {
    /// Returns the [`Attachment::id`] that it gets.
    #[must_use]
    pub fn id(&self) -> u32 {
        id(&self.stored_name(), &STANDARD.encode(&self.data))
    }

    /// Returns its name as a parameter can say it.
    fn stored_name(&self) -> String {
        self.name
            .chars()
            .filter(|char| !char.is_control() && *char != '"')
            .collect::<String>()
            .trim()
            .to_owned()
    }

    fn line(&self) -> String {
        let media = self.media.as_deref().filter(|media| is_media(media));
        let media = media.map(|media| format!(";FMTTYPE={media}")).unwrap_or_default();
        let name = quote(&self.stored_name());
        let data = STANDARD.encode(&self.data);
        format!("ATTACH;VALUE=BINARY;ENCODING=BASE64{media};FILENAME={name};X-FILENAME={name}:{data}")
    }
}

/// Whether a text is a content type: nothing in it can end the line or begin a parameter.
fn is_media(text: &str) -> bool {
    let is_token = |char: char| char.is_ascii_alphanumeric() || "!#$&-^_.+".contains(char);
    text.split_once('/').is_some_and(|(kind, rest)| {
        !kind.is_empty() && !rest.is_empty() && kind.chars().chain(rest.chars()).all(is_token)
    })
}

/// Adds and takes away files.
pub(super) fn write(patch: &mut Patch<'_, '_, '_>, edits: &[FileEdit]) -> Result<(), EditError> {
    let mut known: Vec<u32> = Vec::new();
    for line in patch.lines("ATTACH") {
        let id = attachment(line).id;
        if edits.contains(&FileEdit::Remove(id)) {
            patch.remove_line(line);
        } else {
            known.push(id);
        }
    }
    for edit in edits {
        let FileEdit::Add(file) = edit else { continue };
        if file.data.len() > MAX_FILE_BYTES {
            return Err(EditError::TooLarge { size_bytes: file.data.len(), limit_bytes: MAX_FILE_BYTES });
        }
        // The same once more: the answer to it got lost.
        if !known.contains(&file.id()) {
            known.push(file.id());
            patch.append(&file.line());
        }
    }
    if known.len() > MAX_FILES {
        return Err(EditError::Invalid { property: "Attachments", what: format!("more than {MAX_FILES}") });
    }
    Ok(())
}
