//! The Share page: what its editor sees and sends, and what comes of it.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use access::{Entry, Grant, Level, Preset};
use axum::http::StatusCode;
use common::{Browser, Pages, Seen, clock};
use engine::{Actor, FolderPath, NewItem, PrincipalRef};

const PAGE: &str = "/share/anna/Calendar";

/// The fields of the form on a page, as a browser would send them.
fn fields(page: &str) -> Vec<(String, String)> {
    let attribute = |tag: &str, name: &str| {
        let start = tag.find(&format!(" {name}=\""))? + name.len() + 3;
        Some(tag[start..].split('"').next().unwrap().to_owned())
    };
    let form = &page[page.find("id=\"share\"").expect("the form")..];
    let mut list = Vec::new();
    let mut select = None;
    for tag in form.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap();
        let on = |word: &str| tag.split(' ').any(|own| own == word);
        if tag.starts_with("input") {
            let is_box = tag.contains("type=\"checkbox\"");
            if let Some(name) =
                attribute(tag, "name").filter(|_| !is_box || (on("checked") && !on("disabled")))
            {
                list.push((name, attribute(tag, "value").unwrap_or_default()));
            }
        } else if tag.starts_with("select") {
            select = attribute(tag, "name");
        } else if tag.starts_with("option") && on("selected") {
            list.push((select.clone().unwrap(), attribute(tag, "value").unwrap()));
        }
    }
    list
}

/// Sends the form of a page with some fields set, through a button.
fn press(browser: &mut Browser<'_>, page: &Seen, button: &str, set: &[(&str, &str)]) -> Seen {
    let mut list = fields(&page.text);
    list.retain(|(name, _)| !set.iter().any(|(other, _)| name == other));
    list.extend(set.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    list.push(("do".to_owned(), button.to_owned()));
    let list: Vec<(&str, &str)> = list.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.submit(PAGE, &list)
}

fn grants(pages: &Pages) -> Vec<(String, Entry)> {
    let path = FolderPath::try_from("Calendar").unwrap();
    let list = pages.engine.grants("anna", &path).unwrap();
    list.into_iter().map(|grant| (grant.principal.to_string(), grant.entry)).collect()
}

fn give(pages: &Pages, who: &str, grant: Grant) {
    let path = FolderPath::try_from("Calendar").unwrap();
    let who: PrincipalRef = who.parse().unwrap();
    pages.engine.set_grant("anna", &path, (&who, Entry::new(grant)), clock()).unwrap();
}

#[test]
fn a_user_is_found_added_given_levels_and_saved_after_a_look() {
    let pages = Pages::new();
    pages.engine.add_group("team", clock()).unwrap();
    pages.engine.join("team", "bo", clock()).unwrap();
    let mut anna = pages.logged_in("anna");
    let page = anna.open(PAGE);
    assert!(page.text.contains("Nobody but the owner"), "{}", page.text);
    let found = press(&mut anna, &page, "find", &[("groups", "tea")]);
    assert!(found.text.contains("value=\"group:team\""), "{}", found.text);
    let added = press(&mut anna, &found, "add", &[("pick", "group:team")]);
    assert!(added.text.contains("May do nothing."), "none everywhere to begin with");
    assert!(grants(&pages).is_empty());
    let levels = [("folder.0", "create"), ("read.0", "all"), ("write.0", "own"), ("delete.0", "own")];
    let set = press(&mut anna, &added, "preview", &levels);
    let words = "read everything, add new events, and change and delete only his own";
    assert!(set.text.contains(&format!("May {words}.")), "{}", set.text);
    assert!(
        set.text.contains("Bo Lind") && set.text.contains(&format!("May now {words}.")),
        "who gains: {}",
        set.text
    );
    let done = press(&mut anna, &set, "save", &[]);
    assert_eq!(
        (done.status, done.header("location")),
        (StatusCode::SEE_OTHER, "/share/anna/Calendar?done=saved")
    );
    assert_eq!(grants(&pages), [("group:team".to_owned(), Entry::new(Preset::Author.grant()))]);
    assert!(anna.open(done.header("location")).text.contains("Saved."));
}

#[test]
fn nothing_is_saved_that_was_not_shown() {
    let pages = Pages::new();
    give(&pages, "user:bo", Preset::Viewer.grant());
    let mut anna = pages.logged_in("anna");
    let page = anna.open(PAGE);
    let seen = press(&mut anna, &page, "save", &[("write.0", "all"), ("folder.0", "create")]);
    assert_eq!(seen.status, StatusCode::OK);
    assert!(seen.text.contains("Nothing has been saved yet."), "{}", seen.text);
    assert!(seen.text.contains("May now add new events and change everything."), "{}", seen.text);
    assert_eq!(grants(&pages)[0].1, Entry::new(Preset::Viewer.grant()));
    assert_eq!(press(&mut anna, &seen, "save", &[]).status, StatusCode::SEE_OTHER);
    assert_eq!(grants(&pages)[0].1.grant.to_string(), "create/all/all/none");
}

#[test]
fn a_level_without_effect_says_so() {
    let pages = Pages::new();
    give(&pages, "user:bo", Preset::Viewer.grant());
    let mut anna = pages.logged_in("anna");
    let page = anna.open(PAGE);
    let seen = press(&mut anna, &page, "preview", &[("read.0", "none"), ("write.0", "all")]);
    assert!(seen.text.contains("Write reaches no further than Read"), "{}", seen.text);
}

#[test]
fn a_preset_is_shown_with_its_levels_and_sets_them() {
    let pages = Pages::new();
    give(&pages, "everyone", Preset::Viewer.grant());
    let mut anna = pages.logged_in("anna");
    let page = anna.open(PAGE);
    assert!(page.text.contains("Create objects / All / Own / Own"), "{}", page.text);
    let seen = press(&mut anna, &page, "preset.0.contributor", &[]);
    assert!(seen.text.contains("May no longer read everything."), "{}", seen.text);
    press(&mut anna, &seen, "save", &[]);
    assert_eq!(grants(&pages)[0].1, Entry::new(Preset::Contributor.grant()));
}

#[test]
fn who_is_removed_can_be_put_back_until_it_is_saved() {
    let pages = Pages::new();
    let entry = Entry {
        private: true,
        until: Some(clock().as_millisecond() + 90_000_000),
        ..Entry::new(Preset::Author.grant())
    };
    let path = FolderPath::try_from("Calendar").unwrap();
    pages.engine.set_grant("anna", &path, (&PrincipalRef::User("bo".into()), entry), clock()).unwrap();
    let mut anna = pages.logged_in("anna");
    let page = anna.open(PAGE);
    let removed = press(&mut anna, &page, "remove.0", &[]);
    assert!(
        removed.text.contains("Will be removed when you save.") && removed.text.contains("May no longer")
    );
    let back = press(&mut anna, &removed, "put-back.0", &[]);
    assert!(back.text.contains("Nothing has been changed yet."), "all is as it was: {}", back.text);
    let removed = press(&mut anna, &back, "remove.0", &[]);
    assert_eq!(press(&mut anna, &removed, "save", &[]).status, StatusCode::SEE_OTHER);
    assert!(grants(&pages).is_empty());
}

#[test]
fn two_editors_do_not_overwrite_each_other() {
    let pages = Pages::new();
    give(&pages, "user:bo", Preset::Viewer.grant());
    let mut first = pages.logged_in("anna");
    let mut second = pages.logged_in("anna");
    let (one, two) = (first.open(PAGE), second.open(PAGE));
    let one = press(&mut first, &one, "preset.0.editor", &[]);
    let two = press(&mut second, &two, "add", &[("pick", "everyone")]);
    let two = press(&mut second, &two, "preset.1.viewer", &[]);
    assert_eq!(press(&mut first, &one, "save", &[]).status, StatusCode::SEE_OTHER);
    let told = press(&mut second, &two, "save", &[]);
    assert_eq!(told.status, StatusCode::CONFLICT);
    assert!(
        told.text.contains("What others changed") && told.text.contains("Anna Berg changed"),
        "{}",
        told.text
    );
    assert_eq!(grants(&pages).len(), 1, "nothing of the second is saved");
    assert_eq!(press(&mut second, &told, "save", &[]).status, StatusCode::SEE_OTHER);
    let mut saved = grants(&pages);
    saved.sort_by(|a, b| a.0.cmp(&b.0));
    let editor = Entry::new(Preset::Editor.grant());
    assert_eq!(
        saved,
        [("everyone".to_owned(), Entry::new(Preset::Viewer.grant())), ("user:bo".to_owned(), editor)]
    );
}

#[test]
fn who_gives_up_his_own_right_says_so() {
    let pages = Pages::new();
    give(&pages, "user:bo", Preset::Admin.grant());
    let mut bo = pages.logged_in("bo");
    let page = bo.open(PAGE);
    let seen = press(&mut bo, &page, "preset.0.viewer", &[]);
    assert!(seen.text.contains("I give up my own right"), "{}", seen.text);
    let refused = press(&mut bo, &seen, "save", &[]);
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("Tick the box below"), "{}", refused.text);
    assert_eq!(press(&mut bo, &refused, "save", &[("give-up", "1")]).status, StatusCode::SEE_OTHER);
    assert_eq!(grants(&pages)[0].1, Entry::new(Preset::Viewer.grant()));
    let page = bo.open(PAGE);
    assert!(
        page.text.contains("You may read everything.")
            && !page.text.contains("<form method=\"post\" id=\"share\"")
    );
}

#[test]
fn nobody_gives_more_than_he_has() {
    let pages = Pages::new();
    let clerk = Grant { write: Level::None, delete: Level::None, ..Preset::Admin.grant() };
    give(&pages, "user:bo", clerk);
    let mut bo = pages.logged_in("bo");
    let page = bo.open(PAGE);
    let added = press(&mut bo, &page, "add", &[("pick", "everyone")]);
    let seen = press(&mut bo, &added, "preset.1.editor", &[]);
    assert!(seen.text.contains("you cannot let others change more than you may"), "{}", seen.text);
    let refused = press(&mut bo, &seen, "save", &[]);
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(grants(&pages).len(), 1);
}

#[test]
fn a_folder_that_is_not_shared_is_not_there() {
    let pages = Pages::new();
    let mut bo = pages.logged_in("bo");
    let hidden = bo.open(PAGE);
    let missing = bo.open("/share/anna/Nothing");
    assert_eq!((hidden.status, missing.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
    assert_eq!(hidden.text.replace("Calendar", ""), missing.text.replace("Nothing", ""), "the same words");
    let token = bo.token();
    let sent = bo.submit(PAGE, &[("token", &token), ("revision", "0"), ("do", "save")]);
    assert_eq!(sent.status, StatusCode::NOT_FOUND);
}

#[test]
fn names_are_found_while_they_are_typed() {
    let pages = Pages::new();
    let mut anna = pages.logged_in("anna");
    let found = anna.open("/find?users=li");
    assert!(
        found.text.contains("value=\"user:bo\"") && found.text.contains("bo@club.example"),
        "{}",
        found.text
    );
    assert!(!found.text.contains("<html"), "a piece of a page");
    assert!(anna.open("/find?groups=every").text.contains("value=\"everyone\""));
    assert!(anna.open("/find?users=zzz").text.contains("Nobody found."));
    assert_eq!(
        pages.browser().open("/find?users=li").status,
        StatusCode::SEE_OTHER,
        "for those who are logged in"
    );
}

#[test]
fn an_admin_sees_the_folder_with_anothers_eyes_and_why() {
    let pages = Pages::new();
    pages.engine.add_group("team", clock()).unwrap();
    pages.engine.join("team", "bo", clock()).unwrap();
    give(&pages, "group:team", Preset::Author.grant());
    let event = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20260302T100000Z\r\n\
                 DTEND:20260302T110000Z\r\nSUMMARY:Board meeting\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    let path = FolderPath::try_from("Calendar").unwrap();
    let item = NewItem { content: event.as_bytes(), name: None };
    pages.engine.import(Actor::Operator, ("anna", &path), &item, clock()).unwrap();
    let mut anna = pages.logged_in("anna");
    let seen = anna.open("/view/anna/Calendar?user=bo");
    assert_eq!(seen.status, StatusCode::OK, "{}", seen.text);
    for words in ["As Bo Lind sees it", "Board meeting", "somebody else’s", "By way of team"] {
        assert!(seen.text.contains(words), "{words}: {}", seen.text);
    }
    assert_eq!(anna.open("/view/anna/Calendar").header("location"), PAGE);
    assert_eq!(anna.open("/view/anna/Calendar?user=nobody").status, StatusCode::NOT_FOUND);
    let mut bo = pages.logged_in("bo");
    assert_eq!(bo.open("/view/anna/Calendar?user=anna").status, StatusCode::FORBIDDEN);
}

#[test]
fn what_is_shared_with_me_and_by_me_stands_on_one_page() {
    let pages = Pages::new();
    give(&pages, "user:bo", Preset::Viewer.grant());
    let bo = pages.logged_in("bo").open("/shared");
    for words in ["Calendar", "of Anna Berg", "You may read everything.", "You share no folder."] {
        assert!(bo.text.contains(words), "{words}: {}", bo.text);
    }
    let anna = pages.logged_in("anna").open("/shared");
    for words in [
        "Nobody shares a folder with you.",
        "Bo Lind",
        "May read everything.",
        "href=\"/share/anna/Calendar\"",
    ] {
        assert!(anna.text.contains(words), "{words}: {}", anna.text);
    }
}
