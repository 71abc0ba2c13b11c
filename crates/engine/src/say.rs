//! Rights in words, in the languages that users can choose.

use access::Right;
use items::Kind;
use std::fmt;
use std::str::FromStr;

use crate::Error;

/// A language that users are written to in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// German.
    German,
}

impl Language {
    /// Every language.
    pub const EVERY: [Self; 2] = [Self::English, Self::German];

    /// Returns its tag, as in `de`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Language {
    type Err = Error;

    fn from_str(tag: &str) -> Result<Self, Error> {
        let found = Self::EVERY.into_iter().find(|language| language.as_str() == tag);
        found.ok_or_else(|| Error::invalid(format!("'{tag}' is none of the languages en and de")))
    }
}

/// Whom a sentence about rights speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voice {
    /// Somebody else: "his own".
    Third,
    /// The reader: "your own".
    Second,
}

/// Says rights as what follows "may" in a sentence: "read everything, add new events, and change and delete only his
/// own".
#[must_use]
pub fn say(rights: &[Right], kind: Kind, voice: Voice, language: Language) -> String {
    match language {
        Language::English => joined(&english(rights, kind, voice), ("and", ",")),
        Language::German => joined(&german(rights, kind), ("und", "")),
    }
}

/// Puts a list into a sentence. The comma before the last of three or more is `serial`.
fn joined(parts: &[String], (and, serial): (&str, &str)) -> String {
    match parts {
        [] => if and == "and" { "do nothing" } else { "nichts" }.to_owned(),
        [only] => only.clone(),
        [first, last] => format!("{first} {and} {last}"),
        [first @ .., last] => format!("{}{serial} {and} {last}", first.join(", ")),
    }
}

/// What changing and deleting come to together.
struct Edits {
    own: Option<Verbs>,
    all: Option<Verbs>,
}

#[derive(Clone, Copy)]
enum Verbs {
    Change,
    Delete,
    Both,
}

impl Edits {
    fn of(rights: &[Right]) -> Self {
        let verbs = |change, delete| match (rights.contains(&change), rights.contains(&delete)) {
            (true, true) => Some(Verbs::Both),
            (true, false) => Some(Verbs::Change),
            (false, true) => Some(Verbs::Delete),
            (false, false) => None,
        };
        Self {
            own: verbs(Right::ChangeOwn, Right::DeleteOwn),
            all: verbs(Right::ChangeAll, Right::DeleteAll),
        }
    }
}

fn english(rights: &[Right], kind: Kind, voice: Voice) -> Vec<String> {
    let has = |right: &Right| rights.contains(right);
    let own = match voice {
        Voice::Third => "his own",
        Voice::Second => "your own",
    };
    let items = match kind {
        Kind::Mail => "messages",
        Kind::Calendar => "events",
        Kind::Contacts => "contacts",
        Kind::Tasks => "tasks",
        Kind::Notes => "notes",
        Kind::Files => "files",
    };
    let verbs = |verbs| match verbs {
        Verbs::Change => "change",
        Verbs::Delete => "delete",
        Verbs::Both => "change and delete",
    };
    let edits = Edits::of(rights);
    let parts = [
        has(&Right::SeeFolder).then(|| "see that the folder is there".to_owned()),
        has(&Right::ReadOwn).then(|| format!("read only {own} {items}")),
        has(&Right::ReadAll).then(|| "read everything".to_owned()),
        has(&Right::ReadPrivate).then(|| format!("read others' private {items} too")),
        has(&Right::Add).then(|| format!("add new {items}")),
        edits.all.map(|all| format!("{} everything", verbs(all))),
        edits.own.map(|some| format!("{} only {own}", verbs(some))),
        has(&Right::AddFolders).then(|| "make subfolders".to_owned()),
        has(&Right::Manage).then(|| "decide who may do what here".to_owned()),
        has(&Right::KnowTimes).then(|| "see when the time is taken".to_owned()),
        has(&Right::KnowDetails).then(|| "see when and by what the time is taken".to_owned()),
    ];
    parts.into_iter().flatten().collect()
}

fn german(rights: &[Right], kind: Kind) -> Vec<String> {
    let has = |right: &Right| rights.contains(right);
    let items = match kind {
        Kind::Mail => "Nachrichten",
        Kind::Calendar => "Termine",
        Kind::Contacts => "Kontakte",
        Kind::Tasks => "Aufgaben",
        Kind::Notes => "Notizen",
        Kind::Files => "Dateien",
    };
    let verbs = |verbs| match verbs {
        Verbs::Change => "ändern",
        Verbs::Delete => "löschen",
        Verbs::Both => "ändern und löschen",
    };
    let edits = Edits::of(rights);
    let parts = [
        has(&Right::SeeFolder).then(|| "sehen, dass es den Ordner gibt".to_owned()),
        has(&Right::ReadOwn).then(|| format!("nur eigene {items} lesen")),
        has(&Right::ReadAll).then(|| "alles lesen".to_owned()),
        has(&Right::ReadPrivate).then(|| format!("auch private {items} anderer lesen")),
        has(&Right::Add).then(|| format!("neue {items} anlegen")),
        edits.all.map(|all| format!("alles {}", verbs(all))),
        edits.own.map(|some| format!("nur Eigenes {}", verbs(some))),
        has(&Right::AddFolders).then(|| "Unterordner anlegen".to_owned()),
        has(&Right::Manage).then(|| "bestimmen, wer hier was darf".to_owned()),
        has(&Right::KnowTimes).then(|| "sehen, wann die Zeit belegt ist".to_owned()),
        has(&Right::KnowDetails).then(|| "sehen, wann und womit die Zeit belegt ist".to_owned()),
    ];
    parts.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use access::{Busy, Caps, Entry, FolderLevel, Grant, Level, Preset, Standing};

    fn words(entry: Entry, language: Language) -> String {
        let effect = access::effect([entry], Standing::Other, Caps::UNLIMITED, 0);
        say(&effect.rights(), Kind::Calendar, Voice::Third, language)
    }

    #[test]
    fn a_grant_reads_as_a_sentence() {
        let author = Entry::new(Preset::Author.grant());
        assert_eq!(
            words(author, Language::English),
            "read everything, add new events, and change and delete only his own"
        );
        assert_eq!(
            words(author, Language::German),
            "alles lesen, neue Termine anlegen und nur Eigenes ändern und löschen"
        );
    }

    #[test]
    fn what_is_changed_and_what_is_deleted_may_differ() {
        let grant = Grant::new(FolderLevel::Subfolders, Level::All, Level::All, Level::Own);
        assert_eq!(
            words(Entry::new(grant), Language::English),
            "read everything, add new events, change everything, delete only his own, and make subfolders"
        );
    }

    #[test]
    fn nothing_and_busy_times_are_said_too() {
        assert_eq!(words(Entry::default(), Language::English), "do nothing");
        assert_eq!(words(Entry::default(), Language::German), "nichts");
        let busy = Entry { busy: Busy::Time, ..Entry::default() };
        assert_eq!(words(busy, Language::English), "see when the time is taken");
    }

    #[test]
    fn languages_go_by_their_tags() {
        assert_eq!("de".parse::<Language>().ok(), Some(Language::German));
        assert!("fr".parse::<Language>().is_err());
    }
}
