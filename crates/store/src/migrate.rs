//! Migrations: the steps that lead from an empty database to the schema this program knows.
//!
//! Each runs once, in number order, in a transaction of its own together with its record in `migrations`; so a
//! crash at any statement leaves the schema before it or after it. A migration that was released never changes.

use sha2::{Digest, Sha256};

use crate::error::{Error, OpenError};

/// One step of the schema. A statement ends with `;` at the end of a line; `--` starts a line of comment.
#[derive(Debug)]
pub(crate) struct Migration {
    /// Counts from 1 without gaps.
    pub(crate) number: u32,
    /// What it does, as in its file's name.
    pub(crate) name: &'static str,
    /// Its statements, with `{id}`, `{int}`, `{text}` and `{blob}` for types.
    pub(crate) text: &'static str,
}

/// All migrations this program knows.
pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration { number: 1, name: "start", text: include_str!("schema/0001_start.sql") },
    Migration { number: 2, name: "activesync", text: include_str!("schema/0002_activesync.sql") },
    Migration { number: 3, name: "sharing", text: include_str!("schema/0003_sharing.sql") },
    Migration { number: 4, name: "dav", text: include_str!("schema/0004_dav.sql") },
];

/// Table of the migrations a database has had.
pub(crate) const TABLE: &str = "CREATE TABLE IF NOT EXISTS migrations (
  number {int} NOT NULL PRIMARY KEY,
  name {text} NOT NULL,
  checksum {text} NOT NULL
)";

/// How an engine spells the schema.
#[derive(Debug)]
pub(crate) struct Dialect {
    pub(crate) int: &'static str,
    pub(crate) text: &'static str,
    pub(crate) blob: &'static str,
    /// What follows a table's closing bracket.
    pub(crate) table_end: &'static str,
}

/// One row of `migrations`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Applied {
    pub(crate) number: u32,
    pub(crate) checksum: String,
}

/// A database to migrate.
pub(crate) trait Target {
    /// How its engine spells the schema.
    const DIALECT: Dialect;
    /// Returns the rows of `migrations` in number order; none if there is no such table.
    fn applied(&mut self) -> Result<Vec<Applied>, Error>;
    /// Starts a transaction that no other process can migrate beside.
    fn begin(&mut self) -> Result<(), Error>;
    /// Runs one statement.
    fn run(&mut self, sql: &str) -> Result<(), Error>;
    /// Adds a row to `migrations`.
    fn record(&mut self, migration: &Migration, checksum: &str) -> Result<(), Error>;
    /// Ends the transaction.
    fn commit(&mut self) -> Result<(), Error>;
    /// Ends the transaction and undoes what it did.
    fn rollback(&mut self) -> Result<(), Error>;
}

/// Brings a database to the newest of `known` and returns that one's number.
pub(crate) fn migrate<T: Target>(target: &mut T, known: &[Migration]) -> Result<u32, OpenError> {
    // Most openings find nothing to do, and need not wait for a writer to learn that.
    while next(&target.applied()?, known)?.is_some() {
        target.begin()?;
        match step(target, known) {
            Ok(()) => target.commit()?,
            Err(error) => {
                // The first error says what is wrong; closing the connection rolls back too.
                drop(target.rollback());
                return Err(error);
            }
        }
    }
    Ok(known.last().map_or(0, |last| last.number))
}

/// Applies the next migration, if another process has not done so since.
fn step<T: Target>(target: &mut T, known: &[Migration]) -> Result<(), OpenError> {
    let Some(migration) = next(&target.applied()?, known)? else { return Ok(()) };
    let failed = |source| OpenError::Migration { number: migration.number, source };
    target.run(&spelled(TABLE, &T::DIALECT)).map_err(failed)?;
    for statement in statements(migration.text) {
        target.run(&spelled(&statement, &T::DIALECT)).map_err(failed)?;
    }
    target.record(migration, &checksum(migration.text)).map_err(failed)
}

/// Returns the first migration a database has not had.
fn next<'m>(applied: &[Applied], known: &'m [Migration]) -> Result<Option<&'m Migration>, OpenError> {
    let newest = known.last().map_or(0, |last| last.number);
    if let Some(newer) = applied.last().filter(|last| last.number > newest) {
        return Err(OpenError::Newer { found: newer.number, known: newest });
    }
    for (had, ours) in applied.iter().zip(known) {
        if had.number != ours.number || had.checksum != checksum(ours.text) {
            return Err(OpenError::Changed { number: ours.number });
        }
    }
    Ok(known.get(applied.len()))
}

fn statements(text: &str) -> Vec<String> {
    let mut done = Vec::new();
    let mut current = String::new();
    for line in text.lines().filter(|line| !line.trim_start().starts_with("--")) {
        let line = line.trim_end();
        if let Some(end) = line.strip_suffix(';') {
            current.push_str(end);
            done.push(std::mem::take(&mut current).trim().to_owned());
        } else {
            current.push_str(line);
            current.push('\n');
        }
    }
    if !current.trim().is_empty() {
        done.push(current.trim().to_owned());
    }
    done
}

fn spelled(statement: &str, dialect: &Dialect) -> String {
    let mut sql = statement
        .replace("{id}", dialect.int)
        .replace("{int}", dialect.int)
        .replace("{text}", dialect.text)
        .replace("{blob}", dialect.blob);
    if sql.starts_with("CREATE TABLE") {
        sql.push_str(dialect.table_end);
    }
    sql
}

fn checksum(text: &str) -> String {
    use std::fmt::Write as _;
    Sha256::digest(text).iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").expect("writing to a string cannot fail");
        hex
    })
}

#[cfg(test)]
mod tests;
