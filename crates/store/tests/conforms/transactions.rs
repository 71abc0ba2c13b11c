//! What one transaction promises.

use std::panic::{AssertUnwindSafe, catch_unwind};

use store::{Error, Location, Store};

use super::bench::{Bench, ids, insert};

#[derive(Debug, PartialEq, Eq)]
enum Failure {
    Store,
    Refused,
}

impl From<Error> for Failure {
    fn from(_: Error) -> Self {
        Self::Store
    }
}

pub(crate) fn a_failed_closure_leaves_nothing(bench: &Bench) {
    let store = bench.open();
    let refused = store.write(|tx| {
        insert(tx, 1)?;
        assert_eq!(ids(tx)?, [1]);
        Err::<(), _>(Failure::Refused)
    });
    assert_eq!(refused, Err(Failure::Refused));
    assert_eq!(store.read(ids).unwrap(), []);
    store.write(|tx| insert(tx, 2)).unwrap();
    assert_eq!(store.read(ids).unwrap(), [2]);
}

pub(crate) fn a_panic_leaves_nothing_and_the_store_goes_on(bench: &Bench) {
    let store = bench.open();
    // More often than there are connections.
    for _ in 0..10 {
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            store.write(|tx| {
                insert(tx, 1)?;
                assert_eq!(ids(tx)?, [7], "on purpose");
                Ok::<_, Error>(())
            })
        }));
        let message = panicked.unwrap_err();
        assert!(message.downcast_ref::<String>().unwrap().contains("on purpose"));
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            store.read(|q| ids(q).map(|found: Vec<i64>| assert_eq!(found, [7])))
        }));
        assert!(panicked.is_err());
    }
    store.write(|tx| insert(tx, 2)).unwrap();
    assert_eq!(store.read(ids).unwrap(), [2]);
}

pub(crate) fn nothing_goes_on_after_a_failed_statement(bench: &Bench) {
    let store = bench.open();
    store.write(|tx| insert(tx, 1)).unwrap();
    let passed_over = store.write(|tx| {
        insert(tx, 2)?;
        assert!(insert(tx, 1).is_err());
        let again = ids(tx);
        assert!(matches!(again, Err(Error::Constraint { .. })), "{again:?}");
        Ok::<_, Error>(())
    });
    assert!(matches!(passed_over, Err(Error::Constraint { .. })), "{passed_over:?}");
    assert_eq!(store.read(ids).unwrap(), [1]);
}

pub(crate) fn a_transaction_inside_another_is_an_error(bench: &Bench) {
    let store = bench.open();
    let inner = store.write(|_| {
        assert!(store.write(|tx| insert(tx, 1)).is_err());
        assert!(store.read(ids).is_err());
        Ok::<_, Error>(())
    });
    assert!(inner.is_ok());
    assert!(store.read(|_| store.read(ids)).is_err());
    store.write(|tx| insert(tx, 2)).unwrap();
    assert_eq!(store.read(ids).unwrap(), [2]);
}

pub(crate) fn two_stores_can_be_used_at_once(bench: &Bench) {
    let (from, to) = (bench.open(), Store::open(&Location::Memory).unwrap());
    let versions = from.read(|q| {
        let ours = q.all("SELECT number FROM migrations", &[], |row| row.int(0))?;
        let theirs = to.read(|q| q.all("SELECT number FROM migrations", &[], |row| row.int(0)))?;
        Ok::<_, Error>((ours, theirs))
    });
    let (ours, theirs) = versions.unwrap();
    assert_eq!(ours, theirs);
}
