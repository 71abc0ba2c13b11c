//! Who logs in gets a session that only his own pages can use.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use axum::http::{Request, StatusCode};
use common::{PASSWORD, Pages};
use web::Transport;

#[test]
fn a_page_asks_who_it_is_and_comes_after_the_log_in() {
    let pages = Pages::new();
    let mut browser = pages.browser();
    assert_eq!(browser.open("/").header("location"), "/login");
    let asked = browser.open("/?a=b c".replace(' ', "%20").as_str());
    assert_eq!(
        (asked.status, asked.header("location")),
        (StatusCode::SEE_OTHER, "/login?next=%2F%3Fa%3Db%2520c")
    );
    let form = browser.open(asked.header("location"));
    assert_eq!(form.status, StatusCode::OK);
    let next = form.value("next");
    let done =
        browser.submit("/login", &[("name", "anna@club.example"), ("password", PASSWORD), ("next", &next)]);
    assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, "/?a=b%20c"));
    assert!(browser.open("/").text.contains("Anna Berg"));
    assert_eq!(browser.open("/login").header("location"), "/", "who is logged in needs no form");
}

#[test]
fn a_wrong_password_and_a_wrong_name_are_told_alike() {
    let pages = Pages::new();
    let told = ["anna", "nobody"].map(|name| {
        let seen = pages.browser().submit("/login", &[("name", name), ("password", "wrong")]);
        assert_eq!(seen.status, StatusCode::UNAUTHORIZED);
        assert_eq!(seen.header("set-cookie"), "");
        seen.text.replace(name, "NAME")
    });
    assert!(told[0].contains("Name or password is wrong."), "{}", told[0]);
    assert_eq!(told[0], told[1]);
}

#[test]
fn who_guesses_is_made_to_wait() {
    let pages = Pages::new();
    let mut browser = pages.browser();
    let mut guess = |password| browser.submit("/login", &[("name", "anna"), ("password", password)]);
    for _ in 0..6 {
        guess("wrong");
    }
    let seen = guess(PASSWORD);
    assert_eq!((seen.status, seen.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "1"));
    assert!(seen.text.contains("Try again in one second"), "{}", seen.text);
}

#[test]
fn the_cookie_can_be_read_by_nobody_and_each_log_in_gives_another() {
    let pages = Pages::over(Transport::Tls);
    let mut browser = pages.browser();
    let mut log_in = || {
        let seen = browser.submit("/login", &[("name", "anna"), ("password", PASSWORD)]);
        seen.header("set-cookie").to_owned()
    };
    let (first, second) = (log_in(), log_in());
    assert!(first.starts_with("__Host-comity="), "{first}");
    assert!(first.ends_with("; Path=/; HttpOnly; SameSite=Lax; Secure"), "{first}");
    assert_ne!(first, second);
    let mut old = pages.browser();
    old.cookie = Some(first.split(';').next().unwrap().to_owned());
    assert_eq!(old.open("/").header("location"), "/login", "the log-in ended the session before");
    let plain = Pages::new();
    let seen = plain.browser().submit("/login", &[("name", "anna"), ("password", PASSWORD)]);
    assert!(
        seen.header("set-cookie").ends_with("; Path=/; HttpOnly; SameSite=Lax"),
        "plain HTTP in one machine"
    );
}

#[test]
fn a_stolen_cookie_is_worth_nothing_after_the_log_out() {
    let pages = Pages::new();
    let mut anna = pages.logged_in("anna");
    let mut thief = pages.browser();
    thief.cookie.clone_from(&anna.cookie);
    let token = anna.token();
    let out = anna.submit("/logout", &[("token", &token)]);
    assert_eq!(out.header("location"), "/login?done=logged-out");
    assert!(anna.cookie.is_none());
    assert_eq!(thief.open("/").header("location"), "/login");
}

#[test]
fn a_form_of_another_site_or_without_the_token_does_nothing() {
    let pages = Pages::new();
    let mut anna = pages.logged_in("anna");
    let token = anna.token();
    let german = format!("language=de&token={token}");
    let form = "application/x-www-form-urlencoded";
    let post = || Request::post("/language").header("content-type", form);
    for site in ["cross-site", "same-site", "none"] {
        assert_eq!(
            anna.send(post().header("sec-fetch-site", site), german.clone()).status,
            StatusCode::FORBIDDEN
        );
    }
    assert_eq!(anna.send(post(), german.clone()).status, StatusCode::FORBIDDEN);
    assert_eq!(anna.send(post().header("origin", "https://evil.example"), german.clone()).status, 403);
    for token in ["", "0", &token[1..]] {
        let seen = anna.submit("/language", &[("language", "de"), ("token", token)]);
        assert_eq!(seen.status, StatusCode::FORBIDDEN);
    }
    assert!(anna.open("/").text.contains("<html lang=\"en\">"));
    let json = Request::post("/language")
        .header("content-type", "text/plain")
        .header("sec-fetch-site", "same-origin");
    assert_eq!(anna.send(json, german.clone()).status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(
        anna.send(post().header("origin", "http://club.example"), german).status,
        StatusCode::SEE_OTHER
    );
    assert!(anna.open("/").text.contains("<html lang=\"de\">"));
}

#[test]
fn a_form_that_is_too_large_is_refused() {
    let pages = Pages::new();
    let mut browser = pages.browser();
    let fields = |count: usize| vec![("a", "b"); count];
    assert_eq!(browser.submit("/login", &fields(5000)).status, StatusCode::UNAUTHORIZED);
    assert_eq!(browser.submit("/login", &fields(5001)).status, StatusCode::BAD_REQUEST);
    let long = "x".repeat(512 * 1024);
    assert_eq!(browser.submit("/login", &[("name", &long[7..])]).status, StatusCode::UNAUTHORIZED);
    assert_eq!(browser.submit("/login", &[("name", &long)]).status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[test]
fn no_page_runs_what_stands_in_it_or_is_kept_by_anybody() {
    let pages = Pages::over(Transport::Tls);
    let mut anna = pages.logged_in("anna");
    for address in ["/", "/login?next=/x", "/assets/style.css", "/assets/page.js"] {
        let seen = anna.open(address);
        let policy = seen.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'"), "{address}");
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{address}");
        assert_eq!(seen.header("x-content-type-options"), "nosniff");
        assert_eq!(seen.header("referrer-policy"), "no-referrer");
        assert_eq!(seen.header("cross-origin-resource-policy"), "same-origin");
        if !address.starts_with("/assets") {
            assert_eq!(seen.header("cache-control"), "no-store", "{address}");
            assert_eq!(seen.header("strict-transport-security"), "max-age=31536000");
        }
    }
}

#[test]
fn a_name_made_to_look_like_a_page_is_text() {
    let pages = Pages::new();
    let mut browser = pages.browser();
    let seen = browser.submit("/login", &[("name", "\"><script>alert(1)</script>"), ("password", "x")]);
    assert!(!seen.text.contains("<script>alert"), "{}", seen.text);
    assert!(seen.text.contains("&lt;script&gt;") || seen.text.contains("&#60;script&#62;"), "{}", seen.text);
}

#[test]
fn pages_speak_the_readers_language() {
    let pages = Pages::new();
    let mut browser = pages.browser().speaking("de-AT, en;q=0.5");
    assert!(browser.open("/login").text.contains("<h1>Anmelden</h1>"));
    browser.submit("/login", &[("name", "anna"), ("password", PASSWORD)]);
    assert!(browser.open("/").text.contains("<h1>Meine Ordner</h1>"));
    let token = browser.token();
    browser.submit("/language", &[("language", "en"), ("token", &token)]);
    assert!(
        browser.open("/").text.contains("<h1>My folders</h1>"),
        "what he chose goes before what the browser asks for"
    );
}
