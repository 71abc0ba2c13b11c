//! Who may not change an event still decides when it rings for him: kept for him alone, on all his devices.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests, run by a macro on two databases"
)]

#[macro_use]
mod common;

use access::{Entry, Preset};
use common::{Club, New, Phone};
use engine::{
    Actor, Asked, Body, Command, FolderId, FolderPath, NewItem, Outcome, PrincipalRef, Step, SyncAnswer,
    SyncKey, SyncOutcome, Target, Uid,
};
use items::event::{Edit, Fields};
use items::{Alarm, Change, Kind};

const TRAINING: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//t//EN\r\nBEGIN:VEVENT\r\nUID:training\r\n\
    DTSTAMP:20260101T000000Z\r\nDTSTART:20260305T170000Z\r\nDTEND:20260305T190000Z\r\nSUMMARY:Training\r\n\
    BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT30M\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

struct Season {
    club: Club,
    calendar: FolderId,
    path: FolderPath,
    training: Uid,
}

impl Season {
    fn new(new: New<'_>, preset: Preset) -> Self {
        let club = new(preset);
        let path = FolderPath::try_from("Season").unwrap();
        let calendar = club.engine.add_folder("public", &path, Kind::Calendar, club.now).unwrap();
        let item = NewItem { content: TRAINING.as_bytes(), name: None };
        let training = club.engine.import(Actor::Operator, ("public", &path), &item, club.now).unwrap().uid;
        let season = Self { club, calendar, path, training };
        season.grant(preset);
        season
    }

    fn grant(&self, preset: Preset) {
        let grant = (&PrincipalRef::Everyone, Entry::new(preset.grant()));
        self.club.engine.set_grant("public", &self.path, grant, self.club.now).unwrap();
    }

    /// A phone that shows the season.
    fn phone(&self, user: &str, address: &str) -> Phone {
        let mut phone = self.club.phone(user, address);
        phone.key = SyncKey::START;
        phone.key = self.sync(&phone, vec![]).key;
        phone.key = self.sync(&phone, vec![]).key;
        phone
    }

    fn sync(&self, phone: &Phone, commands: Vec<Command>) -> SyncAnswer {
        let request = Club::request(phone, commands);
        let (engine, now) = (&self.club.engine, self.club.now);
        match engine.sync(&phone.caller, &phone.device, self.calendar, &request, now).unwrap() {
            SyncOutcome::Answered(answer) => answer,
            SyncOutcome::Unchanged { key } => SyncAnswer { key, answers: vec![], steps: vec![], more: false },
            other @ (SyncOutcome::KeyUnknown | SyncOutcome::FolderGone) => panic!("{other:?}"),
        }
    }

    /// Has the event ring so on this phone, and returns what the phone is told.
    fn ring(&self, phone: &mut Phone, reminder: Change<u32>, subject: Change<String>) -> SyncAnswer {
        let fields = Fields { reminder, subject, ..Fields::default() };
        let edit = Edit { fields, ..Edit::default() };
        let digest = format!("{edit:?}");
        let asked = Asked {
            body: Body::Item(items::Edit::Event(Box::new(edit))),
            hint: String::new(),
            raw: "raw".to_owned(),
        };
        let change = Command::Change { target: Target::Item(self.training), asked, digest };
        let answer = self.sync(phone, vec![change]);
        phone.key = answer.key;
        answer
    }

    /// When the event rings for a user who fetches it.
    fn rings(&self, phone: &Phone) -> Alarm {
        let (engine, now) = (&self.club.engine, self.club.now);
        let item = engine.fetch(&phone.caller, self.calendar, self.training, now).unwrap().unwrap();
        items::alarm(Kind::Calendar, &item.content)
    }
}

/// When the one event that a phone is told of rings.
fn told(answer: &SyncAnswer) -> Alarm {
    match answer.steps.as_slice() {
        [Step::Add(item) | Step::Change { item, .. }] => items::alarm(Kind::Calendar, &item.content),
        other => panic!("{other:?}"),
    }
}

fn a_dismissed_reminder_stays_dismissed_for_who_dismissed_it(new: New<'_>) {
    let season = Season::new(new, Preset::Viewer);
    let (mut phone, mut tablet) = (season.phone("bo", "phone1"), season.phone("bo", "tablet"));
    let anna = season.phone("anna", "annas");
    let answer = season.ring(&mut phone, Change::Remove, Change::Keep);
    assert_eq!(answer.answers, [Outcome::Kept]);
    assert_eq!(told(&answer), Alarm::Never, "it is put right with what its user wants");

    let news = season.sync(&tablet, vec![]);
    assert_eq!(told(&news), Alarm::Never, "his other device hears of it");
    tablet.key = news.key;
    assert!(season.sync(&phone, vec![]).steps.is_empty(), "once");
    assert!(season.sync(&tablet, vec![]).steps.is_empty(), "once");
    assert!(season.sync(&anna, vec![]).steps.is_empty(), "nobody else hears of it");
    assert_eq!((season.rings(&phone), season.rings(&anna)), (Alarm::Never, Alarm::Before(30)));

    let denied = season.club.engine.denied(Some("bo")).unwrap();
    assert!(matches!(denied.as_slice(), [record] if record.silent), "{denied:?}");
    assert!(season.club.inbox("bo").is_empty(), "no notice of what a phone does by itself");
    assert_eq!(season.club.engine.check().unwrap(), Vec::<String>::new());
}

fn a_reminder_set_back_is_the_events_own_again(new: New<'_>) {
    let season = Season::new(new, Preset::Viewer);
    let mut phone = season.phone("bo", "phone1");
    season.ring(&mut phone, Change::Set(5), Change::Keep);
    assert_eq!(season.rings(&phone), Alarm::Before(5));
    season.ring(&mut phone, Change::Set(30), Change::Keep);
    assert_eq!(season.rings(&phone), Alarm::Before(30));
    // From now on it follows the event again.
    season.grant(Preset::Editor);
    let mut anna = season.phone("anna", "annas");
    season.ring(&mut anna, Change::Set(60), Change::Keep);
    assert_eq!(season.rings(&phone), Alarm::Before(60));
}

fn an_own_alarm_never_gets_into_the_event_with_another_change(new: New<'_>) {
    let season = Season::new(new, Preset::Viewer);
    let mut phone = season.phone("bo", "phone1");
    season.ring(&mut phone, Change::Set(5), Change::Keep);
    season.grant(Preset::Editor);
    let anna = season.phone("anna", "annas");
    // The phone sends all it shows: the alarm too.
    let subject = Change::Set("Training in the gym".to_owned());
    let answer = season.ring(&mut phone, Change::Set(5), subject);
    assert_eq!(answer.answers, [Outcome::Done]);
    assert_eq!((season.rings(&phone), season.rings(&anna)), (Alarm::Before(5), Alarm::Before(30)));
}

fn a_change_that_is_denied_with_a_reason_makes_a_notice_all_the_same(new: New<'_>) {
    let season = Season::new(new, Preset::Viewer);
    let mut phone = season.phone("bo", "phone1");
    let subject = Change::Set("No training".to_owned());
    let answer = season.ring(&mut phone, Change::Set(5), subject);
    assert_eq!(told(&answer), Alarm::Before(5), "when it rings is his own matter");
    assert_eq!(season.club.inbox("bo").len(), 1);
}

on_both_engines! {
    a_dismissed_reminder_stays_dismissed_for_who_dismissed_it,
    a_reminder_set_back_is_the_events_own_again,
    an_own_alarm_never_gets_into_the_event_with_another_change,
    a_change_that_is_denied_with_a_reason_makes_a_notice_all_the_same,
}
