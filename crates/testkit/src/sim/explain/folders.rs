//! Following what phones do to folders.

use std::collections::{BTreeMap, BTreeSet};

use engine::{Actor, FolderFlagsChange, Switch};
use phone::Class;

use crate::sim::model::{Folder, Place};
use crate::sim::rights::May;
use crate::sim::world::{SPACE, World, broken};
use crate::sim::{Check, Violation};

impl World {
    /// Takes over what became of all folders; a folder changes only for who may change it.
    pub(in crate::sim) fn explain_folder(&mut self, phone: usize) -> Check {
        let user = self.user_of(phone);
        let before: Vec<(Folder, String)> =
            self.model.places.values().map(|place| (place.id, place.path.clone())).collect();
        let may: Vec<May> = before.iter().map(|(id, _)| self.model.may(user, *id, self.now_ms())).collect();
        self.list_folders()?;
        for ((id, path), may) in before.iter().zip(may) {
            let allowed = match self.model.places.get(id) {
                Some(place) => place.path == *path || may.rename(),
                None => may.delete_folder(),
            };
            if !allowed {
                return Err(Violation(format!("phone {phone} changed folder {id} ({path}) without leave")));
            }
        }
        Ok(())
    }

    /// Takes over that a phone does not show a shared folder any more which it deleted: the one it named, and no other.
    pub(in crate::sim) fn explain_hiding(&mut self, phone: usize, named: Option<Folder>) -> Check {
        let user = self.user_of(phone);
        let name = self.name_of(user).to_owned();
        let handset = self.handset(phone)?;
        let (device, before) = (handset.phone.device_id().to_owned(), handset.hidden.clone());
        let listed = self.engine.device_folders((&name, &device), self.now);
        let listed = listed.map_err(broken("listing a phone's folders"))?;
        let hidden = listed.iter().filter(|one| one.flags.hidden == Switch::On);
        let hidden: BTreeSet<Folder> =
            hidden.filter_map(|one| self.model.folder_at(&one.account, &one.path)).collect();
        if let Some(other) = hidden.iter().find(|folder| !before.contains(folder) && Some(**folder) != named)
        {
            return Err(Violation(format!("phone {phone} deleted {named:?}, and {other} is hidden")));
        }
        if hidden.len() > before.len() {
            self.coverage.count("shared folder hidden");
        }
        // What is not given to all phones any more is not listed, and hidden still.
        self.handset(phone)?.hidden.extend(hidden);
        Ok(())
    }

    /// Lets an admin show a hidden folder again.
    pub(in crate::sim) fn show_again(&mut self, phone: usize) -> Check {
        let handset = self.handset(phone)?;
        let Some(folder) = handset.hidden.first().copied() else { return Ok(()) };
        handset.hidden.remove(&folder);
        let device = handset.phone.device_id().to_owned();
        if !self.model.places.contains_key(&folder) {
            return Ok(());
        }
        let name = self.name_of(self.user_of(phone)).to_owned();
        let (account, path) = self.address(folder)?;
        let change = FolderFlagsChange { hidden: Some(Switch::Off), ..FolderFlagsChange::default() };
        let set = self.engine.set_device_folder((&name, &device), (&account, &path), &change, self.now);
        set.map_err(broken("showing a folder again"))?;
        self.coverage.count("shared folder shown again");
        self.note(format!("phone {phone} shows folder {folder} again"));
        Ok(())
    }

    fn list_folders(&mut self) -> Check {
        let accounts = self.users.clone().into_iter().enumerate().map(|(user, name)| (name, Some(user)));
        for (account, owner) in accounts.chain([(SPACE.to_owned(), None)]) {
            let listed = self.engine.folders(&account, Actor::Operator, self.now);
            let listed = listed.map_err(broken("listing folders"))?;
            let trash = listed.iter().find(|folder| folder.role == 4).map(|folder| folder.id.0);
            let there = |id: Folder| listed.iter().any(|folder| folder.id.0 == id);
            self.model.places.retain(|id, place| place.account != account || there(*id));
            for folder in listed {
                let Some(class) = class(folder.kind) else { continue };
                let trash = trash.filter(|_| class == Class::Mail && folder.role != 4);
                let mut chosen = self.settings.shared_folders.iter();
                let shared = chosen.any(|known| known.account == account && known.path == folder.path);
                let place = self.model.places.entry(folder.id.0).or_insert_with(|| Place {
                    id: folder.id.0,
                    account: account.clone(),
                    owner,
                    path: String::new(),
                    class,
                    shared,
                    trash,
                    rows: BTreeMap::new(),
                    items: BTreeMap::new(),
                });
                place.shared = shared;
                place.path = folder.path;
            }
        }
        Ok(())
    }
}

const fn class(kind: items::Kind) -> Option<Class> {
    match kind {
        items::Kind::Mail => Some(Class::Mail),
        items::Kind::Calendar => Some(Class::Calendar),
        items::Kind::Contacts => Some(Class::Contacts),
        items::Kind::Tasks => Some(Class::Tasks),
        items::Kind::Notes => Some(Class::Notes),
        items::Kind::Files => None,
    }
}
