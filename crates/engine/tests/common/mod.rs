//! A small organisation in memory, and a device's side of a sync.
#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed set-up is a failed test")]

use access::{Entry, Preset};
use engine::{
    Actor, Asked, Body, Caller, Command, Conflict, Deletes, Device, DeviceAddress, Engine, FolderId,
    FolderPath, NewItem, NewUser, PrincipalRef, Pull, Settings, SyncAnswer, SyncKey, SyncOutcome,
    SyncRequest, Target, Timestamp, Uid, Window,
};
use items::Kind;
use items::contact::{self, Field, Value};
use std::collections::BTreeMap;
use store::{Location, Store};

#[allow(
    unreachable_pub,
    clippy::unwrap_used,
    reason = "testkit's own file, taken in by path so that it does not build the engine twice"
)]
#[path = "../../../testkit/src/postgres.rs"]
mod postgres;

/// Makes a club on the database the test runs on.
pub(crate) type New<'a> = &'a dyn Fn(Preset) -> Club;

/// Runs a test on SQLite.
pub(crate) fn on_sqlite(test: fn(New<'_>)) {
    test(&|preset| Club::on(&Location::Memory, preset));
}

/// Runs a test on PostgreSQL, where it is installed.
pub(crate) fn on_postgresql(test: fn(New<'_>)) {
    let Some(cluster) = postgres::Cluster::shared() else { return };
    test(&|preset| Club::on(&Location::Postgres(cluster.database()), preset));
}

/// Makes each test once per database engine.
macro_rules! on_both_engines {
    ($($test:ident),+ $(,)?) => {
        mod sqlite {
            $(#[test] fn $test() { crate::common::on_sqlite(super::$test); })+
        }
        mod postgresql {
            $(#[test] fn $test() { crate::common::on_postgresql(super::$test); })+
        }
    };
}

/// The organisation: Anna and Bo, and a space `public` with `Public Contacts`.
pub(crate) struct Club {
    pub(crate) engine: Engine,
    pub(crate) folder: FolderId,
    pub(crate) path: FolderPath,
    pub(crate) now: Timestamp,
}

pub(crate) const NEUER: &[u8] =
    b"BEGIN:VCARD\r\nVERSION:3.0\r\nUID:neuer\r\nFN:Manoel Neuer\r\nN:Neuer;Manoel;;;\r\n\
    ORG:FCB\r\nTITLE:Keeper\r\nX-CLUB:1\r\nEND:VCARD\r\n";

impl Club {
    pub(crate) fn on(location: &Location, preset: Preset) -> Self {
        let now: Timestamp = "2026-03-02T09:00:00Z".parse().unwrap();
        let store = Store::open(location).unwrap();
        let engine = Engine::new(store, Settings::default(), [7; 32]);
        for (name, display_name) in [("anna", "Anna Berg"), ("bo", "Bo Lind")] {
            let email = format!("{name}@club.example");
            let user = NewUser { name, email: &email, display_name, admin: false, password: None };
            engine.add_user(&user, now).unwrap();
        }
        engine.add_space("public", now).unwrap();
        let path = FolderPath::try_from("Public Contacts").unwrap();
        let folder = engine.add_folder("public", &path, Kind::Contacts, now).unwrap();
        let club = Self { engine, folder, path, now };
        club.grant(&PrincipalRef::Everyone, preset);
        club
    }

    pub(crate) fn grant(&self, principal: &PrincipalRef, preset: Preset) {
        let entry = Entry::new(preset.grant());
        self.engine.set_grant("public", &self.path, (principal, entry), self.now).unwrap();
    }

    pub(crate) fn import(&self, content: &[u8]) -> Uid {
        let item = NewItem { content, name: None };
        self.engine.import(Actor::Operator, ("public", &self.path), &item, self.now).unwrap().uid
    }

    pub(crate) fn phone(&self, user: &str, address: &str) -> Phone {
        let caller = self.engine.act_as(user).unwrap();
        let address = DeviceAddress { id: address, kind: "iPhone", agent: "test", version: "14.1" };
        let device = self.engine.device(&caller, &address, self.now).unwrap();
        let mut phone = Phone { caller, device, key: SyncKey::START };
        phone.key = self.sync(&phone, vec![]).key;
        phone
    }

    pub(crate) fn request(phone: &Phone, commands: Vec<Command>) -> SyncRequest {
        SyncRequest {
            key: phone.key,
            commands,
            pull: Some(Pull { limit: 100, bytes: 1 << 20 }),
            window: Window::All,
            conflict: Conflict::ServerWins,
            deletes: Deletes::ToTrash,
            scheduling: engine::Scheduling::Device,
            memo: String::new(),
        }
    }

    pub(crate) fn outcome(&self, phone: &Phone, commands: Vec<Command>) -> SyncOutcome {
        let request = Self::request(phone, commands);
        self.engine.sync(&phone.caller, &phone.device, self.folder, &request, self.now).unwrap()
    }

    pub(crate) fn sync(&self, phone: &Phone, commands: Vec<Command>) -> SyncAnswer {
        match self.outcome(phone, commands) {
            SyncOutcome::Answered(answer) => answer,
            SyncOutcome::Unchanged { key } => SyncAnswer { key, answers: vec![], steps: vec![], more: false },
            other @ (SyncOutcome::KeyUnknown | SyncOutcome::FolderGone) => panic!("{other:?}"),
        }
    }

    /// The notices in a user's Inbox, as text.
    pub(crate) fn inbox(&self, user: &str) -> Vec<String> {
        let inbox = FolderPath::try_from("Inbox").unwrap();
        let mut list = Vec::new();
        self.engine
            .export(user, &inbox, (Actor::Operator, self.now), &mut |_, content| {
                list.push(String::from_utf8(content.to_vec()).unwrap());
                Ok(())
            })
            .unwrap();
        list
    }
}

/// One device and the key it holds.
pub(crate) struct Phone {
    pub(crate) caller: Caller,
    pub(crate) device: Device,
    pub(crate) key: SyncKey,
}

pub(crate) fn edit(fields: &[(Field, &str)]) -> Asked {
    let fields: BTreeMap<Field, items::Change<Value>> = fields
        .iter()
        .map(|(field, text)| (*field, items::Change::Set(Value::Text((*text).to_owned()))))
        .collect();
    Asked {
        body: Body::Item(items::Edit::Contact(Box::new(contact::Edit { fields }))),
        hint: "h".to_owned(),
        raw: "raw".to_owned(),
    }
}

pub(crate) fn change(uid: Uid, fields: &[(Field, &str)]) -> Command {
    Command::Change { target: Target::Item(uid), asked: edit(fields), digest: format!("{fields:?}") }
}

pub(crate) fn add(client_id: &str, fields: &[(Field, &str)]) -> Command {
    Command::Add { client_id: client_id.to_owned(), asked: edit(fields), digest: format!("{fields:?}") }
}
