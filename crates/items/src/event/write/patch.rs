//! One VEVENT that is being changed, and whether anything of it really is.

use crate::Stamp;
use crate::body::same_text;
use crate::contentline::{Component, Editor, Line, escape, quote};
use crate::event::calendar::Calendar;
use crate::event::times;

/// What has changed so far; the later the heavier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::event) enum Touched {
    Nothing,
    Something,
    /// When it happens: attendees must be able to tell the new version from the old one.
    Schedule,
}

/// Collects the changes of one VEVENT.
pub(in crate::event) struct Patch<'p, 'd, 'a> {
    pub(in crate::event) calendar: &'p Calendar<'d, 'a>,
    pub(in crate::event) part: &'d Component,
    pub(in crate::event) editor: &'p mut Editor<'a>,
    touched: Touched,
    /// Alarms to be added: they stand behind all properties.
    behind: Vec<String>,
}

impl<'p, 'd, 'a> Patch<'p, 'd, 'a> {
    pub(in crate::event) const fn new(
        calendar: &'p Calendar<'d, 'a>,
        part: &'d Component,
        editor: &'p mut Editor<'a>,
    ) -> Self {
        Self { calendar, part, editor, touched: Touched::Nothing, behind: Vec::new() }
    }

    pub(in crate::event) fn touch(&mut self, touched: Touched) {
        self.touched = self.touched.max(touched);
    }

    /// Returns the lines of this name.
    pub(in crate::event) fn lines(&self, name: &str) -> Vec<&'d Line<'a>> {
        self.calendar.document.lines(self.part).filter(|line| line.is(name)).collect()
    }

    /// Makes this the only line of its name.
    pub(in crate::event) fn line(&mut self, name: &str, whole: &str) {
        let lines = self.lines(name);
        match lines.split_first() {
            None => self.append(whole),
            Some((first, others)) => {
                if written(first) != whole {
                    self.editor.replace(first, whole);
                    self.touch(Touched::Something);
                }
                for other in others {
                    self.editor.remove(other);
                    self.touch(Touched::Something);
                }
            }
        }
    }

    /// Gives the line of this name another text; its parameters stay. An empty text takes the line away.
    pub(in crate::event) fn text(&mut self, name: &str, text: &str) {
        if text.is_empty() {
            self.clear(name);
            return;
        }
        match self.lines(name).first() {
            None => self.append(&format!("{name}:{}", escape(text))),
            Some(line) if same_text(&line.text(), text) => {}
            Some(line) => {
                // Some programs keep the laid out text in a parameter; it would go on saying the old one.
                let head = with_params(line, &[("ALTREP", None)]);
                let head = head.strip_suffix(line.value()).unwrap_or(&head);
                self.editor.replace(line, &format!("{head}{}", escape(text)));
                self.touch(Touched::Something);
            }
        }
    }

    pub(in crate::event) fn append(&mut self, whole: &str) {
        self.editor.append(self.part, whole);
        self.touch(Touched::Something);
    }

    /// Adds the lines of a component in this one.
    pub(in crate::event) fn append_behind(&mut self, lines: impl IntoIterator<Item = String>) {
        self.behind.extend(lines);
        self.touch(Touched::Something);
    }

    pub(in crate::event) fn replace(&mut self, line: &Line<'_>, whole: &str) {
        if written(line) != whole {
            self.editor.replace(line, whole);
            self.touch(Touched::Something);
        }
    }

    pub(in crate::event) fn remove(&mut self, name: &str) {
        for line in self.lines(name) {
            self.remove_line(line);
        }
    }

    /// Takes the lines of this name away, if one of them says anything.
    pub(in crate::event) fn clear(&mut self, name: &str) {
        if self.lines(name).iter().any(|line| !line.value().is_empty()) {
            self.remove(name);
        }
    }

    pub(in crate::event) fn remove_line(&mut self, line: &Line<'_>) {
        self.editor.remove(line);
        self.touch(Touched::Something);
    }

    /// Ends the change: where there was one, its time is written.
    pub(in crate::event) fn finish(mut self, stamp: &Stamp) {
        if self.touched == Touched::Nothing {
            return;
        }
        let now = times::utc_value(stamp.now);
        self.line("DTSTAMP", &format!("DTSTAMP:{now}"));
        self.line("LAST-MODIFIED", &format!("LAST-MODIFIED:{now}"));
        let sequence = self.lines("SEQUENCE").first().map(|line| line.value().trim().parse::<u32>());
        if let Some(Ok(sequence)) = sequence
            && self.touched == Touched::Schedule
        {
            self.line("SEQUENCE", &format!("SEQUENCE:{}", sequence.saturating_add(1)));
        }
        for line in &self.behind {
            self.editor.append(self.part, line);
        }
    }
}

/// Returns the line as one would write it.
pub(in crate::event) fn written(line: &Line<'_>) -> String {
    let mut whole = line.head();
    whole.push_str(line.value());
    whole
}

/// Returns the line with these parameters set (`None` takes one away) and another value, where one is given.
pub(in crate::event) fn with_params(line: &Line<'_>, set: &[(&str, Option<&str>)]) -> String {
    let mut whole = line.group().map(|group| format!("{group}.")).unwrap_or_default();
    whole.push_str(line.name());
    let mut left: Vec<&(&str, Option<&str>)> = set.iter().collect();
    for param in line.params() {
        let at = left.iter().position(|(name, _)| param.is(name));
        match at.map(|at| left.remove(at)) {
            None if set.iter().any(|(name, _)| param.is(name)) => {}
            None => {
                whole.push(';');
                whole.push_str(param.name());
                if !param.name().is_empty() {
                    whole.push('=');
                }
                whole.push_str(param.raw());
            }
            Some((name, value)) => push_param(&mut whole, name, *value),
        }
    }
    for (name, value) in left {
        push_param(&mut whole, name, *value);
    }
    whole.push(':');
    whole.push_str(line.value());
    whole
}

fn push_param(whole: &mut String, name: &str, value: Option<&str>) {
    if let Some(value) = value {
        whole.push(';');
        whole.push_str(name);
        whole.push('=');
        whole.push_str(&quote(value));
    }
}
