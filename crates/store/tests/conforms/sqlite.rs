//! What only SQLite has: files.

use std::os::unix::fs::PermissionsExt;
use std::sync::Barrier;

use store::{Error, Location, OpenError, Options, Store, params};

use super::bench::{Bench, ids, insert};

#[test]
fn only_their_owner_can_read_the_files() {
    let directory = tempfile::tempdir().unwrap();
    let inner = directory.path().join("made/for it");
    let store = Store::open(&Location::parse(None, &inner).unwrap()).unwrap();
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&inner), 0o700);
    let names: Vec<_> = std::fs::read_dir(&inner).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(names.len(), 3, "the file, -wal and -shm: {names:?}");
    for name in names {
        assert_eq!(mode(&name), 0o600, "{name:?}");
    }
    drop(store);
}

#[test]
fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("letter.txt");
    let text = "Dear Ada, ".repeat(1000);
    std::fs::write(&path, &text).unwrap();
    let refused = Store::open(&Location::File(path.clone()));
    assert!(matches!(refused, Err(OpenError::Prepare { .. })), "{refused:?}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
}

/// PostgreSQL passes over a value that no placeholder asks for, so a mistake has to show here.
#[test]
fn a_value_without_placeholder_is_an_error() {
    let store = Store::open(&Location::Memory).unwrap();
    let failed = store.read(|q| q.first("SELECT $1", &params![1, 2], |row| row.int(0)));
    assert!(matches!(failed, Err(Error::Other { .. })), "{failed:?}");
}

#[test]
fn a_read_that_would_wait_is_not_begun() {
    let bench = Bench::file();
    let store = bench.open_with(&Options { readers: 1, ..Options::default() });
    assert_eq!(store.try_read(ids).unwrap(), None, "a connection would have to be opened");
    store.write(|tx| insert(tx, 1)).unwrap();
    store.read(ids).unwrap();
    assert_eq!(store.try_read(ids).unwrap(), Some(vec![1]));
    store
        .read(|_| -> Result<(), Error> {
            let tried = std::thread::scope(|scope| scope.spawn(|| store.try_read(ids)).join().unwrap());
            assert_eq!(tried.unwrap(), None, "the only reader is busy");
            Ok(())
        })
        .unwrap();
    let failed = store.try_read(|q| q.first("SELECT nothing FROM nowhere", &[], |row| row.int(0)));
    assert!(matches!(failed, Err(Error::Other { .. })), "{failed:?}");
    assert_eq!(store.try_read(ids).unwrap(), Some(vec![1]), "and nothing is left of it");
}

// That writes which wait together share a commit is tested beside the writer, where waiting can be seen.
#[test]
fn with_a_group_limit_of_1_each_write_commits_for_itself() {
    let bench = Bench::file();
    let store = bench.open_with(&Options { group_limit: 1, ..Options::default() });
    let (before, start) = (store.commits(), Barrier::new(32));
    std::thread::scope(|scope| {
        for id in 1..=32 {
            let (store, start) = (&store, &start);
            scope.spawn(move || {
                start.wait();
                store.write(|tx| insert(tx, id)).unwrap();
            });
        }
    });
    assert_eq!(store.read(ids).unwrap(), (1..=32).collect::<Vec<_>>());
    assert_eq!(store.commits() - before, 32);
}
