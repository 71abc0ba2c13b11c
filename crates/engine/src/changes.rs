//! What changed in a folder since a token, for clients that keep items by name and of which the server keeps nothing.
//!
//! A token remembers the words it was issued under. Where reading was gained, the items of the class come as changed;
//! where it was lost, as removed; where only writing or deleting changed, the token alone does.

use crate::decide::Rights;
use crate::named_item::{self, Entry, Names, seen_folder};
use crate::token::Token;
use crate::{Caller, Engine, Error};
use access::{Access, Bits, Class};
use jiff::Timestamp;
use std::collections::BTreeSet;
use store::id::{FolderId, Modseq, Uid};
use store::row::folder::FolderRow;
use store::row::item::Listed;
use store::row::tombstone::TombstoneRow;
use store::{Query, row};

/// Rows read at a time.
const CHUNK: i64 = 512;

/// What became of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemChange {
    /// It is there, new or changed.
    Changed(Entry),
    /// The item of this name is no longer there for the user.
    Removed(String),
}

/// How a client wants to hear of a class of items that it may no longer read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LostClasses {
    /// As one word.
    Named,
    /// Item by item.
    Listed,
}

/// A part of what changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangePage {
    /// What became of items; an item stands here once.
    pub changes: Vec<ItemChange>,
    /// Classes that the user may no longer read, all of whose items are to go.
    pub lost: Vec<Class>,
    /// Where to go on.
    pub token: String,
    /// Whether there is more at once.
    pub more: bool,
}

/// What came of asking for changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changes {
    /// There is no such folder for the user.
    Absent,
    /// Nobody knows the token; the client starts over.
    UnknownToken,
    /// What changed.
    Page(ChangePage),
}

impl Engine {
    /// Returns the token of a folder as it is now; `None` where there is none for the caller.
    ///
    /// # Errors
    /// When the database fails.
    pub fn sync_token(
        &self,
        caller: &Caller,
        folder: FolderId,
        now: Timestamp,
    ) -> Result<Option<String>, Error> {
        let key = self.token_key(now)?;
        self.store.read(|q| {
            let Some((folder, rights)) = seen_folder(q, caller, folder, now)? else { return Ok(None) };
            let token = fresh(&rights, folder.modseq.0);
            Ok(Some(token.render(&key, (caller.user, folder.id))))
        })
    }

    /// Returns at most `limit` changes since a token, or all items without one.
    ///
    /// # Errors
    /// When the database fails.
    pub fn changes(
        &self,
        caller: &Caller,
        folder: FolderId,
        (since, limit, lost): (Option<&str>, u32, LostClasses),
        now: Timestamp,
    ) -> Result<Changes, Error> {
        let key = self.token_key(now)?;
        let whose = (caller.user, folder);
        self.store.read(|q| {
            let Some((folder, rights)) = seen_folder(q, caller, folder, now)? else {
                return Ok(Changes::Absent);
            };
            let token = match since {
                None => fresh(&rights, 0),
                Some(text) => match Token::read(text, &key, whose) {
                    Some(token) if token.modseq <= folder.modseq.0 => token,
                    Some(_) | None => return Ok(Changes::UnknownToken),
                },
            };
            let room = usize::try_from(limit).unwrap_or(usize::MAX).max(1);
            let mut round = Round::new(&folder, &rights, token, room);
            round.take_up_rights(lost);
            if round.sweep(q, lost)? {
                round.catch_up(q)?;
            }
            Ok(Changes::Page(ChangePage {
                changes: round.changes,
                lost: round.lost,
                token: round.token.render(&key, whose),
                more: round.more,
            }))
        })
    }
}

fn fresh(rights: &Rights, modseq: i64) -> Token {
    Token { modseq, words: rights.words(), was: [0; 4], sweep: None }
}

fn reads(words: [u16; 4], class: Class) -> bool {
    Access::from_words(words).item(class).contains(Bits::READ)
}

fn union(a: [u16; 4], b: [u16; 4]) -> [u16; 4] {
    let mut both = a;
    for (word, other) in both.iter_mut().zip(b) {
        *word |= other;
    }
    both
}

struct Round<'a> {
    folder: &'a FolderRow,
    rights: &'a Rights,
    token: Token,
    room: usize,
    names: Names,
    told: BTreeSet<Uid>,
    changes: Vec<ItemChange>,
    lost: Vec<Class>,
    more: bool,
}

impl<'a> Round<'a> {
    fn new(folder: &'a FolderRow, rights: &'a Rights, token: Token, room: usize) -> Self {
        let (names, told) = (Names::default(), BTreeSet::new());
        Self { folder, rights, token, room, names, told, changes: Vec::new(), lost: Vec::new(), more: false }
    }

    /// Starts a sweep where the user reads other classes than the token was issued for.
    fn take_up_rights(&mut self, lost: LostClasses) {
        let words = self.rights.words();
        if self.token.sweep.is_some_and(|(to, _)| to == words) {
            return;
        }
        self.token.sweep = None;
        let moved: Vec<Class> = Class::EVERY
            .into_iter()
            .filter(|&class| reads(self.token.words, class) != reads(words, class))
            .collect();
        if moved.is_empty() {
            self.token.words = words;
            return;
        }
        self.token.sweep = Some((words, Uid(0)));
        if lost == LostClasses::Named {
            let gone = moved.into_iter().filter(|&class| reads(self.token.words, class));
            // One's own private items go by the name of one's own.
            self.lost = gone.filter(|&class| class != Class::MinePrivate).collect();
        }
    }

    /// Tells of the items whose class the user reads since, or no longer; returns whether that is done.
    fn sweep(&mut self, q: &mut Query<'_>, lost: LostClasses) -> Result<bool, Error> {
        let Some((words, mut at)) = self.token.sweep else { return Ok(true) };
        'rows: loop {
            let rows = row::item::listed(q, self.folder.id, at, CHUNK)?;
            let full = rows.len() >= usize::try_from(CHUNK).unwrap_or(usize::MAX);
            for listed in rows {
                // What came later is told with the changes.
                if listed.head.uid.0 > self.token.modseq {
                    break 'rows;
                }
                if self.changes.len() >= self.room {
                    self.token.sweep = Some((words, at));
                    self.more = true;
                    return Ok(false);
                }
                at = listed.head.uid;
                self.sweep_one(q, listed, lost)?;
            }
            if !full {
                break;
            }
        }
        self.token.was = union(self.token.was, self.token.words);
        self.token.words = words;
        self.token.sweep = None;
        Ok(true)
    }

    fn sweep_one(&mut self, q: &mut Query<'_>, listed: Listed, lost: LostClasses) -> Result<(), Error> {
        let class = self.rights.class(&listed.head);
        match (reads(self.token.words, class), self.rights.sees(&listed.head)) {
            (false, true) => self.changed(q, listed),
            (true, false) if lost == LostClasses::Listed => {
                self.changes.push(ItemChange::Removed(listed.name));
                Ok(())
            }
            (true | false, _) => Ok(()),
        }
    }

    /// Tells of changes and deletions in their order.
    fn catch_up(&mut self, q: &mut Query<'_>) -> Result<(), Error> {
        let start = self.token.modseq;
        let until = self.folder.modseq;
        while self.token.modseq < until.0 {
            let after = Modseq(self.token.modseq);
            let changed = row::item::listed_changes(q, self.folder.id, (after, until), CHUNK)?;
            let gone = row::tombstone::changes(q, self.folder.id, after, until, CHUNK)?;
            let reach = reach(&changed, &gone, until);
            let mut steps: Vec<Step> = changed.into_iter().map(Step::Item).collect();
            steps.extend(gone.into_iter().map(Step::Tombstone));
            steps.retain(|step| step.modseq() <= reach);
            steps.sort_by_key(Step::modseq);
            for step in steps {
                if self.changes.len() >= self.room {
                    self.more = true;
                    return Ok(());
                }
                self.token.modseq = step.modseq();
                self.step(q, step, start)?;
            }
            self.token.modseq = reach;
        }
        self.token.was = [0; 4];
        Ok(())
    }

    fn step(&mut self, q: &mut Query<'_>, step: Step, start: i64) -> Result<(), Error> {
        match step {
            Step::Item(listed) if self.rights.sees(&listed.head) => self.changed(q, listed),
            Step::Item(listed) => {
                // It was made private; before, it was as readable as the others of its owner.
                let before = self.rights.class_of(listed.head.owner, 0);
                if listed.head.uid.0 <= start && self.read_before(before) {
                    self.changes.push(ItemChange::Removed(listed.name));
                }
                Ok(())
            }
            Step::Tombstone(row) => {
                let class = self.rights.class_of(row.owner, row.sensitivity);
                if row.uid.0 > start || row.name.is_empty() || !self.read_before(class) {
                    return Ok(());
                }
                // Another item may have its name by now.
                let heir = row::item::listed_by_name(q, self.folder.id, &row.name)?;
                if !heir.is_some_and(|heir| self.rights.sees(&heir.head)) {
                    self.changes.push(ItemChange::Removed(row.name));
                }
                Ok(())
            }
        }
    }

    fn read_before(&self, class: Class) -> bool {
        reads(self.token.words, class) || reads(self.token.was, class)
    }

    fn changed(&mut self, q: &mut Query<'_>, listed: Listed) -> Result<(), Error> {
        let entry = named_item::entry(q, self.rights, listed, &mut self.names)?;
        // A sweep may have told of it already.
        if self.told.insert(entry.version.uid) {
            self.changes.push(ItemChange::Changed(entry));
        }
        Ok(())
    }
}

enum Step {
    Item(Listed),
    Tombstone(TombstoneRow),
}

impl Step {
    const fn modseq(&self) -> i64 {
        match self {
            Self::Item(listed) => listed.head.modseq.0,
            Self::Tombstone(row) => row.modseq.0,
        }
    }
}

/// Returns up to which change two lists that may have been cut are complete.
fn reach(changed: &[Listed], gone: &[TombstoneRow], until: Modseq) -> i64 {
    let full = usize::try_from(CHUNK).unwrap_or(usize::MAX);
    let end = |count: usize, last: Option<i64>| last.filter(|_| count >= full).unwrap_or(until.0);
    let changed = end(changed.len(), changed.last().map(|row| row.head.modseq.0));
    changed.min(end(gone.len(), gone.last().map(|row| row.modseq.0)))
}
