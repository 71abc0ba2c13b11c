//! What is kept of a device between its requests: its last Ping and its last complete Sync, as text.
//!
//! A phone may leave out of a request what it said before. What is not understood here counts as never said, and
//! the phone says it again.

use std::fmt::Write as _;
use std::str::{FromStr, Split};

use engine::{FolderId, SyncKey};

/// What is kept of a device.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct DeviceMemo {
    /// The last Ping.
    pub(crate) ping: PingMemo,
    /// The last complete Sync.
    pub(crate) sync: Option<SyncMemo>,
}

/// What the last Ping said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct PingMemo {
    /// Seconds to wait.
    pub(crate) heartbeat_s: Option<u32>,
    /// The folders to watch.
    pub(crate) folders: Option<Vec<FolderId>>,
}

/// What the last complete Sync said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SyncMemo {
    /// The most items over all folders.
    pub(crate) window: Option<usize>,
    /// Seconds to wait where there is nothing to say.
    pub(crate) wait_s: Option<u32>,
    /// The folders, in order.
    pub(crate) folders: Vec<FolderMemo>,
}

/// What the last complete Sync said of one folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FolderMemo {
    /// Which.
    pub(crate) folder: FolderId,
    /// The key the phone is known to hold. `None` once an answer gave it another one: whether that answer arrived
    /// only the phone can tell, so it must name the key itself.
    pub(crate) key: Option<SyncKey>,
    /// The most items.
    pub(crate) window: usize,
    /// Whether it wants to hear of changes, where it said so.
    pub(crate) get_changes: Option<bool>,
    /// Whether deleted messages go to the trash.
    pub(crate) to_trash: bool,
}

impl DeviceMemo {
    /// Reads a memo; what is not understood is left out.
    pub(crate) fn decode(text: &str) -> Self {
        let mut memo = Self::default();
        for line in text.lines() {
            let mut words = line.split(' ');
            match words.next() {
                Some("ping") => memo.ping = ping(words).unwrap_or_default(),
                Some("sync") => memo.sync = sync(words).ok(),
                Some("folder") => match (folder(words), &mut memo.sync) {
                    (Ok(folder), Some(sync)) => sync.folders.push(folder),
                    // A list with a gap would be taken for the whole list.
                    (Err(Malformed) | Ok(_), _) => memo.sync = None,
                },
                Some(_) | None => {}
            }
        }
        memo
    }

    /// Writes the memo.
    pub(crate) fn encode(&self) -> String {
        let mut text = String::new();
        if self.ping != PingMemo::default() {
            text.push_str("ping ");
            push(&mut text, self.ping.heartbeat_s);
            match &self.ping.folders {
                Some(folders) => folders.iter().for_each(|folder| push(&mut text, Some(folder))),
                None => push(&mut text, None::<i64>),
            }
            text.push('\n');
        }
        if let Some(sync) = &self.sync {
            text.push_str("sync ");
            push(&mut text, sync.window);
            push(&mut text, sync.wait_s);
            text.push('\n');
            for folder in &sync.folders {
                text.push_str("folder ");
                push(&mut text, Some(folder.folder));
                push(&mut text, folder.key);
                push(&mut text, Some(folder.window));
                push(&mut text, folder.get_changes.map(u8::from));
                push(&mut text, Some(u8::from(folder.to_trash)));
                text.push('\n');
            }
        }
        text
    }
}

/// Writes one word; `-` where there is nothing to say.
fn push(text: &mut String, word: Option<impl std::fmt::Display>) {
    if !text.ends_with(' ') {
        text.push(' ');
    }
    match word {
        Some(word) => write!(text, "{word}").expect("writing to a string cannot fail"),
        None => text.push('-'),
    }
}

/// A word is missing or malformed.
struct Malformed;

/// Reads one word; `None` where it is `-`.
fn word<T: FromStr>(words: &mut Split<'_, char>) -> Result<Option<T>, Malformed> {
    match words.next() {
        Some("-") => Ok(None),
        Some(word) => word.parse().map(Some).map_err(|_| Malformed),
        None => Err(Malformed),
    }
}

/// Reads one word that cannot be `-`.
fn some<T: FromStr>(words: &mut Split<'_, char>) -> Result<T, Malformed> {
    word(words)?.ok_or(Malformed)
}

fn ping(mut words: Split<'_, char>) -> Result<PingMemo, Malformed> {
    let heartbeat_s = word(&mut words)?;
    let rest: Vec<&str> = words.collect();
    let folders = match rest.as_slice() {
        ["-"] => None,
        ids => {
            let ids = ids.iter().map(|id| id.parse().map(FolderId).map_err(|_| Malformed));
            Some(ids.collect::<Result<_, _>>()?)
        }
    };
    Ok(PingMemo { heartbeat_s, folders })
}

fn sync(mut words: Split<'_, char>) -> Result<SyncMemo, Malformed> {
    Ok(SyncMemo { window: word(&mut words)?, wait_s: word(&mut words)?, folders: Vec::new() })
}

fn folder(mut words: Split<'_, char>) -> Result<FolderMemo, Malformed> {
    Ok(FolderMemo {
        folder: FolderId(some(&mut words)?),
        key: word(&mut words)?.map(SyncKey),
        window: some(&mut words)?,
        get_changes: word::<u8>(&mut words)?.map(|digit| digit == 1),
        to_trash: some::<u8>(&mut words)? == 1,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn full() -> DeviceMemo {
        let folder = FolderMemo {
            folder: FolderId(12),
            key: Some(SyncKey(345)),
            window: 100,
            get_changes: Some(false),
            to_trash: true,
        };
        let moved = FolderMemo {
            folder: FolderId(13),
            key: None,
            get_changes: None,
            to_trash: false,
            ..folder.clone()
        };
        DeviceMemo {
            ping: PingMemo { heartbeat_s: Some(480), folders: Some(vec![FolderId(12), FolderId(13)]) },
            sync: Some(SyncMemo { window: None, wait_s: Some(600), folders: vec![folder, moved] }),
        }
    }

    #[test]
    fn a_memo_is_read_back() {
        let full = full();
        let part = DeviceMemo { ping: PingMemo { heartbeat_s: Some(60), folders: None }, sync: None };
        let none = DeviceMemo { ping: PingMemo { heartbeat_s: None, folders: Some(Vec::new()) }, sync: None };
        for memo in [full, part, none, DeviceMemo::default()] {
            assert_eq!(DeviceMemo::decode(&memo.encode()), memo);
        }
        assert_eq!(DeviceMemo::default().encode(), "");
    }

    #[test]
    fn a_sync_with_a_folder_that_is_not_understood_counts_as_never_said() {
        let text = full().encode().replace("folder 13", "folder x");
        let read = DeviceMemo::decode(&text);
        assert_eq!(read.ping, full().ping);
        assert_eq!(read.sync, None);
    }

    proptest! {
        #[test]
        fn any_text_is_a_memo(text in "(ping|sync|folder|[0-9-]| |\n){0,40}") {
            let read = DeviceMemo::decode(&text);
            prop_assert_eq!(DeviceMemo::decode(&read.encode()), read);
        }
    }
}
