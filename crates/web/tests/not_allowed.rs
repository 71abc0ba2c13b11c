//! Changes that were not allowed: their author asks for them, and who looks after the folder decides.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use access::{Entry, Preset};
use axum::http::StatusCode;
use common::{Browser, Pages, Seen, clock};
use engine::{
    Actor, Asked, Body, Caller, Command, Conflict, Deletes, Device, DeviceAddress, FolderId, FolderPath,
    MAX_LINE_CHARS, NewItem, PrincipalRef, Pull, Scheduling, State, SyncKey, SyncOutcome, SyncRequest,
    Target, Uid, Window,
};
use items::Kind;
use items::contact::{Edit, Field, Value};

const NEUER: &str = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:neuer\r\nFN:Manoel Neuer\r\nN:Neuer;Manoel;;;\r\n\
                     TITLE:Keeper\r\nEND:VCARD\r\n";

/// The club with a shared address book that everybody reads and anna administers, and bo's phone.
struct Club {
    pages: Pages,
    folder: FolderId,
    item: Uid,
    bo: Caller,
    phone: Device,
    key: SyncKey,
}

fn path() -> FolderPath {
    FolderPath::try_from("Public Contacts").unwrap()
}

impl Club {
    fn new() -> Self {
        let pages = Pages::new();
        let engine = &pages.engine;
        engine.add_space("public", clock()).unwrap();
        let folder = engine.add_folder("public", &path(), Kind::Contacts, clock()).unwrap();
        let item = NewItem { content: NEUER.as_bytes(), name: None };
        let item = engine.import(Actor::Operator, ("public", &path()), &item, clock()).unwrap().uid;
        let bo = engine.act_as("bo").unwrap();
        let address = DeviceAddress { id: "phone1", kind: "iPhone", agent: "test", version: "16.1" };
        let phone = engine.device(&bo, &address, clock()).unwrap();
        let mut club = Self { folder, item, bo, phone, key: SyncKey::START, pages };
        club.give("everyone", Preset::Viewer);
        club.give("user:anna", Preset::Admin);
        club.sync(Vec::new());
        club.sync(Vec::new());
        club
    }

    fn give(&self, who: &str, preset: Preset) {
        let who: PrincipalRef = who.parse().unwrap();
        let entry = Entry::new(preset.grant());
        self.pages.engine.set_grant("public", &path(), (&who, entry), clock()).unwrap();
    }

    /// Sends what the phone's user did.
    fn sync(&mut self, commands: Vec<Command>) {
        let request = SyncRequest {
            key: self.key,
            commands,
            pull: Some(Pull { limit: 100, bytes: 1 << 20 }),
            window: Window::All,
            conflict: Conflict::ServerWins,
            deletes: Deletes::ToTrash,
            scheduling: Scheduling::Device,
            memo: String::new(),
        };
        let outcome = self.pages.engine.sync(&self.bo, &self.phone, self.folder, &request, clock()).unwrap();
        match outcome {
            SyncOutcome::Answered(answer) => self.key = answer.key,
            SyncOutcome::Unchanged { key } => self.key = key,
            other @ (SyncOutcome::KeyUnknown | SyncOutcome::FolderGone) => panic!("{other:?}"),
        }
    }

    /// Has bo's phone change the first name, and returns the page of what was denied.
    fn renamed(&mut self, first_name: &str) -> String {
        let target = Target::Item(self.item);
        let digest = first_name.to_owned();
        self.sync(vec![Command::Change { target, asked: edit(Field::FirstName, first_name), digest }]);
        self.sync(Vec::new());
        self.last()
    }

    /// Has bo's phone add somebody, and returns the page of what was denied.
    fn added(&mut self, last_name: &str) -> String {
        let (client_id, digest) = (last_name.to_owned(), last_name.to_owned());
        self.sync(vec![Command::Add { client_id, asked: edit(Field::LastName, last_name), digest }]);
        self.sync(Vec::new());
        self.last()
    }

    fn last(&self) -> String {
        let last = self.pages.engine.denied_of(&self.bo, None, 1).unwrap();
        format!("/changes/{}", last[0].id)
    }

    fn state(&self) -> State {
        self.pages.engine.denied_of(&self.bo, None, 1).unwrap()[0].state
    }

    fn text(&self) -> String {
        let anna = self.pages.engine.act_as("anna").unwrap();
        let item = self.pages.engine.fetch(&anna, self.folder, self.item, clock()).unwrap();
        String::from_utf8(item.unwrap().content).unwrap()
    }

    fn write(&self, from: &str, to: &str) {
        let anna = self.pages.engine.act_as("anna").unwrap();
        let place = ("public", &path(), self.item);
        let text = self.text().replace(from, to);
        self.pages.engine.edit_item(Actor::User(&anna), place, text.as_bytes(), clock()).unwrap();
    }
}

fn edit(field: Field, text: &str) -> Asked {
    let fields = [(field, items::Change::Set(Value::Text(text.to_owned())))].into_iter().collect();
    Asked {
        body: Body::Item(items::Edit::Contact(Box::new(Edit { fields }))),
        hint: "h".to_owned(),
        raw: "raw".to_owned(),
    }
}

/// Presses a button of a change, with what its form has.
fn press(browser: &mut Browser<'_>, page: &str, button: &str, fields: &[(&str, &str)]) -> Seen {
    let token = browser.token();
    let mut all = vec![("do", button), ("token", token.as_str())];
    all.extend(fields);
    browser.submit(page, &all)
}

/// The cells of the row of a property, without marks.
fn row(page: &Seen, name: &str) -> Vec<String> {
    let start =
        page.text.find(&format!("<th scope=\"row\">{name}")).unwrap_or_else(|| panic!("{}", page.text));
    let row = page.text[start..].split("</tr>").next().unwrap();
    let cell = |cell: &str| {
        let text = cell.split("</td>").next().unwrap();
        text.split('<')
            .filter_map(|part| part.split_once('>'))
            .map(|(_, text)| text.trim())
            .collect::<String>()
    };
    row.split("<td").skip(1).map(|part| cell(&format!("<td{part}"))).collect()
}

#[test]
fn its_author_sees_what_where_when_why_and_the_difference() {
    let mut club = Club::new();
    let page = club.renamed("Manuel");
    let mut bo = club.pages.logged_in("bo");
    for address in ["/changes", page.as_str()] {
        let seen = bo.open(address);
        assert_eq!(row(&seen, "Firstname"), ["Manoel", "Manuel"]);
        let parts = [
            "Change of Manuel Neuer",
            "Public Contacts (of public)",
            "iPhone phone1",
            "2 Mar 2026, 09:00",
            "Not saved",
            "Not allowed.",
            "To change this item you need write",
        ];
        for part in parts {
            assert!(seen.text.contains(part), "{address}, {part}: {}", seen.text);
        }
    }
    // The list shows what differs, the page everything.
    assert!(!bo.open("/changes").text.contains("Jobtitle"));
    assert_eq!(row(&bo.open(&page), "Jobtitle"), ["Keeper", "Keeper"]);
    let german = club.pages.logged_in("bo").speaking("de").open("/changes");
    assert!(german.text.contains("Nicht gespeichert") && german.text.contains("Was Sie wollten"));
}

#[test]
fn the_tried_item_is_a_file_that_no_browser_shows() {
    let mut club = Club::new();
    let page = club.renamed("<script>alert(1)</script>");
    let mut bo = club.pages.logged_in("bo");
    let file = bo.open(&format!("{page}/file"));
    assert!(file.text.starts_with("BEGIN:VCARD") && file.text.contains("<script>"), "{}", file.text);
    assert!(file.header("content-disposition").starts_with("attachment; filename*=UTF-8''"));
    assert!(file.header("content-disposition").contains("Neuer.vcf"));
    assert_eq!(file.header("content-type"), "text/vcard; charset=utf-8");
    assert_eq!(file.header("x-content-type-options"), "nosniff");
    let shown = bo.open(&page);
    assert!(!shown.text.contains("<script>alert"), "it is text");
    assert_eq!(club.pages.logged_in("anna").open(&format!("{page}/file")).status, StatusCode::NOT_FOUND);
}

#[test]
fn one_asks_with_a_line_and_an_admin_approves_with_one_click() {
    let mut club = Club::new();
    let page = club.renamed("Manuel");
    let mut bo = club.pages.logged_in("bo");
    let mut anna = club.pages.logged_in("anna");
    assert!(!anna.open("/changes").text.contains("Manuel"), "nobody asked yet");
    let asked = press(&mut bo, &page, "ask", &[("line", "he <told> me")]);
    assert_eq!((asked.status, asked.header("location")), (StatusCode::SEE_OTHER, "/changes?done=asked"));
    let after = bo.open(asked.header("location")).text;
    assert!(after.contains("You are told what is decided") && after.contains("Asked for"), "{after}");
    assert!(!after.contains("value=\"ask\""), "it is asked for already");

    let waiting = anna.open("/changes");
    assert_eq!(row(&waiting, "Firstname"), ["Manoel", "Manuel"]);
    for part in [
        "Bo Lind asks for it, 2 Mar 2026, 09:00",
        "he &#60;told&#62; me",
        "What Bo Lind wants",
        "Bo Lind was told:",
    ] {
        assert!(waiting.text.contains(part), "{part}: {}", waiting.text);
    }
    let done = press(&mut anna, &page, "apply", &[("over", "")]);
    assert_eq!(done.header("location"), "/changes?done=applied", "{}", done.text);
    assert!(club.text().contains("Manuel"));
    let own = bo.open(&page).text;
    assert!(own.contains("Anna Berg answered on 2 Mar 2026"), "{own}");
    assert!(own.contains("Applied") && !own.contains("<form method=\"post\" action=\"/changes"), "{own}");
    assert!(own.contains("href=\"/changes\" aria-current=\"page\""), "the head says where one is: {own}");
    // Another admin who had the page open is told.
    let late = press(&mut anna, &page, "decline", &[("line", "no")]);
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.text.contains("decided already"), "{}", late.text);
    assert_eq!(club.state(), State::Applied);
}

#[test]
fn what_changed_since_is_shown_in_both_versions_before_it_is_overwritten() {
    let mut club = Club::new();
    let page = club.renamed("Manuel");
    let mut bo = club.pages.logged_in("bo");
    let mut anna = club.pages.logged_in("anna");
    press(&mut bo, &page, "ask", &[("line", "")]);
    club.write("Keeper", "Coach");
    let clash = press(&mut anna, &page, "apply", &[("over", "")]);
    assert_eq!(clash.status, StatusCode::CONFLICT);
    assert!(clash.text.contains("The item has changed since"), "{}", clash.text);
    assert_eq!(row(&clash, "Jobtitle"), ["Coach", "Keeper"]);
    assert_eq!(row(&clash, "Firstname"), ["Manoel", "Manuel"]);
    assert!(club.text().contains("Coach"), "nothing was written");
    // It changes again while she looks at it.
    club.write("Coach", "Owner");
    let again = press(&mut anna, &page, "apply", &[("over", &clash.value("over"))]);
    assert_eq!(
        (again.status, row(&again, "Jobtitle")),
        (StatusCode::CONFLICT, vec!["Owner".to_owned(), "Keeper".to_owned()])
    );
    let done = press(&mut anna, &page, "apply", &[("over", &again.value("over"))]);
    assert_eq!(done.header("location"), "/changes?done=applied");
    assert!(club.text().contains("Manuel"));
    let odd = press(&mut anna, &page, "apply", &[("over", "x")]);
    assert_eq!(odd.status, StatusCode::BAD_REQUEST);
}

#[test]
fn an_admin_declines_with_a_line_that_the_author_reads() {
    let mut club = Club::new();
    let page = club.added("Kahn");
    let mut bo = club.pages.logged_in("bo");
    press(&mut bo, &page, "ask", &[("line", "")]);
    let declined = press(&mut club.pages.logged_in("anna"), &page, "decline", &[("line", "not here")]);
    assert_eq!(declined.header("location"), "/changes?done=declined");
    let own = bo.open("/changes").text;
    assert!(own.contains("Declined") && own.contains("<q>not here</q>"), "{own}");
    assert_eq!(club.state(), State::Declined);
}

#[test]
fn who_administers_a_folder_without_the_right_itself_is_told_why_he_cannot_approve() {
    let mut club = Club::new();
    let page = club.added("Kahn");
    press(&mut club.pages.logged_in("bo"), &page, "ask", &[("line", "")]);
    let who: PrincipalRef = "user:anna".parse().unwrap();
    let warden = access::Grant::new(
        access::FolderLevel::Admin,
        access::Level::None,
        access::Level::None,
        access::Level::None,
    );
    club.pages.engine.set_grant("public", &path(), (&who, Entry::new(warden)), clock()).unwrap();
    let other = club.renamed("Manuel");
    press(&mut club.pages.logged_in("bo"), &other, "ask", &[("line", "")]);
    club.pages.engine.remove_grant("public", &path(), &PrincipalRef::Everyone, clock()).unwrap();
    let mut anna = club.pages.logged_in("anna");
    let seen = anna.open(&other);
    assert!(seen.text.contains("You could not make this change yourself"), "{}", seen.text);
    assert!(!seen.text.contains("Manoel"), "she may not read it");
    assert!(!seen.text.contains("value=\"apply\"") && seen.text.contains("value=\"decline\""));
    let refused = press(&mut anna, &other, "apply", &[]);
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.text.contains("Nothing was changed"), "{}", refused.text);
    assert_eq!(club.state(), State::Asked);
}

#[test]
fn nobody_sees_or_decides_what_is_not_his() {
    let mut club = Club::new();
    let page = club.renamed("Manuel");
    let mut anna = club.pages.logged_in("anna");
    for button in ["ask", "dismiss", "apply", "decline"] {
        assert_eq!(press(&mut anna, &page, button, &[]).status, StatusCode::NOT_FOUND, "{button}");
    }
    assert_eq!(anna.open(&page).status, StatusCode::NOT_FOUND);
    for odd in
        ["/changes/x", "/changes/99999", "/changes/-1", "/changes/9999999999999999999999", "/changes/x/file"]
    {
        assert_eq!(anna.open(odd).status, StatusCode::NOT_FOUND, "{odd}");
    }
    let mut bo = club.pages.logged_in("bo");
    // What is his own he may make where he has the right since; here he has none.
    assert_eq!(press(&mut bo, &page, "apply", &[]).status, StatusCode::FORBIDDEN);
    assert!(!club.text().contains("Manuel"));
    assert_eq!(press(&mut bo, &page, "burn", &[]).status, StatusCode::BAD_REQUEST);
    let forged = bo.submit(&page, &[("do", "dismiss"), ("token", "0")]);
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
    assert_eq!(
        club.pages.browser().open(&page).header("location"),
        format!("/login?next={}", page.replace('/', "%2F"))
    );
}

#[test]
fn a_line_has_a_limit_and_letting_go_ends_a_request() {
    let mut club = Club::new();
    let page = club.added("Kahn");
    let mut bo = club.pages.logged_in("bo");
    let long = press(&mut bo, &page, "ask", &[("line", &"x".repeat(MAX_LINE_CHARS + 1))]);
    assert_eq!((long.status, club.state()), (StatusCode::BAD_REQUEST, State::Open));
    let just = press(&mut bo, &page, "ask", &[("line", &"x".repeat(MAX_LINE_CHARS))]);
    assert_eq!((just.status, club.state()), (StatusCode::SEE_OTHER, State::Asked));
    let gone = press(&mut bo, &page, "dismiss", &[]);
    assert_eq!(gone.header("location"), "/changes?done=dismissed");
    assert!(bo.open("/changes").text.contains("Let go"));
    assert!(!club.pages.logged_in("anna").open("/changes").text.contains("Kahn"));
}

#[test]
fn who_got_the_right_since_makes_his_change_himself() {
    let mut club = Club::new();
    let page = club.added("Kahn");
    let mut bo = club.pages.logged_in("bo");
    club.give("user:bo", Preset::Author);
    let seen = bo.open(&page).text;
    assert!(seen.contains("Apply it now") && !seen.contains("value=\"ask\""), "{seen}");
    assert_eq!(press(&mut bo, &page, "apply", &[]).header("location"), "/changes?done=applied");
    let items = club.pages.engine.items("public", &path(), Actor::Operator, clock()).unwrap();
    assert_eq!(items.len(), 2);
}

#[test]
fn a_long_list_comes_in_pages() {
    let mut club = Club::new();
    let empty = club.pages.logged_in("bo").open("/changes").text;
    assert!(empty.contains("Every change you made was saved."), "{empty}");
    for number in 0..21 {
        club.added(&format!("Person{number}x"));
    }
    let mut bo = club.pages.logged_in("bo");
    let first = bo.open("/changes").text;
    assert!(first.contains("Person20x") && first.contains("Person1x") && !first.contains("Person0x"));
    let start = first.find("/changes?before=").expect("a link to the older ones");
    let second = bo.open(first[start..].split('"').next().unwrap()).text;
    assert!(second.contains("Person0x") && !second.contains("Person1x"), "{second}");
    assert!(!second.contains("?before="));
}
