//! One's own phones: which shared folders go on each, and what can be done where one is lost.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use access::{Entry, Preset};
use axum::http::StatusCode;
use common::{Browser, Pages, Seen, clock};
use engine::{DeviceAddress, FolderPath, PrincipalRef, Standing, WipeKind, WipeState};
use items::Kind;

/// The club with two shared address books, and bo's phone.
fn club() -> Pages {
    let pages = Pages::new();
    let engine = &pages.engine;
    engine.add_space("public", clock()).unwrap();
    for name in ["Sponsors", "Players"] {
        let path = FolderPath::try_from(name).unwrap();
        engine.add_folder("public", &path, Kind::Contacts, clock()).unwrap();
        let entry = Entry::new(Preset::Viewer.grant());
        engine.set_grant("public", &path, (&PrincipalRef::Everyone, entry), clock()).unwrap();
    }
    come(&pages, "bo", "phone1", "16.1");
    pages
}

fn come(pages: &Pages, user: &str, id: &str, version: &str) {
    let caller = pages.engine.act_as(user).unwrap();
    let address = DeviceAddress { id, kind: "iPhone", agent: "test", version };
    let device = pages.engine.device(&caller, &address, clock()).unwrap();
    pages.engine.set_device_info(&device, "Model: iPhone 15\nFriendlyName: <Bo's>\n", clock()).unwrap();
}

fn send(browser: &mut Browser<'_>, page: &str, fields: &[(&str, &str)]) -> Seen {
    let token = browser.token();
    let mut all = vec![("token", token.as_str())];
    all.extend(fields);
    browser.submit(page, &all)
}

/// The shared folders that a phone shows, and whether notices are on there.
fn shown(pages: &Pages) -> Vec<(String, bool)> {
    let list = pages.engine.device_folders(("bo", "phone1"), clock()).unwrap();
    let list = list.into_iter().filter(|one| one.showing == engine::Showing::Shown);
    list.map(|one| (one.path, one.flags.notice == engine::Switch::On)).collect()
}

const ROW: [(&str, &str); 4] =
    [("row", "1"), ("account.1", "public"), ("path.1", "Sponsors"), ("was-notice.1", "1")];

#[test]
fn a_phone_is_shown_with_what_it_is_and_when_it_came() {
    let pages = club();
    let mut bo = pages.logged_in("bo");
    let seen = bo.open("/phones").text;
    for part in [
        "&#60;Bo&#39;s&#62;",
        "phone1",
        "ActiveSync 16.1",
        "last seen 2 Mar 2026, 09:00",
        "Sponsors (of public)",
    ] {
        assert!(seen.contains(part), "{part}: {seen}");
    }
    assert!(pages.logged_in("anna").open("/phones").text.contains("No device of yours has come yet."));
    assert!(pages.logged_in("bo").speaking("de").open("/phones").text.contains("Meine Telefone"));
}

#[test]
fn its_user_puts_a_shared_folder_on_it_and_takes_it_off_again() {
    let pages = club();
    let mut bo = pages.logged_in("bo");
    let save = [("device", "phone1"), ("do", "save")];
    let on = [&ROW[..], &save, &[("shown.1", "1"), ("notice.1", "1")]].concat();
    assert_eq!(send(&mut bo, "/phones", &on).header("location"), "/phones?done=saved");
    assert_eq!(shown(&pages), [("Sponsors".to_owned(), true)]);
    assert!(bo.open("/phones").text.contains("name=\"was-shown."));
    // The same form with the notices off; what was not changed stays as it is.
    let quiet = [&ROW[..], &save, &[("was-shown.1", "1"), ("shown.1", "1")]].concat();
    send(&mut bo, "/phones", &quiet);
    assert_eq!(shown(&pages), [("Sponsors".to_owned(), false)]);
    let off = [&ROW[..3], &save, &[("was-shown.1", "1")]].concat();
    send(&mut bo, "/phones", &off);
    assert_eq!(shown(&pages), []);
}

#[test]
fn what_an_admin_set_is_marked_and_can_be_hidden() {
    let pages = club();
    let path = FolderPath::try_from("Players").unwrap();
    pages.engine.add_device_folder(("bo", "phone1"), "public", &path, clock()).unwrap();
    let mut bo = pages.logged_in("bo");
    assert!(bo.open("/phones").text.contains("set by an admin"));
    let hide = [
        ("device", "phone1"),
        ("do", "save"),
        ("row", "1"),
        ("account.1", "public"),
        ("path.1", "Players"),
        ("was-shown.1", "1"),
        ("was-notice.1", "1"),
        ("notice.1", "1"),
    ];
    send(&mut bo, "/phones", &hide);
    assert_eq!(shown(&pages), []);
    assert!(bo.open("/phones").text.contains("set by an admin"), "the admin's choice stays his");
}

#[test]
fn a_wipe_says_what_it_does_and_wants_to_be_confirmed() {
    let pages = club();
    let mut bo = pages.logged_in("bo");
    let page = bo.open("/phones/wipe?device=phone1").text;
    assert!(page.contains("cannot be brought back") && page.contains("private photos"), "{page}");
    assert!(page.contains("value=\"account\""), "the phone knows how");
    let unsure = send(&mut bo, "/phones/wipe", &[("device", "phone1"), ("what", "account")]);
    assert_eq!(unsure.status, StatusCode::BAD_REQUEST);
    assert!(unsure.text.contains("Nothing was ordered"), "{}", unsure.text);
    let orders = || pages.engine.devices(Some("bo")).unwrap()[0].orders.wipe;
    assert_eq!(orders(), None);
    let nothing = send(&mut bo, "/phones/wipe", &[("device", "phone1"), ("what", "all"), ("sure", "1")]);
    assert_eq!((nothing.status, orders()), (StatusCode::BAD_REQUEST, None));
    let sure = send(&mut bo, "/phones/wipe", &[("device", "phone1"), ("what", "account"), ("sure", "1")]);
    assert_eq!(sure.header("location"), "/phones?done=wiped");
    let wipe = orders().unwrap();
    assert_eq!((wipe.kind, wipe.state), (WipeKind::Account, WipeState::Asked));
    assert!(bo.open("/phones").text.contains("To be wiped"));
    // An old phone can only erase everything.
    come(&pages, "bo", "old", "14.1");
    assert!(!bo.open("/phones/wipe?device=old").text.contains("value=\"account\""));
}

#[test]
fn a_phone_is_removed_unless_an_order_would_be_forgotten_with_it() {
    let pages = club();
    let mut bo = pages.logged_in("bo");
    let remove = [("device", "phone1"), ("do", "remove")];
    pages.engine.set_device_standing(("bo", "phone1"), Standing::Blocked, clock()).unwrap();
    let page = bo.open("/phones").text;
    assert!(page.contains("Blocked") && !page.contains("value=\"remove\""), "{page}");
    assert_eq!(send(&mut bo, "/phones", &remove).status, StatusCode::FORBIDDEN);
    pages.engine.set_device_standing(("bo", "phone1"), Standing::Allowed, clock()).unwrap();
    assert_eq!(send(&mut bo, "/phones", &remove).header("location"), "/phones?done=saved");
    assert!(pages.engine.devices(Some("bo")).unwrap().is_empty());
}

#[test]
fn nobody_touches_anothers_phone_or_gets_what_is_not_shared() {
    let pages = club();
    let mut anna = pages.logged_in("anna");
    assert_eq!(anna.open("/phones/wipe?device=phone1").status, StatusCode::NOT_FOUND);
    let wipe = [("device", "phone1"), ("what", "whole"), ("sure", "1")];
    assert_eq!(send(&mut anna, "/phones/wipe", &wipe).status, StatusCode::NOT_FOUND);
    assert_eq!(
        send(&mut anna, "/phones", &[("device", "phone1"), ("do", "remove")]).status,
        StatusCode::NOT_FOUND
    );
    let mut bo = pages.logged_in("bo");
    let unshared = [
        ("device", "phone1"),
        ("do", "save"),
        ("row", "1"),
        ("account.1", "anna"),
        ("path.1", "Calendar"),
        ("shown.1", "1"),
    ];
    assert_eq!(send(&mut bo, "/phones", &unshared).status, StatusCode::NOT_FOUND);
    let forged = bo.submit("/phones", &[("device", "phone1"), ("do", "remove"), ("token", "0")]);
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
    assert_eq!(
        send(&mut bo, "/phones", &[("device", "phone1"), ("do", "burn")]).status,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(pages.engine.devices(Some("bo")).unwrap().len(), 1);
}
