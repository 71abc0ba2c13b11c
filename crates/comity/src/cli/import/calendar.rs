//! Takes an .ics file apart into its items: one per UID, each with the time zones it names.

use std::collections::HashMap;

use items::Kind;

use super::piece::{Found, Line, Piece};

/// Properties of a calendar that say how to read its items. The others are about the file or the feed.
const KEPT: [&str; 4] = ["VERSION", "PRODID", "CALSCALE", "X-WR-TIMEZONE"];

/// A top-level component of a calendar: an event, a task, a journal entry, a time zone.
struct Component {
    name: String,
    /// The calendar it stands in, from 0.
    calendar: usize,
    /// Its UID, or of a time zone its TZID.
    id: Option<String>,
    /// The time zones it names.
    zones: Vec<String>,
    text: Piece,
}

/// One calendar's own lines.
#[derive(Default)]
struct Calendar {
    head: Piece,
    begin: Piece,
    end: Piece,
}

/// A file on its way apart.
#[derive(Default)]
struct Splitter {
    calendars: Vec<Calendar>,
    components: Vec<Component>,
    /// Components that are open, outermost first; the calendar itself is not among them.
    open: Vec<String>,
    in_calendar: bool,
    /// Whether the calendar's line that is being read is kept.
    keeps: bool,
    found: Vec<Found>,
}

/// Returns the items of a file that a folder of this kind holds; the others are told as left out.
pub(super) fn split(file: &[u8], kind: Kind) -> Vec<Found> {
    let mut splitter = Splitter::default();
    for line in Line::all(file) {
        splitter.line(&line);
    }
    splitter.finish(kind)
}

impl Splitter {
    fn line(&mut self, line: &Line<'_>) {
        match (line.value_of("BEGIN"), line.value_of("END")) {
            (Some(name), _) if !self.in_calendar => self.begin_calendar(line, &name),
            (Some(name), _) => self.begin(line, name),
            (_, Some(name)) if self.in_calendar => self.end(line, &name),
            (None, _) if self.in_calendar => self.property(line),
            (None, _) if line.is_blank() => {}
            (None, _) => self.trouble(line, "outside a calendar"),
        }
    }

    fn begin_calendar(&mut self, line: &Line<'_>, name: &str) {
        if name != "VCALENDAR" {
            return self.trouble(line, "outside a calendar");
        }
        let mut calendar = Calendar::default();
        calendar.begin.push(line);
        self.calendars.push(calendar);
        self.in_calendar = true;
    }

    fn begin(&mut self, line: &Line<'_>, name: String) {
        if self.open.is_empty() {
            let calendar = self.calendars.len().saturating_sub(1);
            let text = Piece::default();
            self.components.push(Component {
                name: name.clone(),
                calendar,
                id: None,
                zones: Vec::new(),
                text,
            });
        }
        self.open.push(name);
        self.push(line);
    }

    fn end(&mut self, line: &Line<'_>, name: &str) {
        if self.open.is_empty() {
            if let Some(calendar) = self.calendars.last_mut() {
                calendar.end.push(line);
            }
            self.in_calendar = false;
            return;
        }
        if self.open.last().is_some_and(|open| open != name) {
            self.trouble(line, "END of another component than the one that is open");
        }
        self.push(line);
        self.open.pop();
    }

    fn property(&mut self, line: &Line<'_>) {
        if self.open.is_empty() {
            if !line.is_continuation() {
                let name = line.text.split(|byte| matches!(byte, b':' | b';')).next().unwrap_or_default();
                self.keeps = KEPT.iter().any(|kept| name.eq_ignore_ascii_case(kept.as_bytes()));
            }
            if let Some(calendar) = self.calendars.last_mut().filter(|_| self.keeps) {
                calendar.head.push(line);
            }
            return;
        }
        self.push(line);
    }

    /// Adds a line to the component that is open.
    fn push(&mut self, line: &Line<'_>) {
        if let Some(component) = self.components.last_mut() {
            component.text.push(line);
        }
    }

    fn trouble(&mut self, line: &Line<'_>, what: &str) {
        self.found.push(Found::Trouble { line: line.number, what: what.to_owned() });
    }

    fn finish(mut self, kind: Kind) -> Vec<Found> {
        if !self.open.is_empty()
            && let Some(cut) = self.components.pop()
        {
            let what = format!("left out: the {} has no END", cut.name);
            self.found.push(Found::LeftOut { line: cut.text.line_in_file(1), what });
        }
        for component in &mut self.components {
            component.read();
        }
        let Self { calendars, components, mut found, .. } = self;
        found.extend(assemble(&calendars, &components, kind));
        found
    }
}

impl Component {
    /// Reads what the putting together needs: the id and the time zones. Folded lines are joined for it.
    fn read(&mut self) {
        let wanted = if self.name == "VTIMEZONE" { "TZID" } else { "UID" };
        let mut depth = 0_usize;
        for line in unfolded(self.text.content()) {
            let (head, value) = split_line(&line);
            let name = head.split(';').next().unwrap_or_default().to_ascii_uppercase();
            match name.as_str() {
                "BEGIN" => depth += 1,
                "END" => depth = depth.saturating_sub(1),
                name if depth == 1 && name == wanted && self.id.is_none() => {
                    self.id = Some(value.trim().to_owned());
                }
                _ => {}
            }
            let zones = head.split(';').skip(1).filter_map(|param| param.split_once('='));
            let zones = zones.filter(|(name, _)| name.eq_ignore_ascii_case("TZID"));
            self.zones.extend(zones.map(|(_, zone)| zone.trim_matches('"').to_owned()));
        }
        self.zones.sort_unstable();
        self.zones.dedup();
    }
}

/// Returns the lines of a text with those that go on joined to those before.
fn unfolded(text: &[u8]) -> Vec<String> {
    let mut lines: Vec<Vec<u8>> = Vec::new();
    for line in text.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        match (line.split_first(), lines.last_mut()) {
            (Some((b' ' | b'\t', rest)), Some(last)) => last.extend_from_slice(rest),
            _ => lines.push(line.to_vec()),
        }
    }
    lines.into_iter().map(|line| String::from_utf8_lossy(&line).into_owned()).collect()
}

/// Returns a line's name with its parameters, and its value: they meet at the first colon outside quotes.
fn split_line(line: &str) -> (&str, &str) {
    let mut quoted = false;
    for (at, c) in line.char_indices() {
        match c {
            '"' => quoted = !quoted,
            ':' if !quoted => {
                return (line.get(..at).unwrap_or_default(), line.get(at + 1..).unwrap_or_default());
            }
            _ => {}
        }
    }
    (line, "")
}

/// Puts the components of a file together again, one calendar per item.
fn assemble(calendars: &[Calendar], components: &[Component], kind: Kind) -> Vec<Found> {
    let mut found = Vec::new();
    let mut order: Vec<Vec<&Component>> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for component in components.iter().filter(|component| component.name != "VTIMEZONE") {
        if home(&component.name) != Some(kind) {
            let what = format!("left out: a {} does not go into a folder of the kind {kind}", component.name);
            found.push(Found::LeftOut { line: component.text.line_in_file(1), what });
            continue;
        }
        let place = component.id.as_deref().and_then(|uid| places.get(uid).copied());
        if let Some(item) = place.and_then(|place| order.get_mut(place)) {
            item.push(component);
            continue;
        }
        places.extend(component.id.as_deref().map(|uid| (uid, order.len())));
        order.push(vec![component]);
    }
    found.extend(order.iter().map(|item| Found::Item(whole(calendars, components, item))));
    found
}

/// Returns one item as a calendar of its own.
fn whole(calendars: &[Calendar], components: &[Component], item: &[&Component]) -> Piece {
    let mut piece = Piece::default();
    let Some(calendar) = item.first().and_then(|first| calendars.get(first.calendar)) else { return piece };
    piece.append(&calendar.begin);
    piece.append(&calendar.head);
    let names = |zone: &str| item.iter().any(|component| component.zones.iter().any(|named| named == zone));
    let mut taken: Vec<&str> = Vec::new();
    for zone in components.iter().filter(|component| component.name == "VTIMEZONE") {
        let Some(id) = zone.id.as_deref().filter(|id| names(id) && !taken.contains(id)) else { continue };
        taken.push(id);
        piece.append(&zone.text);
    }
    for component in item {
        piece.append(&component.text);
    }
    if calendar.end.content().is_empty() {
        piece.push(&Line { number: piece.line_in_file(usize::MAX / 2), text: b"END:VCALENDAR\r\n" });
    } else {
        piece.append(&calendar.end);
    }
    piece
}

/// Returns the kind of folder that holds such components.
fn home(component: &str) -> Option<Kind> {
    match component {
        "VEVENT" => Some(Kind::Calendar),
        "VTODO" => Some(Kind::Tasks),
        "VJOURNAL" => Some(Kind::Notes),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
