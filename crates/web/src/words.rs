//! The texts of pages, in the reader's language, from the catalogues in `locales`.

use std::sync::LazyLock;

use engine::Language;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

/// The catalogues.
const ENGLISH: &str = include_str!("../locales/en.ftl");
const GERMAN: &str = include_str!("../locales/de.ftl");

/// Languages of one `Accept-Language` header that are looked at.
const MAX_ACCEPTED: usize = 20;

/// Returns what the speakers of a language call it.
pub(crate) const fn own_name(language: Language) -> &'static str {
    match language {
        Language::English => "English",
        Language::German => "Deutsch",
    }
}

/// Returns the language of a tag, whatever its region.
pub(crate) fn of_tag(tag: &str) -> Option<Language> {
    let start = tag.split('-').next().unwrap_or_default();
    Language::EVERY.into_iter().find(|language| language.as_str().eq_ignore_ascii_case(start))
}

/// Returns the language that a browser asks for most.
pub(crate) fn accepted(header: Option<&str>) -> Language {
    let mut best = (Language::default(), 0.0);
    for part in header.unwrap_or_default().split(',').take(MAX_ACCEPTED) {
        let (tag, weight) = part.split_once(";q=").unwrap_or((part, "1"));
        let weight: f32 = weight.trim().parse().unwrap_or(0.0);
        match of_tag(tag.trim()) {
            Some(language) if weight > best.1 => best = (language, weight),
            Some(_) | None => {}
        }
    }
    best.0
}

fn catalogue(language: Language) -> &'static FluentBundle<FluentResource> {
    static BUNDLES: LazyLock<[FluentBundle<FluentResource>; 2]> =
        LazyLock::new(|| [bundle("en", ENGLISH), bundle("de", GERMAN)]);
    let [english, german] = &*BUNDLES;
    match language {
        Language::English => english,
        Language::German => german,
    }
}

/// Returns a catalogue ready for use. What is put into its texts is isolated, so that a name written from right to
/// left, or one made to look like something else, cannot turn the sentence around it.
fn bundle(tag: &str, text: &str) -> FluentBundle<FluentResource> {
    let tag: LanguageIdentifier = tag.parse().expect("a tag of ours");
    let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(resource, errors)| {
        tracing::error!(?errors, "a catalogue has mistakes");
        resource
    });
    let mut bundle = FluentBundle::new_concurrent(vec![tag]);
    if let Err(errors) = bundle.add_resource(resource) {
        tracing::error!(?errors, "a catalogue says something twice");
    }
    bundle
}

/// Marks a text as a key of the catalogues, where it is not said at once: a test looks for each.
pub(crate) const fn key(key: &'static str) -> &'static str {
    key
}

/// The texts in one language.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words(Language);

impl Words {
    /// Returns the texts in a language.
    pub(crate) const fn of(language: Language) -> Self {
        Self(language)
    }

    /// Returns the language.
    pub(crate) const fn language(self) -> Language {
        self.0
    }

    /// Returns the text of a key.
    pub(crate) fn say(self, key: &str) -> String {
        self.fill(key, &FluentArgs::new())
    }

    /// Returns the text of a key with one value in it.
    pub(crate) fn with<'a>(self, key: &str, name: &'static str, value: impl Into<FluentValue<'a>>) -> String {
        let mut args = FluentArgs::new();
        args.set(name, value);
        self.fill(key, &args)
    }

    /// Returns the text of a key with values in it. A key that is not there is shown itself: the tests know of each.
    pub(crate) fn fill(self, key: &str, args: &FluentArgs<'_>) -> String {
        let bundle = catalogue(self.0);
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
            tracing::error!(key, "a text is missing");
            return key.to_owned();
        };
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, Some(args), &mut errors);
        if !errors.is_empty() {
            tracing::error!(key, ?errors, "a text lacks something");
        }
        text.into_owned()
    }
}

#[cfg(test)]
mod tests;
