//! A folder as another user sees it, and the grants that make it so.

use crate::access_list::{ListedGrant, Person, display_names, listed};
use crate::decide::Rights;
use crate::seat::{self, Seat};
use crate::{Actor, Engine, Error, directory};
use crate::{PrincipalKind, PrincipalRef};
use access::{Access, Axis, Bits, Class, Effect, Entry, Grant};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use store::id::{FolderId, PrincipalId, Uid};
use store::row::folder::FolderRow;
use store::row::grant::GrantRow;
use store::row::item::ItemHead;
use store::row::principal::PrincipalRow;
use store::{Query, row};

/// Items of one page of a view at most.
pub const MAX_VIEWED: usize = 200;

/// Which part of a folder is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ViewPage {
    /// Items of higher numbers than this.
    pub after: Uid,
    /// How many; [`MAX_VIEWED`] at most.
    pub limit: usize,
}

/// One item of a folder, with what somebody else may do with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewedItem {
    /// Its number.
    pub uid: Uid,
    /// One line for people; `None` where who looks may not read the item himself.
    pub summary: Option<String>,
    /// Who owns it; `None` for nobody.
    pub owner: Option<Person>,
    /// The class it is in for the other.
    pub class: Class,
    /// What the other may do with it.
    pub bits: Bits,
}

/// A folder as somebody sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// As whom.
    pub user: Person,
    /// The words for the folder and for each class of its items.
    pub access: Access,
    /// What counts for him.
    pub effect: Effect,
    /// The items, also those he does not see.
    pub items: Vec<ViewedItem>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<Uid>,
}

/// A grant that reaches a user, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The grant.
    pub grant: ListedGrant,
    /// The groups that lead to it, from the one he is in himself to the one that was granted; empty for a grant of his
    /// own and for everyone's.
    pub through: Vec<String>,
    /// The axes whose level comes from here: no other grant gives more.
    pub gives: Vec<Axis>,
}

/// Why a user may do what he may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reasons {
    /// Who.
    pub user: Person,
    /// Whether the folder is his own: then he may do everything, whatever the grants say.
    pub owner: bool,
    /// Whether he cannot log in.
    pub disabled: bool,
    /// What counts for him.
    pub effect: Effect,
    /// The same in words.
    pub access: Access,
    /// The grants that reach him, ended ones left out.
    pub grants: Vec<Reason>,
}

impl Engine {
    /// Shows a folder as another user sees it, item by item, to those who may change its access list. What who looks
    /// may not read himself is shown without its words.
    ///
    /// # Errors
    /// When the folder or user does not exist, who asks may not change the list, or the database fails.
    pub fn view_as(
        &self,
        actor: Actor<'_>,
        (folder, user): (FolderId, &str),
        page: ViewPage,
        now: Timestamp,
    ) -> Result<View, Error> {
        self.store.read(|q| {
            let now_ms = now.as_millisecond();
            let (folder, seat) = seat::at(q, actor, folder, now_ms)?;
            if seat.leave.is_none() {
                return Err(Error::refused("only those who administer a folder see it as somebody else"));
            }
            let user = directory::load(q, PrincipalKind::User, user)?;
            let rights = Rights::load(q, &folder, user.id, now_ms)?;
            let limit = page.limit.clamp(1, MAX_VIEWED);
            let rows = row::item::lines(q, folder.id, page.after, i64::try_from(limit).unwrap_or(1))?;
            let next = rows.last().map(|(head, _)| head.uid).filter(|_| rows.len() == limit);
            let mut owners = Owners::default();
            let mut items = Vec::with_capacity(rows.len());
            for (head, summary) in rows {
                items.push(viewed(q, (&seat, &rights), (&head, summary), &mut owners)?);
            }
            let (access, effect) = (rights.access, rights.effect(now_ms));
            Ok(View { user: Person::from(&user), access, effect, items, next })
        })
    }

    /// Tells which grants lead to what a user may do in a folder: of anybody to those who may change its access list,
    /// of himself to everybody who sees it.
    ///
    /// # Errors
    /// When the folder or user does not exist, who asks may not know, or the database fails.
    pub fn access_reasons(
        &self,
        actor: Actor<'_>,
        folder: FolderId,
        user: &str,
        now: Timestamp,
    ) -> Result<Reasons, Error> {
        self.store.read(|q| {
            let now_ms = now.as_millisecond();
            let (folder, seat) = seat::at(q, actor, folder, now_ms)?;
            let himself = matches!(actor, Actor::User(caller) if caller.name == user);
            if seat.leave.is_none() && !himself {
                return Err(Error::refused("only those who administer a folder see others' rights in it"));
            }
            let user = directory::load(q, PrincipalKind::User, user)?;
            reasons(q, &folder, &user, now_ms)
        })
    }
}

fn viewed(
    q: &mut Query<'_>,
    (seat, rights): (&Seat, &Rights),
    (head, summary): (&ItemHead, String),
    owners: &mut Owners,
) -> Result<ViewedItem, Error> {
    // Administering a folder gives no right to its items, so neither does looking through somebody else's eyes.
    let readable = seat.rights.as_ref().is_none_or(|own| own.sees(head));
    Ok(ViewedItem {
        uid: head.uid,
        summary: readable.then_some(summary),
        owner: owners.of(q, head.owner)?,
        class: rights.class(head),
        bits: rights.item(head),
    })
}

/// Owners of items, each looked up once.
#[derive(Default)]
struct Owners(BTreeMap<PrincipalId, Option<Person>>);

impl Owners {
    fn of(&mut self, q: &mut Query<'_>, owner: Option<PrincipalId>) -> Result<Option<Person>, Error> {
        let Some(owner) = owner else { return Ok(None) };
        if let Some(known) = self.0.get(&owner) {
            return Ok(known.clone());
        }
        let found = row::principal::load(q, owner)?.map(|row| Person::from(&row));
        self.0.insert(owner, found.clone());
        Ok(found)
    }
}

fn reasons(
    q: &mut Query<'_>,
    folder: &FolderRow,
    user: &PrincipalRow,
    now_ms: i64,
) -> Result<Reasons, Error> {
    let rights = Rights::load(q, folder, user.id, now_ms)?;
    let sum = rights.grants.iter().fold(Grant::NOTHING, |sum, row| sum.union(row.entry.grant));
    let names = display_names(q, folder.id)?;
    let mut grants = Vec::with_capacity(rights.grants.len());
    for row in &rights.grants {
        grants.push(Reason {
            grant: listed(&names, row, now_ms),
            through: through(q, user.id, row)?,
            gives: gives(&row.entry, sum),
        });
    }
    Ok(Reasons {
        user: Person::from(user),
        owner: rights.owns_folder(),
        disabled: user.disabled,
        effect: rights.effect(now_ms),
        access: rights.access,
        grants,
    })
}

/// Returns the axes on which an entry gives as much as all of them together.
fn gives(entry: &Entry, sum: Grant) -> Vec<Axis> {
    let given = |axis: &Axis| {
        let level = entry.grant.level(*axis);
        level.code() > 0 && level == sum.level(*axis)
    };
    Axis::EVERY.into_iter().filter(given).collect()
}

/// Returns the shortest way from a user to the group that a grant is for.
fn through(q: &mut Query<'_>, user: PrincipalId, grant: &GrantRow) -> Result<Vec<String>, Error> {
    if !matches!(crate::share::principal_ref(grant), PrincipalRef::Group(_)) {
        return Ok(Vec::new());
    }
    let mut paths = vec![Vec::new()];
    let (mut heads, mut known) = (vec![user], BTreeSet::from([user]));
    while !heads.is_empty() {
        let (mut next_heads, mut next_paths) = (Vec::new(), Vec::new());
        for (head, path) in heads.iter().zip(&paths) {
            for (group, name) in row::member::own_groups(q, *head)? {
                let mut longer: Vec<String> = path.clone();
                longer.push(name);
                if group == grant.principal {
                    return Ok(longer);
                }
                if known.insert(group) {
                    next_heads.push(group);
                    next_paths.push(longer);
                }
            }
        }
        (heads, paths) = (next_heads, next_paths);
    }
    Ok(Vec::new())
}
