//! Opening, migrating, and refusing to.

use std::sync::Barrier;

use store::{Error, OpenError, Store};

use super::bench::{Bench, ids, insert};

fn change(store: &Store, sql: &'static str) {
    assert_eq!(store.write(|tx| tx.execute(sql, &[])).unwrap(), 1);
}

pub(crate) fn a_new_database_has_the_schema_and_nothing_wrong(bench: &Bench) {
    let store = Store::open(&bench.location).unwrap();
    let newest = store.read(|q| q.first("SELECT MAX(number) FROM migrations", &[], |row| row.int(0)));
    assert_eq!(newest.unwrap(), Some(i64::from(store.version())));
    assert!(store.version() > 0);
    assert_eq!(store.integrity().unwrap(), [""; 0]);
}

pub(crate) fn a_database_opens_again_with_its_data(bench: &Bench) {
    bench.open().write(|tx| insert(tx, 1)).unwrap();
    let store = bench.open();
    assert_eq!(store.read(ids).unwrap(), [1]);
}

pub(crate) fn a_newer_database_is_refused(bench: &Bench) {
    let store = bench.open();
    let known = store.version();
    change(&store, "INSERT INTO migrations (number, name, checksum) VALUES (9999, 'of tomorrow', '')");
    let refused = Store::open(&bench.location);
    assert!(matches!(refused, Err(OpenError::Newer { found: 9999, known: k }) if k == known), "{refused:?}");
}

pub(crate) fn a_changed_migration_is_refused(bench: &Bench) {
    let store = bench.open();
    change(&store, "UPDATE migrations SET checksum = 'other' WHERE number = 1");
    let refused = Store::open(&bench.location);
    assert!(matches!(refused, Err(OpenError::Changed { number: 1 })), "{refused:?}");
}

pub(crate) fn many_can_open_a_new_database_at_once(bench: &Bench) {
    let start = Barrier::new(6);
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                start.wait();
                Store::open(&bench.location).unwrap();
            });
        }
    });
    let store = Store::open(&bench.location).unwrap();
    let rows = store.read(|q| q.all("SELECT number FROM migrations", &[], |row| row.int(0)));
    assert_eq!(rows.map_err(|error: Error| error.to_string()).unwrap().len(), store.version() as usize);
}
