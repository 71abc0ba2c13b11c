//! Running statements on a PostgreSQL connection.

use std::collections::HashMap;
use std::error::Error as StdError;

use postgres::types::private::BytesMut;
use postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use postgres::{Client, Statement};

use super::connection::{error, gave_way};
use crate::error::{Error, Misuse};
use crate::fetched::{Cell, Row};
use crate::value::Value;

/// A connection with the statements prepared on it.
pub(crate) struct Session {
    client: Client,
    statements: HashMap<&'static str, Statement>,
    gave_way: bool,
}

impl Session {
    pub(super) fn new(client: Client) -> Self {
        Self { client, statements: HashMap::new(), gave_way: false }
    }

    /// Returns whether the transaction's last error was another transaction in its way.
    pub(crate) const fn gave_way(&self) -> bool {
        self.gave_way
    }

    pub(super) fn begin(&mut self, sql: &'static str) -> Result<(), Error> {
        self.gave_way = false;
        self.batch(sql)
    }

    pub(super) fn end(&mut self, sql: &'static str) -> Result<(), Error> {
        self.batch(sql)
    }

    pub(super) fn batch(&mut self, sql: &str) -> Result<(), Error> {
        let done = self.client.batch_execute(sql);
        done.map_err(|source| self.failed(&source))
    }

    pub(crate) fn all<T>(
        &mut self,
        sql: &'static str,
        params: &[Value<'_>],
        mut map: impl FnMut(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        self.query(sql, params)?.iter().map(|row| map(&Row::postgres(row))).collect()
    }

    pub(crate) fn first<T>(
        &mut self,
        sql: &'static str,
        params: &[Value<'_>],
        map: impl FnOnce(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        self.query(sql, params)?.first().map(|row| map(&Row::postgres(row))).transpose()
    }

    pub(crate) fn execute(&mut self, sql: &'static str, params: &[Value<'_>]) -> Result<u64, Error> {
        let statement = self.prepared(sql, params)?;
        let done = self.client.execute(&statement, &pointers(params));
        done.map_err(|source| self.failed(&source))
    }

    fn query(&mut self, sql: &'static str, params: &[Value<'_>]) -> Result<Vec<postgres::Row>, Error> {
        let statement = self.prepared(sql, params)?;
        let done = self.client.query(&statement, &pointers(params));
        done.map_err(|source| self.failed(&source))
    }

    /// Returns the prepared statement for `sql`. Its placeholders have the types of the values it was first used
    /// with; the server works out the types of those that were NULL, and is corrected when it guessed wrong.
    fn prepared(&mut self, sql: &'static str, params: &[Value<'_>]) -> Result<Statement, Error> {
        let known = self.statements.get(sql).cloned();
        let guesses = known.as_ref().map_or(&[][..], Statement::params);
        if let Some(statement) = &known {
            if statement.params().len() != params.len() {
                return Err(Error::other(Misuse::Placeholders(params.len())));
            }
            if guesses.iter().zip(params).all(|(kind, value)| fits(kind, value)) {
                return Ok(statement.clone());
            }
        }
        let guesses = guesses.iter().chain(std::iter::repeat(&Type::UNKNOWN));
        let kinds: Vec<_> = params
            .iter()
            .zip(guesses)
            .map(|(value, guess)| kind_of(value).unwrap_or(guess).clone())
            .collect();
        let statement = self.prepare(sql, &kinds)?;
        if statement.params().len() == params.len() {
            Ok(statement)
        } else {
            Err(Error::other(Misuse::Placeholders(params.len())))
        }
    }

    fn prepare(&mut self, sql: &'static str, kinds: &[Type]) -> Result<Statement, Error> {
        let done = self.client.prepare_typed(sql, kinds);
        let statement = done.map_err(|source| self.failed(&source))?;
        self.statements.insert(sql, statement.clone());
        Ok(statement)
    }

    fn failed(&mut self, source: &postgres::Error) -> Error {
        self.gave_way = gave_way(source);
        error(source)
    }
}

fn pointers<'a>(params: &'a [Value<'a>]) -> Vec<&'a (dyn ToSql + Sync)> {
    params.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

/// Returns whether `value` can be sent for a placeholder of this type.
fn fits(kind: &Type, value: &Value<'_>) -> bool {
    match value {
        Value::Null => true,
        Value::Int(_) => [Type::INT8, Type::INT4, Type::INT2].contains(kind),
        Value::Text(_) => [Type::TEXT, Type::VARCHAR, Type::NAME].contains(kind),
        Value::Blob(_) => *kind == Type::BYTEA,
    }
}

const fn kind_of(value: &Value<'_>) -> Option<&'static Type> {
    match value {
        Value::Null => None,
        Value::Int(_) => Some(&Type::INT8),
        Value::Text(_) => Some(&Type::TEXT),
        Value::Blob(_) => Some(&Type::BYTEA),
    }
}

impl ToSql for Value<'_> {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        match *self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(value) if *kind == Type::INT4 => i32::try_from(value)?.to_sql(kind, out),
            Self::Int(value) if *kind == Type::INT2 => i16::try_from(value)?.to_sql(kind, out),
            Self::Int(value) => value.to_sql(kind, out),
            Self::Text(text) => text.to_sql(kind, out),
            Self::Blob(bytes) => bytes.to_sql(kind, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl<'a> FromSql<'a> for Cell {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        match *kind {
            Type::INT8 => i64::from_sql(kind, raw).map(Self::Int),
            Type::INT4 => i32::from_sql(kind, raw).map(|value| Self::Int(value.into())),
            Type::INT2 => i16::from_sql(kind, raw).map(|value| Self::Int(value.into())),
            Type::BOOL => bool::from_sql(kind, raw).map(|value| Self::Int(value.into())),
            Type::BYTEA => Vec::from_sql(kind, raw).map(Self::Blob),
            _ => String::from_sql(kind, raw).map(Self::Text),
        }
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Self::Null)
    }

    fn accepts(kind: &Type) -> bool {
        let read = [Type::INT8, Type::INT4, Type::INT2, Type::BOOL, Type::BYTEA];
        read.contains(kind) || <String as FromSql>::accepts(kind)
    }
}

/// Returns what a column holds, or `None` if it is of a type the store never uses.
pub(crate) fn cell(row: &postgres::Row, column: usize) -> Option<Cell> {
    row.try_get(column).ok()
}
