//! Meetings by mail: what an iCalendar text with a METHOD says, and the texts that answer it. [RFC 5546]

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::calendar::Calendar;
use super::read::{event, when};
use super::write::apply;
use super::{
    Answer, Attendee, Busy, Dialect, Edit, Event, ExceptionChange, ExceptionEdit, Fields, Missing, Person,
    Role, When, times,
};
use crate::contentline::{Component, Document, Editor, Writer};
use crate::{Change, EditError, Stamp};

/// What a text wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// It invites, or says what has changed.
    Request,
    /// It answers an invitation.
    Reply,
    /// It calls a meeting off.
    Cancel,
}

impl Method {
    /// Returns the method's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Request => "REQUEST",
            Self::Reply => "REPLY",
            Self::Cancel => "CANCEL",
        }
    }
}

/// What a text that travels by mail says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// What it wants.
    pub method: Method,
    /// Which meeting it is about.
    pub uid: String,
    /// Which version of it: a later one is greater.
    pub sequence: i64,
    /// Which occurrence of a series it is about, where it is about one alone.
    pub occurrence: Option<When>,
    /// The meeting, as far as it is told.
    pub event: Event,
}

impl Told {
    /// Reads a text; `None` where it has no method that is known here, or no meeting.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        let document = Document::parse(text);
        let calendar = Calendar::of(&document)?;
        let line = document.named(calendar.root?, "METHOD").next()?;
        let known = [Method::Request, Method::Reply, Method::Cancel];
        let method = known.into_iter().find(|one| one.as_str().eq_ignore_ascii_case(line.value().trim()))?;
        let told = event(&calendar);
        let occurrence =
            calendar.line(calendar.master, "RECURRENCE-ID").and_then(|line| when(&calendar, line));
        Some(Self {
            method,
            uid: told.uid.clone()?,
            sequence: number(&document, calendar.master),
            occurrence,
            event: told,
        })
    }
}

/// Returns which version of a meeting a stored text is.
#[must_use]
pub fn sequence(stored: &[u8]) -> i64 {
    let document = Document::parse(stored);
    Calendar::of(&document).map_or(0, |calendar| number(&document, calendar.master))
}

fn number(document: &Document<'_>, part: &Component) -> i64 {
    let line = document.named(part, "SEQUENCE").next();
    line.and_then(|line| line.value().trim().parse().ok()).unwrap_or(0).max(0)
}

/// Returns the item that a text becomes in a calendar: the same without its method.
#[must_use]
pub fn as_item(text: &[u8]) -> Vec<u8> {
    let document = Document::parse(text);
    let mut editor = Editor::new(&document);
    for root in document.roots() {
        document.named(root, "METHOD").for_each(|line| editor.remove(line));
    }
    editor.finish()
}

/// Returns the stored text with somebody's answer, to the whole series or to one occurrence of it.
///
/// # Errors
///
/// When the stored text holds no event, or no such occurrence can be written.
pub fn answered(
    stored: &[u8],
    (who, answer): (&Person, Answer),
    occurrence: Option<Timestamp>,
    stamp: &Stamp,
) -> Result<Vec<u8>, EditError> {
    let was = Event::parse(stored);
    let exception = occurrence.map(|original| {
        let change = match answer {
            Answer::Declined => ExceptionChange::Delete,
            Answer::None | Answer::Tentative | Answer::Accepted | Answer::Delegated => {
                ExceptionChange::Change(Box::new(fields(&was, who, answer)), Missing::Keep)
            }
        };
        ExceptionEdit { original, change }
    });
    let fields = if exception.is_none() { fields(&was, who, answer) } else { Fields::default() };
    let edit = Edit { fields, exceptions: exception.into_iter().collect(), ..Edit::default() };
    apply(stored, &edit, stamp)
}

/// Returns the stored text called off, as a whole or one occurrence of it.
///
/// # Errors
///
/// When the stored text holds no event, or no such occurrence.
pub fn called_off(stored: &[u8], occurrence: Option<Timestamp>, stamp: &Stamp) -> Result<Vec<u8>, EditError> {
    let off = Fields { cancelled: Some(true), ..Fields::default() };
    let edit = match occurrence {
        None => Edit { fields: off, ..Edit::default() },
        Some(original) => {
            let change = ExceptionChange::Change(Box::new(off), Missing::Keep);
            let exceptions = vec![ExceptionEdit { original, change }];
            Edit { exceptions, dialect: Dialect::Parts, ..Edit::default() }
        }
    };
    apply(stored, &edit, stamp)
}

fn fields(was: &Event, who: &Person, answer: Answer) -> Fields {
    let mut attendees = was.details.attendees.clone();
    match attendees.iter_mut().find(|one| one.person.email.eq_ignore_ascii_case(&who.email)) {
        Some(own) => own.answer = answer,
        None => attendees.push(Attendee { person: who.clone(), answer, role: Role::Required, rsvp: false }),
    }
    let busy = match (answer, was.details.busy) {
        (Answer::Tentative, Busy::Busy) => Change::Set(Busy::Tentative),
        (Answer::Accepted, Busy::Tentative) => Change::Set(Busy::Busy),
        _ => Change::Keep,
    };
    Fields { attendees: Change::Set(attendees), busy, ..Fields::default() }
}

/// Returns the text that tells the organizer of an answer.
#[must_use]
pub fn reply(
    stored: &[u8],
    (who, answer): (&Person, Answer),
    occurrence: Option<Timestamp>,
    now: Timestamp,
) -> String {
    let document = Document::parse(stored);
    let mut writer = Writer::new();
    writer.line("BEGIN:VCALENDAR").line("VERSION:2.0").line("PRODID:-//Comity//Comity//EN");
    writer.line("METHOD:REPLY").line("BEGIN:VEVENT");
    if let Some(calendar) = Calendar::of(&document) {
        for name in ["UID", "SEQUENCE", "SUMMARY", "ORGANIZER"] {
            for line in document.named(calendar.master, name).take(1) {
                writer.line(&format!("{}{}", line.head(), line.value()));
            }
        }
    }
    writer.line(&format!("DTSTAMP:{}", times::utc_value(now)));
    if let Some(original) = occurrence {
        writer.line(&format!("RECURRENCE-ID:{}", times::utc_value(original)));
    }
    let said = match answer {
        Answer::None => "NEEDS-ACTION",
        Answer::Tentative => "TENTATIVE",
        Answer::Accepted => "ACCEPTED",
        Answer::Declined => "DECLINED",
        Answer::Delegated => "DELEGATED",
    };
    let name = who.name.as_deref().map(|name| format!(";CN={}", crate::contentline::quote(name)));
    let name = name.unwrap_or_default();
    let address: String = who.email.chars().filter(|one| !one.is_control()).collect();
    writer.line(&format!("ATTENDEE{name};PARTSTAT={said}:mailto:{address}"));
    writer.line("END:VEVENT").line("END:VCALENDAR");
    String::from_utf8_lossy(&writer.finish()).into_owned()
}

/// Returns the text that invites to a stored meeting, or calls it off: without what is its owner's own.
#[must_use]
pub fn told(stored: &[u8], method: Method, now: Timestamp) -> String {
    let document = Document::parse(stored);
    let mut editor = Editor::new(&document);
    if let Some(calendar) = Calendar::of(&document) {
        if let Some(line) = calendar.root.and_then(|root| document.named(root, "VERSION").next()) {
            editor.insert_after(line, &format!("METHOD:{}", method.as_str()));
        }
        for part in calendar.parts() {
            let alarms = document.children(part).filter(|child| child.name() == "VALARM");
            alarms.for_each(|alarm| editor.remove_component(alarm));
            for name in ["CATEGORIES", "X-MICROSOFT-CDO-BUSYSTATUS", "DTSTAMP"] {
                document.named(part, name).for_each(|line| editor.remove(line));
            }
            editor.append(part, &format!("DTSTAMP:{}", times::utc_value(now)));
            if method == Method::Cancel {
                for name in ["STATUS", "SEQUENCE"] {
                    document.named(part, name).for_each(|line| editor.remove(line));
                }
                editor.append(part, "STATUS:CANCELLED");
                editor.append(part, &format!("SEQUENCE:{}", number(&document, part).saturating_add(1)));
            }
        }
    }
    String::from_utf8_lossy(&editor.finish()).into_owned()
}

/// Returns whether those who are invited see a difference between two versions of a meeting.
#[must_use]
pub fn differs(before: &Event, after: &Event) -> bool {
    shown(before) != shown(after)
}

/// Returns what everybody sees of a meeting: nobody's answer, and nothing that is one user's own.
fn shown(event: &Event) -> Event {
    let mut event = event.clone();
    let all = std::iter::once(&mut event.details)
        .chain(event.exceptions.iter_mut().filter_map(|exception| exception.details.as_mut()));
    for details in all {
        details.reminder = None;
        details.categories.clear();
        details.busy = Busy::default();
        details.stamp = None;
        details.attendees.iter_mut().for_each(|one| one.answer = Answer::None);
    }
    event
}

/// Returns one line for people: when a meeting is.
#[must_use]
pub fn span(event: &Event) -> String {
    let at = |when: &When| match when {
        When::Date(date) => date.to_string(),
        When::Floating(local) => local.strftime("%Y-%m-%d %H:%M").to_string(),
        When::Zoned { instant, zone, tzid } => {
            let zone = if tzid.is_empty() { &TimeZone::UTC } else { zone };
            let name = if tzid.is_empty() { "UTC" } else { tzid };
            format!("{} {name}", zone.to_datetime(*instant).strftime("%Y-%m-%d %H:%M"))
        }
    };
    event.details.start.as_ref().map(at).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUEST: &[u8] =
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:m1\r\nSEQUENCE:2\r\n\
        DTSTAMP:20260301T080000Z\r\nDTSTART:20260305T090000Z\r\nDTEND:20260305T100000Z\r\nSUMMARY:Plan\r\n\
        RRULE:FREQ=DAILY;COUNT=3\r\nORGANIZER;CN=Anna:mailto:anna@x\r\n\
        ATTENDEE;CN=Bo;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:Bo@x\r\n\
        BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT5M\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

    fn bo() -> Person {
        Person { email: "bo@x".to_owned(), name: Some("Bo Lind".to_owned()) }
    }

    fn stamp() -> Stamp {
        Stamp { uid: "u".to_owned(), now: "2026-03-02T09:00:00Z".parse().unwrap() }
    }

    fn own(text: &[u8]) -> Answer {
        Event::parse(text).details.attendees[0].answer
    }

    #[test]
    fn a_request_is_read() {
        let told = Told::parse(REQUEST).unwrap();
        assert_eq!((told.method, told.uid.as_str(), told.sequence), (Method::Request, "m1", 2));
        assert_eq!(told.occurrence, None);
        assert_eq!(Told::parse(&as_item(REQUEST)), None, "an item has no method");
    }

    #[test]
    fn an_answer_is_written_into_the_item() {
        let item = as_item(REQUEST);
        let accepted = answered(&item, (&bo(), Answer::Accepted), None, &stamp()).unwrap();
        assert_eq!(own(&accepted), Answer::Accepted);
        assert_eq!(sequence(&accepted), 2, "an answer makes no new version");
        let original: Timestamp = "2026-03-06T09:00:00Z".parse().unwrap();
        let once = answered(&item, (&bo(), Answer::Tentative), Some(original), &stamp()).unwrap();
        let event = Event::parse(&once);
        assert_eq!(own(&once), Answer::None);
        assert_eq!(event.exceptions[0].details.as_ref().unwrap().attendees[0].answer, Answer::Tentative);
        let without = answered(&item, (&bo(), Answer::Declined), Some(original), &stamp()).unwrap();
        assert!(Event::parse(&without).exceptions[0].details.is_none());
    }

    #[test]
    fn a_meeting_is_called_off_as_a_whole_or_once() {
        let item = as_item(REQUEST);
        assert!(Event::parse(&called_off(&item, None, &stamp()).unwrap()).details.cancelled);
        let original: Timestamp = "2026-03-06T09:00:00Z".parse().unwrap();
        let once = Event::parse(&called_off(&item, Some(original), &stamp()).unwrap());
        assert!(!once.details.cancelled && once.exceptions[0].details.as_ref().unwrap().cancelled);
        let never: Timestamp = "2026-04-06T09:00:00Z".parse().unwrap();
        assert!(called_off(&item, Some(never), &stamp()).is_err());
    }

    #[test]
    fn a_reply_says_who_answers_what() {
        let text = reply(&as_item(REQUEST), (&bo(), Answer::Declined), None, stamp().now);
        let told = Told::parse(text.as_bytes()).unwrap();
        assert_eq!((told.method, told.uid.as_str(), told.sequence), (Method::Reply, "m1", 2));
        assert_eq!(own(text.as_bytes()), Answer::Declined);
        assert_eq!(told.event.details.organizer.unwrap().email, "anna@x");
    }

    #[test]
    fn an_invitation_leaves_out_what_is_the_owners_own() {
        let text = told(&as_item(REQUEST), Method::Request, stamp().now);
        assert!(text.contains("\r\nMETHOD:REQUEST\r\n") && !text.contains("VALARM"), "{text}");
        assert_eq!(Told::parse(text.as_bytes()).unwrap().sequence, 2);
        let off = told(&as_item(REQUEST), Method::Cancel, stamp().now);
        let off = Told::parse(off.as_bytes()).unwrap();
        assert_eq!((off.method, off.sequence, off.event.details.cancelled), (Method::Cancel, 3, true));
    }

    #[test]
    fn an_alarm_or_an_answer_is_no_difference() {
        let before = Event::parse(REQUEST);
        let accepted = answered(&as_item(REQUEST), (&bo(), Answer::Accepted), None, &stamp()).unwrap();
        assert!(!differs(&before, &Event::parse(&accepted)));
        let mut other = before.clone();
        other.details.subject = Some("Other".to_owned());
        assert!(differs(&before, &other));
    }
}
