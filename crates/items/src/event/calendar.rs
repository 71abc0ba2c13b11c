//! The components of a document that make up one event, and its zones.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::contentline::{Component, Document, Line};
use crate::zone::{Certainty, Definition, Resolved, resolve};

/// A zone's name in a text is looked up in the year it is used; definitions are judged by this one where none is.
const SOME_YEAR: i16 = 2026;

/// The parts of one event.
pub(super) struct Calendar<'d, 'a> {
    pub(super) document: &'d Document<'a>,
    /// What all components lie in; missing where a VEVENT stands alone.
    pub(super) root: Option<&'d Component>,
    pub(super) master: &'d Component,
    /// Changed occurrences, in order.
    pub(super) overrides: Vec<&'d Component>,
    zones: RefCell<BTreeMap<String, Resolved>>,
}

impl<'d, 'a> Calendar<'d, 'a> {
    /// Finds the first event of the document: its master, or where only occurrences are there, the first of them.
    pub(super) fn of(document: &'d Document<'a>) -> Option<Self> {
        let events: Vec<&Component> =
            document.components().filter(|component| component.name() == "VEVENT").collect();
        let is_override = |event: &&&Component| document.named(event, "RECURRENCE-ID").next().is_some();
        let master = *events.iter().find(|event| !is_override(event)).or_else(|| events.first())?;
        let uid = |event| document.named(event, "UID").next().map(|line| line.value().trim().to_owned());
        let own = uid(master);
        let overrides = events
            .iter()
            .filter(is_override)
            .filter(|event| event.range() != master.range() && uid(event) == own)
            .copied()
            .collect();
        let root = document.root("VCALENDAR");
        Some(Self { document, root, master, overrides, zones: RefCell::default() })
    }

    /// Returns the component's first line of this name.
    pub(super) fn line(&self, of: &'d Component, name: &'d str) -> Option<&'d Line<'a>> {
        self.document.named(of, name).next()
    }

    /// Returns the zone of a TZID, with what the document defines for it.
    pub(super) fn zone(&self, tzid: &str) -> Resolved {
        if let Some(known) = self.zones.borrow().get(tzid) {
            return known.clone();
        }
        let definition = self.definition(tzid).map(|zone| Definition::parse(self.document, zone));
        let years = [SOME_YEAR, SOME_YEAR - 10, SOME_YEAR - 20];
        let mut found = years.into_iter().map(|year| resolve(tzid, definition.as_ref(), year));
        let first = found.next();
        let zone = match first {
            Some(sure) if sure.certainty == Certainty::Named || sure.certainty == Certainty::Rules => sure,
            // A definition may stop at the year it was written in.
            first => found
                .find(|later| later.certainty == Certainty::Rules)
                .or(first)
                .unwrap_or(Resolved { zone: jiff::tz::TimeZone::UTC, certainty: Certainty::Unknown }),
        };
        self.zones.borrow_mut().insert(tzid.to_owned(), zone.clone());
        zone
    }

    /// Returns the VTIMEZONE of this name.
    pub(super) fn definition(&self, tzid: &str) -> Option<&'d Component> {
        self.document.components().filter(|component| component.name() == "VTIMEZONE").find(|zone| {
            self.document.named(zone, "TZID").next().is_some_and(|line| line.value().trim() == tzid)
        })
    }

    /// Returns the components of the event, the master first.
    pub(super) fn parts(&self) -> impl Iterator<Item = &'d Component> {
        std::iter::once(self.master).chain(self.overrides.iter().copied())
    }
}
