//! Making the world: users, groups, folders, grants and phones, all drawn from the seed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use access::{Busy, Entry, FolderLevel, Grant, Level};
use eas::{Provisioning, Server};
use engine::{
    Engine, FolderId, FolderPath, Limits, Modseq, NoticeSettings, PrincipalId, PrincipalRef, Settings,
    Timestamp,
};
use phone::{Class, Kind, Phone, Policies, Version};
use store::row::folder::FolderRow;
use store::row::principal::PrincipalRow;
use store::{Location, Options, Store, row};

use super::super::model::{Folder, Member, Model, Place, Principal, User};
use super::super::rights::Row;
use super::super::{Setup, Violation};
use super::{Handset, KEEPER, Rates, SPACE, World, broken, kind, shared_settings};
use crate::sim::act::chosen_folders;
use crate::sim::coverage::Coverage;
use crate::sim::dice::Dice;
use crate::sim::store_faults::Switch;
use crate::sim::trace::Trace;

const NAMES: [&str; 4] = ["anna", "ben", "cleo", "dan"];
const GROUPS: [&str; 3] = ["staff", "leads", "board"];
const CLASSES: [Class; 5] = [Class::Contacts, Class::Calendar, Class::Tasks, Class::Notes, Class::Mail];

/// A new user's default folders, with `ActiveSync`'s folder types.
const DEFAULT_FOLDERS: [(&str, Class, i64); 7] = [
    ("Inbox", Class::Mail, 2),
    ("Trash", Class::Mail, 4),
    ("Sent", Class::Mail, 5),
    ("Calendar", Class::Calendar, 8),
    ("Contacts", Class::Contacts, 9),
    ("Tasks", Class::Tasks, 7),
    ("Notes", Class::Notes, 10),
];

/// Returns an engine over an empty database, to stand in while the true one changes hands.
pub(super) fn empty_engine() -> Result<Engine, Violation> {
    let store = Store::open(&Location::Memory).map_err(broken("opening a store"))?;
    Ok(Engine::new(store, Settings::default(), [0; 32]))
}

impl World {
    /// Returns the world of a seed.
    pub(in crate::sim) fn new(seed: u64, setup: &Setup) -> Result<Self, Violation> {
        let mut dice = Dice::new(seed);
        let faults = Arc::new(Switch::default());
        let options = Options { faults: Some(Arc::clone(&faults) as _), ..Options::default() };
        let store = Store::open_with(&Location::Memory, &options).map_err(broken("opening a store"))?;
        let now: Timestamp = "2026-01-10T12:00:00Z".parse().map_err(broken("the first moment"))?;
        let mut users: Vec<String> =
            NAMES.iter().take(dice.between(2, NAMES.len())).map(|name| (*name).to_owned()).collect();
        users.push(KEEPER.to_owned());
        let mut model = Model::default();
        store
            .write(|tx| people(tx, &users, &mut model, now))
            .map_err(|error: store::Error| broken("adding users")(error))?;
        let engine = Engine::new(store, Settings::default(), dice.seed());
        let shared = folders(&engine, &mut dice, (&mut model, &users), now)?;
        // In most runs each request has its own notice: what is told, and when, can be said of each alone.
        let interval_s = if dice.percent(30) { 600 } else { 0 };
        let notice = NoticeSettings { interval_s, ..NoticeSettings::default() };
        // Some of its phones start over as often as they please.
        let limits = Limits { restarts_per_hour: 0, ..Limits::default() };
        let settings =
            Settings { shared_folders: shared_settings(&model), notice, limits, ..Settings::default() };
        let engine = Arc::new(Engine::new(engine.into_store(), settings.clone(), dice.seed()));
        let provision = if dice.percent(15) { Provisioning::Required } else { Provisioning::Offered };
        let eas = eas::Settings { provision, ..eas::Settings::default() };
        let callers = users.iter().map(|name| engine.act_as(name)).collect::<Result<Vec<_>, _>>();
        let mut world = Self {
            server: Server::new(Arc::clone(&engine), eas.clone()),
            engine: Arc::clone(&engine),
            faults,
            settings,
            eas,
            rates: rates(&mut dice),
            dice,
            now,
            step: 0,
            callers: callers.map_err(broken("finding users"))?,
            users,
            model,
            phones: Vec::new(),
            late: Vec::new(),
            fates: BTreeMap::new(),
            forgotten: 0,
            made_later: Vec::new(),
            untold: BTreeMap::new(),
            letters: BTreeMap::new(),
            client_ids: BTreeMap::new(),
            trace: Trace::default(),
            coverage: Coverage::default(),
            bug: setup.bug,
            tokens: 0,
        };
        world.start(engine);
        world.groups()?;
        for folder in shared {
            world.first_rows(folder)?;
        }
        world.phones();
        Ok(world)
    }

    /// Makes groups with members, one of them perhaps inside another.
    fn groups(&mut self) -> Result<(), Violation> {
        for group in GROUPS.iter().take(self.dice.between(1, GROUPS.len())) {
            self.engine.add_group(group, self.now).map_err(broken("adding a group"))?;
            self.model.groups.push(BTreeSet::new());
        }
        for _ in 0..self.dice.below(6) {
            self.change_membership()?;
        }
        Ok(())
    }

    /// Lets a user or group join or leave a group.
    pub(in crate::sim) fn change_membership(&mut self) -> Result<(), Violation> {
        let group = self.dice.below(self.model.groups.len());
        let member = if self.dice.percent(75) {
            Member::User(self.dice.below(self.users.len() - 1))
        } else {
            Member::Group(self.dice.below(self.model.groups.len()))
        };
        let name = group_name(group);
        let member_name = match member {
            Member::User(user) => self.name_of(user).to_owned(),
            Member::Group(inner) => group_name(inner).to_owned(),
        };
        let there = self.model.groups.get(group).is_some_and(|members| members.contains(&member));
        if there {
            self.engine.leave(name, &member_name, self.now).map_err(broken("leaving a group"))?;
        } else {
            let circular = match member {
                Member::User(_) => false,
                Member::Group(inner) => inner == group || self.model.contains(inner, Member::Group(group), 8),
            };
            let joined = self.engine.join(name, &member_name, self.now);
            if circular {
                return if joined.is_err() {
                    Ok(())
                } else {
                    Err(Violation("a group contains itself".into()))
                };
            }
            joined.map_err(broken("joining a group"))?;
        }
        if let Some(members) = self.model.groups.get_mut(group) {
            let _ = if there { members.remove(&member) } else { members.insert(member) };
        }
        self.note(format!("{member_name} {} {name}", if there { "leaves" } else { "joins" }));
        Ok(())
    }

    /// Lets a user log in no more, or again.
    pub(in crate::sim) fn suspend_or_readmit(&mut self) -> Result<(), Violation> {
        if let Some(user) = self.model.suspended.first().copied() {
            return self.readmit(user);
        }
        let user = self.dice.below(self.users.len() - 1);
        let name = self.name_of(user).to_owned();
        self.engine.disable_user(&name, self.now).map_err(broken("disabling a user"))?;
        self.model.suspended.insert(user);
        self.note(format!("{name} is suspended"));
        Ok(())
    }

    fn readmit(&mut self, user: User) -> Result<(), Violation> {
        let name = self.name_of(user).to_owned();
        self.engine.enable_user(&name, self.now).map_err(broken("enabling a user"))?;
        self.model.suspended.remove(&user);
        self.note(format!("{name} may log in again"));
        Ok(())
    }

    /// Lets everybody log in again.
    pub(in crate::sim) fn readmit_all(&mut self) -> Result<(), Violation> {
        self.model.suspended.clone().into_iter().try_for_each(|user| self.readmit(user))
    }

    /// Gives a shared folder its first grants; the keeper may do everything for good.
    fn first_rows(&mut self, folder: Folder) -> Result<(), Violation> {
        let keeper = self.users.len() - 1;
        let all = Row { folder: 4, read: 3, write: 3, delete: 3, private: true, until_ms: None };
        self.set_row(folder, Principal::User(keeper), Some(all))?;
        for _ in 0..self.dice.between(1, 3) {
            self.change_row(folder)?;
        }
        Ok(())
    }

    /// Sets or removes one grant of a folder.
    pub(in crate::sim) fn change_row(&mut self, folder: Folder) -> Result<(), Violation> {
        let principal = match self.dice.weighted(&[5, 3, 2]) {
            0 => Principal::User(self.dice.below(self.users.len() - 1)),
            1 => Principal::Group(self.dice.below(self.model.groups.len())),
            _ => Principal::Everyone,
        };
        let row = if self.dice.percent(25) { None } else { Some(self.draw_row()) };
        self.set_row(folder, principal, row)
    }

    fn draw_row(&mut self) -> Row {
        let (folder, read, write, delete) = match self.dice.weighted(&[4, 3, 2, 3, 2, 4]) {
            0 => (1, 2, 0, 0),
            1 => (2, 2, 1, 1),
            2 => (2, 0, 0, 0),
            3 => (2, 2, 2, 2),
            4 => (2, 1, 1, 1),
            _ => {
                let mut draw = |limit| u8::try_from(self.dice.below(limit)).unwrap_or(0);
                (draw(5), draw(4), draw(4), draw(4))
            }
        };
        let private = self.dice.percent(20);
        let until_ms = self.dice.percent(20).then(|| {
            let minutes = i64::try_from(self.dice.below(24 * 60)).unwrap_or(0).max(1);
            self.now_ms() + minutes * 60_000
        });
        Row { folder, read, write, delete, private, until_ms }
    }

    fn set_row(&mut self, folder: Folder, principal: Principal, row: Option<Row>) -> Result<(), Violation> {
        let (account, path) = self.address(folder)?;
        let to = match principal {
            Principal::User(user) => PrincipalRef::User(self.name_of(user).to_owned()),
            Principal::Group(group) => PrincipalRef::Group(group_name(group).to_owned()),
            Principal::Everyone => PrincipalRef::Everyone,
        };
        if let Some(row) = row {
            let set = self.engine.set_grant(&account, &path, (&to, entry(row)), self.now);
            set.map_err(broken("setting a grant"))?;
        } else {
            let removed = self.engine.remove_grant(&account, &path, &to, self.now);
            removed.map_err(broken("removing a grant"))?;
        }
        if let Some(place) = self.model.places.get_mut(&folder) {
            match row {
                Some(row) => place.rows.insert(principal, row),
                None => place.rows.remove(&principal),
            };
        }
        self.note(format!("folder {folder}: {to} gets {row:?}"));
        Ok(())
    }

    /// Gives each user one or two phones of different makes.
    fn phones(&mut self) {
        for user in 0..self.users.len() - 1 {
            for number in 0..self.dice.between(1, 2) {
                let kind = self.dice.pick(&Kind::ALL).copied().unwrap_or(Kind::Outlook);
                let mut habit = kind.habit();
                habit.version = self.dice.pick(&Version::ALL).copied().unwrap_or(habit.version);
                if self.eas.provision == Provisioning::Required {
                    // Its user could not use it otherwise.
                    habit.policies = Policies::Taken;
                }
                if self.dice.percent(30) {
                    habit.window = 1;
                }
                let id = format!("{}{number}", self.name_of(user));
                self.coverage.count(format!("phone {kind:?}"));
                self.note(format!("{id} is a {kind:?}, version {}, window {}", habit.version, habit.window));
                let phone = Phone::with_habit(&id, kind, habit);
                let (own, narrow) = (chosen_folders(self), self.dice.percent(25));
                self.phones.push(Handset {
                    user,
                    phone,
                    views: BTreeMap::new(),
                    moved: BTreeMap::new(),
                    own,
                    narrow,
                    hidden: BTreeSet::new(),
                });
            }
        }
    }
}

/// Draws how much goes wrong: in some runs nothing of a kind at all.
fn rates(dice: &mut Dice) -> Rates {
    let mut draw = |most| if dice.percent(35) { 0 } else { dice.between(1, most) };
    Rates {
        request_lost: draw(20),
        answer_lost: draw(30),
        doubled: draw(20),
        delayed: draw(15),
        store: draw(12),
    }
}

pub(in crate::sim) fn group_name(group: usize) -> &'static str {
    GROUPS.get(group).copied().unwrap_or("staff")
}

fn entry(row: Row) -> Entry {
    let level = |level: u8| Level::EVERY.get(usize::from(level)).copied().unwrap_or_default();
    let folder = FolderLevel::EVERY.get(usize::from(row.folder)).copied().unwrap_or_default();
    let grant = Grant { folder, read: level(row.read), write: level(row.write), delete: level(row.delete) };
    Entry { grant, private: row.private, busy: Busy::None, until: row.until_ms }
}

/// Adds users with their default folders, and the space, straight into the tables: a password's hash takes longer
/// than a whole run.
fn people(
    tx: &mut store::Tx<'_>,
    users: &[String],
    model: &mut Model,
    now: Timestamp,
) -> Result<(), store::Error> {
    for (user, name) in users.iter().enumerate() {
        let id = principal(tx, name, USER, now)?;
        let mut made = Vec::new();
        for (path, class, role) in DEFAULT_FOLDERS {
            let folder = FolderId(row::counter::next_id(tx)?);
            row::folder::insert(
                tx,
                &FolderRow {
                    id: folder,
                    account: id,
                    parent: FolderId::TOP,
                    name: path.to_owned(),
                    kind: code(class),
                    role,
                    modseq: Modseq(0),
                    created_by: Some(id),
                    created_at: now.as_millisecond(),
                },
            )?;
            made.push((folder.0, path, class, role));
        }
        let trash = made.iter().find(|(_, _, _, role)| *role == 4).map(|(folder, ..)| *folder);
        for (folder, path, class, role) in made {
            let trash = trash.filter(|_| class == Class::Mail && role != 4);
            let place = Place { trash, ..place(folder, (name, Some(user)), path, class) };
            model.places.insert(folder, place);
        }
    }
    principal(tx, SPACE, A_SPACE, now).map(drop)
}

const USER: i64 = 1;
const A_SPACE: i64 = 3;

fn principal(
    tx: &mut store::Tx<'_>,
    name: &str,
    kind: i64,
    now: Timestamp,
) -> Result<PrincipalId, store::Error> {
    let id = PrincipalId(row::counter::next_id(tx)?);
    row::principal::insert(
        tx,
        &PrincipalRow {
            id,
            kind,
            name: name.to_owned(),
            email: (kind == USER).then(|| format!("{name}@example.org")),
            display_name: name.to_owned(),
            admin: false,
            disabled: false,
            generation: 0,
            created_at: now.as_millisecond(),
        },
    )?;
    Ok(id)
}

/// The number under which a kind of items is stored.
const fn code(class: Class) -> i64 {
    match class {
        Class::Mail => 1,
        Class::Calendar => 2,
        Class::Contacts => 3,
        Class::Tasks => 4,
        Class::Notes => 5,
    }
}

fn place(id: Folder, (account, owner): (&str, Option<User>), path: &str, class: Class) -> Place {
    Place {
        id,
        account: account.to_owned(),
        owner,
        path: path.to_owned(),
        class,
        shared: false,
        trash: None,
        rows: BTreeMap::new(),
        items: BTreeMap::new(),
    }
}

/// Makes shared folders: most in the space, some a user's own.
fn folders(
    engine: &Engine,
    dice: &mut Dice,
    (model, users): (&mut Model, &[String]),
    now: Timestamp,
) -> Result<Vec<Folder>, Violation> {
    let mut made = Vec::new();
    for number in 0..dice.between(3, 6) {
        let class = dice.pick(&CLASSES).copied().unwrap_or(Class::Contacts);
        let owner = dice.percent(30).then(|| dice.below(users.len() - 1));
        let account = owner.and_then(|user| users.get(user)).map_or(SPACE, String::as_str);
        let path = format!("Shared {number}");
        let checked = FolderPath::try_from(path.as_str()).map_err(broken("a path"))?;
        let id = engine.add_folder(account, &checked, kind(class), now).map_err(broken("adding a folder"))?;
        let trash = owner.and_then(|user| {
            let mut own = model.places.values().filter(|place| place.owner == Some(user));
            own.find_map(|place| place.trash)
        });
        let shared = Place {
            shared: true,
            trash: trash.filter(|_| class == Class::Mail),
            ..place(id.0, (account, owner), &path, class)
        };
        model.places.insert(id.0, shared);
        made.push(id.0);
    }
    Ok(made)
}
