//! `comity config`

use std::fmt::Write as _;

use anyhow::Result;
use serde::Serialize;

use crate::config::{Key, keys};
use crate::output::Output;
use crate::place::Place;

/// A key, as printed.
#[derive(Debug, Serialize)]
struct KeyRow {
    key: String,
    default: Option<&'static str>,
    meaning: &'static str,
}

impl From<&Key> for KeyRow {
    fn from(key: &Key) -> Self {
        let dot = if key.table.is_empty() { "" } else { "." };
        Self { key: format!("{}{dot}{}", key.table, key.name), default: key.default, meaning: key.meaning }
    }
}

/// Prints every key; text has the form of the file. A configuration that cannot be read is told first.
pub(crate) fn run(place: &Place, out: Output) -> Result<()> {
    place.config()?;
    let rows: Vec<KeyRow> = keys().iter().map(KeyRow::from).collect();
    out.show(&rows, |_| file(&keys()))
}

/// Returns the keys in the form of the file, each under its sentence. It says nothing but the defaults.
fn file(keys: &[Key]) -> String {
    let mut text = "# comity.toml: every key with its default. Behind a # stands what has none.\n".to_owned();
    let mut table = "";
    for key in keys {
        let repeats = key.table.starts_with('[');
        if key.table != table {
            table = key.table;
            let _ = write!(text, "\n{}[{table}]\n", if repeats { "# " } else { "" });
        } else if !repeats {
            text.push('\n');
        }
        let off = if repeats || key.default.is_none() { "# " } else { "" };
        let _ =
            write!(text, "# {}\n{off}{} = {}\n", key.meaning, key.name, key.default.unwrap_or(key.example));
    }
    text.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn what_is_printed_is_a_file_that_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("comity.toml");
        std::fs::write(&path, file(&keys())).unwrap();
        assert_eq!(Config::read(&path).unwrap(), Config::default());
    }

    #[test]
    fn every_key_stands_in_it() {
        let text = file(&keys());
        assert!(keys().iter().all(|key| text.contains(&format!("{} = ", key.name))));
        assert!(text.contains("# [[shared_folder]]"));
    }
}
