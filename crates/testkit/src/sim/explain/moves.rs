//! Explaining a `MoveItems`.

use phone::Request;
use wbxml::Element;

use super::observe::Difference;
use super::{Denial, Fate, Intent, Reason};
use crate::sim::content::holds;
use crate::sim::model::{Folder, Uid};
use crate::sim::store_faults::Planned;
use crate::sim::wire::{self, Moving, Op, uid_of};
use crate::sim::world::World;
use crate::sim::{Check, Violation};

/// The status of a move that was made, or is to look so.
const MOVED: u16 = 3;

impl World {
    /// Explains everything that a `MoveItems` did.
    pub(in crate::sim) fn explain_moves(
        &mut self,
        phone: usize,
        request: &Request,
        root: Option<&Element>,
        struck: Option<Planned>,
    ) -> Check {
        let answers = wire::moved(root);
        let mut drop_boxes = 0;
        for moving in wire::moves(request.root.as_ref()) {
            let mut from = self.difference(moving.from)?;
            let mut to = self.difference(moving.to)?;
            let said = answers.get(&moving.id).cloned();
            if self.explain_move((phone, &moving), said.as_ref(), (&mut from, &mut to))? {
                drop_boxes += usize::from(self.is_first_drop(phone, &moving));
            } else {
                self.explain_no_move((phone, &moving), said, struck)?;
            }
        }
        self.explain_drop_boxes(self.user_of(phone), drop_boxes)
    }

    /// Returns whether the user sees what he moved no more, for the first time in that folder.
    fn is_first_drop(&mut self, phone: usize, moving: &Moving) -> bool {
        let user = self.user_of(phone);
        let Some(Fate::Applied { id, .. }) = self.fates.get(&intent(phone, moving)) else { return false };
        let item = uid_of(id, moving.to).and_then(|uid| self.model.item(moving.to, uid));
        let may = self.model.may(user, moving.to, self.now_ms());
        let sees = item.is_some_and(|item| may.item(self.model.whose(user, moving.to, item)).read);
        !sees && self.model.told_of_drop_box.insert((user, moving.to))
    }

    /// Looks for the item at its new place.
    fn explain_move(
        &mut self,
        (phone, moving): (usize, &Moving),
        said: Option<&(u16, Option<String>)>,
        (from, to): (&mut Difference, &mut Difference),
    ) -> Result<bool, Violation> {
        let Some(uid) = uid_of(&moving.id, moving.from).filter(|uid| from.gone.contains(uid)) else {
            return Ok(false);
        };
        let Some(item) = self.model.item(moving.from, uid).cloned() else { return Ok(false) };
        let found = to.new.iter().find(|(_, observed)| holds(&observed.text, &item.fields));
        let Some((new, observed)) = found.map(|(new, observed)| (*new, observed.clone())) else {
            return Err(Violation(format!("{moving:?}: the item is nowhere")));
        };
        let reasons = self.reasons_move(phone, moving, uid);
        if !reasons.is_empty() {
            return Err(Violation(format!("{moving:?} was made in spite of {reasons:?}")));
        }
        let shown = self.shown(phone, moving.from, uid);
        if let Some(place) = self.model.places.get_mut(&moving.from) {
            place.items.remove(&uid);
        }
        if let Some(place) = self.model.places.get_mut(&moving.to) {
            place.items.insert(new, crate::sim::model::Item { modseq: observed.modseq, ..item });
        }
        self.model.move_rings((moving.from, uid), (moving.to, new));
        let id = format!("{}:{new}", moving.to);
        if let Some((status, answer)) = said {
            let is_busy = *status == 7;
            if !is_busy && (*status != MOVED || answer.as_deref() != Some(id.as_str())) {
                return Err(Violation(format!("{moving:?} became {id} and was answered {said:?}")));
            }
        }
        self.handset(phone)?.moved.insert((moving.to, new), shown);
        let revision = self.model.next_revision();
        self.fates.insert(intent(phone, moving), Fate::Applied { id, revision });
        self.coverage.count("move done");
        Ok(true)
    }

    /// Returns which write of an item a phone shows.
    fn shown(&self, phone: usize, folder: Folder, uid: Uid) -> u64 {
        let Some(handset) = self.phones.get(phone) else { return 0 };
        let name = folder.to_string();
        let key = handset.phone.folders().find(|known| known.id().as_str() == name).map(phone::Folder::key);
        let view = handset.views.get(&(folder, key.unwrap_or_default().to_owned()));
        let told = view.and_then(|view| view.get(&uid));
        // What it moved there itself and was told nothing of since, it has as it was.
        told.or_else(|| handset.moved.get(&(folder, uid))).copied().unwrap_or(0)
    }

    fn explain_no_move(
        &mut self,
        (phone, moving): (usize, &Moving),
        said: Option<(u16, Option<String>)>,
        struck: Option<Planned>,
    ) -> Check {
        let intent = intent(phone, moving);
        let Some((status, id)) = said else {
            return if struck.is_some() {
                Ok(())
            } else {
                Err(Violation(format!("{moving:?} was not answered")))
            };
        };
        if let Some(Fate::Applied { id: known, revision }) = self.fates.get(&intent) {
            self.coverage.count("move repeated");
            let same = status == MOVED && id.as_ref() == Some(known);
            let user = self.user_of(phone);
            let sees = |folder| self.model.may(user, folder, self.now_ms()).see_folder();
            let hidden = !sees(moving.from) || !sees(moving.to);
            // It is known for a day that a move was made.
            let forgotten = *revision <= self.forgotten && status == 1;
            return if same || struck.is_some() || hidden || forgotten {
                Ok(())
            } else {
                Err(Violation(format!("{moving:?} became {known} and was then answered {status} {id:?}")))
            };
        }
        let reasons = uid_of(&moving.id, moving.from).map(|uid| self.reasons_move(phone, moving, uid));
        let reasons = reasons.unwrap_or_else(|| vec![Reason::Gone]);
        let denied = status == MOVED && id.as_deref().is_some_and(|id| uid_of(id, moving.to).is_none());
        // A move out of a folder that is lost is recorded, and undone where the item went.
        let lost = !self.model.may(self.user_of(phone), moving.from, self.now_ms()).see_folder();
        let fits = match status {
            MOVED => denied && (lost || reasons.contains(&Reason::Access)),
            1 | 2 => !reasons.is_empty(),
            7 => struck.is_some(),
            _ => false,
        };
        if !fits {
            return Err(Violation(format!("{moving:?}, {reasons:?}, was answered {status} {id:?}")));
        }
        let is_put_back = status == 2 && reasons.contains(&Reason::Access);
        if is_put_back {
            self.coverage.count("move put back by the phone");
        }
        if denied || lost {
            self.coverage.count("move denied");
            let fields = std::collections::BTreeMap::new();
            let recorded = (Op::Move, uid_of(&moving.id, moving.from));
            let path = self.model.places.get(&moving.from).map(|place| place.path.clone());
            let denial = Denial {
                reasons,
                fields,
                recorded,
                path,
                key: String::new(),
                // Where it had nowhere to go either, only what the phone had of the folder is recorded.
                optional: !denied,
                whole_folder: false,
            };
            if denied {
                self.fates.insert(intent, Fate::Denied(denial));
            } else {
                self.fates.entry(intent).or_insert(Fate::Denied(denial));
            }
        }
        Ok(())
    }

    /// Returns why a move may not be made.
    fn reasons_move(&self, phone: usize, moving: &Moving, uid: Uid) -> Vec<Reason> {
        let user = self.user_of(phone);
        let may = |folder: Folder| self.model.may(user, folder, self.now_ms());
        let class = |folder: Folder| self.model.places.get(&folder).map(|place| place.class);
        let mut reasons = Vec::new();
        match self.model.item(moving.from, uid) {
            None => reasons.push(Reason::Gone),
            Some(item) => {
                let may = may(moving.from).item(self.model.whose(user, moving.from, item));
                if !may.read {
                    reasons.push(Reason::Gone);
                }
                if !may.delete {
                    reasons.push(Reason::Access);
                }
            }
        }
        if !may(moving.to).create() {
            reasons.push(Reason::Access);
        }
        if !may(moving.to).see_folder() || class(moving.from) != class(moving.to) {
            reasons.push(Reason::Gone);
        }
        reasons
    }
}

fn intent(phone: usize, moving: &Moving) -> Intent {
    let (id, content) = (moving.id.clone(), String::new());
    Intent { phone, op: Op::Move, folder: moving.from, id, token: 0, content, to: moving.to }
}
