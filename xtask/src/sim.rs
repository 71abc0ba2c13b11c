//! Runs the simulation: one seed in full, or many on all cores with a summary.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use testkit::sim::{Coverage, Outcome, Setup, run};

/// From this many seeds on, everything that a full run must see has to have happened.
const FULL_RUN: u64 = 1_000;

/// Runs what the arguments say.
pub(crate) fn sim(arguments: &[&str]) -> Result<()> {
    match arguments {
        ["--seeds", count] => many(0, number(count)?),
        ["--seeds", count, "--from", from] => many(number(from)?, number(count)?),
        [seed] => one(number(seed)?),
        _ => bail!("give one seed, or --seeds N [--from S]"),
    }
}

fn number(text: &str) -> Result<u64> {
    text.parse().with_context(|| format!("'{text}' is no number"))
}

/// Runs one seed and shows all that happened.
fn one(seed: u64) -> Result<()> {
    let outcome = run(seed, &Setup::default());
    show(&outcome);
    ensure!(outcome.violation.is_none(), "seed {seed} fails");
    Ok(())
}

fn show(outcome: &Outcome) {
    outcome.trace.iter().for_each(|line| eprintln!("{line}"));
    match &outcome.violation {
        Some(violation) => eprintln!("seed {}: {violation}", outcome.seed),
        None => eprintln!("seed {}: nothing found, hash {:016x}", outcome.seed, outcome.hash),
    }
}

/// What came of many runs.
#[derive(Default)]
struct Sum {
    coverage: Coverage,
    failed: Vec<(u64, String)>,
}

#[expect(clippy::disallowed_methods, reason = "how fast it is, for people; nothing depends on it")]
fn many(from: u64, count: u64) -> Result<()> {
    let (next, sum) = (AtomicU64::new(from), Mutex::new(Sum::default()));
    let start = Instant::now();
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| work(&next, from + count, &sum));
        }
    });
    let seconds = start.elapsed().as_secs_f64();
    let mut sum = sum.into_inner().context("a run panicked")?;
    sum.failed.sort();
    for (what, times) in sum.coverage.counts() {
        eprintln!("{times:>9}  {what}");
    }
    for (seed, violation) in sum.failed.iter().take(20) {
        eprintln!("seed {seed}: {violation}");
    }
    let failed = sum.failed.len();
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    let rate = count as f64 / seconds;
    eprintln!("sim: {count} seeds, {failed} failed, {seconds:.1} s, {rate:.1} seeds/s");
    ensure!(failed == 0, "{failed} seeds fail; replay one with: cargo xtask sim SEED");
    let missing = sum.coverage.missing();
    ensure!(count < FULL_RUN || missing.is_empty(), "this never happened: {}", missing.join(", "));
    Ok(())
}

fn work(next: &AtomicU64, end: u64, sum: &Mutex<Sum>) {
    loop {
        let seed = next.fetch_add(1, Ordering::Relaxed);
        if seed >= end {
            return;
        }
        let outcome = run(seed, &Setup::default());
        let Ok(mut sum) = sum.lock() else { return };
        sum.coverage.merge(&outcome.coverage);
        sum.failed.extend(outcome.violation.map(|violation| (seed, violation)));
    }
}
