//! Following what phones do to their users' own folders.

use std::collections::BTreeMap;

use engine::Actor;
use phone::Class;

use crate::sim::Check;
use crate::sim::model::Place;
use crate::sim::world::{World, broken};

impl World {
    /// Takes over what became of the folders in the account of a phone's user.
    pub(in crate::sim) fn explain_folder(&mut self, phone: usize) -> Check {
        let user = self.user_of(phone);
        let account = self.name_of(user).to_owned();
        let listed =
            self.engine.folders(&account, Actor::Operator, self.now).map_err(broken("listing folders"))?;
        let trash = listed.iter().find(|folder| folder.role == 4).map(|folder| folder.id.0);
        self.model
            .places
            .retain(|id, place| place.owner != Some(user) || listed.iter().any(|folder| folder.id.0 == *id));
        for folder in listed {
            let Some(class) = class(folder.kind) else { continue };
            let trash = trash.filter(|_| class == Class::Mail && folder.role != 4);
            let place = self.model.places.entry(folder.id.0).or_insert_with(|| Place {
                id: folder.id.0,
                account: account.clone(),
                owner: Some(user),
                path: String::new(),
                class,
                shared: false,
                trash,
                rows: BTreeMap::new(),
                items: BTreeMap::new(),
            });
            place.path = folder.path;
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
