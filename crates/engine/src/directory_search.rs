//! Finding users by their names: the one place that says who of the organisation is shown to whom.
//!
//! Every user who can log in may look up every other; whoever may not log in any more is not found.

use crate::{Engine, Error};
use store::row::principal::PrincipalRow;
use store::{Query, row};

/// Users that one search returns.
pub const MAX_DIRECTORY_MATCHES: usize = 100;

/// Words of one search that are looked at.
pub(crate) const MAX_WORDS: usize = 16;

/// The kind of principal that has a name and an address to look up.
pub(crate) const USER: i64 = 1;

/// The kind of principal that stands for several.
const GROUP: i64 = 2;

/// A user as others may know him.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryEntry {
    /// The name he logs in with.
    pub name: String,
    /// What people call him.
    pub display_name: String,
    /// His address; empty where he has none.
    pub email: String,
}

/// What a search found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DirectoryMatches {
    /// The first of them by display name, at most [`MAX_DIRECTORY_MATCHES`].
    pub entries: Vec<DirectoryEntry>,
    /// How many there are.
    pub total: usize,
}

impl Engine {
    /// Finds users: each word of `text` begins a word of the display name, the name or the address, in any case. A
    /// text without a word finds nobody.
    ///
    /// # Errors
    /// When the database fails.
    pub fn directory_search(&self, text: &str) -> Result<DirectoryMatches, Error> {
        self.store.read(|q| search(q, text, USER))
    }

    /// Finds groups, as [`Engine::directory_search`] finds users.
    ///
    /// # Errors
    /// When the database fails.
    pub fn group_search(&self, text: &str) -> Result<DirectoryMatches, Error> {
        self.store.read(|q| search(q, text, GROUP))
    }
}

fn search(q: &mut Query<'_>, text: &str, kind: i64) -> Result<DirectoryMatches, Error> {
    let wanted: Vec<String> = words(text).take(MAX_WORDS).collect();
    if wanted.is_empty() {
        return Ok(DirectoryMatches::default());
    }
    let mut found: Vec<DirectoryEntry> = row::principal::of_kind(q, kind)?
        .into_iter()
        .filter(|row| !row.disabled)
        .map(entry)
        .filter(|entry| is_match(entry, &wanted))
        .collect();
    found.sort_by_cached_key(|entry| (entry.display_name.to_lowercase(), entry.name.clone()));
    let total = found.len();
    found.truncate(MAX_DIRECTORY_MATCHES);
    Ok(DirectoryMatches { entries: found, total })
}

pub(crate) fn entry(row: PrincipalRow) -> DirectoryEntry {
    DirectoryEntry { name: row.name, display_name: row.display_name, email: row.email.unwrap_or_default() }
}

pub(crate) fn is_match(entry: &DirectoryEntry, wanted: &[String]) -> bool {
    // Of an address only what stands before the '@': by its host everybody would be found.
    let local = entry.email.split('@').next().unwrap_or_default();
    let parts = [entry.display_name.as_str(), &entry.name, local].into_iter().flat_map(parts);
    let wholes = [&entry.display_name, &entry.name, &entry.email].into_iter().flat_map(|text| words(text));
    let own: Vec<String> = wholes.chain(parts).collect();
    wanted.iter().all(|word| own.iter().any(|own| own.starts_with(word.as_str())))
}

/// Returns the words of a text in lower case. What stands inside an address keeps together: `a.berg@club` is one.
pub(crate) fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    let parts = text.split(|one: char| one.is_whitespace() || [',', ';', '"', '(', ')'].contains(&one));
    parts.filter(|word| !word.is_empty()).map(str::to_lowercase)
}

/// Returns what stands between all that is no letter or digit, in lower case.
fn parts(text: &str) -> impl Iterator<Item = String> + '_ {
    let parts = text.split(|one: char| !one.is_alphanumeric());
    parts.filter(|part| !part.is_empty()).map(str::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(text: &str) -> bool {
        let entry = DirectoryEntry {
            name: "aberg".to_owned(),
            display_name: "Änne-Jo van Berg".to_owned(),
            email: "a.berg@club.example".to_owned(),
        };
        let wanted: Vec<String> = words(text).collect();
        is_match(&entry, &wanted)
    }

    #[test]
    fn each_word_begins_a_word_of_the_user_in_any_case() {
        for text in ["änne", "ÄN", "van", "berg än", "aber", "a.berg@club", "berg,änne", "jo"] {
            assert!(finds(text), "{text}");
        }
        for text in ["nne", "änne bo", "club", "berg@", "%", "_"] {
            assert!(!finds(text), "{text}");
        }
    }
}
