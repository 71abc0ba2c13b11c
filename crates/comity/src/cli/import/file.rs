//! The files that can be brought in, by the ends of their names.

use std::fs::File;
use std::io::{BufReader, Read as _};
use std::path::Path;

use anyhow::{Context as _, Result, anyhow, bail};
use items::{Kind, mbox};

use super::piece::{Found, Piece};
use super::{calendar, cards};

/// The most bytes of a file that is read as a whole (an .mbox file is not).
const MAX_FILE_BYTES: u64 = 256 * 1024 * 1024;

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// Contacts.
    Cards,
    /// Events, tasks and notes.
    Calendar,
    /// One message.
    Message,
    /// Any number of messages.
    Mailbox,
}

impl Format {
    /// Returns what a file holds, by the end of its name; or why it cannot go into a folder of this kind.
    pub(super) fn of(file: &Path, kind: Kind) -> Result<Self> {
        let end = file.extension().map(|end| end.to_string_lossy().to_lowercase()).unwrap_or_default();
        let format = match end.as_str() {
            "vcf" | "vcard" => Self::Cards,
            "ics" | "ical" | "icalendar" => Self::Calendar,
            "eml" => Self::Message,
            "mbox" => Self::Mailbox,
            _ => bail!("{}: not a .vcf, .ics, .eml or .mbox file; rename it if it is one", file.display()),
        };
        let fits = match format {
            Self::Cards => kind == Kind::Contacts,
            Self::Calendar => matches!(kind, Kind::Calendar | Kind::Tasks | Kind::Notes),
            Self::Message | Self::Mailbox => kind == Kind::Mail,
        };
        if !fits {
            bail!(
                "{}: a .{end} file does not go into a folder of the kind {kind}; name another folder",
                file.display()
            );
        }
        Ok(format)
    }

    /// Returns what is in the file, in its order.
    pub(super) fn read(self, file: &Path, kind: Kind) -> Result<Box<dyn Iterator<Item = Result<Found>>>> {
        let found = match self {
            Self::Cards => cards::split(&whole(file)?),
            Self::Calendar => calendar::split(&whole(file)?, kind),
            Self::Message => vec![Found::Item(Piece::stretch(whole(file)?, 1))],
            Self::Mailbox => return mailbox(file),
        };
        Ok(Box::new(found.into_iter().map(Ok)))
    }
}

/// Reads a whole file.
fn whole(file: &Path) -> Result<Vec<u8>> {
    let reading = || format!("reading {}", file.display());
    let mut content = Vec::new();
    let opened = File::open(file).with_context(reading)?;
    opened.take(MAX_FILE_BYTES + 1).read_to_end(&mut content).with_context(reading)?;
    if u64::try_from(content.len()).unwrap_or(u64::MAX) > MAX_FILE_BYTES {
        bail!("{}: larger than {MAX_FILE_BYTES} bytes; split it", file.display());
    }
    Ok(content)
}

/// Returns the messages of a mailbox, read one at a time.
fn mailbox(file: &Path) -> Result<Box<dyn Iterator<Item = Result<Found>>>> {
    let name = file.display().to_string();
    let opened = File::open(file).with_context(|| format!("reading {name}"))?;
    let entries = mbox::Reader::new(BufReader::new(opened));
    Ok(Box::new(entries.map(move |entry| match entry {
        Ok(entry) => Ok(Found::Item(Piece::stretch(entry.message, entry.line))),
        Err(error @ mbox::Error::TooLarge { line }) => {
            Ok(Found::LeftOut { line, what: format!("left out: {error}") })
        }
        Err(error @ (mbox::Error::NotMbox | mbox::Error::Read(_))) => {
            Err(anyhow!(error).context(name.clone()))
        }
    })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_goes_where_its_kind_goes() {
        let of = |name: &str, kind| Format::of(Path::new(name), kind).ok();
        assert_eq!(of("a/b.VCF", Kind::Contacts), Some(Format::Cards));
        assert_eq!(of("b.ics", Kind::Notes), Some(Format::Calendar));
        assert_eq!(of("b.mbox", Kind::Mail), Some(Format::Mailbox));
        assert_eq!(of("b.vcf", Kind::Calendar), None);
        assert_eq!(of("b.ics", Kind::Mail), None);
        assert_eq!(of("b.txt", Kind::Mail), None);
        assert_eq!(of("vcf", Kind::Contacts), None);
    }
}
