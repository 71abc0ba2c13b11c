//! Edits of an event's text: only the lines of properties that become something else are written anew.

mod exceptions;
mod fields;
mod patch;

use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::TimeZone;

use super::calendar::Calendar;
use super::read::{TOLD_ZONE, details, event};
use super::times::{self, Clock, Repeats};
use super::{Details, Dialect, Edit, Event, When, file};
use crate::contentline::{Document, Editor, Writer};
use crate::recurrence::{End, Pattern, Until};
use crate::zone::{Blob, define};
use crate::{Change, EditError, MAX_ITEM_BYTES, Stamp};

pub(super) use patch::Patch;
use patch::Touched;

/// Exceptions one edit may have ([MS-ASCAL] schema).
pub const MAX_EXCEPTIONS: usize = 1_000;

/// Names this program as the one that wrote a calendar.
const PRODID: &str = "-//Comity//Comity//EN";

/// Returns the text of a new event.
pub(crate) fn create(edit: &Edit, stamp: &Stamp) -> Result<Vec<u8>, EditError> {
    let repeats = if matches!(edit.recurrence, Change::Set(_)) { Repeats::Yes } else { Repeats::No };
    let (start, end) = Clock::of(edit).begin(&edit.fields, stamp.now, repeats)?;
    let now = times::utc_value(stamp.now);
    let uid = edit.uid.as_deref().filter(|uid| !uid.trim().is_empty()).unwrap_or(&stamp.uid);
    let uid: String = uid.chars().filter(|char| !char.is_control()).collect();
    let mut writer = Writer::new();
    writer.line("BEGIN:VCALENDAR").line("VERSION:2.0").line(&format!("PRODID:{PRODID}"));
    for line in definitions(&[&start, &end]) {
        writer.line(&line);
    }
    writer
        .line("BEGIN:VEVENT")
        .line(&format!("UID:{}", crate::contentline::escape(&uid)))
        .line(&format!("DTSTAMP:{now}"))
        .line(&format!("CREATED:{now}"))
        .line(&format!("LAST-MODIFIED:{now}"))
        .line(&times::line("DTSTART", &start))
        .line(&times::line("DTEND", &end));
    if let Some(line) = told_zone(edit, &start) {
        writer.line(&line);
    }
    writer.line("END:VEVENT").line("END:VCALENDAR");
    apply(&writer.finish(), edit, stamp)
}

/// Returns the stored text with the edit made.
pub(crate) fn apply(stored: &[u8], edit: &Edit, stamp: &Stamp) -> Result<Vec<u8>, EditError> {
    if edit.exceptions.len() > MAX_EXCEPTIONS {
        return Err(EditError::Invalid {
            property: "Exceptions",
            what: format!("more than {MAX_EXCEPTIONS}"),
        });
    }
    let text = master(stored, edit, stamp)?;
    if !edit.files.is_empty() && text.len() > MAX_ITEM_BYTES {
        return Err(EditError::TooLarge { size_bytes: text.len(), limit_bytes: MAX_ITEM_BYTES });
    }
    if edit.exceptions.is_empty() {
        return Ok(text);
    }
    let text = exceptions::place(&text, edit, stamp)?;
    exceptions::fill(&text, edit, stamp)
}

/// Changes the master: its fields, its times, its rule, and what of its exceptions hangs on them.
fn master(stored: &[u8], edit: &Edit, stamp: &Stamp) -> Result<Vec<u8>, EditError> {
    let document = Document::parse(stored);
    let calendar = Calendar::of(&document).ok_or(EditError::Missing { component: "VEVENT" })?;
    let was = event(&calendar);
    let clock = Clock::of(edit);
    let is_series = match &edit.recurrence {
        Change::Set(_) => true,
        Change::Keep => was.rule.is_some(),
        Change::Remove => was.rule.is_some() && was.pattern.is_none(),
    };
    let repeats = if is_series { Repeats::Yes } else { Repeats::No };
    let mut editor = Editor::new(&document);
    let mut patch = Patch::new(&calendar, calendar.master, &mut editor);
    let plan = clock.plan(&edit.fields, &was.details, repeats)?;
    let becomes = plan.start.clone().or_else(|| was.details.start.clone());
    write_times(&mut patch, &plan);
    write_zone(&mut patch, edit, plan.start.as_ref());
    let rule = write_rule(&mut patch, edit, &was, becomes.as_ref());
    let is_anew = plan.start.is_some() || plan.end.is_some() || matches!(rule, RuleChange::New(_));
    if edit.dialect == Dialect::Parts && was.pattern.is_some() && is_anew {
        exceptions::forget(&mut patch);
    } else if let Some(start) = &becomes {
        let from = plan.start.as_ref().and(was.details.start.as_ref());
        exceptions::realign(&mut patch, &was, &exceptions::Move { from, to: start, rule });
    }
    fields::write(&mut patch, &edit.fields, &was.details)?;
    fields::organize(&mut patch, edit, &was.details);
    file::write(&mut patch, &edit.files)?;
    patch.finish(stamp);
    define_zones(&calendar, &mut editor, &plan.start.iter().chain(&plan.end).collect::<Vec<_>>());
    Ok(editor.finish())
}

/// Writes DTSTART and DTEND; a DURATION gives way to a DTEND.
fn write_times(patch: &mut Patch<'_, '_, '_>, plan: &times::Plan) {
    if let Some(start) = &plan.start {
        patch.line("DTSTART", &times::line("DTSTART", start));
        patch.touch(Touched::Schedule);
    }
    if let Some(end) = &plan.end {
        patch.line("DTEND", &times::line("DTEND", end));
        patch.remove("DURATION");
        patch.touch(Touched::Schedule);
    }
}

/// Keeps the zone of a new start as the phone told it; what was kept of another phone's goes.
fn write_zone(patch: &mut Patch<'_, '_, '_>, edit: &Edit, start: Option<&When>) {
    let Some(start) = start.filter(|_| edit.zone.is_some()) else { return };
    match told_zone(edit, start) {
        Some(line) => patch.line(TOLD_ZONE, &line),
        None => patch.remove(TOLD_ZONE),
    }
}

/// Returns the line that keeps the zone as the phone told it, where the zone itself would be told otherwise.
fn told_zone(edit: &Edit, start: &When) -> Option<String> {
    let blob = edit.zone.as_ref().filter(|blob| !blob.is_blank())?;
    let When::Zoned { zone, .. } = start else { return None };
    let value = blob.to_base64();
    let ours = Blob::from_zone(zone, start.local().year());
    let is_ours = ours.to_base64() == value || ours.with_name_of(zone).to_base64() == value;
    (!is_ours).then(|| format!("{TOLD_ZONE}{}:{value}", times::params(start)))
}

/// What became of the rule.
#[derive(Debug, Clone)]
pub(super) enum RuleChange {
    Same,
    Gone,
    New(Box<crate::recurrence::Rule>),
}

fn write_rule(patch: &mut Patch<'_, '_, '_>, edit: &Edit, was: &Event, start: Option<&When>) -> RuleChange {
    match &edit.recurrence {
        Change::Keep => RuleChange::Same,
        // Nothing to take away; or a series that phones are shown as a single event, because ActiveSync cannot say
        // its rule: that they leave the rule out means nothing.
        Change::Remove if was.pattern.is_none() => RuleChange::Same,
        Change::Remove => {
            for name in ["RRULE", "RDATE", "EXDATE", "EXRULE"] {
                patch.remove(name);
            }
            patch.touch(Touched::Schedule);
            RuleChange::Gone
        }
        Change::Set(pattern) => {
            let home = Clock::of(edit).home();
            let fitted = fit_until(*pattern, start, &Clock::of(edit));
            let zone = start.and_then(When::zone).unwrap_or(&home);
            let is_known = |new: &Pattern| was.pattern.is_some_and(|old| is_same(&old, new, zone));
            if is_known(pattern) || is_known(&fitted) {
                return RuleChange::Same;
            }
            let rule = fitted.to_rule();
            patch.line("RRULE", &format!("RRULE:{rule}"));
            patch.touch(Touched::Schedule);
            RuleChange::New(Box::new(rule))
        }
    }
}

/// Gives UNTIL the type that the start has: a day beside a day, an instant beside an instant.
fn fit_until(mut pattern: Pattern, start: Option<&When>, clock: &Clock<'_>) -> Pattern {
    let End::On(until) = pattern.end else { return pattern };
    let home = clock.home();
    let until = match (start, until) {
        (Some(When::Date(_)), Until::Utc(instant)) => Until::Date(clock.day(instant)),
        (Some(When::Date(_)), Until::Local(local)) => Until::Date(local.date()),
        (Some(When::Floating(_)), Until::Utc(instant)) => Until::Local(home.to_datetime(instant)),
        (Some(When::Zoned { zone, .. }), Until::Date(_) | Until::Local(_)) => {
            let local = match until {
                Until::Date(date) => date.to_datetime(Time::constant(23, 59, 59, 0)),
                Until::Local(_) | Until::Utc(_) => until.local(zone),
            };
            zone.to_timestamp(local).map_or(until, Until::Utc)
        }
        _ => until,
    };
    pattern.end = End::On(until);
    pattern
}

/// Whether two patterns give the same dates; the first day of the week matters only where weeks are skipped.
fn is_same(old: &Pattern, new: &Pattern, zone: &TimeZone) -> bool {
    let ends = match (old.end, new.end) {
        // Some phones name the last day, some the last start; both end the same day.
        (End::On(old), End::On(new)) => old == new || old.date(zone) == new.date(zone),
        (old, new) => old == new,
    };
    let weeks = old.interval == 1 || new.first_day.is_none() || old.first_day == new.first_day;
    ends && weeks && old.cycle == new.cycle && old.interval == new.interval
}

/// Adds a VTIMEZONE for each zone that the document does not define yet.
fn define_zones(calendar: &Calendar<'_, '_>, editor: &mut Editor<'_>, times: &[&When]) {
    let mut known: Vec<&str> = Vec::new();
    for when in times {
        let When::Zoned { tzid, .. } = when else { continue };
        let is_new =
            !tzid.is_empty() && !known.contains(&tzid.as_str()) && calendar.definition(tzid).is_none();
        if is_new && calendar.root.is_some() {
            known.push(tzid);
            let lines = definitions(&[when]);
            editor.insert_before_component(calendar.master, lines.iter().map(String::as_str));
        }
    }
}

/// Returns the VTIMEZONE lines that these times need.
fn definitions(times: &[&When]) -> Vec<String> {
    let mut lines = Vec::new();
    let mut known: Vec<&str> = Vec::new();
    for when in times {
        if let When::Zoned { instant, zone, tzid } = when
            && !tzid.is_empty()
            && !known.contains(&tzid.as_str())
        {
            known.push(tzid);
            lines.extend(define(zone, tzid, year(*instant)));
        }
    }
    lines
}

fn year(instant: Timestamp) -> i16 {
    TimeZone::UTC.to_datetime(instant).year()
}

/// Returns the view of one component again, for a pass that reads what the last one wrote.
pub(super) fn view(calendar: &Calendar<'_, '_>, part: &crate::contentline::Component) -> Details {
    details(calendar, part)
}
