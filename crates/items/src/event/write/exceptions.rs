//! Single occurrences of a series: deleted ones (EXDATE) and changed ones (VEVENTs with a RECURRENCE-ID).

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::patch::{Patch, Touched, written};
use super::{RuleChange, fields, view};
use crate::contentline::{Component, Document, Editor, Line};
use crate::event::calendar::Calendar;
use crate::event::edit::{ExceptionChange, ExceptionEdit, Missing};
use crate::event::read::{MAX_OVERRIDES, TOLD_ZONE, event, on_clock, one, when, whens};
use crate::event::times::{self, Clock, Repeats, end_like};
use crate::event::{Details, Dialect, Edit, Event, Fields, When};
use crate::recurrence::{MAX_DATES, Series};
use crate::{Change, EditError, Stamp};

/// Lines of a master that an occurrence does not have, or has as its own.
const NOT_COPIED: [&str; 10] = [
    "RRULE",
    "RDATE",
    "EXDATE",
    "EXRULE",
    "DTSTART",
    "DTEND",
    "DURATION",
    "RECURRENCE-ID",
    "SEQUENCE",
    TOLD_ZONE,
];

/// Where a series went.
pub(super) struct Move<'m> {
    /// The old start, where it changed.
    pub(super) from: Option<&'m When>,
    /// The start now.
    pub(super) to: &'m When,
    /// What became of the rule.
    pub(super) rule: RuleChange,
}

/// Keeps exceptions on the occurrences they belong to when a series moves. A new rule takes away those that it has
/// no occurrence for; a series that no longer is one loses all.
pub(super) fn realign(patch: &mut Patch<'_, '_, '_>, was: &Event, to: &Move<'_>) {
    let rule = match &to.rule {
        RuleChange::Gone => {
            for part in &patch.calendar.overrides {
                patch.editor.remove_component(part);
            }
            return;
        }
        RuleChange::Same if to.from.is_none() => return,
        RuleChange::Same => None,
        RuleChange::New(rule) => Some(rule),
    };
    let zone = to.to.zone().unwrap_or(&TimeZone::UTC).clone();
    let series = rule.map(|rule| {
        let added = was.added.iter().map(|when| on_clock(when, to.to));
        Series::new(to.to.local(), zone).rule(Some(rule.as_ref().clone())).added(added)
    });
    let lands = |original: &When| {
        let moved = match to.from {
            Some(from) => like(to.to, on_clock(original, from).date().to_datetime(to.to.local().time())),
            None => original.clone(),
        };
        let is_there = series.as_ref().is_none_or(|series| happens(series, &moved));
        is_there.then_some(moved)
    };
    move_deleted(patch, was, to, &lands);
    for part in &patch.calendar.overrides.clone() {
        move_changed(patch, part, &was.details, &lands);
    }
}

/// Takes all exceptions of a series away.
pub(super) fn forget(patch: &mut Patch<'_, '_, '_>) {
    patch.remove("EXDATE");
    for part in &patch.calendar.overrides {
        patch.editor.remove_component(part);
    }
}

fn move_deleted(
    patch: &mut Patch<'_, '_, '_>,
    was: &Event,
    to: &Move<'_>,
    lands: &impl Fn(&When) -> Option<When>,
) {
    let deleted = || was.exceptions.iter().filter(|exception| exception.details.is_none());
    let stays = deleted().all(|exception| lands(&exception.original).as_ref() == Some(&exception.original));
    if stays {
        return;
    }
    patch.remove("EXDATE");
    let values: Vec<String> = deleted()
        .filter_map(|exception| lands(&exception.original))
        .map(|when| times::value(&when))
        .collect();
    if !values.is_empty() {
        patch.append(&format!("EXDATE{}:{}", times::params(to.to), values.join(",")));
    }
}

fn move_changed<'d>(
    patch: &mut Patch<'_, 'd, '_>,
    part: &'d Component,
    master: &Details,
    lands: &impl Fn(&When) -> Option<When>,
) {
    let calendar = patch.calendar;
    let Some(line) = calendar.line(part, "RECURRENCE-ID") else { return };
    let Some(original) = when(calendar, line) else { return };
    let Some(moved) = lands(&original) else {
        patch.editor.remove_component(part);
        return;
    };
    if moved == original {
        return;
    }
    patch.editor.replace(line, &times::line("RECURRENCE-ID", &moved));
    let own = view(calendar, part);
    // An occurrence with a time of its own keeps that.
    if own.start.as_ref() != Some(&original) {
        return;
    }
    if let Some(start) = calendar.line(part, "DTSTART") {
        patch.editor.replace(start, &times::line("DTSTART", &moved));
    }
    let length = if own.all_day() == moved.is_date() { &own } else { master };
    if let Some(end) = calendar.line(part, "DTEND") {
        patch.editor.replace(end, &times::line("DTEND", &end_like(&moved, length, &TimeZone::UTC)));
    }
}

/// Returns a time in the form of another one.
fn like(form: &When, local: DateTime) -> When {
    match form {
        When::Date(_) => When::Date(local.date()),
        When::Floating(_) => When::Floating(local),
        When::Zoned { zone, tzid, .. } => {
            let instant = zone.to_timestamp(local).unwrap_or(Timestamp::UNIX_EPOCH);
            When::Zoned { instant, zone: zone.clone(), tzid: tzid.clone() }
        }
    }
}

fn happens(series: &Series, at: &When) -> bool {
    let instant = at.instant(&TimeZone::UTC);
    instant.checked_add(SignedDuration::from_secs(1)).is_ok_and(|to| !series.between(instant, to).is_empty())
}

/// A series and how the occurrences that a phone names are found in it.
struct Finder<'f> {
    was: &'f Event,
    start: &'f When,
    series: Series,
    home: TimeZone,
    clock: Clock<'f>,
}

impl<'f> Finder<'f> {
    /// Returns `None` for an event that has no occurrences to be named.
    fn of(was: &'f Event, edit: &'f Edit) -> Option<Self> {
        let start = was.details.start.as_ref()?;
        if was.rule.is_none() && was.added.is_empty() && was.exceptions.is_empty() {
            return None;
        }
        let clock = Clock::of(edit);
        let home = clock.home();
        let zone = match start {
            // Days are compared as days.
            When::Date(_) => TimeZone::UTC,
            When::Floating(_) | When::Zoned { .. } => start.zone().unwrap_or(&home).clone(),
        };
        let added = was.added.iter().map(|when| on_clock(when, start));
        let series = Series::new(start.local(), zone).rule(was.rule.clone()).added(added);
        Some(Self { was, start, series, home, clock })
    }

    /// Returns the start of the occurrence, in the form of the series.
    ///
    /// Phones name the right day with an old time, or midnight, once a series was moved: so a day decides where no
    /// time fits.
    fn find(&self, at: Timestamp) -> When {
        let local = match self.start {
            When::Date(_) => return When::Date(self.clock.day(at)),
            When::Floating(_) => self.home.to_datetime(at),
            When::Zoned { zone, .. } => zone.to_datetime(at),
        };
        let known = || self.was.exceptions.iter().map(|exception| on_clock(&exception.original, self.start));
        let is_known = known().any(|original| original == local);
        let named = like(self.start, local);
        if is_known || happens(&self.series, &named) {
            return named;
        }
        let same_day = known().find(|original| original.date() == local.date());
        let beside = same_day.or_else(|| self.on_day(local));
        beside.map_or(named, |local| like(self.start, local))
    }

    fn on_day(&self, local: DateTime) -> Option<DateTime> {
        let zone = self.start.zone().unwrap_or(&self.home);
        let day = local.date();
        let from = zone.to_timestamp(day.at(0, 0, 0, 0)).ok()?;
        let to = zone.to_timestamp(day.tomorrow().ok()?.at(0, 0, 0, 0)).ok()?;
        self.series.between(from, to).first().map(|instant| zone.to_datetime(*instant))
    }

    /// Whether the series has, or had, this occurrence.
    fn has(&self, original: &When) -> bool {
        let local = on_clock(original, self.start);
        let mut known = self.was.exceptions.iter().map(|exception| on_clock(&exception.original, self.start));
        known.any(|known| known == local) || happens(&self.series, original)
    }

    fn component<'d>(&self, calendar: &Calendar<'d, '_>, original: &When) -> Option<&'d Component> {
        let local = on_clock(original, self.start);
        calendar.overrides.iter().copied().find(|part| {
            let line = calendar.line(part, "RECURRENCE-ID");
            line.and_then(|line| when(calendar, line))
                .is_some_and(|when| on_clock(&when, self.start) == local)
        })
    }
}

/// Makes room: deletes what is to go, and gives each occurrence that is to change a VEVENT of its own.
pub(super) fn place(text: &[u8], edit: &Edit, stamp: &Stamp) -> Result<Vec<u8>, EditError> {
    let document = Document::parse(text);
    let calendar = Calendar::of(&document).ok_or(EditError::Missing { component: "VEVENT" })?;
    let was = event(&calendar);
    let Some(finder) = Finder::of(&was, edit) else {
        return if edit.dialect == Dialect::Parts { Err(no_occurrence()) } else { Ok(text.to_vec()) };
    };
    let dates: Vec<DateTime> =
        whens(&calendar, calendar.master, "EXDATE").iter().map(|date| on_clock(date, finder.start)).collect();
    let is_deleted = |original: &When| dates.contains(&on_clock(original, finder.start));
    let (mut deleted, mut restored, mut new): (Vec<When>, Vec<When>, Vec<When>) = Default::default();
    let mut editor = Editor::new(&document);
    for exception in &edit.exceptions {
        let original = finder.find(exception.original);
        if edit.dialect == Dialect::Parts && !finder.has(&original) {
            return Err(no_occurrence());
        }
        let component = finder.component(&calendar, &original);
        match (&exception.change, component) {
            (ExceptionChange::Delete, component) => {
                if let Some(part) = component {
                    editor.remove_component(part);
                }
                if !is_deleted(&original) && !deleted.contains(&original) {
                    deleted.push(original);
                }
            }
            (ExceptionChange::Change(..), component) => {
                if component.is_none() && !new.contains(&original) {
                    if is_deleted(&original) {
                        restored.push(original.clone());
                    }
                    new.push(original);
                }
            }
        }
    }
    limit(was.exceptions.len() + deleted.len(), MAX_DATES)?;
    limit(calendar.overrides.len() + new.len(), MAX_OVERRIDES)?;
    let mut patch = Patch::new(&calendar, calendar.master, &mut editor);
    restore(&mut patch, &finder, &restored);
    if !deleted.is_empty() {
        let values: Vec<String> = deleted.iter().map(times::value).collect();
        patch.append(&format!("EXDATE{}:{}", times::params(finder.start), values.join(",")));
        patch.touch(Touched::Schedule);
    }
    patch.finish(stamp);
    let behind = calendar.overrides.last().copied().unwrap_or(calendar.master);
    for original in &new {
        let lines = copy(&calendar, &was.details, original, &finder.home);
        editor.insert_after_component(behind, lines.iter().map(String::as_str));
    }
    Ok(editor.finish())
}

fn no_occurrence() -> EditError {
    EditError::Invalid {
        property: "InstanceId",
        what: "a time at which nothing of the series happens".to_owned(),
    }
}

fn limit(count: usize, most: usize) -> Result<(), EditError> {
    if count <= most {
        return Ok(());
    }
    Err(EditError::Invalid { property: "Exceptions", what: format!("more than {most}") })
}

/// Takes dates out of the EXDATE lines.
fn restore(patch: &mut Patch<'_, '_, '_>, finder: &Finder<'_>, restored: &[When]) {
    if restored.is_empty() {
        return;
    }
    let back: Vec<DateTime> = restored.iter().map(When::local).collect();
    for line in patch.lines("EXDATE") {
        let stays = |value: &&str| {
            let original = one(patch.calendar, line, value).map(|when| on_clock(&when, finder.start));
            original.is_none_or(|local| !back.contains(&local))
        };
        let kept: Vec<&str> = line.value().split(',').filter(stays).collect();
        if kept.is_empty() {
            patch.remove_line(line);
        } else {
            let whole = format!("{}{}", line.head(), kept.join(","));
            patch.replace(line, &whole);
        }
    }
}

/// Returns the lines of an occurrence that is as the series has it.
fn copy(calendar: &Calendar<'_, '_>, master: &Details, original: &When, home: &TimeZone) -> Vec<String> {
    let document = calendar.document;
    let mut lines = vec!["BEGIN:VEVENT".to_owned()];
    lines.push(times::line("RECURRENCE-ID", original));
    lines.push(times::line("DTSTART", original));
    lines.push(times::line("DTEND", &end_like(original, master, home)));
    let is_own = |line: &Line<'_>| {
        // A file stays with the series: a copy for each occurrence would be too much.
        let is_file = line.is("ATTACH") && line.param("ENCODING").is_some();
        is_file || NOT_COPIED.iter().any(|own| line.is(own))
    };
    lines.extend(document.lines(calendar.master).filter(|line| !is_own(line)).map(written));
    for alarm in document.children(calendar.master).filter(|child| child.name() == "VALARM") {
        lines.push("BEGIN:VALARM".to_owned());
        lines.extend(document.lines(alarm).map(written));
        lines.push("END:VALARM".to_owned());
    }
    lines.push("END:VEVENT".to_owned());
    lines
}

/// Changes the occurrences that now all have a VEVENT.
pub(super) fn fill(text: &[u8], edit: &Edit, stamp: &Stamp) -> Result<Vec<u8>, EditError> {
    let document = Document::parse(text);
    let calendar = Calendar::of(&document).ok_or(EditError::Missing { component: "VEVENT" })?;
    let was = event(&calendar);
    let Some(finder) = Finder::of(&was, edit) else { return Ok(text.to_vec()) };
    let mut editor = Editor::new(&document);
    for ExceptionEdit { original, change } in &edit.exceptions {
        let ExceptionChange::Change(fields, missing) = change else { continue };
        let original = finder.find(*original);
        let Some(part) = finder.component(&calendar, &original) else { continue };
        let own = view(&calendar, part);
        let fields = match missing {
            Missing::Keep => fields.as_ref().clone(),
            Missing::Inherit => inherit(fields, &was.details),
        };
        let plan = finder.clock.plan(&fields, &own, Repeats::No)?;
        let mut patch = Patch::new(&calendar, part, &mut editor);
        super::write_times(&mut patch, &plan);
        fields::write(&mut patch, &fields, &own)?;
        patch.finish(stamp);
        super::define_zones(&calendar, &mut editor, &plan.start.iter().chain(&plan.end).collect::<Vec<_>>());
    }
    Ok(editor.finish())
}

/// Returns the fields with the master's value wherever nothing was said.
fn inherit(fields: &Fields, master: &Details) -> Fields {
    Fields {
        subject: or(&fields.subject, master.subject.as_ref()),
        location: or(&fields.location, master.location.as_ref()),
        busy: or(&fields.busy, Some(&master.busy)),
        sensitivity: or(&fields.sensitivity, Some(&master.sensitivity)),
        reminder: or(&fields.reminder, master.reminder.as_ref()),
        categories: or(&fields.categories, Some(&master.categories)),
        ..fields.clone()
    }
}

fn or<T: Clone>(change: &Change<T>, master: Option<&T>) -> Change<T> {
    match change {
        Change::Keep => master.map_or(Change::Remove, |value| Change::Set(value.clone())),
        Change::Remove | Change::Set(_) => change.clone(),
    }
}
