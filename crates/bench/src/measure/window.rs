//! The first Sync of two weeks of an Inbox: what is older must cost nothing.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use engine::FolderId;
use store::row::overlay::{self, Seen};
use store::{Location, Store};

use crate::clock;
use crate::figure::{Figure, Goal, float, median, number};
use crate::letter::letter;
use crate::phone::Phone;
use crate::site::{FILE, Site};
use crate::wire;

/// Messages of the last two weeks, in each Inbox.
const INSIDE: usize = 400;
const SMALL: usize = 500;
const LARGE: usize = 50_000;
/// First Syncs of each.
const ROUNDS: usize = 40;
/// Of them, those that only warm up.
const WARM_UP: usize = 5;
/// How old the others are, in days.
const OLD: i64 = 60;

/// One of the two users.
struct Side<'a> {
    inbox: FolderId,
    phone: Phone<'a>,
    took_ms: Vec<f64>,
}

/// Measures it.
pub(crate) fn run(folder: &Path) -> Result<Vec<Figure>> {
    let site = Site::open(folder)?;
    let store = Store::open(&Location::File(folder.join(FILE))).context("opening the store beside it")?;
    let mut small = side(&site, &store, ("sam", SMALL))?;
    let mut large = side(&site, &store, ("lena", LARGE))?;
    for round in 0..ROUNDS {
        // Neither is always the first.
        let mut order = [&mut small, &mut large];
        if round % 2 == 1 {
            order.reverse();
        }
        for side in order {
            let took = first_sync(side)?;
            side.took_ms.push(took.as_secs_f64() * 1000.0);
        }
    }
    let of = |side: &Side<'_>| median(side.took_ms.get(WARM_UP..).unwrap_or_default());
    let (small, large) = (of(&small), of(&large));
    Ok(vec![Figure {
        what: "first Sync of two weeks, Inbox of 50,000 / of 500",
        from: format!("{} / {} ms of server time, {INSIDE} messages", number(large), number(small)),
        value: large / small,
        unit: "",
        goal: Goal::AtMost(1.2),
    }])
}

/// Makes a user whose Inbox is full and read.
fn side<'a>(site: &'a Site, store: &Store, (user, count): (&str, usize)) -> Result<Side<'a>> {
    site.add_user(user)?;
    let now = clock::time();
    let days = |number: usize| -> Result<i64> {
        let newest = count - number;
        let days = i64::try_from(newest % 14)?;
        Ok(if newest <= INSIDE { days } else { OLD + days })
    };
    site.put_mail(user, |number| letter(number, days(number).unwrap_or(OLD), now), count)?;
    let inbox = site.folder(user, "Inbox")?;
    let caller = site.engine().act_as(user)?;
    let all = site.mail(user)?;
    store.write(|tx| {
        all.iter().try_for_each(|uid| overlay::store(tx, inbox, caller.user(), *uid, Seen::Yes).map(drop))
    })?;
    let phone = Phone::new(site, user, "phone")?;
    phone.take_folders()?;
    Ok(Side { inbox, phone, took_ms: Vec::new() })
}

/// Takes the two weeks from the start and returns the time inside the server.
fn first_sync(side: &Side<'_>) -> Result<Duration> {
    let start = side.phone.sync(side.inbox, "0", None)?;
    let (mut key, mut took, mut items) = (start.key.context("a start without a key")?, start.took, 0);
    loop {
        let round = side.phone.sync(side.inbox, &key, Some(wire::two_weeks()))?;
        took += round.took;
        items += round.adds;
        match round.key {
            Some(next) => key = next,
            None => break,
        }
    }
    ensure!(items == INSIDE, "{} messages came of {}", float(items), float(INSIDE));
    Ok(took)
}
