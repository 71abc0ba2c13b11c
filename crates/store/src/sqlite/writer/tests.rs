use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::AtomicBool;

use proptest::prelude::*;
use tempfile::TempDir;

use super::super::connection::Place;
use super::*;
use crate::Value;
use crate::faults::Fault;
use crate::params;

const WAITERS: i64 = 20;

/// Fails commits when told to.
#[derive(Default)]
struct Full(AtomicBool);

impl Faults for Full {
    fn before_statement(&self) -> Option<Fault> {
        None
    }

    fn before_commit(&self) -> Option<Fault> {
        self.0.load(Ordering::SeqCst).then_some(Fault::Full)
    }

    fn after_commit(&self) -> Option<Fault> {
        None
    }
}

struct Bench {
    writer: Writer,
    faults: Arc<Full>,
    directory: TempDir,
}

impl Bench {
    fn new(limit: usize) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let place = Place::File(directory.path().join("test.db"));
        place.create().unwrap();
        let connection = place.connect(Mode::Write).unwrap();
        connection
            .execute("CREATE TABLE probe (id INTEGER NOT NULL PRIMARY KEY, b BLOB) STRICT", [])
            .unwrap();
        let faults = Arc::new(Full::default());
        let writer = Writer::new(connection, limit, Some(Arc::clone(&faults) as Arc<dyn Faults>));
        Self { writer, faults, directory }
    }

    /// Returns what another process would find.
    fn ids(&self) -> Vec<i64> {
        let path: &Path = &self.directory.path().join("test.db");
        let other = Connection::open(path).unwrap();
        let mut statement = other.prepare("SELECT id FROM probe ORDER BY id").unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    }

    /// Has a first writer hold the seat until [`WAITERS`] others want it, each to run `act` with its number from 1.
    /// Returns how the first one ended.
    fn crowd(&self, act: impl Fn(&mut Tx<'_>, i64) -> Result<(), Error> + Sync) -> Result<(), Error> {
        std::thread::scope(|scope| {
            let first = scope.spawn(|| {
                self.writer.write(&mut |tx: &mut Tx<'_>| {
                    insert(tx, 0)?;
                    for id in 1..=WAITERS {
                        let act = &act;
                        scope.spawn(move || {
                            let act =
                                AssertUnwindSafe(|| self.writer.write(&mut |tx: &mut Tx<'_>| act(tx, id)));
                            drop(catch_unwind(act));
                        });
                    }
                    while self.writer.waiting.load(Ordering::SeqCst) < usize::try_from(WAITERS).unwrap() {
                        std::thread::yield_now();
                    }
                    Ok::<_, Error>(())
                })
            });
            first.join().unwrap()
        })
    }
}

fn insert(tx: &mut Tx<'_>, id: i64) -> Result<(), Error> {
    tx.execute("INSERT INTO probe (id) VALUES ($1)", &params![id]).map(drop)
}

fn all() -> Vec<i64> {
    (0..=WAITERS).collect()
}

#[test]
fn all_who_wait_are_committed_together() {
    let bench = Bench::new(64);
    bench.crowd(insert).unwrap();
    assert_eq!(bench.ids(), all());
    assert_eq!(bench.writer.commits(), 1);
}

#[test]
fn a_group_has_a_limit() {
    let bench = Bench::new(8);
    bench.crowd(insert).unwrap();
    assert_eq!(bench.ids(), all());
    assert_eq!(bench.writer.commits(), 3, "21 writes, 8 at a time");
}

#[test]
fn each_for_itself_with_a_limit_of_1() {
    let bench = Bench::new(1);
    bench.crowd(insert).unwrap();
    assert_eq!(bench.writer.commits(), 21);
}

#[test]
fn who_fails_is_rolled_back_alone() {
    let bench = Bench::new(64);
    let done = bench.crowd(|tx, id| {
        insert(tx, id)?;
        if id % 2 == 1 { Err(Error::Corrupt) } else { Ok(()) }
    });
    done.unwrap();
    assert_eq!(bench.ids(), all().into_iter().filter(|id| id % 2 == 0).collect::<Vec<_>>());
    assert_eq!(bench.writer.commits(), 1);
}

/// Whoever is last in the group has to commit for the others, even while it panics.
#[test]
fn who_panics_is_rolled_back_alone_and_leaves_nobody_waiting() {
    let bench = Bench::new(64);
    let done = bench.crowd(|tx, id| {
        insert(tx, id)?;
        panic!("on purpose");
    });
    done.unwrap();
    assert_eq!(bench.ids(), [0]);
    bench.writer.write(&mut |tx: &mut Tx<'_>| insert(tx, 7)).unwrap();
    assert_eq!(bench.ids(), [0, 7]);
}

#[test]
fn a_failed_commit_fails_the_whole_group_and_nothing_is_left() {
    let bench = Bench::new(64);
    let failures = AtomicUsize::new(0);
    bench.faults.0.store(true, Ordering::SeqCst);
    std::thread::scope(|scope| {
        for id in 1..=WAITERS {
            let (bench, failures) = (&bench, &failures);
            scope.spawn(move || {
                let failed = bench.writer.write(&mut |tx: &mut Tx<'_>| insert(tx, id));
                assert!(matches!(failed, Err(Error::Full)), "{failed:?}");
                failures.fetch_add(1, Ordering::SeqCst);
            });
        }
    });
    let failed = bench.crowd(insert);
    assert!(matches!(failed, Err(Error::Full)), "{failed:?}");
    assert_eq!(failures.into_inner(), 20);
    assert_eq!(bench.ids(), [0; 0]);
    bench.faults.0.store(false, Ordering::SeqCst);
    bench.crowd(insert).unwrap();
    assert_eq!(bench.ids(), all());
}

/// SQLite itself rolls back the whole transaction when one of the group finds the disk full.
#[test]
fn a_full_disk_in_one_member_fails_the_group_and_writing_goes_on() {
    let bench = Bench::new(64);
    bench.writer.with_connection(|connection| {
        connection.pragma_update_and_check(None, "max_page_count", 8, |_| Ok(())).unwrap();
    });
    let large = vec![7_u8; 100_000];
    let failed = bench.crowd(|tx, _| {
        tx.execute("INSERT INTO probe (id, b) VALUES (99, $1)", &[Value::Blob(&large)]).map(drop)
    });
    assert!(matches!(failed, Err(Error::Full)), "{failed:?}");
    assert_eq!(bench.ids(), [0; 0]);
    bench.writer.write(&mut |tx: &mut Tx<'_>| insert(tx, 7)).unwrap();
    assert_eq!(bench.ids(), [7]);
}

/// A closure that went wrong may have done so because of what others of its group wrote, and must not say so
/// before that is certain.
#[test]
fn a_failure_in_a_group_waits_for_the_commit_too() {
    let bench = Bench::new(64);
    bench.faults.0.store(true, Ordering::SeqCst);
    let told = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        let bench = &bench;
        let told = &told;
        scope.spawn(move || {
            drop(bench.writer.write(&mut |tx: &mut Tx<'_>| {
                insert(tx, 1)?;
                scope.spawn(move || {
                    let failed = bench.writer.write(&mut |tx: &mut Tx<'_>| insert(tx, 1));
                    told.lock().unwrap().push(failed);
                });
                while bench.writer.waiting.load(Ordering::SeqCst) == 0 {
                    std::thread::yield_now();
                }
                Ok::<_, Error>(())
            }));
        });
    });
    let told = told.into_inner().unwrap();
    assert!(matches!(told.as_slice(), [Err(Error::Full)]), "{told:?}");
}

/// What one thread of the property test does in one turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Write,
    Fail,
    Panic,
    FillDisk,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![6 => Just(Act::Write), 2 => Just(Act::Fail), 1 => Just(Act::Panic), 1 => Just(Act::FillDisk)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever threads do to each other: what was acknowledged is there, nothing else is, and all come to an end.
    #[test]
    fn what_is_there_is_what_was_acknowledged(
        limit in 1_usize..8,
        scripts in prop::collection::vec(prop::collection::vec(act(), 0..12), 1..6),
    ) {
        let bench = Bench::new(limit);
        bench.writer.with_connection(|connection| {
            connection.pragma_update_and_check(None, "max_page_count", 8, |_| Ok(())).unwrap();
        });
        let acknowledged = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for (thread, script) in (0_i64..).zip(&scripts) {
                let (bench, acknowledged) = (&bench, &acknowledged);
                scope.spawn(move || {
                    for (turn, act) in (0_i64..).zip(script) {
                        let id = thread * 100 + turn;
                        let run = AssertUnwindSafe(|| bench.writer.write(&mut |tx: &mut Tx<'_>| perform(tx, id, *act)));
                        if let Ok(Ok(())) = catch_unwind(run) {
                            acknowledged.lock().unwrap().push(id);
                        }
                    }
                });
            }
        });
        let mut acknowledged = acknowledged.into_inner().unwrap();
        acknowledged.sort_unstable();
        prop_assert_eq!(bench.ids(), acknowledged);
    }
}

fn perform(tx: &mut Tx<'_>, id: i64, act: Act) -> Result<(), Error> {
    insert(tx, id)?;
    match act {
        Act::Write => Ok(()),
        Act::Fail => Err(Error::Corrupt),
        Act::Panic => panic!("on purpose"),
        Act::FillDisk => {
            let large = vec![7_u8; 100_000];
            tx.execute("INSERT INTO probe (id, b) VALUES ($1, $2)", &params![id + 50, &large]).map(drop)
        }
    }
}
