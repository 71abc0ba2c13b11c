//! What tasks and notes share: reading and editing one component of an iCalendar text.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Span, SpanRelativeTo, Timestamp};

use crate::contentline::{self, Component, Document, Editor, Line, Writer, escape};
use crate::property::size;
use crate::zone::{self, Definition};
use crate::{Body, Change, EditError, MAX_ITEM_BYTES, Moment, Property, Sensitivity, Stamp};

/// The parameter that keeps what the author's clock showed.
const LOCAL: &str = "X-EAS-LOCAL";
/// Longest value that is shown as it is where no view shows it.
const MAX_SHOWN: usize = 1_000;
/// What the text says of itself.
const HOUSEKEEPING: [&str; 7] =
    ["UID", "DTSTAMP", "CREATED", "LAST-MODIFIED", "SEQUENCE", "X-EAS-SENSITIVITY", "X-EAS-DEADOCCUR"];

/// One component in its document.
pub(crate) struct Entry<'d, 'a> {
    pub(crate) document: &'d Document<'a>,
    pub(crate) component: &'d Component,
}

impl<'d, 'a> Entry<'d, 'a> {
    /// Returns the document's first component of this name.
    pub(crate) fn of(document: &'d Document<'a>, name: &str) -> Option<Self> {
        let component = document.components().find(|component| component.name() == name)?;
        Some(Self { document, component })
    }

    pub(crate) fn line(&self, name: &'d str) -> Option<&'d Line<'a>> {
        self.document.named(self.component, name).next()
    }

    /// Returns the property's text, if it says anything.
    pub(crate) fn text(&self, name: &'d str) -> Option<String> {
        self.line(name).map(|line| lf(&line.text())).filter(|text| !text.is_empty())
    }

    pub(crate) fn body(&self) -> Option<Body> {
        let html = self.html_line().map(|line| lf(&line.text())).filter(|html| !html.is_empty());
        match (self.text("DESCRIPTION"), html) {
            (Some(text), html) => Some(Body { text, html }),
            (None, Some(html)) => Some(Body::html(html)),
            (None, None) => None,
        }
    }

    fn html_line(&self) -> Option<&'d Line<'a>> {
        self.document
            .named(self.component, "X-ALT-DESC")
            .find(|line| line.param("FMTTYPE").is_some_and(|media| media.eq_ignore_ascii_case("text/html")))
    }

    pub(crate) fn categories(&self) -> Vec<String> {
        let lines = self.document.named(self.component, "CATEGORIES");
        let entries = lines.flat_map(|line| contentline::entries(line.value()));
        entries.map(|raw| lf(contentline::unescape(raw).trim())).filter(|entry| !entry.is_empty()).collect()
    }

    pub(crate) fn sensitivity(&self) -> Sensitivity {
        let class = self.line("CLASS").map_or("PUBLIC", |line| line.value().trim());
        let sensitivity = Sensitivity::from_class(class);
        let is_personal = self.line("X-EAS-SENSITIVITY").is_some_and(|line| line.value() == "1");
        if sensitivity == Sensitivity::Private && is_personal { Sensitivity::Personal } else { sensitivity }
    }

    pub(crate) fn moment(&self, name: &'d str) -> Option<Moment> {
        self.line(name).and_then(|line| self.moment_of(line))
    }

    fn moment_of(&self, line: &Line<'_>) -> Option<Moment> {
        let value = line.value().trim();
        if let Some(date) = basic_date(value) {
            return Some(Moment::Day(date));
        }
        if let Some(local) = value.strip_suffix(['Z', 'z']) {
            let instant = TimeZone::UTC.to_timestamp(basic_datetime(local)?).ok()?;
            let local = line.param(LOCAL).and_then(|local| basic_datetime(&local));
            return Some(Moment::At { instant, local: local.filter(|&local| is_near(local, instant)) });
        }
        let local = basic_datetime(value)?;
        let Some(tzid) = line.param("TZID") else { return Some(Moment::Floating(local)) };
        let definition = self.document.components().find(|zone| {
            zone.name() == "VTIMEZONE"
                && self.document.named(zone, "TZID").next().is_some_and(|line| line.value() == tzid)
        });
        let definition = definition.map(|zone| Definition::parse(self.document, zone));
        let resolved = zone::resolve(&tzid, definition.as_ref(), local.year());
        if resolved.certainty == zone::Certainty::Unknown {
            return Some(Moment::Floating(local));
        }
        let instant = resolved.zone.to_ambiguous_timestamp(local).compatible().ok()?;
        Some(Moment::At { instant, local: Some(local) })
    }

    /// Returns the first alarm that has a time, and that time.
    pub(crate) fn alarm(
        &self,
        start: Option<Moment>,
        end: Option<Moment>,
    ) -> Option<(&'d Component, Timestamp)> {
        let alarms = self.document.children(self.component).filter(|child| child.name() == "VALARM");
        alarms.into_iter().find_map(|alarm| Some((alarm, self.trigger(alarm, start, end)?)))
    }

    fn trigger(&self, alarm: &'d Component, start: Option<Moment>, end: Option<Moment>) -> Option<Timestamp> {
        let line = self.document.named(alarm, "TRIGGER").next()?;
        let value = line.value().trim();
        if let Some(local) = value.strip_suffix(['Z', 'z']) {
            return TimeZone::UTC.to_timestamp(basic_datetime(local)?).ok();
        }
        let span: Span = value.parse().ok()?;
        let from_end = line.param("RELATED").is_some_and(|edge| edge.eq_ignore_ascii_case("END"));
        let from = if from_end { end.or(start) } else { start.or(end) }?;
        let duration = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
        from.instant(&TimeZone::UTC).checked_add(duration).ok()
    }

    /// Returns the properties that no view shows: other lines under their own names, other components as one line.
    pub(crate) fn others(&self, known: &[&str]) -> Vec<Property> {
        let lines = self.document.lines(self.component).filter(|line| !is_known(line, known));
        lines
            .map(|line| {
                let readable = match line.value().len() {
                    long if long > MAX_SHOWN => size(long),
                    _ => line.text().into_owned(),
                };
                Property::of(line.name(), readable)
            })
            .collect()
    }

    /// Returns how many lines are known, and how many there are.
    pub(crate) fn coverage(&self, known: &[&str]) -> (usize, usize) {
        let lines = || self.document.lines(self.component);
        (lines().filter(|line| is_known(line, known)).count(), lines().count())
    }
}

fn is_known(line: &Line<'_>, known: &[&str]) -> bool {
    known.iter().chain(&HOUSEKEEPING).any(|name| line.is(name))
        || (line.is("X-ALT-DESC") && known.contains(&"DESCRIPTION"))
}

/// Returns whether the clock can have shown this at that instant anywhere.
fn is_near(local: DateTime, instant: Timestamp) -> bool {
    const MAX_OFFSET_S: i64 = 26 * 60 * 60;
    TimeZone::UTC
        .to_timestamp(local)
        .is_ok_and(|shown| (shown.as_second() - instant.as_second()).abs() <= MAX_OFFSET_S)
}

fn basic_date(text: &str) -> Option<Date> {
    let is_date = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_date {
        return None;
    }
    let month = text.get(4..6)?.parse().ok()?;
    Date::new(text.get(..4)?.parse().ok()?, month, text.get(6..)?.parse().ok()?).ok()
}

fn basic_datetime(text: &str) -> Option<DateTime> {
    let (date, time) = text.split_once(['T', 't'])?;
    let is_time = time.len() == 6 && time.bytes().all(|byte| byte.is_ascii_digit());
    if !is_time {
        return None;
    }
    let part = |from: usize| time.get(from..from + 2)?.parse().ok();
    // A leap second is shown as the second before it.
    let second = part(4).map(|second: i8| second.min(59))?;
    Some(basic_date(date)?.to_datetime(Time::new(part(0)?, part(2)?, second, 0).ok()?))
}

fn lf(text: &str) -> String {
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.to_owned() }
}

/// Returns an instant as iCalendar writes it.
pub(crate) fn utc(instant: Timestamp) -> String {
    instant.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// Returns a new calendar with one component that says nothing yet.
pub(crate) fn blank(component: &str, stamp: &Stamp) -> Vec<u8> {
    let now = utc(stamp.now);
    let mut writer = Writer::new();
    writer.line("BEGIN:VCALENDAR").line("VERSION:2.0").line("PRODID:-//Comity//EN");
    writer.line(&format!("BEGIN:{component}")).line(&format!("UID:{}", escape(&stamp.uid)));
    writer.line(&format!("DTSTAMP:{now}")).line(&format!("CREATED:{now}"));
    writer.line(&format!("END:{component}")).line("END:VCALENDAR");
    writer.finish()
}

/// Changes to one component.
pub(crate) struct Patch<'d, 'a> {
    pub(crate) entry: Entry<'d, 'a>,
    pub(crate) editor: Editor<'a>,
}

impl<'d, 'a> Patch<'d, 'a> {
    pub(crate) fn new(document: &'d Document<'a>, component: &'static str) -> Result<Self, EditError> {
        let entry = Entry::of(document, component).ok_or(EditError::Missing { component })?;
        Ok(Self { entry, editor: Editor::new(document) })
    }

    /// Makes the first line of this name hold the value (escaped), or takes all lines of the name out.
    pub(crate) fn value(&mut self, name: &'d str, value: Option<&str>) {
        match (value, self.entry.line(name)) {
            (Some(value), Some(line)) => self.editor.replace_value(line, value),
            (Some(value), None) => self.editor.append(self.entry.component, &format!("{name}:{value}")),
            (None, _) => self.remove(name),
        }
    }

    /// Puts a whole line in the place of the first of this name.
    pub(crate) fn whole(&mut self, name: &'d str, line: &str) {
        match self.entry.line(name) {
            Some(old) => self.editor.replace(old, line),
            None => self.editor.append(self.entry.component, line),
        }
    }

    pub(crate) fn remove(&mut self, name: &'d str) {
        for line in self.entry.document.named(self.entry.component, name) {
            self.editor.remove(line);
        }
    }

    pub(crate) fn text(&mut self, name: &'d str, change: &Change<String>) {
        if change.is_keep() {
            return;
        }
        let wanted = change.value();
        let wanted = wanted.filter(|text| !text.is_empty());
        if wanted != self.entry.text(name).as_ref() {
            self.value(name, wanted.map(|text| escape(text)).as_deref());
        }
    }

    pub(crate) fn body(&mut self, change: &Change<Body>) {
        if change.is_keep() {
            return;
        }
        let wanted = change.value();
        let wanted = wanted.filter(|body| !body.is_empty());
        let stored = self.entry.body();
        let is_same = match (wanted, &stored) {
            (Some(wanted), Some(stored)) => wanted.is_as_shown(Some(&stored.text), stored.html.as_deref()),
            (wanted, stored) => wanted.is_none() && stored.is_none(),
        };
        if is_same {
            return;
        }
        self.value("DESCRIPTION", wanted.map(|body| escape(&body.text)).as_deref());
        let html = wanted.and_then(|body| body.html.as_deref());
        let html = html.map(|html| format!("X-ALT-DESC;FMTTYPE=text/html:{}", escape(html)));
        match (html, self.entry.html_line()) {
            (Some(html), Some(line)) => self.editor.replace(line, &html),
            (Some(html), None) => self.editor.append(self.entry.component, &html),
            (None, Some(line)) => self.editor.remove(line),
            (None, None) => {}
        }
    }

    pub(crate) fn categories(&mut self, change: &Change<Vec<String>>) {
        if change.is_keep() {
            return;
        }
        let wanted = change.value();
        let list = wanted.map_or(&[][..], Vec::as_slice);
        if list == self.entry.categories() {
            return;
        }
        self.remove("CATEGORIES");
        if !list.is_empty() {
            let value = list.iter().map(|entry| escape(entry)).collect::<Vec<_>>().join(",");
            self.value("CATEGORIES", Some(&value));
        }
    }

    pub(crate) fn sensitivity(&mut self, change: &Change<Sensitivity>) {
        if change.is_keep() {
            return;
        }
        let wanted = change.value();
        let wanted = wanted.copied().unwrap_or_default();
        if wanted == self.entry.sensitivity() {
            return;
        }
        self.value("CLASS", Some(wanted.class()));
        self.value("X-EAS-SENSITIVITY", (wanted == Sensitivity::Personal).then_some("1"));
    }

    pub(crate) fn moment(&mut self, name: &'d str, change: &Change<Moment>, home: &TimeZone) {
        if change.is_keep() {
            return;
        }
        let wanted = change.value();
        let is_same = match (self.entry.moment(name), wanted) {
            (Some(stored), Some(wanted)) => stored.is_as_shown(*wanted, home),
            (stored, wanted) => stored.is_none() && wanted.is_none(),
        };
        if is_same {
            return;
        }
        match wanted {
            None => self.remove(name),
            Some(Moment::Day(date)) => {
                self.whole(name, &format!("{name};VALUE=DATE:{}", date.strftime("%Y%m%d")));
            }
            Some(Moment::Floating(local)) => {
                self.whole(name, &format!("{name}:{}", local.strftime("%Y%m%dT%H%M%S")));
            }
            Some(Moment::At { instant, local }) => {
                let local = local.map(|local| format!(";{LOCAL}={}", local.strftime("%Y%m%dT%H%M%S")));
                self.whole(name, &format!("{name}{}:{}", local.unwrap_or_default(), utc(*instant)));
            }
        }
    }

    /// Returns the text with the changes.
    pub(crate) fn finish(self) -> Result<Vec<u8>, EditError> {
        let text = self.editor.finish();
        if text.len() > MAX_ITEM_BYTES {
            return Err(EditError::TooLarge { size_bytes: text.len(), limit_bytes: MAX_ITEM_BYTES });
        }
        Ok(text)
    }
}

/// Returns the categories as a property, if there are any.
pub(crate) fn listed(categories: &[String]) -> Option<Property> {
    (!categories.is_empty()).then(|| Property::of("Categories", categories.join(", ")))
}

/// Returns the sensitivity as a property, if it is not the usual one.
pub(crate) fn confidential(sensitivity: Sensitivity) -> Option<Property> {
    let word = match sensitivity {
        Sensitivity::Normal => return None,
        Sensitivity::Personal => "personal",
        Sensitivity::Private => "private",
        Sensitivity::Confidential => "confidential",
    };
    Some(Property::of("Sensitivity", word))
}
