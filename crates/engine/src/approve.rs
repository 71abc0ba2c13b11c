//! Making a change that was not allowed, in its author's name, by somebody who may.

use crate::apply::{self, New};
use crate::by::By;
use crate::decide::{Allowed, Rights};
use crate::denied::State;
use crate::push::with_marks;
use crate::request::{self, decidable, decided_already};
use crate::work::Work;
use crate::{Actor, Engine, Error, kind};
use access::why::Why;
use items::Kind;
use items::marks::Marks;
use jiff::Timestamp;
use store::id::{DeniedId, FolderId, Modseq, Uid};
use store::row::denied::DeniedRow;
use store::row::folder::FolderRow;
use store::row::item::ItemRow;
use store::{Query, row};

/// Role of the folder that deleted messages go to.
const TRASH: i64 = 4;

/// Over what a change is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Approval {
    /// Over the item as its author had it. If it changed since, nothing is written.
    AsItWas,
    /// Over the version of this modseq, which who approves has seen.
    Over(Modseq),
}

/// What came of approving.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Approved {
    /// The change is made.
    Applied,
    /// The item changed since. Nothing was written.
    Conflict(Box<Clash>),
}

/// An item that is not any more what its author wanted to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clash {
    /// The version that stands now.
    pub modseq: Modseq,
    /// What the folder holds.
    pub kind: Kind,
    /// The item as it stands now.
    pub stands: Vec<u8>,
    /// The item as the author wanted it; `None` for a delete or a move.
    pub tried: Option<Vec<u8>>,
}

impl Clash {
    /// Returns every property of both versions.
    #[must_use]
    pub fn lines(&self) -> Vec<items::Line> {
        items::compare(self.kind, Some(&self.stands), self.tried.as_deref())
    }
}

impl Engine {
    /// Makes a denied change in its author's name, if the actor could make it himself. The author is told.
    ///
    /// # Errors
    /// When there is no such record for the actor, it is decided already, he could not make the change himself, the
    /// item is gone, or the database fails.
    pub fn approve(
        &self,
        by: &By<'_>,
        id: DeniedId,
        approval: Approval,
        now: Timestamp,
    ) -> Result<Approved, Error> {
        self.write(now, |work| {
            let (row, _) = decidable(work, by.actor, id, now)?;
            lock(work, &row)?;
            // Somebody else may have decided while this waited for the folder.
            let (row, folder) = decidable(work, by.actor, id, now)?;
            match State::from_word(&row.state)? {
                State::Open | State::Asked => {}
                State::Applied | State::Declined | State::Dismissed => return Err(decided_already(&row)),
            }
            let now_ms = work.now_ms();
            let rights = match by.actor {
                Actor::Operator => None,
                Actor::User(caller) => Some(Rights::load(work, &folder, caller.user, now_ms)?),
            };
            let making = Making { rights, folder: &folder, row: &row, approval };
            let made = making.make(work)?;
            if made == Approved::Applied {
                request::decide(work, by, (&row, &folder), (State::Applied, ""))?;
            }
            Ok(made)
        })
    }
}

/// Locks the folders a change is about, in the order everybody does.
fn lock(work: &mut Work<'_, '_>, row: &DeniedRow) -> Result<(), Error> {
    let other = row.destination.unwrap_or(row.folder);
    row::folder::lock(work, row.folder.min(other))?;
    if other != row.folder {
        row::folder::lock(work, row.folder.max(other))?;
    }
    Ok(())
}

/// A denied change on its way to be made.
struct Making<'a> {
    /// What who approves may do; `None` for the operator.
    rights: Option<Rights>,
    folder: &'a FolderRow,
    row: &'a DeniedRow,
    approval: Approval,
}

impl Making<'_> {
    fn make(&self, work: &mut Work<'_, '_>) -> Result<Approved, Error> {
        if self.row.reason == "unreadable" {
            return Err(Error::invalid("what the device sent could not be read"));
        }
        match self.row.operation.as_str() {
            "create" => self.create(work),
            "change" => self.change(work),
            "delete" => self.delete(work),
            "move" => self.relocate(work),
            _ => Err(Error::Store(store::Error::Corrupt)),
        }
    }

    fn create(&self, work: &mut Work<'_, '_>) -> Result<Approved, Error> {
        let tried = self.tried()?;
        let kind = kind::from_code(self.folder.kind)?;
        items::check(kind, tried).map_err(|unfit| Error::invalid(unfit.to_string()))?;
        let now_ms = work.now_ms();
        let leave = self.leave(|rights| rights.create(now_ms))?;
        // Somebody may have added the same item meanwhile.
        let twin = match items::index(kind, tried).uid {
            Some(identity) => row::item::by_identity(work, self.folder.id, &identity)?,
            None => None,
        };
        match twin {
            None => {
                let owner = Some(self.row.principal);
                let new = New { owner, name: None, content: tried.to_vec(), marks: String::new() };
                apply::insert(work, &leave, self.folder, new)?;
                Ok(Approved::Applied)
            }
            Some(twin) => {
                self.shown(&twin)?;
                self.write_over(work, twin, tried)
            }
        }
    }

    fn change(&self, work: &mut Work<'_, '_>) -> Result<Approved, Error> {
        let item = self.item(work)?;
        if let Some(marks) = &self.row.marks {
            let now_ms = work.now_ms();
            let leave = self.leave(|rights| rights.change(&item.head(), now_ms))?;
            if self.is_settled(&item) {
                apply::mark(work, &leave, self.folder, item, marks.clone())?;
                return Ok(Approved::Applied);
            }
            return Ok(self.clash(item));
        }
        self.write_over(work, item, self.tried()?)
    }

    /// Writes what was tried over an item, if that is the one which was meant.
    fn write_over(&self, work: &mut Work<'_, '_>, item: ItemRow, tried: &[u8]) -> Result<Approved, Error> {
        let kind = kind::from_code(self.folder.kind)?;
        let head = item.head();
        let now_ms = work.now_ms();
        let leave = self.leave(|rights| rights.change(&head, now_ms))?;
        let sensitivity = i64::from(items::index(kind, tried).sensitivity.number());
        if self.rights.as_ref().is_some_and(|rights| !rights.may_hide(&head, sensitivity)) {
            return Err(Error::refused("only the owner of an item or of its folder may make it private"));
        }
        if item.content == tried {
            return Ok(Approved::Applied);
        }
        if !self.is_settled(&item) {
            return Ok(self.clash(item));
        }
        items::check(kind, tried).map_err(|unfit| Error::invalid(unfit.to_string()))?;
        apply::rewrite(work, &leave, self.folder, item, tried.to_vec())?;
        Ok(Approved::Applied)
    }

    fn delete(&self, work: &mut Work<'_, '_>) -> Result<Approved, Error> {
        let item = self.item(work)?;
        let head = item.head();
        let now_ms = work.now_ms();
        let leave = self.leave(|rights| rights.delete(&head, now_ms))?;
        if !self.is_settled(&item) {
            return Ok(self.clash(item));
        }
        let message = kind::from_code(self.folder.kind)? == Kind::Mail && self.folder.role != TRASH;
        let trash = if message { row::folder::by_role(work, self.folder.account, TRASH)? } else { None };
        match trash {
            Some(trash) => drop(apply::relocate(work, &leave, self.folder, &trash, item)?),
            None => drop(apply::delete(work, &leave, self.folder.id, &head)?),
        }
        Ok(Approved::Applied)
    }

    fn relocate(&self, work: &mut Work<'_, '_>) -> Result<Approved, Error> {
        let to = self.row.destination.unwrap_or(FolderId::TOP);
        let destination = row::folder::load(work, to)?
            .filter(|to| to.kind == self.folder.kind)
            .ok_or_else(|| Error::not_found("the folder it was moved to"))?;
        let item = self.item(work)?;
        let head = item.head();
        let now_ms = work.now_ms();
        let leave = self.leave(|rights| rights.move_away(&head, now_ms))?;
        if let Some(rights) = &self.rights {
            let there = Rights::load(work, &destination, rights.user(), now_ms)?;
            there.create(now_ms).map_err(|why| Error::refused(why.to_string()))?;
        }
        if !self.is_settled(&item) {
            return Ok(self.clash(item));
        }
        apply::relocate(work, &leave, self.folder, &destination, item)?;
        Ok(Approved::Applied)
    }

    /// Returns the item as it stands, if it is there for who approves.
    fn item(&self, work: &mut Work<'_, '_>) -> Result<ItemRow, Error> {
        let uid = self.row.uid.unwrap_or(Uid(0));
        let item = row::item::load(work, self.folder.id, uid)?;
        let item = item.ok_or_else(|| Error::not_found("the item"))?;
        self.shown(&item)?;
        Ok(item)
    }

    /// Refuses what who approves may not read: he would write over what he cannot see.
    fn shown(&self, item: &ItemRow) -> Result<(), Error> {
        match &self.rights {
            Some(rights) if !rights.sees(&item.head()) => Err(Error::refused("you may not read this item")),
            Some(_) | None => Ok(()),
        }
    }

    fn tried(&self) -> Result<&[u8], Error> {
        self.row.tried.as_deref().ok_or_else(|| Error::invalid("nothing is kept of what was tried"))
    }

    /// Returns whether the item is the version the change is to be made over.
    fn is_settled(&self, item: &ItemRow) -> bool {
        match self.approval {
            Approval::Over(modseq) => item.modseq == modseq,
            Approval::AsItWas => {
                let now = as_recorded(self.row, item.clone());
                self.row.stands.as_ref().is_some_and(|stands| *stands == now)
            }
        }
    }

    fn clash(&self, item: ItemRow) -> Approved {
        let modseq = item.modseq;
        let kind = kind::from_code(self.folder.kind).unwrap_or(Kind::Files);
        let stands = as_recorded(self.row, item);
        let tried = self.row.tried.clone();
        Approved::Conflict(Box::new(Clash { modseq, kind, stands, tried }))
    }

    fn leave(&self, rule: impl Fn(&Rights) -> Result<Allowed, Box<Why>>) -> Result<Allowed, Error> {
        match &self.rights {
            None => Ok(Allowed::operator()),
            Some(rights) => rule(rights).map_err(|why| Error::refused(why.to_string())),
        }
    }
}

/// Returns an item's text in the form in which a record keeps it: where marks were to change, with them before it.
pub(crate) fn as_recorded(row: &DeniedRow, item: ItemRow) -> Vec<u8> {
    if row.marks.is_some() { with_marks(&item.content, &Marks::parse(&item.marks)) } else { item.content }
}

/// Returns why somebody with these rights could not make a denied change himself; `None` where he could.
pub(crate) fn hindrance(
    q: &mut Query<'_>,
    rights: &Rights,
    row: &DeniedRow,
    now_ms: i64,
) -> Result<Option<String>, Error> {
    let head = match row.uid {
        Some(uid) => row::item::head(q, row.folder, uid)?,
        None => None,
    };
    let ruling = match (row.operation.as_str(), &head) {
        ("create", _) => rights.create(now_ms),
        (_, None) => return Ok(Some("The item is gone.".to_owned())),
        ("delete", Some(head)) => rights.delete(head, now_ms),
        ("move", Some(head)) => rights.move_away(head, now_ms),
        (_, Some(head)) => rights.change(head, now_ms),
    };
    if let Err(why) = ruling {
        return Ok(Some(why.to_string()));
    }
    let Some(to) = row.destination else { return Ok(None) };
    let Some(to) = row::folder::load(q, to)? else {
        return Ok(Some("The folder it was moved to is gone.".to_owned()));
    };
    let there = Rights::load(q, &to, rights.user(), now_ms)?;
    Ok(there.create(now_ms).err().map(|why| why.to_string()))
}
