//! Chromium without a window, driven as its makers' protocol says (W3C `WebDriver`), over plain HTTP.
#![allow(clippy::indexing_slicing, reason = "a test's answers are as they must be, or it fails")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

/// The name under which the protocol hands out elements.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// How often something is looked for before it counts as missing; chromedriver itself waits for it in between.
const WAIT_MS: u64 = 10_000;

/// A running browser; ended with the value.
pub struct Browser {
    driver: Child,
    address: String,
    session: String,
    site: String,
}

/// How the browser is set up.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    pub width: u32,
    pub height: u32,
    pub dark: bool,
    pub scripts: bool,
    pub language: &'static str,
}

impl Look {
    pub const WIDE: Self = Self { width: 1200, height: 900, dark: false, scripts: true, language: "en" };
}

impl Browser {
    /// Starts one, or says loudly that there is none. Where `COMITY_REQUIRE_BROWSER` is set, there must be one.
    pub fn start(site: &str, look: Look) -> Option<Self> {
        let driver =
            Command::new("chromedriver").arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let Ok(mut driver) = driver else {
            assert!(std::env::var_os("COMITY_REQUIRE_BROWSER").is_none(), "chromedriver is not installed");
            eprintln!("LEFT OUT: chromium and chromium-driver are not installed");
            return None;
        };
        let mut told = BufReader::new(driver.stdout.take().unwrap());
        let mut line = String::new();
        let port = loop {
            line.clear();
            assert_ne!(told.read_line(&mut line).unwrap(), 0, "chromedriver ended");
            if let Some((_, port)) = line.split_once("successfully on port ") {
                break port.trim().trim_end_matches('.').to_owned();
            }
        };
        std::thread::spawn(move || std::io::copy(&mut told, &mut std::io::sink()));
        let mut browser = Self {
            driver,
            address: format!("127.0.0.1:{port}"),
            session: String::new(),
            site: format!("http://{site}"),
        };
        browser.open_session(look);
        Some(browser)
    }

    fn open_session(&mut self, look: Look) {
        let mut args = vec![
            "--headless=new".to_owned(),
            "--no-sandbox".to_owned(),
            "--disable-gpu".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            format!("--window-size={},{}", look.width.max(500), look.height),
        ];
        if look.dark {
            args.push("--blink-settings=preferredColorScheme=0".to_owned());
        }
        let scripts = if look.scripts { 1 } else { 2 };
        let options = json!({
            "args": args,
            "prefs": {
                "intl.accept_languages": look.language,
                "profile.managed_default_content_settings.javascript": scripts,
            },
        });
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": options,
            "timeouts": { "implicit": WAIT_MS },
        }}});
        let made = self.send("POST", "/session", &wanted);
        made["sessionId"].as_str().unwrap().clone_into(&mut self.session);
        // A window is never narrower than 500 pixels; a phone is.
        let metrics =
            json!({ "width": look.width, "height": look.height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", &metrics);
        self.devtools("Emulation.setScrollbarsHidden", &json!({ "hidden": true }));
        let scheme = if look.dark { "dark" } else { "light" };
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.devtools("Emulation.setEmulatedMedia", &features);
    }

    fn devtools(&self, command: &str, params: &Value) -> Value {
        self.ask("POST", "/goog/cdp/execute", &json!({ "cmd": command, "params": params }))
    }

    pub fn open(&self, path: &str) {
        self.ask("POST", "/url", &json!({ "url": format!("{}{path}", self.site) }));
    }

    pub fn path(&self) -> String {
        let url = self.ask("GET", "/url", &Value::Null);
        url.as_str().unwrap().trim_start_matches(&self.site).to_owned()
    }

    /// The element that an `XPath` finds; waits for it.
    fn find(&self, xpath: &str) -> String {
        let found = self.ask("POST", "/element", &json!({ "using": "xpath", "value": xpath }));
        found[ELEMENT].as_str().unwrap().to_owned()
    }

    /// Waits until a text stands on the page.
    pub fn sees(&self, text: &str) {
        self.find(&format!(
            "//*[contains(normalize-space(translate(., '\u{2068}\u{2069}', '')), {})]",
            quoted(text)
        ));
    }

    /// Whether a text stands on the page now.
    pub fn has(&self, text: &str) -> bool {
        let body = self.script("return document.body.innerText");
        body.as_str().unwrap().replace(['\u{2068}', '\u{2069}'], "").contains(text)
    }

    /// The field with this label; within the row of somebody where a name is given.
    fn field(&self, row: &str, label: &str) -> String {
        let text = quoted(label);
        let label = format!("{}//label[normalize-space(.)={text}]", within(row));
        let id = self.find(&label);
        let of = self.ask("GET", &format!("/element/{id}/attribute/for"), &Value::Null);
        self.find(&format!("//*[@id={}]", quoted(of.as_str().unwrap())))
    }

    pub fn types(&self, label: &str, text: &str) {
        let id = self.field("", label);
        self.ask("POST", &format!("/element/{id}/clear"), &json!({}));
        self.ask("POST", &format!("/element/{id}/value"), &json!({ "text": text }));
    }

    pub fn chooses(&self, row: &str, label: &str, option: &str) {
        let select = self.field(row, label);
        let option =
            json!({ "using": "xpath", "value": format!("./option[normalize-space(.)={}]", quoted(option)) });
        let found = self.ask("POST", &format!("/element/{select}/element"), &option);
        self.ask("POST", &format!("/element/{}/click", found[ELEMENT].as_str().unwrap()), &json!({}));
    }

    /// Clicks what says this: a button, a link, or the label of a box.
    pub fn clicks(&self, text: &str) {
        self.clicks_in("", text);
    }

    pub fn clicks_in(&self, row: &str, text: &str) {
        let text = quoted(text);
        let within = within(row);
        let tags = ["button", "a", "summary", "label"];
        let all = tags.map(|tag| {
            format!("{within}//{tag}[starts-with(normalize-space(translate(., '\u{2068}\u{2069}', '')), {text}) or translate(@aria-label, '\u{2068}\u{2069}', '')={text}]")
        });
        let id = self.find(&all.join(" | "));
        self.ask("POST", &format!("/element/{id}/click"), &json!({}));
    }

    /// Presses keys one after the other, wherever the focus is.
    pub fn presses(&self, keys: &[&str]) {
        let strokes = keys.iter().flat_map(|key| {
            [json!({ "type": "keyDown", "value": key }), json!({ "type": "keyUp", "value": key })]
        });
        let strokes: Vec<Value> = strokes.collect();
        let actions = json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": strokes }] });
        self.ask("POST", "/actions", &actions);
    }

    pub fn script(&self, script: &str) -> Value {
        self.ask("POST", "/execute/sync", &json!({ "script": script, "args": [] }))
    }

    /// Keeps a picture of the whole page under `target/pages`.
    pub fn picture(&self, name: &str) {
        let shot = self.devtools("Page.captureScreenshot", &json!({ "captureBeyondViewport": true }));
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("../pages");
        std::fs::create_dir_all(&folder).unwrap();
        let bytes = decoded(shot["data"].as_str().unwrap());
        std::fs::write(folder.join(format!("{name}.png")), bytes).unwrap();
    }

    fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        self.send(method, &format!("/session/{}{path}", self.session), body)
    }

    fn send(&self, method: &str, path: &str, body: &Value) -> Value {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            self.address,
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body.as_bytes()).unwrap();
        let mut stream = BufReader::new(stream);
        let (mut line, mut length) = (String::new(), 0);
        while stream.read_line(&mut line).unwrap() > 2 {
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().unwrap();
            }
            line.clear();
        }
        let mut answer = vec![0; length];
        stream.read_exact(&mut answer).unwrap();
        let answer: Value = serde_json::from_slice(&answer).unwrap();
        let value = &answer["value"];
        if let Some(error) = value.get("error") {
            panic!("{method} {path} {body}\n{error}: {}", value["message"]);
        }
        value.clone()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if !self.session.is_empty() && !std::thread::panicking() {
            self.send("DELETE", &format!("/session/{}", self.session), &Value::Null);
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// A text as `XPath` writes it.
fn quoted(text: &str) -> String {
    assert!(!text.contains('"'), "{text}");
    format!("\"{text}\"")
}

/// The row of somebody in a list; the whole page where no name is given.
fn within(row: &str) -> String {
    if row.is_empty() {
        String::new()
    } else {
        format!("//li[contains(@class, 'grant')][.//bdi[normalize-space(.)={}]]", quoted(row))
    }
}

/// Reads base64.
fn decoded(text: &str) -> Vec<u8> {
    let value = |byte: u8| match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    for four in text.trim_end_matches('=').as_bytes().chunks(4) {
        let bits = four.iter().fold(0_u32, |bits, byte| (bits << 6) | u32::from(value(*byte)));
        let bits = bits << (6 * (4 - four.len()));
        bytes.extend_from_slice(&bits.to_be_bytes()[1..four.len()]);
    }
    bytes
}
