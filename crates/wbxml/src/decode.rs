//! Bytes from a peer to a tree of elements.

use thiserror::Error;

use crate::token::{
    CODE, END, FIRST_TAG, HAS_ATTRIBUTES, HAS_CONTENT, OPAQUE, STR_I, SWITCH_PAGE, UTF_8, VERSION,
};
use crate::{Element, Node, Tag};

/// How deep elements may lie inside each other by default; the root is at depth 1.
pub const MAX_DEPTH: usize = 32;

/// How many elements a body may have by default.
pub const MAX_ELEMENTS: usize = 100_000;

/// What a body may cost. Elements that are skipped count too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How deep elements may lie inside each other; the root is at depth 1.
    pub depth: usize,
    /// How many elements there may be.
    pub elements: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { depth: MAX_DEPTH, elements: MAX_ELEMENTS }
    }
}

/// Why a body could not be decoded. Every offset counts bytes from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum DecodeError {
    /// The body ends inside a token or an element.
    #[error("the body ends at byte {at} inside a token or an element")]
    Truncated {
        /// Offset of the first missing byte.
        at: usize,
    },
    /// The header is not that of WBXML 1.3 without a document type in the string table.
    #[error("unknown header at byte {at}")]
    Header {
        /// Offset of the version or the public identifier.
        at: usize,
    },
    /// The text is not said to be UTF-8.
    #[error("the character set named at byte {at} is not UTF-8")]
    Charset {
        /// Offset of the character set.
        at: usize,
    },
    /// The body has a string table.
    #[error("string table at byte {at}")]
    StringTable {
        /// Offset of the table's length.
        at: usize,
    },
    /// A multi-byte integer has more than 5 bytes or 32 bits.
    #[error("integer too long at byte {at}")]
    Integer {
        /// Offset of the integer.
        at: usize,
    },
    /// A tag has attributes.
    #[error("attributes at byte {at}")]
    Attributes {
        /// Offset of the tag.
        at: usize,
    },
    /// A token that is never used (an entity, a literal, a processing instruction ...) or not here.
    #[error("unexpected token at byte {at}")]
    Token {
        /// Offset of the token.
        at: usize,
    },
    /// Elements lie deeper inside each other than [`Limits::depth`].
    #[error("too many elements inside each other at byte {at}")]
    TooDeep {
        /// Offset of the element one too deep.
        at: usize,
    },
    /// There are more elements than [`Limits::elements`].
    #[error("too many elements at byte {at}")]
    TooMany {
        /// Offset of the element one too many.
        at: usize,
    },
    /// There is no element, or the outermost one is not a tag that exists.
    #[error("no known element at byte {at}")]
    NoRoot {
        /// Offset where it should have been.
        at: usize,
    },
    /// The body goes on after its outermost element.
    #[error("bytes after the end of the document, from byte {at}")]
    TrailingBytes {
        /// Offset of the first byte too many.
        at: usize,
    },
}

/// Returns the outermost element of a body.
///
/// Elements with a tag that does not exist are skipped with all they hold. Runs of text and bytes that follow
/// each other are joined, and empty ones left out. Text that is not UTF-8 is kept as [`Node::Opaque`], so that
/// one bad value costs one item and not the whole request: see [`Element::exact_value`].
///
/// # Errors
///
/// Where the body is malformed, or costs more than `limits`.
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Element, DecodeError> {
    let mut reader = Reader { bytes, at: 0, page: 0 };
    reader.header()?;
    let mut tree = Tree { open: Vec::new(), elements: 0, limits: *limits };
    loop {
        if tree.open.is_empty() && reader.is_at_end() {
            return Err(DecodeError::NoRoot { at: reader.at });
        }
        let (at, token) = reader.token()?;
        if let Some(root) = tree.take(at, token)? {
            return reader.is_at_end().then_some(root).ok_or(DecodeError::TrailingBytes { at: reader.at });
        }
    }
}

/// One token of the body, with the code page already resolved.
#[derive(Clone, Copy)]
enum Token<'a> {
    /// A tag, `None` if no such tag exists.
    Start(Option<Tag>, Content),
    End,
    Text(&'a [u8]),
    Opaque(&'a [u8]),
}

/// Whether an END will follow.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Content {
    Follows,
    None,
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    page: u8,
}

impl<'a> Reader<'a> {
    fn header(&mut self) -> Result<(), DecodeError> {
        if self.byte()? != VERSION {
            return Err(DecodeError::Header { at: 0 });
        }
        let at = self.at;
        if self.integer()? == 0 {
            return Err(DecodeError::Header { at }); // the identifier itself would be in the string table
        }
        let at = self.at;
        if self.integer()? != u32::from(UTF_8) {
            return Err(DecodeError::Charset { at });
        }
        let at = self.at;
        if self.integer()? != 0 {
            return Err(DecodeError::StringTable { at });
        }
        Ok(())
    }

    /// Returns the next token and its offset, and follows switches of the code page.
    fn token(&mut self) -> Result<(usize, Token<'a>), DecodeError> {
        loop {
            let at = self.at;
            let token = match self.byte()? {
                SWITCH_PAGE => {
                    self.page = self.byte()?;
                    continue;
                }
                END => Token::End,
                STR_I => Token::Text(self.text()?),
                OPAQUE => Token::Opaque(self.opaque()?),
                other if other & CODE < FIRST_TAG => return Err(DecodeError::Token { at }),
                tag if tag & HAS_ATTRIBUTES != 0 => return Err(DecodeError::Attributes { at }),
                tag => {
                    let content = if tag & HAS_CONTENT == 0 { Content::None } else { Content::Follows };
                    Token::Start(Tag::known(self.page, tag & CODE), content)
                }
            };
            return Ok((at, token));
        }
    }

    fn text(&mut self) -> Result<&'a [u8], DecodeError> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let length = rest.iter().position(|byte| *byte == 0).ok_or(self.truncated())?;
        let text = self.run(length)?;
        self.at += 1; // the zero
        Ok(text)
    }

    fn opaque(&mut self) -> Result<&'a [u8], DecodeError> {
        let length = self.integer()?;
        self.run(usize::try_from(length).map_err(|_| self.truncated())?)
    }

    /// Returns the next `length` bytes; a length past the end is found out before anything is allocated.
    fn run(&mut self, length: usize) -> Result<&'a [u8], DecodeError> {
        let end = self.at.checked_add(length).ok_or(self.truncated())?;
        let run = self.bytes.get(self.at..end).ok_or(self.truncated())?;
        self.at = end;
        Ok(run)
    }

    /// Returns the next integer: groups of 7 bits, highest first, all but the last marked with the top bit.
    fn integer(&mut self) -> Result<u32, DecodeError> {
        const MAX_BYTES: usize = 5;
        let at = self.at;
        let mut value: u32 = 0;
        for _ in 0..MAX_BYTES {
            let byte = self.byte()?;
            value = value.checked_mul(1 << 7).ok_or(DecodeError::Integer { at })? | u32::from(byte & 0x7F);
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(DecodeError::Integer { at })
    }

    fn byte(&mut self) -> Result<u8, DecodeError> {
        let byte = self.bytes.get(self.at).ok_or(self.truncated())?;
        self.at += 1;
        Ok(*byte)
    }

    const fn is_at_end(&self) -> bool {
        self.at >= self.bytes.len()
    }

    const fn truncated(&self) -> DecodeError {
        DecodeError::Truncated { at: self.bytes.len() }
    }
}

/// The elements that are open, outermost first; `None` is one that is skipped.
struct Tree {
    open: Vec<Option<Element>>,
    elements: usize,
    limits: Limits,
}

impl Tree {
    /// Takes in a token and returns the outermost element once it is closed.
    fn take(&mut self, at: usize, token: Token<'_>) -> Result<Option<Element>, DecodeError> {
        if self.open.is_empty() && !matches!(token, Token::Start(..)) {
            return Err(DecodeError::Token { at });
        }
        match token {
            Token::Start(tag, content) => {
                self.start(at, tag)?;
                return Ok(if content == Content::None { self.end() } else { None });
            }
            Token::End => return Ok(self.end()),
            Token::Text(run) => self.run(run, std::str::from_utf8(run).ok()),
            Token::Opaque(run) => self.run(run, None),
        }
        Ok(None)
    }

    fn start(&mut self, at: usize, tag: Option<Tag>) -> Result<(), DecodeError> {
        self.elements += 1;
        if self.elements > self.limits.elements {
            return Err(DecodeError::TooMany { at });
        }
        if self.open.len() >= self.limits.depth {
            return Err(DecodeError::TooDeep { at });
        }
        if self.open.is_empty() && tag.is_none() {
            return Err(DecodeError::NoRoot { at });
        }
        let inside_skipped = matches!(self.open.last(), Some(None));
        self.open.push(tag.filter(|_| !inside_skipped).map(Element::new));
        Ok(())
    }

    /// Closes the innermost element; returns it if it was the outermost.
    fn end(&mut self) -> Option<Element> {
        let closed = self.open.pop()??;
        match self.open.last_mut() {
            None => Some(closed),
            Some(parent) => {
                parent.as_mut()?.push(closed);
                None
            }
        }
    }

    /// Adds a run to the innermost element: as text if it is `text`, as bytes if it is not.
    ///
    /// It is joined with a run before it, so that a body of tiny runs does not take many times its size.
    fn run(&mut self, run: &[u8], text: Option<&str>) {
        let Some(Some(element)) = self.open.last_mut() else { return };
        if run.is_empty() {
            return;
        }
        match (element.content.last_mut(), text) {
            (Some(Node::Text(before)), Some(text)) => before.push_str(text),
            (Some(Node::Opaque(before)), _) => before.extend_from_slice(run),
            (Some(last @ Node::Text(_)), None) => {
                *last = Node::Opaque([last.as_run().unwrap_or_default(), run].concat());
            }
            (Some(Node::Element(_)) | None, Some(text)) => element.push(Node::Text(text.to_owned())),
            (Some(Node::Element(_)) | None, None) => element.push(Node::Opaque(run.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests;
