//! What a user may do with a folder and its items, worked out inside the transaction that asks.

use crate::Error;
use access::why::{Named, Need, Why, why};
use access::{Access, Bits, Busy, Caps, Class, Effect, Sensitivity, Standing, Whose};
use store::id::PrincipalId;
use store::row::folder::FolderRow;
use store::row::grant::GrantRow;
use store::row::item::ItemHead;
use store::{Query, row};

/// Sensitivity from which on an item is private.
const PRIVATE: i64 = 2;

/// What one user may do in one folder now, and the grants it came from.
#[derive(Debug, Clone)]
pub(crate) struct Rights {
    /// The words.
    pub(crate) access: Access,
    /// The grants that match the user, ended ones left out.
    pub(crate) grants: Vec<GrantRow>,
    /// When the first of them ends, in milliseconds since 1970.
    pub(crate) expires: Option<i64>,
    caps: Caps,
    user: PrincipalId,
    account: PrincipalId,
}

impl Rights {
    /// Works out what `user` may do in `folder` at `now_ms`.
    pub(crate) fn load(
        q: &mut Query<'_>,
        folder: &FolderRow,
        user: PrincipalId,
        now_ms: i64,
    ) -> Result<Self, Error> {
        let mine = row::member::stands_for(q, user)?;
        // One who is disabled may do nothing, not even with what is his own: a request of his may be under way still.
        let caps = if mine.is_empty() { Caps::SUSPENDED } else { Caps::UNLIMITED };
        let mut grants = row::grant::of(q, folder.id)?;
        grants.retain(|grant| {
            mine.contains(&grant.principal) && grant.entry.until.is_none_or(|until| until > now_ms)
        });
        let standing = if folder.account == user { Standing::Owner } else { Standing::Other };
        let access = access::effective(grants.iter().map(|grant| grant.entry), standing, caps, now_ms);
        let expires = grants.iter().filter_map(|grant| grant.entry.until).min();
        Ok(Self { access, grants, expires, caps, user, account: folder.account })
    }

    /// Returns whose rights these are.
    pub(crate) fn user(&self) -> PrincipalId {
        self.user
    }

    /// Returns whether the folder is the user's own.
    pub(crate) fn owns_folder(&self) -> bool {
        self.account == self.user
    }

    /// Returns the class the item is in for this user. In his own folder nothing is hidden from him.
    pub(crate) fn class(&self, head: &ItemHead) -> Class {
        self.class_of(head.owner, head.sensitivity)
    }

    /// Returns the class of an item of this owner and sensitivity.
    pub(crate) fn class_of(&self, owner: Option<PrincipalId>, sensitivity: i64) -> Class {
        let whose = if owner == Some(self.user) { Whose::Mine } else { Whose::Others };
        let private = sensitivity >= PRIVATE && !self.owns_folder();
        Class::of(whose, if private { Sensitivity::Private } else { Sensitivity::Normal })
    }

    /// Returns what the user may do with the item.
    pub(crate) fn item(&self, head: &ItemHead) -> Bits {
        self.access.item(self.class(head))
    }

    /// Returns whether the user may read the item.
    pub(crate) fn sees(&self, head: &ItemHead) -> bool {
        self.item(head).contains(Bits::READ)
    }

    /// Returns whether the folder exists for the user at all.
    pub(crate) fn sees_folder(&self) -> bool {
        self.access.folder.contains(Bits::READ)
    }

    /// Returns whether the user may create items.
    pub(crate) fn creates(&self) -> bool {
        self.access.folder.contains(Bits::CREATE_ITEM)
    }

    /// Returns whether a device of the user gets the folder: visible, and he may read there or create.
    pub(crate) fn on_device(&self) -> bool {
        self.sees_folder() && (self.access.mine.contains(Bits::READ) || self.creates())
    }

    /// Returns what counts for the user here: levels, private items and busy times.
    pub(crate) fn effect(&self, now_ms: i64) -> Effect {
        let entries = self.grants.iter().map(|grant| grant.entry);
        access::effect(entries, self.standing(), self.caps, now_ms)
    }

    /// Returns what the user may know of a calendar's busy times.
    pub(crate) fn free_busy(&self, now_ms: i64) -> Busy {
        let entries = self.grants.iter().map(|grant| grant.entry);
        access::free_busy(entries, self.standing(), self.caps, now_ms)
    }

    /// Returns whether the busy times that the user may know contain those of private items: he was given the times or
    /// the private items themselves, or it is his own.
    pub(crate) fn knows_private_times(&self) -> bool {
        let given = |grant: &GrantRow| grant.entry.private || grant.entry.busy >= Busy::Time;
        self.owns_folder() || self.grants.iter().any(given)
    }

    fn standing(&self) -> Standing {
        if self.owns_folder() { Standing::Owner } else { Standing::Other }
    }

    /// Returns whether the user may say that an item of somebody else is private: nobody but its owner and the
    /// folder's may, else a writer could lock the others out.
    pub(crate) fn may_hide(&self, head: &ItemHead, sensitivity: i64) -> bool {
        let hides = sensitivity >= PRIVATE && head.sensitivity < PRIVATE;
        !hides || self.owns_folder() || head.owner == Some(self.user)
    }

    /// Returns the words, for comparing with those a cursor was built under.
    pub(crate) fn words(&self) -> [u16; 4] {
        self.access.words()
    }

    /// Rules on creating an item.
    pub(crate) fn create(&self, now_ms: i64) -> Result<Allowed, Box<Why>> {
        self.rule(Need::CreateItem, now_ms)
    }

    /// Rules on changing an item.
    pub(crate) fn change(&self, head: &ItemHead, now_ms: i64) -> Result<Allowed, Box<Why>> {
        self.rule(Need::Write(self.class(head)), now_ms)
    }

    /// Rules on deleting an item.
    pub(crate) fn delete(&self, head: &ItemHead, now_ms: i64) -> Result<Allowed, Box<Why>> {
        self.rule(Need::Delete(self.class(head)), now_ms)
    }

    /// Rules on moving an item out of the folder.
    pub(crate) fn move_away(&self, head: &ItemHead, now_ms: i64) -> Result<Allowed, Box<Why>> {
        self.rule(Need::MoveAway(self.class(head)), now_ms)
    }

    /// Rules on what the folder itself needs.
    pub(crate) fn rule(&self, need: Need, now_ms: i64) -> Result<Allowed, Box<Why>> {
        if need.is_met(&self.access) {
            return Ok(Allowed(()));
        }
        let words: Vec<String> = self.grants.iter().map(crate::share::principal_words).collect();
        let entries = self.grants.iter().zip(&words).map(|(grant, name)| Named { name, entry: grant.entry });
        let entries: Vec<Named<'_>> = entries.collect();
        Err(Box::new(why(need, &self.access, self.standing(), &entries, now_ms)))
    }
}

/// Leave to write. Only a ruling makes one, the server's own deliveries and its operator aside; [`crate::apply`]
/// demands it.
#[derive(Debug)]
pub(crate) struct Allowed(());

impl Allowed {
    /// Leave for what the server itself delivers: notices.
    pub(crate) const fn delivery() -> Self {
        Self(())
    }

    /// Leave for the server's operator at its own command line.
    pub(crate) const fn operator() -> Self {
        Self(())
    }
}
