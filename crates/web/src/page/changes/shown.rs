//! A change that was not allowed, as a page shows it.

use engine::{Clash, DeniedChange, Request, State};
use fluent_bundle::FluentArgs;
use items::Line;

use crate::frame::Frame;
use crate::words::key;

/// Differing properties that a list shows of one change.
const MAX_LISTED: usize = 8;
/// Properties that a change's own page shows; the file has all.
const MAX_LINES: usize = 300;
/// Characters of one value; the file has all.
const MAX_VALUE_CHARS: usize = 2000;

/// How much is shown of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// What differs, and not too much of it.
    Differing,
    /// Every property.
    Whole,
}

/// What the reader has to do with a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// He tried it.
    Author {
        /// Whether he could make it now.
        may_apply: bool,
    },
    /// He is asked for it.
    Admin {
        /// Why he could not make it himself.
        hindrance: Option<String>,
    },
}

/// A change as a page shows it.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "what the template asks")]
pub(super) struct Shown {
    /// Its number.
    pub(super) id: i64,
    /// What was tried.
    pub(super) title: String,
    /// When, where and with what.
    pub(super) facts: Vec<String>,
    /// Which sort of reason it is.
    pub(super) reason: String,
    /// Whom the reason speaks to, where that is not the reader.
    pub(super) told: Option<String>,
    /// The reason, as it was noted.
    pub(super) why: String,
    /// What became of it.
    pub(super) state: String,
    /// The same for the style.
    pub(super) mark: &'static str,
    /// Whether the device did it by itself.
    pub(super) is_silent: bool,
    /// The difference.
    pub(super) table: Table,
    /// Whether the tried item is kept.
    pub(super) has_file: bool,
    /// Who asks and what he writes.
    pub(super) asked: Option<(String, String)>,
    /// Who answered and what he writes.
    pub(super) answered: Option<(String, String)>,
    /// Why the reader could not make it himself.
    pub(super) hindrance: Option<String>,
    /// Whether the reader may ask for it.
    pub(super) may_ask: bool,
    /// Whether he may make it.
    pub(super) may_apply: bool,
    /// Whether he may decline it.
    pub(super) may_decline: bool,
    /// Whether he may let go of it.
    pub(super) may_dismiss: bool,
    /// Over which version it would be made; empty for the one its author had.
    pub(super) over: String,
}

/// The properties of an item, on the server and as they were tried.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// What the column of the tried version says.
    pub(super) tried_title: String,
    /// Whether there is a version on the server.
    pub(super) has_stands: bool,
    /// Whether there is a tried version.
    pub(super) has_tried: bool,
    pub(super) rows: Vec<Row>,
    /// How many properties are not shown.
    pub(super) more: usize,
}

/// One property.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) name: String,
    pub(super) stands: Option<String>,
    pub(super) tried: Option<String>,
    pub(super) differs: bool,
}

impl Shown {
    /// Returns a change as it is shown to somebody who has this part in it.
    pub(super) fn of(change: &DeniedChange, part: &Part, extent: Extent, frame: &Frame) -> Self {
        let is_waiting = matches!(change.state, State::Open | State::Asked);
        let (is_author, may_apply, hindrance) = match part {
            Part::Author { may_apply } => (true, *may_apply, None),
            Part::Admin { hindrance } => (false, hindrance.is_none(), hindrance.clone()),
        };
        let can_be_made = is_waiting && change.reason != "unreadable";
        let versions = (change.stands.is_some(), change.tried.is_some());
        Self {
            id: change.id.0,
            title: title(change, frame),
            facts: facts(change, frame),
            reason: frame.say(reason_key(&change.reason)),
            told: (!is_author).then(|| frame.with("changes-told", "name", change.author.as_str())),
            why: change.why.clone(),
            state: frame.say(state_key(change.state)),
            mark: change.state.as_str(),
            is_silent: change.silent,
            table: Table::of(&change.lines(), versions, extent, tried_title(change, part, frame)),
            has_file: change.tried.is_some(),
            asked: change.request.as_ref().map(|request| asked(change, part, request, frame)),
            answered: change.request.as_ref().and_then(|request| answered(request, frame)),
            hindrance: hindrance.filter(|_| is_waiting),
            may_ask: is_author
                && can_be_made
                && !may_apply
                && change.state == State::Open
                && change.reason != "gone",
            may_apply: can_be_made && may_apply,
            may_decline: !is_author && is_waiting,
            may_dismiss: is_author && is_waiting,
            over: String::new(),
        }
    }

    /// Returns the same with what stands now, over which it can be made.
    pub(super) fn over(self, clash: &Clash, frame: &Frame) -> Self {
        let versions = (true, clash.tried.is_some());
        let table = Table::of(&clash.lines(), versions, Extent::Whole, self.table.tried_title);
        let over = clash.modseq.0.to_string();
        Self { table, over, state: frame.say("changes-state-clash"), mark: "clash", ..self }
    }
}

impl Table {
    fn of(lines: &[Line], versions: (bool, bool), extent: Extent, tried_title: String) -> Self {
        let (has_stands, has_tried) = versions;
        let both = has_stands && has_tried;
        let (wanted, max): (Vec<&Line>, usize) = match extent {
            // An item that was to be deleted or moved is named; there is no difference to show.
            Extent::Differing if !has_tried => (Vec::new(), 0),
            Extent::Differing => (lines.iter().filter(|line| line.differs()).collect(), MAX_LISTED),
            Extent::Whole => (lines.iter().collect(), MAX_LINES),
        };
        let more = wanted.len().saturating_sub(max);
        let rows = wanted.into_iter().take(max).map(|line| Row {
            name: line.name.clone(),
            stands: line.stands.as_deref().map(clipped),
            tried: line.tried.as_deref().map(clipped),
            differs: both && line.differs(),
        });
        Self { tried_title, has_stands, has_tried, rows: rows.collect(), more }
    }
}

/// Returns the start of a value that is too long for a page.
fn clipped(value: &str) -> String {
    match value.char_indices().nth(MAX_VALUE_CHARS) {
        Some((at, _)) => format!("{}\u{2026}", value.get(..at).unwrap_or_default()),
        None => value.to_owned(),
    }
}

fn title(change: &DeniedChange, frame: &Frame) -> String {
    let what = match change.summary.trim() {
        "" => frame.say("changes-nameless"),
        summary => summary.to_owned(),
    };
    let text = match change.operation.as_str() {
        "create" => key("changes-create"),
        "delete" => key("changes-delete"),
        "move" => key("changes-move"),
        _ => key("changes-change"),
    };
    frame.with(text, "what", what)
}

/// Returns where it was, with what and when, each as one short text.
fn facts(change: &DeniedChange, frame: &Frame) -> Vec<String> {
    let mut facts = vec![place(&change.account, &change.path, frame)];
    if let Some((account, path)) = &change.destination {
        facts.push(frame.with("changes-to", "place", place(account, path, frame)));
    }
    let device = [change.device_kind.as_str(), change.device.as_str()];
    let device: Vec<&str> = device.into_iter().filter(|text| !text.is_empty()).collect();
    if !device.is_empty() {
        facts.push(device.join(" "));
    }
    facts.push(frame.time(change.at));
    if change.count > 1 {
        let mut args = FluentArgs::new();
        args.set("count", change.count);
        args.set("last", frame.time(change.last_at));
        facts.push(frame.words().fill("changes-times", &args));
    }
    facts
}

fn place(account: &str, path: &str, frame: &Frame) -> String {
    let mut args = FluentArgs::new();
    args.set("folder", path);
    args.set("account", account);
    frame.words().fill("changes-place", &args)
}

fn tried_title(change: &DeniedChange, part: &Part, frame: &Frame) -> String {
    match part {
        Part::Author { .. } => frame.say("changes-you-tried"),
        Part::Admin { .. } => frame.with("changes-who-tried", "name", change.author.as_str()),
    }
}

fn asked(change: &DeniedChange, part: &Part, request: &Request, frame: &Frame) -> (String, String) {
    let mut args = FluentArgs::new();
    args.set("name", change.author.as_str());
    args.set("at", frame.time(request.at));
    let text = match part {
        Part::Author { .. } => key("changes-you-asked"),
        Part::Admin { .. } => key("changes-who-asks"),
    };
    (frame.words().fill(text, &args), request.line.clone())
}

fn answered(request: &Request, frame: &Frame) -> Option<(String, String)> {
    let mut args = FluentArgs::new();
    args.set("at", frame.time(request.decided_at?));
    let name = request.decider.as_str();
    args.set("name", if name.is_empty() { frame.say("changes-operator") } else { name.to_owned() });
    Some((frame.words().fill("changes-answered", &args), request.answer.clone()))
}

fn reason_key(reason: &str) -> &'static str {
    match reason {
        "access" => key("changes-reason-access"),
        "conflict" => key("changes-reason-conflict"),
        "gone" => key("changes-reason-gone"),
        "stale" => key("changes-reason-stale"),
        _ => key("changes-reason-unreadable"),
    }
}

const fn state_key(state: State) -> &'static str {
    match state {
        State::Open => key("changes-state-open"),
        State::Asked => key("changes-state-asked"),
        State::Applied => key("changes-state-applied"),
        State::Declined => key("changes-state-declined"),
        State::Dismissed => key("changes-state-dismissed"),
    }
}
