//! Sync tokens: how far a client has come that the server keeps nothing of, and the rights it was told its items under.
//!
//! A token carries a code under a key that all processes share: nobody makes one up to learn what he was not told.

use crate::work::hex;
use crate::{Engine, Error};
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::Sha256;
use store::id::{FolderId, PrincipalId, Uid};
use store::row;

/// The name of the setting that holds the key.
const KEY: &str = "token_key";
/// Bytes of a token at most.
const MAX_TOKEN: usize = 256;
/// Hexadecimal digits of the code.
const CODE_DIGITS: usize = 32;

/// What a token says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token {
    /// The last change of the folder that the client was told of.
    pub(crate) modseq: i64,
    /// The words it was told its items under.
    pub(crate) words: [u16; 4],
    /// Words under which it may have been told of items that it was not yet told the end of.
    pub(crate) was: [u16; 4],
    /// The words a sweep is leading to, and the item it has come to.
    pub(crate) sweep: Option<([u16; 4], Uid)>,
}

impl Token {
    /// Writes the token for one user and folder.
    pub(crate) fn render(&self, key: &str, whose: (PrincipalId, FolderId)) -> String {
        let text = self.text();
        let code = code(key, whose, &text);
        format!("{text}.{code}")
    }

    fn text(&self) -> String {
        let words = |words: [u16; 4]| words.map(|word| format!("{word:x}")).join("-");
        let sweep = self.sweep.map_or_else(String::new, |(to, at)| format!("{}_{at}", words(to)));
        format!("1.{}.{}.{}.{sweep}", self.modseq, words(self.words), words(self.was))
    }

    /// Reads a token that [`Token::render`] wrote for this user and folder.
    pub(crate) fn read(text: &str, key: &str, whose: (PrincipalId, FolderId)) -> Option<Self> {
        if text.len() > MAX_TOKEN {
            return None;
        }
        let (said, given) = text.rsplit_once('.')?;
        if !same(given, &code(key, whose, said)) {
            return None;
        }
        let mut parts = said.split('.');
        let mut next = || parts.next();
        if next()? != "1" {
            return None;
        }
        let modseq = next()?.parse().ok()?;
        let read = (words(next()?)?, words(next()?)?);
        let sweep = match next()? {
            "" => None,
            sweep => {
                let (to, at) = sweep.split_once('_')?;
                Some((words(to)?, Uid(at.parse().ok()?)))
            }
        };
        Some(Self { modseq, words: read.0, was: read.1, sweep })
    }
}

fn words(text: &str) -> Option<[u16; 4]> {
    let list: Vec<u16> =
        text.split('-').map(|word| u16::from_str_radix(word, 16)).collect::<Result<_, _>>().ok()?;
    list.try_into().ok()
}

fn code(key: &str, (user, folder): (PrincipalId, FolderId), text: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(format!("{user}/{folder}/{text}").as_bytes());
    let mut code = hex(&mac.finalize().into_bytes());
    code.truncate(CODE_DIGITS);
    code
}

/// Compares in a time that does not tell where they differ.
fn same(a: &str, b: &str) -> bool {
    let differ = a.bytes().zip(b.bytes()).fold(0, |differ, (a, b)| differ | (a ^ b));
    a.len() == b.len() && differ == 0
}

impl Engine {
    /// Returns the key of tokens; the first to ask makes it.
    pub(crate) fn token_key(&self, now: Timestamp) -> Result<String, Error> {
        if let Some(key) = self.store.read(|q| row::setting::load(q, KEY))? {
            return Ok(key);
        }
        self.write(now, |work| {
            if let Some(key) = row::setting::load(work, KEY)? {
                return Ok(key);
            }
            let key = work.random_name() + &work.random_name();
            row::setting::store(work, KEY, &key)?;
            Ok(key)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_for_whom_it_was_written_and_for_nobody_else() {
        let whose = (PrincipalId(3), FolderId(7));
        let plain = Token { modseq: 12, words: [2, 3, 0x402, 0], was: [0; 4], sweep: None };
        for token in [plain, Token { sweep: Some(([1, 2, 3, 4], Uid(9))), ..plain }] {
            let text = token.render("key", whose);
            assert_eq!(Token::read(&text, "key", whose), Some(token));
            assert_eq!(Token::read(&text, "another", whose), None);
            assert_eq!(Token::read(&text, "key", (PrincipalId(4), FolderId(7))), None);
            assert_eq!(Token::read(&text, "key", (PrincipalId(3), FolderId(8))), None);
            assert_eq!(Token::read(&text.replace("12", "11"), "key", whose), None);
            assert_eq!(Token::read(&text[..text.len() - 1], "key", whose), None);
        }
        for bad in ["", ".", "1.2.3", &"1.".repeat(MAX_TOKEN)] {
            assert_eq!(Token::read(bad, "key", whose), None);
        }
    }
}
