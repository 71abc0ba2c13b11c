//! `comity.toml`: what the admin decides for the whole server.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, bail};
use eas::Redirect;
use eas::policy::{Policy, Range, Value};
use engine::{Limits, NoticeSettings, Settings, SharedFolder, Standing};
use jiff::tz::TimeZone;
use serde::Deserialize;

/// The templates' file names in `[notice] templates`.
const TEXT_TEMPLATE: &str = "notice.txt";
const HTML_TEMPLATE: &str = "notice.html";

/// Every key with its default and a sentence, in the form of the file itself: what `comity config` prints. A key
/// without a plain default stands behind a `#`.
pub(crate) const KEYS: &[Key] = &[
    Key {
        table: "",
        name: "public_url",
        default: None,
        example: "\"https://mail.example.org\"",
        meaning: "The address of this server as phones reach it; without it, the address of the request.",
    },
    Key {
        table: "",
        name: "time_zone",
        default: None,
        example: "\"Europe/Berlin\"",
        meaning: "The time zone of users who have none of their own (comity user zone).",
    },
    Key {
        table: "serve",
        name: "trusted_proxies",
        default: Some("[]"),
        example: "",
        meaning: "IP addresses of the proxies that do TLS; with one, plain HTTP is served to them on any address.",
    },
    Key {
        table: "notice",
        name: "enabled",
        default: Some("true"),
        example: "",
        meaning: "Whether a message hands back a change that was not allowed; the record is kept in any case.",
    },
    Key {
        table: "notice",
        name: "from",
        default: None,
        example: "\"Comity <no-reply@HOST>\"",
        meaning: "The sender of notices; without it as here, HOST being that of public_url or else localhost.",
    },
    Key {
        table: "notice",
        name: "interval_s",
        default: Some("300"),
        example: "",
        meaning: "Seconds between two notices of one device; what is denied meanwhile stands in the next. 0: at once.",
    },
    Key {
        table: "notice",
        name: "templates",
        default: None,
        example: "\"/etc/comity/templates\"",
        meaning: "A directory with notice.txt and notice.html; without it, the built-in text.",
    },
    Key {
        table: "[redirect]",
        name: "to",
        default: None,
        example: "\"https://mail2.example.org\"",
        meaning: "One such table for each other server that phones are sent to for good: its address.",
    },
    Key {
        table: "[redirect]",
        name: "users",
        default: None,
        example: "[\"anna\"]",
        meaning: "Whose phones are sent there; without it, everybody's.",
    },
    Key {
        table: "provision",
        name: "required",
        default: Some("false"),
        example: "",
        meaning: "Whether a phone must accept the policy before it is answered.",
    },
    Key {
        table: "provision",
        name: "partial",
        default: Some("true"),
        example: "",
        meaning: "Whether a phone that can apply a required policy only in part is let in.",
    },
    Key {
        table: "devices",
        name: "new",
        default: Some("\"allow\""),
        example: "",
        meaning: "What becomes of a device that comes for the first time: allow, or quarantine until an admin allows it.",
    },
    Key {
        table: "devices",
        name: "expire_days",
        default: Some("0"),
        example: "",
        meaning: "Days without contact after which a device is forgotten, and starts over if it comes back; 0: never.",
    },
    Key {
        table: "limits",
        name: "device_requests_per_minute",
        default: Some("600"),
        example: "",
        meaning: "Requests per minute and device, with a burst of 1,000; 0 means no limit.",
    },
    Key {
        table: "limits",
        name: "account_writes_per_second",
        default: Some("30"),
        example: "",
        meaning: "Writes per second and account, with a burst of 300; 0 means no limit.",
    },
    Key {
        table: "limits",
        name: "devices_per_user",
        default: Some("20"),
        example: "",
        meaning: "Devices that one user may have; 0 means no limit.",
    },
    Key {
        table: "[shared_folder]",
        name: "account",
        default: None,
        example: "\"public\"",
        meaning: "One such table for each folder that every phone gets: the user or space that owns it.",
    },
    Key {
        table: "[shared_folder]",
        name: "path",
        default: None,
        example: "\"Public Contacts\"",
        meaning: "The folder's path in that account.",
    },
    Key {
        table: "[shared_folder]",
        name: "notice",
        default: Some("true"),
        example: "",
        meaning: "Whether changes that were not allowed there make a notice.",
    },
];

/// The keys of `[[policy]]` beside its rules.
const POLICY_KEYS: &[Key] = &[
    Key {
        table: "[policy]",
        name: "name",
        default: None,
        example: "\"board\"",
        meaning: "One such table for each policy, of which the first that is for a user counts: a name for people.",
    },
    Key {
        table: "[policy]",
        name: "users",
        default: None,
        example: "[\"anna\"]",
        meaning: "The users it is for; without users and groups, it is for everybody.",
    },
    Key {
        table: "[policy]",
        name: "groups",
        default: None,
        example: "[\"staff\"]",
        meaning: "The groups whose members it is for.",
    },
];

/// Returns every key: [`KEYS`] and what a policy can ask.
pub(crate) fn keys() -> Vec<Key> {
    let rules = eas::policy::RULES.iter().map(|rule| Key {
        table: "[policy]",
        name: rule.key,
        default: None,
        example: match (rule.range, rule.permissive) {
            (Range::Flag, "1") => "true",
            (Range::Flag, _) => "false",
            (Range::Number(..), "") => "8",
            (Range::Number(..), number) => number,
        },
        meaning: rule.meaning,
    });
    KEYS.iter().chain(POLICY_KEYS).copied().chain(rules).collect()
}

/// One key of the configuration.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Key {
    /// The table it stands in, without its brackets; empty at the top.
    pub(crate) table: &'static str,
    /// Its name.
    pub(crate) name: &'static str,
    /// Its default as TOML, if it has one.
    pub(crate) default: Option<&'static str>,
    /// A value to show where there is no default.
    pub(crate) example: &'static str,
    /// What it means, in a sentence.
    pub(crate) meaning: &'static str,
}

/// The whole configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    /// The address of this server; `None`: the address of the request.
    pub(crate) public_url: Option<String>,
    /// The time zone of users who have none of their own.
    time_zone: Option<String>,
    /// How the server listens.
    pub(crate) serve: Serve,
    /// How users hear of denied changes.
    notice: Notice,
    /// Policies.
    pub(crate) provision: Provision,
    /// Who is sent to another server.
    redirect: Vec<RedirectKeys>,
    /// What phones are asked.
    policy: Vec<PolicyKeys>,
    /// Limits on users and devices.
    pub(crate) limits: LimitKeys,
    /// Devices that come for the first time.
    devices: Devices,
    /// Folders that every phone gets.
    shared_folder: Vec<SharedFolderKeys>,
}

/// `[serve]`
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Serve {
    /// The proxies that may speak for others.
    pub(crate) trusted_proxies: Vec<IpAddr>,
}

/// `[notice]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Notice {
    from: Option<String>,
    enabled: bool,
    interval_s: u32,
    templates: Option<PathBuf>,
}

impl Default for Notice {
    fn default() -> Self {
        Self { from: None, enabled: true, interval_s: NoticeSettings::default().interval_s, templates: None }
    }
}

/// `[provision]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Provision {
    /// Whether a phone must accept a policy first.
    pub(crate) required: bool,
    /// Whether it may apply it in part.
    pub(crate) partial: bool,
}

impl Default for Provision {
    fn default() -> Self {
        Self { required: false, partial: true }
    }
}

/// `[[redirect]]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct RedirectKeys {
    to: String,
    #[serde(default)]
    users: Vec<String>,
}

/// `[[policy]]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct PolicyKeys {
    name: String,
    #[serde(default)]
    users: Vec<String>,
    #[serde(default)]
    groups: Vec<String>,
    /// The rules; each is looked up by its name.
    #[serde(flatten)]
    rules: BTreeMap<String, RuleValue>,
}

/// A rule's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
enum RuleValue {
    Flag(bool),
    Number(i64),
}

impl PolicyKeys {
    fn policy(&self) -> Result<Policy, String> {
        let values = self.rules.iter().map(|(key, value)| {
            let value = match value {
                RuleValue::Flag(flag) => Value::Flag(*flag),
                RuleValue::Number(number) => Value::Number(*number),
            };
            (key.clone(), value)
        });
        Policy::new(&self.name, (self.users.clone(), self.groups.clone()), values)
    }
}

/// `[devices]`
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Devices {
    new: NewDevices,
    expire_days: u32,
}

/// What becomes of a device that comes for the first time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum NewDevices {
    #[default]
    Allow,
    Quarantine,
}

impl NewDevices {
    const fn standing(self) -> Standing {
        match self {
            Self::Allow => Standing::Allowed,
            Self::Quarantine => Standing::Quarantined,
        }
    }
}

/// `[limits]`; 0 means none.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct LimitKeys {
    /// Requests per minute of one device.
    pub(crate) device_requests_per_minute: u32,
    /// Writes per second of one account.
    pub(crate) account_writes_per_second: u32,
    /// Devices one user may have.
    devices_per_user: u32,
}

impl Default for LimitKeys {
    fn default() -> Self {
        Self {
            device_requests_per_minute: 600,
            account_writes_per_second: 30,
            devices_per_user: Limits::default().devices_per_user,
        }
    }
}

/// `[[shared_folder]]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct SharedFolderKeys {
    account: String,
    path: String,
    #[serde(default = "yes")]
    notice: bool,
}

const fn yes() -> bool {
    true
}

impl Config {
    /// Reads the file.
    pub(crate) fn read(file: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(file)
            .with_context(|| format!("reading the configuration {}", file.display()))?;
        Self::parse(&text).map_err(|what| {
            anyhow!("{}:{what}; `comity config` prints every key with its default", file.display())
        })
    }

    /// Reads the text, or says as `LINE: WHAT` what is wrong with it.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let config: Self = toml::from_str(text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            format!("{}: {}", before.matches('\n').count() + 1, error.message())
        })?;
        if config.redirect.iter().any(|redirect| host_of(&redirect.to).is_none()) {
            return Err("1: to in [[redirect]] is not of the form https://HOST".to_owned());
        }
        config.policies().map_err(|what| format!("1: {what}"))?;
        match config.public_url.as_deref().map(host_of) {
            Some(None) => Err("1: public_url is not of the form https://HOST".to_owned()),
            Some(Some(_)) | None => Ok(config),
        }
    }

    /// Returns who is sent to another server.
    pub(crate) fn redirects(&self) -> Vec<Redirect> {
        let of = |keys: &RedirectKeys| Redirect { to: keys.to.clone(), users: keys.users.clone() };
        self.redirect.iter().map(of).collect()
    }

    /// Returns what phones are asked, in the order of the file.
    pub(crate) fn policies(&self) -> Result<Vec<Policy>, String> {
        self.policy.iter().map(PolicyKeys::policy).collect()
    }

    /// Returns what of it the engine needs; reads the templates.
    pub(crate) fn settings(&self) -> Result<Settings> {
        let (text, html) = self.templates()?;
        let host = self.public_url.as_deref().and_then(host_of).unwrap_or("localhost");
        let from = self.notice.from.clone().unwrap_or_else(|| format!("Comity <no-reply@{host}>"));
        let shared_folders = self.shared_folder.iter().map(|keys| SharedFolder {
            account: keys.account.clone(),
            path: keys.path.clone(),
            notice: keys.notice,
        });
        Ok(Settings {
            shared_folders: shared_folders.collect(),
            notice: NoticeSettings {
                from,
                enabled: self.notice.enabled,
                interval_s: self.notice.interval_s,
                text,
                html,
            },
            limits: Limits { devices_per_user: self.limits.devices_per_user, ..Limits::default() },
            zone: self.zone()?,
            new_devices: self.devices.new.standing(),
            device_expiry_days: self.devices.expire_days,
        })
    }

    /// Returns the time zone of users who have none of their own.
    fn zone(&self) -> Result<Option<TimeZone>> {
        let zone = |name: &String| {
            TimeZone::get(name)
                .map_err(|_| anyhow!("time_zone: '{name}' is no time zone; a name is Europe/Berlin"))
        };
        self.time_zone.as_ref().map(zone).transpose()
    }

    /// Returns the admin's templates for the text and the HTML of a notice.
    fn templates(&self) -> Result<(Option<String>, Option<String>)> {
        let Some(folder) = &self.notice.templates else { return Ok((None, None)) };
        let text = template(&folder.join(TEXT_TEMPLATE))?;
        let html = template(&folder.join(HTML_TEMPLATE))?;
        if text.is_none() && html.is_none() {
            bail!(
                "[notice] templates: there is neither {TEXT_TEMPLATE} nor {HTML_TEMPLATE} in {}",
                folder.display()
            );
        }
        Ok((text, html))
    }
}

/// Reads a template, if there is one.
fn template(file: &Path) -> Result<Option<String>> {
    match std::fs::read_to_string(file) {
        Ok(text) => {
            engine::check_template(&text).with_context(|| file.display().to_string())?;
            Ok(Some(text))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("reading the template {}", file.display())),
    }
}

/// Returns the host of an `http` or `https` address, without its port.
fn host_of(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let authority = rest.split('/').next().unwrap_or(rest);
    let host = match authority.strip_prefix('[') {
        Some(six) => six.split_once(']').map_or("", |(host, _)| host),
        None => authority.split(':').next().unwrap_or(authority),
    };
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':');
    (!host.is_empty() && host.chars().all(fits)).then_some(host)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    /// Returns the keys as a file with the defaults that it names.
    fn defaults(table: fn(&str) -> bool) -> String {
        let mut text = String::new();
        let mut last = "";
        for key in KEYS.iter().filter(|key| table(key.table)) {
            if key.table != last {
                let _ = writeln!(text, "[{}]", key.table);
                last = key.table;
            }
            if let Some(default) = key.default {
                let _ = writeln!(text, "{} = {default}", key.name);
            }
        }
        text
    }

    #[test]
    fn the_defaults_that_are_printed_are_the_defaults() {
        let text = defaults(|table| !table.starts_with('['));
        assert_eq!(Config::parse(&text), Ok(Config::default()));
    }

    #[test]
    fn every_key_that_is_printed_is_read() {
        for key in keys() {
            let value = key.default.unwrap_or(key.example);
            let table = if key.table.is_empty() { String::new() } else { format!("[{}]\n", key.table) };
            let beside = match (key.table, key.name) {
                ("[shared_folder]", "account") => "path = \"A\"\n",
                ("[shared_folder]", "path") => "account = \"a\"\n",
                ("[shared_folder]", _) => "account = \"a\"\npath = \"A\"\n",
                ("[redirect]", "users") => "to = \"https://a.example\"\n",
                ("[policy]", "name") => "",
                ("[policy]", _) => "name = \"a\"\n",
                _ => "",
            };
            let value = if key.name == "public_url" { "\"https://a.example\"" } else { value };
            let parsed = Config::parse(&format!("{table}{beside}{} = {value}\n", key.name));
            assert!(parsed.is_ok(), "{} {}: {parsed:?}", key.table, key.name);
        }
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line() {
        let error = Config::parse("[notice]\nenabled = true\nto = \"x\"\n").unwrap_err();
        assert!(error.starts_with("3: unknown field `to`"), "{error}");
        assert!(Config::parse("colour = 1").unwrap_err().contains("`colour`"));
        assert!(Config::parse("[limits]\ndevices = 1").unwrap_err().contains("`devices`"));
    }

    #[test]
    fn notices_come_from_the_host_of_the_public_address() {
        let from = |url: &str| {
            let config = Config { public_url: Some(url.to_owned()), ..Config::default() };
            config.settings().unwrap().notice.from
        };
        assert_eq!(from("https://mail.example.org:8443/x"), "Comity <no-reply@mail.example.org>");
        assert_eq!(Config::default().settings().unwrap().notice.from, "Comity <no-reply@localhost>");
        for wrong in ["mail.example.org", "https://", "https://a b", "ftp://a"] {
            assert!(Config::parse(&format!("public_url = \"{wrong}\"")).is_err(), "{wrong}");
        }
    }

    #[test]
    fn shared_folders_have_notices_unless_they_say_no() {
        let text = "[[shared_folder]]\naccount = \"a\"\npath = \"A\"\n\n[[shared_folder]]\naccount = \"b\"\npath = \"B/C\"\nnotice = false\n";
        let folders = Config::parse(text).unwrap().settings().unwrap().shared_folders;
        let notices: Vec<_> = folders.iter().map(|folder| (folder.path.as_str(), folder.notice)).collect();
        assert_eq!(notices, [("A", true), ("B/C", false)]);
    }

    #[test]
    fn policies_name_what_they_ask_and_are_checked() {
        let text = "[[policy]]\nname = \"board\"\ngroups = [\"board\"]\ndevice_password_enabled = true\n\
                    min_device_password_length = 6\n\n[[policy]]\nname = \"all\"\n";
        let policies = Config::parse(text).unwrap().policies().unwrap();
        assert_eq!(policies.iter().map(Policy::name).collect::<Vec<_>>(), ["board", "all"]);
        for (wrong, what) in [
            ("allow_fun = true", "unknown field `allow_fun` in policy 'a'"),
            ("allow_camera = 1", "allow_camera is true or false"),
            ("min_device_password_length = 99", "a number from 1 to 16"),
        ] {
            let error = Config::parse(&format!("[[policy]]\nname = \"a\"\n{wrong}\n")).unwrap_err();
            assert!(error.contains(what), "{error}");
        }
    }
}
