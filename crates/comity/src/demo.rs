//! `comity demo`: a sample organisation, served from a directory of its own.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use engine::{Engine, FolderPath, PrincipalKind, Timestamp};

use crate::clock::clock;
use crate::output::{print, table};
use crate::place::Place;
use crate::sample::{self, PEOPLE, SHARED, SPACE};
use crate::serve::{self, DEFAULT_LISTEN};

/// The demo's data directory if nothing else is said.
pub(crate) const DEFAULT_DATA: &str = "./comity-demo";

/// Serves a sample organisation.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Address and port; can be given several times
    #[arg(long, value_name = "ADDR:PORT", default_value = DEFAULT_LISTEN)]
    listen: Vec<SocketAddr>,
}

/// Whether the organisation was made by this start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Made {
    Now,
    Before,
}

impl Demo {
    /// Runs until it is asked to stop.
    pub(crate) fn run(&self, place: &Place) -> Result<()> {
        serve::start_log("warn");
        let now = clock();
        place.write_config(sample::CONFIG)?;
        let config = place.config()?;
        let engine = Arc::new(place.open(&config)?);
        let made = fill(&engine, now, &place.data)?;
        let welcome = welcome(&engine, &place.data, made, now)?;
        serve::blocking(serve::run(&self.listen, &config, &engine, |addresses| {
            let addresses: Vec<String> =
                addresses.iter().map(|address| format!("http://{address}")).collect();
            print(&welcome.replace(ADDRESS, &addresses.join(" and ")))
        }))
    }
}

/// What to do in a browser.
const BROWSER: &str = "
In a browser
  Open the address above and log in as anna. Share her Calendar with the group coaches as create, all, own, own; a
  coach's phone shows it at once.
";

/// What to do with a phone.
const PHONE: &str = "
On a phone
  Add an account of the type Exchange (Corporate). Where the domain of the e-mail address leads to this server, the
  address and the password are enough: bo@club.example and brisk-oar; Autodiscover tells the phone the rest. Here, go
  on by hand, without SSL: the server is the address above, the user and the password are those above, the domain
  stays empty. An emulator on this machine calls it 10.0.2.2; for a phone on a cable, `adb reverse tcp:PORT tcp:PORT`
  makes it 127.0.0.1. A phone in the network needs a proxy that does TLS.

  Change a contact in Public Contacts and sync: the change is undone, and the Inbox hands back what you wrote.
  Write from bo's phone to carla@club.example: her phone has the message before you put yours down.
  Invite her to a meeting from bo's calendar, answer on her phone, and see her answer in bo's event.
";

/// What to try beside it, and what that does.
const TRY: &[(&str, &str)] = &[
    ("top", "what every phone is doing, live"),
    ("device list", "the phones; `device show NAME DEVICE` explains each folder"),
    ("denied list", "what was not allowed; `why ID` says why"),
    ("access bo public 'Team Calendar'", "what bo may do there"),
    ("share set public 'Public Contacts' user:bo --preset editor", "lets him change the contacts"),
    ("tour", "all of this as a story, without a phone"),
];

/// Stands for the address in the text until it is known.
const ADDRESS: &str = "{address}";

/// Makes the organisation, unless it is there.
fn fill(engine: &Engine, now: Timestamp, data: &Path) -> Result<Made> {
    let there = |name: &str| engine.principal(name).is_ok();
    if there(SPACE) && PEOPLE.iter().all(|person| there(person.name)) {
        return Ok(Made::Before);
    }
    let kinds = [PrincipalKind::User, PrincipalKind::Group, PrincipalKind::Space];
    for kind in kinds {
        if !engine.principals(kind)?.is_empty() {
            bail!("{} holds other data than the demo's; name another directory with --data", data.display());
        }
    }
    sample::plant(engine, now)?;
    Ok(Made::Now)
}

/// Returns what the demo prints: who, what, where, and what to try.
fn welcome(engine: &Engine, data: &Path, made: Made, now: Timestamp) -> Result<String> {
    let mut text = format!("A sports club, served on {ADDRESS}\n");
    let data = data.display();
    let program = std::env::args().next().unwrap_or_else(|| "comity".to_owned());
    let _ = match made {
        Made::Now => writeln!(text, "Its data is new, in {data}; remove that directory to start over."),
        Made::Before => writeln!(text, "Its data was there already, in {data}: nothing was made anew."),
    };
    let people = PEOPLE.iter().map(|person| {
        let admin = if person.name == "anna" { " (admin)" } else { "" };
        let who = format!("{}{admin}", person.display_name);
        vec![person.name.to_owned(), person.password.to_owned(), who, person.groups.join(", ")]
    });
    let _ = writeln!(text, "\nWho can log in\n\n{}", table(&["name", "password", "who", "groups"], people));
    let heads = ["folder", "who", "folder", "read", "write", "delete"];
    let rows = access(engine, now).context("working out the access")?;
    let _ = writeln!(text, "\nWhat each may do in the shared folders\n\n{}", table(&heads, rows));
    let _ = writeln!(text, "{BROWSER}{PHONE}\nIn another terminal\n  export COMITY_DATA={data}");
    let width = TRY.iter().map(|(command, _)| command.len()).max().unwrap_or_default();
    for (command, what) in TRY {
        let _ = writeln!(text, "  {program} {command:width$}  {what}");
    }
    text.push_str("\nCtrl-c stops it.");
    Ok(text)
}

/// Returns who has which levels, folder by folder; who have the same stand together.
fn access(engine: &Engine, now: Timestamp) -> Result<Vec<Vec<String>>> {
    let mut rows = Vec::new();
    for shared in SHARED {
        let path = FolderPath::try_from(shared.path)?;
        let mut groups: Vec<(::access::Grant, Vec<&str>)> = Vec::new();
        for person in PEOPLE {
            let levels = engine.access(person.name, (shared.account, &path), None, now)?.levels;
            match groups.iter_mut().find(|(same, _)| *same == levels) {
                Some((_, names)) => names.push(person.name),
                None => groups.push((levels, vec![person.name])),
            }
        }
        let owner = if shared.account == SPACE { String::new() } else { format!(" (of {})", shared.account) };
        for (at, (levels, names)) in groups.iter().enumerate() {
            let folder = if at == 0 { format!("{}{owner}", shared.path) } else { String::new() };
            let mut row = vec![folder, names.join(" ")];
            row.push(levels.folder.to_string());
            row.extend([levels.read, levels.write, levels.delete].map(|level| level.to_string()));
            rows.push(row);
        }
    }
    Ok(rows)
}
