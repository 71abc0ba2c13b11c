//! The licence gate: every package of the tree can be had under a licence on the list.
//!
//! `deny.toml` holds the same list for those who have `cargo deny`; a test compares the two.

use crate::metadata::Metadata;

/// Licences that go with "Apache-2.0 OR MIT", as SPDX names them. In the order of the alphabet.
const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Returns one sentence per package that cannot be had under the list.
pub(crate) fn breaches(metadata: &Metadata) -> Vec<String> {
    let mut found = Vec::new();
    for package in &metadata.packages {
        let (name, version) = (&package.name, &package.version);
        match package.license.as_deref().map(|expression| (expression, satisfied(expression))) {
            Some((_, Some(true))) => {}
            Some((expression, Some(false))) => {
                found.push(format!("{name} {version} is only under \"{expression}\""));
            }
            Some((expression, None)) => {
                found.push(format!("{name} {version} has a licence that does not read: \"{expression}\""));
            }
            None => found.push(format!("{name} {version} names no licence")),
        }
    }
    found
}

/// One level of parentheses: alternatives, the last of which is still being read.
#[derive(Debug, Clone, Copy)]
struct Level {
    /// Whether an alternative before the last is allowed.
    earlier: bool,
    /// Whether everything in the last alternative so far is allowed.
    last: bool,
}

impl Level {
    const OPEN: Self = Self { earlier: false, last: true };

    fn is_allowed(self) -> bool {
        self.earlier || self.last
    }
}

/// Returns whether an SPDX expression has an alternative whose every licence is on the list, or `None`
/// when it is not an expression. `/` is an older way of writing `OR`.
fn satisfied(expression: &str) -> Option<bool> {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let mut words = spaced.split_whitespace().peekable();
    let mut outer = Vec::new();
    let mut level = Level::OPEN;
    let mut wants_licence = true;
    while let Some(word) = words.next() {
        match (word, wants_licence) {
            ("(", true) => outer.push(std::mem::replace(&mut level, Level::OPEN)),
            (")", false) => {
                let inner = level;
                level = outer.pop()?;
                level.last &= inner.is_allowed();
            }
            ("AND", false) => wants_licence = true,
            ("OR", false) => {
                level = Level { earlier: level.is_allowed(), last: true };
                wants_licence = true;
            }
            ("AND" | "OR" | "WITH" | ")", true) | (_, false) => return None,
            (licence, true) => {
                level.last &= match words.next_if_eq(&"WITH") {
                    Some(_) => ALLOWED.contains(&format!("{licence} WITH {}", words.next()?).as_str()),
                    None => ALLOWED.contains(&licence),
                };
                wants_licence = false;
            }
        }
    }
    (outer.is_empty() && !wants_licence).then(|| level.is_allowed())
}

#[cfg(test)]
mod tests {
    use super::{ALLOWED, breaches, satisfied};

    #[test]
    #[rustfmt::skip] // a table reads as a table
    fn an_expression_is_allowed_or_is_not() {
        let table = [
            ("MIT",                                             Some(true)),
            ("GPL-3.0-only",                                    Some(false)),
            ("MIT OR GPL-3.0-only",                             Some(true)),
            ("GPL-3.0-only OR MIT",                             Some(true)),
            ("MIT AND GPL-3.0-only",                            Some(false)),
            ("GPL-3.0-only AND MIT",                            Some(false)),
            ("GPL-2.0-only OR MIT AND Zlib",                    Some(true)),
            ("MIT AND GPL-2.0-only OR AGPL-3.0-only",           Some(false)),
            ("(MIT OR Apache-2.0) AND Unicode-3.0",             Some(true)),
            ("(MIT OR Apache-2.0) AND GPL-2.0-only",            Some(false)),
            ("MIT AND (GPL-2.0-only OR (ISC AND 0BSD))",        Some(true)),
            ("MIT/Apache-2.0",                                  Some(true)),
            ("Apache-2.0 WITH LLVM-exception",                  Some(true)),
            ("GPL-2.0-only WITH Classpath-exception-2.0",       Some(false)),
            ("MIT WITH LLVM-exception",                         Some(false)),
            ("LGPL-2.1-or-later",                               Some(false)),
            ("",                                                None),
            ("MIT OR",                                          None),
            ("OR MIT",                                          None),
            ("MIT Apache-2.0",                                  None),
            ("(MIT",                                            None),
            ("MIT)",                                            None),
            ("()",                                              None),
            ("Apache-2.0 WITH",                                 None),
        ];
        for (expression, expected) in table {
            assert_eq!(satisfied(expression), expected, "{expression:?}");
        }
    }

    #[test]
    fn a_package_is_named_with_what_is_wrong() {
        let package = |name: &str, licence: &str| {
            format!(
                r#"{{"id": "{name}", "name": "{name}", "version": "1.0.0", "license": {licence},
                    "manifest_path": "Cargo.toml", "dependencies": []}}"#
            )
        };
        let packages = [
            package("good", r#""MIT""#),
            package("closed", r#""GPL-3.0-only""#),
            package("odd", r#""MIT or so""#),
            package("silent", "null"),
        ];
        let whole = format!(
            r#"{{"packages": [{}], "workspace_members": [], "workspace_root": "/", "resolve": {{"nodes": []}}}}"#,
            packages.join(",")
        );
        let expected = [
            "closed 1.0.0 is only under \"GPL-3.0-only\"",
            "odd 1.0.0 has a licence that does not read: \"MIT or so\"",
            "silent 1.0.0 names no licence",
        ];
        assert_eq!(breaches(&serde_json::from_str(&whole).unwrap()), expected);
    }

    #[test]
    fn deny_toml_has_the_same_list() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../deny.toml");
        let deny: toml::Table = std::fs::read_to_string(file).unwrap().parse().unwrap();
        let listed = deny["licenses"]["allow"].as_array().unwrap();
        let listed: Vec<&str> = listed.iter().map(|licence| licence.as_str().unwrap()).collect();
        assert_eq!(listed, ALLOWED);
    }
}
