//! The names in `ARCHITECTURE.md`: each file and folder it names is there, and each crate is named.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::metadata::Metadata;

/// Folders of the repository whose contents are known by their path from its root.
const FOLDERS: &[&str] = &["crates/", "docs/", "xtask/"];

/// Returns one sentence per name that nothing bears and per crate that has no name there.
pub(crate) fn breaches(metadata: &Metadata) -> Result<Vec<String>> {
    let root = &metadata.workspace_root;
    let text = fs::read_to_string(root.join("ARCHITECTURE.md")).context("reading ARCHITECTURE.md")?;
    let folders =
        metadata.members().filter_map(|package| package.manifest_path.parent()?.strip_prefix(root).ok());
    let mut found = rotten(&text, |name| root.join(name).exists());
    found.extend(unnamed(&text, folders));
    Ok(found)
}

/// Returns a sentence for each path that `text` names and `exists` denies.
fn rotten(text: &str, exists: impl Fn(&str) -> bool) -> Vec<String> {
    let names = quoted(text).filter(|(_, name)| is_path(name) && !exists(name));
    names.map(|(line, name)| format!("ARCHITECTURE.md:{line} names {name}, which does not exist")).collect()
}

/// Returns a sentence for each of the crates' folders that `text` does not name.
fn unnamed<'a>(text: &str, folders: impl Iterator<Item = &'a Path>) -> Vec<String> {
    let missing = folders.filter(|folder| !quoted(text).any(|(_, name)| Path::new(name) == *folder));
    missing.map(|folder| format!("ARCHITECTURE.md does not name {}", folder.display())).collect()
}

/// Returns what stands between backticks, each with its line (counted from 1). Fenced blocks are drawings
/// and left out.
fn quoted(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fenced = false;
    let prose = text.lines().zip(1..).filter(move |(line, _)| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        !fenced && !fence
    });
    prose.flat_map(|(line, number)| line.split('`').skip(1).step_by(2).map(move |name| (number, name)))
}

/// Returns whether a quoted text is meant as a path in the repository: one in a folder of ours, or one
/// with a folder and an extension. A path that begins with `/` is an address on the wire.
fn is_path(name: &str) -> bool {
    let plain = !name.contains(char::is_whitespace) && !name.starts_with('/');
    let ours = FOLDERS.iter().any(|folder| name.starts_with(folder));
    let has_extension = || Path::new(name).extension().is_some_and(|extension| extension.len() <= 4);
    plain && (ours || (name.contains('/') && has_extension()))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{rotten, unnamed};

    #[test]
    fn a_name_that_nothing_bears_is_found_with_its_line() {
        let text =
            "The door is `crates/engine/src/apply.rs`.\n\nThe cellar is `engine/cellar.rs`, `crates/attic`.";
        let found = rotten(text, |name| name == "crates/engine/src/apply.rs");
        let expected = [
            "ARCHITECTURE.md:3 names engine/cellar.rs, which does not exist",
            "ARCHITECTURE.md:3 names crates/attic, which does not exist",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_not_a_path_is_left_alone() {
        let text = "`Outcome::Denied`, `store.write`, `/dav/x.ics`, `/autodiscover/autodiscover.xml`, `a/b`,\n\
                    `cargo doc crates/x.rs`, crates/plain.rs\n```\n`crates/drawing.rs`\n```\nend";
        assert_eq!(rotten(text, |_| false), Vec::<String>::new());
    }

    #[test]
    fn a_crate_without_a_name_is_found() {
        let text = "`crates/items` reads; crates/wbxml is not in backticks.";
        let crates = ["crates/items", "crates/wbxml", "xtask"].map(Path::new);
        let expected = ["ARCHITECTURE.md does not name crates/wbxml", "ARCHITECTURE.md does not name xtask"];
        assert_eq!(unnamed(text, crates.into_iter()), expected);
    }
}
