//! What happens in one step: somebody does something, chosen at random.

use std::collections::BTreeSet;

use engine::{Actor, NewItem, Timestamp, Uid as EngineUid};
use jiff::SignedDuration;
use phone::{Class, EditError, FolderId, Habit, Item as PhoneItem, ItemId, Unreadable, Version};

use super::content::{Fields, Shape, instant, names, render};
use super::explain::UNREADABLE;
use super::model::{Folder, Item, Uid, User};
use super::world::{World, broken};
use super::{Check, Violation};

/// A place on a phone.
struct Spot {
    phone: usize,
    folder: FolderId,
    class: Class,
}

impl World {
    /// Lets one thing happen.
    pub(super) fn act(&mut self) -> Check {
        self.step += 1;
        let seconds = i64::try_from(self.dice.between(1, 90)).unwrap_or(1);
        self.now =
            self.now.saturating_add(SignedDuration::from_secs(seconds)).map_err(broken("the clock"))?;
        self.deliver_late()?;
        let phone = self.dice.below(self.phones.len());
        match self.dice.weighted(&[45, 30, 5, 9, 4, 3, 2, 1, 1, 2, 2, 2]) {
            0 => self.sync_or_pull(phone),
            1 => self.edit_on_phone(phone),
            2 => {
                let request = self.handset(phone)?.phone.ping_request(600);
                self.carry(phone, request)
            }
            3 => self.edit_on_server(),
            4 => {
                let shared: Vec<Folder> =
                    self.model.places.values().filter(|place| place.shared).map(|place| place.id).collect();
                let folder = self.dice.pick(&shared).copied();
                folder.map_or(Ok(()), |folder| self.change_row(folder))
            }
            5 => self.change_membership(),
            6 => self.edit_own_folder(phone),
            7 => self.jump(),
            8 => self.restart(),
            9 => self.suspend_or_readmit(),
            10 => self.write_letter(phone),
            _ => self.write_due_notices(),
        }
    }

    /// Lets a phone send what it has, or pull everything where it has nothing.
    fn sync_or_pull(&mut self, phone: usize) -> Check {
        if self.round(phone)? {
            return Ok(());
        }
        self.handset(phone)?.phone.want_all();
        self.round(phone).map(drop)
    }

    /// Sets the clock forward or back by up to a year.
    fn jump(&mut self) -> Check {
        let hours = i64::try_from(self.dice.between(1, 24 * 365)).unwrap_or(1);
        // Nobody fetches again what fell out of a window that moves back.
        let narrow = self.phones.iter().any(|handset| handset.narrow);
        let back = !narrow && self.dice.percent(50);
        let by = SignedDuration::from_hours(if back { -hours } else { hours });
        let before = self.now_ms();
        self.now = self.now.saturating_add(by).map_err(broken("the clock"))?;
        // A grant that ended does not come back to life for who has heard that it ended.
        let rows = self.model.places.values().flat_map(|place| place.rows.values());
        let ended = rows.filter_map(|row| row.until_ms).filter(|until| *until <= before).max();
        if let Some(ended) = ended.filter(|ended| *ended > self.now_ms()) {
            self.now = Timestamp::from_millisecond(ended).map_err(broken("the clock"))?;
        }
        self.coverage.count(if back { "clock jump back" } else { "clock jump forward" });
        self.note(format!("the clock jumps by {by:#}"));
        if !back {
            self.forgotten = self.model.next_revision();
        }
        // A connection does not stay open that long.
        self.late.clear();
        Ok(())
    }

    /// Leaves out the folders that the user does not want on this phone, and old items if he wants none.
    pub(super) fn choose_folders(&mut self, phone: usize) -> Check {
        let handset = self.handset(phone)?;
        let left_out: Vec<FolderId> = handset
            .phone
            .folders()
            .filter(|folder| folder.number() <= 10 && !handset.own.contains(&folder.number()))
            .map(|folder| folder.id().clone())
            .collect();
        for folder in &left_out {
            handset.phone.leave_out(folder);
        }
        let narrow = handset.narrow;
        let wide = handset.phone.folders().filter(|folder| narrow && folder.filter().is_none());
        let windows: Vec<(FolderId, u8)> =
            wide.filter_map(|folder| Some((folder.id().clone(), filter(folder.class()?)?))).collect();
        for (folder, filter) in windows {
            handset.phone.set_filter(&folder, Some(filter));
        }
        Ok(())
    }

    fn edit_on_phone(&mut self, phone: usize) -> Check {
        let handset = self.handset(phone)?;
        let synced = handset.phone.folders().filter(|folder| handset.phone.syncs(folder.id()));
        let spots: Vec<(FolderId, Class)> =
            synced.filter_map(|folder| Some((folder.id().clone(), folder.class()?))).collect();
        let Some((folder, class)) = self.dice.pick(&spots).cloned() else { return Ok(()) };
        let spot = Spot { phone, folder, class };
        let item = self.pick_item(&spot)?;
        let done = match (class, item) {
            (Class::Mail, None) => return Ok(()),
            (_, None) => self.add(&spot),
            (Class::Mail, Some(item)) => match self.dice.weighted(&[60, 15, 25]) {
                0 => self.mark(&spot, item),
                1 => self.delete(&spot, item),
                _ => self.move_away(&spot, item),
            },
            (_, Some(item)) => match self.dice.weighted(&[30, 40, 15, 15]) {
                0 => self.add(&spot),
                1 => self.change(&spot, item),
                2 => self.delete(&spot, item),
                _ => self.move_away(&spot, item),
            },
        };
        match done? {
            Ok(()) | Err(EditError::Underway | EditError::Unable { .. }) => Ok(()),
            Err(error) => Err(broken("editing on a phone")(error)),
        }
    }

    /// Picks an item that the user can edit now.
    fn pick_item(&mut self, spot: &Spot) -> Result<Option<ItemId>, Violation> {
        let handset = self.handset(spot.phone)?;
        // An item that may be there under a client id not used again would be there twice.
        let habit: &Habit = handset.phone.habit();
        let renamed = habit.client_ids == phone::ClientIds::NewForContacts && spot.class == Class::Contacts;
        let can = |item: &&PhoneItem| {
            !(item.is_underway() || renamed && item.may_be_on_the_server() || is_left_over(item))
        };
        let items: Vec<ItemId> = handset.phone.items(&spot.folder).filter(can).map(PhoneItem::id).collect();
        Ok(self.dice.pick(&items).copied())
    }

    fn add(&mut self, spot: &Spot) -> Result<Result<(), EditError>, Violation> {
        let mut fields = Vec::new();
        for (at, name) in names(spot.class).iter().enumerate() {
            if at == 0 || self.dice.percent(60) {
                fields.push(((*name).to_owned(), self.fresh_text()));
            }
        }
        self.add_details(spot, &mut fields)?;
        self.note(format!("phone {} adds to {}: {fields:?}", spot.phone, spot.folder));
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        Ok(self.handset(spot.phone)?.phone.add(&spot.folder, &fields).map(drop))
    }

    /// Gives an item a day, makes it private, or spoils it.
    fn add_details(&mut self, spot: &Spot, fields: &mut Vec<(String, String)>) -> Check {
        let mut push = |name: &str, text: String| fields.push((name.to_owned(), text));
        if spot.class == Class::Calendar {
            let day = i64::try_from(self.dice.below(60)).unwrap_or(0) - 40;
            push("StartTime", instant(day, "090000"));
            push("EndTime", instant(day, "093000"));
        }
        if matches!(spot.class, Class::Calendar | Class::Tasks) && self.dice.percent(12) {
            push("Sensitivity", "2".to_owned());
        }
        let gives_up = self.handset(spot.phone)?.phone.habit().unreadable == Unreadable::GiveUp;
        if gives_up && self.dice.percent(3) {
            let spoilt = match spot.class {
                Class::Contacts => "Birthday",
                Class::Calendar => "StartTime",
                Class::Tasks => "Complete",
                Class::Notes => "MessageClass",
                Class::Mail => return Ok(()),
            };
            fields.retain(|(name, _)| name != spoilt);
            fields.push((spoilt.to_owned(), UNREADABLE.to_owned()));
        }
        Ok(())
    }

    fn change(&mut self, spot: &Spot, item: ItemId) -> Result<Result<(), EditError>, Violation> {
        if spot.class == Class::Calendar && self.dice.percent(15) {
            let minutes = self.fresh_number().to_string();
            return self.change_to(spot, item, &[("Reminder".to_owned(), minutes)]);
        }
        let all = names(spot.class);
        let set = self.dice.pick(all).copied().unwrap_or("Body");
        let mut fields = vec![(set.to_owned(), self.fresh_text())];
        let other = self.dice.pick(all).copied().filter(|other| *other != set);
        match other {
            Some(other) if self.dice.percent(15) => fields.push((other.to_owned(), String::new())),
            Some(other) if self.dice.percent(30) => fields.push((other.to_owned(), self.fresh_text())),
            Some(_) | None => {}
        }
        if spot.class == Class::Tasks && self.dice.percent(15) {
            let done = self.dice.percent(50);
            fields.push(("Complete".to_owned(), if done { "1" } else { "0" }.to_owned()));
            let when = if done { "2026-01-05T00:00:00.000Z" } else { "" };
            fields.push(("DateCompleted".to_owned(), when.to_owned()));
        }
        if matches!(spot.class, Class::Calendar | Class::Tasks) && self.dice.percent(6) {
            fields.push(("Sensitivity".to_owned(), if self.dice.percent(50) { "2" } else { "0" }.to_owned()));
        }
        self.change_to(spot, item, &fields)
    }

    /// Marks a message: read, flagged, or put into a category.
    fn mark(&mut self, spot: &Spot, item: ItemId) -> Result<Result<(), EditError>, Violation> {
        let version = self.handset(spot.phone)?.phone.habit().version;
        let fields = match self.dice.below(3) {
            0 => vec![("Read".to_owned(), if self.dice.percent(70) { "1" } else { "0" }.to_owned())],
            1 if version >= Version::V14_0 => vec![("Categories".to_owned(), self.fresh_word())],
            _ => vec![("Flag".to_owned(), format!("2 {}", self.fresh_word()))],
        };
        self.change_to(spot, item, &fields)
    }

    fn fresh_word(&mut self) -> String {
        let text = self.fresh_text();
        text.split(' ').next().unwrap_or_default().to_owned()
    }

    fn change_to(
        &mut self,
        spot: &Spot,
        item: ItemId,
        fields: &[(String, String)],
    ) -> Result<Result<(), EditError>, Violation> {
        self.note(format!("phone {} changes {item:?} in {}: {fields:?}", spot.phone, spot.folder));
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        Ok(self.handset(spot.phone)?.phone.change(&spot.folder, item, &fields))
    }

    fn delete(&mut self, spot: &Spot, item: ItemId) -> Result<Result<(), EditError>, Violation> {
        self.note(format!("phone {} deletes {item:?} in {}", spot.phone, spot.folder));
        Ok(self.handset(spot.phone)?.phone.delete(&spot.folder, item))
    }

    fn move_away(&mut self, spot: &Spot, item: ItemId) -> Result<Result<(), EditError>, Violation> {
        let handset = self.handset(spot.phone)?;
        let others = handset.phone.folders().filter(|folder| {
            folder.class() == Some(spot.class)
                && folder.id() != &spot.folder
                && handset.phone.syncs(folder.id())
        });
        let others: Vec<FolderId> = others.map(|folder| folder.id().clone()).collect();
        let Some(to) = self.dice.pick(&others).cloned() else { return Ok(Ok(())) };
        self.note(format!("phone {} moves {item:?} from {} to {to}", spot.phone, spot.folder));
        Ok(self.handset(spot.phone)?.phone.move_item(&spot.folder, item, &to))
    }

    /// Makes, renames or deletes a folder of the user's own on his phone.
    fn edit_own_folder(&mut self, phone: usize) -> Check {
        let number = self.dice.below(4);
        if self.dice.percent(20) {
            return self.show_again(phone);
        }
        if self.dice.percent(30) {
            return self.edit_shared_folder(phone);
        }
        let name = format!("Own {number}");
        let handset = self.handset(phone)?;
        let own = handset.phone.folders().find(|folder| folder.name().starts_with("Own "));
        let own = own.map(|folder| folder.id().clone());
        let done = match own {
            None => {
                handset.phone.create_folder(None, &name, Class::Contacts);
                Ok(())
            }
            Some(folder) if number < 2 => handset.phone.rename_folder(&folder, &name),
            Some(folder) => handset.phone.delete_folder(&folder),
        };
        self.note(format!("phone {phone} edits its folder {name}"));
        done.map_err(broken("editing a folder on a phone"))
    }

    /// Tries to rename or delete a shared folder, which few may.
    fn edit_shared_folder(&mut self, phone: usize) -> Check {
        let handset = self.handset(phone)?;
        let shared = handset.phone.folders().filter(|folder| folder.number() > 10);
        let shared: Vec<FolderId> = shared.map(|folder| folder.id().clone()).collect();
        let Some(folder) = self.dice.pick(&shared).cloned() else { return Ok(()) };
        let renames = self.dice.percent(60);
        let name = format!("Renamed {}", self.dice.below(3));
        self.note(format!("phone {phone} {} folder {folder}", if renames { "renames" } else { "deletes" }));
        self.coverage.count("shared folder edited");
        let handset = self.handset(phone)?;
        let done = if renames {
            handset.phone.rename_folder(&folder, &name)
        } else {
            handset.phone.delete_folder(&folder)
        };
        done.map_err(broken("editing a folder on a phone"))
    }

    /// Lets somebody work on the server itself, with his rights.
    fn edit_on_server(&mut self) -> Check {
        let places: Vec<(Folder, Class)> =
            self.model.places.values().map(|place| (place.id, place.class)).collect();
        let Some((folder, class)) = self.dice.pick(&places).copied() else { return Ok(()) };
        let user = if self.dice.percent(20) { None } else { Some(self.dice.below(self.users.len())) };
        let uids: Vec<Uid> = self
            .model
            .places
            .get(&folder)
            .map(|place| place.items.keys().copied().collect())
            .unwrap_or_default();
        match (self.dice.pick(&uids).copied(), self.dice.weighted(&[50, 35, 15])) {
            (Some(uid), 1) if class != Class::Mail => self.rewrite(user, folder, uid),
            (Some(uid), 2) => self.remove(user, folder, uid),
            (_, _) => self.import(user, (folder, class)),
        }
    }

    fn import(&mut self, user: Option<User>, (folder, class): (Folder, Class)) -> Check {
        let mut fields = Fields::new();
        for name in names(class).iter().filter(|_| class != Class::Mail) {
            let text = self.fresh_text();
            fields.insert((*name).to_owned(), text);
        }
        let uid = self.fresh_word();
        if class == Class::Mail {
            fields.insert("Subject".to_owned(), uid.clone());
        }
        let day = i64::try_from(self.dice.below(60)).unwrap_or(0) - 40;
        let shape = Shape { class, uid: &uid, private: false, day, done: false };
        let content = render(&shape, &fields);
        let (account, path) = self.address(folder)?;
        let actor = self.actor(user)?;
        let new = NewItem { content: &content, name: None };
        let done = self.engine.import(actor, (&account, &path), &new, self.now);
        let may = user.is_none_or(|user| {
            let may = self.model.may(user, folder, self.now_ms());
            may.see_folder() && may.create()
        });
        self.check_server_edit(("adds to", user, folder), (may, done.is_ok()))?;
        let Ok(imported) = done else { return Ok(()) };
        let owner = user.or(self.model.places.get(&folder).and_then(|place| place.owner));
        let past: BTreeSet<(String, String)> = fields.clone().into_iter().collect();
        let writes = vec![(self.model.next_revision(), None)];
        let modseq = imported.uid.0;
        let item =
            Item { owner, fields, past, private: false, day, done: false, identity: None, modseq, writes };
        if let Some(place) = self.model.places.get_mut(&folder) {
            place.items.insert(imported.uid.0, item);
        }
        Ok(())
    }

    fn rewrite(&mut self, user: Option<User>, folder: Folder, uid: Uid) -> Check {
        let Some(mut item) = self.model.item(folder, uid).cloned() else { return Ok(()) };
        let class = self.model.places.get(&folder).map_or(Class::Contacts, |place| place.class);
        let name = self.dice.pick(names(class)).copied().unwrap_or("Body");
        let text = self.fresh_text();
        item.fields.insert(name.to_owned(), text.clone());
        item.past.insert((name.to_owned(), text));
        let identity = item.identity.clone().unwrap_or_else(|| format!("{folder}-{uid}"));
        let shape = Shape { class, uid: &identity, private: item.private, day: item.day, done: item.done };
        let content = render(&shape, &item.fields);
        let (account, path) = self.address(folder)?;
        let actor = self.actor(user)?;
        let done = self.engine.edit_item(actor, (&account, &path, EngineUid(uid)), &content, self.now);
        let may = self.may_item(user, folder, &item);
        self.check_server_edit(("changes an item in", user, folder), (may.read && may.write, done.is_ok()))?;
        let Ok(modseq) = done else { return Ok(()) };
        item.modseq = modseq.0;
        item.writes.push((self.model.next_revision(), None));
        if let Some(place) = self.model.places.get_mut(&folder) {
            place.items.insert(uid, item);
        }
        Ok(())
    }

    fn remove(&mut self, user: Option<User>, folder: Folder, uid: Uid) -> Check {
        let Some(item) = self.model.item(folder, uid) else { return Ok(()) };
        let may = self.may_item(user, folder, item);
        let (account, path) = self.address(folder)?;
        let actor = self.actor(user)?;
        let done = self.engine.delete_item(actor, (&account, &path, EngineUid(uid)), self.now);
        self.check_server_edit(("deletes an item in", user, folder), (may.read && may.delete, done.is_ok()))?;
        if let Some(place) = self.model.places.get_mut(&folder).filter(|_| done.is_ok()) {
            place.items.remove(&uid);
        }
        Ok(())
    }

    fn actor(&self, user: Option<User>) -> Result<Actor<'_>, Violation> {
        match user {
            None => Ok(Actor::Operator),
            Some(user) => self.caller(user).map(Actor::User),
        }
    }

    fn may_item(&self, user: Option<User>, folder: Folder, item: &Item) -> super::rights::Item {
        let all = super::rights::Item { read: true, write: true, delete: true };
        user.map_or(all, |user| {
            let may = self.model.may(user, folder, self.now_ms());
            may.item(self.model.whose(user, folder, item))
        })
    }

    /// The server does what somebody asks exactly where he may.
    fn check_server_edit(
        &mut self,
        (verb, user, folder): (&str, Option<User>, Folder),
        (may, done): (bool, bool),
    ) -> Check {
        let name = user.map_or("the operator", |user| self.name_of(user)).to_owned();
        let outcome = if done { "done" } else { "refused" };
        self.note(format!("{name} {verb} folder {folder} on the server: {outcome}"));
        if may == done {
            return Ok(());
        }
        Err(Violation(format!("{name} {verb} folder {folder}: allowed {may}, done {done}")))
    }
}

/// The filter of a phone that wants no old items: events of two weeks, and open tasks.
const fn filter(class: Class) -> Option<u8> {
    match class {
        Class::Calendar => Some(4),
        Class::Tasks => Some(8),
        Class::Mail | Class::Contacts | Class::Notes => None,
    }
}

/// Returns whether an item is what stays on a phone after the server could not read it.
pub(super) fn is_left_over(item: &PhoneItem) -> bool {
    item.data().fields().any(|(_, text)| text == UNREADABLE)
}

/// Returns which of the default folders a user wants on a phone: the Inbox, perhaps the trash and what was sent, and
/// one more.
pub(super) fn chosen_folders(world: &mut World) -> BTreeSet<u8> {
    let mut own = BTreeSet::from([2]);
    if world.dice.percent(40) {
        own.insert(4);
    }
    if world.dice.percent(20) {
        own.insert(5);
    }
    own.extend(world.dice.pick(&[7, 8, 9, 10]).copied());
    own
}
