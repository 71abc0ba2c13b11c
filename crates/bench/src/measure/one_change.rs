//! A Sync after one change: it must not cost more for all that did not change.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use engine::{FolderId, FolderPath};

use crate::figure::{Figure, Goal, float, median, number};
use crate::phone::Phone;
use crate::site::Site;

const USER: &str = "anna";
const SMALL: usize = 100;
const LARGE: usize = 10_000;
/// Changes in each folder.
const ROUNDS: usize = 1000;
/// Of them, those that only warm up.
const WARM_UP: usize = 100;
/// Goes through a folder in an order without a pattern: a prime that divides neither size.
const STRIDE: usize = 7919;

/// One of the two folders.
struct Side {
    path: FolderPath,
    folder: FolderId,
    count: usize,
    key: String,
    took_ms: Vec<f64>,
}

/// Measures it.
pub(crate) fn run(folder: &Path) -> Result<Vec<Figure>> {
    let site = Site::open(folder)?;
    site.add_user(USER)?;
    let phone = Phone::new(&site, USER, "phone")?;
    let mut small = side(&site, &phone, "Small", SMALL)?;
    let mut large = side(&site, &phone, "Large", LARGE)?;
    for round in 0..ROUNDS {
        // Neither is always the first.
        let mut order = [&mut small, &mut large];
        if round % 2 == 1 {
            order.reverse();
        }
        for changed in order {
            change(&site, &phone, changed, round)?;
        }
    }
    let of = |side: &Side| median(side.took_ms.get(WARM_UP..).unwrap_or_default());
    let (small, large) = (of(&small), of(&large));
    Ok(vec![Figure {
        what: "Sync after one change, 10,000 / 100 items",
        from: format!("{} / {} ms of server time", number(large), number(small)),
        value: large / small,
        unit: "",
        goal: Goal::AtMost(1.2),
    }])
}

fn side(site: &Site, phone: &Phone<'_>, name: &str, count: usize) -> Result<Side> {
    let folder = site.add_folder(USER, name)?;
    site.fill(USER, name, count)?;
    let key = phone.take_all(folder)?;
    Ok(Side { path: FolderPath::try_from(name)?, folder, count, key, took_ms: Vec::new() })
}

/// Changes one item and takes the time of the Sync that brings it.
fn change(site: &Site, phone: &Phone<'_>, changed: &mut Side, round: usize) -> Result<()> {
    site.put((USER, &changed.path), round * STRIDE % changed.count, round + 1)?;
    let answer = phone.sync(changed.folder, &changed.key, None)?;
    ensure!(answer.changes == 1, "{} changes came of one, of {}", answer.changes, float(changed.count));
    changed.key = answer.key.context("a change came without a key")?;
    changed.took_ms.push(answer.took.as_secs_f64() * 1000.0);
    Ok(())
}
