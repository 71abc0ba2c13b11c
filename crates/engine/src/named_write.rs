//! Writing items by their names, for clients that are told at once what came of it.
//!
//! A write that access does not allow is recorded like a phone's, with what was tried and why; its author gets the
//! record's number with the answer, and no notice.

use crate::apply::{self, New};
use crate::decide::{Allowed, Rights};
use crate::deny::{Denial, Denials, Operation, Place, Reason};
use crate::named_item::{self, Entry, Names, Version, seen_folder};
use crate::work::{Work, hex};
use crate::{Caller, Engine, Error, kind};
use access::why::Need;
use items::{Kind, Unfit};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use store::id::{DeniedId, FolderId};
use store::row;
use store::row::folder::FolderRow;
use store::row::item::ItemRow;

/// What a record calls a program of this sort.
const WRITER_KIND: &str = "WebDAV";

/// Versions that a client names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Versions {
    /// Any there is.
    Any,
    /// One of these.
    These(Vec<Version>),
}

impl Versions {
    fn has(&self, version: Option<Version>) -> bool {
        match (self, version) {
            (Self::Any, version) => version.is_some(),
            (Self::These(list), Some(version)) => list.contains(&version),
            (Self::These(_), None) => false,
        }
    }
}

/// When a client wants its write to be made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conditions {
    /// Only if the item is of one of these.
    pub only: Option<Versions>,
    /// Not if the item is of one of these.
    pub unless: Option<Versions>,
}

impl Conditions {
    /// Returns whether an item of this version may be written, `None` where there is none.
    #[must_use]
    pub fn hold(&self, version: Option<Version>) -> bool {
        self.only.as_ref().is_none_or(|only| only.has(version))
            && !self.unless.as_ref().is_some_and(|unless| unless.has(version))
    }
}

/// A write by name.
#[derive(Debug, Clone, Copy)]
pub struct NamedWrite<'a> {
    /// In which folder.
    pub folder: FolderId,
    /// The item's name.
    pub name: &'a str,
    /// When it is to be made.
    pub conditions: &'a Conditions,
    /// The program that asks, as it calls itself.
    pub agent: &'a str,
}

/// What came of a write by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NamedOutcome {
    /// There is a new item. Where its writer may not read it, it is not there for him from now on.
    Created(Option<Entry>),
    /// The item was changed.
    Changed(Entry),
    /// The item was deleted.
    Deleted,
    /// The folder or item is not there for the caller.
    Absent,
    /// The item is of another version than the client wants.
    OtherVersion,
    /// Access does not allow it. The write is recorded.
    Denied {
        /// The record.
        id: DeniedId,
        /// What is missing.
        need: Need,
    },
    /// The text cannot be an item of this folder.
    Unfit(Unfit),
    /// A line of the text is wrong.
    Malformed(items::Trouble),
    /// Another item of the folder has the UID.
    SameUid {
        /// Its name.
        name: String,
    },
    /// An item keeps its UID for as long as it has its name.
    OtherUid,
}

impl Engine {
    /// Writes an item under a name: a new one, or over the one that has it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn write_named(
        &self,
        caller: &Caller,
        write: &NamedWrite<'_>,
        content: &[u8],
        now: Timestamp,
    ) -> Result<NamedOutcome, Error> {
        self.write(now, |work| {
            row::folder::lock(work, write.folder)?;
            let Some((folder, rights)) = seen_folder(work, caller, write.folder, now)? else {
                return Ok(NamedOutcome::Absent);
            };
            // What is past any limit is not kept either, whoever sent it: he is told at once.
            if let Err(unfit @ Unfit::TooLarge { .. }) = items::check(kind::from_code(folder.kind)?, content)
            {
                return Ok(NamedOutcome::Unfit(unfit));
            }
            let found = row::item::by_name(work, folder.id, write.name)?;
            let hidden = found.as_ref().is_some_and(|row| !rights.sees(&row.head()));
            let mut desk = Desk { work, caller, folder: &folder, rights: &rights, write };
            match found.filter(|_| !hidden) {
                Some(row) => desk.change(row, content),
                // What the caller does not see is as if it were not there: his own gets another name beside it.
                None => desk.create(if hidden { None } else { Some(write.name) }, content),
            }
        })
    }

    /// Deletes the item of a name.
    ///
    /// # Errors
    /// When the database fails.
    pub fn delete_named(
        &self,
        caller: &Caller,
        write: &NamedWrite<'_>,
        now: Timestamp,
    ) -> Result<NamedOutcome, Error> {
        self.write(now, |work| {
            row::folder::lock(work, write.folder)?;
            let Some((folder, rights)) = seen_folder(work, caller, write.folder, now)? else {
                return Ok(NamedOutcome::Absent);
            };
            let found = row::item::by_name(work, folder.id, write.name)?;
            let Some(row) = found.filter(|row| rights.sees(&row.head())) else {
                return Ok(NamedOutcome::Absent);
            };
            Desk { work, caller, folder: &folder, rights: &rights, write }.delete(&row)
        })
    }
}

/// One write, with all it needs.
struct Desk<'r, 'w, 'tx> {
    work: &'r mut Work<'w, 'tx>,
    caller: &'r Caller,
    folder: &'r FolderRow,
    rights: &'r Rights,
    write: &'r NamedWrite<'r>,
}

impl Desk<'_, '_, '_> {
    fn kind(&self) -> Result<Kind, Error> {
        kind::from_code(self.folder.kind)
    }

    fn create(&mut self, name: Option<&str>, content: &[u8]) -> Result<NamedOutcome, Error> {
        let leave = match self.rights.create(self.work.now_ms()) {
            Ok(leave) => leave,
            Err(why) => {
                let denied = (Operation::Create, Need::CreateItem);
                return self.deny(denied, &why.to_string(), None, Some(content));
            }
        };
        if !self.write.conditions.hold(None) {
            return Ok(NamedOutcome::OtherVersion);
        }
        if let Some(outcome) = self.unfit(content, None)? {
            return Ok(outcome);
        }
        if let Some(twin) = self.twin(content, None)? {
            return Ok(NamedOutcome::SameUid { name: twin });
        }
        let new = New {
            owner: Some(self.caller.user),
            name: name.map(str::to_owned),
            content: content.to_vec(),
            marks: String::new(),
        };
        let uid = apply::insert(self.work, &leave, self.folder, new)?;
        let row = row::item::load(self.work, self.folder.id, uid)?;
        let row = row.filter(|row| self.rights.sees(&row.head()));
        row.map(|row| self.entry(row)).transpose().map(NamedOutcome::Created)
    }

    fn change(&mut self, row: ItemRow, content: &[u8]) -> Result<NamedOutcome, Error> {
        let leave = match self.may_write(&row, content)? {
            Ok(leave) => leave,
            Err((need, why)) => {
                return self.deny((Operation::Change, need), &why, Some(&row), Some(content));
            }
        };
        let version = Version { uid: row.uid, content: row.content_modseq };
        if !self.write.conditions.hold(Some(version)) {
            return Ok(NamedOutcome::OtherVersion);
        }
        if let Some(outcome) = self.unfit(content, Some(&row))? {
            return Ok(outcome);
        }
        let identity = items::index(self.kind()?, content).uid;
        if self.keeps_uid()? && identity != row.identity {
            return Ok(match self.twin(content, Some(&row))? {
                Some(name) => NamedOutcome::SameUid { name },
                None => NamedOutcome::OtherUid,
            });
        }
        let uid = row.uid;
        if row.content != content {
            apply::rewrite(self.work, &leave, self.folder, row, content.to_vec())?;
        }
        let row = row::item::load(self.work, self.folder.id, uid)?;
        let row = row.ok_or(Error::Store(store::Error::Corrupt))?;
        self.entry(row).map(NamedOutcome::Changed)
    }

    /// Returns whether access allows to write this over the item.
    fn may_write(&self, row: &ItemRow, content: &[u8]) -> Result<Result<Allowed, (Need, String)>, Error> {
        let head = row.head();
        let need = Need::Write(self.rights.class(&head));
        let leave = match self.rights.change(&head, self.work.now_ms()) {
            Ok(leave) => leave,
            Err(why) => return Ok(Err((need, why.to_string()))),
        };
        let sensitivity = items::index(self.kind()?, content).sensitivity;
        if self.rights.may_hide(&head, i64::from(sensitivity.number())) {
            return Ok(Ok(leave));
        }
        let why = "only the item's owner and the folder's may make it private".to_owned();
        Ok(Err((need, why)))
    }

    fn delete(&mut self, row: &ItemRow) -> Result<NamedOutcome, Error> {
        let head = row.head();
        let need = Need::Delete(self.rights.class(&head));
        let leave = match self.rights.delete(&head, self.work.now_ms()) {
            Ok(leave) => leave,
            Err(why) => {
                return self.deny((Operation::Delete, need), &why.to_string(), Some(row), None);
            }
        };
        if !self.write.conditions.hold(Some(Version { uid: row.uid, content: row.content_modseq })) {
            return Ok(NamedOutcome::OtherVersion);
        }
        apply::delete(self.work, &leave, self.folder.id, &head)?;
        Ok(NamedOutcome::Deleted)
    }

    fn unfit(&self, content: &[u8], before: Option<&ItemRow>) -> Result<Option<NamedOutcome>, Error> {
        let kind = self.kind()?;
        if let Err(unfit) = items::check(kind, content) {
            return Ok(Some(NamedOutcome::Unfit(unfit)));
        }
        // A client that hands an odd line back as it got it is not to blame for it.
        if before.is_some_and(|row| items::malformed(kind, &row.content).is_some()) {
            return Ok(None);
        }
        Ok(items::malformed(kind, content).map(NamedOutcome::Malformed))
    }

    /// Returns whether the kind's items are told apart by their UIDs.
    fn keeps_uid(&self) -> Result<bool, Error> {
        Ok(match self.kind()? {
            Kind::Calendar | Kind::Contacts | Kind::Tasks | Kind::Notes => true,
            Kind::Mail | Kind::Files => false,
        })
    }

    /// Returns the name of another item of this UID that the caller sees.
    fn twin(&mut self, content: &[u8], but: Option<&ItemRow>) -> Result<Option<String>, Error> {
        if !self.keeps_uid()? {
            return Ok(None);
        }
        let Some(identity) = items::index(self.kind()?, content).uid else { return Ok(None) };
        let found = row::item::by_identity(self.work, self.folder.id, &identity)?;
        let found = found.filter(|row| but.is_none_or(|but| but.uid != row.uid));
        Ok(found.filter(|row| self.rights.sees(&row.head())).map(|row| row.name))
    }

    fn entry(&mut self, row: ItemRow) -> Result<Entry, Error> {
        let head = row.head();
        let listed = row::item::Listed {
            name: row.name,
            created_at: row.created_at,
            changed_at: row.changed_at,
            head,
        };
        named_item::entry(self.work, self.rights, listed, &mut Names::default())
    }

    fn deny(
        &mut self,
        (operation, need): (Operation, Need),
        why: &str,
        row: Option<&ItemRow>,
        tried: Option<&[u8]>,
    ) -> Result<NamedOutcome, Error> {
        let place = Place::of(self.work, self.folder)?;
        let mut denials = Denials::told(self.caller, (self.write.agent, WRITER_KIND), place);
        let mut sha = Sha256::new();
        sha.update(self.write.name.as_bytes());
        sha.update([0]);
        sha.update(tried.unwrap_or_default());
        let denial = Denial {
            operation,
            reason: Reason::Access,
            uid: row.map(|row| row.uid),
            digest: hex(&sha.finalize()),
            why: why.to_owned(),
            tried: tried.map(<[u8]>::to_vec),
            stands: row.map(|row| row.content.clone()),
        };
        let id = denials.record(self.work, denial)?;
        Ok(NamedOutcome::Denied { id, need })
    }
}
