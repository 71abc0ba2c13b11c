//! Bytes of a part to text: transfer encodings, character sets, flowed text.

use std::borrow::Cow;

use mail_parser::decoders::charsets::map::charset_decoder;

use super::decoder::{Base64, Decoder};
use super::structure::{Encoding, Part};

/// Returns the decoded bytes of a part. Total: what is no valid encoding is skipped (base64) or kept
/// (quoted-printable).
pub(super) fn decode<'a>(message: &'a [u8], part: &Part) -> Cow<'a, [u8]> {
    let raw = message.get(part.body.clone()).unwrap_or_default();
    match part.encoding {
        Encoding::Identity => Cow::Borrowed(raw),
        Encoding::QuotedPrintable | Encoding::Base64 => Cow::Owned(decoded(raw, part.encoding)),
    }
}

/// Returns the size of a part's decoded bytes.
pub(super) fn decoded_size(message: &[u8], part: &Part) -> usize {
    let raw = message.get(part.body.clone()).unwrap_or_default();
    match part.encoding {
        Encoding::Identity => raw.len(),
        Encoding::QuotedPrintable => decoded(raw, part.encoding).len(),
        Encoding::Base64 => base64_size(raw),
    }
}

/// Returns the text of a text part: UTF-8, lines ended by LF, without NUL.
pub(super) fn text(message: &[u8], part: &Part) -> String {
    let parameter = |name| part.content_type.as_ref().and_then(|parameters| parameters.get(name));
    let decoded = decode_charset(&decode(message, part), parameter("charset"));
    let decoded = decoded.replace("\r\n", "\n").replace('\0', "\u{FFFD}");
    let flowed = parameter("format").is_some_and(|format| format.eq_ignore_ascii_case("flowed"));
    if !flowed || part.media_type != "text/plain" {
        return decoded;
    }
    let spaces = match parameter("delsp") {
        Some(said) if said.eq_ignore_ascii_case("yes") => SoftBreak::DropsSpace,
        Some(_) | None => SoftBreak::KeepsSpace,
    };
    unflow(&decoded, spaces)
}

/// Returns whether a character set is known (none at all counts as known).
pub(super) fn knows_charset(charset: Option<&str>) -> bool {
    charset.map(str::trim).is_none_or(|name| is_utf8(name) || charset_decoder(name.as_bytes()).is_some())
}

/// Decodes text. UTF-8 is believed before any label, since a wrong label is more common than text that is
/// UTF-8 by chance; without a usable label the rest is Windows-1252.
pub(super) fn decode_charset(bytes: &[u8], charset: Option<&str>) -> String {
    let label = charset.map(str::trim).unwrap_or_default();
    let labelled = charset_decoder(label.as_bytes()).filter(|_| !is_utf8(label));
    match (std::str::from_utf8(bytes), labelled) {
        (Ok(_), Some(decoder)) if hides_in_ascii(bytes, label) => decoder(bytes),
        (Ok(text), _) => strip_mark(text).to_owned(),
        (Err(_), Some(decoder)) => decoder(bytes),
        (Err(_), None) => match charset_decoder(b"windows-1252").filter(|_| !is_utf8(label)) {
            Some(decoder) => decoder(bytes),
            None => strip_mark(&String::from_utf8_lossy(bytes)).to_owned(),
        },
    }
}

/// Returns whether bytes that look like ASCII may mean other characters under `label`.
fn hides_in_ascii(bytes: &[u8], label: &str) -> bool {
    let label = label.to_ascii_lowercase();
    bytes.is_ascii()
        && (bytes.contains(&0) || ["iso-2022", "utf-7", "hz-"].iter().any(|one| label.starts_with(one)))
}

fn is_utf8(label: &str) -> bool {
    label.eq_ignore_ascii_case("utf-8") || label.eq_ignore_ascii_case("utf8")
}

/// Returns text without a byte order mark.
fn strip_mark(text: &str) -> &str {
    text.strip_prefix('\u{FEFF}').unwrap_or(text)
}

fn decoded(raw: &[u8], encoding: Encoding) -> Vec<u8> {
    let (mut decoder, mut out) = (Decoder::of(encoding), Vec::with_capacity(raw.len()));
    decoder.push(raw, &mut out);
    decoder.finish(&mut out);
    out
}

/// Returns how many bytes base64 decodes to.
fn base64_size(raw: &[u8]) -> usize {
    let (mut state, mut size) = (Base64::default(), 0);
    state.push(raw, |bytes| size += bytes.len());
    state.finish(|bytes| size += bytes.len());
    size
}

/// What a soft line break leaves behind. [RFC 3676, `DelSp`]
#[derive(Clone, Copy, PartialEq, Eq)]
enum SoftBreak {
    KeepsSpace,
    DropsSpace,
}

/// Joins the soft line breaks of flowed text. [RFC 3676 4]
fn unflow(text: &str, spaces: SoftBreak) -> String {
    let mut out = String::with_capacity(text.len());
    let mut open: Option<usize> = None;
    for line in text.split('\n') {
        let content = line.trim_start_matches('>');
        let depth = line.len() - content.len();
        let content = content.strip_prefix(' ').unwrap_or(content);
        let joins = open == Some(depth);
        if !joins {
            if open.is_some() {
                out.push('\n');
            }
            out.extend(std::iter::repeat_n('>', depth));
            if depth > 0 {
                out.push(' ');
            }
        }
        // "-- " is a signature's mark and never flows.
        let soft = content.ends_with(' ') && content != "-- ";
        let kept = if soft && spaces == SoftBreak::DropsSpace { content.strip_suffix(' ') } else { None };
        out.push_str(kept.unwrap_or(content));
        open = soft.then_some(depth);
        if !soft {
            out.push('\n');
        }
    }
    if open.is_none() {
        out.pop();
    }
    out
}
