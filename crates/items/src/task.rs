//! Tasks: `VTODO`.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::contentline::{Document, Line};
use crate::ical::{self, Entry, Patch};
use crate::recurrence::{Pattern, Rule};
use crate::{Body, Change, EditError, Index, Moment, Property, Sensitivity, Stamp};

const COMPONENT: &str = "VTODO";
const KNOWN: [&str; 13] = [
    "SUMMARY",
    "DESCRIPTION",
    "CATEGORIES",
    "CLASS",
    "PRIORITY",
    "DTSTART",
    "DUE",
    "STATUS",
    "COMPLETED",
    "PERCENT-COMPLETE",
    "RRULE",
    "X-EAS-REGENERATE",
    "X-EAS-DEADOCCUR",
];

/// How important a task is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Importance {
    /// `PRIORITY` 6 to 9.
    Low,
    /// `PRIORITY` 5, 0 or none.
    #[default]
    Normal,
    /// `PRIORITY` 1 to 4.
    High,
}

impl Importance {
    /// Returns the number on the wire: 0 low, 1 normal, 2 high.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Low => 0,
            Self::Normal => 1,
            Self::High => 2,
        }
    }

    /// Returns the importance of this number; whatever is above 2 counts as high.
    #[must_use]
    pub const fn from_number(number: u8) -> Self {
        match number {
            0 => Self::Low,
            1 => Self::Normal,
            _ => Self::High,
        }
    }

    const fn priority(self) -> &'static str {
        match self {
            Self::Low => "9",
            Self::Normal => "5",
            Self::High => "1",
        }
    }

    fn of(line: &Line<'_>) -> Self {
        match line.value().trim().parse() {
            Ok(1_u8..=4) => Self::High,
            Ok(6..=9) => Self::Low,
            Ok(_) | Err(_) => Self::Normal,
        }
    }
}

/// What is understood of a task.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Task {
    /// Its identity.
    pub uid: Option<String>,
    /// Its title.
    pub subject: Option<String>,
    /// Its text.
    pub body: Option<Body>,
    /// How important it is.
    pub importance: Importance,
    /// When it is to be begun.
    pub start: Option<Moment>,
    /// When it is to be done.
    pub due: Option<Moment>,
    /// Whether it is done.
    pub done: bool,
    /// When it was done.
    pub completed: Option<Timestamp>,
    /// How confidential it is.
    pub sensitivity: Sensitivity,
    /// When the phone is to ring.
    pub reminder: Option<Timestamp>,
    /// Its categories.
    pub categories: Vec<String>,
    /// How it repeats; phones can show it where [`Task::pattern`] has an answer.
    pub rule: Option<Rule>,
    /// Whether the next one counts from when this one was done.
    pub regenerate: bool,
    /// Whether this is a finished occurrence of a series, kept on its own.
    pub dead: bool,
}

impl Task {
    /// Reads the first task of the text. Total: what is not understood is not in the view.
    #[must_use]
    pub fn parse(content: &[u8]) -> Self {
        let document = Document::parse(content);
        Entry::of(&document, COMPONENT).map(|entry| Self::read(&entry)).unwrap_or_default()
    }

    fn read(entry: &Entry<'_, '_>) -> Self {
        let (start, due) = (entry.moment("DTSTART"), entry.moment("DUE"));
        let completed = entry.moment("COMPLETED").map(|moment| moment.instant(&TimeZone::UTC));
        let done = match entry.line("STATUS") {
            Some(status) => status.value().trim().eq_ignore_ascii_case("COMPLETED"),
            None => completed.is_some(),
        };
        let is_set = |name| entry.line(name).is_some_and(|line| line.value().trim() == "1");
        Self {
            uid: entry.text("UID"),
            subject: entry.text("SUMMARY"),
            body: entry.body(),
            importance: entry.line("PRIORITY").map(Importance::of).unwrap_or_default(),
            start,
            due,
            done,
            completed: completed.filter(|_| done),
            sensitivity: entry.sensitivity(),
            reminder: entry.alarm(start, due).map(|(_, at)| at),
            categories: entry.categories(),
            rule: entry.line("RRULE").and_then(|line| Rule::parse(line.value()).ok()),
            regenerate: is_set("X-EAS-REGENERATE"),
            dead: is_set("X-EAS-DEADOCCUR"),
        }
    }

    /// Returns how the task repeats in ActiveSync's words, or `None` where it does not or there are none.
    #[must_use]
    pub fn pattern(&self) -> Option<Pattern> {
        let start = self.start.or(self.due)?.local(&TimeZone::UTC);
        let pattern = Pattern::from_rule(self.rule.as_ref()?, start)?;
        Some(Pattern { regenerate: self.regenerate, dead: self.dead, ..pattern })
    }

    pub(crate) fn index(self) -> Index {
        let start = self.start.or(self.due).map(|moment| moment.instant(&TimeZone::UTC));
        let end = self.due.or(self.start).map(|moment| moment.instant(&TimeZone::UTC));
        Index {
            summary: self.subject.unwrap_or_default(),
            uid: self.uid,
            sensitivity: self.sensitivity,
            starts: start,
            ends: end.filter(|_| self.rule.is_none()),
            open: !self.done,
        }
    }
}

/// What is to become of a task.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Edit {
    /// The user's zone, in which a time that names no clock was shown.
    pub home: Option<TimeZone>,
    /// The title.
    pub subject: Change<String>,
    /// The text.
    pub body: Change<Body>,
    /// How important it is.
    pub importance: Change<Importance>,
    /// When it is to be begun.
    pub start: Change<Moment>,
    /// When it is to be done.
    pub due: Change<Moment>,
    /// Set: it is done, and when if that is known. Remove: it is open again.
    pub done: Change<Option<Timestamp>>,
    /// How confidential it is.
    pub sensitivity: Change<Sensitivity>,
    /// When the phone is to ring.
    pub reminder: Change<Timestamp>,
    /// The categories.
    pub categories: Change<Vec<String>>,
    /// How it repeats. A rule that phones cannot show is not removed by them.
    pub recurrence: Change<Pattern>,
}

pub(crate) fn create(edit: &Edit, stamp: &Stamp) -> Result<Vec<u8>, EditError> {
    apply(&ical::blank(COMPONENT, stamp), edit, stamp)
}

pub(crate) fn apply(stored: &[u8], edit: &Edit, stamp: &Stamp) -> Result<Vec<u8>, EditError> {
    let document = Document::parse(stored);
    let mut patch = Patch::new(&document, COMPONENT)?;
    let before = Task::read(&patch.entry);
    patch.text("SUMMARY", &edit.subject);
    patch.body(&edit.body);
    let importance = edit.importance.value().copied().unwrap_or_default();
    if !edit.importance.is_keep() && importance != before.importance {
        patch.value("PRIORITY", Some(importance.priority()));
    }
    let home = edit.home.clone().unwrap_or(TimeZone::UTC);
    patch.moment("DTSTART", &edit.start, &home);
    patch.moment("DUE", &edit.due, &home);
    set_done(&mut patch, &before, &edit.done, stamp);
    patch.sensitivity(&edit.sensitivity);
    patch.categories(&edit.categories);
    set_recurrence(&mut patch, &before, &edit.recurrence);
    set_reminder(&mut patch, &before, &edit.reminder);
    patch.finish()
}

fn set_done(patch: &mut Patch<'_, '_>, before: &Task, change: &Change<Option<Timestamp>>, stamp: &Stamp) {
    match change {
        Change::Set(at) => {
            if !before.done || at.is_some_and(|at| before.completed != Some(at)) {
                patch.value("COMPLETED", Some(&ical::utc(at.unwrap_or(stamp.now))));
            }
            if !before.done {
                patch.value("STATUS", Some("COMPLETED"));
                patch.value("PERCENT-COMPLETE", Some("100"));
            }
        }
        Change::Remove if before.done => {
            patch.value("STATUS", Some("NEEDS-ACTION"));
            patch.remove("COMPLETED");
            patch.remove("PERCENT-COMPLETE");
        }
        Change::Keep | Change::Remove => {}
    }
}

fn set_recurrence(patch: &mut Patch<'_, '_>, before: &Task, change: &Change<Pattern>) {
    let shown = before.pattern();
    match change {
        Change::Set(pattern) if shown.as_ref() != Some(pattern) => {
            patch.value("RRULE", Some(&pattern.to_rule().to_string()));
            patch.value("X-EAS-REGENERATE", pattern.regenerate.then_some("1"));
            patch.value("X-EAS-DEADOCCUR", pattern.dead.then_some("1"));
        }
        // What a phone was never shown, it cannot have meant to remove.
        Change::Remove if shown.is_some() => {
            for name in ["RRULE", "X-EAS-REGENERATE", "X-EAS-DEADOCCUR"] {
                patch.remove(name);
            }
        }
        Change::Keep | Change::Set(_) | Change::Remove => {}
    }
}

fn set_reminder(patch: &mut Patch<'_, '_>, before: &Task, change: &Change<Timestamp>) {
    let wanted = change.value();
    if change.is_keep() || wanted.copied() == before.reminder {
        return;
    }
    let alarm = patch.entry.alarm(before.start, before.due).map(|(alarm, _)| alarm);
    match (wanted, alarm) {
        (None, Some(alarm)) => patch.editor.remove_component(alarm),
        (None, None) => {}
        (Some(at), Some(alarm)) => {
            let line = format!("TRIGGER;VALUE=DATE-TIME:{}", ical::utc(*at));
            for old in patch.entry.document.named(alarm, "TRIGGER").take(1) {
                patch.editor.replace(old, &line);
            }
        }
        (Some(at), None) => {
            let trigger = format!("TRIGGER;VALUE=DATE-TIME:{}", ical::utc(*at));
            for line in ["BEGIN:VALARM", "ACTION:DISPLAY", "DESCRIPTION:Reminder", &trigger, "END:VALARM"] {
                patch.editor.append(patch.entry.component, line);
            }
        }
    }
}

/// Returns every property of the task, also those the view does not know.
pub(crate) fn properties(content: &[u8]) -> Vec<Property> {
    let document = Document::parse(content);
    let Some(entry) = Entry::of(&document, COMPONENT) else { return Vec::new() };
    let task = Task::read(&entry);
    let mut properties = entry.others(&KNOWN);
    let mut add = |element: &str, value: Option<String>| {
        properties.extend(value.map(|value| Property::of(element, value)));
    };
    let instant = |at: Timestamp| at.strftime("%Y-%m-%d %H:%MZ").to_string();
    add(
        "Importance",
        match task.importance {
            Importance::Low => Some("low".to_owned()),
            Importance::Normal => None,
            Importance::High => Some("high".to_owned()),
        },
    );
    add("Complete", Some(if task.done { "yes" } else { "no" }.to_owned()));
    add("DateCompleted", task.completed.map(instant));
    add("StartDate", task.start.map(Moment::readable));
    add("DueDate", task.due.map(Moment::readable));
    add("ReminderTime", task.reminder.map(instant));
    let start = task.start.or(task.due).map(|start| start.local(&TimeZone::UTC));
    add(
        "Recurrence",
        match (&task.rule, start) {
            (Some(rule), Some(start)) => Some(rule.describe(start, &TimeZone::UTC)),
            (Some(rule), None) => Some(rule.to_string()),
            (None, _) => entry.text("RRULE"),
        },
    );
    add("Subject", task.subject);
    add("Body", task.body.map(|body| body.text));
    properties.extend(ical::listed(&task.categories));
    properties.extend(ical::confidential(task.sensitivity));
    properties
}

/// Returns how many of the task's lines the view or the edit knows, and how many there are.
#[must_use]
pub fn coverage(content: &[u8]) -> (usize, usize) {
    let document = Document::parse(content);
    Entry::of(&document, COMPONENT).map_or((0, 0), |entry| entry.coverage(&KNOWN))
}

#[cfg(test)]
mod tests;
