//! Statements, values and rows.

use store::{Error, Row, Store, Value, params};

use super::bench::{Bench, ids, insert};

const ROUND_TRIP: &str = "INSERT INTO probe (id, n, t, b) VALUES ($1, $2, $3, $4) RETURNING n, t, b";

type Columns = (Option<i64>, Option<String>, Option<Vec<u8>>);

fn columns(row: &Row<'_>) -> Result<Columns, Error> {
    Ok((row.int_opt(0)?, row.text_opt(1)?, row.blob_opt(2)?))
}

fn write_and_read(store: &Store, id: i64, n: Option<i64>, t: Option<&str>, b: Option<&[u8]>) -> Columns {
    let written = store.write(|tx| tx.first(ROUND_TRIP, &params![id, n, t, b], columns)).unwrap().unwrap();
    let read = store.read(|q| q.first("SELECT n, t, b FROM probe WHERE id = $1", &params![id], columns));
    assert_eq!(read.unwrap().unwrap(), written);
    written
}

pub(crate) fn values_come_back_as_they_were(bench: &Bench) {
    let store = bench.open();
    let large: Vec<u8> = (0..3_000_000_u32).map(|n| u8::try_from(n % 251).unwrap()).collect();
    let texts = ["", "Ärger 🙂 \u{feff}\r\n'\"$1;--", "\u{10ffff}"];
    let blobs: [&[u8]; 3] = [&[], &[0, 255, 0], &large];
    let numbers = [i64::MIN, 0, i64::MAX];
    for (id, ((n, text), blob)) in (1..).zip(numbers.into_iter().zip(texts).zip(blobs)) {
        let read = write_and_read(&store, id, Some(n), Some(text), Some(blob));
        assert_eq!(read, (Some(n), Some(text.to_owned()), Some(blob.to_owned())));
    }
}

pub(crate) fn null_is_neither_zero_nor_empty(bench: &Bench) {
    let store = bench.open();
    assert_eq!(write_and_read(&store, 1, None, None, None), (None, None, None));
    // The same statement with values after NULLs and the other way round.
    let full: Columns = (Some(0), Some(String::new()), Some(Vec::new()));
    assert_eq!(write_and_read(&store, 2, Some(0), Some(""), Some(&[])), full);
    assert_eq!(write_and_read(&store, 3, None, Some(""), None), (None, Some(String::new()), None));
    let missing = store.read(|q| q.first("SELECT n FROM probe WHERE id = 1", &[], |row| row.int(0)));
    assert!(matches!(missing, Err(Error::Row { column: 0, .. })), "{missing:?}");
    let sum = store.read(|q| {
        let sql = "SELECT COALESCE($1, $2), COALESCE($1, 7)";
        q.first(sql, &params![None::<i64>, 5], |row| Ok((row.int(0)?, row.int(1)?)))
    });
    assert_eq!(sum.unwrap(), Some((5, 7)));
}

pub(crate) fn placeholders_stand_in_any_order_and_repeat(bench: &Bench) {
    let store = bench.open();
    let read = store.read(|q| {
        q.first("SELECT $2, $1, $2, '$3', $1", &params![10, 20], |row| {
            Ok((row.int(0)?, row.int(1)?, row.int(2)?, row.text(3)?, row.int(4)?))
        })
    });
    assert_eq!(read.unwrap(), Some((20, 10, 20, "$3".to_owned(), 10)));
    let ten: Vec<i64> = (1..=11).collect();
    let ten: Vec<Value<'_>> = ten.iter().map(|n| Value::Int(*n)).collect();
    let sql = "SELECT $11, $1, $10, $2, $3 + $4 + $5 + $6 + $7 + $8 + $9";
    let read =
        store.read(|q| q.first(sql, &ten, |row| (0..5).map(|at| row.int(at)).collect::<Result<Vec<_>, _>>()));
    assert_eq!(read.unwrap(), Some(vec![11, 1, 10, 2, 42]));
}

pub(crate) fn a_wrong_number_of_values_is_an_error(bench: &Bench) {
    let store = bench.open();
    for (sql, values) in [
        ("SELECT id FROM probe WHERE id = $1", vec![]),
        ("SELECT id FROM probe WHERE id = $1 OR id = $3", vec![Value::Int(1), Value::Int(2)]),
        ("SELECT id FROM probe WHERE id = $2", vec![Value::Int(1)]),
    ] {
        let failed = store.read(|q| q.all(sql, &values, |row| row.int(0)));
        assert!(matches!(failed, Err(Error::Other { .. })), "{sql} with {values:?}: {failed:?}");
    }
}

pub(crate) fn returning_gives_the_rows_that_were_written(bench: &Bench) {
    let store = bench.open();
    let sql = "INSERT INTO probe (id, n) VALUES ($1, 0), ($2, 0) RETURNING id";
    let mut written = store.write(|tx| tx.all(sql, &params![4, 2], |row| row.int(0))).unwrap();
    written.sort_unstable();
    assert_eq!(written, [2, 4]);
    // All rows are changed though only the first is asked for.
    let sql = "UPDATE probe SET n = n + 1 RETURNING n";
    assert_eq!(store.write(|tx| tx.first(sql, &[], |row| row.int(0))).unwrap(), Some(1));
    let counts = store.read(|q| q.all("SELECT n FROM probe", &[], |row| row.int(0)));
    assert_eq!(counts.unwrap(), [1, 1]);
    // A rule that is checked at the end of the statement is checked.
    let orphan = "INSERT INTO probe_log (folder, modseq) VALUES (99, 1) RETURNING folder";
    let failed = store.write(|tx| tx.first(orphan, &[], |row| row.int(0)));
    assert!(matches!(failed, Err(Error::Constraint { .. })), "{failed:?}");
}

pub(crate) fn the_number_of_changed_rows_is_returned(bench: &Bench) {
    let store = bench.open();
    store.write(|tx| (1..=3).try_for_each(|id| insert(tx, id))).unwrap();
    let changed = store.write(|tx| tx.execute("UPDATE probe SET n = 1 WHERE id > $1", &params![1]));
    assert_eq!(changed.unwrap(), 2);
    let changed = store.write(|tx| tx.execute("DELETE FROM probe WHERE id > $1", &params![5]));
    assert_eq!(changed.unwrap(), 0);
}

pub(crate) fn first_returns_the_first_row_or_none(bench: &Bench) {
    let store = bench.open();
    store.write(|tx| (1..=3).try_for_each(|id| insert(tx, id))).unwrap();
    let first = "SELECT id FROM probe WHERE id > $1 ORDER BY id";
    assert_eq!(store.read(|q| q.first(first, &params![1], |row| row.int(0))).unwrap(), Some(2));
    assert_eq!(store.read(|q| q.first(first, &params![3], |row| row.int(0))).unwrap(), None);
}

pub(crate) fn a_column_of_another_type_is_an_error(bench: &Bench) {
    let store = bench.open();
    write_and_read(&store, 1, Some(5), Some("5"), Some(b"5"));
    let sql = "SELECT n, t, b FROM probe";
    let wrong = [
        store.read(|q| q.first(sql, &[], |row| row.text(0).map(drop))),
        store.read(|q| q.first(sql, &[], |row| row.int(1).map(drop))),
        store.read(|q| q.first(sql, &[], |row| row.blob_opt(1).map(drop))),
        store.read(|q| q.first(sql, &[], |row| row.text_opt(2).map(drop))),
        store.read(|q| q.first(sql, &[], |row| row.int_opt(3).map(drop))),
    ];
    for result in wrong {
        assert!(matches!(result, Err(Error::Row { .. })), "{result:?}");
    }
}

pub(crate) fn a_value_of_another_type_is_refused(bench: &Bench) {
    let store = bench.open();
    let failed = store.write(|tx| tx.execute("INSERT INTO probe (id, n) VALUES (1, $1)", &params!["five"]));
    assert!(failed.is_err());
    let failed = store.write(|tx| tx.execute("INSERT INTO probe (id, b) VALUES (1, $1)", &params!["five"]));
    assert!(failed.is_err());
    assert_eq!(store.read(ids).unwrap(), []);
}

pub(crate) fn text_with_the_character_nul_is_refused(bench: &Bench) {
    let store = bench.open();
    let failed = store.write(|tx| tx.execute("INSERT INTO probe (id, t) VALUES (1, $1)", &params!["a\0b"]));
    assert!(matches!(failed, Err(Error::Other { .. })), "{failed:?}");
    assert_eq!(store.read(ids).unwrap(), []);
}

pub(crate) fn a_read_cannot_write(bench: &Bench) {
    let store = bench.open();
    let sql = "INSERT INTO probe (id) VALUES (1) RETURNING id";
    let failed = store.read(|q| q.first(sql, &[], |row| row.int(0)));
    assert!(matches!(failed, Err(Error::Other { .. })), "{failed:?}");
    assert_eq!(store.read(ids).unwrap(), []);
}

pub(crate) fn a_rule_of_the_schema_is_an_error_of_its_own(bench: &Bench) {
    let store = bench.open();
    store.write(|tx| insert(tx, 1)).unwrap();
    let twice = store.write(|tx| insert(tx, 1));
    assert!(matches!(twice, Err(Error::Constraint { .. })), "{twice:?}");
    let orphan = store.write(|tx| tx.execute("INSERT INTO probe_log (folder, modseq) VALUES (99, 1)", &[]));
    assert!(matches!(orphan, Err(Error::Constraint { .. })), "{orphan:?}");
    let missing = store.write(|tx| tx.execute("INSERT INTO probe_log (folder) VALUES (1)", &[]));
    assert!(matches!(missing, Err(Error::Constraint { .. })), "{missing:?}");
}

pub(crate) fn text_is_ordered_by_its_bytes(bench: &Bench) {
    let store = bench.open();
    let names = ["b", "a", "Z", "_", "é", "a b", "ab"];
    let insert = "INSERT INTO settings (name, value) VALUES ($1, '')";
    store
        .write(|tx| names.iter().try_for_each(|name| tx.execute(insert, &params![*name]).map(drop)))
        .unwrap();
    let read = store.read(|q| q.all("SELECT name FROM settings ORDER BY name", &[], |row| row.text(0)));
    assert_eq!(read.unwrap(), ["Z", "_", "a", "a b", "ab", "b", "é"]);
}
