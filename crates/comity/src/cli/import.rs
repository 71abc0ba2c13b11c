//! `comity import`: takes files apart and brings in what is in them, one item at a time.

mod calendar;
mod cards;
mod file;
mod piece;

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use engine::{Caller, FolderPath, NewItem};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use items::Kind;
use serde::Serialize;

use crate::output::{note, shown};
use crate::session::{Session, actor, folder_path};
use file::Format;
use piece::{Found, Piece};

/// The most lines of a report; more are counted.
const MAX_REPORTED: usize = 10_000;

/// Brings in items.
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// A user or a space
    account: String,
    /// The folder's path
    #[arg(value_parser = folder_path)]
    path: FolderPath,
    /// .vcf, .ics, .eml or .mbox
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The user whose items they become, with his rights
    #[arg(long = "as", value_name = "USER")]
    author: Option<String>,
}

/// Returns the text of each item in a file of cards or of calendars; what is no item is passed over.
pub(crate) fn texts(file: &[u8], kind: Kind) -> Vec<Vec<u8>> {
    let found = if kind == Kind::Contacts { cards::split(file) } else { calendar::split(file, kind) };
    let item = |found| match found {
        Found::Item(piece) => Some(piece.content().to_vec()),
        Found::Trouble { .. } | Found::LeftOut { .. } => None,
    };
    found.into_iter().filter_map(item).collect()
}

/// What was not understood, as printed.
#[derive(Debug, Serialize)]
struct TroubleRow {
    file: String,
    line: usize,
    what: String,
}

/// What became of the files, as printed.
#[derive(Debug, Default, Serialize)]
struct Summary {
    /// Items that are new in the folder.
    imported: u64,
    /// Items that took the place of one with the same UID.
    replaced: u64,
    /// Items that were left out, with those that were refused.
    left_out: u64,
    /// Items that the author may not put there.
    refused: u64,
    /// Lines that were not understood, at most [`MAX_REPORTED`].
    troubles: Vec<TroubleRow>,
    /// Lines that were not understood and are not in `troubles`.
    more_troubles: u64,
}

/// An import on its way.
struct Work<'a> {
    session: &'a Session,
    import: &'a Import,
    caller: Option<Caller>,
    kind: Kind,
    bar: ProgressBar,
    summary: Summary,
}

impl Import {
    /// Runs the command.
    pub(crate) fn run(&self, session: &Session) -> Result<()> {
        let kind = self.kind(session)?;
        let mut size_bytes = 0;
        for file in &self.files {
            Format::of(file, kind)?;
            size_bytes +=
                std::fs::metadata(file).with_context(|| format!("reading {}", file.display()))?.len();
        }
        let caller = session.caller(self.author.as_deref())?;
        let bar = progress(size_bytes);
        let mut work = Work { session, import: self, caller, kind, bar, summary: Summary::default() };
        for file in &self.files {
            work.file(file)?;
        }
        work.bar.finish_and_clear();
        let Summary { imported, replaced, left_out, refused, troubles, more_troubles } = &work.summary;
        let count = u64::try_from(troubles.len()).unwrap_or(u64::MAX).saturating_add(*more_troubles);
        session.out.show(&work.summary, |_| {
            format!(
                "{imported} imported, {replaced} replaced, {left_out} left out, {count} lines not understood"
            )
        })?;
        if *refused > 0 {
            let author = self.author.as_deref().unwrap_or_default();
            bail!(
                "{refused} items were refused; `comity access {author} ACCOUNT PATH` shows what {author} may do"
            );
        }
        Ok(())
    }

    /// Returns the kind of the folder.
    fn kind(&self, session: &Session) -> Result<Kind> {
        let path = self.path.to_string();
        let folders = session.engine.folders(&self.account, engine::Actor::Operator, session.now)?;
        let folder = folders.into_iter().find(|folder| folder.path == path);
        let missing = || engine::Error::NotFound { what: format!("folder '{path}' of {}", self.account) };
        let kind = folder.ok_or_else(missing)?.kind;
        if kind == Kind::Files {
            bail!("folder '{path}' holds files, which come by WebDAV; import into a folder of another kind");
        }
        Ok(kind)
    }
}

impl Work<'_> {
    /// Brings in one file.
    fn file(&mut self, file: &std::path::Path) -> Result<()> {
        let name = file.display().to_string();
        for found in Format::of(file, self.kind)?.read(file, self.kind)? {
            match found? {
                Found::Item(piece) => self.item(&name, &piece)?,
                Found::Trouble { line, what } => {
                    self.trouble(TroubleRow { file: name.clone(), line, what });
                }
                Found::LeftOut { line, what } => {
                    self.summary.left_out += 1;
                    self.trouble(TroubleRow { file: name.clone(), line, what });
                }
            }
        }
        Ok(())
    }

    /// Brings in one item. What the engine does not take is left out; a failing database ends the import.
    fn item(&mut self, file: &str, piece: &Piece) -> Result<()> {
        let Self { session, import, .. } = *self;
        let new = NewItem { content: piece.content(), name: None };
        let actor = actor(self.caller.as_ref());
        match session.engine.import(actor, (&import.account, &import.path), &new, session.now) {
            Ok(imported) => {
                let counted =
                    if imported.replaced { &mut self.summary.replaced } else { &mut self.summary.imported };
                *counted += 1;
                for trouble in imported.troubles {
                    let line = piece.line_in_file(trouble.line);
                    self.trouble(TroubleRow { file: file.to_owned(), line, what: trouble.what });
                }
            }
            Err(error @ (engine::Error::Invalid { .. } | engine::Error::Refused { .. })) => {
                self.summary.left_out += 1;
                self.summary.refused += u64::from(matches!(error, engine::Error::Refused { .. }));
                let line = piece.line_in_file(1);
                self.trouble(TroubleRow { file: file.to_owned(), line, what: format!("left out: {error}") });
            }
            Err(error) => return Err(error).context("importing"),
        }
        self.bar.inc(u64::try_from(piece.content().len()).unwrap_or(u64::MAX));
        Ok(())
    }

    /// Tells of a line that was not understood.
    fn trouble(&mut self, row: TroubleRow) {
        if self.summary.troubles.len() == MAX_REPORTED {
            self.summary.more_troubles += 1;
            return;
        }
        self.bar.suspend(|| note(&shown(&format!("{}:{}: {}", row.file, row.line, row.what))));
        self.summary.troubles.push(row);
    }
}

/// Returns a progress bar on standard error; it is not drawn where that is no terminal.
fn progress(size_bytes: u64) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(size_bytes), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes} {eta}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}
