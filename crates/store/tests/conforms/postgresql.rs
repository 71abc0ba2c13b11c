//! What only PostgreSQL has: connections that die, servers that restart, transactions that give way.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Barrier, Mutex};

use store::{Error, Location, OpenError, Options, Store, params};

use super::bench::{Bench, ids, insert};
use super::cluster::Cluster;

const KILL_OTHERS: &str = "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity \
                           WHERE datname = current_database() AND pid <> pg_backend_pid()";

/// Ends all connections of a database but the one it uses for that.
fn kill_connections(bench: &Bench) {
    let killer = Store::open(&bench.location).unwrap();
    let ended = killer.read(|q| q.first(KILL_OTHERS, &[], |row| row.int(0))).unwrap();
    assert!(ended > Some(0));
}

#[test]
fn every_read_would_wait_for_the_server() {
    let Some(bench) = Bench::postgresql() else { return };
    let store = bench.open();
    store.read(ids).unwrap();
    assert_eq!(store.try_read(ids).unwrap(), None);
}

#[test]
fn dead_connections_are_replaced_unseen() {
    let Some(bench) = Bench::postgresql() else { return };
    let store = bench.open();
    store.write(|tx| insert(tx, 1)).unwrap();
    kill_connections(&bench);
    store.write(|tx| insert(tx, 2)).unwrap();
    kill_connections(&bench);
    assert_eq!(store.read(ids).unwrap(), [1, 2]);
}

#[test]
fn a_connection_that_dies_before_the_commit_runs_the_closure_again() {
    let Some(bench) = Bench::postgresql() else { return };
    let store = bench.open();
    let runs = AtomicU32::new(0);
    let done = store.write(|tx| {
        insert(tx, 1)?;
        if runs.fetch_add(1, Ordering::Relaxed) == 0 {
            std::thread::scope(|scope| {
                scope.spawn(|| kill_connections(&bench));
            });
        }
        insert(tx, 2)
    });
    done.unwrap();
    assert_eq!(runs.into_inner(), 2);
    assert_eq!(store.read(ids).unwrap(), [1, 2]);
}

/// G17: the server ends the connection while it commits.
#[test]
fn a_connection_that_dies_in_the_commit_is_lost_and_not_tried_again() {
    let Some(bench) = Bench::postgresql() else { return };
    let store = bench.open();
    let function = "CREATE FUNCTION die() RETURNS TRIGGER LANGUAGE plpgsql AS \
                    'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'";
    let trigger = "CREATE CONSTRAINT TRIGGER die AFTER INSERT ON probe DEFERRABLE INITIALLY DEFERRED \
                   FOR EACH ROW WHEN (NEW.n = 13) EXECUTE FUNCTION die()";
    store.write(|tx| tx.execute(function, &[]).and_then(|_| tx.execute(trigger, &[]))).unwrap();
    let runs = AtomicU32::new(0);
    let lost = store.write(|tx| {
        runs.fetch_add(1, Ordering::Relaxed);
        tx.execute("INSERT INTO probe (id, n) VALUES (1, 13)", &[])
    });
    assert!(matches!(lost, Err(Error::Lost)), "{lost:?}");
    assert_eq!(runs.into_inner(), 1);
    assert_eq!(store.read(ids).unwrap(), []);
    store.write(|tx| insert(tx, 2)).unwrap();
    assert_eq!(store.read(ids).unwrap(), [2]);
}

/// G1, G17: a server that crashes and comes back has everything that was acknowledged, and the store finds it.
#[test]
fn a_crash_of_the_server_loses_nothing_acknowledged() {
    let Some(cluster) = Cluster::start() else { return };
    let location = Location::Postgres(cluster.database());
    let store = Store::open(&location).unwrap();
    let insert = "INSERT INTO settings (name, value) VALUES ($1, '')";
    let select = "SELECT name FROM settings ORDER BY name";
    let mut acknowledged = Vec::new();
    for crash in 0..2 {
        for row in 0..20 {
            let name = format!("{crash}-{row:02}");
            store.write(|tx| tx.execute(insert, &params![&name])).unwrap();
            acknowledged.push(name);
        }
        cluster.crash();
    }
    assert_eq!(store.read(|q| q.all(select, &[], |row| row.text(0))).unwrap(), acknowledged);
}

#[test]
fn a_server_that_is_gone_is_an_error_not_a_wait() {
    let Some(cluster) = Cluster::start() else { return };
    let location = Location::Postgres(cluster.database());
    let store = Store::open(&location).unwrap();
    drop(cluster);
    let failed = store.read(|q| q.first("SELECT 1", &[], |row| row.int(0)));
    assert!(matches!(failed, Err(Error::Lost)), "{failed:?}");
    let refused = Store::open(&location);
    assert!(matches!(refused, Err(OpenError::Connect { .. })), "{refused:?}");
}

#[test]
fn of_two_transactions_in_each_others_way_one_runs_again() {
    let Some(bench) = Bench::postgresql() else { return };
    let store = bench.open();
    store.write(|tx| insert(tx, 1).and_then(|()| insert(tx, 2))).unwrap();
    let both_hold_one = Barrier::new(2);
    let runs = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for (first, second) in [(1, 2), (2, 1)] {
            let (store, both_hold_one, runs) = (&store, &both_hold_one, &runs);
            scope.spawn(move || {
                let mut run = 0;
                let done = store.write(|tx| {
                    run += 1;
                    let touch = "UPDATE probe SET n = COALESCE(n, 0) + 1 WHERE id = $1";
                    tx.execute(touch, &params![first])?;
                    if run == 1 {
                        both_hold_one.wait();
                    }
                    tx.execute(touch, &params![second])
                });
                done.unwrap();
                runs.lock().unwrap().push(run);
            });
        }
    });
    // The one that runs again may get into the other's way once more before that is done.
    assert!(runs.into_inner().unwrap().iter().sum::<u32>() > 2);
    let counts = store.read(|q| q.all("SELECT n FROM probe", &[], |row| row.int(0)));
    assert_eq!(counts.unwrap(), [2, 2]);
}

#[test]
fn a_server_that_may_forget_is_refused() {
    let Some(bench) = Bench::postgresql() else { return };
    let forgetful = "DO 'BEGIN EXECUTE format(''ALTER DATABASE %I SET synchronous_commit = off'', current_database()); END'";
    bench.open().write(|tx| tx.execute(forgetful, &[])).unwrap();
    let refused = Store::open(&bench.location);
    assert!(
        matches!(&refused, Err(OpenError::Unsafe { setting, value }) if setting == "synchronous_commit" && value == "off"),
        "{refused:?}"
    );
    assert!(Store::open_with(&bench.location, &Options { allow_unsafe: true, ..Options::default() }).is_ok());
}

#[test]
fn all_text_is_compared_by_its_bytes_whatever_the_database_does() {
    let Some(bench) = Bench::postgresql() else { return };
    let store = Store::open(&bench.location).unwrap();
    let others = "SELECT CAST(table_name || '.' || column_name AS TEXT) FROM information_schema.columns \
                  WHERE table_schema = 'public' AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C'";
    assert_eq!(store.read(|q| q.all(others, &[], |row| row.text(0))).unwrap(), [""; 0]);
}

#[test]
fn more_threads_than_connections_wait_for_one() {
    let Some(bench) = Bench::postgresql() else { return };
    let store = bench.open_with(&Options { connections: 2, ..Options::default() });
    std::thread::scope(|scope| {
        for id in 0..16 {
            let store = &store;
            scope.spawn(move || store.write(|tx| insert(tx, id)).unwrap());
        }
    });
    assert_eq!(store.read(ids).unwrap().len(), 16);
    let sessions = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database()";
    assert!(store.read(|q| q.first(sessions, &[], |row| row.int(0))).unwrap() <= Some(2));
}

#[test]
fn an_address_that_is_wrong_shows_no_password() {
    let refused = Store::open(&Location::Postgres("postgresql://ada:secret@[broken/db".into()));
    let shown = format!("{refused:?}");
    assert!(matches!(refused, Err(OpenError::Address { .. })) && !shown.contains("secret"), "{shown}");
}
