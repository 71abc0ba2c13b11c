//! One row of the list as it is shown.

use access::{Axis, Busy, Caps, FolderLevel, Level, Preset, Standing};
use engine::{AccessList, ChangedAlike, PrincipalRef, Voice};
use items::Kind;
use jiff::tz::TimeZone;

use super::draft::{Row, last_day, written};
use super::is_kept;
use crate::frame::Frame;
use crate::page::principal;
use crate::words::key;

/// A row.
#[expect(clippy::struct_excessive_bools, reason = "what the template asks")]
pub(super) struct RowView {
    pub(super) number: usize,
    pub(super) who: String,
    /// What people call him.
    pub(super) name: String,
    /// His name in the directory, where it is not the same.
    pub(super) aside: String,
    /// `user`, `group` or `everyone`.
    pub(super) kind: &'static str,
    pub(super) kind_text: String,
    pub(super) initial: String,
    pub(super) was: String,
    pub(super) is_new: bool,
    pub(super) is_edited: bool,
    pub(super) is_removed: bool,
    pub(super) has_ended: bool,
    pub(super) levels: Vec<Choice>,
    pub(super) presets: Vec<(&'static str, String, String)>,
    pub(super) until: String,
    pub(super) private: bool,
    /// Only for calendars.
    pub(super) busy: Option<Choice>,
    /// What the row gives by itself.
    pub(super) words: String,
    pub(super) warnings: Vec<String>,
    /// Whether something is set beyond the four levels.
    pub(super) has_more: bool,
}

/// A select list.
pub(super) struct Choice {
    pub(super) name: &'static str,
    pub(super) label: String,
    /// Value, text, and whether it is chosen.
    pub(super) options: Vec<(&'static str, String, bool)>,
}

impl RowView {
    /// Returns a row of a draft.
    pub(super) fn of(
        (number, row): (usize, &Row),
        display_name: &str,
        list: &AccessList,
        (zone, frame): (&TimeZone, &Frame),
    ) -> Self {
        let listed = list.grants.iter().find(|grant| grant.principal == row.who);
        let name = principal::name(&row.who, display_name, frame);
        let plain = plain(&row.who);
        let calendar = list.folder.kind == Kind::Calendar;
        let live = access::Entry { until: None, ..row.entry };
        let effect = access::effect([live], Standing::Other, Caps::default(), 0);
        let rights = engine::say(&effect.rights(), list.folder.kind, Voice::Third, frame.words().language());
        let wasted = row.entry.grant.wasted_axes();
        Self {
            number,
            who: row.who.to_string(),
            initial: name.chars().next().map(|first| first.to_uppercase().to_string()).unwrap_or_default(),
            aside: if plain == name { String::new() } else { plain.to_owned() },
            name,
            kind: kind(&row.who),
            kind_text: frame.say(kind_text(&row.who)),
            was: row.was.as_ref().map(written).unwrap_or_default(),
            is_new: row.was.is_none(),
            is_edited: row.is_edited(),
            is_removed: !is_kept(row.fate),
            has_ended: listed.is_some_and(|grant| !grant.live) && row.was == Some(row.entry),
            levels: levels(row, frame),
            presets: Preset::EVERY.iter().map(|preset| shown(*preset, frame)).collect(),
            until: row
                .entry
                .until
                .and_then(|until| last_day(until, zone))
                .map(|day| day.to_string())
                .unwrap_or_default(),
            private: row.entry.private,
            busy: calendar.then(|| busy(row.entry.busy, frame)),
            words: frame.with("share-may", "rights", rights),
            warnings: wasted.into_iter().map(|axis| frame.say(wasted_key(axis))).collect(),
            has_more: row.entry.private || row.entry.busy != Busy::None || row.entry.until.is_some(),
        }
    }
}

/// What a change does to some users.
pub(super) struct Gain {
    /// Their names.
    pub(super) who: Vec<String>,
    /// How many more they are.
    pub(super) more: Option<String>,
    pub(super) gains: Option<String>,
    pub(super) losses: Option<String>,
}

/// Users whom one line of the preview names.
const MAX_NAMED: usize = 12;

impl Gain {
    /// Returns what a change does to users alike.
    pub(super) fn of(change: &ChangedAlike, kind: Kind, frame: &Frame) -> Self {
        let who: Vec<String> =
            change.users.iter().take(MAX_NAMED).map(|user| user.display_name.clone()).collect();
        let more = change.count - who.len();
        let say = |rights: &[access::Right], key: &str| {
            let words = engine::say(rights, kind, Voice::Third, frame.words().language());
            (!rights.is_empty()).then(|| frame.with(key, "rights", words))
        };
        Self {
            who,
            more: (more > 0).then(|| frame.with("share-more", "count", more)),
            gains: say(&change.gains, key("share-gains")),
            losses: say(&change.losses, key("share-losses")),
        }
    }
}

fn plain(who: &PrincipalRef) -> &str {
    match who {
        PrincipalRef::Everyone => "",
        PrincipalRef::User(name) | PrincipalRef::Group(name) => name,
    }
}

const fn kind(who: &PrincipalRef) -> &'static str {
    match who {
        PrincipalRef::Everyone => "everyone",
        PrincipalRef::User(_) => "user",
        PrincipalRef::Group(_) => "group",
    }
}

const fn kind_text(who: &PrincipalRef) -> &'static str {
    match who {
        PrincipalRef::Everyone => key("share-kind-everyone"),
        PrincipalRef::User(_) => key("share-kind-user"),
        PrincipalRef::Group(_) => key("share-kind-group"),
    }
}

fn levels(row: &Row, frame: &Frame) -> Vec<Choice> {
    let grant = row.entry.grant;
    let folder = FolderLevel::EVERY
        .iter()
        .map(|level| (level.as_str(), frame.say(folder_text(*level)), *level == grant.folder));
    let items = |own: Level| {
        Level::EVERY
            .iter()
            .map(|level| (level.as_str(), frame.say(level_text(*level)), *level == own))
            .collect()
    };
    vec![
        Choice { name: "folder", label: frame.say("share-folder"), options: folder.collect() },
        Choice { name: "read", label: frame.say("share-read"), options: items(grant.read) },
        Choice { name: "write", label: frame.say("share-write"), options: items(grant.write) },
        Choice { name: "delete", label: frame.say("share-delete"), options: items(grant.delete) },
    ]
}

fn busy(own: Busy, frame: &Frame) -> Choice {
    let text = |busy: Busy| match busy {
        Busy::None => key("share-busy-none"),
        Busy::Time => key("share-busy-time"),
        Busy::Details => key("share-busy-details"),
    };
    let options = Busy::EVERY.iter().map(|busy| (busy.as_str(), frame.say(text(*busy)), *busy == own));
    Choice { name: "busy", label: frame.say("share-busy"), options: options.collect() }
}

/// Returns a preset with its name and its four levels.
fn shown(preset: Preset, frame: &Frame) -> (&'static str, String, String) {
    let name = match preset {
        Preset::Viewer => key("share-viewer"),
        Preset::Contributor => key("share-contributor"),
        Preset::Author => key("share-author"),
        Preset::Editor => key("share-editor"),
        Preset::Admin => key("share-admin"),
    };
    let grant = preset.grant();
    let items = [grant.read, grant.write, grant.delete].map(|level| frame.say(level_text(level)));
    let levels = format!("{} / {}", frame.say(folder_text(grant.folder)), items.join(" / "));
    (preset.as_str(), frame.say(name), levels)
}

const fn folder_text(level: FolderLevel) -> &'static str {
    match level {
        FolderLevel::None => key("level-folder-none"),
        FolderLevel::Visible => key("level-folder-visible"),
        FolderLevel::Create => key("level-folder-create"),
        FolderLevel::Subfolders => key("level-folder-subfolders"),
        FolderLevel::Admin => key("level-folder-admin"),
    }
}

const fn level_text(level: Level) -> &'static str {
    match level {
        Level::None => key("level-none"),
        Level::Own => key("level-own"),
        Level::All => key("level-all"),
        Level::Admin => key("level-admin"),
    }
}

/// Returns why a level has no effect.
const fn wasted_key(axis: Axis) -> &'static str {
    match axis {
        Axis::Folder => key("share-wasted-folder"),
        Axis::Read => key("share-wasted-read"),
        Axis::Write => key("share-wasted-write"),
        Axis::Delete => key("share-wasted-delete"),
    }
}
