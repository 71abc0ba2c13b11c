//! `comity export`

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use engine::{Actor, FolderPath};
use items::Kind;
use serde::Serialize;

use crate::output::{Output, Row, note};
use crate::session::{Session, folder_path};

/// The most bytes of a file's name before its end; file systems take 255.
const MAX_STEM_BYTES: usize = 200;

/// The items of a folder as they are stored.
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// A user or a space
    account: String,
    /// The folder's path
    #[arg(value_parser = folder_path)]
    path: FolderPath,
    /// One file per item in this directory [default: all on standard output; mail as an mbox file]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// A file that was written, as printed.
#[derive(Debug, Serialize)]
struct FileRow {
    name: String,
    file: String,
    size: usize,
}

impl Row for FileRow {
    const HEADS: &'static [&'static str] = &["name", "file", "bytes"];

    fn cells(&self) -> Vec<String> {
        vec![self.name.clone(), self.file.clone(), self.size.to_string()]
    }
}

impl Export {
    /// Runs the command.
    pub(crate) fn run(&self, session: &Session) -> Result<()> {
        let path = self.path.to_string();
        let folders = session.engine.folders(&self.account, Actor::Operator, session.now)?;
        let missing = || engine::Error::NotFound { what: format!("folder '{path}' of {}", self.account) };
        let kind = folders.into_iter().find(|folder| folder.path == path).ok_or_else(missing)?.kind;
        match (&self.out, session.out) {
            (Some(folder), _) => self.to_files(session, folder, kind),
            (None, Output::Json) => bail!("--json lists the files of an export: give --out DIR as well"),
            (None, Output::Text) => self.to_standard_output(session, kind),
        }
    }

    fn to_files(&self, session: &Session, folder: &Path, kind: Kind) -> Result<()> {
        std::fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
        let mut taken = HashSet::new();
        let mut rows = Vec::new();
        let count = self.each(session, &mut |name, content| {
            let file = folder.join(free_name(name, kind, &mut taken));
            File::create(&file)?.write_all(content)?;
            let file = file.display().to_string();
            rows.push(FileRow { name: name.to_owned(), file, size: content.len() });
            Ok(())
        })?;
        match session.out {
            Output::Json => session.out.list(&rows),
            Output::Text => {
                note(&format!("{count} items in {}", folder.display()));
                Ok(())
            }
        }
    }

    fn to_standard_output(&self, session: &Session, kind: Kind) -> Result<()> {
        let mut out = io::stdout().lock();
        self.each(session, &mut |_, content| match kind {
            Kind::Mail => write_mbox(&mut out, content),
            Kind::Calendar | Kind::Contacts | Kind::Tasks | Kind::Notes | Kind::Files => {
                out.write_all(content)
            }
        })?;
        out.flush().context("writing to standard output")
    }

    /// Gives each item to `take`; returns how many there were. What `take` fails with is what this fails with.
    fn each(&self, session: &Session, take: &mut dyn FnMut(&str, &[u8]) -> io::Result<()>) -> Result<u64> {
        let mut failed = None;
        let viewer = (Actor::Operator, session.now);
        let count = session.engine.export(&self.account, &self.path, viewer, &mut |name, content| {
            take(name, content).map_err(|error| {
                failed = Some(error);
                engine::Error::Invalid { what: "writing an item".to_owned() }
            })
        });
        match failed {
            Some(error) => Err(error).context("writing an item"),
            None => Ok(count?),
        }
    }
}

/// Writes a message as an mbox file has it (`mboxrd`: a line that starts like a separator gets a `>`).
fn write_mbox(out: &mut impl io::Write, message: &[u8]) -> io::Result<()> {
    out.write_all(b"From comity Thu Jan  1 00:00:00 1970\n")?;
    for line in message.split_inclusive(|byte| *byte == b'\n') {
        let unquoted = line.iter().position(|byte| *byte != b'>').and_then(|at| line.get(at..));
        if unquoted.is_some_and(|rest| rest.starts_with(b"From ")) {
            out.write_all(b">")?;
        }
        out.write_all(line)?;
    }
    out.write_all(if message.ends_with(b"\n") { b"\n" } else { b"\n\n" })
}

/// Returns a file name that is not taken yet. An item's name can come from outside: it may lead nowhere else.
fn free_name(name: &str, kind: Kind, taken: &mut HashSet<String>) -> String {
    let end = match kind {
        Kind::Mail => ".eml",
        Kind::Contacts => ".vcf",
        Kind::Calendar | Kind::Tasks | Kind::Notes => ".ics",
        Kind::Files => "",
    };
    let safe =
        |c: char| if c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '@' | ' ') { c } else { '_' };
    let stem: String = name.strip_suffix(end).unwrap_or(name).chars().map(safe).collect();
    let stem = stem.trim_start_matches('.');
    let cut =
        stem.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|end| *end <= MAX_STEM_BYTES).last();
    let stem = stem.get(..cut.unwrap_or(0)).filter(|stem| !stem.trim().is_empty()).unwrap_or("item");
    let mut free = format!("{stem}{end}");
    let mut number = 1_u64;
    // Names that differ in case only are one file on some systems.
    while !taken.insert(free.to_lowercase()) {
        number += 1;
        free = format!("{stem} {number}{end}");
    }
    free
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_leads_nowhere_else_and_is_given_once() {
        let mut taken = HashSet::new();
        let mut name = |name: &str| free_name(name, Kind::Contacts, &mut taken);
        assert_eq!(name("a.vcf"), "a.vcf");
        assert_eq!(name("A"), "A 2.vcf");
        assert_eq!(name("../../etc/passwd"), "_.._etc_passwd.vcf");
        assert_eq!(name(".."), "item.vcf");
        assert_eq!(name("a\0b/c\\d"), "a_b_c_d.vcf");
        assert_eq!(name(&"ä".repeat(300)).len(), MAX_STEM_BYTES + 4);
    }

    #[test]
    fn messages_come_back_from_an_mbox_file() {
        let messages = [&b"Subject: a\n\nFrom here\n>From there\n"[..], b"Subject: b\n\nno line end"];
        let mut file = Vec::new();
        for message in messages {
            write_mbox(&mut file, message).unwrap();
        }
        let read: Vec<_> = items::mbox::Reader::new(&file[..]).map(|entry| entry.unwrap().message).collect();
        assert_eq!(read[0], messages[0]);
        assert_eq!(read[1], b"Subject: b\n\nno line end\n");
    }
}
