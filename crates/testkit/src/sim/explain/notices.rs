//! Following what the server tells users: notices of denied changes, now or later, and of drop boxes.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;

use super::commands::Effects;
use super::observe::Observed;
use crate::sim::content::{token, tokens};
use crate::sim::model::{Folder, Item, Uid, User};
use crate::sim::world::{World, broken};
use crate::sim::{Check, Violation};

/// Stands in what a user is told, once for each folder, where he cannot see what he adds.
const DROP_BOX: &str = "Subject: Saved in the drop box";

impl World {
    /// Returns a user's Inbox.
    pub(in crate::sim) fn inbox(&self, user: User) -> Option<Folder> {
        let mut places = self.model.places.values();
        places.find(|place| place.owner == Some(user) && place.path == "Inbox").map(|place| place.id)
    }

    /// Explains the messages about drop boxes, where nothing else could come.
    pub(super) fn explain_drop_boxes(&mut self, user: User, drop_boxes: usize) -> Check {
        let Some(inbox) = self.inbox(user) else { return Ok(()) };
        let differences = BTreeMap::from([(inbox, self.difference(inbox)?)]);
        let mut effects = Effects { differences, drop_boxes, owed: BTreeMap::new() };
        self.explain_notices(user, &mut effects)
    }

    /// Every denied create and change of the request stands in exactly one new message in its user's Inbox, or waits
    /// for one; there is at most one for each folder, and none for nothing.
    pub(super) fn explain_notices(&mut self, user: User, effects: &mut Effects) -> Check {
        let Some(inbox) = self.inbox(user) else { return Ok(()) };
        let Some(difference) = effects.differences.get_mut(&inbox) else { return Ok(()) };
        let notices = std::mem::take(&mut difference.new);
        let (drop_boxes, notices): (BTreeMap<_, _>, BTreeMap<_, _>) =
            notices.into_iter().partition(|(_, notice)| header(&notice.text).contains(DROP_BOX));
        if drop_boxes.len() != effects.drop_boxes {
            return Err(Violation(format!(
                "{} drop boxes, and these notices: {drop_boxes:?}",
                effects.drop_boxes
            )));
        }
        let most = if self.settings.notice.interval_s == 0 { effects.owed.len() } else { 1 };
        if notices.len() > effects.owed.len().min(most) {
            return Err(Violation(format!(
                "{} folders owe a notice, and these came: {notices:?}",
                effects.owed.len()
            )));
        }
        let owed = effects.owed.values().flatten().copied().filter(|token| *token != 0);
        if self.settings.notice.interval_s == 0 {
            owed.into_iter().try_for_each(|owed| told_once(owed, &notices))?;
        } else {
            let waiting = self.untold.entry(user).or_default();
            waiting.extend(owed);
            let known = waiting.len();
            for notice in notices.values() {
                waiting.retain(|one| !tokens(&notice.text).contains(one));
            }
            if !effects.owed.is_empty() {
                let at_once = waiting.len() < known;
                self.coverage.count(if at_once { "notice at once" } else { "notice put off" });
            }
        }
        for owed in effects.owed.values() {
            self.coverage.count(if owed.len() == 1 { "notice for one" } else { "notice for several" });
        }
        self.take_messages(user, inbox, notices.into_iter().chain(drop_boxes));
        Ok(())
    }

    /// Takes over messages that the server put into a user's folder.
    pub(super) fn take_messages(
        &mut self,
        user: User,
        folder: Folder,
        messages: impl IntoIterator<Item = (Uid, Observed)>,
    ) {
        let revision = self.model.next_revision();
        let Some(place) = self.model.places.get_mut(&folder) else { return };
        for (uid, message) in messages {
            let writes = vec![(revision, None)];
            let item = Item { owner: Some(user), modseq: message.modseq, writes, ..Item::default() };
            place.items.insert(uid, item);
        }
    }

    /// Lets the server write the notices that it put off: each holds something that waited, and nothing that was told.
    pub(in crate::sim) fn write_due_notices(&mut self) -> Check {
        let written = self.engine.write_due_notices(self.now).map_err(broken("writing notices"))?;
        let mut found = 0;
        for user in 0..self.users.len() {
            let Some(inbox) = self.inbox(user) else { continue };
            let new = self.difference(inbox)?.new;
            found += new.len();
            let waiting = self.untold.entry(user).or_default();
            for notice in new.values() {
                let told = tokens(&notice.text);
                if !waiting.is_empty() && waiting.is_disjoint(&told) {
                    return Err(Violation(format!("a notice tells nothing that waited: {notice:?}")));
                }
                waiting.retain(|one| !told.contains(one));
            }
            self.take_messages(user, inbox, new);
        }
        if found != written {
            return Err(Violation(format!("{written} notices were written, and {found} came")));
        }
        if written > 0 {
            self.coverage.count("notice later");
            self.note(format!("{written} notices are written that were put off"));
        }
        Ok(())
    }

    /// Lets time pass until every notice that was put off is written: then nothing waits any more.
    pub(in crate::sim) fn write_all_notices(&mut self) -> Check {
        if self.untold.values().all(BTreeSet::is_empty) {
            return Ok(());
        }
        let interval = SignedDuration::from_secs(i64::from(self.settings.notice.interval_s));
        self.now = self.now.saturating_add(interval).map_err(broken("the clock"))?;
        self.write_due_notices()?;
        let untold = self.untold.values().flatten().next();
        untold.map_or(Ok(()), |one| Err(Violation(format!("{} never stood in a notice", token(*one)))))
    }
}

fn told_once(owed: u64, notices: &BTreeMap<Uid, Observed>) -> Check {
    let told = notices.values().filter(|notice| tokens(&notice.text).contains(&owed)).count();
    if told == 1 { Ok(()) } else { Err(Violation(format!("{} stands in {told} notices", token(owed)))) }
}

/// Returns what stands before a message's text.
fn header(message: &str) -> &str {
    message.split_once("\r\n\r\n").map_or(message, |(header, _)| header)
}
