//! The three places a rule is tested in, with a few tables to test it on.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Mutex};

use store::{Error, Fault, Faults, Location, Options, Query, Store, Tx, params};
use tempfile::TempDir;

use super::cluster::Cluster;

/// An empty database.
pub(crate) struct Bench {
    pub(crate) location: Location,
    _directory: Option<TempDir>,
}

impl Bench {
    pub(crate) const fn memory() -> Self {
        Self { location: Location::Memory, _directory: None }
    }

    pub(crate) fn file() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let location = Location::parse(None, directory.path()).unwrap();
        Self { location, _directory: Some(directory) }
    }

    pub(crate) fn postgresql() -> Option<Self> {
        let url = Cluster::shared()?.database();
        let location = Location::parse(Some(&url), Path::new("/")).unwrap();
        Some(Self { location, _directory: None })
    }

    /// Opens the database and makes the tests' tables.
    pub(crate) fn open(&self) -> Store {
        self.open_with(&Options::default())
    }

    pub(crate) fn open_failing(&self, plan: &Arc<Plan>) -> Store {
        let faults: Arc<dyn Faults> = Arc::<Plan>::clone(plan);
        self.open_with(&Options { faults: Some(faults), ..Options::default() })
    }

    pub(crate) fn open_with(&self, options: &Options) -> Store {
        let store = Store::open_with(&self.location, options).unwrap();
        make_tables(&store);
        store
    }
}

/// Faults to come, one per time a fault point is passed; then none.
#[derive(Default)]
pub(crate) struct Plan {
    pub(crate) statements: Mutex<VecDeque<Option<Fault>>>,
    pub(crate) commits: Mutex<VecDeque<Option<Fault>>>,
    pub(crate) after_commits: Mutex<VecDeque<Option<Fault>>>,
}

impl Faults for Plan {
    fn before_statement(&self) -> Option<Fault> {
        self.statements.lock().unwrap().pop_front().flatten()
    }

    fn before_commit(&self) -> Option<Fault> {
        self.commits.lock().unwrap().pop_front().flatten()
    }

    fn after_commit(&self) -> Option<Fault> {
        self.after_commits.lock().unwrap().pop_front().flatten()
    }
}

fn make_tables(store: &Store) {
    let values = match store.engine_name() {
        "SQLite" => {
            "CREATE TABLE IF NOT EXISTS probe (id INTEGER NOT NULL PRIMARY KEY, n INTEGER, t TEXT, b BLOB) STRICT"
        }
        _ => "CREATE TABLE IF NOT EXISTS probe (id BIGINT NOT NULL PRIMARY KEY, n BIGINT, t TEXT, b BYTEA)",
    };
    let counters =
        "CREATE TABLE IF NOT EXISTS probe_folders (id BIGINT NOT NULL PRIMARY KEY, modseq BIGINT NOT NULL)";
    let entries = "CREATE TABLE IF NOT EXISTS probe_log (folder BIGINT NOT NULL REFERENCES probe_folders (id), \
                   modseq BIGINT NOT NULL, PRIMARY KEY (folder, modseq))";
    let one = "INSERT INTO probe_folders (id, modseq) VALUES (1, 0) ON CONFLICT DO NOTHING";
    store
        .write(|tx| {
            for sql in [values, counters, entries, one] {
                tx.execute(sql, &[])?;
            }
            Ok::<_, Error>(())
        })
        .unwrap();
}

pub(crate) fn insert(tx: &mut Tx<'_>, id: i64) -> Result<(), Error> {
    tx.execute("INSERT INTO probe (id) VALUES ($1)", &params![id]).map(drop)
}

pub(crate) fn ids(q: &mut Query<'_>) -> Result<Vec<i64>, Error> {
    q.all("SELECT id FROM probe ORDER BY id", &[], |row| row.int(0))
}

/// Takes the folder's next modseq, as every change does.
pub(crate) fn bump(tx: &mut Tx<'_>) -> Result<i64, Error> {
    let sql = "UPDATE probe_folders SET modseq = modseq + 1 WHERE id = 1 RETURNING modseq";
    Ok(tx.first(sql, &[], |row| row.int(0))?.unwrap())
}
