//! A phone asks for the mail of some days: it holds just that, whichever way its window changes.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests, run by a macro on two databases"
)]

#[macro_use]
mod common;

use access::Preset;
use common::{Club, New, Phone};
use engine::{
    Actor, Estimate, FolderId, FolderPath, ItemRef, NewItem, Pull, Step, SyncKey, SyncOutcome, SyncRequest,
    Timestamp, Uid, Window,
};
use std::collections::{BTreeMap, BTreeSet};

/// More than fit one stretch of a sweep, on each side of the windows asked for here.
const PER_DAY: usize = 25;
const DAYS: i64 = 40;

/// A user's Inbox and its messages by age in days; `None` for one without a date.
struct Inbox {
    club: Club,
    folder: FolderId,
    path: FolderPath,
    ages: BTreeMap<Uid, Option<i64>>,
}

impl Inbox {
    fn new(new: New<'_>) -> Self {
        let club = new(Preset::Viewer);
        let path = FolderPath::try_from("Inbox").unwrap();
        let list = club.engine.folders("bo", Actor::Operator, club.now).unwrap();
        let folder = list.into_iter().find(|folder| folder.path == "Inbox").unwrap().id;
        let mut inbox = Self { club, folder, path, ages: BTreeMap::new() };
        for number in 0..PER_DAY {
            // Not in the order of their dates, so that uid and date say different things.
            for step in 0..DAYS {
                inbox.put(number, Some(step * 7 % DAYS));
            }
        }
        inbox.put(0, None);
        inbox
    }

    fn put(&mut self, number: usize, age: Option<i64>) {
        let date = age.map(|days| {
            let at: Timestamp = self.club.now - jiff::SignedDuration::from_hours(24 * days);
            format!("Date: {}\r\n", at.strftime("%a, %d %b %Y %H:%M:%S +0000"))
        });
        let date = date.unwrap_or_default();
        let text = format!("From: a@club.example\r\nSubject: {number}\r\n{date}\r\nHi\r\n");
        let item = NewItem { content: text.as_bytes(), name: None };
        let made =
            self.club.engine.import(Actor::Operator, ("bo", &self.path), &item, self.club.now).unwrap();
        self.ages.insert(made.uid, age);
    }

    fn request(phone: &Phone, key: SyncKey, window: Window) -> SyncRequest {
        let pull = Some(Pull { limit: 60, bytes: 1 << 20 });
        SyncRequest { key, window, pull, ..Club::request(phone, vec![]) }
    }

    /// Syncs to the end, applies what comes, and returns how many steps it took.
    fn follow(&self, phone: &mut Phone, held: &mut BTreeSet<Uid>, window: Window) -> u64 {
        let mut steps = 0;
        loop {
            let request = Self::request(phone, phone.key, window);
            let club = &self.club;
            let outcome = club.engine.sync(&phone.caller, &phone.device, self.folder, &request, club.now);
            let answer = match outcome.unwrap() {
                SyncOutcome::Answered(answer) => answer,
                SyncOutcome::Unchanged { .. } => return steps,
                other @ (SyncOutcome::KeyUnknown | SyncOutcome::FolderGone) => panic!("{other:?}"),
            };
            phone.key = answer.key;
            steps += answer.steps.len() as u64;
            for step in &answer.steps {
                match step {
                    Step::Add(item) => assert!(held.insert(item.uid), "{} came twice", item.uid),
                    Step::SoftDelete(ItemRef::Item(uid)) => assert!(held.remove(uid), "{uid} left twice"),
                    Step::Change { .. } | Step::Delete(_) | Step::SoftDelete(_) => panic!("{step:?}"),
                }
            }
        }
    }

    fn within(&self, days: i64) -> BTreeSet<Uid> {
        // A day's cut holds from its midnight on, and `now` is in the morning.
        let inside = |age: &Option<i64>| age.is_none_or(|age| age <= days);
        self.ages.iter().filter(|(_, age)| inside(age)).map(|(uid, _)| *uid).collect()
    }
}

fn a_phone_holds_the_days_it_asks_for_whatever_it_asked_before(new: New<'_>) {
    let inbox = Inbox::new(new);
    let mut phone = inbox.club.phone("bo", "phone1");
    phone.key = SyncKey::START;
    let mut held = BTreeSet::new();
    for days in [14, 3, 30, 14] {
        let window = Window::Since { days: u32::try_from(days).unwrap() };
        let wanted = inbox.within(days);
        let changes = held.symmetric_difference(&wanted).count() as u64;
        if phone.key != SyncKey::START {
            let club = &inbox.club;
            let waiting =
                club.engine.estimate(&phone.caller, &phone.device, inbox.folder, phone.key, window, club.now);
            assert_eq!(waiting.unwrap(), Estimate::Count(changes), "{days} days");
        }
        assert_eq!(inbox.follow(&mut phone, &mut held, window), changes, "{days} days");
        assert_eq!(held, wanted, "{days} days");
    }
}

fn what_vanished_outside_of_the_new_window_goes_too(new: New<'_>) {
    let inbox = Inbox::new(new);
    let mut phone = inbox.club.phone("bo", "phone1");
    phone.key = SyncKey::START;
    let mut held = BTreeSet::new();
    inbox.follow(&mut phone, &mut held, Window::Since { days: 30 });
    let gone = *inbox.within(30).difference(&inbox.within(14)).next().unwrap();
    let club = &inbox.club;
    club.engine.delete_item(Actor::Operator, ("bo", &inbox.path, gone), club.now).unwrap();
    let request = Inbox::request(&phone, phone.key, Window::Since { days: 14 });
    let request = SyncRequest { pull: Some(Pull { limit: 10_000, bytes: 1 << 20 }), ..request };
    let outcome = club.engine.sync(&phone.caller, &phone.device, inbox.folder, &request, club.now).unwrap();
    let SyncOutcome::Answered(answer) = outcome else { panic!("{outcome:?}") };
    let deleted = |step: &Step| matches!(step, Step::Delete(ItemRef::Item(uid)) if *uid == gone);
    assert_eq!(answer.steps.iter().filter(|step| deleted(step)).count(), 1);
    assert_eq!(answer.steps.len(), inbox.within(30).len() - inbox.within(14).len());
}

on_both_engines! {
    a_phone_holds_the_days_it_asks_for_whatever_it_asked_before,
    what_vanished_outside_of_the_new_window_goes_too,
}
