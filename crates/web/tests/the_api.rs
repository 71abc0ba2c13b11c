//! The API for programs: what it shows, what it refuses, and that its document says what it does.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod common;

use axum::http::{Method, Request, StatusCode};
use base64::Engine as _;
use common::{PASSWORD, Pages, Seen, clock};
use engine::{Actor, FolderPath, NewItem, NewUser};
use serde_json::{Value, json};

/// A program that logs in with each request.
struct Program<'a> {
    pages: &'a Pages,
    name: &'a str,
}

impl Program<'_> {
    fn send(&self, method: Method, path: &str, body: &str) -> Seen {
        let login = base64::engine::general_purpose::STANDARD.encode(format!("{}:{PASSWORD}", self.name));
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Basic {login}"))
            .header("content-type", "application/json");
        self.pages.browser().send(request, body.to_owned())
    }

    fn asks(&self, method: Method, path: &str, body: &Value) -> (StatusCode, Value) {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let seen = self.send(method, &format!("/api/v1{path}"), &body);
        let json = if seen.text.is_empty() { Value::Null } else { seen.text.parse().unwrap() };
        (seen.status, json)
    }

    fn gets(&self, path: &str) -> Value {
        let (status, json) = self.asks(Method::GET, path, &Value::Null);
        assert_eq!(status, StatusCode::OK, "{path}: {json}");
        json
    }

    fn posts(&self, path: &str, body: &Value) -> (StatusCode, Value) {
        self.asks(Method::POST, path, body)
    }

    /// The number of a folder.
    fn folder(&self, account: &str, path: &str) -> i64 {
        let list = self.gets(&format!("/folders?account={account}"));
        let found = list.as_array().unwrap().iter().find(|folder| folder["path"] == path);
        found.unwrap_or_else(|| panic!("{path}: {list}"))["id"].as_i64().unwrap()
    }
}

fn club() -> Pages {
    let pages = Pages::new();
    let root = NewUser {
        name: "root",
        email: "root@club.example",
        display_name: "Root",
        admin: true,
        password: Some(PASSWORD),
    };
    pages.engine.add_user(&root, clock()).unwrap();
    pages
}

fn author(principal: &str) -> Value {
    json!({ "principal": principal, "folder": "create", "read": "all", "write": "own", "delete": "own" })
}

#[test]
fn a_folder_is_shared_previewed_and_found_again() {
    let pages = club();
    let (anna, bo) = (Program { pages: &pages, name: "anna" }, Program { pages: &pages, name: "bo" });
    let calendar = anna.folder("anna", "Calendar");
    let grants = anna.gets(&format!("/folders/{calendar}/grants"));
    assert_eq!((&grants["may_change"], &grants["grants"]), (&json!(true), &json!([])));
    let change = json!({ "revision": grants["revision"], "set": [author("user:bo")] });

    let (status, preview) = anna.posts(&format!("/folders/{calendar}/grants/preview"), &change);
    assert_eq!((status, &preview["changes"][0]["users"]), (StatusCode::OK, &json!(["bo"])), "{preview}");
    assert!(preview["changes"][0]["gains"].as_array().unwrap().contains(&json!("read-all")));
    assert_eq!(bo.gets("/shared-with-me"), json!([]), "it was a preview");

    let (status, changed) = anna.posts(&format!("/folders/{calendar}/grants"), &change);
    assert_eq!((status, &changed["users"]), (StatusCode::OK, &json!(1)), "{changed}");
    let shared = bo.gets("/shared-with-me");
    assert_eq!(shared[0]["owner"], "Anna Berg");
    assert_eq!(
        shared[0]["levels"],
        json!({ "folder": "create", "read": "all", "write": "own", "delete": "own" })
    );
    assert_eq!(anna.gets("/shared-by-me")[0]["grants"][0]["principal"], "user:bo");
    let access = bo.gets(&format!("/folders/{calendar}/access"));
    assert_eq!((&access["read"], &access["grants"][0]["principal"]), (&json!("all"), &json!("user:bo")));

    // The list is not any more what the change was made from.
    let (status, problem) = anna.posts(&format!("/folders/{calendar}/grants"), &change);
    assert_eq!((status, &problem["status"]), (StatusCode::CONFLICT, &json!(409)), "{problem}");
    assert_eq!(problem["conflict"]["missed"][0]["principal"], "user:bo", "{problem}");
    // Who only writes there changes no rights, and sees those that reach him.
    let revision = changed["revision"].clone();
    let (status, _) = bo.posts(
        &format!("/folders/{calendar}/grants"),
        &json!({ "revision": revision, "set": [author("everyone")] }),
    );
    assert_eq!(status, StatusCode::FORBIDDEN);
    let log = anna.gets(&format!("/audit?folder={calendar}"));
    assert_eq!((&log[0]["protocol"], &log[0]["actor"]), (&json!("api"), &json!("anna")), "{log}");
    let (status, _) = bo.asks(Method::GET, "/audit", &Value::Null);
    assert_eq!(status, StatusCode::FORBIDDEN);
}

#[test]
fn what_one_may_not_see_is_not_there() {
    let pages = club();
    let (anna, bo) = (Program { pages: &pages, name: "anna" }, Program { pages: &pages, name: "bo" });
    let notes = anna.folder("anna", "Notes");
    let paths = [
        format!("/folders/{notes}"),
        format!("/folders/{notes}/grants"),
        format!("/folders/{notes}/access"),
        format!("/folders/{notes}/items"),
        format!("/folders/{notes}/items/1"),
        format!("/folders/{notes}/devices"),
        "/folders?account=anna".to_owned(),
        "/folders?account=nobody".to_owned(),
        "/folders/99999999999999999999".to_owned(),
        "/devices/none/folders".to_owned(),
        "/denied/1".to_owned(),
        "/requests/1".to_owned(),
        "/no/such/thing".to_owned(),
    ];
    for path in paths {
        let (status, problem) = bo.asks(Method::GET, &path, &Value::Null);
        assert_eq!((status, &problem["status"]), (StatusCode::NOT_FOUND, &json!(404)), "{path}: {problem}");
    }
    for path in ["/users", "/groups", "/spaces", "/users/anna", "/devices?user=anna"] {
        assert_eq!(bo.asks(Method::GET, path, &Value::Null).0, StatusCode::FORBIDDEN, "{path}");
    }
    let (status, _) = bo.asks(Method::DELETE, &format!("/folders/{notes}"), &Value::Null);
    assert_eq!(status, StatusCode::NOT_FOUND);
    let made = json!({ "account": "anna", "path": "Mine", "kind": "notes" });
    assert_eq!(bo.posts("/folders", &made).0, StatusCode::NOT_FOUND);
}

#[test]
fn a_system_admin_keeps_users_groups_and_spaces() {
    let pages = club();
    let root = Program { pages: &pages, name: "root" };
    let carl = json!({ "name": "carl", "email": "carl@club.example", "password": PASSWORD });
    assert_eq!(root.posts("/users", &carl).1["display_name"], "carl");
    assert_eq!(root.posts("/users", &carl).0, StatusCode::CONFLICT);
    assert_eq!(root.posts("/groups", &json!({ "name": "staff" })).0, StatusCode::OK);
    assert_eq!(root.asks(Method::PUT, "/groups/staff/members/carl", &Value::Null).0, StatusCode::NO_CONTENT);
    assert_eq!(root.gets("/groups/staff/members"), json!(["carl"]));
    let (status, _) = root.asks(Method::PUT, "/groups/staff/members/staff", &Value::Null);
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "a group does not contain itself");
    assert_eq!(Program { pages: &pages, name: "carl" }.gets("/me")["groups"], json!(["staff"]));

    assert_eq!(root.posts("/spaces", &json!({ "name": "board" })).0, StatusCode::OK);
    let plans = json!({ "account": "board", "path": "Plans", "kind": "calendar" });
    let (status, folder) = root.posts("/folders", &plans);
    assert_eq!((status, &folder["account"]), (StatusCode::OK, &json!("board")), "{folder}");
    let at = format!("/folders/{}", folder["id"]);
    let (_, moved) = root.asks(Method::PATCH, &at, &json!({ "path": "Plans 2027" }));
    assert_eq!(moved["path"], "Plans 2027");
    assert_eq!(root.asks(Method::DELETE, &at, &Value::Null).0, StatusCode::NO_CONTENT);
    assert_eq!(root.asks(Method::DELETE, "/users/root", &Value::Null).0, StatusCode::FORBIDDEN);
    assert_eq!(root.posts("/users/root/disable", &Value::Null).0, StatusCode::FORBIDDEN);
    assert_eq!(root.posts("/users/carl/disable", &Value::Null).0, StatusCode::NO_CONTENT);
    let log = root.gets("/audit?user=carl&limit=1");
    assert_eq!((&log[0]["actor"], &log[0]["protocol"]), (&json!("root"), &json!("api")), "{log}");
    let (status, _) = Program { pages: &pages, name: "carl" }.asks(Method::GET, "/me", &Value::Null);
    assert_ne!(status, StatusCode::OK);
}

#[test]
fn items_are_read_a_page_at_a_time() {
    let pages = club();
    let anna = Program { pages: &pages, name: "anna" };
    let path = FolderPath::try_from("Contacts").unwrap();
    for number in 1..=3 {
        let card = format!("BEGIN:VCARD\r\nVERSION:3.0\r\nUID:{number}\r\nFN:Nr {number}\r\nEND:VCARD\r\n");
        let item = NewItem { content: card.as_bytes(), name: None };
        pages.engine.import(Actor::Operator, ("anna", &path), &item, clock()).unwrap();
    }
    let contacts = anna.folder("anna", "Contacts");
    let first = anna.gets(&format!("/folders/{contacts}/items?limit=2"));
    assert_eq!(first["items"].as_array().unwrap().len(), 2, "{first}");
    let second = anna.gets(&format!("/folders/{contacts}/items?limit=2&after={}", first["next"]));
    assert_eq!((second["items"].as_array().unwrap().len(), &second["next"]), (1, &Value::Null), "{second}");
    let uid = &second["items"][0]["uid"];
    let item = anna.gets(&format!("/folders/{contacts}/items/{uid}"));
    assert_eq!((&item["kind"], &item["encoding"]), (&json!("contacts"), &json!("text")));
    assert!(item["content"].as_str().unwrap().contains("FN:Nr 3"));
}

#[test]
fn hostile_bodies_are_refused() {
    let pages = club();
    let root = Program { pages: &pages, name: "root" };
    let deep = format!("{{\"name\":{}1{}}}", "[".repeat(40), "]".repeat(40));
    let bodies = [
        ("", StatusCode::BAD_REQUEST),
        ("{", StatusCode::BAD_REQUEST),
        ("[]", StatusCode::BAD_REQUEST),
        ("{\"name\":1}", StatusCode::BAD_REQUEST),
        ("{\"name\":NaN}", StatusCode::BAD_REQUEST),
        ("{\"name\":\"a\",\"name\":\"b\"}", StatusCode::BAD_REQUEST),
        ("{\"name\":\"a\",\"id\":7}", StatusCode::BAD_REQUEST),
        ("{\"name\":\"a\\u0000\"}", StatusCode::BAD_REQUEST),
        ("{\"name\":\"\"}", StatusCode::UNPROCESSABLE_ENTITY),
        (&deep, StatusCode::BAD_REQUEST),
    ];
    for (body, expected) in bodies {
        let seen = root.send(Method::POST, "/api/v1/groups", body);
        assert_eq!(seen.status, expected, "{body}: {}", seen.text);
        assert_eq!(seen.header("content-type"), "application/problem+json");
    }
    let large = format!("{{\"name\":\"{}\"}}", "x".repeat(600 * 1024));
    let seen = root.send(Method::POST, "/api/v1/groups", &large);
    assert_eq!(seen.status, StatusCode::PAYLOAD_TOO_LARGE);
    for query in ["limit=x", "limit=-1", "limit=1&limit=2", "user=a", "after=%00"] {
        let contacts = root.folder("root", "Contacts");
        let (status, _) = root.asks(Method::GET, &format!("/folders/{contacts}/items?{query}"), &Value::Null);
        assert_eq!(status, StatusCode::BAD_REQUEST, "{query}");
    }
}

#[test]
fn a_browser_changes_things_only_with_its_token() {
    let pages = club();
    let mut browser = pages.logged_in("anna");
    let me = browser.open("/api/v1/me");
    assert_eq!((me.status, me.text.contains("\"anna\"")), (StatusCode::OK, true));
    let folder = "{\"account\":\"anna\",\"path\":\"Club\",\"kind\":\"notes\"}";
    let request = |token: Option<String>, site: &'static str| {
        let request = Request::post("/api/v1/folders")
            .header("content-type", "application/json")
            .header("sec-fetch-site", site);
        token.into_iter().fold(request, |request, token| request.header("x-comity-token", token))
    };
    let token = browser.token();
    for (token, site) in
        [(None, "same-origin"), (Some("x".repeat(64)), "same-origin"), (Some(token.clone()), "cross-site")]
    {
        assert_eq!(browser.send(request(token, site), folder.to_owned()).status, StatusCode::FORBIDDEN);
    }
    let done = browser.send(request(Some(token), "same-origin"), folder.to_owned());
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
}

#[test]
fn who_does_not_log_in_learns_nothing() {
    let pages = club();
    let seen = pages.browser().open("/api/v1/me");
    assert_eq!(seen.status, StatusCode::UNAUTHORIZED);
    assert!(seen.header("www-authenticate").starts_with("Basic"));
    for login in ["Basic x", "Bearer abc", "Basic", "Basic bm9ib2R5", "Basic YTpiAA=="] {
        let seen =
            pages.browser().send(Request::get("/api/v1/me").header("authorization", login), String::new());
        assert_eq!(seen.status, StatusCode::UNAUTHORIZED, "{login}");
    }
}

#[test]
fn the_document_names_every_entry_and_every_entry_answers() {
    let pages = club();
    let root = Program { pages: &pages, name: "root" };
    let document: Value = root.send(Method::GET, "/api/openapi.json", "").text.parse().unwrap();
    let paths = document["paths"].as_object().unwrap();
    assert!(paths.len() > 30, "{}", paths.len());
    for (path, operations) in paths {
        for (method, operation) in operations.as_object().unwrap() {
            let method: Method = method.to_uppercase().parse().unwrap();
            let at = path.replace("{folder}", "9").replace("{item}", "9").replace("{change}", "9");
            let at = at.replace(['{', '}'], "");
            let seen = root.send(method.clone(), &at, "{\"nonsense\":1}");
            assert!(!seen.status.is_server_error(), "{method} {path}: {}", seen.text);
            assert_ne!(seen.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
            if !operation["requestBody"].is_null() {
                assert_eq!(
                    seen.status,
                    StatusCode::BAD_REQUEST,
                    "{method} {path}: unknown fields are refused"
                );
            }
        }
    }
    // Every schema that is referred to is there.
    let text = document.to_string();
    for name in text.split("#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(document["components"]["schemas"][name].is_object(), "{name}");
    }
    let seen = root.send(Method::DELETE, "/api/v1/me", "");
    assert_eq!((seen.status, seen.header("allow")), (StatusCode::METHOD_NOT_ALLOWED, "GET"));
}
