//! What transactions of several threads, stores and processes promise each other.

use std::sync::Barrier;
use std::sync::mpsc;

use store::{Error, Store, params};

use super::bench::{Bench, bump, ids, insert};

const THREADS: i64 = 8;
const ROUNDS: i64 = 25;

const LOG: &str = "INSERT INTO probe_log (folder, modseq) VALUES (1, $1)";

/// Writes a change as the engine does: takes the next modseq, then writes a row that carries it.
fn log_change(store: &Store) -> i64 {
    store
        .write(|tx| {
            let modseq = bump(tx)?;
            tx.execute(LOG, &params![modseq])?;
            Ok::<_, Error>(modseq)
        })
        .unwrap()
}

fn log_changes(store: &Store) -> Vec<i64> {
    (0..ROUNDS).map(|_| log_change(store)).collect()
}

fn log(store: &Store) -> (i64, Vec<i64>) {
    let read = store.read(|q| {
        let counter = q.first("SELECT modseq FROM probe_folders WHERE id = 1", &[], |row| row.int(0))?;
        let changes =
            q.all("SELECT modseq FROM probe_log WHERE folder = 1 ORDER BY modseq", &[], |row| row.int(0))?;
        Ok::<_, Error>((counter.unwrap(), changes))
    });
    read.unwrap()
}

fn gapless(until: i64) -> Vec<i64> {
    (1..=until).collect()
}

pub(crate) fn counters_count_every_write_of_many_threads(bench: &Bench) {
    let store = bench.open();
    let start = Barrier::new(usize::try_from(THREADS).unwrap());
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                start.wait();
                let own = log_changes(&store);
                assert!(own.is_sorted(), "a thread's later write takes a later modseq");
            });
        }
    });
    assert_eq!(log(&store), (THREADS * ROUNDS, gapless(THREADS * ROUNDS)));
}

pub(crate) fn who_reads_a_counter_sees_all_changes_below_it(bench: &Bench) {
    let store = bench.open();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| log_changes(&store));
        }
        scope.spawn(|| {
            let mut last = 0;
            while last < 4 * ROUNDS {
                let (counter, changes) = log(&store);
                assert_eq!(changes, gapless(counter));
                assert!(counter >= last);
                last = counter;
            }
        });
    });
}

pub(crate) fn a_read_sees_one_snapshot(bench: &Bench) {
    let store = bench.open();
    store.write(|tx| insert(tx, 1)).unwrap();
    let seen = store.read(|q| {
        let before = ids(q)?;
        std::thread::scope(|scope| {
            scope.spawn(|| store.write(|tx| insert(tx, 2)).unwrap());
        });
        Ok::<_, Error>((before, ids(q)?))
    });
    assert_eq!(seen.unwrap(), (vec![1], vec![1]));
    assert_eq!(store.read(ids).unwrap(), [1, 2]);
}

/// G12: a writer that takes its place in the log and then dawdles must not let a later change be seen before its own.
pub(crate) fn a_slow_writer_hides_no_change(bench: &Bench) {
    let store = bench.open();
    let (took_its_place, slow_has_its_place) = mpsc::channel();
    let (reader_is_done, go_on) = mpsc::channel();
    std::thread::scope(|scope| {
        let store = &store;
        scope.spawn(move || {
            store
                .write(|tx| {
                    let modseq = bump(tx)?;
                    took_its_place.send(modseq).unwrap();
                    go_on.recv().unwrap();
                    tx.execute(LOG, &params![modseq])
                })
                .unwrap();
        });
        assert_eq!(slow_has_its_place.recv().unwrap(), 1);
        let quick = scope.spawn(|| log_change(store));
        // Whether or not the quick one got anywhere yet, nobody may see its change without the slow one's.
        assert_eq!(log(store), (0, vec![]));
        reader_is_done.send(()).unwrap();
        assert_eq!(quick.join().unwrap(), 2);
    });
    assert_eq!(log(&store), (2, vec![1, 2]));
}

pub(crate) fn another_store_on_the_same_data_takes_turns(bench: &Bench) {
    let stores = [bench.open(), bench.open()];
    std::thread::scope(|scope| {
        for store in &stores {
            for _ in 0..4 {
                scope.spawn(|| log_changes(store));
            }
        }
    });
    for store in &stores {
        assert_eq!(log(store), (8 * ROUNDS, gapless(8 * ROUNDS)));
    }
}
