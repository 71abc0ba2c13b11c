//! Looking at what the store really holds, with an operator's eyes.

use std::collections::BTreeMap;

use engine::Actor;

use crate::sim::content::unfolded;
use crate::sim::model::{Folder, Uid};
use crate::sim::world::{World, broken};
use crate::sim::{Check, Violation};

/// An item as the store holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sim) struct Observed {
    pub(in crate::sim) modseq: i64,
    pub(in crate::sim) owner: Option<String>,
    /// Its text, and for mail its marks, in one string.
    pub(in crate::sim) text: String,
}

/// What changed in one folder since the model last looked.
#[derive(Debug, Default)]
pub(in crate::sim) struct Difference {
    pub(in crate::sim) new: BTreeMap<Uid, Observed>,
    pub(in crate::sim) changed: BTreeMap<Uid, Observed>,
    pub(in crate::sim) gone: Vec<Uid>,
}

impl World {
    /// Returns everything in a folder.
    pub(in crate::sim) fn observe(&self, folder: Folder) -> Result<BTreeMap<Uid, Observed>, Violation> {
        let (account, path) = self.address(folder)?;
        let listed = self.engine.items(&account, &path, Actor::Operator, self.now);
        let mut texts = BTreeMap::new();
        let mut take = |name: &str, content: &[u8]| {
            texts.insert(name.to_owned(), unfolded(content));
            Ok(())
        };
        let exported = self.engine.export(&account, &path, (Actor::Operator, self.now), &mut take);
        exported.map_err(broken("exporting a folder"))?;
        let mut observed = BTreeMap::new();
        for item in listed.map_err(broken("listing a folder"))? {
            let text = texts.remove(&item.name).unwrap_or_default();
            let text = format!("{text}\n{}", item.marks);
            observed.insert(item.uid.0, Observed { modseq: item.modseq.0, owner: item.owner, text });
        }
        Ok(observed)
    }

    /// Returns what changed in a folder since the model last looked.
    pub(super) fn difference(&self, folder: Folder) -> Result<Difference, Violation> {
        let Some(place) = self.model.places.get(&folder) else { return Ok(Difference::default()) };
        let mut now = self.observe(folder)?;
        let gone = place.items.keys().filter(|uid| !now.contains_key(uid)).copied().collect();
        let mut changed = BTreeMap::new();
        for (uid, item) in &place.items {
            if let Some(found) = now.remove(uid)
                && found.modseq != item.modseq
            {
                changed.insert(*uid, found);
            }
        }
        Ok(Difference { new: now, changed, gone })
    }

    /// Fails unless the store holds exactly what the model does.
    pub(in crate::sim) fn compare_stores(&self) -> Check {
        for (folder, place) in &self.model.places {
            let difference = self.difference(*folder)?;
            if !(difference.new.is_empty() && difference.changed.is_empty() && difference.gone.is_empty()) {
                return Err(Violation(format!("folder {folder} changed unseen: {difference:?}")));
            }
            for (uid, observed) in self.observe(*folder)? {
                let Some(item) = place.items.get(&uid) else { continue };
                if !crate::sim::content::holds(&observed.text, &item.fields) {
                    let (fields, text) = (&item.fields, &observed.text);
                    return Err(Violation(format!("item {folder}:{uid} holds {text:?} for {fields:?}")));
                }
                let owner = item.owner.map(|user| self.name_of(user));
                if owner != observed.owner.as_deref() {
                    return Err(Violation(format!("item {folder}:{uid} belongs to {:?}", observed.owner)));
                }
            }
        }
        Ok(())
    }
}
