//! When an item rings: what each user may want otherwise, whoever the item belongs to.

use jiff::Timestamp;

use crate::event::{self, Event};
use crate::task::{self, Task};
use crate::{Change, Edit, Kind, Stamp};

/// When an event or a task rings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alarm {
    /// Not at all.
    Never,
    /// So many minutes before the event.
    Before(u32),
    /// At this time.
    At(Timestamp),
}

impl Alarm {
    /// Writes the alarm: `never`, minutes, or a time.
    #[must_use]
    pub fn render(self) -> String {
        match self {
            Self::Never => "never".to_owned(),
            Self::Before(minutes) => minutes.to_string(),
            Self::At(at) => at.to_string(),
        }
    }

    /// Reads what [`Alarm::render`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text == "never" {
            return Some(Self::Never);
        }
        let minutes = text.parse().map(Self::Before).ok();
        minutes.or_else(|| text.parse().map(Self::At).ok())
    }
}

/// Returns whether items of this kind ring.
#[must_use]
pub const fn rings(kind: Kind) -> bool {
    match kind {
        Kind::Calendar | Kind::Tasks => true,
        Kind::Mail | Kind::Contacts | Kind::Notes | Kind::Files => false,
    }
}

/// Returns when the item rings.
#[must_use]
pub fn alarm(kind: Kind, content: &[u8]) -> Alarm {
    match kind {
        Kind::Calendar => Event::parse(content).details.reminder.map_or(Alarm::Never, Alarm::Before),
        Kind::Tasks => Task::parse(content).reminder.map_or(Alarm::Never, Alarm::At),
        Kind::Mail | Kind::Contacts | Kind::Notes | Kind::Files => Alarm::Never,
    }
}

/// Returns the item as it looks to one who wants it to ring otherwise; as it is, where it cannot ring so.
#[must_use]
pub fn with_alarm(kind: Kind, content: &[u8], alarm: Alarm, now: Timestamp) -> Vec<u8> {
    let edit = match (kind, alarm) {
        (Kind::Calendar, Alarm::Before(minutes)) => event(Change::Set(minutes)),
        (Kind::Calendar, Alarm::Never) => event(Change::Remove),
        (Kind::Tasks, Alarm::At(at)) => task(Change::Set(at)),
        (Kind::Tasks, Alarm::Never) => task(Change::Remove),
        (Kind::Calendar, Alarm::At(_))
        | (Kind::Tasks, Alarm::Before(_))
        | (Kind::Mail | Kind::Contacts | Kind::Notes | Kind::Files, _) => return content.to_vec(),
    };
    let stamp = Stamp { uid: String::new(), now };
    crate::apply(content, &edit, &stamp).unwrap_or_else(|_| content.to_vec())
}

fn event(reminder: Change<u32>) -> Edit {
    let fields = event::Fields { reminder, ..event::Fields::default() };
    Edit::Event(Box::new(event::Edit { fields, ..event::Edit::default() }))
}

fn task(reminder: Change<Timestamp>) -> Edit {
    Edit::Task(Box::new(task::Edit { reminder, ..task::Edit::default() }))
}

impl Edit {
    /// Returns when the item is to ring, if the edit says so.
    #[must_use]
    pub const fn alarm(&self) -> Option<Alarm> {
        match self {
            Self::Event(edit) => match &edit.fields.reminder {
                Change::Keep => None,
                Change::Remove => Some(Alarm::Never),
                Change::Set(minutes) => Some(Alarm::Before(*minutes)),
            },
            Self::Task(edit) => match &edit.reminder {
                Change::Keep => None,
                Change::Remove => Some(Alarm::Never),
                Change::Set(at) => Some(Alarm::At(*at)),
            },
            Self::Contact(_) | Self::Note(_) | Self::Message(_) => None,
        }
    }

    /// Returns the edit with nothing said of when the item rings.
    #[must_use]
    pub fn without_alarm(mut self) -> Self {
        match &mut self {
            Self::Event(edit) => edit.fields.reminder = Change::Keep,
            Self::Task(edit) => edit.reminder = Change::Keep,
            Self::Contact(_) | Self::Note(_) | Self::Message(_) => {}
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENT: &[u8] =
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:a\r\nDTSTAMP:20260101T000000Z\r\n\
        DTSTART:20260302T090000Z\r\nDTEND:20260302T100000Z\r\nSUMMARY:Training\r\nBEGIN:VALARM\r\n\
        ACTION:DISPLAY\r\nTRIGGER:-PT15M\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    const TASK: &[u8] =
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VTODO\r\nUID:t\r\nDTSTAMP:20260101T000000Z\r\n\
        SUMMARY:Pump balls\r\nEND:VTODO\r\nEND:VCALENDAR\r\n";

    fn now() -> Timestamp {
        "2026-03-01T00:00:00Z".parse().unwrap()
    }

    #[test]
    fn an_item_rings_as_one_wants_and_else_stays_as_it_is() {
        let at: Timestamp = "2026-03-02T07:30:00Z".parse().unwrap();
        let cases = [
            (
                Kind::Calendar,
                EVENT,
                Alarm::Before(15),
                vec![Alarm::Before(5), Alarm::Never, Alarm::Before(15)],
            ),
            (Kind::Tasks, TASK, Alarm::Never, vec![Alarm::At(at), Alarm::Never]),
        ];
        for (kind, content, own, others) in cases {
            assert_eq!(alarm(kind, content), own);
            for other in others {
                let rung = with_alarm(kind, content, other, now());
                assert_eq!(alarm(kind, &rung), other, "{kind:?}");
                assert!(crate::without_intent(kind, content, &rung), "{kind:?} {other:?}");
            }
        }
    }

    #[test]
    fn an_alarm_that_the_kind_does_not_know_changes_nothing() {
        assert_eq!(with_alarm(Kind::Tasks, TASK, Alarm::Before(5), now()), TASK);
        assert_eq!(with_alarm(Kind::Notes, TASK, Alarm::Never, now()), TASK);
        assert_eq!(with_alarm(Kind::Calendar, b"no event", Alarm::Never, now()), b"no event");
    }

    #[test]
    fn an_alarm_is_read_back() {
        let at: Timestamp = "2026-03-02T07:30:00Z".parse().unwrap();
        for alarm in [Alarm::Never, Alarm::Before(0), Alarm::Before(u32::MAX), Alarm::At(at)] {
            assert_eq!(Alarm::parse(&alarm.render()), Some(alarm));
        }
        assert_eq!(Alarm::parse("soon"), None);
    }
}
