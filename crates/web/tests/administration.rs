//! The pages of those who run the server: what they see and do there, and that others find nothing.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use access::{Entry, Preset};
use axum::http::StatusCode;
use common::{Browser, PASSWORD, Pages, Seen, clock};
use engine::{DeviceAddress, FolderPath, PrincipalKind, PrincipalRef, Standing, WipeState};

/// Sends a form of an admin's page.
fn press(browser: &mut Browser<'_>, page: &str, button: &str, fields: &[(&str, &str)]) -> Seen {
    let token = browser.token();
    let mut all = vec![("token", token.as_str()), ("do", button)];
    all.extend(fields);
    browser.submit(page, &all)
}

/// A page as text: its marks are gone.
fn text(seen: &Seen) -> String {
    let pieces = seen.text.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text));
    pieces.collect::<Vec<_>>().join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn went(seen: &Seen, to: &str) {
    assert_eq!((seen.status, seen.header("location")), (StatusCode::SEE_OTHER, to), "{}", text(seen));
}

#[test]
fn who_is_no_admin_finds_nothing_there_and_can_do_nothing() {
    let pages = Pages::new();
    pages.engine.add_group("team", clock()).unwrap();
    let mut bo = pages.logged_in("bo");
    let nothing = bo.open("/admin/nothing-here");
    assert_eq!(nothing.status, StatusCode::NOT_FOUND);
    assert_eq!(
        nothing.text,
        bo.open("/share/bo/Nothing").text.replace("/share/bo/Nothing", "/admin/nothing-here")
    );
    for page in [
        "/admin",
        "/admin/users",
        "/admin/users/anna",
        "/admin/users/nobody",
        "/admin/groups/team",
        "/admin/audit",
        "/admin/devices",
    ] {
        let seen = bo.open(page);
        assert_eq!(seen.status, StatusCode::NOT_FOUND, "{page}");
        assert_eq!(seen.text.replace(page, "/admin/nothing-here"), nothing.text, "{page}");
        let seen = press(&mut bo, page, "disable", &[("member", "bo")]);
        assert_eq!(seen.status, StatusCode::NOT_FOUND, "{page}");
        assert_eq!(seen.text.replace(page, "/admin/nothing-here"), nothing.text, "{page}");
    }
    assert!(!pages.engine.principal("anna").unwrap().disabled);
    assert!(!bo.open("/").text.contains("/admin"), "no link leads there");
    assert_eq!(pages.browser().open("/admin/users").header("location"), "/login?next=%2Fadmin%2Fusers");
}

#[test]
fn a_form_without_the_token_changes_nothing() {
    let pages = Pages::new();
    let mut root = pages.admin();
    let seen = root.submit("/admin/users/bo", &[("do", "disable")]);
    assert_eq!(seen.status, StatusCode::FORBIDDEN);
    assert!(!pages.engine.principal("bo").unwrap().disabled);
}

#[test]
fn an_admin_adds_a_user_who_can_log_in() {
    let pages = Pages::new();
    let mut root = pages.admin();
    assert!(root.open("/").text.contains("href=\"/admin\""));
    let cy = [
        ("name", "cy"),
        ("email", "cy@club.example"),
        ("display_name", "<b>Cy</b>"),
        ("password", "of cy alone"),
    ];
    went(&press(&mut root, "/admin/users", "", &cy), "/admin/users/cy?done=saved");
    let seen = root.open("/admin/users/cy?done=saved");
    assert!(seen.text.contains("Saved.") && seen.text.contains("Calendar"), "{}", text(&seen));
    assert!(seen.text.contains("href=\"/share/cy/Calendar\""), "each folder leads to its Share page");
    assert!(!seen.text.contains("<b>Cy"), "a name is text");
    let log_in = pages.browser().submit("/login", &[("name", "cy"), ("password", "of cy alone")]);
    assert_eq!(log_in.status, StatusCode::SEE_OTHER);
    let again = press(&mut root, "/admin/users", "", &cy);
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(text(&again).contains("The name or address is taken."), "{}", text(&again));
    assert_eq!(again.value("name"), "cy", "what was typed is still there");
    assert!(!again.text.contains("of cy alone"), "but not the password");
}

#[test]
fn a_user_is_disabled_and_enabled_and_gets_another_password() {
    let pages = Pages::new();
    let mut root = pages.admin();
    let mut bo = pages.logged_in("bo");
    went(&press(&mut root, "/admin/users/bo", "disable", &[]), "/admin/users/bo?done=saved");
    assert_eq!(bo.open("/").header("location"), "/login", "at once");
    assert!(text(&root.open("/admin/users?find=bo")).contains("Bo Lind bo@club.example Disabled"));
    went(&press(&mut root, "/admin/users/bo", "enable", &[]), "/admin/users/bo?done=saved");
    let new = [("password", "another of bo")];
    went(&press(&mut root, "/admin/users/bo", "password", &new), "/admin/users/bo?done=saved");
    let log_in =
        |password| pages.browser().submit("/login", &[("name", "bo"), ("password", password)]).status;
    assert_eq!(
        (log_in(PASSWORD), log_in("another of bo")),
        (StatusCode::UNAUTHORIZED, StatusCode::SEE_OTHER)
    );
    let seen = press(&mut root, "/admin/users/bo", "app-password", &[("label", "phone")]);
    assert!(text(&seen).contains("It is shown only now."), "{}", text(&seen));
}

#[test]
fn a_user_is_removed_only_when_his_name_is_typed() {
    let pages = Pages::new();
    let mut root = pages.admin();
    let seen = press(&mut root, "/admin/users/bo", "remove", &[("typed", "anna")]);
    assert_eq!(seen.status, StatusCode::BAD_REQUEST);
    assert!(pages.engine.principal("bo").is_ok());
    went(&press(&mut root, "/admin/users/bo", "remove", &[("typed", "bo")]), "/admin/users?done=saved");
    assert!(pages.engine.principal("bo").is_err());
    for button in ["disable", "remove"] {
        let seen = press(&mut root, "/admin/users/root", button, &[("typed", "root")]);
        assert_eq!(seen.status, StatusCode::BAD_REQUEST, "not himself");
    }
    assert_eq!(root.open("/admin/users/root").status, StatusCode::OK);
}

#[test]
fn groups_lie_in_one_another_but_never_in_themselves() {
    let pages = Pages::new();
    let mut root = pages.admin();
    for name in ["all", "team"] {
        went(
            &press(&mut root, "/admin/groups", "", &[("name", name)]),
            &format!("/admin/groups/{name}?done=saved"),
        );
    }
    went(
        &press(&mut root, "/admin/groups/all", "join", &[("member", "team")]),
        "/admin/groups/all?done=saved",
    );
    went(
        &press(&mut root, "/admin/groups/team", "join", &[("member", "bo")]),
        "/admin/groups/team?done=saved",
    );
    let seen = press(&mut root, "/admin/groups/team", "join", &[("member", "all")]);
    assert_eq!(seen.status, StatusCode::BAD_REQUEST);
    assert!(
        text(&seen).contains("all cannot be put into team. A group cannot contain itself"),
        "{}",
        text(&seen)
    );
    assert_eq!(pages.engine.members("team").unwrap(), ["bo"]);
    let mut german = pages.logged_in("root").speaking("de");
    let seen = press(&mut german, "/admin/groups/team", "join", &[("member", "all")]);
    assert!(text(&seen).contains("Eine Gruppe kann sich nicht selbst enthalten"), "{}", text(&seen));
    let seen = press(&mut german, "/admin/groups/team", "join", &[("member", "nobody")]);
    assert!(text(&seen).contains("keinen Benutzer und keine Gruppe „nobody“"), "{}", text(&seen));
    let page = text(&german.open("/admin/users/bo"));
    assert!(page.contains("all über eine andere Gruppe") && page.contains("team Herausnehmen"), "{page}");
    went(&press(&mut german, "/admin/users/bo", "leave", &[("group", "team")]), "/admin/users/bo?done=saved");
    assert!(pages.engine.members("team").unwrap().is_empty());
    went(
        &press(&mut german, "/admin/groups/team", "remove", &[("typed", "team")]),
        "/admin/groups?done=saved",
    );
    assert_eq!(pages.engine.principals(PrincipalKind::Group).unwrap().len(), 1);
}

#[test]
fn long_lists_come_a_page_at_a_time() {
    let pages = Pages::new();
    for number in 0..101 {
        pages.engine.add_group(&format!("g{number:03}"), clock()).unwrap();
    }
    let mut root = pages.admin();
    let first = root.open("/admin/groups");
    assert!(text(&first).contains("1 to 100 of 101") && !first.text.contains("g100"), "{}", text(&first));
    assert!(first.text.contains("href=\"/admin/groups?from=100\""));
    let last = root.open("/admin/groups?from=100");
    assert!(text(&last).contains("101 to 101 of 101") && last.text.contains("g100"), "{}", text(&last));
    let found = root.open("/admin/groups?find=G05");
    assert!(text(&found).contains("1 to 10 of 10"), "{}", text(&found));
}

#[test]
fn the_log_says_who_changed_which_right_from_what_to_what_and_from_where() {
    let pages = Pages::new();
    let (calendar, bo) = (FolderPath::try_from("Calendar").unwrap(), PrincipalRef::User("bo".to_owned()));
    for preset in [Preset::Viewer, Preset::Author] {
        let entry = Entry::new(preset.grant());
        pages.engine.set_grant("anna", &calendar, (&bo, entry), clock()).unwrap();
    }
    let mut root = pages.admin();
    press(&mut root, "/admin/users/bo", "disable", &[]);
    let seen = text(&root.open("/admin/audit?folder=anna%2FCalendar"));
    let change = "the operator command line changed the rights of user:bo anna 'Calendar' \
                  before: visible/all/none/none now: create/all/own/own";
    assert!(seen.replace("&#39;", "'").contains(change), "{seen}");
    assert!(!seen.contains("disabled"), "only what is about the folder: {seen}");
    let seen = text(&root.open("/admin/audit?user=root"));
    assert!(seen.contains("root web \u{b7} 192.0.2.1 disabled user:bo"), "{seen}");
    assert!(!seen.contains("'Calendar'"), "only what he did, and what was done to him: {seen}");
    for unknown in ["user=nobody", "folder=anna%2FNothing", "folder=anna", "folder=%2F"] {
        let seen = root.open(&format!("/admin/audit?{unknown}"));
        assert_eq!(seen.status, StatusCode::OK);
        assert!(text(&seen).contains("There is no such user, group, space or folder."), "{unknown}");
    }
}

#[test]
fn the_log_comes_a_page_at_a_time() {
    let pages = Pages::new();
    let mut root = pages.admin();
    // The log has three users already: this makes it one entry longer than a page.
    for number in 3..101 {
        pages.engine.add_group(&format!("g{number:03}"), clock()).unwrap();
    }
    let first = root.open("/admin/audit");
    assert!(first.text.contains("group:g100") && first.text.contains("user:bo"), "{}", text(&first));
    let mut links = first.text.split("href=\"").filter(|link| link.starts_with("/admin/audit?"));
    let link = links.find(|link| link.contains("before=")).unwrap().split('"').next().unwrap();
    let second = root.open(&link.replace("&#38;", "&"));
    assert!(second.text.contains("user:anna") && !second.text.contains("user:bo"), "{}", text(&second));
    assert!(text(&second).contains("Newest") && !text(&second).contains("Older"), "{}", text(&second));
}

#[test]
fn a_device_is_blocked_quarantined_allowed_and_wiped() {
    let pages = Pages::new();
    let bo = pages.engine.act_as("bo").unwrap();
    let address = DeviceAddress { id: "phone1", kind: "Pear", agent: "Pear/9", version: "16.1" };
    pages.engine.device(&bo, &address, clock()).unwrap();
    let mut root = pages.admin();
    let list = text(&root.open("/admin/devices"));
    assert!(list.contains("Pear phone1 bo Pear/9 16.1 2 Mar 2026, 09:00 UTC Allowed"), "{list}");
    let page = "/admin/devices/bo/phone1";
    let orders = || pages.engine.devices(Some("bo")).unwrap()[0].orders;
    for (button, standing, word) in [
        ("block", Standing::Blocked, "Blocked"),
        ("quarantine", Standing::Quarantined, "Quarantined"),
        ("allow", Standing::Allowed, "Allowed"),
    ] {
        went(&press(&mut root, page, button, &[]), "/admin/devices/bo/phone1?done=saved");
        assert_eq!(orders().standing, standing);
        assert!(text(&root.open("/admin/devices?find=bo")).contains(word));
    }
    assert_eq!(press(&mut root, page, "wipe-whole", &[("typed", "phone")]).status, StatusCode::BAD_REQUEST);
    assert_eq!(orders().wipe, None, "not without its name");
    press(&mut root, page, "wipe-account", &[("typed", "phone1")]);
    assert_eq!(orders().wipe.unwrap().state, WipeState::Asked);
    assert!(text(&root.open(page)).contains("Wipe ordered"));
    went(&press(&mut root, page, "remove", &[]), "/admin/devices?done=saved");
    assert_eq!(root.open(page).status, StatusCode::NOT_FOUND);
    assert_eq!(press(&mut root, page, "allow", &[]).status, StatusCode::NOT_FOUND, "a form makes no device");
    assert!(text(&root.open("/admin/devices?find=nobody")).contains("There is no such user."));
}

#[test]
fn a_space_is_made_with_folders_that_lead_to_their_share_pages() {
    let pages = Pages::new();
    let mut root = pages.admin();
    went(&press(&mut root, "/admin/spaces", "", &[("name", "public")]), "/admin/spaces/public?done=saved");
    for (path, kind) in [("Club", "calendar"), ("Club/Juniors", "contacts")] {
        let seen = press(&mut root, "/admin/spaces/public", "add-folder", &[("path", path), ("kind", kind)]);
        went(&seen, "/admin/spaces/public?done=saved");
    }
    let page = root.open("/admin/spaces/public");
    assert!(page.text.contains("href=\"/share/public/Club/Juniors\""), "{}", text(&page));
    assert_eq!(root.open("/share/public/Club").status, StatusCode::OK, "who may use it is set there");
    let seen = press(&mut root, "/admin/spaces/public", "add-folder", &[("path", "Club"), ("kind", "mail")]);
    assert_eq!(seen.status, StatusCode::CONFLICT);
    let seen = press(&mut root, "/admin/spaces/public", "add-folder", &[("path", "a//b"), ("kind", "mail")]);
    assert_eq!((seen.status, seen.value("path").as_str()), (StatusCode::BAD_REQUEST, "a//b"));
    assert_eq!(root.open("/admin/spaces/bo").status, StatusCode::NOT_FOUND, "a user is no space");
    let log = text(&root.open("/admin/audit?user=root"));
    assert!(log.contains("made the folder"), "{log}");
    went(
        &press(&mut root, "/admin/spaces/public", "remove", &[("typed", "public")]),
        "/admin/spaces?done=saved",
    );
    assert!(text(&root.open("/admin/spaces")).contains("0 to 0 of 0"));
}

#[test]
fn an_admin_sees_a_notice_as_it_would_be_sent() {
    let pages = Pages::new();
    let mut root = pages.admin();
    let seen = text(&root.open("/admin/notice")).replace("&#39;", "'");
    assert!(seen.contains("Not allowed: change of 'Training' in 'Club Calendar'"), "{seen}");
    assert!(seen.contains("Hello Rut Ott,"), "{seen}");
    assert!(seen.contains("Location: Hall 1 - Your data: Hall 2"), "{seen}");
}
