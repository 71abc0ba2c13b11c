//! Adds from many phones at once, each on disk before it is answered: together against each alone.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result};
use engine::FolderId;

use crate::clock;
use crate::figure::{Figure, Goal, float, median, number};
use crate::phone::Phone;
use crate::site::{Commits, Disk, Site, in_parallel};
use crate::wire;

/// Phones, each of its own user.
const PHONES: usize = 32;
/// Turns of each of the two.
const ROUNDS: usize = 5;
/// Flushes of which the median is taken.
const FLUSHES: usize = 200;
const PAGE: [u8; 4096] = [1; 4096];

/// Measures it.
pub(crate) fn run(folder: &Path) -> Result<Vec<Figure>> {
    let here = compare(&folder.join("here"), Disk::AsItIs)?;
    let slower = compare(&folder.join("slower"), Disk::Slower)?;
    Ok(vec![
        Figure { goal: Goal::AtLeast(5.0), ..here },
        Figure {
            what: "one flush of this disk",
            from: format!("{FLUSHES} pages of 4 KiB, each flushed"),
            value: flush_ms(folder)?,
            unit: "ms",
            goal: Goal::None,
        },
        Figure { what: "the same adds, each flush 2 ms longer", ..slower },
    ])
}

/// Takes turns between the two and returns their ratio.
fn compare(folder: &Path, disk: Disk) -> Result<Figure> {
    let grouped = site(&folder.join("grouped"), disk, Commits::Grouped)?;
    let single = site(&folder.join("single"), disk, Commits::Single)?;
    let (mut together, mut alone, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    // The first turn of each warms up.
    for round in 0..=ROUNDS {
        let (grouped_rate, single_rate) = (rate(&grouped, disk, round)?, rate(&single, disk, round)?);
        if round > 0 {
            together.push(grouped_rate);
            alone.push(single_rate);
            ratios.push(grouped_rate / single_rate);
        }
    }
    Ok(Figure {
        what: "adds of 32 phones, commits in groups / alone",
        from: format!("{} / {} adds/s", number(median(&together)), number(median(&alone))),
        value: median(&ratios),
        unit: "",
        goal: Goal::None,
    })
}

fn site(folder: &Path, disk: Disk, commits: Commits) -> Result<Site> {
    let site = Site::open_on(folder, disk, commits)?;
    (0..PHONES).try_for_each(|number| site.add_user(&user(number)))?;
    Ok(site)
}

/// Returns how many contacts each phone adds in its turn.
const fn adds(disk: Disk) -> usize {
    match disk {
        Disk::AsItIs => 50,
        Disk::Slower => 20,
    }
}

fn user(number: usize) -> String {
    format!("user{number}")
}

/// Returns how many adds per second all phones get answered together.
fn rate(site: &Site, disk: Disk, round: usize) -> Result<f64> {
    let phones = in_parallel(PHONES, |number| start(site, number, round))?;
    let began = clock::instant();
    in_parallel(PHONES, |number| {
        let Some((phone, contacts, key)) = phones.get(number) else { return Ok(()) };
        let mut key = key.clone();
        for add in 0..adds(disk) {
            let change = wire::add(&format!("r{round}n{add}"));
            key = phone.sync(*contacts, &key, Some(change))?.key.context("an add came without a key")?;
        }
        Ok(())
    })?;
    Ok(float(PHONES * adds(disk)) / began.elapsed().as_secs_f64())
}

/// Makes a phone ready to add: it holds all that is in its folder.
fn start(site: &Site, number: usize, round: usize) -> Result<(Phone<'_>, FolderId, String)> {
    let name = user(number);
    let phone = Phone::new(site, &name, &format!("phone{round}"))?;
    let contacts = site.folder(&name, "Contacts")?;
    let key = phone.take_all(contacts)?;
    Ok((phone, contacts, key))
}

/// Returns how long one flush takes: what a commit cannot be quicker than.
fn flush_ms(folder: &Path) -> Result<f64> {
    let mut file = File::create(folder.join("flushed")).context("making a file")?;
    let mut took = Vec::new();
    for _ in 0..FLUSHES {
        file.write_all(&PAGE).context("writing a page")?;
        let began = clock::instant();
        file.sync_data().context("flushing a page")?;
        took.push(began.elapsed().as_secs_f64() * 1000.0);
    }
    Ok(median(&took))
}
