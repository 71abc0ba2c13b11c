//! Single occurrences of a series: what the user did with them, and how the phone shows it.

use std::collections::BTreeMap;

use wbxml::page::{air_sync_base, calendar};
use wbxml::{Element, Tag};

use crate::data::{Data, Place, place};
use crate::item::{Edit, Item};
use crate::version::Version;

/// Something the user did with one occurrence that the server was not told yet. Only from 16.0 on: before, an
/// occurrence is a part of its series.
#[derive(Debug, Clone)]
pub(crate) struct OccurrenceEdit {
    /// When the occurrence would begin if it were like the others, as the wire has it.
    pub(crate) instance: String,
    pub(crate) what: OccurrenceChange,
    /// Counts the edits of this item's occurrences: an answer clears only the edit that it answers.
    pub(crate) stamp: u64,
}

/// What the user did with an occurrence.
#[derive(Debug, Clone)]
pub(crate) enum OccurrenceChange {
    /// Changed these fields.
    Change(BTreeMap<Place, Element>),
    Delete,
}

impl Item {
    /// Does something with one occurrence, in the way that `version` has.
    pub(crate) fn edit_occurrence(&mut self, version: Version, instance: &str, what: OccurrenceChange) {
        show(&mut self.data, version, instance, &what);
        if version < Version::V16_0 {
            self.touched.insert(place(calendar::EXCEPTIONS));
            if self.edit == Edit::None {
                self.edit = Edit::Changed;
            }
            self.stamp += 1;
            return;
        }
        self.occurrence_stamps += 1;
        let stamp = self.occurrence_stamps;
        let known = self.occurrences.iter_mut().find(|known| known.instance == instance);
        let Some(known) = known else {
            self.occurrences.push(OccurrenceEdit { instance: instance.to_owned(), what, stamp });
            return;
        };
        known.stamp = stamp;
        match (&mut known.what, what) {
            (OccurrenceChange::Change(fields), OccurrenceChange::Change(more)) => fields.extend(more),
            (known, what) => *known = what,
        }
    }

    /// Shows again, after the server sent the series, what it was not told of its occurrences.
    pub(crate) fn show_occurrences(&mut self, version: Version, told: impl Fn(&OccurrenceEdit) -> bool) {
        for edit in self.occurrences.iter().filter(|edit| !told(edit)) {
            show(&mut self.data, version, &edit.instance, &edit.what);
        }
    }
}

/// Returns the tag under which an exception names its occurrence.
const fn name_of(version: Version) -> Tag {
    match version {
        Version::V12_1 | Version::V14_0 | Version::V14_1 => calendar::EXCEPTION_START_TIME,
        Version::V16_0 | Version::V16_1 => air_sync_base::INSTANCE_ID,
    }
}

/// Puts what the user did with an occurrence into the exceptions of its series.
fn show(series: &mut Data, version: Version, instance: &str, what: &OccurrenceChange) {
    let name = name_of(version);
    let is_it = |one: &&Element| one.child_text(name).as_deref() == Some(instance);
    let there: Vec<Element> =
        series.get(calendar::EXCEPTIONS).into_iter().flat_map(Element::elements).cloned().collect();
    let named = Element::text(name, instance);
    let shown = match what {
        OccurrenceChange::Delete => {
            Element::new(calendar::EXCEPTION).with(Element::text(calendar::DELETED, "1")).with(named)
        }
        OccurrenceChange::Change(fields) => {
            let known = there.iter().find(is_it);
            let kept = known.into_iter().flat_map(Element::elements).filter(|element| {
                element.tag != name
                    && element.tag != calendar::DELETED
                    && !fields.contains_key(&place(element.tag))
            });
            let kept = kept.cloned().chain(fields.values().cloned());
            kept.fold(Element::new(calendar::EXCEPTION).with(named), Element::with)
        }
    };
    let others = there.iter().filter(|one| !is_it(one)).cloned();
    series.put(others.chain([shown]).fold(Element::new(calendar::EXCEPTIONS), Element::with));
}

#[cfg(test)]
mod tests {
    use super::*;

    const MONDAY: &str = "20260105T090000Z";
    const TUESDAY: &str = "20260106T090000Z";

    fn subject(text: &str) -> OccurrenceChange {
        let element = Element::text(calendar::SUBJECT, text);
        OccurrenceChange::Change(BTreeMap::from([(place(element.tag), element)]))
    }

    fn shown(item: &Item) -> String {
        item.data.get(calendar::EXCEPTIONS).map(wbxml::to_xml).unwrap_or_default()
    }

    #[test]
    fn an_occurrence_is_shown_as_it_was_changed_last() {
        for version in [Version::V14_1, Version::V16_1] {
            let mut item = Item::new(crate::ItemId(1), Data::default());
            item.edit_occurrence(version, MONDAY, subject("One"));
            item.edit_occurrence(version, TUESDAY, OccurrenceChange::Delete);
            item.edit_occurrence(version, MONDAY, subject("Two"));
            let shown = shown(&item);
            assert!(shown.contains("Two") && !shown.contains("One"), "{shown}");
            assert_eq!(shown.matches("<Exception>").count(), 2, "{shown}");
            assert_eq!(shown.matches("<Deleted>").count(), 1, "{shown}");
        }
    }

    #[test]
    fn before_16_it_is_a_change_of_the_series_and_from_then_on_its_own() {
        let mut old = Item::new(crate::ItemId(1), Data::default());
        old.edit_occurrence(Version::V14_1, MONDAY, OccurrenceChange::Delete);
        assert_eq!((old.edit, old.occurrences.len()), (Edit::Changed, 0));
        let mut new = Item::new(crate::ItemId(1), Data::default());
        new.edit_occurrence(Version::V16_1, MONDAY, subject("One"));
        new.edit_occurrence(Version::V16_1, MONDAY, OccurrenceChange::Delete);
        assert_eq!((new.edit, new.occurrences.len()), (Edit::None, 1));
        assert!(new.is_pending());
    }

    #[test]
    fn what_the_server_was_told_is_not_shown_again() {
        let mut item = Item::new(crate::ItemId(1), Data::default());
        item.edit_occurrence(Version::V16_1, MONDAY, subject("One"));
        item.edit_occurrence(Version::V16_1, TUESDAY, subject("Two"));
        item.data = Data::default();
        item.show_occurrences(Version::V16_1, |edit| edit.instance == MONDAY);
        assert!(shown(&item).contains("Two") && !shown(&item).contains("One"));
    }
}
