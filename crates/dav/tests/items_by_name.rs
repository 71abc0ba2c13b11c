//! A client walks from the server's address to its items, and writes them.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed step is a failed test"
)]

mod common;

use access::{FolderLevel, Grant, Level, Preset};
use common::{SPACES, Site, card, event, text_at};
use dav::xml::{CALDAV, CARDDAV, COMITY, DAV};

const TEAM: &str = "/dav/public/Team/";

#[test]
fn everything_is_found_from_the_servers_address_alone() {
    let site = Site::new();
    site.grant("user:bo", Preset::Editor);
    let found = site.raw(b"PROPFIND /.well-known/caldav HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert_eq!((found.status, found.header("location")), (301, Some("/dav/")));
    let bo = site.as_user("bo");
    let root = bo.propfind("/dav/", "0", "<d:current-user-principal/>").only();
    let principal = text_at(&root, &[(DAV, "current-user-principal"), (DAV, "href")]);
    assert_eq!(principal, "/dav/principals/bo/");
    let homes = bo.propfind(&principal, "0", "<c:calendar-home-set/><a:addressbook-home-set/>").only();
    let home = text_at(&homes, &[(CALDAV, "calendar-home-set"), (DAV, "href")]);
    assert_eq!(text_at(&homes, &[(CARDDAV, "addressbook-home-set"), (DAV, "href")]), home);
    let folders = bo.propfind(&home, "1", "<d:displayname/><d:resourcetype/>").found();
    let calendars: Vec<(String, String)> = folders
        .iter()
        .filter(|(_, prop)| prop.child(DAV, "resourcetype").unwrap().child(CALDAV, "calendar").is_some())
        .map(|(href, prop)| (href.clone(), prop.child(DAV, "displayname").unwrap().text()))
        .collect();
    let shared = calendars.iter().find(|(_, name)| name == "Team").unwrap();
    assert!(shared.0.starts_with("/dav/bo/shared-"), "{calendars:?}");
    assert!(calendars.contains(&("/dav/bo/Calendar/".to_owned(), "Calendar".to_owned())));
    let put = bo.put(&format!("{}x.ics", shared.0), &event("x", "Lunch"));
    assert_eq!(put.status, 201);
    assert_eq!(
        bo.get(&format!("{TEAM}x.ics")).text(),
        event("x", "Lunch"),
        "the alias and the path are one folder"
    );
}

#[test]
fn an_item_comes_back_byte_for_byte_and_its_tag_moves() {
    let site = Site::new();
    let anna = site.as_user("anna");
    let odd = event("a", "First").replace("SUMMARY", "summary");
    let put = anna.put("/dav/anna/Calendar/a.ics", &odd);
    let tag = put.header("etag").unwrap().to_owned();
    let got = anna.get("/dav/anna/Calendar/a.ics");
    assert_eq!((got.status, got.header("etag"), got.text()), (200, Some(tag.as_str()), odd.clone()));
    let unchanged = anna.send("GET", "/dav/anna/Calendar/a.ics", &[("If-None-Match", &tag)], b"");
    assert_eq!((unchanged.status, unchanged.body.len()), (304, 0));
    let head = anna.send("HEAD", "/dav/anna/Calendar/a.ics", &[], b"");
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.header("content-length"), Some(odd.len().to_string().as_str()));

    let second = event("a", "Second");
    let only =
        |tag: &str| anna.send("PUT", "/dav/anna/Calendar/a.ics", &[("If-Match", tag)], second.as_bytes());
    assert_eq!(only("\"1-1\"").status, 412, "another version");
    let new = anna.send("PUT", "/dav/anna/Calendar/a.ics", &[("If-None-Match", "*")], second.as_bytes());
    assert_eq!(new.status, 412, "it is there already");
    assert_eq!(only(&tag).status, 204);
    assert_eq!(only(&tag).status, 412, "the tag is that of the version before");
    assert_eq!(anna.delete("/dav/anna/Calendar/a.ics").status, 204);
    assert_eq!(anna.get("/dav/anna/Calendar/a.ics").status, 404);
}

#[test]
fn a_folder_lists_what_it_holds() {
    let site = Site::new();
    site.import("anna", "Contacts", "n.vcf", &card("n", "Neuer"));
    site.import("anna", "Inbox", "m.eml", "Subject: Hello\r\n\r\nText\r\n");
    let anna = site.as_user("anna");
    let listed =
        anna.propfind("/dav/anna/Contacts/", "1", "<d:getetag/><d:getcontenttype/><d:resourcetype/>");
    assert_eq!(listed.hrefs(), ["/dav/anna/Contacts/", "/dav/anna/Contacts/n.vcf"]);
    let item = &listed.found()[1].1;
    assert_eq!(item.child(DAV, "getcontenttype").unwrap().text(), "text/vcard; charset=utf-8");
    let mail = anna.get("/dav/anna/Inbox/m.eml");
    assert_eq!(mail.header("content-type"), Some("message/rfc822"));
    assert_eq!(mail.text(), "Subject: Hello\r\n\r\nText\r\n");
    assert_eq!(anna.propfind("/dav/anna/", "infinity", "<d:getetag/>").status, 403);
    let all = anna.send("PROPFIND", "/dav/anna/Contacts/n.vcf", &[("Depth", "0")], b"").only();
    assert!(all.child(DAV, "getetag").is_some() && all.child(COMITY, "access").is_some());
}

#[test]
fn what_may_not_be_seen_is_answered_like_what_is_not_there() {
    let site = Site::new();
    site.import("public", "Team", "x.ics", &event("x", "Secret"));
    site.grant_levels("user:anna", Grant::new(FolderLevel::Create, Level::Own, Level::Own, Level::Own));
    let (anna, bo) = (site.as_user("anna"), site.as_user("bo"));
    let paths = [
        ("/dav/public/Team/x.ics", "/dav/public/Nothing/x.ics"),
        ("/dav/public/Team/", "/dav/nobody/Team/"),
        ("/dav/public/", "/dav/nobody/"),
        ("/dav/anna/Calendar/", "/dav/anna/Nothing/"),
        ("/dav/principals/anna/", "/dav/principals/nobody/"),
    ];
    for method in ["GET", "PUT", "DELETE", "PROPFIND", "REPORT"] {
        let body = if method == "REPORT" {
            "<d:sync-collection xmlns:d='DAV:'><d:sync-token/><d:prop/></d:sync-collection>"
        } else {
            ""
        };
        for (hidden, absent) in paths {
            let ask = |path: &str| {
                let mut answer = bo.send(method, path, &[("Depth", "0")], body.as_bytes());
                answer.headers.retain(|(name, _)| name != "date");
                answer
            };
            assert_eq!(ask(hidden), ask(absent), "{method} {hidden}");
            assert_eq!(ask(hidden).status, 404, "{method} {hidden}");
        }
    }
    for method in ["GET", "DELETE"] {
        let ask = |name: &str| {
            let mut answer = anna.send(method, &format!("{TEAM}{name}"), &[], b"");
            answer.headers.retain(|(name, _)| name != "date");
            answer
        };
        assert_eq!(
            ask("x.ics"),
            ask("y.ics"),
            "{method}: the item of another in a folder where own ones are read"
        );
        assert_eq!(ask("x.ics").status, 404);
    }
    let put = anna.put(&format!("{TEAM}x.ics"), &event("mine", "Mine"));
    assert_eq!(put.status, 201, "her own is stored beside the one she does not see");
    assert_ne!(put.header("location"), None);
    assert_eq!(site.engine.denied(None).unwrap().len(), 0);
}

#[test]
fn a_refused_write_is_kept_and_its_number_is_told() {
    let site = Site::new();
    site.import("public", "Team", "x.ics", &event("x", "As it stands"));
    site.grant("user:bo", Preset::Viewer);
    let bo = site.as_user("bo");
    let tries = [
        ("PUT", "x.ics", event("x", "Mine"), "write-content", "x.ics", "change"),
        ("PUT", "new.ics", event("new", "New"), "bind", "", "create"),
        ("DELETE", "x.ics", String::new(), "unbind", "", "delete"),
    ];
    for (method, name, body, privilege, on, operation) in tries {
        let answer = bo.send(method, &format!("{TEAM}{name}"), &[], body.as_bytes());
        assert_eq!(answer.status, 403, "{operation}");
        let error = answer.root();
        let resource = error.child(DAV, "need-privileges").unwrap().child(DAV, "resource").unwrap();
        assert_eq!(resource.child(DAV, "href").unwrap().text(), format!("{TEAM}{on}"));
        assert!(resource.child(DAV, "privilege").unwrap().child(DAV, privilege).is_some(), "{privilege}");
        let id: i64 = answer.header("comity-denied").unwrap().parse().unwrap();
        let record = site.engine.denied_change(engine::DeniedId(id)).unwrap();
        assert_eq!((record.operation.as_str(), record.user.as_str()), (operation, "bo"));
        assert_eq!((record.device.as_str(), record.reason.as_str()), ("Tester/1", "access"));
        assert_eq!(record.tried.is_some(), method == "PUT", "what was submitted is kept whole");
        assert!(!record.why.is_empty());
        let again = bo.send(method, &format!("{TEAM}{name}"), &[], body.as_bytes());
        assert_eq!(
            again.header("comity-denied"),
            Some(id.to_string().as_str()),
            "the same again is the same record"
        );
    }
    let large = event("x", &"x".repeat(items::MAX_ITEM_BYTES));
    let answer = bo.put(&format!("{TEAM}x.ics"), &large);
    assert_eq!((answer.status, answer.header("comity-denied")), (403, None), "what is too large is not kept");
    assert_eq!(bo.get(&format!("{TEAM}x.ics")).text(), event("x", "As it stands"));
    let inbox = bo.propfind("/dav/bo/Inbox/", "1", "<d:getetag/>");
    assert_eq!(inbox.hrefs().len(), 1, "who was told gets no notice");
}

#[test]
fn own_items_may_be_changed_where_only_those_may() {
    let site = Site::new();
    site.import("public", "Team", "x.ics", &event("x", "Another's"));
    site.grant("user:bo", Preset::Author);
    let bo = site.as_user("bo");
    assert_eq!(bo.put(&format!("{TEAM}mine.ics"), &event("mine", "One")).status, 201);
    assert_eq!(bo.put(&format!("{TEAM}mine.ics"), &event("mine", "Two")).status, 204);
    assert_eq!(bo.put(&format!("{TEAM}x.ics"), &event("x", "Two")).status, 403);
    assert_eq!(bo.delete(&format!("{TEAM}x.ics")).status, 403);
    assert_eq!(bo.delete(&format!("{TEAM}mine.ics")).status, 204);
}

#[test]
fn a_text_that_is_none_of_the_folders_is_refused_by_name() {
    let site = Site::new();
    let anna = site.as_user("anna");
    let calendar = "/dav/anna/Calendar/a.ics";
    let broken = event("a", "x").replace("X-ODD;A=b:kept", "this is no line");
    let table = [
        (calendar, broken.clone(), CALDAV, "valid-calendar-data"),
        (calendar, "hello".to_owned(), CALDAV, "valid-calendar-data"),
        (calendar, event("a", "x").replace("VEVENT", "VTODO"), CALDAV, "supported-calendar-component"),
        (
            calendar,
            event("a", "x").replace("PRODID", "METHOD:REQUEST\r\nPRODID"),
            CALDAV,
            "valid-calendar-object-resource",
        ),
        ("/dav/anna/Contacts/a.vcf", "hello".to_owned(), CARDDAV, "valid-address-data"),
    ];
    for (path, body, space, precondition) in table {
        let answer = anna.put(path, &body);
        assert_eq!(answer.status, 403, "{precondition}");
        assert!(answer.root().child(space, precondition).is_some(), "{}", answer.text());
    }
    let answer = anna.put(calendar, &broken).root();
    assert!(answer.child(COMITY, "what").unwrap().text().starts_with("line 10"), "{answer:?}");

    site.import("anna", "Calendar", "odd.ics", &broken.replace("UID:a", "UID:odd"));
    let odd = broken.replace("UID:a", "UID:odd").replace("SUMMARY:x", "SUMMARY:y");
    assert_eq!(anna.put("/dav/anna/Calendar/odd.ics", &odd).status, 204, "the line was odd before");

    assert_eq!(anna.put(calendar, &event("a", "x")).status, 201);
    let twin = anna.put("/dav/anna/Calendar/b.ics", &event("a", "x"));
    assert_eq!(twin.status, 409);
    assert_eq!(text_at(&twin.root(), &[(CALDAV, "no-uid-conflict"), (DAV, "href")]), calendar);
    assert_eq!(anna.put(calendar, &event("other", "x")).status, 409, "an item keeps its UID");
}

#[test]
fn hostile_requests_get_a_definite_answer() {
    let site = Site::new();
    let anna = site.as_user("anna");
    for path in [
        "/dav/../etc",
        "/dav/anna/%2e%2e/x",
        "/dav/anna/a%2fb",
        "/dav/anna/%00",
        "/dav/anna/%c0%af",
        "/dav/anna//x",
    ] {
        assert_eq!(anna.get(path).status, 400, "{path}");
    }
    let bomb = b"<!DOCTYPE a [<!ENTITY b \"c\">]><d:propfind xmlns:d=\"DAV:\"><d:prop/></d:propfind>";
    assert_eq!(anna.send("PROPFIND", "/dav/", &[("Depth", "0")], bomb).status, 400);
    assert_eq!(anna.send("PROPFIND", "/dav/", &[("Depth", "2")], b"").status, 400);
    let properties = |count: usize| anna.propfind("/dav/", "0", &"<d:x/>".repeat(count)).status;
    assert_eq!((properties(200), properties(201)), (207, 400));
    assert_eq!(anna.send("BREW", "/dav/anna/Calendar/", &[], b"").status, 405);
    assert_eq!(anna.put("/dav/anna/Calendar/", "x").status, 405);
    assert_eq!(anna.report("/dav/anna/Calendar/", "<x/>").status, 403);
    let wrong = site.raw(b"GET /dav/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert_eq!(wrong.status, 401);
    assert!(wrong.header("www-authenticate").unwrap().starts_with("Basic"));
    let twice = b"PROPFIND /dav/ HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n<x/>\
        GET /dav/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let both = site.raw(twice);
    assert!(
        String::from_utf8_lossy(&both.body).contains("401"),
        "the connection is good for the second request"
    );
    let large = anna.send("PROPFIND", "/dav/", &[("Depth", "0")], &vec![b' '; dav::MAX_XML_BYTES + 1]);
    assert_eq!(large.status, 413);
}

#[test]
fn folders_are_made_where_that_is_allowed_and_own_ones_deleted() {
    let site = Site::new();
    let (anna, bo) = (site.as_user("anna"), site.as_user("bo"));
    let tasks = format!(
        "<d:mkcol {SPACES}><d:set><d:prop><d:resourcetype><d:collection/><c:calendar/></d:resourcetype>\
         <c:supported-calendar-component-set><c:comp name='VTODO'/></c:supported-calendar-component-set>\
         </d:prop></d:set></d:mkcol>"
    );
    assert_eq!(anna.send("MKCALENDAR", "/dav/anna/Club/", &[], b"").status, 201);
    assert_eq!(anna.send("MKCOL", "/dav/anna/Club/Jobs", &[], tasks.as_bytes()).status, 201);
    assert_eq!(anna.send("MKCOL", "/dav/anna/Paper/", &[], b"").status, 201);
    assert_eq!(anna.send("MKCOL", "/dav/anna/Club/", &[], b"").status, 405, "it is there already");
    let jobs = anna.propfind("/dav/anna/Club/Jobs/", "0", "<c:supported-calendar-component-set/>").text();
    assert!(jobs.contains("VTODO"), "{jobs}");
    assert_eq!(anna.put("/dav/anna/Paper/a.txt", "any bytes").status, 201);
    assert_eq!(bo.send("MKCOL", "/dav/anna/Mine/", &[], b"").status, 404, "of her account he sees nothing");

    site.grant("user:bo", Preset::Editor);
    let refused = bo.send("MKCOL", &format!("{TEAM}Sub/"), &[], b"");
    assert_eq!(refused.status, 403);
    assert!(refused.root().child(DAV, "need-privileges").is_some());
    site.grant("user:bo", Preset::Admin);
    assert_eq!(bo.send("MKCOL", &format!("{TEAM}Sub/"), &[], b"").status, 201);
    assert_eq!(
        bo.delete(TEAM).status,
        403,
        "who deletes a share means to be rid of it, not of what is in it"
    );
    assert_eq!(anna.delete("/dav/anna/Calendar/").status, 403, "a default folder stays");
    assert_eq!(anna.delete("/dav/anna/Club/").status, 204);
    assert_eq!(anna.propfind("/dav/anna/Club/Jobs/", "0", "<d:getetag/>").status, 404);
}
