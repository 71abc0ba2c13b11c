//! What a guest may change of his copy of a meeting.

use super::{Details, Dialect, Edit, Event, ExceptionChange, ExceptionEdit, Fields, Missing};
use crate::Change;

/// What becomes of an edit of which not everything may be made.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Reach {
    /// What is made: what is the guest's own.
    pub(crate) made: Edit,
    /// What he meant to change, beside what phones write back by themselves: cut bodies and lists of attendees.
    pub(crate) meant: Edit,
}

/// Returns what a guest may make of the edit; `None` where all of it may be made.
pub(crate) fn reach(stored: &[u8], edit: &Edit) -> Option<Reach> {
    let event = Event::parse(stored);
    let is_owner = |email: &str| edit.owner.iter().any(|own| own.eq_ignore_ascii_case(email));
    let organizer = event.details.organizer.as_ref()?;
    let is_guest = event.details.attendees.iter().any(|attendee| is_owner(&attendee.person.email));
    if !is_guest || is_owner(&organizer.email) {
        return None;
    }
    let mut made = Edit {
        fields: own(edit, &edit.fields, &event.details),
        recurrence: Change::Keep,
        files: Vec::new(),
        zone: None,
        ..edit.clone()
    };
    let mut meant = edit.clone();
    meant.fields = deliberate(&edit.fields);
    for exception in &mut meant.exceptions {
        if let ExceptionChange::Change(fields, _) = &mut exception.change {
            **fields = deliberate(fields);
        }
    }
    made.exceptions =
        edit.exceptions.iter().map(|exception| own_exception(edit, &event, exception)).collect();
    Some(Reach { made, meant })
}

fn own_exception(edit: &Edit, event: &Event, exception: &ExceptionEdit) -> ExceptionEdit {
    let change = match &exception.change {
        // That he does not come that day is his own.
        ExceptionChange::Delete => ExceptionChange::Delete,
        ExceptionChange::Change(fields, _) => {
            ExceptionChange::Change(Box::new(own(edit, fields, &event.details)), Missing::Keep)
        }
    };
    ExceptionEdit { original: exception.original, change }
}

/// Returns the fields that are a guest's own.
fn own(edit: &Edit, fields: &Fields, was: &Details) -> Fields {
    Fields {
        busy: fields.busy.clone(),
        sensitivity: fields.sensitivity.clone(),
        reminder: fields.reminder.clone(),
        categories: fields.categories.clone(),
        attendees: answer(edit, fields, was),
        ..Fields::default()
    }
}

/// Returns the attendees as they are but for the guest's own answer. From 16.0 phones do not answer in this way.
fn answer(edit: &Edit, fields: &Fields, was: &Details) -> Change<Vec<super::Attendee>> {
    let Change::Set(told) = &fields.attendees else { return Change::Keep };
    if edit.dialect == Dialect::Parts {
        return Change::Keep;
    }
    let is_owner = |email: &str| edit.owner.iter().any(|own| own.eq_ignore_ascii_case(email));
    let Some(own) = told.iter().find(|attendee| is_owner(&attendee.person.email)) else {
        return Change::Keep;
    };
    let mut attendees = was.attendees.clone();
    for attendee in attendees.iter_mut().filter(|attendee| is_owner(&attendee.person.email)) {
        attendee.answer = own.answer;
    }
    Change::Set(attendees)
}

fn deliberate(fields: &Fields) -> Fields {
    Fields {
        body: Change::Keep,
        attendees: Change::Keep,
        organizer: Change::Keep,
        cancelled: None,
        disallow_counter: None,
        ..fields.clone()
    }
}
