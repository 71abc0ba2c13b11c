//! Marks on a message: what people add to mail beside its text. Everybody who sees the folder sees the same
//! marks.
//!
//! Whether a message was *seen* is no mark: that is each user's own.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::{Change, Property};

/// Categories of a message that are kept.
pub const MAX_CATEGORIES: usize = 300;
/// Characters of one category or one detail of a flag that are kept.
pub const MAX_TEXT_CHARS: usize = 1_024;

/// Whether a message is flagged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FlagStatus {
    /// No flag.
    #[default]
    Clear,
    /// What the flag asked for is done.
    Complete,
    /// Something is to be done.
    Active,
}

impl FlagStatus {
    /// Returns the number on the wire: 0 clear, 1 complete, 2 active.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Clear => 0,
            Self::Complete => 1,
            Self::Active => 2,
        }
    }

    /// Returns the status of this number, or `None` for a number without meaning.
    #[must_use]
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            0 => Some(Self::Clear),
            1 => Some(Self::Complete),
            2 => Some(Self::Active),
            _ => None,
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Clear => "clear",
            Self::Complete => "complete",
            Self::Active => "active",
        }
    }
}

/// What a flag says beside its status. The values are kept as the phone sent them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FlagDetail {
    /// What is to be done, in the words of the program that set the flag.
    FlagType,
    /// The subject of the task.
    Subject,
    /// Its first day, local.
    StartDate,
    /// Its first day.
    UtcStartDate,
    /// Its last day, local.
    DueDate,
    /// Its last day.
    UtcDueDate,
    /// The day it was done.
    DateCompleted,
    /// The time it was done.
    CompleteTime,
    /// Whether there is a reminder (0 or 1).
    ReminderSet,
    /// When to remind.
    ReminderTime,
    /// Its place in a list of tasks.
    OrdinalDate,
    /// Its place among tasks of the same place.
    SubOrdinalDate,
}

impl FlagDetail {
    /// All details.
    pub const ALL: [Self; 12] = [
        Self::FlagType,
        Self::Subject,
        Self::StartDate,
        Self::UtcStartDate,
        Self::DueDate,
        Self::UtcDueDate,
        Self::DateCompleted,
        Self::CompleteTime,
        Self::ReminderSet,
        Self::ReminderTime,
        Self::OrdinalDate,
        Self::SubOrdinalDate,
    ];

    /// Returns the name, which is ActiveSync's element name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FlagType => "FlagType",
            Self::Subject => "Subject",
            Self::StartDate => "StartDate",
            Self::UtcStartDate => "UtcStartDate",
            Self::DueDate => "DueDate",
            Self::UtcDueDate => "UtcDueDate",
            Self::DateCompleted => "DateCompleted",
            Self::CompleteTime => "CompleteTime",
            Self::ReminderSet => "ReminderSet",
            Self::ReminderTime => "ReminderTime",
            Self::OrdinalDate => "OrdinalDate",
            Self::SubOrdinalDate => "SubOrdinalDate",
        }
    }

    /// Returns the detail of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|detail| detail.as_str() == name)
    }
}

/// A follow-up flag.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flag {
    /// Whether something is to be done.
    pub status: FlagStatus,
    /// What else is known of it.
    pub details: BTreeMap<FlagDetail, String>,
}

/// What was last done with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// Its sender was answered.
    Reply,
    /// Everybody was answered.
    ReplyAll,
    /// It was forwarded.
    Forward,
}

impl Verb {
    /// Returns the number on the wire: 1 reply, 2 reply to all, 3 forward.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Reply => 1,
            Self::ReplyAll => 2,
            Self::Forward => 3,
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Reply => "reply",
            Self::ReplyAll => "reply-all",
            Self::Forward => "forward",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        [Self::Reply, Self::ReplyAll, Self::Forward].into_iter().find(|verb| verb.as_str() == name)
    }
}

/// All marks of a message.
///
/// ```
/// use items::marks::{FlagStatus, Marks};
///
/// let marks = Marks::parse("flag active\ncategory Red\n");
/// assert_eq!(marks.flag.status, FlagStatus::Active);
/// assert_eq!(marks.render(), "flag active\ncategory Red\n");
/// assert_eq!(Marks::default().render(), "");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marks {
    /// The follow-up flag.
    pub flag: Flag,
    /// Categories in the order they were given.
    pub categories: Vec<String>,
    /// What was last done with the message, and when.
    pub last_verb: Option<(Verb, Timestamp)>,
}

impl Marks {
    /// Reads marks from their text form, one per line; a line that is not understood is passed over.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut marks = Self::default();
        for (key, value) in text.lines().filter_map(|line| line.split_once(' ')) {
            match key {
                "flag" => marks.flag.status = status(value),
                "category" if marks.categories.len() < MAX_CATEGORIES => {
                    marks.categories.push(unescape(value));
                }
                "verb" => marks.last_verb = verb(value).or(marks.last_verb),
                _ => {
                    if let Some(detail) = key.strip_prefix("flag.").and_then(FlagDetail::from_name) {
                        marks.flag.details.insert(detail, unescape(value));
                    }
                }
            }
        }
        marks
    }

    /// Returns the text form: the same text for the same marks, "" when nothing is set.
    #[must_use]
    pub fn render(&self) -> String {
        let mut lines = Vec::new();
        if self.flag.status != FlagStatus::Clear {
            lines.push(format!("flag {}", self.flag.status.as_str()));
            let details = self.flag.details.iter();
            lines
                .extend(details.map(|(detail, value)| format!("flag.{} {}", detail.as_str(), escape(value))));
        }
        lines.extend(
            self.categories.iter().take(MAX_CATEGORIES).map(|name| format!("category {}", escape(name))),
        );
        lines.extend(self.last_verb.map(|(verb, at)| format!("verb {} {at}", verb.as_str())));
        lines.into_iter().map(|line| line + "\n").collect()
    }

    /// Returns the marks as named properties, sorted, for notices.
    #[must_use]
    pub fn properties(&self) -> Vec<Property> {
        let mut found = Vec::new();
        if self.flag.status != FlagStatus::Clear {
            found.push(Property::of("Flag", self.flag.status.as_str()));
            let details = self.flag.details.iter();
            found.extend(details.map(|(detail, value)| {
                let prefix = if *detail == FlagDetail::Subject { "Flag" } else { "" };
                Property::of(&format!("{prefix}{}", detail.as_str()), value.as_str())
            }));
        }
        if !self.categories.is_empty() {
            found.push(Property::of("Categories", self.categories.join(", ")));
        }
        if let Some((verb, at)) = self.last_verb {
            found.push(Property::of("LastVerbExecuted", format!("{}, {at}", verb.as_str())));
        }
        found.sort();
        found
    }
}

/// What a phone asks to become of a message: there is nothing else it may change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MarksEdit {
    /// Whether this user has seen it; kept per user, not with the marks.
    pub read: Change<bool>,
    /// The flag.
    pub flag: Change<Flag>,
    /// The categories.
    pub categories: Change<Vec<String>>,
}

impl MarksEdit {
    /// Returns the marks with the edit made. What is longer than a limit is cut.
    #[must_use]
    pub fn apply(&self, marks: &Marks) -> Marks {
        let flag = match &self.flag {
            Change::Keep => marks.flag.clone(),
            Change::Remove => Flag::default(),
            Change::Set(flag) if flag.status == FlagStatus::Clear => Flag::default(),
            Change::Set(flag) => bounded(flag),
        };
        let categories = match &self.categories {
            Change::Keep => marks.categories.clone(),
            Change::Remove => Vec::new(),
            Change::Set(names) => names.iter().take(MAX_CATEGORIES).map(|name| cut(name)).collect(),
        };
        Marks { flag, categories, last_verb: marks.last_verb }
    }

    /// Returns whether the edit asks for nothing that others would see.
    #[must_use]
    pub fn keeps_marks(&self) -> bool {
        self.flag == Change::Keep && self.categories == Change::Keep
    }
}

fn bounded(flag: &Flag) -> Flag {
    let details = flag.details.iter().map(|(detail, value)| (*detail, cut(value))).collect();
    Flag { status: flag.status, details }
}

fn cut(text: &str) -> String {
    text.chars().take(MAX_TEXT_CHARS).collect()
}

fn status(word: &str) -> FlagStatus {
    let all = [FlagStatus::Clear, FlagStatus::Complete, FlagStatus::Active];
    all.into_iter().find(|status| status.as_str() == word).unwrap_or_default()
}

fn verb(value: &str) -> Option<(Verb, Timestamp)> {
    let (name, at) = value.split_once(' ')?;
    Some((Verb::from_name(name)?, at.parse().ok()?))
}

/// Writes a value on one line.
fn escape(value: &str) -> String {
    value.replace('\\', "\\\\").replace('\r', "\\r").replace('\n', "\\n")
}

fn unescape(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(one) = chars.next() {
        match (one, one == '\\') {
            (_, false) => out.push(one),
            (_, true) => match chars.next() {
                Some('n') => out.push('\n'),
                Some('r') => out.push('\r'),
                Some(other) => out.push(other),
                None => out.push('\\'),
            },
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn flagged(status: FlagStatus) -> Flag {
        Flag { status, details: BTreeMap::from([(FlagDetail::FlagType, "Follow up".to_owned())]) }
    }

    #[test]
    fn marks_survive_their_text_form() {
        let marks = Marks {
            flag: flagged(FlagStatus::Active),
            categories: vec!["Red".into(), "a\\b\r\nc d".into(), String::new()],
            last_verb: Some((Verb::ReplyAll, "2026-03-04T09:00:00Z".parse().unwrap())),
        };
        let text = marks.render();
        assert_eq!(
            text,
            "flag active\nflag.FlagType Follow up\ncategory Red\ncategory a\\\\b\\r\\nc d\ncategory \n\
             verb reply-all 2026-03-04T09:00:00Z\n"
        );
        assert_eq!(Marks::parse(&text), marks);
    }

    #[test]
    fn unknown_lines_are_passed_over() {
        let marks = Marks::parse("colour blue\nflag.Nothing x\nflag\nverb dance now\ncategory Red");
        assert_eq!(marks, Marks { categories: vec!["Red".into()], ..Marks::default() });
    }

    #[test]
    fn an_edit_changes_only_what_it_names() {
        let marks =
            Marks { flag: flagged(FlagStatus::Active), categories: vec!["Red".into()], last_verb: None };
        assert_eq!(MarksEdit::default().apply(&marks), marks);
        let cleared = MarksEdit { flag: Change::Remove, ..MarksEdit::default() };
        assert_eq!(cleared.apply(&marks), Marks { categories: vec!["Red".into()], ..Marks::default() });
        let zero = MarksEdit { flag: Change::Set(flagged(FlagStatus::Clear)), ..MarksEdit::default() };
        assert_eq!(zero.apply(&marks).flag, Flag::default());
        let named = MarksEdit { categories: Change::Set(vec!["Blue".into()]), ..MarksEdit::default() };
        assert_eq!(named.apply(&marks).categories, ["Blue"]);
        assert_eq!(named.apply(&marks).flag, marks.flag);
        assert!(!named.keeps_marks());
        assert!(MarksEdit { read: Change::Set(true), ..MarksEdit::default() }.keeps_marks());
    }

    #[test]
    fn categories_past_the_limit_are_cut() {
        let names = vec!["x".repeat(MAX_TEXT_CHARS + 1); MAX_CATEGORIES + 1];
        let edit = MarksEdit { categories: Change::Set(names), ..MarksEdit::default() };
        let marks = edit.apply(&Marks::default());
        assert_eq!(marks.categories.len(), MAX_CATEGORIES);
        assert_eq!(marks.categories[0].chars().count(), MAX_TEXT_CHARS);
        let text = "category a\n".repeat(MAX_CATEGORIES + 1);
        assert_eq!(Marks::parse(&text).categories.len(), MAX_CATEGORIES);
    }

    #[test]
    fn marks_have_names_for_notices() {
        let marks =
            Marks::parse("flag complete\nflag.Subject Call\nflag.DueDate 2026-03-04\ncategory A\ncategory B");
        let shown = marks.properties().into_iter().map(|one| format!("{}: {}", one.name, one.value));
        assert_eq!(
            shown.collect::<Vec<_>>(),
            ["Categories: A, B", "Duedate: 2026-03-04", "Flag: complete", "Flagsubject: Call"]
        );
    }

    proptest! {
        #[test]
        fn any_text_gives_marks_that_survive(text in "(flag|flag.Subject|category|verb|x)? ?[ -~\n\\\\]{0,60}") {
            let marks = Marks::parse(&text);
            let again = Marks::parse(&marks.render());
            if marks.flag.status == FlagStatus::Clear {
                prop_assert_eq!(again.flag, Flag::default());
            } else {
                prop_assert_eq!(again.flag, marks.flag);
            }
            prop_assert_eq!(again.categories, marks.categories);
        }
    }
}
