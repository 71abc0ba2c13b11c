//! A contact's picture.

use std::fmt;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// How many bytes a picture may have.
pub const MAX_PICTURE_BYTES: usize = 1024 * 1024;

/// Reads base64 with or without padding, writes it with.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// A picture in the form in which both vCard and ActiveSync carry it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    media: String,
    base64: String,
}

impl Picture {
    /// Returns the picture in this base64 text, or `None` where it is not that. White space does not count.
    ///
    /// Without a media type the picture's first bytes decide; JPEG is assumed of what is not known.
    #[must_use]
    pub fn from_base64(media: Option<&str>, text: &str) -> Option<Self> {
        let mut base64: String = text.chars().filter(|char| !char.is_ascii_whitespace()).collect();
        let bare = base64.trim_end_matches('=').len();
        base64.truncate(bare);
        let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
        if base64.is_empty() || base64.len() % 4 == 1 || !base64.bytes().all(known) {
            return None;
        }
        base64.extend(std::iter::repeat_n('=', bare.next_multiple_of(4) - bare));
        let media = media.unwrap_or_else(|| sniff(&base64)).to_owned();
        Some(Self { media, base64 })
    }

    /// Returns the picture in these bytes.
    #[must_use]
    pub fn from_bytes(media: &str, bytes: &[u8]) -> Self {
        Self { media: media.to_owned(), base64: BASE64.encode(bytes) }
    }

    /// Returns the media type, `image/jpeg`.
    #[must_use]
    pub fn media(&self) -> &str {
        &self.media
    }

    /// Returns the picture as base64 without line breaks, padded.
    #[must_use]
    pub fn base64(&self) -> &str {
        &self.base64
    }

    /// Returns the picture itself.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        BASE64.decode(&self.base64).unwrap_or_default()
    }

    /// Returns how many bytes the picture has.
    #[must_use]
    pub fn size_bytes(&self) -> usize {
        self.base64.trim_end_matches('=').len() * 3 / 4
    }
}

impl fmt::Display for Picture {
    /// Writes the media type and the size: `image/jpeg, 14 KiB`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.media, crate::property::size(self.size_bytes()))
    }
}

fn sniff(base64: &str) -> &'static str {
    let known =
        [("/9j/", "image/jpeg"), ("iVBOR", "image/png"), ("R0lG", "image/gif"), ("UklGR", "image/webp")];
    known.iter().find(|(start, _)| base64.starts_with(start)).map_or("image/jpeg", |(_, media)| media)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_checked_and_padded() {
        let picture = Picture::from_base64(None, "iVBO R\r\n w0K").unwrap();
        assert_eq!((picture.media(), picture.base64(), picture.size_bytes()), ("image/png", "iVBORw0K", 6));
        assert_eq!(Picture::from_base64(Some("image/x"), "AAE").unwrap().bytes(), [0, 1]);
        assert_eq!(Picture::from_base64(Some("image/x"), "AAE=").unwrap().base64(), "AAE=");
        for wrong in ["", "=", "A", "AAAAA", "A-A_", "Ä"] {
            assert_eq!(Picture::from_base64(None, wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn shows_its_size() {
        let picture = Picture::from_bytes("image/jpeg", &[7; 14_400]);
        assert_eq!(picture.to_string(), "image/jpeg, 14 KiB");
        assert_eq!(picture.bytes(), [7; 14_400]);
    }
}
