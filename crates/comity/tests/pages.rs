//! The pages, in a real browser before the real server: by what a person sees and clicks.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use std::path::Path;

use common::Place;
use common::browser::{Browser, Look};
use common::server::{Server, Tells};

/// What axe-core counts as serious, each with where it is.
const FAULTS: &str = "return axe.run(document, { resultTypes: ['violations'] }).then((found) => found.violations
    .filter((fault) => ['serious', 'critical'].includes(fault.impact))
    .map((fault) => fault.id + ': ' + fault.nodes.map((node) => node.target + ' ' + node.failureSummary).join('; ')))";

struct Demo {
    place: Place,
    server: Server,
}

impl Demo {
    fn start() -> Self {
        let place = Place::new();
        let server = Server::start(&mut place.command(&["demo", "--listen", "127.0.0.1:0"]), Tells::InOutput);
        Self { place, server }
    }

    /// A browser in which somebody has logged in.
    fn browser(&self, look: Look, name: &str, password: &str) -> Option<Browser> {
        let browser = Browser::start(&self.server.address, look)?;
        browser.open("/");
        let german = look.language == "de";
        browser.types(if german { "Name oder E-Mail-Adresse" } else { "Name or e-mail address" }, name);
        browser.types(if german { "Passwort" } else { "Password" }, password);
        browser.clicks(if german { "Anmelden" } else { "Log in" });
        browser.sees(if german { "Meine Ordner" } else { "My folders" });
        Some(browser)
    }

    fn shares(&self, account: &str, path: &str) -> Vec<String> {
        let list = self.place.json(&["share", "list", account, path]);
        let row = |row: &serde_json::Value| {
            let get = |name: &str| row[name].as_str().unwrap().to_owned();
            format!(
                "{} {}/{}/{}/{}",
                get("principal"),
                get("folder"),
                get("read"),
                get("write"),
                get("delete")
            )
        };
        list.as_array().unwrap().iter().map(row).collect()
    }
}

#[test]
fn anna_shares_her_calendar_with_a_group() {
    let demo = Demo::start();
    let Some(anna) = demo.browser(Look::WIDE, "anna", "amber-river") else { return };
    anna.picture("home");
    anna.clicks("Share Calendar");
    anna.sees("Nobody but the owner");
    anna.types("Search for groups", "coa");
    anna.clicks("coaches");
    anna.types("Search for users", "gre");
    anna.clicks("Greta Olsen");
    anna.clicks("Add groups");
    anna.sees("May do nothing.");
    anna.chooses("coaches", "Folder", "Create objects");
    anna.chooses("coaches", "Read", "All");
    anna.chooses("coaches", "Write", "Own");
    anna.chooses("coaches", "Delete", "Own");
    anna.sees("May read everything, add new events, and change and delete only his own.");
    anna.sees("May now read everything, add new events, and change and delete only his own.");
    assert!(anna.has("Bo Lindqvist, Carla Neri, Farid Haddad"), "who is in the group");
    anna.clicks_in("Greta Olsen", "Presets");
    anna.clicks_in("Greta Olsen", "Viewer");
    anna.sees("May read everything.");
    anna.picture("share");
    anna.clicks("Save");
    anna.sees("Saved.");
    assert_eq!(
        demo.shares("anna", "Calendar"),
        ["user:greta visible/all/none/none", "group:coaches create/all/own/own"]
    );
}

#[test]
fn the_same_works_without_scripts() {
    let demo = Demo::start();
    let look = Look { scripts: false, language: "de", ..Look::WIDE };
    let Some(anna) = demo.browser(look, "anna", "amber-river") else { return };
    anna.clicks("Calendar freigeben");
    anna.types("Benutzer suchen", "bo");
    anna.clicks("Suchen");
    anna.clicks("Bo Lindqvist");
    anna.clicks("Benutzer hinzufügen");
    anna.sees("Darf nichts.");
    anna.clicks_in("Bo Lindqvist", "Vorlagen");
    anna.clicks_in("Bo Lindqvist", "Autor");
    anna.sees("Darf jetzt alles lesen, neue Termine anlegen und nur Eigenes ändern und löschen.");
    anna.clicks("Speichern");
    anna.sees("Gespeichert.");
    assert_eq!(demo.shares("anna", "Calendar"), ["user:bo create/all/own/own"]);
}

#[test]
fn it_is_readable_on_a_phone_and_in_the_dark() {
    let demo = Demo::start();
    let phone = Look { width: 320, height: 700, dark: true, ..Look::WIDE };
    let Some(anna) = demo.browser(phone, "anna", "amber-river") else { return };
    anna.picture("home-320-dark");
    for path in ["/", "/share/anna/Sponsors"] {
        anna.open(path);
        let beyond = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
        assert_eq!(anna.script(beyond), 0, "{path} is wider than the screen");
        let colour = anna.script("return getComputedStyle(document.body).backgroundColor");
        assert_eq!(colour, "rgb(19, 22, 21)", "{path} is dark");
    }
    anna.picture("share-320-dark");
}

#[test]
fn the_share_page_needs_no_mouse() {
    const TAB: &str = "\u{e004}";
    const SPACE: &str = " ";
    const ENTER: &str = "\u{e007}";
    let demo = Demo::start();
    let Some(anna) = demo.browser(Look::WIDE, "anna", "amber-river") else { return };
    anna.open("/share/anna/Calendar");
    let focus = |wanted: &str| {
        for _ in 0..60 {
            if anna.script("return document.activeElement.id + '|' + document.activeElement.name + '|' + document.activeElement.textContent.trim()").as_str().unwrap().split('|').any(|own| own == wanted) {
                return;
            }
            anna.presses(&[TAB]);
        }
        panic!("the tab key never comes to {wanted}");
    };
    focus("users");
    anna.presses(&["h", "u", "g", "o"]);
    anna.sees("Hugo Martin");
    focus("pick");
    anna.presses(&[SPACE]);
    focus("add-users");
    anna.presses(&[ENTER]);
    anna.sees("May do nothing.");
    focus("folder-0");
    anna.presses(&["R"]);
    focus("read-0");
    anna.presses(&["A"]);
    anna.sees("May now read everything.");
    focus("save");
    anna.presses(&[ENTER]);
    anna.sees("Saved.");
    assert_eq!(demo.shares("anna", "Calendar"), ["user:hugo visible/all/none/none"]);
}

#[test]
fn no_page_shuts_anybody_out() {
    let axe = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../axe/node_modules/axe-core/axe.min.js");
    let Ok(axe) = std::fs::read_to_string(axe) else {
        assert!(std::env::var_os("COMITY_REQUIRE_AXE").is_none(), "axe-core is not under target/axe");
        eprintln!("LEFT OUT: axe-core is not under target/axe; ./check puts it there where npm is");
        return;
    };
    let demo = Demo::start();
    for dark in [false, true] {
        let Some(anna) = demo.browser(Look { dark, ..Look::WIDE }, "anna", "amber-river") else { return };
        for path in [
            "/",
            "/shared",
            "/share/anna/Sponsors",
            "/share/anna/Calendar?users=o",
            "/view/anna/Sponsors?user=bo",
        ] {
            anna.open(path);
            if let ("/share/anna/Sponsors", true) | ("/view/anna/Sponsors?user=bo", false) = (path, dark) {
                anna.picture(if dark { "share-dark" } else { "view-as" });
            }
            let found = anna.script(&format!("{axe}; {FAULTS}"));
            assert_eq!(found.as_array().unwrap().len(), 0, "{path}, dark: {dark}: {found:#}");
        }
        anna.clicks("Anna Berg");
        anna.clicks("Log out");
        anna.sees("You are logged out.");
        let found = anna.script(&format!("{axe}; {FAULTS}"));
        assert_eq!(found.as_array().unwrap().len(), 0, "the log-in, dark: {dark}: {found:#}");
        anna.picture(if dark { "login-dark" } else { "login" });
    }
}
