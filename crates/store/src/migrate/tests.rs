use super::*;
use rusqlite::Connection;

const ONE: Migration = Migration { number: 1, name: "one", text: "CREATE TABLE a (x {int});\n" };
const TWO: Migration = Migration {
    number: 2,
    name: "two",
    text: "-- Notes; with a semicolon;\nCREATE TABLE b (\n  x {text},\n  y {blob}\n);\nINSERT INTO a (x) VALUES (7);\n",
};
const BROKEN: Migration = Migration {
    number: 2,
    name: "two",
    text: "INSERT INTO a (x) VALUES (7);\nINSERT INTO nowhere (x) VALUES (1);\n",
};

fn memory() -> Connection {
    Connection::open_in_memory().unwrap()
}

fn count(connection: &Connection, sql: &str) -> i64 {
    connection.query_row(sql, [], |row| row.get(0)).unwrap()
}

#[test]
fn each_migration_runs_once() {
    let mut database = memory();
    assert_eq!(migrate(&mut database, &[ONE]).unwrap(), 1);
    assert_eq!(migrate(&mut database, &[ONE, TWO]).unwrap(), 2);
    assert_eq!(migrate(&mut database, &[ONE, TWO]).unwrap(), 2);
    assert_eq!(count(&database, "SELECT COUNT(*) FROM a"), 1);
}

#[test]
fn a_migration_that_fails_leaves_nothing_and_can_be_tried_again() {
    let mut database = memory();
    let failed = migrate(&mut database, &[ONE, BROKEN]);
    assert!(matches!(failed, Err(OpenError::Migration { number: 2, .. })), "{failed:?}");
    assert_eq!(count(&database, "SELECT COUNT(*) FROM a"), 0);
    assert_eq!(migrate(&mut database, &[ONE, TWO]).unwrap(), 2);
}

/// A database that dies at its n-th call, as a killed process does.
struct Dying {
    inner: Connection,
    calls_left: usize,
}

impl Dying {
    fn call(&mut self) -> Result<&mut Connection, Error> {
        self.calls_left = self.calls_left.checked_sub(1).ok_or(Error::Lost)?;
        Ok(&mut self.inner)
    }
}

impl Target for Dying {
    const DIALECT: Dialect = <Connection as Target>::DIALECT;

    fn applied(&mut self) -> Result<Vec<Applied>, Error> {
        self.call()?.applied()
    }

    fn begin(&mut self) -> Result<(), Error> {
        self.call()?.begin()
    }

    fn run(&mut self, sql: &str) -> Result<(), Error> {
        self.call()?.run(sql)
    }

    fn record(&mut self, migration: &Migration, checksum: &str) -> Result<(), Error> {
        self.call()?.record(migration, checksum)
    }

    fn commit(&mut self) -> Result<(), Error> {
        self.call()?.commit()
    }

    fn rollback(&mut self) -> Result<(), Error> {
        self.call()?.rollback()
    }
}

#[test]
fn a_migration_that_dies_anywhere_can_be_taken_up_again() {
    let directory = tempfile::tempdir().unwrap();
    for calls in 0_usize.. {
        let path = directory.path().join(format!("{calls}.db"));
        let mut dying = Dying { inner: Connection::open(&path).unwrap(), calls_left: calls };
        let ended = migrate(&mut dying, &[ONE, TWO]);
        drop(dying);
        let mut database = Connection::open(&path).unwrap();
        assert_eq!(migrate(&mut database, &[ONE, TWO]).unwrap(), 2, "dead after {calls} calls");
        assert_eq!(count(&database, "SELECT COUNT(*) FROM a"), 1, "dead after {calls} calls");
        if ended.is_ok() {
            assert!(calls > 10, "both migrations took {calls} calls");
            break;
        }
    }
}

#[test]
fn a_newer_database_is_refused() {
    let mut database = memory();
    migrate(&mut database, &[ONE, TWO]).unwrap();
    let refused = migrate(&mut database, &[ONE]);
    assert!(matches!(refused, Err(OpenError::Newer { found: 2, known: 1 })), "{refused:?}");
}

#[test]
fn a_migration_changed_after_its_release_is_refused() {
    let mut database = memory();
    migrate(&mut database, &[ONE, TWO]).unwrap();
    let refused = migrate(&mut database, &[ONE, BROKEN]);
    assert!(matches!(refused, Err(OpenError::Changed { number: 2 })), "{refused:?}");
}

#[test]
fn statements_end_with_a_semicolon_at_the_end_of_a_line() {
    let text = "-- one; two;\nA (\n  x, -- y;z\n  'p;q'\n);\n\n  -- more\nB;\nC";
    assert_eq!(statements(text), ["A (\n  x, -- y;z\n  'p;q'\n)", "B", "C"]);
}

#[test]
fn types_are_spelled_as_the_engine_has_them() {
    let dialect = Dialect { int: "I", text: "T", blob: "B", table_end: " END" };
    let sql = spelled("CREATE TABLE t (a {id}, b {int}, c {text}, d {blob})", &dialect);
    assert_eq!(sql, "CREATE TABLE t (a I, b I, c T, d B) END");
    assert_eq!(spelled("CREATE INDEX i ON t (a)", &dialect), "CREATE INDEX i ON t (a)");
}

#[test]
fn the_programs_migrations_are_numbered_without_gaps() {
    let numbers: Vec<_> = MIGRATIONS.iter().map(|migration| migration.number).collect();
    let expected: Vec<_> = (1..).take(MIGRATIONS.len()).collect();
    assert_eq!(numbers, expected);
}
