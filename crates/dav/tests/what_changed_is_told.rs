//! Reports: what changed, in items and in rights, and what a question finds.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed step is a failed test"
)]

mod common;

use access::{FolderLevel, Grant, Level, Preset};
use common::{Answer, Client, SPACES, Site, card, event, privileges, text_at};
use dav::xml::{CALDAV, CALENDARSERVER, COMITY, DAV, MAPI};

const TEAM: &str = "/dav/public/Team/";

fn sync_limited(client: &Client<'_>, token: &str, limit: &str) -> Answer {
    let body = format!(
        "<d:sync-collection {SPACES}><d:sync-token>{token}</d:sync-token><d:sync-level>1</d:sync-level>{limit}\
         <d:prop><d:getetag/></d:prop></d:sync-collection>"
    );
    client.report(TEAM, &body)
}

fn sync(client: &Client<'_>, token: &str) -> Answer {
    sync_limited(client, token, "")
}

fn token(answer: &Answer) -> String {
    assert_eq!(answer.status, 207, "{}", answer.text());
    text_at(&answer.root(), &[(DAV, "sync-token")])
}

fn names(answer: &Answer) -> Vec<String> {
    answer.found().iter().map(|(href, _)| href.replace(TEAM, "")).collect()
}

#[test]
fn a_client_hears_of_each_change_once() {
    let site = Site::new();
    site.import("public", "Team", "a.ics", &event("a", "A"));
    site.import("public", "Team", "b.ics", &event("b", "B"));
    site.grant("user:bo", Preset::Editor);
    let bo = site.as_user("bo");
    let first = sync(&bo, "");
    assert_eq!(names(&first), ["a.ics", "b.ics"]);
    let quiet = sync(&bo, &token(&first));
    assert_eq!(
        (quiet.hrefs().len(), token(&quiet)),
        (0, token(&first)),
        "nothing changed, the token neither"
    );
    let told = bo.propfind(TEAM, "0", "<d:sync-token/><s:getctag/>").only();
    assert_eq!(told.child(DAV, "sync-token").unwrap().text(), token(&first));

    bo.put(&format!("{TEAM}a.ics"), &event("a", "A2"));
    bo.put(&format!("{TEAM}c.ics"), &event("c", "C"));
    bo.delete(&format!("{TEAM}b.ics"));
    let second = sync(&bo, &token(&quiet));
    assert_eq!(names(&second), ["a.ics", "c.ics"]);
    assert_eq!(second.gone(), [format!("{TEAM}b.ics")]);
    assert_eq!(sync(&bo, &token(&second)).hrefs().len(), 0);
    let ctag = bo.propfind(TEAM, "0", "<s:getctag/>").only();
    assert_ne!(ctag.child(CALENDARSERVER, "getctag"), told.child(CALENDARSERVER, "getctag"));
}

#[test]
fn a_long_answer_comes_in_parts_and_nothing_is_left_out() {
    let site = Site::new();
    for number in 0..7 {
        site.import("public", "Team", &format!("{number}.ics"), &event(&number.to_string(), "x"));
    }
    site.grant("user:bo", Preset::Editor);
    let bo = site.as_user("bo");
    let limit = "<d:limit><d:nresults>3</d:nresults></d:limit>";
    let (mut at, mut seen, mut rounds) = (String::new(), Vec::new(), 0);
    loop {
        let part = sync_limited(&bo, &at, limit);
        seen.extend(names(&part));
        at = token(&part);
        rounds += 1;
        if rounds == 1 {
            bo.delete(&format!("{TEAM}0.ics"));
        }
        if !part.text().contains("507") {
            assert_eq!(part.gone(), [format!("{TEAM}0.ics")], "what was told in an earlier part");
            break;
        }
    }
    assert_eq!(rounds, 3);
    assert_eq!(seen, ["0.ics", "1.ics", "2.ics", "3.ics", "4.ics", "5.ics", "6.ics"]);
}

#[test]
fn a_token_is_good_for_whom_it_was_made() {
    let site = Site::new();
    site.grant("everyone", Preset::Viewer);
    let (anna, bo) = (site.as_user("anna"), site.as_user("bo"));
    let good = token(&sync(&bo, ""));
    assert_eq!(sync(&bo, &good).status, 207);
    let own = |path: &str| {
        let body = format!(
            "<d:sync-collection {SPACES}><d:sync-token>{good}</d:sync-token><d:prop/></d:sync-collection>"
        );
        bo.report(path, &body).status
    };
    assert_eq!(own("/dav/bo/Calendar/"), 403, "a token of another folder");
    for bad in [
        sync(&anna, &good),
        sync(&bo, "x"),
        sync(&bo, &good.replace("1.", "2.")),
        sync(&bo, &format!("{good}0")),
    ] {
        assert_eq!(bad.status, 403);
        assert!(bad.root().child(DAV, "valid-sync-token").is_some());
    }
}

#[test]
fn a_changed_right_shows_in_the_next_report() {
    let site = Site::new();
    site.import("public", "Team", "x.ics", &event("x", "Another's"));
    let own = Grant::new(FolderLevel::Create, Level::Own, Level::Own, Level::Own);
    site.grant_levels("user:bo", own);
    let bo = site.as_user("bo");
    bo.put(&format!("{TEAM}mine.ics"), &event("mine", "Mine"));
    let first = sync(&bo, "");
    assert_eq!(names(&first), ["mine.ics"]);

    site.grant("user:bo", Preset::Author);
    let gained = sync(&bo, &token(&first));
    assert_eq!((names(&gained), gained.gone()), (vec!["x.ics".to_owned()], vec![]), "reading was gained");

    site.grant("user:bo", Preset::Editor);
    let writing = sync(&bo, &token(&gained));
    assert_eq!(writing.hrefs().len(), 0, "only writing was gained: no item is told again");
    assert_ne!(token(&writing), token(&gained), "who compares tokens looks again");
    assert!(writing.body.len() < 1024);

    site.grant_levels("user:bo", own);
    let lost = sync(&bo, &token(&writing));
    assert_eq!((names(&lost), lost.gone()), (vec![], vec![format!("{TEAM}x.ics")]), "reading was lost");
    let body = format!(
        "<d:sync-collection {SPACES}><d:sync-token>{}</d:sync-token><d:prop/></d:sync-collection>",
        token(&writing)
    );
    let purged = bo.send("REPORT", TEAM, &[("Comity-Classes", "1")], body.as_bytes());
    assert!(purged.root().child(COMITY, "purge-class").unwrap().child(COMITY, "others").is_some());
    assert!(purged.hrefs().is_empty());

    site.import("public", "Team", "y.ics", &event("y", "Another's"));
    let quiet = sync(&bo, &token(&lost));
    assert_eq!(quiet.hrefs().len(), 0, "what he may not see he does not hear of");
}

#[test]
fn an_item_made_private_leaves_those_who_may_not_see_it() {
    let site = Site::new();
    site.import("public", "Team", "x.ics", &event("x", "Party"));
    site.grant("user:bo", Preset::Viewer);
    let bo = site.as_user("bo");
    let first = sync(&bo, "");
    site.import("public", "Team", "x.ics", &event("x", "Party").replace("X-ODD;A=b:kept", "CLASS:PRIVATE"));
    site.import("public", "Team", "new.ics", &event("new", "x").replace("X-ODD;A=b:kept", "CLASS:PRIVATE"));
    let second = sync(&bo, &token(&first));
    assert_eq!((names(&second), second.gone()), (vec![], vec![format!("{TEAM}x.ics")]));
}

#[test]
fn what_may_be_done_stands_on_every_folder_and_item() {
    let site = Site::new();
    site.import("public", "Team", "x.ics", &event("x", "Another's"));
    site.grant("user:bo", Preset::Author);
    let bo = site.as_user("bo");
    bo.put(&format!("{TEAM}mine.ics"), &event("mine", "Mine"));
    let asked = "<d:current-user-privilege-set/><k:access/><m:x0ff40003/><k:access-classes/><k:access-class/>\
                 <k:access-epoch/><d:owner/>";
    let found = bo.propfind(TEAM, "1", asked).found();
    let of = |name: &str| &found.iter().find(|(href, _)| href == &format!("{TEAM}{name}")).unwrap().1;
    let folder = of("");
    assert_eq!(text_at(folder, &[(COMITY, "access")]), "18", "read and create");
    assert_eq!(text_at(folder, &[(MAPI, "x0ff40003")]), "18");
    assert_eq!(text_at(folder, &[(COMITY, "access-classes"), (COMITY, "mine")]), "7");
    assert_eq!(text_at(folder, &[(COMITY, "access-classes"), (COMITY, "others")]), "2");
    assert!(folder.child(COMITY, "access-epoch").is_some());
    let told = privileges(folder);
    for (privilege, there) in
        [("bind", true), ("unbind", false), ("write", false), ("write-own", true), ("delete-own", true)]
    {
        assert_eq!(told.iter().any(|name| name == privilege), there, "{privilege}");
    }
    let (mine, others) = (of("mine.ics"), of("x.ics"));
    assert_eq!(text_at(mine, &[(COMITY, "access")]), "7");
    assert_eq!(text_at(mine, &[(COMITY, "access-class")]), "mine");
    assert_eq!(text_at(mine, &[(DAV, "owner"), (DAV, "href")]), "/dav/principals/bo/");
    assert_eq!(text_at(others, &[(COMITY, "access")]), "2");
    assert_eq!(text_at(others, &[(COMITY, "access-class")]), "others");
    assert!(privileges(mine).contains(&"write-content".to_owned()));
    assert!(!privileges(others).contains(&"write-content".to_owned()));
}

#[test]
fn named_items_are_told_whole_and_foreign_names_are_not_there() {
    let site = Site::new();
    site.import("public", "Team", "x.ics", &event("x", "X"));
    site.import("anna", "Calendar", "secret.ics", &event("s", "S"));
    site.grant("user:bo", Preset::Viewer);
    let bo = site.as_user("bo");
    let hrefs = |list: &str| {
        format!(
            "<c:calendar-multiget {SPACES}><d:prop><d:getetag/><c:calendar-data/></d:prop>{list}</c:calendar-multiget>"
        )
    };
    let asked = hrefs(
        "<d:href>/dav/public/Team/x.ics</d:href><d:href>https://dav.example/dav/public/Team/x.ics</d:href>\
         <d:href>/dav/anna/Calendar/secret.ics</d:href><d:href>/dav/public/Team/../x.ics</d:href><d:href>no</d:href>",
    );
    let answer = bo.report(TEAM, &asked);
    assert_eq!((answer.found().len(), answer.gone().len()), (2, 3));
    assert_eq!(answer.found()[0].1.child(CALDAV, "calendar-data").unwrap().text() + "\r\n", event("x", "X"));
    let many = |count: usize| bo.report(TEAM, &hrefs(&"<d:href>/x</d:href>".repeat(count))).status;
    assert_eq!((many(1_000), many(1_001)), (207, 413));
}

fn query(client: &Client<'_>, path: &str, inner: &str) -> Answer {
    let body = format!(
        "<c:calendar-query {SPACES}><d:prop><c:calendar-data/></d:prop><c:filter><c:comp-filter name='VCALENDAR'>\
         <c:comp-filter name='VEVENT'>{inner}</c:comp-filter></c:comp-filter></c:filter></c:calendar-query>"
    );
    client.report(path, &body)
}

#[test]
fn a_question_about_a_week_finds_what_happens_then() {
    let site = Site::new();
    let anna = site.as_user("anna");
    let path = "/dav/anna/Calendar/";
    let weekly = event("weekly", "Every week").replace("X-ODD;A=b:kept", "RRULE:FREQ=WEEKLY");
    for (name, text) in [("once.ics", event("once", "Lunch")), ("weekly.ics", weekly)] {
        assert_eq!(anna.put(&format!("{path}{name}"), &text).status, 201);
    }
    let range = |from: &str, to: &str| format!("<c:time-range start='{from}T000000Z' end='{to}T000000Z'/>");
    let found = |inner: &str| {
        query(&anna, path, inner).hrefs().iter().map(|href| href.replace(path, "")).collect::<Vec<_>>()
    };
    assert_eq!(found(&range("20260302", "20260309")), ["once.ics", "weekly.ics"]);
    assert_eq!(found(&range("20270303", "20270304")), ["weekly.ics"], "its occurrence a year later");
    assert!(found(&range("20270304", "20270305")).is_empty(), "no occurrence on that day");
    assert!(found(&range("20260101", "20260102")).is_empty());
    assert_eq!(
        found("<c:prop-filter name='SUMMARY'><c:text-match>LUN</c:text-match></c:prop-filter>"),
        ["once.ics"]
    );
    assert_eq!(found("<c:prop-filter name='RRULE'><c:is-not-defined/></c:prop-filter>"), ["once.ics"]);
    assert!(found("<c:comp-filter name='VALARM'/>").is_empty());
    for bad in [
        "<c:time-range/>",
        "<c:time-range start='20260102T000000Z' end='20260101T000000Z'/>",
        "<c:prop-filter/>",
    ] {
        assert_eq!(query(&anna, path, bad).status, 403, "{bad}");
    }
    let text = |bytes: usize| {
        let inner = format!(
            "<c:prop-filter name='X'><c:text-match>{}</c:text-match></c:prop-filter>",
            "x".repeat(bytes)
        );
        query(&anna, path, &inner).status
    };
    assert_eq!((text(256), text(257)), (207, 403));
    let nested = |depth: usize| {
        let inner =
            format!("{}{}", "<c:comp-filter name='X'>".repeat(depth), "</c:comp-filter>".repeat(depth));
        query(&anna, path, &inner).status
    };
    assert_eq!((nested(6), nested(7)), (207, 403));
    let filters = |count: usize| query(&anna, path, &"<c:prop-filter name='X'/>".repeat(count)).status;
    assert_eq!((filters(98), filters(99)), (207, 403));
}

#[test]
fn a_question_finds_people() {
    let site = Site::new();
    site.import("anna", "Contacts", "n.vcf", &card("n", "Manuel Neuer"));
    site.import("anna", "Contacts", "k.vcf", &card("k", "Oliver Kahn"));
    let anna = site.as_user("anna");
    let found = |filter: &str| {
        let body = format!(
            "<a:addressbook-query {SPACES}><d:prop><a:address-data/></d:prop><a:filter test='anyof'>{filter}</a:filter>\
             </a:addressbook-query>"
        );
        anna.report("/dav/anna/Contacts/", &body).hrefs().len()
    };
    let name = |how: &str, text: &str| {
        format!(
            "<a:prop-filter name='FN'><a:text-match match-type='{how}'>{text}</a:text-match></a:prop-filter>"
        )
    };
    assert_eq!(found(""), 2);
    assert_eq!(found(&name("contains", "neu")), 1);
    assert_eq!(found(&name("equals", "oliver kahn")), 1);
    assert_eq!(found(&name("starts-with", "kahn")), 0);
    assert_eq!(found(&(name("ends-with", "kahn") + &name("contains", "manuel"))), 2);
}

#[test]
fn busy_times_are_told_without_what_they_are_for() {
    let site = Site::new();
    site.import("public", "Team", "x.ics", &event("x", "Secret plan"));
    site.grant("user:bo", Preset::Viewer);
    let ask = |start: &str, end: &str| {
        let body = format!(
            "<c:free-busy-query {SPACES}><c:time-range start='{start}' end='{end}'/></c:free-busy-query>"
        );
        site.as_user("bo").report(TEAM, &body)
    };
    let answer = ask("20260301T000000Z", "20260401T000000Z");
    assert_eq!(answer.header("content-type"), Some("text/calendar; charset=utf-8"));
    assert!(
        answer.text().contains("FREEBUSY;FBTYPE=BUSY:20260304T100000Z/20260304T110000Z\r\n"),
        "{}",
        answer.text()
    );
    assert!(!answer.text().contains("Secret"));
    assert_eq!(ask("20260101T000000Z", "20280102T000000Z").status, 200);
    assert_eq!(ask("20260101T000000Z", "20280103T000000Z").status, 403, "more than two years and a day");
}
