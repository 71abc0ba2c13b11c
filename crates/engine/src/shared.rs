//! What is shared with somebody, and what he shares.

use crate::access_list::{Person, display_names, listed};
use crate::decide::Rights;
use crate::device_folder::{Origin, Showing, chosen, on_device};
use crate::folder::path_of;
use crate::share::{PrincipalRef, principal_ref};
use crate::{Caller, Engine, Error, ListedGrant, kind};
use access::{Effect, Grant};
use items::Kind;
use jiff::Timestamp;
use store::id::FolderId;
use store::row;

/// A folder that was given to somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedWith {
    /// Its number.
    pub folder: FolderId,
    /// Whose it is.
    pub owner: Person,
    /// Its path in the owner's account.
    pub path: String,
    /// What it holds.
    pub kind: Kind,
    /// What counts for him, all grants taken together.
    pub effect: Effect,
    /// The same as levels.
    pub levels: Grant,
    /// Whether he sees the folder itself, and not only when its owner is busy.
    pub visible: bool,
    /// To whom the grants are that reach him: himself, groups he is in, everyone.
    pub through: Vec<PrincipalRef>,
    /// When the first of them ends.
    pub until: Option<Timestamp>,
    /// His devices that get it.
    pub devices: Vec<OnDevice>,
}

/// A device that gets a shared folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnDevice {
    /// The id it calls itself by.
    pub address: String,
    /// The type it says it is of.
    pub kind: String,
    /// Why it gets the folder.
    pub origin: Origin,
    /// Whether it shows it.
    pub showing: Showing,
}

/// A folder that somebody gave to others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedBy {
    /// Its number.
    pub folder: FolderId,
    /// Its path.
    pub path: String,
    /// What it holds.
    pub kind: Kind,
    /// To whom, and what.
    pub grants: Vec<ListedGrant>,
}

impl Engine {
    /// Lists every folder of others that the caller was given, by owner and path.
    ///
    /// # Errors
    /// When the database fails.
    pub fn shared_with(&self, caller: &Caller, now: Timestamp) -> Result<Vec<SharedWith>, Error> {
        let now_ms = now.as_millisecond();
        self.store.read(|q| {
            let mut devices = Vec::new();
            for device in row::device::of(q, caller.user)? {
                let chosen = chosen(q, &self.settings, (caller.user, &device.address))?;
                devices.push((device, chosen));
            }
            let user = row::principal::load(q, caller.user)?
                .ok_or_else(|| Error::not_found(format!("user '{}'", caller.name)))?;
            let mut list = Vec::new();
            for id in row::grant::folders_given(q, caller.user)? {
                let found = row::folder::load(q, id)?.filter(|folder| folder.account != caller.user);
                let Some(folder) = found else { continue };
                let rights = Rights::load(q, &folder, caller.user, now_ms)?;
                let effect = rights.effect(now_ms);
                if effect.rights().is_empty() {
                    continue;
                }
                let Some(owner) = row::principal::load(q, folder.account)? else { continue };
                let mut on = Vec::new();
                for (device, chosen) in &devices {
                    let Some(chosen) = chosen.iter().find(|chosen| chosen.folder.id == id) else { continue };
                    let shown = on_device(q, (&user, &device.address), chosen, now_ms)?;
                    on.push(OnDevice {
                        address: shown.address,
                        kind: device.kind.clone(),
                        origin: shown.origin,
                        showing: shown.showing,
                    });
                }
                list.push(SharedWith {
                    folder: id,
                    owner: Person::from(&owner),
                    path: path_of(q, &folder)?,
                    kind: kind::from_code(folder.kind)?,
                    effect,
                    levels: rights.access.levels(),
                    visible: rights.sees_folder(),
                    through: rights.grants.iter().map(principal_ref).collect(),
                    until: rights.expires.map(crate::device_order::time).transpose()?,
                    devices: on,
                });
            }
            list.sort_by(|a, b| (&a.owner.name, &a.path).cmp(&(&b.owner.name, &b.path)));
            Ok(list)
        })
    }

    /// Lists the caller's own folders that others were given, by path.
    ///
    /// # Errors
    /// When the database fails.
    pub fn shared_by(&self, caller: &Caller, now: Timestamp) -> Result<Vec<SharedBy>, Error> {
        let now_ms = now.as_millisecond();
        self.store.read(|q| {
            let mut list = Vec::new();
            for folder in row::folder::of_account(q, caller.user)? {
                let names = display_names(q, folder.id)?;
                let rows = row::grant::of(q, folder.id)?;
                let grants: Vec<_> = rows.iter().map(|row| listed(&names, row, now_ms)).collect();
                if !grants.is_empty() {
                    let path = path_of(q, &folder)?;
                    let kind = kind::from_code(folder.kind)?;
                    list.push(SharedBy { folder: folder.id, path, kind, grants });
                }
            }
            list.sort_by(|a, b| a.path.cmp(&b.path));
            Ok(list)
        })
    }
}
