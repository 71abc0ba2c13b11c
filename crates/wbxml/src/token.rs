//! The global tokens of WBXML that ActiveSync uses, and the bits of a tag byte.
//!
//! Every other global token (entities, literals, extensions, processing instructions, string table references)
//! is malformed here.

/// The next byte is the code page from here on; closing an element does not restore the page before.
pub(crate) const SWITCH_PAGE: u8 = 0x00;
/// Closes the innermost open element.
pub(crate) const END: u8 = 0x01;
/// Text follows, ended by a zero byte.
pub(crate) const STR_I: u8 = 0x03;
/// A length as multi-byte integer and as many bytes follow.
pub(crate) const OPAQUE: u8 = 0xC3;

/// The bit of a tag byte that says content and an END follow.
pub(crate) const HAS_CONTENT: u8 = 0x40;
/// The bit of a tag byte that says attributes follow; ActiveSync has none.
pub(crate) const HAS_ATTRIBUTES: u8 = 0x80;
/// The bits of a tag byte that hold the tag's code.
pub(crate) const CODE: u8 = 0x3F;
/// The lowest code of a tag; what is below is a global token.
pub(crate) const FIRST_TAG: u8 = 0x05;

/// The header of every body: WBXML 1.3, unknown public identifier, UTF-8, no string table.
pub(crate) const HEADER: [u8; 4] = [VERSION, 0x01, UTF_8, 0x00];
/// The one version byte in use.
pub(crate) const VERSION: u8 = 0x03;
/// UTF-8's number in the registry of character sets.
pub(crate) const UTF_8: u8 = 0x6A;
