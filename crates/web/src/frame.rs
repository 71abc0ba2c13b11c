//! What stands around every page: who is logged in, where one can go, and in which language.

use engine::{Language, Timestamp};
use fluent_bundle::FluentValue;
use jiff::tz::TimeZone;

use crate::ask::Ask;
use crate::asset;
use crate::words::{self, Words, key};

/// What stands around a page.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    words: Words,
    zone: Option<TimeZone>,
    /// Who is logged in.
    pub(crate) reader: Option<Reader>,
    /// The page's address, to come back to.
    pub(crate) here: String,
    /// What was done just before, as a key of the catalogue.
    pub(crate) done: Option<&'static str>,
    /// The address of the style.
    pub(crate) style: &'static str,
    /// The address of the script.
    pub(crate) script: &'static str,
}

/// Who is logged in.
#[derive(Debug, Clone)]
pub(crate) struct Reader {
    /// What people call him.
    pub(crate) display_name: String,
    /// Whether he runs the server.
    is_admin: bool,
    csrf: String,
}

/// One link of the head of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Link {
    /// Where to.
    pub(crate) to: &'static str,
    /// What it says.
    pub(crate) text: String,
    /// Whether it leads to the page it stands on.
    pub(crate) is_here: bool,
}

/// What can have been done just before a page is shown: the word in its address, and the text.
const DONE: &[(&str, &str)] = &[
    ("saved", key("done-saved")),
    ("logged-out", key("done-logged-out")),
    ("asked", key("done-asked")),
    ("applied", key("done-applied")),
    ("declined", key("done-declined")),
    ("dismissed", key("done-dismissed")),
    ("wiped", key("done-wiped")),
];

/// Where one can go from everywhere: the address and the text.
const LINKS: &[(&str, &str)] = &[
    ("/", key("frame-folders")),
    ("/shared", key("frame-shared")),
    ("/phones", key("frame-phones")),
    ("/changes", key("frame-changes")),
];

/// Where those who run the server do so.
const ADMIN: &str = "/admin";

impl Frame {
    /// Returns what stands around the page of a request.
    pub(crate) fn of(ask: &Ask) -> Self {
        let session = ask.session();
        let reader = session.map(|session| Reader {
            display_name: session.caller.display_name().to_owned(),
            is_admin: session.caller.is_admin(),
            csrf: session.csrf.clone(),
        });
        let done = ask.query.find("done");
        Self {
            words: ask.words,
            zone: session.and_then(|session| session.zone.clone()),
            reader,
            here: ask.path.clone(),
            done: done.and_then(|done| Some(DONE.iter().find(|(word, _)| *word == done)?.1)),
            style: asset::style(),
            script: asset::script(),
        }
    }

    /// Returns a text in the reader's language.
    pub(crate) fn say(&self, key: &str) -> String {
        self.words.say(key)
    }

    /// Returns a text with one value in it.
    pub(crate) fn with<'a>(
        &self,
        key: &str,
        name: &'static str,
        value: impl Into<FluentValue<'a>>,
    ) -> String {
        self.words.with(key, name, value)
    }

    /// Returns the texts.
    pub(crate) const fn words(&self) -> Words {
        self.words
    }

    /// Returns what every form must carry.
    pub(crate) fn token(&self) -> &str {
        self.reader.as_ref().map_or("", |reader| reader.csrf.as_str())
    }

    /// Returns the tag of the reader's language.
    pub(crate) const fn language(&self) -> &'static str {
        self.words.language().as_str()
    }

    /// Returns all languages with what their speakers call them.
    pub(crate) fn languages(&self) -> Vec<(&'static str, &'static str, bool)> {
        let own = self.words.language();
        Language::EVERY.iter().map(|one| (one.as_str(), words::own_name(*one), *one == own)).collect()
    }

    /// Returns the links of the head.
    pub(crate) fn links(&self) -> Vec<Link> {
        let Some(reader) = &self.reader else { return Vec::new() };
        let is_here = |to: &str| match self.here.strip_prefix(to) {
            Some(rest) => rest.is_empty() || (to != "/" && rest.starts_with('/')),
            None => false,
        };
        let links = LINKS.iter().map(|(to, key)| Link { to, text: self.say(key), is_here: is_here(to) });
        let is_here = self.here.starts_with(ADMIN);
        let admin = reader.is_admin.then(|| Link { to: ADMIN, text: self.say("frame-admin"), is_here });
        links.chain(admin).collect()
    }

    /// Returns a time in the reader's zone.
    pub(crate) fn time(&self, at: Timestamp) -> String {
        let zoned = at.to_zoned(self.zone.clone().unwrap_or(TimeZone::UTC));
        let format = match self.words.language() {
            Language::English => "%-d %b %Y, %H:%M",
            Language::German => "%d.%m.%Y, %H:%M",
        };
        let text = zoned.strftime(format).to_string();
        if self.zone.is_none() { format!("{text} UTC") } else { text }
    }
}
