//! What follows the beginning of an answer's body: read out of the store while it is sent, so that an attachment is
//! never in memory as a whole.

use std::collections::VecDeque;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use engine::{Download, Engine, Error};

/// Bytes that become one group of base64.
const GROUP: usize = 3;

/// A part of an answer's body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// These bytes.
    Bytes(Vec<u8>),
    /// Bytes of an attachment.
    Raw(Download),
    /// Bytes of an attachment as base64.
    Base64(Download),
}

impl Piece {
    /// Returns how many bytes of the body it is.
    #[must_use]
    pub fn size_bytes(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::Raw(download) => download.left(),
            Self::Base64(download) => download.left().div_ceil(GROUP) * 4,
        }
    }
}

/// Reads pieces, one after the other.
#[derive(Debug)]
pub(crate) struct Reader {
    left: VecDeque<Piece>,
    /// The beginning of a group of base64.
    begun: Vec<u8>,
}

impl Reader {
    pub(crate) fn new(pieces: Vec<Piece>) -> Self {
        Self { left: pieces.into(), begun: Vec::new() }
    }

    /// Returns the next bytes of the body, perhaps none, or `None` at its end.
    pub(crate) fn next(&mut self, engine: &Engine) -> Result<Option<Vec<u8>>, Error> {
        let Some(piece) = self.left.front_mut() else { return Ok(None) };
        let read = match piece {
            Piece::Bytes(bytes) => Some(std::mem::take(bytes)).filter(|bytes| !bytes.is_empty()),
            Piece::Raw(download) => engine.read_on(download)?,
            Piece::Base64(download) => {
                let read = engine.read_on(download)?;
                read.map(|bytes| encode(&mut self.begun, &bytes, download.left()))
            }
        };
        if read.is_none() {
            self.left.pop_front();
        }
        Ok(Some(read.unwrap_or_default()))
    }
}

/// Writes bytes as base64, together with those left over before. What is no whole group is left over again, unless
/// it is the end.
fn encode(begun: &mut Vec<u8>, bytes: &[u8], follows: usize) -> Vec<u8> {
    begun.extend_from_slice(bytes);
    let whole = if follows == 0 { begun.len() } else { begun.len() / GROUP * GROUP };
    let groups: Vec<u8> = begun.drain(..whole).collect();
    STANDARD.encode(groups).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_the_same_wherever_the_bytes_were_cut() {
        let bytes: Vec<u8> = (0..100).collect();
        for size in [1, 2, 3, 7, 50, 100] {
            let (mut begun, mut out, mut follows) = (Vec::new(), Vec::new(), bytes.len());
            for piece in bytes.chunks(size) {
                follows -= piece.len();
                out.extend(encode(&mut begun, piece, follows));
            }
            assert_eq!(out, STANDARD.encode(&bytes).into_bytes(), "pieces of {size}");
        }
    }
}
