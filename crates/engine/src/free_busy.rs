//! How a user's time is taken, as far as somebody else may know it.

use crate::decide::Rights;
use crate::named_item::seen_folder;
use crate::{Caller, Engine, Error};
use access::Busy as Given;
use items::event::{Busy, Details, Event};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use store::id::{FolderId, PrincipalId};
use store::row::folder::FolderRow;
use store::{Query, row};

/// Half hours of one question.
pub const MAX_SLOTS: usize = 42 * 48;
/// Events that one question looks at.
const MAX_EVENTS: i64 = 3_000;
/// Times that one answer holds at most.
const MAX_TIMES: usize = 10_000;
/// How long a slot is.
const SLOT: SignedDuration = SignedDuration::from_mins(30);
/// Role of a user's default calendar.
const CALENDAR: i64 = 8;
/// Sensitivity from which on an event is private.
const PRIVATE: i64 = 2;

/// A time that is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BusyTime {
    /// When it begins.
    pub from: Timestamp,
    /// When it ends.
    pub to: Timestamp,
    /// How binding it is.
    pub busy: Busy,
}

impl Engine {
    /// Returns when the time of a calendar is taken between two times, as far as the caller may know it: by items that he
    /// may read, and by all where busy times are given to him. `None` where there is no such calendar for him.
    ///
    /// # Errors
    /// When the database fails.
    pub fn busy_times(
        &self,
        caller: &Caller,
        folder: FolderId,
        (from, to): (Timestamp, Timestamp),
        now: Timestamp,
    ) -> Result<Option<Vec<BusyTime>>, Error> {
        self.store.read(|q| {
            let Some((folder, rights)) = seen_folder(q, caller, folder, now)? else { return Ok(None) };
            let home = home(q, folder.account)?;
            let told = rights.free_busy(now.as_millisecond()) >= Given::Time;
            let mut times = Vec::new();
            let range = (from.as_millisecond(), to.as_millisecond());
            for row in row::item::during(q, folder.id, range, MAX_EVENTS)? {
                let private = row.sensitivity >= PRIVATE && !rights.knows_private_times();
                if rights.sees(&row.head()) || (told && !private) {
                    times_of(&Event::parse(&row.content), (from, to), &home, &mut times);
                }
            }
            times.sort_by_key(|time: &BusyTime| (time.from, time.to));
            Ok(Some(times))
        })
    }

    /// Returns how the time of the user with this address is taken from `from` on, a value per half hour, at most
    /// [`MAX_SLOTS`]; of what overlaps the most binding counts. `None` where the caller may not know, or there is no such
    /// user or calendar.
    ///
    /// # Errors
    /// When the database fails.
    pub fn free_busy(
        &self,
        caller: &Caller,
        email: &str,
        (from, slots): (Timestamp, usize),
        now: Timestamp,
    ) -> Result<Option<Vec<Busy>>, Error> {
        self.store.read(|q| {
            let Some(user) = row::principal::by_login(q, email)?.filter(|row| !row.disabled) else {
                return Ok(None);
            };
            let Some(calendar) = row::folder::by_role(q, user.id, CALENDAR)? else { return Ok(None) };
            let rights = Rights::load(q, &calendar, caller.user, now.as_millisecond())?;
            if rights.free_busy(now.as_millisecond()) < Given::Time {
                return Ok(None);
            }
            let mut day = Day::new(from, slots.min(MAX_SLOTS));
            fill(q, &calendar, &rights, &mut day)?;
            Ok(Some(day.slots))
        })
    }
}

fn fill(q: &mut Query<'_>, calendar: &FolderRow, rights: &Rights, day: &mut Day) -> Result<(), Error> {
    let home = home(q, calendar.account)?;
    let range = (day.from.as_millisecond(), day.until().as_millisecond());
    for row in row::item::during(q, calendar.id, range, MAX_EVENTS)? {
        // What is private is busy time for those alone who may know of it.
        if row.sensitivity < PRIVATE || rights.knows_private_times() {
            take_event(day, &Event::parse(&row.content), &home);
        }
    }
    Ok(())
}

/// Returns the zone in which a user's days begin.
fn home(q: &mut Query<'_>, user: PrincipalId) -> Result<TimeZone, Error> {
    let zone = row::user_setting::load(q, user, "zone")?;
    Ok(zone.and_then(|name| TimeZone::get(&name).ok()).unwrap_or(TimeZone::UTC))
}

fn take_event(day: &mut Day, event: &Event, home: &TimeZone) {
    let mut moved = BTreeSet::new();
    for exception in &event.exceptions {
        moved.insert(event.original(exception, home));
        if let Some(details) = &exception.details
            && let Some(start) = &details.start
        {
            day.take(start.instant(home), details, home);
        }
    }
    let Some(series) = event.series(home) else { return };
    let length = event.details.length(home);
    let earliest = day.from.checked_sub(length).unwrap_or(Timestamp::MIN);
    for start in series.between(earliest, day.until()) {
        if !moved.contains(&start) {
            day.take(start, &event.details, home);
        }
    }
}

/// Adds the times that an event takes of a span.
fn times_of(event: &Event, (from, to): (Timestamp, Timestamp), home: &TimeZone, times: &mut Vec<BusyTime>) {
    let mut take = |start: Timestamp, details: &Details| {
        let end = start.checked_add(details.length(home)).unwrap_or(Timestamp::MAX);
        let counts = !details.cancelled && weight(details.busy) > 0 && start < to && end > from;
        if counts && times.len() < MAX_TIMES {
            times.push(BusyTime { from: start.max(from), to: end.min(to), busy: details.busy });
        }
    };
    let mut moved = BTreeSet::new();
    for exception in &event.exceptions {
        moved.insert(event.original(exception, home));
        if let Some(details) = &exception.details
            && let Some(start) = &details.start
        {
            take(start.instant(home), details);
        }
    }
    let Some(series) = event.series(home) else { return };
    let earliest = from.checked_sub(event.details.length(home)).unwrap_or(Timestamp::MIN);
    for start in series.between(earliest, to) {
        if !moved.contains(&start) {
            take(start, &event.details);
        }
    }
}

/// The time that is asked for, half hour by half hour.
struct Day {
    from: Timestamp,
    slots: Vec<Busy>,
}

impl Day {
    fn new(from: Timestamp, slots: usize) -> Self {
        Self { from, slots: vec![Busy::Free; slots] }
    }

    fn until(&self) -> Timestamp {
        let minutes = i64::try_from(self.slots.len()).unwrap_or(i64::MAX).saturating_mul(SLOT.as_mins());
        self.from.checked_add(SignedDuration::from_mins(minutes)).unwrap_or(Timestamp::MAX)
    }

    /// Notes one occurrence.
    fn take(&mut self, start: Timestamp, details: &Details, home: &TimeZone) {
        if details.cancelled || weight(details.busy) == 0 {
            return;
        }
        let end = start.checked_add(details.length(home)).unwrap_or(Timestamp::MAX);
        let mut slot_start = self.from;
        for slot in &mut self.slots {
            let slot_end = slot_start.checked_add(SLOT).unwrap_or(Timestamp::MAX);
            if start < slot_end && end > slot_start && weight(details.busy) > weight(*slot) {
                *slot = details.busy;
            }
            slot_start = slot_end;
        }
    }
}

/// Returns how binding a time is; working elsewhere leaves it free.
const fn weight(busy: Busy) -> u8 {
    match busy {
        Busy::Free | Busy::Elsewhere => 0,
        Busy::Tentative => 1,
        Busy::Busy => 2,
        Busy::Away => 3,
    }
}
