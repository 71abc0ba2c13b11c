//! The simulation passes where nothing is wrong, replays a seed to the byte, and finds every bug planted in the engine.

use engine::Bug;
use testkit::sim::{Setup, run};

/// Seeds after which a planted bug must have been found.
const MOST_SEEDS: u64 = 2_000;

#[test]
fn a_seed_replays_to_the_byte() {
    for seed in 0..4 {
        let (first, second) = (run(seed, &Setup::default()), run(seed, &Setup::default()));
        assert_eq!(first.violation, None, "seed {seed}");
        assert_eq!(first.trace, second.trace, "seed {seed}");
        assert_eq!(first.hash, second.hash, "seed {seed}");
    }
    assert_ne!(run(0, &Setup::default()).hash, run(1, &Setup::default()).hash);
}

/// Returns the first seed that finds the bug, and how.
fn first_find(bug: Bug) -> Option<(u64, String)> {
    let setup = Setup { bug: Some(bug), ..Setup::default() };
    (0..MOST_SEEDS).find_map(|seed| run(seed, &setup).violation.map(|violation| (seed, violation)))
}

#[test]
fn every_planted_bug_is_found() {
    for bug in Bug::ALL {
        let (seed, violation) = first_find(bug).unwrap_or_else(|| panic!("{bug:?} was not found"));
        let (first, clean) = (violation.lines().next().unwrap_or_default(), run(seed, &Setup::default()));
        assert_eq!(clean.violation, None, "seed {seed} fails without {bug:?} too");
        println!("{bug:?}: found with seed {seed}: {}", first.chars().take(120).collect::<String>());
    }
}
