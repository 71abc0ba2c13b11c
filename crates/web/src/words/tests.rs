//! The catalogues are whole: every text that a page says is in each, and none is there for nobody.

use std::collections::BTreeSet;
use std::path::Path;

use super::*;

/// The keys of a catalogue with the values each takes.
fn keys(text: &str) -> BTreeSet<(String, BTreeSet<String>)> {
    let mut keys = Vec::<(String, BTreeSet<String>)>::new();
    for line in text.lines() {
        match line.split_once(" =") {
            Some((key, _)) if key.starts_with(|one: char| one.is_ascii_lowercase()) => {
                keys.push((key.to_owned(), BTreeSet::new()));
            }
            Some(_) | None => {}
        }
        let Some((_, values)) = keys.last_mut() else { continue };
        for value in line.split('$').skip(1) {
            let end = value.find(|one: char| !one.is_ascii_alphanumeric()).unwrap_or(value.len());
            values.insert(value[..end].to_owned());
        }
    }
    keys.into_iter().collect()
}

/// The keys that pages say: all words between quotation marks that look like `page-text`.
fn said(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            said(&path, found);
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        for call in ["say(\"", "with(\"", "fill(\"", "key(\""] {
            for rest in text.split(call).skip(1) {
                let key = rest.split('"').next().unwrap();
                if !key.contains('{') {
                    found.insert(key.to_owned());
                }
            }
        }
    }
}

#[test]
fn both_catalogues_have_the_same_texts_with_the_same_values_in_them() {
    let (english, german) = (keys(ENGLISH), keys(GERMAN));
    let missing: Vec<_> = english.symmetric_difference(&german).collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert!(FluentResource::try_new(ENGLISH.to_owned()).is_ok());
    assert!(FluentResource::try_new(GERMAN.to_owned()).is_ok());
}

#[test]
fn every_text_that_a_page_says_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = BTreeSet::new();
    said(&root.join("templates"), &mut found);
    said(&root.join("src"), &mut found);
    let there: BTreeSet<String> = keys(ENGLISH).into_iter().map(|(key, _)| key).collect();
    found.retain(|key| key.contains('-'));
    assert!(found.len() > 10, "{found:?}");
    let missing: Vec<_> = found.difference(&there).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn a_browser_gets_the_language_it_asks_for_most() {
    let table = [
        (None, Language::English),
        (Some("de-AT,de;q=0.9,en;q=0.8"), Language::German),
        (Some("fr, de;q=0.5, en;q=0.7"), Language::English),
        (Some("fr"), Language::English),
        (Some("de;q=0"), Language::English),
        (Some(";;;q=,,de;q=x"), Language::English),
    ];
    for (header, expected) in table {
        assert_eq!(accepted(header), expected, "{header:?}");
    }
}

#[test]
fn what_is_put_into_a_text_cannot_turn_it_around() {
    let text = Words::of(Language::English).with("frame-logged-in-as", "name", "\u{202e}nimda");
    assert!(text.contains("\u{2068}\u{202e}nimda\u{2069}"), "{text:?}");
}
