//! Where the days take place: Bo has the phone, Anna works on the server, and three folders are shared.

use std::sync::Arc;

use access::{Entry, Grant, Preset};
use eas::Server;
use engine::{
    Actor, Caller, Engine, FolderPath, Limits, NewItem, NewUser, PrincipalRef, Settings, SharedFolder,
    Timestamp,
};
use items::Kind;
use store::{Location, Store};

pub(crate) const SPACE: &str = "public";

/// Bo reads these, and may write his own items in them.
pub(crate) const MEMBERS: &str = "Members";
pub(crate) const FIXTURES: &str = "Fixtures";

/// Bo may do everything here until the afternoon.
pub(crate) const BOARD: &str = "Board";

pub(crate) struct Office {
    pub(crate) server: Server,
    pub(crate) bo: Caller,
}

impl Office {
    pub(crate) fn open(now: Timestamp) -> Self {
        let folders = [(MEMBERS, Kind::Contacts), (FIXTURES, Kind::Calendar), (BOARD, Kind::Contacts)];
        let shared = folders.map(|(path, _)| SharedFolder {
            account: SPACE.to_owned(),
            path: path.to_owned(),
            notice: true,
        });
        let settings = Settings {
            shared_folders: shared.to_vec(),
            limits: Limits { devices_per_user: 0, restarts_per_hour: 0 },
            ..Settings::default()
        };
        let engine = Engine::new(Store::open(&Location::Memory).unwrap(), settings, [7; 32]);
        for (name, display_name) in [("anna", "Anna Berg"), ("bo", "Bo Lind")] {
            let email = format!("{name}@club.example");
            let user = NewUser { name, email: &email, display_name, admin: false, password: None };
            engine.add_user(&user, now).unwrap();
        }
        engine.add_space(SPACE, now).unwrap();
        for (name, kind) in folders {
            engine.add_folder(SPACE, &path(name), kind, now).unwrap();
        }
        let bo = engine.act_as("bo").unwrap();
        let office = Self { server: Server::new(Arc::new(engine), eas::Settings::default()), bo };
        office.grant(MEMBERS, Preset::Viewer.grant(), now);
        office.grant(FIXTURES, Preset::Viewer.grant(), now);
        office.grant(BOARD, Preset::Editor.grant(), now);
        for (account, folder, content) in ITEMS {
            office.import((account, folder), content, now);
        }
        office
    }

    pub(crate) fn engine(&self) -> &Engine {
        self.server.engine()
    }

    fn grant(&self, folder: &str, grant: Grant, now: Timestamp) {
        self.engine().set_grant(SPACE, &path(folder), (&bo(), Entry::new(grant)), now).unwrap();
    }

    /// Takes from Bo what he may do in a folder.
    pub(crate) fn revoke(&self, folder: &str, now: Timestamp) {
        self.engine().remove_grant(SPACE, &path(folder), &bo(), now).unwrap();
    }

    pub(crate) fn import(&self, (account, folder): (&str, &str), content: &str, now: Timestamp) {
        let content = content.replace('\n', "\r\n");
        let item = NewItem { content: content.as_bytes(), name: None };
        self.engine().import(Actor::Operator, (account, &path(folder)), &item, now).unwrap();
    }

    /// The subjects of all mail in somebody's Inbox, the oldest first.
    pub(crate) fn inbox(&self, user: &str, now: Timestamp) -> Vec<String> {
        let mut subjects = Vec::new();
        let mut take = |_: &str, content: &[u8]| {
            let text = String::from_utf8_lossy(content).replace("\r\n ", " ");
            let subject = text.lines().find_map(|line| line.strip_prefix("Subject: "));
            subjects.push(subject.unwrap_or_default().to_owned());
            Ok(())
        };
        self.engine().export(user, &path("Inbox"), (Actor::Operator, now), &mut take).unwrap();
        subjects
    }
}

fn bo() -> PrincipalRef {
    PrincipalRef::User("bo".to_owned())
}

pub(crate) fn path(text: &str) -> FolderPath {
    FolderPath::try_from(text).unwrap()
}

/// What is there in the morning.
const ITEMS: &[(&str, &str, &str)] = &[
    (
        SPACE,
        MEMBERS,
        "BEGIN:VCARD\nVERSION:3.0\nUID:neuer\nFN:Manoel Neuer\nN:Neuer;Manoel;;;\nTITLE:Keeper\nEND:VCARD\n",
    ),
    (SPACE, MEMBERS, "BEGIN:VCARD\nVERSION:3.0\nUID:kahn\nFN:Oliver Kahn\nN:Kahn;Oliver;;;\nEND:VCARD\n"),
    (SPACE, FIXTURES, TRAINING),
    (SPACE, BOARD, "BEGIN:VCARD\nVERSION:3.0\nUID:chair\nFN:The Chair\nN:Chair;The;;;\nEND:VCARD\n"),
    ("bo", "Contacts", "BEGIN:VCARD\nVERSION:3.0\nUID:ober\nFN:Lena Ober\nN:Ober;Lena;;;\nEND:VCARD\n"),
    ("bo", "Calendar", JOUR_FIXE),
    ("bo", "Calendar", REGATTA),
];

const TRAINING: &str = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//club//EN\nBEGIN:VEVENT\nUID:training\n\
DTSTAMP:20260101T000000Z\nDTSTART;TZID=Europe/Berlin:20260302T180000\nDTEND;TZID=Europe/Berlin:20260302T193000\n\
RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=8\nSUMMARY:Training\nLOCATION:Hall 2\nEND:VEVENT\nEND:VCALENDAR\n";

const JOUR_FIXE: &str = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//club//EN\nBEGIN:VEVENT\nUID:jourfixe\n\
DTSTAMP:20260101T000000Z\nDTSTART;TZID=Europe/Berlin:20260303T090000\nDTEND;TZID=Europe/Berlin:20260303T100000\n\
RRULE:FREQ=DAILY;COUNT=5\nSUMMARY:Jour fixe\nEND:VEVENT\nEND:VCALENDAR\n";

const REGATTA: &str = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//club//EN\nBEGIN:VEVENT\nUID:regatta\n\
DTSTAMP:20260101T000000Z\nDTSTART;VALUE=DATE:20260307\nDTEND;VALUE=DATE:20260309\nSUMMARY:Regatta\nEND:VEVENT\n\
END:VCALENDAR\n";
