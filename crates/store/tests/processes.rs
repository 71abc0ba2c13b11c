//! Several processes on one database: they take turns, and one that is killed takes nothing with it that it had
//! acknowledged (G1), nor leaves half of a transaction (G2).
//!
//! The processes are this test program again, told by the environment what to do.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test's helpers fail and tell as tests do"
)]

// Not through testkit, which stands above this crate.
#[expect(unreachable_pub, dead_code, reason = "it is public in testkit, and this file needs only some of it")]
#[path = "../../testkit/src/postgres.rs"]
mod cluster;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use store::{Error, Location, Store, params};

/// What a child process does: "count" or "acknowledge".
const ROLE: &str = "COMITY_TEST_ROLE";
/// The address of its database.
const ADDRESS: &str = "COMITY_TEST_ADDRESS";
/// The number it signs its rows with.
const SIGNATURE: &str = "COMITY_TEST_SIGNATURE";

const THREADS: i64 = 4;
const COUNTS: i64 = 100;

fn open(address: &str) -> Store {
    Store::open(&Location::parse(Some(address), Path::new("/")).unwrap()).unwrap()
}

/// Makes a counter, and a log with a row for each time it moved.
fn prepare(address: &str) -> Store {
    let store = open(address);
    let log = "CREATE TABLE probe_log (id BIGINT NOT NULL PRIMARY KEY, modseq BIGINT NOT NULL)";
    let counter = "INSERT INTO counters (name, value) VALUES ('probe', 0)";
    store.write(|tx| tx.execute(log, &[]).and_then(|_| tx.execute(counter, &[]))).unwrap();
    store
}

fn write(store: &Store, id: i64) {
    let bump = "UPDATE counters SET value = value + 1 WHERE name = 'probe' RETURNING value";
    let log = "INSERT INTO probe_log (id, modseq) VALUES ($1, $2)";
    let done = store.write(|tx| {
        let modseq = tx.first(bump, &[], |row| row.int(0))?.unwrap();
        tx.execute(log, &params![id, modseq])
    });
    assert_eq!(done.unwrap(), 1);
}

/// Returns the ids in the log, having checked that counter and log agree.
fn logged(store: &Store) -> Vec<i64> {
    let (count, rows) = store
        .read(|q| {
            let count = q.first("SELECT value FROM counters WHERE name = 'probe'", &[], |row| row.int(0))?;
            let rows = q.all("SELECT modseq, id FROM probe_log ORDER BY modseq", &[], |row| {
                Ok((row.int(0)?, row.int(1)?))
            })?;
            Ok::<_, Error>((count.unwrap(), rows))
        })
        .unwrap();
    let (modseqs, ids): (Vec<i64>, Vec<i64>) = rows.into_iter().unzip();
    assert_eq!(modseqs, (1..=count).collect::<Vec<_>>());
    ids
}

fn child(role: &str, address: &str, signature: i64) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "as_a_child", "--nocapture"])
        .env(ROLE, role)
        .env(ADDRESS, address)
        .env(SIGNATURE, signature.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn as_a_child() {
    let Ok(role) = std::env::var(ROLE) else { return };
    let signature: i64 = std::env::var(SIGNATURE).unwrap().parse().unwrap();
    let store = open(&std::env::var(ADDRESS).unwrap());
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let first = (signature * THREADS + thread) * 1_000_000;
            match role.as_str() {
                "count" => scope.spawn({
                    let store = &store;
                    move || (first..first + COUNTS).for_each(|id| write(store, id))
                }),
                "acknowledge" => scope.spawn({
                    let store = &store;
                    move || {
                        for id in first.. {
                            write(store, id);
                            println!("\nwritten {id}");
                        }
                    }
                }),
                other => panic!("no role {other}"),
            };
        }
    });
}

fn processes_take_turns(address: &str) {
    let store = prepare(address);
    let children = [1, 2].map(|signature| child("count", address, signature));
    for id in 0..COUNTS {
        write(&store, id);
    }
    for child in children {
        let ended = child.wait_with_output().unwrap();
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stdout));
    }
    assert_eq!(i64::try_from(logged(&store).len()).unwrap(), COUNTS + 2 * THREADS * COUNTS);
}

fn what_a_killed_process_acknowledged_is_there(address: &str, cycles: i64) {
    drop(prepare(address));
    for cycle in 0..cycles {
        let mut child = child("acknowledge", address, cycle);
        let mut acknowledged = Vec::new();
        let kill_after = usize::try_from(cycle * 37 % 101).unwrap() + 1;
        // What it said before it died counts, whenever it is read.
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            if let Some(id) = line.unwrap().strip_prefix("written ") {
                acknowledged.push(id.parse::<i64>().unwrap());
            }
            if acknowledged.len() == kill_after {
                child.kill().unwrap();
            }
        }
        assert!(!child.wait().unwrap().success());
        assert!(acknowledged.len() >= kill_after);
        let store = open(address);
        let there = logged(&store);
        let lost: Vec<_> = acknowledged.iter().filter(|id| !there.contains(id)).collect();
        assert!(lost.is_empty(), "lost in cycle {cycle}: {lost:?}");
        assert_eq!(store.integrity().unwrap(), [""; 0]);
    }
}

fn on_a_file(rule: impl FnOnce(&str)) {
    let directory = tempfile::tempdir().unwrap();
    rule(&format!("sqlite:{}", directory.path().join("test.db").display()));
}

#[test]
fn processes_take_turns_on_sqlite() {
    on_a_file(processes_take_turns);
}

#[test]
fn processes_take_turns_on_postgresql() {
    let Some(cluster) = cluster::Cluster::shared() else { return };
    processes_take_turns(&cluster.database());
}

#[test]
fn what_a_killed_process_acknowledged_is_there_on_sqlite() {
    on_a_file(|address| what_a_killed_process_acknowledged_is_there(address, 20));
}

#[test]
fn what_a_killed_process_acknowledged_is_there_on_postgresql() {
    let Some(cluster) = cluster::Cluster::shared() else { return };
    what_a_killed_process_acknowledged_is_there(&cluster.database(), 5);
}
