//! A Sync in which nothing changed, over HTTP, against a handler of the same server that does nothing.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use anyhow::{Result, ensure};

use crate::client::Client;
use crate::clock;
use crate::figure::{Figure, Goal, float, median, number};
use crate::phone::Phone;
use crate::serve::{self, BARE_BODY, BARE_PATH};
use crate::site::{Site, in_parallel};
use crate::wire::{self, Name};

/// Phones, each of its own user and on a kept connection of its own.
const PHONES: usize = 8;
/// Contacts in each folder.
const CONTACTS: usize = 200;
/// Turns of each of the two.
const ROUNDS: usize = 40;
/// How long a turn is: short, so that a busy neighbour meets both.
const ROUND: Duration = Duration::from_millis(250);

/// Measures it.
pub(crate) fn run(folder: &Path) -> Result<Vec<Figure>> {
    let site = Site::open(folder)?;
    let phones = (0..PHONES).map(|number| prepare(&site, number)).collect::<Result<Vec<_>>>()?;
    let served = serve::serve(&site)?;
    let (mut quiet, mut bare, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    // The first turn of each warms up.
    for round in 0..=ROUNDS {
        let bare_rate = rate(served.address, &phones, |phone| (&phone.bare, BARE_BODY.len()))?;
        let quiet_rate = rate(served.address, &phones, |phone| (&phone.quiet, 0))?;
        if round > 0 {
            quiet.push(quiet_rate);
            bare.push(bare_rate);
            ratios.push(quiet_rate / bare_rate);
        }
    }
    Ok(vec![Figure {
        what: "no-change Sync over HTTP / bare handler",
        from: format!(
            "{} / {} requests/s, {PHONES} kept connections",
            number(median(&quiet)),
            number(median(&bare))
        ),
        value: median(&ratios),
        unit: "",
        goal: Goal::AtLeast(0.5),
    }])
}

/// The two requests of one phone.
struct Requests {
    quiet: Vec<u8>,
    bare: Vec<u8>,
}

/// Makes a user and his phone, which holds all that is in his folder.
fn prepare(site: &Site, number: usize) -> Result<Requests> {
    let name = Name { user: format!("user{number}"), device: format!("phone{number}") };
    site.add_user(&name.user)?;
    site.fill(&name.user, "Contacts", CONTACTS)?;
    let contacts = site.folder(&name.user, "Contacts")?;
    let phone = Phone::new(site, &name.user, &name.device)?;
    phone.take_folders()?;
    let key = phone.take_all(contacts)?;
    let body = wire::sync(contacts, &key, None);
    Ok(Requests { quiet: name.request("Sync", &body), bare: name.request_to(BARE_PATH, &body) })
}

/// Returns how many requests per second all phones get answered together.
fn rate(
    address: SocketAddr,
    phones: &[Requests],
    choose: impl Fn(&Requests) -> (&Vec<u8>, usize) + Sync,
) -> Result<f64> {
    let began = clock::instant();
    let counts = in_parallel(phones.len(), |number| {
        let mut client = Client::open(address)?;
        let mut count = 0;
        while let Some(phone) = phones.get(number).filter(|_| began.elapsed() < ROUND) {
            let (request, length) = choose(phone);
            ensure!(client.ask(request)? == length, "an answer has another length than it should");
            count += 1;
        }
        Ok(count)
    })?;
    Ok(float(counts.into_iter().sum()) / began.elapsed().as_secs_f64())
}
