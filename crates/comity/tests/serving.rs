//! The program as a server: the demo and `serve`, asked over sockets.

mod common;

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use common::server::{Server, Tells};
use common::{Place, has};

/// anna:amber-river
const ANNA: &str = "Authorization: Basic YW5uYTphbWJlci1yaXZlcg==";
const OPTIONS: &str = "OPTIONS /Microsoft-Server-ActiveSync HTTP/1.1";

#[test]
fn the_demo_lets_people_in_and_is_made_once() {
    let place = Place::new();
    let demo = || Server::start(&mut place.command(&["demo", "--listen", "127.0.0.1:0"]), Tells::InOutput);
    let server = demo();
    assert!(server.ask("GET /healthz HTTP/1.1").starts_with("HTTP/1.1 200 "));
    let refused = server.ask(OPTIONS);
    assert!(
        refused.starts_with("HTTP/1.1 401 ") && refused.to_lowercase().contains("www-authenticate: basic"),
        "{refused}"
    );
    let offered = server.ask(&format!("{OPTIONS}\r\n{ANNA}"));
    assert!(offered.starts_with("HTTP/1.1 200 "), "{offered}");
    assert!(offered.to_lowercase().contains("ms-asprotocolversions: "), "{offered}");
    // Commands work beside it.
    let users = place.json(&["user", "list"]);
    assert_eq!(users.as_array().unwrap().len(), 8);
    let holidays = place.json(&["item", "list", "public", "Public Holidays", "--as", "hugo"]);
    has(&holidays[0], &["uid", "owner", "modseq", "name", "summary"]);
    assert_eq!(server.stop(), Some(0));
    let again = demo();
    assert!(again.ask(&format!("{OPTIONS}\r\n{ANNA}")).starts_with("HTTP/1.1 200 "));
    assert_eq!(again.stop(), Some(0));
    assert_eq!(place.json(&["user", "list"]).as_array().unwrap().len(), 8);
    assert!(place.path().join("comity.toml").exists());
}

#[test]
fn the_demo_leaves_other_data_alone() {
    let place = Place::with_office();
    place.run(&["demo", "--listen", "127.0.0.1:0"]).fails(1, "other data than the demo's");
    assert_eq!(place.json(&["user", "list"]).as_array().unwrap().len(), 2);
}

#[test]
fn a_server_stops_when_asked_and_warns_of_what_is_missing() {
    let place = Place::with_office();
    place.file(
        "comity.toml",
        "[[shared_folder]]\naccount = \"office\"\npath = \"Nowhere\"\n\n[notice]\nenabled = false\n",
    );
    let mut child = place.command(&["serve", "--listen", "127.0.0.1:0"]);
    let mut child = child.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut log = BufReader::new(child.stderr.take().unwrap());
    let mut told = String::new();
    while !told.contains("listening on http://127.0.0.1:") {
        assert_ne!(log.read_line(&mut told).unwrap(), 0, "{told}");
    }
    Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(told.contains("notices are off"), "{told}");
    assert!(told.contains("office 'Nowhere' does not exist"), "{told}");
}

#[test]
fn plain_http_beyond_this_machine_is_refused_unless_a_proxy_is_named() {
    let place = Place::new();
    place.run(&["space", "add", "office"]).ok();
    place.run(&["serve", "--listen", "0.0.0.0:0"]).fails(1, "trusted_proxies");
    place.file("comity.toml", "[serve]\ntrusted_proxies = [\"192.0.2.1\"]\n");
    let server = Server::start(&mut place.command(&["serve", "--listen", "0.0.0.0:0"]), Tells::InLog);
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn requests_that_no_server_should_take_are_refused() {
    let place = Place::new();
    place.run(&["space", "add", "office"]).ok();
    let server = Server::start(&mut place.command(&["serve", "--listen", "127.0.0.1:0"]), Tells::InLog);
    let long = "x".repeat(9_000);
    assert!(server.ask(&format!("GET /{long} HTTP/1.1")).starts_with("HTTP/1.1 414 "));
    assert!(server.ask(&format!("GET /healthz HTTP/1.1\r\nX-Long: {long}")).starts_with("HTTP/1.1 431 "));
    let many = "X-Many: 1\r\n".repeat(101);
    assert!(
        server.ask(&format!("GET /healthz HTTP/1.1\r\n{}", many.trim_end())).starts_with("HTTP/1.1 431 ")
    );
    assert!(server.ask("GET /healthz HTTP/1.1\r\nContent-Encoding: gzip").starts_with("HTTP/1.1 415 "));
    assert!(server.ask("GET /nowhere HTTP/1.1").starts_with("HTTP/1.1 404 "));
    assert_eq!(server.stop(), Some(0));
}

/// What schemathesis makes of the API: requests of every shape, well-formed and not, by an admin.
#[test]
fn no_request_makes_the_api_fail_or_answer_otherwise_than_its_document_says() {
    let Ok(program) = std::env::var("COMITY_SCHEMATHESIS") else {
        eprintln!("left out: COMITY_SCHEMATHESIS does not name the program (./check sets it)");
        return;
    };
    let place = Place::with_office();
    let root = ["user", "add", "root", "--email", "root@example.org", "--admin", "--password-stdin"];
    place.run_with(&root, "secret of all\n").ok();
    // The attack may set root's password; this one stays.
    let made = place.run(&["user", "app-password", "root", "--label", "attack"]).ok().out;
    let password = made.split_whitespace().last().unwrap();
    place.run(&["group", "add", "staff"]).ok();
    // Numbers and names of things that are there, so that not every request ends at what is not.
    let names = "[parameters]\n\"path.folder\" = 2\n\"path.name\" = \"anna\"\n\"path.group\" = \"staff\"\n";
    let names = place.file("attack.toml", names);
    let mut command = place.command(&["serve", "--listen", "127.0.0.1:0"]);
    let server = Server::start(&mut command, Tells::InLog);
    let attack = Command::new(program)
        .current_dir(place.path())
        .arg("--config-file")
        .arg(names)
        .args(["run", &format!("http://{}/api/openapi.json", server.address)])
        .args(["--auth", &format!("root:{password}"), "--max-examples", "15", "--seed", "4"])
        .args(["--phases", "coverage,fuzzing", "--no-color"])
        .args(["--exclude-path-regex", "/(password|disable)$"])
        .args([
            "--checks",
            "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,\
             negative_data_rejection,unsupported_method",
        ])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&attack.stdout);
    assert!(attack.status.success(), "{said}{}", String::from_utf8_lossy(&attack.stderr));
    assert!(!said.contains("Rate limited"), "the attack was kept out: {said}");
    assert_eq!(server.stop(), Some(0));
    place.run(&["check"]).ok();
}
