//! Running statements on a SQLite connection.

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection};

use super::connection::error;
use crate::error::{Error, Misuse};
use crate::fetched::{Cell, Row};
use crate::value::Value;

/// What a connection or transaction may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Read,
    Write,
}

/// A connection inside a transaction.
pub(crate) struct Session<'a> {
    connection: &'a Connection,
    mode: Mode,
}

impl<'a> Session<'a> {
    pub(crate) const fn new(connection: &'a Connection, mode: Mode) -> Self {
        Self { connection, mode }
    }

    pub(crate) fn all<T>(
        &self,
        sql: &'static str,
        params: &[Value<'_>],
        mut map: impl FnMut(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        let mut statement = self.bound(sql, params)?;
        let mut rows = statement.raw_query();
        let mut all = Vec::new();
        while let Some(row) = rows.next().map_err(error)? {
            all.push(map(&Row::sqlite(row))?);
        }
        Ok(all)
    }

    pub(crate) fn first<T>(
        &self,
        sql: &'static str,
        params: &[Value<'_>],
        map: impl FnOnce(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        let mut statement = self.bound(sql, params)?;
        let writes = !statement.readonly();
        let mut rows = statement.raw_query();
        let first = match rows.next().map_err(error)? {
            Some(row) => Some(map(&Row::sqlite(row))?),
            None => None,
        };
        // A statement with RETURNING checks foreign keys only at its end, so it has to get there.
        while writes && rows.next().map_err(error)?.is_some() {}
        Ok(first)
    }

    pub(crate) fn execute(&self, sql: &'static str, params: &[Value<'_>]) -> Result<u64, Error> {
        let changed = self.bound(sql, params)?.raw_execute().map_err(error)?;
        Ok(changed.try_into().unwrap_or(u64::MAX))
    }

    /// Prepares a statement and binds `params` to it.
    ///
    /// To SQLite `$2` is a name, and it numbers names in order of appearance; so each is bound by what it is called.
    fn bound(&self, sql: &'static str, params: &[Value<'_>]) -> Result<CachedStatement<'a>, Error> {
        let mut statement = self.connection.prepare_cached(sql).map_err(error)?;
        if self.mode == Mode::Read && !statement.readonly() {
            return Err(Error::other(Misuse::ReadOnly));
        }
        if statement.parameter_count() != params.len() {
            return Err(Error::other(Misuse::Placeholders(params.len())));
        }
        for index in 1..=params.len() {
            let number = statement.parameter_name(index).and_then(placeholder);
            let value = number.and_then(|number| params.get(number.checked_sub(1)?));
            let value = value.ok_or_else(|| Error::other(Misuse::Placeholders(params.len())))?;
            statement.raw_bind_parameter(index, value).map_err(error)?;
        }
        Ok(statement)
    }
}

/// Returns the number in `$1`, `$2`, ...
fn placeholder(name: &str) -> Option<usize> {
    name.strip_prefix('$')?.parse().ok()
}

/// Returns what a column holds, or `None` if that is nothing the store ever writes.
pub(crate) fn cell(row: &rusqlite::Row<'_>, column: usize) -> Option<Cell> {
    match row.get_ref(column).ok()? {
        ValueRef::Null => Some(Cell::Null),
        ValueRef::Integer(value) => Some(Cell::Int(value)),
        ValueRef::Text(text) => std::str::from_utf8(text).ok().map(|text| Cell::Text(text.to_owned())),
        ValueRef::Blob(bytes) => Some(Cell::Blob(bytes.to_owned())),
        ValueRef::Real(_) => None,
    }
}

impl rusqlite::ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match *self {
            Self::Null => ValueRef::Null,
            Self::Int(value) => ValueRef::Integer(value),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}
