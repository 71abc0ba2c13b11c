//! A tag: a code on a code page.

use std::fmt;

use crate::{page, token};

/// Names an element: a code page and a code on it.
///
/// The constants in [`page`] are all tags that exist.
#[derive(Copy, Clone, PartialEq, Eq, Hash)]
pub struct Tag {
    page: u8,
    code: u8,
}

impl Tag {
    /// Returns the tag with `code` on `page`, for constants; it need not be one that exists.
    ///
    /// # Panics
    ///
    /// Where `code` is not in 0x05 to 0x3F; in a constant, that does not compile.
    #[must_use]
    pub const fn new(page: u8, code: u8) -> Self {
        assert!(code >= token::FIRST_TAG && code <= token::CODE, "a tag's code is 0x05 to 0x3F");
        Self { page, code }
    }

    /// Returns the tag with `code` on `page` if it is one that exists.
    pub(crate) fn known(page: u8, code: u8) -> Option<Self> {
        let tag = Self { page, code };
        tag.name().map(|_| tag)
    }

    /// Returns the code page, from 0.
    #[must_use]
    pub const fn page(self) -> u8 {
        self.page
    }

    /// Returns the code on the page, 0x05 to 0x3F.
    #[must_use]
    pub const fn code(self) -> u8 {
        self.code
    }

    /// Returns the name without its page's, or `None` for a tag that does not exist.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        page::name(self.page, self.code)
    }
}

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (page::namespace(self.page), self.name()) {
            (Some(namespace), Some(name)) => write!(f, "{namespace}:{name}"),
            (Some(namespace), None) => write!(f, "{namespace}:0x{:02X}", self.code),
            (None, _) => write!(f, "{}:0x{:02X}", self.page, self.code),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::{air_sync, find};

    #[test]
    fn a_tag_shows_as_page_and_name() {
        assert_eq!(format!("{:?}", air_sync::SYNC), "AirSync:Sync");
        assert_eq!(format!("{:?}", Tag::new(25, 0x3F)), "Find:0x3F");
        assert_eq!(format!("{:?}", Tag::new(254, 0x05)), "254:0x05");
    }

    #[test]
    fn only_tags_that_exist_are_known() {
        assert_eq!(Tag::known(0, 0x05), Some(air_sync::SYNC));
        assert_eq!(Tag::known(25, 0x05), Some(find::FIND));
        assert_eq!(Tag::known(0, 0x2A), None);
        assert_eq!(Tag::known(0, 0x04), None);
        assert_eq!(Tag::known(26, 0x05), None);
    }

    #[test]
    #[should_panic(expected = "0x05 to 0x3F")]
    fn a_global_token_is_no_tag() {
        let _ = Tag::new(0, 0x03);
    }
}
