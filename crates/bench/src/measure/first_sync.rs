//! The first Sync of a full folder: how fast, and in how much memory.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

use crate::child;
use crate::figure::{Figure, Goal, float, median, number};
use crate::memory;
use crate::phone::Phone;
use crate::site::Site;

/// The part that syncs.
pub(crate) const PHONE: &str = "first-sync";

const USER: &str = "anna";
const CONTACTS: &str = "Contacts";
const SMALL: usize = 10_000;
const LARGE: usize = 40_000;
const ROUNDS: usize = 5;
const MIB: f64 = 1024.0;

/// What one folder's Syncs cost, one entry per round.
#[derive(Default)]
struct Costs {
    per_second: Vec<f64>,
    grown_mib: Vec<f64>,
}

/// Measures it.
pub(crate) fn run(folder: &Path) -> Result<Vec<Figure>> {
    for count in [SMALL, LARGE] {
        let place = folder.join(count.to_string());
        let site = Site::open(&place)?;
        site.add_user(USER)?;
        site.fill(USER, CONTACTS, count)?;
    }
    let (mut small, mut large) = (Costs::default(), Costs::default());
    for round in 0..ROUNDS {
        for (count, costs) in [(SMALL, &mut small), (LARGE, &mut large)] {
            let place = folder.join(count.to_string());
            let place = place.to_str().context("the temporary folder has a name that is not text")?;
            let told = child::run(&[PHONE, place, &format!("phone{round}")])?;
            let items = told.figure("items")?;
            ensure!((items - float(count)).abs() < 0.5, "{items} of {count} items came");
            costs.per_second.push(items / told.figure("seconds")?);
            costs.grown_mib.push((told.figure("peak_kib")? - told.figure("idle_kib")?) / MIB);
        }
    }
    Ok(figures(&small, &large))
}

fn figures(small: &Costs, large: &Costs) -> Vec<Figure> {
    let (small_mib, large_mib) = (median(&small.grown_mib), median(&large.grown_mib));
    vec![
        Figure {
            what: "first Sync, contacts per second of server time",
            from: format!(
                "{} contacts, 512 per answer; of {}: {}/s",
                number(float(SMALL)),
                number(float(LARGE)),
                number(median(&large.per_second))
            ),
            value: median(&small.per_second),
            unit: "/s",
            goal: Goal::AtLeast(20_000.0),
        },
        Figure {
            what: "first Sync, memory beyond idle",
            from: format!("peak of {} contacts", number(float(SMALL))),
            value: small_mib,
            unit: "MiB",
            goal: Goal::Under(64.0),
        },
        Figure {
            what: "first Sync, memory of 40,000 / of 10,000 contacts",
            from: format!("{} / {} MiB", number(large_mib), number(small_mib)),
            value: large_mib / small_mib,
            unit: "",
            goal: Goal::AtMost(1.2),
        },
    ]
}

/// Syncs the folder with a phone that is new, and tells what that cost.
pub(crate) fn phone(folder: &Path, device: &str) -> Result<()> {
    let site = Site::open(folder)?;
    let contacts = site.folder(USER, CONTACTS)?;
    let phone = Phone::new(&site, USER, device)?;
    phone.take_folders()?;
    memory::forget_peak()?;
    let idle_kib = memory::own_kib()?;
    let (mut key, mut items, mut took) = ("0".to_owned(), 0, Duration::ZERO);
    loop {
        let round = phone.sync(contacts, &key, None)?;
        items += round.adds;
        took += round.took;
        match round.key {
            Some(next) => key = next,
            None => break,
        }
    }
    child::tell("idle_kib", idle_kib);
    child::tell("peak_kib", memory::own_peak_kib()?);
    child::tell("items", float(items));
    child::tell("seconds", took.as_secs_f64());
    Ok(())
}
