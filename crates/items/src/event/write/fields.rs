//! The properties that a master and a changed occurrence both have.

use super::patch::{Patch, Touched, with_params};
use crate::body::same_text;
use crate::contentline::{Line, escape, quote};
use crate::event::read::{MAX_ATTENDEES, MAX_LEAD, address, alarms, lead};
use crate::event::{Answer, Attendee, Busy, Details, Dialect, Edit, Fields, Person, Place, Role, place};
use crate::{Body, Change, EditError, Sensitivity};

/// Writes every field that is to become something else than it `was`.
pub(super) fn write(patch: &mut Patch<'_, '_, '_>, fields: &Fields, was: &Details) -> Result<(), EditError> {
    text(patch, "SUMMARY", &fields.subject);
    location(patch, fields, was);
    body(patch, &fields.body, was);
    busy(patch, &fields.busy, was.busy);
    sensitivity(patch, &fields.sensitivity, was.sensitivity);
    categories(patch, &fields.categories, &was.categories);
    organizer(patch, &fields.organizer, was.organizer.as_ref());
    attendees(patch, &fields.attendees)?;
    if let Some(cancelled) = fields.cancelled.filter(|cancelled| *cancelled != was.cancelled) {
        patch.text("STATUS", if cancelled { "CANCELLED" } else { "CONFIRMED" });
        patch.touch(Touched::Schedule);
    }
    if let Some(is_set) = fields.disallow_counter.filter(|is_set| *is_set != was.disallow_counter) {
        patch.text("X-MICROSOFT-DISALLOW-COUNTER", if is_set { "TRUE" } else { "FALSE" });
    }
    reminder(patch, &fields.reminder, was)
}

fn text(patch: &mut Patch<'_, '_, '_>, name: &str, change: &Change<String>) {
    match change {
        Change::Keep => {}
        Change::Remove => patch.clear(name),
        Change::Set(text) => patch.text(name, text),
    }
}

fn location(patch: &mut Patch<'_, '_, '_>, fields: &Fields, was: &Details) {
    text(patch, "LOCATION", &fields.location);
    let is_same = match &fields.location {
        Change::Keep => true,
        Change::Remove => was.location.is_none(),
        Change::Set(name) => same_text(name, was.location.as_deref().unwrap_or_default()),
    };
    match &fields.place {
        Change::Set(known) => place::write(patch, known, &was.place),
        Change::Keep if is_same => {}
        Change::Keep | Change::Remove => place::write(patch, &Place::default(), &was.place),
    }
}

fn body(patch: &mut Patch<'_, '_, '_>, change: &Change<Body>, was: &Details) {
    let body = match change {
        Change::Keep => return,
        Change::Remove => &Body::default(),
        Change::Set(body) => body,
    };
    if body.is_as_shown(was.body.as_deref(), was.html.as_deref()) {
        return;
    }
    patch.text("DESCRIPTION", body.text.trim_end());
    match &body.html {
        Some(html) if !body.text.trim().is_empty() => {
            patch.line("X-ALT-DESC", &format!("X-ALT-DESC;FMTTYPE=text/html:{}", escape(html)));
        }
        Some(_) | None => patch.remove("X-ALT-DESC"),
    }
}

fn busy(patch: &mut Patch<'_, '_, '_>, change: &Change<Busy>, was: Busy) {
    let becomes = match change {
        Change::Keep => return,
        Change::Remove => Busy::Busy,
        Change::Set(busy) => *busy,
    };
    if becomes == was {
        return;
    }
    let (transparency, exact) = match becomes {
        Busy::Free => ("TRANSPARENT", "FREE"),
        Busy::Tentative => ("OPAQUE", "TENTATIVE"),
        Busy::Busy => ("OPAQUE", "BUSY"),
        Busy::Away => ("OPAQUE", "OOF"),
        Busy::Elsewhere => ("OPAQUE", "WORKINGELSEWHERE"),
    };
    patch.text("TRANSP", transparency);
    let is_plain = matches!(becomes, Busy::Free | Busy::Busy);
    if !is_plain || !patch.lines("X-MICROSOFT-CDO-BUSYSTATUS").is_empty() {
        patch.text("X-MICROSOFT-CDO-BUSYSTATUS", exact);
    }
}

fn sensitivity(patch: &mut Patch<'_, '_, '_>, change: &Change<Sensitivity>, was: Sensitivity) {
    let becomes = match change {
        Change::Keep => return,
        Change::Remove => Sensitivity::Normal,
        Change::Set(sensitivity) => *sensitivity,
    };
    if becomes == was {
        return;
    }
    patch.text("CLASS", becomes.class());
    match becomes {
        Sensitivity::Personal => patch.text("X-EAS-SENSITIVITY", "1"),
        Sensitivity::Normal | Sensitivity::Private | Sensitivity::Confidential => {
            patch.remove("X-EAS-SENSITIVITY");
        }
    }
}

fn categories(patch: &mut Patch<'_, '_, '_>, change: &Change<Vec<String>>, was: &[String]) {
    let names: &[String] = match change {
        Change::Keep => return,
        Change::Remove => &[],
        Change::Set(names) => names,
    };
    let is_same = names.len() == was.len() && names.iter().all(|name| was.contains(name));
    if is_same {
        return;
    }
    if names.is_empty() {
        patch.remove("CATEGORIES");
        return;
    }
    let value: Vec<String> = names.iter().map(|name| escape(name)).collect();
    patch.line("CATEGORIES", &format!("CATEGORIES:{}", value.join(",")));
}

/// Makes the owner of the calendar the organizer of a meeting that names none. From 16.0 on it is the server who
/// invites, and names him.
pub(super) fn organize(patch: &mut Patch<'_, '_, '_>, edit: &Edit, was: &Details) {
    let Some(email) = edit.owner.first().filter(|_| edit.dialect == Dialect::Whole) else { return };
    let is_new = |attendee: &Attendee| {
        let email = &attendee.person.email;
        !was.attendees.iter().any(|known| known.person.email.eq_ignore_ascii_case(email))
    };
    let invites = edit.fields.attendees.value().is_some_and(|attendees| attendees.iter().any(is_new));
    if invites && was.organizer.is_none() && edit.fields.organizer.value().is_none() {
        patch.append(&format!("ORGANIZER:{}", mailto(email)));
    }
}

fn organizer(patch: &mut Patch<'_, '_, '_>, change: &Change<Person>, was: Option<&Person>) {
    match change {
        Change::Keep => {}
        Change::Remove => patch.remove("ORGANIZER"),
        Change::Set(person) if was.is_some_and(|was| was.email.eq_ignore_ascii_case(&person.email)) => {}
        Change::Set(person) if person.email.trim().is_empty() => {}
        Change::Set(person) => {
            patch.line("ORGANIZER", &format!("ORGANIZER{}:{}", name(person), mailto(&person.email)));
        }
    }
}

fn name(person: &Person) -> String {
    person.name.as_deref().map(|name| format!(";CN={}", quote(name))).unwrap_or_default()
}

/// Returns an address as a value: nothing in it can end the line or begin a header.
fn mailto(email: &str) -> String {
    let plain: String = email.chars().filter(|char| !char.is_control() && !char.is_whitespace()).collect();
    format!("mailto:{plain}")
}

fn attendees(patch: &mut Patch<'_, '_, '_>, change: &Change<Vec<Attendee>>) -> Result<(), EditError> {
    let wanted: &[Attendee] = match change {
        Change::Keep => return Ok(()),
        Change::Remove => &[],
        Change::Set(attendees) => attendees,
    };
    if wanted.len() > MAX_ATTENDEES {
        return Err(EditError::Invalid { property: "Attendees", what: format!("more than {MAX_ATTENDEES}") });
    }
    let mut left: Vec<&Attendee> = Vec::new();
    for attendee in wanted {
        let email = attendee.person.email.as_str();
        if !email.trim().is_empty()
            && !left.iter().any(|other| other.person.email.eq_ignore_ascii_case(email))
        {
            left.push(attendee);
        }
    }
    for line in patch.lines("ATTENDEE") {
        let email = address(line);
        match left.iter().position(|attendee| attendee.person.email.eq_ignore_ascii_case(&email)) {
            Some(at) => invite_again(patch, line, left.remove(at)),
            None => patch.remove_line(line),
        }
    }
    for attendee in left {
        patch.append(&invitation(attendee));
    }
    Ok(())
}

/// Changes what is different on an attendee's line. An answer is only ever replaced by another one: a phone that
/// knows none does not take it back.
fn invite_again(patch: &mut Patch<'_, '_, '_>, line: &Line<'_>, attendee: &Attendee) {
    let was = crate::event::read::attendee(line);
    let mut set: Vec<(&str, Option<&str>)> = Vec::new();
    if attendee.answer != Answer::None && attendee.answer != was.answer {
        set.push(("PARTSTAT", Some(partstat(attendee.answer))));
    }
    if attendee.role != was.role {
        let (role, kind) = role(attendee.role);
        set.push(("ROLE", Some(role)));
        set.push(("CUTYPE", kind));
    }
    let named =
        attendee.person.name.as_deref().filter(|name| !name.eq_ignore_ascii_case(&attendee.person.email));
    if let Some(name) = named.filter(|name| was.person.name.as_deref() != Some(*name)) {
        set.push(("CN", Some(name)));
    }
    if !set.is_empty() {
        let whole = with_params(line, &set);
        patch.replace(line, &whole);
    }
}

fn invitation(attendee: &Attendee) -> String {
    let (role, kind) = role(attendee.role);
    let kind = kind.map(|kind| format!(";CUTYPE={kind}")).unwrap_or_default();
    let rsvp = if attendee.rsvp { ";RSVP=TRUE" } else { "" };
    format!(
        "ATTENDEE{}{kind};ROLE={role};PARTSTAT={}{rsvp}:{}",
        name(&attendee.person),
        partstat(attendee.answer),
        mailto(&attendee.person.email)
    )
}

const fn role(role: Role) -> (&'static str, Option<&'static str>) {
    match role {
        Role::Required => ("REQ-PARTICIPANT", None),
        Role::Optional => ("OPT-PARTICIPANT", None),
        Role::Resource => ("NON-PARTICIPANT", Some("RESOURCE")),
    }
}

const fn partstat(answer: Answer) -> &'static str {
    match answer {
        Answer::None => "NEEDS-ACTION",
        Answer::Tentative => "TENTATIVE",
        Answer::Accepted => "ACCEPTED",
        Answer::Declined => "DECLINED",
        Answer::Delegated => "DELEGATED",
    }
}

/// Changes the alarm that is closest to the start; other alarms stay.
fn reminder(patch: &mut Patch<'_, '_, '_>, change: &Change<u32>, was: &Details) -> Result<(), EditError> {
    let becomes = match change {
        Change::Keep => return Ok(()),
        Change::Remove => None,
        Change::Set(minutes) if *minutes > MAX_LEAD => {
            return Err(EditError::Invalid {
                property: "Reminder",
                what: "more than ten years before".to_owned(),
            });
        }
        Change::Set(minutes) => Some(*minutes),
    };
    if becomes == was.reminder {
        return Ok(());
    }
    let closest = was.start.as_ref().and_then(|start| {
        alarms(patch.calendar, patch.part).find(|alarm| lead(patch.calendar, alarm, start) == was.reminder)
    });
    let closest = closest.filter(|_| was.reminder.is_some());
    match (closest, becomes) {
        (None, None) => {}
        (Some(alarm), None) => {
            patch.editor.remove_component(alarm);
            patch.touch(Touched::Something);
        }
        (Some(alarm), Some(minutes)) => {
            let trigger = patch.calendar.document.named(alarm, "TRIGGER").next();
            if let Some(line) = trigger {
                patch.replace(line, &format!("TRIGGER:-PT{minutes}M"));
            }
        }
        (None, Some(minutes)) => patch.append_behind([
            "BEGIN:VALARM".to_owned(),
            "ACTION:DISPLAY".to_owned(),
            "DESCRIPTION:Reminder".to_owned(),
            format!("TRIGGER:-PT{minutes}M"),
            "END:VALARM".to_owned(),
        ]),
    }
    Ok(())
}
