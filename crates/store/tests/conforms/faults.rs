//! What fault points do, and what must hold when they do it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use store::{Error, Fault, Store};

use super::bench::{Bench, Plan, ids, insert};

fn write_two(store: &Store) -> Result<(), Error> {
    store.write(|tx| {
        insert(tx, 1)?;
        insert(tx, 2)
    })
}

pub(crate) fn a_fault_at_any_statement_leaves_nothing(bench: &Bench) {
    let plan = Arc::new(Plan::default());
    let store = bench.open_failing(&plan);
    for passed in 0..2 {
        let mut statements = plan.statements.lock().unwrap();
        statements.extend(std::iter::repeat_n(None, passed));
        statements.push_back(Some(Fault::Lost));
        drop(statements);
        let failed = write_two(&store);
        assert!(matches!(failed, Err(Error::Lost)), "{failed:?}");
        assert_eq!(store.read(ids).unwrap(), []);
    }
    write_two(&store).unwrap();
    assert_eq!(store.read(ids).unwrap(), [1, 2]);
}

pub(crate) fn a_failed_commit_leaves_nothing(bench: &Bench) {
    let plan = Arc::new(Plan::default());
    let store = bench.open_failing(&plan);
    for fault in [Fault::Lost, Fault::Full, Fault::Busy] {
        plan.commits.lock().unwrap().push_back(Some(fault));
        assert!(write_two(&store).is_err());
        assert_eq!(store.read(ids).unwrap(), []);
    }
    write_two(&store).unwrap();
    assert_eq!(store.read(ids).unwrap(), [1, 2]);
}

pub(crate) fn a_crash_after_the_commit_keeps_the_data(bench: &Bench) {
    let plan = Arc::new(Plan::default());
    let store = bench.open_failing(&plan);
    plan.after_commits.lock().unwrap().push_back(Some(Fault::Lost));
    let failed = write_two(&store);
    assert!(matches!(failed, Err(Error::Lost)), "{failed:?}");
    assert_eq!(store.read(ids).unwrap(), [1, 2]);
}

pub(crate) fn a_crash_after_the_commit_is_found_by_the_next_to_open(bench: &Bench) {
    let plan = Arc::new(Plan::default());
    let store = bench.open_failing(&plan);
    plan.after_commits.lock().unwrap().push_back(Some(Fault::Lost));
    assert!(write_two(&store).is_err());
    drop(store);
    assert_eq!(bench.open().read(ids).unwrap(), [1, 2]);
}

pub(crate) fn a_full_disk_refuses_writes_and_serves_reads(bench: &Bench) {
    let plan = Arc::new(Plan::default());
    let store = bench.open_failing(&plan);
    store.write(|tx| insert(tx, 7)).unwrap();
    for _ in 0..20 {
        plan.commits.lock().unwrap().push_back(Some(Fault::Full));
        let failed = write_two(&store);
        assert!(matches!(failed, Err(Error::Full)), "{failed:?}");
        assert_eq!(store.read(ids).unwrap(), [7]);
    }
    write_two(&store).unwrap();
    assert_eq!(store.read(ids).unwrap(), [1, 2, 7]);
}

pub(crate) fn a_busy_statement_runs_the_closure_again(bench: &Bench) {
    let plan = Arc::new(Plan::default());
    let store = bench.open_failing(&plan);
    plan.statements.lock().unwrap().extend([None, Some(Fault::Busy), Some(Fault::Busy)]);
    let runs = AtomicU32::new(0);
    let done = store.write(|tx| {
        runs.fetch_add(1, Ordering::Relaxed);
        insert(tx, 1)?;
        insert(tx, 2)
    });
    done.unwrap();
    assert_eq!(runs.into_inner(), 3);
    assert_eq!(store.read(ids).unwrap(), [1, 2]);
}

pub(crate) fn a_closure_that_is_always_in_the_way_ends_as_busy(bench: &Bench) {
    let plan = Arc::new(Plan::default());
    let store = bench.open_failing(&plan);
    plan.statements.lock().unwrap().extend(std::iter::repeat_n(Some(Fault::Busy), 1000));
    let failed = write_two(&store);
    assert!(matches!(failed, Err(Error::Busy)), "{failed:?}");
    plan.statements.lock().unwrap().clear();
    assert_eq!(store.read(ids).unwrap(), []);
}
