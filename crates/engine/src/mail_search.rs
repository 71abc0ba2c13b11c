//! Finding messages in the mail folders that a device shows, the latest first.
//!
//! A search reads messages, a few at a time and each batch in a transaction of its own, up to a limit: what is older than
//! that is not found, and not counted.

use crate::decide::Rights;
use crate::hierarchy::shown_folders;
use crate::{Caller, Device, Engine, Error, FolderEntry};
use items::Kind;
use items::message::Message;
use jiff::Timestamp;
use std::collections::{BTreeSet, VecDeque};
use store::id::{FolderId, Uid};
use store::row::item::{ItemHead, ItemRow};
use store::{Query, row};

/// Messages that one search reads.
pub const MAX_SEARCHED: usize = 10_000;

/// Bytes of messages after which one search reads no further one.
pub const MAX_SEARCHED_BYTES: i64 = 128 * 1024 * 1024;

/// Messages read in one transaction.
const BATCH: usize = 64;

/// Messages of one folder that are listed ahead.
const AHEAD: i64 = 256;

/// Where a search looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// The folders; none stands for every mail folder of the device.
    pub folders: Vec<FolderId>,
    /// Whether it looks below them too.
    pub below: Below,
    /// Only messages received later than this.
    pub after: Option<Timestamp>,
    /// Only messages received earlier than this.
    pub before: Option<Timestamp>,
}

/// Whether a search looks into the folders below.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Below {
    /// It does not.
    Left,
    /// It does.
    Searched,
}

/// What a search found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// The messages, the latest first.
    pub hits: Vec<(FolderId, Uid)>,
    /// Whether the limit ended the search before everything was looked at.
    pub is_cut: bool,
}

/// Tells whether a message, received then, is one that is looked for.
pub type Matches<'a> = dyn Fn(&Message, Timestamp) -> bool + 'a;

impl Engine {
    /// Finds messages that `matches`, among those its user may read in the device's mail folders. `None` where a folder
    /// that is named is not on the device.
    ///
    /// # Errors
    /// When the database fails.
    pub fn search_mail(
        &self,
        (caller, device): (&Caller, &Device),
        scope: &Scope,
        matches: &Matches<'_>,
        now: Timestamp,
    ) -> Result<Option<Found>, Error> {
        let now_ms = now.as_millisecond();
        let lanes = self.store.read(|q| {
            let shown = shown_folders(q, &self.settings, (caller, device), now_ms)?;
            let Some(folders) = chosen(&shown, scope) else { return Ok(None) };
            let lanes = folders.into_iter().map(|folder| Lane::open(q, folder, caller, (scope, now_ms)));
            Ok::<_, Error>(Some(lanes.collect::<Result<Vec<_>, Error>>()?))
        })?;
        let Some(lanes) = lanes else { return Ok(None) };
        let walk = Walk { lanes, left: MAX_SEARCHED, bytes_left: MAX_SEARCHED_BYTES, is_cut: false };
        self.walk(walk, scope, matches).map(Some)
    }

    fn walk(&self, mut walk: Walk, scope: &Scope, matches: &Matches<'_>) -> Result<Found, Error> {
        let mut found = Found::default();
        loop {
            // What a transaction took is put back where it has to run again.
            let (batch, next) = self.store.read(|q| {
                let mut walk = walk.clone();
                Ok::<_, Error>((walk.batch(q, scope)?, walk))
            })?;
            walk = next;
            if batch.is_empty() {
                found.is_cut = walk.is_cut;
                return Ok(found);
            }
            for (folder, row) in batch {
                let message = message(&row)?;
                let received = message.date_received().unwrap_or_else(|| created(&row));
                let in_time = scope.after.is_none_or(|after| received > after)
                    && scope.before.is_none_or(|before| received < before);
                if in_time && matches(&message, received) {
                    found.hits.push((folder, row.uid));
                }
            }
        }
    }
}

fn message(row: &ItemRow) -> Result<Message, Error> {
    let Some(outline) = &row.outline else { return Ok(Message::parse(&row.content)) };
    let cuts = outline.cuts.parse().map_err(|_| Error::Store(store::Error::Corrupt))?;
    Ok(Message::outlined(&outline.text, &cuts))
}

fn created(row: &ItemRow) -> Timestamp {
    Timestamp::from_millisecond(row.created_at).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Returns the mail folders that a search looks into; `None` where one is named that is not shown.
fn chosen(shown: &[FolderEntry], scope: &Scope) -> Option<Vec<FolderId>> {
    if !scope.folders.iter().all(|named| shown.iter().any(|entry| entry.id == *named)) {
        return None;
    }
    let mut wanted: BTreeSet<FolderId> = scope.folders.iter().copied().collect();
    let mut grows = scope.below == Below::Searched;
    while grows {
        let below: Vec<FolderId> = shown
            .iter()
            .filter(|entry| wanted.contains(&entry.parent) && !wanted.contains(&entry.id))
            .map(|entry| entry.id)
            .collect();
        grows = !below.is_empty();
        wanted.extend(below);
    }
    let is_wanted = |entry: &&FolderEntry| {
        entry.kind == Kind::Mail && (scope.folders.is_empty() || wanted.contains(&entry.id))
    };
    Some(shown.iter().filter(is_wanted).map(|entry| entry.id).collect())
}

/// How far a search has come.
#[derive(Debug, Clone)]
struct Walk {
    lanes: Vec<Lane>,
    left: usize,
    bytes_left: i64,
    is_cut: bool,
}

/// One folder of a search.
#[derive(Debug, Clone)]
struct Lane {
    folder: FolderId,
    rights: Option<Rights>,
    heads: VecDeque<ItemHead>,
    stage: Stage,
}

/// What of a folder is listed next.
#[derive(Debug, Clone, Copy)]
enum Stage {
    /// Messages with a time, before this one.
    Dated(i64, Uid),
    /// Messages that do not tell when they came, under this number.
    Undated(Uid),
    Done,
}

impl Walk {
    /// Reads the next messages; none where the search is over.
    fn batch(&mut self, q: &mut Query<'_>, scope: &Scope) -> Result<Vec<(FolderId, ItemRow)>, Error> {
        let mut batch = Vec::new();
        while batch.len() < BATCH {
            let Some((folder, head)) = self.next(q, scope)? else { break };
            if self.left == 0 || self.bytes_left < 0 {
                self.is_cut = true;
                self.lanes.clear();
                break;
            }
            self.left -= 1;
            // Of a large message what is attached is not looked at, and so not read.
            let Some(row) = row::item::outlined(q, folder, head.uid)? else { continue };
            let read = row.outline.as_ref().map_or(row.content.len(), |outline| outline.text.len());
            self.bytes_left = self.bytes_left.saturating_sub(i64::try_from(read).unwrap_or(i64::MAX));
            batch.push((folder, row));
        }
        Ok(batch)
    }

    /// Takes the latest message that is left.
    fn next(&mut self, q: &mut Query<'_>, scope: &Scope) -> Result<Option<(FolderId, ItemHead)>, Error> {
        for lane in &mut self.lanes {
            lane.fill(q, scope)?;
        }
        let time = |lane: &Lane| lane.heads.front().map(|head| (head.ends, head.uid));
        let latest =
            self.lanes.iter_mut().filter(|lane| !lane.heads.is_empty()).max_by_key(|lane| time(lane));
        Ok(latest.and_then(|lane| lane.heads.pop_front().map(|head| (lane.folder, head))))
    }
}

impl Lane {
    fn open(
        q: &mut Query<'_>,
        folder: FolderId,
        caller: &Caller,
        (scope, now_ms): (&Scope, i64),
    ) -> Result<Self, Error> {
        let rights = match row::folder::load(q, folder)? {
            Some(folder) => Some(Rights::load(q, &folder, caller.user, now_ms)?),
            None => None,
        };
        let start = scope.before.map_or(i64::MAX, Timestamp::as_millisecond);
        let stage = if rights.is_some() { Stage::Dated(start, Uid(0)) } else { Stage::Done };
        Ok(Self { folder, rights, heads: VecDeque::new(), stage })
    }

    /// Lists ahead until there is a message to take, or nothing left.
    fn fill(&mut self, q: &mut Query<'_>, scope: &Scope) -> Result<(), Error> {
        while self.heads.is_empty() {
            let heads = match self.stage {
                Stage::Dated(ends, uid) => {
                    let mut heads = row::item::ended_before(q, self.folder, (ends, uid), AHEAD)?;
                    let after = scope.after.map_or(i64::MIN, Timestamp::as_millisecond);
                    heads.retain(|head| head.ends.is_some_and(|ends| ends >= after));
                    let last = heads.last().and_then(|head| Some((head.ends?, head.uid)));
                    self.stage =
                        last.map_or(Stage::Undated(Uid(i64::MAX)), |(ends, uid)| Stage::Dated(ends, uid));
                    heads
                }
                Stage::Undated(uid) => {
                    let heads = row::item::without_end(q, self.folder, uid, AHEAD)?;
                    self.stage = heads.last().map_or(Stage::Done, |head| Stage::Undated(head.uid));
                    heads
                }
                Stage::Done => return Ok(()),
            };
            let sees = |head: &ItemHead| self.rights.as_ref().is_some_and(|rights| rights.sees(head));
            self.heads = heads.into_iter().filter(sees).collect();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Actor, DeviceAddress, FolderPath, NewItem, NewUser, Settings};
    use store::{Location, Store};

    #[test]
    fn a_search_ends_at_its_limit_and_says_so() {
        let now: Timestamp = "2026-03-02T09:00:00Z".parse().unwrap();
        let engine = Engine::new(Store::open(&Location::Memory).unwrap(), Settings::default(), [7; 32]);
        let bo = NewUser {
            name: "bo",
            email: "bo@club.example",
            display_name: "Bo",
            admin: false,
            password: None,
        };
        engine.add_user(&bo, now).unwrap();
        let inbox = FolderPath::try_from("Inbox").unwrap();
        for day in 1..=4 {
            let content =
                format!("Date: Sun, {day} Mar 2026 09:00:00 +0000\r\nSubject: {day}\r\n\r\nText\r\n");
            let item = NewItem { content: content.as_bytes(), name: None };
            engine.import(Actor::Operator, ("bo", &inbox), &item, now).unwrap();
        }
        let caller = engine.act_as("bo").unwrap();
        let address = DeviceAddress { id: "phone1", kind: "iPhone", agent: "test", version: "14.1" };
        let device = engine.device(&caller, &address, now).unwrap();
        let scope = Scope { folders: vec![], below: Below::Left, after: None, before: None };
        let limited = |left, bytes_left| {
            let lanes = engine.store.read(|q| {
                let shown = shown_folders(q, &engine.settings, (&caller, &device), now.as_millisecond())?;
                let folders = chosen(&shown, &scope).unwrap();
                let lanes =
                    folders.into_iter().map(|id| Lane::open(q, id, &caller, (&scope, now.as_millisecond())));
                lanes.collect::<Result<Vec<_>, Error>>()
            });
            let walk = Walk { lanes: lanes.unwrap(), left, bytes_left, is_cut: false };
            let found = engine.walk(walk, &scope, &|_, _| true).unwrap();
            (found.hits.len(), found.is_cut)
        };
        assert_eq!(limited(3, MAX_SEARCHED_BYTES), (3, true));
        assert_eq!(limited(4, MAX_SEARCHED_BYTES), (4, false));
        assert_eq!(limited(4, 100), (2, true));
    }
}
