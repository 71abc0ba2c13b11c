//! The sample organisation: a sports club, of a size worth looking at. The demo serves it, the tour happens in it.

mod mail;

use ::access::{Entry, FolderLevel, Grant, Level, Preset};
use anyhow::{Context as _, Result};
use engine::{Actor, Engine, FolderPath, NewItem, NewUser, PrincipalRef, Timestamp};
use items::Kind;
use jiff::{SignedDuration, tz::TimeZone};

use crate::cli::import::texts;

/// The configuration that goes with it: which folders every phone gets.
pub(crate) const CONFIG: &str = include_str!("../sample/comity.toml");

/// A user of the club.
#[derive(Debug)]
pub(crate) struct Person {
    /// The name to log in with.
    pub(crate) name: &'static str,
    /// What people call him.
    pub(crate) display_name: &'static str,
    /// The password; no secret, it is printed.
    pub(crate) password: &'static str,
    /// The groups he is in.
    pub(crate) groups: &'static [&'static str],
}

/// The users; the first is the system admin.
pub(crate) const PEOPLE: &[Person] = &[
    Person { name: "anna", display_name: "Anna Berg", password: "amber-river", groups: &["board", "staff"] },
    Person { name: "bo", display_name: "Bo Lindqvist", password: "brisk-oar", groups: &["staff", "coaches"] },
    Person {
        name: "carla",
        display_name: "Carla Neri",
        password: "calm-lake",
        groups: &["staff", "coaches"],
    },
    Person { name: "david", display_name: "David Okafor", password: "dawn-ferry", groups: &["board"] },
    Person { name: "eva", display_name: "Eva Novak", password: "early-bell", groups: &["staff"] },
    Person { name: "farid", display_name: "Farid Haddad", password: "fresh-chalk", groups: &["coaches"] },
    Person { name: "greta", display_name: "Greta Olsen", password: "green-flag", groups: &["board"] },
    Person { name: "hugo", display_name: "Hugo Martin", password: "high-jump", groups: &[] },
];

const GROUPS: &[&str] = &["staff", "board", "coaches"];

/// The space that owns the public folders.
pub(crate) const SPACE: &str = "public";

/// A shared folder.
#[derive(Debug)]
pub(crate) struct Shared {
    /// The user or space that owns it.
    pub(crate) account: &'static str,
    /// Its path in that account.
    pub(crate) path: &'static str,
    kind: Kind,
    /// Who has which levels.
    grants: &'static [(&'static str, Grant)],
}

/// Items are put in and nobody but the board sees them again.
const DROP_IN: Grant = Grant::new(FolderLevel::Create, Level::None, Level::None, Level::None);

/// The shared folders, all of which every phone gets whose user may use them.
pub(crate) const SHARED: &[Shared] = &[
    Shared {
        account: SPACE,
        path: "Public Contacts",
        kind: Kind::Contacts,
        grants: &[("everyone", Preset::Viewer.grant()), ("user:eva", Preset::Editor.grant())],
    },
    Shared {
        account: SPACE,
        path: "Public Holidays",
        kind: Kind::Calendar,
        grants: &[("everyone", Preset::Viewer.grant())],
    },
    Shared {
        account: SPACE,
        path: "Team Calendar",
        kind: Kind::Calendar,
        grants: &[
            ("everyone", Preset::Viewer.grant()),
            ("group:staff", Preset::Author.grant()),
            ("group:board", Preset::Editor.grant()),
        ],
    },
    Shared {
        account: SPACE,
        path: "Repairs",
        kind: Kind::Tasks,
        grants: &[("everyone", DROP_IN), ("group:board", Preset::Editor.grant())],
    },
    Shared {
        account: "anna",
        path: "Sponsors",
        kind: Kind::Contacts,
        grants: &[("group:staff", Preset::Viewer.grant()), ("group:board", Preset::Editor.grant())],
    },
];

/// What is in the folders: account, path, kind, author (empty: nobody in particular), and the file.
const CONTENT: &[(&str, &str, Kind, &str, &str)] = &[
    (SPACE, "Public Contacts", Kind::Contacts, "", include_str!("../sample/public_contacts.vcf")),
    (SPACE, "Public Holidays", Kind::Calendar, "", include_str!("../sample/public_holidays.ics")),
    (SPACE, "Team Calendar", Kind::Calendar, "bo", include_str!("../sample/team_bo.ics")),
    (SPACE, "Team Calendar", Kind::Calendar, "carla", include_str!("../sample/team_carla.ics")),
    (SPACE, "Team Calendar", Kind::Calendar, "eva", include_str!("../sample/team_eva.ics")),
    (SPACE, "Repairs", Kind::Tasks, "hugo", include_str!("../sample/repairs.ics")),
    ("anna", "Sponsors", Kind::Contacts, "anna", include_str!("../sample/sponsors.vcf")),
    ("anna", "Contacts", Kind::Contacts, "anna", include_str!("../sample/own_contacts.vcf")),
    ("anna", "Calendar", Kind::Calendar, "anna", include_str!("../sample/anna_calendar.ics")),
    ("anna", "Tasks", Kind::Tasks, "anna", include_str!("../sample/anna_tasks.ics")),
    ("anna", "Notes", Kind::Notes, "anna", include_str!("../sample/anna_notes.ics")),
    ("bo", "Calendar", Kind::Calendar, "bo", include_str!("../sample/bo_calendar.ics")),
    ("bo", "Tasks", Kind::Tasks, "bo", include_str!("../sample/bo_tasks.ics")),
    ("bo", "Notes", Kind::Notes, "bo", include_str!("../sample/bo_notes.ics")),
];

/// Puts the organisation into an empty database.
pub(crate) fn plant(engine: &Engine, now: Timestamp) -> Result<()> {
    people(engine, now).context("adding the sample's people")?;
    folders(engine, now).context("adding the sample's folders")?;
    for (account, path, kind, author, file) in CONTENT {
        let caller = (!author.is_empty()).then(|| engine.act_as(author)).transpose()?;
        let actor = caller.as_ref().map_or(Actor::Operator, Actor::User);
        let path = FolderPath::try_from(*path)?;
        for content in texts(dated(file, now).as_bytes(), *kind) {
            let item = NewItem { content: &content, name: None };
            engine
                .import(actor, (account, &path), &item, now)
                .with_context(|| format!("filling '{path}'"))?;
        }
    }
    mail::deliver(engine, now).context("filling the sample's inboxes")
}

fn people(engine: &Engine, now: Timestamp) -> Result<()> {
    for person in PEOPLE {
        let email = format!("{}@club.example", person.name);
        let user = NewUser {
            name: person.name,
            email: &email,
            display_name: person.display_name,
            admin: person.name == "anna",
            password: Some(person.password),
        };
        engine.add_user(&user, now)?;
    }
    for group in GROUPS {
        engine.add_group(group, now)?;
        for person in PEOPLE.iter().filter(|person| person.groups.contains(group)) {
            engine.join(group, person.name, now)?;
        }
    }
    engine.add_space(SPACE, now)?;
    Ok(())
}

fn folders(engine: &Engine, now: Timestamp) -> Result<()> {
    for shared in SHARED {
        let path = FolderPath::try_from(shared.path)?;
        engine.add_folder(shared.account, &path, shared.kind, now)?;
        for (principal, grant) in shared.grants {
            let principal: PrincipalRef = principal.parse()?;
            engine.set_grant(shared.account, &path, (&principal, Entry::new(*grant)), now)?;
        }
    }
    Ok(())
}

/// Returns a file with its days filled in: `{3}` is the day in three days, `{-1}` yesterday.
fn dated(file: &str, now: Timestamp) -> String {
    let mut parts = file.split('{');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (days, rest) = part.split_once('}').unwrap_or_default();
        match days.parse() {
            Ok(days) => text.push_str(&day(now, days)),
            Err(_) => text.push_str(days),
        }
        text.push_str(rest);
    }
    text
}

/// Returns the day so many days from now, as iCalendar writes it.
fn day(now: Timestamp, days: i64) -> String {
    let then = now.saturating_add(SignedDuration::from_hours(24 * days)).unwrap_or(now);
    then.to_zoned(TimeZone::UTC).strftime("%Y%m%d").to_string()
}

#[cfg(test)]
mod tests {
    use store::{Location, Store};

    use super::*;
    use crate::config::Config;

    fn now() -> Timestamp {
        "2026-03-04T09:00:00Z".parse().unwrap()
    }

    #[test]
    fn days_are_filled_in() {
        assert_eq!(dated("DTSTART:{3}T09\nDUE:{-4}\n", now()), "DTSTART:20260307T09\nDUE:20260228\n");
    }

    #[test]
    fn the_organisation_is_whole_and_its_access_as_told() {
        let settings = Config::parse(CONFIG).unwrap().settings().unwrap();
        let engine = Engine::new(Store::open(&Location::Memory).unwrap(), settings, [7; 32]);
        plant(&engine, now()).unwrap();
        assert_eq!(engine.check().unwrap(), Vec::<String>::new());
        let contacts = FolderPath::try_from("Public Contacts").unwrap();
        let items = engine.items(SPACE, &contacts, Actor::Operator, now()).unwrap();
        assert_eq!(items.len(), 41);
        let holidays = FolderPath::try_from("Public Holidays").unwrap();
        assert_eq!(engine.items(SPACE, &holidays, Actor::Operator, now()).unwrap().len(), 29);
        let levels = |user: &str, account: &str, path: &str| {
            let path = FolderPath::try_from(path).unwrap();
            engine.access(user, (account, &path), None, now()).unwrap().levels
        };
        assert_eq!(levels("david", SPACE, "Public Contacts"), Preset::Viewer.grant());
        assert_eq!(levels("bo", SPACE, "Team Calendar"), Preset::Author.grant());
        assert_eq!(levels("hugo", SPACE, "Repairs"), DROP_IN);
        assert_eq!(levels("greta", "anna", "Sponsors"), Preset::Editor.grant());
        assert_eq!(levels("hugo", "anna", "Sponsors"), Grant::NOTHING);
    }
}
